#include "address/spelling_run.h"

#include "base/text.h"

/* What a family can write beside its canonical text. Each text is proved by reading it again, so a
 * writer may try a form that only some keys have. */

typedef void spell_fn(struct cw_spelling_run *run, const struct cw_spelling_key *key);

static void take_joined(struct cw_spelling_run *run, const struct cw_spelling_key *key,
                        const char *prefix, struct cw_span rest)
{
    struct cw_writer *out = cw_spelling_begin(run);
    cw_write_str(out, prefix);
    cw_write_span(out, rest);
    cw_spelling_take(run, key);
}

static void take_hex(struct cw_spelling_run *run, const struct cw_spelling_key *key,
                     const char *prefix, struct cw_span bytes)
{
    struct cw_writer *out = cw_spelling_begin(run);
    cw_write_str(out, prefix);
    cw_write_hex(out, bytes);
    cw_spelling_take(run, key);
}

/* The canonical text of a key into an array of CW_ADDRESS_TEXT_BYTES. */
static struct cw_span write_canonical(const struct cw_spelling_key *key,
                                      char ret[static CW_ADDRESS_TEXT_BYTES])
{
    struct cw_address scratch = {.readings_count = 0};
    struct cw_writer out = {.data = ret, .max = CW_ADDRESS_TEXT_BYTES - 1};
    const enum cw_address_error why = cw_found_add(
        &scratch,
        &(struct cw_found){.chain = key->chain, .kind = key->kind, .payload = key->payload});
    CW_ASSERT(why == CW_ADDRESS_OK);
    cw_family_table[cw_chain_table[key->chain].family].text(&scratch, &scratch.readings[0], &out);
    return cw_span_make(out.data, out.len);
}

static struct cw_span after(struct cw_span text, char mark)
{
    return cw_span_slice(text, cw_span_find(text, mark, 0) + 1, text.len);
}

/* ---- coins ---- */

static void spell_cashaddr(struct cw_spelling_run *run, const struct cw_spelling_key *key,
                           const char *prefix, uint8_t version)
{
    char body[CW_ADDRESS_TEXT_BYTES];
    struct cw_writer *out = cw_spelling_begin(run);
    cw_write_cashaddr_as(out, prefix, version, key->payload);
    const struct cw_span text = after(cw_span_make(out->data, out->len), ':');
    memcpy(body, text.data, text.len);
    cw_spelling_take(run, key);
    take_joined(run, key, "", cw_span_make(body, text.len));
}

static void spell_coin(struct cw_spelling_run *run, const struct cw_spelling_key *key)
{
    enum { TOKEN_AWARE = 0x10 };
    const uint8_t version = cw_cashaddr_version(key->kind);
    for (size_t i = 0; i < cw_base58_rows_count; i++) {
        const struct cw_base58_row *row = &cw_base58_rows[i];
        if (row->chain == key->chain && row->kind == key->kind) {
            cw_write_base58_as(cw_spelling_begin(run), row, key->payload);
            cw_spelling_take(run, key);
        }
    }
    for (size_t i = 0; i < cw_cashaddr_rows_count; i++) {
        const struct cw_prefix_row *row = &cw_cashaddr_rows[i];
        if (row->chain == key->chain) {
            spell_cashaddr(run, key, row->prefix, version);
            if (key->chain == CW_CHAIN_BITCOIN_CASH) { /* the others have no tokens */
                spell_cashaddr(run, key, row->prefix, (uint8_t)(version | TOKEN_AWARE));
            }
        }
    }
    for (size_t i = 0; i < cw_bech32_rows_count; i++) {
        const struct cw_bech32_row *row = &cw_bech32_rows[i];
        if (row->chain == key->chain && row->kind == key->kind) {
            cw_bech32_encode(cw_spelling_begin(run), row->prefix, -1, key->payload, row->constant);
            cw_spelling_take(run, key);
        }
    }
}

/* ---- accounts of 20 bytes ---- */

