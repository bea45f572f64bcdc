/* xml_reader.h: an XML document as a stream of wanted elements, within CW_XML_DEPTH_MAX,
 * CW_XML_TEXT_MAX and CW_XML_SILENT_MAX.
 *
 * Knows expat: bytes, namespaces, nesting, text. Refuses a DOCTYPE, so that there are no entities
 * to expand, and a token without an end. Refuses to know what elements mean: the visitor says of
 * each whether it is wanted; what is not wanted is passed over with all that is in it.
 *
 * The root decides on the namespace: publishers change theirs. Elements of another one are not
 * wanted.
 */
#ifndef CW_FEED_XML_READER_H
#define CW_FEED_XML_READER_H

#include "base/buf.h"

struct cw_xml_element {
    const char *name;              /* local name */
    const char *const *attributes; /* name, value, name, value … NULL */
    uint64_t line;                 /* of the tag, from 1 */
};

enum cw_xml_step {
    CW_XML_SKIP,
    CW_XML_ENTER, /* wanted for what is in it */
    CW_XML_READ,  /* wanted, with its text */
};

struct cw_xml_visitor {
    /** An element of the root's namespace opens within wanted ones. Errors get the line in front.
     */
    enum cw_status (*open)(void *ctx, const struct cw_xml_element *element,
                           enum cw_xml_step *ret_step, struct cw_error *err);
    /** A wanted element closes; `text` is what stands in it behind its last child, when it is read.
     */
    enum cw_status (*close)(void *ctx, struct cw_span text, struct cw_error *err);
    void *ctx;
};

struct cw_xml_reader;

/** NULL when memory is out. The visitor is copied. */
struct cw_xml_reader *cw_xml_reader_new(struct cw_xml_visitor visitor);
void cw_xml_reader_free(struct cw_xml_reader *reader);
/** Feeds bytes; `is_last` ends the document. CW_OK with is_last: it was whole and well-formed.
 *  Returns: CW_OK; CW_UNTRUSTED, CW_LIMIT with line and reason; CW_NOMEM; what the visitor said. */
CW_NODISCARD enum cw_status cw_xml_reader_feed(struct cw_xml_reader *reader, struct cw_span bytes,
                                               bool is_last, struct cw_error *err);

#endif
