#include "address/codec.h"
#include "address/zcash.h"

#include "crypto/hash.h"

/* Zcash: transparent and Sapling addresses are rows of the tables; unified addresses (ZIP-316) are
 * bech32m around F4Jumble around a list of items. */

enum {
    JUMBLE_MIN = 48,
    HALF_MAX = 64,
    PADDING_BYTES = 16,
    ITEM_TYPE_MAX = 0x02000000,
    METADATA_FIRST = 0xc0,
    MUST_UNDERSTAND_FIRST = 0xe0,
    METADATA_LAST = 0xfc,
    EXPIRY_HEIGHT = 0xe0,
    EXPIRY_TIME = 0xe1,
};

/* ---- F4Jumble ---- */

static void xor_into(uint8_t *target, const uint8_t *mask, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        target[i] ^= mask[i];
    }
}

/* right ^= G_round(left): as many 64-byte hashes as it takes. */
static void mix_right(uint8_t round, struct cw_span left, uint8_t *right, size_t right_len)
{
    for (size_t at = 0, block = 0; at < right_len; at += HALF_MAX, block++) {
        uint8_t personal[16];
        uint8_t hash[HALF_MAX];
        const size_t len = right_len - at < HALF_MAX ? right_len - at : HALF_MAX;
        static const uint8_t label[] = {'U', 'A', '_', 'F', '4', 'J', 'u',
                                        'm', 'b', 'l', 'e', '_', 'G'};
        memcpy(personal, label, sizeof(label));
        personal[13] = round;
        personal[14] = (uint8_t)(block & 0xffu);
        personal[15] = (uint8_t)(block >> 8 & 0xffu);
        cw_blake2b(left, personal, hash, sizeof(hash));
        xor_into(right + at, hash, len);
    }
}

/* left ^= H_round(right) */
static void mix_left(uint8_t round, struct cw_span right, uint8_t *left, size_t left_len)
{
    uint8_t personal[16];
    uint8_t hash[HALF_MAX];
    CW_ASSERT(left_len <= sizeof(hash));
    static const uint8_t label[] = {'U', 'A', '_', 'F', '4', 'J', 'u',
                                    'm', 'b', 'l', 'e', '_', 'H'};
    memcpy(personal, label, sizeof(label));
    personal[13] = round;
    personal[14] = 0;
    personal[15] = 0;
    cw_blake2b(right, personal, hash, left_len);
    xor_into(left, hash, left_len);
}

static void jumble(struct cw_bytes *message, bool is_inverse)
{
    const size_t left_len = message->len / 2 < HALF_MAX ? message->len / 2 : HALF_MAX;
    const size_t right_len = message->len - left_len;
    uint8_t *left = message->data;
    uint8_t *right = message->data + left_len;
    for (uint8_t step = 0; step < 2; step++) {
        if (is_inverse) {
            mix_left(1 - step, cw_span_make(right, right_len), left, left_len);
            mix_right(1 - step, cw_span_make(left, left_len), right, right_len);
        } else {
            mix_right(step, cw_span_make(left, left_len), right, right_len);
            mix_left(step, cw_span_make(right, right_len), left, left_len);
        }
    }
}

/* ---- items ---- */

/* Bitcoin's variable-length number, shortest form only. */
static enum cw_address_error read_size(struct cw_span bytes, size_t *at, uint64_t *ret)
{
    static const uint64_t least[3] = {0xfd, 0x10000, 0x100000000};
    if (*at >= bytes.len) {
        return CW_ADDRESS_LENGTH;
    }
    const uint8_t first = cw_byte_at(bytes, (*at)++);
    *ret = first;
    if (first < 0xfd) {
        return CW_ADDRESS_OK;
    }
    const size_t width = (size_t)2 << (first - 0xfd);
    if (bytes.len - *at < width) {
        return CW_ADDRESS_LENGTH;
    }
    *ret = 0;
    for (size_t i = width; i > 0; i--) {
        *ret = *ret << 8 | cw_byte_at(bytes, *at + i - 1);
    }
    *at += width;
    return *ret < least[first - 0xfd] ? CW_ADDRESS_PADDING : CW_ADDRESS_OK;
}

enum cw_address_error cw_zcash_item_next(struct cw_span items, size_t *at,
                                         struct cw_zcash_item *ret)
{
    uint64_t len = 0;
    enum cw_address_error why = read_size(items, at, &ret->type);
    if (why == CW_ADDRESS_OK) {
        why = read_size(items, at, &len);
    }
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    if (len > items.len - *at) {
        return CW_ADDRESS_LENGTH;
    }
    ret->value = cw_span_slice(items, *at, *at + (size_t)len);
    *at += (size_t)len;
    return CW_ADDRESS_OK;
}

