/* shape.h: tables that say which members an object has, and the one walk that checks them.
 *
 * Unknown members are left alone: alerts.md section 13 wants receivers to ignore them.
 */
#ifndef CW_ALERT_SHAPE_H
#define CW_ALERT_SHAPE_H

#include <jansson.h>

#include "base/error.h"
#include "base/span.h"

enum cw_shape_kind {
    CW_SHAPE_TEXT,    /* string of min..max characters; max 0: no limit */
    CW_SHAPE_INTEGER, /* min..max */
    CW_SHAPE_BOOL,
    CW_SHAPE_OBJECT,    /* by `sub` */
    CW_SHAPE_OBJECTS,   /* array of objects by `sub` */
    CW_SHAPE_SORTED,    /* array of strings in strictly rising order */
    CW_SHAPE_SENTENCES, /* object: language tag to string of at most max characters */
};

struct cw_shape;

struct cw_shape_row {
    const char *name;
    enum cw_shape_kind kind;
    bool is_required;
    int64_t min;
    int64_t max;
    bool (*is_good)(struct cw_span text); /* CW_SHAPE_TEXT; may be NULL */
    const struct cw_shape *sub;
};

struct cw_shape {
    const struct cw_shape_row *rows;
    size_t count;
};

/** Forms of texts, for `is_good`. */
bool cw_shape_is_sha256(struct cw_span text); /* 64 lower-case hex digits */
bool cw_shape_is_time(struct cw_span text);   /* as cw_time_parse reads it */
bool cw_shape_is_date(struct cw_span text);   /* as cw_date_parse reads it */
bool cw_shape_is_nonce(struct cw_span text);  /* 16 bytes as base64url */

/** Checks an object.
 *  In:      path  how the object is called in messages, "" for the root
 *  Returns: CW_OK; CW_UNTRUSTED naming the member, never its value. */
CW_NODISCARD enum cw_status cw_shape_check(const json_t *object, const struct cw_shape *shape,
                                           const char *path, struct cw_error *err);

/** The shape of a whole alert (the schema urn:cryptowatch:schema:alert:1 without its conditions).
 */
extern const struct cw_shape cw_body_shape;

#endif
