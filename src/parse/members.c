#include "parse/members.h"

#include <errno.h>
#include <unistd.h>
#include <zlib.h>

#include "base/limits.h"
#include "feed/packed.h"

enum {
    BLOCK_BYTES = 64 << 10,
    WINDOW_BITS = 15 + 16, /* the largest window, and gzip's head and tail */
};

struct members {
    int fd;
    struct cw_unpack_sink sink;
    z_stream stream;
    bool is_within; /* a member has begun and not ended */
    uint64_t bytes_in;
    uint64_t bytes_out;
    char head[CW_PACKED_HEAD_BYTES]; /* of what came out */
    char in[BLOCK_BYTES];
    char out[BLOCK_BYTES];
};

static enum cw_status cut_or_damaged(struct cw_error *err)
{
    return cw_error_set(err, CW_UNTRUSTED, "gzip: cut, damaged or followed by more bytes");
}

bool cw_members_begin(int fd)
{
    unsigned char head[2];
    return pread(fd, head, sizeof(head), 0) == (ssize_t)sizeof(head) && head[0] == 0x1f &&
           head[1] == 0x8b;
}

/* ---- what comes out ---- */

static enum cw_status deliver(struct members *members, struct cw_span block, struct cw_error *err)
{
    for (size_t i = 0; i < block.len && members->bytes_out + i < CW_PACKED_HEAD_BYTES; i++) {
        members->head[members->bytes_out + i] = block.data[i];
    }
    members->bytes_out += block.len;
    const size_t known = members->bytes_out < CW_PACKED_HEAD_BYTES ? (size_t)members->bytes_out
                                                                   : (size_t)CW_PACKED_HEAD_BYTES;
    if (cw_is_packed(cw_span_make(members->head, known))) {
        return cw_error_set(err, CW_UNTRUSTED, "gzip: packed more than once");
    }
    const enum cw_status status =
        cw_unpack_check_size("gzip", members->bytes_in, members->bytes_out, err);
    return status != CW_OK || block.len == 0 ? status
                                             : members->sink.block(members->sink.ctx, block, err);
}

/* ---- what goes in ---- */

static enum cw_status fill(struct members *members, struct cw_error *err)
{
    ssize_t got = 0;
    do {
        got = read(members->fd, members->in, sizeof(members->in));
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        return cw_error_set(err, CW_IO, "reading the document failed with errno %d", errno);
    }
    members->bytes_in += (uint64_t)got;
    members->stream.next_in = (unsigned char *)members->in;
    members->stream.avail_in = (unsigned)got;
    return CW_OK;
}

/* Unpacks what it can of the bytes at hand. zlib judges each member's checksum and length. */
static enum cw_status unpack_some(struct members *members, struct cw_error *err)
{
    z_stream *stream = &members->stream;
    stream->next_out = (unsigned char *)members->out;
    stream->avail_out = sizeof(members->out);
    members->is_within = true;
    const int result = inflate(stream, Z_NO_FLUSH);
    if (result == Z_MEM_ERROR) {
        return cw_error_set(err, CW_NOMEM, "out of memory");
    }
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
        return cut_or_damaged(err);
    }
    if (result == Z_STREAM_END) {
        members->is_within = false;
        if (inflateReset(stream) != Z_OK) {
            return cut_or_damaged(err);
        }
    }
    return deliver(members, cw_span_make(members->out, sizeof(members->out) - stream->avail_out),
                   err);
}

static enum cw_status unpack_all(struct members *members, struct cw_error *err)
{
    for (;;) {
        enum cw_status status = fill(members, err);
        if (status != CW_OK) {
            return status;
        }
        if (members->stream.avail_in == 0) {
            return members->is_within ? cut_or_damaged(err) : CW_OK;
        }
        do { /* also while more may come out than one block holds */
            status = unpack_some(members, err);
        } while (status == CW_OK && (members->stream.avail_in > 0 ||
                                     (members->is_within && members->stream.avail_out == 0)));
        if (status != CW_OK) {
            return status;
        }
    }
}

enum cw_status cw_members_unpack(int fd, struct cw_unpack_sink sink, struct cw_error *err)
{
    struct members *members = calloc(1, sizeof(*members));
    if (members == NULL || inflateInit2(&members->stream, WINDOW_BITS) != Z_OK) {
        free(members);
        return cw_error_set(err, CW_NOMEM, "out of memory");
    }
    members->fd = fd;
    members->sink = sink;
    enum cw_status status = CW_OK;
    if (lseek(fd, 0, SEEK_SET) != 0) {
        status = cw_error_set(err, CW_IO, "the document is not a regular file");
    } else {
        status = unpack_all(members, err);
    }
    (void)inflateEnd(&members->stream);
    free(members);
    return status;
}
