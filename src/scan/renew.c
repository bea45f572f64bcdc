#include "scan/intake.h"

static bool is_of_another(const struct cw_work *work)
{
    const struct cw_feed_state *state = &work->intake->state;
    return work->scan->store != NULL && state->snapshot_sha256[0] != '\0' &&
           strcmp(state->norm, CW_NORM) != 0;
}

/* A stored document of this feed. *ret stays NULL when it is gone or cannot be read any more. */
static enum cw_status read_stored(const struct cw_work *work, const char *sha256,
                                  struct cw_watchlist **ret, struct cw_error *err)
{
    struct cw_error why = {0};
    const enum cw_status status =
        cw_work_read(work, work->scan->home->snapshots_dir, sha256, ret, &why);
    return status == CW_NOMEM || status == CW_IO ? cw_error_set(err, status, "%s", why.text)
                                                 : CW_OK;
}

/* What a held document added is in force too, and is read again from that one. */
static enum cw_status unite_held(struct cw_work *work, struct cw_error *err)
{
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *held = NULL;
    enum cw_status status = read_stored(work, work->intake->state.held_sha256, &held, err);
    if (status != CW_OK || held == NULL) {
        return status;
    }
    size_t *ours = calloc(cw_watchlist_count(held) + 1, sizeof(*ours));
    if (ours == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory for a list");
    }
    size_t count = 0;
    for (size_t i = 0; i < cw_watchlist_count(held); i++) {
        const struct cw_listing *listing = cw_watchlist_at(held, i);
        const struct cw_span entry_id = listing->entry_id;
        if (cw_watchlist_find(work->old_list, entry_id, listing->canonical) != NULL &&
            cw_watchlist_find(work->new_list, entry_id, listing->canonical) == NULL) {
            ours[count++] = i;
        }
    }
    status = cw_work_unite(work, held, ours, count, err);
    free(ours);
    return status;
}

static enum cw_status renew(struct cw_work *work, struct cw_error *err)
{
    struct cw_feed_state *state = &work->intake->state;
    enum cw_status status = read_stored(work, state->snapshot_sha256, &work->new_list, err);
    if (status != CW_OK || work->new_list == NULL) {
        return status;
    }
    state->entries = cw_watchlist_entries(work->new_list);
    state->unusable = cw_watchlist_opaque_count(work->new_list);
    status = cw_work_load_old(work, err);
    if (status == CW_OK && work->old_list != NULL && state->held_sha256[0] != '\0') {
        status = unite_held(work, err);
    }
    if (status == CW_OK) {
        cw_delta_clear(&work->delta);
        status = cw_delta_make(work->old_list, work->new_list, &work->delta, err);
    }
    if (status == CW_OK) {
        status = cw_work_keep_removed(work, err);
    }
    if (status != CW_OK) {
        return status;
    }
    state->listings = cw_watchlist_count(work->new_list);
    cw_scan_copy(state->norm, sizeof(state->norm), CW_NORM);
    return cw_work_commit(work, NULL, err);
}

enum cw_status cw_scan_renew(struct cw_scan *scan, struct cw_intake *intake, struct cw_error *err)
{
    struct cw_intake stored =
        *intake; /* as if nobody had asked: what is told stands in the state */
    stored.is_due = false;
    struct cw_work work = {
        .scan = scan, .intake = &stored, .is_new_document = true, .is_quiet = true};
    if (!cw_scan_is_writing(scan) || !is_of_another(&work)) {
        return CW_OK;
    }
    const enum cw_status status = renew(&work, err);
    cw_work_clear(&work);
    if (status == CW_OK) {
        intake->state = stored.state;
    }
    return status;
}

enum cw_status cw_work_renew_old(struct cw_work *work, struct cw_error *err)
{
    if (cw_scan_is_writing(work->scan) || work->again != NULL || !is_of_another(work)) {
        return CW_OK;
    }
    const enum cw_status status =
        read_stored(work, work->intake->state.snapshot_sha256, &work->again, err);
    for (size_t i = 0; work->again != NULL && i < cw_watchlist_count(work->old_list); i++) {
        struct cw_listing *old = cw_watchlist_edit(work->old_list, i);
        const struct cw_listing *again =
            cw_watchlist_find(work->again, old->entry_id, old->canonical);
        if (again != NULL) {
            old->entry_json = again->entry_json;
            memcpy(old->entry_sha256, again->entry_sha256, sizeof(old->entry_sha256));
        }
    }
    return status;
}

void cw_work_renew_tracked(struct cw_work *work)
{
    for (size_t i = 0; work->again != NULL && i < work->tracked_count; i++) {
        struct cw_tracked *tracked = &work->tracked[i];
        const struct cw_listing *again =
            cw_watchlist_find(work->again, tracked->entry_id, tracked->listed_canonical);
        if (again != NULL) {
            tracked->entry_json = again->entry_json;
            tracked->entry_sha256 = cw_span_cstr(again->entry_sha256);
        }
    }
}
