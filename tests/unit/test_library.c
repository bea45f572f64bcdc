/* The installed library through its public header alone: addresses, relations, alert signatures and
 * webhook deliveries, and that none of it allocates. */
#include "suite.h"

#include "base/file.h"
#include "base/text.h"
#include "crypto/base64.h"
#include "crypto/sign.h"
#include "cryptowatch.h"
#include "library_vectors.h"

enum { TEXT_MAX = 512, JWS_MAX = 24576 };

/* ---- memory: malloc and its kin are wrapped by the linker, in the library's objects too ---- */

static size_t allocations;

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *old, size_t bytes);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *old, size_t bytes);

void *__wrap_malloc(size_t bytes)
{
    allocations++;
    return __real_malloc(bytes);
}

void *__wrap_calloc(size_t count, size_t bytes)
{
    allocations++;
    return __real_calloc(count, bytes);
}

void *__wrap_realloc(void *old, size_t bytes)
{
    allocations++;
    return __real_realloc(old, bytes);
}

/* ---- addresses ---- */

#define P2PKH  "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH"
#define P2WPKH "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
#define NESTED "3JvL6Ymt8MVWiCNHC7oWU6nLeHNJKLZGLN"
#define EVM    "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"
#define EVM_LC "0x098b716b8aaf21512996dc57eb0615e2383e2f96"
#define TRON   "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
#define TRON_E "0xa614f803b6fd780986a42c78ec9c7f77e6ded13c"

static enum cryptowatch_address_error parse(const char *text, const char *tag,
                                            enum cryptowatch_mode mode,
                                            struct cryptowatch_address *ret)
{
    return cryptowatch_address_parse(text, strlen(text), tag, mode, ret);
}

struct address_row {
    const char *description;
    const char *text;
    const char *tag;
    enum cryptowatch_mode mode;
    const char *canonical;
    const char *spelling;
    const char *chain;
    const char *kind;
    const char *encoding;
    enum cryptowatch_checksum checksum;
    uint64_t flags;
};

static const struct address_row address_rows[] = {
    {"a bitcoin key hash", P2PKH, "XBT", CRYPTOWATCH_STRICT,
     "bitcoin:p2pkh:751e76e8199196d454941c45d1b3a323f1433bd6", P2PKH, "bitcoin", "p2pkh",
     "base58check", CRYPTOWATCH_CHECKSUM_OK, 0},
    {"upper-case bech32 is printed in lower case", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
     NULL, CRYPTOWATCH_STRICT, "bitcoin:p2wpkh:751e76e8199196d454941c45d1b3a323f1433bd6", P2WPKH,
     "bitcoin", "p2wpkh", "bech32", CRYPTOWATCH_CHECKSUM_OK, 0},
    {"hex without a checksum says so", EVM_LC, "ETH", CRYPTOWATCH_STRICT,
     "evm:account:098b716b8aaf21512996dc57eb0615e2383e2f96", EVM, "evm", "account", "hex",
     CRYPTOWATCH_CHECKSUM_NONE, 0},
    {"a wrong letter case counts as bad in a list", "0x098b716B8Aaf21512996dC57EB0615e2383E2f96",
     NULL, CRYPTOWATCH_LIST, "evm:account:098b716b8aaf21512996dc57eb0615e2383e2f96", EVM, "evm",
     "account", "hex", CRYPTOWATCH_CHECKSUM_BAD, 0},
    {"a tag never overrules the text", TRON, "XBT", CRYPTOWATCH_LIST,
     "tron:account:a614f803b6fd780986a42c78ec9c7f77e6ded13c", TRON, "tron", "account",
     "base58check", CRYPTOWATCH_CHECKSUM_OK, CRYPTOWATCH_FLAG_LABEL_MISMATCH},
    {"an unknown tag is no error, and is said", TRON, "NOSUCHCOIN", CRYPTOWATCH_LIST,
     "tron:account:a614f803b6fd780986a42c78ec9c7f77e6ded13c", TRON, "tron", "account",
     "base58check", CRYPTOWATCH_CHECKSUM_OK, CRYPTOWATCH_FLAG_LABEL_MISMATCH},
};

