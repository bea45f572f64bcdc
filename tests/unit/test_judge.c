/* May a document be believed? Every verdict at its bound and one beyond, and their order. */
#include "base/status.h"
#include "suite.h"
#include "watchlist/judge.h"

#define DAY_S   INT64_C(86400)
#define TODAY_S (1000 * DAY_S)
#define AHEAD_S (TODAY_S + CW_JUDGE_AHEAD_MAX_S)

/* Entries, usable ones, the floor of these, and how many percent may vanish or be no addresses;
 * then what the case is about. */
#define LIST_(all, good, floor, removed_percent, unusable_percent, ...)                            \
    {                                                                                              \
        .entries = (all), .usable = (good), .entries_min = (floor),                                \
        .removed_max_percent = (removed_percent), .unusable_max_percent = (unusable_percent),      \
        .now_s = TODAY_S, __VA_ARGS__                                                              \
    }
#define LIST(...) LIST_(__VA_ARGS__)
#define USUAL     1, 1, 1, 15, 20

static const struct {
    const char *what;
    struct cw_list_case list;
    enum cw_verdict_on_list verdict;
} cases[] = {
    {"a first list at the floor", LIST(24, 24, 24, 15, 20, .old_count = 0), CW_LIST_PLAUSIBLE},
    {"a first list below the floor", LIST(24, 23, 24, 15, 20, .old_count = 0), CW_LIST_TOO_SMALL},
    {"an empty list without a floor", LIST(0, 0, 0, 15, 20, .old_count = 0), CW_LIST_PLAUSIBLE},
    {"an empty list with the least floor", LIST(0, 0, 1, 15, 20, .old_count = 0),
     CW_LIST_TOO_SMALL},
    {"kinds of address at the floor", LIST(USUAL, .tags = 3, .tags_min = 3), CW_LIST_PLAUSIBLE},
    {"kinds of address below the floor", LIST(USUAL, .tags = 2, .tags_min = 3), CW_LIST_TOO_NARROW},
    {"a fifth is no address", LIST(5, 4, 1, 15, 20, .undecodable = 1), CW_LIST_PLAUSIBLE},
    {"more than a fifth is no address", LIST(14, 11, 1, 15, 20, .undecodable = 3),
     CW_LIST_UNREADABLE},
    {"ended orders on good addresses", LIST(10, 1, 1, 15, 20, .old_count = 0), CW_LIST_PLAUSIBLE},
    {"any share is allowed", LIST(9, 1, 1, 15, 100, .undecodable = 8), CW_LIST_PLAUSIBLE},
    {"issued two days ahead", LIST(USUAL, .published_s = AHEAD_S), CW_LIST_PLAUSIBLE},
    {"issued more than two days ahead", LIST(USUAL, .published_s = AHEAD_S + 1),
     CW_LIST_FROM_AHEAD},
    {"issued on the same day", LIST(USUAL, .old_count = 1, .published_s = DAY_S, .issued_s = DAY_S),
     CW_LIST_PLAUSIBLE},
    {"issued the day before",
     LIST(USUAL, .old_count = 1, .published_s = DAY_S, .issued_s = 2 * DAY_S), CW_LIST_OLDER},
    {"without a date after one with", LIST(USUAL, .old_count = 1, .issued_s = 2 * DAY_S),
     CW_LIST_PLAUSIBLE},
    {"in force before", LIST(USUAL, .old_count = 1, .was_accepted_before = true), CW_LIST_RETURNED},
    {"ten additions are never suspicious", LIST(USUAL, .old_count = 1, .added = 10),
     CW_LIST_PLAUSIBLE},
    {"eleven to one are", LIST(USUAL, .old_count = 1, .added = 11), CW_LIST_GROWN},
    {"ten times as long", LIST(USUAL, .old_count = 100, .added = 900), CW_LIST_PLAUSIBLE},
    {"longer than that", LIST(USUAL, .old_count = 100, .added = 901), CW_LIST_GROWN},
    {"a first list is no growth", LIST(USUAL, .added = 2000000), CW_LIST_PLAUSIBLE},
    {"twenty alerts at once", LIST(USUAL, .old_count = 100, .added = 20, .alerts = 20),
     CW_LIST_PLAUSIBLE},
    {"twenty-one alerts at once", LIST(USUAL, .old_count = 100, .added = 1, .alerts = 21),
     CW_LIST_OURS},
    {"twenty-one alerts of a first list", LIST(USUAL, .added = 21, .alerts = 21), CW_LIST_OURS},
    {"twenty alerts of removals", LIST(USUAL, .old_count = 900, .removed = 20, .alerts_gone = 20),
     CW_LIST_PLAUSIBLE},
    {"twenty-one of removals", LIST(USUAL, .old_count = 900, .removed = 21, .alerts_gone = 21),
     CW_LIST_SHRUNK},
    {"one of a removal beyond twenty others",
     LIST(USUAL, .old_count = 900, .removed = 1, .alerts = 20, .alerts_gone = 1), CW_LIST_SHRUNK},
    {"alerts of removals where any is allowed",
     LIST(1, 1, 1, 100, 20, .old_count = 900, .removed = 21, .alerts_gone = 21), CW_LIST_PLAUSIBLE},
    {"ten removals are never suspicious", LIST(1, 1, 1, 0, 20, .old_count = 10, .removed = 10),
     CW_LIST_PLAUSIBLE},
    {"eleven of eleven are", LIST(USUAL, .old_count = 11, .removed = 11), CW_LIST_SHRUNK},
    {"exactly the percentage", LIST(USUAL, .old_count = 100, .removed = 15), CW_LIST_PLAUSIBLE},
    {"one above the percentage", LIST(USUAL, .old_count = 100, .removed = 16), CW_LIST_SHRUNK},
    {"just below a broken percentage", LIST(USUAL, .old_count = 74, .removed = 11),
     CW_LIST_PLAUSIBLE},
    {"just above a broken percentage", LIST(USUAL, .old_count = 73, .removed = 11), CW_LIST_SHRUNK},
    {"no removal is allowed", LIST(1, 1, 1, 0, 20, .old_count = 2000000, .removed = 11),
     CW_LIST_SHRUNK},
    {"every removal is allowed", LIST(1, 1, 1, 100, 20, .old_count = 2000000, .removed = 2000000),
     CW_LIST_PLAUSIBLE},
    {"additions do not make up for removals",
     LIST(USUAL, .old_count = 100, .removed = 50, .added = 500), CW_LIST_SHRUNK},
    {"too small outweighs shrunk", LIST(1, 1, 11, 15, 20, .old_count = 100, .removed = 90),
     CW_LIST_TOO_SMALL},
    {"a wrong date outweighs shrunk",
     LIST(USUAL, .old_count = 100, .removed = 90, .published_s = DAY_S, .issued_s = 2 * DAY_S),
     CW_LIST_OLDER},
};

static void believes_only_what_is_plausible(void)
{
    for (size_t i = 0; i < CW_COUNT(cases); i++) {
        const enum cw_verdict_on_list verdict = cw_list_judge(&cases[i].list);
        CW_CHECK(verdict == cases[i].verdict, "%s: %d", cases[i].what, (int)verdict);
    }
}

static void knows_when_half_is_lost(void)
{
    const struct cw_list_case none = LIST(USUAL, .old_count = 0);
    const struct cw_list_case below = LIST(USUAL, .old_count = 101, .removed = 50);
    const struct cw_list_case half = LIST(USUAL, .old_count = 100, .removed = 50);
    CU_ASSERT_FALSE(cw_list_lost_half(&none));
    CU_ASSERT_FALSE(cw_list_lost_half(&below));
    CU_ASSERT_TRUE(cw_list_lost_half(&half));
}

static const struct cw_test tests[] = {
    {"believes only what is plausible", believes_only_what_is_plausible},
    {"knows when half of a list is lost", knows_when_half_is_lost},
};

int main(void)
{
    return cw_run_suite("judge", tests, CW_COUNT(tests));
}
