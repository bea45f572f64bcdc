#include "store/sql.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WHY_BYTES = 128 };

/* The cache is small and its texts are literals: comparing addresses finds a statement faster than
 * hashing would. A statement that is in use (a callback asks the store again) is prepared anew. */
static struct cw_sql_cached *find_cached(struct cw_store *store, const char *text)
{
    for (size_t i = 0; i < store->cached_count; i++) {
        if (store->cached[i].text == text) {
            return &store->cached[i];
        }
    }
    if (store->cached_count == CW_SQL_CACHED_MAX) {
        return NULL;
    }
    struct cw_sql_cached *slot = &store->cached[store->cached_count++];
    *slot = (struct cw_sql_cached){.text = text};
    return slot;
}

struct cw_sql cw_sql_begin(struct cw_store *store, const char *text)
{
    struct cw_sql sql = {.store = store, .slot = find_cached(store, text)};
    if (sql.slot != NULL && sql.slot->is_used) {
        sql.slot = NULL;
    }
    if (sql.slot != NULL && sql.slot->stmt != NULL) {
        sql.stmt = sql.slot->stmt;
    } else {
        sql.rc =
            sqlite3_prepare_v3(store->db, text, -1, SQLITE_PREPARE_PERSISTENT, &sql.stmt, NULL);
    }
    if (sql.slot != NULL && sql.rc == SQLITE_OK) {
        sql.slot->stmt = sql.stmt;
        sql.slot->is_used = true;
    } else {
        sql.slot = NULL;
    }
    if (sql.rc == SQLITE_OK && sqlite3_stmt_readonly(sql.stmt) == 0) {
        CW_ASSERT(store->mode == CW_STORE_WRITE);
        sql.wrong = store->failed;
    }
    return sql;
}

static bool is_whole(const struct cw_sql *sql)
{
    return sql->rc == SQLITE_OK && sql->wrong == CW_OK;
}

void cw_sql_put_text(struct cw_sql *sql, struct cw_span text)
{
    if (is_whole(sql)) {
        sql->rc = sqlite3_bind_text64(sql->stmt, ++sql->bound, text.len == 0 ? "" : text.data,
                                      text.len, SQLITE_STATIC, SQLITE_UTF8);
    }
}

void cw_sql_put_cstr(struct cw_sql *sql, const char *text)
{
    cw_sql_put_text(sql, cw_span_cstr(text));
}

void cw_sql_put_blob(struct cw_sql *sql, struct cw_span bytes)
{
    if (is_whole(sql)) {
        sql->rc = sqlite3_bind_blob64(sql->stmt, ++sql->bound, bytes.len == 0 ? "" : bytes.data,
                                      bytes.len, SQLITE_STATIC);
    }
}

void cw_sql_put_i64(struct cw_sql *sql, int64_t value)
{
    if (is_whole(sql)) {
        sql->rc = sqlite3_bind_int64(sql->stmt, ++sql->bound, value);
    }
}

void cw_sql_put_u64(struct cw_sql *sql, uint64_t value)
{
    if (value > INT64_MAX) {
        sql->wrong = sql->wrong == CW_OK ? CW_LIMIT : sql->wrong;
        return;
    }
    cw_sql_put_i64(sql, (int64_t)value);
}

bool cw_sql_next(struct cw_sql *sql)
{
    if (!is_whole(sql)) {
        return false;
    }
    CW_ASSERT(sql->bound == sqlite3_bind_parameter_count(sql->stmt));
    const int rc = sqlite3_step(sql->stmt);
    if (rc == SQLITE_ROW) {
        return true;
    }
    sql->rc = rc == SQLITE_DONE ? SQLITE_OK : rc;
    return false;
}

/* ---- what went wrong ---------------------------------------------------------------------------
 */

static enum cw_status status_of(int rc)
{
    if (rc == SQLITE_IOERR_NOMEM) {
        return CW_NOMEM;
    }
    switch (rc & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return CW_BUSY;
    case SQLITE_NOMEM:
        return CW_NOMEM;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return CW_DENIED;
    case SQLITE_TOOBIG:
        return CW_LIMIT;
    case SQLITE_IOERR:
    case SQLITE_FULL:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL:
    case SQLITE_NOLFS:
    case SQLITE_INTERRUPT:
        return CW_IO;
    default: /* corrupt, not a database, a schema or a constraint that does not hold */
        return CW_STATE;
    }
}

