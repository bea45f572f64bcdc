#include "address/codec.h"

#include "base/text.h"

/* Look-ups in the tables of version bytes and prefixes. Each decodes once and then walks all rows.
 */

enum {
    VERSION_BYTES_MAX = 4,
    WIF_LENGTH = 33,
    EXTENDED_KEY_LENGTH = 78,
    SECRET_VERSION_MIN = 0x80,
    MWEB_LENGTH = 66,
};

/* ---- base58check ---- */

/* The magics of xprv, yprv, zprv, their multisig and test forms, and of Litecoin and Dogecoin. */
static bool is_extended_secret(struct cw_span payload)
{
    static const uint8_t magics[][4] = {
        {0x04, 0x88, 0xad, 0xe4}, {0x04, 0x9d, 0x78, 0x78}, {0x04, 0xb2, 0x43, 0x0c},
        {0x02, 0x95, 0xb0, 0x05}, {0x02, 0xaa, 0x7a, 0x99}, {0x04, 0x35, 0x83, 0x94},
        {0x04, 0x4a, 0x4e, 0x28}, {0x04, 0x5f, 0x18, 0xbc}, {0x01, 0x9d, 0x9c, 0xfe},
        {0x01, 0xb2, 0x67, 0x92}, {0x02, 0xfa, 0xc3, 0x98},
    };
    for (size_t i = 0; i < CW_COUNT(magics); i++) {
        if (memcmp(payload.data, magics[i], sizeof(magics[i])) == 0) {
            return true;
        }
    }
    return false;
}

/* Tezos secret keys are known by the letters their version bytes produce. */
static bool is_tezos_secret(struct cw_span text)
{
    static const char *const prefixes[] = {"edsk", "spsk", "p2sk", "edesk", "BLsk"};
    for (size_t i = 0; i < CW_COUNT(prefixes); i++) {
        if (text.data[0] == prefixes[i][0] &&
            cw_span_starts_with(text, cw_span_cstr(prefixes[i]))) {
            return true;
        }
    }
    return false;
}

/* A verified payload that is a key and not an address. */
static enum cw_address_error refuse_keys(struct cw_span text, struct cw_span payload)
{
    if (payload.len == EXTENDED_KEY_LENGTH) {
        return is_extended_secret(payload) ? CW_ADDRESS_SECRET : CW_ADDRESS_UNSUPPORTED;
    }
    const bool is_wif = payload.len == WIF_LENGTH ||
                        (payload.len == WIF_LENGTH + 1 && payload.data[WIF_LENGTH] == 1);
    if (is_wif && cw_byte_at(payload, 0) >= SECRET_VERSION_MIN) {
        return CW_ADDRESS_SECRET;
    }
    return is_tezos_secret(text) ? CW_ADDRESS_SECRET : CW_ADDRESS_OK;
}

static size_t version_bytes(const struct cw_base58_row *row, uint8_t ret[static VERSION_BYTES_MAX])
{
    const struct cw_span hex = cw_span_cstr(row->version);
    const size_t len = hex.len / 2;
    CW_ASSERT(len <= VERSION_BYTES_MAX);
    const bool is_hex = cw_hex_decode(hex, ret, len);
    CW_ASSERT(is_hex);
    return len;
}

/* Whether a payload begins with the version bytes of a row; the number of them. */
static bool has_version(struct cw_span payload, const char *version, size_t *ret_len)
{
    static const char digits[] = "0123456789abcdef";
    size_t at = 0;
    for (; version[2 * at] != '\0'; at++) {
        const uint8_t byte = at < payload.len ? cw_byte_at(payload, at) : 0;
        if (at == payload.len || version[2 * at] != digits[byte >> 4] ||
            version[2 * at + 1] != digits[byte & 15u]) {
            return false;
        }
    }
    *ret_len = at;
    return true;
}

