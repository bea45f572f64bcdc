/* test_text.c: time, UTF-8, escaping and hex, as tables of input and expectation. */
#include "suite.h"

#include "base/clock.h"
#include "base/datetime.h"
#include "base/text.h"

/* ---- time ---- */

struct time_row {
    const char *text;
    bool is_ok;
    int64_t time_s;
};

static void check_times(const struct time_row *rows, size_t count,
                        bool (*parse)(struct cw_span text, int64_t *ret))
{
    for (size_t i = 0; i < count; i++) {
        int64_t time_s = -7;
        const bool is_ok = parse(cw_span_cstr(rows[i].text), &time_s);
        CW_CHECK(is_ok == rows[i].is_ok, "\"%s\": accepted %d", rows[i].text, is_ok);
        const int64_t expected = rows[i].is_ok ? rows[i].time_s : -7;
        CW_CHECK(time_s == expected, "\"%s\": %lld", rows[i].text, (long long)time_s);
    }
}

static void time_reads_rfc3339_utc_seconds_only(void)
{
    static const struct time_row rows[] = {
        {"1970-01-01T00:00:00Z", true, 0},
        {"2000-02-29T12:00:00Z", true, 951825600},
        {"2026-11-20T03:15:01Z", true, 1795144501},
        {"2038-01-19T03:14:08Z", true, 2147483648},
        {"9999-12-31T23:59:59Z", true, 253402300799},
        {"1969-12-31T23:59:59Z", false, 0},
        {"2026-11-20t03:15:01Z", false, 0},
        {"2026-11-20T03:15:01z", false, 0},
        {"2026-11-20 03:15:01Z", false, 0},
        {"2026-11-20T03:15:01", false, 0},
        {"2026-11-20T03:15:01+00:00", false, 0},
        {"2026-11-20T03:15:01.5Z", false, 0},
        {"2026-11-20T24:00:00Z", false, 0},
        {"2026-11-20T23:60:00Z", false, 0},
        {"2016-12-31T23:59:60Z", false, 0},
        {"2026-11-31T00:00:00Z", false, 0},
        {"2026-13-01T00:00:00Z", false, 0},
        {"2026-00-01T00:00:00Z", false, 0},
        {"2026-1-020T03:15:01Z", false, 0},
        {"2026-11-20T03:15:01Z ", false, 0},
        {"+026-11-20T03:15:01Z", false, 0},
        {"2026-11-20", false, 0},
        {"", false, 0},
    };
    check_times(rows, CW_COUNT(rows), cw_time_parse);
}

static void date_reads_days_that_exist_only(void)
{
    static const struct time_row rows[] = {
        {"1970-01-01", true, 0},
        {"1970-03-01", true, 5097600},
        {"2000-02-29", true, 951782400},
        {"2024-02-29", true, 1709164800},
        {"9999-12-31", true, 253402214400},
        {"2100-02-29", false, 0},
        {"2023-02-29", false, 0},
        {"2023-04-31", false, 0},
        {"2023-01-00", false, 0},
        {"2023-00-10", false, 0},
        {"2023-13-10", false, 0},
        {"1969-12-31", false, 0},
        {"0000-01-01", false, 0},
        {"2023-1-1", false, 0},
        {"23-01-01", false, 0},
        {"2023/01/01", false, 0},
        {"20230101", false, 0},
        {" 2023-01-01", false, 0},
        {"2023-01-01T", false, 0},
        {"2023-01-0x", false, 0},
        {"", false, 0},
    };
    check_times(rows, CW_COUNT(rows), cw_date_parse);
    CU_ASSERT_TRUE(cw_date_parse(CW_SPAN("2023-01-01"), NULL));
}

static void duration_reads_a_number_and_a_unit(void)
{
    static const struct time_row rows[] = {
        {"1s", true, 1},
        {"90s", true, 90},
        {"15m", true, 900},
        {"6h", true, 21600},
        {"7d", true, 604800},
        {"3650d", true, 315360000},
        {"315360000s", true, 315360000},
        {"3651d", false, 0},
        {"315360001s", false, 0},
        {"87601h", false, 0},
        {"99999999999999999999d", false, 0},
        {"0s", false, 0},
        {"00s", false, 0},
        {"05m", false, 0},
        {"-1s", false, 0},
        {"+1s", false, 0},
        {"1.5h", false, 0},
        {"1h30m", false, 0},
        {"1 h", false, 0},
        {"1H", false, 0},
        {"1w", false, 0},
        {"60", false, 0},
        {"s", false, 0},
        {"", false, 0},
    };
    check_times(rows, CW_COUNT(rows), cw_duration_parse);
}

