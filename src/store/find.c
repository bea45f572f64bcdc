#include "base/checked.h"
#include "store/sql.h"

/* Rows that may hold the asked address, each once. */
struct ids {
    int64_t *items;
    size_t count;
    size_t cap;
};

static enum cw_status add_id(struct ids *ids, int64_t id, struct cw_error *err)
{
    if (ids->count == ids->cap) {
        size_t bytes = 0;
        const size_t cap = ids->cap == 0 ? 16 : ids->cap * 2;
        int64_t *moved =
            cw_checked_mul(cap, sizeof(*moved), &bytes) ? realloc(ids->items, bytes) : NULL;
        if (moved == NULL) {
            return cw_error_set(err, CW_NOMEM, "out of memory for %zu listings", cap);
        }
        ids->items = moved;
        ids->cap = cap;
    }
    ids->items[ids->count++] = id;
    return CW_OK;
}

static int compare_ids(const void *left, const void *right)
{
    const int64_t a = *(const int64_t *)left;
    const int64_t b = *(const int64_t *)right;
    return a < b ? -1 : (a > b ? 1 : 0);
}

static void sort_unique(struct ids *ids)
{
    size_t kept = 0;
    if (ids->count > 0) {
        qsort(ids->items, ids->count, sizeof(*ids->items), compare_ids);
    }
    for (size_t i = 0; i < ids->count; i++) {
        if (kept == 0 || ids->items[kept - 1] != ids->items[i]) {
            ids->items[kept++] = ids->items[i];
        }
    }
    ids->count = kept;
}

/* Adds what a bound statement finds, and ends it. */
static enum cw_status collect(struct cw_sql *sql, struct ids *ids, struct cw_error *err)
{
    enum cw_status status = CW_OK;
    while (status == CW_OK && cw_sql_next(sql)) {
        status = add_id(ids, cw_sql_i64(sql, 0), err);
    }
    const enum cw_status ended = cw_sql_end(sql, status == CW_OK ? err : NULL);
    return status == CW_OK ? ended : status;
}

static enum cw_status candidates(struct cw_store *store, const struct cw_address *asked,
                                 struct ids *ids, struct cw_error *err)
{
    char canonical[CW_CANONICAL_BYTES];
    struct cw_probe probes[CW_LINKS_MAX];
    cw_address_canonical(asked, canonical);
    const size_t count = cw_address_probes(asked, probes);
    struct cw_sql sql = cw_sql_begin(store, "SELECT id FROM listings WHERE canonical = ?");
    cw_sql_put_cstr(&sql, canonical);
    enum cw_status status = collect(&sql, ids, err);
    for (size_t i = 0; status == CW_OK && i < count; i++) {
        sql = cw_sql_begin(store, "SELECT listing FROM probes WHERE probe = ?");
        cw_sql_put_blob(&sql, cw_span_make(probes[i].bytes, sizeof(probes[i].bytes)));
        status = collect(&sql, ids, err);
    }
    sort_unique(ids);
    return status;
}

static enum cw_status tell(struct cw_store *store, int64_t id, cw_found_fn found, void *ctx,
                           struct cw_error *err)
{
    struct cw_listing_row row = {.listing = {.is_reserved = false}};
    char feed[sizeof(((struct cw_feed_state *)NULL)->id)] = "";
    enum cw_status status = CW_OK;
    struct cw_sql sql =
        cw_sql_begin(store, "SELECT feed, is_active, first_seen_s, ended_s, " CW_LISTING_COLUMNS
                            " FROM listings WHERE id = ?");
    cw_sql_put_i64(&sql, id);
    if (!cw_sql_next(&sql)) {
        if (sql.rc == SQLITE_OK) {
            cw_sql_damaged(&sql); /* a probe of a listing that is not there */
        }
    } else if (cw_listing_row_read(&sql, 4, &row)) {
        cw_sql_text(&sql, 0, feed, sizeof(feed));
        const struct cw_found answer = {
            .feed = feed,
            .listing = &row.listing,
            .is_active = cw_sql_bool(&sql, 1),
            .first_seen_s = cw_sql_i64(&sql, 2),
            .ended_s = cw_sql_i64(&sql, 3),
        };
        status = sql.wrong == CW_OK ? found(ctx, &answer, err) : CW_OK;
    }
    cw_listing_row_clear(&row);
    const enum cw_status ended = cw_sql_end(&sql, status == CW_OK ? err : NULL);
    return status == CW_OK ? ended : status;
}

