#include "scan/ledger.h"

#include "log/publish.h"
#include "log/queue.h"
#include "scan/run.h"

/* ---- keys ---------------------------------------------------------------------------------- */

static enum cw_status log_key(const struct cw_scan *scan, enum cw_key_role role,
                              const struct cw_signing_key *key, struct cw_error *err)
{
    const struct cw_public_key public_key = cw_signing_key_public(key);
    return cw_log_queue_key_once(scan->store, role, &public_key, scan->now_s, err);
}

static enum cw_status log_all_keys(struct cw_scan *scan, struct cw_error *err)
{
    const struct cw_home *home = scan->home;
    enum cw_status status = log_key(scan, CW_KEY_ALERT, home->alert_key, err);
    if (status == CW_OK && home->log_key != NULL) {
        status = log_key(scan, CW_KEY_LOG, home->log_key, err);
    }
    for (size_t i = 0; i < home->receivers_count; i++) {
        const struct cw_receiver *receiver = &home->receivers[i];
        for (size_t k = 0; status == CW_OK && k < receiver->keys_count; k++) {
            status = log_key(scan, CW_KEY_DELIVERY, receiver->keys[k], err);
        }
    }
    return status;
}

/* A key stands in the log before the first thing that it signs. */
enum cw_status cw_scan_log_keys(struct cw_scan *scan, struct cw_error *err)
{
    if (!cw_scan_is_writing(scan)) {
        return CW_OK;
    }
    enum cw_status status = cw_store_begin(scan->store, err);
    if (status == CW_OK) {
        status = log_all_keys(scan, err);
    }
    return cw_store_end(scan->store, status, err);
}

/* ---- snapshots and runs --------------------------------------------------------------------- */

/* Only what was served: an answer without a body is told by the run. */
enum cw_status cw_scan_log_snapshot(const struct cw_scan *scan, const struct cw_intake *intake,
                                    struct cw_error *err)
{
    const struct cw_fetch_result *fetched = &intake->fetched;
    if (fetched->outcome != CW_FETCH_NEW || fetched->sha256[0] == '\0') {
        return CW_OK;
    }
    const struct cw_log_snapshot snapshot = {.feed = intake->feed->id,
                                             .at_s = fetched->retrieved_at_s,
                                             .sha256 = fetched->sha256,
                                             .bytes = fetched->bytes};
    return cw_log_queue_snapshot(scan->store, &snapshot, err);
}

static const char *status_word(enum cw_scan_feed_status status)
{
    switch (status) {
    case CW_SCAN_UPDATED:
        return "ok";
    case CW_SCAN_UNCHANGED:
        return "unchanged";
    case CW_SCAN_HELD:
        return "suspect";
    case CW_SCAN_FAILED:
    case CW_SCAN_SKIPPED:
        break;
    }
    return "failed";
}

static enum cw_status write_run(struct cw_scan *scan, const struct cw_log_run *run,
                                struct cw_error *err)
{
    enum cw_status status = cw_store_begin(scan->store, err);
    if (status == CW_OK) {
        status = cw_log_queue_run(scan->store, run, err);
    }
    return cw_store_end(scan->store, status, err);
}

/* A feed that nobody asked in this run is not in it: the entry says what was looked at. */
enum cw_status cw_scan_log_run(struct cw_scan *scan, const struct cw_intake *intakes, size_t count,
                               struct cw_error *err)
{
    struct cw_log_run_feed *feeds = calloc(count + 1, sizeof(*feeds));
    if (feeds == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory for %zu feeds", count);
    }
    struct cw_log_run run = {.at_s = scan->now_s,
                             .rules_sha256 = scan->home->rules_sha256,
                             .feeds = feeds,
                             .alerts = scan->report->alerts_count};
    for (size_t i = 0; i < count && !scan->options->is_offline; i++) {
        if (intakes[i].is_due) {
            feeds[run.feeds_count++] =
                (struct cw_log_run_feed){.id = intakes[i].feed->id,
                                         .status = status_word(intakes[i].entry->status),
                                         .sha256 = intakes[i].state.snapshot_sha256};
        }
    }
    const enum cw_status status = write_run(scan, &run, err);
    free(feeds);
    return status;
}

/* ---- publication --------------------------------------------------------------------------- */

enum cw_status cw_ledger_publish(const struct cw_ledger *ledger, struct cw_tlog_tree *ret_tree,
                                 struct cw_error *err)
{
    const struct cw_home *home = ledger->home;
    *ret_tree = (struct cw_tlog_tree){.size = 0};
    if (home->log_key == NULL) {
        return cw_error_set(err, CW_NOT_FOUND,
                            "the log is not continued: there is no %s/log.pem; bring it back, or "
                            "type: `cryptowatch key new --role log`",
                            home->config->keys_dir);
    }
    if (home->config->log_origin[0] == '\0') {
        return cw_error_set(err, CW_INVALID,
                            "the log is not continued: source cannot name it; set log.origin in %s",
                            home->config->path);
    }
    const struct cw_log_publisher publisher = {.store = ledger->store,
                                               .folder = home->log_dir,
                                               .origin = home->config->log_origin,
                                               .key = home->log_key,
                                               .now_s = ledger->now_s};
    const enum cw_status status = cw_log_publish(&publisher, ret_tree, err);
    return status == CW_OK || err->text[0] != '\0'
               ? status
               : cw_error_set(err, status, "the log is not continued");
}

void cw_scan_log_publish(struct cw_scan *scan)
{
    struct cw_scan_log *log = &scan->report->log;
    const struct cw_ledger ledger = {scan->home, scan->store, scan->now_s};
    struct cw_tlog_tree tree;
    struct cw_error err = {0};
    const enum cw_status status = cw_ledger_publish(&ledger, &tree, &err);
    log->size = tree.size;
    if (status != CW_OK) {
        cw_scan_copy(log->error_text, sizeof(log->error_text), err.text);
    }
}
