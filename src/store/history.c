#include "store/sql.h"

/* The episodes of one listing; grows, is used again for the next. */
struct episodes {
    struct cw_episode *items;
    size_t count;
    size_t cap;
};

static bool add_episode(struct episodes *episodes, const struct cw_episode *episode)
{
    if (episodes->count == episodes->cap) {
        const size_t cap = episodes->cap == 0 ? 8 : episodes->cap * 2;
        struct cw_episode *moved = realloc(episodes->items, cap * sizeof(*moved));
        if (moved == NULL) {
            return false;
        }
        episodes->items = moved;
        episodes->cap = cap;
    }
    episodes->items[episodes->count++] = *episode;
    return true;
}

static enum cw_status no_memory(struct cw_error *err)
{
    return cw_error_set(err, CW_NOMEM, "out of memory for the episodes of a listing");
}

static enum cw_status load_ended(struct cw_store *store, int64_t listing, struct episodes *episodes,
                                 struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(store, "SELECT episode, from_s, until_s FROM episodes"
                                            " WHERE listing = ? ORDER BY episode");
    cw_sql_put_i64(&sql, listing);
    enum cw_status status = CW_OK;
    while (status == CW_OK && cw_sql_next(&sql)) {
        const struct cw_episode episode = {
            .number = cw_sql_u64(&sql, 0),
            .from_s = cw_sql_i64(&sql, 1),
            .until_s = cw_sql_i64(&sql, 2),
        };
        if (!add_episode(episodes, &episode)) {
            status = no_memory(err);
        }
    }
    const enum cw_status ended = cw_sql_end(&sql, status == CW_OK ? err : NULL);
    return status == CW_OK ? ended : status;
}

/* A listing in its first episode, which most are, has no row of an episode that is over. */
static enum cw_status load_episodes(struct cw_store *store, struct cw_sql *row,
                                    const struct cw_listing *listing, bool is_active,
                                    struct episodes *episodes, struct cw_error *err)
{
    episodes->count = 0;
    enum cw_status status = CW_OK;
    if (!is_active || listing->episode > 0) {
        status = load_ended(store, cw_sql_i64(row, 0), episodes, err);
    }
    if (status == CW_OK && is_active) {
        const struct cw_episode now = {.number = listing->episode, .from_s = cw_sql_i64(row, 2)};
        status = add_episode(episodes, &now) ? CW_OK : no_memory(err);
    }
    return status;
}

static enum cw_status tell(struct cw_store *store, struct cw_sql *sql, struct episodes *episodes,
                           cw_history_fn fn, void *ctx, struct cw_error *err)
{
    struct cw_listing_row row;
    enum cw_status status = CW_OK;
    const bool is_active = cw_sql_bool(sql, 1);
    if (cw_listing_row_read(sql, 3, &row)) {
        status = load_episodes(store, sql, &row.listing, is_active, episodes, err);
        const struct cw_history history = {
            .listing = &row.listing,
            .is_active = is_active,
            .episodes = episodes->items,
            .episodes_count = episodes->count,
        };
        if (status == CW_OK) {
            status = fn(ctx, &history, err);
        }
    }
    cw_listing_row_clear(&row);
    return status;
}

enum cw_status cw_store_each_listing(struct cw_store *store, const char *feed, cw_history_fn fn,
                                     void *ctx, struct cw_error *err)
{
    struct episodes episodes = {0};
    struct cw_sql sql =
        cw_sql_begin(store, "SELECT id, is_active, first_seen_s, " CW_LISTING_COLUMNS
                            " FROM listings WHERE feed = ? ORDER BY entry_id, canonical");
    cw_sql_put_cstr(&sql, feed);
    enum cw_status status = CW_OK;
    while (status == CW_OK && sql.wrong == CW_OK && cw_sql_next(&sql)) {
        status = tell(store, &sql, &episodes, fn, ctx, err);
    }
    free(episodes.items);
    const enum cw_status ended = cw_sql_end(&sql, status == CW_OK ? err : NULL);
    return status == CW_OK ? ended : status;
}

