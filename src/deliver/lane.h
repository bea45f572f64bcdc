/* lane.h: the queue of one endpoint during one run; for the files of this folder only.
 *
 * Knows which row comes next, what is recorded before and after an attempt, and when an endpoint is
 * left alone. Refuses to know the network.
 *
 *  state    means                                       leaves by
 *  FREE     may take its next row                       begin -> BUSY; nothing left -> CLOSED
 *  BUSY     one attempt is recorded and under way       end -> FREE or CLOSED
 *  CLOSED   nothing more in this run                    (stays)
 *
 * Order: rows go out oldest first. A row that failed is passed over and waits for its own time; the
 * rows behind it go on, but for those of its own case. What waits because
 * the receiver was silent is woken when it is heard again.
 */
#ifndef CW_DELIVER_LANE_H
#define CW_DELIVER_LANE_H

#include "deliver/attempt.h"
#include "deliver/retry.h"

/* Second attempts one lane waits for at a time; more rows stay due for the next run. */
enum { CW_LANE_AGAIN_MAX = 32 };

enum cw_lane_state { CW_LANE_FREE, CW_LANE_BUSY, CW_LANE_CLOSED };

struct cw_lane_again {
    int64_t seq;
    uint64_t ready_ms; /* monotonic */
};

struct cw_lane {
    const struct cw_receiver *receiver;
    enum cw_lane_state state;
    uint64_t deadline_ms; /* monotonic: no attempt starts from then on */
    int64_t cursor_seq;   /* last row taken for the first time in this run */
    bool is_drained;      /* no row is due behind the cursor */
    bool has_begun;       /* it was looked at in this run */
    bool is_heard;        /* the receiver took something in this run */
    bool is_resting;      /* CLOSED for more than a lack of rows */
    bool has_dead;        /* a row died since its dead were counted */
    struct cw_lane_again again[CW_LANE_AGAIN_MAX]; /* in order of time */
    size_t again_count;
    /* the attempt under way */
    int64_t seq;
    struct cw_delivery row;
    uint64_t request_id;
    uint64_t began_ms;
};

/** What the lanes of a run share. */
struct cw_lanes {
    struct cw_store *store;
    const struct cw_deliver_options *options;
    struct cw_lane *items;
    size_t count;
    struct cw_due due; /* the row read last, of whichever lane */
    struct cw_deliver_report report;
    bool has_told; /* an endpoint was disabled, and nobody has looked after what that queued */
};

/** How an attempt ended. */
struct cw_lane_outcome {
    uint64_t http_status;  /* 0: no answer */
    int64_t retry_after_s; /* 0: none */
    const char *error;     /* "" on success */
    struct cw_span answer;
};

/** Makes one lane per receiver; those of disabled or cooling endpoints begin CLOSED. */
CW_NODISCARD enum cw_status cw_lanes_init(struct cw_lanes *lanes,
                                          const struct cw_receiver *receivers, size_t count,
                                          struct cw_error *err);
void cw_lanes_clear(struct cw_lanes *lanes);
/** The lane whose attempt has this request id; NULL when there is none under way. */
struct cw_lane *cw_lanes_find(const struct cw_lanes *lanes, uint64_t request_id);
size_t cw_lanes_busy(const struct cw_lanes *lanes);

/** Takes the next row of a FREE lane.
 *  Out:     ret_has_row  false when there is none now; then the lane is CLOSED unless second
 *                        attempts are waited for. Else the lane's row and `due` are filled */
CW_NODISCARD enum cw_status cw_lane_take(struct cw_lanes *lanes, struct cw_lane *lane,
                                         bool *ret_has_row, struct cw_error *err);
/** Records the attempt at the taken row, before its request goes out: FREE -> BUSY. */
CW_NODISCARD enum cw_status cw_lane_begin(struct cw_lanes *lanes, struct cw_lane *lane,
                                          uint64_t request_id, struct cw_error *err);
/** Records the end and what follows from it: BUSY -> FREE or CLOSED. */
CW_NODISCARD enum cw_status cw_lane_end(struct cw_lanes *lanes, struct cw_lane *lane,
                                        const struct cw_lane_outcome *outcome,
                                        struct cw_error *err);

/** Closes a lane for the rest of the run, whatever is queued for it meanwhile. */
void cw_lane_rest(struct cw_lane *lane);
/** Disables the lane's endpoint and lets the options' hook queue what tells the others; lanes that
 *  had nothing more to send are FREE again. In a transaction of its own unless one is open. */
CW_NODISCARD enum cw_status cw_lane_disable(struct cw_lanes *lanes, struct cw_lane *lane,
                                            const char *reason, struct cw_error *err);
/** Disables the endpoints whose last five settled alerts are dead letters, but never the last one
 *  that is enabled. */
CW_NODISCARD enum cw_status cw_lanes_disable_hopeless(struct cw_lanes *lanes, struct cw_error *err);
/** Counts what the report says of the time after the run. */
CW_NODISCARD enum cw_status cw_lanes_count(struct cw_lanes *lanes, struct cw_error *err);

#endif
