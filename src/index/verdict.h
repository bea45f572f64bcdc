/* verdict.h: what may be concluded from matches and from the age of the lists.
 *
 * Knows the three verdicts, "cannot say", and when each may be given. Refuses to know how matches
 * are found and told. `check`, `screen` and the library all decide here.
 */
#ifndef CW_INDEX_VERDICT_H
#define CW_INDEX_VERDICT_H

#include "index/manifest.h"

enum cw_verdict {
    CW_VERDICT_CLEAR,      /* exit 0 */
    CW_VERDICT_RELATED,    /* exit 11 */
    CW_VERDICT_CANNOT_SAY, /* exit 20 */
    CW_VERDICT_LISTED,     /* exit 10; the order of the enum is the order of gravity */
};
/** "listed", "related", "clear", "cannot-say". */
const char *cw_verdict_name(enum cw_verdict verdict);

/** What is known when a question has been looked up. */
struct cw_verdict_facts {
    bool is_listed;   /* a match of the same key, on a list in force or in a case */
    bool is_related;  /* any match at all */
    bool is_mistyped; /* the letter case of the address fails its checksum */
    bool is_unusable; /* no match, and a list holds this very text as an unusable entry */
    bool is_complete; /* every list is there and fresh */
};
/** A match is a fact whatever the age of the rest; without one, everything but "cannot say" needs
 *  complete and fresh data, letters that nobody mistyped and no entry that nobody could read: a
 *  missing list, and that entry, might say "listed". */
enum cw_verdict cw_verdict_of(const struct cw_verdict_facts *facts);

/** Whether a relation is one of the same key: those alone make a listing. */
static inline bool cw_relation_is_same_key(enum cw_relation relation)
{
    return relation == CW_RELATION_EXACT || relation == CW_RELATION_ENCODING;
}

/** Whether a match makes a listing: of the same key, and in force. */
static inline bool cw_match_is_listing(enum cw_relation relation, bool is_active)
{
    return cw_relation_is_same_key(relation) && is_active;
}

/** Counts one match. Returns: whether it makes a listing. */
static inline bool cw_verdict_add_match(struct cw_verdict_facts *facts, enum cw_relation relation,
                                        bool is_active)
{
    const bool is_listing = cw_match_is_listing(relation, is_active);
    facts->is_related = true;
    facts->is_listed |= is_listing;
    return is_listing;
}

/** What one feed can be trusted for now. */
enum cw_data_status {
    CW_DATA_FRESH,
    CW_DATA_STALE, /* not seen served for longer than its stale_after */
    CW_DATA_NEVER,
    CW_DATA_FAILED, /* the last fetch failed, the list in force is still fresh enough */
    CW_DATA_HELD,
};
const char *cw_data_status_name(enum cw_data_status status);

/** A list seen in the future by more than this is not fresh: the clock is wrong. Seconds. */
enum { CW_DATA_CLOCK_SLACK_S = 86400 };

/** Judges one list as of a moment. Age outweighs the rest: a list that nobody has seen for days is
 *  stale whatever the last attempt said. A clock that went backwards by more than a day makes no
 *  list fresh either. */
enum cw_data_status cw_data_status_at(const struct cw_manifest_feed *feed, int64_t now_s);

#endif
