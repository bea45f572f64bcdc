/* builder.h: writes an index file from listings, as they come.
 *
 * Knows the format and how to hold ten million addresses in bounded memory: what a list says goes
 * to the file at once, only keys stay (12 bytes each) until they are sorted. Time and memory are
 * linear in the keys. Refuses to know where listings come from.
 *
 * Deterministic: the same calls give the same bytes. Order: sources first (cases, then feeds by
 * id), then the listings of each, since look-ups tell them in this order.
 *
 *   CW_CLEANUP(cw_index_builder_freep) struct cw_index_builder *builder = NULL;
 *   cw_index_builder_new(&options, &builder, err);   cw_index_builder_source(builder, …);
 *   cw_index_builder_listing(builder, …);            cw_index_builder_finish(builder, err);
 *
 * A file is written under a temporary name in its folder, synced, renamed, and the folder synced:
 * a reader sees all of it or none. What failed or was never finished leaves nothing behind.
 */
#ifndef CW_INDEX_BUILDER_H
#define CW_INDEX_BUILDER_H

#include "base/buf.h"
#include "index/index.h"

struct cw_index_builder;

struct cw_index_options {
    const char *path;     /* of the file to make, or NULL: into memory */
    uint64_t generation;  /* whose number it carries */
    int64_t built_at_s;   /* */
    const uint8_t *basis; /* 32 bytes: a digest of what it is built from */
    bool has_text_filter; /* for who screens texts (text_filter.h); costs time and memory */
    uint64_t bytes_max;   /* refuse to grow beyond; 0: CW_INDEX_BYTES_MAX */
};

/** Begins.
 *  Returns: CW_OK; CW_IO, CW_DENIED, CW_NOT_FOUND when the file cannot be made; CW_NOMEM */
CW_NODISCARD enum cw_status cw_index_builder_new(const struct cw_index_options *options,
                                                 struct cw_index_builder **ret,
                                                 struct cw_error *err);
void cw_index_builder_free(struct cw_index_builder *builder);
void cw_index_builder_freep(struct cw_index_builder **builder);

/** A list or a case; texts are copied. */
struct cw_index_source {
    enum cw_index_source_kind kind;
    struct cw_span id;    /* at most CW_ID_MAX bytes */
    struct cw_span title; /* of a case */
    uint32_t relations;   /* a bit (1u << enum cw_relation) for each that counts */
};
#define CW_INDEX_ALL_RELATIONS UINT32_MAX
/** Returns: CW_OK; CW_LIMIT past UINT16_MAX sources; CW_NOMEM */
CW_NODISCARD enum cw_status cw_index_builder_source(struct cw_index_builder *builder,
                                                    const struct cw_index_source *source,
                                                    uint32_t *ret_number, struct cw_error *err);

/** One address, or one text that is none, on one list or in one case. Borrowed during the call. */
struct cw_index_listing {
    uint32_t source;
    struct cw_span value;
    struct cw_span tag;
    struct cw_span canonical; /* of an opaque entry: empty */
    struct cw_span entry_id;
    struct cw_span entry_name;
    struct cw_span listed_on;
    struct cw_span note;
    struct cw_span error;    /* of an opaque entry; not empty */
    struct cw_span position; /* of an opaque entry */
    const struct cw_span *programs;
    size_t programs_count;
    const struct cw_index_episode *episodes; /* oldest first; none for a case */
    size_t episodes_count;
    bool is_active;
    bool is_reserved;
};

/** Adds an address. It is decoded as cw_index_item_decode will; one that is refused by now is found
 *  by its canonical key alone.
 *  Returns: CW_OK; CW_INVALID for a text longer than its limit; CW_LIMIT; CW_IO; CW_NOMEM */
CW_NODISCARD enum cw_status cw_index_builder_listing(struct cw_index_builder *builder,
                                                     const struct cw_index_listing *listing,
                                                     struct cw_error *err);
/** The same for who has decoded it already, by the same rule. */
CW_NODISCARD enum cw_status cw_index_builder_decoded(struct cw_index_builder *builder,
                                                     const struct cw_index_listing *listing,
                                                     const struct cw_address *address,
                                                     struct cw_error *err);
/** Adds a text that is no address; one of no bytes (a secret key) is left out. */
CW_NODISCARD enum cw_status cw_index_builder_opaque(struct cw_index_builder *builder,
                                                    const struct cw_index_listing *listing,
                                                    struct cw_error *err);

/** Sorts, writes the rest and puts the file in its place. Call once.
 *  Returns: CW_OK; CW_IO, CW_DENIED; CW_LIMIT; CW_NOMEM */
CW_NODISCARD enum cw_status cw_index_builder_finish(struct cw_index_builder *builder,
                                                    struct cw_error *err);
/** The bytes of an index built into memory: borrowed until the builder is freed. */
struct cw_span cw_index_builder_bytes(const struct cw_index_builder *builder);

#endif
