#include "store/sql.h"

enum cw_status cw_store_run_begin(struct cw_store *store, int64_t started_at_s,
                                  uint64_t *ret_generation, struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(
        store, "INSERT INTO runs (started_at_s, finished_at_s, summary) VALUES (?, 0, '')");
    cw_sql_put_i64(&sql, started_at_s);
    const enum cw_status status = cw_sql_run(&sql, err);
    if (status == CW_OK) {
        *ret_generation = (uint64_t)sqlite3_last_insert_rowid(store->db);
    }
    return status;
}

enum cw_status cw_store_run_end(struct cw_store *store, uint64_t generation, int64_t finished_at_s,
                                struct cw_span summary_json, struct cw_error *err)
{
    struct cw_sql sql =
        cw_sql_begin(store, "UPDATE runs SET finished_at_s = ?, summary = ? WHERE generation = ?");
    cw_sql_put_i64(&sql, finished_at_s);
    cw_sql_put_text(&sql, summary_json);
    cw_sql_put_u64(&sql, generation);
    return cw_sql_run_one(&sql, "a run that ended had not begun", err);
}

enum cw_status cw_store_run_add(struct cw_store *store, int64_t started_at_s, int64_t finished_at_s,
                                struct cw_span summary_json, uint64_t *ret_generation,
                                struct cw_error *err)
{
    uint64_t generation = 0;
    enum cw_status status = cw_store_run_begin(store, started_at_s, &generation, err);
    if (status == CW_OK) {
        status = cw_store_run_end(store, generation, finished_at_s, summary_json, err);
    }
    if (status == CW_OK) {
        *ret_generation = generation;
    }
    return status;
}

enum cw_status cw_store_run_last(struct cw_store *store, uint64_t *ret_generation,
                                 int64_t *ret_finished_at_s, struct cw_error *err)
{
    uint64_t generation = 0;
    int64_t finished_at_s = 0;
    struct cw_sql sql =
        cw_sql_begin(store, "SELECT generation, finished_at_s FROM runs WHERE finished_at_s > 0"
                            " ORDER BY generation DESC LIMIT 1");
    if (cw_sql_next(&sql)) {
        generation = cw_sql_u64(&sql, 0);
        finished_at_s = cw_sql_i64(&sql, 1);
    }
    const enum cw_status status = cw_sql_end(&sql, err);
    if (status == CW_OK) {
        *ret_generation = generation;
        *ret_finished_at_s = finished_at_s;
    }
    return status;
}
