/* library_verify_cases.h: the alert signatures of test_library.c. A case that is refused for its
 * header is signed properly all the same, so that nothing but the header can be the reason. */
#ifndef CW_TESTS_LIBRARY_VERIFY_CASES_H
#define CW_TESTS_LIBRARY_VERIFY_CASES_H

struct key {
    uint8_t bytes[CRYPTOWATCH_PUBLIC_KEY_BYTES];
};

static struct key key_of(const char *digits)
{
    struct key key;
    CU_ASSERT_FATAL(
        cw_base64_decode_exact(CW_BASE64_URL, cw_span_cstr(digits), key.bytes, sizeof(key.bytes)));
    return key;
}

/* The body of example alert 001; ends with cw_buf_clear. */
static void load_body(struct cw_buf *ret)
{
    cw_buf_init(ret, 4096);
    CU_ASSERT_EQUAL_FATAL(cw_file_read(CW_FIXTURES "/library/001-listed.json", ret, NULL), CW_OK);
    CU_ASSERT_EQUAL_FATAL(ret->len, 2702);
}

static enum cryptowatch_verify_error verify(struct cw_span jws, struct cw_span body,
                                            const struct key *key, struct cryptowatch_jws *ret)
{
    return cryptowatch_jws_verify(jws.data, jws.len, body.data, body.len, key->bytes, ret);
}

/* Appends `protected..signature` over a header of any content. */
static void sign_header(struct cw_buf *out, const char *seed_hex, struct cw_span header,
                        struct cw_span body)
{
    uint8_t seed[CW_ED25519_SEED_BYTES];
    uint8_t signature[CW_ED25519_SIGNATURE_BYTES];
    struct cw_buf input;
    CU_ASSERT_FATAL(cw_hex_decode(cw_span_cstr(seed_hex), seed, sizeof(seed)));
    struct cw_signing_key *key = cw_signing_key_new(seed);
    CU_ASSERT_PTR_NOT_NULL_FATAL(key);
    cw_buf_init(&input, JWS_MAX);
    cw_base64_encode(&input, CW_BASE64_URL, header);
    cw_buf_span(out, cw_buf_as_span(&input));
    cw_buf_char(&input, '.');
    cw_base64_encode(&input, CW_BASE64_URL, body);
    CU_ASSERT_EQUAL_FATAL(cw_buf_status(&input, NULL), CW_OK);
    cw_sign(key, cw_buf_as_span(&input), signature);
    cw_buf_str(out, "..");
    cw_base64_encode(out, CW_BASE64_URL, cw_span_make(signature, sizeof(signature)));
    CU_ASSERT_EQUAL_FATAL(cw_buf_status(out, NULL), CW_OK);
    cw_buf_clear(&input);
    cw_signing_key_free(key);
}

/* ---- alerts ---- */

static void verifies_the_published_alert(void)
{
    const struct key key = key_of(ALERT_KEY);
    struct cryptowatch_jws found;
    struct cw_buf body;
    struct cw_buf compact;
    memset(&found, 0xff, sizeof(found));
    load_body(&body);
    CU_ASSERT_EQUAL(
        verify(CW_SPAN(JWS_PROTECTED ".." JWS_SIGNATURE), cw_buf_as_span(&body), &key, &found),
        CRYPTOWATCH_VERIFY_OK);
    CU_ASSERT_EQUAL(found.iat_s, JWS_IAT_S);
    CU_ASSERT_EQUAL(found.purpose, CRYPTOWATCH_PURPOSE_ISSUE);
    CU_ASSERT_EQUAL(found.reserved[0] | found.reserved[12], 0);

    cw_buf_init(&compact, JWS_MAX);
    cw_buf_str(&compact, JWS_PROTECTED ".");
    cw_base64_encode(&compact, CW_BASE64_URL, cw_buf_as_span(&body));
    const size_t end_of_payload = compact.len;
    cw_buf_str(&compact, "." JWS_SIGNATURE);
    CU_ASSERT_EQUAL(verify(cw_buf_as_span(&compact), cw_buf_as_span(&body), &key, NULL),
                    CRYPTOWATCH_VERIFY_OK);
    compact.data[end_of_payload - 1] ^= 1;
    CU_ASSERT_EQUAL(verify(cw_buf_as_span(&compact), cw_buf_as_span(&body), &key, NULL),
                    CRYPTOWATCH_VERIFY_BODY);
    compact.data[end_of_payload - 1] ^= 1;
    body.data[100] ^= 1; /* the signature still holds over what is attached */
    CU_ASSERT_EQUAL(verify(cw_buf_as_span(&compact), cw_buf_as_span(&body), &key, NULL),
                    CRYPTOWATCH_VERIFY_BODY);
    cw_buf_clear(&compact);
    cw_buf_clear(&body);
}

