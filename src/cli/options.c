#include <stdarg.h>

#include "base/text.h"
#include "cli/cli.h"
#include "cli/nearest.h"

int cw_cli_usage_error(const struct cw_cli *cli, const char *fmt, ...)
{
    char text[512];
    char safe[512];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    cw_text_escape_to(safe, sizeof(safe), cw_span_cstr(text));
    (void)fprintf(stderr, "cryptowatch %s: %s\nsee: cryptowatch %s --help\n", cli->command->name,
                  safe, cli->command->name);
    return CW_EXIT_USAGE;
}

/* "list, status or parse" */
static void write_verbs(const struct cw_usage *usage, char *ret, size_t bytes)
{
    const size_t count = usage->verbs.count;
    size_t len = 0;
    for (size_t i = 0; i < count && len < bytes; i++) {
        const char *form = usage->verbs.rows[i].term;
        const char *between = i == 0 ? "" : (i + 1 == count ? " or " : ", ");
        len +=
            (size_t)snprintf(ret + len, bytes - len, "%s%.*s", between, cw_usage_word(form), form);
    }
}

int cw_cli_verb_error(const struct cw_cli *cli, const struct cw_usage *usage, const char *word)
{
    char known[256] = "";
    char firsts[CW_VERBS_MAX][32];
    CW_ASSERT(usage->verbs.count <= CW_VERBS_MAX);
    write_verbs(usage, known, sizeof(known));
    if (word == NULL) {
        return cw_cli_usage_error(cli, "say %s", known);
    }
    const struct cw_term *verb = cw_usage_verb(usage, word);
    if (verb != NULL) {
        return cw_cli_usage_error(cli, "write: %s %s", cli->command->name, verb->term);
    }
    struct cw_nearest nearest = {.wanted = cw_span_cstr(word)};
    for (size_t i = 0; i < usage->verbs.count; i++) {
        const char *form = usage->verbs.rows[i].term;
        (void)snprintf(firsts[i], sizeof(firsts[i]), "%.*s", cw_usage_word(form), form);
        cw_nearest_try(&nearest, firsts[i]);
    }
    return nearest.found != NULL
               ? cw_cli_usage_error(cli, "no subcommand %.64s; did you mean %s? say %s", word,
                                    nearest.found, known)
               : cw_cli_usage_error(cli, "no subcommand %.64s; say %s", word, known);
}

/* The options that every command has stand in the same table as its own. */
struct table {
    struct cw_option rows[CW_OPTIONS_MAX + CW_COMMON_OPTIONS];
    size_t count;
    bool is_help;
};

static void fill(struct table *table, struct cw_cli *cli, const struct cw_usage *usage)
{
    CW_ASSERT(usage->options_count <= CW_OPTIONS_MAX);
    for (size_t i = 0; i < usage->options_count; i++) {
        table->rows[table->count++] = usage->options[i];
    }
    cw_usage_common(cli, &table->is_help, &table->rows[table->count]);
    table->count += CW_COMMON_OPTIONS;
}

static const struct cw_option *find(const struct table *table, struct cw_span name)
{
    for (size_t i = 0; i < table->count; i++) {
        if (cw_span_is(name, table->rows[i].name)) {
            return &table->rows[i];
        }
    }
    return NULL;
}

static int unknown_option(const struct cw_cli *cli, const struct table *table, struct cw_span name)
{
    struct cw_nearest nearest = {.wanted = name};
    for (size_t i = 0; i < table->count; i++) {
        cw_nearest_try(&nearest, table->rows[i].name);
    }
    const int shown = name.len > 64 ? 64 : (int)name.len;
    if (nearest.found != NULL) {
        return cw_cli_usage_error(cli, "no option --%.*s; did you mean --%s?", shown, name.data,
                                  nearest.found);
    }
    return cw_cli_usage_error(cli, "no option --%.*s", shown, name.data);
}

/* One "--name", "--name VALUE" or "--name=VALUE" at argv[*at]; -1 to go on. */
static int take(const struct cw_cli *cli, const struct table *table, int argc, char **argv, int *at)
{
    const struct cw_span word = cw_span_cstr(argv[*at] + 2);
    const size_t equals = cw_span_find(word, '=', 0);
    const struct cw_span name = cw_span_slice(word, 0, equals);
    const struct cw_option *option = find(table, name);
    if (option == NULL) {
        return unknown_option(cli, table, name);
    }
    if (option->argument == NULL) {
        if (equals < word.len) {
            return cw_cli_usage_error(cli, "--%s takes no value", option->name);
        }
        *option->flag = true;
        return -1;
    }
    const char *value = NULL;
    if (equals < word.len) {
        value = argv[*at] + 2 + equals + 1;
    } else if (*at + 1 < argc) {
        *at += 1;
        value = argv[*at];
    } else {
        return cw_cli_usage_error(cli, "--%s needs a value: %s", option->name, option->argument);
    }
    if (option->count == NULL) {
        *option->value = value;
    } else if (*option->count < option->max) {
        option->value[(*option->count)++] = value;
    } else {
        return cw_cli_usage_error(cli, "--%s may stand at most %zu times", option->name,
                                  option->max);
    }
    return -1;
}

/* The name of a key is base64url, so that one in 64 begins with a dash. No option is as long. */
static bool is_kid(const char *word)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    return strlen(word) == CW_KID_TEXT_BYTES - 1 && strspn(word, alphabet) == strlen(word);
}

int cw_cli_options(struct cw_cli *cli, const struct cw_usage *usage, int argc, char **argv,
                   int *ret_operands)
{
    struct table table = {0};
    if (cli->form != CW_USAGE_RUN) {
        cw_usage_tell(cli, usage);
        return CW_EXIT_OK;
    }
    fill(&table, cli, usage);
    int operands = 0;
    bool is_ended = false;
    for (int i = 0; i < argc; i++) {
        const bool is_option =
            !is_ended && argv[i][0] == '-' && argv[i][1] != '\0' && !is_kid(argv[i]);
        if (!is_option) {
            argv[operands++] = argv[i];
            continue;
        }
        if (strcmp(argv[i], "--") == 0) {
            is_ended = true;
            continue;
        }
        if (strcmp(argv[i], "-h") == 0) {
            table.is_help = true;
            continue;
        }
        if (argv[i][1] != '-') {
            return cw_cli_usage_error(cli, "no option %s: options are written out, --json",
                                      argv[i]);
        }
        const int code = take(cli, &table, argc, argv, &i);
        if (code >= 0) {
            return code;
        }
    }
    if (table.is_help) {
        cw_usage_tell(cli, usage);
        return CW_EXIT_OK;
    }
    cli->is_colour = cli->is_colour && !cli->is_quiet;
    cli->is_terminal = cli->is_terminal && !cli->is_quiet;
    if (cli->programs.is_unsealed) {
        cw_cli_say(cli, "warning: without the sandbox of the parser and the network program");
    }
    *ret_operands = operands;
    return -1;
}
