/* mistakes.h: everything wrong with our operator's files, collected, so that one run reports all.
 *
 * Knows place (file, line, column), field and what to do. Refuses to print. Invariant: texts are
 * printable (escaped as error.h does). Past CW_MISTAKES_MAX further ones are only counted.
 */
#ifndef CW_JSON_MISTAKES_H
#define CW_JSON_MISTAKES_H

#include "base/error.h"

enum cw_mistake_grade { CW_MISTAKE_ERROR, CW_MISTAKE_WARNING };

struct cw_mistake {
    enum cw_mistake_grade grade;
    char *file;
    int line;    /* 1-based; 0 when the whole file is meant */
    int column;  /* 1-based, in bytes; 0 likewise */
    char *field; /* JSON Pointer, "/addresses/3/source"; "" for the document */
    char *text;  /* what is wrong and what to do */
};

struct cw_mistakes {
    struct cw_mistake *items;
    size_t count;  /* kept */
    size_t errors; /* all errors, also those not kept */
    size_t warnings;
};

void cw_mistakes_init(struct cw_mistakes *mistakes);
void cw_mistakes_clear(struct cw_mistakes *mistakes);

/** Where a mistake stands; the texts are copied. */
struct cw_mistake_place {
    const char *file;
    int line; /* as in struct cw_mistake */
    int column;
    const char *field;
};

void cw_mistakes_add(struct cw_mistakes *mistakes, enum cw_mistake_grade grade,
                     struct cw_mistake_place place, const char *fmt, ...) CW_PRINTF(4, 5);
/** "file:line:column: /field: text" of one mistake into a buffer. */
void cw_mistake_format(const struct cw_mistake *mistake, char *ret, size_t bytes);
/** CW_OK without errors, else CW_INVALID with the first one and "and N more" in err. */
CW_NODISCARD enum cw_status cw_mistakes_status(const struct cw_mistakes *mistakes,
                                               struct cw_error *err);

#endif
