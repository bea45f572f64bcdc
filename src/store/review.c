#include "store/review.h"

#include "store/sql.h"

enum cw_status cw_store_first_retrieval(struct cw_store *store, int64_t *ret_at_s,
                                        struct cw_error *err)
{
    *ret_at_s = 0;
    return cw_sql_ask_i64(store, "SELECT coalesce(min(at_s), 0) FROM retrievals", ret_at_s, err);
}

enum cw_status cw_store_retrievals(struct cw_store *store, const char *feed, int64_t since_s,
                                   cw_retrieval_fn fn, void *ctx, struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(
        store, "SELECT at_s, outcome, bytes FROM retrievals WHERE feed = ?1 AND at_s >="
               " coalesce((SELECT max(at_s) FROM retrievals WHERE feed = ?1 AND outcome = 'new'"
               " AND at_s <= ?2), ?2) ORDER BY at_s, seq");
    cw_sql_put_cstr(&sql, feed);
    cw_sql_put_i64(&sql, since_s);
    enum cw_status status = CW_OK;
    while (status == CW_OK && cw_sql_next(&sql)) {
        char outcome[16] = "";
        cw_sql_text(&sql, 1, outcome, sizeof(outcome));
        const struct cw_retrieval retrieval = {
            .feed = feed,
            .at_s = cw_sql_i64(&sql, 0),
            .outcome = outcome,
            .bytes = cw_sql_u64(&sql, 2),
        };
        if (sql.wrong != CW_OK) {
            break;
        }
        status = fn(ctx, &retrieval, err);
    }
    const enum cw_status ended = cw_sql_end(&sql, status == CW_OK ? err : NULL);
    return status == CW_OK ? ended : status;
}

enum cw_status cw_store_alert_marks(struct cw_store *store, cw_alert_mark_fn fn, void *ctx,
                                    struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(
        store, "SELECT created_at_s, type, severity, tlp, case_id, feed FROM alerts ORDER BY seq");
    enum cw_status status = CW_OK;
    while (status == CW_OK && cw_sql_next(&sql)) {
        struct cw_alert_mark mark = {
            .created_at_s = cw_sql_i64(&sql, 0),
            .case_id = cw_sql_span(&sql, 4),
            .feed = cw_sql_span(&sql, 5),
        };
        if (!cw_alert_type_parse(cw_sql_span(&sql, 1), &mark.type) ||
            !cw_severity_parse(cw_sql_span(&sql, 2), &mark.severity) ||
            !cw_tlp_parse(cw_sql_span(&sql, 3), &mark.tlp)) {
            cw_sql_damaged(&sql);
            break;
        }
        status = fn(ctx, &mark, err);
    }
    const enum cw_status ended = cw_sql_end(&sql, status == CW_OK ? err : NULL);
    return status == CW_OK ? ended : status;
}

enum cw_status cw_store_delivered(struct cw_store *store, const char *endpoint, uint64_t *ret,
                                  struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(
        store, "SELECT count(*) FROM outbox WHERE endpoint = ? AND state = 'delivered'");
    cw_sql_put_cstr(&sql, endpoint);
    if (cw_sql_next(&sql)) {
        *ret = cw_sql_u64(&sql, 0);
    }
    return cw_sql_end(&sql, err);
}
