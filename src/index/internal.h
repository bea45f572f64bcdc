/* internal.h: what the files of the reader share. Private to src/index/.
 *
 *   open.c    mapping, header, checksums by block
 *   record.c  one record as an item
 *   find.c    tables and look-ups
 *   verify.c  all of it at once
 */
#ifndef CW_INDEX_INTERNAL_H
#define CW_INDEX_INTERNAL_H

#include <stdatomic.h>

#include "index/format.h"
#include "index/index.h"

struct cw_index {
    const uint8_t *bytes;
    size_t len;
    void *map; /* `bytes` as they were mapped, to be unmapped; NULL when the caller owns them */
    struct cw_index_header header; /* a copy: it was checked, the map may change */
    _Atomic uint64_t *seen;        /* a bit a block: checked and whole */
    _Atomic uint64_t *seen_sums;   /* the same for the blocks of SUMS */
};

/** An empty one, for cw_index_close. Returns NULL when memory is exhausted. */
struct cw_index *cw_index_new(void);

/** Makes sure that these bytes of a section are there and whole.
 *  Out:     ret_at  where they are
 *  Returns: CW_OK; CW_STATE when they reach past the section, or a block is damaged */
CW_NODISCARD enum cw_status cw_index_touch(const struct cw_index *index,
                                           enum cw_index_section_id section, uint64_t at,
                                           uint64_t len, const uint8_t **ret_at,
                                           struct cw_error *err);
/** Says that something cannot be as it is. */
enum cw_status cw_index_damaged(struct cw_error *err, const char *what, uint64_t at);

/** Reads the head of a record. Out: ret_bytes  its whole length, which lies in the section */
CW_NODISCARD enum cw_status cw_index_record_head(const struct cw_index *index, uint64_t at,
                                                 struct cw_index_record_head *ret,
                                                 struct cw_error *err);
/** Reads a LISTING or an OPAQUE. */
CW_NODISCARD enum cw_status cw_index_record_item(const struct cw_index *index, uint64_t at,
                                                 struct cw_index_item *ret, struct cw_error *err);

static inline uint32_t cw_load32(const uint8_t *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof(value));
    return value;
}

static inline uint64_t cw_load64(const uint8_t *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof(value));
    return value;
}

/** What an opaque text is filed under. */
uint64_t cw_index_opaque_hash(const uint8_t key[static 16], struct cw_span text);
/** What a listing is filed under whose text is not decoded any more. */
uint64_t cw_index_canonical_hash(const uint8_t key[static 16], struct cw_span canonical);
bool cw_index_is_hex(struct cw_span text);
/** Where a hash of looks is filed: mixed with the index's key, so that nobody chooses the place. */
uint64_t cw_index_look_hash(const uint8_t key[static 16], uint64_t hash);

#endif
