/* child_shell.h: shell scripts as children of a test. */
#ifndef CW_TESTS_CHILD_SHELL_H
#define CW_TESTS_CHILD_SHELL_H

#include "suite.h"

#include <unistd.h>

#include "base/child.h"
#include "base/file.h"

/* Runs a shell script with descriptors; $0 is the first argument. */
static inline enum cw_status start(const char *script, const char *arg,
                                   const struct cw_child_fd *fds, size_t count, pid_t *ret_pid)
{
    const char *const argv[] = {"sh", "-c", script, arg, NULL};
    const struct cw_child_options options = {
        .path = "/bin/sh", .argv = argv, .fds = fds, .fds_count = count};
    return cw_child_start(&options, ret_pid, NULL);
}

/* What a script writes to its standard output, and how it ended. */
static inline enum cw_status run(const char *script, const char *arg, struct cw_buf *ret_output,
                                 struct cw_error *err)
{
    int out[2];
    CU_ASSERT_EQUAL_FATAL(cw_pipe(out, NULL), CW_OK);
    const struct cw_child_fd fds[] = {{.ours = out[1], .theirs = STDOUT_FILENO}};
    pid_t pid = 0;
    CU_ASSERT_EQUAL_FATAL(start(script, arg, fds, CW_COUNT(fds), &pid), CW_OK);
    (void)close(out[1]);
    CU_ASSERT_EQUAL(cw_fd_read_all(out[0], ret_output, NULL), CW_OK);
    (void)close(out[0]);
    return cw_child_wait(pid, err);
}

#endif
