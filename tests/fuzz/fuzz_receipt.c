/* Any bytes as the body of a receipt: what is accepted can be told to people. */
#include "alert/receipt.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct cw_span body = cw_span_make(data, size);
    struct cw_receipt_summary summary;
    struct cw_error err = {0};
    const enum cw_status status = cw_receipt_check_body(body, &err);
    CW_ASSERT(status == CW_OK || status == CW_UNTRUSTED);
    CW_ASSERT((status == CW_OK) == (err.text[0] == '\0'));
    CW_ASSERT(cw_receipt_summarise(body, &summary, NULL) == status);
    CW_ASSERT(status != CW_OK || summary.is_screen == (summary.answers == 0));
    CW_ASSERT(status != CW_OK || summary.feeds_fresh <= summary.feeds);
    if (status == CW_OK) {
        fuzz_accept(summary.is_screen ? "screen" : "check");
    }
    return 0;
}
