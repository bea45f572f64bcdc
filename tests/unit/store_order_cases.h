/* store_order_cases.h: who may go before whom in the outbox, and what it remembers of answers. */
#ifndef CW_TESTS_STORE_ORDER_CASES_H
#define CW_TESTS_STORE_ORDER_CASES_H

#include "store_outbox_cases.h"

#define ID_4 "8e10387d-6711-5268-a605-4c3ccd6f59d4"
#define ID_5 "8e10387d-6711-5268-a605-4c3ccd6f59d5"

/* Two of a case, two of a list, one of neither; queued for siem as rows 1 to 5. */
static const struct alert_row chain_rows[] = {
    {ID_1, "CASE-A", "ofac", CW_ALERT_LISTED, STORE_NOW},
    {ID_2, "CASE-A", "fbi", CW_ALERT_DELISTED, STORE_NOW + 1},
    {ID_3, "", "ofac", CW_ALERT_FEED_FAILED, STORE_NOW + 2},
    {ID_4, "", "ofac", CW_ALERT_FEED_RECOVERED, STORE_NOW + 3},
    {ID_5, "", "", CW_ALERT_TEST, STORE_NOW + 4},
};

static void queue_chains(struct cw_store *store, const char *endpoint)
{
    for (size_t i = 0; i < CW_COUNT(chain_rows); i++) {
        STORE_OK(cw_store_enqueue(store, chain_rows[i].id, endpoint, STORE_NOW, &err));
    }
}

static struct cw_store *chains_open(const struct place *place)
{
    struct cw_store *store = store_open(place, CW_STORE_WRITE);
    for (size_t i = 0; i < CW_COUNT(chain_rows); i++) {
        CU_ASSERT_TRUE(alert_add(store, &chain_rows[i], chain_rows[i].id));
    }
    queue_chains(store, "siem");
    return store;
}

static void fail_row(struct cw_store *store, int64_t seq, uint64_t http_status, int64_t due_at_s)
{
    const struct cw_attempt_end end = {.state = CW_DELIVERY_WAITING,
                                       .due_at_s = due_at_s,
                                       .http_status = http_status,
                                       .error = "no"};
    STORE_OK(cw_store_attempt_begin(store, seq, STORE_NOW, due_at_s, &err));
    STORE_OK(cw_store_attempt_end(store, seq, STORE_NOW, &end, &err));
}

/* Numbers of the rows that are due, in their order. */
static void check_due(struct cw_store *store, const char *endpoint, int64_t now_s,
                      const char *wanted)
{
    char found[64] = "";
    struct cw_delivery delivery;
    int64_t seq = 0;
    while ((seq = due(store, endpoint, now_s, seq, &delivery)) > 0) {
        const size_t used = strlen(found);
        (void)snprintf(found + used, sizeof(found) - used, "%lld ", (long long)seq);
    }
    CW_CHECK(strcmp(found, wanted) == 0, "due: \"%s\", not \"%s\"\n", found, wanted);
}

static void keeps_the_order_within_a_case_and_a_list(void)
{
    static const struct {
        int64_t failed;
        const char *wanted;
    } rows[] = {{1, "3 4 5 "}, {2, "1 3 4 5 "}, {3, "1 2 5 "}, {4, "1 2 3 5 "}, {5, "1 2 3 4 "}};
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        const struct place place = place_make();
        struct cw_store *store = chains_open(&place);
        check_due(store, "siem", STORE_NOW, "1 2 3 4 5 ");
        fail_row(store, rows[i].failed, 500, STORE_NOW + 60);
        check_due(store, "siem", STORE_NOW, rows[i].wanted);
        check_due(store, "siem", STORE_NOW + 60, "1 2 3 4 5 ");
        end_as(store, rows[i].failed, CW_DELIVERY_DEAD);
        STORE_OK(cw_store_enqueue(store, ID_1, "soc", STORE_NOW, &err));
        check_due(store, "soc", STORE_NOW, "6 ");
        cw_store_close(store);
        place_remove(&place);
    }
}

