#include "feed/text_words.h"

enum { TAG_HEAD_MAX = 16 };

void cw_text_words_init(struct cw_text_words *words, cw_word_fn fn, void *ctx)
{
    *words = (struct cw_text_words){.fn = fn, .ctx = ctx, .gap = CW_GAP_OTHER, .line = 1};
    cw_buf_init(&words->word, CW_ADDRESS_FIELD_MAX);
    cw_buf_init(&words->tag, TAG_HEAD_MAX);
}

void cw_text_words_clear(struct cw_text_words *words)
{
    cw_buf_clear(&words->word);
    cw_buf_clear(&words->tag);
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

static enum cw_status take_text(struct cw_text_words *words, char c, struct cw_error *err)
{
    if (c == '\n' || c == '\r') {
        return end_word(words, CW_GAP_LINE, err);
    }
    if (c == ' ' || c == '\t') {
        return end_word(words, CW_GAP_SPACE, err);
    }
    if (words->is_markup && (c == '<' || c == '&')) {
        cw_buf_reset(&words->tag);
        words->state = c == '<' ? CW_MARKUP_TAG : CW_MARKUP_ENTITY;
        return c == '<' ? end_word(words, CW_GAP_OTHER, err) : CW_OK;
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

static void end_tag(struct cw_text_words *words)
{
    static const char *const raw[] = {"script", "style"};
    static const char *const ends[] = {"</script", "</style"};
    words->state = CW_MARKUP_TEXT;
    for (size_t i = 0; i < CW_COUNT(raw); i++) {
        if (begins(&words->tag, raw[i])) {
            words->state = CW_MARKUP_RAW;
            words->raw_until = ends[i];
        }
    }
    cw_buf_reset(&words->tag);
}

static void take_tag(struct cw_text_words *words, char c)
{
    if (c == '>') {
        end_tag(words);
        return;
    }
    keep_head(words, c);
    if (words->tag.len == 3 && begins(&words->tag, "!--")) {
        words->state = CW_MARKUP_COMMENT;
        cw_buf_reset(&words->tag);
    }
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

/* "&nbsp;" and "&#160;" are spaces and "&#58;" a colon, which is all that matters here: the others
 * are punctuation, or letters that no address has. */
static enum cw_status take_entity(struct cw_text_words *words, char c, struct cw_error *err)
{
    const bool is_name = cw_ascii_is_alpha(c) || cw_ascii_is_digit(c) || c == '#';
    if (is_name && words->tag.len < TAG_HEAD_MAX) {
        cw_buf_char(&words->tag, c);
        return CW_OK;
    }
    words->state = CW_MARKUP_TEXT;
    const struct cw_span name = cw_buf_as_span(&words->tag);
    enum cw_status status = CW_OK;
    if (cw_span_is(name, "#58") || cw_span_is(name, "#x3a") || cw_span_is(name, "#x3A")) {
        status = add(words, ':', err);
    } else {
        const bool is_space = cw_span_is(name, "nbsp") || cw_span_is(name, "#160") ||
                              cw_span_is(name, "#xa0") || cw_span_is(name, "#xA0");
        status = end_word(words, is_space ? CW_GAP_SPACE : CW_GAP_OTHER, err);
    }
    cw_buf_reset(&words->tag);
    return status == CW_OK && c != ';' ? take_text(words, c, err) : status;
}

static enum cw_status take_byte(struct cw_text_words *words, char c, struct cw_error *err)
{
    switch (words->state) {
    case CW_MARKUP_TEXT:
        return take_text(words, c, err);
    case CW_MARKUP_TAG:
        take_tag(words, c);
        return CW_OK;
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
    return status == CW_OK && is_end ? end_word(words, CW_GAP_OTHER, err) : status;
}
