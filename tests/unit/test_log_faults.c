/* The log ended at every step of a publication, and every reason not to continue it. */
#include "log_place.h"

/* ---- ended at every step ------------------------------------------------------------------- */

struct ending {
    enum cw_log_step at;
    int calls; /* of this step, before the end */
};

static enum cw_status end_here(void *ctx, enum cw_log_step step)
{
    struct ending *ending = ctx;
    return step == ending->at && ending->calls-- == 0 ? CW_IO : CW_OK;
}

static enum cw_status exit_here(void *ctx, enum cw_log_step step)
{
    struct ending *ending = ctx;
    if (step == ending->at && ending->calls-- == 0) {
        _exit(0);
    }
    return CW_OK;
}

/* Every head that was ever signed: what stands in the folder and what the database keeps. Two of
 * one size with different roots would be the end of the log's worth. */
struct seen {
    struct cw_tlog_tree trees[64];
    size_t count;
};

static void see_tree(struct seen *seen, const struct cw_tlog_tree *tree)
{
    for (size_t i = 0; i < seen->count; i++) {
        if (seen->trees[i].size == tree->size) {
            CU_ASSERT(cw_tlog_hash_equal(&seen->trees[i].root, &tree->root));
            return;
        }
    }
    CU_ASSERT_FATAL(seen->count < CW_COUNT(seen->trees));
    seen->trees[seen->count++] = *tree;
}

static void see(struct seen *seen, const struct log_place *log)
{
    struct cw_store_head stored;
    struct cw_log_head head;
    bool is_there = false;
    cw_store_head_init(&stored);
    STORE_OK(cw_store_log_head(log->store, CW_LOG_PREPARED, &stored, &is_there, &err));
    if (is_there) {
        see_tree(seen, &stored.checkpoint.tree);
    }
    cw_store_head_clear(&stored);
    cw_log_head_init(&head);
    if (cw_log_head_read_in(log->folder, &head, NULL) == CW_OK) {
        see_tree(seen, &head.checkpoint.tree);
    }
    cw_log_head_clear(&head);
}

/* What is in the folder is a good log after every end, or none at all. */
static void check_folder(const struct log_place *log)
{
    struct cw_log_found found;
    struct cw_error err = {0};
    const enum cw_status status = log_audit(log, NULL, &found, &err);
    CW_CHECK(status == CW_OK || (status == CW_NOT_FOUND && !found.has_checkpoint), "%s\n",
             err.text);
}

static void end_once(struct log_place *log, struct ending ending, bool is_killed, struct seen *seen)
{
    struct cw_tlog_tree tree;
    log->publisher.ctx = &ending;
    log->publisher.before = is_killed ? exit_here : end_here;
    if (is_killed) {
        cw_store_close(log->store); /* an open database must not be taken into a child */
        log->store = NULL;
        (void)fflush(NULL);
        const pid_t pid = fork();
        if (pid == 0) {
            log_reopen(log);
            const enum cw_status status = cw_log_publish(&log->publisher, &tree, NULL);
            _exit(status == CW_OK ? 1 : 2); /* it was to end before */
        }
        int ended = 0;
        CU_ASSERT_EQUAL_FATAL(waitpid(pid, &ended, 0), pid);
        CU_ASSERT_EQUAL(ended, 0);
        log_reopen(log);
    } else {
        CU_ASSERT_EQUAL(cw_log_publish(&log->publisher, &tree, NULL), CW_IO);
    }
    log->publisher.before = NULL;
    see(seen, log);
    check_folder(log);
}

/* What a kill leaves in a folder that a run writes to again. */
static void leave_temporary(const struct log_place *log)
{
    char path[STORE_PATH_BYTES + 96];
    log_file(log, "tile/entries/000.p/.cw-1-0.tmp", path, sizeof(path));
    CU_ASSERT_EQUAL(cw_file_create(path, CW_SPAN("cut"), 0600, NULL), CW_OK);
}

/* The first tile is full: no part of it may have stayed. */
static void check_parts_are_gone(const struct log_place *log)
{
    static const char *const names[] = {"tile/entries/000.p", "tile/0/000.p"};
    for (size_t i = 0; i < CW_COUNT(names); i++) {
        char path[STORE_PATH_BYTES + 96];
        log_file(log, names[i], path, sizeof(path));
        CW_CHECK(access(path, F_OK) != 0, "%s\n", names[i]);
    }
}

/* 250 entries first, so that the next 300 fill a tile and begin another; more entries come in
 * between, as they do when the next scan continues. */
