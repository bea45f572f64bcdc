/* screen_job.h: one document screened by several threads, told in its order.
 *
 * Knows descriptors, parts of a document and who does what when. Refuses to know what is asked and
 * how it is printed: two callbacks do that, each by one thread at a time.
 *
 * A regular file is cut into parts that threads read for themselves. A pipe is read by whoever is
 * next, and so is a file whose bytes are to be hashed: the hash is then of the very bytes that were
 * screened, whatever somebody does to the file meanwhile. A token belongs to the part in which it
 * ends (screen.h), so the parts together say what the whole would. At most CW_SCREEN_PARTS parts
 * wait to be told, and CW_SCREEN_WAITING_MAX bytes of their hits: then the threads wait for whoever
 * reads the output, however many hits a part has.
 */
#ifndef CW_CLI_SCREEN_JOB_H
#define CW_CLI_SCREEN_JOB_H

#include "base/buf.h"
#include "crypto/hash.h"
#include "screen/screen.h"

enum {
    CW_SCREEN_THREADS_MAX = 64,
    CW_SCREEN_PARTS = 2 * CW_SCREEN_THREADS_MAX,
    CW_SCREEN_PART_BYTES = 2 << 20,
    CW_SCREEN_HIT_MAX = 256 << 20,    /* bytes of what one hit has to tell */
    CW_SCREEN_WAITING_MAX = 32 << 20, /* bytes of hits that wait to be told, beside one a thread */
    CW_SCREEN_HANDED_BYTES =
        1 << 20,                    /* of the part that is told next, at a time when all is full */
    CW_SCREEN_SLOT_KEPT = 64 << 10, /* bytes that an empty slot keeps for the next part */
};

/** What was read, for a receipt. */
struct cw_screen_tally {
    bool is_hashed; /* asks for the next two */
    struct cw_sha256_stream sha256;
    uint64_t bytes;
    uint64_t lines; /* newlines */
};

struct cw_screen_job {
    struct cw_text_filter filter;
    enum cw_screen_depth depth;
    enum cw_screen_path path;
    unsigned threads; /* 1..CW_SCREEN_THREADS_MAX */
    /** Judges a candidate. Out: ret_told  appended to, what `tell` shall hear of it */
    enum cw_status (*ask)(void *ctx, const struct cw_screen_hit *hit, struct cw_buf *ret_told,
                          bool *ret_is_known, struct cw_error *err);
    /** Hears of a known one, in the order of the document. In: line  the first is 1 */
    enum cw_status (*tell)(void *ctx, uint64_t line, struct cw_span told, struct cw_error *err);
    /** Hears after each part how far we are. In: bytes_all  0 when nobody knows */
    void (*tick)(void *ctx, uint64_t bytes_done, uint64_t bytes_all);
    struct cw_screen_tally *tally; /* added to; sha256 has begun */
    void *ctx;
};

/** Screens what an open descriptor gives: from where it stands to its end.
 *  Returns: CW_OK; CW_IO when it cannot be read, or became shorter meanwhile; CW_LIMIT, CW_NOMEM;
 * what a callback said */
CW_NODISCARD enum cw_status cw_screen_job_run(const struct cw_screen_job *job, int fd,
                                              struct cw_error *err);

#endif
