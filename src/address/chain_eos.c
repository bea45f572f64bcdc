#include "address/codec.h"

/* EOS (Antelope) account names: up to 13 characters packed into 64 bits. */

enum { NAME_MAX = 13, FULL_DIGITS = 12, LAST_DIGIT_MAX = 15 };

static int digit_value(char c)
{
    if (c == '.') {
        return 0;
    }
    if (c >= '1' && c <= '5') {
        return c - '1' + 1;
    }
    return c >= 'a' && c <= 'z' ? c - 'a' + 6 : -1;
}

static char digit_letter(unsigned value)
{
    static const char letters[] = ".12345abcdefghijklmnopqrstuvwxyz";
    CW_ASSERT(value < 32);
    return letters[value];
}

static enum cw_address_error pack(struct cw_span text, uint64_t *ret)
{
    uint64_t name = 0;
    for (size_t i = 0; i < text.len; i++) {
        const int value = digit_value(text.data[i]);
        if (value < 0) {
            return CW_ADDRESS_CHARSET;
        }
        if (i == FULL_DIGITS && value > LAST_DIGIT_MAX) {
            return CW_ADDRESS_RANGE;
        }
        name |= i < FULL_DIGITS ? (uint64_t)value << (64 - 5 * (i + 1)) : (uint64_t)value;
    }
    *ret = name;
    const bool has_edge_dot = text.data[0] == '.' || text.data[text.len - 1] == '.';
    return has_edge_dot ? CW_ADDRESS_CHARSET : CW_ADDRESS_OK;
}

enum cw_address_error cw_read_eos(struct cw_reader *reader, const struct cw_tag *as,
                                  struct cw_address *address)
{
    const struct cw_span text = reader->text;
    uint64_t name = 0;
    uint8_t payload[8];
    if (cw_span_starts_with(text, CW_SPAN("PVT_"))) {
        return CW_ADDRESS_SECRET;
    }
    if (as == NULL) {
        return CW_ADDRESS_PREFIX;
    }
    if (text.len > NAME_MAX) {
        const bool is_key = cw_span_starts_with(text, CW_SPAN("EOS")) ||
                            cw_span_starts_with(text, CW_SPAN("PUB_K1_")) ||
                            cw_span_starts_with(text, CW_SPAN("PUB_R1_"));
        return is_key ? CW_ADDRESS_UNSUPPORTED : CW_ADDRESS_LENGTH;
    }
    const enum cw_address_error why = pack(text, &name);
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    for (size_t i = 0; i < sizeof(payload); i++) {
        payload[i] = (uint8_t)(name >> 8 * (7 - i) & 0xffu);
    }
    return cw_found_add(address, &(struct cw_found){
                                     .chain = CW_CHAIN_EOS,
                                     .kind = CW_KIND_NAME,
                                     .encoding = CW_ENCODING_NAME,
                                     .checksum = CW_CHECKSUM_NONE,
                                     .payload = cw_span_make(payload, sizeof(payload)),
                                 });
}

void cw_text_eos(const struct cw_address *address, const struct cw_reading *reading,
                 struct cw_writer *out)
{
    const struct cw_span payload = cw_reading_payload(address, reading);
    char letters[NAME_MAX];
    size_t len = NAME_MAX;
    uint64_t name = 0;
    for (size_t i = 0; i < payload.len; i++) {
        name = name << 8 | cw_byte_at(payload, i);
    }
    for (size_t i = 0; i < FULL_DIGITS; i++) {
        letters[i] = digit_letter((unsigned)(name >> (64 - 5 * (i + 1)) & 31u));
    }
    letters[FULL_DIGITS] = digit_letter((unsigned)(name & 15u));
    while (len > 0 && letters[len - 1] == '.') {
        len--;
    }
    cw_write_span(out, cw_span_make(letters, len));
}
