/* The list formats, by directories: tests/fixtures/feed/<format>/{valid,invalid}/<case>/ holds
 * `input`, perhaps `options` (NAME=VALUE lines), and `expected.tsv` or `error.txt`.
 *
 * expected.tsv: a line "published <tab> date" when the format tells a date of issue, then one line
 * per entry: position, value, tag, entry id, name, listing date, programmes, relations, note,
 * error; unprintable characters escaped. error.txt: the code and the whole text.
 *
 * Every input is also fed one byte and seven bytes at a time, and every prefix of every valid one
 * is fed as if it were all. */
#include "base/file.h"
#include "base/text.h"
#include "feed/format.h"
#include "suite.h"

enum { INPUT_MAX = 4 << 20, OPTIONS_IN_FILE_MAX = 8 };

/* ---- running a format ---- */

struct heard {
    struct cw_buf text; /* as in expected.tsv */
    size_t entries;
};

static enum cw_status hear_info(void *ctx, const struct cw_list_info *info, struct cw_error *err)
{
    struct heard *heard = ctx;
    cw_buf_str(&heard->text, "published\t");
    cw_buf_span(&heard->text, info->published);
    cw_buf_char(&heard->text, '\n');
    return cw_buf_status(&heard->text, err);
}

static void put_field(struct cw_buf *out, struct cw_span text, char after)
{
    cw_text_escape(out, text);
    cw_buf_char(out, after);
}

static enum cw_status hear_entry(void *ctx, const struct cw_entry *entry, struct cw_error *err)
{
    struct heard *heard = ctx;
    struct cw_buf *out = &heard->text;
    put_field(out, entry->position, '\t');
    put_field(out, entry->value, '\t');
    put_field(out, entry->tag, '\t');
    put_field(out, entry->entry_id, '\t');
    put_field(out, entry->entry_name, '\t');
    put_field(out, entry->listed_on, '\t');
    for (size_t i = 0; i < entry->programs_count; i++) {
        put_field(out, entry->programs[i], ';');
    }
    cw_buf_char(out, '\t');
    for (size_t i = 0; i < entry->related_count; i++) {
        put_field(out, entry->related[i].type, '>');
        put_field(out, entry->related[i].entry_id, ';');
    }
    cw_buf_char(out, '\t');
    put_field(out, entry->note, '\t');
    put_field(out, entry->error, '\n');
    heard->entries++;
    return cw_buf_status(out, err);
}

static void heard_init(struct heard *heard)
{
    *heard = (struct heard){0};
    cw_buf_init(&heard->text, INPUT_MAX);
}

static void heard_clear(struct heard *heard)
{
    cw_buf_clear(&heard->text);
}

/* Feeds a document in chunks. The last chunk comes with the end, or the end alone. */
static enum cw_status run(const struct cw_format *format, const struct cw_format_options *options,
                          struct cw_span input, size_t chunk, struct heard *heard,
                          struct cw_error *err)
{
    const struct cw_entry_sink sink = {hear_info, hear_entry, heard};
    void *state = NULL;
    enum cw_status status = format->open(options, sink, &state, err);
    if (status != CW_OK) {
        return status;
    }
    size_t at = 0;
    while (status == CW_OK && input.len - at > chunk) {
        status = format->feed(state, cw_span_slice(input, at, at + chunk), false, err);
        at += chunk;
    }
    if (status == CW_OK) {
        status = format->feed(state, cw_span_slice(input, at, input.len), true, err);
    }
    format->close(state);
    return status;
}

/* ---- cases on disk ---- */

struct example {
    const struct cw_format *format;
    char label[256];
    struct cw_buf input;
    struct cw_buf wanted;
    struct cw_buf options_text;
    struct cw_format_option items[OPTIONS_IN_FILE_MAX];
    struct cw_format_options options;
};

static bool read_file(const char *folder, const char *name, struct cw_buf *ret)
{
    char *path = cw_path_join(folder, name);
    cw_buf_init(ret, INPUT_MAX);
    const bool is_read = path != NULL && cw_file_read(path, ret, NULL) == CW_OK;
    free(path);
    return is_read;
}

