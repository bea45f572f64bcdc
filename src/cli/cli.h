/* cli.h: what every command of the program shares: options, output, exit codes.
 *
 * Knows arguments, streams and how a failure is said to a person. Refuses to know the work itself:
 * a command parses its arguments, makes its library calls, prints, and returns an exit code. Data
 * goes to stdout, words for people to stderr.
 */
#ifndef CW_CLI_CLI_H
#define CW_CLI_CLI_H

#include <jansson.h>
#include <stdbool.h>

#include "base/clock.h"
#include "cli/usage.h"
#include "home/home.h"

/** What the program is, in one line. */
#define CW_SUMMARY "check public blockchain-address watchlists against reported cases"

/** Exit codes (design.md section 2). */
enum cw_exit {
    CW_EXIT_OK = 0,
    CW_EXIT_INVALID = 1,   /* verify only: not valid */
    CW_EXIT_UNCHECKED = 2, /* verify only: could not check */
    CW_EXIT_LISTED = 10,
    CW_EXIT_RELATED = 11,
    CW_EXIT_PARTIAL = 20, /* cannot say, or only partly done */
    CW_EXIT_USAGE = 64,
    CW_EXIT_DATA = 65,
    CW_EXIT_BUG = 70,
    CW_EXIT_OS = 71,
    CW_EXIT_CREATE = 73,
    CW_EXIT_IO = 74,
    CW_EXIT_BUSY = 75,
    CW_EXIT_DENIED = 77,
    CW_EXIT_CONFIG = 78,
};

/** One command: a row of commands.def and a file cmd_<name>.c. It calls cw_cli_options before it
 * does anything, so that it can be asked about itself. */
struct cw_command {
    const char *name;
    const char *summary;
    int (*run)(struct cw_cli *cli, int argc, char **argv);
};
extern const struct cw_command *const cw_commands[]; /* NULL-terminated */

#define CW_COMMAND(name, summary) int cw_cmd_##name(struct cw_cli *cli, int argc, char **argv);
#include "cli/commands.def"
#undef CW_COMMAND

/** One invocation. */
struct cw_cli {
    const struct cw_command *command; /* NULL: the program itself */
    enum cw_usage_form form;
    struct cw_typed typed;   /* CW_USAGE_COMPLETE only */
    const char *config_path; /* --config, or NULL */
    size_t columns;          /* of the terminal on stdout; 0: lines have no end */
    bool is_json;
    bool is_quiet;
    bool is_verbose;
    bool is_explain;      /* check --explain */
    bool is_colour;       /* stdout is a terminal and nobody objects */
    bool is_terminal;     /* stderr is a terminal: progress may be shown */
    bool is_journal;      /* stderr is the journal of systemd: its lines begin with a level */
    bool is_journal_data; /* so is stdout */
    size_t mistakes;      /* of a home loaded with CW_NEED_READABLE: said, and to end with 78 */
    struct cw_clock clock;
    struct cw_random random;
    struct cw_programs programs;
    /* environment, read once in main */
    const char *env_config;
    const char *env_xdg_config_home;
    const char *env_home;
};

/** Takes the options off argv (also those of cw_usage_common; "--" ends them) and moves the
 *  operands to its front.
 *  Out:     ret_operands  how many operands are left
 *  Returns: -1 to go on, else the exit code to return at once: the command was asked about itself,
 *           help was printed, or usage was wrong and said so with the nearest known option. */
int cw_cli_options(struct cw_cli *cli, const struct cw_usage *usage, int argc, char **argv,
                   int *ret_operands);
/** Says that a subcommand is missing, unknown (and which one may be meant), or how it is written.
 *  In:      word  what stands there; NULL: nothing
 *  Returns: CW_EXIT_USAGE */
int cw_cli_verb_error(const struct cw_cli *cli, const struct cw_usage *usage, const char *word);
/** "cryptowatch check: text" and a hint at --help, on stderr; returns CW_EXIT_USAGE. */
int cw_cli_usage_error(const struct cw_cli *cli, const char *fmt, ...) CW_PRINTF(2, 3);

/** Says an error on stderr, once, and gives the exit code of its status: NOT_FOUND and INVALID 78
 *  for configuration and 65 for data are chosen by `otherwise`. */
