#include "crypto/random.h"

#include <sodium.h>

static void fill_from_system(void *ctx, uint8_t *ret, size_t len)
{
    (void)ctx;
    randombytes_buf(ret, len);
}

struct cw_random cw_random_system(void)
{
    return (struct cw_random){.fill = fill_from_system, .ctx = NULL};
}
