/* request.h: what kill_at is asked to do, and the system calls that it knows by name. */
#ifndef CW_FAULT_REQUEST_H
#define CW_FAULT_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { EXIT_USAGE = 64, EXIT_UNAVAILABLE = 69, EXIT_BUG = 70 };
enum { WANTED_MAX = 64 };

/* How a call names the file that it touches. */
enum touches { BY_FD, BY_PATH, BY_PATH_AT, BY_NOTHING };

struct call {
    const char *name;
    uint64_t number;
    enum touches touches;
};

/** NULL: none of calls.def. Borrowed for ever. */
const struct call *find_call(uint64_t number);

struct request {
    const char *who;
    uint64_t at;
    const struct call *wanted[WANTED_MAX];
    size_t wanted_count; /* 0: every call */
    const char *under;   /* NULL: wherever */
    int error;           /* 0: kill */
    bool is_onwards;
    bool is_alone;
    FILE *report; /* NULL: stderr */
    FILE *list;   /* NULL: none */
    char **command;
};

/** Reads the command line; ends the program when it is wrong. */
void read_options(struct request *request, int argc, char **argv);
bool wants_call(const struct request *request, const struct call *call);
/** Ends the program with one line on stderr. */
_Noreturn void die(int code, const char *what);

#endif
