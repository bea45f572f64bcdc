#include <unistd.h>

#include "feed/parser.h"
#include "scan/run.h"

enum { FACTS_ARENA_BYTES = 64 << 20 };

/* Everything that one feed needs until its commit; freed as a whole. */
struct work {
    struct cw_scan *scan;
    struct cw_intake *intake;
    struct cw_watchlist *old_list; /* in force before; NULL when the feed was never read */
    struct cw_watchlist *new_list; /* in force after the commit */
    struct cw_delta delta;
    struct cw_hits hits;
    struct cw_arena *arena; /* tracked matches and facts */
    struct cw_tracked *tracked;
    size_t tracked_count;
    struct cw_match_events events;
    bool is_new_document; /* else the list is only matched again, against other rules */
};

static void clear_work(struct work *work)
{
    cw_watchlist_free(work->old_list);
    if (work->new_list != work->old_list) {
        cw_watchlist_free(work->new_list);
    }
    cw_delta_clear(&work->delta);
    cw_hits_clear(&work->hits);
    cw_match_events_clear(&work->events);
    cw_arena_free(work->arena);
}

/* ---- a document ---------------------------------------------------------------------------- */

static enum cw_status parse(struct work *work, struct cw_error *err)
{
    const struct cw_scan *scan = work->scan;
    const struct cw_feed *feed = work->intake->feed;
    int fd = -1;
    const bool is_stored = scan->options->is_offline;
    enum cw_status status =
        cw_snapshot_open(is_stored ? scan->home->snapshots_dir : scan->snapshots_dir,
                         work->intake->fetched.sha256, &fd, err);
    if (status != CW_OK) {
        return status;
    }
    work->new_list = cw_watchlist_new();
    if (work->new_list == NULL) {
        (void)close(fd);
        return cw_error_set(err, CW_NOMEM, "out of memory for a list");
    }
    const struct cw_parser_options options = {
        .program = scan->home->programs.parse,
        .format = feed->format,
        .options = feed->options,
        .options_count = feed->options_count,
    };
    struct cw_parse_report report;
    status = cw_parser_run(&options, fd, cw_watchlist_sink(work->new_list), &report, err);
    (void)close(fd);
    return status == CW_OK ? cw_watchlist_finish(work->new_list, err) : status;
}

static enum cw_status load_old(struct work *work, struct cw_error *err)
{
    struct cw_scan *scan = work->scan;
    if (scan->store == NULL || work->intake->state.snapshot_sha256[0] == '\0') {
        return CW_OK;
    }
    return cw_store_watchlist_load(scan->store, work->intake->feed->id, &work->old_list, err);
}

/* They carry their error, so they are kept as they are and not decoded a second time. */
static enum cw_status copy_opaque(struct cw_watchlist *to, const struct cw_watchlist *from,
                                  struct cw_error *err)
{
    enum cw_status status = CW_OK;
    for (size_t i = 0; status == CW_OK && i < cw_watchlist_opaque_count(from); i++) {
        const struct cw_opaque *opaque = cw_watchlist_opaque_at(from, i);
        const struct cw_entry entry = {
            .position = opaque->position,
            .value = opaque->value,
            .tag = opaque->tag,
            .entry_id = opaque->entry_id,
            .entry_name = opaque->entry_name,
            .error = opaque->error,
        };
        CW_ASSERT(entry.error.len > 0);
        status = cw_watchlist_add_entry(to, &entry, err);
    }
    return status;
}

/* Additions count at once, removals wait: the list to put in force is the new document and, with
 * it, everything that the old one holds and the new one lacks. What is no address has no key to be
 * missed by: of that, only the new document's. */
static enum cw_status keep_removed(struct work *work, struct cw_error *err)
{
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *both = cw_watchlist_new();
    if (both == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory for a list");
    }
    enum cw_status status = CW_OK;
    for (size_t i = 0; status == CW_OK && i < cw_watchlist_count(work->new_list); i++) {
        status = cw_watchlist_add_listing(both, cw_watchlist_at(work->new_list, i), err);
    }
    for (size_t i = 0; status == CW_OK && i < work->delta.removed_count; i++) {
        status = cw_watchlist_add_listing(
            both, cw_watchlist_at(work->old_list, work->delta.removed[i]), err);
    }
    if (status == CW_OK) {
        status = copy_opaque(both, work->new_list, err);
    }
    if (status == CW_OK) {
        status = cw_watchlist_finish(both, err);
    }
    if (status != CW_OK) {
        return status;
    }
    cw_watchlist_free(work->new_list);
    work->new_list = both;
    both = NULL;
    cw_delta_clear(&work->delta);
    return cw_delta_make(work->old_list, work->new_list, &work->delta, err);
}