enum cw_address_error cw_read_base58_rows(struct cw_reader *reader, const struct cw_tag *as,
                                          struct cw_address *address)
{
    struct cw_span payload;
    enum cw_address_error why = cw_reader_base58check(reader, &payload);
    if (why == CW_ADDRESS_OK) {
        why = refuse_keys(reader->text, payload);
    }
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    const size_t before = address->readings_count;
    why = CW_ADDRESS_VERSION;
    for (size_t i = 0; i < cw_base58_rows_count; i++) {
        const struct cw_base58_row *row = &cw_base58_rows[i];
        size_t len = 0;
        if (!cw_row_fits(as, row->chain) || !has_version(payload, row->version, &len)) {
            continue;
        }
        if (payload.len != len + row->length) {
            why = CW_ADDRESS_LENGTH;
            continue;
        }
        why = cw_found_add(address, &(struct cw_found){
                                        .chain = row->chain,
                                        .kind = row->kind,
                                        .encoding = CW_ENCODING_BASE58CHECK,
                                        .flags = row->flags,
                                        .payload = cw_span_slice(payload, len, payload.len),
                                    });
        if (as != NULL) {
            return why;
        }
    }
    return address->readings_count > before ? CW_ADDRESS_OK : why;
}

/* ---- witness programs ---- */

/* Whether a text is `prefix` and the separator of bech32, in any letter case. The separator is
 * looked at first: few rows are left after that. */
static bool has_prefix(struct cw_span text, const char *prefix, size_t len)
{
    return text.len > len && text.data[len] == '1' && cw_starts_with_nocase(text, prefix);
}

static bool is_prefix(const struct cw_bech32 *text, const char *prefix, size_t len)
{
    return text->prefix_len == len && memcmp(text->prefix, prefix, len) == 0;
}

bool cw_is_segwit_text(struct cw_span text, const struct cw_tag *as)
{
    for (size_t i = 0; i < cw_segwit_rows_count; i++) {
        const struct cw_prefix_row *row = &cw_segwit_rows[i];
        if (has_prefix(text, row->prefix, row->prefix_len) && cw_row_fits(as, row->chain)) {
            return true;
        }
    }
    return false;
}

static enum cw_address_error witness_kind(unsigned version, size_t len, uint32_t constant,
                                          enum cw_kind *ret)
{
    if (version > 16) {
        return CW_ADDRESS_VERSION;
    }
    if (len < 2 || len > 40) {
        return CW_ADDRESS_LENGTH;
    }
    if ((version == 0) != (constant == CW_BECH32_CONSTANT)) {
        return CW_ADDRESS_CHECKSUM;
    }
    if (version == 0) {
        *ret = len == 20 ? CW_KIND_P2WPKH : CW_KIND_P2WSH;
        return len == 20 || len == 32 ? CW_ADDRESS_OK : CW_ADDRESS_LENGTH;
    }
    const bool is_taproot = version == 1 && len == 32;
    *ret = is_taproot ? CW_KIND_P2TR : (enum cw_kind)(CW_KIND_WIT1 + version - 1);
    return CW_ADDRESS_OK;
}

static enum cw_address_error read_witness(const struct cw_bech32 *text, enum cw_chain_id chain,
                                          struct cw_address *address)
{
    CW_UNSET struct cw_bytes program;
    enum cw_kind kind = CW_KIND_P2WPKH;
    if (text->count == 0) {
        return CW_ADDRESS_LENGTH;
    }
    enum cw_address_error why = cw_bech32_payload(text, 1, &program);
    if (why == CW_ADDRESS_OK) {
        why = witness_kind(cw_bech32_version(text), program.len, text->constant, &kind);
    }
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    return cw_found_add(address,
                        &(struct cw_found){
                            .chain = chain,
                            .kind = kind,
                            .encoding = text->constant == CW_BECH32_CONSTANT ? CW_ENCODING_BECH32
                                                                             : CW_ENCODING_BECH32M,
                            .payload = cw_bytes_span(&program),
                        });
}

