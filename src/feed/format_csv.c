/* Comma separated values as RFC 4180 has them, with a header line.
 *
 * libcsv finds the fields; this file asks for what libcsv does not: line numbers, a cap on the
 * record, a header that names an address column, and rows as long as the header. Bytes go to libcsv
 * line by line, so that a record is known by the line it begins on. */
#include <csv.h>

#include "base/buf.h"
#include "base/datetime.h"
#include "feed/format.h"
#include "feed/list_field.h"
#include "feed/text_guard.h"

enum { NO_COLUMN = -1 };

struct field {
    size_t at; /* in csv.texts */
    size_t len;
};

struct csv {
    struct cw_entry_sink sink;
    struct cw_text_guard guard;
    struct cw_text_head head;
    struct csv_parser parser;
    struct cw_field_names names;

    int column[CW_LIST_FIELDS]; /* of the header, from 0; NO_COLUMN */
    size_t rank[CW_LIST_FIELDS];
    bool is_twice[CW_LIST_FIELDS]; /* two columns answer to the chosen name */
    bool has_header;
    size_t header_count;

    struct cw_buf texts; /* fields of this record that have a role */
    struct field fields[CW_LIST_FIELDS];
    size_t count;         /* fields of this record so far */
    uint64_t line;        /* being fed, from 1 */
    uint64_t record_line; /* on which this record began */
    size_t record_bytes;  /* of this record fed so far */
    bool is_in_record;
    bool is_after_cr; /* the last record ended with a carriage return: a line feed must follow */

    enum cw_status status; /* libcsv cannot be stopped by a callback: remembered here */
    struct cw_error *err;  /* of the running feed call */
};

static void fail(struct csv *csv, enum cw_status status)
{
    csv->status = csv->status == CW_OK ? status : csv->status;
}

static struct cw_span text_of(const struct csv *csv, enum cw_list_field role)
{
    const struct field field = csv->fields[role];
    return cw_span_slice(cw_buf_as_span(&csv->texts), field.at, field.at + field.len);
}

/* ---- header ---- */

static void on_header_field(struct csv *csv, struct cw_span name)
{
    for (size_t role = 0; role < CW_LIST_FIELDS; role++) {
        const size_t rank = cw_field_rank(&csv->names, role, name);
        if (rank < csv->rank[role]) {
            csv->rank[role] = rank;
            csv->column[role] = (int)csv->count;
            csv->is_twice[role] = false;
        } else if (rank < CW_FIELD_RANK_NONE && rank == csv->rank[role]) {
            csv->is_twice[role] = true;
        }
    }
}

static enum cw_status refuse_header(const struct csv *csv, enum cw_list_field role,
                                    const char *what)
{
    const struct cw_span wanted = cw_field_names_wanted(&csv->names, role);
    const char *field = wanted.len == 0 ? cw_list_field_name(role) : "";
    return cw_error_set(csv->err, CW_UNTRUSTED, "line %llu: header: %s \"%s%s%.*s\"",
                        (unsigned long long)csv->record_line, what, field,
                        wanted.len == 0 ? "_column" : "", CW_SPAN_ARG(wanted));
}

static enum cw_status judge_header(const struct csv *csv)
{
    for (size_t role = 0; role < CW_LIST_FIELDS; role++) {
        const bool is_found = csv->column[role] != NO_COLUMN;
        if (!is_found && cw_field_names_wanted(&csv->names, role).len > 0) {
            return refuse_header(csv, role, "no column named");
        }
        if (!is_found && role == CW_FIELD_ADDRESS) {
            return cw_error_set(csv->err, CW_UNTRUSTED,
                                "line %llu: header: no column with a known name for addresses; "
                                "name it with the option \"address_column\"",
                                (unsigned long long)csv->record_line);
        }
        if (csv->is_twice[role]) {
            return refuse_header(csv, role, "two columns fit");
        }
    }
    return CW_OK;
}

/* ---- rows ---- */

static void add_programs(struct cw_entry *entry, struct cw_span text)
{
    size_t at = 0;
    while (at < text.len) {
        const size_t end = cw_span_find(text, ';', at);
        const struct cw_span program = cw_span_trim(cw_span_slice(text, at, end));
        at = end + 1;
        if (program.len == 0) {
            continue;
        }
        if (entry->programs_count == CW_ENTRY_PROGRAMS_MAX) {
            entry->error = CW_SPAN("the row names more than 32 programmes");
            static_assert(CW_ENTRY_PROGRAMS_MAX == 32, "the text above names the limit");
            return;
        }
        entry->programs[entry->programs_count++] = program;
    }
}

