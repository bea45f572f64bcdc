#include "alert/internal.h"
#include "alert/shape.h"
#include "alert/strict.h"
#include "base/limits.h"

enum { DECIMAL_BYTES = 21 };

struct cw_span cw_body_text(const json_t *object, const char *outer, const char *name)
{
    const json_t *from = outer == NULL ? object : json_object_get(object, outer);
    const json_t *value = json_object_get(from, name);
    return (struct cw_span){json_string_value(value), json_string_length(value)};
}

/* ---- the type, and the members that it asks for ---- */

/* Types that a later version adds are accepted: their family shows in the name, and what is not
 * known of them (further members, the identifier) is not judged. */
struct kind {
    enum cw_alert_family family;
    bool is_known;
    enum cw_alert_type type; /* if is_known */
};

static struct kind kind_of(struct cw_span name)
{
    struct kind kind = {.family = CW_FAMILY_OTHER};
    if (cw_alert_type_parse(name, &kind.type)) {
        kind.is_known = true;
        kind.family = cw_alert_family_of(kind.type);
    } else if (cw_span_starts_with(name, CW_SPAN("cryptowatch.address."))) {
        kind.family = CW_FAMILY_ADDRESS;
    } else if (cw_span_starts_with(name, CW_SPAN("cryptowatch.feed."))) {
        kind.family = CW_FAMILY_FEED;
    }
    return kind;
}

static enum cw_status need(const json_t *object, const char *path, const char *const *names,
                           struct cw_error *err)
{
    for (size_t i = 0; names[i] != NULL; i++) {
        if (json_object_get(object, names[i]) == NULL) {
            return cw_error_set(err, CW_UNTRUSTED, "%s.%s: missing in an alert of this type", path,
                                names[i]);
        }
    }
    return CW_OK;
}

static enum cw_status need_of_family(const json_t *data, enum cw_alert_family family,
                                     struct cw_error *err)
{
    static const char *const of_address[] = {"address",    "case",     "match", "listing",
                                             "provenance", "evidence", NULL};
    static const char *const of_feed[] = {"feed", NULL};
    static const char *const of_retraction[] = {"retracts", "reason", NULL};
    static const char *const of_other[] = {NULL};
    const char *const *names = of_other;
    switch (family) {
    case CW_FAMILY_ADDRESS:
        names = of_address;
        break;
    case CW_FAMILY_FEED:
        names = of_feed;
        break;
    case CW_FAMILY_RETRACTION:
        names = of_retraction;
        break;
    case CW_FAMILY_OTHER:
        break;
    }
    return need(data, "data", names, err);
}

static enum cw_status need_of_listing(const json_t *data, const struct kind *kind,
                                      struct cw_error *err)
{
    static const char *const of_listed[] = {"entry_sha256", NULL};
    static const char *const of_delisted[] = {"previous_entry_sha256", NULL};
    static const char *const of_changed[] = {"entry_sha256", "previous_entry_sha256", "revision",
                                             NULL};
    if (!kind->is_known || kind->family != CW_FAMILY_ADDRESS) {
        return CW_OK;
    }
    const char *const *names = of_changed;
    if (kind->type != CW_ALERT_CHANGED) {
        names = kind->type == CW_ALERT_LISTED ? of_listed : of_delisted;
    }
    return need(json_object_get(data, "listing"), "data.listing", names, err);
}

/* ---- the equalities of section 2 ---- */

static enum cw_status check_grades(const json_t *event, const json_t *data, struct cw_error *err)
{
    enum cw_severity severity = CW_INFO;
    if (!cw_severity_parse(cw_body_text(data, "assessment", "severity"), &severity)) {
        return cw_error_set(err, CW_UNTRUSTED, "data.assessment.severity: no such severity");
    }
    if (!cw_span_is(cw_body_text(event, NULL, "severitytext"), cw_severity_text(severity))) {
        return cw_error_set(err, CW_UNTRUSTED,
                            "severitytext: differs from data.assessment.severity");
    }
    if (json_integer_value(json_object_get(event, "severitynumber")) !=
        cw_severity_number(severity)) {
        return cw_error_set(err, CW_UNTRUSTED,
                            "severitynumber: differs from data.assessment.severity");
    }
    if (!cw_span_equal(cw_body_text(event, NULL, "tlp"), cw_body_text(data, "marking", "tlp"))) {
        return cw_error_set(err, CW_UNTRUSTED, "tlp: differs from data.marking.tlp");
    }
    return CW_OK;
}

