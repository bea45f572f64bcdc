#include <assert.h>
#include <sodium.h>

#include "base/file.h"
#include "crypto/base64.h"
#include "crypto/key_private.h"
#include "crypto/sealed_key.h"

/* RFC 8410 section 7: what PKCS#8 puts before an Ed25519 seed; always these bytes, because every
 * length in them is fixed. */
#define PKCS8_HEAD "\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20"
#define PEM_BEGIN  "-----BEGIN PRIVATE KEY-----"
#define PEM_END    "-----END PRIVATE KEY-----"

enum {
    PKCS8_HEAD_BYTES = sizeof(PKCS8_HEAD) - 1,
    PKCS8_BYTES = PKCS8_HEAD_BYTES + CW_ED25519_SEED_BYTES,
    PKCS8_DIGITS_BYTES = PKCS8_BYTES / 3 * 4 + 1,
    PEM_BYTES = 160,
};

static_assert(PKCS8_BYTES == 48, "a multiple of three: one line of base64 without padding");

/* ---- PEM ---- */

enum cw_status cw_signing_key_save(const struct cw_signing_key *key, const char *path,
                                   struct cw_error *err)
{
    CW_ASSERT(key != NULL);
    enum cw_status status = cw_secret_folder_check(path, err);
    if (status != CW_OK) {
        return status;
    }
    uint8_t der[PKCS8_BYTES];
    char digits[PKCS8_DIGITS_BYTES];
    char pem[PEM_BYTES];
    memcpy(der, PKCS8_HEAD, PKCS8_HEAD_BYTES);
    cw_signing_key_seed(key, der + PKCS8_HEAD_BYTES);
    (void)sodium_bin2base64(digits, sizeof(digits), der, sizeof(der),
                            sodium_base64_VARIANT_ORIGINAL);
    const int len = snprintf(pem, sizeof(pem), "%s\n%s\n%s\n", PEM_BEGIN, digits, PEM_END);
    CW_ASSERT(len > 0);
    CW_ASSERT(len < PEM_BYTES);
    status = cw_file_create(path, cw_span_make(pem, (size_t)len), 0600, err);
    sodium_memzero(der, sizeof(der));
    sodium_memzero(digits, sizeof(digits));
    sodium_memzero(pem, sizeof(pem));
    return status;
}

/* Nothing but the three lines: a file with more in it is not the key that somebody thinks it is. */
static bool read_pem(struct cw_span file, uint8_t ret_seed[static CW_ED25519_SEED_BYTES])
{
    struct cw_span begin = {0};
    struct cw_span digits = {0};
    struct cw_span end = {0};
    uint8_t der[PKCS8_BYTES];
    const bool is_key = cw_span_next_line(&file, &begin) && cw_span_is(begin, PEM_BEGIN) &&
                        cw_span_next_line(&file, &digits) &&
                        cw_base64_decode_exact(CW_BASE64_STANDARD, digits, der, sizeof(der)) &&
                        cw_span_next_line(&file, &end) && cw_span_is(end, PEM_END) &&
                        cw_span_trim(file).len == 0 &&
                        memcmp(der, PKCS8_HEAD, PKCS8_HEAD_BYTES) == 0;
    if (is_key) {
        memcpy(ret_seed, der + PKCS8_HEAD_BYTES, CW_ED25519_SEED_BYTES);
    }
    sodium_memzero(der, sizeof(der));
    return is_key;
}

/* ---- JWK ---- */

enum { JWK_CRV, JWK_D, JWK_KTY, JWK_X, JWK_MEMBERS };

static const char *const jwk_names[JWK_MEMBERS] = {"crv", "d", "kty", "x"};

static bool take_char(struct cw_span *rest, char wanted)
{
    *rest = cw_span_trim(*rest);
    if (rest->len == 0 || rest->data[0] != wanted) {
        return false;
    }
    *rest = cw_span_slice(*rest, 1, rest->len);
    return true;
}

/* A string up to the next quote. An escape in it needs no care: names and values are compared or
 * decoded afterwards, and none of them may contain a backslash. */
static bool take_string(struct cw_span *rest, struct cw_span *ret_text)
{
    if (!take_char(rest, '"')) {
        return false;
    }
    const size_t end = cw_span_find(*rest, '"', 0);
    *ret_text = cw_span_slice(*rest, 0, end);
    *rest = cw_span_slice(*rest, end + 1, rest->len);
    return true;
}

