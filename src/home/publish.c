#include <jansson.h>

#include "base/file.h"
#include "home/internal.h"

enum { SET_MODE = 0644 };

struct publishing {
    const char *path; /* keys_dir/keys.jwks.json */
    const char *source;
    char kid[CW_KID_TEXT_BYTES];
    struct cw_key_record record;
};

static enum cw_status read_set(const char *path, struct cw_buf *ret_text, struct cw_key_set **ret,
                               struct cw_error *err)
{
    const enum cw_status status = cw_file_read(path, ret_text, err);
    return status == CW_OK ? cw_key_set_parse(cw_buf_as_span(ret_text), path, ret, err) : status;
}

static bool holds_text(const json_t *array, const char *wanted)
{
    for (size_t i = 0; i < json_array_size(array); i++) {
        const char *text = json_string_value(json_array_get(array, i));
        if (text != NULL && strcmp(text, wanted) == 0) {
            return true;
        }
    }
    return false;
}

static bool holds_key(const json_t *keys, const char *kid)
{
    for (size_t i = 0; i < json_array_size(keys); i++) {
        const char *text = json_string_value(json_object_get(json_array_get(keys, i), "kid"));
        if (text != NULL && strcmp(text, kid) == 0) {
            return true;
        }
    }
    return false;
}

/* The record as an element of `keys`, through the one writer of key sets. */
static json_t *key_json(const struct publishing *in)
{
    const char *const sources[] = {in->source, NULL};
    struct cw_buf text;
    cw_buf_init(&text, CW_CONFIG_BYTES_MAX);
    json_t *key = NULL;
    if (cw_key_set_write(&in->record, 1, sources, &text, NULL) == CW_OK) {
        json_t *set = json_loadb(text.data, text.len, 0, NULL);
        key = json_incref(json_array_get(json_object_get(set, "keys"), 0));
        json_decref(set);
    }
    cw_buf_clear(&text);
    return key;
}

/* Adds what is missing and takes nothing away: old keys must stay, or old alerts could no longer be
 * verified. False when memory ran out. */
static bool extend(json_t *root, const struct publishing *in)
{
    if (!json_is_array(json_object_get(root, "sources")) &&
        json_object_set_new(root, "sources", json_array()) != 0) {
        return false;
    }
    json_t *sources = json_object_get(root, "sources");
    json_t *keys = json_object_get(root, "keys");
    if (!holds_text(sources, in->source) &&
        json_array_append_new(sources, json_string(in->source)) != 0) {
        return false;
    }
    return holds_key(keys, in->kid) || json_array_append_new(keys, key_json(in)) == 0;
}

static enum cw_status write_extended(const struct publishing *in, struct cw_span old_text,
                                     struct cw_error *err)
{
    json_t *root = old_text.len > 0
                       ? json_loadb(old_text.data, old_text.len, JSON_REJECT_DUPLICATES, NULL)
                       : json_pack("{s:[], s:[]}", "sources", "keys");
    char *text = root != NULL && extend(root, in) ? json_dumps(root, JSON_INDENT(1)) : NULL;
    json_decref(root);
    if (text == NULL) {
        return cw_error_set(err, CW_NOMEM, "%s: out of memory", in->path);
    }
    const enum cw_status status = cw_file_write(in->path, cw_span_cstr(text), SET_MODE, err);
    free(text);
    return status;
}

enum cw_status cw_home_read_set(const char *path, struct cw_key_set **ret, struct cw_error *err)
{
    struct cw_buf text;
    cw_buf_init(&text, CW_CONFIG_BYTES_MAX);
    const enum cw_status status = read_set(path, &text, ret, err);
    cw_buf_clear(&text);
    return status;
}

/* The text of a set that is one, or nothing when there is none yet. */
static enum cw_status read_text(const char *path, struct cw_buf *ret_text, struct cw_error *err)
{
    CW_CLEANUP(cw_key_set_freep) struct cw_key_set *set = NULL;
    struct cw_error why = {0};
    const enum cw_status status = read_set(path, ret_text, &set, &why);
    return status == CW_OK || status == CW_NOT_FOUND ? CW_OK
                                                     : cw_error_set(err, status, "%s", why.text);
}

