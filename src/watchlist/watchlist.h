/* watchlist.h: one public list as we understand it: listings by decoded key, sorted, and what could
 * not be understood.
 *
 * Knows how entries become listings (decode, merge, hash) and how two states of a list differ.
 * Refuses to know cases, alerts and storage. Pure: entries in, values out.
 *
 * Invariants: listings are sorted by (entry_id, canonical), unique in that pair. programs, tags and
 * values are sorted and unique. An entry of a list without identifiers has its canonical key as
 * entry_id (alerts.md section 3). Everything is borrowed until cw_watchlist_free.
 *
 * Limits: CW_FEED_ENTRIES_MAX listings, and as many opaque entries; CW_FEED_MEMORY_MAX bytes for
 * all of it, texts and arrays. As that many plain rows must fit, a listing keeps each text once,
 * and what can be written from its fields is not kept (cw_listing_json).
 */
#ifndef CW_WATCHLIST_WATCHLIST_H
#define CW_WATCHLIST_WATCHLIST_H

#include "address/address.h"
#include "base/arena.h"
#include "base/buf.h"
#include "feed/entry.h"

/** One listed key of one party. */
struct cw_listing {
    struct cw_span entry_id;
    struct cw_span canonical; /* chain:kind:hex of the default reading */
    struct cw_span value;     /* as published; the first in byte order when spelled several ways */
    struct cw_span tag;       /* tag beside `value`; narrows its readings */
    struct cw_span encoding;
    struct cw_span entry_name;
    struct cw_span listed_on; /* "" or a date */
    struct cw_span note;
    struct cw_span position;
    const struct cw_span *values; /* every published spelling; not NULL */
    size_t values_count;
    const struct cw_span *tags;
    size_t tags_count;
    const struct cw_span *programs;
    size_t programs_count;
    const struct cw_entry_related *related;
    size_t related_count;
    uint64_t episode;      /* earlier times this key left the list; set by the store */
    uint64_t revision;     /* changes within the episode; set by the store */
    char entry_sha256[65]; /* of what cw_listing_json writes, hex */
    bool is_reserved;      /* zero, burn or system address: never alerts by itself */
};

enum { CW_ENTRY_JSON_MAX = 64 << 10 }; /* bytes; a key with more programmes refuses the list */

/** Appends the canonical JSON of what counts as content: canonical, entry_id, entry_name,
 * listed_on, norm, programs; absent when empty. The caller looks at cw_buf_status. */
void cw_listing_json(const struct cw_listing *listing, struct cw_buf *out);

/** One entry that is not an address: kept as opaque text (addresses.md section 9). */
struct cw_opaque {
    struct cw_span position;
    struct cw_span value; /* "" when it was a secret key: never kept */
    struct cw_span tag;
    struct cw_span entry_id;
    struct cw_span entry_name;
    struct cw_span error; /* code, "CHECKSUM", or the format's own reason */
};

struct cw_watchlist;

struct cw_watchlist *cw_watchlist_new(void);
/** The same with another bound than CW_FEED_MEMORY_MAX. For tests. */
struct cw_watchlist *cw_watchlist_new_of(size_t bytes_max);
void cw_watchlist_free(struct cw_watchlist *list);
void cw_watchlist_freep(struct cw_watchlist **list);

/** Decodes one entry (list mode, with its tag) and keeps it as a listing or as opaque.
 *  Returns: CW_OK also for an unusable entry; CW_LIMIT past entries or memory; CW_NOMEM. */
CW_NODISCARD enum cw_status cw_watchlist_add_entry(struct cw_watchlist *list,
                                                   const struct cw_entry *entry,
                                                   struct cw_error *err);
/** Adds a listing as it is (from the store, or kept through a hold). Copied into the arena. */
CW_NODISCARD enum cw_status cw_watchlist_add_listing(struct cw_watchlist *list,
                                                     const struct cw_listing *listing,
                                                     struct cw_error *err);
CW_NODISCARD enum cw_status cw_watchlist_set_published(struct cw_watchlist *list,
                                                       struct cw_span date, struct cw_error *err);
/** Sorts, merges entries of one (entry_id, canonical), computes entry_sha256. Call once, after the
 *  last add; the functions below need it. */
CW_NODISCARD enum cw_status cw_watchlist_finish(struct cw_watchlist *list, struct cw_error *err);

size_t cw_watchlist_count(const struct cw_watchlist *list);
const struct cw_listing *cw_watchlist_at(const struct cw_watchlist *list, size_t index);
/** Same, to set episode and revision. */
struct cw_listing *cw_watchlist_edit(struct cw_watchlist *list, size_t index);
/** NULL when there is none; O(log n). */
const struct cw_listing *cw_watchlist_find(const struct cw_watchlist *list, struct cw_span entry_id,
                                           struct cw_span canonical);
size_t cw_watchlist_opaque_count(const struct cw_watchlist *list);
const struct cw_opaque *cw_watchlist_opaque_at(const struct cw_watchlist *list, size_t index);
struct cw_span cw_watchlist_published(const struct cw_watchlist *list);
/** Entries added, before merging: usable and unusable. */
uint64_t cw_watchlist_entries(const struct cw_watchlist *list);

/** Of these, values that are no address, whatever the format says of the entry: an order that has
 *  ended stands on a good address. */
uint64_t cw_watchlist_undecodable(const struct cw_watchlist *list);

/** A sink that adds every entry of a parse to the list. */
struct cw_entry_sink cw_watchlist_sink(struct cw_watchlist *list);

/** Sorts an array of spans by bytes and drops repeats and empty ones; returns the new count. */
size_t cw_spans_sort_unique(struct cw_span *items, size_t count);

#endif
