#include "address/codec.h"

/* Cosmos SDK chains: one bech32 prefix each, with suffixes for validators. Ethermint chains share
 * their accounts with the EVM. */

enum { ACCOUNT_BYTES = 20, MODULE_BYTES = 32 };

static const struct {
    const char *suffix;
    enum cw_kind kind;
    bool is_supported;
} roles[] = {
    {"", CW_KIND_ACCOUNT, true},
    {"valoper", CW_KIND_VALOPER, true},
    {"valcons", CW_KIND_VALCONS, true},
    {"pub", CW_KIND_ACCOUNT, false},
    {"valoperpub", CW_KIND_ACCOUNT, false},
    {"valconspub", CW_KIND_ACCOUNT, false},
};

/* The row and role of a prefix; PREFIX when no chain has it, UNSUPPORTED for public keys. */
static enum cw_address_error find_role(struct cw_span prefix, const struct cw_tag *as,
                                       const struct cw_cosmos_row **ret_row, enum cw_kind *ret_kind)
{
    for (size_t i = 0; i < cw_cosmos_rows_count; i++) {
        const struct cw_cosmos_row *row = &cw_cosmos_rows[i];
        const struct cw_span base = cw_span_cstr(row->prefix);
        if (!cw_row_fits(as, row->chain) || !cw_span_starts_with(prefix, base)) {
            continue;
        }
        const struct cw_span suffix = cw_span_slice(prefix, base.len, prefix.len);
        for (size_t j = 0; j < CW_COUNT(roles); j++) {
            if (cw_span_is(suffix, roles[j].suffix)) {
                *ret_row = row;
                *ret_kind = roles[j].kind;
                return roles[j].is_supported ? CW_ADDRESS_OK : CW_ADDRESS_UNSUPPORTED;
            }
        }
    }
    return CW_ADDRESS_PREFIX;
}

static enum cw_address_error read_bech32(struct cw_reader *reader, const struct cw_tag *as,
                                         struct cw_address *address)
{
    struct cw_bytes payload;
    const struct cw_bech32 *text = NULL;
    const struct cw_cosmos_row *row = NULL;
    enum cw_kind kind = CW_KIND_ACCOUNT;
    enum cw_address_error why = cw_reader_bech32(reader, CW_BECH32_LENGTH_MAX, &text);
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    if (text->constant != CW_BECH32_CONSTANT) {
        return CW_ADDRESS_CHECKSUM;
    }
    why = find_role(cw_span_cstr(text->prefix), as, &row, &kind);
    if (why == CW_ADDRESS_OK) {
        why = cw_bech32_payload(text, 0, &payload);
    }
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    if (payload.len != ACCOUNT_BYTES && payload.len != MODULE_BYTES) {
        return CW_ADDRESS_LENGTH;
    }
    const bool is_evm =
        row->network != NULL && kind == CW_KIND_ACCOUNT && payload.len == ACCOUNT_BYTES;
    return cw_found_add(address, &(struct cw_found){
                                     .chain = is_evm ? CW_CHAIN_EVM : row->chain,
                                     .kind = kind,
                                     .encoding = CW_ENCODING_BECH32,
                                     .network = is_evm ? row->network : NULL,
                                     .payload = cw_bytes_span(&payload),
                                 });
}

enum cw_address_error cw_read_cosmos(struct cw_reader *reader, const struct cw_tag *as,
                                     struct cw_address *address)
{
    const bool is_evm_text =
        as != NULL && as->network != NULL && cw_starts_with_nocase(reader->text, "0x");
    return is_evm_text ? cw_read_evm(reader, as, address) : read_bech32(reader, as, address);
}

void cw_text_cosmos(const struct cw_address *address, const struct cw_reading *reading,
                    struct cw_writer *out)
{
    char prefix[CW_BECH32_PREFIX_MAX + 1];
    struct cw_writer name = {.data = prefix, .max = sizeof(prefix) - 1};
    for (size_t i = 0; i < cw_cosmos_rows_count; i++) {
        if (cw_cosmos_rows[i].chain == reading->chain) {
            cw_write_str(&name, cw_cosmos_rows[i].prefix);
            break;
        }
    }
    for (size_t i = 0; i < CW_COUNT(roles); i++) {
        if (roles[i].is_supported && roles[i].kind == reading->kind) {
            cw_write_str(&name, roles[i].suffix);
        }
    }
    cw_write_end(&name);
    cw_bech32_encode(out, prefix, -1, cw_reading_payload(address, reading), CW_BECH32_CONSTANT);
}
