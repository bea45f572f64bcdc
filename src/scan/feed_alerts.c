#include "scan/announce.h"
#include "scan/hold.h"

enum { DETAIL_BYTES_MAX = 512 };

/* The facts of one feed alert, and the text that they point to. */
struct told {
    struct cw_alert_facts facts;
    struct cw_alert_feed feed;
    struct cw_buf detail;
};

static bool is_stale(const struct cw_scan *scan, const struct cw_intake *intake)
{
    const struct cw_feed_state *state = &intake->state;
    return state->snapshot_sha256[0] != '\0' &&
           scan->now_s - state->retrieved_at_s > intake->feed->stale_after_s;
}

static void told_init(struct told *told, const struct cw_scan *scan, const struct cw_intake *intake)
{
    const struct cw_feed_state *state = &intake->state;
    const bool is_failed = intake->is_due && intake->fetched.outcome == CW_FETCH_FAILED;
    cw_buf_init(&told->detail, DETAIL_BYTES_MAX + 1);
    cw_alert_clean_text(&told->detail, cw_span_cstr(state->error_text), DETAIL_BYTES_MAX);
    told->facts = cw_announce_facts(scan->home, scan->options->version, &scan->options->random);
    told->facts.time_s = scan->now_s;
    told->facts.severity = CW_HIGH;
    told->feed = (struct cw_alert_feed){
        .id = intake->feed->id,
        .url = intake->feed->url,
        .failures = state->failures,
        .last_good_at_s = state->retrieved_at_s,
        .error_code = state->error_code,
        .error_detail = told->detail.data,
        .http_status = is_failed ? intake->fetched.http_status : 0,
    };
    told->facts.feed = &told->feed;
}

static enum cw_status tell(struct cw_scan *scan, struct told *told, enum cw_alert_type type,
                           int64_t since_s, struct cw_error *err)
{
    told->facts.type = type;
    told->feed.since_s = since_s;
    return cw_scan_tell_once(scan, &told->facts, err);
}

static enum cw_status was_told(const struct cw_scan *scan, struct told *told,
                               enum cw_alert_type type, int64_t since_s, bool *ret_was_told,
                               struct cw_error *err)
{
    told->facts.type = type;
    told->feed.since_s = since_s;
    return cw_scan_was_told(scan, &told->facts, ret_was_told, err);
}

/* Only what was told can be taken back: an outage that ended before anybody heard of it is none. */
static enum cw_status tell_recovery(struct cw_scan *scan, const struct cw_intake *intake,
                                    struct told *told, struct cw_error *err)
{
    const struct cw_feed_state *before = &intake->before;
    bool was_failed = false;
    bool was_stale = false;
    enum cw_status status = CW_OK;
    if (before->failures >= CW_SCAN_FAILURES_TOLD) {
        status =
            was_told(scan, told, CW_ALERT_FEED_FAILED, before->failing_since_s, &was_failed, err);
    }
    if (status == CW_OK && before->retrieved_at_s > 0 &&
        before->retrieved_at_s != intake->state.retrieved_at_s) {
        status = was_told(scan, told, CW_ALERT_FEED_STALE, before->retrieved_at_s, &was_stale, err);
    }
    if (status != CW_OK || (!was_failed && !was_stale)) {
        return status;
    }
    told->facts.severity = CW_INFO;
    return tell(scan, told, CW_ALERT_FEED_RECOVERED,
                was_failed ? before->failing_since_s : before->retrieved_at_s, err);
}

/* Told in the transaction that writes the hold down, so a hold is told once; and once more when
 * additions, which counted until now, count no longer. */
static bool is_new_hold(const struct cw_feed_state *before, const struct cw_feed_state *now)
{
    const bool is_held = now->held_sha256[0] != '\0';
    const bool is_worse = cw_hold_is_shrunk(before) && !cw_hold_is_shrunk(now);
    return is_held && (before->held_sha256[0] == '\0' || is_worse);
}

