/* kill_at: runs a command and disturbs it at one chosen boundary of its system calls.
 *
 *   kill_at [OPTION...] -- COMMAND [ARG...]
 *     --who main|net|parse|all   whose boundaries count (default main; by name of the program)
 *     --at N                     disturb at the N-th boundary; 0, the default: never
 *     --calls A,B,...            only entries of these calls count (names: calls.def)
 *     --under DIR                of those, only the ones that touch a file below DIR
 *     --fail ERROR               the call is not made and answers ERROR; without it: SIGKILL to all
 *     --onwards                  with --fail: every later one too, as on a full disk
 *     --alone                    SIGKILL only to the process that stands at the boundary
 *     --report FILE              what happened, as key=value lines; "call" for each that was
 *                                made to fail: its name and the file of its descriptor
 *     --list FILE                every boundary that counted: number, who, call, entry or exit
 *
 * A boundary is the moment before or after a system call. A process that is killed before a call
 * has not made it. Ends when every process of the tree has ended, so what is on disk then stays so.
 * Exit: 0 whatever the command did (see the report); 69 when ptrace or --fail is not possible here;
 * 64, 70 otherwise.
 */
#include "request.h"
#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/ptrace.h>

enum { TASKS_MAX = 64, SYSCALL_STOP = SIGTRAP | 0x80 };

/* One traced process. */
struct task {
    pid_t pid;
    const char *who;
    bool is_counted;
    bool is_failing; /* the call under way is answered by us at its exit */
};

struct run {
    const struct request *request;
    struct task tasks[TASKS_MAX];
    size_t tasks_count;
    pid_t main_pid;
    int main_status;
    uint64_t boundaries;
    uint64_t disturbed; /* how often */
    bool is_killing;    /* whatever still shows up is killed */
};

/* ---- who is who -------------------------------------------------------------------------------
 */

static const char *who_is(pid_t pid)
{
    char link[64];
    char path[PATH_MAX];
    (void)snprintf(link, sizeof(link), "/proc/%d/exe", (int)pid);
    const ssize_t len = readlink(link, path, sizeof(path) - 1);
    path[len > 0 ? len : 0] = '\0';
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    if (strcmp(name, "cryptowatch-net") == 0) {
        return "net";
    }
    if (strcmp(name, "cryptowatch-parse") == 0) {
        return "parse";
    }
    return strcmp(name, "kill_at") == 0 ? "none" : "main";
}

static void identify(const struct run *run, struct task *task)
{
    const char *wanted = run->request->who;
    task->who = who_is(task->pid);
    task->is_counted = strcmp(task->who, "none") != 0 &&
                       (strcmp(wanted, "all") == 0 || strcmp(wanted, task->who) == 0);
}

static struct task *task_of(struct run *run, pid_t pid)
{
    for (size_t i = 0; i < run->tasks_count; i++) {
        if (run->tasks[i].pid == pid) {
            return &run->tasks[i];
        }
    }
    if (run->tasks_count == TASKS_MAX) {
        die(EXIT_BUG, "more processes at a time than expected");
    }
    struct task *task = &run->tasks[run->tasks_count++];
    *task = (struct task){.pid = pid};
    identify(run, task);
    return task;
}

static void forget(struct run *run, pid_t pid)
{
    for (size_t i = 0; i < run->tasks_count; i++) {
        if (run->tasks[i].pid == pid) {
            run->tasks[i] = run->tasks[--run->tasks_count];
            return;
        }
    }
}

/* ---- does this call count? --------------------------------------------------------------------
 */

static void file_of(pid_t pid, uint64_t fd, char ret_path[static PATH_MAX])
{
    char link[64];
    (void)snprintf(link, sizeof(link), "/proc/%d/fd/%d", (int)pid, (int)fd);
    const ssize_t len = readlink(link, ret_path, PATH_MAX - 1);
    ret_path[len > 0 ? len : 0] = '\0';
}

static bool fd_is_under(pid_t pid, uint64_t fd, const char *folder)
{
    char path[PATH_MAX];
    file_of(pid, fd, path);
    return strncmp(path, folder, strlen(folder)) == 0;
}

