/* totals.h: what a monitor asks of the whole state and nobody else does.
 *
 * Knows counts over all alerts and deliveries. Refuses to name any of them.
 */
#ifndef CW_STORE_TOTALS_H
#define CW_STORE_TOTALS_H

#include "store/store.h"

struct cw_totals {
    uint64_t alerts;            /* ever stored: alerts are never deleted */
    int64_t waiting_since_s;    /* the oldest delivery that waits was queued then; 0 none waits */
    uint64_t log_size;          /* entries that the published head covers; 0 there is none */
    uint64_t log_pending;       /* entries that are in no tile yet */
    int64_t log_published_at_s; /* when that head was signed; 0 there is none */
    struct cw_delivery_counts deliveries;
};

/** Counts. In:      now_s  what is due by then counts as due
 *  Returns: CW_OK; CW_STATE, CW_IO, CW_NOMEM. O(alerts + deliveries), by their indices. */
CW_NODISCARD enum cw_status cw_store_totals(struct cw_store *store, int64_t now_s,
                                            struct cw_totals *ret, struct cw_error *err);

#endif
