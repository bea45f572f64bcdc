/* Look-alikes: one mistyped character, and the ends of somebody else's address. */
#include "suite.h"

#include <stdlib.h>

#include "address/resemble.h"
#include "base/limits.h"

#define EVM    "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"
#define SEGWIT "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
#define TRON   "TJYRVkPzQxDJtN5hQUzPF8imvDNzd1dUzA"
#define SOLANA "BpxkUcBg94j3Yk6nkhPDJ7EnL6VqRp5e7MhwkJwAsZA5"
#define CASH   "bitcoincash:qz28rx4aa805njfmt285qvzchmje0r5hdurspaw60q"

struct pair {
    const char *what;
    const char *asked;
    const char *listed;
    enum cw_resemblance want;
    size_t at;
};

static const struct pair pairs[] = {
    {"one hex digit", "0x098b716b8aaf21512996dc57eb0615e2383e2f97", EVM, CW_RESEMBLES_ONE_CHARACTER,
     41},
    {"a letter among hex digits", "0x098b716b8aaf21512996dcg7eb0615e2383e2f96", EVM,
     CW_RESEMBLES_ONE_CHARACTER, 24},
    {"O for 0 in the prefix", "Ox098b716b8aaf21512996dc57eb0615e2383e2f96", EVM,
     CW_RESEMBLES_ONE_CHARACTER, 0},
    {"xdc with one digit wrong", "xdc098b716b8aaf21512996dc57eb0615e2383e2f97", EVM,
     CW_RESEMBLES_ONE_CHARACTER, 42},
    {"bare digits, one wrong", "098b716b8aaf21512996dc57eb0615e2383e2f97", EVM,
     CW_RESEMBLES_ONE_CHARACTER, 39},
    {"ronin: with one digit wrong", "ronin:098b716b8aaf21512996dc57eb0615e2383e2f97", EVM,
     CW_RESEMBLES_ONE_CHARACTER, 45},
    {"one character of bech32", "bc1qw508d6qejxtdg4y5r3zarvaty0c5xw7kv8f3t4", SEGWIT,
     CW_RESEMBLES_ONE_CHARACTER, 27},
    {"upper-case bech32, one wrong", "BC1QW508D6QEJXTDG4Y5R3ZARVATY0C5XW7KV8F3T4", SEGWIT,
     CW_RESEMBLES_ONE_CHARACTER, 27},
    {"the witness version of bech32", "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", SEGWIT,
     CW_RESEMBLES_ONE_CHARACTER, 3},
    {"one letter of base58 in the other case", "TJYRVkPzQxDJtN5hQUzPF8imvDNzd1dUza", TRON,
     CW_RESEMBLES_ONE_CHARACTER, 33},
    {"a Cyrillic letter is one character", "TJYRVkPzQxDJtN5hQUzPF8imvDNzd1dUz\xd0\x90", TRON,
     CW_RESEMBLES_ONE_CHARACTER, 33},
    {"CashAddr without prefix, one wrong", "qz28rx4aa805njfmt285qvzchmje0r5hdurspaw6pq", CASH,
     CW_RESEMBLES_ONE_CHARACTER, 40},
    {"the ends of an EVM account",
     "0x098B00000000000000000000000000000000"
     "2f96",
     EVM, CW_RESEMBLES_ENDS, 0},
    {"the ends in the other case",
     "0X098b11111111111111111111111111111111"
     "2F96",
     EVM, CW_RESEMBLES_ENDS, 0},
    {"the ends of a bech32 address", "bc1qw508zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzf3t4", SEGWIT,
     CW_RESEMBLES_ENDS, 0},
    {"the ends of a longer bech32 address",
     "bc1qw508zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzf3t4", SEGWIT, CW_RESEMBLES_ENDS,
     0},
    {"the ends of a TRON account", "TJYRVzzzzzzzzzzzzzzzzzzzzzzzz1dUzA", TRON, CW_RESEMBLES_ENDS,
     0},
    {"the ends of a Solana account", "BpxkzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzsZA5", SOLANA,
     CW_RESEMBLES_ENDS, 0},
    {"two Cyrillic letters between equal ends",
     "TJYRV\xd0\x90PzQxDJtN5hQUzPF8im\xd0\x90"
     "DNzd1dUzA",
     TRON, CW_RESEMBLES_ENDS, 0},
    {"ends in the other case are the same among hex digits only",
     "abCDzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzefGH", "0xabcdyyyyyyyyyyyyyyefgh", CW_RESEMBLES_NOT,
     0},
    {"three characters at the end are not four",
     "0x098B0000000000000000000000000000000000"
     "96",
     EVM, CW_RESEMBLES_NOT, 0},
    {"the prefix does not count among the four", "0x098a000000000000000000000000000000002f96", EVM,
     CW_RESEMBLES_NOT, 0},
    {"the bech32 prefix does not count", "bc1qw50zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzf3t4", SEGWIT,
     CW_RESEMBLES_NOT, 0},
    {"letter case counts in base58", "TjyrvzzzzzzzzzzzzzzzzzzzzzzzzzdUzA", TRON, CW_RESEMBLES_NOT,
     0},
    {"the same address in other letters", "0x098b716b8aaf21512996dc57eb0615e2383e2f96", EVM,
     CW_RESEMBLES_NOT, 0},
    {"the same address in another spelling", "xdc098b716b8aaf21512996dc57eb0615e2383e2f96", EVM,
     CW_RESEMBLES_NOT, 0},
    {"one character more is no mistyped one", "0x098b716b8aaf21512996dc57eb0615e2383e2f9", EVM,
     CW_RESEMBLES_NOT, 0},
    {"two characters wrong", "0x198b716b8aaf21512996dc57eb0615e2383e2f97", EVM, CW_RESEMBLES_NOT,
     0},
    {"two swapped characters", "0x0987b16b8aaf21512996dc57eb0615e2383e2f95", EVM, CW_RESEMBLES_NOT,
     0},
    {"an ICON account against bare digits", "098b716b8aaf21512996dc57eb0615e2383e2f96",
     "hx098b716b8aaf21512996dc57eb0615e2383e2f96", CW_RESEMBLES_ONE_CHARACTER, 0},
    {"nothing", "", EVM, CW_RESEMBLES_NOT, 0},
    {"a short name", "eosio.token1", "eosio.token2", CW_RESEMBLES_NOT, 0},
    {"no UTF-8",
     "\xff"
     "098b716b8aaf21512996dc57eb0615e2383e2f96",
     EVM, CW_RESEMBLES_NOT, 0},
};

