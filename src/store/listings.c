#include "base/stop.h"
#include "store/sql.h"

/* ---- loading
 * -------------------------------------------------------------------------------------- */

static enum cw_status load_listings(struct cw_store *store, const char *feed,
                                    const struct cw_clock *clock, struct cw_watchlist *list,
                                    struct cw_list_digest *digest, struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(store, "SELECT " CW_LISTING_COLUMNS " FROM listings"
                                            " WHERE feed = ? AND is_active = 1"
                                            " ORDER BY entry_id, canonical");
    cw_sql_put_cstr(&sql, feed);
    enum cw_status status = CW_OK;
    for (size_t i = 0; status == CW_OK && cw_sql_next(&sql); i++) {
        struct cw_listing_row row;
        const bool is_read = cw_listing_row_read(&sql, 0, &row);
        if (is_read) {
            status = cw_stop_between(clock, i, err);
        }
        if (is_read && status == CW_OK) {
            status = cw_list_digest_add(digest, &row.listing, err);
        }
        if (is_read && status == CW_OK) {
            status = cw_watchlist_add_listing(list, &row.listing, err);
        }
        cw_listing_row_clear(&row);
        if (!is_read) {
            break;
        }
    }
    const enum cw_status ended = cw_sql_end(&sql, status == CW_OK ? err : NULL);
    return status == CW_OK ? ended : status;
}

/* An entry with an error is kept as opaque text without being decoded again. */
static enum cw_status load_opaque(void *ctx, const struct cw_opaque *opaque, struct cw_error *err)
{
    const struct cw_entry entry = {
        .position = opaque->position,
        .value = opaque->value,
        .tag = opaque->tag,
        .entry_id = opaque->entry_id,
        .entry_name = opaque->entry_name,
        .error = opaque->error,
    };
    return cw_watchlist_add_entry(ctx, &entry, err);
}

static enum cw_status load_published(struct cw_store *store, const char *feed,
                                     struct cw_watchlist *list, struct cw_error *err)
{
    struct cw_feed_state state;
    const enum cw_status status = cw_store_feed_get(store, feed, &state, err);
    return status == CW_OK ? cw_watchlist_set_published(list, cw_span_cstr(state.published), err)
                           : status;
}

static enum cw_status load_all(struct cw_store *store, const char *feed,
                               const struct cw_clock *clock, struct cw_watchlist *list,
                               struct cw_error *err)
{
    struct cw_list_digest found = {{0}};
    struct cw_list_digest wanted = {{0}};
    enum cw_status status = load_listings(store, feed, clock, list, &found, err);
    if (status == CW_OK) {
        status = cw_list_digest_load(store, feed, &wanted, err);
    }
    if (status == CW_OK && memcmp(found.bytes, wanted.bytes, sizeof(found.bytes)) != 0) {
        status = cw_store_damaged(store, "a stored list is not the one that was written", err);
    }
    if (status == CW_OK) {
        status = cw_store_each_opaque(store, feed, load_opaque, list, err);
    }
    if (status == CW_OK) {
        status = load_published(store, feed, list, err);
    }
    return status == CW_OK ? cw_watchlist_finish(list, err) : status;
}

enum cw_status cw_store_watchlist_load(struct cw_store *store, const char *feed,
                                       const struct cw_clock *clock, struct cw_watchlist **ret,
                                       struct cw_error *err)
{
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *list = cw_watchlist_new();
    if (list == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory for a list");
    }
    bool is_mine = false;
    enum cw_status status = cw_store_read_begin(store, &is_mine, err);
    if (status == CW_OK) {
        status = load_all(store, feed, clock, list, err);
    }
    cw_store_read_end(store, is_mine);
    if (status == CW_OK) {
        *ret = list;
        list = NULL;
    }
    return status;
}

/* ---- replacing
 * ------------------------------------------------------------------------------------ */

struct replace {
    struct cw_store *store;
    const struct cw_replacement *replacement;
    struct cw_list_digest digest;
    bool is_changed; /* of anything that is stored */
};

/* What the table holds of a key. */
struct stored {
    int64_t id; /* 0: never listed */
    bool is_active;
    uint64_t episode;
    uint64_t revision;
    struct cw_buf value;
    struct cw_buf tag;
};

