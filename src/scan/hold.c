#include "scan/hold.h"

#include "base/datetime.h"
#include "base/text.h"
#include "crypto/hash.h"

static const struct {
    const char *code;
    bool may_agree; /* made good by agreement, not by a person alone */
} verdicts[] = {
    [CW_LIST_PLAUSIBLE] = {"", false},
    [CW_LIST_TOO_SMALL] = {"too-small", false},
    [CW_LIST_TOO_NARROW] = {"too-narrow", false},
    [CW_LIST_UNREADABLE] = {"unreadable", false},
    [CW_LIST_FROM_AHEAD] = {"ahead", false},
    [CW_LIST_OLDER] = {"older", true},
    [CW_LIST_RETURNED] = {"returned", true},
    [CW_LIST_GROWN] = {"grown", true},
    [CW_LIST_OURS] = {"ours", true},
    [CW_LIST_SHRUNK] = {"shrunk", true},
};

/* ---- the case ------------------------------------------------------------------------------ */

static bool is_among(const struct cw_span *items, size_t count, struct cw_span text)
{
    for (size_t i = 0; i < count; i++) {
        if (cw_span_equal(items[i], text)) {
            return true;
        }
    }
    return false;
}

/* Of a list that is read for the first time, one alert for each address of each case is owed
 * (alerts.md 2.3, baseline): does this one tell the same address of the case once more? Events are
 * in order of case and address. */
static bool is_told_again(const struct cw_match_events *events, size_t at)
{
    const struct cw_match_event *event = &events->items[at];
    const struct cw_match_event *last = at == 0 ? NULL : &events->items[at - 1];
    return last != NULL && last->type == CW_MATCH_LISTED && last->rule == event->rule &&
           cw_span_equal(last->hit->address_canonical, event->hit->address_canonical);
}

/* What the document itself would make us say; what new rules find in the list as it was is the
 * operator's doing. */
static void count_alerts(const struct cw_work *work, struct cw_list_case *ret)
{
    const struct cw_match_events *events = &work->events;
    const bool is_first = work->old_list == NULL;
    for (size_t i = 0; i < events->count; i++) {
        const struct cw_match_event *event = &events->items[i];
        if (!event->is_alert) {
            continue;
        }
        switch (event->type) {
        case CW_MATCH_LISTED:
            ret->alerts += is_first ? is_told_again(events, i)
                                    : cw_work_is_new_listing(work, event->hit->listing);
            break;
        case CW_MATCH_CHANGED:
            ret->alerts++;
            break;
        case CW_MATCH_DELISTED:
            ret->alerts_gone++;
            break;
        case CW_MATCH_DROPPED:
            break;
        }
    }
}

/* How many kinds of address the list names; counts no further than it matters. */
static size_t count_tags(const struct cw_watchlist *list, size_t enough)
{
    struct cw_span seen[CW_FEED_TAGS_MIN_MAX];
    size_t count = 0;
    CW_ASSERT(enough <= CW_COUNT(seen));
    for (size_t i = 0; i < cw_watchlist_count(list) && count < enough; i++) {
        const struct cw_listing *listing = cw_watchlist_at(list, i);
        for (size_t t = 0; t < listing->tags_count && count < enough; t++) {
            if (!is_among(seen, count, listing->tags[t])) {
                seen[count++] = listing->tags[t];
            }
        }
    }
    return count;
}

/* A date that is none counts as none: it cannot make a list older. */
static int64_t date_of(struct cw_span text)
{
    int64_t time_s = 0;
    return cw_date_parse(text, &time_s) ? time_s : 0;
}