static void refuses_every_changed_byte(void)
{
    const struct key key = key_of(ALERT_KEY);
    char jws[] = JWS_PROTECTED ".." JWS_SIGNATURE;
    struct cw_buf body;
    load_body(&body);
    for (size_t i = 0; i + 1 < sizeof(jws); i++) {
        const char before = jws[i];
        for (unsigned bit = 0; bit < 8; bit++) {
            jws[i] = (char)((unsigned char)before ^ (1u << bit));
            CW_CHECK(verify(cw_span_make(jws, sizeof(jws) - 1), cw_buf_as_span(&body), &key,
                            NULL) != CRYPTOWATCH_VERIFY_OK,
                     "byte %zu, bit %u", i, bit);
        }
        jws[i] = before;
    }
    CU_ASSERT_EQUAL(verify(CW_SPAN(jws), cw_buf_as_span(&body), &key, NULL), CRYPTOWATCH_VERIFY_OK);
    cw_buf_clear(&body);
}

struct form_row {
    const char *description;
    const char *jws;
    size_t len;
    enum cryptowatch_verify_error why;
};

static const struct form_row form_rows[] = {
    {"nothing", TEXT(""), CRYPTOWATCH_VERIFY_FORM},
    {"full stops only", TEXT(".."), CRYPTOWATCH_VERIFY_FORM},
    {"one full stop", TEXT(JWS_PROTECTED "." JWS_SIGNATURE), CRYPTOWATCH_VERIFY_FORM},
    {"three full stops", TEXT(JWS_PROTECTED "..." JWS_SIGNATURE), CRYPTOWATCH_VERIFY_FORM},
    {"a fourth part", TEXT(JWS_PROTECTED ".." JWS_SIGNATURE ".AA"), CRYPTOWATCH_VERIFY_FORM},
    {"no signature", TEXT(JWS_PROTECTED ".."), CRYPTOWATCH_VERIFY_FORM},
    {"no header", TEXT(".." JWS_SIGNATURE), CRYPTOWATCH_VERIFY_HEADER},
    {"a space in front", TEXT(" " JWS_PROTECTED ".." JWS_SIGNATURE), CRYPTOWATCH_VERIFY_FORM},
    {"a newline behind", TEXT(JWS_PROTECTED ".." JWS_SIGNATURE "\n"), CRYPTOWATCH_VERIFY_FORM},
    {"a NUL behind", TEXT(JWS_PROTECTED ".." JWS_SIGNATURE "\0"), CRYPTOWATCH_VERIFY_FORM},
    {"a padded signature", TEXT(JWS_PROTECTED ".." JWS_SIGNATURE "=="), CRYPTOWATCH_VERIFY_FORM},
    {"a padded header", TEXT(JWS_PROTECTED "=.." JWS_SIGNATURE), CRYPTOWATCH_VERIFY_FORM},
    {"a header of an impossible length", TEXT(JWS_PROTECTED "A.." JWS_SIGNATURE),
     CRYPTOWATCH_VERIFY_FORM},
    {"left-over bits in the signature",
     TEXT(JWS_PROTECTED "..T9rYqcl6WqVkY7FZUUJDhgttU0kXFE48iG44awd7kx_rkKJ8QkpLyE4nOFgkf59h74YvqW-"
                        "GoKjABfCaVXRpBx"),
     CRYPTOWATCH_VERIFY_FORM},
    {"the standard alphabet in the signature",
     TEXT(JWS_PROTECTED "..T9rYqcl6WqVkY7FZUUJDhgttU0kXFE48iG44awd7kx/rkKJ8QkpLyE4nOFgkf59h74YvqW+"
                        "GoKjABfCaVXRpBw"),
     CRYPTOWATCH_VERIFY_FORM},
    {"general JSON", TEXT("{\"payload\":\"e30\",\"signatures\":[]}"), CRYPTOWATCH_VERIFY_FORM},
    {"a payload that is not the body", TEXT(JWS_PROTECTED ".e30." JWS_SIGNATURE),
     CRYPTOWATCH_VERIFY_BODY},
    {"another signature",
     TEXT(JWS_PROTECTED
          "..AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
          "AAAAAAAAAAAAA"),
     CRYPTOWATCH_VERIFY_SIGNATURE},
};

