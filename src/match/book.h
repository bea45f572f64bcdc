/* book.h: the monitored addresses and parties of all cases, ready to be asked about one listing.
 *
 * Knows rules and relations. Refuses to know what was alerted before: that is reconcile.h. A
 * listing on a reserved address (zero, burn, system) gives no hit.
 *
 * Limits: the hits of one document are at most one for each monitored address and CW_HITS_MAX
 * beyond. Of a list that is read for the first time one alert for each address is owed, so the
 * bound grows with the cases and never with the list.
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
    struct cw_span address_value;     /* as written in the rule; for entity the listing's value */
    struct cw_span address_canonical; /* the listing's own text where it is that, or in the hits */
};

/** Builds the book. The rules must outlive it.
 *  Returns: CW_OK, CW_NOMEM, CW_LIMIT. */
CW_NODISCARD enum cw_status cw_book_new(const struct cw_rules *rules, struct cw_book **ret,
                                        struct cw_error *err);
void cw_book_free(struct cw_book *book);
void cw_book_freep(struct cw_book **book);

/** Growing array of hits of one document; lives no longer than its watchlist. All zero at first. */
struct cw_hits {
    struct cw_hit *items;
    size_t count;
    size_t cap;
    struct cw_arena *texts; /* canonical texts that no listing has */
};
void cw_hits_clear(struct cw_hits *hits);

/** Adds a hit for every (case, monitored address) that the listing touches with a relation the rule
 *  alerts on, the strongest relation each; and one `entity` hit per case whose selectors pick the
 *  listing (feed, and any of entry id, programme, name, related party) when none of the case's own
 *  addresses is that key. Order: rule id, then address canonical.
 *  In:  feed  id of the list the listing stands on
 *  Returns: CW_OK; CW_LIMIT past the bound on top; CW_NOMEM */
CW_NODISCARD enum cw_status cw_book_match(const struct cw_book *book, struct cw_span feed,
                                          const struct cw_listing *listing, struct cw_hits *hits,
                                          struct cw_error *err);

/** Cases that know an asked address, for `check`: hits with `listing` NULL, relation between the
 *  asked address and the rule's (never entity).
 *  Returns: CW_OK; CW_LIMIT, CW_NOMEM */
CW_NODISCARD enum cw_status cw_book_ask(const struct cw_book *book, const struct cw_address *asked,
                                        struct cw_hits *hits, struct cw_error *err);

#endif
