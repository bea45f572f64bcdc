/* ledger.h: the log of an installation continued with what waits in its database.
 *
 * Knows where an installation has its log, its name and its key. Refuses to know entries and how
 * they are published (log/publish.h). `scan` calls it before it sends; so does `deliver`, for what
 * a scan that was killed left behind: what a receiver is told stands in the log already.
 */
#ifndef CW_SCAN_LEDGER_H
#define CW_SCAN_LEDGER_H

#include "home/home.h"
#include "store/store.h"

struct cw_ledger {
    const struct cw_home *home; /* loaded with keys */
    struct cw_store *store;     /* open for writing, under the lock of a run */
    int64_t now_s;
};

/** Publishes all that waits.
 *  Out:     ret_tree  the published tree, as far as it came; size 0 when there is none
 *  Returns: CW_NOT_FOUND without a log key; CW_INVALID when the log has no name; as cw_log_publish.
 *           err always says why. No alert waits for it. */
CW_NODISCARD enum cw_status cw_ledger_publish(const struct cw_ledger *ledger,
                                              struct cw_tlog_tree *ret_tree, struct cw_error *err);

#endif
