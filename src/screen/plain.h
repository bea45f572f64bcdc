/* plain.h: texts about which the filter alone can say no.
 *
 * Knows the tokens that have one reading and one hash. Refuses everything else: a text with signs
 * or prefixes, the shapes of token.h that are decoded on sight or have hashes of their own, and,
 * when a list holds script hashes, whatever could be the key inside of one.
 */
#ifndef CW_SCREEN_PLAIN_H
#define CW_SCREEN_PLAIN_H

#include "screen/token.h"

/** Whether a text is one token for which the hash of its core decides: when the filter does not
 *  hold cw_spelled_hash of it, then cw_address_ask refuses the text, or nothing that is listed has
 * a relation to it. In:      has_scripts  the lists hold script hashes (cw_index_scripts) Limits:
 * a few nanoseconds; O(length of the text) */
bool cw_screen_is_plain(struct cw_span text, bool has_scripts);

#endif
