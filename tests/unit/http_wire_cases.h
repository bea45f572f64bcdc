/* http_wire_cases.h: frames between main and cryptowatch-net, for test_http.c only. */
#ifndef CW_TESTS_HTTP_WIRE_CASES_H
#define CW_TESTS_HTTP_WIRE_CASES_H

#include "base/datetime.h"
#include "http/wire.h"
#include "suite.h"

enum { FRAME_HEAD = 6 };

/* ---- the wire ---- */

static struct cw_net_request a_get(void)
{
    return (struct cw_net_request){
        .id = 7,
        .method = CW_NET_GET,
        .url = CW_SPAN("https://lists.example/a?b=c"),
        .headers = {CW_SPAN("If-None-Match: \"e\""), CW_SPAN("X-Api-Key: secret")},
        .headers_count = 2,
        .user_agent = CW_SPAN("cryptowatch/0 (test)"),
        .ca_file = CW_SPAN("/etc/ca.pem"),
        .ca_pem = CW_SPAN("its bytes"),
        .redirect_hosts = {CW_SPAN("storage.example")},
        .redirect_hosts_count = 1,
        .body_slot = 3,
        .bytes_max = 1000,
        .connect_ms = 1000,
        .total_ms = 2000,
    };
}

static struct cw_frame frame_of(const struct cw_buf *buf, enum cw_wire_kind kind)
{
    return (struct cw_frame){(uint16_t)kind,
                             cw_span_slice(cw_buf_as_span(buf), FRAME_HEAD, buf->len)};
}

static void keeps_requests(void)
{
    struct cw_buf buf;
    struct cw_net_request back;
    struct cw_net_request request = a_get();
    cw_buf_init(&buf, CW_FRAME_BYTES_MAX);
    CU_ASSERT_FATAL(cw_wire_put_request(&buf, &request, NULL) == CW_OK);
    struct cw_frame frame = frame_of(&buf, CW_WIRE_REQUEST);
    CU_ASSERT_FATAL(cw_wire_take_request(&frame, &back, NULL) == CW_OK);
    CU_ASSERT(back.id == 7 && back.method == CW_NET_GET && back.body_slot == 3);
    CU_ASSERT(back.bytes_max == 1000 && back.connect_ms == 1000 && back.total_ms == 2000);
    CU_ASSERT(cw_span_equal(back.url, request.url));
    CU_ASSERT(cw_span_equal(back.user_agent, request.user_agent));
    CU_ASSERT(cw_span_equal(back.ca_file, request.ca_file));
    CU_ASSERT(cw_span_equal(back.ca_pem, request.ca_pem));
    CU_ASSERT(back.headers_count == 2 && cw_span_equal(back.headers[1], request.headers[1]));
    CU_ASSERT(back.redirect_hosts_count == 1 &&
              cw_span_equal(back.redirect_hosts[0], request.redirect_hosts[0]));
    request = (struct cw_net_request){.id = UINT64_MAX,
                                      .method = CW_NET_POST,
                                      .url = request.url,
                                      .body = {"a\0b", 3},
                                      .connect_ms = 1,
                                      .total_ms = 1};
    CU_ASSERT_FATAL(cw_wire_put_request(&buf, &request, NULL) == CW_OK);
    frame = frame_of(&buf, CW_WIRE_REQUEST);
    CU_ASSERT_FATAL(cw_wire_take_request(&frame, &back, NULL) == CW_OK);
    CU_ASSERT(back.id == UINT64_MAX && back.method == CW_NET_POST);
    CU_ASSERT(cw_span_equal(back.body, request.body));
    cw_buf_clear(&buf);
}

static struct cw_net_result a_result(void)
{
    return (struct cw_net_result){
        .id = 9,
        .http_status = 200,
        .final_url = CW_SPAN("https://lists.example/b"),
        .etag = CW_SPAN("\"e\""),
        .last_modified = CW_SPAN("Fri, 20 Nov 2026 02:00:00 GMT"),
        .content_type = CW_SPAN("text/csv"),
        .retry_after = CW_SPAN("60"),
        .headers = CW_SPAN("HTTP/1.1 200 OK\r\n\r\n"),
        .peer_ip = CW_SPAN("192.0.2.1"),
        .answer = {"\x00\xff", 2},
        .body_bytes = 12,
        .has_proven_end = true,
    };
}

