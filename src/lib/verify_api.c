/* The signature half of include/cryptowatch.h: two fixed forms, each matched byte by byte.
 *
 * No JSON is parsed here. A header that an alert may carry has one spelling only, so a reader that
 * takes nothing else leaves no room for a member that another reader would see differently. */
#include <assert.h>

#include "base/checked.h"
#include "base/limits.h"
#include "crypto/base64.h"
#include "crypto/sign.h"
#include "cryptowatch.h"

enum {
    KID_DIGITS = CW_KID_TEXT_BYTES - 1,
    HEADER_TEXT_MAX = 192, /* the longest header is 181 bytes: purpose of 8, iat of 16 digits */
    HEADER_DIGITS_MAX = HEADER_TEXT_MAX / 3 * 4,
    BODY_DIGITS_MAX = (CRYPTOWATCH_BODY_BYTES_MAX + 2) / 3 * 4,
    JWS_INPUT_MAX = HEADER_DIGITS_MAX + 1 + BODY_DIGITS_MAX + 1,
    TIMESTAMP_DIGITS_MAX = 16,
    DELIVERY_INPUT_MAX = CRYPTOWATCH_WEBHOOK_ID_BYTES_MAX + 1 + TIMESTAMP_DIGITS_MAX + 1 +
                         CRYPTOWATCH_BODY_BYTES_MAX,
};

/* Seconds are integers that every JSON reader keeps exactly (RFC 8259 section 6). */
static const uint64_t seconds_max = 9007199254740991u;

static_assert((int)CRYPTOWATCH_PUBLIC_KEY_BYTES == (int)CW_ED25519_PUBLIC_BYTES, "the same key");
static_assert(sizeof(struct cryptowatch_jws) == 64, "the ABI keeps its sizes");
static_assert(sizeof(void *) != 8 || sizeof(struct cryptowatch_webhook) == 120,
              "the ABI keeps its sizes");
static_assert(CRYPTOWATCH_BODY_BYTES_MAX == CW_ALERT_BYTES_MAX, "every alert can be verified");

/* ---- codes ---- */

static const struct {
    const char *name;
    const char *text;
} errors[] = {
    [CRYPTOWATCH_VERIFY_OK] = {"OK", "genuine"},
    [CRYPTOWATCH_VERIFY_ARGUMENT] = {"ARGUMENT", "the calling program gave an argument that makes "
                                                 "no sense"},
    [CRYPTOWATCH_VERIFY_TOO_LONG] = {"TOO_LONG", "longer than anything we send; not checked"},
    [CRYPTOWATCH_VERIFY_FORM] = {"FORM", "not of the form it must have"},
    [CRYPTOWATCH_VERIFY_HEADER] = {"HEADER", "the protected header is not that of an alert"},
    [CRYPTOWATCH_VERIFY_KEY] = {"KEY", "made with another key than the one given"},
    [CRYPTOWATCH_VERIFY_BODY] = {"BODY", "the signature carries another body than the one given"},
    [CRYPTOWATCH_VERIFY_SIGNATURE] = {"SIGNATURE", "the key did not sign this"},
    [CRYPTOWATCH_VERIFY_PURPOSE] = {"PURPOSE", "a genuine countersignature, but no issuing one"},
    [CRYPTOWATCH_VERIFY_MISSING] = {"MISSING", "there is no v1a signature that could be checked"},
    [CRYPTOWATCH_VERIFY_TIME] = {"TIME", "the timestamp is too far from this clock"},
};

const char *cryptowatch_verify_error_name(enum cryptowatch_verify_error why)
{
    return (unsigned)why < CW_COUNT(errors) ? errors[why].name : "";
}

const char *cryptowatch_verify_error_text(enum cryptowatch_verify_error why)
{
    return (unsigned)why < CW_COUNT(errors) ? errors[why].text : "";
}

/* ---- bytes ---- */

static struct cw_public_key key_of(const uint8_t *bytes)
{
    CW_ASSERT(bytes != NULL);
    struct cw_public_key key;
    memcpy(key.bytes, bytes, sizeof(key.bytes));
    return key;
}

