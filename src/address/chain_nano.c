#include "address/codec.h"

#include "crypto/hash.h"

/* Nano and Banano: a key in 52 digits of five bits and 40 bits of reversed BLAKE2b. */

enum { KEY_BYTES = 32, KEY_DIGITS = 52, SUM_BYTES = 5, SUM_DIGITS = 8 };

static const struct {
    const char *prefix;
    enum cw_chain_id chain;
} prefixes[] = {
    {"nano_", CW_CHAIN_NANO},
    {"xrb_", CW_CHAIN_NANO},
    {"ban_", CW_CHAIN_BANANO},
};

/* Right-aligned groups: four zero bits stand in front of the key, none in front of the sum. */
static void write_digits(struct cw_writer *out, struct cw_span bytes, size_t count)
{
    uint32_t pending = 0;
    size_t bits = 5 * count - 8 * bytes.len;
    for (size_t i = 0; i < bytes.len; i++) {
        pending = (pending << 8 | cw_byte_at(bytes, i)) & 0xfffffu;
        for (bits += 8; bits >= 5; bits -= 5) {
            cw_write_char(out, cw_alphabet_nano.letters[pending >> (bits - 5) & 31u]);
        }
    }
}

static void write_sum(struct cw_writer *out, struct cw_span key)
{
    uint8_t sum[SUM_BYTES];
    uint8_t reversed[SUM_BYTES];
    cw_blake2b(key, NULL, sum, sizeof(sum));
    for (size_t i = 0; i < sizeof(sum); i++) {
        reversed[i] = sum[sizeof(sum) - 1 - i];
    }
    write_digits(out, cw_span_make(reversed, sizeof(reversed)), SUM_DIGITS);
}

static enum cw_address_error read_key(struct cw_span digits, uint8_t ret[static KEY_BYTES])
{
    uint32_t pending = 0;
    unsigned bits = 0;
    size_t len = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (cw_digit_value(&cw_alphabet_nano, digits.data[i]) < 0) {
            return CW_ADDRESS_CHARSET;
        }
    }
    if (cw_digit_value(&cw_alphabet_nano, digits.data[0]) > 1) {
        return CW_ADDRESS_PADDING;
    }
    for (size_t i = 0; i < KEY_DIGITS; i++) {
        const int value = cw_digit_value(&cw_alphabet_nano, digits.data[i]);
        pending = (pending << 5 | (uint32_t)value) & 0xffffu;
        bits += i == 0 ? 1 : 5;
        if (bits >= 8) {
            bits -= 8;
            ret[len++] = (uint8_t)(pending >> bits & 0xffu);
        }
    }
    CW_ASSERT(len == KEY_BYTES);
    return CW_ADDRESS_OK;
}

static enum cw_address_error read_digits(struct cw_span digits, enum cw_chain_id chain,
                                         struct cw_address *address)
{
    uint8_t key[KEY_BYTES];
    char sum[SUM_DIGITS];
    struct cw_writer written = {.data = sum, .max = sizeof(sum)};
    if (digits.len != KEY_DIGITS + SUM_DIGITS) {
        return CW_ADDRESS_LENGTH;
    }
    const enum cw_address_error why = read_key(digits, key);
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    write_sum(&written, cw_span_make(key, sizeof(key)));
    if (memcmp(sum, digits.data + KEY_DIGITS, sizeof(sum)) != 0) {
        return CW_ADDRESS_CHECKSUM;
    }
    return cw_found_add(address, &(struct cw_found){
                                     .chain = chain,
                                     .kind = CW_KIND_ACCOUNT,
                                     .encoding = CW_ENCODING_NANO,
                                     .payload = cw_span_make(key, sizeof(key)),
                                 });
}

enum cw_address_error cw_read_nano(struct cw_reader *reader, CW_UNUSED const struct cw_tag *as,
                                   struct cw_address *address)
{
    const struct cw_span text = reader->text;
    for (size_t i = 0; i < CW_COUNT(prefixes); i++) {
        const struct cw_span prefix = cw_span_cstr(prefixes[i].prefix);
        if (cw_span_starts_with(text, prefix)) {
            return read_digits(cw_span_slice(text, prefix.len, text.len), prefixes[i].chain,
                               address);
        }
    }
    return CW_ADDRESS_PREFIX;
}

void cw_text_nano(const struct cw_address *address, const struct cw_reading *reading,
                  struct cw_writer *out)
{
    const struct cw_span key = cw_reading_payload(address, reading);
    cw_write_str(out, reading->chain == CW_CHAIN_NANO ? "nano_" : "ban_");
    write_digits(out, key, KEY_DIGITS);
    write_sum(out, key);
}
