#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/sockios.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "sandbox/filter.h"

/* A row of a table. WHEN: (argument & mask) == value. */
#define WHEN(which, bits, wanted)                                                                  \
    {                                                                                              \
        .argument = (which), .mask = (bits), .value = (wanted)                                     \
    }
#define CALL(name)                                                                                 \
    {                                                                                              \
        .number = SYS_##name                                                                       \
    }
#define CALL_IF(name, ...)                                                                         \
    {                                                                                              \
        .number = SYS_##name, .when = { __VA_ARGS__ }                                              \
    }
#define CALL_ON_SELF(name)                                                                         \
    {                                                                                              \
        .number = SYS_##name, .when = { {.mask = UINT32_MAX, .is_own_pid = true} }                 \
    }
#define CALL_FAILS(name, errno_value)                                                              \
    {                                                                                              \
        .number = SYS_##name, .error = (errno_value)                                               \
    }
#define CALL_FAILS_IF(name, errno_value, ...)                                                      \
    {                                                                                              \
        .number = SYS_##name, .when = {__VA_ARGS__}, .error = (errno_value)                        \
    }
#define SOCKET(family, type)                                                                       \
    CALL_IF(socket, WHEN(0, UINT32_MAX, family), WHEN(1, SOCKET_TYPE_BITS, type))

enum { SOCKET_TYPE_BITS = 0xf };

/* Twelve calls suffice for expat; the others are the ends of a program that finds itself in
 * disorder, and what glibc asks before it sorts. */
static const struct cw_call_row parse_rows[] = {
    CALL(read),
    CALL(write),
    CALL(futex),
    CALL(lseek),
    CALL(pread64),
    CALL(close),
    CALL(brk),
    CALL(munmap),
    CALL(mremap),
    CALL(madvise),
    CALL_IF(mmap, WHEN(2, PROT_EXEC, 0)),
    CALL_IF(mprotect, WHEN(2, PROT_EXEC, 0)),
    /* fstat: an open descriptor with an empty name */
    CALL_IF(newfstatat, WHEN(3, AT_EMPTY_PATH, AT_EMPTY_PATH)),
    CALL(fstat),
    CALL(clock_gettime),
    CALL(getrandom),
    CALL(sysinfo), /* qsort asks how much memory there is */
    CALL(rt_sigreturn),
    CALL(restart_syscall),
    CALL(exit),
    CALL(exit_group),
    /* abort() */
    CALL(rt_sigprocmask),
    CALL(rt_sigaction),
    CALL(getpid),
    CALL(gettid),
    CALL_ON_SELF(tgkill),
};

