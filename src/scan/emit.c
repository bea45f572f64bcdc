#include "log/queue.h"
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

static enum cw_status queue(struct cw_scan *scan, const struct cw_alert_summary *summary,
                            struct cw_error *err)
{
    enum cw_status status = CW_OK;
    for (size_t i = 0; status == CW_OK && i < scan->home->receivers_count; i++) {
        const struct cw_receiver *receiver = &scan->home->receivers[i];
        if (cw_receiver_wants(receiver, summary)) {
            status = cw_store_enqueue(scan->store, summary->id, receiver->id, scan->now_s, err);
        }
    }
    return status;
}

static enum cw_status seal_and_store(struct cw_scan *scan, struct cw_span body,
                                     const struct cw_alert_summary *summary, bool *ret_is_new,
                                     struct cw_error *err)
{
    struct cw_buf jws;
    struct cw_buf detached;
    cw_buf_init(&jws, CW_JWS_BYTES_MAX);
    cw_buf_init(&detached, CW_JWS_BYTES_MAX);
    enum cw_status status = cw_seal(scan->home->alert_key, body, scan->now_s, &jws, &detached, err);
    if (status == CW_OK) {
        const struct cw_stored_alert alert = {
            .id = cw_span_cstr(summary->id),
            .body = body,
            .jws = cw_buf_as_span(&jws),
            .detached = cw_buf_as_span(&detached),
            .created_at_s = scan->now_s,
        };
        status = cw_store_alert_add(scan->store, &alert, summary, ret_is_new, err);
        if (status == CW_OK && *ret_is_new) {
            status = cw_log_queue_alert(scan->store, &alert, err);
        }
    }
    cw_buf_clear(&jws);
    cw_buf_clear(&detached);
    return status;
}

enum cw_status cw_scan_emit(struct cw_scan *scan, struct cw_event_facts *facts,
                            struct cw_error *err)
{
    struct cw_buf body;
    struct cw_alert_summary summary;
    bool is_new = true;
    cw_buf_init(&body, CW_ALERT_BYTES_MAX);
    enum cw_status status = build(facts, &body, err);
    if (status == CW_OK) {
        status = cw_alert_summarise(cw_buf_as_span(&body), &summary, err);
    }
    const bool is_writing = scan->options->mode == CW_SCAN_NORMAL;
    if (status == CW_OK && is_writing) {
        status = seal_and_store(scan, cw_buf_as_span(&body), &summary, &is_new, err);
    }
    if (status == CW_OK && is_writing) {
        status = queue(scan, &summary, err);
    }
    if (status == CW_OK && is_new) {
        status = cw_scan_report_alert(scan->report, &summary, err);
    }
    cw_buf_clear(&body);
    return status;
}
