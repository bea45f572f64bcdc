#include "store/sql.h"

static const char *const state_names[] = {
    [CW_DELIVERY_WAITING] = "waiting",
    [CW_DELIVERY_DELIVERED] = "delivered",
    [CW_DELIVERY_DEAD] = "dead",
};

const char *cw_delivery_state_name(enum cw_delivery_state state)
{
    CW_ASSERT((size_t)state < CW_COUNT(state_names));
    return state_names[state];
}

static enum cw_delivery_state read_state(struct cw_sql *sql, int column)
{
    const struct cw_span name = cw_sql_span(sql, column);
    for (size_t i = 0; i < CW_COUNT(state_names); i++) {
        if (cw_span_is(name, state_names[i])) {
            return (enum cw_delivery_state)i;
        }
    }
    cw_sql_damaged(sql);
    return CW_DELIVERY_DEAD;
}

/* A second attempt in the same run is that near; it keeps its own time. */
enum { SOON_S = 5 };

#define DELIVERY_COLUMNS                                                                           \
    "alert_id, endpoint, state, attempts, queued_at_s, due_at_s, last_status, last_error"

static void read_delivery(struct cw_sql *sql, struct cw_delivery *ret)
{
    cw_sql_text(sql, 0, ret->alert_id, sizeof(ret->alert_id));
    cw_sql_text(sql, 1, ret->endpoint, sizeof(ret->endpoint));
    ret->state = read_state(sql, 2);
    ret->attempts = cw_sql_u64(sql, 3);
    ret->queued_at_s = cw_sql_i64(sql, 4);
    ret->due_at_s = cw_sql_i64(sql, 5);
    ret->last_status = cw_sql_u64(sql, 6);
    cw_sql_text(sql, 7, ret->last_error, sizeof(ret->last_error));
}

enum cw_status cw_store_enqueue(struct cw_store *store, const char *alert_id, const char *endpoint,
                                int64_t now_s, struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(
        store, "INSERT INTO outbox (alert_id, endpoint, state, attempts, queued_at_s, due_at_s,"
               " last_status, last_error, chain) VALUES (?1, ?2, 'waiting', 0, ?3, ?3, 0, '',"
               " coalesce((SELECT CASE WHEN case_id <> '' THEN 'case:' || case_id"
               " WHEN feed <> '' THEN 'feed:' || feed ELSE '' END FROM alerts WHERE id = ?1), ''))"
               " ON CONFLICT (alert_id, endpoint) DO NOTHING");
    cw_sql_put_cstr(&sql, alert_id);
    cw_sql_put_cstr(&sql, endpoint);
    cw_sql_put_i64(&sql, now_s);
    return cw_sql_run(&sql, err);
}

void cw_due_init(struct cw_due *due)
{
    *due = (struct cw_due){.seq = 0};
    cw_buf_init(&due->body, CW_ALERT_BYTES_MAX);
    cw_buf_init(&due->detached, CW_JWS_BYTES_MAX);
}

void cw_due_clear(struct cw_due *due)
{
    cw_buf_clear(&due->body);
    cw_buf_clear(&due->detached);
    due->seq = 0;
}

enum cw_status cw_store_due_next(struct cw_store *store, const char *endpoint, int64_t now_s,
                                 int64_t after_seq, struct cw_due *ret, struct cw_error *err)
{
    int64_t seq = 0;
    struct cw_delivery found = {.alert_id = ""};
    ret->seq = 0;
    cw_buf_reset(&ret->body);
    cw_buf_reset(&ret->detached);
    struct cw_sql sql = cw_sql_begin(
        store, "SELECT " DELIVERY_COLUMNS ", outbox.seq, alerts.body, alerts.detached"
               " FROM outbox JOIN alerts ON alerts.id = outbox.alert_id"
               " WHERE outbox.endpoint = ?1 AND outbox.state = 'waiting' AND outbox.seq > ?2"
               " AND outbox.due_at_s <= ?3 AND NOT EXISTS (SELECT 1 FROM outbox AS earlier"
               " WHERE earlier.endpoint = ?1 AND earlier.chain = outbox.chain"
               " AND earlier.chain <> '' AND earlier.state = 'waiting'"
               " AND earlier.seq < outbox.seq AND earlier.due_at_s > ?3)"
               " ORDER BY outbox.seq LIMIT 1");
    cw_sql_put_cstr(&sql, endpoint);
    cw_sql_put_i64(&sql, after_seq);
    cw_sql_put_i64(&sql, now_s);
    if (cw_sql_next(&sql)) {
        read_delivery(&sql, &found);
        seq = cw_sql_i64(&sql, 8);
        cw_buf_span(&ret->body, cw_sql_span(&sql, 9));
        cw_buf_span(&ret->detached, cw_sql_span(&sql, 10));
    }
    enum cw_status status = cw_sql_end(&sql, err);
    if (status == CW_OK) {
        status = cw_buf_status(&ret->body, err);
    }
    if (status == CW_OK) {
        status = cw_buf_status(&ret->detached, err);
    }
    if (status != CW_OK) {
        cw_buf_reset(&ret->body);
        cw_buf_reset(&ret->detached);
        return status;
    }
    ret->seq = seq;
    if (seq > 0) {
        ret->delivery = found;
    }
    return CW_OK;
}

