#include "alert/internal.h"
#include "alert/strict.h"
#include "base/datetime.h"
#include "base/limits.h"
#include "crypto/base64.h"
#include "json/json_file.h"

enum { SENTENCE_BYTES_MAX = 4096, NONCE_BYTES = 16 };

/* Where a fact goes and how it is called in a message. `json` is borrowed from the tree; NULL after
 * a failure, and then every put does nothing: the first error is looked at once, at the end. */
struct node {
    json_t *json;
    const char *path;
};

struct maker {
    const struct cw_alert_facts *facts;
    enum cw_status status;
    struct cw_error *err;
};

enum presence { REQUIRED, OPTIONAL };

static void refuse(struct maker *maker, struct node node, const char *name, const char *why)
{
    if (maker->status == CW_OK) {
        maker->status = cw_error_set(maker->err, CW_INVALID, "%s%s%s: %s", node.path,
                                     node.path[0] == '\0' ? "" : ".", name, why);
    }
}

static void no_memory(struct maker *maker)
{
    if (maker->status == CW_OK) {
        maker->status = cw_error_set(maker->err, CW_NOMEM, "alert: not enough memory");
    }
}

/* Takes `value` over, NULL included. */
static void put(struct maker *maker, struct node node, const char *name, json_t *value)
{
    if (maker->status != CW_OK || node.json == NULL) {
        json_decref(value);
    } else if (value == NULL || json_object_set_new(node.json, name, value) != 0) {
        no_memory(maker);
    }
}

static struct node put_object(struct maker *maker, struct node node, const char *name)
{
    json_t *object = json_object();
    put(maker, node, name, object);
    return (struct node){maker->status == CW_OK ? object : NULL, name};
}

static json_t *put_array(struct maker *maker, struct node node, const char *name)
{
    json_t *array = json_array();
    put(maker, node, name, array);
    return maker->status == CW_OK ? array : NULL;
}

/* A new object at the end of an array. */
static struct node append_object(struct maker *maker, json_t *array, const char *path)
{
    json_t *object = json_object();
    if (maker->status != CW_OK) {
        json_decref(object);
        object = NULL;
    } else if (object == NULL || json_array_append_new(array, object) != 0) {
        no_memory(maker);
        object = NULL;
    }
    return (struct node){object, path};
}

/* A text that may stand in B, or NULL and a sentence. */
static json_t *text_of(struct maker *maker, struct node node, const char *name, const char *value)
{
    const struct cw_span text = cw_span_cstr(value);
    if (maker->status != CW_OK) {
        return NULL;
    }
    if (!cw_alert_text_fits(text)) {
        refuse(maker, node, name, "a control character or bad UTF-8 cannot stand in an alert");
        return NULL;
    }
    json_t *json = json_stringn(text.data, text.len);
    if (json == NULL) {
        no_memory(maker);
    }
    return json;
}

static void put_text(struct maker *maker, struct node node, const char *name, const char *value,
                     enum presence presence)
{
    const bool is_absent = value == NULL || value[0] == '\0';
    if (is_absent && presence == REQUIRED) {
        refuse(maker, node, name, "missing");
    }
    if (!is_absent) {
        put(maker, node, name, text_of(maker, node, name, value));
    }
}

static void put_number(struct maker *maker, struct node node, const char *name, uint64_t value)
{
    if (value > (uint64_t)CW_ALERT_INTEGER_MAX) {
        refuse(maker, node, name, "larger than 2^53 - 1");
        return;
    }
    put(maker, node, name, json_integer((json_int_t)value));
}

static void put_time(struct maker *maker, struct node node, const char *name, int64_t time_s)
{
    char text[CW_TIME_TEXT_BYTES];
    if (time_s < 0 || time_s > CW_ALERT_TIME_MAX_S) {
        refuse(maker, node, name, "a time from 1970 to 9999 is needed");
        return;
    }
    cw_time_format(time_s, text);
    put_text(maker, node, name, text, REQUIRED);
}

