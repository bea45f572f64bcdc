/* Order over many runs on a clock in the test's hand, and what is told when an endpoint ends. */
#include "deliver_world.h"

enum { MINUTE = 60, HOUR = 3600, DAY = 24 * HOUR };

/* One more alert, of a case ("" for none), queued for every endpoint. */
static void queue_of(struct world *world, const char *case_id)
{
    static const char *const languages[] = {"en", NULL};
    const size_t i = world->alerts_count++;
    struct cw_alert_summary summary;
    const struct cw_alert_facts facts = {
        .type = CW_ALERT_TEST,
        .time_s = world_start_s + (int64_t)i,
        .scanner = {.source = "https://scanner.agency.example/cryptowatch",
                    .version = "0.1.0",
                    .instance = "scanner-a"},
        .severity = CW_HIGH,
        .confidence = -1,
        .tlp = CW_TLP_AMBER,
        .subject = "test",
        .languages = languages,
    };
    CU_ASSERT_FATAL(i < WORLD_ALERTS_MAX);
    cw_buf_init(&world->bodies[i], CW_ALERT_BYTES_MAX);
    WORLD_OK(cw_alert_build(&facts, &world->bodies[i], why));
    const struct cw_span body = cw_buf_as_span(&world->bodies[i]);
    WORLD_OK(cw_alert_summarise(body, &summary, why));
    (void)snprintf(summary.case_id, sizeof(summary.case_id), "%s", case_id);
    memcpy(world->ids[i], summary.id, sizeof(summary.id));
    world_store_alert(world, body, &summary);
}

/* The receiver got exactly these alerts, by their numbers, in this order. */
static void expect_order(const struct world *world, struct loopback *loop, const size_t *wanted,
                         size_t count)
{
    loopback_stop(loop);
    CU_ASSERT_EQUAL_FATAL(loop->count, count);
    for (size_t i = 0; i < count; i++) {
        const struct cw_span id = loopback_header(&loop->requests[i], "webhook-id");
        CW_CHECK(cw_span_is(id, world->ids[wanted[i]]), "request %zu is not alert %zu", i,
                 wanted[i]);
    }
}

#define ORDER(...) (const size_t[]){__VA_ARGS__}, CW_COUNT(((const size_t[]){__VA_ARGS__}))

/* ---- a receiver that was away ---- */

static void move_to(struct world *world, size_t endpoint, uint16_t port)
{
    (void)snprintf(world->urls[endpoint], sizeof(world->urls[endpoint]), "http://127.0.0.1:%u/hook",
                   (unsigned)port);
}

/* Three days of a run each half hour and an alert each six hours; the receiver then comes back at a
 * moment in which most of the rows wait for a later time. */
static void away_for_three_days(void)
{
    enum { ALERTS = 12, RUNS = 3 * 48 };
    struct world world;
    struct loopback loop;
    size_t wanted[ALERTS];
    world_init(&world);
    (void)world_receiver(&world, closed_port());
    for (size_t run = 0; run < RUNS; run++) {
        if (run % 12 == 0) {
            queue_of(&world, run % 24 == 0 ? "case-a" : "");
        }
        world_run(&world, HOUR / 2);
        CU_ASSERT_EQUAL(world.report.sent, 0);
        CU_ASSERT_EQUAL(world.report.dead, 0);
    }
    CU_ASSERT_EQUAL(world.alerts_count, ALERTS);
    size_t later = 0;
    for (size_t i = 0; i < ALERTS; i++) {
        wanted[i] = i;
        later += world_row_of(&world, i, 0).due_at_s > world.now_s + HOUR / 2 ? 1 : 0;
    }
    CW_CHECK(later > ALERTS / 2, "only %zu rows wait for later", later);
    loopback_start(&loop, ANSWERS({.status = 204}));
    move_to(&world, 0, loop.port);
    for (size_t run = 0; run < 48 && world.report.sent == 0; run++) {
        world_run(&world, HOUR / 2);
    }
    world_expect(&world, "the first run that reaches it", ALERTS, 0, 0, 0);
    expect_order(&world, &loop, wanted, ALERTS);
    for (size_t i = 0; i < ALERTS; i++) {
        world_check_request(&world, &loop.requests[i], i, world.now_s);
    }
    end(&world, &loop);
}

