/* ftm_date.h: the days in properties of FollowTheMoney entities.
 *
 * Knows that a time there may be a month or a year only, and that of several values the order means
 * nothing. Refuses to know what an entity is. A value that is no time changes nothing.
 *
 * Source: FollowTheMoney, type "date": prefixes of ISO 8601.
 */
#ifndef CW_FEED_FTM_DATE_H
#define CW_FEED_FTM_DATE_H

#include <jansson.h>

#include "base/datetime.h"
#include "base/span.h"

/** The day of a time that has one. */
void cw_ftm_keep_date(char to[static CW_DATE_TEXT_BYTES], struct cw_span text);
/** In: an array of texts, or NULL. The earliest that is a day, if it is before what is kept. */
void cw_ftm_keep_first_date(char to[static CW_DATE_TEXT_BYTES], const json_t *dates);
/** In: likewise. The latest last day, if it is behind what is kept. */
void cw_ftm_keep_last_end(char to[static CW_DATE_TEXT_BYTES], const json_t *ends);

#endif
