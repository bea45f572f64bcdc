#include "base/file.h"
#include "net/transfer_private.h"

/* What must be known before the first byte of a list is kept. */
static bool judge_head(struct cw_transfer *transfer)
{
    const struct cw_head *head = &transfer->head;
    struct cw_error why = {0};
    if (!cw_transfer_is_get(transfer) || head->status != 200) {
        return true;
    }
    if (head->has_coding) {
        (void)cw_error_set(&why, CW_UNTRUSTED, "the answer is coded as \"%s\"; asked for was none",
                           head->coding);
        cw_transfer_fail(transfer, CW_NET_ENCODING, &why);
    } else if (head->has_bad_length) {
        cw_transfer_fail_words(transfer, CW_NET_PROTOCOL,
                               "the answer has no usable Content-Length");
    } else if (!head->is_chunked && head->has_length &&
               head->length > transfer->request.bytes_max) {
        (void)cw_error_set(&why, CW_LIMIT, "the answer announces %llu bytes; allowed are %llu",
                           (unsigned long long)head->length,
                           (unsigned long long)transfer->request.bytes_max);
        cw_transfer_fail(transfer, CW_NET_TOO_LARGE, &why);
    }
    return transfer->failure == CW_NET_OK;
}

size_t cw_transfer_on_header(char *data, size_t size, size_t count, void *ctx)
{
    struct cw_transfer *transfer = ctx;
    struct cw_error why = {0};
    const size_t len = size * count;
    const bool was_done = transfer->head.is_done;
    if (cw_head_line(&transfer->head, cw_span_make(data, len), &why) != CW_OK) {
        cw_transfer_fail(transfer, CW_NET_PROTOCOL, &why);
        return CURL_WRITEFUNC_ERROR;
    }
    if (!was_done && transfer->head.is_done && !judge_head(transfer)) {
        return CURL_WRITEFUNC_ERROR;
    }
    return len;
}

static bool fail_too_large(struct cw_transfer *transfer)
{
    struct cw_error why = {0};
    (void)cw_error_set(&why, CW_LIMIT, "the answer is longer than %llu bytes",
                       (unsigned long long)transfer->request.bytes_max);
    cw_transfer_fail(transfer, CW_NET_TOO_LARGE, &why);
    return false;
}

static bool keep_body(struct cw_transfer *transfer, struct cw_span bytes)
{
    struct cw_error why = {0};
    if (bytes.len > transfer->request.bytes_max - transfer->body_bytes) {
        return fail_too_large(transfer);
    }
    if (cw_fd_write_all(transfer->body_fd, bytes, &why) != CW_OK) {
        cw_transfer_fail(transfer, CW_NET_BODY_WRITE, &why);
        return false;
    }
    transfer->body_bytes += bytes.len;
    return true;
}

/* Of a POST's answer the beginning; what comes after it is not read, whatever it is. */
static bool keep_answer(struct cw_transfer *transfer, struct cw_span bytes)
{
    const size_t left = transfer->answer.max - transfer->answer.len;
    cw_buf_span(&transfer->answer, cw_span_slice(bytes, 0, left));
    transfer->is_enough = bytes.len > left;
    return !transfer->is_enough;
}

size_t cw_transfer_on_body(char *data, size_t size, size_t count, void *ctx)
{
    struct cw_transfer *transfer = ctx;
    const struct cw_span bytes = cw_span_make(data, size * count);
    bool goes_on = false;
    if (!cw_transfer_is_get(transfer)) {
        goes_on = keep_answer(transfer, bytes);
    } else if (transfer->head.status == 200) {
        goes_on = keep_body(transfer, bytes);
    } else {
        transfer->is_enough = true; /* the page of a redirect or of an error is of no use */
    }
    return goes_on ? bytes.len : CURL_WRITEFUNC_ERROR;
}

int cw_transfer_on_wire(CURL *easy, curl_infotype type, char *data, size_t bytes, void *ctx)
{
    struct cw_transfer *transfer = ctx;
    (void)easy;
    (void)data;
    if (type == CURLINFO_DATA_IN) {
        transfer->wire_bytes += bytes;
    }
    return 0;
}

/* Bytes that never become a body, such as an endless chunk extension, reach no other cap. Chunks of
 * a few bytes each may still double a body. */
static bool has_too_much_around(const struct cw_transfer *transfer)
{
    return transfer->wire_bytes > 2 * transfer->body_bytes + CW_HTTP_FRAMING_MAX;
}

/* The second cap, and the deadline. */
int cw_transfer_on_progress(void *ctx, curl_off_t total, curl_off_t now, curl_off_t up_total,
                            curl_off_t up_now)
{
    struct cw_transfer *transfer = ctx;
    (void)total;
    (void)up_total;
    (void)up_now;
    if (cw_clock_monotonic_ms(&transfer->clock) - transfer->start_ms >=
        transfer->request.total_ms) {
        cw_transfer_fail_words(transfer, CW_NET_TIMEOUT, "the time limit is over");
        return 1;
    }
    if (cw_transfer_is_get(transfer) && now > 0 && (uint64_t)now > transfer->request.bytes_max) {
        (void)fail_too_large(transfer);
        return 1;
    }
    if (has_too_much_around(transfer)) {
        struct cw_error why = {0};
        (void)cw_error_set(&why, CW_LIMIT,
                           "the answer has more than %u bytes around its chunks, and more than in "
                           "them",
                           CW_HTTP_FRAMING_MAX);
        cw_transfer_fail(transfer, CW_NET_TOO_LARGE, &why);
        return 1;
    }
    return 0;
}
