#include "address/curve.h"

#include <stddef.h>
#include <string.h>

/* Numbers modulo p = 2^255 - 19 in five limbs of 51 bits. Limbs may grow a little past 51 bits
 * between reductions; a product of two such limbs fits 128 bits with room for five sums. */

typedef unsigned int wide __attribute__((mode(TI))); /* 128 bits */

struct field {
    uint64_t limb[5];
};

static const uint64_t LIMB_MASK = ((uint64_t)1 << 51) - 1;

static struct field carry(struct field a)
{
    for (size_t i = 0; i < 5; i++) {
        const uint64_t over = a.limb[i] >> 51;
        a.limb[i] &= LIMB_MASK;
        a.limb[(i + 1) % 5] += i == 4 ? over * 19 : over;
    }
    return a;
}

static struct field multiply(struct field a, struct field b)
{
    struct field product;
    wide sums[5] = {0};
    for (size_t i = 0; i < 5; i++) {
        for (size_t j = 0; j < 5; j++) {
            /* A limb above the top counts 19 times at the bottom: 2^255 = 19. */
            const uint64_t factor = i + j >= 5 ? b.limb[j] * 19 : b.limb[j];
            sums[(i + j) % 5] += (wide)a.limb[i] * factor;
        }
    }
    for (size_t i = 0; i < 4; i++) {
        sums[i + 1] += sums[i] >> 51;
        product.limb[i] = (uint64_t)sums[i] & LIMB_MASK;
    }
    product.limb[4] = (uint64_t)sums[4] & LIMB_MASK;
    product.limb[0] += (uint64_t)(sums[4] >> 51) * 19;
    return carry(product);
}

static struct field square_times(struct field a, unsigned times)
{
    while (times-- > 0) {
        a = multiply(a, a);
    }
    return a;
}

static struct field load(const uint8_t bytes[static 32])
{
    struct field a = {{0}};
    for (size_t bit = 0; bit < 255; bit++) {
        const uint64_t set = (uint64_t)bytes[bit / 8] >> bit % 8 & 1u;
        a.limb[bit / 51] |= set << bit % 51;
    }
    return a;
}

/* a - 1, without going below zero: p is added first. */
static struct field minus_one(struct field a)
{
    a.limb[0] += LIMB_MASK - 18 - 1;
    for (size_t i = 1; i < 5; i++) {
        a.limb[i] += LIMB_MASK;
    }
    return carry(a);
}

/* The one representative below p, as bytes compare: only 0 and 1 are asked for. */
static bool equals_small(struct field a, uint64_t small)
{
    a = carry(carry(a));
    /* Add 19 and see whether 2^255 is passed: then a was p or more. */
    uint64_t over = (a.limb[0] + 19) >> 51;
    for (size_t i = 1; i < 5; i++) {
        over = (a.limb[i] + over) >> 51;
    }
    a.limb[0] += 19 * over;
    for (size_t i = 0; i < 4; i++) {
        a.limb[i + 1] += a.limb[i] >> 51;
        a.limb[i] &= LIMB_MASK;
    }
    a.limb[4] &= LIMB_MASK;
    return a.limb[0] == small && (a.limb[1] | a.limb[2] | a.limb[3] | a.limb[4]) == 0;
}

/* a^((p-1)/2) = a^(2^254 - 10): 1 for a square, 0 for 0. (2^250 - 1) * 16 + 6 = 2^254 - 10. */
static struct field euler(struct field a)
{
    const struct field a2 = multiply(a, a);
    const struct field a3 = multiply(a2, a);
    const struct field e4 = multiply(square_times(a3, 2), a3);      /* 2^4 - 1 */
    const struct field e5 = multiply(square_times(e4, 1), a);       /* 2^5 - 1 */
    const struct field e10 = multiply(square_times(e5, 5), e5);     /* 2^10 - 1 */
    const struct field e20 = multiply(square_times(e10, 10), e10);  /* 2^20 - 1 */
    const struct field e40 = multiply(square_times(e20, 20), e20);  /* 2^40 - 1 */
    const struct field e50 = multiply(square_times(e40, 10), e10);  /* 2^50 - 1 */
    const struct field e100 = multiply(square_times(e50, 50), e50); /* 2^100 - 1 */
    const struct field e200 = multiply(square_times(e100, 100), e100);
    const struct field e250 = multiply(square_times(e200, 50), e50); /* 2^250 - 1 */
    const struct field a6 = multiply(a3, a3);
    return multiply(square_times(e250, 4), a6);
}

bool cw_is_on_ed25519(const uint8_t y[static 32])
{
    /* d = -121665/121666 modulo p, little-endian. */
    static const uint8_t d_bytes[32] = {
        0xa3, 0x78, 0x59, 0x13, 0xca, 0x4d, 0xeb, 0x75, 0xab, 0xd8, 0x41,
        0x41, 0x4d, 0x0a, 0x70, 0x00, 0x98, 0xe8, 0x79, 0x77, 0x79, 0x40,
        0xc7, 0x8c, 0x73, 0xfe, 0x6f, 0x2b, 0xee, 0x6c, 0x03, 0x52,
    };
    const struct field height = load(y);
    const struct field square = multiply(height, height);
    const struct field numerator = minus_one(square);
    struct field denominator = multiply(load(d_bytes), square);
    denominator.limb[0] += 1;
    /* n/d is a square exactly when n*d is. */
    const struct field power = euler(multiply(numerator, carry(denominator)));
    return equals_small(power, 1) || equals_small(power, 0);
}
