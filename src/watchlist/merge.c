#include "watchlist/normalise.h"

/* Which array of a listing is united, and how it is reached. */
enum united { UNITE_VALUES, UNITE_TAGS, UNITE_PROGRAMS };

static const struct cw_span *array_of(const struct cw_listing *from, enum united which,
                                      size_t *ret_count)
{
    switch (which) {
    case UNITE_VALUES:
        *ret_count = from->values_count;
        return from->values;
    case UNITE_TAGS:
        *ret_count = from->tags_count;
        return from->tags;
    case UNITE_PROGRAMS:
        break;
    }
    *ret_count = from->programs_count;
    return from->programs;
}

/* Union of one array over the listings of one key; NULL when the arena is full. */
static const struct cw_span *unite(struct cw_arena *arena, const struct cw_listing *run,
                                   size_t run_count, enum united which, size_t *ret_count)
{
    size_t total = 0;
    size_t count = 0;
    for (size_t i = 0; i < run_count; i++) {
        (void)array_of(&run[i], which, &count);
        total += count;
    }
    struct cw_span *all = cw_arena_array(arena, total == 0 ? 1 : total, sizeof(*all));
    size_t at = 0;
    for (size_t i = 0; all != NULL && i < run_count; i++) {
        const struct cw_span *items = array_of(&run[i], which, &count);
        for (size_t k = 0; k < count; k++) {
            all[at++] = items[k];
        }
    }
    *ret_count = all == NULL ? 0 : cw_spans_sort_unique(all, total);
    return all;
}

static int compare_related(const void *left, const void *right)
{
    const struct cw_entry_related *a = left;
    const struct cw_entry_related *b = right;
    const int by_entry = cw_span_compare(a->entry_id, b->entry_id);
    return by_entry != 0 ? by_entry : cw_span_compare(a->type, b->type);
}

/* The same for related parties. */
static const struct cw_entry_related *unite_related(struct cw_arena *arena,
                                                    const struct cw_listing *run, size_t run_count,
                                                    size_t *ret_count)
{
    size_t total = 0;
    for (size_t i = 0; i < run_count; i++) {
        total += run[i].related_count;
    }
    *ret_count = total;
    if (total == 0) {
        return run[0].related;
    }
    struct cw_entry_related *all = cw_arena_array(arena, total, sizeof(*all));
    if (all == NULL) {
        return NULL;
    }
    size_t at = 0;
    for (size_t i = 0; i < run_count; i++) {
        for (size_t k = 0; k < run[i].related_count; k++) {
            all[at++] = run[i].related[k];
        }
    }
    qsort(all, total, sizeof(*all), compare_related);
    size_t kept = 1;
    for (size_t i = 1; i < total; i++) {
        if (compare_related(&all[kept - 1], &all[i]) != 0) {
            all[kept++] = all[i];
        }
    }
    *ret_count = kept;
    return all;
}

static void keep_least(struct cw_span *kept, struct cw_span other)
{
    if (kept->len == 0 || (other.len > 0 && cw_span_compare(other, *kept) < 0)) {
        *kept = other;
    }
}

bool cw_listing_merge(struct cw_arena *arena, const struct cw_listing *run, size_t count,
                      struct cw_listing *ret)
{
    CW_ASSERT(count > 0);
    struct cw_listing merged = run[0];
    if (count == 1) {
        *ret = merged; /* its arrays are sorted since it was made */
        return true;
    }
    for (size_t i = 1; i < count; i++) {
        keep_least(&merged.entry_name, run[i].entry_name);
        keep_least(&merged.listed_on, run[i].listed_on);
        keep_least(&merged.note, run[i].note);
    }
    merged.values = unite(arena, run, count, UNITE_VALUES, &merged.values_count);
    merged.tags = unite(arena, run, count, UNITE_TAGS, &merged.tags_count);
    merged.programs = unite(arena, run, count, UNITE_PROGRAMS, &merged.programs_count);
    merged.related = unite_related(arena, run, count, &merged.related_count);
    if (merged.values == NULL || merged.tags == NULL || merged.programs == NULL ||
        merged.related == NULL) {
        return false;
    }
    *ret = merged;
    return true;
}
