#include "alert/internal.h"
#include "alert/shape.h"
#include "base/text.h"

enum { UUID_VERSION_AT = 14, UUID_VARIANT_AT = 19 };

/* ---- forms of texts ---- */

static bool is_uuid5(struct cw_span text)
{
    return cw_uuid_is_text(text) && text.data[UUID_VERSION_AT] == '5' &&
           strchr("89ab", text.data[UUID_VARIANT_AT]) != NULL;
}

static bool is_visible_ascii(struct cw_span text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < 0x21 || text.data[i] > 0x7e) {
            return false;
        }
    }
    return text.len > 0;
}

/* Of these characters only; `also` holds those beside lower-case letters and digits. */
static bool is_word(struct cw_span text, const char *also)
{
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.data[i];
        const bool is_lower = c >= 'a' && c <= 'z';
        if (c == '\0' || (!is_lower && !cw_ascii_is_digit(c) && strchr(also, c) == NULL)) {
            return false;
        }
    }
    return text.len > 0;
}

static bool is_uri(struct cw_span text)
{
    const size_t colon = cw_span_find(text, ':', 0);
    if (colon == 0 || colon + 1 >= text.len || !cw_ascii_is_alpha(text.data[0])) {
        return false;
    }
    for (size_t i = 0; i < colon; i++) {
        const char c = cw_ascii_lower(text.data[i]);
        if (!is_word((struct cw_span){&c, 1}, "+-.")) {
            return false;
        }
    }
    return is_visible_ascii(text);
}

static bool is_type(struct cw_span text)
{
    return cw_span_starts_with(text, CW_SPAN("cryptowatch.")) && is_word(text, ".-");
}

static bool is_feed_id(struct cw_span text)
{
    return is_word(text, "-") && text.data[0] != '-';
}

static bool is_chain(struct cw_span text)
{
    return is_word(text, "-");
}

static bool is_admiralty(struct cw_span text)
{
    return text.len == 2 && text.data[0] >= 'A' && text.data[0] <= 'F' && text.data[1] >= '1' &&
           text.data[1] <= '6';
}

static bool is_caip_part(struct cw_span part, size_t min, size_t max, const char *also)
{
    if (part.len < min || part.len > max) {
        return false;
    }
    for (size_t i = 0; i < part.len; i++) {
        const char c = part.data[i];
        if (!cw_ascii_is_alpha(c) && !cw_ascii_is_digit(c) &&
            (c == '\0' || strchr(also, c) == NULL)) {
            return false;
        }
    }
    return true;
}

/* CAIP-10: namespace, reference and account between colons. */
static bool is_caip10(struct cw_span text)
{
    const size_t first = cw_span_find(text, ':', 0);
    const size_t second = cw_span_find(text, ':', first + 1);
    const struct cw_span name_space = cw_span_slice(text, 0, first);
    return is_word(name_space, "-") && is_caip_part(name_space, 3, 8, "-") &&
           is_caip_part(cw_span_slice(text, first + 1, second), 1, 32, "-_") &&
           is_caip_part(cw_span_slice(text, second + 1, text.len), 1, 128, "-.%");
}

static bool is_pointer(struct cw_span text)
{
    return text.len > 0 && text.data[0] == '/';
}

static bool is_severity(struct cw_span text)
{
    enum cw_severity severity;
    return cw_severity_parse(text, &severity);
}

static bool is_tlp(struct cw_span text)
{
    enum cw_tlp tlp;
    return cw_tlp_parse(text, &tlp);
}

static bool is_specversion(struct cw_span text)
{
    return cw_span_is(text, "1.0");
}

static bool is_content_type(struct cw_span text)
{
    return cw_span_is(text, "application/json");
}

static bool is_schema(struct cw_span text)
{
    return cw_span_is(text, CW_ALERT_SCHEMA);
}

static bool is_scanner_name(struct cw_span text)
{
    return cw_span_is(text, CW_ALERT_SCANNER_NAME);
}

/* ---- the tables; new enumeration values of `relation` and of an evidence's `type` may come ----
 */

#define CW_SHAPE(array)                                                                            \
    {                                                                                              \
        (array), CW_COUNT(array)                                                                   \
    }
#define MUST     .is_required = true
#define MAY      .is_required = false
#define OF(form) .is_good = is_##form

