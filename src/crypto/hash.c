#include "crypto/hash.h"

#include <assert.h>
#include <nettle/ripemd160.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <nettle/sha3.h>
#include <nettle/version.h>
#include <sodium.h>

#include "base/text.h"
#include "crypto/siphash.h"

/* nettle 4 drops the length argument of every digest function: it always gives the full length,
 * which is the only one that we ask for. */
#if NETTLE_VERSION_MAJOR >= 4
#define DIGEST(hash, ctx, len, ret) hash##_digest((ctx), (ret))
#else
#define DIGEST(hash, ctx, len, ret) hash##_digest((ctx), (len), (ret))
#endif

enum { PERSONAL_BYTES = 16, KECCAK_RATE_BYTES = 136, LANE_BYTES = 8 };

static_assert(CW_SHA256_BYTES == crypto_hash_sha256_BYTES, "libsodium's length");
static_assert(CW_SHA512_BYTES == crypto_hash_sha512_BYTES, "libsodium's length");
static_assert(CW_SHA256_BYTES == crypto_auth_hmacsha256_BYTES, "libsodium's length");
static_assert(PERSONAL_BYTES == crypto_generichash_blake2b_PERSONALBYTES, "libsodium's length");
static_assert(CW_SHA1_BYTES == SHA1_DIGEST_SIZE, "nettle's length");
static_assert(CW_RIPEMD160_BYTES == RIPEMD160_DIGEST_SIZE, "nettle's length");
static_assert(sizeof(struct sha256_ctx) <= sizeof(struct cw_sha256_stream), "it fits");
static_assert(_Alignof(struct sha256_ctx) <= _Alignof(struct cw_sha256_stream), "it fits");

static const uint8_t *bytes_of(struct cw_span data)
{
    CW_ASSERT(data.data != NULL || data.len == 0);
    return (const uint8_t *)(data.data != NULL ? data.data : "");
}

/* ---- SHA-2 ---- */

void cw_sha256(struct cw_span data, uint8_t ret[static CW_SHA256_BYTES])
{
    (void)crypto_hash_sha256(ret, bytes_of(data), data.len);
}

/* By nettle, for its speed, as cw_hash160; hash.h says why. */
void cw_sha256d(struct cw_span data, uint8_t ret[static CW_SHA256_BYTES])
{
    uint8_t inner[CW_SHA256_BYTES];
    struct sha256_ctx ctx;
    sha256_init(&ctx);
    sha256_update(&ctx, data.len, bytes_of(data));
    DIGEST(sha256, &ctx, sizeof(inner), inner); /* and begins anew */
    sha256_update(&ctx, sizeof(inner), inner);
    DIGEST(sha256, &ctx, CW_SHA256_BYTES, ret);
}

void cw_sha256_hex(struct cw_span data, char ret_hex[static CW_SHA256_HEX_BYTES])
{
    uint8_t digest[CW_SHA256_BYTES];
    cw_sha256(data, digest);
    cw_hex_encode(digest, sizeof(digest), ret_hex);
}

void cw_sha512(struct cw_span data, uint8_t ret[static CW_SHA512_BYTES])
{
    (void)crypto_hash_sha512(ret, bytes_of(data), data.len);
}

void cw_sha512_256(struct cw_span data, uint8_t ret[static 32])
{
    struct sha512_256_ctx ctx;
    sha512_256_init(&ctx);
    sha512_256_update(&ctx, data.len, bytes_of(data));
    DIGEST(sha512_256, &ctx, SHA512_256_DIGEST_SIZE, ret);
}

void cw_sha224(struct cw_span data, uint8_t ret[static 28])
{
    struct sha224_ctx ctx;
    sha224_init(&ctx);
    sha224_update(&ctx, data.len, bytes_of(data));
    DIGEST(sha224, &ctx, SHA224_DIGEST_SIZE, ret);
}

void cw_sha256_begin(struct cw_sha256_stream *stream)
{
    sha256_init((struct sha256_ctx *)(void *)stream->opaque);
}

void cw_sha256_update(struct cw_sha256_stream *stream, struct cw_span data)
{
    sha256_update((struct sha256_ctx *)(void *)stream->opaque, data.len, bytes_of(data));
}

void cw_sha256_end(struct cw_sha256_stream *stream, uint8_t ret[static CW_SHA256_BYTES])
{
    DIGEST(sha256, (struct sha256_ctx *)(void *)stream->opaque, SHA256_DIGEST_SIZE, ret);
}

void cw_sha256_end_hex(struct cw_sha256_stream *stream, char ret_hex[static CW_SHA256_HEX_BYTES])
{
    uint8_t digest[CW_SHA256_BYTES];
    cw_sha256_end(stream, digest);
    cw_hex_encode(digest, sizeof(digest), ret_hex);
}