static void refuses_wrong_forms(void)
{
    const struct key key = key_of(ALERT_KEY);
    struct cryptowatch_jws found = {.iat_s = -7};
    struct cw_buf body;
    load_body(&body);
    for (size_t i = 0; i < CW_COUNT(form_rows); i++) {
        const struct form_row *row = &form_rows[i];
        const enum cryptowatch_verify_error why =
            verify(cw_span_make(row->jws, row->len), cw_buf_as_span(&body), &key, &found);
        CW_CHECK(why == row->why, "%s: %s", row->description, cryptowatch_verify_error_name(why));
        CW_CHECK(found.iat_s == -7, "%s: wrote its result", row->description);
    }
    CU_ASSERT_EQUAL(cryptowatch_jws_verify(NULL, 0, NULL, 0, key.bytes, NULL),
                    CRYPTOWATCH_VERIFY_FORM);
    cw_buf_clear(&body);
}

#define HEAD(alg, rest) "{\"alg\":\"" alg "\"," rest "}"
#define REST(purpose, iat, kid)                                                                    \
    "\"cty\":\"cloudevents+json\",\"cw_purpose\":\"" purpose "\",\"iat\":" iat ",\"kid\":\"" kid   \
    "\",\"typ\":\"cryptowatch-alert+jws\""
#define GOOD REST("issue", "1795144502", ALERT_KID)

struct header_row {
    const char *description;
    const char *header;
    size_t len;
    enum cryptowatch_verify_error why;
};

