/* key_set_cases.h: key sets that are none, and the tests of reading and writing them. */
#ifndef CW_TESTS_KEY_SET_CASES_H
#define CW_TESTS_KEY_SET_CASES_H

#include "alert_world.h"

/* In scanner.jwks.json, the first `from` becomes `to`. */
struct key_set_case {
    const char *from;
    const char *to;
    const char *why;
};

static const struct key_set_case key_set_refused[] = {
    {"{\n  \"sources\"", "[\n  \"sources\"", "not JSON"},
    {"\"keys\": [", "\"key\": [", "\"keys\" must be"},
    {"\"sources\": [", "\"sources\": {}, \"other\": [", "\"sources\" must be"},
    {"\"sources\": [", "\"sources\": [\"\",", "source 1"},
    {"\"sources\": [", "\"sources\": [1,", "source 1"},
    {"\"sources\": [", "\"sources\": [\"a\\u202eb\",", "source 1"},
    {"\"sources\": [", "\"sources\": [], \"sources\": [", "twice"},
    {"\"alg\": \"Ed25519\"", "\"alg\": \"ES256\"", "key 1: alg"},
    {"\"alg\": \"Ed25519\"", "\"alg\": 1", "key 1: alg"},
    {"\"crv\": \"Ed25519\"", "\"crv\": \"X25519\"", "key 1: kty and crv"},
    {"\"kty\": \"OKP\"", "\"kty\": \"oct\"", "key 1: kty and crv"},
    {"\"kty\": \"OKP\",", "", "key 1: kty and crv"},
    {"\"use\": \"sig\"", "\"use\": \"enc\"", "key 1: use"},
    {"\"verify\"", "\"sign\"", "key 1: use"},
    {"\"kid\": \"KuDs", "\"kid\": \"KuDt", "key 1: kid is not the thumbprint"},
    {"\"kid\": \"KuDs8Z1JEjUdXW8T0PqYioJJ3u1W_kEAEg8qRmE-vao\"", "\"kid\": 1", "key 1: kid"},
    {"ZRTg\"", "ZRTh\"", "key 1: x is not"},
    {"ZRTg\"", "ZRT\"", "key 1: x is not"},
    {"ZRTg\"", "ZRTg=\"", "key 1: x is not"},
    {"\"x\": \"ciJ8", "\"d\": \"ciJ8", "key 1: holds the secret part"},
    {"\"nbf\": 1790812800", "\"nbf\": \"1790812800\"", "key 1: nbf"},
    {"\"nbf\": 1790812800", "\"nbf\": 1790812800.0", "key 1: nbf"},
    {"\"nbf\": 1790812800", "\"nbf\": -1", "key 1: nbf"},
    {"\"nbf\": 1790812800", "\"nbf\": 1853971200", "key 1: exp is not after nbf"},
    {"\"exp\": 1853971200", "\"exp\": 253402300800", "key 1: exp"},
    {"\"iat\": 1788220800", "\"iat\": null", "key 1: iat"},
    {"\"reason\": \"superseded\"", "\"reason\": \"\"", "key 2: revoked needs"},
    {"\"reason\": \"superseded\",", "", "key 2: revoked needs"},
    {"\"revoked_at\": 1792022400", "\"at\": 1792022400", "key 2: revoked needs"},
    {"\"revoked_at\": 1792022400", "\"revoked_at\": true", "key 2: revoked_at"},
    {"\"revoked\": {", "\"revoked\": true, \"x1\": {", "key 2: revoked needs"},
    {"suaW22dpgKYcw5Vbtdy4WmZ5ClLbJVLbuoQvvOKpdn0", "ciJ8xCePrKuX6cIV1eV8pmyObwsPBwmWDfpenmxZRTg",
     "key 2: kid is not"},
};

static void key_set_refuses_what_is_none(void)
{
    for (size_t i = 0; i < CW_COUNT(key_set_refused); i++) {
        const struct key_set_case *row = &key_set_refused[i];
        struct cw_key_set *set = NULL;
        struct cw_error err = {0};
        struct cw_buf file;
        struct cw_buf text;
        cw_buf_init(&text, 4096);
        CW_CHECK(replace(&text, fixture("scanner.jwks.json", &file), row->from, row->to),
                 "%s is not in the set", row->from);
        const enum cw_status status =
            cw_key_set_parse(cw_buf_as_span(&text), "their.jwks.json", &set, &err);
        CW_CHECK(status == CW_INVALID, "%s: status %d", row->to, (int)status);
        CW_CHECK(strstr(err.text, row->why) != NULL, "%s: %s", row->to, err.text);
        CU_ASSERT(cw_span_starts_with(cw_span_cstr(err.text), CW_SPAN("their.jwks.json: ")));
        CU_ASSERT_PTR_NULL(set);
        cw_key_set_free(set);
        cw_buf_clear(&text);
        cw_buf_clear(&file);
    }
}

