#include "cli/alert_deliveries.h"

#include "base/datetime.h"

static const char *const states[] = {
    [CW_DELIVERY_WAITING] = "waiting",
    [CW_DELIVERY_DELIVERED] = "delivered",
    [CW_DELIVERY_DEAD] = "dead",
};

struct showing {
    struct cw_store *store;
    size_t count;
    json_t *array; /* NULL when printed */
    const char *begin;
};

static void print_delivery(const struct cw_delivery *delivery)
{
    char due[CW_TIME_TEXT_BYTES];
    const bool is_waiting = delivery->state == CW_DELIVERY_WAITING;
    cw_time_format(delivery->due_at_s, due);
    (void)printf("delivery to %s: %s after %llu attempts", delivery->endpoint,
                 states[delivery->state], (unsigned long long)delivery->attempts);
    if (delivery->last_status > 0) {
        (void)printf(", last answer %llu", (unsigned long long)delivery->last_status);
    }
    if (delivery->last_error[0] != '\0') {
        (void)printf(", ");
        cw_cli_print(cw_span_cstr(delivery->last_error));
    }
    (void)printf("%s%s\n", is_waiting ? ", due " : "", is_waiting ? due : "");
}

static enum cw_status show(void *ctx, const struct cw_delivery *delivery, struct cw_error *err)
{
    struct showing *showing = ctx;
    int64_t at_s = 0;
    struct cw_buf answer;
    cw_buf_init(&answer, CW_DELIVERY_ANSWER_MAX);
    const enum cw_status status =
        cw_store_last_answer(showing->store, delivery, &at_s, &answer, err);
    if (status == CW_OK) {
        print_delivery(delivery);
    }
    if (status == CW_OK && answer.len > 0) {
        (void)printf("  it said: ");
        cw_cli_print(cw_buf_as_span(&answer));
        (void)printf("\n");
    }
    cw_buf_clear(&answer);
    return status;
}

static enum cw_status show_short(void *ctx, const struct cw_delivery *delivery,
                                 struct cw_error *err)
{
    struct showing *showing = ctx;
    (void)err;
    (void)printf("%s%s %s", showing->count++ == 0 ? showing->begin : ", ", delivery->endpoint,
                 states[delivery->state]);
    return CW_OK;
}

static enum cw_status collect(void *ctx, const struct cw_delivery *delivery, struct cw_error *err)
{
    struct showing *showing = ctx;
    int64_t at_s = 0;
    struct cw_buf answer;
    cw_buf_init(&answer, CW_DELIVERY_ANSWER_MAX);
    enum cw_status status = cw_store_last_answer(showing->store, delivery, &at_s, &answer, err);
    if (status == CW_OK) {
        json_t *object = json_pack(
            "{s:s, s:s, s:I, s:o, s:o, s:I, s:o, s:o, s:o}", "endpoint", delivery->endpoint,
            "state", states[delivery->state], "attempts", (json_int_t)delivery->attempts,
            "queued_at", cw_json_time(delivery->queued_at_s), "due_at",
            cw_json_time(delivery->state == CW_DELIVERY_WAITING ? delivery->due_at_s : 0),
            "http_status", (json_int_t)delivery->last_status, "error",
            cw_json_text(cw_span_cstr(delivery->last_error)), "answered_at", cw_json_time(at_s),
            "answer", cw_json_text(cw_buf_as_span(&answer)));
        if (object == NULL || json_array_append_new(showing->array, object) != 0) {
            status = cw_error_set(err, CW_NOMEM, "memory is exhausted");
        }
    }
    cw_buf_clear(&answer);
    return status;
}

enum cw_status cw_deliveries_print(struct cw_store *store, const char *alert_id,
                                   struct cw_error *err)
{
    struct showing showing = {.store = store};
    return cw_store_deliveries(store, alert_id, show, &showing, err);
}

enum cw_status cw_deliveries_print_short(struct cw_store *store, const char *alert_id,
                                         const char *begin, const char *end, struct cw_error *err)
{
    struct showing showing = {.store = store, .begin = begin};
    const enum cw_status status = cw_store_deliveries(store, alert_id, show_short, &showing, err);
    (void)printf("%s", showing.count > 0 ? end : "");
    return status;
}

enum cw_status cw_deliveries_json(struct cw_store *store, const char *alert_id, json_t **ret,
                                  struct cw_error *err)
{
    struct showing showing = {.store = store, .array = json_array()};
    if (showing.array == NULL) {
        return cw_error_set(err, CW_NOMEM, "memory is exhausted");
    }
    const enum cw_status status = cw_store_deliveries(store, alert_id, collect, &showing, err);
    if (status != CW_OK) {
        json_decref(showing.array);
        return status;
    }
    *ret = showing.array;
    return CW_OK;
}
