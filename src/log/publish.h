/* publish.h: entries that wait in the database become a longer log in the folder.
 *
 * Knows the order in which nothing is ever lost and no size is signed twice, and when a log must
 * not be continued. Refuses to know what entries say.
 *
 * One round, for up to CW_LOG_BATCH_MAX entries:
 *
 *   1 the folder's checkpoint is the one that we signed last (published or prepared)
 *   2 the right edge in the tiles has the root that we signed: what follows is consistent with it
 *   3 bundles of entries, then tiles of hashes: each written, synced and renamed into place
 *   4 the new head is signed and kept in the database as `prepared`
 *   5 log/checkpoint is replaced by rename
 *   6 the parts of tiles that are full now are removed
 *   7 the head becomes `published` in the database, and its entries leave the queue
 *
 * Ended anywhere, the next call continues: before 4 nothing was signed; after 4 the very same bytes
 * are published. The cost is that of the new entries and of one tile a level.
 */
#ifndef CW_LOG_PUBLISH_H
#define CW_LOG_PUBLISH_H

#include "store/store.h"
#include "tlog/note.h"

enum cw_log_step {
    CW_LOG_STEP_ENTRIES,
    CW_LOG_STEP_TILES,
    CW_LOG_STEP_PREPARE,
    CW_LOG_STEP_CHECKPOINT,
    CW_LOG_STEP_CLEAN,
    CW_LOG_STEP_FINISH
};
enum { CW_LOG_STEPS = CW_LOG_STEP_FINISH + 1 };

struct cw_log_publisher {
    struct cw_store *store;           /* open for writing, under the lock of a run */
    const char *folder;               /* made when missing */
    const char *origin;               /* valid name (tlog/note.h) */
    const struct cw_signing_key *key; /* the log key */
    int64_t now_s;
    /** May be NULL: told before each step; what is not CW_OK ends the call there. For tests. */
    enum cw_status (*before)(void *ctx, enum cw_log_step step);
    void *ctx;
};

/** Publishes all that waits.
 *  Out:     ret_tree  the published tree, as far as it came; size 0 when there is none
 *  Returns: CW_OK; CW_STATE when this log must not be continued, with what happened and what to do:
 *           nothing was signed or written; CW_IO, CW_DENIED, CW_NOMEM. */
CW_NODISCARD enum cw_status cw_log_publish(const struct cw_log_publisher *publisher,
                                           struct cw_tlog_tree *ret_tree, struct cw_error *err);

/** Ends the log in the folder, which is moved aside, and begins a new one under
 *  publisher->origin, whose first entry names the last head that we signed of the old.
 *  Out:     ret_moved  where the old folder is now, "" when there was none; free with free()
 *  Returns: CW_OK; CW_INVALID when no log was ever signed, or the old one has this name; as
 *           cw_log_publish. */
CW_NODISCARD enum cw_status cw_log_begin_anew(const struct cw_log_publisher *publisher,
                                              char **ret_moved, struct cw_tlog_tree *ret_tree,
                                              struct cw_error *err);

#endif
