#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "store/sql.h"

/* Pages (of 4 KiB) up to which a writer runs quick_check when it opens. It reads every page, at
 * about 1 ms a MiB: up to 32 MiB nobody notices, beyond that a scan with nothing new would spend
 * its time here. A larger file is still protected by cell_size_check, by the file size that SQLite
 * compares with its header, and by the digest of every list that is loaded. */
enum { QUICK_CHECK_PAGES_MAX = 8192, BUSY_MS = 5000, PERCENT_BYTES = 3 };

/* ---- the file -----------------------------------------------------------------------------------
 */

static enum cw_status fail_errno(const char *path, const char *verb, struct cw_error *err)
{
    const int cause = errno;
    char why[128] = "";
    (void)strerror_r(cause, why, sizeof(why));
    const enum cw_status status = cause == EACCES || cause == EPERM || cause == EROFS ? CW_DENIED
                                  : cause == ENOENT || cause == ENOTDIR               ? CW_NOT_FOUND
                                                                                      : CW_IO;
    return cw_error_set(err, status, "%s: cannot %s: %s", path, verb, why);
}

/* SQLite would make the file with the umask's mode and give the same to its log, so we make it. */
static enum cw_status make_file(const char *path, struct cw_error *err)
{
    const int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        return errno == EEXIST ? CW_OK : fail_errno(path, "make it", err);
    }
    enum cw_status status = CW_OK;
    if (fchmod(fd, 0600) != 0) {
        status = fail_errno(path, "set its mode", err);
    }
    (void)close(fd);
    return status;
}

static enum cw_status check_file(const char *path, struct cw_error *err)
{
    struct stat info;
    if (stat(path, &info) != 0) {
        if (errno == ENOENT || errno == ENOTDIR) {
            return cw_error_set(err, CW_NOT_FOUND,
                                "%s: there is no state yet: run `cryptowatch scan`", path);
        }
        return fail_errno(path, "look at it", err);
    }
    if (!S_ISREG(info.st_mode)) {
        return cw_error_set(err, CW_STATE, "%s: is not a regular file: move it away", path);
    }
    return CW_OK;
}

static bool is_unreserved(char c)
{
    return cw_ascii_is_alpha(c) || cw_ascii_is_digit(c) || c == '/' || c == '.' || c == '-' ||
           c == '_';
}

/* Always a URI: Debian's SQLite takes any name that starts with "file:" for one, so a plain name is
 * not safe, and an encoded one is. */
static enum cw_status make_uri(const char *path, const char *query, struct cw_buf *out,
                               struct cw_error *err)
{
    static const char digits[] = "0123456789ABCDEF";
    cw_buf_str(out, path[0] == '/' ? "file://" : "file:");
    for (const char *c = path; *c != '\0'; c++) {
        const unsigned byte = (unsigned char)*c;
        if (is_unreserved(*c)) {
            cw_buf_char(out, *c);
        } else {
            cw_buf_char(out, '%');
            cw_buf_char(out, digits[byte >> 4]);
            cw_buf_char(out, digits[byte & 15]);
        }
    }
    cw_buf_str(out, query);
    return cw_buf_status(out, err);
}

static enum cw_status connect(struct cw_store *store, const char *query, struct cw_error *err)
{
    const int mode = store->mode == CW_STORE_WRITE ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
    struct cw_buf uri;
    cw_buf_init(&uri, PERCENT_BYTES * strlen(store->path) + 64);
    enum cw_status status = make_uri(store->path, query, &uri, err);
    if (status == CW_OK) {
        const int rc = sqlite3_open_v2(uri.data, &store->db,
                                       mode | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX |
                                           SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_PRIVATECACHE,
                                       NULL);
        status = rc == SQLITE_OK ? CW_OK : cw_sql_fail(store, rc, err);
    }
    cw_buf_clear(&uri);
    return status;
}

/* ---- the connection
 * -------------------------------------------------------------------------------- */

static enum cw_status run(struct cw_store *store, const char *text, struct cw_error *err)
{
    const int rc = sqlite3_exec(store->db, text, NULL, NULL, NULL);
    return rc == SQLITE_OK ? CW_OK : cw_sql_fail(store, rc, err);
}

/* The database may have been altered by somebody else: no schema may run functions of its own, no
 * statement may write the schema, and every page is checked before it is believed. */