static void http_date_reads_imf_fixdate_only(void)
{
    static const struct time_row rows[] = {
        {"Thu, 01 Jan 1970 00:00:00 GMT", true, 0},
        {"Sun, 06 Nov 1994 08:49:37 GMT", true, 784111777},
        {"Fri, 20 Nov 2026 02:00:00 GMT", true, 1795140000},
        {"Thu, 29 Feb 2024 23:59:59 GMT", true, 1709251199},
        {"Fri, 31 Dec 9999 23:59:59 GMT", true, 253402300799},
        {"Sat, 20 Nov 2026 02:00:00 GMT", false, 0}, /* another weekday */
        {"fri, 20 Nov 2026 02:00:00 GMT", false, 0},
        {"Fri, 20 nov 2026 02:00:00 GMT", false, 0},
        {"Fri, 20 ovD 2026 02:00:00 GMT", false, 0}, /* across two names */
        {"Fri, 20 Nov 2026 02:00:00 UTC", false, 0},
        {"Fri, 20 Nov 2026 02:00:00 +0000", false, 0},
        {"Fri, 20-Nov-2026 02:00:00 GMT", false, 0},
        {"Fri, 2 Nov 2026 02:00:00 GMT", false, 0},
        {"Friday, 20-Nov-26 02:00:00 GMT", false, 0},
        {"Fri Nov 20 02:00:00 2026", false, 0},
        {"Fri, 30 Feb 2024 00:00:00 GMT", false, 0},
        {"Mon, 01 Jan 0001 00:00:00 GMT", false, 0},
        {"Wed, 31 Dec 1969 23:59:59 GMT", false, 0},
        {"Fri, 20 Nov 2026 24:00:00 GMT", false, 0},
        {"Fri, 20 Nov 2026 02:60:00 GMT", false, 0},
        {"Fri, 20 Nov 2026 02:00:60 GMT", false, 0},
        {"Fri, 20 Nov 2026 02:00:00 GMT ", false, 0},
        {"", false, 0},
        {"0", false, 0},
    };
    check_times(rows, CW_COUNT(rows), cw_http_date_parse);
}

static void time_formatting_inverts_parsing_and_clamps(void)
{
    char text[CW_TIME_TEXT_BYTES];
    char date[CW_DATE_TEXT_BYTES];
    int64_t back = 0;
    /* A step that is no divisor of a day visits all hours, months and leap years. */
    for (int64_t t = 0; t <= 253402300799; t += 86400 * 29 + 3607) {
        cw_time_format(t, text);
        const bool is_same = cw_time_parse(cw_span_cstr(text), &back) && back == t;
        CW_CHECK(is_same, "%lld became %s", (long long)t, text);
        cw_date_format(t, date);
        CW_CHECK(memcmp(date, text, 10) == 0, "%s differs from %s", date, text);
    }
    cw_time_format(-1, text);
    CU_ASSERT_STRING_EQUAL(text, "1970-01-01T00:00:00Z");
    cw_time_format(INT64_MAX, text);
    CU_ASSERT_STRING_EQUAL(text, "9999-12-31T23:59:59Z");
    cw_date_format(INT64_MIN, date);
    CU_ASSERT_STRING_EQUAL(date, "1970-01-01");
}

static void age_is_rounded_for_people(void)
{
    static const struct {
        int64_t seconds;
        const char *text;
    } rows[] = {
        {INT64_MIN, "0 seconds"}, {0, "0 seconds"},     {1, "1 second"},
        {59, "59 seconds"},       {60, "1 minute"},     {89, "1 minute"},
        {90, "2 minutes"},        {3569, "59 minutes"}, {3570, "1 hour"},
        {10800, "3 hours"},       {84599, "23 hours"},  {84600, "1 day"},
        {172800, "2 days"},       {604800, "7 days"},   {INT64_MAX, "2932897 days"},
    };
    char text[32];
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        cw_age_format(rows[i].seconds, text, sizeof(text));
        CW_CHECK(strcmp(text, rows[i].text) == 0, "%s instead of %s", text, rows[i].text);
    }
    char small[4];
    cw_age_format(172800, small, sizeof(small));
    CU_ASSERT_STRING_EQUAL(small, "2 d");
}

