/* check_open.h: what answers questions on the command line: the published index, or the files.
 *
 * Knows in which order to try, and how to say why it is slow. Refuses to know the questions.
 */
#ifndef CW_CLI_CHECK_OPEN_H
#define CW_CLI_CHECK_OPEN_H

#include "check/check.h"
#include "cli/cli.h"

/** What was opened. Close it in any case. */
struct cw_answering {
    struct cw_check *check;
    const struct cw_config *config; /* borrowed from one of the two below */
    struct cw_config *own_config;   /* NULL when there is a home */
    struct cw_home home;
    bool has_home; /* the feeds and rules were read */
};

enum cw_answering_need {
    CW_ANSWERING_FAST, /* the feeds and rules are read only when there is no index for them */
    CW_ANSWERING_HOME, /* who signs an answer wants the home as well */
};

/** What a command asks for. */
struct cw_answering_want {
    enum cw_answering_need need;
    enum cw_check_use use;
};

/** Opens what the last scan published; when there is none, or a file was edited since, an index
 *  made in memory for the question. Prints what is wrong, damage of the index even then.
 *  Returns: -1 to go on, else the exit code */
int cw_cli_answering_open(struct cw_cli *cli, struct cw_answering_want want,
                          struct cw_answering *ret);
void cw_cli_answering_close(struct cw_answering *answering);

#endif
