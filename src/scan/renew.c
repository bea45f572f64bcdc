#include "scan/hold.h"

static bool is_of_another(const struct cw_scan *scan, const struct cw_feed_state *state)
{
    return scan->store != NULL && state->snapshot_sha256[0] != '\0' &&
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

/* The list in force from its stored documents. new_list stays NULL when they cannot tell it: one is
 * gone, or the one that is held may have followed another that shrank and is in force. */
static enum cw_status read_all(struct cw_work *work, struct cw_error *err)
{
    const struct cw_feed_state *state = &work->intake->state;
    const bool is_held = state->held_sha256[0] != '\0';
    if (is_held && !cw_hold_is_shrunk(state)) {
        return CW_OK;
    }
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *accepted = NULL;
    enum cw_status status = read_stored(work, state->snapshot_sha256, &accepted, err);
    if (status != CW_OK || accepted == NULL) {
        return status;
    }
    if (!is_held) {
        work->new_list = accepted;
        accepted = NULL;
        return CW_OK;
    }
    status = read_stored(work, state->held_sha256, &work->new_list, err);
    return status == CW_OK && work->new_list != NULL ? cw_work_unite(work, accepted, err) : status;
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
    work->is_new_document = work->new_list != NULL;
    if (work->is_new_document) {
        status = cw_work_keep_removed(work, err);
    } else {
        work->new_list = work->old_list;
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
static void refuse_rehearsal(struct cw_intake *intake)
{
    cw_scan_set_error(intake, "norm",
                      "its listings were read by another version of cryptowatch: run `cryptowatch "
                      "scan` once");
    intake->entry->status = CW_SCAN_SKIPPED;
}

enum cw_status cw_scan_renew(struct cw_scan *scan, struct cw_intake *intake, bool *ret_is_done,
                             struct cw_error *err)
{
    *ret_is_done = false;
    if (!is_of_another(scan, &intake->state)) {
        return CW_OK;
    }
    if (!cw_scan_is_writing(scan)) {
        *ret_is_done = true;
        refuse_rehearsal(intake);
        return CW_OK;
    }
    /* As if nobody had asked: what is told stands in the state. */
    struct cw_intake unasked = *intake;
    unasked.is_due = false;
    struct cw_work work = {.scan = scan, .intake = &unasked, .is_quiet = true};
    const enum cw_status status = renew(&work, err);
    cw_work_clear(&work);
    if (status == CW_OK) {
        intake->state = unasked.state;
        intake->stored = unasked.state;
    }
    return status;
}
