#include "base/datetime.h"
#include "http/net.h"

bool cw_retry_after_parse(struct cw_span value, int64_t now_s, int64_t *ret_delay_s)
{
    const struct cw_span text = cw_span_trim(value);
    uint64_t seconds = 0;
    int64_t at_s = 0;
    int64_t delay_s = 0;
    if (cw_span_to_u64(text, INT64_MAX, &seconds)) {
        delay_s = (int64_t)seconds;
    } else if (cw_http_date_parse(text, &at_s)) {
        /* Both lie within the years 1970 to 9999: the difference cannot overflow unless the clock
         * is broken, and then the clamp below is as good an answer as any. */
        delay_s = __builtin_sub_overflow(at_s, now_s, &delay_s) ? 0 : delay_s;
    } else {
        return false;
    }
    if (delay_s < CW_RETRY_AFTER_MIN_S) {
        delay_s = CW_RETRY_AFTER_MIN_S;
    }
    *ret_delay_s = delay_s > CW_RETRY_AFTER_MAX_S ? CW_RETRY_AFTER_MAX_S : delay_s;
    return true;
}