static void reads_an_address_back(void)
{
    for (size_t i = 0; i < CW_COUNT(address_rows); i++) {
        const struct address_row *row = &address_rows[i];
        struct cryptowatch_address a;
        char canonical[CRYPTOWATCH_CANONICAL_BYTES];
        char text[CRYPTOWATCH_TEXT_BYTES];
        const enum cryptowatch_address_error why = parse(row->text, row->tag, row->mode, &a);
        CW_CHECK(why == CRYPTOWATCH_ADDRESS_OK, "%s: %s", row->description,
                 cryptowatch_address_error_name(why));
        if (why != CRYPTOWATCH_ADDRESS_OK) {
            continue;
        }
        (void)cryptowatch_address_canonical(&a, canonical, sizeof(canonical));
        (void)cryptowatch_address_text(&a, text, sizeof(text));
        CW_CHECK(strcmp(canonical, row->canonical) == 0, "%s: %s", row->description, canonical);
        CW_CHECK(strcmp(text, row->spelling) == 0, "%s: %s", row->description, text);
        CW_CHECK(strcmp(cryptowatch_address_chain(&a), row->chain) == 0, "%s: chain",
                 row->description);
        CW_CHECK(strcmp(cryptowatch_address_kind(&a), row->kind) == 0, "%s: kind",
                 row->description);
        CW_CHECK(strcmp(cryptowatch_address_encoding(&a), row->encoding) == 0, "%s: encoding",
                 row->description);
        CW_CHECK(cryptowatch_address_checksum(&a) == row->checksum, "%s: checksum",
                 row->description);
        CW_CHECK(cryptowatch_address_flags(&a) == row->flags, "%s: flags %llx", row->description,
                 (unsigned long long)cryptowatch_address_flags(&a));
    }
}

struct refusal_row {
    const char *description;
    const char *text;
    size_t len;
    const char *tag;
    enum cryptowatch_mode mode;
    enum cryptowatch_address_error why;
};

#define TEXT(literal) (literal), sizeof(literal) - 1

static const struct refusal_row refusal_rows[] = {
    {"NULL of length 0", NULL, 0, NULL, CRYPTOWATCH_STRICT, CRYPTOWATCH_ADDRESS_EMPTY},
    {"nothing in a list", TEXT(""), NULL, CRYPTOWATCH_LIST, CRYPTOWATCH_ADDRESS_EMPTY},
    {"a mistyped letter", TEXT("1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMJ"), "XBT", CRYPTOWATCH_STRICT,
     CRYPTOWATCH_ADDRESS_CHECKSUM},
    {"mixed-case bech32", TEXT("bc1Qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"), NULL,
     CRYPTOWATCH_STRICT, CRYPTOWATCH_ADDRESS_CASE},
    {"a wrong EIP-55 case in strict mode", TEXT("0x098b716B8Aaf21512996dC57EB0615e2383E2f96"), NULL,
     CRYPTOWATCH_STRICT, CRYPTOWATCH_ADDRESS_CHECKSUM},
    {"a private key", TEXT("5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"), NULL,
     CRYPTOWATCH_LIST, CRYPTOWATCH_ADDRESS_SECRET},
    {"a cut address in a list", TEXT("0x098b716b...3e2f96"), NULL, CRYPTOWATCH_LIST,
     CRYPTOWATCH_ADDRESS_TRUNCATED},
    {"an address and a NUL", TEXT("1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH\0"), NULL, CRYPTOWATCH_STRICT,
     CRYPTOWATCH_ADDRESS_CHARSET},
    {"a mistyped letter in no known coin", TEXT("1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMJ"), NULL,
     CRYPTOWATCH_LIST, CRYPTOWATCH_ADDRESS_UNKNOWN},
};

static void refuses_what_is_no_address(void)
{
    for (size_t i = 0; i < CW_COUNT(refusal_rows); i++) {
        const struct refusal_row *row = &refusal_rows[i];
        struct cryptowatch_address a;
        const enum cryptowatch_address_error why =
            cryptowatch_address_parse(row->text, row->len, row->tag, row->mode, &a);
        CW_CHECK(why == row->why, "%s: %s", row->description, cryptowatch_address_error_name(why));
        CW_CHECK(cryptowatch_address_chain(&a)[0] == '\0', "%s: has a chain", row->description);
    }
}

/* Bytes of an address text at the bound and one more: both are no address, for different reasons.
 */
static void refuses_long_texts_before_any_work(void)
{
    char text[4097];
    struct cryptowatch_address a;
    memset(text, 'A', sizeof(text));
    CU_ASSERT_NOT_EQUAL(cryptowatch_address_parse(text, 1024, NULL, CRYPTOWATCH_STRICT, &a),
                        CRYPTOWATCH_ADDRESS_OK);
    CU_ASSERT_EQUAL(cryptowatch_address_parse(text, 1025, NULL, CRYPTOWATCH_STRICT, &a),
                    CRYPTOWATCH_ADDRESS_TOO_LONG);
    CU_ASSERT_EQUAL(cryptowatch_address_parse(text, 4097, NULL, CRYPTOWATCH_LIST, &a),
                    CRYPTOWATCH_ADDRESS_TOO_LONG);
}

