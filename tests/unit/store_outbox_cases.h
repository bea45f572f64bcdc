/* store_outbox_cases.h: alerts, the outbox, attempts and endpoints. */
#ifndef CW_TESTS_STORE_OUTBOX_CASES_H
#define CW_TESTS_STORE_OUTBOX_CASES_H

#include "store_place.h"

#define ID_1 "8e10387d-6711-5268-a605-4c3ccd6f59d1"
#define ID_2 "8e10387d-6711-5268-a605-4c3ccd6f59d2"
#define ID_3 "8e10387d-6711-5268-a605-4c3ccd6f59d3"

struct alert_row {
    const char *id;
    const char *case_id;
    const char *feed;
    enum cw_alert_type type;
    int64_t created_at_s;
};

static const struct alert_row alert_rows[] = {
    {ID_2, "CASE-A", "ofac", CW_ALERT_LISTED, STORE_NOW},
    {ID_1, "CASE-B", "ofac", CW_ALERT_DELISTED, STORE_NOW + 10},
    {ID_3, "", "fbi", CW_ALERT_FEED_FAILED, STORE_NOW + 20},
};

static bool alert_add(struct cw_store *store, const struct alert_row *row, const char *body)
{
    struct cw_alert_summary summary = {
        .type = row->type, .severity = CW_HIGH, .tlp = CW_TLP_AMBER_STRICT};
    (void)snprintf(summary.id, sizeof(summary.id), "%s", row->id);
    (void)snprintf(summary.time, sizeof(summary.time), "2026-11-20T03:15:03Z");
    (void)snprintf(summary.subject, sizeof(summary.subject), "subject of %s", row->id);
    (void)snprintf(summary.source, sizeof(summary.source), "https://example.org/scanner");
    (void)snprintf(summary.case_id, sizeof(summary.case_id), "%s", row->case_id);
    (void)snprintf(summary.feed, sizeof(summary.feed), "%s", row->feed);
    (void)snprintf(summary.text_en, sizeof(summary.text_en), "A sentence.");
    const struct cw_stored_alert alert = {
        .id = cw_span_cstr(row->id),
        .body = cw_span_cstr(body),
        .jws = CW_SPAN("{\"jws\":1}"),
        .detached = CW_SPAN("aaa..bbb"),
        .created_at_s = row->created_at_s,
    };
    bool is_new = false;
    STORE_OK(cw_store_alert_add(store, &alert, &summary, &is_new, &err));
    return is_new;
}

static void alerts_add(struct cw_store *store)
{
    for (size_t i = 0; i < CW_COUNT(alert_rows); i++) {
        CU_ASSERT_TRUE(alert_add(store, &alert_rows[i], alert_rows[i].id));
    }
}

/* The last two hex digits of each id, in the order they came. */
struct alerts_seen {
    char ids[64];
    char body[64];
    struct cw_alert_summary last;
};

static enum cw_status see_alert(void *ctx, const struct cw_stored_alert *alert,
                                const struct cw_alert_summary *summary,
                                CW_UNUSED struct cw_error *err)
{
    struct alerts_seen *seen = ctx;
    const size_t used = strlen(seen->ids);
    (void)snprintf(seen->ids + used, sizeof(seen->ids) - used, "%s ", summary->id + 34);
    (void)snprintf(seen->body, sizeof(seen->body), "%.*s", CW_SPAN_ARG(alert->body));
    CU_ASSERT_TRUE(cw_span_is(alert->id, summary->id));
    CU_ASSERT_TRUE(cw_span_is(alert->jws, "{\"jws\":1}"));
    CU_ASSERT_TRUE(cw_span_is(alert->detached, "aaa..bbb"));
    seen->last = *summary;
    return CW_OK;
}