static bool subject_is(struct cw_span subject, struct cw_span prefix, struct cw_span rest)
{
    return cw_span_starts_with(subject, prefix) &&
           cw_span_equal(cw_span_slice(subject, prefix.len, subject.len), rest);
}

static enum cw_status check_subject(const json_t *event, const json_t *data,
                                    const struct kind *kind, struct cw_error *err)
{
    const struct cw_span subject = cw_body_text(event, NULL, "subject");
    if (kind->family == CW_FAMILY_ADDRESS &&
        !subject_is(subject, CW_SPAN(""), cw_body_text(data, "address", "canonical"))) {
        return cw_error_set(err, CW_UNTRUSTED, "subject: differs from data.address.canonical");
    }
    if (kind->family == CW_FAMILY_FEED &&
        !subject_is(subject, CW_SPAN("feed:"), cw_body_text(data, "feed", "id"))) {
        return cw_error_set(err, CW_UNTRUSTED, "subject: is not \"feed:\" and data.feed.id");
    }
    if (kind->is_known && kind->type == CW_ALERT_KEY_CHANGED &&
        !cw_span_starts_with(subject, CW_SPAN("key:"))) {
        return cw_error_set(err, CW_UNTRUSTED, "subject: does not begin with \"key:\"");
    }
    return CW_OK;
}

static bool is_the_snapshot(const json_t *object, const json_t *provenance)
{
    return cw_span_is(cw_body_text(object, NULL, "type"), "snapshot") &&
           cw_span_equal(cw_body_text(object, NULL, "sha256"),
                         cw_body_text(provenance, NULL, "snapshot_sha256")) &&
           json_integer_value(json_object_get(object, "bytes")) ==
               json_integer_value(json_object_get(provenance, "snapshot_bytes"));
}

static enum cw_status check_evidence(const json_t *data, struct cw_error *err)
{
    const json_t *evidence = json_object_get(data, "evidence");
    const json_t *provenance = json_object_get(data, "provenance");
    if (provenance == NULL) {
        return CW_OK;
    }
    for (size_t i = 0; i < json_array_size(evidence); i++) {
        if (is_the_snapshot(json_array_get(evidence, i), provenance)) {
            return CW_OK;
        }
    }
    return cw_error_set(err, CW_UNTRUSTED,
                        "data.evidence: the snapshot of data.provenance is not "
                        "among it");
}

/* ---- the identifier of section 3 ---- */

static void put_decimal(struct cw_id_parts *parts, const json_t *listing, const char *name,
                        char text[static DECIMAL_BYTES])
{
    (void)snprintf(text, DECIMAL_BYTES, "%lld",
                   (long long)json_integer_value(json_object_get(listing, name)));
    cw_id_parts_add(parts, cw_span_cstr(text));
}

enum cw_status cw_body_address_id(const json_t *data, enum cw_alert_type type,
                                  char ret_id[static CW_UUID_TEXT_BYTES], struct cw_error *err)
{
    const json_t *listing = json_object_get(data, "listing");
    struct cw_id_parts parts;
    char episode[DECIMAL_BYTES];
    char revision[DECIMAL_BYTES];
    cw_id_parts_begin(&parts, type);
    cw_id_parts_add(&parts, cw_body_text(data, "case", "id"));
    cw_id_parts_add(&parts, cw_body_text(data, "address", "canonical"));
    cw_id_parts_add(&parts, cw_body_text(data, "provenance", "feed"));
    cw_id_parts_add(&parts, cw_body_text(data, "listing", "entry_id"));
    cw_id_parts_add(&parts, cw_body_text(data, "match", "listed_canonical"));
    put_decimal(&parts, listing, "episode", episode);
    if (type == CW_ALERT_CHANGED) {
        put_decimal(&parts, listing, "revision", revision);
        cw_id_parts_add(&parts, cw_body_text(data, "listing", "entry_sha256"));
    }
    return cw_id_parts_end(&parts, ret_id, err);
}