static enum cw_status describe(struct cw_work *work, struct cw_list_case *ret, struct cw_error *err)
{
    const struct cw_intake *intake = work->intake;
    const struct cw_feed *feed = intake->feed;
    const uint64_t entries = cw_watchlist_entries(work->new_list);
    *ret = (struct cw_list_case){
        .old_count = work->old_list == NULL ? 0 : cw_watchlist_count(work->old_list),
        .added = work->delta.added_count,
        .removed = work->delta.removed_count,
        .entries = entries,
        .undecodable = cw_watchlist_undecodable(work->new_list),
        .usable = entries - cw_watchlist_opaque_count(work->new_list),
        .entries_min = (uint64_t)feed->entries_min,
        .tags = count_tags(work->new_list, (size_t)feed->tags_min),
        .tags_min = (uint64_t)feed->tags_min,
        .removed_max_percent = (uint64_t)feed->removed_max_percent,
        .unusable_max_percent = (uint64_t)feed->unusable_max_percent,
        .published_s = date_of(cw_watchlist_published(work->new_list)),
        .issued_s = date_of(cw_span_cstr(intake->state.issued)),
        .now_s = work->scan->now_s,
    };
    const enum cw_status status = cw_work_match(work, err);
    if (status != CW_OK) {
        return status;
    }
    count_alerts(work, ret);
    return work->old_list != NULL && work->scan->store != NULL
               ? cw_store_was_accepted(work->scan->store, feed->id, intake->fetched.sha256,
                                       &ret->was_accepted_before, err)
               : CW_OK;
}

/* ---- agreement ----------------------------------------------------------------------------- */

static void evidence_of(const struct cw_work *work, enum cw_verdict_on_list verdict,
                        char ret[static CW_SHA256_HEX_BYTES])
{
    struct cw_sha256_stream stream;
    if (verdict != CW_LIST_SHRUNK) {
        (void)snprintf(ret, CW_SHA256_HEX_BYTES, "%s", work->intake->fetched.sha256);
        return;
    }
    cw_sha256_begin(&stream);
    for (size_t i = 0; i < work->delta.removed_count; i++) {
        const struct cw_listing *gone = cw_watchlist_at(work->old_list, work->delta.removed[i]);
        cw_sha256_update(&stream, gone->entry_id);
        cw_sha256_update(&stream, CW_SPAN("\n"));
        cw_sha256_update(&stream, gone->canonical);
        cw_sha256_update(&stream, CW_SPAN("\n"));
    }
    cw_sha256_end_hex(&stream, ret);
}

bool cw_hold_is_shrunk(const struct cw_feed_state *state)
{
    return state->held_sha256[0] != '\0' && strcmp(state->held_evidence, state->held_sha256) != 0;
}

static void remember(struct cw_work *work, enum cw_verdict_on_list verdict)
{
    struct cw_feed_state *state = &work->intake->state;
    char evidence[CW_SHA256_HEX_BYTES];
    evidence_of(work, verdict, evidence);
    if (strcmp(evidence, state->held_evidence) != 0) {
        cw_scan_copy(state->held_evidence, sizeof(state->held_evidence), evidence);
        state->held_fetches = 0;
        state->held_since_s = work->scan->now_s;
    }
    if (state->held_since_s > work->scan->now_s) {
        state->held_since_s = work->scan->now_s; /* the clock was ahead: two days begin now */
    }
    state->held_fetches++;
}

static bool may_agree(const struct cw_work *work, const struct cw_hold *hold)
{
    return work->intake->feed->release_by_itself && verdicts[hold->verdict].may_agree &&
           !cw_list_lost_half(&hold->list);
}

static bool is_newer(const struct cw_hold *hold)
{
    return hold->verdict == CW_LIST_SHRUNK && hold->list.issued_s != 0 &&
           hold->list.published_s > hold->list.issued_s;
}

static bool is_agreed(const struct cw_work *work, const struct cw_hold *hold)
{
    const struct cw_feed_state *state = &work->intake->state;
    if (!may_agree(work, hold)) {
        return false;
    }
    const int64_t agreed_s = work->scan->now_s - state->held_since_s;
    return is_newer(hold) ? state->held_fetches >= CW_HOLD_FETCHES_DATED &&
                                agreed_s >= cw_hold_again_s(work->intake->feed)
                          : state->held_fetches >= CW_HOLD_FETCHES && agreed_s >= CW_HOLD_AGREED_S;
}

/* ---- words --------------------------------------------------------------------------------- */

static void write_ours(const struct cw_work *work, const struct cw_list_case *list, char *ret,
                       size_t bytes)
{
    if (work->old_list != NULL) {
        (void)snprintf(ret, bytes,
                       "it would raise %zu alerts at once where at most %d are believed",
                       list->alerts, CW_JUDGE_ALERTS_MAX);
    } else {
        (void)snprintf(ret, bytes,
                       "read for the first time it would raise %zu alerts beyond one for each "
                       "address of a case, where at most %d are believed",
                       list->alerts, CW_JUDGE_ALERTS_MAX);
    }
}

