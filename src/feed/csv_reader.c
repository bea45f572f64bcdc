#include "feed/csv_reader.h"

static void fail(struct cw_csv_reader *reader, enum cw_status status)
{
    reader->status = reader->status == CW_OK ? status : reader->status;
}

/* ---- libcsv ---- */

static void on_field(void *data, size_t len, void *ctx)
{
    struct cw_csv_reader *reader = ctx;
    if (reader->status != CW_OK) {
        return;
    }
    if (reader->count == CW_CSV_FIELDS_MAX) {
        fail(reader,
             cw_error_set(reader->err, CW_LIMIT, "line %llu: a record has more than %u fields",
                          (unsigned long long)reader->record_line, CW_CSV_FIELDS_MAX));
        return;
    }
    cw_buf_append(&reader->texts, data, len);
    reader->ends[reader->count++] = reader->texts.len;
    fail(reader, cw_buf_status(&reader->texts, reader->err));
}

static enum cw_status deliver(struct cw_csv_reader *reader)
{
    struct cw_span fields[CW_CSV_FIELDS_MAX];
    const struct cw_span texts = cw_buf_as_span(&reader->texts);
    for (size_t i = 0; i < reader->count; i++) {
        fields[i] = cw_span_slice(texts, i == 0 ? 0 : reader->ends[i - 1], reader->ends[i]);
    }
    const struct cw_csv_record record = {
        .fields = fields, .count = reader->count, .line = reader->record_line};
    return reader->fn(reader->ctx, &record, reader->err);
}

static void on_record(int terminator, void *ctx)
{
    struct cw_csv_reader *reader = ctx;
    reader->is_after_cr = terminator == '\r';
    if (reader->status == CW_OK && reader->count > 0) {
        fail(reader, deliver(reader));
    }
    cw_buf_reset(&reader->texts);
    reader->count = 0;
    reader->record_bytes = 0;
    reader->is_in_record = false;
}

/* RFC 4180: spaces are part of a field. libcsv would trim them. */
static int is_never_space(unsigned char c)
{
    (void)c;
    return 0;
}

static enum cw_status refuse_syntax(struct cw_csv_reader *reader)
{
    if (csv_error(&reader->parser) == CSV_ENOMEM) {
        return cw_error_set(reader->err, CW_NOMEM, "out of memory");
    }
    return cw_error_set(reader->err, CW_UNTRUSTED,
                        "line %llu: not CSV: a quote out of place or never closed (RFC 4180)",
                        (unsigned long long)reader->record_line);
}

/* ---- feeding ---- */

/* Feeds a piece that holds no line end but at its end: what is counted is the record without the
 * line end that closes it. */
static enum cw_status take_piece(struct cw_csv_reader *reader, struct cw_span piece)
{
    size_t content = piece.len;
    while (content > 0 && (piece.data[content - 1] == '\n' || piece.data[content - 1] == '\r')) {
        content--;
    }
    if (reader->is_after_cr && piece.data[0] != '\n') {
        return cw_error_set(reader->err, CW_UNTRUSTED,
                            "line %llu: a carriage return without a line feed",
                            (unsigned long long)reader->line);
    }
    reader->is_after_cr = false;
    if (!reader->is_in_record && content > 0) {
        reader->is_in_record = true;
        reader->record_line = reader->line;
    }
    if (reader->record_bytes + content > CW_CSV_RECORD_MAX) {
        return cw_error_set(reader->err, CW_LIMIT, "line %llu: a record is longer than %u bytes",
                            (unsigned long long)reader->record_line, CW_CSV_RECORD_MAX);
    }
    reader->record_bytes += reader->is_in_record ? piece.len : 0;
    if (csv_parse(&reader->parser, piece.data, piece.len, on_field, on_record, reader) !=
        piece.len) {
        return reader->status == CW_OK ? refuse_syntax(reader) : reader->status;
    }
    return reader->status;
}

/* Length of the first piece: through the first CR or LF. */
static size_t piece_length(struct cw_span bytes)
{
    const size_t lf = cw_span_find(bytes, '\n', 0);
    const struct cw_span line = cw_span_slice(bytes, 0, lf + 1);
    return cw_span_slice(line, 0, cw_span_find(line, '\r', 0) + 1).len;
}

