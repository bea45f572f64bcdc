#include <dirent.h>

#include "deliver_world.h"

/* ---- crashes ---- */

static void crash_after_begin(void)
{
    struct world world;
    struct loopback loop;
    begin(&world, &loop, ANSWERS({.status = 204}));
    world_queue(&world, 1);
    struct cw_due due;
    cw_due_init(&due);
    WORLD_OK(cw_store_due_next(world.store, "alpha", world.now_s, 0, &due, why));
    WORLD_OK(cw_store_attempt_begin(world.store, due.seq, world.now_s, world.now_s + 5, why));
    cw_due_clear(&due);
    cw_store_close(world.store);
    world.store = NULL;
    WORLD_OK(cw_store_open(world.dir, CW_STORE_WRITE, &world.store, why));
    world_run(&world, 5);
    world_expect(&world, "after the crash", 1, 0, 0, 0);
    loopback_stop(&loop);
    CU_ASSERT_EQUAL_FATAL(loop.count, 1);
    world_check_request(&world, &loop.requests[0], 0, world_start_s + 5);
    CU_ASSERT_EQUAL(world_row_of(&world, 0, 0).attempts, 2);
    end(&world, &loop);
}

/* It takes our first words and ends. */
static void program_dies(void)
{
    struct world world;
    world_init(&world);
    char *program = cw_path_join(world.dir, "dies");
    WORLD_OK(cw_file_write(program, CW_SPAN("#!/bin/sh\nexec /usr/bin/head -c 20 >/dev/null\n"),
                           0755, why));
    world.program = program;
    for (size_t i = 0; i < WORLD_ENDPOINTS_MAX; i++) {
        (void)world_receiver(&world, 9);
    }
    world_queue(&world, 2);
    world_run(&world, 0);
    CU_ASSERT_EQUAL(world.report.sent, 0);
    CU_ASSERT_EQUAL(world.report.pending, 6);
    CU_ASSERT(world.report.failed >= 3);
    CU_ASSERT(world.report.failed <= 6);
    for (size_t i = 0; i < WORLD_ENDPOINTS_MAX; i++) {
        const struct cw_delivery row = world_row_of(&world, 0, i);
        CW_CHECK(row.attempts >= 1, "%s was never tried", row.endpoint);
        CW_CHECK(row.last_error[0] != '\0', "%s: no reason", row.endpoint);
        CW_CHECK(row.due_at_s > world.now_s, "%s: due at once", row.endpoint);
    }
    (void)unlink(program);
    free(program);
    world_clear(&world);
}

/* Reads "pid (name) state parent" of one process. */
static pid_t parent_of(const char *pid)
{
    char path[300];
    struct cw_buf text;
    uint64_t parent = 0;
    cw_buf_init(&text, 4096);
    (void)snprintf(path, sizeof(path), "/proc/%s/stat", pid);
    if (cw_file_read(path, &text, NULL) == CW_OK) {
        struct cw_span rest = cw_buf_as_span(&text);
        rest = cw_span_slice(rest, cw_span_find(rest, ')', 0) + 4, rest.len);
        rest = cw_span_slice(rest, 0, cw_span_find(rest, ' ', 0));
        if (!cw_span_to_u64(rest, INT32_MAX, &parent)) {
            parent = 0;
        }
    }
    cw_buf_clear(&text);
    return (pid_t)parent;
}

/* Kills every child of this test: the network program that just delivered to us. */
static void kill_children(void)
{
    DIR *proc = opendir("/proc");
    struct dirent *entry = NULL;
    while (proc != NULL && (entry = readdir(proc)) != NULL) {
        uint64_t pid = 0;
        if (cw_span_to_u64(cw_span_cstr(entry->d_name), INT32_MAX, &pid) &&
            parent_of(entry->d_name) == getpid()) {
            (void)kill((pid_t)pid, SIGKILL);
        }
    }
    if (proc != NULL) {
        (void)closedir(proc);
    }
}

/* The second endpoint is innocent: under way at the first death, it loses one attempt, and then
 * gets the rest while the guilty one is left alone. */
static void one_endpoint_kills(void)
{
    struct world world;
    struct loopback guilty;
    struct loopback innocent;
    begin(&world, &guilty, ANSWERS({.status = 204, .delay_ms = 200}));
    guilty.on_request = kill_children;
    loopback_start(&innocent, ANSWERS({.status = 204, .delay_ms = 700}, {.status = 204}));
    (void)world_receiver(&world, innocent.port);
    world_queue(&world, 3);
    world_run(&world, 0);
    world_expect(&world, "one kills", 2, 3, 4, 0);
    CU_ASSERT_EQUAL(loopback_count(&guilty), 2);
    CU_ASSERT_EQUAL(world_row_of(&world, 0, 1).state, CW_DELIVERY_WAITING);
    CU_ASSERT_EQUAL(world_row_of(&world, 1, 1).state, CW_DELIVERY_DELIVERED);
    CU_ASSERT_EQUAL(world_row_of(&world, 2, 1).state, CW_DELIVERY_DELIVERED);
    CU_ASSERT_EQUAL(world_row_of(&world, 2, 0).attempts, 0);
    loopback_clear(&innocent);
    end(&world, &guilty);
}

