/* Ed25519 against RFC 8032, the spellings of a key, and secret files with hostile modes. */
#include "suite.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "crypto/key_private.h"
#include "crypto/sign.h"
#include "key_cases.h"

enum { PATH_BYTES = 256, MESSAGE_MAX = 64, OUT_MAX = 512 };

static struct cw_signing_key *key_of(const char *seed_hex)
{
    uint8_t seed[CW_ED25519_SEED_BYTES];
    CU_ASSERT_FATAL(cw_hex_decode(cw_span_cstr(seed_hex), seed, sizeof(seed)));
    struct cw_signing_key *key = cw_signing_key_new(seed);
    CU_ASSERT_PTR_NOT_NULL_FATAL(key);
    return key;
}

/* ---- signatures ---- */

struct rfc8032_row {
    const char *seed;
    const char *public_key;
    const char *message;
    const char *signature;
};

/* RFC 8032 section 7.1: tests 1, 2, 3 and SHA(abc). */
static const struct rfc8032_row rfc8032_rows[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
     "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
     "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
     "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
    {"833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
     "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
     "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
     "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
     "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"},
};

/* Bytes of a hex text; borrowed until the next call. */
static struct cw_span unhex(const char *hex)
{
    static uint8_t bytes[MESSAGE_MAX];
    const size_t len = strlen(hex) / 2;
    CU_ASSERT_FATAL(len <= sizeof(bytes));
    CU_ASSERT_FATAL(cw_hex_decode(cw_span_cstr(hex), bytes, len));
    return cw_span_make(bytes, len);
}

static void signs_and_verifies_rfc_8032(void)
{
    for (size_t i = 0; i < CW_COUNT(rfc8032_rows); i++) {
        const struct rfc8032_row *row = &rfc8032_rows[i];
        struct cw_signing_key *key = key_of(row->seed);
        const struct cw_public_key public_key = cw_signing_key_public(key);
        uint8_t signature[CW_ED25519_SIGNATURE_BYTES];
        char hex[2 * CW_ED25519_SIGNATURE_BYTES + 1];
        cw_hex_encode(public_key.bytes, sizeof(public_key.bytes), hex);
        CW_CHECK(strcmp(hex, row->public_key) == 0, "public key of row %zu", i);
        cw_sign(key, unhex(row->message), signature);
        cw_hex_encode(signature, sizeof(signature), hex);
        CW_CHECK(strcmp(hex, row->signature) == 0, "signature of row %zu", i);
        CW_CHECK(cw_sign_is_valid(&public_key, unhex(row->message), signature), "row %zu", i);
        cw_signing_key_free(key);
    }
}

