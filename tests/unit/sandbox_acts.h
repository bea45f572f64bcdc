/* sandbox_acts.h: what a program under attack may try; for the sandbox's test, and for the parser
 * that tests/e2e/test_sandbox.py puts in the place of the real one.
 *
 * An act returns 0 when it was done, else its errno.
 */
#ifndef CW_TESTS_SANDBOX_ACTS_H
#define CW_TESTS_SANDBOX_ACTS_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static inline int act_outcome(long result)
{
    return result < 0 ? errno : 0;
}

static inline int act_open(void)
{
    return act_outcome(open("/etc/passwd", O_RDONLY | O_CLOEXEC));
}

static inline int act_make(void)
{
    return act_outcome(
        open("/tmp/cryptowatch-sandbox-was-here", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
}

static inline int act_remove(void)
{
    return act_outcome(unlink("/tmp/cryptowatch-sandbox-was-here"));
}

static inline int act_rename(void)
{
    return act_outcome(rename("/tmp/cryptowatch-sandbox-was-here", "/tmp/cryptowatch-elsewhere"));
}

static inline int act_socket(void)
{
    return act_outcome(socket(AF_INET, SOCK_STREAM, 0));
}

static inline int act_connect(void)
{
    const struct sockaddr_in to = {.sin_family = AF_INET,
                                   .sin_port = htons(9),
                                   .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    return act_outcome(fd < 0 ? fd : connect(fd, (const void *)&to, sizeof(to)));
}

static inline int act_local_socket(void)
{
    return act_outcome(socket(AF_UNIX, SOCK_STREAM, 0));
}

static inline int act_listen(void)
{
    const struct sockaddr_in at = {.sin_family = AF_INET,
                                   .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    (void)bind(fd, (const void *)&at, sizeof(at));
    return act_outcome(listen(fd, 1));
}

static inline int act_exec(void)
{
    static char name[] = "true";
    char *const argv[] = {name, NULL};
    char *const env[] = {NULL};
    return act_outcome(execve("/bin/true", argv, env));
}

static inline int act_fork(void)
{
    const pid_t pid = fork();
    if (pid == 0) {
        _exit(0);
    }
    return act_outcome(pid);
}

static inline int act_signal(void)
{
    return act_outcome(kill(1, 0));
}

static inline int act_trace(void)
{
    return act_outcome(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

/* Memory that is written and then run. */
static inline int act_code(void)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | 0x20, -1, 0);
    return page == MAP_FAILED ? errno : 0;
}

/* The same in two steps. */
static inline int act_turn(void)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | 0x20, -1, 0);
    return page == MAP_FAILED ? errno : act_outcome(mprotect(page, 4096, PROT_READ | PROT_EXEC));
}

/* A file that runs: it could be the body that was just fetched. */
static inline int act_run(void)
{
    const int fd = open("/etc/ld.so.cache", O_RDONLY | O_CLOEXEC);
    void *page = fd < 0 ? MAP_FAILED : mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
    return page == MAP_FAILED ? errno : 0;
}

/* Another process of this user is signalled, by the news of a descriptor: whose, with what, and
 * from when. */
static inline int act_owner(void)
{
    return act_outcome(fcntl(STDIN_FILENO, 8 /* F_SETOWN */, getpid()));
}

static inline int act_news(void)
{
    return act_outcome(fcntl(STDIN_FILENO, 10 /* F_SETSIG */, SIGKILL));
}

static inline int act_async(void)
{
    return act_outcome(fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK | 020000 /* O_ASYNC */));
}

/* A letter into the terminal, as if somebody had typed it. */
static inline int act_type(void)
{
    return act_outcome(ioctl(STDIN_FILENO, TIOCSTI, "x"));
}

static inline int act_packet(void)
{
    return act_outcome(socket(AF_INET, SOCK_RAW, IPPROTO_UDP));
}

/* The sockets of all others, by the kernel's word. */
static inline int act_audit(void)
{
    return act_outcome(socket(AF_NETLINK, SOCK_RAW, 4 /* NETLINK_SOCK_DIAG */));
}

static inline int act_limit(void)
{
    const struct rlimit more = {RLIM_INFINITY, RLIM_INFINITY};
    return act_outcome(setrlimit(RLIMIT_CPU, &more));
}

static inline int act_hoard(void)
{
    void *heap = malloc((size_t)600 << 20);
    const int outcome = heap == NULL ? ENOMEM : 0;
    free(heap);
    return outcome;
}

static inline int act_spin(void)
{
    for (volatile unsigned turns = 0;; turns++) {
    }
    return 0;
}

static const struct act {
    const char *name;
    int (*run)(void);
} ACTS[] = {
    {"open", act_open},          {"make", act_make},     {"remove", act_remove},
    {"rename", act_rename},      {"socket", act_socket}, {"connect", act_connect},
    {"local", act_local_socket}, {"listen", act_listen}, {"exec", act_exec},
    {"fork", act_fork},          {"signal", act_signal}, {"trace", act_trace},
    {"code", act_code},          {"limit", act_limit},   {"hoard", act_hoard},
    {"spin", act_spin},          {"turn", act_turn},     {"run", act_run},
    {"owner", act_owner},        {"news", act_news},     {"async", act_async},
    {"type", act_type},          {"packet", act_packet}, {"audit", act_audit},
};
enum { ACTS_COUNT = sizeof(ACTS) / sizeof(ACTS[0]) };

static inline const struct act *act_find(const char *name)
{
    for (size_t i = 0; i < ACTS_COUNT; i++) {
        if (strcmp(ACTS[i].name, name) == 0) {
            return &ACTS[i];
        }
    }
    return NULL;
}

#endif
