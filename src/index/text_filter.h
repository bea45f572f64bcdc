/* text_filter.h: is a hash certainly not among those of the index? A blocked Bloom filter.
 *
 * Knows bits and one cache line for each question. Refuses to know what the hashes are of: the
 * index adds those of texts and of keys (spelled.h). A hash that was added is always found; another
 * one is taken for it in about 1 of 5,000 cases (CW_TEXT_FILTER_BITS below), which the caller
 * settles by looking it up.
 *
 * Layout, all integers little-endian, no pointers, at any address (at a multiple of 64 a question
 * costs one cache line):
 *
 *   0   8  magic "CWTEXTF1"
 *   8   8  blocks: 1 to 2^32
 *   16  8  hashes added, repeats included
 *   24  40 zero
 *   64  64 * blocks: eight words each; a hash sets one bit in every word of its block
 *
 * The bytes are a function of the set of hashes and the size, whatever the order of adding.
 *
 *   struct cw_text_filter_builder builder;
 *   cw_text_filter_begin(&builder, memory, cw_text_filter_bytes(expected));
 *   cw_text_filter_add(&builder, hash);
 *   cw_text_filter_finish(&builder);
 */
#ifndef CW_INDEX_TEXT_FILTER_H
#define CW_INDEX_TEXT_FILTER_H

#include "base/error.h"
#include "base/span.h"

enum {
    CW_TEXT_FILTER_HEAD = 64,
    CW_TEXT_FILTER_LINE = 64, /* bytes of a block */
    CW_TEXT_FILTER_WORDS = 8, /* of a block, one bit each for a hash */
    CW_TEXT_FILTER_BITS = 21, /* per hash: false positives about 2^-12.6 */
};

/** An opened filter; borrows the bytes it was opened on. */
struct cw_text_filter {
    const unsigned char *lines;
    uint64_t blocks;
};

/** Opens a filter in bytes from outside. Any bits in its blocks are a filter.
 *  Returns: CW_OK; CW_UNTRUSTED when magic, size, count or a reserved byte is wrong */
CW_NODISCARD enum cw_status cw_text_filter_open(struct cw_span bytes, struct cw_text_filter *ret,
                                                struct cw_error *err);

/** Where the block of a hash is. */
static inline const unsigned char *cw_text_filter_line(const struct cw_text_filter *filter,
                                                       uint64_t hash)
{
    return filter->lines + ((hash >> 32) * filter->blocks >> 32) * CW_TEXT_FILTER_LINE;
}

/** The eight bit numbers of a hash: six bits each, from the low end. */
static inline uint64_t cw_text_filter_bits(uint64_t hash)
{
    return (hash ^ hash >> 32) * 0xff51afd7ed558ccdu >> 16;
}

static inline void cw_text_filter_prefetch(const struct cw_text_filter *filter, uint64_t hash)
{
    __builtin_prefetch(cw_text_filter_line(filter, hash), 0, 3);
}

/** Whether the hash may have been added; false is certain. */
bool cw_text_filter_has(const struct cw_text_filter *filter, uint64_t hash);

/** Answers many questions: writes the positions of those that may have been added.
 *  In:      hashes  count of them, whose lines were prefetched a while ago
 *  Out:     ret_at  room for count positions
 *  Returns: how many were written, in rising order. The three give the same answer; the second and
 *           third must run on a processor with AVX2, and AVX-512F and BW. */
typedef size_t cw_text_filter_pick_fn(const struct cw_text_filter *filter, const uint64_t *hashes,
                                      size_t count, uint32_t *ret_at);
cw_text_filter_pick_fn cw_text_filter_pick_scalar;
#if defined(__x86_64__)
cw_text_filter_pick_fn cw_text_filter_pick_avx2;
cw_text_filter_pick_fn cw_text_filter_pick_avx512;
#endif

struct cw_text_filter_builder {
    unsigned char *head;
    uint64_t blocks;
    uint64_t added;
};

/** Bytes for so many hashes at CW_TEXT_FILTER_BITS each; 0 when that is more than a filter holds.
 */
size_t cw_text_filter_bytes(uint64_t hashes);
/** Begins an empty filter in memory of the caller, of a size given by cw_text_filter_bytes. */
void cw_text_filter_begin(struct cw_text_filter_builder *builder, void *memory, size_t bytes);
void cw_text_filter_add(struct cw_text_filter_builder *builder, uint64_t hash);
/** Completes the head; the builder is not used again. */
void cw_text_filter_finish(struct cw_text_filter_builder *builder);

#endif
