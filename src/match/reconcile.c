#include "match/reconcile.h"

/* Compares the four parts that name a match, in the order of the events. */
static int compare_parts(const struct cw_span a[4], const struct cw_span b[4])
{
    for (size_t i = 0; i < 4; i++) {
        const int order = cw_span_compare(a[i], b[i]);
        if (order != 0) {
            return order;
        }
    }
    return 0;
}

static void hit_parts(const struct cw_hit *hit, struct cw_span ret[4])
{
    ret[0] = cw_span_cstr(hit->rule->id);
    ret[1] = hit->address_canonical;
    ret[2] = hit->listing->entry_id;
    ret[3] = hit->listing->canonical;
}

static void tracked_parts(const struct cw_tracked *tracked, struct cw_span ret[4])
{
    ret[0] = tracked->case_id;
    ret[1] = tracked->address_canonical;
    ret[2] = tracked->entry_id;
    ret[3] = tracked->listed_canonical;
}

static int compare_hits(const void *left, const void *right)
{
    struct cw_span a[4];
    struct cw_span b[4];
    hit_parts(*(const struct cw_hit *const *)left, a);
    hit_parts(*(const struct cw_hit *const *)right, b);
    return compare_parts(a, b);
}

static int compare_tracked(const void *left, const void *right)
{
    struct cw_span a[4];
    struct cw_span b[4];
    tracked_parts(*(const struct cw_tracked *const *)left, a);
    tracked_parts(*(const struct cw_tracked *const *)right, b);
    return compare_parts(a, b);
}

/* A new match. Baseline: the list held this key already when it was first read for the case, or the
 * rule grew into it; then nobody listed anything today. */
static struct cw_match_event on_listed(const struct cw_reconcile_input *in,
                                       const struct cw_hit *hit)
{
    const bool is_baseline =
        in->is_new_pair(in->ctx, hit->rule->id) || !in->is_new_listing(in->ctx, hit->listing);
    return (struct cw_match_event){
        .type = CW_MATCH_LISTED,
        .rule = hit->rule,
        .hit = hit,
        .is_baseline = is_baseline,
        .is_alert = hit->relation != CW_RELATION_ENTITY || !is_baseline,
    };
}

static struct cw_match_event on_changed(const struct cw_hit *hit, const struct cw_tracked *tracked)
{
    return (struct cw_match_event){
        .type = CW_MATCH_CHANGED,
        .rule = hit->rule,
        .hit = hit,
        .tracked = tracked,
        .is_alert = tracked->was_alerted,
    };
}

/* No hit any more: the list let go of the key, or we no longer ask for it. Only the first is news.
 */
static struct cw_match_event on_gone(const struct cw_reconcile_input *in,
                                     const struct cw_tracked *tracked)
{
    const struct cw_rule *rule = cw_rules_find(in->rules, tracked->case_id);
    const bool is_listed =
        cw_watchlist_find(in->list, tracked->entry_id, tracked->listed_canonical) != NULL;
    const bool is_delisted = rule != NULL && !is_listed;
    return (struct cw_match_event){
        .type = is_delisted ? CW_MATCH_DELISTED : CW_MATCH_DROPPED,
        .rule = rule,
        .tracked = tracked,
        .is_alert = is_delisted && tracked->was_alerted,
    };
}

static bool has_changed(const struct cw_hit *hit, const struct cw_tracked *tracked)
{
    return !cw_span_is(tracked->entry_sha256, hit->listing->entry_sha256);
}

static void merge(const struct cw_reconcile_input *in, const struct cw_hit *const *hits,
                  const struct cw_tracked *const *tracked, struct cw_match_events *out)
{
    size_t h = 0;
    size_t t = 0;
    while (h < in->hits->count || t < in->tracked_count) {
        int order = 0;
        if (h == in->hits->count) {
            order = 1;
        } else if (t == in->tracked_count) {
            order = -1;
        } else {
            struct cw_span a[4];
            struct cw_span b[4];
            hit_parts(hits[h], a);
            tracked_parts(tracked[t], b);
            order = compare_parts(a, b);
        }
        if (order < 0) {
            out->items[out->count++] = on_listed(in, hits[h++]);
        } else if (order > 0) {
            out->items[out->count++] = on_gone(in, tracked[t++]);
        } else {
            if (!tracked[t]->was_alerted && hits[h]->relation != CW_RELATION_ENTITY) {
                /* followed as a party's address so far; now the case watches the key itself */
                out->items[out->count++] = on_listed(in, hits[h]);
            } else if (has_changed(hits[h], tracked[t])) {
                out->items[out->count++] = on_changed(hits[h], tracked[t]);
            }
            h++;
            t++;
        }
    }
}

enum cw_status cw_reconcile(const struct cw_reconcile_input *input, struct cw_match_events *ret,
                            struct cw_error *err)
{
    const size_t hits_count = input->hits->count;
    const size_t total = hits_count + input->tracked_count;
    const struct cw_hit **hits = calloc(hits_count + 1, sizeof(const struct cw_hit *));
    const struct cw_tracked **tracked =
        calloc(input->tracked_count + 1, sizeof(const struct cw_tracked *));
    struct cw_match_events events = {.items = calloc(total + 1, sizeof(*events.items))};
    enum cw_status status = CW_OK;
    if (hits == NULL || tracked == NULL || events.items == NULL) {
        status = cw_error_set(err, CW_NOMEM, "out of memory for %zu matches", total);
        goto out;
    }
    for (size_t i = 0; i < hits_count; i++) {
        hits[i] = &input->hits->items[i];
    }
    for (size_t i = 0; i < input->tracked_count; i++) {
        tracked[i] = &input->tracked[i];
    }
    qsort(hits, hits_count, sizeof(const struct cw_hit *), compare_hits);
    qsort(tracked, input->tracked_count, sizeof(const struct cw_tracked *), compare_tracked);
    merge(input, hits, tracked, &events);
    CW_ASSERT(events.count <= total);
    *ret = events;
    events.items = NULL;
out:
    free(hits);
    free(tracked);
    free(events.items);
    return status;
}

void cw_match_events_clear(struct cw_match_events *events)
{
    free(events->items);
    *events = (struct cw_match_events){0};
}
