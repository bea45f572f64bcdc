#include "base/buf.h"

#include <stdarg.h>

#include "base/checked.h"

enum { FIRST_BYTES = 64 };

static void assert_sound(const struct cw_buf *buf)
{
    CW_ASSERT(buf != NULL);
    CW_ASSERT(buf->len <= buf->max);
    CW_ASSERT(buf->data == NULL ? buf->len == 0 : buf->len < buf->cap);
}

void cw_buf_init(struct cw_buf *buf, size_t max)
{
    CW_ASSERT(buf != NULL);
    CW_ASSERT(max < SIZE_MAX);
    *buf = (struct cw_buf){.max = max, .failed = CW_OK};
}

void cw_buf_clear(struct cw_buf *buf)
{
    if (buf == NULL) {
        return;
    }
    free(buf->data);
    *buf = (struct cw_buf){.max = buf->max, .failed = CW_OK};
}

void cw_buf_reset(struct cw_buf *buf)
{
    assert_sound(buf);
    buf->len = 0;
    buf->failed = CW_OK;
    if (buf->data != NULL) {
        buf->data[0] = '\0';
    }
}

/* Doubles, but never beyond the cap and the courtesy NUL. */
static size_t grown_cap(const struct cw_buf *buf, size_t need)
{
    size_t cap = buf->cap < FIRST_BYTES ? FIRST_BYTES : buf->cap;
    if (!cw_checked_mul(cap, buf->cap == 0 ? 1 : 2, &cap) || cap > buf->max + 1) {
        cap = buf->max + 1;
    }
    return cap < need ? need : cap;
}

char *cw_buf_room(struct cw_buf *buf, size_t extra)
{
    assert_sound(buf);
    if (buf->failed != CW_OK) {
        return NULL;
    }
    if (extra > buf->max - buf->len) {
        buf->failed = CW_LIMIT;
        return NULL;
    }
    const size_t need = buf->len + extra + 1;
    if (need > buf->cap) {
        const size_t cap = grown_cap(buf, need);
        char *data = realloc(buf->data, cap);
        if (data == NULL) {
            buf->failed = CW_NOMEM;
            return NULL;
        }
        buf->data = data;
        buf->cap = cap;
        buf->data[buf->len] = '\0';
    }
    return buf->data + buf->len;
}

void cw_buf_advance(struct cw_buf *buf, size_t written)
{
    assert_sound(buf);
    CW_ASSERT(written <= buf->max - buf->len);
    CW_ASSERT(buf->len + written < buf->cap);
    buf->len += written;
    buf->data[buf->len] = '\0';
}

void cw_buf_append(struct cw_buf *buf, const void *data, size_t len)
{
    CW_ASSERT(data != NULL || len == 0);
    char *room = cw_buf_room(buf, len);
    if (room == NULL || len == 0) {
        return;
    }
    memcpy(room, data, len);
    cw_buf_advance(buf, len);
}

void cw_buf_span(struct cw_buf *buf, struct cw_span text)
{
    cw_buf_append(buf, text.data, text.len);
}

void cw_buf_str(struct cw_buf *buf, const char *text)
{
    cw_buf_append(buf, text, text == NULL ? 0 : strlen(text));
}

void cw_buf_char(struct cw_buf *buf, char c)
{
    cw_buf_append(buf, &c, 1);
}

void cw_buf_printf(struct cw_buf *buf, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    va_list again;
    va_copy(again, args);
    const int len = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    char *room = NULL;
    if (len >= 0) {
        room = cw_buf_room(buf, (size_t)len);
    } else if (buf->failed == CW_OK) {
        buf->failed = CW_LIMIT; /* more than INT_MAX bytes is the one way to get here */
    }
    if (room != NULL) {
        const int written = vsnprintf(room, (size_t)len + 1, fmt, again);
        CW_ASSERT(written == len);
        cw_buf_advance(buf, (size_t)len);
    }
    va_end(again);
}

enum cw_status cw_buf_take(struct cw_buf *buf, char **ret, size_t *ret_len, struct cw_error *err)
{
    CW_ASSERT(ret != NULL);
    (void)cw_buf_room(buf, 0);
    const enum cw_status status = cw_buf_status(buf, err);
    if (status != CW_OK) {
        return status;
    }
    *ret = buf->data;
    if (ret_len != NULL) {
        *ret_len = buf->len;
    }
    cw_buf_init(buf, buf->max);
    return CW_OK;
}

enum cw_status cw_buf_status(const struct cw_buf *buf, struct cw_error *err)
{
    assert_sound(buf);
    if (buf->failed == CW_OK) {
        return CW_OK;
    }
    if (buf->failed == CW_LIMIT) {
        return cw_error_set(err, CW_LIMIT, "more than %zu bytes", buf->max);
    }
    return cw_error_set(err, buf->failed, "memory is exhausted");
}
