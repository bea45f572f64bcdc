/* spellings.h: every text that one set of random bytes has: as key hash, script hash, account or
 * key on every chain that the vectors know, in every encoding. Needs CW_FIXTURES. */
#ifndef CW_TESTS_SPELLINGS_H
#define CW_TESTS_SPELLINGS_H

#include "../unit/address_fixture.h"
#include "address/codec.h"
#include "address/icp.h"
#include "crypto/hash.h"

enum { SPELLINGS_MAX = 600, SHAPES_MAX = 400, POOL_BYTES = 80 };

/* A chain and kind with a payload that is valid there. */
struct shape {
    uint16_t chain;
    uint8_t kind;
    uint16_t len;
    uint8_t payload[CW_ADDRESS_PAYLOAD_MAX];
};

struct spellings {
    struct shape shapes[SHAPES_MAX];
    size_t shapes_count;
    char texts[SPELLINGS_MAX][CW_ADDRESS_TEXT_BYTES];
    size_t count;
};

static const char *const spelling_families[] = {
    "bitcoin",    "litecoin",   "dogecoin",     "dash",   "bitcoin-sv", "bitcoin-gold", "verge",
    "collision",  "utxo-tier2", "bitcoin-cash", "zcash",  "evm",        "tron",         "solana",
    "xrp",        "stellar",    "ton",          "cosmos", "avalanche",  "substrate",    "cardano",
    "monero",     "filecoin",   "icp",          "near",   "eos",        "hedera",       "algorand",
    "tezos",      "hex32",      "kaspa",        "ergo",   "nano",       "nem",          "neo",
    "stacks",     "zilliqa",    "conflux",      "kadena", "waves",      "icon",         "xdag",
    "multiversx", "wrapped",    "detect",
};

static inline void spellings_learn_reading(struct spellings *all, const struct cw_address *address,
                                           const struct cw_reading *reading)
{
    for (size_t i = 0; i < all->shapes_count; i++) {
        if (all->shapes[i].chain == reading->chain && all->shapes[i].kind == reading->kind &&
            all->shapes[i].len == reading->len) {
            return;
        }
    }
    CW_ASSERT(all->shapes_count < SHAPES_MAX);
    struct shape *shape = &all->shapes[all->shapes_count++];
    *shape = (struct shape){reading->chain, reading->kind, reading->len, {0}};
    memcpy(shape->payload, cw_reading_payload(address, reading).data, reading->len);
}

/* What exists, from the vectors. False when they cannot be read. */
static inline bool spellings_learn(struct spellings *all)
{
    for (size_t i = 0; i < CW_COUNT(spelling_families); i++) {
        struct fixture row;
        if (!fixture_open(&row, spelling_families[i])) {
            return false;
        }
        while (fixture_next(&row)) {
            struct cw_address address;
            const bool is_any = cw_span_is(row.fields[0], "*");
            if (cw_address_parse(row.fields[2], is_any ? CW_SPAN("") : row.fields[0],
                                 CW_ADDRESS_LIST, &address) == CW_ADDRESS_OK) {
                for (size_t j = 0; j < address.readings_count; j++) {
                    spellings_learn_reading(all, &address, &address.readings[j]);
                }
            }
        }
        fixture_close(&row);
    }
    return true;
}

static inline void spellings_add(struct spellings *all, struct cw_span text)
{
    for (size_t i = 0; i < all->count; i++) {
        if (cw_span_is(text, all->texts[i])) {
            return;
        }
    }
    CW_ASSERT(all->count < SPELLINGS_MAX);
    memcpy(all->texts[all->count], text.data, text.len);
    all->texts[all->count++][text.len] = '\0';
}

/* The same text in capital letters and behind what people write before it. */
static inline void spellings_add_forms(struct spellings *all, struct cw_span text)
{
    char form[CW_ADDRESS_TEXT_BYTES];
    struct cw_address address;
    spellings_add(all, text);
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.data[i];
        form[i] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    }
    const struct cw_span upper = cw_span_make(form, text.len);
    if (cw_address_parse(upper, CW_SPAN(""), CW_ADDRESS_LIST, &address) == CW_ADDRESS_OK) {
        spellings_add(all, upper);
    }
}

