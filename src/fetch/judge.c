#include "fetch/fetching.h"

static void copy_answer(struct cw_fetching *fetching, const struct cw_net_result *answer)
{
    struct cw_fetch_result *result = fetching->result;
    result->http_status = answer->http_status;
    cw_fetching_copy(result->final_url, sizeof(result->final_url), answer->final_url);
    cw_fetching_copy(result->peer_ip, sizeof(result->peer_ip), answer->peer_ip);
    cw_buf_reset(&fetching->headers);
    cw_buf_span(&fetching->headers, answer->headers);
    fetching->claimed_bytes = answer->body_bytes;
}

/* Of a "not modified" nothing is believed but the status. */
static void take_unchanged(struct cw_fetching *fetching)
{
    struct cw_fetch_result *result = fetching->result;
    const struct cw_fetch_job *job = fetching->job;
    if (!fetching->is_conditional) {
        cw_fetching_fail(fetching, "http-status", "status 304 to a request without a condition");
        return;
    }
    if (!cw_snapshot_exists(fetching->options->snapshots_dir, job->snapshot_sha256)) {
        cw_fetching_fail(fetching, "http-status", "status 304, but the snapshot %s is gone",
                         job->snapshot_sha256);
        return;
    }
    result->outcome = CW_FETCH_UNCHANGED;
    cw_fetching_copy(result->sha256, sizeof(result->sha256), cw_span_cstr(job->snapshot_sha256));
    cw_fetching_end(fetching);
}

static void refuse_status(struct cw_fetching *fetching, const struct cw_net_result *answer)
{
    int64_t delay_s = 0;
    fetching->result->is_turned_away =
        answer->http_status == 403 || answer->http_status == 429 || answer->http_status == 503;
    if (fetching->result->is_turned_away &&
        cw_retry_after_parse(answer->retry_after, fetching->result->retrieved_at_s, &delay_s)) {
        fetching->result->retry_after_s = delay_s;
    }
    cw_fetching_fail(fetching, "http-status", "status %llu instead of 200",
                     (unsigned long long)answer->http_status);
}

static void take_document(struct cw_fetching *fetching, const struct cw_net_result *answer)
{
    struct cw_fetch_result *result = fetching->result;
    if (!answer->has_proven_end && !cw_feed_proves_end(fetching->job->feed)) {
        cw_fetching_fail(fetching, "cut",
                         "the answer has neither Content-Length nor chunks, so that nobody knows "
                         "whether the list is whole");
        return;
    }
    cw_fetching_copy(result->etag, sizeof(result->etag), answer->etag);
    cw_fetching_copy(result->last_modified, sizeof(result->last_modified), answer->last_modified);
    cw_fetching_copy(result->media_type, sizeof(result->media_type), answer->content_type);
}

void cw_fetching_answer(struct cw_fetching *fetching, const struct cw_net_result *answer)
{
    CW_ASSERT(fetching->is_asked);
    fetching->is_asked = false;
    fetching->result->retrieved_at_s = cw_clock_now_s(&fetching->options->clock);
    copy_answer(fetching, answer);
    if (answer->failure != CW_NET_OK) {
        cw_fetching_fail(fetching, cw_net_failure_name(answer->failure), "%.*s",
                         CW_SPAN_ARG(answer->reason));
    } else if (answer->http_status == 304) {
        take_unchanged(fetching);
    } else if (answer->http_status != 200) {
        refuse_status(fetching, answer);
    } else {
        take_document(fetching, answer);
    }
}

/* ---- the stored bytes ---- */

static void keep(struct cw_fetching *fetching, const char *sha256, uint64_t bytes)
{
    struct cw_fetch_result *result = fetching->result;
    struct cw_error err = {0};
    const bool is_same = strcmp(sha256, fetching->job->snapshot_sha256) == 0;
    enum cw_status status =
        cw_snapshot_keep(fetching->options->snapshots_dir, &fetching->tmp, sha256, &err);
    if (status == CW_OK) {
        result->bytes = bytes;
        cw_fetching_copy(result->sha256, sizeof(result->sha256), cw_span_cstr(sha256));
        status = cw_fetching_record(fetching, &err);
    }
    if (status != CW_OK) {
        cw_fetching_fail(fetching, "disk", "%s", err.text);
        return;
    }
    result->outcome = is_same ? CW_FETCH_UNCHANGED : CW_FETCH_NEW;
    cw_fetching_end(fetching);
}

/* The network program holds the limit; one that was taken over need not, and a file of two
 * gigabytes of nothing costs it one call. So before a byte of it is read. */
static bool fits(struct cw_fetching *fetching)
{
    const uint64_t bytes_max = (uint64_t)fetching->job->feed->bytes_max;
    uint64_t stored = 0;
    struct cw_error err = {0};
    if (cw_snapshot_size(&fetching->tmp, &stored, &err) != CW_OK) {
        cw_fetching_fail(fetching, "disk", "%s", err.text);
        return false;
    }
    const uint64_t bytes = stored > fetching->claimed_bytes ? stored : fetching->claimed_bytes;
    if (bytes > bytes_max) {
        cw_fetching_fail(fetching, "net-program",
                         "%llu bytes came of a list that may have %llu (bytes_max)",
                         (unsigned long long)bytes, (unsigned long long)bytes_max);
        return false;
    }
    return true;
}

void cw_fetching_finish(struct cw_fetching *fetching)
{
    char sha256[CW_SHA256_HEX_BYTES];
    uint64_t bytes = 0;
    struct cw_error err = {0};
    if (fetching->is_ended || !fits(fetching)) {
        return;
    }
    if (cw_snapshot_measure(&fetching->tmp, &bytes, sha256, &err) != CW_OK) {
        cw_fetching_fail(fetching, "disk", "%s", err.text);
    } else if (bytes != fetching->claimed_bytes) {
        cw_fetching_fail(fetching, "net-program", "%llu bytes were announced and %llu are stored",
                         (unsigned long long)fetching->claimed_bytes, (unsigned long long)bytes);
    } else if (bytes == 0) {
        cw_fetching_fail(fetching, "empty", "the list is empty: not one byte");
    } else {
        keep(fetching, sha256, bytes);
    }
}
