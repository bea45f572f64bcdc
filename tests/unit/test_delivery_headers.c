/* The vectors are those of alerts.md section 6, made with public test seeds by other programs. */
#include "base/file.h"
#include "base/text.h"
#include "deliver/deliver.h"
#include "suite.h"

#define ALERT_ID "8e10387d-6711-5268-a605-4c3ccd6f59d5"
#define SEED_NEW "6e62ff135dc4eb19263a1b40bb21cfb32c605b1512f1444c2f2f5a9eda2d9269"
#define SEED_OLD "e1ce4c463dde2492b4e7e84be8ca87414b4ded231fb2dd993c2b44e580ec3460"
#define WHSEC    "whsec_eQDAyHCoktTgKZBnUf6cWLqMD/cgfqUwKEbVXm7bmz4="
#define WHPK     "whpk_l8lLz37A48aQaroK2QTvsGZr02Ikm1JxualCPI/yVTc="

static const int64_t sent_s = 1795144503;

static struct cw_buf read_fixture(const char *name)
{
    char path[512];
    struct cw_error err = {0};
    struct cw_buf text;
    cw_buf_init(&text, CW_ALERT_BYTES_MAX);
    (void)snprintf(path, sizeof(path), "%s/deliver/%s", CW_FIXTURES, name);
    CW_CHECK(cw_file_read(path, &text, &err) == CW_OK, "%s", err.text);
    return text;
}

static struct cw_signing_key *key_of(const char *seed_hex)
{
    uint8_t seed[CW_ED25519_SEED_BYTES];
    CU_ASSERT_FATAL(cw_hex_decode(cw_span_cstr(seed_hex), seed, sizeof(seed)));
    struct cw_signing_key *key = cw_signing_key_new(seed);
    CU_ASSERT_FATAL(key != NULL);
    return key;
}

/* Two keys, one secret, and the parts of example 001. */
struct parts {
    struct cw_signing_key *key_new;
    struct cw_signing_key *key_old;
    struct cw_webhook_secret *secret;
    struct cw_buf body;
    struct cw_buf vector;
    struct cw_span detached; /* taken from the vector */
};

static void parts_init(struct parts *parts, const char *vector)
{
    *parts = (struct parts){.key_new = key_of(SEED_NEW), .key_old = key_of(SEED_OLD)};
    const enum cw_status status =
        cw_webhook_secret_parse(cw_span_cstr(WHSEC), &parts->secret, NULL);
    CU_ASSERT_EQUAL_FATAL(status, CW_OK);
    parts->body = read_fixture("001-listed.json");
    parts->vector = read_fixture(vector);
    struct cw_span rest = cw_buf_as_span(&parts->vector);
    struct cw_span line;
    const struct cw_span name = CW_SPAN("cryptowatch-jws: ");
    while (cw_span_next_line(&rest, &line)) {
        if (cw_span_starts_with(line, name)) {
            parts->detached = cw_span_slice(line, name.len, line.len);
        }
    }
    CU_ASSERT_EQUAL_FATAL(parts->body.len, 2702);
    CU_ASSERT_FATAL(parts->detached.len > 0);
}

static void parts_clear(struct parts *parts)
{
    cw_signing_key_free(parts->key_new);
    cw_signing_key_free(parts->key_old);
    cw_webhook_secret_free(parts->secret);
    cw_buf_clear(&parts->body);
    cw_buf_clear(&parts->vector);
}

static struct cw_delivery_event event_of(const struct parts *parts)
{
    return (struct cw_delivery_event){
        .id = CW_SPAN(ALERT_ID), .body = cw_buf_as_span(&parts->body), .detached = parts->detached};
}

static const struct {
    const char *vector;
    size_t keys;
    bool has_secret;
} vectors[] = {
    {"001-v1a.headers", 1, false},
    {"001-v1a-v1.headers", 1, true},
    {"001-rotation.headers", 2, true},
};

static void published_vectors(void)
{
    for (size_t i = 0; i < CW_COUNT(vectors); i++) {
        struct parts parts;
        struct cw_buf out;
        parts_init(&parts, vectors[i].vector);
        cw_buf_init(&out, 8192);
        const struct cw_receiver receiver = {.id = "soc",
                                             .keys = {parts.key_new, parts.key_old},
                                             .keys_count = vectors[i].keys,
                                             .secret = vectors[i].has_secret ? parts.secret : NULL};
        const struct cw_delivery_event event = event_of(&parts);
        const enum cw_status status = cw_delivery_headers(&receiver, sent_s, &event, &out, NULL);
        CW_CHECK(status == CW_OK, "%s: status %d", vectors[i].vector, (int)status);
        CW_CHECK(cw_span_equal(cw_buf_as_span(&out), cw_buf_as_span(&parts.vector)), "%s:\n%.*s",
                 vectors[i].vector, CW_SPAN_ARG(cw_buf_as_span(&out)));
        cw_buf_clear(&out);
        parts_clear(&parts);
    }
}

