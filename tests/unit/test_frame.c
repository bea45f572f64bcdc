/* Frames from a hostile writer, and helper programs at the other end of a pipe. */
#include "suite.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/file.h"
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

/* ---- children ---- */

/* Runs a shell script with descriptors; $0 is the first argument. */
static enum cw_status start(const char *script, const char *arg, const struct cw_child_fd *fds,
                            size_t count, pid_t *ret_pid)
{
    const char *const argv[] = {"sh", "-c", script, arg, NULL};
    const struct cw_child_options options = {
        .path = "/bin/sh", .argv = argv, .fds = fds, .fds_count = count};
    return cw_child_start(&options, ret_pid, NULL);
}

/* What a script writes to its standard output, and how it ended. */
static enum cw_status run(const char *script, const char *arg, struct cw_buf *ret_output,
                          struct cw_error *err)
{
    int out[2];
    CU_ASSERT_EQUAL_FATAL(cw_pipe(out, NULL), CW_OK);
    const struct cw_child_fd fds[] = {{.ours = out[1], .theirs = STDOUT_FILENO}};
    pid_t pid = 0;
    CU_ASSERT_EQUAL_FATAL(start(script, arg, fds, CW_COUNT(fds), &pid), CW_OK);
    (void)close(out[1]);
    CU_ASSERT_EQUAL(cw_fd_read_all(out[0], ret_output, NULL), CW_OK);
    (void)close(out[0]);
    return cw_child_wait(pid, err);
}

static void child_says_how_it_ended(void)
{
    static const struct {
        const char *script;
        enum cw_status status;
        const char *text;
    } rows[] = {
        {"exit 0", CW_OK, ""},
        {"exit 1", CW_UNTRUSTED, "ended with exit code 1"},
        {"exit 255", CW_UNTRUSTED, "ended with exit code 255"},
        {"kill -KILL $$", CW_UNTRUSTED, "was killed by signal 9"},
        {"kill -SEGV $$", CW_UNTRUSTED, "was killed by signal 11"},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        pid_t pid = 0;
        struct cw_error err = {0};
        CU_ASSERT_EQUAL_FATAL(start(rows[i].script, "", NULL, 0, &pid), CW_OK);
        CW_CHECK(cw_child_wait(pid, &err) == rows[i].status, "%s: status", rows[i].script);
        CW_CHECK(strcmp(err.text, rows[i].text) == 0, "%s: %s", rows[i].script, err.text);
        /* Reaped: nobody is left to wait for. */
        CW_CHECK(cw_child_wait(pid, NULL) == CW_IO, "%s: a second wait", rows[i].script);
    }
}

static void child_that_cannot_start_is_reported(void)
{
    static const struct {
        const char *path;
        enum cw_status status;
    } rows[] = {
        {"/nonexistent/program", CW_NOT_FOUND},
        {"/bin/sh/program", CW_NOT_FOUND},
        {"/", CW_IO},
        {"/etc/passwd", CW_IO},
    };
    const char *const argv[] = {"program", NULL};
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        const struct cw_child_options options = {.path = rows[i].path, .argv = argv};
        struct cw_error err = {0};
        pid_t pid = -7;
        const enum cw_status status = cw_child_start(&options, &pid, &err);
        CW_CHECK(status == rows[i].status, "%s: status %d", rows[i].path, (int)status);
        CW_CHECK(pid == -7, "%s: pid was written", rows[i].path);
        CW_CHECK(strstr(err.text, rows[i].path) == err.text, "path missing: %s", err.text);
    }
    const struct cw_child_fd fds[] = {{.ours = 999999, .theirs = 3}};
    pid_t pid = 0;
    CU_ASSERT_EQUAL(start("exit 0", "", fds, 1, &pid), CW_IO);
}

static void child_gets_only_the_environment_it_is_given(void)
{
    struct cw_buf out;
    cw_buf_init(&out, 1000);
    CU_ASSERT_EQUAL(setenv("CW_TEST_SECRET", "secret", 1), 0);
    CU_ASSERT_EQUAL(run("echo \"[$CW_TEST_SECRET$HOME]\"", "", &out, NULL), CW_OK);
    CU_ASSERT_TRUE(cw_span_is(cw_buf_as_span(&out), "[]\n"));
    const char *const argv[] = {"sh", "-c", "test \"$GIVEN\" = yes -a -z \"$CW_TEST_SECRET\"",
                                NULL};
    const char *const env[] = {"GIVEN=yes", NULL};
    const struct cw_child_options options = {.path = "/bin/sh", .argv = argv, .env = env};
    pid_t pid = 0;
    CU_ASSERT_EQUAL_FATAL(cw_child_start(&options, &pid, NULL), CW_OK);
    CU_ASSERT_EQUAL(cw_child_wait(pid, NULL), CW_OK);
    CU_ASSERT_EQUAL(unsetenv("CW_TEST_SECRET"), 0);
    cw_buf_clear(&out);
}

