#include "address/links.h"
#include "address/icp.h"
#include "address/zcash.h"

#include "crypto/hash.h"

static_assert(CW_CHAINS <= 256, "a scope holds a chain group in its upper byte");
static_assert(CW_KINDS <= 256, "and a kind in its lower one");
static_assert(CW_READINGS_MAX <= 32, "a bit for each reading");

const char *cw_link_class_name(enum cw_link_class link_class)
{
    static const char *const names[CW_LINK_CLASSES] = {
#define CW_LINK(id, name, reason) [CW_LINK_##id] = (name),
#include "address/links.def"
    };
    CW_ASSERT((size_t)link_class < CW_LINK_CLASSES);
    return names[link_class];
}

const char *cw_link_reason(enum cw_link_class link_class)
{
    static const char *const reasons[CW_LINK_CLASSES] = {
#define CW_LINK(id, name, reason) [CW_LINK_##id] = (reason),
#include "address/links.def"
    };
    CW_ASSERT((size_t)link_class < CW_LINK_CLASSES);
    return reasons[link_class];
}

/* A row to fill, or NULL past the cap. */
static struct cw_link *add(struct cw_links *links, const struct cw_reading *reading,
                           enum cw_link_class link_class, struct cw_span payload)
{
    if (links->count == CW_LINK_ROWS_MAX) {
        return NULL;
    }
    struct cw_link *link = &links->rows[links->count++];
    link->link_class = link_class;
    link->scope = 0;
    link->chain = reading->chain;
    link->is_derived = false;
    link->source = payload.data;
    link->shared = payload;
    link->own_len = 0;
    return link;
}

static void add_scoped(struct cw_links *links, const struct cw_reading *reading,
                       enum cw_link_class link_class, struct cw_span payload, unsigned scope)
{
    struct cw_link *link = add(links, reading, link_class, payload);
    if (link != NULL) {
        link->scope = (uint16_t)scope;
    }
}

/* A key computed by a hash. */
static void add_own(struct cw_links *links, const struct cw_reading *reading,
                    enum cw_link_class link_class, struct cw_span source, struct cw_span own)
{
    struct cw_link *link = add(links, reading, link_class, source);
    if (link != NULL) {
        CW_ASSERT(own.len > 0);
        CW_ASSERT(own.len <= sizeof(link->own));
        link->is_derived = true;
        link->own_len = own.len;
        memcpy(link->own, own.data, own.len);
    }
}

/* ---- by chain and kind ---- */

static void add_zcash_items(struct cw_links *links, const struct cw_reading *reading,
                            struct cw_span items)
{
    static const enum cw_link_class classes[] = {CW_LINK_H160, CW_LINK_S160, CW_LINK_ZSAPLING,
                                                 CW_LINK_ZORCHARD};
    struct cw_zcash_item item;
    for (size_t at = 0; at < items.len;) {
        const enum cw_address_error why = cw_zcash_item_next(items, &at, &item);
        CW_ASSERT(why == CW_ADDRESS_OK);
        if (item.type < CW_COUNT(classes)) {
            (void)add(links, reading, classes[item.type], item.value);
        } else if (item.type <= UINT16_MAX) {
            add_scoped(links, reading, CW_LINK_ZITEM, item.value, (unsigned)item.type);
        }
    }
}

/* Payload kinds that mean the same on every chain that has them. */
static void add_by_kind(struct cw_links *links, const struct cw_reading *reading,
                        struct cw_span payload)
{
    /* each class one more, so that 0 is none */
    static const uint8_t classes[CW_KINDS] = {
        [CW_KIND_P2PKH] = 1 + CW_LINK_H160,       [CW_KIND_P2WPKH] = 1 + CW_LINK_H160,
        [CW_KIND_P2SH] = 1 + CW_LINK_S160,        [CW_KIND_P2WSH] = 1 + CW_LINK_W256,
        [CW_KIND_P2TR] = 1 + CW_LINK_X32,         [CW_KIND_SAPLING] = 1 + CW_LINK_ZSAPLING,
        [CW_KIND_ETH_IMPLICIT] = 1 + CW_LINK_E20, [CW_KIND_IMPLICIT] = 1 + CW_LINK_ED32,
    };
    const uint8_t found = classes[reading->kind];
    if (found > 0) {
        (void)add(links, reading, (enum cw_link_class)(found - 1), payload);
    }
    if (reading->kind == CW_KIND_UNIFIED) {
        add_zcash_items(links, reading, payload);
    }
}