static void write_what(const struct cw_work *work, const struct cw_hold *hold, char *ret,
                       size_t bytes)
{
    const struct cw_list_case *list = &hold->list;
    const struct cw_span published = cw_watchlist_published(work->new_list);
    switch (hold->verdict) {
    case CW_LIST_PLAUSIBLE:
        ret[0] = '\0';
        return;
    case CW_LIST_TOO_SMALL:
        (void)snprintf(ret, bytes, "%llu usable entries where at least %llu are expected",
                       (unsigned long long)list->usable, (unsigned long long)list->entries_min);
        return;
    case CW_LIST_TOO_NARROW:
        (void)snprintf(ret, bytes,
                       "%llu kinds of address where at least %llu are expected: a part of the list "
                       "is missing",
                       (unsigned long long)list->tags, (unsigned long long)list->tags_min);
        return;
    case CW_LIST_UNREADABLE:
        (void)snprintf(ret, bytes, "%llu of %llu entries are no addresses: the list looks changed",
                       (unsigned long long)list->undecodable, (unsigned long long)list->entries);
        return;
    case CW_LIST_FROM_AHEAD:
        (void)snprintf(ret, bytes,
                       "it says that it was issued on %.*s, which is days ahead (is the clock of "
                       "this machine right?)",
                       CW_SPAN_ARG(published));
        return;
    case CW_LIST_OLDER:
        (void)snprintf(ret, bytes, "issued on %.*s, before the one in force of %s",
                       CW_SPAN_ARG(published), work->intake->state.issued);
        return;
    case CW_LIST_RETURNED:
        (void)snprintf(ret, bytes, "a document that was in force once and replaced since");
        return;
    case CW_LIST_GROWN:
        (void)snprintf(ret, bytes, "%zu new listings where %zu are in force", list->added,
                       list->old_count);
        return;
    case CW_LIST_OURS:
        write_ours(work, list, ret, bytes);
        return;
    case CW_LIST_SHRUNK:
        (void)snprintf(ret, bytes, "%zu of %zu listings vanished at once, %zu alerts would tell it",
                       list->removed, list->old_count, list->alerts_gone);
        return;
    }
}

static void write_text(const struct cw_work *work, struct cw_hold *hold)
{
    char what[192];
    char until[160] = "";
    const struct cw_feed_state *state = &work->intake->state;
    write_what(work, hold, what, sizeof(what));
    if (may_agree(work, hold) && is_newer(hold)) {
        (void)snprintf(until, sizeof(until), "a fetch an hour later says the same or ");
    } else if (may_agree(work, hold)) {
        (void)snprintf(until, sizeof(until),
                       "three fetches over two days say the same (so far %llu) or ",
                       (unsigned long long)state->held_fetches);
    }
    (void)snprintf(
        hold->text, sizeof(hold->text), "%s: %s until %s`cryptowatch feed accept %s`", what,
        hold->verdict == CW_LIST_SHRUNK ? "they stay in force" : "nothing of it is believed", until,
        work->intake->feed->id);
}

/* ---- the verdict --------------------------------------------------------------------------- */

static bool is_good_already(const struct cw_intake *intake)
{
    const char *sha256 = intake->fetched.sha256;
    return strcmp(intake->state.released_sha256, sha256) == 0 ||
           strcmp(intake->state.snapshot_sha256, sha256) == 0;
}

enum cw_status cw_hold_weigh(struct cw_work *work, struct cw_hold *ret, struct cw_error *err)
{
    struct cw_hold hold = {.verdict = CW_LIST_PLAUSIBLE, .code = ""};
    if (!is_good_already(work->intake)) {
        const enum cw_status status = describe(work, &hold.list, err);
        if (status != CW_OK) {
            return status;
        }
        hold.verdict = cw_list_judge(&hold.list);
    }
    if (hold.verdict != CW_LIST_PLAUSIBLE) {
        remember(work, hold.verdict);
        if (is_agreed(work, &hold)) {
            hold.verdict = CW_LIST_PLAUSIBLE;
        }
    }
    hold.code = verdicts[hold.verdict].code;
    write_text(work, &hold);
    *ret = hold;
    return CW_OK;
}
