#include "address/codec.h"

#include "crypto/hash.h"

/* Algorand: a key and the end of its SHA-512/256, in base32. */

enum { LENGTH = 58, KEY_BYTES = 32, SUM_BYTES = 4 };

static void key_sum(struct cw_span key, uint8_t ret[static SUM_BYTES])
{
    uint8_t hash[32];
    cw_sha512_256(key, hash);
    memcpy(ret, hash + sizeof(hash) - SUM_BYTES, SUM_BYTES);
}

enum cw_address_error cw_read_algorand(struct cw_reader *reader, CW_UNUSED const struct cw_tag *as,
                                       struct cw_address *address)
{
    struct cw_bytes bytes;
    uint8_t sum[SUM_BYTES];
    if (reader->text.len != LENGTH) {
        return CW_ADDRESS_LENGTH;
    }
    const enum cw_address_error why = cw_base32_decode(&cw_alphabet_base32, reader->text, &bytes);
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    CW_ASSERT(bytes.len == KEY_BYTES + SUM_BYTES);
    const struct cw_span key = cw_span_make(bytes.data, KEY_BYTES);
    key_sum(key, sum);
    if (memcmp(sum, bytes.data + KEY_BYTES, SUM_BYTES) != 0) {
        return CW_ADDRESS_CHECKSUM;
    }
    return cw_found_add(address, &(struct cw_found){
                                     .chain = CW_CHAIN_ALGORAND,
                                     .kind = CW_KIND_ACCOUNT,
                                     .encoding = CW_ENCODING_BASE32,
                                     .payload = key,
                                 });
}

void cw_text_algorand(const struct cw_address *address, const struct cw_reading *reading,
                      struct cw_writer *out)
{
    uint8_t bytes[KEY_BYTES + SUM_BYTES];
    const struct cw_span key = cw_reading_payload(address, reading);
    CW_ASSERT(key.len == KEY_BYTES);
    memcpy(bytes, key.data, key.len);
    key_sum(key, bytes + KEY_BYTES);
    cw_base32_encode(out, &cw_alphabet_base32, cw_span_make(bytes, sizeof(bytes)));
}