/* What the account of a chain is the hash of, or the key itself. */
static void add_by_chain(struct cw_links *links, const struct cw_reading *reading,
                         struct cw_span payload)
{
    /* each class one more, so that 0 is none */
    static const uint8_t classes[CW_CHAINS] = {
        [CW_CHAIN_EVM] = 1 + CW_LINK_E20,
        [CW_CHAIN_TRON] = 1 + CW_LINK_E20,
        [CW_CHAIN_XRPL] = 1 + CW_LINK_H160,
        [CW_CHAIN_XDAG] = 1 + CW_LINK_H160,
        [CW_CHAIN_AVALANCHE] = 1 + CW_LINK_H160,
        [CW_CHAIN_MULTIVERSX] = 1 + CW_LINK_ED32,
        [CW_CHAIN_SOLANA] = 1 + CW_LINK_ED32,
        [CW_CHAIN_STELLAR] = 1 + CW_LINK_ED32,
        [CW_CHAIN_ALGORAND] = 1 + CW_LINK_ED32,
        [CW_CHAIN_KADENA] = 1 + CW_LINK_ED32,
        [CW_CHAIN_SUBSTRATE] = 1 + CW_LINK_ED32,
        [CW_CHAIN_NANO] = 1 + CW_LINK_EDB32,
        [CW_CHAIN_INTERNET_COMPUTER] = 1 + CW_LINK_ICPACCT,
    };
    const uint8_t found = classes[cw_chain_table[reading->chain].group];
    if (found > 0 && reading->kind == CW_KIND_ACCOUNT) {
        (void)add(links, reading, (enum cw_link_class)(found - 1), payload);
    }
}

/* A key, or a script, as payment or stake credential of a Cardano address. */
static void add_credential(struct cw_links *links, const struct cw_reading *reading,
                           enum cw_link_class link_class, struct cw_span credential, bool is_script)
{
    add_scoped(links, reading, link_class, credential, is_script ? 's' : 'k');
}

static void add_cardano(struct cw_links *links, const struct cw_reading *reading,
                        struct cw_span payload)
{
    enum { CREDENTIAL_BYTES = 28, LAST_BASE_TYPE = 3, STAKE_SCRIPT_TYPE = 15 };
    if (reading->kind != CW_KIND_SHELLEY && reading->kind != CW_KIND_STAKE) {
        return;
    }
    const unsigned type = cw_byte_at(payload, 0) >> 4;
    const struct cw_span first = cw_span_slice(payload, 1, 1 + CREDENTIAL_BYTES);
    if (reading->kind == CW_KIND_STAKE) {
        add_credential(links, reading, CW_LINK_ADASTAKE, first, type == STAKE_SCRIPT_TYPE);
        return;
    }
    add_credential(links, reading, CW_LINK_ADAPAY, first, (type & 1u) != 0);
    if (type <= LAST_BASE_TYPE) {
        add_credential(links, reading, CW_LINK_ADASTAKE,
                       cw_span_slice(payload, 1 + CREDENTIAL_BYTES, payload.len), (type & 2u) != 0);
    }
}

/* 20 bytes are the hash of a key; an operator has the bytes of its account on the same chain. */
static void add_cosmos(struct cw_links *links, const struct cw_reading *reading,
                       struct cw_span payload)
{
    const bool is_account = reading->kind == CW_KIND_ACCOUNT;
    if (cw_chain_table[reading->chain].family != CW_FAMILY_cosmos) {
        return;
    }
    if (payload.len == 20 && (is_account || reading->kind == CW_KIND_VALOPER)) {
        (void)add(links, reading, CW_LINK_H160, payload);
        add_scoped(links, reading, CW_LINK_ROLE, payload, reading->chain);
    } else if (is_account) {
        (void)add(links, reading, CW_LINK_COSMOS32, payload);
    }
}

/* Test networks are chains of their own, so what is the same on the main one must be linked. The
 * other kinds need no such key: their hashes are link keys already. */