static void clock_runs_forward_in_this_century(void)
{
    const struct cw_clock clock = cw_clock_system();
    const uint64_t before = cw_clock_monotonic_ms(&clock);
    CU_ASSERT_TRUE(cw_clock_now_s(&clock) > 1700000000);
    CU_ASSERT_TRUE(cw_clock_now_s(&clock) < 4102444800);
    CU_ASSERT_TRUE(cw_clock_monotonic_ms(&clock) >= before);
}

/* ---- text ---- */

static void utf8_accepts_shortest_forms_only(void)
{
    static const struct {
        const char *what;
        struct cw_span text;
        bool is_valid;
    } rows[] = {
        {"nothing", {"", 0}, true},
        {"ASCII with NUL", {"a\0b", 3}, true},
        {"first of two bytes", {"\xc2\x80", 2}, true},
        {"first of three bytes", {"\xe0\xa0\x80", 3}, true},
        {"last before the surrogates", {"\xed\x9f\xbf", 3}, true},
        {"first after the surrogates", {"\xee\x80\x80", 3}, true},
        {"first of four bytes", {"\xf0\x90\x80\x80", 4}, true},
        {"U+10FFFF", {"\xf4\x8f\xbf\xbf", 4}, true},
        {"U+110000", {"\xf4\x90\x80\x80", 4}, false},
        {"overlong slash, two bytes", {"\xc0\xaf", 2}, false},
        {"overlong U+007F", {"\xc1\xbf", 2}, false},
        {"overlong slash, three bytes", {"\xe0\x80\xaf", 3}, false},
        {"overlong U+07FF", {"\xe0\x9f\xbf", 3}, false},
        {"overlong U+FFFF", {"\xf0\x8f\xbf\xbf", 4}, false},
        {"overlong NUL", {"\xc0\x80", 2}, false},
        {"first surrogate", {"\xed\xa0\x80", 3}, false},
        {"last surrogate", {"\xed\xbf\xbf", 3}, false},
        {"CESU-8 pair", {"\xed\xa0\x81\xed\xb0\x80", 6}, false},
        {"lone continuation", {"\x80", 1}, false},
        {"continuation after ASCII", {"a\xbf", 2}, false},
        {"cut two-byte form", {"\xc3", 1}, false},
        {"cut three-byte form", {"\xe2\x82", 2}, false},
        {"cut four-byte form", {"\xf0\x9f\x98", 3}, false},
        {"ASCII in a sequence", {"\xe2\x28\xa1", 3}, false},
        {"lead in a sequence", {"\xe2\x82\xc3", 3}, false},
        {"five-byte lead", {"\xf8\x88\x80\x80\x80", 5}, false},
        {"0xfe", {"\xfe", 1}, false},
        {"0xff", {"\xff", 1}, false},
        {"Latin-1", {"caf\xe9", 4}, false},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        CW_CHECK(cw_utf8_is_valid(rows[i].text) == rows[i].is_valid, "%s", rows[i].what);
    }
}

static void a_cut_splits_no_character(void)
{
    static const struct {
        const char *text;
        size_t max;
        size_t len;
    } rows[] = {{"abc", 3, 3},       {"abc", 2, 2},       {"abc", 0, 0},
                {"a\xc3\xa9", 2, 1}, {"a\xc3\xa9", 3, 3}, {"\xf0\x9f\x98\x80", 3, 0},
                {"", 5, 0}};
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        const struct cw_span cut = cw_utf8_cut(cw_span_cstr(rows[i].text), rows[i].max);
        CW_CHECK(cut.len == rows[i].len, "%s to %zu: %zu", rows[i].text, rows[i].max, cut.len);
    }
}

static void utf8_cursor_stays_on_a_bad_byte(void)
{
    const struct cw_span text = CW_SPAN("\xe2\x82\xac\xff");
    size_t at = 0;
    uint32_t code_point = 0;
    CU_ASSERT_TRUE(cw_utf8_next(text, &at, &code_point));
    CU_ASSERT_EQUAL(code_point, 0x20ac);
    CU_ASSERT_EQUAL(at, 3);
    CU_ASSERT_FALSE(cw_utf8_next(text, &at, &code_point));
    CU_ASSERT_EQUAL(at, 3);
    at = 99;
    CU_ASSERT_FALSE(cw_utf8_next(text, &at, &code_point));
}

