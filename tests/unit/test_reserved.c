/* Addresses that nobody holds: which they are, and that they are related to nobody. */
#include "suite.h"

#include "address/reserved.h"

#define EVM    "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"
#define ZERO32 "0000000000000000000000000000000000000000000000000000000000000000"

static const struct {
    const char *tag;
    const char *text;
    const char *what; /* a word of what it is; NULL: an ordinary address */
} rows[] = {
    {"", "0x0000000000000000000000000000000000000000", "zeros"},
    {"", "0x0000000000000000000000000000000000000001", "precompiled"},
    {"", "0x0000000000000000000000000000000000001010", "precompiled"},
    {"", "0x000000000000000000000000000000000000ffff", "precompiled"},
    {"", "0x0000000000000000000000000000000000010000", NULL},
    {"", "0x1000000000000000000000000000000000000000", NULL},
    {"", "0x000000000000000000000000000000000000dEaD", "burn address"},
    {"", "0x000000000000000000000000000000000001dead", NULL},
    {"", "0xdead000000000000000000000000000000000000", "burn address"},
    {"", "0xdead000000000000000042069420694206942069", "burn address"},
    {"", "0xdeaddeaddeaddeaddeaddeaddeaddeaddeaddead", "burn address"},
    {"", "0xdeaddeaddeaddeaddeaddeaddeaddeaddeaddeae", NULL},
    {"", "0xdeaddeaddeaddeaddeaddeaddeaddeaddead0001", "OP stack"},
    {"", "0xEeeeeEeeeEeEeeEeEeEeeEEEeeeeEeeeeeeeEEeE", "native asset"},
    {"", "0xfffffffffffffffffffffffffffffffffffffffe", "system contracts"},
    {"", "0xffffffffffffffffffffffffffffffffffffffff", "ones"},
    {"", "xdc0000000000000000000000000000000000000000", "zeros"},
    {"", EVM, NULL},
    {"", "1111111111111111111114oLvT2", "zeros"},
    {"XBT", "1111111111111111111114oLvT2", "zeros"},
    {"", "1QLbz7JHiBTspS962RLKV8GndWFwi5j6Qr", "ones"},
    {"", "1BitcoinEaterAddressDontSendf59kuE", "Bitcoin eater"},
    {"BCH", "1BitcoinEaterAddressDontSendf59kuE", "Bitcoin eater"},
    {"", "1CounterpartyXXXXXXXXXXXXXXXUWLpVr", "Counterparty"},
    {"", "1BURNXXXXXXXXXXXXXXXXXXXXXXXTVanmh", "burn address"},
    {"", "1ChancecoinXXXXXXXXXXXXXXXXXZELUFD", "Chancecoin"},
    {"", "DDogepartyxxxxxxxxxxxxxxxxxxw1dfzr", "Dogeparty"},
    {"", "1HT7xU2Ngenf7D4yocz2SAcnNLW7rK8d4E", "empty public key"},
    {"", "bc1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq9e75rs", "zeros"},
    {"", "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH", NULL},
    {"", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", NULL},
    {"", "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb", "zeros"},
    {"", "TLsV52sRDL79HXGGm9yzwKibb6BeruhUzy", "black hole"},
    {"", "41000000000000000000000000000000000000dead", "burn address"},
    {"", "410000000000000000000000000000000000000001", "precompiled"},
    {"", "TJYRVkPzQxDJtN5hQUzPF8imvDNzd1dUzA", NULL},
    {"", "11111111111111111111111111111111", "zeros"},
    {"", "1nc1nerator11111111111111111111111111111111", "incinerator"},
    {"", "Vote111111111111111111111111111111111111111", "native Solana program"},
    {"", "SysvarC1ock11111111111111111111111111111111", "sysvar"},
    {"", "So11111111111111111111111111111111111111112", "wrapped SOL"},
    {"", "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA", "program library"},
    {"", "BpxkUcBg94j3Yk6nkhPDJ7EnL6VqRp5e7MhwkJwAsZA5", NULL},
    {"", "rrrrrrrrrrrrrrrrrrrrrhoLvTp", "zeros"},
    {"", "rrrrrrrrrrrrrrrrrrrrBZbvji", "ACCOUNT_ONE"},
    {"", "rrrrrrrrrrrrrrrrrNAMEtxvNvQ", "name reservation"},
    {"", "rrrrrrrrrrrrrrrrrrrn5RM1rHd", "NaN"},
    {"", "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh", "genesis"},
    {"", "rhDDhPs5ovHvzcNEM1vb4KDKLgE5mXs58z", NULL},
    {"", "GAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAWHF", "zeros"},
    {"", "EQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAM9c", "zeros"},
    {"", "-1:" ZERO32, "zeros"},
    {"", "EQARPgsDjlnOydobWV7P-3t5cIquYxbCWFVLD-cu3gHV2C-p", NULL},
    {"", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAY5HFKQ", "zeros"},
    {"", "nano_1111111111111111111111111111111111111111111111111111hifc8npp", "zeros"},
    {"", "5C4hrfjw9DjXZTzV3MwzrrAr9P1MJhSrvWGWqi1eSuyUpnhM", "zeros"},
    {"", "tz1burnburnburnburnburnburnburjAYjjX", "tz1burn"},
    {"", "aaaaa-aa", "management canister"},
    {"", "2vxsx-fae", "anonymous"},
    {"NEAR", "system", "NEAR"},
    {"NEAR", "systems", NULL},
    {"EOS", "eosio.null", "eosio.null"},
    {"FIL", "f099", "actor"},
    {"FIL", "f0100", NULL},
    {"HBAR", "0.0.98", "Hedera"},
    {"HBAR", "0.0.999", "Hedera"},
    {"HBAR", "0.0.1000", NULL},
    {"HBAR", "0.1.98", NULL},
    {"APT", "0x1", "Aptos"},
    {"SUI", "0x2", "Sui"},
    {"APT", "0x10000", NULL},
};

static bool decode(const char *text, const char *tag, struct cw_address *ret)
{
    return cw_address_parse(cw_span_cstr(text), cw_span_cstr(tag), CW_ADDRESS_LIST, ret) ==
           CW_ADDRESS_OK;
}

static void knows_what_is_nobodys(void)
{
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        struct cw_address address;
        char canonical[CW_CANONICAL_BYTES];
        const bool is_read = decode(rows[i].text, rows[i].tag, &address);
        CW_CHECK(is_read, "%s does not decode", rows[i].text);
        if (!is_read) {
            continue;
        }
        const struct cw_reserved *found = cw_address_reserved(&address);
        const bool is_good = rows[i].what == NULL
                                 ? found == NULL
                                 : found != NULL && strstr(found->what, rows[i].what) != NULL &&
                                       strlen(found->source) > 5;
        CW_CHECK(is_good, "%s: %s", rows[i].text, found == NULL ? "-" : found->what);
        cw_address_canonical(&address, canonical);
        CW_CHECK(cw_reserved_find(cw_span_cstr(canonical)) == found, "%s", canonical);
    }
}

static void refuses_what_is_no_key(void)
{
    static const char *const texts[] = {
        "",
        ":",
        "::",
        "evm",
        "evm:account",
        "evm:account:",
        "evm:account:0",
        "evm:account:zz",
        "evm:nothing:0000000000000000000000000000000000000000",
        "nothing:account:0000000000000000000000000000000000000000",
        "internet-computer:principal",
    };
    for (size_t i = 0; i < CW_COUNT(texts); i++) {
        CW_CHECK(cw_reserved_find(cw_span_cstr(texts[i])) == NULL, "%s", texts[i]);
    }
    CU_ASSERT_PTR_NULL(cw_reserved_find((struct cw_span){NULL, 0}));
}

static bool share_a_probe(const struct cw_address *a, const struct cw_address *b)
{
    struct cw_probe of_a[CW_LINKS_MAX];
    struct cw_probe of_b[CW_LINKS_MAX];
    const size_t count_a = cw_address_probes(a, of_a);
    const size_t count_b = cw_address_probes(b, of_b);
    for (size_t i = 0; i < count_a; i++) {
        for (size_t j = 0; j < count_b; j++) {
            if (memcmp(&of_a[i], &of_b[j], sizeof(of_a[i])) == 0) {
                return true;
            }
        }
    }
    return false;
}

static void relates_them_to_nobody(void)
{
    static const struct {
        const char *a;
        const char *b;
        enum cw_relation relation;
    } pairs[] = {
        {"1111111111111111111114oLvT2", "rrrrrrrrrrrrrrrrrrrrrhoLvTp", CW_RELATION_NONE},
        {"1111111111111111111114oLvT2", "bc1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq9e75rs",
         CW_RELATION_NONE},
        {"0x0000000000000000000000000000000000000000", "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb",
         CW_RELATION_NONE},
        {"11111111111111111111111111111111",
         "GAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAWHF", CW_RELATION_NONE},
        /* the script that a wallet would nest a zero hash in */
        {"1111111111111111111114oLvT2", "3B9cnnd9j7n1fri8jzNkZZgjquA3ANQFeJ", CW_RELATION_NONE},
        {"0x0000000000000000000000000000000000000000",
         "xdc0000000000000000000000000000000000000000", CW_RELATION_ENCODING},
        {"1111111111111111111114oLvT2", "1111111111111111111114oLvT2", CW_RELATION_EXACT},
        {"1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
         CW_RELATION_SAME_KEY_HASH},
    };
    for (size_t i = 0; i < CW_COUNT(pairs); i++) {
        struct cw_address a;
        struct cw_address b;
        if (!decode(pairs[i].a, "", &a) || !decode(pairs[i].b, "", &b)) {
            CW_CHECK(false, "%s, %s: no addresses", pairs[i].a, pairs[i].b);
            continue;
        }
        CW_CHECK(cw_address_relation(&a, &b, NULL) == pairs[i].relation, "%s", pairs[i].a);
        CW_CHECK(cw_address_relation(&b, &a, NULL) == pairs[i].relation, "%s", pairs[i].b);
        CW_CHECK(share_a_probe(&a, &b) == (pairs[i].relation != CW_RELATION_NONE), "%s",
                 pairs[i].b);
    }
}

static const struct cw_test tests[] = {
    {"knows what is nobody's, and a neighbour that is somebody's", knows_what_is_nobodys},
    {"refuses what is no canonical key", refuses_what_is_no_key},
    {"relates such a key to its own spellings only", relates_them_to_nobody},
};

int main(void)
{
    return cw_run_suite("reserved", tests, CW_COUNT(tests));
}
