/* review.h: what a report about a long time asks of the state: small columns of many rows.
 *
 * Knows the record of retrievals, the marks of all alerts, and the newest alerts whole. Refuses to
 * read a body or a signature of any other, so that years of both stay cheap. Everything here reads.
 */
#ifndef CW_STORE_REVIEW_H
#define CW_STORE_REVIEW_H

#include "store/store.h"

/** The first retrieval of any list; 0 when there was none. */
CW_NODISCARD enum cw_status cw_store_first_retrieval(struct cw_store *store, int64_t *ret_at_s,
                                                     struct cw_error *err);

typedef enum cw_status (*cw_retrieval_fn)(void *ctx, const struct cw_retrieval *retrieval,
                                          struct cw_error *err);
/** Tells the retrievals of a feed from `since_s` on, oldest first, and before them those from the
 *  last document on that was in force then. Only at_s, outcome, bytes and feed are filled; borrowed
 *  during the call.
 *  Returns: CW_OK, what the callback returned, CW_STATE, CW_IO, CW_NOMEM. */
CW_NODISCARD enum cw_status cw_store_retrievals(struct cw_store *store, const char *feed,
                                                int64_t since_s, cw_retrieval_fn fn, void *ctx,
                                                struct cw_error *err);

/** What an alert is about. Borrowed during the call. */
struct cw_alert_mark {
    int64_t created_at_s;
    enum cw_alert_type type;
    enum cw_severity severity;
    enum cw_tlp tlp;
    struct cw_span case_id; /* "" when none */
    struct cw_span feed;    /* "" when none */
};
typedef enum cw_status (*cw_alert_mark_fn)(void *ctx, const struct cw_alert_mark *mark,
                                           struct cw_error *err);
/** Tells every alert, oldest first. Returns: as cw_store_retrievals. */
CW_NODISCARD enum cw_status cw_store_alert_marks(struct cw_store *store, cw_alert_mark_fn fn,
                                                 void *ctx, struct cw_error *err);

/** Calls back for the newest alerts, newest first, at most `max`. Returns: as cw_store_retrievals.
 */
CW_NODISCARD enum cw_status cw_store_newest_alerts(struct cw_store *store, size_t max,
                                                   cw_alert_fn fn, void *ctx, struct cw_error *err);

/** How many deliveries an endpoint has taken. */
CW_NODISCARD enum cw_status cw_store_delivered(struct cw_store *store, const char *endpoint,
                                               uint64_t *ret, struct cw_error *err);

#endif
