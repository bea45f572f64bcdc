/* retry.h: when a delivery is tried again; a pure schedule.
 *
 * After the first attempt: 5 s (within the same run), then 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20
 * h, 24 h, and 24 h again until day 10 after queueing, then dead letter, but not before the third
 * attempt: who was away for ten days, or whose clock jumped, tries more than once. Each but the
 * first +-20 % at random. Source: alerts.md section 7, design.md section 5a.
 */
#ifndef CW_DELIVER_RETRY_H
#define CW_DELIVER_RETRY_H

#include "base/status.h"
#include "crypto/random.h"

enum {
    CW_RETRY_IN_RUN_S = 5,
    CW_RETRY_DAYS_MAX = 10,
    /* The longest wait that a decision gives: 24 h and a fifth, or a Retry-After at its clamp. */
    CW_RETRY_WAIT_MAX_S = 24 * 60 * 60 * 6 / 5,
};

enum cw_retry_decision {
    CW_RETRY_DONE,        /* 2xx */
    CW_RETRY_LATER,       /* try again at *ret_due_s */
    CW_RETRY_LATER_PAUSE, /* the same, and nothing else to this endpoint in this run */
    CW_RETRY_DEAD,        /* dead letter */
    CW_RETRY_DISABLE,     /* 410: the endpoint is gone until enabled by hand */
};

struct cw_retry_input {
    uint64_t attempts; /* finished attempts including this one, >= 1 */
    int64_t queued_at_s;
    int64_t now_s;
    uint64_t http_status;  /* 0: no answer */
    int64_t retry_after_s; /* 0: none; already clamped */
};

/** Decides after one attempt. 400 and 422: three tries over a day, then dead. 413 and 415: dead at
 *  once. 429, 502, 503, 504: later, and pause. Retry-After moves the due time later, never earlier.
 *  Out: ret_due_s  set for the two LATER decisions; > now_s */
enum cw_retry_decision cw_retry_decide(const struct cw_retry_input *input,
                                       const struct cw_random *random, int64_t *ret_due_s);

#endif
