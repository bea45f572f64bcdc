/* usage.h: what a command says about itself, once, for the help, the man page and completion.
 *
 * Knows the tables of a command: forms, subcommands, options, lists, examples, exit codes. Refuses
 * to know how they are written down: help.c, manual.c and complete.c do that from the same tables,
 * and cw_cli_options chooses among them. Texts are of the program: UTF-8, printable, and a newline
 * in a paragraph counts as a blank. Words between `…` are what one types.
 */
#ifndef CW_CLI_USAGE_H
#define CW_CLI_USAGE_H

#include <stdbool.h>
#include <stddef.h>

struct cw_cli;

/** One option of a command. */
struct cw_option {
    const char *name; /* "feed" for --feed */
    const char
        *argument; /* "ID" in the help, or NULL for a switch; FILE and DIR complete as such */
    const char *help;
    const char **value; /* where the argument goes */
    size_t *count;      /* may stand several times: how often it did; value is then an array */
    size_t max;         /* of that many */
    bool *flag;         /* where a switch goes */
};
enum { CW_OPTIONS_MAX = 16, CW_COMMON_OPTIONS = 6, CW_VERBS_MAX = 12 };

/** A word and what it stands for. */
struct cw_term {
    const char *term;
    const char *text;
};
struct cw_terms {
    const struct cw_term *rows;
    size_t count;
};
#define CW_TERMS(array)                                                                            \
    {                                                                                              \
        (array), CW_COUNT(array)                                                                   \
    }

/** A list of its own: the formats, the checks. */
struct cw_section {
    const char *title; /* NULL: none */
    struct cw_terms terms;
    bool are_operands; /* the terms are what the command takes */
};
enum { CW_SECTIONS_MAX = 2 };

/** What a command says about itself. */
struct cw_usage {
    const char *synopsis;   /* a line each form: "[OPTIONS] ADDR…"; NULL: those of `verbs` */
    const char *text;       /* paragraphs, an empty line between two */
    struct cw_terms verbs;  /* subcommands: "accept ID [SHA256]", and what each does */
    struct cw_terms groups; /* options that belong together: a verb or "for receipts", and their
                               names with blanks between; the others are general */
    struct cw_terms values; /* name of an option, and the words it takes with blanks between */
    struct cw_section sections[CW_SECTIONS_MAX];
    const struct cw_option *options;
    size_t options_count;
    const char *examples; /* lines as they are typed, continued with a backslash */
    const char *exits;    /* a line each: "20 cannot say" */
    const char *see;      /* "cryptowatch-scan(1), cryptowatch-feeds(5)" */
};

#define CW_SHELLS "bash zsh fish" /* whose completion we know */

/** A usage of constants with the options of one call. */
static inline struct cw_usage cw_usage_with(const struct cw_usage *base,
                                            const struct cw_option *options, size_t count)
{
    struct cw_usage usage = *base;
    usage.options = options;
    usage.options_count = count;
    return usage;
}

/** How a command is asked about itself instead of being run. */
enum cw_usage_form {
    CW_USAGE_RUN, /* it is run */
    CW_USAGE_HELP,
    CW_USAGE_MANUAL,   /* man(7) */
    CW_USAGE_COMPLETE, /* candidates for the word at the cursor */
};

/** The words of a command line up to the cursor, without the program and the command. The last is
 *  the one being typed. */
struct cw_typed {
    char **words;
    int count;
};

/** Writes it on stdout in the form of cli->form; cli->command is NULL for the program itself. */
void cw_usage_tell(struct cw_cli *cli, const struct cw_usage *usage);
void cw_usage_help(struct cw_cli *cli, const struct cw_usage *usage);
void cw_usage_manual(struct cw_cli *cli, const struct cw_usage *usage);
void cw_usage_complete(struct cw_cli *cli, const struct cw_usage *usage);

/** Candidates where no command stands yet, or where the program's own words do. */
void cw_complete_front(struct cw_cli *cli, const struct cw_usage *program);
/** The script that asks `cryptowatch --complete`. False for a shell that we do not know. */
bool cw_complete_script(const char *shell);

/** The options that every command has; their targets are those of cli and `is_help`. */
void cw_usage_common(struct cw_cli *cli, bool *is_help, struct cw_option ret[CW_COMMON_OPTIONS]);
/** Row of `groups` in which an option stands; NULL for a general one. */
const struct cw_term *cw_usage_group(const struct cw_usage *usage, const char *option);
/** The verb whose first word this is; NULL when there is none. */
const struct cw_term *cw_usage_verb(const struct cw_usage *usage, const char *word);
/** Length of the first word of a verb's form. */
int cw_usage_word(const char *form);
/** The text of a row of that name; NULL when there is none. */
const char *cw_terms_find(struct cw_terms terms, const char *name);
/** True when a word stands in a text of words with blanks between. */
bool cw_usage_has_word(const char *words, const char *word);

#endif
