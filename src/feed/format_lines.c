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
 * ADDRESS here is only a shape (address_words.h). What is an address is decided in main. */
#include "feed/address_words.h"
#include "feed/format.h"
#include "feed/line_reader.h"

struct lines {
    struct cw_entry_sink sink;
    struct cw_line_reader reader;
    uint64_t number; /* of the line being read */
};

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
    struct cw_span rest;
    const size_t count = cw_address_words_leading(text, &rest);
    struct cw_entry entry = {.note = rest.len > 0 ? rest : hash_note};
    if (rest.len > 0 && hash_note.len > 0) { /* both stand on one line: the note is all of it */
        entry.note.len = (size_t)(hash_note.data + hash_note.len - rest.data);
    }
    if (count == 0) {
        struct cw_span ahead = text;
        const struct cw_span word = cw_address_word_next(&ahead);
        entry.value = ahead.len == 0 && word.len > 0 ? word : text;
        entry.note = hash_note;
        return deliver(lines, 1, &entry, err);
    }
    enum cw_status status = CW_OK;
    for (size_t i = 1; i <= count && status == CW_OK; i++) {
        entry.value = cw_address_word_next(&text);
        status = deliver(lines, i, &entry, err);
    }
    return status;
}

static enum cw_status on_text(const struct lines *lines, struct cw_span line, struct cw_error *err)
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

static enum cw_status on_line(void *ctx, const struct cw_line *line, struct cw_error *err)
{
    struct lines *lines = ctx;
    lines->number = line->number;
    return line->is_too_long ? on_long_line(lines, err) : on_text(lines, line->text, err);
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
    cw_line_reader_init(&lines->reader, CW_LINE_MAX, on_line, lines);
    lines->reader.markup = "markup, not a plain list";
    *ret_state = lines;
    return CW_OK;
}

static enum cw_status lines_feed(void *state, struct cw_span bytes, bool is_last,
                                 struct cw_error *err)
{
    struct lines *lines = state;
    return cw_line_reader_feed(&lines->reader, bytes, is_last, err);
}

static void lines_close(void *state)
{
    struct lines *lines = state;
    if (lines != NULL) {
        cw_line_reader_clear(&lines->reader);
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
