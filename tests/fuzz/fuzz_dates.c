/* Any bytes as a time, a date, a duration and the date of HTTP: what is read lies within the years
 * we know, and is written again as it stood. */
#include "base/datetime.h"
#include "base/status.h"
#include "fuzz.h"
#include "http/net.h"

static const int64_t YEAR_9999_END_S = 253402300800;
static const int64_t TEN_YEARS_S = 3660ll * 86400;

static void judge_range(int64_t time_s)
{
    CW_ASSERT(time_s >= 0);
    CW_ASSERT(time_s < YEAR_9999_END_S);
}

static void judge_time(struct cw_span text)
{
    char again[CW_TIME_TEXT_BYTES];
    int64_t time_s = -1;
    if (cw_time_parse(text, &time_s)) {
        judge_range(time_s);
        cw_time_format(time_s, again);
        CW_ASSERT(cw_span_is(text, again));
        fuzz_accept("time");
    }
}

static void judge_date(struct cw_span text)
{
    char again[CW_DATE_TEXT_BYTES];
    int64_t time_s = -1;
    const bool is_date = cw_date_parse(text, &time_s);
    CW_ASSERT(cw_date_parse(text, NULL) == is_date);
    if (is_date) {
        judge_range(time_s);
        CW_ASSERT(time_s % 86400 == 0);
        cw_date_format(time_s, again);
        CW_ASSERT(cw_span_is(text, again));
        fuzz_accept("date");
    }
}

static void judge_duration(struct cw_span text)
{
    char age[64];
    int64_t seconds = 0;
    if (cw_duration_parse(text, &seconds)) {
        CW_ASSERT(seconds >= 1);
        CW_ASSERT(seconds <= TEN_YEARS_S);
        cw_age_format(seconds, age, sizeof(age));
        CW_ASSERT(memchr(age, '\0', sizeof(age)) != NULL);
        CW_ASSERT(age[0] != '\0');
        fuzz_accept("duration");
    }
}

/* Day, year and clock stand in it as in the other spelling of the same moment. */
static void judge_http(struct cw_span text)
{
    char same[CW_TIME_TEXT_BYTES];
    int64_t time_s = -1;
    int64_t delay_s = 0;
    if (cw_http_date_parse(text, &time_s)) {
        judge_range(time_s);
        cw_time_format(time_s, same);
        CW_ASSERT(text.len == 29);
        CW_ASSERT(memcmp(text.data + 5, same + 8, 2) == 0);
        CW_ASSERT(memcmp(text.data + 12, same, 4) == 0);
        CW_ASSERT(memcmp(text.data + 17, same + 11, 8) == 0);
        CW_ASSERT(cw_retry_after_parse(text, time_s, &delay_s));
        CW_ASSERT(delay_s == CW_RETRY_AFTER_MIN_S);
        fuzz_accept("http");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct cw_span text = cw_span_make(data, size);
    judge_time(text);
    judge_date(text);
    judge_duration(text);
    judge_http(text);
    return 0;
}
