/* facts.h: what a page tells, gathered from the state before a byte of it is written. Private to
 * src/report/.
 *
 * gather.c         lists, with a plot's worth of their past; deliveries; the log; the keys
 * gather_cases.c   cases, their addresses, and where each is listed
 * gather_alerts.c  the newest alerts whole, and all of them as marks of a day
 * days.c           the rows of those days
 *
 * Ownership: all texts are borrowed from the home, or live in the arena of the facts.
 */
#ifndef CW_REPORT_FACTS_H
#define CW_REPORT_FACTS_H

#include "base/arena.h"
#include "base/limits.h"
#include "doctor/feed_health.h"
#include "match/reconcile.h"
#include "report/report.h"
#include "store/health.h"

enum { CW_REPORT_COLUMNS = 96, CW_REPORT_PLOT_DAYS = 90 };
#define CW_REPORT_MEMORY_MAX ((size_t)256 << 20)

/* ---- lists ---- */

/** A stretch of time of a list, one column of its plots. */
struct cw_report_column {
    bool is_known;  /* the list had been seen once by its end */
    uint64_t bytes; /* of the document in force at its end */
    int64_t age_s;  /* the greatest age within it */
    bool has_failed;
    bool has_held;
};
struct cw_report_feed {
    const struct cw_feed *feed;
    struct cw_feed_state state;
    struct cw_feed_health health;
    struct cw_report_column columns[CW_REPORT_COLUMNS];
};

/* ---- cases ---- */

/** A match that the last scan followed. */
struct cw_report_match {
    const char *feed;
    struct cw_tracked tracked;
};
struct cw_report_address {
    struct cw_span value;     /* as the rule writes it, or as it is listed */
    struct cw_span canonical; /* "chain:kind:hex" */
    const struct cw_report_match *matches;
    size_t matches_count;
};
struct cw_report_case {
    const struct cw_rule *rule;
    const struct cw_report_address *listed; /* in facts->addresses, like the others */
    size_t listed_count;
    const struct cw_report_address *others; /* on no list */
    size_t others_count;
    size_t listed_known; /* with those that are left out */
    size_t others_known;
};

/* ---- alerts ---- */

struct cw_report_delivery {
    struct cw_span endpoint;
    enum cw_delivery_state state;
};
struct cw_report_alert {
    struct cw_alert_summary summary;
    struct cw_span jws;
    struct cw_span text[CW_REPORT_LANGS]; /* "" when the alert has none in it */
    struct cw_span address;
    struct cw_span listed_value;
    struct cw_span relation;
    struct cw_span retracts; /* the alert that this one withdraws; else "" */
    bool is_baseline;
    bool is_withdrawn; /* by a later alert of the page */
    const struct cw_report_delivery *deliveries;
    size_t deliveries_count;
};
/** What was told of a case and a list on a day. */
enum cw_report_event { CW_EVENT_LISTED, CW_EVENT_CHANGED, CW_EVENT_DELISTED };
enum { CW_REPORT_EVENTS = 3 };
struct cw_report_day {
    int64_t day_s; /* its midnight */
    struct cw_span case_id;
    struct cw_span feed;
    uint64_t events[CW_REPORT_EVENTS];
};
struct cw_report_changes {
    uint64_t events[CW_REPORT_EVENTS];
    uint64_t retracted;
    uint64_t feeds;
    uint64_t all; /* alerts of any type */
};

/* ---- deliveries ---- */

struct cw_report_receiver {
    struct cw_queue queue;
    uint64_t delivered;
};

/** Receivers, what became of deliveries, and causes of failures speak of this installation, not of
 *  a theft: names of people's systems, paths, words of servers. Nobody marked them; they are
 *  handled as TLP:AMBER, for the organisation and who it works with, so that a page made to be
 *  passed on (green) or published (clear) is without them. Signed alerts about lists and receivers
 *  tell them, too. */
static inline bool cw_report_is_inward(const struct cw_report_order *order)
{
    return order->max_tlp >= CW_TLP_AMBER;
}

struct cw_report_facts {
    const struct cw_report_order *order;
    struct cw_arena *arena;
    struct cw_report_feed *feeds;
    size_t feeds_count;
    int64_t plot_from_s;             /* to order->now_s */
    struct cw_report_match *matches; /* by case and address */
    size_t matches_count;
    struct cw_report_address *addresses; /* of all cases, CW_REPORT_ADDRESSES_MAX */
    size_t addresses_count;
    struct cw_report_case *cases;
    size_t cases_count;
    size_t cases_withheld;
    struct cw_report_alert *alerts; /* newest first */
    size_t alerts_count;
    uint64_t alerts_known; /* all that may be shown */
    uint64_t alerts_withheld;
    struct cw_report_day *days; /* in the order in which they were first told of */
    size_t days_count;
    size_t days_cap;
    uint32_t *days_slots; /* where each row is: days.c */
    size_t days_cases;    /* different cases in them */
    struct cw_report_changes changes;
    struct cw_report_receiver *receivers;
    size_t receivers_count;
    enum cw_tlp tlp; /* highest of what is shown */
    int64_t last_scan_s;
    struct cw_store_head head;
    bool has_head;
    uint64_t log_pending;
    struct cw_buf keys; /* the public set, as its file has it */
};

/** Out:     ret  clear it in any case
 *  Returns: CW_OK; CW_STATE, CW_IO of the store; CW_INVALID, CW_DENIED, CW_NOT_FOUND of the keys;
 *           CW_LIMIT past CW_REPORT_MEMORY_MAX; CW_NOMEM. */
CW_NODISCARD enum cw_status cw_report_gather(const struct cw_report_order *order,
                                             struct cw_report_facts *ret, struct cw_error *err);
void cw_report_facts_clear(struct cw_report_facts *facts);

/* Parts of it. */
CW_NODISCARD enum cw_status cw_report_gather_cases(struct cw_report_facts *facts,
                                                   struct cw_error *err);
CW_NODISCARD enum cw_status cw_report_gather_alerts(struct cw_report_facts *facts,
                                                    struct cw_error *err);
struct cw_alert_mark;
/** The row of what is told on a day of a case and a list; a new one when there is none.
 *  Returns: borrowed until the next call; NULL without memory or, when the status of the arena is
 *           CW_LIMIT, past CW_REPORT_MEMORY_MAX
 *  Limits:  O(1) on average */
struct cw_report_day *cw_report_day_of(struct cw_report_facts *facts,
                                       const struct cw_alert_mark *mark);
void cw_report_days_clear(struct cw_report_facts *facts);
/** Returns: CW_LIMIT */
enum cw_status cw_report_too_large(struct cw_error *err);
/** Keeps a text as long as the facts. False when the arena is full: its status says why. */
bool cw_report_keep(struct cw_report_facts *facts, struct cw_span text, struct cw_span *ret);
/** Raises the marking of the page. */
void cw_report_mark(struct cw_report_facts *facts, enum cw_tlp tlp);

#endif
