/* curve.h: whether 32 bytes are a point of Ed25519.
 *
 * Information only: an address off the curve has no key (it belongs to a program) and is as valid
 * as any. libsodium's test also wants the prime-order subgroup, which is another question. Public
 * bytes, so nothing here is constant time.
 */
#ifndef CW_ADDRESS_CURVE_H
#define CW_ADDRESS_CURVE_H

#include <stdbool.h>
#include <stdint.h>

/** Whether y (little-endian, top bit ignored) is the height of a point: x^2 = (y^2-1)/(d*y^2+1) has
 *  a solution modulo 2^255-19. Source: RFC 8032 section 5.1.3. */
bool cw_is_on_ed25519(const uint8_t y[static 32]);

#endif
