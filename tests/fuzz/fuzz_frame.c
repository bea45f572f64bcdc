/* Any bytes as a stream of frames: from a file, and from a pipe that brings them in pieces, the
 * same frames come out and the same verdict. Behind it are the readers that take frames apart. */
#define _GNU_SOURCE /* memfd_create, pipe2 */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "feed/record.h"
#include "fuzz.h"
#include "http/wire.h"

enum { PIECE_BYTES_MAX = 4096, HEAD_BYTES = 6 };

struct sum {
    uint64_t frames;
    uint64_t hash; /* FNV-1a */
    uint64_t bytes;
};

static void add(struct sum *sum, const struct cw_frame *frame)
{
    sum->frames++;
    sum->bytes += HEAD_BYTES + frame->rest.len;
    sum->hash = (sum->hash ^ frame->kind) * 0x100000001b3u;
    for (size_t i = 0; i < frame->rest.len; i++) {
        sum->hash = (sum->hash ^ (unsigned char)frame->rest.data[i]) * 0x100000001b3u;
    }
}

/* ---- what the two programs at its ends make of a frame ---- */

static void take_record(struct cw_frame frame)
{
    struct cw_list_info info;
    struct cw_entry entry;
    struct cw_parse_report report;
    struct cw_error err = {0};
    enum cw_status status = CW_UNTRUSTED;
    switch (frame.kind) {
    case CW_RECORD_INFO:
        status = cw_record_take_info(&frame, &info, &err);
        break;
    case CW_RECORD_ENTRY:
        status = cw_record_take_entry(&frame, &entry, &err);
        break;
    case CW_RECORD_END:
        status = cw_record_take_end(&frame, &report, &err);
        break;
    case CW_RECORD_FAILED:
        (void)cw_record_take_failed(&frame, &err);
        break;
    default:
        break;
    }
    if (status == CW_OK) {
        fuzz_accept("record");
    }
}

static void take_wire(struct cw_frame frame)
{
    struct cw_wire_setup setup;
    struct cw_net_request request;
    struct cw_net_result result;
    enum cw_status status = CW_UNTRUSTED;
    switch (frame.kind) {
    case CW_WIRE_SETUP:
        status = cw_wire_take_setup(&frame, &setup, NULL);
        break;
    case CW_WIRE_REQUEST:
        status = cw_wire_take_request(&frame, &request, NULL);
        break;
    case CW_WIRE_RESULT:
        status = cw_wire_take_result(&frame, &result, NULL);
        break;
    default:
        break;
    }
    if (status == CW_OK) {
        fuzz_accept("wire");
    }
}

/* ---- two ways in ---- */

static void judge(enum cw_status status, const struct cw_error *err)
{
    CW_ASSERT(status == CW_OK || status == CW_UNTRUSTED);
    CW_ASSERT((status == CW_OK) == (err->text[0] == '\0'));
}

static enum cw_status read_file(struct cw_span stream, struct sum *ret)
{
    struct cw_frame_reader reader;
    struct cw_frame frame;
    struct cw_error err = {0};
    bool is_end = false;
    enum cw_status status = CW_OK;
    const int fd = memfd_create("fuzz", MFD_CLOEXEC);
    CW_ASSERT(fd >= 0);
    CW_ASSERT(cw_fd_write_all(fd, stream, NULL) == CW_OK);
    CW_ASSERT(lseek(fd, 0, SEEK_SET) == 0);
    cw_frame_reader_init(&reader, fd);
    while ((status = cw_frame_read(&reader, &frame, &is_end, &err)) == CW_OK && !is_end) {
        add(ret, &frame);
        take_record(frame);
        take_wire(frame);
    }
    judge(status, &err);
    cw_frame_reader_clear(&reader);
    CW_ASSERT(close(fd) == 0);
    return status;
}

/* Takes what came so far. CW_TEMPORARY: more is needed, and nothing was said. */
static enum cw_status drain(struct cw_frame_reader *reader, struct sum *sum, struct cw_error *err)
{
    struct cw_frame frame;
    bool is_end = false;
    enum cw_status status = CW_OK;
    while ((status = cw_frame_read(reader, &frame, &is_end, err)) == CW_OK && !is_end) {
        add(sum, &frame);
    }
    CW_ASSERT(status != CW_TEMPORARY || err->text[0] == '\0');
    return status;
}

static enum cw_status read_pipe(struct cw_span stream, size_t piece, struct sum *ret)
{
    struct cw_frame_reader reader;
    struct cw_error err = {0};
    int ends[2];
    enum cw_status status = CW_TEMPORARY;
    CW_ASSERT(pipe2(ends, O_NONBLOCK | O_CLOEXEC) == 0);
    cw_frame_reader_init(&reader, ends[0]);
    for (size_t at = 0; at < stream.len && status == CW_TEMPORARY; at += piece) {
        CW_ASSERT(cw_fd_write_all(ends[1], cw_span_slice(stream, at, at + piece), NULL) == CW_OK);
        status = drain(&reader, ret, &err);
    }
    CW_ASSERT(close(ends[1]) == 0);
    if (status == CW_TEMPORARY) {
        status = drain(&reader, ret, &err);
    }
    judge(status, &err);
    cw_frame_reader_clear(&reader);
    CW_ASSERT(close(ends[0]) == 0);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct cw_span stream = cw_span_make(data, size);
    const size_t piece = size > 0 ? 1 + data[size - 1] * 16u : 1; /* short inputs byte by byte */
    struct sum whole = {.hash = 0xcbf29ce484222325u};
    struct sum pieces = {.hash = 0xcbf29ce484222325u};
    static_assert(1 + UINT8_MAX * 16u <= PIECE_BYTES_MAX, "fits an empty pipe");
    const enum cw_status status = read_file(stream, &whole);
    CW_ASSERT(read_pipe(stream, size < 64 ? 1 : piece, &pieces) == status);
    CW_ASSERT(whole.frames == pieces.frames);
    CW_ASSERT(whole.hash == pieces.hash);
    CW_ASSERT(status != CW_OK || whole.bytes + 4 == stream.len); /* "CWF1" */
    return 0;
}