/* While it is down it is not asked more often than the table says: only what is due, and with it
 * the oldest. */
static void silence_is_respected(void)
{
    struct world world;
    struct loopback loop;
    begin(&world, &loop, ANSWERS({.status = 503}));
    queue_of(&world, "");
    queue_of(&world, "");
    world_run(&world, 0);
    CU_ASSERT_EQUAL(loopback_count(&loop), 1);
    world_run(&world, 5);
    CU_ASSERT_EQUAL(loopback_count(&loop), 2);
    for (size_t i = 0; i < 4; i++) {
        world_run(&world, MINUTE);
    }
    CW_CHECK(loopback_count(&loop) <= 4, "%zu requests", loopback_count(&loop));
    end(&world, &loop);
}

/* A 500 may be about this alert alone, so another one's success does not hurry it. */
static void refusal_keeps_its_time(void)
{
    struct world world;
    struct loopback loop;
    begin(&world, &loop,
          ANSWERS({.status = 500}, {.status = 204}, {.status = 500}, {.status = 204}));
    queue_of(&world, "");
    queue_of(&world, "");
    world_run(&world, 0);
    world_expect(&world, "first refused, second taken", 1, 1, 1, 0);
    world_run(&world, 10);
    world_expect(&world, "refused again", 0, 1, 1, 0);
    queue_of(&world, "");
    world_run(&world, MINUTE);
    world_expect(&world, "the third goes, the first waits", 1, 0, 1, 0);
    expect_order(&world, &loop, ORDER(0, 1, 0, 2));
    end(&world, &loop);
}

/* ---- within a case ---- */

static void case_in_order(void)
{
    struct world world;
    struct loopback loop;
    begin(&world, &loop, ANSWERS({.status = 500}, {.status = 204}));
    queue_of(&world, "case-a"); /* refused at first */
    queue_of(&world, "case-a"); /* must not overtake it */
    queue_of(&world, "case-b"); /* is nobody's business */
    queue_of(&world, "");
    queue_of(&world, "case-a");
    world_run(&world, 0);
    world_expect(&world, "two of other cases", 2, 1, 3, 0);
    CU_ASSERT_EQUAL(world_row_of(&world, 1, 0).attempts, 0);
    world_run(&world, 10);
    world_expect(&world, "then the case", 3, 0, 0, 0);
    expect_order(&world, &loop, ORDER(0, 2, 3, 0, 1, 4));
    end(&world, &loop);
}

/* The second attempt of one row lets the rest of its case follow in the same run. */
static void case_follows_in_the_run(void)
{
    struct world world;
    struct loopback loop;
    begin(&world, &loop, ANSWERS({.status = 500}, {.status = 204}));
    world.window_ms = 20000;
    queue_of(&world, "case-a");
    queue_of(&world, "case-a");
    queue_of(&world, "case-b");
    world_run(&world, 0);
    world_expect(&world, "all in one run", 3, 1, 0, 0);
    expect_order(&world, &loop, ORDER(0, 2, 0, 1));
    end(&world, &loop);
}

static void dead_letter_frees_its_case(void)
{
    struct world world;
    struct loopback loop;
    begin(&world, &loop, ANSWERS({.status = 413}, {.status = 204}));
    queue_of(&world, "case-a");
    queue_of(&world, "case-a");
    world_run(&world, 0);
    world_expect(&world, "the second goes", 1, 1, 0, 1);
    expect_order(&world, &loop, ORDER(0, 1));
    end(&world, &loop);
}