static void any_flipped_bit_makes_a_signature_invalid(void)
{
    struct cw_signing_key *key = key_of(ALERT_SEED);
    struct cw_public_key public_key = cw_signing_key_public(key);
    uint8_t signature[CW_ED25519_SIGNATURE_BYTES];
    char message[] = "8e10387d-6711-5268-a605-4c3ccd6f59d5.1795144503.{}";
    const struct cw_span signed_text = cw_span_make(message, sizeof(message) - 1);
    cw_sign(key, signed_text, signature);
    for (unsigned bit = 0; bit < 8 * sizeof(signature); bit++) {
        signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
        CW_CHECK(!cw_sign_is_valid(&public_key, signed_text, signature), "bit %u", bit);
        signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    message[0] ^= 1;
    CU_ASSERT(!cw_sign_is_valid(&public_key, signed_text, signature));
    message[0] ^= 1;
    CU_ASSERT(!cw_sign_is_valid(&public_key, cw_span_make(message, sizeof(message)), signature));
    CU_ASSERT(!cw_sign_is_valid(&public_key, (struct cw_span){0}, signature));
    public_key.bytes[3] ^= 0x10;
    CU_ASSERT(!cw_sign_is_valid(&public_key, signed_text, signature));
    public_key.bytes[3] ^= 0x10;
    CU_ASSERT(cw_sign_is_valid(&public_key, signed_text, signature));
    cw_signing_key_free(key);
}

#define ZERO32   "0000000000000000000000000000000000000000000000000000000000000000"
#define IDENTITY "0100000000000000000000000000000000000000000000000000000000000000"

static void malleable_and_small_order_signatures_are_invalid(void)
{
    static const struct {
        const char *why;
        const char *public_key;
        const char *signature;
    } rows[] = {
        {"S plus the group order",
         "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
         "4c8c7872aa064e049dbb3013fbf29380d25bf5f0595bbe24655141438e7a101b"},
        {"identity as key and as R", IDENTITY, IDENTITY ZERO32},
        {"identity as key, written as p plus 1",
         "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", IDENTITY ZERO32},
        {"key of order eight", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
         IDENTITY ZERO32},
        {"nothing but zeros", ZERO32, ZERO32 ZERO32},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        struct cw_public_key key;
        uint8_t signature[CW_ED25519_SIGNATURE_BYTES];
        CU_ASSERT_FATAL(cw_hex_decode(cw_span_cstr(rows[i].public_key), key.bytes, 32));
        CU_ASSERT_FATAL(cw_hex_decode(cw_span_cstr(rows[i].signature), signature, 64));
        CW_CHECK(!cw_sign_is_valid(&key, (struct cw_span){0}, signature), "%s", rows[i].why);
    }
}

static void fill_with_alert_seed(void *ctx, uint8_t *ret, size_t len)
{
    *(size_t *)ctx += len;
    CU_ASSERT_FATAL(cw_hex_decode(CW_SPAN(ALERT_SEED), ret, len));
}

static void generated_key_comes_from_the_given_randomness(void)
{
    size_t asked = 0;
    const struct cw_random random = {.fill = fill_with_alert_seed, .ctx = &asked};
    struct cw_signing_key *key = cw_signing_key_generate(&random);
    CU_ASSERT_PTR_NOT_NULL_FATAL(key);
    char kid[CW_KID_TEXT_BYTES];
    const struct cw_public_key public_key = cw_signing_key_public(key);
    cw_public_key_kid(&public_key, kid);
    CU_ASSERT_STRING_EQUAL(kid, "KuDs8Z1JEjUdXW8T0PqYioJJ3u1W_kEAEg8qRmE-vao");
    CU_ASSERT_EQUAL(asked, CW_ED25519_SEED_BYTES);
    cw_signing_key_freep(&key);
    CU_ASSERT_PTR_NULL(key);
    cw_signing_key_free(NULL);
}

/* ---- spellings ---- */

static void public_key_has_the_published_spellings(void)
{
    static const struct {
        const char *seed;
        enum cw_key_format format;
        const char *name;
        const char *text;
    } rows[] = {
        {ALERT_SEED, CW_KEY_JWK, "", "{" CRV "," KTY "," X "}"},
        {ALERT_SEED, CW_KEY_KID, "ignored", "KuDs8Z1JEjUdXW8T0PqYioJJ3u1W_kEAEg8qRmE-vao"},
        {ALERT_SEED, CW_KEY_PEM, "",
         "-----BEGIN PUBLIC KEY-----\n"
         "MCowBQYDK2VwAyEAciJ8xCePrKuX6cIV1eV8pmyObwsPBwmWDfpenmxZRTg=\n"
         "-----END PUBLIC KEY-----\n"},
        {ALERT_SEED, CW_KEY_SSH, "",
         "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHIifMQnj6yrl+nCFdXlfKZsjm8LDwcJlg36Xp5sWUU4"},
        {DELIVERY_SEED, CW_KEY_WHPK, "", "whpk_l8lLz37A48aQaroK2QTvsGZr02Ikm1JxualCPI/yVTc="},
        {LOG_SEED, CW_KEY_VKEY, "scanner.agency.example/cryptowatch/log1",
         "scanner.agency.example/cryptowatch/log1+210d47cd+"
         "AcyXSFOYeebNHRgjcNppKB1TUUUlpedsUwXrA2GEcZtB"},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        struct cw_signing_key *key = key_of(rows[i].seed);
        const struct cw_public_key public_key = cw_signing_key_public(key);
        struct cw_buf out;
        cw_buf_init(&out, OUT_MAX);
        cw_public_key_format(&out, &public_key, rows[i].format, cw_span_cstr(rows[i].name));
        CW_CHECK(cw_span_is(cw_buf_as_span(&out), rows[i].text), "row %zu: %s", i, out.data);
        cw_buf_clear(&out);
        cw_signing_key_free(key);
    }
}

static void role_names_are_three_exact_words(void)
{
    static const char *const wrong[] = {"", "Alert", "alerts", "aler", "log ", "witness"};
    enum cw_key_role role = CW_KEY_ALERT;
    for (size_t i = 0; i < CW_KEY_ROLES; i++) {
        const char *name = cw_key_role_name((enum cw_key_role)i);
        CU_ASSERT(cw_key_role_parse(cw_span_cstr(name), &role));
        CU_ASSERT_EQUAL(role, i);
    }
    for (size_t i = 0; i < CW_COUNT(wrong); i++) {
        CW_CHECK(!cw_key_role_parse(cw_span_cstr(wrong[i]), &role), "takes %s", wrong[i]);
    }
    CU_ASSERT_STRING_EQUAL(cw_key_role_name(CW_KEY_DELIVERY), "delivery");
}

/* ---- key files ---- */

struct place {
    char folder[PATH_BYTES];
    char file[PATH_BYTES + 16];
};

static struct place place_make(void)
{
    struct place place;
    const char *base = getenv("TMPDIR");
    (void)snprintf(place.folder, sizeof(place.folder), "%s/cw-sign-XXXXXX",
                   base == NULL ? "/tmp" : base);
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(place.folder));
    (void)snprintf(place.file, sizeof(place.file), "%s/alert.key", place.folder);
    return place;
}

