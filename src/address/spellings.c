#include "address/spellings.h"

#include "address/links.h"
#include "address/spelling_run.h"

#include "crypto/hash.h"

/* ---- one text ---- */

enum cw_address_error cw_spelling_read(struct cw_span text, const char *chain,
                                       struct cw_address *ret)
{
    const struct cw_span tag = cw_span_cstr(chain);
    const enum cw_address_error why = cw_address_parse_as(text, tag, ret);
    return why == CW_ADDRESS_OK ? why : cw_address_parse(text, tag, CW_ADDRESS_LIST, ret);
}

struct cw_writer *cw_spelling_begin(struct cw_spelling_run *run)
{
    run->out = (struct cw_writer){.data = run->data, .max = sizeof(run->data) - 1};
    return &run->out;
}

static bool is_new(struct cw_spelling_run *run, struct cw_span text)
{
    uint64_t hash = 0;
    cw_blake2b(text, NULL, (uint8_t *)&hash, sizeof(hash));
    for (size_t i = 0; i < run->count; i++) {
        if (run->seen[i] == hash) {
            return false;
        }
    }
    if (run->count < CW_SPELLINGS_MAX) {
        run->seen[run->count] = hash; /* counts once the text is handed over */
    }
    return run->count < CW_SPELLINGS_MAX;
}

static bool has_key(const struct cw_address *address, const struct cw_spelling_key *key)
{
    for (size_t i = 0; i < address->readings_count; i++) {
        const struct cw_reading *reading = &address->readings[i];
        if (reading->chain == key->chain && reading->kind == key->kind &&
            cw_span_equal(cw_reading_payload(address, reading), key->payload)) {
            return true;
        }
    }
    return false;
}

static void hand_over(struct cw_spelling_run *run, const struct cw_spelling *spelling)
{
    run->count++;
    run->is_stopped = !run->fn(spelling, run->context);
}

void cw_spelling_take(struct cw_spelling_run *run, const struct cw_spelling_key *key)
{
    struct cw_address read;
    const struct cw_span text = cw_span_make(run->out.data, run->out.len);
    const char *chain = cw_chain_table[key->chain].name;
    if (run->is_stopped || !is_new(run, text) ||
        cw_spelling_read(text, chain, &read) != CW_ADDRESS_OK || !has_key(&read, key)) {
        return;
    }
    const struct cw_spelling spelling = {
        .text = text,
        .chain = chain,
        .kind = cw_kind_names[key->kind],
        .encoding = cw_address_encoding(&read),
        .relation = cw_address_relation(run->asked, &read, NULL),
    };
    if (spelling.relation != CW_RELATION_NONE) {
        hand_over(run, &spelling);
    }
}

/* ---- keys that a link key can be ---- */

static bool is_wanted(const struct cw_spelling_run *run, enum cw_chain_id chain)
{
    const bool is_test = cw_chain_table[run->asked->readings[0].chain].net == CW_NET_TEST;
    return cw_chain_table[chain].net == CW_NET_MAIN || is_test;
}

static void spell(struct cw_spelling_run *run, enum cw_chain_id chain, enum cw_kind kind,
                  struct cw_span payload)
{
    if (is_wanted(run, chain)) {
        cw_spell_key(run,
                     &(struct cw_spelling_key){.chain = chain, .kind = kind, .payload = payload});
    }
}

static void spell_base58(struct cw_spelling_run *run, enum cw_kind kind, struct cw_span payload)
{
    for (size_t i = 0; i < cw_base58_rows_count; i++) {
        const struct cw_base58_row *row = &cw_base58_rows[i];
        const bool is_first = i == 0 || row[-1].chain != row->chain || row[-1].kind != kind;
        if (row->kind == kind && is_first) {
            spell(run, row->chain, kind, payload);
        }
    }
}

static bool has_segwit(enum cw_chain_id chain)
{
    for (size_t i = 0; i < cw_segwit_rows_count; i++) {
        if (cw_segwit_rows[i].chain == chain) {
            return true;
        }
    }
    return false;
}

static void spell_segwit(struct cw_spelling_run *run, enum cw_kind kind, struct cw_span payload)
{
    for (size_t i = 0; i < cw_segwit_rows_count; i++) {
        spell(run, cw_segwit_rows[i].chain, kind, payload);
    }
}

