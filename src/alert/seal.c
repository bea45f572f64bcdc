#include "alert/seal.h"

#include "alert/jws.h"
#include "base/limits.h"
#include "crypto/base64.h"

/* The three texts of one signature. */
struct parts {
    struct cw_buf payload;
    struct cw_buf header;
    struct cw_buf signature;
};

static enum cw_status write_texts(const struct cw_signing_key *key, struct cw_span body,
                                  int64_t iat_s, struct parts *parts)
{
    struct cw_jws_header header = {.purpose = CW_JWS_ISSUE, .iat_s = iat_s};
    struct cw_buf json;
    const struct cw_public_key public_key = cw_signing_key_public(key);
    cw_public_key_kid(&public_key, header.kid);
    cw_buf_init(&json, CW_JWS_HEADER_BYTES_MAX);
    cw_jws_header_write(&json, &header);
    cw_base64_encode(&parts->payload, CW_BASE64_URL, body);
    cw_base64_encode(&parts->header, CW_BASE64_URL, cw_buf_as_span(&json));
    enum cw_status status = cw_buf_status(&json, NULL);
    cw_buf_clear(&json);
    if (status == CW_OK) {
        status = cw_buf_status(&parts->payload, NULL);
    }
    return status == CW_OK ? cw_buf_status(&parts->header, NULL) : status;
}

/* A signature made with a flipped bit in memory does not only fail elsewhere: Ed25519 then gives
 * the key away. So none leaves before it was checked. */
static enum cw_status sign(const struct cw_signing_key *key, struct parts *parts,
                           struct cw_error *err)
{
    uint8_t signature[CW_ED25519_SIGNATURE_BYTES];
    struct cw_buf input;
    cw_buf_init(&input, CW_JWS_BYTES_MAX);
    cw_jws_signing_input(&input, cw_buf_as_span(&parts->header), cw_buf_as_span(&parts->payload));
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
        cw_base64_encode(&parts->signature, CW_BASE64_URL,
                         cw_span_make(signature, sizeof(signature)));
        status = cw_buf_status(&parts->signature, err);
    }
    cw_buf_clear(&input);
    return status;
}

static void put_detached(struct cw_buf *out, struct cw_span header, struct cw_span signature)
{
    cw_buf_span(out, header);
    cw_buf_str(out, "..");
    cw_buf_span(out, signature);
}

static enum cw_status put_file(const struct parts *parts, struct cw_buf *out, struct cw_error *err)
{
    cw_buf_str(out, "{\"payload\":\"");
    cw_buf_span(out, cw_buf_as_span(&parts->payload));
    cw_buf_str(out, "\",\"signatures\":[{\"protected\":\"");
    cw_buf_span(out, cw_buf_as_span(&parts->header));
    cw_buf_str(out, "\",\"signature\":\"");
    cw_buf_span(out, cw_buf_as_span(&parts->signature));
    cw_buf_str(out, "\"}]}");
    return cw_buf_status(out, err);
}

enum cw_status cw_seal(const struct cw_signing_key *key, struct cw_span body, int64_t iat_s,
                       struct cw_buf *ret_jws, struct cw_buf *ret_detached, struct cw_error *err)
{
    CW_ASSERT(key != NULL);
    CW_ASSERT(iat_s >= 0);
    if (body.len == 0 || body.len > CW_ALERT_BYTES_MAX) {
        return cw_error_set(err, CW_LIMIT, "a body of 1 to %u bytes can be signed",
                            CW_ALERT_BYTES_MAX);
    }
    struct parts parts;
    cw_buf_init(&parts.payload, CW_JWS_BYTES_MAX);
    cw_buf_init(&parts.header, CW_JWS_BYTES_MAX);
    cw_buf_init(&parts.signature, CW_JWS_BYTES_MAX);
    enum cw_status status = write_texts(key, body, iat_s, &parts);
    if (status != CW_OK) {
        status = cw_error_set(err, status, "not enough memory to sign");
    }
    if (status == CW_OK) {
        status = sign(key, &parts, err);
    }
    if (status == CW_OK) {
        status = put_file(&parts, ret_jws, err);
    }
    if (status == CW_OK && ret_detached != NULL) {
        put_detached(ret_detached, cw_buf_as_span(&parts.header), cw_buf_as_span(&parts.signature));
        status = cw_buf_status(ret_detached, err);
    }
    cw_buf_clear(&parts.payload);
    cw_buf_clear(&parts.header);
    cw_buf_clear(&parts.signature);
    return status;
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
