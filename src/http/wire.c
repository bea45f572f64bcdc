#include "http/wire.h"

#include "base/text.h"

/* Bounds that only the wire knows; the others stand in limits.h. */
enum {
    HEADER_BYTES_MAX = 8192, /* one request header: the longest is a bearer token */
    AGENT_BYTES_MAX = 512,
    PATH_BYTES_MAX = 4096,
    HOST_BYTES_MAX = 264, /* a DNS name or a bracketed address, a colon and a port */
    TEXT_BYTES_MAX = 511, /* one header value of an answer: what a record keeps */
    PEER_BYTES_MAX = 63,
    BODY_BYTES_MAX = 512 << 10,
    STATUS_MAX = 999,
};

static const uint64_t TIME_MAX_MS = 2ull * 60u * 60u * 1000u;

static const char *const failure_names[CW_NET_FAILURES] = {
    [CW_NET_OK] = "ok",
    [CW_NET_DNS] = "dns",
    [CW_NET_CONNECT] = "connect",
    [CW_NET_TLS] = "tls",
    [CW_NET_TIMEOUT] = "timeout",
    [CW_NET_TOO_LARGE] = "too-large",
    [CW_NET_CUT] = "cut",
    [CW_NET_REDIRECT] = "redirect",
    [CW_NET_GUARD] = "refused-address",
    [CW_NET_ENCODING] = "encoding",
    [CW_NET_PROTOCOL] = "protocol",
    [CW_NET_BODY_WRITE] = "disk",
};

const char *cw_net_failure_name(enum cw_net_failure failure)
{
    CW_ASSERT((unsigned)failure < CW_NET_FAILURES);
    return failure_names[failure];
}

/* ---- what a request may be: the same words for the writer and for the reader ---- */

static bool is_visible(struct cw_span text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] <= ' ' || text.data[i] > '~') {
            return false;
        }
    }
    return text.len > 0;
}

/* A field value of HTTP: no control characters but tab. Bytes above ASCII are refused too: nothing
 * we send needs them, and receivers disagree about their meaning. */
static bool is_field_value(struct cw_span text)
{
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.data[i];
        if ((c < ' ' && c != '\t') || c > '~') {
            return false;
        }
    }
    return true;
}

static bool is_token(struct cw_span text)
{
    static const char others[] = "!#$%&'*+-.^_`|~";
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.data[i];
        if (!cw_ascii_is_alpha(c) && !cw_ascii_is_digit(c) &&
            memchr(others, c, sizeof(others) - 1) == NULL) {
            return false;
        }
    }
    return text.len > 0;
}

/* Headers that frame the message or choose its coding belong to the program alone: with them a
 * headers_file could make one request look like two. */
static bool is_reserved(struct cw_span name)
{
    static const char *const names[] = {
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "accept-encoding",
        "expect",
        "te",
        "trailer",
        "upgrade",
        "keep-alive",
        "range",
        "user-agent",
        "proxy-connection",
        "http2-settings",
        "if-range",
        "proxy-authorization",
    };
    for (size_t i = 0; i < CW_COUNT(names); i++) {
        if (cw_span_equal_nocase(name, cw_span_cstr(names[i]))) {
            return true;
        }
    }
    return false;
}

static const char *why_bad_header(struct cw_span line)
{
    const size_t colon = cw_span_find(line, ':', 0);
    const struct cw_span name = cw_span_slice(line, 0, colon);
    const struct cw_span value = cw_span_slice(line, colon + 1, line.len);
    if (line.len > HEADER_BYTES_MAX) {
        return "a header is longer than 8192 bytes";
    }
    if (colon == line.len || !is_token(name)) {
        return "a header is not of the form \"Name: value\"";
    }
    if (!is_field_value(value)) {
        return "a header holds a line break, a control character or bytes that are not ASCII";
    }
    if (cw_span_trim(value).len == 0) {
        return "a header has no value";
    }
    return is_reserved(name) ? "a header is one that only the program may set" : NULL;
}

static const char *why_bad_host(struct cw_span host)
{
    return host.len <= HOST_BYTES_MAX && is_visible(host) ? NULL : "a host name is malformed";
}

static const char *why_bad_get(const struct cw_net_request *request)
{
    if (request->body.len > 0) {
        return "a GET has no body";
    }
    if (request->bytes_max == 0 || request->bytes_max > CW_FEED_BODY_HARD_MAX) {
        return "the cap on the body is 0 or beyond the hard maximum";
    }
    if (request->body_slot >= CW_FEEDS_MAX) {
        return "there is no such slot for a body";
    }
    return NULL;
}

