#include "base/datetime.h"
#include "doctor/feed_health.h"
#include "doctor/internal.h"
#include "suite.h"

enum { HOUR = 3600, DAY = 24 * HOUR };
#define NOW 1795144502ll

/* ---- one list ------------------------------------------------------------------------------ */

#define SHA "5e49ea838dc30f3eeacf6ca7815f6e3adcf77f467a970d978676790fd90377e1"
#define OLD "0000000000000000000000000000000000000000000000000000000000000001"

static const struct cw_feed feed = {.id = "ofac",
                                    .publisher = "OFAC",
                                    .homepage = "https://lists.example/",
                                    .format = "lines",
                                    .stale_after_s = 3 * DAY};
static const struct cw_feed feed_with_options = {.id = "ofac",
                                                 .publisher = "OFAC",
                                                 .homepage = "",
                                                 .format = "json",
                                                 .options_count = 1,
                                                 .stale_after_s = 3 * DAY};

static const struct cw_feed feed_with_ca = {.id = "ofac",
                                            .publisher = "OFAC",
                                            .homepage = "",
                                            .format = "lines",
                                            .ca_file = "/etc/ours.pem",
                                            .stale_after_s = 3 * DAY};

static const struct {
    const char *name;
    const struct cw_feed *feed;
    struct cw_feed_state state;
    enum cw_feed_condition condition;
    int64_t since_s;
    const char *why; /* parts that must be there */
    const char *advice;
    const char *command; /* all of it */
} lists[] = {
    {"good",
     &feed,
     {.status = CW_FEED_GOOD, .snapshot_sha256 = OLD, .retrieved_at_s = NOW - HOUR},
     CW_CONDITION_GOOD,
     0,
     "",
     "",
     ""},
    {"never",
     &feed,
     {.status = CW_FEED_NEVER},
     CW_CONDITION_NEVER,
     0,
     "no scan has read it yet",
     "",
     "scan --feed ofac"},
    {"failed, with nothing in force",
     &feed,
     {.status = CW_FEED_FAILED,
      .failures = 1,
      .failing_since_s = NOW - HOUR,
      .error_code = "dns",
      .error_text = "no such name"},
     CW_CONDITION_FAILED,
     NOW - HOUR,
     "no such name",
     "resolve names",
     "scan --feed ofac --force"},
    {"failed often",
     &feed,
     {.status = CW_FEED_FAILED,
      .snapshot_sha256 = OLD,
      .retrieved_at_s = NOW - HOUR,
      .failures = 7,
      .failing_since_s = NOW - HOUR,
      .error_code = "http-status",
      .error_text = "status 404"},
     CW_CONDITION_FAILED,
     NOW - HOUR,
     "status 404 (7 attempts in a row)",
     "has the list moved?",
     "scan --feed ofac --force"},
    {"failed in a way of its own",
     &feed,
     {.status = CW_FEED_FAILED,
      .failures = 1,
      .failing_since_s = NOW,
      .error_code = "renew",
      .error_text = "x"},
     CW_CONDITION_FAILED,
     NOW,
     "x",
     "",
     "scan --feed ofac --force"},
    {"turned away: nothing helps before",
     &feed,
     {.status = CW_FEED_FAILED,
      .failures = 1,
      .failing_since_s = NOW,
      .not_before_s = NOW + HOUR,
      .error_code = "http-status",
      .error_text = "status 429"},
     CW_CONDITION_FAILED,
     NOW,
     "status 429",
     "it is not asked before 20",
     ""},
    {"turned away, and the time has come",
     &feed,
     {.status = CW_FEED_FAILED,
      .failures = 1,
      .failing_since_s = NOW,
      .not_before_s = NOW,
      .error_code = "http-status",
      .error_text = "status 429"},
     CW_CONDITION_FAILED,
     NOW,
     "status 429",
     "moved",
     "scan --feed ofac --force"},
    {"held",
     &feed,
     {.status = CW_FEED_HELD,
      .snapshot_sha256 = OLD,
      .retrieved_at_s = NOW - HOUR,
      .held_sha256 = SHA,
      .held_since_s = NOW - DAY,
      .error_text = "9 of 10 vanished"},
     CW_CONDITION_HELD,
     NOW - DAY,
     "9 of 10 vanished",
     "https://lists.example/",
     "feed accept ofac " SHA},
    {"held, without a homepage",
     &feed_with_options,
     {.status = CW_FEED_HELD, .held_sha256 = SHA, .held_since_s = NOW},
     CW_CONDITION_HELD,
     NOW,
     "",
     "OFAC",
     "feed accept ofac " SHA},
    {"held and released",
     &feed,
     {.status = CW_FEED_HELD, .held_sha256 = SHA, .released_sha256 = SHA, .held_since_s = NOW},
     CW_CONDITION_HELD,
     NOW,
     "",
     "it was released",
     "scan --feed ofac --force"},
    {"fresh to the second",
     &feed,
     {.status = CW_FEED_GOOD, .snapshot_sha256 = OLD, .retrieved_at_s = NOW - 3 * DAY},
     CW_CONDITION_GOOD,
     0,
     "",
     "",
     ""},
    {"stale a second later",
     &feed,
     {.status = CW_FEED_GOOD, .snapshot_sha256 = OLD, .retrieved_at_s = NOW - 3 * DAY - 1},
     CW_CONDITION_STALE,
     NOW - 1,
     "last seen 3 days ago",
     "",
     "scan --feed ofac --force"},
    {"stale because it failed",
     &feed,
     {.status = CW_FEED_FAILED,
      .snapshot_sha256 = OLD,
      .retrieved_at_s = NOW - 9 * DAY,
      .failures = 3,
      .error_code = "tls",
      .error_text = "certificate"},
     CW_CONDITION_STALE,
     NOW - 6 * DAY,
     "last seen 9 days ago; certificate (3 attempts in a row)",
     "is the clock right",
     "scan --feed ofac --force"},
    {"failed, with an authority of its own",
     &feed_with_ca,
     {.status = CW_FEED_FAILED,
      .failures = 1,
      .failing_since_s = NOW - HOUR,
      .error_code = "tls",
      .error_text = "certificate"},
     CW_CONDITION_FAILED,
     NOW - HOUR,
     "certificate",
     "authority (/etc/ours.pem)",
     "scan --feed ofac --force"},
    {"stale while it is held",
     &feed,
     {.status = CW_FEED_HELD,
      .snapshot_sha256 = OLD,
      .retrieved_at_s = NOW - 9 * DAY,
      .held_sha256 = SHA,
      .held_since_s = NOW - 8 * DAY},
     CW_CONDITION_STALE,
     NOW - 6 * DAY,
     "last seen 9 days ago",
     "release",
     "feed accept ofac " SHA},
    {"a little ahead of the clock",
     &feed,
     {.status = CW_FEED_GOOD, .snapshot_sha256 = OLD, .retrieved_at_s = NOW + DAY},
     CW_CONDITION_GOOD,
     0,
     "",
     "",
     ""},
    {"from the future",
     &feed,
     {.status = CW_FEED_GOOD, .snapshot_sha256 = OLD, .retrieved_at_s = NOW + DAY + 1},
     CW_CONDITION_STALE,
     NOW + 4 * DAY + 1,
     "is the clock right?",
     "",
     "scan --feed ofac --force"},
};

