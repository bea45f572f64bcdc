#include "index/builder.h"

#include "address/links.h"
#include "address/resemble.h"
#include "crypto/hash.h"
#include "index/build.h"
#include "index/internal.h"
#include "index/spelled.h"
#include "index/text_filter.h"

enum { SOURCES_FIRST = 64 };

/* ---- beginning and end ---- */

static bool are_parts_there(const struct cw_index_builder *builder, bool has_text_filter)
{
    return (builder->spelled != NULL || !has_text_filter) && builder->probes != NULL &&
           builder->looks != NULL && builder->opaques != NULL && builder->shared != NULL &&
           builder->scratch != NULL;
}

/* The key follows from what the index is made of: the same input gives the same bytes, and whoever
 * publishes a list does not know the other lists and cases of its reader. */
static void make_key(struct cw_index_header *header)
{
    uint8_t hash[32];
    cw_blake2b(cw_span_make(header->basis, sizeof(header->basis)),
               (const uint8_t *)"cryptowatch-idx1", hash, sizeof(hash));
    memcpy(header->key, hash, sizeof(header->key));
}

enum cw_status cw_index_builder_new(const struct cw_index_options *options,
                                    struct cw_index_builder **ret, struct cw_error *err)
{
    CW_CLEANUP(cw_index_builder_freep)
    struct cw_index_builder *builder = calloc(1, sizeof(*builder));
    if (builder == NULL) {
        return cw_error_no_memory(err);
    }
    builder->out.fd = -1;
    cw_buf_init(&builder->texts, UINT32_MAX);
    builder->spelled = options->has_text_filter ? cw_gather_new(sizeof(uint64_t)) : NULL;
    builder->probes = cw_index_keys_new();
    builder->looks = cw_index_keys_new();
    builder->opaques = cw_index_keys_new();
    builder->shared = calloc(CW_SHARED_SLOTS, sizeof(*builder->shared));
    builder->scratch = malloc(CW_SCRATCH_BYTES);
    if (!are_parts_there(builder, options->has_text_filter)) {
        return cw_error_no_memory(err);
    }
    builder->header = (struct cw_index_header){
        .endian = CW_INDEX_ENDIAN,
        .version = CW_INDEX_VERSION,
        .block_bytes = CW_INDEX_BLOCK,
        .generation = options->generation,
        .built_at_s = options->built_at_s,
    };
    memcpy(builder->header.magic, cw_index_magic, sizeof(cw_index_magic));
    memcpy(builder->header.basis, options->basis, sizeof(builder->header.basis));
    make_key(&builder->header);
    enum cw_status status = cw_output_open(&builder->out, options, err);
    uint32_t nothing = 0;
    if (status == CW_OK) { /* place 0 is no label, by this record */
        status = cw_put_shared_text(builder, CW_SPAN(""), &nothing, err);
    }
    if (status == CW_OK) {
        *ret = builder;
        builder = NULL;
    }
    return status;
}

void cw_index_builder_free(struct cw_index_builder *builder)
{
    if (builder == NULL) {
        return;
    }
    for (size_t i = 0; builder->shared != NULL && i < CW_SHARED_SLOTS; i++) {
        free(builder->shared[i].bytes);
    }
    cw_gather_free(builder->probes);
    cw_gather_free(builder->looks);
    cw_gather_free(builder->opaques);
    cw_gather_free(builder->spelled);
    cw_output_close(&builder->out);
    cw_buf_clear(&builder->texts);
    free(builder->shared);
    free(builder->scratch);
    free(builder->rows);
    free(builder);
}

void cw_index_builder_freep(struct cw_index_builder **builder)
{
    cw_index_builder_free(*builder);
    *builder = NULL;
}

static enum cw_status write_sources(struct cw_index_builder *builder, struct cw_error *err)
{
    const size_t rows_bytes = builder->rows_count * sizeof(*builder->rows);
    for (size_t i = 0; i < builder->rows_count; i++) {
        builder->rows[i].text_at += (uint32_t)rows_bytes;
    }
    builder->header.sections[CW_SECTION_SOURCES] =
        (struct cw_index_section){.at = cw_output_at(&builder->out),
                                  .bytes = rows_bytes + builder->texts.len,
                                  .count = builder->rows_count};
    enum cw_status status = cw_output_put(&builder->out, builder->rows, rows_bytes, err);
    if (status == CW_OK) {
        status = cw_output_put(&builder->out, builder->texts.data, builder->texts.len, err);
    }
    return status == CW_OK ? cw_output_pad(&builder->out, err) : status;
}

