#include "request.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

/* ---- calls that can be asked for by name ------------------------------------------------------
 */

static const struct call calls[] = {
#define CALL(name, touches) {#name, SYS_##name, touches},
#include "calls.def"
#undef CALL
};
enum { CALLS_COUNT = sizeof(calls) / sizeof(calls[0]) };

struct fault {
    const char *name;
    int number;
};
static const struct fault faults[] = {
    {"ENOSPC", ENOSPC}, {"EIO", EIO},       {"EROFS", EROFS},   {"EACCES", EACCES},
    {"EDQUOT", EDQUOT}, {"ENOMEM", ENOMEM}, {"EMFILE", EMFILE},
};

const struct call *find_call(uint64_t number)
{
    for (size_t i = 0; i < CALLS_COUNT; i++) {
        if (calls[i].number == number) {
            return &calls[i];
        }
    }
    return NULL;
}

_Noreturn void die(int code, const char *what)
{
    (void)fprintf(stderr, "kill_at: %s\n", what);
    exit(code);
}

/* ---- options ----------------------------------------------------------------------------------
 */

static const struct call *call_named(const char *name)
{
    for (size_t i = 0; i < CALLS_COUNT; i++) {
        if (strcmp(calls[i].name, name) == 0) {
            return &calls[i];
        }
    }
    die(EXIT_USAGE, "no such call in calls.def");
}

static void want_calls(struct request *request, char *names)
{
    char *rest = NULL;
    for (char *name = strtok_r(names, ",", &rest); name != NULL;
         name = strtok_r(NULL, ",", &rest)) {
        if (request->wanted_count == WANTED_MAX) {
            die(EXIT_USAGE, "more calls than can be asked for");
        }
        request->wanted[request->wanted_count++] = call_named(name);
    }
}

bool wants_call(const struct request *request, const struct call *call)
{
    for (size_t i = 0; i < request->wanted_count; i++) {
        if (request->wanted[i] == call) {
            return true;
        }
    }
    return false;
}

static int error_of(const char *name)
{
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        if (strcmp(faults[i].name, name) == 0) {
            return faults[i].number;
        }
    }
    die(EXIT_USAGE, "no such error is known here");
}

static FILE *open_output(const char *path)
{
    FILE *file = fopen(path, "we"); /* closed on exec: the command must not hold it */
    if (file == NULL) {
        die(EXIT_USAGE, "cannot write a file named on the command line");
    }
    return file;
}

static uint64_t number_of(const char *text)
{
    char *end = NULL;
    errno = 0;
    const unsigned long long number = strtoull(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0') {
        die(EXIT_USAGE, "not a number");
    }
    return number;
}

/* Options that take a value. */
static void set_option(struct request *request, const char *name, char *value)
{
    if (strcmp(name, "--who") == 0) {
        request->who = value;
    } else if (strcmp(name, "--at") == 0) {
        request->at = number_of(value);
    } else if (strcmp(name, "--calls") == 0) {
        want_calls(request, value);
    } else if (strcmp(name, "--under") == 0) {
        request->under = value;
    } else if (strcmp(name, "--fail") == 0) {
        request->error = error_of(value);
    } else if (strcmp(name, "--report") == 0) {
        request->report = open_output(value);
    } else if (strcmp(name, "--list") == 0) {
        request->list = open_output(value);
    } else {
        die(EXIT_USAGE, "unknown option; see the top of kill_at.c");
    }
}

void read_options(struct request *request, int argc, char **argv)
{
    int at = 1;
    while (at < argc && strcmp(argv[at], "--") != 0) {
        if (strcmp(argv[at], "--onwards") == 0) {
            request->is_onwards = true;
        } else if (strcmp(argv[at], "--alone") == 0) {
            request->is_alone = true;
        } else if (at + 1 < argc) {
            set_option(request, argv[at], argv[at + 1]);
            at++;
        } else {
            die(EXIT_USAGE, "an option lacks its value");
        }
        at++;
    }
    if (at + 1 >= argc) {
        die(EXIT_USAGE, "no command; see the top of kill_at.c");
    }
    if (request->error != 0 && request->wanted_count == 0) {
        die(EXIT_USAGE, "--fail needs --calls");
    }
    request->command = argv + at + 1;
}
