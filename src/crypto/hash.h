/* hash.h: every hash the project uses, each with a known answer checked at start.
 *
 * Knows which library computes what (libsodium: SHA-2, BLAKE2b; nettle: the rest, and the SHA-256
 * that somebody waits for: of streams, of base58check and hash160. It uses the SHA instructions of
 * the processor; libsodium 1.0.18 does not and takes four times as long). Refuses to know
 * what is hashed. One-shot functions never fail: lengths are fixed by the signatures, and
 * cw_hash_selftest has shown that the libraries answer right; call it once before anything else.
 */
#ifndef CW_CRYPTO_HASH_H
#define CW_CRYPTO_HASH_H

#include <stdint.h>

#include "base/error.h"
#include "base/span.h"

enum {
    CW_SHA1_BYTES = 20,
    CW_SHA256_BYTES = 32,
    CW_SHA512_BYTES = 64,
    CW_RIPEMD160_BYTES = 20,
    CW_KECCAK256_BYTES = 32,
    CW_SHA256_HEX_BYTES = 65, /* with NUL */
};

/** Initialises libsodium and compares each hash and length used with a published value.
 *  Returns: CW_OK, or CW_STATE naming the hash: a wrong hash would mean silent misses. */
CW_NODISCARD enum cw_status cw_hash_selftest(struct cw_error *err);

void cw_sha256(struct cw_span data, uint8_t ret[static CW_SHA256_BYTES]);
/** SHA-256 of SHA-256: the checksum of base58check. */
void cw_sha256d(struct cw_span data, uint8_t ret[static CW_SHA256_BYTES]);
void cw_sha256_hex(struct cw_span data, char ret_hex[static CW_SHA256_HEX_BYTES]);
void cw_sha512(struct cw_span data, uint8_t ret[static CW_SHA512_BYTES]);
/** SHA-512/256 (FIPS 180-4): algorand. */
void cw_sha512_256(struct cw_span data, uint8_t ret[static 32]);
/** SHA-224: internet computer. */
void cw_sha224(struct cw_span data, uint8_t ret[static 28]);
/** SHA3-256 (FIPS 202): symbol. */
void cw_sha3_256(struct cw_span data, uint8_t ret[static 32]);
/** SHA-1: only inside UUID version 5, where RFC 9562 demands it. */
void cw_sha1(struct cw_span data, uint8_t ret[static CW_SHA1_BYTES]);
/** SHA-1 of head and tail as one text, so that a UUID needs no memory to join them. */
void cw_sha1_joined(struct cw_span head, struct cw_span tail, uint8_t ret[static CW_SHA1_BYTES]);
void cw_ripemd160(struct cw_span data, uint8_t ret[static CW_RIPEMD160_BYTES]);
/** RIPEMD-160 of SHA-256: "hash160". */
void cw_hash160(struct cw_span data, uint8_t ret[static CW_RIPEMD160_BYTES]);
/** Keccak-256 with the original padding (not SHA3-256): Ethereum, TRON, Monero. */
void cw_keccak256(struct cw_span data, uint8_t ret[static CW_KECCAK256_BYTES]);
/** BLAKE2b with an output of 1..64 bytes and an optional 16-byte personalisation (may be NULL). */
void cw_blake2b(struct cw_span data, const uint8_t *personal, uint8_t *ret, size_t ret_len);
/** HMAC-SHA-256. */
void cw_hmac_sha256(struct cw_span key, struct cw_span data, uint8_t ret[static CW_SHA256_BYTES]);

/** Streaming SHA-256, for snapshots and screened files that do not fit in memory. */
struct cw_sha256_stream {
    _Alignas(16) unsigned char opaque[128];
};
void cw_sha256_begin(struct cw_sha256_stream *stream);
void cw_sha256_update(struct cw_sha256_stream *stream, struct cw_span data);
void cw_sha256_end(struct cw_sha256_stream *stream, uint8_t ret[static CW_SHA256_BYTES]);
void cw_sha256_end_hex(struct cw_sha256_stream *stream, char ret_hex[static CW_SHA256_HEX_BYTES]);

#endif
