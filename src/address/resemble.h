/* resemble.h: whether a text looks like an address it is not.
 *
 * Two questions of a person who must not be fooled: did somebody mistype one character, and did
 * somebody make an address whose visible ends are those of another one ("address poisoning")? Knows
 * how texts look; refuses to know what they mean: a resemblance is a note for a reader, never a
 * match. Pure: no allocation, no state.
 *
 * Both compare the text in its *shape*:
 *   - the EVM spellings xdc…, ronin:…, 0X… and 40 bare hex digits begin with 0x;
 *   - everything up to the last colon is left out (bitcoincash:, ronin:, cfx:type.user:, 0:, k:);
 *   - letters are folded when the text begins with 0x or has letters of one case only (hex, bech32,
 *     CashAddr, base32 are written without regard to case), else kept (base58, base64);
 *   - a character outside ASCII counts as one character that equals no other.
 * The *significant characters* are the shape without what a family always begins with, because an
 * attacker gets that for nothing: 0x; the bech32 prefix with its 1, and the witness version or the
 * Cardano header character behind it (bc1q, ltc1p, addr1v, cosmos1); the type character of a
 * CashAddr body; the version character of base58check, SS58, Monero and Stellar (1, 3, T, r, D, G);
 * t1 and t3; tz1, KT1 and kin; S and version of Stacks; nano_1; f1, f410f; hx, cx; the two flag
 * characters of a TON address. A Solana or Algorand address is significant as a whole.
 */
#ifndef CW_ADDRESS_RESEMBLE_H
#define CW_ADDRESS_RESEMBLE_H

#include "base/span.h"

enum {
    CW_RESEMBLE_KEYS = 3,
    CW_RESEMBLE_END = 4,     /* characters that a careless reader compares at each end */
    CW_RESEMBLE_LENGTH = 16, /* characters under which nothing is said */
};

enum cw_resemblance {
    CW_RESEMBLES_NOT,
    CW_RESEMBLES_ENDS,          /* the first 4 and the last 4 significant characters are the same */
    CW_RESEMBLES_ONE_CHARACTER, /* same number of characters, exactly one of them differs */
};

/** Keys for a table of listed texts: texts that resemble each other share at least one.
 *  In:      text  a bare address text, decodable or not; any bytes
 *  Out:     ret   [0] of the first and last 4 significant characters; [1] of the first half of the
 *                 shape, [2] of the second half, both folded and mixed with the length. 0 where the
 *                 text has fewer than CW_RESEMBLE_LENGTH characters (significant ones for [0]), is
 *                 longer than CW_ADDRESS_TEXT_MAX or is not UTF-8: such a key is not stored.
 *  Returns: how many of the three are not 0
 *  Limits:  three short hashes. The values are stable: they may be stored. A common key is only a
 *           candidate, which cw_resemble_judge then judges. */
size_t cw_resemble_keys(struct cw_span text, uint64_t ret[static CW_RESEMBLE_KEYS]);

/** Judges a candidate. The same shape twice is no resemblance but the same text: NOT.
 *  Out:     ret_at  may be NULL; set for ONE_CHARACTER only: which character of `asked` differs,
 *                   counted in characters from 0
 *  Limits:  O(length) */
enum cw_resemblance cw_resemble_judge(struct cw_span asked, struct cw_span listed, size_t *ret_at);

/** "not", "ends", "one-character"; static. */
const char *cw_resemblance_name(enum cw_resemblance resemblance);

#endif
