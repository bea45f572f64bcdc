#include "tlog/tile.h"

static_assert(CW_TLOG_TILE_WIDTH == 1 << CW_TLOG_TILE_HEIGHT, "a tile is eight levels of the tree");
static_assert(CW_LOG_SIZE_MAX == UINT64_C(1) << (CW_TLOG_TILE_HEIGHT * (CW_TLOG_TILE_LEVELS - 1)),
              "the edge has a place for every level");
static_assert(sizeof(struct cw_tlog_hash) == CW_TLOG_HASH_BYTES, "hashes lie side by side");

/* ---- names --------------------------------------------------------------------------------- */

void cw_tlog_tile_path(const struct cw_tlog_tile *tile, char ret[static CW_TLOG_TILE_PATH_BYTES])
{
    CW_ASSERT(tile->width >= 1);
    CW_ASSERT(tile->width <= CW_TLOG_TILE_WIDTH);
    CW_ASSERT(tile->index <= CW_LOG_SIZE_MAX);
    char index[32] = "";
    char level[16] = "entries";
    char part[8] = "";
    uint64_t divisor = 1;
    while (tile->index / divisor >= 1000) {
        divisor *= 1000;
    }
    size_t len = 0;
    for (; divisor > 0; divisor /= 1000) {
        const unsigned group = (unsigned)(tile->index / divisor % 1000);
        len += (size_t)snprintf(index + len, sizeof(index) - len, divisor > 1 ? "x%03u/" : "%03u",
                                group);
    }
    if (tile->level != CW_TLOG_ENTRIES) {
        (void)snprintf(level, sizeof(level), "%d", tile->level);
    }
    if (tile->width < CW_TLOG_TILE_WIDTH) {
        (void)snprintf(part, sizeof(part), ".p/%u", tile->width);
    }
    const int all = snprintf(ret, CW_TLOG_TILE_PATH_BYTES, "tile/%s/%s%s", level, index, part);
    CW_ASSERT(all > 0);
    CW_ASSERT(all < CW_TLOG_TILE_PATH_BYTES);
}

unsigned cw_tlog_tile_width(int level, uint64_t index, uint64_t size)
{
    const unsigned shift = level > 0 ? CW_TLOG_TILE_HEIGHT * (unsigned)level : 0;
    const uint64_t hashes = shift < 64 ? size >> shift : 0;
    const uint64_t full = hashes / CW_TLOG_TILE_WIDTH;
    if (index < full) {
        return CW_TLOG_TILE_WIDTH;
    }
    return index == full ? (unsigned)(hashes % CW_TLOG_TILE_WIDTH) : 0;
}

/* ---- contents ------------------------------------------------------------------------------ */

struct cw_tlog_hash cw_tlog_tile_node(struct cw_span tile, unsigned offset, unsigned height)
{
    CW_ASSERT(height <= CW_TLOG_TILE_HEIGHT);
    const size_t count = (size_t)1 << height;
    CW_ASSERT(((size_t)offset + count) * CW_TLOG_HASH_BYTES <= tile.len);
    struct cw_tlog_hash hashes[CW_TLOG_TILE_WIDTH];
    memcpy(hashes, tile.data + (size_t)offset * CW_TLOG_HASH_BYTES, count * CW_TLOG_HASH_BYTES);
    return cw_tlog_block_root(hashes, height);
}

void cw_tlog_bundle_put(struct cw_buf *bundle, struct cw_span entry)
{
    CW_ASSERT(entry.len >= 1);
    CW_ASSERT(entry.len <= CW_TLOG_ENTRY_MAX);
    cw_buf_char(bundle, (char)(entry.len >> 8));
    cw_buf_char(bundle, (char)(entry.len & 0xff));
    cw_buf_span(bundle, entry);
}

bool cw_tlog_bundle_next(struct cw_span *bundle, struct cw_span *ret_entry)
{
    if (bundle->len < 2) {
        return false;
    }
    const size_t len =
        ((size_t)(unsigned char)bundle->data[0] << 8) | (size_t)(unsigned char)bundle->data[1];
    if (len == 0 || len > bundle->len - 2) {
        return false;
    }
    *ret_entry = cw_span_slice(*bundle, 2, 2 + len);
    *bundle = cw_span_slice(*bundle, 2 + len, bundle->len);
    return true;
}

