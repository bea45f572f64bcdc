#include "alert/key_set.h"

#include "alert/internal.h"
#include "alert/strict.h"
#include "base/limits.h"
#include "base/text.h"
#include "crypto/base64.h"

struct cw_key_set {
    char *sources[CW_KEY_SET_SOURCES_MAX];
    size_t sources_count;
    struct cw_key_entry keys[CW_KEY_SET_KEYS_MAX];
    size_t keys_count;
};

/* ---- one key ---- */

/* Absent is fine; then it says nothing. */
static bool text_is_among(const json_t *jwk, const char *name, const char *first,
                          const char *second)
{
    const json_t *value = json_object_get(jwk, name);
    const struct cw_span text = cw_body_text(jwk, NULL, name);
    return value == NULL ||
           (json_is_string(value) && (cw_span_is(text, first) || cw_span_is(text, second)));
}

static bool may_verify(const json_t *jwk)
{
    const json_t *operations = json_object_get(jwk, "key_ops");
    if (operations == NULL) {
        return true;
    }
    for (size_t i = 0; i < json_array_size(operations); i++) {
        const char *operation = json_string_value(json_array_get(operations, i));
        if (operation != NULL && strcmp(operation, "verify") == 0) {
            return true;
        }
    }
    return false;
}

/* A set is published: with its secret part a key is no longer one. */
static const char *why_unusable(const json_t *jwk)
{
    if (json_object_get(jwk, "d") != NULL) {
        return "holds the secret part of a key, which is now public: replace this key";
    }
    if (!cw_span_is(cw_body_text(jwk, NULL, "kty"), "OKP") ||
        !cw_span_is(cw_body_text(jwk, NULL, "crv"), "Ed25519")) {
        return "kty and crv are not OKP and Ed25519";
    }
    if (!text_is_among(jwk, "alg", "Ed25519", "EdDSA")) {
        return "alg is not Ed25519 or EdDSA";
    }
    if (!text_is_among(jwk, "use", "sig", "sig") || !may_verify(jwk)) {
        return "use or key_ops do not allow verification";
    }
    return NULL;
}

static enum cw_status read_public(const json_t *jwk, struct cw_key_entry *entry,
                                  struct cw_error *err)
{
    const json_t *kid = json_object_get(jwk, "kid");
    if (!cw_base64_decode_exact(CW_BASE64_URL, cw_body_text(jwk, NULL, "x"), entry->key.bytes,
                                sizeof(entry->key.bytes))) {
        return cw_error_set(err, CW_INVALID, "x is not 32 bytes in base64url");
    }
    cw_public_key_kid(&entry->key, entry->kid);
    if (kid != NULL && !cw_span_is(cw_body_text(jwk, NULL, "kid"), entry->kid)) {
        return cw_error_set(err, CW_INVALID, "kid is not the thumbprint of x, which is %s",
                            entry->kid);
    }
    return CW_OK;
}

static enum cw_status read_time(const json_t *object, const char *name, int64_t *ret_time_s,
                                struct cw_error *err)
{
    const json_t *value = json_object_get(object, name);
    if (value == NULL) {
        return CW_OK;
    }
    if (!json_is_integer(value) || json_integer_value(value) < 0 ||
        json_integer_value(value) > CW_ALERT_TIME_MAX_S) {
        return cw_error_set(err, CW_INVALID, "%s is not a time in seconds", name);
    }
    *ret_time_s = json_integer_value(value);
    return CW_OK;
}

static enum cw_status read_revocation(const json_t *revoked, struct cw_key_entry *entry,
                                      struct cw_error *err)
{
    if (revoked == NULL) {
        return CW_OK;
    }
    const struct cw_span reason = cw_body_text(revoked, NULL, "reason");
    if (!json_is_object(revoked) || reason.len == 0 ||
        json_object_get(revoked, "revoked_at") == NULL) {
        return cw_error_set(err, CW_INVALID, "revoked needs a reason and revoked_at");
    }
    entry->revocation = cw_span_is(reason, "superseded") ? CW_KEY_SUPERSEDED : CW_KEY_COMPROMISED;
    return read_time(revoked, "revoked_at", &entry->revoked_at_s, err);
}

static enum cw_status read_times(const json_t *jwk, struct cw_key_entry *entry,
                                 struct cw_error *err)
{
    int64_t iat_s = 0; /* when it was published: told to people, not judged by */
    entry->nbf_s = INT64_MIN;
    entry->exp_s = INT64_MAX;
    enum cw_status status = read_time(jwk, "iat", &iat_s, err);
    if (status == CW_OK) {
        status = read_time(jwk, "nbf", &entry->nbf_s, err);
    }
    if (status == CW_OK) {
        status = read_time(jwk, "exp", &entry->exp_s, err);
    }
    if (status == CW_OK && entry->exp_s <= entry->nbf_s) {
        status = cw_error_set(err, CW_INVALID, "exp is not after nbf");
    }
    return status == CW_OK ? read_revocation(json_object_get(jwk, "revoked"), entry, err) : status;
}

static enum cw_status read_key(struct cw_key_set *set, const json_t *jwk, struct cw_error *err)
{
    struct cw_key_entry entry = {.revocation = CW_KEY_IN_FORCE};
    if (!json_is_object(jwk)) {
        return cw_error_set(err, CW_INVALID, "not an object");
    }
    const char *why = why_unusable(jwk);
    if (why != NULL) {
        return cw_error_set(err, CW_INVALID, "%s", why);
    }
    enum cw_status status = read_public(jwk, &entry, err);
    if (status == CW_OK) {
        status = read_times(jwk, &entry, err);
    }
    if (status == CW_OK && cw_key_set_find(set, entry.kid) != NULL) {
        status = cw_error_set(err, CW_INVALID, "stands twice in the set");
    }
    if (status == CW_OK) {
        CW_ASSERT(set->keys_count < CW_KEY_SET_KEYS_MAX);
        set->keys[set->keys_count++] = entry;
    }
    return status;
}

