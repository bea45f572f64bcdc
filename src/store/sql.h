/* sql.h: the little of SQLite that the files of this folder share. Private to src/store/.
 *
 * Knows cached statements, binding in order, columns that are checked as they are read, and how a
 * result code becomes a status with a sentence. Refuses to know tables.
 *
 * A statement is used in one straight line; what goes wrong on the way is kept in it and comes out
 * once, at the end:
 *
 *   struct cw_sql sql = cw_sql_begin(store, "UPDATE feeds SET status = ? WHERE id = ?");
 *   cw_sql_put_cstr(&sql, "good");
 *   cw_sql_put_cstr(&sql, id);
 *   return cw_sql_run(&sql, err);
 *
 * Invariants: a text given to cw_sql_begin is a literal (the cache goes by its address). A failure
 * inside cw_store_begin … commit rolls back at once and is remembered in `failed`, so that a caller
 * who overlooks it cannot commit half.
 */
#ifndef CW_STORE_SQL_H
#define CW_STORE_SQL_H

#include <sqlite3.h>

#include "store/store.h"

enum { CW_SQL_CACHED_MAX = 96 };

struct cw_sql_cached {
    const char *text;
    sqlite3_stmt *stmt;
    bool is_used;
};

struct cw_store {
    sqlite3 *db;
    char *path;
    enum cw_store_mode mode;
    bool is_in_transaction;
    enum cw_status failed; /* first failure of this transaction; CW_OK while it is whole */
    struct cw_sql_cached cached[CW_SQL_CACHED_MAX];
    size_t cached_count;
};

struct cw_sql {
    struct cw_store *store;
    sqlite3_stmt *stmt;
    struct cw_sql_cached *slot; /* NULL: a statement of its own, finalised at the end */
    int bound;
    int rc;               /* first failure of SQLite, or SQLITE_OK */
    enum cw_status wrong; /* first failure of ours, or CW_OK */
};

/** Takes a statement from the cache, or prepares it. Never fails by itself: see cw_sql_end. */
struct cw_sql cw_sql_begin(struct cw_store *store, const char *text);

/** Binds the next parameter; texts and blobs are borrowed until the end. */
void cw_sql_put_text(struct cw_sql *sql, struct cw_span text);
void cw_sql_put_cstr(struct cw_sql *sql, const char *text); /* NULL is "" */
void cw_sql_put_blob(struct cw_sql *sql, struct cw_span bytes);
void cw_sql_put_i64(struct cw_sql *sql, int64_t value);
void cw_sql_put_u64(struct cw_sql *sql, uint64_t value); /* at most INT64_MAX, else CW_LIMIT */

/** Steps; true while there is a row. */
bool cw_sql_next(struct cw_sql *sql);
/** Puts the statement back; what went wrong since cw_sql_begin, if anything. */
CW_NODISCARD enum cw_status cw_sql_end(struct cw_sql *sql, struct cw_error *err);
/** Steps a statement without rows to its end, and ends it. */
CW_NODISCARD enum cw_status cw_sql_run(struct cw_sql *sql, struct cw_error *err);
/** The same for a statement that must touch exactly one row; CW_STATE with `what` when not. */
CW_NODISCARD enum cw_status cw_sql_run_one(struct cw_sql *sql, const char *what,
                                           struct cw_error *err);

/** The number that a statement without parameters answers with; *ret stays when it has no row. */
CW_NODISCARD enum cw_status cw_sql_ask_i64(struct cw_store *store, const char *text, int64_t *ret,
                                           struct cw_error *err);
CW_NODISCARD enum cw_status cw_sql_ask_u64(struct cw_store *store, const char *text, uint64_t *ret,
                                           struct cw_error *err);

/** Columns of the current row, from 0. Spans are borrowed until the next step. A value that cannot
 *  be (a negative count, a text longer than its place, a name that is none) makes the end CW_STATE.
 */
struct cw_span cw_sql_span(struct cw_sql *sql, int column);
int64_t cw_sql_i64(struct cw_sql *sql, int column);
uint64_t cw_sql_u64(struct cw_sql *sql, int column);
bool cw_sql_bool(struct cw_sql *sql, int column);
void cw_sql_text(struct cw_sql *sql, int column, char *ret, size_t bytes);
/** For a caller that finds a column impossible. */
void cw_sql_damaged(struct cw_sql *sql);

/** Records an SQLite failure in words. */
enum cw_status cw_sql_fail(struct cw_store *store, int rc, struct cw_error *err);
/** Looks for the file, of the database and the two beside it, that this user cannot open.
 *  Returns: true when there is one; err names it, why, and has CW_DENIED. */
