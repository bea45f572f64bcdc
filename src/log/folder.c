#include "log/folder.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

enum { FOLDER_MODE = 0755, TILE_MODE = 0644 }; /* public: whoever copies the log may pass it on */

static char *tile_file(const char *folder, const struct cw_tlog_tile *tile)
{
    char name[CW_TLOG_TILE_PATH_BYTES];
    cw_tlog_tile_path(tile, name);
    return cw_path_join(folder, name);
}

static enum cw_status no_memory(struct cw_error *err)
{
    return cw_error_set(err, CW_NOMEM, "not enough memory for a tile of the log");
}

/* ---- reading ------------------------------------------------------------------------------- */

static size_t bytes_max(const struct cw_tlog_tile *tile)
{
    return tile->level == CW_TLOG_ENTRIES ? (size_t)CW_TLOG_BUNDLE_BYTES_MAX
                                          : (size_t)CW_TLOG_TILE_WIDTH * CW_TLOG_HASH_BYTES;
}

/* Reads the file of `held` and keeps the first `width` of it. */
static enum cw_status read_as(const char *folder, const struct cw_tlog_tile *held, unsigned width,
                              struct cw_buf *ret, struct cw_error *err)
{
    struct cw_error cause = {0};
    char name[CW_TLOG_TILE_PATH_BYTES];
    char *path = tile_file(folder, held);
    if (path == NULL) {
        return no_memory(err);
    }
    cw_buf_reset(ret);
    enum cw_status status = cw_file_read(path, ret, &cause);
    free(path);
    cw_tlog_tile_path(held, name);
    if (status == CW_LIMIT || status == CW_INVALID) {
        return cw_error_set(err, CW_UNTRUSTED, "%s: too large, or not a file", name);
    }
    if (status != CW_OK) {
        return cw_error_set(err, status, "%s", cause.text);
    }
    const size_t found = ret->len;
    size_t len = 0;
    if (cw_tlog_tile_measure(held, cw_buf_as_span(ret), width, &len)) {
        ret->len = len;
        return CW_OK;
    }
    return held->level == CW_TLOG_ENTRIES
               ? cw_error_set(err, CW_UNTRUSTED,
                              "%s: %zu bytes, which are not %u entries: cut short or altered", name,
                              found, held->width)
               : cw_error_set(err, CW_UNTRUSTED, "%s: %zu bytes where %zu are expected: %s", name,
                              found, (size_t)held->width * CW_TLOG_HASH_BYTES,
                              found < (size_t)held->width * CW_TLOG_HASH_BYTES ? "cut short"
                                                                               : "too long");
}

enum cw_status cw_log_tile_read(const char *folder, const struct cw_tlog_tile *tile,
                                struct cw_buf *ret, struct cw_error *err)
{
    CW_ASSERT(ret->max >= bytes_max(tile));
    struct cw_error cause = {0};
    enum cw_status status = read_as(folder, tile, tile->width, ret, &cause);
    if (status == CW_NOT_FOUND && tile->width < CW_TLOG_TILE_WIDTH) {
        const struct cw_tlog_tile full = {tile->level, tile->index, CW_TLOG_TILE_WIDTH};
        struct cw_error second = {0};
        status = read_as(folder, &full, tile->width, ret, &second);
        if (status != CW_NOT_FOUND) {
            cause = second;
        }
    }
    if (status == CW_NOT_FOUND) {
        char name[CW_TLOG_TILE_PATH_BYTES];
        cw_tlog_tile_path(tile, name);
        return cw_error_set(err, CW_UNTRUSTED, "%s: is missing", name);
    }
    return status == CW_OK ? CW_OK : cw_error_set(err, status, "%s", cause.text);
}

