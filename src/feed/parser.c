#include "feed/parser.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/child.h"
#include "base/clock.h"
#include "sandbox/sandbox.h"

enum {
    TIMEOUT_DEFAULT_S = 120,
    TIMEOUT_MAX_S = 2 * 60 * 60,
    REAP_POLL_NS = 1000 * 1000,
    COMPANION_FD = 3,
    DAY_ARGUMENT_BYTES = sizeof("--on=") + CW_DATE_TEXT_BYTES,
};

/* Where the stream of a parser stands. Every frame is judged by this table; a frame that is not in
 * the row of the present state ends the run.
 *
 *   state      frame    next
 *   START      INFO     ENTRIES
 *   START      ENTRY    ENTRIES
 *   ENTRIES    ENTRY    ENTRIES
 *   both       END      ENDED      (then only a clean end of the stream and exit code 0)
 *   both       FAILED   -          (the run ends with what the parser said) */
enum state { START, ENTRIES, ENDED };

struct run {
    const struct cw_parser_options *options;
    struct cw_entry_sink sink;
    struct cw_clock clock;
    uint64_t deadline_ms;
    uint64_t entries_max;
    pid_t pid;
    int fd;
    enum state state;
    uint64_t entries;
    uint64_t unusable;
    struct cw_parse_report said; /* by the parser, in END */
};

/* ---- starting ---- */

static bool has_nul(struct cw_span text)
{
    return cw_span_find(text, '\0', 0) != text.len;
}

static enum cw_status put_argument(struct cw_buf *text, const struct cw_format_option *option,
                                   struct cw_error *err)
{
    if (has_nul(option->name) || has_nul(option->value)) {
        return cw_error_set(err, CW_INVALID, "format option %.*s: NUL byte",
                            CW_SPAN_ARG(option->name));
    }
    cw_buf_span(text, option->name);
    cw_buf_char(text, '=');
    cw_buf_span(text, option->value);
    cw_buf_char(text, '\0');
    return CW_OK;
}

/* Makes "NAME=VALUE" strings one after the other in `text`, then points argv at them. Two passes,
 * because the buffer may move while it grows. */
static enum cw_status make_argv(const struct cw_parser_options *options, struct cw_buf *text,
                                char day[static DAY_ARGUMENT_BYTES], const char **argv,
                                struct cw_error *err)
{
    CW_ASSERT(options->options_count <= CW_FORMAT_OPTIONS_MAX);
    for (size_t i = 0; i < options->options_count; i++) {
        const enum cw_status status = put_argument(text, &options->options[i], err);
        if (status != CW_OK) {
            return status;
        }
    }
    if (cw_buf_status(text, err) != CW_OK) {
        return text->failed;
    }
    size_t count = 0;
    argv[count++] = options->program;
    if (options->is_unsealed) {
        argv[count++] = CW_SANDBOX_OFF;
    }
    argv[count++] = options->format;
    if (options->has_companion) {
        argv[count++] = "--with";
    }
    if (options->day[0] != '\0') {
        (void)snprintf(day, DAY_ARGUMENT_BYTES, "--on=%s", options->day);
        argv[count++] = day;
    }
    size_t at = 0;
    for (size_t i = 0; i < options->options_count; i++) {
        argv[count++] = text->data + at;
        at += options->options[i].name.len + 1 + options->options[i].value.len + 1;
    }
    argv[count] = NULL;
    CW_ASSERT(at == text->len);
    return CW_OK;
}

/* The parser's words go through frames only: foreign bytes that reach its descriptor 2 would go to
 * somebody's terminal unescaped. */
static enum cw_status spawn(struct run *run, int document, int out, struct cw_error *err)
{
    const char *argv[CW_FORMAT_OPTIONS_MAX + 6] = {NULL};
    char day[DAY_ARGUMENT_BYTES];
    struct cw_buf text;
    cw_buf_init(&text, CW_CONFIG_BYTES_MAX);
    enum cw_status status = make_argv(run->options, &text, day, argv, err);
    const int null = status == CW_OK ? open("/dev/null", O_WRONLY | O_CLOEXEC) : -1;
    if (status == CW_OK && null < 0) {
        status = cw_error_set(err, CW_IO, "cannot open /dev/null: errno %d", errno);
    }
    if (status == CW_OK) {
        const struct cw_child_fd fds[] = {{document, STDIN_FILENO},
                                          {out, STDOUT_FILENO},
                                          {null, STDERR_FILENO},
                                          {run->options->companion, COMPANION_FD}};
        const size_t fds_count = run->options->has_companion ? CW_COUNT(fds) : CW_COUNT(fds) - 1;
        const struct cw_child_options child = {
            .path = run->options->program, .argv = argv, .fds = fds, .fds_count = fds_count};
        status = cw_child_start(&child, &run->pid, err);
    }
    if (null >= 0) {
        (void)close(null);
    }
    cw_buf_clear(&text);
    return status;
}