static bool path_is_under(pid_t pid, uint64_t address, const char *folder)
{
    char path[PATH_MAX] = "";
    const size_t len = strlen(folder);
    struct iovec here = {path, len < sizeof(path) ? len : sizeof(path) - 1};
    // NOLINTNEXTLINE(performance-no-int-to-ptr)
    struct iovec there = {(void *)(uintptr_t)address, here.iov_len};
    return process_vm_readv(pid, &here, 1, &there, 1, 0) == (ssize_t)here.iov_len &&
           strncmp(path, folder, len) == 0;
}

static bool touches_folder(pid_t pid, const struct call *call, const uint64_t *args,
                           const char *folder)
{
    switch (call->touches) {
    case BY_FD:
        return fd_is_under(pid, args[0], folder);
    case BY_PATH:
        return path_is_under(pid, args[0], folder);
    case BY_PATH_AT:
        return path_is_under(pid, args[1], folder) || fd_is_under(pid, args[0], folder);
    case BY_NOTHING:
        return true;
    }
    return false;
}

/* A disk that is full, or may not be written, still gives what is on it. */
static bool is_only_reading(const struct request *request, const struct call *call,
                            const uint64_t *args)
{
    const bool still_reads =
        request->error == ENOSPC || request->error == EDQUOT || request->error == EROFS;
    const bool is_open = strcmp(call->name, "openat") == 0;
    return still_reads && is_open && (args[2] & (O_WRONLY | O_RDWR | O_CREAT)) == 0;
}

static bool counts(const struct request *request, pid_t pid, const struct ptrace_syscall_info *info)
{
    if (request->wanted_count == 0) {
        return true;
    }
    if (info->op != PTRACE_SYSCALL_INFO_ENTRY) {
        return false;
    }
    const struct call *call = find_call(info->entry.nr);
    uint64_t args[6];
    for (size_t i = 0; i < 6; i++) {
        args[i] = info->entry.args[i];
    }
    return call != NULL && wants_call(request, call) && !is_only_reading(request, call, args) &&
           (request->under == NULL || touches_folder(pid, call, args, request->under));
}

/* ---- the disturbance --------------------------------------------------------------------------
 */

static void kill_everything(struct run *run)
{
    run->is_killing = true;
    for (size_t i = 0; i < run->tasks_count; i++) {
        (void)kill(run->tasks[i].pid, SIGKILL);
    }
}

#if defined(__x86_64__)
/* -1 is no call: the kernel does nothing, and we answer when it is done with that. */
static void take_call_away(struct task *task)
{
    if (ptrace(PTRACE_POKEUSER, task->pid, offsetof(struct user_regs_struct, orig_rax), -1L) != 0) {
        die(EXIT_BUG, "cannot change a system call");
    }
    task->is_failing = true;
}

static void answer_call(const struct run *run, struct task *task)
{
    const long error = -(long)run->request->error;
    task->is_failing = false;
    if (ptrace(PTRACE_POKEUSER, task->pid, offsetof(struct user_regs_struct, rax), error) != 0) {
        die(EXIT_BUG, "cannot answer a system call");
    }
}
#else
static void take_call_away(struct task *task)
{
    (void)task;
    die(EXIT_UNAVAILABLE, "--fail is written for x86-64 only");
}
static void answer_call(const struct run *run, struct task *task)
{
    (void)run;
    (void)task;
}
#endif

static FILE *report_of(const struct run *run)
{
    return run->request->report != NULL ? run->request->report : stderr;
}

/* Only entries of calls that were asked for by name are made to fail. */
static void report_call(const struct run *run, const struct task *task,
                        const struct ptrace_syscall_info *info)
{
    const struct call *call = find_call(info->entry.nr);
    char path[PATH_MAX] = "";
    if (call->touches == BY_FD) {
        file_of(task->pid, info->entry.args[0], path);
    }
    (void)fprintf(report_of(run), "call=%s %s\n", call->name, path);
}

static void disturb(struct run *run, struct task *task, const struct ptrace_syscall_info *info)
{
    run->disturbed++;
    if (run->request->error != 0) {
        report_call(run, task, info);
        take_call_away(task);
    } else if (run->request->is_alone) {
        (void)kill(task->pid, SIGKILL);
    } else {
        kill_everything(run);
    }
}

