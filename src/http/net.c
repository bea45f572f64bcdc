#include "http/net.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/child.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/stop.h"
#include "http/wire.h"
#include "sandbox/sandbox.h"

enum {
    FIRST_SLOT_FD = 3,
    OPEN_MAX = 1024,      /* requests under way: more than feeds and endpoints together */
    SEND_WAIT_MS = 10000, /* a program that takes no request for so long is hung */
    STOP_WAIT_MS = 1000,
    STOP_POLL_NS = 2000000,
};

/* Requests go over a socket and not a pipe, because send() can be told not to raise SIGPIPE when
 * the program is dead: a library must not depend on its caller's signal settings.
 *
 *   state    may
 *   alive    send, receive
 *   broken   nothing but stop: the program died or wrote what no honest one writes */
struct cw_net {
    pid_t pid; /* -1 when reaped */
    int to;
    int from;
    bool is_broken;
    struct cw_clock clock;
    struct cw_frame_reader reader;
    struct cw_buf frame;
    uint64_t open[OPEN_MAX]; /* ids of requests under way, in no order */
    size_t open_count;
};

/* ---- starting ---- */

static enum cw_status put_setup(struct cw_net *net, const struct cw_net_options *options,
                                size_t slots, struct cw_error *err)
{
    struct cw_wire_setup setup = {.slots = slots};
    const char *const *hosts = options->allow_private_hosts;
    for (size_t i = 0; hosts != NULL && hosts[i] != NULL; i++) {
        if (i == CW_NET_HOSTS_MAX) {
            return cw_error_set(err, CW_INVALID, "allow_private_hosts: more than %d hosts",
                                CW_NET_HOSTS_MAX);
        }
        setup.hosts[setup.hosts_count++] = cw_span_cstr(hosts[i]);
    }
    return cw_wire_put_setup(&net->frame, &setup, err);
}

static enum cw_status spawn(struct cw_net *net, const struct cw_net_options *options,
                            const int *slots, size_t slots_count, const int ends[static 2],
                            struct cw_error *err)
{
    const char *program = options->program;
    struct cw_child_fd fds[CW_FEEDS_MAX + 3];
    size_t count = 0;
    /* What a library in the program may print about foreign bytes must not reach a terminal. */
    const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (null < 0) {
        return cw_error_set(err, CW_IO, "cannot open /dev/null: errno %d", errno);
    }
    fds[count++] = (struct cw_child_fd){ends[0], STDIN_FILENO};
    fds[count++] = (struct cw_child_fd){ends[1], STDOUT_FILENO};
    fds[count++] = (struct cw_child_fd){null, STDERR_FILENO};
    for (size_t i = 0; i < slots_count; i++) {
        fds[count++] = (struct cw_child_fd){slots[i], FIRST_SLOT_FD + (int)i};
    }
    const char *const argv[] = {program, options->is_unsealed ? CW_SANDBOX_OFF : NULL, NULL};
    const struct cw_child_options child = {
        .path = program, .argv = argv, .fds = fds, .fds_count = count};
    const enum cw_status status = cw_child_start(&child, &net->pid, err);
    (void)close(null);
    return status;
}

static bool make_unblocking(int fd)
{
    const int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

static void close_pair(const int fds[static 2])
{
    for (size_t i = 0; i < 2; i++) {
        if (fds[i] >= 0) {
            (void)close(fds[i]);
        }
    }
}

static enum cw_status connect_and_spawn(struct cw_net *net, const struct cw_net_options *options,
                                        const int *slots, size_t slots_count, struct cw_error *err)
{
    int requests[2] = {-1, -1};
    int results[2] = {-1, -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, requests) != 0) {
        return cw_error_set(err, CW_IO, "cannot make a socket pair: errno %d", errno);
    }
    enum cw_status status = cw_pipe(results, err);
    if (status == CW_OK) {
        const int ends[2] = {requests[1], results[1]};
        status = spawn(net, options, slots, slots_count, ends, err);
    }
    if (status == CW_OK && (!make_unblocking(requests[0]) || !make_unblocking(results[0]))) {
        status = cw_error_set(err, CW_IO, "cannot prepare a pipe: errno %d", errno);
    }
    if (status != CW_OK) {
        close_pair(requests);
        close_pair(results);
        return status;
    }
    (void)close(requests[1]);
    (void)close(results[1]);
    net->to = requests[0];
    net->from = results[0];
    cw_frame_reader_init(&net->reader, net->from);
    return CW_OK;
}

/* ---- how it ended ---- */

static bool has_ended(pid_t pid)
{
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid;
}

static bool wait_for_end(const struct cw_net *net)
{
    const struct timespec pause = {.tv_nsec = STOP_POLL_NS};
    const uint64_t end_ms = cw_clock_monotonic_ms(&net->clock) + STOP_WAIT_MS;
    while (!has_ended(net->pid) && cw_clock_monotonic_ms(&net->clock) < end_ms) {
        (void)nanosleep(&pause, NULL);
    }
    return has_ended(net->pid);
}

