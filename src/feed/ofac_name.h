/* ofac_name.h: the name of one party, put together from its documented parts.
 *
 * Parts arrive with the number of their group; what kind of part a group is arrives later. Starts
 * as zero with cw_ofac_name_init; one name at a time.
 */
#ifndef CW_FEED_OFAC_NAME_H
#define CW_FEED_OFAC_NAME_H

#include "base/arena.h"
#include "base/buf.h"

enum { CW_OFAC_NAME_PARTS_MAX = 16 }; /* OFAC's longest has 6 · the rest is left out */

struct cw_ofac_name {
    struct cw_buf text;
    struct {
        uint64_t group_id;
        size_t at; /* in text */
        size_t len;
        bool is_last_name;
    } parts[CW_OFAC_NAME_PARTS_MAX];
    size_t parts_count;
    bool is_latin; /* the best there is: others are passed over */
};

void cw_ofac_name_init(struct cw_ofac_name *name);
void cw_ofac_name_clear(struct cw_ofac_name *name);
/** Forgets the parts. */
void cw_ofac_name_reset(struct cw_ofac_name *name);
/** A new documented name begins.
 *  Returns: true when it is better than what is there, which is then forgotten: the first name is
 *           taken until one comes that is marked as the primary Latin one. */
bool cw_ofac_name_begin(struct cw_ofac_name *name, bool is_latin);
CW_NODISCARD enum cw_status cw_ofac_name_add(struct cw_ofac_name *name, uint64_t group_id,
                                             struct cw_span part, struct cw_error *err);
/** The parts of this group are (not) last names. */
void cw_ofac_name_group(struct cw_ofac_name *name, uint64_t group_id, bool is_last_name);
/** "Last, First Middle" as OFAC prints people; other parties by their parts in order. Letters stay
 *  as published: OFAC's printed capitals would need case tables of every script.
 *  Out:     ret  in the arena; empty when there is no name
 *  Returns: CW_OK, CW_LIMIT, CW_NOMEM. */
CW_NODISCARD enum cw_status cw_ofac_name_join(const struct cw_ofac_name *name,
                                              struct cw_arena *arena, struct cw_span *ret,
                                              struct cw_error *err);

#endif
