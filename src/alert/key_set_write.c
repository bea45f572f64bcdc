#include <jansson.h>

#include "alert/key_set.h"
#include "base/limits.h"
#include "crypto/base64.h"

static json_t *revoked_of(const struct cw_key_record *record)
{
    return json_pack("{s:s, s:I}", "reason", record->revoked_reason, "revoked_at",
                     (json_int_t)record->revoked_at_s);
}

static json_t *key_of(const struct cw_key_record *record)
{
    char kid[CW_KID_TEXT_BYTES];
    struct cw_buf x;
    cw_public_key_kid(&record->key, kid);
    cw_buf_init(&x, CW_KID_TEXT_BYTES);
    cw_base64_encode(&x, CW_BASE64_URL, cw_span_make(record->key.bytes, sizeof(record->key.bytes)));
    json_t *key = NULL;
    if (cw_buf_status(&x, NULL) == CW_OK) {
        key = json_pack("{s:s, s:s, s:[s], s:s, s:s, s:s, s:s, s:I, s:I, s:I}", "alg", "Ed25519",
                        "crv", "Ed25519", "key_ops", "verify", "kid", kid, "kty", "OKP", "use",
                        "sig", "x", x.data, "iat", (json_int_t)record->iat_s, "nbf",
                        (json_int_t)record->nbf_s, "exp", (json_int_t)record->exp_s);
    }
    cw_buf_clear(&x);
    if (key != NULL && record->revoked_reason != NULL &&
        json_object_set_new(key, "revoked", revoked_of(record)) != 0) {
        json_decref(key);
        key = NULL;
    }
    return key;
}

static bool append_all(json_t *list, const struct cw_key_record *keys, size_t keys_count)
{
    for (size_t i = 0; i < keys_count; i++) {
        if (json_array_append_new(list, key_of(&keys[i])) != 0) {
            return false;
        }
    }
    return true;
}

static bool append_sources(json_t *list, const char *const *sources)
{
    for (size_t i = 0; sources != NULL && sources[i] != NULL; i++) {
        if (json_array_append_new(list, json_string(sources[i])) != 0) {
            return false;
        }
    }
    return true;
}

static int collect(const char *data, size_t len, void *ctx)
{
    struct cw_buf *out = ctx;
    cw_buf_append(out, data, len);
    return out->failed == CW_OK ? 0 : -1;
}

/* Read back before anybody gets it: a set that we cannot read ourselves must not be published. */
static enum cw_status check(const struct cw_buf *text, struct cw_error *err)
{
    struct cw_key_set *set = NULL;
    const enum cw_status status = cw_key_set_parse(cw_buf_as_span(text), "key set", &set, err);
    cw_key_set_free(set);
    return status;
}

enum cw_status cw_key_set_write(const struct cw_key_record *keys, size_t keys_count,
                                const char *const *sources, struct cw_buf *out,
                                struct cw_error *err)
{
    struct cw_buf text;
    cw_buf_init(&text, CW_CONFIG_BYTES_MAX);
    enum cw_status status = CW_OK;
    json_t *root = json_pack("{s:[], s:[]}", "sources", "keys");
    const bool is_whole = root != NULL &&
                          append_sources(json_object_get(root, "sources"), sources) &&
                          append_all(json_object_get(root, "keys"), keys, keys_count) &&
                          json_dump_callback(root, collect, &text, JSON_INDENT(2)) == 0;
    json_decref(root);
    if (!is_whole) {
        status = cw_error_set(err, CW_NOMEM, "not enough memory to write a key set");
    }
    if (status == CW_OK) {
        cw_buf_char(&text, '\n');
        status = cw_buf_status(&text, err);
    }
    if (status == CW_OK) {
        status = check(&text, err);
    }
    if (status == CW_OK) {
        cw_buf_span(out, cw_buf_as_span(&text));
        status = cw_buf_status(out, err);
    }
    cw_buf_clear(&text);
    return status;
}
