#include "log/queue.h"

#include "tlog/tile.h"

/* Puts a written entry into the queue and frees it, if it was written. */
static enum cw_status put(struct cw_store *store, enum cw_status status, struct cw_buf *entry,
                          const char *alert_id, struct cw_error *err)
{
    if (status == CW_OK) {
        status = cw_store_log_add(store, cw_buf_as_span(entry), alert_id, err);
    }
    cw_buf_clear(entry);
    return status;
}

enum cw_status cw_log_queue_alert(struct cw_store *store, const struct cw_stored_alert *alert,
                                  struct cw_error *err)
{
    struct cw_log_alert facts;
    struct cw_buf entry;
    char id[CW_LOG_ID_BYTES];
    (void)snprintf(id, sizeof(id), "%.*s", CW_SPAN_ARG(alert->id));
    CW_ASSERT(cw_span_is(alert->id, id));
    cw_buf_init(&entry, CW_TLOG_ENTRY_MAX);
    enum cw_status status = cw_log_alert_of(id, alert->body, alert->jws, &facts, err);
    if (status == CW_OK) {
        status = cw_log_entry_alert(&facts, &entry, err);
    }
    return put(store, status, &entry, id, err);
}

enum cw_status cw_log_queue_snapshot(struct cw_store *store, const struct cw_log_snapshot *snapshot,
                                     struct cw_error *err)
{
    struct cw_buf entry;
    cw_buf_init(&entry, CW_TLOG_ENTRY_MAX);
    const enum cw_status status = cw_log_entry_snapshot(snapshot, &entry, err);
    return put(store, status, &entry, "", err);
}

enum cw_status cw_log_queue_run(struct cw_store *store, const struct cw_log_run *run,
                                struct cw_error *err)
{
    struct cw_buf entry;
    cw_buf_init(&entry, CW_TLOG_ENTRY_MAX);
    const enum cw_status status = cw_log_entry_run(run, &entry, err);
    return put(store, status, &entry, "", err);
}

enum cw_status cw_log_queue_key(struct cw_store *store, const struct cw_log_key *key,
                                struct cw_error *err)
{
    struct cw_buf entry;
    cw_buf_init(&entry, CW_TLOG_ENTRY_MAX);
    const enum cw_status status = cw_log_entry_key(key, &entry, err);
    return put(store, status, &entry, "", err);
}

static enum cw_status queue_begin(struct cw_store *store, enum cw_key_role role,
                                  const struct cw_public_key *key, int64_t at_s, bool *ret_is_new,
                                  struct cw_error *err)
{
    const struct cw_log_key active = {
        .at_s = at_s, .role = cw_key_role_name(role), .key = *key, .state = "active", .reason = ""};
    char kid[CW_KID_TEXT_BYTES];
    cw_public_key_kid(key, kid);
    const enum cw_status status = cw_store_log_key_add(store, active.role, kid, ret_is_new, err);
    return status == CW_OK && *ret_is_new ? cw_log_queue_key(store, &active, err) : status;
}

enum cw_status cw_log_queue_key_once(struct cw_store *store, enum cw_key_role role,
                                     const struct cw_public_key *key, int64_t at_s,
                                     struct cw_error *err)
{
    bool is_new = false;
    return queue_begin(store, role, key, at_s, &is_new, err);
}

enum cw_status cw_log_queue_rotation(struct cw_store *store, const struct cw_log_rotation *rotation,
                                     struct cw_error *err)
{
    const struct cw_log_key retired = {.at_s = rotation->until_s,
                                       .role = cw_key_role_name(rotation->role),
                                       .key = rotation->former,
                                       .state = "retired",
                                       .reason = "superseded"};
    bool is_new = false;
    enum cw_status status =
        cw_log_queue_key_once(store, rotation->role, &rotation->former, rotation->now_s, err);
    if (status == CW_OK) {
        status =
            queue_begin(store, rotation->role, &rotation->next, rotation->from_s, &is_new, err);
    }
    return status == CW_OK && is_new ? cw_log_queue_key(store, &retired, err) : status;
}
