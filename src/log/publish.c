#include "log/publish.h"

#include "base/file.h"
#include "log/round.h"

enum {
    FOLDER_MODE = 0755,
    CHECKPOINT_MODE = 0644,
    BATCH_BYTES_MAX = 8 << 20, /* of entries at once: with 4096, two kilobytes each */
};
static_assert(BATCH_BYTES_MAX > CW_TLOG_ENTRY_MAX + 2, "the longest entry fits into a batch");

static enum cw_status before(const struct cw_log_round *round, enum cw_log_step step)
{
    const struct cw_log_publisher *publisher = round->publisher;
    return publisher->before == NULL ? CW_OK : publisher->before(publisher->ctx, step);
}

/* ---- 3: entries, then hashes --------------------------------------------------------------- */

static enum cw_status write_bundle(struct cw_log_round *round, uint64_t index, unsigned width,
                                   struct cw_error *err)
{
    const struct cw_tlog_tile tile = {CW_TLOG_ENTRIES, index, width};
    enum cw_status status = cw_buf_status(&round->last_bundle, err);
    if (status == CW_OK) {
        status = cw_log_tile_write(round->publisher->folder, &tile,
                                   cw_buf_as_span(&round->last_bundle), err);
    }
    if (width == CW_TLOG_TILE_WIDTH) {
        CW_ASSERT(round->filled_count < CW_LOG_FILLED_MAX);
        round->filled[round->filled_count++] = tile;
        cw_buf_reset(&round->last_bundle);
    }
    return status;
}

static enum cw_status write_entries(struct cw_log_round *round, struct cw_error *err)
{
    struct cw_span rest = cw_buf_as_span(&round->batch.bundle);
    struct cw_span entry;
    uint64_t size = round->edge.size;
    enum cw_status status = before(round, CW_LOG_STEP_ENTRIES);
    while (status == CW_OK && cw_tlog_bundle_next(&rest, &entry)) {
        cw_tlog_bundle_put(&round->last_bundle, entry);
        size++;
        if (size % CW_TLOG_TILE_WIDTH == 0) {
            status = write_bundle(round, size / CW_TLOG_TILE_WIDTH - 1, CW_TLOG_TILE_WIDTH, err);
        }
    }
    const unsigned left = (unsigned)(size % CW_TLOG_TILE_WIDTH);
    if (status == CW_OK && left > 0) {
        status = write_bundle(round, size / CW_TLOG_TILE_WIDTH, left, err);
    }
    return status;
}

static enum cw_status write_tile(void *ctx, const struct cw_tlog_tile *tile, struct cw_span bytes,
                                 struct cw_error *err)
{
    struct cw_log_round *round = ctx;
    if (tile->width == CW_TLOG_TILE_WIDTH) {
        CW_ASSERT(round->filled_count < CW_LOG_FILLED_MAX);
        round->filled[round->filled_count++] = *tile;
    }
    return cw_log_tile_write(round->publisher->folder, tile, bytes, err);
}

static enum cw_status write_hashes(struct cw_log_round *round, struct cw_error *err)
{
    const struct cw_tlog_sink sink = {.tile = write_tile, .ctx = round};
    const uint64_t old_size = round->edge.size;
    struct cw_span rest = cw_buf_as_span(&round->batch.bundle);
    struct cw_span entry;
    enum cw_status status = before(round, CW_LOG_STEP_TILES);
    while (status == CW_OK && cw_tlog_bundle_next(&rest, &entry)) {
        const struct cw_tlog_hash leaf = cw_tlog_leaf(entry);
        status = cw_tlog_edge_add(&round->edge, &leaf, &sink, err);
    }
    return status == CW_OK ? cw_tlog_edge_flush(&round->edge, old_size, &sink, err) : status;
}

/* ---- 4 to 6: the head ---------------------------------------------------------------------- */

static enum cw_status prepare(struct cw_log_round *round, struct cw_error *err)
{
    const struct cw_log_publisher *publisher = round->publisher;
    struct cw_store_head *head = &round->prepared;
    struct cw_buf text;
    enum cw_status status = before(round, CW_LOG_STEP_PREPARE);
    if (status != CW_OK) {
        return status;
    }
    (void)snprintf(head->checkpoint.origin, sizeof(head->checkpoint.origin), "%s",
                   publisher->origin);
    head->checkpoint.tree =
        (struct cw_tlog_tree){round->edge.size, cw_tlog_edge_root(&round->edge)};
    head->through = round->batch.through;
    head->at_s = publisher->now_s;
    cw_buf_init(&text, CW_NOTE_BYTES_MAX);
    cw_tlog_checkpoint_write(&head->checkpoint, &text);
    status = cw_buf_status(&text, err);
    if (status == CW_OK) {
        cw_buf_reset(&head->note);
        cw_tlog_note_sign(publisher->key, cw_span_cstr(publisher->origin), cw_buf_as_span(&text),
                          &head->note);
        status = cw_buf_status(&head->note, err);
    }
    cw_buf_clear(&text);
    return status == CW_OK ? cw_store_log_prepare(publisher->store, head, err) : status;
}

