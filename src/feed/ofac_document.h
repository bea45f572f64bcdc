/* ofac_document.h: the meaning of each element of OFAC's advanced XML, fed in document order.
 *
 * Knows what to remember when an element opens and when it closes. Refuses to know expat, bytes,
 * namespaces and nesting limits: those are format_ofac_advanced.c.
 */
#ifndef CW_FEED_OFAC_DOCUMENT_H
#define CW_FEED_OFAC_DOCUMENT_H

#include "base/buf.h"
#include "feed/ofac_date.h"
#include "feed/ofac_name.h"
#include "feed/ofac_refs.h"
#include "feed/ofac_shape.h"
#include "feed/ofac_table.h"

struct cw_ofac_document {
    struct cw_ofac_refs refs;
    struct cw_ofac_table table;
    char published[CW_DATE_TEXT_BYTES];

    enum cw_ofac_node section; /* the last one opened */
    uint64_t line;             /* of the tag being handled; set by the caller */
    struct cw_ofac_ref ref;    /* the reference value being read */
    uint64_t party_id;
    struct cw_ofac_name name;
    uint64_t group_id; /* of the name part being read */
    struct cw_ofac_feature feature;
    struct cw_buf note;   /* of the feature being read */
    size_t details_count; /* values of the feature being read */
    struct cw_ofac_date date;
    struct cw_ofac_listed *entry_of; /* the sanctions entry being read is about this profile */
};

CW_NODISCARD enum cw_status cw_ofac_document_init(struct cw_ofac_document *document,
                                                  struct cw_error *err);
void cw_ofac_document_clear(struct cw_ofac_document *document);

/** An element opens.
 *  In:      attributes  name, value, name, value ... NULL
 *  Out:     ret_is_wanted  false: pass over it and all that is in it, no close follows
 *  Returns: CW_OK; CW_UNTRUSTED for what cannot be this document; CW_LIMIT; CW_NOMEM. */
CW_NODISCARD enum cw_status cw_ofac_open(struct cw_ofac_document *document, enum cw_ofac_node node,
                                         const char *const *attributes, bool *ret_is_wanted,
                                         struct cw_error *err);
/** A wanted element closes.
 *  In:      text  of the element itself, when cw_ofac_has_text(node) */
CW_NODISCARD enum cw_status cw_ofac_close(struct cw_ofac_document *document, enum cw_ofac_node node,
                                          struct cw_span text, struct cw_error *err);
/** The text of this element is wanted; it holds no other element. */
bool cw_ofac_has_text(enum cw_ofac_node node);

#endif
