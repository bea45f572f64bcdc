#include "address/codec.h"

#include "base/text.h"
#include "crypto/base64.h"

/* TON: raw "workchain:hash", or 36 bytes in base64 with flags and a CRC-16 (TEP-2). */

enum {
    FRIENDLY_LENGTH = 48,
    FRIENDLY_BYTES = 36,
    PAYLOAD_BYTES = 36, /* workchain in four bytes, then the hash */
    TAG_BOUNCEABLE = 0x11,
    TAG_NON_BOUNCEABLE = 0x51,
    TAG_TEST = 0x80,
};

static enum cw_address_error add(int workchain, const uint8_t hash[static 32],
                                 struct cw_found *found, struct cw_address *address)
{
    uint8_t payload[PAYLOAD_BYTES];
    memset(payload, workchain < 0 ? 0xff : 0, 4);
    memcpy(payload + 4, hash, 32);
    found->chain = CW_CHAIN_TON;
    found->kind = CW_KIND_ACCOUNT;
    found->payload = cw_span_make(payload, sizeof(payload));
    const enum cw_address_error why = cw_found_add(address, found);
    found->payload = CW_SPAN(""); /* it was copied, and ours ends here */
    return why;
}

static enum cw_address_error read_raw(struct cw_span text, size_t colon, struct cw_address *address)
{
    uint8_t hash[32];
    const struct cw_span chain = cw_span_slice(text, 0, colon);
    const bool is_minus = cw_span_starts_with(chain, CW_SPAN("-"));
    const struct cw_span digits = cw_span_slice(chain, is_minus ? 1 : 0, chain.len);
    if (!cw_hex_decode(cw_span_slice(text, colon + 1, text.len), hash, sizeof(hash)) ||
        !cw_is_decimal(digits) || digits.len > 11) {
        return CW_ADDRESS_LENGTH;
    }
    if (!cw_span_is(chain, "0") && !cw_span_is(chain, "-1")) {
        return CW_ADDRESS_RANGE;
    }
    struct cw_found found = {.encoding = CW_ENCODING_TON_RAW, .checksum = CW_CHECKSUM_NONE};
    return add(is_minus ? -1 : 0, hash, &found, address);
}

static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (cw_ascii_is_digit(c)) {
        return c - '0' + 52;
    }
    if (c == '+' || c == '-') {
        return 62;
    }
    return c == '/' || c == '_' ? 63 : -1;
}

/* Either alphabet, never both in one text. 48 characters are 36 bytes without left-over bits. */
static enum cw_address_error decode_friendly(struct cw_span text,
                                             uint8_t ret[static FRIENDLY_BYTES])
{
    bool is_standard = false;
    bool is_url = false;
    uint32_t pending = 0;
    for (size_t i = 0; i < FRIENDLY_LENGTH; i++) {
        const char c = text.data[i];
        const int value = base64_value(c);
        if (value < 0) {
            return CW_ADDRESS_CHARSET;
        }
        is_standard |= c == '+' || c == '/';
        is_url |= c == '-' || c == '_';
        pending = pending << 6 | (uint32_t)value;
        if (i % 4 == 3) {
            ret[i / 4 * 3] = (uint8_t)(pending >> 16 & 0xffu);
            ret[i / 4 * 3 + 1] = (uint8_t)(pending >> 8 & 0xffu);
            ret[i / 4 * 3 + 2] = (uint8_t)(pending & 0xffu);
            pending = 0;
        }
    }
    return is_standard && is_url ? CW_ADDRESS_CHARSET : CW_ADDRESS_OK;
}

static enum cw_address_error read_friendly(struct cw_span text, struct cw_address *address)
{
    uint8_t bytes[FRIENDLY_BYTES];
    const enum cw_address_error why = decode_friendly(text, bytes);
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    const unsigned crc = (unsigned)bytes[34] << 8 | bytes[35];
    if (cw_crc16_xmodem(cw_span_make(bytes, 34)) != crc) {
        return CW_ADDRESS_CHECKSUM;
    }
    const unsigned tag = bytes[0] & (TAG_TEST - 1u);
    if (tag != TAG_BOUNCEABLE && tag != TAG_NON_BOUNCEABLE) {
        return CW_ADDRESS_VERSION;
    }
    if (bytes[1] != 0 && bytes[1] != 0xff) {
        return CW_ADDRESS_RANGE;
    }
    struct cw_found found = {
        .encoding = CW_ENCODING_TON_FRIENDLY,
        .flags = tag == TAG_BOUNCEABLE ? CW_FLAG_BOUNCEABLE : CW_FLAG_NON_BOUNCEABLE,
    };
    found.flags |= (bytes[0] & TAG_TEST) != 0 ? CW_FLAG_TESTNET : 0u;
    return add(bytes[1] == 0 ? 0 : -1, bytes + 2, &found, address);
}

enum cw_address_error cw_read_ton(struct cw_reader *reader, CW_UNUSED const struct cw_tag *as,
                                  struct cw_address *address)
{
    const struct cw_span text = reader->text;
    const size_t colon = cw_span_find(text, ':', 0);
    if (colon < text.len) {
        return read_raw(text, colon, address);
    }
    return text.len == FRIENDLY_LENGTH ? read_friendly(text, address) : CW_ADDRESS_LENGTH;
}

void cw_text_ton(const struct cw_address *address, const struct cw_reading *reading,
                 struct cw_writer *out)
{
    const struct cw_span payload = cw_reading_payload(address, reading);
    CW_ASSERT(payload.len == PAYLOAD_BYTES);
    cw_write_str(out, payload.data[0] == 0 ? "0:" : "-1:");
    cw_write_hex(out, cw_span_slice(payload, 4, payload.len));
}

void cw_write_ton_friendly(struct cw_writer *out, enum cw_ton_form form, bool is_url,
                           struct cw_span payload)
{
    uint8_t bytes[FRIENDLY_BYTES];
    CW_ASSERT(payload.len == PAYLOAD_BYTES);
    bytes[0] = (uint8_t)form;
    memcpy(bytes + 1, payload.data + 3, 33); /* the workchain in one byte, the hash */
    const unsigned crc = cw_crc16_xmodem(cw_span_make(bytes, FRIENDLY_BYTES - 2));
    bytes[FRIENDLY_BYTES - 2] = (uint8_t)(crc >> 8);
    bytes[FRIENDLY_BYTES - 1] = (uint8_t)(crc & 0xffu);
    CW_ASSERT(out->max - out->len > FRIENDLY_LENGTH);
    out->len += cw_base64_encode_to(is_url ? CW_BASE64_URL : CW_BASE64_STANDARD,
                                    cw_span_make(bytes, sizeof(bytes)), out->data + out->len,
                                    out->max - out->len);
}
