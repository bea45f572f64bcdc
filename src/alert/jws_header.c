#include "alert/internal.h"
#include "alert/jws.h"
#include "alert/strict.h"
#include "crypto/base64.h"
#include "json/json_file.h"

static const char *const known_members[] = {"alg", "cty", "cw_purpose", "iat", "kid", "typ"};

/* Each of these would let the message choose its own key or change what is signed. */
static const char *const forbidden_members[] = {"b64", "crit", "jku", "jwk", "x5u"};

static const struct {
    const char *typ;
    const char *cty;
} kinds[] = {
    [CW_SEAL_ALERT] = {"cryptowatch-alert+jws", "cloudevents+json"},
    [CW_SEAL_RECEIPT] = {"cryptowatch-receipt+jws", "json"},
};

static const char *const purposes[] = {CW_JWS_ISSUE, "received", "verified", "concur"};

static bool is_among(struct cw_span text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (cw_span_is(text, words[i])) {
            return true;
        }
    }
    return false;
}

/* "Exactly these members": what we do not understand inside a signed header, we do not vouch for.
 */
static enum cw_status check_members(const json_t *header, struct cw_error *err)
{
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach(cw_json_iterable(header), name, value)
    {
        const struct cw_span text = cw_span_cstr(name);
        if (is_among(text, forbidden_members, CW_COUNT(forbidden_members))) {
            return cw_error_set(err, CW_UNTRUSTED, "protected header: %s is forbidden", name);
        }
        if (!is_among(text, known_members, CW_COUNT(known_members))) {
            return cw_error_set(err, CW_UNTRUSTED, "protected header: holds an unknown member");
        }
    }
    return CW_OK;
}

static bool parse_kind(struct cw_span typ, enum cw_seal_kind *ret)
{
    for (size_t i = 0; i < CW_COUNT(kinds); i++) {
        if (cw_span_is(typ, kinds[i].typ)) {
            *ret = (enum cw_seal_kind)i;
            return true;
        }
    }
    return false;
}

static enum cw_status check_constants(const json_t *header, enum cw_seal_kind *ret_kind,
                                      struct cw_error *err)
{
    static const char *const algorithms[] = {"Ed25519", "EdDSA"};
    const struct cw_span alg = cw_body_text(header, NULL, "alg");
    if (!is_among(alg, algorithms, CW_COUNT(algorithms))) {
        return cw_error_set(err, CW_UNTRUSTED, "protected header: alg is not Ed25519 or EdDSA");
    }
    if (!parse_kind(cw_body_text(header, NULL, "typ"), ret_kind)) {
        return cw_error_set(err, CW_UNTRUSTED, "protected header: typ is not %s or %s",
                            kinds[CW_SEAL_ALERT].typ, kinds[CW_SEAL_RECEIPT].typ);
    }
    if (!cw_span_is(cw_body_text(header, NULL, "cty"), kinds[*ret_kind].cty)) {
        return cw_error_set(err, CW_UNTRUSTED, "protected header: cty is not %s",
                            kinds[*ret_kind].cty);
    }
    return CW_OK;
}

static enum cw_status read_values(const json_t *header, struct cw_jws_header *ret,
                                  struct cw_error *err)
{
    const struct cw_span kid = cw_body_text(header, NULL, "kid");
    const struct cw_span purpose = cw_body_text(header, NULL, "cw_purpose");
    const json_t *iat = json_object_get(header, "iat");
    uint8_t thumbprint[32];
    if (!cw_base64_decode_exact(CW_BASE64_URL, kid, thumbprint, sizeof(thumbprint))) {
        return cw_error_set(err, CW_UNTRUSTED, "protected header: kid is not a thumbprint");
    }
    if (!is_among(purpose, purposes, CW_COUNT(purposes))) {
        return cw_error_set(err, CW_UNTRUSTED, "protected header: cw_purpose is none we know");
    }
    if (!json_is_integer(iat) || json_integer_value(iat) < 0 ||
        json_integer_value(iat) > CW_ALERT_TIME_MAX_S) {
        return cw_error_set(err, CW_UNTRUSTED, "protected header: iat is not a time in seconds");
    }
    CW_ASSERT(kid.len == CW_KID_TEXT_BYTES - 1);
    CW_ASSERT(purpose.len < CW_JWS_PURPOSE_BYTES);
    *ret = (struct cw_jws_header){.iat_s = json_integer_value(iat)};
    memcpy(ret->kid, kid.data, kid.len);
    memcpy(ret->purpose, purpose.data, purpose.len);
    return CW_OK;
}

enum cw_status cw_jws_header_read(struct cw_span json, struct cw_jws_header *ret,
                                  struct cw_error *err)
{
    json_t *header = NULL;
    struct cw_error why = {0};
    enum cw_seal_kind kind = CW_SEAL_ALERT;
    enum cw_status status = cw_strict_object(json, CW_JWS_HEADER_BYTES_MAX, &header, &why);
    if (status != CW_OK) {
        return cw_error_set(err, status, "protected header: %s", why.text);
    }
    status = check_members(header, err);
    if (status == CW_OK) {
        status = check_constants(header, &kind, err);
    }
    if (status == CW_OK) {
        status = read_values(header, ret, err);
    }
    if (status == CW_OK) {
        ret->kind = kind;
    }
    json_decref(header);
    return status;
}

void cw_jws_header_write(struct cw_buf *out, const struct cw_jws_header *header)
{
    cw_buf_printf(out,
                  "{\"alg\":\"Ed25519\",\"cty\":\"%s\",\"cw_purpose\":\"%s\","
                  "\"iat\":%lld,\"kid\":\"%s\",\"typ\":\"%s\"}",
                  kinds[header->kind].cty, header->purpose, (long long)header->iat_s, header->kid,
                  kinds[header->kind].typ);
}
