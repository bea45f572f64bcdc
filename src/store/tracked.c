#include "store/sql.h"

static struct cw_span keep(struct cw_sql *sql, int column, struct cw_arena *arena)
{
    return cw_arena_copy(arena, cw_sql_span(sql, column)); /* the arena says whether it failed */
}

/* A budget that is used up is the list's doing, memory that is gone is the machine's. */
static enum cw_status too_many(const struct cw_arena *arena, size_t count, struct cw_error *err)
{
    return cw_arena_status(arena) == CW_LIMIT
               ? cw_error_set(err, CW_LIMIT, "%zu tracked matches need more memory than a list may",
                              count)
               : cw_error_set(err, CW_NOMEM, "out of memory for %zu tracked matches", count);
}

static void read_tracked(struct cw_sql *sql, struct cw_arena *arena, struct cw_tracked *ret)
{
    enum cw_relation relation = CW_RELATION_NONE;
    if (!cw_relation_parse(cw_sql_span(sql, 4), &relation)) {
        cw_sql_damaged(sql);
    }
    *ret = (struct cw_tracked){
        .case_id = keep(sql, 0, arena),
        .address_canonical = keep(sql, 1, arena),
        .entry_id = keep(sql, 2, arena),
        .listed_canonical = keep(sql, 3, arena),
        .relation = relation,
        .episode = cw_sql_u64(sql, 5),
        .revision = cw_sql_u64(sql, 6),
        .was_alerted = cw_sql_bool(sql, 7),
        .entry_sha256 = keep(sql, 8, arena),
        .address_value = keep(sql, 9, arena),
        .listed_value = keep(sql, 10, arena),
        .listed_encoding = keep(sql, 11, arena),
        .entry_name = keep(sql, 12, arena),
        .entry_json = keep(sql, 13, arena),
    };
}

static enum cw_status count_tracked(struct cw_store *store, const char *feed, size_t *ret,
                                    struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(store, "SELECT count(*) FROM tracked WHERE feed = ?");
    cw_sql_put_cstr(&sql, feed);
    if (cw_sql_next(&sql)) {
        *ret = (size_t)cw_sql_u64(&sql, 0);
    }
    return cw_sql_end(&sql, err);
}

/* The order of the primary key is the byte order that reconcile.h wants; it is asked for all the
 * same. */
static enum cw_status load(struct cw_store *store, const char *feed, struct cw_arena *arena,
                           struct cw_tracked *items, size_t count, struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(
        store, "SELECT case_id, address_canonical, entry_id, listed_canonical, relation, episode,"
               " revision, was_alerted, entry_sha256, address_value, listed_value, listed_encoding,"
               " entry_name, entry_json FROM tracked WHERE feed = ?"
               " ORDER BY case_id, address_canonical, entry_id, listed_canonical");
    cw_sql_put_cstr(&sql, feed);
    size_t at = 0;
    while (cw_arena_status(arena) == CW_OK && cw_sql_next(&sql) && at < count) {
        read_tracked(&sql, arena, &items[at++]);
    }
    const enum cw_status status = cw_sql_end(&sql, err);
    if (status == CW_OK && cw_arena_status(arena) != CW_OK) {
        return too_many(arena, count, err);
    }
    if (status == CW_OK && at != count) {
        return cw_store_damaged(store, "tracked matches are missing", err);
    }
    return status;
}

enum cw_status cw_store_tracked_load(struct cw_store *store, const char *feed,
                                     struct cw_arena *arena, struct cw_tracked **ret,
                                     size_t *ret_count, struct cw_error *err)
{
    bool is_mine = false;
    size_t count = 0;
    struct cw_tracked *items = NULL;
    enum cw_status status = cw_store_read_begin(store, &is_mine, err);
    if (status == CW_OK) {
        status = count_tracked(store, feed, &count, err);
    }
    if (status == CW_OK) {
        items = cw_arena_array(arena, count == 0 ? 1 : count, sizeof(*items));
        status = items != NULL ? load(store, feed, arena, items, count, err)
                               : too_many(arena, count, err);
    }
    cw_store_read_end(store, is_mine);
    if (status == CW_OK) {
        *ret = items;
        *ret_count = count;
    }
    return status;
}

enum cw_status cw_store_tracked_put(struct cw_store *store, const char *feed,
                                    const struct cw_tracked *tracked, struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(
        store, "INSERT OR REPLACE INTO tracked (feed, case_id, address_canonical, entry_id,"
               " listed_canonical, relation, episode, revision, was_alerted, entry_sha256,"
               " address_value, listed_value, listed_encoding, entry_name, entry_json)"
               " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    cw_sql_put_cstr(&sql, feed);
    cw_sql_put_text(&sql, tracked->case_id);
    cw_sql_put_text(&sql, tracked->address_canonical);
    cw_sql_put_text(&sql, tracked->entry_id);
    cw_sql_put_text(&sql, tracked->listed_canonical);
    cw_sql_put_cstr(&sql, cw_relation_name(tracked->relation));
    cw_sql_put_u64(&sql, tracked->episode);
    cw_sql_put_u64(&sql, tracked->revision);
    cw_sql_put_i64(&sql, tracked->was_alerted);
    cw_sql_put_text(&sql, tracked->entry_sha256);
    cw_sql_put_text(&sql, tracked->address_value);
    cw_sql_put_text(&sql, tracked->listed_value);
    cw_sql_put_text(&sql, tracked->listed_encoding);
    cw_sql_put_text(&sql, tracked->entry_name);
    cw_sql_put_text(&sql, tracked->entry_json);
    return cw_sql_run(&sql, err);
}

enum cw_status cw_store_tracked_remove(struct cw_store *store, const char *feed,
                                       const struct cw_tracked *tracked, struct cw_error *err)
{
    struct cw_sql sql =
        cw_sql_begin(store, "DELETE FROM tracked WHERE feed = ? AND case_id = ?"
                            " AND address_canonical = ? AND entry_id = ? AND listed_canonical = ?");
    cw_sql_put_cstr(&sql, feed);
    cw_sql_put_text(&sql, tracked->case_id);
    cw_sql_put_text(&sql, tracked->address_canonical);
    cw_sql_put_text(&sql, tracked->entry_id);
    cw_sql_put_text(&sql, tracked->listed_canonical);
    return cw_sql_run(&sql, err);
}

enum cw_status cw_store_pair_is_known(struct cw_store *store, const char *feed, const char *case_id,
                                      bool *ret_is_known, struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(store, "SELECT 1 FROM pairs WHERE feed = ? AND case_id = ?");
    cw_sql_put_cstr(&sql, feed);
    cw_sql_put_cstr(&sql, case_id);
    const bool is_known = cw_sql_next(&sql);
    const enum cw_status status = cw_sql_end(&sql, err);
    if (status == CW_OK) {
        *ret_is_known = is_known;
    }
    return status;
}

enum cw_status cw_store_pair_add(struct cw_store *store, const char *feed, const char *case_id,
                                 int64_t at_s, struct cw_error *err)
{
    struct cw_sql sql =
        cw_sql_begin(store, "INSERT INTO pairs (feed, case_id, since_s) VALUES (?, ?, ?)"
                            " ON CONFLICT DO NOTHING");
    cw_sql_put_cstr(&sql, feed);
    cw_sql_put_cstr(&sql, case_id);
    cw_sql_put_i64(&sql, at_s);
    return cw_sql_run(&sql, err);
}