/* What a tightened filter holds back waits for the operator; its case does not. */
static void held_back_blocks_nothing(void)
{
    struct world world;
    struct loopback loop;
    begin(&world, &loop, ANSWERS({.status = 204}));
    world_queue_graded(&world, CW_HIGH, CW_TLP_RED);
    queue_of(&world, "case-a");
    world.receivers[0].max_tlp = CW_TLP_AMBER;
    world_run(&world, 0);
    world_expect(&world, "only what is allowed", 1, 0, 1, 0);
    expect_order(&world, &loop, ORDER(1));
    end(&world, &loop);
}

/* ---- when an endpoint ends ---- */

struct teller {
    struct world *world;
    size_t told;
    char endpoint[65];
    bool was_changing;
};

static enum cw_status tell_others(void *ctx, const char *endpoint, struct cw_error *err)
{
    struct teller *teller = ctx;
    struct world *world = teller->world;
    (void)err;
    teller->told++;
    teller->was_changing = cw_store_is_changing(world->store);
    (void)snprintf(teller->endpoint, sizeof(teller->endpoint), "%s", endpoint);
    queue_of(world, "");
    return CW_OK;
}

static void run_told(struct world *world, struct teller *teller, int64_t later_s)
{
    world->now_s += later_s;
    struct cw_deliver_options options = world_options(world);
    options.on_disabled = tell_others;
    options.on_disabled_ctx = teller;
    WORLD_OK(cw_deliver_run(world->store, world->receivers, world->receivers_count, &options,
                            &world->report, why));
}

static void others_are_told(void)
{
    static const struct {
        const char *what;
        int status;
        size_t alerts;
        uint64_t dead;
    } rows[] = {{"410", 410, 1, 0}, {"five dead", 413, 5, 5}, {"four dead", 413, 4, 4}};
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        struct world world;
        struct loopback loop;
        struct loopback ending;
        struct teller teller = {.world = &world};
        const size_t told = rows[i].dead == 4 ? 0 : 1;
        begin(&world, &loop, ANSWERS({.status = 204}));
        loopback_start(&ending, &(const struct loopback_answer){.status = rows[i].status}, 1);
        (void)world_receiver(&world, ending.port);
        world_queue(&world, rows[i].alerts);
        run_told(&world, &teller, 0);
        CW_CHECK(teller.told == told, "%s: told %zu times", rows[i].what, teller.told);
        CW_CHECK(told == 0 || (strcmp(teller.endpoint, "beta") == 0 && teller.was_changing),
                 "%s: %s", rows[i].what, teller.endpoint);
        CW_CHECK(loopback_count(&loop) == rows[i].alerts + told, "%s: not in the same run",
                 rows[i].what);
        CU_ASSERT_EQUAL(world_is_disabled(&world, 1), told == 1);
        run_told(&world, &teller, DAY);
        CW_CHECK(teller.told == told, "%s: told again", rows[i].what);
        loopback_clear(&ending);
        end(&world, &loop);
    }
}

static void enabling_counts_anew(void)
{
    struct world world;
    struct loopback loop;
    struct loopback ending;
    begin(&world, &loop, ANSWERS({.status = 204}));
    loopback_start(&ending, ANSWERS({.status = 413}));
    (void)world_receiver(&world, ending.port);
    world_queue(&world, 5);
    world_run(&world, 0);
    CU_ASSERT(world_is_disabled(&world, 1));
    WORLD_OK(cw_store_endpoint_put(world.store, "beta", false, 0, "", why));
    world_queue(&world, 4);
    world_run(&world, HOUR);
    CU_ASSERT(!world_is_disabled(&world, 1));
    CU_ASSERT_EQUAL(world.report.dead, 9);
    world_queue(&world, 1);
    world_run(&world, HOUR);
    CU_ASSERT(world_is_disabled(&world, 1));
    loopback_clear(&ending);
    end(&world, &loop);
}

/* ---- where we do not speak to ---- */

