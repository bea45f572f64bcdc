/* log_place.h: what the tests of the log share: a database and a folder, entries made of numbers,
 * one call that publishes, one that verifies. */
#ifndef CW_TESTS_LOG_PLACE_H
#define CW_TESTS_LOG_PLACE_H

#include "store_place.h"
#include "tlog_world.h"

#include <dirent.h>

#include "base/datetime.h"

#include "log/audit.h"
#include "log/publish.h"

#define ORIGIN_2 "scanner.agency.example/cryptowatch/log2"

enum { LOG_NOW = 1795144503 };

struct log_place {
    struct place place;
    char folder[STORE_PATH_BYTES + 32];
    struct cw_store *store;
    struct cw_signing_key *key;
    struct cw_log_publisher publisher;
    struct cw_tlog_key keys[2]; /* the log's, the witness's */
    uint64_t made;              /* entries queued so far */
};

static inline void log_reopen(struct log_place *log)
{
    cw_store_close(log->store);
    log->store = store_open(&log->place, CW_STORE_WRITE);
    log->publisher.store = log->store;
}

/* Thousands of files are synced: in memory that costs nothing, and what is tested is what they hold
 * when a process ends, not when the power fails. */
static inline void log_in_memory(void)
{
    if (access("/dev/shm", W_OK) == 0) {
        (void)setenv("TMPDIR", "/dev/shm", 0);
    }
}

/* In place: the publisher points into it. */
static inline void log_open(struct log_place *log)
{
    *log = (struct log_place){.place = place_make(), .key = key_of(SEED_LOG)};
    place_path(&log->place, "log", log->folder);
    log->keys[0] = vkey_of(VKEY_LOG);
    log->keys[1] = vkey_of(VKEY_WITNESS);
    log->publisher = (struct cw_log_publisher){
        .folder = log->folder, .origin = ORIGIN, .key = log->key, .now_s = LOG_NOW};
    log_reopen(log);
}

static inline void remove_all(const char *path)
{
    DIR *dir = opendir(path);
    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        char *child = cw_path_join(path, entry->d_name);
        struct stat info;
        if (lstat(child, &info) == 0 && S_ISDIR(info.st_mode)) {
            remove_all(child);
        } else {
            (void)unlink(child);
        }
        free(child);
    }
    if (dir != NULL) {
        (void)closedir(dir);
    }
    (void)rmdir(path);
}

static inline void log_close(struct log_place *log)
{
    cw_store_close(log->store);
    cw_signing_key_free(log->key);
    remove_all(log->place.folder);
}

static inline void entry_put(struct log_place *log, struct cw_span entry, const char *alert_id)
{
    STORE_OK(cw_store_log_add(log->store, entry, alert_id, &err));
    log->made++;
}

/* Entries that differ in their number, every seventh of them that of an alert. */
static inline void log_put(struct log_place *log, size_t count)
{
    static const char zeros[] = "0000000000000000000000000000000000000000000000000000000000000000";
    struct cw_buf entry;
    cw_buf_init(&entry, CW_TLOG_ENTRY_MAX);
    STORE_OK(cw_store_begin(log->store, &err));
    for (size_t i = 0; i < count; i++) {
        struct cw_log_alert alert = {.kid = "KuDs8Z1JEjUdXW8T0PqYioJJ3u1W_kEAEg8qRmE-vao"};
        const struct cw_log_run run = {.at_s = LOG_NOW, .rules_sha256 = zeros, .alerts = log->made};
        (void)snprintf(alert.id, sizeof(alert.id), "00000000-0000-5000-8000-%012llu",
                       (unsigned long long)log->made);
        (void)snprintf(alert.sha256, sizeof(alert.sha256), "%064llu",
                       (unsigned long long)log->made);
        memset(alert.sig, 'A', sizeof(alert.sig) - 1);
        const bool is_alert = log->made % 7 == 6;
        cw_buf_reset(&entry);
        if (is_alert) {
            STORE_OK(cw_log_entry_alert(&alert, &entry, &err));
        } else {
            STORE_OK(cw_log_entry_run(&run, &entry, &err));
        }
        entry_put(log, cw_buf_as_span(&entry), is_alert ? alert.id : "");
    }
    STORE_OK(cw_store_commit(log->store, &err));
    cw_buf_clear(&entry);
}

