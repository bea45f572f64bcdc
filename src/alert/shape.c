#include "alert/shape.h"

#include "base/datetime.h"
#include "base/text.h"
#include "crypto/base64.h"
#include "crypto/hash.h"
#include "json/json_file.h"

enum { PATH_BYTES = 96, NONCE_BYTES = 16 };

bool cw_shape_is_sha256(struct cw_span text)
{
    return cw_hex_is_lower(text, CW_SHA256_HEX_BYTES - 1);
}

bool cw_shape_is_time(struct cw_span text)
{
    int64_t time_s = 0;
    return cw_time_parse(text, &time_s);
}

bool cw_shape_is_date(struct cw_span text)
{
    return cw_date_parse(text, NULL);
}

bool cw_shape_is_nonce(struct cw_span text)
{
    uint8_t nonce[NONCE_BYTES];
    return cw_base64_decode_exact(CW_BASE64_URL, text, nonce, sizeof(nonce));
}

static enum cw_status refuse(const char *path, const char *why, struct cw_error *err)
{
    return cw_error_set(err, CW_UNTRUSTED, "%s: %s", path, why);
}

static struct cw_span text_of(const json_t *value)
{
    return (struct cw_span){json_string_value(value), json_string_length(value)};
}

/* The schema counts characters, not bytes: a Korean title has three bytes for each. */
static int64_t characters(struct cw_span text)
{
    int64_t count = 0;
    uint32_t code_point = 0;
    for (size_t at = 0; cw_utf8_next(text, &at, &code_point);) {
        count++;
    }
    return count;
}

static enum cw_status check_text(const json_t *value, const struct cw_shape_row *row,
                                 const char *path, struct cw_error *err)
{
    if (!json_is_string(value)) {
        return refuse(path, "not a string", err);
    }
    const int64_t length = characters(text_of(value));
    if (length < row->min || (row->max > 0 && length > row->max)) {
        return refuse(path, length < row->min ? "too short" : "too long", err);
    }
    if (row->is_good != NULL && !row->is_good(text_of(value))) {
        return refuse(path, "not of the form that this member has", err);
    }
    return CW_OK;
}

static enum cw_status check_integer(const json_t *value, const struct cw_shape_row *row,
                                    const char *path, struct cw_error *err)
{
    if (!json_is_integer(value)) {
        return refuse(path, "not an integer", err);
    }
    const json_int_t number = json_integer_value(value);
    return number >= row->min && number <= row->max ? CW_OK : refuse(path, "out of range", err);
}

static enum cw_status check_objects(const json_t *array, const struct cw_shape_row *row,
                                    const char *path, struct cw_error *err)
{
    if (!json_is_array(array)) {
        return refuse(path, "not an array", err);
    }
    enum cw_status status = CW_OK;
    for (size_t i = 0; status == CW_OK && i < json_array_size(array); i++) {
        char item[PATH_BYTES];
        (void)snprintf(item, sizeof(item), "%.64s[%zu]", path, i);
        status = cw_shape_check(json_array_get(array, i), row->sub, item, err);
    }
    return status;
}

static enum cw_status check_sorted(const json_t *array, const char *path, struct cw_error *err)
{
    if (!json_is_array(array)) {
        return refuse(path, "not an array", err);
    }
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *value = json_array_get(array, i);
        if (!json_is_string(value)) {
            return refuse(path, "an element is not a string", err);
        }
        if (i > 0 && cw_span_compare(text_of(json_array_get(array, i - 1)), text_of(value)) >= 0) {
            return refuse(path, "not sorted, or an element stands twice", err);
        }
    }
    return CW_OK;
}

/* One part of a tag between hyphens. */
static bool subtag_is_good(struct cw_span part, bool is_first)
{
    if (part.len < 2 || part.len > (is_first ? 3u : 8u)) {
        return false;
    }
    for (size_t i = 0; i < part.len; i++) {
        const char c = part.data[i];
        const bool is_lower = c >= 'a' && c <= 'z';
        if (is_first ? !is_lower : !cw_ascii_is_alpha(c) && !cw_ascii_is_digit(c)) {
            return false;
        }
    }
    return true;
}

static bool tag_is_good(struct cw_span tag)
{
    for (size_t from = 0; from <= tag.len;) {
        const size_t hyphen = cw_span_find(tag, '-', from);
        if (!subtag_is_good(cw_span_slice(tag, from, hyphen), from == 0)) {
            return false;
        }
        from = hyphen + 1;
    }
    return true;
}

static enum cw_status check_sentences(const json_t *object, const struct cw_shape_row *row,
                                      const char *path, struct cw_error *err)
{
    if (!json_is_object(object)) {
        return refuse(path, "not an object", err);
    }
    const char *tag = NULL;
    json_t *sentence = NULL;
    enum cw_status status = CW_OK;
    json_object_foreach(cw_json_iterable(object), tag, sentence)
    {
        if (!tag_is_good(cw_span_cstr(tag))) {
            return refuse(path, "a name is not a language tag", err);
        }
        status = check_text(sentence, row, path, err);
        if (status != CW_OK) {
            return status;
        }
    }
    return json_object_get(object, "en") != NULL ? CW_OK : refuse(path, "no sentence in en", err);
}

/* Recursion follows `sub`, so it is as deep as the tables are: four levels. */
static enum cw_status check_value(const json_t *value, const struct cw_shape_row *row,
                                  const char *path, struct cw_error *err)
{
    switch (row->kind) {
    case CW_SHAPE_TEXT:
        return check_text(value, row, path, err);
    case CW_SHAPE_INTEGER:
        return check_integer(value, row, path, err);
    case CW_SHAPE_BOOL:
        return json_is_boolean(value) ? CW_OK : refuse(path, "not true or false", err);
    case CW_SHAPE_OBJECT:
        return cw_shape_check(value, row->sub, path, err);
    case CW_SHAPE_OBJECTS:
        return check_objects(value, row, path, err);
    case CW_SHAPE_SORTED:
        return check_sorted(value, path, err);
    case CW_SHAPE_SENTENCES:
        break;
    }
    return check_sentences(value, row, path, err);
}

enum cw_status cw_shape_check(const json_t *object, const struct cw_shape *shape, const char *path,
                              struct cw_error *err)
{
    if (!json_is_object(object)) {
        return refuse(path, "not an object", err);
    }
    for (size_t i = 0; i < shape->count; i++) {
        const struct cw_shape_row *row = &shape->rows[i];
        const json_t *value = json_object_get(object, row->name);
        char member[PATH_BYTES];
        (void)snprintf(member, sizeof(member), "%s%s%s", path, path[0] == '\0' ? "" : ".",
                       row->name);
        if (value == NULL && row->is_required) {
            return refuse(member, "missing", err);
        }
        const enum cw_status status = value == NULL ? CW_OK : check_value(value, row, member, err);
        if (status != CW_OK) {
            return status;
        }
    }
    return CW_OK;
}
