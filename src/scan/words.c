#include "scan/words.h"

#include <jansson.h>

#include "base/limits.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "watchlist/watchlist.h"

enum {
    KEY_MAX_BYTES = 256,
    ENTRY_ID_SHOWN_BYTES = 128, /* of one that is followed by its hash */
    CHANGE_JSON_MAX =
        256 << 10, /* the JSON of an entry is shorter, and cleaning never triples it */
    SCRATCH_BYTES = 2 << 20,
};

/* In the arena, NUL-terminated; without data when it is full. */
static struct cw_span clean(struct cw_arena *arena, struct cw_span text, size_t bytes_max)
{
    struct cw_buf out;
    cw_buf_init(&out, bytes_max + 1);
    cw_alert_clean_text(&out, text, bytes_max);
    if (out.failed != CW_OK) {
        cw_arena_fail(arena, out.failed);
    }
    const struct cw_span kept = cw_arena_copy(arena, cw_buf_as_span(&out));
    cw_buf_clear(&out);
    return kept;
}

const char *cw_words_text(struct cw_arena *arena, struct cw_span text, size_t bytes_max)
{
    return clean(arena, text, bytes_max).data;
}

/* ---- keys ---------------------------------------------------------------------------------- */

/* The first `len` bytes of a text, and the SHA-256 of another one. */
static const char *hashed(struct cw_arena *arena, struct cw_span shown, size_t len,
                          struct cw_span whole)
{
    char hash[CW_SHA256_HEX_BYTES];
    char text[KEY_MAX_BYTES];
    cw_sha256_hex(whole, hash);
    (void)snprintf(text, sizeof(text), "%.*s:sha256-%s", (int)len, shown.data, hash);
    return cw_words_text(arena, cw_span_cstr(text), KEY_MAX_BYTES);
}

const char *cw_words_key(struct cw_arena *arena, struct cw_span canonical)
{
    if (canonical.len <= KEY_MAX_BYTES) {
        return cw_words_text(arena, canonical, KEY_MAX_BYTES);
    }
    const size_t chain = cw_span_find(canonical, ':', 0);
    const size_t kind = cw_span_find(canonical, ':', chain + 1);
    return hashed(arena, canonical, kind, canonical);
}

const char *cw_words_entry_id(struct cw_arena *arena, struct cw_span entry_id)
{
    if (entry_id.len > KEY_MAX_BYTES) {
        return cw_words_key(arena, entry_id); /* no list's own: the key of an entry without one */
    }
    const struct cw_span whole = clean(arena, entry_id, KEY_MAX_BYTES);
    if (whole.data == NULL || cw_span_equal(whole, entry_id)) {
        return whole.data;
    }
    const struct cw_span shown = clean(arena, entry_id, ENTRY_ID_SHOWN_BYTES);
    return shown.data == NULL ? NULL : hashed(arena, shown, shown.len, entry_id);
}

/* ---- programmes ---------------------------------------------------------------------------- */

/* Cleaned copies in the arena, sorted, each once; NULL when it is full. */
static struct cw_span *clean_all(struct cw_arena *arena, const struct cw_span *texts, size_t count,
                                 size_t *ret_count)
{
    struct cw_span *cleaned = cw_arena_array(arena, count + 1, sizeof(*cleaned));
    *ret_count = 0;
    for (size_t i = 0; cleaned != NULL && i < count; i++) {
        cleaned[i] = clean(arena, texts[i], CW_ENTRY_PROGRAM_MAX);
    }
    if (cw_arena_status(arena) != CW_OK) {
        return NULL;
    }
    *ret_count = cw_spans_sort_unique(cleaned, count);
    return cleaned;
}

