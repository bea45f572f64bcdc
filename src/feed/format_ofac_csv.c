/* OFAC's SDN.CSV: twelve columns without a header, the addresses in the remarks.
 *
 *   28264,"LI, Jiadong","individual","DPRK3] [CYBER2",-0- ,…,"…; Digital Currency Address - XBT
 *   1EfM…; alt. Digital Currency Address - XBT 17UV…; …"
 *
 * Remarks are cut at 1,000 characters, within an address if need be; the rest stands in
 * SDN_COMMENTS.CSV (number, rest), which comes first, as the companion. Without it a mention at the
 * cut is an unusable entry. SDN_COMMENTS.CSV may also be read by itself: then what stands before
 * the first semicolon of a row is the tail of something unknown.
 *
 * `-0-` is OFAC's null; a byte 1A ends the file, as under DOS. */
#include "base/arena.h"
#include "base/text.h"
#include "feed/csv_reader.h"
#include "feed/format.h"

enum {
    NUMBER = 0, /* columns */
    NAME = 1,
    PROGRAMS = 3,
    REMARKS = 11,
    COLUMNS = 12,
    COMMENT_COLUMNS = 2,
    REMARKS_MAX = 1000, /* bytes after which OFAC cuts */
    COMMENTS_BYTES_MAX = 32 << 20,
};

static const char MENTION[] = "Digital Currency Address"; /* in any letter case */

struct comment {
    struct comment *next; /* in order of the file */
    struct cw_span number;
    struct cw_span text;
    bool is_used;
};

struct ofac_csv {
    struct cw_entry_sink sink;
    struct cw_csv_reader main;
    struct cw_csv_reader companion;
    struct cw_arena *arena; /* of the comments */
    struct comment *comments;
    struct comment *last;
    uint64_t rows;
    uint64_t mentions;
};

static struct cw_span field(const struct cw_csv_record *record, size_t column)
{
    const struct cw_span text = cw_span_trim(record->fields[column]);
    return cw_span_is(text, "-0-") ? CW_SPAN("") : text;
}

static bool is_end_mark(const struct cw_csv_record *record)
{
    return record->count == 1 && cw_span_is(cw_span_trim(record->fields[0]), "\x1a");
}

/* ---- comments ---- */

static enum cw_status on_comment(void *ctx, const struct cw_csv_record *record,
                                 struct cw_error *err)
{
    struct ofac_csv *csv = ctx;
    if (is_end_mark(record)) {
        return CW_OK;
    }
    if (record->count != COMMENT_COLUMNS) {
        return cw_error_set(err, CW_UNTRUSTED,
                            "comments, line %llu: %zu fields where SDN_COMMENTS.CSV has 2",
                            (unsigned long long)record->line, record->count);
    }
    struct comment *comment = cw_arena_alloc(csv->arena, sizeof(*comment));
    if (comment == NULL) {
        return cw_error_set(err, CW_LIMIT, "the comments need more than %d bytes",
                            COMMENTS_BYTES_MAX);
    }
    *comment = (struct comment){.number = cw_arena_copy(csv->arena, field(record, 0)),
                                .text = cw_arena_copy(csv->arena, record->fields[1])};
    if (comment->number.data == NULL || comment->text.data == NULL) {
        return cw_error_set(err, CW_LIMIT, "the comments need more than %d bytes",
                            COMMENTS_BYTES_MAX);
    }
    if (csv->last != NULL) {
        csv->last->next = comment;
    } else {
        csv->comments = comment;
    }
    csv->last = comment;
    return CW_OK;
}

/* Puts the rests of a party's remarks behind what SDN.CSV has of them. The comments are few (22 in
 * 2025), so that a walk over them costs nothing. */
static void append_comments(struct ofac_csv *csv, struct cw_span number, struct cw_buf *remarks)
{
    for (struct comment *comment = csv->comments; comment != NULL; comment = comment->next) {
        if (cw_span_equal(comment->number, number)) {
            cw_buf_span(remarks, comment->text);
            comment->is_used = true;
        }
    }
}

/* ---- mentions ---- */

static void add_programs(struct cw_entry *entry, struct cw_span text)
{
    while (text.len > 0) {
        const size_t end = cw_span_find(text, ']', 0);
        struct cw_span program = cw_span_trim(cw_span_slice(text, 0, end));
        if (cw_span_starts_with(program, CW_SPAN("["))) {
            program = cw_span_trim(cw_span_slice(program, 1, program.len));
        }
        if (program.len > 0 && entry->programs_count == CW_ENTRY_PROGRAMS_MAX) {
            static_assert(CW_ENTRY_PROGRAMS_MAX == 32, "the text below names the limit");
            entry->error = CW_SPAN("the party names more than 32 programmes");
            return;
        }
        if (program.len > 0) {
            entry->programs[entry->programs_count++] = program;
        }
        text = cw_span_slice(text, end + 1, text.len);
    }
}

