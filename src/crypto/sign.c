#include "crypto/sign.h"

#include <assert.h>
#include <sodium.h>

#include "base/text.h"
#include "crypto/base64.h"
#include "crypto/hash.h"
#include "crypto/key_private.h"

enum {
    KEY_DIGITS_BYTES = 44, /* 32 bytes in unpadded base64url, and NUL */
    JWK_BYTES = 96,        /* the public JWK is 84 bytes */
    NOTE_ID_BYTES = 4,     /* C2SP signed-note: the key id is cut to this */
    NOTE_ED25519 = 0x01,   /* C2SP signed-note: signature type Ed25519 */
};

struct cw_signing_key {
    uint8_t secret[crypto_sign_ed25519_SECRETKEYBYTES]; /* seed, then public key */
};

static_assert(CW_ED25519_SEED_BYTES == crypto_sign_ed25519_SEEDBYTES, "libsodium's length");
static_assert(CW_ED25519_PUBLIC_BYTES == crypto_sign_ed25519_PUBLICKEYBYTES, "libsodium's length");
static_assert(CW_ED25519_SIGNATURE_BYTES == crypto_sign_ed25519_BYTES, "libsodium's length");

/* ---- roles ---- */

static const char *const role_names[CW_KEY_ROLES] = {
    [CW_KEY_ALERT] = "alert",
    [CW_KEY_DELIVERY] = "delivery",
    [CW_KEY_LOG] = "log",
};

const char *cw_key_role_name(enum cw_key_role role)
{
    CW_ASSERT((size_t)role < CW_KEY_ROLES);
    return role_names[role];
}

bool cw_key_role_parse(struct cw_span name, enum cw_key_role *ret_role)
{
    for (size_t i = 0; i < CW_KEY_ROLES; i++) {
        if (cw_span_is(name, role_names[i])) {
            *ret_role = (enum cw_key_role)i;
            return true;
        }
    }
    return false;
}

/* ---- secret keys ---- */

/* sodium_malloc locks too but does not say when the system refused; asking again does. */
void *cw_secret_memory_new(size_t bytes)
{
    if (sodium_init() < 0) {
        return NULL;
    }
    void *memory = sodium_malloc(bytes);
    if (memory != NULL && sodium_mlock(memory, bytes) != 0) {
        sodium_free(memory);
        return NULL;
    }
    return memory;
}

struct cw_signing_key *cw_signing_key_new(const uint8_t seed[static CW_ED25519_SEED_BYTES])
{
    struct cw_signing_key *key = cw_secret_memory_new(sizeof(*key));
    if (key == NULL) {
        return NULL;
    }
    uint8_t public_bytes[CW_ED25519_PUBLIC_BYTES];
    (void)crypto_sign_ed25519_seed_keypair(public_bytes, key->secret, seed);
    (void)sodium_mprotect_readonly(key); /* against our own mistakes; the key is right without */
    return key;
}

struct cw_signing_key *cw_signing_key_generate(const struct cw_random *random)
{
    uint8_t seed[CW_ED25519_SEED_BYTES];
    cw_random_fill(random, seed, sizeof(seed));
    struct cw_signing_key *key = cw_signing_key_new(seed);
    sodium_memzero(seed, sizeof(seed));
    return key;
}

void cw_signing_key_free(struct cw_signing_key *key)
{
    sodium_free(key); /* takes NULL; wipes before it unlocks */
}

void cw_signing_key_freep(struct cw_signing_key **key)
{
    cw_signing_key_free(*key);
    *key = NULL;
}

void cw_signing_key_seed(const struct cw_signing_key *key,
                         uint8_t ret_seed[static CW_ED25519_SEED_BYTES])
{
    (void)crypto_sign_ed25519_sk_to_seed(ret_seed, key->secret);
}

struct cw_public_key cw_signing_key_public(const struct cw_signing_key *key)
{
    CW_ASSERT(key != NULL);
    struct cw_public_key public_key;
    (void)crypto_sign_ed25519_sk_to_pk(public_key.bytes, key->secret);
    return public_key;
}

void cw_sign(const struct cw_signing_key *key, struct cw_span message,
             uint8_t ret_signature[static CW_ED25519_SIGNATURE_BYTES])
{
    CW_ASSERT(key != NULL);
    CW_ASSERT(message.data != NULL || message.len == 0);
    (void)crypto_sign_ed25519_detached(ret_signature, NULL, (const unsigned char *)message.data,
                                       message.len, key->secret);
}

bool cw_sign_is_valid(const struct cw_public_key *key, struct cw_span message,
                      const uint8_t signature[static CW_ED25519_SIGNATURE_BYTES])
{
    CW_ASSERT(key != NULL);
    CW_ASSERT(message.data != NULL || message.len == 0);
    return crypto_sign_ed25519_verify_detached(signature, (const unsigned char *)message.data,
                                               message.len, key->bytes) == 0;
}

