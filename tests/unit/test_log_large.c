/* The closing condition: a log of 70,000 entries, three levels of tiles, written in 200 runs,
 * verifies; and each way in which it may be tampered with is detected and named. */
#include "log_place.h"

enum { ENTRIES = 70000, RUNS = 200, PER_RUN = ENTRIES / RUNS };

/* Not a compound literal: Clang 14 takes a member of one for the constant it began as. */
static struct log_place shared_place;
static struct log_place *const shared = &shared_place;

/* ---- what one publication touches: the linker puts these in front of the real ones ---- */

static struct {
    size_t files_read;
    size_t bytes_read;
    size_t files_written;
    size_t bytes_written;
    size_t names_removed; /* calls, whether there was anything to remove or not */
    size_t batches;       /* asked of the database: rounds */
} touched;

enum cw_status __real_cw_file_read(const char *path, struct cw_buf *ret, struct cw_error *err);
enum cw_status __wrap_cw_file_read(const char *path, struct cw_buf *ret, struct cw_error *err);
enum cw_status __wrap_cw_file_read(const char *path, struct cw_buf *ret, struct cw_error *err)
{
    const size_t before = ret->len;
    const enum cw_status status = __real_cw_file_read(path, ret, err);
    touched.files_read++;
    touched.bytes_read += status == CW_OK ? ret->len - before : 0;
    return status;
}

enum cw_status __real_cw_file_write(const char *path, struct cw_span data, mode_t mode,
                                    struct cw_error *err);
enum cw_status __wrap_cw_file_write(const char *path, struct cw_span data, mode_t mode,
                                    struct cw_error *err);
enum cw_status __wrap_cw_file_write(const char *path, struct cw_span data, mode_t mode,
                                    struct cw_error *err)
{
    touched.files_written++;
    touched.bytes_written += data.len;
    return __real_cw_file_write(path, data, mode, err);
}

int __real_unlink(const char *path);
int __wrap_unlink(const char *path);
int __wrap_unlink(const char *path)
{
    touched.names_removed++;
    return __real_unlink(path);
}

int __real_rmdir(const char *path);
int __wrap_rmdir(const char *path);
int __wrap_rmdir(const char *path)
{
    touched.names_removed++;
    return __real_rmdir(path);
}

enum cw_status __real_cw_store_log_batch(struct cw_store *store, int64_t through_max,
                                         size_t count_max, struct cw_store_batch *ret,
                                         struct cw_error *err);
enum cw_status __wrap_cw_store_log_batch(struct cw_store *store, int64_t through_max,
                                         size_t count_max, struct cw_store_batch *ret,
                                         struct cw_error *err);
enum cw_status __wrap_cw_store_log_batch(struct cw_store *store, int64_t through_max,
                                         size_t count_max, struct cw_store_batch *ret,
                                         struct cw_error *err)
{
    touched.batches++;
    return __real_cw_store_log_batch(store, through_max, count_max, ret, err);
}

/* Of 350 entries, whatever the length of the log: read are the checkpoint and the unfinished tile
 * of each of three levels and of the bundles; written are at most two tiles that become full and
 * one that does not, of bundles and of hashes, one full and one not of the level above, one of the
 * top, and the checkpoint. */
enum {
    READ_MAX = 1 + 1 + 3,
    WRITTEN_MAX = 3 + 3 + 2 + 1 + 1,
    TILE_BYTES = CW_TLOG_TILE_WIDTH * CW_TLOG_HASH_BYTES,
    ENTRY_BYTES = 300, /* those of log_put are shorter */
};

static void costs_what_is_new(int run)
{
    const size_t bundle_bytes = (size_t)CW_TLOG_TILE_WIDTH * ENTRY_BYTES;
    CW_CHECK(touched.batches == 1, "run %d: %zu rounds\n", run, touched.batches);
    CW_CHECK(touched.files_read <= READ_MAX, "run %d: %zu read\n", run, touched.files_read);
    CW_CHECK(touched.bytes_read <= 3 * TILE_BYTES + bundle_bytes + 1024, "run %d: %zu bytes read\n",
             run, touched.bytes_read);
    CW_CHECK(touched.files_written <= WRITTEN_MAX, "run %d: %zu written\n", run,
             touched.files_written);
    CW_CHECK(touched.bytes_written <= 6 * TILE_BYTES + 3 * bundle_bytes + 1024,
             "run %d: %zu bytes written\n", run, touched.bytes_written);
}

