#include "deliver/retry.h"
#include "deliver_world.h"

enum { MINUTE = 60, HOUR = 3600, DAY = 24 * HOUR, TEN_YEARS = 3653 * DAY };

/* ---- one receiver ---- */

static void takes_all_in_order(void)
{
    struct world world;
    struct loopback loop;
    begin(&world, &loop, ANSWERS({.status = 204}, {.status = 200, .body = "ok"}, {.status = 202}));
    world_queue(&world, 3);
    world_run(&world, 1);
    world_expect(&world, "run", 3, 0, 0, 0);
    loopback_stop(&loop);
    CU_ASSERT_EQUAL_FATAL(loop.count, 3);
    for (size_t i = 0; i < 3; i++) {
        const struct cw_delivery row = world_row_of(&world, i, 0);
        world_check_request(&world, &loop.requests[i], i, world_start_s + 1);
        CU_ASSERT_EQUAL(row.state, CW_DELIVERY_DELIVERED);
        CU_ASSERT_EQUAL(row.attempts, 1);
    }
    world_run(&world, DAY);
    world_expect(&world, "nothing left", 0, 0, 0, 0);
    end(&world, &loop);
}

/* Queued and tried while the clock was ten years ahead. */
static void waits_for_no_time_of_a_wrong_clock(void)
{
    struct world world;
    struct loopback loop;
    begin(&world, &loop,
          ANSWERS({.status = 503, .headers = "Retry-After: 3600\r\n"}, {.status = 204}));
    world.now_s += TEN_YEARS;
    world_queue(&world, 1);
    world_run(&world, 0);
    world_expect(&world, "ahead", 0, 1, 1, 0);
    world_run(&world, MINUTE - TEN_YEARS);
    world_expect(&world, "the clock is right again", 1, 0, 0, 0);
    end(&world, &loop);
}

static void keeps_a_wait_that_the_schedule_gives(void)
{
    struct world world;
    struct loopback loop;
    begin(&world, &loop, ANSWERS({.status = 204}));
    world_queue(&world, 1);
    world_run(&world, -CW_RETRY_WAIT_MAX_S);
    world_expect(&world, "set back by as much as it may", 0, 0, 1, 0);
    world_run(&world, -1);
    world_expect(&world, "and by a second more", 1, 0, 0, 0);
    end(&world, &loop);
}

static void same_bytes_each_time(void)
{
    struct world world;
    struct loopback loop;
    begin(&world, &loop, ANSWERS({.status = 503}, {.status = 503}, {.status = 200}));
    world_queue(&world, 1);
    world_run(&world, 0);
    world_expect(&world, "first", 0, 1, 1, 0);
    CU_ASSERT_EQUAL(world_row_of(&world, 0, 0).due_at_s, world_start_s + 5);
    world_run(&world, 10);
    world_expect(&world, "second", 0, 1, 1, 0);
    CU_ASSERT_EQUAL(world_row_of(&world, 0, 0).due_at_s, world_start_s + 10 + 5 * MINUTE);
    world_run(&world, 5 * MINUTE - 1);
    world_expect(&world, "a second too early", 0, 0, 1, 0);
    world_run(&world, 1);
    world_expect(&world, "third", 1, 0, 0, 0);
    loopback_stop(&loop);
    CU_ASSERT_EQUAL_FATAL(loop.count, 3);
    world_check_request(&world, &loop.requests[0], 0, world_start_s);
    world_check_request(&world, &loop.requests[1], 0, world_start_s + 10);
    world_check_request(&world, &loop.requests[2], 0, world_start_s + 10 + 5 * MINUTE);
    end(&world, &loop);
}

/* One row more than a lane waits for: it stays due for the next run. */
static void second_attempt_in_run(void)
{
    enum { WAITED_FOR = 32, ALL = WAITED_FOR + 1 };
    struct world world;
    struct loopback loop;
    struct loopback_answer answers[ALL + 1];
    for (size_t i = 0; i < ALL; i++) {
        answers[i] = (struct loopback_answer){.status = 500};
    }
    answers[ALL] = (struct loopback_answer){.status = 204};
    begin(&world, &loop, answers, CW_COUNT(answers));
    world.window_ms = 20000;
    world_queue(&world, ALL);
    world_run(&world, 0);
    world_expect(&world, "run", WAITED_FOR, ALL, 1, 0);
    CU_ASSERT_EQUAL(world_row_of(&world, ALL - 1, 0).due_at_s, world_start_s + 5);
    loopback_stop(&loop);
    CU_ASSERT_EQUAL_FATAL(loop.count, ALL + WAITED_FOR);
    for (size_t i = 0; i < WAITED_FOR; i++) {
        world_check_request(&world, &loop.requests[i], i, world_start_s);
        world_check_request(&world, &loop.requests[ALL + i], i, world_start_s);
        const int64_t between_ms = loop.requests[ALL + i].at_ms - loop.requests[i].at_ms;
        CW_CHECK(between_ms >= 4990 && between_ms < 9000, "%zu: %lld ms", i, (long long)between_ms);
    }
    end(&world, &loop);
}

