/* Alerts: the worked examples byte for byte, identifiers, sentences, and what no body may be. */
#include "alert_world.h"

#include <stddef.h>

#include "alert/internal.h"
#include "alert_body_cases.h"
#include "alert_fact_cases.h"
#include "alert_sentence_cases.h"

/* ---- the worked examples ---- */

struct example {
    void (*facts)(struct world *world);
    const char *body;
    const char *jws;
    size_t bytes;
    const char *id;
};

static const struct example examples[] = {
    {world_001, IN_001, "001-listed.jws.json", 2702, "8e10387d-6711-5268-a605-4c3ccd6f59d5"},
    {world_002, IN_002, "002-changed.jws.json", 2790, "4e1b767b-141f-5f53-ac45-0b7e6b99904d"},
    {world_003, IN_003, "003-delisted.jws.json", 2725, "1e8d8bd9-0fe1-5d95-b6e5-3bd920810a09"},
    {world_004, IN_004, "004-feed-failed.jws.json", 924, "bc39d44d-df3b-5a78-b98d-bad40b831ae0"},
};

static void builds_the_examples_byte_for_byte(void)
{
    for (size_t i = 0; i < CW_COUNT(examples); i++) {
        struct world world;
        struct cw_buf expected;
        struct cw_buf body;
        struct cw_error err = {0};
        cw_buf_init(&body, CW_ALERT_BYTES_MAX);
        examples[i].facts(&world);
        const struct cw_span file = fixture(examples[i].body, &expected);
        const enum cw_status status = cw_alert_build(&world.facts, &body, &err);
        CW_CHECK(status == CW_OK, "%s: %s", examples[i].body, err.text);
        CW_CHECK(body.len == examples[i].bytes, "%s: %zu bytes", examples[i].body, body.len);
        CW_CHECK(cw_span_equal(cw_buf_as_span(&body), file), "%s: %s", examples[i].body, body.data);
        CW_CHECK(cw_alert_check_body(file, &err) == CW_OK, "%s: %s", examples[i].body, err.text);
        cw_buf_clear(&body);
        cw_buf_clear(&expected);
    }
}

static void example_001_has_the_published_hash(void)
{
    struct cw_buf file;
    char hex[CW_SHA256_HEX_BYTES];
    cw_sha256_hex(fixture(IN_001, &file), hex);
    CU_ASSERT_STRING_EQUAL(hex, "351b418d7c1b111b481aa4f93f5947af91ac5deaef66849fea16621232edaf7a");
    cw_buf_clear(&file);
}

static void seals_the_examples_byte_for_byte(void)
{
    struct cw_signing_key *key = key_of(SEED_ALERT);
    for (size_t i = 0; i < CW_COUNT(examples); i++) {
        struct world world;
        struct cw_buf body;
        struct cw_buf expected;
        struct cw_buf jws;
        struct cw_buf detached;
        struct cw_buf again;
        struct cw_error err = {0};
        cw_buf_init(&jws, CW_JWS_BYTES_MAX);
        cw_buf_init(&detached, CW_JWS_BYTES_MAX);
        cw_buf_init(&again, CW_JWS_BYTES_MAX);
        examples[i].facts(&world);
        CU_ASSERT_EQUAL(cw_seal(key, fixture(examples[i].body, &body), world.facts.time_s, &jws,
                                &detached, &err),
                        CW_OK);
        CW_CHECK(cw_span_equal(cw_buf_as_span(&jws), fixture(examples[i].jws, &expected)), "%s: %s",
                 examples[i].jws, err.text);
        CU_ASSERT_EQUAL(cw_seal_detached(cw_buf_as_span(&jws), &again, &err), CW_OK);
        CU_ASSERT(cw_span_equal(cw_buf_as_span(&again), cw_buf_as_span(&detached)));
        cw_buf_clear(&body);
        cw_buf_clear(&expected);
        cw_buf_clear(&jws);
        cw_buf_clear(&detached);
        cw_buf_clear(&again);
    }
    cw_signing_key_free(key);
}

