/* line_reader.h: whole lines out of chunks, for the formats that are read line by line.
 *
 * Knows line ends (LF, CRLF), a byte order mark, UTF-8 and NUL, and a cap on a line. Refuses to
 * know what lines mean. Memory: one line.
 */
#ifndef CW_FEED_LINE_READER_H
#define CW_FEED_LINE_READER_H

#include "base/buf.h"
#include "feed/text_guard.h"

struct cw_line {
    struct cw_span text; /* without its end; empty when it is too long */
    uint64_t number;     /* from 1 */
    bool is_too_long;
    bool is_unended; /* the last one, without a line feed */
};

/** Takes a line; anything but CW_OK stops and comes back. */
typedef enum cw_status (*cw_line_fn)(void *ctx, const struct cw_line *line, struct cw_error *err);

struct cw_line_reader {
    cw_line_fn fn;
    void *ctx;
    struct cw_text_guard guard;
    struct cw_text_head head;
    struct cw_buf line;
    const char
        *markup; /* what to say when the document begins like XML, HTML or JSON; NULL: fine */
    size_t max;
    uint64_t number;
    bool is_too_long;
};

/** max: bytes of a line without its end; a longer one is told as is_too_long. */
void cw_line_reader_init(struct cw_line_reader *reader, size_t max, cw_line_fn fn, void *ctx);
void cw_line_reader_clear(struct cw_line_reader *reader);
/** Returns: CW_OK; CW_UNTRUSTED for NUL or bad UTF-8; CW_NOMEM; what the callback said. */
CW_NODISCARD enum cw_status cw_line_reader_feed(struct cw_line_reader *reader, struct cw_span bytes,
                                                bool is_last, struct cw_error *err);

#endif
