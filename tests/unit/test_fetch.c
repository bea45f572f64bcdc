/* From the description of a list to a snapshot, over the real network program. Loopback only. */
#include "fetch_time_cases.h"
#include "fetch_world.h"

/* ---- web lists ---- */

#define OK "HTTP/1.1 200 OK\r\n"

static const struct canned_page PAGES[] = {
    {.path = "/list",
     .answer = OK "Content-Length: 6\r\nETag: \"v1\"\r\nLast-Modified: Fri, 20 Nov "
                  "2026 02:00:00 GMT\r\nContent-Type: text/plain\r\n\r\nhello\n"},
    {.path = "/other", .answer = OK "Content-Length: 6\r\n\r\nother\n"},
    {.path = "/moved", .answer = "HTTP/1.1 302 M\r\nLocation: /list\r\n\r\n"},
    {.path = "/304", .answer = "HTTP/1.1 304 N\r\nETag: \"v9\"\r\n\r\n"},
    {.path = "/204", .answer = "HTTP/1.1 204 N\r\n\r\n"},
    {.path = "/206", .answer = "HTTP/1.1 206 P\r\nContent-Length: 4\r\n\r\npart"},
    {.path = "/201", .answer = "HTTP/1.1 201 C\r\nContent-Length: 4\r\n\r\nmade"},
    {.path = "/500", .answer = "HTTP/1.1 500 E\r\nRetry-After: 120\r\n\r\n"},
    {.path = "/503", .answer = "HTTP/1.1 503 E\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n"},
    {.path = "/429", .answer = "HTTP/1.1 429 E\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n"},
    {.path = "/429-soon", .answer = "HTTP/1.1 429 E\r\nRetry-After: soon\r\n\r\n"},
    {.path = "/empty", .answer = OK "Content-Length: 0\r\nETag: \"e\"\r\n\r\n"},
    {.path = "/cut", .answer = OK "Content-Length: 60\r\nETag: \"c\"\r\n\r\nhello\n"},
    {.path = "/open", .answer = OK "\r\nhello\n"},
    {.path = "/gzip", .answer = OK "Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx"},
    {.path = "/big", .answer = OK "Content-Length: 1001\r\n\r\n", .after = CANNED_STALL},
    {.path = "/stall", .answer = OK "Content-Length: 6\r\n\r\nhel", .after = CANNED_STALL},
    {.path = "/away", .answer = "HTTP/1.1 302 M\r\nLocation: http://elsewhere.example/\r\n\r\n"},
};

static void stores_a_new_list(void)
{
    struct world world;
    struct cw_buf record;
    world_start(&world, PAGES, CW_COUNT(PAGES));
    (void)world_add_web(&world, "/moved");
    world_run(&world);
    const struct cw_fetch_result *result = &world.results[0];
    CW_CHECK(result->outcome == CW_FETCH_NEW, "%s: %s", result->error_code, result->error_text);
    expect_snapshot(&world, result, "hello\n");
    CU_ASSERT(result->http_status == 200 && result->started_at_s == NOW_S);
    CU_ASSERT(result->retrieved_at_s == NOW_S && result->retry_after_s == 0);
    CU_ASSERT(strcmp(result->url, world.urls[0]) == 0);
    CU_ASSERT(strstr(result->final_url, "/list") != NULL);
    CU_ASSERT(strcmp(result->etag, "\"v1\"") == 0);
    CU_ASSERT(strcmp(result->last_modified, "Fri, 20 Nov 2026 02:00:00 GMT") == 0);
    CU_ASSERT(strcmp(result->media_type, "text/plain") == 0);
    CU_ASSERT(strcmp(result->peer_ip, "127.0.0.1") == 0);
    CU_ASSERT(result->error_code[0] == '\0');
    CU_ASSERT(count_files(&world, "") == 2); /* the snapshot and its record, nothing temporary */
    read_record(&world, result->sha256, &record);
    static const char *const words[] = {"\"bytes\":6",
                                        "\"feed\":\"example\"",
                                        "\"http_status\":200",
                                        "\"peer_ip\":\"127.0.",
                                        "\"program\":\"cryptowatch ",
                                        "ETag: \\\"v1\\\"\\r\\n",
                                        "/moved\"",
                                        "/list\"",
                                        "\"retrieved_at\":\"2026-11-20T",
                                        "\"with_headers_file\":false"};
    for (size_t i = 0; i < CW_COUNT(words); i++) {
        CW_CHECK(record.data != NULL && strstr(record.data, words[i]) != NULL, "%s in %s", words[i],
                 record.data);
    }
    cw_buf_clear(&record);
    world_stop(&world);
}

