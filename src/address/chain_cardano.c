#include "address/codec.h"

/* Cardano: Shelley addresses (CIP-19) in bech32 without a length limit, and Byron addresses: CBOR
 * with a CRC-32 in base58. */

enum {
    CREDENTIAL_BYTES = 28,
    SINGLE_BYTES = 1 + CREDENTIAL_BYTES,
    BASE_BYTES = 1 + 2 * CREDENTIAL_BYTES,
    POINTER_NUMBERS = 3,
    CBOR_UINT = 0,
    CBOR_BYTES = 2,
    CBOR_ARRAY = 4,
    CBOR_MAP = 5,
    CBOR_TAG = 6,
    CBOR_ENCODED = 24, /* tag of a byte string that holds CBOR */
    BYRON_NETWORK = 2, /* attribute that only test networks have */
};

/* ---- Shelley ---- */

/* Three numbers of 7-bit groups, most significant first, shortest form, nothing behind. */
static enum cw_address_error check_pointer(struct cw_span bytes)
{
    size_t at = 0;
    for (int number = 0; number < POINTER_NUMBERS; number++) {
        const size_t start = at;
        uint64_t value = 0;
        uint8_t byte = 0x80;
        while ((byte & 0x80u) != 0) {
            if (at == bytes.len) {
                return CW_ADDRESS_LENGTH;
            }
            byte = cw_byte_at(bytes, at++);
            if (at == start + 1 && byte == 0x80) {
                return CW_ADDRESS_PADDING;
            }
            if (value >> 57 != 0) {
                return CW_ADDRESS_RANGE;
            }
            value = value << 7 | (byte & 0x7fu);
        }
    }
    return at == bytes.len ? CW_ADDRESS_OK : CW_ADDRESS_LENGTH;
}

static enum cw_address_error check_size(unsigned type, struct cw_span bytes)
{
    switch (type) {
    case 0:
    case 1:
    case 2:
    case 3:
        return bytes.len == BASE_BYTES ? CW_ADDRESS_OK : CW_ADDRESS_LENGTH;
    case 4:
    case 5:
        return bytes.len > SINGLE_BYTES + 2
                   ? check_pointer(cw_span_slice(bytes, SINGLE_BYTES, bytes.len))
                   : CW_ADDRESS_LENGTH;
    case 6:
    case 7:
    case 14:
    case 15:
        return bytes.len == SINGLE_BYTES ? CW_ADDRESS_OK : CW_ADDRESS_LENGTH;
    default:
        return CW_ADDRESS_VERSION;
    }
}

static const struct {
    const char *prefix;
    bool is_stake;
    bool is_test;
} prefixes[] = {
    {"addr", false, false},
    {"addr_test", false, true},
    {"stake", true, false},
    {"stake_test", true, true},
};

static enum cw_address_error add_shelley(struct cw_span bytes, size_t row,
                                         struct cw_address *address)
{
    const unsigned type = cw_byte_at(bytes, 0) >> 4;
    const unsigned network = cw_byte_at(bytes, 0) & 15u;
    const bool is_stake = type == 14 || type == 15;
    if (network > 1) {
        return CW_ADDRESS_VERSION;
    }
    if (prefixes[row].is_test != (network == 0) || prefixes[row].is_stake != is_stake) {
        return CW_ADDRESS_PREFIX;
    }
    const enum cw_address_error why = check_size(type, bytes);
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    return cw_found_add(address,
                        &(struct cw_found){
                            .chain = network == 0 ? CW_CHAIN_CARDANO_TEST : CW_CHAIN_CARDANO,
                            .kind = is_stake ? CW_KIND_STAKE : CW_KIND_SHELLEY,
                            .encoding = CW_ENCODING_BECH32,
                            .payload = bytes,
                        });
}

static enum cw_address_error read_shelley(struct cw_reader *reader, struct cw_address *address)
{
    struct cw_bytes bytes;
    const struct cw_bech32 *text = NULL;
    enum cw_address_error why = cw_reader_bech32(reader, CW_ADDRESS_TEXT_MAX, &text);
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    if (text->constant != CW_BECH32_CONSTANT) {
        return CW_ADDRESS_CHECKSUM;
    }
    why = cw_bech32_payload(text, 0, &bytes);
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    if (bytes.len == 0) {
        return CW_ADDRESS_LENGTH;
    }
    for (size_t i = 0; i < CW_COUNT(prefixes); i++) {
        if (cw_span_is(cw_span_cstr(text->prefix), prefixes[i].prefix)) {
            return add_shelley(cw_bytes_span(&bytes), i, address);
        }
    }
    return CW_ADDRESS_PREFIX;
}

