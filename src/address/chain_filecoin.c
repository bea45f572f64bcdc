#include "address/codec.h"

#include "crypto/hash.h"

/* Filecoin: a network letter, a protocol digit and what the protocol says. */

enum {
    SUM_BYTES = 4,
    LEB128_BYTES_MAX = 10,
    SUBADDRESS_MAX = 54,
    EVM_NAMESPACE = 10,
    MASK_BYTES = 12, /* 0xff and eleven zeros in front of a masked id */
};

static const struct protocol {
    uint8_t number;
    enum cw_kind kind;
    uint8_t length;
} protocols[] = {
    {1, CW_KIND_SECP, 20},
    {2, CW_KIND_ACTOR, 20},
    {3, CW_KIND_BLS, 48},
};

static size_t write_leb128(uint64_t value, uint8_t ret[static LEB128_BYTES_MAX])
{
    size_t len = 0;
    do {
        const uint8_t low = (uint8_t)(value & 0x7fu);
        value >>= 7;
        ret[len++] = value > 0 ? (uint8_t)(low | 0x80u) : low;
    } while (value > 0);
    return len;
}

static uint64_t read_leb128(struct cw_span bytes, size_t *at)
{
    uint64_t value = 0;
    unsigned shift = 0;
    uint8_t byte = 0x80;
    while (*at < bytes.len && (byte & 0x80u) != 0) {
        byte = cw_byte_at(bytes, (*at)++);
        value |= (uint64_t)(byte & 0x7fu) << shift;
        shift += 7;
    }
    return value;
}

static enum cw_address_error add(struct cw_address *address, enum cw_kind kind,
                                 struct cw_span payload, struct cw_found found)
{
    found.chain = CW_CHAIN_FILECOIN;
    found.kind = kind;
    found.payload = payload;
    return cw_found_add(address, &found);
}

/* The checksum covers protocol, namespace and payload. */
static bool has_sum(struct cw_span head, struct cw_span bytes)
{
    struct cw_bytes joined;
    uint8_t sum[SUM_BYTES];
    const size_t body = bytes.len - SUM_BYTES;
    CW_ASSERT(head.len + body <= sizeof(joined.data));
    memcpy(joined.data, head.data, head.len);
    memcpy(joined.data + head.len, bytes.data, body);
    joined.len = head.len + body;
    cw_blake2b(cw_bytes_span(&joined), NULL, sum, sizeof(sum));
    return memcmp(sum, bytes.data + body, SUM_BYTES) == 0;
}

static enum cw_address_error read_id(struct cw_span digits, struct cw_found found,
                                     struct cw_address *address)
{
    uint8_t payload[LEB128_BYTES_MAX];
    uint64_t id = 0;
    if (!cw_span_to_u64(digits, INT64_MAX, &id)) {
        return CW_ADDRESS_RANGE;
    }
    found.checksum = CW_CHECKSUM_NONE;
    return add(address, CW_KIND_ID, cw_span_make(payload, write_leb128(id, payload)), found);
}

static enum cw_address_error read_hashed(const struct protocol *protocol, struct cw_span text,
                                         struct cw_found found, struct cw_address *address)
{
    struct cw_bytes bytes;
    const enum cw_address_error why = cw_base32_decode(&cw_alphabet_base32_lower, text, &bytes);
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    if (bytes.len != (size_t)protocol->length + SUM_BYTES) {
        return CW_ADDRESS_LENGTH;
    }
    if (!has_sum(cw_span_make(&protocol->number, 1), cw_bytes_span(&bytes))) {
        return CW_ADDRESS_CHECKSUM;
    }
    return add(address, protocol->kind, cw_span_make(bytes.data, protocol->length), found);
}

/* <namespace>f<subaddress>; the EVM has namespace 10. */
static enum cw_address_error read_delegated(struct cw_span text, struct cw_found found,
                                            struct cw_address *address)
{
    struct cw_bytes bytes;
    uint8_t head[1 + LEB128_BYTES_MAX] = {4};
    uint64_t space = 0;
    const size_t separator = cw_span_find(text, 'f', 0);
    const struct cw_span digits = cw_span_slice(text, 0, separator);
    if (separator == text.len || !cw_is_decimal(digits)) {
        return CW_ADDRESS_PREFIX;
    }
    if (!cw_span_to_u64(digits, INT64_MAX, &space)) {
        return CW_ADDRESS_PREFIX;
    }
    const enum cw_address_error why = cw_base32_decode(
        &cw_alphabet_base32_lower, cw_span_slice(text, separator + 1, text.len), &bytes);
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    if (bytes.len < SUM_BYTES || bytes.len > SUBADDRESS_MAX + SUM_BYTES) {
        return CW_ADDRESS_LENGTH;
    }
    const size_t space_len = write_leb128(space, head + 1);
    if (!has_sum(cw_span_make(head, 1 + space_len), cw_bytes_span(&bytes))) {
        return CW_ADDRESS_CHECKSUM;
    }
    bytes.len -= SUM_BYTES;
    if (space == EVM_NAMESPACE) {
        found.chain = CW_CHAIN_EVM;
        found.kind = CW_KIND_ACCOUNT;
        found.network = "filecoin";
        found.payload = cw_bytes_span(&bytes);
        return bytes.len == 20 ? cw_found_add(address, &found) : CW_ADDRESS_LENGTH;
    }
    uint8_t payload[LEB128_BYTES_MAX + SUBADDRESS_MAX];
    memcpy(payload, head + 1, space_len);
    memcpy(payload + space_len, bytes.data, bytes.len);
    return add(address, CW_KIND_DELEGATED, cw_span_make(payload, space_len + bytes.len), found);
}

