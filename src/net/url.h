/* url.h: the web addresses of requests and redirects, taken apart by the library that will use
 * them, so that what is judged is what is spoken to.
 */
#ifndef CW_NET_URL_H
#define CW_NET_URL_H

#include "base/error.h"
#include "base/limits.h"
#include "base/span.h"

enum { CW_NET_HOST_BYTES = 256 };

struct cw_net_url {
    bool is_https; /* else http */
    uint16_t port;
    char host[CW_NET_HOST_BYTES];   /* lower case; IPv6 in brackets */
    char text[CW_HTTP_URL_MAX + 1]; /* without fragment */
};

/** Reads an absolute http or https URL without credentials.
 *  Returns: CW_OK, CW_UNTRUSTED (not such a URL; the text is escaped), CW_NOMEM. */
CW_NODISCARD enum cw_status cw_net_url_read(struct cw_span text, struct cw_net_url *ret,
                                            struct cw_error *err);
/** Resolves the value of a Location header. Same codes. */
CW_NODISCARD enum cw_status cw_net_url_resolve(const struct cw_net_url *base, struct cw_span target,
                                               struct cw_net_url *ret, struct cw_error *err);
/** Scheme, host and port are the same. */
bool cw_net_url_is_same_origin(const struct cw_net_url *a, const struct cw_net_url *b);
/** The text up to its query: a query may be a temporary credential. */
struct cw_span cw_net_url_shown(struct cw_span text);

#endif
