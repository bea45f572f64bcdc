#include "feed/record.h"

#include "base/datetime.h"
#include "base/text.h"

/* Texts of a record that limits.h gives no row of their own. */
enum {
    RELATION_TYPE_MAX = 128, /* bytes: the longest of OFAC's is 29 · cut */
    ERROR_TEXT_MAX = CW_ERROR_TEXT_BYTES - 1,
    DATE_MAX = CW_DATE_TEXT_BYTES - 1,
};

/* The codes that a parser may give as its outcome. Any other is its own confusion, and therefore
 * untrusted. */
static bool is_reported_code(uint64_t code)
{
    return code == CW_UNTRUSTED || code == CW_LIMIT || code == CW_INVALID || code == CW_NOT_FOUND ||
           code == CW_NOMEM;
}

static bool is_clean(struct cw_span text)
{
    return cw_span_find(text, '\0', 0) == text.len && cw_utf8_is_valid(text);
}

static bool is_date_or_empty(struct cw_span text)
{
    return text.len == 0 || cw_date_parse(text, NULL);
}

/* ---- writing ---- */

/* An entry is never refused while writing: what breaks a limit is left out and named in `error`, so
 * that an unusable row is still a row that somebody hears of. The first reason wins. */
struct writer {
    struct cw_span error;
};

static struct cw_span keep_or_name(struct writer *writer, struct cw_span text, size_t max,
                                   const char *error)
{
    if (text.len <= max && is_clean(text)) {
        return text;
    }
    if (writer->error.len == 0) {
        writer->error = cw_span_cstr(error);
    }
    return (struct cw_span){NULL, 0};
}

static struct cw_span keep_or_cut(struct writer *writer, struct cw_span text, size_t max,
                                  const char *error)
{
    return keep_or_name(writer, cw_utf8_cut(text, max), max, error);
}

static void put_programs(struct cw_buf *out, struct writer *writer, const struct cw_entry *entry)
{
    cw_frame_put_u64(out, entry->programs_count);
    for (size_t i = 0; i < entry->programs_count; i++) {
        cw_frame_put_span(out, keep_or_name(writer, entry->programs[i], CW_ENTRY_PROGRAM_MAX,
                                            "a programme code is too long or not UTF-8"));
    }
}

static void put_related(struct cw_buf *out, struct writer *writer, const struct cw_entry *entry)
{
    cw_frame_put_u64(out, entry->related_count);
    for (size_t i = 0; i < entry->related_count; i++) {
        const struct cw_entry_related *related = &entry->related[i];
        cw_frame_put_span(
            out, keep_or_cut(writer, related->type, RELATION_TYPE_MAX, "a relation is not UTF-8"));
        cw_frame_put_span(out, keep_or_name(writer, related->entry_id, CW_ENTRY_ID_MAX,
                                            "a related id is too long or not UTF-8"));
    }
}

enum cw_status cw_record_put_info(struct cw_buf *out, const struct cw_list_info *info,
                                  struct cw_error *err)
{
    CW_ASSERT(is_date_or_empty(info->published));
    cw_frame_begin(out, CW_RECORD_INFO);
    cw_frame_put_span(out, info->published);
    return cw_frame_end(out, err);
}