static const struct header_row other_header_rows[] = {
    {"alg none", TEXT(HEAD("none", GOOD)), CRYPTOWATCH_VERIFY_HEADER},
    {"alg of a secret", TEXT(HEAD("HS256", GOOD)), CRYPTOWATCH_VERIFY_HEADER},
    {"alg in lower case", TEXT(HEAD("ed25519", GOOD)), CRYPTOWATCH_VERIFY_HEADER},
    {"alg of another curve", TEXT(HEAD("Ed448", GOOD)), CRYPTOWATCH_VERIFY_HEADER},
    {"alg with a NUL", TEXT(HEAD("EdDSA\0", GOOD)), CRYPTOWATCH_VERIFY_HEADER},
    {"no alg", TEXT("{" GOOD "}"), CRYPTOWATCH_VERIFY_HEADER},
    {"an empty object", TEXT("{}"), CRYPTOWATCH_VERIFY_HEADER},
    {"one byte", TEXT("{"), CRYPTOWATCH_VERIFY_HEADER},
    {"crit", TEXT(HEAD("Ed25519", "\"crit\":[\"exp\"]," GOOD)), CRYPTOWATCH_VERIFY_HEADER},
    {"b64", TEXT(HEAD("Ed25519", "\"b64\":false," GOOD)), CRYPTOWATCH_VERIFY_HEADER},
    {"a key in the header", TEXT(HEAD("Ed25519", GOOD ",\"x5u\":\"https://keys.example\"")),
     CRYPTOWATCH_VERIFY_HEADER},
    {"a member twice", TEXT("{\"alg\":\"Ed25519\"," HEAD("Ed25519", GOOD)),
     CRYPTOWATCH_VERIFY_HEADER},
    {"white space between members", TEXT(HEAD("Ed25519", " " GOOD)), CRYPTOWATCH_VERIFY_HEADER},
    {"a newline at the end", TEXT(HEAD("Ed25519", GOOD) "\n"), CRYPTOWATCH_VERIFY_HEADER},
    {"a byte order mark", TEXT("\xef\xbb\xbf" HEAD("Ed25519", GOOD)), CRYPTOWATCH_VERIFY_HEADER},
    {"an escaped member name", TEXT("{\"\\u0061lg\":\"Ed25519\"," GOOD "}"),
     CRYPTOWATCH_VERIFY_HEADER},
    {"members out of order", TEXT("{" GOOD ",\"alg\":\"Ed25519\"}"), CRYPTOWATCH_VERIFY_HEADER},
    {"another purpose", TEXT(HEAD("Ed25519", REST("endorse", "1795144502", ALERT_KID))),
     CRYPTOWATCH_VERIFY_HEADER},
    {"a purpose in capitals", TEXT(HEAD("Ed25519", REST("Issue", "1795144502", ALERT_KID))),
     CRYPTOWATCH_VERIFY_HEADER},
    {"an empty purpose", TEXT(HEAD("Ed25519", REST("", "1795144502", ALERT_KID))),
     CRYPTOWATCH_VERIFY_HEADER},
    {"no time", TEXT(HEAD("Ed25519", REST("issue", "", ALERT_KID))), CRYPTOWATCH_VERIFY_HEADER},
    {"a time with a zero in front", TEXT(HEAD("Ed25519", REST("issue", "01", ALERT_KID))),
     CRYPTOWATCH_VERIFY_HEADER},
    {"a negative time", TEXT(HEAD("Ed25519", REST("issue", "-1", ALERT_KID))),
     CRYPTOWATCH_VERIFY_HEADER},
    {"a time with a fraction", TEXT(HEAD("Ed25519", REST("issue", "1.0", ALERT_KID))),
     CRYPTOWATCH_VERIFY_HEADER},
    {"a time with an exponent", TEXT(HEAD("Ed25519", REST("issue", "1e9", ALERT_KID))),
     CRYPTOWATCH_VERIFY_HEADER},
    {"a time as text", TEXT(HEAD("Ed25519", REST("issue", "\"1\"", ALERT_KID))),
     CRYPTOWATCH_VERIFY_HEADER},
    {"a time one over the bound",
     TEXT(HEAD("Ed25519", REST("issue", "9007199254740992", ALERT_KID))),
     CRYPTOWATCH_VERIFY_HEADER},
    {"no key id", TEXT(HEAD("Ed25519", REST("issue", "1", ""))), CRYPTOWATCH_VERIFY_HEADER},
    {"a longer key id", TEXT(HEAD("Ed25519", REST("issue", "1", ALERT_KID "A"))),
     CRYPTOWATCH_VERIFY_HEADER},
    {"the id of another key", TEXT(HEAD("Ed25519", REST("issue", "1", OTHER_KID))),
     CRYPTOWATCH_VERIFY_KEY},
    {"another cty",
     TEXT("{\"alg\":\"Ed25519\",\"cty\":\"text/plain\",\"cw_purpose\":\"issue\",\"iat\":1,"
          "\"kid\":\"" ALERT_KID "\",\"typ\":\"cryptowatch-alert+jws\"}"),
     CRYPTOWATCH_VERIFY_HEADER},
    {"another typ",
     TEXT("{\"alg\":\"Ed25519\",\"cty\":\"cloudevents+json\",\"cw_purpose\":\"issue\","
          "\"iat\":1,\"kid\":\"" ALERT_KID "\",\"typ\":\"JWT\"}"),
     CRYPTOWATCH_VERIFY_HEADER},
    {"a header longer than any", TEXT(HEAD("Ed25519", GOOD ",\"x\":\"" GOOD "\"")),
     CRYPTOWATCH_VERIFY_HEADER},
};