static void escape_hides_what_could_deceive_a_reader(void)
{
    static const struct {
        struct cw_span text;
        const char *shown;
    } rows[] = {
        {{"plain \\ \"text\"", 14}, "plain \\ \"text\""},
        {{"\xed\x95\x9c\xea\xb5\xad \xf0\x9f\x98\x80", 11},
         "\xed\x95\x9c\xea\xb5\xad \xf0\x9f\x98\x80"},
        {{"\xc2\xa0\xe2\x80\xa7\xe2\x80\xaf", 8}, "\xc2\xa0\xe2\x80\xa7\xe2\x80\xaf"},
        {{"a\0b", 3}, "a\\x00b"},
        {{"\t\r\n\x1b\x7f", 5}, "\\x09\\x0d\\x0a\\x1b\\x7f"},
        {{"\xc2\x80\xc2\x9b\xc2\x9f", 6}, "\\u0080\\u009b\\u009f"},
        {{"\xd8\x9c", 2}, "\\u061c"},
        {{"\xe2\x80\x8e\xe2\x80\x8f", 6}, "\\u200e\\u200f"},
        {{"\xe2\x80\xa8\xe2\x80\xa9", 6}, "\\u2028\\u2029"},
        {{"\xe2\x80\xaa\xe2\x80\xab\xe2\x80\xac\xe2\x80\xad\xe2\x80\xae", 15},
         "\\u202a\\u202b\\u202c\\u202d\\u202e"},
        {{"\xe2\x81\xa6\xe2\x81\xa7\xe2\x81\xa8\xe2\x81\xa9", 12}, "\\u2066\\u2067\\u2068\\u2069"},
        {{"\x9b"
          "31m",
          4},
         "\\x9b31m"},
        {{"\xc0\xaf\xe2\x82", 4}, "\\xc0\\xaf\\xe2\\x82"},
        {{"\xed\xa0\x80", 3}, "\\xed\\xa0\\x80"},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        struct cw_buf out;
        cw_buf_init(&out, 1000);
        cw_text_escape(&out, rows[i].text);
        const struct cw_span shown = cw_buf_as_span(&out);
        CW_CHECK(cw_span_is(shown, rows[i].shown), "row %zu: %.*s", i, CW_SPAN_ARG(shown));
        CW_CHECK(cw_text_is_printable(shown), "row %zu: not printable afterwards", i);
        const bool is_unchanged = cw_span_equal(shown, rows[i].text);
        CW_CHECK(cw_text_is_printable(rows[i].text) == is_unchanged, "row %zu: verdict", i);
        cw_buf_clear(&out);
    }
}

static void escape_into_an_array_cuts_whole_pieces(void)
{
    static const struct {
        const char *text;
        size_t bytes;
        const char *shown;
    } rows[] = {
        {"abcdef", 7, "abcdef"},
        {"abcdefg", 7, "abc..."},
        {"ab\xe2\x82\xac", 6, "ab\xe2\x82\xac"},
        {"ab\xe2\x82\xac", 5, "a..."}, /* "ab" and the dots would need six bytes */
        {"abc\nx", 8, "abc..."},       /* the escape fits, what follows does not */
        {"abc\nx", 9, "abc\\x0ax"},
        {"a\n\n\n", 10, "a\\x0a..."},
        {"abc", 3, ".."},
        {"abc", 1, ""},
        {"", 1, ""},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        char shown[16];
        memset(shown, '#', sizeof(shown));
        cw_text_escape_to(shown, rows[i].bytes, cw_span_cstr(rows[i].text));
        CW_CHECK(strcmp(shown, rows[i].shown) == 0, "row %zu: %s", i, shown);
        CW_CHECK(shown[rows[i].bytes] == '#', "row %zu: wrote beyond the array", i);
    }
}

static void hex_takes_exactly_its_digits(void)
{
    uint8_t data[4] = {0};
    char text[9];
    static const uint8_t bytes[4] = {0x00, 0x9f, 0xA0, 0xff};
    cw_hex_encode(bytes, 4, text);
    CU_ASSERT_STRING_EQUAL(text, "009fa0ff");
    CU_ASSERT_TRUE(cw_hex_decode(CW_SPAN("009fA0Ff"), data, 4));
    CU_ASSERT_EQUAL(memcmp(data, bytes, 4), 0);
    static const char *const bad[] = {"",         "009fa0f",  "009fa0ff0", "009fa0ff00",
                                      "0x9fa0ff", "009fa0fg", " 09fa0ff",  "009fa0f\n",
                                      "009fa0f/", "009fa0f:", "009fa0f`",  "009fa0f@"};
    for (size_t i = 0; i < CW_COUNT(bad); i++) {
        uint8_t untouched[4] = {1, 2, 3, 4};
        CW_CHECK(!cw_hex_decode(cw_span_cstr(bad[i]), untouched, 4), "took \"%s\"", bad[i]);
        CW_CHECK(untouched[0] == 1 && untouched[3] == 4, "\"%s\" was written", bad[i]);
        CW_CHECK(!cw_hex_is_lower(cw_span_cstr(bad[i]), 8), "\"%s\" is lower hex", bad[i]);
    }
    CU_ASSERT_TRUE(cw_hex_is_lower(CW_SPAN("009fa0ff"), 8));
    CU_ASSERT_FALSE(cw_hex_is_lower(CW_SPAN("009fA0ff"), 8));
}

