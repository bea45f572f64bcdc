/* check_place.h: a home on disk as `check` finds it: a configuration, a list in force, a list that
 * is switched off, a case, and a state that the store wrote.
 */
#ifndef CW_TESTS_CHECK_PLACE_H
#define CW_TESTS_CHECK_PLACE_H

#include <unistd.h>

#include "base/file.h"
#include "check/check.h"
#include "list_rows.h"
#include "store/store.h"

enum { PLACE_PATH_BYTES = 128, NOW_S = 1795144503, HOUR_S = 3600, DAY_S = 86400 };

struct place {
    char folder[PLACE_PATH_BYTES];
    struct cw_home home;
};

static const struct {
    const char *name;
    const char *text;
} place_files[] = {
    {"cryptowatch.json", "{\"source\":\"https://scanner.example/cryptowatch\"}"},
    {"feeds/one.json",
     "{\"id\":\"one\",\"title\":\"One\",\"publisher\":\"P\",\"homepage\":\"https://lists.example/"
     "\","
     "\"licence\":\"public domain\",\"meaning\":\"sanction\",\"url\":\"https://lists.example/one\","
     "\"format\":\"lines\",\"every\":\"1d\",\"stale_after\":\"3d\"}"},
    {"feeds/off.json",
     "{\"id\":\"off\",\"title\":\"Off\",\"publisher\":\"P\",\"homepage\":\"https://lists.example/"
     "\","
     "\"licence\":\"public domain\",\"meaning\":\"sanction\",\"url\":\"https://lists.example/off\","
     "\"format\":\"lines\",\"enabled\":false}"},
    {"rules/case.json",
     "{\"id\":\"case\",\"title\":\"A case\",\"severity\":\"high\",\"reported\":[{\"title\":\"R\","
     "\"url\":\"https://example.org/r\",\"published\":\"2026-01-01\",\"publisher\":\"P\"}],"
     "\"reviewed\":\"2026-01-02\","
     "\"addresses\":[\"0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF\"]}"},
};
static const char *const place_folders[] = {"feeds", "rules", "state"};
static const char *const place_state[] = {"state/state.db", "state/state.db-wal",
                                          "state/state.db-shm", "state/lock"};

static inline const char *place_path(const struct place *place, const char *name,
                                     char ret[static 2 * PLACE_PATH_BYTES])
{
    (void)snprintf(ret, 2 * PLACE_PATH_BYTES, "%s/%s", place->folder, name);
    return ret;
}

static inline void place_write(const struct place *place, const char *name, const char *text)
{
    char path[2 * PLACE_PATH_BYTES];
    OK(cw_file_write(place_path(place, name, path), cw_span_cstr(text), 0600, &err));
}

static inline void place_load(struct place *place)
{
    static const struct cw_programs programs = {.net = "", .parse = "", .data = ""};
    char path[2 * PLACE_PATH_BYTES];
    struct cw_mistakes mistakes;
    cw_mistakes_init(&mistakes);
    cw_home_clear(&place->home);
    OK(cw_home_load(place_path(place, "cryptowatch.json", path), &programs, &mistakes, &place->home,
                    &err));
    cw_mistakes_clear(&mistakes);
    CU_ASSERT_PTR_NOT_NULL_FATAL(place->home.rules);
}

static inline void place_make(struct place *place)
{
    char path[2 * PLACE_PATH_BYTES];
    *place = (struct place){.folder = "/tmp/cw-check-XXXXXX"};
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(place->folder));
    for (size_t i = 0; i < CW_COUNT(place_folders); i++) {
        OK(cw_dir_make(place_path(place, place_folders[i], path), 0700, &err));
    }
    for (size_t i = 0; i < CW_COUNT(place_files); i++) {
        place_write(place, place_files[i].name, place_files[i].text);
    }
    place_load(place);
}

static inline void place_remove(struct place *place)
{
    char path[2 * PLACE_PATH_BYTES];
    cw_home_clear(&place->home);
    for (size_t i = 0; i < CW_COUNT(place_state); i++) {
        (void)unlink(place_path(place, place_state[i], path));
    }
    for (size_t i = 0; i < CW_COUNT(place_files); i++) {
        (void)unlink(place_path(place, place_files[i].name, path));
    }
    for (size_t i = 0; i < CW_COUNT(place_folders); i++) {
        (void)rmdir(place_path(place, place_folders[i], path));
    }
    CU_ASSERT_EQUAL(rmdir(place->folder), 0); /* fails when something else was left behind */
}

/* ---- what a scan leaves behind ---- */

static inline struct cw_store *place_store(const struct place *place)
{
    struct cw_store *store = NULL;
    OK(cw_store_open(place->home.config->state_dir, CW_STORE_WRITE, &store, &err));
    CU_ASSERT_PTR_NOT_NULL_FATAL(store);
    return store;
}

/* Puts a list in force, as of at_s. */
static inline void store_list(struct cw_store *store, const char *feed, struct cw_watchlist *list,
                              int64_t at_s)
{
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *old_list = NULL;
    struct cw_delta delta = {0};
    OK(cw_store_watchlist_load(store, feed, NULL, &old_list, &err));
    OK(cw_delta_make(old_list, list, &delta, &err));
    OK(cw_store_begin(store, &err));
    const struct cw_replacement replacement = {
        .feed = feed, .old_list = old_list, .new_list = list, .delta = &delta, .at_s = at_s};
    OK(cw_store_watchlist_replace(store, &replacement, &err));
    OK(cw_store_commit(store, &err));
    cw_delta_clear(&delta);
}

static inline void store_rows(struct cw_store *store, const char *feed, const struct row *rows,
                              size_t count, int64_t at_s)
{
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *list = list_of(rows, count);
    store_list(store, feed, list, at_s);
}

/* How a feed stands: its outcome and how long ago its list was last served; 0 for never. */
static inline void store_feed(struct cw_store *store, const char *feed, enum cw_feed_status status,
                              int64_t retrieved_at_s)
{
    struct cw_feed_state state = {.status = status, .entries = 7};
    (void)snprintf(state.id, sizeof(state.id), "%s", feed);
    state.retrieved_at_s = retrieved_at_s;
    if (retrieved_at_s > 0) {
        memset(state.snapshot_sha256, 'a', 64);
    }
    OK(cw_store_feed_put(store, &state, &err));
}

/* ---- asking ---- */

static int64_t place_now_s(CW_UNUSED void *ctx)
{
    return NOW_S;
}

static uint64_t place_monotonic_ms(CW_UNUSED void *ctx)
{
    return 0;
}

static inline struct cw_check *place_check(const struct place *place)
{
    const struct cw_clock clock = {.now_s = place_now_s, .monotonic_ms = place_monotonic_ms};
    struct cw_check *check = NULL;
    OK(cw_check_open(&place->home, &clock, CW_CHECK_ADDRESSES, &check, &err));
    CU_ASSERT_PTR_NOT_NULL_FATAL(check);
    return check;
}

static inline struct cw_answer asked(struct cw_check *check, struct cw_span text)
{
    struct cw_answer answer = {0};
    OK(cw_check_ask(check, text, &answer, &err));
    CU_ASSERT_PTR_NOT_NULL_FATAL(answer.input);
    return answer;
}

/* True when any reason holds the word. */
static inline bool says(const struct cw_answer *answer, const char *word)
{
    bool is_said = false;
    for (size_t i = 0; i < answer->reasons_count; i++) {
        is_said |= strstr(answer->reasons[i], word) != NULL;
    }
    return is_said;
}

#endif
