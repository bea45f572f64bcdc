#include <jansson.h>

#include "scan/run.h"

const char *cw_scan_feed_status_name(enum cw_scan_feed_status status)
{
    switch (status) {
    case CW_SCAN_UPDATED:
        return "updated";
    case CW_SCAN_UNCHANGED:
        return "unchanged";
    case CW_SCAN_HELD:
        return "held";
    case CW_SCAN_FAILED:
        return "failed";
    case CW_SCAN_SKIPPED:
        return "skipped";
    }
    return "failed";
}

void cw_scan_report_clear(struct cw_scan_report *report)
{
    free(report->feeds);
    free(report->alerts);
    *report = (struct cw_scan_report){0};
}

/* Room doubles at powers of two: the count alone says when. */
enum cw_status cw_scan_report_alert(struct cw_scan_report *report,
                                    const struct cw_alert_summary *summary, struct cw_error *err)
{
    const size_t count = report->alerts_count;
    if ((count & (count - 1)) == 0) {
        const size_t cap = count == 0 ? 1 : count * 2;
        struct cw_scan_alert *moved = realloc(report->alerts, cap * sizeof(*moved));
        if (moved == NULL) {
            return cw_error_set(err, CW_NOMEM, "out of memory for %zu alerts", cap);
        }
        report->alerts = moved;
    }
    report->alerts[report->alerts_count++].summary = *summary;
    return CW_OK;
}

/* The run as it goes into the database: counts only, the alerts have rows of their own. */
enum cw_status cw_scan_report_store(struct cw_scan *scan, struct cw_error *err)
{
    const struct cw_scan_report *report = scan->report;
    json_t *feeds = json_array();
    for (size_t i = 0; i < report->feeds_count; i++) {
        const struct cw_scan_feed *feed = &report->feeds[i];
        (void)json_array_append_new(feeds, json_pack("{s:s, s:s}", "id", feed->feed->id, "status",
                                                     cw_scan_feed_status_name(feed->status)));
    }
    json_t *summary =
        json_pack("{s:o, s:I, s:I}", "feeds", feeds, "alerts", (json_int_t)report->alerts_count,
                  "sent", (json_int_t)report->deliveries.sent);
    char *text = summary == NULL ? NULL : json_dumps(summary, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(summary);
    if (text == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory for the summary of the run");
    }
    const enum cw_status status = cw_store_run_end(scan->store, scan->generation,
                                                   report->finished_at_s, cw_span_cstr(text), err);
    free(text);
    return status;
}