static const struct {
    const char *path;
    const char *code;
    const char *text;
    int64_t retry_after_s;
} FAILURES[] = {
    {"/304", "http-status", "without a condition", 0},
    {"/204", "http-status", "status 204", 0},
    {"/206", "http-status", "status 206", 0},
    {"/201", "http-status", "status 201", 0},
    {"/404", "http-status", "status 404", 0},
    {"/500", "http-status", "status 500", 0},
    {"/503", "http-status", "status 503", 120},
    {"/429", "http-status", "status 429", 60},
    {"/429-soon", "http-status", "status 429", 0},
    {"/empty", "empty", "not one byte", 0},
    {"/cut", "cut", "", 0},
    {"/open", "cut", "neither Content-Length nor chunks", 0},
    {"/gzip", "encoding", "gzip", 0},
    {"/big", "too-large", "1001 bytes", 0},
    {"/away", "redirect", "elsewhere.example", 0},
};

static void keeps_nothing_of_a_failed_fetch(void)
{
    struct world world;
    world_start(&world, PAGES, CW_COUNT(PAGES));
    for (size_t i = 0; i < CW_COUNT(FAILURES); i++) {
        world.count = 0;
        (void)world_add_web(&world, FAILURES[i].path);
        world_run(&world);
        const struct cw_fetch_result *result = &world.results[0];
        CW_CHECK(result->outcome == CW_FETCH_FAILED &&
                     strcmp(result->error_code, FAILURES[i].code) == 0 &&
                     strstr(result->error_text, FAILURES[i].text) != NULL,
                 "%s: %s: %s", FAILURES[i].path, result->error_code, result->error_text);
        CW_CHECK(result->retry_after_s == FAILURES[i].retry_after_s, "%s: wait %lld",
                 FAILURES[i].path, (long long)result->retry_after_s);
        CW_CHECK(result->sha256[0] == '\0' && result->etag[0] == '\0' && result->bytes == 0,
                 "%s: believed", FAILURES[i].path);
        CW_CHECK(count_files(&world, "") == 0, "%s: left a file", FAILURES[i].path);
    }
    world_stop(&world);
}

static void takes_an_open_end_from_a_format_that_shows_its_own(void)
{
    struct world world;
    world_start(&world, PAGES, CW_COUNT(PAGES));
    world_add_web(&world, "/open")->format = "ofac-advanced";
    world_run(&world);
    CU_ASSERT(world.results[0].outcome == CW_FETCH_NEW);
    expect_snapshot(&world, &world.results[0], "hello\n");
    world_stop(&world);
}

/* ---- conditions ---- */

static void asks_conditionally_while_the_snapshot_is_there(void)
{
    struct world world;
    char sha256[CW_SHA256_HEX_BYTES];
    char path[2 * PATH_BYTES];
    world_start(&world, PAGES, CW_COUNT(PAGES));
    (void)world_add_web(&world, "/list");
    world_run(&world);
    CU_ASSERT_FATAL(world.results[0].outcome == CW_FETCH_NEW);
    memcpy(sha256, world.results[0].sha256, sizeof(sha256));
    CU_ASSERT(strstr(canned_request(&world.server, 0), "If-") == NULL);

    world.count = 0;
    (void)world_add_web(&world, "/304");
    world.jobs[0].etag = "\"v1\"";
    world.jobs[0].last_modified = "Fri, 20 Nov 2026 02:00:00 GMT";
    world.jobs[0].snapshot_sha256 = sha256;
    world_run(&world);
    CU_ASSERT(world.results[0].outcome == CW_FETCH_UNCHANGED);
    CU_ASSERT(world.results[0].http_status == 304);
    CU_ASSERT(strcmp(world.results[0].sha256, sha256) == 0);
    CU_ASSERT(world.results[0].etag[0] == '\0'); /* its headers are not believed */
    const char *sent = canned_request(&world.server, 1);
    CU_ASSERT(strstr(sent, "\r\nIf-None-Match: \"v1\"\r\n") != NULL);
    CU_ASSERT(strstr(sent, "\r\nIf-Modified-Since: Fri, 20 Nov 2026 02:00:00 GMT\r\n") != NULL);

    (void)snprintf(path, sizeof(path), "%s/%s", world.snapshots, sha256);
    CU_ASSERT_FATAL(unlink(path) == 0);
    world_run(&world);
    CU_ASSERT(world.results[0].outcome == CW_FETCH_FAILED);
    CU_ASSERT(strcmp(world.results[0].error_code, "http-status") == 0);
    CU_ASSERT(strstr(canned_request(&world.server, 2), "If-") == NULL);
    world_stop(&world);
}

