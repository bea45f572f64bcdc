/* ofac_table.h: what must be remembered of an OFAC document until its end.
 *
 * Programmes, dates and relations stand behind the parties they belong to, so the parties with
 * digital currency features are kept, and of all others only the two numbers that make a reference
 * to them checkable (24 bytes each).
 *
 * Invariants: features and complaints are in document order. Profiles are sorted by id once sealed;
 * only then may they be found. All texts live in the arena.
 */
#ifndef CW_FEED_OFAC_TABLE_H
#define CW_FEED_OFAC_TABLE_H

#include "base/arena.h"
#include "base/datetime.h"
#include "base/error.h"
#include "feed/ofac_refs.h"

struct cw_ofac_text {
    struct cw_ofac_text *next;
    struct cw_span text;
};

struct cw_ofac_relation {
    struct cw_ofac_relation *next;
    struct cw_span type;
    uint64_t party_id;
};

/** A profile with at least one digital currency feature. */
struct cw_ofac_listed {
    struct cw_span name;
    char listed_on[CW_DATE_TEXT_BYTES]; /* the earliest entry event; "" when there is none */
    struct cw_ofac_text *programs;      /* in document order, each once */
    size_t programs_count;
    struct cw_ofac_relation *relations; /* in document order */
    size_t relations_count;
};

struct cw_ofac_profile {
    uint64_t id;
    uint64_t party_id;
    struct cw_ofac_listed *listed; /* NULL: nothing of interest */
};

/** One published value, or (listed NULL) a reference that leads nowhere. */
struct cw_ofac_feature {
    struct cw_ofac_feature *next;
    const struct cw_ofac_listed *listed;
    const char *what; /* "feature", "relationship", "sanctions entry" */
    uint64_t party_id;
    uint64_t id;
    uint64_t line;
    struct cw_span tag;
    struct cw_span value;
    struct cw_span note;
    struct cw_span error; /* empty when the value can be used */
};

struct cw_ofac_table {
    struct cw_arena *arena;
    struct cw_ofac_profile *profiles;
    size_t profiles_count;
    size_t profiles_cap;
    bool is_sealed;
    struct cw_ofac_feature *features;
    struct cw_ofac_feature *features_last;
    struct cw_ofac_feature *complaints;
    struct cw_ofac_feature *complaints_last;
};

CW_NODISCARD enum cw_status cw_ofac_table_init(struct cw_ofac_table *table, struct cw_error *err);
void cw_ofac_table_clear(struct cw_ofac_table *table);

/** Begins a profile; it is the current one until the next.
 *  Returns: CW_OK; CW_LIMIT past CW_FEED_ENTRIES_MAX; CW_NOMEM. */
CW_NODISCARD enum cw_status cw_ofac_table_begin(struct cw_ofac_table *table, uint64_t profile_id,
                                                uint64_t party_id, struct cw_error *err);
struct cw_ofac_profile *cw_ofac_table_current(struct cw_ofac_table *table);
/** The current profile is listed from here on. */
CW_NODISCARD enum cw_status cw_ofac_table_list(struct cw_ofac_table *table, struct cw_error *err);
/** Adds a copy of a feature (listed not NULL) or of a complaint, texts included. */
CW_NODISCARD enum cw_status cw_ofac_table_add(struct cw_ofac_table *table,
                                              const struct cw_ofac_feature *feature,
                                              struct cw_error *err);
/** All profiles are known: sorts them. CW_UNTRUSTED when an id stands twice. */
CW_NODISCARD enum cw_status cw_ofac_table_seal(struct cw_ofac_table *table, struct cw_error *err);
/** NULL when the document has no such profile. */
struct cw_ofac_profile *cw_ofac_table_find(const struct cw_ofac_table *table, uint64_t profile_id);

CW_NODISCARD enum cw_status cw_ofac_add_program(struct cw_ofac_table *table,
                                                struct cw_ofac_listed *listed, struct cw_span code,
                                                struct cw_error *err);
CW_NODISCARD enum cw_status cw_ofac_add_relation(struct cw_ofac_table *table,
                                                 struct cw_ofac_listed *listed, struct cw_span type,
                                                 uint64_t party_id, struct cw_error *err);

#endif
