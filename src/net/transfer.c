#include "http/wire.h"
#include "net/outcome.h"
#include "net/transfer_private.h"

enum { FRAME_HEAD_BYTES = 6 };

bool cw_transfer_is_get(const struct cw_transfer *transfer)
{
    return transfer->request.method == CW_NET_GET;
}

void cw_transfer_fail(struct cw_transfer *transfer, enum cw_net_failure failure,
                      const struct cw_error *why)
{
    if (transfer->failure == CW_NET_OK) {
        transfer->failure = failure;
        transfer->why = *why;
    }
}

void cw_transfer_fail_words(struct cw_transfer *transfer, enum cw_net_failure failure,
                            const char *words)
{
    struct cw_error why = {0};
    (void)cw_error_set(&why, CW_UNTRUSTED, "%s", words);
    cw_transfer_fail(transfer, failure, &why);
}

/* ---- redirects ---- */

static const char *why_not(const struct cw_transfer *transfer, const struct cw_net_url *to)
{
    const struct cw_net_request *request = &transfer->request;
    const struct cw_guard_hosts hosts = {request->redirect_hosts, request->redirect_hosts_count};
    if (to->is_https != transfer->now.is_https) {
        return "it changes between https and http";
    }
    if (!cw_net_url_is_same_origin(to, &transfer->now) &&
        !cw_guard_hosts_hold(&hosts, cw_span_cstr(to->host), to->port)) {
        return "the host is not in redirect_hosts";
    }
    if (!to->is_https && !cw_transfer_is_allowed(transfer, to)) {
        return "http is taken only for hosts of allow_private_hosts";
    }
    return NULL;
}

static enum cw_status judge_redirect(const struct cw_transfer *transfer, struct cw_net_url *ret,
                                     struct cw_error *err)
{
    const struct cw_head *head = &transfer->head;
    if (!head->has_location || head->has_two_locations) {
        return cw_error_set(err, CW_UNTRUSTED, "status %llu names no single target",
                            (unsigned long long)head->status);
    }
    if (transfer->redirects == CW_HTTP_REDIRECTS_MAX) {
        return cw_error_set(err, CW_LIMIT, "more than %u redirects", CW_HTTP_REDIRECTS_MAX);
    }
    const enum cw_status status = cw_net_url_resolve(&transfer->now, head->location, ret, err);
    if (status != CW_OK) {
        (void)cw_error_prefix(err, "redirect to ");
        return status;
    }
    const char *why = why_not(transfer, ret);
    const struct cw_span shown =
        cw_span_slice(cw_net_url_shown(cw_span_cstr(ret->text)), 0, CW_NET_HOST_BYTES);
    return why == NULL ? CW_OK
                       : cw_error_set(err, CW_UNTRUSTED, "redirect to \"%.*s\" refused: %s",
                                      CW_SPAN_ARG(shown), why);
}

static void take_redirect(struct cw_transfer *transfer)
{
    struct cw_net_url to;
    struct cw_error why = {0};
    if (judge_redirect(transfer, &to, &why) != CW_OK) {
        cw_transfer_fail(transfer, CW_NET_REDIRECT, &why);
        transfer->has_ended = true;
        return;
    }
    transfer->redirects++;
    transfer->now = to;
    cw_transfer_start_hop(transfer);
}

/* ---- the end of a hop ---- */

static void explain(struct cw_transfer *transfer, CURLcode code)
{
    struct cw_error why = {0};
    long verify = 0;
    if (code == CURLE_COULDNT_CONNECT && transfer->refused[0] != '\0' && transfer->sockets == 0) {
        cw_transfer_fail_guard(transfer, transfer->refused);
        return;
    }
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_SSL_VERIFYRESULT, &verify);
    cw_outcome_explain(code, transfer->words, verify, &why);
    cw_transfer_fail(transfer, cw_outcome_failure(code), &why);
}

void cw_transfer_on_done(struct cw_transfer *transfer, CURLcode code)
{
    CW_ASSERT(!transfer->has_ended);
    (void)curl_multi_remove_handle(transfer->policy->multi, transfer->easy);
    const struct cw_head *head = &transfer->head;
    if (!cw_transfer_is_get(transfer) && head->is_done) {
        /* The receiver has said its word; how its answer ends changes nothing. */
        transfer->failure = CW_NET_OK;
        transfer->why = (struct cw_error){0};
    } else if (transfer->failure == CW_NET_OK && code != CURLE_OK && !transfer->is_enough) {
        explain(transfer, code);
    } else if (transfer->failure == CW_NET_OK && !head->is_done) {
        /* libcurl takes an end within the header block for a success */
        cw_transfer_fail_words(transfer, CW_NET_CUT, "the answer ended within its headers");
    }
    if (transfer->failure == CW_NET_OK && cw_transfer_is_get(transfer) &&
        cw_head_is_redirect(head)) {
        take_redirect(transfer);
        return;
    }
    transfer->has_ended = true;
}

/* ---- life ---- */