/* Mimblewimble extension block: two compressed points, version group 0, any length. */
static enum cw_address_error read_mweb(struct cw_reader *reader, struct cw_address *address)
{
    CW_UNSET struct cw_bytes points;
    const struct cw_bech32 *text = NULL;
    enum cw_address_error why = cw_reader_bech32(reader, CW_ADDRESS_TEXT_MAX, &text);
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    if (text->constant != CW_BECH32_CONSTANT) {
        return CW_ADDRESS_CHECKSUM;
    }
    if (text->count == 0 || cw_bech32_version(text) != 0) {
        return CW_ADDRESS_VERSION;
    }
    why = cw_bech32_payload(text, 1, &points);
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    if (points.len != MWEB_LENGTH) {
        return CW_ADDRESS_LENGTH;
    }
    const bool is_point = (points.data[0] & 0xfeu) == 2 && (points.data[33] & 0xfeu) == 2;
    if (!is_point) {
        return CW_ADDRESS_VERSION;
    }
    const bool is_main = cw_span_is(cw_span_cstr(text->prefix), "ltcmweb");
    return cw_found_add(address, &(struct cw_found){
                                     .chain = is_main ? CW_CHAIN_LITECOIN : CW_CHAIN_LITECOIN_TEST,
                                     .kind = CW_KIND_MWEB,
                                     .encoding = CW_ENCODING_BECH32,
                                     .payload = cw_bytes_span(&points),
                                 });
}

enum cw_address_error cw_read_segwit_rows(struct cw_reader *reader, const struct cw_tag *as,
                                          struct cw_address *address)
{
    const struct cw_bech32 *text = NULL;
    if (cw_row_fits(as, CW_CHAIN_LITECOIN) && (cw_starts_with_nocase(reader->text, "ltcmweb1") ||
                                               cw_starts_with_nocase(reader->text, "tmweb1"))) {
        return read_mweb(reader, address);
    }
    const enum cw_address_error why = cw_reader_bech32(reader, CW_BECH32_LENGTH_MAX, &text);
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    for (size_t i = 0; i < cw_segwit_rows_count; i++) {
        const struct cw_prefix_row *row = &cw_segwit_rows[i];
        if (cw_row_fits(as, row->chain) && is_prefix(text, row->prefix, row->prefix_len)) {
            return read_witness(text, row->chain, address);
        }
    }
    return CW_ADDRESS_PREFIX;
}

/* ---- CashAddr ---- */

static enum cw_address_error cashaddr_kind(struct cw_span data, enum cw_chain_id chain,
                                           enum cw_kind *ret, uint32_t *ret_flags)
{
    static const uint8_t sizes[8] = {20, 24, 28, 32, 40, 48, 56, 64};
    if (data.len == 0) {
        return CW_ADDRESS_LENGTH;
    }
    const uint8_t version = cw_byte_at(data, 0);
    const unsigned type = version >> 3;
    const size_t size = sizes[version & 7u];
    if (type > 15) {
        return CW_ADDRESS_VERSION;
    }
    if (data.len - 1 != size) {
        return CW_ADDRESS_LENGTH;
    }
    /* Types 2 and 3 say that the wallet understands tokens; the locking script is the same. */
    *ret_flags = type == 2 || type == 3 ? CW_FLAG_TOKEN_AWARE : 0;
    const bool is_script = (type & 1u) != 0;
    const bool may_be_32 = cw_chain_table[chain].group == CW_CHAIN_BITCOIN_CASH;
    if (type > 3 || (size != 20 && !(size == 32 && is_script && may_be_32))) {
        return CW_ADDRESS_VERSION;
    }
    *ret = !is_script ? CW_KIND_P2PKH : size == 20 ? CW_KIND_P2SH : CW_KIND_P2SH32;
    return CW_ADDRESS_OK;
}

