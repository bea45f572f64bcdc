/* check: when it may say listed, related or clear, and when it must say that it cannot say. */
#include "check_place.h"

#define P2PKH               "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH"
#define SEGWIT              "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
#define EVM_DIGITS          "7E5F4552091A69125d5DfCb7b8C2659029395Bdf"
#define EVM                 "0x" EVM_DIGITS
#define EVM_LOWER           "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf"
#define EVM_WRONG_CASE      "0x7E5F4552091A69125d5DfCb7b8C2659029395BdF"
#define TRON                "TMVQGm1qAQYVdetCeGRRkTWYYrLXuHK2HC"
#define CASE                "0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF"
#define CASE_LOWER          "0x2b5ad5c4795c026514f8317c7a215e218dccd6cf"
#define UNLISTED            "0x6813Eb9362372EEF6200f3b1dbC3f819671cBA69"
#define UNLISTED_LOWER      "0x6813eb9362372eef6200f3b1dbc3f819671cba69"
#define UNLISTED_WRONG_CASE "0x6813eB9362372EEF6200f3b1dbC3f819671cBA69"
#define DELISTED            "0x3f17f1962b36e491b30a40b2405849e597ba5fb5"
#define SWITCHED_OFF        "1cMh228HTCiwS8ZsaakH8A8wze1JR5ZsP"
#define SECRET              "KwDiBf89QgGbjEhKnhXJuH7LrciVrZi3qYjgd9M7rFU73sVHnoWn" /* of 1 */
#define SECRET_LONG         "5HpHagT65TZzG1PH3CSu63k8DbpvD8s5ip4nEB3kEsreAnchuDf"  /* of 1 */
#define SHORTENED           "0x7E5F...5Bdf"

enum { LEFT_AT_S = NOW_S - 10 * DAY_S };

static const struct row rows_before[] = {
    {.value = P2PKH,
     .tag = "XBT",
     .id = "1",
     .name = "PARTY",
     .programs = "SDN|DPRK3",
     .listed_on = "2026-01-01"},
    {.value = EVM, .id = "2"},
    {.value = DELISTED, .id = "3"},
    {.value = SHORTENED, .id = "4", .position = "line 4"},
    {.value = SECRET, .id = "5", .position = "line 5"},
};
static const struct row rows_off[] = {{.value = SWITCHED_OFF, .id = "9"},
                                      {.value = "no address", .id = "9"}};

/* One list in force, from which the third row has gone, and one that was switched off since. */
static void place_scanned(struct place *place, enum cw_feed_status status, int64_t retrieved_at_s)
{
    struct row rows[CW_COUNT(rows_before)];
    memcpy(rows, rows_before, sizeof(rows));
    rows[2] = (struct row){.value = TRON "x", .id = "3"};
    place_make(place);
    struct cw_store *store = place_store(place);
    store_rows(store, "one", rows_before, CW_COUNT(rows_before), LEFT_AT_S - DAY_S);
    store_rows(store, "one", rows, CW_COUNT(rows), LEFT_AT_S);
    store_rows(store, "off", rows_off, CW_COUNT(rows_off), LEFT_AT_S);
    store_feed(store, "one", status, retrieved_at_s);
    store_feed(store, "off", CW_FEED_GOOD, NOW_S);
    cw_store_close(store);
}

/* ---- the verdict ---- */

struct expectation {
    enum cw_verdict verdict;
    size_t matches;
    enum cw_relation relation; /* of the first match */
    const char *reason;        /* a word of one; NULL: there is none at all */
};

static void check_answer(const char *what, const struct cw_answer *answer,
                         const struct expectation *expected)
{
    CW_CHECK(answer->verdict == expected->verdict, "%s: %s", what,
             cw_verdict_name(answer->verdict));
    CW_CHECK(answer->matches_count == expected->matches, "%s: %zu matches", what,
             answer->matches_count);
    if (answer->matches_count > 0) {
        CW_CHECK(answer->matches[0].relation == expected->relation, "%s: %s", what,
                 cw_relation_name(answer->matches[0].relation));
    }
    if (expected->reason == NULL) {
        CW_CHECK(answer->reasons_count == 0, "%s: %s", what,
                 answer->reasons_count > 0 ? answer->reasons[0] : "");
    } else {
        CW_CHECK(says(answer, expected->reason), "%s: %zu reasons, first: %s", what,
                 answer->reasons_count, answer->reasons_count > 0 ? answer->reasons[0] : "");
    }
}

#define LISTED     CW_VERDICT_LISTED
#define RELATED    CW_VERDICT_RELATED
#define CLEAR      CW_VERDICT_CLEAR
#define CANNOT_SAY CW_VERDICT_CANNOT_SAY

