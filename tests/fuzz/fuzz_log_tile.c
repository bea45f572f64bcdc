/* Any bytes as a tile of each width and as a bundle: no crash, no read beyond the end; what is kept
 * has as many hashes or entries as were asked for, and a bundle read and written again is the same.
 * The first two bytes say how wide the tile must be and how much of it is wanted. */
#include "fuzz.h"
#include "tlog/tile.h"

static void check_bundle(struct cw_span kept, unsigned width)
{
    struct cw_span rest = kept;
    struct cw_span entry;
    struct cw_buf again;
    unsigned count = 0;
    cw_buf_init(&again, CW_TLOG_BUNDLE_BYTES_MAX);
    while (cw_tlog_bundle_next(&rest, &entry)) {
        cw_tlog_bundle_put(&again, entry);
        (void)cw_tlog_leaf(entry);
        count++;
    }
    CW_ASSERT(count == width);
    CW_ASSERT(cw_span_equal(cw_buf_as_span(&again), kept));
    cw_buf_clear(&again);
}

static void check_hashes(struct cw_span kept, unsigned width)
{
    CW_ASSERT(kept.len == (size_t)width * CW_TLOG_HASH_BYTES);
    for (unsigned height = 0; 1u << height <= width; height++) {
        (void)cw_tlog_tile_node(kept, width - (1u << height), height);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) {
        return 0;
    }
    const unsigned held = 1u + data[0];
    const unsigned width = 1u + data[1] % held;
    const struct cw_span bytes = cw_span_make(data + 2, size - 2);
    size_t len = 0;
    const struct cw_tlog_tile bundle = {CW_TLOG_ENTRIES, 0, held};
    if (cw_tlog_tile_measure(&bundle, bytes, width, &len)) {
        check_bundle(cw_span_slice(bytes, 0, len), width);
        fuzz_accept("bundle");
    }
    const struct cw_tlog_tile tile = {0, 0, held};
    if (cw_tlog_tile_measure(&tile, bytes, width, &len)) {
        check_hashes(cw_span_slice(bytes, 0, len), width);
        fuzz_accept("hashes");
    }
    return 0;
}