static enum cw_address_error read_cashaddr(const struct cw_prefix_row *row, struct cw_span body,
                                           uint32_t flags, struct cw_address *address)
{
    CW_UNSET struct cw_bytes data;
    struct cw_found found = {.chain = row->chain, .encoding = CW_ENCODING_CASHADDR};
    enum cw_address_error why =
        cw_cashaddr_decode(&cw_alphabet_bech32, cw_span_cstr(row->prefix), body, &data);
    if (why == CW_ADDRESS_OK) {
        why = cashaddr_kind(cw_bytes_span(&data), row->chain, &found.kind, &found.flags);
    }
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    found.flags |= flags;
    found.payload = cw_span_make(data.data + 1, data.len - 1);
    return cw_found_add(address, &found);
}

enum cw_address_error cw_read_cashaddr_rows(struct cw_reader *reader, const struct cw_tag *as,
                                            struct cw_address *address)
{
    char lower[CW_ADDRESS_TEXT_MAX];
    const size_t len = reader->text.len;
    if (len > sizeof(lower)) {
        return CW_ADDRESS_TOO_LONG;
    }
    if (!cw_is_one_case(reader->text)) {
        return CW_ADDRESS_CASE;
    }
    for (size_t i = 0; i < len; i++) {
        lower[i] = cw_ascii_lower(reader->text.data[i]);
    }
    const struct cw_span text = cw_span_make(lower, len);
    const size_t colon = cw_span_find(text, ':', 0);
    const struct cw_span prefix = cw_span_slice(text, 0, colon);
    const struct cw_span body = colon < len ? cw_span_slice(text, colon + 1, len) : text;
    enum cw_address_error why = CW_ADDRESS_PREFIX;
    for (size_t i = 0; i < cw_cashaddr_rows_count; i++) {
        const struct cw_prefix_row *row = &cw_cashaddr_rows[i];
        if (!cw_row_fits(as, row->chain) || (colon < len && !cw_span_is(prefix, row->prefix))) {
            continue;
        }
        /* Without a prefix each one is tried: only the right one makes the checksum hold. */
        const uint32_t flags = colon < len ? 0 : CW_FLAG_NOPREFIX;
        const enum cw_address_error now = read_cashaddr(row, body, flags, address);
        if (now == CW_ADDRESS_OK) {
            return now;
        }
        why = cw_error_worse(why, now);
    }
    return why;
}

/* ---- a payload in bech32 without a version ---- */

static bool names_network(const struct cw_tag *as, const struct cw_bech32_row *row)
{
    return as == NULL || row->network == NULL ||
           (as->network != NULL && cw_span_is(cw_span_cstr(as->network), row->network));
}

bool cw_is_bech32_text(struct cw_span text, const struct cw_tag *as)
{
    for (size_t i = 0; i < cw_bech32_rows_count; i++) {
        const struct cw_bech32_row *row = &cw_bech32_rows[i];
        if (has_prefix(text, row->prefix, row->prefix_len) && cw_row_fits(as, row->chain) &&
            names_network(as, row)) {
            return true;
        }
    }
    return false;
}

enum cw_address_error cw_read_bech32_rows(struct cw_reader *reader, const struct cw_tag *as,
                                          struct cw_address *address)
{
    const struct cw_bech32 *text = NULL;
    enum cw_address_error why = cw_reader_bech32(reader, CW_BECH32_LENGTH_MAX, &text);
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    for (size_t i = 0; i < cw_bech32_rows_count; i++) {
        const struct cw_bech32_row *row = &cw_bech32_rows[i];
        CW_UNSET struct cw_bytes payload;
        if (!cw_row_fits(as, row->chain) || !is_prefix(text, row->prefix, row->prefix_len) ||
            !names_network(as, row)) {
            continue;
        }
        if (text->constant != row->constant) {
            return CW_ADDRESS_CHECKSUM;
        }
        why = cw_bech32_payload(text, 0, &payload);
        if (why != CW_ADDRESS_OK) {
            return why;
        }
        if (payload.len != row->length) {
            return CW_ADDRESS_LENGTH;
        }
        return cw_found_add(address, &(struct cw_found){
                                         .chain = row->chain,
                                         .kind = row->kind,
                                         .encoding = row->constant == CW_BECH32_CONSTANT
                                                         ? CW_ENCODING_BECH32
                                                         : CW_ENCODING_BECH32M,
                                         .flags = row->flags,
                                         .network = row->network,
                                         .payload = cw_bytes_span(&payload),
                                     });
    }
    return CW_ADDRESS_PREFIX;
}

