/* loopback.h: a receiver of webhooks on the loopback interface, in a thread of the test.
 *
 * It takes one connection at a time, keeps each request and answers by plan: the n-th request gets
 * the n-th answer, the last answer repeats. Read `requests` only after loopback_stop or while no
 * request is under way.
 */
#ifndef CW_TESTS_LOOPBACK_H
#define CW_TESTS_LOOPBACK_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/span.h"
#include "suite.h"

enum { LOOPBACK_REQUESTS_MAX = 96, LOOPBACK_BYTES_MAX = 8192 + CW_ALERT_BYTES_MAX };

struct loopback_answer {
    int status;
    const char *headers; /* whole lines with CRLF; NULL: none */
    const char *body;    /* NULL: none */
    int delay_ms;
};

struct loopback_request {
    char *bytes;
    size_t len;
    struct cw_span head; /* request line and headers */
    struct cw_span body;
    int64_t at_ms; /* when it was read whole */
};

struct loopback {
    int fd;
    uint16_t port;
    pthread_t thread;
    const struct loopback_answer *answers;
    size_t answers_count;
    void (*on_request)(void); /* NULL, or what happens before the answer */
    pthread_mutex_t mutex;
    struct loopback_request requests[LOOPBACK_REQUESTS_MAX];
    size_t count;
};

static inline int64_t loopback_now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Offset behind the empty line, or 0. */
static inline size_t loopback_head_end(const char *bytes, size_t len)
{
    for (size_t i = 3; i < len; i++) {
        if (memcmp(bytes + i - 3, "\r\n\r\n", 4) == 0) {
            return i + 1;
        }
    }
    return 0;
}

/* Value of a header, without regard to case; empty when absent. */
static inline struct cw_span loopback_header(const struct loopback_request *request,
                                             const char *name)
{
    struct cw_span rest = request->head;
    struct cw_span line;
    while (cw_span_next_line(&rest, &line)) {
        const size_t colon = cw_span_find(line, ':', 0);
        if (cw_span_equal_nocase(cw_span_slice(line, 0, colon), cw_span_cstr(name))) {
            return cw_span_trim(cw_span_slice(line, colon + 1, line.len));
        }
    }
    return (struct cw_span){0};
}

/* Reads until head and announced body are there. */
static inline bool loopback_read(int fd, struct loopback_request *request)
{
    size_t need = 0;
    while (need == 0 || request->len < need) {
        const ssize_t got =
            recv(fd, request->bytes + request->len, LOOPBACK_BYTES_MAX - request->len, 0);
        if (got <= 0) {
            return false;
        }
        request->len += (size_t)got;
        const size_t head = loopback_head_end(request->bytes, request->len);
        uint64_t body = 0;
        request->head = cw_span_make(request->bytes, head);
        if (head > 0 &&
            cw_span_to_u64(loopback_header(request, "content-length"), LOOPBACK_BYTES_MAX, &body)) {
            need = head + (size_t)body;
        }
    }
    request->body = cw_span_make(request->bytes + request->head.len, need - request->head.len);
    return request->len == need;
}

static inline void loopback_answer(int fd, const struct loopback_answer *answer)
{
    char text[8192];
    const struct timespec delay = {.tv_sec = answer->delay_ms / 1000,
                                   .tv_nsec = (long)(answer->delay_ms % 1000) * 1000000};
    (void)nanosleep(&delay, NULL);
    const char *body = answer->body != NULL ? answer->body : "";
    int len = snprintf(text, sizeof(text), "HTTP/1.1 %d Planned\r\n%sconnection: close\r\n",
                       answer->status, answer->headers != NULL ? answer->headers : "");
    if (answer->status != 204) {
        len += snprintf(text + len, sizeof(text) - (size_t)len, "content-length: %zu\r\n\r\n%s",
                        strlen(body), body);
    } else {
        len += snprintf(text + len, sizeof(text) - (size_t)len, "\r\n");
    }
    (void)send(fd, text, (size_t)len, MSG_NOSIGNAL);
}

static inline void loopback_serve(struct loopback *loop, int fd)
{
    struct loopback_request request = {.bytes = calloc(1, LOOPBACK_BYTES_MAX)};
    const bool is_whole = request.bytes != NULL && loopback_read(fd, &request);
    request.at_ms = loopback_now_ms();
    (void)pthread_mutex_lock(&loop->mutex);
    const size_t number = loop->count;
    const bool is_kept = is_whole && number < LOOPBACK_REQUESTS_MAX;
    if (is_kept) {
        loop->requests[loop->count++] = request;
    } else {
        free(request.bytes);
    }
    (void)pthread_mutex_unlock(&loop->mutex);
    if (is_kept && loop->on_request != NULL) {
        loop->on_request();
    }
    if (is_kept) {
        const size_t last = loop->answers_count - 1;
        loopback_answer(fd, &loop->answers[number < last ? number : last]);
    }
    (void)close(fd);
}

static inline void *loopback_main(void *ctx)
{
    struct loopback *loop = ctx;
    for (;;) {
        const int fd = accept(loop->fd, NULL, NULL);
        if (fd < 0) {
            return NULL; /* loopback_stop shut the socket */
        }
        loopback_serve(loop, fd);
    }
}

static inline void loopback_start(struct loopback *loop, const struct loopback_answer *answers,
                                  size_t answers_count)
{
    *loop = (struct loopback){.answers = answers, .answers_count = answers_count};
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t bytes = sizeof(address);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    loop->fd = socket(AF_INET, SOCK_STREAM, 0);
    CU_ASSERT_FATAL(loop->fd >= 0);
    CU_ASSERT_EQUAL_FATAL(bind(loop->fd, (const struct sockaddr *)&address, bytes), 0);
    CU_ASSERT_EQUAL_FATAL(listen(loop->fd, 16), 0);
    CU_ASSERT_EQUAL_FATAL(getsockname(loop->fd, (struct sockaddr *)&address, &bytes), 0);
    loop->port = ntohs(address.sin_port);
    CU_ASSERT_EQUAL_FATAL(pthread_mutex_init(&loop->mutex, NULL), 0);
    CU_ASSERT_EQUAL_FATAL(pthread_create(&loop->thread, NULL, loopback_main, loop), 0);
}

/* Ends the thread; the port then refuses connections. */
static inline void loopback_stop(struct loopback *loop)
{
    if (loop->fd >= 0) {
        (void)shutdown(loop->fd, SHUT_RDWR);
        (void)pthread_join(loop->thread, NULL);
        (void)close(loop->fd);
        loop->fd = -1;
    }
}

static inline void loopback_clear(struct loopback *loop)
{
    loopback_stop(loop);
    for (size_t i = 0; i < loop->count; i++) {
        free(loop->requests[i].bytes);
    }
    (void)pthread_mutex_destroy(&loop->mutex);
    loop->count = 0;
}

static inline size_t loopback_count(struct loopback *loop)
{
    (void)pthread_mutex_lock(&loop->mutex);
    const size_t count = loop->count;
    (void)pthread_mutex_unlock(&loop->mutex);
    return count;
}

#endif
