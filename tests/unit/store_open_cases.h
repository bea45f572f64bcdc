/* store_open_cases.h: opening, damage, transactions, other processes and the lock. */
#ifndef CW_TESTS_STORE_OPEN_CASES_H
#define CW_TESTS_STORE_OPEN_CASES_H

#include "store_place.h"

static const struct row open_rows[] = {
    {"1", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "One", NULL, NULL},
    {"2", "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH", "Two", NULL, NULL},
};

static void makes_a_private_file(void)
{
    const struct place place = place_make();
    const mode_t mask = umask(0);
    struct cw_store *store = store_open(&place, CW_STORE_WRITE);
    rows_put(store, "f", open_rows, CW_COUNT(open_rows), STORE_NOW);
    static const char *const names[] = {"state.db", "state.db-wal", "state.db-shm"};
    for (size_t i = 0; i < CW_COUNT(names); i++) {
        char path[STORE_PATH_BYTES + 32];
        struct stat info = {0};
        place_path(&place, names[i], path);
        CU_ASSERT_EQUAL(stat(path, &info), 0);
        CW_CHECK((info.st_mode & 07777) == 0600, "%s: mode %o\n", names[i], info.st_mode & 07777);
    }
    (void)umask(mask);
    cw_store_close(store);
    CU_ASSERT_FALSE(place_has(&place, "state.db-wal"));
    place_remove(&place);
}

static void sets_the_pragmas(void)
{
    static const struct {
        const char *sql;
        int64_t wanted;
    } cases[] = {
        {"PRAGMA foreign_keys", 1},
        {"PRAGMA synchronous", 2},
        {"PRAGMA trusted_schema", 0},
        {"PRAGMA cell_size_check", 1},
        {"PRAGMA busy_timeout", 5000},
        {"PRAGMA application_id", CW_STORE_APPLICATION_ID},
        {"PRAGMA user_version", 5},
        {"SELECT count(*) = 0 FROM pragma_foreign_key_check", 1},
        {"SELECT min(strict) FROM pragma_table_list WHERE schema = 'main'"
         " AND name NOT LIKE 'sqlite_%'",
         1},
    };
    const struct place place = place_make();
    struct cw_store *store = store_open(&place, CW_STORE_WRITE);
    for (size_t i = 0; i < CW_COUNT(cases); i++) {
        int64_t got = -1;
        struct cw_sql sql = cw_sql_begin(store, cases[i].sql);
        if (cw_sql_next(&sql)) {
            got = cw_sql_i64(&sql, 0);
        }
        STORE_OK(cw_sql_end(&sql, &err));
        CW_CHECK(got == cases[i].wanted, "%s: %lld\n", cases[i].sql, (long long)got);
    }
    cw_store_close(store);
    place_remove(&place);
}

static void reader_without_a_database_is_told_so(void)
{
    const struct place place = place_make();
    struct cw_store *store = NULL;
    char path[STORE_PATH_BYTES + 32];
    STORE_FAILS(cw_store_open(place.folder, CW_STORE_READ, &store, &err), CW_NOT_FOUND, "scan");
    CU_ASSERT_FALSE(place_has(&place, "state.db"));
    /* a first run was killed between making the file and writing it */
    place_path(&place, "state.db", path);
    STORE_OK(cw_file_create(path, CW_SPAN(""), 0600, &err));
    STORE_FAILS(cw_store_open(place.folder, CW_STORE_READ, &store, &err), CW_NOT_FOUND, "empty");
    CU_ASSERT_PTR_NULL(store);
    cw_store_close(store_open(&place, CW_STORE_WRITE));
    cw_store_close(store_open(&place, CW_STORE_READ));
    place_path(&place, "nowhere", path);
    STORE_FAILS(cw_store_open(path, CW_STORE_WRITE, &store, &err), CW_NOT_FOUND, "nowhere");
    cw_store_close(NULL);
    place_remove(&place);
}

static void opens_odd_folder_names(void)
{
    static const char *const names[] = {"file:x?mode=memory", "a b%20#c", "100%",
                                        "\xc3\xa9t\xc3\xa9"};
    const struct place place = place_make();
    for (size_t i = 0; i < CW_COUNT(names); i++) {
        struct place inner;
        (void)snprintf(inner.folder, sizeof(inner.folder), "%.400s/%s", place.folder, names[i]);
        CU_ASSERT_EQUAL_FATAL(mkdir(inner.folder, 0700), 0);
        cw_store_close(store_open(&inner, CW_STORE_WRITE));
        CW_CHECK(place_has(&inner, "state.db"), "%s: made elsewhere\n", names[i]);
        place_remove(&inner);
    }
    place_remove(&place);
}