static enum cw_status take(struct cw_csv_reader *reader, struct cw_span bytes)
{
    while (bytes.len > 0) {
        const struct cw_span piece = cw_span_slice(bytes, 0, piece_length(bytes));
        const enum cw_status status = take_piece(reader, piece);
        if (status != CW_OK) {
            return status;
        }
        reader->line += piece.data[piece.len - 1] == '\n' ? 1u : 0u;
        bytes = cw_span_slice(bytes, piece.len, bytes.len);
    }
    return CW_OK;
}

/* What of the head is records. */
static struct cw_span look_at_head(struct cw_csv_reader *reader, struct cw_span head)
{
    if (reader->head_fn == NULL) {
        return head;
    }
    struct cw_span rest = head;
    csv_set_delim(&reader->parser, (unsigned char)reader->head_fn(reader->ctx, &rest));
    CW_ASSERT(rest.len <= head.len);
    for (size_t i = 0; i < head.len - rest.len; i++) {
        reader->line += head.data[i] == '\n' ? 1u : 0u;
    }
    return rest;
}

static enum cw_status finish(struct cw_csv_reader *reader)
{
    if (csv_fini(&reader->parser, on_field, on_record, reader) != 0) {
        return refuse_syntax(reader);
    }
    return reader->status;
}

static enum cw_status feed_utf8(struct cw_csv_reader *reader, struct cw_span bytes, bool is_last,
                                struct cw_error *err)
{
    struct cw_error fault = {0};
    const bool is_end = cw_text_guard_feed(&reader->guard, &bytes, is_last, &fault);
    enum cw_status status = CW_OK;
    if (cw_text_head_take(&reader->head, &bytes, is_end)) {
        status = take(reader, look_at_head(reader, cw_text_head_text(&reader->head)));
    }
    if (status == CW_OK) {
        status = take(reader, bytes);
    }
    status = cw_text_guard_end(&fault, status, err);
    return status == CW_OK && is_end ? finish(reader) : status;
}

enum cw_status cw_csv_reader_feed(struct cw_csv_reader *reader, struct cw_span bytes, bool is_last,
                                  struct cw_error *err)
{
    enum cw_status status = CW_OK;
    reader->err = err;
    if (reader->utf16.kind == CW_UTF16_NONE) {
        status = feed_utf8(reader, bytes, is_last, err);
        reader->err = NULL;
        return status;
    }
    for (bool is_over = false; status == CW_OK && !is_over;) {
        const struct cw_span slice = cw_span_slice(bytes, 0, CW_UTF16_SLICE_MAX);
        bytes = cw_span_slice(bytes, slice.len, bytes.len);
        is_over = bytes.len == 0;
        cw_buf_reset(&reader->decoded);
        cw_utf16_take(&reader->utf16, slice, is_last && is_over, &reader->decoded);
        status = cw_buf_status(&reader->decoded, err);
        if (status == CW_OK) {
            status = feed_utf8(reader, cw_buf_as_span(&reader->decoded), is_last && is_over, err);
        }
    }
    reader->err = NULL;
    return status;
}

enum cw_status cw_csv_reader_init(struct cw_csv_reader *reader, cw_csv_record_fn fn, void *ctx,
                                  struct cw_error *err)
{
    *reader = (struct cw_csv_reader){.fn = fn, .ctx = ctx, .line = 1, .record_line = 1};
    cw_buf_init(&reader->texts, CW_CSV_RECORD_MAX);
    cw_buf_init(&reader->decoded, (size_t)2 * CW_UTF16_SLICE_MAX);
    if (csv_init(&reader->parser, CSV_STRICT | CSV_STRICT_FINI) != 0) {
        return cw_error_set(err, CW_NOMEM, "out of memory");
    }
    csv_set_space_func(&reader->parser, is_never_space);
    return CW_OK;
}

void cw_csv_reader_clear(struct cw_csv_reader *reader)
{
    csv_free(&reader->parser);
    cw_buf_clear(&reader->texts);
    cw_buf_clear(&reader->decoded);
}
