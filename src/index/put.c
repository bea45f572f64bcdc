#include "address/bits.h"
#include "base/mix.h"
#include "base/text.h"
#include "index/build.h"

/* ---- records ---- */

static void put(struct cw_index_builder *builder, const void *data, size_t len)
{
    CW_ASSERT(len <= CW_SCRATCH_BYTES - builder->fill);
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
    const uint64_t place = (cw_output_at(&builder->out) - CW_INDEX_BLOCK) / CW_INDEX_UNIT;
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
    struct cw_index_shared *slot = &builder->shared[cw_mix(0, bytes) % CW_SHARED_SLOTS];
    if (cw_span_equal(bytes, cw_span_make(slot->bytes, slot->len))) {
        *ret_place = slot->place;
        return CW_OK;
    }
    const enum cw_status status = write_record(builder, ret_place, err);
    uint8_t *kept = status == CW_OK ? realloc(slot->bytes, bytes.len) : NULL;
    if (status == CW_OK && kept == NULL) {
        return cw_error_no_memory(err);
    }
    if (status == CW_OK) {
        memcpy(kept, bytes.data, bytes.len);
        *slot = (struct cw_index_shared){.bytes = kept, .len = bytes.len, .place = *ret_place};
    }
    return status;
}

enum cw_status cw_put_shared_text(struct cw_index_builder *builder, struct cw_span text,
                                  uint32_t *ret_place, struct cw_error *err)
{
    const uint32_t len = (uint32_t)text.len;
    begin_record(builder);
    put(builder, &len, sizeof(len));
    put_text(builder, text);
    end_record(builder, CW_RECORD_TEXT, 0, 0);
    return share_record(builder, ret_place, err);
}

/* ---- listings ---- */

enum { KEY_ROOM = CW_CANONICAL_BYTES / 2 + 4 };

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

struct cw_span cw_cut(struct cw_span text)
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
        [CW_PARTY_ENTRY_ID] = is_entry_key(listing) ? CW_SPAN("") : cw_cut(listing->entry_id),
        [CW_PARTY_ENTRY_NAME] = cw_cut(listing->entry_name),
        [CW_PARTY_LISTED_ON] = cw_cut(listing->listed_on),
        [CW_PARTY_NOTE] = cw_cut(listing->note),
        [CW_PARTY_TAG] = cw_cut(listing->tag),
    };
    size_t said = listing->programs_count;
    for (size_t i = 0; i < CW_PARTY_TEXTS; i++) {
        said += texts[i].len;
    }
    if (said == 0 && builder->silent_party != 0) {
        *ret_place = builder->silent_party;
        return CW_OK;
    }
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
    const enum cw_status status = share_record(builder, ret_place, err);
    if (status == CW_OK && said == 0) {
        builder->silent_party = *ret_place;
    }
    return status;
}

/* Eight digits as four bytes, of a word in which the first digit is lowest. False when one of them
 * is no lower-case digit: in each byte the upper bit says that it lies between two bounds. */
static bool decode_eight(uint64_t word, uint8_t ret[static 4])
{
    const uint64_t ones = 0x0101010101010101u;
    const uint64_t upper = 0x80 * ones;
    const uint64_t low = word & ~upper;
    const uint64_t digit = (low + (0x80 - '0') * ones) & ~(low + (0x7f - '9') * ones);
    const uint64_t letter = (low + (0x80 - 'a') * ones) & ~(low + (0x7f - 'f') * ones);
    const uint64_t values = (low & 0x0f * ones) + 9 * (low >> 6 & ones);
    uint64_t bytes = (values << 4 | values >> 8) & 0x00ff00ff00ff00ffu;
    bytes = (bytes | bytes >> 8) & 0x0000ffff0000ffffu;
    bytes |= bytes >> 16;
    for (size_t i = 0; i < 4; i++) {
        ret[i] = (uint8_t)(bytes >> 8 * i & 0xffu);
    }
    return ((digit | letter) & ~word & upper) == upper;
}

