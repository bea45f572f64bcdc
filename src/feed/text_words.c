#include "feed/text_words.h"

enum { TAG_HEAD_MAX = 16, ATTRIBUTE_NAME_MAX = 32 };

void cw_text_words_init(struct cw_text_words *words, cw_word_fn fn, void *ctx)
{
    *words = (struct cw_text_words){.fn = fn, .ctx = ctx, .gap = CW_GAP_OTHER, .line = 1};
    cw_buf_init(&words->word, CW_ADDRESS_FIELD_MAX);
    cw_buf_init(&words->tag, TAG_HEAD_MAX);
    cw_buf_init(&words->name, ATTRIBUTE_NAME_MAX);
    cw_buf_init(&words->value, CW_ADDRESS_FIELD_MAX);
}

void cw_text_words_clear(struct cw_text_words *words)
{
    cw_buf_clear(&words->word);
    cw_buf_clear(&words->tag);
    cw_buf_clear(&words->name);
    cw_buf_clear(&words->value);
}

/* ---- words ---- */

static enum cw_status end_word(struct cw_text_words *words, enum cw_word_gap gap,
                               struct cw_error *err)
{
    enum cw_status status = CW_OK;
    if (words->word.len > 0 && !words->is_too_long) {
        const struct cw_word word = {
            .text = cw_buf_as_span(&words->word), .gap = words->gap, .line = words->word_line};
        status = words->fn(words->ctx, &word, err);
        words->gap = gap;
    } else if (words->is_too_long) {
        words->gap = CW_GAP_OTHER;
    }
    words->gap = gap > words->gap ? gap : words->gap;
    cw_buf_reset(&words->word);
    words->is_too_long = false;
    return status;
}

static enum cw_status add(struct cw_text_words *words, char c, struct cw_error *err)
{
    if (words->word.len == 0) {
        words->word_line = words->line;
    }
    if (words->word.len == CW_ADDRESS_FIELD_MAX) {
        words->is_too_long = true;
        return CW_OK;
    }
    cw_buf_char(&words->word, c);
    return cw_buf_status(&words->word, err);
}

/* Never part of an address or of what is written around one in a link. */
static bool is_punctuation(char c)
{
    return c == ',' || c == ';' || c == '"' || c == '\'' || c == '(' || c == ')' || c == '<' ||
           c == '>' || c == '[' || c == ']' || c == '{' || c == '}' || c == '|' || c == '`' ||
           c == '*';
}

static void begin_tag(struct cw_text_words *words)
{
    cw_buf_reset(&words->tag);
    cw_buf_reset(&words->name);
    words->is_name_over = false;
    words->expects_value = false;
}

static enum cw_status take_text(struct cw_text_words *words, char c, struct cw_error *err)
{
    if (c == '\n' || c == '\r') {
        return end_word(words, CW_GAP_LINE, err);
    }
    if (c == ' ' || c == '\t') {
        return end_word(words, CW_GAP_SPACE, err);
    }
    if (words->is_markup && (c == '<' || c == '&')) {
        words->state = c == '<' ? CW_MARKUP_TAG : CW_MARKUP_ENTITY;
        begin_tag(words);
        return c == '<' ? end_word(words, CW_GAP_INLINE, err) : CW_OK;
    }
    if (c == '>' && words->word.len == 0 && words->gap == CW_GAP_LINE) {
        return CW_OK; /* of a line that is quoted */
    }
    return is_punctuation(c) ? end_word(words, CW_GAP_OTHER, err) : add(words, c, err);
}

/* ---- markup ---- */

static bool begins(const struct cw_buf *tag, const char *name)
{
    const struct cw_span want = cw_span_cstr(name);
    return tag->len >= want.len &&
           cw_span_equal_nocase(cw_span_slice(cw_buf_as_span(tag), 0, want.len), want);
}

static void keep_head(struct cw_text_words *words, char c)
{
    if (words->tag.len < TAG_HEAD_MAX) {
        cw_buf_char(&words->tag, c);
    }
}

/* What a tag shows between two words. */
static enum cw_word_gap gap_of(const struct cw_buf *tag)
{
    static const char *const inlines[] = {
        "a",    "abbr",   "b",      "bdi", "bdo", "big",  "cite", "code", "del",  "dfn",
        "em",   "font",   "i",      "ins", "kbd", "mark", "q",    "s",    "samp", "small",
        "span", "strike", "strong", "sub", "sup", "tt",   "u",    "var",  "wbr",
    };
    struct cw_span name = cw_buf_as_span(tag);
    name = cw_span_starts_with(name, CW_SPAN("/")) ? cw_span_slice(name, 1, name.len) : name;
    size_t end = 0;
    while (end < name.len && (cw_ascii_is_alpha(name.data[end]) || name.data[end] == ':')) {
        end++;
    }
    name = cw_span_slice(name, 0, end);
    for (size_t i = 0; i < CW_COUNT(inlines); i++) {
        if (cw_span_equal_nocase(name, cw_span_cstr(inlines[i]))) {
            return CW_GAP_INLINE;
        }
    }
    return cw_span_equal_nocase(name, CW_SPAN("br")) ? CW_GAP_LINE : CW_GAP_OTHER;
}

