/* error.h: the cause of a failure, in words, owned by the caller.
 *
 * Knows how to keep one line of text that is safe to print. Refuses to know where it is printed:
 * the library never writes to a stream.
 *
 * Invariants: text is NUL-terminated valid UTF-8 without control characters or bidirectional
 * overrides (cw_error_set escapes them), so that hostile input may be quoted in it. The first error
 * wins: a second cw_error_set on a set error changes nothing, so clean-up code cannot hide a cause.
 *
 *   struct cw_error err = {0};
 *   if (cw_rule_load(path, &rule, &err) != CW_OK) { ... err.text ... }
 */
#ifndef CW_BASE_ERROR_H
#define CW_BASE_ERROR_H

#include "base/status.h"

enum { CW_ERROR_TEXT_BYTES = 512 };

struct cw_error {
    enum cw_status code;
    char text[CW_ERROR_TEXT_BYTES];
};

/** Records a cause and returns `code`, so that a function can end with it.
 *  In:      err   may be NULL; left alone when it already holds an error
 *           code  not CW_OK
 *           fmt   printf format; the result is escaped, then cut at a character boundary
 *  Returns: code, always. */
enum cw_status cw_error_set(struct cw_error *err, enum cw_status code, const char *fmt, ...)
    CW_PRINTF(3, 4);

/** The one cause that is always said the same way. Returns: CW_NOMEM */
enum cw_status cw_error_no_memory(struct cw_error *err);

/** Puts context in front of a recorded cause: "feeds/ofac.json: " + text. No-op when none is set.
 *  Returns: err->code (CW_OK when err is NULL). */
enum cw_status cw_error_prefix(struct cw_error *err, const char *fmt, ...) CW_PRINTF(2, 3);

/** Forgets a recorded error, to reuse the struct. */
void cw_error_clear(struct cw_error *err);

#endif
