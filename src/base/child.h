/* child.h: starting a helper program and hearing how it ended.
 *
 * Knows posix_spawn, descriptor passing and reaping. The environment of a child is empty but for
 * what is passed; descriptors not listed are not inherited (all ours are opened O_CLOEXEC).
 */
#ifndef CW_BASE_CHILD_H
#define CW_BASE_CHILD_H

#include <sys/types.h>

#include "base/error.h"

enum {
    CW_CHILD_FDS_MAX = 512,
    /* exit codes of a helper program */
    CW_CHILD_UNSEALED = 69,  /* it could not be sealed */
    CW_CHILD_NO_MEMORY = 71, /* it ran out of memory and could not say so in a frame */
};

struct cw_child_fd {
    int ours;   /* descriptor in this process */
    int theirs; /* number it gets in the child */
};

struct cw_child_options {
    const char *path;        /* absolute path of the program */
    const char *const *argv; /* NULL-terminated, argv[0] included */
    const char *const *env;  /* NULL-terminated; NULL means empty */
    const struct cw_child_fd *fds;
    size_t fds_count; /* <= CW_CHILD_FDS_MAX */
};

/** Starts a program. Descriptor 2 is inherited unless it is in fds; 0 and 1 are /dev/null unless
 *  they are in fds.
 *  Returns: CW_OK, CW_NOT_FOUND (no such program), CW_NOMEM (of the machine too), CW_IO. */
CW_NODISCARD enum cw_status cw_child_start(const struct cw_child_options *options, pid_t *ret_pid,
                                           struct cw_error *err);
/** Waits for the end.
 *  Returns: CW_OK when it exited 0; CW_UNTRUSTED with "ended with exit code N" or "was killed by
 *           signal N" otherwise, and what that means for a helper program; CW_IO. */
CW_NODISCARD enum cw_status cw_child_wait(pid_t pid, struct cw_error *err);
/** How a program ended: the signal that killed it, or 0 and its exit code. */
struct cw_child_end {
    int signal;
    int code;
};
/** Waits for the end, without a word on whether it is a good one. Returns: CW_OK; CW_IO. */
CW_NODISCARD enum cw_status cw_child_reap(pid_t pid, struct cw_child_end *ret,
                                          struct cw_error *err);
/** Judges an end as cw_child_wait does. Returns: CW_OK; CW_UNTRUSTED. */
CW_NODISCARD enum cw_status cw_child_judge(const struct cw_child_end *end, struct cw_error *err);
/** SIGKILL and reap; for a child we gave up on. */
void cw_child_kill(pid_t pid);
/** Both ends O_CLOEXEC. */
CW_NODISCARD enum cw_status cw_pipe(int ret_fds[static 2], struct cw_error *err);

#endif
