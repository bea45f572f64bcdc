#include "base/file.h"
#include "report/facts.h"
#include "store/health.h"
#include "store/review.h"

#define DAY_S INT64_C(86400)

bool cw_report_keep(struct cw_report_facts *facts, struct cw_span text, struct cw_span *ret)
{
    *ret = cw_arena_copy(facts->arena, text);
    return ret->data != NULL;
}

enum cw_status cw_report_too_large(struct cw_error *err)
{
    return cw_error_set(err, CW_LIMIT, "the report needs more than %zu bytes of memory",
                        CW_REPORT_MEMORY_MAX);
}

void cw_report_mark(struct cw_report_facts *facts, enum cw_tlp tlp)
{
    facts->tlp = tlp > facts->tlp ? tlp : facts->tlp;
}

/* ---- the past of a list --------------------------------------------------------------------- */

/* Goes through the retrievals of a list and fills its columns from left to right. */
struct past {
    struct cw_report_column *columns;
    int64_t from_s;
    int64_t until_s;
    size_t at;      /* the column that is being filled */
    int64_t seen_s; /* last seen served; 0 not yet */
    uint64_t bytes; /* in force */
};

static int64_t end_of(const struct past *past, size_t column)
{
    const int64_t span = past->until_s - past->from_s;
    return past->from_s + span * ((int64_t)column + 1) / CW_REPORT_COLUMNS;
}

static void note_age(const struct past *past, int64_t at_s)
{
    struct cw_report_column *column = &past->columns[past->at];
    if (past->seen_s > 0 && at_s - past->seen_s > column->age_s) {
        column->age_s = at_s - past->seen_s;
    }
}

static void end_column(struct past *past)
{
    struct cw_report_column *column = &past->columns[past->at];
    note_age(past, end_of(past, past->at));
    column->is_known = past->seen_s > 0;
    column->bytes = past->bytes;
    past->at++;
}

static enum cw_status on_retrieval(void *ctx, const struct cw_retrieval *retrieval,
                                   struct cw_error *err)
{
    (void)err;
    struct past *past = ctx;
    while (past->at + 1 < CW_REPORT_COLUMNS && retrieval->at_s >= end_of(past, past->at)) {
        end_column(past);
    }
    const bool is_new = strcmp(retrieval->outcome, "new") == 0;
    const bool is_shown = retrieval->at_s >= past->from_s;
    struct cw_report_column *column = &past->columns[past->at];
    if (is_new || strcmp(retrieval->outcome, "unchanged") == 0) {
        if (is_shown) {
            note_age(past, retrieval->at_s);
        }
        past->seen_s = retrieval->at_s;
        past->bytes = is_new ? retrieval->bytes : past->bytes;
    }
    column->has_failed |= is_shown && strcmp(retrieval->outcome, "failed") == 0;
    column->has_held |= is_shown && strcmp(retrieval->outcome, "held") == 0;
    return CW_OK;
}

static enum cw_status gather_past(const struct cw_report_facts *facts, struct cw_report_feed *feed,
                                  struct cw_error *err)
{
    struct past past = {
        .columns = feed->columns, .from_s = facts->plot_from_s, .until_s = facts->order->now_s};
    const enum cw_status status = cw_store_retrievals(facts->order->store, feed->feed->id,
                                                      facts->plot_from_s, on_retrieval, &past, err);
    while (status == CW_OK && past.at < CW_REPORT_COLUMNS) {
        end_column(&past);
    }
    return status;
}

/* ---- lists ---------------------------------------------------------------------------------- */

/* Why a list is not well may be said to some, and marks the page. */
static void keep_cause(struct cw_report_facts *facts, struct cw_report_feed *feed)
{
    if (!cw_report_is_inward(facts->order)) {
        feed->health.why[0] = '\0';
    } else if (feed->feed->enabled && feed->state.error_text[0] != '\0' &&
               feed->health.condition != CW_CONDITION_GOOD) {
        cw_report_mark(facts, CW_TLP_AMBER);
    }
}

