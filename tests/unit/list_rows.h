/* list_rows.h: what the tests of lists and matches share: a list written as rows of words, and
 * random numbers that are the same in every run.
 */
#ifndef CW_TESTS_LIST_ROWS_H
#define CW_TESTS_LIST_ROWS_H

#include "suite.h"

#include "watchlist/watchlist.h"

#define OK(call)                                                                                   \
    do {                                                                                           \
        struct cw_error err = {0};                                                                 \
        const enum cw_status ok_status_ = (call);                                                  \
        CW_CHECK(ok_status_ == CW_OK, "%s: %s", #call, err.text);                                  \
    } while (0)

/* One entry in words; members that are absent are empty. `programs` and `related` by "|". */
struct row {
    const char *value;
    const char *tag;
    const char *id;
    const char *name;
    const char *listed_on;
    const char *programs;
    const char *related;
    const char *note;
    const char *position;
    const char *error;
};

static inline size_t split(const char *text, struct cw_span *parts, size_t max)
{
    const struct cw_span all = cw_span_cstr(text);
    size_t count = 0;
    for (size_t at = 0; all.len > 0 && at <= all.len && count < max;) {
        const size_t end = cw_span_find(all, '|', at);
        parts[count++] = cw_span_slice(all, at, end);
        at = end + 1;
    }
    return count;
}

static inline struct cw_entry entry_of(const struct row *row)
{
    struct cw_span related[CW_ENTRY_RELATED_MAX];
    struct cw_entry entry = {
        .position = cw_span_cstr(row->position),
        .value = cw_span_cstr(row->value),
        .tag = cw_span_cstr(row->tag),
        .entry_id = cw_span_cstr(row->id),
        .entry_name = cw_span_cstr(row->name),
        .listed_on = cw_span_cstr(row->listed_on),
        .note = cw_span_cstr(row->note),
        .error = cw_span_cstr(row->error),
    };
    entry.programs_count = split(row->programs, entry.programs, CW_ENTRY_PROGRAMS_MAX);
    entry.related_count = split(row->related, related, CW_ENTRY_RELATED_MAX);
    for (size_t i = 0; i < entry.related_count; i++) {
        entry.related[i].type = CW_SPAN("Acting for");
        entry.related[i].entry_id = related[i];
    }
    return entry;
}

static inline struct cw_watchlist *new_list(void)
{
    struct cw_watchlist *list = cw_watchlist_new();
    CU_ASSERT_PTR_NOT_NULL_FATAL(list);
    return list;
}

static inline struct cw_watchlist *list_of(const struct row *rows, size_t count)
{
    struct cw_watchlist *list = new_list();
    for (size_t i = 0; i < count; i++) {
        const struct cw_entry entry = entry_of(&rows[i]);
        OK(cw_watchlist_add_entry(list, &entry, &err));
    }
    OK(cw_watchlist_finish(list, &err));
    return list;
}

/* ---- pseudo-random ---- */

static inline uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static inline size_t below(uint64_t *state, size_t bound)
{
    return (size_t)(next_random(state) % bound);
}

static inline void shuffle(uint64_t *state, struct row *rows, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        const size_t j = below(state, i);
        const struct row kept = rows[j];
        rows[j] = rows[i - 1];
        rows[i - 1] = kept;
    }
}

#endif
