#include "address/codec.h"
#include "address/curve.h"

/* Solana: 32 bytes in base58 without a checksum. */

enum { ACCOUNT_BYTES = 32, LENGTH_MIN = 32, LENGTH_MAX = 44 };

enum cw_address_error cw_read_solana(struct cw_reader *reader, const struct cw_tag *as,
                                     struct cw_address *address)
{
    struct cw_span account;
    const bool is_plausible = reader->text.len >= LENGTH_MIN && reader->text.len <= LENGTH_MAX;
    if (as == NULL && !is_plausible) {
        return CW_ADDRESS_LENGTH;
    }
    const enum cw_address_error why = cw_reader_base58(reader, &account);
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    if (!is_plausible || account.len != ACCOUNT_BYTES) {
        return CW_ADDRESS_LENGTH;
    }
    return cw_found_add(address, &(struct cw_found){
                                     .chain = CW_CHAIN_SOLANA,
                                     .kind = CW_KIND_ACCOUNT,
                                     .encoding = CW_ENCODING_BASE58,
                                     .checksum = CW_CHECKSUM_NONE,
                                     .payload = account,
                                 });
}

void cw_text_solana(const struct cw_address *address, const struct cw_reading *reading,
                    struct cw_writer *out)
{
    cw_base58_encode(out, &cw_alphabet_base58, cw_reading_payload(address, reading));
}