enum cw_status cw_log_entry_at(const char *folder, uint64_t index, uint64_t size,
                               struct cw_buf *ret, struct cw_error *err)
{
    CW_ASSERT(index < size);
    const uint64_t at = index / CW_TLOG_TILE_WIDTH;
    const struct cw_tlog_tile tile = {CW_TLOG_ENTRIES, at,
                                      cw_tlog_tile_width(CW_TLOG_ENTRIES, at, size)};
    struct cw_buf bundle;
    cw_buf_init(&bundle, CW_TLOG_BUNDLE_BYTES_MAX);
    enum cw_status status = cw_log_tile_read(folder, &tile, &bundle, err);
    struct cw_span rest = cw_buf_as_span(&bundle);
    struct cw_span entry = {0};
    for (uint64_t i = at * CW_TLOG_TILE_WIDTH; status == CW_OK && i <= index; i++) {
        const bool has_entry = cw_tlog_bundle_next(&rest, &entry);
        CW_ASSERT(has_entry); /* the read has counted them */
    }
    if (status == CW_OK) {
        cw_buf_span(ret, entry);
        status = cw_buf_status(ret, err);
    }
    cw_buf_clear(&bundle);
    return status;
}

/* ---- writing ------------------------------------------------------------------------------- */

enum cw_status cw_log_tile_write(const char *folder, const struct cw_tlog_tile *tile,
                                 struct cw_span bytes, struct cw_error *err)
{
    char *path = tile_file(folder, tile);
    char *parent = path == NULL ? NULL : cw_path_dirname(path);
    enum cw_status status = parent == NULL ? no_memory(err) : cw_dir_make(parent, FOLDER_MODE, err);
    if (status == CW_OK) {
        cw_dir_sweep(parent, NULL); /* of a run that was killed while it wrote here */
        status = cw_file_write(path, bytes, TILE_MODE, err);
    }
    free(parent);
    free(path);
    return status;
}

/* Only what we wrote ourselves: a stranger's file stays, and the folder with it. */
static void drop_names(const char *parts)
{
    char **names = NULL;
    size_t count = 0;
    if (cw_dir_list(parts, "", &names, &count, NULL) != CW_OK) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        uint64_t width = 0;
        char *path = NULL;
        if (cw_span_to_u64(cw_span_cstr(names[i]), CW_TLOG_TILE_WIDTH - 1, &width) && width > 0) {
            path = cw_path_join(parts, names[i]);
        }
        if (path != NULL) {
            (void)unlink(path);
        }
        free(path);
    }
    cw_names_free(names);
}

void cw_log_tile_drop_parts(const char *folder, const struct cw_tlog_tile *tile)
{
    CW_ASSERT(tile->width == CW_TLOG_TILE_WIDTH);
    const struct cw_tlog_tile part = {tile->level, tile->index, 1};
    char *path = tile_file(folder, &part);
    char *parts = path == NULL ? NULL : cw_path_dirname(path);
    /* Most tiles are filled in one round, and have no parts. */
    if (parts != NULL && rmdir(parts) != 0 && errno != ENOENT) {
        drop_names(parts);
        cw_dir_sweep(parts, NULL);
        (void)rmdir(parts);
    }
    free(parts);
    free(path);
}

/* ---- the checkpoint ------------------------------------------------------------------------ */

void cw_log_head_init(struct cw_log_head *head)
{
    head->note.count = 0;
    head->checkpoint = (struct cw_tlog_checkpoint){.origin = ""};
    cw_buf_init(&head->bytes, CW_NOTE_BYTES_MAX);
}

void cw_log_head_clear(struct cw_log_head *head)
{
    cw_buf_clear(&head->bytes);
}

enum cw_status cw_log_head_parse(struct cw_log_head *head, struct cw_error *err)
{
    const enum cw_status status = cw_tlog_note_read(cw_buf_as_span(&head->bytes), &head->note, err);
    return status == CW_OK ? cw_tlog_checkpoint_read(head->note.text, &head->checkpoint, err)
                           : status;
}

