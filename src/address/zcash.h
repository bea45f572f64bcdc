/* zcash.h: the items of a unified address, for its text and for its link keys. */
#ifndef CW_ADDRESS_ZCASH_H
#define CW_ADDRESS_ZCASH_H

#include "address/address.h"

enum { CW_ZCASH_P2PKH = 0, CW_ZCASH_P2SH = 1, CW_ZCASH_SAPLING = 2, CW_ZCASH_ORCHARD = 3 };

struct cw_zcash_item {
    uint64_t type;
    struct cw_span value;
};

/** Reads the item at *at and advances; LENGTH or PADDING when the list is damaged. */
enum cw_address_error cw_zcash_item_next(struct cw_span items, size_t *at,
                                         struct cw_zcash_item *ret);

#endif
