/* rules/<id>.json: what a case may say, what is refused, and that the shipped ones are right. */
#include "mistake_cases.h"

#include "base/limits.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "match/rule.h"

#define VALID CW_FIXTURES "/rule/valid/"

static void load_case(const char *folder, struct cw_mistakes *mistakes)
{
    CW_CLEANUP(cw_rules_freep) struct cw_rules *rules = NULL;
    CU_ASSERT_EQUAL(cw_rules_load(folder, mistakes, &rules, NULL), CW_OK);
    CU_ASSERT_PTR_NOT_NULL(rules);
}

static void refuses_every_invalid_case(void)
{
    cases_run(CW_FIXTURES "/rule/invalid", load_case, true, 60);
}

static void warns_in_every_doubtful_case(void)
{
    cases_run(CW_FIXTURES "/rule/warning", load_case, false, 7);
}

static void accepts_every_valid_case(void)
{
    cases_run(CW_FIXTURES "/rule/valid", load_case, false, 8);
}

static struct cw_rules *load(const char *folder, size_t errors)
{
    struct cw_mistakes mistakes;
    struct cw_rules *rules = NULL;
    cw_mistakes_init(&mistakes);
    CU_ASSERT_EQUAL(cw_rules_load(folder, &mistakes, &rules, NULL), CW_OK);
    CU_ASSERT_PTR_NOT_NULL_FATAL(rules);
    for (size_t i = 0; i < mistakes.count && errors == 0; i++) {
        char line[1024];
        cw_mistake_format(&mistakes.items[i], line, sizeof(line));
        CW_CHECK(false, "%s", line);
    }
    CW_CHECK(mistakes.errors == errors, "%s: %zu errors", folder, mistakes.errors);
    cw_mistakes_clear(&mistakes);
    return rules;
}

static void loads_the_shipped_rules(void)
{
    struct cw_rules *rules = load(CW_SOURCE_DIR "/rules", 0);
    CU_ASSERT(cw_rules_count(rules) >= 10);
    CU_ASSERT(cw_rules_addresses(rules) >= 100);
    for (size_t i = 0; i < cw_rules_count(rules); i++) {
        const struct cw_rule *rule = cw_rules_at(rules, i);
        CU_ASSERT_PTR_EQUAL(cw_rules_find(rules, cw_span_cstr(rule->id)), rule);
        for (size_t j = 0; j < rule->addresses_count; j++) {
            struct cw_address decoded;
            CU_ASSERT_EQUAL(cw_rule_address_decode(&rule->addresses[j], &decoded), CW_ADDRESS_OK);
            CW_CHECK(rule->addresses[j].reported != CW_RULE_NO_REPORT, "%s: address %zu", rule->id,
                     j);
        }
    }
    cw_rules_free(rules);
}

static void reads_every_member(void)
{
    struct cw_rules *rules = load(VALID "everything", 0);
    const struct cw_rule *rule = cw_rules_find(rules, CW_SPAN("case"));
    CU_ASSERT_PTR_NOT_NULL_FATAL(rule);
    CU_ASSERT_STRING_EQUAL(rule->title, "A case");
    CU_ASSERT_STRING_EQUAL(rule->summary, "Words.");
    CU_ASSERT_STRING_EQUAL(cw_grade_tlps[rule->tlp], "amber+strict");
    CU_ASSERT_STRING_EQUAL(cw_grade_severities[rule->severity], "high");
    CU_ASSERT_EQUAL(rule->confidence, 85);
    CU_ASSERT_STRING_EQUAL(rule->group_name, "Group");
    CU_ASSERT_STRING_EQUAL(rule->group_attack_id, "G0032");
    CU_ASSERT_STRING_EQUAL(rule->reviewed, "2026-11-20");
    CU_ASSERT_EQUAL_FATAL(rule->reported_count, 1);
    CU_ASSERT_STRING_EQUAL(rule->reported[0].id, "report");
    CU_ASSERT_STRING_EQUAL(rule->reported[0].title, "A report");
    CU_ASSERT_STRING_EQUAL(rule->reported[0].url, "https://example.org/report");
    CU_ASSERT_STRING_EQUAL(rule->reported[0].published, "2025-02-26");
    CU_ASSERT_STRING_EQUAL(rule->reported[0].publisher, "Example");
    CU_ASSERT_EQUAL_FATAL(rule->addresses_count, 1);
    CU_ASSERT(cw_span_is(rule->addresses[0].value, "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"));
    CU_ASSERT(cw_span_is(rule->addresses[0].note, "first receiver"));
    CU_ASSERT_EQUAL(rule->addresses[0].reported, 0);
    CU_ASSERT_EQUAL(strlen(rule->sha256), 64);
    CU_ASSERT_STRING_EQUAL(rule->addresses_sha256, "");
    cw_rules_free(rules);
}

