#include "address/codec.h"

#include "base/text.h"

/* ICON: "hx" for accounts, "cx" for contracts, 40 lower-case digits. */

enum { ACCOUNT_BYTES = 20, LENGTH = 42 };

enum cw_address_error cw_read_icon(struct cw_reader *reader, CW_UNUSED const struct cw_tag *as,
                                   struct cw_address *address)
{
    uint8_t account[ACCOUNT_BYTES];
    const struct cw_span text = reader->text;
    const struct cw_span digits = cw_span_slice(text, 2, text.len);
    const bool is_contract = cw_span_starts_with(text, CW_SPAN("cx"));
    if (!is_contract && !cw_span_starts_with(text, CW_SPAN("hx"))) {
        return CW_ADDRESS_PREFIX;
    }
    if (text.len != LENGTH) {
        return CW_ADDRESS_LENGTH;
    }
    if (!cw_hex_is_lower(digits, 2 * sizeof(account)) ||
        !cw_hex_decode(digits, account, sizeof(account))) {
        return CW_ADDRESS_CHARSET;
    }
    return cw_found_add(address, &(struct cw_found){
                                     .chain = CW_CHAIN_ICON,
                                     .kind = is_contract ? CW_KIND_CONTRACT : CW_KIND_ACCOUNT,
                                     .encoding = CW_ENCODING_HEX,
                                     .checksum = CW_CHECKSUM_NONE,
                                     .payload = cw_span_make(account, sizeof(account)),
                                 });
}

void cw_text_icon(const struct cw_address *address, const struct cw_reading *reading,
                  struct cw_writer *out)
{
    cw_write_str(out, reading->kind == CW_KIND_CONTRACT ? "cx" : "hx");
    cw_write_hex(out, cw_reading_payload(address, reading));
}
