/* base58.h: the number a base58 text writes, and bytes from its middle. Private to src/screen/.
 *
 * A text of one coin and that of another differ in version and checksum only as bytes, never as
 * characters. No checksum is verified here: the filter's answer decides whether a decode is worth
 * its time.
 */
#ifndef CW_SCREEN_BASE58_H
#define CW_SCREEN_BASE58_H

#include "address/alphabet.h"
#include "index/spelled.h"

enum { SCREEN_BASE58_MAX = 50 /* characters: 58^50 < 2^294 */, SCREEN_NUMBER_LIMBS = 6 };

struct screen_number {
    uint64_t limbs[SCREEN_NUMBER_LIMBS]; /* lowest first; the last is zero */
};

/** False when a character is no digit. In: len at most SCREEN_BASE58_MAX */
bool cw_screen_base58(const struct cw_alphabet *alphabet, const char *text, size_t len,
                      struct screen_number *ret);
/** `len` bytes above the lowest `behind` bytes of the number, highest first. */
void cw_screen_number_bytes(const struct screen_number *number, size_t behind, uint8_t *ret,
                            size_t len);
/** Hash of `len` bytes (20 or 32) above the lowest `behind` bytes of the number. */
uint64_t cw_screen_number_hash(const struct screen_number *number, size_t behind, size_t len);

#endif