/* ---- address alerts ---- */

static void put_case(struct maker *maker, struct node data, const struct cw_alert_address *facts)
{
    const struct node node = put_object(maker, data, "case");
    put_text(maker, node, "id", facts->case_id, REQUIRED);
    put_text(maker, node, "title", facts->case_title, REQUIRED);
    put_text(maker, node, "rule_sha256", facts->rule_sha256, REQUIRED);
    json_t *reported = facts->reported_count > 0 ? put_array(maker, node, "reported") : NULL;
    for (size_t i = 0; i < facts->reported_count; i++) {
        const struct cw_alert_report *report = &facts->reported[i];
        const struct node item = append_object(maker, reported, "case.reported");
        put_text(maker, item, "title", report->title, REQUIRED);
        put_text(maker, item, "url", report->url, REQUIRED);
        put_text(maker, item, "published", report->published, OPTIONAL);
    }
}

static void put_address(struct maker *maker, struct node data, const struct cw_alert_address *facts)
{
    const struct node address = put_object(maker, data, "address");
    put_text(maker, address, "chain", facts->chain, REQUIRED);
    put_text(maker, address, "value", facts->value, REQUIRED);
    put_text(maker, address, "canonical", facts->canonical, REQUIRED);
    put_text(maker, address, "caip10", facts->caip10, OPTIONAL);
    const struct node match = put_object(maker, data, "match");
    put_text(maker, match, "relation", facts->relation, REQUIRED);
    put_text(maker, match, "listed_value", facts->listed_value, REQUIRED);
    put_text(maker, match, "listed_canonical", facts->listed_canonical, REQUIRED);
    put_text(maker, match, "listed_encoding", facts->listed_encoding, OPTIONAL);
}

static void put_json(struct maker *maker, struct node node, const char *name, const char *text)
{
    if (text == NULL || text[0] == '\0' || maker->status != CW_OK) {
        return;
    }
    json_t *value = NULL;
    if (cw_strict_load(cw_span_cstr(text), JSON_DECODE_ANY, &value, NULL) == CW_UNTRUSTED) {
        refuse(maker, node, name, "not JSON");
        return;
    }
    put(maker, node, name, value);
}

static void put_changes(struct maker *maker, struct node listing,
                        const struct cw_alert_address *facts)
{
    json_t *changes = put_array(maker, listing, "changes");
    for (size_t i = 0; i < facts->changes_count; i++) {
        const struct node item = append_object(maker, changes, "listing.changes");
        put_text(maker, item, "path", facts->changes[i].path, REQUIRED);
        put_json(maker, item, "from", facts->changes[i].from_json);
        put_json(maker, item, "to", facts->changes[i].to_json);
    }
}

static void put_listing(struct maker *maker, struct node data, const struct cw_alert_address *facts)
{
    const enum cw_alert_type type = maker->facts->type;
    const struct node node = put_object(maker, data, "listing");
    put(maker, node, "baseline", json_boolean(facts->is_baseline));
    put_text(maker, node, "entry_id", facts->entry_id, REQUIRED);
    put_text(maker, node, "entry_name", facts->entry_name, OPTIONAL);
    put_text(maker, node, "listed_on", facts->listed_on, OPTIONAL);
    put_number(maker, node, "episode", facts->episode);
    if (type != CW_ALERT_DELISTED) {
        put_text(maker, node, "entry_sha256", facts->entry_sha256, REQUIRED);
    }
    if (type != CW_ALERT_LISTED) {
        put_text(maker, node, "previous_entry_sha256", facts->previous_entry_sha256, REQUIRED);
    }
    if (type == CW_ALERT_CHANGED) {
        put_number(maker, node, "revision", facts->revision);
    }
    if (type == CW_ALERT_CHANGED && facts->changes_count > 0) {
        put_changes(maker, node, facts);
    }
    json_t *programs = put_array(maker, node, "programs");
    for (size_t i = 0; i < facts->programs_count; i++) {
        json_t *program = text_of(maker, node, "programs", facts->programs[i]);
        if (program != NULL && json_array_append_new(programs, program) != 0) {
            no_memory(maker);
        }
    }
}

