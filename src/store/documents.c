#include "store/documents.h"

#include "store/sql.h"

enum { SHA256_TEXT_BYTES = 65 };

enum cw_status cw_store_refused(struct cw_store *store, size_t keep, cw_document_fn fn, void *ctx,
                                struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(
        store, "WITH refused AS (SELECT feed, sha256, max(seq) AS seq FROM retrievals"
               " WHERE outcome IN ('failed', 'held') AND sha256 <> '' GROUP BY feed, sha256),"
               " ranked AS (SELECT sha256, row_number() OVER"
               " (PARTITION BY feed ORDER BY seq DESC) AS place FROM refused)"
               " SELECT sha256 FROM ranked GROUP BY sha256 HAVING min(place) > ?");
    cw_sql_put_u64(&sql, keep);
    enum cw_status status = CW_OK;
    while (status == CW_OK && cw_sql_next(&sql)) {
        char sha256[SHA256_TEXT_BYTES] = "";
        cw_sql_text(&sql, 0, sha256, sizeof(sha256));
        if (sql.wrong != CW_OK) {
            break;
        }
        status = fn(ctx, sha256, err);
    }
    const enum cw_status ended = cw_sql_end(&sql, status == CW_OK ? err : NULL);
    return status == CW_OK ? ended : status;
}

/* What a list that was "shrunk" added came into force while it was held. */
enum cw_status cw_store_is_needed(struct cw_store *store, const char *sha256, int64_t around_s,
                                  bool *ret_is_needed, struct cw_error *err)
{
    bool is_needed = true;
    struct cw_sql sql = cw_sql_begin(
        store, "SELECT EXISTS (SELECT 1 FROM retrievals WHERE sha256 = ?1"
               " AND (outcome NOT IN ('failed', 'held') OR error_code = 'shrunk'))"
               " OR EXISTS (SELECT 1 FROM feeds"
               " WHERE ?1 IN (snapshot_sha256, held_sha256, released_sha256))"
               " OR EXISTS (SELECT 1 FROM retrievals AS r JOIN alerts AS a ON a.feed = r.feed"
               " WHERE r.sha256 = ?1 AND a.created_at_s BETWEEN r.at_s - ?2 AND r.at_s + ?2)"
               " OR EXISTS (SELECT 1 FROM alerts WHERE instr(body, CAST(?1 AS BLOB)) > 0)");
    cw_sql_put_cstr(&sql, sha256);
    cw_sql_put_i64(&sql, around_s);
    if (cw_sql_next(&sql)) {
        is_needed = cw_sql_bool(&sql, 0);
    }
    const enum cw_status status = cw_sql_end(&sql, err);
    if (status == CW_OK) {
        *ret_is_needed = is_needed;
    }
    return status;
}