enum cw_status cw_store_each_opaque(struct cw_store *store, const char *feed,
                                    enum cw_status (*fn)(void *ctx, const struct cw_opaque *opaque,
                                                         struct cw_error *err),
                                    void *ctx, struct cw_error *err)
{
    struct cw_sql sql =
        cw_sql_begin(store, "SELECT position, value, tag, entry_id, entry_name, error"
                            " FROM opaque WHERE feed = ? ORDER BY id");
    cw_sql_put_cstr(&sql, feed);
    enum cw_status status = CW_OK;
    while (status == CW_OK && cw_sql_next(&sql)) {
        const struct cw_opaque opaque = {
            .position = cw_sql_span(&sql, 0),
            .value = cw_sql_span(&sql, 1),
            .tag = cw_sql_span(&sql, 2),
            .entry_id = cw_sql_span(&sql, 3),
            .entry_name = cw_sql_span(&sql, 4),
            .error = cw_sql_span(&sql, 5),
        };
        if (opaque.error.len == 0) {
            cw_sql_damaged(&sql);
        }
        if (sql.wrong != CW_OK) {
            break;
        }
        status = fn(ctx, &opaque, err);
    }
    const enum cw_status ended = cw_sql_end(&sql, status == CW_OK ? err : NULL);
    return status == CW_OK ? ended : status;
}

/* ---- changes ---- */

/* Not less than the time of the change: a database that was made anew does not count through the
 * numbers of the one before it. */
enum cw_status cw_store_count_change(struct cw_store *store, int64_t at_s, struct cw_error *err)
{
    struct cw_sql sql =
        cw_sql_begin(store, "INSERT INTO meta (key, value) VALUES ('changes', CAST(?1 AS TEXT))"
                            " ON CONFLICT (key) DO UPDATE SET value ="
                            " CAST(max(CAST(value AS INTEGER) + 1, ?1) AS TEXT)");
    cw_sql_put_i64(&sql, at_s);
    return cw_sql_run_one(&sql, "a change was not counted", err);
}

enum cw_status cw_store_changes(struct cw_store *store, uint64_t *ret, struct cw_error *err)
{
    uint64_t changes = 0;
    struct cw_sql sql = cw_sql_begin(store, "SELECT value FROM meta WHERE key = 'changes'");
    if (cw_sql_next(&sql) && !cw_span_to_u64(cw_sql_span(&sql, 0), UINT64_MAX, &changes)) {
        cw_sql_damaged(&sql);
    }
    const enum cw_status status = cw_sql_end(&sql, err);
    if (status == CW_OK) {
        *ret = changes;
    }
    return status;
}

enum cw_status cw_store_list_digest(struct cw_store *store, const char *feed,
                                    uint8_t ret[static 32], struct cw_error *err)
{
    struct cw_list_digest digest;
    const enum cw_status status = cw_list_digest_load(store, feed, &digest, err);
    if (status == CW_OK) {
        memcpy(ret, digest.bytes, sizeof(digest.bytes));
    }
    return status;
}

/* ---- the past ---- */

/* "unchanged" has no body of its own: what was in force is the last document that was new. */
enum cw_status cw_store_seen_before(struct cw_store *store, const char *feed, int64_t at_s,
                                    int64_t *ret_at_s, char ret_sha256[static 65],
                                    struct cw_error *err)
{
    int64_t seen_at_s = 0;
    char sha256[65] = "";
    struct cw_sql sql = cw_sql_begin(
        store, "SELECT max(at_s), (SELECT sha256 FROM retrievals WHERE feed = ?1 AND at_s <= ?2"
               " AND outcome = 'new' ORDER BY at_s DESC, seq DESC LIMIT 1)"
               " FROM retrievals WHERE feed = ?1 AND at_s <= ?2"
               " AND outcome IN ('new', 'unchanged') HAVING count(*) > 0");
    cw_sql_put_cstr(&sql, feed);
    cw_sql_put_i64(&sql, at_s);
    if (cw_sql_next(&sql)) {
        seen_at_s = cw_sql_i64(&sql, 0);
        cw_sql_text(&sql, 1, sha256, sizeof(sha256));
    }
    const enum cw_status status = cw_sql_end(&sql, err);
    if (status == CW_OK) {
        *ret_at_s = seen_at_s;
        memcpy(ret_sha256, sha256, sizeof(sha256));
    }
    return status;
}
