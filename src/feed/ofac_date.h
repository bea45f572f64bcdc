/* ofac_date.h: a date written as elements Year, Month and Day. */
#ifndef CW_FEED_OFAC_DATE_H
#define CW_FEED_OFAC_DATE_H

#include "base/datetime.h"

struct cw_ofac_date {
    uint64_t year; /* 0: not read, or not a number; likewise below */
    uint64_t month;
    uint64_t day;
};

/** Reads a part, "3" or "03"; leaves it alone when it is not such a number. */
void cw_ofac_date_part(uint64_t *part, struct cw_span text);
/** False when the parts are not a date that exists; then nothing is written. */
bool cw_ofac_date_format(const struct cw_ofac_date *date, char ret_text[static CW_DATE_TEXT_BYTES]);

#endif
