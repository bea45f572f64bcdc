#include "log/round.h"

static enum cw_status refuse(const char *what, struct cw_error *err)
{
    return cw_error_set(err, CW_STATE, "the log is not continued: %s%s", what, CW_LOG_REMEDY);
}

static bool is_same_tree(const struct cw_tlog_tree *a, const struct cw_tlog_tree *b)
{
    return a->size == b->size && cw_tlog_hash_equal(&a->root, &b->root);
}

static unsigned long long size_of(const struct cw_tlog_tree *tree)
{
    return (unsigned long long)tree->size;
}

/* ---- the checkpoint ------------------------------------------------------------------------ */

/* Ours is a head that names our log and bears our signature. */
static enum cw_status check_ours(const struct cw_log_round *round, const struct cw_log_head *head,
                                 struct cw_error *err)
{
    int64_t time_s = 0;
    if (strcmp(head->checkpoint.origin, round->publisher->origin) != 0) {
        return refuse("log/checkpoint is that of another log than the configured one", err);
    }
    if (cw_tlog_note_check(&head->note, &round->key, &time_s) != CW_TLOG_GOOD) {
        return refuse("log/checkpoint is not signed by keys/log.pem", err);
    }
    return CW_OK;
}

/* Not what we signed last: which of the ways in which that comes about is it? */
static enum cw_status refuse_other(const struct cw_log_round *round,
                                   const struct cw_tlog_tree *found, struct cw_error *err)
{
    const struct cw_tlog_tree *ours = &round->published.checkpoint.tree;
    const struct cw_tlog_tree *next = &round->prepared.checkpoint.tree;
    char what[256];
    if (!round->has_published && !round->has_prepared) {
        (void)snprintf(what, sizeof(what),
                       "log/checkpoint has %llu entries, and the database knows of no log (it was "
                       "replaced or restored)",
                       size_of(found));
    } else if (found->size == ours->size || (round->has_prepared && found->size == next->size)) {
        (void)snprintf(what, sizeof(what),
                       "log/checkpoint is a second checkpoint of the same size, %llu, with another "
                       "root",
                       size_of(found));
    } else if (found->size < ours->size) {
        (void)snprintf(what, sizeof(what),
                       "log/checkpoint has %llu entries, and %llu were signed: an older copy was "
                       "put back",
                       size_of(found), size_of(ours));
    } else {
        (void)snprintf(what, sizeof(what),
                       "log/checkpoint has %llu entries, and the database knows of %llu: an older "
                       "database was put back",
                       size_of(found), size_of(ours));
    }
    return refuse(what, err);
}

static enum cw_status judge(const struct cw_log_round *round, const struct cw_log_head *head,
                            struct cw_error *err)
{
    const struct cw_tlog_tree *found = &head->checkpoint.tree;
    const enum cw_status status = check_ours(round, head, err);
    if (status != CW_OK) {
        return status;
    }
    const bool is_known =
        (round->has_published && is_same_tree(found, &round->published.checkpoint.tree)) ||
        (round->has_prepared && is_same_tree(found, &round->prepared.checkpoint.tree));
    return is_known ? CW_OK : refuse_other(round, found, err);
}

static enum cw_status compare(const struct cw_log_round *round, struct cw_error *err)
{
    struct cw_error cause = {0};
    struct cw_log_head head;
    cw_log_head_init(&head);
    enum cw_status status = cw_log_head_read_in(round->publisher->folder, &head, &cause);
    if (status == CW_OK) {
        status = judge(round, &head, err);
    } else if (status == CW_NOT_FOUND && !round->has_published) {
        status = CW_OK; /* the first checkpoint is still to come */
    } else if (status == CW_NOT_FOUND) {
        char what[96];
        (void)snprintf(what, sizeof(what),
                       "log/checkpoint is missing, and %llu entries were signed",
                       size_of(&round->published.checkpoint.tree));
        status = refuse(what, err);
    } else if (status == CW_UNTRUSTED || status == CW_LIMIT || status == CW_INVALID) {
        status = refuse(cause.text, err);
    } else {
        status = cw_error_set(err, status, "%s", cause.text);
    }
    cw_log_head_clear(&head);
    return status;
}

static enum cw_status check_origin(const struct cw_log_round *round,
                                   const struct cw_store_head *head, struct cw_error *err)
{
    if (strcmp(head->checkpoint.origin, round->publisher->origin) == 0) {
        return CW_OK;
    }
    return cw_error_set(err, CW_STATE,
                        "the log is not continued: it is named %s and the configuration says %s: a "
                        "log keeps its name for life. Set log.origin back, or begin a new log with "
                        "`cryptowatch log checkpoint --new-log NAME` (docs/log.md)",
                        head->checkpoint.origin, round->publisher->origin);
}