/* ---- matching ------------------------------------------------------------------------------ */

static bool is_new_listing(void *ctx, const struct cw_listing *listing)
{
    const struct work *work = ctx;
    return work->is_new_document &&
           (work->old_list == NULL ||
            cw_watchlist_find(work->old_list, listing->entry_id, listing->canonical) == NULL);
}

static bool is_new_pair(void *ctx, const char *case_id)
{
    const struct work *work = ctx;
    bool is_known = false;
    if (work->scan->store == NULL) {
        return true;
    }
    /* A read error here would make an alert baseline; the commit that follows fails on the same
     * database and takes it back. */
    const enum cw_status status =
        cw_store_pair_is_known(work->scan->store, work->intake->feed->id, case_id, &is_known, NULL);
    return status != CW_OK || !is_known;
}

static enum cw_status match(struct work *work, struct cw_error *err)
{
    struct cw_scan *scan = work->scan;
    const char *feed = work->intake->feed->id;
    work->arena = cw_arena_new(FACTS_ARENA_BYTES);
    if (work->arena == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory for matches");
    }
    enum cw_status status = CW_OK;
    if (scan->store != NULL) {
        status = cw_store_tracked_load(scan->store, feed, work->arena, &work->tracked,
                                       &work->tracked_count, err);
    }
    for (size_t i = 0; status == CW_OK && i < cw_watchlist_count(work->new_list); i++) {
        status = cw_book_match(scan->book, cw_span_cstr(feed), cw_watchlist_at(work->new_list, i),
                               &work->hits, err);
    }
    if (status != CW_OK) {
        return status;
    }
    const struct cw_reconcile_input input = {
        .rules = scan->home->rules,
        .list = work->new_list,
        .hits = &work->hits,
        .tracked = work->tracked,
        .tracked_count = work->tracked_count,
        .is_new_listing = is_new_listing,
        .is_new_pair = is_new_pair,
        .ctx = work,
    };
    return cw_reconcile(&input, &work->events, err);
}

static struct cw_tracked tracked_now(const struct cw_match_event *event, bool was_alerted)
{
    const struct cw_hit *hit = event->hit;
    return (struct cw_tracked){
        .case_id = cw_span_cstr(hit->rule->id),
        .address_canonical = cw_span_cstr(hit->address_canonical),
        .address_value = hit->address_value,
        .entry_id = hit->listing->entry_id,
        .listed_canonical = hit->listing->canonical,
        .relation = hit->relation,
        .episode = hit->listing->episode,
        .revision = hit->listing->revision,
        .entry_sha256 = cw_span_cstr(hit->listing->entry_sha256),
        .entry_json = hit->listing->entry_json,
        .listed_value = hit->listing->value,
        .listed_encoding = hit->listing->encoding,
        .entry_name = hit->listing->entry_name,
        .was_alerted = was_alerted,
    };
}

/* What we follow from now on, whether it was told or not. */
static enum cw_status track(struct work *work, const struct cw_match_event *event,
                            struct cw_error *err)
{
    struct cw_store *store = work->scan->store;
    const char *feed = work->intake->feed->id;
    struct cw_tracked now;
    switch (event->type) {
    case CW_MATCH_LISTED:
        now = tracked_now(event, event->is_alert);
        return cw_store_tracked_put(store, feed, &now, err);
    case CW_MATCH_CHANGED:
        now = tracked_now(event, event->tracked->was_alerted);
        return cw_store_tracked_put(store, feed, &now, err);
    case CW_MATCH_DELISTED:
    case CW_MATCH_DROPPED:
        return cw_store_tracked_remove(store, feed, event->tracked, err);
    }
    return CW_OK;
}

static enum cw_status settle(struct work *work, struct cw_error *err)
{
    struct cw_event_source source = {.intake = work->intake, .old_list = work->old_list};
    enum cw_status status = cw_scan_provenance(work->intake, work->arena, &source.provenance, err);
    for (size_t i = 0; status == CW_OK && i < work->events.count; i++) {
        const struct cw_match_event *event = &work->events.items[i];
        struct cw_event_facts facts;
        if (event->is_alert) {
            status = cw_scan_facts(work->scan, &source, event, work->arena, &facts, err);
            if (status == CW_OK) {
                facts.facts.provenance = &source.provenance;
                facts.facts.address = &facts.address;
                status = cw_scan_emit(work->scan, &facts, err);
            }
        }
        if (status == CW_OK && cw_scan_is_writing(work->scan)) {
            status = track(work, event, err);
        }
    }
    return status;
}

