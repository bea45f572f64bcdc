/* The bodies are those of alerts.md section 12, as JSON values: the order of members says nothing.
 */
#include <jansson.h>

#include "base/file.h"
#include "crypto/hash.h"
#include "deliver/attempt.h"
#include "suite.h"

#define B "\xe2\x80\x8b" /* zero-width space */
#define E "\xe2\x80\xa6" /* ellipsis */

static const struct {
    const char *what;
    enum cw_preset_syntax syntax;
    const char *text;
    const char *wanted;
} texts[] = {
    {"plain stays", CW_SYNTAX_PLAIN, "a <b> & *c* @d", "\"a <b> & *c* @d\""},
    {"a quote and a backslash are JSON's", CW_SYNTAX_PLAIN, "\"\\", "\"\\\"\\\\\""},
    {"bidi controls are shown", CW_SYNTAX_PLAIN, "x\xe2\x80\xaey", "\"x\\\\u202ey\""},
    {"a line separator is shown", CW_SYNTAX_PLAIN, "x\xe2\x80\xa8y", "\"x\\\\u2028y\""},
    {"a line feed is shown", CW_SYNTAX_PLAIN, "x\ny", "\"x\\\\x0ay\""},
    {"a byte that is no UTF-8 is shown", CW_SYNTAX_PLAIN, "x\xff", "\"x\\\\xff\""},
    {"Korean stays", CW_SYNTAX_MRKDWN, "\xec\x82\xac\xea\xb1\xb4", "\"\xec\x82\xac\xea\xb1\xb4\""},
    {"Slack's channel mention is text", CW_SYNTAX_MRKDWN, "<!channel>", "\"&lt;!channel&gt;\""},
    {"Slack's user mention is text", CW_SYNTAX_MRKDWN, "<@U012>", "\"&lt;@" B "U012&gt;\""},
    {"an entity is not made", CW_SYNTAX_MRKDWN, "&lt;", "\"&amp;lt;\""},
    {"Slack's link is text", CW_SYNTAX_MRKDWN, "<https://e.example|bank>",
     "\"&lt;https:" B "//e.example|bank&gt;\""},
    {"Mattermost's mention is text", CW_SYNTAX_MRKDWN, "@all", "\"@" B "all\""},
    {"Mattermost's link is text", CW_SYNTAX_MRKDWN, "[bank](http://e.example)",
     "\"[bank]" B "(http:" B "//e.example)\""},
    {"a link without scheme is text", CW_SYNTAX_MRKDWN, "WWW.e.example", "\"WWW" B ".e.example\""},
    {"nothing is struck", CW_SYNTAX_MRKDWN, "~not~", "\"" B "~" B "not" B "~" B "\""},
    {"nothing is bold", CW_SYNTAX_MRKDWN, "*b*", "\"" B "*" B "b" B "*" B "\""},
    {"nothing is code", CW_SYNTAX_MRKDWN, "`c`", "\"" B "`" B "c" B "`" B "\""},
    {"nothing is italic", CW_SYNTAX_MRKDWN, "_i_", "\"" B "_" B "i" B "_" B "\""},
    {"a name keeps its underscore", CW_SYNTAX_MRKDWN, "user_1.near", "\"user_1.near\""},
    {"a card's link is text", CW_SYNTAX_CARD, "[bank](http://e.example)",
     "\"\\\\[bank\\\\](http:" B "//e.example)\""},
    {"a card's mention is text", CW_SYNTAX_CARD, "<at>all</at>",
     "\"\\\\<at\\\\>all\\\\</at\\\\>\""},
    {"a card's emphasis is text", CW_SYNTAX_CARD, "**b** _i_ ~s~ `c`",
     "\"\\\\*\\\\*b\\\\*\\\\* \\\\_i\\\\_ \\\\~s\\\\~ \\\\`c\\\\`\""},
    {"a card's escape is text", CW_SYNTAX_CARD, "\\*", "\"\\\\\\\\\\\\*\""},
    {"a card's heading is text", CW_SYNTAX_CARD, "# big", "\"\\\\# big\""},
    {"a card's list is text", CW_SYNTAX_CARD, "- one", "\"\\\\- one\""},
    {"a card's other list is text", CW_SYNTAX_CARD, "+ one", "\"\\\\+ one\""},
    {"a name keeps its hyphen", CW_SYNTAX_CARD, "example-list", "\"example-list\""},
    {"nothing stays nothing", CW_SYNTAX_CARD, "", "\"\""},
};