static void stored_clear(struct stored *stored)
{
    cw_buf_clear(&stored->value);
    cw_buf_clear(&stored->tag);
}

static enum cw_status look_up(const struct replace *in, const struct cw_listing *listing,
                              struct stored *ret, struct cw_error *err)
{
    *ret = (struct stored){.id = 0};
    cw_buf_init(&ret->value, CW_FEED_MEMORY_MAX);
    cw_buf_init(&ret->tag, CW_FEED_MEMORY_MAX);
    struct cw_sql sql =
        cw_sql_begin(in->store, "SELECT id, is_active, episode, revision, value, tag FROM listings"
                                " WHERE feed = ? AND entry_id = ? AND canonical = ?");
    cw_sql_put_cstr(&sql, in->replacement->feed);
    cw_sql_put_text(&sql, listing->entry_id);
    cw_sql_put_text(&sql, listing->canonical);
    if (cw_sql_next(&sql)) {
        ret->id = cw_sql_i64(&sql, 0);
        ret->is_active = cw_sql_bool(&sql, 1);
        ret->episode = cw_sql_u64(&sql, 2);
        ret->revision = cw_sql_u64(&sql, 3);
        cw_buf_span(&ret->value, cw_sql_span(&sql, 4));
        cw_buf_span(&ret->tag, cw_sql_span(&sql, 5));
    }
    enum cw_status status = cw_sql_end(&sql, err);
    if (status == CW_OK) {
        status = cw_buf_status(&ret->value, err);
    }
    return status == CW_OK ? cw_buf_status(&ret->tag, err) : status;
}