static void child_inherits_no_other_descriptor(void)
{
    int fds[2];
    CU_ASSERT_EQUAL_FATAL(cw_pipe(fds, NULL), CW_OK);
    for (size_t i = 0; i < 2; i++) {
        CU_ASSERT_TRUE((fcntl(fds[i], F_GETFD) & FD_CLOEXEC) != 0);
        char number[16];
        (void)snprintf(number, sizeof(number), "%d", fds[i]);
        pid_t pid = 0;
        CU_ASSERT_EQUAL_FATAL(start("test ! -e /proc/$$/fd/$0", number, NULL, 0, &pid), CW_OK);
        CW_CHECK(cw_child_wait(pid, NULL) == CW_OK, "descriptor %s was inherited", number);
    }
    (void)close(fds[0]);
    (void)close(fds[1]);
    /* Its own 0 and 1 lead nowhere when not asked for. */
    pid_t pid = 0;
    CU_ASSERT_EQUAL_FATAL(
        start("test /proc/$$/fd/0 -ef /dev/null -a /proc/$$/fd/1 -ef /dev/null", "", NULL, 0, &pid),
        CW_OK);
    CU_ASSERT_EQUAL(cw_child_wait(pid, NULL), CW_OK);
}

static void child_starts_with_default_signals(void)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction before;
    sigset_t usr1;
    (void)sigemptyset(&usr1);
    (void)sigaddset(&usr1, SIGUSR1);
    CU_ASSERT_EQUAL(sigaction(SIGPIPE, &ignore, &before), 0);
    CU_ASSERT_EQUAL(sigprocmask(SIG_BLOCK, &usr1, NULL), 0);
    static const char *const scripts[] = {"kill -PIPE $$; exit 0", "kill -USR1 $$; exit 0"};
    for (size_t i = 0; i < CW_COUNT(scripts); i++) {
        pid_t pid = 0;
        struct cw_error err = {0};
        CU_ASSERT_EQUAL_FATAL(start(scripts[i], "", NULL, 0, &pid), CW_OK);
        CU_ASSERT_EQUAL(cw_child_wait(pid, &err), CW_UNTRUSTED);
        CW_CHECK(strncmp(err.text, "was killed", 10) == 0, "%s: %s", scripts[i], err.text);
    }
    CU_ASSERT_EQUAL(sigprocmask(SIG_UNBLOCK, &usr1, NULL), 0);
    CU_ASSERT_EQUAL(sigaction(SIGPIPE, &before, NULL), 0);
}

/* Two pipes that hold "one" and "two", whose read ends trade numbers in the child. */
static void child_descriptors_may_trade_their_numbers(void)
{
    int one[2];
    int two[2];
    int out[2];
    CU_ASSERT_EQUAL_FATAL(cw_pipe(one, NULL), CW_OK);
    CU_ASSERT_EQUAL_FATAL(cw_pipe(two, NULL), CW_OK);
    CU_ASSERT_EQUAL_FATAL(cw_pipe(out, NULL), CW_OK);
    CU_ASSERT_EQUAL(cw_fd_write_all(one[1], CW_SPAN("one"), NULL), CW_OK);
    CU_ASSERT_EQUAL(cw_fd_write_all(two[1], CW_SPAN("two"), NULL), CW_OK);
    (void)close(one[1]);
    (void)close(two[1]);
    const struct cw_child_fd fds[] = {
        {.ours = one[0], .theirs = two[0]},
        {.ours = two[0], .theirs = one[0]},
        {.ours = out[1], .theirs = STDOUT_FILENO},
        {.ours = out[1], .theirs = out[1]},
    };
    char script[128];
    (void)snprintf(script, sizeof(script),
                   "cat /proc/self/fd/%d /proc/self/fd/%d; echo >/proc/self/fd/%d", one[0], two[0],
                   out[1]);
    pid_t pid = 0;
    CU_ASSERT_EQUAL_FATAL(start(script, "", fds, CW_COUNT(fds), &pid), CW_OK);
    (void)close(out[1]);
    struct cw_buf text;
    cw_buf_init(&text, 100);
    CU_ASSERT_EQUAL(cw_fd_read_all(out[0], &text, NULL), CW_OK);
    CU_ASSERT_TRUE(cw_span_is(cw_buf_as_span(&text), "twoone\n"));
    CU_ASSERT_EQUAL(cw_child_wait(pid, NULL), CW_OK);
    cw_buf_clear(&text);
    (void)close(one[0]);
    (void)close(two[0]);
    (void)close(out[0]);
}

