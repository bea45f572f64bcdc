/* The wire form of entries: any bytes are taken apart or refused; what was taken, written again and
 * taken again is the same. */
#include "base/text.h"
#include "feed/record.h"
#include "fuzz.h"

static void judge_entry(const struct cw_entry *entry)
{
    struct cw_buf frame;
    struct cw_entry again;
    cw_buf_init(&frame, CW_FRAME_BYTES_MAX);
    CW_ASSERT(cw_record_put_entry(&frame, entry, NULL) == CW_OK);
    struct cw_frame in = {CW_RECORD_ENTRY, cw_span_slice(cw_buf_as_span(&frame), 6, frame.len)};
    CW_ASSERT(cw_record_take_entry(&in, &again, NULL) == CW_OK);
    CW_ASSERT(cw_span_equal(entry->position, again.position));
    CW_ASSERT(cw_span_equal(entry->value, again.value));
    CW_ASSERT(cw_span_equal(entry->tag, again.tag));
    CW_ASSERT(cw_span_equal(entry->entry_id, again.entry_id));
    CW_ASSERT(cw_span_equal(entry->entry_name, again.entry_name));
    CW_ASSERT(cw_span_equal(entry->listed_on, again.listed_on));
    CW_ASSERT(cw_span_equal(entry->note, again.note));
    CW_ASSERT(cw_span_equal(entry->error, again.error));
    CW_ASSERT(entry->programs_count == again.programs_count);
    CW_ASSERT(entry->related_count == again.related_count);
    CW_ASSERT(cw_utf8_is_valid(entry->value));
    cw_buf_clear(&frame);
}

/* The first byte chooses the kind, the rest is the frame. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    struct cw_frame frame = {(uint16_t)(1 + data[0] % 4), cw_span_make(data + 1, size - 1)};
    struct cw_list_info info;
    struct cw_entry entry;
    struct cw_parse_report report;
    struct cw_error err = {0};
    switch ((enum cw_record_kind)frame.kind) {
    case CW_RECORD_INFO:
        if (cw_record_take_info(&frame, &info, &err) == CW_OK) {
            fuzz_accept("info");
        }
        break;
    case CW_RECORD_ENTRY:
        if (cw_record_take_entry(&frame, &entry, &err) == CW_OK) {
            judge_entry(&entry);
            fuzz_accept("entry");
        }
        break;
    case CW_RECORD_END:
        if (cw_record_take_end(&frame, &report, &err) == CW_OK) {
            CW_ASSERT(report.unusable <= report.entries);
            fuzz_accept("end");
        }
        break;
    case CW_RECORD_FAILED:
        CW_ASSERT(cw_record_take_failed(&frame, &err) != CW_OK);
        CW_ASSERT(cw_text_is_printable(cw_span_cstr(err.text)));
        if (cw_frame_is_empty(&frame)) {
            fuzz_accept("failed");
        }
        break;
    }
    return 0;
}
