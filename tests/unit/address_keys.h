/* address_keys.h: made-up keys of every chain and kind, the same for the same seed and number.
 *
 * Neighbouring numbers are of different sorts (chain, kind, length) and made of the same random
 * bytes, so that a form shared by two chains is met in every round. The sorts are the rows of
 * chains.def, and the table below for the chains that a row does not describe.
 */
#ifndef CW_TESTS_ADDRESS_KEYS_H
#define CW_TESTS_ADDRESS_KEYS_H

#include "address/codec.h"

/** A key and the address that carries it as its only reading. */
struct made_key {
    enum cw_chain_id chain;
    enum cw_kind kind;
    struct cw_address address;
};

static inline struct cw_span made_payload(const struct made_key *key)
{
    return cw_reading_payload(&key->address, &key->address.readings[0]);
}

/** SplitMix64: small, and every seed is a good one. */
static inline uint64_t made_random(uint64_t *state)
{
    uint64_t value = *state += 0x9e3779b97f4a7c15u;
    value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9u;
    value = (value ^ value >> 27) * 0x94d049bb133111ebu;
    return value ^ value >> 31;
}

/* ---- payloads with an inner form ---- */

enum made_form {
    MADE_ANY,
    MADE_TON,     /* workchain 0 or -1 */
    MADE_ZERO,    /* first byte 0 */
    MADE_POINT,   /* first byte 2 or 3 */
    MADE_POINTS,  /* two of them */
    MADE_SIGNED,  /* Stellar: key, length, padded payload */
    MADE_SHELLEY, /* Cardano, by type */
    MADE_STAKE,
    MADE_BYRON,
    MADE_UNIFIED,   /* Zcash items */
    MADE_NUMBER,    /* LEB128 */
    MADE_DELEGATED, /* LEB128 and bytes */
    MADE_SUMMED,    /* CRC-32 in front */
    MADE_SHORT,     /* 1 to length bytes */
    MADE_NAME,
    MADE_EOS,
    MADE_NUMBERS, /* three of 63 bits */
    MADE_FIELD,   /* below 2^251 */
};

struct made_sort {
    enum cw_chain_id chain;
    enum cw_kind kind;
    size_t length;
    enum made_form form;
};

/* A bounded store that is being filled from random bytes. */
struct made_bytes {
    uint64_t state;
    size_t len;
    uint8_t data[CW_ADDRESS_PAYLOAD_MAX];
};

static inline void made_add(struct made_bytes *bytes, size_t count)
{
    CW_ASSERT(count <= sizeof(bytes->data) - bytes->len);
    for (size_t i = 0; i < count; i++) {
        bytes->data[bytes->len++] = (uint8_t)made_random(&bytes->state);
    }
}

static inline void made_put(struct made_bytes *bytes, uint64_t byte)
{
    CW_ASSERT(bytes->len < sizeof(bytes->data));
    bytes->data[bytes->len++] = (uint8_t)byte;
}

static inline void made_leb128(struct made_bytes *bytes, uint64_t value)
{
    for (; value > 0x7f; value >>= 7) {
        made_put(bytes, value | 0x80);
    }
    made_put(bytes, value);
}

static inline void made_signed(struct made_bytes *bytes)
{
    const size_t size = 1 + made_random(&bytes->state) % 64;
    made_add(bytes, 32);
    for (int shift = 24; shift >= 0; shift -= 8) {
        made_put(bytes, size >> shift);
    }
    made_add(bytes, size);
    while (bytes->len % 4 != 0) {
        made_put(bytes, 0);
    }
}

static inline void made_shelley(struct made_bytes *bytes, bool is_test)
{
    static const uint8_t types[] = {0, 1, 2, 3, 4, 5, 6, 7};
    const uint8_t type = types[made_random(&bytes->state) % sizeof(types)];
    made_put(bytes, (uint64_t)type << 4 | (is_test ? 0 : 1));
    made_add(bytes, type < 4 ? 56 : 28);
    for (int i = 0; i < 3 && (type == 4 || type == 5); i++) {
        made_put(bytes, 0x81 + made_random(&bytes->state) % 0x7f);
        made_put(bytes, made_random(&bytes->state) % 0x80);
    }
}

static inline void made_byron(struct made_bytes *bytes, bool is_test)
{
    made_put(bytes, 0x83);
    made_put(bytes, 0x58);
    made_put(bytes, 28);
    made_add(bytes, 28);
    made_put(bytes, is_test ? 0xa1 : 0xa0);
    if (is_test) {
        made_put(bytes, 2);
        made_put(bytes, 0x45);
        made_put(bytes, 0x1a);
        made_put(bytes, 1 + made_random(&bytes->state) % 255);
        made_add(bytes, 3);
    }
    made_put(bytes, made_random(&bytes->state) % 3);
}