static bool is_metadata(uint64_t type)
{
    return type >= METADATA_FIRST && type <= METADATA_LAST;
}

static enum cw_address_error check_item(const struct cw_zcash_item *item, bool is_revision_2)
{
    static const size_t lengths[] = {20, 20, 43, 43};
    if (item->type < CW_COUNT(lengths) && item->value.len != lengths[item->type]) {
        return CW_ADDRESS_LENGTH;
    }
    if (item->type > ITEM_TYPE_MAX) {
        return CW_ADDRESS_RANGE;
    }
    if (item->type < MUST_UNDERSTAND_FIRST || item->type > METADATA_LAST) {
        return CW_ADDRESS_OK;
    }
    const bool is_known = (item->type == EXPIRY_HEIGHT && item->value.len == 4) ||
                          (item->type == EXPIRY_TIME && item->value.len == 8);
    return is_revision_2 && is_known ? CW_ADDRESS_OK : CW_ADDRESS_UNSUPPORTED;
}

/* Checks the list and keeps what is identity: the items without metadata. */
static enum cw_address_error read_items(struct cw_span items, bool is_revision_2,
                                        struct cw_bytes *ret)
{
    bool has_receiver = false;
    bool has_script = false;
    bool has_key = false;
    uint64_t next_type = 0;
    enum cw_address_error late = CW_ADDRESS_OK;
    ret->len = 0;
    for (size_t at = 0; at < items.len;) {
        struct cw_zcash_item item;
        const size_t start = at;
        enum cw_address_error why = cw_zcash_item_next(items, &at, &item);
        if (why != CW_ADDRESS_OK) {
            return why;
        }
        if (item.type < next_type) {
            return CW_ADDRESS_VERSION;
        }
        why = check_item(&item, is_revision_2);
        if (why == CW_ADDRESS_UNSUPPORTED) {
            late = why;
        } else if (why != CW_ADDRESS_OK) {
            return why;
        }
        next_type = item.type + 1;
        has_key |= item.type == CW_ZCASH_P2PKH;
        has_script |= item.type == CW_ZCASH_P2SH;
        has_receiver |= !is_metadata(item.type) && (is_revision_2 || item.type > CW_ZCASH_P2SH);
        if (!is_metadata(item.type)) {
            memcpy(ret->data + ret->len, items.data + start, at - start);
            ret->len += at - start;
        }
    }
    if ((has_key && has_script) || !has_receiver) {
        return CW_ADDRESS_VERSION;
    }
    return late;
}

/* ---- unified addresses ---- */

static const struct unified_prefix {
    const char *prefix;
    enum cw_chain_id chain;
    bool is_revision_2;
} unified_prefixes[] = {
    {"u", CW_CHAIN_ZCASH, false},
    {"utest", CW_CHAIN_ZCASH_TEST, false},
    {"uregtest", CW_CHAIN_ZCASH_TEST, false},
    {"zu", CW_CHAIN_ZCASH, true},
    {"tu", CW_CHAIN_ZCASH_TEST, true},
};

static const struct unified_prefix *find_unified(struct cw_span text)
{
    for (size_t i = 0; i < CW_COUNT(unified_prefixes); i++) {
        const size_t len = strlen(unified_prefixes[i].prefix);
        if (text.len > len && text.data[len] == '1' &&
            cw_starts_with_nocase(text, unified_prefixes[i].prefix)) {
            return &unified_prefixes[i];
        }
    }
    return NULL;
}

static bool ends_with_prefix(const struct cw_bytes *message, const char *prefix)
{
    char padding[PADDING_BYTES] = {0};
    const size_t len = strlen(prefix);
    CW_ASSERT(len <= sizeof(padding));
    memcpy(padding, prefix, len);
    return memcmp(message->data + message->len - PADDING_BYTES, padding, PADDING_BYTES) == 0;
}

