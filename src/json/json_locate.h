/* json_locate.h: where in a JSON text something stands; Jansson forgets places once it has parsed.
 *
 * Knows brackets, strings and JSON Pointers (RFC 6901). Refuses to judge: cw_json_locate wants a
 * text that Jansson has accepted and is memory-safe on any other. Iterative: the depth of the text
 * costs no stack.
 */
#ifndef CW_JSON_JSON_LOCATE_H
#define CW_JSON_JSON_LOCATE_H

#include "base/span.h"

struct cw_json_place {
    int line;   /* 1-based */
    int column; /* 1-based, in bytes */
};

/** Line and column of a byte offset; an offset past the end is the end. */
struct cw_json_place cw_json_place_at(struct cw_span text, size_t offset);

/** Place of a JSON Pointer: a member's name, an element's first byte, or of the deepest part of the
 *  pointer that exists (so a missing member is reported at its object). "" is the document. Of two
 *  members with one name the first is meant. */
struct cw_json_place cw_json_locate(struct cw_span text, const char *pointer);

/** Offset of the first bracket that opens level `depth_max + 1`, or text.len when there is none.
 * For any bytes: what is no JSON is refused by the parser later. */
size_t cw_json_depth_find(struct cw_span text, size_t depth_max);

/** Writes one token of a pointer after "/", with "~" and "/" escaped; cut at `bytes` with a NUL. */
void cw_json_pointer_token(char *ret, size_t bytes, const char *name);

#endif
