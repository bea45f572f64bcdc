/* tone.h: what a colour means, in one place.
 *
 * Knows five meanings and their colours. Refuses to be the only one that says them: the word beside
 * it always says the same. There is colour on a terminal only, never with NO_COLOR, TERM=dumb or
 * --quiet.
 */
#ifndef CW_CLI_TONE_H
#define CW_CLI_TONE_H

#include "cli/cli.h"

enum cw_tone {
    CW_TONE_PLAIN,   /* nothing to say of it: no colour */
    CW_TONE_GOOD,    /* clear, valid: green */
    CW_TONE_NOTICE,  /* related, a warning: yellow */
    CW_TONE_ALARM,   /* listed, invalid, an error: red */
    CW_TONE_UNKNOWN, /* cannot say, unchecked, never read: magenta */
};

/** What a word in that colour begins with, and what ends it; "" where there is none. */
const char *cw_tone_begin(const struct cw_cli *cli, enum cw_tone tone);
const char *cw_tone_end(const struct cw_cli *cli, enum cw_tone tone);
/** Prints a word in its colour, and blanks up to `columns`. */
void cw_tone_print(const struct cw_cli *cli, enum cw_tone tone, const char *word, int columns);

/** Of a severity of alerts and rules. */
enum cw_tone cw_tone_of_severity(enum cw_severity severity);

#endif
