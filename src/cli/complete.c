/* Completion: the shells' scripts ask `cryptowatch --complete WORDS…`, with the word at the cursor
 * last, and get a candidate a line with its meaning behind a tab, or ":files" or ":folders" where
 * the shell knows better. So a shell offers what the installed program takes, and nothing is listed
 * twice. No home is read. */
#include "cli/cli.h"

/* ---- candidates ---- */

static void offer(const char *prefix, struct cw_span word, const char *text, struct cw_span typed)
{
    if (cw_span_starts_with(word, typed)) {
        (void)printf("%s%.*s\t%s\n", prefix, CW_SPAN_ARG(word), text);
    }
}

static void offer_words(const char *prefix, const char *words, struct cw_span typed)
{
    struct cw_span rest = cw_span_cstr(words);
    while (rest.len > 0) {
        const size_t end = cw_span_find(rest, ' ', 0);
        offer(prefix, cw_span_slice(rest, 0, end), "", typed);
        rest = cw_span_slice(rest, end + 1, rest.len);
    }
}

static void offer_verbs(const struct cw_usage *usage, struct cw_span typed)
{
    for (size_t i = 0; i < usage->verbs.count; i++) {
        const struct cw_term *verb = &usage->verbs.rows[i];
        const size_t len = (size_t)cw_usage_word(verb->term);
        offer("", cw_span_make(verb->term, len), verb->text, typed);
    }
}

/* What a form says of its operands: FILE and DIR are the shell's. */
static void offer_paths(const char *form)
{
    if (form != NULL && strstr(form, "FILE") != NULL) {
        (void)printf(":files\n");
    } else if (form != NULL && strstr(form, "DIR") != NULL) {
        (void)printf(":folders\n");
    }
}

/* ---- options ---- */

/* A line as far as it was typed. */
struct state {
    const struct cw_usage *usage;
    struct cw_option common[CW_COMMON_OPTIONS];
    const char *verb;                /* NULL: none yet */
    const struct cw_option *pending; /* wants the word at the cursor; NULL: none */
    bool is_ended;                   /* by "--" */
};

static const struct cw_option *find_option(const struct state *state, struct cw_span name)
{
    for (size_t i = 0; i < state->usage->options_count; i++) {
        if (cw_span_is(name, state->usage->options[i].name)) {
            return &state->usage->options[i];
        }
    }
    for (size_t i = 0; i < CW_COMMON_OPTIONS; i++) {
        if (cw_span_is(name, state->common[i].name)) {
            return &state->common[i];
        }
    }
    return NULL;
}

static void offer_values(const struct state *state, const struct cw_option *option,
                         const char *prefix, struct cw_span typed)
{
    const char *words = cw_terms_find(state->usage->values, option->name);
    if (words != NULL) {
        offer_words(prefix, words, typed);
    } else {
        offer_paths(option->argument);
    }
}

static void offer_option(const struct cw_option *option, struct cw_span typed)
{
    offer("--", cw_span_cstr(option->name), option->help, typed);
}

/* Not those of another subcommand. */
static void offer_options(const struct state *state, struct cw_span typed)
{
    const struct cw_usage *usage = state->usage;
    for (size_t i = 0; i < usage->options_count; i++) {
        const struct cw_term *group = cw_usage_group(usage, usage->options[i].name);
        const bool is_of_verb = group != NULL && cw_usage_verb(usage, group->term) != NULL;
        if (!is_of_verb || state->verb == NULL || strcmp(group->term, state->verb) == 0) {
            offer_option(&usage->options[i], typed);
        }
    }
    for (size_t i = 0; i < CW_COMMON_OPTIONS; i++) {
        offer_option(&state->common[i], typed);
    }
}

static void offer_operands(const struct state *state, struct cw_span typed)
{
    const struct cw_usage *usage = state->usage;
    if (usage->verbs.count > 0 && state->verb == NULL) {
        offer_verbs(usage, typed);
        return;
    }
    for (size_t i = 0; i < CW_SECTIONS_MAX && usage->sections[i].title != NULL; i++) {
        const struct cw_terms *terms = &usage->sections[i].terms;
        for (size_t j = 0; usage->sections[i].are_operands && j < terms->count; j++) {
            offer("", cw_span_cstr(terms->rows[j].term), terms->rows[j].text, typed);
        }
    }
    const struct cw_term *verb = state->verb == NULL ? NULL : cw_usage_verb(usage, state->verb);
    offer_paths(verb != NULL ? verb->term : usage->synopsis);
}

/* ---- the line ---- */

static bool is_option(const char *word)
{
    return strncmp(word, "--", 2) == 0 && word[2] != '\0';
}

/* Takes in a word before the cursor. Bash hands "--name=value" over as three words. */
static void take(struct state *state, const char *word)
{
    if (strcmp(word, "=") == 0 && state->pending != NULL) {
        return;
    }
    if (state->pending != NULL) {
        state->pending = NULL;
    } else if (!state->is_ended && strcmp(word, "--") == 0) {
        state->is_ended = true;
    } else if (!state->is_ended && is_option(word)) {
        const struct cw_option *option = find_option(state, cw_span_cstr(word + 2));
        state->pending = option != NULL && option->argument != NULL ? option : NULL;
    } else if (state->verb == NULL && state->usage->verbs.count > 0) {
        state->verb = word;
    }
}

