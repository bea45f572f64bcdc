/* Spelled hashes: the core of every enumerable text of a key is among them. */
#include "suite.h"

#include "../soak/spellings.h"
#include "crypto/hash.h"
#include "index/spelled.h"

#define H160 "751e76e8199196d454941c45d1b3a323f1433bd6"

/* `run` is the last run of letters and digits of a text that relates to the listed one. */
static const struct {
    const char *description;
    const char *listed;
    const char *run;
} found[] = {
    {"itself", "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH", "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH"},
    {"witness of a key hash", "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH",
     "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"},
    {"the same in upper case", "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH",
     "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"},
    {"the same on a test network", "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH",
     "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx"},
    {"key hash of a witness", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
     "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH"},
    {"the nested script", "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH",
     "3JvL6Ymt8MVWiCNHC7oWU6nLeHNJKLZGLN"},
    {"CashAddr without prefix", "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH",
     "qp63uahgrxged4z5jswyt5dn5v3lzsem6cy4spdc2h"},
    {"EVM, upper case digits", "0x098B716B8Aaf21512996dC57EB0615e2383E2f96",
     "0X098B716B8AAF21512996DC57EB0615E2383E2F96"},
    {"EVM, XDC", "0x098B716B8Aaf21512996dC57EB0615e2383E2f96",
     "xdc098b716b8aaf21512996dc57eb0615e2383e2f96"},
    {"EVM, bare digits", "0x098B716B8Aaf21512996dC57EB0615e2383E2f96",
     "098b716b8aaf21512996dc57eb0615e2383e2f96"},
    {"TRON in hex", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
     "41a614f803b6fd780986a42c78ec9c7f77e6ded13c"},
    {"TRON itself", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"},
    {"EVM as TRON", "0xa614f803B6FD780986A42c78Ec9c7f77e6DeD13C",
     "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"},
    {"a key hash of zeros", "1111111111111111111114oLvT2", "1111111111111111111114oLvT2"},
};

static bool has_hash(const uint64_t *hashes, size_t count, uint64_t hash)
{
    for (size_t i = 0; i < count; i++) {
        if (hashes[i] == hash) {
            return true;
        }
    }
    return false;
}

static bool spells(const char *listed, const char *run)
{
    struct cw_address address;
    uint64_t hashes[CW_SPELLED_MAX];
    if (cw_address_parse(cw_span_cstr(listed), CW_SPAN(""), CW_ADDRESS_LIST, &address) !=
        CW_ADDRESS_OK) {
        return false;
    }
    const size_t count = cw_spelled_hashes(&address, hashes);
    return has_hash(hashes, count, cw_spelled_hash(run, strlen(run)));
}

static void finds_other_texts_of_a_key(void)
{
    for (size_t i = 0; i < CW_COUNT(found); i++) {
        CW_CHECK(spells(found[i].listed, found[i].run), "%s", found[i].description);
    }
}

static const struct {
    const char *description;
    const char *listed;
    const char *run;
} other[] = {
    {"another key", "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"},
    {"script hash of the same bytes", "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH",
     "3CNHUhP3uyB9EUtRLsmvFUmvGdjGdkTxJw"},
    {"EVM account of the same bytes", "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH", "0x" H160},
};

static void keeps_other_keys_out(void)
{
    for (size_t i = 0; i < CW_COUNT(other); i++) {
        CW_CHECK(!spells(other[i].listed, other[i].run), "%s", other[i].description);
    }
}

/* The hash of a text reads its core and nothing before or behind it. */
static void reads_only_the_token(void)
{
    char memory[200];
    for (size_t len = CW_SPELLED_LEN_MIN; len <= 100; len++) {
        memset(memory, 'x', sizeof(memory));
        memset(memory + 50, 'a', len);
        const uint64_t hash = cw_spelled_hash(memory + 50, len);
        memset(memory, 'y', 50);
        memset(memory + 50 + len, 'y', sizeof(memory) - 50 - len);
        CW_CHECK(cw_spelled_hash(memory + 50, len) == hash, "length %zu", len);
    }
}

/* ---- keys ---- */

enum { EVERY = 3 };

struct known {
    struct cw_address address;
    uint64_t spelled[CW_SPELLED_MAX];
    size_t spelled_count;
    uint64_t keys[CW_SPELLED_MAX];
    size_t keys_count;
};

static bool share(const struct known *listed, const struct known *asked)
{
    for (size_t i = 0; i < asked->keys_count; i++) {
        if (has_hash(listed->spelled, listed->spelled_count, asked->keys[i])) {
            return true;
        }
    }
    return asked->keys_count == 0;
}

/* Every text of one set of random bytes, under a chain's label or under none; and each with each.
 */
static size_t know_all(const struct spellings *all, struct known *ret)
{
    size_t count = 0;
    for (size_t i = 0; i < all->count; i++) {
        struct known *known = &ret[count];
        const struct cw_span tag = i % 4 == 1 ? CW_SPAN("XBT") : CW_SPAN("");
        if (cw_address_parse(cw_span_cstr(all->texts[i]), tag, CW_ADDRESS_LIST, &known->address) !=
            CW_ADDRESS_OK) {
            continue;
        }
        known->spelled_count = cw_spelled_hashes(&known->address, known->spelled);
        known->keys_count = cw_key_hashes(&known->address, known->keys, CW_SPELLED_MAX);
        CU_ASSERT(known->keys_count <= CW_SPELLED_MAX);
        count++;
    }
    return count;
}

static void finds_what_is_related_by_its_keys(void)
{
    static struct spellings all;
    size_t related = 0;
    uint8_t pool[POOL_BYTES];
    for (size_t i = 0; i < sizeof(pool); i++) {
        pool[i] = (uint8_t)(i * 37 + 11);
    }
    CU_ASSERT_FATAL(spellings_learn(&all));
    spellings_make(&all, pool);
    struct known *known = malloc(SPELLINGS_MAX * sizeof(*known));
    CU_ASSERT_PTR_NOT_NULL_FATAL(known);
    const size_t count = know_all(&all, known);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i % EVERY; j < count; j += EVERY) {
            if (cw_address_relation(&known[i].address, &known[j].address, NULL) !=
                CW_RELATION_NONE) {
                related++;
                CW_CHECK(share(&known[i], &known[j]), "%s listed, %s asked",
                         known[i].address.source, known[j].address.source);
            }
        }
    }
    CU_ASSERT(related > count);
    free(known);
}

