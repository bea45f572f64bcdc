#include "metrics/figures.h"

#include <stddef.h>

const char *cw_metrics_command_name(enum cw_metrics_command command)
{
    return command == CW_METRICS_SCAN ? "scan" : "deliver";
}

void cw_figures_clear(struct cw_figures *figures)
{
    free(figures->feeds);
    free(figures->endpoints);
    *figures = (struct cw_figures){0};
}

static int64_t number_at(const void *base, size_t offset)
{
    int64_t value = 0;
    memcpy(&value, (const char *)base + offset, sizeof(value));
    return value;
}

/* ---- runs ---- */

#define RUN(figure, member)                                                                        \
    {                                                                                              \
        .name = "cryptowatch_run_" figure, .offset = offsetof(struct cw_metrics_run, member)       \
    }
#define RUN_ALERTS(severity, number)                                                               \
    {                                                                                              \
        "cryptowatch_run_alerts", "severity", severity,                                            \
            offsetof(struct cw_metrics_run, alerts) + (number) * sizeof(int64_t), true             \
    }
#define RUN_DELIVERIES(outcome)                                                                    \
    {                                                                                              \
        "cryptowatch_run_deliveries", "outcome", #outcome,                                         \
            offsetof(struct cw_metrics_run, outcome), false                                        \
    }

/* Figures of one name stand together. */
const struct cw_run_figure cw_run_figures[] = {
    RUN("started_timestamp_seconds", started_at_s),
    RUN("finished_timestamp_seconds", finished_at_s),
    RUN("exit_code", exit_code),
    RUN("success_timestamp_seconds", succeeded_at_s),
    RUN_ALERTS("info", CW_INFO),
    RUN_ALERTS("low", CW_LOW),
    RUN_ALERTS("medium", CW_MEDIUM),
    RUN_ALERTS("high", CW_HIGH),
    RUN_ALERTS("critical", CW_CRITICAL),
    RUN_DELIVERIES(sent),
    RUN_DELIVERIES(failed),
};
const size_t cw_run_figures_count = CW_COUNT(cw_run_figures);

static const struct {
    const char *name;
    const char *help;
} run_helps[] = {
    {"cryptowatch_run_started_timestamp_seconds", "When the last run of the command began."},
    {"cryptowatch_run_finished_timestamp_seconds", "When the last run of the command ended."},
    {"cryptowatch_run_exit_code", "Exit code of the last run of the command."},
    {"cryptowatch_run_success_timestamp_seconds",
     "When a run of the command last ended with exit code 0; 0 never."},
    {"cryptowatch_run_alerts", "Alerts that the last scan made, by severity."},
    {"cryptowatch_run_deliveries",
     "Deliveries that were taken (sent) and attempts that failed (failed) in the last run."},
};

struct cw_metric cw_run_metric(const struct cw_run_figure *figure, enum cw_metrics_command command)
{
    return (struct cw_metric){
        .name = figure->name,
        .labels = {{"command", cw_metrics_command_name(command)}, {figure->label, figure->value}},
    };
}

static void write_run_figure(const struct cw_figures *figures, const struct cw_run_figure *figure,
                             struct cw_buf *out)
{
    for (int command = 0; command < CW_METRICS_COMMANDS; command++) {
        const struct cw_metrics_run *run = &figures->runs[command];
        const bool is_known = run->finished_at_s > 0;
        if (is_known && (command == CW_METRICS_SCAN || !figure->is_of_scan)) {
            const struct cw_metric metric = cw_run_metric(figure, (enum cw_metrics_command)command);
            cw_metric_sample(out, &metric, number_at(run, figure->offset));
        }
    }
}

static void write_runs(const struct cw_figures *figures, struct cw_buf *out)
{
    for (size_t i = 0; i < CW_COUNT(run_helps); i++) {
        cw_metric_family(out, run_helps[i].name, CW_METRIC_GAUGE, run_helps[i].help);
        for (size_t j = 0; j < cw_run_figures_count; j++) {
            if (strcmp(cw_run_figures[j].name, run_helps[i].name) == 0) {
                write_run_figure(figures, &cw_run_figures[j], out);
            }
        }
    }
}

/* ---- lists ---- */

#define FEED(figure, member, text)                                                                 \
    {                                                                                              \
        "cryptowatch_feed_" figure, text, offsetof(struct cw_figures_feed, member)                 \
    }
static const struct {
    const char *name;
    const char *help;
    size_t offset;
} feed_figures[] = {
    FEED("retrieved_timestamp_seconds", retrieved_at_s,
         "When the list that is in force was last seen served; 0 never."),
    FEED("attempted_timestamp_seconds", attempted_at_s,
         "When the list was last asked for, with any outcome; 0 never."),
    FEED("stale_after_seconds", stale_after_s, "The list is stale when it is older than this."),
    FEED("entries", entries, "Entries of the list in force, usable or not."),
    FEED("listings", listings, "Distinct addresses of the list in force."),
    FEED("unusable_entries", unusable, "Entries of the list in force that are no address."),
    FEED("failures", failures, "Failures in a row; 0 when the last attempt was good."),
    FEED("held", is_held, "1 when a document waits that is not believed."),
};