enum cw_status cw_record_put_entry(struct cw_buf *out, const struct cw_entry *entry,
                                   struct cw_error *err)
{
    CW_ASSERT(entry->programs_count <= CW_ENTRY_PROGRAMS_MAX);
    CW_ASSERT(entry->related_count <= CW_ENTRY_RELATED_MAX);
    struct writer writer = {0};
    const struct cw_span error =
        keep_or_cut(&writer, entry->error, ERROR_TEXT_MAX, "the error is not UTF-8");
    writer.error = error.len > 0 ? error : writer.error;
    const struct cw_span listed_on =
        is_date_or_empty(entry->listed_on) ? entry->listed_on : (struct cw_span){NULL, 0};
    if (listed_on.len != entry->listed_on.len && writer.error.len == 0) {
        writer.error = CW_SPAN("the listing date is not a date");
    }
    cw_frame_begin(out, CW_RECORD_ENTRY);
    cw_frame_put_span(out, keep_or_cut(&writer, entry->position, CW_ENTRY_POSITION_MAX,
                                       "the position is not UTF-8"));
    cw_frame_put_span(out, keep_or_name(&writer, entry->value, CW_ENTRY_VALUE_MAX,
                                        "the value is longer than 4096 bytes or not UTF-8"));
    cw_frame_put_span(out, keep_or_name(&writer, entry->tag, CW_ENTRY_TAG_MAX,
                                        "the chain tag is longer than 64 bytes or not UTF-8"));
    cw_frame_put_span(out, keep_or_name(&writer, entry->entry_id, CW_ENTRY_ID_MAX,
                                        "the entry id is longer than 128 bytes or not UTF-8"));
    cw_frame_put_span(
        out, keep_or_cut(&writer, entry->entry_name, CW_ENTRY_NAME_MAX, "the name is not UTF-8"));
    cw_frame_put_span(out, listed_on);
    cw_frame_put_span(
        out, keep_or_cut(&writer, entry->note, CW_ENTRY_NOTE_MAX, "the note is not UTF-8"));
    put_programs(out, &writer, entry);
    put_related(out, &writer, entry);
    cw_frame_put_span(out, writer.error); /* last: by now every reason is known */
    return cw_frame_end(out, err);
}

enum cw_status cw_record_put_end(struct cw_buf *out, const struct cw_parse_report *report,
                                 struct cw_error *err)
{
    CW_ASSERT(report->unusable <= report->entries);
    cw_frame_begin(out, CW_RECORD_END);
    cw_frame_put_u64(out, report->entries);
    cw_frame_put_u64(out, report->unusable);
    cw_frame_put_u64(out, report->bytes_in);
    cw_frame_put_u64(out, report->bytes_decoded);
    return cw_frame_end(out, err);
}

enum cw_status cw_record_put_failed(struct cw_buf *out, const struct cw_error *why,
                                    struct cw_error *err)
{
    CW_ASSERT(why->code != CW_OK);
    cw_frame_begin(out, CW_RECORD_FAILED);
    cw_frame_put_u64(out, is_reported_code((uint64_t)why->code) ? (uint64_t)why->code
                                                                : (uint64_t)CW_UNTRUSTED);
    cw_frame_put_span(out, cw_span_cstr(why->text));
    return cw_frame_end(out, err);
}

/* ---- reading ---- */

static bool take_text(struct cw_frame *frame, size_t max, struct cw_span *ret)
{
    return cw_frame_take_span(frame, max, ret) && is_clean(*ret);
}

/* Name of the first field that is not as it must be, for the error text; NULL when all are. */
static const char *take_texts(struct cw_frame *frame, struct cw_entry *entry)
{
    const struct {
        const char *name;
        size_t max;
        struct cw_span *to;
    } fields[] = {
        {"position", CW_ENTRY_POSITION_MAX, &entry->position},
        {"value", CW_ENTRY_VALUE_MAX, &entry->value},
        {"tag", CW_ENTRY_TAG_MAX, &entry->tag},
        {"entry id", CW_ENTRY_ID_MAX, &entry->entry_id},
        {"entry name", CW_ENTRY_NAME_MAX, &entry->entry_name},
        {"listing date", DATE_MAX, &entry->listed_on},
        {"note", CW_ENTRY_NOTE_MAX, &entry->note},
    };
    for (size_t i = 0; i < CW_COUNT(fields); i++) {
        if (!take_text(frame, fields[i].max, fields[i].to)) {
            return fields[i].name;
        }
    }
    return is_date_or_empty(entry->listed_on) ? NULL : "listing date";
}