static const struct {
    const char *what;
    const char *text;
    struct expectation expected;
} fresh_cases[] = {
    {"the listed text", EVM, {LISTED, 1, CW_RELATION_EXACT, NULL}},
    {"another spelling", EVM_LOWER, {LISTED, 1, CW_RELATION_ENCODING, NULL}},
    {"a listed key in wrong letter case",
     EVM_WRONG_CASE,
     {LISTED, 1, CW_RELATION_ENCODING, "letter case"}},
    {"without 0x", EVM_DIGITS, {LISTED, 1, CW_RELATION_ENCODING, NULL}},
    {"without 0x in words", " (" EVM_DIGITS ") ", {LISTED, 1, CW_RELATION_ENCODING, NULL}},
    {"in words", "  ETH: " EVM ".", {LISTED, 1, CW_RELATION_EXACT, NULL}},
    {"in a link", "https://etherscan.io/address/" EVM, {LISTED, 1, CW_RELATION_EXACT, NULL}},
    {"an address of a case", CASE, {LISTED, 1, CW_RELATION_EXACT, NULL}},
    {"an address of a case, spelled otherwise",
     CASE_LOWER,
     {LISTED, 1, CW_RELATION_ENCODING, NULL}},
    {"another script of a listed key", SEGWIT, {RELATED, 1, CW_RELATION_SAME_KEY_HASH, NULL}},
    {"a listed key on another chain", TRON, {RELATED, 1, CW_RELATION_CROSS_CHAIN, NULL}},
    {"a delisted address", DELISTED, {RELATED, 1, CW_RELATION_EXACT, NULL}},
    {"an unlisted address", UNLISTED, {CLEAR, 0, 0, NULL}},
    {"an unlisted address without letter case", UNLISTED_LOWER, {CLEAR, 0, 0, NULL}},
    {"an address of a list that is switched off", SWITCHED_OFF, {CLEAR, 0, 0, NULL}},
    {"an unlisted address in wrong letter case",
     UNLISTED_WRONG_CASE,
     {CANNOT_SAY, 0, 0, "letter case"}},
    {"nothing", "", {CANNOT_SAY, 0, 0, "EMPTY"}},
    {"blanks", "   ", {CANNOT_SAY, 0, 0, "EMPTY"}},
    {"a word", "hello", {CANNOT_SAY, 0, 0, "UNKNOWN"}},
    {"a mistyped address",
     "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
     {CANNOT_SAY, 0, 0, "CHECKSUM"}},
    {"an address with a letter too many", EVM "0", {CANNOT_SAY, 0, 0, "LENGTH"}},
    {"a look-alike letter",
     "0x7E5F4552091A69125d5DfCb7b8C2659029395B\xd0\xb0"
     "f",
     {CANNOT_SAY, 0, 0, "CHARSET"}},
    {"bytes that are no text", "\xc3\x28\xff", {CANNOT_SAY, 0, 0, "CHARSET"}},
    {"a text that a list holds", SHORTENED, {CANNOT_SAY, 0, 0, "list one holds this very text"}},
    {"such a text in other letters", "0x7e5f...5bdf", {CANNOT_SAY, 0, 0, "TRUNCATED"}},
    {"a text of a list that is switched off", "no address", {CANNOT_SAY, 0, 0, "WHITESPACE"}},
    {"a secret key", SECRET, {CANNOT_SAY, 0, 0, "SECRET"}},
};

static void answers_from_complete_and_fresh_lists(void)
{
    struct place place;
    place_scanned(&place, CW_FEED_GOOD, NOW_S - HOUR_S);
    struct cw_check *check = place_check(&place);
    for (size_t i = 0; i < CW_COUNT(fresh_cases); i++) {
        struct cw_answer answer = asked(check, cw_span_cstr(fresh_cases[i].text));
        check_answer(fresh_cases[i].what, &answer, &fresh_cases[i].expected);
        CW_CHECK(!says(&answer, "list off"), "%s: names a list that is off", fresh_cases[i].what);
        cw_answer_clear(&answer);
    }
    cw_check_close(check);
    place_remove(&place);
}

/* What is found is a fact whatever the age of its list, which is said; what is not found is none.
 */