static void hostile_texts(void)
{
    for (size_t i = 0; i < CW_COUNT(texts); i++) {
        struct cw_buf out;
        cw_buf_init(&out, 4096);
        cw_preset_text(&out, texts[i].syntax, cw_span_cstr(texts[i].text), 512);
        CU_ASSERT_EQUAL(cw_buf_status(&out, NULL), CW_OK);
        CW_CHECK(cw_span_is(cw_buf_as_span(&out), texts[i].wanted), "%s: %.*s", texts[i].what,
                 CW_SPAN_ARG(cw_buf_as_span(&out)));
        cw_buf_clear(&out);
    }
}

/* The whole of a text at the limit, and an ellipsis within it for one byte more. */
static void long_texts(void)
{
    static const struct {
        const char *what;
        size_t bytes_max;
    } rows[] = {
        {"Slack", CW_PRESET_SLACK_TEXT_MAX},
        {"Teams", CW_PRESET_TEAMS_TEXT_MAX},
        {"PagerDuty", CW_PRESET_PAGERDUTY_TEXT_MAX},
    };
    static char text[CW_PRESET_TEAMS_TEXT_MAX + 2];
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        for (size_t more = 0; more < 2; more++) {
            const size_t len = rows[i].bytes_max + more;
            struct cw_buf out;
            cw_buf_init(&out, CW_PRESET_BYTES_MAX);
            memset(text, 'a', len);
            cw_preset_text(&out, CW_SYNTAX_MRKDWN, cw_span_make(text, len), rows[i].bytes_max);
            CU_ASSERT_EQUAL(cw_buf_status(&out, NULL), CW_OK);
            CW_CHECK(out.len == rows[i].bytes_max + 2, "%s +%zu: %zu", rows[i].what, more, out.len);
            const bool is_cut = out.len > 4 && memcmp(out.data + out.len - 4, E "\"", 4) == 0;
            CW_CHECK(is_cut == (more == 1), "%s +%zu: cut %d", rows[i].what, more, is_cut);
            cw_buf_clear(&out);
        }
    }
}

/* Every cut falls between whole pieces: an entity or a character is there or not. */
static void cuts_nothing_in_two(void)
{
    for (size_t max = 16; max < 64; max++) {
        struct cw_buf out;
        cw_buf_init(&out, 4096);
        cw_preset_text(&out, CW_SYNTAX_MRKDWN, CW_SPAN("<<\xec\x82\xac<<&&\xea\xb1\xb4&&<<>>"),
                       max);
        json_error_t error;
        json_t *value = json_loadb(out.data, out.len, JSON_DECODE_ANY, &error);
        CW_CHECK(value != NULL, "%zu: %s", max, error.text);
        CW_CHECK(json_string_length(value) <= max, "%zu: %zu", max, json_string_length(value));
        const char *text = json_string_value(value);
        for (const char *at = text; at != NULL && (at = strchr(at, '&')) != NULL; at++) {
            CU_ASSERT(strncmp(at, "&lt;", 4) == 0 || strncmp(at, "&gt;", 4) == 0 ||
                      strncmp(at, "&amp;", 5) == 0);
        }
        json_decref(value);
        cw_buf_clear(&out);
    }
}

static struct cw_buf read_fixture(const char *name)
{
    char path[512];
    struct cw_error err = {0};
    struct cw_buf text;
    cw_buf_init(&text, CW_ALERT_BYTES_MAX);
    (void)snprintf(path, sizeof(path), "%s/%s", CW_FIXTURES, name);
    CW_CHECK(cw_file_read(path, &text, &err) == CW_OK, "%s", err.text);
    return text;
}

static json_t *make(const struct cw_preset *preset, struct cw_span body)
{
    struct cw_alert_summary alert;
    struct cw_error err = {0};
    struct cw_buf out;
    json_error_t error;
    cw_buf_init(&out, CW_PRESET_BYTES_MAX);
    CU_ASSERT_EQUAL_FATAL(cw_alert_summarise(body, &alert, &err), CW_OK);
    CU_ASSERT_EQUAL_FATAL(cw_preset_body(preset, &alert, body, &out, &err), CW_OK);
    json_t *value = json_loadb(out.data, out.len, JSON_REJECT_DUPLICATES, &error);
    CW_CHECK(value != NULL, "%s", error.text);
    cw_buf_clear(&out);
    return value;
}

static const struct {
    struct cw_preset preset;
    const char *fixture;
} examples[] = {
    {{CW_FORMAT_SLACK, NULL}, "preset/001-slack.json"},
    {{CW_FORMAT_TEAMS, NULL}, "preset/001-teams.json"},
    {{CW_FORMAT_PAGERDUTY, "<32-character integration key>"}, "preset/001-pagerduty.json"},
    {{CW_FORMAT_ALERTMANAGER, NULL}, "preset/001-alertmanager.json"},
};