static const char *take_lists(struct cw_frame *frame, struct cw_entry *entry)
{
    uint64_t count = 0;
    if (!cw_frame_take_u64(frame, CW_ENTRY_PROGRAMS_MAX, &count)) {
        return "number of programmes";
    }
    for (; entry->programs_count < count; entry->programs_count++) {
        if (!take_text(frame, CW_ENTRY_PROGRAM_MAX, &entry->programs[entry->programs_count])) {
            return "programme";
        }
    }
    if (!cw_frame_take_u64(frame, CW_ENTRY_RELATED_MAX, &count)) {
        return "number of related parties";
    }
    for (; entry->related_count < count; entry->related_count++) {
        struct cw_entry_related *related = &entry->related[entry->related_count];
        if (!take_text(frame, RELATION_TYPE_MAX, &related->type) ||
            !take_text(frame, CW_ENTRY_ID_MAX, &related->entry_id)) {
            return "related party";
        }
    }
    return take_text(frame, ERROR_TEXT_MAX, &entry->error) ? NULL : "error";
}

enum cw_status cw_record_take_info(struct cw_frame *frame, struct cw_list_info *ret_info,
                                   struct cw_error *err)
{
    CW_ASSERT(frame->kind == CW_RECORD_INFO);
    struct cw_list_info info = {0};
    if (!take_text(frame, DATE_MAX, &info.published) || !is_date_or_empty(info.published) ||
        !cw_frame_is_empty(frame)) {
        return cw_error_set(err, CW_UNTRUSTED, "the parser wrote a malformed date of issue");
    }
    *ret_info = info;
    return CW_OK;
}

enum cw_status cw_record_take_entry(struct cw_frame *frame, struct cw_entry *ret_entry,
                                    struct cw_error *err)
{
    CW_ASSERT(frame->kind == CW_RECORD_ENTRY);
    memset(ret_entry, 0, sizeof(*ret_entry));
    const char *wrong = take_texts(frame, ret_entry);
    if (wrong == NULL) {
        wrong = take_lists(frame, ret_entry);
    }
    if (wrong == NULL && !cw_frame_is_empty(frame)) {
        wrong = "end";
    }
    if (wrong != NULL) {
        return cw_error_set(err, CW_UNTRUSTED, "the parser wrote an entry with a malformed %s",
                            wrong);
    }
    return CW_OK;
}

enum cw_status cw_record_take_end(struct cw_frame *frame, struct cw_parse_report *ret_report,
                                  struct cw_error *err)
{
    CW_ASSERT(frame->kind == CW_RECORD_END);
    struct cw_parse_report report = {0};
    if (!cw_frame_take_u64(frame, CW_FEED_ENTRIES_MAX, &report.entries) ||
        !cw_frame_take_u64(frame, report.entries, &report.unusable) ||
        !cw_frame_take_u64(frame, UINT64_MAX, &report.bytes_in) ||
        !cw_frame_take_u64(frame, UINT64_MAX, &report.bytes_decoded) || !cw_frame_is_empty(frame)) {
        return cw_error_set(err, CW_UNTRUSTED, "the parser wrote a malformed end");
    }
    *ret_report = report;
    return CW_OK;
}

enum cw_status cw_record_take_failed(struct cw_frame *frame, struct cw_error *err)
{
    CW_ASSERT(frame->kind == CW_RECORD_FAILED);
    uint64_t code = 0;
    struct cw_span text = {NULL, 0};
    if (!cw_frame_take_u64(frame, UINT64_MAX, &code) || !take_text(frame, ERROR_TEXT_MAX, &text) ||
        !cw_frame_is_empty(frame) || !is_reported_code(code)) {
        return cw_error_set(err, CW_UNTRUSTED, "the parser wrote a malformed failure");
    }
    if (code == CW_NOMEM) {
        return cw_error_set(err, CW_LIMIT, "%.*s; a list is read in %u bytes of memory",
                            CW_SPAN_ARG(text), CW_PARSE_MEMORY_MAX);
    }
    return cw_error_set(err, (enum cw_status)code, "%.*s", CW_SPAN_ARG(text));
}
