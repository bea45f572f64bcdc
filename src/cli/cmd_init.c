#include <unistd.h>

#include "base/file.h"
#include "base/shell.h"
#include "cli/cli.h"
#include "json/json_url.h"

enum { PATH_BYTES = 4096 };

static bool absolute(const char *folder, char *ret)
{
    if (folder[0] == '/') {
        return snprintf(ret, PATH_BYTES, "%s", folder) < PATH_BYTES;
    }
    char here[PATH_BYTES];
    if (getcwd(here, sizeof(here)) == NULL) {
        return false;
    }
    return snprintf(ret, PATH_BYTES, "%s/%s", here, folder) < PATH_BYTES;
}

/* To be copied: never wrapped. */
static void print_command(const char *begin, const char *word, const char *end)
{
    (void)printf("%s", begin);
    cw_cli_print(cw_span_cstr(word));
    (void)printf("%s\n", end);
}

/* In a crontab a % ends the command, quoted or not (crontab(5)). */
static void print_cron(const char *begin, const char *word)
{
    (void)printf("%s", begin);
    for (const char *c = word; *c != '\0';) {
        const size_t len = strcspn(c, "%");
        cw_cli_print(cw_span_make(c, len));
        c += len;
        if (*c == '%') {
            (void)printf("\\%%");
            c++;
        }
    }
    (void)printf("\n");
}

static void print_next(const struct cw_cli *cli, const char *path)
{
    static const struct cw_line line = {0, 0};
    const struct cw_quoted config = cw_shell_quote_in(path, "cryptowatch.json");
    cw_cli_line(cli, line, "Made a home in %s: configuration, keys, feeds, rules and state.", path);
    (void)printf("\nNext:\n");
    print_command("  cryptowatch scan --config ", config.text, "");
    print_command("  cryptowatch check --config ", config.text, " ADDRESS");
    (void)printf("\nEvery hour, by cron:\n");
    print_cron("  17 * * * * cryptowatch scan --quiet --config ", config.text);
    (void)printf("\n");
    cw_cli_line(cli, line,
                "Alerts speak for the URI given by --source: it stands in cryptowatch.json and, as "
                "what the key may sign for, in keys/keys.jwks.json. To be told of alerts, add a "
                "webhook under `endpoints`.");
}

int cw_cmd_init(struct cw_cli *cli, int argc, char **argv)
{
    const char *source = "urn:cryptowatch:unconfigured";
    const struct cw_option options[] = {
        {.name = "source",
         .argument = "URI",
         .help = "who speaks in the alerts: an absolute URI of your organisation",
         .value = &source},
    };
    const struct cw_usage usage = {
        .synopsis = "[OPTIONS] [DIR]",
        .text = "Makes a ready home in DIR (else in $XDG_CONFIG_HOME/cryptowatch): configuration,\n"
                "three keys readable by you alone, the shipped feeds and rules, and an empty "
                "state.\nNothing that is there already is overwritten.",
        .options = options,
        .options_count = CW_COUNT(options),
        .examples = "cryptowatch init\n"
                    "cryptowatch init --source https://scanner.agency.example/cw /srv/cw\n",
        .exits = "0 made\n64 usage\n73 something is there already, or cannot be made\n",
        .see = "cryptowatch-scan(1), cryptowatch-doctor(1), cryptowatch.json(5)",
    };
    int operands = 0;
    const int code = cw_cli_options(cli, &usage, argc, argv, &operands);
    if (code >= 0) {
        return code;
    }
    if (operands > 1 || (operands == 1 && argv[0][0] == '\0')) {
        return cw_cli_usage_error(cli, "name one folder");
    }
    if (!cw_json_uri_is_absolute(cw_span_cstr(source))) {
        return cw_cli_usage_error(cli,
                                  "--source %s: write an absolute URI, "
                                  "https://scanner.agency.example/cryptowatch",
                                  source);
    }
    char folder[PATH_BYTES];
    char standard[PATH_BYTES] = "";
    if (cli->env_xdg_config_home != NULL && cli->env_xdg_config_home[0] == '/') {
        (void)snprintf(standard, sizeof(standard), "%s/cryptowatch", cli->env_xdg_config_home);
    } else if (cli->env_home != NULL && cli->env_home[0] == '/') {
        (void)snprintf(standard, sizeof(standard), "%s/.config/cryptowatch", cli->env_home);
    } else if (operands == 0) {
        return cw_cli_usage_error(cli, "say where: neither XDG_CONFIG_HOME nor HOME is set");
    }
    if (!absolute(operands == 1 ? argv[0] : standard, folder)) {
        return cw_cli_usage_error(cli, "the path is too long");
    }
    struct cw_error err = {0};
    const enum cw_status status = cw_home_init(folder, source, &cli->programs, &cli->random,
                                               cw_clock_now_s(&cli->clock), &err);
    if (status != CW_OK) {
        return cw_cli_fail(cli, &err, CW_EXIT_CREATE);
    }
    if (cli->is_json) {
        cw_cli_json(json_pack("{s:o}", "home", cw_json_text(cw_span_cstr(folder))));
    } else if (!cli->is_quiet) {
        print_next(cli, folder);
    }
    return CW_EXIT_OK;
}
