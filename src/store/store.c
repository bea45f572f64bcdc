#include "store/sql.h"

void cw_store_close(struct cw_store *store)
{
    if (store == NULL) {
        return;
    }
    cw_store_rollback(store);
    for (size_t i = 0; i < store->cached_count; i++) {
        (void)sqlite3_finalize(store->cached[i].stmt);
    }
    /* An empty log lets `check` open the database on a read-only file system. When a reader is in
     * the way the log stays as it is: nothing is lost, the next close tries again. */
    if (store->db != NULL && store->mode == CW_STORE_WRITE) {
        (void)sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    }
    (void)sqlite3_close_v2(store->db);
    free(store->path);
    free(store);
}

void cw_store_closep(struct cw_store **store)
{
    cw_store_close(*store);
    *store = NULL;
}

enum cw_status cw_store_begin(struct cw_store *store, struct cw_error *err)
{
    CW_ASSERT(store->mode == CW_STORE_WRITE);
    CW_ASSERT(!store->is_in_transaction);
    cw_sql_rollback(store); /* one that could not be ended */
    struct cw_sql sql = cw_sql_begin(store, "BEGIN IMMEDIATE");
    const enum cw_status status = cw_sql_run(&sql, err);
    store->is_in_transaction = status == CW_OK;
    return status;
}

bool cw_store_is_changing(const struct cw_store *store)
{
    return store->is_in_transaction;
}

enum cw_status cw_store_commit(struct cw_store *store, struct cw_error *err)
{
    CW_ASSERT(store->is_in_transaction);
    if (store->failed != CW_OK) {
        return cw_sql_spoilt(store, err);
    }
    struct cw_sql sql = cw_sql_begin(store, "COMMIT");
    const enum cw_status status = cw_sql_run(&sql, err);
    store->is_in_transaction = status != CW_OK;
    return status;
}

void cw_store_rollback(struct cw_store *store)
{
    if (!store->is_in_transaction) {
        return;
    }
    cw_sql_rollback(store);
    store->is_in_transaction = false;
    store->failed = CW_OK;
}

enum cw_status cw_store_end(struct cw_store *store, enum cw_status status, struct cw_error *err)
{
    if (status == CW_OK) {
        status = cw_store_commit(store, err);
    }
    if (status != CW_OK) {
        cw_store_rollback(store);
    }
    return status;
}

enum cw_status cw_store_read_begin(struct cw_store *store, bool *ret_is_mine, struct cw_error *err)
{
    *ret_is_mine = false;
    if (sqlite3_get_autocommit(store->db) == 0) {
        return CW_OK;
    }
    const int rc = sqlite3_exec(store->db, "BEGIN", NULL, NULL, NULL);
    if (rc != SQLITE_OK) {
        return cw_sql_fail(store, rc, err);
    }
    *ret_is_mine = true;
    return CW_OK;
}

void cw_store_read_end(struct cw_store *store, bool is_mine)
{
    if (is_mine) {
        cw_sql_rollback(store);
    }
}
