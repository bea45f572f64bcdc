#include "log/audit.h"

/* ---- signatures ---------------------------------------------------------------------------- */

enum cw_status cw_log_check_signatures(const struct cw_log_head *head,
                                       const struct cw_tlog_key *keys, size_t keys_count,
                                       struct cw_log_witness *ret, struct cw_error *err)
{
    CW_ASSERT(keys_count <= CW_LOG_VKEYS_MAX);
    const char *origin = head->checkpoint.origin;
    bool has_key = false;
    bool is_signed = false;
    const struct cw_tlog_key *bad = NULL;
    for (size_t i = 0; i < keys_count; i++) {
        ret[i].key = &keys[i];
        ret[i].state = cw_tlog_note_check(&head->note, &keys[i], &ret[i].time_s);
        const bool is_log = keys[i].type == CW_TLOG_SIGN && strcmp(keys[i].name, origin) == 0;
        has_key |= is_log;
        is_signed |= is_log && ret[i].state == CW_TLOG_GOOD;
        bad = bad == NULL && ret[i].state == CW_TLOG_BAD ? &keys[i] : bad;
    }
    if (bad != NULL) {
        return cw_error_set(err, CW_UNTRUSTED,
                            "checkpoint: the signature of %s is not that of its key", bad->name);
    }
    if (!has_key) {
        return cw_error_set(err, CW_NOT_FOUND,
                            "checkpoint: no key of the log %s was given (--vkey)", origin);
    }
    return is_signed ? CW_OK
                     : cw_error_set(err, CW_UNTRUSTED,
                                    "checkpoint: not signed by the log key that was given");
}

/* ---- entries and tiles --------------------------------------------------------------------- */

struct walk {
    const struct cw_log_audit *audit;
    struct cw_log_found *found;
    uint64_t size;
    struct cw_tlog_edge edge;
    struct cw_buf bundle;
    struct cw_tlog_hash leaves[CW_TLOG_TILE_WIDTH]; /* of the entries of `bundle` */
    struct cw_buf stored;                           /* the tile on disk */
};

static enum cw_status differs(const struct cw_tlog_tile *tile, uint64_t at, struct cw_error *err)
{
    char name[CW_TLOG_TILE_PATH_BYTES];
    char below[CW_TLOG_TILE_PATH_BYTES];
    const uint64_t index = tile->index * CW_TLOG_TILE_WIDTH + at;
    cw_tlog_tile_path(tile, name);
    if (tile->level == 0) {
        return cw_error_set(err, CW_UNTRUSTED,
                            "entry %llu does not have the hash that %s holds: one of the two was "
                            "altered",
                            (unsigned long long)index, name);
    }
    const struct cw_tlog_tile child = {tile->level - 1, index, CW_TLOG_TILE_WIDTH};
    cw_tlog_tile_path(&child, below);
    return cw_error_set(err, CW_UNTRUSTED,
                        "%s: hash %llu is not that of %s: one of the two was altered", name,
                        (unsigned long long)at, below);
}

/* The tile that came out of the entries, beside the one in the folder. */
static enum cw_status compare_tile(void *ctx, const struct cw_tlog_tile *tile, struct cw_span bytes,
                                   struct cw_error *err)
{
    struct walk *walk = ctx;
    const enum cw_status status = cw_log_tile_read(walk->audit->folder, tile, &walk->stored, err);
    if (status != CW_OK) {
        return status;
    }
    CW_ASSERT(walk->stored.len == bytes.len);
    for (size_t i = 0; i < tile->width; i++) {
        const size_t at = i * CW_TLOG_HASH_BYTES;
        if (memcmp(bytes.data + at, walk->stored.data + at, CW_TLOG_HASH_BYTES) != 0) {
            return differs(tile, i, err);
        }
    }
    return CW_OK;
}

/* Hashes of entries were compared before the entries were read. */
static enum cw_status compare_upper(void *ctx, const struct cw_tlog_tile *tile,
                                    struct cw_span bytes, struct cw_error *err)
{
    return tile->level == 0 ? CW_OK : compare_tile(ctx, tile, bytes, err);
}

static enum cw_status take_entry(struct walk *walk, struct cw_span entry,
                                 const struct cw_tlog_hash *leaf, struct cw_error *err)
{
    const struct cw_tlog_sink sink = {.tile = compare_upper, .ctx = walk};
    struct cw_error cause = {0};
    struct cw_log_alert alert;
    enum cw_log_kind kind = CW_LOG_OTHER;
    const uint64_t index = walk->edge.size;
    const enum cw_status status = cw_log_entry_read(entry, &kind, &alert, &cause);
    if (status != CW_OK) {
        return cw_error_set(err, status, "entry %llu is not of the form: %s",
                            (unsigned long long)index, cause.text);
    }
    walk->found->entries[kind]++;
    return cw_tlog_edge_add(&walk->edge, leaf, &sink, err);
}