static enum cw_address_error
read_unified(struct cw_reader *reader, const struct unified_prefix *row, struct cw_address *address)
{
    struct cw_bytes message;
    struct cw_bytes key;
    const struct cw_bech32 *text = NULL;
    enum cw_address_error why = cw_reader_bech32(reader, CW_ADDRESS_TEXT_MAX, &text);
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    if (!cw_span_is(cw_span_cstr(text->prefix), row->prefix)) {
        return CW_ADDRESS_PREFIX;
    }
    if (text->constant != CW_BECH32M_CONSTANT) {
        return CW_ADDRESS_CHECKSUM;
    }
    why = cw_bech32_payload(text, 0, &message);
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    if (message.len < JUMBLE_MIN) {
        return CW_ADDRESS_LENGTH;
    }
    jumble(&message, true);
    if (!ends_with_prefix(&message, row->prefix)) {
        return CW_ADDRESS_PADDING;
    }
    message.len -= PADDING_BYTES;
    why = read_items(cw_bytes_span(&message), row->is_revision_2, &key);
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    return cw_found_add(address, &(struct cw_found){
                                     .chain = row->chain,
                                     .kind = CW_KIND_UNIFIED,
                                     .encoding = CW_ENCODING_BECH32M,
                                     .flags = key.len != message.len ? CW_FLAG_METADATA : 0,
                                     .payload = cw_bytes_span(&key),
                                 });
}

static bool is_viewing_key(struct cw_span text)
{
    return cw_starts_with_nocase(text, "uview1") || cw_starts_with_nocase(text, "uivk1") ||
           cw_starts_with_nocase(text, "zxviews1") || cw_starts_with_nocase(text, "zivks1");
}

enum cw_address_error cw_read_zcash(struct cw_reader *reader, const struct cw_tag *as,
                                    struct cw_address *address)
{
    const struct cw_span text = reader->text;
    const struct unified_prefix *row = find_unified(text);
    if (cw_starts_with_nocase(text, "secret-")) {
        return CW_ADDRESS_SECRET;
    }
    if (row != NULL) {
        return read_unified(reader, row, address);
    }
    if (is_viewing_key(text)) {
        return CW_ADDRESS_UNSUPPORTED;
    }
    if (as == NULL) {
        return CW_ADDRESS_PREFIX; /* the other forms were looked up with all rows */
    }
    return cw_is_bech32_text(text, as) ? cw_read_bech32_rows(reader, as, address)
                                       : cw_read_base58_rows(reader, as, address);
}

/* Writes the items of a key and returns the type of the last. Without its metadata a list can be
 * too short to be jumbled; then one metadata item of zeros, in its place by type, makes up for it:
 * it is not part of the key, so the text reads back as the same one. */
static uint64_t write_items(struct cw_bytes *message, struct cw_span items)
{
    const size_t least = JUMBLE_MIN - PADDING_BYTES;
    const size_t filler = items.len >= least ? 0 : items.len + 2 < least ? least - items.len : 2;
    struct cw_zcash_item item = {0};
    size_t split = 0;
    CW_ASSERT(items.len + filler + PADDING_BYTES <= sizeof(message->data));
    for (size_t at = 0; at < items.len;) {
        const enum cw_address_error why = cw_zcash_item_next(items, &at, &item);
        CW_ASSERT(why == CW_ADDRESS_OK);
        split = item.type < METADATA_FIRST ? at : split;
    }
    if (split > 0) {
        memcpy(message->data, items.data, split);
    }
    if (filler > 0) {
        memset(message->data + split, 0, filler);
        message->data[split] = METADATA_FIRST;
        message->data[split + 1] = (uint8_t)(filler - 2);
    }
    if (items.len > split) {
        memcpy(message->data + split + filler, items.data + split, items.len - split);
    }
    message->len = items.len + filler;
    return item.type;
}

void cw_text_zcash(const struct cw_address *address, const struct cw_reading *reading,
                   struct cw_writer *out)
{
    if (reading->kind != CW_KIND_UNIFIED) {
        cw_text_coin(address, reading, out);
        return;
    }
    const struct cw_span items = cw_reading_payload(address, reading);
    struct cw_bytes message = {.len = 0};
    /* Only revision 2 may consist of transparent receivers alone. */
    const bool is_revision_2 = write_items(&message, items) <= CW_ZCASH_P2SH;
    const bool is_main = reading->chain == CW_CHAIN_ZCASH;
    const char *prefix = is_main ? is_revision_2 ? "zu" : "u" : is_revision_2 ? "tu" : "utest";
    memset(message.data + message.len, 0, PADDING_BYTES);
    memcpy(message.data + message.len, prefix, strlen(prefix));
    message.len += PADDING_BYTES;
    jumble(&message, false);
    cw_bech32_encode(out, prefix, -1, cw_bytes_span(&message), CW_BECH32M_CONSTANT);
}