/* ---- the set ---- */

static enum cw_status read_keys(struct cw_key_set *set, const json_t *keys, struct cw_error *err)
{
    const size_t count = json_array_size(keys);
    if (count == 0 || count > CW_KEY_SET_KEYS_MAX) {
        return cw_error_set(err, CW_INVALID, "\"keys\" must be an array of 1 to %d keys",
                            CW_KEY_SET_KEYS_MAX);
    }
    for (size_t i = 0; i < count; i++) {
        struct cw_error why = {0};
        const enum cw_status status = read_key(set, json_array_get(keys, i), &why);
        if (status != CW_OK) {
            return cw_error_set(err, status, "key %zu: %s", i + 1, why.text);
        }
    }
    return CW_OK;
}

/* A partner that only countersigns has no sources. */
static enum cw_status read_sources(struct cw_key_set *set, const json_t *sources,
                                   struct cw_error *err)
{
    if (sources == NULL) {
        return CW_OK;
    }
    if (!json_is_array(sources) || json_array_size(sources) > CW_KEY_SET_SOURCES_MAX) {
        return cw_error_set(err, CW_INVALID, "\"sources\" must be an array of at most %d URIs",
                            CW_KEY_SET_SOURCES_MAX);
    }
    for (size_t i = 0; i < json_array_size(sources); i++) {
        const char *source = json_string_value(json_array_get(sources, i));
        if (source == NULL || source[0] == '\0' || !cw_text_is_printable(cw_span_cstr(source))) {
            return cw_error_set(err, CW_INVALID, "source %zu: not a URI", i + 1);
        }
        char *copy = strdup(source);
        if (copy == NULL) {
            return cw_error_set(err, CW_NOMEM, "not enough memory");
        }
        set->sources[set->sources_count++] = copy;
    }
    return CW_OK;
}

enum cw_status cw_key_set_parse(struct cw_span text, const char *name, struct cw_key_set **ret,
                                struct cw_error *err)
{
    json_t *root = NULL;
    struct cw_error why = {0};
    struct cw_key_set *set = calloc(1, sizeof(*set));
    if (set == NULL) {
        return cw_error_set(err, CW_NOMEM, "%s: not enough memory",
                            name != NULL ? name : "key set");
    }
    enum cw_status status = cw_strict_object(text, CW_CONFIG_BYTES_MAX, &root, &why);
    if (status == CW_OK) {
        status = read_sources(set, json_object_get(root, "sources"), &why);
    }
    if (status == CW_OK) {
        status = read_keys(set, json_object_get(root, "keys"), &why);
    }
    json_decref(root);
    if (status != CW_OK) {
        cw_key_set_free(set);
        return cw_error_set(err, status == CW_UNTRUSTED ? CW_INVALID : status, "%s: %s",
                            name != NULL ? name : "key set", why.text);
    }
    *ret = set;
    return CW_OK;
}

void cw_key_set_free(struct cw_key_set *set)
{
    if (set == NULL) {
        return;
    }
    for (size_t i = 0; i < set->sources_count; i++) {
        free(set->sources[i]);
    }
    free(set);
}

void cw_key_set_freep(struct cw_key_set **set)
{
    cw_key_set_free(*set);
    *set = NULL;
}

const struct cw_key_entry *cw_key_set_find(const struct cw_key_set *set, const char *kid)
{
    for (size_t i = 0; i < set->keys_count; i++) {
        if (strcmp(set->keys[i].kid, kid) == 0) {
            return &set->keys[i];
        }
    }
    return NULL;
}

bool cw_key_set_speaks_for(const struct cw_key_set *set, struct cw_span source)
{
    for (size_t i = 0; i < set->sources_count; i++) {
        if (cw_span_is(source, set->sources[i])) {
            return true;
        }
    }
    return false;
}

enum cw_signature_state cw_key_entry_judge_times(const struct cw_key_entry *entry, int64_t iat_s)
{
    const bool is_in_time = iat_s >= entry->nbf_s && iat_s < entry->exp_s;
    return is_in_time ? CW_SIGNATURE_GOOD : CW_SIGNATURE_OUT_OF_TIME;
}

enum cw_signature_state cw_key_entry_judge(const struct cw_key_entry *entry, int64_t iat_s)
{
    switch (entry->revocation) {
    case CW_KEY_COMPROMISED:
        return CW_SIGNATURE_COMPROMISED;
    case CW_KEY_SUPERSEDED:
        if (iat_s >= entry->revoked_at_s) {
            return CW_SIGNATURE_OUT_OF_TIME;
        }
        break;
    case CW_KEY_IN_FORCE:
        break;
    }
    return cw_key_entry_judge_times(entry, iat_s);
}

enum cw_status cw_key_set_allows(const struct cw_key_set *set, const char *kid, const char *source,
                                 struct cw_error *err)
{
    const struct cw_key_entry *entry = cw_key_set_find(set, kid);
    if (entry == NULL) {
        return cw_error_set(err, CW_INVALID, "the key %s is not in the published set", kid);
    }
    if (entry->revocation != CW_KEY_IN_FORCE) {
        return cw_error_set(err, CW_INVALID, "the key %s is revoked", kid);
    }
    if (!cw_key_set_speaks_for(set, cw_span_cstr(source))) {
        return cw_error_set(err, CW_INVALID, "\"sources\" does not name %s", source);
    }
    return CW_OK;
}
