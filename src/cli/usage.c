#include "cli/usage.h"

#include "cli/cli.h"

void cw_usage_tell(struct cw_cli *cli, const struct cw_usage *usage)
{
    switch (cli->form) {
    case CW_USAGE_RUN:
    case CW_USAGE_HELP:
        cw_usage_help(cli, usage);
        return;
    case CW_USAGE_MANUAL:
        cw_usage_manual(cli, usage);
        return;
    case CW_USAGE_COMPLETE:
        cw_usage_complete(cli, usage);
        return;
    }
}

void cw_usage_common(struct cw_cli *cli, bool *is_help, struct cw_option ret[CW_COMMON_OPTIONS])
{
    const struct cw_option rows[CW_COMMON_OPTIONS] = {
        {.name = "config",
         .argument = "FILE",
         .help = "the configuration; else $CRYPTOWATCH_CONFIG, "
                 "$XDG_CONFIG_HOME/cryptowatch/cryptowatch.json, "
                 "/etc/cryptowatch/cryptowatch.json",
         .value = &cli->config_path},
        {.name = "json",
         .help = "for machines: one JSON object, or one a line",
         .flag = &cli->is_json},
        {.name = "quiet", .help = "data and errors, no other words", .flag = &cli->is_quiet},
        {.name = "verbose", .help = "more about what is done", .flag = &cli->is_verbose},
        {.name = "no-sandbox",
         .help = "parser and network program without their sandbox",
         .flag = &cli->programs.is_unsealed},
        {.name = "help",
         .help = "what a command does, with examples and exit codes",
         .flag = is_help},
    };
    memcpy(ret, rows, sizeof(rows));
}

bool cw_usage_has_word(const char *words, const char *word)
{
    struct cw_span rest = cw_span_cstr(words);
    while (rest.len > 0) {
        const size_t end = cw_span_find(rest, ' ', 0);
        if (cw_span_is(cw_span_slice(rest, 0, end), word)) {
            return true;
        }
        rest = cw_span_slice(rest, end + 1, rest.len);
    }
    return false;
}

const struct cw_term *cw_usage_group(const struct cw_usage *usage, const char *option)
{
    for (size_t i = 0; i < usage->groups.count; i++) {
        if (cw_usage_has_word(usage->groups.rows[i].text, option)) {
            return &usage->groups.rows[i];
        }
    }
    return NULL;
}

int cw_usage_word(const char *form)
{
    return (int)cw_span_find(cw_span_cstr(form), ' ', 0);
}

const struct cw_term *cw_usage_verb(const struct cw_usage *usage, const char *word)
{
    for (size_t i = 0; i < usage->verbs.count; i++) {
        const char *form = usage->verbs.rows[i].term;
        if (cw_span_is(cw_span_make(form, (size_t)cw_usage_word(form)), word)) {
            return &usage->verbs.rows[i];
        }
    }
    return NULL;
}

const char *cw_terms_find(struct cw_terms terms, const char *name)
{
    for (size_t i = 0; i < terms.count; i++) {
        if (strcmp(terms.rows[i].term, name) == 0) {
            return terms.rows[i].text;
        }
    }
    return NULL;
}