/* What a caller hands in; NULL is fine for nothing, and else a bug in the calling program. */
static struct cw_span given(const void *data, size_t len)
{
    CW_ASSERT(data != NULL || len == 0);
    return cw_span_make(data, len);
}

/* Takes `literal` off the front of *rest. */
static bool take(struct cw_span *rest, struct cw_span literal)
{
    if (!cw_span_starts_with(*rest, literal)) {
        return false;
    }
    *rest = cw_span_slice(*rest, literal.len, rest->len);
    return true;
}

/* Takes everything up to a byte that must be there, and the byte. */
static bool take_until(struct cw_span *rest, char end, struct cw_span *ret)
{
    const size_t at = cw_span_find(*rest, end, 0);
    if (at == rest->len) {
        return false;
    }
    *ret = cw_span_slice(*rest, 0, at);
    *rest = cw_span_slice(*rest, at + 1, rest->len);
    return true;
}

/* Bytes joined in an array of the caller's stack; the caller has checked that they fit. */
struct joined {
    char *data;
    size_t len;
    size_t max;
};

static void join(struct joined *out, struct cw_span part)
{
    CW_ASSERT(part.len <= out->max - out->len);
    if (part.len > 0) {
        memcpy(out->data + out->len, part.data, part.len);
    }
    out->len += part.len;
}

/* ---- the protected header (alerts.md section 4.1) ---- */

static const struct cw_span purposes[] = {
    [CRYPTOWATCH_PURPOSE_ISSUE] = {"issue", 5},
    [CRYPTOWATCH_PURPOSE_RECEIVED] = {"received", 8},
    [CRYPTOWATCH_PURPOSE_VERIFIED] = {"verified", 8},
    [CRYPTOWATCH_PURPOSE_CONCUR] = {"concur", 6},
};

static bool find_purpose(struct cw_span name, uint32_t *ret)
{
    for (uint32_t i = 0; i < CW_COUNT(purposes); i++) {
        if (cw_span_equal(name, purposes[i])) {
            *ret = i;
            return true;
        }
    }
    return false;
}

/* Matches the one canonical spelling; *ret_kid is borrowed from text. */
static bool match_header(struct cw_span text, struct cryptowatch_jws *ret, struct cw_span *ret_kid)
{
    struct cw_span alg = {0};
    struct cw_span purpose = {0};
    struct cw_span iat = {0};
    uint64_t iat_s = 0;
    struct cw_span rest = text;
    if (!take(&rest, CW_SPAN("{\"alg\":\"")) || !take_until(&rest, '"', &alg) ||
        !take(&rest, CW_SPAN(",\"cty\":\"cloudevents+json\",\"cw_purpose\":\"")) ||
        !take_until(&rest, '"', &purpose) || !take(&rest, CW_SPAN(",\"iat\":")) ||
        !take_until(&rest, ',', &iat) || !take(&rest, CW_SPAN("\"kid\":\"")) ||
        !take_until(&rest, '"', ret_kid) ||
        !cw_span_equal(rest, CW_SPAN(",\"typ\":\"cryptowatch-alert+jws\"}"))) {
        return false;
    }
    if (!cw_span_is(alg, "Ed25519") && !cw_span_is(alg, "EdDSA")) {
        return false;
    }
    if (!find_purpose(purpose, &ret->purpose) || !cw_span_to_u64(iat, seconds_max, &iat_s)) {
        return false;
    }
    ret->iat_s = (int64_t)iat_s;
    return ret_kid->len == KID_DIGITS;
}

static enum cryptowatch_verify_error
check_header(struct cw_span digits, const struct cw_public_key *key, struct cryptowatch_jws *ret)
{
    uint8_t text[HEADER_TEXT_MAX];
    size_t len = 0;
    if (!cw_base64_decoded_len(CW_BASE64_URL, digits, &len)) {
        return CRYPTOWATCH_VERIFY_FORM;
    }
    if (len > sizeof(text)) {
        return CRYPTOWATCH_VERIFY_HEADER;
    }
    if (!cw_base64_decode_exact(CW_BASE64_URL, digits, text, len)) {
        return CRYPTOWATCH_VERIFY_FORM;
    }
    struct cw_span kid = {0};
    if (!match_header(cw_span_make(text, len), ret, &kid)) {
        return CRYPTOWATCH_VERIFY_HEADER;
    }
    char expected[CW_KID_TEXT_BYTES];
    cw_public_key_kid(key, expected);
    return cw_span_is(kid, expected) ? CRYPTOWATCH_VERIFY_OK : CRYPTOWATCH_VERIFY_KEY;
}

