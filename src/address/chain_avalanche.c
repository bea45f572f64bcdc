#include "address/codec.h"

/* Avalanche: "X-" or "P-" and bech32; the C chain is an EVM network. */

static const struct {
    const char *prefix;
    bool is_main;
} networks[] = {{"avax", true}, {"fuji", false}, {"custom", false}, {"local", false}};

static enum cw_address_error read_bech32(struct cw_span text, struct cw_address *address)
{
    struct cw_bech32 bech32;
    struct cw_bytes account;
    if (text.len > CW_BECH32_LENGTH_MAX) {
        return CW_ADDRESS_TOO_LONG;
    }
    enum cw_address_error why = cw_bech32_decode(text, cw_letters_of(text), &bech32);
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    for (size_t i = 0; i < CW_COUNT(networks); i++) {
        if (!cw_span_is(cw_span_cstr(bech32.prefix), networks[i].prefix)) {
            continue;
        }
        if (bech32.constant != CW_BECH32_CONSTANT) {
            return CW_ADDRESS_CHECKSUM;
        }
        why = cw_bech32_payload(&bech32, 0, &account);
        if (why != CW_ADDRESS_OK) {
            return why;
        }
        if (account.len != 20) {
            return CW_ADDRESS_LENGTH;
        }
        return cw_found_add(address, &(struct cw_found){
                                         .chain = networks[i].is_main ? CW_CHAIN_AVALANCHE
                                                                      : CW_CHAIN_AVALANCHE_TEST,
                                         .kind = CW_KIND_ACCOUNT,
                                         .encoding = CW_ENCODING_BECH32,
                                         .payload = cw_bytes_span(&account),
                                     });
    }
    return CW_ADDRESS_PREFIX;
}

static enum cw_address_error read_c_chain(struct cw_reader *reader, struct cw_span digits,
                                          struct cw_address *address)
{
    uint8_t account[20] = {0};
    struct cw_found found = {
        .chain = CW_CHAIN_EVM,
        .kind = CW_KIND_ACCOUNT,
        .encoding = CW_ENCODING_HEX,
        .network = "avalanche-c",
        .payload = cw_span_make(account, sizeof(account)),
    };
    const enum cw_address_error why =
        cw_evm_digits(digits, reader->mode, NULL, account, &found.checksum);
    return why == CW_ADDRESS_OK ? cw_found_add(address, &found) : why;
}

enum cw_address_error cw_read_avalanche(struct cw_reader *reader, const struct cw_tag *as,
                                        struct cw_address *address)
{
    const struct cw_span text = reader->text;
    const bool has_chain = text.len > 2 && text.data[1] == '-' &&
                           (text.data[0] == 'X' || text.data[0] == 'P' || text.data[0] == 'C');
    if (!has_chain) {
        return cw_is_lenient(reader, as) ? read_bech32(text, address) : CW_ADDRESS_PREFIX;
    }
    const struct cw_span rest = cw_span_slice(text, 2, text.len);
    if (text.data[0] == 'C' && cw_span_starts_with(rest, CW_SPAN("0x"))) {
        return read_c_chain(reader, cw_span_slice(rest, 2, rest.len), address);
    }
    return read_bech32(rest, address);
}

void cw_text_avalanche(const struct cw_address *address, const struct cw_reading *reading,
                       struct cw_writer *out)
{
    const bool is_main = reading->chain == CW_CHAIN_AVALANCHE;
    cw_write_str(out, "P-");
    cw_bech32_encode(out, is_main ? "avax" : "fuji", -1, cw_reading_payload(address, reading),
                     CW_BECH32_CONSTANT);
}
