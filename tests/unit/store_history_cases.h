/* store_history_cases.h: what an index is built from: every listing with its episodes, whether any
 * list changed, and when a list was seen.
 */
#ifndef CW_TESTS_STORE_HISTORY_CASES_H
#define CW_TESTS_STORE_HISTORY_CASES_H

#include "store_list_cases.h"

enum { HISTORY_BYTES = 512 };

/* "7 active 0-3 5-" in hours since STORE_NOW, "; " between listings. */
static enum cw_status write_history(void *ctx, const struct cw_history *history,
                                    CW_UNUSED struct cw_error *err)
{
    char *text = ctx;
    size_t len = strlen(text);
    len += (size_t)snprintf(text + len, HISTORY_BYTES - len, "%s%.*s %s", len == 0 ? "" : "; ",
                            CW_SPAN_ARG(history->listing->entry_id),
                            history->is_active ? "active" : "ended");
    for (size_t i = 0; i < history->episodes_count; i++) {
        const struct cw_episode *episode = &history->episodes[i];
        len += (size_t)snprintf(text + len, HISTORY_BYTES - len, " %lld-",
                                (long long)(episode->from_s - STORE_NOW) / 3600);
        if (episode->until_s != 0) {
            len += (size_t)snprintf(text + len, HISTORY_BYTES - len, "%lld",
                                    (long long)(episode->until_s - STORE_NOW) / 3600);
        }
    }
    return CW_OK;
}

static enum cw_status stop_history(CW_UNUSED void *ctx, CW_UNUSED const struct cw_history *history,
                                   struct cw_error *err)
{
    return cw_error_set(err, CW_LIMIT, "enough");
}

static void tells_every_listing_with_its_episodes(void)
{
    static const struct row both[] = {{"7", EVM, "A", NULL, NULL}, {"8", P2PKH, "B", NULL, NULL}};
    static const struct {
        int64_t hour;
        size_t rows;
        const char *told;
    } steps[] = {
        {0, 2, "7 active 0-; 8 active 0-"},
        {3, 1, "7 active 0-; 8 ended 0-3"},
        {5, 2, "7 active 0-; 8 active 0-3 5-"},
        {6, 1, "7 active 0-; 8 ended 0-3 5-6"},
    };
    const struct place place = place_make();
    struct cw_store *store = store_open(&place, CW_STORE_WRITE);
    for (size_t i = 0; i < CW_COUNT(steps); i++) {
        char told[HISTORY_BYTES] = "";
        rows_put(store, "f", both, steps[i].rows, STORE_NOW + steps[i].hour * 3600);
        STORE_OK(cw_store_each_listing(store, "f", write_history, told, &err));
        CW_CHECK(strcmp(told, steps[i].told) == 0, "step %zu: %s", i, told);
        told[0] = '\0';
        STORE_OK(cw_store_each_listing(store, "other", write_history, told, &err));
        CU_ASSERT_STRING_EQUAL(told, "");
    }
    STORE_FAILS(cw_store_each_listing(store, "f", stop_history, NULL, &err), CW_LIMIT, "enough");
    cw_store_close(store);
    place_remove(&place);
}

static uint64_t changes_of(struct cw_store *store)
{
    uint64_t changes = 99;
    STORE_OK(cw_store_changes(store, &changes, &err));
    return changes;
}

