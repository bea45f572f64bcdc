#include "address/codec.h"

/* Conflux (CIP-37): the CashAddr code in an alphabet of its own, with an optional type in the
 * middle that must fit the first digit of the account. */

enum { ACCOUNT_BYTES = 20, NETWORK_DIGITS_MAX = 10 };

struct parts {
    struct cw_span prefix;
    struct cw_span type; /* without "type."; empty when not given */
    struct cw_span body;
};

static bool is_type(struct cw_span text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] != '.' && (text.data[i] < 'a' || text.data[i] > 'z')) {
            return false;
        }
    }
    return text.len > 0;
}

static bool split(struct cw_span text, struct parts *ret)
{
    const size_t first = cw_span_find(text, ':', 0);
    if (first == text.len) {
        return false;
    }
    ret->prefix = cw_span_slice(text, 0, first);
    ret->body = cw_span_slice(text, first + 1, text.len);
    ret->type = (struct cw_span){NULL, 0};
    const size_t second = cw_span_find(ret->body, ':', 0);
    if (second == ret->body.len) {
        return true;
    }
    const struct cw_span middle = cw_span_slice(ret->body, 0, second);
    ret->body = cw_span_slice(ret->body, second + 1, ret->body.len);
    ret->type = cw_span_slice(middle, 5, middle.len);
    return cw_span_starts_with(middle, CW_SPAN("type.")) && is_type(ret->type) &&
           cw_span_find(ret->body, ':', 0) == ret->body.len;
}

/* "cfx", "cfxtest" or "net<id>"; the two named networks have no numbered prefix. */
static bool is_prefix(struct cw_span prefix)
{
    const struct cw_span digits = cw_span_slice(prefix, 3, prefix.len);
    if (cw_span_is(prefix, "cfx") || cw_span_is(prefix, "cfxtest")) {
        return true;
    }
    return cw_span_starts_with(prefix, CW_SPAN("net")) && cw_is_decimal(digits) &&
           digits.data[0] != '0' && digits.len <= NETWORK_DIGITS_MAX &&
           !cw_span_is(digits, "1029") && !cw_span_is(digits, "1");
}

static const char *type_of(const uint8_t account[static ACCOUNT_BYTES])
{
    static const uint8_t null[ACCOUNT_BYTES] = {0};
    if (memcmp(account, null, sizeof(null)) == 0) {
        return "null";
    }
    switch (account[0] >> 4) {
    case 0:
        return "builtin";
    case 1:
        return "user";
    case 8:
        return "contract";
    default:
        return "unknown";
    }
}

static enum cw_address_error read_lower(struct cw_span text, struct cw_address *address)
{
    struct parts parts;
    struct cw_bytes data;
    if (!split(text, &parts) || !is_prefix(parts.prefix)) {
        return CW_ADDRESS_PREFIX;
    }
    const enum cw_address_error why =
        cw_cashaddr_decode(&cw_alphabet_conflux, parts.prefix, parts.body, &data);
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    if (data.len == 0 || data.data[0] != 0) {
        return CW_ADDRESS_VERSION;
    }
    if (data.len != 1 + ACCOUNT_BYTES) {
        return CW_ADDRESS_LENGTH;
    }
    if (parts.type.len > 0 && !cw_span_is(parts.type, type_of(data.data + 1))) {
        return CW_ADDRESS_VERSION;
    }
    const bool is_main = cw_span_is(parts.prefix, "cfx");
    return cw_found_add(address, &(struct cw_found){
                                     .chain = is_main ? CW_CHAIN_CONFLUX : CW_CHAIN_CONFLUX_TEST,
                                     .kind = CW_KIND_ACCOUNT,
                                     .encoding = CW_ENCODING_CIP37,
                                     .payload = cw_span_make(data.data + 1, ACCOUNT_BYTES),
                                 });
}

enum cw_address_error cw_read_conflux(struct cw_reader *reader, CW_UNUSED const struct cw_tag *as,
                                      struct cw_address *address)
{
    char lower[CW_ADDRESS_TEXT_MAX];
    const struct cw_span text = reader->text;
    CW_ASSERT(text.len <= sizeof(lower));
    if (!cw_is_one_case(text)) {
        return CW_ADDRESS_CASE;
    }
    for (size_t i = 0; i < text.len; i++) {
        lower[i] = cw_ascii_lower(text.data[i]);
    }
    return read_lower(cw_span_make(lower, text.len), address);
}

void cw_text_conflux(const struct cw_address *address, const struct cw_reading *reading,
                     struct cw_writer *out)
{
    uint8_t data[1 + ACCOUNT_BYTES] = {0};
    const struct cw_span account = cw_reading_payload(address, reading);
    CW_ASSERT(account.len == ACCOUNT_BYTES);
    memcpy(data + 1, account.data, account.len);
    cw_cashaddr_encode(out, &cw_alphabet_conflux,
                       reading->chain == CW_CHAIN_CONFLUX ? "cfx" : "cfxtest",
                       cw_span_make(data, sizeof(data)));
}
