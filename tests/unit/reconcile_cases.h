/* reconcile_cases.h: every row of the table in match/reconcile.h, and what must hold over many
 * runs: nothing is told twice, nothing is forgotten. Included by test_match.c after its addresses.
 */
#ifndef CW_TESTS_RECONCILE_CASES_H
#define CW_TESTS_RECONCILE_CASES_H

#define EVM_KEY  "evm:account:7e5f4552091a69125d5dfcb7b8c2659029395bdf"
#define TRON_KEY "tron:account:7e5f4552091a69125d5dfcb7b8c2659029395bdf"

/* What the two questions of reconcile are answered with. */
struct answers {
    bool is_new_listing;
    bool is_new_pair;
};

static bool answer_listing(void *ctx, CW_UNUSED const struct cw_listing *listing)
{
    return ((const struct answers *)ctx)->is_new_listing;
}

static bool answer_pair(void *ctx, CW_UNUSED const char *case_id)
{
    return ((const struct answers *)ctx)->is_new_pair;
}

static const char *event_name(enum cw_match_event_type type)
{
    switch (type) {
    case CW_MATCH_LISTED:
        return "listed";
    case CW_MATCH_DELISTED:
        return "delisted";
    case CW_MATCH_CHANGED:
        return "changed";
    case CW_MATCH_DROPPED:
        return "dropped";
    }
    return "?";
}

/* An event carries what its type promises, and only rules that exist. */
static void check_event(const struct cw_match_event *event)
{
    const bool is_present = event->type == CW_MATCH_LISTED || event->type == CW_MATCH_CHANGED;
    CU_ASSERT_EQUAL(event->hit != NULL, is_present);
    CU_ASSERT_EQUAL(event->tracked != NULL, event->type != CW_MATCH_LISTED);
    CU_ASSERT(event->rule != NULL || event->type == CW_MATCH_DROPPED);
    CU_ASSERT(!event->is_alert || event->type != CW_MATCH_DROPPED);
    CU_ASSERT(!event->is_baseline || event->type == CW_MATCH_LISTED);
}

static struct cw_match_events reconciled(const struct cw_reconcile_input *input)
{
    struct cw_match_events events = {0};
    OK(cw_reconcile(input, &events, &err));
    for (size_t i = 0; i < events.count; i++) {
        check_event(&events.items[i]);
    }
    return events;
}

/* ---- the table ---- */

enum hash { SAME_HASH, OTHER_HASH };
enum { GONE = 0, THERE = 1 };

/* short names, so that a row is a line */
#define NO CW_RELATION_NONE
#define EX CW_RELATION_EXACT
#define EN CW_RELATION_ENCODING
#define CC CW_RELATION_CROSS_CHAIN
#define PA CW_RELATION_ENTITY

static const struct {
    const char *what;
    enum cw_relation tracked; /* NO: not tracked */
    bool was_alerted;
    enum cw_relation hit; /* NO: no hit */
    int listing;
    enum hash hash;
    const char *case_id; /* of the tracked match */
    struct answers answers;
    const char *expected; /* "": no event */
} reconcile_cases[] = {
    {"a new listing", NO, false, EX, THERE, SAME_HASH, "a", {true, false}, "listed alert"},
    {"a weak relation", NO, false, CC, THERE, SAME_HASH, "a", {true, false}, "listed alert"},
    {"a new case on an old listing",
     NO,
     false,
     EX,
     THERE,
     SAME_HASH,
     "a",
     {false, true},
     "listed baseline alert"},
    {"a known case that grew into an old listing",
     NO,
     false,
     EN,
     THERE,
     SAME_HASH,
     "a",
     {false, false},
     "listed baseline alert"},
    {"a first reading of the list for the case",
     NO,
     false,
     EX,
     THERE,
     SAME_HASH,
     "a",
     {true, true},
     "listed baseline alert"},
    {"a new address of a party",
     NO,
     false,
     PA,
     THERE,
     SAME_HASH,
     "a",
     {true, false},
     "listed alert"},
    {"an old address of a party",
     NO,
     false,
     PA,
     THERE,
     SAME_HASH,
     "a",
     {false, false},
     "listed baseline"},
    {"a party seen for the first time",
     NO,
     false,
     PA,
     THERE,
     SAME_HASH,
     "a",
     {true, true},
     "listed baseline"},
    {"nothing new", EX, true, EX, THERE, SAME_HASH, "a", {false, false}, ""},
    {"nothing new, whatever else is", EX, true, EX, THERE, SAME_HASH, "a", {true, true}, ""},
    {"another spelling in the rule", EX, true, EN, THERE, SAME_HASH, "a", {false, false}, ""},
    {"other content", EX, true, EX, THERE, OTHER_HASH, "a", {false, false}, "changed alert"},
    {"other content of a told party",
     PA,
     true,
     PA,
     THERE,
     OTHER_HASH,
     "a",
     {false, false},
     "changed alert"},
    {"other content of a quiet party",
     PA,
     false,
     PA,
     THERE,
     OTHER_HASH,
     "a",
     {false, false},
     "changed"},
    {"a quiet party, unchanged", PA, false, PA, THERE, SAME_HASH, "a", {false, false}, ""},
    {"a quiet party's key that the case now watches",
     PA,
     false,
     EX,
     THERE,
     SAME_HASH,
     "a",
     {false, false},
     "listed baseline alert"},
    {"the same with other content",
     PA,
     false,
     EN,
     THERE,
     OTHER_HASH,
     "a",
     {false, false},
     "listed baseline alert"},
    {"a told party's key that the case now watches",
     PA,
     true,
     EX,
     THERE,
     SAME_HASH,
     "a",
     {false, false},
     ""},
    {"a told party's key, with other content",
     PA,
     true,
     EX,
     THERE,
     OTHER_HASH,
     "a",
     {false, false},
     "changed alert"},
    {"a watched key that is only a party's now",
     EX,
     true,
     PA,
     THERE,
     SAME_HASH,
     "a",
     {false, false},
     ""},
    {"gone from the list", EX, true, NO, GONE, SAME_HASH, "a", {false, false}, "delisted alert"},
    {"a told party's address gone",
     PA,
     true,
     NO,
     GONE,
     SAME_HASH,
     "a",
     {false, false},
     "delisted alert"},
    {"a quiet party's address gone",
     PA,
     false,
     NO,
     GONE,
     SAME_HASH,
     "a",
     {false, false},
     "delisted"},
    {"no longer asked for", EX, true, NO, THERE, SAME_HASH, "a", {false, false}, "dropped"},
    {"the rule gone", EX, true, NO, THERE, SAME_HASH, "gone", {false, false}, "dropped"},
    {"rule and listing gone", EX, true, NO, GONE, SAME_HASH, "gone", {false, false}, "dropped"},
};

