/* What a list says, as it may stand in an alert: cleaned, then in order, and nothing lost by it. */
#include "suite.h"

#include "base/limits.h"
#include "scan/words.h"

#define BAD       "\xef\xbf\xbd" /* U+FFFD */
#define HASH_MARK ":sha256-"

static const struct {
    const char *description;
    const char *programs[3];
    const char *wanted[3];
} programs_rows[] = {
    {"nothing to clean", {"A", "Z"}, {"A", "Z"}},
    {"the order that cleaning makes", {"\001Z", "A"}, {"A", BAD "Z"}},
    {"two that clean alike", {"A\001B", "A\002B"}, {"A" BAD "B"}},
    {"a line feed and a C1 control", {"A\nB", "A\xc2\x85"}, {"A" BAD, "A" BAD "B"}},
    {"none", {NULL}, {NULL}},
};

static size_t spans_of(const char *const texts[3], struct cw_span ret[3])
{
    size_t count = 0;
    while (count < 3 && texts[count] != NULL) {
        ret[count] = cw_span_cstr(texts[count]);
        count++;
    }
    return count;
}

static void programs_are_cleaned_before_they_are_sorted(void)
{
    for (size_t i = 0; i < CW_COUNT(programs_rows); i++) {
        struct cw_arena *arena = cw_arena_new(1 << 20);
        struct cw_span raw[3];
        struct cw_span wanted[3];
        size_t count = 0;
        const size_t raw_count = spans_of(programs_rows[i].programs, raw);
        const char *const *cleaned = cw_words_programs(arena, raw, raw_count, &count);
        bool is_right = count == spans_of(programs_rows[i].wanted, wanted);
        for (size_t p = 0; is_right && p < count; p++) {
            is_right = cw_span_is(wanted[p], cleaned[p]);
        }
        CW_CHECK(cleaned != NULL && is_right, "%s", programs_rows[i].description);
        cw_arena_free(arena);
    }
}

static const struct {
    const char *description;
    const char *from;
    const char *to;
    const char *path; /* NULL: no change */
    const char *from_json;
    const char *to_json;
} changes_rows[] = {
    {"nothing", "{\"entry_name\":\"A\"}", "{\"entry_name\":\"A\"}", NULL, NULL, NULL},
    {"a plain name", "{\"entry_name\":\"A\"}", "{\"entry_name\":\"B\"}", "/entry_name", "\"A\"",
     "\"B\""},
    {"a name of two lines", "{}", "{\"entry_name\":\"A\\nB\"}", "/entry_name", NULL,
     "\"A" BAD "B\""},
    {"what reads the same", "{\"entry_name\":\"A\\u0001\"}", "{\"entry_name\":\"A\\u0002\"}",
     "/entry_name", "\"A" BAD "\"", "\"A" BAD "\""},
    {"U+0000", "{\"entry_name\":\"A\\u0000\"}", "{\"entry_name\":\"A\"}", "/entry_name",
     "\"A" BAD "\"", "\"A\""},
    {"a quotation mark", "{\"entry_name\":\"A\\\"\"}", "{}", "/entry_name", "\"A\\\"\"", NULL},
    {"a date", "{\"listed_on\":\"2026-01-02\"}", "{}", "/listed_on", "\"2026-01-02\"", NULL},
    {"programmes out of order", "{\"programs\":[]}", "{\"programs\":[\"\\u0001Z\",\"A\"]}",
     "/programs", "[]", "[\"A\",\"" BAD "Z\"]"},
    {"programmes that clean alike", "{\"programs\":[\"A\"]}",
     "{\"programs\":[\"A\\u0001\",\"A\\u0002\"]}", "/programs", "[\"A\"]", "[\"A" BAD "\"]"},
};

static bool is_text(const char *got, const char *wanted)
{
    return wanted == NULL || got == NULL ? wanted == got : strcmp(got, wanted) == 0;
}

static bool is_change(const struct cw_alert_address *out, size_t row)
{
    return is_text(out->changes[0].path, changes_rows[row].path) &&
           is_text(out->changes[0].from_json, changes_rows[row].from_json) &&
           is_text(out->changes[0].to_json, changes_rows[row].to_json);
}

static void what_changed_is_told_cleaned(void)
{
    for (size_t i = 0; i < CW_COUNT(changes_rows); i++) {
        struct cw_arena *arena = cw_arena_new(1 << 20);
        struct cw_alert_address out = {0};
        const size_t wanted = changes_rows[i].path == NULL ? 0 : 1;
        cw_words_changes(cw_span_cstr(changes_rows[i].from), cw_span_cstr(changes_rows[i].to),
                         arena, &out);
        CU_ASSERT_EQUAL(cw_arena_status(arena), CW_OK);
        const bool is_right = out.changes_count == wanted && (wanted == 0 || is_change(&out, i));
        CW_CHECK(is_right, "%s", changes_rows[i].description);
        cw_arena_free(arena);
    }
}