static void reads_parties_and_relations(void)
{
    struct cw_rules *rules = load(VALID "everything", 0);
    const struct cw_rule *rule = cw_rules_at(rules, 0);
    CU_ASSERT_EQUAL_FATAL(rule->parties_count, 1);
    const struct cw_rule_party *party = &rule->parties[0];
    CU_ASSERT_STRING_EQUAL(party->feed, "ofac");
    CU_ASSERT_STRING_EQUAL(party->entry_ids[0], "1");
    CU_ASSERT_PTR_NULL(party->entry_ids[1]);
    CU_ASSERT_STRING_EQUAL(party->programs[0], "DPRK3");
    CU_ASSERT_STRING_EQUAL(party->names[0], "N");
    CU_ASSERT_STRING_EQUAL(party->related_to[0], "2");
    CU_ASSERT(cw_rule_has_relation(rule, CW_RELATION_EXACT));
    CU_ASSERT(cw_rule_has_relation(rule, CW_RELATION_ENTITY));
    CU_ASSERT_FALSE(cw_rule_has_relation(rule, CW_RELATION_ENCODING));
    CU_ASSERT_FALSE(cw_rule_has_relation(rule, CW_RELATION_NONE));
    cw_rules_free(rules);
}

static void fills_in_defaults(void)
{
    struct cw_rules *rules = load(VALID "smallest", 0);
    const struct cw_rule *rule = cw_rules_at(rules, 0);
    CU_ASSERT_STRING_EQUAL(rule->summary, "");
    CU_ASSERT_STRING_EQUAL(cw_grade_tlps[rule->tlp], "amber");
    CU_ASSERT_EQUAL(rule->confidence, 50);
    CU_ASSERT_STRING_EQUAL(rule->group_name, "");
    CU_ASSERT_STRING_EQUAL(rule->group_attack_id, "");
    CU_ASSERT_STRING_EQUAL(rule->reported[0].published, "");
    CU_ASSERT_EQUAL(rule->parties_count, 0);
    CU_ASSERT_EQUAL(rule->addresses[0].note.len, 0);
    for (int i = CW_RELATION_EXACT; i < CW_RELATIONS; i++) {
        CU_ASSERT(cw_rule_has_relation(rule, (enum cw_relation)i));
    }
    cw_rules_free(rules);
}

static void reads_an_addresses_file(void)
{
    struct cw_rules *rules = load(VALID "addresses-file-with-comments", 0);
    const struct cw_rule *rule = cw_rules_at(rules, 0);
    CU_ASSERT_EQUAL_FATAL(rule->addresses_count, 2);
    CU_ASSERT_EQUAL(rule->addresses_inline, 0);
    CU_ASSERT(cw_span_is(rule->addresses[0].value, "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"));
    CU_ASSERT(cw_span_is(rule->addresses[1].value, "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"));
    CU_ASSERT_EQUAL(rule->addresses[1].reported, CW_RULE_NO_REPORT);
    CU_ASSERT_EQUAL(strlen(rule->addresses_sha256), 64);
    cw_rules_free(rules);
}

