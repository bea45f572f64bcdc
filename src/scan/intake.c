#include <unistd.h>

#include "base/stop.h"
#include "feed/parser.h"
#include "scan/intake.h"

enum { TRACKED_ARENA_BYTES = 256 << 20, FACTS_ARENA_BYTES = 1 << 20 };

static void forget_matches(struct cw_work *work)
{
    cw_hits_clear(&work->hits);
    cw_match_events_clear(&work->events);
    cw_arena_free(work->arena);
    work->arena = NULL;
    work->tracked = NULL;
    work->tracked_count = 0;
    work->is_matched = false;
}

void cw_work_clear(struct cw_work *work)
{
    forget_matches(work);
    cw_watchlist_free(work->old_list);
    if (work->new_list != work->old_list) {
        cw_watchlist_free(work->new_list);
    }
    cw_delta_clear(&work->delta);
}

/* ---- a document ---------------------------------------------------------------------------- */

/* A list on its way into memory, for as long as the run may last. */
struct reading {
    const struct cw_scan *scan;
    struct cw_entry_sink sink;
};

static enum cw_status read_info(void *ctx, const struct cw_list_info *info, struct cw_error *err)
{
    const struct reading *reading = ctx;
    return reading->sink.info(reading->sink.ctx, info, err);
}

static enum cw_status read_entry(void *ctx, const struct cw_entry *entry, struct cw_error *err)
{
    const struct reading *reading = ctx;
    return cw_stop_is_asked() && cw_scan_is_late(reading->scan)
               ? cw_error_set(err, CW_TEMPORARY, "the run was stopped")
               : reading->sink.entry(reading->sink.ctx, entry, err);
}

static enum cw_status parse(const struct cw_work *work, int fd, struct cw_watchlist *list,
                            struct cw_error *err)
{
    const struct cw_feed *feed = work->intake->feed;
    const struct cw_programs *programs = &work->scan->home->programs;
    struct cw_parser_options options = {
        .program = programs->parse,
        .is_unsealed = programs->is_unsealed,
        .format = feed->format,
        .options = feed->options,
        .options_count = feed->options_count,
    };
    struct cw_parse_report report;
    struct reading reading = {work->scan, cw_watchlist_sink(list)};
    const struct cw_entry_sink sink = {read_info, read_entry, &reading};
    if (cw_stop_is_asked()) {
        options.timeout_s = CW_STOP_GRACE_MS / 1000;
    }
    cw_date_format(work->intake->fetched.retrieved_at_s, options.day);
    enum cw_status status = cw_parser_run(&options, fd, sink, &report, err);
    if (status == CW_OK) {
        status = cw_stop_between(&work->scan->options->clock, 0, err);
    }
    return status == CW_OK ? cw_watchlist_finish(list, err) : status;
}

enum cw_status cw_work_read(const struct cw_work *work, const char *folder, const char *sha256,
                            struct cw_watchlist **ret, struct cw_error *err)
{
    int fd = -1;
    enum cw_status status = cw_snapshot_open(folder, sha256, &fd, err);
    if (status != CW_OK) {
        return status;
    }
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *list = cw_watchlist_new();
    status = list == NULL ? cw_error_set(err, CW_NOMEM, "out of memory for a list")
                          : parse(work, fd, list, err);
    (void)close(fd);
    if (status == CW_OK) {
        *ret = list;
        list = NULL;
    }
    return status;
}

enum cw_status cw_work_parse(struct cw_work *work, struct cw_error *err)
{
    const struct cw_scan *scan = work->scan;
    const bool is_stored = scan->options->is_offline;
    return cw_work_read(work, is_stored ? scan->home->snapshots_dir : scan->snapshots_dir,
                        work->intake->fetched.sha256, &work->new_list, err);
}