static void widen_gap(struct cw_text_words *words, enum cw_word_gap gap)
{
    words->gap = gap > words->gap ? gap : words->gap;
}

static void end_tag(struct cw_text_words *words)
{
    static const char *const raw[] = {"script", "style"};
    static const char *const ends[] = {"</script", "</style"};
    words->state = CW_MARKUP_TEXT;
    widen_gap(words, gap_of(&words->tag));
    for (size_t i = 0; i < CW_COUNT(raw); i++) {
        if (begins(&words->tag, raw[i])) {
            words->state = CW_MARKUP_RAW;
            words->raw_until = ends[i];
        }
    }
    cw_buf_reset(&words->tag);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The name of an attribute, as far as it is kept. */
static void keep_name(struct cw_text_words *words, char c)
{
    if (is_space(c) || c == '/') {
        words->is_name_over = true;
        return;
    }
    if (words->is_name_over) {
        cw_buf_reset(&words->name);
        words->is_name_over = false;
    }
    if (words->name.len < ATTRIBUTE_NAME_MAX) {
        cw_buf_char(&words->name, c);
    }
}

static enum cw_status end_value_word(struct cw_text_words *words, struct cw_error *err)
{
    enum cw_status status = CW_OK;
    if (words->value.len > 0 && !words->is_value_long) {
        const struct cw_word word = {.text = cw_buf_as_span(&words->value),
                                     .gap = CW_GAP_OTHER,
                                     .line = words->word_line,
                                     .attribute = cw_buf_as_span(&words->name)};
        status = words->fn(words->ctx, &word, err);
    }
    cw_buf_reset(&words->value);
    words->is_value_long = false;
    return status;
}

static enum cw_status take_value(struct cw_text_words *words, char c, struct cw_error *err)
{
    const bool is_bare = words->quote == '\0';
    const bool is_over = is_bare ? is_space(c) || c == '>' : c == words->quote;
    if (is_over || c == '<') {
        const enum cw_status status = end_value_word(words, err);
        words->state = CW_MARKUP_TAG;
        words->is_name_over = true;
        if (c == '<') { /* a quote that was never closed */
            widen_gap(words, CW_GAP_OTHER);
            begin_tag(words);
        } else if (c == '>' && is_bare) {
            end_tag(words);
        }
        return status;
    }
    if (is_space(c) || is_punctuation(c) || c == '&') {
        return end_value_word(words, err);
    }
    if (words->value.len == CW_ADDRESS_FIELD_MAX) {
        words->is_value_long = true;
        return CW_OK;
    }
    words->word_line = words->value.len == 0 ? words->line : words->word_line;
    cw_buf_char(&words->value, c);
    return cw_buf_status(&words->value, err);
}

static enum cw_status take_tag(struct cw_text_words *words, char c, struct cw_error *err)
{
    if (c == '>') {
        end_tag(words);
        return CW_OK;
    }
    keep_head(words, c);
    if (words->expects_value && !is_space(c)) {
        words->expects_value = false;
        words->quote = c;
        words->state = CW_MARKUP_VALUE;
        if (c != '"' && c != '\'') {
            words->quote = '\0';
            return take_value(words, c, err);
        }
    } else if (c == '=') {
        words->expects_value = true;
    } else if (!words->expects_value) {
        keep_name(words, c);
    }
    if (words->tag.len == 3 && begins(&words->tag, "!--")) {
        words->state = CW_MARKUP_COMMENT;
        cw_buf_reset(&words->tag);
    } else if (words->tag.len == 8 && begins(&words->tag, "![CDATA[")) {
        words->state = CW_MARKUP_TEXT;
        widen_gap(words, CW_GAP_OTHER);
        cw_buf_reset(&words->tag);
    }
    return CW_OK;
}

/* How much of `end` has been seen once c has followed `seen` characters of it. */
static size_t seen_after(struct cw_span end, size_t seen, char c)
{
    for (size_t k = seen + 1; k > 0; k--) {
        const bool is_suffix = memcmp(end.data, end.data + (seen - (k - 1)), k - 1) == 0;
        if (is_suffix && end.data[k - 1] == cw_ascii_lower(c)) {
            return k;
        }
    }
    return 0;
}

static void wait_for(struct cw_text_words *words, char c, const char *end,
                     enum cw_markup_state next)
{
    const struct cw_span want = cw_span_cstr(end);
    words->seen = seen_after(want, words->seen, c);
    if (words->seen == want.len) {
        words->state = next;
        words->seen = 0;
    }
}

/* The code point that an entity stands for; 0 when it is none of those that matter here. */
static unsigned code_point_of(struct cw_span name)
{
    static const struct {
        const char *name;
        unsigned code_point;
    } named[] = {
        {"nbsp", 0xa0},  {"shy", 0xad},    {"ZeroWidthSpace", 0x200b},
        {"zwj", 0x200d}, {"zwnj", 0x200c}, {"NewLine", '\n'},
        {"Tab", '\t'},   {"colon", ':'},
    };
    for (size_t i = 0; i < CW_COUNT(named); i++) {
        if (cw_span_is(name, named[i].name)) {
            return named[i].code_point;
        }
    }
    if (name.len < 2 || name.len > 8 || name.data[0] != '#') {
        return 0;
    }
    const bool is_hex = cw_ascii_lower(name.data[1]) == 'x';
    unsigned code_point = 0;
    for (size_t i = is_hex ? 2 : 1; i < name.len; i++) {
        const char c = cw_ascii_lower(name.data[i]);
        if (cw_ascii_is_digit(c)) {
            code_point = code_point * (is_hex ? 16u : 10u) + (unsigned)(c - '0');
        } else if (is_hex && c >= 'a' && c <= 'f') {
            code_point = code_point * 16u + (unsigned)(c - 'a') + 10u;
        } else {
            return 0;
        }
    }
    return code_point;
}

/* Characters without a width are nothing, as the reader sees nothing. */
static bool is_invisible(unsigned code_point)
{
    return code_point == 0xad || (code_point >= 0x200b && code_point <= 0x200f) ||
           code_point == 0x2060 || code_point == 0xfeff;
}

/* Spaces, line ends, and what a word may consist of; all other entities are punctuation, or letters
 * that no address has. */
static enum cw_status end_entity(struct cw_text_words *words, struct cw_error *err)
{
    const unsigned code_point = code_point_of(cw_buf_as_span(&words->tag));
    cw_buf_reset(&words->tag);
    words->state = CW_MARKUP_TEXT;
    if (is_invisible(code_point)) {
        return CW_OK;
    }
    const char c = (char)(code_point < 0x80 ? code_point : 0);
    if (c == ':' || cw_ascii_is_alpha(c) || cw_ascii_is_digit(c)) {
        return add(words, c, err);
    }
    const bool is_line = c == '\n' || c == '\r';
    const bool is_blank = c == ' ' || c == '\t' || code_point == 0xa0;
    return end_word(words, is_line ? CW_GAP_LINE : is_blank ? CW_GAP_SPACE : CW_GAP_OTHER, err);
}

static enum cw_status take_entity(struct cw_text_words *words, char c, struct cw_error *err)
{
    const bool is_name = cw_ascii_is_alpha(c) || cw_ascii_is_digit(c) || c == '#';
    if (is_name && words->tag.len < TAG_HEAD_MAX) {
        cw_buf_char(&words->tag, c);
        return CW_OK;
    }
    const enum cw_status status = end_entity(words, err);
    return status == CW_OK && c != ';' ? take_text(words, c, err) : status;
}

static enum cw_status take_byte(struct cw_text_words *words, char c, struct cw_error *err)
{
    switch (words->state) {
    case CW_MARKUP_TEXT:
        return take_text(words, c, err);
    case CW_MARKUP_TAG:
        return take_tag(words, c, err);
    case CW_MARKUP_VALUE:
        return take_value(words, c, err);
    case CW_MARKUP_COMMENT:
        wait_for(words, c, "-->", CW_MARKUP_TEXT);
        return CW_OK;
    case CW_MARKUP_RAW:
        wait_for(words, c, words->raw_until, CW_MARKUP_TAG);
        return CW_OK;
    case CW_MARKUP_ENTITY:
        return take_entity(words, c, err);
    }
    CW_ASSERT(false);
    return CW_OK;
}

static enum cw_status take(struct cw_text_words *words, struct cw_span bytes, struct cw_error *err)
{
    for (size_t i = 0; i < bytes.len; i++) {
        const enum cw_status status = take_byte(words, bytes.data[i], err);
        if (status != CW_OK) {
            return status;
        }
        words->line += bytes.data[i] == '\n' ? 1u : 0u;
    }
    return CW_OK;
}

enum cw_status cw_text_words_feed(struct cw_text_words *words, struct cw_span bytes, bool is_last,
                                  struct cw_error *err)
{
    struct cw_error fault = {0};
    const bool is_end = cw_text_guard_feed(&words->guard, &bytes, is_last, &fault);
    enum cw_status status = CW_OK;
    if (cw_text_head_take(&words->head, &bytes, is_end)) {
        const struct cw_span text = cw_text_head_text(&words->head);
        words->is_markup = cw_span_starts_with(cw_span_trim(text), CW_SPAN("<"));
        status = take(words, text, err);
    }
    if (status == CW_OK) {
        status = take(words, bytes, err);
    }
    status = cw_text_guard_end(&fault, status, err);
    if (status == CW_OK && is_end) {
        status = end_word(words, CW_GAP_OTHER, err);
    }
    return status == CW_OK && is_end ? end_value_word(words, err) : status;
}
