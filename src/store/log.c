#include "store/sql.h"
#include "tlog/tile.h"

static const char *stage_name(enum cw_log_stage stage)
{
    return stage == CW_LOG_PUBLISHED ? "published" : "prepared";
}

void cw_store_head_init(struct cw_store_head *head)
{
    *head = (struct cw_store_head){.through = INT64_MIN};
    head->checkpoint.tree.root = cw_tlog_empty_root();
    cw_buf_init(&head->note, CW_NOTE_BYTES_MAX);
}

void cw_store_head_clear(struct cw_store_head *head)
{
    cw_buf_clear(&head->note);
}

/* ---- the queue ----------------------------------------------------------------------------- */

enum cw_status cw_store_log_add(struct cw_store *store, struct cw_span entry, const char *alert_id,
                                struct cw_error *err)
{
    CW_ASSERT(store->is_in_transaction);
    struct cw_sql sql =
        cw_sql_begin(store, "INSERT INTO log_queue (alert_id, entry) VALUES (?, ?)");
    cw_sql_put_cstr(&sql, alert_id);
    cw_sql_put_blob(&sql, entry);
    return cw_sql_run(&sql, err);
}

enum cw_status cw_store_log_pending(struct cw_store *store, uint64_t *ret_count,
                                    struct cw_error *err)
{
    return cw_sql_ask_u64(store, "SELECT count(*) FROM log_queue", ret_count, err);
}

enum cw_status cw_store_log_batch(struct cw_store *store, int64_t through_max, size_t count_max,
                                  struct cw_store_batch *ret, struct cw_error *err)
{
    struct cw_sql sql =
        cw_sql_begin(store, "SELECT seq, entry FROM log_queue WHERE seq <= ? ORDER BY seq LIMIT ?");
    cw_sql_put_i64(&sql, through_max);
    cw_sql_put_u64(&sql, count_max);
    ret->count = 0;
    while (cw_sql_next(&sql)) {
        const struct cw_span entry = cw_sql_span(&sql, 1);
        if (entry.len == 0 || entry.len > CW_TLOG_ENTRY_MAX) {
            cw_sql_damaged(&sql);
            break;
        }
        if (ret->bundle.max - ret->bundle.len < entry.len + 2) {
            break;
        }
        cw_tlog_bundle_put(&ret->bundle, entry);
        ret->through = cw_sql_i64(&sql, 0);
        ret->count++;
    }
    const enum cw_status status = cw_sql_end(&sql, err);
    return status == CW_OK ? cw_buf_status(&ret->bundle, err) : status;
}

/* ---- heads --------------------------------------------------------------------------------- */

static void read_head(struct cw_sql *sql, struct cw_store_head *ret)
{
    cw_sql_text(sql, 0, ret->checkpoint.origin, sizeof(ret->checkpoint.origin));
    ret->checkpoint.tree.size = cw_sql_u64(sql, 1);
    const struct cw_span root = cw_sql_span(sql, 2);
    if (root.len == CW_TLOG_HASH_BYTES && ret->checkpoint.tree.size <= CW_LOG_SIZE_MAX) {
        memcpy(ret->checkpoint.tree.root.bytes, root.data, CW_TLOG_HASH_BYTES);
    } else {
        cw_sql_damaged(sql);
    }
    ret->through = cw_sql_i64(sql, 3);
    ret->at_s = cw_sql_i64(sql, 4);
    cw_buf_reset(&ret->note);
    cw_buf_span(&ret->note, cw_sql_span(sql, 5));
}

enum cw_status cw_store_log_head(struct cw_store *store, enum cw_log_stage stage,
                                 struct cw_store_head *ret, bool *ret_is_there,
                                 struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(
        store, "SELECT origin, size, root, through, at_s, note FROM log_heads WHERE stage = ?");
    cw_sql_put_cstr(&sql, stage_name(stage));
    *ret_is_there = false;
    if (cw_sql_next(&sql)) {
        read_head(&sql, ret);
        *ret_is_there = true;
    }
    const enum cw_status status = cw_sql_end(&sql, err);
    return status == CW_OK ? cw_buf_status(&ret->note, err) : status;
}

static enum cw_status put_head(struct cw_store *store, enum cw_log_stage stage,
                               const struct cw_store_head *head, struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(
        store, "INSERT INTO log_heads (stage, origin, size, root, through, at_s, note)"
               " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (stage) DO UPDATE SET"
               " origin = excluded.origin, size = excluded.size, root = excluded.root,"
               " through = excluded.through, at_s = excluded.at_s, note = excluded.note");
    cw_sql_put_cstr(&sql, stage_name(stage));
    cw_sql_put_cstr(&sql, head->checkpoint.origin);
    cw_sql_put_u64(&sql, head->checkpoint.tree.size);
    cw_sql_put_blob(&sql, cw_span_make(head->checkpoint.tree.root.bytes, CW_TLOG_HASH_BYTES));
    cw_sql_put_i64(&sql, head->through);
    cw_sql_put_i64(&sql, head->at_s);
    cw_sql_put_blob(&sql, cw_buf_as_span(&head->note));
    return cw_sql_run(&sql, err);
}

