#include "watchlist/diff.h"

#include "base/checked.h"
#include "watchlist/normalise.h"

static size_t *new_indices(size_t count)
{
    size_t bytes = 0;
    if (!cw_checked_mul(count == 0 ? 1 : count, sizeof(size_t), &bytes)) {
        return NULL;
    }
    return malloc(bytes);
}

/* Both lists are sorted by key: one walk over the two decides every listing once. */
static void walk(const struct cw_watchlist *old_list, const struct cw_watchlist *new_list,
                 struct cw_delta *delta)
{
    const size_t old_count = old_list == NULL ? 0 : cw_watchlist_count(old_list);
    const size_t new_count = cw_watchlist_count(new_list);
    size_t o = 0;
    size_t n = 0;
    while (o < old_count || n < new_count) {
        int order = 0;
        if (o == old_count) {
            order = 1;
        } else if (n == new_count) {
            order = -1;
        } else {
            order =
                cw_listing_compare_keys(cw_watchlist_at(old_list, o), cw_watchlist_at(new_list, n));
        }
        if (order < 0) {
            delta->removed[delta->removed_count++] = o++;
        } else if (order > 0) {
            delta->added[delta->added_count++] = n++;
        } else {
            if (strcmp(cw_watchlist_at(old_list, o)->entry_sha256,
                       cw_watchlist_at(new_list, n)->entry_sha256) != 0) {
                delta->changed[delta->changed_count] = n;
                delta->changed_old[delta->changed_count++] = o;
            }
            o++;
            n++;
        }
    }
}

enum cw_status cw_delta_make(const struct cw_watchlist *old_list,
                             const struct cw_watchlist *new_list, struct cw_delta *ret,
                             struct cw_error *err)
{
    const size_t old_count = old_list == NULL ? 0 : cw_watchlist_count(old_list);
    const size_t new_count = cw_watchlist_count(new_list);
    const size_t common_max = old_count < new_count ? old_count : new_count;
    struct cw_delta delta = {
        .added = new_indices(new_count),
        .removed = new_indices(old_count),
        .changed = new_indices(common_max),
        .changed_old = new_indices(common_max),
    };
    if (delta.added == NULL || delta.removed == NULL || delta.changed == NULL ||
        delta.changed_old == NULL) {
        cw_delta_clear(&delta);
        return cw_error_set(err, CW_NOMEM, "out of memory comparing %zu with %zu listings",
                            old_count, new_count);
    }
    walk(old_list, new_list, &delta);
    CW_ASSERT(delta.added_count <= new_count);
    CW_ASSERT(old_count - delta.removed_count == new_count - delta.added_count);
    *ret = delta;
    return CW_OK;
}

void cw_delta_clear(struct cw_delta *delta)
{
    free(delta->added);
    free(delta->removed);
    free(delta->changed);
    free(delta->changed_old);
    *delta = (struct cw_delta){0};
}
