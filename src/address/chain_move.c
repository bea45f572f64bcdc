#include "address/codec.h"

#include "base/text.h"
#include "crypto/hash.h"

/* Accounts of 32 bytes in hexadecimal: Aptos, Sui, IOTA (Move) and Starknet. Leading zeros may be
 * left out, and nothing in them says which chain is meant. */

enum { DIGITS = 64, EVM_DIGITS = 40, ACCOUNT_BYTES = 32 };

/* 2^251 - 256, the first value a Starknet contract cannot have. */
static bool is_starknet_value(const uint8_t account[static ACCOUNT_BYTES])
{
    static const uint8_t limit[ACCOUNT_BYTES] = {
        0x07, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00,
    };
    return memcmp(account, limit, sizeof(limit)) < 0;
}

/* Letter case by Keccak-256 of the number without leading zero bytes, digit by digit. */
static bool has_starknet_case(struct cw_span digits, const uint8_t account[static ACCOUNT_BYTES])
{
    static const char lower[] = "0123456789abcdef";
    static const char upper[] = "0123456789ABCDEF";
    uint8_t hash[CW_KECCAK256_BYTES];
    size_t zeros = 0;
    while (zeros < ACCOUNT_BYTES - 1 && account[zeros] == 0) {
        zeros++;
    }
    cw_keccak256(cw_span_make(account + zeros, ACCOUNT_BYTES - zeros), hash);
    for (size_t i = 0; i < digits.len; i++) {
        const unsigned shift = i % 2 == 0 ? 4 : 0;
        const char *letters = ((unsigned)hash[i / 2] >> shift & 15u) >= 8 ? upper : lower;
        if (digits.data[i] != letters[(unsigned)account[i / 2] >> shift & 15u]) {
            return false;
        }
    }
    return digits.len == DIGITS;
}

static enum cw_address_error judge_starknet(struct cw_reader *reader, struct cw_span digits,
                                            const uint8_t account[static ACCOUNT_BYTES],
                                            enum cw_checksum *ret)
{
    if (!is_starknet_value(account)) {
        return CW_ADDRESS_RANGE;
    }
    if (cw_is_one_case(digits)) {
        return CW_ADDRESS_OK;
    }
    *ret = has_starknet_case(digits, account) ? CW_CHECKSUM_OK : CW_CHECKSUM_BAD;
    return *ret == CW_CHECKSUM_OK || reader->mode == CW_ADDRESS_LIST ? CW_ADDRESS_OK
                                                                     : CW_ADDRESS_CHECKSUM;
}

/* The digits behind 0x; a list may write 0X, or nothing in front of all 64. */
static bool take_prefix(struct cw_reader *reader, const struct cw_tag *as, struct cw_span *ret)
{
    const struct cw_span text = reader->text;
    const bool is_lenient = cw_is_lenient(reader, as);
    if (cw_span_starts_with(text, CW_SPAN("0x")) ||
        (is_lenient && cw_span_starts_with(text, CW_SPAN("0X")))) {
        *ret = cw_span_slice(text, 2, text.len);
        return true;
    }
    *ret = text;
    return is_lenient && text.len == DIGITS && cw_is_hex(text);
}

enum cw_address_error cw_read_move(struct cw_reader *reader, const struct cw_tag *as,
                                   struct cw_address *address)
{
    char full[DIGITS];
    uint8_t account[ACCOUNT_BYTES];
    struct cw_span digits;
    if (as == NULL || !take_prefix(reader, as, &digits)) {
        return CW_ADDRESS_PREFIX;
    }
    if (digits.len == 0 || digits.len > DIGITS) {
        return CW_ADDRESS_LENGTH;
    }
    memset(full, '0', sizeof(full));
    memcpy(full + sizeof(full) - digits.len, digits.data, digits.len);
    if (!cw_hex_decode(cw_span_make(full, sizeof(full)), account, sizeof(account))) {
        return CW_ADDRESS_CHARSET;
    }
    if (digits.len == EVM_DIGITS) {
        return CW_ADDRESS_AMBIGUOUS;
    }
    struct cw_found found = {
        .chain = as->chain,
        .kind = CW_KIND_ACCOUNT,
        .encoding = CW_ENCODING_HEX,
        .checksum = CW_CHECKSUM_NONE,
        .flags = digits.len < DIGITS ? CW_FLAG_SHORT : 0,
        .payload = cw_span_make(account, sizeof(account)),
    };
    enum cw_address_error why = CW_ADDRESS_OK;
    if (as->chain == CW_CHAIN_STARKNET) {
        why = judge_starknet(reader, digits, account, &found.checksum);
    }
    return why == CW_ADDRESS_OK ? cw_found_add(address, &found) : why;
}

void cw_text_move(const struct cw_address *address, const struct cw_reading *reading,
                  struct cw_writer *out)
{
    cw_write_str(out, "0x");
    cw_write_hex(out, cw_reading_payload(address, reading));
}