static void spell_evm(struct cw_spelling_run *run, const struct cw_spelling_key *key)
{
    enum { EVM_NAMESPACE = 10 };
    char text[CW_ADDRESS_TEXT_BYTES];
    uint8_t delegated[1 + 20] = {EVM_NAMESPACE};
    take_hex(run, key, "0x", key->payload);
    take_hex(run, key, "", key->payload);
    take_hex(run, key, "xdc", key->payload);
    take_hex(run, key, "ronin:", key->payload);
    spell_coin(run, key); /* Harmony and IoTeX have rows of bech32 */
    for (size_t i = 0; i < cw_cosmos_rows_count; i++) {
        if (cw_cosmos_rows[i].network != NULL) {
            cw_bech32_encode(cw_spelling_begin(run), cw_cosmos_rows[i].prefix, -1, key->payload,
                             CW_BECH32_CONSTANT);
            cw_spelling_take(run, key);
        }
    }
    cw_write_icap(cw_spelling_begin(run), key->payload);
    cw_spelling_take(run, key);
    memcpy(delegated + 1, key->payload.data, key->payload.len);
    const struct cw_span f410 = write_canonical(
        &(struct cw_spelling_key){.chain = CW_CHAIN_FILECOIN,
                                  .kind = CW_KIND_DELEGATED,
                                  .payload = cw_span_make(delegated, sizeof(delegated))},
        text);
    take_joined(run, key, "", f410);
    take_joined(run, key, "t", after(f410, 'f'));
    take_joined(run, key, "C-", write_canonical(key, text));
}

static void spell_tron(struct cw_spelling_run *run, const struct cw_spelling_key *key)
{
    take_hex(run, key, "41", key->payload);
    take_hex(run, key, "0x41", key->payload);
}

static void spell_xrpl(struct cw_spelling_run *run, const struct cw_spelling_key *key)
{
    cw_write_xaddress(cw_spelling_begin(run), key->payload, NULL);
    cw_spelling_take(run, key);
    if (run->asked->aux_kind == CW_AUX_NUMBER && run->asked->aux <= UINT32_MAX) {
        cw_write_xaddress(cw_spelling_begin(run), key->payload, &run->asked->aux);
        cw_spelling_take(run, key);
    }
}

static void spell_avalanche(struct cw_spelling_run *run, const struct cw_spelling_key *key)
{
    char text[CW_ADDRESS_TEXT_BYTES];
    const struct cw_span bech32 = after(write_canonical(key, text), '-');
    take_joined(run, key, "X-", bech32);
    take_joined(run, key, "C-", bech32);
    take_joined(run, key, "", bech32);
}

static void spell_zilliqa(struct cw_spelling_run *run, const struct cw_spelling_key *key)
{
    spell_coin(run, key);
    take_hex(run, key, "0x", key->payload);
    take_hex(run, key, "", key->payload);
}

static void spell_conflux(struct cw_spelling_run *run, const struct cw_spelling_key *key)
{
    static const char *const types[] = {
        "cfx:type.user:", "cfx:type.contract:", "cfx:type.builtin:", "cfx:type.null:"};
    char text[CW_ADDRESS_TEXT_BYTES];
    const struct cw_span body = after(write_canonical(key, text), ':');
    for (size_t i = 0; i < CW_COUNT(types); i++) {
        take_joined(run, key, types[i], body);
    }
}

static void spell_nem(struct cw_spelling_run *run, const struct cw_spelling_key *key)
{
    enum { GROUP = 6 };
    char text[CW_ADDRESS_TEXT_BYTES];
    const struct cw_span digits = write_canonical(key, text);
    struct cw_writer *out = cw_spelling_begin(run);
    for (size_t i = 0; i < digits.len; i++) {
        if (i > 0 && i % GROUP == 0) {
            cw_write_char(out, '-');
        }
        cw_write_char(out, digits.data[i]);
    }
    cw_spelling_take(run, key);
}

static void spell_waves(struct cw_spelling_run *run, const struct cw_spelling_key *key)
{
    char text[CW_ADDRESS_TEXT_BYTES];
    take_joined(run, key, "address:", write_canonical(key, text));
}

static void spell_filecoin(struct cw_spelling_run *run, const struct cw_spelling_key *key)
{
    char text[CW_ADDRESS_TEXT_BYTES];
    const struct cw_span canonical = write_canonical(key, text);
    uint64_t id = 0;
    uint8_t masked[20] = {0xff};
    take_joined(run, key, "t", cw_span_slice(canonical, 1, canonical.len));
    if (key->kind == CW_KIND_ID &&
        cw_span_to_u64(cw_span_slice(canonical, 2, canonical.len), INT64_MAX, &id)) {
        for (size_t i = 0; i < 8; i++) {
            masked[sizeof(masked) - 1 - i] = (uint8_t)(id >> 8 * i & 0xffu);
        }
        take_hex(run, key, "0x", cw_span_make(masked, sizeof(masked)));
    }
}

/* ---- accounts of 32 bytes ---- */