enum cw_status cw_work_load_old(struct cw_work *work, struct cw_error *err)
{
    struct cw_scan *scan = work->scan;
    if (scan->store == NULL || work->intake->state.snapshot_sha256[0] == '\0') {
        return CW_OK;
    }
    return cw_store_watchlist_load(scan->store, work->intake->feed->id, &scan->options->clock,
                                   &work->old_list, err);
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

enum cw_status cw_work_unite(struct cw_work *work, const struct cw_watchlist *other,
                             struct cw_error *err)
{
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *both = cw_watchlist_new();
    if (both == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory for a list");
    }
    enum cw_status status = CW_OK;
    for (size_t i = 0; status == CW_OK && i < cw_watchlist_count(work->new_list); i++) {
        status = cw_watchlist_add_listing(both, cw_watchlist_at(work->new_list, i), err);
    }
    for (size_t i = 0; status == CW_OK && i < cw_watchlist_count(other); i++) {
        const struct cw_listing *kept = cw_watchlist_at(other, i);
        if (cw_watchlist_find(work->new_list, kept->entry_id, kept->canonical) == NULL) {
            status = cw_watchlist_add_listing(both, kept, err);
        }
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
    forget_matches(work);
    cw_watchlist_free(work->new_list);
    work->new_list = both;
    both = NULL;
    return CW_OK;
}

enum cw_status cw_work_compare(struct cw_work *work, struct cw_error *err)
{
    const enum cw_status status = cw_stop_between(&work->scan->options->clock, 0, err);
    cw_delta_clear(&work->delta);
    return status != CW_OK ? status
                           : cw_delta_make(work->old_list, work->new_list, &work->delta, err);
}

/* Additions count at once, removals wait: the list to put in force is the new document and, with
 * it, everything that the old one holds and the new one lacks. What is no address has no key to be
 * missed by: of that, only the new document's. */
enum cw_status cw_work_keep_removed(struct cw_work *work, struct cw_error *err)
{
    if (work->old_list == NULL) {
        return CW_OK;
    }
    const enum cw_status status = cw_work_unite(work, work->old_list, err);
    return status == CW_OK ? cw_work_compare(work, err) : status;
}

/* ---- matching ------------------------------------------------------------------------------ */

bool cw_work_is_new_listing(const struct cw_work *work, const struct cw_listing *listing)
{
    return work->is_new_document && !work->is_quiet &&
           (work->old_list == NULL ||
            cw_watchlist_find(work->old_list, listing->entry_id, listing->canonical) == NULL);
}

static bool is_new_listing(void *ctx, const struct cw_listing *listing)
{
    return cw_work_is_new_listing(ctx, listing);
}

static bool is_new_pair(void *ctx, const char *case_id)
{
    struct cw_work *work = ctx;
    bool is_known = false;
    if (work->scan->store == NULL) {
        return true;
    }
    const enum cw_status status = cw_store_pair_is_known(work->scan->store, work->intake->feed->id,
                                                         case_id, &is_known, &work->unanswered);
    return status != CW_OK || !is_known;
}

enum cw_status cw_work_match(struct cw_work *work, struct cw_error *err)
{
    struct cw_scan *scan = work->scan;
    if (work->is_matched) {
        return CW_OK;
    }
    const char *feed = work->intake->feed->id;
    work->arena = cw_arena_new(TRACKED_ARENA_BYTES);
    if (work->arena == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory for matches");
    }
    enum cw_status status = CW_OK;
    if (scan->store != NULL) {
        status = cw_store_tracked_load(scan->store, feed, work->arena, &work->tracked,
                                       &work->tracked_count, err);
    }
    for (size_t i = 0; status == CW_OK && i < cw_watchlist_count(work->new_list); i++) {
        status = cw_stop_between(&scan->options->clock, i, err);
        if (status == CW_OK) {
            status = cw_book_match(scan->book, cw_span_cstr(feed),
                                   cw_watchlist_at(work->new_list, i), &work->hits, err);
        }
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
    status = cw_reconcile(&input, &work->events, err);
    if (status == CW_OK && work->unanswered.code != CW_OK) {
        status = cw_error_set(err, work->unanswered.code, "%s", work->unanswered.text);
    }
    work->is_matched = status == CW_OK;
    return status;
}

static struct cw_tracked tracked_now(const struct cw_match_event *event, bool was_alerted,
                                     struct cw_span entry_json)
{
    const struct cw_hit *hit = event->hit;
    return (struct cw_tracked){
        .case_id = cw_span_cstr(hit->rule->id),
        .address_canonical = hit->address_canonical,
        .address_value = hit->address_value,
        .entry_id = hit->listing->entry_id,
        .listed_canonical = hit->listing->canonical,
        .relation = hit->relation,
        .episode = hit->listing->episode,
        .revision = hit->listing->revision,
        .entry_sha256 = cw_span_cstr(hit->listing->entry_sha256),
        .entry_json = entry_json,
        .listed_value = hit->listing->value,
        .listed_encoding = hit->listing->encoding,
        .entry_name = hit->listing->entry_name,
        .was_alerted = was_alerted,
    };
}

static enum cw_status put_tracked(const struct cw_work *work, const struct cw_match_event *event,
                                  bool was_alerted, struct cw_error *err)
{
    struct cw_buf json;
    cw_buf_init(&json, CW_ENTRY_JSON_MAX);
    cw_listing_json(event->hit->listing, &json);
    enum cw_status status = cw_buf_status(&json, err);
    if (status == CW_OK) {
        const struct cw_tracked now = tracked_now(event, was_alerted, cw_buf_as_span(&json));
        status = cw_store_tracked_put(work->scan->store, work->intake->feed->id, &now, err);
    }
    cw_buf_clear(&json);
    return status;
}

/* What we follow from now on, whether it was told or not. */
static enum cw_status track(struct cw_work *work, const struct cw_match_event *event,
                            struct cw_error *err)
{
    struct cw_store *store = work->scan->store;
    const char *feed = work->intake->feed->id;
    switch (event->type) {
    case CW_MATCH_LISTED:
        return put_tracked(work, event, event->is_alert, err);
    case CW_MATCH_CHANGED:
        return put_tracked(work, event, event->tracked->was_alerted, err);
    case CW_MATCH_DELISTED:
    case CW_MATCH_DROPPED:
        return cw_store_tracked_remove(store, feed, event->tracked, err);
    }
    return CW_OK;
}

/* One event as one alert. Its facts have an arena of their own: how many addresses match at once
 * must not decide whether they can be told. */
static enum cw_status tell_event(struct cw_work *work, const struct cw_event_source *source,
                                 const struct cw_match_event *event, struct cw_error *err)
{
    struct cw_arena *arena = cw_arena_new(FACTS_ARENA_BYTES);
    if (arena == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory for an alert");
    }
    struct cw_event_facts facts;
    enum cw_status status = cw_scan_facts(work->scan, source, event, arena, &facts, err);
    if (status == CW_OK) {
        facts.facts.provenance = &source->provenance;
        facts.facts.address = &facts.address;
        status = cw_scan_emit(work->scan, &facts, err);
    }
    cw_arena_free(arena);
    return status;
}

/* How many addresses of ours left with this document, when none stays; else 0. */
static size_t count_all_gone(const struct cw_work *work)
{
    size_t gone = 0;
    const struct cw_span *last = NULL;
    if (!work->is_new_document || work->is_quiet || work->hits.count > 0) {
        return 0;
    }
    for (size_t i = 0; i < work->events.count; i++) {
        const struct cw_match_event *event = &work->events.items[i];
        if (event->type != CW_MATCH_DELISTED || !event->is_alert) {
            continue;
        }
        const struct cw_span *address = &event->tracked->address_canonical;
        gone += last == NULL || !cw_span_equal(*last, *address) ? 1u : 0u;
        last = address;
    }
    return gone > 1 ? gone : 0;
}

static enum cw_status settle(struct cw_work *work, struct cw_error *err)
{
    struct cw_event_source source = {.intake = work->intake, .old_list = work->old_list};
    enum cw_status status = cw_scan_provenance(work->intake, work->arena, &source.provenance, err);
    for (size_t i = 0; status == CW_OK && i < work->events.count; i++) {
        const struct cw_match_event *event = &work->events.items[i];
        if (event->is_alert && !(work->is_quiet && event->type == CW_MATCH_CHANGED)) {
            status = tell_event(work, &source, event, err);
        }
        if (status == CW_OK && cw_scan_is_writing(work->scan)) {
            status = track(work, event, err);
        }
    }
    const size_t gone = count_all_gone(work);
    return status == CW_OK && gone > 0 ? cw_scan_tell_all_gone(work->scan, work->intake, gone, err)
                                       : status;
}

static enum cw_status know_pairs(struct cw_work *work, struct cw_error *err)
{
    const struct cw_rules *rules = work->scan->home->rules;
    enum cw_status status = CW_OK;
    for (size_t i = 0; status == CW_OK && i < cw_rules_count(rules); i++) {
        status = cw_store_pair_add(work->scan->store, work->intake->feed->id,
                                   cw_rules_at(rules, i)->id, work->scan->now_s, err);
    }
    return status;
}

static enum cw_status commit_work(struct cw_work *work, const char *outcome, struct cw_error *err)
{
    struct cw_scan *scan = work->scan;
    struct cw_intake *intake = work->intake;
    const size_t told = scan->report->alerts_count;
    enum cw_status status = cw_store_begin(scan->store, err);
    if (status == CW_OK && work->is_new_document) {
        const struct cw_replacement replacement = {
            .feed = intake->feed->id,
            .old_list = work->old_list,
            .new_list = work->new_list,
            .delta = &work->delta,
            .at_s = scan->now_s,
            .is_quiet = work->is_quiet,
            .clock = &scan->options->clock,
        };
        status = cw_store_watchlist_replace(scan->store, &replacement, err);
    }
    if (status == CW_OK) {
        status = cw_work_match(work, err);
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
        status = work->is_quiet ? cw_store_feed_put(scan->store, &intake->state, err)
                                : cw_scan_put_state(scan, intake, err);
    }
    status = cw_store_end(scan->store, status, err);
    if (status == CW_OK) {
        intake->stored = intake->state;
        intake->is_recorded = intake->is_recorded || outcome != NULL;
    } else {
        scan->report->alerts_count = told; /* taken back with the rest */
    }
    return status;
}

static enum cw_status count_ended(void *ctx, const struct cw_episode *episode, struct cw_error *err)
{
    (void)err;
    uint64_t *ended = ctx;
    *ended += episode->until_s != 0 ? 1 : 0;
    return CW_OK;
}

/* A dry run writes no listing, so nobody numbers its episodes and revisions: count them here, or it
 * would announce other identifiers than the run that follows. */
static enum cw_status number_listings(struct cw_work *work, struct cw_error *err)
{
    enum cw_status status = CW_OK;
    for (size_t i = 0; status == CW_OK && i < cw_watchlist_count(work->new_list); i++) {
        struct cw_listing *listing = cw_watchlist_edit(work->new_list, i);
        const struct cw_listing *old = NULL;
        if (work->old_list != NULL) {
            old = cw_watchlist_find(work->old_list, listing->entry_id, listing->canonical);
        }
        if (old != NULL) {
            const bool is_same = strcmp(old->entry_sha256, listing->entry_sha256) == 0;
            listing->episode = old->episode;
            listing->revision = old->revision + (is_same ? 0 : 1);
        } else if (work->scan->store != NULL) {
            const struct cw_listed_key key = {work->intake->feed->id, listing->entry_id,
                                              listing->canonical};
            status =
                cw_store_episodes(work->scan->store, &key, count_ended, &listing->episode, err);
        }
    }
    return status;
}

static enum cw_status rehearse(struct cw_work *work, struct cw_error *err)
{
    enum cw_status status = work->is_new_document ? number_listings(work, err) : CW_OK;
    if (status == CW_OK) {
        status = cw_work_match(work, err);
    }
    if (status == CW_OK) {
        status = settle(work, err);
    }
    return status == CW_OK ? cw_scan_tell_feed(work->scan, work->intake, err) : status;
}

enum cw_status cw_work_commit(struct cw_work *work, const char *outcome, struct cw_error *err)
{
    return cw_scan_is_writing(work->scan) ? commit_work(work, outcome, err) : rehearse(work, err);
}