/* ---- alerts ---- */

struct parts {
    struct cw_span protected;
    struct cw_span payload; /* empty: detached */
    struct cw_span signature;
};

static bool split(struct cw_span jws, struct parts *ret)
{
    struct cw_span rest = jws;
    if (!take_until(&rest, '.', &ret->protected) || !take_until(&rest, '.', &ret->payload)) {
        return false;
    }
    ret->signature = rest; /* a third full stop is no base64url digit and fails there */
    return true;
}

/* protected "." base64url(body), as signed; then the attached payload, if any, must be the same. */
static enum cryptowatch_verify_error
check_signature(const struct parts *parts, struct cw_span body, const struct cw_public_key *key,
                const uint8_t signature[static CW_ED25519_SIGNATURE_BYTES])
{
    char input[JWS_INPUT_MAX];
    struct joined out = {.data = input, .max = sizeof(input)};
    join(&out, parts->protected);
    join(&out, CW_SPAN("."));
    const size_t start = out.len;
    out.len += cw_base64_encode_to(CW_BASE64_URL, body, input + start, sizeof(input) - start);
    CW_ASSERT(out.len < sizeof(input));
    const struct cw_span payload = cw_span_make(input + start, out.len - start);
    if (parts->payload.len > 0 && !cw_span_equal(parts->payload, payload)) {
        return CRYPTOWATCH_VERIFY_BODY;
    }
    return cw_sign_is_valid(key, cw_span_make(input, out.len), signature)
               ? CRYPTOWATCH_VERIFY_OK
               : CRYPTOWATCH_VERIFY_SIGNATURE;
}

enum cryptowatch_verify_error
cryptowatch_jws_verify(const char *jws, size_t jws_len, const void *body, size_t body_len,
                       const uint8_t public_key[CRYPTOWATCH_PUBLIC_KEY_BYTES],
                       struct cryptowatch_jws *ret)
{
    const struct cw_span text = given(jws, jws_len);
    const struct cw_span signed_body = given(body, body_len);
    if (body_len > CRYPTOWATCH_BODY_BYTES_MAX) {
        return CRYPTOWATCH_VERIFY_TOO_LONG;
    }
    const struct cw_public_key key = key_of(public_key);
    struct parts parts = {0};
    uint8_t signature[CW_ED25519_SIGNATURE_BYTES];
    if (!split(text, &parts) ||
        !cw_base64_decode_exact(CW_BASE64_URL, parts.signature, signature, sizeof(signature))) {
        return CRYPTOWATCH_VERIFY_FORM;
    }
    struct cryptowatch_jws found = {0};
    enum cryptowatch_verify_error why = check_header(parts.protected, &key, &found);
    if (why == CRYPTOWATCH_VERIFY_OK) {
        why = check_signature(&parts, signed_body, &key, signature);
    }
    if (why != CRYPTOWATCH_VERIFY_OK) {
        return why;
    }
    if (ret != NULL) {
        *ret = found;
    }
    return found.purpose == CRYPTOWATCH_PURPOSE_ISSUE ? CRYPTOWATCH_VERIFY_OK
                                                      : CRYPTOWATCH_VERIFY_PURPOSE;
}

/* ---- deliveries (Standard Webhooks 1.0) ---- */

static bool is_whole(const struct cryptowatch_webhook *delivery)
{
    if (delivery->size != sizeof(*delivery)) {
        return false;
    }
    for (size_t i = 0; i < CW_COUNT(delivery->reserved); i++) {
        if (delivery->reserved[i] != 0) {
            return false;
        }
    }
    return true;
}

