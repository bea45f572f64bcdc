/* Keys under a passphrase: the one spelling, and every way to break it. */
#include <unistd.h>

#include "base/text.h"
#include "crypto/hash.h"
#include "crypto/sealed_key.h"
#include "suite.h"

#define SEED "4dedab71b9ae183a77a6547b6e8c86fd17e768c74de5b25f120abc8e6d12273a"
#define KID  "KuDs8Z1JEjUdXW8T0PqYioJJ3u1W_kEAEg8qRmE-vao"

/* As cheap as it may be: the default takes half a second. */
static const struct cw_seal_cost cheap = {.ops = 1, .mem = 8 << 10};

static void fill_counting(void *ctx, uint8_t *ret, size_t len)
{
    uint8_t *next = ctx;
    for (size_t i = 0; i < len; i++) {
        ret[i] = (*next)++;
    }
}

/* A passphrase as it comes through a descriptor. */
static enum cw_status type_bytes(struct cw_span text, struct cw_passphrase **ret,
                                 struct cw_error *err)
{
    int ends[2];
    CU_ASSERT_FATAL(pipe(ends) == 0);
    CU_ASSERT_FATAL(write(ends[1], text.data, text.len) == (ssize_t)text.len);
    (void)close(ends[1]);
    const enum cw_status status = cw_passphrase_read(ends[0], ret, err);
    (void)close(ends[0]);
    return status;
}

static struct cw_passphrase *typed(const char *text)
{
    struct cw_passphrase *passphrase = NULL;
    CU_ASSERT_EQUAL_FATAL(type_bytes(cw_span_cstr(text), &passphrase, NULL), CW_OK);
    return passphrase;
}

static struct cw_signing_key *test_key(void)
{
    uint8_t seed[CW_ED25519_SEED_BYTES];
    CU_ASSERT_FATAL(cw_hex_decode(cw_span_cstr(SEED), seed, sizeof(seed)));
    struct cw_signing_key *key = cw_signing_key_new(seed);
    CU_ASSERT_PTR_NOT_NULL_FATAL(key);
    return key;
}

static enum cw_status seal(const char *words, const struct cw_seal_cost *cost, struct cw_buf *ret)
{
    uint8_t next = 0;
    const struct cw_random random = {.fill = fill_counting, .ctx = &next};
    struct cw_signing_key *key = test_key();
    struct cw_passphrase *passphrase = typed(words);
    const struct cw_key_sealing how = {CW_KEY_ALERT, passphrase, *cost, &random};
    cw_buf_init(ret, 4096);
    const enum cw_status status = cw_signing_key_seal(key, &how, ret, NULL);
    cw_passphrase_free(passphrase);
    cw_signing_key_free(key);
    return status;
}

static enum cw_status open_with(struct cw_span file, const char *words, char ret_kid[static 44],
                                struct cw_error *err)
{
    CW_CLEANUP(cw_signing_key_freep) struct cw_signing_key *key = NULL;
    enum cw_key_role role = CW_KEY_LOG;
    struct cw_passphrase *passphrase = typed(words);
    const enum cw_status status =
        cw_signing_key_open(file, "copy.json", passphrase, &role, &key, err);
    cw_passphrase_free(passphrase);
    CU_ASSERT_EQUAL(status == CW_OK, key != NULL);
    if (status == CW_OK) {
        const struct cw_public_key public_key = cw_signing_key_public(key);
        cw_public_key_kid(&public_key, ret_kid);
        CU_ASSERT_EQUAL(role, CW_KEY_ALERT);
    }
    return status;
}

static void writes_the_one_spelling(void)
{
    struct cw_buf file;
    char kid[CW_KID_TEXT_BYTES] = "";
    CU_ASSERT_EQUAL_FATAL(seal("correct horse", &cheap, &file), CW_OK);
    const struct cw_span text = cw_buf_as_span(&file);
    CU_ASSERT(cw_signing_key_is_sealed(text));
    CU_ASSERT(cw_span_starts_with(text, CW_SPAN("{\"ciphertext\":\"")));
    CU_ASSERT_PTR_NOT_NULL(strstr(file.data, "\",\"kdf\":\"argon2id13\",\"kid\":\"" KID
                                             "\",\"mem\":8192,\"nonce\":\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(file.data, "\",\"ops\":1,\"role\":\"alert\",\"salt\":"
                                             "\"AAECAwQFBgcICQoLDA0ODw\",\"type\":"
                                             "\"cryptowatch-secret-key\",\"v\":1}\n"));
    CU_ASSERT_EQUAL(open_with(text, "correct horse", kid, NULL), CW_OK);
    CU_ASSERT_STRING_EQUAL(kid, KID);
    cw_buf_clear(&file);
}

