#include "watchlist/judge.h"

#include "base/status.h"

/* part/whole > percent/100 without division; counts are below 2^21, percent at most 100. */
static bool is_above(uint64_t part, uint64_t whole, uint64_t percent)
{
    return part * 100 > whole * percent;
}

static bool has_grown(const struct cw_list_case *list)
{
    const uint64_t new_count = (uint64_t)list->old_count - list->removed + list->added;
    return list->old_count > 0 && list->added > CW_JUDGE_CHANGES_FLOOR &&
           new_count > (uint64_t)list->old_count * CW_JUDGE_GROWTH_MAX;
}

static bool has_shrunk(const struct cw_list_case *list)
{
    const bool is_many = list->removed > CW_JUDGE_CHANGES_FLOOR &&
                         is_above(list->removed, list->old_count, list->removed_max_percent);
    const bool is_loud = list->removed_max_percent < CW_JUDGE_ANY_PERCENT &&
                         list->alerts_gone > 0 &&
                         list->alerts + list->alerts_gone > CW_JUDGE_ALERTS_MAX;
    return is_many || is_loud;
}

enum cw_verdict_on_list cw_list_judge(const struct cw_list_case *list)
{
    CW_ASSERT(list->removed <= list->old_count);
    CW_ASSERT(list->undecodable <= list->entries);
    CW_ASSERT(list->usable <= list->entries);
    if (list->usable < list->entries_min) {
        return CW_LIST_TOO_SMALL;
    }
    if (list->tags < list->tags_min) {
        return CW_LIST_TOO_NARROW;
    }
    if (is_above(list->undecodable, list->entries, list->unusable_max_percent)) {
        return CW_LIST_UNREADABLE;
    }
    if (list->published_s > list->now_s + CW_JUDGE_AHEAD_MAX_S) {
        return CW_LIST_FROM_AHEAD;
    }
    if (list->published_s != 0 && list->published_s < list->issued_s) {
        return CW_LIST_OLDER;
    }
    if (list->was_accepted_before) {
        return CW_LIST_RETURNED;
    }
    if (has_grown(list)) {
        return CW_LIST_GROWN;
    }
    if (list->alerts > CW_JUDGE_ALERTS_MAX) {
        return CW_LIST_OURS;
    }
    return has_shrunk(list) ? CW_LIST_SHRUNK : CW_LIST_PLAUSIBLE;
}

bool cw_list_lost_half(const struct cw_list_case *list)
{
    return list->removed > 0 && (uint64_t)list->removed * 2 >= list->old_count;
}
