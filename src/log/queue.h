/* queue.h: facts become entries of the log, in the transaction in which they become facts.
 *
 * Whoever stores an alert, a snapshot or the end of a run calls the function of that fact beside
 * it; what is queued is published by the next scan or deliver (publish.h). Each needs a
 * transaction.
 */
#ifndef CW_LOG_QUEUE_H
#define CW_LOG_QUEUE_H

#include "log/entry.h"
#include "store/store.h"

/** An alert that was stored just now, and was not there before.
 *  Returns: CW_OK; CW_UNTRUSTED when its JWS cannot be read; what the store returns. */
CW_NODISCARD enum cw_status cw_log_queue_alert(struct cw_store *store,
                                               const struct cw_stored_alert *alert,
                                               struct cw_error *err);
CW_NODISCARD enum cw_status cw_log_queue_snapshot(struct cw_store *store,
                                                  const struct cw_log_snapshot *snapshot,
                                                  struct cw_error *err);
CW_NODISCARD enum cw_status cw_log_queue_run(struct cw_store *store, const struct cw_log_run *run,
                                             struct cw_error *err);
/** That a key began or ended. */
CW_NODISCARD enum cw_status cw_log_queue_key(struct cw_store *store, const struct cw_log_key *key,
                                             struct cw_error *err);
/** That a key is in use from a time on, unless that stands in the log already. */
CW_NODISCARD enum cw_status cw_log_queue_key_once(struct cw_store *store, enum cw_key_role role,
                                                  const struct cw_public_key *key, int64_t at_s,
                                                  struct cw_error *err);

/** A successor was published. */
struct cw_log_rotation {
    enum cw_key_role role;
    struct cw_public_key former;
    struct cw_public_key next;
    int64_t now_s;
    int64_t from_s;  /* the successor signs from then on */
    int64_t until_s; /* the former key signs no longer than that */
};
/** That the successor begins and the former key ends, both at times to come; nothing when it stands
 *  in the log already. */
CW_NODISCARD enum cw_status cw_log_queue_rotation(struct cw_store *store,
                                                  const struct cw_log_rotation *rotation,
                                                  struct cw_error *err);

#endif
