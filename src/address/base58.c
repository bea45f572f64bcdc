#include "address/bits.h"

#include "base/status.h"
#include "crypto/hash.h"

enum { CHECKSUM_BYTES = 4, CHUNK_VALUES = 58 * 58 * 58 * 58 * 58 };

/* Both directions work on limbs of 32 bits, least significant first, and on five digits at a time:
 * 58^5 is the largest power that fits a limb, so a step is one 64-bit product. */
enum { CHUNK_DIGITS = 5, LIMB_BYTES = 4, LIMBS_MAX = CW_ADDRESS_BASE58_MAX / LIMB_BYTES };

struct number {
    size_t count; /* limbs in use; the uppermost is not zero */
    uint32_t limbs[LIMBS_MAX];
};

/* number = number * factor + addend */
static void multiply_add(struct number *number, uint32_t factor, uint32_t addend)
{
    uint64_t carry = addend;
    for (size_t i = 0; i < number->count; i++) {
        carry += (uint64_t)number->limbs[i] * factor;
        number->limbs[i] = (uint32_t)(carry & 0xffffffffu);
        carry >>= 32;
    }
    if (carry > 0) {
        CW_ASSERT(number->count < LIMBS_MAX);
        number->limbs[number->count++] = (uint32_t)carry;
    }
}

/* number = number / divisor; returns what is left */
static uint32_t divide(struct number *number, uint32_t divisor)
{
    uint64_t rest = 0;
    for (size_t i = number->count; i > 0; i--) {
        rest = rest << 32 | number->limbs[i - 1];
        number->limbs[i - 1] = (uint32_t)(rest / divisor);
        rest %= divisor;
    }
    while (number->count > 0 && number->limbs[number->count - 1] == 0) {
        number->count--;
    }
    return (uint32_t)rest;
}

/* Bytes of the uppermost limb without leading zeros, and of all below it. */
static size_t number_len(const struct number *number)
{
    size_t len = number->count * LIMB_BYTES;
    for (uint32_t top = 1u << 24; number->count > 0 && number->limbs[number->count - 1] < top;) {
        top >>= 8;
        len--;
    }
    return len;
}

/* The last `len` bytes of a number, most significant first. */
static void write_number(const struct number *number, size_t len, uint8_t *ret)
{
    const uint32_t *limb = number->limbs;
    for (; len >= LIMB_BYTES; len -= LIMB_BYTES, limb++) {
        ret[len - 1] = (uint8_t)(*limb & 0xffu);
        ret[len - 2] = (uint8_t)(*limb >> 8 & 0xffu);
        ret[len - 3] = (uint8_t)(*limb >> 16 & 0xffu);
        ret[len - 4] = (uint8_t)(*limb >> 24);
    }
    for (unsigned shift = 0; len > 0; len--, shift += 8) {
        ret[len - 1] = (uint8_t)(*limb >> shift & 0xffu);
    }
}

/* The value of a digit; `all` becomes negative when it is none. */
static inline uint32_t take_digit(const struct cw_alphabet *alphabet, char c, int *all)
{
    const int digit = cw_digit_value(alphabet, c);
    *all |= digit;
    return (uint32_t)digit;
}

/* Five digits as a number below 58^5. */
static inline uint32_t take_chunk(const struct cw_alphabet *alphabet, const char *at, int *all)
{
    const uint32_t upper = take_digit(alphabet, at[0], all) * 58 + take_digit(alphabet, at[1], all);
    const uint32_t lower = take_digit(alphabet, at[2], all) * 58 + take_digit(alphabet, at[3], all);
    return (upper * 58 * 58 + lower) * 58 + take_digit(alphabet, at[4], all);
}

/* The digits that make no full chunk come first, where the number is still short. */
static bool read_digits(const struct cw_alphabet *alphabet, struct cw_span digits,
                        struct number *ret)
{
    const char *at = digits.data;
    size_t left = digits.len;
    uint32_t first = 0;
    int all = 0; /* negative as soon as one digit is */
    for (; left % CHUNK_DIGITS != 0; left--, at++) {
        first = first * 58 + take_digit(alphabet, *at, &all);
    }
    ret->limbs[0] = first;
    ret->count = first > 0 ? 1 : 0;
    for (; left > 0 && all >= 0; left -= CHUNK_DIGITS, at += CHUNK_DIGITS) {
        multiply_add(ret, CHUNK_VALUES, take_chunk(alphabet, at, &all));
    }
    return all >= 0;
}

static size_t leading(struct cw_span text, char letter)
{
    size_t count = 0;
    while (count < text.len && text.data[count] == letter) {
        count++;
    }
    return count;
}

enum cw_address_error cw_base58_decode(const struct cw_alphabet *alphabet, struct cw_span text,
                                       struct cw_bytes *ret)
{
    static_assert(CW_ADDRESS_BASE58_MAX <= CW_ADDRESS_PAYLOAD_MAX, "a digit is less than a byte");
    struct number number = {.count = 0};
    if (text.len == 0) {
        return CW_ADDRESS_LENGTH;
    }
    if (text.len > CW_ADDRESS_BASE58_MAX) {
        return CW_ADDRESS_TOO_LONG;
    }
    const size_t zeros = leading(text, alphabet->letters[0]);
    if (!read_digits(alphabet, cw_span_slice(text, zeros, text.len), &number)) {
        return CW_ADDRESS_CHARSET;
    }
    const size_t len = number_len(&number);
    memset(ret->data, 0, zeros);
    write_number(&number, len, ret->data + zeros);
    ret->len = zeros + len;
    return CW_ADDRESS_OK;
}

void cw_base58_encode(struct cw_writer *out, const struct cw_alphabet *alphabet,
                      struct cw_span bytes)
{
    CW_UNSET char digits[2 * CW_ADDRESS_BASE58_MAX]; /* least significant first */
    struct number number = {.count = 0};
    size_t count = 0;
    CW_ASSERT(bytes.len <= CW_ADDRESS_BASE58_MAX);
    const size_t zeros = leading(bytes, '\0');
    for (size_t i = zeros; i < bytes.len; i++) {
        const size_t at = bytes.len - 1 - i; /* from the end: the weight of the byte */
        number.limbs[at / LIMB_BYTES] |= (uint32_t)cw_byte_at(bytes, i) << 8 * (at % LIMB_BYTES);
    }
    number.count = (bytes.len - zeros + LIMB_BYTES - 1) / LIMB_BYTES;
    while (number.count > 0) {
        uint32_t chunk = divide(&number, CHUNK_VALUES);
        for (int i = 0; i < CHUNK_DIGITS && (number.count > 0 || chunk > 0); i++) {
            digits[count++] = alphabet->letters[chunk % 58];
            chunk /= 58;
        }
    }
    for (size_t i = 0; i < zeros; i++) {
        cw_write_char(out, alphabet->letters[0]);
    }
    for (size_t i = count; i > 0; i--) {
        cw_write_char(out, digits[i - 1]);
    }
}

void cw_base58check_encode(struct cw_writer *out, const struct cw_alphabet *alphabet,
                           struct cw_span bytes)
{
    uint8_t joined[CW_ADDRESS_BASE58_MAX];
    uint8_t sum[CW_SHA256_BYTES];
    CW_ASSERT(bytes.len <= sizeof(joined) - CHECKSUM_BYTES);
    cw_sha256d(bytes, sum);
    memcpy(joined, bytes.data, bytes.len);
    memcpy(joined + bytes.len, sum, CHECKSUM_BYTES);
    cw_base58_encode(out, alphabet, cw_span_make(joined, bytes.len + CHECKSUM_BYTES));
}