static enum cw_status know_pairs(struct work *work, struct cw_error *err)
{
    const struct cw_rules *rules = work->scan->home->rules;
    enum cw_status status = CW_OK;
    for (size_t i = 0; status == CW_OK && i < cw_rules_count(rules); i++) {
        status = cw_store_pair_add(work->scan->store, work->intake->feed->id,
                                   cw_rules_at(rules, i)->id, work->scan->now_s, err);
    }
    return status;
}

/* The one atomic moment of a feed: listings replaced, alerts sealed and queued, matches tracked and
 * the feed's state written, or none of it. */
static enum cw_status commit_work(struct work *work, const char *outcome, struct cw_error *err)
{
    struct cw_scan *scan = work->scan;
    struct cw_intake *intake = work->intake;
    enum cw_status status = cw_store_begin(scan->store, err);
    if (status == CW_OK && work->is_new_document) {
        const struct cw_replacement replacement = {
            .feed = intake->feed->id,
            .old_list = work->old_list,
            .new_list = work->new_list,
            .delta = &work->delta,
            .at_s = scan->now_s,
        };
        status = cw_store_watchlist_replace(scan->store, &replacement, err);
    }
    if (status == CW_OK) {
        status = match(work, err);
    }
    if (status == CW_OK) {
        status = settle(work, err);
    }
    if (status == CW_OK) {
        status = know_pairs(work, err);
    }
    if (status == CW_OK && outcome != NULL && !scan->options->is_offline) {
        status = cw_scan_record(scan, intake, outcome, err);
    }
    if (status == CW_OK) {
        cw_scan_copy(intake->state.book_sha256, sizeof(intake->state.book_sha256),
                     scan->home->rules_sha256);
        status = cw_store_feed_put(scan->store, &intake->state, err);
    }
    if (status == CW_OK) {
        status = cw_store_commit(scan->store, err);
    }
    if (status != CW_OK) {
        cw_store_rollback(scan->store);
    }
    return status;
}

static enum cw_status put_in_force(struct work *work, const char *outcome, struct cw_error *err)
{
    if (cw_scan_is_writing(work->scan)) {
        return commit_work(work, outcome, err);
    }
    const enum cw_status status = match(work, err);
    return status == CW_OK ? settle(work, err) : status;
}

/* What the document says of itself; asked before anything of an older one is kept beside it. */
static void count_document(struct work *work)
{
    struct cw_scan_feed *entry = work->intake->entry;
    struct cw_feed_state *state = &work->intake->state;
    entry->entries = cw_watchlist_entries(work->new_list);
    entry->invalid = cw_watchlist_opaque_count(work->new_list);
    entry->bytes = work->intake->fetched.bytes;
    state->entries = entry->entries;
    state->unusable = entry->invalid;
    const struct cw_span published = cw_watchlist_published(work->new_list);
    if (published.len < sizeof(state->published)) {
        (void)snprintf(state->published, sizeof(state->published), "%.*s", CW_SPAN_ARG(published));
    }
    cw_scan_copy(state->norm, sizeof(state->norm), CW_NORM);
}

/* What comes into force, and how it differs from what was. */
static void count_delta(struct work *work)
{
    struct cw_scan_feed *entry = work->intake->entry;
    entry->added = work->delta.added_count;
    entry->removed = work->delta.removed_count;
    entry->changed = work->delta.changed_count;
    work->intake->state.listings = cw_watchlist_count(work->new_list);
}

static bool is_released(const struct cw_intake *intake)
{
    return strcmp(intake->state.released_sha256, intake->fetched.sha256) == 0;
}

/* A later run was served the same bytes again: the list means it. */
static bool is_confirmed(const struct cw_intake *intake)
{
    return strcmp(intake->state.held_sha256, intake->fetched.sha256) == 0;
}

static enum cw_status take_shrunk(struct work *work, struct cw_error *err)
{
    struct cw_intake *intake = work->intake;
    char text[256];
    (void)snprintf(text, sizeof(text),
                   "%zu of %zu listings vanished at once: they stay in force until the same "
                   "document is served again or `cryptowatch feed accept %s`",
                   work->delta.removed_count, cw_watchlist_count(work->old_list), intake->feed->id);
    count_document(work);
    enum cw_status status = keep_removed(work, err);
    if (status != CW_OK) {
        return status;
    }
    count_delta(work);
    cw_scan_set_error(intake, "shrunk", text);
    intake->entry->status = CW_SCAN_HELD;
    intake->state.status = CW_FEED_HELD;
    intake->state.attempted_at_s = work->scan->now_s;
    cw_scan_copy(intake->state.held_sha256, sizeof(intake->state.held_sha256),
                 intake->fetched.sha256);
    return put_in_force(work, "held", err);
}

