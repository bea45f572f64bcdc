/* A plain list, read the way a person would read it.
 *
 *   line                              entries
 *   (blank)                           none
 *   # text, ; text, // text           none: a comment
 *   WORD                              WORD, whatever it is
 *   ADDRESS # text                    ADDRESS with a note; so for every row below
 *   ADDRESS ADDRESS ...               one each; white space, comma and semicolon separate
 *   ADDRESS some text                 ADDRESS with a note, even if the text holds another address:
 *                                     a person would read that one as told about, not as listed
 *   some text                         the whole line as one value: it is for main to say that this
 *                                     is no address, and for people to see what stood there
 *
 * ADDRESS here is only a shape: at least 25 letters, digits and colons, between whatever quotes or
 * invisible characters stand at its ends. What is an address is decided in main. */
#include "base/buf.h"
#include "feed/format.h"
#include "feed/text_guard.h"

enum { ADDRESS_SHAPE_MIN = 25 };

struct lines {
    struct cw_entry_sink sink;
    struct cw_text_guard guard;
    struct cw_text_head head;
    struct cw_buf line; /* a line that is not whole yet */
    uint64_t number;    /* of the line in `line`, from 1 */
    bool is_too_long;   /* of the line in `line`: the rest of it is dropped */
};

static bool is_separator(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == ',' || c == ';';
}

static bool is_shape_byte(char c)
{
    return cw_ascii_is_alpha(c) || cw_ascii_is_digit(c) || c == ':';
}

static bool has_address_shape(struct cw_span word)
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

/* Cuts the next word and the separators around it off *rest; empty at the end. */
static struct cw_span next_word(struct cw_span *rest)
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

static bool is_comment(struct cw_span line)
{
    return cw_span_starts_with(line, CW_SPAN("#")) || cw_span_starts_with(line, CW_SPAN(";")) ||
           cw_span_starts_with(line, CW_SPAN("//"));
}

/* Offset of a '#' that follows white space; the length of the line when there is none. */
static size_t find_note(struct cw_span line)
{
    size_t at = cw_span_find(line, '#', 1);
    while (at < line.len && line.data[at - 1] != ' ' && line.data[at - 1] != '\t') {
        at = cw_span_find(line, '#', at + 1);
    }
    return at;
}

static enum cw_status deliver(const struct lines *lines, size_t ordinal, struct cw_entry *entry,
                              struct cw_error *err)
{
    char position[64];
    const int len = ordinal == 1 ? snprintf(position, sizeof(position), "line %llu",
                                            (unsigned long long)lines->number)
                                 : snprintf(position, sizeof(position), "line %llu, address %zu",
                                            (unsigned long long)lines->number, ordinal);
    CW_ASSERT(len > 0 && (size_t)len < sizeof(position));
    entry->position = cw_span_make(position, (size_t)len);
    return lines->sink.entry(lines->sink.ctx, entry, err);
}

/* Delivers the addresses that stand first on the line; what follows them is the note of each. */
static enum cw_status deliver_words(const struct lines *lines, struct cw_span text,
                                    struct cw_span hash_note, struct cw_error *err)
{
    struct cw_span rest = text;
    size_t count = 0;
    for (struct cw_span ahead = rest; has_address_shape(next_word(&ahead)); count++) {
        rest = ahead;
    }
    struct cw_entry entry = {.note = rest.len > 0 ? rest : hash_note};
    if (rest.len > 0 && hash_note.len > 0) { /* both stand on one line: the note is all of it */
        entry.note.len = (size_t)(hash_note.data + hash_note.len - rest.data);
    }
    if (count == 0) {
        struct cw_span ahead = text;
        const struct cw_span word = next_word(&ahead);
        entry.value = ahead.len == 0 && word.len > 0 ? word : text;
        entry.note = hash_note;
        return deliver(lines, 1, &entry, err);
    }
    enum cw_status status = CW_OK;
    for (size_t i = 1; i <= count && status == CW_OK; i++) {
        entry.value = next_word(&text);
        status = deliver(lines, i, &entry, err);
    }
    return status;
}