static void continue_after(enum cw_log_step step, size_t between, bool is_killed)
{
    struct log_place log;
    struct seen seen = {.count = 0};
    log_open(&log);
    log_put(&log, 250);
    log_publish_ok(&log);
    see(&seen, &log);
    leave_temporary(&log);
    log_put(&log, 300);
    end_once(&log, (struct ending){.at = step}, is_killed, &seen);
    log_put(&log, between);
    end_once(&log, (struct ending){.at = step}, is_killed, &seen); /* and once more */
    log_publish_ok(&log);
    see(&seen, &log);
    log_audit_ok(&log, log.made);
    check_parts_are_gone(&log);
    log_close(&log);
}

static void continues_after_an_end_at_every_step(void)
{
    for (int step = 0; step < CW_LOG_STEPS; step++) {
        continue_after((enum cw_log_step)step, 1, false);
        continue_after((enum cw_log_step)step, 300, false);
    }
}

static void continues_after_a_kill_at_every_step(void)
{
    for (int step = 0; step < CW_LOG_STEPS; step++) {
        continue_after((enum cw_log_step)step, 3, true);
    }
}

static void begins_after_an_end_at_every_step(void)
{
    for (int step = 0; step < CW_LOG_STEPS; step++) {
        struct log_place log;
        struct seen seen = {.count = 0};
        log_open(&log);
        log_put(&log, 3);
        end_once(&log, (struct ending){.at = (enum cw_log_step)step}, false, &seen);
        log_put(&log, 4);
        log_publish_ok(&log);
        see(&seen, &log);
        log_audit_ok(&log, 7);
        log_close(&log);
    }
}

static void publishes_more_than_one_batch(void)
{
    struct log_place log;
    struct seen seen = {.count = 0};
    log_open(&log);
    log_put(&log, CW_LOG_BATCH_MAX + 1);
    end_once(&log, (struct ending){.at = CW_LOG_STEP_TILES, .calls = 1}, false, &seen);
    CU_ASSERT_EQUAL(seen.count, 1); /* the first batch has its checkpoint */
    CU_ASSERT_EQUAL(seen.trees[0].size, CW_LOG_BATCH_MAX);
    log_publish_ok(&log);
    log_publish_ok(&log); /* with nothing new, nothing happens */
    log_audit_ok(&log, CW_LOG_BATCH_MAX + 1);
    log_close(&log);
}

/* ---- reasons not to go on ------------------------------------------------------------------ */

static void lose_checkpoint(struct log_place *log)
{
    char path[1024];
    log_file(log, "checkpoint", path, sizeof(path));
    CU_ASSERT_EQUAL(unlink(path), 0);
}

static void lose_folder(struct log_place *log)
{
    remove_all(log->folder);
}

static void garble_checkpoint(struct log_place *log)
{
    char path[1024];
    log_file(log, "checkpoint", path, sizeof(path));
    write_text(path, CW_SPAN("not a checkpoint\n"));
}

static void cut_tile(struct log_place *log)
{
    cut(log, "tile/0/001.p/44", 32);
}

static void flip_tile(struct log_place *log)
{
    flip(log, "tile/0/001.p/44", 100);
}

static void flip_upper_tile(struct log_place *log)
{
    flip(log, "tile/1/000.p/1", 0);
}

static void flip_entry(struct log_place *log)
{
    flip(log, "tile/entries/001.p/44", -3);
}

static void cut_bundle(struct log_place *log)
{
    cut(log, "tile/entries/001.p/44", 1);
}

static void lose_bundle(struct log_place *log)
{
    char path[1024];
    log_file(log, "tile/entries/001.p/44", path, sizeof(path));
    CU_ASSERT_EQUAL(unlink(path), 0);
}

static void change_key(struct log_place *log)
{
    cw_signing_key_free(log->key);
    log->key = key_of(SEED_ROGUE);
    log->publisher.key = log->key;
}

static void change_origin(struct log_place *log)
{
    log->publisher.origin = ORIGIN_2;
}

static void lose_database(struct log_place *log)
{
    static const char *const names[] = {"state.db", "state.db-wal", "state.db-shm"};
    cw_store_close(log->store);
    for (size_t i = 0; i < CW_COUNT(names); i++) {
        char path[1024];
        place_path(&log->place, names[i], path);
        (void)unlink(path);
    }
    log->store = NULL;
    log_reopen(log);
    log_put(log, 1);
}