static enum cw_status copy_request(struct cw_transfer *transfer,
                                   const struct cw_net_request *request, struct cw_error *err)
{
    cw_buf_init(&transfer->copy, CW_FRAME_BYTES_MAX + FRAME_HEAD_BYTES);
    const enum cw_status status = cw_wire_put_request(&transfer->copy, request, err);
    if (status != CW_OK) {
        return status;
    }
    struct cw_frame frame = {
        .kind = CW_WIRE_REQUEST,
        .rest =
            cw_span_slice(cw_buf_as_span(&transfer->copy), FRAME_HEAD_BYTES, transfer->copy.len),
    };
    return cw_wire_take_request(&frame, &transfer->request, err);
}

static void start(struct cw_transfer *transfer)
{
    struct cw_error why = {0};
    if (cw_net_url_read(transfer->request.url, &transfer->first, &why) != CW_OK) {
        cw_transfer_fail(transfer, CW_NET_PROTOCOL, &why);
    } else if (!transfer->first.is_https && !cw_transfer_is_allowed(transfer, &transfer->first)) {
        cw_transfer_fail_words(transfer, CW_NET_GUARD,
                               "http is taken only for hosts of allow_private_hosts");
    } else if (transfer->request.ca_file.len > 0 && transfer->request.ca_pem.len == 0) {
        (void)cw_error_set(&why, CW_INVALID,
                           "the CA file %.*s cannot be read, is empty or longer than %u bytes",
                           CW_SPAN_ARG(transfer->request.ca_file), CW_CA_FILE_MAX);
        cw_transfer_fail(transfer, CW_NET_TLS, &why);
    } else if (cw_transfer_set_rules(transfer) != CURLE_OK ||
               cw_transfer_set_request(transfer) != CURLE_OK) {
        cw_transfer_fail_words(transfer, CW_NET_PROTOCOL,
                               "the network library lacks memory, or what we must ask of it");
    }
    transfer->now = transfer->first;
    transfer->has_ended = transfer->failure != CW_NET_OK;
    if (!transfer->has_ended) {
        cw_transfer_start_hop(transfer);
    }
}

enum cw_status cw_transfer_start(const struct cw_transfer_policy *policy,
                                 const struct cw_net_request *request, int body_fd,
                                 struct cw_transfer **ret, struct cw_error *err)
{
    CW_ASSERT(policy != NULL);
    struct cw_transfer *transfer = calloc(1, sizeof(*transfer));
    if (transfer == NULL) {
        return cw_error_set(err, CW_NOMEM, "memory is exhausted");
    }
    transfer->policy = policy;
    transfer->clock = cw_clock_system();
    transfer->start_ms = cw_clock_monotonic_ms(&transfer->clock);
    transfer->body_fd = body_fd;
    cw_head_init(&transfer->head);
    cw_buf_init(&transfer->answer, CW_DELIVERY_ANSWER_MAX);
    transfer->easy = curl_easy_init();
    enum cw_status status = copy_request(transfer, request, err);
    if (status == CW_OK && transfer->easy == NULL) {
        status = cw_error_set(err, CW_NOMEM, "memory is exhausted");
    }
    if (status != CW_OK) {
        cw_transfer_free(transfer);
        return status;
    }
    start(transfer);
    *ret = transfer;
    return CW_OK;
}

struct cw_transfer *cw_transfer_of(CURL *easy)
{
    char *private = NULL;
    (void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private);
    return (void *)private;
}

bool cw_transfer_has_ended(const struct cw_transfer *transfer)
{
    return transfer->has_ended;
}

struct cw_net_result cw_transfer_result(const struct cw_transfer *transfer)
{
    CW_ASSERT(transfer->has_ended);
    const struct cw_head *head = &transfer->head;
    struct cw_net_result result = {
        .id = transfer->request.id,
        .failure = transfer->failure,
        .reason = cw_span_cstr(transfer->why.text),
        .final_url = cw_span_cstr(transfer->now.text),
        .peer_ip = cw_span_cstr(transfer->peer),
        .body_bytes = transfer->body_bytes,
    };
    if (head->is_done) {
        result.http_status = head->status;
        result.etag = cw_span_cstr(head->etag);
        result.last_modified = cw_span_cstr(head->last_modified);
        result.content_type = cw_span_cstr(head->content_type);
        result.retry_after = cw_span_cstr(head->retry_after);
        result.headers = cw_buf_as_span(&head->block);
        result.answer = cw_buf_as_span(&transfer->answer);
        result.has_proven_end = result.failure == CW_NET_OK && head->status == 200 &&
                                (head->is_chunked || head->has_length);
    }
    return result;
}

void cw_transfer_free(struct cw_transfer *transfer)
{
    if (transfer == NULL) {
        return;
    }
    if (transfer->easy != NULL) {
        (void)curl_multi_remove_handle(transfer->policy->multi, transfer->easy);
        curl_easy_cleanup(transfer->easy);
    }
    curl_slist_free_all(transfer->headers);
    cw_head_clear(&transfer->head);
    cw_buf_clear(&transfer->answer);
    cw_buf_clear(&transfer->copy);
    free(transfer);
}
