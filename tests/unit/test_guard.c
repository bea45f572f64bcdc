/* What cryptowatch-net may speak to, and how it reads URLs, header blocks and libcurl's outcomes.
 */
#include "net/guard.h"
#include "net/head.h"
#include "net/outcome.h"
#include "net/url.h"
#include "suite.h"

/* ---- addresses ---- */

/* Every range of rule 4: its first and last address, and the nearest that is not in it ("" where a
 * neighbouring range or the end of the numbers is next to it). */
static const struct {
    const char *range;
    const char *first;
    const char *last;
    const char *before;
    const char *after;
} RANGES[] = {
    {"0/8", "0.0.0.0", "0.255.255.255", "", "1.0.0.0"},
    {"10/8", "10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0"},
    {"100.64/10", "100.64.0.0", "100.127.255.255", "100.63.255.255", "100.128.0.0"},
    {"127/8", "127.0.0.0", "127.255.255.255", "126.255.255.255", "128.0.0.0"},
    {"169.254/16", "169.254.0.0", "169.254.255.255", "169.253.255.255", "169.255.0.0"},
    {"172.16/12", "172.16.0.0", "172.31.255.255", "172.15.255.255", "172.32.0.0"},
    {"192.0.0/24", "192.0.0.0", "192.0.0.255", "191.255.255.255", "192.0.1.0"},
    {"192.0.2/24", "192.0.2.0", "192.0.2.255", "192.0.1.255", "192.0.3.0"},
    {"192.88.99/24", "192.88.99.0", "192.88.99.255", "192.88.98.255", "192.88.100.0"},
    {"192.168/16", "192.168.0.0", "192.168.255.255", "192.167.255.255", "192.169.0.0"},
    {"198.18/15", "198.18.0.0", "198.19.255.255", "198.17.255.255", "198.20.0.0"},
    {"198.51.100/24", "198.51.100.0", "198.51.100.255", "198.51.99.255", "198.51.101.0"},
    {"203.0.113/24", "203.0.113.0", "203.0.113.255", "203.0.112.255", "203.0.114.0"},
    {"224/3", "224.0.0.0", "255.255.255.255", "223.255.255.255", ""},
    {"::/127", "::", "::1", "", "::2"},
    {"64:ff9b::/96", "64:ff9b::", "64:ff9b::ffff:ffff", "64:ff9a:ffff:ffff:ffff:ffff:ffff:ffff",
     "64:ff9b::1:0:0"},
    {"64:ff9b:1::/48", "64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff",
     "64:ff9b:0:ffff:ffff:ffff:ffff:ffff", "64:ff9b:2::"},
    {"100::/64", "100::", "100::ffff:ffff:ffff:ffff", "ff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
     "100:0:0:1::"},
    {"2001::/23", "2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
     "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:200::"},
    {"2001:db8::/32", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
     "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::"},
    {"2002::/16", "2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
     "2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2003::"},
    {"fc00::/7", "fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
     "fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fe00::"},
    {"fe80::/10", "fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
     "fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff", ""},
    {"fec0::/10", "fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "", ""},
    {"ff00::/8", "ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "", ""},
    {"v4-mapped 127/8", "::ffff:127.0.0.1", "::ffff:127.255.255.255", "::ffff:126.255.255.255",
     "::ffff:128.0.0.0"},
    {"v4-mapped 10/8", "::ffff:a00:0", "::ffff:aff:ffff", "::ffff:9.255.255.255",
     "::ffff:11.0.0.0"},
};

static bool is_public(const char *text)
{
    struct cw_guard_address address;
    CW_CHECK(cw_guard_from_text(text, &address), "%s is an address", text);
    return cw_guard_is_public(&address);
}

static void refuses_each_range_and_no_more(void)
{
    for (size_t i = 0; i < CW_COUNT(RANGES); i++) {
        CW_CHECK(!is_public(RANGES[i].first), "%s: %s", RANGES[i].range, RANGES[i].first);
        CW_CHECK(!is_public(RANGES[i].last), "%s: %s", RANGES[i].range, RANGES[i].last);
        CW_CHECK(RANGES[i].before[0] == '\0' || is_public(RANGES[i].before), "%s: before, %s",
                 RANGES[i].range, RANGES[i].before);
        CW_CHECK(RANGES[i].after[0] == '\0' || is_public(RANGES[i].after), "%s: after, %s",
                 RANGES[i].range, RANGES[i].after);
    }
}

static void takes_public_addresses(void)
{
    static const char *const texts[] = {"8.8.8.8", "1.1.1.1", "2606:4700::1111", "2a00::1",
                                        "::ffff:8.8.8.8"};
    for (size_t i = 0; i < CW_COUNT(texts); i++) {
        CW_CHECK(is_public(texts[i]), "%s", texts[i]);
    }
}

static void refuses_texts_that_are_no_address(void)
{
    static const char *const texts[] = {"",           "localhost", "127.1",    "0x7f.0.0.1",
                                        "127.0.0.1 ", "fe80::1%1", "[::1]",    "1.2.3.4.5",
                                        "::1::",      "1.2.3.256", "010.0.0.1"};
    struct cw_guard_address address;
    for (size_t i = 0; i < CW_COUNT(texts); i++) {
        CW_CHECK(!cw_guard_from_text(texts[i], &address), "\"%s\"", texts[i]);
    }
}

static void reads_socket_addresses(void)
{
    struct cw_guard_address address;
    const struct sockaddr local = {.sa_family = AF_UNIX};
    CU_ASSERT(!cw_guard_from_sockaddr(&local, &address));
}

/* ---- hosts ---- */

static const struct {
    const char *entry;
    const char *host;
    uint16_t port;
    bool is_held;
} HOSTS[] = {
    {"127.0.0.1", "127.0.0.1", 443, true},
    {"127.0.0.1", "127.0.0.1", 8080, true},
    {"127.0.0.1:8080", "127.0.0.1", 8080, true},
    {"127.0.0.1:8080", "127.0.0.1", 8081, false},
    {"127.0.0.1:8080", "127.0.0.1", 443, false},
    {"127.0.0.1:0", "127.0.0.1", 443, false},
    {"127.0.0.1:", "127.0.0.1", 443, false},
    {"127.0.0.1:65536", "127.0.0.1", 443, false},
    {"localhost", "localhost", 443, true},
    {"LocalHost", "localhost", 443, true},
    {"localhost", "LOCALHOST", 443, true},
    {"localhost", "localhost.", 443, false},
    {"localhost", "xlocalhost", 443, false},
    {"localhost", "localhostx", 443, false},
    {"localhost", "127.0.0.1", 443, false},
    {"[::1]", "[::1]", 443, true},
    {"::1", "[::1]", 443, true},
    {"[::1]", "[0:0:0:0:0:0:0:1]", 443, true},
    {"[::1]:8443", "[::1]", 8443, true},
    {"[::1]:8443", "[::1]", 443, false},
    {"[::1]", "[::2]", 443, false},
    {"[::1", "[::1]", 443, false},
    {"example.org", "sub.example.org", 443, false},
    {"*", "example.org", 443, false},
    {"", "", 443, false},
    {"", "example.org", 443, false},
};

static void holds_the_hosts_it_names(void)
{
    for (size_t i = 0; i < CW_COUNT(HOSTS); i++) {
        const struct cw_span entry = cw_span_cstr(HOSTS[i].entry);
        const struct cw_guard_hosts hosts = {&entry, 1};
        CW_CHECK(cw_guard_hosts_hold(&hosts, cw_span_cstr(HOSTS[i].host), HOSTS[i].port) ==
                     HOSTS[i].is_held,
                 "\"%s\" for %s:%u", HOSTS[i].entry, HOSTS[i].host, HOSTS[i].port);
    }
    const struct cw_guard_hosts none = {NULL, 0};
    CU_ASSERT(!cw_guard_hosts_hold(&none, CW_SPAN("localhost"), 443));
}

/* ---- URLs ---- */

static const struct {
    const char *text;
    const char *host; /* NULL: refused */
    uint16_t port;
    bool is_https;
} URLS[] = {
    {"https://example.org/list.csv", "example.org", 443, true},
    {"https://EXAMPLE.org", "example.org", 443, true},
    {"https://example.org:8443/a?b=c", "example.org", 8443, true},
    {"http://127.0.0.1:80/", "127.0.0.1", 80, false},
    {"http://0x7f.1/", "127.0.0.1", 80, false},
    {"http://2130706433/", "127.0.0.1", 80, false},
    {"https://[::1]:1/", "[::1]", 1, true},
    {"https://example.org/#part", "example.org", 443, true},
    {"", NULL, 0, false},
    {"example.org", NULL, 0, false},
    {"ftp://example.org/", NULL, 0, false},
    {"file:///etc/passwd", NULL, 0, false},
    {"gopher://example.org/", NULL, 0, false},
    {"https://user@example.org/", NULL, 0, false},
    {"https://user:word@example.org/", NULL, 0, false},
    {"https://example.org:0/", NULL, 0, false},
    {"https://example.org:65536/", NULL, 0, false},
    {"https://example.org:x/", NULL, 0, false},
    {"https://exa mple.org/", NULL, 0, false},
    {"https://example.org/\x01", NULL, 0, false},
    {"https://example.org/\xc3\xa9", NULL, 0, false},
    {"https://example.org\\@evil.example/", NULL, 0, false},
    {"https://%65xample.org/", "example.org", 443, true},
    {"https://%ab.example/", NULL, 0, false},
    {"https://ex%c3%a4mple.org/", NULL, 0, false},
    {"https://%33/", NULL, 0, false}, /* 0.0.0.3 to the next who reads it */
    {"https://%31%32%37.1/", NULL, 0, false},
    {"https://example%e2%80%ae.org/", NULL, 0, false},
};

static void reads_urls(void)
{
    for (size_t i = 0; i < CW_COUNT(URLS); i++) {
        struct cw_net_url url = {.port = 0};
        struct cw_error err = {0};
        const enum cw_status status = cw_net_url_read(cw_span_cstr(URLS[i].text), &url, &err);
        if (URLS[i].host == NULL) {
            CW_CHECK(status == CW_UNTRUSTED && err.text[0] != '\0', "\"%s\"", URLS[i].text);
            continue;
        }
        CW_CHECK(status == CW_OK && strcmp(url.host, URLS[i].host) == 0 &&
                     url.port == URLS[i].port && url.is_https == URLS[i].is_https,
                 "\"%s\": %s %s", URLS[i].text, url.host, err.text);
        CW_CHECK(strchr(url.text, '#') == NULL, "\"%s\" keeps its fragment", URLS[i].text);
    }
}

static void bounds_urls_at_their_limit(void)
{
    char text[CW_HTTP_URL_MAX + 2];
    struct cw_net_url url;
    const size_t head = strlen("https://a.example/");
    memset(text, 'x', sizeof(text));
    memcpy(text, "https://a.example/", head);
    CU_ASSERT(cw_net_url_read(cw_span_make(text, CW_HTTP_URL_MAX), &url, NULL) == CW_OK);
    CU_ASSERT(cw_net_url_read(cw_span_make(text, CW_HTTP_URL_MAX + 1), &url, NULL) == CW_UNTRUSTED);
}

static const struct {
    const char *target;
    const char *wanted; /* NULL: refused */
    bool is_same_origin;
} TARGETS[] = {
    {"/c", "https://a.example/c", true},
    {"c", "https://a.example/x/c", true},
    {"?q=1", "https://a.example/x/b?q=1", true},
    {"../../../c", "https://a.example/c", true},
    {"https://a.example:443/c", "https://a.example:443/c", true},
    {"https://A.EXAMPLE/c", "https://a.example/c", true},
    {"//b.example/c", "https://b.example/c", false},
    {"https://a.example:8443/c", "https://a.example:8443/c", false},
    {"http://a.example/c", "http://a.example/c", false},
    {"file:///etc/passwd", NULL, false},
    {"javascript:alert(1)", NULL, false},
    {"//user@b.example/", NULL, false},
    {"//%ab.example/", NULL, false},
    {"https://a%e2%80%ae.example/", NULL, false},
    {"/c d", NULL, false},
    {"/c\x1b[31m", NULL, false},
    {"", NULL, false},
};

static void resolves_redirect_targets(void)
{
    struct cw_net_url base;
    CU_ASSERT_FATAL(cw_net_url_read(CW_SPAN("https://a.example/x/b"), &base, NULL) == CW_OK);
    for (size_t i = 0; i < CW_COUNT(TARGETS); i++) {
        struct cw_net_url url = {.port = 0};
        struct cw_error err = {0};
        const enum cw_status status =
            cw_net_url_resolve(&base, cw_span_cstr(TARGETS[i].target), &url, &err);
        if (TARGETS[i].wanted == NULL) {
            CW_CHECK(status == CW_UNTRUSTED && strchr(err.text, '\x1b') == NULL, "\"%s\": %s",
                     TARGETS[i].target, url.text);
            continue;
        }
        CW_CHECK(status == CW_OK &&
                     cw_span_equal_nocase(cw_span_cstr(url.text), cw_span_cstr(TARGETS[i].wanted)),
                 "\"%s\": %s %s", TARGETS[i].target, url.text, err.text);
        CW_CHECK(cw_net_url_is_same_origin(&base, &url) == TARGETS[i].is_same_origin, "\"%s\"",
                 TARGETS[i].target);
    }
}

/* ---- header blocks ---- */

static enum cw_status feed_head(struct cw_head *head, const char *text)
{
    struct cw_span rest = cw_span_cstr(text);
    enum cw_status status = CW_OK;
    while (status == CW_OK && rest.len > 0) {
        const size_t end = cw_span_find(rest, '\n', 0) + 1;
        status = cw_head_line(head, cw_span_slice(rest, 0, end), NULL);
        rest = cw_span_slice(rest, end, rest.len);
    }
    return status;
}

static const struct {
    const char *what;
    const char *text;
    uint64_t status;
    bool is_done;
    bool has_length;
    bool has_bad_length;
    bool is_chunked;
    bool has_coding;
    bool has_location;
    bool has_two_locations;
} HEADS[] = {
    {"plain", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 200, true, .has_length = true},
    {"not ended", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", 200, false, .has_length = false},
    {"chunked in capitals", "HTTP/1.1 200 OK\r\nTRANSFER-ENCODING: CHUNKED\r\n\r\n", 200, true,
     .is_chunked = true},
    {"stacked transfer codings", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 200,
     true, .has_coding = true},
    {"two transfer codings",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n", 200, true,
     .is_chunked = true, .has_coding = true},
    {"gzip", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", 200, true, .has_coding = true},
    {"identity", "HTTP/1.1 200 OK\r\nContent-Encoding: Identity\r\n\r\n", 200, true,
     .has_length = false},
    {"two equal lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", 200,
     true, .has_length = true},
    {"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", 200, true,
     .has_length = true, .has_bad_length = true},
    {"signed length", "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\n", 200, true,
     .has_length = true, .has_bad_length = true},
    {"listed length", "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\n", 200, true,
     .has_length = true, .has_bad_length = true},
    {"redirect", "HTTP/1.1 302 Moved\r\nLocation: /a\r\n\r\n", 302, true, .has_location = true},
    {"two targets", "HTTP/1.1 302 Moved\r\nLocation: /a\r\nLocation: /b\r\n\r\n", 302, true,
     .has_location = true, .has_two_locations = true},
    {"interim first",
     "HTTP/1.1 103 Early\r\nLocation: /x\r\nContent-Encoding: gzip\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
     200, true, .has_length = false},
    {"only interim", "HTTP/1.1 100 Continue\r\n\r\n", 100, false, .has_length = false},
    {"trailer after the block",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nContent-Encoding: gzip\r\nETag: "
     "x\r\n\r\n",
     200, true, .is_chunked = true},
};

static void reads_header_blocks(void)
{
    for (size_t i = 0; i < CW_COUNT(HEADS); i++) {
        struct cw_head head;
        cw_head_init(&head);
        CW_CHECK(feed_head(&head, HEADS[i].text) == CW_OK, "%s", HEADS[i].what);
        CW_CHECK(head.status == HEADS[i].status && head.is_done == HEADS[i].is_done, "%s: %llu",
                 HEADS[i].what, (unsigned long long)head.status);
        CW_CHECK(head.has_length == HEADS[i].has_length &&
                     head.has_bad_length == HEADS[i].has_bad_length,
                 "%s: length", HEADS[i].what);
        CW_CHECK(head.is_chunked == HEADS[i].is_chunked && head.has_coding == HEADS[i].has_coding,
                 "%s: coding", HEADS[i].what);
        CW_CHECK(head.has_location == HEADS[i].has_location &&
                     head.has_two_locations == HEADS[i].has_two_locations,
                 "%s: location", HEADS[i].what);
        CW_CHECK(head.etag[0] == '\0', "%s: etag %s", HEADS[i].what, head.etag);
        cw_head_clear(&head);
    }
}

static void keeps_only_values_that_can_be_recorded(void)
{
    struct cw_head head;
    char text[2048];
    char etag[600];
    memset(etag, 'e', sizeof(etag));
    cw_head_init(&head);
    (void)snprintf(text, sizeof(text),
                   "HTTP/1.1 200 OK\r\nETag: \"%.*s\"\r\nLast-Modified:  Fri, 20 Nov 2026 02:00:00 "
                   "GMT \r\nContent-Type: text/\x1b[31mplain\r\nRetry-After: 120\r\n\r\n",
                   (int)sizeof(etag), etag);
    CU_ASSERT(feed_head(&head, text) == CW_OK);
    CU_ASSERT(head.etag[0] == '\0');
    CU_ASSERT(head.content_type[0] == '\0');
    CU_ASSERT(strcmp(head.last_modified, "Fri, 20 Nov 2026 02:00:00 GMT") == 0);
    CU_ASSERT(strcmp(head.retry_after, "120") == 0);
    cw_head_reset(&head);
    CU_ASSERT(head.retry_after[0] == '\0' && head.bytes == 0 && head.block.len == 0);
    cw_head_clear(&head);
}

/* 64 KiB in all, interim answers included: one byte more ends it. */
static void bounds_headers_at_their_limit(void)
{
    static const char status_line[] = "HTTP/1.1 100 Continue\r\n";
    static char line[CW_HTTP_HEADERS_MAX];
    struct cw_head head;
    struct cw_error err = {0};
    const size_t used = sizeof(status_line) - 1;
    memset(line, 'x', sizeof(line));
    cw_head_init(&head);
    CU_ASSERT(feed_head(&head, status_line) == CW_OK);
    CU_ASSERT(cw_head_line(&head, cw_span_make(line, sizeof(line) - used), &err) == CW_OK);
    CU_ASSERT(cw_head_line(&head, CW_SPAN("x"), &err) == CW_LIMIT);
    cw_head_clear(&head);
}

/* ---- outcomes ---- */

static const struct {
    CURLcode code;
    enum cw_net_failure wanted;
} CODES[] = {
    {CURLE_COULDNT_RESOLVE_HOST, CW_NET_DNS},
    {CURLE_COULDNT_CONNECT, CW_NET_CONNECT},
    {CURLE_OPERATION_TIMEDOUT, CW_NET_TIMEOUT},
    {CURLE_SSL_CONNECT_ERROR, CW_NET_TLS},
    {CURLE_PEER_FAILED_VERIFICATION, CW_NET_TLS},
    {CURLE_SSL_CACERT_BADFILE, CW_NET_TLS},
    {CURLE_PARTIAL_FILE, CW_NET_CUT},
    {CURLE_RECV_ERROR, CW_NET_CUT},
    {CURLE_GOT_NOTHING, CW_NET_CUT},
    {CURLE_FILESIZE_EXCEEDED, CW_NET_TOO_LARGE},
    {CURLE_UNSUPPORTED_PROTOCOL, CW_NET_PROTOCOL},
    {CURLE_WEIRD_SERVER_REPLY, CW_NET_PROTOCOL},
    {CURLE_OUT_OF_MEMORY, CW_NET_PROTOCOL},
};

static void names_what_went_wrong(void)
{
    for (size_t i = 0; i < CW_COUNT(CODES); i++) {
        CW_CHECK(cw_outcome_failure(CODES[i].code) == CODES[i].wanted, "code %d",
                 (int)CODES[i].code);
    }
}

static void mentions_the_clock_when_a_certificate_is_out_of_time(void)
{
    static const struct {
        CURLcode code;
        long verify;
        bool is_about_time;
    } cases[] = {
        {CURLE_PEER_FAILED_VERIFICATION, 9, true},
        {CURLE_PEER_FAILED_VERIFICATION, 10, true},
        {CURLE_PEER_FAILED_VERIFICATION, 18, false},
        {CURLE_COULDNT_CONNECT, 9, false},
    };
    for (size_t i = 0; i < CW_COUNT(cases); i++) {
        struct cw_error err = {0};
        cw_outcome_explain(cases[i].code, "words \x1b[1m", cases[i].verify, &err);
        CW_CHECK((strstr(err.text, "clock") != NULL) == cases[i].is_about_time, "case %zu: %s", i,
                 err.text);
        CW_CHECK(strchr(err.text, '\x1b') == NULL, "case %zu: %s", i, err.text);
    }
    struct cw_error err = {0};
    cw_outcome_explain(CURLE_COULDNT_CONNECT, "", 0, &err);
    CU_ASSERT(err.text[0] != '\0');
}

static void does_not_blame_the_machine_for_a_header(void)
{
    struct cw_error err = {0};
    cw_outcome_explain(CURLE_OUT_OF_MEMORY, "Out of memory", 0, &err);
    CU_ASSERT(strstr(err.text, "a header line of the answer is far too long") != NULL);
}

static const struct cw_test tests[] = {
    {"refuses each private or reserved range and no more", refuses_each_range_and_no_more},
    {"takes public addresses", takes_public_addresses},
    {"refuses texts that are no numeric address", refuses_texts_that_are_no_address},
    {"refuses socket addresses that are not IP", reads_socket_addresses},
    {"holds exactly the hosts and ports it names", holds_the_hosts_it_names},
    {"reads web URLs and refuses all others", reads_urls},
    {"takes a URL of 2048 bytes and none of 2049", bounds_urls_at_their_limit},
    {"resolves redirect targets and refuses bad ones", resolves_redirect_targets},
    {"reads header blocks of final answers", reads_header_blocks},
    {"keeps only header values that can be recorded", keeps_only_values_that_can_be_recorded},
    {"takes 65536 bytes of headers and not one more", bounds_headers_at_their_limit},
    {"names what went wrong in a transfer", names_what_went_wrong},
    {"does not blame the machine for a long header", does_not_blame_the_machine_for_a_header},
    {"mentions the clock when a certificate is out of its time",
     mentions_the_clock_when_a_certificate_is_out_of_time},
};

int main(void)
{
    return cw_run_suite("guard", tests, CW_COUNT(tests));
}
