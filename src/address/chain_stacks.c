#include "address/codec.h"

#include "crypto/hash.h"

/* Stacks: c32check, a number in base 32 behind "S" and a version digit. */

enum { HASH_BYTES = 20, SUM_BYTES = 4, BYTES = HASH_BYTES + SUM_BYTES, DIGITS_MAX = 40 };

static const struct version {
    uint8_t number;
    enum cw_chain_id chain;
    enum cw_kind kind;
} versions[] = {
    {22, CW_CHAIN_STACKS, CW_KIND_P2PKH},
    {20, CW_CHAIN_STACKS, CW_KIND_P2SH},
    {26, CW_CHAIN_STACKS_TEST, CW_KIND_P2PKH},
    {21, CW_CHAIN_STACKS_TEST, CW_KIND_P2SH},
};

/* First four bytes of the double SHA-256 over version and hash. */
static void put_sum(uint8_t version, const uint8_t hash[static HASH_BYTES],
                    uint8_t ret[static SUM_BYTES])
{
    uint8_t joined[1 + HASH_BYTES];
    uint8_t sum[CW_SHA256_BYTES];
    joined[0] = version;
    memcpy(joined + 1, hash, HASH_BYTES);
    cw_sha256d(cw_span_make(joined, sizeof(joined)), sum);
    memcpy(ret, sum, SUM_BYTES);
}

/* Digits to a number; as in base58 each leading zero digit stands for one zero byte. */
static enum cw_address_error decode(struct cw_span digits, uint8_t ret[static BYTES])
{
    uint8_t number[BYTES] = {0};
    size_t zeros = 0;
    while (zeros < digits.len && digits.data[zeros] == '0') {
        zeros++;
    }
    for (size_t i = 0; i < digits.len; i++) {
        const int value = cw_digit_value(&cw_alphabet_c32, digits.data[i]);
        if (value < 0) {
            return CW_ADDRESS_CHARSET;
        }
        uint32_t carry = (uint32_t)value;
        for (size_t j = BYTES; j > 0; j--) {
            carry |= (uint32_t)number[j - 1] << 5;
            number[j - 1] = (uint8_t)(carry & 0xffu);
            carry >>= 8;
        }
        if (carry != 0) {
            return CW_ADDRESS_LENGTH;
        }
    }
    size_t leading = 0;
    while (leading < BYTES && number[leading] == 0) {
        leading++;
    }
    memcpy(ret, number, BYTES);
    return leading == zeros ? CW_ADDRESS_OK : CW_ADDRESS_LENGTH;
}

static enum cw_address_error read_upper(struct cw_span text, struct cw_address *address)
{
    uint8_t bytes[BYTES];
    uint8_t sum[SUM_BYTES];
    if (text.len < 8 || text.data[0] != 'S') {
        return CW_ADDRESS_PREFIX;
    }
    const int version = cw_digit_value(&cw_alphabet_c32, text.data[1]);
    const enum cw_address_error why = decode(cw_span_slice(text, 2, text.len), bytes);
    if (why != CW_ADDRESS_OK || version < 0) {
        return why != CW_ADDRESS_OK ? why : CW_ADDRESS_CHARSET;
    }
    put_sum((uint8_t)version, bytes, sum);
    if (memcmp(sum, bytes + HASH_BYTES, SUM_BYTES) != 0) {
        return CW_ADDRESS_CHECKSUM;
    }
    for (size_t i = 0; i < CW_COUNT(versions); i++) {
        if (versions[i].number == version) {
            return cw_found_add(address, &(struct cw_found){
                                             .chain = versions[i].chain,
                                             .kind = versions[i].kind,
                                             .encoding = CW_ENCODING_C32CHECK,
                                             .payload = cw_span_make(bytes, HASH_BYTES),
                                         });
        }
    }
    return CW_ADDRESS_VERSION;
}

enum cw_address_error cw_read_stacks(struct cw_reader *reader, const struct cw_tag *as,
                                     struct cw_address *address)
{
    char upper[2 + DIGITS_MAX];
    const struct cw_span text = reader->text;
    if (text.len > sizeof(upper)) {
        return CW_ADDRESS_LENGTH;
    }
    if (!cw_is_lenient(reader, as)) {
        return read_upper(text, address);
    }
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.data[i];
        upper[i] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    }
    return read_upper(cw_span_make(upper, text.len), address);
}

/* Shortest digits of a number, and one zero digit for each leading zero byte. */
static void write_c32(struct cw_writer *out, const uint8_t bytes[static BYTES])
{
    char digits[DIGITS_MAX];
    size_t count = 0;
    size_t zeros = 0;
    while (zeros < BYTES && bytes[zeros] == 0) {
        zeros++;
        cw_write_char(out, '0');
    }
    uint32_t pending = 0;
    unsigned bits = 0;
    for (size_t i = BYTES; i > zeros; i--) {
        pending |= (uint32_t)bytes[i - 1] << bits;
        for (bits += 8; bits >= 5; bits -= 5) {
            digits[count++] = cw_alphabet_c32.letters[pending & 31u];
            pending >>= 5;
        }
    }
    if (bits > 0) {
        digits[count++] = cw_alphabet_c32.letters[pending & 31u];
    }
    while (count > 0 && digits[count - 1] == '0') {
        count--;
    }
    for (; count > 0; count--) {
        cw_write_char(out, digits[count - 1]);
    }
}

void cw_text_stacks(const struct cw_address *address, const struct cw_reading *reading,
                    struct cw_writer *out)
{
    const struct cw_span hash = cw_reading_payload(address, reading);
    uint8_t bytes[BYTES];
    uint8_t version = 0;
    for (size_t i = 0; i < CW_COUNT(versions); i++) {
        if (versions[i].chain == reading->chain && versions[i].kind == reading->kind) {
            version = versions[i].number;
        }
    }
    CW_ASSERT(hash.len == HASH_BYTES);
    CW_ASSERT(version != 0);
    memcpy(bytes, hash.data, HASH_BYTES);
    put_sum(version, bytes, bytes + HASH_BYTES);
    cw_write_char(out, 'S');
    cw_write_char(out, cw_alphabet_c32.letters[version]);
    write_c32(out, bytes);
}
