#include "address/codec.h"

#include "crypto/hash.h"

/* Zilliqa: bech32, or 0x with one of two letter case checksums when a tag says so. */

enum { DIGITS = 40, ACCOUNT_BYTES = 20 };

/* Letter i is upper case if bit 255-6i of SHA-256 over the account is set. */
static bool has_own_case(struct cw_span digits, const uint8_t account[static ACCOUNT_BYTES])
{
    uint8_t hash[CW_SHA256_BYTES];
    cw_sha256(cw_span_make(account, ACCOUNT_BYTES), hash);
    for (size_t i = 0; i < digits.len; i++) {
        const char c = digits.data[i];
        const bool is_set = ((unsigned)hash[6 * i / 8] >> (7 - 6 * i % 8) & 1u) != 0;
        if (cw_ascii_is_alpha(c) && is_set != (c <= 'F')) {
            return false;
        }
    }
    return true;
}

static enum cw_address_error read_hex(struct cw_reader *reader, struct cw_span digits,
                                      struct cw_address *address)
{
    uint8_t account[ACCOUNT_BYTES] = {0};
    struct cw_found found = {
        .chain = CW_CHAIN_ZILLIQA,
        .kind = CW_KIND_ACCOUNT,
        .encoding = CW_ENCODING_HEX,
        .flags = CW_FLAG_HEX,
        .payload = cw_span_make(account, sizeof(account)),
    };
    const enum cw_address_error why =
        cw_evm_digits(digits, CW_ADDRESS_LIST, NULL, account, &found.checksum);
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    if (found.checksum == CW_CHECKSUM_BAD && has_own_case(digits, account)) {
        found.checksum = CW_CHECKSUM_OK;
    }
    if (found.checksum == CW_CHECKSUM_BAD && reader->mode == CW_ADDRESS_STRICT) {
        return CW_ADDRESS_CHECKSUM;
    }
    return cw_found_add(address, &found);
}

enum cw_address_error cw_read_zilliqa(struct cw_reader *reader, const struct cw_tag *as,
                                      struct cw_address *address)
{
    const struct cw_span text = reader->text;
    if (as == NULL) {
        return CW_ADDRESS_PREFIX; /* bech32 was looked up with all rows */
    }
    if (cw_is_bech32_text(text, as)) {
        return cw_read_bech32_rows(reader, as, address);
    }
    if (cw_span_starts_with(text, CW_SPAN("0x"))) {
        return read_hex(reader, cw_span_slice(text, 2, text.len), address);
    }
    return cw_is_lenient(reader, as) && text.len == DIGITS ? read_hex(reader, text, address)
                                                           : CW_ADDRESS_PREFIX;
}

void cw_text_zilliqa(const struct cw_address *address, const struct cw_reading *reading,
                     struct cw_writer *out)
{
    cw_text_coin(address, reading, out);
}