static const struct cw_shape_row assessment_rows[] = {
    {"severity", CW_SHAPE_TEXT, MUST, OF(severity)},
    {"confidence", CW_SHAPE_INTEGER, MAY, .min = 0, .max = 100},
    {"admiralty", CW_SHAPE_TEXT, MAY, OF(admiralty)},
};
static const struct cw_shape_row marking_rows[] = {
    {"tlp", CW_SHAPE_TEXT, MUST, OF(tlp)},
    {"statement", CW_SHAPE_TEXT, MAY},
};
static const struct cw_shape_row scanner_rows[] = {
    {"name", CW_SHAPE_TEXT, MUST, OF(scanner_name)},
    {"version", CW_SHAPE_TEXT, MUST},
    {"instance", CW_SHAPE_TEXT, MUST, .min = 1},
    {"config_sha256", CW_SHAPE_TEXT, MAY, .is_good = cw_shape_is_sha256},
};
static const struct cw_shape_row report_rows[] = {
    {"title", CW_SHAPE_TEXT, MUST},
    {"url", CW_SHAPE_TEXT, MUST, OF(uri)},
    {"published", CW_SHAPE_TEXT, MAY, .is_good = cw_shape_is_date},
};
static const struct cw_shape report_shape = CW_SHAPE(report_rows);
static const struct cw_shape_row case_rows[] = {
    {"id", CW_SHAPE_TEXT, MUST, 1, 128, OF(visible_ascii)},
    {"title", CW_SHAPE_TEXT, MUST, 0, 256},
    {"rule_sha256", CW_SHAPE_TEXT, MUST, .is_good = cw_shape_is_sha256},
    {"reported", CW_SHAPE_OBJECTS, MAY, .sub = &report_shape},
};
static const struct cw_shape_row address_rows[] = {
    {"chain", CW_SHAPE_TEXT, MUST, 2, 32, OF(chain)},
    {"value", CW_SHAPE_TEXT, MUST, 1, 256},
    {"canonical", CW_SHAPE_TEXT, MUST, 3, 256},
    {"caip10", CW_SHAPE_TEXT, MAY, OF(caip10)},
};
static const struct cw_shape_row match_rows[] = {
    {"relation", CW_SHAPE_TEXT, MUST, 1, 64, OF(chain)},
    {"listed_value", CW_SHAPE_TEXT, MUST},
    {"listed_canonical", CW_SHAPE_TEXT, MUST},
    {"listed_encoding", CW_SHAPE_TEXT, MAY},
};
static const struct cw_shape_row change_rows[] = {
    {"path", CW_SHAPE_TEXT, MUST, OF(pointer)},
};
static const struct cw_shape change_shape = CW_SHAPE(change_rows);
static const struct cw_shape_row listing_rows[] = {
    {"entry_id", CW_SHAPE_TEXT, MUST},
    {"entry_name", CW_SHAPE_TEXT, MAY},
    {"programs", CW_SHAPE_SORTED, MAY},
    {"listed_on", CW_SHAPE_TEXT, MAY, .is_good = cw_shape_is_date},
    {"entry_sha256", CW_SHAPE_TEXT, MAY, .is_good = cw_shape_is_sha256},
    {"previous_entry_sha256", CW_SHAPE_TEXT, MAY, .is_good = cw_shape_is_sha256},
    {"episode", CW_SHAPE_INTEGER, MUST, 0, CW_ALERT_INTEGER_MAX},
    {"revision", CW_SHAPE_INTEGER, MAY, .min = 1, .max = CW_ALERT_INTEGER_MAX},
    {"baseline", CW_SHAPE_BOOL, MUST},
    {"changes", CW_SHAPE_OBJECTS, MAY, .sub = &change_shape},
};
static const struct cw_shape_row provenance_rows[] = {
    {"feed", CW_SHAPE_TEXT, MUST, 1, 64, OF(feed_id)},
    {"publisher", CW_SHAPE_TEXT, MUST},
    {"url", CW_SHAPE_TEXT, MUST, OF(uri)},
    {"final_url", CW_SHAPE_TEXT, MAY, OF(uri)},
    {"retrieved_at", CW_SHAPE_TEXT, MUST, .is_good = cw_shape_is_time},
    {"http_status", CW_SHAPE_INTEGER, MUST, 100, 599},
    {"etag", CW_SHAPE_TEXT, MAY},
    {"last_modified", CW_SHAPE_TEXT, MAY},
    {"published", CW_SHAPE_TEXT, MAY},
    {"media_type", CW_SHAPE_TEXT, MAY},
    {"snapshot_sha256", CW_SHAPE_TEXT, MUST, .is_good = cw_shape_is_sha256},
    {"snapshot_bytes", CW_SHAPE_INTEGER, MUST, 0, CW_ALERT_INTEGER_MAX},
};
static const struct cw_shape_row evidence_rows[] = {
    {"type", CW_SHAPE_TEXT, MUST, 1, 64},
    {"name", CW_SHAPE_TEXT, MUST},
    {"sha256", CW_SHAPE_TEXT, MUST, .is_good = cw_shape_is_sha256},
    {"bytes", CW_SHAPE_INTEGER, MUST, 0, CW_ALERT_INTEGER_MAX},
    {"media_type", CW_SHAPE_TEXT, MAY},
};
static const struct cw_shape_row feed_rows[] = {
    {"id", CW_SHAPE_TEXT, MUST, 1, 64, OF(feed_id)},
    {"url", CW_SHAPE_TEXT, MUST, OF(uri)},
    {"failures", CW_SHAPE_INTEGER, MAY, .min = 0, .max = CW_ALERT_INTEGER_MAX},
    {"since", CW_SHAPE_TEXT, MAY, .is_good = cw_shape_is_time},
    {"last_good_at", CW_SHAPE_TEXT, MAY, .is_good = cw_shape_is_time},
};
static const struct cw_shape_row error_rows[] = {
    {"code", CW_SHAPE_TEXT, MUST},
    {"detail", CW_SHAPE_TEXT, MAY},
    {"http_status", CW_SHAPE_INTEGER, MAY, .min = -CW_ALERT_INTEGER_MAX,
     .max = CW_ALERT_INTEGER_MAX},
};
static const struct cw_shape assessment_shape = CW_SHAPE(assessment_rows);
static const struct cw_shape marking_shape = CW_SHAPE(marking_rows);
static const struct cw_shape scanner_shape = CW_SHAPE(scanner_rows);
static const struct cw_shape case_shape = CW_SHAPE(case_rows);
static const struct cw_shape address_shape = CW_SHAPE(address_rows);
static const struct cw_shape match_shape = CW_SHAPE(match_rows);
static const struct cw_shape listing_shape = CW_SHAPE(listing_rows);
static const struct cw_shape provenance_shape = CW_SHAPE(provenance_rows);
static const struct cw_shape evidence_shape = CW_SHAPE(evidence_rows);
static const struct cw_shape feed_shape = CW_SHAPE(feed_rows);
static const struct cw_shape error_shape = CW_SHAPE(error_rows);
static const struct cw_shape_row data_rows[] = {
    {"assessment", CW_SHAPE_OBJECT, MUST, .sub = &assessment_shape},
    {"marking", CW_SHAPE_OBJECT, MUST, .sub = &marking_shape},
    {"nonce", CW_SHAPE_TEXT, MUST, .is_good = cw_shape_is_nonce},
    {"scanner", CW_SHAPE_OBJECT, MUST, .sub = &scanner_shape},
    {"text", CW_SHAPE_SENTENCES, MUST, 0, 1024},
    {"case", CW_SHAPE_OBJECT, MAY, .sub = &case_shape},
    {"address", CW_SHAPE_OBJECT, MAY, .sub = &address_shape},
    {"match", CW_SHAPE_OBJECT, MAY, .sub = &match_shape},
    {"listing", CW_SHAPE_OBJECT, MAY, .sub = &listing_shape},
    {"provenance", CW_SHAPE_OBJECT, MAY, .sub = &provenance_shape},
    {"evidence", CW_SHAPE_OBJECTS, MAY, .sub = &evidence_shape},
    {"feed", CW_SHAPE_OBJECT, MAY, .sub = &feed_shape},
    {"error", CW_SHAPE_OBJECT, MAY, .sub = &error_shape},
    {"retracts", CW_SHAPE_TEXT, MAY, OF(uuid5)},
    {"reason", CW_SHAPE_TEXT, MAY, .max = 1024},
};
static const struct cw_shape data_shape = CW_SHAPE(data_rows);
static const struct cw_shape_row event_rows[] = {
    {"specversion", CW_SHAPE_TEXT, MUST, OF(specversion)},
    {"id", CW_SHAPE_TEXT, MUST, OF(uuid5)},
    {"source", CW_SHAPE_TEXT, MUST, 1, 512, OF(uri)},
    {"type", CW_SHAPE_TEXT, MUST, 1, 128, OF(type)},
    {"subject", CW_SHAPE_TEXT, MUST, 1, 512},
    {"time", CW_SHAPE_TEXT, MUST, .is_good = cw_shape_is_time},
    {"datacontenttype", CW_SHAPE_TEXT, MUST, OF(content_type)},
    {"dataschema", CW_SHAPE_TEXT, MUST, OF(schema)},
    {"severitytext", CW_SHAPE_TEXT, MUST},
    {"severitynumber", CW_SHAPE_INTEGER, MUST, 9, 21},
    {"tlp", CW_SHAPE_TEXT, MUST, OF(tlp)},
    {"data", CW_SHAPE_OBJECT, MUST, .sub = &data_shape},
};
const struct cw_shape cw_body_shape = CW_SHAPE(event_rows);
