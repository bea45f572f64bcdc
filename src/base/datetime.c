#include "base/datetime.h"

#include "base/status.h"

#define MINUTE_S     INT64_C(60)
#define HOUR_S       INT64_C(3600)
#define DAY_S        INT64_C(86400)
#define TIME_S_MAX   INT64_C(253402300799) /* 9999-12-31T23:59:59Z */
#define DURATION_MAX (3650 * DAY_S)

enum { YEAR_MIN = 1970, YEAR_MAX = 9999 };

struct date {
    int year;
    int month; /* 1..12 */
    int day;   /* 1..31 */
};

/* Both directions count in eras of 400 years that begin on 1 March, so that the leap day is the
 * last day of its year and the lengths of the months follow one linear formula. */
enum { DAYS_PER_ERA = 146097, DAYS_BEFORE_1970 = 719468 };

static int64_t days_of_date(struct date date)
{
    const int year = date.month <= 2 ? date.year - 1 : date.year;
    const int era = year / 400;
    const int year_of_era = year % 400;
    const int month_from_march = (date.month + 9) % 12;
    const int day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
    const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return (int64_t)era * DAYS_PER_ERA + day_of_era - DAYS_BEFORE_1970;
}

static struct date date_of_days(int64_t days)
{
    CW_ASSERT(days >= 0);
    const int64_t shifted = days + DAYS_BEFORE_1970;
    const int era = (int)(shifted / DAYS_PER_ERA);
    const int day_of_era = (int)(shifted % DAYS_PER_ERA);
    const int year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const int month_from_march = (5 * day_of_year + 2) / 153;
    const int month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    return (struct date){
        .year = era * 400 + year_of_era + (month <= 2 ? 1 : 0),
        .month = month,
        .day = day_of_year - (153 * month_from_march + 2) / 5 + 1,
    };
}

static int days_in_month(int year, int month)
{
    static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && is_leap ? 29 : days[month - 1];
}

static bool date_exists(struct date date)
{
    return date.year >= YEAR_MIN && date.year <= YEAR_MAX && date.month >= 1 && date.month <= 12 &&
           date.day >= 1 && date.day <= days_in_month(date.year, date.month);
}

/* Leap seconds are refused: Unix time has no number for them. */
static bool clock_exists(int hour, int minute, int second)
{
    return hour <= 23 && minute <= 59 && second <= 59;
}

/* Matches a text against a pattern of equal length: letters d stand for digits, collected left to
 * right into one number per run; '*' is any byte; everything else stands for itself. */
static bool match_pattern(struct cw_span text, const char *pattern, int *numbers, size_t count)
{
    if (text.len != strlen(pattern)) {
        return false;
    }
    size_t at_number = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (pattern[i] != 'd') {
            if (pattern[i] != '*' && pattern[i] != text.data[i]) {
                return false;
            }
            continue;
        }
        if (!cw_ascii_is_digit(text.data[i])) {
            return false;
        }
        CW_ASSERT(at_number < count);
        numbers[at_number] = numbers[at_number] * 10 + (text.data[i] - '0');
        at_number += pattern[i + 1] == 'd' ? 0 : 1;
    }
    CW_ASSERT(at_number == count);
    return true;
}

static int64_t clamp_time(int64_t time_s)
{
    if (time_s < 0) {
        return 0;
    }
    return time_s > TIME_S_MAX ? TIME_S_MAX : time_s;
}

static void put_digits(char *text, int value, int digits)
{
    for (int i = digits - 1; i >= 0; i--) {
        text[i] = (char)('0' + value % 10);
        value /= 10;
    }
}

void cw_date_format(int64_t time_s, char ret_text[static CW_DATE_TEXT_BYTES])
{
    const struct date date = date_of_days(clamp_time(time_s) / DAY_S);
    memcpy(ret_text, "0000-00-00", CW_DATE_TEXT_BYTES);
    put_digits(ret_text, date.year, 4);
    put_digits(ret_text + 5, date.month, 2);
    put_digits(ret_text + 8, date.day, 2);
}

void cw_time_format(int64_t time_s, char ret_text[static CW_TIME_TEXT_BYTES])
{
    const int64_t clamped = clamp_time(time_s);
    const int second_of_day = (int)(clamped % DAY_S);
    cw_date_format(clamped, ret_text);
    memcpy(ret_text + 10, "T00:00:00Z", CW_TIME_TEXT_BYTES - 10);
    put_digits(ret_text + 11, second_of_day / 3600, 2);
    put_digits(ret_text + 14, second_of_day / 60 % 60, 2);
    put_digits(ret_text + 17, second_of_day % 60, 2);
}

