/* outbox.c: is anything on its way that will not arrive? */
#include <inttypes.h>

#include "doctor/internal.h"

struct counted {
    struct cw_doctor *doctor;
    uint64_t waiting;
    bool is_bad;
};

static const struct cw_endpoint *configured(const struct cw_doctor *doctor, const char *id)
{
    const struct cw_config *config = doctor->home.config;
    for (size_t i = 0; i < config->endpoints_count; i++) {
        if (strcmp(config->endpoints[i].id, id) == 0) {
            return &config->endpoints[i];
        }
    }
    return NULL;
}

static void tell_dead(struct cw_doctor *doctor, const struct cw_queue *queue)
{
    cw_doctor_fail(
        doctor, "outbox.dead", CW_TEMPORARY, cw_doctor_type(doctor, "alert redeliver --dead"),
        "endpoint %s: %" PRIu64 " alerts were given up%s%s: mend the receiver (`cryptowatch "
        "webhook test %s`), then send them again",
        queue->endpoint, queue->dead, queue->last_error[0] != '\0' ? ", the last with " : "",
        queue->last_error, queue->endpoint);
}

static void tell_disabled(struct cw_doctor *doctor, const struct cw_queue *queue)
{
    cw_doctor_fail(doctor, "outbox.disabled", CW_TEMPORARY,
                   cw_doctor_type(doctor, "webhook enable %s", queue->endpoint),
                   "endpoint %s is disabled%s%s: %" PRIu64 " alerts wait for it", queue->endpoint,
                   queue->reason[0] != '\0' ? ": " : "", queue->reason, queue->waiting);
}

static void tell_stranded(struct cw_doctor *doctor, const struct cw_queue *queue,
                          const struct cw_endpoint *endpoint)
{
    cw_doctor_warn(doctor, "outbox.stranded", NULL,
                   "endpoint %s is %s in %s: %" PRIu64 " alerts wait for it, the oldest since %s",
                   queue->endpoint, endpoint == NULL ? "no longer" : "\"enabled\": false",
                   doctor->home.config->path, queue->waiting,
                   cw_doctor_moment(doctor, queue->oldest_s).text);
}

static void tell_waiting(struct cw_doctor *doctor, const struct cw_queue *queue)
{
    if (queue->not_before_s > doctor->now_s) {
        cw_doctor_warn(doctor, "outbox.waiting", NULL,
                       "endpoint %s asked us to wait until %s: %" PRIu64 " alerts wait",
                       queue->endpoint, cw_doctor_moment(doctor, queue->not_before_s).text,
                       queue->waiting);
    } else if (queue->due > 0) {
        cw_doctor_warn(doctor, "outbox.waiting", cw_doctor_type(doctor, "deliver"),
                       "endpoint %s: %" PRIu64 " of %" PRIu64
                       " alerts are due, the oldest waits since %s%s%s",
                       queue->endpoint, queue->due, queue->waiting,
                       cw_doctor_moment(doctor, queue->oldest_s).text,
                       queue->last_error[0] != '\0' ? "; last answer: " : "", queue->last_error);
    } else {
        cw_doctor_warn(doctor, "outbox.waiting",
                       cw_doctor_type(doctor, "webhook test %s", queue->endpoint),
                       "endpoint %s: %" PRIu64 " alerts could not be delivered (%s); the next try "
                       "is at %s",
                       queue->endpoint, queue->waiting,
                       queue->last_error[0] != '\0' ? queue->last_error : "no answer",
                       cw_doctor_moment(doctor, queue->next_s).text);
    }
}

static enum cw_status on_queue(void *ctx, const struct cw_queue *queue, struct cw_error *err)
{
    struct counted *counted = ctx;
    struct cw_doctor *doctor = counted->doctor;
    const struct cw_endpoint *endpoint = configured(doctor, queue->endpoint);
    const bool is_served = endpoint != NULL && endpoint->is_enabled;
    (void)err;
    counted->waiting += queue->waiting;
    if (queue->dead > 0) {
        tell_dead(doctor, queue);
    }
    if (is_served && queue->is_disabled) {
        tell_disabled(doctor, queue);
    } else if (!is_served && queue->waiting > 0) {
        tell_stranded(doctor, queue, endpoint);
    } else if (queue->waiting > 0) {
        tell_waiting(doctor, queue);
    }
    counted->is_bad |= queue->dead > 0 || queue->waiting > 0 || (is_served && queue->is_disabled);
    return CW_OK;
}

void cw_doctor_outbox(struct cw_doctor *doctor)
{
    struct counted counted = {.doctor = doctor};
    struct cw_error err = {0};
    if (cw_store_queues(doctor->store, doctor->now_s, on_queue, &counted, &err) != CW_OK) {
        cw_doctor_fail(doctor, "outbox", err.code, NULL, "%s", err.text);
    } else if (!counted.is_bad) {
        cw_doctor_ok(doctor, "outbox", "nothing waits, nothing is dead");
    }
}
