#include "net/guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "base/status.h"

enum { V4_BYTES = 4, V6_BYTES = 16, HOST_TEXT_BYTES = 256, PORT_MAX = 65535 };

struct range {
    uint8_t bytes[V6_BYTES];
    unsigned bits;
};

static const struct range v4_ranges[] = {
    {{0}, 8},
    {{10}, 8},
    {{100, 64}, 10},
    {{127}, 8},
    {{169, 254}, 16},
    {{172, 16}, 12},
    {{192, 0, 0}, 24},
    {{192, 0, 2}, 24},
    {{192, 88, 99}, 24},
    {{192, 168}, 16},
    {{198, 18}, 15},
    {{198, 51, 100}, 24},
    {{203, 0, 113}, 24},
    {{224}, 3},
};

static const struct range v6_ranges[] = {
    {{0}, 127},
    {{0x00, 0x64, 0xff, 0x9b}, 96},
    {{0x00, 0x64, 0xff, 0x9b, 0x00, 0x01}, 48},
    {{0x01, 0x00}, 64},
    {{0x20, 0x01, 0x00, 0x00}, 23},
    {{0x20, 0x01, 0x0d, 0xb8}, 32},
    {{0x20, 0x02}, 16},
    {{0xfc}, 7},
    {{0xfe, 0x80}, 10},
    {{0xfe, 0xc0}, 10},
    {{0xff}, 8},
};

static const uint8_t v4_mapped[V6_BYTES] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
enum { V4_MAPPED_BYTES = 12 };

bool cw_guard_from_sockaddr(const struct sockaddr *from, struct cw_guard_address *ret)
{
    CW_ASSERT(from != NULL);
    struct cw_guard_address address = {0};
    if (from->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const void *)from;
        memcpy(address.bytes, &v4->sin_addr, V4_BYTES);
    } else if (from->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const void *)from;
        memcpy(address.bytes, &v6->sin6_addr, V6_BYTES);
        address.is_v6 = true;
    } else {
        return false;
    }
    *ret = address;
    return true;
}

bool cw_guard_from_text(const char *text, struct cw_guard_address *ret)
{
    CW_ASSERT(text != NULL);
    struct cw_guard_address address = {0};
    if (inet_pton(AF_INET6, text, address.bytes) == 1) {
        address.is_v6 = true;
    } else if (inet_pton(AF_INET, text, address.bytes) != 1) {
        return false;
    }
    *ret = address;
    return true;
}

static bool is_within(const uint8_t *bytes, const struct range *range)
{
    const unsigned whole = range->bits / 8;
    const unsigned rest = range->bits % 8;
    if (memcmp(bytes, range->bytes, whole) != 0) {
        return false;
    }
    const unsigned mask = 0xffu << (8 - rest) & 0xffu;
    return rest == 0 || (bytes[whole] & mask) == (range->bytes[whole] & mask);
}

static bool is_in_none(const uint8_t *bytes, const struct range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (is_within(bytes, &ranges[i])) {
            return false;
        }
    }
    return true;
}

bool cw_guard_is_public(const struct cw_guard_address *address)
{
    CW_ASSERT(address != NULL);
    if (!address->is_v6) {
        return is_in_none(address->bytes, v4_ranges, CW_COUNT(v4_ranges));
    }
    if (memcmp(address->bytes, v4_mapped, V4_MAPPED_BYTES) == 0) {
        return is_in_none(address->bytes + V4_MAPPED_BYTES, v4_ranges, CW_COUNT(v4_ranges));
    }
    return is_in_none(address->bytes, v6_ranges, CW_COUNT(v6_ranges));
}

/* ---- host names ---- */

static struct cw_span without_brackets(struct cw_span host)
{
    if (host.len >= 2 && host.data[0] == '[' && host.data[host.len - 1] == ']') {
        return cw_span_slice(host, 1, host.len - 1);
    }
    return host;
}

/* Cuts "host[:port]". A bare IPv6 address has more than one colon and no port. */
static bool read_entry(struct cw_span entry, struct cw_span *ret_host, uint64_t *ret_port)
{
    const size_t from = entry.len > 0 && entry.data[0] == '[' ? cw_span_find(entry, ']', 0) : 0;
    const size_t colon = cw_span_find(entry, ':', from);
    *ret_port = 0;
    if (colon == entry.len || cw_span_find(entry, ':', colon + 1) < entry.len) {
        *ret_host = without_brackets(entry);
        return true;
    }
    *ret_host = without_brackets(cw_span_slice(entry, 0, colon));
    return cw_span_to_u64(cw_span_slice(entry, colon + 1, entry.len), PORT_MAX, ret_port) &&
           *ret_port > 0;
}

static bool read_v6(struct cw_span host, struct cw_guard_address *ret)
{
    char text[HOST_TEXT_BYTES];
    if (host.len >= sizeof(text) || cw_span_find(host, '\0', 0) < host.len) {
        return false;
    }
    (void)snprintf(text, sizeof(text), "%.*s", CW_SPAN_ARG(host));
    return cw_guard_from_text(text, ret) && ret->is_v6;
}

static bool is_same_host(struct cw_span a, struct cw_span b)
{
    struct cw_guard_address a_address;
    struct cw_guard_address b_address;
    if (read_v6(a, &a_address) && read_v6(b, &b_address)) {
        return memcmp(a_address.bytes, b_address.bytes, V6_BYTES) == 0;
    }
    return a.len > 0 && cw_span_equal_nocase(a, b);
}

bool cw_guard_hosts_hold(const struct cw_guard_hosts *hosts, struct cw_span host, uint16_t port)
{
    CW_ASSERT(hosts != NULL);
    const struct cw_span asked = without_brackets(host);
    for (size_t i = 0; i < hosts->count; i++) {
        struct cw_span name;
        uint64_t only_port = 0;
        if (read_entry(hosts->items[i], &name, &only_port) && is_same_host(name, asked) &&
            (only_port == 0 || only_port == port)) {
            return true;
        }
    }
    return false;
}
