#include "deliver/attempt.h"

#include "base/text.h"

enum cw_status cw_attempt_request(const struct cw_attempt *attempt, struct cw_buf *headers,
                                  struct cw_net_request *ret_request, struct cw_error *err)
{
    const struct cw_receiver *receiver = attempt->receiver;
    cw_buf_reset(headers);
    const enum cw_status status =
        cw_delivery_headers(receiver, attempt->timestamp_s, &attempt->event, headers, err);
    if (status != CW_OK) {
        return status;
    }
    *ret_request = (struct cw_net_request){
        .id = attempt->request_id,
        .method = CW_NET_POST,
        .url = cw_span_cstr(receiver->url),
        .user_agent = cw_span_cstr(attempt->user_agent),
        .ca_file = cw_span_cstr(receiver->ca_file),
        .body = attempt->event.body,
        .bytes_max = CW_DELIVERY_ANSWER_MAX,
        .connect_ms = CW_DELIVERY_CONNECT_MS,
        .total_ms = CW_DELIVERY_TOTAL_MS,
    };
    struct cw_span rest = cw_buf_as_span(headers);
    struct cw_span line;
    while (cw_span_next_line(&rest, &line)) {
        CW_ASSERT(ret_request->headers_count < CW_NET_HEADERS_MAX);
        ret_request->headers[ret_request->headers_count++] = line;
    }
    return CW_OK;
}

uint64_t cw_attempt_status(const struct cw_net_result *result)
{
    return result->failure == CW_NET_OK ? result->http_status : 0;
}

void cw_attempt_error(const struct cw_net_result *result,
                      char ret_text[static CW_ATTEMPT_ERROR_BYTES])
{
    char reason[CW_ATTEMPT_ERROR_BYTES / 2];
    const uint64_t http_status = cw_attempt_status(result);
    if (http_status >= 200 && http_status <= 299) {
        ret_text[0] = '\0';
    } else if (result->failure == CW_NET_OK) {
        (void)snprintf(ret_text, CW_ATTEMPT_ERROR_BYTES, "HTTP %llu",
                       (unsigned long long)http_status);
    } else {
        cw_text_escape_to(reason, sizeof(reason), result->reason);
        (void)snprintf(ret_text, CW_ATTEMPT_ERROR_BYTES, "%s: %s",
                       cw_net_failure_name(result->failure), reason);
    }
}
