/* slow_screen.h: the grammar of src/screen/token.h once more, byte by byte and without a filter:
 * every token is decoded. What the engine reports must be exactly this. */
#ifndef CW_TESTS_SLOW_SCREEN_H
#define CW_TESTS_SLOW_SCREEN_H

#include "address/reserved.h"
#include "screen/screen.h"

struct slow {
    struct cw_span text;
    struct cw_screen_sink sink;
    size_t newlines; /* before the current end */
    bool is_found;   /* a hit ends here already */
};

static inline bool slow_is_alnum(struct cw_span text, size_t at)
{
    return at < text.len && (cw_ascii_is_alpha(text.data[at]) || cw_ascii_is_digit(text.data[at]));
}

static inline bool slow_is_in(struct cw_span text, size_t at, const char *signs)
{
    return at < text.len && (slow_is_alnum(text, at) ||
                             (text.data[at] != '\0' && strchr(signs, text.data[at]) != NULL));
}

static inline bool slow_is_hex(struct cw_span text, size_t from, size_t count)
{
    for (size_t at = from; at < from + count; at++) {
        if (at >= text.len || text.data[at] == '\0' ||
            strchr("0123456789abcdefABCDEF", text.data[at]) == NULL) {
            return false;
        }
    }
    return true;
}

/* In: token  length of the token of rule 1 at the end of the text; 0 for the other rules */
static inline void slow_read(struct slow *slow, size_t token, size_t from, size_t to)
{
    struct cw_address address;
    const struct cw_span text = cw_span_slice(slow->text, from, to);
    if (slow->is_found || cw_address_ask(text, &address) != CW_ADDRESS_OK) {
        return;
    }
    const char *chain = cw_address_chain(&address);
    const bool is_cut = strcmp(cw_address_encoding(&address), "ton-friendly") == 0 ||
                        strcmp(cw_address_kind(&address), "icrc") == 0 ||
                        strncmp(chain, "nem", 3) == 0 || strncmp(chain, "symbol", 6) == 0;
    if (token > 0 && is_cut && cw_address_source(&address).len > token) {
        return; /* the key, or a part of it, stands before the token */
    }
    if (cw_address_source(&address).len == 40 && slow_is_hex(cw_address_source(&address), 0, 40) &&
        cw_address_reserved(&address) != NULL) {
        return;
    }
    const struct cw_screen_hit hit = {
        .line = slow->newlines, .offset = from, .text = text, .address = &address};
    const enum cw_status status = slow->sink.ask(slow->sink.ctx, &hit, &slow->is_found, NULL);
    CW_ASSERT(status == CW_OK);
}

/* Rule 5: how many characters at the beginning of a run belong to an escape. */
static inline size_t slow_escape(struct cw_span text, size_t from, size_t to)
{
    const size_t len = to - from;
    const char front = text.data[from > 0 ? from - 1 : 0];
    const char *run = text.data + from;
    size_t digits = 0;
    if (from == 0) {
        return 0;
    }
    if (front == '\\') {
        return run[0] == 'u' && len > 5 && slow_is_hex(text, from + 1, 4)   ? 5
               : run[0] == 'x' && len > 3 && slow_is_hex(text, from + 1, 2) ? 3
               : cw_ascii_is_alpha(run[0]) && len > 1                       ? 1
                                                                            : 0;
    }
    if (front == '%') {
        return len > 2 && slow_is_hex(text, from, 2) ? 2 : 0;
    }
    while (digits < len && cw_ascii_is_digit(run[digits])) {
        digits++;
    }
    if ((front != '[' && front != ';') || digits + 1 >= len ||
        (run[digits] != 'm' && run[digits] != 'K')) {
        return 0;
    }
    size_t open = from - 1;
    while (open > 0 && (cw_ascii_is_digit(text.data[open]) || text.data[open] == ';' ||
                        text.data[open] == ':')) {
        open--;
    }
    return text.data[open] == '[' && from - open <= 32 ? digits + 1 : 0;
}