static bool take_member(struct cw_span *rest, struct cw_span values[static JWK_MEMBERS])
{
    struct cw_span name = {0};
    struct cw_span value = {0};
    if (!take_string(rest, &name) || !take_char(rest, ':') || !take_string(rest, &value)) {
        return false;
    }
    for (size_t i = 0; i < JWK_MEMBERS; i++) {
        if (cw_span_is(name, jwk_names[i])) {
            values[i] = value;
            return true;
        }
    }
    return false;
}

/* Only the form of RFC 8037 with its four members in any order; four are read, so a repeated one
 * leaves another missing. A JSON reader lives in a higher layer, and a key file needs none. */
static bool read_jwk(struct cw_span file, uint8_t ret_seed[static CW_ED25519_SEED_BYTES],
                     struct cw_public_key *ret_public)
{
    struct cw_span values[JWK_MEMBERS] = {0};
    for (int i = 0; i < JWK_MEMBERS; i++) {
        if (!take_char(&file, i == 0 ? '{' : ',') || !take_member(&file, values)) {
            return false;
        }
    }
    return take_char(&file, '}') && cw_span_trim(file).len == 0 &&
           cw_span_is(values[JWK_CRV], "Ed25519") && cw_span_is(values[JWK_KTY], "OKP") &&
           cw_base64_decode_exact(CW_BASE64_URL, values[JWK_X], ret_public->bytes,
                                  sizeof(ret_public->bytes)) &&
           cw_base64_decode_exact(CW_BASE64_URL, values[JWK_D], ret_seed, CW_ED25519_SEED_BYTES);
}

/* ---- both ---- */

static enum cw_status make_key(const char *path, const uint8_t seed[static CW_ED25519_SEED_BYTES],
                               const struct cw_public_key *claimed, struct cw_signing_key **ret_key,
                               struct cw_error *err)
{
    struct cw_signing_key *key = cw_signing_key_new(seed);
    if (key == NULL) {
        return cw_secret_memory_exhausted(err);
    }
    const struct cw_public_key derived = cw_signing_key_public(key);
    if (claimed != NULL && memcmp(claimed->bytes, derived.bytes, sizeof(derived.bytes)) != 0) {
        cw_signing_key_free(key);
        return cw_error_set(err, CW_INVALID, "%s: member x is not the public key of member d",
                            path);
    }
    *ret_key = key;
    return CW_OK;
}

static enum cw_status parse_key(const char *path, struct cw_span file,
                                struct cw_signing_key **ret_key, struct cw_error *err)
{
    if (cw_signing_key_is_sealed(file)) {
        return cw_error_set(err, CW_INVALID,
                            "%s: is under a passphrase, which nobody types here: bring the key "
                            "back with `cryptowatch key restore FILE`",
                            path);
    }
    uint8_t seed[CW_ED25519_SEED_BYTES] = {0};
    struct cw_public_key claimed = {{0}};
    enum cw_status status = CW_OK;
    if (read_pem(file, seed)) {
        status = make_key(path, seed, NULL, ret_key, err);
    } else if (read_jwk(file, seed, &claimed)) {
        status = make_key(path, seed, &claimed, ret_key, err);
    } else {
        status = cw_error_set(err, CW_INVALID,
                              "%s: is not an Ed25519 private key: expected PKCS#8 PEM as of "
                              "\"openssl genpkey -algorithm ed25519\", or a JWK with exactly crv, "
                              "d, kty and x",
                              path);
    }
    sodium_memzero(seed, sizeof(seed));
    return status;
}

static enum cw_status load(const char *path, enum cw_secret_owner owner,
                           struct cw_signing_key **ret_key, struct cw_error *err)
{
    CW_ASSERT(ret_key != NULL);
    struct cw_buf file;
    enum cw_status status = cw_secret_file_read(path, owner, &file, err);
    if (status == CW_OK) {
        status = parse_key(path, cw_buf_as_span(&file), ret_key, err);
    }
    cw_secret_buf_wipe(&file);
    return status;
}

enum cw_status cw_signing_key_load(const char *path, struct cw_signing_key **ret_key,
                                   struct cw_error *err)
{
    return load(path, CW_SECRET_OURS, ret_key, err);
}

enum cw_status cw_signing_key_load_credential(const char *path, struct cw_signing_key **ret_key,
                                              struct cw_error *err)
{
    return load(path, CW_SECRET_CREDENTIAL, ret_key, err);
}
