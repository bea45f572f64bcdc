#include "store/sql.h"

static const char *const status_names[] = {
    [CW_FEED_NEVER] = "never",
    [CW_FEED_GOOD] = "good",
    [CW_FEED_FAILED] = "failed",
    [CW_FEED_HELD] = "held",
};

const char *cw_feed_status_name(enum cw_feed_status status)
{
    CW_ASSERT((size_t)status < CW_COUNT(status_names));
    return status_names[status];
}

static enum cw_feed_status read_status(struct cw_sql *sql, int column)
{
    const struct cw_span name = cw_sql_span(sql, column);
    for (size_t i = 0; i < CW_COUNT(status_names); i++) {
        if (cw_span_is(name, status_names[i])) {
            return (enum cw_feed_status)i;
        }
    }
    cw_sql_damaged(sql);
    return CW_FEED_NEVER;
}

static void read_state(struct cw_sql *sql, struct cw_feed_state *ret)
{
    ret->status = read_status(sql, 0);
    cw_sql_text(sql, 1, ret->snapshot_sha256, sizeof(ret->snapshot_sha256));
    ret->snapshot_bytes = cw_sql_u64(sql, 2);
    ret->retrieved_at_s = cw_sql_i64(sql, 3);
    ret->attempted_at_s = cw_sql_i64(sql, 4);
    ret->not_before_s = cw_sql_i64(sql, 5);
    ret->http_status = cw_sql_u64(sql, 6);
    cw_sql_text(sql, 7, ret->url, sizeof(ret->url));
    cw_sql_text(sql, 8, ret->final_url, sizeof(ret->final_url));
    cw_sql_text(sql, 9, ret->etag, sizeof(ret->etag));
    cw_sql_text(sql, 10, ret->last_modified, sizeof(ret->last_modified));
    cw_sql_text(sql, 11, ret->media_type, sizeof(ret->media_type));
    cw_sql_text(sql, 12, ret->published, sizeof(ret->published));
    ret->entries = cw_sql_u64(sql, 13);
    ret->listings = cw_sql_u64(sql, 14);
    ret->unusable = cw_sql_u64(sql, 15);
    ret->failures = cw_sql_u64(sql, 16);
    ret->failing_since_s = cw_sql_i64(sql, 17);
    cw_sql_text(sql, 18, ret->error_code, sizeof(ret->error_code));
    cw_sql_text(sql, 19, ret->error_text, sizeof(ret->error_text));
    cw_sql_text(sql, 20, ret->held_sha256, sizeof(ret->held_sha256));
    cw_sql_text(sql, 21, ret->released_sha256, sizeof(ret->released_sha256));
    cw_sql_text(sql, 22, ret->book_sha256, sizeof(ret->book_sha256));
    cw_sql_text(sql, 23, ret->norm, sizeof(ret->norm));
    cw_sql_text(sql, 24, ret->held_evidence, sizeof(ret->held_evidence));
    ret->held_fetches = cw_sql_u64(sql, 25);
    ret->held_since_s = cw_sql_i64(sql, 26);
    cw_sql_text(sql, 27, ret->issued, sizeof(ret->issued));
    ret->whole_at_s = cw_sql_i64(sql, 28);
}

enum cw_status cw_store_feed_get(struct cw_store *store, const char *id, struct cw_feed_state *ret,
                                 struct cw_error *err)
{
    struct cw_feed_state state = {.status = CW_FEED_NEVER};
    if (strlen(id) >= sizeof(state.id)) {
        return cw_error_set(err, CW_LIMIT, "a feed's id has at most %zu bytes",
                            sizeof(state.id) - 1);
    }
    memcpy(state.id, id, strlen(id) + 1);
    struct cw_sql sql = cw_sql_begin(
        store, "SELECT status, snapshot_sha256, snapshot_bytes, retrieved_at_s, attempted_at_s,"
               " not_before_s, http_status, url, final_url, etag, last_modified, media_type,"
               " published, entries, listings, unusable, failures, failing_since_s, error_code,"
               " error_text, held_sha256, released_sha256, book_sha256, norm, held_evidence,"
               " held_fetches, held_since_s, issued, whole_at_s"
               " FROM feeds WHERE id = ?");
    cw_sql_put_cstr(&sql, id);
    if (cw_sql_next(&sql)) {
        read_state(&sql, &state);
    }
    const enum cw_status status = cw_sql_end(&sql, err);
    if (status == CW_OK) {
        *ret = state;
    }
    return status;
}