static void judges_each_list(void)
{
    for (size_t i = 0; i < CW_COUNT(lists); i++) {
        struct cw_feed_health health;
        cw_feed_health_of(lists[i].feed, &lists[i].state, "/state/snapshots", NOW, &health);
        CW_CHECK(health.condition == lists[i].condition, "%s: %s", lists[i].name,
                 cw_feed_condition_name(health.condition));
        CW_CHECK(health.since_s == lists[i].since_s, "%s: since", lists[i].name);
        CW_CHECK(strstr(health.why, lists[i].why) != NULL, "%s: why %s", lists[i].name, health.why);
        CW_CHECK(strstr(health.advice, lists[i].advice) != NULL, "%s: advice %s", lists[i].name,
                 health.advice);
        CW_CHECK(strcmp(health.command, lists[i].command) == 0, "%s: command %s", lists[i].name,
                 health.command);
        const bool is_good = lists[i].condition == CW_CONDITION_GOOD;
        CW_CHECK(is_good == (health.why[0] == '\0' && health.command[0] == '\0' &&
                             health.advice[0] == '\0') ||
                     !is_good,
                 "%s: a good list needs no words", lists[i].name);
    }
}

static void says_what_is_in_force(void)
{
    struct cw_feed_health health;
    struct cw_feed_state state = {.status = CW_FEED_FAILED};
    cw_feed_health_of(&feed, &state, "/s", NOW, &health);
    CU_ASSERT_STRING_EQUAL(health.in_force, "nothing of it is in force");
    state = (struct cw_feed_state){.status = CW_FEED_FAILED,
                                   .snapshot_sha256 = OLD,
                                   .retrieved_at_s = NOW - 2 * HOUR,
                                   .listings = 832};
    cw_feed_health_of(&feed, &state, "/s", NOW, &health);
    CU_ASSERT_PTR_NOT_NULL(strstr(health.in_force, "832 listings in force, last seen 20"));
    CU_ASSERT_PTR_NOT_NULL(strstr(health.in_force, "(2 hours ago)"));
}

