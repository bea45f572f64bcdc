#include "alert/internal.h"
#include "alert/shape.h"
#include "alert/strict.h"
#include "base/limits.h"
#include "base/text.h"

/* Copies what fits, whole characters only. */
static void copy(char *ret_text, size_t bytes, struct cw_span text)
{
    size_t fits = 0;
    uint32_t code_point = 0;
    for (size_t at = 0; cw_utf8_next(text, &at, &code_point) && at < bytes;) {
        fits = at;
    }
    if (fits > 0) {
        memcpy(ret_text, text.data, fits);
    }
    ret_text[fits] = '\0';
}

static bool read_grades(const json_t *event, struct cw_alert_summary *summary)
{
    const json_t *data = json_object_get(event, "data");
    return cw_alert_type_parse(cw_body_text(event, NULL, "type"), &summary->type) &&
           cw_severity_parse(cw_body_text(data, "assessment", "severity"), &summary->severity) &&
           cw_tlp_parse(cw_body_text(event, NULL, "tlp"), &summary->tlp);
}

/* The feed of an address alert is where it was found; that of a feed alert is what it is about. */
static struct cw_span feed_of(const json_t *data, enum cw_alert_type type)
{
    return cw_alert_family_of(type) == CW_FAMILY_FEED ? cw_body_text(data, "feed", "id")
                                                      : cw_body_text(data, "provenance", "feed");
}

/* A delisting names the same parts as the listing that it ends (alerts.md section 3). */
static void find_ended(const json_t *data, struct cw_alert_summary *summary)
{
    if (summary->type == CW_ALERT_RETRACTED) {
        copy(summary->closes, sizeof(summary->closes), cw_body_text(data, NULL, "retracts"));
    } else if (summary->type == CW_ALERT_DELISTED &&
               cw_body_address_id(data, CW_ALERT_LISTED, summary->closes, NULL) != CW_OK) {
        summary->closes[0] = '\0';
    }
}

static void fill(const json_t *event, struct cw_alert_summary *summary)
{
    const json_t *data = json_object_get(event, "data");
    copy(summary->id, sizeof(summary->id), cw_body_text(event, NULL, "id"));
    copy(summary->time, sizeof(summary->time), cw_body_text(event, NULL, "time"));
    copy(summary->subject, sizeof(summary->subject), cw_body_text(event, NULL, "subject"));
    copy(summary->source, sizeof(summary->source), cw_body_text(event, NULL, "source"));
    copy(summary->case_id, sizeof(summary->case_id), cw_body_text(data, "case", "id"));
    copy(summary->feed, sizeof(summary->feed), feed_of(data, summary->type));
    copy(summary->text_en, sizeof(summary->text_en), cw_body_text(data, "text", "en"));
    find_ended(data, summary);
}

enum cw_status cw_alert_summarise(struct cw_span body, struct cw_alert_summary *ret,
                                  struct cw_error *err)
{
    json_t *event = NULL;
    struct cw_alert_summary summary = {.id = ""};
    enum cw_status status = cw_strict_object(body, CW_ALERT_BYTES_MAX, &event, err);
    if (status == CW_OK) {
        status = cw_shape_check(event, &cw_body_shape, "", err);
    }
    if (status == CW_OK && !read_grades(event, &summary)) {
        status = cw_error_set(err, CW_UNTRUSTED, "type: not one that this version knows");
    }
    if (status == CW_OK) {
        fill(event, &summary);
        *ret = summary;
    }
    json_decref(event);
    return status;
}
