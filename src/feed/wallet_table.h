/* wallet_table.h: what must be remembered of a list whose wallets, holders and orders stand in any
 * order (FollowTheMoney, STIX, MISP), until its end.
 *
 * Wallets are kept whole, of every sanction only who, what and when, and the names of those who may
 * hold a wallet. An identifier is kept as 16 bytes of BLAKE2b: two that collide are beyond an
 * attacker's reach. Refuses to know any format.
 *
 * Invariants: all of it lives in one arena of WALLETS_BYTES_MAX. Names and sanctions are sorted by
 * key once sealed; only then may they be found.
 */
#ifndef CW_FEED_WALLET_TABLE_H
#define CW_FEED_WALLET_TABLE_H

#include "base/arena.h"
#include "base/datetime.h"
#include "base/error.h"

struct cw_wallet_key {
    uint8_t bytes[16];
};

struct cw_wallet_sanction {
    struct cw_wallet_key of;        /* the entity it is on */
    uint32_t program;               /* index into programs; UINT32_MAX none */
    char from[CW_DATE_TEXT_BYTES];  /* "" unknown */
    char until[CW_DATE_TEXT_BYTES]; /* "" open */
};

struct cw_wallet_name {
    struct cw_wallet_key of;
    struct cw_span text;
};

/** One thing a wallet says, in order of the file. */
struct cw_wallet {
    struct cw_wallet *next;
    uint64_t line;
    struct cw_span id;
    struct cw_span holder; /* empty: nobody is named */
    struct cw_span value;
    struct cw_span tag;
    struct cw_span note;
    struct cw_span version; /* greater is later; empty where the format has none */
    struct cw_span error;   /* empty when the value is said to be an address */
};

struct cw_wallets {
    struct cw_arena *arena;
    struct cw_wallet *wallets;
    struct cw_wallet *last;
    struct cw_wallet_sanction *sanctions;
    size_t sanctions_count;
    size_t sanctions_cap;
    struct cw_wallet_name *names;
    size_t names_count;
    size_t names_cap;
    struct cw_span *programs; /* each once */
    uint16_t *programs_order; /* their indexes, in order of their texts */
    size_t programs_count;
    size_t programs_cap;
};

/** Whether it has ended by the day of reading; where that is empty, by the day of the document. A
 *  document that speaks of days to come ends nothing before they have come. */
static inline bool cw_wallet_has_ended(const struct cw_wallet_sanction *sanction,
                                       const char *published, struct cw_span day)
{
    const struct cw_span until = cw_span_cstr(sanction->until);
    return until.len > 0 &&
           cw_span_compare(until, day.len > 0 ? day : cw_span_cstr(published)) <= 0;
}

CW_NODISCARD enum cw_status cw_wallets_init(struct cw_wallets *table, struct cw_error *err);
void cw_wallets_clear(struct cw_wallets *table);

struct cw_wallet_key cw_wallet_key_of(struct cw_span id);
/** Adds a copy, texts included.
 *  Returns: CW_OK; CW_LIMIT past the arena; CW_NOMEM. */
CW_NODISCARD enum cw_status cw_wallet_add(struct cw_wallets *table, const struct cw_wallet *wallet,
                                          struct cw_error *err);
CW_NODISCARD enum cw_status cw_wallet_add_name(struct cw_wallets *table, struct cw_span id,
                                               struct cw_span text, struct cw_error *err);
/** program may be empty. */
CW_NODISCARD enum cw_status cw_wallet_add_sanction(struct cw_wallets *table,
                                                   const struct cw_wallet_sanction *sanction,
                                                   struct cw_span program, struct cw_error *err);
void cw_wallets_seal(struct cw_wallets *table);
/* To find is O(log n) in all names and sanctions, however many of them one entity has. */

/** The name of an entity; empty when it is not known. */
struct cw_span cw_wallet_find_name(const struct cw_wallets *table, struct cw_span id);
/** Of several names of an entity the one that sorts last; empty when there is none. */
struct cw_span cw_wallet_find_last_name(const struct cw_wallets *table, struct cw_span id);
/** The sanctions on an entity: the first of *ret_count in a row; NULL when there is none. */
const struct cw_wallet_sanction *cw_wallet_find_sanctions(const struct cw_wallets *table,
                                                          struct cw_span id, size_t *ret_count);

#endif
