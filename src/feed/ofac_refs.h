/* ofac_refs.h: the reference values of one OFAC document, by kind and ID.
 *
 * The document brings its own dictionary (ReferenceValueSets); nothing about tickers, programmes or
 * relations is compiled in but the English words that mark them. Add all, seal once, then find.
 */
#ifndef CW_FEED_OFAC_REFS_H
#define CW_FEED_OFAC_REFS_H

#include "base/arena.h"
#include "base/error.h"

enum cw_ofac_ref_kind {
    OFAC_REF_FEATURE,
    OFAC_REF_SANCTIONS,
    OFAC_REF_RELATION,
    OFAC_REF_NAME_PART,
    OFAC_REF_NAME_STATUS,
    OFAC_REF_RELIABILITY,
    OFAC_REF_KINDS,
};

enum cw_ofac_meaning {
    OFAC_PLAIN,
    OFAC_CURRENCY,      /* a feature: "Digital Currency Address - XBT" */
    OFAC_PROGRAM,       /* a measure: "Program" */
    OFAC_LAST_NAME,     /* a part of a name: "Last Name" */
    OFAC_PRIMARY_LATIN, /* a status of a name: "Primary Latin" */
    OFAC_FALSE,         /* a reliability: the list itself does not believe it */
    OFAC_UNSAID,        /* a reliability: "Unknown" */
};

struct cw_ofac_ref {
    uint64_t id;
    enum cw_ofac_ref_kind kind;
    enum cw_ofac_meaning meaning;
    bool is_symmetrical; /* a relation that holds in both directions */
    struct cw_span text;
    struct cw_span tag; /* of a currency: "XBT"; may be empty */
};

struct cw_ofac_refs {
    struct cw_ofac_ref *items; /* sealed: sorted by kind, then id */
    size_t count;
    size_t cap;
    bool is_sealed;
};

void cw_ofac_refs_clear(struct cw_ofac_refs *refs);
/** Copies the text into the arena.
 *  Returns: CW_OK; CW_LIMIT past 65,536 values; CW_NOMEM. */
CW_NODISCARD enum cw_status cw_ofac_refs_add(struct cw_ofac_refs *refs, struct cw_arena *arena,
                                             const struct cw_ofac_ref *ref, struct cw_error *err);
/** Sorts and judges: no ID twice in a kind, at least one digital currency feature, a "Program".
 *  Returns: CW_OK, or CW_UNTRUSTED: not the document we take it for. */
CW_NODISCARD enum cw_status cw_ofac_refs_seal(struct cw_ofac_refs *refs, struct cw_error *err);
/** NULL when the document does not define it. */
const struct cw_ofac_ref *cw_ofac_refs_find(const struct cw_ofac_refs *refs,
                                            enum cw_ofac_ref_kind kind, uint64_t id);

#endif
