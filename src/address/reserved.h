/* reserved.h: addresses that nobody holds: zero and burn addresses, precompiled contracts, native
 * programs, system accounts.
 *
 * Everybody may send to them, so a list entry on one says nothing about a party: it is reported as
 * suspicious and never alerts by itself, and such a key is related to nothing but its own
 * spellings: the zero hash of one coin is not the owner of the zero hash of another. Knows the rows
 * of reserved.def and the rules below. Pure.
 */
#ifndef CW_ADDRESS_RESERVED_H
#define CW_ADDRESS_RESERVED_H

#include "address/address.h"

struct cw_reserved {
    const char *what;   /* for people: "the Solana incinerator"; static */
    const char *source; /* where it is published; static */
};

/** Says whether a key is reserved.
 *  Returns: what it is, static; NULL for an ordinary address. An address with several readings is
 *           reserved when one of them is, whatever a label says: the text is the same. */
const struct cw_reserved *cw_address_reserved(const struct cw_address *address);

/** The same for a canonical key as text, `chain:kind:hex`. NULL also for what is no such text. */
const struct cw_reserved *cw_reserved_find(struct cw_span canonical);

#endif