enum cw_status cw_store_damaged(const struct cw_store *store, const char *why, struct cw_error *err)
{
    return cw_error_set(
        err, CW_STATE,
        "%s: the database is damaged (%s). Keep it: alerts and deliveries are in it. "
        "Put a copy from your backup in its place, or move it away and run "
        "`cryptowatch scan`, which reads all lists again",
        store->path, why);
}

/* SQLite says "unable to open database file" also of the files that it keeps beside it, and never
 * why. What a run of another user left there is the usual cause. */
static bool is_shut(const char *path, int mode, const char **ret_why, char buf[static WHY_BYTES])
{
    struct stat info;
    if (stat(path, &info) != 0) {
        return false; /* SQLite makes it, or cannot: then the folder is the cause */
    }
    *ret_why = "is not a regular file";
    if (S_ISREG(info.st_mode)) {
        if (access(path, mode) == 0) {
            return false;
        }
        const int cause = errno;
        (void)snprintf(buf, WHY_BYTES, "errno %d", cause);
        (void)strerror_r(cause, buf, WHY_BYTES);
        *ret_why = buf;
    }
    return true;
}

bool cw_sql_tell_shut(const struct cw_store *store, struct cw_error *err)
{
    static const char *const names[] = {"", "-wal", "-shm"};
    const int mode = store->mode == CW_STORE_WRITE ? R_OK | W_OK : R_OK;
    bool is_found = false;
    for (size_t i = 0; !is_found && i < CW_COUNT(names); i++) {
        char buf[WHY_BYTES] = "";
        const char *why = NULL;
        struct cw_buf path;
        cw_buf_init(&path, strlen(store->path) + 8);
        cw_buf_str(&path, store->path);
        cw_buf_str(&path, names[i]);
        is_found = cw_buf_status(&path, NULL) == CW_OK && is_shut(path.data, mode, &why, buf);
        if (is_found) {
            (void)cw_error_set(err, CW_DENIED,
                               "%s: cannot be opened: %s: `cryptowatch doctor state` says what "
                               "mends it",
                               path.data, why);
        }
        cw_buf_clear(&path);
    }
    return is_found;
}

enum cw_status cw_sql_fail(struct cw_store *store, int rc, struct cw_error *err)
{
    const enum cw_status status = status_of(rc);
    const char *why = store->db == NULL ? sqlite3_errstr(rc) : sqlite3_errmsg(store->db);
    if (status == CW_STATE) {
        return cw_store_damaged(store, why, err);
    }
    if (status == CW_NOMEM) { /* the text that SQLite keeps may be of what it could not do then */
        return cw_error_set(err, CW_NOMEM, "%s: out of memory", store->path);
    }
    if ((rc & 0xff) == SQLITE_FULL) {
        return cw_error_set(err, CW_IO,
                            "%s: the disk is full: free some space and run again; nothing of this "
                            "change was kept",
                            store->path);
    }
    if (rc == SQLITE_IOERR_SHMMAP) {
        return cw_error_set(err, CW_IO,
                            "%s-shm: cannot be mapped: memory is exhausted or the disk full",
                            store->path);
    }
    if ((rc & 0xff) == SQLITE_CANTOPEN && cw_sql_tell_shut(store, err)) {
        return CW_DENIED;
    }
    if (status == CW_BUSY) {
        return cw_error_set(err, CW_BUSY, "%s: another program is writing to it: try again later",
                            store->path);
    }
    return cw_error_set(err, status, "%s: %s", store->path, why);
}

enum cw_status cw_sql_spoilt(const struct cw_store *store, struct cw_error *err)
{
    return cw_error_set(err, store->failed,
                        "%s: an earlier step of this change %s and all of it was taken back",
                        store->path,
                        store->failed == CW_NOMEM ? "ran out of memory"
                        : store->failed == CW_IO  ? "could not be read or written"
                                                  : "failed");
}

static enum cw_status say(struct cw_sql *sql, struct cw_error *err)
{
    struct cw_store *store = sql->store;
    if (sql->rc != SQLITE_OK) {
        return cw_sql_fail(store, sql->rc, err);
    }
    if (sql->wrong == CW_STATE && store->failed == CW_OK) {
        return cw_store_damaged(store, "a column holds what no program of ours wrote", err);
    }
    if (store->failed != CW_OK) {
        return cw_sql_spoilt(store, err);
    }
    if (sql->wrong == CW_LIMIT) {
        return cw_error_set(err, CW_LIMIT, "%s: a number is too large to be stored", store->path);
    }
    return cw_error_set(err, sql->wrong, "%s: out of memory", store->path);
}

