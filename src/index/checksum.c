#include "index/checksum.h"

static const uint64_t prime_1 = 0x9e3779b185ebca87u;
static const uint64_t prime_2 = 0xc2b2ae3d27d4eb4fu;
static const uint64_t prime_3 = 0x165667b19e3779f9u;
static const uint64_t prime_4 = 0x85ebca77c2b2ae63u;
static const uint64_t prime_5 = 0x27d4eb2f165667c5u;

enum { STRIPE_BYTES = 32 };

static uint64_t rotate(uint64_t value, unsigned by)
{
    return value << by | value >> (64 - by);
}

/* Little-endian, whatever the machine; the compiler makes one load of it. */
static uint64_t read_number(const uint8_t *at, size_t bytes)
{
    uint64_t value = 0;
    for (size_t i = bytes; i-- > 0;) {
        value = value << 8 | at[i];
    }
    return value;
}

static uint64_t load64(const uint8_t *at)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    uint64_t value;
    memcpy(&value, at, sizeof(value));
    return value;
#else
    return read_number(at, 8);
#endif
}

static uint64_t round_of(uint64_t lane, uint64_t input)
{
    return rotate(lane + input * prime_2, 31) * prime_1;
}

static uint64_t merge(uint64_t sum, uint64_t lane)
{
    return (sum ^ round_of(0, lane)) * prime_1 + prime_4;
}

static uint64_t take_stripes(const uint8_t **at, size_t *left, uint64_t seed)
{
    uint64_t a = seed + prime_1 + prime_2;
    uint64_t b = seed + prime_2;
    uint64_t c = seed;
    uint64_t d = seed - prime_1;
    for (; *left >= STRIPE_BYTES; *at += STRIPE_BYTES, *left -= STRIPE_BYTES) {
        a = round_of(a, load64(*at));
        b = round_of(b, load64(*at + 8));
        c = round_of(c, load64(*at + 16));
        d = round_of(d, load64(*at + 24));
    }
    const uint64_t sum = rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18);
    return merge(merge(merge(merge(sum, a), b), c), d);
}

uint64_t cw_checksum(struct cw_span data, uint64_t seed)
{
    const uint8_t *at = (const uint8_t *)data.data;
    size_t left = data.len;
    uint64_t sum = left >= STRIPE_BYTES ? take_stripes(&at, &left, seed) : seed + prime_5;
    sum += data.len;
    for (; left >= 8; at += 8, left -= 8) {
        sum = rotate(sum ^ round_of(0, load64(at)), 27) * prime_1 + prime_4;
    }
    if (left >= 4) {
        sum = rotate(sum ^ read_number(at, 4) * prime_1, 23) * prime_2 + prime_3;
        at += 4;
        left -= 4;
    }
    for (; left > 0; at++, left--) {
        sum = rotate(sum ^ *at * prime_5, 11) * prime_1;
    }
    sum = (sum ^ sum >> 33) * prime_2;
    sum = (sum ^ sum >> 29) * prime_3;
    return sum ^ sum >> 32;
}
