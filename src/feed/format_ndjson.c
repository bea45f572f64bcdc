/* One JSON value a line. An object names its address, a text is one; a line that cannot be read is
 * an unusable entry, and blank lines are nothing. The last line must be whole: a transfer that
 * broke off looks just like that. */
#include "feed/json_entry.h"
#include "feed/json_walk.h"
#include "feed/line_reader.h"

struct ndjson {
    struct cw_entry_sink sink;
    struct cw_field_names names;
    struct cw_line_reader reader;
    bool has_value; /* some line held JSON */
};

static enum cw_status on_line(void *ctx, const struct cw_line *line, struct cw_error *err)
{
    struct ndjson *ndjson = ctx;
    char position[64];
    (void)snprintf(position, sizeof(position), "line %llu", (unsigned long long)line->number);
    const struct cw_json_context context = {.position = cw_span_cstr(position)};
    if (line->is_too_long) {
        static_assert(CW_NDJSON_LINE_MAX == 4u << 20, "the text below names the limit");
        return cw_json_entry_unusable(context.position, CW_SPAN(""),
                                      "the line is longer than 4 MiB", ndjson->sink, err);
    }
    if (cw_span_trim(line->text).len == 0) {
        return CW_OK;
    }
    json_t *value = NULL;
    struct cw_error why = {0};
    enum cw_status status = cw_json_value_read(line->text, &value, &why);
    if (status == CW_UNTRUSTED && (line->is_unended || !ndjson->has_value)) {
        return cw_error_set(err, CW_UNTRUSTED, "%s: %s%s", position,
                            line->is_unended ? "the document is cut: " : "", why.text);
    }
    if (status == CW_UNTRUSTED) {
        return cw_json_entry_unusable(context.position, CW_SPAN(""), why.text, ndjson->sink, err);
    }
    if (status != CW_OK) {
        return cw_error_set(err, status, "%s: %s", position, why.text);
    }
    ndjson->has_value = true;
    status = cw_json_entry_deliver(&ndjson->names, &context, value, ndjson->sink, err);
    json_decref(value);
    return status;
}

static void ndjson_close(void *state)
{
    struct ndjson *ndjson = state;
    if (ndjson != NULL) {
        cw_line_reader_clear(&ndjson->reader);
        cw_field_names_clear(&ndjson->names);
        free(ndjson);
    }
}

static enum cw_status ndjson_open(const struct cw_format_options *options,
                                  struct cw_entry_sink sink, void **ret_state, struct cw_error *err)
{
    struct ndjson *ndjson = calloc(1, sizeof(*ndjson));
    if (ndjson == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory");
    }
    ndjson->sink = sink;
    cw_field_names_init(&ndjson->names);
    cw_line_reader_init(&ndjson->reader, CW_NDJSON_LINE_MAX, on_line, ndjson);
    enum cw_status status = CW_OK;
    for (size_t i = 0; i < options->count && status == CW_OK; i++) {
        status = cw_field_names_set(&ndjson->names, &options->items[i], "_key", err);
        CW_ASSERT(status != CW_NOT_FOUND); /* the caller validated the names */
    }
    if (status != CW_OK) {
        ndjson_close(ndjson);
        return status;
    }
    *ret_state = ndjson;
    return CW_OK;
}

static enum cw_status ndjson_feed(void *state, struct cw_span bytes, bool is_last,
                                  struct cw_error *err)
{
    struct ndjson *ndjson = state;
    return cw_line_reader_feed(&ndjson->reader, bytes, is_last, err);
}

static const char *const OPTIONS[] = {
    "address_key",  "tag_key",       "entry_id_key", "entry_name_key",
    "programs_key", "listed_on_key", "note_key",     NULL,
};

const struct cw_format cw_format_ndjson = {
    .name = "ndjson",
    .title = "one JSON value a line",
    .options = OPTIONS,
    .open = ndjson_open,
    .feed = ndjson_feed,
    .close = ndjson_close,
};