/* ---- identifiers ---- */

static void each_type_has_its_identifier(void)
{
    /* computed with the uuid module of the Python standard library */
    static const struct {
        enum cw_alert_type type;
        const char *id;
    } rows[] = {
        {CW_ALERT_LISTED, "8e10387d-6711-5268-a605-4c3ccd6f59d5"},
        {CW_ALERT_DELISTED, "1e8d8bd9-0fe1-5d95-b6e5-3bd920810a09"},
        {CW_ALERT_CHANGED, "4e1b767b-141f-5f53-ac45-0b7e6b99904d"},
        {CW_ALERT_FEED_FAILED, "bc39d44d-df3b-5a78-b98d-bad40b831ae0"},
        {CW_ALERT_FEED_RECOVERED, "6a37022d-d343-56eb-9671-209207df3832"},
        {CW_ALERT_FEED_STALE, "390cf1a3-e07f-5717-b553-ee2c74883d34"},
        {CW_ALERT_FEED_SUSPECT, "57734c5a-b456-5da3-b584-b95eb884c9a0"},
        {CW_ALERT_RETRACTED, "d3ed820a-df4b-5135-a3eb-9e8ed2a67666"},
        {CW_ALERT_HEARTBEAT, "8c134477-e1b4-55a3-9417-8050aae799ba"},
        {CW_ALERT_TEST, "64be28c4-94bf-52c0-95b4-3c89d73bc735"},
        {CW_ALERT_KEY_CHANGED, "934b2d68-0f61-5de7-a68e-60abd480f8e6"},
        {CW_ALERT_ENDPOINT_DISABLED, "8df91ea5-88fc-5841-92da-8e95ed863846"},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        struct world world;
        struct world failed;
        struct cw_error err = {0};
        char id[CW_UUID_TEXT_BYTES] = "";
        world_002(&world);
        world_004(&failed);
        world.facts.time_s = 1795144502;
        world.facts.feed = &failed.feed;
        world.facts.retracts = "8e10387d-6711-5268-a605-4c3ccd6f59d5";
        world.facts.subject = "key:abc";
        world.facts.type = rows[i].type;
        CU_ASSERT_EQUAL(cw_alert_id(&world.facts, id, &err), CW_OK);
        CW_CHECK(strcmp(id, rows[i].id) == 0, "%s: %s", cw_alert_type_name(rows[i].type), id);
    }
}

static void episode_is_part_of_the_identifier(void)
{
    struct world world;
    char id[CW_UUID_TEXT_BYTES];
    world_001(&world);
    world.address.episode = 12;
    CU_ASSERT_EQUAL(cw_alert_id(&world.facts, id, NULL), CW_OK);
    CU_ASSERT_STRING_EQUAL(id, "00da269d-7dfa-5adc-bfd8-176bf6e51cbf");
}

/* ---- facts that cannot be told ---- */

static void refuses_facts_by_name(void)
{
    for (size_t i = 0; i < CW_COUNT(fact_cases); i++) {
        struct world world;
        struct cw_buf body;
        struct cw_error err = {0};
        cw_buf_init(&body, CW_ALERT_BYTES_MAX);
        world_001(&world);
        fact_cases[i].change(&world);
        const enum cw_status status = cw_alert_build(&world.facts, &body, &err);
        CW_CHECK(status == CW_INVALID, "%s: status %d", fact_cases[i].why, (int)status);
        CW_CHECK(strstr(err.text, fact_cases[i].why) != NULL, "%s: %s", fact_cases[i].why,
                 err.text);
        CW_CHECK(body.len == 0, "%s: something was written", fact_cases[i].why);
        cw_buf_clear(&body);
    }
}

/* A body of exactly `bytes` bytes: the detail of an error may be of any length. */
static enum cw_status build_of_size(size_t bytes, struct cw_buf *body)
{
    struct world world;
    world_004(&world);
    world.feed.error_detail = letters(bytes - 924 + strlen("503"));
    return cw_alert_build(&world.facts, body, NULL);
}

