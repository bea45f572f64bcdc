#include "cli/front.h"

#include "base/text.h"
#include "cli/nearest.h"

#define CW_COMMAND(id, text)                                                                       \
    static const struct cw_command command_##id = {                                                \
        .name = #id, .summary = (text), .run = cw_cmd_##id};
#include "cli/commands.def"
#undef CW_COMMAND

const struct cw_command *const cw_commands[] = {
#define CW_COMMAND(id, text) &command_##id,
#include "cli/commands.def"
#undef CW_COMMAND
    NULL,
};

/* ---- the program's own usage ---- */

static const struct cw_term names[] = {
#define CW_COMMAND(id, text) {#id, (text)},
#include "cli/commands.def"
#undef CW_COMMAND
};

static const struct cw_term environment[] = {
    {"CRYPTOWATCH_CONFIG", "the configuration, when `--config` does not say it"},
    {"XDG_CONFIG_HOME", "its folder `cryptowatch` holds a person's own home; else "
                        "`$HOME/.config`"},
    {"NO_COLOR", "when it is not empty: neither colour nor progress"},
    {"COLUMNS", "columns of the terminal, before what the terminal says itself"},
    {"TERM", "`dumb`: as with NO_COLOR"},
};

static const struct cw_term files[] = {
    {"/etc/cryptowatch/cryptowatch.json", "the configuration of the system, cryptowatch.json(5)"},
    {"feeds/*.json", "one public list each, cryptowatch-feeds(5)"},
    {"rules/*.json", "one case each, cryptowatch-rules(5)"},
};

static const struct cw_usage program = {
    .synopsis = "COMMAND [OPTIONS]\n"
                "help [COMMAND]\n"
                "--version\n"
                "--completion bash|zsh|fish",
    .text =
        "Checks public blockchain-address watchlists against locally configured cases and emits "
        "signed alerts. Answers, offline, whether an address is listed, related or clear, or says "
        "that it cannot say.\n\n"
        "Data goes to standard output, words for people to standard error. Nothing is read "
        "from the current folder unasked.",
    .verbs = CW_TERMS(names),
    .sections = {{"environment", CW_TERMS(environment), false}, {"files", CW_TERMS(files), false}},
    .examples = "cryptowatch init\n"
                "cryptowatch scan\n"
                "cryptowatch check 0x098B716B8Aaf21512996dC57EB0615e2383E2f96\n"
                "cryptowatch help feed\n"
                "cryptowatch --completion bash \\\n"
                "    > ~/.local/share/bash-completion/completions/cryptowatch\n",
    .exits = "0 done; `check` and `screen`: clear, on data that is complete and fresh\n"
             "1 `verify`: not valid\n"
             "2 `verify`: could not be checked\n"
             "10 listed\n"
             "11 only related\n"
             "20 cannot say, or only partly done\n"
             "64 wrong usage\n"
             "65 a bad input file\n"
             "70 a bug of ours\n"
             "71 the system\n"
             "73 cannot create\n"
             "74 input or output\n"
             "75 another run holds the lock\n"
             "77 permission: a key is too open\n"
             "78 configuration\n",
    .see =
#define CW_COMMAND(id, text) "cryptowatch-" #id "(1), "
#include "cli/commands.def"
#undef CW_COMMAND
        "cryptowatch.json(5), cryptowatch-feeds(5), cryptowatch-rules(5)",
};

/* ---- which command ---- */

static const struct cw_command *find(const char *name)
{
    for (size_t i = 0; cw_commands[i] != NULL; i++) {
        if (strcmp(cw_commands[i]->name, name) == 0) {
            return cw_commands[i];
        }
    }
    return NULL;
}

