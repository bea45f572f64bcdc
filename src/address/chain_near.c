#include "address/codec.h"

#include "base/text.h"

/* NEAR: accounts named by people, by a key, or by an Ethereum address. None says so itself. */

enum { NAME_MIN = 2, NAME_MAX = 64, KEY_DIGITS = 64, ETH_LENGTH = 42 };

static enum cw_address_error add(struct cw_address *address, enum cw_kind kind,
                                 enum cw_encoding encoding, struct cw_span payload)
{
    return cw_found_add(address, &(struct cw_found){
                                     .chain = CW_CHAIN_NEAR,
                                     .kind = kind,
                                     .encoding = encoding,
                                     .checksum = CW_CHECKSUM_NONE,
                                     .payload = payload,
                                 });
}

/* Runs of a-z0-9 joined by one of '-', '_' and '.' each. */
static bool is_name(struct cw_span text)
{
    bool is_after_letter = false;
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.data[i];
        const bool is_letter = (c >= 'a' && c <= 'z') || cw_ascii_is_digit(c);
        const bool is_joint = c == '-' || c == '_' || c == '.';
        if (!is_letter && !(is_joint && is_after_letter)) {
            return false;
        }
        is_after_letter = is_letter;
    }
    return is_after_letter;
}

enum cw_address_error cw_read_near(struct cw_reader *reader, const struct cw_tag *as,
                                   struct cw_address *address)
{
    const struct cw_span text = reader->text;
    uint8_t bytes[KEY_DIGITS / 2];
    if (as == NULL) {
        return CW_ADDRESS_PREFIX;
    }
    if (text.len == KEY_DIGITS && cw_hex_is_lower(text, KEY_DIGITS) &&
        cw_hex_decode(text, bytes, sizeof(bytes))) {
        return add(address, CW_KIND_IMPLICIT, CW_ENCODING_HEX, cw_span_make(bytes, sizeof(bytes)));
    }
    const struct cw_span digits = cw_span_slice(text, 2, text.len);
    if (text.len == ETH_LENGTH && cw_span_starts_with(text, CW_SPAN("0x")) &&
        cw_hex_is_lower(digits, ETH_LENGTH - 2) && cw_hex_decode(digits, bytes, 20)) {
        return add(address, CW_KIND_ETH_IMPLICIT, CW_ENCODING_HEX, cw_span_make(bytes, 20));
    }
    if (text.len < NAME_MIN || text.len > NAME_MAX) {
        return CW_ADDRESS_LENGTH;
    }
    return is_name(text) ? add(address, CW_KIND_NAME, CW_ENCODING_NAME, text) : CW_ADDRESS_CHARSET;
}

void cw_text_near(const struct cw_address *address, const struct cw_reading *reading,
                  struct cw_writer *out)
{
    const struct cw_span payload = cw_reading_payload(address, reading);
    if (reading->kind == CW_KIND_NAME) {
        cw_write_span(out, payload);
        return;
    }
    if (reading->kind == CW_KIND_ETH_IMPLICIT) {
        cw_write_str(out, "0x");
    }
    cw_write_hex(out, payload);
}
