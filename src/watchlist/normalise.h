/* normalise.h: how one entry becomes a listing, and what of it counts as content.
 *
 * Knows the entry hash (alerts.md section 2.3). Private to src/watchlist/.
 */
#ifndef CW_WATCHLIST_NORMALISE_H
#define CW_WATCHLIST_NORMALISE_H

#include "watchlist/watchlist.h"

/** Canonical JSON of what counts as content, into the arena, and its SHA-256.
 *  Returns: CW_OK, CW_LIMIT when the arena is full, CW_NOMEM. */
CW_NODISCARD enum cw_status cw_listing_hash(struct cw_listing *listing, struct cw_arena *arena,
                                            struct cw_error *err);

/** The order of a finished list: by entry_id, then canonical. Sorting, finding and comparing two
 * lists must agree on it. */
int cw_listing_compare_keys(const struct cw_listing *a, const struct cw_listing *b);

#endif
