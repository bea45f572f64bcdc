#include "address/codec.h"

#include "crypto/hash.h"

/* Waves: base58 of 01, a network letter, 20 bytes and four bytes of Keccak-256 of BLAKE2b-256. */

enum { VERSION = 1, HASH_BYTES = 20, BODY_BYTES = 2 + HASH_BYTES, SUM_BYTES = 4 };

static void put_sum(struct cw_span body, uint8_t ret[static SUM_BYTES])
{
    uint8_t inner[32];
    uint8_t outer[CW_KECCAK256_BYTES];
    cw_blake2b(body, NULL, inner, sizeof(inner));
    cw_keccak256(cw_span_make(inner, sizeof(inner)), outer);
    memcpy(ret, outer, SUM_BYTES);
}

static enum cw_address_error read_bytes(struct cw_span bytes, struct cw_address *address)
{
    uint8_t sum[SUM_BYTES];
    if (bytes.len != BODY_BYTES + SUM_BYTES) {
        return CW_ADDRESS_LENGTH;
    }
    const char network = bytes.data[1];
    if (cw_byte_at(bytes, 0) != VERSION || (network != 'W' && network != 'T')) {
        return CW_ADDRESS_VERSION;
    }
    put_sum(cw_span_slice(bytes, 0, BODY_BYTES), sum);
    if (memcmp(sum, bytes.data + BODY_BYTES, SUM_BYTES) != 0) {
        return CW_ADDRESS_CHECKSUM;
    }
    return cw_found_add(address, &(struct cw_found){
                                     .chain = network == 'T' ? CW_CHAIN_WAVES_TEST : CW_CHAIN_WAVES,
                                     .kind = CW_KIND_ACCOUNT,
                                     .encoding = CW_ENCODING_BASE58CHECK,
                                     .payload = cw_span_slice(bytes, 2, BODY_BYTES),
                                 });
}

enum cw_address_error cw_read_waves(struct cw_reader *reader, CW_UNUSED const struct cw_tag *as,
                                    struct cw_address *address)
{
    static const struct cw_span prefix = {"address:", 8};
    struct cw_bytes behind;
    struct cw_span bytes;
    if (!cw_span_starts_with(reader->text, prefix)) {
        const enum cw_address_error why = cw_reader_base58(reader, &bytes);
        return why == CW_ADDRESS_OK ? read_bytes(bytes, address) : why;
    }
    const enum cw_address_error why = cw_base58_decode(
        &cw_alphabet_base58, cw_span_slice(reader->text, prefix.len, reader->text.len), &behind);
    return why == CW_ADDRESS_OK ? read_bytes(cw_bytes_span(&behind), address) : why;
}

void cw_text_waves(const struct cw_address *address, const struct cw_reading *reading,
                   struct cw_writer *out)
{
    uint8_t bytes[BODY_BYTES + SUM_BYTES];
    const struct cw_span hash = cw_reading_payload(address, reading);
    CW_ASSERT(hash.len == HASH_BYTES);
    bytes[0] = VERSION;
    bytes[1] = reading->chain == CW_CHAIN_WAVES ? 'W' : 'T';
    memcpy(bytes + 2, hash.data, hash.len);
    put_sum(cw_span_make(bytes, BODY_BYTES), bytes + BODY_BYTES);
    cw_base58_encode(out, &cw_alphabet_base58, cw_span_make(bytes, sizeof(bytes)));
}