/* It takes our requests, says nothing, and ends when its input ends. */
static void program_hangs(void)
{
    struct world world;
    world_init(&world);
    world.program = "/usr/bin/sort";
    world.window_ms = 3600000;
    world.tick_ms = CW_DELIVERY_TOTAL_MS + 11000;
    (void)world_receiver(&world, 9);
    world_queue(&world, 1);
    world_run(&world, 0);
    world_expect(&world, "hung", 0, 1, 1, 0);
    CU_ASSERT(strstr(world_row_of(&world, 0, 0).last_error, "does not answer") != NULL);
    world_clear(&world);
}

/* It sends our own frames back. */
static void program_babbles(void)
{
    struct world world;
    world_init(&world);
    world.program = "/bin/cat";
    (void)world_receiver(&world, 9);
    (void)world_receiver(&world, 9);
    world_queue(&world, 2);
    world_run(&world, 0);
    CU_ASSERT_EQUAL(world.report.sent, 0);
    CU_ASSERT_EQUAL(world.report.pending, 4);
    CU_ASSERT(world.report.failed >= 2);
    world_clear(&world);
}

static void program_missing(void)
{
    struct world world;
    world_init(&world);
    world.program = "/nonexistent/cryptowatch-net";
    (void)world_receiver(&world, 9);
    world_run(&world, 0); /* nothing is due: nobody needs it */
    world_queue(&world, 1);
    struct cw_error err = {0};
    const struct cw_deliver_options options = world_options(&world);
    CU_ASSERT_EQUAL(cw_deliver_run(world.store, world.receivers, 1, &options, &world.report, &err),
                    CW_NOT_FOUND);
    CU_ASSERT_EQUAL(world_row_of(&world, 0, 0).attempts, 0);
    world_clear(&world);
}

static void out_of_time(void)
{
    struct world world;
    struct loopback loop;
    begin(&world, &loop, ANSWERS({.status = 204}));
    world.window_ms = 0;
    world_queue(&world, 1);
    world_run(&world, 0);
    world_expect(&world, "no time left", 0, 0, 1, 0);
    CU_ASSERT_EQUAL(loopback_count(&loop), 0);
    CU_ASSERT_EQUAL(world_row_of(&world, 0, 0).attempts, 0);
    end(&world, &loop);
}

static void no_receivers(void)
{
    struct world world;
    world_init(&world);
    world_run(&world, 0);
    world_expect(&world, "nobody", 0, 0, 0, 0);
    world_clear(&world);
}

/* ---- the test event ---- */

static struct cw_delivery_event small_event(void)
{
    return (struct cw_delivery_event){
        .id = CW_SPAN("test-1"), .body = CW_SPAN("{}"), .detached = CW_SPAN("a..b")};
}

static void test_event(void)
{
    static const struct {
        const char *name;
        struct loopback_answer answer;
        const char *printed;
    } rows[] = {
        {"taken", {.status = 204}, ""},
        {"refused, with a sentence", {.status = 403, .body = "who are you?"}, "who are you?"},
        {"an answer with control bytes",
         {.status = 500, .body = "\x1b[2J\r\nx"},
         "\\x1b[2J\\x0d\\x0ax"},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        struct world world;
        struct loopback loop;
        struct cw_webhook_test result;
        begin(&world, &loop, &rows[i].answer, 1);
        const struct cw_deliver_options options = world_options(&world);
        const struct cw_delivery_event event = small_event();
        WORLD_OK(cw_deliver_test(&world.receivers[0], &event, &options, &result, why));
        CW_CHECK(result.http_status == (uint64_t)rows[i].answer.status, "%s: %llu %s", rows[i].name,
                 (unsigned long long)result.http_status, result.error);
        CW_CHECK(strcmp(result.answer, rows[i].printed) == 0, "%s: \"%s\"", rows[i].name,
                 result.answer);
        CW_CHECK(result.error[0] == '\0', "%s: %s", rows[i].name, result.error);
        world_expect(&world, "nothing is queued", 0, 0, 0, 0);
        end(&world, &loop);
    }
}

static void test_event_unheard(void)
{
    struct world world;
    struct cw_webhook_test result;
    world_init(&world);
    (void)world_receiver(&world, closed_port());
    const struct cw_deliver_options options = world_options(&world);
    const struct cw_delivery_event event = small_event();
    WORLD_OK(cw_deliver_test(&world.receivers[0], &event, &options, &result, why));
    CU_ASSERT_EQUAL(result.http_status, 0);
    CU_ASSERT(strncmp(result.error, "connect: ", 9) == 0);
    CU_ASSERT_EQUAL(result.answer[0], '\0');
    world_clear(&world);
}

int main(void)
{
    static const struct cw_test tests[] = {
        {"sends again with the same id after a crash", crash_after_begin},
        {"counts failures when the network program dies", program_dies},
        {"delivers to others when one answer kills the program", one_endpoint_kills},
        {"counts a failure when the network program hangs", program_hangs},
        {"counts failures when the network program babbles", program_babbles},
        {"counts no attempt when the network program is missing", program_missing},
        {"starts nothing when the time is over", out_of_time},
        {"is content without endpoints", no_receivers},
        {"tells what a test event met", test_event},
        {"tells that a test event was not heard", test_event_unheard},
    };
    (void)signal(SIGPIPE, SIG_IGN);
    struct cw_error err = {0};
    if (cw_hash_selftest(&err) != CW_OK) {
        (void)fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    return cw_run_suite("deliver_faults", tests, CW_COUNT(tests));
}
