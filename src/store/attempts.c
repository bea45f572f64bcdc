#include "store/sql.h"

enum { LAST_ERROR_MAX = sizeof(((struct cw_delivery *)NULL)->last_error) - 1 };

/* Begin and end of one attempt are never in the same transaction: after a crash between them the
 * row is still waiting, its attempt is counted and `due_again` is when it is tried again. The end
 * of one and the begin of the next may share one, which halves what has to reach the disk. */

static enum cw_status start(struct cw_store *store, bool *ret_is_mine, struct cw_error *err)
{
    *ret_is_mine = !store->is_in_transaction;
    return *ret_is_mine ? cw_store_begin(store, err) : CW_OK;
}

static enum cw_status count_attempt(struct cw_store *store, int64_t seq, int64_t due_again_s,
                                    struct cw_error *err)
{
    struct cw_sql sql =
        cw_sql_begin(store, "UPDATE outbox SET attempts = attempts + 1, due_at_s = ?"
                            " WHERE seq = ? AND state = 'waiting'");
    cw_sql_put_i64(&sql, due_again_s);
    cw_sql_put_i64(&sql, seq);
    const enum cw_status status = cw_sql_run(&sql, err);
    if (status == CW_OK && sqlite3_changes64(store->db) != 1) {
        return cw_error_set(err, CW_NOT_FOUND, "delivery %lld is not waiting", (long long)seq);
    }
    return status;
}

static enum cw_status add_attempt(struct cw_store *store, int64_t seq, int64_t at_s,
                                  struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(
        store, "INSERT INTO attempts (delivery, began_at_s, ended_at_s, state, http_status, error,"
               " answer) VALUES (?, ?, 0, 'begun', 0, '', x'')");
    cw_sql_put_i64(&sql, seq);
    cw_sql_put_i64(&sql, at_s);
    return cw_sql_run(&sql, err);
}

static enum cw_status finish(struct cw_store *store, bool is_mine, enum cw_status status,
                             struct cw_error *err)
{
    return is_mine ? cw_store_end(store, status, err) : status;
}

enum cw_status cw_store_attempt_begin(struct cw_store *store, int64_t seq, int64_t at_s,
                                      int64_t due_again_s, struct cw_error *err)
{
    bool is_mine = false;
    enum cw_status status = start(store, &is_mine, err);
    if (status != CW_OK) {
        return status;
    }
    status = count_attempt(store, seq, due_again_s, err);
    if (status == CW_OK) {
        status = add_attempt(store, seq, at_s, err);
    }
    return finish(store, is_mine, status, err);
}

/* At most `max` bytes, cut at a character boundary. */
static struct cw_span cut(struct cw_span text, size_t max)
{
    size_t len = text.len < max ? text.len : max;
    while (len > 0 && len < text.len && ((unsigned char)text.data[len] & 0xc0u) == 0x80u) {
        len--;
    }
    return cw_span_slice(text, 0, len);
}

static enum cw_status end_attempt(struct cw_store *store, int64_t seq, int64_t at_s,
                                  const struct cw_attempt_end *end, struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(
        store, "UPDATE attempts SET ended_at_s = ?, state = ?, http_status = ?, error = ?,"
               " answer = ? WHERE id = (SELECT max(id) FROM attempts WHERE delivery = ?"
               " AND state = 'begun')");
    cw_sql_put_i64(&sql, at_s);
    cw_sql_put_cstr(&sql, cw_delivery_state_name(end->state));
    cw_sql_put_u64(&sql, end->http_status);
    cw_sql_put_cstr(&sql, end->error);
    cw_sql_put_blob(&sql, cw_span_slice(end->answer, 0, CW_DELIVERY_ANSWER_MAX));
    cw_sql_put_i64(&sql, seq);
    const enum cw_status status = cw_sql_run(&sql, err);
    if (status == CW_OK && sqlite3_changes64(store->db) != 1) {
        return cw_error_set(err, CW_NOT_FOUND, "delivery %lld has no attempt under way",
                            (long long)seq);
    }
    return status;
}

static enum cw_status settle(struct cw_store *store, int64_t seq, const struct cw_attempt_end *end,
                             struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(
        store, "UPDATE outbox SET state = ?1, due_at_s = iif(?1 = 'waiting', ?2, due_at_s),"
               " last_status = ?3, last_error = ?4 WHERE seq = ?5");
    cw_sql_put_cstr(&sql, cw_delivery_state_name(end->state));
    cw_sql_put_i64(&sql, end->due_at_s);
    cw_sql_put_u64(&sql, end->http_status);
    cw_sql_put_text(&sql, cut(cw_span_cstr(end->error), LAST_ERROR_MAX));
    cw_sql_put_i64(&sql, seq);
    return cw_sql_run_one(&sql, "an attempt without its delivery", err);
}

enum cw_status cw_store_attempt_end(struct cw_store *store, int64_t seq, int64_t at_s,
                                    const struct cw_attempt_end *end, struct cw_error *err)
{
    bool is_mine = false;
    enum cw_status status = start(store, &is_mine, err);
    if (status != CW_OK) {
        return status;
    }
    status = end_attempt(store, seq, at_s, end, err);
    if (status == CW_OK) {
        status = settle(store, seq, end, err);
    }
    return finish(store, is_mine, status, err);
}

enum cw_status cw_store_last_answer(struct cw_store *store, const struct cw_delivery *delivery,
                                    int64_t *ret_at_s, struct cw_buf *ret_answer,
                                    struct cw_error *err)
{
    int64_t at_s = 0;
    struct cw_sql sql = cw_sql_begin(
        store, "SELECT ended_at_s, answer FROM attempts WHERE state <> 'begun' AND delivery ="
               " (SELECT seq FROM outbox WHERE alert_id = ? AND endpoint = ?)"
               " ORDER BY id DESC LIMIT 1");
    cw_sql_put_cstr(&sql, delivery->alert_id);
    cw_sql_put_cstr(&sql, delivery->endpoint);
    if (cw_sql_next(&sql)) {
        at_s = cw_sql_i64(&sql, 0);
        cw_buf_span(ret_answer, cw_sql_span(&sql, 1));
    }
    enum cw_status status = cw_sql_end(&sql, err);
    if (status == CW_OK) {
        status = cw_buf_status(ret_answer, err);
    }
    if (status == CW_OK) {
        *ret_at_s = at_s;
    }
    return status;
}
