#include "address/codec.h"

#include "crypto/hash.h"

/* XRP Ledger: base58check in an alphabet of its own; X-addresses carry a destination tag (XLS-5).
 */

enum {
    CHECKSUM_BYTES = 4,
    CLASSIC_LENGTH = 21,
    X_LENGTH = 31,
    X_FLAG_AT = 22,
    X_TAG_AT = 23,
    X_RESERVED_AT = 27,
};

static enum cw_address_error decode(struct cw_span text, struct cw_bytes *ret)
{
    uint8_t sum[CW_SHA256_BYTES];
    const enum cw_address_error why = cw_base58_decode(&cw_alphabet_xrp, text, ret);
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    if (ret->len <= CHECKSUM_BYTES) {
        return CW_ADDRESS_LENGTH;
    }
    ret->len -= CHECKSUM_BYTES;
    cw_sha256d(cw_bytes_span(ret), sum);
    return memcmp(sum, ret->data + ret->len, CHECKSUM_BYTES) == 0 ? CW_ADDRESS_OK
                                                                  : CW_ADDRESS_CHECKSUM;
}

static bool begins(const struct cw_bytes *bytes, uint8_t first, uint8_t second)
{
    return bytes->len >= 2 && bytes->data[0] == first && bytes->data[1] == second;
}

/* Family seeds of both key types. */
static bool is_seed(const struct cw_bytes *bytes)
{
    return (begins(bytes, 0x01, 0xe1) && bytes->data[2] == 0x4b && bytes->len == 19) ||
           (bytes->data[0] == 0x21 && bytes->len == 17);
}

static enum cw_address_error read_x(const struct cw_bytes *bytes, struct cw_address *address)
{
    struct cw_found found = {
        .chain = CW_CHAIN_XRPL,
        .kind = CW_KIND_ACCOUNT,
        .encoding = CW_ENCODING_XADDRESS,
        .flags = bytes->data[0] == 0x04 ? CW_FLAG_TESTNET : 0,
        .payload = cw_span_make(bytes->data + 2, 20),
    };
    const uint8_t flag = bytes->data[X_FLAG_AT];
    uint32_t reserved = 0;
    if (flag > 1) {
        return CW_ADDRESS_UNSUPPORTED; /* a tag of 64 bits: reserved by the specification */
    }
    for (size_t i = 4; i > 0; i--) {
        found.aux = found.aux << 8 | bytes->data[X_TAG_AT + i - 1];
        reserved |= bytes->data[X_RESERVED_AT + i - 1];
    }
    if (reserved != 0 || (flag == 0 && found.aux != 0)) {
        return CW_ADDRESS_PADDING;
    }
    found.aux_kind = flag == 1 ? CW_AUX_NUMBER : CW_AUX_NONE;
    return cw_found_add(address, &found);
}

enum cw_address_error cw_read_xrpl(struct cw_reader *reader, CW_UNUSED const struct cw_tag *as,
                                   struct cw_address *address)
{
    struct cw_bytes bytes;
    const enum cw_address_error why = decode(reader->text, &bytes);
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    if (is_seed(&bytes)) {
        return CW_ADDRESS_SECRET;
    }
    if (bytes.data[0] == 0 && bytes.len == CLASSIC_LENGTH) {
        return cw_found_add(address, &(struct cw_found){
                                         .chain = CW_CHAIN_XRPL,
                                         .kind = CW_KIND_ACCOUNT,
                                         .encoding = CW_ENCODING_BASE58CHECK,
                                         .payload = cw_span_make(bytes.data + 1, 20),
                                     });
    }
    if (begins(&bytes, 0x05, 0x44) || begins(&bytes, 0x04, 0x93)) {
        return bytes.len == X_LENGTH ? read_x(&bytes, address) : CW_ADDRESS_LENGTH;
    }
    if ((bytes.data[0] == 0x1c || bytes.data[0] == 0x23) && bytes.len == 34) {
        return CW_ADDRESS_UNSUPPORTED; /* node and account public keys */
    }
    return bytes.len == CLASSIC_LENGTH || bytes.len == X_LENGTH ? CW_ADDRESS_VERSION
                                                                : CW_ADDRESS_LENGTH;
}

void cw_text_xrpl(const struct cw_address *address, const struct cw_reading *reading,
                  struct cw_writer *out)
{
    uint8_t bytes[CLASSIC_LENGTH] = {0};
    const struct cw_span account = cw_reading_payload(address, reading);
    CW_ASSERT(account.len == 20);
    memcpy(bytes + 1, account.data, account.len);
    cw_base58check_encode(out, &cw_alphabet_xrp, cw_span_make(bytes, sizeof(bytes)));
}

void cw_write_xaddress(struct cw_writer *out, struct cw_span account, const uint64_t *tag)
{
    uint8_t bytes[X_LENGTH] = {0x05, 0x44};
    CW_ASSERT(account.len == 20);
    memcpy(bytes + 2, account.data, account.len);
    for (size_t i = 0; tag != NULL && i < 4; i++) {
        bytes[X_FLAG_AT] = 1;
        bytes[X_TAG_AT + i] = (uint8_t)(*tag >> 8 * i & 0xffu);
    }
    cw_base58check_encode(out, &cw_alphabet_xrp, cw_span_make(bytes, sizeof(bytes)));
}
