#include "deliver/deliver.h"

#include "base/stop.h"
#include "deliver/lane.h"

/* Past its own time limit and this grace the program is taken for hung. */
enum { HUNG_GRACE_MS = 10000 };

/* One run: the lanes and the one program that posts for all of them.
 *
 * If the program dies, one of the answers it was reading may have killed it, and we cannot tell
 * which. So after the first death the run is careful: one request at a time, and the endpoint that
 * is then spoken to at a death is left alone for this run. The others still get their alerts. */
struct run {
    struct cw_lanes lanes;
    struct cw_net *net; /* NULL until the first row is due, and after a death */
    struct cw_attempt_text text;
    uint64_t request_id;
    uint64_t deaths;
};

static uint64_t now_ms(const struct run *run)
{
    return cw_clock_monotonic_ms(&run->lanes.options->clock);
}

static enum cw_status ensure_net(struct run *run, struct cw_error *err)
{
    return run->net != NULL ? CW_OK
                            : cw_net_start(&run->lanes.options->net, NULL, 0, &run->net, err);
}

static enum cw_status end_failed(struct run *run, struct cw_lane *lane, const char *why,
                                 struct cw_error *err)
{
    char text[CW_ATTEMPT_ERROR_BYTES];
    (void)snprintf(text, sizeof(text), "%.*s", CW_ATTEMPT_ERROR_BYTES - 1, why);
    const struct cw_lane_outcome outcome = {.error = text};
    return cw_lane_end(&run->lanes, lane, &outcome, err);
}

/* Every attempt under way becomes a failure: whether it arrived is not known, so it is tried again
 * with the same id, and the receiver drops the second one. */
static enum cw_status lose_net(struct run *run, const char *why, struct cw_error *err)
{
    const bool was_careful = run->deaths > 0;
    cw_net_stop(run->net);
    run->net = NULL;
    run->deaths++;
    enum cw_status status = CW_OK;
    for (size_t i = 0; status == CW_OK && i < run->lanes.count; i++) {
        struct cw_lane *lane = &run->lanes.items[i];
        if (lane->state == CW_LANE_BUSY) {
            status = end_failed(run, lane, why, err);
            if (was_careful) {
                cw_lane_rest(lane);
            }
        }
        if (run->deaths > run->lanes.count + 1) {
            cw_lane_rest(lane); /* it dies without being spoken to */
        }
    }
    return status;
}

static enum cw_status send_row(struct run *run, struct cw_lane *lane, struct cw_error *err)
{
    struct cw_error cause = {0};
    struct cw_net_request request;
    const struct cw_attempt attempt = {
        .receiver = lane->receiver,
        .request_id = lane->request_id,
        .timestamp_s = cw_clock_now_s(&run->lanes.options->clock),
        .event = {.id = cw_span_cstr(lane->row.alert_id),
                  .body = cw_buf_as_span(&run->lanes.due.body),
                  .detached = cw_buf_as_span(&run->lanes.due.detached)},
        .user_agent = run->lanes.options->user_agent,
    };
    enum cw_status status = cw_attempt_request(&attempt, &run->text, &request, &cause);
    if (status == CW_OK) {
        status = cw_net_send(run->net, &request, &cause);
    }
    switch (status) {
    case CW_OK:
        return CW_OK;
    case CW_NOMEM:
        return cw_error_set(err, CW_NOMEM, "endpoint %s: %s", lane->receiver->id, cause.text);
    case CW_INVALID:
    case CW_LIMIT:
        return end_failed(run, lane, cause.text, err);
    case CW_UNTRUSTED:
    case CW_TEMPORARY:
    case CW_NOT_FOUND:
    case CW_BUSY:
    case CW_DENIED:
    case CW_IO:
    case CW_STATE:
        break;
    }
    return lose_net(run, cause.text, err);
}

/* Takes the lane's next row and records its attempt; true in ret when it is to be sent now. */
static enum cw_status begin_lane(struct run *run, struct cw_lane *lane, bool *ret_is_begun,
                                 struct cw_error *err)
{
    bool has_row = false;
    enum cw_status status = cw_lane_take(&run->lanes, lane, &has_row, err);
    if (status == CW_OK && has_row) {
        status = ensure_net(run, err);
    }
    if (status == CW_OK && has_row) {
        status = cw_lane_begin(&run->lanes, lane, ++run->request_id, err);
    }
    *ret_is_begun = status == CW_OK && has_row;
    return status;
}