static void place_remove(const struct place *place)
{
    CU_ASSERT_EQUAL(chmod(place->folder, 0700), 0);
    (void)remove(place->file);
    CU_ASSERT_EQUAL(rmdir(place->folder), 0);
}

static void put(const struct place *place, struct cw_span text, mode_t mode)
{
    CU_ASSERT_EQUAL_FATAL(cw_file_write(place->file, text, mode, NULL), CW_OK);
}

static enum cw_status load_status(const char *path, struct cw_error *err)
{
    struct cw_signing_key *key = NULL;
    cw_error_clear(err);
    const enum cw_status status = cw_signing_key_load(path, &key, err);
    CU_ASSERT_EQUAL(status == CW_OK, key != NULL);
    if (key != NULL) {
        const struct cw_public_key public_key = cw_signing_key_public(key);
        char kid[CW_KID_TEXT_BYTES];
        cw_public_key_kid(&public_key, kid);
        CU_ASSERT_STRING_EQUAL(kid, "KuDs8Z1JEjUdXW8T0PqYioJJ3u1W_kEAEg8qRmE-vao");
    }
    cw_signing_key_free(key);
    return status;
}

static void key_file_is_exactly_one_private_key(void)
{
    const struct place place = place_make();
    struct cw_error err = {0};
    for (size_t i = 0; i < CW_COUNT(content_rows); i++) {
        const struct content_row *row = &content_rows[i];
        put(&place, cw_span_cstr(row->text), 0600);
        CW_CHECK(load_status(place.file, &err) == row->status, "%s: %s", row->what, err.text);
        CW_CHECK(row->status == CW_OK || strstr(err.text, place.file) != NULL, "%s: %s", row->what,
                 err.text);
        CW_CHECK(strstr(err.text, "Te2rcbm") == NULL && strstr(err.text, "E3tq3G5") == NULL,
                 "%s: the error tells the key", row->what);
    }
    place_remove(&place);
}