static void keeps_results(void)
{
    struct cw_buf buf;
    struct cw_net_result back;
    const struct cw_net_result result = a_result();
    cw_buf_init(&buf, CW_FRAME_BYTES_MAX);
    CU_ASSERT_FATAL(cw_wire_put_result(&buf, &result, NULL) == CW_OK);
    struct cw_frame frame = frame_of(&buf, CW_WIRE_RESULT);
    CU_ASSERT_FATAL(cw_wire_take_result(&frame, &back, NULL) == CW_OK);
    CU_ASSERT(back.id == 9 && back.failure == CW_NET_OK && back.http_status == 200);
    CU_ASSERT(back.body_bytes == 12 && back.has_proven_end);
    CU_ASSERT(cw_span_equal(back.final_url, result.final_url));
    CU_ASSERT(cw_span_equal(back.etag, result.etag));
    CU_ASSERT(cw_span_equal(back.last_modified, result.last_modified));
    CU_ASSERT(cw_span_equal(back.content_type, result.content_type));
    CU_ASSERT(cw_span_equal(back.retry_after, result.retry_after));
    CU_ASSERT(cw_span_equal(back.headers, result.headers));
    CU_ASSERT(cw_span_equal(back.peer_ip, result.peer_ip));
    CU_ASSERT(cw_span_equal(back.answer, result.answer));
    cw_buf_clear(&buf);
}

static void keeps_setups(void)
{
    struct cw_buf buf;
    struct cw_wire_setup back;
    const struct cw_wire_setup setup = {
        .hosts = {CW_SPAN("localhost"), CW_SPAN("[::1]:8443")}, .hosts_count = 2, .slots = 256};
    cw_buf_init(&buf, CW_FRAME_BYTES_MAX);
    CU_ASSERT_FATAL(cw_wire_put_setup(&buf, &setup, NULL) == CW_OK);
    struct cw_frame frame = frame_of(&buf, CW_WIRE_SETUP);
    CU_ASSERT_FATAL(cw_wire_take_setup(&frame, &back, NULL) == CW_OK);
    CU_ASSERT(back.hosts_count == 2 && back.slots == 256);
    CU_ASSERT(cw_span_equal(back.hosts[1], setup.hosts[1]));
    const struct cw_wire_setup bad[] = {{.slots = 257},
                                        {.hosts = {CW_SPAN("a b")}, .hosts_count = 1},
                                        {.hosts = {CW_SPAN("")}, .hosts_count = 1},
                                        {.hosts_count = CW_NET_HOSTS_MAX + 1}};
    for (size_t i = 0; i < CW_COUNT(bad); i++) {
        CW_CHECK(cw_wire_put_setup(&buf, &bad[i], NULL) == CW_INVALID, "setup %zu", i);
    }
    cw_buf_clear(&buf);
}

static char long_text[CW_FRAME_BYTES_MAX / 2 + 2];

static struct cw_span longer(size_t len)
{
    memset(long_text, 'x', sizeof(long_text));
    return cw_span_make(long_text, len);
}

/* One span or one number of a_get() replaced. */
static const struct {
    const char *what;
    size_t offset;
    struct cw_span instead;
} BAD_TEXTS[] = {
    {"empty URL", offsetof(struct cw_net_request, url), {"", 0}},
    {"URL of 2049 bytes", offsetof(struct cw_net_request, url), {long_text, CW_HTTP_URL_MAX + 1}},
    {"URL with a space", offsetof(struct cw_net_request, url), {"https://a b/", 12}},
    {"URL with a NUL", offsetof(struct cw_net_request, url), {"https://a\0b/", 12}},
    {"URL that is not ASCII", offsetof(struct cw_net_request, url), {"https://\xc3\xa9/", 11}},
    {"header with LF", offsetof(struct cw_net_request, headers), {"A: b\nC: d", 9}},
    {"header with CR", offsetof(struct cw_net_request, headers), {"A: b\r", 5}},
    {"header with NUL", offsetof(struct cw_net_request, headers), {"A: b\0c", 6}},
    {"header that is not ASCII", offsetof(struct cw_net_request, headers), {"A: \xff", 4}},
    {"header without colon", offsetof(struct cw_net_request, headers), {"Accept", 6}},
    {"header without name", offsetof(struct cw_net_request, headers), {": b", 3}},
    {"header name with a space", offsetof(struct cw_net_request, headers), {"A b: c", 6}},
    {"header without value", offsetof(struct cw_net_request, headers), {"A: ", 3}},
    {"empty header", offsetof(struct cw_net_request, headers), {"", 0}},
    {"host", offsetof(struct cw_net_request, headers), {"hOsT: b.example", 15}},
    {"length", offsetof(struct cw_net_request, headers), {"Content-Length: 1", 17}},
    {"coding", offsetof(struct cw_net_request, headers), {"Accept-Encoding: br", 19}},
    {"transfer coding", offsetof(struct cw_net_request, headers), {"Transfer-Encoding: x", 20}},
    {"range", offsetof(struct cw_net_request, headers), {"Range: bytes=0-1", 16}},
    {"header of 8193 bytes", offsetof(struct cw_net_request, headers), {long_text, 8193}},
    {"agent with CR LF", offsetof(struct cw_net_request, user_agent), {"a\r\nX: y", 7}},
    {"agent of 513 bytes", offsetof(struct cw_net_request, user_agent), {long_text, 513}},
    {"relative CA file", offsetof(struct cw_net_request, ca_file), {"ca.pem", 6}},
    {"CA file with a NUL", offsetof(struct cw_net_request, ca_file), {"/a\0b", 4}},
    {"CA file of 4097 bytes", offsetof(struct cw_net_request, ca_file), {long_text, 4097}},
    {"CA of 262145 bytes", offsetof(struct cw_net_request, ca_pem), {long_text, 262145}},
    {"CA without a name", offsetof(struct cw_net_request, ca_file), {"", 0}},
    {"redirect host with a space", offsetof(struct cw_net_request, redirect_hosts), {"a b", 3}},
    {"empty redirect host", offsetof(struct cw_net_request, redirect_hosts), {"", 0}},
    {"body of a GET", offsetof(struct cw_net_request, body), {"x", 1}},
};

