#include "check/internal.h"

#include "base/datetime.h"

const char *cw_data_status_name(enum cw_data_status status)
{
    switch (status) {
    case CW_DATA_FRESH:
        return "fresh";
    case CW_DATA_STALE:
        return "stale";
    case CW_DATA_NEVER:
        return "never";
    case CW_DATA_FAILED:
        return "failed";
    case CW_DATA_HELD:
        return "held";
    }
    return "never";
}

/* Age outweighs the rest: a list that nobody has seen for days is stale whatever the last attempt
 * said. A clock that went backwards makes an age negative, and that is no freshness either. */
static enum cw_data_status judge(const struct cw_feed *feed, const struct cw_feed_state *state,
                                 int64_t now_s)
{
    if (state->snapshot_sha256[0] == '\0') {
        return CW_DATA_NEVER;
    }
    const int64_t age_s = now_s - state->retrieved_at_s;
    if (age_s > feed->stale_after_s || age_s < -86400) {
        return CW_DATA_STALE;
    }
    switch (state->status) {
    case CW_FEED_FAILED:
        return CW_DATA_FAILED;
    case CW_FEED_HELD:
        return CW_DATA_HELD;
    case CW_FEED_GOOD:
    case CW_FEED_NEVER:
        break;
    }
    return CW_DATA_FRESH;
}

static enum cw_status load_feed(struct cw_check *check, const struct cw_feed *feed,
                                struct cw_data_feed *ret, struct cw_error *err)
{
    struct cw_feed_state state = {0};
    if (check->store != NULL) {
        const enum cw_status status = cw_store_feed_get(check->store, feed->id, &state, err);
        if (status != CW_OK) {
            return status;
        }
    }
    *ret = (struct cw_data_feed){
        .status = judge(feed, &state, check->now_s),
        .retrieved_at_s = state.retrieved_at_s,
        .entries = state.entries,
    };
    (void)snprintf(ret->id, sizeof(ret->id), "%s", feed->id);
    (void)snprintf(ret->snapshot_sha256, sizeof(ret->snapshot_sha256), "%s", state.snapshot_sha256);
    return CW_OK;
}

enum cw_status cw_check_load_data(struct cw_check *check, struct cw_error *err)
{
    const struct cw_feeds *feeds = check->home->feeds;
    check->feeds = calloc(cw_feeds_count(feeds) + 1, sizeof(*check->feeds));
    if (check->feeds == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory for the feeds");
    }
    for (size_t i = 0; i < cw_feeds_count(feeds); i++) {
        const struct cw_feed *feed = cw_feeds_at(feeds, i);
        if (!feed->enabled) {
            continue;
        }
        const enum cw_status status =
            load_feed(check, feed, &check->feeds[check->feeds_count], err);
        if (status != CW_OK) {
            return status;
        }
        check->feeds_count++;
    }
    return CW_OK;
}

static void give_reason(const struct cw_check *check, const struct cw_data_feed *feed,
                        struct cw_answer *answer)
{
    char age[64] = "";
    if (feed->retrieved_at_s > 0) {
        cw_age_format(check->now_s - feed->retrieved_at_s, age, sizeof(age));
    }
    switch (feed->status) {
    case CW_DATA_FRESH:
        return;
    case CW_DATA_STALE:
        if (feed->retrieved_at_s > check->now_s) {
            cw_answer_reason(answer, "list %s was last seen in the future: is the clock right?",
                             feed->id);
            return;
        }
        cw_answer_reason(answer, "list %s is stale: last seen %s ago", feed->id, age);
        return;
    case CW_DATA_NEVER:
        cw_answer_reason(answer, "list %s was never read", feed->id);
        return;
    case CW_DATA_FAILED:
        cw_answer_reason(answer,
                         "list %s failed at the last attempt; in force is what was seen "
                         "%s ago",
                         feed->id, age);
        return;
    case CW_DATA_HELD:
        cw_answer_reason(answer, "list %s is held: its newest document is not believed yet",
                         feed->id);
        return;
    }
}

bool cw_check_data_is_complete(const struct cw_check *check, struct cw_answer *answer)
{
    bool is_complete = check->feeds_count > 0;
    if (!is_complete) {
        cw_answer_reason(answer, "no list is enabled");
    }
    for (size_t i = 0; i < check->feeds_count; i++) {
        if (check->feeds[i].status != CW_DATA_FRESH) {
            is_complete = false;
            give_reason(check, &check->feeds[i], answer);
        }
    }
    return is_complete;
}