static bool is_time(const struct run *run)
{
    const struct request *request = run->request;
    return request->at > 0 && (run->boundaries == request->at ||
                               (request->is_onwards && run->boundaries > request->at));
}

static void list_boundary(const struct run *run, const struct task *task,
                          const struct ptrace_syscall_info *info)
{
    const bool is_entry = info->op == PTRACE_SYSCALL_INFO_ENTRY;
    const struct call *call = is_entry ? find_call(info->entry.nr) : NULL;
    (void)fprintf(run->request->list, "%llu %s %s %s\n", (unsigned long long)run->boundaries,
                  task->who, call != NULL ? call->name : "-", is_entry ? "entry" : "exit");
}

static void at_syscall_stop(struct run *run, struct task *task)
{
    struct ptrace_syscall_info info;
    if (task->is_failing) {
        answer_call(run, task);
    }
    if (ptrace(PTRACE_GET_SYSCALL_INFO, task->pid, sizeof(info), &info) <= 0 || !task->is_counted ||
        !counts(run->request, task->pid, &info)) {
        return;
    }
    run->boundaries++;
    if (run->request->list != NULL) {
        list_boundary(run, task, &info);
    }
    if (is_time(run)) {
        disturb(run, task, &info);
    }
}

/* ---- the loop ---------------------------------------------------------------------------------
 */

/* The signal to hand on when the process is resumed; 0: none. */
static int at_stop(struct run *run, struct task *task, int status)
{
    const int signal = WSTOPSIG(status);
    const int event = status >> 16;
    if (signal == SYSCALL_STOP) {
        at_syscall_stop(run, task);
        return 0;
    }
    if (event == PTRACE_EVENT_EXEC) {
        identify(run, task);
        return 0;
    }
    return event != 0 ? 0 : signal;
}

static void resume(const struct task *task, int signal)
{
    const enum __ptrace_request how =
        task->is_counted || task->is_failing ? PTRACE_SYSCALL : PTRACE_CONT;
    /* It may just have been killed: then there is nothing to resume. */
    (void)ptrace(how, task->pid, NULL,
                 (void *)(intptr_t)signal); // NOLINT(performance-no-int-to-ptr)
}

static void watch(struct run *run)
{
    for (;;) {
        int status = 0;
        const pid_t pid = waitpid(-1, &status, __WALL);
        if (pid < 0 && errno == ECHILD) {
            return;
        }
        if (pid < 0) {
            die(EXIT_BUG, "cannot wait");
        }
        if (!WIFSTOPPED(status)) {
            run->main_status = pid == run->main_pid ? status : run->main_status;
            forget(run, pid);
            continue;
        }
        struct task *task = task_of(run, pid);
        if (run->is_killing) {
            (void)kill(pid, SIGKILL);
        }
        const int signal = at_stop(run, task, status);
        resume(task, signal);
    }
}

static pid_t start(const struct request *request)
{
    const pid_t pid = trace_start(request->command);
    if (pid == TRACE_NOT_PERMITTED) {
        die(EXIT_UNAVAILABLE, "ptrace is not permitted here");
    }
    if (pid < 0) {
        die(EXIT_BUG, "cannot start the command");
    }
    return pid;
}

static void write_report(const struct run *run)
{
    FILE *to = report_of(run);
    const int status = run->main_status;
    (void)fprintf(to, "boundaries=%llu\ndisturbed=%llu\n", (unsigned long long)run->boundaries,
                  (unsigned long long)run->disturbed);
    (void)fprintf(to, "exit=%d\nsignal=%d\n", WIFEXITED(status) ? WEXITSTATUS(status) : -1,
                  WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    if (fflush(to) != 0) {
        die(EXIT_BUG, "cannot write the report");
    }
}

int main(int argc, char **argv)
{
    struct request request = {.who = "main"};
    struct run run = {.request = &request};
    read_options(&request, argc, argv);
    run.main_pid = start(&request);
    watch(&run);
    write_report(&run);
    return 0;
}
