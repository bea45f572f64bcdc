/* explain.h: what an address is, told to a person: what was taken off it, what is wrong with it,
 * every way to write its key, and what each relation proves and does not.
 */
#ifndef CW_CLI_EXPLAIN_H
#define CW_CLI_EXPLAIN_H

#include "address/address.h"
#include "cli/cli.h"

/** What list mode took off, in words: ["URI scheme bitcoin", "query"]. New reference. */
json_t *cw_cli_unwrapped_json(const struct cw_address *address);
/** "  taken off  URI scheme bitcoin, query" on stdout; nothing when nothing was. */
void cw_cli_print_unwrapped(const struct cw_address *address);

/** What is wrong with a text that was read beside a tag (empty: none):
 *  {"code", "text", "detail", "character", "code_point"}; the last three are null where the text
 *  gives no more to say. New reference. Never shows a secret key. */
json_t *cw_cli_problem_json(struct cw_span text, struct cw_span tag, enum cw_address_error why);
/** "CHARSET: a character does …: character 5 is U+0410 …" on stdout. */
void cw_cli_print_problem(struct cw_span text, struct cw_span tag, enum cw_address_error why);

/** For `check`: adds "unwrapped", "problem", "reserved" and, with --explain, "explain" to an
 * answer. */
void cw_cli_explain_add(const struct cw_cli *cli, json_t *answer, struct cw_span asked);
/** The same on stdout, below a printed answer. */
void cw_cli_explain_print(const struct cw_cli *cli, struct cw_span asked);

#endif