/* ---- writing ---- */

static const struct cw_base58_row *find_base58(const struct cw_reading *reading)
{
    for (size_t i = 0; i < cw_base58_rows_count; i++) {
        if (cw_base58_rows[i].chain == reading->chain && cw_base58_rows[i].kind == reading->kind) {
            return &cw_base58_rows[i];
        }
    }
    return NULL;
}

static const char *find_prefix(const struct cw_prefix_row *rows, size_t count, unsigned chain)
{
    for (size_t i = 0; i < count; i++) {
        if (rows[i].chain == chain) {
            return rows[i].prefix;
        }
    }
    return NULL;
}

void cw_write_base58_as(struct cw_writer *out, const struct cw_base58_row *row,
                        struct cw_span payload)
{
    uint8_t joined[VERSION_BYTES_MAX + 64];
    const size_t len = version_bytes(row, joined);
    CW_ASSERT(payload.len <= sizeof(joined) - len);
    memcpy(joined + len, payload.data, payload.len);
    cw_base58check_encode(out, &cw_alphabet_base58, cw_span_make(joined, len + payload.len));
}

bool cw_write_base58_row(struct cw_writer *out, const struct cw_reading *reading,
                         struct cw_span payload)
{
    const struct cw_base58_row *row = find_base58(reading);
    if (row != NULL) {
        cw_write_base58_as(out, row, payload);
    }
    return row != NULL;
}

void cw_write_cashaddr_as(struct cw_writer *out, const char *prefix, uint8_t version,
                          struct cw_span payload)
{
    uint8_t data[1 + 32];
    CW_ASSERT(payload.len < sizeof(data));
    data[0] = version;
    memcpy(data + 1, payload.data, payload.len);
    cw_cashaddr_encode(out, &cw_alphabet_bech32, prefix, cw_span_make(data, 1 + payload.len));
}

uint8_t cw_cashaddr_version(enum cw_kind kind)
{
    return kind == CW_KIND_P2PKH ? 0 : kind == CW_KIND_P2SH ? 8 : 11;
}

bool cw_write_cashaddr_row(struct cw_writer *out, const struct cw_reading *reading,
                           struct cw_span payload)
{
    const char *prefix = find_prefix(cw_cashaddr_rows, cw_cashaddr_rows_count, reading->chain);
    if (prefix != NULL) {
        cw_write_cashaddr_as(out, prefix, cw_cashaddr_version((enum cw_kind)reading->kind),
                             payload);
    }
    return prefix != NULL;
}

bool cw_write_bech32_row(struct cw_writer *out, const struct cw_reading *reading,
                         struct cw_span payload)
{
    for (size_t i = 0; i < cw_bech32_rows_count; i++) {
        const struct cw_bech32_row *row = &cw_bech32_rows[i];
        if (row->chain == reading->chain && row->kind == reading->kind) {
            cw_bech32_encode(out, row->prefix, -1, payload, row->constant);
            return true;
        }
    }
    return false;
}

bool cw_write_segwit_row(struct cw_writer *out, const struct cw_reading *reading,
                         struct cw_span payload)
{
    const char *prefix = find_prefix(cw_segwit_rows, cw_segwit_rows_count, reading->chain);
    if (prefix == NULL) {
        return false;
    }
    const bool is_v0 = reading->kind == CW_KIND_P2WPKH || reading->kind == CW_KIND_P2WSH;
    const int version = is_v0                           ? 0
                        : reading->kind == CW_KIND_P2TR ? 1
                                                        : reading->kind - CW_KIND_WIT1 + 1;
    cw_bech32_encode(out, prefix, version, payload,
                     is_v0 ? CW_BECH32_CONSTANT : CW_BECH32M_CONSTANT);
    return true;
}