enum cw_status cw_log_head_read(const char *path, struct cw_log_head *ret, struct cw_error *err)
{
    struct cw_error cause = {0};
    cw_buf_reset(&ret->bytes);
    const enum cw_status status = cw_file_read(path, &ret->bytes, err);
    if (status != CW_OK) {
        return status;
    }
    const enum cw_status parsed = cw_log_head_parse(ret, &cause);
    return parsed == CW_OK ? CW_OK : cw_error_set(err, parsed, "%s: %s", path, cause.text);
}

enum cw_status cw_log_head_read_in(const char *folder, struct cw_log_head *ret,
                                   struct cw_error *err)
{
    char *path = cw_path_join(folder, "checkpoint");
    const enum cw_status status = path == NULL ? no_memory(err) : cw_log_head_read(path, ret, err);
    free(path);
    return status;
}

/* ---- nodes --------------------------------------------------------------------------------- */

struct kept {
    bool is_there;
    uint64_t index;
    struct cw_buf bytes;
};

struct cw_log_tiles {
    const char *folder;
    uint64_t size;
    struct kept kept[CW_TLOG_TILE_LEVELS];
};

struct cw_log_tiles *cw_log_tiles_new(const char *folder, uint64_t size)
{
    struct cw_log_tiles *tiles = calloc(1, sizeof(*tiles));
    if (tiles == NULL) {
        return NULL;
    }
    tiles->folder = folder;
    tiles->size = size;
    for (size_t i = 0; i < CW_TLOG_TILE_LEVELS; i++) {
        cw_buf_init(&tiles->kept[i].bytes, (size_t)CW_TLOG_TILE_WIDTH * CW_TLOG_HASH_BYTES);
    }
    return tiles;
}

void cw_log_tiles_free(struct cw_log_tiles *tiles)
{
    for (size_t i = 0; tiles != NULL && i < CW_TLOG_TILE_LEVELS; i++) {
        cw_buf_clear(&tiles->kept[i].bytes);
    }
    free(tiles);
}

void cw_log_tiles_freep(struct cw_log_tiles **tiles)
{
    cw_log_tiles_free(*tiles);
    *tiles = NULL;
}

static enum cw_status keep(struct cw_log_tiles *tiles, int level, uint64_t index,
                           struct cw_error *err)
{
    struct kept *kept = &tiles->kept[level];
    if (kept->is_there && kept->index == index) {
        return CW_OK;
    }
    const struct cw_tlog_tile tile = {level, index, cw_tlog_tile_width(level, index, tiles->size)};
    CW_ASSERT(tile.width > 0);
    kept->is_there = false;
    const enum cw_status status = cw_log_tile_read(tiles->folder, &tile, &kept->bytes, err);
    kept->is_there = status == CW_OK;
    kept->index = index;
    return status;
}

static enum cw_status read_node(void *ctx, unsigned level, uint64_t index, struct cw_tlog_hash *ret,
                                struct cw_error *err)
{
    struct cw_log_tiles *tiles = ctx;
    const unsigned height = level % CW_TLOG_TILE_HEIGHT;
    const unsigned shift = CW_TLOG_TILE_HEIGHT - height;
    const int tile_level = (int)(level / CW_TLOG_TILE_HEIGHT);
    CW_ASSERT(tile_level < CW_TLOG_TILE_LEVELS);
    const enum cw_status status = keep(tiles, tile_level, index >> shift, err);
    if (status == CW_OK) {
        const uint64_t in_tile = index & ((UINT64_C(1) << shift) - 1);
        *ret = cw_tlog_tile_node(cw_buf_as_span(&tiles->kept[tile_level].bytes),
                                 (unsigned)in_tile << height, height);
    }
    return status;
}

struct cw_tlog_nodes cw_log_tiles_nodes(struct cw_log_tiles *tiles)
{
    return (struct cw_tlog_nodes){.read = read_node, .ctx = tiles};
}
