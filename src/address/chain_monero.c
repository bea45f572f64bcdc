#include "address/codec.h"

#include "crypto/hash.h"

/* Monero: two keys, and for integrated addresses a payment id, in blockwise base58. */

enum {
    BLOCK_BYTES = 8,
    BLOCK_DIGITS = 11,
    SUM_BYTES = 4,
    KEYS_BYTES = 64,
    PAYMENT_ID_BYTES = 8,
    PLAIN_DIGITS = 95,
    INTEGRATED_DIGITS = 106,
    BYTES_MAX = 1 + KEYS_BYTES + PAYMENT_ID_BYTES + SUM_BYTES,
};

/* Digits of a block of so many bytes. */
static const uint8_t block_digits[BLOCK_BYTES + 1] = {0, 2, 3, 5, 6, 7, 9, 10, BLOCK_DIGITS};

static const struct network {
    uint8_t byte;
    enum cw_chain_id chain;
    enum cw_kind kind;
    bool is_integrated;
} networks[] = {
    {18, CW_CHAIN_MONERO, CW_KIND_STANDARD, false},
    {19, CW_CHAIN_MONERO, CW_KIND_STANDARD, true},
    {42, CW_CHAIN_MONERO, CW_KIND_SUBADDRESS, false},
    {53, CW_CHAIN_MONERO_TEST, CW_KIND_STANDARD, false},
    {54, CW_CHAIN_MONERO_TEST, CW_KIND_STANDARD, true},
    {63, CW_CHAIN_MONERO_TEST, CW_KIND_SUBADDRESS, false},
    {24, CW_CHAIN_MONERO_STAGE, CW_KIND_STANDARD, false},
    {25, CW_CHAIN_MONERO_STAGE, CW_KIND_STANDARD, true},
    {36, CW_CHAIN_MONERO_STAGE, CW_KIND_SUBADDRESS, false},
};

static enum cw_address_error decode_block(struct cw_span digits, size_t bytes, uint8_t *ret)
{
    uint64_t value = 0;
    for (size_t i = 0; i < digits.len; i++) {
        const int digit = cw_digit_value(&cw_alphabet_base58, digits.data[i]);
        if (digit < 0) {
            return CW_ADDRESS_CHARSET;
        }
        if (__builtin_mul_overflow(value, 58u, &value) ||
            __builtin_add_overflow(value, (uint64_t)digit, &value)) {
            return CW_ADDRESS_RANGE;
        }
    }
    if (bytes < BLOCK_BYTES && value >> 8 * bytes != 0) {
        return CW_ADDRESS_RANGE;
    }
    for (size_t i = 0; i < bytes; i++) {
        ret[i] = (uint8_t)(value >> 8 * (bytes - 1 - i) & 0xffu);
    }
    return CW_ADDRESS_OK;
}

static enum cw_address_error decode(struct cw_span text, uint8_t ret[static BYTES_MAX],
                                    size_t *ret_len)
{
    size_t len = 0;
    for (size_t at = 0; at < text.len; at += BLOCK_DIGITS) {
        const struct cw_span block = cw_span_slice(text, at, at + BLOCK_DIGITS);
        size_t bytes = BLOCK_BYTES;
        while (bytes > 0 && block_digits[bytes] != block.len) {
            bytes--;
        }
        if (bytes == 0 || bytes > BYTES_MAX - len) {
            return CW_ADDRESS_LENGTH;
        }
        const enum cw_address_error why = decode_block(block, bytes, ret + len);
        if (why != CW_ADDRESS_OK) {
            return why;
        }
        len += bytes;
    }
    *ret_len = len;
    return CW_ADDRESS_OK;
}

static uint64_t payment_id(const uint8_t *bytes)
{
    uint64_t value = 0;
    for (size_t i = 0; i < PAYMENT_ID_BYTES; i++) {
        value = value << 8 | bytes[i];
    }
    return value;
}

static enum cw_address_error add(const uint8_t *bytes, size_t len, struct cw_address *address)
{
    for (size_t i = 0; i < CW_COUNT(networks); i++) {
        const struct network *network = &networks[i];
        if (network->byte != bytes[0]) {
            continue;
        }
        const size_t want = 1 + KEYS_BYTES + (network->is_integrated ? PAYMENT_ID_BYTES : 0);
        if (len != want) {
            return CW_ADDRESS_LENGTH;
        }
        struct cw_found found = {
            .chain = network->chain,
            .kind = network->kind,
            .encoding = CW_ENCODING_CRYPTONOTE,
            .payload = cw_span_make(bytes + 1, KEYS_BYTES),
        };
        if (network->is_integrated) {
            found.aux_kind = CW_AUX_HEX;
            found.aux = payment_id(bytes + 1 + KEYS_BYTES);
        }
        return cw_found_add(address, &found);
    }
    return CW_ADDRESS_VERSION;
}

enum cw_address_error cw_read_monero(struct cw_reader *reader, CW_UNUSED const struct cw_tag *as,
                                     struct cw_address *address)
{
    const struct cw_span text = reader->text;
    uint8_t bytes[BYTES_MAX];
    uint8_t sum[CW_KECCAK256_BYTES];
    size_t len = 0;
    if (text.len != PLAIN_DIGITS && text.len != INTEGRATED_DIGITS) {
        /* 64 hex digits are a payment id, a key or a transaction, and no address. */
        return text.len == 64 && cw_is_hex(text) ? CW_ADDRESS_UNSUPPORTED : CW_ADDRESS_LENGTH;
    }
    const enum cw_address_error why = decode(text, bytes, &len);
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    CW_ASSERT(len > SUM_BYTES);
    len -= SUM_BYTES;
    cw_keccak256(cw_span_make(bytes, len), sum);
    return memcmp(sum, bytes + len, SUM_BYTES) == 0 ? add(bytes, len, address)
                                                    : CW_ADDRESS_CHECKSUM;
}

static void write_block(struct cw_writer *out, const uint8_t *bytes, size_t len)
{
    char digits[BLOCK_DIGITS];
    uint64_t value = 0;
    for (size_t i = 0; i < len; i++) {
        value = value << 8 | bytes[i];
    }
    for (size_t i = block_digits[len]; i > 0; i--) {
        digits[i - 1] = cw_alphabet_base58.letters[value % 58];
        value /= 58;
    }
    cw_write_span(out, cw_span_make(digits, block_digits[len]));
}

void cw_text_monero(const struct cw_address *address, const struct cw_reading *reading,
                    struct cw_writer *out)
{
    uint8_t bytes[BYTES_MAX] = {0};
    uint8_t sum[CW_KECCAK256_BYTES];
    const struct cw_span keys = cw_reading_payload(address, reading);
    const size_t len = 1 + KEYS_BYTES;
    for (size_t i = 0; i < CW_COUNT(networks); i++) {
        if (networks[i].chain == reading->chain && networks[i].kind == reading->kind &&
            !networks[i].is_integrated) {
            bytes[0] = networks[i].byte;
        }
    }
    CW_ASSERT(keys.len == KEYS_BYTES);
    memcpy(bytes + 1, keys.data, keys.len);
    cw_keccak256(cw_span_make(bytes, len), sum);
    memcpy(bytes + len, sum, SUM_BYTES);
    for (size_t at = 0; at < len + SUM_BYTES; at += BLOCK_BYTES) {
        const size_t rest = len + SUM_BYTES - at;
        write_block(out, bytes + at, rest < BLOCK_BYTES ? rest : BLOCK_BYTES);
    }
}
