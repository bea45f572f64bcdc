#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The descriptors handed to posix_spawn: no `from` is also a target number, so the dup2 calls in
 * the child cannot overwrite one that is still to be used, whatever their order. */
struct mapping {
    int from[CW_CHILD_FDS_MAX];
    bool is_copy[CW_CHILD_FDS_MAX];
    size_t count;
};

static int highest_target(const struct cw_child_options *options)
{
    int highest = STDERR_FILENO;
    for (size_t i = 0; i < options->fds_count; i++) {
        highest = options->fds[i].theirs > highest ? options->fds[i].theirs : highest;
    }
    return highest;
}

static bool has_target(const struct cw_child_options *options, int target, size_t from)
{
    for (size_t i = from; i < options->fds_count; i++) {
        if (options->fds[i].theirs == target) {
            return true;
        }
    }
    return false;
}

static void assert_options(const struct cw_child_options *options)
{
    CW_ASSERT(options->path != NULL);
    CW_ASSERT(options->path[0] == '/');
    CW_ASSERT(options->argv != NULL);
    CW_ASSERT(options->argv[0] != NULL);
    CW_ASSERT(options->fds_count <= CW_CHILD_FDS_MAX);
}

static void assert_fds(const struct cw_child_options *options)
{
    for (size_t i = 0; i < options->fds_count; i++) {
        CW_ASSERT(options->fds[i].ours >= 0);
        CW_ASSERT(options->fds[i].theirs >= 0);
        CW_ASSERT(!has_target(options, options->fds[i].theirs, i + 1));
    }
}

static void mapping_clear(struct mapping *mapping)
{
    for (size_t i = 0; i < mapping->count; i++) {
        if (mapping->is_copy[i]) {
            (void)close(mapping->from[i]);
        }
    }
    mapping->count = 0;
}

/* Only descriptors whose number is a target are copied, above all targets: a scan of many feeds
 * should not need twice its descriptors. */
static enum cw_status mapping_init(struct mapping *mapping, const struct cw_child_options *options,
                                   struct cw_error *err)
{
    const int highest = highest_target(options);
    mapping->count = 0;
    for (size_t i = 0; i < options->fds_count; i++) {
        const int ours = options->fds[i].ours;
        const bool is_copy = has_target(options, ours, 0);
        const int from = is_copy ? fcntl(ours, F_DUPFD_CLOEXEC, highest + 1) : ours;
        if (from < 0) {
            const int cause = errno;
            mapping_clear(mapping);
            return cw_error_set(err, CW_IO, "%s: cannot copy descriptor %d: errno %d",
                                options->path, ours, cause);
        }
        mapping->from[i] = from;
        mapping->is_copy[i] = is_copy;
        mapping->count = i + 1;
    }
    return CW_OK;
}

