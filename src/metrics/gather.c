#include "base/limits.h"
#include "index/manifest.h"
#include "metrics/figures.h"
#include "publish/publish.h"
#include "store/totals.h"

static enum cw_status gather_feed(const struct cw_metrics *metrics, const struct cw_feed *feed,
                                  struct cw_figures_feed *ret, struct cw_error *err)
{
    struct cw_feed_state state;
    const enum cw_status status = cw_store_feed_get(metrics->store, feed->id, &state, err);
    if (status != CW_OK) {
        return status;
    }
    *ret = (struct cw_figures_feed){
        .id = feed->id,
        .state = (int64_t)state.status,
        .retrieved_at_s = state.retrieved_at_s,
        .attempted_at_s = state.attempted_at_s,
        .stale_after_s = feed->stale_after_s,
        .entries = (int64_t)state.entries,
        .listings = (int64_t)state.listings,
        .unusable = (int64_t)state.unusable,
        .failures = (int64_t)state.failures,
        .is_held = state.held_sha256[0] != '\0',
    };
    return CW_OK;
}

static enum cw_status gather_feeds(const struct cw_metrics *metrics, struct cw_figures *figures,
                                   struct cw_error *err)
{
    const struct cw_feeds *feeds = metrics->home->feeds;
    const size_t count = feeds == NULL ? 0 : cw_feeds_count(feeds);
    enum cw_status status = CW_OK;
    figures->feeds = calloc(count + 1, sizeof(*figures->feeds));
    if (figures->feeds == NULL) {
        return cw_error_no_memory(err);
    }
    for (size_t i = 0; status == CW_OK && i < count; i++) {
        const struct cw_feed *feed = cw_feeds_at(feeds, i);
        if (feed->enabled) {
            status = gather_feed(metrics, feed, &figures->feeds[figures->feeds_count++], err);
        }
    }
    return status;
}

static enum cw_status gather_endpoints(const struct cw_metrics *metrics, struct cw_figures *figures,
                                       struct cw_error *err)
{
    const struct cw_config *config = metrics->home->config;
    enum cw_status status = CW_OK;
    figures->endpoints = calloc(config->endpoints_count + 1, sizeof(*figures->endpoints));
    if (figures->endpoints == NULL) {
        return cw_error_no_memory(err);
    }
    for (size_t i = 0; status == CW_OK && i < config->endpoints_count; i++) {
        const struct cw_endpoint *endpoint = &config->endpoints[i];
        bool is_disabled = false;
        int64_t not_before_s = 0;
        if (!endpoint->is_enabled) {
            continue;
        }
        status =
            cw_store_endpoint_get(metrics->store, endpoint->id, &is_disabled, &not_before_s, err);
        figures->endpoints[figures->endpoints_count++] =
            (struct cw_figures_endpoint){endpoint->id, is_disabled};
    }
    return status;
}

/* An index that is missing or damaged is 0, which a monitor can ask for; it holds up nothing else.
 */
static enum cw_status gather_index(const struct cw_metrics *metrics, struct cw_figures *figures,
                                   struct cw_error *err)
{
    struct cw_manifest manifest = {0};
    char *folder = cw_publish_folder(metrics->home->config);
    if (folder == NULL) {
        return cw_error_no_memory(err);
    }
    if (cw_manifest_load(folder, &manifest, NULL) == CW_OK) {
        figures->index_generation = (int64_t)manifest.generation;
        figures->index_published_at_s = manifest.built_at_s;
    }
    cw_manifest_clear(&manifest);
    free(folder);
    return CW_OK;
}

static enum cw_status gather_totals(const struct cw_metrics *metrics, struct cw_figures *figures,
                                    struct cw_error *err)
{
    struct cw_totals totals;
    const enum cw_status status = cw_store_totals(metrics->store, metrics->now_s, &totals, err);
    if (status == CW_OK) {
        figures->alerts = (int64_t)totals.alerts;
        figures->waiting = (int64_t)totals.deliveries.waiting;
        figures->delivered = (int64_t)totals.deliveries.delivered;
        figures->dead = (int64_t)totals.deliveries.dead;
        figures->waiting_since_s = totals.waiting_since_s;
        figures->log_entries = (int64_t)totals.log_size;
        figures->log_pending = (int64_t)totals.log_pending;
        figures->log_published_at_s = totals.log_published_at_s;
    }
    return status;
}

enum cw_status cw_figures_gather(const struct cw_metrics *metrics, struct cw_figures *figures,
                                 struct cw_error *err)
{
    CW_ASSERT(metrics->store != NULL);
    enum cw_status status = gather_feeds(metrics, figures, err);
    if (status == CW_OK) {
        status = gather_endpoints(metrics, figures, err);
    }
    if (status == CW_OK) {
        status = gather_totals(metrics, figures, err);
    }
    return status == CW_OK ? gather_index(metrics, figures, err) : status;
}