/* ---- damage ---- */

static void make_good(const struct place *place)
{
    struct cw_store *store = store_open(place, CW_STORE_WRITE);
    rows_put(store, "f", open_rows, CW_COUNT(open_rows), STORE_NOW);
    cw_store_close(store);
}

static void run_sql(const struct place *place, const char *sql)
{
    char path[STORE_PATH_BYTES + 32];
    sqlite3 *db = NULL;
    place_path(place, "state.db", path);
    CU_ASSERT_EQUAL_FATAL(sqlite3_open(path, &db), SQLITE_OK);
    char *why = NULL;
    const int rc = sqlite3_exec(db, sql, NULL, NULL, &why);
    CW_CHECK(rc == SQLITE_OK, "%s: %s\n", sql, why == NULL ? "" : why);
    sqlite3_free(why);
    (void)sqlite3_close(db);
}

static void write_garbage(const struct place *place)
{
    char path[STORE_PATH_BYTES + 32];
    place_path(place, "state.db", path);
    STORE_OK(cw_file_write(path, CW_SPAN("this has never been a database, and it is not empty"),
                           0600, &err));
}

static void cut_short(const struct place *place)
{
    char path[STORE_PATH_BYTES + 32];
    make_good(place);
    place_path(place, "state.db", path);
    CU_ASSERT_EQUAL(truncate(path, 3 * 4096), 0);
}

static void overwrite_pages(const struct place *place)
{
    char path[STORE_PATH_BYTES + 32];
    char junk[4096];
    make_good(place);
    place_path(place, "state.db", path);
    memset(junk, 0x5a, sizeof(junk));
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    CU_ASSERT_FATAL(fd >= 0);
    for (off_t page = 2; page < 12; page++) {
        CU_ASSERT_EQUAL(pwrite(fd, junk, sizeof(junk), page * 4096), (ssize_t)sizeof(junk));
    }
    (void)close(fd);
}

static void make_foreign(const struct place *place)
{
    run_sql(place, "CREATE TABLE bookmarks (url TEXT)");
}

static void make_other_program(const struct place *place)
{
    make_good(place);
    run_sql(place, "PRAGMA application_id = 252006675");
}

static void make_newer(const struct place *place)
{
    make_good(place);
    run_sql(place, "PRAGMA user_version = 6");
}

static void lose_version(const struct place *place)
{
    make_good(place);
    run_sql(place, "PRAGMA user_version = 0");
}

static void lose_a_table(const struct place *place)
{
    make_good(place);
    run_sql(place, "DROP TABLE meta");
}

static void make_folder_of_it(const struct place *place)
{
    char path[STORE_PATH_BYTES + 32];
    place_path(place, "state.db", path);
    CU_ASSERT_EQUAL(mkdir(path, 0700), 0);
}

static void refuses_what_is_not_its_database(void)
{
    static const struct {
        const char *what;
        void (*make)(const struct place *place);
        const char *writer_says;
        const char *reader_says; /* NULL: opens; what is asked later fails */
    } cases[] = {
        {"garbage", write_garbage, "move it away and run", "move it away and run"},
        {"cut short", cut_short, "move it away and run", "move it away and run"},
        {"pages overwritten", overwrite_pages, "move it away and run", NULL},
        {"database of another program", make_foreign, "another program", "another program"},
        {"other application id", make_other_program, "another program", "another program"},
        {"newer schema", make_newer, "newer cryptowatch", "newer cryptowatch"},
        {"no schema version", lose_version, "damaged", "damaged"},
        {"a table is gone", lose_a_table, "damaged", "damaged"},
        {"a folder", make_folder_of_it, "regular file", "regular file"},
    };
    for (size_t i = 0; i < CW_COUNT(cases); i++) {
        const struct place place = place_make();
        struct cw_store *store = NULL;
        struct cw_error err = {0};
        cases[i].make(&place);
        enum cw_status status = cw_store_open(place.folder, CW_STORE_WRITE, &store, &err);
        CW_CHECK(status == CW_STATE && strstr(err.text, cases[i].writer_says) != NULL,
                 "%s: writer %d: %s\n", cases[i].what, (int)status, err.text);
        cw_error_clear(&err);
        if (cases[i].reader_says != NULL) {
            status = cw_store_open(place.folder, CW_STORE_READ, &store, &err);
            CW_CHECK(status == CW_STATE && strstr(err.text, cases[i].reader_says) != NULL,
                     "%s: reader %d: %s\n", cases[i].what, (int)status, err.text);
        }
        CU_ASSERT_PTR_NULL(store);
        char path[STORE_PATH_BYTES + 32];
        place_path(&place, "state.db", path);
        (void)rmdir(path);
        place_remove(&place);
    }
}

