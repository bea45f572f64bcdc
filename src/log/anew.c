#include <errno.h>
#include <sys/stat.h>

#include "base/file.h"
#include "log/entry.h"
#include "log/folder.h"
#include "log/publish.h"

enum { OLD_LOGS_MAX = 1000 };

/* The old folder is evidence, and stays: log-1, or the first number that is free. */
static enum cw_status move_aside(const char *folder, char **ret_moved, struct cw_error *err)
{
    struct stat info;
    if (lstat(folder, &info) != 0 && errno == ENOENT) {
        *ret_moved = strdup("");
        return *ret_moved != NULL ? CW_OK : cw_error_set(err, CW_NOMEM, "out of memory");
    }
    const size_t bytes = strlen(folder) + 16;
    char *path = malloc(bytes);
    for (int i = 1; path != NULL && i <= OLD_LOGS_MAX; i++) {
        (void)snprintf(path, bytes, "%s-%d", folder, i);
        if (lstat(path, &info) != 0 && errno == ENOENT && rename(folder, path) == 0) {
            *ret_moved = path;
            return CW_OK;
        }
    }
    free(path);
    return cw_error_set(err, CW_IO, "%s: cannot be moved aside", folder);
}

static void take_longer(const struct cw_tlog_checkpoint *found, bool *is_there,
                        struct cw_tlog_checkpoint *ret)
{
    if (!*is_there || found->tree.size > ret->tree.size) {
        *ret = *found;
    }
    *is_there = true;
}

static enum cw_status ask_store(const struct cw_log_publisher *publisher, enum cw_log_stage stage,
                                bool *is_there, struct cw_tlog_checkpoint *ret,
                                struct cw_error *err)
{
    struct cw_store_head head;
    bool is_stored = false;
    cw_store_head_init(&head);
    const enum cw_status status =
        cw_store_log_head(publisher->store, stage, &head, &is_stored, err);
    if (status == CW_OK && is_stored) {
        take_longer(&head.checkpoint, is_there, ret);
    }
    cw_store_head_clear(&head);
    return status;
}

/* A database that was put back knows less than the folder; what the folder says counts when it is
 * signed by our key. */
static void ask_folder(const struct cw_log_publisher *publisher, bool *is_there,
                       struct cw_tlog_checkpoint *ret)
{
    struct cw_log_head head;
    cw_log_head_init(&head);
    if (cw_log_head_read_in(publisher->folder, &head, NULL) == CW_OK &&
        cw_tlog_name_is_valid(cw_span_cstr(head.checkpoint.origin))) {
        const struct cw_public_key public_key = cw_signing_key_public(publisher->key);
        struct cw_tlog_key key;
        int64_t time_s = 0;
        cw_tlog_key_make(cw_span_cstr(head.checkpoint.origin), CW_TLOG_SIGN, &public_key, &key);
        if (cw_tlog_note_check(&head.note, &key, &time_s) == CW_TLOG_GOOD) {
            take_longer(&head.checkpoint, is_there, ret);
        }
    }
    cw_log_head_clear(&head);
}

/* The longest head that we signed, as far as is known here. */
static enum cw_status last_head(const struct cw_log_publisher *publisher,
                                struct cw_tlog_checkpoint *ret, struct cw_error *err)
{
    bool is_there = false;
    enum cw_status status = ask_store(publisher, CW_LOG_PREPARED, &is_there, ret, err);
    if (status == CW_OK) {
        status = ask_store(publisher, CW_LOG_PUBLISHED, &is_there, ret, err);
    }
    if (status != CW_OK) {
        return status;
    }
    ask_folder(publisher, &is_there, ret);
    if (!is_there) {
        return cw_error_set(err, CW_INVALID,
                            "there is no log with a checkpoint of ours that could be ended: "
                            "`cryptowatch scan` begins one, when %s is out of the way",
                            publisher->folder);
    }
    return CW_OK;
}

/* A name is for one log only: under it, each size may be signed once. */
static enum cw_status check_name(const struct cw_log_publisher *publisher,
                                 const struct cw_tlog_checkpoint *old_log, struct cw_error *err)
{
    bool is_ended = false;
    const enum cw_status status =
        cw_store_log_is_ended(publisher->store, publisher->origin, &is_ended, err);
    if (status == CW_OK && (is_ended || strcmp(old_log->origin, publisher->origin) == 0)) {
        return cw_error_set(err, CW_INVALID,
                            "%s is the name of a log that ends or has ended: give the new one "
                            "another, in cryptowatch.json as log.origin",
                            publisher->origin);
    }
    return status;
}

enum cw_status cw_log_begin_anew(const struct cw_log_publisher *publisher, char **ret_moved,
                                 struct cw_tlog_tree *ret_tree, struct cw_error *err)
{
    struct cw_tlog_checkpoint old_log = {.origin = ""};
    struct cw_buf entry;
    char *moved = NULL;
    cw_buf_init(&entry, CW_LOG_NAME_MAX + 512);
    enum cw_status status = last_head(publisher, &old_log, err);
    if (status == CW_OK) {
        status = check_name(publisher, &old_log, err);
    }
    if (status == CW_OK) {
        status = cw_log_entry_log(publisher->now_s, &old_log, &entry, err);
    }
    if (status == CW_OK) {
        status = move_aside(publisher->folder, &moved, err);
    }
    if (status == CW_OK) {
        status =
            cw_store_log_restart(publisher->store, old_log.origin, cw_buf_as_span(&entry), err);
    }
    if (status == CW_OK) {
        status = cw_log_publish(publisher, ret_tree, err);
    }
    cw_buf_clear(&entry);
    if (status == CW_OK) {
        *ret_moved = moved;
    } else {
        free(moved);
    }
    return status;
}