/* Bin by bin: the hashes of one bin set bits in one stretch of the filter. */
static void fill_filter(struct cw_gather *spelled, struct cw_text_filter_builder *filter)
{
    for (size_t bin = 0; bin < CW_GATHER_BINS; bin++) {
        for (const struct cw_gather_chunk *chunk = spelled->bins[bin].first; chunk != NULL;
             chunk = chunk->next) {
            const uint64_t *hashes = (const uint64_t *)(const void *)chunk->data;
            for (size_t i = 0; i < chunk->bytes / sizeof(*hashes); i++) {
                cw_text_filter_add(filter, hashes[i]);
            }
        }
        cw_gather_empty(spelled, bin);
    }
}

static enum cw_status write_filter(struct cw_index_builder *builder, struct cw_error *err)
{
    struct cw_text_filter_builder filter;
    const size_t bytes = cw_text_filter_bytes(builder->spelled->count);
    void *memory = bytes == 0 ? NULL : malloc(bytes);
    if (memory == NULL) {
        return cw_error_no_memory(err);
    }
    cw_text_filter_begin(&filter, memory, bytes);
    fill_filter(builder->spelled, &filter);
    cw_text_filter_finish(&filter);
    builder->header.sections[CW_SECTION_FILTER].bytes = bytes;
    const enum cw_status status = cw_output_put(&builder->out, memory, bytes, err);
    free(memory);
    return status == CW_OK ? cw_output_pad(&builder->out, err) : status;
}

static enum cw_status write_tables(struct cw_index_builder *builder, struct cw_error *err)
{
    struct cw_index_section *sections = builder->header.sections;
    enum cw_status status =
        cw_index_keys_write(builder->probes, &builder->out, &sections[CW_SECTION_PROBES], err);
    if (status == CW_OK) {
        status = cw_index_keys_write(builder->looks, &builder->out,
                                     &sections[CW_SECTION_LOOKALIKES], err);
    }
    if (status == CW_OK) {
        status = cw_index_keys_write(builder->opaques, &builder->out, &sections[CW_SECTION_OPAQUES],
                                     err);
    }
    if (status == CW_OK) {
        sections[CW_SECTION_FILTER].at = cw_output_at(&builder->out);
    }
    return status == CW_OK && builder->spelled != NULL ? write_filter(builder, err) : status;
}

enum cw_status cw_index_builder_finish(struct cw_index_builder *builder, struct cw_error *err)
{
    builder->header.sections[CW_SECTION_RECORDS] =
        (struct cw_index_section){.at = (uint64_t)CW_INDEX_BLOCK,
                                  .bytes = cw_output_at(&builder->out) - (uint64_t)CW_INDEX_BLOCK,
                                  .count = builder->records};
    enum cw_status status = cw_output_pad(&builder->out, err);
    if (status == CW_OK) {
        status = write_sources(builder, err);
    }
    if (status == CW_OK) {
        status = write_tables(builder, err);
    }
    return status == CW_OK ? cw_output_finish(&builder->out, &builder->header, err) : status;
}

struct cw_span cw_index_builder_bytes(const struct cw_index_builder *builder)
{
    return cw_span_make(builder->out.memory, (size_t)builder->out.at);
}

/* ---- sources ---- */

enum cw_status cw_index_builder_source(struct cw_index_builder *builder,
                                       const struct cw_index_source *source, uint32_t *ret_number,
                                       struct cw_error *err)
{
    if (source->id.len > CW_ID_MAX || builder->rows_count == UINT16_MAX) {
        return cw_error_set(err, CW_LIMIT, "more lists and cases than an index holds");
    }
    if (builder->rows_count == builder->rows_cap) {
        const size_t cap = builder->rows_cap == 0 ? SOURCES_FIRST : builder->rows_cap * 2;
        struct cw_index_source_row *moved = realloc(builder->rows, cap * sizeof(*moved));
        if (moved == NULL) {
            return cw_error_no_memory(err);
        }
        builder->rows = moved;
        builder->rows_cap = cap;
    }
    builder->rows[builder->rows_count] = (struct cw_index_source_row){
        .kind = source->kind,
        .relations = source->relations,
        .text_at = (uint32_t)builder->texts.len,
        .id_len = (uint32_t)source->id.len,
        .title_len = (uint32_t)source->title.len,
    };
    cw_buf_span(&builder->texts, source->id);
    cw_buf_span(&builder->texts, source->title);
    const enum cw_status status = cw_buf_status(&builder->texts, err);
    if (status == CW_OK) {
        *ret_number = (uint32_t)builder->rows_count++;
    }
    return status;
}

