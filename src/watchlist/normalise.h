/* normalise.h: how one entry becomes a listing, and what of it counts as content.
 *
 * Knows the entry hash (alerts.md section 2.3). Private to src/watchlist/.
 */
#ifndef CW_WATCHLIST_NORMALISE_H
#define CW_WATCHLIST_NORMALISE_H

#include "watchlist/watchlist.h"

/** One listing out of `count`, at least one, that have the same key: spellings, tags, programmes
 * and related parties are united; of names, dates and notes the least non-empty one stays. Neither
 * the order of the rows nor the letters a row is spelled in may decide what the content is, or a
 * list that re-orders itself would look changed. False when the arena is full. */
bool cw_listing_merge(struct cw_arena *arena, const struct cw_listing *run, size_t count,
                      struct cw_listing *ret);

/** Sets the SHA-256 of what counts as content.
 *  Returns: CW_OK; CW_LIMIT when that has more than CW_ENTRY_JSON_MAX bytes, and the text names the
 *           entry and the address; CW_NOMEM. */
CW_NODISCARD enum cw_status cw_listing_hash(struct cw_listing *listing, struct cw_error *err);

/** The order of a finished list: by entry_id, then canonical. Sorting, finding and comparing two
 * lists must agree on it. */
int cw_listing_compare_keys(const struct cw_listing *a, const struct cw_listing *b);

#endif