/* CW_DELIVERY_RUN_MS, on a clock that jumps when the first of two alerts arrives. */
static void time_of_one_endpoint(void)
{
    static const struct {
        uint64_t jump_ms;
        uint64_t sent;
    } rows[] = {{CW_DELIVERY_RUN_MS - 3000, 2}, {CW_DELIVERY_RUN_MS, 1}};
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        struct world world;
        struct loopback loop;
        begin(&world, &loop, ANSWERS({.status = 204}));
        world.window_ms = 3600000;
        world.jumper = &loop;
        world.jump_ms = rows[i].jump_ms;
        world_queue(&world, 2);
        world_run(&world, 0);
        world_expect(&world, "budget", rows[i].sent, 0, 2 - rows[i].sent, 0);
        end(&world, &loop);
    }
}

static void pause_keeps_rest(void)
{
    static const int statuses[] = {429, 502, 503, 504};
    for (size_t i = 0; i < CW_COUNT(statuses); i++) {
        struct world world;
        struct loopback loop;
        begin(&world, &loop, ANSWERS({.status = statuses[i]}, {.status = 204}));
        world.window_ms = 20000; /* time enough for a second attempt, which must not come */
        world_queue(&world, 3);
        world_run(&world, 0);
        world_expect(&world, "pause", 0, 1, 3, 0);
        CU_ASSERT_EQUAL(loopback_count(&loop), 1);
        world_run(&world, 5);
        world_expect(&world, "next run", 3, 0, 0, 0);
        end(&world, &loop);
    }
}

static void retry_after_remembered(void)
{
    struct world world;
    struct loopback loop;
    begin(&world, &loop,
          ANSWERS({.status = 429, .headers = "Retry-After: 3600\r\n"}, {.status = 204}));
    world_queue(&world, 2);
    world_run(&world, 0);
    world_expect(&world, "asked for quiet", 0, 1, 2, 0);
    CU_ASSERT_EQUAL(world_row_of(&world, 0, 0).due_at_s, world_start_s + HOUR);
    world_run(&world, HOUR - 1);
    world_expect(&world, "still quiet, also for the second alert", 0, 0, 2, 0);
    world_run(&world, 1);
    world_expect(&world, "quiet is over", 2, 0, 0, 0);
    CU_ASSERT_EQUAL(loopback_count(&loop), 3);
    end(&world, &loop);
}

static void refused_goes_on(void)
{
    struct world world;
    struct loopback loop;
    begin(&world, &loop,
          ANSWERS({.status = 400}, {.status = 204}, {.status = 400}, {.status = 400}));
    world_queue(&world, 2);
    world_run(&world, 0);
    world_expect(&world, "the first is refused, the second goes", 1, 1, 1, 0);
    world_run(&world, 12 * HOUR);
    world_expect(&world, "second try", 0, 1, 1, 0);
    world_run(&world, 12 * HOUR);
    world_expect(&world, "third try: dead", 0, 1, 0, 1);
    world_run(&world, DAY);
    world_expect(&world, "the dead stay", 0, 0, 0, 1);
    CU_ASSERT_EQUAL(loopback_count(&loop), 4);
    CU_ASSERT(strcmp(world_row_of(&world, 0, 0).last_error, "HTTP 400") == 0);
    end(&world, &loop);
}

static void dead_at_once(void)
{
    static const int statuses[] = {413, 415};
    for (size_t i = 0; i < CW_COUNT(statuses); i++) {
        struct world world;
        struct loopback loop;
        begin(&world, &loop, ANSWERS({.status = statuses[i]}, {.status = 204}));
        world_queue(&world, 2);
        world_run(&world, 0);
        world_expect(&world, "one dead, one sent", 1, 1, 0, 1);
        CU_ASSERT_EQUAL(world_row_of(&world, 0, 0).state, CW_DELIVERY_DEAD);
        CU_ASSERT_EQUAL(world_row_of(&world, 0, 0).last_status, (uint64_t)statuses[i]);
        end(&world, &loop);
    }
}