static const struct {
    const char *what;
    enum cw_feed_status status;
    int64_t retrieved_at_s; /* 0: never */
    enum cw_data_status data;
    const char *reason; /* NULL: complete */
} state_cases[] = {
    {"fresh", CW_FEED_GOOD, NOW_S, CW_DATA_FRESH, NULL},
    {"as old as it may be", CW_FEED_GOOD, NOW_S - 3 * DAY_S, CW_DATA_FRESH, NULL},
    {"a clock that differs a little", CW_FEED_GOOD, NOW_S + DAY_S, CW_DATA_FRESH, NULL},
    {"a second older", CW_FEED_GOOD, NOW_S - 3 * DAY_S - 1, CW_DATA_STALE,
     "one is stale: last seen"},
    {"very old", CW_FEED_GOOD, 1, CW_DATA_STALE, "one is stale"},
    {"from the future", CW_FEED_GOOD, NOW_S + DAY_S + 1, CW_DATA_STALE, "in the future"},
    {"never read", CW_FEED_NEVER, 0, CW_DATA_NEVER, "one was never read"},
    {"failed at once", CW_FEED_FAILED, 0, CW_DATA_NEVER, "one was never read"},
    {"held at once", CW_FEED_HELD, 0, CW_DATA_NEVER, "one was never read"},
    {"failed", CW_FEED_FAILED, NOW_S - HOUR_S, CW_DATA_FAILED, "one failed at the last attempt"},
    {"failed for long", CW_FEED_FAILED, NOW_S - 4 * DAY_S, CW_DATA_STALE, "one is stale"},
    {"held", CW_FEED_HELD, NOW_S - HOUR_S, CW_DATA_HELD, "one is held"},
    {"held for long", CW_FEED_HELD, NOW_S - 4 * DAY_S, CW_DATA_STALE, "one is stale"},
};

static void answers_from_a_list_in_trouble(void)
{
    struct place place;
    place_scanned(&place, CW_FEED_GOOD, NOW_S);
    for (size_t i = 0; i < CW_COUNT(state_cases); i++) {
        const char *reason = state_cases[i].reason;
        const enum cw_verdict unknown = CW_VERDICT_CANNOT_SAY;
        const struct {
            const char *text;
            struct expectation expected;
        } questions[] = {
            {EVM, {LISTED, 1, CW_RELATION_EXACT, reason}},
            {CASE, {LISTED, 1, CW_RELATION_EXACT, NULL}},
            {TRON, {reason == NULL ? RELATED : unknown, 1, CW_RELATION_CROSS_CHAIN, reason}},
            {DELISTED, {reason == NULL ? RELATED : unknown, 1, CW_RELATION_EXACT, reason}},
            {UNLISTED, {reason == NULL ? CLEAR : unknown, 0, 0, reason}},
        };
        struct cw_store *store = place_store(&place);
        store_feed(store, "one", state_cases[i].status, state_cases[i].retrieved_at_s);
        cw_store_close(store);
        struct cw_check *check = place_check(&place);
        CU_ASSERT_EQUAL_FATAL(cw_check_feeds(check), 1); /* the other is switched off */
        const struct cw_data_feed *feed = cw_check_feed_at(check, 0);
        CW_CHECK(feed->status == state_cases[i].data, "%s: %s", state_cases[i].what,
                 cw_data_status_name(feed->status));
        CU_ASSERT_EQUAL(feed->retrieved_at_s, state_cases[i].retrieved_at_s);
        for (size_t q = 0; q < CW_COUNT(questions); q++) {
            struct cw_answer answer = asked(check, cw_span_cstr(questions[q].text));
            check_answer(state_cases[i].what, &answer, &questions[q].expected);
            cw_answer_clear(&answer);
        }
        cw_check_close(check);
    }
    place_remove(&place);
}

/* ---- no state, no lists ---- */

static void knows_only_the_cases_before_the_first_scan(void)
{
    static const struct expectation listed = {LISTED, 1, CW_RELATION_EXACT, NULL};
    static const struct expectation unknown = {CANNOT_SAY, 0, 0, "one was never read"};
    struct place place;
    place_make(&place);
    struct cw_check *check = place_check(&place);
    CU_ASSERT_EQUAL(cw_check_generation(check), 0);
    CU_ASSERT_EQUAL(cw_check_built_at_s(check), 0);
    struct cw_answer answer = asked(check, CW_SPAN(CASE));
    check_answer("an address of a case", &answer, &listed);
    cw_answer_clear(&answer);
    answer = asked(check, CW_SPAN(EVM));
    check_answer("another address", &answer, &unknown);
    cw_answer_clear(&answer);
    cw_check_close(check);
    place_remove(&place);
}

static void says_nothing_is_clear_without_any_list(void)
{
    static const struct expectation unknown = {CANNOT_SAY, 0, 0, "no list is enabled"};
    struct place place;
    char path[2 * PLACE_PATH_BYTES];
    place_scanned(&place, CW_FEED_GOOD, NOW_S);
    CU_ASSERT_EQUAL(unlink(place_path(&place, "feeds/one.json", path)), 0);
    place_load(&place);
    struct cw_check *check = place_check(&place);
    CU_ASSERT_EQUAL(cw_check_feeds(check), 0);
    struct cw_answer answer = asked(check, CW_SPAN(EVM));
    check_answer("without lists", &answer, &unknown);
    cw_answer_clear(&answer);
    cw_check_close(check);
    place_remove(&place);
}

