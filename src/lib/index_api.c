/* The index half of include/cryptowatch.h: opening, shares, following, and what is known of age. */
#include <assert.h>
#include <pthread.h>
#include <sys/stat.h>

#include "lib/index_private.h"

#define SAME(ours, theirs) static_assert((int)(ours) == (int)(theirs), "the ABI keeps its numbers")
SAME(CW_DATA_FRESH, CRYPTOWATCH_FEED_FRESH);
SAME(CW_DATA_STALE, CRYPTOWATCH_FEED_STALE);
SAME(CW_DATA_NEVER, CRYPTOWATCH_FEED_NEVER);
SAME(CW_DATA_FAILED, CRYPTOWATCH_FEED_FAILED);
SAME(CW_DATA_HELD, CRYPTOWATCH_FEED_HELD);
#undef SAME

/* ---- words ---- */

static const struct {
    const char *name;
    const char *text;
} errors[] = {
    [CRYPTOWATCH_INDEX_OK] = {"OK", "all is well"},
    [CRYPTOWATCH_INDEX_NOT_FOUND] = {"NOT_FOUND", "nothing was published there: run a scan"},
    [CRYPTOWATCH_INDEX_DENIED] = {"DENIED", "it may not be read"},
    [CRYPTOWATCH_INDEX_IO] = {"IO", "the operating system refused to read it"},
    [CRYPTOWATCH_INDEX_DAMAGED] = {"DAMAGED", "it is not an index, or is damaged: scan --force"},
    [CRYPTOWATCH_INDEX_OTHER] = {"OTHER", "another version built it: run a scan with this one"},
    [CRYPTOWATCH_INDEX_MEMORY] = {"MEMORY", "memory is exhausted"},
    [CRYPTOWATCH_INDEX_NO_FILTER] = {"NO_FILTER", "it was built without a filter for texts"},
    [CRYPTOWATCH_INDEX_STOPPED] = {"STOPPED", "the callback ended it"},
    [CRYPTOWATCH_INDEX_ARGUMENT] = {"ARGUMENT", "a struct of a size this library does not know"},
};

const char *cryptowatch_index_error_name(enum cryptowatch_index_error why)
{
    return (size_t)why < CW_COUNT(errors) ? errors[why].name : "";
}

const char *cryptowatch_index_error_text(enum cryptowatch_index_error why)
{
    return (size_t)why < CW_COUNT(errors) ? errors[why].text : "";
}

enum cryptowatch_index_error cw_lib_error_of(enum cw_status status)
{
    switch (status) {
    case CW_OK:
        return CRYPTOWATCH_INDEX_OK;
    case CW_NOT_FOUND:
        return CRYPTOWATCH_INDEX_NOT_FOUND;
    case CW_DENIED:
        return CRYPTOWATCH_INDEX_DENIED;
    case CW_NOMEM:
        return CRYPTOWATCH_INDEX_MEMORY;
    case CW_IO:
    case CW_BUSY:
    case CW_TEMPORARY:
        return CRYPTOWATCH_INDEX_IO;
    case CW_INVALID:
    case CW_UNTRUSTED:
    case CW_LIMIT:
    case CW_STATE:
        return CRYPTOWATCH_INDEX_DAMAGED;
    }
    return CRYPTOWATCH_INDEX_DAMAGED;
}

/* ---- opening ---- */

/* From when to when every list is complete and fresh. Status and age of each are judged by the one
 * rule there is, at the moment when it was last seen and at the moment before it turns stale. */
static void judge_ages(struct cryptowatch_index *index)
{
    const struct cw_manifest *manifest = &index->manifest;
    index->fresh_from_s = INT64_MIN;
    index->fresh_until_s = manifest->feeds_count > 0 ? INT64_MAX : INT64_MIN;
    for (size_t i = 0; i < manifest->feeds_count; i++) {
        const struct cw_manifest_feed *feed = &manifest->feeds[i];
        if (cw_data_status_at(feed, feed->retrieved_at_s) != CW_DATA_FRESH) {
            index->fresh_until_s = INT64_MIN;
            return;
        }
        int64_t until_s = 0;
        if (__builtin_add_overflow(feed->retrieved_at_s, feed->stale_after_s, &until_s)) {
            until_s = INT64_MAX;
        }
        const int64_t from_s = feed->retrieved_at_s - CW_DATA_CLOCK_SLACK_S;
        index->fresh_until_s = until_s < index->fresh_until_s ? until_s : index->fresh_until_s;
        index->fresh_from_s = from_s > index->fresh_from_s ? from_s : index->fresh_from_s;
    }
}

