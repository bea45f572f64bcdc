/* Words about reading: what was taken off, and which character is to blame. */
#include "suite.h"

#include "address/explain.h"

#define EVM   "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"
#define P2PKH "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH"
#define XRP   "rhDDhPs5ovHvzcNEM1vb4KDKLgE5mXs58z"
#define CASH  "bitcoincash:qz28rx4aa805njfmt285qvzchmje0r5hdurspaw60q"

static const struct {
    const char *text;
    const char *words; /* joined by "; " */
} wrapped[] = {
    {P2PKH, ""},
    {CASH, ""},
    {" " P2PKH "\t", "white space around it"},
    {"\xc2\xa0" P2PKH, "white space around it"},
    {"\xe2\x80\x9c" P2PKH "\xe2\x80\x9d,", "punctuation around it"},
    {"\xef\xbb\xbf" P2PKH, "zero-width characters"},
    {"1BgGZ9tcN4rm9KBz\xe2\x80\x8b"
     "Dn7KprQz87SZ26SAMH",
     "zero-width characters"},
    {"1BgGZ9tcN4rm9KBz\n Dn7KprQz87SZ26SAMH", "white space inside"},
    {"bitcoin:" P2PKH, "URI scheme bitcoin"},
    {"bitcoin:" P2PKH "?amount=0.1&label=x", "URI scheme bitcoin; query"},
    {"BITCOIN:BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4?AMOUNT=1", "URI scheme BITCOIN; query"},
    {CASH "?amount=1", "query"},
    {"ethereum:" EVM "@1?value=1", "URI scheme ethereum; query"},
    {"arb1:" EVM, "URI scheme arb1"},
    {"eip155:1:" EVM, "CAIP-10 prefix"},
    {EVM "@eip155:1", "CAIP-10 prefix"},
    {"did:pkh:eip155:1:" EVM, "did:pkh; CAIP-10 prefix"},
    {"ETH: " EVM, "label ETH"},
    {"XBT " P2PKH ".", "punctuation around it; label XBT"},
    {"https://etherscan.io/address/" EVM, "link to etherscan.io"},
    {"hxxps://etherscan[.]io/address/" EVM "#code", "defanging; link to etherscan.io"},
    {XRP ":123", "destination tag"},
    {"xrpl:" XRP "?dt=7", "URI scheme xrpl; query"},
};

static void says_what_was_taken_off(void)
{
    for (size_t i = 0; i < CW_COUNT(wrapped); i++) {
        struct cw_address address;
        struct cw_stripped_words words;
        char joined[512] = "";
        const enum cw_address_error why =
            cw_address_parse(cw_span_cstr(wrapped[i].text), CW_SPAN(""), CW_ADDRESS_LIST, &address);
        CW_CHECK(why == CW_ADDRESS_OK, "%s: %s", wrapped[i].text, cw_address_error_code(why));
        if (why != CW_ADDRESS_OK) {
            continue;
        }
        cw_address_stripped_words(&address, &words);
        for (size_t k = 0; k < words.count; k++) {
            (void)snprintf(joined + strlen(joined), sizeof(joined) - strlen(joined), "%s%s",
                           k > 0 ? "; " : "", words.texts[k]);
        }
        CW_CHECK(strcmp(joined, wrapped[i].words) == 0, "%s: %s", wrapped[i].text, joined);
        CU_ASSERT_EQUAL(cw_address_stripped(&address) == 0, words.count == 0);
    }
}

static void takes_nothing_off_in_strict_mode(void)
{
    struct cw_address address;
    CU_ASSERT_EQUAL(cw_address_parse(CW_SPAN(EVM), CW_SPAN(""), CW_ADDRESS_STRICT, &address),
                    CW_ADDRESS_OK);
    CU_ASSERT_EQUAL(cw_address_stripped(&address), 0);
}

