/* Comma separated values with a header line that names an address column; rows as long as the
 * header. Fields may be separated by semicolons, tabs or vertical bars instead: as the option
 * "separator" or a first line "sep=;" says, else whichever gives the header an address column. A
 * cell that holds several words of address shape and nothing else is one entry each. */
#include "feed/csv_reader.h"
#include "feed/entry_date.h"
#include "feed/json_entry.h"
#include "feed/list_field.h"

enum { NO_COLUMN = -1 };

struct csv {
    struct cw_entry_sink sink;
    struct cw_csv_reader reader;
    struct cw_field_names names;
    char separator; /* NUL: to be seen from the document */

    int column[CW_LIST_FIELDS]; /* of the header, from 0; NO_COLUMN */
    size_t header_count;        /* fields of the header; 0: none yet */
};

/* ---- separators ---- */

static const struct {
    char byte;
    const char *name;
} SEPARATORS[] = {{',', "comma"}, {';', "semicolon"}, {'\t', "tab"}, {'|', "bar"}};

/* The option's value: a name, or the byte itself. */
static enum cw_status set_separator(struct csv *csv, struct cw_span value, struct cw_error *err)
{
    for (size_t i = 0; i < CW_COUNT(SEPARATORS); i++) {
        const char byte = SEPARATORS[i].byte;
        if (cw_span_is(value, SEPARATORS[i].name) || (value.len == 1 && value.data[0] == byte)) {
            csv->separator = byte;
            return CW_OK;
        }
    }
    return cw_error_set(err, CW_INVALID,
                        "separator: one of comma, semicolon, tab, bar, or that character");
}

/* The next field of a line, without its quotes. */
static bool next_field(struct cw_span *rest, char separator, struct cw_span *ret)
{
    bool is_quoted = false;
    size_t end = 0;
    if (rest->data == NULL) {
        return false;
    }
    for (; end < rest->len && (is_quoted || rest->data[end] != separator); end++) {
        is_quoted ^= rest->data[end] == '"';
    }
    struct cw_span field = cw_span_trim(cw_span_slice(*rest, 0, end));
    if (field.len >= 2 && field.data[0] == '"' && field.data[field.len - 1] == '"') {
        field = cw_span_trim(cw_span_slice(field, 1, field.len - 1));
    }
    *rest = end < rest->len ? cw_span_slice(*rest, end + 1, rest->len) : (struct cw_span){NULL, 0};
    *ret = field;
    return true;
}

static bool names_addresses(const struct csv *csv, struct cw_span header, char separator)
{
    struct cw_span field;
    while (next_field(&header, separator, &field)) {
        if (cw_field_rank(&csv->names, CW_FIELD_ADDRESS, field) < CW_FIELD_RANK_NONE) {
            return true;
        }
    }
    return false;
}

/* "sep=;", which spreadsheets write and read: NUL when the line is none such. */
static char told_separator(struct cw_span line)
{
    const bool is_told = line.len == 5 && cw_span_starts_with(line, CW_SPAN("sep="));
    for (size_t i = 0; is_told && i < CW_COUNT(SEPARATORS); i++) {
        if (line.data[4] == SEPARATORS[i].byte) {
            return SEPARATORS[i].byte;
        }
    }
    return '\0';
}

static char on_head(void *ctx, struct cw_span *head)
{
    const struct csv *csv = ctx;
    struct cw_span rest = *head;
    struct cw_span line = CW_SPAN("");
    while (cw_span_trim(line).len == 0 && cw_span_next_line(&rest, &line)) {
    }
    const char told = told_separator(line);
    if (told != '\0') {
        *head = rest;
    }
    if (told != '\0' || csv->separator != '\0') {
        return (char)(csv->separator != '\0' ? csv->separator : told);
    }
    for (size_t i = 0; i < CW_COUNT(SEPARATORS); i++) {
        if (names_addresses(csv, line, SEPARATORS[i].byte)) {
            return SEPARATORS[i].byte;
        }
    }
    return ',';
}

/* ---- header ---- */

static enum cw_status refuse_header(const struct csv *csv, uint64_t line, enum cw_list_field field,
                                    const char *what, struct cw_error *err)
{
    const struct cw_span wanted = cw_field_names_wanted(&csv->names, field);
    const char *name = wanted.len == 0 ? cw_list_field_name(field) : "";
    return cw_error_set(err, CW_UNTRUSTED, "line %llu: header: %s \"%s%s%.*s\"",
                        (unsigned long long)line, what, name, wanted.len == 0 ? "_column" : "",
                        CW_SPAN_ARG(wanted));
}

