#include "base/frame.h"

#include <errno.h>
#include <unistd.h>

#include "base/file.h"

enum {
    MAGIC_BYTES = 4,
    LENGTH_BYTES = 4,
    KIND_BYTES = 2,
    U64_BYTES = 8,
    READ_AHEAD_BYTES = 64 << 10,
};

static const char MAGIC[MAGIC_BYTES] = {'C', 'W', 'F', '1'};

static void store_le(char *to, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        to[i] = (char)(unsigned char)(value >> 8 * i & 0xffu);
    }
}

static uint64_t load_le(const char *from, size_t bytes)
{
    uint64_t value = 0;
    for (size_t i = 0; i < bytes; i++) {
        value |= (uint64_t)(unsigned char)from[i] << 8 * i;
    }
    return value;
}

void cw_frame_begin(struct cw_buf *frame, uint16_t kind)
{
    char head[LENGTH_BYTES + KIND_BYTES] = {0};
    store_le(head + LENGTH_BYTES, kind, KIND_BYTES);
    cw_buf_reset(frame);
    cw_buf_append(frame, head, sizeof(head));
}

void cw_frame_put_span(struct cw_buf *frame, struct cw_span field)
{
    if (field.len > CW_FRAME_BYTES_MAX) {
        frame->failed = frame->failed == CW_OK ? CW_LIMIT : frame->failed;
        return;
    }
    char head[LENGTH_BYTES];
    store_le(head, field.len, sizeof(head));
    cw_buf_append(frame, head, sizeof(head));
    cw_buf_span(frame, field);
}

void cw_frame_put_u64(struct cw_buf *frame, uint64_t field)
{
    char bytes[U64_BYTES];
    store_le(bytes, field, sizeof(bytes));
    cw_frame_put_span(frame, cw_span_make(bytes, sizeof(bytes)));
}

enum cw_status cw_frame_end(struct cw_buf *frame, struct cw_error *err)
{
    const enum cw_status status = cw_buf_status(frame, err);
    if (status != CW_OK) {
        return status;
    }
    CW_ASSERT(frame->len >= LENGTH_BYTES + KIND_BYTES);
    const size_t length = frame->len - LENGTH_BYTES;
    if (length > CW_FRAME_BYTES_MAX) {
        return cw_error_set(err, CW_LIMIT, "a frame of %zu bytes is larger than %d", length,
                            CW_FRAME_BYTES_MAX);
    }
    store_le(frame->data, length, LENGTH_BYTES);
    return CW_OK;
}

enum cw_status cw_frame_write_magic(int fd, struct cw_error *err)
{
    return cw_fd_write_all(fd, cw_span_make(MAGIC, MAGIC_BYTES), err);
}

enum cw_status cw_frame_write(int fd, const struct cw_buf *frame, struct cw_error *err)
{
    CW_ASSERT(frame->len >= LENGTH_BYTES + KIND_BYTES);
    CW_ASSERT(load_le(frame->data, LENGTH_BYTES) == frame->len - LENGTH_BYTES);
    return cw_fd_write_all(fd, cw_buf_as_span(frame), err);
}

void cw_frame_reader_init(struct cw_frame_reader *reader, int fd)
{
    *reader = (struct cw_frame_reader){.fd = fd};
    cw_buf_init(&reader->in, LENGTH_BYTES + CW_FRAME_BYTES_MAX + READ_AHEAD_BYTES);
}

void cw_frame_reader_clear(struct cw_frame_reader *reader)
{
    cw_buf_clear(&reader->in);
    reader->at = 0;
}

static struct cw_span unread(const struct cw_frame_reader *reader)
{
    CW_ASSERT(reader->at <= reader->in.len);
    return cw_span_slice(cw_buf_as_span(&reader->in), reader->at, reader->in.len);
}

/* Moves the unread bytes to the front, then reads what is there. Moving only here, and not after
 * every frame, keeps the cost linear when a read brings hundreds of small frames. */
static enum cw_status read_more(struct cw_frame_reader *reader, bool *ret_is_end,
                                struct cw_error *err)
{
    const struct cw_span rest = unread(reader);
    if (reader->at > 0) {
        cw_buf_reset(&reader->in); /* first: it writes a NUL to where the rest will be */
        if (rest.len > 0) {
            CW_ASSERT(rest.data != NULL);
            memmove(reader->in.data, rest.data, rest.len);
        }
        cw_buf_advance(&reader->in, rest.len);
        reader->at = 0;
    }
    char *room = cw_buf_room(&reader->in, READ_AHEAD_BYTES);
    if (room == NULL) {
        return cw_buf_status(&reader->in, err);
    }
    ssize_t got = 0;
    do {
        got = read(reader->fd, room, READ_AHEAD_BYTES);
    } while (got < 0 && errno == EINTR);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        return CW_TEMPORARY; /* not a failure: err stays free for a real one */
    }
    if (got < 0) {
        return cw_error_set(err, CW_IO, "reading a frame failed with errno %d", errno);
    }
    cw_buf_advance(&reader->in, (size_t)got);
    *ret_is_end = got == 0;
    return CW_OK;
}

