#include "address/bits.h"

#include "base/status.h"
#include "crypto/hash.h"

enum { CHECKSUM_BYTES = 4 };

/* bytes = bytes * base + digit, big-endian, growing at the front. */
static void multiply_add(uint8_t *bytes, size_t *len, uint32_t base, uint32_t digit)
{
    uint32_t carry = digit;
    for (size_t i = *len; i > 0; i--) {
        carry += bytes[i - 1] * base;
        bytes[i - 1] = (uint8_t)(carry & 0xffu);
        carry >>= 8;
    }
    if (carry > 0) {
        memmove(bytes + 1, bytes, *len);
        bytes[0] = (uint8_t)carry;
        *len += 1;
    }
}

enum cw_address_error cw_base58_decode(const struct cw_alphabet *alphabet, struct cw_span text,
                                       struct cw_bytes *ret)
{
    static_assert(CW_ADDRESS_BASE58_MAX <= CW_ADDRESS_PAYLOAD_MAX, "a digit is less than a byte");
    uint8_t number[CW_ADDRESS_BASE58_MAX];
    size_t len = 0;
    size_t zeros = 0;
    if (text.len == 0) {
        return CW_ADDRESS_LENGTH;
    }
    if (text.len > CW_ADDRESS_BASE58_MAX) {
        return CW_ADDRESS_TOO_LONG;
    }
    while (zeros < text.len && text.data[zeros] == alphabet->letters[0]) {
        zeros++;
    }
    for (size_t i = zeros; i < text.len; i++) {
        const int digit = cw_digit_value(alphabet, text.data[i]);
        if (digit < 0) {
            return CW_ADDRESS_CHARSET;
        }
        multiply_add(number, &len, 58, (uint32_t)digit);
    }
    memset(ret->data, 0, zeros);
    memcpy(ret->data + zeros, number, len);
    ret->len = zeros + len;
    return CW_ADDRESS_OK;
}

void cw_base58_encode(struct cw_writer *out, const struct cw_alphabet *alphabet,
                      struct cw_span bytes)
{
    uint8_t digits[CW_ADDRESS_PAYLOAD_MAX]; /* least significant first */
    size_t count = 0;
    size_t zeros = 0;
    CW_ASSERT(bytes.len <= CW_ADDRESS_BASE58_MAX);
    while (zeros < bytes.len && bytes.data[zeros] == 0) {
        zeros++;
    }
    for (size_t i = zeros; i < bytes.len; i++) {
        uint32_t carry = cw_byte_at(bytes, i);
        for (size_t j = 0; j < count; j++) {
            carry += (uint32_t)digits[j] << 8;
            digits[j] = (uint8_t)(carry % 58);
            carry /= 58;
        }
        for (; carry > 0; carry /= 58) {
            digits[count++] = (uint8_t)(carry % 58);
        }
    }
    for (size_t i = 0; i < zeros; i++) {
        cw_write_char(out, alphabet->letters[0]);
    }
    for (size_t i = count; i > 0; i--) {
        cw_write_char(out, alphabet->letters[digits[i - 1]]);
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