/* Offset of the first mention in a part; its length when there is none. */
static size_t find_mention(struct cw_span part)
{
    const struct cw_span want = cw_span_cstr(MENTION);
    for (size_t i = 0; i + want.len <= part.len; i++) {
        if (cw_span_equal_nocase(cw_span_slice(part, i, i + want.len), want)) {
            return i;
        }
    }
    return part.len;
}

/* "Digital Currency Addre", "alt. Digital Currency Address - XBT 1Gq": at the cut of a remark. */
static bool may_be_cut_mention(struct cw_span part)
{
    const struct cw_span alt = CW_SPAN("alt. ");
    const struct cw_span whole = cw_span_cstr(MENTION);
    part = cw_span_starts_with(part, alt) ? cw_span_slice(part, alt.len, part.len) : part;
    const size_t len = part.len < whole.len ? part.len : whole.len;
    return len > 0 &&
           cw_span_equal_nocase(cw_span_slice(part, 0, len), cw_span_slice(whole, 0, len));
}

/* " - XBT 1EfM…"; the dash may be missing, as in the lists in XML. */
static enum cw_status deliver(struct ofac_csv *csv, struct cw_entry *entry, struct cw_span mention,
                              struct cw_error *err)
{
    struct cw_span rest = cw_span_trim(mention);
    if (cw_span_starts_with(rest, CW_SPAN("-"))) {
        rest = cw_span_trim(cw_span_slice(rest, 1, rest.len));
    }
    const size_t space = cw_span_find(rest, ' ', 0);
    entry->tag = cw_span_slice(rest, 0, space);
    entry->value = cw_span_trim(cw_span_slice(rest, space, rest.len));
    csv->mentions++;
    return csv->sink.entry(csv->sink.ctx, entry, err);
}

struct remarks {
    struct cw_span text;
    bool begins_cut; /* the text is the tail of something */
    bool ends_cut;
};

static enum cw_status on_part(struct ofac_csv *csv, struct cw_entry *entry, struct cw_span part,
                              struct cw_error *err)
{
    const size_t at = find_mention(part);
    if (at == part.len) {
        return CW_OK;
    }
    return deliver(csv, entry, cw_span_slice(part, at + sizeof(MENTION) - 1, part.len), err);
}

/* What stands at a cut is shown, and not believed. */
static enum cw_status on_cut_part(struct ofac_csv *csv, struct cw_entry *entry, struct cw_span part,
                                  const char *why, struct cw_error *err)
{
    struct cw_entry cut = *entry;
    cut.value = part;
    cut.error = cw_span_cstr(why);
    csv->mentions++;
    return csv->sink.entry(csv->sink.ctx, &cut, err);
}

static enum cw_status read_remarks(struct ofac_csv *csv, struct cw_entry *entry,
                                   const struct remarks *remarks, struct cw_error *err)
{
    struct cw_span text = cw_span_trim(remarks->text);
    enum cw_status status = CW_OK;
    bool is_first = true;
    if (cw_span_ends_with(text, CW_SPAN(".")) && !remarks->ends_cut) {
        text.len--;
    }
    while (text.len > 0 && status == CW_OK) {
        const size_t end = cw_span_find(text, ';', 0);
        const struct cw_span part = cw_span_trim(cw_span_slice(text, 0, end));
        const bool is_last = end >= text.len;
        if (is_first && remarks->begins_cut && find_mention(part) == part.len) {
            status = on_cut_part(csv, entry, part, "cut: its beginning stands in SDN.CSV", err);
        } else if (is_last && remarks->ends_cut && may_be_cut_mention(part)) {
            status =
                on_cut_part(csv, entry, part,
                            "cut at 1000 characters: the rest stands in SDN_COMMENTS.CSV", err);
        } else {
            status = on_part(csv, entry, part, err);
        }
        text = cw_span_slice(text, end + 1, text.len);
        is_first = false;
    }
    return status;
}

/* ---- rows ---- */

static enum cw_status on_party(struct ofac_csv *csv, const struct cw_csv_record *record,
                               struct cw_entry *entry, struct cw_error *err)
{
    struct cw_buf text;
    cw_buf_init(&text, CW_CSV_RECORD_MAX + COMMENTS_BYTES_MAX);
    const struct cw_span remarks = record->fields[REMARKS];
    entry->entry_name = field(record, NAME);
    add_programs(entry, field(record, PROGRAMS));
    cw_buf_span(&text, remarks);
    append_comments(csv, entry->entry_id, &text);
    enum cw_status status = cw_buf_status(&text, err);
    if (status == CW_OK) {
        const bool is_cut = remarks.len >= REMARKS_MAX && text.len == remarks.len;
        const struct remarks whole = {.text = cw_buf_as_span(&text), .ends_cut = is_cut};
        status = read_remarks(csv, entry, &whole, err);
    }
    cw_buf_clear(&text);
    return status;
}