static enum cw_status tell_trouble(struct cw_scan *scan, const struct cw_intake *intake,
                                   struct told *told, struct cw_error *err)
{
    const struct cw_feed_state *state = &intake->state;
    enum cw_status status = CW_OK;
    if (state->failures >= CW_SCAN_FAILURES_TOLD) {
        status = tell(scan, told, CW_ALERT_FEED_FAILED, state->failing_since_s, err);
    }
    if (status == CW_OK && is_stale(scan, intake)) {
        status = tell(scan, told, CW_ALERT_FEED_STALE, state->retrieved_at_s, err);
    }
    if (status == CW_OK && is_new_hold(&intake->before, state)) {
        status = tell(scan, told, CW_ALERT_FEED_SUSPECT, scan->now_s, err);
    }
    return status;
}

enum cw_status cw_scan_tell_feed(struct cw_scan *scan, const struct cw_intake *intake,
                                 struct cw_error *err)
{
    if (scan->options->is_offline) {
        return CW_OK; /* reading old bytes again says nothing about today */
    }
    struct told told;
    told_init(&told, scan, intake);
    enum cw_status status = cw_buf_status(&told.detail, err);
    if (status == CW_OK && intake->state.status == CW_FEED_GOOD && intake->is_due) {
        status = tell_recovery(scan, intake, &told, err);
    } else if (status == CW_OK) {
        status = tell_trouble(scan, intake, &told, err);
    }
    cw_buf_clear(&told.detail);
    return status;
}

enum cw_status cw_scan_tell_all_gone(struct cw_scan *scan, const struct cw_intake *intake,
                                     size_t count, struct cw_error *err)
{
    char text[128];
    struct told told;
    told_init(&told, scan, intake);
    (void)snprintf(text, sizeof(text), "all %zu addresses of our cases left this list at once",
                   count);
    told.feed.error_code = CW_ALERT_ALL_GONE;
    told.feed.error_detail = text;
    const enum cw_status status = tell(scan, &told, CW_ALERT_FEED_SUSPECT, scan->now_s, err);
    cw_buf_clear(&told.detail);
    return status;
}

/* A list that a server asked us to leave alone can grow old meanwhile. */
enum cw_status cw_scan_tell_waiting(struct cw_scan *scan, const struct cw_intake *intake,
                                    struct cw_error *err)
{
    if (!is_stale(scan, intake)) {
        return CW_OK;
    }
    if (!cw_scan_is_writing(scan)) {
        return cw_scan_tell_feed(scan, intake, err);
    }
    enum cw_status status = cw_store_begin(scan->store, err);
    if (status == CW_OK) {
        status = cw_scan_tell_feed(scan, intake, err);
    }
    return cw_store_end(scan->store, status, err);
}

enum cw_status cw_scan_put_state(struct cw_scan *scan, const struct cw_intake *intake,
                                 struct cw_error *err)
{
    const enum cw_status status = cw_scan_tell_feed(scan, intake, err);
    return status == CW_OK ? cw_store_feed_put(scan->store, &intake->state, err) : status;
}

/* ---- a sign of life ------------------------------------------------------------------------ */

enum cw_status cw_scan_heartbeat(struct cw_scan *scan, struct cw_error *err)
{
    const struct cw_config *config = scan->home->config;
    int64_t last_s = 0;
    if (config->heartbeat_every_s == 0 || !cw_scan_is_writing(scan)) {
        return CW_OK;
    }
    enum cw_status status =
        cw_store_alert_last(scan->store, cw_alert_type_name(CW_ALERT_HEARTBEAT), &last_s, err);
    /* one from the future was sent while the clock was wrong, and says nothing of today */
    const int64_t age_s = scan->now_s - last_s;
    if (status != CW_OK ||
        (last_s > 0 && age_s >= 0 && age_s < config->heartbeat_every_s - CW_CRON_SLACK_S)) {
        return status;
    }
    char subject[80];
    struct cw_alert_summary summary;
    bool is_new = false;
    (void)snprintf(subject, sizeof(subject), "scanner:%s", config->instance);
    struct cw_alert_facts facts =
        cw_announce_facts(scan->home, scan->options->version, &scan->options->random);
    facts.type = CW_ALERT_HEARTBEAT;
    facts.time_s = scan->now_s;
    facts.severity = CW_INFO;
    facts.subject = subject;
    const struct cw_announcer to = {scan->home, scan->store, scan->now_s};
    status = cw_announce(&to, &facts, &summary, &is_new, err);
    if (status == CW_OK && is_new) {
        status = cw_scan_report_alert(scan->report, &summary, err);
    }
    return status;
}