int cw_cli_fail(const struct cw_cli *cli, const struct cw_error *err, enum cw_exit otherwise);
/** The code alone. */
int cw_cli_exit_of(enum cw_status status, enum cw_exit otherwise);
/** Prints every mistake on stderr ("file:line:column: field: text"). */
void cw_cli_mistakes(const struct cw_cli *cli, const struct cw_mistakes *mistakes);
/** What a line on stderr begins with: "<3>" and so on for the journal, whose readers choose by
 * level (sd-daemon(3)); "" for everybody else. */
enum cw_level { CW_LEVEL_ERROR = 3, CW_LEVEL_WARNING = 4, CW_LEVEL_NOTICE = 5 };
const char *cw_cli_level(const struct cw_cli *cli, enum cw_level level);
/** The same for a line of text on stdout. */
const char *cw_cli_data_level(const struct cw_cli *cli, enum cw_level level);

/** A sentence on stderr unless --quiet. Here and below, commands of ours that stand between
 *  backticks are completed for this home (base/shell.h). */
void cw_cli_say(const struct cw_cli *cli, const char *fmt, ...) CW_PRINTF(2, 3);

/** Says on stderr, when the run was asked to stop by a signal, that it was, and what now. */
void cw_cli_tell_stop(const struct cw_cli *cli, const char *what_now);
/** A warning on stderr, --quiet or not. */
void cw_cli_warn(const struct cw_cli *cli, const char *fmt, ...) CW_PRINTF(2, 3);
/** Appends a sentence for the person at this home, with everything unprintable escaped. */
void cw_cli_complete(const struct cw_cli *cli, struct cw_span text, struct cw_buf *out);

/** What a command needs of the home. A slip in a feed file or a rule stops only what reads them. */
enum cw_home_need {
    CW_NEED_CONFIG,         /* the configuration alone */
    CW_NEED_KEYS,           /* and the keys */
    CW_NEED_READABLE,       /* and feeds and rules as far as they can be read: see cw_cli */
    CW_NEED_FILES,          /* and every feed and rule */
    CW_NEED_FILES_AND_KEYS, /* all of it */
};
/** Finds and loads the home; prints what is wrong. Returns -1 to go on, else the exit code.
 *  home must be cleared with cw_home_clear in any case. */
int cw_cli_home(struct cw_cli *cli, enum cw_home_need need, struct cw_home *home);

/** The state, for a command that changes it: under the lock of a run, so that no scan writes its
 * own verdict over ours. Close it in any case; closing what did not open is fine. Returns: as
 * cw_state_lock and cw_store_open. */
struct cw_writer {
    struct cw_store *store;
    int lock; /* -1: not held */
};
CW_NODISCARD enum cw_status cw_cli_writer_open(const struct cw_config *config,
                                               struct cw_writer *ret, struct cw_error *err);
void cw_cli_writer_close(struct cw_writer *writer);

/** Prints a JSON value on one line of stdout and frees it. */
void cw_cli_json(json_t *value);
/** A string value with bad UTF-8 replaced; never NULL. */
json_t *cw_json_text(struct cw_span text);
/** "2026-11-20T03:15:01Z", or JSON null for 0. */
json_t *cw_json_time(int64_t time_s);
/** Prints text on stdout with everything unprintable escaped, without newline. */
void cw_cli_print(struct cw_span text);

/** Where a line of text goes on. */
struct cw_line {
    size_t column; /* how far the line is already */
    size_t indent; /* of further lines, when it is wrapped */
};
/** Prints text on stdout with everything unprintable escaped, and a newline. On a terminal it is
 *  wrapped between words to its width; elsewhere a line is a line. A buffer that failed ends the
 *  program: a line with a part missing would read like one without. */
void cw_cli_text(const struct cw_cli *cli, struct cw_line line, const struct cw_buf *text);
void cw_cli_line(const struct cw_cli *cli, struct cw_line line, const char *fmt, ...)
    CW_PRINTF(3, 4);
/** The same for the least important part of a row: cut with "…" where the terminal ends. */
void cw_cli_cut(const struct cw_cli *cli, size_t column, const char *text);

#endif
