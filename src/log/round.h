/* round.h: what one round of publication holds. Private to src/log/.
 *
 *   publish.c  the steps and their order
 *   agree.c    whether the folder still is what we signed
 */
#ifndef CW_LOG_ROUND_H
#define CW_LOG_ROUND_H

#include "log/folder.h"
#include "log/publish.h"

/** Tiles that one round can fill: two a 256 entries, and one on each level above. */
enum { CW_LOG_FILLED_MAX = 2 * (CW_LOG_BATCH_MAX / CW_TLOG_TILE_WIDTH + 1) + CW_TLOG_TILE_LEVELS };

struct cw_log_round {
    const struct cw_log_publisher *publisher;
    struct cw_tlog_key key; /* public half of the publisher's, under its origin */
    struct cw_store_head published;
    struct cw_store_head prepared;
    bool has_published;
    bool has_prepared;
    struct cw_tlog_edge edge;
    struct cw_buf last_bundle; /* entries of the unfinished bundle */
    struct cw_store_batch batch;
    struct cw_tlog_tile filled[CW_LOG_FILLED_MAX];
    size_t filled_count;
};

/** What an operator can do when a log must not be continued; ends a sentence. */
#define CW_LOG_REMEDY                                                                              \
    ": nothing was signed. Put the newer copy back, or begin a new log with `cryptowatch log "     \
    "checkpoint --new-log NAME` (docs/log.md)"

/** Loads both heads, and compares the folder's checkpoint with them.
 *  Returns: CW_OK; CW_STATE with the reason and the remedy; CW_IO, CW_DENIED, CW_NOMEM. */
CW_NODISCARD enum cw_status cw_log_agree(struct cw_log_round *round, struct cw_error *err);
/** Reads the right edge of the published tree and compares its root with the signed one; also the
 * unfinished bundle, entry by entry. Returns: as cw_log_agree. */
CW_NODISCARD enum cw_status cw_log_load_edge(struct cw_log_round *round, struct cw_error *err);

#endif
