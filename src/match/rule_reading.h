/* rule_reading.h: what rule.c, rule_fields.c and rule_addresses.c share while one rule file is
 * read.
 *
 * Private to these three files. The document is borrowed and goes away after the rule is read, so
 * whatever a rule keeps is copied into the arena of its set.
 */
#ifndef CW_MATCH_RULE_READING_H
#define CW_MATCH_RULE_READING_H

#include "base/arena.h"
#include "match/rule.h"
#include "json/json_file.h"

struct cw_rule_reading {
    struct cw_arena *arena;
    const struct cw_json_file *file;
    struct cw_mistakes *mistakes;
    struct cw_rule *rule;
    size_t addresses_before; /* of the rules read before this one */
};

/** Reads one document into *reading->rule, with everything it keeps in the arena.
 *  Out:     ret_is_listed  the rule has a usable id: a set may show it, mistakes or not
 *  Returns: CW_OK, also when mistakes were added; CW_LIMIT or CW_NOMEM when memory is exhausted */
CW_NODISCARD enum cw_status cw_rule_read(const struct cw_rule_reading *reading, bool *ret_is_listed,
                                         struct cw_error *err);

/** Copies a string into the arena in place of itself; false when memory is exhausted. */
bool cw_rule_keep(struct cw_arena *arena, const char **text);

/** Reads `addresses` (may be NULL) and the file named by `addresses_file` (may be "") into the
 * rule, whose reports are there already. Only what decodes is kept. Returns: CW_OK, also when
 * mistakes were added; CW_LIMIT or CW_NOMEM when memory is exhausted */
CW_NODISCARD enum cw_status cw_rule_read_addresses(const struct cw_rule_reading *reading,
                                                   const json_t *addresses,
                                                   const char *addresses_file,
                                                   struct cw_error *err);

#endif