/* A derived script hash means something only where there are witness programs. */
static void spell_nested(struct cw_spelling_run *run, struct cw_span hash)
{
    for (size_t i = 0; i < CW_CHAINS; i++) {
        if (has_segwit((enum cw_chain_id)i)) {
            for (size_t j = 0; j < cw_base58_rows_count; j++) {
                if (cw_base58_rows[j].chain == i && cw_base58_rows[j].kind == CW_KIND_P2SH) {
                    spell(run, (enum cw_chain_id)i, CW_KIND_P2SH, hash);
                    break;
                }
            }
        }
    }
}

static void spell_cosmos(struct cw_spelling_run *run, struct cw_span payload)
{
    for (size_t i = 0; i < cw_cosmos_rows_count; i++) {
        const struct cw_cosmos_row *row = &cw_cosmos_rows[i];
        if (payload.len == 20 && row->network != NULL) {
            continue; /* its accounts are hashes of another kind */
        }
        spell(run, row->chain, CW_KIND_ACCOUNT, payload);
        if (payload.len == 20) {
            spell(run, row->chain, CW_KIND_VALOPER, payload);
        }
    }
}

/* Rows of (class, chain, kind) for what no table of coins has. */
static void spell_rows(struct cw_spelling_run *run, enum cw_link_class link_class,
                       struct cw_span payload)
{
    static const struct {
        enum cw_link_class link_class;
        enum cw_chain_id chain;
        enum cw_kind kind;
    } rows[] = {
        {CW_LINK_H160, CW_CHAIN_XRPL, CW_KIND_ACCOUNT},
        {CW_LINK_H160, CW_CHAIN_XDAG, CW_KIND_ACCOUNT},
        {CW_LINK_H160, CW_CHAIN_AVALANCHE, CW_KIND_ACCOUNT},
        {CW_LINK_H160, CW_CHAIN_STACKS, CW_KIND_P2PKH},
        {CW_LINK_S160, CW_CHAIN_STACKS, CW_KIND_P2SH},
        {CW_LINK_E20, CW_CHAIN_EVM, CW_KIND_ACCOUNT},
        {CW_LINK_E20, CW_CHAIN_TRON, CW_KIND_ACCOUNT},
        {CW_LINK_E20, CW_CHAIN_NEAR, CW_KIND_ETH_IMPLICIT},
        {CW_LINK_ED32, CW_CHAIN_SOLANA, CW_KIND_ACCOUNT},
        {CW_LINK_ED32, CW_CHAIN_STELLAR, CW_KIND_ACCOUNT},
        {CW_LINK_ED32, CW_CHAIN_SUBSTRATE, CW_KIND_ACCOUNT},
        {CW_LINK_ED32, CW_CHAIN_MULTIVERSX, CW_KIND_ACCOUNT},
        {CW_LINK_ED32, CW_CHAIN_NEAR, CW_KIND_IMPLICIT},
        {CW_LINK_ED32, CW_CHAIN_ALGORAND, CW_KIND_ACCOUNT},
        {CW_LINK_ED32, CW_CHAIN_KADENA, CW_KIND_ACCOUNT},
        {CW_LINK_EDB32, CW_CHAIN_NANO, CW_KIND_ACCOUNT},
        {CW_LINK_EDB32, CW_CHAIN_BANANO, CW_KIND_ACCOUNT},
        {CW_LINK_ICPACCT, CW_CHAIN_INTERNET_COMPUTER, CW_KIND_ACCOUNT},
        {CW_LINK_ICPOWNER, CW_CHAIN_INTERNET_COMPUTER, CW_KIND_PRINCIPAL},
        {CW_LINK_ZSAPLING, CW_CHAIN_ZCASH, CW_KIND_SAPLING},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        if (rows[i].link_class == link_class) {
            spell(run, rows[i].chain, rows[i].kind, payload);
        }
    }
}