static const char *why_bad_post(const struct cw_net_request *request)
{
    if (request->redirect_hosts_count > 0) {
        return "a POST follows no redirects";
    }
    return request->body.len > BODY_BYTES_MAX ? "the body is longer than 512 KiB" : NULL;
}

static const char *why_bad_lists(const struct cw_net_request *request)
{
    const char *why = NULL;
    if (request->headers_count > CW_NET_HEADERS_MAX) {
        return "more than 16 headers";
    }
    if (request->redirect_hosts_count > CW_NET_HOSTS_MAX) {
        return "more than 64 redirect hosts";
    }
    for (size_t i = 0; why == NULL && i < request->headers_count; i++) {
        why = why_bad_header(request->headers[i]);
    }
    for (size_t i = 0; why == NULL && i < request->redirect_hosts_count; i++) {
        why = why_bad_host(request->redirect_hosts[i]);
    }
    return why;
}

static const char *why_bad_request(const struct cw_net_request *request)
{
    if (request->url.len > CW_HTTP_URL_MAX || !is_visible(request->url)) {
        return "the URL is empty, longer than 2048 bytes or not printable ASCII";
    }
    if (request->user_agent.len > AGENT_BYTES_MAX || !is_field_value(request->user_agent)) {
        return "the user agent is longer than 512 bytes or not printable ASCII";
    }
    if (request->ca_file.len > PATH_BYTES_MAX ||
        cw_span_find(request->ca_file, '\0', 0) < request->ca_file.len) {
        return "the path of the CA file is malformed";
    }
    if (request->ca_file.len > 0 && request->ca_file.data[0] != '/') {
        return "the path of the CA file is not absolute";
    }
    if (request->ca_pem.len > CW_CA_FILE_MAX) {
        return "the CA file is longer than 256 KiB";
    }
    if (request->ca_pem.len > 0 && request->ca_file.len == 0) {
        return "the CA file has no name";
    }
    if (request->connect_ms == 0 || request->connect_ms > TIME_MAX_MS || request->total_ms == 0 ||
        request->total_ms > TIME_MAX_MS) {
        return "a time limit is 0 or longer than two hours";
    }
    const char *why = why_bad_lists(request);
    if (why != NULL) {
        return why;
    }
    switch (request->method) {
    case CW_NET_GET:
        return why_bad_get(request);
    case CW_NET_POST:
        return why_bad_post(request);
    }
    return "the method is unknown";
}

/* ---- what a result may be ---- */

static bool is_text(struct cw_span text, size_t max)
{
    return text.len <= max && cw_text_is_printable(text);
}

static const char *why_bad_result(const struct cw_net_result *result)
{
    if ((unsigned)result->failure >= CW_NET_FAILURES) {
        return "an unknown kind of failure";
    }
    if (result->http_status > STATUS_MAX ||
        (result->failure == CW_NET_OK && result->http_status < 100)) {
        return "no HTTP status";
    }
    if (!is_text(result->reason, CW_ERROR_TEXT_BYTES - 1) ||
        (result->failure == CW_NET_OK) != (result->reason.len == 0)) {
        return "a malformed reason";
    }
    if (!is_text(result->final_url, CW_HTTP_URL_MAX) || !is_text(result->etag, TEXT_BYTES_MAX) ||
        !is_text(result->last_modified, TEXT_BYTES_MAX) ||
        !is_text(result->content_type, TEXT_BYTES_MAX) ||
        !is_text(result->retry_after, TEXT_BYTES_MAX) ||
        !is_text(result->peer_ip, PEER_BYTES_MAX)) {
        return "a malformed text";
    }
    if (result->headers.len > CW_HTTP_HEADERS_MAX || result->answer.len > CW_DELIVERY_ANSWER_MAX ||
        result->body_bytes > CW_FEED_BODY_HARD_MAX) {
        return "more bytes than allowed";
    }
    return NULL;
}

/* ---- setup ---- */

static enum cw_status malformed(const char *what, const char *why, struct cw_error *err)
{
    return cw_error_set(err, CW_UNTRUSTED, "network frame: a malformed %s: %s", what, why);
}

static const char *why_bad_setup(const struct cw_wire_setup *setup)
{
    if (setup->hosts_count > CW_NET_HOSTS_MAX) {
        return "more than 64 hosts in allow_private_hosts";
    }
    for (size_t i = 0; i < setup->hosts_count; i++) {
        if (why_bad_host(setup->hosts[i]) != NULL) {
            return "a host of allow_private_hosts is malformed";
        }
    }
    return setup->slots > CW_FEEDS_MAX ? "more than 256 slots" : NULL;
}

