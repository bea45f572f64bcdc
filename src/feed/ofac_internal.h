/* ofac_internal.h: what the handlers of OFAC's elements share. Private to src/feed/.
 *
 *   ofac_document.c  the table of elements; sections, names, relations, entries
 *   ofac_feature.c   features: the addresses themselves
 */
#ifndef CW_FEED_OFAC_INTERNAL_H
#define CW_FEED_OFAC_INTERNAL_H

#include "feed/ofac_document.h"

/** What a handler is called with; handlers return whether to descend, or close quietly. */
struct cw_ofac_opening {
    struct cw_ofac_document *document;
    enum cw_ofac_node node;
    const char *const *attributes;
    bool is_wanted; /* out; true unless the handler says otherwise */
};

/** {NULL, 0} when the element has none of that name. */
struct cw_span cw_ofac_attribute(const struct cw_ofac_opening *opening, const char *name);
/** Numbers tie the parts of the document together: one that cannot be read makes all of it suspect
 *  (CW_UNTRUSTED). */
CW_NODISCARD enum cw_status cw_ofac_read_id(const struct cw_ofac_opening *opening, const char *name,
                                            uint64_t *ret_id, struct cw_error *err);
/** ID, and another one. */
CW_NODISCARD enum cw_status cw_ofac_read_ids(const struct cw_ofac_opening *opening,
                                             uint64_t *ret_id, const char *name,
                                             uint64_t *ret_other, struct cw_error *err);
/** A reference that leads nowhere becomes an entry of its own: the addresses beside it stay usable,
 *  and people still hear that something of this party could not be read. */
CW_NODISCARD enum cw_status cw_ofac_complain(struct cw_ofac_document *document,
                                             const struct cw_ofac_feature *about,
                                             const char *missing, uint64_t missing_id,
                                             struct cw_error *err);

/* ofac_feature.c: handlers */
enum cw_status cw_ofac_open_feature(struct cw_ofac_opening *opening, struct cw_error *err);
enum cw_status cw_ofac_open_version(struct cw_ofac_opening *opening, struct cw_error *err);
enum cw_status cw_ofac_close_feature_comment(struct cw_ofac_document *document, struct cw_span text,
                                             struct cw_error *err);
enum cw_status cw_ofac_close_detail(struct cw_ofac_document *document, struct cw_span text,
                                    struct cw_error *err);
enum cw_status cw_ofac_close_feature(struct cw_ofac_document *document, struct cw_span text,
                                     struct cw_error *err);

#endif