static void sends_no_condition_that_cannot_stand_in_a_header(void)
{
    struct world world;
    world_start(&world, PAGES, CW_COUNT(PAGES));
    (void)world_add_web(&world, "/list");
    world_run(&world);
    world.jobs[0].etag = "\"a\r\nX-Evil: 1\"";
    world.jobs[0].last_modified = "\xc3\xa9";
    world.jobs[0].snapshot_sha256 = strdup(world.results[0].sha256);
    world_run(&world);
    CU_ASSERT(world.results[0].outcome == CW_FETCH_UNCHANGED);
    CU_ASSERT(strstr(canned_request(&world.server, 1), "If-") == NULL);
    CU_ASSERT(strstr(canned_request(&world.server, 1), "Evil") == NULL);
    char *sha256 = NULL;
    memcpy(&sha256, &world.jobs[0].snapshot_sha256, sizeof(sha256));
    free(sha256);
    world_stop(&world);
}

static void knows_the_bytes_it_has_already(void)
{
    struct world world;
    char sha256[CW_SHA256_HEX_BYTES];
    struct cw_buf first;
    struct cw_buf second;
    world_start(&world, PAGES, CW_COUNT(PAGES));
    (void)world_add_web(&world, "/list");
    world_run(&world);
    memcpy(sha256, world.results[0].sha256, sizeof(sha256));
    read_record(&world, sha256, &first);
    world.jobs[0].snapshot_sha256 = sha256;
    world_run(&world);
    CU_ASSERT(world.results[0].outcome == CW_FETCH_UNCHANGED);
    CU_ASSERT(world.results[0].http_status == 200);
    CU_ASSERT(strcmp(world.results[0].sha256, sha256) == 0);
    CU_ASSERT(strcmp(world.results[0].etag, "\"v1\"") == 0);
    CU_ASSERT(count_files(&world, "") == 2);
    world.count = 0;
    (void)world_add_file(&world, "same.txt", "hello\n"); /* the same bytes from elsewhere */
    world_run(&world);
    CU_ASSERT(world.results[0].outcome == CW_FETCH_NEW);
    read_record(&world, sha256, &second); /* of the first retrieval, still */
    CU_ASSERT(cw_span_equal(cw_buf_as_span(&first), cw_buf_as_span(&second)));
    cw_buf_clear(&first);
    cw_buf_clear(&second);
    world_stop(&world);
}

/* ---- headers file ---- */

static const struct {
    const char *what;
    const char *text;
    mode_t mode;
    const char *code; /* "": sent */
} HEADER_FILES[] = {
    {"one header", "X-Api-Key: s3cret\n", 0600, ""},
    {"CRLF and blank lines", "\r\nX-Api-Key: s3cret\r\n\r\n", 0400, ""},
    {"group-readable", "X-Api-Key: s3cret\n", 0640, "headers-file"},
    {"world-readable", "X-Api-Key: s3cret\n", 0604, "headers-file"},
    {"stray CR", "X-Api-Key: s3cret\rX: y\n", 0600, "headers-file"},
    {"control character", "X-Api-Key: s3cret\x01\n", 0600, "headers-file"},
    {"no colon", "s3cret\n", 0600, "headers-file"},
    {"another host", "Host: evil.example\n", 0600, "headers-file"},
    {"empty", "", 0600, "headers-file"},
    {"seventeen",
     "a:1\na:1\na:1\na:1\na:1\na:1\na:1\na:1\na:1\na:1\na:1\na:1\na:1\na:1\na:1\na:1\na:1", 0600,
     "headers-file"},
};

