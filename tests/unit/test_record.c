/* The wire form of entries: what is kept, what is cut, what is refused. */
#include "feed/record.h"
#include "suite.h"

enum { HEAD_BYTES = 6 }; /* length and kind of a frame */

/* Writes an entry and takes it apart again; `frame` holds the bytes it borrows. */
static enum cw_status through_wire(const struct cw_entry *entry, struct cw_buf *frame,
                                   struct cw_entry *ret, struct cw_error *err)
{
    cw_buf_init(frame, CW_FRAME_BYTES_MAX);
    enum cw_status status = cw_record_put_entry(frame, entry, err);
    if (status != CW_OK) {
        return status;
    }
    struct cw_frame in = {.kind = CW_RECORD_ENTRY,
                          .rest = cw_span_slice(cw_buf_as_span(frame), HEAD_BYTES, frame->len)};
    return cw_record_take_entry(&in, ret, err);
}

static void keeps_every_field_of_an_entry(void)
{
    struct cw_entry entry = {
        .position = CW_SPAN("line 12"),
        .value = CW_SPAN("0xabc"),
        .tag = CW_SPAN("ETH"),
        .entry_id = CW_SPAN("28263"),
        .entry_name = CW_SPAN("Example, Ada"),
        .listed_on = CW_SPAN("2020-03-02"),
        .note = CW_SPAN("one fork"),
        .error = CW_SPAN("why not"),
        .programs = {CW_SPAN("DPRK3"), CW_SPAN("CYBER2")},
        .programs_count = 2,
        .related = {{CW_SPAN("Providing support to"), CW_SPAN("27307")}},
        .related_count = 1,
    };
    struct cw_entry back;
    struct cw_buf frame;
    struct cw_error err = {0};
    CU_ASSERT_FATAL(through_wire(&entry, &frame, &back, &err) == CW_OK);
    CU_ASSERT(cw_span_equal(back.position, entry.position));
    CU_ASSERT(cw_span_equal(back.value, entry.value));
    CU_ASSERT(cw_span_equal(back.tag, entry.tag));
    CU_ASSERT(cw_span_equal(back.entry_id, entry.entry_id));
    CU_ASSERT(cw_span_equal(back.entry_name, entry.entry_name));
    CU_ASSERT(cw_span_equal(back.listed_on, entry.listed_on));
    CU_ASSERT(cw_span_equal(back.note, entry.note));
    CU_ASSERT(cw_span_equal(back.error, entry.error));
    CU_ASSERT_FATAL(back.programs_count == 2 && back.related_count == 1);
    CU_ASSERT(cw_span_equal(back.programs[1], entry.programs[1]));
    CU_ASSERT(cw_span_equal(back.related[0].type, entry.related[0].type));
    CU_ASSERT(cw_span_equal(back.related[0].entry_id, entry.related[0].entry_id));
    cw_buf_clear(&frame);
}

enum field { POSITION, VALUE, TAG, ENTRY_ID, ENTRY_NAME, NOTE, PROGRAM, RELATED_ID };

static struct cw_span *field_of(struct cw_entry *entry, enum field field)
{
    switch (field) {
    case POSITION:
        return &entry->position;
    case VALUE:
        return &entry->value;
    case TAG:
        return &entry->tag;
    case ENTRY_ID:
        return &entry->entry_id;
    case ENTRY_NAME:
        return &entry->entry_name;
    case NOTE:
        return &entry->note;
    case PROGRAM:
        entry->programs_count = 1;
        return &entry->programs[0];
    case RELATED_ID:
        entry->related_count = 1;
        return &entry->related[0].entry_id;
    }
    return NULL;
}

