/* Any bytes as a proof file: no crash; what is read and written again is the same file; and none
 * proves an alert that the example's log does not hold. */
#include "fuzz.h"
#include "log/prove.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct cw_span file = cw_span_make(data, size);
    struct cw_tlog_proof proof;
    struct cw_log_proven proven;
    struct cw_buf again;
    cw_buf_init(&again, 2 * CW_TLOG_PROOF_BYTES_MAX);
    if (cw_tlog_proof_read(file, &proof, NULL) == CW_OK) {
        CW_ASSERT(proof.path.count <= CW_TLOG_PROOF_MAX);
        cw_tlog_proof_write(&proof, &again);
        CW_ASSERT(cw_span_equal(cw_buf_as_span(&again), file));
        fuzz_accept("input");
    }
    cw_tlog_proof_clear(&proof);
    cw_buf_clear(&again);
    const struct cw_log_proving proving = {.proof = file,
                                           .jws = CW_SPAN("{}"),
                                           .body = CW_SPAN("{}"),
                                           .alert_id = "8e10387d-6711-5268-a605-4c3ccd6f59d5"};
    const enum cw_status status = cw_log_proof_check(&proving, &proven, NULL);
    CW_ASSERT(status == CW_UNTRUSTED);
    return 0;
}