static enum cw_status deliver_row(struct csv *csv)
{
    char position[64];
    char error[96] = "";
    (void)snprintf(position, sizeof(position), "line %llu", (unsigned long long)csv->record_line);
    const struct cw_span listed_on = cw_span_trim(text_of(csv, CW_FIELD_LISTED_ON));
    struct cw_entry entry = {
        .position = cw_span_cstr(position),
        .value = text_of(csv, CW_FIELD_ADDRESS),
        .tag = cw_span_trim(text_of(csv, CW_FIELD_TAG)),
        .entry_id = cw_span_trim(text_of(csv, CW_FIELD_ENTRY_ID)),
        .entry_name = cw_span_trim(text_of(csv, CW_FIELD_ENTRY_NAME)),
        .note = cw_span_trim(text_of(csv, CW_FIELD_NOTE)),
    };
    if (cw_date_parse(listed_on, NULL)) {
        entry.listed_on = listed_on;
    }
    add_programs(&entry, text_of(csv, CW_FIELD_PROGRAMS));
    if (csv->count != csv->header_count) {
        (void)snprintf(error, sizeof(error), "the row has %zu fields, the header %zu", csv->count,
                       csv->header_count);
        entry.error = cw_span_cstr(error);
    } else if (cw_span_trim(entry.value).len == 0) {
        entry.error = CW_SPAN("the address field is empty");
    }
    return csv->sink.entry(csv->sink.ctx, &entry, csv->err);
}

/* ---- libcsv ---- */

static void on_field(void *data, size_t len, void *ctx)
{
    struct csv *csv = ctx;
    if (csv->status != CW_OK) {
        return;
    }
    const struct cw_span text = cw_span_make(data, len);
    if (!csv->has_header) {
        on_header_field(csv, cw_span_trim(text));
        csv->count++;
        return;
    }
    for (size_t role = 0; role < CW_LIST_FIELDS; role++) {
        if (csv->column[role] == (int)csv->count) {
            csv->fields[role] = (struct field){csv->texts.len, len};
            cw_buf_span(&csv->texts, text);
        }
    }
    fail(csv, cw_buf_status(&csv->texts, csv->err));
    csv->count++;
}

static void on_record(int terminator, void *ctx)
{
    struct csv *csv = ctx;
    csv->is_after_cr = terminator == '\r';
    if (csv->status == CW_OK && csv->has_header) {
        fail(csv, deliver_row(csv));
    } else if (csv->status == CW_OK) {
        csv->has_header = true;
        csv->header_count = csv->count;
        fail(csv, judge_header(csv));
    }
    cw_buf_reset(&csv->texts);
    memset(csv->fields, 0, sizeof(csv->fields));
    csv->count = 0;
    csv->record_bytes = 0;
    csv->is_in_record = false;
}

/* RFC 4180: spaces are part of a field. libcsv would trim them. */
static int is_never_space(unsigned char c)
{
    (void)c;
    return 0;
}

static enum cw_status refuse_syntax(struct csv *csv)
{
    const int cause = csv_error(&csv->parser);
    if (cause == CSV_ENOMEM) {
        return cw_error_set(csv->err, CW_NOMEM, "out of memory");
    }
    return cw_error_set(csv->err, CW_UNTRUSTED,
                        "line %llu: not CSV: a quote out of place or never closed (RFC 4180)",
                        (unsigned long long)csv->record_line);
}

/* ---- feeding ---- */

/* Feeds a piece that holds no line end but at its end: what is counted is the record without the
 * line end that closes it. */
static enum cw_status take_piece(struct csv *csv, struct cw_span piece)
{
    size_t content = piece.len;
    while (content > 0 && (piece.data[content - 1] == '\n' || piece.data[content - 1] == '\r')) {
        content--;
    }
    if (csv->is_after_cr && piece.data[0] != '\n') {
        return cw_error_set(csv->err, CW_UNTRUSTED,
                            "line %llu: a carriage return without a line feed",
                            (unsigned long long)csv->line);
    }
    csv->is_after_cr = false;
    if (!csv->is_in_record && content > 0) {
        csv->is_in_record = true;
        csv->record_line = csv->line;
    }
    if (csv->record_bytes + content > CW_CSV_RECORD_MAX) {
        return cw_error_set(csv->err, CW_LIMIT, "line %llu: a record is longer than %u bytes",
                            (unsigned long long)csv->record_line, CW_CSV_RECORD_MAX);
    }
    csv->record_bytes += csv->is_in_record ? piece.len : 0;
    if (csv_parse(&csv->parser, piece.data, piece.len, on_field, on_record, csv) != piece.len) {
        return csv->status == CW_OK ? refuse_syntax(csv) : csv->status;
    }
    return csv->status;
}