/* The address of one Cardano credential alone: enterprise, or stake. */
static void spell_credential(struct cw_spelling_run *run, const struct cw_link *link)
{
    enum { CREDENTIAL_BYTES = 28, ENTERPRISE = 6, STAKE = 14 };
    uint8_t payload[1 + CREDENTIAL_BYTES];
    const struct cw_span credential = cw_link_bytes(link);
    const bool is_stake = link->link_class == CW_LINK_ADASTAKE;
    const unsigned type = (is_stake ? STAKE : ENTERPRISE) + (link->scope == 's' ? 1u : 0u);
    const unsigned network = link->chain == CW_CHAIN_CARDANO ? 1 : 0;
    CW_ASSERT(credential.len == CREDENTIAL_BYTES);
    payload[0] = (uint8_t)(type << 4 | network);
    memcpy(payload + 1, credential.data, credential.len);
    spell(run, (enum cw_chain_id)link->chain, is_stake ? CW_KIND_STAKE : CW_KIND_SHELLEY,
          cw_span_make(payload, sizeof(payload)));
}

/* The same payload on the main and on the test networks. */
static void spell_forms(struct cw_spelling_run *run, const struct cw_link *link)
{
    for (size_t i = 0; i < CW_CHAINS; i++) {
        if (cw_chain_table[i].group == (enum cw_chain_id)(link->scope >> 8)) {
            cw_spell_key(run, &(struct cw_spelling_key){.chain = (enum cw_chain_id)i,
                                                        .kind = (enum cw_kind)(link->scope & 0xffu),
                                                        .payload = cw_link_bytes(link)});
        }
    }
}

/* An Ergo script hash has 24 bytes: it shares its class with nobody. */
static bool has_usual_length(const struct cw_link *link)
{
    const bool is_hash = link->link_class == CW_LINK_H160 || link->link_class == CW_LINK_S160;
    return !is_hash || cw_link_bytes(link).len == CW_RIPEMD160_BYTES;
}

static void spell_link(struct cw_spelling_run *run, const struct cw_link *link)
{
    const struct cw_span bytes = cw_link_bytes(link);
    if (!has_usual_length(link)) {
        return;
    }
    switch (link->link_class) {
    case CW_LINK_H160:
        spell_base58(run, CW_KIND_P2PKH, bytes);
        spell_segwit(run, CW_KIND_P2WPKH, bytes);
        spell_cosmos(run, bytes);
        break;
    case CW_LINK_S160:
        if (link->is_derived) {
            spell_nested(run, bytes);
            return;
        }
        spell_base58(run, CW_KIND_P2SH, bytes);
        break;
    case CW_LINK_W256:
        spell_segwit(run, CW_KIND_P2WSH, bytes);
        break;
    case CW_LINK_X32:
        spell_segwit(run, CW_KIND_P2TR, bytes);
        break;
    case CW_LINK_COSMOS32:
        spell_cosmos(run, bytes);
        break;
    case CW_LINK_ADAPAY:
    case CW_LINK_ADASTAKE:
        spell_credential(run, link);
        break;
    case CW_LINK_FORM:
        spell_forms(run, link);
        break;
    case CW_LINK_E20:
    case CW_LINK_ED32:
    case CW_LINK_EDB32:
    case CW_LINK_ICPACCT:
    case CW_LINK_ICPOWNER:
    case CW_LINK_ZSAPLING:
        break;
    case CW_LINK_ROLE: /* among the texts of the key hash */
    case CW_LINK_ZORCHARD:
    case CW_LINK_ZITEM: /* have no text of their own */
    case CW_LINK_CLASSES:
        return;
    }
    spell_rows(run, link->link_class, bytes);
}

static bool is_repeat(const struct cw_links *links, size_t index)
{
    const struct cw_link *link = &links->rows[index];
    for (size_t i = 0; i < index; i++) {
        if (links->rows[i].link_class == link->link_class && links->rows[i].scope == link->scope &&
            links->rows[i].is_derived == link->is_derived &&
            cw_span_equal(cw_link_bytes(&links->rows[i]), cw_link_bytes(link))) {
            return true;
        }
    }
    return false;
}

