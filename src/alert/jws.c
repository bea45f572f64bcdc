#include "alert/jws.h"

#include "alert/strict.h"
#include "crypto/base64.h"
#include "json/json_file.h"

/* ---- one element ---- */

static enum cw_status read_header(struct cw_jws_element *element, struct cw_error *err)
{
    struct cw_buf json;
    cw_buf_init(&json, CW_JWS_HEADER_BYTES_MAX);
    enum cw_status status = CW_OK;
    if (!cw_base64_decode(&json, CW_BASE64_URL, element->protected_text)) {
        status = cw_buf_status(&json, NULL);
        status = status == CW_NOMEM ? cw_error_set(err, CW_NOMEM, "not enough memory")
                                    : cw_error_set(err, CW_UNTRUSTED,
                                                   "protected header: not canonical base64url, or "
                                                   "too long");
    }
    if (status == CW_OK) {
        status = cw_jws_header_read(cw_buf_as_span(&json), &element->header, err);
    }
    cw_buf_clear(&json);
    return status;
}

static enum cw_status read_element(struct cw_jws *jws, struct cw_span protected_text,
                                   struct cw_span signature_text, struct cw_error *err)
{
    struct cw_error why = {0};
    CW_ASSERT(jws->count < CW_JWS_SIGNATURES_MAX);
    struct cw_jws_element *element = &jws->elements[jws->count];
    element->protected_text = protected_text;
    element->signature_text = signature_text;
    enum cw_status status = read_header(element, &why);
    if (status == CW_OK &&
        !cw_base64_decode_exact(CW_BASE64_URL, signature_text, element->signature,
                                sizeof(element->signature))) {
        status = cw_error_set(&why, CW_UNTRUSTED, "not 64 bytes in canonical base64url");
    }
    if (status == CW_OK && jws->count > 0 && element->header.kind != jws->elements[0].header.kind) {
        status = cw_error_set(&why, CW_UNTRUSTED, "its typ differs from that of the first");
    }
    if (status != CW_OK) {
        return cw_error_set(err, status, "signature %zu: %s", jws->count + 1, why.text);
    }
    jws->count++;
    return CW_OK;
}

/* ---- JSON shapes ---- */

/* Only the named members, each a string: what is not signed must not stand in a file that we call
 * valid. The unprotected header is such a thing, and reserved. */
static enum cw_status only_members(const json_t *object, const char *first, const char *second,
                                   struct cw_error *err)
{
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach(cw_json_iterable(object), name, value)
    {
        if (!cw_span_is(cw_span_cstr(name), first) && !cw_span_is(cw_span_cstr(name), second)) {
            return cw_error_set(err, CW_UNTRUSTED, "holds a member beside \"%s\" and \"%s\"", first,
                                second);
        }
    }
    return CW_OK;
}

static enum cw_status read_json_element(struct cw_jws *jws, const json_t *object,
                                        struct cw_error *err)
{
    const json_t *header = json_object_get(object, "protected");
    const json_t *signature = json_object_get(object, "signature");
    if (!json_is_string(header) || !json_is_string(signature)) {
        return cw_error_set(err, CW_UNTRUSTED, "signature %zu: no protected header or signature",
                            jws->count + 1);
    }
    if (only_members(object, "protected", "signature", NULL) != CW_OK) {
        return cw_error_set(err, CW_UNTRUSTED, "signature %zu: holds an unprotected member",
                            jws->count + 1);
    }
    return read_element(
        jws, (struct cw_span){json_string_value(header), json_string_length(header)},
        (struct cw_span){json_string_value(signature), json_string_length(signature)}, err);
}

static enum cw_status read_signatures(struct cw_jws *jws, const json_t *signatures,
                                      struct cw_error *err)
{
    const size_t count = json_array_size(signatures);
    if (count == 0) {
        return cw_error_set(err, CW_UNTRUSTED, "no signatures");
    }
    if (count > CW_JWS_SIGNATURES_MAX) {
        return cw_error_set(err, CW_UNTRUSTED, "%zu signatures, at most %u", count,
                            CW_JWS_SIGNATURES_MAX);
    }
    enum cw_status status = CW_OK;
    for (size_t i = 0; status == CW_OK && i < count; i++) {
        status = read_json_element(jws, json_array_get(signatures, i), err);
    }
    return status;
}

static enum cw_status read_json(struct cw_span file, struct cw_jws *jws, struct cw_error *err)
{
    enum cw_status status = cw_strict_object(file, CW_JWS_BYTES_MAX, &jws->root, err);
    if (status == CW_OK) {
        status = only_members(jws->root, "payload", "signatures", err);
    }
    if (status != CW_OK) {
        return status;
    }
    const json_t *payload = json_object_get(jws->root, "payload");
    jws->has_payload = payload != NULL;
    if (jws->has_payload && !json_is_string(payload)) {
        return cw_error_set(err, CW_UNTRUSTED, "payload: not a string");
    }
    jws->payload_text = (struct cw_span){json_string_value(payload), json_string_length(payload)};
    return read_signatures(jws, json_object_get(jws->root, "signatures"), err);
}

/* ---- compact shapes ---- */

static enum cw_status read_compact(struct cw_span file, struct cw_jws *jws, struct cw_error *err)
{
    const size_t first = cw_span_find(file, '.', 0);
    const size_t second = cw_span_find(file, '.', first + 1);
    if (second >= file.len) {
        return cw_error_set(err, CW_UNTRUSTED,
                            "neither JSON nor the three parts of a compact signature");
    }
    jws->payload_text = cw_span_slice(file, first + 1, second);
    jws->has_payload = jws->payload_text.len > 0;
    return read_element(jws, cw_span_slice(file, 0, first),
                        cw_span_slice(file, second + 1, file.len), err);
}

enum cw_status cw_jws_read(struct cw_span file, struct cw_jws *ret, struct cw_error *err)
{
    *ret = (struct cw_jws){.root = NULL};
    if (file.len == 0) {
        return cw_error_set(err, CW_UNTRUSTED, "empty");
    }
    if (file.len > CW_JWS_BYTES_MAX) {
        return cw_error_set(err, CW_UNTRUSTED, "longer than %u bytes", CW_JWS_BYTES_MAX);
    }
    const bool is_json = cw_span_starts_with(cw_span_trim(file), CW_SPAN("{"));
    return is_json ? read_json(file, ret, err) : read_compact(file, ret, err);
}

void cw_jws_clear(struct cw_jws *jws)
{
    json_decref(jws->root);
    *jws = (struct cw_jws){.root = NULL};
}

void cw_jws_signing_input(struct cw_buf *out, struct cw_span protected_text,
                          struct cw_span payload_text)
{
    cw_buf_span(out, protected_text);
    cw_buf_char(out, '.');
    cw_buf_span(out, payload_text);
}
