#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/datetime.h"
#include "cli/front.h"
#include "crypto/hash.h"
#include "sandbox/sandbox.h"

enum { PATH_BYTES = 4096 };

/* The folder of this very program, through the kernel: argv[0] is whatever the caller wrote. */
static bool program_folder(char *ret, size_t bytes)
{
    const ssize_t len = readlink("/proc/self/exe", ret, bytes - 1);
    if (len <= 0) {
        return false;
    }
    ret[len] = '\0';
    char *slash = strrchr(ret, '/');
    if (slash == NULL) {
        return false;
    }
    *slash = '\0';
    return true;
}

/* First of two places that exists; the second when neither does, so that its name is in the error.
 */
static const char *first_of(const char *folder, const char *a, const char *b, char *ret)
{
    (void)snprintf(ret, PATH_BYTES, "%s/%s", folder, a);
    if (access(ret, F_OK) != 0) {
        (void)snprintf(ret, PATH_BYTES, "%s/%s", folder, b);
    }
    return ret;
}

#ifdef CW_TEST_HOOKS
/* Test builds only: CRYPTOWATCH_TEST_NOW moves the wall clock, so that a test need not wait days.
 * "fd:N" makes it jump: every reading takes the next line of that open file, a time each, and keeps
 * to the last. How far the file was read tells the test how often the clock was. */
#define TEST_NOW_FD "fd:"
enum { TEST_LINE_BYTES = CW_TIME_TEXT_BYTES }; /* a time, and a newline where its NUL would be */

static int64_t test_now(void *ctx)
{
    int64_t now_s = 0;
    (void)cw_time_parse(cw_span_cstr(ctx), &now_s);
    return now_s;
}

static int64_t test_next(void *ctx)
{
    int64_t now_s = 0;
    char line[TEST_LINE_BYTES];
    const int fd = (int)strtol((const char *)ctx + strlen(TEST_NOW_FD), NULL, 10);
    if (read(fd, line, sizeof(line)) == 0 && lseek(fd, -(off_t)sizeof(line), SEEK_END) >= 0) {
        (void)read(fd, line, sizeof(line));
    }
    (void)cw_time_parse(cw_span_make(line, sizeof(line) - 1), &now_s);
    return now_s;
}

/* CRYPTOWATCH_TEST_LATE names a file: from when it exists, a day has passed for time limits. */
static uint64_t test_monotonic_ms(void *ctx)
{
    enum { DAY_MS = 24 * 60 * 60 * 1000 };
    (void)ctx;
    const struct cw_clock clock = cw_clock_system();
    const char *late = getenv("CRYPTOWATCH_TEST_LATE");
    const bool is_late = late != NULL && access(late, F_OK) == 0;
    return cw_clock_monotonic_ms(&clock) + (is_late ? DAY_MS : 0);
}
#endif

/* Test builds only: tests/fault/trace.c sets CRYPTOWATCH_TEST_TRACED, because kill_at and record
 * read the arguments of our calls out of our memory, as whoever runs them: root or not. */
static bool is_traced(void)
{
#ifdef CW_TEST_HOOKS
    return getenv("CRYPTOWATCH_TEST_TRACED") != NULL;
#else
    return false;
#endif
}

static struct cw_clock choose_clock(void)
{
    struct cw_clock clock = cw_clock_system();
#ifdef CW_TEST_HOOKS
    char *now = getenv("CRYPTOWATCH_TEST_NOW");
    int64_t now_s = 0;
    const bool is_jumping = now != NULL && strncmp(now, TEST_NOW_FD, strlen(TEST_NOW_FD)) == 0;
    if (is_jumping || (now != NULL && cw_time_parse(cw_span_cstr(now), &now_s))) {
        clock.now_s = is_jumping ? test_next : test_now;
        clock.ctx = now; /* the monotonic clock of the machine does not look at ctx */
    }
    clock.monotonic_ms = test_monotonic_ms;
#endif
    return clock;
}

/* systemd says in JOURNAL_STREAM which stream it connected to its journal, as "device:inode";
 * whoever has sent ours elsewhere since wants plain lines (systemd.exec(5)). */
static bool is_journal(int fd)
{
    const char *stream = getenv("JOURNAL_STREAM");
    char ours[64];
    struct stat info;
    if (stream == NULL || fstat(fd, &info) != 0) {
        return false;
    }
    (void)snprintf(ours, sizeof(ours), "%ju:%ju", (uintmax_t)info.st_dev, (uintmax_t)info.st_ino);
    return strcmp(stream, ours) == 0;
}

