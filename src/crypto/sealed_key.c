#include "crypto/sealed_key.h"

#include <assert.h>
#include <sodium.h>

#include "base/text.h"
#include "crypto/base64.h"
#include "crypto/key_private.h"
#include "crypto/passphrase_private.h"

#define HEAD "{\"ciphertext\":\""

enum {
    SEALED_BYTES = crypto_secretbox_MACBYTES + CW_ED25519_SEED_BYTES,
    OPS_MIN = 1,
    OPS_MAX = 16,
    MEM_MIN = 8 << 10,
    MEM_MAX = 1 << 30, /* a file from elsewhere must not make us take all the memory there is */
};
static_assert(crypto_pwhash_argon2id_SALTBYTES == 16, "as in the worked form");
static_assert(crypto_secretbox_KEYBYTES == 32, "as derived");

const struct cw_seal_cost cw_seal_cost_default = {.ops = 3, .mem = 256u << 20};

/* The file, taken apart. */
struct sealed {
    uint8_t ciphertext[SEALED_BYTES];
    uint8_t nonce[crypto_secretbox_NONCEBYTES];
    uint8_t salt[crypto_pwhash_argon2id_SALTBYTES];
    char kid[CW_KID_TEXT_BYTES];
    struct cw_seal_cost cost;
    enum cw_key_role role;
};

/* ---- the key of the box ---- */

static bool cost_is_good(const struct cw_seal_cost *cost)
{
    return cost->ops >= OPS_MIN && cost->ops <= OPS_MAX && cost->mem >= MEM_MIN &&
           cost->mem <= MEM_MAX &&
           cost->mem % 1024 == 0; /* Argon2 counts in KiB: one spelling each */
}

