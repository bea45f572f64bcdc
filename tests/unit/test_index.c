/* index: what was built is found, each relation once, and nothing that is damaged is an answer. */
#include "index_world.h"

static void checksums_are_those_of_the_specification(void)
{
    static const struct {
        const char *text;
        uint64_t seed;
        uint64_t sum;
    } cases[] = {
        {"", 0, 0xef46db3751d8e999u},
        {"", 2654435761u, 0xac75fda2929b17efu},
        {"a", 0, 0xd24ec4f1a98c6e5bu},
        {"abc", 0, 0x44bc2cf5ad770999u},
        {"Nobody inspects the spammish repetition", 0, 0xfbcea83c8a378bf1u},
    };
    for (size_t i = 0; i < CW_COUNT(cases); i++) {
        const uint64_t sum = cw_checksum(cw_span_cstr(cases[i].text), cases[i].seed);
        CW_CHECK(sum == cases[i].sum, "\"%s\": %016llx", cases[i].text, (unsigned long long)sum);
    }
}

/* ---- look-ups ---- */

static const struct {
    const char *what;
    const char *asked;
    const char *told;
} questions[] = {
    {"a listed text", EVM, "exact one/2 · cross-chain two/7"},
    {"another spelling", "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf",
     "encoding one/2 · cross-chain two/7"},
    {"the same key on another chain", TRON, "cross-chain one/2 · exact two/7"},
    {"cases before lists", CASE, "exact case/case · exact two/8"},
    {"another script", SEGWIT, "same-key-hash one/1"},
    {"a nested script", NESTED, "same-key-hash one/1"},
    {"an unlisted address", UNLISTED, ""},
};

static void finds_what_is_related(void)
{
    char told[TOLD_BYTES];
    struct index_place place = index_make();
    for (size_t i = 0; i < CW_COUNT(questions); i++) {
        struct cw_address address;
        OK(ask(place.index, questions[i].asked, told, &err));
        CW_CHECK(strcmp(told, questions[i].told) == 0, "%s: %s", questions[i].what, told);
        (void)cw_address_parse(cw_span_cstr(questions[i].asked), CW_SPAN(""), CW_ADDRESS_LIST,
                               &address);
        CU_ASSERT(questions[i].told[0] == '\0' || cw_index_may_hold(place.index, &address));
    }
    CU_ASSERT_EQUAL(cw_index_listings(place.index), 5);
    CU_ASSERT_EQUAL(cw_index_opaques(place.index), 2);
    CU_ASSERT_EQUAL(cw_index_generation(place.index), 3);
    CU_ASSERT_EQUAL(cw_index_built_at_s(place.index), 1795144503);
    CU_ASSERT_EQUAL(memcmp(cw_index_basis(place.index), index_basis, sizeof(index_basis)), 0);
    index_drop(&place);
}

static void finds_texts_that_are_no_address(void)
{
    static const struct {
        const char *asked;
        const char *told;
    } cases[] = {
        {"0xABCDEF12", "none one/line 3"},
        {"0xabcdef12", "none one/line 3"},
        {"0XABCDEF12", "none one/line 3"},
        {"abcdef12", ""},
        {"no address", "none two/line 9"},
        {"No address", ""},
        {"no addres", ""},
        {"", ""},
    };
    struct index_place place = index_make();
    for (size_t i = 0; i < CW_COUNT(cases); i++) {
        char told[TOLD_BYTES] = "";
        OK(cw_index_find_opaque(place.index, cw_span_cstr(cases[i].asked), keep_told, told, &err));
        CW_CHECK(strcmp(told, cases[i].told) == 0, "%s: %s", cases[i].asked, told);
    }
    index_drop(&place);
}

