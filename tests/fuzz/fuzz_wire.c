/* The frames between main and cryptowatch-net: any bytes are taken apart or refused; what was taken
 * may be written again, and the copy is the same to the byte. */
#include "base/text.h"
#include "fuzz.h"
#include "http/wire.h"

enum { HEAD_BYTES = 6 };

static void judge(const struct cw_buf *again, struct cw_span taken)
{
    CW_ASSERT(cw_span_equal(cw_span_slice(cw_buf_as_span(again), HEAD_BYTES, again->len), taken));
}

static void judge_setup(struct cw_frame *frame, struct cw_buf *again)
{
    const struct cw_span bytes = frame->rest;
    struct cw_wire_setup setup;
    if (cw_wire_take_setup(frame, &setup, NULL) == CW_OK) {
        CW_ASSERT(cw_wire_put_setup(again, &setup, NULL) == CW_OK);
        judge(again, bytes);
        fuzz_accept("setup");
    }
}

static void judge_request(struct cw_frame *frame, struct cw_buf *again)
{
    const struct cw_span bytes = frame->rest;
    struct cw_net_request request;
    if (cw_wire_take_request(frame, &request, NULL) == CW_OK) {
        for (size_t i = 0; i < request.headers_count; i++) {
            CW_ASSERT(cw_text_is_printable(request.headers[i]) ||
                      cw_span_find(request.headers[i], '\t', 0) < request.headers[i].len);
        }
        CW_ASSERT(cw_wire_put_request(again, &request, NULL) == CW_OK);
        judge(again, bytes);
        fuzz_accept(request.method == CW_NET_GET ? "get" : "post");
    }
}

static void judge_result(struct cw_frame *frame, struct cw_buf *again)
{
    const struct cw_span bytes = frame->rest;
    struct cw_net_result result;
    if (cw_wire_take_result(frame, &result, NULL) == CW_OK) {
        CW_ASSERT(cw_net_failure_name(result.failure) != NULL);
        CW_ASSERT(cw_text_is_printable(result.reason));
        CW_ASSERT(cw_text_is_printable(result.final_url));
        CW_ASSERT(cw_wire_put_result(again, &result, NULL) == CW_OK);
        judge(again, bytes);
        fuzz_accept("result");
    }
}

/* The first byte chooses the kind, the rest is the frame. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t delay_s = 0;
    if (size == 0) {
        return 0;
    }
    struct cw_buf again;
    struct cw_frame frame = {(uint16_t)(1 + data[0] % 3), cw_span_make(data + 1, size - 1)};
    if (cw_retry_after_parse(frame.rest, 1795140000, &delay_s)) {
        CW_ASSERT(delay_s >= CW_RETRY_AFTER_MIN_S && delay_s <= CW_RETRY_AFTER_MAX_S);
        fuzz_accept("retry-after");
    }
    cw_buf_init(&again, CW_FRAME_BYTES_MAX + HEAD_BYTES);
    switch ((enum cw_wire_kind)frame.kind) {
    case CW_WIRE_SETUP:
        judge_setup(&frame, &again);
        break;
    case CW_WIRE_REQUEST:
        judge_request(&frame, &again);
        break;
    case CW_WIRE_RESULT:
        judge_result(&frame, &again);
        break;
    }
    cw_buf_clear(&again);
    return 0;
}
