/* programs.c: the two helper programs: there, of this version, sealed; and what the network program
 * needs for TLS. What they say is input from outside. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "base/child.h"
#include "base/file.h"
#include "doctor/internal.h"
#include "sandbox/sandbox.h"

enum { SAID_BYTES_MAX = 4096, TIME_MS = 10000 };

struct program {
    const char *name;
    const char *path;
    const char *version_check; /* "programs.net" */
    const char *seal_check;    /* "programs.net.sandbox" */
    const char *loses;         /* what it can reach where there is no Landlock; NULL: nothing */
};

/* What a program said on descriptor 1, and how it ended. */
struct said {
    struct cw_buf text;
    struct cw_child_end end;
};

/* ---- asking -------------------------------------------------------------------------------- */

/* To its end, its cap or its time, whichever comes first; true at its end. */
static bool hear(const struct cw_clock *clock, int fd, struct cw_buf *text)
{
    const uint64_t until_ms = cw_clock_monotonic_ms(clock) + TIME_MS;
    for (;;) {
        const uint64_t now_ms = cw_clock_monotonic_ms(clock);
        struct pollfd news = {.fd = fd, .events = POLLIN};
        if (now_ms >= until_ms ||
            (poll(&news, 1, (int)(until_ms - now_ms)) < 0 && errno != EINTR)) {
            return false;
        }
        char *room = news.revents == 0 ? NULL : cw_buf_room(text, 512);
        const ssize_t got = room == NULL ? -1 : read(fd, room, 512);
        if (got == 0) {
            return true;
        }
        if (got > 0) {
            cw_buf_advance(text, (size_t)got);
        } else if (news.revents != 0 && errno != EINTR) {
            return false;
        }
    }
}

static enum cw_status start(const char *path, const char *option, const int fds[2], pid_t *ret,
                            struct cw_error *err)
{
    const char *const argv[] = {path, option, NULL};
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    const struct cw_child_fd given[] = {{fds[1], STDOUT_FILENO}, {nowhere, STDERR_FILENO}};
    const struct cw_child_options options = {
        .path = path, .argv = argv, .fds = given, .fds_count = nowhere < 0 ? 1 : CW_COUNT(given)};
    const enum cw_status status = cw_child_start(&options, ret, err);
    if (nowhere >= 0) {
        (void)close(nowhere);
    }
    return status;
}

static enum cw_status ask(const struct cw_doctor *doctor, const char *path, const char *option,
                          struct said *ret, struct cw_error *err)
{
    int fds[2] = {-1, -1};
    pid_t pid = 0;
    cw_buf_init(&ret->text, SAID_BYTES_MAX);
    enum cw_status status = cw_pipe(fds, err);
    if (status != CW_OK) {
        return status;
    }
    status = start(path, option, fds, &pid, err);
    (void)close(fds[1]);
    if (status == CW_OK && hear(&doctor->options->clock, fds[0], &ret->text)) {
        status = cw_child_reap(pid, &ret->end, err);
    } else if (status == CW_OK) {
        cw_child_kill(pid);
        status = cw_error_set(err, CW_UNTRUSTED, "%s: does not answer to %s", path, option);
    }
    (void)close(fds[0]);
    return status;
}

/* ---- there, and the same ------------------------------------------------------------------- */

#define REINSTALL "install cryptowatch again, all of its programs from one package"

static bool is_version(const struct said *said, const struct program *program, const char *version)
{
    char wanted[128];
    const struct cw_span text = cw_buf_as_span(&said->text);
    (void)snprintf(wanted, sizeof(wanted), "%s %s", program->name, version);
    const struct cw_span line = cw_span_slice(text, 0, cw_span_find(text, '\n', 0));
    return said->end.signal == 0 && said->end.code == 0 && cw_span_is(line, wanted);
}

/* Returns whether it is worth asking further. */
static bool look_at_version(struct cw_doctor *doctor, const struct program *program,
                            struct said *said)
{
    struct cw_error err = {0};
    const struct cw_quoted path = cw_shell_quote(program->path);
    const char *version = doctor->options->version;
    const enum cw_status status = ask(doctor, program->path, CW_SANDBOX_VERSION, said, &err);
    if (status != CW_OK) {
        cw_doctor_fail(doctor, program->version_check, status,
                       cw_doctor_shell(doctor, "ls -l %s", path.text), "%s: " REINSTALL, err.text);
        return false;
    }
    if (!is_version(said, program, version)) {
        const struct cw_span text = cw_buf_as_span(&said->text);
        const struct cw_span line = cw_span_slice(text, 0, cw_span_find(text, '\n', 0));
        cw_doctor_fail(
            doctor, program->version_check, CW_UNTRUSTED,
            cw_doctor_shell(doctor, "ls -l %s", path.text),
            "%s: is not the %s %s that belongs to this program, it says \"%.*s\": " REINSTALL,
            program->path, program->name, version, line.len > 80 ? 80 : (int)line.len,
            line.data != NULL ? line.data : "");
        return false;
    }
    cw_doctor_ok(doctor, program->version_check, "%s: version %s", program->path, version);
    return true;
}

/* ---- sealed -------------------------------------------------------------------------------- */