static enum cw_status start(struct run *run, int document, struct cw_error *err)
{
    int fds[2] = {-1, -1};
    enum cw_status status = cw_pipe(fds, err);
    if (status != CW_OK) {
        return status;
    }
    status = spawn(run, document, fds[1], err);
    (void)close(fds[1]);
    if (status == CW_OK && fcntl(fds[0], F_SETFL, O_NONBLOCK) != 0) {
        status = cw_error_set(err, CW_IO, "cannot prepare a pipe: errno %d", errno);
    }
    if (status != CW_OK) {
        (void)close(fds[0]);
        return status;
    }
    run->fd = fds[0];
    return CW_OK;
}

/* ---- waiting ---- */

static enum cw_status late(const struct run *run, struct cw_error *err)
{
    return cw_error_set(err, CW_TEMPORARY, "the parser for %s ran into its time limit",
                        run->options->format);
}

/* Milliseconds left, at most INT_MAX by the limits above; 0 when there are none. */
static int left_ms(const struct run *run)
{
    const uint64_t now = cw_clock_monotonic_ms(&run->clock);
    return now >= run->deadline_ms ? 0 : (int)(run->deadline_ms - now);
}

static enum cw_status wait_readable(const struct run *run, struct cw_error *err)
{
    struct pollfd waiting = {.fd = run->fd, .events = POLLIN};
    const int left = left_ms(run);
    if (left == 0) {
        return late(run, err);
    }
    const int ready = poll(&waiting, 1, left);
    if (ready < 0 && errno != EINTR) {
        return cw_error_set(err, CW_IO, "waiting for the parser failed with errno %d", errno);
    }
    return CW_OK; /* time is judged again before the next wait */
}

/* A parser that closes its output and lives on must not hold us: look whether it has ended before
 * the wait that blocks. */
