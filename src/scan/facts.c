#include <jansson.h>

#include "crypto/hash.h"
#include "scan/run.h"

enum { NAME_MAX_BYTES = 256, VALUE_MAX_BYTES = 256, TITLE_MAX_BYTES = 256, REPORTS_MAX = 8 };

/* A fact as a C string that may stand in B: cleaned, cut, in the arena. NULL when it is full. */
static const char *fact(struct cw_arena *arena, struct cw_span text, size_t bytes_max)
{
    struct cw_buf clean;
    cw_buf_init(&clean, bytes_max + 1);
    cw_alert_clean_text(&clean, text, bytes_max);
    if (clean.failed != CW_OK) {
        cw_arena_fail(arena, clean.failed);
    }
    const struct cw_span kept = cw_arena_copy(arena, cw_buf_as_span(&clean));
    cw_buf_clear(&clean);
    return kept.data;
}

static const char *fact_str(struct cw_arena *arena, const char *text, size_t bytes_max)
{
    return fact(arena, cw_span_cstr(text), bytes_max);
}

/* A canonical key of at most VALUE_MAX_BYTES. A longer one (a Zcash unified address) stands as
 * chain, kind and the SHA-256 of the whole key: a cut key would be somebody else's. */
static const char *key_fact(struct cw_arena *arena, struct cw_span canonical)
{
    if (canonical.len <= VALUE_MAX_BYTES) {
        return fact(arena, canonical, VALUE_MAX_BYTES);
    }
    const size_t chain = cw_span_find(canonical, ':', 0);
    const size_t kind = cw_span_find(canonical, ':', chain + 1);
    char hash[CW_SHA256_HEX_BYTES];
    char text[VALUE_MAX_BYTES];
    cw_sha256_hex(canonical, hash);
    (void)snprintf(text, sizeof(text), "%.*s:sha256-%s", (int)kind, canonical.data, hash);
    return fact_str(arena, text, VALUE_MAX_BYTES);
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
        .final_url = fact(arena, without_query(is_new ? fetched->final_url : state->final_url),
                          CW_HTTP_URL_MAX),
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
    out->chain = fact(arena, cw_span_slice(canonical, 0, colon), VALUE_MAX_BYTES);
    out->value = fact(arena, value, VALUE_MAX_BYTES);
    out->canonical = key_fact(arena, canonical);
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
    const char **programs = cw_arena_array(arena, listing->programs_count + 1, sizeof(*programs));
    if (programs == NULL) {
        return arena_full(arena, err);
    }
    for (size_t i = 0; i < listing->programs_count; i++) {
        programs[i] = fact(arena, listing->programs[i], CW_ENTRY_PROGRAM_MAX);
        if (programs[i] == NULL) {
            return arena_full(arena, err);
        }
    }
    out->programs = programs;
    out->programs_count = listing->programs_count;
    out->listed_value = fact(arena, listing->value, VALUE_MAX_BYTES);
    out->listed_canonical = key_fact(arena, listing->canonical);
    out->listed_encoding = fact(arena, listing->encoding, VALUE_MAX_BYTES);
    out->entry_id = key_fact(arena, listing->entry_id);
    out->entry_name = fact(arena, listing->entry_name, NAME_MAX_BYTES);
    out->listed_on = fact(arena, listing->listed_on, VALUE_MAX_BYTES);
    out->episode = listing->episode;
    const bool is_whole = out->listed_value != NULL && out->listed_canonical != NULL &&
                          out->listed_encoding != NULL && out->entry_id != NULL &&
                          out->entry_name != NULL && out->listed_on != NULL;
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

/* ---- what changed in an entry -------------------------------------------------------------- */

static const char *json_fact(struct cw_arena *arena, const json_t *value)
{
    if (value == NULL) {
        return NULL;
    }
    char *text = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
    if (text == NULL) {
        cw_arena_fail(arena, CW_NOMEM);
    }
    const struct cw_span kept = cw_arena_copy(arena, cw_span_cstr(text));
    free(text);
    return kept.data;
}

/* One change per member whose JSON differs; the members are those of normalise.c. */
static enum cw_status put_changes(struct cw_span old_json, struct cw_span new_json,
                                  struct cw_arena *arena, struct cw_alert_address *out,
                                  struct cw_error *err)
{
    static const char *const members[] = {"entry_name", "listed_on", "programs"};
    static const char *const paths[] = {"/entry_name", "/listed_on", "/programs"};
    struct cw_alert_change *changes = cw_arena_array(arena, CW_COUNT(members), sizeof(*changes));
    if (changes == NULL) {
        return arena_full(arena, err);
    }
    json_t *before = json_loadb(old_json.data, old_json.len, 0, NULL);
    json_t *after = json_loadb(new_json.data, new_json.len, 0, NULL);
    for (size_t i = 0; i < CW_COUNT(members); i++) {
        const json_t *from = json_object_get(before, members[i]);
        const json_t *to = json_object_get(after, members[i]);
        const bool is_same = from == NULL || to == NULL ? from == to : json_equal(from, to) != 0;
        if (!is_same) {
            changes[out->changes_count++] = (struct cw_alert_change){
                .path = paths[i],
                .from_json = json_fact(arena, from),
                .to_json = json_fact(arena, to),
            };
        }
    }
    json_decref(before);
    json_decref(after);
    out->changes = changes;
    return CW_OK;
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

static enum cw_status put_present(const struct cw_match_event *event, struct cw_arena *arena,
                                  struct cw_alert_address *out, struct cw_error *err)
{
    const struct cw_hit *hit = event->hit;
    out->relation = cw_relation_name(hit->relation);
    out->entry_sha256 = hit->listing->entry_sha256;
    out->is_baseline = event->is_baseline;
    enum cw_status status =
        put_address(hit->address_value, cw_span_cstr(hit->address_canonical), arena, out, err);
    if (status == CW_OK) {
        status = put_listing(hit->listing, arena, out, err);
    }
    if (status == CW_OK && event->type == CW_MATCH_CHANGED) {
        out->previous_entry_sha256 = fact(arena, event->tracked->entry_sha256, 64);
        out->revision = hit->listing->revision;
        status = put_changes(event->tracked->entry_json, hit->listing->entry_json, arena, out, err);
    }
    return status;
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
    out->previous_entry_sha256 = fact(arena, tracked->entry_sha256, 64);
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
