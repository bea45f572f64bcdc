/* The sandbox of the helper programs: what ends a sealed process, and what it can still do. */
#include <ifaddrs.h>
#include <linux/capability.h>
#include <net/if.h>
#include <netdb.h>
#include <nss.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/limits.h"
#include "net/resolver.h"
#include "sandbox/landlock.h"
#include "sandbox/sandbox.h"
#include "sandbox_acts.h"
#include "suite.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif
#ifndef HAS_SANITIZER
#define HAS_SANITIZER 0
#endif

enum { KILLED = -1, UNSEALED = 199, KEPT = STDERR_FILENO + 1, SPARE_FD = 200 };

/* How a process ended that sealed itself and then did something: KILLED by the sandbox, 0, an
 * errno, UNSEALED when this build or kernel has none, or -100 - signal. */
static int end_of(enum cw_sandbox_role role, int (*run)(void))
{
    const pid_t pid = fork();
    CU_ASSERT_FATAL(pid >= 0);
    if (pid == 0) {
        const struct cw_sandbox_plan plan = {.role = role, .fds_kept = KEPT};
        struct cw_sandbox_state state;
        cw_sandbox_limit(role, 0);
        if (cw_sandbox_seal(&plan, &state, NULL) != CW_OK || !state.has_filter) {
            _exit(UNSEALED);
        }
        _exit(run());
    }
    int end = 0;
    CU_ASSERT_FATAL(waitpid(pid, &end, 0) == pid);
    if (WIFSIGNALED(end)) {
        return WTERMSIG(end) == SIGSYS ? KILLED : -100 - WTERMSIG(end);
    }
    return WEXITSTATUS(end);
}

static pid_t start_forked(int (*run)(void))
{
    const pid_t pid = fork();
    CU_ASSERT_FATAL(pid >= 0);
    if (pid == 0) {
        _exit(run());
    }
    return pid;
}

static int nothing(void)
{
    return 0;
}

static bool is_sealed_here(void)
{
    const bool is_sealed = end_of(CW_SANDBOX_PARSE, nothing) != UNSEALED;
    if (!is_sealed) {
        (void)printf("(this build has no sandbox) ");
    }
    return is_sealed;
}

/* The runtimes of sanitizers make some calls themselves; there only Landlock is in the way. */
static const struct {
    const char *act;
    int parse;
    int net;
    int parse_sanitized; /* 0: not asked */
    int net_sanitized;
} FORBIDDEN[] = {
    {"open", KILLED, EACCES, EACCES, EACCES},
    {"make", KILLED, KILLED, KILLED, KILLED},
    {"remove", KILLED, KILLED, KILLED, KILLED},
    {"rename", KILLED, KILLED, KILLED, KILLED},
    {"socket", KILLED, 0, KILLED, 0},
    {"connect", KILLED, ECONNREFUSED, KILLED, ECONNREFUSED},
    {"local", KILLED, EAFNOSUPPORT, KILLED, EAFNOSUPPORT},
    {"listen", KILLED, KILLED, KILLED, KILLED},
    {"exec", KILLED, KILLED, KILLED, KILLED},
    {"fork", KILLED, KILLED, 0, 0},
    {"signal", KILLED, KILLED, 0, 0},
    {"trace", KILLED, KILLED, 0, 0},
    {"code", KILLED, KILLED, 0, 0},
    {"turn", KILLED, KILLED, 0, 0},
    {"run", KILLED, EACCES, EACCES, EACCES},
    {"owner", KILLED, KILLED, KILLED, KILLED},
    {"news", KILLED, KILLED, KILLED, KILLED},
    {"async", KILLED, KILLED, KILLED, KILLED},
    {"type", KILLED, KILLED, 0, 0},
    {"packet", KILLED, EAFNOSUPPORT, KILLED, EAFNOSUPPORT},
    {"audit", KILLED, EAFNOSUPPORT, KILLED, EAFNOSUPPORT},
    {"limit", KILLED, EPERM, 0, 0},
    {"hoard", ENOMEM, 0, 0, 0},
};

