/* json_names.h: the names inside our own files that must agree with names outside them.
 *
 * Knows identifiers, the rule that an id is its file's name, and paths relative to the file they
 * are written in. Refuses to look whether a named file exists.
 */
#ifndef CW_JSON_JSON_NAMES_H
#define CW_JSON_JSON_NAMES_H

#include "json/json_file.h"

enum cw_json_id_kind {
    CW_JSON_ID_LOWER, /* ^[a-z0-9][a-z0-9-]{0,63}$: feeds, endpoints, reports */
    CW_JSON_ID_CASE,  /* ^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$: rules, which follow an agency's case
                         numbers */
};

bool cw_json_id_is_valid(struct cw_span id, enum cw_json_id_kind kind);

/** Checks the form of an id and adds a mistake at `pointer`; true when it is usable. */
bool cw_json_check_id(const struct cw_json_file *file, const char *id, enum cw_json_id_kind kind,
                      const char *pointer, struct cw_mistakes *mistakes);

/** The same for the "id" of a whole file, which must also be the file's name without ".json". True
 *  when the form is right: a set can then list it, even if the name differs. */
bool cw_json_check_file_id(const struct cw_json_file *file, const char *id,
                           enum cw_json_id_kind kind, struct cw_mistakes *mistakes);

/** A path written in a file, absolute: a relative one is taken from the file's folder. "" stays "".
 *  Returns: NUL-terminated, in the arena; NULL when memory is exhausted or there is no folder */
const char *cw_json_path(const struct cw_json_file *file, struct cw_span path,
                         struct cw_arena *arena);

#endif
