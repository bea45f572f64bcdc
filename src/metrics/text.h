/* text.h: one sample in the Prometheus text format, written and found again.
 *
 * Knows quoting, and that the lines of a family stand together under its HELP and TYPE. Refuses to
 * know which figures there are. Values are whole numbers from 0 to INT64_MAX. Private to
 * src/metrics/.
 * Source: Prometheus documentation, "Exposition formats", text-based format, version 0.0.4.
 */
#ifndef CW_METRICS_TEXT_H
#define CW_METRICS_TEXT_H

#include "base/buf.h"

struct cw_metric_label {
    const char *name;
    const char *value; /* any text; NULL: there is no such label */
};
enum { CW_METRIC_LABELS_MAX = 2 };

/** A name with its labels; borrowed. */
struct cw_metric {
    const char *name;
    struct cw_metric_label labels[CW_METRIC_LABELS_MAX]; /* in the order that they are written */
};

enum cw_metric_type { CW_METRIC_GAUGE, CW_METRIC_COUNTER };

/** Appends HELP and TYPE of a family; its samples follow. */
void cw_metric_family(struct cw_buf *out, const char *name, enum cw_metric_type type,
                      const char *help);
/** Appends a sample. A value below 0 is written as 0. What is no UTF-8 in a label becomes U+FFFD.
 */
void cw_metric_sample(struct cw_buf *out, const struct cw_metric *metric, int64_t value);
/** Finds the sample of exactly this name and these labels, as we write it.
 *  Returns: false when it is not there, or has no whole number from 0 to INT64_MAX. */
bool cw_metric_find(struct cw_span text, const struct cw_metric *metric, int64_t *ret_value);

#endif