static void check_forbidden(enum cw_sandbox_role role, const char *name, int wanted, int sanitized)
{
    if (HAS_SANITIZER && sanitized == 0) {
        return;
    }
    const int end = end_of(role, act_find(name)->run);
    CW_CHECK(end == (HAS_SANITIZER ? sanitized : wanted), "%s as %s: %d", name,
             role == CW_SANDBOX_NET ? "net" : "parse", end);
}

static void ends_who_does_what_is_forbidden(void)
{
    for (size_t i = 0; is_sealed_here() && i < CW_COUNT(FORBIDDEN); i++) {
        check_forbidden(CW_SANDBOX_PARSE, FORBIDDEN[i].act, FORBIDDEN[i].parse,
                        FORBIDDEN[i].parse_sanitized);
        check_forbidden(CW_SANDBOX_NET, FORBIDDEN[i].act, FORBIDDEN[i].net,
                        FORBIDDEN[i].net_sanitized);
    }
    CU_ASSERT(access("/tmp/cryptowatch-sandbox-was-here", F_OK) != 0);
}

/* No more rule sets go over a process than these; so what main expects does not come about. */
static int seal_under_many(enum cw_sandbox_role role)
{
    enum { LAYERS_MAX = 16 };
    const struct cw_sandbox_plan plan = {.role = role, .fds_kept = KEPT};
    struct cw_sandbox_state state;
    cw_sandbox_limit(role, 0);
    for (int i = 0; i < LAYERS_MAX; i++) {
        (void)cw_landlock_restrict(NULL, 0, true);
    }
    return cw_sandbox_seal(&plan, &state, NULL) == CW_OK ? 0 : 1;
}

static int seal_net_under_many(void)
{
    return seal_under_many(CW_SANDBOX_NET);
}

static int seal_parse_under_many(void)
{
    return seal_under_many(CW_SANDBOX_PARSE);
}

static void is_never_less_than_main_says(void)
{
    if (!is_sealed_here() || cw_landlock_version() == 0) {
        return;
    }
    CU_ASSERT(cw_child_wait(start_forked(seal_net_under_many), NULL) == CW_UNTRUSTED);
    CU_ASSERT(cw_child_wait(start_forked(seal_parse_under_many), NULL) == CW_OK);
}

static int use_memory(void)
{
    for (size_t bytes = 1; bytes < (size_t)64 << 20; bytes *= 2) {
        char *heap = malloc(bytes);
        if (heap == NULL) {
            return ENOMEM;
        }
        memset(heap, 1, bytes);
        free(heap);
    }
    return 0;
}

static int use_abort(void)
{
    abort();
}

static int look_up(void)
{
    struct addrinfo *found = NULL;
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    const int result = getaddrinfo("localhost", "443", &hints, &found);
    if (result == 0) {
        freeaddrinfo(found);
    }
    return result == 0 ? 0 : 1;
}

static int read_ca_store(void)
{
    const int fd = open("/etc/ssl/certs/ca-certificates.crt", O_RDONLY | O_CLOEXEC);
    char byte = 0;
    if (fd < 0) {
        return errno == ENOENT ? 0 : errno;
    }
    return act_outcome(read(fd, &byte, 1));
}

/* What libcurl, OpenSSL and glibc ask of descriptors. */
static int use_descriptor(void)
{
    int waiting = 0;
    int on = 1;
    const int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const int copy = fcntl(fd, F_DUPFD_CLOEXEC, KEPT);
    const bool is_good = fd >= 0 && copy >= 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC &&
                         fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && fcntl(fd, F_GETFL) >= 0 &&
                         fcntl(fd, F_SETFL, O_NONBLOCK) == 0 && ioctl(fd, FIONBIO, &on) == 0 &&
                         ioctl(fd, FIONREAD, &waiting) == 0;
    return is_good && (isatty(copy) == 1 || errno == ENOTTY) ? 0 : 1;
}

/* The index of a link is asked for by its name, and which addresses there are by netlink. */
static int ask_for_links(void)
{
    struct ifaddrs *found = NULL;
    const bool is_good = if_nametoindex("lo") > 0 && getifaddrs(&found) == 0;
    if (is_good) {
        freeifaddrs(found);
    }
    return is_good ? 0 : 1;
}

