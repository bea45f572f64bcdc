/* receiver: takes POSTs over kept connections on the loopback interface as fast as one thread can.
 *
 *   receiver FILE     listens on a port of its own and prints it; at the end of its input it writes
 *                     each webhook-id that came, in order, to FILE and prints one line of counts
 *
 * It must not be the bottleneck of bench/deliver/run, so it reads no more of a request than its
 * length and its id. It trusts its one client: this is no server for anybody else.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PEERS_MAX = 64, BYTES_MAX = 1 << 17, ID_BYTES = 36, PORT_BYTES = 16 };

struct peer {
    int fd;
    size_t len;
    char bytes[BYTES_MAX];
};

struct server {
    int fd;
    FILE *ids;
    struct peer *peers[PEERS_MAX];
    size_t peers_count;
    unsigned long requests;
    unsigned long connections;
    double first_s;
    double last_s;
};

static const char answer[] = "HTTP/1.1 204 No Content\r\n\r\n";

static double now_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Where the value of a header begins, or NULL. */
static const char *header(const char *bytes, const char *end, const char *name)
{
    const size_t len = strlen(name);
    for (const char *at = bytes; at + len < end; at++) {
        if (*at == '\n' && strncasecmp(at + 1, name, len) == 0 && at[1 + len] == ':') {
            return at + len + 3;
        }
    }
    return NULL;
}

/* Bytes of the whole first request, or 0 when it is not there yet. */
static size_t request_len(const struct peer *peer, const char **ret_head_end)
{
    for (size_t i = 3; i < peer->len; i++) {
        if (memcmp(peer->bytes + i - 3, "\r\n\r\n", 4) == 0) {
            const char *end = peer->bytes + i + 1;
            const char *value = header(peer->bytes, end, "content-length");
            const size_t len = i + 1 + (value == NULL ? 0 : strtoul(value, NULL, 10));
            *ret_head_end = end;
            return len <= peer->len ? len : 0;
        }
    }
    return 0;
}

static bool answer_requests(struct server *server, struct peer *peer)
{
    const char *head_end = NULL;
    size_t len = 0;
    while ((len = request_len(peer, &head_end)) > 0) {
        const char *id = header(peer->bytes, head_end, "webhook-id");
        if (id == NULL || write(peer->fd, answer, sizeof(answer) - 1) != sizeof(answer) - 1) {
            return false;
        }
        (void)fprintf(server->ids, "%.*s\n", ID_BYTES, id);
        server->last_s = now_s();
        server->first_s = server->requests++ == 0 ? server->last_s : server->first_s;
        peer->len -= len;
        memmove(peer->bytes, peer->bytes + len, peer->len);
    }
    return peer->len < BYTES_MAX;
}

static bool read_peer(struct server *server, struct peer *peer)
{
    const ssize_t got = read(peer->fd, peer->bytes + peer->len, BYTES_MAX - peer->len);
    if (got <= 0) {
        return got < 0 && (errno == EINTR || errno == EAGAIN);
    }
    peer->len += (size_t)got;
    return answer_requests(server, peer);
}

static void take_peer(struct server *server)
{
    const int fd = accept(server->fd, NULL, NULL);
    struct peer *peer = server->peers_count < PEERS_MAX ? calloc(1, sizeof(*peer)) : NULL;
    if (fd < 0 || peer == NULL) {
        free(peer);
        (void)(fd >= 0 && close(fd));
        return;
    }
    peer->fd = fd;
    server->peers[server->peers_count++] = peer;
    server->connections++;
}

static void drop_peer(struct server *server, size_t i)
{
    (void)close(server->peers[i]->fd);
    free(server->peers[i]);
    server->peers[i] = server->peers[--server->peers_count];
}

/* One round of waiting; false when our input has ended. */
static bool serve(struct server *server)
{
    struct pollfd fds[PEERS_MAX + 2] = {{.fd = STDIN_FILENO, .events = POLLIN},
                                        {.fd = server->fd, .events = POLLIN}};
    const size_t count = server->peers_count;
    for (size_t i = 0; i < count; i++) {
        fds[i + 2] = (struct pollfd){.fd = server->peers[i]->fd, .events = POLLIN};
    }
    if (poll(fds, count + 2, -1) < 0) {
        return errno == EINTR;
    }
    for (size_t i = count; i-- > 0;) {
        if (fds[i + 2].revents != 0 && !read_peer(server, server->peers[i])) {
            drop_peer(server, i);
        }
    }
    if (fds[1].revents != 0) {
        take_peer(server);
    }
    return fds[0].revents == 0;
}

static bool start(struct server *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t bytes = sizeof(address);
    server->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (server->fd < 0 || bind(server->fd, (struct sockaddr *)&address, bytes) != 0 ||
        listen(server->fd, PEERS_MAX) != 0 ||
        getsockname(server->fd, (struct sockaddr *)&address, &bytes) != 0) {
        return false;
    }
    (void)printf("%d\n", ntohs(address.sin_port));
    return fflush(stdout) == 0;
}

int main(int argc, char **argv)
{
    struct server server = {.ids = argc == 2 ? fopen(argv[1], "w") : NULL};
    if (server.ids == NULL || !start(&server)) {
        perror("receiver");
        return 1;
    }
    while (serve(&server)) {
    }
    while (server.peers_count > 0) {
        drop_peer(&server, 0);
    }
    (void)fclose(server.ids);
    (void)printf("{\"requests\": %lu, \"connections\": %lu, \"seconds\": %.6f}\n", server.requests,
                 server.connections, server.last_s - server.first_s);
    return 0;
}