static const struct {
    const char *what;
    size_t offset;
    uint64_t instead;
} BAD_NUMBERS[] = {
    {"seventeen headers", offsetof(struct cw_net_request, headers_count), 17},
    {"65 redirect hosts", offsetof(struct cw_net_request, redirect_hosts_count), 65},
    {"slot 256", offsetof(struct cw_net_request, body_slot), CW_FEEDS_MAX},
    {"cap of nothing", offsetof(struct cw_net_request, bytes_max), 0},
    {"cap too high", offsetof(struct cw_net_request, bytes_max), CW_FEED_BODY_HARD_MAX + 1},
    {"no time to connect", offsetof(struct cw_net_request, connect_ms), 0},
    {"two hours and more to connect", offsetof(struct cw_net_request, connect_ms), 7200001},
    {"no time", offsetof(struct cw_net_request, total_ms), 0},
    {"two hours and more", offsetof(struct cw_net_request, total_ms), 7200001},
};

static void expect_refused(const char *what, const struct cw_net_request *request)
{
    struct cw_buf buf;
    struct cw_error err = {0};
    cw_buf_init(&buf, CW_FRAME_BYTES_MAX);
    CW_CHECK(cw_wire_put_request(&buf, request, &err) == CW_INVALID, "%s: %s", what, err.text);
    CW_CHECK(strstr(err.text, "secret") == NULL, "%s: %s", what, err.text);
    cw_buf_clear(&buf);
}

static void refuses_requests_that_break_a_rule(void)
{
    (void)longer(0);
    for (size_t i = 0; i < CW_COUNT(BAD_TEXTS); i++) {
        struct cw_net_request request = a_get();
        memcpy((char *)&request + BAD_TEXTS[i].offset, &BAD_TEXTS[i].instead,
               sizeof(struct cw_span));
        expect_refused(BAD_TEXTS[i].what, &request);
    }
    for (size_t i = 0; i < CW_COUNT(BAD_NUMBERS); i++) {
        struct cw_net_request request = a_get();
        memcpy((char *)&request + BAD_NUMBERS[i].offset, &BAD_NUMBERS[i].instead, sizeof(uint64_t));
        expect_refused(BAD_NUMBERS[i].what, &request);
    }
    struct cw_net_request post = a_get();
    post.method = CW_NET_POST;
    expect_refused("redirect hosts of a POST", &post);
    post.redirect_hosts_count = 0;
    post.body = longer((512 << 10) + 1);
    expect_refused("body of 512 KiB and a byte", &post);
}

static void takes_requests_at_every_limit(void)
{
    struct cw_buf buf;
    struct cw_net_request most = a_get();
    cw_buf_init(&buf, CW_FRAME_BYTES_MAX);
    most.bytes_max = CW_FEED_BODY_HARD_MAX;
    most.total_ms = 7200000;
    most.body_slot = CW_FEEDS_MAX - 1;
    most.user_agent = longer(512);
    most.url = longer(CW_HTTP_URL_MAX);
    CU_ASSERT(cw_wire_put_request(&buf, &most, NULL) == CW_OK);
    most.redirect_hosts_count = 0;
    most.method = CW_NET_POST;
    most.body = longer(512 << 10);
    CU_ASSERT(cw_wire_put_request(&buf, &most, NULL) == CW_OK);
    cw_buf_clear(&buf);
}

