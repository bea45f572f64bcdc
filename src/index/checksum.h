/* checksum.h: XXH64, to tell a damaged block from a whole one.
 *
 * Fast (8 bytes a multiplication), 64 bits, seeded. Refuses to be a proof: whoever can write the
 * file can write its sums. Source: the XXH64 specification, xxhash_spec.md version 0.1.1.
 */
#ifndef CW_INDEX_CHECKSUM_H
#define CW_INDEX_CHECKSUM_H

#include "base/span.h"

uint64_t cw_checksum(struct cw_span data, uint64_t seed);

#endif