/* SQLite may have done so itself. It needs memory even for this, and a transaction that stayed open
 * would take in what comes next: so once more, and cw_store_begin asks again. */
void cw_sql_rollback(struct cw_store *store)
{
    for (int i = 0; i < 2 && sqlite3_get_autocommit(store->db) == 0; i++) {
        (void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    }
}

/* Takes back the transaction that a failure has made worthless. */
void cw_sql_spoil(struct cw_store *store, enum cw_status status)
{
    if (!store->is_in_transaction || store->failed != CW_OK) {
        return;
    }
    store->failed = status;
    cw_sql_rollback(store);
}

enum cw_status cw_sql_end(struct cw_sql *sql, struct cw_error *err)
{
    const enum cw_status status = is_whole(sql) ? CW_OK : say(sql, err);
    if (sql->slot != NULL) {
        (void)sqlite3_reset(sql->stmt);
        (void)sqlite3_clear_bindings(sql->stmt);
        sql->slot->is_used = false;
    } else {
        (void)sqlite3_finalize(sql->stmt);
    }
    sql->stmt = NULL;
    if (status != CW_OK) {
        cw_sql_spoil(sql->store, status);
    }
    return status;
}

enum cw_status cw_sql_run(struct cw_sql *sql, struct cw_error *err)
{
    const bool has_row = cw_sql_next(sql);
    CW_ASSERT(!has_row);
    return cw_sql_end(sql, err);
}

enum cw_status cw_sql_run_one(struct cw_sql *sql, const char *what, struct cw_error *err)
{
    struct cw_store *store = sql->store;
    const enum cw_status status = cw_sql_run(sql, err);
    if (status != CW_OK || sqlite3_changes64(store->db) == 1) {
        return status;
    }
    cw_sql_spoil(store, CW_STATE);
    return cw_store_damaged(store, what, err);
}

/* ---- columns ------------------------------------------------------------------------------------
 */

void cw_sql_damaged(struct cw_sql *sql)
{
    sql->wrong = sql->wrong == CW_OK ? CW_STATE : sql->wrong;
}

/* sqlite3_column_blob gives the bytes of a TEXT as they are, without a copy and without conversion.
 */
struct cw_span cw_sql_span(struct cw_sql *sql, int column)
{
    const void *data = sqlite3_column_blob(sql->stmt, column);
    const int len = sqlite3_column_bytes(sql->stmt, column);
    CW_ASSERT(len >= 0);
    if (len > 0 && data == NULL) {
        sql->wrong = sql->wrong == CW_OK ? CW_NOMEM : sql->wrong;
    }
    return data == NULL ? CW_SPAN("") : cw_span_make(data, (size_t)len);
}

int64_t cw_sql_i64(struct cw_sql *sql, int column)
{
    return sqlite3_column_int64(sql->stmt, column);
}

uint64_t cw_sql_u64(struct cw_sql *sql, int column)
{
    const int64_t value = cw_sql_i64(sql, column);
    if (value < 0) {
        cw_sql_damaged(sql);
        return 0;
    }
    return (uint64_t)value;
}

bool cw_sql_bool(struct cw_sql *sql, int column)
{
    return cw_sql_i64(sql, column) != 0;
}

void cw_sql_text(struct cw_sql *sql, int column, char *ret, size_t bytes)
{
    CW_ASSERT(bytes > 0);
    struct cw_span text = cw_sql_span(sql, column);
    if (text.len >= bytes || cw_span_find(text, '\0', 0) != text.len) {
        cw_sql_damaged(sql);
        text.len = 0;
    }
    if (text.len > 0) {
        memcpy(ret, text.data, text.len);
    }
    ret[text.len] = '\0';
}

/* ---- one number ---------------------------------------------------------------------------- */

enum cw_status cw_sql_ask_i64(struct cw_store *store, const char *text, int64_t *ret,
                              struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(store, text);
    if (cw_sql_next(&sql)) {
        *ret = cw_sql_i64(&sql, 0);
    }
    return cw_sql_end(&sql, err);
}

enum cw_status cw_sql_ask_u64(struct cw_store *store, const char *text, uint64_t *ret,
                              struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(store, text);
    if (cw_sql_next(&sql)) {
        *ret = cw_sql_u64(&sql, 0);
    }
    return cw_sql_end(&sql, err);
}
