/* cryptowatch-net: requests as frames on descriptor 0, results on descriptor 1, bodies into the
 * descriptors from 3 on (http/net.h). Holds no key, reads no state, knows no list. */
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "http/wire.h"
#include "net/transfer.h"

enum {
    FIRST_SLOT_FD = 3,
    TRANSFERS_MAX = 1024,
    OUT_BYTES_MAX = 256 << 20, /* results that main has not read yet; far more than all of them */
    WAIT_MS = 1000,
    CONNECTIONS_KEPT = 64,
    EXIT_PROTOCOL = 65,
    EXIT_SOFTWARE = 70,
    EXIT_IO = 74,
};

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAS_SANITIZER 1 /* looks for leaks by tracing this process */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif

struct program {
    struct cw_transfer_policy policy;
    struct cw_frame_reader in;
    struct cw_buf setup; /* the names that the policy borrows */
    struct cw_span hosts[CW_NET_HOSTS_MAX];
    bool has_setup;
    bool is_over; /* main has closed our input */
    uint64_t slots;
    struct cw_transfer *transfers[TRANSFERS_MAX];
    size_t count;
    struct cw_buf frame; /* being built */
    struct cw_buf out;   /* built, not written yet */
    size_t out_at;
};

/* Best effort: each call can only make us safer. */
static void confine(void)
{
    const struct rlimit none = {0, 0};
    const struct rlimit file = {CW_FEED_BODY_HARD_MAX, CW_FEED_BODY_HARD_MAX};
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)setrlimit(RLIMIT_FSIZE, &file);
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
#ifndef HAS_SANITIZER
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
    /* A write to a main that has died, or past the limit above, is an error and not our end. */
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    (void)sigaction(SIGPIPE, &ignore, NULL);
    (void)sigaction(SIGXFSZ, &ignore, NULL);
}

