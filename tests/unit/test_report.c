/* test_report.c: what may stand on a page, and how foreign text gets there. */
#include "store_place.h"

#include <jansson.h>

#include "base/text.h"
#include "report/facts.h"
#include "report/html.h"
#include "report/page.h"
#include "store/review.h"

/* ---- escaping ------------------------------------------------------------------------------- */

struct escape_row {
    struct cw_span text;
    const char *wanted;
};

static void check_rows(const struct escape_row *rows, size_t count,
                       void (*escape)(struct cw_buf *out, struct cw_span text))
{
    for (size_t i = 0; i < count; i++) {
        struct cw_buf out;
        cw_buf_init(&out, 4096);
        escape(&out, rows[i].text);
        CW_CHECK(cw_span_is(cw_buf_as_span(&out), rows[i].wanted), "row %zu: got %s\n", i,
                 out.data == NULL ? "" : out.data);
        cw_buf_clear(&out);
    }
}

static void foreign_text_ends_no_element_and_no_attribute(void)
{
    static const struct escape_row rows[] = {
        {{"", 0}, ""},
        {{"plain", 5}, "plain"},
        {{"</script>", 9}, "&lt;/script&gt;"},
        {{"\" onload='x'", 12}, "&quot; onload=&#39;x&#39;"},
        {{"&amp;", 5}, "&amp;amp;"},
        {{"<!--", 4}, "&lt;!--"},
        {{"a\0b", 3}, "a\\x00b"},
        {{"\x1b[31m", 5}, "\\x1b[31m"},
        {{"line\nfeed", 9}, "line\\x0afeed"},
        {{"\xe2\x80\xae"
          "exe",
          6},
         "\\u202eexe"},
        {{"\xe2\x80\xa8<", 4}, "\\u2028&lt;"},
        {{"\xc2\x9b", 2}, "\\u009b"},
        {{"\xff<\xfe", 3}, "\\xff&lt;\\xfe"},
        {{"\xc0\xbc", 2}, "\\xc0\\xbc"}, /* an overlong "<" */
        {{"\xed\x95\x9c\xf0\x9f\x92\xa9", 7}, "\xed\x95\x9c\xf0\x9f\x92\xa9"},
    };
    check_rows(rows, CW_COUNT(rows), cw_html_text);
}

static void json_in_a_page_ends_no_script(void)
{
    static const struct escape_row rows[] = {
        {{"{\"a\":1}", 7}, "{\"a\":1}"},
        {{"\"</script>\"", 11}, "\"\\u003c/script\\u003e\""},
        {{"\"<!--&\"", 7}, "\"\\u003c!--\\u0026\""},
        {{"\"\xe2\x80\xa8\"", 5}, "\"\\u2028\""},
        {{"\"\xe2\x80\xae\"", 5}, "\"\\u202e\""},
        {{"{\n\t\"a\": 1\r\n}", 12}, "{  \"a\": 1  }"},
        {{"\"\xf0\x9f\x92\xa9\"", 6}, "\"\xf0\x9f\x92\xa9\""},
        {{"\"\xed\x95\x9c\"", 5}, "\"\xed\x95\x9c\""},
        {{"a\0b", 3}, "a\\u0000b"}, /* no JSON, and it stays none */
        {{"\xff", 1}, "\\ufffd"},
    };
    check_rows(rows, CW_COUNT(rows), cw_html_json);
}

/* Every byte before and after every other: what comes out holds none that HTML or a reader's eye
 * could take for something else. */
static bool is_harmless(const struct cw_buf *out, const char *forbidden)
{
    for (size_t i = 0; i < out->len; i++) {
        if (out->data[i] == '\0' || strchr(forbidden, out->data[i]) != NULL) {
            return false;
        }
    }
    return cw_text_is_printable(cw_buf_as_span(out));
}

static void no_pair_of_bytes_gets_through(void)
{
    for (unsigned i = 0; i < 0x10000; i++) {
        const char pair[] = {(char)(i >> 8), (char)(i & 0xff)};
        struct cw_buf out;
        cw_buf_init(&out, 64);
        cw_html_text(&out, cw_span_make(pair, 2));
        CW_CHECK(is_harmless(&out, "<>\"'"), "text %04x\n", i);
        cw_buf_reset(&out);
        cw_html_json(&out, cw_span_make(pair, 2));
        CW_CHECK(is_harmless(&out, "<>&"), "json %04x\n", i);
        cw_buf_clear(&out);
    }
}

