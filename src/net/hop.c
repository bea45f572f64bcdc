#include <netdb.h>
#include <sys/socket.h>

#include "net/transfer_private.h"

enum { STALL_BYTES_PER_S = 1024 };

/* ---- the guard ---- */

bool cw_transfer_is_allowed(const struct cw_transfer *transfer, const struct cw_net_url *url)
{
    return cw_guard_hosts_hold(&transfer->policy->allowed, cw_span_cstr(url->host), url->port);
}

/* Our numeric form of the address, for words only. */
static void name_address(const struct sockaddr *address, socklen_t bytes,
                         char ret[CW_TRANSFER_PEER_BYTES])
{
    if (getnameinfo(address, bytes, ret, CW_TRANSFER_PEER_BYTES, NULL, 0, NI_NUMERICHOST) != 0) {
        (void)snprintf(ret, CW_TRANSFER_PEER_BYTES, "an unknown address");
    }
}

static curl_socket_t on_open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct cw_transfer *transfer = ctx;
    struct cw_guard_address address;
    if (purpose != CURLSOCKTYPE_IPCXN || !cw_guard_from_sockaddr(&to->addr, &address)) {
        (void)snprintf(transfer->refused, CW_TRANSFER_PEER_BYTES,
                       "something that is no IP address");
        return CURL_SOCKET_BAD;
    }
    if (!cw_guard_is_public(&address) && !cw_transfer_is_allowed(transfer, &transfer->now)) {
        name_address(&to->addr, (socklen_t)to->addrlen, transfer->refused);
        return CURL_SOCKET_BAD;
    }
    transfer->sockets++;
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

void cw_transfer_fail_guard(struct cw_transfer *transfer, const char *address)
{
    struct cw_error why = {0};
    (void)cw_error_set(&why, CW_UNTRUSTED,
                       "%s is at %s, a private or reserved address; name the host in "
                       "allow_private_hosts if that is meant",
                       transfer->now.host, address);
    cw_transfer_fail(transfer, CW_NET_GUARD, &why);
}

/* The second look, which also sees connections that are used again. */
static int on_before_request(void *ctx, char *peer, char *own, int peer_port, int own_port)
{
    struct cw_transfer *transfer = ctx;
    struct cw_guard_address address;
    (void)own;
    (void)peer_port;
    (void)own_port;
    if (!cw_transfer_is_allowed(transfer, &transfer->now) &&
        (!cw_guard_from_text(peer, &address) || !cw_guard_is_public(&address))) {
        cw_transfer_fail_guard(transfer, peer);
        return CURL_PREREQFUNC_ABORT;
    }
    (void)snprintf(transfer->peer, sizeof(transfer->peer), "%s", peer);
    return CURL_PREREQFUNC_OK;
}

/* ---- the request ---- */

/* Conditions name a document and may go to where it is; everything else may be a credential. */
static bool is_condition(struct cw_span header)
{
    const struct cw_span name = cw_span_slice(header, 0, cw_span_find(header, ':', 0));
    return cw_span_equal_nocase(name, CW_SPAN("if-none-match")) ||
           cw_span_equal_nocase(name, CW_SPAN("if-modified-since"));
}

static bool add_header(struct cw_transfer *transfer, struct cw_span line)
{
    struct cw_buf text;
    cw_buf_init(&text, line.len);
    cw_buf_span(&text, line);
    struct curl_slist *longer =
        text.data == NULL ? NULL : curl_slist_append(transfer->headers, text.data);
    cw_buf_clear(&text);
    transfer->headers = longer == NULL ? transfer->headers : longer;
    return longer != NULL;
}

/* "Name:" with nothing behind it tells libcurl to leave its own header out. */
static bool set_headers(struct cw_transfer *transfer)
{
    const struct cw_net_request *request = &transfer->request;
    const bool is_home = cw_net_url_is_same_origin(&transfer->first, &transfer->now);
    bool has_type = cw_transfer_is_get(transfer);
    curl_slist_free_all(transfer->headers);
    transfer->headers = NULL;
    bool is_good = add_header(transfer, CW_SPAN("Accept-Encoding: identity")) &&
                   add_header(transfer, CW_SPAN("Expect:"));
    for (size_t i = 0; is_good && i < request->headers_count; i++) {
        const struct cw_span line = request->headers[i];
        const struct cw_span name = cw_span_slice(line, 0, cw_span_find(line, ':', 0));
        has_type |= cw_span_equal_nocase(name, CW_SPAN("content-type"));
        if (is_home || is_condition(line)) {
            is_good = add_header(transfer, line);
        }
    }
    return is_good && (has_type || add_header(transfer, CW_SPAN("Content-Type:")));
}

static CURLcode first_of(CURLcode before, CURLcode now)
{
    return before != CURLE_OK ? before : now;
}

#define SET(option, value) code = first_of(code, curl_easy_setopt(easy, option, value))

