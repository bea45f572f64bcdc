/* book.h: the monitored addresses and parties of all cases, ready to be asked about one listing.
 *
 * Knows rules and relations. Refuses to know what was alerted before: that is reconcile.h. A
 * listing on a reserved address (zero, burn, system) gives no hit.
 */
#ifndef CW_MATCH_BOOK_H
#define CW_MATCH_BOOK_H

#include "match/rule.h"
#include "watchlist/watchlist.h"

struct cw_book;

/** One case touched by one listing. Pointers are borrowed from the rules and the watchlist. */
struct cw_hit {
    const struct cw_rule *rule;
    const struct cw_listing *listing;
    enum cw_relation relation;
    struct cw_span address_value; /* as written in the rule; for entity the listing's value */
    char address_canonical[CW_CANONICAL_BYTES];
};

/** Builds the book. The rules must outlive it.
 *  Returns: CW_OK, CW_NOMEM, CW_LIMIT. */
CW_NODISCARD enum cw_status cw_book_new(const struct cw_rules *rules, struct cw_book **ret,
                                        struct cw_error *err);
void cw_book_free(struct cw_book *book);
void cw_book_freep(struct cw_book **book);

/** Growing array of hits. */
struct cw_hits {
    struct cw_hit *items;
    size_t count;
    size_t cap;
};
void cw_hits_clear(struct cw_hits *hits);

/** Adds a hit for every (case, monitored address) that the listing touches with a relation the rule
 *  alerts on, the strongest relation each; and one `entity` hit per case whose selectors pick the
 *  listing (feed, and any of entry id, programme, name, related party) when none of the case's own
 *  addresses is that key. Order: rule id, then address canonical.
 *  In:  feed  id of the list the listing stands on */
CW_NODISCARD enum cw_status cw_book_match(const struct cw_book *book, struct cw_span feed,
                                          const struct cw_listing *listing, struct cw_hits *hits,
                                          struct cw_error *err);

/** Cases that know an asked address, for `check`: hits with `listing` NULL, relation between the
 *  asked address and the rule's (never entity). */
CW_NODISCARD enum cw_status cw_book_ask(const struct cw_book *book, const struct cw_address *asked,
                                        struct cw_hits *hits, struct cw_error *err);

#endif
