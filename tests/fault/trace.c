#include "trace.h"

#include <stdbool.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <unistd.h>

/* The command waits until it is traced. */
static void wait_and_become(char **command, const int *gate)
{
    char go = 0;
    (void)close(gate[1]);
    if (read(gate[0], &go, 1) != 1) {
        _exit(127);
    }
    (void)close(gate[0]);
    (void)setenv("CRYPTOWATCH_TEST_TRACED", "1", 1); /* we read its memory (cli/main.c) */
    (void)execvp(command[0], command);
    _exit(127);
}

pid_t trace_start(char **command)
{
    int gate[2];
    const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                         PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
    if (pipe(gate) != 0) {
        return TRACE_FAILED;
    }
    const pid_t pid = fork();
    if (pid == 0) {
        wait_and_become(command, gate);
    }
    (void)close(gate[0]);
    const bool is_traced = pid > 0 && ptrace(PTRACE_SEIZE, pid, NULL, options) == 0;
    const bool is_going = is_traced && write(gate[1], "g", 1) == 1;
    (void)close(gate[1]); /* one that is not to go ends itself */
    if (is_going) {
        return pid;
    }
    return pid > 0 && !is_traced ? TRACE_NOT_PERMITTED : TRACE_FAILED;
}
