#include "deliver/lane.h"

#include <stdlib.h>

#include "base/stop.h"

/* ---- making ---- */

/* A time beyond this was written while the clock was wrong: what waits for it is due. */
static int64_t latest_wait(int64_t now_s)
{
    return now_s < INT64_MAX - CW_RETRY_WAIT_MAX_S ? now_s + CW_RETRY_WAIT_MAX_S : INT64_MAX;
}

static enum cw_status open_lane(struct cw_lanes *lanes, const struct cw_receiver *receiver,
                                struct cw_lane *ret, struct cw_error *err)
{
    const struct cw_clock *clock = &lanes->options->clock;
    const uint64_t limit_ms = cw_clock_monotonic_ms(clock) + CW_DELIVERY_RUN_MS;
    const uint64_t run_ms = lanes->options->deadline_ms;
    bool is_disabled = false;
    int64_t not_before_s = 0;
    const enum cw_status status =
        cw_store_endpoint_get(lanes->store, receiver->id, &is_disabled, &not_before_s, err);
    if (status != CW_OK) {
        return status;
    }
    const int64_t now_s = cw_clock_now_s(clock);
    const bool is_waiting = not_before_s > now_s && not_before_s <= latest_wait(now_s);
    const bool is_closed = is_disabled || is_waiting;
    *ret = (struct cw_lane){
        .receiver = receiver,
        .state = is_closed ? CW_LANE_CLOSED : CW_LANE_FREE,
        .is_resting = is_closed,
        .deadline_ms = run_ms < limit_ms ? run_ms : limit_ms,
    };
    return cw_store_recall(lanes->store, receiver->id, now_s, latest_wait(now_s), err);
}

enum cw_status cw_lanes_init(struct cw_lanes *lanes, const struct cw_receiver *receivers,
                             size_t count, struct cw_error *err)
{
    cw_due_init(&lanes->due);
    lanes->items = calloc(count > 0 ? count : 1, sizeof(*lanes->items));
    if (lanes->items == NULL) {
        return cw_error_set(err, CW_NOMEM, "not enough memory for %zu endpoints", count);
    }
    lanes->count = count;
    enum cw_status status = CW_OK;
    for (size_t i = 0; status == CW_OK && i < count; i++) {
        status = open_lane(lanes, &receivers[i], &lanes->items[i], err);
    }
    return status;
}

void cw_lanes_clear(struct cw_lanes *lanes)
{
    cw_due_clear(&lanes->due);
    free(lanes->items);
    lanes->items = NULL;
    lanes->count = 0;
}

struct cw_lane *cw_lanes_find(const struct cw_lanes *lanes, uint64_t request_id)
{
    for (size_t i = 0; i < lanes->count; i++) {
        struct cw_lane *lane = &lanes->items[i];
        if (lane->state == CW_LANE_BUSY && lane->request_id == request_id) {
            return lane;
        }
    }
    return NULL;
}

size_t cw_lanes_busy(const struct cw_lanes *lanes)
{
    size_t busy = 0;
    for (size_t i = 0; i < lanes->count; i++) {
        busy += lanes->items[i].state == CW_LANE_BUSY ? 1 : 0;
    }
    return busy;
}

/* ---- taking a row ---- */

static enum cw_status read_row(struct cw_lanes *lanes, struct cw_lane *lane, int64_t due_s,
                               int64_t after_seq, struct cw_error *err)
{
    const enum cw_status status =
        cw_store_due_next(lanes->store, lane->receiver->id, due_s, after_seq, &lanes->due, err);
    lane->seq = lanes->due.seq;
    if (lane->seq > 0) {
        lane->row = lanes->due.delivery;
    }
    return status;
}

/* Something is due: then the oldest that this receiver's silence keeps goes in its place. */
static enum cw_status prefer_oldest(struct cw_lanes *lanes, struct cw_lane *lane,
                                    struct cw_error *err)
{
    const int64_t now_s = cw_clock_now_s(&lanes->options->clock);
    if (lane->has_begun) {
        return CW_OK;
    }
    lane->has_begun = true;
    const enum cw_status status = read_row(lanes, lane, now_s, 0, err);
    if (status != CW_OK || lane->seq == 0) {
        return status;
    }
    return cw_store_due_exchange(lanes->store, lane->receiver->id, now_s, lane->seq, err);
}

/* Rows that were passed over may go now. */
static void look_again(struct cw_lane *lane, int64_t from_seq)
{
    lane->cursor_seq = lane->cursor_seq < from_seq ? lane->cursor_seq : from_seq;
    lane->is_drained = false;
}

static enum cw_status wake_all(struct cw_lanes *lanes, struct cw_lane *lane, struct cw_error *err)
{
    uint64_t rows = 0;
    if (lane->is_heard) {
        return CW_OK;
    }
    lane->is_heard = true;
    const enum cw_status status = cw_store_due_wake(
        lanes->store, lane->receiver->id, cw_clock_now_s(&lanes->options->clock), &rows, err);
    if (status == CW_OK && rows > 0) {
        look_again(lane, 0);
    }
    return status;
}

