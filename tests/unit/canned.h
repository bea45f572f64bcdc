/* canned.h: an HTTP server on the loopback interface that says exactly the bytes it was given.
 *
 * One thread per connection. The path of a request chooses the page; what comes after the page's
 * bytes is part of the plan, because most ways of misbehaving are ways of ending. Requests are kept
 * and may be read at any time through canned_request.
 */
#ifndef CW_TESTS_CANNED_H
#define CW_TESTS_CANNED_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/span.h"
#include "suite.h"

enum canned_after {
    CANNED_CLOSE,
    CANNED_KEEP,   /* wait for the next request on this connection */
    CANNED_STALL,  /* say nothing more until the other side goes */
    CANNED_REPEAT, /* say the page again and again until the other side goes */
};

struct canned_page {
    const char *path;
    const char *answer;
    enum canned_after after;
    const char *again; /* CANNED_REPEAT: what is repeated */
    unsigned together; /* answer only when so many are waiting for this page; 0: at once */
};

enum { CANNED_CONNECTIONS_MAX = 64, CANNED_REQUESTS_MAX = 128, CANNED_BYTES_MAX = 64 << 10 };

struct canned {
    int fd;
    uint16_t port;
    pthread_t thread;
    const struct canned_page *pages;
    size_t pages_count;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    unsigned waiting;
    bool is_over;
    pthread_t threads[CANNED_CONNECTIONS_MAX];
    int fds[CANNED_CONNECTIONS_MAX];
    size_t connections;
    char *requests[CANNED_REQUESTS_MAX];
    size_t requests_len[CANNED_REQUESTS_MAX];
    size_t requests_count;
};

struct canned_connection {
    struct canned *server;
    int fd;
};

/* Bytes of a whole request at the start of text, or 0. */
static inline size_t canned_whole(struct cw_span text)
{
    const struct cw_span end = CW_SPAN("\r\n\r\n");
    struct cw_span line;
    uint64_t body = 0;
    size_t head = 0;
    for (size_t i = 0; head == 0 && i + end.len <= text.len; i++) {
        head = cw_span_starts_with(cw_span_slice(text, i, text.len), end) ? i + end.len : 0;
    }
    for (struct cw_span rest = cw_span_slice(text, 0, head); cw_span_next_line(&rest, &line);) {
        const size_t colon = cw_span_find(line, ':', 0);
        if (cw_span_equal_nocase(cw_span_slice(line, 0, colon), CW_SPAN("content-length"))) {
            (void)cw_span_to_u64(cw_span_trim(cw_span_slice(line, colon + 1, line.len)),
                                 CANNED_BYTES_MAX, &body);
        }
    }
    return head > 0 && text.len >= head + body ? head + (size_t)body : 0;
}

static inline bool canned_say(int fd, const char *text)
{
    struct cw_span left = cw_span_cstr(text);
    while (left.len > 0) {
        const ssize_t put = send(fd, left.data, left.len, MSG_NOSIGNAL);
        if (put <= 0) {
            return false;
        }
        left = cw_span_slice(left, (size_t)put, left.len);
    }
    return true;
}

static inline const struct canned_page *canned_find(const struct canned *server,
                                                    struct cw_span request)
{
    const size_t from = cw_span_find(request, ' ', 0) + 1;
    const struct cw_span path = cw_span_slice(request, from, cw_span_find(request, ' ', from));
    for (size_t i = 0; i < server->pages_count; i++) {
        if (cw_span_is(path, server->pages[i].path)) {
            return &server->pages[i];
        }
    }
    return NULL;
}

static inline void canned_record(struct canned *server, struct cw_span request)
{
    (void)pthread_mutex_lock(&server->mutex);
    char *copy = calloc(1, request.len + 1);
    if (copy != NULL && server->requests_count < CANNED_REQUESTS_MAX) {
        memcpy(copy, request.data, request.len);
        server->requests_len[server->requests_count] = request.len;
        server->requests[server->requests_count++] = copy;
        copy = NULL;
    }
    free(copy);
    (void)pthread_mutex_unlock(&server->mutex);
}

static inline void canned_gather(struct canned *server, unsigned together)
{
    (void)pthread_mutex_lock(&server->mutex);
    server->waiting++;
    (void)pthread_cond_broadcast(&server->changed);
    while (server->waiting < together && !server->is_over) {
        (void)pthread_cond_wait(&server->changed, &server->mutex);
    }
    (void)pthread_mutex_unlock(&server->mutex);
}

