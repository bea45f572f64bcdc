/* list_field.h: what publishers call the fields of a list, for the formats that go by names (csv,
 * json, ndjson): an option names a column or member, else the usual synonyms are tried, whatever
 * their letter case, spaces, hyphens and underscores.
 *
 * Knows names only. Refuses to know where a value comes from.
 */
#ifndef CW_FEED_LIST_FIELD_H
#define CW_FEED_LIST_FIELD_H

#include "base/buf.h"
#include "feed/format.h"

enum cw_list_field {
    CW_FIELD_ADDRESS,
    CW_FIELD_TAG,
    CW_FIELD_ENTRY_ID,
    CW_FIELD_ENTRY_NAME,
    CW_FIELD_PROGRAMS,
    CW_FIELD_LISTED_ON,
    CW_FIELD_NOTE,
};
enum { CW_LIST_FIELDS = 7, CW_FIELD_RANK_NONE = 64 };

/** The names that an operator configured. Zero is none. */
struct cw_field_names {
    struct cw_buf text;
    struct {
        size_t at;
        size_t len;
    } wanted[CW_LIST_FIELDS]; /* in `text`; len 0: the synonyms count */
};

void cw_field_names_init(struct cw_field_names *names);
void cw_field_names_clear(struct cw_field_names *names);
/** Takes the option "<field><suffix>", as in "address_column".
 *  Returns: CW_OK; CW_NOT_FOUND when the name is none of these; CW_INVALID for an empty value. */
CW_NODISCARD enum cw_status cw_field_names_set(struct cw_field_names *names,
                                               const struct cw_format_option *option,
                                               const char *suffix, struct cw_error *err);
/** The configured name; empty when there is none. */
struct cw_span cw_field_names_wanted(const struct cw_field_names *names, enum cw_list_field field);
/** "address" …: the option's name without its suffix. */
const char *cw_list_field_name(enum cw_list_field field);
/** How well a name fits a field: 0 is best, CW_FIELD_RANK_NONE does not fit. */
size_t cw_field_rank(const struct cw_field_names *names, enum cw_list_field field,
                     struct cw_span name);

#endif
