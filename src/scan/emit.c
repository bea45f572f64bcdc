#include "scan/announce.h"
#include "scan/run.h"

enum { PROGRAMS_SHORT = 16 };

/* B, or without the reports, the changes and most programmes when they make it too long: an alert
 * that says less is better than none, and all of it can be found through the hashes in it. */
static enum cw_status build(struct cw_event_facts *facts, struct cw_buf *body, struct cw_error *err)
{
    struct cw_error why = {0};
    enum cw_status status = cw_alert_build(&facts->facts, body, &why);
    if (status == CW_LIMIT) {
        facts->address.reported_count = 0;
        facts->address.changes_count = 0;
        if (facts->address.programs_count > PROGRAMS_SHORT) {
            facts->address.programs_count = PROGRAMS_SHORT;
        }
        cw_buf_reset(body);
        cw_error_clear(&why);
        status = cw_alert_build(&facts->facts, body, &why);
    }
    return status == CW_OK ? CW_OK : cw_error_set(err, status, "alert: %s", why.text);
}

static enum cw_status emit_body(struct cw_scan *scan, struct cw_span body, struct cw_error *err)
{
    struct cw_alert_summary summary;
    bool is_new = true;
    enum cw_status status = cw_alert_summarise(body, &summary, err);
    if (status == CW_OK && cw_scan_is_writing(scan)) {
        const struct cw_announcer to = {scan->home, scan->store, scan->now_s};
        status = cw_announce_body(&to, body, &summary, &is_new, err);
    }
    if (status == CW_OK && is_new) {
        status = cw_scan_report_alert(scan->report, &summary, err);
    }
    return status;
}

enum cw_status cw_scan_emit(struct cw_scan *scan, struct cw_event_facts *facts,
                            struct cw_error *err)
{
    struct cw_buf body;
    cw_buf_init(&body, CW_ALERT_BYTES_MAX);
    enum cw_status status = build(facts, &body, err);
    if (status == CW_OK) {
        status = emit_body(scan, cw_buf_as_span(&body), err);
    }
    cw_buf_clear(&body);
    return status;
}

/* A dry run stores nothing, so what it said already stands in its report alone. */
static bool is_reported(const struct cw_scan_report *report, const char *id)
{
    for (size_t i = 0; i < report->alerts_count; i++) {
        if (strcmp(report->alerts[i].summary.id, id) == 0) {
            return true;
        }
    }
    return false;
}

enum cw_status cw_scan_was_told(const struct cw_scan *scan, const struct cw_alert_facts *facts,
                                bool *ret_was_told, struct cw_error *err)
{
    char id[CW_UUID_TEXT_BYTES];
    const enum cw_status status = cw_alert_id(facts, id, err);
    if (status != CW_OK) {
        return status;
    }
    *ret_was_told = is_reported(scan->report, id);
    return *ret_was_told || scan->store == NULL
               ? CW_OK
               : cw_store_alert_is_known(scan->store, id, ret_was_told, err);
}

enum cw_status cw_scan_tell_once(struct cw_scan *scan, const struct cw_alert_facts *facts,
                                 struct cw_error *err)
{
    bool was_told = false;
    struct cw_event_facts event = {.facts = *facts};
    const enum cw_status status = cw_scan_was_told(scan, facts, &was_told, err);
    return status != CW_OK || was_told ? status : cw_scan_emit(scan, &event, err);
}
