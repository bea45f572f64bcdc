/* Requests and results on the wire, Retry-After, and the real network program against servers that
 * behave and servers that do not. Loopback only. */
#include "base/file.h"
#include "http_get_cases.h"
#include "http_tls_cases.h"
#include "http_wire_cases.h"

/* ---- POST ---- */

static char post_body[5000];
static char big_answer[12000];

static void fill_big_texts(void)
{
    memset(post_body, 'b', sizeof(post_body));
    post_body[3] = '\0';
    post_body[4] = '\n';
    memset(big_answer, 'a', sizeof(big_answer));
    (void)snprintf(big_answer, sizeof(big_answer), "%s",
                   "HTTP/1.1 200 OK\r\nContent-Length: 11000\r\n\r\n");
    big_answer[strlen(big_answer)] = 'a';
    big_answer[sizeof(big_answer) - 1] = '\0';
}

static const struct canned_page HOOKS[] = {
    {.path = "/204", .answer = "HTTP/1.1 204 None\r\n\r\n", .after = CANNED_KEEP},
    {.path = "/200",
     .answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
     .after = CANNED_KEEP},
    {.path = "/big", .answer = big_answer},
    {.path = "/endless",
     .answer = "HTTP/1.1 200 OK\r\n\r\n",
     .after = CANNED_REPEAT,
     .again = "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"},
    {.path = "/cut", .answer = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nok"},
    {.path = "/stall",
     .answer = "HTTP/1.1 202 OK\r\nContent-Length: 100\r\n\r\nok",
     .after = CANNED_STALL},
    {.path = "/silent", .answer = "", .after = CANNED_STALL},
    {.path = "/302", .answer = "HTTP/1.1 302 M\r\nLocation: /204\r\nContent-Length: 0\r\n\r\n"},
    {.path = "/503",
     .answer = "HTTP/1.1 503 No\r\nRetry-After: 120\r\nContent-Length: 4\r\n\r\nbusy"},
    {.path = "/gone", .answer = ""},
    {.path = "/gzip",
     .answer = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok"},
};

static const struct {
    const char *path;
    enum cw_net_failure failure;
    uint64_t http_status;
    size_t answer_len;
    const char *retry_after;
    uint64_t total_ms;
} POSTS[] = {
    {"/204", CW_NET_OK, 204, 0, "", 0},
    {"/200", CW_NET_OK, 200, 2, "", 0},
    {"/gzip", CW_NET_OK, 200, 2, "", 0},
    {"/big", CW_NET_OK, 200, CW_DELIVERY_ANSWER_MAX, "", 0},
    {"/endless", CW_NET_OK, 200, CW_DELIVERY_ANSWER_MAX, "", 0},
    {"/cut", CW_NET_OK, 200, 2, "", 0},
    {"/stall", CW_NET_OK, 202, 2, "", SHORT_MS},
    {"/silent", CW_NET_TIMEOUT, 0, 0, "", SHORT_MS},
    {"/302", CW_NET_OK, 302, 0, "", 0},
    {"/503", CW_NET_OK, 503, 4, "120", 0},
    {"/404", CW_NET_OK, 404, 3, "", 0},
    {"/gone", CW_NET_CUT, 0, 0, "", 0},
};

static struct cw_net_request post_of(char url[static 256], uint16_t port, const char *path)
{
    struct cw_net_request request = get_of(url, "http", port, path);
    request.method = CW_NET_POST;
    request.headers[request.headers_count++] = CW_SPAN("content-type: application/json");
    request.headers[request.headers_count++] = CW_SPAN("webhook-id: 1");
    request.body = cw_span_make(post_body, sizeof(post_body));
    return request;
}

static void judges_receivers(void)
{
    struct canned server;
    canned_start(&server, HOOKS, CW_COUNT(HOOKS));
    for (size_t i = 0; i < CW_COUNT(POSTS); i++) {
        char url[256];
        struct cw_net_request request = post_of(url, server.port, POSTS[i].path);
        request.total_ms = POSTS[i].total_ms > 0 ? POSTS[i].total_ms : request.total_ms;
        const struct outcome got = ask_as(PROGRAM, LOOPBACK_HOSTS, &request, WAIT_MS);
        CW_CHECK(got.status == CW_OK && got.failure == POSTS[i].failure &&
                     got.http_status == POSTS[i].http_status,
                 "%s: %s, status %llu, %s", POSTS[i].path, cw_net_failure_name(got.failure),
                 (unsigned long long)got.http_status, got.reason);
        CW_CHECK(got.answer_len == POSTS[i].answer_len, "%s: %zu bytes", POSTS[i].path,
                 got.answer_len);
        CW_CHECK(strcmp(got.retry_after, POSTS[i].retry_after) == 0, "%s: %s", POSTS[i].path,
                 got.retry_after);
        CW_CHECK(got.stored == 0, "%s: wrote to a slot", POSTS[i].path);
    }
    CU_ASSERT(canned_requests(&server) == CW_COUNT(POSTS)); /* no redirect was followed */
    canned_stop(&server);
}

static void posts_the_bytes_verbatim(void)
{
    struct canned server;
    char url[256];
    canned_start(&server, HOOKS, CW_COUNT(HOOKS));
    const struct cw_net_request request = post_of(url, server.port, "/204");
    CU_ASSERT(ask_as(PROGRAM, LOOPBACK_HOSTS, &request, WAIT_MS).http_status == 204);
    CU_ASSERT_FATAL(canned_requests(&server) == 1);
    const struct cw_span sent = {server.requests[0], server.requests_len[0]};
    CU_ASSERT(cw_span_ends_with(sent, request.body));
    const char *head = server.requests[0]; /* the body's NUL ends the text within the body */
    CU_ASSERT(strncmp(head, "POST /204 HTTP/1.1\r\n", 20) == 0);
    CU_ASSERT(strstr(head, "\r\ncontent-type: application/json\r\n") != NULL);
    CU_ASSERT(strstr(head, "\r\nContent-Length: 5000\r\n") != NULL);
    CU_ASSERT(strstr(head, "\r\nwebhook-id: 1\r\n") != NULL);
    CU_ASSERT(strstr(head, "Expect:") == NULL);
    CU_ASSERT(strstr(head, "urlencoded") == NULL);
    canned_stop(&server);
}

static void posts_over_one_connection(void)
{
    struct canned server;
    struct cw_net *net = NULL;
    canned_start(&server, HOOKS, CW_COUNT(HOOKS));
    const struct cw_net_options options = {.program = PROGRAM,
                                           .allow_private_hosts = LOOPBACK_HOSTS};
    CU_ASSERT_FATAL(cw_net_start(&options, NULL, 0, &net, NULL) == CW_OK);
    for (uint64_t i = 0; i < 5; i++) {
        char url[256];
        struct cw_net_result result;
        struct cw_net_request request = post_of(url, server.port, i % 2 == 0 ? "/200" : "/204");
        request.id = i;
        CU_ASSERT_FATAL(cw_net_send(net, &request, NULL) == CW_OK);
        CU_ASSERT(cw_net_send(net, &request, NULL) == CW_INVALID); /* the same id twice */
        CU_ASSERT(cw_net_open_requests(net) == 1);
        CU_ASSERT_FATAL(cw_net_receive(net, WAIT_MS, &result, NULL) == CW_OK);
        CU_ASSERT(result.id == i && result.failure == CW_NET_OK);
    }
    CU_ASSERT(server.connections == 1);
    cw_net_stopp(&net);
    CU_ASSERT(net == NULL);
    canned_stop(&server);
}

/* ---- side by side ---- */

static void asks_side_by_side(void)
{
    enum { COUNT = 5 };
    static const struct canned_page pages[] = {
        {.path = "/together", .answer = OK "Content-Length: 2\r\n\r\nhi", .together = COUNT},
        {.path = "/stall", .answer = "", .after = CANNED_STALL},
    };
    struct canned server;
    struct cw_net *net = NULL;
    FILE *slots[COUNT];
    int fds[COUNT];
    bool heard[COUNT + 1] = {false};
    struct cw_net_result result;
    canned_start(&server, pages, CW_COUNT(pages));
    for (size_t i = 0; i < COUNT; i++) {
        slots[i] = tmpfile();
        CU_ASSERT_FATAL(slots[i] != NULL);
        fds[i] = fileno(slots[i]);
    }
    const struct cw_net_options options = {.program = PROGRAM,
                                           .allow_private_hosts = LOOPBACK_HOSTS};
    CU_ASSERT_FATAL(cw_net_start(&options, fds, COUNT, &net, NULL) == CW_OK);
    for (uint64_t i = 0; i <= COUNT; i++) {
        char url[256];
        struct cw_net_request request =
            get_of(url, "http", server.port, i < COUNT ? "/together" : "/stall");
        request.id = i;
        request.body_slot = i % COUNT;
        CU_ASSERT_FATAL(cw_net_send(net, &request, NULL) == CW_OK);
    }
    for (size_t i = 0; i < COUNT; i++) {
        CU_ASSERT_FATAL(cw_net_receive(net, WAIT_MS, &result, NULL) == CW_OK);
        CU_ASSERT_FATAL(result.id < COUNT && !heard[result.id]);
        CU_ASSERT(result.failure == CW_NET_OK && result.body_bytes == 2);
        heard[result.id] = true;
    }
    CU_ASSERT(cw_net_receive(net, 10, &result, NULL) == CW_TEMPORARY);
    CU_ASSERT(cw_net_open_requests(net) == 1);
    cw_net_stop(net);
    for (size_t i = 0; i < COUNT; i++) {
        (void)fclose(slots[i]);
    }
    canned_stop(&server);
}

/* ---- programs that are not ours ---- */

static const struct {
    const char *what;
    const char *script; /* body of a shell script; FRAME is the path of a result with id 1 */
    enum cw_status wanted;
} ACTORS[] = {
    {"answers as it should", "/bin/cat \"$0.frame\"; read line", CW_OK},
    {"dies at once", "exit 3", CW_UNTRUSTED},
    {"dies by a signal", "kill -9 $$", CW_UNTRUSTED},
    {"dies after its opening bytes", "printf CWF1", CW_UNTRUSTED},
    {"ends in a frame", "printf 'CWF1\\020\\0\\0\\0\\003'", CW_UNTRUSTED},
    {"babbles words", "echo hello world; read line", CW_UNTRUSTED},
    {"announces a huge frame", "printf 'CWF1\\377\\377\\377\\177\\003\\0'; read line",
     CW_UNTRUSTED},
    {"writes an unknown kind", "printf 'CWF1\\002\\0\\0\\0\\011\\0'; read line", CW_UNTRUSTED},
    {"writes an empty result", "printf 'CWF1\\002\\0\\0\\0\\003\\0'; read line", CW_UNTRUSTED},
    {"answers what was not asked", "/bin/cat \"$0.other\"; read line", CW_UNTRUSTED},
    {"says nothing", "read line", CW_TEMPORARY},
};

static void write_stream(const char *path, uint64_t id)
{
    struct cw_buf frame;
    struct cw_buf stream;
    struct cw_net_result result = a_result();
    result.id = id;
    cw_buf_init(&frame, CW_FRAME_BYTES_MAX);
    cw_buf_init(&stream, CW_FRAME_BYTES_MAX);
    CU_ASSERT_FATAL(cw_wire_put_result(&frame, &result, NULL) == CW_OK);
    cw_buf_str(&stream, "CWF1");
    cw_buf_span(&stream, cw_buf_as_span(&frame));
    CU_ASSERT_FATAL(cw_file_write(path, cw_buf_as_span(&stream), 0600, NULL) == CW_OK);
    cw_buf_clear(&frame);
    cw_buf_clear(&stream);
}

static void judges_programs(void)
{
    char folder[] = "/tmp/cryptowatch-http-XXXXXX";
    char path[64];
    char frame[80];
    char other[80];
    CU_ASSERT_FATAL(mkdtemp(folder) != NULL);
    (void)snprintf(path, sizeof(path), "%s/net", folder);
    (void)snprintf(frame, sizeof(frame), "%s.frame", path);
    (void)snprintf(other, sizeof(other), "%s.other", path);
    write_stream(frame, 1);
    write_stream(other, 2);
    for (size_t i = 0; i < CW_COUNT(ACTORS); i++) {
        char script[512];
        char url[256];
        (void)snprintf(script, sizeof(script), "#!/bin/sh\n%s\n", ACTORS[i].script);
        CU_ASSERT_FATAL(cw_file_write(path, cw_span_cstr(script), 0700, NULL) == CW_OK);
        const struct cw_net_request request = get_of(url, "http", 1, "/");
        const struct outcome got =
            ask_as(path, LOOPBACK_HOSTS, &request, ACTORS[i].wanted == CW_TEMPORARY ? 50 : WAIT_MS);
        /* one that dies early may be noticed while we are still speaking to it */
        const bool is_other_word = ACTORS[i].wanted == CW_UNTRUSTED && got.status == CW_IO;
        CW_CHECK(got.status == ACTORS[i].wanted || is_other_word, "%s: status %d: %s",
                 ACTORS[i].what, (int)got.status, got.err.text);
        CW_CHECK(got.status == CW_OK || got.err.text[0] != '\0', "%s: no words", ACTORS[i].what);
    }
    (void)unlink(path);
    (void)unlink(frame);
    (void)unlink(other);
    (void)rmdir(folder);
}

static void stays_broken_after_a_death(void)
{
    struct cw_net *net = NULL;
    struct cw_net_result result;
    char url[256];
    const struct cw_net_options options = {.program = "/bin/false"};
    const struct cw_net_request request = get_of(url, "http", 1, "/");
    struct cw_error err = {0};
    enum cw_status status = cw_net_start(&options, NULL, 0, &net, &err);
    if (status == CW_IO) { /* it was dead before we could greet it */
        CU_ASSERT(err.code == CW_IO);
        return;
    }
    CU_ASSERT_FATAL(status == CW_OK);
    (void)!cw_net_send(net, &request, NULL);
    CU_ASSERT(cw_net_receive(net, WAIT_MS, &result, NULL) != CW_OK);
    CU_ASSERT(cw_net_receive(net, WAIT_MS, &result, NULL) == CW_IO);
    CU_ASSERT(cw_net_send(net, &request, NULL) == CW_IO);
    CU_ASSERT(cw_net_open_requests(net) == 0);
    cw_net_stop(net);
    cw_net_stop(NULL);
}

static void says_when_the_program_is_missing(void)
{
    struct cw_net *net = NULL;
    struct cw_error err = {0};
    const struct cw_net_options options = {.program = "/nonexistent/cryptowatch-net"};
    CU_ASSERT(cw_net_start(&options, NULL, 0, &net, &err) == CW_NOT_FOUND);
    CU_ASSERT(strstr(err.text, "/nonexistent/cryptowatch-net") != NULL);
    CU_ASSERT(net == NULL);
}

static const struct cw_test tests[] = {
    {"keeps every field of a request", keeps_requests},
    {"keeps every field of a result", keeps_results},
    {"keeps a setup and refuses bad ones", keeps_setups},
    {"refuses requests that break a rule", refuses_requests_that_break_a_rule},
    {"takes requests at every limit", takes_requests_at_every_limit},
    {"refuses hostile results", refuses_hostile_results},
    {"refuses cut and padded frames", refuses_cut_and_padded_frames},
    {"names every failure", names_every_failure},
    {"clamps Retry-After and refuses nonsense", clamps_retry_after},
    {"judges what servers answer to a GET", judges_servers},
    {"asks for plain bytes and nothing else", asks_for_plain_bytes_and_nothing_else},
    {"takes a body of exactly the cap and none above", takes_a_body_of_exactly_the_cap},
    {"keeps credentials from other origins", keeps_credentials_from_other_origins},
    {"refuses private addresses unless they are allowed", refuses_private_addresses_unless_allowed},
    {"says when nobody listens", says_when_nobody_listens},
    {"says when the disk takes nothing", says_when_the_disk_takes_nothing},
    {"judges the certificates of TLS servers", judges_tls_servers},
    {"refuses TLS 1.1 where OpenSSL would not", refuses_old_tls_itself},
    {"judges what receivers answer to a POST", judges_receivers},
    {"posts the bytes verbatim", posts_the_bytes_verbatim},
    {"posts to one endpoint over one connection", posts_over_one_connection},
    {"asks side by side", asks_side_by_side},
    {"judges programs that die or babble", judges_programs},
    {"stays broken after a death", stays_broken_after_a_death},
    {"says when the program is missing", says_when_the_program_is_missing},
};

int main(void)
{
    fill_big_texts();
    return cw_run_suite("http", tests, CW_COUNT(tests));
}
