/* misp_attribute.h: what an attribute of a MISP event says of an address.
 *
 * Knows the types and relations that hold addresses, and how publishers write that something was
 * deleted. Refuses to know where it stands, and what an address is.
 */
#ifndef CW_FEED_MISP_ATTRIBUTE_H
#define CW_FEED_MISP_ATTRIBUTE_H

#include <jansson.h>

#include "feed/wallet_table.h"

/** What the object around an attribute says of it; zero where there is none. */
struct cw_misp_around {
    struct cw_span symbol; /* of the chain; empty when nothing */
    bool is_deleted;
};

/** Of an object; borrowed from it. What is deleted in it says nothing. */
struct cw_misp_around cw_misp_around_of(const json_t *object);

/** Reads an attribute.
 *  In:      attribute   any JSON value; NULL is no attribute
 *  Out:     ret_wallet  value, tag, note and error, borrowed from the others; all else zero
 *  Returns: whether there is something to tell: an address, or why there is none. Attributes of
 *           other types are false. */
bool cw_misp_attribute_read(const json_t *attribute, const struct cw_misp_around *around,
                            struct cw_wallet *ret_wallet);

/** What is read of an attribute or an object: the name as a constant, or NULL for another one. */
const char *cw_misp_member(struct cw_span name);

#endif