static void leaves_what_the_work_needs(void)
{
    if (!is_sealed_here()) {
        return;
    }
    CU_ASSERT_EQUAL(end_of(CW_SANDBOX_PARSE, use_memory), 0);
    CU_ASSERT_EQUAL(end_of(CW_SANDBOX_NET, use_memory), 0);
    CU_ASSERT_EQUAL(end_of(CW_SANDBOX_NET, look_up), 0);
    CU_ASSERT_EQUAL(end_of(CW_SANDBOX_NET, read_ca_store), 0);
    CU_ASSERT_EQUAL(end_of(CW_SANDBOX_NET, use_descriptor), 0);
    CU_ASSERT_EQUAL(end_of(CW_SANDBOX_NET, ask_for_links), 0);
    /* A bug is told from an attack. */
    CU_ASSERT_EQUAL(end_of(CW_SANDBOX_PARSE, use_abort), -100 - SIGABRT);
    CU_ASSERT_EQUAL(end_of(CW_SANDBOX_NET, use_abort), -100 - SIGABRT);
}

/* libnss_hesiod, which comes with glibc, stands for every module that it loads when first asked. */
static bool is_module_loaded(void)
{
    char line[4096];
    bool is_loaded = false;
    FILE *maps = fopen("/proc/self/maps", "re");
    while (maps != NULL && fgets(line, sizeof(line), maps) != NULL) {
        is_loaded = is_loaded || strstr(line, "libnss_hesiod") != NULL;
    }
    if (maps != NULL) {
        (void)fclose(maps);
    }
    return is_loaded;
}

static int load_modules(void)
{
    const bool is_set = __nss_configure_lookup("hosts", "files hesiod dns") == 0;
    const bool was_loaded = is_module_loaded();
    cw_resolver_open_early();
    return is_set && !was_loaded && is_module_loaded() ? 0 : 1;
}

static void loads_the_modules_of_the_resolver_before(void)
{
    CU_ASSERT(cw_child_wait(start_forked(load_modules), NULL) == CW_OK);
}

static int read_spare(void)
{
    char byte = 0;
    return act_outcome(read(SPARE_FD, &byte, 1));
}

static void closes_what_it_was_not_given(void)
{
    const int fd = open("/dev/zero", O_RDONLY);
    CU_ASSERT_FATAL(fd >= 0 && dup2(fd, SPARE_FD) == SPARE_FD);
    CU_ASSERT_EQUAL(read_spare(), 0);
    if (is_sealed_here()) {
        CU_ASSERT_EQUAL(end_of(CW_SANDBOX_PARSE, read_spare), EBADF);
        CU_ASSERT_EQUAL(end_of(CW_SANDBOX_NET, read_spare), EBADF);
    }
    (void)close(SPARE_FD);
    (void)close(fd);
}

/* Limits are taken before sealing, and are told by a process that is not sealed. */
static int check_limits(void)
{
    struct rlimit cpu;
    struct rlimit core;
    struct rlimit memory;
    struct rlimit fds;
    (void)getrlimit(RLIMIT_CPU, &cpu);
    (void)getrlimit(RLIMIT_CORE, &core);
    (void)getrlimit(RLIMIT_AS, &memory);
    (void)getrlimit(RLIMIT_NOFILE, &fds);
    const bool is_good = cpu.rlim_cur == CW_PARSE_CPU_S && core.rlim_max == 0 &&
                         (HAS_SANITIZER || (memory.rlim_max == CW_PARSE_MEMORY_MAX &&
                                            fds.rlim_max == CW_PARSE_FDS_MAX));
    return is_good ? 0 : 1;
}

static pid_t start_limited(int (*run)(void))
{
    const pid_t pid = fork();
    CU_ASSERT_FATAL(pid >= 0);
    if (pid == 0) {
        cw_sandbox_limit(CW_SANDBOX_PARSE, UINT64_MAX);
        _exit(run());
    }
    return pid;
}