static void keeps_the_size_limit_of_a_body(void)
{
    struct cw_buf body;
    struct cw_buf longer;
    struct cw_error err = {0};
    cw_buf_init(&body, 2 * CW_ALERT_BYTES_MAX);
    cw_buf_init(&longer, 2 * CW_ALERT_BYTES_MAX);
    CU_ASSERT_EQUAL(build_of_size(CW_ALERT_BYTES_MAX, &body), CW_OK);
    CU_ASSERT_EQUAL(body.len, CW_ALERT_BYTES_MAX);
    CU_ASSERT_EQUAL(cw_alert_check_body(cw_buf_as_span(&body), NULL), CW_OK);
    CU_ASSERT(replace(&longer, cw_buf_as_span(&body), "\"detail\":\"", "\"detail\":\"x"));
    CU_ASSERT_EQUAL(cw_alert_check_body(cw_buf_as_span(&longer), &err), CW_UNTRUSTED);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "longer than 16384 bytes"));
    cw_buf_reset(&body);
    CU_ASSERT_EQUAL(build_of_size(CW_ALERT_BYTES_MAX + 1, &body), CW_LIMIT);
    CU_ASSERT_EQUAL(body.len, 0);
    cw_buf_clear(&body);
    cw_buf_clear(&longer);
}

static void keeps_the_limits_of_texts(void)
{
    static const struct {
        size_t offset; /* of a const char * in struct world */
        size_t max;
        const char *name;
    } rows[] = {
        {offsetof(struct world, address.case_title), 256, "case.title"},
        {offsetof(struct world, address.case_id), 128, "case.id"},
        {offsetof(struct world, address.value), 256, "address.value"},
        {offsetof(struct world, address.canonical), 256, "address.canonical"},
        {offsetof(struct world, address.chain), 32, "address.chain"},
        {offsetof(struct world, provenance.feed), 64, "provenance.feed"},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        for (size_t extra = 0; extra < 2; extra++) {
            struct world world;
            struct cw_buf body;
            struct cw_error err = {0};
            const char *text = letters(rows[i].max + extra);
            cw_buf_init(&body, CW_ALERT_BYTES_MAX);
            world_001(&world);
            memcpy((char *)&world + rows[i].offset, &text, sizeof(text));
            const enum cw_status status = cw_alert_build(&world.facts, &body, &err);
            CW_CHECK(status == (extra == 0 ? CW_OK : CW_INVALID), "%s: %s", rows[i].name, err.text);
            CW_CHECK(extra == 0 || strstr(err.text, rows[i].name) != NULL, "%s", err.text);
            cw_buf_clear(&body);
        }
    }
}

/* ---- bodies from anywhere ---- */

static void run_cases(const struct body_case *rows, size_t count, enum cw_status expected)
{
    for (size_t i = 0; i < count; i++) {
        struct cw_buf file;
        struct cw_buf changed;
        struct cw_error err = {0};
        cw_buf_init(&changed, TEXT_MAX);
        const bool is_found =
            replace(&changed, fixture(rows[i].example, &file), rows[i].from, rows[i].to);
        CW_CHECK(is_found, "row %zu: %s is not in %s", i, rows[i].from, rows[i].example);
        const enum cw_status status = cw_alert_check_body(cw_buf_as_span(&changed), &err);
        CW_CHECK(status == expected, "row %zu: %s: status %d %s", i, rows[i].to, (int)status,
                 err.text);
        CW_CHECK(rows[i].why == NULL || strstr(err.text, rows[i].why) != NULL, "row %zu: %s: %s", i,
                 rows[i].to, err.text);
        cw_buf_clear(&changed);
        cw_buf_clear(&file);
    }
}

static void refuses_what_is_not_canonical(void)
{
    run_cases(form_cases, CW_COUNT(form_cases), CW_UNTRUSTED);
}

static void refuses_what_is_not_an_alert(void)
{
    run_cases(shape_cases, CW_COUNT(shape_cases), CW_UNTRUSTED);
}

