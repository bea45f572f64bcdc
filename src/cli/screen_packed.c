#include "cli/screen_packed.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/child.h"

/* What the helper puts in front of its words, for people who start it by hand. */
#define ITS_NAME "cryptowatch-parse: "

struct unpacker {
    int bytes[2]; /* its descriptor 1: what was packed */
    int words[2]; /* its descriptor 2 */
    pid_t pid;
};

static void close_end(int *fd)
{
    if (*fd >= 0) {
        (void)close(*fd);
    }
    *fd = -1;
}

static void clear(struct unpacker *unpacker)
{
    for (size_t i = 0; i < 2; i++) {
        close_end(&unpacker->bytes[i]);
        close_end(&unpacker->words[i]);
    }
}

/* Its words are read when it has ended. A pipe that takes no more than it holds, and says so at
 * once, bounds them: whoever writes on gets an error and holds nobody up. */
static enum cw_status open_pipes(struct unpacker *unpacker, struct cw_error *err)
{
    enum cw_status status = cw_pipe(unpacker->bytes, err);
    if (status == CW_OK) {
        status = cw_pipe(unpacker->words, err);
    }
    for (size_t i = 0; status == CW_OK && i < 2; i++) {
        if (fcntl(unpacker->words[i], F_SETFL, O_NONBLOCK) != 0) {
            status = cw_error_set(err, CW_IO, "cannot prepare a pipe: errno %d", errno);
        }
    }
    return status;
}

static enum cw_status start(struct unpacker *unpacker, const struct cw_programs *programs, int fd,
                            struct cw_error *err)
{
    const char *const sealed[] = {"cryptowatch-parse", "--copy", NULL};
    const char *const unsealed[] = {"cryptowatch-parse", "--no-sandbox", "--copy", NULL};
    const struct cw_child_fd fds[] = {{fd, STDIN_FILENO},
                                      {unpacker->bytes[1], STDOUT_FILENO},
                                      {unpacker->words[1], STDERR_FILENO}};
    const struct cw_child_options child = {.path = programs->parse,
                                           .argv = programs->is_unsealed ? unsealed : sealed,
                                           .fds = fds,
                                           .fds_count = CW_COUNT(fds)};
    const enum cw_status status = cw_child_start(&child, &unpacker->pid, err);
    close_end(&unpacker->bytes[1]);
    close_end(&unpacker->words[1]);
    return status;
}

/* cw_error_set escapes them and cuts them. */
static void read_words(const struct unpacker *unpacker, struct cw_error *said)
{
    char text[CW_ERROR_TEXT_BYTES];
    const ssize_t got = read(unpacker->words[0], text, sizeof(text));
    struct cw_span words = cw_span_trim(cw_span_make(text, got > 0 ? (size_t)got : 0));
    const struct cw_span name = CW_SPAN(ITS_NAME);
    if (cw_span_equal(cw_span_slice(words, 0, name.len), name)) {
        words = cw_span_slice(words, name.len, words.len);
    }
    if (words.len > 0) {
        (void)cw_error_set(said, CW_UNTRUSTED, "%.*s", CW_SPAN_ARG(words));
    }
}

/* One that was killed gave no reason, whatever it said before; one without memory may have had none
 * left to say so. */
static enum cw_status end(const struct unpacker *unpacker, struct cw_error *said,
                          struct cw_error *err)
{
    struct cw_child_end how = {0};
    const enum cw_status status = cw_child_reap(unpacker->pid, &how, err);
    if (status == CW_OK && how.signal == 0 && how.code != 0 && how.code != CW_CHILD_NO_MEMORY) {
        read_words(unpacker, said);
    }
    return status == CW_OK ? cw_child_judge(&how, err) : status;
}

enum cw_status cw_screen_packed_run(const struct cw_programs *programs,
                                    const struct cw_screen_job *job, int fd, struct cw_error *said,
                                    struct cw_error *err)
{
    struct unpacker unpacker = {{-1, -1}, {-1, -1}, -1};
    enum cw_status status = open_pipes(&unpacker, err);
    if (status == CW_OK) {
        status = start(&unpacker, programs, fd, err);
    }
    if (status == CW_OK) {
        status = cw_screen_job_run(job, unpacker.bytes[0], err);
        if (status == CW_OK) {
            status = end(&unpacker, said, err);
        } else {
            cw_child_kill(unpacker.pid);
        }
    }
    clear(&unpacker);
    return status;
}