/* 0 or an errno value, like the functions it calls. */
static int add_actions(posix_spawn_file_actions_t *actions, const struct mapping *mapping,
                       const struct cw_child_options *options)
{
    int result = 0;
    for (size_t i = 0; i < mapping->count && result == 0; i++) {
        result =
            posix_spawn_file_actions_adddup2(actions, mapping->from[i], options->fds[i].theirs);
    }
    if (result == 0 && !has_target(options, STDIN_FILENO, 0)) {
        result = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    }
    if (result == 0 && !has_target(options, STDOUT_FILENO, 0)) {
        result = posix_spawn_file_actions_addopen(actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    }
    return result;
}

/* A child starts as if from a fresh login: no ignored SIGPIPE, no blocked signal of ours. */
static int set_signals(posix_spawnattr_t *attributes)
{
    sigset_t all;
    sigset_t none;
    (void)sigfillset(&all);
    (void)sigdelset(&all, SIGKILL);
    (void)sigdelset(&all, SIGSTOP);
    (void)sigemptyset(&none);
    int result = posix_spawnattr_setsigdefault(attributes, &all);
    if (result == 0) {
        result = posix_spawnattr_setsigmask(attributes, &none);
    }
    if (result == 0) {
        result =
            posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    }
    return result;
}

/* posix_spawn promises not to write to the strings but predates const. A cast would silence the
 * compiler for more than this. */
static char *const *without_const(const char *const *strings)
{
    char *const *ret = NULL;
    memcpy(&ret, &strings, sizeof(ret));
    return ret;
}

static int spawn(const struct cw_child_options *options, const struct mapping *mapping,
                 pid_t *ret_pid)
{
    static const char *const no_env[] = {NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int result = posix_spawn_file_actions_init(&actions);
    if (result != 0) {
        return result;
    }
    result = posix_spawnattr_init(&attributes);
    if (result != 0) {
        (void)posix_spawn_file_actions_destroy(&actions);
        return result;
    }
    result = add_actions(&actions, mapping, options);
    if (result == 0) {
        result = set_signals(&attributes);
    }
    if (result == 0) {
        const char *const *env = options->env == NULL ? no_env : options->env;
        result = posix_spawn(ret_pid, options->path, &actions, &attributes,
                             without_const(options->argv), without_const(env));
    }
    (void)posix_spawnattr_destroy(&attributes);
    (void)posix_spawn_file_actions_destroy(&actions);
    return result;
}

enum cw_status cw_child_start(const struct cw_child_options *options, pid_t *ret_pid,
                              struct cw_error *err)
{
    assert_options(options);
    assert_fds(options);
    CW_ASSERT(ret_pid != NULL);
    struct mapping mapping;
    const enum cw_status status = mapping_init(&mapping, options, err);
    if (status != CW_OK) {
        return status;
    }
    pid_t pid = -1;
    const int result = spawn(options, &mapping, &pid);
    mapping_clear(&mapping);
    if (result == ENOENT || result == ENOTDIR) {
        return cw_error_set(err, CW_NOT_FOUND, "%s: no such program", options->path);
    }
    if (result == ENOMEM || result == EAGAIN) {
        return cw_error_set(err, CW_NOMEM,
                            "%s: cannot be started: not enough memory, or too many processes",
                            options->path);
    }
    if (result != 0) {
        return cw_error_set(err, CW_IO, "%s: cannot be started: errno %d", options->path, result);
    }
    CW_ASSERT(pid > 0);
    *ret_pid = pid;
    return CW_OK;
}

static pid_t reap(pid_t pid, int *ret_end)
{
    pid_t result = 0;
    do {
        result = waitpid(pid, ret_end, 0);
    } while (result < 0 && errno == EINTR);
    return result;
}

static const char *meaning_of_code(int code)
{
    switch (code) {
    case CW_CHILD_UNSEALED:
        return ": its sandbox cannot be put up, the kernel filters no system calls; --no-sandbox "
               "runs without";
    case CW_CHILD_NO_MEMORY:
        return ": it ran out of memory";
    default:
        return "";
    }
}

/* What the limits and the sandbox of a helper program say. */
static const char *meaning_of(int signal)
{
    switch (signal) {
    case SIGSYS:
        return ": stopped by its sandbox, for a call that it has no business with";
    case SIGXCPU:
        return ": its processor time was used up";
    case SIGXFSZ:
        return ": it tried to write a file";
    default:
        return "";
    }
}

enum cw_status cw_child_reap(pid_t pid, struct cw_child_end *ret, struct cw_error *err)
{
    CW_ASSERT(pid > 0);
    int end = 0;
    if (reap(pid, &end) != pid) {
        return cw_error_set(err, CW_IO, "waiting for a helper program failed with errno %d", errno);
    }
    const bool is_killed = WIFSIGNALED(end);
    ret->signal = is_killed ? WTERMSIG(end) : 0;
    ret->code = is_killed ? 0 : WEXITSTATUS(end);
    return CW_OK;
}

enum cw_status cw_child_judge(const struct cw_child_end *end, struct cw_error *err)
{
    if (end->signal != 0) {
        return cw_error_set(err, CW_UNTRUSTED, "was killed by signal %d%s", end->signal,
                            meaning_of(end->signal));
    }
    if (end->code != 0) {
        return cw_error_set(err, CW_UNTRUSTED, "ended with exit code %d%s", end->code,
                            meaning_of_code(end->code));
    }
    return CW_OK;
}

enum cw_status cw_child_wait(pid_t pid, struct cw_error *err)
{
    struct cw_child_end end = {0};
    const enum cw_status status = cw_child_reap(pid, &end, err);
    return status == CW_OK ? cw_child_judge(&end, err) : status;
}

void cw_child_kill(pid_t pid)
{
    CW_ASSERT(pid > 0);
    int end = 0;
    (void)kill(pid, SIGKILL);
    (void)reap(pid, &end);
}

enum cw_status cw_pipe(int ret_fds[static 2], struct cw_error *err)
{
    int fds[2] = {-1, -1};
    if (pipe(fds) != 0) {
        return cw_error_set(err, CW_IO, "cannot make a pipe: errno %d", errno);
    }
    for (size_t i = 0; i < 2; i++) {
        if (fcntl(fds[i], F_SETFD, FD_CLOEXEC) < 0) {
            const int cause = errno;
            (void)close(fds[0]);
            (void)close(fds[1]);
            return cw_error_set(err, CW_IO, "cannot prepare a pipe: errno %d", cause);
        }
    }
    ret_fds[0] = fds[0];
    ret_fds[1] = fds[1];
    return CW_OK;
}
