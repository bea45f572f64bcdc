#include "deliver/lane.h"

/* Five alerts in a row that died say that nobody listens (alerts.md section 7). "In a row" is read
 * from the outbox itself, in order of the queue, so it holds over runs, and a redelivery or a
 * success takes it back without any counter that could go wrong. */
enum {
    DEAD_IN_A_ROW = 5,
    LOOK_BACK_S = 30 * 24 * 3600, /* older letters say nothing about the receiver of today */
};

static enum cw_status count_disabled(struct cw_lanes *lanes, size_t *ret_disabled,
                                     struct cw_error *err)
{
    size_t disabled = 0;
    enum cw_status status = CW_OK;
    for (size_t i = 0; status == CW_OK && i < lanes->count; i++) {
        bool is_disabled = false;
        int64_t not_before_s = 0;
        status = cw_store_endpoint_get(lanes->store, lanes->items[i].receiver->id, &is_disabled,
                                       &not_before_s, err);
        disabled += is_disabled ? 1 : 0;
    }
    *ret_disabled = disabled;
    return status;
}

/* Whoever had nothing more to send may have something now. */
static void reopen(struct cw_lanes *lanes)
{
    for (size_t i = 0; i < lanes->count; i++) {
        struct cw_lane *lane = &lanes->items[i];
        lane->is_drained = false;
        if (lane->state == CW_LANE_CLOSED && !lane->is_resting) {
            lane->state = CW_LANE_FREE;
        }
    }
}

static enum cw_status disable(struct cw_lanes *lanes, const struct cw_lane *lane,
                              const char *reason, struct cw_error *err)
{
    const struct cw_deliver_options *options = lanes->options;
    const char *endpoint = lane->receiver->id;
    const enum cw_status status =
        cw_store_endpoint_put(lanes->store, endpoint, true, 0, reason, err);
    if (status != CW_OK || options->on_disabled == NULL) {
        return status;
    }
    return options->on_disabled(options->on_disabled_ctx, endpoint, err);
}

enum cw_status cw_lane_disable(struct cw_lanes *lanes, struct cw_lane *lane, const char *reason,
                               struct cw_error *err)
{
    const bool is_mine = !cw_store_is_changing(lanes->store);
    enum cw_status status = is_mine ? cw_store_begin(lanes->store, err) : CW_OK;
    cw_lane_rest(lane);
    if (status == CW_OK) {
        status = disable(lanes, lane, reason, err);
    }
    if (is_mine) {
        status = cw_store_end(lanes->store, status, err);
    }
    if (status == CW_OK) {
        lanes->has_told = true;
        reopen(lanes);
    }
    return status;
}

static enum cw_status disable_if_hopeless(struct cw_lanes *lanes, struct cw_lane *lane,
                                          struct cw_error *err)
{
    uint64_t dead = 0;
    size_t disabled = 0;
    enum cw_status status =
        cw_store_dead_in_a_row(lanes->store, lane->receiver->id,
                               cw_clock_now_s(&lanes->options->clock) - LOOK_BACK_S, &dead, err);
    lane->has_dead = false;
    if (status != CW_OK || dead < DEAD_IN_A_ROW) {
        return status;
    }
    status = count_disabled(lanes, &disabled, err);
    if (status != CW_OK || disabled + 1 >= lanes->count) {
        return status; /* the last one that is enabled: silence everywhere would be worse */
    }
    return cw_lane_disable(lanes, lane, "five dead alerts in a row", err);
}

enum cw_status cw_lanes_disable_hopeless(struct cw_lanes *lanes, struct cw_error *err)
{
    enum cw_status status = CW_OK;
    for (size_t i = 0; status == CW_OK && i < lanes->count; i++) {
        if (lanes->items[i].has_dead) {
            status = disable_if_hopeless(lanes, &lanes->items[i], err);
        }
    }
    return status;
}

enum cw_status cw_lanes_count(struct cw_lanes *lanes, struct cw_error *err)
{
    struct cw_delivery_counts counts = {0};
    size_t disabled = 0;
    enum cw_status status = cw_store_delivery_counts(
        lanes->store, cw_clock_now_s(&lanes->options->clock), &counts, err);
    if (status == CW_OK) {
        status = count_disabled(lanes, &disabled, err);
    }
    lanes->report.pending = counts.waiting;
    lanes->report.dead = counts.dead;
    lanes->report.disabled = disabled;
    return status;
}