static void published_key(void)
{
    struct cw_signing_key *key = key_of(SEED_NEW);
    const struct cw_public_key public_key = cw_signing_key_public(key);
    struct cw_buf text;
    cw_buf_init(&text, 128);
    cw_public_key_format(&text, &public_key, CW_KEY_WHPK, (struct cw_span){0});
    CU_ASSERT(cw_span_is(cw_buf_as_span(&text), WHPK));
    cw_buf_clear(&text);
    cw_signing_key_free(key);
}

static void bearer_line(void)
{
    struct parts parts;
    struct cw_buf out;
    parts_init(&parts, "001-v1a.headers");
    cw_buf_init(&out, 8192);
    const struct cw_receiver receiver = {
        .id = "soc", .keys = {parts.key_new}, .keys_count = 1, .bearer = "abc.DEF-123_~+/="};
    cw_buf_span(&parts.vector, CW_SPAN("\nauthorization: Bearer abc.DEF-123_~+/="));
    const struct cw_delivery_event event = event_of(&parts);
    const enum cw_status status = cw_delivery_headers(&receiver, sent_s, &event, &out, NULL);
    CU_ASSERT_EQUAL(status, CW_OK);
    CU_ASSERT(cw_span_equal(cw_buf_as_span(&out), cw_buf_as_span(&parts.vector)));
    cw_buf_clear(&out);
    parts_clear(&parts);
}

static void fresh_timestamp(void)
{
    struct parts parts;
    struct cw_buf out;
    parts_init(&parts, "001-v1a.headers");
    cw_buf_init(&out, 8192);
    const struct cw_receiver receiver = {.id = "soc", .keys = {parts.key_new}, .keys_count = 1};
    const struct cw_delivery_event event = event_of(&parts);
    const enum cw_status status = cw_delivery_headers(&receiver, sent_s + 1, &event, &out, NULL);
    CU_ASSERT_EQUAL(status, CW_OK);
    CU_ASSERT(!cw_span_equal(cw_buf_as_span(&out), cw_buf_as_span(&parts.vector)));
    CU_ASSERT_EQUAL(out.len, parts.vector.len);
    cw_buf_clear(&out);
    parts_clear(&parts);
}

/* ---- what cannot stand in a header ---- */

struct bad {
    const char *name;
    const char *id;
    int64_t timestamp_s;
    const char *detached;
    const char *bearer;
};

static const struct bad bads[] = {
    {"an empty id", "", 1, "a..b", NULL},
    {"an id with a full stop", "a.b", 1, "a..b", NULL},
    {"an id with a space", "a b", 1, "a..b", NULL},
    {"an id with a line end", "a\nx-evil: 1", 1, "a..b", NULL},
    {"an id with a carriage return", "a\rb", 1, "a..b", NULL},
    {"an id outside ASCII", "\xc3\xa9", 1, "a..b", NULL},
    {"an id with DEL", "a\x7f", 1, "a..b", NULL},
    {"a time before 1970", "a", -1, "a..b", NULL},
    {"no detached signature", "a", 1, "", NULL},
    {"a detached signature with a line end", "a", 1, "a..b\n", NULL},
    {"a detached signature with a space", "a", 1, "a. .b", NULL},
    {"an empty bearer token", "a", 1, "a..b", ""},
    {"a bearer token of two words", "a", 1, "a..b", "to ken"},
    {"a bearer token with a line end", "a", 1, "a..b", "token\r\nx-evil: 1"},
    {"a bearer token outside ASCII", "a", 1, "a..b", "t\xc3\xb6ken"},
};

static void refused_parts(void)
{
    struct cw_signing_key *key = key_of(SEED_NEW);
    for (size_t i = 0; i < CW_COUNT(bads); i++) {
        struct cw_buf out;
        struct cw_error err = {0};
        cw_buf_init(&out, 8192);
        const struct cw_receiver receiver = {
            .id = "soc", .keys = {key}, .keys_count = 1, .bearer = bads[i].bearer};
        const struct cw_delivery_event event = {.id = cw_span_cstr(bads[i].id),
                                                .body = CW_SPAN("{}"),
                                                .detached = cw_span_cstr(bads[i].detached)};
        const enum cw_status status =
            cw_delivery_headers(&receiver, bads[i].timestamp_s, &event, &out, &err);
        CW_CHECK(status == CW_INVALID, "%s: status %d", bads[i].name, (int)status);
        CW_CHECK(out.len == 0, "%s: wrote %zu bytes", bads[i].name, out.len);
        CW_CHECK(bads[i].bearer == NULL || bads[i].bearer[0] == '\0' ||
                     strstr(err.text, bads[i].bearer) == NULL,
                 "%s: the token stands in the error", bads[i].name);
        cw_buf_clear(&out);
    }
    cw_signing_key_free(key);
}