static void shows_how_to_look_at_a_held_document(void)
{
    struct cw_feed_health health;
    const struct cw_feed_state state = {.status = CW_FEED_HELD, .held_sha256 = SHA};
    cw_feed_health_of(&feed, &state, "/s n", NOW, &health);
    CU_ASSERT_STRING_EQUAL(health.look, "feed parse --format lines '/s n/" SHA "'");
    cw_feed_health_of(&feed, &state, "/s/it's", NOW, &health);
    CU_ASSERT_STRING_EQUAL(health.look, "feed parse --format lines '/s/it'\\''s/" SHA "'");
    cw_feed_health_of(&feed_with_options, &state, "/s", NOW, &health);
    CU_ASSERT_STRING_EQUAL(health.look, "");
}

/* However long the folder's name is, it is whole or not there. */
static void never_shows_half_a_document(void)
{
    static const size_t lengths[] = {300, 381, 600, CW_SHELL_PATH_BYTES - 66,
                                     CW_SHELL_PATH_BYTES + 10};
    const struct cw_feed_state state = {.status = CW_FEED_HELD, .held_sha256 = SHA};
    for (size_t i = 0; i < CW_COUNT(lengths); i++) {
        char folder[2 * CW_SHELL_PATH_BYTES] = "/";
        struct cw_feed_health health;
        memset(folder + 1, ' ', lengths[i] - 1);
        folder[lengths[i]] = '\0';
        cw_feed_health_of(&feed, &state, folder, NOW, &health);
        const struct cw_span look = cw_span_cstr(health.look);
        const bool fits = lengths[i] < CW_SHELL_PATH_BYTES - 65;
        CW_CHECK(fits ? cw_span_ends_with(look, CW_SPAN(" /" SHA "'")) && look.len > lengths[i]
                      : look.len == 0,
                 "%zu: %zu", lengths[i], look.len);
    }
}

/* ---- groups -------------------------------------------------------------------------------- */

static void count(void *ctx, const struct cw_finding *finding)
{
    size_t *counted = ctx;
    counted[finding->state]++;
    CW_CHECK(finding->text[0] != '\0', "%s says nothing", finding->check);
    CW_CHECK((finding->state == CW_FINDING_ERROR) == (finding->status != CW_OK), "%s: its kind",
             finding->check);
}

static int64_t now(void *ctx)
{
    (void)ctx;
    return NOW;
}

static void looks_at_what_it_can_without_a_home(void)
{
    static const char *const only[] = {"config", "keys", "state", "outbox", "clock", NULL};
    size_t counted[3] = {0};
    struct cw_doctor_report report;
    const struct cw_doctor_options options = {.config_error = "none anywhere",
                                              .version = "1",
                                              .clock = {.now_s = now},
                                              .only = only,
                                              .found = count,
                                              .ctx = counted};
    cw_doctor_run(&options, &report);
    CU_ASSERT_EQUAL(report.errors, 1);
    CU_ASSERT_EQUAL(report.warnings, 3);
    CU_ASSERT_EQUAL(report.oks, 1);
    CU_ASSERT_EQUAL(report.first_error, CW_INVALID);
    CU_ASSERT_EQUAL(counted[CW_FINDING_ERROR], 1);
    CU_ASSERT_EQUAL(counted[CW_FINDING_WARNING], 3);
}

int main(void)
{
    static const struct cw_test tests[] = {
        {"judges each list, and says what to type", judges_each_list},
        {"says what is in force meanwhile", says_what_is_in_force},
        {"shows how to look at a held document", shows_how_to_look_at_a_held_document},
        {"never shows half a document", never_shows_half_a_document},
        {"looks at what it can without a home", looks_at_what_it_can_without_a_home},
    };
    return cw_run_suite("doctor", tests, CW_COUNT(tests));
}
