#include "index/number58.h"

#include <assert.h>

#include "address/alphabet.h"
#include "base/status.h"

enum { LIMBS = CW_NUMBER58_BYTES / 4, FIVES = CW_NUMBER58_DIGITS / 5 };
static_assert(CW_NUMBER58_SUM_BYTES == 4, "the limb that is left out");

static void write_five(uint32_t five, char ret[static 5])
{
    for (size_t i = 5; i-- > 0;) {
        ret[i] = cw_alphabet_base58.letters[five % 58];
        five /= 58;
    }
}

/* The powers of 2^32 as numbers of base 58^5 are multiplied and added up: no division waits for the
 * one before it, but for the carries at the end. */
void cw_number58_write(struct cw_span bytes, struct cw_number58 *ret)
{
    enum { FIVE = 656356768 }; /* 58^5 */
    static const uint32_t powers[LIMBS][FIVES] = {
        {0, 78508, 646269101, 118408823, 91512303, 209184527, 413102373, 153715680},
        {0, 0, 11997, 486083817, 3737691, 294005210, 247894721, 289024608},
        {0, 0, 0, 1833, 324463681, 385795061, 551597588, 21339008},
        {0, 0, 0, 0, 280, 127692781, 389432875, 357132832},
        {0, 0, 0, 0, 0, 42, 537767569, 410450016},
        {0, 0, 0, 0, 0, 0, 6, 356826688},
    };
    uint8_t number[CW_NUMBER58_BYTES] = {0};
    uint64_t fives[FIVES] = {0}; /* six products of 32 and 30 bits fit */
    CW_ASSERT(bytes.len <= sizeof(number));
    memcpy(number + sizeof(number) - bytes.len, bytes.data, bytes.len);
    for (size_t i = 0; i < LIMBS; i++) {
        uint32_t limb = 0;
        memcpy(&limb, number + 4 * i, sizeof(limb));
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        limb = __builtin_bswap32(limb);
#endif
        for (size_t j = 0; j < FIVES; j++) {
            fives[j] += (uint64_t)limb * powers[i][j];
        }
    }
    for (size_t j = FIVES; j-- > 1;) {
        fives[j - 1] += fives[j] / FIVE;
        fives[j] %= FIVE;
    }
    for (size_t j = 0; j < FIVES; j++) {
        write_five((uint32_t)fives[j], ret->letters + 5 * j);
    }
    const uint64_t last_seven = fives[FIVES - 2] % (58ull * 58) * FIVE + fives[FIVES - 1];
    ret->has_carry = last_seven + UINT32_MAX >= (uint64_t)FIVE * 58 * 58;
    ret->start = 0;
    while (ret->start < CW_NUMBER58_DIGITS && ret->letters[ret->start] == '1') {
        ret->start++;
    }
}