static bool example_load(struct example *example, const struct cw_format *format,
                         const char *folder, const char *wanted)
{
    *example = (struct example){.format = format};
    const char *tail = strstr(folder, "/feed/");
    (void)snprintf(example->label, sizeof(example->label), "%s", tail == NULL ? folder : tail + 6);
    const bool is_whole =
        read_file(folder, "input", &example->input) && read_file(folder, wanted, &example->wanted);
    (void)read_file(folder, "options", &example->options_text);
    struct cw_span rest = cw_buf_as_span(&example->options_text);
    struct cw_span line = {NULL, 0};
    example->options.items = example->items;
    while (example->options.count < OPTIONS_IN_FILE_MAX && cw_span_next_line(&rest, &line)) {
        const size_t equals = cw_span_find(line, '=', 0);
        if (cw_span_is(cw_span_slice(line, 0, equals), "--on")) {
            example->options.day = cw_span_slice(line, equals + 1, line.len);
            continue;
        }
        example->items[example->options.count++] = (struct cw_format_option){
            cw_span_slice(line, 0, equals), cw_span_slice(line, equals + 1, line.len)};
    }
    return is_whole;
}

static void example_clear(struct example *example)
{
    cw_buf_clear(&example->input);
    cw_buf_clear(&example->wanted);
    cw_buf_clear(&example->options_text);
}

/* Calls `judge` for every case of every format of one kind; returns how many there were. */
static size_t for_each(const char *kind, const char *wanted, void (*judge)(struct example *))
{
    size_t formats_count = 0;
    size_t cases = 0;
    const struct cw_format *const *formats = cw_formats(&formats_count);
    for (size_t i = 0; i < formats_count; i++) {
        char id[64];
        char folder[512];
        (void)snprintf(id, sizeof(id), "%s", formats[i]->name);
        for (char *c = id; *c != '\0'; c++) {
            *c = *c == '-' ? '_' : *c;
        }
        (void)snprintf(folder, sizeof(folder), "%s/feed/%s/%s", CW_FIXTURES, id, kind);
        char **names = NULL;
        size_t count = 0;
        CW_CHECK(cw_dir_list(folder, "", &names, &count, NULL) == CW_OK, "%s: no cases", folder);
        for (size_t k = 0; k < count; k++) {
            char *path = cw_path_join(folder, names[k]);
            struct example example;
            const bool is_whole = example_load(&example, formats[i], path, wanted);
            CW_CHECK(is_whole, "%s: input or %s is missing", path, wanted);
            if (is_whole) {
                judge(&example);
                cases++;
            }
            example_clear(&example);
            free(path);
        }
        cw_names_free(names);
    }
    return cases;
}

static const size_t CHUNKS[] = {SIZE_MAX, 1, 7, 4096};

static void judge_valid(struct example *example)
{
    for (size_t i = 0; i < CW_COUNT(CHUNKS); i++) {
        struct heard heard;
        struct cw_error err = {0};
        heard_init(&heard);
        const enum cw_status status = run(example->format, &example->options,
                                          cw_buf_as_span(&example->input), CHUNKS[i], &heard, &err);
        CW_CHECK(status == CW_OK, "%s, chunk %zu: %s", example->label, CHUNKS[i], err.text);
        CW_CHECK(cw_span_equal(cw_buf_as_span(&heard.text), cw_buf_as_span(&example->wanted)),
                 "%s, chunk %zu: other entries than expected:\n%.*s", example->label, CHUNKS[i],
                 (int)(heard.text.len > 2000 ? 2000 : heard.text.len),
                 heard.text.data == NULL ? "" : heard.text.data);
        heard_clear(&heard);
    }
}

static const char *code_name(enum cw_status status)
{
    return status == CW_UNTRUSTED ? "UNTRUSTED"
           : status == CW_LIMIT   ? "LIMIT"
           : status == CW_INVALID ? "INVALID"
                                  : "another code";
}

static void judge_invalid(struct example *example)
{
    const struct cw_span wanted = cw_span_trim(cw_buf_as_span(&example->wanted));
    for (size_t i = 0; i < CW_COUNT(CHUNKS); i++) {
        struct heard heard;
        struct cw_error err = {0};
        heard_init(&heard);
        const enum cw_status status = run(example->format, &example->options,
                                          cw_buf_as_span(&example->input), CHUNKS[i], &heard, &err);
        char said[CW_ERROR_TEXT_BYTES + 32];
        (void)snprintf(said, sizeof(said), "%s %s", code_name(status), err.text);
        CW_CHECK(status != CW_OK, "%s, chunk %zu: accepted", example->label, CHUNKS[i]);
        CW_CHECK(cw_span_is(wanted, said), "%s, chunk %zu: says \"%s\"", example->label, CHUNKS[i],
                 said);
        heard_clear(&heard);
    }
}

static void reads_every_valid_document(void)
{
    CU_ASSERT(for_each("valid", "expected.tsv", judge_valid) >= 50);
}

static void refuses_every_invalid_document(void)
{
    CU_ASSERT(for_each("invalid", "error.txt", judge_invalid) >= 60);
}

/* ---- cuts ---- */