static void keys_of_others_are_others(void)
{
    struct known of[2] = {0};
    (void)cw_address_parse(CW_SPAN("1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH"), CW_SPAN(""),
                           CW_ADDRESS_LIST, &of[0].address);
    (void)cw_address_parse(CW_SPAN("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"), CW_SPAN(""),
                           CW_ADDRESS_LIST, &of[1].address);
    for (size_t i = 0; i < CW_COUNT(of); i++) {
        of[i].spelled_count = cw_spelled_hashes(&of[i].address, of[i].spelled);
        of[i].keys_count = cw_key_hashes(&of[i].address, of[i].keys, CW_SPELLED_MAX);
    }
    CU_ASSERT_EQUAL(of[0].keys_count, 2); /* its hash, and the script it may be nested in */
    CU_ASSERT_TRUE(share(&of[0], &of[0]));
    CU_ASSERT_FALSE(share(&of[0], &of[1]));
    CU_ASSERT_EQUAL(cw_key_hashes(&of[0].address, of[1].keys, 1), 2); /* one is written */
    CU_ASSERT_EQUAL(of[1].keys[0], of[0].keys[0]);
    CU_ASSERT_NOT_EQUAL(of[1].keys[1], of[0].keys[1]);
}

static const struct cw_test tests[] = {
    {"finds what is related by its keys", finds_what_is_related_by_its_keys},
    {"keys of others are others", keys_of_others_are_others},
    {"finds other texts of a key", finds_other_texts_of_a_key},
    {"keeps other keys out", keeps_other_keys_out},
    {"reads only the token", reads_only_the_token},
};

int main(void)
{
    struct cw_error err = {0};
    if (cw_hash_selftest(&err) != CW_OK) {
        (void)fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    return cw_run_suite("spelled", tests, CW_COUNT(tests));
}
