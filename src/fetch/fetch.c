#include "fetch/fetch.h"

#include <stdarg.h>

#include "base/stop.h"
#include "base/text.h"
#include "fetch/fetching.h"

/* A program that does not report a request this long after its time limit is hung. */
enum { HUNG_GRACE_MS = 10000 };

/* What came in time is hashed for so long after the end of it, which a hung program may have taken
 * up; many large lists must not make a run of hours. */
enum { FINISH_GRACE_MS = 2 * HUNG_GRACE_MS };

/* ---- what the files of this folder share ---- */

void cw_fetching_copy(char *ret, size_t bytes, struct cw_span text)
{
    CW_ASSERT(bytes > 0);
    const size_t len = text.len < bytes - 1 ? text.len : bytes - 1;
    if (len > 0) {
        memcpy(ret, text.data, len);
    }
    ret[len] = '\0';
}

void cw_fetching_end(struct cw_fetching *fetching)
{
    const struct cw_fetch_options *options = fetching->options;
    CW_ASSERT(!fetching->is_ended);
    fetching->is_ended = true;
    if (options->done != NULL) {
        options->done(options->ctx, fetching->job->feed, fetching->result);
    }
}

void cw_fetching_fail(struct cw_fetching *fetching, const char *code, const char *fmt, ...)
{
    struct cw_fetch_result *result = fetching->result;
    if (fetching->is_ended) {
        return;
    }
    char raw[2 * CW_FETCH_TEXT_BYTES];
    va_list args;
    va_start(args, fmt);
    if (vsnprintf(raw, sizeof(raw), fmt, args) < 0) {
        raw[0] = '\0';
    }
    va_end(args);
    cw_text_escape_to(result->error_text, sizeof(result->error_text), cw_span_cstr(raw));
    cw_fetching_copy(result->error_code, sizeof(result->error_code), cw_span_cstr(code));
    result->outcome = CW_FETCH_FAILED;
    result->retrieved_at_s = cw_clock_now_s(&fetching->options->clock);
    /* what a refused answer said about itself must not be taken for that of a good one */
    result->etag[0] = '\0';
    result->last_modified[0] = '\0';
    result->media_type[0] = '\0';
    result->sha256[0] = '\0';
    result->bytes = 0;
    cw_fetching_end(fetching);
}

/* ---- the run ---- */

static const char *const STOPPED_WHY = "the run was stopped before the list had come";
static const char *const LATE_WHY = "the time of this run is over";

struct run {
    const struct cw_fetch_options *options;
    struct cw_fetching *items;
    size_t count;
    int *slots; /* descriptors of the web lists, in order */
    size_t slots_count;
    struct cw_net *net;
    uint64_t until_ms; /* when nothing more is waited for */
};

static bool is_web(const struct cw_fetching *fetching)
{
    return fetching->job->feed->path == NULL;
}

/* Reading is work as well: what cannot be read in time is asked for again. */
static bool has_time(const struct run *run, struct cw_fetching *fetching, uint64_t grace_ms)
{
    const uint64_t limit_ms = cw_stop_limit(run->options->deadline_ms + grace_ms);
    if (cw_clock_monotonic_ms(&run->options->clock) < limit_ms) {
        return true;
    }
    if (cw_stop_is_asked()) {
        cw_fetching_fail(fetching, CW_FETCH_STOPPED, "%s", STOPPED_WHY);
    } else {
        cw_fetching_fail(fetching, cw_net_failure_name(CW_NET_TIMEOUT), "%s", LATE_WHY);
    }
    return false;
}

static void begin(struct run *run, struct cw_fetching *fetching)
{
    const struct cw_feed *feed = fetching->job->feed;
    struct cw_error err = {0};
    const uint64_t now_ms = cw_clock_monotonic_ms(&run->options->clock);
    const uint64_t own_ms = (uint64_t)feed->timeout_s * 1000u;
    const uint64_t left_ms =
        run->options->deadline_ms > now_ms ? run->options->deadline_ms - now_ms : 0;
    fetching->request_ms = own_ms < left_ms ? own_ms : left_ms;
    fetching->result->started_at_s = cw_clock_now_s(&run->options->clock);
    cw_fetching_copy(fetching->result->url, CW_FETCH_URL_BYTES, cw_span_cstr(feed->url));
    if (cw_stop_is_asked()) {
        cw_fetching_fail(fetching, CW_FETCH_STOPPED, "%s", STOPPED_WHY);
    } else if (fetching->request_ms == 0) {
        cw_fetching_fail(fetching, cw_net_failure_name(CW_NET_TIMEOUT), "%s", LATE_WHY);
    } else if (cw_snapshot_begin(run->options->snapshots_dir, &fetching->tmp, &err) != CW_OK) {
        cw_fetching_fail(fetching, "disk", "%s", err.text);
    } else if (is_web(fetching)) {
        run->slots[run->slots_count++] = fetching->tmp.fd;
    }
}

