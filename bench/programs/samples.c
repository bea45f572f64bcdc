#include "samples.h"

#include "address/codec.h"
#include "bench.h"

enum {
    KEY_BYTES_MAX = 64,
    TON_HEAD = 4, /* the workchain in front of the hash */
    TON_FRIENDLY_BYTES = 36,
    TON_BOUNCEABLE = 0x11,
    CARDANO_BASE = 0x01,
};

/* Shares follow what an exchange sees: mostly Ethereum, TRON and Bitcoin, a tail of the rest. */
#define FAMILY(name_, tag_, chain_, kind_, length_, share_, is_lower_)                             \
    {                                                                                              \
        .name = (name_), .tag = (tag_), .chain = CW_CHAIN_##chain_, .kind = CW_KIND_##kind_,       \
        .length = (length_), .share = (share_), .is_lower = (is_lower_)                            \
    }

const struct bench_family bench_families[] = {
    FAMILY("base58check-p2pkh", "BTC", BITCOIN, P2PKH, 20, 10, false),
    FAMILY("base58check-p2sh", "BTC", BITCOIN, P2SH, 20, 7, false),
    FAMILY("bech32-p2wpkh", "BTC", BITCOIN, P2WPKH, 20, 16, false),
    FAMILY("bech32-p2wsh", "BTC", BITCOIN, P2WSH, 32, 2, false),
    FAMILY("bech32m-p2tr", "BTC", BITCOIN, P2TR, 32, 5, false),
    FAMILY("eip55", "ETH", EVM, ACCOUNT, 20, 15, false),
    FAMILY("evm-lower", "ETH", EVM, ACCOUNT, 20, 23, true),
    FAMILY("tron", "TRX", TRON, ACCOUNT, 20, 11, false),
    FAMILY("solana", "SOL", SOLANA, ACCOUNT, 32, 4, false),
    FAMILY("xrp", "XRP", XRPL, ACCOUNT, 20, 2, false),
    FAMILY("cashaddr", "BCH", BITCOIN_CASH, P2PKH, 20, 1, false),
    FAMILY("litecoin", "LTC", LITECOIN, P2PKH, 20, 1, false),
    FAMILY("dogecoin", "DOGE", DOGECOIN, P2PKH, 20, 1, false),
    FAMILY("stellar", "XLM", STELLAR, ACCOUNT, 32, 0, false),
    FAMILY("ton", "TON", TON, ACCOUNT, 36, 1, false),
    FAMILY("monero", "XMR", MONERO, STANDARD, 64, 0, false),
    FAMILY("ss58", "DOT", SUBSTRATE, ACCOUNT, 32, 0, false),
    FAMILY("cardano", "ADA", CARDANO, SHELLEY, 57, 0, false),
    FAMILY("cosmos", "ATOM", COSMOS_COSMOS, ACCOUNT, 20, 1, false),
};
const size_t bench_families_count = CW_COUNT(bench_families);

/* The parts of a key that are no free bits: the workchain of TON, the header of Cardano. */
static void fix_key(const struct bench_family *family, uint8_t *key)
{
    if (family->chain == CW_CHAIN_TON) {
        memset(key, 0, TON_HEAD);
    }
    if (family->chain == CW_CHAIN_CARDANO) {
        key[0] = CARDANO_BASE;
    }
}

/* TON prints the raw form; what people write is the friendly one (TEP-2). */
static void write_friendly(const uint8_t *key, char *ret)
{
    uint8_t bytes[TON_FRIENDLY_BYTES] = {TON_BOUNCEABLE, 0};
    memcpy(bytes + 2, key + TON_HEAD, 32);
    const unsigned crc = cw_crc16_xmodem(cw_span_make(bytes, sizeof(bytes) - 2));
    bytes[TON_FRIENDLY_BYTES - 2] = (uint8_t)(crc >> 8);
    bytes[TON_FRIENDLY_BYTES - 1] = (uint8_t)(crc & 0xffu);
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (size_t i = 0; i < sizeof(bytes); i += 3) {
        const unsigned group =
            (unsigned)bytes[i] << 16 | (unsigned)bytes[i + 1] << 8 | bytes[i + 2];
        for (unsigned j = 0; j < 4; j++) {
            *ret++ = letters[group >> (18 - 6 * j) & 63u];
        }
    }
    *ret = '\0';
}

size_t bench_sample(const struct bench_family *family, uint64_t seed, uint64_t n,
                    char ret[static CW_ADDRESS_TEXT_BYTES])
{
    uint64_t key[KEY_BYTES_MAX / sizeof(uint64_t)];
    struct cw_address address;
    /* Not a sum: TRON of one seed would have the keys of EVM of the next, which are related. */
    const uint64_t own = bench_random(seed, (uint64_t)family->chain);
    CW_ASSERT(family->length <= sizeof(key));
    for (size_t i = 0; i * sizeof(uint64_t) < family->length; i++) {
        key[i] = bench_random(own, n * CW_COUNT(key) + i);
    }
    fix_key(family, (uint8_t *)key);
    address.readings_count = 0;
    address.bytes_used = 0;
    const enum cw_address_error why =
        cw_found_add(&address, &(struct cw_found){
                                   .chain = (enum cw_chain_id)family->chain,
                                   .kind = (enum cw_kind)family->kind,
                                   .encoding = CW_ENCODING_HEX,
                                   .payload = cw_span_make(key, family->length),
                               });
    CW_ASSERT(why == CW_ADDRESS_OK);
    if (family->chain == CW_CHAIN_TON) {
        write_friendly((const uint8_t *)key, ret);
    } else {
        cw_address_text(&address, ret);
    }
    const size_t len = strlen(ret);
    for (size_t i = 0; family->is_lower && i < len; i++) {
        ret[i] = cw_ascii_lower(ret[i]);
    }
    return len;
}

size_t bench_mixed(uint64_t seed, uint64_t n, char ret[static CW_ADDRESS_TEXT_BYTES])
{
    uint64_t drawn = bench_random(seed ^ 0x6d6978u, n) % 100;
    for (size_t i = 0; i < bench_families_count; i++) {
        if (drawn < bench_families[i].share) {
            return bench_sample(&bench_families[i], seed, n, ret);
        }
        drawn -= bench_families[i].share;
    }
    CW_ASSERT(false); /* the shares add up to a hundred */
    return 0;
}
