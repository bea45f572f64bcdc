#include "scan/scan.h"

#include <unistd.h>

#include "base/file.h"
#include "base/stop.h"
#include "fetch/snapshots.h"
#include "publish/publish.h"
#include "scan/ended.h"
#include "scan/run.h"

static void tell(const struct cw_scan *scan, const char *stage, const struct cw_scan_feed *feed)
{
    if (scan->options->progress != NULL) {
        scan->options->progress(scan->options->ctx, stage, feed);
    }
}

/* A dry run fetches into a folder of its own, which close_run removes again. */
static enum cw_status open_dry(struct cw_scan *scan, struct cw_error *err)
{
    scan->snapshots_dir = strdup("/tmp/cryptowatch-dry-XXXXXX");
    if (scan->snapshots_dir == NULL || mkdtemp(scan->snapshots_dir) == NULL) {
        return cw_error_set(err, CW_IO, "cannot make a temporary folder for the dry run");
    }
    const enum cw_status status =
        cw_store_open(scan->home->config->state_dir, CW_STORE_READ, &scan->store, err);
    if (status == CW_NOT_FOUND) {
        cw_error_clear(err);
        return CW_OK; /* never scanned: everything will be news */
    }
    return status;
}

static enum cw_status open_for_writing(struct cw_scan *scan, struct cw_error *err)
{
    const char *state_dir = scan->home->config->state_dir;
    scan->snapshots_dir = strdup(scan->home->snapshots_dir);
    if (scan->snapshots_dir == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory");
    }
    enum cw_status status = cw_dir_make(state_dir, 0700, err);
    if (status == CW_OK) {
        status = cw_dir_make(scan->snapshots_dir, 0700, err);
    }
    if (status == CW_OK) {
        status = cw_state_lock(state_dir, &scan->lock_fd, err);
    }
    if (status == CW_OK) {
        cw_snapshots_sweep(scan->snapshots_dir); /* under the lock nobody else writes there */
        status = cw_store_open(state_dir, CW_STORE_WRITE, &scan->store, err);
    }
    return status;
}

static void remove_folder(const char *path)
{
    char **names = NULL;
    size_t count = 0;
    if (cw_dir_list(path, "", &names, &count, NULL) == CW_OK) {
        for (size_t i = 0; i < count; i++) {
            char *file = cw_path_join(path, names[i]);
            if (file != NULL) {
                (void)unlink(file);
            }
            free(file);
        }
    }
    cw_names_free(names);
    (void)rmdir(path);
}

static void close_run(struct cw_scan *scan)
{
    cw_store_close(scan->store);
    cw_book_free(scan->book);
    if (scan->options->mode == CW_SCAN_DRY && scan->snapshots_dir != NULL) {
        remove_folder(scan->snapshots_dir);
    }
    free(scan->snapshots_dir);
    if (scan->lock_fd >= 0) {
        cw_state_unlock(scan->lock_fd);
    }
}

static void publish_log(void *ctx)
{
    cw_scan_log_publish(ctx);
}

static enum cw_status deliver(struct cw_scan *scan, struct cw_error *err)
{
    char user_agent[64];
    (void)snprintf(user_agent, sizeof(user_agent), "cryptowatch/%s", scan->options->version);
    struct cw_ended ended = {.home = scan->home,
                             .store = scan->store,
                             .version = scan->options->version,
                             .clock = scan->options->clock,
                             .random = scan->options->random};
    const struct cw_deliver_options options = {
        .on_disabled = cw_tell_ended,
        .on_disabled_ctx = &ended,
        .after_disabled = publish_log,
        .after_disabled_ctx = scan,
        .net = {.program = scan->home->programs.net,
                .is_unsealed = scan->home->programs.is_unsealed,
                .allow_private_hosts = scan->home->config->allow_private_hosts},
        .user_agent = user_agent,
        .clock = scan->options->clock,
        .random = scan->options->random,
        .deadline_ms = scan->deadline_ms,
    };
    return cw_deliver_run(scan->store, scan->home->receivers, scan->home->receivers_count, &options,
                          &scan->report->deliveries, err);
}

/* Feeds one after the other, each in its own transaction, in order of id: two machines that see the
 * same documents do the same things in the same order. */
static enum cw_status take_all(struct cw_scan *scan, struct cw_intake *intakes, size_t count,
                               struct cw_error *err)
{
    for (size_t i = 0; i < count; i++) {
        const enum cw_status status = cw_scan_take(scan, &intakes[i], err);
        if (status != CW_OK) {
            return cw_error_prefix(err, "feed %s: ", intakes[i].feed->id);
        }
        tell(scan, "match", intakes[i].entry);
    }
    return CW_OK;
}