/* Every file that was written is removed once at most, and for each tile that became full its
 * folder of parts is tried twice: one tile of 256 others leaves its parts of many runs behind. */
static void removes_what_was_written(size_t written, size_t removed)
{
    const size_t full = 2 * (ENTRIES / CW_TLOG_TILE_WIDTH) + 1;
    CW_CHECK(removed <= written + 2 * full, "%zu names removed of %zu\n", removed, written);
}

static void grows_to_70000_entries_in_200_runs(void)
{
    char backup[1024];
    size_t written = 0;
    size_t removed = 0;
    log_open(shared);
    for (int run = 0; run < RUNS; run++) {
        shared->publisher.now_s += 3600;
        log_put(shared, PER_RUN);
        memset(&touched, 0, sizeof(touched));
        log_publish_ok(shared);
        costs_what_is_new(run);
        written += touched.files_written;
        removed += touched.names_removed;
        if (run == RUNS - 20) {
            (void)snprintf(backup, sizeof(backup), "%s/older", shared->place.folder);
            copy_all(shared->folder, backup);
        }
    }
    removes_what_was_written(written, removed);
    log_audit_ok(shared, ENTRIES);
}

/* Nothing waits: one look at the folder, and nothing is written. */
static void an_empty_publication_writes_nothing(void)
{
    memset(&touched, 0, sizeof(touched));
    log_publish_ok(shared);
    CU_ASSERT_EQUAL(touched.batches, 1);
    CU_ASSERT_EQUAL(touched.files_written, 0);
    CU_ASSERT_EQUAL(touched.names_removed, 0);
}

static bool has_file(const char *name)
{
    char path[1024];
    log_file(shared, name, path, sizeof(path));
    return access(path, F_OK) == 0;
}

static void has_the_tiles_of_the_specification(void)
{
    static const char *const names[] = {"tile/0/272",
                                        "tile/0/273.p/112",
                                        "tile/1/000",
                                        "tile/1/001.p/17",
                                        "tile/2/000.p/1",
                                        "tile/entries/272",
                                        "tile/entries/273.p/112"};
    static const char *const gone[] = {"tile/0/273",  "tile/1/001",   "tile/2/000",
                                       "tile/3/000",  "tile/0/272.p", "tile/entries/272.p",
                                       "tile/1/000.p"};
    for (size_t i = 0; i < CW_COUNT(names); i++) {
        CW_CHECK(has_file(names[i]), "%s is missing\n", names[i]);
    }
    for (size_t i = 0; i < CW_COUNT(gone); i++) {
        CW_CHECK(!has_file(gone[i]), "%s is there\n", gone[i]);
    }
}

/* Only the right edge is read: without any finished tile, the log still grows. */
static void grows_without_reading_what_is_finished(void)
{
    char tile[1024];
    char away[1024];
    log_file(shared, "tile/0/000", tile, sizeof(tile));
    log_file(shared, "away", away, sizeof(away));
    CU_ASSERT_EQUAL_FATAL(rename(tile, away), 0);
    log_put(shared, 1);
    log_publish_ok(shared);
    CU_ASSERT_EQUAL_FATAL(rename(away, tile), 0);
}

/* Where a tampered log must be refused, and what must be said. */
struct tampering {
    const char *what;
    void (*alter)(void);
    void (*restore)(void); /* the same way back */
    const char *says;
};

static void alter_entry(void)
{
    flip(shared, "tile/entries/100", 4000);
}

static void alter_leaf(void)
{
    flip(shared, "tile/0/100", 7 * CW_TLOG_HASH_BYTES);
}

static void alter_upper(void)
{
    flip(shared, "tile/1/000", 200 * CW_TLOG_HASH_BYTES + 3);
}

static void alter_top(void)
{
    flip(shared, "tile/2/000.p/1", 31);
}

