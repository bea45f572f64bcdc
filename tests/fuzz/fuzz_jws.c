/* Any bytes as a signature file, trusted by one set: no crash, no leak, nothing shown unless valid.
 * A file that begins with a blank is also offered as the body beside itself. */
#include "alert/alert.h"
#include "alert/receipt.h"
#include "alert/seal.h"
#include "base/limits.h"
#include "fuzz.h"

/* Public test keys. */
static const char trusted[] = "{\"keys\":[{\"crv\":\"Ed25519\",\"kty\":\"OKP\","
                              "\"x\":\"ciJ8xCePrKuX6cIV1eV8pmyObwsPBwmWDfpenmxZRTg\"}],"
                              "\"sources\":[\"https://scanner.agency.example/cryptowatch\","
                              "\"https://scanner.agency.example/cw\"]}";

static void check_detached(struct cw_span file)
{
    struct cw_buf detached;
    cw_buf_init(&detached, CW_JWS_BYTES_MAX);
    const enum cw_status status = cw_seal_detached(file, &detached, NULL);
    CW_ASSERT((status == CW_OK) == (detached.len > 0));
    cw_buf_clear(&detached);
}

/* Each kind is what its header says, and not the other. */
static void judge_body(enum cw_seal_kind kind, struct cw_span body)
{
    const bool is_alert = cw_alert_check_body(body, NULL) == CW_OK;
    const bool is_receipt = cw_receipt_check_body(body, NULL) == CW_OK;
    CW_ASSERT(is_alert == (kind == CW_SEAL_ALERT));
    CW_ASSERT(is_receipt == (kind == CW_SEAL_RECEIPT));
    fuzz_accept(is_alert ? "alert" : "receipt");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CW_CLEANUP(cw_key_set_freep) struct cw_key_set *set = NULL;
    CW_ASSERT(cw_key_set_parse(CW_SPAN(trusted), "trusted", &set, NULL) == CW_OK);
    const struct cw_key_set *const sets[] = {set};
    const struct cw_span file = cw_span_make(data, size);
    const struct cw_span beside = size > 0 && data[0] == ' ' ? file : CW_SPAN("");
    struct cw_verification found;
    struct cw_error err = {0};
    struct cw_buf body;
    cw_buf_init(&body, CW_RECEIPT_BYTES_MAX);
    const enum cw_status status = cw_seal_verify(
        file, beside, &(struct cw_trust){.sets = sets, .count = 1}, &found, &body, &err);
    CW_ASSERT(status == CW_OK || status == CW_UNTRUSTED || status == CW_NOT_FOUND);
    CW_ASSERT((status == CW_OK) == (err.text[0] == '\0'));
    CW_ASSERT((status == CW_OK) == (body.len > 0));
    CW_ASSERT(found.signatures_count <= CW_JWS_SIGNATURES_MAX);
    CW_ASSERT(found.issuers <= 1);
    CW_ASSERT(status != CW_OK || found.issuers == 1);
    if (status == CW_OK) {
        judge_body(found.kind, cw_buf_as_span(&body));
    }
    cw_buf_clear(&body);
    check_detached(file);
    return 0;
}