static enum cw_status on_line(const struct lines *lines, struct cw_span line, struct cw_error *err)
{
    const struct cw_span text = cw_span_trim(line);
    if (text.len == 0 || is_comment(text)) {
        return CW_OK;
    }
    const size_t hash = find_note(text);
    const struct cw_span note = cw_span_trim(cw_span_slice(text, hash + 1, text.len));
    return deliver_words(lines, cw_span_trim(cw_span_slice(text, 0, hash)), note, err);
}

static enum cw_status on_long_line(const struct lines *lines, struct cw_error *err)
{
    struct cw_entry entry = {.error = CW_SPAN("the line is longer than 4096 bytes")};
    static_assert(CW_LINE_MAX == 4096, "the text above names the limit");
    return deliver(lines, 1, &entry, err);
}

/* Keeps a piece of a line, or only the fact that the line is too long. One byte more than the limit
 * is kept, for a CR that belongs to the line's end. */
static enum cw_status keep(struct lines *lines, struct cw_span piece, struct cw_error *err)
{
    if (lines->is_too_long || piece.len > CW_LINE_MAX + 1 - lines->line.len) {
        lines->is_too_long = true;
        cw_buf_reset(&lines->line);
        return CW_OK;
    }
    cw_buf_span(&lines->line, piece);
    return cw_buf_status(&lines->line, err);
}

static enum cw_status end_line(struct lines *lines, struct cw_error *err)
{
    struct cw_span line = cw_buf_as_span(&lines->line);
    if (cw_span_ends_with(line, CW_SPAN("\r"))) {
        line.len--;
    }
    const enum cw_status status = lines->is_too_long || line.len > CW_LINE_MAX
                                      ? on_long_line(lines, err)
                                      : on_line(lines, line, err);
    cw_buf_reset(&lines->line);
    lines->is_too_long = false;
    lines->number++;
    return status;
}

static enum cw_status take(struct lines *lines, struct cw_span bytes, struct cw_error *err)
{
    while (bytes.len > 0) {
        const size_t at = cw_span_find(bytes, '\n', 0);
        enum cw_status status = keep(lines, cw_span_slice(bytes, 0, at), err);
        if (status == CW_OK && at < bytes.len) {
            status = end_line(lines, err);
        }
        if (status != CW_OK) {
            return status;
        }
        bytes = cw_span_slice(bytes, at + 1, bytes.len);
    }
    return CW_OK;
}

static enum cw_status lines_open(const struct cw_format_options *options, struct cw_entry_sink sink,
                                 void **ret_state, struct cw_error *err)
{
    CW_ASSERT(options->count == 0);
    struct lines *lines = calloc(1, sizeof(*lines));
    if (lines == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory");
    }
    lines->sink = sink;
    lines->number = 1;
    cw_buf_init(&lines->line, CW_LINE_MAX + 1);
    *ret_state = lines;
    return CW_OK;
}

static enum cw_status lines_feed(void *state, struct cw_span bytes, bool is_last,
                                 struct cw_error *err)
{
    struct lines *lines = state;
    enum cw_status status = cw_text_guard_feed(&lines->guard, bytes, is_last, err);
    if (status == CW_OK && cw_text_head_take(&lines->head, &bytes, is_last)) {
        status = cw_text_head_is_markup(&lines->head)
                     ? cw_error_set(err, CW_UNTRUSTED, "line 1: markup, not a plain list")
                     : take(lines, cw_text_head_text(&lines->head), err);
    }
    if (status == CW_OK) {
        status = take(lines, bytes, err);
    }
    if (status == CW_OK && is_last && (lines->line.len > 0 || lines->is_too_long)) {
        status = end_line(lines, err);
    }
    return status;
}

static void lines_close(void *state)
{
    struct lines *lines = state;
    if (lines != NULL) {
        cw_buf_clear(&lines->line);
        free(lines);
    }
}

static const char *const NO_OPTIONS[] = {NULL};

const struct cw_format cw_format_lines = {
    .name = "lines",
    .title = "plain list, one address a line",
    .options = NO_OPTIONS,
    .open = lines_open,
    .feed = lines_feed,
    .close = lines_close,
};
