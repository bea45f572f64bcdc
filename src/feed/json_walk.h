/* json_walk.h: the values of a JSON document, one by one, without ever holding the document.
 *
 * Knows the outer structure of JSON: which member or element begins where. The visitor says of each
 * value whether it wants it whole, wants to look inside, or does not care; a value taken whole is
 * handed over as its own text, bounded, for cw_json_value_read. Refuses to know what values mean.
 *
 * What is entered or taken is checked as RFC 8259 has it. What is skipped is checked for balanced
 * brackets and closed strings only: it is not used, and it must not cost memory.
 *
 * Invariants: at most CW_JSON_LEVELS_MAX containers are entered, CW_JSON_DEPTH_MAX in all; memory
 * is one taken value (CW_JSON_VALUE_MAX) and the keys on the way to it.
 */
#ifndef CW_FEED_JSON_WALK_H
#define CW_FEED_JSON_WALK_H

#include <jansson.h>

#include "base/buf.h"
#include "base/limits.h"
#include "feed/text_guard.h"

enum cw_json_kind { CW_JSON_OBJECT, CW_JSON_ARRAY, CW_JSON_SCALAR };

enum cw_json_step {
    CW_JSON_TAKE,  /* hand me the whole value */
    CW_JSON_ENTER, /* go on with its members or elements; a scalar is skipped */
    CW_JSON_PEEK,  /* a scalar only: hand it to me if it is a text of at most CW_JSON_PEEK_MAX bytes
                    */
    CW_JSON_SKIP,
};

enum { CW_JSON_LEVELS_MAX = 8, CW_JSON_PEEK_MAX = CW_ENTRY_VALUE_MAX };

/** Where a value stands. Keys are as written in the document with escapes undone, borrowed until
 *  the visitor returns. */
struct cw_json_place {
    size_t depth;                            /* containers around it; 0: the document itself */
    struct cw_span keys[CW_JSON_LEVELS_MAX]; /* of levels 1..depth at [0..depth-1]; empty in arrays
                                              */
    uint64_t indexes[CW_JSON_LEVELS_MAX];    /* likewise: place among its siblings, from 1 */
    bool in_array[CW_JSON_LEVELS_MAX];
    uint64_t line; /* on which the value begins, from 1 */
};

struct cw_json_visitor {
    enum cw_json_step (*begin)(void *ctx, const struct cw_json_place *place,
                               enum cw_json_kind kind);
    /** A taken value. Anything but CW_OK stops the walk and comes back. */
    enum cw_status (*value)(void *ctx, const struct cw_json_place *place, struct cw_span text,
                            struct cw_error *err);
    /** A container that was entered has ended; the place is its own. NULL: not wanted. */
    enum cw_status (*leave)(void *ctx, const struct cw_json_place *place, struct cw_error *err);
    void *ctx;
};

struct cw_json_walk;

/** NULL when memory is out. The visitor is copied. */
struct cw_json_walk *cw_json_walk_new(struct cw_json_visitor visitor);
void cw_json_walk_free(struct cw_json_walk *walk);

/** Feeds bytes of the document; `is_last` ends it.
 *  Returns: CW_OK; CW_UNTRUSTED with line and reason (also for a document that is cut, for NUL, for
 *           bad UTF-8 and for anything after the end); CW_LIMIT; CW_NOMEM; what the visitor said.
 */
CW_NODISCARD enum cw_status cw_json_walk_feed(struct cw_json_walk *walk, struct cw_span bytes,
                                              bool is_last, struct cw_error *err);

/** Reads a taken value, or one line of NDJSON: any JSON value, no member twice.
 *  Out:     ret   NULL when it is no JSON; the caller decrefs it
 *  Returns: CW_OK; CW_UNTRUSTED with the reason, without a line; CW_NOMEM. */
CW_NODISCARD enum cw_status cw_json_value_read(struct cw_span text, json_t **ret,
                                               struct cw_error *err);

#endif
