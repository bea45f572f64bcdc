/* buf.h: a growable byte buffer that is born with its cap.
 *
 * Invariants: len <= max; data is NULL or holds len bytes and a NUL after them (the NUL is a
 * courtesy for C interfaces, never part of len). A failed append leaves the content unchanged and
 * sets `failed`, so that a run of appends may be checked once at its end with cw_buf_status.
 *
 *   struct cw_buf b; cw_buf_init(&b, CW_ALERT_BYTES_MAX);
 *   cw_buf_str(&b, "{"); ... if (cw_buf_status(&b, err) != CW_OK) ...; cw_buf_clear(&b);
 */
#ifndef CW_BASE_BUF_H
#define CW_BASE_BUF_H

#include "base/error.h"
#include "base/span.h"

struct cw_buf {
    char *data;
    size_t len;
    size_t cap;
    size_t max;
    enum cw_status failed;
};

/** Prepares an empty buffer that never holds more than max bytes. Allocates nothing. */
void cw_buf_init(struct cw_buf *buf, size_t max);
/** Frees the memory and leaves an empty buffer with the same cap. */
void cw_buf_clear(struct cw_buf *buf);
/** Empties the buffer, keeps its memory, forgets a failure. */
void cw_buf_reset(struct cw_buf *buf);
/** Moves the content out: the caller frees *ret with free(). Never NULL on CW_OK. */
CW_NODISCARD enum cw_status cw_buf_take(struct cw_buf *buf, char **ret, size_t *ret_len,
                                        struct cw_error *err);

void cw_buf_append(struct cw_buf *buf, const void *data, size_t len);
void cw_buf_span(struct cw_buf *buf, struct cw_span text);
void cw_buf_str(struct cw_buf *buf, const char *text);
void cw_buf_char(struct cw_buf *buf, char c);
void cw_buf_printf(struct cw_buf *buf, const char *fmt, ...) CW_PRINTF(2, 3);
/** Makes room for `extra` more bytes and returns where they go, or NULL on failure; the caller
 *  writes there and then calls cw_buf_advance with what it wrote. */
char *cw_buf_room(struct cw_buf *buf, size_t extra);
void cw_buf_advance(struct cw_buf *buf, size_t written);

/** CW_OK, or CW_LIMIT / CW_NOMEM if any append since the last reset failed. */
CW_NODISCARD enum cw_status cw_buf_status(const struct cw_buf *buf, struct cw_error *err);

static inline struct cw_span cw_buf_as_span(const struct cw_buf *buf)
{
    return (struct cw_span){buf->data, buf->len};
}

#endif
