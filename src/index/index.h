/* index.h: the immutable index file: who lists this key, answered from mapped memory.
 *
 * Knows keys, what lists and cases say of them, and what texts a list holds that are no address.
 * Refuses to know SQLite, JSON and configuration, and how old is too old: that is for who asks.
 *
 * Invariants: a file is written once, whole (builder.h), and never changed; it is replaced by
 * another of another name. Opening costs the same whatever it holds. Every block is checked against
 * its checksum when it is first touched, every offset and length before it is used: whatever the
 * bytes say, nothing is read past their end, and damage is CW_STATE with the block's number, never
 * an answer. No look-up allocates. One handle serves any number of threads.
 *
 *   CW_CLEANUP(cw_index_closep) struct cw_index *index = NULL;
 *   if (cw_index_open(path, &index, err) == CW_OK) { cw_index_find(index, &address, fn, ctx, err);
 * }
 *
 * The file belongs to the installation, as its state does: a stranger who can cut a mapped file
 * short can also end the process (SIGBUS).
 */
#ifndef CW_INDEX_INDEX_H
#define CW_INDEX_INDEX_H

#include "address/address.h"
#include "base/error.h"

struct cw_index;

/** Maps a file, read-only.
 *  Returns: CW_OK; CW_NOT_FOUND; CW_DENIED; CW_IO; CW_NOMEM; CW_INVALID for an index of another
 *           format, older or newer; CW_STATE with a reason: not an index, of another byte order,
 * cut short, damaged. */
CW_NODISCARD enum cw_status cw_index_open(const char *path, struct cw_index **ret,
                                          struct cw_error *err);
/** The same over bytes of the caller, which must outlive the handle. Any alignment. */
CW_NODISCARD enum cw_status cw_index_open_memory(struct cw_span bytes, struct cw_index **ret,
                                                 struct cw_error *err);
void cw_index_close(struct cw_index *index);
void cw_index_closep(struct cw_index **index);

/** Checks every block and every record; for doctor, for a long screening, for tests.
 *  Returns: CW_OK; CW_STATE naming what is wrong. O(size of the file). */
CW_NODISCARD enum cw_status cw_index_verify(const struct cw_index *index, struct cw_error *err);

uint64_t cw_index_generation(const struct cw_index *index);
int64_t cw_index_built_at_s(const struct cw_index *index);
uint64_t cw_index_listings(const struct cw_index *index);
uint64_t cw_index_opaques(const struct cw_index *index);
uint64_t cw_index_bytes(const struct cw_index *index);
/** Listings of a script hash: a key or a witness program that hashes to it is related, and only the
 *  decoder can tell (spelled.h). */
uint64_t cw_index_scripts(const struct cw_index *index);
/** Whether a listing's text was refused when the index was built: it is found by its canonical key
 *  alone, which no filter knows. */
bool cw_index_has_undecoded(const struct cw_index *index);
/** What it was built from, as given to the builder. Borrowed, 32 bytes. */
const uint8_t *cw_index_basis(const struct cw_index *index);

enum cw_index_source_kind { CW_INDEX_FEED, CW_INDEX_RULE };

/** One thing that a list or a case says of one address. Texts are borrowed until the index is
 *  closed, but for `canonical` and a record's own `entry_id`, which may stand in this struct: do
 * not copy it. Every text may be empty. */
struct cw_index_item {
    enum cw_index_source_kind kind;
    uint32_t source;          /* number of the list or case in the index */
    struct cw_span source_id; /* feed or rule id */
    struct cw_span title;     /* of a case; of a feed "" */
    uint32_t relations;       /* a bit for each relation that this source counts */
    struct cw_span value;     /* as published */
    struct cw_span tag;
    struct cw_span canonical; /* as decoded when it was listed; of an opaque entry "" */
    struct cw_span entry_id;
    struct cw_span entry_name;
    struct cw_span listed_on;
    struct cw_span note;
    struct cw_span error;    /* of an opaque entry: code, "CHECKSUM" … */
    struct cw_span position; /* of an opaque entry: "line 12" */
    struct cw_span programs[CW_INDEX_PROGRAMS_MAX];
    size_t programs_count;
    bool is_active; /* on the list now; a case's address always */
    bool is_reserved;
    bool is_opaque;
    bool has_older_episodes; /* more than CW_INDEX_EPISODES_MAX: the oldest are not here */
    size_t episodes_count;
    const uint8_t *episodes; /* private: see cw_index_item_episode */
    char text[CW_CANONICAL_BYTES];
};