static void a_full_buffer_is_noticed(void)
{
    struct cw_buf out;
    cw_buf_init(&out, 8);
    cw_html_text(&out, CW_SPAN("\x1b<<<"));
    CU_ASSERT_EQUAL(cw_buf_status(&out, NULL), CW_LIMIT);
    cw_buf_clear(&out);
}

/* ---- sentences ------------------------------------------------------------------------------ */

static unsigned places_in(const char *text)
{
    unsigned places = 0;
    for (const char *at = strchr(text, '{'); at != NULL; at = strchr(at + 1, '{')) {
        places |= at[1] >= '0' && at[1] <= '2' && at[2] == '}' ? 1u << (at[1] - '0') : 0x80u;
    }
    return places;
}

static void sentences_are_whole_in_three_languages(void)
{
    for (size_t i = 0; i < cw_texts_count; i++) {
        const enum cw_text key = (enum cw_text)i;
        const unsigned places = places_in(cw_text_of(key, CW_REPORT_EN));
        CW_CHECK((places & 0x80u) == 0, "%s: a brace that is no place\n", cw_text_key(key));
        for (size_t lang = 0; lang < CW_REPORT_LANGS; lang++) {
            const char *text = cw_text_of(key, (enum cw_report_lang)lang);
            CW_CHECK(text[0] != '\0' && cw_text_is_printable(cw_span_cstr(text)) &&
                         strpbrk(text, "<>|") == NULL,
                     "%s in %zu: %s\n", cw_text_key(key), lang, text);
            CW_CHECK(places_in(text) == places, "%s in %zu: other places\n", cw_text_key(key),
                     lang);
        }
    }
}

static void every_name_of_the_program_has_a_word(void)
{
    for (int i = 0; i < CW_ALERT_TYPES; i++) {
        const char *name = cw_alert_type_name((enum cw_alert_type)i) + strlen("cryptowatch.");
        CW_CHECK(cw_text_named("type_", name, CW_TEXT_title) != CW_TEXT_title, "%s\n", name);
    }
    for (int i = CW_INFO; i <= CW_CRITICAL; i++) {
        const char *name = cw_severity_name((enum cw_severity)i);
        CW_CHECK(cw_text_named("severity_", name, CW_TEXT_title) != CW_TEXT_title, "%s\n", name);
    }
    for (int i = CW_RELATION_NONE + 1; i < CW_RELATIONS; i++) {
        const char *name = cw_relation_name((enum cw_relation)i);
        CW_CHECK(cw_text_named("rel_", name, CW_TEXT_title) != CW_TEXT_title, "%s\n", name);
    }
    for (int i = CW_CONDITION_GOOD; i <= CW_CONDITION_STALE; i++) {
        const char *name = cw_feed_condition_name((enum cw_feed_condition)i);
        CW_CHECK(cw_text_named("feed_", name, CW_TEXT_title) != CW_TEXT_title, "%s\n", name);
    }
    CU_ASSERT_EQUAL(cw_text_named("feed_", "goo", CW_TEXT_title), CW_TEXT_title);
    CU_ASSERT_EQUAL(cw_text_named("feed_", "goods", CW_TEXT_title), CW_TEXT_title);
}

static void a_sentence_is_filled_and_marked_for_the_script(void)
{
    struct cw_buf out;
    cw_buf_init(&out, 4096);
    struct cw_page page = {.out = &out, .lang = CW_REPORT_FR};
    cw_page_numbers(&page, "p class=\"dim\"", CW_TEXT_sum_good, 7, 9);
    CW_CHECK(cw_span_starts_with(
                 cw_buf_as_span(&out),
                 CW_SPAN("<p class=\"dim\" data-t=\"sum_good\" data-a=\"7|9\">7 alertes sur 9 ")),
             "%s\n", out.data);
    CU_ASSERT_TRUE(cw_span_ends_with(cw_buf_as_span(&out), CW_SPAN("</p>")));
    cw_buf_reset(&out);
    cw_page_element(&page, "b", CW_SPAN("<x>"));
    CU_ASSERT_TRUE(cw_span_is(cw_buf_as_span(&out), "<b>&lt;x&gt;</b>"));
    cw_buf_clear(&out);
}