/* Some of the known receivers, and one nobody knows yet. */
static inline void made_unified(struct made_bytes *bytes)
{
    static const uint8_t lengths[] = {20, 20, 43, 43, 0};
    const uint64_t choice = made_random(&bytes->state) % 31 + 1;
    for (unsigned type = 0; type < sizeof(lengths); type++) {
        if ((choice & 1u << type) != 0 && !(type == 1 && (choice & 1) != 0)) {
            made_put(bytes, type);
            made_put(bytes, lengths[type]);
            made_add(bytes, lengths[type]);
        }
    }
}

/* No 'x': four of them in a row are how lists shorten an address. */
static inline void made_name(struct made_bytes *bytes)
{
    static const char letters[] = "abcdefghijklmnopqrstuvw0123456789";
    const size_t parts = 1 + made_random(&bytes->state) % 3;
    for (size_t part = 0; part < parts; part++) {
        const size_t size = 2 + made_random(&bytes->state) % 15;
        for (size_t i = 0; i < size; i++) {
            made_put(bytes, (uint8_t)letters[made_random(&bytes->state) % (sizeof(letters) - 1)]);
        }
        made_put(bytes, (uint8_t) "._-"[made_random(&bytes->state) % 3]);
    }
    bytes->len--;
}

/* 1 to 13 digits of five bits, the last of four; no dot and no 'x' among them. */
static inline void made_eos(struct made_bytes *bytes)
{
    const size_t digits = 1 + made_random(&bytes->state) % 13;
    uint64_t name = 0;
    for (size_t i = 0; i < digits; i++) {
        const uint64_t digit = 1 + made_random(&bytes->state) % (i == 12 ? 15 : 28);
        name |= i == 12 ? digit : digit << (64 - 5 * (i + 1));
    }
    for (int shift = 56; shift >= 0; shift -= 8) {
        made_put(bytes, name >> shift);
    }
}

static inline void made_summed(struct made_bytes *bytes, size_t length)
{
    made_add(bytes, length);
    const uint32_t crc = cw_crc32(cw_span_make(bytes->data + 4, length - 4));
    for (size_t i = 0; i < 4; i++) {
        bytes->data[i] = (uint8_t)(crc >> (24 - 8 * i));
    }
}

static inline void made_fill(struct made_bytes *bytes, const struct made_sort *sort)
{
    const bool is_test = cw_chain_table[sort->chain].net == CW_NET_TEST;
    switch (sort->form) {
    case MADE_ANY:
        made_add(bytes, sort->length);
        break;
    case MADE_TON:
        made_add(bytes, sort->length);
        memset(bytes->data, (bytes->data[0] & 1u) != 0 ? 0xff : 0, 4);
        break;
    case MADE_ZERO:
        made_add(bytes, sort->length);
        bytes->data[0] = 0;
        break;
    case MADE_POINTS:
        made_add(bytes, sort->length);
        bytes->data[0] = 2 | (bytes->data[0] & 1u);
        bytes->data[33] = 2 | (bytes->data[33] & 1u);
        break;
    case MADE_POINT:
        made_add(bytes, sort->length);
        bytes->data[0] = 2 | (bytes->data[0] & 1u);
        break;
    case MADE_SIGNED:
        made_signed(bytes);
        break;
    case MADE_SHELLEY:
        made_shelley(bytes, is_test);
        break;
    case MADE_STAKE:
        made_add(bytes, 29);
        bytes->data[0] = (uint8_t)(0xe0 | (bytes->data[0] & 0x10u) | (is_test ? 0 : 1));
        break;
    case MADE_BYRON:
        made_byron(bytes, is_test);
        break;
    case MADE_UNIFIED:
        made_unified(bytes);
        break;
    case MADE_NUMBER:
        made_leb128(bytes, made_random(&bytes->state) >> (1 + made_random(&bytes->state) % 63));
        break;
    case MADE_DELEGATED:
        made_leb128(bytes, 11 + made_random(&bytes->state) % 100000);
        made_add(bytes, made_random(&bytes->state) % 54);
        break;
    case MADE_SUMMED:
        made_summed(bytes, sort->length);
        break;
    case MADE_SHORT:
        made_add(bytes, 1 + made_random(&bytes->state) % sort->length);
        break;
    case MADE_NAME:
        made_name(bytes);
        break;
    case MADE_EOS:
        made_eos(bytes);
        break;
    case MADE_NUMBERS:
        made_add(bytes, sort->length);
        for (size_t i = 0; i < sort->length; i += 8) {
            bytes->data[i] &= 0x7f;
        }
        break;
    case MADE_FIELD:
        made_add(bytes, sort->length);
        bytes->data[0] &= 0x03;
        break;
    }
}

