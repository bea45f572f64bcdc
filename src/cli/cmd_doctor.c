#include "cli/cli.h"
#include "cli/nearest.h"
#include "cli/tone.h"
#include "doctor/doctor.h"

enum { GROUPS_MAX = 32, STATE_COLUMNS = 7 };

struct telling {
    const struct cw_cli *cli;
    json_t *findings; /* NULL for text */
};

static json_t *finding_json(const struct cw_finding *finding)
{
    return json_pack("{s:s, s:s, s:s, s:o}", "name", finding->check, "state",
                     cw_finding_state_name(finding->state), "text", finding->text, "command",
                     finding->command[0] == '\0' ? json_null() : json_string(finding->command));
}

static void on_finding(void *ctx, const struct cw_finding *finding)
{
    struct telling *telling = ctx;
    if (telling->findings != NULL) {
        (void)json_array_append_new(telling->findings, finding_json(finding));
        return;
    }
    if (telling->cli->is_quiet && finding->state == CW_FINDING_OK) {
        return;
    }
    static const enum cw_tone tones[] = {[CW_FINDING_OK] = CW_TONE_PLAIN,
                                         [CW_FINDING_WARNING] = CW_TONE_NOTICE,
                                         [CW_FINDING_ERROR] = CW_TONE_ALARM};
    cw_tone_print(telling->cli, tones[finding->state], cw_finding_state_name(finding->state),
                  STATE_COLUMNS);
    const bool has_command = finding->command[0] != '\0';
    const bool is_joined = telling->cli->columns == 0;
    const struct cw_line line = {STATE_COLUMNS, STATE_COLUMNS + 1};
    cw_cli_line(telling->cli, line, " %s: %s%s%s", finding->check, finding->text,
                has_command && is_joined ? "; type: " : "",
                has_command && is_joined ? finding->command : "");
    if (has_command && !is_joined) { /* to be copied: never wrapped */
        (void)printf("%*s type: %s\n", STATE_COLUMNS, "", finding->command);
    }
    (void)fflush(stdout);
}

/* As other commands would end that met the first error; warnings alone are "partly". */
static int exit_for(const struct cw_doctor_report *report)
{
    switch (report->first_error) {
    case CW_OK:
        return report->warnings > 0 ? CW_EXIT_PARTIAL : CW_EXIT_OK;
    case CW_DENIED:
        return CW_EXIT_DENIED;
    case CW_IO:
    case CW_STATE:
        return CW_EXIT_IO;
    case CW_TEMPORARY:
    case CW_BUSY:
        return CW_EXIT_PARTIAL;
    case CW_NOMEM:
    case CW_UNTRUSTED:
        return CW_EXIT_OS;
    case CW_INVALID:
    case CW_LIMIT:
    case CW_NOT_FOUND:
        break;
    }
    return CW_EXIT_CONFIG;
}

static bool is_group(const char *name)
{
    const char *const *groups = cw_doctor_groups();
    for (size_t i = 0; groups[i] != NULL; i++) {
        if (strcmp(groups[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* A configuration that the environment leads to is found again by what is typed next. */
static int run(const struct cw_cli *cli, const char *const *only)
{
    char *path = NULL;
    struct cw_error err = {0};
    struct cw_doctor_report report;
    struct telling telling = {.cli = cli, .findings = cli->is_json ? json_array() : NULL};
    const enum cw_status status = cw_config_find(
        cli->config_path, cli->env_config, cli->env_xdg_config_home, cli->env_home, &path, &err);
    const struct cw_doctor_options options = {
        .config_path = status == CW_OK ? path : NULL,
        .config_error = err.text,
        .config_option = cli->config_path,
        .version = CW_VERSION,
        .programs = cli->programs,
        .clock = cli->clock,
        .only = only,
        .found = on_finding,
        .ctx = &telling,
    };
    cw_doctor_run(&options, &report);
    free(path);
    if (telling.findings != NULL) {
        cw_cli_json(telling.findings);
    }
    if (report.errors + report.warnings > 0) {
        cw_cli_say(cli, "%zu errors, %zu warnings, %zu checks are well", report.errors,
                   report.warnings, report.oks);
    } else {
        cw_cli_say(cli, "all %zu checks are well", report.oks);
    }
    return exit_for(&report);
}

static const struct cw_term checks[] = {
    {"config", "configuration, lists, cases, trusted keys: readable, by whom written"},
    {"keys", "signing keys and endpoints' secrets: closed, published, in time"},
    {"state", "the folder: owner, mode, room, lock, unfinished files"},
    {"database", "opens, sound, every list as it was written"},
    {"index", "every block and record, and of this state"},
    {"snapshots", "every document is there and has its hash"},
    {"feeds", "failed, held, stale, never read, and what is in force meanwhile"},
    {"outbox", "waiting, overdue, dead, disabled"},
    {"log", "entries, tiles, root, signature; what waits"},
    {"clock", "not before this program, not before what was recorded"},
    {"programs", "version, sandbox, every list format on a sample, TLS"},
};

static const struct cw_usage usage = {
    .synopsis = "[OPTIONS] [CHECK...]",
    .text = "Looks at the whole installation and changes nothing: one line a check, ok, warning "
            "or error, with what to type. Without CHECK all checks are made, whatever the others "
            "find. It may run beside a scan, and on a disk that is full or read-only.",
    .sections = {{"checks", CW_TERMS(checks), true}},
    .examples = "cryptowatch doctor\n"
                "cryptowatch doctor --quiet\n"
                "cryptowatch doctor feeds outbox\n"
                "cryptowatch doctor --json | jq '.[] | select(.state != \"ok\")'\n",
    .exits = "0 all is well\n20 warnings, or alerts that do not arrive\n64 usage\n"
             "71 a program, when that is the first error\n74 state or disk, likewise\n"
             "77 permission, likewise\n78 configuration or keys, likewise\n",
    .see = "cryptowatch-feed(1), cryptowatch-log(1), cryptowatch.json(5)",
};

static int unknown_check(const struct cw_cli *cli, const char *name)
{
    struct cw_nearest nearest = {.wanted = cw_span_cstr(name)};
    for (size_t i = 0; i < CW_COUNT(checks); i++) {
        cw_nearest_try(&nearest, checks[i].term);
    }
    return nearest.found != NULL
               ? cw_cli_usage_error(cli, "no check %.64s; did you mean %s?", name, nearest.found)
               : cw_cli_usage_error(cli, "no check %.64s", name);
}

int cw_cmd_doctor(struct cw_cli *cli, int argc, char **argv)
{
    const char *only[GROUPS_MAX] = {NULL};
    int operands = 0;
    const int code = cw_cli_options(cli, &usage, argc, argv, &operands);
    if (code >= 0) {
        return code;
    }
    for (int i = 0; i < operands; i++) {
        if (!is_group(argv[i]) || i + 1 >= GROUPS_MAX) {
            return unknown_check(cli, argv[i]);
        }
        only[i] = argv[i];
    }
    return run(cli, only);
}