static void sends_the_headers_of_a_private_file_only(void)
{
    struct world world;
    char path[PATH_BYTES];
    world_start(&world, PAGES, CW_COUNT(PAGES));
    (void)snprintf(path, sizeof(path), "%s/headers", world.folder);
    for (size_t i = 0; i < CW_COUNT(HEADER_FILES); i++) {
        const size_t before = canned_requests(&world.server);
        world.count = 0;
        world_add_web(&world, "/list")->headers_file = path;
        CU_ASSERT_FATAL(cw_file_write(path, cw_span_cstr(HEADER_FILES[i].text),
                                      HEADER_FILES[i].mode, NULL) == CW_OK);
        world_run(&world);
        const struct cw_fetch_result *result = &world.results[0];
        const bool is_sent = HEADER_FILES[i].code[0] == '\0';
        CW_CHECK(strcmp(result->error_code, HEADER_FILES[i].code) == 0, "%s: %s: %s",
                 HEADER_FILES[i].what, result->error_code, result->error_text);
        CW_CHECK(strstr(result->error_text, "s3cret") == NULL, "%s: told", HEADER_FILES[i].what);
        CW_CHECK(canned_requests(&world.server) == before + (is_sent ? 1 : 0), "%s: sent",
                 HEADER_FILES[i].what);
        CW_CHECK(!is_sent || strstr(canned_request(&world.server, before),
                                    "\r\nX-Api-Key: s3cret\r\n") != NULL,
                 "%s: not in the request", HEADER_FILES[i].what);
    }
    struct cw_buf record;
    char sha256[CW_SHA256_HEX_BYTES];
    cw_sha256_hex(CW_SPAN("hello\n"), sha256);
    read_record(&world, sha256, &record);
    CU_ASSERT(strstr(record.data, "s3cret") == NULL);
    CU_ASSERT(strstr(record.data, "\"with_headers_file\":true") != NULL);
    cw_buf_clear(&record);
    world_stop(&world);
}

/* ---- lists on this machine ---- */

static void reads_file_lists_without_the_program(void)
{
    struct world world;
    world_start(&world, PAGES, CW_COUNT(PAGES));
    world.program = "/nonexistent/cryptowatch-net";
    (void)world_add_file(&world, "a.txt", "0xabc\n");
    world_run(&world);
    const struct cw_fetch_result *result = &world.results[0];
    CW_CHECK(result->outcome == CW_FETCH_NEW, "%s", result->error_text);
    expect_snapshot(&world, result, "0xabc\n");
    CU_ASSERT(result->http_status == 200 && strcmp(result->final_url, "file:a.txt") == 0);
    CU_ASSERT(count_files(&world, ".json") == 1);
    world.jobs[0].snapshot_sha256 = world.results[1].sha256;
    memcpy(world.results[1].sha256, result->sha256, sizeof(result->sha256));
    world_run(&world);
    CU_ASSERT(result->outcome == CW_FETCH_UNCHANGED);
    CU_ASSERT(count_files(&world, "") == 2);
    world_stop(&world);
}

static void refuses_files_that_are_no_lists(void)
{
    struct world world;
    world_start(&world, PAGES, CW_COUNT(PAGES));
    char *folder = cw_path_join(world.folder, "pipe");
    CU_ASSERT_FATAL(folder != NULL && mkfifo(folder, 0600) == 0);
    (void)world_add_file(&world, "missing.txt", NULL);
    (void)world_add_file(&world, "empty.txt", "");
    (void)world_add_file(&world, "snapshots", NULL);
    (void)world_add_file(&world, "pipe", NULL);
    world_add_file(&world, "fits.txt", "12345")->bytes_max = 5;
    world_add_file(&world, "long.txt", "123456")->bytes_max = 5;
    world_run(&world);
    static const char *const codes[] = {"file", "empty", "file", "file", "", "too-large"};
    for (size_t i = 0; i < CW_COUNT(codes); i++) {
        CW_CHECK(strcmp(world.results[i].error_code, codes[i]) == 0, "%s: %s: %s", world.urls[i],
                 world.results[i].error_code, world.results[i].error_text);
    }
    CU_ASSERT(count_files(&world, "") == 2);
    free(folder);
    world_stop(&world);
}

/* ---- side by side, and when things break ---- */