/* All lead to the loopback interface, where somebody listens who must hear nothing. */
static void private_targets(void)
{
    static const struct {
        const char *what;
        const char *origin; /* without the port */
    } rows[] = {
        {"a private address", "https://127.0.0.1"},
        {"another of the same range", "https://127.8.9.10"},
        {"a name at a private address", "https://localhost"},
        {"a v4 address in a v6 one", "https://[::ffff:127.0.0.1]"},
        {"the same in hexadecimal", "https://[::ffff:7f00:1]"},
        {"an address that means here", "https://0.0.0.0"},
        {"an address in decimal", "https://2130706433"},
        {"an address in octal", "https://0177.0.0.1"},
        {"http without leave", "http://127.0.0.1"},
    };
    static const char *const nobody[] = {"allowed.example", NULL};
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        struct world world;
        struct loopback loop;
        char url[64];
        begin(&world, &loop, ANSWERS({.status = 204}));
        (void)snprintf(url, sizeof(url), "%s:%u/hook", rows[i].origin, (unsigned)loop.port);
        world.receivers[0].url = url;
        queue_of(&world, "");
        struct cw_deliver_options options = world_options(&world);
        options.net.allow_private_hosts = nobody;
        WORLD_OK(cw_deliver_run(world.store, world.receivers, 1, &options, &world.report, why));
        world_expect(&world, rows[i].what, 0, 1, 1, 0);
        const struct cw_delivery row = world_row_of(&world, 0, 0);
        CW_CHECK(strncmp(row.last_error, "refused-address: ", 17) == 0, "%s: %s", rows[i].what,
                 row.last_error);
        CW_CHECK(loopback_count(&loop) == 0, "%s: it was spoken to", rows[i].what);
        end(&world, &loop);
    }
}

static void redirect_to_private_target(void)
{
    static const int statuses[] = {301, 302, 303, 307, 308};
    for (size_t i = 0; i < CW_COUNT(statuses); i++) {
        struct world world;
        struct loopback loop;
        struct loopback hidden;
        char headers[96];
        loopback_start(&hidden, ANSWERS({.status = 204}));
        (void)snprintf(headers, sizeof(headers), "Location: http://127.0.0.1:%u/secret\r\n",
                       (unsigned)hidden.port);
        begin(&world, &loop, ANSWERS({.status = statuses[i], .headers = headers}));
        queue_of(&world, "");
        world_run(&world, 0);
        world_expect(&world, "a redirect is a failure", 0, 1, 1, 0);
        CU_ASSERT_EQUAL(world_row_of(&world, 0, 0).last_status, (uint64_t)statuses[i]);
        CU_ASSERT_EQUAL(loopback_count(&loop), 1);
        CU_ASSERT_EQUAL(loopback_count(&hidden), 0);
        loopback_clear(&hidden);
        end(&world, &loop);
    }
}

int main(void)
{
    static const struct cw_test tests[] = {
        {"gives all to a receiver that was away 3 days, oldest first", away_for_three_days},
        {"asks a receiver that is down no more than the table says", silence_is_respected},
        {"hurries no alert that was refused for itself", refusal_keeps_its_time},
        {"keeps the order within a case, and blocks no other", case_in_order},
        {"sends the rest of a case in the same run", case_follows_in_the_run},
        {"goes on with a case behind a dead letter", dead_letter_frees_its_case},
        {"goes on behind what a filter holds back", held_back_blocks_nothing},
        {"tells the others in the same run when an endpoint ends", others_are_told},
        {"counts dead letters anew after enabling by hand", enabling_counts_anew},
        {"speaks to no private address that is not allowed", private_targets},
        {"follows no redirect, and never to a private address", redirect_to_private_target},
    };
    (void)signal(SIGPIPE, SIG_IGN);
    struct cw_error err = {0};
    if (cw_hash_selftest(&err) != CW_OK) {
        (void)fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    return cw_run_suite("deliver_order", tests, CW_COUNT(tests));
}