static bool make_unblocking(int fd)
{
    const int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

/* ---- results ---- */

static enum cw_status flush(struct program *program, struct cw_error *err)
{
    while (program->out_at < program->out.len) {
        const ssize_t put = write(STDOUT_FILENO, program->out.data + program->out_at,
                                  program->out.len - program->out_at);
        if (put >= 0) {
            program->out_at += (size_t)put;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return CW_OK;
        } else if (errno != EINTR) {
            return cw_error_set(err, CW_IO, "cannot write results: errno %d", errno);
        }
    }
    cw_buf_reset(&program->out);
    program->out_at = 0;
    return CW_OK;
}

static enum cw_status report(struct program *program, const struct cw_transfer *transfer,
                             struct cw_error *err)
{
    const struct cw_net_result result = cw_transfer_result(transfer);
    enum cw_status status = cw_wire_put_result(&program->frame, &result, err);
    if (status == CW_OK) {
        cw_buf_span(&program->out, cw_buf_as_span(&program->frame));
        status = cw_buf_status(&program->out, err);
    }
    return status == CW_OK ? flush(program, err) : status;
}

/* ---- requests ---- */

static enum cw_status on_setup(struct program *program, struct cw_frame *frame,
                               struct cw_error *err)
{
    struct cw_wire_setup setup;
    cw_buf_init(&program->setup, CW_FRAME_BYTES_MAX);
    cw_buf_span(&program->setup, frame->rest);
    struct cw_frame copy = {frame->kind, cw_buf_as_span(&program->setup)};
    enum cw_status status = cw_buf_status(&program->setup, err);
    if (status == CW_OK) {
        status = cw_wire_take_setup(&copy, &setup, err);
    }
    if (status != CW_OK) {
        return status;
    }
    memcpy(program->hosts, setup.hosts, sizeof(program->hosts));
    program->policy.allowed = (struct cw_guard_hosts){program->hosts, setup.hosts_count};
    program->slots = setup.slots;
    program->has_setup = true;
    return CW_OK;
}

static enum cw_status on_request(struct program *program, struct cw_frame *frame,
                                 struct cw_error *err)
{
    struct cw_net_request request;
    struct cw_transfer *transfer = NULL;
    enum cw_status status = cw_wire_take_request(frame, &request, err);
    if (status != CW_OK) {
        return status;
    }
    const bool is_get = request.method == CW_NET_GET;
    if (program->count == TRANSFERS_MAX || (is_get && request.body_slot >= program->slots)) {
        return cw_error_set(err, CW_UNTRUSTED, "too many requests or no such slot");
    }
    const int fd = is_get ? FIRST_SLOT_FD + (int)request.body_slot : -1;
    status = cw_transfer_start(&program->policy, &request, fd, &transfer, err);
    if (status == CW_OK) {
        program->transfers[program->count++] = transfer;
    }
    return status;
}

static enum cw_status read_requests(struct program *program, struct cw_error *err)
{
    for (;;) {
        struct cw_frame frame = {0};
        enum cw_status status = cw_frame_read(&program->in, &frame, &program->is_over, err);
        if (status == CW_TEMPORARY) {
            return CW_OK;
        }
        if (status != CW_OK || program->is_over) {
            return status;
        }
        status =
            program->has_setup ? on_request(program, &frame, err) : on_setup(program, &frame, err);
        if (status != CW_OK) {
            return status;
        }
    }
}

/* ---- transfers ---- */

/* Reports what has ended and forgets it. */
static enum cw_status sweep(struct program *program, struct cw_error *err)
{
    enum cw_status status = CW_OK;
    for (size_t i = 0; status == CW_OK && i < program->count;) {
        struct cw_transfer *transfer = program->transfers[i];
        if (!cw_transfer_has_ended(transfer)) {
            i++;
            continue;
        }
        status = report(program, transfer, err);
        cw_transfer_free(transfer);
        program->transfers[i] = program->transfers[--program->count];
    }
    return status;
}

static enum cw_status advance(struct program *program, struct cw_error *err)
{
    int running = 0;
    int left = 0;
    if (curl_multi_perform(program->policy.multi, &running) != CURLM_OK) {
        return cw_error_set(err, CW_STATE, "the network library is in disorder");
    }
    for (;;) {
        const CURLMsg *message = curl_multi_info_read(program->policy.multi, &left);
        if (message == NULL) {
            return sweep(program, err);
        }
        if (message->msg == CURLMSG_DONE) {
            /* both taken first: the message dies with the handle's place in the multi handle */
            const CURLcode code = message->data.result;
            cw_transfer_on_done(cw_transfer_of(message->easy_handle), code);
        }
    }
}

static enum cw_status wait_for_news(struct program *program, struct cw_error *err)
{
    struct curl_waitfd own[2] = {{.fd = STDIN_FILENO, .events = CURL_WAIT_POLLIN},
                                 {.fd = STDOUT_FILENO, .events = CURL_WAIT_POLLOUT}};
    const unsigned count = program->out.len > 0 ? 2 : 1;
    if (curl_multi_poll(program->policy.multi, own, count, WAIT_MS, NULL) != CURLM_OK) {
        return cw_error_set(err, CW_STATE, "the network library cannot wait");
    }
    return CW_OK;
}

static enum cw_status work(struct program *program, struct cw_error *err)
{
    enum cw_status status = cw_frame_write_magic(STDOUT_FILENO, err);
    while (status == CW_OK) {
        status = read_requests(program, err);
        if (status != CW_OK || program->is_over) {
            break;
        }
        status = advance(program, err);
        if (status == CW_OK) {
            status = flush(program, err);
        }
        if (status == CW_OK) {
            status = wait_for_news(program, err);
        }
    }
    return status;
}

static void clear(struct program *program)
{
    for (size_t i = 0; i < program->count; i++) {
        cw_transfer_free(program->transfers[i]);
    }
    (void)curl_multi_cleanup(program->policy.multi);
    cw_frame_reader_clear(&program->in);
    cw_buf_clear(&program->setup);
    cw_buf_clear(&program->frame);
    cw_buf_clear(&program->out);
    free(program);
}

static struct program *program_new(void)
{
    struct program *program = calloc(1, sizeof(*program));
    if (program == NULL) {
        return NULL;
    }
    cw_frame_reader_init(&program->in, STDIN_FILENO);
    cw_buf_init(&program->frame, CW_FRAME_BYTES_MAX + 64);
    cw_buf_init(&program->out, OUT_BYTES_MAX);
    program->policy.multi = curl_multi_init();
    if (program->policy.multi == NULL ||
        curl_multi_setopt(program->policy.multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS_KEPT) !=
            CURLM_OK) {
        clear(program);
        return NULL;
    }
    return program;
}

int main(void)
{
    struct cw_error err = {0};
    confine();
    if (!make_unblocking(STDIN_FILENO) || !make_unblocking(STDOUT_FILENO)) {
        return EXIT_IO;
    }
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        return EXIT_SOFTWARE;
    }
    struct program *program = program_new();
    if (program == NULL) {
        return EXIT_SOFTWARE;
    }
    const enum cw_status status = work(program, &err);
    clear(program);
    curl_global_cleanup();
    if (status != CW_OK) {
        (void)fprintf(stderr, "cryptowatch-net: %s\n", err.text);
    }
    return status == CW_OK ? 0 : status == CW_UNTRUSTED ? EXIT_PROTOCOL : EXIT_IO;
}
