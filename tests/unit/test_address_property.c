/* Addresses: what must hold for every kind of every chain. The keys are made up from a seed, the
 * chains and kinds come from the tables, so that a new row is tested without a line here.
 *
 *   test_address_property [KEYS [SEED]]      10,000 keys and seed 1 without arguments
 */
#include "suite.h"

#include <inttypes.h>
#include <stdlib.h>

#include "address/codec.h"
#include "address_keys.h"
#include "crypto/hash.h"

static size_t keys_wanted = 10000;
static uint64_t seed = 1;

/* ---- print and read ---- */

static bool has_key(const struct cw_address *address, const struct made_key *key)
{
    for (size_t i = 0; i < address->readings_count; i++) {
        const struct cw_reading *reading = &address->readings[i];
        if (reading->chain == key->chain && reading->kind == key->kind &&
            cw_span_equal(cw_reading_payload(address, reading), made_payload(key))) {
            return true;
        }
    }
    return false;
}

/* Reads a printed key as its own chain, strictly, and as a list with that name beside it. False
 * when it is another key, with a line that says so. */
static bool reads_back(const struct made_key *key, const char *text)
{
    const struct cw_span chain = cw_span_cstr(cw_chain_table[key->chain].name);
    struct cw_address address;
    char canonical[2][CW_CANONICAL_BYTES];
    enum cw_address_error why = cw_address_parse_as(cw_span_cstr(text), chain, &address);
    if (why != CW_ADDRESS_OK || !has_key(&address, key)) {
        (void)printf("\n    %s as %.*s: %s", text, CW_SPAN_ARG(chain), cw_address_error_code(why));
        return false;
    }
    cw_address_canonical(&address, canonical[0]);
    cw_address_canonical(&key->address, canonical[1]);
    if (strcmp(canonical[0], canonical[1]) != 0) {
        (void)printf("\n    %s: %s is not %s", text, canonical[0], canonical[1]);
        return false;
    }
    if (key->kind == CW_KIND_ETH_IMPLICIT) {
        return true; /* beside a list's tag `0x…` is an address of the EVM: the text decides */
    }
    why = cw_address_parse(cw_span_cstr(text), chain, CW_ADDRESS_LIST, &address);
    if (why != CW_ADDRESS_OK || !has_key(&address, key)) {
        (void)printf("\n    %s beside %.*s: %s", text, CW_SPAN_ARG(chain),
                     cw_address_error_code(why));
        return false;
    }
    return true;
}

/* ---- no two keys in one form ---- */

/* Every text printed so far, with the number of the key it was printed for. */
struct seen {
    uint64_t *texts; /* hash of the text, 0 free */
    size_t *keys;
    size_t mask;
};

static bool seen_init(struct seen *seen, size_t count)
{
    size_t size = 1024;
    while (size < 4 * count) {
        size *= 2;
    }
    seen->texts = calloc(size, sizeof(*seen->texts));
    seen->keys = calloc(size, sizeof(*seen->keys));
    seen->mask = size - 1;
    return seen->texts != NULL && seen->keys != NULL;
}

static void seen_clear(struct seen *seen)
{
    free(seen->texts);
    free(seen->keys);
}

static uint64_t hash_text(const char *text)
{
    uint8_t digest[8];
    uint64_t hash = 0;
    cw_blake2b(cw_span_cstr(text), NULL, digest, sizeof(digest));
    memcpy(&hash, digest, sizeof(hash));
    return hash == 0 ? 1 : hash;
}

/* The number of the key that was printed as this text before; `number` when there is none. */
static size_t seen_add(struct seen *seen, const char *text, size_t number)
{
    const uint64_t hash = hash_text(text);
    size_t at = (size_t)hash & seen->mask;
    while (seen->texts[at] != 0 && seen->texts[at] != hash) {
        at = (at + 1) & seen->mask;
    }
    if (seen->texts[at] == hash) {
        return seen->keys[at];
    }
    seen->texts[at] = hash;
    seen->keys[at] = number;
    return number;
}

static bool same_key(const struct made_key *a, const struct made_key *b)
{
    return a->chain == b->chain && a->kind == b->kind &&
           cw_span_equal(made_payload(a), made_payload(b));
}

/* Two keys may share a text if both are among its readings (the `1…` of Bitcoin and Bitcoin SV), or
 * if the text says nothing about itself and only a tag tells the two chains apart (64 digits). */
static bool may_share(const struct made_key *a, const struct made_key *b, const char *text)
{
    struct cw_address address;
    if (same_key(a, b)) {
        return true;
    }
    const enum cw_address_error why =
        cw_address_parse(cw_span_cstr(text), CW_SPAN(""), CW_ADDRESS_STRICT, &address);
    return why == CW_ADDRESS_OK ? has_key(&address, a) && has_key(&address, b)
                                : cw_chain_table[a->chain].group != cw_chain_table[b->chain].group;
}

