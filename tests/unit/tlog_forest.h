/* tlog_forest.h: a tree in memory, hashed in the plainest way, to hold the real one against. */
#ifndef CW_TESTS_TLOG_FOREST_H
#define CW_TESTS_TLOG_FOREST_H

#include "tlog_world.h"

enum { LEAVES_MAX = 600, PAIRS_MAX = 70 };

struct forest {
    struct cw_tlog_hash leaves[LEAVES_MAX];
    size_t count;
};

static inline struct cw_tlog_hash plain_root(const struct cw_tlog_hash *leaves, size_t count)
{
    if (count == 1) {
        return leaves[0];
    }
    size_t split = 1;
    while (split * 2 < count) {
        split *= 2;
    }
    const struct cw_tlog_hash left = plain_root(leaves, split);
    const struct cw_tlog_hash right = plain_root(leaves + split, count - split);
    return cw_tlog_node(&left, &right);
}

static inline struct cw_tlog_hash forest_root(const struct forest *forest, size_t size)
{
    return size == 0 ? cw_tlog_empty_root() : plain_root(forest->leaves, size);
}

static inline enum cw_status read_node(void *ctx, unsigned level, uint64_t index,
                                       struct cw_tlog_hash *ret, CW_UNUSED struct cw_error *err)
{
    const struct forest *forest = ctx;
    const size_t first = (size_t)(index << level);
    CU_ASSERT_FATAL(first + ((size_t)1 << level) <= forest->count);
    *ret = plain_root(forest->leaves + first, (size_t)1 << level);
    return CW_OK;
}

static inline void forest_grow(struct forest *forest, size_t count)
{
    for (forest->count = 0; forest->count < count; forest->count++) {
        char entry[32];
        const int len = snprintf(entry, sizeof(entry), "entry %zu", forest->count);
        forest->leaves[forest->count] = cw_tlog_leaf(cw_span_make(entry, (size_t)len));
    }
}

#endif
