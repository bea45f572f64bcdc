/* internal.h: what the files of check share. Private to src/check/.
 *
 *   data.c    how old and how complete the lists are
 *   filter.c  what lets through every text that may be found
 *   answer.c  an answer that grows: matches, reasons and their memory
 *   check.c   the verdict
 */
#ifndef CW_CHECK_INTERNAL_H
#define CW_CHECK_INTERNAL_H

#include "check/check.h"

/* A list may hold one key under any number of its own identifiers, with programmes of 64 KiB each:
 * past the first bound matches still count for the verdict and are no longer shown; the second is
 * above what the first lets through. */
enum { CW_ANSWER_MATCHES_MAX = 1000, CW_ANSWER_ARENA_BYTES = 256 << 20 };

struct cw_check {
    const struct cw_home *home;
    struct cw_store *store; /* NULL: never scanned */
    struct cw_book *book;
    uint64_t generation;
    int64_t built_at_s;
    struct cw_data_feed *feeds;
    size_t feeds_count;
    int64_t now_s;
    struct cw_text_filter filter; /* over filter_memory; made when it is asked for */
    void *filter_memory;
};

/* data.c */
CW_NODISCARD enum cw_status cw_check_load_data(struct cw_check *check, struct cw_error *err);
/** Adds a reason for every feed that keeps an answer from being `clear`; true when there was none.
 */
bool cw_check_data_is_complete(const struct cw_check *check, struct cw_answer *answer);

/* answer.c: a full arena is remembered and reported by cw_answer_status */
CW_NODISCARD enum cw_status cw_answer_begin(struct cw_answer *answer, struct cw_error *err);
const char *cw_answer_keep(struct cw_answer *answer, struct cw_span text);
void cw_answer_reason(struct cw_answer *answer, const char *fmt, ...) CW_PRINTF(2, 3);
/** Room for one more match. When the answer shows enough, which it then says, a match that makes it
 *  `listed` takes the place of the one before it, and any other gets NULL. */
struct cw_check_match *cw_answer_match(struct cw_answer *answer, bool is_telling);
const char *const *cw_answer_keep_array(struct cw_answer *answer, const struct cw_span *items,
                                        size_t count);
CW_NODISCARD enum cw_status cw_answer_finish(struct cw_answer *answer, struct cw_error *err);

#endif
