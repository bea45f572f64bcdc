#include "screen/base58.h"

#include "base/status.h"

__extension__ typedef unsigned __int128 wide;

/* number * factor + addend */
static void step(struct screen_number *number, uint64_t factor, uint64_t addend)
{
    uint64_t carry = addend;
    for (size_t i = 0; i < SCREEN_NUMBER_LIMBS; i++) {
        const wide product = (wide)number->limbs[i] * factor + carry;
        number->limbs[i] = (uint64_t)product;
        carry = (uint64_t)(product >> 64);
    }
}

bool cw_screen_base58(const struct cw_alphabet *alphabet, const char *text, size_t len,
                      struct screen_number *ret)
{
    enum { GROUP = 10 }; /* 58^10 < 2^64 */
    CW_ASSERT(len <= SCREEN_BASE58_MAX);
    memset(ret, 0, sizeof(*ret));
    for (size_t at = 0; at < len;) {
        const size_t end = at + GROUP < len ? at + GROUP : len;
        uint64_t factor = 1;
        uint64_t group = 0;
        for (; at < end; at++) {
            const int value = cw_digit_value(alphabet, text[at]);
            if (value < 0) {
                return false;
            }
            group = group * 58 + (uint64_t)value;
            factor *= 58;
        }
        step(ret, factor, group);
    }
    return true;
}

uint64_t cw_screen_number_hash(const struct screen_number *number, size_t behind, size_t len)
{
    uint8_t bytes[32];
    CW_ASSERT(len <= sizeof(bytes));
    CW_ASSERT(behind + len <= sizeof(number->limbs));
    for (size_t i = 0; i < len; i++) {
        const size_t at = behind + len - 1 - i;
        bytes[i] = (uint8_t)(number->limbs[at / 8] >> 8 * (at % 8) & 0xffu);
    }
    return cw_spelled_bytes_hash(bytes, len);
}