static enum cw_status keep_item(void *ctx, const struct cw_index_item *item,
                                CW_UNUSED enum cw_relation relation, CW_UNUSED struct cw_error *err)
{
    bool *is_told = ctx;
    *is_told = true;
    CU_ASSERT_EQUAL(item->kind, CW_INDEX_FEED);
    CU_ASSERT(cw_span_is(item->source_id, "one"));
    CU_ASSERT(cw_span_is(item->value, EVM));
    CU_ASSERT(cw_span_is(item->tag, "ETH"));
    CU_ASSERT(cw_span_is(item->canonical, EVM_KEY));
    CU_ASSERT(cw_span_is(item->entry_id, EVM_KEY));
    CU_ASSERT(cw_span_is(item->entry_name, "PARTY"));
    CU_ASSERT(cw_span_is(item->listed_on, "2026-01-01"));
    CU_ASSERT(cw_span_is(item->note, "a note"));
    CU_ASSERT_EQUAL_FATAL(item->programs_count, 2);
    CU_ASSERT(cw_span_is(item->programs[0], "DPRK3"));
    CU_ASSERT(cw_span_is(item->programs[1], "SDN"));
    CU_ASSERT_FALSE(item->is_active);
    CU_ASSERT(item->is_reserved);
    CU_ASSERT_FALSE(item->is_opaque);
    CU_ASSERT_EQUAL_FATAL(item->episodes_count, 2);
    CU_ASSERT_EQUAL(cw_index_item_episode(item, 1).from_s, 300);
    CU_ASSERT_EQUAL(cw_index_item_first_seen_s(item), 100);
    CU_ASSERT_EQUAL(cw_index_item_ended_s(item), 400);
    return CW_OK;
}

static void keeps_everything_that_is_said(void)
{
    static const struct cw_index_episode episodes[] = {{100, 200}, {300, 400}};
    const struct cw_span programs[] = {CW_SPAN("DPRK3"), CW_SPAN("SDN")};
    bool is_told = false;
    struct index_place place = {.builder = index_builder(NULL, 1)};
    const struct cw_index_listing listing = {
        .source = index_source(place.builder, CW_INDEX_FEED, "one"),
        .value = CW_SPAN(EVM),
        .tag = CW_SPAN("ETH"),
        .canonical = CW_SPAN(EVM_KEY),
        .entry_id = CW_SPAN(EVM_KEY),
        .entry_name = CW_SPAN("PARTY"),
        .listed_on = CW_SPAN("2026-01-01"),
        .note = CW_SPAN("a note"),
        .programs = programs,
        .programs_count = CW_COUNT(programs),
        .episodes = episodes,
        .episodes_count = CW_COUNT(episodes),
        .is_reserved = true,
    };
    OK(cw_index_builder_listing(place.builder, &listing, &err));
    index_open(&place);
    OK(cw_index_each(place.index, keep_item, &is_told, &err));
    CU_ASSERT(is_told);
    index_drop(&place);
}

/* What no decoder of today takes was decoded once, and still speaks by its key. */
static void finds_what_is_not_decoded_any_more(void)
{
    char told[TOLD_BYTES];
    struct index_place place = {.builder = index_builder(NULL, 1)};
    const struct cw_index_listing listing = {
        .source = index_source(place.builder, CW_INDEX_FEED, "one"),
        .value = CW_SPAN("a spelling of the past"),
        .canonical = CW_SPAN(EVM_KEY),
        .entry_id = CW_SPAN("5"),
        .is_active = true,
    };
    OK(cw_index_builder_listing(place.builder, &listing, &err));
    index_open(&place);
    OK(ask(place.index, EVM, told, &err));
    CU_ASSERT_STRING_EQUAL(told, "encoding one/5");
    OK(ask(place.index, UNLISTED, told, &err));
    CU_ASSERT_STRING_EQUAL(told, "");
    index_drop(&place);
}

static void counts_only_the_relations_of_a_case(void)
{
    char told[TOLD_BYTES];
    struct index_place place = {.builder = index_builder(NULL, 1)};
    uint32_t number = 0;
    const struct cw_index_source source = {
        .kind = CW_INDEX_RULE, .id = CW_SPAN("case"), .relations = 1u << CW_RELATION_EXACT};
    OK(cw_index_builder_source(place.builder, &source, &number, &err));
    index_listing(place.builder, number, EVM, "", "case");
    index_open(&place);
    OK(ask(place.index, EVM, told, &err));
    CU_ASSERT_STRING_EQUAL(told, "exact case/case");
    OK(ask(place.index, TRON, told, &err));
    CU_ASSERT_STRING_EQUAL(told, "");
    index_drop(&place);
}

static enum cw_status stop_at_once(void *ctx, CW_UNUSED const struct cw_index_item *item,
                                   CW_UNUSED enum cw_relation relation, struct cw_error *err)
{
    *(size_t *)ctx += 1;
    return cw_error_set(err, CW_LIMIT, "enough");
}

