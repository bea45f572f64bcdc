/* clock.c: a clock that is wrong makes lists stale or fresh, and dates what we sign. */
#include "base/datetime.h"
#include "doctor/internal.h"

/* Two machines and a correction at start are seconds apart. */
enum { SLACK_S = 300 };

void cw_doctor_clock(struct cw_doctor *doctor)
{
    int64_t made_s = 0;
    char now[CW_TIME_TEXT_BYTES];
    char newest[CW_TIME_TEXT_BYTES];
    const bool is_known = cw_date_parse(cw_span_cstr(CW_MADE_ON), &made_s);
    CW_ASSERT(is_known);
    cw_time_format(doctor->now_s, now);
    cw_time_format(doctor->totals.newest_s, newest);
    if (doctor->now_s < made_s) {
        cw_doctor_fail(doctor, "clock", CW_INVALID, cw_doctor_shell(doctor, "timedatectl"),
                       "it is %s by this clock, before this program was made (%s): set the clock",
                       now, CW_MADE_ON);
    } else if (doctor->totals.newest_s > doctor->now_s + SLACK_S) {
        cw_doctor_fail(
            doctor, "clock", CW_INVALID, cw_doctor_shell(doctor, "timedatectl"),
            "it is %s by this clock, and something was recorded at %s: the clock is "
            "wrong now, or was then; lists count as seen in the future until it is right",
            now, newest);
    } else {
        cw_doctor_ok(doctor, "clock", "%s", now);
    }
}
