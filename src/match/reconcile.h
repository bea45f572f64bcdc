/* reconcile.h: from "what matches now" and "what we tracked" to what is news.
 *
 * The decision is level-triggered: it compares states, not events, so a run that was killed, a list
 * that was read twice or a rule that was edited never loses or repeats an alert. Pure.
 *
 *   tracked before   hit now   listing now    event
 *   no               yes       yes            LISTED (baseline when the listing is not new to the
 *                                             feed or the pair of case and feed is new)
 *   yes              yes       same hash      nothing
 *   yes              yes       other hash     CHANGED
 *   as entity, quiet stronger  yes            LISTED: the case now watches the key itself
 *   as entity, told  stronger  yes            by hash: a LISTED would repeat its identifier
 *   yes              no        gone           DELISTED
 *   yes              no        still there    DROPPED: the rule no longer asks; no alert
 *   yes              rule gone -              DROPPED
 *
 * An entity hit alerts only when it is new and not baseline; its CHANGED and DELISTED alert only if
 * its LISTED did.
 */
#ifndef CW_MATCH_RECONCILE_H
#define CW_MATCH_RECONCILE_H

#include "match/book.h"

/** A match we know of and still follow; owned by whoever loaded it. */
struct cw_tracked {
    struct cw_span case_id;
    struct cw_span address_canonical;
    struct cw_span address_value;
    struct cw_span entry_id;
    struct cw_span listed_canonical;
    enum cw_relation relation;
    uint64_t episode;
    uint64_t revision;
    struct cw_span entry_sha256; /* of the listing when last looked at */
    struct cw_span entry_json;
    struct cw_span listed_value;
    struct cw_span listed_encoding;
    struct cw_span entry_name;
    bool was_alerted;
};

enum cw_match_event_type {
    CW_MATCH_LISTED,
    CW_MATCH_DELISTED,
    CW_MATCH_CHANGED,
    CW_MATCH_DROPPED,
};

struct cw_match_event {
    enum cw_match_event_type type;
    const struct cw_rule *rule;       /* NULL for DROPPED when the rule is gone */
    const struct cw_hit *hit;         /* LISTED, CHANGED */
    const struct cw_tracked *tracked; /* DELISTED, CHANGED, DROPPED */
    bool is_baseline;                 /* LISTED */
    bool is_alert;                    /* to be told, not only tracked */
};

struct cw_reconcile_input {
    const struct cw_rules *rules;
    const struct cw_watchlist *list; /* the list as it is now in force */
    const struct cw_hits *hits;      /* every hit of that list */
    const struct cw_tracked *tracked;
    size_t tracked_count;
    /** True when the listing was not in force before this run. */
    bool (*is_new_listing)(void *ctx, const struct cw_listing *listing);
    /** True when this feed was never read for this case before. */
    bool (*is_new_pair)(void *ctx, const char *case_id);
    void *ctx;
};

struct cw_match_events {
    struct cw_match_event *items;
    size_t count;
};
void cw_match_events_clear(struct cw_match_events *events);

/** Decides; events are ordered by case, address, entry, listed key: the same input gives the same
 *  order. O(n log n) in hits and tracked. */
CW_NODISCARD enum cw_status cw_reconcile(const struct cw_reconcile_input *input,
                                         struct cw_match_events *ret, struct cw_error *err);

#endif