static void the_script_gets_all_sentences_as_json(void)
{
    struct cw_buf out;
    cw_buf_init(&out, 1u << 20);
    struct cw_page page = {.out = &out, .lang = CW_REPORT_EN};
    cw_page_texts(&page);
    const struct cw_span all = cw_buf_as_span(&out);
    const size_t from = cw_span_find(all, '>', 0) + 1;
    const size_t until = cw_span_find(all, '<', from);
    json_t *texts = json_loadb(all.data + from, until - from, 0, NULL);
    for (size_t lang = 0; lang < CW_REPORT_LANGS; lang++) {
        const json_t *one = json_object_get(texts, cw_report_lang_name((enum cw_report_lang)lang));
        CU_ASSERT_EQUAL(json_object_size(one), cw_texts_count);
    }
    json_decref(texts);
    cw_buf_clear(&out);
}

static void sizes_and_ages_are_rounded_for_people(void)
{
    static const struct {
        uint64_t bytes;
        const char *wanted;
    } rows[] = {{0, "0 B"},          {999, "999 B"},          {1000, "1.0 kB"},
                {1999, "1.9 kB"},    {99999, "99.9 kB"},      {100000, "100 kB"},
                {2500000, "2.5 MB"}, {3000000000u, "3.0 GB"}, {UINT64_MAX, "18446744 TB"}};
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        char text[CW_SIZE_TEXT_BYTES];
        cw_size_format(rows[i].bytes, text);
        CW_CHECK(strcmp(text, rows[i].wanted) == 0, "%s\n", text);
    }
    struct cw_buf out;
    cw_buf_init(&out, 4096);
    struct cw_page page = {.out = &out, .lang = CW_REPORT_EN};
    cw_page_age(&page, "i", -5);
    cw_page_age(&page, "i", 3600);
    cw_page_age(&page, "i", INT64_C(48) * 3600);
    CW_CHECK(strstr(out.data, ">0 min<") != NULL && strstr(out.data, ">1 h<") != NULL &&
                 strstr(out.data, ">2 d<") != NULL,
             "%s\n", out.data);
    cw_buf_clear(&out);
}

/* ---- pages ---------------------------------------------------------------------------------- */

static void a_page_says_when_it_was_made(void)
{
    static const struct {
        const char *page;
        bool is_ours;
    } rows[] = {
        {"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"cryptowatch-made\" content=\"2026-11-20T03:15:01Z\">\n",
         true},
        {"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\n\n"
         "<meta name=\"cryptowatch-made\" content=\"2026-11-20T03:15:01Z\">\n",
         false},
        {"<!DOCTYPE html>\n<html lang=\"en\">\n"
         "<meta name=\"cryptowatch-made\" content=\"2026-11-20T03:15\">\n",
         false},
        {"<html>\n<meta name=\"cryptowatch-made\" content=\"2026-11-20T03:15:01Z\">\n", false},
        {"", false},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        int64_t at_s = -7;
        CW_CHECK(cw_report_made_at(cw_span_cstr(rows[i].page), &at_s) == rows[i].is_ours,
                 "row %zu\n", i);
        CU_ASSERT_EQUAL(at_s, rows[i].is_ours ? 1795144501 : -7);
    }
}

static void languages_have_names(void)
{
    enum cw_report_lang lang = CW_REPORT_EN;
    CU_ASSERT_TRUE(cw_report_lang_parse(CW_SPAN("ko"), &lang));
    CU_ASSERT_EQUAL(lang, CW_REPORT_KO);
    CU_ASSERT_FALSE(cw_report_lang_parse(CW_SPAN("de"), &lang));
    CU_ASSERT_FALSE(cw_report_lang_parse(CW_SPAN(""), &lang));
    CU_ASSERT_EQUAL(lang, CW_REPORT_KO);
}

/* ---- what the store is asked ---------------------------------------------------------------- */

struct seen {
    char text[256];
};

