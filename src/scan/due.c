#include "scan/hold.h"

/* A server that asked us to wait is left alone: no option of ours overrules that. Nobody is left
 * alone for longer than a day, so a time beyond that was written while the clock was wrong. */
static bool is_waiting(const struct cw_scan *scan, const struct cw_feed_state *state)
{
    return state->not_before_s > scan->now_s &&
           state->not_before_s - scan->now_s <= CW_RETRY_AFTER_MAX_S;
}

static bool is_due(const struct cw_scan *scan, const struct cw_feed *feed,
                   const struct cw_feed_state *state)
{
    if (is_waiting(scan, state)) {
        return false;
    }
    if (scan->options->is_forced) {
        return true;
    }
    if (feed->path != NULL || state->status == CW_FEED_FAILED || state->status == CW_FEED_NEVER) {
        return true; /* a local file costs nothing to read; an outage is looked at in every run */
    }
    const bool is_elsewhere = state->url[0] != '\0' && strcmp(state->url, feed->url) != 0;
    if (is_elsewhere || state->released_sha256[0] != '\0') {
        return true; /* the feed file names another place; `feed accept` waits for it */
    }
    if (state->status == CW_FEED_HELD) { /* asked for whole: not 8 MB every five minutes */
        const int64_t since_s = scan->now_s - state->attempted_at_s;
        return since_s < 0 || since_s >= cw_hold_again_s(feed);
    }
    /* seen in the future: the clock was wrong then or is now, and the list's age is not known */
    const int64_t age_s = scan->now_s - state->retrieved_at_s;
    return age_s < 0 || age_s >= feed->every_s - CW_CRON_SLACK_S;
}

static enum cw_status load_state(struct cw_scan *scan, struct cw_intake *intake,
                                 struct cw_error *err)
{
    const struct cw_feed *feed = intake->feed;
    if (scan->store == NULL) {
        (void)snprintf(intake->state.id, sizeof(intake->state.id), "%s", feed->id);
        return CW_OK;
    }
    const enum cw_status status = cw_store_feed_get(scan->store, feed->id, &intake->state, err);
    return status == CW_OK ? CW_OK : cw_error_prefix(err, "feed %s: ", feed->id);
}

enum cw_status cw_scan_select(struct cw_scan *scan, struct cw_intake **ret, size_t *ret_count,
                              struct cw_error *err)
{
    const size_t all = cw_feeds_count(scan->home->feeds);
    const char *only = scan->options->only_feed;
    if (only != NULL && cw_feeds_find(scan->home->feeds, cw_span_cstr(only)) == NULL) {
        return cw_error_set(err, CW_NOT_FOUND,
                            "no feed %s in %s: `cryptowatch feed list` shows "
                            "what is there",
                            only, scan->home->config->feeds_dir);
    }
    struct cw_intake *intakes = calloc(all + 1, sizeof(*intakes));
    struct cw_scan_feed *feeds = calloc(all + 1, sizeof(*feeds));
    if (intakes == NULL || feeds == NULL) {
        free(intakes);
        free(feeds);
        return cw_error_set(err, CW_NOMEM, "out of memory for %zu feeds", all);
    }
    scan->report->feeds = feeds;
    *ret = intakes;
    for (size_t i = 0; i < all; i++) {
        const struct cw_feed *feed = cw_feeds_at(scan->home->feeds, i);
        const bool is_asked = only == NULL ? feed->enabled : strcmp(feed->id, only) == 0;
        if (!is_asked) {
            continue;
        }
        struct cw_intake *intake = &intakes[*ret_count];
        intake->feed = feed;
        intake->entry = &feeds[*ret_count];
        intake->entry->feed = feed;
        intake->entry->status = CW_SCAN_SKIPPED;
        *ret_count += 1;
        scan->report->feeds_count = *ret_count;
        const enum cw_status status = load_state(scan, intake, err);
        if (status != CW_OK) {
            return status;
        }
        intake->before = intake->state;
        intake->stored = intake->state;
        intake->entry->last_good_s = intake->state.retrieved_at_s;
        intake->is_due = is_due(scan, feed, &intake->state);
    }
    return CW_OK;
}

