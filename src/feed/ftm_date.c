#include "feed/ftm_date.h"

#include "base/status.h"

static struct cw_span text_at(const json_t *texts, size_t i)
{
    const json_t *value = json_array_get(texts, i);
    return json_is_string(value) ? cw_span_make(json_string_value(value), json_string_length(value))
                                 : CW_SPAN("");
}

void cw_ftm_keep_date(char to[static CW_DATE_TEXT_BYTES], struct cw_span text)
{
    const struct cw_span day = cw_span_slice(text, 0, CW_DATE_TEXT_BYTES - 1);
    if (cw_date_parse(day, NULL)) {
        memcpy(to, day.data, CW_DATE_TEXT_BYTES - 1);
        to[CW_DATE_TEXT_BYTES - 1] = '\0';
    }
}

/* The last day of a time that may be a month or a year only, as FollowTheMoney allows: an order
 * that ends "in 2024" is in force until the last day of the year. */
static void keep_end(char to[static CW_DATE_TEXT_BYTES], struct cw_span text)
{
    static const char *const last_days[] = {"", "-31", "-30", "-29", "-28", "-12-31"};
    const struct cw_span day = cw_span_slice(text, 0, CW_DATE_TEXT_BYTES - 1);
    for (size_t i = 0; i < CW_COUNT(last_days) && to[0] == '\0'; i++) {
        char whole[2 * CW_DATE_TEXT_BYTES];
        (void)snprintf(whole, sizeof(whole), "%.*s%s", CW_SPAN_ARG(day), last_days[i]);
        cw_ftm_keep_date(to, cw_span_cstr(whole));
    }
}

/* The latest of several: their order means nothing. */
void cw_ftm_keep_last_end(char to[static CW_DATE_TEXT_BYTES], const json_t *ends)
{
    for (size_t i = 0; i < json_array_size(ends); i++) {
        char end[CW_DATE_TEXT_BYTES] = "";
        keep_end(end, text_at(ends, i));
        if (strcmp(end, to) > 0) {
            memcpy(to, end, sizeof(end));
        }
    }
}

/* The earliest of several that are days. */
void cw_ftm_keep_first_date(char to[static CW_DATE_TEXT_BYTES], const json_t *dates)
{
    for (size_t i = 0; i < json_array_size(dates); i++) {
        char date[CW_DATE_TEXT_BYTES] = "";
        cw_ftm_keep_date(date, text_at(dates, i));
        if (date[0] != '\0' && (to[0] == '\0' || strcmp(date, to) < 0)) {
            memcpy(to, date, sizeof(date));
        }
    }
}
