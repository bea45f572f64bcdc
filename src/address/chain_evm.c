#include "address/codec.h"

#include "base/text.h"
#include "crypto/hash.h"

/* Every Ethereum-like network: one space of 20-byte accounts with many spellings. */

enum { DIGITS = 40, ICAP_HEAD = 4 };

/* EIP-55 over `salt` and the lower-case digits; the salt is empty, or a chain id (ERC-1191). */
static void digits_checksum(struct cw_span salt, const char lower[static DIGITS],
                            char ret[static DIGITS])
{
    char hashed[8 + DIGITS];
    uint8_t hash[CW_KECCAK256_BYTES];
    CW_ASSERT(salt.len <= sizeof(hashed) - DIGITS);
    memcpy(hashed, salt.data, salt.len);
    memcpy(hashed + salt.len, lower, DIGITS);
    cw_keccak256(cw_span_make(hashed, salt.len + DIGITS), hash);
    for (size_t i = 0; i < DIGITS; i++) {
        const unsigned nibble = i % 2 == 0 ? hash[i / 2] >> 4 : hash[i / 2] & 15u;
        const bool is_letter = lower[i] >= 'a';
        ret[i] = (char)(is_letter && nibble >= 8 ? lower[i] - 'a' + 'A' : lower[i]);
    }
}

static bool has_checksum(struct cw_span digits, const char *network)
{
    static const char *const salts[] = {"", "300x", "310x"};
    const bool is_rootstock = network != NULL && cw_span_is(cw_span_cstr(network), "rootstock");
    const size_t count = is_rootstock ? CW_COUNT(salts) : 1;
    char lower[DIGITS];
    char good[DIGITS];
    for (size_t i = 0; i < DIGITS; i++) {
        lower[i] = cw_ascii_lower(digits.data[i]);
    }
    for (size_t i = 0; i < count; i++) {
        digits_checksum(cw_span_cstr(salts[i]), lower, good);
        if (memcmp(good, digits.data, DIGITS) == 0) {
            return true;
        }
    }
    return false;
}

enum cw_address_error cw_evm_digits(struct cw_span digits, enum cw_address_mode mode,
                                    const char *network, uint8_t ret[static 20],
                                    enum cw_checksum *ret_checksum)
{
    if (digits.len != DIGITS) {
        return CW_ADDRESS_LENGTH;
    }
    if (!cw_hex_decode(digits, ret, DIGITS / 2)) {
        return CW_ADDRESS_CHARSET;
    }
    *ret_checksum = CW_CHECKSUM_NONE;
    if (cw_is_one_case(digits)) {
        return CW_ADDRESS_OK;
    }
    if (has_checksum(digits, network)) {
        *ret_checksum = CW_CHECKSUM_OK;
        return CW_ADDRESS_OK;
    }
    /* In a list the digits are still unambiguous, and a dropped sanctioned address is worse than a
     * warning; in our own files it is a typing mistake. */
    *ret_checksum = CW_CHECKSUM_BAD;
    return mode == CW_ADDRESS_LIST ? CW_ADDRESS_OK : CW_ADDRESS_CHECKSUM;
}

static enum cw_address_error add_digits(struct cw_reader *reader, struct cw_span digits,
                                        const struct cw_found *about, struct cw_address *address)
{
    uint8_t account[20];
    struct cw_found found = *about;
    const enum cw_address_error why =
        cw_evm_digits(digits, reader->mode, found.network, account, &found.checksum);
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    found.chain = CW_CHAIN_EVM;
    found.kind = CW_KIND_ACCOUNT;
    found.payload = cw_span_make(account, sizeof(account));
    return cw_found_add(address, &found);
}

/* ---- ICAP (direct form) ---- */

static int base36_value(char c)
{
    if (cw_ascii_is_digit(c)) {
        return c - '0';
    }
    return c >= 'A' && c <= 'Z' ? c - 'A' + 10 : -1;
}

