/* Any bytes as a signed note, a checkpoint and a vkey: no crash, and what is read is within bounds.
 * No note is signed by the key of the example but those that it signed. */
#include "fuzz.h"
#include "tlog/checkpoint.h"
#include "tlog/note.h"

static const char log_key[] =
    "scanner.agency.example/cryptowatch/log1+210d47cd+AcyXSFOYeebNHRgjcNppKB1TUUUlpedsUwXrA2GEcZtB";
static const char witness_key[] =
    "partner.agency.example/witness+486869b7+BPXCpZMQMt99ZOFM1E1hSrN6fSCVtidY+uyOgEdGE55C";

static void check_note(struct cw_span bytes)
{
    struct cw_tlog_note note;
    struct cw_tlog_key key;
    struct cw_tlog_checkpoint checkpoint;
    struct cw_error err = {0};
    int64_t time_s = 0;
    const enum cw_status status = cw_tlog_note_read(bytes, &note, &err);
    CW_ASSERT((status == CW_OK) == (err.text[0] == '\0'));
    if (status != CW_OK) {
        return;
    }
    CW_ASSERT(note.count >= 1);
    CW_ASSERT(note.count <= CW_NOTE_SIGNATURES_MAX);
    CW_ASSERT(note.text.len < bytes.len);
    fuzz_accept("note");
    CW_ASSERT(cw_tlog_key_parse(CW_SPAN(witness_key), &key, NULL) == CW_OK);
    (void)cw_tlog_note_check(&note, &key, &time_s);
    CW_ASSERT(cw_tlog_key_parse(CW_SPAN(log_key), &key, NULL) == CW_OK);
    if (cw_tlog_note_check(&note, &key, &time_s) == CW_TLOG_GOOD) {
        CW_ASSERT(cw_tlog_checkpoint_read(note.text, &checkpoint, NULL) == CW_OK);
        fuzz_accept("signed");
    }
}

/* What is read and written again is the same, but for extension lines. */
static void check_checkpoint(struct cw_span bytes)
{
    struct cw_tlog_checkpoint checkpoint;
    struct cw_buf again;
    cw_buf_init(&again, CW_NOTE_BYTES_MAX);
    if (cw_tlog_checkpoint_read(bytes, &checkpoint, NULL) == CW_OK) {
        cw_tlog_checkpoint_write(&checkpoint, &again);
        CW_ASSERT(cw_span_starts_with(bytes, cw_buf_as_span(&again)));
        fuzz_accept("checkpoint");
    }
    cw_buf_clear(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cw_tlog_key key;
    const struct cw_span bytes = cw_span_make(data, size);
    check_note(bytes);
    check_checkpoint(bytes);
    if (cw_tlog_key_parse(bytes, &key, NULL) == CW_OK) {
        CW_ASSERT(cw_tlog_name_is_valid(cw_span_cstr(key.name)));
        fuzz_accept("vkey");
    }
    return 0;
}
