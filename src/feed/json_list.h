/* json_list.h: a JSON document that lists addresses, in whatever shape publishers have found for
 * it.
 *
 *   ["ADDRESS", {"address": "ADDRESS", ...}, ...]         an array of texts or objects
 *   {"ADDRESS": "what is said", "ADDRESS": {...}, ...}    an object whose names are the addresses
 *   {"ETH": [...], "XBT": [...]}, {"ETH": {...}}          the same below the name of a chain
 *   {"updated": "...", "data": [...]}                     the same below a word that is no chain
 *   {"CASE": {"eth": [...]}}                              the same by case: CW_JSON_OUTERMOST_CASE
 *
 *   {"address": "ADDRESS", "chain": ...}                  one entry
 *   {"btc": "ADDRESS", "treasury": "ADDRESS"}             a text that is nothing but an address
 *
 * Without the option "path" a name of no plain word begins an entry, every other object or array is
 * entered, and the innermost name that is a chain (else the innermost that is no word such as
 * "data") is the tag of what it holds. A number or a text beside them ("updated") is about the
 * document, unless it has the shape of an address. What an interface says in place of a list
 * ("error", "message") is not looked into, and a document that holds nothing but words is no list.
 * Where that is not right, "path" names the entries: names between full stops, `*` for any name or
 * element, "data.*.wallets.*". Names shorter than 25 characters are words here (but accounts of
 * Hedera and names that end in ".near"): a document that is keyed by others (EOS) is not read.
 *
 * Refuses to know what an address is. Memory: one entry (json_walk.h).
 */
#ifndef CW_FEED_JSON_LIST_H
#define CW_FEED_JSON_LIST_H

#include "feed/format.h"

struct cw_json_list;

/** What the names of the outermost object mean. */
enum cw_json_outermost {
    CW_JSON_OUTERMOST_ANY,  /* chains, containers or addresses */
    CW_JSON_OUTERMOST_CASE, /* cases: the entry id and name of all that stands below */
};

/** Returns: CW_OK; CW_NOMEM. The sink is borrowed until cw_json_list_free. */
CW_NODISCARD enum cw_status cw_json_list_new(enum cw_json_outermost outermost,
                                             struct cw_entry_sink sink, struct cw_json_list **ret,
                                             struct cw_error *err);
void cw_json_list_free(struct cw_json_list *list);
/** Takes "path" or "<field>_key" (list_field.h), before the first byte.
 *  Returns: CW_OK; CW_INVALID for a value; CW_NOT_FOUND for another name. */
CW_NODISCARD enum cw_status cw_json_list_set(struct cw_json_list *list,
                                             const struct cw_format_option *option,
                                             struct cw_error *err);
/** As cw_format.feed. */
CW_NODISCARD enum cw_status cw_json_list_feed(struct cw_json_list *list, struct cw_span bytes,
                                              bool is_last, struct cw_error *err);

#endif
