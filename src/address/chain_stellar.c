#include "address/codec.h"

/* Stellar strkeys (SEP-23): base32 of version byte, payload and CRC-16, little-endian. */

enum { CRC_BYTES = 2, MUXED_VERSION = 0x60, SEED_VERSION = 0x90, PAYLOAD_HEAD = 36 };

static const struct version {
    uint8_t byte;
    enum cw_kind kind;
    uint8_t length; /* 0: the kind checks itself */
} versions[] = {
    {0x30, CW_KIND_ACCOUNT, 32},   {0x10, CW_KIND_CONTRACT, 32}, {0x58, CW_KIND_POOL, 32},
    {0x08, CW_KIND_CLAIMABLE, 33}, {0x98, CW_KIND_PREAUTH, 32},  {0xb8, CW_KIND_HASHX, 32},
    {0x78, CW_KIND_PAYLOAD, 0},
};

static uint64_t big_endian(const char *data, size_t len)
{
    uint64_t value = 0;
    for (size_t i = 0; i < len; i++) {
        value = value << 8 | (uint8_t)data[i];
    }
    return value;
}

/* A key, the length of what it signed, that and zeros up to a multiple of four. */
static enum cw_address_error check_signed_payload(struct cw_span data)
{
    if (data.len < PAYLOAD_HEAD + 4) {
        return CW_ADDRESS_LENGTH;
    }
    const uint64_t len = big_endian(data.data + 32, 4);
    if (len < 1 || len > 64 || data.len != PAYLOAD_HEAD + (len + 3) / 4 * 4) {
        return CW_ADDRESS_PADDING;
    }
    for (size_t i = PAYLOAD_HEAD + (size_t)len; i < data.len; i++) {
        if (data.data[i] != 0) {
            return CW_ADDRESS_PADDING;
        }
    }
    return CW_ADDRESS_OK;
}

static enum cw_address_error read_muxed(struct cw_span data, struct cw_address *address)
{
    if (data.len != 40) {
        return CW_ADDRESS_LENGTH;
    }
    return cw_found_add(address, &(struct cw_found){
                                     .chain = CW_CHAIN_STELLAR,
                                     .kind = CW_KIND_ACCOUNT,
                                     .encoding = CW_ENCODING_STRKEY_MUXED,
                                     .payload = cw_span_slice(data, 0, 32),
                                     .aux_kind = CW_AUX_NUMBER,
                                     .aux = big_endian(data.data + 32, 8),
                                 });
}

static enum cw_address_error read_version(uint8_t byte, struct cw_span data,
                                          struct cw_address *address)
{
    for (size_t i = 0; i < CW_COUNT(versions); i++) {
        const struct version *version = &versions[i];
        if (version->byte != byte) {
            continue;
        }
        if (version->length != 0 && data.len != version->length) {
            return CW_ADDRESS_LENGTH;
        }
        enum cw_address_error why = CW_ADDRESS_OK;
        if (version->kind == CW_KIND_PAYLOAD) {
            why = check_signed_payload(data);
        } else if (version->kind == CW_KIND_CLAIMABLE && data.data[0] != 0) {
            why = CW_ADDRESS_VERSION;
        }
        return why != CW_ADDRESS_OK ? why
                                    : cw_found_add(address, &(struct cw_found){
                                                                .chain = CW_CHAIN_STELLAR,
                                                                .kind = version->kind,
                                                                .encoding = CW_ENCODING_STRKEY,
                                                                .payload = data,
                                                            });
    }
    return CW_ADDRESS_VERSION;
}

enum cw_address_error cw_read_stellar(struct cw_reader *reader, CW_UNUSED const struct cw_tag *as,
                                      struct cw_address *address)
{
    struct cw_bytes bytes;
    const enum cw_address_error why = cw_base32_decode(&cw_alphabet_base32, reader->text, &bytes);
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    if (bytes.len <= CRC_BYTES) {
        return CW_ADDRESS_LENGTH;
    }
    const size_t body = bytes.len - CRC_BYTES;
    const unsigned crc = bytes.data[body] | (unsigned)bytes.data[body + 1] << 8;
    if (cw_crc16_xmodem(cw_span_make(bytes.data, body)) != crc) {
        return CW_ADDRESS_CHECKSUM;
    }
    const struct cw_span data = cw_span_make(bytes.data + 1, body - 1);
    if (bytes.data[0] == SEED_VERSION) {
        return CW_ADDRESS_SECRET;
    }
    return bytes.data[0] == MUXED_VERSION ? read_muxed(data, address)
                                          : read_version(bytes.data[0], data, address);
}

void cw_text_stellar(const struct cw_address *address, const struct cw_reading *reading,
                     struct cw_writer *out)
{
    struct cw_bytes bytes = {.len = 1};
    const struct cw_span payload = cw_reading_payload(address, reading);
    for (size_t i = 0; i < CW_COUNT(versions); i++) {
        if (versions[i].kind == reading->kind) {
            bytes.data[0] = versions[i].byte;
        }
    }
    CW_ASSERT(bytes.data[0] != 0);
    CW_ASSERT(payload.len <= sizeof(bytes.data) - 1 - CRC_BYTES);
    memcpy(bytes.data + 1, payload.data, payload.len);
    bytes.len += payload.len;
    const unsigned crc = cw_crc16_xmodem(cw_bytes_span(&bytes));
    bytes.data[bytes.len++] = (uint8_t)(crc & 0xffu);
    bytes.data[bytes.len++] = (uint8_t)(crc >> 8);
    cw_base32_encode(out, &cw_alphabet_base32, cw_bytes_span(&bytes));
}