static void the_default_cost_is_that_of_the_specification(void)
{
    struct cw_buf file;
    char kid[CW_KID_TEXT_BYTES] = "";
    CU_ASSERT_EQUAL_FATAL(seal("correct horse", &cw_seal_cost_default, &file), CW_OK);
    CU_ASSERT_PTR_NOT_NULL(strstr(file.data, "\"mem\":268435456,"));
    CU_ASSERT_PTR_NOT_NULL(strstr(file.data, "\"ops\":3,"));
    CU_ASSERT_EQUAL(open_with(cw_buf_as_span(&file), "correct horse", kid, NULL), CW_OK);
    cw_buf_clear(&file);
}

static void refuses_a_wrong_passphrase(void)
{
    static const char *const wrong[] = {"correct horsf", "correct hors", "correct horse ",
                                        "Correct horse"};
    struct cw_buf file;
    char kid[CW_KID_TEXT_BYTES] = "";
    CU_ASSERT_EQUAL_FATAL(seal("correct horse", &cheap, &file), CW_OK);
    for (size_t i = 0; i < CW_COUNT(wrong); i++) {
        struct cw_error err = {0};
        CU_ASSERT_EQUAL(open_with(cw_buf_as_span(&file), wrong[i], kid, &err), CW_DENIED);
        CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "copy.json"));
        CU_ASSERT_PTR_NULL(strstr(err.text, wrong[i]));
    }
    cw_buf_clear(&file);
}

static void no_flipped_bit_and_no_cut_gives_a_key(void)
{
    struct cw_buf file;
    char kid[CW_KID_TEXT_BYTES] = "";
    CU_ASSERT_EQUAL_FATAL(seal("correct horse", &cheap, &file), CW_OK);
    size_t survivors = 0;
    size_t tried = 0;
    for (size_t i = 0; i + 1 < file.len; i++) {
        for (int bit = 0; bit < 8; bit++) {
            file.data[i] = (char)(file.data[i] ^ (1 << bit));
            survivors +=
                open_with(cw_buf_as_span(&file), "correct horse", kid, NULL) == CW_OK ? 1 : 0;
            tried++;
            file.data[i] = (char)(file.data[i] ^ (1 << bit));
        }
    }
    for (size_t i = 0; i + 1 < file.len; i++) {
        survivors += open_with(cw_span_slice(cw_buf_as_span(&file), 0, i), "correct horse", kid,
                               NULL) == CW_OK
                         ? 1
                         : 0;
    }
    CU_ASSERT_EQUAL(survivors, 0);
    CU_ASSERT(tried > 2000);
    cw_buf_clear(&file);
}

static const struct {
    const char *from;
    const char *to;
    const char *why;
} changes[] = {
    {"{\"ciphertext\"", "{ \"ciphertext\"", "no encrypted key"},
    {"argon2id13", "argon2i13", "no encrypted key"},
    {"\"kdf\":\"argon2id13\",", "", "no encrypted key"},
    {"\"mem\":8192", "\"mem\":8191", "out of range"},
    {"\"mem\":8192", "\"mem\":1073741825", "out of range"},
    {"\"mem\":8192", "\"mem\":08192", "no encrypted key"},
    {"\"mem\":8192", "\"mem\":-8192", "no encrypted key"},
    {"\"mem\":8192", "\"mem\":8192.0", "no encrypted key"},
    {"\"mem\":8192", "\"mem\":99999999999999", "no encrypted key"},
    {"\"mem\":8192", "\"mem\":", "no encrypted key"},
    {"\"ops\":1", "\"ops\":0", "out of range"},
    {"\"ops\":1", "\"ops\":17", "out of range"},
    {"\"role\":\"alert\"", "\"role\":\"other\"", "no encrypted key"},
    {"\"v\":1}", "\"v\":2}", "no encrypted key"},
    {"\"v\":1}", "\"v\":1} x", "no encrypted key"},
    {"\"v\":1}", "\"v\":1,\"x\":1}", "no encrypted key"},
    {"\"salt\":\"AAEC", "\"salt\":\"AAE=", "no encrypted key"},
    {"vao\",\"mem\"", "vaa\",\"mem\"", "kid is not that of the key"},
};