static void gives_each_list_its_own_outcome(void)
{
    struct world world;
    world_start(&world, PAGES, CW_COUNT(PAGES));
    world.window_ms = 200;
    (void)world_add_web(&world, "/stall");
    (void)world_add_web(&world, "/list");
    (void)world_add_file(&world, "a.txt", "0xabc\n");
    (void)world_add_web(&world, "/404");
    (void)world_add_web(&world, "/other");
    world_run(&world);
    static const char *const codes[] = {"timeout", "", "", "http-status", ""};
    for (size_t i = 0; i < CW_COUNT(codes); i++) {
        CW_CHECK(strcmp(world.results[i].error_code, codes[i]) == 0, "%s: %s: %s", world.urls[i],
                 world.results[i].error_code, world.results[i].error_text);
    }
    expect_snapshot(&world, &world.results[1], "hello\n");
    expect_snapshot(&world, &world.results[4], "other\n");
    CU_ASSERT(count_files(&world, "") == 6);
    world_stop(&world);
}

static void starts_nothing_when_the_time_is_over(void)
{
    struct world world;
    world_start(&world, PAGES, CW_COUNT(PAGES));
    world.window_ms = 0;
    (void)world_add_web(&world, "/list");
    (void)world_add_file(&world, "a.txt", "0xabc\n");
    world_run(&world);
    CU_ASSERT(strcmp(world.results[0].error_code, "timeout") == 0);
    CU_ASSERT(strcmp(world.results[1].error_code, "timeout") == 0);
    CU_ASSERT(canned_requests(&world.server) == 0);
    world_stop(&world);
}

static void fails_web_lists_alone_without_the_program(void)
{
    static const char *const programs[] = {"/nonexistent/cryptowatch-net", "/bin/false",
                                           "/bin/echo"};
    for (size_t i = 0; i < CW_COUNT(programs); i++) {
        struct world world;
        world_start(&world, PAGES, CW_COUNT(PAGES));
        world.program = programs[i];
        (void)world_add_web(&world, "/list");
        (void)world_add_file(&world, "a.txt", "0xabc\n");
        (void)world_add_web(&world, "/other");
        world_run(&world);
        CW_CHECK(strcmp(world.results[0].error_code, "net-program") == 0, "%s: %s: %s", programs[i],
                 world.results[0].error_code, world.results[0].error_text);
        CW_CHECK(strcmp(world.results[2].error_code, "net-program") == 0, "%s: %s", programs[i],
                 world.results[2].error_code);
        CU_ASSERT(world.results[1].outcome == CW_FETCH_NEW);
        CU_ASSERT(count_files(&world, "") == 2);
        world_stop(&world);
    }
}

/* What a program of the same name does with its slot, and what it says about it. */
static const struct {
    const char *what;
    const char *script; /* $0.frame is a result that claims three bytes */
    const char *code;
} LIARS[] = {
    {"stores what it says", "printf abc >&3; /bin/cat \"$0.frame\"; read line", ""},
    {"stores less", "printf ab >&3; /bin/cat \"$0.frame\"; read line", "net-program"},
    {"stores more", "printf abcd >&3; /bin/cat \"$0.frame\"; read line", "net-program"},
    {"writes after its answer", "printf abc >&3; /bin/cat \"$0.frame\"; read line; printf d >&3",
     "net-program"},
};

static void write_claim(const char *path)
{
    struct cw_buf frame;
    struct cw_buf stream;
    const struct cw_net_result claim = {
        .http_status = 200, .body_bytes = 3, .has_proven_end = true};
    cw_buf_init(&frame, CW_FRAME_BYTES_MAX);
    cw_buf_init(&stream, CW_FRAME_BYTES_MAX);
    CU_ASSERT_FATAL(cw_wire_put_result(&frame, &claim, NULL) == CW_OK);
    cw_buf_str(&stream, "CWF1");
    cw_buf_span(&stream, cw_buf_as_span(&frame));
    CU_ASSERT_FATAL(cw_file_write(path, cw_buf_as_span(&stream), 0600, NULL) == CW_OK);
    cw_buf_clear(&frame);
    cw_buf_clear(&stream);
}

static void believes_the_stored_bytes_and_not_the_program(void)
{
    struct world world;
    char program[PATH_BYTES];
    char frame[PATH_BYTES + 8];
    world_start(&world, PAGES, CW_COUNT(PAGES));
    (void)snprintf(program, sizeof(program), "%s/net", world.folder);
    (void)snprintf(frame, sizeof(frame), "%s.frame", program);
    write_claim(frame);
    world.program = program;
    for (size_t i = 0; i < CW_COUNT(LIARS); i++) {
        char script[PATH_BYTES];
        (void)snprintf(script, sizeof(script), "#!/bin/sh\n%s\n", LIARS[i].script);
        CU_ASSERT_FATAL(cw_file_write(program, cw_span_cstr(script), 0700, NULL) == CW_OK);
        world.count = 0;
        (void)world_add_web(&world, "/list");
        world_run(&world);
        CW_CHECK(strcmp(world.results[0].error_code, LIARS[i].code) == 0, "%s: %s: %s",
                 LIARS[i].what, world.results[0].error_code, world.results[0].error_text);
    }
    CU_ASSERT(count_files(&world, "") == 2);
    world_stop(&world);
}

