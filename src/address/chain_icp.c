#include "address/codec.h"
#include "address/icp.h"

#include "base/text.h"
#include "crypto/hash.h"

/* Internet Computer: principals, account identifiers and ICRC-1 accounts (principal and
 * subaccount). */

enum { CRC_BYTES = 4, GROUP = 5, CHECK_DIGITS = 7, PRINCIPAL_TEXT_MAX = 63 };

static void put_crc(struct cw_span bytes, uint8_t ret[static CRC_BYTES])
{
    const uint32_t crc = cw_crc32(bytes);
    for (unsigned i = 0; i < CRC_BYTES; i++) {
        ret[i] = (uint8_t)(crc >> 8 * (CRC_BYTES - 1 - i) & 0xffu);
    }
}

void cw_icp_account(struct cw_span principal, const uint8_t subaccount[static CW_ICP_SUBACCOUNT],
                    uint8_t ret[static CW_ICP_ACCOUNT])
{
    static const char context[] = "\x0a"
                                  "account-id";
    char joined[sizeof(context) - 1 + CW_ICP_PRINCIPAL_MAX + CW_ICP_SUBACCOUNT];
    size_t len = sizeof(context) - 1;
    CW_ASSERT(principal.len <= CW_ICP_PRINCIPAL_MAX);
    memcpy(joined, context, len);
    if (principal.len > 0) {
        memcpy(joined + len, principal.data, principal.len);
        len += principal.len;
    }
    memcpy(joined + len, subaccount, CW_ICP_SUBACCOUNT);
    cw_sha224(cw_span_make(joined, len + CW_ICP_SUBACCOUNT), ret + CRC_BYTES);
    put_crc(cw_span_make(ret + CRC_BYTES, CW_ICP_ACCOUNT - CRC_BYTES), ret);
}

/* CRC and bytes in base32, a dash after every five digits. */
static void write_principal(struct cw_writer *out, struct cw_span principal)
{
    uint8_t bytes[CRC_BYTES + CW_ICP_PRINCIPAL_MAX];
    char digits[PRINCIPAL_TEXT_MAX];
    struct cw_writer plain = {.data = digits, .max = sizeof(digits)};
    CW_ASSERT(principal.len <= CW_ICP_PRINCIPAL_MAX);
    put_crc(principal, bytes);
    if (principal.len > 0) {
        memcpy(bytes + CRC_BYTES, principal.data, principal.len);
    }
    cw_base32_encode(&plain, &cw_alphabet_base32_lower,
                     cw_span_make(bytes, CRC_BYTES + principal.len));
    for (size_t i = 0; i < plain.len; i++) {
        if (i > 0 && i % GROUP == 0) {
            cw_write_char(out, '-');
        }
        cw_write_char(out, digits[i]);
    }
}

static enum cw_address_error decode_principal(struct cw_span text, struct cw_bytes *ret)
{
    char digits[PRINCIPAL_TEXT_MAX];
    char again[PRINCIPAL_TEXT_MAX + 1];
    struct cw_writer written = {.data = again, .max = PRINCIPAL_TEXT_MAX};
    uint8_t crc[CRC_BYTES];
    size_t len = 0;
    if (text.len > PRINCIPAL_TEXT_MAX) {
        return CW_ADDRESS_LENGTH;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] != '-') {
            digits[len++] = text.data[i];
        }
    }
    const enum cw_address_error why =
        cw_base32_decode(&cw_alphabet_base32_lower, cw_span_make(digits, len), ret);
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    if (ret->len < CRC_BYTES || ret->len > CRC_BYTES + CW_ICP_PRINCIPAL_MAX) {
        return CW_ADDRESS_LENGTH;
    }
    ret->len -= CRC_BYTES;
    put_crc(cw_span_make(ret->data + CRC_BYTES, ret->len), crc);
    if (memcmp(crc, ret->data, sizeof(crc)) != 0) {
        return CW_ADDRESS_CHECKSUM;
    }
    memmove(ret->data, ret->data + CRC_BYTES, ret->len);
    write_principal(&written, cw_bytes_span(ret));
    return cw_span_equal(text, cw_span_make(again, written.len)) ? CW_ADDRESS_OK
                                                                 : CW_ADDRESS_PADDING;
}

static enum cw_address_error add(struct cw_address *address, enum cw_kind kind,
                                 enum cw_encoding encoding, struct cw_span payload)
{
    return cw_found_add(address, &(struct cw_found){
                                     .chain = CW_CHAIN_INTERNET_COMPUTER,
                                     .kind = kind,
                                     .encoding = encoding,
                                     .payload = payload,
                                 });
}