static void published_examples(void)
{
    struct cw_buf body = read_fixture("alert/001-listed.json");
    for (size_t i = 0; i < CW_COUNT(examples); i++) {
        struct cw_buf text = read_fixture(examples[i].fixture);
        json_t *wanted = json_loadb(text.data, text.len, 0, NULL);
        json_t *is = make(&examples[i].preset, cw_buf_as_span(&body));
        char *shown = json_dumps(is, JSON_SORT_KEYS | JSON_COMPACT);
        CW_CHECK(json_equal(wanted, is), "%s: %s", examples[i].fixture, shown);
        free(shown);
        json_decref(is);
        json_decref(wanted);
        cw_buf_clear(&text);
    }
    cw_buf_clear(&body);
}

/* What belongs to a case, a list or neither is left out where there is none. */
static void other_types(void)
{
    static const char *const bodies[] = {"alert/002-changed.json", "alert/003-delisted.json",
                                         "alert/004-feed-failed.json"};
    for (size_t i = 0; i < CW_COUNT(bodies); i++) {
        struct cw_buf body = read_fixture(bodies[i]);
        for (size_t k = 0; k < CW_COUNT(examples); k++) {
            json_t *note = make(&examples[k].preset, cw_buf_as_span(&body));
            char *text = json_dumps(note, JSON_COMPACT);
            CW_CHECK(text != NULL && strstr(text, "\"\"") == NULL, "%s: %s", bodies[i], text);
            free(text);
            json_decref(note);
        }
        cw_buf_clear(&body);
    }
}

static void delisting_resolves(void)
{
    static const struct {
        const char *body;
        const char *action;
        const char *key;
    } rows[] = {
        {"alert/001-listed.json", "trigger", "8e10387d-6711-5268-a605-4c3ccd6f59d5"},
        {"alert/003-delisted.json", "resolve", "8e10387d-6711-5268-a605-4c3ccd6f59d5"},
    };
    const struct cw_preset preset = {CW_FORMAT_PAGERDUTY, "key"};
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        struct cw_buf body = read_fixture(rows[i].body);
        json_t *event = make(&preset, cw_buf_as_span(&body));
        const char *action = json_string_value(json_object_get(event, "event_action"));
        const char *key = json_string_value(json_object_get(event, "dedup_key"));
        CU_ASSERT_STRING_EQUAL(action, rows[i].action);
        CW_CHECK(strcmp(key, rows[i].key) == 0, "%s: %s", rows[i].body, key);
        json_decref(event);
        cw_buf_clear(&body);
    }
}

static void retraction_resolves(void)
{
    static const char *const languages[] = {"en", NULL};
    const struct cw_alert_facts facts = {
        .type = CW_ALERT_RETRACTED,
        .time_s = 1795144502,
        .scanner = {.source = "https://scanner.agency.example/cryptowatch",
                    .version = "0.1.0",
                    .instance = "scanner-a"},
        .severity = CW_LOW,
        .confidence = -1,
        .tlp = CW_TLP_CLEAR,
        .subject = "alert:8e10387d-6711-5268-a605-4c3ccd6f59d5",
        .retracts = "8e10387d-6711-5268-a605-4c3ccd6f59d5",
        .reason = "the list corrected itself",
        .languages = languages,
    };
    const struct cw_preset preset = {CW_FORMAT_PAGERDUTY, "key"};
    struct cw_error err = {0};
    struct cw_buf body;
    cw_buf_init(&body, CW_ALERT_BYTES_MAX);
    CW_CHECK(cw_alert_build(&facts, &body, &err) == CW_OK, "%s", err.text);
    json_t *event = make(&preset, cw_buf_as_span(&body));
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(event, "event_action")), "resolve");
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(event, "dedup_key")), facts.retracts);
    json_decref(event);
    cw_buf_clear(&body);
}

static void severities(void)
{
    static const struct {
        enum cw_severity severity;
        const char *pagerduty;
        const char *alertmanager;
        const char *slack;
    } rows[] = {
        {CW_CRITICAL, "\"severity\":\"critical\"", "\"severity\":\"critical\"", "CRITICAL: "},
        {CW_HIGH, "\"severity\":\"error\"", "\"severity\":\"critical\"", "HIGH: "},
        {CW_MEDIUM, "\"severity\":\"warning\"", "\"severity\":\"warning\"", "MEDIUM: "},
        {CW_LOW, "\"severity\":\"warning\"", "\"severity\":\"warning\"", "LOW: "},
        {CW_INFO, "\"severity\":\"info\"", "\"severity\":\"info\"", "INFO: "},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        const char *const wanted[] = {rows[i].slack, rows[i].slack, rows[i].pagerduty,
                                      rows[i].alertmanager};
        const struct cw_alert_summary alert = {.type = CW_ALERT_FEED_SUSPECT,
                                               .severity = rows[i].severity,
                                               .text_en = "A sentence.",
                                               .time = "2026-11-20T03:15:02Z"};
        for (size_t k = 0; k < CW_COUNT(examples); k++) {
            struct cw_buf out;
            cw_buf_init(&out, CW_PRESET_BYTES_MAX);
            CU_ASSERT_EQUAL(cw_preset_body(&examples[k].preset, &alert, CW_SPAN("{}"), &out, NULL),
                            CW_OK);
            CW_CHECK(out.data != NULL && strstr(out.data, wanted[k]) != NULL, "%s: %s", wanted[k],
                     out.data);
            cw_buf_clear(&out);
        }
    }
}

