/* figures.h: all figures as numbers, and how they become text. Private to src/metrics/.
 *
 * gather.c   the state as numbers
 * figures.c  numbers to text: the table of all families
 * recall.c   the numbers of a run, back from a text
 * text.c     one line
 */
#ifndef CW_METRICS_FIGURES_H
#define CW_METRICS_FIGURES_H

#include "metrics/metrics.h"
#include "metrics/text.h"

/** One enabled list. */
struct cw_figures_feed {
    const char *id; /* borrowed from the home */
    int64_t state;  /* enum cw_feed_status */
    int64_t retrieved_at_s;
    int64_t attempted_at_s;
    int64_t stale_after_s;
    int64_t entries;
    int64_t listings;
    int64_t unusable;
    int64_t failures;
    int64_t is_held;
};

struct cw_figures_endpoint {
    const char *id; /* borrowed from the home */
    int64_t is_disabled;
};

/** Begin with zeros; clear it in any case. */
struct cw_figures {
    const char *version;
    struct cw_metrics_run runs[CW_METRICS_COMMANDS]; /* finished_at_s 0: not known */
    int64_t is_readable;                             /* what follows is known */
    struct cw_figures_feed *feeds;
    size_t feeds_count;
    struct cw_figures_endpoint *endpoints;
    size_t endpoints_count;
    int64_t alerts;
    int64_t waiting;
    int64_t delivered;
    int64_t dead;
    int64_t waiting_since_s;
    int64_t log_entries;
    int64_t log_pending;
    int64_t log_published_at_s;
    int64_t index_generation;
    int64_t index_published_at_s;
};
void cw_figures_clear(struct cw_figures *figures);

/** "scan", "deliver". */
const char *cw_metrics_command_name(enum cw_metrics_command command);

/** Fills what the state says. Returns: CW_OK; CW_STATE, CW_IO, CW_NOMEM. */
CW_NODISCARD enum cw_status cw_figures_gather(const struct cw_metrics *metrics,
                                              struct cw_figures *figures, struct cw_error *err);
/** Appends the whole text. Pure. */
void cw_figures_write(const struct cw_figures *figures, struct cw_buf *out);

/** A figure of a run: the table of figures.c, which recall.c reads backwards. */
struct cw_run_figure {
    const char *name;
    const char *label; /* second label beside `command`; NULL: none */
    const char *value; /* of it */
    size_t offset;     /* of an int64_t in struct cw_metrics_run */
    bool is_of_scan;   /* `deliver` has no such figure */
};
extern const struct cw_run_figure cw_run_figures[];
extern const size_t cw_run_figures_count;
struct cw_metric cw_run_metric(const struct cw_run_figure *figure, enum cw_metrics_command command);

/** Reads how the last run of a command ended.
 *  Returns: false when any of its figures is missing: *ret is left alone. */
bool cw_run_recall(struct cw_span text, enum cw_metrics_command command,
                   struct cw_metrics_run *ret);

#endif