/* The database as it was before the last publication, the folder as it is. */
static void put_back_older_database(struct log_place *log)
{
    char path[1024];
    char copy[1024];
    place_path(&log->place, "state.db", path);
    place_path(&log->place, "copy.db", copy);
    cw_store_close(log->store);
    log->store = NULL;
    struct cw_buf bytes;
    cw_buf_init(&bytes, 16 << 20);
    STORE_OK(cw_file_read(path, &bytes, &err));
    log_reopen(log);
    log_put(log, 5);
    log_publish_ok(log);
    cw_store_close(log->store);
    log->store = NULL;
    write_text(path, cw_buf_as_span(&bytes));
    cw_buf_clear(&bytes);
    log_reopen(log);
}

static const struct {
    const char *what;
    void (*alter)(struct log_place *log);
    const char *says;
} refusals[] = {
    {"checkpoint lost", lose_checkpoint, "log/checkpoint is missing, and 300 entries were signed"},
    {"folder lost", lose_folder, "log/checkpoint is missing, and 300 entries were signed"},
    {"checkpoint garbled", garble_checkpoint, "no empty line with signatures"},
    {"tile cut short", cut_tile, "tile/0/001.p/44: 1376 bytes where 1408 are expected: cut short"},
    {"tile altered", flip_tile, "do not have the root that was signed"},
    {"upper tile altered", flip_upper_tile, "do not have the root that was signed"},
    {"entry altered", flip_entry, "tile/entries/001.p/44: entry 299 was altered"},
    {"bundle cut short", cut_bundle, "tile/entries/001.p/44: "},
    {"bundle lost", lose_bundle, "tile/entries/001.p/44: is missing"},
    {"other key", change_key, "log/checkpoint is not signed by keys/log.pem"},
    {"other origin", change_origin, "a log keeps its name for life"},
    {"database lost", lose_database, "the database knows of no log"},
    {"older database", put_back_older_database,
     "305 entries, and the database knows of 300: an "
     "older database was put back"},
};

static void refuses_to_continue_and_says_why(void)
{
    for (size_t i = 0; i < CW_COUNT(refusals); i++) {
        struct log_place log;
        struct cw_tlog_tree tree;
        struct cw_error why = {0};
        log_open(&log);
        log_put(&log, 300);
        log_publish_ok(&log);
        refusals[i].alter(&log);
        log_put(&log, 2);
        for (int again = 0; again < 2; again++) {
            cw_error_clear(&why);
            const enum cw_status status = log_publish(&log, &tree, &why);
            CW_CHECK(status == CW_STATE, "%s: status %d\n", refusals[i].what, (int)status);
            CW_CHECK(strstr(why.text, refusals[i].says) != NULL, "%s: says: %s\n", refusals[i].what,
                     why.text);
            CW_CHECK(strstr(why.text, "--new-log") != NULL, "%s: says: %s\n", refusals[i].what,
                     why.text);
        }
        uint64_t pending = 0;
        STORE_OK(cw_store_log_pending(log.store, &pending, &err));
        CW_CHECK(pending >= 2, "%s: %llu wait\n", refusals[i].what, (unsigned long long)pending);
        log_close(&log);
    }
}

static void continues_when_the_newer_copy_is_back(void)
{
    struct log_place log;
    struct cw_tlog_tree tree;
    char older[1100];
    char newer[1100];
    log_open(&log);
    log_put(&log, 20);
    log_publish_ok(&log);
    (void)snprintf(older, sizeof(older), "%s-older", log.folder);
    (void)snprintf(newer, sizeof(newer), "%s-newer", log.folder);
    copy_all(log.folder, older);
    log_put(&log, 20);
    log_publish_ok(&log);
    CU_ASSERT_EQUAL(rename(log.folder, newer), 0);
    CU_ASSERT_EQUAL(rename(older, log.folder), 0);
    log_put(&log, 1);
    STORE_FAILS(log_publish(&log, &tree, &err), CW_STATE, "an older copy was put back");
    remove_all(log.folder);
    CU_ASSERT_EQUAL(rename(newer, log.folder), 0);
    log_publish_ok(&log);
    log_audit_ok(&log, 41);
    log_close(&log);
}

/* ---- a new log ----------------------------------------------------------------------------- */