static void keeps_the_first_bytes_of_an_alert(void)
{
    const struct place place = place_make();
    struct cw_store *store = store_open(&place, CW_STORE_WRITE);
    struct alerts_seen seen = {.ids = ""};
    const struct cw_alert_filter any = {0};
    CU_ASSERT_TRUE(alert_add(store, &alert_rows[0], "first bytes"));
    CU_ASSERT_FALSE(alert_add(store, &alert_rows[0], "other bytes"));
    cw_store_close(store);
    store = store_open(&place, CW_STORE_READ);
    STORE_OK(cw_store_alerts(store, &any, see_alert, &seen, &err));
    CU_ASSERT_STRING_EQUAL(seen.ids, "d2 ");
    CU_ASSERT_STRING_EQUAL(seen.body, "first bytes");
    CU_ASSERT_EQUAL(seen.last.type, CW_ALERT_LISTED);
    CU_ASSERT_EQUAL(seen.last.severity, CW_HIGH);
    CU_ASSERT_EQUAL(seen.last.tlp, CW_TLP_AMBER_STRICT);
    CU_ASSERT_STRING_EQUAL(seen.last.time, "2026-11-20T03:15:03Z");
    CU_ASSERT_STRING_EQUAL(seen.last.subject, "subject of " ID_2);
    CU_ASSERT_STRING_EQUAL(seen.last.source, "https://example.org/scanner");
    CU_ASSERT_STRING_EQUAL(seen.last.case_id, "CASE-A");
    CU_ASSERT_STRING_EQUAL(seen.last.feed, "ofac");
    CU_ASSERT_STRING_EQUAL(seen.last.text_en, "A sentence.");
    cw_store_close(store);
    place_remove(&place);
}

static void filters_alerts_oldest_first(void)
{
    static const struct {
        struct cw_alert_filter filter;
        const char *wanted;
    } cases[] = {
        {{0}, "d2 d1 d3 "},
        {{.id = ID_1}, "d1 "},
        {{.id = "8e10387d-6711-5268-a605-4c3ccd6f59d"}, ""},
        {{.id = ID_1, .case_id = "CASE-A"}, ""},
        {{.case_id = "CASE-A"}, "d2 "},
        {{.case_id = "case-a"}, ""},
        {{.feed = "ofac"}, "d2 d1 "},
        {{.feed = "ofa%"}, ""},
        {{.type = "cryptowatch.address.delisted"}, "d1 "},
        {{.type = "cryptowatch.address"}, ""},
        {{.since_s = STORE_NOW + 10}, "d1 d3 "},
        {{.since_s = STORE_NOW + 21}, ""},
        {{.feed = "ofac", .since_s = STORE_NOW + 1}, "d1 "},
    };
    const struct place place = place_make();
    struct cw_store *store = store_open(&place, CW_STORE_WRITE);
    alerts_add(store);
    for (size_t i = 0; i < CW_COUNT(cases); i++) {
        struct alerts_seen seen = {.ids = ""};
        STORE_OK(cw_store_alerts(store, &cases[i].filter, see_alert, &seen, &err));
        CW_CHECK(strcmp(seen.ids, cases[i].wanted) == 0, "filter %zu: %s\n", i, seen.ids);
    }
    cw_store_close(store);
    place_remove(&place);
}

/* ---- outbox ---- */

static int64_t due(struct cw_store *store, const char *endpoint, int64_t now_s, int64_t after,
                   struct cw_delivery *ret)
{
    struct cw_due due;
    cw_due_init(&due);
    due.seq = -1;
    cw_buf_str(&due.body, "left over");
    cw_buf_str(&due.detached, "left over");
    STORE_OK(cw_store_due_next(store, endpoint, now_s, after, &due, &err));
    const int64_t seq = due.seq;
    if (seq > 0) {
        *ret = due.delivery;
        CU_ASSERT_TRUE(cw_span_is(cw_buf_as_span(&due.body), ret->alert_id));
        CU_ASSERT_TRUE(cw_span_is(cw_buf_as_span(&due.detached), "aaa..bbb"));
    } else {
        CU_ASSERT_EQUAL(due.body.len, 0);
        CU_ASSERT_EQUAL(due.detached.len, 0);
    }
    cw_due_clear(&due);
    return seq;
}

static void queue_all(struct cw_store *store)
{
    alerts_add(store);
    for (size_t i = 0; i < CW_COUNT(alert_rows); i++) {
        STORE_OK(cw_store_enqueue(store, alert_rows[i].id, "siem", STORE_NOW, &err));
    }
    STORE_OK(cw_store_enqueue(store, ID_1, "soc", STORE_NOW + 5, &err));
    STORE_OK(cw_store_enqueue(store, ID_1, "soc", STORE_NOW + 9, &err));
}