/* Rule 1, and the readings with what stands before. */
static inline void slow_token(struct slow *slow, size_t from, size_t to)
{
    const char *data = slow->text.data;
    if (to - from < 25 || to - from > 1024) {
        return;
    }
    size_t left = from;
    while (left > 0 && from - left < 96 && slow_is_in(slow->text, left - 1, ":._-")) {
        left--;
    }
    size_t escaped = from;
    for (size_t at = left; at < from; at++) {
        bool is_run =
            slow_is_alnum(slow->text, at) && (at == left || !slow_is_alnum(slow->text, at - 1));
        if (is_run) {
            size_t end = at;
            while (slow_is_alnum(slow->text, end)) {
                end++;
            }
            escaped = end > from ? from : at + slow_escape(slow->text, at, end);
        }
        is_run = is_run || at == escaped;
        const bool is_minus = data[at] == '-' && slow_is_alnum(slow->text, at + 1) &&
                              (at == left || !slow_is_in(slow->text, at - 1, ":._-"));
        if (is_run || is_minus) {
            slow_read(slow, to - from, at, to);
        }
    }
    slow_read(slow, to - from, from, to);
}

/* Rules 1 and 5. */
static inline void slow_run(struct slow *slow, size_t from, size_t to)
{
    slow_token(slow, from, to);
    if (to - from >= 25 && to - from <= 1024) {
        const size_t skipped = slow_escape(slow->text, from, to);
        slow_token(slow, skipped > 0 ? from + skipped : to, to);
    }
}

static inline bool slow_is_cut_by(struct cw_span text, size_t group)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((i % (group + 1) == group) != (text.data[i] == '-')) {
            return false;
        }
    }
    return true;
}

/* A principal, a dash, seven characters, at [from, to), and a dot behind. */
static inline bool slow_is_icrc(struct cw_span all, size_t from, size_t to)
{
    const size_t len = to - from;
    return to < all.len && all.data[to] == '.' && len >= 25 && len <= 71 &&
           all.data[to - 8] == '-' && slow_is_cut_by(cw_span_slice(all, from, to - 8), 5);
}

/* Rules 2 to 4, for a run over one alphabet with a sign in it. */
static inline void slow_one_joined(struct slow *slow, size_t from, size_t to)
{
    const struct cw_span text = cw_span_slice(slow->text, from, to);
    const bool is_icrc = slow_is_icrc(slow->text, from, to);
    if (text.len < 25) {
        return;
    }
    if (text.len == 48 && strchr("EUk0", text.data[0]) != NULL &&
        strchr("Qf", text.data[1]) != NULL) {
        slow_read(slow, 0, from, to);
    } else if ((text.len <= 63 && slow_is_cut_by(text, 5)) || is_icrc) {
        size_t behind = to + 1;
        while (behind - to <= 65 && slow_is_alnum(slow->text, behind)) {
            behind++;
        }
        if (to < slow->text.len && slow->text.data[to] == '.') {
            slow_read(slow, 0, from, behind);
        }
        slow_read(slow, 0, from, to);
    } else if ((text.len == 45 || text.len == 46) && slow_is_cut_by(text, 6)) {
        slow_read(slow, 0, from, to);
    }
}

static inline void slow_joined(struct slow *slow, size_t from, size_t to)
{
    slow_one_joined(slow, from, to);
    const size_t skipped = from < to ? slow_escape(slow->text, from, to) : 0;
    if (skipped > 0) {
        slow_one_joined(slow, from + skipped, to);
    }
}

static inline void slow_screen(struct cw_span text, struct cw_screen_sink sink)
{
    struct slow slow = {.text = text, .sink = sink};
    size_t run = 0;
    size_t url = 0;
    size_t base = 0;
    bool has_url = false;
    bool has_base = false;
    for (size_t end = 0; end <= text.len; end++) {
        slow.is_found = false;
        if (!slow_is_alnum(text, end)) {
            slow_run(&slow, run, end);
            run = end + 1;
        }
        if (!slow_is_in(text, end, "-_")) {
            if (has_url) {
                slow_joined(&slow, url, end);
            }
            url = end + 1;
            has_url = false;
        }
        if (!slow_is_in(text, end, "+/")) {
            if (has_base) {
                slow_joined(&slow, base, end);
            }
            base = end + 1;
            has_base = false;
        }
        if (end < text.len) {
            has_url |= text.data[end] == '-' || text.data[end] == '_';
            has_base |= text.data[end] == '+' || text.data[end] == '/';
            has_url = has_url && url <= end;
            has_base = has_base && base <= end;
            slow.newlines += text.data[end] == '\n' ? 1 : 0;
        }
    }
}

#endif