static void refuses_the_identifier_of_another_fact(void)
{
    run_cases(id_cases, CW_COUNT(id_cases), CW_UNTRUSTED);
}

static void accepts_what_a_later_version_may_add(void)
{
    run_cases(accepted_cases, CW_COUNT(accepted_cases), CW_OK);
}

static void keeps_the_depth_limit_of_a_body(void)
{
    for (size_t deep = 60; deep <= 70; deep++) {
        char nested[256] = "{\"data\":{\"aaa\":";
        struct cw_buf file;
        struct cw_buf changed;
        size_t at = strlen(nested);
        memset(nested + at, '[', deep);
        memset(nested + at + deep, ']', deep);
        (void)snprintf(nested + at + 2 * deep, 32, ",\"address\":{");
        cw_buf_init(&changed, TEXT_MAX);
        CU_ASSERT(replace(&changed, fixture(IN_001, &file), "{\"data\":{\"address\":{", nested));
        const bool is_good = cw_alert_check_body(cw_buf_as_span(&changed), NULL) == CW_OK;
        CW_CHECK(is_good == (deep + 2 <= CW_JSON_DEPTH_MAX), "%zu arrays", deep);
        cw_buf_clear(&changed);
        cw_buf_clear(&file);
    }
}

/* ---- sentences ---- */

static void korean_particles_follow_the_sound(void)
{
    for (size_t i = 0; i < CW_COUNT(sound_rows); i++) {
        CW_CHECK(cw_korean_end_of(cw_span_cstr(sound_rows[i].word), sound_rows[i].nought) ==
                     sound_rows[i].end,
                 "%s", sound_rows[i].word);
    }
}

static void sentences_say_what_happened(void)
{
    for (size_t i = 0; i < CW_COUNT(sentence_rows); i++) {
        const struct sentence_row *row = &sentence_rows[i];
        const struct cw_sentence_words words = {
            .address = "1BgL",
            .case_id = "C-7",
            .feed = "ofac",
            .entry = "é",
            .retracts = "ID5",
            .subject = "key:1",
            .instance = "s-1",
            .since = "T",
            .failures = row->failures,
            .is_baseline = row->is_baseline,
            .is_entity = row->is_entity,
            .is_first = row->is_first,
            .is_all_gone = row->is_all_gone,
        };
        struct cw_buf text;
        cw_buf_init(&text, 1024);
        CU_ASSERT(cw_sentence_write(&text, cw_span_cstr(row->language), row->type, &words));
        CW_CHECK(cw_span_is(cw_buf_as_span(&text), row->text), "%s", text.data);
        cw_buf_clear(&text);
    }
}

static void every_type_can_be_built_in_every_language(void)
{
    for (int type = 0; type < CW_ALERT_TYPES; type++) {
        struct world world;
        struct world failed;
        struct cw_buf body;
        struct cw_error err = {0};
        struct cw_alert_summary summary;
        cw_buf_init(&body, CW_ALERT_BYTES_MAX);
        world_002(&world);
        world_004(&failed);
        world.facts.type = (enum cw_alert_type)type;
        world.facts.feed = &failed.feed;
        world.facts.retracts = "8e10387d-6711-5268-a605-4c3ccd6f59d5";
        world.facts.reason = "published by mistake";
        world.facts.subject = "key:abc";
        const enum cw_status status = cw_alert_build(&world.facts, &body, &err);
        CW_CHECK(status == CW_OK, "%s: %s", cw_alert_type_name(world.facts.type), err.text);
        const struct cw_span built = cw_buf_as_span(&body);
        CU_ASSERT_EQUAL(cw_alert_check_body(built, &err), CW_OK);
        CU_ASSERT_EQUAL_FATAL(cw_alert_summarise(built, &summary, &err), CW_OK);
        CU_ASSERT_EQUAL(summary.type, world.facts.type);
        CU_ASSERT_PTR_NULL(strchr(summary.text_en, '{'));
        CU_ASSERT_PTR_NOT_NULL(strstr(body.data, "\"fr\":\""));
        CU_ASSERT_PTR_NOT_NULL(strstr(body.data, "\"ko\":\""));
        cw_buf_clear(&body);
    }
}