/* A second attempt is timed by the monotonic clock; in the store its row is due a few seconds ahead
 * at most. A row that is not found so (the wall clock was set back) is left to the next run. */
static enum cw_status take_again(struct cw_lanes *lanes, struct cw_lane *lane, bool *ret_has_row,
                                 struct cw_error *err)
{
    const struct cw_clock *clock = &lanes->options->clock;
    if (lane->again_count == 0 || lane->again[0].ready_ms > cw_clock_monotonic_ms(clock)) {
        return CW_OK;
    }
    const int64_t wanted_seq = lane->again[0].seq;
    lane->again_count--;
    memmove(lane->again, lane->again + 1, lane->again_count * sizeof(lane->again[0]));
    const enum cw_status status =
        read_row(lanes, lane, cw_clock_now_s(clock) + CW_RETRY_IN_RUN_S, wanted_seq - 1, err);
    *ret_has_row = status == CW_OK && lane->seq == wanted_seq;
    return status;
}

/* The taken row cannot be sent, now or ever: its stored bytes are no alert. */
static enum cw_status bury(struct cw_lanes *lanes, struct cw_lane *lane, const char *why,
                           struct cw_error *err)
{
    char text[CW_ATTEMPT_ERROR_BYTES];
    const int64_t now_s = cw_clock_now_s(&lanes->options->clock);
    (void)snprintf(text, sizeof(text), "the stored alert is damaged: %.200s", why);
    const struct cw_attempt_end end = {.state = CW_DELIVERY_DEAD, .error = text};
    enum cw_status status = cw_store_attempt_begin(lanes->store, lane->seq, now_s, now_s, err);
    if (status == CW_OK) {
        status = cw_store_attempt_end(lanes->store, lane->seq, now_s, &end, err);
    }
    lanes->report.failed++;
    return status;
}

/* Rows were routed when they were queued. If the filter was tightened since, the operator's present
 * word counts: what it forbids does not leave, and keeps waiting. */
static enum cw_status judge(struct cw_lanes *lanes, struct cw_lane *lane, bool *ret_is_wanted,
                            struct cw_error *err)
{
    struct cw_alert_summary summary;
    struct cw_error cause = {0};
    const enum cw_status status =
        cw_alert_summarise(cw_buf_as_span(&lanes->due.body), &summary, &cause);
    if (status == CW_NOMEM) {
        return cw_error_set(err, status, "%s", cause.text);
    }
    if (status != CW_OK) {
        *ret_is_wanted = false;
        return bury(lanes, lane, cause.text, err);
    }
    *ret_is_wanted = cw_receiver_wants(lane->receiver, &summary);
    return CW_OK;
}

static enum cw_status take_new(struct cw_lanes *lanes, struct cw_lane *lane, bool *ret_has_row,
                               struct cw_error *err)
{
    while (!lane->is_drained) {
        enum cw_status status =
            read_row(lanes, lane, cw_clock_now_s(&lanes->options->clock), lane->cursor_seq, err);
        if (status != CW_OK) {
            return status;
        }
        if (lane->seq == 0) {
            lane->is_drained = true;
            return CW_OK;
        }
        CW_ASSERT(lane->seq > lane->cursor_seq);
        lane->cursor_seq = lane->seq;
        status = judge(lanes, lane, ret_has_row, err);
        if (status != CW_OK || *ret_has_row) {
            return status;
        }
    }
    return CW_OK;
}

enum cw_status cw_lane_take(struct cw_lanes *lanes, struct cw_lane *lane, bool *ret_has_row,
                            struct cw_error *err)
{
    CW_ASSERT(lane->state == CW_LANE_FREE);
    *ret_has_row = false;
    if (cw_stop_is_asked() || cw_clock_monotonic_ms(&lanes->options->clock) >= lane->deadline_ms) {
        lane->state = CW_LANE_CLOSED;
        return CW_OK;
    }
    enum cw_status status = prefer_oldest(lanes, lane, err);
    if (status == CW_OK) {
        status = take_again(lanes, lane, ret_has_row, err);
    }
    if (status == CW_OK && !*ret_has_row) {
        status = take_new(lanes, lane, ret_has_row, err);
    }
    const bool has_again = lane->again_count > 0 && lane->again[0].ready_ms < lane->deadline_ms;
    if (status == CW_OK && !*ret_has_row && !has_again) {
        lane->state = CW_LANE_CLOSED;
    }
    return status;
}

/* ---- one attempt ---- */

static enum cw_retry_decision decide(const struct cw_lanes *lanes, const struct cw_lane *lane,
                                     const struct cw_lane_outcome *outcome, int64_t *ret_due_s)
{
    const struct cw_retry_input input = {
        .attempts = lane->row.attempts,
        .queued_at_s = lane->row.queued_at_s,
        .now_s = cw_clock_now_s(&lanes->options->clock),
        .http_status = outcome->http_status,
        .retry_after_s = outcome->retry_after_s,
    };
    *ret_due_s = input.now_s;
    return cw_retry_decide(&input, &lanes->options->random, ret_due_s);
}

