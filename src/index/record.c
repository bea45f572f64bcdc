#include "base/text.h"
#include "index/internal.h"

struct cw_index *cw_index_new(void)
{
    return calloc(1, sizeof(struct cw_index));
}

/* The rest of a record, read from its front. */
struct cursor {
    const uint8_t *at;
    size_t left;
    bool is_short; /* more was asked for than there is */
};

static const uint8_t *take(struct cursor *cursor, size_t len)
{
    if (cursor->is_short || len > cursor->left) {
        cursor->is_short = true;
        return NULL;
    }
    const uint8_t *at = cursor->at;
    cursor->at += len;
    cursor->left -= len;
    return at;
}

static struct cw_span take_text(struct cursor *cursor, size_t len)
{
    const uint8_t *at = take(cursor, len);
    return cw_span_make(at, at == NULL ? 0 : len);
}

static bool take_into(struct cursor *cursor, void *ret, size_t len)
{
    const uint8_t *at = take(cursor, len);
    if (at != NULL) {
        memcpy(ret, at, len);
    }
    return at != NULL;
}

enum cw_status cw_index_record_head(const struct cw_index *index, uint64_t at,
                                    struct cw_index_record_head *ret, struct cw_error *err)
{
    const uint8_t *bytes = NULL;
    const enum cw_status status =
        cw_index_touch(index, CW_SECTION_RECORDS, at, sizeof(*ret), &bytes, err);
    if (status != CW_OK) {
        return status;
    }
    memcpy(ret, bytes, sizeof(*ret));
    if (ret->bytes < sizeof(*ret) || ret->bytes % CW_INDEX_UNIT != 0 ||
        ret->bytes > index->header.sections[CW_SECTION_RECORDS].bytes - at) {
        return cw_index_damaged(err, "a record", at);
    }
    return CW_OK;
}

/* Opens a record, past its head. */
static enum cw_status open_record(const struct cw_index *index, uint64_t at,
                                  struct cw_index_record_head *ret_head, struct cursor *ret,
                                  struct cw_error *err)
{
    enum cw_status status = cw_index_record_head(index, at, ret_head, err);
    const uint8_t *bytes = NULL;
    if (status == CW_OK) {
        status = cw_index_touch(index, CW_SECTION_RECORDS, at, ret_head->bytes, &bytes, err);
    }
    if (status == CW_OK) {
        *ret = (struct cursor){.at = bytes + sizeof(*ret_head),
                               .left = ret_head->bytes - sizeof(*ret_head)};
    }
    return status;
}

/* The same of a record that must be of one type. */
static enum cw_status open_typed(const struct cw_index *index, uint64_t at, uint8_t type,
                                 struct cursor *ret, struct cw_error *err)
{
    struct cw_index_record_head head;
    const enum cw_status status = open_record(index, at, &head, ret, err);
    return status == CW_OK && head.type != type
               ? cw_index_damaged(err, "a record of another type", at)
               : status;
}

/* ---- sources ---- */

static enum cw_status read_source(const struct cw_index *index, uint32_t number,
                                  struct cw_index_item *item, struct cw_error *err)
{
    struct cw_index_source_row row;
    const uint8_t *bytes = NULL;
    if (number >= index->header.sections[CW_SECTION_SOURCES].count) {
        return cw_index_damaged(err, "a source", number);
    }
    enum cw_status status = cw_index_touch(
        index, CW_SECTION_SOURCES, (uint64_t)number * sizeof(row), sizeof(row), &bytes, err);
    if (status != CW_OK) {
        return status;
    }
    memcpy(&row, bytes, sizeof(row));
    status = cw_index_touch(index, CW_SECTION_SOURCES, row.text_at,
                            (uint64_t)row.id_len + row.title_len, &bytes, err);
    if (status == CW_OK && (row.kind > CW_INDEX_RULE || row.id_len > CW_ID_MAX)) {
        status = cw_index_damaged(err, "a source", number);
    }
    if (status == CW_OK) {
        item->kind = (enum cw_index_source_kind)row.kind;
        item->source = number;
        item->relations = row.relations;
        item->source_id = cw_span_make(bytes, row.id_len);
        item->title = cw_span_make(bytes + row.id_len, row.title_len);
    }
    return status;
}

/* ---- parties ---- */

static enum cw_status read_party(const struct cw_index *index, uint64_t at,
                                 struct cw_index_item *item, struct cw_error *err)
{
    struct cursor cursor = {0};
    struct cw_index_party_body body = {{0}, 0};
    struct cw_span texts[CW_PARTY_TEXTS];
    const enum cw_status status = open_typed(index, at, CW_RECORD_PARTY, &cursor, err);
    if (status != CW_OK) {
        return status;
    }
    (void)take_into(&cursor, &body, sizeof(body));
    if (body.programs > CW_INDEX_PROGRAMS_MAX) {
        return cw_index_damaged(err, "a party", at);
    }
    for (size_t i = 0; i < CW_PARTY_TEXTS; i++) {
        texts[i] = take_text(&cursor, body.lens[i]);
    }
    uint16_t lens[CW_INDEX_PROGRAMS_MAX] = {0};
    (void)take_into(&cursor, lens, body.programs * sizeof(lens[0]));
    for (size_t i = 0; i < body.programs; i++) {
        item->programs[i] = take_text(&cursor, lens[i]);
    }
    if (cursor.is_short) {
        return cw_index_damaged(err, "a party", at);
    }
    item->programs_count = body.programs;
    item->entry_id = texts[CW_PARTY_ENTRY_ID];
    item->entry_name = texts[CW_PARTY_ENTRY_NAME];
    item->listed_on = texts[CW_PARTY_LISTED_ON];
    item->note = texts[CW_PARTY_NOTE];
    item->tag = texts[CW_PARTY_TAG];
    return CW_OK;
}

