#include "index/manifest.h"

#include <inttypes.h>

#include "base/file.h"
#include "base/text.h"
#include "index/checksum.h"

enum { MANIFEST_VERSION = 1, SUM_DIGITS = 16, WORDS_MAX = 7 };

/* ---- growing ---- */

void cw_manifest_clear(struct cw_manifest *manifest)
{
    for (size_t i = 0; i < manifest->watched_count; i++) {
        free(manifest->watched[i]);
    }
    free(manifest->watched);
    free(manifest->feeds);
    free(manifest->rules);
    *manifest = (struct cw_manifest){0};
}

/* Room for one more: doubled at powers of two, so the count alone says when. */
static bool grow(void **items, size_t count, size_t size)
{
    if (count != 0 && (count & (count - 1)) != 0) {
        return true;
    }
    void *moved = realloc(*items, (count == 0 ? 1 : 2 * count) * size);
    if (moved != NULL) {
        *items = moved;
    }
    return moved != NULL;
}

struct cw_manifest_feed *cw_manifest_add_feed(struct cw_manifest *manifest)
{
    if (!grow((void **)&manifest->feeds, manifest->feeds_count, sizeof(*manifest->feeds))) {
        return NULL;
    }
    struct cw_manifest_feed *feed = &manifest->feeds[manifest->feeds_count++];
    *feed = (struct cw_manifest_feed){.status = "never"};
    return feed;
}

struct cw_manifest_rule *cw_manifest_add_rule(struct cw_manifest *manifest)
{
    if (!grow((void **)&manifest->rules, manifest->rules_count, sizeof(*manifest->rules))) {
        return NULL;
    }
    struct cw_manifest_rule *rule = &manifest->rules[manifest->rules_count++];
    *rule = (struct cw_manifest_rule){.id = ""};
    return rule;
}

bool cw_manifest_add_watched(struct cw_manifest *manifest, struct cw_span path)
{
    if (!grow((void **)&manifest->watched, manifest->watched_count, sizeof(char *))) {
        return false;
    }
    char *copy = strndup(path.len == 0 ? "" : path.data, path.len);
    if (copy == NULL) {
        return false;
    }
    manifest->watched[manifest->watched_count++] = copy;
    return true;
}

/* ---- writing ---- */

enum cw_status cw_manifest_format(const struct cw_manifest *manifest, struct cw_buf *ret,
                                  struct cw_error *err)
{
    char basis[2 * sizeof(manifest->basis) + 1];
    cw_hex_encode(manifest->basis, sizeof(manifest->basis), basis);
    cw_buf_printf(ret, "cryptowatch-index %d\n", MANIFEST_VERSION);
    cw_buf_printf(ret, "generation %" PRIu64 "\n", manifest->generation);
    cw_buf_printf(ret, "built %" PRId64 "\n", manifest->built_at_s);
    cw_buf_printf(ret, "index %" PRIu64 "\n", manifest->index);
    cw_buf_printf(ret, "norm %s\n", manifest->norm);
    cw_buf_printf(ret, "basis %s\n", basis);
    cw_buf_printf(ret, "files %" PRIu64 " %016" PRIx64 "\n", manifest->files.files,
                  manifest->files.sum);
    for (size_t i = 0; i < manifest->watched_count; i++) {
        cw_buf_printf(ret, "watch %s\n", manifest->watched[i]);
    }
    for (size_t i = 0; i < manifest->feeds_count; i++) {
        const struct cw_manifest_feed *feed = &manifest->feeds[i];
        cw_buf_printf(ret, "feed %s %s %" PRId64 " %" PRId64 " %s %" PRIu64 "\n", feed->id,
                      feed->status, feed->retrieved_at_s, feed->stale_after_s,
                      feed->snapshot_sha256[0] == '\0' ? "-" : feed->snapshot_sha256,
                      feed->entries);
    }
    for (size_t i = 0; i < manifest->rules_count; i++) {
        cw_buf_printf(ret, "rule %s %s\n", manifest->rules[i].id, manifest->rules[i].sha256);
    }
    cw_buf_printf(ret, "sum %016" PRIx64 "\n", cw_checksum(cw_buf_as_span(ret), 0));
    return cw_buf_status(ret, err);
}

