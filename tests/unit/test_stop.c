/* Long work, stopped: it is taken back, and what was in force stays so. The tests run in this
 * order: the signal comes between them and cannot be taken back. */
#include "check_place.h"

#include <signal.h>

#include "base/stop.h"
#include "publish/publish.h"

#define FIRST  "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"
#define SECOND "0x1da5821544e25c636c1417Ba96Ade4Cf6D2f9B5A"

static const struct row before[] = {{.value = FIRST}};
static const struct row after[] = {{.value = SECOND}};

/* The machine's clock at its end: every grace is over. */
static uint64_t at_the_end_ms(CW_UNUSED void *ctx)
{
    return UINT64_MAX - 1;
}

static const struct cw_clock early = {.now_s = place_now_s, .monotonic_ms = place_monotonic_ms};
static const struct cw_clock late = {.now_s = place_now_s, .monotonic_ms = at_the_end_ms};

static enum cw_status replace(struct cw_store *store, const struct row *rows, size_t count,
                              const struct cw_clock *clock)
{
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *list = list_of(rows, count);
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *old_list = NULL;
    struct cw_delta delta = {0};
    CU_ASSERT_EQUAL(cw_store_watchlist_load(store, "one", NULL, &old_list, NULL), CW_OK);
    CU_ASSERT_EQUAL(cw_delta_make(old_list, list, &delta, NULL), CW_OK);
    CU_ASSERT_EQUAL(cw_store_begin(store, NULL), CW_OK);
    const struct cw_replacement replacement = {.feed = "one",
                                               .old_list = old_list,
                                               .new_list = list,
                                               .delta = &delta,
                                               .at_s = NOW_S,
                                               .clock = clock};
    enum cw_status status = cw_store_watchlist_replace(store, &replacement, NULL);
    status = cw_store_end(store, status, NULL);
    cw_delta_clear(&delta);
    return status;
}

static bool holds(struct cw_store *store, const char *value)
{
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *list = NULL;
    OK(cw_store_watchlist_load(store, "one", NULL, &list, &err));
    return list != NULL && cw_watchlist_count(list) == 1 &&
           cw_span_is(cw_watchlist_at(list, 0)->value, value);
}

static enum cw_status build(const struct place *place, struct cw_store *store,
                            const struct cw_clock *clock)
{
    static const uint8_t basis[32] = {0};
    const struct cw_index_options options = {.generation = 1, .built_at_s = NOW_S, .basis = basis};
    struct cw_index_builder *builder = NULL;
    const enum cw_status status =
        cw_publish_build(&place->home, store, &options, clock, &builder, NULL);
    CU_ASSERT_EQUAL(builder != NULL, status == CW_OK);
    cw_index_builder_free(builder);
    return status;
}

static void nothing_stops_before_the_signal(void)
{
    struct place place;
    place_make(&place);
    struct cw_store *store = place_store(&place);
    CU_ASSERT_EQUAL(cw_stop_between(&late, 0, NULL), CW_OK);
    CU_ASSERT_EQUAL(replace(store, before, CW_COUNT(before), &late), CW_OK);
    CU_ASSERT(holds(store, FIRST));
    CU_ASSERT_EQUAL(build(&place, store, &late), CW_OK);
    cw_store_close(store);
    place_remove(&place);
}

static void the_grace_comes_first(void)
{
    struct cw_error err = {0};
    cw_stop_listen();
    CU_ASSERT_EQUAL(raise(SIGTERM), 0);
    CU_ASSERT(cw_stop_is_asked());
    CU_ASSERT_EQUAL(cw_stop_between(&early, 0, NULL), CW_OK);
    CU_ASSERT_EQUAL(cw_stop_between(NULL, 0, NULL), CW_OK);
    CU_ASSERT_EQUAL(cw_stop_between(&late, CW_STOP_PARTS - 1, NULL), CW_OK);
    CU_ASSERT_EQUAL(cw_stop_between(&late, CW_STOP_PARTS, &err), CW_TEMPORARY);
    CU_ASSERT_STRING_EQUAL(err.text, "the run was stopped");
}

static void a_list_that_is_stopped_stays_as_it_was(void)
{
    struct place place;
    place_make(&place);
    struct cw_store *store = place_store(&place);
    CU_ASSERT_EQUAL(replace(store, before, CW_COUNT(before), NULL), CW_OK);
    CU_ASSERT_EQUAL(replace(store, after, CW_COUNT(after), &late), CW_TEMPORARY);
    CU_ASSERT(holds(store, FIRST));
    const struct row both[] = {before[0], after[0]}; /* nothing that leaves */
    CU_ASSERT_EQUAL(replace(store, both, CW_COUNT(both), &late), CW_TEMPORARY);
    CU_ASSERT(holds(store, FIRST));
    CU_ASSERT_EQUAL(replace(store, after, CW_COUNT(after), &early), CW_OK);
    CU_ASSERT(holds(store, SECOND));
    cw_store_close(store);
    place_remove(&place);
}

static void reading_what_is_in_force_is_stopped_too(void)
{
    struct place place;
    struct cw_watchlist *list = NULL;
    place_make(&place);
    struct cw_store *store = place_store(&place);
    CU_ASSERT_EQUAL(replace(store, before, CW_COUNT(before), NULL), CW_OK);
    CU_ASSERT_EQUAL(cw_store_watchlist_load(store, "one", &late, &list, NULL), CW_TEMPORARY);
    CU_ASSERT_PTR_NULL(list);
    CU_ASSERT(holds(store, FIRST));
    cw_store_close(store);
    place_remove(&place);
}

static void an_index_that_is_stopped_is_none(void)
{
    struct place place;
    place_make(&place);
    struct cw_store *store = place_store(&place);
    store_rows(store, "one", before, CW_COUNT(before), NOW_S);
    CU_ASSERT_EQUAL(build(&place, store, &late), CW_TEMPORARY);
    CU_ASSERT_EQUAL(build(&place, store, &early), CW_OK);
    CU_ASSERT_EQUAL(build(&place, store, NULL), CW_OK);
    store_feed(store, "one", CW_FEED_GOOD, NOW_S);
    cw_store_close(store);
    struct cw_check *check = place_check(&place); /* a question is never stopped */
    struct cw_answer answer = asked(check, CW_SPAN(FIRST));
    CU_ASSERT(!says(&answer, "stopped"));
    cw_answer_clear(&answer);
    cw_check_close(check);
    place_remove(&place);
}

static const struct cw_test tests[] = {
    {"nothing stops before the signal", nothing_stops_before_the_signal},
    {"the grace comes first", the_grace_comes_first},
    {"a list that is stopped stays as it was", a_list_that_is_stopped_stays_as_it_was},
    {"reading what is in force is stopped, too", reading_what_is_in_force_is_stopped_too},
    {"an index that is stopped is none", an_index_that_is_stopped_is_none},
};

int main(void)
{
    return cw_run_suite("stop", tests, CW_COUNT(tests));
}