static void notices_a_list_that_was_altered(void)
{
    static const char *const cases[] = {
        "UPDATE listings SET canonical = replace(canonical, 'a', 'b') WHERE entry_id = '1'",
        "UPDATE listings SET value = '1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMh' WHERE entry_id = '2'",
        "UPDATE listings SET entry_name = 'Onf' WHERE entry_id = '1'",
        "UPDATE listings SET programs = '[\"X\"]' WHERE entry_id = '1'",
        "UPDATE listings SET programs = '[7]' WHERE entry_id = '1'",
        "UPDATE listings SET related = '[\"X\"]' WHERE entry_id = '1'",
        "UPDATE listings SET spellings = '[' WHERE entry_id = '1'",
        "UPDATE listings SET revision = 1 WHERE entry_id = '1'",
        "UPDATE listings SET is_active = 0, ended_s = 1 WHERE entry_id = '1'",
        "UPDATE listings SET feed = 'g' WHERE entry_id = '2'",
        "UPDATE lists SET digest = zeroblob(32)",
        "DELETE FROM lists",
    };
    for (size_t i = 0; i < CW_COUNT(cases); i++) {
        const struct place place = place_make();
        struct cw_watchlist *list = NULL;
        struct cw_error err = {0};
        make_good(&place);
        run_sql(&place, cases[i]);
        struct cw_store *store = store_open(&place, CW_STORE_WRITE);
        const enum cw_status status = cw_store_watchlist_load(store, "f", NULL, &list, &err);
        CW_CHECK(status == CW_STATE, "%s: status %d\n", cases[i], (int)status);
        CU_ASSERT_PTR_NULL(list);
        cw_store_close(store);
        place_remove(&place);
    }
}

/* ---- transactions ---- */

static void rollback_leaves_nothing(void)
{
    const struct place place = place_make();
    struct cw_store *store = store_open(&place, CW_STORE_WRITE);
    CW_CLEANUP(cw_watchlist_freep)
    struct cw_watchlist *list = list_make(open_rows, CW_COUNT(open_rows));
    struct cw_delta delta = {0};
    bool is_known = true;
    STORE_OK(cw_delta_make(NULL, list, &delta, &err));
    const struct cw_replacement replacement = {
        .feed = "f", .new_list = list, .delta = &delta, .at_s = STORE_NOW};
    STORE_OK(cw_store_begin(store, &err));
    STORE_OK(cw_store_watchlist_replace(store, &replacement, &err));
    STORE_OK(cw_store_pair_add(store, "f", "CASE", STORE_NOW, &err));
    CU_ASSERT_EQUAL(ask(store, open_rows[0].value).count, 1);
    cw_store_rollback(store);
    cw_store_rollback(store);
    CU_ASSERT_EQUAL(ask(store, open_rows[0].value).count, 0);
    STORE_OK(cw_store_pair_is_known(store, "f", "CASE", &is_known, &err));
    CU_ASSERT_FALSE(is_known);
    cw_delta_clear(&delta);
    cw_store_close(store);
    place_remove(&place);
}

static void failed_write_spoils_its_transaction(void)
{
    const struct place place = place_make();
    struct cw_store *store = store_open(&place, CW_STORE_WRITE);
    bool is_known = true;
    STORE_OK(cw_store_begin(store, &err));
    STORE_OK(cw_store_pair_add(store, "f", "A", STORE_NOW, &err));
    /* no such alert */
    STORE_FAILS(
        cw_store_enqueue(store, "8e10387d-6711-5268-a605-4c3ccd6f59d5", "e", STORE_NOW, &err),
        CW_STATE, "FOREIGN KEY");
    STORE_FAILS(cw_store_pair_add(store, "f", "B", STORE_NOW, &err), CW_STATE, "taken back");
    STORE_FAILS(cw_store_commit(store, &err), CW_STATE, "taken back");
    STORE_OK(cw_store_pair_is_known(store, "f", "A", &is_known, &err));
    CU_ASSERT_FALSE(is_known);
    cw_store_rollback(store);
    STORE_OK(cw_store_pair_add(store, "f", "B", STORE_NOW, &err));
    STORE_OK(cw_store_pair_is_known(store, "f", "B", &is_known, &err));
    CU_ASSERT_TRUE(is_known);
    cw_store_close(store);
    place_remove(&place);
}

