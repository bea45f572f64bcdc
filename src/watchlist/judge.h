/* judge.h: may a document be believed, given the list in force?
 *
 * Knows counts and dates. Refuses to know where they come from, what is done with a document that
 * is not believed, and for how long. Shape came before (a parser that refuses), counts come before
 * differences. Pure.
 */
#ifndef CW_WATCHLIST_JUDGE_H
#define CW_WATCHLIST_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cw_verdict_on_list {
    CW_LIST_PLAUSIBLE,
    CW_LIST_TOO_SMALL,  /* fewer usable entries than entries_min */
    CW_LIST_TOO_NARROW, /* fewer kinds of address than tags_min: a part of the list is missing */
    CW_LIST_UNREADABLE, /* too many entries are no addresses: the list has changed its form */
    CW_LIST_FROM_AHEAD, /* issued more than two days after today */
    CW_LIST_OLDER,      /* issued before the one in force */
    CW_LIST_RETURNED,   /* accepted once, and replaced since */
    CW_LIST_GROWN,      /* more than ten times as long */
    CW_LIST_OURS,       /* more than twenty alerts by what it adds and changes */
    CW_LIST_SHRUNK,     /* more removals than max(10, removed_max_percent), or with what they tell
                           more than twenty alerts */
};

enum {
    CW_JUDGE_CHANGES_FLOOR = 10, /* so few additions or removals are never suspicious by number */
    CW_JUDGE_GROWTH_MAX = 10,    /* times */
    CW_JUDGE_ALERTS_MAX = 20,    /* that one document may raise at once */
    CW_JUDGE_ANY_PERCENT = 100,  /* removed_max_percent of an operator who believes any removal */
    CW_JUDGE_AHEAD_MAX_S = 48 * 60 * 60,
};

/** What is asked. Counts are of listings (distinct keys) unless they say entries. */
struct cw_list_case {
    size_t old_count; /* in force; 0 when the list is read for the first time */
    size_t added;
    size_t removed;
    size_t alerts;      /* that what it adds and changes would raise. Of a first list: those beyond
                           one for each address of each case, for that many are owed */
    size_t alerts_gone; /* that its removals would raise */
    uint64_t entries;   /* of the document, usable or not */
    uint64_t undecodable; /* of these, no address whatever their format says of them */
    uint64_t usable;      /* of these, listed */
    uint64_t entries_min; /* floor of usable entries */
    uint64_t tags;        /* kinds of address among them, as the list names them */
    uint64_t tags_min;    /* floor of these */
    uint64_t removed_max_percent;
    uint64_t unusable_max_percent;
    int64_t published_s; /* issue date of the document; 0 it has none */
    int64_t issued_s;    /* issue date of the one in force; 0 it has none */
    int64_t now_s;
    bool was_accepted_before; /* the same bytes, in force once and replaced since */
};

/** The first verdict that fits, in the order of the enum. */
enum cw_verdict_on_list cw_list_judge(const struct cw_list_case *list);

/** At least half of what was in force is gone: nothing but a person's word makes that good. */
bool cw_list_lost_half(const struct cw_list_case *list);

#endif
