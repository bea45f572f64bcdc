#include "cli/screen_receipt.h"

#include <errno.h>
#include <unistd.h>

#include "base/datetime.h"
#include "base/text.h"

enum { BLOCK_BYTES = 32 << 10 };

static enum cw_status no_memory(struct cw_error *err)
{
    return cw_error_set(err, CW_NOMEM, "out of memory for a receipt");
}

/* ---- files ---- */

enum cw_status cw_screen_draft_begin(struct cw_screen_draft *draft, const char *name,
                                     struct cw_error *err)
{
    if (draft->files == NULL) {
        draft->files = calloc(CW_RECEIPT_FILES_MAX, sizeof(*draft->files));
        cw_sha256_begin(&draft->all_hits);
    }
    if (draft->files == NULL) {
        return no_memory(err);
    }
    if (draft->files_count == CW_RECEIPT_FILES_MAX) {
        return cw_error_set(err, CW_LIMIT, "one receipt holds at most %u files",
                            CW_RECEIPT_FILES_MAX);
    }
    draft->files[draft->files_count++] = (struct cw_screen_file){.name = name};
    return CW_OK;
}

enum cw_status cw_screen_draft_end(struct cw_screen_draft *draft, const struct cw_screen_read *read,
                                   const char *error, struct cw_error *err)
{
    CW_ASSERT(draft->files_count > 0);
    struct cw_screen_file *file = &draft->files[draft->files_count - 1];
    if (read != NULL) {
        file->read = *read;
        return CW_OK;
    }
    file->error = strdup(error[0] == '\0' ? "could not be read" : error);
    return file->error != NULL ? CW_OK : no_memory(err);
}

void cw_screen_draft_clear(struct cw_screen_draft *draft)
{
    for (size_t i = 0; i < draft->files_count; i++) {
        free(draft->files[i].error);
    }
    for (size_t i = 0; i < draft->hits_count; i++) {
        json_decref(draft->hits[i].json);
    }
    free(draft->files);
    draft->files = NULL;
    draft->files_count = 0;
    draft->hits_count = 0;
}

enum cw_status cw_screen_read_file(int fd, struct cw_screen_read *ret, struct cw_error *err)
{
    struct cw_sha256_stream stream;
    char block[BLOCK_BYTES];
    uint64_t at = 0;
    ssize_t got = 1;
    cw_sha256_begin(&stream);
    while (got != 0) {
        got = pread(fd, block, sizeof(block), (off_t)at);
        if (got < 0 && errno != EINTR) {
            return cw_error_set(err, CW_IO, "reading failed: %s", strerror(errno));
        }
        if (got > 0) {
            cw_sha256_update(&stream, cw_span_make(block, (size_t)got));
            at += (uint64_t)got;
        }
    }
    cw_sha256_end_hex(&stream, ret->sha256);
    ret->bytes = at;
    return CW_OK;
}

/* ---- hits ---- */

static void to_hash(void *ctx, struct cw_span bytes)
{
    struct cw_screen_draft *draft = ctx;
    cw_sha256_update(&draft->all_hits, bytes);
}

static struct cw_span text_of(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return cw_span_make(json_is_string(value) ? json_string_value(value) : "",
                        json_is_string(value) ? json_string_length(value) : 0);
}

/* What a hit adds to the receipt, of which there is an end: a list may have long names. */
static size_t bytes_of(const json_t *hit)
{
    const json_t *match = json_array_get(json_object_get(hit, "matches"), 0);
    return text_of(hit, "value").len + text_of(hit, "canonical").len +
           text_of(match, "listed_value").len + text_of(match, "entry_id").len +
           text_of(match, "entry_name").len;
}

static enum cw_status keep(struct cw_screen_draft *draft, const struct cw_hit_place *place,
                           const struct cw_hit_told *told, struct cw_error *err)
{
    const size_t which = told->verdict == CW_VERDICT_LISTED ? 0 : 1;
    if (draft->kept[which] == CW_RECEIPT_HITS_MAX) {
        return CW_OK;
    }
    json_t *json = json_loadb(told->json.data, told->json.len, 0, NULL);
    if (json == NULL) {
        return no_memory(err);
    }
    const size_t bytes = draft->kept_bytes[which] + bytes_of(json);
    if (bytes > CW_RECEIPT_HITS_TEXT_MAX && draft->kept[which] > 0) {
        draft->kept[which] = CW_RECEIPT_HITS_MAX; /* the first ones, and none after a gap */
        json_decref(json);
        return CW_OK;
    }
    draft->kept[which]++;
    draft->kept_bytes[which] = bytes;
    draft->hits[draft->hits_count++] =
        (struct cw_screen_hit_kept){json, draft->files_count - 1, place->line};
    return CW_OK;
}

