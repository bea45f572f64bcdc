/* The calls of kind "database" (strike.h). */
#include "strike.h"

#include <sqlite3.h>

/* SQLite calls its own functions by the same names. Only the outermost counts. */
static __thread int depth __attribute__((tls_model("initial-exec")));
/* What was answered last, when that was ours: SQLite itself knows nothing of it. */
static __thread int answered __attribute__((tls_model("initial-exec")));

static bool is_struck(enum fault_call call)
{
    if (depth > 0) {
        return false;
    }
    answered = SQLITE_OK;
    return fault_strikes(FAULT_DATABASE, call);
}

/* Evaluates `made` only when the call is to be made. */
#define ANSWER(call, made)                                                                         \
    const bool is_bad = is_struck(CALL_##call);                                                    \
    int result = SQLITE_OK;                                                                        \
    if (!is_bad || fault_is_after()) {                                                             \
        depth++;                                                                                   \
        result = (made);                                                                           \
        depth--;                                                                                   \
    }                                                                                              \
    if (is_bad) {                                                                                  \
        answered = fault_error();                                                                  \
        result = answered;                                                                         \
    }                                                                                              \
    return result

int sqlite3_open_v2(const char *name, sqlite3 **ret, int flags, const char *vfs)
{
    NEXT(int, sqlite3_open_v2, const char *, sqlite3 **, int, const char *)
    *ret = NULL; /* what memory exhaustion leaves */
    ANSWER(sqlite3_open_v2, next(name, ret, flags, vfs));
}

int sqlite3_prepare_v3(sqlite3 *db, const char *sql, int bytes, unsigned flags, sqlite3_stmt **ret,
                       const char **tail)
{
    NEXT(int, sqlite3_prepare_v3, sqlite3 *, const char *, int, unsigned, sqlite3_stmt **,
         const char **)
    *ret = NULL;
    ANSWER(sqlite3_prepare_v3, next(db, sql, bytes, flags, ret, tail));
}

int sqlite3_step(sqlite3_stmt *stmt)
{
    NEXT(int, sqlite3_step, sqlite3_stmt *)
    ANSWER(sqlite3_step, next(stmt));
}

int sqlite3_exec(sqlite3 *db, const char *sql, int (*fn)(void *, int, char **, char **), void *ctx,
                 char **ret_text)
{
    NEXT(int, sqlite3_exec, sqlite3 *, const char *, int (*)(void *, int, char **, char **), void *,
         char **)
    ANSWER(sqlite3_exec, next(db, sql, fn, ctx, ret_text));
}

int sqlite3_bind_int64(sqlite3_stmt *stmt, int at, sqlite3_int64 value)
{
    NEXT(int, sqlite3_bind_int64, sqlite3_stmt *, int, sqlite3_int64)
    ANSWER(sqlite3_bind_int64, next(stmt, at, value));
}

int sqlite3_bind_text64(sqlite3_stmt *stmt, int at, const char *text, sqlite3_uint64 bytes,
                        void (*destroy)(void *), unsigned char encoding)
{
    NEXT(int, sqlite3_bind_text64, sqlite3_stmt *, int, const char *, sqlite3_uint64,
         void (*)(void *), unsigned char)
    ANSWER(sqlite3_bind_text64, next(stmt, at, text, bytes, destroy, encoding));
}

int sqlite3_bind_blob64(sqlite3_stmt *stmt, int at, const void *data, sqlite3_uint64 bytes,
                        void (*destroy)(void *))
{
    NEXT(int, sqlite3_bind_blob64, sqlite3_stmt *, int, const void *, sqlite3_uint64,
         void (*)(void *))
    ANSWER(sqlite3_bind_blob64, next(stmt, at, data, bytes, destroy));
}

int sqlite3_wal_checkpoint_v2(sqlite3 *db, const char *name, int mode, int *ret_log, int *ret_done)
{
    NEXT(int, sqlite3_wal_checkpoint_v2, sqlite3 *, const char *, int, int *, int *)
    ANSWER(sqlite3_wal_checkpoint_v2, next(db, name, mode, ret_log, ret_done));
}

const char *sqlite3_errmsg(sqlite3 *db)
{
    NEXT(const char *, sqlite3_errmsg, sqlite3 *)
    return answered != SQLITE_OK ? sqlite3_errstr(answered) : next(db);
}

/* Only programs with SQLite come here; others must be able to load this library without. */
const char *sqlite3_errstr(int code)
{
    NEXT(const char *, sqlite3_errstr, int)
    return next(code);
}
