/* feed_health.h: one list as an operator needs it: how it is, why, since when, what counts
 * meanwhile, and what to type.
 *
 * Knows what each state of a list means. Refuses to look anything up: description, state and time
 * come in. `feed status` and `doctor` say the same because both ask here.
 */
#ifndef CW_DOCTOR_FEED_HEALTH_H
#define CW_DOCTOR_FEED_HEALTH_H

#include "base/shell.h"
#include "feed/feed_file.h"
#include "store/store.h"

/** Whether the list is enabled is not asked. */
enum cw_feed_condition {
    CW_CONDITION_GOOD,
    CW_CONDITION_NEVER,  /* no scan has tried it */
    CW_CONDITION_FAILED, /* the last attempt failed; what is in force, if anything, is fresh */
    CW_CONDITION_HELD,   /* a document waits to be believed */
    CW_CONDITION_STALE,  /* not seen served for longer than stale_after, whatever the reason */
};
/** "good", "never", "failed", "held", "stale". */
const char *cw_feed_condition_name(enum cw_feed_condition condition);

/** Sentences without their end; "" when there is nothing to say. Not escaped: `why` quotes what a
 *  server or a list said. */
struct cw_feed_health {
    enum cw_feed_condition condition;
    int64_t since_s;    /* it is so since then; 0: not known, or good */
    char why[768];      /* "status 404 instead of 200 (3 attempts in a row)" */
    char in_force[192]; /* "832 listings in force, last seen 2026-11-20T03:15:01Z (6 days ago)" */
    char advice[384];   /* what a person has to find out or change first */
    /* Arguments of `cryptowatch`, whole and quoted; "" when there is nothing to type: */
    char look[CW_SHELL_WORD_BYTES + 128]; /* to see more */
    char command[256];                    /* then */
};

/** Judges one list as of a moment.
 *  In:      state  as stored; of a feed that was never seen all zero but its id
 *           snapshots_dir  where a held document can be looked at */
void cw_feed_health_of(const struct cw_feed *feed, const struct cw_feed_state *state,
                       const char *snapshots_dir, int64_t now_s, struct cw_feed_health *ret);

#endif