static bool measure_bundle(struct cw_span bundle, unsigned held, unsigned width, size_t *ret_len)
{
    struct cw_span rest = bundle;
    struct cw_span entry;
    unsigned count = 0;
    size_t len = 0;
    while (count < held && cw_tlog_bundle_next(&rest, &entry)) {
        count++;
        len = count == width ? bundle.len - rest.len : len;
    }
    *ret_len = len;
    return count == held && rest.len == 0;
}

bool cw_tlog_tile_measure(const struct cw_tlog_tile *held, struct cw_span bytes, unsigned width,
                          size_t *ret_len)
{
    CW_ASSERT(width >= 1);
    CW_ASSERT(width <= held->width);
    if (held->level == CW_TLOG_ENTRIES) {
        return measure_bundle(bytes, held->width, width, ret_len);
    }
    *ret_len = (size_t)width * CW_TLOG_HASH_BYTES;
    return bytes.len == (size_t)held->width * CW_TLOG_HASH_BYTES;
}

/* ---- the right edge ------------------------------------------------------------------------ */

static struct cw_span tile_bytes(const struct cw_tlog_hash *hashes, unsigned width)
{
    return cw_span_make(hashes, (size_t)width * CW_TLOG_HASH_BYTES);
}

/* A filled tile becomes one hash of the tile above, which that may fill in turn. */
enum cw_status cw_tlog_edge_add(struct cw_tlog_edge *edge, const struct cw_tlog_hash *leaf,
                                const struct cw_tlog_sink *sink, struct cw_error *err)
{
    if (edge->size >= CW_LOG_SIZE_MAX) {
        return cw_error_set(err, CW_LIMIT, "the log holds %llu entries, and can hold no more",
                            (unsigned long long)CW_LOG_SIZE_MAX);
    }
    struct cw_tlog_hash hash = *leaf;
    uint64_t at = edge->size;
    enum cw_status status = CW_OK;
    for (int level = 0; status == CW_OK && level < CW_TLOG_TILE_LEVELS; level++) {
        struct cw_tlog_hash *tile = edge->tiles[level];
        tile[at % CW_TLOG_TILE_WIDTH] = hash;
        if (at % CW_TLOG_TILE_WIDTH != CW_TLOG_TILE_WIDTH - 1) {
            break;
        }
        const struct cw_tlog_tile full = {level, at / CW_TLOG_TILE_WIDTH, CW_TLOG_TILE_WIDTH};
        hash = cw_tlog_block_root(tile, CW_TLOG_TILE_HEIGHT);
        status = sink->tile(sink->ctx, &full, tile_bytes(tile, CW_TLOG_TILE_WIDTH), err);
        at /= CW_TLOG_TILE_WIDTH;
    }
    edge->size++;
    return status;
}

enum cw_status cw_tlog_edge_flush(const struct cw_tlog_edge *edge, uint64_t old_size,
                                  const struct cw_tlog_sink *sink, struct cw_error *err)
{
    enum cw_status status = CW_OK;
    uint64_t hashes = edge->size;
    uint64_t old_hashes = old_size;
    for (int level = 0; status == CW_OK && level < CW_TLOG_TILE_LEVELS; level++) {
        const struct cw_tlog_tile tile = {level, hashes / CW_TLOG_TILE_WIDTH,
                                          (unsigned)(hashes % CW_TLOG_TILE_WIDTH)};
        if (tile.width > 0 && hashes != old_hashes) {
            status = sink->tile(sink->ctx, &tile, tile_bytes(edge->tiles[level], tile.width), err);
        }
        hashes /= CW_TLOG_TILE_WIDTH;
        old_hashes /= CW_TLOG_TILE_WIDTH;
    }
    return status;
}

/* From the smallest subtree at the right to the largest at the left. */
struct cw_tlog_hash cw_tlog_edge_root(const struct cw_tlog_edge *edge)
{
    struct cw_tlog_hash folded = cw_tlog_empty_root();
    bool has_any = false;
    uint64_t hashes = edge->size;
    for (int level = 0; level < CW_TLOG_TILE_LEVELS; level++) {
        unsigned left = (unsigned)(hashes % CW_TLOG_TILE_WIDTH);
        for (unsigned height = 0; left > 0; height++) {
            if ((left & 1u << height) == 0) {
                continue;
            }
            left -= 1u << height;
            const struct cw_tlog_hash root = cw_tlog_block_root(edge->tiles[level] + left, height);
            folded = has_any ? cw_tlog_node(&root, &folded) : root;
            has_any = true;
        }
        hashes /= CW_TLOG_TILE_WIDTH;
    }
    return folded;
}
