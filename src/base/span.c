#include "base/span.h"

#include "base/status.h"

bool cw_span_equal_nocase(struct cw_span a, struct cw_span b)
{
    if (a.len != b.len) {
        return false;
    }
    for (size_t i = 0; i < a.len; i++) {
        if (cw_ascii_lower(a.data[i]) != cw_ascii_lower(b.data[i])) {
            return false;
        }
    }
    return true;
}

bool cw_span_ends_with(struct cw_span text, struct cw_span suffix)
{
    return text.len >= suffix.len &&
           cw_span_equal(cw_span_slice(text, text.len - suffix.len, text.len), suffix);
}

size_t cw_span_find_text(struct cw_span text, struct cw_span part)
{
    CW_ASSERT(part.len > 0);
    for (size_t at = 0; at + part.len <= text.len; at++) {
        if (text.data[at] == part.data[0] && memcmp(text.data + at, part.data, part.len) == 0) {
            return at;
        }
    }
    return text.len;
}

int cw_span_compare(struct cw_span a, struct cw_span b)
{
    const size_t common = a.len < b.len ? a.len : b.len;
    const int order = common == 0 ? 0 : memcmp(a.data, b.data, common);
    if (order != 0) {
        return order < 0 ? -1 : 1;
    }
    return (a.len > b.len) - (a.len < b.len);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct cw_span cw_span_trim(struct cw_span text)
{
    size_t from = 0;
    size_t to = text.len;
    while (from < to && is_blank(text.data[from])) {
        from++;
    }
    while (to > from && is_blank(text.data[to - 1])) {
        to--;
    }
    return cw_span_slice(text, from, to);
}

bool cw_span_next_line(struct cw_span *rest, struct cw_span *ret_line)
{
    if (rest->len == 0) {
        return false;
    }
    const size_t end = cw_span_find(*rest, '\n', 0);
    const bool has_cr = end > 0 && end < rest->len && rest->data[end - 1] == '\r';
    *ret_line = cw_span_slice(*rest, 0, has_cr ? end - 1 : end);
    *rest = cw_span_slice(*rest, end + 1, rest->len);
    return true;
}

bool cw_span_to_u64(struct cw_span text, uint64_t max, uint64_t *ret_value)
{
    if (text.len == 0 || (text.len > 1 && text.data[0] == '0')) {
        return false;
    }
    uint64_t value = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!cw_ascii_is_digit(text.data[i])) {
            return false;
        }
        const uint64_t digit = (uint64_t)(text.data[i] - '0');
        if (value > (UINT64_MAX - digit) / 10) {
            return false;
        }
        value = value * 10 + digit;
    }
    if (value > max) {
        return false;
    }
    *ret_value = value;
    return true;
}