/* ---- the small parts ---- */

static void cleans_foreign_text(void)
{
    static const struct {
        const char *from;
        size_t bytes_max;
        const char *to;
    } rows[] = {
        {"plain", 64, "plain"},
        {"", 64, ""},
        {"a\x1b[2Jb", 64, "a\xef\xbf\xbd[2Jb"},
        {"a\nb\tc\x7f", 64,
         "a\xef\xbf\xbd"
         "b\xef\xbf\xbd"
         "c\xef\xbf\xbd"},
        {"\xc2\x85", 64, "\xef\xbf\xbd"},
        {"\xff\xfe", 64, "\xef\xbf\xbd\xef\xbf\xbd"},
        {"한국", 6, "한국"},
        {"한국", 5, "한"},
        {"한국", 2, ""},
        {"ab\x01", 4, "ab"},
        {"abc", 0, ""},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        struct cw_buf out;
        cw_buf_init(&out, 128);
        cw_alert_clean_text(&out, cw_span_cstr(rows[i].from), rows[i].bytes_max);
        CW_CHECK(cw_span_is(cw_buf_as_span(&out), rows[i].to), "row %zu", i);
        cw_buf_clear(&out);
    }
}

static void summary_holds_what_lists_need(void)
{
    struct cw_buf file;
    struct cw_alert_summary found;
    CU_ASSERT_EQUAL_FATAL(cw_alert_summarise(fixture(IN_001, &file), &found, NULL), CW_OK);
    CU_ASSERT_STRING_EQUAL(found.id, "8e10387d-6711-5268-a605-4c3ccd6f59d5");
    CU_ASSERT_EQUAL(found.type, CW_ALERT_LISTED);
    CU_ASSERT_EQUAL(found.severity, CW_HIGH);
    CU_ASSERT_EQUAL(found.tlp, CW_TLP_AMBER);
    CU_ASSERT_STRING_EQUAL(found.time, "2026-11-20T03:15:02Z");
    CU_ASSERT_STRING_EQUAL(found.subject,
                           "bitcoin:p2wpkh:751e76e8199196d454941c45d1b3a323f1433bd6");
    CU_ASSERT_STRING_EQUAL(found.source, "https://scanner.agency.example/cryptowatch");
    CU_ASSERT_STRING_EQUAL(found.case_id, "EXAMPLE-2026-001");
    CU_ASSERT_STRING_EQUAL(found.feed, "example-sanctions");
    CU_ASSERT(cw_span_starts_with(cw_span_cstr(found.text_en), CW_SPAN("Address bc1q")));
    cw_buf_clear(&file);
    CU_ASSERT_EQUAL_FATAL(cw_alert_summarise(fixture(IN_004, &file), &found, NULL), CW_OK);
    CU_ASSERT_STRING_EQUAL(found.case_id, "");
    CU_ASSERT_STRING_EQUAL(found.feed, "example-sanctions");
    cw_buf_clear(&file);
}

/* A sentence may have 1024 characters, and the summary keeps 1024 bytes of it. */
static void summary_cuts_between_characters(void)
{
    static const char end[] = "\xc3\xa9";
    char sentence[16 + 2 * 1023] = "\"en\":\"a";
    struct cw_buf file;
    struct cw_buf body;
    struct cw_alert_summary found;
    for (size_t at = strlen(sentence), i = 0; i < 1023; i++, at += 2) {
        (void)snprintf(sentence + at, sizeof(sentence) - at, "%s", end);
    }
    cw_buf_init(&body, TEXT_MAX);
    CU_ASSERT(replace(&body, fixture(IN_004, &file),
                      "\"en\":\"Feed example-sanctions has failed 3 "
                      "times since 2026-11-23T03:15:20Z.",
                      sentence));
    CU_ASSERT_EQUAL(cw_alert_check_body(cw_buf_as_span(&body), NULL), CW_OK);
    CU_ASSERT_EQUAL_FATAL(cw_alert_summarise(cw_buf_as_span(&body), &found, NULL), CW_OK);
    CU_ASSERT_EQUAL(strlen(found.text_en), 1023);
    CU_ASSERT(cw_utf8_is_valid(cw_span_cstr(found.text_en)));
    cw_buf_clear(&body);
    cw_buf_clear(&file);
}

