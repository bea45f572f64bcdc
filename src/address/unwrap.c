#include "address/parse.h"

#include "base/text.h"

/* Getting the address out of a field of a list (addresses.md section 8). Each step that changes
 * something leaves a flag; look-alike letters are never turned into the letters they resemble. */

struct code_range {
    uint32_t first;
    uint32_t last;
};

static bool is_in(const struct code_range *ranges, size_t count, uint32_t code_point)
{
    if (code_point < ranges[0].first) {
        return false; /* most text is ASCII, and the ranges are in order */
    }
    for (size_t i = 0; i < count; i++) {
        if (code_point >= ranges[i].first && code_point <= ranges[i].last) {
            return true;
        }
    }
    return false;
}

static bool is_invisible(uint32_t code_point)
{
    static const struct code_range ranges[] = {
        {0x00ad, 0x00ad}, {0x034f, 0x034f}, {0x061c, 0x061c}, {0x115f, 0x1160},
        {0x17b4, 0x17b5}, {0x180e, 0x180e}, {0x200b, 0x200f}, {0x202a, 0x202e},
        {0x2060, 0x2064}, {0x2066, 0x2069}, {0xfe0e, 0xfe0f}, {0xfeff, 0xfeff},
    };
    return is_in(ranges, CW_COUNT(ranges), code_point);
}

static bool is_odd_space(uint32_t code_point)
{
    static const struct code_range ranges[] = {
        {0x00a0, 0x00a0}, {0x1680, 0x1680}, {0x2000, 0x200a}, {0x2028, 0x2029},
        {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000},
    };
    return is_in(ranges, CW_COUNT(ranges), code_point);
}

/* Typographic quotes, full-width brackets and stops, bullets, long dashes, an arrow. */
static bool is_edge_mark(uint32_t code_point)
{
    static const struct code_range ranges[] = {
        {0x00ab, 0x00ab}, {0x00b7, 0x00b7}, {0x00bb, 0x00bb}, {0x2013, 0x2014}, {0x2018, 0x201a},
        {0x201c, 0x201e}, {0x2022, 0x2022}, {0x2039, 0x203a}, {0x2192, 0x2192}, {0x25aa, 0x25aa},
        {0x25cf, 0x25cf}, {0x3001, 0x3002}, {0x300c, 0x300d}, {0x3010, 0x3011}, {0xff08, 0xff09},
        {0xff0c, 0xff0c}, {0xff1a, 0xff1b},
    };
    return is_in(ranges, CW_COUNT(ranges), code_point);
}

bool cw_is_taken_off(uint32_t code_point)
{
    return is_invisible(code_point) || is_odd_space(code_point) || is_edge_mark(code_point);
}

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

/* Copies a text without invisible characters, odd spaces as spaces. False on bad UTF-8. */
static bool copy_visible(struct cw_span text, char *ret, size_t *ret_len, uint32_t *stripped)
{
    uint32_t code_point = 0;
    size_t at = 0;
    size_t len = 0;
    for (size_t start = 0; cw_utf8_next(text, &at, &code_point); start = at) {
        if (is_invisible(code_point)) {
            *stripped |= CW_STRIPPED_INVISIBLE;
            continue;
        }
        if (is_odd_space(code_point)) {
            *stripped |= CW_STRIPPED_SPACE;
            ret[len++] = ' ';
            continue;
        }
        memcpy(ret + len, text.data + start, at - start);
        len += at - start;
    }
    *ret_len = len;
    return at == text.len;
}

/* Length of an edge mark at the start; 0 when there is none. */
static size_t leading_mark(struct cw_span text)
{
    uint32_t code_point = 0;
    size_t at = 0;
    return cw_utf8_next(text, &at, &code_point) && is_edge_mark(code_point) ? at : 0;
}

static size_t trailing_mark(struct cw_span text)
{
    uint32_t code_point = 0;
    for (size_t len = 2; len <= 3 && len <= text.len; len++) {
        size_t at = 0;
        const struct cw_span tail = cw_span_slice(text, text.len - len, text.len);
        if (cw_utf8_next(tail, &at, &code_point) && at == len) {
            return is_edge_mark(code_point) ? len : 0;
        }
    }
    return 0;
}

/* One round of stripping both ends. '-' and '_' stay at the end: they can belong to a TON
 * address. */
static struct cw_span strip_once(struct cw_span text)
{
    size_t from = 0;
    size_t to = text.len;
    while (from < to && is_one_of(text.data[from], " \t\r\n\"'`([{<,;.!?*|#$=>")) {
        from++;
    }
    while (to > from && is_one_of(text.data[to - 1], " \t\r\n\"'`)]}>,;.!?*|:")) {
        to--;
    }
    text = cw_span_slice(text, from, to);
    for (size_t len = leading_mark(text); len > 0; len = leading_mark(text)) {
        text = cw_span_slice(text, len, text.len);
    }
    for (size_t len = trailing_mark(text); len > 0; len = trailing_mark(text)) {
        text = cw_span_slice(text, 0, text.len - len);
    }
    if (text.len >= 2 && text.data[0] == '-' && (text.data[1] == ' ' || text.data[1] == '\t')) {
        text = cw_span_slice(text, 2, text.len);
    }
    return text;
}

