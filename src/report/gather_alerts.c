#include <jansson.h>

#include "report/facts.h"
#include "store/review.h"

enum { DELIVERIES_MAX = 64 };

/* ---- marks: what was told on which day ------------------------------------------------------ */

static bool event_of(enum cw_alert_type type, enum cw_report_event *ret)
{
    static const enum cw_report_event events[] = {
        [CW_ALERT_LISTED] = CW_EVENT_LISTED,
        [CW_ALERT_DELISTED] = CW_EVENT_DELISTED,
        [CW_ALERT_CHANGED] = CW_EVENT_CHANGED,
    };
    if ((size_t)type >= CW_COUNT(events)) {
        return false;
    }
    *ret = events[type];
    return true;
}

static enum cw_status count_event(struct cw_report_facts *facts, const struct cw_alert_mark *mark,
                                  enum cw_report_event event, struct cw_error *err)
{
    struct cw_report_day *day = cw_report_day_of(facts, mark);
    if (day != NULL) {
        day->events[event]++;
        return CW_OK;
    }
    return cw_arena_status(facts->arena) == CW_LIMIT ? cw_report_too_large(err)
                                                     : cw_error_no_memory(err);
}

static bool is_about_lists(enum cw_alert_type type)
{
    return type >= CW_ALERT_FEED_FAILED && type <= CW_ALERT_FEED_SUSPECT;
}

static void count_change(struct cw_report_changes *changes, const struct cw_alert_mark *mark)
{
    enum cw_report_event event = CW_EVENT_LISTED;
    changes->all++;
    if (event_of(mark->type, &event)) {
        changes->events[event]++;
    } else if (mark->type == CW_ALERT_RETRACTED) {
        changes->retracted++;
    } else if (is_about_lists(mark->type)) {
        changes->feeds++;
    }
}

static bool is_withheld(const struct cw_report_order *order, enum cw_alert_type type,
                        enum cw_tlp tlp)
{
    const bool is_ours = is_about_lists(type) || type == CW_ALERT_ENDPOINT_DISABLED;
    return tlp > order->max_tlp || (is_ours && !cw_report_is_inward(order));
}

static enum cw_status on_mark(void *ctx, const struct cw_alert_mark *mark, struct cw_error *err)
{
    struct cw_report_facts *facts = ctx;
    enum cw_report_event event = CW_EVENT_LISTED;
    if (is_withheld(facts->order, mark->type, mark->tlp)) {
        facts->alerts_withheld++;
        return CW_OK;
    }
    facts->alerts_known++;
    cw_report_mark(facts, mark->tlp);
    if (mark->created_at_s >= facts->order->since_s) {
        count_change(&facts->changes, mark);
    }
    return event_of(mark->type, &event) ? count_event(facts, mark, event, err) : CW_OK;
}

static int compare_names(const void *a, const void *b)
{
    return cw_span_compare(*(const struct cw_span *)a, *(const struct cw_span *)b);
}

static enum cw_status count_cases(struct cw_report_facts *facts, struct cw_error *err)
{
    struct cw_span *names = cw_arena_array(facts->arena, facts->days_count + 1, sizeof(*names));
    if (names == NULL) {
        return cw_error_no_memory(err);
    }
    for (size_t i = 0; i < facts->days_count; i++) {
        names[i] = facts->days[i].case_id;
    }
    qsort(names, facts->days_count, sizeof(*names), compare_names);
    for (size_t i = 0; i < facts->days_count; i++) {
        facts->days_cases += i == 0 || !cw_span_equal(names[i - 1], names[i]) ? 1 : 0;
    }
    return CW_OK;
}

/* ---- whole alerts --------------------------------------------------------------------------- */

static struct cw_span member(const json_t *data, const char *outer, const char *name)
{
    const json_t *value = json_object_get(json_object_get(data, outer), name);
    return (struct cw_span){json_string_value(value), json_string_length(value)};
}

/* A body that cannot be read leaves the row to what the state says of it; the page's script then
 * shows that the two differ. */