/* ---- listings ---- */

static enum cw_status read_label(const struct cw_index *index, uint32_t place, struct cw_span *ret,
                                 struct cw_error *err)
{
    struct cursor cursor = {0};
    uint32_t len = 0;
    const uint64_t at = (uint64_t)place * CW_INDEX_UNIT;
    const enum cw_status status = open_typed(index, at, CW_RECORD_TEXT, &cursor, err);
    if (status != CW_OK) {
        return status;
    }
    (void)take_into(&cursor, &len, sizeof(len));
    *ret = take_text(&cursor, len);
    return cursor.is_short ? cw_index_damaged(err, "a text", at) : CW_OK;
}

/* label + hex of the key, into the item itself. */
static bool write_canonical(struct cw_index_item *item, struct cw_span label, struct cw_span key)
{
    if (label.len + 2 * key.len >= sizeof(item->text)) {
        return false;
    }
    if (label.len > 0) {
        memcpy(item->text, label.data, label.len);
    }
    cw_hex_encode((const uint8_t *)key.data, key.len, item->text + label.len);
    item->canonical = cw_span_make(item->text, label.len + 2 * key.len);
    return true;
}

static enum cw_status read_key(const struct cw_index *index, uint64_t at, uint32_t label_place,
                               struct cw_span key, struct cw_index_item *item, struct cw_error *err)
{
    struct cw_span label = {NULL, 0};
    if (label_place != 0) {
        const enum cw_status status = read_label(index, label_place, &label, err);
        if (status != CW_OK) {
            return status;
        }
    }
    if (item->is_opaque) {
        item->error = label;
        item->position = key;
    } else if (label_place == 0) {
        item->canonical = key;
    } else if (!write_canonical(item, label, key)) {
        return cw_index_damaged(err, "a key", at);
    }
    return CW_OK;
}

static enum cw_status read_listing(const struct cw_index *index, uint64_t at,
                                   struct cw_index_item *item, struct cw_error *err)
{
    struct cw_index_record_head head;
    struct cursor cursor = {0};
    enum cw_status status = open_record(index, at, &head, &cursor, err);
    if (status == CW_OK && head.type != CW_RECORD_LISTING && head.type != CW_RECORD_OPAQUE) {
        status = cw_index_damaged(err, "a record of another type", at);
    }
    if (status != CW_OK) {
        return status;
    }
    struct cw_index_listing_body body = {0};
    (void)take_into(&cursor, &body, sizeof(body));
    item->episodes = take(&cursor, body.episodes * sizeof(struct cw_index_episode_row));
    item->episodes_count = body.episodes;
    item->value = take_text(&cursor, body.value_len);
    const struct cw_span key = take_text(&cursor, body.key_len);
    if (cursor.is_short) {
        return cw_index_damaged(err, "a listing", at);
    }
    item->is_active = (head.flags & CW_RECORD_ACTIVE) != 0;
    item->is_reserved = (head.flags & CW_RECORD_RESERVED) != 0;
    item->has_older_episodes = (head.flags & CW_RECORD_CUT) != 0;
    item->is_opaque = head.type == CW_RECORD_OPAQUE;
    status = read_source(index, head.source, item, err);
    if (status == CW_OK) {
        status = read_party(index, (uint64_t)body.party * CW_INDEX_UNIT, item, err);
    }
    if (status == CW_OK) {
        status = read_key(index, at, body.label, key, item, err);
    }
    if (status == CW_OK && (head.flags & CW_RECORD_ENTRY_IS_KEY) != 0) {
        item->entry_id = item->canonical;
    }
    return status;
}

enum cw_status cw_index_record_item(const struct cw_index *index, uint64_t at,
                                    struct cw_index_item *ret, struct cw_error *err)
{
    /* Not the whole struct: its text alone is longer than most records. */
    ret->canonical = (struct cw_span){NULL, 0};
    ret->error = (struct cw_span){NULL, 0};
    ret->position = (struct cw_span){NULL, 0};
    return read_listing(index, at, ret, err);
}

/* ---- items ---- */

struct cw_index_episode cw_index_item_episode(const struct cw_index_item *item, size_t at)
{
    struct cw_index_episode_row row;
    CW_ASSERT(at < item->episodes_count);
    memcpy(&row, item->episodes + at * sizeof(row), sizeof(row));
    return (struct cw_index_episode){.from_s = row.from_s, .until_s = row.until_s};
}

int64_t cw_index_item_first_seen_s(const struct cw_index_item *item)
{
    return item->episodes_count == 0 ? 0 : cw_index_item_episode(item, 0).from_s;
}

int64_t cw_index_item_ended_s(const struct cw_index_item *item)
{
    if (item->is_active || item->episodes_count == 0) {
        return 0;
    }
    return cw_index_item_episode(item, item->episodes_count - 1).until_s;
}

enum cw_address_error cw_index_item_decode(const struct cw_index_item *item, struct cw_address *ret)
{
    const enum cw_address_mode mode =
        item->kind == CW_INDEX_RULE ? CW_ADDRESS_STRICT : CW_ADDRESS_LIST;
    return cw_address_parse(item->value, item->tag, mode, ret);
}