static void full_disk_is_said_and_changes_nothing(void)
{
    enum { ROWS = 2000 };
    const struct place place = place_make();
    struct cw_store *store = store_open(&place, CW_STORE_WRITE);
    bool is_known = false;
    STORE_OK(cw_store_pair_add(store, "f", "KEPT", STORE_NOW, &err));
    CU_ASSERT_EQUAL(sqlite3_exec(store->db, "PRAGMA max_page_count = 1", NULL, NULL, NULL), 0);
    struct cw_error why = {0};
    char name[64];
    enum cw_status status = cw_store_begin(store, &why);
    for (int i = 0; status == CW_OK && i < ROWS; i++) {
        (void)snprintf(name, sizeof(name), "case-with-a-rather-long-name-%d", i);
        status = cw_store_pair_add(store, "f", name, STORE_NOW, &why);
    }
    CU_ASSERT_EQUAL(status, CW_IO);
    CW_CHECK(strstr(why.text, "disk is full") != NULL, "says: %s\n", why.text);
    cw_store_rollback(store);
    cw_store_close(store);
    store = store_open(&place, CW_STORE_WRITE);
    STORE_OK(cw_store_pair_is_known(store, "f", "KEPT", &is_known, &err));
    CU_ASSERT_TRUE(is_known);
    STORE_OK(cw_store_pair_is_known(store, "f", "case-with-a-rather-long-name-0", &is_known, &err));
    CU_ASSERT_FALSE(is_known);
    cw_store_close(store);
    place_remove(&place);
}

/* ---- other processes ---- */

static int die_before_commit(const struct place *place)
{
    struct cw_store *store = NULL;
    if (cw_store_open(place->folder, CW_STORE_WRITE, &store, NULL) != CW_OK ||
        cw_store_begin(store, NULL) != CW_OK) {
        return 1;
    }
    return cw_store_pair_add(store, "f", "LOST", STORE_NOW, NULL) == CW_OK ? 42 : 1;
}

static int die_after_commit(const struct place *place)
{
    struct cw_store *store = NULL;
    if (cw_store_open(place->folder, CW_STORE_WRITE, &store, NULL) != CW_OK) {
        return 1;
    }
    return cw_store_pair_add(store, "f", "KEPT", STORE_NOW, NULL) == CW_OK ? 42 : 1;
}

static void killed_writer_leaves_all_or_nothing(void)
{
    const struct place place = place_make();
    bool is_lost = true;
    bool is_kept = false;
    CU_ASSERT_EQUAL(in_child(die_before_commit, &place), 42);
    CU_ASSERT_EQUAL(in_child(die_after_commit, &place), 42);
    CU_ASSERT_TRUE(place_has(&place, "state.db-wal"));
    struct cw_store *store = store_open(&place, CW_STORE_READ);
    STORE_OK(cw_store_pair_is_known(store, "f", "LOST", &is_lost, &err));
    STORE_OK(cw_store_pair_is_known(store, "f", "KEPT", &is_kept, &err));
    CU_ASSERT_FALSE(is_lost);
    CU_ASSERT_TRUE(is_kept);
    cw_store_close(store);
    place_remove(&place);
}

/* Becomes somebody who may not write to the folder; the superuser may always. */
static bool drop_rights(void)
{
    return getuid() != 0 || setuid(65534) == 0;
}

static int read_without_writing(const struct place *place)
{
    struct cw_store *store = NULL;
    bool is_known = false;
    if (!drop_rights()) {
        return 1;
    }
    if (cw_store_open(place->folder, CW_STORE_READ, &store, NULL) != CW_OK ||
        cw_store_pair_is_known(store, "f", "KEPT", &is_known, NULL) != CW_OK) {
        return 2;
    }
    cw_store_close(store);
    return is_known ? 42 : 3;
}

