/* http_get_cases.h: the real program against servers that behave and servers that do not, for
 * test_http.c only. */
#ifndef CW_TESTS_HTTP_GET_CASES_H
#define CW_TESTS_HTTP_GET_CASES_H

#include <fcntl.h>
#include <sys/stat.h>

#include "canned.h"
#include "http/net.h"

enum { WAIT_MS = 8000, SHORT_MS = 150 };

static const char PROGRAM[] = CW_BIN_DIR "/cryptowatch-net";

/* ---- the program ---- */

/* What came back, copied. */
struct outcome {
    enum cw_status status;
    struct cw_error err;
    enum cw_net_failure failure;
    uint64_t http_status;
    char reason[CW_ERROR_TEXT_BYTES];
    char final_url[CW_HTTP_URL_MAX + 1];
    char etag[512];
    char retry_after[512];
    char peer[64];
    size_t answer_len;
    uint64_t body_bytes;
    bool has_proven_end;
    char body[256]; /* beginning of what lies in the slot */
    size_t stored;
};

static void copy_text(char *ret, size_t bytes, struct cw_span text)
{
    (void)snprintf(ret, bytes, "%.*s", CW_SPAN_ARG(text));
}

static void keep_outcome(struct outcome *outcome, const struct cw_net_result *result)
{
    outcome->failure = result->failure;
    outcome->http_status = result->http_status;
    outcome->answer_len = result->answer.len;
    outcome->body_bytes = result->body_bytes;
    outcome->has_proven_end = result->has_proven_end;
    copy_text(outcome->reason, sizeof(outcome->reason), result->reason);
    copy_text(outcome->final_url, sizeof(outcome->final_url), result->final_url);
    copy_text(outcome->etag, sizeof(outcome->etag), result->etag);
    copy_text(outcome->retry_after, sizeof(outcome->retry_after), result->retry_after);
    copy_text(outcome->peer, sizeof(outcome->peer), result->peer_ip);
}

static const char *const LOOPBACK_HOSTS[] = {"127.0.0.1", "localhost", NULL};

/* Starts the program, asks one thing, stops it. */
static struct outcome ask_as(const char *program, const char *const *hosts,
                             const struct cw_net_request *request, uint64_t wait_ms)
{
    struct outcome outcome = {.status = CW_OK};
    struct cw_net *net = NULL;
    struct cw_net_result result;
    const struct cw_net_options options = {.program = program, .allow_private_hosts = hosts};
    FILE *slot = tmpfile();
    CU_ASSERT_FATAL(slot != NULL);
    const int fd = fileno(slot);
    outcome.status = cw_net_start(&options, &fd, 1, &net, &outcome.err);
    if (outcome.status == CW_OK) {
        outcome.status = cw_net_send(net, request, &outcome.err);
    }
    if (outcome.status == CW_OK) {
        outcome.status = cw_net_receive(net, wait_ms, &result, &outcome.err);
    }
    if (outcome.status == CW_OK) {
        keep_outcome(&outcome, &result);
        CU_ASSERT(cw_net_open_requests(net) == 0);
    }
    cw_net_stop(net);
    struct stat info;
    CU_ASSERT_FATAL(fstat(fd, &info) == 0);
    outcome.stored = (size_t)info.st_size;
    const ssize_t got = pread(fd, outcome.body, sizeof(outcome.body) - 1, 0);
    outcome.body[got > 0 ? got : 0] = '\0';
    (void)fclose(slot);
    return outcome;
}

static struct cw_net_request get_of(char url[static 256], const char *scheme, uint16_t port,
                                    const char *path)
{
    (void)snprintf(url, 256, "%s://127.0.0.1:%u%s", scheme, port, path);
    return (struct cw_net_request){
        .id = 1,
        .method = CW_NET_GET,
        .url = cw_span_cstr(url),
        .user_agent = CW_SPAN("cryptowatch/0 (test)"),
        .bytes_max = 1000,
        .connect_ms = 2000,
        .total_ms = 5000,
    };
}

#define OK "HTTP/1.1 200 OK\r\n"