enum cw_status cw_wire_put_setup(struct cw_buf *out, const struct cw_wire_setup *setup,
                                 struct cw_error *err)
{
    const char *why = why_bad_setup(setup);
    if (why != NULL) {
        return cw_error_set(err, CW_INVALID, "%s", why);
    }
    cw_frame_begin(out, CW_WIRE_SETUP);
    cw_frame_put_u64(out, setup->hosts_count);
    for (size_t i = 0; i < setup->hosts_count; i++) {
        cw_frame_put_span(out, setup->hosts[i]);
    }
    cw_frame_put_u64(out, setup->slots);
    return cw_frame_end(out, err);
}

/* Takes a count and as many spans. */
static bool take_spans(struct cw_frame *frame, size_t count_max, size_t bytes_max,
                       struct cw_span *ret, size_t *ret_count)
{
    uint64_t count = 0;
    if (!cw_frame_take_u64(frame, count_max, &count)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!cw_frame_take_span(frame, bytes_max, &ret[i])) {
            return false;
        }
    }
    *ret_count = (size_t)count;
    return true;
}

enum cw_status cw_wire_take_setup(struct cw_frame *frame, struct cw_wire_setup *ret,
                                  struct cw_error *err)
{
    struct cw_wire_setup setup = {.hosts_count = 0};
    if (frame->kind != CW_WIRE_SETUP ||
        !take_spans(frame, CW_NET_HOSTS_MAX, HOST_BYTES_MAX, setup.hosts, &setup.hosts_count) ||
        !cw_frame_take_u64(frame, CW_FEEDS_MAX, &setup.slots) || !cw_frame_is_empty(frame)) {
        return malformed("setup", "its fields", err);
    }
    const char *why = why_bad_setup(&setup);
    if (why != NULL) {
        return malformed("setup", why, err);
    }
    *ret = setup;
    return CW_OK;
}

/* ---- requests ---- */

static void put_spans(struct cw_buf *out, const struct cw_span *items, size_t count)
{
    cw_frame_put_u64(out, count);
    for (size_t i = 0; i < count; i++) {
        cw_frame_put_span(out, items[i]);
    }
}

enum cw_status cw_wire_put_request(struct cw_buf *out, const struct cw_net_request *request,
                                   struct cw_error *err)
{
    const char *why = why_bad_request(request);
    if (why != NULL) {
        return cw_error_set(err, CW_INVALID, "%s", why);
    }
    cw_frame_begin(out, CW_WIRE_REQUEST);
    cw_frame_put_u64(out, request->id);
    cw_frame_put_u64(out, (uint64_t)request->method);
    cw_frame_put_span(out, request->url);
    put_spans(out, request->headers, request->headers_count);
    cw_frame_put_span(out, request->user_agent);
    cw_frame_put_span(out, request->ca_file);
    cw_frame_put_span(out, request->ca_pem);
    put_spans(out, request->redirect_hosts, request->redirect_hosts_count);
    cw_frame_put_span(out, request->body);
    cw_frame_put_u64(out, request->body_slot);
    cw_frame_put_u64(out, request->bytes_max);
    cw_frame_put_u64(out, request->connect_ms);
    cw_frame_put_u64(out, request->total_ms);
    return cw_frame_end(out, err);
}

static bool take_request_fields(struct cw_frame *frame, struct cw_net_request *ret)
{
    uint64_t method = 0;
    const bool is_whole = cw_frame_take_u64(frame, UINT64_MAX, &ret->id) &&
                          cw_frame_take_u64(frame, CW_NET_POST, &method) &&
                          cw_frame_take_span(frame, CW_HTTP_URL_MAX, &ret->url) &&
                          take_spans(frame, CW_NET_HEADERS_MAX, HEADER_BYTES_MAX, ret->headers,
                                     &ret->headers_count) &&
                          cw_frame_take_span(frame, AGENT_BYTES_MAX, &ret->user_agent) &&
                          cw_frame_take_span(frame, PATH_BYTES_MAX, &ret->ca_file) &&
                          cw_frame_take_span(frame, CW_CA_FILE_MAX, &ret->ca_pem) &&
                          take_spans(frame, CW_NET_HOSTS_MAX, HOST_BYTES_MAX, ret->redirect_hosts,
                                     &ret->redirect_hosts_count) &&
                          cw_frame_take_span(frame, BODY_BYTES_MAX, &ret->body) &&
                          cw_frame_take_u64(frame, UINT64_MAX, &ret->body_slot) &&
                          cw_frame_take_u64(frame, UINT64_MAX, &ret->bytes_max) &&
                          cw_frame_take_u64(frame, TIME_MAX_MS, &ret->connect_ms) &&
                          cw_frame_take_u64(frame, TIME_MAX_MS, &ret->total_ms) &&
                          cw_frame_is_empty(frame);
    ret->method = method == CW_NET_POST ? CW_NET_POST : CW_NET_GET;
    return is_whole;
}