static bool share_a_key(const char *a, const char *b)
{
    uint64_t of_a[CW_RESEMBLE_KEYS];
    uint64_t of_b[CW_RESEMBLE_KEYS];
    (void)cw_resemble_keys(cw_span_cstr(a), of_a);
    (void)cw_resemble_keys(cw_span_cstr(b), of_b);
    for (size_t i = 0; i < CW_RESEMBLE_KEYS; i++) {
        if (of_a[i] != 0 && of_a[i] == of_b[i]) {
            return true;
        }
    }
    return false;
}

static void judges_pairs(void)
{
    for (size_t i = 0; i < CW_COUNT(pairs); i++) {
        const struct pair *pair = &pairs[i];
        size_t at = 0;
        const enum cw_resemblance got =
            cw_resemble_judge(cw_span_cstr(pair->asked), cw_span_cstr(pair->listed), &at);
        CW_CHECK(got == pair->want, "%s: %s", pair->what, cw_resemblance_name(got));
        CW_CHECK(at == pair->at, "%s: at %zu", pair->what, at);
        const enum cw_resemblance back =
            cw_resemble_judge(cw_span_cstr(pair->listed), cw_span_cstr(pair->asked), NULL);
        CW_CHECK(back == pair->want, "%s: the other way round", pair->what);
        CW_CHECK(got == CW_RESEMBLES_NOT || share_a_key(pair->asked, pair->listed),
                 "%s: no common key", pair->what);
    }
}