static enum cw_status see(void *ctx, const struct cw_retrieval *retrieval, struct cw_error *err)
{
    (void)err;
    struct seen *seen = ctx;
    const size_t used = strlen(seen->text);
    (void)snprintf(seen->text + used, sizeof(seen->text) - used, "%lld%c%llu ",
                   (long long)retrieval->at_s, retrieval->outcome[0],
                   (unsigned long long)retrieval->bytes);
    return CW_OK;
}

static void the_past_begins_with_the_document_in_force(void)
{
    static const struct cw_retrieval rows[] = {
        {.feed = "a", .at_s = 100, .outcome = "new", .bytes = 5},
        {.feed = "a", .at_s = 200, .outcome = "new", .bytes = 6},
        {.feed = "a", .at_s = 300, .outcome = "unchanged"},
        {.feed = "b", .at_s = 350, .outcome = "new", .bytes = 9},
        {.feed = "a", .at_s = 400, .outcome = "failed"},
    };
    const struct place place = place_make();
    struct cw_store *store = store_open(&place, CW_STORE_WRITE);
    struct seen seen = {""};
    int64_t first_s = -1;
    STORE_OK(cw_store_first_retrieval(store, &first_s, &err));
    CU_ASSERT_EQUAL(first_s, 0);
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        struct cw_retrieval row = rows[i];
        row.url = row.final_url = row.sha256 = row.error_code = row.error_text = "";
        STORE_OK(cw_store_retrieval_add(store, &row, &err));
    }
    STORE_OK(cw_store_first_retrieval(store, &first_s, &err));
    CU_ASSERT_EQUAL(first_s, 100);
    STORE_OK(cw_store_retrievals(store, "a", 350, see, &seen, &err));
    CU_ASSERT_STRING_EQUAL(seen.text, "200n6 300u0 400f0 ");
    seen.text[0] = '\0';
    STORE_OK(cw_store_retrievals(store, "a", 50, see, &seen, &err));
    CU_ASSERT_STRING_EQUAL(seen.text, "100n5 200n6 300u0 400f0 ");
    seen.text[0] = '\0';
    STORE_OK(cw_store_retrievals(store, "c", 50, see, &seen, &err));
    CU_ASSERT_STRING_EQUAL(seen.text, "");
    cw_store_close(store);
    place_remove(&place);
}

/* ---- the days ------------------------------------------------------------------------------- */

enum { PAIR_CASES = 400, PAIR_LISTS = 250 };

static uint64_t *events_of(struct cw_report_facts *facts, int64_t at_s, int case_number,
                           int list_number)
{
    char case_id[32];
    char feed[32];
    (void)snprintf(case_id, sizeof(case_id), "case-%d", case_number);
    (void)snprintf(feed, sizeof(feed), "list-%d", list_number);
    const struct cw_alert_mark mark = {
        .created_at_s = at_s, .case_id = cw_span_cstr(case_id), .feed = cw_span_cstr(feed)};
    struct cw_report_day *day = cw_report_day_of(facts, &mark);
    CU_ASSERT_PTR_NOT_NULL_FATAL(day);
    return day->events;
}

/* A first scan tells of all cases on all lists; a search through the rows of that day would take
 * five thousand million comparisons for these. */
static void a_day_of_many_cases_and_lists_is_counted(void)
{
    struct cw_report_facts facts = {.arena = cw_arena_new(CW_REPORT_MEMORY_MAX)};
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < PAIR_CASES * PAIR_LISTS; i++) {
            events_of(&facts, STORE_NOW, i % PAIR_CASES, i / PAIR_CASES)[CW_EVENT_LISTED]++;
        }
    }
    CU_ASSERT_EQUAL(facts.days_count, PAIR_CASES * PAIR_LISTS);
    for (size_t i = 0; i < facts.days_count; i++) {
        CW_CHECK(facts.days[i].events[CW_EVENT_LISTED] == 2, "row %zu\n", i);
    }
    CU_ASSERT_TRUE(cw_span_is(facts.days[0].case_id, "case-0"));
    CU_ASSERT_TRUE(cw_span_is(facts.days[PAIR_CASES].feed, "list-1"));
    cw_report_days_clear(&facts);
    cw_arena_free(facts.arena);
}