static void read_body(struct cw_report_facts *facts, struct cw_span body,
                      struct cw_report_alert *ret)
{
    json_t *event = json_loadb(body.data, body.len, JSON_REJECT_DUPLICATES, NULL);
    const json_t *data = json_object_get(event, "data");
    for (size_t i = 0; i < CW_REPORT_LANGS; i++) {
        const char *lang = cw_report_lang_name((enum cw_report_lang)i);
        (void)cw_report_keep(facts, member(data, "text", lang), &ret->text[i]);
    }
    (void)cw_report_keep(facts, member(data, "address", "value"), &ret->address);
    (void)cw_report_keep(facts, member(data, "match", "listed_value"), &ret->listed_value);
    (void)cw_report_keep(facts, member(data, "match", "relation"), &ret->relation);
    const json_t *retracts = json_object_get(data, "retracts");
    const struct cw_span withdrawn = {json_string_value(retracts), json_string_length(retracts)};
    (void)cw_report_keep(facts, withdrawn, &ret->retracts);
    ret->is_baseline = json_is_true(json_object_get(json_object_get(data, "listing"), "baseline"));
    json_decref(event);
}

struct collecting {
    struct cw_report_facts *facts;
    struct cw_report_delivery found[DELIVERIES_MAX];
    size_t count;
};

static enum cw_status on_delivery(void *ctx, const struct cw_delivery *delivery,
                                  struct cw_error *err)
{
    struct collecting *collecting = ctx;
    if (collecting->count == DELIVERIES_MAX) {
        return CW_OK;
    }
    struct cw_report_delivery *found = &collecting->found[collecting->count++];
    found->state = delivery->state;
    return cw_report_keep(collecting->facts, cw_span_cstr(delivery->endpoint), &found->endpoint)
               ? CW_OK
               : cw_error_no_memory(err);
}

static enum cw_status gather_deliveries(struct cw_report_facts *facts, struct cw_report_alert *ret,
                                        struct cw_error *err)
{
    struct collecting collecting = {.facts = facts};
    const enum cw_status status =
        cw_store_deliveries(facts->order->store, ret->summary.id, on_delivery, &collecting, err);
    if (status != CW_OK || collecting.count == 0) {
        return status;
    }
    struct cw_report_delivery *kept = cw_arena_array(facts->arena, collecting.count, sizeof(*kept));
    if (kept == NULL) {
        return cw_error_no_memory(err);
    }
    memcpy(kept, collecting.found, collecting.count * sizeof(*kept));
    ret->deliveries = kept;
    ret->deliveries_count = collecting.count;
    return CW_OK;
}

static enum cw_status on_alert(void *ctx, const struct cw_stored_alert *stored,
                               const struct cw_alert_summary *summary, struct cw_error *err)
{
    struct cw_report_facts *facts = ctx;
    if (is_withheld(facts->order, summary->type, summary->tlp) ||
        facts->alerts_count == CW_REPORT_ALERTS_MAX) {
        return CW_OK;
    }
    struct cw_report_alert *alert = &facts->alerts[facts->alerts_count];
    alert->summary = *summary;
    if (!cw_report_keep(facts, stored->jws, &alert->jws)) {
        return cw_error_no_memory(err);
    }
    read_body(facts, stored->body, alert);
    facts->alerts_count++;
    return cw_report_is_inward(facts->order) ? gather_deliveries(facts, alert, err) : CW_OK;
}

/* An alert is older than the one that withdraws it: whoever reads of the first reads of both. */
static void mark_withdrawn(struct cw_report_facts *facts)
{
    for (size_t i = 0; i < facts->alerts_count; i++) {
        const struct cw_span id = facts->alerts[i].retracts;
        for (size_t older = i + 1; id.len > 0 && older < facts->alerts_count; older++) {
            struct cw_report_alert *alert = &facts->alerts[older];
            alert->is_withdrawn |= cw_span_is(id, alert->summary.id);
        }
    }
}

enum cw_status cw_report_gather_alerts(struct cw_report_facts *facts, struct cw_error *err)
{
    struct cw_store *store = facts->order->store;
    enum cw_status status = cw_store_alert_marks(store, on_mark, facts, err);
    facts->alerts = cw_arena_array(facts->arena, CW_REPORT_ALERTS_MAX, sizeof(*facts->alerts));
    if (status == CW_OK && facts->alerts == NULL) {
        status = cw_error_no_memory(err);
    }
    if (status == CW_OK) {
        status = count_cases(facts, err);
    }
    if (status == CW_OK) {
        /* Withheld ones are among the newest, too: so many more are looked at. */
        const size_t max = CW_REPORT_ALERTS_MAX + (size_t)facts->alerts_withheld;
        status = cw_store_newest_alerts(store, max, on_alert, facts, err);
    }
    if (status == CW_OK) {
        mark_withdrawn(facts);
    }
    return status;
}