static void counts_changes_of_lists_and_nothing_else(void)
{
    static const struct row rows[] = {{"7", EVM, "A", NULL, NULL}, {"8", P2PKH, "B", NULL, NULL}};
    static const struct row renamed[] = {{"7", EVM, "C", NULL, NULL}};
    static const struct row opaque[] = {{"7", EVM, "C", NULL, NULL}, {"9", "none", "", NULL, NULL}};
    uint8_t digest[32];
    uint8_t digest_again[32];
    static const uint8_t none[32] = {0};
    const struct place place = place_make();
    struct cw_store *store = store_open(&place, CW_STORE_WRITE);
    CU_ASSERT_EQUAL(changes_of(store), 0);
    STORE_OK(cw_store_list_digest(store, "f", digest, &err));
    CU_ASSERT_EQUAL(memcmp(digest, none, sizeof(none)), 0);
    rows_put(store, "f", rows, 2, STORE_NOW);
    const uint64_t first = changes_of(store);
    CU_ASSERT_EQUAL(first, STORE_NOW); /* a database made anew does not count from 1 again */
    STORE_OK(cw_store_list_digest(store, "f", digest, &err));
    rows_put(store, "f", rows, 2, STORE_NOW + 9);
    CU_ASSERT_EQUAL(changes_of(store), first);
    rows_put(store, "f", rows, 1, STORE_NOW);
    CU_ASSERT_EQUAL(changes_of(store), first + 1);
    STORE_OK(cw_store_list_digest(store, "f", digest_again, &err));
    CU_ASSERT_NOT_EQUAL(memcmp(digest, digest_again, sizeof(digest)), 0);
    rows_put(store, "f", renamed, 1, STORE_NOW);
    CU_ASSERT_EQUAL(changes_of(store), first + 2);
    rows_put(store, "f", opaque, 2, STORE_NOW);
    CU_ASSERT_EQUAL(changes_of(store), first + 3);
    rows_put(store, "f", opaque, 2, STORE_NOW);
    CU_ASSERT_EQUAL(changes_of(store), first + 3);
    cw_store_close(store);
    place_remove(&place);
}

static void knows_when_a_list_was_seen(void)
{
    static const struct {
        int64_t at_s;
        const char *outcome;
        const char *sha256;
    } retrievals[] = {
        {100, "new", "a"},  {200, "unchanged", ""}, {300, "failed", ""},
        {400, "held", "x"}, {500, "new", "b"},
    };
    static const struct {
        int64_t at_s;
        int64_t seen_at_s;
        const char *sha256;
    } cases[] = {{99, 0, ""},     {100, 100, "a"}, {250, 200, "a"},
                 {499, 200, "a"}, {500, 500, "b"}, {900, 500, "b"}};
    const struct place place = place_make();
    struct cw_store *store = store_open(&place, CW_STORE_WRITE);
    for (size_t i = 0; i < CW_COUNT(retrievals); i++) {
        const struct cw_retrieval retrieval = {.feed = "f",
                                               .at_s = retrievals[i].at_s,
                                               .outcome = retrievals[i].outcome,
                                               .sha256 = retrievals[i].sha256};
        STORE_OK(cw_store_retrieval_add(store, &retrieval, &err));
    }
    for (size_t i = 0; i < CW_COUNT(cases); i++) {
        int64_t seen_at_s = -1;
        char sha256[65];
        STORE_OK(cw_store_seen_before(store, "f", cases[i].at_s, &seen_at_s, sha256, &err));
        CW_CHECK(seen_at_s == cases[i].seen_at_s && strcmp(sha256, cases[i].sha256) == 0,
                 "at %lld: seen %lld, %s", (long long)cases[i].at_s, (long long)seen_at_s, sha256);
    }
    cw_store_close(store);
    place_remove(&place);
}

/* A run that died has taken its number with it. */
static void gives_no_number_twice(void)
{
    const struct place place = place_make();
    struct cw_store *store = store_open(&place, CW_STORE_WRITE);
    uint64_t died = 0;
    uint64_t ended = 0;
    uint64_t last = 0;
    int64_t finished_at_s = 0;
    STORE_OK(cw_store_run_begin(store, STORE_NOW, &died, &err));
    STORE_OK(cw_store_run_last(store, &last, &finished_at_s, &err));
    CU_ASSERT_EQUAL(last, 0);
    STORE_OK(cw_store_run_begin(store, STORE_NOW, &ended, &err));
    CU_ASSERT_EQUAL(ended, died + 1);
    STORE_OK(cw_store_run_end(store, ended, STORE_NOW + 5, CW_SPAN("{}"), &err));
    STORE_OK(cw_store_run_last(store, &last, &finished_at_s, &err));
    CU_ASSERT_EQUAL(last, ended);
    CU_ASSERT_EQUAL(finished_at_s, STORE_NOW + 5);
    STORE_FAILS(cw_store_run_end(store, 99, STORE_NOW, CW_SPAN("{}"), &err), CW_STATE, "begun");
    cw_store_close(store);
    place_remove(&place);
}

#endif