static enum cryptowatch_index_error open_parts(const char *path, struct cryptowatch_index *index)
{
    struct stat info;
    const bool is_folder = stat(path, &info) == 0 && S_ISDIR(info.st_mode);
    const enum cw_status status =
        is_folder ? cw_index_open_current(path, &index->manifest, &index->index, NULL)
                  : cw_index_open(path, &index->index, NULL);
    if (status != CW_OK) {
        return status == CW_INVALID ? CRYPTOWATCH_INDEX_OTHER : cw_lib_error_of(status);
    }
    index->has_manifest = is_folder;
    if (is_folder && strcmp(index->manifest.norm, CW_NORM) != 0) {
        return CRYPTOWATCH_INDEX_OTHER;
    }
    return CRYPTOWATCH_INDEX_OK;
}

static void free_index(struct cryptowatch_index *index)
{
    cw_index_close(index->index);
    cw_manifest_clear(&index->manifest);
    free(index);
}

enum cryptowatch_index_error cryptowatch_index_open(const char *path,
                                                    struct cryptowatch_index **ret)
{
    CW_ASSERT(path != NULL);
    CW_ASSERT(ret != NULL);
    struct cryptowatch_index *index = calloc(1, sizeof(*index));
    if (index == NULL) {
        return CRYPTOWATCH_INDEX_MEMORY;
    }
    const enum cryptowatch_index_error why = open_parts(path, index);
    if (why != CRYPTOWATCH_INDEX_OK) {
        free_index(index);
        return why;
    }
    judge_ages(index);
    const struct cw_span filter = cw_index_filter(index->index);
    if (filter.len == 0 || cw_text_filter_open(filter, &index->filter, NULL) != CW_OK) {
        index->filter = (struct cw_text_filter){NULL, 0};
        atomic_init(&index->filter_state, filter.len == 0 ? CW_FILTER_NONE : CW_FILTER_BAD);
    }
    atomic_init(&index->shares, 1);
    *ret = index;
    return CRYPTOWATCH_INDEX_OK;
}

struct cryptowatch_index *cryptowatch_index_hold(struct cryptowatch_index *index)
{
    CW_ASSERT(index != NULL);
    const size_t before = atomic_fetch_add_explicit(&index->shares, 1, memory_order_relaxed);
    CW_ASSERT(before > 0);
    return index;
}

void cryptowatch_index_close(struct cryptowatch_index *index)
{
    if (index == NULL) {
        return;
    }
    /* Everything that other threads read through their shares happens before the last one goes. */
    const size_t before = atomic_fetch_sub_explicit(&index->shares, 1, memory_order_acq_rel);
    CW_ASSERT(before > 0);
    if (before == 1) {
        free_index(index);
    }
}

enum cw_filter_state cw_lib_filter(const struct cryptowatch_index *index)
{
    int state = atomic_load_explicit(&index->filter_state, memory_order_acquire);
    if (state == CW_FILTER_UNCHECKED) {
        /* Two threads may check at once: both find the same. */
        state = cw_index_check_filter(index->index, NULL) == CW_OK ? CW_FILTER_GOOD : CW_FILTER_BAD;
        /* What is learnt of the file is no change of it for the caller: hence the cast. */
        // NOLINTNEXTLINE(performance-no-int-to-ptr)
        struct cryptowatch_index *own = (struct cryptowatch_index *)(uintptr_t)index;
        atomic_store_explicit(&own->filter_state, state, memory_order_release);
    }
    return (enum cw_filter_state)state;
}

/* ---- what is known of it ---- */

enum cryptowatch_index_error cryptowatch_index_info(const struct cryptowatch_index *index,
                                                    struct cryptowatch_index_info *ret)
{
    CW_ASSERT(index != NULL);
    CW_ASSERT(ret != NULL);
    if (ret->size != sizeof(*ret)) {
        return CRYPTOWATCH_INDEX_ARGUMENT;
    }
    *ret = (struct cryptowatch_index_info){
        .size = sizeof(*ret),
        .generation =
            index->has_manifest ? index->manifest.generation : cw_index_generation(index->index),
        .built_at_s =
            index->has_manifest ? index->manifest.built_at_s : cw_index_built_at_s(index->index),
        .listings = cw_index_listings(index->index),
        .feeds = index->manifest.feeds_count,
        .fresh_until_s = index->fresh_until_s,
    };
    return CRYPTOWATCH_INDEX_OK;
}

