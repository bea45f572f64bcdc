/* Any bytes as the body of an alert: what passes the check can be summarised and is its own
 * canonical form; what foreign text becomes may stand in a body. */
#include "alert/alert.h"
#include "base/limits.h"
#include "base/text.h"
#include "fuzz.h"

enum { CLEAN_BYTES_MAX = 256 };

static void check_cleaning(struct cw_span text)
{
    struct cw_buf once;
    struct cw_buf twice;
    cw_buf_init(&once, CLEAN_BYTES_MAX);
    cw_buf_init(&twice, CLEAN_BYTES_MAX);
    cw_alert_clean_text(&once, text, CLEAN_BYTES_MAX);
    cw_alert_clean_text(&twice, cw_buf_as_span(&once), CLEAN_BYTES_MAX);
    CW_ASSERT(cw_buf_status(&once, NULL) == CW_OK);
    CW_ASSERT(cw_utf8_is_valid(cw_buf_as_span(&once)));
    CW_ASSERT(cw_span_equal(cw_buf_as_span(&once), cw_buf_as_span(&twice)));
    cw_buf_clear(&once);
    cw_buf_clear(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct cw_span body = cw_span_make(data, size);
    struct cw_error err = {0};
    struct cw_alert_summary summary;
    const enum cw_status status = cw_alert_check_body(body, &err);
    CW_ASSERT(status == CW_OK || status == CW_UNTRUSTED);
    CW_ASSERT((status == CW_OK) == (err.text[0] == '\0'));
    CW_ASSERT(status != CW_OK || size <= CW_ALERT_BYTES_MAX);
    CW_ASSERT(status != CW_OK || cw_utf8_is_valid(body));
    CW_ASSERT(status != CW_OK || body.data[0] == '{');
    if (cw_alert_summarise(body, &summary, NULL) == CW_OK) {
        CW_ASSERT(cw_uuid_is_text(cw_span_cstr(summary.id)));
        CW_ASSERT(summary.subject[0] != '\0');
        fuzz_accept("input");
    }
    check_cleaning(body);
    return 0;
}