/* ---- Byron ---- */

struct cbor {
    struct cw_span bytes;
    size_t at;
};

/* A head of definite length in its shortest form. */
static enum cw_address_error read_head(struct cbor *in, unsigned *ret_type, uint64_t *ret)
{
    static const uint64_t least[4] = {24, 1u << 8, 1u << 16, (uint64_t)1 << 32};
    if (in->at >= in->bytes.len) {
        return CW_ADDRESS_LENGTH;
    }
    const unsigned first = cw_byte_at(in->bytes, in->at++);
    const unsigned info = first & 31u;
    *ret_type = first >> 5;
    *ret = info;
    if (info < 24) {
        return CW_ADDRESS_OK;
    }
    if (info > 27 || in->bytes.len - in->at < (size_t)1 << (info - 24)) {
        return CW_ADDRESS_PADDING;
    }
    *ret = 0;
    for (size_t i = (size_t)1 << (info - 24); i > 0; i--) {
        *ret = *ret << 8 | cw_byte_at(in->bytes, in->at++);
    }
    return *ret < least[info - 24] ? CW_ADDRESS_PADDING : CW_ADDRESS_OK;
}

/* A head of one type; VERSION when it is another. */
static enum cw_address_error expect(struct cbor *in, unsigned type, uint64_t *ret)
{
    unsigned got = 0;
    const enum cw_address_error why = read_head(in, &got, ret);
    return why == CW_ADDRESS_OK && got != type ? CW_ADDRESS_VERSION : why;
}

static enum cw_address_error expect_value(struct cbor *in, unsigned type, uint64_t value)
{
    uint64_t got = 0;
    const enum cw_address_error why = expect(in, type, &got);
    return why == CW_ADDRESS_OK && got != value ? CW_ADDRESS_VERSION : why;
}

static enum cw_address_error read_bytes(struct cbor *in, struct cw_span *ret)
{
    uint64_t len = 0;
    const enum cw_address_error why = expect(in, CBOR_BYTES, &len);
    if (why != CW_ADDRESS_OK) {
        return why == CW_ADDRESS_VERSION ? CW_ADDRESS_PADDING : why;
    }
    if (len > in->bytes.len - in->at) {
        return CW_ADDRESS_PADDING;
    }
    *ret = cw_span_slice(in->bytes, in->at, in->at + (size_t)len);
    in->at += (size_t)len;
    return CW_ADDRESS_OK;
}

static enum cw_address_error read_attributes(struct cbor *in, bool *ret_is_test)
{
    uint64_t count = 0;
    enum cw_address_error why = expect(in, CBOR_MAP, &count);
    for (; why == CW_ADDRESS_OK && count > 0; count--) {
        uint64_t name = 0;
        uint64_t magic = 0;
        struct cw_span value = {NULL, 0};
        why = expect(in, CBOR_UINT, &name);
        if (why == CW_ADDRESS_OK) {
            why = read_bytes(in, &value);
        }
        if (why != CW_ADDRESS_OK || name != BYRON_NETWORK) {
            continue;
        }
        struct cbor inner = {.bytes = value};
        why = expect(&inner, CBOR_UINT, &magic);
        if (why == CW_ADDRESS_VERSION || (why == CW_ADDRESS_OK && inner.at != value.len)) {
            why = CW_ADDRESS_PADDING;
        }
        *ret_is_test = true;
    }
    return why;
}

/* [root of 28 bytes, attributes, type 0 to 2] */
static enum cw_address_error check_inner(struct cw_span bytes, bool *ret_is_test)
{
    struct cbor in = {.bytes = bytes};
    struct cw_span root = {NULL, 0};
    uint64_t type = 0;
    enum cw_address_error why = expect_value(&in, CBOR_ARRAY, 3);
    if (why == CW_ADDRESS_OK) {
        why = read_bytes(&in, &root);
    }
    if (why == CW_ADDRESS_OK && root.len != CREDENTIAL_BYTES) {
        why = CW_ADDRESS_LENGTH;
    }
    if (why == CW_ADDRESS_OK) {
        why = read_attributes(&in, ret_is_test);
    }
    if (why == CW_ADDRESS_OK) {
        why = expect(&in, CBOR_UINT, &type);
    }
    if (why == CW_ADDRESS_OK && in.at != bytes.len) {
        why = CW_ADDRESS_LENGTH;
    }
    return why == CW_ADDRESS_OK && type > 2 ? CW_ADDRESS_VERSION : why;
}

