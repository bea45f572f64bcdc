/* OFAC's SDN.CSV: any bytes, fed whole and in pieces, give the same entries and the same verdict;
 * and so as SDN_COMMENTS.CSV, the companion that comes first. */
#include "fuzz_format.h"

static enum cw_status run_both(struct cw_span companion, struct cw_span document,
                               struct fuzz_sum *sum)
{
    const struct cw_format *format = cw_format_find(CW_SPAN("ofac-csv"));
    const struct cw_format_options none = {.count = 0};
    const struct cw_entry_sink sink = {fuzz_info, fuzz_entry, sum};
    struct cw_error err = {0};
    void *state = NULL;
    CW_ASSERT(format->open(&none, sink, &state, &err) == CW_OK);
    enum cw_status status = format->companion(state, companion, true, &err);
    if (status == CW_OK) {
        status = format->feed(state, document, true, &err);
    }
    format->close(state);
    CW_ASSERT((status == CW_OK) == (err.code == CW_OK));
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct cw_span all = cw_span_make(data, size);
    struct fuzz_sum sum = {0};
    fuzz_format("ofac-csv", all);
    const size_t half = cw_span_find(all, '\x1a', 0); /* the end mark of the first file */
    (void)run_both(cw_span_slice(all, 0, half), cw_span_slice(all, half + 1, size), &sum);
    return 0;
}
