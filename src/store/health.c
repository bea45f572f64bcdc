#include "store/health.h"

#include "store/sql.h"

enum { SHA256_HEX = 64 };

/* ---- what SQLite finds --------------------------------------------------------------------- */

struct telling {
    cw_fault_fn fn;
    void *ctx;
    size_t count;
};

/* One row a fault, and the row "ok" when there is none. */
static enum cw_status tell_faults(struct cw_store *store, const char *pragma,
                                  struct telling *telling, struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(store, pragma);
    while (telling->count < CW_STORE_FAULTS_MAX && cw_sql_next(&sql)) {
        const struct cw_span fault = cw_sql_span(&sql, 0);
        if (!cw_span_is(fault, "ok")) {
            telling->fn(telling->ctx, fault);
            telling->count++;
        }
    }
    return cw_sql_end(&sql, err);
}

/* Columns: table, rowid, table referred to, number of the rule. */
static enum cw_status tell_orphans(struct cw_store *store, struct telling *telling,
                                   struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(store, "PRAGMA foreign_key_check");
    while (telling->count < CW_STORE_FAULTS_MAX && cw_sql_next(&sql)) {
        char fault[256];
        (void)snprintf(fault, sizeof(fault),
                       "a row of %.64s refers to one of %.64s that is not "
                       "there",
                       cw_sql_span(&sql, 0).data, cw_sql_span(&sql, 2).data);
        telling->fn(telling->ctx, cw_span_cstr(fault));
        telling->count++;
    }
    return cw_sql_end(&sql, err);
}

static enum cw_status file_bytes(struct cw_store *store, uint64_t *ret, struct cw_error *err)
{
    int64_t pages = 0;
    int64_t page = 0;
    enum cw_status status = cw_sql_ask_i64(store, "PRAGMA page_count", &pages, err);
    if (status == CW_OK) {
        status = cw_sql_ask_i64(store, "PRAGMA page_size", &page, err);
    }
    *ret = status == CW_OK ? (uint64_t)pages * (uint64_t)page : 0;
    return status;
}

enum cw_status cw_store_self_check(struct cw_store *store, cw_fault_fn fn, void *ctx,
                                   size_t *ret_faults, bool *ret_is_whole, struct cw_error *err)
{
    struct telling telling = {.fn = fn, .ctx = ctx};
    uint64_t bytes = 0;
    enum cw_status status = file_bytes(store, &bytes, err);
    const bool is_whole = bytes <= CW_STORE_WHOLE_CHECK_MAX;
    if (status == CW_OK) {
        status = is_whole ? tell_faults(store, "PRAGMA integrity_check(10)", &telling, err)
                          : tell_faults(store, "PRAGMA quick_check(10)", &telling, err);
    }
    if (status == CW_OK) {
        status = tell_orphans(store, &telling, err);
    }
    *ret_faults = telling.count;
    *ret_is_whole = is_whole;
    return status;
}

/* ---- totals -------------------------------------------------------------------------------- */

enum cw_status cw_store_totals_get(struct cw_store *store, struct cw_store_totals *ret,
                                   struct cw_error *err)
{
    struct cw_store_totals totals = {0};
    enum cw_status status = file_bytes(store, &totals.bytes, err);
    if (status == CW_OK) {
        status = cw_sql_ask_i64(store, "PRAGMA user_version", &totals.schema, err);
    }
    if (status != CW_OK) {
        return status;
    }
    struct cw_sql sql = cw_sql_begin(
        store,
        "SELECT (SELECT count(*) FROM alerts), (SELECT coalesce(max(generation), 0) FROM runs),"
        " (SELECT max(coalesce((SELECT max(attempted_at_s) FROM feeds), 0),"
        "  coalesce((SELECT max(created_at_s) FROM alerts), 0),"
        "  coalesce((SELECT max(finished_at_s) FROM runs), 0))),"
        " (SELECT coalesce(max(snapshot_bytes), 0) FROM feeds)");
    if (cw_sql_next(&sql)) {
        totals.alerts = cw_sql_u64(&sql, 0);
        totals.generation = cw_sql_u64(&sql, 1);
        totals.newest_s = cw_sql_i64(&sql, 2);
        totals.snapshot_bytes = cw_sql_u64(&sql, 3);
    }
    status = cw_sql_end(&sql, err);
    if (status == CW_OK) {
        *ret = totals;
    }
    return status;
}