/* ---- spellings of a public key ---- */

/* The members in the order of RFC 7638, so that the JWK we print is the text that the thumbprint is
 * made of. */
static struct cw_span write_jwk(const struct cw_public_key *key, char ret_text[static JWK_BYTES])
{
    char x[KEY_DIGITS_BYTES];
    (void)sodium_bin2base64(x, sizeof(x), key->bytes, sizeof(key->bytes),
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    const int len =
        snprintf(ret_text, JWK_BYTES, "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"%s\"}", x);
    CW_ASSERT(len > 0);
    CW_ASSERT(len < JWK_BYTES);
    return cw_span_make(ret_text, (size_t)len);
}

void cw_public_key_kid(const struct cw_public_key *key, char ret_kid[static CW_KID_TEXT_BYTES])
{
    char jwk[JWK_BYTES];
    uint8_t thumbprint[CW_SHA256_BYTES];
    cw_sha256(write_jwk(key, jwk), thumbprint);
    (void)sodium_bin2base64(ret_kid, CW_KID_TEXT_BYTES, thumbprint, sizeof(thumbprint),
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/* Appends base64 of a fixed head and the key, as three of the spellings want it. */
static void append_with_head(struct cw_buf *out, struct cw_span head,
                             const struct cw_public_key *key)
{
    uint8_t joined[32 + CW_ED25519_PUBLIC_BYTES];
    CW_ASSERT(head.len <= sizeof(joined) - sizeof(key->bytes));
    memcpy(joined, head.data, head.len);
    memcpy(joined + head.len, key->bytes, sizeof(key->bytes));
    cw_base64_encode(out, CW_BASE64_STANDARD, cw_span_make(joined, head.len + sizeof(key->bytes)));
}

/* RFC 8410 section 4: the fixed start of a SubjectPublicKeyInfo for Ed25519. */
static void append_pem(struct cw_buf *out, const struct cw_public_key *key)
{
    cw_buf_str(out, "-----BEGIN PUBLIC KEY-----\n");
    append_with_head(out, CW_SPAN("\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00"), key);
    cw_buf_str(out, "\n-----END PUBLIC KEY-----\n");
}

/* RFC 8709 section 4: two strings, each behind its length in four bytes. */
static void append_ssh(struct cw_buf *out, const struct cw_public_key *key)
{
    cw_buf_str(out, "ssh-ed25519 ");
    append_with_head(out, CW_SPAN("\0\0\0\x0bssh-ed25519\0\0\0\x20"), key);
}

/* C2SP signed-note: name, first bytes of SHA-256(name LF type key) in hex, base64(type key). */
static void append_vkey(struct cw_buf *out, const struct cw_public_key *key, struct cw_span name)
{
    CW_ASSERT(name.len > 0);
    CW_ASSERT(cw_span_find(name, '+', 0) == name.len);
    const char type = NOTE_ED25519;
    struct cw_sha256_stream stream;
    uint8_t id[CW_SHA256_BYTES];
    char id_hex[2 * NOTE_ID_BYTES + 1];
    cw_sha256_begin(&stream);
    cw_sha256_update(&stream, name);
    cw_sha256_update(&stream, CW_SPAN("\n"));
    cw_sha256_update(&stream, cw_span_make(&type, 1));
    cw_sha256_update(&stream, cw_span_make(key->bytes, sizeof(key->bytes)));
    cw_sha256_end(&stream, id);
    cw_hex_encode(id, NOTE_ID_BYTES, id_hex);
    cw_buf_span(out, name);
    cw_buf_printf(out, "+%s+", id_hex);
    append_with_head(out, cw_span_make(&type, 1), key);
}

void cw_public_key_format(struct cw_buf *out, const struct cw_public_key *key,
                          enum cw_key_format format, struct cw_span name)
{
    CW_ASSERT(key != NULL);
    char jwk[JWK_BYTES];
    char kid[CW_KID_TEXT_BYTES];
    switch (format) {
    case CW_KEY_JWK:
        cw_buf_span(out, write_jwk(key, jwk));
        break;
    case CW_KEY_KID:
        cw_public_key_kid(key, kid);
        cw_buf_str(out, kid);
        break;
    case CW_KEY_PEM:
        append_pem(out, key);
        break;
    case CW_KEY_SSH:
        append_ssh(out, key);
        break;
    case CW_KEY_WHPK:
        cw_buf_str(out, "whpk_");
        append_with_head(out, CW_SPAN(""), key);
        break;
    case CW_KEY_VKEY:
        append_vkey(out, key, name);
        break;
    }
}
