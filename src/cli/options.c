#include <stdarg.h>

#include "base/text.h"
#include "cli/cli.h"

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

static void print_option(const struct cw_option *option)
{
    char left[48];
    (void)snprintf(left, sizeof(left), "--%s%s%s", option->name,
                   option->argument != NULL ? " " : "",
                   option->argument != NULL ? option->argument : "");
    (void)printf("  %-16s %s\n", left, option->help);
}

static void print_help(const struct cw_cli *cli, const struct cw_usage *usage)
{
    (void)printf("usage: cryptowatch %s %s\n\n%s\n", cli->command->name, usage->synopsis,
                 usage->text);
    if (usage->options_count > 0) {
        (void)printf("\noptions:\n");
    }
    for (size_t i = 0; i < usage->options_count; i++) {
        print_option(&usage->options[i]);
    }
    (void)printf("\noptions of every command:\n"
                 "  --config FILE    the configuration\n"
                 "  --json           for machines\n"
                 "  --quiet          data and errors, no other words\n"
                 "  --verbose        more about what is done\n"
                 "  --no-sandbox     parser and network program without their sandbox\n"
                 "  --help           this text\n");
    (void)printf("\nexamples:\n%s\nexit codes:\n%s", usage->examples, usage->exits);
}

/* The options that every command has stand in the same table as its own. */
struct table {
    struct cw_option rows[CW_OPTIONS_MAX + 6];
    size_t count;
    bool is_help;
};

static void fill(struct table *table, struct cw_cli *cli, const struct cw_usage *usage)
{
    CW_ASSERT(usage->options_count <= CW_OPTIONS_MAX);
    for (size_t i = 0; i < usage->options_count; i++) {
        table->rows[table->count++] = usage->options[i];
    }
    const struct cw_option common[] = {
        {.name = "config", .argument = "FILE", .value = &cli->config_path},
        {.name = "json", .flag = &cli->is_json},
        {.name = "quiet", .flag = &cli->is_quiet},
        {.name = "verbose", .flag = &cli->is_verbose},
        {.name = "help", .flag = &table->is_help},
        {.name = "no-sandbox", .flag = &cli->programs.is_unsealed},
    };
    for (size_t i = 0; i < CW_COUNT(common); i++) {
        table->rows[table->count++] = common[i];
    }
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
    const char *nearest = NULL;
    size_t best = 4;
    for (size_t i = 0; i < table->count; i++) {
        const size_t distance = cw_text_distance(name, cw_span_cstr(table->rows[i].name));
        if (distance < best) {
            best = distance;
            nearest = table->rows[i].name;
        }
    }
    const int shown = name.len > 64 ? 64 : (int)name.len;
    if (nearest != NULL) {
        return cw_cli_usage_error(cli, "no option --%.*s; did you mean --%s?", shown, name.data,
                                  nearest);
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
        print_help(cli, usage);
        return CW_EXIT_OK;
    }
    if (cli->programs.is_unsealed) {
        cw_cli_say(cli, "warning: without the sandbox of the parser and the network program");
    }
    *ret_operands = operands;
    return -1;
}