static bool contains(struct cw_span text, const char *part)
{
    return cw_span_find_text(text, cw_span_cstr(part)) < text.len;
}

/* Letters that stand for a part left out, or are letters of the address: a checksum decides. */
static bool has_letter_gap(struct cw_span text)
{
    return contains(text, "xxxx") || contains(text, "XXXX");
}

static enum cw_address_error check_cleaned(struct cw_span text)
{
    static const char *const gaps[] = {"\xe2\x80\xa6", "...", "***", "[..]"};
    if (text.len == 0) {
        return CW_ADDRESS_EMPTY;
    }
    for (size_t i = 0; i < CW_COUNT(gaps); i++) {
        if (contains(text, gaps[i])) {
            return CW_ADDRESS_TRUNCATED;
        }
    }
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.data[i];
        if (c > 126 || (c < 32 && !cw_is_space(text.data[i]))) {
            return CW_ADDRESS_CHARSET;
        }
    }
    return CW_ADDRESS_OK;
}

/* hxxp:// and h**p[:]// at the start: length of the scheme with its slashes; 0 when it is none. */
static size_t defanged_scheme(struct cw_span text, bool *ret_is_secure)
{
    size_t at = 4;
    if (text.len < 8 || cw_ascii_lower(text.data[0]) != 'h' || !is_one_of(text.data[1], "xX*") ||
        !is_one_of(text.data[2], "xX*") || cw_ascii_lower(text.data[3]) != 'p') {
        return 0;
    }
    *ret_is_secure = cw_ascii_lower(text.data[at]) == 's';
    at += *ret_is_secure ? 1 : 0;
    at += text.data[at] == '[' ? 1 : 0;
    if (at >= text.len || text.data[at++] != ':') {
        return 0;
    }
    at += at < text.len && text.data[at] == ']' ? 1 : 0;
    return cw_span_starts_with(cw_span_slice(text, at, text.len), CW_SPAN("//")) ? at + 2 : 0;
}

/* Undoes hxxp, [.] and their relatives in place; the result is never longer. False when there was
 * nothing to undo. */
static bool refang(char *data, size_t *data_len)
{
    static const struct {
        const char *from;
        const char *to;
    } marks[] = {
        {"[.]", "."}, {"(.)", "."}, {"{.}", "."},     {"[dot]", "."}, {"(dot)", "."},
        {"[:]", ":"}, {"[/]", "/"}, {"[://]", "://"}, {"[@]", "@"},
    };
    const size_t len = *data_len;
    bool is_secure = false;
    size_t written = 0;
    size_t at = defanged_scheme(cw_span_make(data, len), &is_secure);
    bool is_changed = at > 0;
    if (at > 0) {
        const struct cw_span scheme = is_secure ? CW_SPAN("https://") : CW_SPAN("http://");
        memcpy(data, scheme.data, scheme.len);
        written = scheme.len;
    }
    while (at < len) {
        const struct cw_span rest = cw_span_make(data + at, len - at);
        size_t mark = is_one_of(data[at], "[({") ? 0 : CW_COUNT(marks);
        while (mark < CW_COUNT(marks) && !cw_starts_with_nocase(rest, marks[mark].from)) {
            mark++;
        }
        if (mark == CW_COUNT(marks)) {
            data[written++] = data[at++];
            continue;
        }
        memcpy(data + written, marks[mark].to, strlen(marks[mark].to));
        written += strlen(marks[mark].to);
        at += strlen(marks[mark].from);
        is_changed = true;
    }
    *data_len = written;
    return is_changed;
}

static size_t skip_spaces(struct cw_span text, size_t at)
{
    while (at < text.len && cw_is_space(text.data[at])) {
        at++;
    }
    return at;
}

/* Where the address begins behind a label that ends at `at`: after ": ", " = ", " - ", white space
 * or "="; 0 when none of them follows. */
static size_t after_label(struct cw_span text, size_t at)
{
    const size_t mark = skip_spaces(text, at);
    if (mark >= text.len) {
        return 0;
    }
    const char c = text.data[mark];
    const size_t next = skip_spaces(text, mark + 1);
    const bool has_space_behind = next > mark + 1;
    if ((c == ':' || c == '=') && has_space_behind) {
        return next;
    }
    if (c == '-' && mark > at && has_space_behind) {
        return next;
    }
    if (mark > at) {
        return mark;
    }
    return c == '=' && !has_space_behind ? mark + 1 : 0;
}

/* Takes a known tag off the front; the tag stands in for a label the list did not give. */
static bool take_label(struct cw_span *text, struct cw_label *label, struct cw_span *ret_name)
{
    size_t end = 0;
    struct cw_label written = {.is_given = true};
    while (end < text->len && cw_ascii_is_alpha(text->data[end])) {
        end++;
    }
    if (end < 2 || end > 6) {
        return false;
    }
    const size_t start = after_label(*text, end);
    if (start == 0 || start >= text->len ||
        !cw_tags_find_short(cw_span_slice(*text, 0, end), &written.tags)) {
        return false;
    }
    *ret_name = cw_span_slice(*text, 0, end);
    *text = cw_span_slice(*text, start, text->len);
    if (!label->is_given) {
        *label = written;
    }
    return true;
}