/* ---- words to the program ---- */

static enum cw_status broken(struct cw_net *net, enum cw_status code, const char *why,
                             struct cw_error *err)
{
    net->is_broken = true;
    net->open_count = 0;
    return cw_error_set(err, code, "the network program %s", why);
}

/* True when it has ended, and not well: its exit says why. */
static bool has_failed(struct cw_net *net, struct cw_error *err)
{
    struct cw_error how = {0};
    if (net->pid <= 0 || !wait_for_end(net)) {
        return false;
    }
    const pid_t pid = net->pid;
    net->pid = -1;
    const bool is_bad = cw_child_wait(pid, &how) != CW_OK;
    if (is_bad) {
        (void)broken(net, CW_UNTRUSTED, how.text, err);
    }
    return is_bad;
}

/* The same for a program that has closed its end. */
static enum cw_status dead(struct cw_net *net, const char *why, struct cw_error *err)
{
    return has_failed(net, err) ? CW_UNTRUSTED : broken(net, CW_UNTRUSTED, why, err);
}

static enum cw_status send_all(struct cw_net *net, struct cw_span data, struct cw_error *err)
{
    const uint64_t end_ms = cw_clock_monotonic_ms(&net->clock) + SEND_WAIT_MS;
    while (data.len > 0) {
        const ssize_t put = send(net->to, data.data, data.len, MSG_NOSIGNAL);
        if (put >= 0) {
            data = cw_span_slice(data, (size_t)put, data.len);
            continue;
        }
        if (errno == EPIPE || errno == ECONNRESET) {
            return dead(net, "is dead", err);
        }
        if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
            return broken(net, CW_IO, "cannot be written to", err);
        }
        const uint64_t now_ms = cw_clock_monotonic_ms(&net->clock);
        if (now_ms >= end_ms) {
            return broken(net, CW_IO, "takes no requests", err);
        }
        struct pollfd ready = {.fd = net->to, .events = POLLOUT};
        (void)poll(&ready, 1, (int)(end_ms - now_ms));
    }
    return CW_OK;
}

enum cw_status cw_net_start(const struct cw_net_options *options, const int *body_fds,
                            size_t body_fds_count, struct cw_net **ret, struct cw_error *err)
{
    CW_ASSERT(options->program != NULL);
    CW_ASSERT(body_fds != NULL || body_fds_count == 0);
    if (body_fds_count > CW_FEEDS_MAX) {
        return cw_error_set(err, CW_INVALID, "%zu bodies at once; at most %u are possible",
                            body_fds_count, CW_FEEDS_MAX);
    }
    struct cw_net *net = calloc(1, sizeof(*net));
    if (net == NULL) {
        return cw_error_set(err, CW_NOMEM, "memory is exhausted");
    }
    *net = (struct cw_net){.pid = -1, .to = -1, .from = -1, .clock = cw_clock_system()};
    cw_buf_init(&net->frame, CW_FRAME_BYTES_MAX + 64);
    struct cw_error cause = {0};
    enum cw_status status = put_setup(net, options, body_fds_count, &cause);
    if (status == CW_OK) {
        status = connect_and_spawn(net, options, body_fds, body_fds_count, &cause);
    }
    if (status == CW_OK) {
        status = send_all(net, CW_SPAN("CWF1"), &cause);
    }
    if (status == CW_OK) {
        status = send_all(net, cw_buf_as_span(&net->frame), &cause);
    }
    if (status != CW_OK) { /* it was never spoken to: nothing came from it that is not believed */
        cw_net_stop(net);
        return cw_error_set(err, status == CW_UNTRUSTED ? CW_IO : status, "%s", cause.text);
    }
    *ret = net;
    return CW_OK;
}

static size_t find_open(const struct cw_net *net, uint64_t id)
{
    size_t at = 0;
    while (at < net->open_count && net->open[at] != id) {
        at++;
    }
    return at;
}

/* The network program opens no file of ours. One that cannot be read is its to report, as a failure
 * of this request. */
static void read_ca(struct cw_span name, struct cw_buf *pem)
{
    struct cw_buf path;
    cw_buf_init(&path, name.len);
    cw_buf_span(&path, name);
    if (path.data == NULL || cw_file_read(path.data, pem, NULL) != CW_OK) {
        cw_buf_reset(pem);
    }
    cw_buf_clear(&path);
}

static enum cw_status send_request(struct cw_net *net, const struct cw_net_request *request,
                                   struct cw_error *err)
{
    struct cw_net_request whole = *request;
    struct cw_buf pem;
    cw_buf_init(&pem, CW_CA_FILE_MAX);
    if (request->ca_file.len > 0) {
        read_ca(request->ca_file, &pem);
    }
    whole.ca_pem = cw_buf_as_span(&pem);
    enum cw_status status = cw_wire_put_request(&net->frame, &whole, err);
    cw_buf_clear(&pem);
    if (status == CW_OK) {
        status = send_all(net, cw_buf_as_span(&net->frame), err);
    }
    return status;
}

