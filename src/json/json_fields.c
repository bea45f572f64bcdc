#include "json/json_file.h"

#include "base/datetime.h"
#include "base/text.h"
#include "json/json_locate.h"

enum { POINTER_BYTES = 512 };

/* One member under judgement. */
struct member {
    const struct cw_json_file *file;
    struct cw_mistakes *mistakes;
    const struct cw_field *field;
    const json_t *value;
    char pointer[POINTER_BYTES];
};

static void *target_of(const struct cw_field *field, void *target)
{
    return (char *)target + field->offset;
}

static void pointer_join(char *ret, const char *base, const char *name)
{
    const size_t len = strlen(base);
    CW_ASSERT(len + 4 < POINTER_BYTES);
    (void)snprintf(ret, POINTER_BYTES, "%s", base);
    cw_json_pointer_token(ret + len, POINTER_BYTES - len, name);
}

#define REFUSE(member, ...)                                                                        \
    cw_json_file_mistake((member)->file, (member)->mistakes, CW_MISTAKE_ERROR, (member)->pointer,  \
                         __VA_ARGS__)

static bool wrong_type(const struct member *member, const char *expected)
{
    REFUSE(member, "%s is expected here", expected);
    return false;
}

static bool read_text(const struct member *member, const char **ret)
{
    if (!json_is_string(member->value)) {
        return wrong_type(member, "a string");
    }
    const struct cw_span text = {json_string_value(member->value),
                                 json_string_length(member->value)};
    if (!cw_text_is_printable(text)) {
        REFUSE(member, "contains control or direction characters: write plain text on one line");
        return false;
    }
    const struct cw_field *field = member->field;
    if (field->min > 0 && text.len < (uint64_t)field->min) {
        REFUSE(member, text.len == 0 ? "must not be empty" : "is shorter than %lld bytes",
               (long long)field->min);
        return false;
    }
    if (field->max > 0 && text.len > (uint64_t)field->max) {
        REFUSE(member, "is longer than %lld bytes", (long long)field->max);
        return false;
    }
    *ret = text.data;
    return true;
}

static bool read_integer(const struct member *member, int64_t *ret)
{
    if (!json_is_integer(member->value)) {
        return wrong_type(member, "a whole number without quotes");
    }
    const int64_t value = json_integer_value(member->value);
    const struct cw_field *field = member->field;
    if (value < field->min || value > field->max) {
        REFUSE(member, "must be from %lld to %lld", (long long)field->min, (long long)field->max);
        return false;
    }
    *ret = value;
    return true;
}

static bool read_bool(const struct member *member, bool *ret)
{
    if (!json_is_boolean(member->value)) {
        return wrong_type(member, "true or false, without quotes,");
    }
    *ret = json_is_true(member->value);
    return true;
}