/* XML proves its end: no prefix may be accepted, nor anything be delivered from one. */
static void judge_proven_end(struct example *example, struct cw_span prefix)
{
    struct heard heard;
    heard_init(&heard);
    const enum cw_status status =
        run(example->format, &example->options, prefix, SIZE_MAX, &heard, NULL);
    CW_CHECK(status != CW_OK, "%s: accepted when cut after %zu bytes", example->label, prefix.len);
    CW_CHECK(cw_span_starts_with(cw_buf_as_span(&example->wanted), cw_buf_as_span(&heard.text)),
             "%s: invents entries when cut after %zu bytes", example->label, prefix.len);
    heard_clear(&heard);
}

/* Without the lines of entries that begin with the last "line N". */
static struct cw_span without_last_line(struct cw_span text)
{
    struct cw_span kept = text;
    struct cw_span last = {NULL, 0};
    while (kept.len > 0) {
        size_t from = kept.len - 1;
        while (from > 0 && kept.data[from - 1] != '\n') {
            from--;
        }
        const struct cw_span row = cw_span_slice(kept, from, kept.len);
        const size_t tab = cw_span_find(row, '\t', 0);
        const size_t comma = cw_span_find(row, ',', 0);
        const struct cw_span line = cw_span_slice(row, 0, comma < tab ? comma : tab);
        if (last.len > 0 && !cw_span_equal(line, last)) {
            break;
        }
        last = line;
        kept.len = from;
    }
    return kept;
}

/* A plain text cannot prove its end (fetch asks for a length instead). But a cut may only shorten:
 * all entries but those of the last line are those of the whole document. */
static void judge_open_end(struct example *example, struct cw_span prefix)
{
    struct heard heard;
    heard_init(&heard);
    (void)run(example->format, &example->options, prefix, SIZE_MAX, &heard, NULL);
    const struct cw_span sure = without_last_line(cw_buf_as_span(&heard.text));
    CW_CHECK(cw_span_starts_with(cw_buf_as_span(&example->wanted), sure),
             "%s: invents entries when cut after %zu bytes", example->label, prefix.len);
    heard_clear(&heard);
}

/* Every prefix of the small documents and of one of each kind of large one; the others, which
 * differ from that one in few bytes, at steps that share no factor with their lines. */
static size_t cut_step(const struct example *example)
{
    const bool is_model = strstr(example->label, "whole-document") != NULL;
    if (example->input.len > 16384) {
        return 997;
    }
    return example->input.len > 2048 && !is_model ? 61 : 1;
}

static void judge_cuts(struct example *example)
{
    const struct cw_span input = cw_buf_as_span(&example->input);
    const bool is_proven = cw_format_proves_end(example->format);
    /* Behind the end only white space is left to cut off. */
    const size_t last = is_proven ? cw_span_trim(input).len : input.len;
    const size_t step = cut_step(example);
    for (size_t len = 0; len < last; len += step) {
        const struct cw_span prefix = cw_span_slice(input, 0, len);
        if (is_proven) {
            judge_proven_end(example, prefix);
        } else {
            judge_open_end(example, prefix);
        }
    }
}

static void believes_no_cut_document(void)
{
    CU_ASSERT(for_each("valid", "expected.tsv", judge_cuts) >= 50);
}

/* ---- the registry ---- */

static const char *const NAMES[] = {
#define CW_FEED_FORMAT(id, name, title, ends) name,
#include "feed/formats.def"
#undef CW_FEED_FORMAT
};

static void finds_every_format_by_name(void)
{
    size_t count = 0;
    const struct cw_format *const *formats = cw_formats(&count);
    CU_ASSERT_EQUAL(count, CW_COUNT(NAMES));
    for (size_t i = 0; i < count; i++) {
        CU_ASSERT_PTR_EQUAL(cw_format_find(cw_span_cstr(formats[i]->name)), formats[i]);
        CU_ASSERT_STRING_EQUAL(formats[i]->name, NAMES[i]);
        CU_ASSERT(strlen(formats[i]->title) > 0);
    }
}

static void finds_no_unknown_format(void)
{
    static const char *const names[] = {"", "line", "Lines", "ofac_advanced", "csv ", "stix2"};
    for (size_t i = 0; i < CW_COUNT(names); i++) {
        CW_CHECK(cw_format_find(cw_span_cstr(names[i])) == NULL, "finds \"%s\"", names[i]);
    }
}

/* ---- sinks that refuse ---- */

struct refusal {
    size_t after; /* entries to take before refusing */
    size_t heard;
};

static enum cw_status ignore_info(void *ctx, const struct cw_list_info *info, struct cw_error *err)
{
    (void)ctx;
    (void)info;
    (void)err;
    return CW_OK;
}

