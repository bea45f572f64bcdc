/* Hashes, base64 and UUIDs against published values. */
#include "suite.h"

#include "base/text.h"
#include "crypto/base64.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "crypto/uuid.h"

enum { LONG_BYTES = 300, DIGEST_MAX = 64, OUT_MAX = 256 };

#define TWO_BLOCKS "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
#define EIGHT_TENS                                                                                 \
    "1234567890123456789012345678901234567890"                                                     \
    "1234567890123456789012345678901234567890"

static bool is_hex(const uint8_t *digest, size_t len, const char *hex)
{
    char text[2 * DIGEST_MAX + 1];
    cw_hex_encode(digest, len, text);
    return strcmp(text, hex) == 0;
}

/* `count` times the same byte; borrowed until the next call. */
static struct cw_span repeated(char byte, size_t count)
{
    static char bytes[LONG_BYTES];
    CU_ASSERT_FATAL(count <= sizeof(bytes));
    memset(bytes, byte, count);
    return cw_span_make(bytes, count);
}

/* ---- hashes ---- */

static void selftest_accepts_the_installed_libraries(void)
{
    struct cw_error err = {0};
    CU_ASSERT_EQUAL(cw_hash_selftest(&err), CW_OK);
    CU_ASSERT_EQUAL(err.code, CW_OK);
}

struct hash_row {
    const char *name;
    void (*hash)(struct cw_span data, uint8_t *ret);
    size_t len;
    const char *text;
    const char *hex;
};

/* FIPS 180-4 and 202 examples, RFC 9562's SHA-1, the RIPEMD-160 paper, the Keccak team's vectors;
 * the hash160 is that of the generator point of secp256k1, known from BIP 173. */
static const struct hash_row hash_rows[] = {
    {"SHA-1 of nothing", cw_sha1, 20, "", "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
    {"SHA-1 of 448 bits", cw_sha1, 20, TWO_BLOCKS, "84983e441c3bd26ebaae4aa1f95129e5e54670f1"},
    {"SHA-224 of 448 bits", cw_sha224, 28, TWO_BLOCKS,
     "75388b16512776cc5dba5da1fd890150b0c6455cb4f58b1952522525"},
    {"SHA-256 of nothing", cw_sha256, 32, "",
     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"SHA-256 of 448 bits", cw_sha256, 32, TWO_BLOCKS,
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"SHA-256d of nothing", cw_sha256d, 32, "",
     "5df6e0e2761359d30a8275058e299fcc0381534545f55cf43e41983f5d4c9456"},
    {"SHA-512 of nothing", cw_sha512, 64, "",
     "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
     "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"},
    {"SHA-512/256 of nothing", cw_sha512_256, 32, "",
     "c672b8d1ef56ed28ab87c3622c5114069bdd3ad7b8f9737498d0c01ecef0967a"},
    {"SHA3-256 of nothing", cw_sha3_256, 32, "",
     "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a"},
    {"SHA3-256 of 448 bits", cw_sha3_256, 32, TWO_BLOCKS,
     "41c0dba2a9d6240849100376a8235e2c82e1b9998a999e21db32dd97496d3376"},
    {"RIPEMD-160 of nothing", cw_ripemd160, 20, "", "9c1185a5c5e9fc54612808977ee8f548b2258d31"},
    {"RIPEMD-160 of a", cw_ripemd160, 20, "a", "0bdc9d2d256b3ee9daae347be6f4dc835a467ffe"},
    {"RIPEMD-160 of 640 bits", cw_ripemd160, 20, EIGHT_TENS,
     "9b752e45573d4b39f4dbd3323cab82bf63326bfb"},
    {"hash160 of the generator", cw_hash160, 20,
     "\x02\x79\xbe\x66\x7e\xf9\xdc\xbb\xac\x55\xa0\x62\x95\xce\x87\x0b\x07"
     "\x02\x9b\xfc\xdb\x2d\xce\x28\xd9\x59\xf2\x81\x5b\x16\xf8\x17\x98",
     "751e76e8199196d454941c45d1b3a323f1433bd6"},
    {"Keccak-256 of nothing", cw_keccak256, 32, "",
     "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"},
    {"Keccak-256 of a sentence", cw_keccak256, 32, "The quick brown fox jumps over the lazy dog",
     "4d741b6f1eb29cb2a9b9911c82f56fa8d73b04959d3d9d222895df6c0b28aa15"},
};

static void hashes_published_vectors(void)
{
    uint8_t digest[DIGEST_MAX];
    for (size_t i = 0; i < CW_COUNT(hash_rows); i++) {
        const struct hash_row *row = &hash_rows[i];
        row->hash(cw_span_cstr(row->text), digest);
        CW_CHECK(is_hex(digest, row->len, row->hex), "%s", row->name);
    }
}

static void hashes_an_empty_span_without_data(void)
{
    uint8_t digest[DIGEST_MAX];
    uint8_t expected[DIGEST_MAX];
    for (size_t i = 0; i < CW_COUNT(hash_rows); i++) {
        const struct hash_row *row = &hash_rows[i];
        row->hash((struct cw_span){0}, digest);
        row->hash(CW_SPAN(""), expected);
        CW_CHECK(memcmp(digest, expected, row->len) == 0, "%s", row->name);
    }
}

static void keccak_absorbs_block_boundaries(void)
{
    static const struct {
        size_t count;
        const char *hex;
    } rows[] = {
        {135, "34367dc248bbd832f4e3e69dfaac2f92638bd0bbd18f2912ba4ef454919cf446"},
        {136, "a6c4d403279fe3e0af03729caada8374b5ca54d8065329a3ebcaeb4b60aa386e"},
        {137, "d869f639c7046b4929fc92a4d988a8b22c55fbadb802c0c66ebcd484f1915f39"},
        {271, "132f47effd6c8b1b299efa53fe68aece77ec8ae4eb2e294f668eec94f76001e1"},
        {272, "cf7fcd4f705ee749930d19ca84561a9bf62516bd90a471545fa2f49fdc7e63c8"},
        {273, "5a7b8187d2778e614097fac3097573de1fee4d972304d3360796a857029bb176"},
    };
    uint8_t digest[CW_KECCAK256_BYTES];
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        cw_keccak256(repeated('a', rows[i].count), digest);
        CW_CHECK(is_hex(digest, sizeof(digest), rows[i].hex), "%zu bytes", rows[i].count);
    }
}

