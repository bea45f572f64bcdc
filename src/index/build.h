/* build.h: what the files of the builder share. Private to src/index/.
 *
 *   output.c   blocks with their sums, into a file or into memory
 *   gather.c   hashes by the million, in bins
 *   table.c    places by their hashes, sorted, written as a table
 *   put.c      one record after the other
 *   builder.c  keys, sources, and the order of the whole
 */
#ifndef CW_INDEX_BUILD_H
#define CW_INDEX_BUILD_H

#include "address/bits.h"
#include "index/builder.h"
#include "index/format.h"
#include "index/gather.h"

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
                                             struct cw_index_header *header, struct cw_error *err);

/* ---- table.c ---- */

/** Gathers (hash, place) pairs; cw_gather_free frees them. NULL when memory is exhausted. */
struct cw_gather *cw_index_keys_new(void);
/** False when memory is exhausted. */
bool cw_index_keys_add(struct cw_gather *keys, uint64_t hash, uint32_t place);
/** Sorts and writes them as a table, and forgets them on the way.
 *  Out: ret  its row for the header */
CW_NODISCARD enum cw_status cw_index_keys_write(struct cw_gather *keys, struct cw_index_output *out,
                                                struct cw_index_section *ret, struct cw_error *err);

/* ---- builder.c ---- */

/* A record as it is put together. The longest is a listing with all of its episodes. */
enum {
    CW_SCRATCH_BYTES = 256 << 10,
    CW_SHARED_SLOTS = 4096, /* shared records remembered: a party's addresses stand together */
};

/* A shared record that was written: its bytes, and where they are. */
struct cw_index_shared {
    uint8_t *bytes;
    size_t len;
    uint32_t place;
};

/* A label that was written, under which most listings of a list stand. */
enum { CW_LABEL_SLOTS = 16, CW_LABEL_BYTES = 48 };
struct cw_index_label {
    char text[CW_LABEL_BYTES];
    size_t len;
    uint32_t place; /* 0: none was written */
};

struct cw_index_builder {
    struct cw_index_output out;
    struct cw_index_header header;
    struct cw_gather *probes;
    struct cw_gather *looks;
    struct cw_gather *opaques;
    struct cw_gather *spelled; /* hashes of every text of every address, or NULL: no filter */
    struct cw_index_source_row *rows;
    size_t rows_count;
    size_t rows_cap;
    struct cw_buf texts; /* of the sources */
    struct cw_index_shared *shared;
    struct cw_index_label labels[CW_LABEL_SLOTS];
    uint32_t silent_party; /* place of the party of which nothing is said; 0: not written yet */
    uint8_t *scratch;
    size_t fill; /* of scratch */
    uint64_t records;
};

/* ---- put.c ---- */

/** A text no longer than a record keeps, cut between characters. */
struct cw_span cw_cut(struct cw_span text);
/** Writes a text that many records share, unless it was written lately.
 *  Out: ret_place  of its record, in units */
CW_NODISCARD enum cw_status cw_put_shared_text(struct cw_index_builder *builder,
                                               struct cw_span text, uint32_t *ret_place,
                                               struct cw_error *err);
/** Writes a listing or an opaque entry, with its party before it. Returns: CW_OK; CW_INVALID for a
 *  value that is too long; CW_LIMIT, CW_IO, CW_NOMEM */
CW_NODISCARD enum cw_status cw_put_listing(struct cw_index_builder *builder,
                                           const struct cw_index_listing *listing,
                                           enum cw_index_record_type type, uint32_t *ret_place,
                                           struct cw_error *err);

#endif