static void add_form(struct cw_links *links, const struct cw_reading *reading,
                     struct cw_span payload)
{
    static const bool has_forms[CW_CHAINS] = {
        [CW_CHAIN_NEM] = true,   [CW_CHAIN_SYMBOL] = true,    [CW_CHAIN_KASPA] = true,
        [CW_CHAIN_ERGO] = true,  [CW_CHAIN_STACKS] = true,    [CW_CHAIN_CONFLUX] = true,
        [CW_CHAIN_WAVES] = true, [CW_CHAIN_AVALANCHE] = true, [CW_CHAIN_MONERO] = true,
        [CW_CHAIN_TON] = true,
    };
    const enum cw_chain_id group = cw_chain_table[reading->chain].group;
    const bool has_form =
        reading->kind == CW_KIND_MWEB || reading->kind == CW_KIND_SPROUT || has_forms[group];
    if (has_form) {
        add_scoped(links, reading, CW_LINK_FORM, payload, (unsigned)group << 8 | reading->kind);
    }
}

/* ---- derived ---- */

/* The script hash of "0 <hash>", the pay-to-script form of a witness program: 00, length, hash. */
static void add_nested(struct cw_links *links, size_t of)
{
    const struct cw_link base = links->rows[of];
    const struct cw_span program = cw_link_bytes(&base);
    uint8_t script[2 + 32];
    uint8_t hash[CW_RIPEMD160_BYTES];
    if (program.len > sizeof(script) - 2) {
        return;
    }
    const struct cw_reading reading = {.chain = base.chain};
    for (size_t i = 0; i < links->count; i++) {
        const struct cw_link known = links->rows[i];
        if (known.is_derived && known.link_class == CW_LINK_S160 && known.source == base.source) {
            add_own(links, &reading, CW_LINK_S160, base.shared, cw_link_bytes(&known));
            return;
        }
    }
    script[0] = 0;
    script[1] = (uint8_t)program.len;
    memcpy(script + 2, program.data, program.len);
    cw_hash160(cw_span_make(script, 2 + program.len), hash);
    add_own(links, &reading, CW_LINK_S160, base.shared, cw_span_make(hash, sizeof(hash)));
}

/* The account of an Internet Computer principal and its subaccount, and their owner. */
static void add_icp(struct cw_links *links, const struct cw_reading *reading,
                    struct cw_span payload)
{
    static const uint8_t no_subaccount[CW_ICP_SUBACCOUNT] = {0};
    uint8_t account[CW_ICP_ACCOUNT];
    const bool is_icrc = reading->kind == CW_KIND_ICRC;
    if (!is_icrc && reading->kind != CW_KIND_PRINCIPAL) {
        return;
    }
    const size_t owner_len = is_icrc ? payload.len - CW_ICP_SUBACCOUNT : payload.len;
    const struct cw_span owner = cw_span_slice(payload, 0, owner_len);
    const uint8_t *subaccount = is_icrc ? (const uint8_t *)payload.data + owner_len : no_subaccount;
    cw_icp_account(owner, subaccount, account);
    add_own(links, reading, CW_LINK_ICPACCT, payload, cw_span_make(account, sizeof(account)));
    (void)add(links, reading, CW_LINK_ICPOWNER, owner);
}

/* Ergo and Kaspa show the key itself, whose hash is what Bitcoin's relatives show. */
static void add_key_hash(struct cw_links *links, const struct cw_reading *reading,
                         struct cw_span payload)
{
    uint8_t hash[CW_RIPEMD160_BYTES];
    if (reading->kind == CW_KIND_P2PK || reading->kind == CW_KIND_PUBKEY_ECDSA) {
        cw_hash160(payload, hash);
        add_own(links, reading, CW_LINK_H160, payload, cw_span_make(hash, sizeof(hash)));
    }
}

void cw_links_collect(const struct cw_address *address, struct cw_links *ret)
{
    ret->count = 0;
    ret->linked = 0;
    for (size_t i = 0; i < address->readings_count; i++) {
        const struct cw_reading *reading = &address->readings[i];
        const size_t before = ret->count;
        if (reading->is_narrowed) {
            const struct cw_span payload = cw_reading_payload(address, reading);
            add_by_kind(ret, reading, payload);
            add_by_chain(ret, reading, payload);
            add_cosmos(ret, reading, payload);
            add_cardano(ret, reading, payload);
            add_form(ret, reading, payload);
            add_icp(ret, reading, payload);
            add_key_hash(ret, reading, payload);
        }
        ret->linked |= ret->count > before ? 1u << i : 0u;
    }
    const size_t direct = ret->count;
    for (size_t i = 0; i < direct; i++) {
        if (ret->rows[i].is_derived) {
            continue;
        }
        if (ret->rows[i].link_class == CW_LINK_H160 || ret->rows[i].link_class == CW_LINK_W256) {
            add_nested(ret, i);
        }
    }
}