static void refuses_every_other_spelling(void)
{
    struct cw_buf file;
    CU_ASSERT_EQUAL_FATAL(seal("correct horse", &cheap, &file), CW_OK);
    for (size_t i = 0; i < CW_COUNT(changes); i++) {
        struct cw_buf other;
        struct cw_error err = {0};
        char kid[CW_KID_TEXT_BYTES] = "";
        cw_buf_init(&other, 8192);
        const char *at = strstr(file.data, changes[i].from);
        CU_ASSERT_PTR_NOT_NULL_FATAL(at);
        cw_buf_append(&other, file.data, (size_t)(at - file.data));
        cw_buf_str(&other, changes[i].to);
        cw_buf_str(&other, at + strlen(changes[i].from));
        CW_CHECK(open_with(cw_buf_as_span(&other), "correct horse", kid, &err) == CW_INVALID,
                 "%s is taken", changes[i].to);
        CW_CHECK(strstr(err.text, changes[i].why) != NULL, "%s: %s", changes[i].to, err.text);
        cw_buf_clear(&other);
    }
    cw_buf_clear(&file);
}

static void keeps_the_cost_within_its_limits(void)
{
    static const struct {
        struct cw_seal_cost cost;
        enum cw_status status;
    } rows[] = {
        {{0, 8 << 10}, CW_INVALID},
        {{1, (8 << 10) - 1}, CW_INVALID},
        {{16, 8 << 10}, CW_OK},
        {{17, 8 << 10}, CW_INVALID},
        {{1, (1u << 30) + 1024u}, CW_INVALID},
        {{1, (8 << 10) + 1}, CW_INVALID},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        struct cw_buf file;
        CU_ASSERT_EQUAL(seal("correct horse", &rows[i].cost, &file), rows[i].status);
        CU_ASSERT_EQUAL(file.len > 0, rows[i].status == CW_OK);
        cw_buf_clear(&file);
    }
}

/* ---- passphrases ---- */

static void reads_one_line_and_not_what_is_behind_it(void)
{
    int ends[2];
    struct cw_passphrase *first = NULL;
    struct cw_passphrase *second = NULL;
    CU_ASSERT_FATAL(pipe(ends) == 0);
    CU_ASSERT_FATAL(write(ends[1], "first phrase\nsecond phrase", 26) == 26);
    (void)close(ends[1]);
    CU_ASSERT_EQUAL(cw_passphrase_read(ends[0], &first, NULL), CW_OK);
    CU_ASSERT_EQUAL(cw_passphrase_read(ends[0], &second, NULL), CW_OK);
    (void)close(ends[0]);
    struct cw_passphrase *again = typed("first phrase");
    CU_ASSERT_TRUE(cw_passphrase_equal(first, again));
    CU_ASSERT_FALSE(cw_passphrase_equal(first, second));
    cw_passphrase_free(first);
    cw_passphrase_free(second);
    cw_passphrase_free(again);
}

static void a_passphrase_has_8_to_1024_bytes(void)
{
    static const struct {
        size_t len;
        enum cw_status status;
    } rows[] = {{0, CW_INVALID}, {7, CW_INVALID}, {8, CW_OK}, {1024, CW_OK}, {1025, CW_LIMIT}};
    static char many[1025];
    memset(many, 'x', sizeof(many));
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        struct cw_passphrase *passphrase = NULL;
        CU_ASSERT_EQUAL(type_bytes(cw_span_make(many, rows[i].len), &passphrase, NULL),
                        rows[i].status);
        CU_ASSERT_EQUAL(passphrase != NULL, rows[i].status == CW_OK);
        cw_passphrase_free(passphrase);
    }
    struct cw_passphrase *none = NULL;
    CU_ASSERT_EQUAL(cw_passphrase_read(-1, &none, NULL), CW_IO);
}

static const struct cw_test tests[] = {
    {"writes the one spelling and opens it", writes_the_one_spelling},
    {"the default cost is that of the specification",
     the_default_cost_is_that_of_the_specification},
    {"refuses a wrong passphrase", refuses_a_wrong_passphrase},
    {"no flipped bit and no cut gives a key", no_flipped_bit_and_no_cut_gives_a_key},
    {"refuses every other spelling", refuses_every_other_spelling},
    {"keeps the cost within its limits", keeps_the_cost_within_its_limits},
    {"reads one line and not what is behind it", reads_one_line_and_not_what_is_behind_it},
    {"a passphrase has 8 to 1024 bytes", a_passphrase_has_8_to_1024_bytes},
};

int main(void)
{
    struct cw_error err = {0};
    if (cw_hash_selftest(&err) != CW_OK) {
        return 1;
    }
    return cw_run_suite("sealed_key", tests, CW_COUNT(tests));
}
