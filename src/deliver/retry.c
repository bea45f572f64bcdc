#include "deliver/retry.h"

#include "deliver/attempt.h"

enum {
    MINUTE_S = 60,
    HOUR_S = 60 * MINUTE_S,
    DAY_S = 24 * HOUR_S,
    JITTER_PART = 5, /* a fifth: 20 % */
    TRIES_MIN = 3,   /* before an alert is given up for its age: it may be the clock that jumped */
    REFUSED_TRIES = 3,
    REFUSED_DELAY_S = DAY_S / (REFUSED_TRIES - 1),
    /* The shortest time in which three tries of a refused alert can stand. */
    REFUSED_AGE_S = (REFUSED_TRIES - 1) * (REFUSED_DELAY_S - REFUSED_DELAY_S / JITTER_PART),
};

/* What passes after attempt number index + 1; the last row repeats. */
static const int delays_s[] = {
    CW_RETRY_IN_RUN_S, 5 * MINUTE_S, 30 * MINUTE_S, 2 * HOUR_S,  5 * HOUR_S,
    10 * HOUR_S,       14 * HOUR_S,  20 * HOUR_S,   24 * HOUR_S,
};

static_assert(DAY_S + DAY_S / JITTER_PART <= CW_RETRY_WAIT_MAX_S, "the last row of the table");
static_assert(CW_RETRY_AFTER_MAX_S <= CW_RETRY_WAIT_MAX_S, "what a receiver may ask for");

static int64_t add_saturating(int64_t a, int64_t b)
{
    int64_t sum = 0;
    if (__builtin_add_overflow(a, b, &sum)) {
        return b > 0 ? INT64_MAX : INT64_MIN;
    }
    return sum;
}

/* Uniform in delay - 20 % .. delay + 20 %, both ends included. */
static int64_t with_jitter(int64_t delay_s, const struct cw_random *random)
{
    uint8_t bytes[4];
    cw_random_fill(random, bytes, sizeof(bytes));
    const uint64_t draw = (uint64_t)bytes[0] | (uint64_t)bytes[1] << 8 | (uint64_t)bytes[2] << 16 |
                          (uint64_t)bytes[3] << 24;
    const int64_t spread_s = delay_s / JITTER_PART;
    const uint64_t choices = 2u * (uint64_t)spread_s + 1u;
    return delay_s - spread_s + (int64_t)((draw * choices) >> 32);
}

static int64_t scheduled_delay(uint64_t attempts, const struct cw_random *random)
{
    if (attempts == 1) {
        return delays_s[0];
    }
    const size_t last = CW_COUNT(delays_s) - 1;
    return with_jitter(delays_s[attempts - 1 < last ? attempts - 1 : last], random);
}

/* Retry-After may only postpone: a receiver that says "in a minute" does not hurry us. */
static int64_t due(const struct cw_retry_input *input, int64_t delay_s)
{
    const int64_t wait_s = delay_s > input->retry_after_s ? delay_s : input->retry_after_s;
    return add_saturating(input->now_s, wait_s);
}

/* A receiver may be half way through an upgrade when it calls our bytes bad, also after it was down
 * for a while: so the tries must be three, and a day must have passed. */
static enum cw_retry_decision decide_refused(const struct cw_retry_input *input, int64_t age_s,
                                             const struct cw_random *random, int64_t *ret_due_s)
{
    if (input->attempts >= REFUSED_TRIES && age_s >= REFUSED_AGE_S) {
        return CW_RETRY_DEAD;
    }
    *ret_due_s = due(input, with_jitter(REFUSED_DELAY_S, random));
    return CW_RETRY_LATER;
}

bool cw_retry_is_pause(uint64_t http_status)
{
    return http_status == 429 || http_status == 502 || http_status == 503 || http_status == 504;
}

enum cw_retry_decision cw_retry_decide(const struct cw_retry_input *input,
                                       const struct cw_random *random, int64_t *ret_due_s)
{
    CW_ASSERT(input->attempts >= 1);
    const uint64_t http_status = input->http_status;
    if (http_status >= 200 && http_status <= 299) {
        return CW_RETRY_DONE;
    }
    if (http_status == 410) {
        return CW_RETRY_DISABLE;
    }
    const int64_t age_s = add_saturating(
        input->now_s, input->queued_at_s > INT64_MIN ? -input->queued_at_s : INT64_MAX);
    const bool is_over =
        age_s >= (int64_t)CW_RETRY_DAYS_MAX * DAY_S && input->attempts >= TRIES_MIN;
    if (http_status == 413 || http_status == 415 || is_over) {
        return CW_RETRY_DEAD;
    }
    if (http_status == 400 || http_status == 422) {
        return decide_refused(input, age_s, random, ret_due_s);
    }
    *ret_due_s = due(input, scheduled_delay(input->attempts, random));
    CW_ASSERT(*ret_due_s > input->now_s || *ret_due_s == INT64_MAX);
    return cw_retry_is_pause(http_status) ? CW_RETRY_LATER_PAUSE : CW_RETRY_LATER;
}
