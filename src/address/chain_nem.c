#include "address/codec.h"

#include "crypto/hash.h"

/* NEM and Symbol: base32 of a network byte, 20 bytes and a checksum of another hash each. */

enum { HASH_BYTES = 20, BODY_BYTES = 1 + HASH_BYTES, NEM_LENGTH = 40, SYMBOL_LENGTH = 39 };

static const struct network {
    uint8_t byte;
    enum cw_chain_id chain;
    uint8_t length; /* characters */
    uint8_t sum_bytes;
} networks[] = {
    {0x68, CW_CHAIN_NEM, 40, 4},         {0x98, CW_CHAIN_NEM_TEST, 40, 4},
    {0x60, CW_CHAIN_NEM_MIJIN, 40, 4},   {0x68, CW_CHAIN_SYMBOL, 39, 3},
    {0x98, CW_CHAIN_SYMBOL_TEST, 39, 3},
};

static void body_sum(bool is_nem, struct cw_span body, uint8_t ret[static 32])
{
    if (is_nem) {
        cw_keccak256(body, ret);
    } else {
        cw_sha3_256(body, ret);
    }
}

/* Without dashes; a list may write lower case. */
static size_t take_digits(struct cw_span text, bool is_lenient, char *ret, size_t max)
{
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (c == '-') {
            continue;
        }
        if (len == max) {
            return max + 1;
        }
        c = (char)(is_lenient && c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
        ret[len++] = c;
    }
    return len;
}

enum cw_address_error cw_read_nem(struct cw_reader *reader, const struct cw_tag *as,
                                  struct cw_address *address)
{
    char digits[NEM_LENGTH];
    struct cw_bytes bytes;
    uint8_t sum[32];
    const size_t len = take_digits(reader->text, cw_is_lenient(reader, as), digits, sizeof(digits));
    const bool is_nem = len == NEM_LENGTH && cw_row_fits(as, CW_CHAIN_NEM);
    const bool is_symbol = len == SYMBOL_LENGTH && cw_row_fits(as, CW_CHAIN_SYMBOL);
    if (!is_nem && !is_symbol) {
        return CW_ADDRESS_LENGTH;
    }
    const enum cw_address_error why =
        cw_base32_decode(&cw_alphabet_base32, cw_span_make(digits, len), &bytes);
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    CW_ASSERT(bytes.len > BODY_BYTES);
    body_sum(is_nem, cw_span_make(bytes.data, BODY_BYTES), sum);
    if (memcmp(sum, bytes.data + BODY_BYTES, bytes.len - BODY_BYTES) != 0) {
        return CW_ADDRESS_CHECKSUM;
    }
    for (size_t i = 0; i < CW_COUNT(networks); i++) {
        if (networks[i].byte == bytes.data[0] && networks[i].length == len) {
            return cw_found_add(address, &(struct cw_found){
                                             .chain = networks[i].chain,
                                             .kind = CW_KIND_ACCOUNT,
                                             .encoding = CW_ENCODING_BASE32,
                                             .payload = cw_span_make(bytes.data + 1, HASH_BYTES),
                                         });
        }
    }
    return CW_ADDRESS_VERSION;
}

void cw_text_nem(const struct cw_address *address, const struct cw_reading *reading,
                 struct cw_writer *out)
{
    uint8_t bytes[BODY_BYTES + 4];
    uint8_t sum[32];
    const struct cw_span hash = cw_reading_payload(address, reading);
    const struct network *network = NULL;
    for (size_t i = 0; i < CW_COUNT(networks); i++) {
        network = networks[i].chain == reading->chain ? &networks[i] : network;
    }
    CW_ASSERT(network != NULL);
    CW_ASSERT(hash.len == HASH_BYTES);
    bytes[0] = network->byte;
    memcpy(bytes + 1, hash.data, hash.len);
    body_sum(network->sum_bytes == 4, cw_span_make(bytes, BODY_BYTES), sum);
    memcpy(bytes + BODY_BYTES, sum, network->sum_bytes);
    cw_base32_encode(out, &cw_alphabet_base32,
                     cw_span_make(bytes, BODY_BYTES + (size_t)network->sum_bytes));
}