static void begins_a_new_log_that_names_the_old(void)
{
    struct log_place log;
    struct cw_tlog_tree tree;
    char *moved = NULL;
    log_open(&log);
    log_put(&log, 30);
    log_publish_ok(&log);
    lose_checkpoint(&log);
    log_put(&log, 6);
    STORE_FAILS(cw_log_begin_anew(&log.publisher, &moved, &tree, &err), CW_INVALID,
                "give the new one another");
    log.publisher.origin = ORIGIN_2;
    STORE_OK(cw_log_begin_anew(&log.publisher, &moved, &tree, &err));
    CU_ASSERT_EQUAL(tree.size, 7); /* the six that waited, behind the one that says why */
    CU_ASSERT(moved != NULL && strstr(moved, "/log-1") != NULL);
    free(moved);
    struct cw_buf entry;
    cw_buf_init(&entry, CW_TLOG_ENTRY_MAX);
    STORE_OK(cw_log_entry_at(log.folder, 0, tree.size, &entry, &err));
    const char *text = entry.data;
    CU_ASSERT(strstr(text, "\"origin\":\"" ORIGIN "\"") != NULL);
    CU_ASSERT(strstr(text, "\"size\":30,\"t\":\"log\"") != NULL);
    cw_buf_clear(&entry);
    const struct cw_public_key public_key = cw_signing_key_public(log.key);
    cw_tlog_key_make(CW_SPAN(ORIGIN_2), CW_TLOG_SIGN, &public_key, &log.keys[0]);
    log_audit_ok(&log, 7);
    /* the name of the old log is used up, however one asks */
    log_put(&log, 1);
    log.publisher.origin = ORIGIN;
    STORE_FAILS(log_publish(&log, &tree, &err), CW_STATE, "a log keeps its name for life");
    STORE_FAILS(cw_log_begin_anew(&log.publisher, &moved, &tree, &err), CW_INVALID,
                "a log that ends or has ended");
    log_close(&log);
}

/* Ended between the two halves: heads forgotten, nothing published under the new name yet. */
static void never_begins_an_ended_log_again(void)
{
    struct log_place log;
    struct cw_tlog_tree tree;
    struct ending ending = {.at = CW_LOG_STEP_ENTRIES};
    char *moved = NULL;
    log_open(&log);
    log_put(&log, 3);
    log_publish_ok(&log);
    log.publisher.origin = ORIGIN_2;
    log.publisher.ctx = &ending;
    log.publisher.before = end_here;
    CU_ASSERT_EQUAL(cw_log_begin_anew(&log.publisher, &moved, &tree, NULL), CW_IO);
    log.publisher.before = NULL;
    log.publisher.origin = ORIGIN;
    STORE_FAILS(log_publish(&log, &tree, &err), CW_STATE, "the name of a log that has ended");
    log.publisher.origin = ORIGIN_2;
    STORE_OK(log_publish(&log, &tree, &err));
    CU_ASSERT_EQUAL(tree.size, 1);
    log_close(&log);
}

static void names_the_longer_head_when_the_database_is_older(void)
{
    struct log_place log;
    struct cw_tlog_tree tree;
    char *moved = NULL;
    struct cw_buf entry;
    log_open(&log);
    log_put(&log, 300);
    log_publish_ok(&log);
    put_back_older_database(&log);
    log.publisher.origin = ORIGIN_2;
    STORE_OK(cw_log_begin_anew(&log.publisher, &moved, &tree, &err));
    free(moved);
    cw_buf_init(&entry, CW_TLOG_ENTRY_MAX);
    STORE_OK(cw_log_entry_at(log.folder, 0, tree.size, &entry, &err));
    CU_ASSERT(strstr(entry.data, "\"size\":305,") != NULL);
    cw_buf_clear(&entry);
    log_close(&log);
}

static void does_not_end_a_log_that_never_was(void)
{
    struct log_place log;
    struct cw_tlog_tree tree;
    char *moved = NULL;
    log_open(&log);
    log_put(&log, 1);
    STORE_FAILS(cw_log_begin_anew(&log.publisher, &moved, &tree, &err), CW_INVALID,
                "there is no log with a checkpoint of ours");
    log_close(&log);
}

static const struct cw_test TESTS[] = {
    {"continues after an end at every step", continues_after_an_end_at_every_step},
    {"continues after a kill at every step", continues_after_a_kill_at_every_step},
    {"begins after an end at every step", begins_after_an_end_at_every_step},
    {"publishes more than one batch", publishes_more_than_one_batch},
    {"refuses to continue and says why", refuses_to_continue_and_says_why},
    {"continues when the newer copy is back", continues_when_the_newer_copy_is_back},
    {"begins a new log that names the old", begins_a_new_log_that_names_the_old},
    {"never begins an ended log again", never_begins_an_ended_log_again},
    {"names the longer head of two", names_the_longer_head_when_the_database_is_older},
    {"does not end a log that never was", does_not_end_a_log_that_never_was},
};

int main(void)
{
    log_in_memory();
    return cw_run_suite("log_faults", TESTS, CW_COUNT(TESTS));
}