static const struct {
    const char *description;
    enum field field;
    size_t max;
    enum { CUT, DROPPED } beyond;
} LIMITS[] = {
    {"position", POSITION, CW_ENTRY_POSITION_MAX, CUT},
    {"value", VALUE, CW_ENTRY_VALUE_MAX, DROPPED},
    {"tag", TAG, CW_ENTRY_TAG_MAX, DROPPED},
    {"entry id", ENTRY_ID, CW_ENTRY_ID_MAX, DROPPED},
    {"entry name", ENTRY_NAME, CW_ENTRY_NAME_MAX, CUT},
    {"note", NOTE, CW_ENTRY_NOTE_MAX, CUT},
    {"programme", PROGRAM, CW_ENTRY_PROGRAM_MAX, DROPPED},
    {"related id", RELATED_ID, CW_ENTRY_ID_MAX, DROPPED},
};

static void keeps_texts_up_to_their_limit_and_not_beyond(void)
{
    static char text[CW_ENTRY_VALUE_MAX + 2];
    memset(text, 'x', sizeof(text));
    for (size_t i = 0; i < CW_COUNT(LIMITS); i++) {
        for (size_t over = 0; over < 2; over++) {
            struct cw_entry entry = {0};
            struct cw_entry back;
            struct cw_buf frame;
            *field_of(&entry, LIMITS[i].field) = cw_span_make(text, LIMITS[i].max + over);
            CU_ASSERT_FATAL(through_wire(&entry, &frame, &back, NULL) == CW_OK);
            const bool is_dropped = over == 1 && LIMITS[i].beyond == DROPPED;
            const size_t len = field_of(&back, LIMITS[i].field)->len;
            CW_CHECK(len == (is_dropped ? 0 : LIMITS[i].max), "%s: %zu bytes",
                     LIMITS[i].description, len);
            CW_CHECK((back.error.len > 0) == is_dropped, "%s: error \"%.*s\"",
                     LIMITS[i].description, CW_SPAN_ARG(back.error));
            cw_buf_clear(&frame);
        }
    }
}

static void cuts_names_between_characters(void)
{
    static char name[CW_ENTRY_NAME_MAX + 8];
    for (size_t shift = 0; shift < 4; shift++) {
        memset(name, 'x', sizeof(name));
        memcpy(name + CW_ENTRY_NAME_MAX - shift, "\xf0\x9f\x98\x80", 4);
        struct cw_entry entry = {.entry_name = cw_span_make(name, CW_ENTRY_NAME_MAX + 6)};
        struct cw_entry back;
        struct cw_buf frame;
        CU_ASSERT_FATAL(through_wire(&entry, &frame, &back, NULL) == CW_OK);
        CW_CHECK(back.entry_name.len == CW_ENTRY_NAME_MAX - shift, "shift %zu: %zu bytes", shift,
                 back.entry_name.len);
        CU_ASSERT(back.error.len == 0);
        cw_buf_clear(&frame);
    }
}

static void writes_unclean_texts_as_an_error(void)
{
    static const struct cw_span texts[] = {{"\xff", 1}, {"a\0b", 3}, {"\xed\xa0\x80", 3}};
    for (size_t i = 0; i < CW_COUNT(LIMITS); i++) {
        for (size_t k = 0; k < CW_COUNT(texts); k++) {
            struct cw_entry entry = {0};
            struct cw_entry back;
            struct cw_buf frame;
            *field_of(&entry, LIMITS[i].field) = texts[k];
            CU_ASSERT_FATAL(through_wire(&entry, &frame, &back, NULL) == CW_OK);
            CW_CHECK(back.error.len > 0 && field_of(&back, LIMITS[i].field)->len == 0,
                     "%s: passes unclean text %zu", LIMITS[i].description, k);
            cw_buf_clear(&frame);
        }
    }
}

static void refuses_every_cut_of_an_entry(void)
{
    const struct cw_entry entry = {.position = CW_SPAN("line 1"),
                                   .value = CW_SPAN("0xabc"),
                                   .programs = {CW_SPAN("P")},
                                   .programs_count = 1};
    struct cw_entry back;
    struct cw_buf frame;
    CU_ASSERT_FATAL(through_wire(&entry, &frame, &back, NULL) == CW_OK);
    for (size_t len = HEAD_BYTES; len < frame.len; len++) {
        struct cw_frame in = {CW_RECORD_ENTRY,
                              cw_span_slice(cw_buf_as_span(&frame), HEAD_BYTES, len)};
        CW_CHECK(cw_record_take_entry(&in, &back, NULL) == CW_UNTRUSTED, "takes %zu bytes", len);
    }
    cw_buf_clear(&frame);
}