enum cw_status cw_store_find(struct cw_store *store, const struct cw_address *asked,
                             cw_found_fn found, void *ctx, struct cw_error *err)
{
    struct ids ids = {0};
    enum cw_status status = candidates(store, asked, &ids, err);
    for (size_t i = 0; status == CW_OK && i < ids.count; i++) {
        status = tell(store, ids.items[i], found, ctx, err);
    }
    free(ids.items);
    return status;
}

enum cw_status cw_store_find_opaque(struct cw_store *store, struct cw_span text,
                                    enum cw_status (*found)(void *ctx, const char *feed,
                                                            const struct cw_opaque *opaque,
                                                            struct cw_error *err),
                                    void *ctx, struct cw_error *err)
{
    if (text.len == 0) { /* secret keys are kept as ""; an empty question must not meet them */
        return CW_OK;
    }
    struct cw_sql sql =
        cw_sql_begin(store, "SELECT feed, position, value, tag, entry_id, entry_name, error"
                            " FROM opaque WHERE value = ? ORDER BY feed, id");
    cw_sql_put_text(&sql, text);
    enum cw_status status = CW_OK;
    while (status == CW_OK && cw_sql_next(&sql)) {
        char feed[sizeof(((struct cw_feed_state *)NULL)->id)] = "";
        cw_sql_text(&sql, 0, feed, sizeof(feed));
        const struct cw_opaque opaque = {
            .position = cw_sql_span(&sql, 1),
            .value = cw_sql_span(&sql, 2),
            .tag = cw_sql_span(&sql, 3),
            .entry_id = cw_sql_span(&sql, 4),
            .entry_name = cw_sql_span(&sql, 5),
            .error = cw_sql_span(&sql, 6),
        };
        if (sql.wrong != CW_OK) {
            break;
        }
        status = found(ctx, feed, &opaque, err);
    }
    const enum cw_status ended = cw_sql_end(&sql, status == CW_OK ? err : NULL);
    return status == CW_OK ? ended : status;
}

enum cw_status cw_store_episodes(struct cw_store *store, const struct cw_listed_key *key,
                                 cw_episode_fn fn, void *ctx, struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(
        store, "SELECT episodes.episode, from_s, until_s FROM episodes"
               " JOIN listings ON listings.id = episodes.listing"
               " WHERE feed = ?1 AND entry_id = ?2 AND canonical = ?3"
               " UNION ALL SELECT episode, first_seen_s, 0 FROM listings"
               " WHERE feed = ?1 AND entry_id = ?2 AND canonical = ?3 AND is_active = 1"
               " ORDER BY 1");
    cw_sql_put_cstr(&sql, key->feed);
    cw_sql_put_text(&sql, key->entry_id);
    cw_sql_put_text(&sql, key->canonical);
    enum cw_status status = CW_OK;
    while (status == CW_OK && cw_sql_next(&sql)) {
        const struct cw_episode episode = {
            .number = cw_sql_u64(&sql, 0),
            .from_s = cw_sql_i64(&sql, 1),
            .until_s = cw_sql_i64(&sql, 2),
        };
        if (sql.wrong != CW_OK) {
            break;
        }
        status = fn(ctx, &episode, err);
    }
    const enum cw_status ended = cw_sql_end(&sql, status == CW_OK ? err : NULL);
    return status == CW_OK ? ended : status;
}

enum cw_status cw_store_each_text(struct cw_store *store,
                                  enum cw_status (*fn)(void *ctx, struct cw_span value,
                                                       struct cw_span tag, struct cw_error *err),
                                  void *ctx, struct cw_error *err)
{
    enum cw_status status = CW_OK;
    struct cw_sql sql = cw_sql_begin(store, "SELECT value, tag FROM listings ORDER BY id");
    while (status == CW_OK && cw_sql_next(&sql)) {
        status = fn(ctx, cw_sql_span(&sql, 0), cw_sql_span(&sql, 1), err);
    }
    const enum cw_status ended = cw_sql_end(&sql, status == CW_OK ? err : NULL);
    return status == CW_OK ? ended : status;
}