static void dead_on_day_ten(void)
{
    struct world world;
    struct loopback loop;
    begin(&world, &loop, ANSWERS({.status = 500}));
    world_queue(&world, 1);
    world_run(&world, 0);
    world_expect(&world, "at once", 0, 1, 1, 0);
    world_run(&world, 10 * DAY - 1);
    world_expect(&world, "before day 10", 0, 1, 1, 0);
    world_run(&world, 10 * MINUTE);
    world_expect(&world, "the third time, on day 10", 0, 1, 0, 1);
    end(&world, &loop);
}

static void gone_disables(void)
{
    struct world world;
    struct loopback loop;
    begin(&world, &loop, ANSWERS({.status = 410}, {.status = 204}));
    world_queue(&world, 2);
    world_run(&world, 0);
    world_expect(&world, "gone", 0, 1, 2, 0);
    CU_ASSERT_EQUAL(world.report.disabled, 1);
    world_run(&world, 2 * DAY);
    world_expect(&world, "left alone", 0, 0, 2, 0);
    CU_ASSERT_EQUAL(loopback_count(&loop), 1);
    WORLD_OK(cw_store_endpoint_put(world.store, "alpha", false, 0, "", why));
    world_run(&world, 0);
    world_expect(&world, "enabled by hand", 2, 0, 0, 0);
    CU_ASSERT_EQUAL(world.report.disabled, 0);
    end(&world, &loop);
}

static void redirect_fails(void)
{
    struct world world;
    struct loopback loop;
    begin(&world, &loop, ANSWERS({.status = 308, .headers = "Location: /elsewhere\r\n"}));
    world_queue(&world, 1);
    world_run(&world, 0);
    world_expect(&world, "redirect", 0, 1, 1, 0);
    CU_ASSERT_EQUAL(loopback_count(&loop), 1);
    end(&world, &loop);
}

/* ---- several receivers ---- */

static void dead_neighbour(void)
{
    struct world world;
    struct loopback loop;
    begin(&world, &loop, ANSWERS({.status = 204}));
    (void)world_receiver(&world, closed_port());
    world_queue(&world, 3);
    world_run(&world, 0);
    world_expect(&world, "one works, one is down", 3, 3, 3, 0);
    CU_ASSERT(strncmp(world_row_of(&world, 0, 1).last_error, "connect: ", 9) == 0);
    CU_ASSERT_EQUAL(world_row_of(&world, 0, 1).last_status, 0);
    end(&world, &loop);
}

static void slow_neighbour(void)
{
    struct world world;
    struct loopback slow;
    struct loopback quick;
    begin(&world, &slow, ANSWERS({.status = 204, .delay_ms = 1500}, {.status = 204}));
    loopback_start(&quick, ANSWERS({.status = 204}));
    (void)world_receiver(&world, quick.port);
    world_queue(&world, 4);
    world_run(&world, 0);
    world_expect(&world, "both", 8, 0, 0, 0);
    loopback_stop(&slow);
    loopback_stop(&quick);
    CU_ASSERT_EQUAL_FATAL(slow.count, 4);
    CU_ASSERT_EQUAL_FATAL(quick.count, 4);
    /* One request at a time to the slow one; all of the quick one's while it thinks. */
    CU_ASSERT(slow.requests[1].at_ms - slow.requests[0].at_ms >= 1490);
    CU_ASSERT(quick.requests[3].at_ms < slow.requests[1].at_ms);
    loopback_clear(&quick);
    end(&world, &slow);
}

static void hopeless_is_disabled(void)
{
    struct world world;
    struct loopback loop;
    begin(&world, &loop, ANSWERS({.status = 204}));
    struct loopback refusing;
    loopback_start(&refusing, ANSWERS({.status = 413}));
    (void)world_receiver(&world, refusing.port);
    world_queue(&world, 4);
    world_run(&world, 0);
    world_expect(&world, "four dead", 4, 4, 0, 4);
    CU_ASSERT(!world_is_disabled(&world, 1));
    world_queue(&world, 1);
    world_run(&world, HOUR);
    world_expect(&world, "five dead, over two runs", 1, 1, 0, 5);
    CU_ASSERT(world_is_disabled(&world, 1));
    CU_ASSERT(!world_is_disabled(&world, 0));
    CU_ASSERT_EQUAL(world.report.disabled, 1);
    loopback_clear(&refusing);
    end(&world, &loop);
}