static enum cw_address_error read_byron(struct cw_reader *reader, struct cw_address *address)
{
    struct cbor in = {.bytes = {NULL, 0}};
    struct cw_span inner = {NULL, 0};
    uint64_t crc = 0;
    bool is_test = false;
    enum cw_address_error why = cw_reader_base58(reader, &in.bytes);
    if (why == CW_ADDRESS_OK) {
        why = expect_value(&in, CBOR_ARRAY, 2);
    }
    if (why == CW_ADDRESS_OK) {
        why = expect_value(&in, CBOR_TAG, CBOR_ENCODED);
    }
    if (why == CW_ADDRESS_OK) {
        why = read_bytes(&in, &inner);
    }
    if (why == CW_ADDRESS_OK) {
        why = expect(&in, CBOR_UINT, &crc);
    }
    if (why == CW_ADDRESS_OK && in.at != in.bytes.len) {
        why = CW_ADDRESS_LENGTH;
    }
    if (why == CW_ADDRESS_OK && crc != cw_crc32(inner)) {
        why = CW_ADDRESS_CHECKSUM;
    }
    if (why == CW_ADDRESS_OK) {
        why = check_inner(inner, &is_test);
    }
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    return cw_found_add(address, &(struct cw_found){
                                     .chain = is_test ? CW_CHAIN_CARDANO_TEST : CW_CHAIN_CARDANO,
                                     .kind = CW_KIND_BYRON,
                                     .encoding = CW_ENCODING_BYRON,
                                     .payload = inner,
                                 });
}

enum cw_address_error cw_read_cardano(struct cw_reader *reader, CW_UNUSED const struct cw_tag *as,
                                      struct cw_address *address)
{
    static const char *const others[] = {"addr", "stake", "pool1", "script1", "asset1", "drep1"};
    const struct cw_span text = reader->text;
    for (size_t i = 0; i < CW_COUNT(prefixes); i++) {
        const size_t len = strlen(prefixes[i].prefix);
        if (cw_starts_with_nocase(text, prefixes[i].prefix) && text.len > len &&
            text.data[len] == '1') {
            return read_shelley(reader, address);
        }
    }
    for (size_t i = 0; i < CW_COUNT(others); i++) {
        if (cw_starts_with_nocase(text, others[i])) {
            return CW_ADDRESS_PREFIX;
        }
    }
    return read_byron(reader, address);
}

static void write_head(struct cw_bytes *out, unsigned type, uint64_t value)
{
    const size_t width = value < 24 ? 0 : value <= 0xff ? 1 : value <= 0xffff ? 2 : 4;
    const unsigned info = width == 0 ? (unsigned)value : width == 1 ? 24u : width == 2 ? 25u : 26u;
    CW_ASSERT(value <= UINT32_MAX);
    out->data[out->len++] = (uint8_t)(type << 5 | info);
    for (size_t i = width; i > 0; i--) {
        out->data[out->len++] = (uint8_t)(value >> 8 * (i - 1) & 0xffu);
    }
}

static void write_byron(struct cw_writer *out, struct cw_span inner)
{
    struct cw_bytes bytes = {.len = 0};
    write_head(&bytes, CBOR_ARRAY, 2);
    write_head(&bytes, CBOR_TAG, CBOR_ENCODED);
    write_head(&bytes, CBOR_BYTES, inner.len);
    CW_ASSERT(inner.len <= CW_ADDRESS_BASE58_MAX);
    memcpy(bytes.data + bytes.len, inner.data, inner.len);
    bytes.len += inner.len;
    write_head(&bytes, CBOR_UINT, cw_crc32(inner));
    cw_base58_encode(out, &cw_alphabet_base58, cw_bytes_span(&bytes));
}

void cw_text_cardano(const struct cw_address *address, const struct cw_reading *reading,
                     struct cw_writer *out)
{
    const struct cw_span payload = cw_reading_payload(address, reading);
    const bool is_test = reading->chain == CW_CHAIN_CARDANO_TEST;
    if (reading->kind == CW_KIND_BYRON) {
        write_byron(out, payload);
        return;
    }
    for (size_t i = 0; i < CW_COUNT(prefixes); i++) {
        if (prefixes[i].is_test == is_test &&
            prefixes[i].is_stake == (reading->kind == CW_KIND_STAKE)) {
            cw_bech32_encode(out, prefixes[i].prefix, -1, payload, CW_BECH32_CONSTANT);
        }
    }
}