static bool is_icap(struct cw_span text)
{
    if ((text.len != ICAP_HEAD + 30 && text.len != ICAP_HEAD + 31) || text.data[0] != 'X' ||
        text.data[1] != 'E') {
        return false;
    }
    for (size_t i = 2; i < text.len; i++) {
        const bool is_good =
            i < ICAP_HEAD ? cw_ascii_is_digit(text.data[i]) : base36_value(text.data[i]) >= 0;
        if (!is_good) {
            return false;
        }
    }
    return true;
}

/* ISO 7064 mod 97-10 over the body and then the head; a letter counts as two digits. */
static unsigned icap_remainder(struct cw_span text)
{
    unsigned rest = 0;
    for (size_t i = 0; i < text.len; i++) {
        const unsigned value = (unsigned)base36_value(text.data[(i + ICAP_HEAD) % text.len]);
        rest = (value < 10 ? rest * 10 + value : rest * 100 + value) % 97;
    }
    return rest;
}

static enum cw_address_error read_icap(struct cw_span text, struct cw_address *address)
{
    uint8_t account[20] = {0};
    if (icap_remainder(text) != 1) {
        return CW_ADDRESS_CHECKSUM;
    }
    for (size_t i = ICAP_HEAD; i < text.len; i++) {
        uint32_t carry = (uint32_t)base36_value(text.data[i]);
        for (size_t j = sizeof(account); j > 0; j--) {
            carry += account[j - 1] * 36u;
            account[j - 1] = (uint8_t)(carry & 0xffu);
            carry >>= 8;
        }
        if (carry != 0) {
            return CW_ADDRESS_RANGE;
        }
    }
    return cw_found_add(address, &(struct cw_found){
                                     .chain = CW_CHAIN_EVM,
                                     .kind = CW_KIND_ACCOUNT,
                                     .encoding = CW_ENCODING_ICAP,
                                     .flags = CW_FLAG_ICAP,
                                     .network = "ethereum",
                                     .payload = cw_span_make(account, sizeof(account)),
                                 });
}

static char base36_letter(unsigned value)
{
    return (char)(value < 10 ? '0' + value : 'A' + (value - 10));
}

void cw_write_icap(struct cw_writer *out, struct cw_span account)
{
    char text[ICAP_HEAD + 31];
    uint8_t number[20];
    CW_ASSERT(account.len == sizeof(number));
    memcpy(number, account.data, sizeof(number));
    for (size_t i = sizeof(text); i > ICAP_HEAD; i--) {
        unsigned rest = 0;
        for (size_t j = 0; j < sizeof(number); j++) {
            rest = rest << 8 | number[j];
            number[j] = (uint8_t)(rest / 36);
            rest %= 36;
        }
        text[i - 1] = base36_letter(rest);
    }
    memcpy(text, "XE00", ICAP_HEAD);
    const size_t start = text[ICAP_HEAD] == '0' ? 1 : 0; /* 30 digits when they are enough */
    memmove(text + ICAP_HEAD, text + ICAP_HEAD + start, sizeof(text) - ICAP_HEAD - start);
    const struct cw_span whole = cw_span_make(text, sizeof(text) - start);
    const unsigned check = 98 - icap_remainder(whole);
    text[2] = (char)('0' + check / 10);
    text[3] = (char)('0' + check % 10);
    cw_write_span(out, whole);
}

/* ---- prefixes ---- */

static bool is_network(const struct cw_tag *as, const char *network)
{
    return as->network != NULL && cw_span_is(cw_span_cstr(as->network), network);
}

static bool has_hex_prefix(struct cw_span text)
{
    return cw_starts_with_nocase(text, "0x");
}

