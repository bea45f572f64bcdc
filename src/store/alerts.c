#include "store/review.h"
#include "store/sql.h"

enum cw_status cw_store_alert_add(struct cw_store *store, const struct cw_stored_alert *alert,
                                  const struct cw_alert_summary *summary, bool *ret_is_new,
                                  struct cw_error *err)
{
    CW_ASSERT(cw_span_is(alert->id, summary->id));
    struct cw_sql sql = cw_sql_begin(
        store, "INSERT INTO alerts (id, created_at_s, type, severity, tlp, time, case_id, feed,"
               " subject, source, text_en, detached, body, jws)"
               " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING");
    cw_sql_put_text(&sql, alert->id);
    cw_sql_put_i64(&sql, alert->created_at_s);
    cw_sql_put_cstr(&sql, cw_alert_type_name(summary->type));
    cw_sql_put_cstr(&sql, cw_severity_name(summary->severity));
    cw_sql_put_cstr(&sql, cw_tlp_name(summary->tlp));
    cw_sql_put_cstr(&sql, summary->time);
    cw_sql_put_cstr(&sql, summary->case_id);
    cw_sql_put_cstr(&sql, summary->feed);
    cw_sql_put_cstr(&sql, summary->subject);
    cw_sql_put_cstr(&sql, summary->source);
    cw_sql_put_cstr(&sql, summary->text_en);
    cw_sql_put_blob(&sql, alert->detached);
    cw_sql_put_blob(&sql, alert->body);
    cw_sql_put_blob(&sql, alert->jws);
    const enum cw_status status = cw_sql_run(&sql, err);
    if (status == CW_OK) {
        *ret_is_new = sqlite3_changes64(store->db) == 1;
    }
    return status;
}

static void read_alert(struct cw_sql *sql, struct cw_stored_alert *alert,
                       struct cw_alert_summary *summary)
{
    *alert = (struct cw_stored_alert){
        .id = cw_sql_span(sql, 0),
        .created_at_s = cw_sql_i64(sql, 1),
        .detached = cw_sql_span(sql, 11),
        .body = cw_sql_span(sql, 12),
        .jws = cw_sql_span(sql, 13),
    };
    *summary = (struct cw_alert_summary){.id = ""};
    cw_sql_text(sql, 0, summary->id, sizeof(summary->id));
    if (!cw_alert_type_parse(cw_sql_span(sql, 2), &summary->type) ||
        !cw_severity_parse(cw_sql_span(sql, 3), &summary->severity) ||
        !cw_tlp_parse(cw_sql_span(sql, 4), &summary->tlp)) {
        cw_sql_damaged(sql);
    }
    cw_sql_text(sql, 5, summary->time, sizeof(summary->time));
    cw_sql_text(sql, 6, summary->case_id, sizeof(summary->case_id));
    cw_sql_text(sql, 7, summary->feed, sizeof(summary->feed));
    cw_sql_text(sql, 8, summary->subject, sizeof(summary->subject));
    cw_sql_text(sql, 9, summary->source, sizeof(summary->source));
    cw_sql_text(sql, 10, summary->text_en, sizeof(summary->text_en));
}

static enum cw_status tell_alerts(struct cw_sql *sql, cw_alert_fn fn, void *ctx,
                                  struct cw_error *err)
{
    enum cw_status status = CW_OK;
    while (status == CW_OK && cw_sql_next(sql)) {
        struct cw_stored_alert alert;
        struct cw_alert_summary summary;
        read_alert(sql, &alert, &summary);
        if (sql->wrong != CW_OK) {
            break;
        }
        status = fn(ctx, &alert, &summary, err);
    }
    const enum cw_status ended = cw_sql_end(sql, status == CW_OK ? err : NULL);
    return status == CW_OK ? ended : status;
}

#define ALERT_COLUMNS                                                                              \
    "id, created_at_s, type, severity, tlp, time, case_id, feed, subject, source, text_en,"        \
    " detached, body, jws"

/* One alert is found through its index; a filter reads the small columns of all. The parameters
 * have the same order in both. */
static const char by_id[] =
    "SELECT " ALERT_COLUMNS " FROM alerts WHERE id = ?5 AND (?1 = '' OR case_id = ?1)"
    " AND (?2 = '' OR feed = ?2) AND (?3 = '' OR type = ?3) AND created_at_s >= ?4";
static const char by_filter[] =
    "SELECT " ALERT_COLUMNS " FROM alerts WHERE (?1 = '' OR case_id = ?1)"
    " AND (?2 = '' OR feed = ?2) AND (?3 = '' OR type = ?3) AND created_at_s >= ?4 ORDER BY seq";

enum cw_status cw_store_alerts(struct cw_store *store, const struct cw_alert_filter *filter,
                               cw_alert_fn fn, void *ctx, struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(store, filter->id != NULL ? by_id : by_filter);
    cw_sql_put_cstr(&sql, filter->case_id);
    cw_sql_put_cstr(&sql, filter->feed);
    cw_sql_put_cstr(&sql, filter->type);
    cw_sql_put_i64(&sql, filter->since_s == 0 ? INT64_MIN : filter->since_s);
    if (filter->id != NULL) {
        cw_sql_put_cstr(&sql, filter->id);
    }
    return tell_alerts(&sql, fn, ctx, err);
}

enum cw_status cw_store_newest_alerts(struct cw_store *store, size_t max, cw_alert_fn fn, void *ctx,
                                      struct cw_error *err)
{
    struct cw_sql sql =
        cw_sql_begin(store, "SELECT " ALERT_COLUMNS " FROM alerts ORDER BY seq DESC LIMIT ?");
    cw_sql_put_u64(&sql, max);
    return tell_alerts(&sql, fn, ctx, err);
}

enum cw_status cw_store_alert_is_known(struct cw_store *store, const char *id, bool *ret_is_known,
                                       struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(store, "SELECT 1 FROM alerts WHERE id = ?");
    cw_sql_put_cstr(&sql, id);
    const bool is_known = cw_sql_next(&sql);
    const enum cw_status status = cw_sql_end(&sql, err);
    if (status == CW_OK) {
        *ret_is_known = is_known;
    }
    return status;
}

enum cw_status cw_store_alert_last(struct cw_store *store, const char *type,
                                   int64_t *ret_created_at_s, struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(
        store, "SELECT created_at_s FROM alerts WHERE type = ? ORDER BY seq DESC LIMIT 1");
    cw_sql_put_cstr(&sql, type);
    const int64_t created_at_s = cw_sql_next(&sql) ? cw_sql_i64(&sql, 0) : 0;
    const enum cw_status status = cw_sql_end(&sql, err);
    if (status == CW_OK) {
        *ret_created_at_s = created_at_s;
    }
    return status;
}
