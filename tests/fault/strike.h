/* strike.h: libstrike.so, preloaded into a program, makes its n-th call of one kind fail.
 *
 * Knows calls of the C library and of SQLite, by name. System calls are what kill_at knows.
 *
 *   kind      a call is one of                                       a struck one answers
 *   memory    malloc, calloc, realloc, reallocarray, aligned_alloc,  NULL with ENOMEM; mmap
 *             posix_memalign, mmap, pthread_create                   MAP_FAILED; EAGAIN
 *   database  sqlite3_open_v2, _prepare_v3, _step, _exec, _bind_*,   the result code asked for,
 *             _wal_checkpoint_v2, but for those that SQLite makes    which _errmsg then explains
 *             itself
 *   network   getaddrinfo, socket, connect, poll; of sockets send,   -1 with the error asked for;
 *             sendto, sendmsg, recv, recvfrom, recvmsg, read,        EAI_AGAIN; with error 0 the
 *             write, getsockopt, setsockopt                          other side has hung up
 *
 * What counts: calls made by the program or its libraries through the dynamic linker, from the
 * moment this library is up; so what strdup, stdio, SQLite or libcurl need counts too, and what the
 * C library maps for itself does not. A struck call is not made, or, where that is asked for, made
 * and its result withheld (database only: a COMMIT that is on disk and said to have failed).
 *
 * In:  FAULT_PAGE in the environment: a file of sizeof(struct fault_page) bytes, which holds what
 * is asked for and is written as calls are made. Without it nothing is counted.
 *
 * The helper programs are started with an empty environment: here posix_spawn of the main program
 * hands on LD_PRELOAD and FAULT_PAGE. They are sealed: after its constructor, this library makes no
 * system call; what it has to say stands in shared memory. Calls of all processes of one program
 * count together. Not linked to SQLite: a program without it has none of these calls.
 *
 * To stand where a call is struck: gdb, LD_PRELOAD set there, a breakpoint on fault_struck.
 */
#ifndef CW_FAULT_STRIKE_H
#define CW_FAULT_STRIKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fault_kind { FAULT_NONE, FAULT_MEMORY, FAULT_DATABASE, FAULT_NETWORK };
enum { FAULT_MAGIC = 0x46415531, FAULT_NAME_BYTES = 32, FAULT_LIST_MAX = 1 << 19 };

/** strike.def: every call that counts. */
enum fault_call {
#define STRIKE(kind, name) CALL_##name,
#include "strike.def"
#undef STRIKE
    FAULT_CALLS_COUNT
};

/** page.py writes and reads the same. Numbers in the order of bytes of the machine. */
struct fault_page {
    uint32_t magic;
    uint32_t kind;
    char who[FAULT_NAME_BYTES]; /* name of the program whose calls count */
    uint64_t at;                /* the call that is struck; 0: none */
    uint32_t is_onwards;        /* every later one too */
    uint32_t is_after;          /* the call is made first */
    int32_t error;
    uint32_t is_listing; /* chains are wanted, which takes time */
    uint64_t counted;    /* written here */
    uint64_t struck;
    uint8_t list[FAULT_LIST_MAX];    /* enum fault_call of each that counted, while there is room */
    uint32_t chains[FAULT_LIST_MAX]; /* a hash of its return addresses: who called it, and whom */
};

/** Counts a call. True when it is to fail now. Makes no system call and gets no memory. */
bool fault_strikes(enum fault_kind kind, enum fault_call call);
/** What is to be answered; valid after fault_strikes said so. */
int fault_error(void);
bool fault_is_after(void);
/** For the debugger. */
void fault_struck(void);

/** The next definition of a function behind this library, into a pointer to function; ends the
 *  program when there is none. */
void fault_next(const char *name, void *ret, size_t bytes);

/** Defines `next` in a function: a pointer to what this library stands before. */
#define NEXT(type, name, ...)                                                                      \
    static type (*next)(__VA_ARGS__);                                                              \
    if (next == NULL) {                                                                            \
        fault_next(#name, &next, sizeof(next));                                                    \
    }

#endif
