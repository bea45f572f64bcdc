#include "store/sql.h"

enum cw_status cw_store_suspicious(struct cw_store *store, const char *feed, cw_suspicious_fn fn,
                                   void *ctx, struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(store, "SELECT canonical, value FROM listings"
                                            " WHERE feed = ? AND is_active = 1 AND is_reserved = 1"
                                            " ORDER BY canonical, entry_id");
    cw_sql_put_cstr(&sql, feed);
    enum cw_status status = CW_OK;
    while (status == CW_OK && cw_sql_next(&sql)) {
        const struct cw_span canonical = cw_sql_span(&sql, 0);
        const struct cw_span value = cw_sql_span(&sql, 1);
        if (sql.wrong != CW_OK) {
            break;
        }
        status = fn(ctx, canonical, value, err);
    }
    const enum cw_status ended = cw_sql_end(&sql, status == CW_OK ? err : NULL);
    return status == CW_OK ? ended : status;
}

enum cw_status cw_store_unusable(struct cw_store *store, const char *feed, size_t max,
                                 cw_unusable_fn fn, void *ctx, struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(store, "SELECT position, value, error FROM opaque"
                                            " WHERE feed = ? ORDER BY id LIMIT ?");
    cw_sql_put_cstr(&sql, feed);
    cw_sql_put_u64(&sql, max);
    enum cw_status status = CW_OK;
    while (status == CW_OK && cw_sql_next(&sql)) {
        const struct cw_unusable entry = {cw_sql_span(&sql, 0), cw_sql_span(&sql, 1),
                                          cw_sql_span(&sql, 2)};
        if (sql.wrong != CW_OK) {
            break;
        }
        status = fn(ctx, &entry, err);
    }
    const enum cw_status ended = cw_sql_end(&sql, status == CW_OK ? err : NULL);
    return status == CW_OK ? ended : status;
}