/* Rows that a receiver's silence keeps. One that was never tried waits only when it was put off. */
#define KEPT_BY_SILENCE                                                                            \
    "endpoint = ? AND state = 'waiting' AND due_at_s > ?"                                          \
    " AND (attempts = 0 OR last_status IN (0, 429, 502, 503, 504))"

enum cw_status cw_store_due_wake(struct cw_store *store, const char *endpoint, int64_t now_s,
                                 uint64_t *ret_rows, struct cw_error *err)
{
    struct cw_sql sql =
        cw_sql_begin(store, "UPDATE outbox SET due_at_s = ? WHERE " KEPT_BY_SILENCE);
    cw_sql_put_i64(&sql, now_s);
    cw_sql_put_cstr(&sql, endpoint);
    cw_sql_put_i64(&sql, now_s + SOON_S);
    const enum cw_status status = cw_sql_run(&sql, err);
    if (status == CW_OK) {
        *ret_rows = (uint64_t)sqlite3_changes64(store->db);
    }
    return status;
}

enum cw_status cw_store_recall(struct cw_store *store, const char *endpoint, int64_t now_s,
                               int64_t latest_s, struct cw_error *err)
{
    CW_ASSERT(now_s <= latest_s);
    struct cw_sql sql = cw_sql_begin(store, "UPDATE outbox SET due_at_s = ? WHERE endpoint = ?"
                                            " AND state = 'waiting' AND due_at_s > ?");
    cw_sql_put_i64(&sql, now_s);
    cw_sql_put_cstr(&sql, endpoint);
    cw_sql_put_i64(&sql, latest_s);
    return cw_sql_run(&sql, err);
}

enum cw_status cw_store_due_exchange(struct cw_store *store, const char *endpoint, int64_t now_s,
                                     int64_t seq, struct cw_error *err)
{
    int64_t oldest_seq = 0;
    int64_t due_at_s = 0;
    struct cw_sql ask =
        cw_sql_begin(store, "SELECT seq, due_at_s FROM outbox WHERE " KEPT_BY_SILENCE
                            " AND seq < ? ORDER BY seq LIMIT 1");
    cw_sql_put_cstr(&ask, endpoint);
    cw_sql_put_i64(&ask, now_s);
    cw_sql_put_i64(&ask, seq);
    if (cw_sql_next(&ask)) {
        oldest_seq = cw_sql_i64(&ask, 0);
        due_at_s = cw_sql_i64(&ask, 1);
    }
    const enum cw_status status = cw_sql_end(&ask, err);
    if (status != CW_OK || oldest_seq == 0) {
        return status;
    }
    struct cw_sql sql = cw_sql_begin(
        store, "UPDATE outbox SET due_at_s = iif(seq = ?1, ?2, ?3) WHERE seq IN (?1, ?4)");
    cw_sql_put_i64(&sql, oldest_seq);
    cw_sql_put_i64(&sql, now_s);
    cw_sql_put_i64(&sql, due_at_s);
    cw_sql_put_i64(&sql, seq);
    return cw_sql_run(&sql, err);
}

enum cw_status cw_store_dead_in_a_row(struct cw_store *store, const char *endpoint, int64_t since_s,
                                      uint64_t *ret_dead, struct cw_error *err)
{
    uint64_t dead = 0;
    struct cw_sql sql =
        cw_sql_begin(store, "SELECT count(*) FROM outbox WHERE endpoint = ?1 AND state = 'dead'"
                            " AND queued_at_s >= ?2 AND seq > max("
                            "coalesce((SELECT max(seq) FROM outbox WHERE endpoint = ?1"
                            " AND state = 'delivered'), 0),"
                            " coalesce((SELECT counted_from FROM endpoints WHERE id = ?1), 0))");
    cw_sql_put_cstr(&sql, endpoint);
    cw_sql_put_i64(&sql, since_s);
    if (cw_sql_next(&sql)) {
        dead = cw_sql_u64(&sql, 0);
    }
    const enum cw_status status = cw_sql_end(&sql, err);
    if (status == CW_OK) {
        *ret_dead = dead;
    }
    return status;
}

