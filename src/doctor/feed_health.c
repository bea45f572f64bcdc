#include "doctor/feed_health.h"

#include <inttypes.h>

#include "base/datetime.h"
#include "index/verdict.h"

static const char *const names[] = {
    [CW_CONDITION_GOOD] = "good", [CW_CONDITION_NEVER] = "never", [CW_CONDITION_FAILED] = "failed",
    [CW_CONDITION_HELD] = "held", [CW_CONDITION_STALE] = "stale",
};

const char *cw_feed_condition_name(enum cw_feed_condition condition)
{
    CW_ASSERT((size_t)condition < CW_COUNT(names));
    return names[condition];
}

/* What a person has to do about each way to fail (http/net.h, fetch.h, scan/document.c). */
static const struct {
    const char *code;
    const char *advice;
} advices[] = {
    {"dns", "is the network up, and does this machine resolve names?"},
    {"connect", "is the network up, and does a firewall let this machine out?"},
    {"timeout", "is the network up? A slow server may need a longer \"timeout\" in the feed file"},
    {"tls", "is the clock right, and the system's certificate store current (doctor programs)?"},
    {"cut", "the server ends too early: wait for the next scan"},
    {"empty", "the server answers with nothing: wait for the next scan"},
    {"too-large", "has the list grown? Then raise \"bytes_max\" in the feed file"},
    {"redirect",
     "has the list moved? Correct \"url\" in the feed file, or name the publisher's own "
     "other host in \"redirect_hosts\""},
    {"refused-address", "the name leads into a private network: if that is meant, name the host in "
                        "\"allow_private_hosts\""},
    {"http-status", "has the list moved? Look at the publisher's page, then correct \"url\" in the "
                    "feed file"},
    {"parse", "has the publisher changed the form of the list? Fetch it by hand and try it (feed "
              "parse)"},
    {"limit", "the list is larger than we read, or names yours more often than any list does "
              "(docs/limits.md)"},
    {"memory", "what else runs on this machine while it scans? docs/limits.md says what a list may "
               "take"},
    {"file", "is the file that \"url\" names there, and may this user read it?"},
    {"disk", "is the disk full or read-only (doctor state)?"},
    {"net-program", "is the installation whole (doctor programs)?"},
    {"headers-file", "correct the file that \"headers_file\" names, or its mode"},
};

static const char *advice_for(const char *code)
{
    for (size_t i = 0; i < CW_COUNT(advices); i++) {
        if (strcmp(advices[i].code, code) == 0) {
            return advices[i].advice;
        }
    }
    return "";
}

/* With a store of its own the list has nothing to do with the system's. */
static void advise_ca(const char *ca_file, char *ret, size_t bytes)
{
    const int len = snprintf(ret, bytes,
                             "is the file that \"ca_file\" names there, may this user read it, and "
                             "does it hold the server's authority (%s)? Is the clock right?",
                             ca_file);
    if (len < 0 || (size_t)len >= bytes) { /* half a path is worse than none */
        (void)snprintf(ret, bytes,
                       "is the file that \"ca_file\" names there, may this user read it, and does "
                       "it hold the server's authority? Is the clock right?");
    }
}

static void write_age(int64_t seconds, char *ret, size_t bytes)
{
    cw_age_format(seconds > 0 ? seconds : 0, ret, bytes);
}

static bool is_from_ahead(const struct cw_feed_state *state, int64_t now_s)
{
    return state->retrieved_at_s > now_s + CW_DATA_CLOCK_SLACK_S;
}

static enum cw_feed_condition condition_of(const struct cw_feed *feed,
                                           const struct cw_feed_state *state, int64_t now_s)
{
    if (state->snapshot_sha256[0] != '\0' &&
        (now_s - state->retrieved_at_s > feed->stale_after_s || is_from_ahead(state, now_s))) {
        return CW_CONDITION_STALE;
    }
    switch (state->status) {
    case CW_FEED_NEVER:
        return CW_CONDITION_NEVER;
    case CW_FEED_GOOD:
        return CW_CONDITION_GOOD;
    case CW_FEED_FAILED:
        return CW_CONDITION_FAILED;
    case CW_FEED_HELD:
        break;
    }
    return CW_CONDITION_HELD;
}

static int64_t since(const struct cw_feed *feed, const struct cw_feed_state *state,
                     enum cw_feed_condition condition)
{
    switch (condition) {
    case CW_CONDITION_GOOD:
    case CW_CONDITION_NEVER:
        return 0;
    case CW_CONDITION_FAILED:
        return state->failing_since_s;
    case CW_CONDITION_HELD:
        return state->held_since_s;
    case CW_CONDITION_STALE:
        break;
    }
    return state->retrieved_at_s + feed->stale_after_s;
}

