/* check.h: is this address on any list, or in any of our cases? An answer with its reasons.
 *
 * Knows the three verdicts and when each may be given. Refuses to guess: `clear` needs a decoded
 * address and data that is complete and fresh; everything else without a match is `cannot say`.
 * Answers from an index alone: the one that the last scan published, or one that is built in memory
 * for this question. Takes no lock, opens no socket.
 */
#ifndef CW_CHECK_CHECK_H
#define CW_CHECK_CHECK_H

#include "base/clock.h"
#include "home/home.h"
#include "index/index.h"
#include "index/text_filter.h"
#include "index/verdict.h"

struct cw_data_feed {
    char id[65];
    enum cw_data_status status;
    int64_t retrieved_at_s; /* 0 never */
    char snapshot_sha256[65];
    uint64_t entries; /* of now, also when the question is about a day in the past */
    int64_t stale_after_s;
};

struct cw_check; /* an index with the ages of its lists */

/** What will be asked. */
enum cw_check_use {
    CW_CHECK_ADDRESSES,
    CW_CHECK_TEXTS, /* and the filter for whole texts */
};

/** Opens what the last scan published, and nothing else: no database, no feed or rule file.
 *  Returns: CW_OK; CW_NOT_FOUND when nothing was published, or a file was edited since, or another
 *           version of this program wrote it (CW_INVALID: in another format): then ask
 * cw_check_open; CW_STATE when it is damaged, likewise; CW_IO, CW_DENIED, CW_NOMEM. The text says
 * which. */
CW_NODISCARD enum cw_status cw_check_open_published(const struct cw_config *config,
                                                    const struct cw_clock *clock,
                                                    enum cw_check_use use, struct cw_check **ret,
                                                    struct cw_error *err);
/** Builds an index in memory from the state and the files, as the next scan would, and answers from
 *  that. A missing database is no error: every answer without a case match is then `cannot say`.
 *  Returns: CW_OK; CW_STATE for a damaged database; CW_IO; CW_LIMIT; CW_NOMEM. */
CW_NODISCARD enum cw_status cw_check_open(const struct cw_home *home, const struct cw_clock *clock,
                                          enum cw_check_use use, struct cw_check **ret,
                                          struct cw_error *err);
/** Makes it answer for a day in the past (UTC), by what was on the lists at any time of it, and by
 *  what had been seen of each list when it ended. The cases are those of now.
 *  In:      day_s  midnight at which it begins
 *  Returns: CW_OK; CW_INVALID for a day that has not begun; CW_STATE, CW_IO of the database, which
 *           keeps when each list was seen */
CW_NODISCARD enum cw_status cw_check_ask_about_day(struct cw_check *check, const char *state_dir,
                                                   int64_t day_s, struct cw_error *err);
void cw_check_close(struct cw_check *check);
void cw_check_closep(struct cw_check **check);

uint64_t cw_check_generation(const struct cw_check *check);
int64_t cw_check_built_at_s(const struct cw_check *check);
size_t cw_check_feeds(const struct cw_check *check);
const struct cw_data_feed *cw_check_feed_at(const struct cw_check *check, size_t index);

struct cw_check_match {
    enum cw_relation relation;
    bool is_rule; /* source.kind: rule or feed */
    char source_id[65];
    const char *listed_value; /* strings are owned by the answer, never NULL */
    const char *entry_id;
    const char *entry_name;
    const char *const *programs; /* NULL-terminated */
    const char *listed_on;
    const char *canonical; /* of a case's address; else "" */
    bool is_active;
    int64_t delisted_on_s; /* 0 while active */
};

struct cw_answer {
    enum cw_verdict verdict;
    size_t input_len;      /* bytes of input, which may hold NUL */
    const char *input;     /* as asked (cut at CW_ADDRESS_FIELD_MAX), "" for a secret key */
    const char *canonical; /* "" when undecoded */
    struct cw_check_match *matches; /* strongest relation first, then source id */
    size_t matches_count;
    size_t of_cases; /* matches in all, also those past what is shown */
    size_t of_lists;
    char **reasons; /* sentences, NULL-terminated, NULL when none; at least one for cannot-say: the
                       matches speak for listed and related */
    size_t reasons_count;
    size_t notes_count; /* the last of the reasons, which change no verdict */
    void *owned;        /* private: the memory of the strings */
};

/** Answers one question. Any bytes may be asked, of any length.
 *  Returns: CW_OK with an answer; CW_STATE, CW_IO, CW_NOMEM. Clear the answer in any case. */
CW_NODISCARD enum cw_status cw_check_ask(struct cw_check *check, struct cw_span text,
                                         struct cw_answer *ret, struct cw_error *err);
/** The same for a text that was decoded already, as cw_address_ask does, and without words on what
 *  it merely looks like and on the unusable entries that hold it.
 *  In:      text  as found; its address is `address` */
CW_NODISCARD enum cw_status cw_check_ask_decoded(const struct cw_check *check, struct cw_span text,
                                                 const struct cw_address *address,
                                                 struct cw_answer *ret, struct cw_error *err);
void cw_answer_clear(struct cw_answer *answer);

/** Whose matches count. */
struct cw_check_against {
    bool is_lists;
    bool is_cases;
};
/** The verdict alone, of matches alone, as soon as it is certain: LISTED, RELATED, or CLEAR when
 *  there is none, whatever the age of the lists. Returns: CW_OK; CW_STATE, CW_IO */
CW_NODISCARD enum cw_status cw_check_judge(const struct cw_check *check,
                                           const struct cw_address *address,
                                           struct cw_check_against against, enum cw_verdict *ret,
                                           struct cw_error *err);

/** What may be said at all: an answer without a question, CLEAR on data that is complete and fresh,
 *  else CANNOT_SAY with the reasons. Returns: as cw_check_ask. */
CW_NODISCARD enum cw_status cw_check_ask_data(const struct cw_check *check, struct cw_answer *ret,
                                              struct cw_error *err);

/** The filter for a text screening: it lets every text through that cw_check_ask would find listed
 *  or related, within the limits of index/spelled.h. Only when opened for CW_CHECK_TEXTS. */
const struct cw_text_filter *cw_check_filter(const struct cw_check *check);

#endif
