#include "base/text.h"
#include "deliver/attempt.h"

enum { GRACE_MS = 5000 };

static void tell(const struct cw_net_result *result, struct cw_webhook_test *ret)
{
    ret->http_status = cw_attempt_status(result);
    if (result->failure != CW_NET_OK) {
        cw_attempt_error(result, ret->error);
    }
    cw_text_escape_to(ret->answer, sizeof(ret->answer), result->answer);
}

/* What goes wrong after the program has started is the answer to the question that was asked, so it
 * is told there; only memory is our own trouble. */
static enum cw_status ask(struct cw_net *net, const struct cw_net_request *request,
                          const struct cw_deliver_options *options, struct cw_webhook_test *ret,
                          struct cw_error *err)
{
    struct cw_net_result result;
    struct cw_error cause = {0};
    const uint64_t began_ms = cw_clock_monotonic_ms(&options->clock);
    enum cw_status status = cw_net_send(net, request, &cause);
    if (status == CW_OK) {
        status = cw_net_receive(net, CW_DELIVERY_TOTAL_MS + GRACE_MS, &result, &cause);
    }
    ret->elapsed_ms = cw_clock_monotonic_ms(&options->clock) - began_ms;
    if (status == CW_NOMEM || status == CW_INVALID) {
        return cw_error_set(err, status, "%s", cause.text);
    }
    if (status == CW_OK && result.id == request->id) {
        tell(&result, ret);
        return CW_OK;
    }
    (void)snprintf(ret->error, sizeof(ret->error), "%.*s", (int)sizeof(ret->error) - 1,
                   cause.text[0] != '\0' ? cause.text : "no answer within the time limit");
    return CW_OK;
}

enum cw_status cw_deliver_test(const struct cw_receiver *receiver,
                               const struct cw_delivery_event *event,
                               const struct cw_deliver_options *options,
                               struct cw_webhook_test *ret, struct cw_error *err)
{
    static_assert(sizeof(ret->error) == CW_ATTEMPT_ERROR_BYTES, "one line of a record");
    CW_CLEANUP(cw_net_stopp) struct cw_net *net = NULL;
    struct cw_net_request request;
    struct cw_attempt_text text;
    const struct cw_attempt attempt = {
        .receiver = receiver,
        .request_id = 1,
        .timestamp_s = cw_clock_now_s(&options->clock),
        .event = *event,
        .user_agent = options->user_agent,
    };
    *ret = (struct cw_webhook_test){0};
    cw_attempt_text_init(&text);
    enum cw_status status = cw_attempt_request(&attempt, &text, &request, err);
    if (status == CW_OK) {
        status = cw_net_start(&options->net, NULL, 0, &net, err);
    }
    if (status == CW_OK) {
        status = ask(net, &request, options, ret, err);
    }
    cw_attempt_text_clear(&text);
    return status;
}