static void fail_web(struct run *run, const char *code, const char *why)
{
    for (size_t i = 0; i < run->count; i++) {
        if (is_web(&run->items[i]) && (run->net == NULL || run->items[i].is_asked)) {
            run->items[i].is_asked = false;
            cw_fetching_fail(&run->items[i], code, "%s", why);
        }
    }
}

static void ask_all(struct run *run)
{
    struct cw_error err = {0};
    if (run->slots_count == 0) {
        return;
    }
    if (cw_net_start(&run->options->net, run->slots, run->slots_count, &run->net, &err) != CW_OK) {
        fail_web(run, "net-program", err.text);
        return;
    }
    uint64_t slot = 0;
    for (size_t i = 0; i < run->count; i++) {
        struct cw_fetching *fetching = &run->items[i];
        if (is_web(fetching) && !fetching->is_ended) {
            cw_fetching_ask(fetching, run->net, i, slot++);
            const uint64_t until_ms =
                cw_clock_monotonic_ms(&run->options->clock) + fetching->request_ms + HUNG_GRACE_MS;
            run->until_ms = until_ms > run->until_ms ? until_ms : run->until_ms;
        }
    }
}

static void read_files(struct run *run)
{
    for (size_t i = 0; i < run->count; i++) {
        if (!is_web(&run->items[i]) && !run->items[i].is_ended &&
            has_time(run, &run->items[i], 0)) {
            cw_fetching_read_file(&run->items[i]);
        }
    }
}

/* What is asked to stop stops the program too, often: that is no failure of its own. */
static void lose_web(struct run *run, const char *code, const char *why)
{
    const bool is_stopped = cw_stop_is_asked();
    fail_web(run, is_stopped ? CW_FETCH_STOPPED : code, is_stopped ? STOPPED_WHY : why);
}

static void hear_all(struct run *run)
{
    while (cw_net_open_requests(run->net) > 0) {
        struct cw_net_result answer;
        struct cw_error err = {0};
        const uint64_t now_ms = cw_clock_monotonic_ms(&run->options->clock);
        const uint64_t left_ms = run->until_ms > now_ms ? run->until_ms - now_ms : 0;
        const uint64_t wait_ms = left_ms < CW_STOP_POLL_MS ? left_ms : CW_STOP_POLL_MS;
        const enum cw_status status = cw_net_receive(run->net, wait_ms, &answer, &err);
        if (status == CW_OK) {
            CW_ASSERT(answer.id < run->count);
            cw_fetching_answer(&run->items[answer.id], &answer);
            continue;
        }
        if (status == CW_TEMPORARY && left_ms > wait_ms && !cw_stop_is_asked()) {
            continue;
        }
        if (status == CW_TEMPORARY) {
            lose_web(run, cw_net_failure_name(CW_NET_TIMEOUT), "no answer came in time");
        } else {
            lose_web(run, "net-program", err.text);
        }
        return;
    }
    /* broken while a request was sent: those before it are lost without a result */
    if (run->net != NULL) {
        lose_web(run, "net-program", "the network program ended");
    }
}

static void fetch(struct run *run)
{
    for (size_t i = 0; i < run->count; i++) {
        begin(run, &run->items[i]);
    }
    ask_all(run);
    read_files(run);
    hear_all(run);
    cw_net_stop(run->net);
    for (size_t i = 0; i < run->count; i++) {
        if (!run->items[i].is_ended && has_time(run, &run->items[i], FINISH_GRACE_MS)) {
            cw_fetching_finish(&run->items[i]);
        }
        cw_snapshot_discard(&run->items[i].tmp);
        cw_buf_clear(&run->items[i].headers);
    }
}

enum cw_status cw_fetch_all(const struct cw_fetch_options *options, const struct cw_fetch_job *jobs,
                            size_t jobs_count, struct cw_fetch_result *ret_results,
                            struct cw_error *err)
{
    CW_ASSERT(options->snapshots_dir != NULL);
    CW_ASSERT(jobs != NULL || jobs_count == 0);
    if (jobs_count > CW_FEEDS_MAX) {
        return cw_error_set(err, CW_LIMIT, "%zu lists at once; at most %u are possible", jobs_count,
                            CW_FEEDS_MAX);
    }
    struct cw_fetching *items = calloc(jobs_count + 1, sizeof(*items));
    int *slots = calloc(jobs_count + 1, sizeof(*slots));
    if (items == NULL || slots == NULL) {
        free(items);
        free(slots);
        return cw_error_set(err, CW_NOMEM, "memory is exhausted");
    }
    for (size_t i = 0; i < jobs_count; i++) {
        ret_results[i] = (struct cw_fetch_result){.outcome = CW_FETCH_FAILED};
        items[i] = (struct cw_fetching){
            .options = options, .job = &jobs[i], .result = &ret_results[i], .tmp = {.fd = -1}};
        cw_buf_init(&items[i].headers, CW_HTTP_HEADERS_MAX);
    }
    struct run run = {.options = options, .items = items, .count = jobs_count, .slots = slots};
    fetch(&run);
    free(items);
    free(slots);
    return CW_OK;
}
