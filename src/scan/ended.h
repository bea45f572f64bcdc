/* ended.h: what tells the other endpoints that one of them gets nothing any more.
 *
 * Knows the alert cryptowatch.endpoint.disabled and who hears of it. Refuses to decide when an
 * endpoint has ended: src/deliver does.
 */
#ifndef CW_SCAN_ENDED_H
#define CW_SCAN_ENDED_H

#include "scan/announce.h"

/** What the hook below works with; borrowed during cw_deliver_run. */
struct cw_ended {
    const struct cw_home *home; /* loaded with keys */
    struct cw_store *store;
    const char *version;
    struct cw_clock clock;
    struct cw_random random;
};

/** The hook `on_disabled` of cw_deliver_options: seals the alert and queues it for every other
 *  endpoint that wants it. Needs a transaction.
 *  In:      ended   struct cw_ended
 *  Returns: CW_OK; CW_INVALID, CW_LIMIT, CW_IO, CW_STATE, CW_NOMEM. */
CW_NODISCARD enum cw_status cw_tell_ended(void *ended, const char *endpoint, struct cw_error *err);

#endif
