#include "crypto/base64.h"
#include "deliver/deliver.h"

enum {
    ID_BYTES_MAX = 128,
    BEFORE_BODY_MAX = ID_BYTES_MAX + 32, /* id "." timestamp "." */
};

static bool is_note(const struct cw_receiver *receiver)
{
    return receiver->preset.format != CW_FORMAT_CLOUDEVENTS;
}

bool cw_receiver_wants(const struct cw_receiver *receiver, const struct cw_alert_summary *alert)
{
    CW_ASSERT((unsigned)alert->type < CW_ALERT_TYPES);
    const bool is_type = receiver->types == 0 || (receiver->types & (1u << alert->type)) != 0;
    return is_type && alert->severity >= receiver->min_severity && alert->tlp <= receiver->max_tlp;
}

/* Visible ASCII: such a text can neither end a header line nor begin another. */
static bool is_header_word(struct cw_span text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < 0x21 || text.data[i] > 0x7e) {
            return false;
        }
    }
    return text.len > 0;
}

/* The full stop separates what is signed, so the identifier must not contain one. */
static bool is_webhook_id(struct cw_span id)
{
    return is_header_word(id) && id.len <= ID_BYTES_MAX && cw_span_find(id, '.', 0) == id.len;
}

static enum cw_status check_parts(const struct cw_receiver *receiver, int64_t timestamp_s,
                                  const struct cw_delivery_event *event, struct cw_error *err)
{
    if (!is_webhook_id(event->id)) {
        return cw_error_set(err, CW_INVALID, "webhook-id: \"%.*s\" cannot be sent",
                            CW_SPAN_ARG(cw_span_slice(event->id, 0, ID_BYTES_MAX)));
    }
    if (timestamp_s < 0) {
        return cw_error_set(err, CW_INVALID, "webhook-timestamp: the clock is before 1970");
    }
    if (!is_note(receiver) && !is_header_word(event->detached)) {
        return cw_error_set(err, CW_INVALID, "cryptowatch-jws: no detached signature");
    }
    if (receiver->bearer != NULL && !is_header_word(cw_span_cstr(receiver->bearer))) {
        return cw_error_set(err, CW_INVALID,
                            "endpoint %s: the bearer token must be one word of printable ASCII",
                            receiver->id);
    }
    return CW_OK;
}

static void put_signatures(struct cw_buf *out, const struct cw_receiver *receiver,
                           struct cw_span content)
{
    for (size_t i = 0; i < receiver->keys_count; i++) {
        uint8_t signature[CW_ED25519_SIGNATURE_BYTES];
        cw_sign(receiver->keys[i], content, signature);
        cw_buf_str(out, i == 0 ? "v1a," : " v1a,");
        cw_base64_encode(out, CW_BASE64_STANDARD, cw_span_make(signature, sizeof(signature)));
    }
    if (receiver->secret != NULL) {
        uint8_t mac[32];
        cw_webhook_secret_hmac(receiver->secret, content, mac);
        cw_buf_str(out, " v1,");
        cw_base64_encode(out, CW_BASE64_STANDARD, cw_span_make(mac, sizeof(mac)));
    }
}

enum cw_status cw_delivery_headers(const struct cw_receiver *receiver, int64_t timestamp_s,
                                   const struct cw_delivery_event *event, struct cw_buf *out,
                                   struct cw_error *err)
{
    CW_ASSERT(receiver->keys_count >= 1);
    CW_ASSERT(receiver->keys_count <= CW_DELIVERY_KEYS_MAX);
    enum cw_status status = check_parts(receiver, timestamp_s, event, err);
    if (status != CW_OK) {
        return status;
    }
    struct cw_buf content;
    cw_buf_init(&content,
                BEFORE_BODY_MAX + (is_note(receiver) ? CW_PRESET_BYTES_MAX : CW_ALERT_BYTES_MAX));
    cw_buf_span(&content, event->id);
    cw_buf_printf(&content, ".%lld.", (long long)timestamp_s);
    cw_buf_span(&content, event->body);
    status = cw_buf_status(&content, err);
    if (status == CW_OK) {
        cw_buf_str(out, "webhook-id: ");
        cw_buf_span(out, event->id);
        cw_buf_printf(out,
                      "\nwebhook-timestamp: %lld\nwebhook-signature: ", (long long)timestamp_s);
        put_signatures(out, receiver, cw_buf_as_span(&content));
        if (is_note(receiver)) {
            cw_buf_str(out, "\ncontent-type: application/json");
        } else {
            cw_buf_str(out, "\ncryptowatch-jws: ");
            cw_buf_span(out, event->detached);
            cw_buf_str(out, "\ncontent-type: application/cloudevents+json; charset=UTF-8");
        }
        if (receiver->bearer != NULL) {
            cw_buf_str(out, "\nauthorization: Bearer ");
            cw_buf_str(out, receiver->bearer);
        }
        status = cw_buf_status(out, err);
    }
    cw_buf_clear(&content);
    return status;
}