static void check_headers(const char *seed, const struct header_row *rows, size_t count)
{
    const struct key key = key_of(ALERT_KEY);
    struct cw_buf body;
    struct cw_buf jws;
    load_body(&body);
    cw_buf_init(&jws, JWS_MAX);
    for (size_t i = 0; i < count; i++) {
        const struct header_row *row = &rows[i];
        cw_buf_reset(&jws);
        sign_header(&jws, seed, cw_span_make(row->header, row->len), cw_buf_as_span(&body));
        const enum cryptowatch_verify_error why =
            verify(cw_buf_as_span(&jws), cw_buf_as_span(&body), &key, NULL);
        CW_CHECK(why == row->why, "%s: %s", row->description, cryptowatch_verify_error_name(why));
    }
    cw_buf_clear(&jws);
    cw_buf_clear(&body);
}

static void refuses_other_headers(void)
{
    static const struct header_row forged[] = {
        {"our header, signed by another key", TEXT(HEAD("Ed25519", GOOD)),
         CRYPTOWATCH_VERIFY_SIGNATURE},
        {"another key under its own id", TEXT(HEAD("Ed25519", REST("issue", "1", OTHER_KID))),
         CRYPTOWATCH_VERIFY_KEY},
    };
    check_headers(ALERT_SEED, other_header_rows, CW_COUNT(other_header_rows));
    check_headers(OTHER_SEED, forged, CW_COUNT(forged));
}

static void takes_allowed_headers(void)
{
    static const struct header_row rows[] = {
        {"Ed25519", TEXT(HEAD("Ed25519", GOOD)), CRYPTOWATCH_VERIFY_OK},
        {"EdDSA", TEXT(HEAD("EdDSA", GOOD)), CRYPTOWATCH_VERIFY_OK},
        {"the first second", TEXT(HEAD("EdDSA", REST("issue", "0", ALERT_KID))),
         CRYPTOWATCH_VERIFY_OK},
        {"the last second", TEXT(HEAD("Ed25519", REST("issue", "9007199254740991", ALERT_KID))),
         CRYPTOWATCH_VERIFY_OK},
        {"the longest header",
         TEXT(HEAD("Ed25519", REST("verified", "9007199254740991", ALERT_KID))),
         CRYPTOWATCH_VERIFY_PURPOSE},
    };
    check_headers(ALERT_SEED, rows, CW_COUNT(rows));
}

static void says_when_it_only_countersigns(void)
{
    static const struct {
        const char *header;
        uint32_t purpose;
    } rows[] = {
        {HEAD("Ed25519", REST("received", "5", ALERT_KID)), CRYPTOWATCH_PURPOSE_RECEIVED},
        {HEAD("Ed25519", REST("verified", "5", ALERT_KID)), CRYPTOWATCH_PURPOSE_VERIFIED},
        {HEAD("Ed25519", REST("concur", "5", ALERT_KID)), CRYPTOWATCH_PURPOSE_CONCUR},
    };
    const struct key key = key_of(ALERT_KEY);
    struct cw_buf jws;
    cw_buf_init(&jws, JWS_MAX);
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        struct cryptowatch_jws found = {0};
        cw_buf_reset(&jws);
        sign_header(&jws, ALERT_SEED, cw_span_cstr(rows[i].header), CW_SPAN("{}"));
        CU_ASSERT_EQUAL(verify(cw_buf_as_span(&jws), CW_SPAN("{}"), &key, &found),
                        CRYPTOWATCH_VERIFY_PURPOSE);
        CU_ASSERT_EQUAL(found.purpose, rows[i].purpose);
        CU_ASSERT_EQUAL(found.iat_s, 5);
        CU_ASSERT_EQUAL(verify(cw_buf_as_span(&jws), CW_SPAN("[]"), &key, &found),
                        CRYPTOWATCH_VERIFY_SIGNATURE);
    }
    cw_buf_clear(&jws);
}

