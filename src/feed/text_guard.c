#include "feed/text_guard.h"

/* Bounds of the byte after a lead byte, where they are narrower than 80..BF: these are what keeps
 * overlong forms, surrogates and values above U+10FFFF out (Unicode, table 3-7). */
static const struct {
    unsigned lead;
    unsigned low;
    unsigned high;
} NARROW[] = {
    {0xe0, 0xa0, 0xbf},
    {0xed, 0x80, 0x9f},
    {0xf0, 0x90, 0xbf},
    {0xf4, 0x80, 0x8f},
};

/* base/text.h judges whole texts; here a character may lie across two chunks. */
static bool begin_character(struct cw_text_guard *guard, unsigned lead)
{
    guard->low = 0x80;
    guard->high = 0xbf;
    for (size_t i = 0; i < CW_COUNT(NARROW); i++) {
        if (NARROW[i].lead == lead) {
            guard->low = NARROW[i].low;
            guard->high = NARROW[i].high;
        }
    }
    if (lead >= 0xc2 && lead <= 0xdf) {
        guard->need = 1;
    } else if (lead >= 0xe0 && lead <= 0xef) {
        guard->need = 2;
    } else if (lead >= 0xf0 && lead <= 0xf4) {
        guard->need = 3;
    } else {
        return false;
    }
    return true;
}

static bool take_byte(struct cw_text_guard *guard, unsigned byte)
{
    if (guard->need > 0) {
        const bool is_good = byte >= guard->low && byte <= guard->high;
        guard->need--;
        guard->low = 0x80;
        guard->high = 0xbf;
        return is_good;
    }
    guard->lines += byte == '\n' ? 1u : 0u;
    return byte < 0x80 ? byte != 0 : begin_character(guard, byte);
}

/* No UTF-8 begins with a byte order mark of UTF-16. */
static const char *what_is(unsigned byte, bool is_first)
{
    if (byte == 0) {
        return "a NUL byte: not a text file";
    }
    return is_first && (byte == 0xff || byte == 0xfe)
               ? "not UTF-8: it begins like UTF-16; save it as UTF-8"
               : "not UTF-8";
}

static bool refuse(const struct cw_text_guard *guard, const char *what, struct cw_error *ret_fault)
{
    (void)cw_error_set(ret_fault, CW_UNTRUSTED, "line %llu: %s",
                       (unsigned long long)guard->lines + 1, what);
    return false;
}

bool cw_text_guard_feed(struct cw_text_guard *guard, struct cw_span *bytes, bool is_last,
                        struct cw_error *ret_fault)
{
    CW_ASSERT(guard->need <= 3);
    for (size_t i = 0; i < bytes->len; i++) {
        const unsigned byte = (unsigned char)bytes->data[i];
        if (!take_byte(guard, byte)) {
            *bytes = cw_span_slice(*bytes, 0, i);
            return refuse(guard, what_is(byte, !guard->has_begun), ret_fault);
        }
        guard->has_begun = true;
    }
    if (is_last && guard->need > 0) {
        return refuse(guard, "ends within a character", ret_fault);
    }
    return is_last;
}

enum cw_status cw_text_guard_end(const struct cw_error *fault, enum cw_status status,
                                 struct cw_error *err)
{
    return status == CW_OK && fault->code != CW_OK
               ? cw_error_set(err, fault->code, "%s", fault->text)
               : status;
}

bool cw_text_head_take(struct cw_text_head *head, struct cw_span *rest, bool is_last)
{
    if (head->is_judged) {
        return false;
    }
    const size_t room = sizeof(head->bytes) - head->len;
    const size_t taken = rest->len < room ? rest->len : room;
    if (taken > 0) {
        memcpy(head->bytes + head->len, rest->data, taken);
    }
    head->len += taken;
    *rest = cw_span_slice(*rest, taken, rest->len);
    head->is_judged = is_last || head->len == sizeof(head->bytes);
    return head->is_judged;
}

struct cw_span cw_text_head_text(const struct cw_text_head *head)
{
    const struct cw_span all = cw_span_make(head->bytes, head->len);
    const struct cw_span mark = CW_SPAN("\xef\xbb\xbf");
    return cw_span_starts_with(all, mark) ? cw_span_slice(all, mark.len, all.len) : all;
}

bool cw_text_head_is_markup(const struct cw_text_head *head)
{
    const struct cw_span html = CW_SPAN("<html");
    const struct cw_span text = cw_span_trim(cw_text_head_text(head));
    if (text.len > 0 && (text.data[0] == '<' || text.data[0] == '{' || text.data[0] == '[')) {
        return true;
    }
    for (size_t i = 0; i + html.len <= text.len; i++) {
        if (cw_span_equal_nocase(cw_span_slice(text, i, i + html.len), html)) {
            return true;
        }
    }
    return false;
}
