/* tile.h: a log as static files: what stands in which file, and how the files grow at the right.
 *
 * Knows C2SP tlog-tiles: names, widths, tiles of hashes, bundles of entries. Refuses to know files:
 * names and bytes go in and out. Pure.
 *
 *   tile/0/000.p/12         hashes of entries 0..11, 32 bytes each
 *   tile/1/x001/x234/067    hash i is the root of tile/0 number 1234067 * 256 + i
 *   tile/entries/000        256 entries, each behind its length in two bytes, big-endian
 */
#ifndef CW_TLOG_TILE_H
#define CW_TLOG_TILE_H

#include "base/buf.h"
#include "tlog/merkle.h"

enum {
    CW_TLOG_TILE_WIDTH = 256,
    CW_TLOG_TILE_HEIGHT = 8,
    CW_TLOG_TILE_LEVELS = 6, /* 256^5 is CW_LOG_SIZE_MAX, whose one hash stands on the sixth */
    CW_TLOG_ENTRIES = -1,    /* "level" of a bundle of entries */
    CW_TLOG_TILE_PATH_BYTES = 48,
    CW_TLOG_ENTRY_MAX = 65535, /* what fits behind two bytes */
    CW_TLOG_BUNDLE_BYTES_MAX = CW_TLOG_TILE_WIDTH * (2 + CW_TLOG_ENTRY_MAX),
};

/** A tile: which, and how much of it there is. */
struct cw_tlog_tile {
    int level;      /* 0.., or CW_TLOG_ENTRIES */
    uint64_t index; /* of the tile on its level */
    unsigned width; /* 1..256; below 256 it is partial */
};

/** "tile/0/x001/067.p/12" and a NUL. */
void cw_tlog_tile_path(const struct cw_tlog_tile *tile, char ret[static CW_TLOG_TILE_PATH_BYTES]);
/** The width that a tile has in a tree of this size; 0 when it has none. */
unsigned cw_tlog_tile_width(int level, uint64_t index, uint64_t size);
/** Root of the 2^height hashes that begin at hash `offset` of a tile's bytes. */
struct cw_tlog_hash cw_tlog_tile_node(struct cw_span tile, unsigned offset, unsigned height);

/** Appends one entry to a bundle, behind its length. Entries have 1..CW_TLOG_ENTRY_MAX bytes. */
void cw_tlog_bundle_put(struct cw_buf *bundle, struct cw_span entry);
/** Cuts the next entry off *bundle; false when it is cut short or empty. */
bool cw_tlog_bundle_next(struct cw_span *bundle, struct cw_span *ret_entry);

/** How many of a file's bytes are the first `width` hashes or entries of a tile.
 *  In:      held  the tile as its file must hold it; width  at most held->width
 *  Returns: false when the bytes are not exactly the hashes, or the entries, of `held`. */
bool cw_tlog_tile_measure(const struct cw_tlog_tile *held, struct cw_span bytes, unsigned width,
                          size_t *ret_len);

/** The right edge of a tree: the one unfinished tile of each level. It is all that is needed to
 * add entries and to know the root, so adding costs the same however large the log is.
 * Invariant: tiles[l] holds size / 256^l mod 256 hashes. */
struct cw_tlog_edge {
    uint64_t size;
    struct cw_tlog_hash tiles[CW_TLOG_TILE_LEVELS][CW_TLOG_TILE_WIDTH];
};

/** Told of each tile that the edge has finished, or at the end leaves unfinished. */
struct cw_tlog_sink {
    enum cw_status (*tile)(void *ctx, const struct cw_tlog_tile *tile, struct cw_span bytes,
                           struct cw_error *err);
    void *ctx;
};

/** Adds the hash of the next entry and hands on the tiles that it fills.
 *  Returns: CW_OK; CW_LIMIT at CW_LOG_SIZE_MAX entries; what the sink returns. */
CW_NODISCARD enum cw_status cw_tlog_edge_add(struct cw_tlog_edge *edge,
                                             const struct cw_tlog_hash *leaf,
                                             const struct cw_tlog_sink *sink, struct cw_error *err);
/** Hands on the unfinished tiles that differ from those of the tree of `old_size` entries. */
CW_NODISCARD enum cw_status cw_tlog_edge_flush(const struct cw_tlog_edge *edge, uint64_t old_size,
                                               const struct cw_tlog_sink *sink,
                                               struct cw_error *err);
struct cw_tlog_hash cw_tlog_edge_root(const struct cw_tlog_edge *edge);

#endif