static void a_clock_that_went_back_doubles_no_row(void)
{
    static const int64_t day_s = 86400;
    struct cw_report_facts facts = {.arena = cw_arena_new(CW_REPORT_MEMORY_MAX)};
    for (int i = 0; i < 4; i++) {
        events_of(&facts, STORE_NOW + i % 2 * day_s, 1, 1)[CW_EVENT_CHANGED]++;
    }
    CU_ASSERT_EQUAL_FATAL(facts.days_count, 2);
    CU_ASSERT_EQUAL(facts.days[0].events[CW_EVENT_CHANGED], 2);
    CU_ASSERT_EQUAL(facts.days[1].events[CW_EVENT_CHANGED], 2);
    CU_ASSERT_EQUAL(facts.days[1].day_s - facts.days[0].day_s, day_s);
    cw_report_days_clear(&facts);
    cw_arena_free(facts.arena);
}

/* What of a case and what of a list differs is another row, and so is what is split otherwise. */
static void rows_are_told_apart(void)
{
    static const char *const pairs[][2] = {{"ab", "c"}, {"a", "bc"}, {"", "abc"}, {"abc", ""}};
    struct cw_report_facts facts = {.arena = cw_arena_new(CW_REPORT_MEMORY_MAX)};
    for (size_t i = 0; i < 2 * CW_COUNT(pairs); i++) {
        const char *const *pair = pairs[i % CW_COUNT(pairs)];
        const struct cw_alert_mark mark = {.case_id = cw_span_cstr(pair[0]),
                                           .feed = cw_span_cstr(pair[1])};
        CU_ASSERT_PTR_NOT_NULL(cw_report_day_of(&facts, &mark));
    }
    CU_ASSERT_EQUAL(facts.days_count, CW_COUNT(pairs));
    cw_report_days_clear(&facts);
    cw_arena_free(facts.arena);
}

/* Past its memory it is too large, and says so; it does not take more. */
static void too_many_rows_are_said(void)
{
    struct cw_report_facts facts = {.arena = cw_arena_new(4096)};
    const struct cw_report_day *day = NULL;
    int rows = 0;
    do {
        const struct cw_alert_mark mark = {.created_at_s = rows++ * INT64_C(86400),
                                           .case_id = CW_SPAN("case"),
                                           .feed = CW_SPAN("list")};
        day = cw_report_day_of(&facts, &mark);
    } while (day != NULL && rows < 10000);
    CU_ASSERT_PTR_NULL(day);
    CU_ASSERT_EQUAL(cw_arena_status(facts.arena), CW_LIMIT);
    CU_ASSERT_EQUAL(facts.days_count, (size_t)rows - 1);
    cw_report_days_clear(&facts);
    cw_arena_free(facts.arena);
}

int main(void)
{
    static const struct cw_test tests[] = {
        {"foreign text ends no element, no attribute",
         foreign_text_ends_no_element_and_no_attribute},
        {"JSON in a page ends no script", json_in_a_page_ends_no_script},
        {"no pair of bytes gets through", no_pair_of_bytes_gets_through},
        {"a full buffer is noticed", a_full_buffer_is_noticed},
        {"sentences are whole in three languages", sentences_are_whole_in_three_languages},
        {"every name of the program has a word", every_name_of_the_program_has_a_word},
        {"a sentence is filled and marked", a_sentence_is_filled_and_marked_for_the_script},
        {"the script gets all sentences as JSON", the_script_gets_all_sentences_as_json},
        {"sizes and ages are rounded for people", sizes_and_ages_are_rounded_for_people},
        {"a page says when it was made", a_page_says_when_it_was_made},
        {"languages have names", languages_have_names},
        {"a day of many cases and lists is counted", a_day_of_many_cases_and_lists_is_counted},
        {"a clock that went back doubles no row", a_clock_that_went_back_doubles_no_row},
        {"rows are told apart", rows_are_told_apart},
        {"too many rows are said", too_many_rows_are_said},
        {"the past begins with what was in force", the_past_begins_with_the_document_in_force},
    };
    return cw_run_suite("report", tests, CW_COUNT(tests));
}