static enum cw_status take_document(struct work *work, struct cw_error *err)
{
    struct cw_intake *intake = work->intake;
    const struct cw_feed *feed = intake->feed;
    struct cw_error why = {0};
    enum cw_status status = parse(work, &why);
    if (status == CW_NOMEM || status == CW_IO) {
        return cw_error_set(err, status, "%s", why.text); /* our trouble, not the list's */
    }
    if (status != CW_OK) {
        return cw_scan_failed(work->scan, intake, "parse", why.text, err);
    }
    status = load_old(work, err);
    if (status == CW_OK) {
        status = cw_delta_make(work->old_list, work->new_list, &work->delta, err);
    }
    if (status != CW_OK) {
        return status;
    }
    work->is_new_document = true;
    const size_t old_count = work->old_list == NULL ? 0 : cw_watchlist_count(work->old_list);
    const uint64_t usable =
        cw_watchlist_entries(work->new_list) - cw_watchlist_opaque_count(work->new_list);
    const enum cw_verdict_on_list verdict =
        cw_delta_judge(&work->delta, old_count, (size_t)usable, (uint64_t)feed->entries_min,
                       (uint64_t)feed->removed_max_percent);
    if (verdict == CW_LIST_TOO_SMALL && !is_released(intake)) {
        char text[256];
        (void)snprintf(text, sizeof(text),
                       "%llu usable entries where at least %lld are expected: nothing of it is "
                       "believed",
                       (unsigned long long)usable, (long long)feed->entries_min);
        cw_scan_set_error(intake, "too-small", text);
        return cw_scan_held(work->scan, intake, err);
    }
    if (verdict == CW_LIST_SHRUNK && !is_released(intake) && !is_confirmed(intake)) {
        return take_shrunk(work, err);
    }
    count_document(work);
    count_delta(work);
    intake->entry->status = CW_SCAN_UPDATED;
    if (!work->scan->options->is_offline) {
        cw_scan_good(work->scan, intake); /* reading old bytes again says nothing about today */
    }
    return put_in_force(work, "new", err);
}

/* The rules changed since this list was matched: the same list, asked again. */
static enum cw_status match_again(struct work *work, const char *outcome, struct cw_error *err)
{
    const enum cw_status status = load_old(work, err);
    if (status != CW_OK || work->old_list == NULL) {
        return status;
    }
    work->new_list = work->old_list;
    return put_in_force(work, outcome, err);
}

static bool has_other_rules(const struct cw_scan *scan, const struct cw_intake *intake)
{
    return strcmp(intake->state.book_sha256, scan->home->rules_sha256) != 0;
}

/* 304, the same bytes, or nobody asked. What kept a feed in trouble in an earlier run is still true
 * while we wait, and is said again. */
static enum cw_status take_unchanged(struct work *work, struct cw_error *err)
{
    struct cw_scan *scan = work->scan;
    struct cw_intake *intake = work->intake;
    const char *outcome = NULL;
    if (intake->is_due) {
        outcome = "unchanged";
        intake->entry->status = CW_SCAN_UNCHANGED;
        intake->entry->bytes = intake->fetched.bytes;
        cw_scan_good(scan, intake);
    } else {
        cw_scan_copy(intake->entry->error_code, sizeof(intake->entry->error_code),
                     intake->state.error_code);
        cw_scan_copy(intake->entry->error_text, sizeof(intake->entry->error_text),
                     intake->state.error_text);
    }
    intake->entry->entries = intake->state.entries;
    intake->entry->invalid = intake->state.unusable;
    if (has_other_rules(scan, intake)) {
        return match_again(work, outcome, err);
    }
    return intake->is_due ? cw_scan_save(scan, intake, outcome, err) : CW_OK;
}

/* A list that cannot be read today is still in force: new rules ask it all the same. */
static enum cw_status take_failed(struct work *work, struct cw_error *err)
{
    struct cw_intake *intake = work->intake;
    const enum cw_status status = cw_scan_failed(work->scan, intake, intake->fetched.error_code,
                                                 intake->fetched.error_text, err);
    if (status != CW_OK || !has_other_rules(work->scan, intake)) {
        return status;
    }
    return match_again(work, NULL, err);
}

enum cw_status cw_scan_take(struct cw_scan *scan, struct cw_intake *intake, struct cw_error *err)
{
    struct work work = {.scan = scan, .intake = intake};
    enum cw_status status = CW_OK;
    if (intake->is_due && intake->fetched.outcome == CW_FETCH_FAILED) {
        status = take_failed(&work, err);
    } else if (intake->is_due && intake->fetched.outcome == CW_FETCH_NEW) {
        status = take_document(&work, err);
    } else {
        status = take_unchanged(&work, err);
    }
    clear_work(&work);
    return status;
}
