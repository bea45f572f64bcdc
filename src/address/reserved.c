#include "address/reserved.h"

#include "address/codec.h"

#include "base/text.h"

enum { PAYLOAD_MIN = 20, SMALL_NUMBER_BYTES = 2 };

struct row {
    enum cw_chain_id chain; /* CW_CHAINS: a key hash of any coin */
    enum cw_kind kind;
    const char *hex;
    struct cw_reserved reserved;
};

static const struct row rows[] = {
#define CW_RESERVED(chain_, kind_, hex_, what_, source_)                                           \
    {.chain = CW_CHAIN_##chain_,                                                                   \
     .kind = CW_KIND_##kind_,                                                                      \
     .hex = (hex_),                                                                                \
     .reserved = {.what = (what_), .source = (source_)}},
#define CW_RESERVED_HASH(hex_, what_, source_)                                                     \
    {.chain = CW_CHAINS,                                                                           \
     .kind = CW_KIND_P2PKH,                                                                        \
     .hex = (hex_),                                                                                \
     .reserved = {.what = (what_), .source = (source_)}},
#include "address/reserved.def"
};

/* A key to be judged. */
struct key {
    enum cw_chain_id chain;
    enum cw_kind kind;
    struct cw_span payload;
};

static bool is_hex_of(const char *hex, struct cw_span bytes)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < bytes.len; i++) {
        if (hex[2 * i] != digits[cw_byte_at(bytes, i) >> 4] ||
            hex[2 * i + 1] != digits[cw_byte_at(bytes, i) & 15u]) {
            return false; /* also at the end of a shorter row */
        }
    }
    return hex[2 * bytes.len] == '\0';
}

static const struct cw_reserved *find_row(const struct key *key)
{
    const bool is_hash = key->kind == CW_KIND_P2PKH || key->kind == CW_KIND_P2WPKH;
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        const bool fits = rows[i].chain == CW_CHAINS
                              ? is_hash
                              : rows[i].chain == key->chain && rows[i].kind == key->kind;
        if (fits && is_hex_of(rows[i].hex, key->payload)) {
            return &rows[i].reserved;
        }
    }
    return NULL;
}

static bool is_all(struct cw_span bytes, uint8_t value)
{
    for (size_t i = 0; i < bytes.len; i++) {
        if (cw_byte_at(bytes, i) != value) {
            return false;
        }
    }
    return true;
}

/* No bit set, or every bit: a preimage of such a hash is nobody's. A TON account has its workchain
 * in front. */
static const struct cw_reserved *find_blank(const struct key *key)
{
    static const struct cw_reserved zero = {
        "a key of zeros", "the null address of every chain, EVM 0x0, TRON T9yD14Nj9j7x…"};
    static const struct cw_reserved ones = {
        "a key of ones", "the largest hash, as 1QLbz7JHiBTspS962RLKV8GndWFwi5j6Qr"};
    const size_t start = key->chain == CW_CHAIN_TON ? 4 : 0;
    const struct cw_span bytes = cw_span_slice(key->payload, start, key->payload.len);
    if (bytes.len < PAYLOAD_MIN) {
        return NULL;
    }
    if (is_all(bytes, 0)) {
        return &zero;
    }
    return is_all(bytes, 0xff) ? &ones : NULL;
}

/* Chains that keep their own contracts at small numbers. */
static const struct cw_reserved *find_small(const struct key *key)
{
    static const struct {
        enum cw_chain_id chain;
        unsigned below;
        struct cw_reserved reserved;
    } spaces[] = {
        {CW_CHAIN_EVM, 0x10000, {"a precompiled or system contract", "EIP-1352; RIP-7212"}},
        {CW_CHAIN_TRON, 0x10000, {"a precompiled contract", "TRON virtual machine, as EIP-1352"}},
        {CW_CHAIN_APTOS, 0x10000, {"a framework account of Aptos", "https://aptos.dev"}},
        {CW_CHAIN_SUI, 0x10000, {"a framework object of Sui", "https://docs.sui.io"}},
        {CW_CHAIN_IOTA, 0x10000, {"a framework object of IOTA", "https://docs.iota.org"}},
        {CW_CHAIN_STARKNET, 0x10000, {"a system contract of Starknet", "https://docs.starknet.io"}},
        {CW_CHAIN_HEDERA, 1000, {"a system account of Hedera", "https://docs.hedera.com"}},
    };
    const struct cw_span bytes = key->payload;
    if (bytes.len < PAYLOAD_MIN ||
        !is_all(cw_span_slice(bytes, 0, bytes.len - SMALL_NUMBER_BYTES), 0)) {
        return NULL;
    }
    const unsigned value =
        (unsigned)cw_byte_at(bytes, bytes.len - 2) << 8 | cw_byte_at(bytes, bytes.len - 1);
    for (size_t i = 0; i < CW_COUNT(spaces); i++) {
        if (spaces[i].chain == key->chain && value < spaces[i].below) {
            return &spaces[i].reserved;
        }
    }
    return NULL;
}

/* f00 to f099: the network's own actors, the last one burns. */
static const struct cw_reserved *find_actor(const struct key *key)
{
    static const struct cw_reserved actor = {"a system actor of Filecoin",
                                             "https://spec.filecoin.io, f00 to f099"};
    const bool is_id = key->chain == CW_CHAIN_FILECOIN && key->kind == CW_KIND_ID;
    return is_id && key->payload.len == 1 && cw_byte_at(key->payload, 0) < 100 ? &actor : NULL;
}

static const struct cw_reserved *judge(const struct key *key)
{
    const struct cw_reserved *found = find_row(key);
    found = found != NULL ? found : find_blank(key);
    found = found != NULL ? found : find_small(key);
    return found != NULL ? found : find_actor(key);
}

const struct cw_reserved *cw_address_reserved(const struct cw_address *address)
{
    const struct cw_reserved *found = NULL;
    for (size_t i = 0; found == NULL && i < address->readings_count; i++) {
        const struct cw_reading *reading = &address->readings[i];
        found = judge(&(struct key){.chain = (enum cw_chain_id)reading->chain,
                                    .kind = (enum cw_kind)reading->kind,
                                    .payload = cw_reading_payload(address, reading)});
    }
    return found;
}

const struct cw_reserved *cw_reserved_find(struct cw_span canonical)
{
    struct key key = {.chain = CW_CHAINS, .kind = CW_KINDS};
    uint8_t bytes[CW_ADDRESS_PAYLOAD_MAX];
    const size_t first = cw_span_find(canonical, ':', 0);
    const size_t second = cw_span_find(canonical, ':', first + 1);
    const struct cw_span chain = cw_span_slice(canonical, 0, first);
    const struct cw_span kind = cw_span_slice(canonical, first + 1, second);
    const struct cw_span hex = cw_span_slice(canonical, second + 1, canonical.len);
    for (size_t i = 0; i < CW_CHAINS; i++) {
        key.chain = cw_span_is(chain, cw_chain_table[i].name) ? (enum cw_chain_id)i : key.chain;
    }
    for (size_t i = 0; i < CW_KINDS; i++) {
        key.kind = cw_span_is(kind, cw_kind_names[i]) ? (enum cw_kind)i : key.kind;
    }
    if (second >= canonical.len || key.chain == CW_CHAINS || key.kind == CW_KINDS ||
        hex.len > 2 * sizeof(bytes) || !cw_hex_decode(hex, bytes, hex.len / 2)) {
        return NULL;
    }
    key.payload = cw_span_make(bytes, hex.len / 2);
    return judge(&key);
}