/* ---- sorts ---- */

/** The sorts that no table of chains.def describes. */
static const struct made_sort made_others[] = {
    {CW_CHAIN_LITECOIN, CW_KIND_MWEB, 66, MADE_POINTS},
    {CW_CHAIN_LITECOIN_TEST, CW_KIND_MWEB, 66, MADE_POINTS},
    {CW_CHAIN_BITCOIN_CASH, CW_KIND_P2SH32, 32, MADE_ANY},
    {CW_CHAIN_BITCOIN_CASH_TEST, CW_KIND_P2SH32, 32, MADE_ANY},
    {CW_CHAIN_ZCASH, CW_KIND_UNIFIED, 0, MADE_UNIFIED},
    {CW_CHAIN_ZCASH_TEST, CW_KIND_UNIFIED, 0, MADE_UNIFIED},
    {CW_CHAIN_EVM, CW_KIND_ACCOUNT, 20, MADE_ANY},
    {CW_CHAIN_TRON, CW_KIND_ACCOUNT, 20, MADE_ANY},
    {CW_CHAIN_SOLANA, CW_KIND_ACCOUNT, 32, MADE_ANY},
    {CW_CHAIN_XRPL, CW_KIND_ACCOUNT, 20, MADE_ANY},
    {CW_CHAIN_STELLAR, CW_KIND_ACCOUNT, 32, MADE_ANY},
    {CW_CHAIN_STELLAR, CW_KIND_CONTRACT, 32, MADE_ANY},
    {CW_CHAIN_STELLAR, CW_KIND_POOL, 32, MADE_ANY},
    {CW_CHAIN_STELLAR, CW_KIND_CLAIMABLE, 33, MADE_ZERO},
    {CW_CHAIN_STELLAR, CW_KIND_PREAUTH, 32, MADE_ANY},
    {CW_CHAIN_STELLAR, CW_KIND_HASHX, 32, MADE_ANY},
    {CW_CHAIN_STELLAR, CW_KIND_PAYLOAD, 0, MADE_SIGNED},
    {CW_CHAIN_TON, CW_KIND_ACCOUNT, 36, MADE_TON},
    {CW_CHAIN_CARDANO, CW_KIND_SHELLEY, 0, MADE_SHELLEY},
    {CW_CHAIN_CARDANO, CW_KIND_STAKE, 29, MADE_STAKE},
    {CW_CHAIN_CARDANO, CW_KIND_BYRON, 0, MADE_BYRON},
    {CW_CHAIN_CARDANO_TEST, CW_KIND_SHELLEY, 0, MADE_SHELLEY},
    {CW_CHAIN_CARDANO_TEST, CW_KIND_STAKE, 29, MADE_STAKE},
    {CW_CHAIN_CARDANO_TEST, CW_KIND_BYRON, 0, MADE_BYRON},
    {CW_CHAIN_MONERO, CW_KIND_STANDARD, 64, MADE_ANY},
    {CW_CHAIN_MONERO, CW_KIND_SUBADDRESS, 64, MADE_ANY},
    {CW_CHAIN_MONERO_TEST, CW_KIND_STANDARD, 64, MADE_ANY},
    {CW_CHAIN_MONERO_TEST, CW_KIND_SUBADDRESS, 64, MADE_ANY},
    {CW_CHAIN_MONERO_STAGE, CW_KIND_STANDARD, 64, MADE_ANY},
    {CW_CHAIN_MONERO_STAGE, CW_KIND_SUBADDRESS, 64, MADE_ANY},
    {CW_CHAIN_SUBSTRATE, CW_KIND_ACCOUNT, 32, MADE_ANY},
    {CW_CHAIN_AVALANCHE, CW_KIND_ACCOUNT, 20, MADE_ANY},
    {CW_CHAIN_AVALANCHE_TEST, CW_KIND_ACCOUNT, 20, MADE_ANY},
    {CW_CHAIN_FILECOIN, CW_KIND_ID, 0, MADE_NUMBER},
    {CW_CHAIN_FILECOIN, CW_KIND_SECP, 20, MADE_ANY},
    {CW_CHAIN_FILECOIN, CW_KIND_ACTOR, 20, MADE_ANY},
    {CW_CHAIN_FILECOIN, CW_KIND_BLS, 48, MADE_ANY},
    {CW_CHAIN_FILECOIN, CW_KIND_DELEGATED, 0, MADE_DELEGATED},
    {CW_CHAIN_NEAR, CW_KIND_IMPLICIT, 32, MADE_ANY},
    {CW_CHAIN_NEAR, CW_KIND_ETH_IMPLICIT, 20, MADE_ANY},
    {CW_CHAIN_NEAR, CW_KIND_NAME, 0, MADE_NAME},
    {CW_CHAIN_ALGORAND, CW_KIND_ACCOUNT, 32, MADE_ANY},
    {CW_CHAIN_APTOS, CW_KIND_ACCOUNT, 32, MADE_ANY},
    {CW_CHAIN_SUI, CW_KIND_ACCOUNT, 32, MADE_ANY},
    {CW_CHAIN_IOTA, CW_KIND_ACCOUNT, 32, MADE_ANY},
    {CW_CHAIN_STARKNET, CW_KIND_ACCOUNT, 32, MADE_FIELD},
    {CW_CHAIN_HEDERA, CW_KIND_ACCOUNT, 24, MADE_NUMBERS},
    {CW_CHAIN_EOS, CW_KIND_NAME, 8, MADE_EOS},
    {CW_CHAIN_INTERNET_COMPUTER, CW_KIND_PRINCIPAL, 29, MADE_SHORT},
    {CW_CHAIN_INTERNET_COMPUTER, CW_KIND_ACCOUNT, 32, MADE_SUMMED},
    {CW_CHAIN_INTERNET_COMPUTER, CW_KIND_ICRC, 61, MADE_ANY},
    {CW_CHAIN_KASPA, CW_KIND_PUBKEY, 32, MADE_ANY},
    {CW_CHAIN_KASPA, CW_KIND_PUBKEY_ECDSA, 33, MADE_ANY},
    {CW_CHAIN_KASPA, CW_KIND_SCRIPT, 32, MADE_ANY},
    {CW_CHAIN_KASPA_TEST, CW_KIND_PUBKEY, 32, MADE_ANY},
    {CW_CHAIN_KASPA_DEV, CW_KIND_PUBKEY, 32, MADE_ANY},
    {CW_CHAIN_KASPA_SIM, CW_KIND_PUBKEY, 32, MADE_ANY},
    {CW_CHAIN_ERGO, CW_KIND_P2PK, 33, MADE_POINT},
    {CW_CHAIN_ERGO, CW_KIND_P2SH, 24, MADE_ANY},
    {CW_CHAIN_ERGO, CW_KIND_P2S, 64, MADE_SHORT},
    {CW_CHAIN_ERGO_TEST, CW_KIND_P2PK, 33, MADE_POINT},
    {CW_CHAIN_NANO, CW_KIND_ACCOUNT, 32, MADE_ANY},
    {CW_CHAIN_BANANO, CW_KIND_ACCOUNT, 32, MADE_ANY},
    {CW_CHAIN_NEM, CW_KIND_ACCOUNT, 20, MADE_ANY},
    {CW_CHAIN_NEM_TEST, CW_KIND_ACCOUNT, 20, MADE_ANY},
    {CW_CHAIN_NEM_MIJIN, CW_KIND_ACCOUNT, 20, MADE_ANY},
    {CW_CHAIN_SYMBOL, CW_KIND_ACCOUNT, 20, MADE_ANY},
    {CW_CHAIN_SYMBOL_TEST, CW_KIND_ACCOUNT, 20, MADE_ANY},
    {CW_CHAIN_STACKS, CW_KIND_P2PKH, 20, MADE_ANY},
    {CW_CHAIN_STACKS, CW_KIND_P2SH, 20, MADE_ANY},
    {CW_CHAIN_STACKS_TEST, CW_KIND_P2PKH, 20, MADE_ANY},
    {CW_CHAIN_STACKS_TEST, CW_KIND_P2SH, 20, MADE_ANY},
    {CW_CHAIN_CONFLUX, CW_KIND_ACCOUNT, 20, MADE_ANY},
    {CW_CHAIN_CONFLUX_TEST, CW_KIND_ACCOUNT, 20, MADE_ANY},
    {CW_CHAIN_KADENA, CW_KIND_ACCOUNT, 32, MADE_ANY},
    {CW_CHAIN_WAVES, CW_KIND_ACCOUNT, 20, MADE_ANY},
    {CW_CHAIN_WAVES_TEST, CW_KIND_ACCOUNT, 20, MADE_ANY},
    {CW_CHAIN_ICON, CW_KIND_ACCOUNT, 20, MADE_ANY},
    {CW_CHAIN_ICON, CW_KIND_CONTRACT, 20, MADE_ANY},
};