/* Length of the first piece: through the first CR or LF. */
static size_t piece_length(struct cw_span bytes)
{
    const size_t lf = cw_span_find(bytes, '\n', 0);
    const struct cw_span line = cw_span_slice(bytes, 0, lf + 1);
    return cw_span_slice(line, 0, cw_span_find(line, '\r', 0) + 1).len;
}

static enum cw_status take(struct csv *csv, struct cw_span bytes)
{
    while (bytes.len > 0) {
        const struct cw_span piece = cw_span_slice(bytes, 0, piece_length(bytes));
        const enum cw_status status = take_piece(csv, piece);
        if (status != CW_OK) {
            return status;
        }
        csv->line += piece.data[piece.len - 1] == '\n' ? 1u : 0u;
        bytes = cw_span_slice(bytes, piece.len, bytes.len);
    }
    return CW_OK;
}

static enum cw_status finish(struct csv *csv)
{
    if (csv_fini(&csv->parser, on_field, on_record, csv) != 0) {
        return refuse_syntax(csv);
    }
    if (csv->status == CW_OK && !csv->has_header) {
        return cw_error_set(csv->err, CW_UNTRUSTED, "line 1: no header line: the file is empty");
    }
    return csv->status;
}

static enum cw_status csv_format_feed(void *state, struct cw_span bytes, bool is_last,
                                      struct cw_error *err)
{
    struct csv *csv = state;
    csv->err = err;
    enum cw_status status = cw_text_guard_feed(&csv->guard, bytes, is_last, err);
    if (status == CW_OK && cw_text_head_take(&csv->head, &bytes, is_last)) {
        status = take(csv, cw_text_head_text(&csv->head));
    }
    if (status == CW_OK) {
        status = take(csv, bytes);
    }
    if (status == CW_OK && is_last) {
        status = finish(csv);
    }
    csv->err = NULL;
    return status;
}

/* ---- opening ---- */

static void csv_format_close(void *state)
{
    struct csv *csv = state;
    if (csv != NULL) {
        csv_free(&csv->parser);
        cw_buf_clear(&csv->texts);
        cw_field_names_clear(&csv->names);
        free(csv);
    }
}

static enum cw_status csv_format_open(const struct cw_format_options *options,
                                      struct cw_entry_sink sink, void **ret_state,
                                      struct cw_error *err)
{
    struct csv *csv = calloc(1, sizeof(*csv));
    if (csv == NULL || csv_init(&csv->parser, CSV_STRICT | CSV_STRICT_FINI) != 0) {
        free(csv);
        return cw_error_set(err, CW_NOMEM, "out of memory");
    }
    csv_set_space_func(&csv->parser, is_never_space);
    csv->sink = sink;
    csv->line = 1;
    csv->record_line = 1;
    cw_field_names_init(&csv->names);
    cw_buf_init(&csv->texts, (size_t)CW_LIST_FIELDS * CW_CSV_RECORD_MAX);
    for (size_t role = 0; role < CW_LIST_FIELDS; role++) {
        csv->column[role] = NO_COLUMN;
        csv->rank[role] = CW_FIELD_RANK_NONE;
    }
    enum cw_status status = CW_OK;
    for (size_t i = 0; i < options->count && status == CW_OK; i++) {
        status = cw_field_names_set(&csv->names, &options->items[i], "_column", err);
        CW_ASSERT(status != CW_NOT_FOUND); /* the caller validated the names */
    }
    if (status != CW_OK) {
        csv_format_close(csv);
        return status;
    }
    *ret_state = csv;
    return CW_OK;
}

static const char *const OPTIONS[] = {
    "address_column",  "tag_column",       "entry_id_column", "entry_name_column",
    "programs_column", "listed_on_column", "note_column",     NULL,
};

const struct cw_format cw_format_csv = {
    .name = "csv",
    .title = "comma separated values with a header line",
    .options = OPTIONS,
    .open = csv_format_open,
    .feed = csv_format_feed,
    .close = csv_format_close,
};