/* A note that does not fit is an error of this attempt, never half a note. */
static void full_buffer(void)
{
    struct cw_buf body = read_fixture("alert/001-listed.json");
    struct cw_alert_summary alert;
    CU_ASSERT_EQUAL_FATAL(cw_alert_summarise(cw_buf_as_span(&body), &alert, NULL), CW_OK);
    for (size_t k = 0; k < CW_COUNT(examples); k++) {
        size_t whole = 0;
        for (size_t max = CW_PRESET_BYTES_MAX;; max = whole - 1) {
            struct cw_buf out;
            cw_buf_init(&out, max);
            const enum cw_status status =
                cw_preset_body(&examples[k].preset, &alert, cw_buf_as_span(&body), &out, NULL);
            const bool is_short = whole > 0;
            CU_ASSERT_EQUAL(status, is_short ? CW_LIMIT : CW_OK);
            whole = out.len;
            cw_buf_clear(&out);
            if (is_short) {
                break;
            }
        }
    }
    cw_buf_clear(&body);
}

/* Signed and labelled as any delivery, but no signature of the alert: its bytes are not there. */
static void headers_of_a_note(void)
{
    struct cw_buf body = read_fixture("alert/001-listed.json");
    static const uint8_t seed[CW_ED25519_SEED_BYTES] = {7};
    struct cw_signing_key *key = cw_signing_key_new(seed);
    const struct cw_receiver receiver = {.id = "chat",
                                         .url = "https://chat.example/hook",
                                         .keys = {key},
                                         .keys_count = 1,
                                         .ca_file = "",
                                         .preset = {CW_FORMAT_SLACK, NULL}};
    const struct cw_attempt attempt = {
        .receiver = &receiver,
        .request_id = 1,
        .timestamp_s = 1795144503,
        .event = {.id = CW_SPAN("8e10387d-6711-5268-a605-4c3ccd6f59d5"),
                  .body = cw_buf_as_span(&body),
                  .detached = CW_SPAN("aaa..bbb")},
        .user_agent = "cryptowatch/0.1.0",
    };
    struct cw_attempt_text text;
    struct cw_net_request request;
    struct cw_error err = {0};
    cw_attempt_text_init(&text);
    CW_CHECK(cw_attempt_request(&attempt, &text, &request, &err) == CW_OK, "%s", err.text);
    const char *headers = text.headers.data;
    CU_ASSERT(strstr(headers, "\ncontent-type: application/json") != NULL);
    CU_ASSERT(strstr(headers, "webhook-id: 8e10387d-6711-5268-a605-4c3ccd6f59d5\n") == headers);
    CU_ASSERT(strstr(headers, "webhook-signature: v1a,") != NULL);
    CU_ASSERT(strstr(headers, "cryptowatch-jws") == NULL);
    CU_ASSERT(strstr(headers, "cloudevents") == NULL);
    CU_ASSERT(cw_span_starts_with(request.body, CW_SPAN("{\"text\":")));
    struct cw_attempt damaged = attempt;
    damaged.event.body = CW_SPAN("{\"data\":");
    CU_ASSERT_EQUAL(cw_attempt_request(&damaged, &text, &request, &err), CW_INVALID);
    cw_attempt_text_clear(&text);
    cw_signing_key_free(key);
    cw_buf_clear(&body);
}

int main(void)
{
    static const struct cw_test tests[] = {
        {"lets hostile text do nothing in a chat", hostile_texts},
        {"cuts what is longer than a chat takes", long_texts},
        {"cuts no entity and no character in two", cuts_nothing_in_two},
        {"makes the bodies of the specification", published_examples},
        {"leaves out what an alert does not have", other_types},
        {"resolves the incident of a listing when it is delisted", delisting_resolves},
        {"resolves the incident of an alert that is retracted", retraction_resolves},
        {"says the severity in the words of each service", severities},
        {"makes no half note", full_buffer},
        {"signs a note, and claims no signature of the alert", headers_of_a_note},
    };
    struct cw_error err = {0};
    if (cw_hash_selftest(&err) != CW_OK) {
        (void)fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    return cw_run_suite("preset", tests, CW_COUNT(tests));
}