static int refused_for_its_log(const struct place *place)
{
    struct cw_store *store = NULL;
    struct cw_error err = {0};
    if (!drop_rights()) {
        return 1;
    }
    const enum cw_status status = cw_store_open(place->folder, CW_STORE_READ, &store, &err);
    return status == CW_DENIED && strstr(err.text, "-wal holds changes") != NULL ? 42 : 2;
}

static int refused_to_write(const struct place *place)
{
    struct cw_store *store = NULL;
    if (!drop_rights()) {
        return 1;
    }
    return cw_store_open(place->folder, CW_STORE_WRITE, &store, NULL) == CW_DENIED ? 42 : 2;
}

static void reads_in_a_folder_it_may_not_write(void)
{
    const struct place place = place_make();
    char path[STORE_PATH_BYTES + 32];
    struct cw_store *store = store_open(&place, CW_STORE_WRITE);
    STORE_OK(cw_store_pair_add(store, "f", "KEPT", STORE_NOW, &err));
    cw_store_close(store);
    place_path(&place, "state.db", path);
    CU_ASSERT_EQUAL(chmod(path, 0444), 0);
    CU_ASSERT_EQUAL(chmod(place.folder, 0555), 0);
    CU_ASSERT_EQUAL(in_child(read_without_writing, &place), 42);
    CU_ASSERT_EQUAL(in_child(refused_to_write, &place), 42);
    /* a log with something in it and no shared memory: an immutable view would be an old one */
    CU_ASSERT_EQUAL(chmod(place.folder, 0755), 0);
    place_path(&place, "state.db-wal", path);
    STORE_OK(cw_file_create(path, CW_SPAN("not empty"), 0444, &err));
    CU_ASSERT_EQUAL(chmod(place.folder, 0555), 0);
    CU_ASSERT_EQUAL(in_child(refused_for_its_log, &place), 42);
    CU_ASSERT_EQUAL(chmod(place.folder, 0755), 0);
    place_remove(&place);
}

static void reader_sees_what_a_writer_commits(void)
{
    const struct place place = place_make();
    struct cw_store *writer = store_open(&place, CW_STORE_WRITE);
    struct cw_store *reader = store_open(&place, CW_STORE_READ);
    CU_ASSERT_EQUAL(ask(reader, open_rows[0].value).count, 0);
    rows_put(writer, "f", open_rows, CW_COUNT(open_rows), STORE_NOW);
    CU_ASSERT_EQUAL(ask(reader, open_rows[0].value).count, 1);
    cw_store_close(writer);
    /* the log stays for the reader, and holds nothing that only it would know */
    char path[STORE_PATH_BYTES + 32];
    struct stat info = {0};
    place_path(&place, "state.db-wal", path);
    CU_ASSERT_EQUAL(stat(path, &info), 0);
    CU_ASSERT_EQUAL(info.st_size, 0);
    CU_ASSERT_EQUAL(ask(reader, open_rows[1].value).count, 1);
    cw_store_close(reader);
    place_remove(&place);
}

static int lock_is_busy(const struct place *place)
{
    int fd = -1;
    struct cw_error err = {0};
    const enum cw_status status = cw_state_lock(place->folder, &fd, &err);
    return status == CW_BUSY && strstr(err.text, "another run") != NULL ? 42 : 1;
}

static int lock_and_die(const struct place *place)
{
    int fd = -1;
    return cw_state_lock(place->folder, &fd, NULL) == CW_OK ? 42 : 1;
}

static void lock_keeps_out_every_other_run(void)
{
    const struct place place = place_make();
    int fd = -1;
    int second = -1;
    CU_ASSERT_EQUAL(in_child(lock_and_die, &place), 42);
    STORE_OK(cw_state_lock(place.folder, &fd, &err));
    STORE_FAILS(cw_state_lock(place.folder, &second, &err), CW_BUSY, "another run");
    CU_ASSERT_EQUAL(second, -1);
    CU_ASSERT_EQUAL(in_child(lock_is_busy, &place), 42);
    CU_ASSERT_TRUE((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
    cw_state_unlock(fd);
    STORE_OK(cw_state_lock(place.folder, &second, &err));
    cw_state_unlock(second);
    cw_state_unlock(-1);
    STORE_FAILS(cw_state_lock("/nonexistent/state", &fd, &err), CW_IO, "cannot lock");
    place_remove(&place);
}

#endif