static void secret_is_refused_when_its_modes_are_too_open(void)
{
    static const struct {
        mode_t folder;
        mode_t file;
        enum cw_status status;
        const char *advice;
    } rows[] = {
        {0700, 0600, CW_OK, ""},
        {0700, 0400, CW_OK, ""},
        {0755, 0600, CW_OK, ""},
        {0700, 0640, CW_DENIED, "chmod 600 "},
        {0700, 0604, CW_DENIED, "chmod 600 "},
        {0700, 0620, CW_DENIED, "chmod 600 "},
        {0700, 0602, CW_DENIED, "chmod 600 "},
        {0700, 0700, CW_DENIED, "chmod 600 "},
        {0700, 0777, CW_DENIED, "chmod 600 "},
        {0777, 0600, CW_DENIED, "chmod go-w "},
        {0770, 0600, CW_DENIED, "chmod go-w "},
        {0702, 0600, CW_DENIED, "chmod go-w "},
        {01777, 0600, CW_DENIED, "chmod go-w "},
    };
    const struct place place = place_make();
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        struct cw_error err = {0};
        put(&place, CW_SPAN(BEGIN BODY END), rows[i].file);
        CU_ASSERT_EQUAL(chmod(place.folder, rows[i].folder), 0);
        CW_CHECK(load_status(place.file, &err) == rows[i].status, "row %zu: %s", i, err.text);
        CW_CHECK(strstr(err.text, rows[i].advice) != NULL, "row %zu: %s", i, err.text);
        CU_ASSERT_EQUAL(chmod(place.folder, 0700), 0);
    }
    place_remove(&place);
}

/* Root gives its file away; anybody else reads a file of root's. */
static void secret_of_another_user_is_refused(void)
{
    const struct place place = place_make();
    struct cw_error err = {0};
    put(&place, CW_SPAN(BEGIN BODY END), 0600);
    const bool is_given = geteuid() == 0 && chown(place.file, 12345, (gid_t)-1) == 0;
    CU_ASSERT_EQUAL(load_status(is_given ? place.file : "/etc/passwd", &err), CW_DENIED);
    CW_CHECK(strstr(err.text, "belongs to user") != NULL, "%s", err.text);
    place_remove(&place);
}

static void only_a_regular_file_is_read(void)
{
    const struct place place = place_make();
    struct cw_error err = {0};
    CU_ASSERT_EQUAL(load_status(place.file, &err), CW_NOT_FOUND);
    CU_ASSERT_EQUAL(load_status("/nonexistent/alert.key", &err), CW_NOT_FOUND);
    CU_ASSERT_EQUAL(load_status("", &err), CW_NOT_FOUND);
    CU_ASSERT_EQUAL(mkdir(place.file, 0700), 0);
    CU_ASSERT_EQUAL(load_status(place.file, &err), CW_INVALID);
    CU_ASSERT_EQUAL(rmdir(place.file), 0);
    CU_ASSERT_EQUAL(mkfifo(place.file, 0600), 0);
    CU_ASSERT_EQUAL(load_status(place.file, &err), CW_INVALID);
    CU_ASSERT_EQUAL(unlink(place.file), 0);
    CU_ASSERT_EQUAL(symlink("/etc/passwd", place.file), 0);
    CU_ASSERT_EQUAL(load_status(place.file, &err), CW_DENIED);
    CW_CHECK(strstr(err.text, "symbolic link") != NULL, "%s", err.text);
    place_remove(&place);
}