/* A full stop in an id would let id and timestamp be cut elsewhere under the same signature. */
static bool is_id(struct cw_span id)
{
    for (size_t i = 0; i < id.len; i++) {
        if (id.data[i] <= ' ' || id.data[i] > '~' || id.data[i] == '.') {
            return false;
        }
    }
    return id.len > 0;
}

static bool is_near(uint64_t timestamp_s, int64_t now_s, int64_t tolerance_s)
{
    int64_t age_s = 0;
    return cw_checked_add_i64(now_s, -(int64_t)timestamp_s, &age_s) && age_s <= tolerance_s &&
           age_s >= -tolerance_s;
}

/* One element against the key: MISSING when it is no v1a signature at all. */
static enum cryptowatch_verify_error check_element(struct cw_span element, struct cw_span input,
                                                   const struct cw_public_key *key)
{
    uint8_t signature[CW_ED25519_SIGNATURE_BYTES];
    struct cw_span digits = element;
    if (!take(&digits, CW_SPAN("v1a,")) ||
        !cw_base64_decode_exact(CW_BASE64_STANDARD, digits, signature, sizeof(signature))) {
        return CRYPTOWATCH_VERIFY_MISSING;
    }
    return cw_sign_is_valid(key, input, signature) ? CRYPTOWATCH_VERIFY_OK
                                                   : CRYPTOWATCH_VERIFY_SIGNATURE;
}

static enum cryptowatch_verify_error check_list(struct cw_span list, struct cw_span input,
                                                const struct cw_public_key *key)
{
    enum cryptowatch_verify_error answer = CRYPTOWATCH_VERIFY_MISSING;
    size_t from = 0;
    for (size_t count = 0; from <= list.len; count++) {
        if (count == CRYPTOWATCH_WEBHOOK_SIGNATURES_MAX) {
            return CRYPTOWATCH_VERIFY_TOO_LONG;
        }
        const size_t end = cw_span_find(list, ' ', from);
        const enum cryptowatch_verify_error why =
            check_element(cw_span_slice(list, from, end), input, key);
        if (why == CRYPTOWATCH_VERIFY_OK) {
            return why;
        }
        answer = why == CRYPTOWATCH_VERIFY_SIGNATURE ? why : answer;
        from = end + 1;
    }
    return answer;
}

enum cryptowatch_verify_error
cryptowatch_webhook_verify(const struct cryptowatch_webhook *delivery,
                           const uint8_t public_key[CRYPTOWATCH_PUBLIC_KEY_BYTES], int64_t now_s,
                           int64_t tolerance_s)
{
    CW_ASSERT(delivery != NULL);
    if (!is_whole(delivery) || tolerance_s < 0) {
        return CRYPTOWATCH_VERIFY_ARGUMENT;
    }
    const struct cw_public_key key = key_of(public_key);
    const struct cw_span id = given(delivery->id, delivery->id_len);
    const struct cw_span timestamp = given(delivery->timestamp, delivery->timestamp_len);
    const struct cw_span signatures = given(delivery->signature, delivery->signature_len);
    const struct cw_span body = given(delivery->body, delivery->body_len);
    if (id.len > CRYPTOWATCH_WEBHOOK_ID_BYTES_MAX || body.len > CRYPTOWATCH_BODY_BYTES_MAX) {
        return CRYPTOWATCH_VERIFY_TOO_LONG;
    }
    uint64_t timestamp_s = 0;
    if (!is_id(id) || !cw_span_to_u64(timestamp, seconds_max, &timestamp_s)) {
        return CRYPTOWATCH_VERIFY_FORM;
    }
    if (!is_near(timestamp_s, now_s, tolerance_s)) {
        return CRYPTOWATCH_VERIFY_TIME;
    }
    char input[DELIVERY_INPUT_MAX];
    struct joined out = {.data = input, .max = sizeof(input)};
    join(&out, id);
    join(&out, CW_SPAN("."));
    join(&out, timestamp);
    join(&out, CW_SPAN("."));
    join(&out, body);
    return check_list(signatures, cw_span_make(input, out.len), &key);
}