static void refuses_other_bodies(void)
{
    const struct cw_span published = CW_SPAN(JWS_PROTECTED ".." JWS_SIGNATURE);
    const struct key key = key_of(ALERT_KEY);
    static char long_body[CRYPTOWATCH_BODY_BYTES_MAX + 1];
    struct cw_buf body;
    struct cw_buf jws;
    load_body(&body);
    for (size_t i = 0; i < body.len; i += 53) {
        body.data[i] ^= 1;
        CW_CHECK(verify(published, cw_buf_as_span(&body), &key, NULL) ==
                     CRYPTOWATCH_VERIFY_SIGNATURE,
                 "byte %zu", i);
        body.data[i] ^= 1;
    }
    CU_ASSERT_EQUAL(verify(published, cw_span_make(body.data, body.len - 1), &key, NULL),
                    CRYPTOWATCH_VERIFY_SIGNATURE);
    CU_ASSERT_EQUAL(verify(published, cw_span_make(NULL, 0), &key, NULL),
                    CRYPTOWATCH_VERIFY_SIGNATURE);
    cw_buf_char(&body, '\n');
    CU_ASSERT_EQUAL(verify(published, cw_buf_as_span(&body), &key, NULL),
                    CRYPTOWATCH_VERIFY_SIGNATURE);
    cw_buf_clear(&body);

    memset(long_body, 'b', sizeof(long_body));
    cw_buf_init(&jws, JWS_MAX);
    for (size_t extra = 0; extra < 2; extra++) {
        const struct cw_span longest = {long_body, CRYPTOWATCH_BODY_BYTES_MAX + extra};
        cw_buf_reset(&jws);
        sign_header(&jws, ALERT_SEED, CW_SPAN(HEAD("Ed25519", GOOD)), longest);
        CU_ASSERT_EQUAL(verify(cw_buf_as_span(&jws), longest, &key, NULL),
                        extra == 0 ? CRYPTOWATCH_VERIFY_OK : CRYPTOWATCH_VERIFY_TOO_LONG);
    }
    cw_buf_clear(&jws);
}

/* The neutral point as key and as R, S zero: fits every message wherever nobody looks. */
static void refuses_weak_keys(void)
{
    const struct cw_public_key neutral = {{1}};
    const uint8_t signature[CW_ED25519_SIGNATURE_BYTES] = {1};
    struct key key;
    char kid[CW_KID_TEXT_BYTES];
    struct cw_buf header;
    struct cw_buf jws;
    memcpy(key.bytes, neutral.bytes, sizeof(key.bytes));
    cw_public_key_kid(&neutral, kid);
    cw_buf_init(&header, TEXT_MAX);
    cw_buf_printf(&header, HEAD("Ed25519", REST("issue", "1", "%s")), kid);
    cw_buf_init(&jws, JWS_MAX);
    cw_base64_encode(&jws, CW_BASE64_URL, cw_buf_as_span(&header));
    cw_buf_str(&jws, "..");
    cw_base64_encode(&jws, CW_BASE64_URL, cw_span_make(signature, sizeof(signature)));
    CU_ASSERT_EQUAL(verify(cw_buf_as_span(&jws), CW_SPAN("{}"), &key, NULL),
                    CRYPTOWATCH_VERIFY_SIGNATURE);
    cw_buf_clear(&jws);
    cw_buf_clear(&header);
}

#endif