enum cw_status cw_wire_take_request(struct cw_frame *frame, struct cw_net_request *ret,
                                    struct cw_error *err)
{
    struct cw_net_request request = {.id = 0};
    if (frame->kind != CW_WIRE_REQUEST || !take_request_fields(frame, &request)) {
        return malformed("request", "its fields", err);
    }
    const char *why = why_bad_request(&request);
    if (why != NULL) {
        return malformed("request", why, err);
    }
    *ret = request;
    return CW_OK;
}

/* ---- results ---- */

enum cw_status cw_wire_put_result(struct cw_buf *out, const struct cw_net_result *result,
                                  struct cw_error *err)
{
    const char *why = why_bad_result(result);
    if (why != NULL) {
        return cw_error_set(err, CW_INVALID, "a result with %s", why);
    }
    cw_frame_begin(out, CW_WIRE_RESULT);
    cw_frame_put_u64(out, result->id);
    cw_frame_put_u64(out, (uint64_t)result->failure);
    cw_frame_put_u64(out, result->http_status);
    cw_frame_put_span(out, result->reason);
    cw_frame_put_span(out, result->final_url);
    cw_frame_put_span(out, result->etag);
    cw_frame_put_span(out, result->last_modified);
    cw_frame_put_span(out, result->content_type);
    cw_frame_put_span(out, result->retry_after);
    cw_frame_put_span(out, result->headers);
    cw_frame_put_span(out, result->peer_ip);
    cw_frame_put_span(out, result->answer);
    cw_frame_put_u64(out, result->body_bytes);
    cw_frame_put_u64(out, result->has_proven_end ? 1 : 0);
    return cw_frame_end(out, err);
}

static bool take_result_fields(struct cw_frame *frame, struct cw_net_result *ret)
{
    uint64_t failure = 0;
    uint64_t has_proven_end = 0;
    const bool is_whole = cw_frame_take_u64(frame, UINT64_MAX, &ret->id) &&
                          cw_frame_take_u64(frame, CW_NET_FAILURES - 1, &failure) &&
                          cw_frame_take_u64(frame, STATUS_MAX, &ret->http_status) &&
                          cw_frame_take_span(frame, CW_ERROR_TEXT_BYTES, &ret->reason) &&
                          cw_frame_take_span(frame, CW_HTTP_URL_MAX, &ret->final_url) &&
                          cw_frame_take_span(frame, TEXT_BYTES_MAX, &ret->etag) &&
                          cw_frame_take_span(frame, TEXT_BYTES_MAX, &ret->last_modified) &&
                          cw_frame_take_span(frame, TEXT_BYTES_MAX, &ret->content_type) &&
                          cw_frame_take_span(frame, TEXT_BYTES_MAX, &ret->retry_after) &&
                          cw_frame_take_span(frame, CW_HTTP_HEADERS_MAX, &ret->headers) &&
                          cw_frame_take_span(frame, PEER_BYTES_MAX, &ret->peer_ip) &&
                          cw_frame_take_span(frame, CW_DELIVERY_ANSWER_MAX, &ret->answer) &&
                          cw_frame_take_u64(frame, CW_FEED_BODY_HARD_MAX, &ret->body_bytes) &&
                          cw_frame_take_u64(frame, 1, &has_proven_end) && cw_frame_is_empty(frame);
    ret->failure = (enum cw_net_failure)failure;
    ret->has_proven_end = has_proven_end == 1;
    return is_whole;
}

enum cw_status cw_wire_take_result(struct cw_frame *frame, struct cw_net_result *ret,
                                   struct cw_error *err)
{
    struct cw_net_result result = {.id = 0};
    if (frame->kind != CW_WIRE_RESULT || !take_result_fields(frame, &result)) {
        return malformed("result", "its fields", err);
    }
    const char *why = why_bad_result(&result);
    if (why != NULL) {
        return malformed("result", why, err);
    }
    *ret = result;
    return CW_OK;
}
