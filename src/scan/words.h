/* words.h: the words of a list as they may stand in an alert. Private to src/scan/.
 *
 * Knows what an alert refuses: control characters, bytes that are no UTF-8, programmes out of order
 * or twice. Refuses to know which member they are for. Everything that a list says goes through
 * here, or one entry of it would keep the whole document from being told.
 *
 * Cleaned is what cw_alert_clean_text makes: U+FFFD for what may not stand, cut at a character
 * boundary. Order is made after cleaning, for cleaning changes it. Texts live in the arena; a
 * failure shows in its status.
 */
#ifndef CW_SCAN_WORDS_H
#define CW_SCAN_WORDS_H

#include "alert/alert.h"
#include "base/arena.h"

/** A cleaned text of at most bytes_max bytes; NULL when the arena is full. */
const char *cw_words_text(struct cw_arena *arena, struct cw_span text, size_t bytes_max);

/** A canonical key of at most 256 bytes. A longer one (a Zcash unified address) stands as chain,
 *  kind and the SHA-256 of the whole key: a cut key would be somebody else's. */
const char *cw_words_key(struct cw_arena *arena, struct cw_span canonical);

/** An entry's identifier, as cw_words_key. One that had to be cleaned is followed by the SHA-256 of
 *  what the list says: the identifier of the alert is made of it, and two entries that clean alike
 *  are two. */
const char *cw_words_entry_id(struct cw_arena *arena, struct cw_span entry_id);

/** Programmes, cleaned, then sorted by bytes, each once.
 *  Out:     ret_count  of the array; 0 after a failure
 *  Returns: the array; NULL when the arena is full */
const char *const *cw_words_programs(struct cw_arena *arena, const struct cw_span *programs,
                                     size_t count, size_t *ret_count);

/** Puts into `out` one change per member whose JSON differs between two entries (cw_listing_json of
 *  watchlist.h), with the old and the new text cleaned. Both may read the same when they differ in
 *  what an alert cannot hold: the change is told all the same, and the hashes of the entries say
 *  that there is one.
 *  Safety:  the texts point into the arena; none of them counts when its status is not CW_OK */
void cw_words_changes(struct cw_span old_json, struct cw_span new_json, struct cw_arena *arena,
                      struct cw_alert_address *out);

#endif