enum cw_status cw_store_log_prepare(struct cw_store *store, const struct cw_store_head *head,
                                    struct cw_error *err)
{
    enum cw_status status = cw_store_begin(store, err);
    if (status == CW_OK) {
        status = put_head(store, CW_LOG_PREPARED, head, err);
    }
    return cw_store_end(store, status, err);
}

static enum cw_status forget_head(struct cw_store *store, enum cw_log_stage stage,
                                  struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(store, "DELETE FROM log_heads WHERE stage = ?");
    cw_sql_put_cstr(&sql, stage_name(stage));
    return cw_sql_run(&sql, err);
}

static enum cw_status note_positions(struct cw_store *store, const struct cw_store_head *head,
                                     uint64_t first, struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(
        store, "INSERT INTO log_positions (alert_id, origin, position)"
               " SELECT alert_id, ?1, position FROM"
               " (SELECT alert_id, ?2 + row_number() OVER (ORDER BY seq) - 1 AS position"
               "  FROM log_queue WHERE seq <= ?3)"
               " WHERE alert_id != '' ON CONFLICT (alert_id, origin) DO NOTHING");
    cw_sql_put_cstr(&sql, head->checkpoint.origin);
    cw_sql_put_u64(&sql, first);
    cw_sql_put_i64(&sql, head->through);
    return cw_sql_run(&sql, err);
}

enum cw_status cw_store_log_publish(struct cw_store *store, const struct cw_store_head *head,
                                    uint64_t first, struct cw_error *err)
{
    enum cw_status status = cw_store_begin(store, err);
    if (status == CW_OK) {
        status = put_head(store, CW_LOG_PUBLISHED, head, err);
    }
    if (status == CW_OK) {
        status = forget_head(store, CW_LOG_PREPARED, err);
    }
    if (status == CW_OK) {
        status = note_positions(store, head, first, err);
    }
    if (status == CW_OK) {
        struct cw_sql sql = cw_sql_begin(store, "DELETE FROM log_queue WHERE seq <= ?");
        cw_sql_put_i64(&sql, head->through);
        status = cw_sql_run(&sql, err);
    }
    return cw_store_end(store, status, err);
}

static enum cw_status use_up(struct cw_store *store, const char *origin, struct cw_error *err)
{
    struct cw_sql sql =
        cw_sql_begin(store, "INSERT INTO log_ended (origin) VALUES (?) ON CONFLICT DO NOTHING");
    cw_sql_put_cstr(&sql, origin);
    return cw_sql_run(&sql, err);
}

enum cw_status cw_store_log_restart(struct cw_store *store, const char *old_origin,
                                    struct cw_span first_entry, struct cw_error *err)
{
    enum cw_status status = cw_store_begin(store, err);
    if (status == CW_OK) {
        struct cw_sql sql =
            cw_sql_begin(store, "INSERT INTO log_queue (seq, alert_id, entry)"
                                " SELECT coalesce(min(seq), 0) - 1, '', ? FROM log_queue");
        cw_sql_put_blob(&sql, first_entry);
        status = cw_sql_run(&sql, err);
    }
    if (status == CW_OK) {
        status = use_up(store, old_origin, err);
    }
    if (status == CW_OK) {
        status = forget_head(store, CW_LOG_PREPARED, err);
    }
    if (status == CW_OK) {
        status = forget_head(store, CW_LOG_PUBLISHED, err);
    }
    return cw_store_end(store, status, err);
}

enum cw_status cw_store_log_is_ended(struct cw_store *store, const char *origin, bool *ret_is_ended,
                                     struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(store, "SELECT 1 FROM log_ended WHERE origin = ?");
    cw_sql_put_cstr(&sql, origin);
    *ret_is_ended = cw_sql_next(&sql);
    return cw_sql_end(&sql, err);
}

/* ---- alerts and keys ----------------------------------------------------------------------- */

enum cw_status cw_store_log_position(struct cw_store *store, const char *alert_id,
                                     char ret_origin[static CW_LOG_NAME_MAX + 1],
                                     uint64_t *ret_position, bool *ret_is_there,
                                     struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(
        store,
        "SELECT origin, position FROM log_positions WHERE alert_id = ? ORDER BY id DESC LIMIT 1");
    cw_sql_put_cstr(&sql, alert_id);
    *ret_is_there = false;
    if (cw_sql_next(&sql)) {
        cw_sql_text(&sql, 0, ret_origin, CW_LOG_NAME_MAX + 1);
        *ret_position = cw_sql_u64(&sql, 1);
        *ret_is_there = true;
    }
    return cw_sql_end(&sql, err);
}

enum cw_status cw_store_log_key_add(struct cw_store *store, const char *role, const char *kid,
                                    bool *ret_is_new, struct cw_error *err)
{
    CW_ASSERT(store->is_in_transaction);
    struct cw_sql sql = cw_sql_begin(
        store, "INSERT INTO log_keys (role, kid) VALUES (?, ?) ON CONFLICT DO NOTHING");
    cw_sql_put_cstr(&sql, role);
    cw_sql_put_cstr(&sql, kid);
    const enum cw_status status = cw_sql_run(&sql, err);
    if (status == CW_OK) {
        *ret_is_new = sqlite3_changes64(store->db) == 1;
    }
    return status;
}