static enum cw_status gather_feed(struct cw_report_facts *facts, const struct cw_feed *feed,
                                  struct cw_report_feed *ret, struct cw_error *err)
{
    const struct cw_report_order *order = facts->order;
    ret->feed = feed;
    ret->state = (struct cw_feed_state){.status = CW_FEED_NEVER};
    enum cw_status status = CW_OK;
    if (order->store != NULL) {
        status = cw_store_feed_get(order->store, feed->id, &ret->state, err);
    }
    if (status == CW_OK && order->store != NULL) {
        status = gather_past(facts, ret, err);
    }
    if (status == CW_OK) {
        cw_feed_health_of(feed, &ret->state, order->home->snapshots_dir, order->now_s,
                          &ret->health);
        keep_cause(facts, ret);
    }
    return status;
}

/* From the first retrieval, at most so many days back; at least one, or there is nothing to see. */
static enum cw_status find_window(struct cw_report_facts *facts, struct cw_error *err)
{
    const int64_t now_s = facts->order->now_s;
    int64_t first_s = 0;
    enum cw_status status = CW_OK;
    if (facts->order->store != NULL) {
        status = cw_store_first_retrieval(facts->order->store, &first_s, err);
    }
    const int64_t earliest_s = now_s - CW_REPORT_PLOT_DAYS * DAY_S;
    const int64_t latest_s = now_s - DAY_S;
    first_s = first_s > earliest_s ? first_s : earliest_s;
    facts->plot_from_s = first_s < latest_s ? first_s : latest_s;
    return status;
}

static enum cw_status gather_feeds(struct cw_report_facts *facts, struct cw_error *err)
{
    const struct cw_feeds *feeds = facts->order->home->feeds;
    const size_t count = cw_feeds_count(feeds);
    enum cw_status status = find_window(facts, err);
    facts->feeds = cw_arena_array(facts->arena, count + 1, sizeof(*facts->feeds));
    if (facts->feeds == NULL) {
        return cw_error_no_memory(err);
    }
    for (size_t i = 0; status == CW_OK && i < count; i++) {
        status = gather_feed(facts, cw_feeds_at(feeds, i), &facts->feeds[i], err);
        facts->feeds_count = i + 1;
    }
    return status;
}

/* ---- deliveries ----------------------------------------------------------------------------- */

static enum cw_status add_receiver(struct cw_report_facts *facts, const struct cw_queue *queue,
                                   struct cw_error *err)
{
    struct cw_report_receiver *receiver = &facts->receivers[facts->receivers_count];
    cw_report_mark(facts, CW_TLP_AMBER);
    receiver->queue = *queue;
    facts->receivers_count++;
    return facts->order->store == NULL ? CW_OK
                                       : cw_store_delivered(facts->order->store, queue->endpoint,
                                                            &receiver->delivered, err);
}

/* An endpoint that the configuration no longer names is told all the same, while there is room: its
 * alerts may still wait. */
static enum cw_status on_queue(void *ctx, const struct cw_queue *queue, struct cw_error *err)
{
    struct cw_report_facts *facts = ctx;
    return facts->receivers_count == CW_ENDPOINTS_MAX ? CW_OK : add_receiver(facts, queue, err);
}

static bool knows_receiver(const struct cw_report_facts *facts, const char *id)
{
    for (size_t i = 0; i < facts->receivers_count; i++) {
        if (strcmp(facts->receivers[i].queue.endpoint, id) == 0) {
            return true;
        }
    }
    return false;
}

