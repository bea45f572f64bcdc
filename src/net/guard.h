/* guard.h: which addresses may be spoken to: none that is private or reserved.
 *
 * Knows the private and reserved ranges and the hosts that are excepted. Refuses to know names: it
 * judges numeric addresses only, because a name may mean another address at every question.
 */
#ifndef CW_NET_GUARD_H
#define CW_NET_GUARD_H

#include <sys/socket.h>

#include "base/span.h"

/** A numeric address; IPv4 in the first four bytes. */
struct cw_guard_address {
    bool is_v6;
    uint8_t bytes[16];
};

/** Host names that are excepted: "host" (every port) or "host:port"; IPv6 as "::1", "[::1]" or
 *  "[::1]:443". Borrowed. */
struct cw_guard_hosts {
    const struct cw_span *items;
    size_t count;
};

/** False for an address family that is not IP. Source: what libcurl is about to connect to. */
bool cw_guard_from_sockaddr(const struct sockaddr *from, struct cw_guard_address *ret);
/** False for anything but a plain numeric address without scope or brackets. */
bool cw_guard_from_text(const char *text, struct cw_guard_address *ret);
/** True when the address lies in none of the private and reserved ranges, after unmapping
 * ::ffff:0:0/96. */
bool cw_guard_is_public(const struct cw_guard_address *address);
/** True when an entry names this host and, if it names a port, this port. Letter case is ignored;
 *  IPv6 addresses are compared as bytes. `host` may have brackets. */
bool cw_guard_hosts_hold(const struct cw_guard_hosts *hosts, struct cw_span host, uint16_t port);

#endif
