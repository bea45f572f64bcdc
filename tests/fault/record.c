/* record: runs a command and writes down what it and its helpers do to the files below a folder.
 *
 *   record --under DIR --to JOURNAL --report FILE -- COMMAND [ARG...]
 *     --to      the journal (journal.h says what stands in it)
 *     --report  how the command ended, as exit= and signal= lines
 *
 * A call that changes such a file in a way that the journal has no word for ends the record with
 * 70: there is no journal that is silently incomplete.
 * Exit: 0 whatever the command did; 69 when ptrace is not possible here; 64, 70 otherwise.
 */
#include "record.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include <linux/ptrace.h>

#include "trace.h"

enum { SYSCALL_STOP = SIGTRAP | 0x80 };

_Noreturn void give_up(int code, const char *what, const char *which)
{
    (void)fprintf(stderr, "record: %s: %s\n", what, which);
    exit(code);
}

static struct task *task_of(struct run *run, pid_t pid)
{
    for (size_t i = 0; i < run->tasks_count; i++) {
        if (run->tasks[i].pid == pid) {
            return &run->tasks[i];
        }
    }
    if (run->tasks_count == TASKS_MAX) {
        give_up(BUG, "more processes at a time than expected", "");
    }
    run->tasks[run->tasks_count] = (struct task){.pid = pid};
    return &run->tasks[run->tasks_count++];
}

/* ---- the trace ---- */

static void at_entry(struct run *run, struct task *task, const struct ptrace_syscall_info *info)
{
    task->is_inside = true;
    task->number = info->entry.nr;
    for (size_t i = 0; i < 6; i++) {
        task->args[i] = info->entry.args[i];
    }
    record_entry(run, task);
}

static void at_exit(struct run *run, struct task *task, const struct ptrace_syscall_info *info)
{
    const bool is_whole = task->is_inside && info->exit.is_error == 0;
    const uint64_t result = (uint64_t)info->exit.rval;
    task->is_inside = false;
    if (!is_whole) {
        return;
    }
    journal_catch_up(&run->journal);
    record_call(run, task, result);
}

/* The signal to hand on when the process is resumed; 0: none. */
static int at_stop(struct run *run, struct task *task, int status)
{
    struct ptrace_syscall_info info;
    const int signal = WSTOPSIG(status);
    if (signal == SYSCALL_STOP) {
        if (ptrace(PTRACE_GET_SYSCALL_INFO, task->pid, sizeof(info), &info) <= 0) {
            return 0;
        }
        if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
            at_entry(run, task, &info);
        } else if (info.op == PTRACE_SYSCALL_INFO_EXIT) {
            at_exit(run, task, &info);
        }
        return 0;
    }
    if (status >> 16 == PTRACE_EVENT_EXEC) {
        keep_handed(run, task->pid);
    }
    return status >> 16 != 0 ? 0 : signal;
}

static void forget(struct run *run, pid_t pid)
{
    drop_handed(run, pid, 0, INT_MAX);
    for (size_t i = 0; i < run->tasks_count; i++) {
        if (run->tasks[i].pid == pid) {
            run->tasks[i] = run->tasks[--run->tasks_count];
            return;
        }
    }
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
            give_up(BUG, "cannot wait", strerror(errno));
        }
        if (!WIFSTOPPED(status)) {
            run->main_status = pid == run->main_pid ? status : run->main_status;
            forget(run, pid);
            continue;
        }
        const int signal = at_stop(run, task_of(run, pid), status);
        (void)ptrace(PTRACE_SYSCALL, pid, NULL,
                     (void *)(intptr_t)signal); // NOLINT(performance-no-int-to-ptr)
    }
}

static FILE *open_output(const char *path)
{
    FILE *file = fopen(path, "we");
    if (file == NULL) {
        give_up(USAGE, path, strerror(errno));
    }
    return file;
}

/* Returns where the command begins. */
static char **read_options(struct run *run, FILE **ret_report, char **argv)
{
    char **at = argv + 1;
    for (; *at != NULL && strcmp(*at, "--") != 0; at += 2) {
        char *value = at[1];
        if (value == NULL) {
            give_up(USAGE, "an option lacks its value", *at);
        }
        if (strcmp(*at, "--under") == 0) {
            run->journal.under = value;
        } else if (strcmp(*at, "--to") == 0) {
            run->journal.to = open_output(value);
        } else if (strcmp(*at, "--report") == 0) {
            *ret_report = open_output(value);
        } else {
            give_up(USAGE, "unknown option", *at);
        }
    }
    if (*at == NULL || at[1] == NULL || run->journal.under == NULL || run->journal.to == NULL ||
        *ret_report == NULL) {
        give_up(USAGE, "see the top of record.c", "an option or the command is missing");
    }
    return at + 1;
}

int main(int argc, char **argv)
{
    struct run run = {.main_pid = -1};
    FILE *report = NULL;
    (void)argc;
    char **command = read_options(&run, &report, argv);
    run.main_pid = trace_start(command);
    if (run.main_pid < 0) {
        give_up(run.main_pid == TRACE_NOT_PERMITTED ? UNAVAILABLE : BUG, command[0],
                "ptrace is not permitted here");
    }
    watch(&run);
    journal_end(&run.journal);
    (void)fprintf(report, "exit=%d\nsignal=%d\n",
                  WIFEXITED(run.main_status) ? WEXITSTATUS(run.main_status) : -1,
                  WIFSIGNALED(run.main_status) ? WTERMSIG(run.main_status) : 0);
    if (fclose(report) != 0) {
        give_up(BUG, "cannot write", strerror(errno));
    }
    return 0;
}