/* An altered entry is most likely no entry any more, but that is not what happened: so the hashes
 * of a bundle are compared before any entry of it is read. */
static enum cw_status compare_bundle(struct walk *walk, const struct cw_tlog_tile *bundle,
                                     struct cw_error *err)
{
    const struct cw_tlog_tile tile = {0, bundle->index, bundle->width};
    struct cw_span rest = cw_buf_as_span(&walk->bundle);
    struct cw_span entry;
    for (size_t i = 0; cw_tlog_bundle_next(&rest, &entry); i++) {
        CW_ASSERT(i < bundle->width);
        walk->leaves[i] = cw_tlog_leaf(entry);
    }
    return compare_tile(walk, &tile,
                        cw_span_make(walk->leaves, bundle->width * sizeof(walk->leaves[0])), err);
}

static enum cw_status take_bundle(struct walk *walk, uint64_t index, struct cw_error *err)
{
    const struct cw_tlog_tile tile = {CW_TLOG_ENTRIES, index,
                                      cw_tlog_tile_width(CW_TLOG_ENTRIES, index, walk->size)};
    enum cw_status status = cw_log_tile_read(walk->audit->folder, &tile, &walk->bundle, err);
    if (status == CW_OK) {
        status = compare_bundle(walk, &tile, err);
    }
    struct cw_span rest = cw_buf_as_span(&walk->bundle);
    struct cw_span entry;
    for (size_t i = 0; status == CW_OK && cw_tlog_bundle_next(&rest, &entry); i++) {
        status = take_entry(walk, entry, &walk->leaves[i], err);
    }
    return status;
}

static enum cw_status check_root(const struct walk *walk, struct cw_error *err)
{
    const struct cw_tlog_hash root = cw_tlog_edge_root(&walk->edge);
    if (cw_tlog_hash_equal(&root, &walk->found->checkpoint.tree.root)) {
        return CW_OK;
    }
    return cw_error_set(err, CW_UNTRUSTED,
                        "checkpoint: the %llu entries of this folder do not have the root that it "
                        "states: it is of another log, or entries and hashes were altered together",
                        (unsigned long long)walk->size);
}

static enum cw_status walk_all(struct walk *walk, struct cw_error *err)
{
    enum cw_status status = CW_OK;
    const uint64_t bundles = (walk->size + CW_TLOG_TILE_WIDTH - 1) / CW_TLOG_TILE_WIDTH;
    for (uint64_t i = 0; status == CW_OK && i < bundles; i++) {
        status = take_bundle(walk, i, err);
    }
    if (status == CW_OK) {
        const struct cw_tlog_sink sink = {.tile = compare_upper, .ctx = walk};
        status = cw_tlog_edge_flush(&walk->edge, 0, &sink, err);
    }
    return status == CW_OK ? check_root(walk, err) : status;
}

static enum cw_status check_entries(const struct cw_log_audit *audit, struct cw_log_found *found,
                                    struct cw_error *err)
{
    struct walk *walk = calloc(1, sizeof(*walk));
    if (walk == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory for the log");
    }
    walk->audit = audit;
    walk->found = found;
    walk->size = found->checkpoint.tree.size;
    cw_buf_init(&walk->bundle, CW_TLOG_BUNDLE_BYTES_MAX);
    cw_buf_init(&walk->stored, (size_t)CW_TLOG_TILE_WIDTH * CW_TLOG_HASH_BYTES);
    const enum cw_status status = walk_all(walk, err);
    cw_buf_clear(&walk->bundle);
    cw_buf_clear(&walk->stored);
    free(walk);
    return status;
}

/* ---- an older checkpoint ------------------------------------------------------------------- */

static enum cw_status prove_older(const struct cw_log_audit *audit,
                                  const struct cw_log_found *found, struct cw_error *err)
{
    const struct cw_tlog_tree *tree = &found->checkpoint.tree;
    const struct cw_tlog_tree *older = &found->older.tree;
    CW_CLEANUP(cw_log_tiles_freep)
    struct cw_log_tiles *tiles = cw_log_tiles_new(audit->folder, tree->size);
    if (tiles == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory for the tiles");
    }
    const struct cw_tlog_nodes nodes = cw_log_tiles_nodes(tiles);
    struct cw_tlog_path path;
    const enum cw_status status =
        cw_tlog_prove_consistency(&nodes, older->size, tree->size, &path, err);
    if (status != CW_OK || cw_tlog_extends(older, tree, &path)) {
        return status;
    }
    return cw_error_set(err, CW_UNTRUSTED,
                        "checkpoint: this log does not begin with the %llu entries of the older "
                        "checkpoint: its history was rewritten. Keep both checkpoints: signed by "
                        "one key, they prove it",
                        (unsigned long long)older->size);
}

