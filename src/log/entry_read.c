#include <jansson.h>

#include "alert/alert.h"
#include "alert/shape.h"
#include "alert/strict.h"
#include "base/text.h"
#include "crypto/base64.h"
#include "log/entry.h"
#include "tlog/note.h"
#include "tlog/tile.h"

/* ---- forms of texts ------------------------------------------------------------------------ */

static bool is_key(struct cw_span text)
{
    uint8_t bytes[CW_ED25519_PUBLIC_BYTES];
    return cw_base64_decode_exact(CW_BASE64_URL, text, bytes, sizeof(bytes));
}

static bool is_signature(struct cw_span text)
{
    uint8_t bytes[CW_ED25519_SIGNATURE_BYTES];
    return cw_base64_decode_exact(CW_BASE64_URL, text, bytes, sizeof(bytes));
}

static bool is_one_of(struct cw_span text, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (cw_span_is(text, *words)) {
            return true;
        }
    }
    return false;
}

static bool is_role(struct cw_span text)
{
    enum cw_key_role role = CW_KEY_ALERT;
    return cw_key_role_parse(text, &role);
}

static bool is_key_state(struct cw_span text)
{
    static const char *const words[] = {"active", "retired", "revoked", NULL};
    return is_one_of(text, words);
}

static bool is_reason(struct cw_span text)
{
    static const char *const words[] = {"superseded", "compromised", "unspecified", NULL};
    return is_one_of(text, words);
}

static bool is_feed_status(struct cw_span text)
{
    static const char *const words[] = {"ok", "unchanged", "failed", "suspect", NULL};
    return is_one_of(text, words);
}

/* ---- shapes -------------------------------------------------------------------------------- */

#define TEXT(member, good)                                                                         \
    {                                                                                              \
        .name = (member), .kind = CW_SHAPE_TEXT, .is_required = true, .min = 1, .is_good = (good)  \
    }
#define MAYBE(member, good)                                                                        \
    {                                                                                              \
        .name = (member), .kind = CW_SHAPE_TEXT, .min = 1, .is_good = (good)                       \
    }
#define COUNT(member)                                                                              \
    {                                                                                              \
        .name = (member), .kind = CW_SHAPE_INTEGER, .is_required = true, .max = INT64_MAX          \
    }
#define SHAPE(rows)                                                                                \
    {                                                                                              \
        rows, CW_COUNT(rows)                                                                       \
    }

static const struct cw_shape_row alert_rows[] = {TEXT("id", cw_uuid_is_text), TEXT("kid", is_key),
                                                 TEXT("sha256", cw_shape_is_sha256),
                                                 TEXT("sig", is_signature)};
static const struct cw_shape_row snapshot_rows[] = {
    TEXT("feed", NULL), TEXT("at", cw_shape_is_time), TEXT("sha256", cw_shape_is_sha256),
    COUNT("bytes")};
static const struct cw_shape_row feed_rows[] = {TEXT("id", NULL), TEXT("status", is_feed_status),
                                                MAYBE("sha256", cw_shape_is_sha256)};
static const struct cw_shape feed_shape = SHAPE(feed_rows);
static const struct cw_shape_row run_rows[] = {
    TEXT("at", cw_shape_is_time),
    TEXT("rules_sha256", cw_shape_is_sha256),
    COUNT("alerts"),
    {.name = "feeds", .kind = CW_SHAPE_OBJECTS, .is_required = true, .sub = &feed_shape}};
static const struct cw_shape_row key_rows[] = {
    TEXT("at", cw_shape_is_time), TEXT("kid", is_key),         TEXT("x", is_key),
    TEXT("role", is_role),        TEXT("state", is_key_state), MAYBE("reason", is_reason)};
static const struct cw_shape_row log_rows[] = {TEXT("at", cw_shape_is_time),
                                               TEXT("origin", cw_tlog_name_is_valid),
                                               TEXT("root", cw_shape_is_sha256), COUNT("size")};

static const struct {
    const char *name;
    struct cw_shape shape;
} kinds[CW_LOG_KINDS] = {
    [CW_LOG_ALERT] = {"alert", SHAPE(alert_rows)},
    [CW_LOG_SNAPSHOT] = {"snapshot", SHAPE(snapshot_rows)},
    [CW_LOG_RUN] = {"run", SHAPE(run_rows)},
    [CW_LOG_KEY] = {"key", SHAPE(key_rows)},
    [CW_LOG_LOG] = {"log", SHAPE(log_rows)},
    [CW_LOG_OTHER] = {"other", {NULL, 0}},
};

const char *cw_log_kind_name(enum cw_log_kind kind)
{
    CW_ASSERT((size_t)kind < CW_LOG_KINDS);
    return kinds[kind].name;
}

/* ---- reading ------------------------------------------------------------------------------- */

static enum cw_log_kind kind_of(const char *name)
{
    for (size_t i = 0; i < CW_LOG_OTHER; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            return (enum cw_log_kind)i;
        }
    }
    return CW_LOG_OTHER;
}

static void copy(const json_t *root, const char *name, char *ret, size_t bytes)
{
    (void)snprintf(ret, bytes, "%s", json_string_value(json_object_get(root, name)));
}

static enum cw_status read_root(const json_t *root, enum cw_log_kind *ret_kind,
                                struct cw_log_alert *ret_alert, struct cw_error *err)
{
    const char *type = json_string_value(json_object_get(root, "t"));
    const json_t *version = json_object_get(root, "v");
    if (type == NULL || !json_is_integer(version)) {
        return cw_error_set(err, CW_UNTRUSTED, "without a type t or a version v");
    }
    const enum cw_log_kind kind = json_integer_value(version) == 1 ? kind_of(type) : CW_LOG_OTHER;
    const enum cw_status status = cw_shape_check(root, &kinds[kind].shape, "", err);
    if (status == CW_OK && kind == CW_LOG_ALERT) {
        copy(root, "id", ret_alert->id, sizeof(ret_alert->id));
        copy(root, "kid", ret_alert->kid, sizeof(ret_alert->kid));
        copy(root, "sha256", ret_alert->sha256, sizeof(ret_alert->sha256));
        copy(root, "sig", ret_alert->sig, sizeof(ret_alert->sig));
    }
    *ret_kind = kind;
    return status;
}

enum cw_status cw_log_entry_read(struct cw_span entry, enum cw_log_kind *ret_kind,
                                 struct cw_log_alert *ret_alert, struct cw_error *err)
{
    json_t *root = NULL;
    *ret_kind = CW_LOG_OTHER;
    *ret_alert = (struct cw_log_alert){.id = ""};
    enum cw_status status = cw_strict_object(entry, CW_TLOG_ENTRY_MAX, &root, err);
    if (status == CW_OK) {
        status = cw_strict_canonical(root, entry, err);
    }
    if (status == CW_OK) {
        status = read_root(root, ret_kind, ret_alert, err);
    }
    json_decref(root);
    return status;
}
