#include "net/head.h"

#include "base/text.h"

enum { STATUS_AT = 9, STATUS_DIGITS = 3 };

void cw_head_init(struct cw_head *head)
{
    *head = (struct cw_head){.bytes = 0};
    cw_buf_init(&head->block, CW_HTTP_HEADERS_MAX);
}

void cw_head_clear(struct cw_head *head)
{
    cw_buf_clear(&head->block);
}

static void begin_block(struct cw_head *head)
{
    const struct cw_buf block = head->block;
    const size_t bytes = head->bytes;
    *head = (struct cw_head){.block = block, .bytes = bytes};
    cw_buf_reset(&head->block);
}

void cw_head_reset(struct cw_head *head)
{
    begin_block(head);
    head->bytes = 0;
}

bool cw_head_is_redirect(const struct cw_head *head)
{
    return (head->status >= 301 && head->status <= 303) || head->status == 307 ||
           head->status == 308;
}

/* A value that a record keeps. One that is too long or not printable is dropped whole: half an
 * ETag would be another ETag. The first of several counts. */
static void keep(char ret[static CW_HEAD_TEXT_BYTES], struct cw_span value)
{
    if (ret[0] == '\0' && value.len < CW_HEAD_TEXT_BYTES && cw_text_is_printable(value)) {
        (void)snprintf(ret, CW_HEAD_TEXT_BYTES, "%.*s", CW_SPAN_ARG(value));
    }
}

static void on_length(struct cw_head *head, struct cw_span value)
{
    uint64_t length = 0;
    if (!cw_span_to_u64(value, INT64_MAX, &length) ||
        (head->has_length && head->length != length)) {
        head->has_bad_length = true;
    }
    head->has_length = true;
    head->length = length;
}

static void on_coding(struct cw_head *head, struct cw_span value, const char *harmless)
{
    if (value.len > 0 && !cw_span_equal_nocase(value, cw_span_cstr(harmless))) {
        head->has_coding = true;
        keep(head->coding, value);
    }
}

static void on_location(struct cw_head *head, struct cw_span value)
{
    head->has_two_locations |= head->has_location && !cw_span_equal(head->location, value);
    head->has_location = true;
    head->location = value;
}

static void on_field(struct cw_head *head, struct cw_span name, struct cw_span value)
{
    if (cw_span_equal_nocase(name, CW_SPAN("etag"))) {
        keep(head->etag, value);
    } else if (cw_span_equal_nocase(name, CW_SPAN("last-modified"))) {
        keep(head->last_modified, value);
    } else if (cw_span_equal_nocase(name, CW_SPAN("content-type"))) {
        keep(head->content_type, value);
    } else if (cw_span_equal_nocase(name, CW_SPAN("retry-after"))) {
        keep(head->retry_after, value);
    } else if (cw_span_equal_nocase(name, CW_SPAN("content-length"))) {
        on_length(head, value);
    } else if (cw_span_equal_nocase(name, CW_SPAN("content-encoding"))) {
        on_coding(head, value, "identity");
    } else if (cw_span_equal_nocase(name, CW_SPAN("transfer-encoding"))) {
        head->is_chunked |= cw_span_equal_nocase(value, CW_SPAN("chunked"));
        on_coding(head, value, "chunked");
    } else if (cw_span_equal_nocase(name, CW_SPAN("location"))) {
        on_location(head, value);
    }
}

/* Fields are read when the block is whole: only then does it no longer move in memory, so that the
 * target of a redirect may be borrowed from it. */
static void read_fields(struct cw_head *head)
{
    struct cw_span rest = cw_buf_as_span(&head->block);
    struct cw_span line;
    bool is_first = true;
    while (cw_span_next_line(&rest, &line)) {
        const size_t colon = cw_span_find(line, ':', 0);
        if (!is_first && colon < line.len) {
            on_field(head, cw_span_slice(line, 0, colon),
                     cw_span_trim(cw_span_slice(line, colon + 1, line.len)));
        }
        is_first = false;
    }
}

/* libcurl has judged the line already; what we cannot read in it counts as no status. */
static uint64_t read_status(struct cw_span line)
{
    uint64_t status = 0;
    const struct cw_span digits = cw_span_slice(line, STATUS_AT, STATUS_AT + STATUS_DIGITS);
    return cw_span_to_u64(digits, 999, &status) ? status : 0;
}

enum cw_status cw_head_line(struct cw_head *head, struct cw_span line, struct cw_error *err)
{
    if (line.len > CW_HTTP_HEADERS_MAX - head->bytes) {
        return cw_error_set(err, CW_LIMIT, "the answer has more than %u bytes of headers",
                            CW_HTTP_HEADERS_MAX);
    }
    head->bytes += line.len;
    if (head->is_done) {
        return CW_OK;
    }
    if (cw_span_starts_with(line, CW_SPAN("HTTP/"))) {
        begin_block(head);
        head->status = read_status(line);
    }
    cw_buf_span(&head->block, line);
    if (cw_buf_status(&head->block, err) != CW_OK) {
        return head->block.failed;
    }
    if (cw_span_trim(line).len == 0 && head->status >= 200) {
        head->is_done = true;
        read_fields(head);
    }
    return CW_OK;
}