size_t cw_address_spellings(const struct cw_address *address, cw_spelling_fn *fn, void *context)
{
    struct cw_spelling_run run = {.asked = address, .fn = fn, .context = context};
    struct cw_links links;
    const struct cw_spelling asked = {
        .text = cw_address_source(address),
        .chain = cw_address_chain(address),
        .kind = cw_address_kind(address),
        .encoding = cw_address_encoding(address),
        .relation = CW_RELATION_EXACT,
    };
    CW_ASSERT(address->readings_count > 0);
    const bool is_first = is_new(&run, asked.text);
    CW_ASSERT(is_first);
    hand_over(&run, &asked);
    for (size_t i = 0; i < address->readings_count; i++) {
        const struct cw_reading *reading = &address->readings[i];
        if (reading->is_narrowed) {
            cw_spell_key(
                &run, &(struct cw_spelling_key){.chain = (enum cw_chain_id)reading->chain,
                                                .kind = (enum cw_kind)reading->kind,
                                                .payload = cw_reading_payload(address, reading)});
        }
    }
    cw_links_collect(address, &links);
    for (size_t i = 0; i < links.count; i++) {
        if (!is_repeat(&links, i)) {
            spell_link(&run, &links.rows[i]);
        }
    }
    return run.count;
}

/* ---- what cannot be enumerated ---- */

uint32_t cw_address_spellings_open(const struct cw_address *address)
{
    static const struct {
        enum cw_chain_id group;
        enum cw_kind kind;
        enum cw_spellings_open open;
    } rows[] = {
        {CW_CHAIN_XRPL, CW_KIND_ACCOUNT, CW_OPEN_DESTINATION_TAG},
        {CW_CHAIN_STELLAR, CW_KIND_ACCOUNT, CW_OPEN_MUXED_ID},
        {CW_CHAIN_MONERO, CW_KIND_STANDARD, CW_OPEN_PAYMENT_ID},
        {CW_CHAIN_ZCASH, CW_KIND_P2PKH, CW_OPEN_UNIFIED},
        {CW_CHAIN_ZCASH, CW_KIND_P2SH, CW_OPEN_UNIFIED},
        {CW_CHAIN_ZCASH, CW_KIND_SAPLING, CW_OPEN_UNIFIED},
        {CW_CHAIN_ZCASH, CW_KIND_UNIFIED, CW_OPEN_UNIFIED},
        {CW_CHAIN_SUBSTRATE, CW_KIND_ACCOUNT, CW_OPEN_SS58_PREFIX},
        {CW_CHAIN_CARDANO, CW_KIND_SHELLEY, CW_OPEN_STAKE},
        {CW_CHAIN_CARDANO, CW_KIND_STAKE, CW_OPEN_STAKE},
        {CW_CHAIN_INTERNET_COMPUTER, CW_KIND_PRINCIPAL, CW_OPEN_SUBACCOUNT},
        {CW_CHAIN_INTERNET_COMPUTER, CW_KIND_ICRC, CW_OPEN_SUBACCOUNT},
    };
    uint32_t open = 0;
    for (size_t i = 0; i < address->readings_count; i++) {
        const struct cw_reading *reading = &address->readings[i];
        const bool has_scripts = reading->kind <= CW_KIND_P2TR;
        open |= has_scripts ? (uint32_t)CW_OPEN_SCRIPT : 0u;
        for (size_t j = 0; j < CW_COUNT(rows); j++) {
            if (rows[j].group == cw_chain_table[reading->chain].group &&
                rows[j].kind == reading->kind) {
                open |= rows[j].open;
            }
        }
    }
    return open;
}

const char *cw_spellings_open_text(enum cw_spellings_open open)
{
    static const char *const texts[CW_SPELLINGS_OPEN] = {
        "X-addresses that carry a destination tag: every tag gives another text",
        "muxed addresses (M…): every id gives another text",
        "integrated addresses: every payment id gives another text",
        "unified addresses that hold this receiver beside others",
        "the spellings of networks with an SS58 prefix above 63",
        "base addresses that pair this credential with another one",
        "accounts of a subaccount of the principal",
        "other scripts of the same key: Taproot, multisig, the uncompressed key",
    };
    unsigned bit = 0;
    while (bit < CW_SPELLINGS_OPEN && (unsigned)open != 1u << bit) {
        bit++;
    }
    CW_ASSERT(bit < CW_SPELLINGS_OPEN);
    return texts[bit];
}