static const struct canned_page PAGES[] = {
    {.path = "/whole", .answer = OK "Content-Length: 6\r\nETag: \"v1\"\r\n\r\nhello\n"},
    {.path = "/chunked",
     .answer =
         OK "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n3;x=y\r\nlo\n\r\n0\r\nT: r\r\n\r\n"},
    {.path = "/open", .answer = OK "\r\nhello\n"},
    {.path = "/http10", .answer = "HTTP/1.0 200 OK\r\n\r\nhello\n"},
    {.path = "/interim",
     .answer = "HTTP/1.1 103 Early Hints\r\nETag: \"no\"\r\n\r\n" OK
               "Content-Length: 6\r\nETag: \"v2\"\r\n\r\nhello\n"},
    {.path = "/empty", .answer = OK "Content-Length: 0\r\n\r\n"},
    {.path = "/304", .answer = "HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\n\r\n"},
    {.path = "/503",
     .answer = "HTTP/1.1 503 No\r\nRetry-After: 120\r\nContent-Length: 4\r\n\r\nbusy"},
    {.path = "/206", .answer = "HTTP/1.1 206 Part\r\nContent-Length: 4\r\n\r\npart"},
    {.path = "/204", .answer = "HTTP/1.1 204 None\r\n\r\n"},
    {.path = "/cut", .answer = OK "Content-Length: 100\r\n\r\nhello\n"},
    {.path = "/chunked-cut", .answer = OK "Transfer-Encoding: chunked\r\n\r\n64\r\nhello\n"},
    {.path = "/chunked-no-end", .answer = OK "Transfer-Encoding: chunked\r\n\r\n6\r\nhello\n\r\n"},
    {.path = "/nothing", .answer = ""},
    {.path = "/half-head", .answer = OK "Content-Le"},
    {.path = "/no-http", .answer = "hello, this is no HTTP at all, just text\r\n\r\n"},
    {.path = "/endless-headers",
     .answer = OK,
     .after = CANNED_REPEAT,
     .again = "X: yyyyyyyyyy\r\n"},
    {.path = "/endless-header",
     .answer = OK "X: ",
     .after = CANNED_REPEAT,
     .again = "yyyyyyyyyyyy"},
    {.path = "/endless-interim",
     .answer = "",
     .after = CANNED_REPEAT,
     .again = "HTTP/1.1 102 Wait\r\nX: yyyyyyyyyyyyyyyy\r\n\r\n"},
    {.path = "/endless-body", .answer = OK "\r\n", .after = CANNED_REPEAT, .again = "yyyyyyyyyyyy"},
    {.path = "/endless-chunks",
     .answer = OK "Transfer-Encoding: chunked\r\n\r\n",
     .after = CANNED_REPEAT,
     .again = "4\r\nyyyy\r\n"},
    {.path = "/endless-extension",
     .answer = OK "Transfer-Encoding: chunked\r\n\r\n4;",
     .after = CANNED_REPEAT,
     .again = "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"},
    {.path = "/stall", .answer = OK "Content-Length: 6\r\n\r\nhel", .after = CANNED_STALL},
    {.path = "/silent", .answer = "", .after = CANNED_STALL},
    {.path = "/announced", .answer = OK "Content-Length: 1001\r\n\r\n", .after = CANNED_STALL},
    {.path = "/huge", .answer = OK "Content-Length: 99999999999999999999\r\n\r\nx"},
    {.path = "/lengths", .answer = OK "Content-Length: 6\r\nContent-Length: 7\r\n\r\nhello\n"},
    {.path = "/gzip",
     .answer = OK "Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8b\x08"},
    {.path = "/stacked",
     .answer = OK "Content-Encoding: identity, br\r\nContent-Length: 3\r\n\r\nabc"},
    {.path = "/te-gzip", .answer = OK "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
    {.path = "/to-whole", .answer = "HTTP/1.1 302 Found\r\nLocation: /whole\r\n\r\npage to skip"},
    {.path = "/hop1", .answer = "HTTP/1.1 301 M\r\nLocation: hop2\r\nContent-Length: 0\r\n\r\n"},
    {.path = "/hop2", .answer = "HTTP/1.1 307 M\r\nLocation: /hop3\r\nContent-Length: 0\r\n\r\n"},
    {.path = "/hop3", .answer = "HTTP/1.1 308 M\r\nLocation: /hop4\r\nContent-Length: 0\r\n\r\n"},
    {.path = "/hop4", .answer = "HTTP/1.1 303 M\r\nLocation: /hop5\r\nContent-Length: 0\r\n\r\n"},
    {.path = "/hop5", .answer = "HTTP/1.1 302 M\r\nLocation: /whole\r\nContent-Length: 0\r\n\r\n"},
    {.path = "/hop0", .answer = "HTTP/1.1 302 M\r\nLocation: /hop1\r\nContent-Length: 0\r\n\r\n"},
    {.path = "/circle",
     .answer = "HTTP/1.1 302 M\r\nLocation: /circle\r\nContent-Length: 0\r\n\r\n"},
    {.path = "/nowhere", .answer = "HTTP/1.1 302 M\r\nContent-Length: 0\r\n\r\n"},
    {.path = "/fork", .answer = "HTTP/1.1 302 M\r\nLocation: /whole\r\nLocation: /304\r\n\r\n"},
    {.path = "/to-https", .answer = "HTTP/1.1 302 M\r\nLocation: https://127.0.0.1/\r\n\r\n"},
    {.path = "/to-file", .answer = "HTTP/1.1 302 M\r\nLocation: file:///etc/passwd\r\n\r\n"},
    {.path = "/to-user", .answer = "HTTP/1.1 302 M\r\nLocation: http://u:p@127.0.0.1/\r\n\r\n"},
    {.path = "/to-other",
     .answer = "HTTP/1.1 302 M\r\nLocation: http://localhost:1/?t=tok\r\n\r\n"},
    {.path = "/to-escape", .answer = "HTTP/1.1 302 M\r\nLocation: \x1b[31mred\r\n\r\n"},
    {.path = "/300",
     .answer = "HTTP/1.1 300 Choice\r\nLocation: /whole\r\nContent-Length: 0\r\n\r\n"},
};

static const struct {
    const char *path;
    enum cw_net_failure failure;
    uint64_t http_status;
    bool has_proven_end;
    const char *body;   /* in the slot */
    const char *reason; /* part of it */
    uint64_t total_ms;  /* 0: plenty */
} GETS[] = {
    {"/whole", CW_NET_OK, 200, true, "hello\n", "", 0},
    {"/chunked", CW_NET_OK, 200, true, "hello\n", "", 0},
    {"/open", CW_NET_OK, 200, false, "hello\n", "", 0},
    {"/http10", CW_NET_OK, 200, false, "hello\n", "", 0},
    {"/interim", CW_NET_OK, 200, true, "hello\n", "", 0},
    {"/empty", CW_NET_OK, 200, true, "", "", 0},
    {"/304", CW_NET_OK, 304, false, "", "", 0},
    {"/404", CW_NET_OK, 404, false, "", "", 0},
    {"/503", CW_NET_OK, 503, false, "", "", 0},
    {"/206", CW_NET_OK, 206, false, "", "", 0},
    {"/204", CW_NET_OK, 204, false, "", "", 0},
    {"/300", CW_NET_OK, 300, false, "", "", 0},
    {"/cut", CW_NET_CUT, 200, false, "hello\n", "", 0},
    {"/chunked-cut", CW_NET_CUT, 200, false, "hello\n", "", 0},
    {"/chunked-no-end", CW_NET_CUT, 200, false, "hello\n", "", 0},
    {"/nothing", CW_NET_CUT, 0, false, "", "", 0},
    {"/half-head", CW_NET_CUT, 0, false, "", "", 0},
    {"/no-http", CW_NET_PROTOCOL, 0, false, "", "", 0},
    {"/endless-headers", CW_NET_PROTOCOL, 0, false, "", "65536 bytes of headers", 0},
    {"/endless-header", CW_NET_PROTOCOL, 0, false, "", "", 0},
    {"/endless-interim", CW_NET_PROTOCOL, 0, false, "", "65536 bytes of headers", 0},
    {"/endless-body", CW_NET_TOO_LARGE, 200, false, NULL, "longer than 1000 bytes", 0},
    {"/endless-chunks", CW_NET_TOO_LARGE, 200, false, NULL, "longer than 1000 bytes", 0},
    {"/endless-extension", CW_NET_TOO_LARGE, 200, false, "", "1048576 bytes around its chunks", 0},
    {"/stall", CW_NET_TIMEOUT, 200, false, "hel", "", SHORT_MS},
    {"/silent", CW_NET_TIMEOUT, 0, false, "", "", SHORT_MS},
    {"/announced", CW_NET_TOO_LARGE, 200, false, "", "announces 1001 bytes", 0},
    {"/lengths", CW_NET_PROTOCOL, 200, false, "", "Content-Length", 0},
    {"/gzip", CW_NET_ENCODING, 200, false, "", "gzip", 0},
    {"/stacked", CW_NET_ENCODING, 200, false, "", "identity, br", 0},
    {"/te-gzip", CW_NET_ENCODING, 200, false, "", "gzip", 0},
    {"/to-whole", CW_NET_OK, 200, true, "hello\n", "", 0},
    {"/hop1", CW_NET_OK, 200, true, "hello\n", "", 0},
    {"/hop0", CW_NET_REDIRECT, 302, false, "", "more than 5 redirects", 0},
    {"/circle", CW_NET_REDIRECT, 302, false, "", "more than 5 redirects", 0},
    {"/nowhere", CW_NET_REDIRECT, 302, false, "", "no single target", 0},
    {"/fork", CW_NET_REDIRECT, 302, false, "", "no single target", 0},
    {"/to-https", CW_NET_REDIRECT, 302, false, "", "between https and http", 0},
    {"/to-file", CW_NET_REDIRECT, 302, false, "", "file:///etc/passwd", 0},
    {"/to-user", CW_NET_REDIRECT, 302, false, "", "user name", 0},
    {"/to-other", CW_NET_REDIRECT, 302, false, "", "not in redirect_hosts", 0},
    {"/to-escape", CW_NET_REDIRECT, 302, false, "", "\\x1b[31mred", 0},
};

static void judges_servers(void)
{
    struct canned server;
    canned_start(&server, PAGES, CW_COUNT(PAGES));
    for (size_t i = 0; i < CW_COUNT(GETS); i++) {
        char url[256];
        struct cw_net_request request = get_of(url, "http", server.port, GETS[i].path);
        request.total_ms = GETS[i].total_ms > 0 ? GETS[i].total_ms : request.total_ms;
        const struct outcome got = ask_as(PROGRAM, LOOPBACK_HOSTS, &request, WAIT_MS);
        CW_CHECK(got.status == CW_OK, "%s: %s", GETS[i].path, got.err.text);
        CW_CHECK(got.failure == GETS[i].failure && got.http_status == GETS[i].http_status,
                 "%s: %s, status %llu, %s", GETS[i].path, cw_net_failure_name(got.failure),
                 (unsigned long long)got.http_status, got.reason);
        CW_CHECK(got.has_proven_end == GETS[i].has_proven_end, "%s: end", GETS[i].path);
        CW_CHECK(GETS[i].body == NULL || strcmp(got.body, GETS[i].body) == 0, "%s: \"%s\"",
                 GETS[i].path, got.body);
        CW_CHECK(got.stored == got.body_bytes && got.stored <= 1000, "%s: %zu bytes", GETS[i].path,
                 got.stored);
        CW_CHECK(strstr(got.reason, GETS[i].reason) != NULL, "%s: %s", GETS[i].path, got.reason);
        CW_CHECK(strstr(got.reason, "tok") == NULL, "%s: %s", GETS[i].path, got.reason);
        CW_CHECK(got.http_status == 0 || strcmp(got.peer, "127.0.0.1") == 0, "%s: peer %s",
                 GETS[i].path, got.peer);
    }
    canned_stop(&server);
}

static void asks_for_plain_bytes_and_nothing_else(void)
{
    struct canned server;
    char url[256];
    canned_start(&server, PAGES, CW_COUNT(PAGES));
    struct cw_net_request request = get_of(url, "http", server.port, "/interim");
    request.headers[request.headers_count++] = CW_SPAN("If-None-Match: \"v1\"");
    const struct outcome got = ask_as(PROGRAM, LOOPBACK_HOSTS, &request, WAIT_MS);
    const char *sent = canned_request(&server, 0);
    CU_ASSERT(got.failure == CW_NET_OK && strcmp(got.etag, "\"v2\"") == 0);
    CU_ASSERT(strcmp(got.final_url, url) == 0);
    CU_ASSERT(strncmp(sent, "GET /interim HTTP/1.1\r\n", 23) == 0);
    CU_ASSERT(strstr(sent, "\r\nAccept-Encoding: identity\r\n") != NULL);
    CU_ASSERT(strstr(sent, "\r\nUser-Agent: cryptowatch/0 (test)\r\n") != NULL);
    CU_ASSERT(strstr(sent, "\r\nIf-None-Match: \"v1\"\r\n") != NULL);
    CU_ASSERT(strstr(sent, "Cookie") == NULL && strstr(sent, "Authorization") == NULL);
    canned_stop(&server);
}

static void takes_a_body_of_exactly_the_cap(void)
{
    struct canned server;
    canned_start(&server, PAGES, CW_COUNT(PAGES));
    static const char *const paths[] = {"/whole", "/chunked", "/open"};
    for (size_t i = 0; i < 2 * CW_COUNT(paths); i++) {
        char url[256];
        struct cw_net_request request = get_of(url, "http", server.port, paths[i / 2]);
        request.bytes_max = i % 2 == 0 ? 6 : 5;
        const struct outcome got = ask_as(PROGRAM, LOOPBACK_HOSTS, &request, WAIT_MS);
        CW_CHECK(got.failure == (i % 2 == 0 ? CW_NET_OK : CW_NET_TOO_LARGE), "%s: %s", paths[i / 2],
                 got.reason);
        CW_CHECK(got.stored <= request.bytes_max, "%s: %zu", paths[i / 2], got.stored);
    }
    canned_stop(&server);
}

/* Two origins: what may travel from the first to the second. */
static void keeps_credentials_from_other_origins(void)
{
    struct canned first;
    struct canned second;
    char url[256];
    char moved[256];
    canned_start(&second, PAGES, CW_COUNT(PAGES));
    (void)snprintf(moved, sizeof(moved),
                   "HTTP/1.1 302 M\r\nLocation: http://127.0.0.1:%u/whole\r\n\r\n", second.port);
    const struct canned_page pages[] = {{.path = "/moved", .answer = moved}};
    canned_start(&first, pages, CW_COUNT(pages));
    struct cw_net_request request = get_of(url, "http", first.port, "/moved");
    request.headers[request.headers_count++] = CW_SPAN("X-Api-Key: secret");
    request.headers[request.headers_count++] = CW_SPAN("if-modified-since: then");
    struct outcome got = ask_as(PROGRAM, LOOPBACK_HOSTS, &request, WAIT_MS);
    CU_ASSERT(got.failure == CW_NET_REDIRECT);
    CU_ASSERT(canned_requests(&second) == 0);
    request.redirect_hosts[request.redirect_hosts_count++] = CW_SPAN("127.0.0.1");
    got = ask_as(PROGRAM, LOOPBACK_HOSTS, &request, WAIT_MS);
    CW_CHECK(got.failure == CW_NET_OK && got.http_status == 200, "%s", got.reason);
    CU_ASSERT(strstr(canned_request(&first, 1), "X-Api-Key: secret") != NULL);
    CU_ASSERT(strstr(canned_request(&first, 1), "if-modified-since: then") != NULL);
    CU_ASSERT(strstr(canned_request(&second, 0), "X-Api-Key") == NULL);
    CU_ASSERT(strstr(canned_request(&second, 0), "if-modified-since: then") != NULL);
    canned_stop(&first);
    canned_stop(&second);
}

static const struct {
    const char *what;
    const char *scheme;
    const char *host; /* the one that is allowed; "%u" becomes the server's port */
    enum cw_net_failure wanted;
} ALLOWED[] = {
    {"host", "http", "127.0.0.1", CW_NET_OK},
    {"host and port", "http", "127.0.0.1:%u", CW_NET_OK},
    {"another port", "http", "127.0.0.1:1", CW_NET_GUARD},
    {"another host", "http", "localhost", CW_NET_GUARD},
    {"nothing, http", "http", NULL, CW_NET_GUARD},
    {"nothing, https", "https", NULL, CW_NET_GUARD},
    {"another port, https", "https", "127.0.0.1:1", CW_NET_GUARD},
    {"host, https to a plain server", "https", "127.0.0.1", CW_NET_TLS},
};

static void refuses_private_addresses_unless_allowed(void)
{
    struct canned server;
    canned_start(&server, PAGES, CW_COUNT(PAGES));
    for (size_t i = 0; i < CW_COUNT(ALLOWED); i++) {
        char url[256];
        char host[64] = "";
        const struct cw_span pattern = cw_span_cstr(ALLOWED[i].host);
        const char *hosts[] = {NULL, NULL};
        if (pattern.len > 0) {
            const bool has_port = cw_span_ends_with(pattern, CW_SPAN("%u"));
            (void)snprintf(host, sizeof(host), "%.*s", (int)(pattern.len - (has_port ? 2 : 0)),
                           pattern.data);
            if (has_port) {
                (void)snprintf(host + strlen(host), sizeof(host) - strlen(host), "%u", server.port);
            }
            hosts[0] = host;
        }
        const struct cw_net_request request = get_of(url, ALLOWED[i].scheme, server.port, "/whole");
        const size_t before = server.connections;
        const struct outcome got = ask_as(PROGRAM, hosts, &request, WAIT_MS);
        CW_CHECK(got.status == CW_OK && got.failure == ALLOWED[i].wanted, "%s: %s: %s",
                 ALLOWED[i].what, cw_net_failure_name(got.failure), got.reason);
        CW_CHECK(ALLOWED[i].wanted != CW_NET_GUARD || server.connections == before,
                 "%s: connected all the same", ALLOWED[i].what);
    }
    canned_stop(&server);
}

static void says_when_nobody_listens(void)
{
    struct canned server;
    char url[256];
    canned_start(&server, PAGES, CW_COUNT(PAGES));
    const uint16_t port = server.port;
    canned_stop(&server);
    const struct cw_net_request request = get_of(url, "http", port, "/");
    const struct outcome got = ask_as(PROGRAM, LOOPBACK_HOSTS, &request, WAIT_MS);
    CW_CHECK(got.failure == CW_NET_CONNECT && got.reason[0] != '\0', "%s", got.reason);
}

static void says_when_the_disk_takes_nothing(void)
{
    struct canned server;
    char url[256];
    struct cw_net *net = NULL;
    struct cw_net_result result;
    canned_start(&server, PAGES, CW_COUNT(PAGES));
    const struct cw_net_options options = {.program = PROGRAM,
                                           .allow_private_hosts = LOOPBACK_HOSTS};
    const struct cw_net_request request = get_of(url, "http", server.port, "/whole");
    const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    CU_ASSERT_FATAL(full >= 0);
    CU_ASSERT_FATAL(cw_net_start(&options, &full, 1, &net, NULL) == CW_OK);
    CU_ASSERT(cw_net_send(net, &request, NULL) == CW_OK);
    CU_ASSERT(cw_net_receive(net, WAIT_MS, &result, NULL) == CW_OK);
    CU_ASSERT(result.failure == CW_NET_BODY_WRITE);
    cw_net_stop(net);
    (void)close(full);
    canned_stop(&server);
}

#endif