/* The column that fits a field best. */
static enum cw_status choose(struct csv *csv, const struct cw_csv_record *header,
                             enum cw_list_field field, struct cw_error *err)
{
    size_t best = CW_FIELD_RANK_NONE;
    bool is_twice = false;
    for (size_t i = 0; i < header->count; i++) {
        const size_t rank = cw_field_rank(&csv->names, field, cw_span_trim(header->fields[i]));
        if (rank < best) {
            best = rank;
            csv->column[field] = (int)i;
            is_twice = false;
        } else if (rank < CW_FIELD_RANK_NONE && rank == best) {
            is_twice = true;
        }
    }
    const bool is_found = csv->column[field] != NO_COLUMN;
    if (!is_found && cw_field_names_wanted(&csv->names, field).len > 0) {
        return refuse_header(csv, header->line, field, "no column named", err);
    }
    if (!is_found && field == CW_FIELD_ADDRESS) {
        return cw_error_set(err, CW_UNTRUSTED,
                            "line %llu: header: no column with a known name for addresses; "
                            "name it with the option \"address_column\"",
                            (unsigned long long)header->line);
    }
    return is_twice ? refuse_header(csv, header->line, field, "two columns fit", err) : CW_OK;
}

static enum cw_status on_header(struct csv *csv, const struct cw_csv_record *header,
                                struct cw_error *err)
{
    enum cw_status status = CW_OK;
    csv->header_count = header->count;
    for (size_t field = 0; field < CW_LIST_FIELDS && status == CW_OK; field++) {
        status = choose(csv, header, (enum cw_list_field)field, err);
    }
    return status;
}

/* ---- rows ---- */

static struct cw_span text_of(const struct csv *csv, const struct cw_csv_record *record,
                              enum cw_list_field field)
{
    const int column = csv->column[field];
    return column != NO_COLUMN && (size_t)column < record->count ? record->fields[column]
                                                                 : CW_SPAN("");
}

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

static enum cw_status on_row(struct csv *csv, const struct cw_csv_record *record,
                             struct cw_error *err)
{
    char position[64];
    char error[96] = "";
    (void)snprintf(position, sizeof(position), "line %llu", (unsigned long long)record->line);
    struct cw_entry_date date;
    const struct cw_span address = text_of(csv, record, CW_FIELD_ADDRESS);
    struct cw_entry entry = {
        .position = cw_span_cstr(position),
        .value = address,
        .tag = cw_span_trim(text_of(csv, record, CW_FIELD_TAG)),
        .entry_id = cw_span_trim(text_of(csv, record, CW_FIELD_ENTRY_ID)),
        .entry_name = cw_span_trim(text_of(csv, record, CW_FIELD_ENTRY_NAME)),
        .note = cw_span_trim(text_of(csv, record, CW_FIELD_NOTE)),
    };
    cw_entry_date_take(&entry, text_of(csv, record, CW_FIELD_LISTED_ON), &date);
    add_programs(&entry, text_of(csv, record, CW_FIELD_PROGRAMS));
    if (record->count != csv->header_count) {
        (void)snprintf(error, sizeof(error), "the row has %zu fields, the header %zu",
                       record->count, csv->header_count);
        entry.error = cw_span_cstr(error);
    } else if (cw_span_trim(address).len == 0) {
        entry.error = CW_SPAN("the address field is empty");
    }
    return cw_entry_deliver_words(&entry, address, csv->sink, err);
}

static enum cw_status on_record(void *ctx, const struct cw_csv_record *record, struct cw_error *err)
{
    struct csv *csv = ctx;
    return csv->header_count == 0 ? on_header(csv, record, err) : on_row(csv, record, err);
}

/* ---- the format ---- */

static enum cw_status csv_format_feed(void *state, struct cw_span bytes, bool is_last,
                                      struct cw_error *err)
{
    struct csv *csv = state;
    const enum cw_status status = cw_csv_reader_feed(&csv->reader, bytes, is_last, err);
    if (status == CW_OK && is_last && csv->header_count == 0) {
        return cw_error_set(err, CW_UNTRUSTED, "line 1: no header line: the file is empty");
    }
    return status;
}

static void csv_format_close(void *state)
{
    struct csv *csv = state;
    if (csv != NULL) {
        cw_csv_reader_clear(&csv->reader);
        cw_field_names_clear(&csv->names);
        free(csv);
    }
}

static enum cw_status csv_format_open(const struct cw_format_options *options,
                                      struct cw_entry_sink sink, void **ret_state,
                                      struct cw_error *err)
{
    struct csv *csv = calloc(1, sizeof(*csv));
    if (csv == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory");
    }
    csv->sink = sink;
    cw_field_names_init(&csv->names);
    for (size_t field = 0; field < CW_LIST_FIELDS; field++) {
        csv->column[field] = NO_COLUMN;
    }
    enum cw_status status = cw_csv_reader_init(&csv->reader, on_record, csv, err);
    csv->reader.head_fn = on_head;
    for (size_t i = 0; i < options->count && status == CW_OK; i++) {
        const struct cw_format_option *option = &options->items[i];
        status = cw_span_is(option->name, "separator")
                     ? set_separator(csv, option->value, err)
                     : cw_field_names_set(&csv->names, option, "_column", err);
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
    "address_column",    "tag_column",      "entry_id_column",
    "entry_name_column", "programs_column", "listed_on_column",
    "note_column",       "separator",       NULL,
};

const struct cw_format cw_format_csv = {
    .name = "csv",
    .title = "comma separated values with a header line",
    .options = OPTIONS,
    .open = csv_format_open,
    .feed = csv_format_feed,
    .close = csv_format_close,
};