size_t cw_remove_spaces(struct cw_span text, char *ret)
{
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!cw_is_space(text.data[i])) {
            ret[len++] = text.data[i];
        }
    }
    return len;
}

/* A line broken in a document: joined only if a checksum proves the join. */
static enum cw_address_error parse_joined(struct cw_span text, const struct cw_label *label,
                                          struct cw_address *address)
{
    char joined[CW_ADDRESS_FIELD_MAX];
    const size_t len = cw_remove_spaces(text, joined);
    if (len == text.len) {
        return cw_parse_wrapped(text, label, address);
    }
    const enum cw_address_error why = cw_parse_wrapped(cw_span_make(joined, len), label, address);
    if (why == CW_ADDRESS_SECRET) {
        return why;
    }
    if (why != CW_ADDRESS_OK || address->checksum != CW_CHECKSUM_OK) {
        return CW_ADDRESS_WHITESPACE;
    }
    address->flags |= CW_FLAG_SANITISED;
    cw_strip(address, CW_STRIPPED_BREAK, CW_SPAN(""));
    return CW_ADDRESS_OK;
}

/* What stood around the field: only white space, or marks too. */
static uint32_t around(struct cw_span whole, struct cw_span field)
{
    uint32_t stripped = 0;
    for (size_t i = 0; i < whole.len; i++) {
        const bool is_inside =
            whole.data + i >= field.data && whole.data + i < field.data + field.len;
        if (!is_inside) {
            stripped |= cw_is_space(whole.data[i]) ? CW_STRIPPED_SPACE : CW_STRIPPED_MARKS;
        }
    }
    return stripped;
}

/* Steps 1 to 6. ret_field is as much of the text as was understood, in data. */
static enum cw_address_error parse_field(struct cw_span text, struct cw_label label, char *data,
                                         struct cw_span *ret_field, struct cw_address *address)
{
    size_t len = 0;
    uint32_t flags = 0;
    uint32_t stripped = 0;
    struct cw_span name = {"", 0};
    *ret_field = text;
    if (!copy_visible(text, data, &len, &stripped)) {
        return CW_ADDRESS_CHARSET;
    }
    struct cw_span field = cw_span_make(data, len);
    for (struct cw_span next = strip_once(field); next.len < field.len; next = strip_once(field)) {
        field = next;
    }
    flags |= cw_span_equal(field, text) ? 0 : CW_FLAG_SANITISED;
    stripped |= around(cw_span_make(data, len), field);
    *ret_field = field;
    enum cw_address_error why = check_cleaned(field);
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    memmove(data, field.data, field.len);
    flags |= refang(data, &field.len) ? CW_FLAG_DEFANGED : 0;
    field.data = data;
    *ret_field = field;
    stripped |= (flags & CW_FLAG_DEFANGED) != 0 ? CW_STRIPPED_DEFANG : 0u;
    if (cw_starts_with_nocase(field, "http://") || cw_starts_with_nocase(field, "https://")) {
        flags |= CW_FLAG_UNWRAPPED;
        why = cw_parse_url(field, &label, address);
    } else {
        if (cw_starts_with_nocase(field, "did:pkh:")) {
            field = cw_span_slice(field, 8, field.len);
            flags |= CW_FLAG_UNWRAPPED;
            stripped |= CW_STRIPPED_DID;
        }
        if (take_label(&field, &label, &name)) {
            flags |= CW_FLAG_UNWRAPPED;
            stripped |= CW_STRIPPED_LABEL;
        }
        why = parse_joined(field, &label, address);
    }
    if (why != CW_ADDRESS_SECRET && has_letter_gap(field) &&
        (why != CW_ADDRESS_OK || address->checksum != CW_CHECKSUM_OK)) {
        return CW_ADDRESS_TRUNCATED;
    }
    if (why == CW_ADDRESS_OK) {
        address->flags |= flags;
        address->stripped |= stripped;
        if (name.len > 0 && address->stripped_named == 0) {
            cw_strip(address, CW_STRIPPED_LABEL, name);
        }
    }
    return why;
}

enum cw_address_error cw_parse_field(struct cw_span text, struct cw_label label,
                                     struct cw_address *address)
{
    char data[CW_ADDRESS_FIELD_MAX];
    struct cw_span field;
    if (text.len > sizeof(data)) {
        return CW_ADDRESS_TOO_LONG;
    }
    const enum cw_address_error why = parse_field(text, label, data, &field, address);
    const bool is_all_read =
        why == CW_ADDRESS_OK && (address->stripped & (CW_STRIPPED_LINK | CW_STRIPPED_QUERY)) == 0;
    if (is_all_read || why == CW_ADDRESS_SECRET) {
        return why;
    }
    return cw_holds_secret(field) ? CW_ADDRESS_SECRET : why;
}