static void blake2b_lengths_and_personalisation(void)
{
    static const struct {
        const char *personal;
        size_t len;
        const char *hex;
    } rows[] = {
        {NULL, 1, "6b"},
        {NULL, 4, "63906248"},
        {NULL, 5, "44229fc0ef"},
        {"UA_F4Jumble_G\0\0", 32,
         "5ffc97ffe2cb37495fdac44e96997300f3a7b15f6efa7ad5df86588a75cb464c"},
        {NULL, 64,
         "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
         "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923"},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        uint8_t digest[DIGEST_MAX + 1];
        memset(digest, 0xee, sizeof(digest));
        cw_blake2b(CW_SPAN("abc"), (const uint8_t *)rows[i].personal, digest, rows[i].len);
        CW_CHECK(is_hex(digest, rows[i].len, rows[i].hex), "row %zu", i);
        CW_CHECK(digest[rows[i].len] == 0xee, "row %zu writes one byte too many", i);
    }
}

/* RFC 4231 cases 1, 2, 3, 6 and 7. */
static void hmac_sha256_answers_rfc_4231(void)
{
    static const struct {
        char key_byte; /* repeated key_count times, or 0 and key_text */
        size_t key_count;
        const char *key_text;
        const char *data;
        const char *hex;
    } rows[] = {
        {0x0b, 20, NULL, "Hi There",
         "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {0, 0, "Jefe", "what do ya want for nothing?",
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {(char)0xaa, 20, NULL,
         "\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd"
         "\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd"
         "\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd",
         "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
        {(char)0xaa, 131, NULL, "Test Using Larger Than Block-Size Key - Hash Key First",
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
        {(char)0xaa, 131, NULL,
         "This is a test using a larger than block-size key and a larger than block-size data. "
         "The key needs to be hashed before being used by the HMAC algorithm.",
         "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
        {0, 0, "", "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        uint8_t mac[CW_SHA256_BYTES];
        const struct cw_span key = rows[i].key_text != NULL
                                       ? cw_span_cstr(rows[i].key_text)
                                       : repeated(rows[i].key_byte, rows[i].key_count);
        cw_hmac_sha256(key, cw_span_cstr(rows[i].data), mac);
        CW_CHECK(is_hex(mac, sizeof(mac), rows[i].hex), "row %zu", i);
    }
}

static void streaming_equals_one_shot_at_every_cut(void)
{
    const struct cw_span whole = repeated('s', 200);
    uint8_t expected[CW_SHA256_BYTES];
    uint8_t digest[CW_SHA256_BYTES];
    cw_sha256(whole, expected);
    for (size_t cut = 0; cut <= whole.len; cut++) {
        struct cw_sha256_stream stream;
        cw_sha256_begin(&stream);
        cw_sha256_update(&stream, cw_span_slice(whole, 0, cut));
        cw_sha256_update(&stream, (struct cw_span){0});
        cw_sha256_update(&stream, cw_span_slice(whole, cut, whole.len));
        cw_sha256_end(&stream, digest);
        CW_CHECK(memcmp(digest, expected, sizeof(digest)) == 0, "cut at %zu", cut);
    }
}

static void sha256_hex_is_lower_case_and_terminated(void)
{
    char hex[CW_SHA256_HEX_BYTES];
    memset(hex, 'x', sizeof(hex));
    cw_sha256_hex(CW_SPAN("abc"), hex);
    CU_ASSERT_STRING_EQUAL(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void sha1_of_two_parts_is_that_of_the_whole(void)
{
    uint8_t digest[CW_SHA1_BYTES];
    cw_sha1_joined(CW_SPAN("a"), CW_SPAN("bc"), digest);
    CU_ASSERT(is_hex(digest, sizeof(digest), "a9993e364706816aba3e25717850c26c9cd0d89d"));
}

/* ---- random ---- */

static void system_randomness_differs_between_two_calls(void)
{
    const struct cw_random random = cw_random_system();
    uint8_t first[32] = {0};
    uint8_t second[32] = {0};
    cw_random_fill(&random, first, sizeof(first));
    cw_random_fill(&random, second, sizeof(second));
    CU_ASSERT(memcmp(first, second, sizeof(first)) != 0);
}

/* ---- base64 ---- */

struct base64_row {
    enum cw_base64 variant;
    const char *text;
    const char *bytes;
};

/* RFC 4648 section 10, and the two characters in which the alphabets differ. */
static const struct base64_row base64_valid[] = {
    {CW_BASE64_STANDARD, "", ""},
    {CW_BASE64_STANDARD, "Zg==", "f"},
    {CW_BASE64_STANDARD, "Zm8=", "fo"},
    {CW_BASE64_STANDARD, "Zm9v", "foo"},
    {CW_BASE64_STANDARD, "Zm9vYg==", "foob"},
    {CW_BASE64_STANDARD, "Zm9vYmE=", "fooba"},
    {CW_BASE64_STANDARD, "Zm9vYmFy", "foobar"},
    {CW_BASE64_STANDARD, "+/+/", "\xfb\xff\xbf"},
    {CW_BASE64_URL, "", ""},
    {CW_BASE64_URL, "Zg", "f"},
    {CW_BASE64_URL, "Zm8", "fo"},
    {CW_BASE64_URL, "Zm9v", "foo"},
    {CW_BASE64_URL, "-_-_", "\xfb\xff\xbf"},
};

static void base64_round_trips_rfc_4648(void)
{
    for (size_t i = 0; i < CW_COUNT(base64_valid); i++) {
        const struct base64_row *row = &base64_valid[i];
        struct cw_buf out;
        cw_buf_init(&out, OUT_MAX);
        cw_base64_encode(&out, row->variant, cw_span_cstr(row->bytes));
        CW_CHECK(cw_span_is(cw_buf_as_span(&out), row->text), "encode row %zu", i);
        cw_buf_reset(&out);
        CW_CHECK(cw_base64_decode(&out, row->variant, cw_span_cstr(row->text)), "row %zu", i);
        CW_CHECK(cw_span_is(cw_buf_as_span(&out), row->bytes), "decode row %zu", i);
        cw_buf_clear(&out);
    }
}

struct base64_bad {
    const char *why;
    enum cw_base64 variant;
    struct cw_span text;
};

#define STD CW_BASE64_STANDARD
#define URL CW_BASE64_URL

static const struct base64_bad base64_invalid[] = {
    {"one digit", STD, {"Z", 1}},
    {"one digit and padding", STD, {"Z===", 4}},
    {"missing padding of two", STD, {"Zg", 2}},
    {"missing padding of one", STD, {"Zm8", 3}},
    {"half of the padding", STD, {"Zg=", 3}},
    {"too much padding", STD, {"Zm8==", 5}},
    {"padding after a full group", STD, {"Zm9v=", 5}},
    {"a group of padding", STD, {"Zm9v====", 8}},
    {"only padding", STD, {"====", 4}},
    {"padding in the middle", STD, {"Zg==Zg==", 8}},
    {"padding inside a group", STD, {"Z=g=", 4}},
    {"left-over bits of two digits", STD, {"Zh==", 4}},
    {"left-over bits of three digits", STD, {"Zm9=", 4}},
    {"line feed at the end", STD, {"Zm9v\n", 5}},
    {"line feed inside", STD, {"Zm\n9v===", 8}},
    {"space in front", STD, {" Zm9", 4}},
    {"NUL at the end", STD, {"Zm9\0", 4}},
    {"URL alphabet", STD, {"-_-_", 4}},
    {"byte above ASCII", STD, {"Zm9\xc3", 4}},
    {"one digit", URL, {"Z", 1}},
    {"a fifth digit", URL, {"Zm9vY", 5}},
    {"padding", URL, {"Zg==", 4}},
    {"one padding", URL, {"Zm8=", 4}},
    {"left-over bits of two digits", URL, {"Zh", 2}},
    {"left-over bits of three digits", URL, {"Zm9", 3}},
    {"standard alphabet", URL, {"+/+/", 4}},
    {"space inside", URL, {"Zm 9", 4}},
    {"full stop", URL, {"Zm9v.", 5}},
    {"NUL", URL, {"\0", 1}},
};

static void base64_refuses_what_is_not_canonical(void)
{
    for (size_t i = 0; i < CW_COUNT(base64_invalid); i++) {
        const struct base64_bad *row = &base64_invalid[i];
        struct cw_buf out;
        cw_buf_init(&out, OUT_MAX);
        cw_buf_str(&out, "kept");
        CW_CHECK(!cw_base64_decode(&out, row->variant, row->text), "takes %s", row->why);
        CW_CHECK(cw_span_is(cw_buf_as_span(&out), "kept"), "%s changes the buffer", row->why);
        CW_CHECK(strcmp(out.data, "kept") == 0, "%s loses the NUL", row->why);
        cw_buf_clear(&out);
    }
}

/* All texts of up to four characters over digits with and without left-over bits. */
static void base64_takes_only_what_it_would_write(void)
{
    static const char alphabet[] = "AQg9+/-_=";
    enum { CHARS = sizeof(alphabet) - 1, LEN = 4 };
    size_t taken[2] = {0};
    for (size_t n = 0; n < 2u * LEN * CHARS * CHARS * CHARS * CHARS; n++) {
        const enum cw_base64 variant = n % 2 == 0 ? CW_BASE64_STANDARD : CW_BASE64_URL;
        char text[LEN];
        size_t rest = n / 2 / LEN;
        for (size_t i = 0; i < LEN; i++, rest /= CHARS) {
            text[i] = alphabet[rest % CHARS];
        }
        const struct cw_span in = cw_span_make(text, 1 + n / 2 % LEN);
        struct cw_buf bytes;
        struct cw_buf again;
        cw_buf_init(&bytes, OUT_MAX);
        cw_buf_init(&again, OUT_MAX);
        if (cw_base64_decode(&bytes, variant, in)) {
            taken[n % 2]++;
            cw_base64_encode(&again, variant, cw_buf_as_span(&bytes));
            CW_CHECK(cw_span_equal(cw_buf_as_span(&again), in), "case %zu", n);
        }
        cw_buf_clear(&bytes);
        cw_buf_clear(&again);
    }
    CU_ASSERT(taken[0] > 0);
    CU_ASSERT(taken[1] > 0);
}

/* Every byte in the last place of a group: 64 digits and nothing else, in each alphabet. */
static void base64_knows_64_digits_among_all_bytes(void)
{
    static const enum cw_base64 variants[] = {CW_BASE64_STANDARD, CW_BASE64_URL};
    for (size_t v = 0; v < CW_COUNT(variants); v++) {
        size_t taken = 0;
        for (unsigned byte = 0; byte <= UINT8_MAX; byte++) {
            const char text[] = {'A', 'A', 'A', (char)byte};
            uint8_t bytes[3];
            taken += cw_base64_decode_exact(variants[v], cw_span_make(text, 4), bytes, 3) ? 1 : 0;
        }
        CW_CHECK(taken == 64, "variant %zu takes %zu bytes as digits", v, taken);
    }
}

static void base64_holds_to_the_exact_length(void)
{
    uint8_t bytes[4];
    CU_ASSERT(cw_base64_decode_exact(STD, CW_SPAN("Zm9v"), bytes, 3));
    CU_ASSERT(memcmp(bytes, "foo", 3) == 0);
    CU_ASSERT(!cw_base64_decode_exact(STD, CW_SPAN("Zm9v"), bytes, 2));
    CU_ASSERT(!cw_base64_decode_exact(STD, CW_SPAN("Zm9v"), bytes, 4));
    CU_ASSERT(!cw_base64_decode_exact(STD, CW_SPAN(""), bytes, 1));
    CU_ASSERT(!cw_base64_decode_exact(STD, CW_SPAN("===="), bytes, 0));
    CU_ASSERT(!cw_base64_decode_exact(STD, CW_SPAN("Zg=="), bytes, 2));
    CU_ASSERT(cw_base64_decode_exact(URL, CW_SPAN(""), bytes, 0));
}

static void base64_stops_at_the_cap_of_its_buffer(void)
{
    struct cw_buf out;
    cw_buf_init(&out, 4);
    cw_base64_encode(&out, STD, CW_SPAN("foo"));
    CU_ASSERT_EQUAL(cw_buf_status(&out, NULL), CW_OK);
    CU_ASSERT(cw_span_is(cw_buf_as_span(&out), "Zm9v"));
    cw_base64_encode(&out, STD, CW_SPAN("f"));
    CU_ASSERT_EQUAL(cw_buf_status(&out, NULL), CW_LIMIT);
    cw_buf_reset(&out);
    CU_ASSERT(cw_base64_decode(&out, URL, CW_SPAN("Zm9vYg")));
    cw_buf_reset(&out);
    CU_ASSERT(!cw_base64_decode(&out, URL, CW_SPAN("Zm9vYmE")));
    CU_ASSERT_EQUAL(cw_buf_status(&out, NULL), CW_LIMIT);
    cw_buf_clear(&out);
}

/* ---- UUID ---- */

static const uint8_t dns_namespace[CW_UUID_BYTES] = {
    0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8,
};
static const uint8_t url_namespace[CW_UUID_BYTES] = {
    0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8,
};

/* RFC 9562 appendix A.4; the others by another program. */
static void uuid5_names_what_rfc_9562_names(void)
{
    static const struct {
        const uint8_t *name_space;
        const char *name;
        const char *text;
    } rows[] = {
        {dns_namespace, "www.example.com", "2ed6657d-e927-568b-95e1-2665a8aea6a2"},
        {url_namespace, "", "1b4db7eb-4057-5ddf-91e0-36dec72071f5"},
        {cw_uuid_alert_namespace,
         "cryptowatch-alert-id-v1\ncryptowatch.address.listed\nEXAMPLE-2026-001\n"
         "bitcoin:p2wpkh:751e76e8199196d454941c45d1b3a323f1433bd6\nexample-sanctions\nEX-4711\n"
         "bitcoin:p2pkh:751e76e8199196d454941c45d1b3a323f1433bd6\n0",
         "8e10387d-6711-5268-a605-4c3ccd6f59d5"},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        char text[CW_UUID_TEXT_BYTES];
        cw_uuid5(rows[i].name_space, cw_span_cstr(rows[i].name), text);
        CW_CHECK(strcmp(text, rows[i].text) == 0, "row %zu is %s", i, text);
        CW_CHECK(cw_uuid_is_text(cw_span_cstr(text)), "row %zu is not a UUID", i);
    }
}

static void alert_namespace_is_derived_from_its_urn(void)
{
    char text[CW_UUID_TEXT_BYTES];
    char hex[2 * CW_UUID_BYTES + 1];
    cw_uuid5(url_namespace, CW_SPAN("urn:cryptowatch:ns:alert:1"), text);
    CU_ASSERT_STRING_EQUAL(text, "85c85d21-dfef-5194-bd30-77c05e4da4d9");
    cw_hex_encode(cw_uuid_alert_namespace, CW_UUID_BYTES, hex);
    CU_ASSERT_STRING_EQUAL(hex, "85c85d21dfef5194bd3077c05e4da4d9");
}

static void uuid_text_is_only_the_lower_case_form(void)
{
    static const struct {
        const char *text;
        bool is_uuid;
    } rows[] = {
        {"85c85d21-dfef-5194-bd30-77c05e4da4d9", true},
        {"00000000-0000-0000-0000-000000000000", true},
        {"", false},
        {"85C85D21-DFEF-5194-BD30-77C05E4DA4D9", false},
        {"85c85d21-dfef-5194-bd30-77c05e4da4dg", false},
        {"85c85d21-dfef-5194-bd30-77c05e4da4d", false},
        {"85c85d21-dfef-5194-bd30-77c05e4da4d9a", false},
        {"85c85d21dfef5194bd3077c05e4da4d9", false},
        {"85c85d210dfef-5194-bd30-77c05e4da4d9", false},
        {"85c85d21-dfef-5194-bd30077c05e4da4d9", false},
        {"{85c85d21-dfef-5194-bd30-77c05e4da4d}", false},
        {"urn:uuid:85c85d21-dfef-5194-bd30-77c", false},
        {"85c85d21-dfef-5194-bd30-77c05e4da4 9", false},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        CW_CHECK(cw_uuid_is_text(cw_span_cstr(rows[i].text)) == rows[i].is_uuid, "%s",
                 rows[i].text);
    }
    CU_ASSERT(!cw_uuid_is_text((struct cw_span){0}));
}

static const struct cw_test tests[] = {
    {"self-test accepts the installed libraries", selftest_accepts_the_installed_libraries},
    {"hashes published vectors", hashes_published_vectors},
    {"hashes an empty span without data", hashes_an_empty_span_without_data},
    {"Keccak absorbs lengths around its block size", keccak_absorbs_block_boundaries},
    {"BLAKE2b gives each length and heeds the personal text", blake2b_lengths_and_personalisation},
    {"HMAC-SHA-256 answers RFC 4231", hmac_sha256_answers_rfc_4231},
    {"streaming SHA-256 equals one shot at every cut", streaming_equals_one_shot_at_every_cut},
    {"SHA-256 in hex is lower case and terminated", sha256_hex_is_lower_case_and_terminated},
    {"SHA-1 of two parts is that of the whole", sha1_of_two_parts_is_that_of_the_whole},
    {"system randomness differs between two calls", system_randomness_differs_between_two_calls},
    {"base64 round-trips RFC 4648", base64_round_trips_rfc_4648},
    {"base64 refuses what is not canonical", base64_refuses_what_is_not_canonical},
    {"base64 takes only what it would write", base64_takes_only_what_it_would_write},
    {"base64 knows 64 digits among all bytes", base64_knows_64_digits_among_all_bytes},
    {"base64 holds to the exact length", base64_holds_to_the_exact_length},
    {"base64 stops at the cap of its buffer", base64_stops_at_the_cap_of_its_buffer},
    {"UUIDv5 names what RFC 9562 names", uuid5_names_what_rfc_9562_names},
    {"alert namespace is derived from its URN", alert_namespace_is_derived_from_its_urn},
    {"UUID text is only the lower-case form", uuid_text_is_only_the_lower_case_form},
};

int main(void)
{
    return cw_run_suite("hash", tests, CW_COUNT(tests));
}
