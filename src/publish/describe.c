#include "base/file.h"
#include "crypto/hash.h"
#include "publish/publish.h"

char *cw_publish_folder(const struct cw_config *config)
{
    return cw_path_join(config->state_dir, "index");
}

static enum cw_status no_memory(struct cw_error *err)
{
    return cw_error_set(err, CW_NOMEM, "out of memory for what the index is built from");
}

static void copy_text(char *to, size_t bytes, const char *from)
{
    (void)snprintf(to, bytes, "%s", from);
}

static enum cw_status describe_feed(const struct cw_feed *feed, struct cw_store *store,
                                    struct cw_manifest *manifest, struct cw_error *err)
{
    struct cw_feed_state state = {.status = CW_FEED_NEVER};
    enum cw_status status = CW_OK;
    if (store != NULL) {
        status = cw_store_feed_get(store, feed->id, &state, err);
    }
    struct cw_manifest_feed *row = status == CW_OK ? cw_manifest_add_feed(manifest) : NULL;
    if (row == NULL) {
        return status == CW_OK ? no_memory(err) : status;
    }
    copy_text(row->id, sizeof(row->id), feed->id);
    copy_text(row->status, sizeof(row->status), cw_feed_status_name(state.status));
    copy_text(row->snapshot_sha256, sizeof(row->snapshot_sha256), state.snapshot_sha256);
    row->retrieved_at_s = state.retrieved_at_s;
    row->stale_after_s = feed->stale_after_s;
    row->entries = state.entries;
    return CW_OK;
}

static enum cw_status describe_feeds(const struct cw_feeds *feeds, struct cw_store *store,
                                     struct cw_manifest *manifest, struct cw_error *err)
{
    enum cw_status status = CW_OK;
    for (size_t i = 0; status == CW_OK && i < cw_feeds_count(feeds); i++) {
        const struct cw_feed *feed = cw_feeds_at(feeds, i);
        if (feed->enabled) {
            status = describe_feed(feed, store, manifest, err);
        }
    }
    return status;
}

/* A file of addresses may lie anywhere. Those beside the rules are in the fingerprint already. */
static enum cw_status watch(const char *path, const char *rules_dir, struct cw_manifest *manifest,
                            struct cw_error *err)
{
    char *folder = cw_path_dirname(path);
    if (folder == NULL) {
        return no_memory(err);
    }
    const bool is_beside = strcmp(folder, rules_dir) == 0;
    free(folder);
    if (is_beside) {
        return CW_OK;
    }
    cw_fingerprint_file(&manifest->files, path, path);
    return cw_manifest_add_watched(manifest, cw_span_cstr(path)) ? CW_OK : no_memory(err);
}

static enum cw_status describe_rules(const struct cw_home *home, struct cw_manifest *manifest,
                                     struct cw_error *err)
{
    enum cw_status status = CW_OK;
    for (size_t i = 0; status == CW_OK && i < cw_rules_count(home->rules); i++) {
        const struct cw_rule *rule = cw_rules_at(home->rules, i);
        struct cw_manifest_rule *row = cw_manifest_add_rule(manifest);
        if (row == NULL) {
            return no_memory(err);
        }
        copy_text(row->id, sizeof(row->id), rule->id);
        copy_text(row->sha256, sizeof(row->sha256), rule->sha256);
        if (rule->addresses_path[0] != '\0') {
            status = watch(rule->addresses_path, home->config->rules_dir, manifest, err);
        }
    }
    return status;
}

static void add_number(struct cw_sha256_stream *stream, uint64_t value)
{
    uint8_t bytes[8];
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (uint8_t)(value >> 8 * i);
    }
    cw_sha256_update(stream, cw_span_make(bytes, sizeof(bytes)));
}

static void add_text(struct cw_sha256_stream *stream, const char *text)
{
    add_number(stream, strlen(text));
    cw_sha256_update(stream, cw_span_cstr(text));
}

/* What an index holds follows from this: how addresses are read, the cases, which lists are
 * enabled, and what each has in force or had. */
static enum cw_status make_basis(const struct cw_home *home, struct cw_store *store,
                                 struct cw_manifest *manifest, struct cw_error *err)
{
    struct cw_sha256_stream stream;
    uint64_t changes = 0;
    enum cw_status status = store == NULL ? CW_OK : cw_store_changes(store, &changes, err);
    cw_sha256_begin(&stream);
    add_text(&stream, "cryptowatch-index/1");
    add_text(&stream, CW_NORM);
    add_text(&stream, home->rules_sha256);
    add_number(&stream, changes);
    for (size_t i = 0; status == CW_OK && i < manifest->feeds_count; i++) {
        uint8_t digest[32] = {0};
        if (store != NULL) {
            status = cw_store_list_digest(store, manifest->feeds[i].id, digest, err);
        }
        add_text(&stream, manifest->feeds[i].id);
        cw_sha256_update(&stream, cw_span_make(digest, sizeof(digest)));
    }
    cw_sha256_end(&stream, manifest->basis);
    return status;
}

enum cw_status cw_publish_describe(const struct cw_home *home, struct cw_store *store,
                                   struct cw_manifest *ret, struct cw_error *err)
{
    ret->files = home->files;
    copy_text(ret->norm, sizeof(ret->norm), CW_NORM);
    enum cw_status status = describe_feeds(home->feeds, store, ret, err);
    if (status == CW_OK) {
        status = describe_rules(home, ret, err);
    }
    return status == CW_OK ? make_basis(home, store, ret, err) : status;
}