/* A result as its fourteen fields, so that each can be another. */
enum { RESULT_FIELDS = 14 };

static void put_raw_result(struct cw_buf *buf, size_t changed, struct cw_span instead)
{
    static const char zero[8];
    const struct cw_span number = {zero, sizeof(zero)};
    struct cw_span fields[RESULT_FIELDS] = {number, number, {"\xc8\0\0\0\0\0\0\0", 8}};
    fields[12] = number;
    fields[13] = number;
    fields[changed] = instead;
    cw_frame_begin(buf, CW_WIRE_RESULT);
    for (size_t i = 0; i < RESULT_FIELDS; i++) {
        cw_frame_put_span(buf, fields[i]);
    }
    CU_ASSERT_FATAL(cw_frame_end(buf, NULL) == CW_OK);
}

static const struct {
    const char *what;
    size_t field;
    struct cw_span instead;
    enum cw_status wanted;
} RESULTS[] = {
    {"as it should be", 0, {"\1\0\0\0\0\0\0\0", 8}, CW_OK},
    {"id of four bytes", 0, {"\1\0\0\0", 4}, CW_UNTRUSTED},
    {"unknown failure", 1, {"\x0c\0\0\0\0\0\0\0", 8}, CW_UNTRUSTED},
    {"huge failure", 1, {"\0\0\0\0\1\0\0\0", 8}, CW_UNTRUSTED},
    {"failure without reason", 1, {"\1\0\0\0\0\0\0\0", 8}, CW_UNTRUSTED},
    {"success without status", 2, {"\0\0\0\0\0\0\0\0", 8}, CW_UNTRUSTED},
    {"status 1000", 2, {"\xe8\3\0\0\0\0\0\0", 8}, CW_UNTRUSTED},
    {"reason of a success", 3, {"why", 3}, CW_UNTRUSTED},
    {"URL with a control", 4, {"https://a/\x1b[1m", 14}, CW_UNTRUSTED},
    {"URL with a line end", 4, {"https://a/\n", 11}, CW_UNTRUSTED},
    {"ETag with a NUL", 5, {"a\0b", 3}, CW_UNTRUSTED},
    {"ETag that is not UTF-8", 5, {"\xff", 1}, CW_UNTRUSTED},
    {"date with a bidi control", 6, {"\xe2\x80\xae", 3}, CW_UNTRUSTED},
    {"type with DEL", 7, {"\x7f", 1}, CW_UNTRUSTED},
    {"Retry-After with CR", 8, {"1\r", 2}, CW_UNTRUSTED},
    {"raw header block", 9, {"a: \xff\0\r\n", 7}, CW_OK},
    {"long peer",
     10,
     {"0123456789012345678901234567890123456789012345678901234567890123", 64},
     CW_UNTRUSTED},
    {"raw answer", 11, {"\0\xff", 2}, CW_OK},
    {"body beyond the hard maximum", 12, {"\1\0\0\x80\0\0\0\0", 8}, CW_UNTRUSTED},
    {"proof of 2", 13, {"\2\0\0\0\0\0\0\0", 8}, CW_UNTRUSTED},
};

static void refuses_hostile_results(void)
{
    struct cw_buf buf;
    cw_buf_init(&buf, CW_FRAME_BYTES_MAX);
    for (size_t i = 0; i < CW_COUNT(RESULTS); i++) {
        struct cw_net_result back;
        put_raw_result(&buf, RESULTS[i].field, RESULTS[i].instead);
        struct cw_frame frame = frame_of(&buf, CW_WIRE_RESULT);
        CW_CHECK(cw_wire_take_result(&frame, &back, NULL) == RESULTS[i].wanted, "%s",
                 RESULTS[i].what);
    }
    static const size_t limits[][2] = {{4, CW_HTTP_URL_MAX},
                                       {5, 511},
                                       {6, 511},
                                       {7, 511},
                                       {8, 511},
                                       {9, CW_HTTP_HEADERS_MAX},
                                       {11, CW_DELIVERY_ANSWER_MAX}};
    for (size_t i = 0; i < CW_COUNT(limits); i++) {
        for (size_t more = 0; more < 2; more++) {
            struct cw_net_result back;
            put_raw_result(&buf, limits[i][0], longer(limits[i][1] + more));
            struct cw_frame frame = frame_of(&buf, CW_WIRE_RESULT);
            CW_CHECK(cw_wire_take_result(&frame, &back, NULL) == (more == 0 ? CW_OK : CW_UNTRUSTED),
                     "field %zu of %zu bytes", limits[i][0], limits[i][1] + more);
        }
    }
    cw_buf_clear(&buf);
}