/* ---- lists and documents ------------------------------------------------------------------- */

enum cw_status cw_store_each_list(struct cw_store *store, cw_name_fn fn, void *ctx,
                                  struct cw_error *err)
{
    enum cw_status told = CW_OK;
    struct cw_sql sql = cw_sql_begin(store, "SELECT feed FROM lists ORDER BY feed");
    while (told == CW_OK && cw_sql_next(&sql)) {
        char feed[65];
        cw_sql_text(&sql, 0, feed, sizeof(feed));
        told = fn(ctx, feed, err);
    }
    const enum cw_status status = cw_sql_end(&sql, err);
    return told != CW_OK ? told : status;
}

enum cw_status cw_store_each_document(struct cw_store *store, cw_document_fn fn, void *ctx,
                                      struct cw_error *err)
{
    enum cw_status told = CW_OK;
    struct cw_sql sql = cw_sql_begin(
        store, "SELECT sha256, min(feed) FROM (SELECT snapshot_sha256 AS sha256, id AS feed"
               " FROM feeds UNION ALL SELECT held_sha256, id FROM feeds)"
               " WHERE sha256 <> '' GROUP BY sha256 ORDER BY 2, 1");
    while (told == CW_OK && cw_sql_next(&sql)) {
        char sha256[SHA256_HEX + 1];
        char feed[65];
        cw_sql_text(&sql, 0, sha256, sizeof(sha256));
        cw_sql_text(&sql, 1, feed, sizeof(feed));
        told = fn(ctx, &(struct cw_document){.sha256 = sha256, .feed = feed}, err);
    }
    const enum cw_status status = cw_sql_end(&sql, err);
    return told != CW_OK ? told : status;
}

/* ---- queues -------------------------------------------------------------------------------- */

static void read_queue(struct cw_sql *sql, struct cw_queue *ret)
{
    cw_sql_text(sql, 0, ret->endpoint, sizeof(ret->endpoint));
    ret->waiting = cw_sql_u64(sql, 1);
    ret->due = cw_sql_u64(sql, 2);
    ret->oldest_s = cw_sql_i64(sql, 3);
    ret->next_s = cw_sql_i64(sql, 4);
    ret->dead = cw_sql_u64(sql, 5);
    cw_sql_text(sql, 6, ret->last_error, sizeof(ret->last_error));
    ret->is_disabled = cw_sql_bool(sql, 7);
    ret->not_before_s = cw_sql_i64(sql, 8);
    cw_sql_text(sql, 9, ret->reason, sizeof(ret->reason));
}

enum cw_status cw_store_queues(struct cw_store *store, int64_t now_s, cw_queue_fn fn, void *ctx,
                               struct cw_error *err)
{
    enum cw_status told = CW_OK;
    struct cw_sql sql = cw_sql_begin(
        store, "WITH names AS (SELECT endpoint AS name FROM outbox UNION SELECT id FROM endpoints),"
               " sums AS (SELECT endpoint, sum(state = 'waiting') AS waiting,"
               "  sum(state = 'waiting' AND due_at_s <= ?) AS due,"
               "  min(CASE state WHEN 'waiting' THEN queued_at_s END) AS oldest,"
               "  min(CASE state WHEN 'waiting' THEN due_at_s END) AS next,"
               "  sum(state = 'dead') AS dead FROM outbox GROUP BY endpoint)"
               " SELECT names.name, coalesce(waiting, 0), coalesce(due, 0), coalesce(oldest, 0),"
               "  coalesce(next, 0), coalesce(dead, 0),"
               "  coalesce((SELECT last_error FROM outbox WHERE endpoint = names.name"
               "   AND state <> 'delivered' AND last_error <> '' ORDER BY seq DESC LIMIT 1), ''),"
               "  coalesce(is_disabled, 0), coalesce(not_before_s, 0), coalesce(reason, '')"
               " FROM names LEFT JOIN sums ON sums.endpoint = names.name"
               " LEFT JOIN endpoints ON endpoints.id = names.name ORDER BY names.name");
    cw_sql_put_i64(&sql, now_s);
    while (told == CW_OK && cw_sql_next(&sql)) {
        struct cw_queue queue = {.waiting = 0};
        read_queue(&sql, &queue);
        told = fn(ctx, &queue, err);
    }
    const enum cw_status status = cw_sql_end(&sql, err);
    return told != CW_OK ? told : status;
}
