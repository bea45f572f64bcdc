#include "feed/address_words.h"

enum { ADDRESS_SHAPE_MIN = 25 };

static bool is_separator(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',' || c == ';';
}

static bool is_shape_byte(char c)
{
    return cw_ascii_is_alpha(c) || cw_ascii_is_digit(c) || c == ':';
}

bool cw_address_word_has_shape(struct cw_span word)
{
    size_t from = 0;
    size_t to = word.len;
    while (from < to && !is_shape_byte(word.data[from])) {
        from++;
    }
    while (to > from && !is_shape_byte(word.data[to - 1])) {
        to--;
    }
    for (size_t i = from; i < to; i++) {
        if (!is_shape_byte(word.data[i])) {
            return false;
        }
    }
    return to - from >= ADDRESS_SHAPE_MIN;
}

struct cw_span cw_address_word_next(struct cw_span *rest)
{
    size_t from = 0;
    while (from < rest->len && is_separator(rest->data[from])) {
        from++;
    }
    size_t to = from;
    while (to < rest->len && !is_separator(rest->data[to])) {
        to++;
    }
    size_t after = to;
    while (after < rest->len && is_separator(rest->data[after])) {
        after++;
    }
    const struct cw_span word = cw_span_slice(*rest, from, to);
    *rest = cw_span_slice(*rest, after, rest->len);
    return word;
}

size_t cw_address_words_leading(struct cw_span text, struct cw_span *ret_rest)
{
    size_t count = 0;
    struct cw_span rest = text;
    for (struct cw_span ahead = rest; cw_address_word_has_shape(cw_address_word_next(&ahead));
         count++) {
        rest = ahead;
    }
    *ret_rest = rest;
    return count;
}
