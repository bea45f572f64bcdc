/* library_index_world.h: what the tests of the library's index share: a folder with a generation in
 * force, what a question told, and a count of allocations.
 */
#ifndef CW_TESTS_LIBRARY_INDEX_WORLD_H
#define CW_TESTS_LIBRARY_INDEX_WORLD_H

#include "crypto/hash.h"
#include "cryptowatch.h"
#include "index/checksum.h"
#include "index/format.h"
#include "index/verdict.h"
#include "index_world.h"

enum { NOW = 1795144600, SEEN = 1795144503, STALE_AFTER = 3600, FOLDER_BYTES = 64 };

/* ---- memory: malloc and its kin are wrapped by the linker, in the library's objects too ---- */

static atomic_size_t allocations;

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *old, size_t bytes);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *old, size_t bytes);

void *__wrap_malloc(size_t bytes)
{
    allocations++;
    return __real_malloc(bytes);
}

void *__wrap_calloc(size_t count, size_t bytes)
{
    allocations++;
    return __real_calloc(count, bytes);
}

void *__wrap_realloc(void *old, size_t bytes)
{
    allocations++;
    return __real_realloc(old, bytes);
}

/* ---- a folder with a generation in force ---- */

struct folder {
    char path[FOLDER_BYTES];
};

static inline struct folder folder_make(void)
{
    struct folder folder = {.path = "/tmp/cw-library-XXXXXX"};
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder.path));
    return folder;
}

static inline void folder_drop(const struct folder *folder)
{
    char path[2 * FOLDER_BYTES];
    cw_index_prune(folder->path, UINT64_MAX, UINT64_MAX);
    (void)snprintf(path, sizeof(path), "%s/current", folder->path);
    CU_ASSERT_EQUAL(unlink(path), 0);
    CU_ASSERT_EQUAL(rmdir(folder->path), 0);
}

/* What a test wants otherwise than all is well. */
struct world {
    uint64_t generation;
    const char *status; /* of list "one" */
    const char *norm;
    bool is_unread; /* list "one" was never read */
    bool has_script;
    bool has_no_filter;
    bool has_unusable;    /* list "two" holds UNUSABLE without a tag */
    const char *entry_id; /* of every listing */
};

static inline void add_ended(struct cw_index_builder *builder, uint32_t source, const char *value)
{
    char canonical[CW_CANONICAL_BYTES];
    const struct cw_index_episode episode = {.from_s = 1000, .until_s = 2000};
    const struct cw_index_listing listing = {
        .source = source,
        .value = cw_span_cstr(value),
        .canonical = cw_span_cstr(canonical_of(value, "", canonical)),
        .entry_id = CW_SPAN("ended"),
        .entry_name = CW_SPAN("A party"),
        .listed_on = CW_SPAN("2020-01-02"),
        .episodes = &episode,
        .episodes_count = 1,
    };
    OK(cw_index_builder_listing(builder, &listing, &err));
}

#define ENDED "0xdAC17F958D2ee523a2206206994597C13D831ec7"

/* Makes an index say that it is of another format, under a sum that fits. */
static inline void write_version(const char *path, uint32_t version)
{
    char block[CW_INDEX_BLOCK];
    FILE *file = fopen(path, "r+");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(fread(block, sizeof(block), 1, file), 1);
    memcpy(block + offsetof(struct cw_index_header, version), &version, sizeof(version));
    const uint64_t sum = cw_checksum(cw_span_make(block, CW_INDEX_HEADER_SUM_AT), 0);
    memcpy(block + CW_INDEX_HEADER_SUM_AT, &sum, sizeof(sum));
    rewind(file);
    CU_ASSERT_EQUAL(fwrite(block, sizeof(block), 1, file), 1);
    CU_ASSERT_EQUAL(fclose(file), 0);
}

/* One that is not read yet, and one that is not any more. */
static inline void refuse_other_formats(const char *path)
{
    struct cryptowatch_index *index = NULL;
    for (uint32_t i = 0; i < 2; i++) {
        write_version(path, CW_INDEX_VERSION + 1 - 2 * i);
        CU_ASSERT_EQUAL(cryptowatch_index_open(path, &index), CRYPTOWATCH_INDEX_OTHER);
    }
    write_version(path, CW_INDEX_VERSION);
}

