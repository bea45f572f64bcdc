/* diff.h: what changed between two states of one list.
 *
 * Knows added, removed, changed (same pair of entry_id and canonical, other entry_sha256).
 * Reordering, another spelling of the same key or a new tag is no change. Pure.
 */
#ifndef CW_WATCHLIST_DIFF_H
#define CW_WATCHLIST_DIFF_H

#include "watchlist/watchlist.h"

/** Indices into the two lists; arrays belong to the delta. */
struct cw_delta {
    size_t *added; /* indices into the new list */
    size_t added_count;
    size_t *removed; /* indices into the old list */
    size_t removed_count;
    size_t *changed;     /* indices into the new list */
    size_t *changed_old; /* the same, in the old list */
    size_t changed_count;
};

/** Compares; `old_list` may be NULL (everything is added). Both finished. O(n). */
CW_NODISCARD enum cw_status cw_delta_make(const struct cw_watchlist *old_list,
                                          const struct cw_watchlist *new_list, struct cw_delta *ret,
                                          struct cw_error *err);
void cw_delta_clear(struct cw_delta *delta);

#endif