static const struct {
    const char *what;
    const char *text;
    enum cw_address_error why;
    size_t character;
    uint32_t code_point;
    const char *part; /* of the clause; NULL: nothing to add */
} refused[] = {
    {"a Cyrillic A in a TRON address", "TJYR\xd0\x90kPzQxDJtN5hQUzPF8imvDNzd1dUzA",
     CW_ADDRESS_CHARSET, 5, 0x410, "U+0410 CYRILLIC CAPITAL LETTER A, which looks like A"},
    {"the same behind a zero-width space", "\xe2\x80\x8bTJYR\xd0\x90kPzQxDJtN5hQUzPF8imvDNzd1dUzA",
     CW_ADDRESS_CHARSET, 6, 0x410, "character 6 is"},
    {"a Greek omicron", "0x098B716B8Aaf21512996dC57EB0615e2383E2f9\xce\xbf", CW_ADDRESS_CHARSET, 42,
     0x3bf, "GREEK SMALL LETTER OMICRON, which looks like o"},
    {"a full-width digit",
     "0x\xef\xbc\x90"
     "98B716B8Aaf21512996dC57EB0615e2383E2f96",
     CW_ADDRESS_CHARSET, 3, 0xff10, "FULLWIDTH DIGIT ZERO, which looks like 0"},
    {"a full-width letter", "\xef\xbc\xb4JYRVkPzQxDJtN5hQUzPF8imvDNzd1dUzA", CW_ADDRESS_CHARSET, 1,
     0xff34, "FULLWIDTH LATIN CAPITAL LETTER T, which looks like T"},
    {"a letter of no list", "TJYR\xe4\xb8\x80kPzQxDJtN5hQUzPF8imvDNzd1dUzA", CW_ADDRESS_CHARSET, 5,
     0x4e00, "U+4E00, which no address contains"},
    {"a control character", "TJYRV\x07kPzQxDJtN5hQUzPF8imvDNzd1dUzA", CW_ADDRESS_CHARSET, 6, 7,
     "control character"},
    {"bytes that are no UTF-8", "TJYR\xffkPzQxDJtN5hQUzPF8imvDNzd1dUzA", CW_ADDRESS_CHARSET, 5, 0,
     "character 5 is no UTF-8"},
    {"a zero in base58", "TJYRVkPzQxDJtN5hQUzPF8imvDNzd1dUz0", CW_ADDRESS_CHARSET, 34, '0',
     "which base58 does not have"},
    {"an o in bech32", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3to", CW_ADDRESS_CHARSET, 42, 'o',
     "which bech32 does not have"},
    {"a g in hex", "0x098B716B8Aaf21512996dC57EB0615e2383E2f9g", CW_ADDRESS_CHARSET, 42, 'g',
     "no hex digit"},
    {"a g behind a soft hyphen, which reading takes off",
     "0x098B\xc2\xad"
     "716B8Aaf21512996dC57EB0615e2383E2f9g",
     CW_ADDRESS_CHARSET, 43, 'g', "character 43 is g, which is no hex digit"},
    {"a line break among hex digits",
     "0x\n\xef\xbc\x88"
     "0",
     CW_ADDRESS_CHARSET, 3, '\n', "character 3 is U+000A, a control character"},
    {"40 hex digits without 0x", "098b716b8aaf21512996dc57eb0615e2383e2f96", CW_ADDRESS_UNKNOWN, 0,
     0, "beside that name it is an address of evm"},
    {"64 hex digits", "dc04da647578390a92e4bcafa8caec02d16ef5558ffcb4b4c79bb61b259e8116",
     CW_ADDRESS_UNKNOWN, 0, 0, "near, aptos, sui"},
    {"an account number of Hedera", "0.0.123", CW_ADDRESS_UNKNOWN, 0, 0, "hedera"},
    {"a word", "hello", CW_ADDRESS_UNKNOWN, 0, 0, NULL},
    {"nothing", "", CW_ADDRESS_EMPTY, 0, 0, NULL},
    {"a wrong checksum", "TJYRVkPzQxDJtN5hQUzPF8imvDNzd1dUzB", CW_ADDRESS_CHECKSUM, 0, 0, NULL},
    {"a secret key", "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ", CW_ADDRESS_SECRET, 0, 0,
     NULL},
};