#define UNUSABLE "5aaaaaaaaabbbbbbbbbbccccccccccdddddddddd"

static inline void fill(struct cw_index_builder *builder, const struct world *world)
{
    const char *entry_id = world->entry_id == NULL ? "1" : world->entry_id;
    const uint32_t rule = index_source(builder, CW_INDEX_RULE, "case");
    const uint32_t one = index_source(builder, CW_INDEX_FEED, "one");
    const uint32_t two = index_source(builder, CW_INDEX_FEED, "two");
    index_listing(builder, rule, CASE, "", entry_id);
    index_listing(builder, one, P2PKH, "XBT", entry_id);
    index_listing(builder, one, EVM, "", entry_id);
    index_listing(builder, two, CASE, "", entry_id);
    add_ended(builder, two, ENDED);
    if (world->has_unusable) {
        index_opaque(builder, two, UNUSABLE, "line 7");
    }
    if (world->has_script) {
        index_listing(builder, two, NESTED, "", entry_id);
    }
}

static inline void add_feed(struct cw_manifest *manifest, const char *id, const char *status)
{
    struct cw_manifest_feed *feed = cw_manifest_add_feed(manifest);
    CU_ASSERT_PTR_NOT_NULL_FATAL(feed);
    (void)snprintf(feed->id, sizeof(feed->id), "%s", id);
    (void)snprintf(feed->status, sizeof(feed->status), "%s", status);
    if (strcmp(status, "never") != 0) {
        memset(feed->snapshot_sha256, 'a', sizeof(feed->snapshot_sha256) - 1);
        feed->retrieved_at_s = SEEN;
    }
    feed->stale_after_s = STALE_AFTER;
    feed->entries = 3;
}

static inline void publish(const struct folder *folder, const struct world *world)
{
    struct cw_manifest manifest = {
        .generation = world->generation, .built_at_s = SEEN, .index = world->generation};
    (void)snprintf(manifest.norm, sizeof(manifest.norm), "%s",
                   world->norm == NULL ? CW_NORM : world->norm);
    memcpy(manifest.basis, &world->generation, sizeof(world->generation));
    add_feed(&manifest, "one", world->status == NULL ? "good" : world->status);
    add_feed(&manifest, "two", "good");
    char *path = cw_index_file_path(folder->path, world->generation);
    struct cw_index_builder *builder = NULL;
    const struct cw_index_options options = {.path = path,
                                             .generation = world->generation,
                                             .built_at_s = SEEN,
                                             .basis = manifest.basis,
                                             .has_text_filter = !world->has_no_filter};
    OK(cw_index_builder_new(&options, &builder, &err));
    fill(builder, world);
    OK(cw_index_builder_finish(builder, &err));
    cw_index_builder_free(builder);
    OK(cw_manifest_publish(folder->path, &manifest, &err));
    cw_index_prune(folder->path, world->generation, world->generation - 1);
    cw_manifest_clear(&manifest);
    free(path);
}

static inline struct cryptowatch_index *open_folder(const struct folder *folder)
{
    struct cryptowatch_index *index = NULL;
    CU_ASSERT_EQUAL_FATAL(cryptowatch_index_open(folder->path, &index), CRYPTOWATCH_INDEX_OK);
    return index;
}

/* ---- asking ---- */

struct told {
    size_t matches;
    size_t stop_after; /* 0: never */
    uint32_t first_relation;
    uint32_t first_is_case;
    char ids[256];
};

static inline int keep(void *ctx, const struct cryptowatch_match *match)
{
    struct told *told = ctx;
    if (told->matches == 0) {
        told->first_relation = match->relation;
        told->first_is_case = match->is_case;
    }
    const size_t len = strlen(told->ids);
    (void)snprintf(told->ids + len, sizeof(told->ids) - len, "%s%.*s/%.*s", len == 0 ? "" : " ",
                   (int)match->source_id_len, match->source_id, (int)match->entry_id_len,
                   match->entry_id);
    return ++told->matches == told->stop_after ? 1 : 0;
}

static inline struct cryptowatch_ask asking(struct told *told)
{
    return (struct cryptowatch_ask){.size = sizeof(struct cryptowatch_ask),
                                    .now_s = NOW,
                                    .on_match = told == NULL ? NULL : keep,
                                    .ctx = told};
}

#endif