/* ---- reading ---- */

struct words {
    struct cw_span items[WORDS_MAX];
    size_t count; /* WORDS_MAX + 1: too many */
};

static struct words split(struct cw_span line)
{
    struct words words = {.count = 0};
    for (size_t at = 0; at <= line.len && words.count <= WORDS_MAX;) {
        const size_t end = cw_span_find(line, ' ', at);
        if (words.count < WORDS_MAX) {
            words.items[words.count] = cw_span_slice(line, at, end);
        }
        words.count++;
        at = end + 1;
    }
    return words;
}

static bool to_text(struct cw_span word, char *ret, size_t bytes)
{
    if (word.len == 0 || word.len >= bytes || memchr(word.data, '\0', word.len) != NULL) {
        return false;
    }
    memcpy(ret, word.data, word.len);
    ret[word.len] = '\0';
    return true;
}

static bool to_time(struct cw_span word, int64_t *ret)
{
    uint64_t value = 0;
    const bool is_number = cw_span_to_u64(word, INT64_MAX, &value);
    *ret = is_number ? (int64_t)value : *ret;
    return is_number;
}

static bool to_sum(struct cw_span word, uint64_t *ret)
{
    uint8_t bytes[SUM_DIGITS / 2];
    if (!cw_hex_is_lower(word, SUM_DIGITS) || !cw_hex_decode(word, bytes, sizeof(bytes))) {
        return false;
    }
    *ret = 0;
    for (size_t i = 0; i < sizeof(bytes); i++) {
        *ret = *ret << 8 | bytes[i];
    }
    return true;
}

static bool to_digest(struct cw_span word, char ret[static 65])
{
    return cw_hex_is_lower(word, 64) && to_text(word, ret, 65);
}

static bool read_feed(const struct words *words, struct cw_manifest_feed *feed)
{
    const struct cw_span *items = words->items;
    return words->count == 7 && to_text(items[1], feed->id, sizeof(feed->id)) &&
           to_text(items[2], feed->status, sizeof(feed->status)) &&
           to_time(items[3], &feed->retrieved_at_s) && to_time(items[4], &feed->stale_after_s) &&
           (cw_span_is(items[5], "-") || to_digest(items[5], feed->snapshot_sha256)) &&
           cw_span_to_u64(items[6], UINT64_MAX, &feed->entries);
}

static bool read_rule(const struct words *words, struct cw_manifest_rule *rule)
{
    return words->count == 3 && to_text(words->items[1], rule->id, sizeof(rule->id)) &&
           to_digest(words->items[2], rule->sha256);
}

/* The lines of which there may be many. */
static bool read_row(const struct words *words, struct cw_span line, struct cw_manifest *manifest)
{
    if (cw_span_is(words->items[0], "watch")) {
        return line.len > 6 && memchr(line.data, '\0', line.len) == NULL &&
               cw_manifest_add_watched(manifest, cw_span_slice(line, 6, line.len));
    }
    if (cw_span_is(words->items[0], "feed")) {
        struct cw_manifest_feed *feed = cw_manifest_add_feed(manifest);
        return feed != NULL && read_feed(words, feed);
    }
    struct cw_manifest_rule *rule =
        cw_span_is(words->items[0], "rule") ? cw_manifest_add_rule(manifest) : NULL;
    return rule != NULL && read_rule(words, rule);
}

