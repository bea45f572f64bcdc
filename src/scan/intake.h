/* intake.h: one feed between its fetch and its commit. Private to src/scan/.
 *
 *   intake.c    the machinery: parse, load, match, and the one transaction
 *   document.c  the decisions: what is believed, held or failed
 *   hold.c      why a document is not believed yet (hold.h)
 */
#ifndef CW_SCAN_INTAKE_H
#define CW_SCAN_INTAKE_H

#include "scan/run.h"

/* Everything that one feed needs until its commit; freed as a whole. */
struct cw_work {
    struct cw_scan *scan;
    struct cw_intake *intake;
    struct cw_watchlist *old_list; /* in force before; NULL when the feed was never read */
    struct cw_watchlist *new_list; /* in force after the commit */
    struct cw_delta delta;
    struct cw_hits hits;
    struct cw_arena *arena; /* tracked matches and facts */
    struct cw_tracked *tracked;
    size_t tracked_count;
    struct cw_match_events events;
    bool is_new_document; /* else the list is only matched again, against other rules */
};

void cw_work_clear(struct cw_work *work);
/** Parses the fetched document into new_list. CW_NOMEM and CW_IO are our trouble; any other failure
 *  is the document's. */
CW_NODISCARD enum cw_status cw_work_parse(struct cw_work *work, struct cw_error *err);
/** Loads the list in force into old_list; leaves NULL when there is none. */
CW_NODISCARD enum cw_status cw_work_load_old(struct cw_work *work, struct cw_error *err);
/** Puts into new_list, beside the document, what the old list holds and the document lacks. */
CW_NODISCARD enum cw_status cw_work_keep_removed(struct cw_work *work, struct cw_error *err);
/** The one atomic moment of a feed: listings replaced, alerts sealed and queued, matches tracked
 * and the feed's state written, or none of it. A dry run only reports. In:  outcome  of the
 * retrieval, "new", "held" …; NULL: nothing was fetched */
CW_NODISCARD enum cw_status cw_work_commit(struct cw_work *work, const char *outcome,
                                           struct cw_error *err);

#endif
