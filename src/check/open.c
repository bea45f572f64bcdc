#define _DEFAULT_SOURCE /* madvise */
#include <sys/mman.h>

#include "base/file.h"
#include "check/internal.h"
#include "publish/publish.h"

static enum cw_status no_memory(struct cw_error *err)
{
    return cw_error_set(err, CW_NOMEM, "out of memory");
}

enum cw_status cw_check_name_file(const struct cw_check *check, enum cw_status status,
                                  struct cw_error *err)
{
    if (status == CW_STATE && check->path != NULL) {
        (void)cw_error_prefix(err, "%s: ", check->path);
    }
    return status;
}

/* A screening asks all over the filter, a billion times. In pages of 4 KB the processor forgets
 * where they are, and looking that up costs more than the question; in a few large ones it does
 * not. Where there are none, the copy serves as well, and where there is no memory, the index
 * itself does. */
static struct cw_span in_large_pages(struct cw_check *check, struct cw_span bytes)
{
    enum { LARGE_PAGE = 2 << 20 };
    const size_t room = (bytes.len + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
    check->filter_copy = aligned_alloc(LARGE_PAGE, room);
    if (check->filter_copy == NULL) {
        return bytes;
    }
    (void)madvise(check->filter_copy, room, MADV_HUGEPAGE);
    memcpy(check->filter_copy, bytes.data, bytes.len);
    return cw_span_make(check->filter_copy, bytes.len);
}

/* What is asked so often is checked once, before the first question. */
static enum cw_status open_filter(struct cw_check *check, struct cw_error *err)
{
    struct cw_error why = {0};
    const struct cw_span bytes = cw_index_filter(check->index);
    if (bytes.len == 0) {
        return cw_error_set(err, CW_NOT_FOUND, "the index has no filter for texts");
    }
    enum cw_status status = cw_index_check_filter(check->index, err);
    if (status == CW_OK &&
        cw_text_filter_open(in_large_pages(check, bytes), &check->filter, &why) != CW_OK) {
        status = cw_error_set(err, CW_STATE,
                              "the index is damaged: %s: run `cryptowatch scan --force`", why.text);
    }
    return cw_check_name_file(check, status, err);
}

static enum cw_status give(struct cw_check **check, const struct cw_manifest *manifest,
                           enum cw_check_use use, struct cw_check **ret, struct cw_error *err)
{
    (*check)->generation = manifest->generation;
    (*check)->built_at_s = manifest->built_at_s;
    enum cw_status status = cw_check_load_data(*check, manifest, err);
    if (status == CW_OK && use == CW_CHECK_TEXTS) {
        status = open_filter(*check, err);
    }
    if (status == CW_OK) {
        *ret = *check;
        *check = NULL;
    }
    return status;
}

/* ---- published ---- */

/* Files that people edit speak for themselves: what they say now is not in the index. */
static bool are_files_the_same(const struct cw_config *config, const struct cw_manifest *manifest)
{
    struct cw_fingerprint now = {0};
    cw_fingerprint_file(&now, "config", config->path);
    cw_config_fingerprint(config, &now);
    for (size_t i = 0; i < manifest->watched_count; i++) {
        cw_fingerprint_file(&now, manifest->watched[i], manifest->watched[i]);
    }
    return cw_fingerprint_equal(&now, &manifest->files);
}

/* Opens the index of these very files. */
static enum cw_status open_published(struct cw_check *check, const struct cw_config *config,
                                     struct cw_manifest *manifest, struct cw_error *err)
{
    char *folder = cw_publish_folder(config);
    if (folder == NULL) {
        return no_memory(err);
    }
    enum cw_status status = cw_index_open_current(folder, manifest, &check->index, err);
    if (status == CW_OK) {
        check->path = cw_index_file_path(folder, manifest->index);
        status = check->path != NULL ? CW_OK : no_memory(err);
    }
    free(folder);
    if (status == CW_OK && strcmp(manifest->norm, CW_NORM) != 0) {
        status = cw_error_set(err, CW_NOT_FOUND, "another version of cryptowatch built the index");
    }
    if (status == CW_OK && !are_files_the_same(config, manifest)) {
        status = cw_error_set(err, CW_NOT_FOUND,
                              "the configuration, a list file or a rule was edited since the last "
                              "scan");
    }
    return status;
}

enum cw_status cw_check_open_published(const struct cw_config *config, const struct cw_clock *clock,
                                       enum cw_check_use use, struct cw_check **ret,
                                       struct cw_error *err)
{
    CW_CLEANUP(cw_check_closep) struct cw_check *check = cw_check_new();
    struct cw_manifest manifest = {0};
    if (check == NULL) {
        return no_memory(err);
    }
    check->now_s = cw_clock_now_s(clock);
    enum cw_status status = open_published(check, config, &manifest, err);
    if (status == CW_OK) {
        status = give(&check, &manifest, use, ret, err);
    }
    cw_manifest_clear(&manifest);
    return status;
}

/* ---- made for the question ---- */

static enum cw_status build(struct cw_check *check, const struct cw_home *home,
                            enum cw_check_use use, struct cw_store *store,
                            struct cw_manifest *manifest, struct cw_error *err)
{
    enum cw_status status = CW_OK;
    if (store != NULL) {
        status = cw_store_run_last(store, &manifest->generation, &manifest->built_at_s, err);
    }
    if (status == CW_OK) {
        status = cw_publish_describe(home, store, manifest, err);
    }
    const struct cw_index_options options = {
        .generation = manifest->generation,
        .built_at_s = manifest->built_at_s,
        .basis = manifest->basis,
        .has_text_filter = use == CW_CHECK_TEXTS,
    };
    if (status == CW_OK) {
        status = cw_publish_build(home, store, &options, NULL, &check->built, err);
    }
    return status == CW_OK
               ? cw_index_open_memory(cw_index_builder_bytes(check->built), &check->index, err)
               : status;
}

static enum cw_status build_from(struct cw_check *check, const struct cw_home *home,
                                 enum cw_check_use use, struct cw_manifest *manifest,
                                 struct cw_error *err)
{
    CW_CLEANUP(cw_store_closep) struct cw_store *store = NULL;
    struct cw_error why = {0};
    bool is_mine = false;
    enum cw_status status = cw_store_open(home->config->state_dir, CW_STORE_READ, &store, &why);
    if (status == CW_NOT_FOUND) {
        return build(check, home, use, NULL, manifest, err);
    }
    if (status == CW_OK) {
        status = cw_store_read_begin(store, &is_mine, &why);
    }
    if (status == CW_OK) {
        status = build(check, home, use, store, manifest, &why);
    }
    if (store != NULL) {
        cw_store_read_end(store, is_mine);
    }
    return status == CW_OK ? CW_OK : cw_error_set(err, status, "%s", why.text);
}

enum cw_status cw_check_open(const struct cw_home *home, const struct cw_clock *clock,
                             enum cw_check_use use, struct cw_check **ret, struct cw_error *err)
{
    CW_CLEANUP(cw_check_closep) struct cw_check *check = cw_check_new();
    struct cw_manifest manifest = {0};
    if (check == NULL) {
        return no_memory(err);
    }
    check->now_s = cw_clock_now_s(clock);
    enum cw_status status = build_from(check, home, use, &manifest, err);
    if (status == CW_OK) {
        status = give(&check, &manifest, use, ret, err);
    }
    cw_manifest_clear(&manifest);
    return status;
}

/* ---- closing, and what is known of the data ---- */

void cw_check_close(struct cw_check *check)
{
    if (check == NULL) {
        return;
    }
    cw_index_close(check->index);
    cw_index_builder_free(check->built);
    free(check->filter_copy);
    free(check->path);
    free(check->feeds);
    free(check);
}

void cw_check_closep(struct cw_check **check)
{
    cw_check_close(*check);
    *check = NULL;
}

uint64_t cw_check_generation(const struct cw_check *check)
{
    return check->generation;
}

int64_t cw_check_built_at_s(const struct cw_check *check)
{
    return check->built_at_s;
}

const struct cw_text_filter *cw_check_filter(const struct cw_check *check)
{
    CW_ASSERT(check->filter.blocks > 0);
    return &check->filter;
}

size_t cw_check_feeds(const struct cw_check *check)
{
    return check->feeds_count;
}

const struct cw_data_feed *cw_check_feed_at(const struct cw_check *check, size_t index)
{
    CW_ASSERT(index < check->feeds_count);
    return &check->feeds[index];
}
