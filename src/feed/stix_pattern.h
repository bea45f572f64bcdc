/* stix_pattern.h: what the pattern of a STIX indicator says of wallets.
 *
 * Knows the tokens of a pattern and the shape of one comparison: path, operator, literals. Refuses
 * to know how comparisons are joined, what an address is, and the indicator around the pattern.
 *
 * Nothing of a wallet is lost in silence, and nothing is invented: a text is an address only when a
 * wallet's value is compared with it by = or IN and no NOT stands before it. Every other text that
 * a wallet's value is compared with is said with its reason, and what else could not be read, of a
 * pattern that is about wallets, is said once, without a text.
 *
 * Limits: reads the pattern once, holds one text of at most CW_ENTRY_VALUE_MAX bytes.
 * Source: STIX 2.1 (OASIS Standard, 2021-06-10), section 9, and its ANTLR grammar. Read beyond it:
 * texts in double quotes, a full stop for the colon of a path, rows without brackets.
 */
#ifndef CW_FEED_STIX_PATTERN_H
#define CW_FEED_STIX_PATTERN_H

#include "base/error.h"
#include "base/span.h"

struct cw_stix_listener {
    /** A text of a pattern, with its escapes undone; borrowed until it returns.
     *  In:      why  what keeps it from being an address; empty when nothing does
     *  Returns: anything but CW_OK stops the reading and comes back from it. */
    enum cw_status (*said)(void *ctx, struct cw_span value, struct cw_span why,
                           struct cw_error *err);
    void *ctx;
};

/** Whether a name is that of a wallet object: "cryptocurrency-wallet", whatever stands before. */
bool cw_stix_is_wallet(struct cw_span type);
/** Whether a text holds a word, without regard to ASCII letter case. */
bool cw_stix_mentions(struct cw_span text, struct cw_span word);

/** Tells a listener everything that a pattern says of wallets.
 *  Returns: CW_OK; CW_NOMEM; what the listener said. */
CW_NODISCARD enum cw_status cw_stix_pattern_read(struct cw_span pattern,
                                                 struct cw_stix_listener listener,
                                                 struct cw_error *err);

#endif
