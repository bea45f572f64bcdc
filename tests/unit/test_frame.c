/* Frames from a hostile writer, and helper programs at the other end of a pipe. */
#include "child_shell.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "base/frame.h"

/* A literal that may hold NUL bytes, as a pair for a static table. */
#define BYTES(literal)                                                                             \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }

/* ---- frames from bytes ---- */

/* A descriptor at the start of these bytes. A file without a name, because a pipe is too small. */
static int fd_of(struct cw_span bytes)
{
    FILE *file = tmpfile();
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    const int fd = fcntl(fileno(file), F_DUPFD_CLOEXEC, 0);
    CU_ASSERT_FATAL(fd >= 0);
    (void)fclose(file);
    CU_ASSERT_EQUAL_FATAL(cw_fd_write_all(fd, bytes, NULL), CW_OK);
    CU_ASSERT_EQUAL_FATAL(lseek(fd, 0, SEEK_SET), 0);
    return fd;
}

/* Reads to the end or the first failure; counts the frames before it. */
static enum cw_status drain(int fd, size_t *ret_frames, struct cw_error *err)
{
    struct cw_frame_reader reader;
    cw_frame_reader_init(&reader, fd);
    *ret_frames = 0;
    bool is_end = false;
    enum cw_status status = CW_OK;
    while (status == CW_OK && !is_end) {
        struct cw_frame frame;
        status = cw_frame_read(&reader, &frame, &is_end, err);
        *ret_frames += status == CW_OK && !is_end ? 1 : 0;
    }
    cw_frame_reader_clear(&reader);
    return status;
}

static void reader_refuses_hostile_streams(void)
{
    static const struct {
        const char *what;
        struct cw_span bytes;
        enum cw_status status;
        size_t frames; /* whole ones before the failure */
    } rows[] = {
        {"opening bytes only", BYTES("CWF1"), CW_OK, 0},
        {"frame without fields", BYTES("CWF1\2\0\0\0\7\0"), CW_OK, 1},
        {"two frames", BYTES("CWF1\2\0\0\0\7\0\3\0\0\0\7\0x"), CW_OK, 2},
        {"nothing at all", BYTES(""), CW_UNTRUSTED, 0},
        {"cut opening", BYTES("CWF"), CW_UNTRUSTED, 0},
        {"newer version", BYTES("CWF2\2\0\0\0\7\0"), CW_UNTRUSTED, 0},
        {"lower case", BYTES("cwf1\2\0\0\0\7\0"), CW_UNTRUSTED, 0},
        {"no opening", BYTES("\2\0\0\0\7\0"), CW_UNTRUSTED, 0},
        {"words instead of frames", BYTES("Segmentation fault\n"), CW_UNTRUSTED, 0},
        {"opening twice", BYTES("CWF1CWF1"), CW_UNTRUSTED, 0},
        {"length zero", BYTES("CWF1\0\0\0\0\7\0"), CW_UNTRUSTED, 0},
        {"length one", BYTES("CWF1\1\0\0\0\7\0"), CW_UNTRUSTED, 0},
        {"length over the cap", BYTES("CWF1\1\0\x10\0\7\0"), CW_UNTRUSTED, 0},
        {"largest length", BYTES("CWF1\xff\xff\xff\xff\7\0"), CW_UNTRUSTED, 0},
        {"length that is negative as int", BYTES("CWF1\0\0\0\x80\7\0"), CW_UNTRUSTED, 0},
        {"big-endian length", BYTES("CWF1\0\0\0\2\0\7"), CW_UNTRUSTED, 0},
        {"cut length", BYTES("CWF1\2\0\0"), CW_UNTRUSTED, 0},
        {"cut kind", BYTES("CWF1\2\0\0\0\7"), CW_UNTRUSTED, 0},
        {"cut body", BYTES("CWF1\7\0\0\0\7\0abcd"), CW_UNTRUSTED, 0},
        {"cut second frame", BYTES("CWF1\2\0\0\0\7\0\2"), CW_UNTRUSTED, 1},
        {"bad second frame", BYTES("CWF1\2\0\0\0\7\0\0\0\0\0"), CW_UNTRUSTED, 1},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        const int fd = fd_of(rows[i].bytes);
        struct cw_error err = {0};
        size_t frames = 0;
        const enum cw_status status = drain(fd, &frames, &err);
        CW_CHECK(status == rows[i].status, "%s: status %d", rows[i].what, (int)status);
        CW_CHECK(frames == rows[i].frames, "%s: %zu frames", rows[i].what, frames);
        CW_CHECK((err.text[0] != '\0') == (status != CW_OK), "%s: text", rows[i].what);
        (void)close(fd);
    }
}

