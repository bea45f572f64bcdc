#include "index/internal.h"

/* Walks the records; `fn` may be NULL. */
static enum cw_status walk(const struct cw_index *index, cw_index_fn fn, void *ctx,
                           struct cw_error *err)
{
    const uint64_t end = index->header.sections[CW_SECTION_RECORDS].bytes;
    enum cw_status status = CW_OK;
    struct cw_index_record_head head;
    for (uint64_t at = 0; status == CW_OK && at < end; at += head.bytes) {
        struct cw_index_item item;
        status = cw_index_record_head(index, at, &head, err);
        if (status != CW_OK || head.type == CW_RECORD_TEXT || head.type == CW_RECORD_PARTY) {
            continue;
        }
        status = cw_index_record_item(index, at, &item, err);
        if (status == CW_OK && fn != NULL) {
            status = fn(ctx, &item, CW_RELATION_NONE, err);
        }
    }
    return status;
}

enum cw_status cw_index_each(const struct cw_index *index, cw_index_fn fn, void *ctx,
                             struct cw_error *err)
{
    return walk(index, fn, ctx, err);
}

/* The blocks of every section, also the zeros at their ends, which no look-up touches. */
static enum cw_status check_blocks(const struct cw_index *index, struct cw_error *err)
{
    const uint8_t *at = NULL;
    enum cw_status status = CW_OK;
    for (size_t i = 0; status == CW_OK && i < CW_SECTION_SUMS; i++) {
        status = cw_index_touch(index, (enum cw_index_section_id)i, 0,
                                index->header.sections[i].bytes, &at, err);
    }
    return status;
}

/* Every entry leads to a record, and every directory begins at the front and ends at the back. */
static enum cw_status check_table(const struct cw_index *index, enum cw_index_section_id table,
                                  struct cw_error *err)
{
    const struct cw_index_section *section = &index->header.sections[table];
    if (section->count == 0) {
        return CW_OK;
    }
    const uint64_t records = index->header.sections[CW_SECTION_RECORDS].bytes / CW_INDEX_UNIT;
    const uint8_t *bytes = index->bytes + section->at;
    for (uint64_t i = 0; i < section->count; i++) {
        if (cw_load32(bytes + i * sizeof(struct cw_index_entry) + sizeof(uint32_t)) >= records) {
            return cw_index_damaged(err, "an entry", i);
        }
    }
    const uint8_t *directory = bytes + cw_index_directory_at(section->count);
    uint32_t before = 0;
    for (uint64_t i = 0; i <= 1ull << section->bits; i++) {
        const uint32_t start = cw_load32(directory + i * sizeof(uint32_t));
        if (start < before || (i == 0 && start != 0)) {
            return cw_index_damaged(err, "a bucket", i);
        }
        before = start;
    }
    return before == section->count ? CW_OK : cw_index_damaged(err, "a directory", before);
}

enum cw_status cw_index_verify(const struct cw_index *index, struct cw_error *err)
{
    enum cw_status status = check_blocks(index, err);
    for (size_t i = CW_SECTION_PROBES; status == CW_OK && i <= CW_SECTION_OPAQUES; i++) {
        status = check_table(index, (enum cw_index_section_id)i, err);
    }
    return status == CW_OK ? walk(index, NULL, NULL, err) : status;
}
