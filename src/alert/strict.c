#include "alert/strict.h"

#include <errno.h>

#include "alert/internal.h"
#include "base/limits.h"
#include "json/json_file.h"

static const char *reason_of(const json_error_t *error)
{
    switch (json_error_code(error)) {
    case json_error_duplicate_key:
        return "a member stands twice in one object";
    case json_error_invalid_utf8:
        return "not UTF-8";
    case json_error_end_of_input_expected:
        return "something stands behind the JSON document";
    case json_error_premature_end_of_input:
        return "the JSON document ends too early";
    case json_error_numeric_overflow:
        return "a number is too large";
    case json_error_null_character:
    case json_error_null_byte_in_key:
        return "a string holds U+0000";
    case json_error_stack_overflow:
        return "nested too deeply";
    case json_error_unknown:
    case json_error_out_of_memory:
    case json_error_invalid_argument:
    case json_error_cannot_open_file:
    case json_error_invalid_syntax:
    case json_error_invalid_format:
    case json_error_wrong_type:
    case json_error_null_value:
    case json_error_item_not_found:
    case json_error_index_out_of_range:
        break;
    }
    return "not JSON";
}

/* Jansson tells a failed allocation inside its parser as a syntax error, or loses a character of a
 * string in silence. Only errno knows. It matters: an alert that was not read for want of memory
 * must be tried again, and one that is damaged must be thrown away. */
enum cw_status cw_strict_load(struct cw_span text, size_t flags, json_t **ret, struct cw_error *err)
{
    json_error_t error;
    errno = 0;
    json_t *value = json_loadb(text.data, text.len, flags | JSON_REJECT_DUPLICATES, &error);
    if (errno == ENOMEM) {
        json_decref(value);
        return cw_error_set(err, CW_NOMEM, "not enough memory to read JSON");
    }
    if (value == NULL) {
        return cw_error_set(err, CW_UNTRUSTED, "%s", reason_of(&error));
    }
    *ret = value;
    return CW_OK;
}

enum cw_status cw_strict_object(struct cw_span text, size_t bytes_max, json_t **ret,
                                struct cw_error *err)
{
    if (text.len == 0) {
        return cw_error_set(err, CW_UNTRUSTED, "empty");
    }
    if (text.len > bytes_max) {
        return cw_error_set(err, CW_UNTRUSTED, "longer than %zu bytes", bytes_max);
    }
    if (cw_span_starts_with(text, CW_SPAN("\xEF\xBB\xBF"))) {
        return cw_error_set(err, CW_UNTRUSTED, "starts with a byte order mark");
    }
    json_t *value = NULL;
    const enum cw_status status = cw_strict_load(text, 0, &value, err);
    if (status != CW_OK) {
        return status;
    }
    if (!json_is_object(value)) {
        json_decref(value);
        return cw_error_set(err, CW_UNTRUSTED, "not a JSON object");
    }
    *ret = value;
    return CW_OK;
}

/* ---- the limits under which Jansson's output is also RFC 8785's ---- */

static const char *bad_value(const json_t *value, unsigned depth);

static bool name_is_plain(const char *name)
{
    for (size_t i = 0; name[i] != '\0'; i++) {
        if (name[i] < 0x20 || name[i] > 0x7e) {
            return false;
        }
    }
    return true;
}

static const char *bad_member(const json_t *object, unsigned depth)
{
    const char *name = NULL;
    json_t *member = NULL;
    json_object_foreach(cw_json_iterable(object), name, member)
    {
        if (!name_is_plain(name)) {
            return "a member name is not printable ASCII";
        }
        const char *why = bad_value(member, depth);
        if (why != NULL) {
            return why;
        }
    }
    return NULL;
}

static const char *bad_element(const json_t *array, unsigned depth)
{
    for (size_t i = 0; i < json_array_size(array); i++) {
        const char *why = bad_value(json_array_get(array, i), depth);
        if (why != NULL) {
            return why;
        }
    }
    return NULL;
}

static bool integer_is_exact(json_int_t value)
{
    return value >= -CW_ALERT_INTEGER_MAX && value <= CW_ALERT_INTEGER_MAX;
}

/* Why a value may not stand in B, or NULL. Recursion ends at CW_JSON_DEPTH_MAX. */
static const char *bad_value(const json_t *value, unsigned depth)
{
    if (depth > CW_JSON_DEPTH_MAX) {
        return "nested too deeply";
    }
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return bad_member(value, depth + 1);
    case JSON_ARRAY:
        return bad_element(value, depth + 1);
    case JSON_STRING:
        return cw_alert_text_fits(
                   (struct cw_span){json_string_value(value), json_string_length(value)})
                   ? NULL
                   : "a string holds a control character";
    case JSON_INTEGER:
        return integer_is_exact(json_integer_value(value)) ? NULL : "an integer is beyond 2^53 - 1";
    case JSON_REAL:
        return "a number is not an integer";
    case JSON_NULL:
        return "a member is null";
    case JSON_TRUE:
    case JSON_FALSE:
        break;
    }
    return NULL;
}

static size_t first_difference(struct cw_span a, struct cw_span b)
{
    size_t at = 0;
    while (at < a.len && at < b.len && a.data[at] == b.data[at]) {
        at++;
    }
    return at;
}

enum cw_status cw_strict_canonical(const json_t *value, struct cw_span text, struct cw_error *err)
{
    const char *why = bad_value(value, 1);
    if (why != NULL) {
        return cw_error_set(err, CW_UNTRUSTED, "%s", why);
    }
    /* Escapes may make the canonical text longer or shorter, but never six times as long. */
    struct cw_buf canonical;
    cw_buf_init(&canonical, 6 * text.len + 1);
    enum cw_status status = cw_json_canonical(value, &canonical, NULL);
    if (status == CW_OK && !cw_span_equal(cw_buf_as_span(&canonical), text)) {
        status = cw_error_set(err, CW_UNTRUSTED, "not the canonical form, from byte %zu on",
                              first_difference(cw_buf_as_span(&canonical), text));
    } else if (status != CW_OK) {
        status = cw_error_set(err, CW_NOMEM, "not enough memory to check the canonical form");
    }
    cw_buf_clear(&canonical);
    return status;
}