static void reader_takes_the_largest_frame_and_no_larger(void)
{
    /* Inside the frame: kind, length of the one field, the field. */
    static const struct {
        size_t length;
        enum cw_status status;
    } rows[] = {{CW_FRAME_BYTES_MAX - 1, CW_OK},
                {CW_FRAME_BYTES_MAX, CW_OK},
                {CW_FRAME_BYTES_MAX + 1, CW_LIMIT}};
    char *field = calloc(1, CW_FRAME_BYTES_MAX);
    CU_ASSERT_PTR_NOT_NULL_FATAL(field);
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        struct cw_buf frame;
        struct cw_buf stream;
        cw_buf_init(&frame, 2 * (size_t)CW_FRAME_BYTES_MAX);
        cw_buf_init(&stream, 2 * (size_t)CW_FRAME_BYTES_MAX);
        cw_frame_begin(&frame, 3);
        cw_frame_put_span(&frame, cw_span_make(field, rows[i].length - 6));
        const enum cw_status status = cw_frame_end(&frame, NULL);
        CW_CHECK(status == rows[i].status, "%zu bytes: %d", rows[i].length, (int)status);
        cw_buf_str(&stream, "CWF1");
        cw_buf_span(&stream, cw_buf_as_span(&frame));
        const int fd = fd_of(cw_buf_as_span(&stream));
        size_t frames = 0;
        if (status == CW_OK) {
            CW_CHECK(drain(fd, &frames, NULL) == CW_OK, "%zu bytes: read", rows[i].length);
            CW_CHECK(frames == 1, "%zu bytes: %zu frames", rows[i].length, frames);
        }
        (void)close(fd);
        cw_buf_clear(&frame);
        cw_buf_clear(&stream);
    }
    struct cw_buf frame;
    cw_buf_init(&frame, 4 * (size_t)CW_FRAME_BYTES_MAX);
    cw_frame_begin(&frame, 3);
    cw_frame_put_span(&frame, (struct cw_span){field, (size_t)CW_FRAME_BYTES_MAX + 1});
    CU_ASSERT_EQUAL(cw_frame_end(&frame, NULL), CW_LIMIT);
    cw_buf_clear(&frame);
    cw_buf_init(&frame, 16);
    cw_frame_begin(&frame, 3);
    cw_frame_put_u64(&frame, 1);
    CU_ASSERT_EQUAL(cw_frame_end(&frame, NULL), CW_LIMIT);
    cw_buf_clear(&frame);
    free(field);
}

static void frame_bytes_are_little_endian(void)
{
    static const char expected[] = "\x15\0\0\0\x34\x12\3\0\0\0abc\x08\0\0\0\x08\7\6\5\4\3\2\1";
    struct cw_buf frame;
    cw_buf_init(&frame, 100);
    cw_buf_str(&frame, "left over from before");
    cw_frame_begin(&frame, 0x1234);
    cw_frame_put_span(&frame, CW_SPAN("abc"));
    cw_frame_put_u64(&frame, 0x0102030405060708u);
    CU_ASSERT_EQUAL(cw_frame_end(&frame, NULL), CW_OK);
    CU_ASSERT_EQUAL_FATAL(frame.len, sizeof(expected) - 1);
    CU_ASSERT_EQUAL(memcmp(frame.data, expected, frame.len), 0);
    cw_buf_clear(&frame);
}

