#include "scan/run.h"
#include "scan/words.h"

enum { NAME_MAX_BYTES = 256, VALUE_MAX_BYTES = 256, TITLE_MAX_BYTES = 256, REPORTS_MAX = 8 };

static const char *fact_str(struct cw_arena *arena, const char *text, size_t bytes_max)
{
    return cw_words_text(arena, cw_span_cstr(text), bytes_max);
}

/* Every fact counts, those too that may be missing: what is signed without one says less than the
 * list did. */
static enum cw_status arena_full(const struct cw_arena *arena, struct cw_error *err)
{
    if (cw_arena_status(arena) == CW_NOMEM) {
        return cw_error_no_memory(err);
    }
    return cw_error_set(err, CW_LIMIT, "too many alerts from one list for one run");
}

/* A redirect target may carry a signed query: a temporary credential of the publisher's storage,
 * and another text in every run. The retrieval record keeps it; an alert that travels does not. */
static struct cw_span without_query(const char *url)
{
    const struct cw_span text = cw_span_cstr(url);
    return cw_span_slice(text, 0, cw_span_find(text, '?', 0));
}

enum cw_status cw_scan_provenance(const struct cw_intake *intake, struct cw_arena *arena,
                                  struct cw_alert_provenance *ret, struct cw_error *err)
{
    const struct cw_fetch_result *fetched = &intake->fetched;
    const struct cw_feed_state *state = &intake->state;
    /* A held document is not in the state, and its additions come from it. Else the accepted one.
     */
    const bool is_new = intake->is_due && fetched->outcome == CW_FETCH_NEW;
    *ret = (struct cw_alert_provenance){
        .feed = intake->feed->id,
        .publisher = fact_str(arena, intake->feed->publisher, NAME_MAX_BYTES),
        .url = intake->feed->url,
        .final_url = cw_words_text(
            arena, without_query(is_new ? fetched->final_url : state->final_url), CW_HTTP_URL_MAX),
        .retrieved_at_s = is_new ? fetched->retrieved_at_s : state->retrieved_at_s,
        .http_status = is_new ? fetched->http_status : state->http_status,
        .etag = fact_str(arena, is_new ? fetched->etag : state->etag, VALUE_MAX_BYTES),
        .last_modified = fact_str(arena, is_new ? fetched->last_modified : state->last_modified,
                                  VALUE_MAX_BYTES),
        .published = fact_str(arena, state->published, VALUE_MAX_BYTES),
        .media_type =
            fact_str(arena, is_new ? fetched->media_type : state->media_type, VALUE_MAX_BYTES),
        .snapshot_sha256 =
            fact_str(arena, is_new ? fetched->sha256 : state->snapshot_sha256, VALUE_MAX_BYTES),
        .snapshot_bytes = is_new ? fetched->bytes : state->snapshot_bytes,
    };
    const bool is_whole = ret->publisher != NULL && ret->final_url != NULL && ret->etag != NULL &&
                          ret->last_modified != NULL && ret->published != NULL &&
                          ret->media_type != NULL && ret->snapshot_sha256 != NULL;
    return is_whole ? CW_OK : arena_full(arena, err);
}

/* ---- the case and its address -------------------------------------------------------------- */

static enum cw_status put_case(const struct cw_rule *rule, struct cw_arena *arena,
                               struct cw_alert_address *out, struct cw_error *err)
{
    const size_t count = rule->reported_count < REPORTS_MAX ? rule->reported_count : REPORTS_MAX;
    struct cw_alert_report *reported = cw_arena_array(arena, count + 1, sizeof(*reported));
    out->case_id = rule->id;
    out->case_title = fact_str(arena, rule->title, TITLE_MAX_BYTES);
    out->rule_sha256 = rule->sha256;
    if (reported == NULL || out->case_title == NULL) {
        return arena_full(arena, err);
    }
    for (size_t i = 0; i < count; i++) {
        reported[i].title = fact_str(arena, rule->reported[i].title, TITLE_MAX_BYTES);
        reported[i].url = rule->reported[i].url;
        reported[i].published = rule->reported[i].published;
    }
    out->reported = reported;
    out->reported_count = count;
    return CW_OK;
}

