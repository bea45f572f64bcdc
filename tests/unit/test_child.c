/* Helper programs: how they start, what they inherit, how they end. */
#include "child_shell.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

static void child_says_how_it_ended(void)
{
    static const struct {
        const char *script;
        enum cw_status status;
        const char *text;
    } rows[] = {
        {"exit 0", CW_OK, ""},
        {"exit 1", CW_UNTRUSTED, "ended with exit code 1"},
        {"exit 255", CW_UNTRUSTED, "ended with exit code 255"},
        {"exit 71", CW_UNTRUSTED, "ended with exit code 71: it ran out of memory"},
        {"kill -KILL $$", CW_UNTRUSTED, "was killed by signal 9"},
        {"kill -SEGV $$", CW_UNTRUSTED, "was killed by signal 11"},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        pid_t pid = 0;
        struct cw_error err = {0};
        CU_ASSERT_EQUAL_FATAL(start(rows[i].script, "", NULL, 0, &pid), CW_OK);
        CW_CHECK(cw_child_wait(pid, &err) == rows[i].status, "%s: status", rows[i].script);
        CW_CHECK(strcmp(err.text, rows[i].text) == 0, "%s: %s", rows[i].script, err.text);
        /* Reaped: nobody is left to wait for. */
        CW_CHECK(cw_child_wait(pid, NULL) == CW_IO, "%s: a second wait", rows[i].script);
    }
}

static void child_that_cannot_start_is_reported(void)
{
    static const struct {
        const char *path;
        enum cw_status status;
    } rows[] = {
        {"/nonexistent/program", CW_NOT_FOUND},
        {"/bin/sh/program", CW_NOT_FOUND},
        {"/", CW_IO},
        {"/etc/passwd", CW_IO},
    };
    const char *const argv[] = {"program", NULL};
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        const struct cw_child_options options = {.path = rows[i].path, .argv = argv};
        struct cw_error err = {0};
        pid_t pid = -7;
        const enum cw_status status = cw_child_start(&options, &pid, &err);
        CW_CHECK(status == rows[i].status, "%s: status %d", rows[i].path, (int)status);
        CW_CHECK(pid == -7, "%s: pid was written", rows[i].path);
        CW_CHECK(strstr(err.text, rows[i].path) == err.text, "path missing: %s", err.text);
    }
    const struct cw_child_fd fds[] = {{.ours = 999999, .theirs = 3}};
    pid_t pid = 0;
    CU_ASSERT_EQUAL(start("exit 0", "", fds, 1, &pid), CW_IO);
}

static void child_gets_only_the_environment_it_is_given(void)
{
    struct cw_buf out;
    cw_buf_init(&out, 1000);
    CU_ASSERT_EQUAL(setenv("CW_TEST_SECRET", "secret", 1), 0);
    CU_ASSERT_EQUAL(run("echo \"[$CW_TEST_SECRET$HOME]\"", "", &out, NULL), CW_OK);
    CU_ASSERT_TRUE(cw_span_is(cw_buf_as_span(&out), "[]\n"));
    const char *const argv[] = {"sh", "-c", "test \"$GIVEN\" = yes -a -z \"$CW_TEST_SECRET\"",
                                NULL};
    const char *const env[] = {"GIVEN=yes", NULL};
    const struct cw_child_options options = {.path = "/bin/sh", .argv = argv, .env = env};
    pid_t pid = 0;
    CU_ASSERT_EQUAL_FATAL(cw_child_start(&options, &pid, NULL), CW_OK);
    CU_ASSERT_EQUAL(cw_child_wait(pid, NULL), CW_OK);
    CU_ASSERT_EQUAL(unsetenv("CW_TEST_SECRET"), 0);
    cw_buf_clear(&out);
}