/* What a text proves without a tag: a prefix that nobody else has, and 40 digits. */
static enum cw_address_error read_shape(struct cw_reader *reader, struct cw_address *address)
{
    static const struct {
        const char *prefix;
        const char *network;
        enum cw_encoding encoding;
    } shapes[] = {
        {"0x", NULL, CW_ENCODING_HEX},
        {"0X", NULL, CW_ENCODING_HEX},
        {"xdc", "xdc", CW_ENCODING_XDC},
        {"ronin:", "ronin", CW_ENCODING_RONIN},
    };
    for (size_t i = 0; i < CW_COUNT(shapes); i++) {
        const struct cw_span prefix = cw_span_cstr(shapes[i].prefix);
        const struct cw_span digits = cw_span_slice(reader->text, prefix.len, reader->text.len);
        if (!cw_span_starts_with(reader->text, prefix) || digits.len != DIGITS) {
            continue;
        }
        const bool is_upper = prefix.data[1] == 'X';
        if (is_upper && reader->mode == CW_ADDRESS_STRICT) {
            return CW_ADDRESS_PREFIX;
        }
        return add_digits(reader, digits,
                          &(struct cw_found){
                              .encoding = shapes[i].encoding,
                              .network = shapes[i].network,
                              .flags = is_upper ? CW_FLAG_UPPER_PREFIX : 0,
                          },
                          address);
    }
    return CW_ADDRESS_PREFIX;
}

static enum cw_address_error read_hex(struct cw_reader *reader, const struct cw_tag *as,
                                      struct cw_address *address)
{
    const struct cw_span text = reader->text;
    struct cw_found found = {.encoding = CW_ENCODING_HEX, .network = as->network};
    struct cw_span digits = cw_span_slice(text, 2, text.len);
    if (!cw_span_starts_with(text, CW_SPAN("0x"))) {
        if (!cw_is_lenient(reader, as)) {
            return CW_ADDRESS_PREFIX;
        }
        if (cw_span_starts_with(text, CW_SPAN("0X"))) {
            found.flags = CW_FLAG_UPPER_PREFIX;
        } else if (text.len == DIGITS && cw_is_hex(text)) {
            found.flags = CW_FLAG_NOPREFIX;
            digits = text;
        } else {
            return CW_ADDRESS_PREFIX;
        }
    }
    return add_digits(reader, digits, &found, address);
}

enum cw_address_error cw_read_evm(struct cw_reader *reader, const struct cw_tag *as,
                                  struct cw_address *address)
{
    const struct cw_span text = reader->text;
    if (as == NULL) {
        return read_shape(reader, address);
    }
    const bool is_lenient = cw_is_lenient(reader, as);
    struct cw_found found = {.encoding = CW_ENCODING_XDC, .network = as->network};
    if (is_network(as, "xdc") && (cw_span_starts_with(text, CW_SPAN("xdc")) ||
                                  (is_lenient && cw_starts_with_nocase(text, "xdc")))) {
        return add_digits(reader, cw_span_slice(text, 3, text.len), &found, address);
    }
    if (is_network(as, "ronin") && cw_starts_with_nocase(text, "ronin:")) {
        struct cw_span digits = cw_span_slice(text, 6, text.len);
        if (is_lenient && has_hex_prefix(digits)) {
            digits = cw_span_slice(digits, 2, digits.len);
        }
        found.encoding = CW_ENCODING_RONIN;
        return add_digits(reader, digits, &found, address);
    }
    if (cw_is_bech32_text(text, as)) {
        return cw_read_bech32_rows(reader, as, address);
    }
    const bool may_be_icap = as->network == NULL || is_network(as, "ethereum");
    if (may_be_icap && is_icap(text)) {
        return read_icap(text, address);
    }
    return read_hex(reader, as, address);
}

void cw_text_evm(const struct cw_address *address, const struct cw_reading *reading,
                 struct cw_writer *out)
{
    char lower[2 * 20 + 1];
    char digits[DIGITS];
    const struct cw_span account = cw_reading_payload(address, reading);
    CW_ASSERT(account.len == 20);
    cw_hex_encode((const uint8_t *)account.data, account.len, lower);
    digits_checksum(CW_SPAN(""), lower, digits);
    cw_write_str(out, "0x");
    cw_write_span(out, cw_span_make(digits, sizeof(digits)));
}
