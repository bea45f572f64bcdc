/* reason.h: why this very text is no address, said as a person would say it.
 *
 * A code names the rule that was broken (names.c); this names what the text is instead: a
 * customer's number, words, two addresses in one field, a text whose letter case was lost. Knows
 * what lists really hold in the place of addresses; refuses to guess an address from it. The
 * sentence never repeats the text, which may be a secret. Pure.
 */
#ifndef CW_ADDRESS_REASON_H
#define CW_ADDRESS_REASON_H

#include "address/address.h"

enum { CW_ADDRESS_REASON_BYTES = 128 };

/** Writes one sentence and a NUL.
 *  In:      text  what did not decode
 *           tag   what the list says beside it, or empty
 *           why   what cw_address_parse said about the two, in list mode
 *  Out:     ret   the telling sentence, or that of cw_address_error_text when there is no better
 *  Limits:  parses at most CW_REASON_WORDS_MAX words of the text */
void cw_address_reason(struct cw_span text, struct cw_span tag, enum cw_address_error why,
                       char ret[static CW_ADDRESS_REASON_BYTES]);

#endif
