#include "cli/run_metrics.h"

/* A command that needs no feeds loads none; the file tells of them all the same, as far as they can
 * be read. */
static void load_feeds(const struct cw_cli *cli, const struct cw_home *home, struct cw_home *ret)
{
    char *path = NULL;
    struct cw_mistakes mistakes;
    cw_mistakes_init(&mistakes);
    if (home->feeds == NULL && home->config->metrics_file[0] != '\0' &&
        cw_config_find(cli->config_path, cli->env_config, cli->env_xdg_config_home, cli->env_home,
                       &path, NULL) == CW_OK) {
        (void)!cw_home_load(path, &cli->programs, &mistakes, ret, NULL);
    }
    free(path);
    cw_mistakes_clear(&mistakes);
}

int cw_cli_run_metrics(const struct cw_cli *cli, const struct cw_home *home, struct cw_store *store,
                       enum cw_metrics_command command, const struct cw_metrics_run *run)
{
    CW_CLEANUP(cw_home_clear) struct cw_home whole = {0};
    load_feeds(cli, home, &whole);
    struct cw_metrics metrics = {
        .home = whole.feeds != NULL ? &whole : home,
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
