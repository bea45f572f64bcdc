#include "deliver/lane.h"

/* Five alerts in a row that died say that nobody listens (alerts.md section 7). "In a row" is read
 * from the outbox itself, in order of the queue, so it holds over runs, and a redelivery or a
 * success takes it back without any counter that could go wrong. */
enum {
    DEAD_IN_A_ROW = 5,
    LOOK_BACK_S = 30 * 24 * 3600, /* older letters say nothing about the receiver of today */
    IDS_BYTES_MAX = 64 << 20,     /* a million alerts in that time */
};

struct ending {
    const char *endpoint;
    uint64_t dead; /* since the last success */
};

static enum cw_status collect_id(void *ctx, const struct cw_stored_alert *alert,
                                 const struct cw_alert_summary *summary, struct cw_error *err)
{
    struct cw_buf *ids = ctx;
    (void)alert;
    cw_buf_append(ids, summary->id, sizeof(summary->id));
    return cw_buf_status(ids, err);
}

static enum cw_status count_ending(void *ctx, const struct cw_delivery *delivery,
                                   struct cw_error *err)
{
    struct ending *ending = ctx;
    (void)err;
    if (strcmp(delivery->endpoint, ending->endpoint) != 0) {
        return CW_OK;
    }
    switch (delivery->state) {
    case CW_DELIVERY_DELIVERED:
        ending->dead = 0;
        break;
    case CW_DELIVERY_DEAD:
        ending->dead++;
        break;
    case CW_DELIVERY_WAITING:
        break;
    }
    return CW_OK;
}

static enum cw_status count_dead(struct cw_lanes *lanes, struct ending *ending,
                                 struct cw_error *err)
{
    const struct cw_alert_filter filter = {
        .since_s = cw_clock_now_s(&lanes->options->clock) - LOOK_BACK_S,
    };
    struct cw_buf ids;
    cw_buf_init(&ids, IDS_BYTES_MAX);
    enum cw_status status = cw_store_alerts(lanes->store, &filter, collect_id, &ids, err);
    for (size_t at = 0; status == CW_OK && at < ids.len; at += CW_UUID_TEXT_BYTES) {
        status = cw_store_deliveries(lanes->store, ids.data + at, count_ending, ending, err);
    }
    cw_buf_clear(&ids);
    return status;
}

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

static enum cw_status disable_if_hopeless(struct cw_lanes *lanes, const struct cw_lane *lane,
                                          struct cw_error *err)
{
    struct ending ending = {.endpoint = lane->receiver->id};
    enum cw_status status = count_dead(lanes, &ending, err);
    if (status != CW_OK || ending.dead < DEAD_IN_A_ROW) {
        return status;
    }
    size_t disabled = 0;
    status = count_disabled(lanes, &disabled, err);
    if (status != CW_OK || disabled + 1 >= lanes->count) {
        return status; /* the last one that is enabled: silence everywhere would be worse */
    }
    return cw_store_endpoint_put(lanes->store, lane->receiver->id, true, 0,
                                 "five dead alerts in a row", err);
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
