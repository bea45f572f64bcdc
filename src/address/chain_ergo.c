#include "address/codec.h"

#include "crypto/hash.h"

/* Ergo: base58 of network and type in one byte, content and four bytes of BLAKE2b-256. */

enum { SUM_BYTES = 4, TEST_BIT = 0x10, TYPE_MASK = 0x0f, POINT_BYTES = 33, SCRIPT_HASH_BYTES = 24 };

static const enum cw_kind kinds[] = {CW_KIND_P2PK, CW_KIND_P2SH, CW_KIND_P2S};

static enum cw_address_error check_content(enum cw_kind kind, struct cw_span content)
{
    const bool is_point =
        content.len == POINT_BYTES && (cw_byte_at(content, 0) == 2 || cw_byte_at(content, 0) == 3);
    if ((kind == CW_KIND_P2PK && !is_point) ||
        (kind == CW_KIND_P2SH && content.len != SCRIPT_HASH_BYTES)) {
        return CW_ADDRESS_LENGTH;
    }
    return CW_ADDRESS_OK;
}

enum cw_address_error cw_read_ergo(struct cw_reader *reader, const struct cw_tag *as,
                                   struct cw_address *address)
{
    struct cw_span bytes;
    uint8_t sum[32];
    enum cw_address_error why = cw_reader_base58(reader, &bytes);
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    if (bytes.len < 1 + 1 + SUM_BYTES) {
        return CW_ADDRESS_LENGTH;
    }
    const unsigned head = cw_byte_at(bytes, 0);
    const unsigned type = head & TYPE_MASK;
    const bool is_known = head >> 4 <= 1 && type >= 1 && type <= CW_COUNT(kinds);
    if (as == NULL && !is_known) {
        return CW_ADDRESS_VERSION; /* before the hash: every base58 text comes here */
    }
    const size_t body = bytes.len - SUM_BYTES;
    cw_blake2b(cw_span_slice(bytes, 0, body), NULL, sum, sizeof(sum));
    if (memcmp(sum, bytes.data + body, SUM_BYTES) != 0) {
        return CW_ADDRESS_CHECKSUM;
    }
    if (!is_known) {
        return CW_ADDRESS_VERSION;
    }
    const struct cw_span content = cw_span_slice(bytes, 1, body);
    why = check_content(kinds[type - 1], content);
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    return cw_found_add(address,
                        &(struct cw_found){
                            .chain = (head & TEST_BIT) != 0 ? CW_CHAIN_ERGO_TEST : CW_CHAIN_ERGO,
                            .kind = kinds[type - 1],
                            .encoding = CW_ENCODING_BASE58CHECK,
                            .payload = content,
                        });
}

void cw_text_ergo(const struct cw_address *address, const struct cw_reading *reading,
                  struct cw_writer *out)
{
    uint8_t bytes[CW_ADDRESS_BASE58_MAX];
    uint8_t sum[32];
    const struct cw_span content = cw_reading_payload(address, reading);
    const size_t body = 1 + content.len;
    CW_ASSERT(body <= sizeof(bytes) - SUM_BYTES);
    bytes[0] = reading->chain == CW_CHAIN_ERGO_TEST ? TEST_BIT : 0;
    for (size_t i = 0; i < CW_COUNT(kinds); i++) {
        if (kinds[i] == reading->kind) {
            bytes[0] = (uint8_t)(bytes[0] | (i + 1));
        }
    }
    memcpy(bytes + 1, content.data, content.len);
    cw_blake2b(cw_span_make(bytes, body), NULL, sum, sizeof(sum));
    memcpy(bytes + body, sum, SUM_BYTES);
    cw_base58_encode(out, &cw_alphabet_base58, cw_span_make(bytes, body + SUM_BYTES));
}