/* Lower-case digits only: the text must come back as it was. In: ret  room for hex.len / 2 + 3 */
static bool decode_lower(struct cw_span hex, uint8_t *ret)
{
    enum { DIGITS = 8 };
    bool is_hex = true;
    size_t at = 0;
    for (; hex.len - at >= DIGITS; at += DIGITS) {
        is_hex &= decode_eight(cw_load_le64(hex.data + at), ret + at / 2);
    }
    if (at < hex.len) { /* and zeros behind them, which nobody reads */
        const size_t left = hex.len - at;
        const uint64_t zeros = 0x3030303030303030u;
        const uint64_t last = cw_load_le_tail(hex, left) | zeros << 8 * left;
        is_hex &= decode_eight(last, ret + at / 2);
    }
    return is_hex;
}

/* "evm:account:7e5f…" as the shared "evm:account:" and raw bytes; false when it is no such text. */
static bool split_key(struct cw_span canonical, struct cw_span *ret_label,
                      uint8_t ret_key[static KEY_ROOM], size_t *ret_len)
{
    size_t colon = 0;
    for (size_t at = cw_span_find(canonical, ':', 0); at < canonical.len;
         at = cw_span_find(canonical, ':', colon)) {
        colon = at + 1;
    }
    const struct cw_span hex = cw_span_slice(canonical, colon, canonical.len);
    if (colon == 0 || hex.len == 0 || hex.len % 2 != 0 || canonical.len >= CW_CANONICAL_BYTES ||
        !decode_lower(hex, ret_key)) {
        return false;
    }
    *ret_label = cw_span_slice(canonical, 0, colon);
    *ret_len = hex.len / 2;
    return true;
}

/* A label is a chain and a kind, of which a list has a few: found without making its record. */
static enum cw_status share_label(struct cw_index_builder *builder, struct cw_span label,
                                  uint32_t *ret_place, struct cw_error *err)
{
    if (label.len > CW_LABEL_BYTES) {
        return cw_put_shared_text(builder, cw_cut(label), ret_place, err);
    }
    struct cw_index_label *slot =
        &builder->labels[((size_t)(unsigned char)label.data[0] + label.len) % CW_LABEL_SLOTS];
    enum cw_status status = CW_OK;
    if (slot->place == 0 || !cw_span_equal(label, cw_span_make(slot->text, slot->len))) {
        status = cw_put_shared_text(builder, label, &slot->place, err);
        memcpy(slot->text, label.data, label.len);
        slot->len = label.len;
    }
    *ret_place = slot->place;
    return status;
}

struct parts {
    uint32_t party;
    uint32_t label;
    struct cw_span key;
    uint8_t key_bytes[KEY_ROOM];
};

static enum cw_status share_parts(struct cw_index_builder *builder,
                                  const struct cw_index_listing *listing, struct parts *ret,
                                  struct cw_error *err)
{
    struct cw_span label = listing->error;
    size_t len = 0;
    ret->key = listing->error.len > 0 ? cw_cut(listing->position) : cw_cut(listing->canonical);
    if (listing->error.len == 0 && split_key(listing->canonical, &label, ret->key_bytes, &len)) {
        ret->key = cw_span_make(ret->key_bytes, len);
    }
    enum cw_status status = share_party(builder, listing, &ret->party, err);
    ret->label = 0;
    if (status == CW_OK && label.len > 0) {
        status = share_label(builder, label, &ret->label, err);
    }
    return status;
}

static void put_episodes(struct cw_index_builder *builder, const struct cw_index_listing *listing,
                         size_t count)
{
    const struct cw_index_episode *newest = listing->episodes + (listing->episodes_count - count);
    for (size_t i = 0; i < count; i++) {
        const struct cw_index_episode_row row = {newest[i].from_s, newest[i].until_s};
        put(builder, &row, sizeof(row));
    }
}

enum cw_status cw_put_listing(struct cw_index_builder *builder,
                              const struct cw_index_listing *listing,
                              enum cw_index_record_type type, uint32_t *ret_place,
                              struct cw_error *err)
{
    CW_UNSET struct parts parts;
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
