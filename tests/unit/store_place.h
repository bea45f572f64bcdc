/* store_place.h: what the store's tests share: a folder of their own, lists made of few words, and
 * processes that end in the middle. */
#ifndef CW_TESTS_STORE_PLACE_H
#define CW_TESTS_STORE_PLACE_H

#include "suite.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "store/sql.h"

enum { STORE_PATH_BYTES = 512, STORE_NOW = 1795144503 };

struct place {
    char folder[STORE_PATH_BYTES];
};

static inline struct place place_make(void)
{
    struct place place;
    const char *base = getenv("TMPDIR");
    (void)snprintf(place.folder, sizeof(place.folder), "%s/cw-store-XXXXXX",
                   base == NULL ? "/tmp" : base);
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(place.folder));
    return place;
}

static inline void place_path(const struct place *place, const char *name,
                              char ret[static STORE_PATH_BYTES + 32])
{
    (void)snprintf(ret, STORE_PATH_BYTES + 32, "%s/%s", place->folder, name);
}

static inline void place_remove(const struct place *place)
{
    static const char *const names[] = {"state.db", "state.db-wal", "state.db-shm", "lock"};
    char path[STORE_PATH_BYTES + 32];
    for (size_t i = 0; i < CW_COUNT(names); i++) {
        place_path(place, names[i], path);
        (void)unlink(path);
    }
    CU_ASSERT_EQUAL(rmdir(place->folder), 0); /* fails when something else was left behind */
}

static inline bool place_has(const struct place *place, const char *name)
{
    char path[STORE_PATH_BYTES + 32];
    place_path(place, name, path);
    return access(path, F_OK) == 0;
}

static inline struct cw_store *store_open(const struct place *place, enum cw_store_mode mode)
{
    struct cw_store *store = NULL;
    struct cw_error err = {0};
    const enum cw_status status = cw_store_open(place->folder, mode, &store, &err);
    CW_CHECK(status == CW_OK, "open: %s\n", err.text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(store);
    return store;
}

/* Checks a call that must succeed, with its error. */
#define STORE_OK(call)                                                                             \
    do {                                                                                           \
        struct cw_error err = {0};                                                                 \
        const enum cw_status status_ = (call);                                                     \
        CW_CHECK(status_ == CW_OK, "%s: %s\n", #call, err.text);                                   \
    } while (0)

/* Checks a call that must fail with a code and a word in its sentence. */
#define STORE_FAILS(call, code, word)                                                              \
    do {                                                                                           \
        struct cw_error err = {0};                                                                 \
        const enum cw_status status_ = (call);                                                     \
        CW_CHECK(status_ == (code), "%s: status %d\n", #call, (int)status_);                       \
        CW_CHECK(strstr(err.text, (word)) != NULL, "%s: says: %s\n", #call, err.text);             \
    } while (0)

/* Runs a function in a process of its own that then ends without any clean-up; its exit code. */
static inline int in_child(int (*run)(const struct place *place), const struct place *place)
{
    (void)fflush(NULL);
    const pid_t pid = fork();
    if (pid == 0) {
        _exit(run(place));
    }
    int ended = 0;
    CU_ASSERT_EQUAL_FATAL(waitpid(pid, &ended, 0), pid);
    return WIFEXITED(ended) ? WEXITSTATUS(ended) : -1;
}

/* ---- lists ---- */

struct row {
    const char *entry_id;
    const char *value;
    const char *name;
    const char *program; /* NULL: none */
    const char *note;    /* NULL: none */
};

static inline struct cw_watchlist *list_make(const struct row *rows, size_t count)
{
    struct cw_watchlist *list = cw_watchlist_new();
    CU_ASSERT_PTR_NOT_NULL_FATAL(list);
    for (size_t i = 0; i < count; i++) {
        char position[32];
        (void)snprintf(position, sizeof(position), "line %zu", i + 1);
        struct cw_entry entry = {
            .position = cw_span_cstr(position),
            .value = cw_span_cstr(rows[i].value),
            .entry_id = cw_span_cstr(rows[i].entry_id),
            .entry_name = cw_span_cstr(rows[i].name),
            .note = cw_span_cstr(rows[i].note),
        };
        if (rows[i].program != NULL) {
            entry.programs[entry.programs_count++] = cw_span_cstr(rows[i].program);
        }
        STORE_OK(cw_watchlist_add_entry(list, &entry, &err));
    }
    STORE_OK(cw_watchlist_finish(list, &err));
    return list;
}

/* One scan's worth: load, compare, replace, commit. */
static inline enum cw_status list_put(struct cw_store *store, const char *feed,
                                      struct cw_watchlist *list, int64_t at_s, struct cw_error *err)
{
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *old_list = NULL;
    struct cw_delta delta = {0};
    enum cw_status status = cw_store_watchlist_load(store, feed, NULL, &old_list, err);
    if (status == CW_OK) {
        status = cw_delta_make(old_list, list, &delta, err);
    }
    if (status == CW_OK) {
        status = cw_store_begin(store, err);
    }
    if (status == CW_OK) {
        const struct cw_replacement replacement = {
            .feed = feed, .old_list = old_list, .new_list = list, .delta = &delta, .at_s = at_s};
        status = cw_store_watchlist_replace(store, &replacement, err);
    }
    if (status == CW_OK) {
        status = cw_store_commit(store, err);
    }
    cw_store_rollback(store);
    cw_delta_clear(&delta);
    return status;
}

static inline void rows_put(struct cw_store *store, const char *feed, const struct row *rows,
                            size_t count, int64_t at_s)
{
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *list = list_make(rows, count);
    STORE_OK(list_put(store, feed, list, at_s, &err));
}

/* ---- questions ---- */

struct answers {
    size_t count;
    size_t active;
    char feed[65];
    char value[128];
    int64_t first_seen_s;
    int64_t ended_s;
    uint64_t episode;
    uint64_t revision;
};

static inline enum cw_status keep_answer(void *ctx, const struct cw_found *found,
                                         CW_UNUSED struct cw_error *err)
{
    struct answers *answers = ctx;
    answers->count++;
    answers->active += found->is_active ? 1 : 0;
    (void)snprintf(answers->feed, sizeof(answers->feed), "%s", found->feed);
    (void)snprintf(answers->value, sizeof(answers->value), "%.*s",
                   CW_SPAN_ARG(found->listing->value));
    answers->first_seen_s = found->first_seen_s;
    answers->ended_s = found->ended_s;
    answers->episode = found->listing->episode;
    answers->revision = found->listing->revision;
    return CW_OK;
}

static inline struct answers ask(struct cw_store *store, const char *text)
{
    struct cw_address address;
    struct answers answers = {0};
    const enum cw_address_error why =
        cw_address_parse(cw_span_cstr(text), CW_SPAN(""), CW_ADDRESS_LIST, &address);
    CW_CHECK(why == CW_ADDRESS_OK, "%s does not decode\n", text);
    if (why == CW_ADDRESS_OK) {
        STORE_OK(cw_store_find(store, &address, keep_answer, &answers, &err));
    }
    return answers;
}

#endif