static void put_snapshot(struct maker *maker, struct node data,
                         const struct cw_alert_provenance *facts)
{
    char name[96];
    json_t *evidence = put_array(maker, data, "evidence");
    const struct node node = append_object(maker, evidence, "evidence");
    (void)snprintf(name, sizeof(name), "snapshots/%.64s", facts->snapshot_sha256);
    put_text(maker, node, "type", "snapshot", REQUIRED);
    put_text(maker, node, "name", name, REQUIRED);
    put_text(maker, node, "sha256", facts->snapshot_sha256, REQUIRED);
    put_text(maker, node, "media_type", facts->media_type, OPTIONAL);
    put_number(maker, node, "bytes", facts->snapshot_bytes);
}

static void put_provenance(struct maker *maker, struct node data,
                           const struct cw_alert_provenance *facts)
{
    const struct node node = put_object(maker, data, "provenance");
    put_text(maker, node, "feed", facts->feed, REQUIRED);
    put_text(maker, node, "publisher", facts->publisher, REQUIRED);
    put_text(maker, node, "url", facts->url, REQUIRED);
    put_text(maker, node, "final_url", facts->final_url, OPTIONAL);
    put_time(maker, node, "retrieved_at", facts->retrieved_at_s);
    put_number(maker, node, "http_status", facts->http_status);
    put_text(maker, node, "etag", facts->etag, OPTIONAL);
    put_text(maker, node, "last_modified", facts->last_modified, OPTIONAL);
    put_text(maker, node, "published", facts->published, OPTIONAL);
    put_text(maker, node, "media_type", facts->media_type, OPTIONAL);
    put_text(maker, node, "snapshot_sha256", facts->snapshot_sha256, REQUIRED);
    put_number(maker, node, "snapshot_bytes", facts->snapshot_bytes);
    if (maker->status == CW_OK) {
        put_snapshot(maker, data, facts);
    }
}

/* ---- feed alerts ---- */

static void put_feed(struct maker *maker, struct node data, const struct cw_alert_feed *facts)
{
    const struct node feed = put_object(maker, data, "feed");
    put_text(maker, feed, "id", facts->id, REQUIRED);
    put_text(maker, feed, "url", facts->url, REQUIRED);
    put_number(maker, feed, "failures", facts->failures);
    put_time(maker, feed, "since", facts->since_s);
    if (facts->last_good_at_s != 0) {
        put_time(maker, feed, "last_good_at", facts->last_good_at_s);
    }
    if (facts->error_code == NULL || facts->error_code[0] == '\0') {
        return;
    }
    const struct node error = put_object(maker, data, "error");
    put_text(maker, error, "code", facts->error_code, REQUIRED);
    put_text(maker, error, "detail", facts->error_detail, OPTIONAL);
    if (facts->http_status != 0) {
        put_number(maker, error, "http_status", facts->http_status);
    }
}

/* ---- what every alert has ---- */

static void put_assessment(struct maker *maker, struct node data)
{
    const struct cw_alert_facts *facts = maker->facts;
    const struct node assessment = put_object(maker, data, "assessment");
    put_text(maker, assessment, "severity", cw_severity_name(facts->severity), REQUIRED);
    put_text(maker, assessment, "admiralty", facts->admiralty, OPTIONAL);
    if (facts->confidence != -1) {
        put(maker, assessment, "confidence", json_integer(facts->confidence));
    }
    const struct node marking = put_object(maker, data, "marking");
    put_text(maker, marking, "tlp", cw_tlp_name(facts->tlp), REQUIRED);
}

