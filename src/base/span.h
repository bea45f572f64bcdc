/* span.h: borrowed bytes with a length; the only form in which foreign text travels.
 *
 * Invariant: data may be NULL only if len is 0. Never NUL-terminated by promise: never pass
 * `data` to a str* function. ASCII case only; no locale anywhere.
 */
#ifndef CW_BASE_SPAN_H
#define CW_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct cw_span {
    const char *data;
    size_t len;
};

/** Span over a string literal, without its NUL. */
#define CW_SPAN(literal) ((struct cw_span){(literal), sizeof(literal) - 1})
/** printf arguments for "%.*s"; only for spans below INT_MAX bytes. */
#define CW_SPAN_ARG(span) (int)(span).len, (span).data != NULL ? (span).data : ""

static inline struct cw_span cw_span_make(const void *data, size_t len)
{
    return (struct cw_span){(const char *)data, len};
}

/** Span over a C string; NULL gives the empty span. */
static inline struct cw_span cw_span_cstr(const char *text)
{
    return (struct cw_span){text, text == NULL ? 0 : strlen(text)};
}

static inline bool cw_span_equal(struct cw_span a, struct cw_span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static inline bool cw_span_is(struct cw_span a, const char *text)
{
    return cw_span_equal(a, cw_span_cstr(text));
}

static inline bool cw_span_starts_with(struct cw_span text, struct cw_span prefix)
{
    return text.len >= prefix.len &&
           (prefix.len == 0 || memcmp(text.data, prefix.data, prefix.len) == 0);
}

/** Equality without regard to ASCII letter case. */
bool cw_span_equal_nocase(struct cw_span a, struct cw_span b);
bool cw_span_ends_with(struct cw_span text, struct cw_span suffix);
/** Byte order, shorter first on a common prefix: <0, 0, >0. */
int cw_span_compare(struct cw_span a, struct cw_span b);
/** Offset of the first `byte` at or after `from`; text.len when there is none. */
static inline size_t cw_span_find(struct cw_span text, char byte, size_t from)
{
    if (from >= text.len) {
        return text.len;
    }
    const char *hit = memchr(text.data + from, (unsigned char)byte, text.len - from);
    return hit == NULL ? text.len : (size_t)(hit - text.data);
}

/** Offset of the first `part`, which is not empty; text.len when there is none. */
size_t cw_span_find_text(struct cw_span text, struct cw_span part);

/** The part [from, to) of a span; both are clamped to its length. */
static inline struct cw_span cw_span_slice(struct cw_span text, size_t from, size_t to)
{
    if (text.data == NULL) {
        return text;
    }
    to = to < text.len ? to : text.len;
    from = from < to ? from : to;
    return (struct cw_span){text.data + from, to - from};
}

/** Without ASCII space, tab, CR and LF at both ends. */
struct cw_span cw_span_trim(struct cw_span text);
/** Cuts the next line (without LF and a CR before it) off *rest. False at the end. */
bool cw_span_next_line(struct cw_span *rest, struct cw_span *ret_line);

static inline bool cw_ascii_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool cw_ascii_is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool cw_ascii_is_alnum(char c)
{
    return cw_ascii_is_alpha(c) || cw_ascii_is_digit(c);
}

/** Whether eight bytes are all letters or digits: in each byte the upper bit says that it lies
 *  between two bounds. Bytes above 127 are masked, so that no sum carries into its neighbour, and
 *  fail. */
static inline bool cw_ascii_are_alnum(uint64_t word)
{
    const uint64_t ones = 0x0101010101010101u;
    const uint64_t upper = 0x80 * ones;
    const uint64_t low = word & ~upper;
    const uint64_t lower_case = low | 0x20 * ones;
    const uint64_t digit = (low + (0x80 - '0') * ones) & ~(low + (0x7f - '9') * ones);
    const uint64_t letter =
        (lower_case + (0x80 - 'a') * ones) & ~(lower_case + (0x7f - 'z') * ones);
    return ((digit | letter) & ~word & upper) == upper;
}

static inline char cw_ascii_lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/** Parses an unsigned decimal without sign, space or leading zeros (except "0" itself).
 *  Returns: false when the text is not such a number or is larger than max. */
bool cw_span_to_u64(struct cw_span text, uint64_t max, uint64_t *ret_value);

#endif
