#include "store/sql.h"

static enum cw_status each_probe(struct cw_store *store, const char *text, int64_t listing,
                                 struct cw_span value, struct cw_span tag, struct cw_error *err)
{
    struct cw_address address;
    struct cw_probe probes[CW_LINKS_MAX];
    /* A value that does not decode has no probes and is still found by its canonical key. */
    if (cw_address_parse(value, tag, CW_ADDRESS_LIST, &address) != CW_ADDRESS_OK) {
        return CW_OK;
    }
    const size_t count = cw_address_probes(&address, probes);
    enum cw_status status = CW_OK;
    for (size_t i = 0; status == CW_OK && i < count; i++) {
        struct cw_sql sql = cw_sql_begin(store, text);
        cw_sql_put_blob(&sql, cw_span_make(probes[i].bytes, sizeof(probes[i].bytes)));
        cw_sql_put_i64(&sql, listing);
        status = cw_sql_run(&sql, err);
    }
    return status;
}

enum cw_status cw_probes_add(struct cw_store *store, int64_t listing, struct cw_span value,
                             struct cw_span tag, struct cw_error *err)
{
    static const char text[] =
        "INSERT INTO probes (probe, listing) VALUES (?, ?) ON CONFLICT DO NOTHING";
    return each_probe(store, text, listing, value, tag, err);
}

enum cw_status cw_probes_remove(struct cw_store *store, int64_t listing, struct cw_span value,
                                struct cw_span tag, struct cw_error *err)
{
    static const char text[] = "DELETE FROM probes WHERE probe = ? AND listing = ?";
    return each_probe(store, text, listing, value, tag, err);
}

/* ---- another normaliser
 * --------------------------------------------------------------------------- */

static enum cw_status is_current(struct cw_store *store, bool *ret, struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(store, "SELECT value FROM meta WHERE key = 'norm'");
    bool is_same = false;
    if (cw_sql_next(&sql)) {
        is_same = cw_span_is(cw_sql_span(&sql, 0), CW_NORM);
    }
    const enum cw_status status = cw_sql_end(&sql, err);
    *ret = is_same;
    return status;
}

static enum cw_status add_all(struct cw_store *store, struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(store, "SELECT id, value, tag FROM listings");
    enum cw_status status = CW_OK;
    while (status == CW_OK && cw_sql_next(&sql)) {
        status = cw_probes_add(store, cw_sql_i64(&sql, 0), cw_sql_span(&sql, 1),
                               cw_sql_span(&sql, 2), err);
    }
    const enum cw_status ended = cw_sql_end(&sql, status == CW_OK ? err : NULL);
    return status == CW_OK ? ended : status;
}

enum cw_status cw_probes_mark(struct cw_store *store, struct cw_error *err)
{
    struct cw_sql sql =
        cw_sql_begin(store, "INSERT OR REPLACE INTO meta (key, value) VALUES ('norm', ?)");
    cw_sql_put_cstr(&sql, CW_NORM);
    return cw_sql_run(&sql, err);
}

static enum cw_status rebuild(struct cw_store *store, struct cw_error *err)
{
    struct cw_sql sql = cw_sql_begin(store, "DELETE FROM probes");
    enum cw_status status = cw_sql_run(&sql, err);
    if (status == CW_OK) {
        status = add_all(store, err);
    }
    return status == CW_OK ? cw_probes_mark(store, err) : status;
}

enum cw_status cw_probes_check(struct cw_store *store, struct cw_error *err)
{
    bool is_same = false;
    enum cw_status status = is_current(store, &is_same, err);
    if (status != CW_OK || is_same) {
        return status;
    }
    if (store->mode == CW_STORE_READ) {
        return cw_error_set(
            err, CW_STATE,
            "%s: was written by a cryptowatch that reads addresses differently: run "
            "`cryptowatch scan` once",
            store->path);
    }
    status = cw_store_begin(store, err);
    if (status == CW_OK) {
        status = rebuild(store, err);
    }
    return cw_store_end(store, status, err);
}
