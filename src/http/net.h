/* net.h: main's side of cryptowatch-net, the only program that opens sockets.
 *
 * Knows how to start it, what may be asked and what comes back; treats every answer as hostile.
 * Refuses to know libcurl, feeds or alerts. Requests run side by side in the program; answers come
 * in the order in which they end.
 *
 * The program's only interface: requests as frames on descriptor 0, results as frames on 1, bodies
 * of fetches into descriptors 3, 4, … opened by main, CA files as their bytes. It never sees the
 * state folder, a secret key, a rule or a list's entries, and reads no file but the system's
 * certificate store and what finding an address takes (sandbox/sandbox.h).
 *
 *   struct cw_net *net; cw_net_start(&options, fds, n, &net, err);
 *   cw_net_send(net, &request, err); … cw_net_receive(net, deadline_ms, &result, err); …
 *   cw_net_stop(net);
 */
#ifndef CW_HTTP_NET_H
#define CW_HTTP_NET_H

#include "base/frame.h"
#include "base/limits.h"

enum cw_net_method { CW_NET_GET, CW_NET_POST };

enum { CW_NET_HEADERS_MAX = 16, CW_NET_HOSTS_MAX = 64 };

/** One request. Spans are borrowed during cw_net_send only. */
struct cw_net_request {
    uint64_t id; /* the caller's own; comes back in the result */
    enum cw_net_method method;
    struct cw_span url;
    /* "name: value" in printable ASCII; not those that frame a message (Host, Content-Length …).
     * To the first origin only, but If-None-Match and If-Modified-Since to every one. */
    struct cw_span headers[CW_NET_HEADERS_MAX];
    size_t headers_count;
    struct cw_span user_agent;
    struct cw_span ca_file; /* empty: the system's store */
    struct cw_span ca_pem;  /* its bytes, put there by cw_net_send; empty: it could not be read */
    struct cw_span redirect_hosts[CW_NET_HOSTS_MAX]; /* "host" or "host:port"; a POST has none */
    size_t redirect_hosts_count;
    struct cw_span body; /* POST */
    uint64_t body_slot;  /* GET: index into the descriptors given to cw_net_start */
    uint64_t bytes_max;  /* GET: cap on the body */
    uint64_t connect_ms;
    uint64_t total_ms;
};

/** Why a transfer failed; the word goes into records and alerts. */
enum cw_net_failure {
    CW_NET_OK = 0,     /* an HTTP answer came in whole; look at http_status */
    CW_NET_DNS,        /* "dns" */
    CW_NET_CONNECT,    /* "connect" */
    CW_NET_TLS,        /* "tls" */
    CW_NET_TIMEOUT,    /* "timeout": connect, stall or total */
    CW_NET_TOO_LARGE,  /* "too-large" */
    CW_NET_CUT,        /* "cut": ended before its announced end */
    CW_NET_REDIRECT,   /* "redirect": refused target, too many, or none given */
    CW_NET_GUARD,      /* "refused-address": private or reserved address */
    CW_NET_ENCODING,   /* "encoding": a content coding we did not ask for */
    CW_NET_PROTOCOL,   /* "protocol": anything else in HTTP, also header limits */
    CW_NET_BODY_WRITE, /* "disk": our own file could not be written */
};
enum { CW_NET_FAILURES = 12 };
const char *cw_net_failure_name(enum cw_net_failure failure);

/** One result. Spans are borrowed until the next cw_net_receive. Texts are checked UTF-8 without
 *  control characters except `headers` (raw, CRLF) and `answer` (raw). */
struct cw_net_result {
    uint64_t id;
    enum cw_net_failure failure;
    uint64_t http_status;  /* 0 when no answer came */
    struct cw_span reason; /* one sentence when failed */
    struct cw_span final_url;
    struct cw_span etag;
    struct cw_span last_modified;
    struct cw_span content_type;
    struct cw_span retry_after; /* raw header value */
    struct cw_span headers;     /* header block of the last answer, at most CW_HTTP_HEADERS_MAX */
    struct cw_span peer_ip;
    struct cw_span answer; /* POST: first CW_DELIVERY_ANSWER_MAX bytes of the answer */
    uint64_t body_bytes;   /* GET: bytes written to the slot */
    bool has_proven_end;   /* GET: Content-Length or chunked, and complete */
};

struct cw_net_options {
    const char *program;                    /* absolute path of cryptowatch-net */
    bool is_unsealed;                       /* without its sandbox: --no-sandbox */
    const char *const *allow_private_hosts; /* NULL-terminated "host" or "host:port"; only these may
                                               be in private ranges, and only these may use http: */
};

struct cw_net;

/** Starts the program.
 *  In:      body_fds  open for writing, one per slot; kept by the caller
 *  Returns: CW_OK, CW_NOT_FOUND (no such program), CW_IO, CW_NOMEM. */
CW_NODISCARD enum cw_status cw_net_start(const struct cw_net_options *options, const int *body_fds,
                                         size_t body_fds_count, struct cw_net **ret,
                                         struct cw_error *err);
/** Hands over one request; it starts at once. CW_INVALID when a field breaks the rules above. */
CW_NODISCARD enum cw_status cw_net_send(struct cw_net *net, const struct cw_net_request *request,
                                        struct cw_error *err);
/** Waits for the next result, at most timeout_ms; less when the run is to stop (base/stop.h).
 *  Returns: CW_OK; CW_TEMPORARY when the time is over; CW_UNTRUSTED or CW_IO when the program died
 *           or babbled (all open requests are then lost). */
CW_NODISCARD enum cw_status cw_net_receive(struct cw_net *net, uint64_t timeout_ms,
                                           struct cw_net_result *ret, struct cw_error *err);
/** Requests sent and not yet answered. */
size_t cw_net_open_requests(const struct cw_net *net);
/** Ends the program (closing its input, then SIGKILL after a second) and frees the handle. */
void cw_net_stop(struct cw_net *net);
void cw_net_stopp(struct cw_net **net);

/** Retry-After, seconds or HTTP date, clamped to CW_RETRY_AFTER_MIN_S..MAX_S from now.
 *  False for nonsense or an empty text. */
bool cw_retry_after_parse(struct cw_span value, int64_t now_s, int64_t *ret_delay_s);

#endif