/* Every prefix, one byte more, and every other kind. */
static void refuses_cut_and_padded_frames(void)
{
    struct cw_buf buf;
    struct cw_net_result result = a_result();
    struct cw_net_request request = a_get();
    cw_buf_init(&buf, CW_FRAME_BYTES_MAX);
    CU_ASSERT_FATAL(cw_wire_put_result(&buf, &result, NULL) == CW_OK);
    struct cw_frame whole = frame_of(&buf, CW_WIRE_RESULT);
    for (size_t len = 0; len < whole.rest.len; len++) {
        struct cw_frame cut = {CW_WIRE_RESULT, cw_span_slice(whole.rest, 0, len)};
        CW_CHECK(cw_wire_take_result(&cut, &result, NULL) == CW_UNTRUSTED, "result cut at %zu",
                 len);
    }
    struct cw_frame other = {CW_WIRE_REQUEST, whole.rest};
    CU_ASSERT(cw_wire_take_result(&other, &result, NULL) == CW_UNTRUSTED);
    cw_frame_put_span(&buf, CW_SPAN(""));
    struct cw_frame padded = frame_of(&buf, CW_WIRE_RESULT);
    CU_ASSERT(cw_wire_take_result(&padded, &result, NULL) == CW_UNTRUSTED);
    CU_ASSERT_FATAL(cw_wire_put_request(&buf, &request, NULL) == CW_OK);
    whole = frame_of(&buf, CW_WIRE_REQUEST);
    for (size_t len = 0; len < whole.rest.len; len++) {
        struct cw_frame cut = {CW_WIRE_REQUEST, cw_span_slice(whole.rest, 0, len)};
        CW_CHECK(cw_wire_take_request(&cut, &request, NULL) == CW_UNTRUSTED, "request cut at %zu",
                 len);
    }
    cw_buf_clear(&buf);
}

static void names_every_failure(void)
{
    for (int i = 0; i < CW_NET_FAILURES; i++) {
        const char *name = cw_net_failure_name((enum cw_net_failure)i);
        CW_CHECK(name != NULL && name[0] != '\0', "failure %d", i);
    }
    CU_ASSERT(strcmp(cw_net_failure_name(CW_NET_GUARD), "refused-address") == 0);
}

/* ---- Retry-After ---- */

static const struct {
    const char *value;
    int64_t wanted; /* -1: nonsense */
} WAITS[] = {
    {"120", 120},
    {" 120\t", 120},
    {"0", 60},
    {"59", 60},
    {"60", 60},
    {"61", 61},
    {"86399", 86399},
    {"86400", 86400},
    {"86401", 86400},
    {"9223372036854775807", 86400},
    {"Fri, 20 Nov 2026 02:10:00 GMT", 600},
    {"Fri, 20 Nov 2026 02:00:00 GMT", 60},
    {"Fri, 20 Nov 2026 01:00:00 GMT", 60},
    {"Thu, 01 Jan 1970 00:00:00 GMT", 60},
    {"Sun, 22 Nov 2026 02:00:00 GMT", 86400},
    {"Fri, 31 Dec 9999 23:59:59 GMT", 86400},
    {"9223372036854775808", -1},
    {"99999999999999999999", -1},
    {"", -1},
    {" ", -1},
    {"-1", -1},
    {"+60", -1},
    {"060", -1},
    {"1e3", -1},
    {"60s", -1},
    {"soon", -1},
    {"60, 120", -1},
    {"Fri, 20 Nov 2026 02:10:00", -1},
    {"Thu, 20 Nov 2026 02:10:00 GMT", -1},
};

static void clamps_retry_after(void)
{
    int64_t now_s = 0;
    CU_ASSERT_FATAL(cw_http_date_parse(CW_SPAN("Fri, 20 Nov 2026 02:00:00 GMT"), &now_s));
    for (size_t i = 0; i < CW_COUNT(WAITS); i++) {
        int64_t delay_s = -1;
        const bool is_good = cw_retry_after_parse(cw_span_cstr(WAITS[i].value), now_s, &delay_s);
        CW_CHECK(is_good == (WAITS[i].wanted >= 0) && delay_s == WAITS[i].wanted, "\"%s\": %lld",
                 WAITS[i].value, (long long)delay_s);
    }
}

#endif