static void answers_nothing_for_an_empty_address(void)
{
    struct cryptowatch_address good;
    struct cryptowatch_address bad;
    char text[8] = "before";
    CU_ASSERT_EQUAL_FATAL(parse(P2PKH, NULL, CRYPTOWATCH_STRICT, &good), CRYPTOWATCH_ADDRESS_OK);
    bad = good; /* what was there must not shine through a failed parse */
    CU_ASSERT_NOT_EQUAL(parse("nonsense!", NULL, CRYPTOWATCH_STRICT, &bad), CRYPTOWATCH_ADDRESS_OK);
    CU_ASSERT_EQUAL(cryptowatch_address_canonical(&bad, text, sizeof(text)), 0);
    CU_ASSERT_STRING_EQUAL(text, "");
    CU_ASSERT_EQUAL(cryptowatch_address_text(&bad, text, sizeof(text)), 0);
    CU_ASSERT_STRING_EQUAL(cryptowatch_address_chain(&bad), "");
    CU_ASSERT_STRING_EQUAL(cryptowatch_address_kind(&bad), "");
    CU_ASSERT_STRING_EQUAL(cryptowatch_address_encoding(&bad), "");
    CU_ASSERT_EQUAL(cryptowatch_address_checksum(&bad), CRYPTOWATCH_CHECKSUM_NONE);
    CU_ASSERT_EQUAL(cryptowatch_address_flags(&bad), 0);
    CU_ASSERT_EQUAL(cryptowatch_address_relation(&good, &bad), CRYPTOWATCH_RELATION_UNKNOWN);
    CU_ASSERT_EQUAL(cryptowatch_address_relation(&bad, &good), CRYPTOWATCH_RELATION_UNKNOWN);
}

static void writes_a_whole_text_or_none(void)
{
    struct cryptowatch_address a;
    char text[64] = "before";
    const size_t len = strlen(P2PKH);
    CU_ASSERT_EQUAL_FATAL(parse(P2PKH, NULL, CRYPTOWATCH_STRICT, &a), CRYPTOWATCH_ADDRESS_OK);
    CU_ASSERT_EQUAL(cryptowatch_address_text(&a, NULL, 0), len);
    CU_ASSERT_EQUAL(cryptowatch_address_text(&a, text, len), len);
    CU_ASSERT_STRING_EQUAL(text, "");
    CU_ASSERT_EQUAL(cryptowatch_address_text(&a, text, len + 1), len);
    CU_ASSERT_STRING_EQUAL(text, P2PKH);
}

struct relation_row {
    const char *a;
    const char *a_tag;
    const char *b;
    const char *b_tag;
    enum cryptowatch_relation relation;
};

static const struct relation_row relation_rows[] = {
    {P2PKH, "XBT", P2PKH, NULL, CRYPTOWATCH_RELATION_EXACT},
    {EVM, "ETH", EVM_LC, "ETH", CRYPTOWATCH_RELATION_ENCODING},
    {P2PKH, "XBT", P2WPKH, "XBT", CRYPTOWATCH_RELATION_SAME_KEY_HASH},
    {P2WPKH, "XBT", NESTED, "XBT", CRYPTOWATCH_RELATION_SAME_KEY_HASH},
    {TRON, "TRX", TRON_E, "ETH", CRYPTOWATCH_RELATION_CROSS_CHAIN},
    {P2PKH, "XBT", EVM, "ETH", CRYPTOWATCH_RELATION_NONE},
    {TRON, NULL, EVM, NULL, CRYPTOWATCH_RELATION_NONE},
};

static void relates_two_addresses_either_way_round(void)
{
    for (size_t i = 0; i < CW_COUNT(relation_rows); i++) {
        const struct relation_row *row = &relation_rows[i];
        struct cryptowatch_address a;
        struct cryptowatch_address b;
        CU_ASSERT_EQUAL_FATAL(parse(row->a, row->a_tag, CRYPTOWATCH_LIST, &a),
                              CRYPTOWATCH_ADDRESS_OK);
        CU_ASSERT_EQUAL_FATAL(parse(row->b, row->b_tag, CRYPTOWATCH_LIST, &b),
                              CRYPTOWATCH_ADDRESS_OK);
        const enum cryptowatch_relation relation = cryptowatch_address_relation(&a, &b);
        CW_CHECK(relation == row->relation, "%s and %s: %s", row->a, row->b,
                 cryptowatch_relation_name(relation));
        CU_ASSERT_EQUAL(cryptowatch_address_relation(&b, &a), relation);
    }
}

