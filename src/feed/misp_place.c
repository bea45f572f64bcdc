#include "feed/misp_place.h"

static bool is_at(const struct cw_json_place *place, size_t level, const char *name)
{
    return level < place->depth && !place->in_array[level] && cw_span_is(place->keys[level], name);
}

/* A place in an array that is written as an object. */
static bool is_number(struct cw_span name)
{
    size_t digits = 0;
    while (digits < name.len && cw_ascii_is_digit(name.data[digits])) {
        digits++;
    }
    return name.len > 0 && digits == name.len;
}

/* Containers around an event when the place is one or within one: 1 in the document, 2 in an
 * element of it or in a response that is one element, 3 in an element of a response. 0: none. */
static size_t event_depth(const struct cw_json_place *place)
{
    const bool is_response = is_at(place, 0, "response");
    if (is_at(place, 0, "Event")) {
        return 1;
    }
    if (place->depth > 1 && (place->in_array[0] || is_response) && is_at(place, 1, "Event")) {
        return 2;
    }
    return is_response && place->depth > 2 && place->in_array[1] && is_at(place, 2, "Event") ? 3
                                                                                             : 0;
}

static enum cw_misp_part part_outside(const struct cw_json_place *place)
{
    if (place->depth == 0) {
        return CW_MISP_DOCUMENT;
    }
    if (is_at(place, 0, "manifest")) {
        return place->depth == 1 ? CW_MISP_MANIFEST : CW_MISP_MANIFEST_ROW;
    }
    if (is_at(place, 0, "response")) {
        return place->depth == 1                         ? CW_MISP_RESPONSE
               : place->depth == 2 && place->in_array[1] ? CW_MISP_ELEMENT
                                                         : CW_MISP_OTHER;
    }
    return place->depth == 1 && place->in_array[0] ? CW_MISP_ELEMENT : CW_MISP_OTHER;
}

enum cw_misp_part cw_misp_part_of(const struct cw_json_place *place)
{
    const size_t event = event_depth(place);
    if (event == 0) {
        return part_outside(place);
    }
    const bool is_object = is_at(place, event, "Object");
    const bool is_list = is_object || is_at(place, event, "Attribute");
    if (place->depth == event) {
        return CW_MISP_EVENT;
    }
    if (place->depth == event + 1 && is_list) {
        return is_object ? CW_MISP_OBJECTS : CW_MISP_ATTRIBUTES;
    }
    if (place->depth == event + 1) {
        return is_at(place, event, "uuid") || is_at(place, event, "info") ||
                       is_at(place, event, "date")
                   ? CW_MISP_ABOUT
                   : CW_MISP_OTHER;
    }
    if (place->depth > event + 2 || !is_list) {
        return CW_MISP_OTHER;
    }
    if (place->in_array[event + 1] || is_number(place->keys[event + 1])) {
        return is_object ? CW_MISP_OBJECT : CW_MISP_ATTRIBUTE;
    }
    return is_object ? CW_MISP_OBJECT_MEMBER : CW_MISP_ATTRIBUTE_MEMBER;
}
