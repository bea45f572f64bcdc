/* build.h: what the files of the builder share. Private to src/index/.
 *
 *   output.c   blocks with their sums, into a file or into memory
 *   table.c    hashes gathered by the million, sorted, written as a table
 *   builder.c  records, and the order of the whole
 */
#ifndef CW_INDEX_BUILD_H
#define CW_INDEX_BUILD_H

#include "index/builder.h"
#include "index/format.h"

/* ---- output.c ---- */

/** A file that grows block by block. Invariant: everything in `staged` begins at file offset `at`,
 *  a multiple of the block; `sums` has one checksum for each block written since block 1. */
struct cw_index_output {
    char *path;      /* NULL: memory */
    char *temporary; /* while it is being written */
    int fd;          /* -1: memory */
    uint64_t generation;
    uint64_t at;
    uint64_t max;
    uint8_t *staged;
    size_t fill;
    uint8_t *memory;
    size_t memory_cap;
    uint64_t *sums;
    size_t sums_count;
    size_t sums_cap;
};
CW_NODISCARD enum cw_status cw_output_open(struct cw_index_output *out,
                                           const struct cw_index_options *options,
                                           struct cw_error *err);
/** Removes what is unfinished. */
void cw_output_close(struct cw_index_output *out);
CW_NODISCARD enum cw_status cw_output_put(struct cw_index_output *out, const void *data, size_t len,
                                          struct cw_error *err);
/** Offset of the next byte. */
uint64_t cw_output_at(const struct cw_index_output *out);
/** Fills the block up with zeros. */
CW_NODISCARD enum cw_status cw_output_pad(struct cw_index_output *out, struct cw_error *err);
/** Writes SUMS, TOPS and the header, and publishes the file. */
CW_NODISCARD enum cw_status cw_output_finish(struct cw_index_output *out,
                                             struct cw_index_header *header,
                                             struct cw_error *err);

/* ---- table.c ---- */

struct cw_index_keys; /* (hash, place) pairs, gathered by their upper byte */

struct cw_index_keys *cw_index_keys_new(void);
void cw_index_keys_free(struct cw_index_keys *keys);
/** Places must not fall. False when memory is exhausted. */
bool cw_index_keys_add(struct cw_index_keys *keys, uint64_t hash, uint32_t place);
uint64_t cw_index_keys_count(const struct cw_index_keys *keys);
/** Sorts and writes them as a table, and forgets them on the way.
 *  Out: ret  its row for the header */
CW_NODISCARD enum cw_status cw_index_keys_write(struct cw_index_keys *keys,
                                                struct cw_index_output *out,
                                                struct cw_index_section *ret,
                                                struct cw_error *err);

#endif