/* Before anything is sent: what a receiver is told stands in the log already. */
static enum cw_status write_log(struct cw_scan *scan, const struct cw_intake *intakes, size_t count,
                                struct cw_error *err)
{
    if (!cw_scan_is_writing(scan)) {
        return CW_OK;
    }
    tell(scan, "log", NULL);
    const enum cw_status status = cw_scan_log_run(scan, intakes, count, err);
    if (status == CW_OK) {
        cw_scan_log_publish(scan);
    }
    return status;
}

/* What the feeds committed becomes what people ask, before anybody waits for a receiver. */
static enum cw_status publish(struct cw_scan *scan, struct cw_error *err)
{
    tell(scan, "index", NULL);
    enum cw_status status =
        cw_store_run_begin(scan->store, scan->report->started_at_s, &scan->generation, err);
    if (status != CW_OK) {
        return status;
    }
    const struct cw_publish_options options = {
        .generation = scan->generation,
        .now_s = cw_clock_now_s(&scan->options->clock),
        .is_forced = scan->options->is_forced,
        .clock = &scan->options->clock,
    };
    struct cw_published published;
    status = cw_publish(scan->home, scan->store, &options, &published, err);
    if (status == CW_TEMPORARY && cw_stop_is_asked()) {
        cw_error_clear(err); /* the old index stays, and the next run makes the new one */
        return CW_OK;
    }
    if (status != CW_OK) {
        return cw_error_prefix(err, "index: ");
    }
    scan->report->index_damage = published.damage;
    return CW_OK;
}

static enum cw_status finish(struct cw_scan *scan, struct cw_error *err)
{
    struct cw_scan_report *report = scan->report;
    struct cw_error unpublished = {0};
    /* An index that cannot be written keeps no alert from its receiver. */
    const enum cw_status published = cw_scan_is_writing(scan) ? publish(scan, &unpublished) : CW_OK;
    enum cw_status status = CW_OK;
    if (cw_scan_is_writing(scan) && !scan->options->is_undelivered) {
        tell(scan, "deliver", NULL);
        status = deliver(scan, err);
    }
    for (size_t i = 0; i < report->feeds_count; i++) {
        const enum cw_scan_feed_status feed = report->feeds[i].status;
        report->is_partial |= feed == CW_SCAN_FAILED || feed == CW_SCAN_HELD ||
                              report->feeds[i].error_text[0] != '\0';
    }
    report->is_stopped = cw_stop_is_asked();
    report->is_partial |= report->is_stopped || report->log.error_text[0] != '\0';
    report->is_partial |= report->deliveries.dead > 0 || report->deliveries.disabled > 0;
    report->finished_at_s = cw_clock_now_s(&scan->options->clock);
    if (status == CW_OK && published != CW_OK) {
        return cw_error_set(err, published, "%s", unpublished.text);
    }
    if (status == CW_OK && scan->options->mode == CW_SCAN_NORMAL) {
        status = cw_scan_report_store(scan, err);
    }
    return status;
}

enum cw_status cw_scan_run(const struct cw_home *home, const struct cw_scan_options *options,
                           struct cw_scan_report *ret, struct cw_error *err)
{
    *ret = (struct cw_scan_report){.started_at_s = cw_clock_now_s(&options->clock)};
    struct cw_scan scan = {
        .home = home,
        .options = options,
        .report = ret,
        .now_s = ret->started_at_s,
        .deadline_ms =
            cw_clock_monotonic_ms(&options->clock) + (uint64_t)home->config->run_deadline_s * 1000u,
        .lock_fd = -1,
    };
    struct cw_intake *intakes = NULL;
    size_t count = 0;
    enum cw_status status =
        options->mode == CW_SCAN_DRY ? open_dry(&scan, err) : open_for_writing(&scan, err);
    if (status == CW_OK) {
        status = cw_book_new(home->rules, &scan.book, err);
    }
    if (status == CW_OK) {
        status = cw_scan_log_keys(&scan, err);
    }
    if (status == CW_OK) {
        status = cw_scan_select(&scan, &intakes, &count, err);
    }
    if (status == CW_OK) {
        tell(&scan, "fetch", NULL);
        status = cw_scan_fetch(&scan, intakes, count, err);
    }
    if (status == CW_OK) {
        status = take_all(&scan, intakes, count, err);
    }
    if (status == CW_OK) {
        status = cw_scan_heartbeat(&scan, err);
    }
    if (status == CW_OK) {
        status = write_log(&scan, intakes, count, err);
    }
    if (status == CW_OK) {
        cw_scan_retain(&scan, intakes, count);
        status = finish(&scan, err);
    }
    free(intakes);
    if (scan.lock_fd >= 0 && options->at_end != NULL) {
        options->at_end(options->ctx, status, ret, scan.store);
    }
    close_run(&scan);
    return status;
}
