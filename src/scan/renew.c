#include "scan/intake.h"

static bool is_of_another(const struct cw_work *work)
{
    const struct cw_feed_state *state = &work->intake->state;
    return work->scan->store != NULL && state->snapshot_sha256[0] != '\0' &&
           strcmp(state->norm, CW_NORM) != 0;
}

/* A stored document of this feed. *ret stays NULL when it is gone, damaged, or refused by its
 * format: it will never be read again. A parser that was stopped may do better in the next run. */
static enum cw_status read_stored(const struct cw_work *work, const char *sha256,
                                  struct cw_watchlist **ret, struct cw_error *err)
{
    struct cw_error why = {0};
    const enum cw_status status =
        cw_work_read(work, work->scan->home->snapshots_dir, sha256, ret, &why);
    const bool is_lost =
        status == CW_NOT_FOUND || status == CW_STATE || status == CW_INVALID || status == CW_LIMIT;
    return status == CW_OK || is_lost ? CW_OK : cw_error_set(err, status, "%s", why.text);
}

static bool is_held(const struct cw_feed_state *state)
{
    return state->held_sha256[0] != '\0';
}

/* A shrunk list is in force with what it adds and what it says anew, and the accepted document with
 * the rest. The evidence of any other held document is its own hash. */
static bool is_shrunk(const struct cw_feed_state *state)
{
    return is_held(state) && strcmp(state->held_evidence, state->held_sha256) != 0;
}

/* The list in force from its stored documents. new_list stays NULL when they cannot tell it: one is
 * gone, or another document is held, which may have followed one that shrank and is in force. */
static enum cw_status read_all(struct cw_work *work, struct cw_error *err)
{
    const struct cw_feed_state *state = &work->intake->state;
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *accepted = NULL;
    if (is_held(state) && !is_shrunk(state)) {
        return CW_OK;
    }
    enum cw_status status = read_stored(work, state->snapshot_sha256, &accepted, err);
    if (status == CW_OK && accepted != NULL && is_shrunk(state)) {
        status = read_stored(work, state->held_sha256, &work->new_list, err);
        if (status == CW_OK && work->new_list != NULL) {
            struct cw_delta delta = {0};
            status = cw_delta_make(accepted, work->new_list, &delta, err);
            if (status == CW_OK) {
                status = cw_work_unite(work, accepted, delta.removed, delta.removed_count, err);
            }
            cw_delta_clear(&delta);
        }
        return status;
    }
    work->new_list = status == CW_OK ? accepted : NULL;
    accepted = status == CW_OK ? NULL : accepted;
    return status;
}

/* Without the document the listings stay as they were read; loading them has named this normaliser
 * in their hashes, and the matches follow. */
static enum cw_status renew(struct cw_work *work, struct cw_error *err)
{
    struct cw_feed_state *state = &work->intake->state;
    enum cw_status status = cw_work_load_old(work, err);
    if (status == CW_OK && work->old_list != NULL) {
        status = read_all(work, err);
    }
    if (status != CW_OK || work->old_list == NULL) {
        return status;
    }
    if (work->new_list == NULL) {
        work->new_list = work->old_list;
    } else {
        work->is_new_document = true;
        cw_delta_clear(&work->delta);
        status = cw_delta_make(work->old_list, work->new_list, &work->delta, err);
        if (status == CW_OK) {
            status = cw_work_keep_removed(work, err);
        }
    }
    if (status != CW_OK) {
        return status;
    }
    state->listings = cw_watchlist_count(work->new_list);
    state->unusable = cw_watchlist_opaque_count(work->new_list);
    cw_scan_copy(state->norm, sizeof(state->norm), CW_NORM);
    return cw_work_commit(work, NULL, err);
}

/* A dry run cannot write what it would have to compare with. */
static enum cw_status refuse_rehearsal(struct cw_intake *intake)
{
    cw_scan_set_error(intake, "norm",
                      "its listings were read by another version of cryptowatch: run `cryptowatch "
                      "scan` once");
    intake->entry->status = CW_SCAN_SKIPPED;
    return CW_OK;
}

enum cw_status cw_scan_renew(struct cw_scan *scan, struct cw_intake *intake, bool *ret_is_done,
                             struct cw_error *err)
{
    struct cw_intake stored =
        *intake; /* as if nobody had asked: what is told stands in the state */
    stored.is_due = false;
    struct cw_work work = {.scan = scan, .intake = &stored, .is_quiet = true};
    const bool is_needed = is_of_another(&work);
    *ret_is_done = is_needed && !cw_scan_is_writing(scan);
    if (*ret_is_done) {
        return refuse_rehearsal(intake);
    }
    const enum cw_status status = is_needed ? renew(&work, err) : CW_OK;
    cw_work_clear(&work);
    if (status == CW_OK) {
        intake->state = stored.state;
        intake->stored = stored.state;
    }
    return status;
}
