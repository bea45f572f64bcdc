/* index_limit_cases.h: the most an index holds, and one more. Included by test_index.c. */
#ifndef CW_TESTS_INDEX_LIMIT_CASES_H
#define CW_TESTS_INDEX_LIMIT_CASES_H

struct measured {
    size_t items;
    size_t programs;
    size_t note;
    size_t program;
    size_t episodes;
    int64_t first_s;
    bool has_older;
};

static enum cw_status measure(void *ctx, const struct cw_index_item *item,
                              CW_UNUSED enum cw_relation relation, CW_UNUSED struct cw_error *err)
{
    struct measured *measured = ctx;
    measured->items++;
    measured->programs = item->programs_count;
    measured->note = item->note.len;
    measured->program = item->programs_count > 0 ? item->programs[0].len : 0;
    measured->episodes = item->episodes_count;
    measured->first_s = cw_index_item_first_seen_s(item);
    measured->has_older = item->has_older_episodes;
    return CW_OK;
}

/* Builds an index of one listing and measures what it kept. */
static struct measured keep_one(struct cw_index_listing *listing)
{
    struct measured measured = {0};
    struct index_place place = {.builder = index_builder(NULL, 1)};
    listing->source = index_source(place.builder, CW_INDEX_FEED, "one");
    listing->value = CW_SPAN(EVM);
    listing->canonical = CW_SPAN(EVM_KEY);
    OK(cw_index_builder_listing(place.builder, listing, &err));
    index_open(&place);
    OK(cw_index_each(place.index, measure, &measured, &err));
    CU_ASSERT_EQUAL(measured.items, 1);
    index_drop(&place);
    return measured;
}

static void keeps_as_much_as_the_limits_say(void)
{
    static char text[CW_INDEX_TEXT_MAX + 2];
    struct cw_span programs[CW_INDEX_PROGRAMS_MAX + 1];
    memset(text, 'n', sizeof(text));
    for (size_t i = 0; i < CW_COUNT(programs); i++) {
        programs[i] = cw_span_make(text, CW_ENTRY_PROGRAM_MAX + (i == 0 ? 1 : 0));
    }
    for (size_t over = 0; over < 2; over++) {
        struct cw_index_listing listing = {
            .note = cw_span_make(text, CW_INDEX_TEXT_MAX + over),
            .programs = programs,
            .programs_count = CW_INDEX_PROGRAMS_MAX + over,
        };
        const struct measured measured = keep_one(&listing);
        CU_ASSERT_EQUAL(measured.note, CW_INDEX_TEXT_MAX);
        CU_ASSERT_EQUAL(measured.programs, CW_INDEX_PROGRAMS_MAX);
        CU_ASSERT_EQUAL(measured.program, CW_ENTRY_PROGRAM_MAX);
    }
    struct cw_index_builder *builder = index_builder(NULL, 1);
    const struct cw_index_listing fits = {.source = index_source(builder, CW_INDEX_FEED, "one"),
                                          .value = cw_span_make(text, CW_ENTRY_VALUE_MAX),
                                          .error = CW_SPAN("E")};
    struct cw_index_listing over = fits;
    over.value.len++;
    OK(cw_index_builder_opaque(builder, &fits, &err));
    CU_ASSERT_EQUAL(cw_index_builder_opaque(builder, &over, NULL), CW_INVALID);
    cw_index_builder_free(builder);
}

static void keeps_the_newest_episodes(void)
{
    static struct cw_index_episode episodes[CW_INDEX_EPISODES_MAX + 1];
    for (size_t i = 0; i < CW_COUNT(episodes); i++) {
        episodes[i] = (struct cw_index_episode){(int64_t)(10 * i), (int64_t)(10 * i + 5)};
    }
    struct cw_index_listing listing = {.episodes = episodes,
                                       .episodes_count = CW_INDEX_EPISODES_MAX};
    struct measured measured = keep_one(&listing);
    CU_ASSERT_EQUAL(measured.episodes, CW_INDEX_EPISODES_MAX);
    CU_ASSERT_EQUAL(measured.first_s, 0);
    CU_ASSERT_FALSE(measured.has_older);
    listing.episodes_count++;
    measured = keep_one(&listing);
    CU_ASSERT_EQUAL(measured.episodes, CW_INDEX_EPISODES_MAX);
    CU_ASSERT_EQUAL(measured.first_s, 10);
    CU_ASSERT(measured.has_older);
}