static void fails_every_list_without_a_folder(void)
{
    struct world world;
    world_start(&world, PAGES, CW_COUNT(PAGES));
    (void)world_add_web(&world, "/list");
    (void)world_add_file(&world, "a.txt", "0xabc\n");
    CU_ASSERT_FATAL(rmdir(world.snapshots) == 0);
    world_run(&world);
    CU_ASSERT(strcmp(world.results[0].error_code, "disk") == 0);
    CU_ASSERT(strcmp(world.results[1].error_code, "disk") == 0);
    world_stop(&world);
}

/* ---- stored snapshots ---- */

static void opens_sound_snapshots_only(void)
{
    struct world world;
    char sha256[CW_SHA256_HEX_BYTES];
    char byte = 0;
    int fd = -1;
    struct cw_error err = {0};
    world_start(&world, PAGES, CW_COUNT(PAGES));
    (void)world_add_file(&world, "a.txt", "0xabc\n");
    world_run(&world);
    memcpy(sha256, world.results[0].sha256, sizeof(sha256));
    CU_ASSERT_FATAL(cw_snapshot_open(world.snapshots, sha256, &fd, NULL) == CW_OK);
    CU_ASSERT(read(fd, &byte, 1) == 1 && byte == '0'); /* from its start */
    (void)close(fd);
    static const char *const names[] = {
        "", "../a.txt", "0000000000000000000000000000000000000000000000000000000000000000"};
    for (size_t i = 0; i < CW_COUNT(names); i++) {
        CW_CHECK(cw_snapshot_open(world.snapshots, names[i], &fd, NULL) == CW_NOT_FOUND, "\"%s\"",
                 names[i]);
    }
    char *path = cw_path_join(world.snapshots, sha256);
    CU_ASSERT_FATAL(cw_file_write(path, CW_SPAN("0xabd\n"), 0440, NULL) == CW_OK);
    CU_ASSERT(cw_snapshot_open(world.snapshots, sha256, &fd, &err) == CW_STATE);
    CU_ASSERT(strstr(err.text, "damaged") != NULL);
    world_run(&world); /* the same list again mends it */
    expect_snapshot(&world, &world.results[0], "0xabc\n");
    CU_ASSERT(cw_snapshot_open(world.snapshots, sha256, &fd, NULL) == CW_OK);
    (void)close(fd);
    free(path);
    world_stop(&world);
}

static const struct cw_test tests[] = {
    {"stores a new list with the record of its retrieval", stores_a_new_list},
    {"keeps nothing of a failed fetch", keeps_nothing_of_a_failed_fetch},
    {"takes an open end only from a format that shows its own",
     takes_an_open_end_from_a_format_that_shows_its_own},
    {"asks conditionally while the snapshot is there",
     asks_conditionally_while_the_snapshot_is_there},
    {"sends no condition that cannot stand in a header",
     sends_no_condition_that_cannot_stand_in_a_header},
    {"knows the bytes it has already", knows_the_bytes_it_has_already},
    {"sends the headers of a private file only", sends_the_headers_of_a_private_file_only},
    {"reads file lists without the program", reads_file_lists_without_the_program},
    {"refuses files that are no lists", refuses_files_that_are_no_lists},
    {"gives each list its own outcome", gives_each_list_its_own_outcome},
    {"starts nothing when the time is over", starts_nothing_when_the_time_is_over},
    {"reads no more files when the time is over", reads_no_more_files_when_the_time_is_over},
    {"fails web lists alone without the program", fails_web_lists_alone_without_the_program},
    {"believes the stored bytes and not the program",
     believes_the_stored_bytes_and_not_the_program},
    {"fails every list without a folder", fails_every_list_without_a_folder},
    {"opens sound snapshots only", opens_sound_snapshots_only},
};

int main(void)
{
    return cw_run_suite("fetch", tests, CW_COUNT(tests));
}