enum cw_status cw_store_feed_put(struct cw_store *store, const struct cw_feed_state *state,
                                 struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(
        store,
        "INSERT OR REPLACE INTO feeds (id, status, snapshot_sha256, snapshot_bytes,"
        " retrieved_at_s, attempted_at_s, not_before_s, http_status, url, final_url, etag,"
        " last_modified, media_type, published, entries, listings, unusable, failures,"
        " failing_since_s, error_code, error_text, held_sha256, released_sha256,"
        " book_sha256, norm, held_evidence, held_fetches, held_since_s, issued, whole_at_s)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
        " ?, ?, ?)");
    cw_sql_put_cstr(&sql, state->id);
    cw_sql_put_cstr(&sql, cw_feed_status_name(state->status));
    cw_sql_put_cstr(&sql, state->snapshot_sha256);
    cw_sql_put_u64(&sql, state->snapshot_bytes);
    cw_sql_put_i64(&sql, state->retrieved_at_s);
    cw_sql_put_i64(&sql, state->attempted_at_s);
    cw_sql_put_i64(&sql, state->not_before_s);
    cw_sql_put_u64(&sql, state->http_status);
    cw_sql_put_cstr(&sql, state->url);
    cw_sql_put_cstr(&sql, state->final_url);
    cw_sql_put_cstr(&sql, state->etag);
    cw_sql_put_cstr(&sql, state->last_modified);
    cw_sql_put_cstr(&sql, state->media_type);
    cw_sql_put_cstr(&sql, state->published);
    cw_sql_put_u64(&sql, state->entries);
    cw_sql_put_u64(&sql, state->listings);
    cw_sql_put_u64(&sql, state->unusable);
    cw_sql_put_u64(&sql, state->failures);
    cw_sql_put_i64(&sql, state->failing_since_s);
    cw_sql_put_cstr(&sql, state->error_code);
    cw_sql_put_cstr(&sql, state->error_text);
    cw_sql_put_cstr(&sql, state->held_sha256);
    cw_sql_put_cstr(&sql, state->released_sha256);
    cw_sql_put_cstr(&sql, state->book_sha256);
    cw_sql_put_cstr(&sql, state->norm);
    cw_sql_put_cstr(&sql, state->held_evidence);
    cw_sql_put_u64(&sql, state->held_fetches);
    cw_sql_put_i64(&sql, state->held_since_s);
    cw_sql_put_cstr(&sql, state->issued);
    cw_sql_put_i64(&sql, state->whole_at_s);
    return cw_sql_run(&sql, err);
}

enum cw_status cw_store_retrieval_add(struct cw_store *store, const struct cw_retrieval *retrieval,
                                      struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(
        store, "INSERT INTO retrievals (feed, at_s, outcome, http_status, url, final_url, sha256,"
               " bytes, error_code, error_text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    cw_sql_put_cstr(&sql, retrieval->feed);
    cw_sql_put_i64(&sql, retrieval->at_s);
    cw_sql_put_cstr(&sql, retrieval->outcome);
    cw_sql_put_u64(&sql, retrieval->http_status);
    cw_sql_put_cstr(&sql, retrieval->url);
    cw_sql_put_cstr(&sql, retrieval->final_url);
    cw_sql_put_cstr(&sql, retrieval->sha256);
    cw_sql_put_u64(&sql, retrieval->bytes);
    cw_sql_put_cstr(&sql, retrieval->error_code);
    cw_sql_put_cstr(&sql, retrieval->error_text);
    return cw_sql_run(&sql, err);
}

enum cw_status cw_store_was_accepted(struct cw_store *store, const char *feed, const char *sha256,
                                     bool *ret_was_accepted, struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(
        store, "SELECT 1 FROM retrievals WHERE feed = ? AND sha256 = ? AND outcome = 'new'");
    cw_sql_put_cstr(&sql, feed);
    cw_sql_put_cstr(&sql, sha256);
    const bool was_accepted = cw_sql_next(&sql);
    const enum cw_status status = cw_sql_end(&sql, err);
    if (status == CW_OK) {
        *ret_was_accepted = was_accepted;
    }
    return status;
}
