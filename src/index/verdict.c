#include "index/verdict.h"

const char *cw_verdict_name(enum cw_verdict verdict)
{
    switch (verdict) {
    case CW_VERDICT_CLEAR:
        return "clear";
    case CW_VERDICT_RELATED:
        return "related";
    case CW_VERDICT_CANNOT_SAY:
        return "cannot-say";
    case CW_VERDICT_LISTED:
        return "listed";
    }
    return "cannot-say";
}

enum cw_verdict cw_verdict_of(const struct cw_verdict_facts *facts)
{
    if (facts->is_listed) {
        return CW_VERDICT_LISTED;
    }
    if (facts->is_mistyped || facts->is_unusable || !facts->is_complete) {
        return CW_VERDICT_CANNOT_SAY;
    }
    return facts->is_related ? CW_VERDICT_RELATED : CW_VERDICT_CLEAR;
}

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

enum cw_data_status cw_data_status_at(const struct cw_manifest_feed *feed, int64_t now_s)
{
    if (feed->snapshot_sha256[0] == '\0') {
        return CW_DATA_NEVER;
    }
    const int64_t age_s = now_s - feed->retrieved_at_s;
    if (age_s > feed->stale_after_s || age_s < -CW_DATA_CLOCK_SLACK_S) {
        return CW_DATA_STALE;
    }
    if (strcmp(feed->status, "failed") == 0) {
        return CW_DATA_FAILED;
    }
    return strcmp(feed->status, "held") == 0 ? CW_DATA_HELD : CW_DATA_FRESH;
}