static enum cw_status harden(struct cw_store *store, struct cw_error *err)
{
    static const struct {
        int option;
        int value;
    } settings[] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},
        {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
        {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
        {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
        {SQLITE_DBCONFIG_DQS_DML, 0},
        {SQLITE_DBCONFIG_DQS_DDL, 0},
    };
    for (size_t i = 0; i < CW_COUNT(settings); i++) {
        const int rc = sqlite3_db_config(store->db, settings[i].option, settings[i].value, NULL);
        if (rc != SQLITE_OK) {
            return cw_sql_fail(store, rc, err);
        }
    }
    (void)sqlite3_limit(store->db, SQLITE_LIMIT_ATTACHED, 0);
    (void)sqlite3_busy_timeout(store->db, BUSY_MS);
    return run(store,
               "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;"
               "PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;",
               err);
}

/* ---- whose it is
 * ----------------------------------------------------------------------------------- */

struct identity {
    int64_t application;
    int64_t schema;
    int64_t tables;
};

static enum cw_status identify(struct cw_store *store, struct identity *ret, struct cw_error *err)
{
    enum cw_status status =
        cw_sql_ask_i64(store, "SELECT count(*) FROM sqlite_schema", &ret->tables, err);
    if (status == CW_OK) {
        status = cw_sql_ask_i64(store, "PRAGMA application_id", &ret->application, err);
    }
    if (status == CW_OK) {
        status = cw_sql_ask_i64(store, "PRAGMA user_version", &ret->schema, err);
    }
    return status;
}

static bool is_blank(const struct identity *identity)
{
    return identity->application == 0 && identity->schema == 0 && identity->tables == 0;
}

static enum cw_status judge(const struct cw_store *store, const struct identity *identity,
                            struct cw_error *err)
{
    if (identity->application != CW_STORE_APPLICATION_ID) {
        return cw_error_set(
            err, CW_STATE,
            "%s: is a database of another program: move it away, or correct state_dir "
            "in cryptowatch.json",
            store->path);
    }
    if (identity->schema > cw_store_schema) {
        return cw_error_set(
            err, CW_STATE,
            "%s: was written by a newer cryptowatch (schema %lld, this program knows "
            "%d): run that version, nothing was changed",
            store->path, (long long)identity->schema, cw_store_schema);
    }
    if (identity->schema < 1) {
        return cw_store_damaged(store, "it has no schema version", err);
    }
    return CW_OK;
}

/* ---- writers
 * --------------------------------------------------------------------------------------- */

static enum cw_status step_up(struct cw_store *store, int64_t from, struct cw_error *err)
{
    enum cw_status status = CW_OK;
    for (int64_t i = from; status == CW_OK && i < cw_store_schema; i++) {
        const char *const *parts = cw_store_migrations[i];
        for (size_t k = 0; status == CW_OK && parts[k] != NULL; k++) {
            status = run(store, parts[k], err);
        }
    }
    char text[96];
    (void)snprintf(text, sizeof(text), "PRAGMA application_id = %d; PRAGMA user_version = %d;",
                   CW_STORE_APPLICATION_ID, cw_store_schema);
    return status == CW_OK ? run(store, text, err) : status;
}

/* Who comes second finds the work done: the version is read again under the write lock. */
static enum cw_status migrate(struct cw_store *store, struct cw_error *err)
{
    int64_t from = 0;
    enum cw_status status = cw_store_begin(store, err);
    if (status == CW_OK) {
        status = cw_sql_ask_i64(store, "PRAGMA user_version", &from, err);
    }
    if (status == CW_OK && from < cw_store_schema) {
        status = step_up(store, from, err);
    }
    if (status == CW_OK && from == 0) {
        status = cw_probes_mark(store, err); /* a new one has no probes of another normaliser */
    }
    return cw_store_end(store, status, err);
}

static enum cw_status use_log(struct cw_store *store, struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(store, "PRAGMA journal_mode = WAL");
    bool is_log = false;
    /* It answers "wal" before it has written that down: to its end, where it says whether it could.
     */
    while (cw_sql_next(&sql)) {
        is_log = cw_span_is(cw_sql_span(&sql, 0), "wal");
    }
    const enum cw_status status = cw_sql_end(&sql, err);
    if (status == CW_OK && !is_log) {
        return cw_error_set(
            err, CW_IO,
            "%s: this file system cannot hold a write-ahead log: put state_dir on a "
            "local disk",
            store->path);
    }
    return status;
}

/* A page that quick_check could not have, for want of memory or because the disk fails, is a line
 * of its findings like any damage; only SQLITE_CORRUPT (11) is that. */
static bool is_unread(const char *found)
{
    return strstr(found, "failed to get page") != NULL ||
           (strstr(found, "unable to get the page") != NULL &&
            strstr(found, "error code=11") == NULL);
}

static enum cw_status quick_check(struct cw_store *store, struct cw_error *err)
{
    int64_t pages = 0;
    enum cw_status status = cw_sql_ask_i64(store, "PRAGMA page_count", &pages, err);
    if (status != CW_OK || pages > QUICK_CHECK_PAGES_MAX) {
        return status;
    }
    char found[256] = "no answer";
    struct cw_sql sql = cw_sql_begin(store, "PRAGMA quick_check(1)");
    if (cw_sql_next(&sql)) {
        cw_text_escape_to(found, sizeof(found), cw_sql_span(&sql, 0));
    }
    status = cw_sql_end(&sql, err);
    if (status == CW_OK && is_unread(found)) {
        return cw_error_set(err, CW_IO,
                            "%s: not all of it could be read to be checked, for want of memory or "
                            "because the disk fails (%s); run again",
                            store->path, found);
    }
    if (status == CW_OK && strcmp(found, "ok") != 0) {
        return cw_store_damaged(store, found, err);
    }
    return status;
}

static enum cw_status open_writer(struct cw_store *store, struct cw_error *err)
{
    struct identity identity = {0};
    enum cw_status status = make_file(store->path, err);
    if (status == CW_OK) {
        status = check_file(store->path, err);
    }
    if (status == CW_OK) {
        status = connect(store, "", err);
    }
    if (status == CW_OK) {
        status = harden(store, err);
    }
    if (status == CW_OK) {
        status = identify(store, &identity, err);
    }
    if (status == CW_OK && sqlite3_db_readonly(store->db, "main") != 0) {
        status = cw_error_set(err, CW_DENIED, "%s: may not be written by this user", store->path);
    }
    if (status == CW_OK && !is_blank(&identity)) {
        status = judge(store, &identity, err);
    }
    if (status == CW_OK && !is_blank(&identity)) {
        status = quick_check(store, err);
    }
    if (status == CW_OK) {
        status = use_log(store, err);
    }
    if (status == CW_OK && identity.schema < cw_store_schema) {
        status = migrate(store, err);
    }
    return status;
}

/* ---- readers
 * --------------------------------------------------------------------------------------- */

static bool is_log_empty(const char *path)
{
    struct stat info;
    struct cw_buf log;
    cw_buf_init(&log, strlen(path) + 8);
    cw_buf_str(&log, path);
    cw_buf_str(&log, "-wal");
    const bool is_empty = cw_buf_status(&log, NULL) == CW_OK &&
                          ((stat(log.data, &info) != 0 && errno == ENOENT) || info.st_size == 0);
    cw_buf_clear(&log);
    return is_empty;
}

static enum cw_status read_first(struct cw_store *store, const char *query,
                                 struct identity *identity, struct cw_error *err)
{
    enum cw_status status = connect(store, query, err);
    if (status == CW_OK) {
        status = harden(store, err);
    }
    return status == CW_OK ? identify(store, identity, err) : status;
}

static void disconnect(struct cw_store *store)
{
    for (size_t i = 0; i < store->cached_count; i++) {
        (void)sqlite3_finalize(store->cached[i].stmt);
    }
    store->cached_count = 0;
    (void)sqlite3_close_v2(store->db);
    store->db = NULL;
}

/* Reading a database with a log needs a shared-memory file beside it. In a folder where it cannot
 * be made, the file alone is the whole truth when the log is empty, as every writer leaves it;
 * immutable says so. With a log that holds something, that would be an old truth: refused. */
static enum cw_status open_reader(struct cw_store *store, struct cw_error *err)
{
    struct identity identity = {0};
    struct cw_error why = {0};
    enum cw_status status = check_file(store->path, err);
    if (status != CW_OK) {
        return status;
    }
    status = read_first(store, "", &identity, &why);
    if (status == CW_IO || status == CW_DENIED) {
        disconnect(store);
        if (access(store->path, R_OK) != 0) {
            return fail_errno(store->path, "read it", err);
        }
        if (!is_log_empty(store->path)) {
            if (cw_sql_tell_shut(store, err)) {
                return CW_DENIED;
            }
            return cw_error_set(
                err, CW_DENIED,
                "%s-wal holds changes that cannot be read in a folder without write "
                "permission: run `cryptowatch scan` as its owner first",
                store->path);
        }
        cw_error_clear(&why);
        status = read_first(store, "?immutable=1", &identity, &why);
    }
    if (status != CW_OK) {
        return cw_error_set(err, status, "%s", why.text);
    }
    if (is_blank(&identity)) {
        return cw_error_set(err, CW_NOT_FOUND, "%s: is still empty: run `cryptowatch scan`",
                            store->path);
    }
    status = judge(store, &identity, err);
    if (status == CW_OK && identity.schema < cw_store_schema) {
        status =
            cw_error_set(err, CW_STATE,
                         "%s: was written by an older cryptowatch: run `cryptowatch scan` once, "
                         "it brings the database up to date",
                         store->path);
    }
    return status;
}

static enum cw_status open_store(struct cw_store *store, const char *state_dir,
                                 struct cw_error *err)
{
    if (store->path == NULL) {
        return cw_error_set(err, CW_NOMEM, "%s: out of memory", state_dir);
    }
    const enum cw_status status =
        store->mode == CW_STORE_WRITE ? open_writer(store, err) : open_reader(store, err);
    return status == CW_OK ? cw_probes_check(store, err) : status;
}

enum cw_status cw_store_open(const char *state_dir, enum cw_store_mode mode, struct cw_store **ret,
                             struct cw_error *err)
{
    struct cw_store *store = calloc(1, sizeof(*store));
    if (store == NULL) {
        return cw_error_set(err, CW_NOMEM, "%s: out of memory", state_dir);
    }
    store->mode = mode;
    store->path = cw_path_join(state_dir, "state.db");
    const enum cw_status status = open_store(store, state_dir, err);
    if (status != CW_OK) {
        cw_store_close(store);
        return status;
    }
    *ret = store;
    return CW_OK;
}
