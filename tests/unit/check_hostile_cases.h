/* check_hostile_cases.h: questions that nobody should ask and lists that nobody should publish.
 * Included by test_check.c after its addresses.
 */
#ifndef CW_TESTS_CHECK_HOSTILE_CASES_H
#define CW_TESTS_CHECK_HOSTILE_CASES_H

static void orders_matches(void)
{
    static const struct row rows[] = {
        {.value = CASE_LOWER, .id = "1"}, {.value = CASE, .id = "2"}, {.value = CASE, .id = "3"}};
    /* exact and in force by source, exact and gone, then the other spelling */
    static const char *const expected[] = {"case case", "one 2", "one 3", "one 1"};
    struct place place;
    place_make(&place);
    struct cw_store *store = place_store(&place);
    store_rows(store, "one", rows, 3, NOW_S - DAY_S);
    store_rows(store, "one", rows, 2, NOW_S); /* the third has gone */
    cw_store_close(store);
    struct cw_check *check = place_check(&place);
    struct cw_answer answer = asked(check, CW_SPAN(CASE));
    CU_ASSERT_EQUAL_FATAL(answer.matches_count, CW_COUNT(expected));
    for (size_t i = 0; i < CW_COUNT(expected); i++) {
        char text[160];
        (void)snprintf(text, sizeof(text), "%s %s", answer.matches[i].source_id,
                       answer.matches[i].entry_id);
        CW_CHECK(strcmp(text, expected[i]) == 0, "%zu: %s", i, text);
    }
    CU_ASSERT(answer.matches[0].is_rule);
    CU_ASSERT_STRING_EQUAL(answer.matches[0].entry_name, "A case");
    CU_ASSERT_PTR_NULL(answer.matches[0].programs[0]);
    cw_answer_clear(&answer);
    cw_check_close(check);
    place_remove(&place);
}

static bool answer_holds(const struct cw_answer *answer, const char *text)
{
    bool is_held = strstr(answer->input, text) != NULL || strstr(answer->canonical, text) != NULL;
    return is_held || says(answer, text);
}

static void never_shows_a_secret_key(void)
{
    static const struct {
        const char *text;
        const char *secret;
    } cases[] = {
        {SECRET, "KwDiBf89"},
        {SECRET_LONG, "5HpHagT6"},
        {"  " SECRET "\n", "KwDiBf89"},
        {"BTC: " SECRET, "KwDiBf89"},
        {"\"" SECRET_LONG "\"", "5HpHagT6"},
    };
    struct place place;
    place_scanned(&place, CW_FEED_GOOD, NOW_S);
    struct cw_check *check = place_check(&place);
    for (size_t i = 0; i < CW_COUNT(cases); i++) {
        struct cw_answer answer = asked(check, cw_span_cstr(cases[i].text));
        CW_CHECK(answer.verdict == CW_VERDICT_CANNOT_SAY, "%zu: verdict", i);
        CW_CHECK(says(&answer, "SECRET"), "%zu: does not say why", i);
        CW_CHECK(!answer_holds(&answer, cases[i].secret), "%zu: is shown", i);
        CU_ASSERT_STRING_EQUAL(answer.input, "");
        CU_ASSERT_EQUAL(answer.reasons_count, 1); /* not that a list holds it, too */
        cw_answer_clear(&answer);
    }
    cw_check_close(check);
    place_remove(&place);
}

enum { MEGABYTE = 1 << 20 };

static void takes_a_question_of_any_length(void)
{
    static const struct {
        size_t bytes;
        enum cw_verdict verdict;
    } cases[] = {
        {CW_ADDRESS_FIELD_MAX, CW_VERDICT_LISTED},
        {CW_ADDRESS_FIELD_MAX + 1, CW_VERDICT_CANNOT_SAY},
        {MEGABYTE, CW_VERDICT_CANNOT_SAY},
    };
    struct place place;
    char *text = malloc(MEGABYTE);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    memset(text, ' ', MEGABYTE);
    memcpy(text, EVM, strlen(EVM));
    place_scanned(&place, CW_FEED_GOOD, NOW_S);
    struct cw_check *check = place_check(&place);
    for (size_t i = 0; i < CW_COUNT(cases); i++) {
        struct cw_answer answer = asked(check, cw_span_make(text, cases[i].bytes));
        CW_CHECK(answer.verdict == cases[i].verdict, "%zu bytes: %s", cases[i].bytes,
                 cw_verdict_name(answer.verdict));
        CU_ASSERT(strlen(answer.input) <= CW_ADDRESS_FIELD_MAX);
        CU_ASSERT_EQUAL(says(&answer, "TOO_LONG"), cases[i].verdict != CW_VERDICT_LISTED);
        cw_answer_clear(&answer);
    }
    cw_check_close(check);
    place_remove(&place);
    free(text);
}