/* "--name=val" in one word. */
static bool offer_joined(const struct state *state, const char *word)
{
    char prefix[64];
    const struct cw_span typed = cw_span_cstr(word);
    const size_t equals = cw_span_find(typed, '=', 0);
    if (!is_option(word) || equals == typed.len || equals + 2 > sizeof(prefix)) {
        return false;
    }
    const struct cw_option *option = find_option(state, cw_span_slice(typed, 2, equals));
    (void)snprintf(prefix, sizeof(prefix), "%.*s", (int)equals + 1, word);
    if (option != NULL && option->argument != NULL) {
        offer_values(state, option, prefix, cw_span_slice(typed, equals + 1, typed.len));
    }
    return true;
}

void cw_usage_complete(struct cw_cli *cli, const struct cw_usage *usage)
{
    bool is_help = false;
    struct state state = {.usage = usage};
    const struct cw_typed *typed = &cli->typed;
    CW_ASSERT(typed->count > 0);
    cw_usage_common(cli, &is_help, state.common);
    for (int i = 0; i + 1 < typed->count; i++) {
        take(&state, typed->words[i]);
    }
    const char *word = typed->words[typed->count - 1];
    if (state.pending != NULL) {
        const char *value = strcmp(word, "=") == 0 ? "" : word;
        offer_values(&state, state.pending, "", cw_span_cstr(value));
    } else if (!state.is_ended && offer_joined(&state, word)) {
        return;
    } else if (!state.is_ended && word[0] == '-') {
        offer_options(&state, cw_span_cstr(word[1] == '-' ? word + 2 : ""));
    } else {
        offer_operands(&state, cw_span_cstr(word));
    }
}

void cw_complete_front(struct cw_cli *cli, const struct cw_usage *program)
{
    const struct cw_typed *typed = &cli->typed;
    const struct cw_span word = cw_span_cstr(typed->words[typed->count - 1]);
    if (typed->count == 1) {
        offer_verbs(program, word);
        offer("", CW_SPAN("help"), "what a command does", word);
        offer("", CW_SPAN("--help"), "this program", word);
        offer("", CW_SPAN("--version"), "its version", word);
        offer("", CW_SPAN("--completion"), "the script for a shell", word);
    } else if (typed->count == 2 && strcmp(typed->words[0], "help") == 0) {
        offer_verbs(program, word);
    } else if (typed->count == 2 && strcmp(typed->words[0], "--completion") == 0) {
        offer_words("", CW_SHELLS, word);
    }
}

/* ---- the scripts ---- */

static const char BASH[] =
    "# bash completion for cryptowatch, made by `cryptowatch --completion bash`\n"
    "_cryptowatch()\n"
    "{\n"
    "    local line word=${COMP_WORDS[COMP_CWORD]}\n"
    "    [ \"$word\" = = ] && word=\n"
    "    COMPREPLY=()\n"
    "    while IFS= read -r line; do\n"
    "        case $line in\n"
    "        :files) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$word\") ;;\n"
    "        :folders) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- \"$word\") ;;\n"
    "        *) COMPREPLY+=(\"${line%%$'\\t'*}\") ;;\n"
    "        esac\n"
    "    done < <(\"$1\" --complete \"${COMP_WORDS[@]:1:COMP_CWORD}\" 2>/dev/null)\n"
    "}\n"
    "complete -F _cryptowatch cryptowatch\n";

static const char ZSH[] =
    "#compdef cryptowatch\n"
    "# zsh completion for cryptowatch, made by `cryptowatch --completion zsh`\n"
    "local line\n"
    "local -a found\n"
    "for line in \"${(@f)$(\"${(Q)words[1]}\" --complete \"${(@Q)words[2,CURRENT]}\" "
    "2>/dev/null)}\"; do\n"
    "    case $line in\n"
    "    :files) compset -P '--*='; _files && return ;;\n"
    "    :folders) compset -P '--*='; _files -/ && return ;;\n"
    "    ?*) found+=(\"${${line%%$'\\t'*}//:/\\\\:}:${line#*$'\\t'}\") ;;\n"
    "    esac\n"
    "done\n"
    "(( $#found )) && _describe cryptowatch found\n";

static const char FISH[] =
    "# fish completion for cryptowatch, made by `cryptowatch --completion fish`\n"
    "function __cryptowatch_complete\n"
    "    set -l words (commandline -opc)\n"
    "    set -l word (commandline -ct)\n"
    "    for line in (command $words[1] --complete $words[2..-1] \"$word\" 2>/dev/null)\n"
    "        switch $line\n"
    "            case ':files'\n"
    "                __fish_complete_path (string replace -r -- '^--[^=]*=' '' \"$word\")\n"
    "            case ':folders'\n"
    "                __fish_complete_directories (string replace -r -- '^--[^=]*=' '' \"$word\")\n"
    "            case '*'\n"
    "                echo $line\n"
    "        end\n"
    "    end\n"
    "end\n"
    "complete -c cryptowatch -f -a '(__cryptowatch_complete)'\n";

bool cw_complete_script(const char *shell)
{
    static const struct cw_term scripts[] = {{"bash", BASH}, {"zsh", ZSH}, {"fish", FISH}};
    const struct cw_terms known = CW_TERMS(scripts);
    const char *script = cw_terms_find(known, shell);
    if (script != NULL) {
        (void)printf("%s", script);
    }
    return script != NULL;
}