static void fields_are_taken_within_their_maximum(void)
{
    enum { MAX = 3 };
    static const struct {
        const char *what;
        struct cw_span rest;
        bool is_ok;
        bool is_empty; /* afterwards */
    } rows[] = {
        {"empty field", BYTES("\0\0\0\0"), true, true},
        {"field at the maximum", BYTES("\3\0\0\0abc"), true, true},
        {"field and a leftover", BYTES("\3\0\0\0abcx"), true, false},
        {"field beyond the maximum", BYTES("\4\0\0\0abcd"), false, false},
        {"missing field", BYTES(""), false, true},
        {"cut length", BYTES("\1\0\0"), false, false},
        {"cut field", BYTES("\3\0\0\0ab"), false, false},
        {"largest length",
         BYTES("\xff\xff\xff\xff"
               "abc"),
         false, false},
        {"length that wraps with its own size",
         BYTES("\xfc\xff\xff\xff"
               "abc"),
         false, false},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        struct cw_frame frame = {.kind = 1, .rest = rows[i].rest};
        struct cw_span field = {"untouched", 9};
        const bool is_ok = cw_frame_take_span(&frame, MAX, &field);
        CW_CHECK(is_ok == rows[i].is_ok, "%s: taken %d", rows[i].what, is_ok);
        CW_CHECK(cw_frame_is_empty(&frame) == rows[i].is_empty, "%s: rest", rows[i].what);
        CW_CHECK(is_ok || field.len == 9, "%s: result written", rows[i].what);
        CW_CHECK(is_ok || frame.rest.len == rows[i].rest.len, "%s: moved", rows[i].what);
    }
}

static void integers_are_eight_bytes_within_their_maximum(void)
{
    static const struct {
        const char *what;
        struct cw_span rest;
        uint64_t max;
        bool is_ok;
        uint64_t value;
    } rows[] = {
        {"at the maximum", BYTES("\x08\0\0\0\7\0\0\0\0\0\0\0"), 7, true, 7},
        {"beyond the maximum", BYTES("\x08\0\0\0\x08\0\0\0\0\0\0\0"), 7, false, 0},
        {"all bits", BYTES("\x08\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff"), UINT64_MAX, true,
         UINT64_MAX},
        {"top bit", BYTES("\x08\0\0\0\0\0\0\0\0\0\0\x80"), INT64_MAX, false, 0},
        {"four bytes", BYTES("\4\0\0\0\7\0\0\0"), 7, false, 0},
        {"nine bytes", BYTES("\x09\0\0\0\7\0\0\0\0\0\0\0\0"), 7, false, 0},
        {"no bytes", BYTES("\0\0\0\0"), 7, false, 0},
        {"missing", BYTES(""), 7, false, 0},
        {"cut", BYTES("\x08\0\0\0\7\0\0\0\0\0\0"), 7, false, 0},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        struct cw_frame frame = {.kind = 1, .rest = rows[i].rest};
        uint64_t value = 42;
        const bool is_ok = cw_frame_take_u64(&frame, rows[i].max, &value);
        CW_CHECK(is_ok == rows[i].is_ok, "%s: taken %d", rows[i].what, is_ok);
        CW_CHECK(value == (is_ok ? rows[i].value : 42), "%s: value", rows[i].what);
        CW_CHECK(is_ok || frame.rest.len == rows[i].rest.len, "%s: moved", rows[i].what);
    }
}