/* 0x form: an EVM account, or an id behind a mask. */
static enum cw_address_error read_hex(struct cw_reader *reader, struct cw_address *address)
{
    static const uint8_t mask[MASK_BYTES] = {0xff};
    uint8_t account[20];
    uint8_t payload[LEB128_BYTES_MAX];
    uint64_t id = 0;
    struct cw_found found = {.encoding = CW_ENCODING_HEX};
    if (reader->text.data[1] == 'X' && reader->mode == CW_ADDRESS_STRICT) {
        return CW_ADDRESS_PREFIX;
    }
    const enum cw_address_error why =
        cw_evm_digits(cw_span_slice(reader->text, 2, reader->text.len), reader->mode, NULL, account,
                      &found.checksum);
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    if (memcmp(account, mask, sizeof(mask)) != 0) {
        found.chain = CW_CHAIN_EVM;
        found.kind = CW_KIND_ACCOUNT;
        found.network = "filecoin";
        found.payload = cw_span_make(account, sizeof(account));
        return cw_found_add(address, &found);
    }
    for (size_t i = MASK_BYTES; i < sizeof(account); i++) {
        id = id << 8 | account[i];
    }
    found.flags = CW_FLAG_MASKED_ID;
    if (id > INT64_MAX) {
        return CW_ADDRESS_RANGE;
    }
    return add(address, CW_KIND_ID, cw_span_make(payload, write_leb128(id, payload)), found);
}

enum cw_address_error cw_read_filecoin(struct cw_reader *reader, const struct cw_tag *as,
                                       struct cw_address *address)
{
    const struct cw_span text = reader->text;
    if (cw_starts_with_nocase(text, "0x")) {
        return as != NULL ? read_hex(reader, address) : CW_ADDRESS_PREFIX;
    }
    if (text.len < 3) {
        return CW_ADDRESS_LENGTH;
    }
    if (text.data[0] != 'f' && text.data[0] != 't') {
        return CW_ADDRESS_PREFIX;
    }
    const struct cw_found found = {
        .encoding = CW_ENCODING_FILECOIN,
        .flags = text.data[0] == 't' ? CW_FLAG_TESTNET : 0,
    };
    const struct cw_span rest = cw_span_slice(text, 2, text.len);
    if (text.data[1] == '0') {
        /* without a checksum only a tag says that "f01234" is an account */
        return as != NULL ? read_id(rest, found, address) : CW_ADDRESS_PREFIX;
    }
    if (text.data[1] == '4') {
        return read_delegated(rest, found, address);
    }
    for (size_t i = 0; i < CW_COUNT(protocols); i++) {
        if (text.data[1] == '0' + protocols[i].number) {
            return read_hashed(&protocols[i], rest, found, address);
        }
    }
    return CW_ADDRESS_VERSION;
}

static void write_hashed(struct cw_writer *out, struct cw_span head, struct cw_span payload)
{
    struct cw_bytes joined;
    uint8_t sum[SUM_BYTES];
    memcpy(joined.data, head.data, head.len);
    memcpy(joined.data + head.len, payload.data, payload.len);
    joined.len = head.len + payload.len;
    cw_blake2b(cw_bytes_span(&joined), NULL, sum, sizeof(sum));
    memcpy(joined.data + joined.len, sum, sizeof(sum));
    cw_base32_encode(out, &cw_alphabet_base32_lower,
                     cw_span_make(joined.data + head.len, payload.len + sizeof(sum)));
}

void cw_text_filecoin(const struct cw_address *address, const struct cw_reading *reading,
                      struct cw_writer *out)
{
    const struct cw_span payload = cw_reading_payload(address, reading);
    size_t at = 0;
    cw_write_char(out, 'f');
    if (reading->kind == CW_KIND_ID) {
        cw_write_char(out, '0');
        cw_write_u64(out, read_leb128(payload, &at));
        return;
    }
    for (size_t i = 0; i < CW_COUNT(protocols); i++) {
        if (protocols[i].kind == reading->kind) {
            cw_write_char(out, (char)('0' + protocols[i].number));
            write_hashed(out, cw_span_make(&protocols[i].number, 1), payload);
            return;
        }
    }
    CW_ASSERT(reading->kind == CW_KIND_DELEGATED);
    uint8_t head[1 + LEB128_BYTES_MAX] = {4};
    cw_write_char(out, '4');
    cw_write_u64(out, read_leb128(payload, &at));
    cw_write_char(out, 'f');
    CW_ASSERT(at <= LEB128_BYTES_MAX);
    memcpy(head + 1, payload.data, at);
    write_hashed(out, cw_span_make(head, 1 + at), cw_span_slice(payload, at, payload.len));
}