static enum cw_status start_lane(struct run *run, struct cw_lane *lane, struct cw_error *err)
{
    bool is_begun = false;
    const enum cw_status status = begin_lane(run, lane, &is_begun, err);
    return is_begun ? send_row(run, lane, err) : status;
}

static bool may_start(const struct run *run)
{
    return run->deaths == 0 || cw_lanes_busy(&run->lanes) == 0;
}

/* Outside of any transaction: an endpoint ended in one, and the others are to be told. */
static void tell_disabled(struct run *run)
{
    const struct cw_deliver_options *options = run->lanes.options;
    if (run->lanes.has_told && options->after_disabled != NULL) {
        CW_ASSERT(!cw_store_is_changing(run->lanes.store));
        options->after_disabled(options->after_disabled_ctx);
    }
    run->lanes.has_told = false;
}

static enum cw_status start_lanes(struct run *run, struct cw_error *err)
{
    enum cw_status status = CW_OK;
    tell_disabled(run);
    for (size_t i = 0; status == CW_OK && i < run->lanes.count; i++) {
        if (run->lanes.items[i].state == CW_LANE_FREE && may_start(run)) {
            status = start_lane(run, &run->lanes.items[i], err);
        }
    }
    return status;
}

/* When something is to be done for a lane; false: nothing until an answer comes, or never. */
static bool lane_wakes(const struct run *run, const struct cw_lane *lane, uint64_t *ret_at_ms)
{
    switch (lane->state) {
    case CW_LANE_BUSY:
        *ret_at_ms = cw_stop_limit(lane->began_ms + CW_DELIVERY_TOTAL_MS + HUNG_GRACE_MS);
        return true;
    case CW_LANE_FREE:
        *ret_at_ms = lane->is_drained && lane->again_count > 0 ? lane->again[0].ready_ms : 0;
        return may_start(run);
    case CW_LANE_CLOSED:
        return false;
    }
    return false;
}

/* How long to listen before some lane wants to act; false when the run is at its end. */
static bool next_wait(const struct run *run, uint64_t *ret_wait_ms)
{
    bool has_any = false;
    uint64_t first_ms = UINT64_MAX;
    for (size_t i = 0; i < run->lanes.count; i++) {
        uint64_t at_ms = 0;
        if (lane_wakes(run, &run->lanes.items[i], &at_ms)) {
            has_any = true;
            first_ms = at_ms < first_ms ? at_ms : first_ms;
        }
    }
    const uint64_t at = now_ms(run);
    *ret_wait_ms = first_ms > at ? first_ms - at : 0;
    return has_any;
}

static struct cw_lane_outcome outcome_of(const struct run *run, const struct cw_net_result *result,
                                         char text[static CW_ATTEMPT_ERROR_BYTES])
{
    int64_t delay_s = 0;
    cw_attempt_error(result, text);
    struct cw_lane_outcome outcome = {
        .http_status = cw_attempt_status(result),
        .error = text,
        .answer = cw_span_slice(result->answer, 0, CW_DELIVERY_ANSWER_MAX),
    };
    if (outcome.http_status != 0 &&
        cw_retry_after_parse(result->retry_after, cw_clock_now_s(&run->lanes.options->clock),
                             &delay_s)) {
        outcome.retry_after_s = delay_s;
    }
    return outcome;
}

/* The end of one attempt and the begin of the next: one commit, one wait for the disk. */
static enum cw_status end_and_begin(struct run *run, struct cw_lane *lane,
                                    const struct cw_lane_outcome *outcome, bool *ret_is_begun,
                                    struct cw_error *err)
{
    struct cw_store *store = run->lanes.store;
    enum cw_status status = cw_store_begin(store, err);
    if (status == CW_OK) {
        status = cw_lane_end(&run->lanes, lane, outcome, err);
    }
    if (status == CW_OK && lane->state == CW_LANE_FREE && may_start(run)) {
        status = begin_lane(run, lane, ret_is_begun, err);
    }
    return cw_store_end(store, status, err);
}