const char *const *cw_words_programs(struct cw_arena *arena, const struct cw_span *programs,
                                     size_t count, size_t *ret_count)
{
    const struct cw_span *cleaned = clean_all(arena, programs, count, ret_count);
    const char **texts = cw_arena_array(arena, *ret_count + 1, sizeof(*texts));
    if (cleaned == NULL || texts == NULL) {
        *ret_count = 0;
        return NULL;
    }
    for (size_t i = 0; i < *ret_count; i++) {
        texts[i] = cleaned[i].data;
    }
    return texts;
}

/* ---- what changed in an entry -------------------------------------------------------------- */

static struct cw_span text_of(const json_t *value)
{
    return (struct cw_span){json_string_value(value), json_string_length(value)};
}

static void put_text(struct cw_buf *out, struct cw_arena *scratch, const json_t *value)
{
    cw_json_string(out, clean(scratch, text_of(value), CW_ENTRY_NAME_MAX));
}

static void put_texts(struct cw_buf *out, struct cw_arena *scratch, const json_t *array)
{
    const size_t count = json_array_size(array);
    size_t kept = 0;
    struct cw_span *texts = cw_arena_array(scratch, count + 1, sizeof(*texts));
    for (size_t i = 0; texts != NULL && i < count; i++) {
        texts[i] = text_of(json_array_get(array, i));
    }
    const struct cw_span *cleaned = clean_all(scratch, texts, texts == NULL ? 0 : count, &kept);
    cw_buf_char(out, '[');
    for (size_t i = 0; cleaned != NULL && i < kept; i++) {
        cw_buf_str(out, i > 0 ? "," : "");
        cw_json_string(out, cleaned[i]);
    }
    cw_buf_char(out, ']');
}

/* The cleaned JSON of a member; NULL for none. A member of an entry is a text or an array of texts
 * (cw_listing_json). */
static const char *member(struct cw_arena *arena, const json_t *value)
{
    if (value == NULL) {
        return NULL;
    }
    struct cw_buf json;
    struct cw_arena *scratch = cw_arena_new(SCRATCH_BYTES);
    cw_buf_init(&json, CHANGE_JSON_MAX);
    if (scratch == NULL) {
        cw_arena_fail(arena, CW_NOMEM);
        return NULL;
    }
    if (json_is_array(value)) {
        put_texts(&json, scratch, value);
    } else {
        put_text(&json, scratch, value);
    }
    if (cw_arena_status(scratch) != CW_OK || json.failed != CW_OK) {
        cw_arena_fail(arena, json.failed != CW_OK ? json.failed : cw_arena_status(scratch));
    }
    const struct cw_span kept = cw_arena_copy(arena, cw_buf_as_span(&json));
    cw_arena_free(scratch);
    cw_buf_clear(&json);
    return kept.data;
}

void cw_words_changes(struct cw_span old_json, struct cw_span new_json, struct cw_arena *arena,
                      struct cw_alert_address *out)
{
    /* the members of cw_listing_json that may change */
    static const char *const members[] = {"entry_name", "listed_on", "programs"};
    static const char *const paths[] = {"/entry_name", "/listed_on", "/programs"};
    struct cw_alert_change *changes = cw_arena_array(arena, CW_COUNT(members), sizeof(*changes));
    json_t *before = json_loadb(old_json.data, old_json.len, JSON_ALLOW_NUL, NULL);
    json_t *after = json_loadb(new_json.data, new_json.len, JSON_ALLOW_NUL, NULL);
    size_t count = 0;
    for (size_t i = 0; changes != NULL && i < CW_COUNT(members); i++) {
        const json_t *from = json_object_get(before, members[i]);
        const json_t *to = json_object_get(after, members[i]);
        const bool is_same = from == NULL || to == NULL ? from == to : json_equal(from, to) != 0;
        if (!is_same) {
            changes[count++] = (struct cw_alert_change){
                .path = paths[i],
                .from_json = member(arena, from),
                .to_json = member(arena, to),
            };
        }
    }
    json_decref(before);
    json_decref(after);
    out->changes = changes;
    out->changes_count = count;
}