static void alter_entry_and_leaf(void)
{
    char path[1024];
    struct cw_buf bundle;
    struct cw_span rest;
    struct cw_span entry;
    flip(shared, "tile/entries/100", 12); /* in the first entry */
    log_file(shared, "tile/entries/100", path, sizeof(path));
    cw_buf_init(&bundle, CW_TLOG_BUNDLE_BYTES_MAX);
    STORE_OK(cw_file_read(path, &bundle, &err));
    rest = cw_buf_as_span(&bundle);
    CU_ASSERT_FATAL(cw_tlog_bundle_next(&rest, &entry));
    const struct cw_tlog_hash leaf = cw_tlog_leaf(entry);
    log_file(shared, "tile/0/100", path, sizeof(path));
    FILE *file = fopen(path, "r+b");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(fwrite(leaf.bytes, 1, sizeof(leaf.bytes), file), sizeof(leaf.bytes));
    (void)fclose(file);
    cw_buf_clear(&bundle);
}

static char kept[CW_TLOG_TILE_WIDTH * CW_TLOG_HASH_BYTES];

static void cut_tile(void)
{
    char path[1024];
    log_file(shared, "tile/0/200", path, sizeof(path));
    FILE *file = fopen(path, "rb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL_FATAL(fread(kept, 1, sizeof(kept), file), sizeof(kept));
    (void)fclose(file);
    cut(shared, "tile/0/200", 1);
}

static void mend_tile(void)
{
    char path[1024];
    log_file(shared, "tile/0/200", path, sizeof(path));
    write_text(path, cw_span_make(kept, sizeof(kept)));
}

static void move_tile(void)
{
    char path[1024];
    char away[1024];
    log_file(shared, "tile/entries/x000", away, sizeof(away));
    log_file(shared, "tile/entries/150", path, sizeof(path));
    CU_ASSERT_EQUAL(
        rename(access(path, F_OK) == 0 ? path : away, access(path, F_OK) == 0 ? away : path), 0);
}

static void names_each_alteration(void)
{
    static const struct tampering rows[] = {
        {"a flipped byte in an entry", alter_entry, alter_entry, "entry 256"},
        {"a flipped byte in a leaf hash", alter_leaf, alter_leaf,
         "entry 25607 does not have the hash that tile/0/100 holds"},
        {"a flipped byte one level up", alter_upper, alter_upper,
         "tile/1/000: hash 200 is not that of tile/0/200"},
        {"a flipped byte at the top", alter_top, alter_top,
         "tile/2/000.p/1: hash 0 is not that of tile/1/000"},
        {"a truncated tile", cut_tile, mend_tile,
         "tile/0/200: 8191 bytes where 8192 are expected: cut short"},
        {"a tile that is gone", move_tile, move_tile, "tile/entries/150: is missing"},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        struct cw_log_found found;
        struct cw_error err = {0};
        rows[i].alter();
        const enum cw_status status = log_audit(shared, NULL, &found, &err);
        CW_CHECK(status == CW_UNTRUSTED, "%s: status %d\n", rows[i].what, (int)status);
        CW_CHECK(strstr(err.text, rows[i].says) != NULL, "%s: says: %s\n", rows[i].what, err.text);
        rows[i].restore();
    }
}

static void names_what_an_entry_and_its_hash_hide_together(void)
{
    struct cw_log_found found;
    struct cw_error err = {0};
    alter_entry_and_leaf();
    CU_ASSERT_EQUAL(log_audit(shared, NULL, &found, &err), CW_UNTRUSTED);
    CW_CHECK(strstr(err.text, "entry 25600") != NULL ||
                 strstr(err.text, "tile/1/000: hash 100 is not that of tile/0/100") != NULL,
             "says: %s\n", err.text);
    alter_entry_and_leaf(); /* twice is not at all */
}

/* The whole folder, as it was 20 runs ago, in the place of the newer one. */
static void detects_an_older_copy_put_back(void)
{
    char newer[1024];
    char older[1024];
    char seen[1100];
    struct cw_tlog_tree tree;
    (void)snprintf(newer, sizeof(newer), "%s/newer", shared->place.folder);
    (void)snprintf(older, sizeof(older), "%s/older", shared->place.folder);
    (void)snprintf(seen, sizeof(seen), "%s/checkpoint", newer);
    CU_ASSERT_EQUAL_FATAL(rename(shared->folder, newer), 0);
    CU_ASSERT_EQUAL_FATAL(rename(older, shared->folder), 0);
    struct cw_log_found found;
    STORE_FAILS(log_audit(shared, seen, &found, &err), CW_UNTRUSTED,
                "63350 entries, and a signed checkpoint of 70001 was seen before: an older copy");
    log_put(shared, 1);
    STORE_FAILS(log_publish(shared, &tree, &err), CW_STATE,
                "63350 entries, and 70001 were signed: an older copy was put back");
    CU_ASSERT_EQUAL_FATAL(rename(shared->folder, older), 0);
    CU_ASSERT_EQUAL_FATAL(rename(newer, shared->folder), 0);
    log_publish_ok(shared);
}

static void detects_a_second_checkpoint_of_the_same_size(void)
{
    char path[1024];
    char other[1100];
    struct cw_buf text;
    struct cw_buf note;
    struct cw_buf good;
    struct cw_tlog_tree tree;
    struct cw_log_found found;
    log_file(shared, "checkpoint", path, sizeof(path));
    (void)snprintf(other, sizeof(other), "%s/seen", shared->place.folder);
    cw_buf_init(&good, CW_NOTE_BYTES_MAX);
    cw_buf_init(&text, CW_NOTE_BYTES_MAX);
    cw_buf_init(&note, CW_NOTE_BYTES_MAX);
    STORE_OK(cw_file_read(path, &good, &err));
    const struct cw_tlog_checkpoint second = {
        .origin = ORIGIN, .tree = {shared->made, cw_tlog_leaf(CW_SPAN("another history"))}};
    cw_tlog_checkpoint_write(&second, &text);
    cw_tlog_note_sign(shared->key, CW_SPAN(ORIGIN), cw_buf_as_span(&text), &note);
    write_text(other, cw_buf_as_span(&note));
    STORE_FAILS(log_audit(shared, other, &found, &err), CW_UNTRUSTED,
                "a second checkpoint of the same size, 70002, with another root");
    write_text(path, cw_buf_as_span(&note));
    log_put(shared, 1);
    STORE_FAILS(log_publish(shared, &tree, &err), CW_STATE,
                "a second checkpoint of the same size, 70002, with another root");
    write_text(path, cw_buf_as_span(&good));
    log_publish_ok(shared);
    /* after all of it the log is whole, and begins with what it was 20 runs before its end */
    (void)snprintf(other, sizeof(other), "%s/older/checkpoint", shared->place.folder);
    STORE_OK(log_audit(shared, other, &found, &err));
    CU_ASSERT_EQUAL(found.checkpoint.tree.size, ENTRIES + 3);
    CU_ASSERT_EQUAL(found.older.tree.size, 63350);
    cw_buf_clear(&good);
    cw_buf_clear(&text);
    cw_buf_clear(&note);
}

static void finds_every_alert_at_its_position(void)
{
    for (uint64_t i = 6; i < ENTRIES; i += 7 * 997) {
        char id[64];
        char origin[CW_LOG_NAME_MAX + 1] = "";
        uint64_t position = 0;
        bool is_there = false;
        (void)snprintf(id, sizeof(id), "00000000-0000-5000-8000-%012llu", (unsigned long long)i);
        STORE_OK(cw_store_log_position(shared->store, id, origin, &position, &is_there, &err));
        CU_ASSERT(is_there);
        CU_ASSERT_STRING_EQUAL(origin, ORIGIN);
        CU_ASSERT_EQUAL(position, i);
    }
    log_close(shared);
}

static const struct cw_test TESTS[] = {
    {"grows to 70,000 entries in 200 runs, and verifies", grows_to_70000_entries_in_200_runs},
    {"an empty publication writes nothing", an_empty_publication_writes_nothing},
    {"has the tiles of the specification", has_the_tiles_of_the_specification},
    {"grows without reading what is finished", grows_without_reading_what_is_finished},
    {"names each alteration", names_each_alteration},
    {"names what an entry and its hash hide", names_what_an_entry_and_its_hash_hide_together},
    {"detects an older copy that was put back", detects_an_older_copy_put_back},
    {"detects a second checkpoint of one size", detects_a_second_checkpoint_of_the_same_size},
    {"finds every alert at its position", finds_every_alert_at_its_position},
};

int main(void)
{
    log_in_memory();
    return cw_run_suite("log_large", TESTS, CW_COUNT(TESTS));
}
