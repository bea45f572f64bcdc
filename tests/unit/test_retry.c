#include "deliver/retry.h"

#include <stdbool.h>
#include <string.h>

#include "suite.h"

enum { HOUR = 3600, DAY = 24 * HOUR };
static const int64_t queued_s = 1795144502;

static void fill_low(void *ctx, uint8_t *ret, size_t len)
{
    (void)ctx;
    memset(ret, 0, len);
}

static void fill_high(void *ctx, uint8_t *ret, size_t len)
{
    (void)ctx;
    memset(ret, 0xff, len);
}

static void fill_middle(void *ctx, uint8_t *ret, size_t len)
{
    (void)ctx;
    memset(ret, 0, len);
    ret[len - 1] = 0x80;
}

static const struct cw_random low = {.fill = fill_low};
static const struct cw_random high = {.fill = fill_high};
static const struct cw_random middle = {.fill = fill_middle};

/* ---- the table of delays ---- */

static const struct {
    uint64_t attempts;
    int64_t delay_s;
} rows[] = {
    {1, 5},
    {2, 5 * 60},
    {3, 30 * 60},
    {4, 2 * HOUR},
    {5, 5 * HOUR},
    {6, 10 * HOUR},
    {7, 14 * HOUR},
    {8, 20 * HOUR},
    {9, 24 * HOUR},
    {10, 24 * HOUR},
    {11, 24 * HOUR},
    {100, 24 * HOUR},
    {UINT64_MAX, 24 * HOUR},
};

static int64_t delay_of(uint64_t attempts, const struct cw_random *random)
{
    int64_t due_s = 0;
    const struct cw_retry_input input = {
        .attempts = attempts, .queued_at_s = queued_s, .now_s = queued_s + 60, .http_status = 500};
    const enum cw_retry_decision decision = cw_retry_decide(&input, random, &due_s);
    CW_CHECK(decision == CW_RETRY_LATER, "attempt %llu: decision %d", (unsigned long long)attempts,
             (int)decision);
    return due_s - input.now_s;
}

static void every_row_without_jitter(void)
{
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        const int64_t got = delay_of(rows[i].attempts, &middle);
        CW_CHECK(got == rows[i].delay_s, "attempt %llu: %lld", (unsigned long long)rows[i].attempts,
                 (long long)got);
    }
}

static void jitter_ends(void)
{
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        const int64_t part = rows[i].attempts == 1 ? 0 : rows[i].delay_s / 5;
        const int64_t least = delay_of(rows[i].attempts, &low);
        const int64_t most = delay_of(rows[i].attempts, &high);
        CW_CHECK(least == rows[i].delay_s - part, "attempt %llu: least %lld",
                 (unsigned long long)rows[i].attempts, (long long)least);
        CW_CHECK(most == rows[i].delay_s + part, "attempt %llu: most %lld",
                 (unsigned long long)rows[i].attempts, (long long)most);
    }
}

/* ---- what an answer means ---- */

struct verdict {
    const char *name;
    uint64_t http_status;
    uint64_t attempts;
    int64_t age_s;
    enum cw_retry_decision decision;
    int64_t delay_s; /* without jitter; for the two LATER */
};

static const struct verdict verdicts[] = {
    {"200 is done", 200, 1, 0, CW_RETRY_DONE, 0},
    {"204 is done", 204, 7, 0, CW_RETRY_DONE, 0},
    {"299 is done, and also after day 10", 299, 12, 11 * DAY, CW_RETRY_DONE, 0},
    {"no answer is tried again", 0, 1, 0, CW_RETRY_LATER, 5},
    {"199 is no success", 199, 1, 0, CW_RETRY_LATER, 5},
    {"300 is no success", 300, 1, 0, CW_RETRY_LATER, 5},
    {"302 is a failure like another", 302, 2, 10, CW_RETRY_LATER, 300},
    {"401 is tried again", 401, 2, 10, CW_RETRY_LATER, 300},
    {"404 is tried again", 404, 3, 400, CW_RETRY_LATER, 1800},
    {"500 is tried again", 500, 4, 3000, CW_RETRY_LATER, 2 * HOUR},
    {"501 is tried again without a pause", 501, 4, 3000, CW_RETRY_LATER, 2 * HOUR},
    {"999 is tried again", 999, 1, 0, CW_RETRY_LATER, 5},
    {"429 pauses", 429, 1, 0, CW_RETRY_LATER_PAUSE, 5},
    {"502 pauses", 502, 2, 10, CW_RETRY_LATER_PAUSE, 300},
    {"503 pauses", 503, 3, 400, CW_RETRY_LATER_PAUSE, 1800},
    {"504 pauses", 504, 9, 3 * DAY, CW_RETRY_LATER_PAUSE, 24 * HOUR},
    {"410 disables at once", 410, 1, 0, CW_RETRY_DISABLE, 0},
    {"410 disables also after day 10", 410, 20, 11 * DAY, CW_RETRY_DISABLE, 0},
    {"413 is dead at once", 413, 1, 0, CW_RETRY_DEAD, 0},
    {"415 is dead at once", 415, 1, 0, CW_RETRY_DEAD, 0},
    {"414 is not", 414, 1, 0, CW_RETRY_LATER, 5},
    {"400 first time: half a day", 400, 1, 0, CW_RETRY_LATER, 12 * HOUR},
    {"400 second time: half a day", 400, 2, 12 * HOUR, CW_RETRY_LATER, 12 * HOUR},
    {"400 third time, a day later: dead", 400, 3, 24 * HOUR, CW_RETRY_DEAD, 0},
    {"400 third time at the shortest jitter: dead", 400, 3, 69120, CW_RETRY_DEAD, 0},
    {"400 after an outage of an hour is not dead", 400, 4, HOUR, CW_RETRY_LATER, 12 * HOUR},
    {"422 second time: half a day", 422, 2, 2 * DAY, CW_RETRY_LATER, 12 * HOUR},
    {"422 third time, a day later: dead", 422, 3, 24 * HOUR, CW_RETRY_DEAD, 0},
    {"a second before day 10 is tried again", 500, 14, 10 * DAY - 1, CW_RETRY_LATER, 24 * HOUR},
    {"day 10 is dead", 500, 14, 10 * DAY, CW_RETRY_DEAD, 0},
    {"day 10 is dead without an answer", 0, 3, 10 * DAY, CW_RETRY_DEAD, 0},
    {"day 10 is not dead before the third attempt", 0, 2, 10 * DAY, CW_RETRY_LATER, 300},
    {"40 days later by the clock, first attempt: again", 500, 1, 40 * DAY, CW_RETRY_LATER, 5},
    {"day 10 is dead with 503", 503, 14, 10 * DAY, CW_RETRY_DEAD, 0},
    {"a clock set back is no age", 500, 2, -5 * DAY, CW_RETRY_LATER, 300},
};

