/* nearest.h: "did you mean": the one of some words that is nearest to a mistyped one.
 *
 * Knows spelling distance and beginnings. Refuses to know what the words are for.
 *
 *   struct cw_nearest nearest = {.wanted = typed};
 *   for (…) cw_nearest_try(&nearest, word);
 *   nearest.found is the word, or NULL
 */
#ifndef CW_CLI_NEAREST_H
#define CW_CLI_NEAREST_H

#include "base/span.h"

struct cw_nearest {
    struct cw_span wanted;
    const char *found; /* NULL: nothing is near */
    size_t distance;   /* of found */
};

/** Takes `word` when it is nearer than what was found. At most one letter of three, and three in
 *  all, may differ; a beginning of two letters or more is near. */
void cw_nearest_try(struct cw_nearest *nearest, const char *word);

#endif
