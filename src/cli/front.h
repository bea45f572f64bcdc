/* front.h: the words of the program itself, before any command: help, version, the pages and the
 * completion of all commands.
 *
 * Knows which commands there are. Refuses to know what they do: each is asked for its usage.
 */
#ifndef CW_CLI_FRONT_H
#define CW_CLI_FRONT_H

#include "cli/cli.h"

/** Answers `help [COMMAND]`, --help, --version, --manual, --completion and --complete, and no
 *  command at all.
 *  In:      argv  without the program
 *  Returns: -1 when argv[0] is for cw_front_find, else the exit code */
int cw_front_answer(struct cw_cli *cli, int argc, char **argv);

/** The command of that name; NULL after having said what is wrong, and what may be meant. */
const struct cw_command *cw_front_find(const char *name);

#endif