/* The first lines stand in this order. */
static bool read_head(struct cw_span *rest, struct cw_manifest *manifest)
{
    static const char *const names[] = {"generation", "built", "index", "norm", "basis", "files"};
    struct cw_span values[CW_COUNT(names)];
    struct cw_span line;
    struct words words = {.count = 0};
    for (size_t i = 0; i < CW_COUNT(names); i++) {
        if (!cw_span_next_line(rest, &line)) {
            return false;
        }
        words = split(line);
        if (words.count != (i + 1 == CW_COUNT(names) ? 3u : 2u) ||
            !cw_span_is(words.items[0], names[i])) {
            return false;
        }
        values[i] = words.items[1];
    }
    return cw_span_to_u64(values[0], UINT64_MAX, &manifest->generation) &&
           to_time(values[1], &manifest->built_at_s) &&
           cw_span_to_u64(values[2], UINT64_MAX, &manifest->index) &&
           to_text(values[3], manifest->norm, sizeof(manifest->norm)) &&
           cw_hex_is_lower(values[4], 2 * sizeof(manifest->basis)) &&
           cw_hex_decode(values[4], manifest->basis, sizeof(manifest->basis)) &&
           cw_span_to_u64(values[5], UINT64_MAX, &manifest->files.files) &&
           to_sum(words.items[2], &manifest->files.sum);
}

/* Cuts the last line off and compares it with what stands before it. */
static bool is_whole(struct cw_span *text)
{
    static const size_t last_len = sizeof("sum 0123456789abcdef\n") - 1;
    uint64_t sum = 0;
    if (text->len < last_len || text->data[text->len - 1] != '\n') {
        return false;
    }
    const struct cw_span last = cw_span_slice(*text, text->len - last_len, text->len - 1);
    *text = cw_span_slice(*text, 0, text->len - last_len);
    return cw_span_starts_with(last, CW_SPAN("sum ")) &&
           to_sum(cw_span_slice(last, 4, last.len), &sum) && sum == cw_checksum(*text, 0);
}

enum cw_status cw_manifest_parse(struct cw_span text, struct cw_manifest *ret, struct cw_error *err)
{
    struct cw_span line;
    uint64_t version = 0;
    *ret = (struct cw_manifest){0};
    if (!is_whole(&text) || !cw_span_next_line(&text, &line)) {
        return cw_error_set(err, CW_STATE, "is damaged, or no manifest of an index");
    }
    const struct words first = split(line);
    if (first.count != 2 || !cw_span_is(first.items[0], "cryptowatch-index") ||
        !cw_span_to_u64(first.items[1], UINT32_MAX, &version)) {
        return cw_error_set(err, CW_STATE, "is no manifest of an index");
    }
    if (version != MANIFEST_VERSION) {
        return cw_error_set(err, CW_STATE, "was written by another cryptowatch (format %u)",
                            (unsigned)version);
    }
    bool is_right = read_head(&text, ret);
    while (is_right && cw_span_next_line(&text, &line)) {
        const struct words words = split(line);
        is_right = read_row(&words, line, ret);
    }
    return is_right ? CW_OK : cw_error_set(err, CW_STATE, "holds a line that cannot be");
}

/* ---- the folder ---- */

enum cw_status cw_manifest_publish(const char *folder, const struct cw_manifest *manifest,
                                   struct cw_error *err)
{
    char *path = cw_path_join(folder, "current");
    struct cw_buf text;
    cw_buf_init(&text, CW_INDEX_MANIFEST_MAX);
    enum cw_status status = path == NULL ? cw_error_no_memory(err) : CW_OK;
    if (status == CW_OK) {
        status = cw_manifest_format(manifest, &text, err);
    }
    if (status == CW_OK) {
        status = cw_file_write(path, cw_buf_as_span(&text), 0600, err);
    }
    cw_buf_clear(&text);
    free(path);
    return status;
}

enum cw_status cw_manifest_load(const char *folder, struct cw_manifest *ret, struct cw_error *err)
{
    *ret = (struct cw_manifest){0};
    char *path = cw_path_join(folder, "current");
    struct cw_buf text;
    cw_buf_init(&text, CW_INDEX_MANIFEST_MAX);
    enum cw_status status = path == NULL ? cw_error_no_memory(err) : cw_file_read(path, &text, err);
    if (status == CW_OK) {
        struct cw_error why = {0};
        status = cw_manifest_parse(cw_buf_as_span(&text), ret, &why);
        if (status != CW_OK) {
            (void)cw_error_set(err, status, "%s: %s", path, why.text);
        }
    }
    cw_buf_clear(&text);
    free(path);
    return status;
}