/* A log that was ended must not be begun again: it would sign its sizes a second time. */
static enum cw_status check_not_ended(const struct cw_log_round *round, struct cw_error *err)
{
    bool is_ended = false;
    const enum cw_status status =
        cw_store_log_is_ended(round->publisher->store, round->publisher->origin, &is_ended, err);
    if (status == CW_OK && is_ended) {
        return cw_error_set(err, CW_STATE,
                            "the log is not begun: %s is the name of a log that has ended: set "
                            "log.origin in cryptowatch.json to a new name",
                            round->publisher->origin);
    }
    return status;
}

enum cw_status cw_log_agree(struct cw_log_round *round, struct cw_error *err)
{
    struct cw_store *store = round->publisher->store;
    enum cw_status status =
        cw_store_log_head(store, CW_LOG_PUBLISHED, &round->published, &round->has_published, err);
    if (status == CW_OK) {
        status =
            cw_store_log_head(store, CW_LOG_PREPARED, &round->prepared, &round->has_prepared, err);
    }
    if (status == CW_OK && round->has_published) {
        status = check_origin(round, &round->published, err);
    }
    if (status == CW_OK && round->has_prepared) {
        status = check_origin(round, &round->prepared, err);
    }
    if (status == CW_OK && !round->has_published) {
        status = check_not_ended(round, err);
    }
    return status == CW_OK ? compare(round, err) : status;
}

/* ---- the right edge ------------------------------------------------------------------------ */

/* What is wrong with a file is a reason not to go on; that it cannot be read today is not. */
static enum cw_status read_tile(const struct cw_log_round *round, const struct cw_tlog_tile *tile,
                                struct cw_buf *ret, struct cw_error *err)
{
    struct cw_error cause = {0};
    const enum cw_status status = cw_log_tile_read(round->publisher->folder, tile, ret, &cause);
    if (status == CW_UNTRUSTED) {
        return refuse(cause.text, err);
    }
    return status == CW_OK ? CW_OK : cw_error_set(err, status, "%s", cause.text);
}

static enum cw_status load_tiles(struct cw_log_round *round, struct cw_error *err)
{
    struct cw_tlog_edge *edge = &round->edge;
    struct cw_buf bytes;
    cw_buf_init(&bytes, sizeof(edge->tiles[0]));
    enum cw_status status = CW_OK;
    uint64_t hashes = edge->size;
    for (int level = 0; status == CW_OK && level < CW_TLOG_TILE_LEVELS; level++) {
        const struct cw_tlog_tile tile = {level, hashes / CW_TLOG_TILE_WIDTH,
                                          (unsigned)(hashes % CW_TLOG_TILE_WIDTH)};
        if (tile.width > 0) {
            status = read_tile(round, &tile, &bytes, err);
        }
        if (tile.width > 0 && status == CW_OK) {
            memcpy(edge->tiles[level], bytes.data, bytes.len);
        }
        hashes /= CW_TLOG_TILE_WIDTH;
    }
    cw_buf_clear(&bytes);
    return status;
}

/* The unfinished bundle is written again, longer, so what stands in it is asked first. */
static enum cw_status load_bundle(struct cw_log_round *round, struct cw_error *err)
{
    const uint64_t size = round->edge.size;
    const struct cw_tlog_tile tile = {CW_TLOG_ENTRIES, size / CW_TLOG_TILE_WIDTH,
                                      (unsigned)(size % CW_TLOG_TILE_WIDTH)};
    if (tile.width == 0) {
        return CW_OK;
    }
    const enum cw_status status = read_tile(round, &tile, &round->last_bundle, err);
    struct cw_span rest = cw_buf_as_span(&round->last_bundle);
    struct cw_span entry;
    for (unsigned i = 0; status == CW_OK && cw_tlog_bundle_next(&rest, &entry); i++) {
        const struct cw_tlog_hash leaf = cw_tlog_leaf(entry);
        if (!cw_tlog_hash_equal(&leaf, &round->edge.tiles[0][i])) {
            char name[CW_TLOG_TILE_PATH_BYTES];
            char what[160];
            const uint64_t index = tile.index * CW_TLOG_TILE_WIDTH + i;
            cw_tlog_tile_path(&tile, name);
            (void)snprintf(what, sizeof(what), "%s: entry %llu was altered", name,
                           (unsigned long long)index);
            return refuse(what, err);
        }
    }
    return status;
}

enum cw_status cw_log_load_edge(struct cw_log_round *round, struct cw_error *err)
{
    round->edge.size = round->published.checkpoint.tree.size;
    enum cw_status status = load_tiles(round, err);
    if (status != CW_OK) {
        return status;
    }
    const struct cw_tlog_hash root = cw_tlog_edge_root(&round->edge);
    if (!cw_tlog_hash_equal(&root, &round->published.checkpoint.tree.root)) {
        return refuse("its last tiles do not have the root that was signed (`cryptowatch log "
                      "verify` names the one that was altered)",
                      err);
    }
    return load_bundle(round, err);
}
