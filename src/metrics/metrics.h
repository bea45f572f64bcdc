/* metrics.h: what a monitor is told after a run, as one file in the Prometheus text format.
 *
 * Knows the name of every figure (docs/metrics.md has the list, a test holds the two together),
 * where it comes from, and how the file is replaced. Refuses to know what is too old or too many:
 * that is a rule of the monitor, see docs/metrics/alerts.yml.
 *
 * Invariants: times are Unix seconds and no ages, so that a file that nobody writes any more does
 * not stay young; 0 is never. What cannot be known is left out and never guessed: without a
 * readable state there are the figures of the run, and cryptowatch_state_readable 0. The file is
 * replaced whole, so a reader sees the old one or the new one.
 *
 * One file tells of both commands: what the other one said of its last run is taken over from the
 * file that is there, number by number; anything in it that we would not write is dropped.
 */
#ifndef CW_METRICS_METRICS_H
#define CW_METRICS_METRICS_H

#include "alert/alert.h"
#include "home/home.h"
#include "store/store.h"

enum cw_metrics_command { CW_METRICS_SCAN, CW_METRICS_DELIVER };
enum { CW_METRICS_COMMANDS = CW_METRICS_DELIVER + 1, CW_METRICS_SEVERITIES = CW_CRITICAL + 1 };

/** How a run ended. */
struct cw_metrics_run {
    int64_t started_at_s;
    int64_t finished_at_s;
    int64_t exit_code;
    int64_t succeeded_at_s; /* end of the last run with exit code 0; cw_metrics_write fills it */
    int64_t alerts[CW_METRICS_SEVERITIES]; /* made by the run, by severity */
    int64_t sent;                          /* deliveries that were taken in the run */
    int64_t failed;                        /* attempts that failed in the run */
};

struct cw_metrics {
    const struct cw_home *home; /* its configuration at least; other members may be missing */
    struct cw_store *store;     /* NULL: the state cannot be read */
    const char *version;        /* of the program */
    enum cw_metrics_command command;
    struct cw_metrics_run run;
    int64_t now_s;
};

/** Replaces the metrics_file of the configuration (mode 0644); does nothing when none is named.
 *  Needs the lock of a run: it keeps two runs from losing what the other one said.
 *  Returns: CW_OK; CW_INVALID when something else than a file stands there; CW_NOT_FOUND without
 *           its folder; CW_DENIED, CW_IO, CW_LIMIT, CW_NOMEM. The text names the path.
 *  Limits:  CW_METRICS_BYTES_MAX, also of what is taken over; O(feeds + alerts + deliveries). */
CW_NODISCARD enum cw_status cw_metrics_write(const struct cw_metrics *metrics,
                                             struct cw_error *err);

#endif