enum { MADE_WITNESS_KINDS = CW_KIND_WIT16 - CW_KIND_P2WPKH + 1, MADE_COSMOS_KINDS = 4 };

static inline size_t made_sorts_count(void)
{
    return cw_base58_rows_count + cw_segwit_rows_count * MADE_WITNESS_KINDS +
           cw_cashaddr_rows_count * 2 + cw_bech32_rows_count +
           cw_cosmos_rows_count * MADE_COSMOS_KINDS + CW_COUNT(made_others);
}

/* Witness version 1 with 32 bytes is p2tr; another length of it stays "wit1". */
static inline struct made_sort made_witness(enum cw_chain_id chain, size_t kind)
{
    const enum cw_kind of = (enum cw_kind)(CW_KIND_P2WPKH + kind);
    const size_t length = of == CW_KIND_P2WPKH                        ? 20
                          : of == CW_KIND_P2WSH || of == CW_KIND_P2TR ? 32
                                                                      : 2 + 7 * kind % 29;
    return (struct made_sort){chain, of, length, MADE_ANY};
}

/* 20 bytes of an Ethermint chain are an account of the EVM, whose key that is. */
static inline struct made_sort made_cosmos(const struct cw_cosmos_row *row, size_t kind)
{
    static const enum cw_kind kinds[] = {CW_KIND_ACCOUNT, CW_KIND_ACCOUNT, CW_KIND_VALOPER,
                                         CW_KIND_VALCONS};
    const bool is_evm = row->network != NULL;
    const bool is_test = cw_chain_table[row->chain].net == CW_NET_TEST;
    const enum cw_kind of = is_test ? CW_KIND_ACCOUNT : kinds[kind];
    const size_t length = kind == 0 && !is_evm ? 20 : kind == 1 || kind == 0 ? 32 : 20;
    return (struct made_sort){row->chain, of, length, MADE_ANY};
}