/* The state is derived from the key, so it is wiped like one. */
void cw_hmac_sha256(struct cw_span key, struct cw_span data, uint8_t ret[static CW_SHA256_BYTES])
{
    crypto_auth_hmacsha256_state state;
    (void)crypto_auth_hmacsha256_init(&state, bytes_of(key), key.len);
    (void)crypto_auth_hmacsha256_update(&state, bytes_of(data), data.len);
    (void)crypto_auth_hmacsha256_final(&state, ret);
    sodium_memzero(&state, sizeof(state));
}

/* ---- SHA-1, RIPEMD-160 ---- */

void cw_sha1(struct cw_span data, uint8_t ret[static CW_SHA1_BYTES])
{
    cw_sha1_joined(data, CW_SPAN(""), ret);
}

void cw_sha1_joined(struct cw_span head, struct cw_span tail, uint8_t ret[static CW_SHA1_BYTES])
{
    struct sha1_ctx ctx;
    sha1_init(&ctx);
    sha1_update(&ctx, head.len, bytes_of(head));
    sha1_update(&ctx, tail.len, bytes_of(tail));
    DIGEST(sha1, &ctx, SHA1_DIGEST_SIZE, ret);
}

void cw_ripemd160(struct cw_span data, uint8_t ret[static CW_RIPEMD160_BYTES])
{
    struct ripemd160_ctx ctx;
    ripemd160_init(&ctx);
    ripemd160_update(&ctx, data.len, bytes_of(data));
    DIGEST(ripemd160, &ctx, RIPEMD160_DIGEST_SIZE, ret);
}

void cw_hash160(struct cw_span data, uint8_t ret[static CW_RIPEMD160_BYTES])
{
    uint8_t inner[CW_SHA256_BYTES];
    struct sha256_ctx ctx;
    sha256_init(&ctx);
    sha256_update(&ctx, data.len, bytes_of(data));
    DIGEST(sha256, &ctx, sizeof(inner), inner);
    cw_ripemd160(cw_span_make(inner, sizeof(inner)), ret);
}

/* ---- SHA-3, Keccak ---- */

void cw_sha3_256(struct cw_span data, uint8_t ret[static 32])
{
    struct sha3_256_ctx ctx;
    sha3_256_init(&ctx);
    sha3_256_update(&ctx, data.len, bytes_of(data));
    DIGEST(sha3_256, &ctx, SHA3_256_DIGEST_SIZE, ret);
}

static void keccak_absorb(struct sha3_state *state, const uint8_t block[static KECCAK_RATE_BYTES])
{
    for (size_t i = 0; i < KECCAK_RATE_BYTES; i++) {
        state->a[i / LANE_BYTES] ^= (uint64_t)block[i] << (8 * (i % LANE_BYTES));
    }
    sha3_permute(state);
}

/* A sponge of our own: nettle offers SHA-3 only with the padding of FIPS 202 (06), while these
 * chains froze the padding of the competition entry (01). The permutation is the same. */
void cw_keccak256(struct cw_span data, uint8_t ret[static CW_KECCAK256_BYTES])
{
    struct sha3_state state = {0};
    const uint8_t *at = bytes_of(data);
    size_t left = data.len;
    for (; left >= KECCAK_RATE_BYTES; left -= KECCAK_RATE_BYTES, at += KECCAK_RATE_BYTES) {
        keccak_absorb(&state, at);
    }
    uint8_t last[KECCAK_RATE_BYTES] = {0};
    memcpy(last, at, left);
    last[left] = 0x01;
    last[KECCAK_RATE_BYTES - 1] |= 0x80;
    keccak_absorb(&state, last);
    for (size_t i = 0; i < CW_KECCAK256_BYTES; i++) {
        ret[i] = (uint8_t)(state.a[i / LANE_BYTES] >> (8 * (i % LANE_BYTES)));
    }
}

/* ---- BLAKE2b ---- */

/* Lengths below 16 are outside of what libsodium documents (BYTES_MIN), yet it computes them right;
 * the self-test holds it to that. */
void cw_blake2b(struct cw_span data, const uint8_t *personal, uint8_t *ret, size_t ret_len)
{
    CW_ASSERT(ret_len >= 1);
    CW_ASSERT(ret_len <= crypto_generichash_blake2b_BYTES_MAX);
    const int refused = crypto_generichash_blake2b_salt_personal(ret, ret_len, bytes_of(data),
                                                                 data.len, NULL, 0, NULL, personal);
    CW_ASSERT(refused == 0);
}

/* ---- self-test ---- */

struct plain_answer {
    const char *name;
    void (*hash)(struct cw_span data, uint8_t *ret);
    size_t len;
    const char *hex; /* of "abc" */
};