bool cw_sql_tell_shut(const struct cw_store *store, struct cw_error *err);
/** Ends the transaction that is open, without what it changed; without one, nothing. */
void cw_sql_rollback(struct cw_store *store);
/** Takes back the transaction that a failure has made worthless; outside of one, nothing. */
void cw_sql_spoil(struct cw_store *store, enum cw_status status);
/** Says that the transaction is such a one. Returns: store->failed. */
enum cw_status cw_sql_spoilt(const struct cw_store *store, struct cw_error *err);
/** The sentence for state that cannot be as it is. */
enum cw_status cw_store_damaged(const struct cw_store *store, const char *why,
                                struct cw_error *err);

/* ---- parts of this folder that call each other ------------------------------------------------
 */

/** "cwdb": tells our databases from other people's. */
#define CW_STORE_APPLICATION_ID 0x63776462

/** SQL that makes schema n + 1 out of schema n, in parts; the last part is NULL. */
extern const char *const *const cw_store_migrations[];
extern const int cw_store_schema; /* how many there are: the schema this program knows */

/** "waiting", "delivered", "dead". */
const char *cw_delivery_state_name(enum cw_delivery_state state);

/** Columns of a listing, in the order that cw_listing_row_read wants and _put binds. */
#define CW_LISTING_COLUMNS                                                                         \
    "entry_id, canonical, value, tag, encoding, entry_name, listed_on, note, position, "           \
    "spellings, "                                                                                  \
    "tags, programs, related, entry_sha256, is_reserved, episode, revision"
enum { CW_LISTING_COLUMNS_COUNT = 17 };

/** A listing read from a row: what SQLite does not keep for us. */
struct cw_listing_row {
    struct cw_listing listing; /* borrowed from the row's statement and from here */
    void *json[4];             /* trees that hold the texts of the arrays */
    void *arrays[4];
};
/** Reads the columns above, which start at `column`. Clear the row in any case.
 *  Returns: false when something is wrong, which the end of the statement then says. */
bool cw_listing_row_read(struct cw_sql *sql, int column, struct cw_listing_row *ret);
void cw_listing_row_clear(struct cw_listing_row *row);

/** The arrays of a listing as JSON, kept while a statement borrows them. CW_INVALID when a text is
 * not UTF-8: JSON could not give it back as it was. */
struct cw_listing_json {
    struct cw_buf arrays[4];
};
CW_NODISCARD enum cw_status cw_listing_json_make(const struct cw_listing *listing,
                                                 struct cw_listing_json *ret, struct cw_error *err);
void cw_listing_json_clear(struct cw_listing_json *json);
/** Binds the columns above in their order. */
void cw_listing_put(struct cw_sql *sql, const struct cw_listing *listing,
                    const struct cw_listing_json *json);
/** Same in everything we store, but for the position in the document. */
bool cw_listing_is_same(const struct cw_listing *a, const struct cw_listing *b);

/** Sum modulo 2^256 of the SHA-256 of each listing in force: tells a list with a lost, repeated or
 *  altered row (measured: it found 129 of 150 flipped bits, SQLite 35). */
struct cw_list_digest {
    uint8_t bytes[32]; /* big-endian */
};
CW_NODISCARD enum cw_status cw_list_digest_add(struct cw_list_digest *digest,
                                               const struct cw_listing *listing,
                                               struct cw_error *err);
CW_NODISCARD enum cw_status cw_list_digest_remove(struct cw_list_digest *digest,
                                                  const struct cw_listing *listing,
                                                  struct cw_error *err);
/** Stored digest of a feed; all zero when it never had a list. */
CW_NODISCARD enum cw_status cw_list_digest_load(struct cw_store *store, const char *feed,
                                                struct cw_list_digest *ret, struct cw_error *err);
CW_NODISCARD enum cw_status cw_list_digest_save(struct cw_store *store, const char *feed,
                                                const struct cw_list_digest *digest,
                                                struct cw_error *err);

/** Counts a change of any list (cw_store_changes). Needs a transaction. */
CW_NODISCARD enum cw_status cw_store_count_change(struct cw_store *store, int64_t at_s,
                                                  struct cw_error *err);

/** Writes the probes of a published value, or takes them away. */
CW_NODISCARD enum cw_status cw_probes_add(struct cw_store *store, int64_t listing,
                                          struct cw_span value, struct cw_span tag,
                                          struct cw_error *err);
CW_NODISCARD enum cw_status cw_probes_remove(struct cw_store *store, int64_t listing,
                                             struct cw_span value, struct cw_span tag,
                                             struct cw_error *err);
/** Records that the probes in the database are those of this program; in the caller's transaction.
 */
CW_NODISCARD enum cw_status cw_probes_mark(struct cw_store *store, struct cw_error *err);
/** Makes the probes fit this program: those of another normaliser would miss addresses in silence.
 *  A writer computes them again, a reader refuses with CW_STATE. */
CW_NODISCARD enum cw_status cw_probes_check(struct cw_store *store, struct cw_error *err);

#endif
