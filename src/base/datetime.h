/* datetime.h: the three spellings of time we read and write, without locale or time zone tables.
 *
 *   time      2026-11-20T03:15:01Z     (RFC 3339, UTC, seconds)
 *   date      2026-11-20               (ISO 8601)
 *   duration  90s 15m 6h 7d            (configuration files)
 *
 * Years 1970..9999. Pure; no libc calendar calls.
 */
#ifndef CW_BASE_DATETIME_H
#define CW_BASE_DATETIME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

enum { CW_TIME_TEXT_BYTES = 21, CW_DATE_TEXT_BYTES = 11 };

/** Writes "YYYY-MM-DDThh:mm:ssZ" and a NUL. Values outside the years above are clamped. */
void cw_time_format(int64_t time_s, char ret_text[static CW_TIME_TEXT_BYTES]);
bool cw_time_parse(struct cw_span text, int64_t *ret_time_s);
/** A calendar date that exists; *ret_time_s (may be NULL) is its midnight UTC. */
bool cw_date_parse(struct cw_span text, int64_t *ret_time_s);
void cw_date_format(int64_t time_s, char ret_text[static CW_DATE_TEXT_BYTES]);
/** "90s", "15m", "6h", "7d": a whole number from 1 and a unit. At most ten years. */
bool cw_duration_parse(struct cw_span text, int64_t *ret_seconds);
/** IMF-fixdate, "Fri, 20 Nov 2026 02:00:00 GMT" (RFC 9110 section 5.6.7). */
bool cw_http_date_parse(struct cw_span text, int64_t *ret_time_s);
/** "3 hours", "2 days": a rounded age for people. */
void cw_age_format(int64_t seconds, char *ret_text, size_t bytes);

#endif