enum cw_status cw_lane_begin(struct cw_lanes *lanes, struct cw_lane *lane, uint64_t request_id,
                             struct cw_error *err)
{
    CW_ASSERT(lane->state == CW_LANE_FREE);
    CW_ASSERT(lane->seq > 0);
    const struct cw_lane_outcome lost = {.error = ""};
    int64_t due_again_s = 0;
    lane->row.attempts++;
    /* Should we die before the end is recorded, the row is due as after no answer; also past the
     * last day, because nobody has heard then how this attempt ended. */
    (void)decide(lanes, lane, &lost, &due_again_s);
    const enum cw_status status = cw_store_attempt_begin(
        lanes->store, lane->seq, cw_clock_now_s(&lanes->options->clock), due_again_s, err);
    if (status == CW_OK) {
        lane->state = CW_LANE_BUSY;
        lane->request_id = request_id;
        lane->began_ms = cw_clock_monotonic_ms(&lanes->options->clock);
    }
    return status;
}

static void remember_again(const struct cw_lanes *lanes, struct cw_lane *lane, int64_t due_s)
{
    const struct cw_clock *clock = &lanes->options->clock;
    const bool is_soon = due_s - cw_clock_now_s(clock) <= CW_RETRY_IN_RUN_S;
    if (is_soon && lane->again_count < CW_LANE_AGAIN_MAX) {
        lane->again[lane->again_count++] = (struct cw_lane_again){
            .seq = lane->seq,
            .ready_ms = cw_clock_monotonic_ms(clock) + (uint64_t)CW_RETRY_IN_RUN_S * 1000u,
        };
    }
}

void cw_lane_rest(struct cw_lane *lane)
{
    lane->state = CW_LANE_CLOSED;
    lane->is_resting = true;
}

static enum cw_status pause_lane(struct cw_lanes *lanes, struct cw_lane *lane, int64_t due_s,
                                 const struct cw_lane_outcome *outcome, struct cw_error *err)
{
    cw_lane_rest(lane);
    if (outcome->retry_after_s == 0) {
        return CW_OK;
    }
    return cw_store_endpoint_put(lanes->store, lane->receiver->id, false, due_s, outcome->error,
                                 err);
}

/* What the decision means for the endpoint; the row itself is recorded already. */
static enum cw_status follow(struct cw_lanes *lanes, struct cw_lane *lane,
                             enum cw_retry_decision decision, int64_t due_s,
                             const struct cw_lane_outcome *outcome, struct cw_error *err)
{
    lane->state = CW_LANE_FREE;
    lanes->report.sent += decision == CW_RETRY_DONE ? 1 : 0;
    lanes->report.failed += decision == CW_RETRY_DONE ? 0 : 1;
    switch (decision) {
    case CW_RETRY_DONE:
        look_again(lane, lane->seq);
        return wake_all(lanes, lane, err);
    case CW_RETRY_LATER:
        remember_again(lanes, lane, due_s);
        return CW_OK;
    case CW_RETRY_LATER_PAUSE:
        return pause_lane(lanes, lane, due_s, outcome, err);
    case CW_RETRY_DEAD:
        lane->has_dead = true;
        look_again(lane, lane->seq);
        if (cw_retry_is_pause(outcome->http_status)) {
            cw_lane_rest(lane);
        }
        return CW_OK;
    case CW_RETRY_DISABLE:
        return cw_lane_disable(lanes, lane, "410: the receiver says that it is gone for good", err);
    }
    return CW_OK;
}

static enum cw_delivery_state state_after(enum cw_retry_decision decision)
{
    switch (decision) {
    case CW_RETRY_DONE:
        return CW_DELIVERY_DELIVERED;
    case CW_RETRY_DEAD:
        return CW_DELIVERY_DEAD;
    case CW_RETRY_LATER:
    case CW_RETRY_LATER_PAUSE:
    case CW_RETRY_DISABLE: /* the row waits until the endpoint is enabled by hand */
        return CW_DELIVERY_WAITING;
    }
    return CW_DELIVERY_WAITING;
}

enum cw_status cw_lane_end(struct cw_lanes *lanes, struct cw_lane *lane,
                           const struct cw_lane_outcome *outcome, struct cw_error *err)
{
    CW_ASSERT(lane->state == CW_LANE_BUSY);
    int64_t due_s = 0;
    const enum cw_retry_decision decision = decide(lanes, lane, outcome, &due_s);
    const struct cw_attempt_end end = {
        .state = state_after(decision),
        .due_at_s = due_s,
        .http_status = outcome->http_status,
        .error = outcome->error,
        .answer = outcome->answer,
    };
    const enum cw_status status = cw_store_attempt_end(
        lanes->store, lane->seq, cw_clock_now_s(&lanes->options->clock), &end, err);
    return status == CW_OK ? follow(lanes, lane, decision, due_s, outcome, err) : status;
}
