/* holder.h: what a struct cryptowatch_address holds. Private to src/lib/.
 *
 * The mark says that `value` is a decoded address, so that an accessor called after a failed parse
 * answers "nothing" and not with old or random bytes.
 */
#ifndef CW_LIB_HOLDER_H
#define CW_LIB_HOLDER_H

#include "address/address.h"
#include "base/status.h"
#include "cryptowatch.h"

struct cw_holder {
    uint64_t mark;
    struct cw_address value;
};

#define CW_HOLDER_MARK 0x6377616464723031u /* "cwaddr01" */

/** NULL for an empty address. */
static inline const struct cw_address *cw_held_address(const struct cryptowatch_address *address)
{
    CW_ASSERT(address != NULL);
    const struct cw_holder *holder = (const struct cw_holder *)(const void *)address;
    return holder->mark == CW_HOLDER_MARK ? &holder->value : NULL;
}

#endif