static void every_verdict(void)
{
    for (size_t i = 0; i < CW_COUNT(verdicts); i++) {
        const struct verdict *row = &verdicts[i];
        const struct cw_retry_input input = {.attempts = row->attempts,
                                             .queued_at_s = queued_s,
                                             .now_s = queued_s + row->age_s,
                                             .http_status = row->http_status};
        int64_t due_s = -1;
        const enum cw_retry_decision decision = cw_retry_decide(&input, &middle, &due_s);
        const bool is_later = decision == CW_RETRY_LATER || decision == CW_RETRY_LATER_PAUSE;
        CW_CHECK(decision == row->decision, "%s: decision %d", row->name, (int)decision);
        CW_CHECK(due_s == (is_later ? input.now_s + row->delay_s : -1), "%s: due %lld", row->name,
                 (long long)(due_s - input.now_s));
    }
}

static void refusal_jitter(void)
{
    const struct cw_retry_input input = {
        .attempts = 1, .queued_at_s = queued_s, .now_s = queued_s, .http_status = 400};
    int64_t least = 0;
    int64_t most = 0;
    CU_ASSERT_EQUAL(cw_retry_decide(&input, &low, &least), CW_RETRY_LATER);
    CU_ASSERT_EQUAL(cw_retry_decide(&input, &high, &most), CW_RETRY_LATER);
    CU_ASSERT_EQUAL(least - queued_s, 34560);
    CU_ASSERT_EQUAL(most - queued_s, 51840);
}

/* ---- Retry-After ---- */

static const struct {
    const char *name;
    uint64_t http_status;
    uint64_t attempts;
    int64_t retry_after_s;
    int64_t delay_s;
} afters[] = {
    {"moves the second attempt out of the run", 503, 1, 60, 60},
    {"moves the due time later", 429, 2, 3600, 3600},
    {"never earlier", 429, 4, 60, 2 * HOUR},
    {"equal changes nothing", 503, 2, 300, 300},
    {"counts for other failures too", 500, 2, 900, 900},
    {"counts for a refused alert too", 400, 1, DAY, DAY},
    {"nonsense below zero is none", 503, 2, -5, 300},
};

static void every_retry_after(void)
{
    for (size_t i = 0; i < CW_COUNT(afters); i++) {
        const struct cw_retry_input input = {.attempts = afters[i].attempts,
                                             .queued_at_s = queued_s,
                                             .now_s = queued_s + 10,
                                             .http_status = afters[i].http_status,
                                             .retry_after_s = afters[i].retry_after_s};
        int64_t due_s = 0;
        (void)cw_retry_decide(&input, &middle, &due_s);
        CW_CHECK(due_s - input.now_s == afters[i].delay_s, "%s: %lld", afters[i].name,
                 (long long)(due_s - input.now_s));
    }
}

static void extreme_clocks(void)
{
    static const int64_t clocks[] = {INT64_MIN, -1, 0, 1, INT64_MAX - 1, INT64_MAX};
    for (size_t i = 0; i < CW_COUNT(clocks); i++) {
        for (size_t k = 0; k < CW_COUNT(clocks); k++) {
            const struct cw_retry_input input = {
                .attempts = 2, .queued_at_s = clocks[i], .now_s = clocks[k], .http_status = 500};
            int64_t due_s = clocks[k];
            const enum cw_retry_decision decision = cw_retry_decide(&input, &high, &due_s);
            CW_CHECK(decision == CW_RETRY_DEAD || due_s >= input.now_s, "%lld at %lld: %lld",
                     (long long)clocks[i], (long long)clocks[k], (long long)due_s);
        }
    }
}

int main(void)
{
    static const struct cw_test tests[] = {
        {"waits as the table says, row by row", every_row_without_jitter},
        {"spreads every wait but the first by 20 percent, not more", jitter_ends},
        {"knows what each status asks for", every_verdict},
        {"spreads the tries of a refused alert by 20 percent", refusal_jitter},
        {"takes Retry-After only as a postponement", every_retry_after},
        {"survives any clock", extreme_clocks},
    };
    return cw_run_suite("retry", tests, CW_COUNT(tests));
}
