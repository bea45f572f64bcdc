#include "index/builder.h"

#include "address/resemble.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "index/build.h"
#include "index/internal.h"

/* A record as it is put together. The longest is a listing with all of its episodes. */
enum {
    SCRATCH_BYTES = 256 << 10,
    SHARED_SLOTS = 4096, /* shared records remembered: a party's addresses stand together */
    SOURCES_FIRST = 64,
};

/* A shared record that was written: its bytes, and where they are. */
struct shared {
    uint8_t *bytes;
    size_t len;
    uint32_t place;
};

struct cw_index_builder {
    struct cw_index_output out;
    struct cw_index_header header;
    struct cw_index_keys *probes;
    struct cw_index_keys *looks;
    struct cw_index_keys *opaques;
    struct cw_index_source_row *rows;
    size_t rows_count;
    size_t rows_cap;
    struct cw_buf texts; /* of the sources */
    struct shared *shared;
    uint8_t *scratch;
    size_t fill; /* of scratch */
    uint64_t records_at;
    uint64_t records;
};

static enum cw_status no_memory(struct cw_error *err)
{
    return cw_error_set(err, CW_NOMEM, "memory is exhausted");
}

/* ---- records ---- */

static void put(struct cw_index_builder *builder, const void *data, size_t len)
{
    CW_ASSERT(len <= SCRATCH_BYTES - builder->fill);
    if (len > 0) {
        memcpy(builder->scratch + builder->fill, data, len);
        builder->fill += len;
    }
}

static void put_text(struct cw_index_builder *builder, struct cw_span text)
{
    put(builder, text.data, text.len);
}

static void begin_record(struct cw_index_builder *builder)
{
    static const struct cw_index_record_head none = {0};
    builder->fill = 0;
    put(builder, &none, sizeof(none));
}

/* Completes the head of the record in the scratch. */
static void end_record(struct cw_index_builder *builder, enum cw_index_record_type type,
                       unsigned flags, uint32_t source)
{
    static const uint8_t zeros[CW_INDEX_UNIT] = {0};
    put(builder, zeros, (CW_INDEX_UNIT - builder->fill % CW_INDEX_UNIT) % CW_INDEX_UNIT);
    const struct cw_index_record_head head = {.bytes = (uint32_t)builder->fill,
                                              .type = (uint8_t)type,
                                              .flags = (uint8_t)flags,
                                              .source = (uint16_t)source};
    memcpy(builder->scratch, &head, sizeof(head));
}

static enum cw_status write_record(struct cw_index_builder *builder, uint32_t *ret_place,
                                   struct cw_error *err)
{
    const uint64_t place =
        (cw_output_at(&builder->out) - builder->records_at) / CW_INDEX_UNIT;
    if (place > UINT32_MAX - builder->fill / CW_INDEX_UNIT) {
        return cw_error_set(err, CW_LIMIT, "the listings do not fit an index");
    }
    *ret_place = (uint32_t)place;
    builder->records++;
    return cw_output_put(&builder->out, builder->scratch, builder->fill, err);
}

/* Writes the record in the scratch, unless the same bytes were written lately: then that one. The
 * memory is bounded, so a party that comes back much later is written twice, and means the same. */
static enum cw_status share_record(struct cw_index_builder *builder, uint32_t *ret_place,
                                   struct cw_error *err)
{
    const struct cw_span bytes = cw_span_make(builder->scratch, builder->fill);
    struct shared *slot =
        &builder->shared[cw_siphash(builder->header.key, bytes) % SHARED_SLOTS];
    if (cw_span_equal(bytes, cw_span_make(slot->bytes, slot->len))) {
        *ret_place = slot->place;
        return CW_OK;
    }
    const enum cw_status status = write_record(builder, ret_place, err);
    uint8_t *kept = status == CW_OK ? realloc(slot->bytes, bytes.len) : NULL;
    if (status == CW_OK && kept == NULL) {
        return no_memory(err);
    }
    if (status == CW_OK) {
        memcpy(kept, bytes.data, bytes.len);
        *slot = (struct shared){.bytes = kept, .len = bytes.len, .place = *ret_place};
    }
    return status;
}