/* Every place of every kind of text: a wrong character anywhere leaves one half as it was. */
static void finds_every_place(void)
{
    static const char *const texts[] = {EVM, SEGWIT, TRON, SOLANA};
    for (size_t i = 0; i < CW_COUNT(texts); i++) {
        const size_t len = strlen(texts[i]);
        for (size_t place = 0; place < len; place++) {
            char wrong[128];
            size_t at = 0;
            memcpy(wrong, texts[i], len + 1);
            wrong[place] = wrong[place] == '!' ? '?' : '!';
            const enum cw_resemblance got =
                cw_resemble_judge(cw_span_cstr(wrong), cw_span_cstr(texts[i]), &at);
            CW_CHECK(got == CW_RESEMBLES_ONE_CHARACTER && at == place, "%s", wrong);
            CW_CHECK(share_a_key(wrong, texts[i]), "%s", wrong);
        }
    }
}

static void has_no_keys_for_short_texts(void)
{
    uint64_t keys[CW_RESEMBLE_KEYS];
    CU_ASSERT_EQUAL(cw_resemble_keys(CW_SPAN(""), keys), 0);
    CU_ASSERT_EQUAL(cw_resemble_keys(CW_SPAN("0.0.123"), keys), 0);
    CU_ASSERT_EQUAL(cw_resemble_keys(CW_SPAN("123456789012345"), keys), 0);
    CU_ASSERT_EQUAL(keys[0] | keys[1] | keys[2], 0);
    CU_ASSERT_EQUAL(cw_resemble_keys(CW_SPAN("1234567890123456"), keys), 3);
    CU_ASSERT_EQUAL(cw_resemble_keys(CW_SPAN("0x34567890123456"), keys), 2);
    CU_ASSERT_EQUAL(keys[0], 0);
}

static void takes_no_more_than_a_bare_text(void)
{
    uint64_t keys[CW_RESEMBLE_KEYS];
    char *text = malloc(CW_ADDRESS_TEXT_MAX + 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    memset(text, 'a', CW_ADDRESS_TEXT_MAX + 1);
    CU_ASSERT_EQUAL(cw_resemble_keys(cw_span_make(text, CW_ADDRESS_TEXT_MAX), keys), 3);
    CU_ASSERT_EQUAL(cw_resemble_keys(cw_span_make(text, CW_ADDRESS_TEXT_MAX + 1), keys), 0);
    free(text);
}

/* They are stored: a change of these numbers needs a new index. */
static void has_stable_keys(void)
{
    uint64_t keys[CW_RESEMBLE_KEYS];
    CU_ASSERT_EQUAL(cw_resemble_keys(CW_SPAN(EVM), keys), 3);
    CU_ASSERT_EQUAL(keys[0], UINT64_C(0x272e46d79361d060));
    CU_ASSERT_EQUAL(keys[1], UINT64_C(0xf413f63e5f2a0bc5));
    CU_ASSERT_EQUAL(keys[2], UINT64_C(0x8cb09ef1fdb08a79));
    CU_ASSERT_TRUE(keys[1] != keys[2]);
}

static void names_what_it_says(void)
{
    CU_ASSERT_STRING_EQUAL(cw_resemblance_name(CW_RESEMBLES_NOT), "not");
    CU_ASSERT_STRING_EQUAL(cw_resemblance_name(CW_RESEMBLES_ENDS), "ends");
    CU_ASSERT_STRING_EQUAL(cw_resemblance_name(CW_RESEMBLES_ONE_CHARACTER), "one-character");
}

static const struct cw_test tests[] = {
    {"judges one wrong character and equal ends", judges_pairs},
    {"finds a wrong character at every place", finds_every_place},
    {"has no keys for a short text", has_no_keys_for_short_texts},
    {"has no keys for a text longer than any address", takes_no_more_than_a_bare_text},
    {"has keys that may be stored", has_stable_keys},
    {"names what it says", names_what_it_says},
};

int main(void)
{
    return cw_run_suite("resemble", tests, CW_COUNT(tests));
}