static void json_strings_are_always_valid_json(void)
{
    static const struct {
        struct cw_span text;
        const char *json;
    } rows[] = {
        {{"", 0}, "\"\""},
        {{"a/b", 3}, "\"a/b\""},
        {{"\"\\", 2}, "\"\\\"\\\\\""},
        {{"\b\f\n\r\t", 5}, "\"\\b\\f\\n\\r\\t\""},
        {{"\0\x01\x1f\x7f", 4}, "\"\\u0000\\u0001\\u001f\x7f\""},
        {{"\xed\x95\x9c\xe2\x80\xa8", 6}, "\"\xed\x95\x9c\xe2\x80\xa8\""},
        {{"a\xff\xfe"
          "b",
          4},
         "\"a\xef\xbf\xbd\xef\xbf\xbd"
         "b\""},
        {{"\xed\xa0\x80", 3}, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
        {{"\xc3", 1}, "\"\xef\xbf\xbd\""},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        struct cw_buf out;
        cw_buf_init(&out, 1000);
        cw_json_string(&out, rows[i].text);
        CW_CHECK(cw_span_is(cw_buf_as_span(&out), rows[i].json), "row %zu: %s", i, out.data);
        cw_buf_clear(&out);
    }
}

static void distance_counts_edits_and_swaps(void)
{
    static const struct {
        const char *a;
        const char *b;
        size_t distance;
    } rows[] = {
        {"", "", 0},         {"abc", "abc", 0},   {"", "abc", 3},
        {"feed", "fed", 1},  {"fede", "feed", 1}, {"bytes_max", "byte_max", 1},
        {"ab", "ba", 1},     {"ca", "abc", 3},    {"kitten", "sitting", 3},
        {"url", "every", 4}, {"a", "A", 1},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        const struct cw_span a = cw_span_cstr(rows[i].a);
        const struct cw_span b = cw_span_cstr(rows[i].b);
        const size_t distance = cw_text_distance(a, b);
        CW_CHECK(distance == rows[i].distance, "%s, %s: %zu", rows[i].a, rows[i].b, distance);
        CW_CHECK(cw_text_distance(b, a) == distance, "%s, %s: one-sided", rows[i].a, rows[i].b);
    }
    char word[65];
    memset(word, 'w', sizeof(word));
    CU_ASSERT_EQUAL(cw_text_distance(cw_span_make(word, 64), cw_span_cstr("")), 64);
    CU_ASSERT_EQUAL(cw_text_distance(cw_span_make(word, 65), cw_span_cstr("")), SIZE_MAX);
    CU_ASSERT_EQUAL(cw_text_distance(cw_span_cstr("w"), cw_span_make(word, 65)), SIZE_MAX);
}

int main(void)
{
    static const struct cw_test tests[] = {
        {"time reads RFC 3339 UTC seconds only", time_reads_rfc3339_utc_seconds_only},
        {"date reads days that exist only", date_reads_days_that_exist_only},
        {"duration reads a number and a unit", duration_reads_a_number_and_a_unit},
        {"http date reads IMF-fixdate only", http_date_reads_imf_fixdate_only},
        {"time formatting inverts parsing", time_formatting_inverts_parsing_and_clamps},
        {"age is rounded for people", age_is_rounded_for_people},
        {"clock runs forward in this century", clock_runs_forward_in_this_century},
        {"a cut splits no character", a_cut_splits_no_character},
        {"utf8 accepts shortest forms only", utf8_accepts_shortest_forms_only},
        {"utf8 cursor stays on a bad byte", utf8_cursor_stays_on_a_bad_byte},
        {"escape hides what could deceive", escape_hides_what_could_deceive_a_reader},
        {"escape into an array cuts whole pieces", escape_into_an_array_cuts_whole_pieces},
        {"hex takes exactly its digits", hex_takes_exactly_its_digits},
        {"json strings are always valid JSON", json_strings_are_always_valid_json},
        {"distance counts edits and swaps", distance_counts_edits_and_swaps},
    };
    return cw_run_suite("text", tests, CW_COUNT(tests));
}