/* The end of a forked process that is expected to stop on a broken invariant. */
static bool stops_on_a_bug(const struct cw_child_options *options)
{
    const pid_t pid = fork();
    CU_ASSERT_FATAL(pid >= 0);
    if (pid == 0) {
        (void)close(STDERR_FILENO);
        (void)signal(SIGABRT, SIG_DFL);
        pid_t grandchild = 0;
        _exit(cw_child_start(options, &grandchild, NULL) == CW_OK ? 0 : 1);
    }
    int end = 0;
    return waitpid(pid, &end, 0) == pid && WIFSIGNALED(end) && WTERMSIG(end) == SIGABRT;
}

static void child_takes_its_most_descriptors_and_no_more(void)
{
    static struct cw_child_fd fds[CW_CHILD_FDS_MAX + 1];
    int pipe_fds[2];
    CU_ASSERT_EQUAL_FATAL(cw_pipe(pipe_fds, NULL), CW_OK);
    for (size_t i = 0; i < CW_COUNT(fds); i++) {
        fds[i] = (struct cw_child_fd){.ours = pipe_fds[0], .theirs = 100 + (int)i};
    }
    pid_t pid = 0;
    CU_ASSERT_EQUAL_FATAL(start("test -e /proc/$$/fd/100 -a -e /proc/$$/fd/611 -a ! -e "
                                "/proc/$$/fd/612",
                                "", fds, CW_CHILD_FDS_MAX, &pid),
                          CW_OK);
    CU_ASSERT_EQUAL(cw_child_wait(pid, NULL), CW_OK);
    const char *const argv[] = {"sh", NULL};
    struct cw_child_options options = {
        .path = "/bin/sh", .argv = argv, .fds = fds, .fds_count = CW_CHILD_FDS_MAX + 1};
    CU_ASSERT_TRUE(stops_on_a_bug(&options));
    fds[1].theirs = fds[0].theirs;
    options.fds_count = 2;
    CU_ASSERT_TRUE(stops_on_a_bug(&options));
    options.fds_count = 0;
    options.path = "sh";
    CU_ASSERT_TRUE(stops_on_a_bug(&options));
    (void)close(pipe_fds[0]);
    (void)close(pipe_fds[1]);
}

static void child_is_killed_and_reaped(void)
{
    int fds[2];
    CU_ASSERT_EQUAL_FATAL(cw_pipe(fds, NULL), CW_OK);
    const struct cw_child_fd wait_for[] = {{.ours = fds[0], .theirs = STDIN_FILENO}};
    pid_t pid = 0;
    CU_ASSERT_EQUAL_FATAL(start("read line", "", wait_for, 1, &pid), CW_OK);
    cw_child_kill(pid);
    CU_ASSERT_EQUAL(cw_child_wait(pid, NULL), CW_IO);
    (void)close(fds[0]);
    (void)close(fds[1]);
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
        {"child says how it ended", child_says_how_it_ended},
        {"child that cannot start is reported", child_that_cannot_start_is_reported},
        {"child gets only its environment", child_gets_only_the_environment_it_is_given},
        {"child inherits no other descriptor", child_inherits_no_other_descriptor},
        {"child starts with default signals", child_starts_with_default_signals},
        {"child descriptors may trade numbers", child_descriptors_may_trade_their_numbers},
        {"child takes its most descriptors only", child_takes_its_most_descriptors_and_no_more},
        {"child is killed and reaped", child_is_killed_and_reaped},
        {"frames across a read stay whole", frames_across_the_edge_of_a_read_stay_whole},
        {"frames pass through a child unchanged", frames_pass_through_a_child_unchanged},
        {"frames of a dying child are refused", frames_of_a_dying_child_are_refused},
    };
    return cw_run_suite("frame", tests, CW_COUNT(tests));
}