static bool is_set(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0';
}

/* Neither colour nor anything that moves the cursor (no-color.org). */
static bool is_asked_plain(void)
{
    const char *terminal = getenv("TERM");
    return is_set("NO_COLOR") || (terminal != NULL && strcmp(terminal, "dumb") == 0);
}

/* Of the terminal behind a descriptor; 0 when there is none, or when nobody knows. */
static size_t columns_of(int fd)
{
    enum { COLUMNS_MIN = 20, COLUMNS_MAX = 10000 };
    struct winsize size = {.ws_col = 0};
    uint64_t columns = 0;
    if (isatty(fd) != 1) {
        return 0;
    }
    if (!cw_span_to_u64(cw_span_cstr(getenv("COLUMNS")), COLUMNS_MAX, &columns) ||
        columns < COLUMNS_MIN) {
        columns = ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
    }
    return columns < COLUMNS_MIN ? 0 : (size_t)columns;
}

/* A closed descriptor 0, 1 or 2 would be given to the next file we open, and what is meant for a
 * person would be written into it. Opened the wrong way round, so that using it is an error. */
static void guard_descriptors(void)
{
    static const int modes[] = {O_WRONLY, O_RDONLY, O_RDONLY};
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd]) != fd) {
            exit(CW_EXIT_OS);
        }
    }
}

/* Jansson does not look whether a token that it reads had room to grow: without memory it drops
 * bytes of strings, or writes behind their end. So it never goes on without. What a run has not
 * committed then is undone as after a power cut, and the next one does it. */
static void *json_malloc(size_t size)
{
    void *memory = malloc(size);
    if (memory == NULL) {
        (void)fprintf(stderr,
                      "cryptowatch: out of memory for JSON; what was not finished is left to "
                      "the next run\n");
        exit(CW_EXIT_OS);
    }
    return memory;
}

static int run(int argc, char **argv)
{
    struct cw_cli asked = {.form = CW_USAGE_RUN};
    const int answer = cw_front_answer(&asked, argc > 0 ? argc - 1 : 0, argv + 1);
    if (answer >= 0) {
        return answer;
    }
    char folder[PATH_BYTES / 2];
    char net[PATH_BYTES];
    char parse[PATH_BYTES];
    char data[PATH_BYTES];
    if (!program_folder(folder, sizeof(folder))) {
        (void)fprintf(stderr, "cryptowatch: cannot tell where this program is (/proc/self/exe)\n");
        return CW_EXIT_OS;
    }
    const bool is_plain = is_asked_plain();
    struct cw_cli cli = {
        .is_colour = isatty(STDOUT_FILENO) == 1 && !is_plain,
        .is_terminal = isatty(STDERR_FILENO) == 1 && !is_plain,
        .is_journal = is_journal(STDERR_FILENO),
        .is_journal_data = is_journal(STDOUT_FILENO),
        .columns = columns_of(STDOUT_FILENO),
        .clock = choose_clock(),
        .random = cw_random_system(),
        .programs = {.net = first_of(folder, "../libexec/cryptowatch/cryptowatch-net",
                                     "cryptowatch-net", net),
                     .parse = first_of(folder, "../libexec/cryptowatch/cryptowatch-parse",
                                       "cryptowatch-parse", parse),
                     .data = first_of(folder, "../share/cryptowatch", "share", data),
                     .credentials = getenv("CREDENTIALS_DIRECTORY")},
        .env_config = getenv("CRYPTOWATCH_CONFIG"),
        .env_xdg_config_home = getenv("XDG_CONFIG_HOME"),
        .env_home = getenv("HOME"),
    };
    cli.command = cw_front_find(argv[1]);
    return cli.command == NULL ? CW_EXIT_USAGE : cli.command->run(&cli, argc - 2, argv + 2);
}

int main(int argc, char **argv)
{
    guard_descriptors();
    cw_sandbox_shield();
    if (!is_traced()) {
        cw_sandbox_hide();
    }
    (void)signal(SIGPIPE, SIG_IGN);
    json_set_alloc_funcs(json_malloc, free);
    struct cw_error err = {0};
    if (cw_hash_selftest(&err) != CW_OK) {
        (void)fprintf(stderr, "cryptowatch: %s\n", err.text);
        return CW_EXIT_BUG;
    }
    const int code = run(argc, argv);
    if (fflush(stdout) != 0 || ferror(stdout) != 0) {
        (void)fprintf(stderr, "cryptowatch: standard output: cannot be written (disk full or "
                              "reader gone)\n");
        return CW_EXIT_IO;
    }
    return code;
}
