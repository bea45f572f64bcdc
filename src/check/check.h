/* check.h: is this address on any list, or in any of our cases? An answer with its reasons.
 *
 * Knows the three verdicts and when each may be given. Refuses to guess: `clear` needs a decoded
 * address and data that is complete and fresh; everything else without a match is `cannot say`.
 * Reads the state only; takes no lock, opens no socket.
 */
#ifndef CW_CHECK_CHECK_H
#define CW_CHECK_CHECK_H

#include "base/clock.h"
#include "home/home.h"
#include "index/text_filter.h"
#include "match/book.h"

enum cw_verdict {
    CW_VERDICT_CLEAR,      /* exit 0 */
    CW_VERDICT_RELATED,    /* exit 11 */
    CW_VERDICT_CANNOT_SAY, /* exit 20 */
    CW_VERDICT_LISTED,     /* exit 10; the order of the enum is the order of gravity */
};
/** "listed", "related", "clear", "cannot-say". */
const char *cw_verdict_name(enum cw_verdict verdict);

/** What one feed can be trusted for now. */
enum cw_data_status {
    CW_DATA_FRESH,
    CW_DATA_STALE, /* not seen served for longer than its stale_after */
    CW_DATA_NEVER,
    CW_DATA_FAILED, /* the last fetch failed, the list in force is still fresh enough */
    CW_DATA_HELD,
};
const char *cw_data_status_name(enum cw_data_status status);

struct cw_data_feed {
    char id[65];
    enum cw_data_status status;
    int64_t retrieved_at_s; /* 0 never */
    char snapshot_sha256[65];
    uint64_t entries;
};

struct cw_check; /* an opened state with its feeds' ages and the rules' book */

/** Opens the state for asking. A missing database is no error: every answer without a case match is
 *  then `cannot say`. A feed older than stale_after is stale; stale, held, failed or never read
 *  enabled feeds make the data incomplete, so that no answer is `clear`.
 *  Returns: CW_OK; CW_STATE for a damaged database; CW_IO; CW_NOMEM. */
CW_NODISCARD enum cw_status cw_check_open(const struct cw_home *home, const struct cw_clock *clock,
                                          struct cw_check **ret, struct cw_error *err);
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
    char **reasons; /* sentences, NULL-terminated, NULL when none; at least one for cannot-say: the
                       matches speak for listed and related */
    size_t reasons_count;
    void *owned; /* private: the memory of the strings */
};

/** Answers one question. Any bytes may be asked, of any length.
 *  Returns: CW_OK with an answer; CW_STATE, CW_IO, CW_NOMEM. Clear the answer in any case. */
CW_NODISCARD enum cw_status cw_check_ask(struct cw_check *check, struct cw_span text,
                                         struct cw_answer *ret, struct cw_error *err);
void cw_answer_clear(struct cw_answer *answer);

/** What may be said at all: an answer without a question, CLEAR on data that is complete and fresh,
 *  else CANNOT_SAY with the reasons. Returns: as cw_check_ask. */
CW_NODISCARD enum cw_status cw_check_ask_data(const struct cw_check *check, struct cw_answer *ret,
                                              struct cw_error *err);

/** The filter for a text screening: it lets every text through that cw_check_ask would find listed
 *  or related, within the limits of index/spelled.h. Made at the first call; borrowed.
 *  Returns: CW_OK; CW_STATE, CW_IO, CW_NOMEM */
CW_NODISCARD enum cw_status cw_check_filter(struct cw_check *check, struct cw_text_filter *ret,
                                            struct cw_error *err);

#endif