static void check_counts(struct cw_store *store, int64_t now_s,
                         const struct cw_delivery_counts *wanted)
{
    struct cw_delivery_counts is = {0};
    STORE_OK(cw_store_delivery_counts(store, now_s, &is, &err));
    CW_CHECK(is.waiting == wanted->waiting && is.due == wanted->due &&
                 is.delivered == wanted->delivered && is.dead == wanted->dead,
             "waiting %llu, due %llu, delivered %llu, dead %llu\n", (unsigned long long)is.waiting,
             (unsigned long long)is.due, (unsigned long long)is.delivered,
             (unsigned long long)is.dead);
}

static void serves_each_endpoint_oldest_first(void)
{
    const struct place place = place_make();
    struct cw_store *store = store_open(&place, CW_STORE_WRITE);
    struct cw_delivery delivery;
    queue_all(store);
    int64_t seq = 0;
    for (size_t i = 0; i < CW_COUNT(alert_rows); i++) {
        const int64_t next = due(store, "siem", STORE_NOW, seq, &delivery);
        CU_ASSERT_TRUE(next > seq);
        CU_ASSERT_STRING_EQUAL(delivery.alert_id, alert_rows[i].id);
        CU_ASSERT_STRING_EQUAL(delivery.endpoint, "siem");
        CU_ASSERT_EQUAL(delivery.state, CW_DELIVERY_WAITING);
        CU_ASSERT_EQUAL(delivery.attempts, 0);
        CU_ASSERT_EQUAL(delivery.queued_at_s, STORE_NOW);
        seq = next;
    }
    CU_ASSERT_EQUAL(due(store, "siem", STORE_NOW, seq, &delivery), 0);
    CU_ASSERT_EQUAL(due(store, "nobody", STORE_NOW, 0, &delivery), 0);
    CU_ASSERT_EQUAL(due(store, "soc", STORE_NOW + 4, 0, &delivery), 0);
    CU_ASSERT_TRUE(due(store, "soc", STORE_NOW + 5, 0, &delivery) > 0);
    CU_ASSERT_EQUAL(delivery.due_at_s, STORE_NOW + 5);
    check_counts(store, STORE_NOW, &(struct cw_delivery_counts){.waiting = 4, .due = 3});
    cw_store_close(store);
    place_remove(&place);
}

struct attempt_step {
    const char *what;
    enum cw_delivery_state state;
    int64_t due_at_s; /* after now */
    uint64_t http_status;
    const char *error;
};

static void follows_a_delivery_through_its_states(void)
{
    static const struct attempt_step steps[] = {
        {"no answer", CW_DELIVERY_WAITING, 300, 0, "timeout"},
        {"refused", CW_DELIVERY_WAITING, 1800, 503, "503 Service Unavailable"},
        {"delivered", CW_DELIVERY_DELIVERED, 0, 204, ""},
    };
    const struct place place = place_make();
    struct cw_store *store = store_open(&place, CW_STORE_WRITE);
    struct cw_delivery is;
    int64_t now_s = STORE_NOW;
    queue_all(store);
    const int64_t seq = due(store, "siem", now_s, 0, &is);
    for (size_t i = 0; i < CW_COUNT(steps); i++) {
        CW_CHECK(due(store, "siem", now_s, 0, &is) == seq, "%s: not due\n", steps[i].what);
        CU_ASSERT_EQUAL(is.attempts, i);
        STORE_OK(cw_store_attempt_begin(store, seq, now_s, now_s + 60, &err));
        CU_ASSERT_TRUE(due(store, "siem", now_s + 59, 0, &is) != seq);
        const struct cw_attempt_end end = {
            .state = steps[i].state,
            .due_at_s = now_s + steps[i].due_at_s,
            .http_status = steps[i].http_status,
            .error = steps[i].error,
            .answer = CW_SPAN("\x00\xff any bytes"),
        };
        STORE_OK(cw_store_attempt_end(store, seq, now_s + 1, &end, &err));
        if (end.state == CW_DELIVERY_WAITING) {
            CU_ASSERT_TRUE(due(store, "siem", end.due_at_s - 1, 0, &is) != seq);
            now_s = end.due_at_s;
            CU_ASSERT_EQUAL(due(store, "siem", now_s, 0, &is), seq);
            CU_ASSERT_EQUAL(is.last_status, steps[i].http_status);
            CU_ASSERT_STRING_EQUAL(is.last_error, steps[i].error);
            CU_ASSERT_EQUAL(is.queued_at_s, STORE_NOW);
        }
    }
    CU_ASSERT_TRUE(due(store, "siem", INT64_MAX, 0, &is) != seq);
    check_counts(store, INT64_MAX,
                 &(struct cw_delivery_counts){.waiting = 3, .due = 3, .delivered = 1});
    const struct cw_attempt_end late = {.state = CW_DELIVERY_DEAD, .error = ""};
    STORE_FAILS(cw_store_attempt_begin(store, seq, now_s, now_s, &err), CW_NOT_FOUND,
                "is not waiting");
    STORE_FAILS(cw_store_attempt_end(store, seq, now_s, &late, &err), CW_NOT_FOUND,
                "no attempt under way");
    STORE_FAILS(cw_store_attempt_begin(store, 4711, now_s, now_s, &err), CW_NOT_FOUND, "4711");
    cw_store_close(store);
    place_remove(&place);
}