static void child_inherits_no_other_descriptor(void)
{
    int fds[2];
    CU_ASSERT_EQUAL_FATAL(cw_pipe(fds, NULL), CW_OK);
    for (size_t i = 0; i < 2; i++) {
        CU_ASSERT_TRUE((fcntl(fds[i], F_GETFD) & FD_CLOEXEC) != 0);
        char number[16];
        (void)snprintf(number, sizeof(number), "%d", fds[i]);
        pid_t pid = 0;
        CU_ASSERT_EQUAL_FATAL(start("test ! -e /proc/$$/fd/$0", number, NULL, 0, &pid), CW_OK);
        CW_CHECK(cw_child_wait(pid, NULL) == CW_OK, "descriptor %s was inherited", number);
    }
    (void)close(fds[0]);
    (void)close(fds[1]);
    /* Its own 0 and 1 lead nowhere when not asked for. */
    pid_t pid = 0;
    CU_ASSERT_EQUAL_FATAL(
        start("test /proc/$$/fd/0 -ef /dev/null -a /proc/$$/fd/1 -ef /dev/null", "", NULL, 0, &pid),
        CW_OK);
    CU_ASSERT_EQUAL(cw_child_wait(pid, NULL), CW_OK);
}

static void child_starts_with_default_signals(void)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction before;
    sigset_t usr1;
    (void)sigemptyset(&usr1);
    (void)sigaddset(&usr1, SIGUSR1);
    CU_ASSERT_EQUAL(sigaction(SIGPIPE, &ignore, &before), 0);
    CU_ASSERT_EQUAL(sigprocmask(SIG_BLOCK, &usr1, NULL), 0);
    static const char *const scripts[] = {"kill -PIPE $$; exit 0", "kill -USR1 $$; exit 0"};
    for (size_t i = 0; i < CW_COUNT(scripts); i++) {
        pid_t pid = 0;
        struct cw_error err = {0};
        CU_ASSERT_EQUAL_FATAL(start(scripts[i], "", NULL, 0, &pid), CW_OK);
        CU_ASSERT_EQUAL(cw_child_wait(pid, &err), CW_UNTRUSTED);
        CW_CHECK(strncmp(err.text, "was killed", 10) == 0, "%s: %s", scripts[i], err.text);
    }
    CU_ASSERT_EQUAL(sigprocmask(SIG_UNBLOCK, &usr1, NULL), 0);
    CU_ASSERT_EQUAL(sigaction(SIGPIPE, &before, NULL), 0);
}

/* Two pipes that hold "one" and "two", whose read ends trade numbers in the child. */
static void child_descriptors_may_trade_their_numbers(void)
{
    int one[2];
    int two[2];
    int out[2];
    CU_ASSERT_EQUAL_FATAL(cw_pipe(one, NULL), CW_OK);
    CU_ASSERT_EQUAL_FATAL(cw_pipe(two, NULL), CW_OK);
    CU_ASSERT_EQUAL_FATAL(cw_pipe(out, NULL), CW_OK);
    CU_ASSERT_EQUAL(cw_fd_write_all(one[1], CW_SPAN("one"), NULL), CW_OK);
    CU_ASSERT_EQUAL(cw_fd_write_all(two[1], CW_SPAN("two"), NULL), CW_OK);
    (void)close(one[1]);
    (void)close(two[1]);
    const struct cw_child_fd fds[] = {
        {.ours = one[0], .theirs = two[0]},
        {.ours = two[0], .theirs = one[0]},
        {.ours = out[1], .theirs = STDOUT_FILENO},
        {.ours = out[1], .theirs = out[1]},
    };
    char script[128];
    (void)snprintf(script, sizeof(script),
                   "cat /proc/self/fd/%d /proc/self/fd/%d; echo >/proc/self/fd/%d", one[0], two[0],
                   out[1]);
    pid_t pid = 0;
    CU_ASSERT_EQUAL_FATAL(start(script, "", fds, CW_COUNT(fds), &pid), CW_OK);
    (void)close(out[1]);
    struct cw_buf text;
    cw_buf_init(&text, 100);
    CU_ASSERT_EQUAL(cw_fd_read_all(out[0], &text, NULL), CW_OK);
    CU_ASSERT_TRUE(cw_span_is(cw_buf_as_span(&text), "twoone\n"));
    CU_ASSERT_EQUAL(cw_child_wait(pid, NULL), CW_OK);
    cw_buf_clear(&text);
    (void)close(one[0]);
    (void)close(two[0]);
    (void)close(out[0]);
}