static void takes_memory_time_and_descriptors(void)
{
    CU_ASSERT(cw_child_wait(start_limited(check_limits), NULL) == CW_OK);
}

/* 0 when this process has no capability, permitted or in effect. */
static int count_capabilities(void)
{
    struct __user_cap_header_struct self = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    struct __user_cap_data_struct has[_LINUX_CAPABILITY_U32S_3];
    if (syscall(SYS_capget, &self, has) != 0) {
        return 2;
    }
    uint32_t all = 0;
    for (size_t i = 0; i < CW_COUNT(has); i++) {
        all |= has[i].effective | has[i].permitted;
    }
    return all == 0 ? 0 : 1;
}

/* As root they are there before; as anybody else there is nothing to take. */
static void takes_the_capabilities_of_root(void)
{
    CU_ASSERT(geteuid() != 0 || count_capabilities() == 1);
    CU_ASSERT(cw_child_wait(start_limited(count_capabilities), NULL) == CW_OK);
}

/* ---- limits at work ---- */

static int spin_for_a_second(void)
{
    struct rlimit cpu;
    (void)getrlimit(RLIMIT_CPU, &cpu);
    cpu.rlim_cur = 1; /* the 120 of the parser take too long */
    (void)setrlimit(RLIMIT_CPU, &cpu);
    return act_spin();
}

/* Descriptors that can be had until the limit is met. */
static int use_descriptors(void)
{
    int count = 0;
    while (dup(STDIN_FILENO) >= 0) {
        count++;
    }
    return errno == EMFILE && count <= (int)CW_PARSE_FDS_MAX - KEPT ? 0 : 1;
}

static int use_sockets(void)
{
    unsigned count = 0;
    while (count <= CW_NET_FDS_MAX && socket(AF_INET, SOCK_STREAM, 0) >= 0) {
        count++;
    }
    return errno == EMFILE && count <= CW_NET_FDS_MAX - KEPT ? 0 : 1;
}

static void stops_at_its_limits(void)
{
    struct cw_error err = {0};
    CU_ASSERT(cw_child_wait(start_limited(spin_for_a_second), &err) == CW_UNTRUSTED);
    CW_CHECK(strstr(err.text, "processor time was used up") != NULL, "%s", err.text);
    if (!HAS_SANITIZER) {
        CU_ASSERT(cw_child_wait(start_limited(use_descriptors), NULL) == CW_OK);
        CU_ASSERT(!is_sealed_here() || end_of(CW_SANDBOX_NET, use_sockets) == 0);
    }
}

static void is_left_away_only_on_request(void)
{
    const pid_t pid = fork();
    CU_ASSERT_FATAL(pid >= 0);
    if (pid == 0) {
        const struct cw_sandbox_plan plan = {
            .role = CW_SANDBOX_PARSE, .is_off = true, .fds_kept = KEPT};
        struct cw_sandbox_state state;
        const enum cw_status status = cw_sandbox_seal(&plan, &state, NULL);
        const bool is_off = status == CW_OK && !state.has_filter && state.landlock == 0 &&
                            strcmp(state.absent, CW_SANDBOX_OFF) == 0;
        _exit(is_off && act_open() == 0 ? 0 : 1);
    }
    CU_ASSERT(cw_child_wait(pid, NULL) == CW_OK);
}

static const struct cw_test tests[] = {
    {"ends who does what is forbidden", ends_who_does_what_is_forbidden},
    {"is never less than main says", is_never_less_than_main_says},
    {"leaves what the work needs", leaves_what_the_work_needs},
    {"loads the modules of the resolver before", loads_the_modules_of_the_resolver_before},
    {"closes descriptors that it was not given", closes_what_it_was_not_given},
    {"takes memory, time and descriptors", takes_memory_time_and_descriptors},
    {"takes the capabilities of root", takes_the_capabilities_of_root},
    {"stops at its limits", stops_at_its_limits},
    {"is left away only on request", is_left_away_only_on_request},
};

int main(void)
{
    return cw_run_suite("sandbox", tests, CW_COUNT(tests));
}
