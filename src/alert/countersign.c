#include "alert/jws.h"
#include "alert/seal.h"
#include "crypto/base64.h"

static const char *const names[] = {
    [CW_COUNTERSIGN_RECEIVED] = "received",
    [CW_COUNTERSIGN_VERIFIED] = "verified",
    [CW_COUNTERSIGN_CONCUR] = "concur",
};

bool cw_countersign_purpose_parse(struct cw_span name, enum cw_countersign_purpose *ret)
{
    for (size_t i = 0; i < CW_COUNT(names); i++) {
        if (cw_span_is(name, names[i])) {
            *ret = (enum cw_countersign_purpose)i;
            return true;
        }
    }
    return false;
}

/* Room for one more, and nothing of this key that says the same already: signatures count per key,
 * so a second one would only be noise in a file that partners pass on. */
static enum cw_status check_room(const struct cw_jws *jws, const struct cw_jws_header *header,
                                 struct cw_error *err)
{
    if (jws->count == CW_JWS_SIGNATURES_MAX) {
        return cw_error_set(err, CW_LIMIT, "there are %u signatures already, and no more can be",
                            CW_JWS_SIGNATURES_MAX);
    }
    for (size_t i = 0; i < jws->count; i++) {
        const struct cw_jws_header *other = &jws->elements[i].header;
        if (strcmp(other->kid, header->kid) == 0 && strcmp(other->purpose, header->purpose) == 0) {
            return cw_error_set(err, CW_INVALID, "the key %s has signed it as %s already",
                                header->kid, header->purpose);
        }
    }
    return CW_OK;
}

/* It is written word for word into a text of JSON, which a compact file could break out of. */
static enum cw_status check_payload(struct cw_span text, struct cw_error *err)
{
    struct cw_buf body;
    cw_buf_init(&body, CW_JWS_BYTES_MAX);
    const bool is_good = cw_base64_decode(&body, CW_BASE64_URL, text);
    const bool is_short = body.failed == CW_NOMEM;
    cw_buf_clear(&body);
    if (is_short) {
        return cw_error_set(err, CW_NOMEM, "not enough memory");
    }
    return is_good ? CW_OK : cw_error_set(err, CW_UNTRUSTED, "payload: not canonical base64url");
}

/* Earlier elements word for word, then ours. */
static void put_file(const struct cw_jws *jws, struct cw_span header_text,
                     struct cw_span signature_text, struct cw_buf *out)
{
    cw_buf_str(out, "{");
    if (jws->has_payload) {
        cw_buf_str(out, "\"payload\":\"");
        cw_buf_span(out, jws->payload_text);
        cw_buf_str(out, "\",");
    }
    cw_buf_str(out, "\"signatures\":[");
    for (size_t i = 0; i < jws->count; i++) {
        cw_jws_put_element(out, jws->elements[i].protected_text, jws->elements[i].signature_text);
        cw_buf_str(out, ",");
    }
    cw_jws_put_element(out, header_text, signature_text);
    cw_buf_str(out, "]}");
}

static enum cw_status add(const struct cw_jws *jws, struct cw_span payload_text,
                          const struct cw_countersigner *who, struct cw_buf *ret_jws,
                          struct cw_error *err)
{
    struct cw_buf header_text;
    struct cw_buf signature_text;
    const struct cw_public_key public_key = cw_signing_key_public(who->key);
    struct cw_jws_header header = {.iat_s = who->iat_s, .kind = jws->elements[0].header.kind};
    (void)snprintf(header.purpose, sizeof(header.purpose), "%s", names[who->purpose]);
    cw_public_key_kid(&public_key, header.kid);
    enum cw_status status = check_room(jws, &header, err);
    if (status != CW_OK) {
        return status;
    }
    cw_buf_init(&header_text, CW_JWS_BYTES_MAX);
    cw_buf_init(&signature_text, CW_JWS_BYTES_MAX);
    status = cw_jws_sign(who->key, &header, payload_text, &header_text, &signature_text, err);
    if (status == CW_OK) {
        put_file(jws, cw_buf_as_span(&header_text), cw_buf_as_span(&signature_text), ret_jws);
        status = cw_buf_status(ret_jws, err);
    }
    cw_buf_clear(&header_text);
    cw_buf_clear(&signature_text);
    return status;
}

enum cw_status cw_seal_countersign(struct cw_span file, struct cw_span detached_body,
                                   const struct cw_countersigner *who, struct cw_buf *ret_jws,
                                   struct cw_error *err)
{
    CW_ASSERT(who->key != NULL);
    struct cw_jws jws;
    struct cw_buf payload;
    cw_buf_init(&payload, CW_JWS_BYTES_MAX);
    enum cw_status status = cw_jws_read(file, &jws, err);
    if (status == CW_OK && !jws.has_payload && detached_body.len == 0) {
        status = cw_error_set(err, CW_NOT_FOUND,
                              "the signature is detached: the signed bytes are needed, too");
    }
    if (status == CW_OK && jws.has_payload) {
        status = check_payload(jws.payload_text, err);
    }
    if (status == CW_OK && !jws.has_payload) {
        cw_base64_encode(&payload, CW_BASE64_URL, detached_body);
        status = cw_buf_status(&payload, err);
    }
    if (status == CW_OK) {
        status = add(&jws, jws.has_payload ? jws.payload_text : cw_buf_as_span(&payload), who,
                     ret_jws, err);
    }
    cw_buf_clear(&payload);
    cw_jws_clear(&jws);
    return status;
}