/* The longest entry there is: a name of controls, and as many programmes as a party may have. */
static void the_longest_entry_still_fits_into_the_arena_of_an_alert(void)
{
    struct cw_buf json;
    struct cw_alert_address out = {0};
    struct cw_arena *arena = cw_arena_new(1 << 20);
    cw_buf_init(&json, 1 << 20);
    cw_buf_str(&json, "{\"entry_name\":\"");
    for (size_t i = 0; i < CW_ENTRY_NAME_MAX; i++) {
        cw_buf_char(&json, '\x7f');
    }
    cw_buf_str(&json, "\",\"programs\":[\"\"");
    for (unsigned i = 0; json.len < (64u << 10) - 16; i++) {
        char one[16];
        (void)snprintf(one, sizeof(one), ",\"\x7f%x\"", i);
        cw_buf_str(&json, one);
    }
    cw_buf_str(&json, "]}");
    CU_ASSERT_EQUAL(cw_buf_status(&json, NULL), CW_OK);
    cw_words_changes(cw_buf_as_span(&json), CW_SPAN("{}"), arena, &out);
    CU_ASSERT_EQUAL(cw_arena_status(arena), CW_OK);
    CU_ASSERT_EQUAL_FATAL(out.changes_count, 2);
    CU_ASSERT(strlen(out.changes[0].from_json) <= CW_ENTRY_NAME_MAX + 2);
    cw_buf_clear(&json);
    cw_arena_free(arena);
}

static void an_identifier_that_was_cleaned_stays_itself(void)
{
    struct cw_arena *arena = cw_arena_new(1 << 20);
    const char *plain = cw_words_entry_id(arena, CW_SPAN("OFAC-1"));
    const char *first = cw_words_entry_id(arena, CW_SPAN("i\001"));
    const char *second = cw_words_entry_id(arena, CW_SPAN("i\002"));
    char longest[CW_ENTRY_ID_MAX];
    memset(longest, '\001', sizeof(longest));
    const char *cut = cw_words_entry_id(arena, cw_span_make(longest, sizeof(longest)));
    longest[sizeof(longest) - 1] = '\002';
    const char *other = cw_words_entry_id(arena, cw_span_make(longest, sizeof(longest)));
    CU_ASSERT_STRING_EQUAL(plain, "OFAC-1");
    CU_ASSERT_NSTRING_EQUAL(first, "i" BAD HASH_MARK, strlen("i" BAD HASH_MARK));
    CU_ASSERT_STRING_NOT_EQUAL(first, second);
    CU_ASSERT_STRING_NOT_EQUAL(cut, other);
    CU_ASSERT(strlen(cut) <= 256);
    CU_ASSERT_STRING_EQUAL(cw_words_entry_id(arena, CW_SPAN("i\001")), first);
    cw_arena_free(arena);
}

static void a_key_too_long_stands_as_its_hash(void)
{
    char key[300] = "zcash:unified:";
    struct cw_arena *arena = cw_arena_new(1 << 20);
    memset(key + 14, 'a', sizeof(key) - 14);
    const char *at_most = cw_words_key(arena, cw_span_make(key, 256));
    const char *longer = cw_words_key(arena, cw_span_make(key, 257));
    CU_ASSERT_EQUAL(strlen(at_most), 256);
    CU_ASSERT_EQUAL(strncmp(longer, "zcash:unified:sha256-", 21), 0);
    CU_ASSERT_EQUAL(strlen(longer), 21 + 64);
    CU_ASSERT_STRING_EQUAL(cw_words_entry_id(arena, cw_span_make(key, 257)), longer);
    cw_arena_free(arena);
}

static void a_full_arena_shows_in_its_status(void)
{
    struct cw_alert_address out = {0};
    size_t count = 1;
    const struct cw_span programs[] = {CW_SPAN("A"), CW_SPAN("B")};
    struct cw_arena *arena = cw_arena_new(40);
    CU_ASSERT_PTR_NULL(cw_words_programs(arena, programs, 2, &count));
    CU_ASSERT_EQUAL(count, 0);
    cw_words_changes(CW_SPAN("{}"), CW_SPAN("{\"entry_name\":\"A\"}"), arena, &out);
    CU_ASSERT_EQUAL(cw_arena_status(arena), CW_LIMIT);
    cw_arena_free(arena);
}

static const struct cw_test tests[] = {
    {"cleans programmes before it sorts them", programs_are_cleaned_before_they_are_sorted},
    {"tells what changed, cleaned", what_changed_is_told_cleaned},
    {"the longest entry fits", the_longest_entry_still_fits_into_the_arena_of_an_alert},
    {"identifiers that clean alike stay two", an_identifier_that_was_cleaned_stays_itself},
    {"a key that is too long stands as its hash", a_key_too_long_stands_as_its_hash},
    {"a full arena shows in its status", a_full_arena_shows_in_its_status},
};

int main(void)
{
    return cw_run_suite("words", tests, CW_COUNT(tests));
}