static void keeps_only_addresses_that_decode(void)
{
    struct cw_rules *rules = load(CW_FIXTURES "/rule/invalid/addresses-file-with-bad-lines", 2);
    const struct cw_rule *rule = cw_rules_at(rules, 0);
    CU_ASSERT_EQUAL(rule->addresses_count, 2);
    cw_rules_free(rules);
}

/* Nowhere: not in the text, not in the field, not in the error that a caller would print. */
static void never_repeats_a_secret_key(void)
{
    static const char secret[] = "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ";
    static const char *const texts[] = {
        "{\"id\":\"a\",\"title\":\"%s\",\"addresses\":[\"%s\"]}",
        "{\"addresses\":[{\"address\":\"%s\",\"source\":\"%s\"}]}",
        "{\"addresses\":[{\"address\":\"%s\",\"source\":\"x\",\"source\":\"%s\"}]}",
        "{\"addresses\":[%s,%s]}",
        "{\"severity\":\"%s\",\"tlp\":\"%s\"}",
        "{\"reviewed\":\"%s\",\"relations\":[\"%s\"]}",
        "{\"addresses\":[\"%sx\",\" %s\"]}",
    };
    for (size_t i = 0; i < CW_COUNT(texts); i++) {
        char text[512];
        struct cw_mistakes mistakes;
        struct cw_rules *rules = NULL;
        cw_mistakes_init(&mistakes);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        (void)snprintf(text, sizeof(text), texts[i], secret, secret);
#pragma GCC diagnostic pop
        CU_ASSERT_EQUAL(cw_rules_from(cw_span_cstr(text), "/x/a.json", &mistakes, &rules, NULL),
                        CW_OK);
        CU_ASSERT(mistakes.errors > 0);
        for (size_t j = 0; j < mistakes.count; j++) {
            char line[1024];
            cw_mistake_format(&mistakes.items[j], line, sizeof(line));
            CW_CHECK(strstr(line, "5HueCGU8") == NULL, "text %zu: %s", i, line);
        }
        cw_rules_free(rules);
        cw_mistakes_clear(&mistakes);
    }
}

static const char small[] =
    "{\"id\":\"%s\",\"title\":\"T\",\"severity\":\"low\",\"reviewed\":\"2026-11-20\","
    "\"reported\":[{\"id\":\"r\",\"title\":\"R\",\"url\":\"https://example.org\","
    "\"publisher\":\"P\"}],%s}";
static const char one_address[] =
    "\"addresses\":[{\"address\":\"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa\",\"source\":\"r\"}]";
static const char one_file[] = "\"addresses_file\":\"more.txt\"";

static void put_rule(const char *folder, const char *id, const char *more, mode_t mode)
{
    char name[80];
    char text[1024];
    (void)snprintf(name, sizeof(name), "%s.json", id);
    const int len = snprintf(text, sizeof(text), small, id, more);
    temp_put(folder, name, cw_span_make(text, (size_t)len), mode);
}

static void sorts_by_id_and_finds_every_one(void)
{
    static const char *const ids[] = {"B", "Z-1", "a", "a-b", "a.b", "ab"};
    char folder[256];
    temp_make(folder);
    for (size_t i = CW_COUNT(ids); i > 0; i--) {
        put_rule(folder, ids[i - 1], one_address, 0644);
    }
    struct cw_rules *rules = load(folder, 0);
    CU_ASSERT_EQUAL_FATAL(cw_rules_count(rules), CW_COUNT(ids));
    for (size_t i = 0; i < CW_COUNT(ids); i++) {
        CU_ASSERT_STRING_EQUAL(cw_rules_at(rules, i)->id, ids[i]);
        CU_ASSERT_PTR_EQUAL(cw_rules_find(rules, cw_span_cstr(ids[i])), cw_rules_at(rules, i));
    }
    static const char *const absent[] = {"", "A", "a-", "b", "zz"};
    for (size_t i = 0; i < CW_COUNT(absent); i++) {
        CU_ASSERT_PTR_NULL(cw_rules_find(rules, cw_span_cstr(absent[i])));
    }
    cw_rules_free(rules);
    temp_remove(folder);
}

