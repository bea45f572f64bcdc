#include "feed/json_list.h"

#include "feed/address_words.h"
#include "feed/json_entry.h"
#include "feed/json_walk.h"

enum { POSITION_BYTES = 256, METADATA_NAME_MAX = 24, PATH_MAX_BYTES = 512 };

/* Names of members that hold entries and say nothing about a chain. */
static const char *const CONTAINERS[] = {
    "address", "addresses", "blacklist", "data",    "denylist", "entries", "entities", "items",
    "list",    "records",   "result",    "results", "rows",     "values",  "wallets",
};

struct cw_json_list {
    struct cw_entry_sink sink;
    struct cw_field_names names;
    struct cw_json_walk *walk;
    char path_text[PATH_MAX_BYTES];
    struct cw_span path[CW_JSON_LEVELS_MAX];
    size_t path_len; /* 0: no path was given */
    enum cw_json_outermost outermost;
};

/* ---- what stands where ---- */

/* A word such as "updated" or "chain_id": no address of any chain is so short and so plain. */
static bool is_metadata_name(struct cw_span name)
{
    for (size_t i = 0; i < name.len; i++) {
        const char c = name.data[i];
        const bool is_plain = cw_ascii_is_alpha(c) || cw_ascii_is_digit(c) || c == '_' ||
                              c == '-' || c == ' ' || c == '.' || c == '$' || c == '@';
        if (!is_plain) {
            return false;
        }
    }
    return name.len > 0 && name.len <= METADATA_NAME_MAX;
}

static bool is_container_name(struct cw_span name)
{
    for (size_t i = 0; i < CW_COUNT(CONTAINERS); i++) {
        if (cw_span_equal_nocase(name, cw_span_cstr(CONTAINERS[i]))) {
            return true;
        }
    }
    return false;
}

static enum cw_json_step step_along_path(const struct cw_json_list *json,
                                         const struct cw_json_place *place)
{
    for (size_t i = 0; i < place->depth && i < json->path_len; i++) {
        const bool is_any = cw_span_is(json->path[i], "*");
        if (!is_any && (place->in_array[i] || !cw_span_equal(json->path[i], place->keys[i]))) {
            return CW_JSON_SKIP;
        }
    }
    return place->depth < json->path_len ? CW_JSON_ENTER : CW_JSON_TAKE;
}

static enum cw_json_step on_begin(void *ctx, const struct cw_json_place *place,
                                  enum cw_json_kind kind)
{
    const struct cw_json_list *json = ctx;
    if (json->path_len > 0) {
        return step_along_path(json, place);
    }
    if (place->depth == 0) {
        return kind == CW_JSON_SCALAR ? CW_JSON_TAKE : CW_JSON_ENTER;
    }
    if (place->in_array[place->depth - 1]) {
        return CW_JSON_TAKE;
    }
    const struct cw_span name = place->keys[place->depth - 1];
    if (!is_metadata_name(name)) {
        return CW_JSON_TAKE; /* an address as a name, or something odd that must be reported */
    }
    return kind == CW_JSON_SCALAR ? CW_JSON_SKIP : CW_JSON_ENTER;
}

/* ---- entries ---- */

static void write_position(const struct cw_json_place *place, char *ret, size_t bytes)
{
    int len = snprintf(ret, bytes, "line %llu", (unsigned long long)place->line);
    CW_ASSERT(len > 0 && (size_t)len < bytes);
    for (size_t i = 0; i < place->depth && (size_t)len + 1 < bytes; i++) {
        const size_t room = bytes - (size_t)len;
        const int more =
            place->in_array[i]
                ? snprintf(ret + len, room, ", element %llu", (unsigned long long)place->indexes[i])
                : snprintf(ret + len, room, ", member %llu", (unsigned long long)place->indexes[i]);
        len += more > 0 && (size_t)more < room ? more : 0;
    }
}

/* The innermost name around an entry that may be the name of a chain. */
static struct cw_span tag_of(const struct cw_json_list *json, const struct cw_json_place *place,
                             size_t levels)
{
    const size_t first = json->outermost == CW_JSON_OUTERMOST_CASE ? 1 : 0;
    for (size_t i = levels; i > first; i--) {
        const struct cw_span name = place->keys[i - 1];
        if (!place->in_array[i - 1] && is_metadata_name(name) && !is_container_name(name)) {
            return name;
        }
    }
    return CW_SPAN("");
}