static void success_breaks_row(void)
{
    struct world world;
    struct loopback loop;
    begin(&world, &loop,
          ANSWERS({.status = 413}, {.status = 413}, {.status = 204}, {.status = 413}));
    (void)world_receiver(&world, closed_port());
    world_queue(&world, 6);
    world_run(&world, 0);
    CU_ASSERT_EQUAL(world.report.dead, 5);
    CU_ASSERT(!world_is_disabled(&world, 0));
    end(&world, &loop);
}

static void last_stays_enabled(void)
{
    struct world world;
    struct loopback loop;
    begin(&world, &loop, ANSWERS({.status = 413}));
    world_queue(&world, 6);
    world_run(&world, 0);
    world_expect(&world, "all dead", 0, 6, 0, 6);
    CU_ASSERT(!world_is_disabled(&world, 0));
    CU_ASSERT_EQUAL(world.report.disabled, 0);
    end(&world, &loop);
}

/* ---- filters and damage ---- */

static void tightened_filter(void)
{
    struct world world;
    struct loopback loop;
    begin(&world, &loop, ANSWERS({.status = 204}));
    world_queue_graded(&world, CW_HIGH, CW_TLP_RED);
    world_queue_graded(&world, CW_HIGH, CW_TLP_GREEN);
    world_queue_graded(&world, CW_LOW, CW_TLP_GREEN);
    world.receivers[0].max_tlp = CW_TLP_AMBER;
    world.receivers[0].min_severity = CW_MEDIUM;
    world_run(&world, 0);
    world_expect(&world, "only what is still allowed", 1, 0, 2, 0);
    loopback_stop(&loop);
    CU_ASSERT_EQUAL_FATAL(loop.count, 1);
    world_check_request(&world, &loop.requests[0], 1, world_start_s);
    CU_ASSERT_EQUAL(world_row_of(&world, 0, 0).attempts, 0);
    end(&world, &loop);
}

static void damaged_body(void)
{
    struct world world;
    struct loopback loop;
    begin(&world, &loop, ANSWERS({.status = 204}));
    const struct cw_alert_summary summary = {.id = "00000000-0000-5000-8000-000000000000",
                                             .type = CW_ALERT_TEST,
                                             .time = "2026-11-20T03:15:02Z"};
    memcpy(world.ids[0], summary.id, sizeof(summary.id));
    cw_buf_init(&world.bodies[0], 16);
    world.alerts_count = 1;
    world_store_alert(&world, CW_SPAN("{\"data\":"), &summary);
    world_queue(&world, 1);
    world_run(&world, 0);
    world_expect(&world, "the damaged one is dead", 1, 1, 0, 1);
    CU_ASSERT_EQUAL(loopback_count(&loop), 1);
    CU_ASSERT(strstr(world_row_of(&world, 0, 0).last_error, "damaged") != NULL);
    end(&world, &loop);
}

int main(void)
{
    static const struct cw_test tests[] = {
        {"sends what is due, oldest first, signed and whole", takes_all_in_order},
        {"sends the same id and bytes each time, signed anew", same_bytes_each_time},
        {"waits for no time that a wrong clock wrote", waits_for_no_time_of_a_wrong_clock},
        {"keeps the longest wait of the schedule", keeps_a_wait_that_the_schedule_gives},
        {"tries a second time 5 seconds later in the same run", second_attempt_in_run},
        {"spends on one endpoint no more than its time in a run", time_of_one_endpoint},
        {"leaves a receiver that is overloaded alone for the run", pause_keeps_rest},
        {"remembers Retry-After over runs, for all of the queue", retry_after_remembered},
        {"tries a refused alert three times, and the others meanwhile", refused_goes_on},
        {"buries at once what is too large or of a wrong type", dead_at_once},
        {"buries on day 10", dead_on_day_ten},
        {"disables an endpoint that says 410, and keeps its alerts", gone_disables},
        {"follows no redirect", redirect_fails},
        {"serves one endpoint while another is down", dead_neighbour},
        {"serves one endpoint while another is slow", slow_neighbour},
        {"disables an endpoint after five dead in a row, over runs", hopeless_is_disabled},
        {"counts dead alerts since the last success only", success_breaks_row},
        {"never disables the last endpoint for dead alerts", last_stays_enabled},
        {"holds back what a tightened filter forbids", tightened_filter},
        {"buries a damaged alert and goes on", damaged_body},
    };
    (void)signal(SIGPIPE, SIG_IGN);
    struct cw_error err = {0};
    if (cw_hash_selftest(&err) != CW_OK) {
        (void)fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    return cw_run_suite("deliver", tests, CW_COUNT(tests));
}