static enum cw_address_error read_account(struct cw_span text, struct cw_address *address)
{
    uint8_t account[CW_ICP_ACCOUNT];
    uint8_t crc[CRC_BYTES];
    const bool is_hex = cw_hex_decode(text, account, sizeof(account));
    CW_ASSERT(is_hex);
    put_crc(cw_span_make(account + CRC_BYTES, sizeof(account) - CRC_BYTES), crc);
    if (memcmp(crc, account, sizeof(crc)) != 0) {
        return CW_ADDRESS_CHECKSUM;
    }
    return add(address, CW_KIND_ACCOUNT, CW_ENCODING_HEX, cw_span_make(account, sizeof(account)));
}

/* Hex without leading zeros, right-aligned in 32 bytes. */
static enum cw_address_error read_subaccount(struct cw_span digits,
                                             uint8_t ret[static CW_ICP_SUBACCOUNT])
{
    char full[2 * CW_ICP_SUBACCOUNT];
    if (digits.len == 0 || digits.data[0] == '0') {
        return CW_ADDRESS_PADDING;
    }
    if (digits.len > sizeof(full) || !cw_hex_is_lower(digits, digits.len)) {
        return CW_ADDRESS_CHARSET;
    }
    memset(full, '0', sizeof(full));
    memcpy(full + sizeof(full) - digits.len, digits.data, digits.len);
    const bool is_hex = cw_hex_decode(cw_span_make(full, sizeof(full)), ret, CW_ICP_SUBACCOUNT);
    CW_ASSERT(is_hex);
    return CW_ADDRESS_OK;
}

/* principal-check.subaccount (ICRC-1) */
static enum cw_address_error read_icrc(struct cw_span text, size_t dot, struct cw_address *address)
{
    struct cw_bytes payload;
    uint8_t crc[CRC_BYTES];
    char check[CHECK_DIGITS];
    struct cw_writer written = {.data = check, .max = sizeof(check)};
    if (dot < CHECK_DIGITS + 2 || text.data[dot - CHECK_DIGITS - 1] != '-') {
        return CW_ADDRESS_CHARSET;
    }
    const struct cw_span principal = cw_span_slice(text, 0, dot - CHECK_DIGITS - 1);
    enum cw_address_error why = decode_principal(principal, &payload);
    if (why == CW_ADDRESS_OK) {
        why = read_subaccount(cw_span_slice(text, dot + 1, text.len), payload.data + payload.len);
    }
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    payload.len += CW_ICP_SUBACCOUNT;
    put_crc(cw_bytes_span(&payload), crc);
    cw_base32_encode(&written, &cw_alphabet_base32_lower, cw_span_make(crc, sizeof(crc)));
    if (!cw_span_equal(cw_span_slice(text, dot - CHECK_DIGITS, dot),
                       cw_span_make(check, written.len))) {
        return CW_ADDRESS_CHECKSUM;
    }
    return add(address, CW_KIND_ICRC, CW_ENCODING_BASE32, cw_bytes_span(&payload));
}

enum cw_address_error cw_read_icp(struct cw_reader *reader, CW_UNUSED const struct cw_tag *as,
                                  struct cw_address *address)
{
    const struct cw_span text = reader->text;
    struct cw_bytes principal;
    const size_t dot = cw_span_find(text, '.', 0);
    if (text.len == 2u * (size_t)CW_ICP_ACCOUNT && cw_is_hex(text)) {
        return read_account(text, address);
    }
    if (dot < text.len) {
        return read_icrc(text, dot, address);
    }
    const enum cw_address_error why = decode_principal(text, &principal);
    return why != CW_ADDRESS_OK
               ? why
               : add(address, CW_KIND_PRINCIPAL, CW_ENCODING_BASE32, cw_bytes_span(&principal));
}

void cw_text_icp(const struct cw_address *address, const struct cw_reading *reading,
                 struct cw_writer *out)
{
    const struct cw_span payload = cw_reading_payload(address, reading);
    if (reading->kind == CW_KIND_ACCOUNT) {
        cw_write_hex(out, payload);
        return;
    }
    if (reading->kind == CW_KIND_PRINCIPAL) {
        write_principal(out, payload);
        return;
    }
    uint8_t crc[CRC_BYTES];
    char digits[2 * CW_ICP_SUBACCOUNT];
    struct cw_writer hex = {.data = digits, .max = sizeof(digits)};
    const size_t owner_len = payload.len - CW_ICP_SUBACCOUNT;
    size_t zeros = 0;
    CW_ASSERT(payload.len >= CW_ICP_SUBACCOUNT);
    write_principal(out, cw_span_slice(payload, 0, owner_len));
    cw_write_char(out, '-');
    put_crc(payload, crc);
    cw_base32_encode(out, &cw_alphabet_base32_lower, cw_span_make(crc, sizeof(crc)));
    cw_write_char(out, '.');
    cw_write_hex(&hex, cw_span_slice(payload, owner_len, payload.len));
    while (zeros < hex.len && digits[zeros] == '0') {
        zeros++;
    }
    cw_write_span(out, cw_span_make(digits + zeros, hex.len - zeros));
}
