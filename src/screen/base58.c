#include "screen/base58.h"

#include "base/status.h"

__extension__ typedef unsigned __int128 wide;

enum { GROUP = 10 /* digits of which a number fits a limb */ };
static const uint64_t GROUP_FACTOR = 430804206899405824u; /* 58^10 */

/* The number of up to ten digits. In: ret_wrong  negative as soon as one character is no digit */
static inline uint64_t read_group(const struct cw_alphabet *alphabet, const char *text, size_t len,
                                  int *ret_wrong)
{
    uint64_t group = 0;
    for (size_t i = 0; i < len; i++) {
        const int value = cw_digit_value(alphabet, text[i]);
        *ret_wrong |= value;
        group = group * 58 + (uint64_t)value;
    }
    return group;
}

/* number * 58^10 + addend, of a number of so many limbs and one more for what is carried. */
static inline void step(struct screen_number *number, size_t limbs, uint64_t addend)
{
    uint64_t carry = addend;
    for (size_t i = 0; i < limbs; i++) {
        const wide product = (wide)number->limbs[i] * GROUP_FACTOR + carry;
        number->limbs[i] = (uint64_t)product;
        carry = (uint64_t)(product >> 64);
    }
    number->limbs[limbs] = carry;
}

/* The first group is the short one, so that all others are of one length and need not wait for each
 * other's digits. */
bool cw_screen_base58(const struct cw_alphabet *alphabet, const char *text, size_t len,
                      struct screen_number *ret)
{
    int wrong = 0;
    CW_ASSERT(len <= SCREEN_BASE58_MAX);
    memset(ret, 0, sizeof(*ret));
    size_t at = len % GROUP;
    size_t limbs = at > 0 ? 1 : 0;
    ret->limbs[0] = read_group(alphabet, text, at, &wrong);
    for (; at < len; at += GROUP) {
        step(ret, limbs, read_group(alphabet, text + at, GROUP, &wrong));
        limbs++; /* a group has less than 64 bits: no limb is missing */
    }
    return wrong >= 0;
}

void cw_screen_number_bytes(const struct screen_number *number, size_t behind, uint8_t *ret,
                            size_t len)
{
    CW_ASSERT(behind + len <= sizeof(number->limbs));
    for (size_t i = 0; i < len; i++) {
        const size_t at = behind + len - 1 - i;
        ret[i] = (uint8_t)(number->limbs[at / 8] >> 8 * (at % 8) & 0xffu);
    }
}

/* Eight bytes of the number, from a place counted in bytes from its lowest. */
static uint64_t word_at(const struct screen_number *number, size_t at)
{
    const uint64_t low = number->limbs[at / 8] >> 8 * (at % 8);
    const uint64_t high = number->limbs[at / 8 + 1] << 1 << (63 - 8 * (at % 8));
    return low | high;
}

uint64_t cw_screen_number_hash(const struct screen_number *number, size_t behind, size_t len)
{
    const size_t end = behind + len; /* of the payload, whose first byte is the highest */
    CW_ASSERT(len == 20 || len == 32);
    CW_ASSERT(end <= sizeof(number->limbs) - sizeof(number->limbs[0]));
    return cw_spelled_halves_hash(__builtin_bswap64(word_at(number, end - 12)),
                                  __builtin_bswap64(word_at(number, end - 20)), len);
}