/* ---- the other kinds ---- */

static struct cw_frame as_frame(uint16_t kind, const struct cw_buf *bytes)
{
    return (struct cw_frame){kind, cw_span_slice(cw_buf_as_span(bytes), HEAD_BYTES, bytes->len)};
}

static void keeps_the_counts_of_an_end(void)
{
    const struct cw_parse_report report = {7, 3, 1000, 5000};
    struct cw_parse_report back = {0};
    struct cw_buf bytes;
    cw_buf_init(&bytes, CW_FRAME_BYTES_MAX);
    CU_ASSERT_FATAL(cw_record_put_end(&bytes, &report, NULL) == CW_OK);
    struct cw_frame frame = as_frame(CW_RECORD_END, &bytes);
    CU_ASSERT(cw_record_take_end(&frame, &back, NULL) == CW_OK);
    CU_ASSERT(memcmp(&back, &report, sizeof(back)) == 0);
    cw_buf_clear(&bytes);
}

static void counts_entries_up_to_their_limit(void)
{
    for (uint64_t over = 0; over < 2; over++) {
        const struct cw_parse_report report = {CW_FEED_ENTRIES_MAX + over, 0, 0, 0};
        struct cw_parse_report back = {0};
        struct cw_buf bytes;
        cw_buf_init(&bytes, CW_FRAME_BYTES_MAX);
        CU_ASSERT_FATAL(cw_record_put_end(&bytes, &report, NULL) == CW_OK);
        struct cw_frame frame = as_frame(CW_RECORD_END, &bytes);
        CU_ASSERT((cw_record_take_end(&frame, &back, NULL) == CW_OK) == (over == 0));
        cw_buf_clear(&bytes);
    }
}

static void hands_on_the_code_of_a_failure(void)
{
    static const struct {
        enum cw_status put;
        enum cw_status taken;
    } rows[] = {
        {CW_UNTRUSTED, CW_UNTRUSTED}, {CW_LIMIT, CW_LIMIT},    {CW_NOT_FOUND, CW_NOT_FOUND},
        {CW_INVALID, CW_INVALID},     {CW_NOMEM, CW_LIMIT},    {CW_IO, CW_UNTRUSTED},
        {CW_STATE, CW_UNTRUSTED},     {CW_BUSY, CW_UNTRUSTED},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        const struct cw_error why = {rows[i].put, "line 3: no"};
        struct cw_error err = {0};
        struct cw_buf bytes;
        cw_buf_init(&bytes, CW_FRAME_BYTES_MAX);
        CU_ASSERT_FATAL(cw_record_put_failed(&bytes, &why, NULL) == CW_OK);
        struct cw_frame frame = as_frame(CW_RECORD_FAILED, &bytes);
        CW_CHECK(cw_record_take_failed(&frame, &err) == rows[i].taken, "row %zu", i);
        CU_ASSERT(strncmp(err.text, "line 3: no", 10) == 0);
        cw_buf_clear(&bytes);
    }
}

static const struct cw_test TESTS[] = {
    {"keeps every field of an entry", keeps_every_field_of_an_entry},
    {"keeps texts up to their limit and not beyond", keeps_texts_up_to_their_limit_and_not_beyond},
    {"cuts names between characters", cuts_names_between_characters},
    {"writes unclean texts as an error", writes_unclean_texts_as_an_error},
    {"refuses every cut of an entry", refuses_every_cut_of_an_entry},
    {"keeps the counts of an end", keeps_the_counts_of_an_end},
    {"counts entries up to their limit", counts_entries_up_to_their_limit},
    {"hands on the code of a failure", hands_on_the_code_of_a_failure},
};

int main(void)
{
    return cw_run_suite("record", TESTS, CW_COUNT(TESTS));
}
