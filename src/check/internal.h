/* internal.h: what the files of check share. Private to src/check/.
 *
 *   open.c    an index, published or made for the question
 *   data.c    how old and how complete the lists are
 *   past.c    the same on a day in the past, and who was listed then
 *   answer.c  an answer that grows: matches, reasons and their memory
 *   notes.c   what an address looks like that is not listed
 *   check.c   the verdict
 */
#ifndef CW_CHECK_INTERNAL_H
#define CW_CHECK_INTERNAL_H

#include "check/check.h"
#include "index/builder.h"
#include "index/manifest.h"

/* A list may hold one key under any number of its own identifiers, with programmes of 64 KiB each:
 * past the first bound matches still count for the verdict and are no longer shown; the second is
 * above what the first lets through. */
enum { CW_ANSWER_MATCHES_MAX = 1000, CW_ANSWER_ARENA_BYTES = 256 << 20 };

struct cw_check {
    struct cw_index *index;
    struct cw_index_builder *built; /* whose memory the index reads; NULL: a published file */
    char *path;                     /* of that file; NULL: in memory */
    uint64_t generation;
    int64_t built_at_s;
    struct cw_data_feed *feeds;
    size_t feeds_count;
    int64_t now_s;                /* as of when ages are judged: of a day in the past, its end */
    struct cw_text_filter filter; /* no blocks when it was not asked for */
    void *filter_copy;            /* what it borrows from; NULL: from the index */
    bool is_past;
    int64_t day_s; /* is_past: midnight at which the day begins */
};
enum { CW_DAY_S = 86400 };

/* open.c */
/** Puts the index's file in front of a cause that says only that it is damaged. Returns: status */
enum cw_status cw_check_name_file(const struct cw_check *check, enum cw_status status,
                                  struct cw_error *err);

/* data.c */

/** An empty one; NULL when memory is out. Ends with cw_check_close. */
struct cw_check *cw_check_new(void);
CW_NODISCARD enum cw_status cw_check_load_data(struct cw_check *check,
                                               const struct cw_manifest *manifest,
                                               struct cw_error *err);
/** Adds a reason for every feed that keeps an answer from being `clear`; true when there was none.
 */
bool cw_check_data_is_complete(const struct cw_check *check, struct cw_answer *answer);
/** Notes which of the lists that answered are not fresh: what they say may have ended since. */
void cw_check_note_ages(const struct cw_check *check, struct cw_answer *answer);

/* past.c */
struct cw_standing {
    bool is_active;
    int64_t ended_s; /* 0 while active, and when it came only later */
};
/** How an item stood on its list when the question is about. */
struct cw_standing cw_check_standing(const struct cw_check *check,
                                     const struct cw_index_item *item);
/** Says what a list dates otherwise than we saw it. */
void cw_check_note_dates(const struct cw_check *check, const struct cw_index_item *item,
                         struct cw_answer *answer);

/* notes.c */
/** Notes which listed texts the asked one resembles; address NULL: it does not decode. */
CW_NODISCARD enum cw_status cw_check_note_looks(const struct cw_check *check, struct cw_span text,
                                                const struct cw_address *address,
                                                struct cw_answer *answer, struct cw_error *err);

/* answer.c: a full arena is remembered and reported by cw_answer_status */
CW_NODISCARD enum cw_status cw_answer_begin(struct cw_answer *answer, struct cw_error *err);
const char *cw_answer_keep(struct cw_answer *answer, struct cw_span text);
void cw_answer_reason(struct cw_answer *answer, const char *fmt, ...) CW_PRINTF(2, 3);
/** Makes the reason just added a note. Notes come last. */
static inline void cw_answer_mark_note(struct cw_answer *answer)
{
    answer->notes_count++;
}
/** Room for one more match. When the answer shows enough, which it then says, a match that makes it
 *  `listed` takes the place of the one before it, and any other gets NULL. */
struct cw_check_match *cw_answer_match(struct cw_answer *answer, bool is_telling);
const char *const *cw_answer_keep_array(struct cw_answer *answer, const struct cw_span *items,
                                        size_t count);
CW_NODISCARD enum cw_status cw_answer_finish(struct cw_answer *answer, struct cw_error *err);

#endif