static void names_every_code_and_no_other(void)
{
    for (unsigned i = 0; i <= CRYPTOWATCH_ADDRESS_URL + 2; i++) {
        const bool is_known = i <= CRYPTOWATCH_ADDRESS_URL;
        const enum cryptowatch_address_error why = (enum cryptowatch_address_error)i;
        CW_CHECK((cryptowatch_address_error_name(why)[0] != '\0') == is_known, "name %u", i);
        CW_CHECK((cryptowatch_address_error_text(why)[0] != '\0') == is_known, "text %u", i);
    }
    for (unsigned i = 0; i <= CRYPTOWATCH_VERIFY_TIME + 2; i++) {
        const bool is_known = i <= CRYPTOWATCH_VERIFY_TIME;
        const enum cryptowatch_verify_error why = (enum cryptowatch_verify_error)i;
        CW_CHECK((cryptowatch_verify_error_name(why)[0] != '\0') == is_known, "name %u", i);
        CW_CHECK((cryptowatch_verify_error_text(why)[0] != '\0') == is_known, "text %u", i);
    }
    for (unsigned i = 0; i <= 256; i++) {
        const bool is_known = i <= CRYPTOWATCH_RELATION_ENTITY || i == CRYPTOWATCH_RELATION_UNKNOWN;
        const char *name = cryptowatch_relation_name((enum cryptowatch_relation)i);
        CW_CHECK((name[0] != '\0') == is_known, "relation %u", i);
    }
    for (unsigned i = 0; i < 64; i++) {
        const char *name = cryptowatch_flag_name((uint64_t)1 << i);
        CW_CHECK((name[0] != '\0') == (i <= 18), "flag %u", i);
    }
    CU_ASSERT_STRING_EQUAL(cryptowatch_flag_name(0), "");
    CU_ASSERT_STRING_EQUAL(cryptowatch_flag_name(CRYPTOWATCH_FLAG_TEX | CRYPTOWATCH_FLAG_HEX), "");
    CU_ASSERT_STRING_EQUAL(cryptowatch_flag_name(CRYPTOWATCH_FLAG_LABEL_MISMATCH),
                           "label-mismatch");
    CU_ASSERT_STRING_EQUAL(cryptowatch_address_error_name(CRYPTOWATCH_ADDRESS_TOO_LONG),
                           "TOO_LONG");
}

static void starts_and_says_its_version(void)
{
    CU_ASSERT_EQUAL(cryptowatch_init(), CRYPTOWATCH_INIT_OK);
    CU_ASSERT_EQUAL(cryptowatch_init(), CRYPTOWATCH_INIT_OK);
    CU_ASSERT_EQUAL(strspn(cryptowatch_version(), "0123456789."), strlen(cryptowatch_version()));
    CU_ASSERT(strlen(cryptowatch_version()) >= 5);
}

#include "library_verify_cases.h"
#include "library_webhook_cases.h"

static const struct cw_test tests[] = {
    {"starts, also twice, and says its version", starts_and_says_its_version},
    {"reads a decoded address back through every accessor", reads_an_address_back},
    {"refuses what is no address and says why", refuses_what_is_no_address},
    {"refuses texts over the bound", refuses_long_texts_before_any_work},
    {"answers nothing for an address that did not parse", answers_nothing_for_an_empty_address},
    {"writes a whole text or none", writes_a_whole_text_or_none},
    {"relates two addresses either way round", relates_two_addresses_either_way_round},
    {"names every code and no other", names_every_code_and_no_other},
    {"verifies the published alert in both forms", verifies_the_published_alert},
    {"refuses every changed byte of a signature header", refuses_every_changed_byte},
    {"refuses a wrong form of an alert signature", refuses_wrong_forms},
    {"refuses genuine signatures under any other header", refuses_other_headers},
    {"takes both names of the algorithm and a bound time", takes_allowed_headers},
    {"says when a signature only countersigns", says_when_it_only_countersigns},
    {"refuses a changed, cut or long body", refuses_other_bodies},
    {"refuses keys that sign anything", refuses_weak_keys},
    {"verifies the published delivery and its rotation", verifies_the_published_delivery},
    {"refuses tampered deliveries", refuses_tampered_deliveries},
    {"holds the tolerance to the second, both ways", holds_the_tolerance},
    {"refuses a struct it does not know", refuses_unknown_structs},
    {"bounds ids, bodies and signature lists of deliveries", bounds_deliveries},
    {"allocates nothing on any call", allocates_nothing},
};

int main(void)
{
    return cw_run_suite("library", tests, CW_COUNT(tests));
}
