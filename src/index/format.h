/* format.h: the bytes of an index file (docs/index-format.md). Private to src/index/.
 *
 *   block 0   header                       sealed by its own checksum
 *   blocks    RECORDS SOURCES PROBES LOOKALIKES OPAQUES FILTER
 *   blocks    SUMS    one checksum a block of the above, in order
 *   blocks    TOPS    one checksum a block of SUMS; sealed by the header
 *
 * Numbers are in the byte order of the machine that wrote the file; the header says which, and
 * another machine refuses. Every section begins on a block and is zero to the end of its last one.
 * So the header proves TOPS at once, TOPS proves a block of SUMS when it is first needed, and that
 * proves the block somebody asks for: opening costs the same for ten keys and for ten million.
 */
#ifndef CW_INDEX_FORMAT_H
#define CW_INDEX_FORMAT_H

#include <assert.h>

#include "base/limits.h"
#include "base/span.h"

#define CW_INDEX_ENDIAN 0x0102030405060708u
static const uint8_t cw_index_magic[8] = {0x89, 'c', 'w', 'i', 'd', 'x', '\r', '\n'};

enum {
    CW_INDEX_VERSION = 3,
    CW_INDEX_BLOCK = 4096,
    CW_INDEX_UNIT = 8, /* records begin at multiples of this; places are counted in it */
    CW_INDEX_SUMS_PER_BLOCK = CW_INDEX_BLOCK / 8,
};

enum cw_index_section_id {
    CW_SECTION_RECORDS,
    CW_SECTION_SOURCES,
    CW_SECTION_PROBES,
    CW_SECTION_LOOKALIKES,
    CW_SECTION_OPAQUES,
    CW_SECTION_FILTER,
    CW_SECTION_SUMS,
    CW_SECTION_TOPS,
    CW_SECTIONS
};

struct cw_index_section {
    uint64_t at;    /* in the file, a multiple of the block */
    uint64_t bytes; /* without the zeros at its end */
    uint64_t count; /* sources, records, entries, sums */
    uint64_t bits;  /* of a table's directory; else 0 */
};

struct cw_index_header {
    uint8_t magic[8];
    uint64_t endian;
    uint32_t version;
    uint32_t block_bytes;
    uint64_t generation;
    int64_t built_at_s;
    uint64_t file_bytes;
    uint64_t listings; /* records of addresses: on lists and in cases */
    uint64_t opaques;  /* records of texts that are no address */
    uint8_t basis[32]; /* what it was built from, see builder.h */
    uint8_t key[16];   /* of the probe hashes */
    struct cw_index_section sections[CW_SECTIONS];
    uint64_t tops_sum;
    uint64_t undecoded; /* listings whose text was refused when the file was built */
    uint64_t scripts;   /* listings of a script hash, which a key may be nested in */
};
/* The checksum of the header stands at the end of block 0; the bytes between are zero. */
enum { CW_INDEX_HEADER_SUM_AT = CW_INDEX_BLOCK - 8 };
static_assert(sizeof(struct cw_index_header) <= CW_INDEX_HEADER_SUM_AT, "block 0 holds it");
static_assert(sizeof(struct cw_index_header) % 8 == 0, "no padding at its end");

/** A block is sealed with its number, so that two whole blocks in each other's place are damage. */
#define CW_INDEX_SEED(generation, block) ((generation)*0x9e3779b97f4a7c15u + (block))

/* ---- tables: PROBES, LOOKALIKES, OPAQUES ----
 *
 * `count` entries, sorted by bucket, then tail, then place; after them, at the next multiple of 8,
 * a directory of 2^bits + 1 numbers: entry where each bucket begins. A hash has its bucket in its
 * upper `bits` and its tail in the 32 bits below them. */
struct cw_index_entry {
    uint32_t tail;
    uint32_t place; /* of a record: offset in RECORDS / CW_INDEX_UNIT */
};
enum { CW_INDEX_BITS_MIN = 4, CW_INDEX_BITS_MAX = 28, CW_INDEX_BUCKET_ENTRIES = 4 };

static inline uint64_t cw_index_directory_at(uint64_t entries)
{
    return entries * sizeof(struct cw_index_entry);
}

/* ---- SOURCES: `count` rows, then their texts ---- */

struct cw_index_source_row {
    uint32_t kind;      /* enum cw_index_source_kind */
    uint32_t relations; /* of a case: a bit for each relation that counts; else all */
    uint32_t text_at;   /* in the section; id, then title */
    uint32_t id_len;
    uint32_t title_len;
    uint32_t zero;
};

/* ---- RECORDS: one after the other, each a multiple of CW_INDEX_UNIT ---- */

enum cw_index_record_type {
    CW_RECORD_TEXT = 1, /* bytes that many records share: "evm:account:", an error's code */
    CW_RECORD_PARTY,    /* what a list says of a party, shared by its addresses */
    CW_RECORD_LISTING,
    CW_RECORD_OPAQUE,
};
enum cw_index_record_flag {
    CW_RECORD_ACTIVE = 1 << 0,
    CW_RECORD_RESERVED = 1 << 1,
    CW_RECORD_ENTRY_IS_KEY = 1 << 2, /* entry_id is the canonical key, not the party's */
    CW_RECORD_CUT = 1 << 3,          /* older episodes were left out */
};
struct cw_index_record_head {
    uint32_t bytes; /* all of it, with padding */
    uint8_t type;
    uint8_t flags;
    uint16_t source;
};
/* After the head of a TEXT: length, bytes. Of a PARTY: this, the texts in its order, then for each
 * programme a u16 length, then the programmes. */
enum cw_index_party_text {
    CW_PARTY_ENTRY_ID,
    CW_PARTY_ENTRY_NAME,
    CW_PARTY_LISTED_ON,
    CW_PARTY_NOTE,
    CW_PARTY_TAG,
    CW_PARTY_TEXTS
};
struct cw_index_party_body {
    uint16_t lens[CW_PARTY_TEXTS];
    uint16_t programs;
};
/* Of a LISTING and an OPAQUE: this, the episodes, value, then the key: raw bytes whose text is
 * label + lower-case hex, or with label 0 the text itself. An OPAQUE has its error in the label and
 * its position in the key. */
struct cw_index_listing_body {
    uint32_t party; /* places */
    uint32_t label; /* 0: none; RECORDS begins with a record that is no label */
    uint16_t value_len;
    uint16_t key_len;
    uint16_t episodes;
    uint16_t zero;
};
struct cw_index_episode_row {
    int64_t from_s;
    int64_t until_s; /* 0: in force */
};

static_assert(sizeof(struct cw_index_record_head) == 8, "one unit");
static_assert(sizeof(struct cw_index_listing_body) == 16, "no padding");
static_assert(sizeof(struct cw_index_party_body) == 12, "no padding");
static_assert(sizeof(struct cw_index_source_row) == 24, "no padding");
static_assert(sizeof(struct cw_index_entry) == 8, "no padding");
static_assert(CW_ENTRY_VALUE_MAX <= UINT16_MAX, "lengths are 16 bits");

#endif
