/* json_url.h: the URLs and host names that our own files may name.
 *
 * Knows the three schemes we take and what must not stand in a URL of ours. Refuses to resolve or
 * to speak: whether a host is private is found out by those who connect to it.
 */
#ifndef CW_JSON_JSON_URL_H
#define CW_JSON_JSON_URL_H

#include "base/span.h"

enum cw_json_url_scheme { CW_JSON_URL_HTTPS, CW_JSON_URL_HTTP, CW_JSON_URL_FILE };

struct cw_json_url {
    enum cw_json_url_scheme scheme;
    struct cw_span host; /* https, http: without port and without the brackets of IPv6 */
    struct cw_span path; /* file: a path, relative or absolute */
};

/** Takes a URL apart: `https://host[:port][/…]`, `http://…`, `file:relative/path`, `file:/path` or
 *  `file:///path`. Credentials, fragments, spaces and bytes outside printable ASCII are refused,
 * and so is anything longer than CW_HTTP_URL_MAX. Out:     ret  borrowed from text; set only on
 * success Returns: NULL, or a sentence that says what is wrong */
const char *cw_json_url_read(struct cw_span text, struct cw_json_url *ret);

/** The same with the rule for what may be spoken to: https, or http to a host of `allow_hosts`
 *  (NULL-terminated; may be NULL). Never file. */
const char *cw_json_url_read_web(struct cw_span text, const char *const *allow_hosts,
                                 struct cw_json_url *ret);

/** A DNS name of letters, digits and hyphens, or an IPv4 or IPv6 address without brackets. */
bool cw_json_host_is_valid(struct cw_span host);

/** An absolute URI by RFC 3986: a scheme, a colon, and printable ASCII without spaces or fragment.
 */
bool cw_json_uri_is_absolute(struct cw_span text);

#endif