static void refuses_a_damaged_state(void)
{
    const struct cw_clock clock = {.now_s = place_now_s, .monotonic_ms = place_monotonic_ms};
    struct place place;
    struct cw_error err = {0};
    struct cw_check *check = NULL;
    place_make(&place);
    place_write(&place, "state/state.db", "this is no database, whatever its name says");
    CU_ASSERT_EQUAL(cw_check_open(&place.home, &clock, CW_CHECK_ADDRESSES, &check, &err), CW_STATE);
    CU_ASSERT_PTR_NULL(check);
    CU_ASSERT(err.text[0] != '\0');
    place_remove(&place);
}

/* ---- what an answer holds ---- */

static void tells_what_was_found(void)
{
    struct place place;
    place_scanned(&place, CW_FEED_GOOD, NOW_S);
    struct cw_store *store = place_store(&place);
    uint64_t generation = 0;
    OK(cw_store_run_add(store, NOW_S - 9, NOW_S - 5, CW_SPAN("{}"), &generation, &err));
    cw_store_close(store);
    struct cw_check *check = place_check(&place);
    CU_ASSERT_EQUAL(cw_check_generation(check), generation);
    CU_ASSERT_EQUAL(cw_check_built_at_s(check), NOW_S - 5);
    CU_ASSERT_EQUAL(cw_check_feed_at(check, 0)->entries, 7);
    CU_ASSERT_EQUAL(strlen(cw_check_feed_at(check, 0)->snapshot_sha256), 64);
    struct cw_answer answer = asked(check, CW_SPAN(P2PKH));
    CU_ASSERT_EQUAL_FATAL(answer.matches_count, 1);
    const struct cw_check_match *match = &answer.matches[0];
    CU_ASSERT_STRING_EQUAL(answer.input, P2PKH);
    CU_ASSERT_STRING_EQUAL(answer.canonical,
                           "bitcoin:p2pkh:751e76e8199196d454941c45d1b3a323f1433bd6");
    CU_ASSERT_STRING_EQUAL(match->source_id, "one");
    CU_ASSERT_FALSE(match->is_rule);
    CU_ASSERT_STRING_EQUAL(match->entry_id, "1");
    CU_ASSERT_STRING_EQUAL(match->entry_name, "PARTY");
    CU_ASSERT_STRING_EQUAL(match->listed_on, "2026-01-01");
    CU_ASSERT_STRING_EQUAL(match->listed_value, P2PKH);
    CU_ASSERT_STRING_EQUAL(match->programs[0], "DPRK3");
    CU_ASSERT_STRING_EQUAL(match->programs[1], "SDN");
    CU_ASSERT_PTR_NULL(match->programs[2]);
    CU_ASSERT(match->is_active);
    CU_ASSERT_EQUAL(match->delisted_on_s, 0);
    cw_answer_clear(&answer);
    answer = asked(check, CW_SPAN(DELISTED));
    CU_ASSERT_EQUAL_FATAL(answer.matches_count, 1);
    CU_ASSERT_FALSE(answer.matches[0].is_active);
    CU_ASSERT_EQUAL(answer.matches[0].delisted_on_s, LEFT_AT_S);
    cw_answer_clear(&answer);
    cw_answer_clear(&answer); /* twice is fine */
    cw_check_close(check);
    cw_check_close(NULL);
    place_remove(&place);
}

#include "check_hostile_cases.h"

static const struct cw_test tests[] = {
    {"answers from complete and fresh lists", answers_from_complete_and_fresh_lists},
    {"answers from a list in trouble", answers_from_a_list_in_trouble},
    {"knows only the cases before the first scan", knows_only_the_cases_before_the_first_scan},
    {"says nothing is clear without any list", says_nothing_is_clear_without_any_list},
    {"refuses a damaged state", refuses_a_damaged_state},
    {"tells what was found", tells_what_was_found},
    {"orders matches by strength, then source", orders_matches},
    {"never shows a secret key", never_shows_a_secret_key},
    {"takes a question of any length", takes_a_question_of_any_length},
    {"takes any bytes", takes_any_bytes},
    {"is listed however often a list repeats a key", is_listed_however_often},
    {"says how often lists hold a text", says_how_often_lists_hold_a_text},
    {"has a name for every verdict and status", has_names},
};

int main(void)
{
    return cw_run_suite("check", tests, CW_COUNT(tests));
}
