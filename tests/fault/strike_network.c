/* The calls of kind "network" (strike.h). */
#include "strike.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FDS_MAX = 1024 };
static bool is_socket[FDS_MAX];

static void note(int fd, bool is)
{
    if (fd >= 0 && fd < FDS_MAX) {
        is_socket[fd] = is;
    }
}

static bool knows(int fd)
{
    return fd >= 0 && fd < FDS_MAX && is_socket[fd];
}

static bool is_struck(enum fault_call call)
{
    const bool is_now = fault_strikes(FAULT_NETWORK, call);
    if (is_now) {
        errno = fault_error() == 0 ? ECONNRESET : fault_error();
    }
    return is_now;
}

/* What a struck call that gives bytes answers: without an error, the end of the stream. */
static ssize_t end_of_stream(void)
{
    return fault_error() == 0 ? 0 : -1;
}

/* A name below .example is this machine, so that a test needs the resolver and nobody else's. */
static bool is_example(const char *name)
{
    static const char end[] = ".example";
    const size_t len = name == NULL ? 0 : strlen(name);
    return len >= sizeof(end) && strcmp(name + len - (sizeof(end) - 1), end) == 0;
}

int getaddrinfo(const char *restrict name, const char *restrict service,
                const struct addrinfo *restrict hints, struct addrinfo **restrict ret)
{
    NEXT(int, getaddrinfo, const char *, const char *, const struct addrinfo *, struct addrinfo **)
    if (is_struck(CALL_getaddrinfo)) {
        return fault_error() == ENOMEM ? EAI_MEMORY : EAI_AGAIN;
    }
    return next(is_example(name) ? "127.0.0.1" : name, service, hints, ret);
}

int socket(int domain, int type, int protocol)
{
    NEXT(int, socket, int, int, int)
    const int fd = is_struck(CALL_socket) ? -1 : next(domain, type, protocol);
    note(fd, true);
    return fd;
}

int close(int fd)
{
    NEXT(int, close, int)
    note(fd, false);
    return next(fd);
}

int connect(int fd, const struct sockaddr *address, socklen_t len)
{
    NEXT(int, connect, int, const struct sockaddr *, socklen_t)
    return is_struck(CALL_connect) ? -1 : next(fd, address, len);
}

int poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
    NEXT(int, poll, struct pollfd *, nfds_t, int)
    return is_struck(CALL_poll) ? -1 : next(fds, count, timeout_ms);
}

int getsockopt(int fd, int level, int name, void *restrict value, socklen_t *restrict len)
{
    NEXT(int, getsockopt, int, int, int, void *, socklen_t *)
    return is_struck(CALL_getsockopt) ? -1 : next(fd, level, name, value, len);
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
    NEXT(int, setsockopt, int, int, int, const void *, socklen_t)
    return is_struck(CALL_setsockopt) ? -1 : next(fd, level, name, value, len);
}

ssize_t send(int fd, const void *data, size_t len, int flags)
{
    NEXT(ssize_t, send, int, const void *, size_t, int)
    return is_struck(CALL_send) ? -1 : next(fd, data, len, flags);
}

ssize_t sendto(int fd, const void *data, size_t len, int flags, const struct sockaddr *to,
               socklen_t to_len)
{
    NEXT(ssize_t, sendto, int, const void *, size_t, int, const struct sockaddr *, socklen_t)
    return is_struck(CALL_sendto) ? -1 : next(fd, data, len, flags, to, to_len);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    NEXT(ssize_t, sendmsg, int, const struct msghdr *, int)
    return is_struck(CALL_sendmsg) ? -1 : next(fd, message, flags);
}

ssize_t recv(int fd, void *ret, size_t len, int flags)
{
    NEXT(ssize_t, recv, int, void *, size_t, int)
    return is_struck(CALL_recv) ? end_of_stream() : next(fd, ret, len, flags);
}

ssize_t recvfrom(int fd, void *restrict ret, size_t len, int flags, struct sockaddr *restrict from,
                 socklen_t *restrict from_len)
{
    NEXT(ssize_t, recvfrom, int, void *, size_t, int, struct sockaddr *, socklen_t *)
    return is_struck(CALL_recvfrom) ? end_of_stream() : next(fd, ret, len, flags, from, from_len);
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    NEXT(ssize_t, recvmsg, int, struct msghdr *, int)
    return is_struck(CALL_recvmsg) ? end_of_stream() : next(fd, message, flags);
}

ssize_t read(int fd, void *ret, size_t len)
{
    NEXT(ssize_t, read, int, void *, size_t)
    return knows(fd) && is_struck(CALL_read) ? end_of_stream() : next(fd, ret, len);
}

ssize_t write(int fd, const void *data, size_t len)
{
    NEXT(ssize_t, write, int, const void *, size_t)
    return knows(fd) && is_struck(CALL_write) ? -1 : next(fd, data, len);
}
