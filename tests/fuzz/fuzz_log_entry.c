/* Any bytes as an entry of the log: no crash, no leak; one that is taken for that of an alert comes
 * out again byte for byte. */
#include "fuzz.h"
#include "log/entry.h"
#include "tlog/tile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct cw_span entry = cw_span_make(data, size);
    enum cw_log_kind kind = CW_LOG_OTHER;
    struct cw_log_alert alert;
    struct cw_error err = {0};
    const enum cw_status status = cw_log_entry_read(entry, &kind, &alert, &err);
    CW_ASSERT(status == CW_OK || status == CW_UNTRUSTED);
    CW_ASSERT((status == CW_OK) == (err.text[0] == '\0'));
    if (status != CW_OK || kind != CW_LOG_ALERT) {
        return 0;
    }
    struct cw_buf again;
    cw_buf_init(&again, CW_TLOG_ENTRY_MAX);
    CW_ASSERT(cw_log_entry_alert(&alert, &again, NULL) == CW_OK);
    /* unknown members are left alone in a foreign entry, and we write none */
    CW_ASSERT(again.len <= entry.len);
    CW_ASSERT(again.len < entry.len || cw_span_equal(cw_buf_as_span(&again), entry));
    cw_buf_clear(&again);
    fuzz_accept("input");
    return 0;
}