/* libcurl, OpenSSL, and the resolver of glibc in threads of its own. */
static const struct cw_call_row net_rows[] = {
    CALL(read),
    CALL(write),
    CALL(readv),
    CALL(writev),
    CALL(pread64),
    CALL(lseek),
    CALL(close),
    CALL(poll),
    CALL(ppoll),
    /* not whom a descriptor's news signals, nor with what: that ends other programs of this user */
    CALL_IF(fcntl, WHEN(1, UINT32_MAX, F_GETFD)),
    CALL_IF(fcntl, WHEN(1, UINT32_MAX, F_SETFD)),
    CALL_IF(fcntl, WHEN(1, UINT32_MAX, F_GETFL)),
    CALL_IF(fcntl, WHEN(1, UINT32_MAX, F_SETFL), WHEN(2, O_ASYNC, 0)),
    CALL_IF(fcntl, WHEN(1, UINT32_MAX, F_DUPFD_CLOEXEC)),
    /* not what types into a terminal; the third asks for one, the last knows a link by name, for a
     * server of names at "fe80::1%eth0" */
    CALL_IF(ioctl, WHEN(1, UINT32_MAX, FIONBIO)),
    CALL_IF(ioctl, WHEN(1, UINT32_MAX, FIONREAD)),
    CALL_IF(ioctl, WHEN(1, UINT32_MAX, TCGETS)),
    CALL_IF(ioctl, WHEN(1, UINT32_MAX, SIOCGIFINDEX)),
    CALL(pipe2),
    CALL(eventfd2),
    /* names: only to read; Landlock says which */
    CALL_IF(openat, WHEN(2, O_ACCMODE | O_CREAT | O_TRUNC | (uint32_t)O_TMPFILE, O_RDONLY)),
    CALL_IF(openat, WHEN(2, O_ACCMODE | O_CREAT | O_TRUNC | (uint32_t)O_TMPFILE, O_DIRECTORY)),
    CALL(newfstatat),
    CALL(fstat),
    CALL(statx),
    CALL(faccessat),
    CALL(readlinkat),
    CALL(getdents64),
    CALL(getcwd),
#if defined(__x86_64__)
    CALL(stat),
    CALL(access),
    CALL(readlink),
#endif
    /* the network: IP, not raw; and netlink to ask which addresses this machine has */
    SOCKET(AF_INET, SOCK_STREAM),
    SOCKET(AF_INET, SOCK_DGRAM),
    SOCKET(AF_INET6, SOCK_STREAM),
    SOCKET(AF_INET6, SOCK_DGRAM),
    CALL_IF(socket, WHEN(0, UINT32_MAX, AF_NETLINK), WHEN(2, UINT32_MAX, NETLINK_ROUTE)),
    CALL_FAILS(socket, EAFNOSUPPORT),
    CALL_IF(socketpair, WHEN(1, SOCKET_TYPE_BITS, SOCK_STREAM)),
    CALL(connect),
    CALL(bind),
    CALL(sendto),
    CALL(recvfrom),
    CALL(sendmsg),
    CALL(sendmmsg),
    CALL(recvmsg),
    CALL(shutdown),
    CALL(setsockopt),
    CALL(getsockopt),
    CALL(getsockname),
    CALL(getpeername),
    /* memory, none of it code: what is mapped is all that runs (net/resolver.h). A library that is
     * loaded so late is not there */
    CALL(brk),
    CALL(munmap),
    CALL(mremap),
    CALL(madvise),
    CALL_IF(mmap, WHEN(2, PROT_EXEC, 0)),
    CALL_FAILS_IF(mmap, EACCES, WHEN(2, PROT_WRITE, 0)),
    CALL_IF(mprotect, WHEN(2, PROT_EXEC, 0)),
    /* threads, and no other process; the flags of clone3 cannot be seen from here */
    CALL_IF(clone, WHEN(0, CLONE_THREAD, CLONE_THREAD)),
    CALL_FAILS(clone3, ENOSYS),
    CALL(futex),
    CALL(set_robust_list),
    CALL(rseq),
    CALL(sched_yield),
    CALL(sched_getaffinity),
    CALL_FAILS(prlimit64, EPERM), /* it could name another process of this user */
    CALL(sysinfo),
    CALL(uname),
    CALL(getuid),
    CALL(geteuid),
    CALL(getgid),
    CALL(getegid),
    CALL(clock_gettime),
    CALL(clock_getres),
    CALL(clock_nanosleep),
    CALL(gettimeofday),
    CALL(getrandom),
    CALL(rt_sigaction),
    CALL(rt_sigprocmask),
    CALL(rt_sigreturn),
    CALL(sigaltstack),
    CALL(restart_syscall),
    CALL(getpid),
    CALL(gettid),
    CALL_ON_SELF(tgkill),
    CALL(exit),
    CALL(exit_group),
};

#ifdef CW_SANDBOX_HAS_SANITIZER
/* What the runtimes call to know their own memory, to print, and to look for leaks. */
static const struct cw_call_row build_rows[] = {
    CALL_IF(openat, WHEN(2, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY)),
    CALL(newfstatat),
    CALL(getdents64),
    CALL(readlinkat),
    CALL(clone),
    CALL(wait4),
    CALL(ptrace),
    CALL(kill),
    CALL(tgkill),
    CALL(prctl),
    CALL(prlimit64),
    CALL(mmap),
    CALL(mprotect),
    CALL(msync),
    CALL(mincore),
    CALL(pipe2),
    CALL(process_vm_readv),
    CALL(set_robust_list),
    CALL(rseq),
    CALL(sched_yield),
    CALL(sched_getaffinity),
    CALL(sigaltstack),
    CALL(getppid),
    CALL(getuid),
    CALL(getcwd),
    CALL(ioctl),
    CALL(uname),
    CALL(gettimeofday),
    CALL(nanosleep),
    CALL(clock_nanosleep),
#if defined(__x86_64__)
    CALL_IF(open, WHEN(1, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY)),
    CALL(getdents),
    CALL(readlink),
    CALL(stat),
    CALL(access),
    CALL(pipe),
    CALL(arch_prctl),
#endif
};
#endif

struct cw_call_table cw_calls_of(enum cw_sandbox_role role)
{
    switch (role) {
    case CW_SANDBOX_PARSE:
        return (struct cw_call_table){parse_rows, CW_COUNT(parse_rows)};
    case CW_SANDBOX_NET:
        return (struct cw_call_table){net_rows, CW_COUNT(net_rows)};
    }
    return (struct cw_call_table){NULL, 0};
}

struct cw_call_table cw_calls_of_build(void)
{
#ifdef CW_SANDBOX_HAS_SANITIZER
    return (struct cw_call_table){build_rows, CW_COUNT(build_rows)};
#else
    return (struct cw_call_table){NULL, 0};
#endif
}