static void body_limit(void)
{
    struct cw_signing_key *key = key_of(SEED_NEW);
    const struct cw_receiver receiver = {.id = "soc", .keys = {key}, .keys_count = 1};
    char *body = calloc(1, 2 * CW_ALERT_BYTES_MAX);
    CU_ASSERT_FATAL(body != NULL);
    struct cw_buf out;
    cw_buf_init(&out, 8192);
    struct cw_delivery_event event = {.id = CW_SPAN("a"),
                                      .body = cw_span_make(body, CW_ALERT_BYTES_MAX),
                                      .detached = CW_SPAN("a..b")};
    CU_ASSERT_EQUAL(cw_delivery_headers(&receiver, 1, &event, &out, NULL), CW_OK);
    event.body.len = 2 * CW_ALERT_BYTES_MAX;
    CU_ASSERT_EQUAL(cw_delivery_headers(&receiver, 1, &event, &out, NULL), CW_LIMIT);
    cw_buf_clear(&out);
    free(body);
    cw_signing_key_free(key);
}

/* ---- who wants what ---- */

static const struct {
    const char *name;
    uint32_t types;
    enum cw_severity min_severity;
    enum cw_tlp max_tlp;
    enum cw_alert_type type;
    enum cw_severity severity;
    enum cw_tlp tlp;
    bool is_wanted;
} routes[] = {
    {"no type named means all", 0, CW_INFO, CW_TLP_RED, CW_ALERT_TEST, CW_INFO, CW_TLP_RED, true},
    {"a named type", 1u << CW_ALERT_LISTED, CW_INFO, CW_TLP_RED, CW_ALERT_LISTED, CW_INFO,
     CW_TLP_CLEAR, true},
    {"one of two named types", 1u << CW_ALERT_LISTED | 1u << CW_ALERT_TEST, CW_INFO, CW_TLP_RED,
     CW_ALERT_TEST, CW_INFO, CW_TLP_CLEAR, true},
    {"a type not named", 1u << CW_ALERT_LISTED, CW_INFO, CW_TLP_RED, CW_ALERT_DELISTED, CW_CRITICAL,
     CW_TLP_CLEAR, false},
    {"the last type not named", 1u << CW_ALERT_LISTED, CW_INFO, CW_TLP_RED, CW_ALERT_TEST,
     CW_CRITICAL, CW_TLP_CLEAR, false},
    {"severity equal to the least", 0, CW_HIGH, CW_TLP_RED, CW_ALERT_LISTED, CW_HIGH, CW_TLP_CLEAR,
     true},
    {"severity above the least", 0, CW_HIGH, CW_TLP_RED, CW_ALERT_LISTED, CW_CRITICAL, CW_TLP_CLEAR,
     true},
    {"severity below the least", 0, CW_HIGH, CW_TLP_RED, CW_ALERT_LISTED, CW_MEDIUM, CW_TLP_CLEAR,
     false},
    {"marking equal to the most", 0, CW_INFO, CW_TLP_AMBER, CW_ALERT_LISTED, CW_HIGH, CW_TLP_AMBER,
     true},
    {"amber+strict is above amber", 0, CW_INFO, CW_TLP_AMBER, CW_ALERT_LISTED, CW_HIGH,
     CW_TLP_AMBER_STRICT, false},
    {"red is above amber+strict", 0, CW_INFO, CW_TLP_AMBER_STRICT, CW_ALERT_LISTED, CW_CRITICAL,
     CW_TLP_RED, false},
    {"a named type does not open the marking", 1u << CW_ALERT_LISTED, CW_INFO, CW_TLP_GREEN,
     CW_ALERT_LISTED, CW_CRITICAL, CW_TLP_AMBER, false},
};

static void routing(void)
{
    for (size_t i = 0; i < CW_COUNT(routes); i++) {
        const struct cw_receiver receiver = {.types = routes[i].types,
                                             .min_severity = routes[i].min_severity,
                                             .max_tlp = routes[i].max_tlp};
        const struct cw_alert_summary summary = {
            .type = routes[i].type, .severity = routes[i].severity, .tlp = routes[i].tlp};
        CW_CHECK(cw_receiver_wants(&receiver, &summary) == routes[i].is_wanted, "%s",
                 routes[i].name);
    }
}

int main(void)
{
    static const struct cw_test tests[] = {
        {"signs example 001 byte for byte as published", published_vectors},
        {"holds the published key of the examples", published_key},
        {"adds the bearer token as the last line", bearer_line},
        {"signs the time of the attempt", fresh_timestamp},
        {"refuses what could end or forge a header line", refused_parts},
        {"signs the largest alert and nothing larger", body_limit},
        {"routes by type, severity and marking", routing},
    };
    return cw_run_suite("delivery_headers", tests, CW_COUNT(tests));
}