/* Noise is never listed and never clear, and whatever is clear was an address. */
static void takes_any_bytes(void)
{
    static const char seeds[][64] = {EVM, P2PKH, SEGWIT, UNLISTED, SECRET};
    struct place place;
    uint64_t state = 0x853c49e6748fea9bu;
    place_scanned(&place, CW_FEED_GOOD, NOW_S);
    struct cw_check *check = place_check(&place);
    for (size_t i = 0; i < 400; i++) {
        char text[64];
        memcpy(text, seeds[below(&state, CW_COUNT(seeds))], sizeof(text));
        const size_t len = i % 2 == 0 ? strlen(text) : below(&state, sizeof(text));
        for (size_t k = below(&state, 8); k > 0 && len > 0; k--) {
            text[below(&state, len)] = (char)next_random(&state);
        }
        struct cw_answer answer = asked(check, cw_span_make(text, len));
        const bool is_address = answer.canonical[0] != '\0';
        CW_CHECK(is_address || answer.verdict == CW_VERDICT_CANNOT_SAY, "question %zu", i);
        CW_CHECK(is_address || answer.reasons_count > 0, "question %zu: no reason", i);
        CW_CHECK(answer.verdict != CW_VERDICT_CLEAR || answer.matches_count == 0, "question %zu",
                 i);
        cw_answer_clear(&answer);
    }
    cw_check_close(check);
    place_remove(&place);
}

enum { REPEATS = 1300, OWN_REPEATS = 600, SHOWN = 1000 };

static void add_repeats(struct cw_watchlist *list, const char *value, size_t count, char first)
{
    for (size_t i = 0; i < count; i++) {
        char id[24];
        (void)snprintf(id, sizeof(id), "%c%04zu", first, i);
        const struct row row = {.value = value, .id = id};
        const struct cw_entry entry = entry_of(&row);
        OK(cw_watchlist_add_entry(list, &entry, &err));
    }
}

/* A list may give one key to more parties than an answer shows: the verdict stands all the same,
 * and what it stands on is shown, though it is the last row of the list. */
static void is_listed_however_often(void)
{
    struct place place;
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *list = cw_watchlist_new();
    CU_ASSERT_PTR_NOT_NULL_FATAL(list);
    add_repeats(list, CASE, OWN_REPEATS, 'a');
    add_repeats(list, TRON, REPEATS, 'b');
    add_repeats(list, EVM, 1, 'c');
    OK(cw_watchlist_finish(list, &err));
    place_make(&place);
    struct cw_store *store = place_store(&place);
    store_list(store, "one", list, NOW_S);
    cw_store_close(store);
    struct cw_check *check = place_check(&place);
    struct cw_answer answer = asked(check, CW_SPAN(EVM));
    CU_ASSERT_EQUAL(answer.verdict, CW_VERDICT_LISTED);
    CU_ASSERT_EQUAL_FATAL(answer.matches_count, SHOWN);
    CU_ASSERT_EQUAL(answer.matches[0].relation, CW_RELATION_EXACT);
    CU_ASSERT_STRING_EQUAL(answer.matches[0].entry_id, "c0000");
    CU_ASSERT(says(&answer, "301 more matches are not shown"));
    cw_answer_clear(&answer);
    answer = asked(check, CW_SPAN(CASE)); /* and our own case in front of them */
    CU_ASSERT_EQUAL_FATAL(answer.matches_count, OWN_REPEATS + 1);
    CU_ASSERT(answer.matches[0].is_rule);
    CU_ASSERT_FALSE(says(&answer, "not shown"));
    cw_answer_clear(&answer);
    cw_check_close(check);
    place_remove(&place);
}

static void says_how_often_lists_hold_a_text(void)
{
    struct row rows[13];
    struct place place;
    place_make(&place);
    struct cw_store *store = place_store(&place);
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        rows[i] = (struct row){.value = i < 10 ? "not known" : "n/a", .position = "line\t1"};
    }
    store_rows(store, "one", rows, CW_COUNT(rows), NOW_S);
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        rows[i].value = "n/a";
    }
    store_rows(store, "off", rows, CW_COUNT(rows), NOW_S);
    cw_store_close(store);
    struct cw_check *check = place_check(&place);
    struct cw_answer answer = asked(check, CW_SPAN("n/a"));
    CU_ASSERT_EQUAL(answer.reasons_count, 4); /* why it is no address, and three entries */
    CU_ASSERT(says(&answer, "line\\x09"));
    cw_answer_clear(&answer);
    answer = asked(check, CW_SPAN("not known"));
    CU_ASSERT_EQUAL(answer.reasons_count, 11);
    cw_answer_clear(&answer);
    cw_check_close(check);
    store = place_store(&place);
    store_rows(store, "one", rows, CW_COUNT(rows), NOW_S);
    cw_store_close(store);
    check = place_check(&place);
    answer = asked(check, CW_SPAN("n/a"));
    CU_ASSERT_EQUAL(answer.reasons_count, 12);
    CU_ASSERT(says(&answer, "3 more entries hold it"));
    cw_answer_clear(&answer);
    cw_check_close(check);
    place_remove(&place);
}

static void has_names(void)
{
    static const char *const verdicts[] = {"clear", "related", "cannot-say", "listed"};
    static const char *const statuses[] = {"fresh", "stale", "never", "failed", "held"};
    for (size_t i = 0; i < CW_COUNT(verdicts); i++) {
        CU_ASSERT_STRING_EQUAL(cw_verdict_name((enum cw_verdict)i), verdicts[i]);
    }
    for (size_t i = 0; i < CW_COUNT(statuses); i++) {
        CU_ASSERT_STRING_EQUAL(cw_data_status_name((enum cw_data_status)i), statuses[i]);
    }
}

#endif