static void saved_key_is_openssl_pem_of_mode_0600(void)
{
    const struct place place = place_make();
    struct cw_signing_key *key = key_of(ALERT_SEED);
    struct cw_error err = {0};
    struct cw_buf text;
    struct stat info = {0};
    const mode_t before = umask(0);
    CU_ASSERT_EQUAL(cw_signing_key_save(key, place.file, &err), CW_OK);
    (void)umask(before);
    CU_ASSERT_EQUAL(stat(place.file, &info), 0);
    CU_ASSERT_EQUAL(info.st_mode & 07777, 0600);
    cw_buf_init(&text, OUT_MAX);
    CU_ASSERT_EQUAL(cw_file_read(place.file, &text, NULL), CW_OK);
    CU_ASSERT(cw_span_is(cw_buf_as_span(&text), BEGIN BODY END));
    cw_buf_clear(&text);
    CU_ASSERT_EQUAL(load_status(place.file, &err), CW_OK);
    cw_signing_key_free(key);
    place_remove(&place);
}

static void save_refuses_to_overwrite_and_open_folders(void)
{
    const struct place place = place_make();
    struct cw_signing_key *key = key_of(LOG_SEED);
    struct cw_error err = {0};
    put(&place, CW_SPAN(BEGIN BODY END), 0600);
    CU_ASSERT_EQUAL(cw_signing_key_save(key, place.file, &err), CW_INVALID);
    CU_ASSERT_EQUAL(load_status(place.file, &err), CW_OK);
    CU_ASSERT_EQUAL(unlink(place.file), 0);
    CU_ASSERT_EQUAL(chmod(place.folder, 0777), 0);
    CU_ASSERT_EQUAL(cw_signing_key_save(key, place.file, NULL), CW_DENIED);
    CU_ASSERT_NOT_EQUAL(access(place.file, F_OK), 0);
    CU_ASSERT_EQUAL(cw_signing_key_save(key, "/nonexistent/alert.key", NULL), CW_NOT_FOUND);
    cw_signing_key_free(key);
    place_remove(&place);
}

/* ---- webhook secrets, bearer tokens ---- */

static void webhook_secret_is_24_to_64_bytes_of_base64(void)
{
    for (size_t i = 0; i < CW_COUNT(webhook_rows); i++) {
        const struct content_row *row = &webhook_rows[i];
        struct cw_webhook_secret *secret = NULL;
        struct cw_error err = {0};
        CW_CHECK(cw_webhook_secret_parse(cw_span_cstr(row->text), &secret, &err) == row->status,
                 "%s: %s", row->what, err.text);
        CW_CHECK((secret != NULL) == (row->status == CW_OK), "%s", row->what);
        CW_CHECK(strstr(err.text, "AAEC") == NULL && strstr(err.text, "eQDA") == NULL,
                 "%s: the error tells the secret", row->what);
        cw_webhook_secret_free(secret);
    }
}

static void webhook_secret_file_signs_like_the_standard(void)
{
    const struct place place = place_make();
    struct cw_webhook_secret *secret = NULL;
    struct cw_error err = {0};
    uint8_t mac[32];
    char hex[2 * sizeof(mac) + 1];
    put(&place, CW_SPAN(WEBHOOK "\n"), 0600);
    CU_ASSERT_EQUAL_FATAL(cw_webhook_secret_load(place.file, &secret, &err), CW_OK);
    cw_webhook_secret_hmac(secret, CW_SPAN("8e10387d-6711-5268-a605-4c3ccd6f59d5.1795144503.{}"),
                           mac);
    cw_hex_encode(mac, sizeof(mac), hex);
    CU_ASSERT_STRING_EQUAL(hex, "d84626c3adf33394d150c03d3fc2bcb24547f4ec9896c28504e937e6b7f21ff8");
    cw_webhook_secret_free(secret);
    secret = NULL;
    put(&place, CW_SPAN(WEBHOOK), 0640);
    CU_ASSERT_EQUAL(cw_webhook_secret_load(place.file, &secret, &err), CW_DENIED);
    put(&place, CW_SPAN("whsec_"), 0600);
    cw_error_clear(&err);
    CU_ASSERT_EQUAL(cw_webhook_secret_load(place.file, &secret, &err), CW_INVALID);
    CW_CHECK(strstr(err.text, place.file) != NULL, "%s", err.text);
    CU_ASSERT_PTR_NULL(secret);
    place_remove(&place);
}