enum cw_status cw_home_set_add(const char *path, const char *source,
                               const struct cw_key_record *record, struct cw_error *err)
{
    struct publishing in = {.path = path, .source = source, .record = *record};
    struct cw_buf text;
    cw_public_key_kid(&record->key, in.kid);
    cw_buf_init(&text, CW_CONFIG_BYTES_MAX);
    enum cw_status status = read_text(path, &text, err);
    if (status == CW_OK) {
        status = write_extended(&in, cw_buf_as_span(&text), err);
    }
    cw_buf_clear(&text);
    return status;
}

static enum cw_status revoke(json_t *root, const char *kid, const char *reason, int64_t at_s,
                             struct cw_error *err)
{
    json_t *keys = json_object_get(root, "keys");
    for (size_t i = 0; i < json_array_size(keys); i++) {
        json_t *key = json_array_get(keys, i);
        const char *text = json_string_value(json_object_get(key, "kid"));
        if (text == NULL || strcmp(text, kid) != 0) {
            continue;
        }
        if (json_object_get(key, "revoked") != NULL) {
            return cw_error_set(err, CW_INVALID, "the key %s is revoked already", kid);
        }
        json_t *revoked = json_pack("{s:s, s:I}", "reason", reason, "revoked_at", (json_int_t)at_s);
        return json_object_set_new(key, "revoked", revoked) == 0
                   ? CW_OK
                   : cw_error_set(err, CW_NOMEM, "out of memory");
    }
    return cw_error_set(err, CW_NOT_FOUND, "the key %.64s is not in the published set", kid);
}

enum cw_status cw_home_set_revoke(const char *path, const char *kid, const char *reason,
                                  int64_t at_s, struct cw_error *err)
{
    struct cw_buf text;
    char *changed = NULL;
    cw_buf_init(&text, CW_CONFIG_BYTES_MAX);
    enum cw_status status = read_text(path, &text, err);
    json_t *root =
        status == CW_OK ? json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES, NULL) : NULL;
    if (status == CW_OK) {
        status = revoke(root, kid, reason, at_s, err);
    }
    if (status == CW_OK) {
        changed = json_dumps(root, JSON_INDENT(1));
        status = changed == NULL ? cw_error_set(err, CW_NOMEM, "out of memory")
                                 : cw_file_write(path, cw_span_cstr(changed), SET_MODE, err);
    }
    free(changed);
    json_decref(root);
    cw_buf_clear(&text);
    return status;
}

static enum cw_status publish(const struct publishing *in, struct cw_error *err)
{
    CW_CLEANUP(cw_key_set_freep) struct cw_key_set *set = NULL;
    struct cw_error why = {0};
    struct cw_buf text;
    cw_buf_init(&text, CW_CONFIG_BYTES_MAX);
    enum cw_status status = read_set(in->path, &text, &set, &why);
    const bool is_missing = status == CW_NOT_FOUND;
    if (status != CW_OK && !is_missing) {
        status = cw_error_set(err, status, "%s", why.text);
    } else if (is_missing || cw_key_set_allows(set, in->kid, in->source, NULL) != CW_OK) {
        status = write_extended(in, cw_buf_as_span(&text), err);
        if (status == CW_OK) { /* adding cannot mend a key that is revoked */
            cw_key_set_freep(&set);
            cw_buf_reset(&text);
            status = read_set(in->path, &text, &set, err);
        }
        if (status == CW_OK && cw_key_set_allows(set, in->kid, in->source, &why) != CW_OK) {
            status =
                cw_error_set(err, CW_INVALID, "%s: %s: nobody could verify an alert signed now",
                             in->path, why.text);
        }
    }
    cw_buf_clear(&text);
    return status;
}

enum cw_status cw_home_publish(const struct cw_home *home, int64_t now_s, struct cw_error *err)
{
    struct publishing in = {
        .source = home->config->source,
        .record = {.key = cw_signing_key_public(home->alert_key),
                   .iat_s = now_s,
                   .nbf_s = now_s,
                   .exp_s = now_s + CW_HOME_KEY_LIFE_S},
    };
    char *path = NULL;
    enum cw_status status = cw_home_set_path(home->config, CW_KEY_ALERT, &path, err);
    if (status == CW_OK) {
        in.path = path;
        cw_public_key_kid(&in.record.key, in.kid);
        status = publish(&in, err);
    }
    free(path);
    return status;
}