static const enum cw_feed_status states[] = {CW_FEED_NEVER, CW_FEED_GOOD, CW_FEED_FAILED,
                                             CW_FEED_HELD};

static void write_states(const struct cw_figures *figures, struct cw_buf *out)
{
    static const char name[] = "cryptowatch_feed_state";
    cw_metric_family(out, name, CW_METRIC_GAUGE,
                     "1 for the state that the list is in, 0 for the others.");
    for (size_t i = 0; i < figures->feeds_count; i++) {
        for (size_t j = 0; j < CW_COUNT(states); j++) {
            const struct cw_metric metric = {
                name, {{"feed", figures->feeds[i].id}, {"state", cw_feed_status_name(states[j])}}};
            cw_metric_sample(out, &metric, figures->feeds[i].state == (int64_t)states[j]);
        }
    }
}

static void write_feeds(const struct cw_figures *figures, struct cw_buf *out)
{
    write_states(figures, out);
    for (size_t i = 0; i < CW_COUNT(feed_figures); i++) {
        cw_metric_family(out, feed_figures[i].name, CW_METRIC_GAUGE, feed_figures[i].help);
        for (size_t j = 0; j < figures->feeds_count; j++) {
            const struct cw_metric metric = {feed_figures[i].name,
                                             {{"feed", figures->feeds[j].id}}};
            cw_metric_sample(out, &metric, number_at(&figures->feeds[j], feed_figures[i].offset));
        }
    }
}

/* ---- the rest ---- */

static void write_outbox(const struct cw_figures *figures, struct cw_buf *out)
{
    static const char name[] = "cryptowatch_outbox_deliveries";
    const struct {
        const char *state;
        int64_t count;
    } rows[] = {
        {"waiting", figures->waiting}, {"delivered", figures->delivered}, {"dead", figures->dead}};
    cw_metric_family(out, name, CW_METRIC_GAUGE, "Deliveries in the outbox, by state.");
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        const struct cw_metric metric = {name, {{"state", rows[i].state}}};
        cw_metric_sample(out, &metric, rows[i].count);
    }
    static const char disabled[] = "cryptowatch_endpoint_disabled";
    cw_metric_family(out, disabled, CW_METRIC_GAUGE,
                     "1 when the endpoint gets nothing until it is enabled by hand.");
    for (size_t i = 0; i < figures->endpoints_count; i++) {
        const struct cw_metric metric = {disabled, {{"endpoint", figures->endpoints[i].id}}};
        cw_metric_sample(out, &metric, figures->endpoints[i].is_disabled);
    }
}

#define ONE(figure, member, text)                                                                  \
    {                                                                                              \
        "cryptowatch_" figure, text, offsetof(struct cw_figures, member), CW_METRIC_GAUGE          \
    }
static const struct {
    const char *name;
    const char *help;
    size_t offset;
    enum cw_metric_type type;
} figures_of_all[] = {
    {"cryptowatch_alerts_total", "Alerts ever made and stored.",
     offsetof(struct cw_figures, alerts), CW_METRIC_COUNTER},
    ONE("outbox_waiting_since_timestamp_seconds", waiting_since_s,
        "When the oldest delivery that waits was queued; 0 none waits."),
    ONE("log_entries", log_entries, "Entries of the published transparency log."),
    ONE("log_pending_entries", log_pending, "Entries that are not yet published in it."),
    ONE("log_published_timestamp_seconds", log_published_at_s,
        "When its checkpoint was signed; 0 never."),
    ONE("index_generation", index_generation,
        "Generation of the index that check and screen answer from; 0 there is none."),
    ONE("index_published_timestamp_seconds", index_published_at_s,
        "When that index was last brought up to date; 0 never."),
};

void cw_figures_write(const struct cw_figures *figures, struct cw_buf *out)
{
    const struct cw_metric info = {"cryptowatch_build_info", {{"version", figures->version}}};
    const struct cw_metric readable = {.name = "cryptowatch_state_readable"};
    cw_metric_family(out, info.name, CW_METRIC_GAUGE, "1, with the version of the program.");
    cw_metric_sample(out, &info, 1);
    write_runs(figures, out);
    cw_metric_family(out, readable.name, CW_METRIC_GAUGE,
                     "1 when the state could be read; else the figures from it are left out.");
    cw_metric_sample(out, &readable, figures->is_readable);
    if (figures->is_readable == 0) {
        return;
    }
    write_feeds(figures, out);
    write_outbox(figures, out);
    for (size_t i = 0; i < CW_COUNT(figures_of_all); i++) {
        const struct cw_metric metric = {.name = figures_of_all[i].name};
        cw_metric_family(out, metric.name, figures_of_all[i].type, figures_of_all[i].help);
        cw_metric_sample(out, &metric, number_at(figures, figures_of_all[i].offset));
    }
}