static void wakes_what_silence_keeps(void)
{
    static const struct {
        uint64_t http_status;
        int64_t due_in_s;
        bool is_woken;
    } rows[] = {{0, 6, true},      {0, 5, false},     {429, 600, true},
                {502, 600, true},  {503, 600, true},  {504, 600, true},
                {500, 600, false}, {400, 600, false}, {501, 600, false}};
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        const struct place place = place_make();
        struct cw_store *store = chains_open(&place);
        uint64_t woken = 99;
        fail_row(store, 5, rows[i].http_status, STORE_NOW + rows[i].due_in_s);
        STORE_OK(cw_store_due_wake(store, "soc", STORE_NOW, &woken, &err));
        CU_ASSERT_EQUAL(woken, 0);
        STORE_OK(cw_store_due_wake(store, "siem", STORE_NOW, &woken, &err));
        CW_CHECK(woken == (rows[i].is_woken ? 1 : 0), "%llu in %lld s: %llu woken\n",
                 (unsigned long long)rows[i].http_status, (long long)rows[i].due_in_s,
                 (unsigned long long)woken);
        check_due(store, "siem", STORE_NOW, rows[i].is_woken ? "1 2 3 4 5 " : "1 2 3 4 ");
        cw_store_close(store);
        place_remove(&place);
    }
}

/* Row 3 goes in the place of row 5, which gets its time; without an older one nothing changes. */
static void lets_the_oldest_go_first(void)
{
    const struct place place = place_make();
    struct cw_store *store = chains_open(&place);
    uint64_t woken = 0;
    STORE_OK(cw_store_due_exchange(store, "siem", STORE_NOW, 5, &err));
    check_due(store, "siem", STORE_NOW, "1 2 3 4 5 ");
    fail_row(store, 1, 500, STORE_NOW + 900); /* refused for itself */
    fail_row(store, 3, 0, STORE_NOW + 600);
    STORE_OK(cw_store_due_exchange(store, "siem", STORE_NOW, 3, &err));
    check_due(store, "siem", STORE_NOW, "5 ");
    STORE_OK(cw_store_due_exchange(store, "siem", STORE_NOW, 5, &err));
    check_due(store, "siem", STORE_NOW, "3 4 ");
    check_due(store, "siem", STORE_NOW + 599, "3 4 ");
    check_due(store, "siem", STORE_NOW + 600, "3 4 5 ");
    STORE_OK(cw_store_due_wake(store, "siem", STORE_NOW, &woken, &err));
    CU_ASSERT_EQUAL(woken, 1); /* it was never tried, only put off */
    check_due(store, "siem", STORE_NOW, "3 4 5 ");
    cw_store_close(store);
    place_remove(&place);
}

static void counts_dead_letters_in_a_row(void)
{
    static const struct {
        const char *what;
        enum cw_delivery_state states[5];
        uint64_t wanted;
    } rows[] = {
        {"none", {0}, 0},
        {"all",
         {CW_DELIVERY_DEAD, CW_DELIVERY_DEAD, CW_DELIVERY_DEAD, CW_DELIVERY_DEAD, CW_DELIVERY_DEAD},
         5},
        {"since a success",
         {CW_DELIVERY_DEAD, CW_DELIVERY_DELIVERED, CW_DELIVERY_DEAD, CW_DELIVERY_DEAD,
          CW_DELIVERY_WAITING},
         2},
        {"a success at the end",
         {CW_DELIVERY_DEAD, CW_DELIVERY_DEAD, CW_DELIVERY_DEAD, CW_DELIVERY_DEAD,
          CW_DELIVERY_DELIVERED},
         0},
        {"waiting ones between",
         {CW_DELIVERY_DEAD, CW_DELIVERY_WAITING, CW_DELIVERY_DEAD, CW_DELIVERY_WAITING,
          CW_DELIVERY_DEAD},
         3},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        const struct place place = place_make();
        struct cw_store *store = chains_open(&place);
        uint64_t dead = 99;
        for (size_t k = 0; k < CW_COUNT(rows[i].states); k++) {
            if (rows[i].states[k] != CW_DELIVERY_WAITING) {
                end_as(store, (int64_t)k + 1, rows[i].states[k]);
            }
        }
        STORE_OK(cw_store_dead_in_a_row(store, "siem", STORE_NOW, &dead, &err));
        CW_CHECK(dead == rows[i].wanted, "%s: %llu\n", rows[i].what, (unsigned long long)dead);
        STORE_OK(cw_store_dead_in_a_row(store, "siem", STORE_NOW + 1, &dead, &err));
        CU_ASSERT_EQUAL(dead, 0);
        STORE_OK(cw_store_endpoint_put(store, "siem", true, 0, "five", &err));
        STORE_OK(cw_store_endpoint_put(store, "siem", false, 0, "", &err));
        STORE_OK(cw_store_dead_in_a_row(store, "siem", STORE_NOW, &dead, &err));
        CU_ASSERT_EQUAL(dead, 0);
        cw_store_close(store);
        place_remove(&place);
    }
}

