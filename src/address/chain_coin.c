#include "address/codec.h"

/* UTXO coins and every other chain whose grammar is a row of a table. */

/* Whether a text without colon looks like the body of a CashAddr: the length of a 20- or 32-byte
 * hash and only letters of its alphabet. */
static bool is_cashaddr_body(struct cw_span text)
{
    if (text.len != 42 && text.len != 61) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (cw_digit_value(&cw_alphabet_bech32, cw_ascii_lower(text.data[i])) < 0) {
            return false;
        }
    }
    return true;
}

static bool has_cashaddr(const struct cw_tag *as)
{
    for (size_t i = 0; i < cw_cashaddr_rows_count; i++) {
        if (cw_row_fits(as, cw_cashaddr_rows[i].chain)) {
            return true;
        }
    }
    return false;
}

static bool is_mweb(struct cw_span text, const struct cw_tag *as)
{
    return cw_row_fits(as, CW_CHAIN_LITECOIN) &&
           (cw_starts_with_nocase(text, "ltcmweb1") || cw_starts_with_nocase(text, "tmweb1"));
}

static enum cw_address_error read_all(struct cw_reader *reader, struct cw_address *address)
{
    static cw_read_fn *const tables[] = {cw_read_base58_rows, cw_read_segwit_rows,
                                         cw_read_cashaddr_rows, cw_read_bech32_rows};
    enum cw_address_error worst = CW_ADDRESS_UNKNOWN;
    for (size_t i = 0; i < CW_COUNT(tables); i++) {
        const bool is_body =
            cw_span_find(reader->text, ':', 0) < reader->text.len || is_cashaddr_body(reader->text);
        if (tables[i] == cw_read_cashaddr_rows && !is_body) {
            continue;
        }
        const enum cw_address_error why = tables[i](reader, NULL, address);
        if (why == CW_ADDRESS_SECRET) {
            return why;
        }
        worst = cw_error_worse(worst, why);
    }
    return address->readings_count > 0 ? CW_ADDRESS_OK : worst;
}

/* "Ltc1…" in base58check begins, but for letter case, like a witness program; the checksum tells.
 */
static enum cw_address_error read_witness_or_base58(struct cw_reader *reader,
                                                    const struct cw_tag *as,
                                                    struct cw_address *address)
{
    const enum cw_address_error why = cw_read_segwit_rows(reader, as, address);
    if (why == CW_ADDRESS_OK) {
        return why;
    }
    const enum cw_address_error other = cw_read_base58_rows(reader, as, address);
    return other == CW_ADDRESS_OK || other == CW_ADDRESS_SECRET ? other : why;
}

enum cw_address_error cw_read_coin(struct cw_reader *reader, const struct cw_tag *as,
                                   struct cw_address *address)
{
    const struct cw_span text = reader->text;
    if (as == NULL) {
        return read_all(reader, address);
    }
    if (cw_is_segwit_text(text, as) || is_mweb(text, as)) {
        return read_witness_or_base58(reader, as, address);
    }
    const bool has_colon = cw_span_find(text, ':', 0) < text.len;
    if (has_cashaddr(as) && (has_colon || is_cashaddr_body(text))) {
        return cw_read_cashaddr_rows(reader, as, address);
    }
    if (cw_is_bech32_text(text, as)) {
        return cw_read_bech32_rows(reader, as, address);
    }
    return cw_read_base58_rows(reader, as, address);
}

void cw_text_coin(const struct cw_address *address, const struct cw_reading *reading,
                  struct cw_writer *out)
{
    const struct cw_span payload = cw_reading_payload(address, reading);
    bool is_written = false;
    if (reading->kind == CW_KIND_MWEB) {
        const bool is_main = reading->chain == CW_CHAIN_LITECOIN;
        cw_bech32_encode(out, is_main ? "ltcmweb" : "tmweb", 0, payload, CW_BECH32_CONSTANT);
        is_written = true;
    } else if (reading->kind >= CW_KIND_P2WPKH && reading->kind <= CW_KIND_WIT16) {
        is_written = cw_write_segwit_row(out, reading, payload);
    } else {
        is_written = cw_write_cashaddr_row(out, reading, payload) ||
                     cw_write_base58_row(out, reading, payload) ||
                     cw_write_bech32_row(out, reading, payload);
    }
    CW_ASSERT(is_written);
}