enum cw_status cw_store_redeliver(struct cw_store *store, const char *alert_id, int64_t now_s,
                                  uint64_t *ret_rows, struct cw_error *err)
{
    static const char one[] =
        "UPDATE outbox SET state = 'waiting', attempts = 0, queued_at_s = ?1, due_at_s = ?1,"
        " last_status = 0, last_error = '' WHERE alert_id = ?2";
    static const char all_dead[] =
        "UPDATE outbox SET state = 'waiting', attempts = 0, queued_at_s = ?1, due_at_s = ?1,"
        " last_status = 0, last_error = '' WHERE state = 'dead'";
    struct cw_sql sql = cw_sql_begin(store, alert_id != NULL ? one : all_dead);
    cw_sql_put_i64(&sql, now_s);
    if (alert_id != NULL) {
        cw_sql_put_cstr(&sql, alert_id);
    }
    const enum cw_status status = cw_sql_run(&sql, err);
    if (status == CW_OK) {
        *ret_rows = (uint64_t)sqlite3_changes64(store->db);
    }
    return status;
}

enum cw_status cw_store_delivery_counts(struct cw_store *store, int64_t now_s,
                                        struct cw_delivery_counts *ret, struct cw_error *err)
{
    struct cw_delivery_counts counts = {0};
    struct cw_sql sql =
        cw_sql_begin(store, "SELECT count(*) FILTER (WHERE state = 'waiting'),"
                            " count(*) FILTER (WHERE state = 'waiting' AND due_at_s <= ?),"
                            " count(*) FILTER (WHERE state = 'delivered'),"
                            " count(*) FILTER (WHERE state = 'dead') FROM outbox");
    cw_sql_put_i64(&sql, now_s);
    if (cw_sql_next(&sql)) {
        counts.waiting = cw_sql_u64(&sql, 0);
        counts.due = cw_sql_u64(&sql, 1);
        counts.delivered = cw_sql_u64(&sql, 2);
        counts.dead = cw_sql_u64(&sql, 3);
    }
    const enum cw_status status = cw_sql_end(&sql, err);
    if (status == CW_OK) {
        *ret = counts;
    }
    return status;
}

enum cw_status cw_store_deliveries(struct cw_store *store, const char *alert_id,
                                   enum cw_status (*fn)(void *ctx,
                                                        const struct cw_delivery *delivery,
                                                        struct cw_error *err),
                                   void *ctx, struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(store, "SELECT " DELIVERY_COLUMNS
                                            " FROM outbox WHERE alert_id = ? ORDER BY seq");
    cw_sql_put_cstr(&sql, alert_id);
    enum cw_status status = CW_OK;
    while (status == CW_OK && cw_sql_next(&sql)) {
        struct cw_delivery delivery;
        read_delivery(&sql, &delivery);
        if (sql.wrong != CW_OK) {
            break;
        }
        status = fn(ctx, &delivery, err);
    }
    const enum cw_status ended = cw_sql_end(&sql, status == CW_OK ? err : NULL);
    return status == CW_OK ? ended : status;
}

/* ---- endpoints --------------------------------------------------------------------------------
 */

enum cw_status cw_store_endpoint_get(struct cw_store *store, const char *endpoint,
                                     bool *ret_is_disabled, int64_t *ret_not_before_s,
                                     struct cw_error *err)
{
    bool is_disabled = false;
    int64_t not_before_s = 0;
    struct cw_sql sql =
        cw_sql_begin(store, "SELECT is_disabled, not_before_s FROM endpoints WHERE id = ?");
    cw_sql_put_cstr(&sql, endpoint);
    if (cw_sql_next(&sql)) {
        is_disabled = cw_sql_bool(&sql, 0);
        not_before_s = cw_sql_i64(&sql, 1);
    }
    const enum cw_status status = cw_sql_end(&sql, err);
    if (status == CW_OK) {
        *ret_is_disabled = is_disabled;
        *ret_not_before_s = not_before_s;
    }
    return status;
}

enum cw_status cw_store_endpoint_put(struct cw_store *store, const char *endpoint, bool is_disabled,
                                     int64_t not_before_s, const char *reason, struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(
        store, "INSERT INTO endpoints (id, is_disabled, not_before_s, reason)"
               " VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET counted_from = CASE"
               " WHEN endpoints.is_disabled = 1 AND excluded.is_disabled = 0"
               " THEN (SELECT coalesce(max(seq), 0) FROM outbox) ELSE counted_from END,"
               " is_disabled = excluded.is_disabled, not_before_s = excluded.not_before_s,"
               " reason = excluded.reason");
    cw_sql_put_cstr(&sql, endpoint);
    cw_sql_put_i64(&sql, is_disabled);
    cw_sql_put_i64(&sql, not_before_s);
    cw_sql_put_cstr(&sql, reason);
    return cw_sql_run(&sql, err);
}