/* Serves one request; false when the connection is to end. */
static inline bool canned_serve(struct canned *server, int fd, struct cw_span request)
{
    char sink[256];
    const struct canned_page *page = canned_find(server, request);
    canned_record(server, request);
    if (page == NULL) {
        (void)canned_say(fd, "HTTP/1.1 404 Not Here\r\nContent-Length: 3\r\n\r\nno\n");
        return false;
    }
    if (page->together > 0) {
        canned_gather(server, page->together);
    }
    bool is_open = canned_say(fd, page->answer);
    while (is_open && page->after == CANNED_REPEAT) {
        is_open = canned_say(fd, page->again);
    }
    while (is_open && page->after == CANNED_STALL) {
        is_open = recv(fd, sink, sizeof(sink), 0) > 0;
    }
    return is_open && page->after == CANNED_KEEP;
}

static inline void *canned_talk(void *ctx)
{
    struct canned_connection *connection = ctx;
    char *bytes = calloc(1, CANNED_BYTES_MAX);
    size_t len = 0;
    bool is_open = bytes != NULL;
    while (is_open && len < CANNED_BYTES_MAX) {
        const size_t whole = canned_whole(cw_span_make(bytes, len));
        if (whole > 0) {
            is_open = canned_serve(connection->server, connection->fd, cw_span_make(bytes, whole));
            memmove(bytes, bytes + whole, len - whole);
            len -= whole;
            continue;
        }
        const ssize_t got = recv(connection->fd, bytes + len, CANNED_BYTES_MAX - len, 0);
        len += got > 0 ? (size_t)got : 0;
        is_open = got > 0 && bytes[0] != 0x16; /* the first byte of TLS: not spoken here */
    }
    (void)shutdown(connection->fd, SHUT_RDWR); /* closed by canned_stop, so numbers stay ours */
    free(bytes);
    free(connection);
    return NULL;
}

static inline void *canned_main(void *ctx)
{
    struct canned *server = ctx;
    for (;;) {
        const int fd = accept(server->fd, NULL, NULL);
        if (fd < 0) {
            return NULL;
        }
        struct canned_connection *connection = calloc(1, sizeof(*connection));
        if (connection == NULL || server->connections == CANNED_CONNECTIONS_MAX) {
            free(connection);
            (void)close(fd);
            continue;
        }
        *connection = (struct canned_connection){server, fd};
        (void)pthread_mutex_lock(&server->mutex);
        server->fds[server->connections] = fd;
        (void)pthread_create(&server->threads[server->connections], NULL, canned_talk, connection);
        server->connections++;
        (void)pthread_mutex_unlock(&server->mutex);
    }
}

static inline void canned_start(struct canned *server, const struct canned_page *pages,
                                size_t pages_count)
{
    *server = (struct canned){.pages = pages, .pages_count = pages_count};
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t bytes = sizeof(address);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    (void)pthread_mutex_init(&server->mutex, NULL);
    (void)pthread_cond_init(&server->changed, NULL);
    server->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CU_ASSERT_FATAL(server->fd >= 0);
    CU_ASSERT_FATAL(bind(server->fd, (const struct sockaddr *)&address, bytes) == 0);
    CU_ASSERT_FATAL(listen(server->fd, 64) == 0);
    CU_ASSERT_FATAL(getsockname(server->fd, (struct sockaddr *)&address, &bytes) == 0);
    server->port = ntohs(address.sin_port);
    CU_ASSERT_FATAL(pthread_create(&server->thread, NULL, canned_main, server) == 0);
}

static inline void canned_stop(struct canned *server)
{
    (void)pthread_mutex_lock(&server->mutex);
    server->is_over = true;
    (void)pthread_cond_broadcast(&server->changed);
    (void)pthread_mutex_unlock(&server->mutex);
    (void)shutdown(server->fd, SHUT_RDWR);
    (void)pthread_join(server->thread, NULL);
    (void)close(server->fd);
    for (size_t i = 0; i < server->connections; i++) {
        (void)shutdown(server->fds[i], SHUT_RDWR);
        (void)pthread_join(server->threads[i], NULL);
        (void)close(server->fds[i]);
    }
    for (size_t i = 0; i < server->requests_count; i++) {
        free(server->requests[i]);
    }
    (void)pthread_mutex_destroy(&server->mutex);
    (void)pthread_cond_destroy(&server->changed);
}

static inline size_t canned_requests(struct canned *server)
{
    (void)pthread_mutex_lock(&server->mutex);
    const size_t count = server->requests_count;
    (void)pthread_mutex_unlock(&server->mutex);
    return count;
}

/* The n-th request as text with a NUL; "" when there were fewer. */
static inline const char *canned_request(struct canned *server, size_t n)
{
    (void)pthread_mutex_lock(&server->mutex);
    const char *text = n < server->requests_count ? server->requests[n] : "";
    (void)pthread_mutex_unlock(&server->mutex);
    return text;
}

#endif
