/* misp_place.h: what a value of a MISP document is, by where it stands.
 *
 * Knows the ways to an event and to its attributes and objects. Refuses to know what any of them
 * says. One attribute or object may stand in place of the array of them; and an array may be an
 * object whose names are numbers, which is how PHP writes one that something was taken out of.
 */
#ifndef CW_FEED_MISP_PLACE_H
#define CW_FEED_MISP_PLACE_H

#include "feed/json_walk.h"

enum cw_misp_part {
    CW_MISP_OTHER, /* nothing that is read */
    CW_MISP_DOCUMENT,
    CW_MISP_MANIFEST,
    CW_MISP_MANIFEST_ROW, /* its name is the event's */
    CW_MISP_RESPONSE,     /* an array of elements, or one of them */
    CW_MISP_ELEMENT,      /* an object with an event, or what is none */
    CW_MISP_EVENT,
    CW_MISP_ABOUT, /* uuid, info or date of an event */
    CW_MISP_ATTRIBUTES,
    CW_MISP_ATTRIBUTE,
    CW_MISP_ATTRIBUTE_MEMBER, /* of the one that stands in place of the array */
    CW_MISP_OBJECTS,
    CW_MISP_OBJECT,
    CW_MISP_OBJECT_MEMBER,
};

/** Safety: pure. The place is one that the walk tells (json_walk.h). */
enum cw_misp_part cw_misp_part_of(const struct cw_json_place *place);

#endif