/* Takes one frame, or the opening bytes, off what is already read. *ret_is_whole tells which it
 * was: false means that more bytes are needed. */
static enum cw_status take_frame(struct cw_frame_reader *reader, struct cw_frame *ret_frame,
                                 bool *ret_is_whole, struct cw_error *err)
{
    *ret_is_whole = false;
    struct cw_span bytes = unread(reader);
    if (!reader->has_magic) {
        if (bytes.len < MAGIC_BYTES) {
            return CW_OK;
        }
        if (memcmp(bytes.data, MAGIC, MAGIC_BYTES) != 0) {
            return cw_error_set(err, CW_UNTRUSTED, "the stream does not begin with \"CWF1\"");
        }
        reader->has_magic = true;
        reader->at += MAGIC_BYTES;
        bytes = unread(reader);
    }
    if (bytes.len < LENGTH_BYTES) {
        return CW_OK;
    }
    const size_t length = (size_t)load_le(bytes.data, LENGTH_BYTES);
    if (length < KIND_BYTES || length > CW_FRAME_BYTES_MAX) {
        return cw_error_set(err, CW_UNTRUSTED, "a frame claims %zu bytes; allowed are %d to %d",
                            length, KIND_BYTES, CW_FRAME_BYTES_MAX);
    }
    if (bytes.len - LENGTH_BYTES < length) {
        return CW_OK;
    }
    const struct cw_span body = cw_span_slice(bytes, LENGTH_BYTES, LENGTH_BYTES + length);
    ret_frame->kind = (uint16_t)load_le(body.data, KIND_BYTES);
    ret_frame->rest = cw_span_slice(body, KIND_BYTES, body.len);
    reader->at += LENGTH_BYTES + length;
    *ret_is_whole = true;
    return CW_OK;
}

enum cw_status cw_frame_read(struct cw_frame_reader *reader, struct cw_frame *ret_frame,
                             bool *ret_is_end, struct cw_error *err)
{
    bool is_end = false;
    while (!is_end) {
        bool is_whole = false;
        enum cw_status status = take_frame(reader, ret_frame, &is_whole, err);
        if (status == CW_OK && is_whole) {
            *ret_is_end = false;
            return CW_OK;
        }
        if (status == CW_OK) {
            status = read_more(reader, &is_end, err);
        }
        if (status != CW_OK) {
            return status;
        }
    }
    if (!reader->has_magic) {
        return cw_error_set(err, CW_UNTRUSTED, "the stream ended before its opening bytes");
    }
    const size_t left = unread(reader).len;
    if (left > 0) {
        return cw_error_set(err, CW_UNTRUSTED, "the stream ended in a frame, after %zu bytes of it",
                            left);
    }
    *ret_is_end = true;
    return CW_OK;
}

bool cw_frame_take_span(struct cw_frame *frame, size_t max, struct cw_span *ret)
{
    const struct cw_span rest = frame->rest;
    if (rest.len < LENGTH_BYTES) {
        return false;
    }
    const size_t length = (size_t)load_le(rest.data, LENGTH_BYTES);
    if (length > max || length > rest.len - LENGTH_BYTES) {
        return false;
    }
    *ret = cw_span_slice(rest, LENGTH_BYTES, LENGTH_BYTES + length);
    frame->rest = cw_span_slice(rest, LENGTH_BYTES + length, rest.len);
    return true;
}

bool cw_frame_take_u64(struct cw_frame *frame, uint64_t max, uint64_t *ret)
{
    struct cw_frame after = *frame;
    struct cw_span field = {NULL, 0};
    if (!cw_frame_take_span(&after, U64_BYTES, &field) || field.len != U64_BYTES) {
        return false;
    }
    const uint64_t value = load_le(field.data, U64_BYTES);
    if (value > max) {
        return false;
    }
    *frame = after;
    *ret = value;
    return true;
}

bool cw_frame_is_empty(const struct cw_frame *frame)
{
    return frame->rest.len == 0;
}
