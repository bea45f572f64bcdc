/* token.h: what in a document is looked at as an address. The grammar, and the shapes decoded on
 * sight.
 *
 * 1. A token is a maximal run of A-Z a-z 0-9 of CW_TOKEN_LEN_MIN to CW_TOKEN_LEN_MAX bytes. Any
 *    other byte ends it, NUL, newline and bytes above 127 too. Longer runs are no tokens.
 * 2. A maximal run of A-Z a-z 0-9 - _, or of A-Z a-z 0-9 + /, of exactly 48 bytes with at least one
 *    of the signs in it, that begins with one of E U k 0 and then Q or f, is a token: TON in
 * base64.
 * 3. A maximal run of A-Z a-z 0-9 - _ that is cut by dashes into groups of five, the last one
 *    shorter or not, of 25 to 63 bytes, is a token: an Internet Computer principal. Behind
 *    "-", seven characters and a dot, hex digits are part of it (ICRC-1).
 * 4. The same in groups of six, 45 or 46 bytes: a NEM or Symbol address as people print it.
 * 5. An escape whose last characters are letters and digits hides where a token begins. When a
 * token of rule 1, or a run of rules 2 to 4, begins with them, what is behind them is one as well,
 * of 25 bytes and more. Their escapes are: a backslash and a letter, or u and four hex digits, or x
 *    and two; a percent sign and two hex digits; and a colour sequence, which ends in m or K behind
 *    its last number and was opened by [ at most CW_ESCAPE_NUMBERS_MAX bytes of 0-9 : ; before it
 *    (the ESC in front of that may itself be written in any way).
 *
 * The text of a token of rule 1 is read together with what stands before it, up to
 * CW_TOKEN_PREFIX_MAX bytes of A-Z a-z 0-9 : . _ -, from the longest reading to the token alone; a
 * reading begins where a run of letters and digits begins, behind the escape with which such a run
 * begins, or at a dash before one. The first
 * reading that cw_address_ask decodes and is known to the index is the hit. So
 * `bitcoincash:q…`, `kaspa:`, `cfx:type.user:`, `k:`, `0:`, `-1:`, `nano_`, `addr_test1`,
 * `X-avax1`, `ronin:`, `eip155:1:`, `did:pkh:…`, `ETH:0x…` are read whole, and `seen:0x…` is read
 * as `0x…`. A reading whose key would stand before the token is none: TON in base64, NEM and Symbol
 * with dashes, ICRC-1 accounts are read by rules 2 to 4 only. Rules 2 to 4 have no other reading
 * than themselves (ICRC-1: with the account first).
 *
 * 40 bare hex digits of a key that nobody holds (address/reserved.h: all zeros, …dead) are no hit:
 * they stand for "none" far more often than for the account, which is found as 0x and the digits.
 *
 * Decoded on sight, because no hash of the listed key can tell them (letters as written or, where
 * the encoding allows it, in the other case):
 *   addr1 stake1 …test1   50 and more characters: Cardano, where either credential may be listed
 *   u1 utest1 zu1 tu1     40 and more: Zcash unified, where any receiver may be listed
 *   S                     up to 42, with P M T N behind: Stacks
 *   M                     69: Stellar muxed
 *   9 3                   50 to 52: Ergo, where the hash of the key may be listed
 *   q                     63: Kaspa ECDSA, likewise
 *   z                     95: Zcash Sprout
 *   any of base58         106: Monero integrated
 *   rules 3 and 4         CRC-32 and three hashes
 *
 * Not looked for: what says nothing about itself and needs a tag (alice.near, 0.0.123, eosio, f01,
 * 0x and 64 digits without a prefix that names the chain); texts shorter than 25 characters
 * (pay-to-anchor, the shortest principals and Filecoin addresses); addresses broken over two lines,
 * masked, or with look-alike letters; text inside UTF-16, base64 or other encodings, that is,
 * quoted-printable (=3D in front) and what was percent-encoded twice; accounts of EVM padded to
 * words of 64 digits, as topics and data of its logs hold them.
 */
#ifndef CW_SCREEN_TOKEN_H
#define CW_SCREEN_TOKEN_H

#include "index/spelled.h"

enum {
    CW_TOKEN_LEN_MIN = CW_SPELLED_LEN_MIN,
    CW_TOKEN_LEN_MAX = CW_ADDRESS_TEXT_MAX,
    CW_TOKEN_PREFIX_MAX = 96,   /* CAIP-10: 8 + 1 + 64 + 1, behind "did:pkh:" */
    CW_ESCAPE_NUMBERS_MAX = 32, /* bytes of numbers of a colour sequence that are looked back at */
};

#endif