static void cuts_what_a_receiver_sends_too_much_of(void)
{
    static const size_t sizes[] = {CW_DELIVERY_ANSWER_MAX, CW_DELIVERY_ANSWER_MAX + 1};
    const struct place place = place_make();
    struct cw_store *store = store_open(&place, CW_STORE_WRITE);
    struct cw_delivery is;
    char answer[CW_DELIVERY_ANSWER_MAX + 1];
    char error[300];
    memset(answer, 'a', sizeof(answer));
    memset(error, 'e', sizeof(error));
    memcpy(error + 254, "\xc3\xa9", 3); /* the cut at 255 would split this character */
    queue_all(store);
    for (size_t i = 0; i < CW_COUNT(sizes); i++) {
        const struct cw_attempt_end end = {.state = CW_DELIVERY_WAITING,
                                           .due_at_s = STORE_NOW,
                                           .error = error,
                                           .answer = cw_span_make(answer, sizes[i])};
        STORE_OK(cw_store_attempt_begin(store, 1, STORE_NOW, STORE_NOW, &err));
        STORE_OK(cw_store_attempt_end(store, 1, STORE_NOW, &end, &err));
        CU_ASSERT_EQUAL(due(store, "siem", STORE_NOW, 0, &is), 1);
        CU_ASSERT_EQUAL(strlen(is.last_error), 254);
    }
    struct cw_sql sql = cw_sql_begin(
        store, "SELECT count(*) FROM attempts WHERE length(answer) = 4096 AND length(error) = 255");
    CU_ASSERT_TRUE(cw_sql_next(&sql));
    CU_ASSERT_EQUAL(cw_sql_i64(&sql, 0), 2);
    STORE_OK(cw_sql_end(&sql, &err));
    cw_store_close(store);
    place_remove(&place);
}

static int die_during_the_request(const struct place *place)
{
    struct cw_store *store = NULL;
    if (cw_store_open(place->folder, CW_STORE_WRITE, &store, NULL) != CW_OK) {
        return 1;
    }
    return cw_store_attempt_begin(store, 1, STORE_NOW, STORE_NOW + 60, NULL) == CW_OK ? 42 : 2;
}

static void killed_attempt_is_counted_and_due_again(void)
{
    const struct place place = place_make();
    struct cw_store *store = store_open(&place, CW_STORE_WRITE);
    struct cw_delivery is;
    queue_all(store);
    cw_store_close(store);
    CU_ASSERT_EQUAL(in_child(die_during_the_request, &place), 42);
    store = store_open(&place, CW_STORE_WRITE);
    CU_ASSERT_EQUAL(due(store, "siem", STORE_NOW + 59, 0, &is), 2);
    CU_ASSERT_EQUAL(due(store, "siem", STORE_NOW + 60, 0, &is), 1);
    CU_ASSERT_EQUAL(is.attempts, 1);
    CU_ASSERT_EQUAL(is.state, CW_DELIVERY_WAITING);
    cw_store_close(store);
    place_remove(&place);
}

static void end_as(struct cw_store *store, int64_t seq, enum cw_delivery_state state)
{
    const struct cw_attempt_end end = {.state = state, .http_status = 500, .error = "no"};
    STORE_OK(cw_store_attempt_begin(store, seq, STORE_NOW, STORE_NOW + 60, &err));
    STORE_OK(cw_store_attempt_end(store, seq, STORE_NOW, &end, &err));
}