static enum cw_status put_address(struct cw_span value, struct cw_span canonical,
                                  struct cw_arena *arena, struct cw_alert_address *out,
                                  struct cw_error *err)
{
    struct cw_address address;
    char caip10[CW_ADDRESS_TEXT_BYTES];
    const size_t colon = cw_span_find(canonical, ':', 0);
    out->chain = cw_words_text(arena, cw_span_slice(canonical, 0, colon), VALUE_MAX_BYTES);
    out->value = cw_words_text(arena, value, VALUE_MAX_BYTES);
    out->canonical = cw_words_key(arena, canonical);
    if (cw_address_parse(value, CW_SPAN(""), CW_ADDRESS_LIST, &address) == CW_ADDRESS_OK &&
        cw_address_caip10(&address, caip10, sizeof(caip10))) {
        out->caip10 = fact_str(arena, caip10, sizeof(caip10));
    }
    const bool is_whole = out->chain != NULL && out->value != NULL && out->canonical != NULL;
    return is_whole ? CW_OK : arena_full(arena, err);
}

/* ---- the listing --------------------------------------------------------------------------- */

static enum cw_status put_listing(const struct cw_listing *listing, struct cw_arena *arena,
                                  struct cw_alert_address *out, struct cw_error *err)
{
    out->programs =
        cw_words_programs(arena, listing->programs, listing->programs_count, &out->programs_count);
    out->listed_value = cw_words_text(arena, listing->value, VALUE_MAX_BYTES);
    out->listed_canonical = cw_words_key(arena, listing->canonical);
    out->listed_encoding = cw_words_text(arena, listing->encoding, VALUE_MAX_BYTES);
    out->entry_id = cw_words_entry_id(arena, listing->entry_id);
    out->entry_name = cw_words_text(arena, listing->entry_name, NAME_MAX_BYTES);
    out->listed_on = cw_words_text(arena, listing->listed_on, VALUE_MAX_BYTES);
    out->episode = listing->episode;
    const bool is_whole = out->programs != NULL && out->listed_value != NULL &&
                          out->listed_canonical != NULL && out->listed_encoding != NULL &&
                          out->entry_id != NULL && out->entry_name != NULL &&
                          out->listed_on != NULL;
    return is_whole ? CW_OK : arena_full(arena, err);
}

/* What we still know of a listing that left the list together with its row. */
static struct cw_listing listing_from_tracked(const struct cw_tracked *tracked)
{
    return (struct cw_listing){
        .entry_id = tracked->entry_id,
        .canonical = tracked->listed_canonical,
        .value = tracked->listed_value,
        .encoding = tracked->listed_encoding,
        .entry_name = tracked->entry_name,
        .episode = tracked->episode,
    };
}

/* ---- one event ------------------------------------------------------------------------------ */

static enum cw_severity at_most(int severity, int most)
{
    return (enum cw_severity)(severity > most ? most : severity);
}

static enum cw_alert_type type_of(const struct cw_match_event *event)
{
    switch (event->type) {
    case CW_MATCH_LISTED:
        return CW_ALERT_LISTED;
    case CW_MATCH_CHANGED:
        return CW_ALERT_CHANGED;
    case CW_MATCH_DELISTED:
    case CW_MATCH_DROPPED:
        break;
    }
    return CW_ALERT_DELISTED;
}

/* Appearing is worth the case's own severity; what was there before us, an edit or a delisting does
 * not freeze money and is worth medium at most. For what was there before us the configuration may
 * say otherwise: an agency that sets up its first scanner wants to hear of all of it aloud. */