/* The three ways in which an older checkpoint contradicts the folder each have their sentence. */
static enum cw_status compare_older(const struct cw_log_audit *audit,
                                    const struct cw_log_found *found, struct cw_error *err)
{
    const struct cw_tlog_tree *tree = &found->checkpoint.tree;
    const struct cw_tlog_tree *older = &found->older.tree;
    if (strcmp(found->older.origin, found->checkpoint.origin) != 0) {
        return cw_error_set(err, CW_UNTRUSTED, "%s: is a checkpoint of the log %s, this is %s",
                            audit->against != NULL ? audit->against : "the last that was signed",
                            found->older.origin, found->checkpoint.origin);
    }
    if (older->size > tree->size) {
        return cw_error_set(err, CW_UNTRUSTED,
                            "checkpoint: %llu entries, and a signed checkpoint of %llu was seen "
                            "before: an older copy of the log was put back",
                            (unsigned long long)tree->size, (unsigned long long)older->size);
    }
    if (older->size == tree->size && !cw_tlog_hash_equal(&older->root, &tree->root)) {
        return cw_error_set(err, CW_UNTRUSTED,
                            "checkpoint: a second checkpoint of the same size, %llu, with another "
                            "root: the log shows different people different entries. Keep both: "
                            "signed by one key, they prove it",
                            (unsigned long long)tree->size);
    }
    return prove_older(audit, found, err);
}

static enum cw_status read_older(const struct cw_log_audit *audit, struct cw_log_found *found,
                                 struct cw_error *err)
{
    struct cw_error cause = {0};
    struct cw_log_witness signatures[CW_LOG_VKEYS_MAX];
    struct cw_log_head head;
    cw_log_head_init(&head);
    enum cw_status status = cw_log_head_read(audit->against, &head, &cause);
    if (status == CW_OK) {
        status = cw_log_check_signatures(&head, audit->keys, audit->keys_count, signatures, &cause);
    }
    found->has_older = status == CW_OK;
    found->older = head.checkpoint;
    cw_log_head_clear(&head);
    if (status == CW_OK || status == CW_NOMEM) {
        return status;
    }
    /* it is what we compare with, and not what we judge */
    return cw_error_set(err, CW_NOT_FOUND, "%s: cannot be compared with: %s", audit->against,
                        cause.text);
}

/* ---- all of it ----------------------------------------------------------------------------- */

static enum cw_status check_head(const struct cw_log_audit *audit, struct cw_log_found *found,
                                 struct cw_error *err)
{
    struct cw_error cause = {0};
    struct cw_log_head head;
    cw_log_head_init(&head);
    enum cw_status status = cw_log_head_read_in(audit->folder, &head, &cause);
    if (status == CW_LIMIT || status == CW_INVALID) {
        status = CW_UNTRUSTED;
    }
    if (status != CW_OK) {
        (void)cw_error_set(err, status, "%s", cause.text);
    } else {
        found->has_checkpoint = true;
        found->checkpoint = head.checkpoint;
        found->signatures_count = audit->keys_count;
        status =
            cw_log_check_signatures(&head, audit->keys, audit->keys_count, found->signatures, err);
    }
    cw_log_head_clear(&head);
    return status;
}

enum cw_status cw_log_audit_run(const struct cw_log_audit *audit, struct cw_log_found *ret,
                                struct cw_error *err)
{
    *ret = (struct cw_log_found){.has_checkpoint = false};
    enum cw_status status = check_head(audit, ret, err);
    if (status == CW_OK && audit->against != NULL) {
        status = read_older(audit, ret, err);
    } else if (status == CW_OK && audit->known != NULL) {
        ret->has_older = true;
        ret->older = *audit->known;
    }
    /* what costs little and says most comes before the walk over all entries */
    if (status == CW_OK && ret->has_older && ret->older.tree.size >= ret->checkpoint.tree.size) {
        status = compare_older(audit, ret, err);
    }
    if (status == CW_OK) {
        status = check_entries(audit, ret, err);
    }
    if (status == CW_OK && ret->has_older) {
        status = compare_older(audit, ret, err);
    }
    if (status == CW_IO || status == CW_DENIED) {
        return CW_NOT_FOUND; /* it could not be read: that says nothing about the log */
    }
    return status;
}