static void summary_refuses_what_is_no_alert(void)
{
    static const char *const rows[] = {"", "{}", "[]", "null", "{\"id\":\"x\"}"};
    struct cw_alert_summary found;
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        CW_CHECK(cw_alert_summarise(cw_span_cstr(rows[i]), &found, NULL) == CW_UNTRUSTED, "%s",
                 rows[i]);
    }
}

static void names_are_read_back(void)
{
    enum cw_alert_type type;
    enum cw_severity severity;
    enum cw_tlp tlp;
    for (int i = 0; i < CW_ALERT_TYPES; i++) {
        const char *name = cw_alert_type_name((enum cw_alert_type)i);
        CW_CHECK(cw_alert_type_parse(cw_span_cstr(name), &type) && (int)type == i, "%s", name);
    }
    for (int i = CW_INFO; i <= CW_CRITICAL; i++) {
        const char *name = cw_severity_name((enum cw_severity)i);
        CW_CHECK(cw_severity_parse(cw_span_cstr(name), &severity) && (int)severity == i, "%s",
                 name);
    }
    for (int i = CW_TLP_CLEAR; i <= CW_TLP_RED; i++) {
        const char *name = cw_tlp_name((enum cw_tlp)i);
        CW_CHECK(cw_tlp_parse(cw_span_cstr(name), &tlp) && (int)tlp == i, "%s", name);
    }
    CU_ASSERT_FALSE(cw_alert_type_parse(CW_SPAN("cryptowatch.address"), &type));
    CU_ASSERT_FALSE(cw_severity_parse(CW_SPAN("HIGH"), &severity));
    CU_ASSERT_FALSE(cw_tlp_parse(CW_SPAN("white"), &tlp));
}

static const struct cw_test tests[] = {
    {"builds the worked examples byte for byte", builds_the_examples_byte_for_byte},
    {"example 001 has the published hash", example_001_has_the_published_hash},
    {"seals the worked examples byte for byte", seals_the_examples_byte_for_byte},
    {"each type has its identifier", each_type_has_its_identifier},
    {"the episode is part of the identifier", episode_is_part_of_the_identifier},
    {"refuses facts that cannot be told, by name", refuses_facts_by_name},
    {"keeps the size limit of a body at N and N+1", keeps_the_size_limit_of_a_body},
    {"keeps the limits of texts at N and N+1", keeps_the_limits_of_texts},
    {"keeps the depth limit of a body at N and N+1", keeps_the_depth_limit_of_a_body},
    {"refuses what is not canonical", refuses_what_is_not_canonical},
    {"refuses what is not an alert", refuses_what_is_not_an_alert},
    {"refuses the identifier of another fact", refuses_the_identifier_of_another_fact},
    {"accepts what a later version may add", accepts_what_a_later_version_may_add},
    {"korean particles follow the sound", korean_particles_follow_the_sound},
    {"sentences say what happened", sentences_say_what_happened},
    {"every type can be built in every language", every_type_can_be_built_in_every_language},
    {"cleans foreign text", cleans_foreign_text},
    {"a summary holds what lists need", summary_holds_what_lists_need},
    {"a summary cuts between characters", summary_cuts_between_characters},
    {"a summary refuses what is no alert", summary_refuses_what_is_no_alert},
    {"names are read back", names_are_read_back},
};

int main(void)
{
    struct cw_error err = {0};
    if (cw_hash_selftest(&err) != CW_OK) {
        return 1;
    }
    return cw_run_suite("alert", tests, CW_COUNT(tests));
}