static void ends_when_the_caller_ends_it(void)
{
    size_t calls = 0;
    struct cw_error err = {0};
    struct cw_address address;
    struct index_place place = index_make();
    (void)cw_address_parse(CW_SPAN(CASE), CW_SPAN(""), CW_ADDRESS_LIST, &address);
    CU_ASSERT_EQUAL(cw_index_find(place.index, &address, stop_at_once, &calls, &err), CW_LIMIT);
    CU_ASSERT_EQUAL(cw_index_each(place.index, stop_at_once, &calls, &err), CW_LIMIT);
    CU_ASSERT_EQUAL(calls, 2);
    index_drop(&place);
}

static void answers_nothing_when_it_holds_nothing(void)
{
    char told[TOLD_BYTES];
    size_t calls = 0;
    struct index_place place = {.builder = index_builder(NULL, 1)};
    index_open(&place);
    OK(ask(place.index, EVM, told, &err));
    CU_ASSERT_STRING_EQUAL(told, "");
    OK(cw_index_find_opaque(place.index, CW_SPAN("x"), stop_at_once, &calls, &err));
    OK(cw_index_each(place.index, stop_at_once, &calls, &err));
    CU_ASSERT_EQUAL(calls, 0);
    CU_ASSERT_EQUAL(cw_index_filter(place.index).len, 0);
    OK(cw_index_check_filter(place.index, &err));
    index_drop(&place);
}

#include "index_damage_cases.h"
#include "index_limit_cases.h"
#include "index_property_cases.h"

/* ---- the seeds of fuzz_index ---- */

static void check_seed(const char *name, struct cw_span index)
{
    char *path = cw_path_join(CW_SOURCE_DIR "/tests/fuzz/corpus/index", name);
    CW_CLEANUP(cw_buf_clear) struct cw_buf seed;
    cw_buf_init(&seed, 1u << 20);
    CU_ASSERT_PTR_NOT_NULL_FATAL(path);
    if (getenv("CRYPTOWATCH_WRITE_SEEDS") != NULL) {
        OK(cw_file_write(path, index, 0644, &err));
    }
    OK(cw_file_read(path, &seed, &err));
    CW_CHECK(cw_span_equal(cw_buf_as_span(&seed), index),
             "%s is of another format: write it again with CRYPTOWATCH_WRITE_SEEDS=1", name);
    free(path);
}

/* An old one would be refused at its first bytes, and nothing behind them fuzzed. */
static void the_fuzzer_begins_with_an_index_of_today(void)
{
    struct index_place place = index_make();
    CW_CLEANUP(cw_buf_clear) struct cw_buf sealed;
    cw_buf_init(&sealed, 1u << 20);
    cw_buf_char(&sealed, '+');
    cw_buf_span(&sealed, cw_index_builder_bytes(place.builder));
    check_seed("whole", cw_index_builder_bytes(place.builder));
    check_seed("sealed", cw_buf_as_span(&sealed));
    index_drop(&place);
}

static const struct cw_test tests[] = {
    {"checksums are those of the specification", checksums_are_those_of_the_specification},
    {"finds what is related, each once, cases first", finds_what_is_related},
    {"finds texts that are no address", finds_texts_that_are_no_address},
    {"keeps everything that is said of a listing", keeps_everything_that_is_said},
    {"finds what is not decoded any more", finds_what_is_not_decoded_any_more},
    {"counts only the relations of a case", counts_only_the_relations_of_a_case},
    {"ends when the caller ends it", ends_when_the_caller_ends_it},
    {"answers nothing when it holds nothing", answers_nothing_when_it_holds_nothing},
    {"refuses every flipped byte", refuses_every_flipped_byte},
    {"refuses every length but its own", refuses_every_other_length},
    {"refuses foreign files with a reason", refuses_foreign_files},
    {"never follows a place that is none", never_follows_a_place_that_is_none},
    {"writes a file whole or not at all", writes_a_file_whole_or_not_at_all},
    {"keeps as many texts as the limits say", keeps_as_much_as_the_limits_say},
    {"keeps the newest episodes", keeps_the_newest_episodes},
    {"holds a key that a list repeats", holds_a_key_that_a_list_repeats},
    {"sorts keys however they fall", sorts_keys_however_they_fall},
    {"refuses to grow past its bound", refuses_to_grow_past_its_bound},
    {"the same input gives the same bytes", same_input_gives_same_bytes},
    {"holds the filter of its texts", holds_the_filter_of_its_texts},
    {"answers as a look at every item would", answers_as_a_linear_scan},
    {"the fuzzer begins with an index of today", the_fuzzer_begins_with_an_index_of_today},
};

int main(void)
{
    return cw_run_suite("index", tests, CW_COUNT(tests));
}