static enum cw_status reap(struct run *run, struct cw_error *err)
{
    const struct timespec pause = {.tv_nsec = REAP_POLL_NS};
    for (;;) {
        siginfo_t info = {0};
        if (waitid(P_PID, (id_t)run->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 &&
            errno != EINTR) {
            return cw_error_set(err, CW_IO, "waiting for the parser failed with errno %d", errno);
        }
        if (info.si_pid == run->pid) {
            const pid_t pid = run->pid;
            run->pid = -1;
            return cw_child_wait(pid, err);
        }
        if (left_ms(run) == 0) {
            return late(run, err);
        }
        (void)nanosleep(&pause, NULL);
    }
}

/* ---- frames ---- */

static enum cw_status on_info(struct run *run, struct cw_frame *frame, struct cw_error *err)
{
    struct cw_list_info info = {0};
    const enum cw_status status = cw_record_take_info(frame, &info, err);
    if (status != CW_OK) {
        return status;
    }
    return run->sink.info(run->sink.ctx, &info, err);
}

static enum cw_status on_entry(struct run *run, struct cw_frame *frame, struct cw_error *err)
{
    struct cw_entry entry;
    const enum cw_status status = cw_record_take_entry(frame, &entry, err);
    if (status != CW_OK) {
        return status;
    }
    if (run->entries >= run->entries_max) {
        return cw_error_set(err, CW_LIMIT, "the list has more than %llu entries",
                            (unsigned long long)run->entries_max);
    }
    run->entries++;
    run->unusable += entry.error.len > 0 ? 1u : 0u;
    return run->sink.entry(run->sink.ctx, &entry, err);
}

/* What the parser counted and what arrived must be one number, or frames were lost. */
static enum cw_status on_end(struct run *run, struct cw_frame *frame, struct cw_error *err)
{
    const enum cw_status status = cw_record_take_end(frame, &run->said, err);
    if (status != CW_OK) {
        return status;
    }
    if (run->said.entries != run->entries) {
        return cw_error_set(
            err, CW_UNTRUSTED, "the parser announced %llu entries and delivered %llu",
            (unsigned long long)run->said.entries, (unsigned long long)run->entries);
    }
    return CW_OK;
}

static enum cw_status on_frame(struct run *run, struct cw_frame *frame, struct cw_error *err)
{
    const enum state before = run->state;
    if (before == START && frame->kind == CW_RECORD_INFO) {
        run->state = ENTRIES;
        return on_info(run, frame, err);
    }
    if (before != ENDED && frame->kind == CW_RECORD_ENTRY) {
        run->state = ENTRIES;
        return on_entry(run, frame, err);
    }
    if (before != ENDED && frame->kind == CW_RECORD_END) {
        run->state = ENDED;
        return on_end(run, frame, err);
    }
    if (before != ENDED && frame->kind == CW_RECORD_FAILED) {
        return cw_record_take_failed(frame, err);
    }
    return cw_error_set(err, CW_UNTRUSTED, "the parser wrote a frame of kind %u out of turn",
                        (unsigned)frame->kind);
}

/* The stream ended: fine after END, else say how the parser died. */
static enum cw_status on_stream_end(struct run *run, struct cw_error *err)
{
    struct cw_error how = {0};
    const enum cw_status status = reap(run, &how);
    if (status == CW_TEMPORARY || status == CW_IO) {
        return cw_error_set(err, status, "%s", how.text);
    }
    if (run->state != ENDED) {
        return cw_error_set(err, CW_UNTRUSTED, "the parser for %s stopped in the middle: %s",
                            run->options->format, status == CW_OK ? "it left early" : how.text);
    }
    if (status != CW_OK) {
        return cw_error_set(err, CW_UNTRUSTED, "the parser for %s %s", run->options->format,
                            how.text);
    }
    return CW_OK;
}

static enum cw_status next_frame(struct run *run, struct cw_frame_reader *reader,
                                 struct cw_frame *ret_frame, bool *ret_is_end, struct cw_error *err)
{
    for (;;) {
        if (left_ms(run) == 0) {
            return late(run, err);
        }
        enum cw_status status = cw_frame_read(reader, ret_frame, ret_is_end, err);
        if (status != CW_TEMPORARY) {
            return status;
        }
        status = wait_readable(run, err);
        if (status != CW_OK) {
            return status;
        }
    }
}

static enum cw_status read_stream(struct run *run, struct cw_error *err)
{
    struct cw_frame_reader reader;
    cw_frame_reader_init(&reader, run->fd);
    enum cw_status status = CW_OK;
    bool is_end = false;
    while (status == CW_OK && !is_end) {
        struct cw_frame frame = {0};
        status = next_frame(run, &reader, &frame, &is_end, err);
        if (status == CW_OK && !is_end) {
            status = on_frame(run, &frame, err);
        }
    }
    cw_frame_reader_clear(&reader);
    return status == CW_OK ? on_stream_end(run, err) : status;
}

enum cw_status cw_parser_run(const struct cw_parser_options *options, int fd,
                             struct cw_entry_sink sink, struct cw_parse_report *ret_report,
                             struct cw_error *err)
{
    CW_ASSERT(options->program != NULL);
    CW_ASSERT(options->format != NULL);
    CW_ASSERT(fd >= 0);
    CW_ASSERT(options->timeout_s >= 0 && options->timeout_s <= TIMEOUT_MAX_S);
    struct run run = {.options = options, .sink = sink, .clock = cw_clock_system(), .fd = -1};
    const int64_t timeout_s = options->timeout_s == 0 ? TIMEOUT_DEFAULT_S : options->timeout_s;
    run.deadline_ms = cw_clock_monotonic_ms(&run.clock) + (uint64_t)timeout_s * 1000u;
    run.entries_max = options->entries_max == 0 ? CW_FEED_ENTRIES_MAX : options->entries_max;
    run.pid = -1;
    if (lseek(fd, 0, SEEK_SET) != 0) {
        return cw_error_set(err, CW_IO, "the document cannot be read from its start: errno %d",
                            errno);
    }
    enum cw_status status = start(&run, fd, err);
    if (status == CW_OK) {
        status = read_stream(&run, err);
    }
    if (run.pid > 0) {
        cw_child_kill(run.pid);
    }
    if (run.fd >= 0) {
        (void)close(run.fd);
    }
    if (status == CW_OK) {
        *ret_report = run.said;
        ret_report->unusable = run.unusable;
    }
    return status;
}
