#include "check/internal.h"

#include "base/datetime.h"

struct cw_check *cw_check_new(void)
{
    return calloc(1, sizeof(struct cw_check));
}

enum cw_status cw_check_load_data(struct cw_check *check, const struct cw_manifest *manifest,
                                  struct cw_error *err)
{
    check->feeds = calloc(manifest->feeds_count + 1, sizeof(*check->feeds));
    if (check->feeds == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory for the feeds");
    }
    for (size_t i = 0; i < manifest->feeds_count; i++) {
        const struct cw_manifest_feed *from = &manifest->feeds[i];
        struct cw_data_feed *feed = &check->feeds[check->feeds_count++];
        feed->status = cw_data_status_at(from, check->now_s);
        feed->retrieved_at_s = from->retrieved_at_s;
        feed->stale_after_s = from->stale_after_s;
        feed->entries = from->entries;
        (void)snprintf(feed->id, sizeof(feed->id), "%s", from->id);
        (void)snprintf(feed->snapshot_sha256, sizeof(feed->snapshot_sha256), "%s",
                       from->snapshot_sha256);
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
        cw_answer_reason(answer,
                         check->is_past ? "list %s was stale then: last seen %s before"
                                        : "list %s is stale: last seen %s ago",
                         feed->id, age);
        return;
    case CW_DATA_NEVER:
        cw_answer_reason(
            answer, check->is_past ? "list %s had not been read by then" : "list %s was never read",
            feed->id);
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

static bool did_answer(const struct cw_answer *answer, const char *feed_id)
{
    for (size_t i = 0; i < answer->matches_count; i++) {
        const struct cw_check_match *match = &answer->matches[i];
        if (!match->is_rule && strcmp(match->source_id, feed_id) == 0) {
            return true;
        }
    }
    return false;
}

void cw_check_note_ages(const struct cw_check *check, struct cw_answer *answer)
{
    for (size_t i = 0; i < check->feeds_count; i++) {
        const struct cw_data_feed *feed = &check->feeds[i];
        if (feed->status != CW_DATA_FRESH && did_answer(answer, feed->id)) {
            give_reason(check, feed, answer);
            cw_answer_mark_note(answer);
        }
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
