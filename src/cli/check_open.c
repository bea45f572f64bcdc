#include "cli/check_open.h"

/* The configuration says where the index is, and no other file is read. Every way in which that
 * cannot be (a mistake in the configuration too) leads to the longer way, which says what is wrong.
 */
static enum cw_status load_config(const struct cw_cli *cli, struct cw_config **ret,
                                  struct cw_error *err)
{
    char *path = NULL;
    struct cw_mistakes mistakes;
    cw_mistakes_init(&mistakes);
    enum cw_status status = cw_config_find(cli->config_path, cli->env_config,
                                           cli->env_xdg_config_home, cli->env_home, &path, err);
    if (status == CW_OK) {
        status = cw_config_load(path, &mistakes, ret, err);
    }
    if (status == CW_OK && (mistakes.errors > 0 || *ret == NULL)) {
        status = CW_INVALID;
    }
    cw_mistakes_clear(&mistakes);
    free(path);
    return status;
}

static int load_home(struct cw_cli *cli, struct cw_answering *answering)
{
    answering->has_home = true;
    const int code = cw_cli_home(cli, CW_NEED_FILES, &answering->home);
    answering->config = answering->home.config;
    return code;
}

/* Damage is said to everybody, an index that is merely behind to who wants to know. */
static void say_slow(const struct cw_cli *cli, enum cw_status status, const struct cw_error *why)
{
    if (status == CW_STATE || status == CW_IO || status == CW_DENIED) {
        cw_cli_say(cli, "answering without the index: %s", why->text);
    } else if (cli->is_verbose && why->text[0] != '\0') {
        cw_cli_say(cli, "answering without the index (%s); `cryptowatch scan` makes it fast",
                   why->text);
    }
}

static int open_in_memory(struct cw_cli *cli, enum cw_check_use use, struct cw_answering *answering)
{
    struct cw_error err = {0};
    if (!answering->has_home) {
        const int code = load_home(cli, answering);
        if (code >= 0) {
            return code;
        }
    }
    return cw_check_open(&answering->home, &cli->clock, use, &answering->check, &err) == CW_OK
               ? -1
               : cw_cli_fail(cli, &err, CW_EXIT_PARTIAL);
}

int cw_cli_answering_open(struct cw_cli *cli, struct cw_answering_want want,
                          struct cw_answering *ret)
{
    struct cw_error why = {0};
    enum cw_status status = CW_OK;
    *ret = (struct cw_answering){0};
    if (want.need == CW_ANSWERING_HOME) {
        const int code = load_home(cli, ret);
        if (code >= 0) {
            return code;
        }
    } else {
        status = load_config(cli, &ret->own_config, &why);
        ret->config = ret->own_config;
    }
    if (status == CW_OK) {
        status = cw_check_open_published(ret->config, &cli->clock, want.use, &ret->check, &why);
    }
    if (status == CW_OK) {
        return -1;
    }
    say_slow(cli, status, &why);
    return open_in_memory(cli, want.use, ret);
}

void cw_cli_answering_close(struct cw_answering *answering)
{
    cw_check_close(answering->check);
    cw_config_free(answering->own_config);
    if (answering->has_home) {
        cw_home_clear(&answering->home);
    }
    *answering = (struct cw_answering){0};
}
