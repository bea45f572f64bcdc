#include "base/datetime.h"
#include "check/internal.h"
#include "store/store.h"

/* A list was as fresh on that day as it was seen: what was retrieved afterwards does not count. */
static enum cw_status load_feed(struct cw_store *store, int64_t end_s, struct cw_data_feed *feed,
                                struct cw_error *err)
{
    int64_t seen_at_s = 0;
    char sha256[65] = "";
    if (store != NULL) {
        const enum cw_status status =
            cw_store_seen_before(store, feed->id, end_s - 1, &seen_at_s, sha256, err);
        if (status != CW_OK) {
            return status;
        }
    }
    feed->retrieved_at_s = seen_at_s;
    memcpy(feed->snapshot_sha256, sha256, sizeof(sha256));
    feed->status = CW_DATA_FRESH;
    if (seen_at_s == 0) {
        feed->status = CW_DATA_NEVER;
    } else if (end_s - seen_at_s > feed->stale_after_s) {
        feed->status = CW_DATA_STALE;
    }
    return CW_OK;
}

enum cw_status cw_check_ask_about_day(struct cw_check *check, const char *state_dir, int64_t day_s,
                                      struct cw_error *err)
{
    CW_CLEANUP(cw_store_closep) struct cw_store *store = NULL;
    CW_ASSERT(day_s % CW_DAY_S == 0);
    if (day_s > check->now_s) {
        return cw_error_set(err, CW_INVALID, "that day has not begun yet (UTC)");
    }
    struct cw_error why = {0};
    enum cw_status status = cw_store_open(state_dir, CW_STORE_READ, &store, &why);
    if (status != CW_OK && status != CW_NOT_FOUND) {
        return cw_error_set(err, status, "%s", why.text);
    }
    const int64_t end_s = day_s + CW_DAY_S < check->now_s ? day_s + CW_DAY_S : check->now_s + 1;
    status = CW_OK;
    for (size_t i = 0; status == CW_OK && i < check->feeds_count; i++) {
        status = load_feed(store, end_s, &check->feeds[i], err);
    }
    check->is_past = true;
    check->day_s = day_s;
    check->now_s = end_s - 1;
    return status;
}

struct cw_standing cw_check_standing(const struct cw_check *check, const struct cw_index_item *item)
{
    struct cw_standing standing = {.is_active = item->is_active,
                                   .ended_s = cw_index_item_ended_s(item)};
    if (!check->is_past || item->kind == CW_INDEX_RULE) {
        return standing;
    }
    standing = (struct cw_standing){.is_active = false};
    for (size_t i = 0; i < item->episodes_count; i++) {
        const struct cw_index_episode episode = cw_index_item_episode(item, i);
        if (episode.from_s > check->now_s) {
            break;
        }
        standing.is_active = episode.until_s == 0 || episode.until_s > check->day_s;
        standing.ended_s = standing.is_active ? 0 : episode.until_s;
    }
    return standing;
}

void cw_check_note_dates(const struct cw_check *check, const struct cw_index_item *item,
                         struct cw_answer *answer)
{
    const int64_t first_seen_s = cw_index_item_first_seen_s(item);
    if (!check->is_past || first_seen_s <= check->now_s) {
        return;
    }
    char day[CW_DATE_TEXT_BYTES];
    int64_t listed_s = 0;
    cw_date_format(first_seen_s, day);
    if (cw_date_parse(item->listed_on, &listed_s) && listed_s <= check->now_s) {
        cw_answer_reason(answer, "list %.*s was first seen to hold it on %s, and dates it %.*s",
                         CW_SPAN_ARG(item->source_id), day, CW_SPAN_ARG(item->listed_on));
    } else {
        cw_answer_reason(answer, "list %.*s was first seen to hold it later, on %s",
                         CW_SPAN_ARG(item->source_id), day);
    }
}
