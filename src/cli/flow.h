/* flow.h: text that fits the terminal: wrapped between words, or cut with "…".
 *
 * Knows columns: East Asian wide characters take two, combining marks none. Refuses to make text
 * printable: what comes in is ours or was escaped (base/text.h). A word is never broken, so that an
 * address, an identifier or a command can be copied whole; it may stand out of the width instead.
 */
#ifndef CW_CLI_FLOW_H
#define CW_CLI_FLOW_H

#include "base/span.h"

enum { CW_FLOW_HELP_COLUMNS = 79 }; /* of help, on whatever it is shown */

/** Columns that a text takes on a terminal. */
size_t cw_flow_columns(struct cw_span text);

/** Where text goes. */
struct cw_flow {
    size_t width;  /* columns of a line; 0: no end, the text is written as it is */
    size_t indent; /* of further lines */
    size_t column; /* where the first line stands already */
    bool is_form;  /* blanks within [] do not end a word: "[--feed ID]" */
};
/** Writes text on stdout, and a newline. With a width, a newline in it counts as a blank, and lines
 *  end between words; other blanks stay. */
void cw_flow_print(const struct cw_flow *flow, struct cw_span text);

/** Writes as much of a text as fits `columns`, with "…" where it was cut; 0: all of it. No newline.
 */
void cw_flow_cut(size_t columns, struct cw_span text);

#endif
