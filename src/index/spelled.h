/* spelled.h: the texts under which a key can stand in a document, and the key itself, as 64-bit
 * hashes.
 *
 * Knows which part of an address text is decided by the key alone, and hashes that part: the core.
 * Prefix, version and checksum stay out of it, so that one hash serves many coins, and no checksum
 * is computed to make one. Refuses to know documents, tokens and lists.
 *
 * The core of a text of n alphanumeric characters, letters without regard to case:
 *
 *   n            core                        serves
 *   25 to 37     characters 0 to 15 and      base58 with a checksum of four bytes: these characters
 *                n-23 to n-8                 do not depend on it, but for a carry in 1 of 500 keys,
 *                                            whose checksum is then computed
 *   38 and more  characters n-38 to n-9      hex of 40 and 64 digits behind any prefix; bech32 of
 * any prefix (6 characters of checksum); CashAddr, Kaspa, Conflux, Nano (8); Stellar, Algorand,
 * NEM, Filecoin, TON, Monero, Solana, Cardano's Byron form
 *
 * Base58 of another version has other characters everywhere. Those texts are found by their number:
 * sixteen of the bytes between version and checksum are hashed (cw_spelled_halves_hash).
 *
 * No false negative, by this contract: for every text that cw_address_ask decodes to an address
 * that has a relation to the listed one, the hash of its core or of its bytes is among those of the
 * listed one, except
 *   - families that src/screen/ decodes on sight (src/screen/token.h has the list);
 *   - texts shorter than CW_SPELLED_LEN_MIN (pay-to-anchor, the shortest principals);
 *   - `nested_segwit` and `derived` from the side of the text: a listed script hash may be that of
 *     "0 <hash>" for any key hash whatever, so every key of a document would have to be hashed
 * twice (docs/screen.md). The other direction, a listed key hash and its nested script, is found.
 *
 * A hash is a function of characters only, the same on every machine: words are read little-endian.
 */
#ifndef CW_INDEX_SPELLED_H
#define CW_INDEX_SPELLED_H

#include "address/address.h"
#include "base/mix.h"

struct cw_links; /* address/links.h */

enum {
    CW_SPELLED_MAX = 192,      /* hashes of one address */
    CW_SPELLED_LEN_MIN = 25,   /* characters of the shortest text looked for */
    CW_SPELLED_SPLIT = 38,     /* from this length on, the core is counted from the end only */
    CW_SPELLED_CORE_FROM = 38, /* characters before the end */
    CW_SPELLED_LOAD = 16,      /* bytes of each of the two loads of a core */
};

/** One 64-bit word of a text. Letters lose their case; nothing else that is alphanumeric changes.
 */
static inline uint64_t cw_spelled_word(const char *from)
{
    return cw_load_le64(from) | 0x2020202020202020u;
}

/** Hash of two times 16 bytes. */
static inline uint64_t cw_spelled_mix(const char *first, const char *second)
{
    const uint64_t a =
        cw_mix_fold(cw_spelled_word(first) ^ 0x9e3779b97f4a7c15u, cw_spelled_word(first + 8));
    const uint64_t b =
        cw_mix_fold(cw_spelled_word(second) ^ 0x8bb84b93962eacc9u, cw_spelled_word(second + 8));
    return cw_mix_fold(a ^ 0x589965cc75374cc3u, b);
}

/** Hash of the core of a token.
 *  In: token  len alphanumeric characters, len >= CW_SPELLED_LEN_MIN; read at no other place */
static inline uint64_t cw_spelled_hash(const char *token, size_t len)
{
    /* Lengths come in no order: a branch here would cost more than the hash. */
    const size_t is_short = len < CW_SPELLED_SPLIT ? 1 : 0;
    const size_t before = len < CW_SPELLED_SPLIT ? CW_SPELLED_CORE_FROM : len;
    const char *first = token + before - CW_SPELLED_CORE_FROM;
    const char *second = token + len - 24 + is_short;
    return cw_spelled_mix(first, second);
}

/** Hash of the bytes between version and checksum of a base58 text: 20 or 32 of them, of which 4 to
 *  11 and 12 to 19 are enough to tell keys apart.
 *  In: first, second  those, each as a number whose lowest byte came first */
static inline uint64_t cw_spelled_halves_hash(uint64_t first, uint64_t second, size_t len)
{
    const uint64_t both = cw_mix_fold(first ^ 0x9e3779b97f4a7c15u, second ^ 0xd1b54a32d192ed03u);
    return cw_mix_fold(both ^ 0x589965cc75374cc3u, 0x5bd1e9955bd1e995u * len);
}

/** The hashes under which an address, its keys and its link keys are found. The same address gives
 *  the same hashes in the same order, without repeats.
 *  Returns: how many, 0..CW_SPELLED_MAX (0: only the families decoded on sight can relate to it)
 *  Limits:  a few microseconds; no allocation. Safety: pure */
size_t cw_spelled_hashes(const struct cw_address *address, uint64_t ret[static CW_SPELLED_MAX]);
/** The same for who has the link keys at hand. */
size_t cw_links_spelled_hashes(const struct cw_address *address, const struct cw_links *links,
                               uint64_t ret[static CW_SPELLED_MAX]);

/** The hashes under which an address itself asks, of its keys alone: every listed address has those
 * of its link keys, and of its readings without one, in the filter too. The promise is that of
 * cw_address_probe_hashes: two addresses with a relation share at least one, whatever they were
 * spelled like, `nested_segwit` and `derived` included.
 *  Out:     ret    up to `max` of them, without repeats
 *  Returns: how many there are; more than `max`, or 0: the filter cannot tell
 *  Limits:  a hash160 for a key hash; no allocation. Safety: pure */
size_t cw_key_hashes(const struct cw_address *address, uint64_t *ret, size_t max);

/** Whether there is the hash of a script, which a key or a witness program may be nested in. */
bool cw_links_have_script(const struct cw_links *links);

#endif
