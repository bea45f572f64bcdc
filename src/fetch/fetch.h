/* fetch.h: from the description of a list to its bytes on disk, named by their SHA-256.
 *
 * Knows conditional requests, the judgement of an HTTP answer, and the snapshots folder. Refuses to
 * know what the bytes mean and whether they will be believed. All due feeds are fetched side by
 * side; each has its own outcome and none delays another beyond its own time limit.
 */
#ifndef CW_FETCH_FETCH_H
#define CW_FETCH_FETCH_H

#include "base/clock.h"
#include "feed/feed_file.h"
#include "http/net.h"

enum cw_fetch_outcome {
    CW_FETCH_NEW,       /* a body, stored under its SHA-256 */
    CW_FETCH_UNCHANGED, /* 304 to our condition, or the bytes we already have */
    CW_FETCH_FAILED,
};

/** What is asked: one per due feed. Borrowed during cw_fetch_all. */
struct cw_fetch_job {
    const struct cw_feed *feed;
    const char *etag;            /* of the accepted snapshot; "" sends no condition */
    const char *last_modified;   /* likewise */
    const char *snapshot_sha256; /* accepted snapshot, "" when there is none */
};

/** error_code of a list that the run has no time left for: it was asked to stop (base/stop.h). */
#define CW_FETCH_STOPPED "stopped"

enum { CW_FETCH_TEXT_BYTES = 512, CW_FETCH_URL_BYTES = 2049 };

/** What came of it. Plain values, NUL-terminated. */
struct cw_fetch_result {
    enum cw_fetch_outcome outcome;
    int64_t started_at_s;   /* UTC */
    int64_t retrieved_at_s; /* UTC, end of the transfer */
    uint64_t http_status; /* 200 or 304; 200 stands for a whole read of a file: list; 0 no answer */
    char url[CW_FETCH_URL_BYTES];
    char final_url[CW_FETCH_URL_BYTES];
    char etag[CW_FETCH_TEXT_BYTES];
    char last_modified[CW_FETCH_TEXT_BYTES];
    char media_type[CW_FETCH_TEXT_BYTES];
    char peer_ip[64];
    char sha256[65]; /* of the body; of the accepted snapshot when unchanged */
    uint64_t bytes;
    char error_code[32]; /* cw_net_failure_name, "http-status", "empty", "file" … when failed */
    char error_text[CW_FETCH_TEXT_BYTES];
    bool is_turned_away;   /* 403, 429, 503: the server must be left alone for a while */
    int64_t retry_after_s; /* seconds from now the server asked us to wait; 0 none */
};

struct cw_fetch_options {
    struct cw_net_options net;
    const char *snapshots_dir; /* exists */
    const char *user_agent;    /* default for feeds without their own */
    uint64_t deadline_ms;      /* monotonic; transfers still open then fail with "timeout", and
                                  when the run is to stop with "stopped" */
    struct cw_clock clock;
    /** May be NULL: progress for a terminal, called when a feed ends. A new list ends only after
     * the network program has, because until then its bytes are not ours alone. */
    void (*done)(void *ctx, const struct cw_feed *feed, const struct cw_fetch_result *result);
    void *ctx;
};

/** Fetches all jobs.
 *  Out:     ret_results  caller's array of jobs_count; all of them are set on CW_OK
 *  Returns: CW_OK also when feeds failed, even all of them: without the network program every web
 *           list fails with "net-program" and lists on this machine are still read. CW_LIMIT past
 *           CW_FEEDS_MAX jobs; CW_NOMEM. */
CW_NODISCARD enum cw_status cw_fetch_all(const struct cw_fetch_options *options,
                                         const struct cw_fetch_job *jobs, size_t jobs_count,
                                         struct cw_fetch_result *ret_results, struct cw_error *err);

/** Opens a stored snapshot for reading and checks its SHA-256 first.
 *  Returns: CW_OK, CW_NOT_FOUND, CW_STATE when the bytes do not have this hash, CW_IO. */
CW_NODISCARD enum cw_status cw_snapshot_open(const char *snapshots_dir, const char *sha256,
                                             int *ret_fd, struct cw_error *err);

#endif
