/* cryptowatch-net: requests as frames on descriptor 0, results on descriptor 1, bodies into the
 * descriptors from 3 on (http/net.h). Holds no key, reads no state, knows no list; seals itself
 * after main's first frame, before it has spoken to anybody. */
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "http/wire.h"
#include "net/resolver.h"
#include "net/transfer.h"
#include "sandbox/sandbox.h"

enum {
    FIRST_SLOT_FD = 3,
    TRANSFERS_MAX = 1024,
    OUT_BYTES_MAX = 256 << 20, /* results that main has not read yet; far more than all of them */
    WAIT_MS = 1000,
    CONNECTIONS_KEPT = 64,
    EXIT_PROTOCOL = 65,
    EXIT_IO = 74,
};

struct program {
    struct cw_transfer_policy policy;
    struct cw_frame_reader in;
    struct cw_buf setup; /* the names that the policy borrows */
    struct cw_span hosts[CW_NET_HOSTS_MAX];
    bool is_over; /* main has closed our input */
    uint64_t slots;
    struct cw_transfer *transfers[TRANSFERS_MAX];
    size_t count;
    struct cw_buf frame; /* being built */
    struct cw_buf out;   /* built, not written yet */
    size_t out_at;
};

/* ---- what it gives up ---- */

static void confine(void)
{
    cw_sandbox_limit(CW_SANDBOX_NET, CW_FEED_BODY_HARD_MAX);
    /* A write to a main that has died, or past a limit, is an error and not our end. */
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    (void)sigaction(SIGPIPE, &ignore, NULL);
    (void)sigaction(SIGXFSZ, &ignore, NULL);
}

static enum cw_status seal(bool is_off, uint64_t slots, struct cw_sandbox_state *ret,
                           struct cw_error *err)
{
    const curl_version_info_data *library = curl_version_info(CURLVERSION_NOW);
    const bool knows_store = library->age >= CURLVERSION_SEVENTH;
    const struct cw_sandbox_plan plan = {
        .role = CW_SANDBOX_NET,
        .is_off = is_off,
        .fds_kept = FIRST_SLOT_FD + (int)slots,
        .readable = {knows_store ? library->cainfo : NULL, knows_store ? library->capath : NULL},
    };
    cw_resolver_open_early();
    return cw_sandbox_seal(&plan, ret, err);
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
    return CW_OK;
}

/* Waits for main's first words, which say how many of the descriptors are ours. */
static enum cw_status read_setup(struct program *program, struct cw_error *err)
{
    struct cw_frame frame = {0};
    const enum cw_status status = cw_frame_read(&program->in, &frame, &program->is_over, err);
    return status == CW_OK && !program->is_over ? on_setup(program, &frame, err) : status;
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
        status = on_request(program, &frame, err);
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
    const CURLMcode result = curl_multi_perform(program->policy.multi, &running);
    if (result != CURLM_OK) {
        return cw_error_set(err, result == CURLM_OUT_OF_MEMORY ? CW_NOMEM : CW_STATE,
                            "the network library is in disorder: %s", curl_multi_strerror(result));
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
    struct curl_waitfd own[2] = {{.fd = program->in.fd, .events = CURL_WAIT_POLLIN},
                                 {.fd = STDOUT_FILENO, .events = CURL_WAIT_POLLOUT}};
    const unsigned count = program->out.len > 0 ? 2 : 1;
    const CURLMcode result = curl_multi_poll(program->policy.multi, own, count, WAIT_MS, NULL);
    if (result != CURLM_OK) {
        return cw_error_set(err, result == CURLM_OUT_OF_MEMORY ? CW_NOMEM : CW_STATE,
                            "the network library cannot wait: %s", curl_multi_strerror(result));
    }
    return CW_OK;
}

static enum cw_status start_library(struct program *program, struct cw_error *err)
{
    CURLM *multi = curl_multi_init();
    program->policy.multi = multi;
    if (multi == NULL ||
        curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS_KEPT) != CURLM_OK) {
        return cw_error_set(err, CW_NOMEM, "the network library cannot be started");
    }
    return CW_OK;
}