static void names_what_is_to_blame(void)
{
    for (size_t i = 0; i < CW_COUNT(refused); i++) {
        struct cw_address address;
        struct cw_explanation more;
        const struct cw_span text = cw_span_cstr(refused[i].text);
        const enum cw_address_error why =
            cw_address_parse(text, CW_SPAN(""), CW_ADDRESS_LIST, &address);
        CW_CHECK(why == refused[i].why, "%s: %s", refused[i].what, cw_address_error_code(why));
        const bool has_more = cw_address_explain_error(text, why, &more);
        CW_CHECK(has_more == (refused[i].part != NULL), "%s: %s", refused[i].what, more.text);
        if (has_more && refused[i].part != NULL) {
            CW_CHECK(strstr(more.text, refused[i].part) != NULL, "%s: %s", refused[i].what,
                     more.text);
            CW_CHECK(more.character == refused[i].character &&
                         more.code_point == refused[i].code_point,
                     "%s: %zu, %x", refused[i].what, more.character, more.code_point);
        }
    }
}

/* Whatever the code and the text: a place inside the text, a clause with an end. */
static void is_bounded_for_any_text(void)
{
    static const char *const texts[] = {"",   "\xff\xff\xff", "\xd0\x90", "0x",
                                        "0X", "bc1",          "1",        ":"};
    char long_text[5000];
    memset(long_text, 'f', sizeof(long_text));
    for (int why = CW_ADDRESS_OK; why <= CW_ADDRESS_URL; why++) {
        struct cw_explanation more;
        for (size_t i = 0; i < CW_COUNT(texts); i++) {
            (void)cw_address_explain_error(cw_span_cstr(texts[i]), (enum cw_address_error)why,
                                           &more);
            CU_ASSERT_TRUE(more.character <= strlen(texts[i]));
            CU_ASSERT_TRUE(strlen(more.text) < sizeof(more.text));
        }
        (void)cw_address_explain_error(cw_span_make(long_text, sizeof(long_text)),
                                       (enum cw_address_error)why, &more);
        CU_ASSERT_TRUE(strlen(more.text) < sizeof(more.text));
    }
}

static void names_look_alikes(void)
{
    char name[64];
    char ascii = 0;
    CU_ASSERT_TRUE(cw_look_alike(0x435, name, &ascii));
    CU_ASSERT_STRING_EQUAL(name, "CYRILLIC SMALL LETTER IE");
    CU_ASSERT_EQUAL(ascii, 'e');
    CU_ASSERT_TRUE(cw_look_alike(0xff19, name, &ascii));
    CU_ASSERT_STRING_EQUAL(name, "FULLWIDTH DIGIT NINE");
    CU_ASSERT_TRUE(cw_look_alike(0xff5a, name, &ascii));
    CU_ASSERT_STRING_EQUAL(name, "FULLWIDTH LATIN SMALL LETTER Z");
    CU_ASSERT_EQUAL(ascii, 'z');
    CU_ASSERT_TRUE(cw_look_alike(0x669, name, &ascii));
    CU_ASSERT_EQUAL(ascii, '9');
    CU_ASSERT_FALSE(cw_look_alike('A', name, &ascii));
    CU_ASSERT_FALSE(cw_look_alike(0xff5b, name, &ascii));
    CU_ASSERT_FALSE(cw_look_alike(0, name, &ascii));
}

static const struct cw_test tests[] = {
    {"says what list mode took off", says_what_was_taken_off},
    {"takes nothing off in strict mode", takes_nothing_off_in_strict_mode},
    {"names the character to blame, and what a chain would make of it", names_what_is_to_blame},
    {"is bounded for any text and any code", is_bounded_for_any_text},
    {"names look-alikes and does not repair them", names_look_alikes},
};

int main(void)
{
    return cw_run_suite("explain", tests, CW_COUNT(tests));
}
