#include "log/entry.h"

#include <jansson.h>

#include "alert/jws.h"
#include "base/datetime.h"
#include "base/text.h"
#include "crypto/base64.h"
#include "tlog/tile.h"
#include "json/json_file.h"

/* What one feed takes in a run entry, beside its id: the names of members, the status, a hash. */
enum { RUN_FEED_BYTES = 128 };
static_assert((CW_ID_MAX + RUN_FEED_BYTES) * CW_FEEDS_MAX + 256 <= CW_TLOG_ENTRY_MAX,
              "a run over all feeds that may be configured fits into one entry");

/* Takes the value over, which is NULL when memory ran out on the way. */
static enum cw_status write(json_t *value, struct cw_buf *out, struct cw_error *err)
{
    if (value == NULL) {
        return cw_error_set(err, CW_NOMEM, "not enough memory for an entry of the log");
    }
    const enum cw_status status = cw_json_canonical(value, out, err);
    json_decref(value);
    return status;
}

static const char *time_text(int64_t time_s, char ret[static CW_TIME_TEXT_BYTES])
{
    cw_time_format(time_s, ret);
    return ret;
}

/* ---- alerts -------------------------------------------------------------------------------- */

enum cw_status cw_log_alert_of(const char *id, struct cw_span body, struct cw_span jws,
                               struct cw_log_alert *ret, struct cw_error *err)
{
    struct cw_jws read;
    enum cw_status status = cw_jws_read(jws, &read, err);
    const struct cw_jws_element *issuing = NULL;
    for (size_t i = 0; status == CW_OK && issuing == NULL && i < read.count; i++) {
        if (strcmp(read.elements[i].header.purpose, CW_JWS_ISSUE) == 0) {
            issuing = &read.elements[i];
        }
    }
    if (status == CW_OK && issuing == NULL) {
        status = cw_error_set(err, CW_UNTRUSTED, "no issuing signature");
    }
    if (status == CW_OK) {
        *ret = (struct cw_log_alert){.id = ""};
        (void)snprintf(ret->id, sizeof(ret->id), "%s", id);
        (void)snprintf(ret->kid, sizeof(ret->kid), "%s", issuing->header.kid);
        cw_sha256_hex(body, ret->sha256);
        (void)cw_base64_encode_to(CW_BASE64_URL,
                                  cw_span_make(issuing->signature, sizeof(issuing->signature)),
                                  ret->sig, sizeof(ret->sig));
    }
    cw_jws_clear(&read);
    return status;
}

enum cw_status cw_log_entry_alert(const struct cw_log_alert *alert, struct cw_buf *out,
                                  struct cw_error *err)
{
    return write(json_pack("{s:s, s:s, s:s, s:s, s:s, s:i}", "id", alert->id, "kid", alert->kid,
                           "sha256", alert->sha256, "sig", alert->sig, "t", "alert", "v", 1),
                 out, err);
}

/* ---- snapshots and runs -------------------------------------------------------------------- */

enum cw_status cw_log_entry_snapshot(const struct cw_log_snapshot *snapshot, struct cw_buf *out,
                                     struct cw_error *err)
{
    char at[CW_TIME_TEXT_BYTES];
    return write(json_pack("{s:s, s:I, s:s, s:s, s:s, s:i}", "at", time_text(snapshot->at_s, at),
                           "bytes", (json_int_t)snapshot->bytes, "feed", snapshot->feed, "sha256",
                           snapshot->sha256, "t", "snapshot", "v", 1),
                 out, err);
}

static json_t *feeds_json(const struct cw_log_run *run)
{
    json_t *feeds = json_array();
    for (size_t i = 0; i < run->feeds_count; i++) {
        const struct cw_log_run_feed *feed = &run->feeds[i];
        json_t *item = json_pack("{s:s, s:s}", "id", feed->id, "status", feed->status);
        if (feed->sha256[0] != '\0' &&
            json_object_set_new(item, "sha256", json_string(feed->sha256)) != 0) {
            json_decref(item);
            item = NULL;
        }
        if (json_array_append_new(feeds, item) != 0) {
            json_decref(feeds);
            return NULL;
        }
    }
    return feeds;
}

enum cw_status cw_log_entry_run(const struct cw_log_run *run, struct cw_buf *out,
                                struct cw_error *err)
{
    char at[CW_TIME_TEXT_BYTES];
    return write(json_pack("{s:I, s:s, s:o, s:s, s:s, s:i}", "alerts", (json_int_t)run->alerts,
                           "at", time_text(run->at_s, at), "feeds", feeds_json(run), "rules_sha256",
                           run->rules_sha256, "t", "run", "v", 1),
                 out, err);
}

/* ---- keys and logs ------------------------------------------------------------------------- */

enum cw_status cw_log_entry_key(const struct cw_log_key *key, struct cw_buf *out,
                                struct cw_error *err)
{
    char at[CW_TIME_TEXT_BYTES];
    char kid[CW_KID_TEXT_BYTES];
    char x[CW_KID_TEXT_BYTES]; /* 32 bytes too */
    cw_public_key_kid(&key->key, kid);
    (void)cw_base64_encode_to(CW_BASE64_URL, cw_span_make(key->key.bytes, sizeof(key->key.bytes)),
                              x, sizeof(x));
    json_t *value =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:s}", "at", time_text(key->at_s, at), "kid", kid,
                  "role", key->role, "state", key->state, "t", "key", "v", 1, "x", x);
    if (key->reason[0] != '\0' &&
        json_object_set_new(value, "reason", json_string(key->reason)) != 0) {
        json_decref(value);
        value = NULL;
    }
    return write(value, out, err);
}

enum cw_status cw_log_entry_log(int64_t at_s, const struct cw_tlog_checkpoint *old_log,
                                struct cw_buf *out, struct cw_error *err)
{
    char at[CW_TIME_TEXT_BYTES];
    char root[CW_SHA256_HEX_BYTES];
    cw_hex_encode(old_log->tree.root.bytes, CW_TLOG_HASH_BYTES, root);
    return write(json_pack("{s:s, s:s, s:s, s:I, s:s, s:i}", "at", time_text(at_s, at), "origin",
                           old_log->origin, "root", root, "size", (json_int_t)old_log->tree.size,
                           "t", "log", "v", 1),
                 out, err);
}
