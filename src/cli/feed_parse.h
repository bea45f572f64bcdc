/* feed_parse.h: `feed parse`: what would be read from a file, one line an entry.
 *
 * Knows how an entry is shown, its address decoded as main would. Refuses to know the state: a file
 * that is tried changes nothing.
 */
#ifndef CW_CLI_FEED_PARSE_H
#define CW_CLI_FEED_PARSE_H

#include "cli/cli.h"

struct cw_feed_parse {
    const char *format;
    const char *column; /* NULL: none */
    const char *option; /* "NAME=VALUE", several between commas; NULL: none */
    const char *with;   /* second file; NULL: none */
    const char *path;
};

/** The names of formats.def between bars, "lines|csv|…". Static. */
const char *cw_cli_formats(void);
bool cw_cli_is_format(const char *wanted);

/** Parses and prints; says on stderr what is wrong.
 *  Returns: the exit code. */
int cw_cli_feed_parse(const struct cw_cli *cli, const struct cw_feed_parse *request);

#endif
