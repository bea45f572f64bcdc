/* number58.h: version and payload of a base58check text as digits, without its checksum.
 *
 * Knows numbers of up to 24 bytes before four bytes of checksum, which are taken as zeros. Refuses
 * to know alphabets but Bitcoin's, and checksums. Private to src/index/.
 */
#ifndef CW_INDEX_NUMBER58_H
#define CW_INDEX_NUMBER58_H

#include "base/span.h"

enum { CW_NUMBER58_BYTES = 24, CW_NUMBER58_DIGITS = 40, CW_NUMBER58_SUM_BYTES = 4 };

/** The text, at the end of a line of ones, which are the zeros of base58. */
struct cw_number58 {
    char letters[CW_NUMBER58_DIGITS];
    size_t start;   /* of its first digit that is not zero */
    bool has_carry; /* a checksum of ones would change more than the last seven digits */
};

/** In: bytes  at most CW_NUMBER58_BYTES. Limits: some 400 instructions; no allocation. */
void cw_number58_write(struct cw_span bytes, struct cw_number58 *ret);

#endif
