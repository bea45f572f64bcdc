/* hold.h: a document that is not believed yet, and what makes it believed. Private to src/scan/.
 *
 *   verdict            what of the document counts      who makes it good
 *   plausible          all                              -
 *   shrunk             what it adds                     a person, or agreement
 *   grown, ours,       nothing                          a person, or agreement
 *   older, returned
 *   too-small,         nothing                          a person
 *   too-narrow,
 *   unreadable, ahead
 *
 * Agreement: three fetches with the same evidence over at least two days, when less than half of
 * the list is lost. A document that says of itself that it is newer than the one in force is more
 * than a server's word for the moment: removals in it are believed when a second fetch says the
 * same, an hour later or after `every`. Evidence of a shrunk list is what it lacks, so that it may
 * go on adding; of any other document its bytes.
 */
#ifndef CW_SCAN_HOLD_H
#define CW_SCAN_HOLD_H

#include "scan/intake.h"
#include "watchlist/judge.h"

enum {
    CW_HOLD_FETCHES = 3,       /* that must agree … */
    CW_HOLD_FETCHES_DATED = 2, /* … of a document that is newer by its own date */
    CW_HOLD_AGREED_S = 48 * 60 * 60,
    CW_HOLD_AGAIN_S = 60 * 60, /* between two fetches of a held list, unless `every` is shorter */
};

/** Seconds after which a held list is asked again, and before which no second fetch of it counts as
 *  one: a server's bad hour is not two opinions. */
static inline int64_t cw_hold_again_s(const struct cw_feed *feed)
{
    const int64_t wait_s = feed->every_s < CW_HOLD_AGAIN_S ? feed->every_s : CW_HOLD_AGAIN_S;
    const int64_t slack_s = CW_CRON_SLACK_S;
    return wait_s - (wait_s > 2 * slack_s ? slack_s : 0);
}

struct cw_hold {
    enum cw_verdict_on_list verdict;
    struct cw_list_case list;
    const char *code; /* "shrunk" …; static */
    char text[512];   /* for people: what is wrong, and what will make it good */
};

/** Is a document held of which something is in force: what it adds and what it says anew? */
bool cw_hold_is_shrunk(const struct cw_feed_state *state);

/** Judges the parsed document in `work` against the list in force, and writes the evidence for it
 *  into the feed's state. The verdict is plausible also for what was released by hand, what is in
 *  force already, and what is agreed by now.
 *  Returns: CW_OK; CW_STATE, CW_IO, CW_NOMEM. */
CW_NODISCARD enum cw_status cw_hold_weigh(struct cw_work *work, struct cw_hold *ret,
                                          struct cw_error *err);

#endif