static void run_reconcile_case(size_t i, const struct cw_rules *rules,
                               const struct cw_watchlist *list)
{
    struct cw_hit hit = {.rule = cw_rules_at(rules, 0),
                         .relation = reconcile_cases[i].hit,
                         .address_value = CW_SPAN(EVM),
                         .address_canonical = CW_SPAN(EVM_KEY)};
    if (reconcile_cases[i].listing == THERE) {
        hit.listing = cw_watchlist_at(list, 0);
    }
    const struct cw_hits hits = {
        .items = &hit, .count = reconcile_cases[i].hit == CW_RELATION_NONE ? 0 : 1, .cap = 1};
    const struct cw_tracked tracked = {
        .case_id = cw_span_cstr(reconcile_cases[i].case_id),
        .address_canonical = CW_SPAN(EVM_KEY),
        .entry_id = CW_SPAN("7"),
        .listed_canonical = CW_SPAN(EVM_KEY),
        .relation = reconcile_cases[i].tracked,
        .entry_sha256 = cw_span_cstr(hit.listing == NULL || reconcile_cases[i].hash == OTHER_HASH
                                         ? "0000"
                                         : hit.listing->entry_sha256),
        .was_alerted = reconcile_cases[i].was_alerted,
    };
    struct answers answers = reconcile_cases[i].answers;
    const struct cw_reconcile_input input = {
        .rules = rules,
        .list = list,
        .hits = &hits,
        .tracked = &tracked,
        .tracked_count = reconcile_cases[i].tracked == CW_RELATION_NONE ? 0 : 1,
        .is_new_listing = answer_listing,
        .is_new_pair = answer_pair,
        .ctx = &answers,
    };
    char text[64] = "";
    struct cw_match_events events = reconciled(&input);
    if (events.count > 0) {
        (void)snprintf(text, sizeof(text), "%s%s%s", event_name(events.items[0].type),
                       events.items[0].is_baseline ? " baseline" : "",
                       events.items[0].is_alert ? " alert" : "");
    }
    CW_CHECK(events.count < 2, "%s: %zu events", reconcile_cases[i].what, events.count);
    CW_CHECK(strcmp(text, reconcile_cases[i].expected) == 0, "%s: %s", reconcile_cases[i].what,
             text);
    cw_match_events_clear(&events);
}

static void tells_what_is_news(void)
{
    static const struct rule_words words = {"a", Q(EVM), NULL, NULL};
    static const struct row row = {.value = EVM, .id = "7"};
    CW_CLEANUP(cw_rules_freep) struct cw_rules *rules = rules_of(&words, 1);
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *there = list_of(&row, 1);
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *gone = list_of(NULL, 0);
    for (size_t i = 0; i < CW_COUNT(reconcile_cases); i++) {
        run_reconcile_case(i, rules, reconcile_cases[i].listing == THERE ? there : gone);
    }
}

static void has_nothing_to_say_about_nothing(void)
{
    CW_CLEANUP(cw_rules_freep) struct cw_rules *rules = rules_of(NULL, 0);
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *list = list_of(NULL, 0);
    const struct cw_hits hits = {0};
    const struct cw_reconcile_input input = {.rules = rules, .list = list, .hits = &hits};
    struct cw_match_events events = reconciled(&input);
    CU_ASSERT_EQUAL(events.count, 0);
    cw_match_events_clear(&events);
    CU_ASSERT_PTR_NULL(events.items);
}

#endif
