#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "sandbox/filter.h"

/* A row of a table. IF: only when (argument & mask) == value. */
#define CALL(name)                                                                                 \
    {                                                                                              \
        .number = SYS_##name, .argument = CW_CALL_ANY                                              \
    }
#define CALL_IF(name, which, bits, wanted)                                                         \
    {                                                                                              \
        SYS_##name, which, bits, wanted, false, 0                                                  \
    }
#define CALL_ON_SELF(name)                                                                         \
    {                                                                                              \
        SYS_##name, 0, UINT32_MAX, 0, true, 0                                                      \
    }
#define CALL_FAILS(name, errno_value)                                                              \
    {                                                                                              \
        .number = SYS_##name, .argument = CW_CALL_ANY, .error = (errno_value)                      \
    }

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
    CALL_IF(mmap, 2, PROT_EXEC, 0),
    CALL_IF(mprotect, 2, PROT_EXEC, 0),
    /* fstat: an open descriptor with an empty name */
    CALL_IF(newfstatat, 3, AT_EMPTY_PATH, AT_EMPTY_PATH),
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
    CALL(fcntl),
    CALL(ioctl),
    CALL(pipe2),
    CALL(eventfd2),
    /* names: only to read; Landlock says which */
    CALL_IF(openat, 2, O_ACCMODE | O_CREAT | O_TRUNC | (uint32_t)O_TMPFILE, O_RDONLY),
    CALL_IF(openat, 2, O_ACCMODE | O_CREAT | O_TRUNC | (uint32_t)O_TMPFILE, O_DIRECTORY),
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
    /* the network: IP, and netlink to ask which addresses this machine has */
    CALL_IF(socket, 0, UINT32_MAX, AF_INET),
    CALL_IF(socket, 0, UINT32_MAX, AF_INET6),
    CALL_IF(socket, 0, UINT32_MAX, AF_NETLINK),
    CALL_FAILS(socket, EAFNOSUPPORT),
    CALL_IF(socketpair, 1, SOCKET_TYPE_BITS, SOCK_STREAM),
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
    /* memory; code only from files, for the modules of the resolver */
    CALL(brk),
    CALL(munmap),
    CALL(mremap),
    CALL(madvise),
    CALL_IF(mmap, 2, PROT_EXEC, 0),
    CALL_IF(mmap, 2, PROT_WRITE, 0),
    CALL_IF(mprotect, 2, PROT_EXEC, 0),
    /* threads, and no other process; the flags of clone3 cannot be seen from here */
    CALL_IF(clone, 0, CLONE_THREAD, CLONE_THREAD),
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
    CALL_IF(openat, 2, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY),
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
    CALL_IF(open, 1, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY),
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
