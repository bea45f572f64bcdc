#include "cli/run_metrics.h"

int cw_cli_run_metrics(const struct cw_cli *cli, const struct cw_home *home, struct cw_store *store,
                       enum cw_metrics_command command, const struct cw_metrics_run *run)
{
    struct cw_metrics metrics = {
        .home = home,
        .store = store,
        .version = CW_VERSION,
        .command = command,
        .run = *run,
        .now_s = cw_clock_now_s(&cli->clock),
    };
    metrics.run.finished_at_s = metrics.now_s;
    struct cw_error err = {0};
    if (cw_metrics_write(&metrics, &err) == CW_OK) {
        return (int)run->exit_code;
    }
    (void)fprintf(stderr, "%swarning: metrics: %s\n", cw_cli_level(cli, CW_LEVEL_WARNING),
                  err.text);
    return run->exit_code == CW_EXIT_OK ? CW_EXIT_PARTIAL : (int)run->exit_code;
}

int cw_cli_no_run_metrics(const struct cw_cli *cli, const struct cw_home *home,
                          enum cw_metrics_command command, int code)
{
    int lock = -1;
    if (home->config == NULL || home->config->metrics_file[0] == '\0' ||
        cw_state_lock(home->config->state_dir, &lock, NULL) != CW_OK) {
        return code;
    }
    CW_CLEANUP(cw_store_closep) struct cw_store *store = NULL;
    if (cw_store_open(home->config->state_dir, CW_STORE_READ, &store, NULL) != CW_OK) {
        CW_ASSERT(store == NULL); /* the file says so */
    }
    const struct cw_metrics_run run = {
        .started_at_s = cw_clock_now_s(&cli->clock),
        .exit_code = code,
    };
    code = cw_cli_run_metrics(cli, home, store, command, &run);
    cw_store_closep(&store);
    cw_state_unlock(lock);
    return code;
}
