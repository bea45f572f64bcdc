/* json_entry.h: one JSON value of a list as entries: a string is an address, an object has named
 * members (list_field.h), anything else is an unusable entry with a reason.
 *
 * Knows members and how texts in them become fields. Refuses to know where the value stood and what
 * an address is. A text that holds several words of address shape and nothing else is one entry
 * each. In place of an address may stand an array of them, an object that names one, or an object
 * whose names are chains ({"eth": ["ADDRESS"]}) or addresses; what the object around says counts
 * for each.
 */
#ifndef CW_FEED_JSON_ENTRY_H
#define CW_FEED_JSON_ENTRY_H

#include <jansson.h>

#include "feed/list_field.h"

/** What is known of a value before it is read; empty where nothing is. Borrowed. */
struct cw_json_context {
    struct cw_span position;
    struct cw_span address;  /* the value is about this address: its name was the address */
    struct cw_span tag;      /* chain that the way to the value named */
    struct cw_span entry_id; /* likewise */
    struct cw_span entry_name;
};

/** Delivers the entries of a value.
 *  In:      value  borrowed, not changed (Jansson cannot look into what is const)
 *  Returns: CW_OK, or what the sink said. */
CW_NODISCARD enum cw_status cw_json_entry_deliver(const struct cw_field_names *names,
                                                  const struct cw_json_context *context,
                                                  json_t *value, struct cw_entry_sink sink,
                                                  struct cw_error *err);

/** Delivers each address of a text with the other fields of `entry`: several when it is a row of
 *  words of address shape, else the text as it is. Positions get ", address N" when there are
 *  several. */
CW_NODISCARD enum cw_status cw_entry_deliver_words(struct cw_entry *entry, struct cw_span text,
                                                   struct cw_entry_sink sink, struct cw_error *err);

/** Delivers an unusable entry. `value` may be empty. */
CW_NODISCARD enum cw_status cw_json_entry_unusable(struct cw_span position, struct cw_span value,
                                                   const char *why, struct cw_entry_sink sink,
                                                   struct cw_error *err);

#endif