static void write_why(const struct cw_feed_state *state, int64_t now_s, struct cw_feed_health *ret)
{
    char stale[96] = "";
    char times[64] = "";
    char age[32];
    write_age(now_s - state->retrieved_at_s, age, sizeof(age));
    if (ret->condition == CW_CONDITION_STALE && is_from_ahead(state, now_s)) {
        (void)snprintf(stale, sizeof(stale), "last seen in the future: is the clock right?");
    } else if (ret->condition == CW_CONDITION_STALE) {
        (void)snprintf(stale, sizeof(stale), "last seen %s ago", age);
    }
    if (state->status == CW_FEED_FAILED && state->failures > 1) {
        (void)snprintf(times, sizeof(times), " (%" PRIu64 " attempts in a row)", state->failures);
    }
    (void)snprintf(ret->why, sizeof(ret->why), "%s%s%s%s", stale,
                   stale[0] != '\0' && state->error_text[0] != '\0' ? "; " : "", state->error_text,
                   times);
    if (ret->condition == CW_CONDITION_NEVER && ret->why[0] == '\0') {
        (void)snprintf(ret->why, sizeof(ret->why), "no scan has read it yet");
    }
}

static void write_in_force(const struct cw_feed_state *state, int64_t now_s, char *ret,
                           size_t bytes)
{
    char when[CW_TIME_TEXT_BYTES];
    char age[32];
    if (state->snapshot_sha256[0] == '\0') {
        (void)snprintf(ret, bytes, "nothing of it is in force");
        return;
    }
    cw_time_format(state->retrieved_at_s, when);
    write_age(now_s - state->retrieved_at_s, age, sizeof(age));
    (void)snprintf(ret, bytes, "%" PRIu64 " listings in force, last seen %s (%s ago)",
                   state->listings, when, age);
}

/* A held document can be read as it will be; with options of its format that takes a feed file. */
static void write_held(const struct cw_feed *feed, const struct cw_feed_state *state,
                       const char *snapshots_dir, struct cw_feed_health *ret)
{
    if (strcmp(state->released_sha256, state->held_sha256) == 0) {
        (void)snprintf(ret->advice, sizeof(ret->advice), "it was released: the next scan takes it");
        (void)snprintf(ret->command, sizeof(ret->command), "scan --feed %s --force", feed->id);
        return;
    }
    (void)snprintf(ret->advice, sizeof(ret->advice),
                   "compare it with the publisher's page (%.250s); what is right, release",
                   feed->homepage[0] != '\0' ? feed->homepage : feed->publisher);
    if (feed->options_count == 0) {
        const struct cw_quoted file = cw_shell_quote_in(snapshots_dir, state->held_sha256);
        if (file.text[0] != '\0') {
            (void)snprintf(ret->look, sizeof(ret->look), "feed parse --format %s %s", feed->format,
                           file.text);
        }
    }
    (void)snprintf(ret->command, sizeof(ret->command), "feed accept %s %s", feed->id,
                   state->held_sha256);
}

static void write_remedy(const struct cw_feed *feed, const struct cw_feed_state *state,
                         int64_t now_s, struct cw_feed_health *ret)
{
    if (state->not_before_s > now_s) {
        char when[CW_TIME_TEXT_BYTES];
        cw_time_format(state->not_before_s, when);
        (void)snprintf(ret->advice, sizeof(ret->advice),
                       "the server turned us away: it is not asked before %s, whatever is typed; "
                       "the scans after that ask again",
                       when);
        return;
    }
    if (strcmp(state->error_code, "tls") == 0 && feed->ca_file != NULL &&
        feed->ca_file[0] != '\0') {
        advise_ca(feed->ca_file, ret->advice, sizeof(ret->advice));
    } else {
        (void)snprintf(ret->advice, sizeof(ret->advice), "%s", advice_for(state->error_code));
    }
    (void)snprintf(ret->command, sizeof(ret->command), "scan --feed %s%s", feed->id,
                   ret->condition == CW_CONDITION_NEVER ? "" : " --force");
}

void cw_feed_health_of(const struct cw_feed *feed, const struct cw_feed_state *state,
                       const char *snapshots_dir, int64_t now_s, struct cw_feed_health *ret)
{
    *ret = (struct cw_feed_health){.condition = condition_of(feed, state, now_s)};
    write_in_force(state, now_s, ret->in_force, sizeof(ret->in_force));
    if (ret->condition == CW_CONDITION_GOOD) {
        return;
    }
    ret->since_s = since(feed, state, ret->condition);
    write_why(state, now_s, ret);
    if (state->status == CW_FEED_HELD) {
        write_held(feed, state, snapshots_dir, ret);
    } else {
        write_remedy(feed, state, now_s, ret);
    }
}
