#include "base/stop.h"
#include "scan/run.h"

enum { BACK_OFF_DOUBLINGS = 10 };

enum cw_status cw_scan_record(const struct cw_scan *scan, const struct cw_intake *intake,
                              const char *outcome, struct cw_error *err)
{
    const struct cw_fetch_result *fetched = &intake->fetched;
    const struct cw_retrieval retrieval = {
        .feed = intake->feed->id,
        .at_s = fetched->retrieved_at_s,
        .outcome = outcome,
        .http_status = fetched->http_status,
        .url = fetched->url,
        .final_url = fetched->final_url,
        .sha256 = fetched->sha256,
        .bytes = fetched->bytes,
        .error_code = intake->entry->error_code,
        .error_text = intake->entry->error_text,
    };
    const enum cw_status status = cw_store_retrieval_add(scan->store, &retrieval, err);
    return status == CW_OK ? cw_scan_log_snapshot(scan, intake, err) : status;
}

/* Writes the feed's state and the record of the retrieval in one transaction. */
enum cw_status cw_scan_save(struct cw_scan *scan, struct cw_intake *intake, const char *outcome,
                            struct cw_error *err)
{
    if (scan->options->is_offline) {
        return CW_OK;
    }
    if (!cw_scan_is_writing(scan)) {
        return cw_scan_tell_feed(scan, intake, err);
    }
    enum cw_status status = cw_store_begin(scan->store, err);
    if (status == CW_OK) {
        status = cw_scan_record(scan, intake, outcome, err);
    }
    if (status == CW_OK) {
        status = cw_scan_put_state(scan, intake, err);
    }
    status = cw_store_end(scan->store, status, err);
    if (status == CW_OK) {
        intake->stored = intake->state;
        intake->is_recorded = true;
    }
    return status;
}

void cw_scan_set_error(struct cw_intake *intake, const char *code, const char *text)
{
    (void)snprintf(intake->entry->error_code, sizeof(intake->entry->error_code), "%s", code);
    (void)snprintf(intake->entry->error_text, sizeof(intake->entry->error_text), "%s", text);
    (void)snprintf(intake->state.error_code, sizeof(intake->state.error_code), "%s", code);
    (void)snprintf(intake->state.error_text, sizeof(intake->state.error_text), "%s", text);
}

/* A server that turned us away is left alone for as long as it asks; when it does not say, for
 * longer every time. */
static int64_t wait_until(int64_t now_s, const struct cw_fetch_result *fetched, uint64_t failures)
{
    if (!fetched->is_turned_away) {
        return 0;
    }
    if (fetched->retry_after_s > 0) {
        return now_s + fetched->retry_after_s;
    }
    const uint64_t doublings =
        failures - 1 < BACK_OFF_DOUBLINGS ? failures - 1 : BACK_OFF_DOUBLINGS;
    const int64_t wait_s = (int64_t)CW_BACK_OFF_S << doublings;
    return now_s + (wait_s < CW_RETRY_AFTER_MAX_S ? wait_s : CW_RETRY_AFTER_MAX_S);
}

/* The last good list stays in force; how long the trouble lasts is remembered. */
enum cw_status cw_scan_failed(struct cw_scan *scan, struct cw_intake *intake, const char *code,
                              const char *text, struct cw_error *err)
{
    struct cw_feed_state *state = &intake->state;
    cw_scan_set_error(intake, code, text);
    intake->entry->status = CW_SCAN_FAILED;
    state->status = CW_FEED_FAILED;
    state->failing_since_s = state->failures == 0 ? scan->now_s : state->failing_since_s;
    state->failures++;
    state->attempted_at_s = scan->now_s;
    state->not_before_s = wait_until(scan->now_s, &intake->fetched, state->failures);
    return cw_scan_save(scan, intake, "failed", err);
}

bool cw_scan_is_late(const struct cw_scan *scan)
{
    return cw_clock_monotonic_ms(&scan->options->clock) >= cw_stop_limit(scan->deadline_ms);
}

void cw_scan_stopped(struct cw_intake *intake)
{
    intake->state = intake->stored;
    *intake->entry = (struct cw_scan_feed){.feed = intake->entry->feed,
                                           .status = CW_SCAN_FAILED,
                                           .last_good_s = intake->entry->last_good_s};
    cw_scan_copy(intake->entry->error_code, sizeof(intake->entry->error_code), CW_FETCH_STOPPED);
    cw_scan_copy(intake->entry->error_text, sizeof(intake->entry->error_text),
                 "the run was stopped before the list was read; the next one asks for it again");
}

enum cw_status cw_scan_held(struct cw_scan *scan, struct cw_intake *intake, struct cw_error *err)
{
    struct cw_feed_state *state = &intake->state;
    intake->entry->status = CW_SCAN_HELD;
    state->status = CW_FEED_HELD;
    state->attempted_at_s = scan->now_s;
    (void)snprintf(state->held_sha256, sizeof(state->held_sha256), "%s", intake->fetched.sha256);
    return cw_scan_save(scan, intake, "held", err);
}

/* A good answer: 200 whose document is believed, or 304. */
void cw_scan_good(const struct cw_scan *scan, struct cw_intake *intake)
{
    struct cw_feed_state *state = &intake->state;
    const struct cw_fetch_result *fetched = &intake->fetched;
    state->status = CW_FEED_GOOD;
    if (fetched->http_status != 304) {
        state->whole_at_s = fetched->retrieved_at_s;
    }
    state->retrieved_at_s = fetched->retrieved_at_s;
    state->attempted_at_s = scan->now_s;
    state->not_before_s = 0;
    state->failures = 0;
    state->failing_since_s = 0;
    cw_scan_set_error(intake, "", "");
    if (fetched->url[0] != '\0') { /* also when the same bytes are served elsewhere now */
        cw_scan_copy(state->url, sizeof(state->url), fetched->url);
    }
    if (fetched->outcome == CW_FETCH_NEW) {
        state->http_status = fetched->http_status;
        state->snapshot_bytes = fetched->bytes;
        cw_scan_copy(state->snapshot_sha256, sizeof(state->snapshot_sha256), fetched->sha256);
        cw_scan_copy(state->final_url, sizeof(state->final_url), fetched->final_url);
        cw_scan_copy(state->media_type, sizeof(state->media_type), fetched->media_type);
    }
    /* also when the list came back to what we have: there is nothing to wait for any more */
    cw_scan_copy(state->held_sha256, sizeof(state->held_sha256), "");
    cw_scan_copy(state->held_evidence, sizeof(state->held_evidence), "");
    state->held_fetches = 0;
    state->held_since_s = 0;
    cw_scan_copy(state->released_sha256, sizeof(state->released_sha256), "");
    /* 304 may carry a newer validator; one that is absent does not erase the old */
    if (fetched->outcome == CW_FETCH_NEW || fetched->etag[0] != '\0') {
        cw_scan_copy(state->etag, sizeof(state->etag), fetched->etag);
    }
    if (fetched->outcome == CW_FETCH_NEW || fetched->last_modified[0] != '\0') {
        cw_scan_copy(state->last_modified, sizeof(state->last_modified), fetched->last_modified);
    }
}
