#include "feed/ofac_internal.h"

#include "base/limits.h"

/* ---- attributes ---- */

struct cw_span cw_ofac_attribute(const struct cw_ofac_opening *opening, const char *name)
{
    for (size_t i = 0; opening->attributes[i] != NULL; i += 2) {
        if (strcmp(opening->attributes[i], name) == 0) {
            return cw_span_cstr(opening->attributes[i + 1]);
        }
    }
    return (struct cw_span){NULL, 0};
}

enum cw_status cw_ofac_read_id(const struct cw_ofac_opening *opening, const char *name,
                               uint64_t *ret_id, struct cw_error *err)
{
    const struct cw_span text = cw_span_trim(cw_ofac_attribute(opening, name));
    const struct cw_span shown = cw_span_slice(text, 0, 64);
    if (!cw_span_to_u64(text, UINT64_MAX, ret_id)) {
        return cw_error_set(err, CW_UNTRUSTED, "%s: %s \"%.*s\" is not a number",
                            cw_ofac_name(opening->node), name, CW_SPAN_ARG(shown));
    }
    return CW_OK;
}

enum cw_status cw_ofac_read_ids(const struct cw_ofac_opening *opening, uint64_t *ret_id,
                                const char *name, uint64_t *ret_other, struct cw_error *err)
{
    const enum cw_status status = cw_ofac_read_id(opening, "ID", ret_id, err);
    return status == CW_OK ? cw_ofac_read_id(opening, name, ret_other, err) : status;
}

enum cw_status cw_ofac_complain(struct cw_ofac_document *document,
                                const struct cw_ofac_feature *about, const char *missing,
                                uint64_t missing_id, struct cw_error *err)
{
    char text[96];
    (void)snprintf(text, sizeof(text), "%s %llu is not defined in the list", missing,
                   (unsigned long long)missing_id);
    struct cw_ofac_feature complaint = *about;
    complaint.line = document->line;
    complaint.error = cw_span_cstr(text);
    return cw_ofac_table_add(&document->table, &complaint, err);
}

/* ---- features ---- */

enum cw_status cw_ofac_open_feature(struct cw_ofac_opening *opening, struct cw_error *err)
{
    struct cw_ofac_document *document = opening->document;
    struct cw_ofac_feature *feature = &document->feature;
    uint64_t type = 0;
    enum cw_status status = cw_ofac_read_id(opening, "FeatureTypeID", &type, err);
    if (status != CW_OK) {
        return status;
    }
    const struct cw_ofac_ref *ref = cw_ofac_refs_find(&document->refs, OFAC_REF_FEATURE, type);
    opening->is_wanted = ref == NULL || ref->meaning == OFAC_CURRENCY;
    if (!opening->is_wanted) {
        return CW_OK;
    }
    *feature = (struct cw_ofac_feature){
        .what = "feature", .party_id = document->party_id, .line = document->line};
    document->details_count = 0;
    cw_buf_reset(&document->note);
    status = cw_ofac_read_id(opening, "ID", &feature->id, err);
    if (status == CW_OK) {
        status = cw_ofac_table_list(&document->table, err);
    }
    if (status != CW_OK) {
        return status;
    }
    feature->listed = cw_ofac_table_current(&document->table)->listed;
    feature->tag = ref != NULL ? ref->tag : feature->tag;
    feature->error =
        ref == NULL ? CW_SPAN("the feature type is not defined in the list") : feature->error;
    return CW_OK;
}

enum cw_status cw_ofac_close_feature_comment(struct cw_ofac_document *document, struct cw_span text,
                                             struct cw_error *err)
{
    const struct cw_span kept = cw_span_trim(text);
    if (kept.len > 0 && document->note.len > 0) {
        cw_buf_str(&document->note, "; ");
    }
    cw_buf_span(&document->note, kept);
    return cw_buf_status(&document->note, err);
}

/* What the list says of the value's reliability: "False" takes it back, "Reported" and whatever
 * else is said is a part of the note. */
enum cw_status cw_ofac_open_version(struct cw_ofac_opening *opening, struct cw_error *err)
{
    struct cw_ofac_document *document = opening->document;
    struct cw_ofac_feature *feature = &document->feature;
    uint64_t id = 0;
    if (cw_ofac_attribute(opening, "ReliabilityID").data == NULL) {
        return CW_OK;
    }
    enum cw_status status = cw_ofac_read_id(opening, "ReliabilityID", &id, err);
    if (status != CW_OK) {
        return status;
    }
    const struct cw_ofac_ref *ref = cw_ofac_refs_find(&document->refs, OFAC_REF_RELIABILITY, id);
    if (ref == NULL || ref->meaning == OFAC_UNSAID) {
        return CW_OK;
    }
    if (ref->meaning == OFAC_FALSE) {
        feature->error = feature->error.len > 0
                             ? feature->error
                             : CW_SPAN("no longer listed: the list calls the feature false");
        return CW_OK;
    }
    status = cw_ofac_close_feature_comment(document, CW_SPAN("reliability:"), err);
    cw_buf_char(&document->note, ' ');
    cw_buf_span(&document->note, ref->text);
    return status == CW_OK ? cw_buf_status(&document->note, err) : status;
}

/* The comment stands before the detail in the schema, so the note is whole here. */
enum cw_status cw_ofac_close_detail(struct cw_ofac_document *document, struct cw_span text,
                                    struct cw_error *err)
{
    struct cw_ofac_feature feature = document->feature;
    document->details_count++;
    feature.value = text;
    feature.note = cw_buf_as_span(&document->note);
    if (cw_span_trim(text).len == 0 && feature.error.len == 0) {
        feature.error = CW_SPAN("the feature has no value");
    }
    return cw_ofac_table_add(&document->table, &feature, err);
}

enum cw_status cw_ofac_close_feature(struct cw_ofac_document *document, struct cw_span text,
                                     struct cw_error *err)
{
    return document->details_count > 0
               ? CW_OK
               : cw_ofac_close_detail(document, cw_span_slice(text, 0, 0), err);
}