static void reader_waits_on_a_slow_descriptor_byte_by_byte(void)
{
    static const char bytes[] = "CWF1\3\0\0\0\7\0x\2\0\0\0\x08\0";
    int fds[2];
    CU_ASSERT_EQUAL_FATAL(cw_pipe(fds, NULL), CW_OK);
    CU_ASSERT_EQUAL_FATAL(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
    struct cw_frame_reader reader;
    cw_frame_reader_init(&reader, fds[0]);
    struct cw_error err = {0};
    for (size_t i = 0; i < sizeof(bytes) - 1; i++) {
        struct cw_frame frame;
        bool is_end = true;
        CU_ASSERT_EQUAL(cw_frame_read(&reader, &frame, &is_end, &err), CW_TEMPORARY);
        CU_ASSERT_EQUAL(write(fds[1], bytes + i, 1), 1);
        if (i == 10 || i == 16) {
            CU_ASSERT_EQUAL(cw_frame_read(&reader, &frame, &is_end, &err), CW_OK);
            CU_ASSERT_FALSE(is_end);
            CU_ASSERT_EQUAL(frame.kind, i == 10 ? 7 : 8);
        }
    }
    /* Waiting is no failure, so the first real one still finds the struct free. */
    CU_ASSERT_EQUAL(err.code, CW_OK);
    (void)close(fds[1]);
    struct cw_frame frame;
    bool is_end = false;
    CU_ASSERT_EQUAL(cw_frame_read(&reader, &frame, &is_end, &err), CW_OK);
    CU_ASSERT_TRUE(is_end);
    cw_frame_reader_clear(&reader);
    (void)close(fds[0]);
}

static void reader_says_when_the_descriptor_fails(void)
{
    size_t frames = 0;
    CU_ASSERT_EQUAL(drain(-1, &frames, NULL), CW_IO);
}

/* ---- frames through a child ---- */

enum {
    FRAMES_IN_PIPE = 300,  /* less than a pipe holds, so nobody waits for nobody */
    FRAMES_IN_FILE = 5000, /* many times what is read at once, so frames lie across the edges */
    FIELD_BYTES = 100,
};

static void put_frames(int fd, size_t count, struct cw_buf *frame)
{
    char field[FIELD_BYTES];
    CU_ASSERT_EQUAL(cw_frame_write_magic(fd, NULL), CW_OK);
    for (size_t i = 0; i < count; i++) {
        memset(field, (int)(i & 0x7f), sizeof(field));
        cw_frame_begin(frame, (uint16_t)i);
        cw_frame_put_u64(frame, i);
        cw_frame_put_span(frame, cw_span_make(field, i % FIELD_BYTES));
        CU_ASSERT_EQUAL(cw_frame_end(frame, NULL), CW_OK);
        CU_ASSERT_EQUAL(cw_frame_write(fd, frame, NULL), CW_OK);
    }
}

static void check_frames(struct cw_frame_reader *reader, size_t count)
{
    struct cw_frame frame;
    bool is_end = false;
    for (size_t i = 0; i < count; i++) {
        CU_ASSERT_EQUAL_FATAL(cw_frame_read(reader, &frame, &is_end, NULL), CW_OK);
        CU_ASSERT_FALSE_FATAL(is_end);
        uint64_t number = 0;
        struct cw_span field = {NULL, 0};
        CW_CHECK(frame.kind == i, "frame %zu: kind", i);
        CW_CHECK(cw_frame_take_u64(&frame, count, &number) && number == i, "frame %zu", i);
        CW_CHECK(cw_frame_take_span(&frame, FIELD_BYTES, &field), "frame %zu: field", i);
        CW_CHECK(field.len == i % FIELD_BYTES, "frame %zu: %zu bytes", i, field.len);
        CW_CHECK(field.len == 0 || field.data[field.len - 1] == (char)(i & 0x7f), "frame %zu", i);
        CW_CHECK(cw_frame_is_empty(&frame), "frame %zu: leftover", i);
    }
    CU_ASSERT_EQUAL(cw_frame_read(reader, &frame, &is_end, NULL), CW_OK);
    CU_ASSERT_TRUE(is_end);
}

static void frames_across_the_edge_of_a_read_stay_whole(void)
{
    const int fd = fd_of(CW_SPAN(""));
    struct cw_buf frame;
    cw_buf_init(&frame, CW_FRAME_BYTES_MAX);
    put_frames(fd, FRAMES_IN_FILE, &frame);
    CU_ASSERT_EQUAL(lseek(fd, 0, SEEK_SET), 0);
    struct cw_frame_reader reader;
    cw_frame_reader_init(&reader, fd);
    check_frames(&reader, FRAMES_IN_FILE);
    cw_frame_reader_clear(&reader);
    cw_buf_clear(&frame);
    (void)close(fd);
}

static void frames_pass_through_a_child_unchanged(void)
{
    int to[2];
    int from[2];
    CU_ASSERT_EQUAL_FATAL(cw_pipe(to, NULL), CW_OK);
    CU_ASSERT_EQUAL_FATAL(cw_pipe(from, NULL), CW_OK);
    const struct cw_child_fd fds[] = {{.ours = to[0], .theirs = 0}, {.ours = from[1], .theirs = 1}};
    pid_t pid = 0;
    CU_ASSERT_EQUAL_FATAL(start("exec cat", "", fds, CW_COUNT(fds), &pid), CW_OK);
    (void)close(to[0]);
    (void)close(from[1]);
    struct cw_buf frame;
    cw_buf_init(&frame, CW_FRAME_BYTES_MAX);
    put_frames(to[1], FRAMES_IN_PIPE, &frame);
    (void)close(to[1]);
    struct cw_frame_reader reader;
    cw_frame_reader_init(&reader, from[0]);
    check_frames(&reader, FRAMES_IN_PIPE);
    CU_ASSERT_EQUAL(cw_child_wait(pid, NULL), CW_OK);
    cw_frame_reader_clear(&reader);
    cw_buf_clear(&frame);
    (void)close(from[0]);
}

static void frames_of_a_dying_child_are_refused(void)
{
    static const struct {
        const char *script;
        size_t frames;
        const char *text; /* how the child ended */
    } rows[] = {
        {"exit 3", 0, "ended with exit code 3"},
        {"kill -KILL $$", 0, "was killed by signal 9"},
        {"printf 'CWF1\\002\\000\\000\\000\\007\\000\\011\\000'; kill -ABRT $$", 1,
         "was killed by signal 6"},
        {"echo out of memory; exit 1", 0, "ended with exit code 1"},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        struct cw_buf out;
        cw_buf_init(&out, 100);
        struct cw_error err = {0};
        CU_ASSERT_EQUAL(run(rows[i].script, "", &out, &err), CW_UNTRUSTED);
        CW_CHECK(strcmp(err.text, rows[i].text) == 0, "%s: %s", rows[i].script, err.text);
        const int fd = fd_of(cw_buf_as_span(&out));
        size_t frames = 0;
        CW_CHECK(drain(fd, &frames, NULL) == CW_UNTRUSTED, "%s: believed", rows[i].script);
        CW_CHECK(frames == rows[i].frames, "%s: %zu frames", rows[i].script, frames);
        (void)close(fd);
        cw_buf_clear(&out);
    }
}

int main(void)
{
    static const struct cw_test tests[] = {
        {"reader refuses hostile streams", reader_refuses_hostile_streams},
        {"reader takes the largest frame only", reader_takes_the_largest_frame_and_no_larger},
        {"frame bytes are little-endian", frame_bytes_are_little_endian},
        {"fields are taken within their maximum", fields_are_taken_within_their_maximum},
        {"integers are eight bytes", integers_are_eight_bytes_within_their_maximum},
        {"reader waits byte by byte", reader_waits_on_a_slow_descriptor_byte_by_byte},
        {"reader says when the descriptor fails", reader_says_when_the_descriptor_fails},
        {"frames across a read stay whole", frames_across_the_edge_of_a_read_stay_whole},
        {"frames pass through a child unchanged", frames_pass_through_a_child_unchanged},
        {"frames of a dying child are refused", frames_of_a_dying_child_are_refused},
    };
    return cw_run_suite("frame", tests, CW_COUNT(tests));
}
