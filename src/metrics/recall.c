#include "metrics/figures.h"

bool cw_run_recall(struct cw_span text, enum cw_metrics_command command, struct cw_metrics_run *ret)
{
    struct cw_metrics_run run = {0};
    for (size_t i = 0; i < cw_run_figures_count; i++) {
        const struct cw_run_figure *figure = &cw_run_figures[i];
        const struct cw_metric metric = cw_run_metric(figure, command);
        int64_t value = 0;
        if (figure->is_of_scan && command != CW_METRICS_SCAN) {
            continue;
        }
        if (!cw_metric_find(text, &metric, &value)) {
            return false;
        }
        memcpy((char *)&run + figure->offset, &value, sizeof(value));
    }
    *ret = run;
    return true;
}
