/* The text filter: nothing added is missed, few others pass, and no bytes from outside harm. */
#include "suite.h"

#include "index/text_filter.h"

enum { MILLION = 1000000 };

/* Weyl steps through a mixer: deterministic, and no two of them equal. */
static uint64_t hash_at(uint64_t i)
{
    uint64_t x = (i + 1) * 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static void *build(uint64_t count, bool is_backwards, size_t *ret_bytes)
{
    const size_t bytes = cw_text_filter_bytes(count);
    void *memory = NULL;
    struct cw_text_filter_builder builder;
    if (posix_memalign(&memory, CW_TEXT_FILTER_LINE, bytes) != 0) {
        return NULL;
    }
    cw_text_filter_begin(&builder, memory, bytes);
    for (uint64_t i = 0; i < count; i++) {
        cw_text_filter_add(&builder, hash_at(is_backwards ? count - 1 - i : i));
    }
    cw_text_filter_finish(&builder);
    *ret_bytes = bytes;
    return memory;
}

static void finds_all_of_a_million(void)
{
    size_t bytes = 0;
    struct cw_text_filter filter;
    void *memory = build(MILLION, false, &bytes);
    CU_ASSERT_FATAL(memory != NULL);
    CU_ASSERT(bytes <= 3 * (size_t)MILLION);
    CU_ASSERT_FATAL(cw_text_filter_open(cw_span_make(memory, bytes), &filter, NULL) == CW_OK);
    size_t missed = 0;
    size_t false_hits = 0;
    for (uint64_t i = 0; i < MILLION; i++) {
        missed += cw_text_filter_has(&filter, hash_at(i)) ? 0 : 1;
    }
    for (uint64_t i = MILLION; i < 5u * (uint64_t)MILLION; i++) {
        false_hits += cw_text_filter_has(&filter, hash_at(i)) ? 1 : 0;
    }
    CU_ASSERT(missed == 0);
    CW_CHECK(false_hits * 4096 <= 4 * (size_t)MILLION, "%zu false hits of 4 million", false_hits);
    CW_CHECK(false_hits > 100, "%zu false hits: the measurement is broken", false_hits);
    free(memory);
}

static void does_not_depend_on_the_order(void)
{
    size_t bytes = 0;
    void *one = build(5000, false, &bytes);
    void *other = build(5000, true, &bytes);
    CU_ASSERT_FATAL(one != NULL && other != NULL);
    CU_ASSERT(memcmp(one, other, bytes) == 0);
    free(one);
    free(other);
}

static void works_at_any_address(void)
{
    size_t bytes = 0;
    struct cw_text_filter filter;
    void *memory = build(1000, false, &bytes);
    char *moved = malloc(bytes + 3);
    CU_ASSERT_FATAL(memory != NULL && moved != NULL);
    memcpy(moved + 3, memory, bytes);
    CU_ASSERT_FATAL(cw_text_filter_open(cw_span_make(moved + 3, bytes), &filter, NULL) == CW_OK);
    size_t found = 0;
    for (uint64_t i = 0; i < 1000; i++) {
        found += cw_text_filter_has(&filter, hash_at(i)) ? 1 : 0;
    }
    CU_ASSERT(found == 1000);
    free(memory);
    free(moved);
}

static bool picks_alike(const struct cw_text_filter *filter, cw_text_filter_pick_fn *pick)
{
    enum { BATCH = 4096 };
    static const uint64_t starts[] = {0, 10000 - BATCH / 2, 500000};
    uint64_t hashes[BATCH];
    uint32_t expected[BATCH];
    uint32_t got[BATCH];
    for (size_t i = 0; i < CW_COUNT(starts); i++) {
        for (uint64_t j = 0; j < BATCH; j++) {
            hashes[j] = hash_at(starts[i] + j);
        }
        const size_t count = cw_text_filter_pick_scalar(filter, hashes, BATCH, expected);
        if (pick(filter, hashes, BATCH, got) != count ||
            memcmp(got, expected, count * sizeof(got[0])) != 0) {
            return false;
        }
    }
    return true;
}

static void answers_alike_on_every_path(void)
{
    size_t bytes = 0;
    struct cw_text_filter filter;
    void *memory = build(10000, false, &bytes);
    CU_ASSERT_FATAL(memory != NULL);
    CU_ASSERT_FATAL(cw_text_filter_open(cw_span_make(memory, bytes), &filter, NULL) == CW_OK);
    CU_ASSERT(picks_alike(&filter, cw_text_filter_pick_scalar));
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) {
        CU_ASSERT(picks_alike(&filter, cw_text_filter_pick_avx2));
    }
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")) {
        CU_ASSERT(picks_alike(&filter, cw_text_filter_pick_avx512));
    }
#endif
    free(memory);
}

static void says_when_it_cannot_hold_so_many(void)
{
    CU_ASSERT(cw_text_filter_bytes(0) == CW_TEXT_FILTER_HEAD + CW_TEXT_FILTER_LINE);
    CU_ASSERT(cw_text_filter_bytes(UINT64_MAX) == 0);
    CU_ASSERT(cw_text_filter_bytes((uint64_t)24 << 32) == 0);
    CU_ASSERT(cw_text_filter_bytes(((uint64_t)24 << 32) - 1) > 0);
}

/* One byte of the head of a good filter changed, or its end cut or grown. */
static const struct {
    const char *description;
    size_t at;
    unsigned char value;
    size_t bytes; /* shown of 64 + 2 * 64 */
} bad[] = {
    {"empty", 0, 'C', 0},
    {"a head without blocks", 0, 'C', 64},
    {"one byte short of a block", 0, 'C', 127},
    {"cut by one byte", 0, 'C', 191},
    {"cut by a block", 0, 'C', 128},
    {"wrong first letter", 0, 'c', 192},
    {"another version", 7, '2', 192},
    {"no blocks", 8, 0, 192},
    {"one block too few", 8, 1, 192},
    {"one block too many", 8, 3, 192},
    {"a huge number of blocks", 15, 0x80, 192},
    {"just over 2^32 blocks", 12, 1, 192},
    {"first reserved byte", 24, 1, 192},
    {"last reserved byte", 63, 1, 192},
};

static void refuses_what_is_no_filter(void)
{
    size_t bytes = 0;
    unsigned char *memory = build(24, false, &bytes);
    CU_ASSERT_FATAL(memory != NULL);
    CU_ASSERT_FATAL(bytes == 192);
    for (size_t i = 0; i < CW_COUNT(bad); i++) {
        struct cw_text_filter filter;
        struct cw_error err = {0};
        const unsigned char before = memory[bad[i].at];
        memory[bad[i].at] = bad[i].value;
        const enum cw_status status =
            cw_text_filter_open(cw_span_make(memory, bad[i].bytes), &filter, &err);
        CW_CHECK(status == CW_UNTRUSTED && err.text[0] != '\0', "%s", bad[i].description);
        memory[bad[i].at] = before;
    }
    struct cw_text_filter filter;
    CU_ASSERT(cw_text_filter_open(cw_span_make(memory, bytes), &filter, NULL) == CW_OK);
    free(memory);
}

static const struct cw_test tests[] = {
    {"finds all of a million and few others", finds_all_of_a_million},
    {"does not depend on the order of adding", does_not_depend_on_the_order},
    {"works at any address", works_at_any_address},
    {"answers alike on every path", answers_alike_on_every_path},
    {"says when it cannot hold so many", says_when_it_cannot_hold_so_many},
    {"refuses what is no filter", refuses_what_is_no_filter},
};

int main(void)
{
    return cw_run_suite("text_filter", tests, CW_COUNT(tests));
}
