#include "address/bits.h"

void cw_write_str(struct cw_writer *out, const char *text)
{
    cw_write_span(out, cw_span_cstr(text));
}

void cw_write_hex(struct cw_writer *out, struct cw_span bytes)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < bytes.len; i++) {
        cw_write_char(out, digits[cw_byte_at(bytes, i) >> 4]);
        cw_write_char(out, digits[cw_byte_at(bytes, i) & 15u]);
    }
}

void cw_write_u64(struct cw_writer *out, uint64_t value)
{
    char digits[20];
    size_t at = sizeof(digits);
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    cw_write_span(out, cw_span_make(digits + at, sizeof(digits) - at));
}

void cw_write_end(struct cw_writer *out)
{
    CW_ASSERT(out->len <= out->max);
    out->data[out->len] = '\0';
}

uint16_t cw_crc16_xmodem(struct cw_span bytes)
{
    uint32_t crc = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        crc ^= (uint32_t)cw_byte_at(bytes, i) << 8;
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc & 0x8000u) != 0 ? crc << 1 ^ 0x1021u : crc << 1;
        }
    }
    return (uint16_t)(crc & 0xffffu);
}

uint32_t cw_crc32(struct cw_span bytes)
{
    uint32_t crc = 0xffffffffu;
    for (size_t i = 0; i < bytes.len; i++) {
        crc ^= cw_byte_at(bytes, i);
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc & 1u) != 0 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
        }
    }
    return ~crc;
}

static bool is_lower_hex(char c)
{
    return cw_ascii_is_digit(c) || (c >= 'a' && c <= 'f');
}

bool cw_is_hex(struct cw_span text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!is_lower_hex(cw_ascii_lower(text.data[i]))) {
            return false;
        }
    }
    return text.len > 0;
}

bool cw_is_one_case(struct cw_span text)
{
    return (cw_letters_of(text) & CW_LETTERS_ONE_CASE) != 0;
}

bool cw_is_decimal(struct cw_span text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!cw_ascii_is_digit(text.data[i])) {
            return false;
        }
    }
    return text.len > 0;
}