static enum cw_status other_id(const json_t *event, enum cw_alert_type type,
                               char ret_id[static CW_UUID_TEXT_BYTES], struct cw_error *err)
{
    const json_t *data = json_object_get(event, "data");
    struct cw_id_parts parts;
    cw_id_parts_begin(&parts, type);
    cw_id_parts_add(&parts, cw_body_text(event, NULL, "source"));
    if (cw_alert_family_of(type) == CW_FAMILY_RETRACTION) {
        cw_id_parts_add(&parts, cw_body_text(data, NULL, "retracts"));
        return cw_id_parts_end(&parts, ret_id, err);
    }
    cw_id_parts_add(&parts, cw_body_text(data, "scanner", "instance"));
    if (cw_alert_family_of(type) == CW_FAMILY_FEED) {
        cw_id_parts_add(&parts, cw_body_text(data, "feed", "id"));
        cw_id_parts_add(&parts, cw_body_text(data, "feed", "since"));
    } else {
        cw_id_parts_add(&parts, cw_body_text(event, NULL, "time"));
    }
    return cw_id_parts_end(&parts, ret_id, err);
}

/* Section 3 gives these two no recipe, so another program may have chosen another one. */
static bool has_recipe(const struct kind *kind)
{
    return kind->is_known && kind->type != CW_ALERT_KEY_CHANGED &&
           kind->type != CW_ALERT_ENDPOINT_DISABLED;
}

static enum cw_status check_id(const json_t *event, const struct kind *kind, struct cw_error *err)
{
    char id[CW_UUID_TEXT_BYTES];
    struct cw_error why = {0};
    if (!has_recipe(kind)) {
        return CW_OK;
    }
    const enum cw_status status =
        kind->family == CW_FAMILY_ADDRESS
            ? cw_body_address_id(json_object_get(event, "data"), kind->type, id, &why)
            : other_id(event, kind->type, id, &why);
    if (status != CW_OK) {
        return cw_error_set(err, status == CW_INVALID ? CW_UNTRUSTED : status, "id: %s", why.text);
    }
    if (!cw_span_is(cw_body_text(event, NULL, "id"), id)) {
        return cw_error_set(err, CW_UNTRUSTED,
                            "id: is not the identifier that follows from the content");
    }
    return CW_OK;
}

static enum cw_status check_event(const json_t *event, struct cw_span body, struct cw_error *err)
{
    enum cw_status status = cw_strict_canonical(event, body, err);
    if (status == CW_OK) {
        status = cw_shape_check(event, &cw_body_shape, "", err);
    }
    if (status != CW_OK) {
        return status;
    }
    const json_t *data = json_object_get(event, "data");
    const struct kind kind = kind_of(cw_body_text(event, NULL, "type"));
    status = need_of_family(data, kind.family, err);
    if (status == CW_OK) {
        status = need_of_listing(data, &kind, err);
    }
    if (status == CW_OK) {
        status = check_grades(event, data, err);
    }
    if (status == CW_OK) {
        status = check_subject(event, data, &kind, err);
    }
    if (status == CW_OK) {
        status = check_evidence(data, err);
    }
    return status == CW_OK ? check_id(event, &kind, err) : status;
}

enum cw_status cw_alert_check_body(struct cw_span body, struct cw_error *err)
{
    json_t *event = NULL;
    struct cw_error why = {0};
    enum cw_status status = cw_strict_object(body, CW_ALERT_BYTES_MAX, &event, &why);
    if (status == CW_OK) {
        status = check_event(event, body, &why);
    }
    json_decref(event);
    return status == CW_OK ? CW_OK : cw_error_set(err, status, "%s", why.text);
}
