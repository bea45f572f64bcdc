/* filter.h: a table of system calls as a program for the kernel's seccomp.
 *
 * Knows BPF. Refuses to know which calls are good for what: calls.c. Whatever no row allows kills
 * the process, as does a call in the manner of another architecture.
 */
#ifndef CW_SANDBOX_FILTER_H
#define CW_SANDBOX_FILTER_H

#include <stddef.h>
#include <stdint.h>

#include "sandbox/sandbox.h"

enum { CW_CALL_WHENS = 2 };

/** A condition: (argument & mask) == value in the lower 32 bits. */
struct cw_call_when {
    int argument;  /* 0 to 5 */
    uint32_t mask; /* 0: no condition */
    uint32_t value;
    bool is_own_pid; /* the value is the number of this process */
};

/** One row: this call, when all conditions hold. Rows are tried in order. */
struct cw_call_row {
    int number;
    struct cw_call_when when[CW_CALL_WHENS]; /* those there are come first */
    int error;                               /* 0: the call is made; else it is not, and answers
                                                this errno */
};

struct cw_call_table {
    const struct cw_call_row *rows;
    size_t count;
};

/** calls.c: what a role may call; static. */
struct cw_call_table cw_calls_of(enum cw_sandbox_role role);
/** calls.c: what the runtimes of sanitizers call besides; empty in other builds. */
struct cw_call_table cw_calls_of_build(void);

/** Puts the filter over this process. CW_DENIED when the kernel does not. */
CW_NODISCARD enum cw_status cw_filter_install(enum cw_sandbox_role role, struct cw_error *err);

#endif
