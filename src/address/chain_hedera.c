#include "address/codec.h"

/* Hedera: three numbers with an optional checksum (HIP-15), or the EVM form of an account. */

enum { NUMBERS = 3, PAYLOAD_BYTES = 8 * NUMBERS, SUM_LETTERS = 5, LEDGERS = 3, ZEROS = 12 };

/* The checksum of "0.0.123" on a ledger, as HIP-15 defines it: weighted sums of the digits (a dot
 * is 10) and of the ledger id with six zero bytes behind it. */
static void hip15_sum(struct cw_span digits, unsigned ledger, char ret[static SUM_LETTERS])
{
    enum { P3 = 26 * 26 * 26, P5 = 26 * 26 * 26 * 26 * 26, WEIGHT = 31, MULTIPLIER = 1000003 };
    uint64_t even = 0;
    uint64_t odd = 0;
    uint64_t weighted = 0;
    uint64_t of_ledger = ledger;
    for (size_t i = 0; i < digits.len; i++) {
        const uint64_t d = digits.data[i] == '.' ? 10u : (uint64_t)(digits.data[i] - '0');
        weighted = (weighted * WEIGHT + d) % P3;
        *(i % 2 == 0 ? &even : &odd) += d;
    }
    for (int i = 0; i < 6; i++) {
        of_ledger = of_ledger * WEIGHT % P5;
    }
    uint64_t sum = digits.len % 5 * 11 + even % 11;
    sum = (sum * 11 + odd % 11) * P3 + weighted + of_ledger;
    sum = sum % P5 * MULTIPLIER % P5;
    for (size_t i = SUM_LETTERS; i > 0; i--) {
        ret[i - 1] = (char)('a' + sum % 26);
        sum /= 26;
    }
}

static enum cw_address_error read_numbers(struct cw_span text, uint8_t ret[static PAYLOAD_BYTES])
{
    struct cw_span rest = text;
    enum cw_address_error late = CW_ADDRESS_OK;
    for (size_t i = 0; i < NUMBERS; i++) {
        uint64_t number = 0;
        const size_t dot = cw_span_find(rest, '.', 0);
        const struct cw_span digits = cw_span_slice(rest, 0, dot);
        const bool is_last = i == NUMBERS - 1;
        if (!cw_is_decimal(digits) || is_last != (dot == rest.len)) {
            return CW_ADDRESS_CHARSET;
        }
        if (!cw_span_to_u64(digits, INT64_MAX, &number)) {
            const bool has_zero = digits.data[0] == '0' || digits.len > 19;
            late = has_zero ? CW_ADDRESS_CHARSET : CW_ADDRESS_RANGE;
        }
        for (size_t j = 0; j < 8; j++) {
            ret[8 * i + j] = (uint8_t)(number >> 8 * (7 - j) & 0xffu);
        }
        rest = cw_span_slice(rest, dot + 1, rest.len);
    }
    return late;
}

static enum cw_address_error read_entity(struct cw_span text, struct cw_address *address)
{
    uint8_t payload[PAYLOAD_BYTES] = {0};
    struct cw_found found = {
        .chain = CW_CHAIN_HEDERA,
        .kind = CW_KIND_ACCOUNT,
        .encoding = CW_ENCODING_ENTITY_ID,
        .checksum = CW_CHECKSUM_NONE,
        .payload = cw_span_make(payload, sizeof(payload)),
    };
    const size_t dash = cw_span_find(text, '-', 0);
    const struct cw_span numbers = cw_span_slice(text, 0, dash);
    const enum cw_address_error why = read_numbers(numbers, payload);
    if (why != CW_ADDRESS_OK || dash == text.len) {
        return why != CW_ADDRESS_OK ? why : cw_found_add(address, &found);
    }
    const struct cw_span written = cw_span_slice(text, dash + 1, text.len);
    for (size_t i = 0; i < written.len; i++) {
        if (written.data[i] < 'a' || written.data[i] > 'z') {
            return CW_ADDRESS_CHARSET;
        }
    }
    if (written.len != SUM_LETTERS) {
        return CW_ADDRESS_CHARSET;
    }
    for (unsigned ledger = 0; ledger < LEDGERS; ledger++) {
        char sum[SUM_LETTERS];
        hip15_sum(numbers, ledger, sum);
        if (memcmp(sum, written.data, sizeof(sum)) == 0) {
            found.checksum = CW_CHECKSUM_OK;
            found.flags = ledger == 0 ? 0 : CW_FLAG_TESTNET;
            return cw_found_add(address, &found);
        }
    }
    return CW_ADDRESS_CHECKSUM;
}

/* Twelve zero bytes in front: the number of an account; else an alias in the EVM's space. */
static enum cw_address_error read_hex(struct cw_reader *reader, struct cw_span digits,
                                      struct cw_address *address)
{
    static const uint8_t zeros[ZEROS] = {0};
    uint8_t account[20];
    uint8_t payload[PAYLOAD_BYTES] = {0};
    struct cw_found found = {.encoding = CW_ENCODING_HEX};
    const enum cw_address_error why =
        cw_evm_digits(digits, reader->mode, NULL, account, &found.checksum);
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    found.kind = CW_KIND_ACCOUNT;
    if (memcmp(account, zeros, sizeof(zeros)) != 0) {
        found.chain = CW_CHAIN_EVM;
        found.network = "hedera";
        found.payload = cw_span_make(account, sizeof(account));
        return cw_found_add(address, &found);
    }
    if (account[ZEROS] >= 0x80) {
        return CW_ADDRESS_RANGE;
    }
    memcpy(payload + 16, account + ZEROS, 8);
    found.chain = CW_CHAIN_HEDERA;
    found.flags = CW_FLAG_LONG_ZERO;
    found.payload = cw_span_make(payload, sizeof(payload));
    return cw_found_add(address, &found);
}

enum cw_address_error cw_read_hedera(struct cw_reader *reader, const struct cw_tag *as,
                                     struct cw_address *address)
{
    const struct cw_span text = reader->text;
    if (as == NULL) {
        return CW_ADDRESS_PREFIX;
    }
    if (cw_span_starts_with(text, CW_SPAN("0x"))) {
        return read_hex(reader, cw_span_slice(text, 2, text.len), address);
    }
    if (cw_is_lenient(reader, as) && text.len == 40 && cw_is_hex(text)) {
        return read_hex(reader, text, address);
    }
    return read_entity(text, address);
}

void cw_text_hedera(const struct cw_address *address, const struct cw_reading *reading,
                    struct cw_writer *out)
{
    const struct cw_span payload = cw_reading_payload(address, reading);
    CW_ASSERT(payload.len == PAYLOAD_BYTES);
    for (size_t i = 0; i < NUMBERS; i++) {
        uint64_t number = 0;
        for (size_t j = 0; j < 8; j++) {
            number = number << 8 | cw_byte_at(payload, 8 * i + j);
        }
        if (i > 0) {
            cw_write_char(out, '.');
        }
        cw_write_u64(out, number);
    }
}

void cw_write_hedera_sum(struct cw_writer *out, struct cw_span numbers)
{
    char sum[SUM_LETTERS];
    hip15_sum(numbers, 0, sum);
    cw_write_span(out, numbers);
    cw_write_char(out, '-');
    cw_write_span(out, cw_span_make(sum, sizeof(sum)));
}
