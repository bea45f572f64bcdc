#include "address/codec.h"

#include "base/text.h"

/* Kadena: "k:" and a key in lower-case hexadecimal. */

enum { KEY_BYTES = 32 };

enum cw_address_error cw_read_kadena(struct cw_reader *reader, const struct cw_tag *as,
                                     struct cw_address *address)
{
    uint8_t key[KEY_BYTES];
    struct cw_span digits = reader->text;
    if (cw_span_starts_with(digits, CW_SPAN("k:"))) {
        digits = cw_span_slice(digits, 2, digits.len);
    } else if (!cw_is_lenient(reader, as) || digits.len != sizeof(key) * 2) {
        return CW_ADDRESS_PREFIX;
    }
    if (digits.len != sizeof(key) * 2) {
        return CW_ADDRESS_LENGTH;
    }
    if (!cw_hex_is_lower(digits, 2 * sizeof(key)) || !cw_hex_decode(digits, key, sizeof(key))) {
        return CW_ADDRESS_CHARSET;
    }
    return cw_found_add(address, &(struct cw_found){
                                     .chain = CW_CHAIN_KADENA,
                                     .kind = CW_KIND_ACCOUNT,
                                     .encoding = CW_ENCODING_HEX,
                                     .checksum = CW_CHECKSUM_NONE,
                                     .payload = cw_span_make(key, sizeof(key)),
                                 });
}

void cw_text_kadena(const struct cw_address *address, const struct cw_reading *reading,
                    struct cw_writer *out)
{
    cw_write_str(out, "k:");
    cw_write_hex(out, cw_reading_payload(address, reading));
}