/* The end of a forked process that is expected to stop on a broken invariant. */
static bool stops_on_a_bug(const struct cw_child_options *options)
{
    const pid_t pid = fork();
    CU_ASSERT_FATAL(pid >= 0);
    if (pid == 0) {
        (void)close(STDERR_FILENO);
        (void)signal(SIGABRT, SIG_DFL);
        pid_t grandchild = 0;
        _exit(cw_child_start(options, &grandchild, NULL) == CW_OK ? 0 : 1);
    }
    int end = 0;
    return waitpid(pid, &end, 0) == pid && WIFSIGNALED(end) && WTERMSIG(end) == SIGABRT;
}

static void child_takes_its_most_descriptors_and_no_more(void)
{
    static struct cw_child_fd fds[CW_CHILD_FDS_MAX + 1];
    int pipe_fds[2];
    CU_ASSERT_EQUAL_FATAL(cw_pipe(pipe_fds, NULL), CW_OK);
    for (size_t i = 0; i < CW_COUNT(fds); i++) {
        fds[i] = (struct cw_child_fd){.ours = pipe_fds[0], .theirs = 100 + (int)i};
    }
    pid_t pid = 0;
    CU_ASSERT_EQUAL_FATAL(start("test -e /proc/$$/fd/100 -a -e /proc/$$/fd/611 -a ! -e "
                                "/proc/$$/fd/612",
                                "", fds, CW_CHILD_FDS_MAX, &pid),
                          CW_OK);
    CU_ASSERT_EQUAL(cw_child_wait(pid, NULL), CW_OK);
    const char *const argv[] = {"sh", NULL};
    struct cw_child_options options = {
        .path = "/bin/sh", .argv = argv, .fds = fds, .fds_count = CW_CHILD_FDS_MAX + 1};
    CU_ASSERT_TRUE(stops_on_a_bug(&options));
    fds[1].theirs = fds[0].theirs;
    options.fds_count = 2;
    CU_ASSERT_TRUE(stops_on_a_bug(&options));
    options.fds_count = 0;
    options.path = "sh";
    CU_ASSERT_TRUE(stops_on_a_bug(&options));
    (void)close(pipe_fds[0]);
    (void)close(pipe_fds[1]);
}

static void child_is_killed_and_reaped(void)
{
    int fds[2];
    CU_ASSERT_EQUAL_FATAL(cw_pipe(fds, NULL), CW_OK);
    const struct cw_child_fd wait_for[] = {{.ours = fds[0], .theirs = STDIN_FILENO}};
    pid_t pid = 0;
    CU_ASSERT_EQUAL_FATAL(start("read line", "", wait_for, 1, &pid), CW_OK);
    cw_child_kill(pid);
    CU_ASSERT_EQUAL(cw_child_wait(pid, NULL), CW_IO);
    (void)close(fds[0]);
    (void)close(fds[1]);
}

int main(void)
{
    static const struct cw_test tests[] = {
        {"child says how it ended", child_says_how_it_ended},
        {"child that cannot start is reported", child_that_cannot_start_is_reported},
        {"child gets only its environment", child_gets_only_the_environment_it_is_given},
        {"child inherits no other descriptor", child_inherits_no_other_descriptor},
        {"child starts with default signals", child_starts_with_default_signals},
        {"child descriptors may trade numbers", child_descriptors_may_trade_their_numbers},
        {"child takes its most descriptors only", child_takes_its_most_descriptors_and_no_more},
        {"child is killed and reaped", child_is_killed_and_reaped},
    };
    return cw_run_suite("child", tests, CW_COUNT(tests));
}
