/* run_metrics.h: what `scan` and `deliver` leave for a monitor, whatever became of them.
 *
 * Knows when the metrics file is written and what it costs when it cannot be. Refuses to know what
 * is in it (metrics/metrics.h).
 */
#ifndef CW_CLI_RUN_METRICS_H
#define CW_CLI_RUN_METRICS_H

#include "cli/cli.h"
#include "metrics/metrics.h"

/** Writes the file at the end of a run, under its lock; the end is now.
 *  In:      run    without its end
 *           store  NULL when it could not be opened
 *  Returns: the exit code of the run; CW_EXIT_PARTIAL in the place of CW_EXIT_OK when there should
 *           be a file and it could not be written, which is said: a monitor that hears nothing must
 *           not be the only one to know. */
int cw_cli_run_metrics(const struct cw_cli *cli, const struct cw_home *home, struct cw_store *store,
                       enum cw_metrics_command command, const struct cw_metrics_run *run);
/** The same for a run that did not begin, because of a mistake in a file or a key: takes the lock
 *  itself, and leaves the file to the run that holds it. */
int cw_cli_no_run_metrics(const struct cw_cli *cli, const struct cw_home *home,
                          enum cw_metrics_command command, int code);

#endif
