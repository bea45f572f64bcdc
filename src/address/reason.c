#include "address/reason.h"

#include <stdio.h>

#include "address/parse.h"

enum {
    EVM_DIGITS = 40,
    HASH_DIGITS = 64,
    NUMBER_DIGITS_MAX = 20,
    BASE58_LENGTH_MIN = 26, /* of 25 bytes: version, hash of 20, checksum */
    BASE58_LENGTH_MAX = 35,
};

/* ---- what the text looks like ---- */

static bool has_foreign_letter(struct cw_span text)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.data[i] > 126) {
            return true;
        }
    }
    return false;
}

static bool is_number(struct cw_span text)
{
    return cw_is_decimal(text) && text.len <= NUMBER_DIGITS_MAX;
}

static bool is_base58(struct cw_span text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (cw_digit_value(&cw_alphabet_base58, text.data[i]) < 0) {
            return false;
        }
    }
    return text.len >= BASE58_LENGTH_MIN && text.len <= BASE58_LENGTH_MAX;
}

/* The shape of a base58 address of Bitcoin or TRON, and not one capital letter in it. */
static bool is_folded_base58(struct cw_span text)
{
    size_t letters = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.data[i];
        if (!cw_ascii_is_digit(c) && !(c >= 'a' && c <= 'z')) {
            return false;
        }
        letters += cw_ascii_is_digit(c) ? 0 : 1;
    }
    const bool has_head = text.len > 0 && strchr("13t", text.data[0]) != NULL;
    return has_head && letters > 8 && text.len >= BASE58_LENGTH_MIN &&
           text.len <= BASE58_LENGTH_MAX && !cw_is_hex(text);
}

/* Digits behind 0x; 0 when there is anything else. */
static size_t hex_digits(struct cw_span text)
{
    const struct cw_span digits = cw_span_slice(text, 2, text.len);
    return cw_starts_with_nocase(text, "0x") && cw_is_hex(digits) ? digits.len : 0;
}

/* ---- several words ---- */

struct words {
    size_t count;
    size_t addresses;
};

static bool is_gap(char c)
{
    return cw_is_space(c) || c == ',' || c == ';';
}

static struct words count_words(struct cw_span text, struct cw_span tag)
{
    struct words words = {.count = 0};
    struct cw_address address;
    for (size_t at = 0; at < text.len && words.count < CW_REASON_WORDS_MAX;) {
        size_t end = at;
        while (end < text.len && !is_gap(text.data[end])) {
            end++;
        }
        if (end > at) {
            const struct cw_span word = cw_span_slice(text, at, end);
            words.count++;
            words.addresses +=
                word.len >= BASE58_LENGTH_MIN &&
                        cw_address_parse(word, tag, CW_ADDRESS_LIST, &address) == CW_ADDRESS_OK
                    ? 1
                    : 0;
        }
        at = end + 1;
    }
    return words;
}

static const char *words_reason(struct cw_span text, struct cw_span tag)
{
    const struct words words = count_words(text, tag);
    if (words.addresses > 1) {
        return "it holds more than one address: each needs an entry of its own";
    }
    if (words.addresses == 1) {
        return "other words stand beside an address";
    }
    return words.count > 1 ? "these are words and no address" : NULL;
}

/* ---- the sentence ---- */

static const char *shape_reason(struct cw_span text, enum cw_address_error why)
{
    if (is_number(text)) {
        return "it is a number, such as a customer's at an exchange, and no address";
    }
    if (text.len == HASH_DIGITS && cw_is_hex(text)) {
        return "64 hex digits are a payment id, a transaction or a key, not an address of this "
               "chain";
    }
    if (is_folded_base58(text)) {
        return "all letters are lower case: this address lost its letter case, and with it its "
               "meaning";
    }
    if (why == CW_ADDRESS_CHARSET && has_foreign_letter(text)) {
        return "a character is not of the Latin alphabet, though it may look so";
    }
    if (why == CW_ADDRESS_UNKNOWN && is_base58(text)) {
        return "it has the form of an address, and its checksum is wrong";
    }
    return NULL;
}

void cw_address_reason(struct cw_span text, struct cw_span tag, enum cw_address_error why,
                       char ret[static CW_ADDRESS_REASON_BYTES])
{
    const char *reason = NULL;
    const size_t digits = hex_digits(text);
    if (why == CW_ADDRESS_OK || why == CW_ADDRESS_SECRET || text.len > CW_ADDRESS_FIELD_MAX) {
        (void)snprintf(ret, CW_ADDRESS_REASON_BYTES, "%s", cw_address_error_text(why));
        return;
    }
    if (digits > 0 && digits != EVM_DIGITS && digits < HASH_DIGITS) {
        (void)snprintf(ret, CW_ADDRESS_REASON_BYTES,
                       "it has %zu hex digits behind 0x, and an address has 40", digits);
        return;
    }
    reason = why == CW_ADDRESS_WHITESPACE ? words_reason(text, tag) : shape_reason(text, why);
    (void)snprintf(ret, CW_ADDRESS_REASON_BYTES, "%s",
                   reason != NULL ? reason : cw_address_error_text(why));
}
