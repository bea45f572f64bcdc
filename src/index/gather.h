/* gather.h: millions of small items, in the order of the upper byte of their hash. Private to
 * src/index/.
 *
 * Knows 256 bins, each a chain of chunks of a page. Refuses to know items. Nothing moves when it
 * grows, so there is no second copy, and the chunks of a bin are given back when it was emptied:
 * whoever sorts or files the items works on a part that the processor's cache holds.
 *
 *   struct cw_gather *gather = cw_gather_new(sizeof(item));
 *   void *room = cw_gather_room(gather, hash >> 56);
 */
#ifndef CW_INDEX_GATHER_H
#define CW_INDEX_GATHER_H

#include "base/span.h"
#include "base/status.h"

enum { CW_GATHER_BINS = 256, CW_GATHER_CHUNK_BYTES = 4080 };

struct cw_gather_chunk {
    struct cw_gather_chunk *next;
    uint32_t bytes; /* that are taken */
    _Alignas(8) uint8_t data[CW_GATHER_CHUNK_BYTES];
};

struct cw_gather_bin {
    struct cw_gather_chunk *first;
    struct cw_gather_chunk *last;
    uint64_t count;
};

struct cw_gather {
    struct cw_gather_bin bins[CW_GATHER_BINS];
    uint64_t count;
    uint32_t item_bytes;
};

/** NULL when memory is exhausted. In: item_bytes  a multiple of 4, at most a chunk */
struct cw_gather *cw_gather_new(uint32_t item_bytes);
void cw_gather_free(struct cw_gather *gather);
/** Gives the chunks of a bin back; its count stays. */
void cw_gather_empty(struct cw_gather *gather, size_t bin);
/** Links a new chunk behind the last. False when memory is exhausted. */
bool cw_gather_grow(struct cw_gather_bin *bin);

/** Room for one more item of a bin, aligned to 4 (to 8 when items are a multiple of 8), or NULL. */
static inline void *cw_gather_room(struct cw_gather *gather, size_t number)
{
    struct cw_gather_bin *bin = &gather->bins[number];
    if (bin->last == NULL || bin->last->bytes + gather->item_bytes > CW_GATHER_CHUNK_BYTES) {
        if (!cw_gather_grow(bin)) {
            return NULL;
        }
    }
    void *room = bin->last->data + bin->last->bytes;
    bin->last->bytes += gather->item_bytes;
    bin->count++;
    gather->count++;
    return room;
}

#endif
