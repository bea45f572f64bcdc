/* screen_answers.h: what is known of the texts that were found, kept for when they come again.
 *
 * Knows the last texts and what is told of each. Refuses to know documents and places. For one
 * thread at a time; the answers of one index on one clock do not change, so none is ever stale.
 * Limits: CW_ANSWERS_KEPT of them, none above CW_ANSWERS_BYTES_MAX.
 */
#ifndef CW_CLI_SCREEN_ANSWERS_H
#define CW_CLI_SCREEN_ANSWERS_H

#include "cli/screen_hit.h"

enum { CW_ANSWERS_KEPT = 32, CW_ANSWERS_BYTES_MAX = 512 << 10 };

struct cw_screen_answers {
    const struct cw_check *check;
    const struct cw_hit_style *style;
    struct cw_answers_row {
        char text[CW_TOKEN_PREFIX_MAX + CW_TOKEN_LEN_MAX];
        size_t len; /* 0: none */
        struct cw_hit_body body;
    } rows[CW_ANSWERS_KEPT];
};

/** What is told of a hit, wherever it stands; its verdict is CLEAR when nothing is.
 *  Out:     ret  borrowed until the next question
 *  Returns: CW_OK; CW_STATE, CW_IO, CW_NOMEM */
CW_NODISCARD enum cw_status cw_screen_answers_ask(struct cw_screen_answers *answers,
                                                  const struct cw_screen_hit *hit,
                                                  const struct cw_hit_body **ret,
                                                  struct cw_error *err);
void cw_screen_answers_clear(struct cw_screen_answers *answers);

#endif