enum { REPEATS = 3000, RANDOM_KEYS = 200000 };

static void holds_a_key_that_a_list_repeats(void)
{
    struct measured measured = {0};
    struct index_place place = {.builder = index_builder(NULL, 1)};
    struct cw_address address;
    const uint32_t source = index_source(place.builder, CW_INDEX_FEED, "one");
    for (size_t i = 0; i < REPEATS; i++) {
        char id[16];
        (void)snprintf(id, sizeof(id), "%zu", i);
        index_listing(place.builder, source, i % 2 == 0 ? EVM : TRON, "", id);
    }
    index_open(&place);
    (void)cw_address_parse(CW_SPAN(EVM), CW_SPAN(""), CW_ADDRESS_LIST, &address);
    OK(cw_index_find(place.index, &address, measure, &measured, &err));
    CU_ASSERT_EQUAL(measured.items, REPEATS);
    index_drop(&place);
}

/* Random keys, keys that share their upper half and differ below it in falling order, one key over
 * and over: each hash leads to its own places and to no other. */
static void sorts_keys_however_they_fall(void)
{
    uint64_t state = 0x2545f4914f6cdd1du;
    struct cw_gather *keys = cw_index_keys_new();
    CU_ASSERT_PTR_NOT_NULL_FATAL(keys);
    uint64_t *hashes = malloc(RANDOM_KEYS * sizeof(*hashes));
    CU_ASSERT_PTR_NOT_NULL_FATAL(hashes);
    for (size_t i = 0; i < RANDOM_KEYS; i++) {
        hashes[i] = next_random(&state);
        if (i % 4 == 1) {
            hashes[i] = 0x0123456700000000u | (UINT32_MAX - (uint32_t)i * 4096u);
        } else if (i % 4 == 2) {
            hashes[i] = 0xfedcba9876543210u;
        }
        CU_ASSERT_FATAL(cw_index_keys_add(keys, hashes[i], (uint32_t)i));
    }
    struct cw_index_output out;
    struct cw_index_section table;
    const struct cw_index_options options = {.basis = index_basis};
    OK(cw_output_open(&out, &options, &err));
    OK(cw_index_keys_write(keys, &out, &table, &err));
    OK(cw_output_pad(&out, &err));
    struct cw_index_header header = {.sections = {table}};
    OK(cw_output_finish(&out, &header, &err));
    const uint8_t *entries = out.memory + table.at;
    const uint8_t *directory = entries + cw_index_directory_at(table.count);
    uint64_t before = 0;
    size_t wrong = 0;
    for (size_t i = 0; i < RANDOM_KEYS; i++) {
        struct cw_index_entry entry;
        memcpy(&entry, entries + i * sizeof(entry), sizeof(entry));
        const uint64_t hash = hashes[entry.place];
        const uint64_t bucket = hash >> (64 - table.bits);
        const uint64_t kept = bucket << 32 | entry.tail;
        wrong += kept < before || entry.tail != (uint32_t)(hash << table.bits >> 32) ? 1 : 0;
        wrong += i < cw_load32(directory + bucket * 4) ? 1 : 0;
        wrong += i >= cw_load32(directory + bucket * 4 + 4) ? 1 : 0;
        before = kept;
    }
    CU_ASSERT_EQUAL(table.count, RANDOM_KEYS);
    CU_ASSERT_EQUAL(wrong, 0);
    cw_output_close(&out);
    cw_gather_free(keys);
    free(hashes);
}

static void refuses_to_grow_past_its_bound(void)
{
    struct cw_index_builder *builder = NULL;
    struct index_place place = index_make();
    const uint64_t bytes = cw_index_bytes(place.index);
    index_drop(&place);
    for (uint64_t less = 0; less < 2; less++) {
        const struct cw_index_options options = {
            .generation = 3, .basis = index_basis, .bytes_max = bytes - less};
        OK(cw_index_builder_new(&options, &builder, &err));
        index_fill(builder);
        const enum cw_status status = cw_index_builder_finish(builder, NULL);
        CU_ASSERT_EQUAL(status, less == 0 ? CW_OK : CW_LIMIT);
        cw_index_builder_free(builder);
    }
}

static void same_input_gives_same_bytes(void)
{
    struct index_place a = index_make();
    struct index_place b = index_make();
    CU_ASSERT(cw_span_equal(cw_index_builder_bytes(a.builder), cw_index_builder_bytes(b.builder)));
    index_drop(&a);
    index_drop(&b);
}

#endif