bool cw_time_parse(struct cw_span text, int64_t *ret_time_s)
{
    int n[6] = {0};
    if (!match_pattern(text, "dddd-dd-ddTdd:dd:ddZ", n, CW_COUNT(n))) {
        return false;
    }
    const struct date date = {.year = n[0], .month = n[1], .day = n[2]};
    if (!date_exists(date) || !clock_exists(n[3], n[4], n[5])) {
        return false;
    }
    *ret_time_s = days_of_date(date) * DAY_S + n[3] * HOUR_S + n[4] * MINUTE_S + n[5];
    return true;
}

bool cw_date_parse(struct cw_span text, int64_t *ret_time_s)
{
    int n[3] = {0};
    if (!match_pattern(text, "dddd-dd-dd", n, CW_COUNT(n))) {
        return false;
    }
    const struct date date = {.year = n[0], .month = n[1], .day = n[2]};
    if (!date_exists(date)) {
        return false;
    }
    if (ret_time_s != NULL) {
        *ret_time_s = days_of_date(date) * DAY_S;
    }
    return true;
}

bool cw_duration_parse(struct cw_span text, int64_t *ret_seconds)
{
    static const struct {
        char unit;
        int64_t seconds;
    } units[] = {{'s', 1}, {'m', MINUTE_S}, {'h', HOUR_S}, {'d', DAY_S}};
    if (text.len < 2) {
        return false;
    }
    for (size_t i = 0; i < CW_COUNT(units); i++) {
        if (text.data[text.len - 1] != units[i].unit) {
            continue;
        }
        uint64_t number = 0;
        const uint64_t max = (uint64_t)(DURATION_MAX / units[i].seconds);
        if (!cw_span_to_u64(cw_span_slice(text, 0, text.len - 1), max, &number) || number == 0) {
            return false;
        }
        *ret_seconds = (int64_t)number * units[i].seconds;
        return true;
    }
    return false;
}

/* Index of a three-letter name in a string of such names; -1 when there is none. */
static int find_name(struct cw_span name, const char *names)
{
    CW_ASSERT(name.len == 3);
    for (size_t i = 0; names[3 * i] != '\0'; i++) {
        if (memcmp(names + 3 * i, name.data, 3) == 0) {
            return (int)i;
        }
    }
    return -1;
}

bool cw_http_date_parse(struct cw_span text, int64_t *ret_time_s)
{
    int n[5] = {0};
    if (!match_pattern(text, "***, dd *** dddd dd:dd:dd GMT", n, CW_COUNT(n))) {
        return false;
    }
    const int weekday = find_name(cw_span_slice(text, 0, 3), "ThuFriSatSunMonTueWed");
    const int month = find_name(cw_span_slice(text, 8, 11), "JanFebMarAprMayJunJulAugSepOctNovDec");
    const struct date date = {.year = n[1], .month = month + 1, .day = n[0]};
    if (!date_exists(date) || !clock_exists(n[2], n[3], n[4])) {
        return false;
    }
    const int64_t days = days_of_date(date);
    /* Names count from Thursday, the first day of Unix time. A date that contradicts its own
     * weekday is not repaired: nobody knows which half is wrong. */
    if (weekday != days % 7) {
        return false;
    }
    *ret_time_s = days * DAY_S + n[2] * HOUR_S + n[3] * MINUTE_S + n[4];
    return true;
}

void cw_age_format(int64_t seconds, char *ret_text, size_t bytes)
{
    /* `from`: the age at which the unit begins, half a smaller unit early, so that 59 minutes and
     * 40 seconds are an hour and never "60 minutes". */
    static const struct {
        int64_t from;
        int64_t unit;
        const char *name;
    } units[] = {{DAY_S - HOUR_S / 2, DAY_S, "day"},
                 {HOUR_S - MINUTE_S / 2, HOUR_S, "hour"},
                 {MINUTE_S, MINUTE_S, "minute"},
                 {0, 1, "second"}};
    CW_ASSERT(bytes > 0);
    seconds = clamp_time(seconds);
    size_t i = 0;
    while (seconds < units[i].from) {
        i++;
    }
    const int64_t count = (seconds + units[i].unit / 2) / units[i].unit;
    (void)snprintf(ret_text, bytes, "%lld %s%s", (long long)count, units[i].name,
                   count == 1 ? "" : "s");
}