/* libcurl 7.88 closes descriptor 0 when it gets no memory for its resolver (it clears a struct
 * before it marks the descriptors in it as none), and the next socket would be taken for our input.
 * So that is read from a number of its own. */
static enum cw_status move_input(struct program *program, struct cw_error *err)
{
    const int fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, FIRST_SLOT_FD + (int)program->slots);
    if (fd < 0) {
        return cw_error_set(err, CW_IO, "cannot prepare a pipe: errno %d", errno);
    }
    program->in.fd = fd;
    return CW_OK;
}

/* Seals before the library opens descriptors of its own, and before anybody is spoken to. */
static enum cw_status prepare(struct program *program, bool is_unsealed, struct cw_error *err)
{
    struct cw_sandbox_state state;
    enum cw_status status = cw_frame_write_magic(STDOUT_FILENO, err);
    if (status == CW_OK) {
        status = read_setup(program, err);
    }
    if (status != CW_OK || program->is_over) {
        return status;
    }
    if (!make_unblocking(STDIN_FILENO) || !make_unblocking(STDOUT_FILENO)) {
        return cw_error_set(err, CW_IO, "cannot prepare a pipe: errno %d", errno);
    }
    status = seal(is_unsealed, program->slots, &state, err);
    if (status == CW_OK) {
        status = move_input(program, err);
    }
    return status == CW_OK ? start_library(program, err) : status;
}

static enum cw_status work(struct program *program, struct cw_error *err)
{
    enum cw_status status = CW_OK;
    while (status == CW_OK && !program->is_over) {
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
    if (program->policy.multi != NULL) {
        (void)curl_multi_cleanup(program->policy.multi);
    }
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
    return program;
}

static int probe(void)
{
    struct cw_sandbox_state state;
    struct cw_error err = {0};
    if (seal(false, 0, &state, &err) != CW_OK) {
        (void)fprintf(stderr, "cryptowatch-net: %s\n", err.text);
        return CW_SANDBOX_EXIT;
    }
    return cw_sandbox_probe(&state);
}

static void tell_store(const char *kind, const char *path)
{
    if (path != NULL) {
        (void)printf("%s %s\n", kind, path);
    }
}

static int tell_version(void)
{
    const curl_version_info_data *library = curl_version_info(CURLVERSION_NOW);
    (void)printf("cryptowatch-net %s\nlibcurl %s %s\n", CW_VERSION, library->version,
                 library->ssl_version != NULL ? library->ssl_version : "without TLS");
    if (library->age >= CURLVERSION_SEVENTH) {
        tell_store("ca-file", library->cainfo);
        tell_store("ca-folder", library->capath);
    }
    return 0;
}

static int exit_of(enum cw_status status)
{
    return status == CW_OK          ? 0
           : status == CW_DENIED    ? CW_SANDBOX_EXIT
           : status == CW_UNTRUSTED ? EXIT_PROTOCOL
           : status == CW_NOMEM     ? CW_CHILD_NO_MEMORY
                                    : EXIT_IO;
}

int main(int argc, char **argv)
{
    struct cw_error err = {0};
    confine();
    if (argc > 1 && strcmp(argv[1], CW_SANDBOX_PROBE) == 0) {
        return probe();
    }
    if (argc > 1 && strcmp(argv[1], CW_SANDBOX_VERSION) == 0) {
        return tell_version();
    }
    struct program *program =
        curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? program_new() : NULL;
    if (program == NULL) {
        return CW_CHILD_NO_MEMORY;
    }
    const bool is_unsealed = argc > 1 && strcmp(argv[1], CW_SANDBOX_OFF) == 0;
    enum cw_status status = prepare(program, is_unsealed, &err);
    if (status == CW_OK) {
        status = work(program, &err);
    }
    clear(program);
    curl_global_cleanup();
    if (status != CW_OK) {
        (void)fprintf(stderr, "cryptowatch-net: %s\n", err.text);
    }
    return exit_of(status);
}