enum cw_status cw_net_send(struct cw_net *net, const struct cw_net_request *request,
                           struct cw_error *err)
{
    CW_ASSERT(net != NULL);
    if (net->is_broken) {
        return cw_error_set(err, CW_IO, "the network program has ended");
    }
    if (find_open(net, request->id) < net->open_count || net->open_count == OPEN_MAX) {
        return cw_error_set(err, CW_INVALID, "request %llu is under way, or too many are",
                            (unsigned long long)request->id);
    }
    const enum cw_status status = send_request(net, request, err);
    if (status == CW_OK) {
        net->open[net->open_count++] = request->id;
    }
    return status;
}

/* ---- words from the program ---- */

static enum cw_status take_result(struct cw_net *net, struct cw_frame *frame,
                                  struct cw_net_result *ret, struct cw_error *err)
{
    struct cw_error cause = {0};
    struct cw_net_result result;
    if (cw_wire_take_result(frame, &result, &cause) != CW_OK) {
        (void)broken(net, CW_UNTRUSTED, "babbles", NULL);
        return cw_error_set(err, CW_UNTRUSTED, "the network program babbles: %s", cause.text);
    }
    const size_t at = find_open(net, result.id);
    if (at == net->open_count) {
        return broken(net, CW_UNTRUSTED, "answers a request that is not under way", err);
    }
    net->open[at] = net->open[--net->open_count];
    *ret = result;
    return CW_OK;
}

static enum cw_status read_result(struct cw_net *net, struct cw_net_result *ret,
                                  struct cw_error *err)
{
    struct cw_frame frame = {0};
    struct cw_error cause = {0};
    bool is_end = false;
    const enum cw_status status = cw_frame_read(&net->reader, &frame, &is_end, &cause);
    if (status == CW_TEMPORARY) {
        return CW_TEMPORARY;
    }
    if (status != CW_OK && !net->reader.has_magic && has_failed(net, err)) {
        return CW_UNTRUSTED; /* before it could say a word */
    }
    if (status != CW_OK) {
        (void)broken(net, status, "babbles", NULL);
        return cw_error_set(err, status, "the network program: %s", cause.text);
    }
    return is_end ? dead(net, "ended", err) : take_result(net, &frame, ret, err);
}

enum cw_status cw_net_receive(struct cw_net *net, uint64_t timeout_ms, struct cw_net_result *ret,
                              struct cw_error *err)
{
    CW_ASSERT(net != NULL);
    const uint64_t start_ms = cw_clock_monotonic_ms(&net->clock);
    const uint64_t end_ms = timeout_ms < UINT64_MAX - start_ms ? start_ms + timeout_ms : UINT64_MAX;
    for (;;) {
        if (net->is_broken) {
            return cw_error_set(err, CW_IO, "the network program has ended");
        }
        const enum cw_status status = read_result(net, ret, err);
        if (status != CW_TEMPORARY) {
            return status;
        }
        const uint64_t now_ms = cw_clock_monotonic_ms(&net->clock);
        const uint64_t until_ms = cw_stop_limit(end_ms);
        if (now_ms >= until_ms) {
            return cw_error_set(err, CW_TEMPORARY, "no result within %llu ms",
                                (unsigned long long)timeout_ms);
        }
        const uint64_t left_ms = until_ms - now_ms;
        struct pollfd waiting = {.fd = net->from, .events = POLLIN};
        const int ready =
            poll(&waiting, 1, left_ms > CW_STOP_POLL_MS ? CW_STOP_POLL_MS : (int)left_ms);
        if (ready < 0 && errno != EINTR) {
            return broken(net, CW_IO, "cannot be waited for", err);
        }
    }
}

size_t cw_net_open_requests(const struct cw_net *net)
{
    return net == NULL ? 0 : net->open_count;
}

/* ---- ending ---- */

static void end_program(struct cw_net *net)
{
    (void)wait_for_end(net);
    cw_child_kill(net->pid); /* reaps one that has ended, too */
    net->pid = -1;
}

void cw_net_stop(struct cw_net *net)
{
    if (net == NULL) {
        return;
    }
    if (net->to >= 0) {
        (void)close(net->to);
    }
    if (net->from >= 0) {
        (void)close(net->from); /* a program that is writing to us must not wait for a reader */
    }
    if (net->pid > 0) {
        end_program(net);
    }
    cw_frame_reader_clear(&net->reader);
    cw_buf_clear(&net->frame);
    free(net);
}

void cw_net_stopp(struct cw_net **net)
{
    cw_net_stop(*net);
    *net = NULL;
}
