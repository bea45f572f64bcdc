#include "metrics/metrics.h"

#include <sys/stat.h>

#include "base/file.h"
#include "base/limits.h"
#include "metrics/figures.h"

enum { FILE_MODE = 0644 }; /* the monitor is somebody else */

/* Only a file is replaced: a name that was mistaken for one, such as a device, stays what it is. */
static enum cw_status refuse_others(const char *path, struct cw_error *err)
{
    struct stat info;
    if (lstat(path, &info) == 0 && !S_ISREG(info.st_mode)) {
        return cw_error_set(err, CW_INVALID, "%s: is no regular file and is not replaced", path);
    }
    return CW_OK;
}

/* What cannot be read tells nothing: the other command speaks again at its next run. */
static void recall(const struct cw_metrics *metrics, struct cw_figures *figures)
{
    struct cw_metrics_run *own = &figures->runs[metrics->command];
    struct cw_buf former;
    cw_buf_init(&former, CW_METRICS_BYTES_MAX);
    if (cw_file_read(metrics->home->config->metrics_file, &former, NULL) == CW_OK) {
        for (int command = 0; command < CW_METRICS_COMMANDS; command++) {
            (void)cw_run_recall(cw_buf_as_span(&former), (enum cw_metrics_command)command,
                                &figures->runs[command]);
        }
    }
    cw_buf_clear(&former);
    const int64_t succeeded_at_s = own->succeeded_at_s;
    *own = metrics->run;
    own->succeeded_at_s = own->exit_code == 0 ? own->finished_at_s : succeeded_at_s;
}

enum cw_status cw_metrics_write(const struct cw_metrics *metrics, struct cw_error *err)
{
    const char *path = metrics->home->config->metrics_file;
    CW_ASSERT(metrics->run.finished_at_s > 0);
    if (path[0] == '\0') {
        return CW_OK;
    }
    enum cw_status status = refuse_others(path, err);
    if (status != CW_OK) {
        return status;
    }
    struct cw_figures figures = {.version = metrics->version};
    recall(metrics, &figures);
    /* That the state cannot be read is a figure too, and the run has said why. */
    figures.is_readable =
        metrics->store != NULL && cw_figures_gather(metrics, &figures, NULL) == CW_OK;
    struct cw_buf text;
    cw_buf_init(&text, CW_METRICS_BYTES_MAX);
    cw_figures_write(&figures, &text);
    status = cw_buf_status(&text, err);
    if (status == CW_OK) {
        status = cw_file_write(path, cw_buf_as_span(&text), FILE_MODE, err);
    } else {
        status = cw_error_prefix(err, "%s: ", path);
    }
    cw_buf_clear(&text);
    cw_figures_clear(&figures);
    return status;
}