/* "90s" or "6h", in the largest unit that fits, for "must be from .. to ..". */
static void duration_format(int64_t seconds, char ret[static 32])
{
    static const struct {
        int64_t seconds;
        char unit;
    } units[] = {{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
    size_t i = 0;
    while (i + 1 < CW_COUNT(units) && seconds % units[i].seconds != 0) {
        i++;
    }
    (void)snprintf(ret, 32, "%lld%c", (long long)(seconds / units[i].seconds), units[i].unit);
}

static bool read_duration(const struct member *member, int64_t *ret)
{
    int64_t seconds = 0;
    if (!json_is_string(member->value) ||
        !cw_duration_parse(
            cw_span_make(json_string_value(member->value), json_string_length(member->value)),
            &seconds)) {
        return wrong_type(member, "a duration such as \"90s\", \"15m\", \"6h\" or \"7d\"");
    }
    const struct cw_field *field = member->field;
    if (seconds < field->min || (field->max > 0 && seconds > field->max)) {
        char min[32];
        char max[32];
        duration_format(field->min, min);
        duration_format(field->max, max);
        if (field->max > 0) {
            REFUSE(member, "must be from %s to %s", min, max);
        } else {
            REFUSE(member, "must be at least %s", min);
        }
        return false;
    }
    *ret = seconds;
    return true;
}

static bool read_date(const struct member *member, const char **ret)
{
    const char *text = json_string_value(member->value);
    if (text == NULL ||
        !cw_date_parse(cw_span_make(text, json_string_length(member->value)), NULL)) {
        return wrong_type(member, "a date that exists, written like \"2026-11-20\",");
    }
    *ret = text;
    return true;
}

/* The known word nearest to what was written, when near enough to be meant: a third of it, at most,
 * was mistyped. */
struct nearest {
    struct cw_span written;
    const char *best;
    size_t distance;
};

static void nearest_try(struct nearest *nearest, const char *known)
{
    const size_t distance = cw_text_distance(nearest->written, cw_span_cstr(known));
    const size_t bound = nearest->written.len < 6 ? 1 : nearest->written.len / 3;
    if (distance <= bound && (nearest->best == NULL || distance < nearest->distance)) {
        nearest->best = known;
        nearest->distance = distance;
    }
}

static void list_choices(const char *const *choices, char *ret, size_t bytes)
{
    size_t len = 0;
    ret[0] = '\0';
    for (size_t i = 0; choices[i] != NULL && len < bytes; i++) {
        const int wrote = snprintf(ret + len, bytes - len, "%s%s", i == 0 ? "" : ", ", choices[i]);
        len += wrote < 0 ? 0 : (size_t)wrote;
    }
}

static bool read_choice(const struct member *member, int *ret)
{
    const char *text = json_string_value(member->value);
    if (text == NULL) {
        return wrong_type(member, "a string");
    }
    const char *const *choices = member->field->choices;
    for (int i = 0; choices[i] != NULL; i++) {
        if (strcmp(text, choices[i]) == 0) {
            *ret = i;
            return true;
        }
    }
    struct nearest nearest = {.written = cw_span_cstr(text)};
    for (int i = 0; choices[i] != NULL; i++) {
        nearest_try(&nearest, choices[i]);
    }
    char known[300];
    list_choices(choices, known, sizeof(known));
    if (nearest.best != NULL) {
        REFUSE(member, "is none of the known words; did you mean \"%s\"? known: %s", nearest.best,
               known);
    } else {
        REFUSE(member, "is none of the known words; known: %s", known);
    }
    return false;
}

static bool read_array(const struct member *member, const json_t **ret)
{
    if (!json_is_array(member->value)) {
        return wrong_type(member, "an array [ ]");
    }
    const size_t count = json_array_size(member->value);
    const struct cw_field *field = member->field;
    if (field->min > 0 && count < (uint64_t)field->min) {
        REFUSE(member, count == 0 ? "must not be empty" : "must have at least %lld elements",
               (long long)field->min);
        return false;
    }
    if (field->max > 0 && count > (uint64_t)field->max) {
        REFUSE(member, "has %zu elements; at most %lld are allowed", count, (long long)field->max);
        return false;
    }
    *ret = member->value;
    return true;
}

static bool read_object(const struct member *member, const json_t **ret)
{
    if (!json_is_object(member->value)) {
        return wrong_type(member, "an object { }");
    }
    *ret = member->value;
    return true;
}

static bool read_member(const struct member *member, void *target)
{
    switch (member->field->type) {
    case CW_FIELD_STRING:
        return read_text(member, target);
    case CW_FIELD_INTEGER:
        return read_integer(member, target);
    case CW_FIELD_BOOL:
        return read_bool(member, target);
    case CW_FIELD_DURATION:
        return read_duration(member, target);
    case CW_FIELD_DATE:
        return read_date(member, target);
    case CW_FIELD_CHOICE:
        return read_choice(member, target);
    case CW_FIELD_ARRAY:
        return read_array(member, target);
    case CW_FIELD_OBJECT:
        return read_object(member, target);
    }
    return false;
}

static bool refuse_unknown(struct member *member, const char *base, struct cw_fields fields)
{
    bool is_clean = true;
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach(cw_json_iterable(member->value), name, value)
    {
        (void)value;
        struct nearest nearest = {.written = cw_span_cstr(name)};
        size_t i = 0;
        while (i < fields.count && strcmp(fields.rows[i].name, name) != 0) {
            nearest_try(&nearest, fields.rows[i++].name);
        }
        if (i < fields.count) {
            continue;
        }
        is_clean = false;
        pointer_join(member->pointer, base, name);
        if (nearest.best != NULL) {
            REFUSE(member, "unknown member; did you mean \"%s\"?", nearest.best);
        } else {
            REFUSE(member, "unknown member: remove it");
        }
    }
    return is_clean;
}

bool cw_json_read_object(const struct cw_json_file *file, const json_t *object, const char *pointer,
                         struct cw_fields fields, void *target, struct cw_mistakes *mistakes)
{
    struct member member = {.file = file, .mistakes = mistakes, .value = object};
    (void)snprintf(member.pointer, sizeof(member.pointer), "%s", pointer);
    if (!json_is_object(object)) {
        return wrong_type(&member, "an object { }");
    }
    bool is_clean = refuse_unknown(&member, pointer, fields);
    for (size_t i = 0; i < fields.count; i++) {
        member.field = &fields.rows[i];
        member.value = json_object_get(object, fields.rows[i].name);
        if (member.value == NULL && fields.rows[i].is_required) {
            is_clean = false;
            cw_json_file_mistake(file, mistakes, CW_MISTAKE_ERROR, pointer,
                                 "the member \"%s\" is missing", fields.rows[i].name);
        }
        if (member.value != NULL) {
            pointer_join(member.pointer, pointer, fields.rows[i].name);
            is_clean &= read_member(&member, target_of(&fields.rows[i], target));
        }
    }
    return is_clean;
}

/* Judges one element; true with its text when it may be kept. */
static bool read_string(const struct member *member, const struct cw_json_strings *strings,
                        const char *const *before, size_t before_count, struct cw_span *ret)
{
    const char *text = NULL;
    if (!read_text(member, &text)) {
        return false;
    }
    const struct cw_span span = cw_span_cstr(text);
    if (strings->is_good != NULL && !strings->is_good(span)) {
        return wrong_type(member, strings->expected);
    }
    for (size_t i = 0; i < before_count; i++) {
        if (strcmp(before[i], text) == 0) {
            REFUSE(member, "stands twice in this list");
            return false;
        }
    }
    *ret = span;
    return true;
}

enum cw_status cw_json_read_strings(const struct cw_json_file *file,
                                    const struct cw_json_strings *strings, struct cw_arena *arena,
                                    struct cw_mistakes *mistakes, const char ***ret,
                                    struct cw_error *err)
{
    const struct cw_field field = {
        .type = CW_FIELD_STRING, .min = 1, .max = (int64_t)strings->bytes_max};
    struct member member = {.file = file, .mistakes = mistakes, .field = &field};
    (void)snprintf(member.pointer, sizeof(member.pointer), "%s", strings->pointer);
    size_t count = json_array_size(strings->array);
    if (count > CW_JSON_STRINGS_MAX) {
        REFUSE(&member, "has %zu elements; at most %d are allowed", count, CW_JSON_STRINGS_MAX);
        count = 0;
    }
    const char **list = cw_arena_array(arena, count + 1, sizeof(*list));
    size_t kept = 0;
    for (size_t i = 0; list != NULL && i < count; i++) {
        char index[24];
        (void)snprintf(index, sizeof(index), "%zu", i);
        pointer_join(member.pointer, strings->pointer, index);
        member.value = json_array_get(strings->array, i);
        struct cw_span text;
        if (!read_string(&member, strings, list, kept, &text)) {
            continue;
        }
        list[kept] = cw_arena_copy(arena, text).data;
        if (list[kept] == NULL) {
            list = NULL;
        }
        kept++;
    }
    if (list == NULL) {
        return cw_error_set(err, CW_NOMEM, "%s: not enough memory", cw_json_file_path(file));
    }
    list[kept] = NULL;
    *ret = list;
    return CW_OK;
}
