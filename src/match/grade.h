/* grade.h: the two scales an operator grades a case by, as the choices of our JSON files.
 *
 * Knows names and their order. A grade is kept as its index, which is the number of `enum
 * cw_severity` and `enum cw_tlp` in alert/alert.h, a level above: the order is the same by
 * contract, and config.c, which sees both, asserts it. A filter "at least high" compares the
 * numbers. Source: alerts.md section 2.2 (severity), FIRST Traffic Light Protocol 2.0 (marking).
 */
#ifndef CW_MATCH_GRADE_H
#define CW_MATCH_GRADE_H

#include "base/status.h"

/** NULL-terminated, as cw_field.choices wants them. */
static const char *const cw_grade_severities[] CW_UNUSED = {
    "info", "low", "medium", "high", "critical", NULL,
};
static const char *const cw_grade_tlps[] CW_UNUSED = {
    "clear", "green", "amber", "amber+strict", "red", NULL,
};

/** Index of "amber": what is marked when nothing is said, and the most an endpoint gets unasked. */
enum { CW_GRADE_TLP_DEFAULT = 2 };

#endif