/* What is the same in every hop: the rules. */
CURLcode cw_transfer_set_rules(struct cw_transfer *transfer)
{
    CURL *easy = transfer->easy;
    CURLcode code = CURLE_OK;
    SET(CURLOPT_PRIVATE, transfer);
    SET(CURLOPT_ERRORBUFFER, transfer->words);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_QUICK_EXIT, 1L); /* a name server that is silent must not hold up the others */
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_REDIR_PROTOCOLS_STR, "https");
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(CURLOPT_HTTP09_ALLOWED, 0L);
    SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    /* Not 2: the header block in the evidence is then the bytes that came, not rebuilt ones. */
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_LOW_SPEED_LIMIT, (long)STALL_BYTES_PER_S);
    SET(CURLOPT_LOW_SPEED_TIME, (long)CW_HTTP_STALL_S);
    SET(CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
    SET(CURLOPT_OPENSOCKETDATA, transfer);
    SET(CURLOPT_PREREQFUNCTION, on_before_request);
    SET(CURLOPT_PREREQDATA, transfer);
    SET(CURLOPT_HEADERFUNCTION, cw_transfer_on_header);
    SET(CURLOPT_HEADERDATA, transfer);
    SET(CURLOPT_WRITEFUNCTION, cw_transfer_on_body);
    SET(CURLOPT_WRITEDATA, transfer);
    SET(CURLOPT_XFERINFOFUNCTION, cw_transfer_on_progress);
    SET(CURLOPT_XFERINFODATA, transfer);
    SET(CURLOPT_NOPROGRESS, 0L);
    /* The only callback that hears bytes which never become a body. It prints nothing. */
    SET(CURLOPT_DEBUGFUNCTION, cw_transfer_on_wire);
    SET(CURLOPT_DEBUGDATA, transfer);
    SET(CURLOPT_VERBOSE, 1L);
    return code;
}

/* A text option that libcurl copies. */
static CURLcode set_text(struct cw_transfer *transfer, CURLoption option, struct cw_span value)
{
    struct cw_buf text;
    cw_buf_init(&text, value.len);
    cw_buf_span(&text, value);
    const CURLcode code = text.data == NULL ? CURLE_OUT_OF_MEMORY
                                            : curl_easy_setopt(transfer->easy, option, text.data);
    cw_buf_clear(&text);
    return code;
}

CURLcode cw_transfer_set_request(struct cw_transfer *transfer)
{
    CURL *easy = transfer->easy;
    const struct cw_net_request *request = &transfer->request;
    CURLcode code = CURLE_OK;
    if (request->user_agent.len > 0) {
        code = set_text(transfer, CURLOPT_USERAGENT, request->user_agent);
    }
    if (code == CURLE_OK && request->ca_file.len > 0) {
        struct curl_blob pem = {.len = request->ca_pem.len, .flags = CURL_BLOB_COPY};
        memcpy(&pem.data, &request->ca_pem.data, sizeof(pem.data)); /* libcurl predates const */
        SET(CURLOPT_CAINFO_BLOB, &pem);
        SET(CURLOPT_CAPATH, NULL); /* this authority and no other */
    }
    if (cw_transfer_is_get(transfer)) {
        SET(CURLOPT_HTTPGET, 1L);
    } else {
        SET(CURLOPT_POST, 1L);
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
        SET(CURLOPT_POSTFIELDS, request->body.len > 0 ? request->body.data : "");
    }
    return code;
}

static CURLcode set_hop(struct cw_transfer *transfer, uint64_t left_ms)
{
    CURL *easy = transfer->easy;
    CURLcode code = CURLE_OK;
    const uint64_t connect_ms = transfer->request.connect_ms;
    SET(CURLOPT_URL, transfer->now.text);
    SET(CURLOPT_PROTOCOLS_STR, transfer->now.is_https ? "https" : "http");
    SET(CURLOPT_HTTPHEADER, transfer->headers);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)(connect_ms < left_ms ? connect_ms : left_ms));
    SET(CURLOPT_TIMEOUT_MS, (long)left_ms);
    return code;
}

#undef SET

/* Starts the hop to transfer->now, which has been judged. */
void cw_transfer_start_hop(struct cw_transfer *transfer)
{
    const uint64_t spent_ms = cw_clock_monotonic_ms(&transfer->clock) - transfer->start_ms;
    cw_head_reset(&transfer->head);
    transfer->sockets = 0;
    transfer->refused[0] = '\0';
    transfer->words[0] = '\0';
    transfer->is_enough = false;
    if (spent_ms >= transfer->request.total_ms) {
        cw_transfer_fail_words(transfer, CW_NET_TIMEOUT, "the time limit is over");
    } else if (!set_headers(transfer) ||
               set_hop(transfer, transfer->request.total_ms - spent_ms) != CURLE_OK ||
               curl_multi_add_handle(transfer->policy->multi, transfer->easy) != CURLM_OK) {
        cw_transfer_fail_words(transfer, CW_NET_PROTOCOL,
                               "the network library refuses the request, or lacks memory for it");
    }
    transfer->has_ended = transfer->failure != CW_NET_OK;
}
