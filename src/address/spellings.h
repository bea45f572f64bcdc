/* spellings.h: every text that can be enumerated for a key and for its link keys.
 *
 * The inverse of reading: what to look for in a document that may write the key in any way. Each
 * text is made by encoding bytes, never by editing a text, and is announced with the relation that
 * cw_address_relation would find. Knows no lists. Pure: no allocation, no state.
 *
 *   static bool print(const struct cw_spelling *spelling, void *context) { …; return true; }
 *   cw_address_spellings(&address, print, NULL);
 *
 * Not enumerated: letter case of hex, bech32 and CashAddr (a reader folds it; the EVM has its two
 * usual cases); wrappings (links, URIs, CAIP-10); test networks, unless the asked address is on one
 * or the payload is all they differ in; and the texts that cw_address_spellings_open names.
 */
#ifndef CW_ADDRESS_SPELLINGS_H
#define CW_ADDRESS_SPELLINGS_H

#include "address/address.h"

enum { CW_SPELLINGS_MAX = 512 }; /* texts of one address; twice what the richest one has */

struct cw_spelling {
    struct cw_span text;       /* borrowed until the callback returns */
    const char *chain;         /* static; the chain it is an address of */
    const char *kind;          /* static */
    const char *encoding;      /* static */
    enum cw_relation relation; /* of this text to the asked address; never NONE or ENTITY */
};

/** Takes one spelling; false ends the enumeration. */
typedef bool cw_spelling_fn(const struct cw_spelling *spelling, void *context);

/** Calls fn for each spelling once: the text as it was asked, the other spellings of its own keys
 *  in order of its readings, then what its link keys can be written as, in order of chains.def.
 *  Each text comes with the first chain it was written for; cw_spelling_read reads it so again.
 *  In:      address  any decoded address
 *  Returns: how many texts were handed over
 *  Limits:  CW_SPELLINGS_MAX texts, one decode and one comparison each: about a millisecond
 *  Source:  addresses.md sections 7 and 10 */
size_t cw_address_spellings(const struct cw_address *address, cw_spelling_fn *fn, void *context);

/** Reads a text as the chain of its spelling: strictly, or as a list with that label.
 *  Returns: as cw_address_parse; ret is set only on CW_ADDRESS_OK */
enum cw_address_error cw_spelling_read(struct cw_span text, const char *chain,
                                       struct cw_address *ret);

/** Families of texts that mean the key too and cannot be enumerated, a bit each. */
enum cw_spellings_open {
    CW_OPEN_DESTINATION_TAG = 1 << 0, /* XRP X-addresses with a tag */
    CW_OPEN_MUXED_ID = 1 << 1,        /* Stellar M… */
    CW_OPEN_PAYMENT_ID = 1 << 2,      /* Monero integrated addresses */
    CW_OPEN_UNIFIED = 1 << 3,         /* Zcash unified addresses that hold it beside others */
    CW_OPEN_SS58_PREFIX = 1 << 4,     /* Substrate networks above 63 */
    CW_OPEN_STAKE = 1 << 5,           /* Cardano base addresses with another credential */
    CW_OPEN_SUBACCOUNT = 1 << 6,      /* Internet Computer accounts of a subaccount */
    CW_OPEN_SCRIPT = 1 << 7,          /* other scripts of the same key, Taproot among them */
};
enum { CW_SPELLINGS_OPEN = 8 };

/** Which of these an address has; bits of enum cw_spellings_open. */
uint32_t cw_address_spellings_open(const struct cw_address *address);
/** A sentence for people about one bit; static. */
const char *cw_spellings_open_text(enum cw_spellings_open open);

#endif
