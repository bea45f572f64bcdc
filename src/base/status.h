/* status.h: the outcome of every fallible function in cryptowatch.
 *
 * Knows the closed set of reactions a caller can have. Refuses to know causes: those are text, in
 * struct cw_error. A code answers "what do I do now", a text answers "what happened".
 */
#ifndef CW_BASE_STATUS_H
#define CW_BASE_STATUS_H

#include <stdio.h>
#include <stdlib.h>

/** Outcome of a fallible function; the name is the reaction it asks for.
 *
 *  code          reaction
 *  OK            go on
 *  INVALID       our own operator's input is wrong: say file, line, field; change nothing
 *  UNTRUSTED     foreign input is wrong: keep the last good state, report the source
 *  LIMIT         a documented bound of limits.h was reached: report bound and value
 *  TEMPORARY     try again later (network, receiver, busy host)
 *  NOT_FOUND     what was asked for does not exist
 *  BUSY          another run holds the lock
 *  DENIED        permissions are missing, or too open for a secret
 *  IO            the operating system refused a read or write
 *  STATE         our own state is damaged or from a newer program: stop
 *  NOMEM         memory is exhausted or an arena is full
 */
enum cw_status {
    CW_OK = 0,
    CW_INVALID,
    CW_UNTRUSTED,
    CW_LIMIT,
    CW_TEMPORARY,
    CW_NOT_FOUND,
    CW_BUSY,
    CW_DENIED,
    CW_IO,
    CW_STATE,
    CW_NOMEM,
};

#define CW_NODISCARD         __attribute__((warn_unused_result))
#define CW_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
/** Runs `fn(&variable)` when the variable leaves its scope; for opaque handles with a `_freep`. */
#define CW_CLEANUP(fn)  __attribute__((cleanup(fn)))
#define CW_UNUSED       __attribute__((unused))
#define CW_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/** Stops the program on a bug, in release builds too: a wrong alert is worse than none.
 *  One condition per assert. Never used for input or for the environment. */
#define CW_ASSERT(condition)                                                                       \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            cw_assert_failed(__FILE__, __LINE__, #condition);                                      \
        }                                                                                          \
    } while (0)

/** Prints the failed condition to standard error and aborts. */
_Noreturn void cw_assert_failed(const char *file, int line, const char *condition);

#endif