static void secret_text_is_trimmed_and_never_empty(void)
{
    static const struct {
        struct cw_span file;
        mode_t mode;
        enum cw_status status;
        const char *text;
    } rows[] = {
        {{"token", 5}, 0600, CW_OK, "token"},
        {{" to ken\r\n\n", 10}, 0400, CW_OK, "to ken"},
        {{"", 0}, 0600, CW_INVALID, ""},
        {{" \n\t", 3}, 0600, CW_INVALID, ""},
        {{"to\0ken", 6}, 0600, CW_INVALID, ""},
        {{"to\x1bken", 6}, 0600, CW_INVALID, ""},
        {{"to\x7fken", 6}, 0600, CW_INVALID, ""},
        {{"token", 5}, 0644, CW_DENIED, ""},
        {{"longer than sixteen", 19}, 0600, CW_LIMIT, ""},
    };
    const struct place place = place_make();
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        struct cw_buf text;
        cw_buf_init(&text, 16);
        put(&place, rows[i].file, rows[i].mode);
        CW_CHECK(cw_secret_text_load(place.file, &text, NULL) == rows[i].status, "row %zu", i);
        CW_CHECK(cw_span_is(cw_buf_as_span(&text), rows[i].text), "row %zu", i);
        cw_buf_clear(&text);
    }
    place_remove(&place);
}

static void secret_file_has_a_largest_size(void)
{
    static char bytes[CW_SECRET_FILE_BYTES_MAX + 1];
    const struct place place = place_make();
    memset(bytes, 's', sizeof(bytes));
    for (size_t over = 0; over < 2; over++) {
        struct cw_buf text;
        struct cw_error err = {0};
        cw_buf_init(&text, sizeof(bytes));
        put(&place, cw_span_make(bytes, CW_SECRET_FILE_BYTES_MAX + over), 0600);
        const enum cw_status expected = over == 0 ? CW_OK : CW_LIMIT;
        CW_CHECK(cw_secret_text_load(place.file, &text, &err) == expected, "%s", err.text);
        CU_ASSERT_EQUAL(text.len, over == 0 ? CW_SECRET_FILE_BYTES_MAX : 0);
        cw_buf_clear(&text);
    }
    place_remove(&place);
}

static const struct cw_test tests[] = {
    {"signs and verifies RFC 8032", signs_and_verifies_rfc_8032},
    {"any flipped bit makes a signature invalid", any_flipped_bit_makes_a_signature_invalid},
    {"malleable and small-order signatures are invalid",
     malleable_and_small_order_signatures_are_invalid},
    {"a generated key comes from the given randomness",
     generated_key_comes_from_the_given_randomness},
    {"a public key has the published spellings", public_key_has_the_published_spellings},
    {"role names are three exact words", role_names_are_three_exact_words},
    {"a key file is exactly one private key", key_file_is_exactly_one_private_key},
    {"a secret is refused when its modes are too open",
     secret_is_refused_when_its_modes_are_too_open},
    {"a secret of another user is refused", secret_of_another_user_is_refused},
    {"only a regular file is read as a secret", only_a_regular_file_is_read},
    {"a saved key is OpenSSL's PEM of mode 0600", saved_key_is_openssl_pem_of_mode_0600},
    {"save refuses to overwrite and open folders", save_refuses_to_overwrite_and_open_folders},
    {"a webhook secret is 24 to 64 bytes of base64", webhook_secret_is_24_to_64_bytes_of_base64},
    {"a webhook secret file signs like the standard", webhook_secret_file_signs_like_the_standard},
    {"a secret text is trimmed and never empty", secret_text_is_trimmed_and_never_empty},
    {"a secret file has a largest size", secret_file_has_a_largest_size},
};

int main(void)
{
    return cw_run_suite("sign", tests, CW_COUNT(tests));
}