static enum cw_status on_value(void *ctx, const struct cw_json_place *place, struct cw_span text,
                               struct cw_error *err)
{
    const struct cw_json_list *json = ctx;
    char position[POSITION_BYTES];
    write_position(place, position, sizeof(position));
    json_t *value = NULL;
    enum cw_status status = cw_json_value_read(text, &value, err);
    if (status != CW_OK) {
        return status == CW_UNTRUSTED ? cw_error_prefix(err, "%s: ", position) : status;
    }
    if (place->depth == 0 && json->path_len == 0) {
        json_decref(value);
        return cw_error_set(err, CW_UNTRUSTED, "line %llu: neither an array nor an object",
                            (unsigned long long)place->line);
    }
    const bool is_member = place->depth > 0 && !place->in_array[place->depth - 1];
    struct cw_json_context context = {.position = cw_span_cstr(position)};
    if (json->path_len == 0) {
        context.address = is_member ? place->keys[place->depth - 1] : CW_SPAN("");
        context.tag = tag_of(json, place, is_member ? place->depth - 1 : place->depth);
    }
    if (json->outermost == CW_JSON_OUTERMOST_CASE && place->depth > 1) {
        context.entry_id = place->keys[0];
        context.entry_name = place->keys[0];
    }
    if (is_member && json->path_len == 0 && context.address.len == 0) {
        status = cw_json_entry_unusable(context.position, CW_SPAN(""), "the name is empty",
                                        json->sink, err);
    } else {
        status = cw_json_entry_deliver(&json->names, &context, value, json->sink, err);
    }
    json_decref(value);
    return status;
}

/* ---- opening ---- */

static enum cw_status set_path(struct cw_json_list *json, struct cw_span path, struct cw_error *err)
{
    const size_t len = path.len;
    if (len == 0 || len >= sizeof(json->path_text)) {
        return cw_error_set(err, CW_INVALID, "path: from 1 to %zu bytes, like \"data.*\"",
                            sizeof(json->path_text) - 1);
    }
    memcpy(json->path_text, path.data, len);
    path.data = json->path_text;
    for (size_t at = 0; at <= len; json->path_len++) {
        const size_t end = cw_span_find(path, '.', at);
        if (end == at || json->path_len == CW_JSON_LEVELS_MAX) {
            return cw_error_set(err, CW_INVALID, "path: from 1 to %d names between full stops",
                                CW_JSON_LEVELS_MAX);
        }
        json->path[json->path_len] = cw_span_slice(path, at, end);
        at = end + 1;
    }
    return CW_OK;
}

void cw_json_list_free(struct cw_json_list *json)
{
    if (json != NULL) {
        cw_json_walk_free(json->walk);
        cw_field_names_clear(&json->names);
        free(json);
    }
}

enum cw_status cw_json_list_new(enum cw_json_outermost outermost, struct cw_entry_sink sink,
                                struct cw_json_list **ret, struct cw_error *err)
{
    struct cw_json_list *json = calloc(1, sizeof(*json));
    if (json == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory");
    }
    json->sink = sink;
    json->outermost = outermost;
    cw_field_names_init(&json->names);
    json->walk = cw_json_walk_new((struct cw_json_visitor){on_begin, on_value, json});
    if (json->walk == NULL) {
        cw_json_list_free(json);
        return cw_error_set(err, CW_NOMEM, "out of memory");
    }
    *ret = json;
    return CW_OK;
}

enum cw_status cw_json_list_set(struct cw_json_list *json, const struct cw_format_option *option,
                                struct cw_error *err)
{
    return cw_span_is(option->name, "path") ? set_path(json, option->value, err)
                                            : cw_field_names_set(&json->names, option, "_key", err);
}

enum cw_status cw_json_list_feed(struct cw_json_list *json, struct cw_span bytes, bool is_last,
                                 struct cw_error *err)
{
    return cw_json_walk_feed(json->walk, bytes, is_last, err);
}