static enum cw_status take_result(struct run *run, const struct cw_net_result *result,
                                  struct cw_error *err)
{
    struct cw_lane *lane = cw_lanes_find(&run->lanes, result->id);
    if (lane == NULL) {
        return lose_net(run, "the network program answered what was not asked", err);
    }
    char text[CW_ATTEMPT_ERROR_BYTES];
    bool is_begun = false;
    const struct cw_lane_outcome outcome = outcome_of(run, result, text);
    const enum cw_status status = end_and_begin(run, lane, &outcome, &is_begun, err);
    return status == CW_OK && is_begun ? send_row(run, lane, err) : status;
}

static bool is_hung(const struct run *run)
{
    for (size_t i = 0; i < run->lanes.count; i++) {
        uint64_t at_ms = 0;
        const struct cw_lane *lane = &run->lanes.items[i];
        if (lane->state == CW_LANE_BUSY && lane_wakes(run, lane, &at_ms) && at_ms <= now_ms(run)) {
            return true;
        }
    }
    return false;
}

static enum cw_status listen_to_net(struct run *run, uint64_t wait_ms, struct cw_error *err)
{
    struct cw_net_result result;
    struct cw_error cause = {0};
    enum cw_status status = ensure_net(run, err);
    if (status != CW_OK) {
        return status;
    }
    status = cw_net_receive(run->net, wait_ms < CW_STOP_POLL_MS ? wait_ms : CW_STOP_POLL_MS,
                            &result, &cause);
    if (status == CW_OK) {
        return take_result(run, &result, err);
    }
    if (status == CW_NOMEM) {
        return cw_error_set(err, status, "%s", cause.text);
    }
    if (status != CW_TEMPORARY) {
        return lose_net(run, cause.text, err);
    }
    const char *why = cw_stop_is_asked() ? "the run was stopped before an answer came"
                                         : "the network program does not answer";
    return is_hung(run) ? lose_net(run, why, err) : CW_OK;
}

static enum cw_status work(struct run *run, struct cw_error *err)
{
    for (;;) {
        uint64_t wait_ms = 0;
        enum cw_status status = start_lanes(run, err);
        if (status != CW_OK || !next_wait(run, &wait_ms)) {
            return status;
        }
        /* Also without any time to wait: an answer, or a program that hangs, must be noticed. */
        if (wait_ms > 0 || cw_lanes_busy(&run->lanes) > 0) {
            status = listen_to_net(run, wait_ms, err);
        }
        if (status != CW_OK) {
            return status;
        }
    }
}

static bool has_free_lane(const struct run *run)
{
    for (size_t i = 0; i < run->lanes.count; i++) {
        if (run->lanes.items[i].state == CW_LANE_FREE) {
            return true;
        }
    }
    return false;
}

/* Disabling an endpoint makes an alert for the others, so there may be work after it. It ends: each
 * round but the last closes a lane for good. */
static enum cw_status work_and_judge(struct run *run, struct cw_error *err)
{
    enum cw_status status = CW_OK;
    do {
        status = work(run, err);
        if (status == CW_OK) {
            status = cw_lanes_disable_hopeless(&run->lanes, err);
        }
    } while (status == CW_OK && has_free_lane(run));
    if (status == CW_OK) {
        tell_disabled(run);
    }
    return status;
}

enum cw_status cw_deliver_run(struct cw_store *store, const struct cw_receiver *receivers,
                              size_t receivers_count, const struct cw_deliver_options *options,
                              struct cw_deliver_report *ret_report, struct cw_error *err)
{
    CW_ASSERT(store != NULL);
    CW_ASSERT(receivers != NULL || receivers_count == 0);
    struct run run = {.lanes = {.store = store, .options = options}};
    cw_attempt_text_init(&run.text);
    enum cw_status status = cw_lanes_init(&run.lanes, receivers, receivers_count, err);
    if (status == CW_OK) {
        status = work_and_judge(&run, err);
    }
    cw_net_stop(run.net);
    if (status == CW_OK) {
        status = cw_lanes_count(&run.lanes, err);
    }
    if (status == CW_OK) {
        *ret_report = run.lanes.report;
    }
    cw_attempt_text_clear(&run.text);
    cw_lanes_clear(&run.lanes);
    return status;
}