static void keeps_the_last_answer(void)
{
    const struct place place = place_make();
    struct cw_store *store = chains_open(&place);
    struct cw_delivery row;
    struct cw_buf answer;
    int64_t at_s = 99;
    cw_buf_init(&answer, CW_DELIVERY_ANSWER_MAX);
    CU_ASSERT_EQUAL(due(store, "siem", STORE_NOW, 0, &row), 1);
    STORE_OK(cw_store_last_answer(store, &row, &at_s, &answer, &err));
    CU_ASSERT_EQUAL(at_s, 0);
    CU_ASSERT_EQUAL(answer.len, 0);
    for (int64_t i = 1; i <= 2; i++) {
        const char text[2] = {(char)('0' + i), '\0'};
        const struct cw_attempt_end end = {.state = CW_DELIVERY_WAITING,
                                           .due_at_s = STORE_NOW,
                                           .error = "no",
                                           .answer = cw_span_make(text, 2)};
        STORE_OK(cw_store_attempt_begin(store, 1, STORE_NOW, STORE_NOW, &err));
        STORE_OK(cw_store_attempt_end(store, 1, STORE_NOW + i, &end, &err));
    }
    STORE_OK(cw_store_attempt_begin(store, 1, STORE_NOW + 3, STORE_NOW, &err)); /* under way */
    STORE_OK(cw_store_last_answer(store, &row, &at_s, &answer, &err));
    CU_ASSERT_EQUAL(at_s, STORE_NOW + 2);
    CU_ASSERT_EQUAL(answer.len, 2);
    CU_ASSERT(answer.len == 2 && memcmp(answer.data, "2\0", 2) == 0);
    cw_buf_clear(&answer);
    cw_store_close(store);
    place_remove(&place);
}

/* The end of one attempt and the begin of the next, together or not at all. */
static void records_end_and_begin_together(void)
{
    const struct place place = place_make();
    struct cw_store *store = chains_open(&place);
    const struct cw_attempt_end end = {.state = CW_DELIVERY_DELIVERED, .error = ""};
    struct cw_delivery row;
    STORE_OK(cw_store_attempt_begin(store, 1, STORE_NOW, STORE_NOW + 60, &err));
    for (size_t i = 0; i < 2; i++) {
        STORE_OK(cw_store_begin(store, &err));
        CU_ASSERT(cw_store_is_changing(store));
        STORE_OK(cw_store_attempt_end(store, 1, STORE_NOW, &end, &err));
        STORE_OK(cw_store_attempt_begin(store, 2, STORE_NOW, STORE_NOW + 60, &err));
        if (i == 0) {
            cw_store_rollback(store);
            CU_ASSERT_EQUAL(due(store, "siem", STORE_NOW + 60, 0, &row), 1);
        } else {
            STORE_OK(cw_store_commit(store, &err));
            CU_ASSERT_EQUAL(due(store, "siem", STORE_NOW + 60, 0, &row), 2);
            CU_ASSERT_EQUAL(row.attempts, 1);
        }
        CU_ASSERT(!cw_store_is_changing(store));
    }
    cw_store_close(store);
    place_remove(&place);
}

/* Rows of before know their case afterwards, too. */
static void brings_an_older_outbox_up_to_date(void)
{
    const struct place place = place_make();
    struct cw_store *store = chains_open(&place);
    STORE_OK(cw_store_endpoint_put(store, "siem", true, 0, "410", &err));
    cw_store_close(store);
    run_sql(&place, "DROP INDEX outbox_chains; ALTER TABLE outbox DROP COLUMN chain;"
                    "ALTER TABLE endpoints DROP COLUMN counted_from;"
                    "DROP INDEX retrievals_by_document;"
                    "ALTER TABLE feeds DROP COLUMN held_evidence;"
                    "ALTER TABLE feeds DROP COLUMN held_fetches;"
                    "ALTER TABLE feeds DROP COLUMN held_since_s;"
                    "ALTER TABLE feeds DROP COLUMN issued;"
                    "ALTER TABLE feeds DROP COLUMN whole_at_s; PRAGMA user_version = 3");
    store = store_open(&place, CW_STORE_WRITE);
    fail_row(store, 1, 500, STORE_NOW + 60);
    fail_row(store, 3, 500, STORE_NOW + 60);
    check_due(store, "siem", STORE_NOW, "5 ");
    bool is_disabled = false;
    int64_t not_before_s = 0;
    STORE_OK(cw_store_endpoint_get(store, "siem", &is_disabled, &not_before_s, &err));
    CU_ASSERT_TRUE(is_disabled);
    cw_store_close(store);
    place_remove(&place);
}

#endif
