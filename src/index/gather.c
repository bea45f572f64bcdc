#include "index/gather.h"

#include <assert.h>

static_assert(sizeof(struct cw_gather_chunk) == 4096, "a chunk is a page, but for malloc's head");

struct cw_gather *cw_gather_new(uint32_t item_bytes)
{
    CW_ASSERT(item_bytes > 0);
    CW_ASSERT(item_bytes % 4 == 0);
    CW_ASSERT(item_bytes <= CW_GATHER_CHUNK_BYTES);
    struct cw_gather *gather = calloc(1, sizeof(*gather));
    if (gather != NULL) {
        gather->item_bytes = item_bytes;
    }
    return gather;
}

void cw_gather_empty(struct cw_gather *gather, size_t bin)
{
    struct cw_gather_bin *emptied = &gather->bins[bin];
    for (struct cw_gather_chunk *chunk = emptied->first; chunk != NULL;) {
        struct cw_gather_chunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
    emptied->first = NULL;
    emptied->last = NULL;
}

void cw_gather_free(struct cw_gather *gather)
{
    for (size_t i = 0; gather != NULL && i < CW_GATHER_BINS; i++) {
        cw_gather_empty(gather, i);
    }
    free(gather);
}

bool cw_gather_grow(struct cw_gather_bin *bin)
{
    struct cw_gather_chunk *chunk = malloc(sizeof(*chunk));
    if (chunk == NULL) {
        return false;
    }
    chunk->next = NULL;
    chunk->bytes = 0;
    if (bin->last == NULL) {
        bin->first = chunk;
    } else {
        bin->last->next = chunk;
    }
    bin->last = chunk;
    return true;
}
