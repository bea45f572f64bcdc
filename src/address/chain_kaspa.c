#include "address/codec.h"

/* Kaspa: the CashAddr code with its own versions; the prefix is mandatory, lower case only. */

static const struct {
    const char *prefix;
    enum cw_chain_id chain;
} networks[] = {
    {"kaspa", CW_CHAIN_KASPA},
    {"kaspatest", CW_CHAIN_KASPA_TEST},
    {"kaspadev", CW_CHAIN_KASPA_DEV},
    {"kaspasim", CW_CHAIN_KASPA_SIM},
};

static const struct {
    uint8_t version;
    enum cw_kind kind;
    size_t length;
} kinds[] = {
    {0, CW_KIND_PUBKEY, 32},
    {1, CW_KIND_PUBKEY_ECDSA, 33},
    {8, CW_KIND_SCRIPT, 32},
};

static enum cw_address_error add(struct cw_span data, enum cw_chain_id chain,
                                 struct cw_address *address)
{
    if (data.len == 0) {
        return CW_ADDRESS_LENGTH;
    }
    for (size_t i = 0; i < CW_COUNT(kinds); i++) {
        if (kinds[i].version != cw_byte_at(data, 0)) {
            continue;
        }
        if (data.len != 1 + kinds[i].length) {
            return CW_ADDRESS_LENGTH;
        }
        return cw_found_add(address, &(struct cw_found){
                                         .chain = chain,
                                         .kind = kinds[i].kind,
                                         .encoding = CW_ENCODING_CASHADDR,
                                         .payload = cw_span_slice(data, 1, data.len),
                                     });
    }
    return CW_ADDRESS_VERSION;
}

enum cw_address_error cw_read_kaspa(struct cw_reader *reader, const struct cw_tag *as,
                                    struct cw_address *address)
{
    const struct cw_span text = reader->text;
    const size_t colon = cw_span_find(text, ':', 0);
    struct cw_span prefix = cw_span_slice(text, 0, colon);
    struct cw_span body = cw_span_slice(text, colon + 1, text.len);
    struct cw_bytes data;
    if (colon == text.len) {
        if (!cw_is_lenient(reader, as)) {
            return CW_ADDRESS_PREFIX;
        }
        prefix = CW_SPAN("kaspa");
        body = text;
    }
    for (size_t i = 0; i < CW_COUNT(networks); i++) {
        if (cw_span_is(prefix, networks[i].prefix)) {
            const enum cw_address_error why =
                cw_cashaddr_decode(&cw_alphabet_bech32, prefix, body, &data);
            return why != CW_ADDRESS_OK ? why
                                        : add(cw_bytes_span(&data), networks[i].chain, address);
        }
    }
    return CW_ADDRESS_PREFIX;
}

void cw_text_kaspa(const struct cw_address *address, const struct cw_reading *reading,
                   struct cw_writer *out)
{
    const struct cw_span payload = cw_reading_payload(address, reading);
    uint8_t data[1 + 33] = {0};
    const char *prefix = NULL;
    for (size_t i = 0; i < CW_COUNT(networks); i++) {
        prefix = networks[i].chain == reading->chain ? networks[i].prefix : prefix;
    }
    for (size_t i = 0; i < CW_COUNT(kinds); i++) {
        data[0] = kinds[i].kind == reading->kind ? kinds[i].version : data[0];
    }
    CW_ASSERT(prefix != NULL);
    CW_ASSERT(payload.len < sizeof(data));
    memcpy(data + 1, payload.data, payload.len);
    cw_cashaddr_encode(out, &cw_alphabet_bech32, prefix, cw_span_make(data, 1 + payload.len));
}
