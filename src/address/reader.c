#include "address/codec.h"

#include "crypto/hash.h"

enum { CHECKSUM_BYTES = 4 };

void cw_reader_init(struct cw_reader *reader, struct cw_span text, enum cw_address_mode mode)
{
    reader->text = text;
    reader->mode = mode;
    reader->letters = cw_letters_of(text);
    reader->has_base58 = false;
    reader->has_sum = false;
    reader->has_bech32 = false;
}

enum cw_address_error cw_reader_base58(struct cw_reader *reader, struct cw_span *ret)
{
    if (!reader->has_base58) {
        const bool is_other =
            reader->text.len <= CW_ADDRESS_BASE58_MAX && (reader->letters & CW_LETTERS_BASE58) == 0;
        reader->base58_why =
            is_other ? CW_ADDRESS_CHARSET
                     : cw_base58_decode(&cw_alphabet_base58, reader->text, &reader->base58);
        reader->has_base58 = true;
    }
    if (reader->base58_why == CW_ADDRESS_OK) {
        *ret = cw_bytes_span(&reader->base58);
    }
    return reader->base58_why;
}

static enum cw_address_error check_sum(struct cw_reader *reader)
{
    struct cw_span bytes;
    const enum cw_address_error why = cw_reader_base58(reader, &bytes);
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    if (bytes.len <= CHECKSUM_BYTES) {
        return CW_ADDRESS_LENGTH;
    }
    uint8_t sum[CW_SHA256_BYTES];
    const size_t body = bytes.len - CHECKSUM_BYTES;
    cw_sha256d(cw_span_slice(bytes, 0, body), sum);
    return memcmp(sum, bytes.data + body, CHECKSUM_BYTES) == 0 ? CW_ADDRESS_OK
                                                               : CW_ADDRESS_CHECKSUM;
}

enum cw_address_error cw_reader_base58check(struct cw_reader *reader, struct cw_span *ret)
{
    if (!reader->has_sum) {
        reader->sum_why = check_sum(reader);
        reader->has_sum = true;
    }
    if (reader->sum_why == CW_ADDRESS_OK) {
        *ret = cw_span_make(reader->base58.data, reader->base58.len - CHECKSUM_BYTES);
    }
    return reader->sum_why;
}

enum cw_address_error cw_reader_bech32(struct cw_reader *reader, size_t limit,
                                       const struct cw_bech32 **ret)
{
    if (!reader->has_bech32) {
        reader->bech32_why = cw_bech32_decode(reader->text, reader->letters, &reader->bech32);
        reader->has_bech32 = true;
    }
    if (reader->text.len > limit) {
        return CW_ADDRESS_TOO_LONG;
    }
    *ret = &reader->bech32;
    return reader->bech32_why;
}

struct cw_span cw_reading_payload(const struct cw_address *address,
                                  const struct cw_reading *reading)
{
    return cw_span_make(address->bytes + reading->at, reading->len);
}

/* Places a payload into the shared store; equal bytes are stored once. False when it is full. */
static bool store_payload(struct cw_address *address, struct cw_span payload, uint16_t *ret_at)
{
    for (size_t i = 0; i < address->readings_count; i++) {
        const struct cw_reading *known = &address->readings[i];
        if (cw_span_equal(cw_reading_payload(address, known), payload)) {
            *ret_at = known->at;
            return true;
        }
    }
    if (payload.len > sizeof(address->bytes) - address->bytes_used) {
        return false;
    }
    *ret_at = address->bytes_used;
    if (payload.len > 0) {
        memcpy(address->bytes + address->bytes_used, payload.data, payload.len);
    }
    address->bytes_used = (uint16_t)(address->bytes_used + payload.len);
    return true;
}

void cw_network_set(struct cw_address *address, const char *network)
{
    const struct cw_span name = cw_span_cstr(network);
    CW_ASSERT(name.len < sizeof(address->network));
    if (name.len > 0) {
        memcpy(address->network, name.data, name.len);
    }
    address->network[name.len] = '\0';
}

static void describe(struct cw_address *address, const struct cw_found *found)
{
    const bool is_test =
        cw_chain_table[found->chain].net == CW_NET_TEST || (found->flags & CW_FLAG_TESTNET) != 0;
    address->encoding = (uint8_t)found->encoding;
    address->checksum = (uint8_t)found->checksum;
    address->flags = found->flags | (is_test ? CW_FLAG_TESTNET : 0u);
    address->aux_kind = (uint8_t)found->aux_kind;
    address->aux = found->aux;
    if (found->network != NULL || found->chain == CW_CHAIN_EVM) {
        cw_network_set(address, found->network);
    } else {
        memcpy(address->network, is_test ? "test" : "main", sizeof("main"));
    }
}

enum cw_address_error cw_found_add(struct cw_address *address, const struct cw_found *found)
{
    for (size_t i = 0; i < address->readings_count; i++) {
        const struct cw_reading *known = &address->readings[i];
        if (known->chain == found->chain && known->kind == found->kind &&
            cw_span_equal(cw_reading_payload(address, known), found->payload)) {
            return CW_ADDRESS_OK;
        }
    }
    uint16_t at = 0;
    if (address->readings_count == CW_READINGS_MAX ||
        !store_payload(address, found->payload, &at)) {
        return CW_ADDRESS_TOO_LONG;
    }
    if (address->readings_count == 0) {
        describe(address, found);
    }
    address->readings[address->readings_count++] = (struct cw_reading){
        .chain = (uint16_t)found->chain,
        .kind = (uint8_t)found->kind,
        .at = at,
        .len = (uint16_t)found->payload.len,
        .is_narrowed = true,
    };
    return CW_ADDRESS_OK;
}
