#include "report/facts.h"
#include "store/health.h"

/* ---- matches -------------------------------------------------------------------------------- */

static enum cw_status on_list(void *ctx, const char *name, struct cw_error *err)
{
    struct cw_report_facts *facts = ctx;
    struct cw_tracked *tracked = NULL;
    struct cw_span feed;
    size_t count = 0;
    const enum cw_status status =
        cw_store_tracked_load(facts->order->store, name, facts->arena, &tracked, &count, err);
    if (status != CW_OK || count == 0) {
        return status;
    }
    if (!cw_report_keep(facts, cw_span_cstr(name), &feed)) {
        return cw_error_no_memory(err);
    }
    struct cw_report_match *moved =
        realloc(facts->matches, (facts->matches_count + count) * sizeof(*moved));
    if (moved == NULL) {
        return cw_error_no_memory(err);
    }
    facts->matches = moved;
    for (size_t i = 0; i < count; i++) {
        moved[facts->matches_count++] =
            (struct cw_report_match){.feed = feed.data, .tracked = tracked[i]};
    }
    return CW_OK;
}

static int compare_keys(struct cw_span case_id, struct cw_span address,
                        const struct cw_report_match *match)
{
    const int order = cw_span_compare(case_id, match->tracked.case_id);
    return order != 0 ? order : cw_span_compare(address, match->tracked.address_canonical);
}

static int compare_matches(const void *a, const void *b)
{
    const struct cw_report_match *one = a;
    const struct cw_report_match *other = b;
    int order = compare_keys(one->tracked.case_id, one->tracked.address_canonical, other);
    order = order != 0 ? order : strcmp(one->feed, other->feed);
    return order != 0 ? order : cw_span_compare(one->tracked.entry_id, other->tracked.entry_id);
}

/* The first match that is not before a key. */
static size_t lower_bound(const struct cw_report_facts *facts, struct cw_span case_id,
                          struct cw_span address)
{
    size_t low = 0;
    size_t high = facts->matches_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (compare_keys(case_id, address, &facts->matches[middle]) > 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static size_t count_same(const struct cw_report_facts *facts, size_t first)
{
    size_t last = first;
    const struct cw_tracked *one = &facts->matches[first].tracked;
    while (last < facts->matches_count &&
           compare_keys(one->case_id, one->address_canonical, &facts->matches[last]) == 0) {
        last++;
    }
    return last - first;
}

/* ---- addresses ------------------------------------------------------------------------------ */

/* Where the next address goes; NULL when the page has enough of them. */
static struct cw_report_address *add_address(struct cw_report_facts *facts)
{
    return facts->addresses_count == CW_REPORT_ADDRESSES_MAX
               ? NULL
               : &facts->addresses[facts->addresses_count++];
}

/* What is listed: every key of the case that the last scan followed, also those that a rule's party
 * brought in. */
static void add_listed(struct cw_report_facts *facts, struct cw_report_case *one)
{
    CW_ASSERT(one->rule != NULL);
    const struct cw_span id = cw_span_cstr(one->rule->id);
    size_t at = lower_bound(facts, id, CW_SPAN(""));
    one->listed = &facts->addresses[facts->addresses_count];
    while (at < facts->matches_count && cw_span_equal(facts->matches[at].tracked.case_id, id)) {
        const struct cw_tracked *tracked = &facts->matches[at].tracked;
        const size_t matches = count_same(facts, at);
        struct cw_report_address *address = add_address(facts);
        one->listed_known++;
        if (address != NULL) {
            *address = (struct cw_report_address){
                .value = tracked->address_value,
                .canonical = tracked->address_canonical,
                .matches = &facts->matches[at],
                .matches_count = matches,
            };
            one->listed_count++;
        }
        at += matches;
    }
}

static bool is_listed(const struct cw_report_facts *facts, struct cw_span case_id,
                      struct cw_span canonical)
{
    const size_t at = lower_bound(facts, case_id, canonical);
    return at < facts->matches_count && compare_keys(case_id, canonical, &facts->matches[at]) == 0;
}

static void add_others(struct cw_report_facts *facts, struct cw_report_case *one)
{
    const struct cw_rule *rule = one->rule;
    one->others = &facts->addresses[facts->addresses_count];
    for (size_t i = 0; i < rule->addresses_count; i++) {
        struct cw_address decoded;
        char canonical[CW_CANONICAL_BYTES] = "";
        if (cw_rule_address_decode(&rule->addresses[i], &decoded) == CW_ADDRESS_OK) {
            cw_address_canonical(&decoded, canonical);
        }
        if (is_listed(facts, cw_span_cstr(rule->id), cw_span_cstr(canonical))) {
            continue;
        }
        struct cw_report_address *address = add_address(facts);
        one->others_known++;
        if (address != NULL &&
            cw_report_keep(facts, cw_span_cstr(canonical), &address->canonical)) {
            address->value = rule->addresses[i].value;
            one->others_count++;
        }
    }
}

/* ---- cases ---------------------------------------------------------------------------------- */

/* Listed addresses of every case come before the others of any, when there is not room for all. */
static enum cw_status fill(struct cw_report_facts *facts, struct cw_error *err)
{
    facts->addresses =
        cw_arena_array(facts->arena, CW_REPORT_ADDRESSES_MAX + 1, sizeof(*facts->addresses));
    if (facts->addresses == NULL) {
        return cw_error_no_memory(err);
    }
    for (size_t i = 0; i < facts->cases_count; i++) {
        add_listed(facts, &facts->cases[i]);
    }
    for (size_t i = 0; i < facts->cases_count; i++) {
        add_others(facts, &facts->cases[i]);
    }
    return CW_OK;
}

enum cw_status cw_report_gather_cases(struct cw_report_facts *facts, struct cw_error *err)
{
    const struct cw_report_order *order = facts->order;
    const size_t count = cw_rules_count(order->home->rules);
    enum cw_status status = CW_OK;
    facts->cases = calloc(count + 1, sizeof(*facts->cases));
    if (facts->cases == NULL) {
        return cw_error_no_memory(err);
    }
    if (order->store != NULL) {
        status = cw_store_each_list(order->store, on_list, facts, err);
    }
    if (facts->matches_count > 0) {
        qsort(facts->matches, facts->matches_count, sizeof(*facts->matches), compare_matches);
    }
    for (size_t i = 0; status == CW_OK && i < count; i++) {
        const struct cw_rule *rule = cw_rules_at(order->home->rules, i);
        if (rule->tlp > (int)order->max_tlp) {
            facts->cases_withheld++;
            continue;
        }
        facts->cases[facts->cases_count++].rule = rule;
        cw_report_mark(facts, (enum cw_tlp)rule->tlp);
    }
    return status == CW_OK ? fill(facts, err) : status;
}
