/* Any lines as a URL, the targets of redirects from it, and hosts that are excepted: what was read
 * reads again as the same, so that what is judged is what is spoken to; a host is held by its own
 * name and port and by no other port. */
#include <arpa/inet.h>

#include "base/text.h"
#include "fuzz.h"
#include "net/guard.h"
#include "net/url.h"

enum { ENTRIES_MAX = 8, ENTRY_BYTES = CW_NET_HOST_BYTES + 8 };

static void judge_host(const struct cw_net_url *url)
{
    char entry[ENTRY_BYTES];
    const struct cw_span host = cw_span_cstr(url->host);
    const struct cw_guard_hosts by_name = {&host, 1};
    (void)snprintf(entry, sizeof(entry), "%s:%u", url->host, (unsigned)url->port);
    const struct cw_span with_port = cw_span_cstr(entry);
    const struct cw_guard_hosts by_port = {&with_port, 1};
    const uint16_t other = url->port == 1 ? 2 : 1;
    CW_ASSERT(cw_guard_hosts_hold(&by_name, host, url->port));
    CW_ASSERT(cw_guard_hosts_hold(&by_port, host, url->port));
    CW_ASSERT(!cw_guard_hosts_hold(&by_port, host, other));
}

static void judge_url(const struct cw_net_url *url)
{
    struct cw_net_url again;
    CW_ASSERT(url->host[0] != '\0');
    CW_ASSERT(url->port > 0);
    CW_ASSERT(cw_span_find(cw_span_cstr(url->text), '#', 0) == strlen(url->text));
    for (const char *c = url->host; *c != '\0'; c++) {
        CW_ASSERT(*c == cw_ascii_lower(*c));
    }
    CW_ASSERT(cw_net_url_read(cw_span_cstr(url->text), &again, NULL) == CW_OK);
    CW_ASSERT(cw_net_url_is_same_origin(url, &again));
    CW_ASSERT(strcmp(url->text, again.text) == 0);
    CW_ASSERT(cw_net_url_shown(cw_span_cstr(url->text)).len <= strlen(url->text));
    judge_host(url);
}

static void judge_refusal(enum cw_status status, const struct cw_error *err)
{
    CW_ASSERT(status == CW_OK || status == CW_UNTRUSTED);
    CW_ASSERT((status == CW_OK) == (err->text[0] == '\0'));
}

static void judge_target(const struct cw_net_url *base, struct cw_span target)
{
    struct cw_net_url to;
    struct cw_error err = {0};
    const enum cw_status status = cw_net_url_resolve(base, target, &to, &err);
    judge_refusal(status, &err);
    if (status != CW_OK) {
        return;
    }
    judge_url(&to);
    fuzz_accept("location");
    /* A path without a host, and nothing that could begin one, stays where it was. */
    if (target.len >= 2 && target.data[0] == '/' && target.data[1] != '/') {
        CW_ASSERT(cw_net_url_is_same_origin(base, &to));
        fuzz_accept("relative");
    }
}

/* An address as text, as bytes, and as what is about to be connected to is judged alike. */
static void judge_address(const char *text)
{
    struct cw_guard_address address = {.is_v6 = false};
    struct cw_guard_address again;
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    if (!cw_guard_from_text(text, &address)) {
        return;
    }
    memcpy(&v4.sin_addr, address.bytes, sizeof(v4.sin_addr));
    memcpy(&v6.sin6_addr, address.bytes, sizeof(v6.sin6_addr));
    CW_ASSERT(cw_guard_from_sockaddr(
        address.is_v6 ? (struct sockaddr *)&v6 : (struct sockaddr *)&v4, &again));
    CW_ASSERT(again.is_v6 == address.is_v6);
    CW_ASSERT(memcmp(again.bytes, address.bytes, address.is_v6 ? 16 : 4) == 0);
    CW_ASSERT(cw_guard_is_public(&again) == cw_guard_is_public(&address));
    if (!address.is_v6) { /* ::ffff:a.b.c.d is the same machine */
        struct cw_guard_address mapped = {.is_v6 = true, .bytes = {[10] = 0xff, [11] = 0xff}};
        memcpy(mapped.bytes + 12, address.bytes, 4);
        CW_ASSERT(cw_guard_is_public(&mapped) == cw_guard_is_public(&address));
    }
    fuzz_accept("numeric");
}

/* Lines: the URL; "> target" of a redirect; anything else is a host that is excepted. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cw_span rest = cw_span_make(data, size);
    struct cw_span line = {NULL, 0};
    struct cw_span entries[ENTRIES_MAX];
    struct cw_guard_hosts hosts = {entries, 0};
    struct cw_net_url url;
    struct cw_error err = {0};
    (void)cw_span_next_line(&rest, &line);
    const enum cw_status status = cw_net_url_read(line, &url, &err);
    judge_refusal(status, &err);
    if (status == CW_OK) {
        judge_url(&url);
        fuzz_accept("url");
    }
    while (cw_span_next_line(&rest, &line)) {
        char text[ENTRY_BYTES];
        if (cw_span_starts_with(line, CW_SPAN("> "))) {
            if (status == CW_OK) {
                judge_target(&url, cw_span_slice(line, 2, line.len));
            }
        } else if (hosts.count < ENTRIES_MAX) {
            (void)snprintf(text, sizeof(text), "%.*s", CW_SPAN_ARG(line));
            judge_address(text);
            entries[hosts.count++] = line;
        }
    }
    if (status == CW_OK && cw_guard_hosts_hold(&hosts, cw_span_cstr(url.host), url.port)) {
        fuzz_accept("host");
    }
    return 0;
}