/** A stretch of time on a list, oldest first. */
struct cw_index_episode {
    int64_t from_s;
    int64_t until_s; /* 0: in force */
};
struct cw_index_episode cw_index_item_episode(const struct cw_index_item *item, size_t at);
/** When the item first came on its list, as far as is known; 0 for a case. */
int64_t cw_index_item_first_seen_s(const struct cw_index_item *item);
/** When it left; 0 while it stands there. */
int64_t cw_index_item_ended_s(const struct cw_index_item *item);
/** Decodes the item's text as it was decoded when the index was built: a list's with its tag and in
 *  list mode, a case's strictly. */
enum cw_address_error cw_index_item_decode(const struct cw_index_item *item,
                                           struct cw_address *ret);

/** What a look-up tells. `relation` is CW_RELATION_NONE from cw_index_each, cw_index_find_opaque
 * and cw_index_find_lookalikes. Anything but CW_OK ends the look-up and comes out of it. */
typedef enum cw_status (*cw_index_fn)(void *ctx, const struct cw_index_item *item,
                                      enum cw_relation relation, struct cw_error *err);

/** Tells every item with a relation to the asked address that its source counts, each once: cases
 *  first, then lists by id, each in the order of its entries.
 *  Returns: CW_OK, CW_STATE for damage, or what `fn` returned.
 *  Limits:  O(keys of the address * log), then one decode per candidate; no allocation */
CW_NODISCARD enum cw_status cw_index_find(const struct cw_index *index,
                                          const struct cw_address *asked, cw_index_fn fn, void *ctx,
                                          struct cw_error *err);
/** Whether anything may be related, from the keys alone: a false `false` does not happen. The
 *  cheapest question there is; damage answers `true`, and cw_index_find then says so. */
bool cw_index_may_hold(const struct cw_index *index, const struct cw_address *asked);
/** Tells the opaque entries with this very text; hex digits ("0x" and more of them) without regard
 *  to letter case. An empty text meets nothing. */
CW_NODISCARD enum cw_status cw_index_find_opaque(const struct cw_index *index, struct cw_span text,
                                                 cw_index_fn fn, void *ctx, struct cw_error *err);
/** Whether the address was read from bare digits, which are one only because somebody asked
 *  (cw_address_ask): a list may hold these very digits as an unusable entry, so that no match is no
 *  answer before cw_index_find_opaque was asked for the source too. */
bool cw_index_is_asked_digits(const struct cw_address *asked);
/** Tells the items filed under any of these hashes of looks: candidates, for the caller to judge.
 *  In: hashes  as given to the builder for a text that looks alike */
CW_NODISCARD enum cw_status cw_index_find_lookalikes(const struct cw_index *index,
                                                     const uint64_t *hashes, size_t count,
                                                     cw_index_fn fn, void *ctx,
                                                     struct cw_error *err);
/** Tells every item, in file order. O(n). */
CW_NODISCARD enum cw_status cw_index_each(const struct cw_index *index, cw_index_fn fn, void *ctx,
                                          struct cw_error *err);

/** The bytes of the text filter, as given to the builder: borrowed from the map, not yet checked
 *  block by block; empty when there is none. Check it once with cw_index_check_filter. */
struct cw_span cw_index_filter(const struct cw_index *index);
CW_NODISCARD enum cw_status cw_index_check_filter(const struct cw_index *index,
                                                  struct cw_error *err);

#endif