static enum cw_status gather_receivers(struct cw_report_facts *facts, struct cw_error *err)
{
    const struct cw_report_order *order = facts->order;
    const struct cw_config *config = order->home->config;
    enum cw_status status = CW_OK;
    facts->receivers =
        cw_arena_array(facts->arena, (size_t)CW_ENDPOINTS_MAX * 2, sizeof(*facts->receivers));
    if (facts->receivers == NULL) {
        return cw_error_no_memory(err);
    }
    if (order->store != NULL) {
        status = cw_store_queues(order->store, order->now_s, on_queue, facts, err);
    }
    for (size_t i = 0; status == CW_OK && i < config->endpoints_count; i++) {
        const struct cw_endpoint *endpoint = &config->endpoints[i];
        struct cw_queue queue = {.is_disabled = !endpoint->is_enabled};
        if (strlen(endpoint->id) < sizeof(queue.endpoint) && !knows_receiver(facts, endpoint->id)) {
            memcpy(queue.endpoint, endpoint->id, strlen(endpoint->id) + 1);
            status = add_receiver(facts, &queue, err);
        }
    }
    return status;
}

/* ---- the log and the keys ------------------------------------------------------------------- */

static enum cw_status gather_log(struct cw_report_facts *facts, struct cw_error *err)
{
    struct cw_store *store = facts->order->store;
    uint64_t generation = 0;
    if (store == NULL) {
        return CW_OK;
    }
    enum cw_status status = cw_store_run_last(store, &generation, &facts->last_scan_s, err);
    if (status == CW_OK) {
        status = cw_store_log_head(store, CW_LOG_PUBLISHED, &facts->head, &facts->has_head, err);
    }
    return status == CW_OK ? cw_store_log_pending(store, &facts->log_pending, err) : status;
}

/* Read once as a key set, so that a page never carries one that nobody can use. */
static enum cw_status gather_keys(struct cw_report_facts *facts, struct cw_error *err)
{
    char *path = NULL;
    struct cw_key_set *set = NULL;
    enum cw_status status = cw_home_set_path(facts->order->home->config, CW_KEY_ALERT, &path, err);
    if (status == CW_OK) {
        status = cw_file_read(path, &facts->keys, err);
    }
    if (status == CW_OK) {
        status = cw_key_set_parse(cw_buf_as_span(&facts->keys), path, &set, err);
    }
    cw_key_set_free(set);
    free(path);
    return status;
}

/* ---- all of it ------------------------------------------------------------------------------ */

static enum cw_status gather(struct cw_report_facts *facts, struct cw_error *err)
{
    enum cw_status status = gather_feeds(facts, err);
    if (status == CW_OK) {
        status = cw_report_gather_cases(facts, err);
    }
    if (status == CW_OK && facts->order->store != NULL) {
        status = cw_report_gather_alerts(facts, err);
    }
    if (status == CW_OK && cw_report_is_inward(facts->order)) {
        status = gather_receivers(facts, err);
    }
    if (status == CW_OK) {
        status = gather_log(facts, err);
    }
    return status == CW_OK ? gather_keys(facts, err) : status;
}

enum cw_status cw_report_gather(const struct cw_report_order *order, struct cw_report_facts *ret,
                                struct cw_error *err)
{
    bool is_mine = false;
    *ret = (struct cw_report_facts){.order = order};
    cw_store_head_init(&ret->head);
    cw_buf_init(&ret->keys, CW_CONFIG_BYTES_MAX);
    ret->arena = cw_arena_new(CW_REPORT_MEMORY_MAX);
    if (ret->arena == NULL) {
        return cw_error_no_memory(err);
    }
    enum cw_status status =
        order->store == NULL ? CW_OK : cw_store_read_begin(order->store, &is_mine, err);
    if (status == CW_OK) {
        status = gather(ret, err);
    }
    if (order->store != NULL) {
        cw_store_read_end(order->store, is_mine);
    }
    const enum cw_status kept = cw_arena_status(ret->arena);
    if (status != CW_OK || kept == CW_OK) {
        return status;
    }
    return kept == CW_LIMIT ? cw_report_too_large(err) : cw_error_no_memory(err);
}

void cw_report_facts_clear(struct cw_report_facts *facts)
{
    free(facts->cases);
    free(facts->matches);
    cw_report_days_clear(facts);
    cw_store_head_clear(&facts->head);
    cw_buf_clear(&facts->keys);
    cw_arena_free(facts->arena);
    *facts = (struct cw_report_facts){.order = NULL};
}