enum cw_status cw_screen_draft_hit(struct cw_screen_draft *draft, const struct cw_hit_place *place,
                                   const struct cw_hit_told *told, struct cw_error *err)
{
    struct cw_screen_file *file = &draft->files[draft->files_count - 1];
    enum cw_status status = keep(draft, place, told, err);
    if (status == CW_OK) {
        status = cw_hit_write(place, told->json, to_hash, draft, err);
    }
    if (status == CW_OK) {
        file->listed += told->verdict == CW_VERDICT_LISTED ? 1 : 0;
        file->related += told->verdict == CW_VERDICT_LISTED ? 0 : 1;
    }
    return status;
}

/* ---- from what `screen` knows to what a receipt says ---- */

/* Texts are borrowed from the JSON, where they are NUL-terminated. */
static const char *word(const json_t *object, const char *name)
{
    return text_of(object, name).data;
}

static struct cw_receipt_match match_of(const struct cw_screen_draft *draft, const json_t *match)
{
    const bool is_hashed = draft->is_hashed;
    const json_t *source = json_object_get(match, "source");
    int64_t delisted_on_s = 0;
    (void)cw_date_parse(text_of(match, "delisted_on"), &delisted_on_s);
    return (struct cw_receipt_match){
        .relation = word(match, "relation"),
        .source_kind = word(source, "kind"),
        .source_id = word(source, "id"),
        .listed_value = is_hashed ? NULL : word(match, "listed_value"),
        .entry_id = is_hashed ? NULL : word(match, "entry_id"),
        .entry_name = is_hashed ? NULL : word(match, "entry_name"),
        .listed_on = word(match, "listed_on"),
        .is_active = json_is_true(json_object_get(match, "active")),
        .delisted_on_s = delisted_on_s,
    };
}

static struct cw_receipt_hit hit_of(const struct cw_screen_draft *draft,
                                    const struct cw_screen_hit_kept *kept)
{
    const json_t *matches = json_object_get(kept->json, "matches");
    return (struct cw_receipt_hit){
        .file = kept->file,
        .line = kept->line,
        .offset = (uint64_t)json_integer_value(json_object_get(kept->json, "offset")),
        .found = text_of(kept->json, "value"),
        .how = draft->is_hashed ? CW_RECEIPT_HASHED : CW_RECEIPT_SHOWN,
        .canonical = draft->is_hashed ? "" : word(kept->json, "canonical"),
        .verdict = word(kept->json, "verdict"),
        .match = match_of(draft, json_array_get(matches, 0)),
        .matches_count = json_array_size(matches),
    };
}

static struct cw_receipt_file file_of(const struct cw_screen_draft *draft,
                                      const struct cw_screen_file *file)
{
    return (struct cw_receipt_file){
        .name = draft->is_hashed ? NULL : file->name,
        .sha256 = file->read.sha256,
        .bytes = file->read.bytes,
        .lines = file->read.lines,
        .listed = file->listed,
        .related = file->related,
        .error = file->error == NULL ? "" : file->error,
    };
}

enum cw_status cw_screen_draft_write(struct cw_screen_draft *draft,
                                     const struct cw_screen_result *result,
                                     const struct cw_receipt_place *place, struct cw_error *err)
{
    char hits_sha256[CW_SHA256_HEX_BYTES];
    struct cw_receipt_file *files = calloc(draft->files_count + 1, sizeof(*files));
    struct cw_receipt_hit *hits = calloc(draft->hits_count + 1, sizeof(*hits));
    if (files == NULL || hits == NULL) {
        free(files);
        free(hits);
        return no_memory(err);
    }
    for (size_t i = 0; i < draft->files_count; i++) {
        files[i] = file_of(draft, &draft->files[i]);
    }
    for (size_t i = 0; i < draft->hits_count; i++) {
        hits[i] = hit_of(draft, &draft->hits[i]);
    }
    cw_sha256_end_hex(&draft->all_hits, hits_sha256);
    const struct cw_receipt_screened screened = {
        .against = cw_screen_against_name(result->against),
        .is_every_token = result->is_every_token,
        .files = files,
        .files_count = draft->files_count,
        .hits = hits,
        .hits_count = draft->hits_count,
        .hits_sha256 = hits_sha256,
        .verdict = cw_verdict_name(result->verdict),
    };
    struct cw_receipt_facts facts = {.screened = &screened};
    const enum cw_status status = cw_receipt_write(place, &facts, err);
    free(files);
    free(hits);
    return status;
}
