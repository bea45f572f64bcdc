/* head.h: the header block of an HTTP answer, line by line, as hostile bytes.
 *
 * Keeps the block of the last answer (not of interim 1xx ones) and the few fields we act on. Lines
 * after the block (trailers) are counted and otherwise ignored: they must not change a decision.
 */
#ifndef CW_NET_HEAD_H
#define CW_NET_HEAD_H

#include "base/buf.h"
#include "base/limits.h"

enum { CW_HEAD_TEXT_BYTES = 512 };

struct cw_head {
    struct cw_buf block; /* raw, CRLF */
    size_t bytes;        /* of all lines, interim answers and trailers too */
    uint64_t status;     /* of the last status line */
    bool is_done;        /* the block of the final answer is complete */
    bool has_length;
    uint64_t length;
    bool has_bad_length; /* two that differ, or no number */
    bool is_chunked;
    bool has_coding; /* a content or transfer coding that we did not ask for */
    bool has_location;
    bool has_two_locations;
    char etag[CW_HEAD_TEXT_BYTES]; /* these: printable UTF-8, or "" */
    char last_modified[CW_HEAD_TEXT_BYTES];
    char content_type[CW_HEAD_TEXT_BYTES];
    char retry_after[CW_HEAD_TEXT_BYTES];
    char coding[CW_HEAD_TEXT_BYTES];
    struct cw_span location; /* borrowed from block until the next line */
};

void cw_head_init(struct cw_head *head);
void cw_head_clear(struct cw_head *head);
/** Forgets everything, for the next hop of a redirect. */
void cw_head_reset(struct cw_head *head);
/** Takes one line with its end.
 *  Returns: CW_OK; CW_LIMIT past CW_HTTP_HEADERS_MAX in all; CW_NOMEM. */
CW_NODISCARD enum cw_status cw_head_line(struct cw_head *head, struct cw_span line,
                                         struct cw_error *err);
/** 301, 302, 303, 307 or 308. */
bool cw_head_is_redirect(const struct cw_head *head);

#endif
