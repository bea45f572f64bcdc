#include "feed/utf16.h"

enum { NO_CHARACTER = 0xff };

static void put(struct cw_buf *out, unsigned code_point)
{
    if (code_point < 0x80) {
        cw_buf_char(out, (char)code_point);
    } else if (code_point < 0x800) {
        cw_buf_char(out, (char)(0xc0 | code_point >> 6));
        cw_buf_char(out, (char)(0x80 | (code_point & 0x3f)));
    } else if (code_point < 0x10000) {
        cw_buf_char(out, (char)(0xe0 | code_point >> 12));
        cw_buf_char(out, (char)(0x80 | (code_point >> 6 & 0x3f)));
        cw_buf_char(out, (char)(0x80 | (code_point & 0x3f)));
    } else {
        cw_buf_char(out, (char)(0xf0 | code_point >> 18));
        cw_buf_char(out, (char)(0x80 | (code_point >> 12 & 0x3f)));
        cw_buf_char(out, (char)(0x80 | (code_point >> 6 & 0x3f)));
        cw_buf_char(out, (char)(0x80 | (code_point & 0x3f)));
    }
}

static void take_unit(struct cw_utf16 *utf16, unsigned unit, struct cw_buf *out)
{
    const bool is_high = unit >= 0xd800 && unit < 0xdc00;
    const bool is_low = unit >= 0xdc00 && unit < 0xe000;
    if (is_low != (utf16->high != 0)) {
        cw_buf_char(out, (char)NO_CHARACTER);
    } else if (is_low) {
        put(out, 0x10000 + ((utf16->high - 0xd800) << 10) + (unit - 0xdc00));
    } else if (!is_high) {
        put(out, unit);
    }
    utf16->high = is_high ? unit : 0;
}

/* Both bytes of the first character: a mark, or text as it is. */
static void judge(struct cw_utf16 *utf16, unsigned char second, struct cw_buf *out)
{
    if (utf16->first == 0xff && second == 0xfe) {
        utf16->kind = CW_UTF16_LITTLE;
    } else if (utf16->first == 0xfe && second == 0xff) {
        utf16->kind = CW_UTF16_BIG;
    } else {
        utf16->kind = CW_UTF16_NONE;
        cw_buf_char(out, (char)utf16->first);
        cw_buf_char(out, (char)second);
    }
}

static void take_byte(struct cw_utf16 *utf16, unsigned char byte, struct cw_buf *out)
{
    if (utf16->kind == CW_UTF16_NONE) {
        cw_buf_char(out, (char)byte);
    } else if (!utf16->has_first) {
        utf16->first = byte;
        utf16->has_first = true;
    } else {
        utf16->has_first = false;
        if (utf16->kind == CW_UTF16_UNKNOWN) {
            judge(utf16, byte, out);
        } else {
            const bool is_big = utf16->kind == CW_UTF16_BIG;
            take_unit(utf16, is_big ? utf16->first * 256u + byte : byte * 256u + utf16->first, out);
        }
    }
}

void cw_utf16_take(struct cw_utf16 *utf16, struct cw_span bytes, bool is_last, struct cw_buf *out)
{
    CW_ASSERT(bytes.len <= CW_UTF16_SLICE_MAX);
    for (size_t i = 0; i < bytes.len; i++) {
        take_byte(utf16, (unsigned char)bytes.data[i], out);
    }
    if (is_last && utf16->has_first) { /* of UTF-16 half a character, else a text of one byte */
        const bool is_half = utf16->kind != CW_UTF16_UNKNOWN;
        cw_buf_char(out, (char)(is_half ? (unsigned char)NO_CHARACTER : utf16->first));
        utf16->has_first = false;
    }
    if (is_last && utf16->high != 0) {
        cw_buf_char(out, (char)NO_CHARACTER);
    }
}