static enum cw_status refuse_entry(void *ctx, const struct cw_entry *entry, struct cw_error *err)
{
    struct refusal *refusal = ctx;
    (void)entry;
    refusal->heard++;
    return refusal->heard > refusal->after ? cw_error_set(err, CW_BUSY, "no more") : CW_OK;
}

static void judge_refusing_sink(struct example *example)
{
    struct cw_span rest = cw_buf_as_span(&example->wanted);
    struct cw_span line = {NULL, 0};
    size_t entries = 0;
    while (cw_span_next_line(&rest, &line)) {
        entries += cw_span_starts_with(line, CW_SPAN("published")) ? 0u : 1u;
    }
    for (size_t after = 0; after < entries && after < 4; after++) {
        struct refusal refusal = {.after = after};
        const struct cw_entry_sink sink = {ignore_info, refuse_entry, &refusal};
        void *state = NULL;
        struct cw_error err = {0};
        CU_ASSERT_FATAL(example->format->open(&example->options, sink, &state, &err) == CW_OK);
        const enum cw_status status =
            example->format->feed(state, cw_buf_as_span(&example->input), true, &err);
        example->format->close(state);
        CW_CHECK(status == CW_BUSY && refusal.heard == after + 1, "%s: goes on after a refusal",
                 example->label);
    }
}

static void stops_at_once_when_the_sink_refuses(void)
{
    CU_ASSERT(for_each("valid", "expected.tsv", judge_refusing_sink) >= 50);
}

/* ---- tokens without an end (too large for files) ---- */

struct endless {
    const char *description;
    const char *head;
    const char *unit;
    size_t bytes; /* of units */
    enum cw_status wanted;
    const char *text; /* part of the error; NULL with CW_OK */
};

static const struct endless ENDLESS[] = {
    {"a tag of 900 KiB ends", "<Sanctions a='", "x", 900u << 10, CW_UNTRUSTED, "not XML, or cut"},
    {"a tag without end", "<Sanctions a='", "x", 3u << 20, CW_LIMIT, "without an element"},
    {"a comment without end", "<Sanctions><!-- ", "x", 3u << 20, CW_LIMIT, "without an element"},
    {"an instruction without end", "<Sanctions><?a ", "x", 3u << 20, CW_LIMIT, "without an elem"},
    {"a name without end", "<", "x", 3u << 20, CW_LIMIT, "without an element"},
    {"text without end", "<Sanctions>", "x", 3u << 20, CW_LIMIT, "longer than 65536 bytes"},
    {"text without end in CDATA", "<Sanctions><![CDATA[", "x", 3u << 20, CW_LIMIT, "longer than"},
    {"elements without end", "<Sanctions>", "<a>", 3u << 20, CW_LIMIT, "deeper than 64"},
    {"empty elements without end", "<Sanctions>", "<a/>", 3u << 20, CW_UNTRUSTED, "or cut"},
    {"white space without end", "", " ", 3u << 20, CW_LIMIT, "without an element"},
};

static void stops_at_tokens_without_an_end(void)
{
    const struct cw_format *format = cw_format_find(CW_SPAN("ofac-advanced"));
    const struct cw_format_options none = {.count = 0};
    CU_ASSERT_FATAL(format != NULL);
    for (size_t i = 0; i < CW_COUNT(ENDLESS); i++) {
        const struct endless *row = &ENDLESS[i];
        struct cw_buf input;
        struct heard heard;
        struct cw_error err = {0};
        heard_init(&heard);
        cw_buf_init(&input, INPUT_MAX);
        cw_buf_str(&input, row->head);
        for (size_t bytes = 0; bytes < row->bytes; bytes += strlen(row->unit)) {
            cw_buf_str(&input, row->unit);
        }
        const enum cw_status status =
            run(format, &none, cw_buf_as_span(&input), 65536, &heard, &err);
        CW_CHECK(status == row->wanted, "%s: status %d, %s", row->description, (int)status,
                 err.text);
        CW_CHECK(strstr(err.text, row->text) != NULL, "%s: says %s", row->description, err.text);
        cw_buf_clear(&input);
        heard_clear(&heard);
    }
}

static const struct cw_test TESTS[] = {
    {"finds every format by its name", finds_every_format_by_name},
    {"finds no unknown format", finds_no_unknown_format},
    {"reads every valid document, however it is chunked", reads_every_valid_document},
    {"refuses every invalid document with code, line and reason", refuses_every_invalid_document},
    {"believes no cut document", believes_no_cut_document},
    {"stops at once when the sink refuses", stops_at_once_when_the_sink_refuses},
    {"stops at tokens without an end", stops_at_tokens_without_an_end},
};

int main(void)
{
    return cw_run_suite("formats", TESTS, CW_COUNT(TESTS));
}