static void digests_a_set_by_ids_and_bytes(void)
{
    char folder[256];
    char digest[65];
    char want[65];
    char lines[512];
    temp_make(folder);
    put_rule(folder, "a", one_address, 0644);
    put_rule(folder, "b", one_file, 0644);
    temp_put(folder, "more.txt", CW_SPAN("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa\n"), 0644);
    struct cw_rules *rules = load(folder, 0);
    const struct cw_rule *a = cw_rules_at(rules, 0);
    const struct cw_rule *b = cw_rules_at(rules, 1);
    (void)snprintf(lines, sizeof(lines), "a %s\nb %s %s\n", a->sha256, b->sha256,
                   b->addresses_sha256);
    cw_sha256_hex(cw_span_cstr(lines), want);
    cw_rules_sha256(rules, digest);
    CU_ASSERT_STRING_EQUAL(digest, want);
    cw_rules_free(rules);

    temp_put(folder, "more.txt", CW_SPAN("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa #\n"), 0644);
    rules = load(folder, 0);
    cw_rules_sha256(rules, digest);
    CU_ASSERT_STRING_NOT_EQUAL(digest, want);
    cw_rules_free(rules);
    temp_remove(folder);
}

static void refuses_what_everybody_may_write(void)
{
    char folder[256];
    temp_make(folder);
    put_rule(folder, "a", one_file, 0644);
    temp_put(folder, "more.txt", CW_SPAN("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa\n"), 0644);
    cw_rules_free(load(folder, 0));
    temp_put(folder, "more.txt", CW_SPAN("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa\n"), 0646);
    cw_rules_free(load(folder, 1));
    put_rule(folder, "a", one_file, 0666);
    cw_rules_free(load(folder, 2));
    CU_ASSERT_EQUAL(chmod(folder, 0777), 0);
    cw_rules_free(load(folder, 3));
    temp_remove(folder);
}

static void bounds_the_number_of_rules(void)
{
    char folder[256];
    temp_make(folder);
    for (unsigned i = 0; i < CW_RULES_MAX; i++) {
        char id[16];
        (void)snprintf(id, sizeof(id), "r%u", i);
        put_rule(folder, id, one_address, 0644);
    }
    struct cw_rules *rules = load(folder, 0);
    CU_ASSERT_EQUAL(cw_rules_count(rules), CW_RULES_MAX);
    cw_rules_free(rules);
    put_rule(folder, "one-more", one_address, 0644);
    rules = load(folder, 1);
    CU_ASSERT_EQUAL(cw_rules_count(rules), 0);
    cw_rules_free(rules);
    temp_remove(folder);
}

static void bounds_the_size_of_a_rule(void)
{
    char folder[256];
    struct cw_buf text;
    temp_make(folder);
    cw_buf_init(&text, CW_RULE_BYTES_MAX + 1);
    cw_buf_printf(&text, small, "a", one_address);
    char *pad = cw_buf_room(&text, CW_RULE_BYTES_MAX - text.len);
    CU_ASSERT_PTR_NOT_NULL_FATAL(pad);
    memset(pad, ' ', CW_RULE_BYTES_MAX - text.len);
    cw_buf_advance(&text, CW_RULE_BYTES_MAX - text.len);
    temp_put(folder, "a.json", cw_buf_as_span(&text), 0644);
    cw_rules_free(load(folder, 0));
    cw_buf_char(&text, ' ');
    temp_put(folder, "a.json", cw_buf_as_span(&text), 0644);
    cw_rules_free(load(folder, 1));
    cw_buf_clear(&text);
    temp_remove(folder);
}

/* A sparse file: the cap is on bytes, before a line is looked at. */
static void bounds_the_size_of_an_addresses_file(void)
{
    char folder[256];
    temp_make(folder);
    put_rule(folder, "a", one_file, 0644);
    temp_put(folder, "more.txt", CW_SPAN(""), 0644);
    char *path = cw_path_join(folder, "more.txt");
    CU_ASSERT_EQUAL(truncate(path, CW_ADDRESSES_FILE_MAX + 1), 0);
    free(path);
    struct cw_rules *rules = load(folder, 1);
    CU_ASSERT_STRING_EQUAL(cw_rules_at(rules, 0)->addresses_sha256, "");
    cw_rules_free(rules);
    temp_remove(folder);
}

