/* fuzz_format.h: what must hold of every list format, whatever it is fed.
 *
 * Texts of entries are UTF-8 without NUL, counts are within their arrays, dates are dates, and how
 * a document is cut into chunks changes neither the entries nor the verdict.
 */
#ifndef CW_FUZZ_FORMAT_H
#define CW_FUZZ_FORMAT_H

#include "base/datetime.h"
#include "base/text.h"
#include "feed/format.h"
#include "fuzz.h"

struct fuzz_sum {
    uint64_t entries;
    uint64_t usable;
    uint64_t hash; /* FNV-1a over all fields */
};

static inline void fuzz_text(struct fuzz_sum *sum, struct cw_span text)
{
    CW_ASSERT(cw_utf8_is_valid(text));
    CW_ASSERT(cw_span_find(text, '\0', 0) == text.len);
    for (size_t i = 0; i < text.len; i++) {
        sum->hash = (sum->hash ^ (unsigned char)text.data[i]) * 0x100000001b3u;
    }
    sum->hash = (sum->hash ^ 0x1ff) * 0x100000001b3u;
}

static inline enum cw_status fuzz_info(void *ctx, const struct cw_list_info *info,
                                       struct cw_error *err)
{
    (void)err;
    CW_ASSERT(info->published.len == 0 || cw_date_parse(info->published, NULL));
    fuzz_text(ctx, info->published);
    return CW_OK;
}

static inline enum cw_status fuzz_entry(void *ctx, const struct cw_entry *entry,
                                        struct cw_error *err)
{
    struct fuzz_sum *sum = ctx;
    (void)err;
    CW_ASSERT(entry->programs_count <= CW_ENTRY_PROGRAMS_MAX);
    CW_ASSERT(entry->related_count <= CW_ENTRY_RELATED_MAX);
    CW_ASSERT(entry->position.len > 0);
    CW_ASSERT(entry->listed_on.len == 0 || cw_date_parse(entry->listed_on, NULL));
    fuzz_text(sum, entry->position);
    fuzz_text(sum, entry->value);
    fuzz_text(sum, entry->tag);
    fuzz_text(sum, entry->entry_id);
    fuzz_text(sum, entry->entry_name);
    fuzz_text(sum, entry->note);
    fuzz_text(sum, entry->error);
    for (size_t i = 0; i < entry->programs_count; i++) {
        fuzz_text(sum, entry->programs[i]);
    }
    for (size_t i = 0; i < entry->related_count; i++) {
        fuzz_text(sum, entry->related[i].type);
        fuzz_text(sum, entry->related[i].entry_id);
    }
    sum->entries++;
    sum->usable += entry->error.len == 0 ? 1u : 0u;
    return CW_OK;
}

static inline enum cw_status fuzz_run(const struct cw_format *format, struct cw_span input,
                                      size_t chunk, struct fuzz_sum *sum)
{
    const struct cw_format_options none = {.count = 0};
    const struct cw_entry_sink sink = {fuzz_info, fuzz_entry, sum};
    struct cw_error err = {0};
    void *state = NULL;
    *sum = (struct fuzz_sum){.hash = 0xcbf29ce484222325u};
    CW_ASSERT(format->open(&none, sink, &state, &err) == CW_OK);
    enum cw_status status = CW_OK;
    size_t at = 0;
    for (; status == CW_OK && input.len - at > chunk; at += chunk) {
        status = format->feed(state, cw_span_slice(input, at, at + chunk), false, &err);
    }
    if (status == CW_OK) {
        status = format->feed(state, cw_span_slice(input, at, input.len), true, &err);
    }
    format->close(state);
    CW_ASSERT((status == CW_OK) == (err.code == CW_OK));
    CW_ASSERT(status == CW_OK || status == CW_UNTRUSTED || status == CW_LIMIT);
    return status;
}

static inline void fuzz_format(const char *name, struct cw_span input)
{
    const struct cw_format *format = cw_format_find(cw_span_cstr(name));
    struct fuzz_sum whole;
    struct fuzz_sum pieces;
    CW_ASSERT(format != NULL);
    const enum cw_status status = fuzz_run(format, input, SIZE_MAX, &whole);
    const size_t chunk = input.len > 0 ? 1 + (unsigned char)input.data[input.len - 1] % 61u : 1;
    CW_ASSERT(fuzz_run(format, input, chunk, &pieces) == status);
    if (status == CW_OK) {
        CW_ASSERT(whole.entries == pieces.entries);
        CW_ASSERT(whole.hash == pieces.hash);
        if (whole.usable > 0) {
            fuzz_accept("input");
        }
    }
}

#endif
