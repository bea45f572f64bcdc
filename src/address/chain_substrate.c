#include "address/codec.h"

#include "base/text.h"
#include "crypto/hash.h"

/* Substrate chains: SS58 of 32 bytes. The prefix names a network and is no part of the account. */

enum { ACCOUNT_BYTES = 32, SUM_BYTES = 2, GENERIC_PREFIX = 42 };

static void ss58_sum(struct cw_span body, uint8_t ret[static 64])
{
    static const char context[] = "SS58PRE";
    char joined[sizeof(context) - 1 + 2 + ACCOUNT_BYTES];
    CW_ASSERT(body.len <= 2 + ACCOUNT_BYTES);
    memcpy(joined, context, sizeof(context) - 1);
    memcpy(joined + sizeof(context) - 1, body.data, body.len);
    cw_blake2b(cw_span_make(joined, sizeof(context) - 1 + body.len), NULL, ret, 64);
}

/* One byte below 64; else 14 bits over two bytes, the low two of them in front of the second. */
static enum cw_address_error read_prefix(struct cw_span bytes, unsigned *ret, size_t *ret_len)
{
    const unsigned first = cw_byte_at(bytes, 0);
    const unsigned second = cw_byte_at(bytes, 1);
    if (first >= 128) {
        return CW_ADDRESS_VERSION;
    }
    *ret_len = first < 64 ? 1 : 2;
    *ret = first < 64 ? first : (first & 0x3fu) << 2 | second >> 6 | (second & 0x3fu) << 8;
    const bool is_shortest = *ret_len == 1 || *ret >= 64;
    const bool is_reserved = *ret == 46 || *ret == 47;
    return is_shortest && !is_reserved ? CW_ADDRESS_OK : CW_ADDRESS_VERSION;
}

/* A tag of one network allows its own prefix and the generic one. */
static bool is_allowed(const struct cw_tag *as, unsigned prefix)
{
    static const struct {
        const char *tag;
        unsigned prefix;
    } networks[] = {{"DOT", 0}, {"KSM", 2}};
    for (size_t i = 0; as != NULL && i < CW_COUNT(networks); i++) {
        if (cw_span_is(cw_span_cstr(as->name), networks[i].tag)) {
            return prefix == networks[i].prefix || prefix == GENERIC_PREFIX;
        }
    }
    return true;
}

static enum cw_address_error read_hex(struct cw_span digits, struct cw_address *address)
{
    uint8_t account[ACCOUNT_BYTES];
    if (!cw_hex_decode(digits, account, sizeof(account))) {
        return CW_ADDRESS_LENGTH;
    }
    return cw_found_add(address, &(struct cw_found){
                                     .chain = CW_CHAIN_SUBSTRATE,
                                     .kind = CW_KIND_ACCOUNT,
                                     .encoding = CW_ENCODING_HEX,
                                     .checksum = CW_CHECKSUM_NONE,
                                     .flags = CW_FLAG_HEX,
                                     .network = "",
                                     .payload = cw_span_make(account, sizeof(account)),
                                 });
}

enum cw_address_error cw_read_substrate(struct cw_reader *reader, const struct cw_tag *as,
                                        struct cw_address *address)
{
    struct cw_span bytes;
    char network[20] = "";
    unsigned prefix = 0;
    size_t prefix_len = 0;
    uint8_t sum[64];
    const bool is_hex = cw_span_starts_with(reader->text, CW_SPAN("0x"));
    if (is_hex && cw_is_lenient(reader, as)) {
        return read_hex(cw_span_slice(reader->text, 2, reader->text.len), address);
    }
    enum cw_address_error why = cw_reader_base58(reader, &bytes);
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    if (bytes.len < 4) {
        return CW_ADDRESS_LENGTH;
    }
    why = read_prefix(bytes, &prefix, &prefix_len);
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    const size_t body = prefix_len + ACCOUNT_BYTES;
    if (bytes.len != body + SUM_BYTES) {
        return CW_ADDRESS_LENGTH;
    }
    ss58_sum(cw_span_slice(bytes, 0, body), sum);
    if (memcmp(sum, bytes.data + body, SUM_BYTES) != 0) {
        return CW_ADDRESS_CHECKSUM;
    }
    if (!is_allowed(as, prefix)) {
        return CW_ADDRESS_VERSION;
    }
    if (prefix != GENERIC_PREFIX) {
        struct cw_writer name = {.data = network, .max = sizeof(network) - 1};
        cw_write_str(&name, "ss58-");
        cw_write_u64(&name, prefix);
        cw_write_end(&name);
    }
    return cw_found_add(address, &(struct cw_found){
                                     .chain = CW_CHAIN_SUBSTRATE,
                                     .kind = CW_KIND_ACCOUNT,
                                     .encoding = CW_ENCODING_SS58,
                                     .network = network,
                                     .payload = cw_span_slice(bytes, prefix_len, body),
                                 });
}

void cw_write_ss58(struct cw_writer *out, uint8_t prefix, struct cw_span account)
{
    uint8_t bytes[1 + ACCOUNT_BYTES + SUM_BYTES];
    uint8_t sum[64];
    CW_ASSERT(prefix < 64);
    CW_ASSERT(account.len == ACCOUNT_BYTES);
    bytes[0] = prefix;
    memcpy(bytes + 1, account.data, account.len);
    ss58_sum(cw_span_make(bytes, 1 + ACCOUNT_BYTES), sum);
    memcpy(bytes + 1 + ACCOUNT_BYTES, sum, SUM_BYTES);
    cw_base58_encode(out, &cw_alphabet_base58, cw_span_make(bytes, sizeof(bytes)));
}

void cw_text_substrate(const struct cw_address *address, const struct cw_reading *reading,
                       struct cw_writer *out)
{
    cw_write_ss58(out, GENERIC_PREFIX, cw_reading_payload(address, reading));
}