static struct cw_span rest_of_line(const struct said *said, const char *begin)
{
    const struct cw_span text = cw_buf_as_span(&said->text);
    const size_t len = strlen(begin);
    for (size_t at = 0; at < text.len;) {
        const size_t end = cw_span_find(text, '\n', at);
        const struct cw_span line = cw_span_slice(text, at, end);
        if (line.len >= len && memcmp(line.data, begin, len) == 0) {
            return cw_span_slice(line, len, line.len);
        }
        at = end + 1;
    }
    return (struct cw_span){0};
}

static void tell_unsealed(struct cw_doctor *doctor, const struct program *program,
                          const struct said *said)
{
    const struct cw_span why = rest_of_line(said, "seccomp off");
    if (why.len > 0) {
        cw_doctor_warn(doctor, program->seal_check, NULL,
                       "%s runs without its sandbox%.*s: what it reads could turn it against us",
                       program->name, CW_SPAN_ARG(why));
    } else if (said->end.code == CW_SANDBOX_EXIT && rest_of_line(said, "alive").data == NULL) {
        cw_doctor_fail(
            doctor, program->seal_check, CW_DENIED, cw_doctor_type(doctor, "scan --no-sandbox"),
            "%s cannot be sealed, because this kernel filters no system calls (seccomp): "
            "it refuses to work; with --no-sandbox it works without",
            program->name);
    } else {
        cw_doctor_fail(
            doctor, program->seal_check, CW_UNTRUSTED, NULL,
            "%s does not hold its sandbox: it lived through a call that is forbidden: " REINSTALL,
            program->name);
    }
}

static void look_at_seal(struct cw_doctor *doctor, const struct program *program)
{
    struct said said = {.end = {0}};
    struct cw_error err = {0};
    uint64_t landlock = 0;
    if (ask(doctor, program->path, CW_SANDBOX_PROBE, &said, &err) != CW_OK) {
        cw_doctor_fail(doctor, program->seal_check, err.code, NULL, "%s: " REINSTALL, err.text);
        cw_buf_clear(&said.text);
        return;
    }
    const bool has_version = cw_span_to_u64(rest_of_line(&said, "landlock "), 1000, &landlock);
    const bool is_on = rest_of_line(&said, "seccomp ").len == 2 &&
                       cw_span_is(rest_of_line(&said, "seccomp "), "on");
    if (!is_on || said.end.signal != SIGSYS) {
        tell_unsealed(doctor, program, &said);
    } else if (!has_version || landlock == 0) {
        if (program->loses != NULL) {
            cw_doctor_warn(doctor, program->seal_check, NULL,
                           "%s: seccomp is active, Landlock is not (this kernel has none): %s",
                           program->name, program->loses);
        } else {
            cw_doctor_ok(doctor, program->seal_check,
                         "%s: seccomp is active; this kernel has no Landlock, and it loses nothing "
                         "by it",
                         program->name);
        }
    } else {
        cw_doctor_ok(doctor, program->seal_check,
                     "%s: seccomp and Landlock (ABI %" PRIu64 ") are active: it died of a call "
                     "that is forbidden",
                     program->name, landlock);
    }
    cw_buf_clear(&said.text);
}

/* ---- TLS ----------------------------------------------------------------------------------- */

static bool is_readable(struct cw_span path)
{
    char text[CW_DOCTOR_PATH_BYTES];
    if (path.len == 0 || path.len >= sizeof(text)) {
        return false;
    }
    memcpy(text, path.data, path.len);
    text[path.len] = '\0';
    return access(text, R_OK) == 0;
}

static void look_at_tls(struct cw_doctor *doctor, const struct said *said)
{
    const struct cw_span library = rest_of_line(said, "libcurl ");
    const struct cw_span file = rest_of_line(said, "ca-file ");
    const struct cw_span folder = rest_of_line(said, "ca-folder ");
    if (is_readable(file) || is_readable(folder)) {
        const struct cw_span store = is_readable(file) ? file : folder;
        cw_doctor_ok(doctor, "programs.tls", "libcurl %.*s, certificates of %.*s",
                     CW_SPAN_ARG(library), CW_SPAN_ARG(store));
    } else {
        cw_doctor_fail(
            doctor, "programs.tls", CW_NOT_FOUND,
            cw_doctor_shell(doctor, "sudo apt-get install ca-certificates"),
            "the system's certificates (%.*s) cannot be read: no list and no webhook can "
            "be reached by https",
            CW_SPAN_ARG(file));
    }
}

/* ---- the group ----------------------------------------------------------------------------- */

void cw_doctor_programs(struct cw_doctor *doctor)
{
    const struct cw_programs *paths = &doctor->options->programs;
    const struct program net = {.name = "cryptowatch-net",
                                .path = paths->net,
                                .version_check = "programs.net",
                                .seal_check = "programs.net.sandbox",
                                .loses = "it can read what this user can read"};
    const struct program parse = {.name = "cryptowatch-parse",
                                  .path = paths->parse,
                                  .version_check = "programs.parse",
                                  .seal_check = "programs.parse.sandbox"};
    struct said said = {.end = {0}};
    if (look_at_version(doctor, &net, &said)) {
        look_at_seal(doctor, &net);
        look_at_tls(doctor, &said);
    }
    cw_buf_clear(&said.text);
    if (look_at_version(doctor, &parse, &said)) {
        look_at_seal(doctor, &parse);
        cw_doctor_formats(doctor);
    }
    cw_buf_clear(&said.text);
}