/* FIPS 180-4 and 202 examples, the RIPEMD-160 paper; the double ones by composition. */
static const struct plain_answer plain_answers[] = {
    {"SHA-1", cw_sha1, 20, "a9993e364706816aba3e25717850c26c9cd0d89d"},
    {"SHA-224", cw_sha224, 28, "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"},
    {"SHA-256", cw_sha256, 32, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"SHA-256d", cw_sha256d, 32,
     "4f8b42c22dd3729b519ba6f68d2da7cc5b2d606d05daed5ad5128cc03e6c6358"},
    {"SHA-512", cw_sha512, 64,
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
     "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
    {"SHA-512/256", cw_sha512_256, 32,
     "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23"},
    {"SHA3-256", cw_sha3_256, 32,
     "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"},
    {"RIPEMD-160", cw_ripemd160, 20, "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"},
    {"hash160", cw_hash160, 20, "bb1be98c142444d7a56aa3981c3942a978e4dc33"},
    {"Keccak-256", cw_keccak256, 32,
     "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"},
};

struct blake2b_answer {
    const char *name;
    const char *personal; /* PERSONAL_BYTES bytes, or NULL */
    size_t len;
    const char *hex; /* of "abc" */
};

#define F4JUMBLE "UA_F4Jumble_G\0\0"
static_assert(sizeof(F4JUMBLE) == PERSONAL_BYTES, "its NUL is the sixteenth byte");

/* RFC 7693 appendix A; the other lengths by its reference program. */
static const struct blake2b_answer blake2b_answers[] = {
    {"BLAKE2b-32 (4 bytes)", NULL, 4, "63906248"},
    {"BLAKE2b-40 (5 bytes)", NULL, 5, "44229fc0ef"},
    {"BLAKE2b-160", NULL, 20, "384264f676f39536840523f284921cdc68b6846b"},
    {"BLAKE2b-224", NULL, 28, "9bd237b02a29e43bdd6738afa5b53ff0eee178d6210b618e4511aec8"},
    {"BLAKE2b-256", NULL, 32, "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"},
    {"BLAKE2b-512", NULL, 64,
     "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
     "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923"},
    {"personal BLAKE2b-192", F4JUMBLE, 24, "5023983f778fcef233430f9d6cb37f8e972e2c06c7a9a5f0"},
    {"personal BLAKE2b-512", F4JUMBLE, 64,
     "f98165e469fc3cd55d428bb8ae6c3a23599e7225da4b65ddcc37269f4c70adc6"
     "fd3f6655d101fbfe7bffd082a511e37ebdf2edadd60159f6f8f1894a73f15508"},
};

static bool is_answer(const uint8_t *digest, size_t len, const char *hex)
{
    uint8_t expected[CW_SHA512_BYTES];
    CW_ASSERT(len <= sizeof(expected));
    return cw_hex_decode(cw_span_cstr(hex), expected, len) && memcmp(digest, expected, len) == 0;
}

/* RFC 4231, test case 2. */
static bool is_hmac_right(void)
{
    uint8_t mac[CW_SHA256_BYTES];
    cw_hmac_sha256(CW_SPAN("Jefe"), CW_SPAN("what do ya want for nothing?"), mac);
    return is_answer(mac, sizeof(mac),
                     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

static bool is_stream_right(void)
{
    struct cw_sha256_stream stream;
    uint8_t digest[CW_SHA256_BYTES];
    cw_sha256_begin(&stream);
    cw_sha256_update(&stream, CW_SPAN("a"));
    cw_sha256_update(&stream, CW_SPAN("bc"));
    cw_sha256_end(&stream, digest);
    return is_answer(digest, sizeof(digest),
                     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static enum cw_status wrong(struct cw_error *err, const char *name)
{
    return cw_error_set(err, CW_STATE, "%s computes wrongly on this machine: do not use it", name);
}

/* Aumasson and Bernstein, "SipHash", appendix A: key 00..0f, text 00..0e. */
static bool is_siphash_right(void)
{
    uint8_t bytes[CW_SIPHASH_KEY_BYTES];
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (uint8_t)i;
    }
    return cw_siphash(bytes, cw_span_make(bytes, sizeof(bytes) - 1)) == 0xd320d86d2a519956u;
}

enum cw_status cw_hash_selftest(struct cw_error *err)
{
    uint8_t digest[CW_SHA512_BYTES];
    if (sodium_init() < 0) {
        return cw_error_set(err, CW_STATE, "libsodium does not start: no source of randomness?");
    }
    for (size_t i = 0; i < CW_COUNT(plain_answers); i++) {
        const struct plain_answer *row = &plain_answers[i];
        row->hash(CW_SPAN("abc"), digest);
        if (!is_answer(digest, row->len, row->hex)) {
            return wrong(err, row->name);
        }
    }
    for (size_t i = 0; i < CW_COUNT(blake2b_answers); i++) {
        const struct blake2b_answer *row = &blake2b_answers[i];
        cw_blake2b(CW_SPAN("abc"), (const uint8_t *)row->personal, digest, row->len);
        if (!is_answer(digest, row->len, row->hex)) {
            return wrong(err, row->name);
        }
    }
    if (!is_hmac_right()) {
        return wrong(err, "HMAC-SHA-256");
    }
    if (!is_siphash_right()) {
        return wrong(err, "SipHash-1-3");
    }
    return is_stream_right() ? CW_OK : wrong(err, "streaming SHA-256");
}
