/* Any bytes as the headers of HTTP answers, line by line as libcurl hands them over. A line that
 * begins with "\1" stands for the next hop of a redirect. What is kept is bounded and printable,
 * and nothing behind the block of the final answer changes a decision. */
#include "base/text.h"
#include "fuzz.h"
#include "http/net.h"
#include "net/head.h"

/* What a transfer acts on. */
struct decisions {
    uint64_t status;
    uint64_t length;
    bool has_length;
    bool has_bad_length;
    bool is_chunked;
    bool has_coding;
    bool has_location;
    bool has_two_locations;
    struct cw_span location;
};

static struct decisions decisions_of(const struct cw_head *head)
{
    return (struct decisions){
        .status = head->status,
        .length = head->length,
        .has_length = head->has_length,
        .has_bad_length = head->has_bad_length,
        .is_chunked = head->is_chunked,
        .has_coding = head->has_coding,
        .has_location = head->has_location,
        .has_two_locations = head->has_two_locations,
        .location = head->location,
    };
}

static void judge_same(const struct decisions *before, const struct cw_head *head)
{
    const struct decisions now = decisions_of(head);
    CW_ASSERT(before->status == now.status);
    CW_ASSERT(before->length == now.length);
    CW_ASSERT(before->has_length == now.has_length);
    CW_ASSERT(before->has_bad_length == now.has_bad_length);
    CW_ASSERT(before->is_chunked == now.is_chunked);
    CW_ASSERT(before->has_coding == now.has_coding);
    CW_ASSERT(before->has_location == now.has_location);
    CW_ASSERT(before->has_two_locations == now.has_two_locations);
    CW_ASSERT(before->location.data == now.location.data);
    CW_ASSERT(before->location.len == now.location.len);
    fuzz_accept("trailer");
}

static void judge_text(const char text[static CW_HEAD_TEXT_BYTES])
{
    CW_ASSERT(memchr(text, '\0', CW_HEAD_TEXT_BYTES) != NULL);
    CW_ASSERT(cw_text_is_printable(cw_span_cstr(text)));
}

static void judge_done(const struct cw_head *head)
{
    int64_t delay_s = 0;
    const struct cw_span block = cw_buf_as_span(&head->block);
    CW_ASSERT(head->status >= 200);
    CW_ASSERT(cw_span_starts_with(block, CW_SPAN("HTTP/")));
    CW_ASSERT(head->length == 0 || head->has_length);
    CW_ASSERT(!head->has_two_locations || head->has_location);
    if (head->location.len > 0) {
        CW_ASSERT(head->location.data >= block.data);
        CW_ASSERT(head->location.data + head->location.len <= block.data + block.len);
    }
    (void)cw_retry_after_parse(cw_span_cstr(head->retry_after), 1795140000, &delay_s);
    fuzz_accept(cw_head_is_redirect(head) && head->has_location ? "redirect" : "answer");
}

static void judge_always(const struct cw_head *head)
{
    CW_ASSERT(head->bytes <= CW_HTTP_HEADERS_MAX);
    CW_ASSERT(head->block.len <= head->bytes);
    CW_ASSERT(head->status <= 999);
    judge_text(head->etag);
    judge_text(head->last_modified);
    judge_text(head->content_type);
    judge_text(head->retry_after);
    judge_text(head->coding);
}

/* One line with its end; false when the answer is refused. */
static bool take_line(struct cw_head *head, struct cw_span line)
{
    struct cw_error err = {0};
    const bool was_done = head->is_done;
    const bool was_interim = head->status >= 100 && head->status < 200;
    const struct decisions before = decisions_of(head);
    const size_t bytes = head->bytes;
    const enum cw_status status = cw_head_line(head, line, &err);
    CW_ASSERT(status == CW_OK || status == CW_LIMIT);
    CW_ASSERT((status == CW_LIMIT) == (line.len > CW_HTTP_HEADERS_MAX - bytes));
    judge_always(head);
    if (was_done) {
        judge_same(&before, head);
    } else if (head->is_done) {
        judge_done(head);
    } else if (was_interim && head->status >= 200) {
        fuzz_accept("interim");
    }
    return status == CW_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct cw_span text = cw_span_make(data, size);
    struct cw_head head;
    bool is_good = true;
    cw_head_init(&head);
    for (size_t at = 0; at < text.len && is_good;) {
        const size_t end = cw_span_find(text, '\n', at);
        const struct cw_span line = cw_span_slice(text, at, end + 1);
        at += line.len;
        if (line.data[0] == '\1') {
            cw_head_reset(&head);
            CW_ASSERT(head.bytes == 0 && head.block.len == 0 && !head.is_done);
        } else {
            is_good = take_line(&head, line);
        }
    }
    cw_head_clear(&head);
    return 0;
}
