/* index, replaced while it is read: readers never fail and never see two generations at once.
 *
 *   test_index_swap [REPLACEMENTS]      without a number: few, for every test run
 */
#include <pthread.h>

#include "index/manifest.h"
#include "index_world.h"

enum { REPLACEMENTS = 40, READERS = 3, LISTED = 60, FOLDER_BYTES = 64 };

/* What the writer and the readers share. */
struct stage {
    char folder[FOLDER_BYTES];
    _Atomic bool is_over;
    _Atomic uint64_t opened;
    _Atomic uint64_t failed;
    _Atomic uint64_t mixed;
    uint64_t replacements;
};

static void basis_of(uint64_t generation, uint8_t ret[static 32])
{
    memset(ret, 0, 32);
    memcpy(ret, &generation, sizeof(generation));
}

/* Every entry carries the number of its generation. */
static void add_listing(struct cw_index_builder *builder, uint64_t n, uint64_t generation)
{
    char value[48];
    char entry_id[24];
    (void)snprintf(value, sizeof(value), "0x%040llx", (unsigned long long)(n * 7919 + 1));
    (void)snprintf(entry_id, sizeof(entry_id), "%llu", (unsigned long long)generation);
    index_listing(builder, 0, value, "", entry_id);
}

static void publish(const struct stage *stage, uint64_t generation)
{
    struct cw_manifest manifest = {.generation = generation, .index = generation, .norm = "test"};
    char *path = cw_index_file_path(stage->folder, generation);
    CU_ASSERT_PTR_NOT_NULL_FATAL(path);
    basis_of(generation, manifest.basis);
    struct cw_index_builder *builder = NULL;
    const struct cw_index_options options = {
        .path = path, .generation = generation, .basis = manifest.basis};
    OK(cw_index_builder_new(&options, &builder, &err));
    (void)index_source(builder, CW_INDEX_FEED, "one");
    for (uint64_t n = 0; n < LISTED; n++) {
        add_listing(builder, n, generation);
    }
    OK(cw_index_builder_finish(builder, &err));
    cw_index_builder_free(builder);
    OK(cw_manifest_publish(stage->folder, &manifest, &err));
    cw_index_prune(stage->folder, generation, generation - 1);
    free(path);
}

struct seen {
    uint64_t generation;
    size_t count;
    size_t others;
};

static enum cw_status compare_generation(void *ctx, const struct cw_index_item *item,
                                         CW_UNUSED enum cw_relation relation,
                                         CW_UNUSED struct cw_error *err)
{
    struct seen *seen = ctx;
    uint64_t generation = 0;
    seen->count++;
    if (!cw_span_to_u64(item->entry_id, UINT64_MAX, &generation) ||
        generation != seen->generation) {
        seen->others++;
    }
    return CW_OK;
}

static void read_once(struct stage *stage)
{
    struct cw_manifest manifest = {0};
    struct cw_index *index = NULL;
    if (cw_index_open_current(stage->folder, &manifest, &index, NULL) != CW_OK) {
        stage->failed++;
        cw_manifest_clear(&manifest);
        return;
    }
    struct seen seen = {.generation = manifest.generation};
    if (cw_index_each(index, compare_generation, &seen, NULL) != CW_OK) {
        stage->failed++;
    }
    if (seen.others > 0 || seen.count != LISTED) {
        stage->mixed++;
    }
    stage->opened++;
    cw_index_close(index);
    cw_manifest_clear(&manifest);
}

static void *read_on(void *ctx)
{
    struct stage *stage = ctx;
    while (!stage->is_over) {
        read_once(stage);
    }
    return NULL;
}

static void remove_stage(const struct stage *stage)
{
    char path[2 * FOLDER_BYTES];
    cw_index_prune(stage->folder, UINT64_MAX, UINT64_MAX);
    (void)snprintf(path, sizeof(path), "%s/current", stage->folder);
    CU_ASSERT_EQUAL(unlink(path), 0);
    CU_ASSERT_EQUAL(rmdir(stage->folder), 0);
}

static uint64_t replacements = REPLACEMENTS; /* how often, from the command line */

static void readers_never_fail_or_see_a_mixture(void)
{
    struct stage stage = {.folder = "/tmp/cw-swap-XXXXXX", .replacements = replacements};
    pthread_t readers[READERS];
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(stage.folder));
    publish(&stage, 1);
    for (size_t i = 0; i < READERS; i++) {
        CU_ASSERT_EQUAL_FATAL(pthread_create(&readers[i], NULL, read_on, &stage), 0);
    }
    for (uint64_t generation = 2; generation < 2 + stage.replacements; generation++) {
        publish(&stage, generation);
    }
    stage.is_over = true;
    for (size_t i = 0; i < READERS; i++) {
        (void)pthread_join(readers[i], NULL);
    }
    (void)printf("\n    %llu replacements, %llu readings, %llu failed, %llu mixed\n",
                 (unsigned long long)stage.replacements, (unsigned long long)stage.opened,
                 (unsigned long long)stage.failed, (unsigned long long)stage.mixed);
    CU_ASSERT(stage.opened > 0);
    CU_ASSERT_EQUAL(stage.failed, 0);
    CU_ASSERT_EQUAL(stage.mixed, 0);
    remove_stage(&stage);
}

static const struct cw_test tests[] = {
    {"readers never fail or see a mixture", readers_never_fail_or_see_a_mixture},
};

int main(int argc, char **argv)
{
    if (argc > 1 && !cw_span_to_u64(cw_span_cstr(argv[1]), 1u << 20, &replacements)) {
        return 64;
    }
    return cw_run_suite("index_swap", tests, CW_COUNT(tests));
}