/* Random bytes where the payload is free; what must stay is the shape's own. */
static inline void spellings_fill(const struct shape *shape, const uint8_t *pool, uint8_t *ret)
{
    size_t kept = 0;
    memcpy(ret, shape->payload, shape->len);
    switch ((enum cw_kind)shape->kind) {
    case CW_KIND_UNIFIED:
    case CW_KIND_BYRON:
    case CW_KIND_NAME:
    case CW_KIND_ID:
    case CW_KIND_PAYLOAD:
    case CW_KIND_P2S:
        return;
    case CW_KIND_SHELLEY:
    case CW_KIND_STAKE:
    case CW_KIND_P2PK:
    case CW_KIND_PUBKEY_ECDSA:
    case CW_KIND_CLAIMABLE:
    case CW_KIND_DELEGATED:
        kept = 1;
        break;
    case CW_KIND_ACCOUNT:
        if (shape->chain == CW_CHAIN_HEDERA) {
            return;
        }
        kept = shape->chain == CW_CHAIN_TON ? 4 : shape->len > 33 ? shape->len : 0;
        break;
    default:
        break;
    }
    for (size_t i = kept; i < shape->len; i++) {
        ret[i] = pool[(i - kept) % POOL_BYTES];
    }
    if (shape->kind == CW_KIND_MWEB) {
        ret[0] = 2;
        ret[33] = 3;
    }
    if (shape->chain == CW_CHAIN_INTERNET_COMPUTER && shape->kind == CW_KIND_ACCOUNT) {
        cw_icp_account(cw_span_make(pool, 10), (const uint8_t[32]){0}, ret);
    }
}

static inline void spellings_add_shape(struct spellings *all, const struct shape *shape,
                                       const uint8_t *pool)
{
    char text[CW_ADDRESS_TEXT_BYTES];
    struct cw_address address = {.readings_count = 1, .encoding = CW_ENCODING_HEX};
    struct cw_address again;
    struct cw_writer writer = {.data = text, .max = sizeof(text) - 1};
    address.readings[0] = (struct cw_reading){shape->chain, shape->kind, 0, shape->len, true};
    spellings_fill(shape, pool, address.bytes);
    cw_family_table[cw_chain_table[shape->chain].family].text(&address, &address.readings[0],
                                                              &writer);
    const struct cw_span written = cw_span_make(text, writer.len);
    if (cw_address_parse(written, cw_span_cstr(cw_chain_table[shape->chain].name), CW_ADDRESS_LIST,
                         &again) == CW_ADDRESS_OK) {
        spellings_add_forms(all, written);
    }
}

static inline void spellings_add_base58(struct spellings *all, const uint8_t *pool)
{
    for (size_t i = 0; i < cw_base58_rows_count; i++) {
        const struct cw_base58_row *row = &cw_base58_rows[i];
        uint8_t bytes[8 + 64];
        char text[128];
        struct cw_writer writer = {.data = text, .max = sizeof(text)};
        const size_t len = strlen(row->version) / 2;
        const bool is_hex = len == 0 || cw_hex_decode(cw_span_cstr(row->version), bytes, len);
        CW_ASSERT(is_hex);
        memcpy(bytes + len, pool, row->length);
        cw_base58check_encode(&writer, &cw_alphabet_base58, cw_span_make(bytes, len + row->length));
        spellings_add(all, cw_span_make(text, writer.len));
    }
}