static inline struct made_sort made_sort_at(size_t at)
{
    if (at < cw_base58_rows_count) {
        const struct cw_base58_row *row = &cw_base58_rows[at];
        return (struct made_sort){row->chain, row->kind, row->length, MADE_ANY};
    }
    at -= cw_base58_rows_count;
    if (at < cw_segwit_rows_count * MADE_WITNESS_KINDS) {
        return made_witness(cw_segwit_rows[at / MADE_WITNESS_KINDS].chain, at % MADE_WITNESS_KINDS);
    }
    at -= cw_segwit_rows_count * MADE_WITNESS_KINDS;
    if (at < cw_cashaddr_rows_count * 2) {
        return (struct made_sort){cw_cashaddr_rows[at / 2].chain,
                                  at % 2 == 0 ? CW_KIND_P2PKH : CW_KIND_P2SH, 20, MADE_ANY};
    }
    at -= cw_cashaddr_rows_count * 2;
    if (at < cw_bech32_rows_count) {
        const struct cw_bech32_row *row = &cw_bech32_rows[at];
        return (struct made_sort){row->chain, row->kind, row->length, MADE_ANY};
    }
    at -= cw_bech32_rows_count;
    if (at < cw_cosmos_rows_count * MADE_COSMOS_KINDS) {
        return made_cosmos(&cw_cosmos_rows[at / MADE_COSMOS_KINDS], at % MADE_COSMOS_KINDS);
    }
    at -= cw_cosmos_rows_count * MADE_COSMOS_KINDS;
    CW_ASSERT(at < CW_COUNT(made_others));
    return made_others[at];
}

/** Key `number` of a seed. */
static inline void make_key(uint64_t seed, size_t number, struct made_key *ret)
{
    const struct made_sort sort = made_sort_at(number % made_sorts_count());
    struct made_bytes bytes = {.state = seed * 0x2545f4914f6cdd1du + number / made_sorts_count()};
    made_fill(&bytes, &sort);
    ret->chain = sort.chain;
    ret->kind = sort.kind;
    ret->address.readings_count = 0;
    ret->address.bytes_used = 0;
    const enum cw_address_error why = cw_found_add(
        &ret->address, &(struct cw_found){.chain = sort.chain,
                                          .kind = sort.kind,
                                          .payload = cw_span_make(bytes.data, bytes.len)});
    CW_ASSERT(why == CW_ADDRESS_OK);
}

#endif
