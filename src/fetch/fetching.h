/* fetching.h: one list on its way, as the files of this folder share it; for nobody else.
 *
 *   stage       what happens                                      next
 *   ask         request built, temporary file handed out          answer, or failed
 *   answer      the program's words copied, judged by status      finish, or failed, or unchanged
 *   finish      bytes read back, hashed, named                    new or unchanged, or failed
 *
 * Finishing waits until the network program has ended: it holds the descriptors it wrote to, and
 * what is hashed must be what stays.
 */
#ifndef CW_FETCH_FETCHING_H
#define CW_FETCH_FETCHING_H

#include "base/buf.h"
#include "fetch/fetch.h"
#include "fetch/snapshots.h"

struct cw_fetching {
    const struct cw_fetch_options *options;
    const struct cw_fetch_job *job;
    struct cw_fetch_result *result;
    struct cw_snapshot_tmp tmp;
    struct cw_buf headers; /* of the answer, raw */
    uint64_t request_ms;   /* its own time limit */
    uint64_t claimed_bytes;
    bool is_conditional;
    bool is_asked; /* a result is owed to us */
    bool is_ended; /* the outcome stands */
};

/** Ends it as failed, unless it has ended. */
void cw_fetching_fail(struct cw_fetching *fetching, const char *code, const char *fmt, ...)
    CW_PRINTF(3, 4);
/** Reports the end to options->done. */
void cw_fetching_end(struct cw_fetching *fetching);
/** Copies text, cut to the array. */
void cw_fetching_copy(char *ret, size_t bytes, struct cw_span text);

/** Sends the request; ends the fetching as failed when that cannot be done. */
void cw_fetching_ask(struct cw_fetching *fetching, struct cw_net *net, uint64_t id, uint64_t slot);
/** Reads a file: list whole. */
void cw_fetching_read_file(struct cw_fetching *fetching);
/** Judges the program's result. */
void cw_fetching_answer(struct cw_fetching *fetching, const struct cw_net_result *answer);
/** Names the stored bytes. */
void cw_fetching_finish(struct cw_fetching *fetching);
/** Writes <sha256>.json if there is none. */
CW_NODISCARD enum cw_status cw_fetching_record(const struct cw_fetching *fetching,
                                               struct cw_error *err);
/** The user agent that is sent. */
struct cw_span cw_fetching_agent(const struct cw_fetching *fetching);

#endif