static enum cw_status share_text(struct cw_index_builder *builder, struct cw_span text,
                                 uint32_t *ret_place, struct cw_error *err)
{
    const uint32_t len = (uint32_t)text.len;
    begin_record(builder);
    put(builder, &len, sizeof(len));
    put_text(builder, text);
    end_record(builder, CW_RECORD_TEXT, 0, 0);
    return share_record(builder, ret_place, err);
}

/* ---- beginning and end ---- */

static bool are_parts_there(const struct cw_index_builder *builder)
{
    return builder->probes != NULL && builder->looks != NULL && builder->opaques != NULL &&
           builder->shared != NULL && builder->scratch != NULL;
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
    CW_CLEANUP(cw_index_builder_freep) struct cw_index_builder *builder =
        calloc(1, sizeof(*builder));
    if (builder == NULL) {
        return no_memory(err);
    }
    builder->out.fd = -1;
    cw_buf_init(&builder->texts, UINT32_MAX);
    builder->probes = cw_index_keys_new();
    builder->looks = cw_index_keys_new();
    builder->opaques = cw_index_keys_new();
    builder->shared = calloc(SHARED_SLOTS, sizeof(*builder->shared));
    builder->scratch = malloc(SCRATCH_BYTES);
    if (!are_parts_there(builder)) {
        return no_memory(err);
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
    builder->records_at = cw_output_at(&builder->out);
    uint32_t nothing = 0;
    if (status == CW_OK) { /* place 0 is no label, by this record */
        status = share_text(builder, CW_SPAN(""), &nothing, err);
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
    for (size_t i = 0; builder->shared != NULL && i < SHARED_SLOTS; i++) {
        free(builder->shared[i].bytes);
    }
    cw_index_keys_free(builder->probes);
    cw_index_keys_free(builder->looks);
    cw_index_keys_free(builder->opaques);
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

static enum cw_status write_tables(struct cw_index_builder *builder, struct cw_error *err)
{
    struct cw_index_section *sections = builder->header.sections;
    enum cw_status status = cw_index_keys_write(builder->probes, &builder->out,
                                                &sections[CW_SECTION_PROBES], err);
    if (status == CW_OK) {
        status = cw_index_keys_write(builder->looks, &builder->out,
                                     &sections[CW_SECTION_LOOKALIKES], err);
    }
    if (status == CW_OK) {
        status = cw_index_keys_write(builder->opaques, &builder->out,
                                     &sections[CW_SECTION_OPAQUES], err);
    }
    if (status == CW_OK) {
        sections[CW_SECTION_FILTER].at = cw_output_at(&builder->out);
    }
    return status;
}

enum cw_status cw_index_builder_finish(struct cw_index_builder *builder, struct cw_error *err)
{
    builder->header.sections[CW_SECTION_RECORDS] =
        (struct cw_index_section){.at = builder->records_at,
                                  .bytes = cw_output_at(&builder->out) - builder->records_at,
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
            return no_memory(err);
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

/* ---- listings ---- */

/* A text no longer than `max`, cut between characters. */
static struct cw_span cut_to(struct cw_span text, size_t max)
{
    size_t len = text.len;
    if (len > max) {
        len = max;
        while (len > 0 && ((unsigned char)text.data[len] & 0xc0u) == 0x80u) {
            len--;
        }
    }
    return cw_span_slice(text, 0, len);
}

static struct cw_span cut(struct cw_span text)
{
    return cut_to(text, CW_INDEX_TEXT_MAX);
}

static bool is_entry_key(const struct cw_index_listing *listing)
{
    return listing->canonical.len > 0 && cw_span_equal(listing->entry_id, listing->canonical);
}

static enum cw_status share_party(struct cw_index_builder *builder,
                                  const struct cw_index_listing *listing, uint32_t *ret_place,
                                  struct cw_error *err)
{
    const struct cw_span texts[CW_PARTY_TEXTS] = {
        [CW_PARTY_ENTRY_ID] = is_entry_key(listing) ? CW_SPAN("") : cut(listing->entry_id),
        [CW_PARTY_ENTRY_NAME] = cut(listing->entry_name),
        [CW_PARTY_LISTED_ON] = cut(listing->listed_on),
        [CW_PARTY_NOTE] = cut(listing->note),
        [CW_PARTY_TAG] = cut(listing->tag),
    };
    const size_t programs = listing->programs_count < CW_INDEX_PROGRAMS_MAX
                                ? listing->programs_count
                                : CW_INDEX_PROGRAMS_MAX;
    struct cw_index_party_body body = {.programs = (uint16_t)programs};
    for (size_t i = 0; i < CW_PARTY_TEXTS; i++) {
        body.lens[i] = (uint16_t)texts[i].len;
    }
    begin_record(builder);
    put(builder, &body, sizeof(body));
    for (size_t i = 0; i < CW_PARTY_TEXTS; i++) {
        put_text(builder, texts[i]);
    }
    for (size_t i = 0; i < programs; i++) {
        const uint16_t len = (uint16_t)cut_to(listing->programs[i], CW_ENTRY_PROGRAM_MAX).len;
        put(builder, &len, sizeof(len));
    }
    for (size_t i = 0; i < programs; i++) {
        put_text(builder, cut_to(listing->programs[i], CW_ENTRY_PROGRAM_MAX));
    }
    end_record(builder, CW_RECORD_PARTY, 0, 0);
    return share_record(builder, ret_place, err);
}

static int lower_digit(char c)
{
    if (cw_ascii_is_digit(c)) {
        return c - '0';
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "evm:account:7e5f…" as the shared "evm:account:" and raw bytes; false when it is no such text. */
static bool split_key(struct cw_span canonical, struct cw_span *ret_label,
                      uint8_t ret_key[static CW_CANONICAL_BYTES / 2], size_t *ret_len)
{
    size_t colon = canonical.len;
    while (colon > 0 && canonical.data[colon - 1] != ':') {
        colon--;
    }
    const struct cw_span hex = cw_span_slice(canonical, colon, canonical.len);
    if (colon == 0 || hex.len == 0 || hex.len % 2 != 0 || canonical.len >= CW_CANONICAL_BYTES) {
        return false;
    }
    for (size_t i = 0; i < hex.len; i += 2) {
        const int upper = lower_digit(hex.data[i]);
        const int lower = lower_digit(hex.data[i + 1]);
        if (upper < 0 || lower < 0) {
            return false; /* the text must come back as it was: capitals are no lower-case hex */
        }
        ret_key[i / 2] = (uint8_t)(upper << 4 | lower);
    }
    *ret_label = cw_span_slice(canonical, 0, colon);
    *ret_len = hex.len / 2;
    return true;
}

struct parts {
    uint32_t party;
    uint32_t label;
    struct cw_span key;
    uint8_t key_bytes[CW_CANONICAL_BYTES / 2];
};

static enum cw_status share_parts(struct cw_index_builder *builder,
                                  const struct cw_index_listing *listing, struct parts *ret,
                                  struct cw_error *err)
{
    struct cw_span label = listing->error;
    size_t len = 0;
    ret->key = listing->error.len > 0 ? cut(listing->position) : cut(listing->canonical);
    if (listing->error.len == 0 && split_key(listing->canonical, &label, ret->key_bytes, &len)) {
        ret->key = cw_span_make(ret->key_bytes, len);
    }
    enum cw_status status = share_party(builder, listing, &ret->party, err);
    ret->label = 0;
    if (status == CW_OK && label.len > 0) {
        status = share_text(builder, cut(label), &ret->label, err);
    }
    return status;
}

static void put_episodes(struct cw_index_builder *builder, const struct cw_index_listing *listing,
                         size_t count)
{
    const struct cw_index_episode *newest =
        listing->episodes + (listing->episodes_count - count);
    for (size_t i = 0; i < count; i++) {
        const struct cw_index_episode_row row = {newest[i].from_s, newest[i].until_s};
        put(builder, &row, sizeof(row));
    }
}

static enum cw_status write_listing(struct cw_index_builder *builder,
                                    const struct cw_index_listing *listing,
                                    enum cw_index_record_type type, uint32_t *ret_place,
                                    struct cw_error *err)
{
    struct parts parts;
    if (listing->value.len > CW_ENTRY_VALUE_MAX) {
        return cw_error_set(err, CW_INVALID, "a listed value of %zu bytes", listing->value.len);
    }
    CW_ASSERT(listing->source < builder->rows_count);
    const enum cw_status status = share_parts(builder, listing, &parts, err);
    if (status != CW_OK) {
        return status;
    }
    const size_t episodes = listing->episodes_count < CW_INDEX_EPISODES_MAX
                                ? listing->episodes_count
                                : CW_INDEX_EPISODES_MAX;
    const struct cw_index_listing_body body = {
        .party = parts.party,
        .label = parts.label,
        .value_len = (uint16_t)listing->value.len,
        .key_len = (uint16_t)parts.key.len,
        .episodes = (uint16_t)episodes,
    };
    const unsigned flags = (listing->is_active ? CW_RECORD_ACTIVE : 0u) |
                           (listing->is_reserved ? CW_RECORD_RESERVED : 0u) |
                           (is_entry_key(listing) ? CW_RECORD_ENTRY_IS_KEY : 0u) |
                           (episodes < listing->episodes_count ? CW_RECORD_CUT : 0u);
    begin_record(builder);
    put(builder, &body, sizeof(body));
    put_episodes(builder, listing, episodes);
    put_text(builder, listing->value);
    put_text(builder, parts.key);
    end_record(builder, type, flags, listing->source);
    return write_record(builder, ret_place, err);
}

/* ---- keys ---- */

static bool add_looks(struct cw_index_builder *builder, struct cw_span text, uint32_t place)
{
    uint64_t looks[CW_RESEMBLE_KEYS];
    bool is_added = true;
    (void)cw_resemble_keys(text, looks);
    for (size_t i = 0; i < CW_RESEMBLE_KEYS; i++) {
        if (looks[i] != 0) {
            is_added &= cw_index_keys_add(
                builder->looks, cw_index_look_hash(builder->header.key, looks[i]), place);
        }
    }
    return is_added;
}

static bool add_keys(struct cw_index_builder *builder, const struct cw_address *address,
                     uint32_t place)
{
    uint64_t hashes[CW_LINKS_MAX];
    bool is_added = true;
    const size_t count = cw_address_probe_hashes(address, builder->header.key, hashes);
    for (size_t i = 0; i < count; i++) {
        is_added &= cw_index_keys_add(builder->probes, hashes[i], place);
    }
    return is_added && add_looks(builder, cw_address_source(address), place);
}

enum cw_status cw_index_builder_decoded(struct cw_index_builder *builder,
                                        const struct cw_index_listing *listing,
                                        const struct cw_address *address, struct cw_error *err)
{
    uint32_t place = 0;
    const enum cw_status status =
        write_listing(builder, listing, CW_RECORD_LISTING, &place, err);
    if (status != CW_OK) {
        return status;
    }
    builder->header.listings++;
    return add_keys(builder, address, place) ? CW_OK : no_memory(err);
}

static enum cw_status add_undecoded(struct cw_index_builder *builder,
                                    const struct cw_index_listing *listing, struct cw_error *err)
{
    uint32_t place = 0;
    const enum cw_status status =
        write_listing(builder, listing, CW_RECORD_LISTING, &place, err);
    if (status != CW_OK) {
        return status;
    }
    builder->header.listings++;
    builder->header.undecoded++;
    const uint64_t hash = cw_index_canonical_hash(builder->header.key, cut(listing->canonical));
    return cw_index_keys_add(builder->probes, hash, place) ? CW_OK : no_memory(err);
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
                                       const struct cw_index_listing *listing,
                                       struct cw_error *err)
{
    uint32_t place = 0;
    CW_ASSERT(listing->error.len > 0);
    if (listing->value.len == 0) {
        return CW_OK;
    }
    const enum cw_status status = write_listing(builder, listing, CW_RECORD_OPAQUE, &place, err);
    if (status != CW_OK) {
        return status;
    }
    builder->header.opaques++;
    const uint64_t hash = cw_index_opaque_hash(builder->header.key, listing->value);
    return cw_index_keys_add(builder->opaques, hash, place) ? CW_OK : no_memory(err);
}