/* ---- keys ---- */

static bool add_looks(struct cw_index_builder *builder, struct cw_span text, uint32_t place)
{
    uint64_t looks[CW_RESEMBLE_KEYS];
    bool is_added = true;
    (void)cw_resemble_keys(text, looks);
    for (size_t i = 0; i < CW_RESEMBLE_KEYS; i++) {
        if (looks[i] != 0) {
            is_added &= cw_index_keys_add(builder->looks,
                                          cw_index_look_hash(builder->header.key, looks[i]), place);
        }
    }
    return is_added;
}

static bool add_spelled(struct cw_index_builder *builder, const struct cw_address *address,
                        const struct cw_links *links)
{
    CW_UNSET uint64_t hashes[CW_SPELLED_MAX];
    const size_t count = cw_links_spelled_hashes(address, links, hashes);
    for (size_t i = 0; i < count; i++) {
        uint64_t *room = cw_gather_room(builder->spelled, (size_t)(hashes[i] >> 56));
        if (room == NULL) {
            return false;
        }
        *room = hashes[i];
    }
    return true;
}

static bool add_keys(struct cw_index_builder *builder, const struct cw_address *address,
                     uint32_t place)
{
    CW_UNSET uint64_t hashes[CW_LINKS_MAX];
    CW_UNSET struct cw_links links;
    bool is_added = true;
    cw_links_collect(address, &links);
    const size_t count = cw_links_probe_hashes(address, &links, builder->header.key, hashes);
    for (size_t i = 0; i < count; i++) {
        is_added &= cw_index_keys_add(builder->probes, hashes[i], place);
    }
    builder->header.scripts += cw_links_have_script(&links) ? 1 : 0;
    if (builder->spelled != NULL) {
        is_added &= add_spelled(builder, address, &links);
    }
    return is_added && add_looks(builder, cw_address_source(address), place);
}

enum cw_status cw_index_builder_decoded(struct cw_index_builder *builder,
                                        const struct cw_index_listing *listing,
                                        const struct cw_address *address, struct cw_error *err)
{
    uint32_t place = 0;
    const enum cw_status status = cw_put_listing(builder, listing, CW_RECORD_LISTING, &place, err);
    if (status != CW_OK) {
        return status;
    }
    builder->header.listings++;
    return add_keys(builder, address, place) ? CW_OK : cw_error_no_memory(err);
}

static enum cw_status add_undecoded(struct cw_index_builder *builder,
                                    const struct cw_index_listing *listing, struct cw_error *err)
{
    uint32_t place = 0;
    const enum cw_status status = cw_put_listing(builder, listing, CW_RECORD_LISTING, &place, err);
    if (status != CW_OK) {
        return status;
    }
    builder->header.listings++;
    builder->header.undecoded++;
    const uint64_t hash = cw_index_canonical_hash(builder->header.key, cw_cut(listing->canonical));
    return cw_index_keys_add(builder->probes, hash, place) ? CW_OK : cw_error_no_memory(err);
}

enum cw_status cw_index_builder_listing(struct cw_index_builder *builder,
                                        const struct cw_index_listing *listing,
                                        struct cw_error *err)
{
    struct cw_address address;
    CW_ASSERT(listing->source < builder->rows_count);
    const struct cw_index_item item = {
        .kind = (enum cw_index_source_kind)builder->rows[listing->source].kind,
        .value = listing->value,
        .tag = listing->tag};
    return cw_index_item_decode(&item, &address) == CW_ADDRESS_OK
               ? cw_index_builder_decoded(builder, listing, &address, err)
               : add_undecoded(builder, listing, err);
}

enum cw_status cw_index_builder_opaque(struct cw_index_builder *builder,
                                       const struct cw_index_listing *listing, struct cw_error *err)
{
    uint32_t place = 0;
    CW_ASSERT(listing->error.len > 0);
    if (listing->value.len == 0) {
        return CW_OK;
    }
    const enum cw_status status = cw_put_listing(builder, listing, CW_RECORD_OPAQUE, &place, err);
    if (status != CW_OK) {
        return status;
    }
    builder->header.opaques++;
    const uint64_t hash = cw_index_opaque_hash(builder->header.key, listing->value);
    return cw_index_keys_add(builder->opaques, hash, place) ? CW_OK : cw_error_no_memory(err);
}