struct deliveries_seen {
    size_t count;
    struct cw_delivery items[4];
};

static enum cw_status see_delivery(void *ctx, const struct cw_delivery *delivery,
                                   CW_UNUSED struct cw_error *err)
{
    struct deliveries_seen *seen = ctx;
    CU_ASSERT_FATAL(seen->count < CW_COUNT(seen->items));
    seen->items[seen->count++] = *delivery;
    return CW_OK;
}

static void redelivers_from_the_start_of_the_schedule(void)
{
    const struct place place = place_make();
    struct cw_store *store = store_open(&place, CW_STORE_WRITE);
    struct deliveries_seen seen = {0};
    uint64_t rows = 0;
    queue_all(store); /* siem: 1 (ID_2), 2 (ID_1), 3 (ID_3); soc: 4 (ID_1) */
    end_as(store, 1, CW_DELIVERY_DEAD);
    end_as(store, 2, CW_DELIVERY_DELIVERED);
    end_as(store, 3, CW_DELIVERY_DEAD);
    check_counts(store, INT64_MAX,
                 &(struct cw_delivery_counts){.waiting = 1, .due = 1, .delivered = 1, .dead = 2});
    STORE_OK(cw_store_redeliver(store, "no such alert", STORE_NOW, &rows, &err));
    CU_ASSERT_EQUAL(rows, 0);
    STORE_OK(cw_store_redeliver(store, NULL, STORE_NOW + 99, &rows, &err));
    CU_ASSERT_EQUAL(rows, 2);
    STORE_OK(cw_store_redeliver(store, ID_1, STORE_NOW + 99, &rows, &err));
    CU_ASSERT_EQUAL(rows, 2);
    check_counts(store, STORE_NOW + 99, &(struct cw_delivery_counts){.waiting = 4, .due = 4});
    STORE_OK(cw_store_deliveries(store, ID_1, see_delivery, &seen, &err));
    CU_ASSERT_EQUAL_FATAL(seen.count, 2);
    CU_ASSERT_STRING_EQUAL(seen.items[0].endpoint, "siem");
    CU_ASSERT_STRING_EQUAL(seen.items[1].endpoint, "soc");
    CU_ASSERT_EQUAL(seen.items[0].state, CW_DELIVERY_WAITING);
    CU_ASSERT_EQUAL(seen.items[0].attempts, 0);
    CU_ASSERT_EQUAL(seen.items[0].queued_at_s, STORE_NOW + 99);
    CU_ASSERT_EQUAL(seen.items[0].due_at_s, STORE_NOW + 99);
    CU_ASSERT_EQUAL(seen.items[0].last_status, 0);
    CU_ASSERT_STRING_EQUAL(seen.items[0].last_error, "");
    cw_store_close(store);
    place_remove(&place);
}

static void remembers_the_state_of_an_endpoint(void)
{
    const struct place place = place_make();
    struct cw_store *store = store_open(&place, CW_STORE_WRITE);
    bool is_disabled = true;
    int64_t not_before_s = 1;
    STORE_OK(cw_store_endpoint_get(store, "siem", &is_disabled, &not_before_s, &err));
    CU_ASSERT_FALSE(is_disabled);
    CU_ASSERT_EQUAL(not_before_s, 0);
    STORE_OK(cw_store_endpoint_put(store, "siem", true, STORE_NOW, "410 Gone", &err));
    cw_store_close(store);
    store = store_open(&place, CW_STORE_WRITE);
    STORE_OK(cw_store_endpoint_get(store, "siem", &is_disabled, &not_before_s, &err));
    CU_ASSERT_TRUE(is_disabled);
    CU_ASSERT_EQUAL(not_before_s, STORE_NOW);
    STORE_OK(cw_store_endpoint_put(store, "siem", false, 0, "", &err));
    STORE_OK(cw_store_endpoint_get(store, "siem", &is_disabled, &not_before_s, &err));
    CU_ASSERT_FALSE(is_disabled);
    STORE_OK(cw_store_endpoint_get(store, "soc", &is_disabled, &not_before_s, &err));
    CU_ASSERT_FALSE(is_disabled);
    cw_store_close(store);
    place_remove(&place);
}

#endif