/* Signed in an earlier call that did not come to its end: the entries must be the same. */
static enum cw_status check_prepared(const struct cw_log_round *round, struct cw_error *err)
{
    const struct cw_tlog_tree *signed_tree = &round->prepared.checkpoint.tree;
    const struct cw_tlog_hash root = cw_tlog_edge_root(&round->edge);
    if (round->edge.size == signed_tree->size && cw_tlog_hash_equal(&root, &signed_tree->root)) {
        return CW_OK;
    }
    return cw_error_set(err, CW_STATE,
                        "the log is not continued: the entries in the database are not those whose "
                        "head was signed%s",
                        CW_LOG_REMEDY);
}

static enum cw_status replace_checkpoint(struct cw_log_round *round, struct cw_error *err)
{
    char *path = cw_path_join(round->publisher->folder, "checkpoint");
    enum cw_status status = path == NULL ? cw_error_set(err, CW_NOMEM, "out of memory")
                                         : before(round, CW_LOG_STEP_CHECKPOINT);
    if (status == CW_OK) {
        cw_dir_sweep(round->publisher->folder, NULL);
        status = cw_file_write(path, cw_buf_as_span(&round->prepared.note), CHECKPOINT_MODE, err);
    }
    free(path);
    return status;
}

static enum cw_status finish(struct cw_log_round *round, struct cw_error *err)
{
    enum cw_status status = before(round, CW_LOG_STEP_CLEAN);
    for (size_t i = 0; status == CW_OK && i < round->filled_count; i++) {
        cw_log_tile_drop_parts(round->publisher->folder, &round->filled[i]);
    }
    if (status == CW_OK) {
        status = before(round, CW_LOG_STEP_FINISH);
    }
    if (status == CW_OK) {
        status = cw_store_log_publish(round->publisher->store, &round->prepared,
                                      round->published.checkpoint.tree.size, err);
    }
    return status;
}

/* ---- one round ----------------------------------------------------------------------------- */

static enum cw_status write_all(struct cw_log_round *round, struct cw_error *err)
{
    enum cw_status status = cw_dir_make(round->publisher->folder, FOLDER_MODE, err);
    if (status == CW_OK) {
        status = write_entries(round, err);
    }
    if (status == CW_OK) {
        status = write_hashes(round, err);
    }
    if (status == CW_OK) {
        status = round->has_prepared ? check_prepared(round, err) : prepare(round, err);
    }
    if (status == CW_OK) {
        status = replace_checkpoint(round, err);
    }
    return status == CW_OK ? finish(round, err) : status;
}

/* Out: ret_is_done  nothing waits any more */
static enum cw_status run_round(struct cw_log_round *round, struct cw_tlog_tree *ret_tree,
                                bool *ret_is_done, struct cw_error *err)
{
    uint64_t left = 0;
    enum cw_status status = cw_log_agree(round, err);
    if (status == CW_OK) {
        status = cw_log_load_edge(round, err);
    }
    if (status != CW_OK) {
        return status;
    }
    *ret_tree = round->published.checkpoint.tree;
    status = cw_store_log_batch(round->publisher->store,
                                round->has_prepared ? round->prepared.through : INT64_MAX,
                                CW_LOG_BATCH_MAX, &round->batch, err);
    const bool is_needed = round->batch.count > 0 || round->has_prepared;
    if (status == CW_OK && is_needed) {
        status = write_all(round, err);
        *ret_tree = status == CW_OK ? round->prepared.checkpoint.tree : *ret_tree;
    }
    if (status == CW_OK && is_needed) {
        status = cw_store_log_pending(round->publisher->store, &left, err);
    }
    *ret_is_done = left == 0;
    return status;
}

/* A round is large, and its edge too, so it does not lie on the stack. */
static enum cw_status one_round(const struct cw_log_publisher *publisher,
                                struct cw_tlog_tree *ret_tree, bool *ret_is_done,
                                struct cw_error *err)
{
    struct cw_log_round *round = calloc(1, sizeof(*round));
    if (round == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory for the log");
    }
    round->publisher = publisher;
    const struct cw_public_key key = cw_signing_key_public(publisher->key);
    cw_tlog_key_make(cw_span_cstr(publisher->origin), CW_TLOG_SIGN, &key, &round->key);
    cw_store_head_init(&round->published);
    cw_store_head_init(&round->prepared);
    cw_buf_init(&round->last_bundle, CW_TLOG_BUNDLE_BYTES_MAX);
    cw_buf_init(&round->batch.bundle, BATCH_BYTES_MAX);
    const enum cw_status status = run_round(round, ret_tree, ret_is_done, err);
    cw_store_head_clear(&round->published);
    cw_store_head_clear(&round->prepared);
    cw_buf_clear(&round->last_bundle);
    cw_buf_clear(&round->batch.bundle);
    free(round);
    return status;
}

enum cw_status cw_log_publish(const struct cw_log_publisher *publisher,
                              struct cw_tlog_tree *ret_tree, struct cw_error *err)
{
    *ret_tree = (struct cw_tlog_tree){0, cw_tlog_empty_root()};
    enum cw_status status = CW_OK;
    for (bool is_done = false; status == CW_OK && !is_done;) {
        status = one_round(publisher, ret_tree, &is_done, err);
    }
    return status;
}