static void key_set_refuses_empty_and_double_ones(void)
{
    static const char key[] = "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":"
                              "\"ciJ8xCePrKuX6cIV1eV8pmyObwsPBwmWDfpenmxZRTg\"}";
    char twice[512];
    char bad_member[512];
    (void)snprintf(twice, sizeof(twice), "{\"keys\":[%s,%s]}", key, key);
    (void)snprintf(bad_member, sizeof(bad_member), "{\"keys\":[%s,7]}", key);
    const char *const rows[] = {"",     "{}", "{\"keys\":[]}", "{\"keys\":{}}",
                                "null", "[]", twice,           bad_member};
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        struct cw_key_set *set = NULL;
        CW_CHECK(cw_key_set_parse(cw_span_cstr(rows[i]), NULL, &set, NULL) == CW_INVALID, "%s",
                 rows[i]);
        cw_key_set_free(set);
    }
    char once[512];
    struct cw_key_set *set = NULL;
    (void)snprintf(once, sizeof(once), "{\"keys\":[%s]}", key);
    CU_ASSERT_EQUAL(cw_key_set_parse(cw_span_cstr(once), NULL, &set, NULL), CW_OK);
    cw_key_set_freep(&set);
    CU_ASSERT_PTR_NULL(set);
}

static const char *const scanner_sources[] = {"https://scanner.agency.example/cryptowatch", NULL};

static struct cw_public_key public_of(const char *seed_hex)
{
    struct cw_signing_key *key = key_of(seed_hex);
    const struct cw_public_key public_key = cw_signing_key_public(key);
    cw_signing_key_free(key);
    return public_key;
}

static void key_set_is_written_as_published(void)
{
    const struct cw_key_record records[] = {
        {.key = public_of(SEED_ALERT),
         .iat_s = 1788220800,
         .nbf_s = 1790812800,
         .exp_s = 1853971200},
        {.key = public_of(SEED_ALERT_OLD),
         .iat_s = 1756684800,
         .nbf_s = 1759276800,
         .exp_s = 1792022400,
         .revoked_reason = "superseded",
         .revoked_at_s = 1792022400},
    };
    struct cw_buf file;
    struct cw_buf text;
    struct cw_error err = {0};
    cw_buf_init(&text, 1 << 16);
    CU_ASSERT_EQUAL(cw_key_set_write(records, 2, scanner_sources, &text, &err), CW_OK);
    CW_CHECK(cw_span_equal(cw_span_trim(cw_buf_as_span(&text)),
                           cw_span_trim(fixture("scanner.jwks.json", &file))),
             "%s %s", err.text, text.data);
    cw_buf_clear(&text);
    cw_buf_clear(&file);
}

static void key_set_that_we_could_not_read_is_not_written(void)
{
    struct cw_key_record records[2] = {
        {.key = public_of(SEED_ALERT), .iat_s = 1, .nbf_s = 2, .exp_s = 2},
    };
    struct cw_buf text;
    cw_buf_init(&text, 1 << 16);
    CU_ASSERT_EQUAL(cw_key_set_write(records, 1, scanner_sources, &text, NULL), CW_INVALID);
    CU_ASSERT_EQUAL(cw_key_set_write(records, 0, scanner_sources, &text, NULL), CW_INVALID);
    records[0].exp_s = 3;
    records[1] = records[0];
    CU_ASSERT_EQUAL(cw_key_set_write(records, 2, scanner_sources, &text, NULL), CW_INVALID);
    CU_ASSERT_EQUAL(text.len, 0);
    cw_buf_clear(&text);
}

/* Distinct keys cost a derivation each, so their bytes are only numbers. */
static void key_set_keeps_its_limits(void)
{
    static struct cw_key_record records[CW_KEY_SET_KEYS_MAX + 1];
    const char *sources[CW_KEY_SET_SOURCES_MAX + 2] = {NULL};
    struct cw_buf text;
    cw_buf_init(&text, 1 << 20);
    for (size_t i = 0; i < CW_COUNT(records); i++) {
        records[i] = (struct cw_key_record){.iat_s = 1, .nbf_s = 1, .exp_s = 2};
        records[i].key.bytes[0] = (uint8_t)(i & 0xff);
        records[i].key.bytes[1] = (uint8_t)(i >> 8);
    }
    for (size_t i = 0; i < CW_KEY_SET_SOURCES_MAX; i++) {
        sources[i] = "urn:example";
    }
    CU_ASSERT_EQUAL(cw_key_set_write(records, CW_KEY_SET_KEYS_MAX, sources, &text, NULL), CW_OK);
    CU_ASSERT_EQUAL(cw_key_set_write(records, CW_KEY_SET_KEYS_MAX + 1, sources, &text, NULL),
                    CW_INVALID);
    sources[CW_KEY_SET_SOURCES_MAX] = "urn:example";
    CU_ASSERT_EQUAL(cw_key_set_write(records, 1, sources, &text, NULL), CW_INVALID);
    cw_buf_clear(&text);
}

#endif
