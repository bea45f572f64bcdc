/* trace.h: a command that is traced from its first system call on. */
#ifndef CW_FAULT_TRACE_H
#define CW_FAULT_TRACE_H

#include <sys/types.h>

enum { TRACE_NOT_PERMITTED = -1, TRACE_FAILED = -2 };

/** Starts `command` (argv, NULL-terminated) so that not one of its calls is missed; it and all that
 *  it starts stop at each system call when resumed with PTRACE_SYSCALL, and die with the tracer.
 *  Returns its id, or one of the two above. */
pid_t trace_start(char **command);

#endif