/* The options that the program has before a command. */
static int unknown_option(const char *word)
{
    static const char *const known[] = {"--help", "--version", "--completion"};
    struct cw_nearest nearest = {.wanted = cw_span_cstr(word)};
    char safe[128];
    for (size_t i = 0; i < CW_COUNT(known); i++) {
        cw_nearest_try(&nearest, known[i]);
    }
    cw_text_escape_to(safe, sizeof(safe), cw_span_cstr(word));
    (void)fprintf(stderr, "cryptowatch: no option %s before a command", safe);
    if (nearest.found != NULL) {
        (void)fprintf(stderr, "; did you mean %s?\n", nearest.found);
    } else {
        (void)fprintf(stderr, ": write cryptowatch COMMAND %s; see cryptowatch --help\n", safe);
    }
    return CW_EXIT_USAGE;
}

const struct cw_command *cw_front_find(const char *name)
{
    const struct cw_command *command = find(name);
    if (command != NULL) {
        return command;
    }
    struct cw_nearest nearest = {.wanted = cw_span_cstr(name)};
    char safe[128];
    cw_nearest_try(&nearest, "help");
    for (size_t i = 0; cw_commands[i] != NULL; i++) {
        cw_nearest_try(&nearest, cw_commands[i]->name);
    }
    cw_text_escape_to(safe, sizeof(safe), cw_span_cstr(name));
    if (nearest.found != NULL) {
        (void)fprintf(stderr, "cryptowatch: no command %s; did you mean %s?\n", safe,
                      nearest.found);
    } else {
        (void)fprintf(stderr, "cryptowatch: no command %s; see cryptowatch --help\n", safe);
    }
    return NULL;
}

/* ---- asking a command about itself ---- */

/* Of one command, or of the program when there is none. */
static int tell(struct cw_cli *cli, enum cw_usage_form form, int argc, char **argv)
{
    cli->form = form;
    if (argc > 1) {
        (void)fprintf(stderr, "cryptowatch: one command at a time; see cryptowatch --help\n");
        return CW_EXIT_USAGE;
    }
    if (argc == 0) {
        cw_usage_tell(cli, &program);
        return CW_EXIT_OK;
    }
    cli->command = cw_front_find(argv[0]);
    return cli->command == NULL ? CW_EXIT_USAGE : cli->command->run(cli, 0, NULL);
}

static int complete(struct cw_cli *cli, int argc, char **argv)
{
    char empty[] = "";
    char *nothing[] = {empty};
    const struct cw_command *command = argc > 1 ? find(argv[0]) : NULL;
    cli->form = CW_USAGE_COMPLETE;
    cli->command = command;
    if (command != NULL) {
        cli->typed = (struct cw_typed){argv + 1, argc - 1};
        return command->run(cli, 0, NULL);
    }
    cli->typed = argc > 0 ? (struct cw_typed){argv, argc} : (struct cw_typed){nothing, 1};
    cw_complete_front(cli, &program);
    cli->typed = (struct cw_typed){NULL, 0};
    return CW_EXIT_OK;
}

static int script(int argc, char **argv)
{
    if (argc == 1 && cw_complete_script(argv[0])) {
        return CW_EXIT_OK;
    }
    (void)fprintf(stderr, "cryptowatch: --completion needs a shell: " CW_SHELLS "\n");
    return CW_EXIT_USAGE;
}

int cw_front_answer(struct cw_cli *cli, int argc, char **argv)
{
    if (argc == 0) {
        (void)tell(cli, CW_USAGE_HELP, 0, NULL);
        return CW_EXIT_USAGE;
    }
    const char *word = argv[0];
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        return tell(cli, CW_USAGE_HELP, 0, NULL);
    }
    if (strcmp(word, "help") == 0) {
        return tell(cli, CW_USAGE_HELP, argc - 1, argv + 1);
    }
    if (strcmp(word, "--version") == 0) {
        (void)printf("cryptowatch %s\n", CW_VERSION);
        return CW_EXIT_OK;
    }
    if (strcmp(word, "--manual") == 0) {
        return tell(cli, CW_USAGE_MANUAL, argc - 1, argv + 1);
    }
    if (strcmp(word, "--completion") == 0) {
        return script(argc - 1, argv + 1);
    }
    if (strcmp(word, "--complete") == 0) {
        return complete(cli, argc - 1, argv + 1);
    }
    return word[0] == '-' ? unknown_option(word) : -1;
}