/* What carries more than the account: an XRP tag, a Stellar id; and other prefixes of SS58. */
static inline void spellings_add_carriers(struct spellings *all, const uint8_t *pool)
{
    static const uint8_t context[7] = {'S', 'S', '5', '8', 'P', 'R', 'E'};
    static const uint8_t prefixes[][2] = {{0, 0}, {2, 0}, {0x50, 0x40}};
    uint8_t bytes[80] = {0x05, 0x44};
    char text[128];
    for (uint8_t flag = 0; flag < 2; flag++) {
        struct cw_writer writer = {.data = text, .max = sizeof(text)};
        memcpy(bytes + 2, pool, 20);
        memset(bytes + 22, 0, 9);
        bytes[22] = flag;
        bytes[23] = flag != 0 ? pool[40] : 0;
        cw_base58check_encode(&writer, &cw_alphabet_xrp, cw_span_make(bytes, 31));
        spellings_add(all, cw_span_make(text, writer.len));
    }
    struct cw_writer muxed = {.data = text, .max = sizeof(text)};
    bytes[0] = 0x60;
    memcpy(bytes + 1, pool, 32);
    memcpy(bytes + 33, pool + 40, 8);
    const uint16_t crc = cw_crc16_xmodem(cw_span_make(bytes, 41));
    bytes[41] = (uint8_t)(crc & 0xffu);
    bytes[42] = (uint8_t)(crc >> 8);
    cw_base32_encode(&muxed, &cw_alphabet_base32, cw_span_make(bytes, 43));
    spellings_add(all, cw_span_make(text, muxed.len));
    for (size_t i = 0; i < CW_COUNT(prefixes); i++) {
        struct cw_writer writer = {.data = text, .max = sizeof(text)};
        const size_t len = prefixes[i][0] < 64 ? 1 : 2;
        uint8_t sum[64];
        memcpy(bytes, context, sizeof(context));
        memcpy(bytes + 7, prefixes[i], len);
        memcpy(bytes + 7 + len, pool, 32);
        cw_blake2b(cw_span_make(bytes, 7 + len + 32), NULL, sum, sizeof(sum));
        memcpy(bytes + 7 + len + 32, sum, 2);
        cw_base58_encode(&writer, &cw_alphabet_base58, cw_span_make(bytes + 7, len + 34));
        spellings_add(all, cw_span_make(text, writer.len));
    }
}

static inline void spellings_add_ton(struct spellings *all, const uint8_t *pool)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    static const uint8_t tags[] = {0x11, 0x51, 0x91, 0xd1};
    for (size_t i = 0; i < 2 * CW_COUNT(tags); i++) {
        uint8_t bytes[36] = {tags[i / 2], (uint8_t)(i % 2 == 0 ? 0 : 0xff)};
        char text[48];
        memcpy(bytes + 2, pool, 32);
        const uint16_t crc = cw_crc16_xmodem(cw_span_make(bytes, 34));
        bytes[34] = (uint8_t)(crc >> 8);
        bytes[35] = (uint8_t)(crc & 0xffu);
        for (size_t j = 0; j < sizeof(text); j++) {
            const size_t bit = 6 * j;
            const unsigned two = (unsigned)bytes[bit / 8] << 8 |
                                 (bit / 8 + 1 < sizeof(bytes) ? bytes[bit / 8 + 1] : 0u);
            text[j] = letters[two >> (10 - bit % 8) & 63u];
        }
        spellings_add(all, cw_span_make(text, sizeof(text)));
        for (size_t j = 0; j < sizeof(text); j++) {
            text[j] = (char)(text[j] == '-' ? '+' : text[j] == '_' ? '/' : text[j]);
        }
        spellings_add(all, cw_span_make(text, sizeof(text)));
    }
}

static inline void spellings_add_hex(struct spellings *all, const uint8_t *pool)
{
    static const char *const prefixes[] = {"",
                                           "0x",
                                           "0X",
                                           "xdc",
                                           "ronin:",
                                           "41",
                                           "hx",
                                           "cx",
                                           "C-0x",
                                           "did:pkh:eip155:1:0x",
                                           "eip155:137:0x",
                                           "eth:0x",
                                           "ETH:0x",
                                           "seen:0x",
                                           "to_0x"};
    for (size_t i = 0; i < CW_COUNT(prefixes); i++) {
        char text[80];
        struct cw_writer writer = {.data = text, .max = sizeof(text)};
        cw_write_str(&writer, prefixes[i]);
        cw_write_hex(&writer, cw_span_make(pool, 20));
        spellings_add(all, cw_span_make(text, writer.len));
    }
}

/* All texts of POOL_BYTES random bytes. */
static inline void spellings_make(struct spellings *all, const uint8_t pool[static POOL_BYTES])
{
    all->count = 0;
    for (size_t i = 0; i < all->shapes_count; i++) {
        spellings_add_shape(all, &all->shapes[i], pool);
    }
    spellings_add_base58(all, pool);
    spellings_add_carriers(all, pool);
    spellings_add_ton(all, pool);
    spellings_add_hex(all, pool);
    /* The script of a key hash: "0 <hash>". */
    uint8_t script[22] = {0, 20};
    uint8_t nested[POOL_BYTES] = {0};
    memcpy(script + 2, pool, 20);
    cw_hash160(cw_span_make(script, sizeof(script)), nested);
    spellings_add_base58(all, nested);
}

#endif