static void put_scanner(struct maker *maker, struct node data)
{
    const struct cw_alert_scanner *facts = &maker->facts->scanner;
    const struct node node = put_object(maker, data, "scanner");
    put_text(maker, node, "name", CW_ALERT_SCANNER_NAME, REQUIRED);
    put_text(maker, node, "version", facts->version, REQUIRED);
    put_text(maker, node, "instance", facts->instance, REQUIRED);
    put_text(maker, node, "config_sha256", facts->config_sha256, OPTIONAL);
}

static void put_nonce(struct maker *maker, struct node data)
{
    struct cw_buf text;
    cw_buf_init(&text, 2u * (size_t)NONCE_BYTES);
    cw_base64_encode(&text, CW_BASE64_URL, cw_span_make(maker->facts->nonce, NONCE_BYTES));
    if (cw_buf_status(&text, NULL) != CW_OK) {
        no_memory(maker);
    } else {
        put_text(maker, data, "nonce", text.data, REQUIRED);
    }
    cw_buf_clear(&text);
}

static void put_sentence(struct maker *maker, struct node text, const char *language,
                         const struct cw_sentence_words *words)
{
    struct cw_buf sentence;
    cw_buf_init(&sentence, SENTENCE_BYTES_MAX);
    if (!cw_sentence_write(&sentence, cw_span_cstr(language), maker->facts->type, words)) {
        refuse(maker, text, language, "there are no sentences in this language");
    }
    const enum cw_status status = cw_buf_status(&sentence, NULL);
    if (status == CW_LIMIT) {
        refuse(maker, text, language, "the sentence is too long");
    } else if (status != CW_OK) {
        no_memory(maker);
    } else {
        put_text(maker, text, language, sentence.data, REQUIRED);
    }
    cw_buf_clear(&sentence);
}

static void put_sentences(struct maker *maker, struct node data)
{
    static const char *const english[] = {"en", NULL};
    const struct cw_alert_facts *facts = maker->facts;
    const struct cw_alert_address *address = facts->address;
    const struct cw_alert_feed *feed = facts->feed;
    char since[CW_TIME_TEXT_BYTES] = "";
    struct cw_sentence_words words = {
        .retracts = facts->retracts,
        .subject = facts->subject,
        .instance = facts->scanner.instance,
        .since = since,
    };
    if (cw_alert_family_of(facts->type) == CW_FAMILY_ADDRESS) {
        CW_ASSERT(address != NULL); /* both were demanded before */
        CW_ASSERT(facts->provenance != NULL);
        words.address = address->value;
        words.case_id = address->case_id;
        words.entry = address->entry_id;
        words.is_baseline = address->is_baseline;
        words.is_entity = cw_span_is(cw_span_cstr(address->relation), "entity");
        words.feed = facts->provenance->feed;
    }
    if (cw_alert_family_of(facts->type) == CW_FAMILY_FEED) {
        words.feed = feed->id;
        words.failures = feed->failures;
        words.is_first = feed->last_good_at_s == 0;
        words.is_all_gone =
            feed->error_code != NULL && strcmp(feed->error_code, CW_ALERT_ALL_GONE) == 0;
        cw_time_format(feed->since_s, since);
    }
    const struct node text = put_object(maker, data, "text");
    const char *const *languages = facts->languages != NULL ? facts->languages : english;
    for (size_t i = 0; languages[i] != NULL; i++) {
        put_sentence(maker, text, languages[i], &words);
    }
}

static void put_data(struct maker *maker, struct node data)
{
    const struct cw_alert_facts *facts = maker->facts;
    const enum cw_alert_family family = cw_alert_family_of(facts->type);
    put_assessment(maker, data);
    put_scanner(maker, data);
    put_nonce(maker, data);
    if (family == CW_FAMILY_ADDRESS) {
        put_case(maker, data, facts->address);
        put_address(maker, data, facts->address);
        put_listing(maker, data, facts->address);
    }
    if (family == CW_FAMILY_FEED) {
        put_feed(maker, data, facts->feed);
    }
    if (facts->provenance != NULL) {
        put_provenance(maker, data, facts->provenance);
    }
    if (family == CW_FAMILY_RETRACTION) {
        put_text(maker, data, "retracts", facts->retracts, REQUIRED);
        put_text(maker, data, "reason", facts->reason, REQUIRED);
    }
    put_sentences(maker, data);
}