static void spell_ton(struct cw_spelling_run *run, const struct cw_spelling_key *key)
{
    static const enum cw_ton_form forms[] = {CW_TON_BOUNCEABLE, CW_TON_NON_BOUNCEABLE,
                                             CW_TON_TEST_BOUNCEABLE, CW_TON_TEST_NON_BOUNCEABLE};
    for (size_t i = 0; i < 2 * CW_COUNT(forms); i++) {
        cw_write_ton_friendly(cw_spelling_begin(run), forms[i / 2], i % 2 == 0, key->payload);
        cw_spelling_take(run, key);
    }
}

/* The networks of one byte when the account is a Substrate one, else the two that people use. */
static void spell_substrate(struct cw_spelling_run *run, const struct cw_spelling_key *key)
{
    const bool is_own = cw_chain_table[run->asked->readings[0].chain].family == CW_FAMILY_substrate;
    for (uint8_t prefix = 0; prefix < 64; prefix++) {
        const bool is_used = prefix == 0 || prefix == 2;
        if (is_own || is_used) {
            cw_write_ss58(cw_spelling_begin(run), prefix, key->payload);
            cw_spelling_take(run, key);
        }
    }
    take_hex(run, key, "0x", key->payload);
}

static void spell_move(struct cw_spelling_run *run, const struct cw_spelling_key *key)
{
    char text[CW_ADDRESS_TEXT_BYTES];
    const struct cw_span digits = after(write_canonical(key, text), 'x');
    size_t zeros = 0;
    while (zeros + 1 < digits.len && digits.data[zeros] == '0') {
        zeros++;
    }
    take_joined(run, key, "0x", cw_span_slice(digits, zeros, digits.len));
    take_joined(run, key, "", digits);
}

static void spell_kadena(struct cw_spelling_run *run, const struct cw_spelling_key *key)
{
    take_hex(run, key, "", key->payload);
}

static void spell_kaspa(struct cw_spelling_run *run, const struct cw_spelling_key *key)
{
    char text[CW_ADDRESS_TEXT_BYTES];
    take_joined(run, key, "", after(write_canonical(key, text), ':'));
}

static void spell_nano(struct cw_spelling_run *run, const struct cw_spelling_key *key)
{
    char text[CW_ADDRESS_TEXT_BYTES];
    const struct cw_span digits = after(write_canonical(key, text), '_');
    if (key->chain == CW_CHAIN_NANO) {
        take_joined(run, key, "xrb_", digits);
    }
}

static void spell_hedera(struct cw_spelling_run *run, const struct cw_spelling_key *key)
{
    static const uint8_t zeros[16] = {0};
    char text[CW_ADDRESS_TEXT_BYTES];
    cw_write_hedera_sum(cw_spelling_begin(run), write_canonical(key, text));
    cw_spelling_take(run, key);
    if (key->payload.len == 24 && memcmp(key->payload.data, zeros, sizeof(zeros)) == 0) {
        take_hex(run, key, "0x", cw_span_slice(key->payload, 4, key->payload.len));
    }
}

/* ---- all ---- */

static spell_fn *const spell_table[CW_FAMILIES] = {
    [CW_FAMILY_coin] = spell_coin,
    [CW_FAMILY_zcash] = spell_coin,
    [CW_FAMILY_evm] = spell_evm,
    [CW_FAMILY_tron] = spell_tron,
    [CW_FAMILY_xrpl] = spell_xrpl,
    [CW_FAMILY_avalanche] = spell_avalanche,
    [CW_FAMILY_zilliqa] = spell_zilliqa,
    [CW_FAMILY_conflux] = spell_conflux,
    [CW_FAMILY_nem] = spell_nem,
    [CW_FAMILY_waves] = spell_waves,
    [CW_FAMILY_filecoin] = spell_filecoin,
    [CW_FAMILY_ton] = spell_ton,
    [CW_FAMILY_substrate] = spell_substrate,
    [CW_FAMILY_move] = spell_move,
    [CW_FAMILY_kadena] = spell_kadena,
    [CW_FAMILY_kaspa] = spell_kaspa,
    [CW_FAMILY_nano] = spell_nano,
    [CW_FAMILY_hedera] = spell_hedera,
};

void cw_spell_key(struct cw_spelling_run *run, const struct cw_spelling_key *key)
{
    char text[CW_ADDRESS_TEXT_BYTES];
    spell_fn *more = spell_table[cw_chain_table[key->chain].family];
    take_joined(run, key, "", write_canonical(key, text));
    if (more != NULL) {
        more(run, key);
    }
}
