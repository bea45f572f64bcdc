/* White space and comments are skipped; what they hide is no part of the pattern. */
#include "feed/stix_token.h"

#include "base/text.h"

static bool is_space(uint32_t c)
{
    return (c >= 0x09 && c <= 0x0d) || c == ' ' || c == 0x85 || c == 0xa0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200b) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
           c == 0x205f || c == 0x3000 || c == 0xfeff;
}

static bool stands_at(const struct cw_stix_tokens *tokens, const char *text)
{
    return cw_span_starts_with(cw_span_slice(tokens->pattern, tokens->at, tokens->pattern.len),
                               cw_span_cstr(text));
}

/* A comment that begins at tokens->at. One without its end hides the rest, which is then unread. */
static void skip_comment(struct cw_stix_tokens *tokens)
{
    const struct cw_span pattern = tokens->pattern;
    if (stands_at(tokens, "//")) {
        while (tokens->at < pattern.len && pattern.data[tokens->at] != '\n' &&
               pattern.data[tokens->at] != '\r') {
            tokens->at++;
        }
        return;
    }
    tokens->at += 2;
    while (tokens->at < pattern.len && !stands_at(tokens, "*/")) {
        tokens->at++;
    }
    tokens->is_cut |= tokens->at == pattern.len;
    tokens->at = tokens->at == pattern.len ? pattern.len : tokens->at + 2;
}

static void skip_space(struct cw_stix_tokens *tokens)
{
    for (;;) {
        size_t after = tokens->at;
        uint32_t c = 0;
        if (stands_at(tokens, "//") || stands_at(tokens, "/*")) {
            skip_comment(tokens);
        } else if (cw_utf8_next(tokens->pattern, &after, &c) && is_space(c)) {
            tokens->at = after;
        } else {
            return;
        }
    }
}

static bool is_quote(char c)
{
    return c == '\'' || c == '"';
}

static bool is_of_word(char c)
{
    return cw_ascii_is_alnum(c) || c == '_' || c == '-';
}

/* A text that begins at `from` with its quote; without its end it takes the rest. */
static struct cw_stix_token read_text(struct cw_stix_tokens *tokens, size_t from)
{
    const struct cw_span pattern = tokens->pattern;
    CW_ASSERT(is_quote(pattern.data[from]));
    for (size_t i = from + 1; i < pattern.len; i++) {
        if (pattern.data[i] == '\\') {
            i++;
        } else if (pattern.data[i] == pattern.data[from]) {
            tokens->at = i + 1;
            return (struct cw_stix_token){CW_STIX_TEXT, cw_span_slice(pattern, from + 1, i), from};
        }
    }
    tokens->at = pattern.len;
    tokens->is_cut = true;
    return (struct cw_stix_token){CW_STIX_BROKEN, cw_span_slice(pattern, from, pattern.len), from};
}

/* A word, a number, or a letter with the text that it is about: t'2020-01-01T00:00:00Z'. */
static struct cw_stix_token read_word(struct cw_stix_tokens *tokens, size_t from)
{
    const struct cw_span pattern = tokens->pattern;
    const bool is_number = !cw_ascii_is_alpha(pattern.data[from]) && pattern.data[from] != '_';
    size_t to = from + 1;
    while (to < pattern.len &&
           (is_of_word(pattern.data[to]) || (is_number && pattern.data[to] == '.'))) {
        to++;
    }
    tokens->at = to;
    if (to == from + 1 && !is_number && to < pattern.len && pattern.data[to] == '\'') {
        const struct cw_stix_token text = read_text(tokens, to);
        return (struct cw_stix_token){text.kind == CW_STIX_TEXT ? CW_STIX_LITERAL : CW_STIX_BROKEN,
                                      text.text, from};
    }
    return (struct cw_stix_token){is_number ? CW_STIX_LITERAL : CW_STIX_WORD,
                                  cw_span_slice(pattern, from, to), from};
}

struct cw_stix_token cw_stix_next_token(struct cw_stix_tokens *tokens)
{
    static const char *const operators[] = {"==", "!=", "<>", "<=", ">=", "=", "<", ">"};
    CW_ASSERT(tokens->at <= tokens->pattern.len);
    skip_space(tokens);
    const struct cw_span pattern = tokens->pattern;
    const size_t from = tokens->at;
    if (from == pattern.len) {
        return (struct cw_stix_token){CW_STIX_END, CW_SPAN(""), from};
    }
    const char c = pattern.data[from];
    if (is_quote(c)) {
        return read_text(tokens, from);
    }
    if (is_of_word(c) || c == '+') {
        return read_word(tokens, from);
    }
    for (size_t i = 0; i < CW_COUNT(operators); i++) {
        if (stands_at(tokens, operators[i])) {
            tokens->at = from + strlen(operators[i]);
            return (struct cw_stix_token){CW_STIX_OPERATOR, cw_span_cstr(operators[i]), from};
        }
    }
    tokens->at = from + 1;
    return (struct cw_stix_token){CW_STIX_MARK, cw_span_slice(pattern, from, from + 1), from};
}
