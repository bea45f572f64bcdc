#include "base/text.h"
#include "cli/tone.h"

enum { SEVERITY_COLUMNS = 8 };

/* In: id_columns  of the longest id */
static void print_rule(const struct cw_cli *cli, const struct cw_rule *rule, int id_columns)
{
    if (cli->is_json) {
        cw_cli_json(json_pack("{s:s, s:o, s:s, s:s, s:I, s:I, s:s, s:s}", "id", rule->id, "title",
                              cw_json_text(cw_span_cstr(rule->title)), "severity",
                              cw_grade_severities[rule->severity], "tlp", cw_grade_tlps[rule->tlp],
                              "addresses", (json_int_t)rule->addresses_count, "parties",
                              (json_int_t)rule->parties_count, "reviewed", rule->reviewed, "sha256",
                              rule->sha256));
        return;
    }
    (void)printf("%-*s ", id_columns, rule->id);
    cw_tone_print(cli, cw_tone_of_severity((enum cw_severity)rule->severity),
                  cw_grade_severities[rule->severity], SEVERITY_COLUMNS);
    const int wide = printf(" %4zu addresses  ", rule->addresses_count);
    cw_cli_cut(cli, (size_t)id_columns + 1 + SEVERITY_COLUMNS + (size_t)wide, rule->title);
}

static void list(const struct cw_cli *cli, const struct cw_rules *rules)
{
    int id_columns = 0;
    for (size_t i = 0; i < cw_rules_count(rules); i++) {
        const int len = (int)strlen(cw_rules_at(rules, i)->id);
        id_columns = len > id_columns ? len : id_columns;
    }
    for (size_t i = 0; i < cw_rules_count(rules); i++) {
        print_rule(cli, cw_rules_at(rules, i), id_columns);
    }
}

static json_t *mistake_json(const struct cw_mistake *mistake)
{
    return json_pack("{s:o, s:i, s:i, s:o, s:s, s:o}", "file",
                     cw_json_text(cw_span_cstr(mistake->file)), "line", mistake->line, "column",
                     mistake->column, "field", cw_json_text(cw_span_cstr(mistake->field)), "grade",
                     mistake->grade == CW_MISTAKE_ERROR ? "error" : "warning", "text",
                     cw_json_text(cw_span_cstr(mistake->text)));
}

static int lint(const struct cw_cli *cli, const struct cw_mistakes *mistakes,
                const struct cw_rules *rules)
{
    if (cli->is_json) {
        for (size_t i = 0; i < mistakes->count; i++) {
            cw_cli_json(mistake_json(&mistakes->items[i]));
        }
    } else {
        cw_cli_mistakes(cli, mistakes);
    }
    cw_cli_say(cli, "%zu rules, %zu addresses: %zu errors, %zu warnings", cw_rules_count(rules),
               cw_rules_addresses(rules), mistakes->errors, mistakes->warnings);
    return mistakes->errors > 0 ? CW_EXIT_DATA : CW_EXIT_OK;
}

/* The folder given, or the home's; a home whose rules are wrong can still be linted. */
static int rules_folder(struct cw_cli *cli, const char *given, char **ret)
{
    struct cw_error err = {0};
    char *path = NULL;
    if (given != NULL) {
        *ret = strdup(given);
        return -1;
    }
    if (cw_config_find(cli->config_path, cli->env_config, cli->env_xdg_config_home, cli->env_home,
                       &path, &err) != CW_OK) {
        return cw_cli_fail(cli, &err, CW_EXIT_CONFIG);
    }
    struct cw_mistakes mistakes;
    struct cw_config *config = NULL;
    cw_mistakes_init(&mistakes);
    const enum cw_status status = cw_config_load(path, &mistakes, &config, &err);
    int code = -1;
    if (status != CW_OK) {
        code = cw_cli_fail(cli, &err, CW_EXIT_CONFIG);
    } else if (mistakes.errors > 0 || config == NULL) {
        cw_cli_mistakes(cli, &mistakes);
        code = CW_EXIT_CONFIG;
    } else {
        *ret = strdup(config->rules_dir);
    }
    cw_config_free(config);
    cw_mistakes_clear(&mistakes);
    free(path);
    return code;
}

static int run(const struct cw_cli *cli, const char *folder, bool is_lint)
{
    struct cw_error err = {0};
    struct cw_mistakes mistakes;
    CW_CLEANUP(cw_rules_freep) struct cw_rules *rules = NULL;
    cw_mistakes_init(&mistakes);
    const enum cw_status status = cw_rules_load(folder, &mistakes, &rules, &err);
    int code = CW_EXIT_OK;
    if (status != CW_OK) {
        code = cw_cli_fail(cli, &err, CW_EXIT_DATA);
    } else if (is_lint) {
        code = lint(cli, &mistakes, rules);
    } else {
        list(cli, rules);
        cw_cli_mistakes(cli, &mistakes);
        code = mistakes.errors > 0 ? CW_EXIT_DATA : CW_EXIT_OK;
    }
    cw_mistakes_clear(&mistakes);
    return code;
}

static const struct cw_term verbs[] = {
    {"list [DIR]", "the cases, with their severity and how many addresses they watch"},
    {"lint [DIR]",
     "read every rule and name each mistake with file, line, column, field and what to do"},
};

static const struct cw_usage usage = {
    .text = "The cases. DIR is a folder of rules instead of the home's.",
    .verbs = CW_TERMS(verbs),
    .examples = "cryptowatch rule lint\ncryptowatch rule lint ./my-cases\n",
    .exits = "0 no mistake (warnings are none)\n64 usage\n65 mistakes\n78 configuration\n",
    .see = "cryptowatch-scan(1), cryptowatch-rules(5)",
};

int cw_cmd_rule(struct cw_cli *cli, int argc, char **argv)
{
    int operands = 0;
    int code = cw_cli_options(cli, &usage, argc, argv, &operands);
    if (code >= 0) {
        return code;
    }
    const bool is_lint = operands > 0 && strcmp(argv[0], "lint") == 0;
    const bool is_list = operands > 0 && strcmp(argv[0], "list") == 0;
    if ((!is_lint && !is_list) || operands > 2) {
        return cw_cli_verb_error(cli, &usage, operands > 0 ? argv[0] : NULL);
    }
    char *folder = NULL;
    code = rules_folder(cli, operands == 2 ? argv[1] : NULL, &folder);
    if (code < 0 && folder == NULL) {
        code = CW_EXIT_OS;
    } else if (code < 0) {
        code = run(cli, folder, is_lint);
    }
    free(folder);
    return code;
}