static enum cw_severity severity_of(const struct cw_match_event *event,
                                    const struct cw_config *config)
{
    if (event->type != CW_MATCH_LISTED) {
        return at_most(event->rule->severity, CW_MEDIUM);
    }
    return at_most(event->rule->severity,
                   event->is_baseline ? config->baseline_severity : (int)CW_CRITICAL);
}

static enum cw_status put_changed(const struct cw_match_event *event, struct cw_arena *arena,
                                  struct cw_alert_address *out, struct cw_error *err)
{
    struct cw_buf now;
    cw_buf_init(&now, CW_ENTRY_JSON_MAX);
    cw_listing_json(event->hit->listing, &now);
    out->previous_entry_sha256 = cw_words_text(arena, event->tracked->entry_sha256, 64);
    out->revision = event->hit->listing->revision;
    const enum cw_status status = cw_buf_status(&now, err);
    if (status == CW_OK) {
        cw_words_changes(event->tracked->entry_json, cw_buf_as_span(&now), arena, out);
    }
    cw_buf_clear(&now);
    return status;
}

static enum cw_status put_present(const struct cw_match_event *event, struct cw_arena *arena,
                                  struct cw_alert_address *out, struct cw_error *err)
{
    const struct cw_hit *hit = event->hit;
    out->relation = cw_relation_name(hit->relation);
    out->entry_sha256 = hit->listing->entry_sha256;
    out->is_baseline = event->is_baseline;
    enum cw_status status =
        put_address(hit->address_value, hit->address_canonical, arena, out, err);
    if (status == CW_OK) {
        status = put_listing(hit->listing, arena, out, err);
    }
    return status == CW_OK && event->type == CW_MATCH_CHANGED ? put_changed(event, arena, out, err)
                                                              : status;
}

static enum cw_status put_past(const struct cw_event_source *source,
                               const struct cw_match_event *event, struct cw_arena *arena,
                               struct cw_alert_address *out, struct cw_error *err)
{
    const struct cw_tracked *tracked = event->tracked;
    const struct cw_listing known = listing_from_tracked(tracked);
    const struct cw_listing *listing = NULL;
    if (source->old_list != NULL) {
        listing = cw_watchlist_find(source->old_list, tracked->entry_id, tracked->listed_canonical);
    }
    out->relation = cw_relation_name(tracked->relation);
    out->previous_entry_sha256 = cw_words_text(arena, tracked->entry_sha256, 64);
    enum cw_status status =
        put_address(tracked->address_value, tracked->address_canonical, arena, out, err);
    if (status == CW_OK) {
        status = put_listing(listing != NULL ? listing : &known, arena, out, err);
    }
    out->episode = tracked->episode;
    return status;
}

enum cw_status cw_scan_facts(const struct cw_scan *scan, const struct cw_event_source *source,
                             const struct cw_match_event *event, struct cw_arena *arena,
                             struct cw_event_facts *ret, struct cw_error *err)
{
    CW_ASSERT(event->rule != NULL);
    const struct cw_config *config = scan->home->config;
    struct cw_event_facts out = {
        .facts =
            {
                .type = type_of(event),
                .time_s = scan->now_s,
                .scanner = {.source = config->source,
                            .version = scan->options->version,
                            .instance = config->instance,
                            .config_sha256 = config->sha256},
                .severity = severity_of(event, config),
                .confidence = (int)event->rule->confidence,
                .tlp = (enum cw_tlp)event->rule->tlp,
                .languages = config->languages,
            },
    };
    cw_random_fill(&scan->options->random, out.facts.nonce, sizeof(out.facts.nonce));
    enum cw_status status = put_case(event->rule, arena, &out.address, err);
    if (status == CW_OK) {
        status = event->hit != NULL ? put_present(event, arena, &out.address, err)
                                    : put_past(source, event, arena, &out.address, err);
    }
    if (status == CW_OK && cw_arena_status(arena) != CW_OK) {
        status = arena_full(arena, err);
    }
    if (status == CW_OK) {
        *ret = out;
    }
    return status;
}
