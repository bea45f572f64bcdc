/* passphrase_private.h: the inside of a passphrase; for this folder alone. */
#ifndef CW_CRYPTO_PASSPHRASE_PRIVATE_H
#define CW_CRYPTO_PASSPHRASE_PRIVATE_H

#include "crypto/sealed_key.h"

struct cw_passphrase {
    size_t len;
    char bytes[CW_PASSPHRASE_BYTES_MAX];
};

#endif