static void check_key(struct seen *texts, struct seen *canonicals, size_t number)
{
    struct made_key key;
    struct made_key other;
    char text[CW_ADDRESS_TEXT_BYTES];
    char canonical[CW_CANONICAL_BYTES];
    make_key(seed, number, &key);
    cw_address_text(&key.address, text);
    cw_address_canonical(&key.address, canonical);
    CW_CHECK(reads_back(&key, text), "key %zu of seed %" PRIu64, number, seed);
    make_key(seed, seen_add(canonicals, canonical, number), &other);
    CW_CHECK(same_key(&key, &other), "%s stands for two keys", canonical);
    make_key(seed, seen_add(texts, text, number), &other);
    CW_CHECK(may_share(&key, &other, text), "%s stands for two keys", text);
}

static void reads_what_it_prints_and_shares_no_form(void)
{
    struct seen texts = {.mask = 0};
    struct seen canonicals = {.mask = 0};
    const bool is_ready = seen_init(&texts, keys_wanted) && seen_init(&canonicals, keys_wanted);
    CU_ASSERT(is_ready);
    for (size_t number = 0; is_ready && number < keys_wanted; number++) {
        check_key(&texts, &canonicals, number);
    }
    seen_clear(&texts);
    seen_clear(&canonicals);
}

static void makes_keys_of_every_chain_and_kind(void)
{
    bool chains[CW_CHAINS] = {false};
    bool kinds[CW_KINDS] = {false};
    for (size_t number = 0; number < made_sorts_count(); number++) {
        struct made_key key;
        make_key(seed, number, &key);
        chains[key.chain] = true;
        kinds[key.kind] = true;
    }
    for (size_t i = 0; i < CW_CHAINS; i++) {
        CW_CHECK(chains[i], "no key of %s", cw_chain_table[i].name);
    }
    for (size_t i = 0; i < CW_KINDS; i++) {
        CW_CHECK(kinds[i], "no key of kind %s", cw_kind_names[i]);
    }
}

/* ---- a changed character ---- */

/* Encodings whose checksum has 30 bits or more. */
static bool is_strong(const struct cw_address *address)
{
    static const char *const names[] = {"base58check",       "bech32",   "bech32m", "cashaddr",
                                        "x-address",         "c32check", "cip37",   "nano",
                                        "cryptonote-base58", "filecoin", "byron"};
    for (size_t i = 0; i < CW_COUNT(names); i++) {
        if (strcmp(cw_address_encoding(address), names[i]) == 0) {
            return cw_address_checksum(address) == CW_CHECKSUM_OK;
        }
    }
    return false;
}

/* One byte replaced by any other: it must not become another key, neither as the chain it was nor
 * as anything. The same key is fine: some encodings ignore letter case. */
static void corrupt(const struct made_key *key, char *text, uint64_t *state)
{
    const size_t len = strlen(text);
    const struct cw_span chain = cw_span_cstr(cw_chain_table[key->chain].name);
    for (size_t round = 0; round < 8; round++) {
        struct cw_address address;
        const size_t at = made_random(state) % len;
        const char kept = text[at];
        text[at] = (char)(made_random(state) & 0xffu);
        const struct cw_span changed = cw_span_make(text, len);
        CW_CHECK(text[at] == kept ||
                     cw_address_parse_as(changed, chain, &address) != CW_ADDRESS_OK ||
                     has_key(&address, key),
                 "%s at %zu became another key of %.*s", text, at, CW_SPAN_ARG(chain));
        const enum cw_address_error why =
            cw_address_parse(changed, CW_SPAN(""), CW_ADDRESS_STRICT, &address);
        /* 32 bytes in base58 have no checksum: Solana reads any text of that size */
        CW_CHECK(text[at] == kept || why != CW_ADDRESS_OK || has_key(&address, key) ||
                     cw_address_checksum(&address) != CW_CHECKSUM_OK,
                 "%s at %zu became another key", text, at);
        text[at] = kept;
    }
}

static void never_reads_a_changed_byte_as_another_key(void)
{
    uint64_t state = seed;
    size_t tried = 0;
    for (size_t number = 0; number < keys_wanted; number++) {
        struct made_key key;
        struct cw_address address;
        char text[CW_ADDRESS_TEXT_BYTES];
        make_key(seed, number, &key);
        cw_address_text(&key.address, text);
        const struct cw_span chain = cw_span_cstr(cw_chain_table[key.chain].name);
        if (cw_address_parse_as(cw_span_cstr(text), chain, &address) == CW_ADDRESS_OK &&
            is_strong(&address)) {
            corrupt(&key, text, &state);
            tried++;
        }
    }
    CU_ASSERT(tried > keys_wanted / 2);
}

static const struct cw_test tests[] = {
    {"makes keys of every chain and kind", makes_keys_of_every_chain_and_kind},
    {"reads what it prints and shares no form", reads_what_it_prints_and_shares_no_form},
    {"never reads a changed byte as another key", never_reads_a_changed_byte_as_another_key},
};

int main(int argc, char **argv)
{
    uint64_t number = 0;
    if (argc > 1 && cw_span_to_u64(cw_span_cstr(argv[1]), 100000000, &number) && number > 0) {
        keys_wanted = (size_t)number;
    } else if (argc > 1) {
        (void)fprintf(stderr, "test_address_property [KEYS [SEED]]\n");
        return 2;
    }
    if (argc > 2 && !cw_span_to_u64(cw_span_cstr(argv[2]), UINT64_MAX, &seed)) {
        return 2;
    }
    return cw_run_suite("address_property", tests, CW_COUNT(tests));
}