static void put_subject(struct maker *maker, struct node event)
{
    char text[16 + CW_ID_MAX];
    const struct cw_alert_facts *facts = maker->facts;
    switch (cw_alert_family_of(facts->type)) {
    case CW_FAMILY_ADDRESS:
        put_text(maker, event, "subject", facts->address->canonical, REQUIRED);
        return;
    case CW_FAMILY_FEED:
        (void)snprintf(text, sizeof(text), "feed:%s", facts->feed->id);
        put_text(maker, event, "subject", text, REQUIRED);
        return;
    case CW_FAMILY_RETRACTION:
    case CW_FAMILY_OTHER:
        break;
    }
    put_text(maker, event, "subject", facts->subject, REQUIRED);
}

static void put_event(struct maker *maker, struct node event, const char *id)
{
    const struct cw_alert_facts *facts = maker->facts;
    put_text(maker, event, "specversion", "1.0", REQUIRED);
    put_text(maker, event, "id", id, REQUIRED);
    put_text(maker, event, "source", facts->scanner.source, REQUIRED);
    put_text(maker, event, "type", cw_alert_type_name(facts->type), REQUIRED);
    put_time(maker, event, "time", facts->time_s);
    put_text(maker, event, "datacontenttype", "application/json", REQUIRED);
    put_text(maker, event, "dataschema", CW_ALERT_SCHEMA, REQUIRED);
    put_text(maker, event, "severitytext", cw_severity_text(facts->severity), REQUIRED);
    put_number(maker, event, "severitynumber", (uint64_t)cw_severity_number(facts->severity));
    put_text(maker, event, "tlp", cw_tlp_name(facts->tlp), REQUIRED);
    put_subject(maker, event);
    put_data(maker, put_object(maker, event, "data"));
}

/* Bytes, then the same check that a receiver makes: what we build and what we accept cannot drift
 * apart, and every length and form is written down once. */
static enum cw_status finish(const json_t *event, struct cw_buf *ret_body, struct cw_error *err)
{
    struct cw_buf body;
    struct cw_error why = {0};
    cw_buf_init(&body, CW_ALERT_BYTES_MAX);
    enum cw_status status = cw_json_canonical(event, &body, &why);
    if (status == CW_LIMIT) {
        status =
            cw_error_set(err, CW_LIMIT, "the alert is longer than %u bytes", CW_ALERT_BYTES_MAX);
    }
    if (status == CW_OK) {
        status = cw_alert_check_body(cw_buf_as_span(&body), &why);
        status = status == CW_UNTRUSTED ? CW_INVALID : status;
    }
    if (status == CW_OK) {
        cw_buf_span(ret_body, cw_buf_as_span(&body));
        status = cw_buf_status(ret_body, &why);
    }
    cw_buf_clear(&body);
    return status == CW_OK ? CW_OK : cw_error_set(err, status, "%s", why.text);
}

enum cw_status cw_alert_build(const struct cw_alert_facts *facts, struct cw_buf *ret_body,
                              struct cw_error *err)
{
    char id[CW_UUID_TEXT_BYTES];
    struct maker maker = {.facts = facts, .status = CW_OK, .err = err};
    const struct node event = {json_object(), ""};
    if (event.json == NULL) {
        no_memory(&maker);
    }
    if (maker.status == CW_OK) {
        maker.status = cw_alert_id(facts, id, err);
    }
    if (maker.status == CW_OK) {
        put_event(&maker, event, id);
    }
    if (maker.status == CW_OK) {
        maker.status = finish(event.json, ret_body, err);
    }
    json_decref(event.json);
    return maker.status;
}
