/* The Merkle tree against published roots and against itself, tiles, and the worked example. */
#include "tlog_cases.h"
#include "tlog_forest.h"

static bool hash_is(const struct cw_tlog_hash *hash, const char *hex)
{
    char text[2 * CW_TLOG_HASH_BYTES + 1];
    cw_hex_encode(hash->bytes, CW_TLOG_HASH_BYTES, text);
    return strcmp(text, hex) == 0;
}

/* ---- hashes ---- */

static void hashes_as_the_published_trees(void)
{
    struct forest forest = {.count = 0};
    const struct cw_tlog_hash empty = cw_tlog_empty_root();
    CU_ASSERT(hash_is(&empty, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    for (size_t i = 0; i < CW_COUNT(published_leaves); i++) {
        uint8_t bytes[16];
        const size_t len = strlen(published_leaves[i].entry) / 2;
        CU_ASSERT_FATAL(cw_hex_decode(cw_span_cstr(published_leaves[i].entry), bytes, len));
        forest.leaves[forest.count++] = cw_tlog_leaf(cw_span_make(bytes, len));
        struct cw_tlog_hash root;
        const struct cw_tlog_nodes nodes = {read_node, &forest};
        CU_ASSERT_EQUAL(cw_tlog_root(&nodes, forest.count, &root, NULL), CW_OK);
        CW_CHECK(hash_is(&root, published_leaves[i].root), "root of %zu\n", forest.count);
    }
}

static struct cw_tlog_tree tree_of(const struct forest *forest, size_t size)
{
    return (struct cw_tlog_tree){size, forest_root(forest, size)};
}

static void proves_every_entry_of_every_size(void)
{
    struct forest forest;
    forest_grow(&forest, PAIRS_MAX);
    const struct cw_tlog_nodes nodes = {read_node, &forest};
    for (size_t size = 1; size <= PAIRS_MAX; size++) {
        const struct cw_tlog_tree tree = tree_of(&forest, size);
        for (size_t i = 0; i < size; i++) {
            struct cw_tlog_path path;
            CU_ASSERT_EQUAL(cw_tlog_prove_inclusion(&nodes, i, size, &path, NULL), CW_OK);
            CW_CHECK(cw_tlog_includes(&tree, i, &forest.leaves[i], &path), "%zu of %zu\n", i, size);
        }
    }
}

/* One path altered in each way that there is. */
static void check_altered(const struct cw_tlog_tree *tree, size_t index,
                          const struct cw_tlog_hash *leaf, struct cw_tlog_path path)
{
    for (size_t i = 0; i < path.count; i++) {
        path.hashes[i].bytes[i] ^= 1;
        CU_ASSERT_FALSE(cw_tlog_includes(tree, index, leaf, &path));
        path.hashes[i].bytes[i] ^= 1;
    }
    path.count++;
    CU_ASSERT_FALSE(cw_tlog_includes(tree, index, leaf, &path));
    path.count -= 2;
    CU_ASSERT_FALSE(cw_tlog_includes(tree, index, leaf, &path));
    path.count++;
    CU_ASSERT_FALSE(cw_tlog_includes(tree, tree->size, leaf, &path));
    const struct cw_tlog_hash other = cw_tlog_leaf(CW_SPAN("other"));
    CU_ASSERT_FALSE(cw_tlog_includes(tree, index, &other, &path));
    path.count = CW_TLOG_PROOF_MAX + 1;
    CU_ASSERT_FALSE(cw_tlog_includes(tree, index, leaf, &path));
}

static void refuses_altered_inclusion(void)
{
    struct forest forest;
    forest_grow(&forest, PAIRS_MAX);
    const struct cw_tlog_nodes nodes = {read_node, &forest};
    for (size_t size = 2; size <= PAIRS_MAX; size += 7) {
        const struct cw_tlog_tree tree = tree_of(&forest, size);
        for (size_t i = 0; i < size; i++) {
            struct cw_tlog_path path;
            CU_ASSERT_EQUAL(cw_tlog_prove_inclusion(&nodes, i, size, &path, NULL), CW_OK);
            check_altered(&tree, i, &forest.leaves[i], path);
        }
    }
}

static void proves_that_every_size_extends_every_smaller(void)
{
    struct forest forest;
    forest_grow(&forest, PAIRS_MAX);
    const struct cw_tlog_nodes nodes = {read_node, &forest};
    for (size_t size = 0; size <= PAIRS_MAX; size++) {
        const struct cw_tlog_tree tree = tree_of(&forest, size);
        for (size_t old_size = 0; old_size <= size; old_size++) {
            const struct cw_tlog_tree old_tree = tree_of(&forest, old_size);
            struct cw_tlog_path path;
            CU_ASSERT_EQUAL(cw_tlog_prove_consistency(&nodes, old_size, size, &path, NULL), CW_OK);
            CW_CHECK(cw_tlog_extends(&old_tree, &tree, &path), "%zu to %zu\n", old_size, size);
        }
    }
}

static void refuses_altered_consistency(void)
{
    struct forest forest;
    forest_grow(&forest, PAIRS_MAX);
    const struct cw_tlog_nodes nodes = {read_node, &forest};
    for (size_t size = 2; size <= PAIRS_MAX; size += 3) {
        const struct cw_tlog_tree tree = tree_of(&forest, size);
        for (size_t old_size = 1; old_size <= size; old_size++) {
            struct cw_tlog_tree old_tree = tree_of(&forest, old_size);
            struct cw_tlog_path path;
            CU_ASSERT_EQUAL(cw_tlog_prove_consistency(&nodes, old_size, size, &path, NULL), CW_OK);
            for (size_t i = 0; i < path.count; i++) {
                path.hashes[i].bytes[31] ^= 0x80;
                CU_ASSERT_FALSE(cw_tlog_extends(&old_tree, &tree, &path));
                path.hashes[i].bytes[31] ^= 0x80;
            }
            path.count++;
            CU_ASSERT_FALSE(cw_tlog_extends(&old_tree, &tree, &path));
            path.count--;
            CU_ASSERT(path.count == 0 || old_size < size);
            old_tree.root.bytes[0] ^= 1;
            CU_ASSERT_FALSE(cw_tlog_extends(&old_tree, &tree, &path));
            old_tree.root.bytes[0] ^= 1;
            path.count = 0;
            CU_ASSERT_EQUAL(cw_tlog_extends(&old_tree, &tree, &path), old_size == size);
            CU_ASSERT_FALSE(old_size < size && cw_tlog_extends(&tree, &old_tree, &path));
        }
    }
}

/* ---- tiles ---- */

static void names_tiles_in_groups_of_three(void)
{
    for (size_t i = 0; i < CW_COUNT(tile_names); i++) {
        char name[CW_TLOG_TILE_PATH_BYTES];
        cw_tlog_tile_path(&tile_names[i].tile, name);
        CU_ASSERT_STRING_EQUAL(name, tile_names[i].name);
    }
}

static void knows_the_width_of_each_tile(void)
{
    for (size_t i = 0; i < CW_COUNT(tile_widths); i++) {
        const struct tile_width *row = &tile_widths[i];
        CW_CHECK(cw_tlog_tile_width(row->level, row->index, row->size) == row->width,
                 "level %d tile %llu of %llu\n", row->level, (unsigned long long)row->index,
                 (unsigned long long)row->size);
    }
}

static void reads_bundles_and_refuses_cut_ones(void)
{
    struct cw_buf bundle;
    struct cw_span entry;
    cw_buf_init(&bundle, CW_TLOG_BUNDLE_BYTES_MAX);
    char *longest = calloc(1, CW_TLOG_ENTRY_MAX);
    CU_ASSERT_PTR_NOT_NULL_FATAL(longest);
    cw_tlog_bundle_put(&bundle, CW_SPAN("a"));
    cw_tlog_bundle_put(&bundle, cw_span_make(longest, CW_TLOG_ENTRY_MAX));
    struct cw_span rest = cw_buf_as_span(&bundle);
    CU_ASSERT(cw_tlog_bundle_next(&rest, &entry));
    CU_ASSERT(cw_span_is(entry, "a"));
    CU_ASSERT(cw_tlog_bundle_next(&rest, &entry));
    CU_ASSERT_EQUAL(entry.len, CW_TLOG_ENTRY_MAX);
    CU_ASSERT_FALSE(cw_tlog_bundle_next(&rest, &entry));
    static const struct cw_span wrong[] = {
        {"", 0}, {"\0", 1}, {"\0\0", 2}, {"\0\2a", 3}, {"\xff\xff", 2}};
    for (size_t i = 0; i < CW_COUNT(wrong); i++) {
        rest = wrong[i];
        CW_CHECK(!cw_tlog_bundle_next(&rest, &entry), "row %zu\n", i);
    }
    free(longest);
    cw_buf_clear(&bundle);
}

static enum cw_status count_tile(void *ctx, const struct cw_tlog_tile *tile, struct cw_span bytes,
                                 CW_UNUSED struct cw_error *err)
{
    size_t *counts = ctx;
    CU_ASSERT_EQUAL(bytes.len, (size_t)tile->width * CW_TLOG_HASH_BYTES);
    counts[tile->level]++;
    return CW_OK;
}

static void edge_has_the_root_of_the_whole_tree(void)
{
    struct forest forest;
    struct cw_tlog_edge *edge = calloc(1, sizeof(*edge));
    CU_ASSERT_PTR_NOT_NULL_FATAL(edge);
    size_t counts[CW_TLOG_TILE_LEVELS] = {0};
    const struct cw_tlog_sink sink = {count_tile, counts};
    forest_grow(&forest, LEAVES_MAX);
    for (size_t size = 0; size <= LEAVES_MAX; size++) {
        const struct cw_tlog_hash root = cw_tlog_edge_root(edge);
        const struct cw_tlog_hash wanted = forest_root(&forest, size);
        CW_CHECK(cw_tlog_hash_equal(&root, &wanted), "size %zu\n", size);
        if (size < LEAVES_MAX) {
            CU_ASSERT_EQUAL(cw_tlog_edge_add(edge, &forest.leaves[size], &sink, NULL), CW_OK);
        }
    }
    CU_ASSERT_EQUAL(counts[0], 2);
    CU_ASSERT_EQUAL(cw_tlog_edge_flush(edge, 600, &sink, NULL), CW_OK);
    CU_ASSERT_EQUAL(counts[0], 2);
    CU_ASSERT_EQUAL(cw_tlog_edge_flush(edge, 599, &sink, NULL), CW_OK);
    CU_ASSERT_EQUAL(counts[0], 3);
    CU_ASSERT_EQUAL(counts[1], 0); /* still the two hashes that it had at 599 */
    CU_ASSERT_EQUAL(cw_tlog_edge_flush(edge, 0, &sink, NULL), CW_OK);
    CU_ASSERT_EQUAL(counts[0], 4);
    CU_ASSERT_EQUAL(counts[1], 1);
    free(edge);
}

static void edge_ends_at_the_largest_log(void)
{
    struct cw_tlog_edge *edge = calloc(1, sizeof(*edge));
    CU_ASSERT_PTR_NOT_NULL_FATAL(edge);
    size_t counts[CW_TLOG_TILE_LEVELS] = {0};
    const struct cw_tlog_sink sink = {count_tile, counts};
    const struct cw_tlog_hash leaf = cw_tlog_leaf(CW_SPAN("x"));
    edge->size = CW_LOG_SIZE_MAX - 1;
    CU_ASSERT_EQUAL(cw_tlog_edge_add(edge, &leaf, &sink, NULL), CW_OK);
    CU_ASSERT_EQUAL(edge->size, CW_LOG_SIZE_MAX);
    CU_ASSERT_EQUAL(counts[4], 1);
    (void)cw_tlog_edge_root(edge);
    CU_ASSERT_EQUAL(cw_tlog_edge_add(edge, &leaf, &sink, NULL), CW_LIMIT);
    free(edge);
}

/* ---- the worked example ---- */

struct made {
    char sha256[CW_SHA256_HEX_BYTES];
    size_t tiles;
};

static enum cw_status keep_made(void *ctx, const struct cw_tlog_tile *tile, struct cw_span bytes,
                                CW_UNUSED struct cw_error *err)
{
    struct made *made = ctx;
    char name[CW_TLOG_TILE_PATH_BYTES];
    cw_tlog_tile_path(tile, name);
    CU_ASSERT_STRING_EQUAL(name, "tile/0/000.p/12");
    cw_sha256_hex(bytes, made->sha256);
    made->tiles++;
    return CW_OK;
}

static void makes_the_example_byte_for_byte(void)
{
    struct cw_span entries[EXAMPLE_ENTRIES];
    struct cw_buf text;
    struct cw_buf bundle;
    struct cw_buf note;
    struct made made = {.tiles = 0};
    const struct cw_tlog_sink sink = {keep_made, &made};
    struct cw_tlog_edge *edge = calloc(1, sizeof(*edge));
    CU_ASSERT_PTR_NOT_NULL_FATAL(edge);
    cw_buf_init(&bundle, 1 << 16);
    cw_buf_init(&note, CW_NOTE_BYTES_MAX);
    example_entries(&text, entries);
    for (size_t i = 0; i < EXAMPLE_ENTRIES; i++) {
        const struct cw_tlog_hash leaf = cw_tlog_leaf(entries[i]);
        cw_tlog_bundle_put(&bundle, entries[i]);
        CU_ASSERT_EQUAL(cw_tlog_edge_add(edge, &leaf, &sink, NULL), CW_OK);
    }
    CU_ASSERT_EQUAL(cw_tlog_edge_flush(edge, 0, &sink, NULL), CW_OK);
    CU_ASSERT_EQUAL(made.tiles, 1);
    CU_ASSERT_STRING_EQUAL(made.sha256, TILE_SHA256);
    cw_sha256_hex(cw_buf_as_span(&bundle), made.sha256);
    CU_ASSERT_STRING_EQUAL(made.sha256, BUNDLE_SHA256);
    struct cw_tlog_checkpoint checkpoint = {.origin = ORIGIN,
                                            .tree = {edge->size, cw_tlog_edge_root(edge)}};
    struct cw_buf body;
    cw_buf_init(&body, CW_NOTE_BYTES_MAX);
    cw_tlog_checkpoint_write(&checkpoint, &body);
    CU_ASSERT(cw_span_is(cw_buf_as_span(&body), BODY_12));
    CW_CLEANUP(cw_signing_key_freep) struct cw_signing_key *key = key_of(SEED_LOG);
    cw_tlog_note_sign(key, CW_SPAN(ORIGIN), cw_buf_as_span(&body), &note);
    CU_ASSERT(cw_span_is(cw_buf_as_span(&note), BODY_12 "\n" LINE_LOG));
    cw_buf_clear(&body);
    cw_buf_clear(&note);
    cw_buf_clear(&bundle);
    cw_buf_clear(&text);
    free(edge);
}

static const struct cw_test TESTS[] = {
    {"hashes as the published trees", hashes_as_the_published_trees},
    {"proves every entry of every size", proves_every_entry_of_every_size},
    {"refuses altered inclusion proofs", refuses_altered_inclusion},
    {"proves that every size extends every smaller", proves_that_every_size_extends_every_smaller},
    {"refuses altered consistency proofs", refuses_altered_consistency},
    {"names tiles in groups of three digits", names_tiles_in_groups_of_three},
    {"knows the width of each tile", knows_the_width_of_each_tile},
    {"reads bundles and refuses cut ones", reads_bundles_and_refuses_cut_ones},
    {"the edge has the root of the whole tree", edge_has_the_root_of_the_whole_tree},
    {"the edge ends at the largest log", edge_ends_at_the_largest_log},
    {"makes the worked example byte for byte", makes_the_example_byte_for_byte},
};

int main(void)
{
    return cw_run_suite("tlog", TESTS, CW_COUNT(TESTS));
}
