#include "deliver/attempt.h"

#include "base/text.h"

void cw_attempt_text_init(struct cw_attempt_text *text)
{
    cw_buf_init(&text->headers, CW_ATTEMPT_HEADERS_BYTES);
    cw_buf_init(&text->note, CW_PRESET_BYTES_MAX);
}

void cw_attempt_text_clear(struct cw_attempt_text *text)
{
    cw_buf_clear(&text->headers);
    cw_buf_clear(&text->note);
}

/* What is posted and signed: B, or the note that the receiver's preset makes of it. */
static enum cw_status make_body(const struct cw_attempt *attempt, struct cw_buf *note,
                                struct cw_span *ret_body, struct cw_error *err)
{
    const struct cw_preset *preset = &attempt->receiver->preset;
    struct cw_alert_summary alert;
    cw_buf_reset(note);
    *ret_body = attempt->event.body;
    if (preset->format == CW_FORMAT_CLOUDEVENTS) {
        return CW_OK;
    }
    enum cw_status status = cw_alert_summarise(attempt->event.body, &alert, err);
    if (status == CW_UNTRUSTED) {
        return CW_INVALID; /* nothing that the network program has done */
    }
    if (status == CW_OK) {
        status = cw_preset_body(preset, &alert, attempt->event.body, note, err);
    }
    *ret_body = cw_buf_as_span(note);
    return status;
}

static void point_to_headers(const struct cw_attempt_text *text, struct cw_net_request *request)
{
    struct cw_span rest = cw_buf_as_span(&text->headers);
    struct cw_span line;
    while (cw_span_next_line(&rest, &line)) {
        CW_ASSERT(request->headers_count < CW_NET_HEADERS_MAX);
        request->headers[request->headers_count++] = line;
    }
}

enum cw_status cw_attempt_request(const struct cw_attempt *attempt, struct cw_attempt_text *text,
                                  struct cw_net_request *ret_request, struct cw_error *err)
{
    const struct cw_receiver *receiver = attempt->receiver;
    struct cw_delivery_event event = attempt->event;
    cw_buf_reset(&text->headers);
    enum cw_status status = make_body(attempt, &text->note, &event.body, err);
    if (status == CW_OK) {
        status = cw_delivery_headers(receiver, attempt->timestamp_s, &event, &text->headers, err);
    }
    if (status != CW_OK) {
        return status;
    }
    *ret_request = (struct cw_net_request){
        .id = attempt->request_id,
        .method = CW_NET_POST,
        .url = cw_span_cstr(receiver->url),
        .user_agent = cw_span_cstr(attempt->user_agent),
        .ca_file = cw_span_cstr(receiver->ca_file),
        .body = event.body,
        .bytes_max = CW_DELIVERY_ANSWER_MAX,
        .connect_ms = CW_DELIVERY_CONNECT_MS,
        .total_ms = CW_DELIVERY_TOTAL_MS,
    };
    point_to_headers(text, ret_request);
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
