/* intake.h: one feed between its fetch and its commit. Private to src/scan/.
 *
 *   intake.c    the machinery: parse, load, match, and the one transaction
 *   document.c  the decisions: what is believed, held or failed
 *   hold.c      why a document is not believed yet (hold.h)
 *   renew.c     the list in force as this program reads it, after another one read it
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
    struct cw_error unanswered; /* what was asked while matching and could not be read: no event
                                   counts then, for news would be told as what was there before */
    bool is_matched;            /* hits and events are those of new_list */
    bool is_new_document;       /* else the list is only matched again, against other rules */
    bool is_quiet;              /* the same document, read again: no change of it is news */
};

void cw_work_clear(struct cw_work *work);
/** Parses the document `sha256` of a folder of snapshots into *ret, the caller's to free; left
 * alone on failure. CW_NOMEM and CW_IO are our trouble; any other failure is the document's. */
CW_NODISCARD enum cw_status cw_work_read(const struct cw_work *work, const char *folder,
                                         const char *sha256, struct cw_watchlist **ret,
                                         struct cw_error *err);
/** Parses the fetched document into new_list. CW_NOMEM and CW_IO are our trouble; any other failure
 *  is the document's. */
CW_NODISCARD enum cw_status cw_work_parse(struct cw_work *work, struct cw_error *err);
/** Loads the list in force into old_list; leaves NULL when there is none. */
CW_NODISCARD enum cw_status cw_work_load_old(struct cw_work *work, struct cw_error *err);
/** Puts into new_list what another list holds and it lacks. */
CW_NODISCARD enum cw_status cw_work_unite(struct cw_work *work, const struct cw_watchlist *other,
                                          struct cw_error *err);
/** Makes the delta from old_list, which may be NULL, to new_list. */
CW_NODISCARD enum cw_status cw_work_compare(struct cw_work *work, struct cw_error *err);
/** Is it a listing that the list in force does not hold? */
bool cw_work_is_new_listing(const struct cw_work *work, const struct cw_listing *listing);
/** Finds what of new_list touches a case and what of it is news: hits and events, once for a
 *  new_list. In a transaction, or under the lock of a run.
 *  Returns: CW_OK; CW_STATE, CW_IO of the store; CW_LIMIT, CW_NOMEM */
CW_NODISCARD enum cw_status cw_work_match(struct cw_work *work, struct cw_error *err);
/** Puts into new_list, beside the document, what the old list holds and the document lacks,
 *  and compares again. */
CW_NODISCARD enum cw_status cw_work_keep_removed(struct cw_work *work, struct cw_error *err);
/** The one atomic moment of a feed: listings replaced, alerts sealed and queued, matches tracked
 * and the feed's state written, or none of it. A dry run only reports. In:  outcome  of the
 * retrieval, "new", "held" …; NULL: nothing was fetched */
CW_NODISCARD enum cw_status cw_work_commit(struct cw_work *work, const char *outcome,
                                           struct cw_error *err);

/* renew.c. The hash of an entry names the normaliser that made it (alerts.md 2.3): after another
 * program, the list in force is made again from its stored document before anything is compared,
 * or every entry would look changed. Keys that only this program finds are told as baseline;
 * keys that it does not find stay, and leave with the next document that is believed. */

/** Does so in a transaction of its own; nothing to do is CW_OK. Of a document that is gone, or that
 *  its format refuses by now, the listings stay as they are. A dry run says what to do instead.
 *  Out:     ret_is_done  nothing more can be said of this feed in this run
 *  Returns: CW_OK; CW_LIMIT, CW_INVALID: the list asks too much; CW_TEMPORARY, CW_UNTRUSTED: the
 *           parser did not come to its end, try again; CW_STATE, CW_IO, CW_NOMEM */
CW_NODISCARD enum cw_status cw_scan_renew(struct cw_scan *scan, struct cw_intake *intake,
                                          bool *ret_is_done, struct cw_error *err);

#endif