static enum cw_status insert(struct replace *in, const struct cw_listing *listing,
                             struct cw_error *err)
{
    struct cw_listing_json json;
    enum cw_status status = cw_listing_json_make(listing, &json, err);
    if (status == CW_OK) {
        struct cw_sql sql = cw_sql_begin(
            in->store, "INSERT INTO listings (feed, is_active, first_seen_s, ended_s,"
                       " " CW_LISTING_COLUMNS ")"
                       " VALUES (?, 1, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        cw_sql_put_cstr(&sql, in->replacement->feed);
        cw_sql_put_i64(&sql, in->replacement->at_s);
        cw_listing_put(&sql, listing, &json);
        status = cw_sql_run(&sql, err);
    }
    cw_listing_json_clear(&json);
    if (status != CW_OK) {
        return status;
    }
    return cw_probes_add(in->store, sqlite3_last_insert_rowid(in->store->db), listing->value,
                         listing->tag, err);
}

static enum cw_status move_probes(struct replace *in, const struct stored *stored,
                                  const struct cw_listing *listing, struct cw_error *err)
{
    const struct cw_span value = cw_buf_as_span(&stored->value);
    const struct cw_span tag = cw_buf_as_span(&stored->tag);
    if (cw_span_equal(value, listing->value) && cw_span_equal(tag, listing->tag)) {
        return CW_OK;
    }
    enum cw_status status = cw_probes_remove(in->store, stored->id, value, tag, err);
    if (status == CW_OK) {
        status = cw_probes_add(in->store, stored->id, listing->value, listing->tag, err);
    }
    return status;
}

/* Writes a listing over its row. `first_seen_s` 0 leaves the begin of the episode as it is. */
static enum cw_status overwrite(struct replace *in, const struct stored *stored,
                                const struct cw_listing *listing, int64_t first_seen_s,
                                struct cw_error *err)
{
    struct cw_listing_json json;
    enum cw_status status = cw_listing_json_make(listing, &json, err);
    if (status == CW_OK) {
        struct cw_sql sql = cw_sql_begin(
            in->store, "UPDATE listings SET (" CW_LISTING_COLUMNS ")"
                       " = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?),"
                       " is_active = 1, ended_s = 0,"
                       " first_seen_s = iif(?18 = 0, first_seen_s, ?18) WHERE id = ?19");
        cw_listing_put(&sql, listing, &json);
        cw_sql_put_i64(&sql, first_seen_s);
        cw_sql_put_i64(&sql, stored->id);
        status = cw_sql_run_one(&sql, "a listing vanished while it was written", err);
    }
    cw_listing_json_clear(&json);
    return status == CW_OK ? move_probes(in, stored, listing, err) : status;
}

static enum cw_status differs(const struct replace *in, struct cw_error *err)
{
    return cw_store_damaged(in->store, "the list in force is not the one that was compared", err);
}

static enum cw_status add_one(struct replace *in, struct cw_listing *listing, struct cw_error *err)
{
    struct stored stored;
    enum cw_status status = look_up(in, listing, &stored, err);
    if (status == CW_OK && stored.is_active) {
        status = differs(in, err);
    }
    listing->episode = stored.id == 0 ? 0 : stored.episode + 1;
    listing->revision = 0;
    if (status == CW_OK) {
        status = stored.id == 0 ? insert(in, listing, err)
                                : overwrite(in, &stored, listing, in->replacement->at_s, err);
    }
    stored_clear(&stored);
    return status == CW_OK ? cw_list_digest_add(&in->digest, listing, err) : status;
}

/* A listing that is still there. Its content decides whether a revision is counted; a new spelling
 * or note is only written down. */
static enum cw_status keep_one(struct replace *in, const struct cw_listing *old,
                               struct cw_listing *listing, struct cw_error *err)
{
    const bool is_changed = strcmp(old->entry_sha256, listing->entry_sha256) != 0;
    listing->episode = old->episode;
    listing->revision = old->revision + (is_changed && !in->replacement->is_quiet ? 1 : 0);
    if (!is_changed && cw_listing_is_same(old, listing)) {
        return CW_OK;
    }
    struct stored stored;
    enum cw_status status = look_up(in, listing, &stored, err);
    if (status == CW_OK &&
        (!stored.is_active || stored.episode != old->episode || stored.revision != old->revision)) {
        status = differs(in, err);
    }
    if (status == CW_OK) {
        status = overwrite(in, &stored, listing, 0, err);
    }
    stored_clear(&stored);
    if (status == CW_OK) {
        status = cw_list_digest_remove(&in->digest, old, err);
    }
    return status == CW_OK ? cw_list_digest_add(&in->digest, listing, err) : status;
}

static enum cw_status remove_one(struct replace *in, const struct cw_listing *old,
                                 struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(
        in->store, "INSERT INTO episodes (listing, episode, from_s, until_s)"
                   " SELECT id, episode, first_seen_s, ?1 FROM listings"
                   " WHERE feed = ?2 AND entry_id = ?3 AND canonical = ?4 AND is_active = 1");
    cw_sql_put_i64(&sql, in->replacement->at_s);
    cw_sql_put_cstr(&sql, in->replacement->feed);
    cw_sql_put_text(&sql, old->entry_id);
    cw_sql_put_text(&sql, old->canonical);
    enum cw_status status = cw_sql_run_one(&sql, "a listing that ended was not in force", err);
    if (status == CW_OK) {
        sql = cw_sql_begin(in->store, "UPDATE listings SET is_active = 0, ended_s = ?1"
                                      " WHERE feed = ?2 AND entry_id = ?3 AND canonical = ?4");
        cw_sql_put_i64(&sql, in->replacement->at_s);
        cw_sql_put_cstr(&sql, in->replacement->feed);
        cw_sql_put_text(&sql, old->entry_id);
        cw_sql_put_text(&sql, old->canonical);
        status = cw_sql_run_one(&sql, "a listing that ended was not in force", err);
    }
    return status == CW_OK ? cw_list_digest_remove(&in->digest, old, err) : status;
}

/* Both lists and `added` are sorted by key: a new listing is the next added one, or the next old
 * one that was not removed. */
static enum cw_status walk(struct replace *in, struct cw_error *err)
{
    const struct cw_delta *delta = in->replacement->delta;
    size_t added = 0;
    size_t removed = 0;
    size_t old = 0;
    enum cw_status status = CW_OK;
    for (size_t i = 0; status == CW_OK && i < cw_watchlist_count(in->replacement->new_list); i++) {
        struct cw_listing *listing = cw_watchlist_edit(in->replacement->new_list, i);
        status = cw_stop_between(in->replacement->clock, i, err);
        if (status != CW_OK) {
            break;
        }
        if (added < delta->added_count && delta->added[added] == i) {
            added++;
            status = add_one(in, listing, err);
            continue;
        }
        while (removed < delta->removed_count && delta->removed[removed] == old) {
            removed++;
            old++;
        }
        CW_ASSERT(in->replacement->old_list != NULL);
        status = keep_one(in, cw_watchlist_at(in->replacement->old_list, old++), listing, err);
    }
    return status;
}

/* ---- what is no address
 * --------------------------------------------------------------------------- */

static bool is_opaque_same(const struct cw_watchlist *a, const struct cw_watchlist *b)
{
    const size_t a_count = a == NULL ? 0 : cw_watchlist_opaque_count(a);
    bool is_same = a_count == cw_watchlist_opaque_count(b);
    for (size_t i = 0; is_same && i < a_count; i++) {
        const struct cw_opaque *x = cw_watchlist_opaque_at(a, i);
        const struct cw_opaque *y = cw_watchlist_opaque_at(b, i);
        is_same = cw_span_equal(x->value, y->value) && cw_span_equal(x->tag, y->tag) &&
                  cw_span_equal(x->entry_id, y->entry_id) &&
                  cw_span_equal(x->entry_name, y->entry_name) && cw_span_equal(x->error, y->error);
    }
    return is_same;
}

/* Opaque entries have no key to be compared by, and are few: all of them, or none. */
static enum cw_status replace_opaque(struct replace *in, struct cw_error *err)
{
    if (is_opaque_same(in->replacement->old_list, in->replacement->new_list)) {
        return CW_OK;
    }
    in->is_changed = true;
    struct cw_sql sql = cw_sql_begin(in->store, "DELETE FROM opaque WHERE feed = ?");
    cw_sql_put_cstr(&sql, in->replacement->feed);
    enum cw_status status = cw_sql_run(&sql, err);
    for (size_t i = 0; status == CW_OK && i < cw_watchlist_opaque_count(in->replacement->new_list);
         i++) {
        const struct cw_opaque *opaque = cw_watchlist_opaque_at(in->replacement->new_list, i);
        sql = cw_sql_begin(in->store, "INSERT INTO opaque (feed, value, tag, entry_id, entry_name,"
                                      " error, position) VALUES (?, ?, ?, ?, ?, ?, ?)");
        cw_sql_put_cstr(&sql, in->replacement->feed);
        cw_sql_put_text(&sql, opaque->value);
        cw_sql_put_text(&sql, opaque->tag);
        cw_sql_put_text(&sql, opaque->entry_id);
        cw_sql_put_text(&sql, opaque->entry_name);
        cw_sql_put_text(&sql, opaque->error);
        cw_sql_put_text(&sql, opaque->position);
        status = cw_sql_run(&sql, err);
    }
    return status;
}

enum cw_status cw_store_watchlist_replace(struct cw_store *store,
                                          const struct cw_replacement *replacement,
                                          struct cw_error *err)
{
    CW_ASSERT(store->is_in_transaction);
    CW_ASSERT(replacement->old_list != replacement->new_list);
    CW_ASSERT(replacement->at_s > 0);
    const char *feed = replacement->feed;
    const struct cw_delta *delta = replacement->delta;
    struct replace in = {.store = store, .replacement = replacement};
    enum cw_status status = cw_list_digest_load(store, feed, &in.digest, err);
    const struct cw_list_digest before = in.digest;
    for (size_t i = 0; status == CW_OK && i < delta->removed_count; i++) {
        status = cw_stop_between(replacement->clock, i, err);
        if (status == CW_OK) {
            status =
                remove_one(&in, cw_watchlist_at(replacement->old_list, delta->removed[i]), err);
        }
    }
    if (status == CW_OK) {
        status = walk(&in, err);
    }
    if (status == CW_OK) {
        status = replace_opaque(&in, err);
    }
    if (status == CW_OK && memcmp(before.bytes, in.digest.bytes, sizeof(before.bytes)) != 0) {
        in.is_changed = true;
        status = cw_list_digest_save(store, feed, &in.digest, err);
    }
    if (status == CW_OK && in.is_changed) {
        status = cw_store_count_change(store, replacement->at_s, err);
    }
    if (status != CW_OK) {
        cw_sql_spoil(store, status);
    }
    return status;
}