/* Offline: the stored snapshot stands for what would be fetched. */
static void take_stored(struct cw_intake *intake)
{
    const struct cw_feed_state *state = &intake->state;
    struct cw_fetch_result *fetched = &intake->fetched;
    intake->is_due = state->snapshot_sha256[0] != '\0';
    fetched->outcome = CW_FETCH_NEW;
    fetched->started_at_s = state->retrieved_at_s;
    fetched->retrieved_at_s = state->retrieved_at_s;
    fetched->http_status = state->http_status;
    fetched->bytes = state->snapshot_bytes;
    (void)snprintf(fetched->url, sizeof(fetched->url), "%s", state->url);
    (void)snprintf(fetched->final_url, sizeof(fetched->final_url), "%s", state->final_url);
    (void)snprintf(fetched->etag, sizeof(fetched->etag), "%s", state->etag);
    (void)snprintf(fetched->last_modified, sizeof(fetched->last_modified), "%s",
                   state->last_modified);
    (void)snprintf(fetched->media_type, sizeof(fetched->media_type), "%s", state->media_type);
    (void)snprintf(fetched->sha256, sizeof(fetched->sha256), "%s", state->snapshot_sha256);
}

static struct cw_fetch_job job_for(const struct cw_scan *scan, const struct cw_intake *intake)
{
    struct cw_fetch_job job = {
        .feed = intake->feed, .etag = "", .last_modified = "", .snapshot_sha256 = ""};
    /* No condition while a document is held (the held one must be seen again), in a dry run (its
     * folder has no snapshots), when the operator insists, or when only "not modified" was heard
     * for a week: a broken cache says that for ever. */
    const int64_t whole_age_s = scan->now_s - intake->state.whole_at_s;
    const bool is_known_whole = whole_age_s >= 0 && whole_age_s < CW_WHOLE_EVERY_S;
    if (scan->options->mode == CW_SCAN_NORMAL && !scan->options->is_forced && is_known_whole &&
        intake->state.held_sha256[0] == '\0') {
        job.etag = intake->state.etag;
        job.last_modified = intake->state.last_modified;
    }
    if (scan->options->mode == CW_SCAN_NORMAL) {
        job.snapshot_sha256 = intake->state.snapshot_sha256;
    }
    return job;
}

static enum cw_status fetch_due(struct cw_scan *scan, struct cw_intake *intakes, size_t count,
                                struct cw_fetch_job *jobs, struct cw_fetch_result *results,
                                struct cw_error *err)
{
    size_t due = 0;
    for (size_t i = 0; i < count; i++) {
        if (intakes[i].is_due) {
            jobs[due++] = job_for(scan, &intakes[i]);
        }
    }
    if (due == 0) {
        return CW_OK;
    }
    char user_agent[128];
    (void)snprintf(user_agent, sizeof(user_agent),
                   "Mozilla/5.0 (compatible; cryptowatch/%s; public watchlist reader)",
                   scan->options->version);
    const struct cw_fetch_options options = {
        .net = {.program = scan->home->programs.net,
                .is_unsealed = scan->home->programs.is_unsealed,
                .allow_private_hosts = scan->home->config->allow_private_hosts},
        .snapshots_dir = scan->snapshots_dir,
        .user_agent = user_agent,
        .deadline_ms = scan->deadline_ms,
        .clock = scan->options->clock,
    };
    const enum cw_status status = cw_fetch_all(&options, jobs, due, results, err);
    due = 0;
    for (size_t i = 0; status == CW_OK && i < count; i++) {
        if (intakes[i].is_due) {
            intakes[i].fetched = results[due++];
        }
    }
    return status;
}

enum cw_status cw_scan_fetch(struct cw_scan *scan, struct cw_intake *intakes, size_t count,
                             struct cw_error *err)
{
    if (scan->options->is_offline) {
        for (size_t i = 0; i < count; i++) {
            take_stored(&intakes[i]);
        }
        return CW_OK;
    }
    struct cw_fetch_job *jobs = calloc(count + 1, sizeof(*jobs));
    struct cw_fetch_result *results = calloc(count + 1, sizeof(*results));
    enum cw_status status = CW_OK;
    if (jobs == NULL || results == NULL) {
        status = cw_error_set(err, CW_NOMEM, "out of memory for %zu feeds", count);
    } else {
        status = fetch_due(scan, intakes, count, jobs, results, err);
    }
    free(jobs);
    free(results);
    return status;
}