/* Two rules fill the set to the last address; the third has one more than fits. */
static void bounds_the_addresses_of_all_rules(void)
{
    enum { HALF = CW_RULE_ADDRESSES_MAX / 2, LINE = 43 };
    char folder[256];
    struct cw_buf text;
    temp_make(folder);
    cw_buf_init(&text, (size_t)HALF * LINE);
    for (unsigned i = 0; i < HALF; i++) {
        cw_buf_printf(&text, "0x%040x\n", i + 0x1000u);
    }
    CU_ASSERT_EQUAL_FATAL(cw_buf_status(&text, NULL), CW_OK);
    temp_put(folder, "more.txt", cw_buf_as_span(&text), 0644);
    put_rule(folder, "a", one_file, 0644);
    put_rule(folder, "b", one_file, 0644);
    put_rule(folder, "c", one_address, 0644);
    struct cw_rules *rules = load(folder, 1);
    CU_ASSERT_EQUAL(cw_rules_at(rules, 0)->addresses_count, HALF);
    CU_ASSERT_EQUAL(cw_rules_at(rules, 1)->addresses_count, HALF);
    CU_ASSERT_EQUAL(cw_rules_at(rules, 2)->addresses_count, 0);
    CU_ASSERT_EQUAL(cw_rules_addresses(rules), CW_RULE_ADDRESSES_MAX);
    cw_rules_free(rules);
    cw_buf_clear(&text);
    temp_remove(folder);
}

static void reports_a_missing_folder(void)
{
    struct cw_mistakes mistakes;
    struct cw_rules *rules = NULL;
    cw_mistakes_init(&mistakes);
    CU_ASSERT_EQUAL(cw_rules_load("/nonexistent/rules", &mistakes, &rules, NULL), CW_NOT_FOUND);
    CU_ASSERT_PTR_NULL(rules);
    cw_mistakes_clear(&mistakes);
}

static void loads_an_empty_folder(void)
{
    char folder[256];
    char digest[65];
    temp_make(folder);
    struct cw_rules *rules = load(folder, 0);
    CU_ASSERT_EQUAL(cw_rules_count(rules), 0);
    cw_rules_sha256(rules, digest);
    CU_ASSERT_STRING_EQUAL(digest,
                           "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    cw_rules_free(rules);
    temp_remove(folder);
}

static const struct cw_test tests[] = {
    {"refuses every invalid case with its words and place", refuses_every_invalid_case},
    {"warns in every doubtful case", warns_in_every_doubtful_case},
    {"accepts every valid case without a word", accepts_every_valid_case},
    {"loads the shipped rules without a mistake", loads_the_shipped_rules},
    {"reads every member", reads_every_member},
    {"reads parties and relations", reads_parties_and_relations},
    {"fills in defaults", fills_in_defaults},
    {"reads an addresses_file with comments", reads_an_addresses_file},
    {"keeps only addresses that decode", keeps_only_addresses_that_decode},
    {"never repeats a secret key", never_repeats_a_secret_key},
    {"sorts by id and finds every one", sorts_by_id_and_finds_every_one},
    {"digests a set by ids and bytes", digests_a_set_by_ids_and_bytes},
    {"refuses files and folders that everybody may write", refuses_what_everybody_may_write},
    {"accepts 10,000 rules and refuses one more", bounds_the_number_of_rules},
    {"bounds the size of a rule", bounds_the_size_of_a_rule},
    {"bounds the size of an addresses_file", bounds_the_size_of_an_addresses_file},
    {"accepts a million addresses in all and refuses one more", bounds_the_addresses_of_all_rules},
    {"reports a missing folder", reports_a_missing_folder},
    {"loads an empty folder", loads_an_empty_folder},
};

int main(void)
{
    return cw_run_suite("rule", tests, CW_COUNT(tests));
}
