#include "address/codec.h"

#include "base/text.h"

/* TRON: base58check in the table, and the same account in hexadecimal behind its version byte. */

enum { HEX_LENGTH = 42, MAIN_VERSION = 0x41, TEST_VERSION = 0xa0 };

static enum cw_address_error read_hex(struct cw_span digits, struct cw_address *address)
{
    uint8_t bytes[HEX_LENGTH / 2];
    if (digits.len != HEX_LENGTH) {
        return CW_ADDRESS_LENGTH;
    }
    if (!cw_hex_decode(digits, bytes, sizeof(bytes))) {
        return CW_ADDRESS_CHARSET;
    }
    if (bytes[0] != MAIN_VERSION && bytes[0] != TEST_VERSION) {
        return CW_ADDRESS_VERSION;
    }
    return cw_found_add(address, &(struct cw_found){
                                     .chain = CW_CHAIN_TRON,
                                     .kind = CW_KIND_ACCOUNT,
                                     .encoding = CW_ENCODING_HEX,
                                     .checksum = CW_CHECKSUM_NONE,
                                     .flags = CW_FLAG_HEX,
                                     .network = bytes[0] == TEST_VERSION ? "test" : "main",
                                     .payload = cw_span_make(bytes + 1, sizeof(bytes) - 1),
                                 });
}

/* The account without its version byte, as the interfaces that imitate Ethereum's print it. Only
 * `tron:0x…` and the like come here: beside a list's tag the text alone is an address of the EVM.
 */
static enum cw_address_error read_evm_form(struct cw_span digits, struct cw_address *address)
{
    uint8_t account[20] = {0};
    struct cw_found found = {
        .chain = CW_CHAIN_TRON,
        .kind = CW_KIND_ACCOUNT,
        .encoding = CW_ENCODING_HEX,
        .flags = CW_FLAG_HEX,
        .payload = cw_span_make(account, sizeof(account)),
    };
    const enum cw_address_error why =
        cw_evm_digits(digits, CW_ADDRESS_LIST, NULL, account, &found.checksum);
    return why == CW_ADDRESS_OK ? cw_found_add(address, &found) : why;
}

enum cw_address_error cw_read_tron(struct cw_reader *reader, const struct cw_tag *as,
                                   struct cw_address *address)
{
    const struct cw_span text = reader->text;
    const bool is_main_hex = text.len == HEX_LENGTH && cw_span_starts_with(text, CW_SPAN("41"));
    if (as == NULL) {
        /* base58check was looked up with all other rows */
        return is_main_hex ? read_hex(text, address) : CW_ADDRESS_PREFIX;
    }
    const bool is_test_hex = text.len == HEX_LENGTH && cw_starts_with_nocase(text, "a0");
    if ((is_main_hex || is_test_hex) && cw_is_hex(text)) {
        return read_hex(text, address);
    }
    if (cw_is_lenient(reader, as) && cw_starts_with_nocase(text, "0x41") &&
        text.len == 2 + HEX_LENGTH) {
        return read_hex(cw_span_slice(text, 2, text.len), address);
    }
    if (cw_is_lenient(reader, as) && cw_starts_with_nocase(text, "0x") && text.len == HEX_LENGTH) {
        return read_evm_form(cw_span_slice(text, 2, text.len), address);
    }
    return cw_read_base58_rows(reader, as, address);
}

void cw_text_tron(const struct cw_address *address, const struct cw_reading *reading,
                  struct cw_writer *out)
{
    cw_text_coin(address, reading, out);
}
