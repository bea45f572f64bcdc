#include "feed/line_reader.h"

void cw_line_reader_init(struct cw_line_reader *reader, size_t max, cw_line_fn fn, void *ctx)
{
    *reader = (struct cw_line_reader){.fn = fn, .ctx = ctx, .max = max, .number = 1};
    cw_buf_init(&reader->line, max + 1);
}

void cw_line_reader_clear(struct cw_line_reader *reader)
{
    cw_buf_clear(&reader->line);
}

/* Keeps a piece of a line, or only the fact that the line is too long. One byte more than the limit
 * is kept, for a CR that belongs to the line's end. */
static enum cw_status keep(struct cw_line_reader *reader, struct cw_span piece,
                           struct cw_error *err)
{
    if (reader->is_too_long || piece.len > reader->max + 1 - reader->line.len) {
        reader->is_too_long = true;
        cw_buf_reset(&reader->line);
        return CW_OK;
    }
    cw_buf_span(&reader->line, piece);
    return cw_buf_status(&reader->line, err);
}

static enum cw_status end_line(struct cw_line_reader *reader, bool is_unended, struct cw_error *err)
{
    struct cw_span text = cw_buf_as_span(&reader->line);
    if (cw_span_ends_with(text, CW_SPAN("\r"))) {
        text.len--;
    }
    struct cw_line line = {.text = text, .number = reader->number, .is_unended = is_unended};
    line.is_too_long = reader->is_too_long || text.len > reader->max;
    if (line.is_too_long) {
        line.text = CW_SPAN("");
    }
    const enum cw_status status = reader->fn(reader->ctx, &line, err);
    cw_buf_reset(&reader->line);
    reader->is_too_long = false;
    reader->number++;
    return status;
}

static enum cw_status take(struct cw_line_reader *reader, struct cw_span bytes,
                           struct cw_error *err)
{
    while (bytes.len > 0) {
        const size_t at = cw_span_find(bytes, '\n', 0);
        enum cw_status status = keep(reader, cw_span_slice(bytes, 0, at), err);
        if (status == CW_OK && at < bytes.len) {
            status = end_line(reader, false, err);
        }
        if (status != CW_OK) {
            return status;
        }
        bytes = cw_span_slice(bytes, at + 1, bytes.len);
    }
    return CW_OK;
}

enum cw_status cw_line_reader_feed(struct cw_line_reader *reader, struct cw_span bytes,
                                   bool is_last, struct cw_error *err)
{
    struct cw_error fault = {0};
    const bool is_end = cw_text_guard_feed(&reader->guard, &bytes, is_last, &fault);
    enum cw_status status = CW_OK;
    if (cw_text_head_take(&reader->head, &bytes, is_end)) {
        status = reader->markup != NULL && cw_text_head_is_markup(&reader->head)
                     ? cw_error_set(err, CW_UNTRUSTED, "line 1: %s", reader->markup)
                     : take(reader, cw_text_head_text(&reader->head), err);
    }
    if (status == CW_OK) {
        status = take(reader, bytes, err);
    }
    status = cw_text_guard_end(&fault, status, err);
    if (status == CW_OK && is_end && (reader->line.len > 0 || reader->is_too_long)) {
        status = end_line(reader, true, err);
    }
    return status;
}
