#include "crypto/sign.h"
#include "fetch/fetching.h"

enum { LINES_BYTES_MAX = 64 << 10 };

struct cw_span cw_fetching_agent(const struct cw_fetching *fetching)
{
    const char *own = fetching->job->feed->user_agent;
    return cw_span_cstr(own[0] != '\0' ? own : fetching->options->user_agent);
}

/* What a server once gave us goes back to it only if it can stand in a header. */
static bool is_sendable(const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        if (*c < ' ' || *c > '~') {
            return false;
        }
    }
    return text[0] != '\0';
}

/* "Not modified" is of use only while we have what was not modified. */
static void put_conditions(struct cw_fetching *fetching, struct cw_buf *lines)
{
    const struct cw_fetch_job *job = fetching->job;
    if (job->snapshot_sha256[0] == '\0' ||
        !cw_snapshot_exists(fetching->options->snapshots_dir, job->snapshot_sha256)) {
        return;
    }
    if (is_sendable(job->etag)) {
        cw_buf_printf(lines, "If-None-Match: %s\n", job->etag);
    }
    if (is_sendable(job->last_modified)) {
        cw_buf_printf(lines, "If-Modified-Since: %s\n", job->last_modified);
    }
    fetching->is_conditional = lines->len > 0;
}

static enum cw_status put_own_headers(const struct cw_feed *feed, struct cw_buf *lines,
                                      struct cw_error *err)
{
    if (feed->headers_file[0] == '\0') {
        return CW_OK;
    }
    return cw_secret_text_load(feed->headers_file, lines, err);
}

static bool split_lines(struct cw_span rest, struct cw_net_request *request)
{
    struct cw_span line;
    while (cw_span_next_line(&rest, &line)) {
        if (cw_span_trim(line).len == 0) {
            continue;
        }
        if (request->headers_count == CW_NET_HEADERS_MAX) {
            return false;
        }
        request->headers[request->headers_count++] = cw_span_trim(line);
    }
    return true;
}

static bool add_redirect_hosts(const struct cw_feed *feed, struct cw_net_request *request)
{
    for (size_t i = 0; feed->redirect_hosts != NULL && feed->redirect_hosts[i] != NULL; i++) {
        if (request->redirect_hosts_count == CW_NET_HOSTS_MAX) {
            return false;
        }
        request->redirect_hosts[request->redirect_hosts_count++] =
            cw_span_cstr(feed->redirect_hosts[i]);
    }
    return true;
}

/* The program's own state is to blame, or one of our fields. */
static void fail_send(struct cw_fetching *fetching, enum cw_status status,
                      const struct cw_error *cause)
{
    const bool is_ours = status == CW_INVALID || status == CW_LIMIT;
    const bool has_file = fetching->job->feed->headers_file[0] != '\0';
    const char *code = !is_ours ? "net-program" : has_file ? "headers-file" : "request";
    cw_fetching_fail(fetching, code, "%s", cause->text);
}

static void send(struct cw_fetching *fetching, struct cw_net *net, struct cw_net_request *request,
                 struct cw_span lines)
{
    const struct cw_feed *feed = fetching->job->feed;
    struct cw_error err = {0};
    if (!split_lines(lines, request)) {
        cw_fetching_fail(fetching, "headers-file", "%s: more headers than the %d of one request",
                         feed->headers_file, CW_NET_HEADERS_MAX);
        return;
    }
    if (!add_redirect_hosts(feed, request)) {
        cw_fetching_fail(fetching, "request", "more than %d redirect_hosts", CW_NET_HOSTS_MAX);
        return;
    }
    const enum cw_status status = cw_net_send(net, request, &err);
    if (status != CW_OK) {
        fail_send(fetching, status, &err);
        return;
    }
    fetching->is_asked = true;
}

void cw_fetching_ask(struct cw_fetching *fetching, struct cw_net *net, uint64_t id, uint64_t slot)
{
    const struct cw_feed *feed = fetching->job->feed;
    struct cw_net_request request = {
        .id = id,
        .method = CW_NET_GET,
        .url = cw_span_cstr(feed->url),
        .user_agent = cw_fetching_agent(fetching),
        .ca_file = cw_span_cstr(feed->ca_file),
        .body_slot = slot,
        .bytes_max = (uint64_t)feed->bytes_max,
        .connect_ms = CW_HTTP_CONNECT_MS,
        .total_ms = fetching->request_ms,
    };
    struct cw_buf lines;
    struct cw_error err = {0};
    cw_buf_init(&lines, LINES_BYTES_MAX);
    put_conditions(fetching, &lines);
    enum cw_status status = put_own_headers(feed, &lines, &err);
    if (status == CW_OK) {
        status = cw_buf_status(&lines, &err);
    }
    if (status != CW_OK) {
        cw_fetching_fail(fetching, "headers-file", "%s", err.text);
    } else {
        send(fetching, net, &request, cw_buf_as_span(&lines));
    }
    if (lines.data != NULL) {
        memset(lines.data, 0, lines.cap); /* best effort: a copy went through the socket anyway */
    }
    cw_buf_clear(&lines);
}