static inline enum cw_status log_publish(struct log_place *log, struct cw_tlog_tree *ret,
                                         struct cw_error *err)
{
    return cw_log_publish(&log->publisher, ret, err);
}

static inline void log_publish_ok(struct log_place *log)
{
    struct cw_tlog_tree tree;
    STORE_OK(cw_log_publish(&log->publisher, &tree, &err));
    CU_ASSERT_EQUAL(tree.size, log->made);
}

static inline enum cw_status log_audit(const struct log_place *log, const char *against,
                                       struct cw_log_found *found, struct cw_error *err)
{
    const struct cw_log_audit audit = {
        .folder = log->folder, .keys = log->keys, .keys_count = 1, .against = against};
    return cw_log_audit_run(&audit, found, err);
}

static inline void log_audit_ok(const struct log_place *log, uint64_t size)
{
    struct cw_log_found found;
    STORE_OK(log_audit(log, NULL, &found, &err));
    CU_ASSERT_EQUAL(found.checkpoint.tree.size, size);
    uint64_t entries = 0;
    for (size_t i = 0; i < CW_LOG_KINDS; i++) {
        entries += found.entries[i];
    }
    CU_ASSERT_EQUAL(entries, size);
    CU_ASSERT_EQUAL(found.entries[CW_LOG_OTHER], 0);
}

/* ---- files ---- */

static inline void log_file(const struct log_place *log, const char *name, char *ret, size_t bytes)
{
    (void)snprintf(ret, bytes, "%s/%s", log->folder, name);
}

/* Copies a folder with all that is in it; the copy must not exist. */
static inline void copy_all(const char *from, const char *to)
{
    CU_ASSERT_EQUAL_FATAL(mkdir(to, 0755), 0);
    DIR *dir = opendir(from);
    CU_ASSERT_PTR_NOT_NULL_FATAL(dir);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        char *source = cw_path_join(from, entry->d_name);
        char *target = cw_path_join(to, entry->d_name);
        struct stat info;
        CU_ASSERT_EQUAL_FATAL(lstat(source, &info), 0);
        if (S_ISDIR(info.st_mode)) {
            copy_all(source, target);
        } else {
            struct cw_buf bytes;
            cw_buf_init(&bytes, 64 << 20);
            STORE_OK(cw_file_read(source, &bytes, &err));
            const int fd = open(target, O_WRONLY | O_CREAT | O_EXCL, 0644);
            STORE_OK(cw_fd_write_all(fd, cw_buf_as_span(&bytes), &err));
            (void)close(fd);
            cw_buf_clear(&bytes);
        }
        free(source);
        free(target);
    }
    (void)closedir(dir);
}

/* Flips a bit of the byte at `at`; from the end when negative. */
static inline void flip(const struct log_place *log, const char *name, long at)
{
    char path[1024];
    log_file(log, name, path, sizeof(path));
    FILE *file = fopen(path, "r+b");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(fseek(file, at, at < 0 ? SEEK_END : SEEK_SET), 0);
    const int byte = fgetc(file);
    CU_ASSERT_NOT_EQUAL_FATAL(byte, EOF);
    CU_ASSERT_EQUAL(fseek(file, -1, SEEK_CUR), 0);
    (void)fputc(byte ^ 1, file);
    (void)fclose(file);
}

static inline void cut(const struct log_place *log, const char *name, off_t bytes)
{
    char path[1024];
    struct stat info;
    log_file(log, name, path, sizeof(path));
    CU_ASSERT_EQUAL_FATAL(stat(path, &info), 0);
    CU_ASSERT_EQUAL_FATAL(truncate(path, info.st_size - bytes), 0);
}

static inline void write_text(const char *path, struct cw_span text)
{
    STORE_OK(cw_file_write(path, text, 0644, &err));
}

#endif