enum cryptowatch_index_error cryptowatch_index_feed(const struct cryptowatch_index *index,
                                                    uint64_t at, int64_t now_s,
                                                    struct cryptowatch_feed *ret)
{
    CW_ASSERT(index != NULL);
    CW_ASSERT(ret != NULL);
    if (ret->size != sizeof(*ret)) {
        return CRYPTOWATCH_INDEX_ARGUMENT;
    }
    if (at >= index->manifest.feeds_count) {
        return CRYPTOWATCH_INDEX_NOT_FOUND;
    }
    const struct cw_manifest_feed *feed = &index->manifest.feeds[at];
    *ret = (struct cryptowatch_feed){
        .size = sizeof(*ret),
        .id = feed->id,
        .snapshot_sha256 = feed->snapshot_sha256,
        .retrieved_at_s = feed->retrieved_at_s,
        .stale_after_s = feed->stale_after_s,
        .entries = feed->entries,
        .status = (uint32_t)cw_data_status_at(feed, now_s),
    };
    return CRYPTOWATCH_INDEX_OK;
}

/* ---- following ---- */

struct cryptowatch_follower {
    char *folder;
    pthread_mutex_t lock; /* of `current`, held for the length of a few instructions */
    struct cryptowatch_index *current;
};

enum cryptowatch_index_error cryptowatch_follower_open(const char *folder,
                                                       struct cryptowatch_follower **ret)
{
    CW_ASSERT(folder != NULL);
    CW_ASSERT(ret != NULL);
    struct cryptowatch_follower *follower = calloc(1, sizeof(*follower));
    char *copy = strdup(folder);
    enum cryptowatch_index_error why = CRYPTOWATCH_INDEX_MEMORY;
    if (follower != NULL && copy != NULL) {
        why = cryptowatch_index_open(folder, &follower->current);
    }
    if (why != CRYPTOWATCH_INDEX_OK) {
        free(copy);
        free(follower);
        return why;
    }
    follower->folder = copy;
    (void)pthread_mutex_init(&follower->lock, NULL);
    *ret = follower;
    return CRYPTOWATCH_INDEX_OK;
}

void cryptowatch_follower_close(struct cryptowatch_follower *follower)
{
    if (follower == NULL) {
        return;
    }
    cryptowatch_index_close(follower->current);
    (void)pthread_mutex_destroy(&follower->lock);
    free(follower->folder);
    free(follower);
}

struct cryptowatch_index *cryptowatch_follower_take(struct cryptowatch_follower *follower)
{
    CW_ASSERT(follower != NULL);
    (void)pthread_mutex_lock(&follower->lock);
    struct cryptowatch_index *index = cryptowatch_index_hold(follower->current);
    (void)pthread_mutex_unlock(&follower->lock);
    return index;
}

/* The manifest is replaced at the end of every scan, also of one without news: ages count too. */
static bool is_newer(const struct cryptowatch_index *a, const struct cryptowatch_index *b)
{
    return a->manifest.generation != b->manifest.generation ||
           a->manifest.built_at_s != b->manifest.built_at_s ||
           cw_index_generation(a->index) != cw_index_generation(b->index);
}

enum cryptowatch_index_error cryptowatch_follower_reload(struct cryptowatch_follower *follower,
                                                         int *ret_is_new)
{
    CW_ASSERT(follower != NULL);
    struct cryptowatch_index *newest = NULL;
    const enum cryptowatch_index_error why = cryptowatch_index_open(follower->folder, &newest);
    if (why != CRYPTOWATCH_INDEX_OK) {
        return why;
    }
    (void)pthread_mutex_lock(&follower->lock);
    struct cryptowatch_index *unused = newest;
    /* Two reloads at once may come here in any order: an older one never replaces a newer one. */
    const bool is_new = is_newer(newest, follower->current) &&
                        newest->manifest.generation >= follower->current->manifest.generation;
    if (is_new) {
        unused = follower->current;
        follower->current = newest;
    }
    (void)pthread_mutex_unlock(&follower->lock);
    cryptowatch_index_close(unused);
    if (ret_is_new != NULL) {
        *ret_is_new = is_new ? 1 : 0;
    }
    return CRYPTOWATCH_INDEX_OK;
}