static enum cw_status derive(const struct sealed *sealed, const struct cw_passphrase *passphrase,
                             uint8_t ret[static crypto_secretbox_KEYBYTES], struct cw_error *err)
{
    if (crypto_pwhash_argon2id(ret, crypto_secretbox_KEYBYTES, passphrase->bytes, passphrase->len,
                               sealed->salt, sealed->cost.ops, (size_t)sealed->cost.mem,
                               crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0) {
        return cw_error_set(err, CW_NOMEM, "%llu MiB of memory are needed for the passphrase",
                            (unsigned long long)(sealed->cost.mem >> 20));
    }
    return CW_OK;
}

/* ---- writing ---- */

static void put_bytes(struct cw_buf *out, const char *before, const void *bytes, size_t len)
{
    cw_buf_str(out, before);
    cw_base64_encode(out, CW_BASE64_URL, cw_span_make(bytes, len));
}

static void put_file(const struct sealed *sealed, struct cw_buf *out)
{
    put_bytes(out, HEAD, sealed->ciphertext, sizeof(sealed->ciphertext));
    cw_buf_printf(out, "\",\"kdf\":\"argon2id13\",\"kid\":\"%s\",\"mem\":%llu", sealed->kid,
                  (unsigned long long)sealed->cost.mem);
    put_bytes(out, ",\"nonce\":\"", sealed->nonce, sizeof(sealed->nonce));
    cw_buf_printf(out, "\",\"ops\":%llu,\"role\":\"%s\"", (unsigned long long)sealed->cost.ops,
                  cw_key_role_name(sealed->role));
    put_bytes(out, ",\"salt\":\"", sealed->salt, sizeof(sealed->salt));
    cw_buf_str(out, "\",\"type\":\"cryptowatch-secret-key\",\"v\":1}\n");
}

enum cw_status cw_signing_key_seal(const struct cw_signing_key *key,
                                   const struct cw_key_sealing *how, struct cw_buf *ret,
                                   struct cw_error *err)
{
    uint8_t box_key[crypto_secretbox_KEYBYTES];
    uint8_t seed[CW_ED25519_SEED_BYTES];
    struct sealed sealed = {.cost = how->cost, .role = how->role};
    const struct cw_public_key public_key = cw_signing_key_public(key);
    if (!cost_is_good(&how->cost)) {
        return cw_error_set(err, CW_INVALID, "the cost of a passphrase is out of range");
    }
    cw_public_key_kid(&public_key, sealed.kid);
    cw_random_fill(how->random, sealed.salt, sizeof(sealed.salt));
    cw_random_fill(how->random, sealed.nonce, sizeof(sealed.nonce));
    enum cw_status status = derive(&sealed, how->passphrase, box_key, err);
    if (status == CW_OK) {
        cw_signing_key_seed(key, seed);
        (void)crypto_secretbox_easy(sealed.ciphertext, seed, sizeof(seed), sealed.nonce, box_key);
        put_file(&sealed, ret);
        status = cw_buf_status(ret, err);
    }
    sodium_memzero(seed, sizeof(seed));
    sodium_memzero(box_key, sizeof(box_key));
    return status;
}

/* ---- reading ---- */

bool cw_signing_key_is_sealed(struct cw_span file)
{
    return cw_span_starts_with(file, CW_SPAN(HEAD));
}

static bool take(struct cw_span *rest, const char *wanted)
{
    const struct cw_span text = cw_span_cstr(wanted);
    if (!cw_span_starts_with(*rest, text)) {
        return false;
    }
    *rest = cw_span_slice(*rest, text.len, rest->len);
    return true;
}

/* Up to the next quote. */
static struct cw_span take_text(struct cw_span *rest)
{
    const size_t end = cw_span_find(*rest, '"', 0);
    const struct cw_span text = cw_span_slice(*rest, 0, end);
    *rest = cw_span_slice(*rest, end, rest->len);
    return text;
}

static bool take_bytes(struct cw_span *rest, uint8_t *ret, size_t len)
{
    return cw_base64_decode_exact(CW_BASE64_URL, take_text(rest), ret, len);
}

/* A number as we would write it: no sign, no nought in front, small enough for any cost. */
static bool take_number(struct cw_span *rest, uint64_t *ret)
{
    uint64_t number = 0;
    size_t digits = 0;
    while (digits < rest->len && cw_ascii_is_digit(rest->data[digits])) {
        number = number * 10 + (uint64_t)(rest->data[digits] - '0');
        digits++;
        if (digits > 12) {
            return false;
        }
    }
    const bool is_good = digits > 0 && (rest->data[0] != '0' || digits == 1);
    *rest = cw_span_slice(*rest, digits, rest->len);
    *ret = number;
    return is_good;
}

/* Our own spelling and no other: a key file has one author, and needs no reader of all of JSON. */
static bool read_file(struct cw_span file, struct sealed *ret)
{
    struct cw_span rest = cw_span_trim(file);
    struct cw_span kid = {0};
    const bool is_head = take(&rest, HEAD) &&
                         take_bytes(&rest, ret->ciphertext, sizeof(ret->ciphertext)) &&
                         take(&rest, "\",\"kdf\":\"argon2id13\",\"kid\":\"");
    if (!is_head) {
        return false;
    }
    kid = take_text(&rest);
    if (kid.len != CW_KID_TEXT_BYTES - 1) {
        return false;
    }
    memcpy(ret->kid, kid.data, kid.len);
    ret->kid[kid.len] = '\0';
    return take(&rest, "\",\"mem\":") && take_number(&rest, &ret->cost.mem) &&
           take(&rest, ",\"nonce\":\"") && take_bytes(&rest, ret->nonce, sizeof(ret->nonce)) &&
           take(&rest, "\",\"ops\":") && take_number(&rest, &ret->cost.ops) &&
           take(&rest, ",\"role\":\"") && cw_key_role_parse(take_text(&rest), &ret->role) &&
           take(&rest, "\",\"salt\":\"") && take_bytes(&rest, ret->salt, sizeof(ret->salt)) &&
           take(&rest, "\",\"type\":\"cryptowatch-secret-key\",\"v\":1}") && rest.len == 0;
}

static enum cw_status open_box(const struct sealed *sealed, const char *name,
                               const struct cw_passphrase *passphrase,
                               struct cw_signing_key **ret_key, struct cw_error *err)
{
    uint8_t box_key[crypto_secretbox_KEYBYTES];
    uint8_t seed[CW_ED25519_SEED_BYTES];
    struct cw_signing_key *key = NULL;
    enum cw_status status = derive(sealed, passphrase, box_key, err);
    if (status == CW_OK && crypto_secretbox_open_easy(seed, sealed->ciphertext, SEALED_BYTES,
                                                      sealed->nonce, box_key) != 0) {
        status = cw_error_set(err, CW_DENIED,
                              "%s: the passphrase is wrong, or the file was changed", name);
    }
    if (status == CW_OK) {
        key = cw_signing_key_new(seed);
        status = key == NULL ? cw_secret_memory_exhausted(err) : CW_OK;
    }
    sodium_memzero(seed, sizeof(seed));
    sodium_memzero(box_key, sizeof(box_key));
    *ret_key = key;
    return status;
}

enum cw_status cw_signing_key_open(struct cw_span file, const char *name,
                                   const struct cw_passphrase *passphrase,
                                   enum cw_key_role *ret_role, struct cw_signing_key **ret_key,
                                   struct cw_error *err)
{
    struct sealed sealed = {.role = CW_KEY_ALERT};
    struct cw_signing_key *key = NULL;
    char kid[CW_KID_TEXT_BYTES];
    if (!read_file(file, &sealed)) {
        return cw_error_set(err, CW_INVALID, "%s: is no encrypted key of this program", name);
    }
    if (!cost_is_good(&sealed.cost)) {
        return cw_error_set(err, CW_INVALID, "%s: mem or ops is out of range", name);
    }
    enum cw_status status = open_box(&sealed, name, passphrase, &key, err);
    if (status != CW_OK) {
        return status;
    }
    const struct cw_public_key public_key = cw_signing_key_public(key);
    cw_public_key_kid(&public_key, kid);
    if (strcmp(kid, sealed.kid) != 0) {
        cw_signing_key_free(key);
        return cw_error_set(err, CW_INVALID, "%s: kid is not that of the key, which is %s", name,
                            kid);
    }
    *ret_role = sealed.role;
    *ret_key = key;
    return CW_OK;
}
