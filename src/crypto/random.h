/* random.h: randomness as an input that a test can hold in its hand. */
#ifndef CW_CRYPTO_RANDOM_H
#define CW_CRYPTO_RANDOM_H

#include <stddef.h>
#include <stdint.h>

struct cw_random {
    void (*fill)(void *ctx, uint8_t *ret, size_t len);
    void *ctx;
};

/** The operating system's generator, through libsodium. */
struct cw_random cw_random_system(void);

static inline void cw_random_fill(const struct cw_random *random, uint8_t *ret, size_t len)
{
    random->fill(random->ctx, ret, len);
}

#endif
