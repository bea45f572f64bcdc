#include "store/totals.h"

#include "store/sql.h"

static enum cw_status ask_log(struct cw_store *store, struct cw_totals *ret, struct cw_error *err)
{
    struct cw_store_head head;
    bool is_there = false;
    cw_store_head_init(&head);
    enum cw_status status = cw_store_log_head(store, CW_LOG_PUBLISHED, &head, &is_there, err);
    if (status == CW_OK && is_there) {
        ret->log_size = head.checkpoint.tree.size;
        ret->log_published_at_s = head.at_s;
    }
    cw_store_head_clear(&head);
    return status == CW_OK ? cw_store_log_pending(store, &ret->log_pending, err) : status;
}

enum cw_status cw_store_totals(struct cw_store *store, int64_t now_s, struct cw_totals *ret,
                               struct cw_error *err)
{
    struct cw_totals totals = {0};
    uint64_t since = 0;
    enum cw_status status =
        cw_sql_ask_u64(store, "SELECT count(*) FROM alerts", &totals.alerts, err);
    if (status == CW_OK) {
        status = cw_sql_ask_u64(
            store, "SELECT coalesce(min(queued_at_s), 0) FROM outbox WHERE state = 'waiting'",
            &since, err);
    }
    if (status == CW_OK) {
        status = cw_store_delivery_counts(store, now_s, &totals.deliveries, err);
    }
    if (status == CW_OK) {
        status = ask_log(store, &totals, err);
    }
    if (status == CW_OK) {
        totals.waiting_since_s = (int64_t)since;
        *ret = totals;
    }
    return status;
}
