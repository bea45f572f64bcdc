#include "sandbox/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "sandbox/filter.h"
#include "sandbox/landlock.h"

#ifdef CW_SANDBOX_ABSENT
static const char *const build_absent = CW_SANDBOX_ABSENT;
#else
static const char *const build_absent = NULL;
#endif

#ifdef CW_SANDBOX_HAS_SANITIZER
/* A sanitizer reserves terabytes of address space, looks for leaks by tracing its own process, and
 * reads what is mapped where. */
enum { HAS_SANITIZER = 1 };
#else
enum { HAS_SANITIZER = 0 };
#endif

/* What glibc reads to find the address of a name, and the modules it may load for it. */
static const char *const resolver_names[] = {
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/host.conf",
    "/etc/nsswitch.conf",
    "/etc/gai.conf",
    "/etc/services",
    "/etc/protocols",
    "/etc/hostname",
    "/etc/ld.so.cache",
    "/run/systemd/resolve",
    "/run/resolvconf",
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/etc/ssl/certs",
    "/etc/pki/tls/certs",
    "/etc/pki/ca-trust",
    "/usr/share/ca-certificates",
    "/usr/local/share/ca-certificates",
    "/dev/urandom",
    "/dev/null",
};
enum { NAMES_MAX = 32 };

/* ---- limits ---- */

static void set_limit(__rlimit_resource_t resource, rlim_t soft, rlim_t hard)
{
    struct rlimit before;
    const struct rlimit wanted = {soft, hard};
    if (getrlimit(resource, &before) == 0 && before.rlim_max < hard) {
        const struct rlimit possible = {soft < before.rlim_max ? soft : before.rlim_max,
                                        before.rlim_max};
        (void)setrlimit(resource, &possible);
        return;
    }
    (void)setrlimit(resource, &wanted);
}

/* A crontab of root's starts us with all of them, and the socket that asks for addresses can then
 * change the network. */
static void drop_capabilities(void)
{
    struct __user_cap_header_struct self = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};
    (void)syscall(SYS_capset, &self, none);
}

void cw_sandbox_limit(enum cw_sandbox_role role, uint64_t file_bytes_max)
{
    const bool is_parse = role == CW_SANDBOX_PARSE;
    const rlim_t cpu_s = is_parse ? CW_PARSE_CPU_S : CW_NET_CPU_S;
    const rlim_t fds = is_parse ? CW_PARSE_FDS_MAX : CW_NET_FDS_MAX;
    const rlim_t memory = is_parse ? CW_PARSE_MEMORY_MAX : CW_NET_MEMORY_MAX;
    set_limit(RLIMIT_CORE, 0, 0);
    set_limit(RLIMIT_CPU, cpu_s, cpu_s + 1); /* the first says why it ends, the second ends it */
    if (build_absent == NULL && file_bytes_max != UINT64_MAX) {
        set_limit(RLIMIT_FSIZE, (rlim_t)file_bytes_max, (rlim_t)file_bytes_max);
    }
    if (!HAS_SANITIZER) {
        set_limit(RLIMIT_AS, memory, memory);
        set_limit(RLIMIT_NOFILE, fds, fds);
    }
    drop_capabilities();
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (is_parse || !HAS_SANITIZER) {
        (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    }
}

/* ---- main ---- */

static void keep_descriptors(void)
{
    const int first = STDERR_FILENO + 1;
    if (syscall(SYS_close_range, (unsigned)first, ~0u, CLOSE_RANGE_CLOEXEC) == 0) {
        return;
    }
    const long end = sysconf(_SC_OPEN_MAX);
    for (int fd = first; fd < end; fd++) {
        (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    }
}

void cw_sandbox_shield(void)
{
    set_limit(RLIMIT_CORE, 0, 0);
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    keep_descriptors();
}

void cw_sandbox_hide(void)
{
    if (!HAS_SANITIZER) {
        (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    }
}

/* ---- sealing ---- */

/* What our caller's caller left open is no business of a program that reads foreign bytes. */
static void close_from(int first)
{
    if (syscall(SYS_close_range, (unsigned)first, ~0u, 0) == 0) {
        return;
    }
    const long end = sysconf(_SC_OPEN_MAX);
    for (long fd = first; fd < end; fd++) {
        (void)close((int)fd);
    }
}

/* Main says what its helpers get by asking the kernel itself (cw_sandbox_expect), so for net, whose
 * files only Landlock takes, less than that is no success. It can be less where the kernel has put
 * as many rule sets over us as it may. */
static enum cw_status judge_landlock(enum cw_sandbox_role role, int version, struct cw_error *err)
{
    const int wanted = cw_landlock_version();
    if (role == CW_SANDBOX_PARSE || version == wanted) {
        return CW_OK;
    }
    return cw_error_set(err, CW_DENIED,
                        "its sandbox cannot be put up: the kernel has Landlock (version %d) and "
                        "refuses it here; mend that, or run with %s",
                        wanted, CW_SANDBOX_OFF);
}

static int restrict_files(const struct cw_sandbox_plan *plan)
{
    const char *names[NAMES_MAX] = {NULL};
    size_t count = 0;
    if (plan->role == CW_SANDBOX_NET) {
        for (size_t i = 0; i < CW_COUNT(resolver_names); i++) {
            names[count++] = resolver_names[i];
        }
        for (size_t i = 0; i < CW_COUNT(plan->readable); i++) {
            names[count++] = plan->readable[i];
        }
    }
    if (HAS_SANITIZER) {
        names[count++] = "/proc";
    }
    CW_ASSERT(count <= NAMES_MAX);
    return cw_landlock_restrict(names, count, plan->role == CW_SANDBOX_NET);
}

enum cw_status cw_sandbox_seal(const struct cw_sandbox_plan *plan, struct cw_sandbox_state *ret,
                               struct cw_error *err)
{
    CW_ASSERT(plan->fds_kept > STDERR_FILENO);
    *ret = (struct cw_sandbox_state){.absent = plan->is_off ? CW_SANDBOX_OFF : build_absent};
    close_from(plan->fds_kept);
    if (ret->absent != NULL) {
        return CW_OK;
    }
    ret->landlock = restrict_files(plan);
    enum cw_status status = judge_landlock(plan->role, ret->landlock, err);
    if (status == CW_OK) {
        status = cw_filter_install(plan->role, err);
    }
    ret->has_filter = status == CW_OK;
    return status;
}

struct cw_sandbox_state cw_sandbox_expect(bool is_off)
{
    const char *absent = is_off ? CW_SANDBOX_OFF : build_absent;
    return (struct cw_sandbox_state){.has_filter = absent == NULL,
                                     .landlock = absent == NULL ? cw_landlock_version() : 0,
                                     .absent = absent};
}

/* ---- proof ---- */

/* What is not heard is not believed. */
static bool say(const char *text)
{
    return cw_fd_write_all(STDOUT_FILENO, cw_span_cstr(text), NULL) == CW_OK;
}

int cw_sandbox_probe(const struct cw_sandbox_state *state)
{
    char line[128];
    (void)snprintf(line, sizeof(line), "seccomp %s%s%s%s\nlandlock %d\n",
                   state->has_filter ? "on" : "off", state->absent == NULL ? "" : " (",
                   state->absent == NULL ? "" : state->absent, state->absent == NULL ? "" : ")",
                   state->landlock);
    char *const nothing[] = {NULL};
    if (say(line)) {
        (void)execve("/nonexistent", nothing, nothing);
        (void)say("alive\n");
    }
    return CW_SANDBOX_EXIT;
}
