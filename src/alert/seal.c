#include "alert/seal.h"

#include "alert/jws.h"
#include "base/limits.h"
#include "crypto/base64.h"

size_t cw_seal_bytes_max(enum cw_seal_kind kind)
{
    return kind == CW_SEAL_RECEIPT ? CW_RECEIPT_BYTES_MAX : CW_ALERT_BYTES_MAX;
}

/* A signature made with a flipped bit in memory does not only fail elsewhere: Ed25519 then gives
 * the key away. So none leaves before it was checked. */
static enum cw_status sign(const struct cw_signing_key *key, struct cw_span header_text,
                           struct cw_span payload_text, struct cw_buf *ret_signature,
                           struct cw_error *err)
{
    uint8_t signature[CW_ED25519_SIGNATURE_BYTES];
    struct cw_buf input;
    cw_buf_init(&input, CW_JWS_BYTES_MAX);
    cw_jws_signing_input(&input, header_text, payload_text);
    enum cw_status status = cw_buf_status(&input, err);
    if (status == CW_OK) {
        const struct cw_public_key public_key = cw_signing_key_public(key);
        cw_sign(key, cw_buf_as_span(&input), signature);
        if (!cw_sign_is_valid(&public_key, cw_buf_as_span(&input), signature)) {
            status = cw_error_set(err, CW_STATE,
                                  "a fresh signature does not verify: check the "
                                  "memory of this machine");
        }
    }
    if (status == CW_OK) {
        cw_base64_encode(ret_signature, CW_BASE64_URL, cw_span_make(signature, sizeof(signature)));
        status = cw_buf_status(ret_signature, err);
    }
    cw_buf_clear(&input);
    return status;
}

enum cw_status cw_jws_sign(const struct cw_signing_key *key, struct cw_jws_header *header,
                           struct cw_span payload_text, struct cw_buf *ret_header,
                           struct cw_buf *ret_signature, struct cw_error *err)
{
    CW_ASSERT(key != NULL);
    CW_ASSERT(header->iat_s >= 0);
    struct cw_buf json;
    const struct cw_public_key public_key = cw_signing_key_public(key);
    cw_public_key_kid(&public_key, header->kid);
    cw_buf_init(&json, CW_JWS_HEADER_BYTES_MAX);
    cw_jws_header_write(&json, header);
    enum cw_status status = cw_buf_status(&json, err);
    if (status == CW_OK) {
        cw_base64_encode(ret_header, CW_BASE64_URL, cw_buf_as_span(&json));
        status = cw_buf_status(ret_header, err);
    }
    cw_buf_clear(&json);
    return status == CW_OK ? sign(key, cw_buf_as_span(ret_header), payload_text, ret_signature, err)
                           : status;
}

void cw_jws_put_element(struct cw_buf *out, struct cw_span header_text,
                        struct cw_span signature_text)
{
    cw_buf_str(out, "{\"protected\":\"");
    cw_buf_span(out, header_text);
    cw_buf_str(out, "\",\"signature\":\"");
    cw_buf_span(out, signature_text);
    cw_buf_str(out, "\"}");
}

static void put_detached(struct cw_buf *out, struct cw_span header, struct cw_span signature)
{
    cw_buf_span(out, header);
    cw_buf_str(out, "..");
    cw_buf_span(out, signature);
}

/* The three texts of one signature. */
struct parts {
    struct cw_buf payload;
    struct cw_buf header;
    struct cw_buf signature;
};

static enum cw_status put_parts(const struct parts *parts, struct cw_buf *ret_jws,
                                struct cw_buf *ret_detached, struct cw_error *err)
{
    const struct cw_span header = cw_buf_as_span(&parts->header);
    const struct cw_span signature = cw_buf_as_span(&parts->signature);
    cw_buf_str(ret_jws, "{\"payload\":\"");
    cw_buf_span(ret_jws, cw_buf_as_span(&parts->payload));
    cw_buf_str(ret_jws, "\",\"signatures\":[");
    cw_jws_put_element(ret_jws, header, signature);
    cw_buf_str(ret_jws, "]}");
    const enum cw_status status = cw_buf_status(ret_jws, err);
    if (status != CW_OK || ret_detached == NULL) {
        return status;
    }
    put_detached(ret_detached, header, signature);
    return cw_buf_status(ret_detached, err);
}

enum cw_status cw_seal_as(enum cw_seal_kind kind, const struct cw_signing_key *key,
                          const struct cw_sealing *what, struct cw_buf *ret_jws,
                          struct cw_buf *ret_detached, struct cw_error *err)
{
    const size_t most = cw_seal_bytes_max(kind);
    if (what->body.len == 0 || what->body.len > most) {
        return cw_error_set(err, CW_LIMIT, "a body of 1 to %zu bytes can be signed", most);
    }
    struct parts parts;
    struct cw_jws_header header = {.purpose = CW_JWS_ISSUE, .iat_s = what->iat_s, .kind = kind};
    cw_buf_init(&parts.payload, CW_JWS_BYTES_MAX);
    cw_buf_init(&parts.header, CW_JWS_BYTES_MAX);
    cw_buf_init(&parts.signature, CW_JWS_BYTES_MAX);
    cw_base64_encode(&parts.payload, CW_BASE64_URL, what->body);
    enum cw_status status = cw_buf_status(&parts.payload, err);
    if (status == CW_OK) {
        status = cw_jws_sign(key, &header, cw_buf_as_span(&parts.payload), &parts.header,
                             &parts.signature, err);
    }
    if (status == CW_OK) {
        status = put_parts(&parts, ret_jws, ret_detached, err);
    }
    cw_buf_clear(&parts.payload);
    cw_buf_clear(&parts.header);
    cw_buf_clear(&parts.signature);
    return status;
}

enum cw_status cw_seal(const struct cw_signing_key *key, struct cw_span body, int64_t iat_s,
                       struct cw_buf *ret_jws, struct cw_buf *ret_detached, struct cw_error *err)
{
    const struct cw_sealing what = {body, iat_s};
    return cw_seal_as(CW_SEAL_ALERT, key, &what, ret_jws, ret_detached, err);
}

enum cw_status cw_seal_detached(struct cw_span jws, struct cw_buf *ret_detached,
                                struct cw_error *err)
{
    struct cw_jws read;
    enum cw_status status = cw_jws_read(jws, &read, err);
    size_t issue = 0;
    while (status == CW_OK && issue < read.count &&
           strcmp(read.elements[issue].header.purpose, CW_JWS_ISSUE) != 0) {
        issue++;
    }
    if (status == CW_OK && issue == read.count) {
        status = cw_error_set(err, CW_UNTRUSTED, "none of the signatures is an issuer's");
    }
    if (status == CW_OK) {
        const struct cw_jws_element *element = &read.elements[issue];
        put_detached(ret_detached, element->protected_text, element->signature_text);
        status = cw_buf_status(ret_detached, err);
    }
    cw_jws_clear(&read);
    return status;
}