static enum cw_status on_record(void *ctx, const struct cw_csv_record *record, struct cw_error *err)
{
    struct ofac_csv *csv = ctx;
    char position[64];
    if (is_end_mark(record)) {
        return CW_OK;
    }
    uint64_t number = 0;
    const bool is_known = record->count == COLUMNS || record->count == COMMENT_COLUMNS;
    if (!is_known || !cw_span_to_u64(field(record, NUMBER), UINT64_MAX, &number)) {
        return cw_error_set(err, CW_UNTRUSTED,
                            "line %llu: no row of SDN.CSV (12 fields) or SDN_COMMENTS.CSV (2), "
                            "which begin with a number",
                            (unsigned long long)record->line);
    }
    (void)snprintf(position, sizeof(position), "line %llu, party %llu",
                   (unsigned long long)record->line, (unsigned long long)number);
    struct cw_entry entry = {.position = cw_span_cstr(position), .entry_id = field(record, NUMBER)};
    csv->rows++;
    if (record->count == COLUMNS) {
        return on_party(csv, record, &entry, err);
    }
    const struct remarks rest = {.text = record->fields[1], .begins_cut = true};
    return read_remarks(csv, &entry, &rest, err);
}

/* ---- the format ---- */

/* A rest whose party is not in SDN.CSV: the two files are of different days. */
static enum cw_status report_unused(struct ofac_csv *csv, struct cw_error *err)
{
    enum cw_status status = CW_OK;
    for (const struct comment *comment = csv->comments; comment != NULL && status == CW_OK;
         comment = comment->next) {
        if (!comment->is_used) {
            const struct cw_entry entry = {
                .position = CW_SPAN("comments"),
                .entry_id = comment->number,
                .value = cw_utf8_cut(comment->text, 64),
                .error = CW_SPAN("SDN.CSV has no party of this number: are both of one day?"),
            };
            status = csv->sink.entry(csv->sink.ctx, &entry, err);
        }
    }
    return status;
}

static enum cw_status ofac_csv_companion(void *state, struct cw_span bytes, bool is_last,
                                         struct cw_error *err)
{
    struct ofac_csv *csv = state;
    return cw_csv_reader_feed(&csv->companion, bytes, is_last, err);
}

static enum cw_status ofac_csv_feed(void *state, struct cw_span bytes, bool is_last,
                                    struct cw_error *err)
{
    struct ofac_csv *csv = state;
    enum cw_status status = cw_csv_reader_feed(&csv->main, bytes, is_last, err);
    if (status != CW_OK || !is_last) {
        return status;
    }
    if (csv->mentions == 0) {
        return cw_error_set(err, CW_UNTRUSTED,
                            "no mention of a \"Digital Currency Address\" in %llu rows",
                            (unsigned long long)csv->rows);
    }
    return report_unused(csv, err);
}

static void ofac_csv_close(void *state)
{
    struct ofac_csv *csv = state;
    if (csv != NULL) {
        cw_csv_reader_clear(&csv->main);
        cw_csv_reader_clear(&csv->companion);
        cw_arena_free(csv->arena);
        free(csv);
    }
}

static enum cw_status ofac_csv_open(const struct cw_format_options *options,
                                    struct cw_entry_sink sink, void **ret_state,
                                    struct cw_error *err)
{
    CW_ASSERT(options->count == 0);
    struct ofac_csv *csv = calloc(1, sizeof(*csv));
    if (csv == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory");
    }
    csv->sink = sink;
    csv->arena = cw_arena_new(COMMENTS_BYTES_MAX);
    enum cw_status status =
        csv->arena != NULL ? CW_OK : cw_error_set(err, CW_NOMEM, "out of memory");
    if (status == CW_OK) {
        status = cw_csv_reader_init(&csv->main, on_record, csv, err);
    }
    if (status == CW_OK) {
        status = cw_csv_reader_init(&csv->companion, on_comment, csv, err);
    }
    if (status != CW_OK) {
        ofac_csv_close(csv);
        return status;
    }
    *ret_state = csv;
    return CW_OK;
}

static const char *const NO_OPTIONS[] = {NULL};

const struct cw_format cw_format_ofac_csv = {
    .name = "ofac-csv",
    .title = "OFAC SDN.CSV, with SDN_COMMENTS.CSV",
    .options = NO_OPTIONS,
    .open = ofac_csv_open,
    .feed = ofac_csv_feed,
    .companion = ofac_csv_companion,
    .close = ofac_csv_close,
};
