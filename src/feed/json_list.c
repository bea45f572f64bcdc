#include "feed/json_list.h"

#include "address/address.h"
#include "base/text.h"
#include "feed/address_words.h"
#include "feed/json_entry.h"
#include "feed/json_walk.h"

enum {
    POSITION_BYTES = 256,
    METADATA_NAME_MAX = 24,
    PATH_MAX_BYTES = 512,
    DIGEST_HEX_MIN = 32, /* digits of the shortest digest, MD5 */
    VERSION_MAX = 999,   /* "0.0.12" is a version rather than an account of Hedera */
};

/* Names of members that hold entries and say nothing about a chain. */
static const char *const CONTAINERS[] = {
    "address", "addresses", "blacklist", "data",    "denylist", "entries", "entities", "items",
    "list",    "records",   "result",    "results", "rows",     "values",  "wallets",
};

/* Names of members that hold a complaint instead of a list. */
static const char *const COMPLAINTS[] = {
    "error", "error_description", "error_message", "errors", "fault", "message", "msg",
};

/* Names of members that hold a digest: hex, as long as an address, and about the document. */
static const char *const DIGESTS[] = {
    "checksum", "commit", "digest", "etag",   "fingerprint", "hash",      "md5",
    "revision", "sha",    "sha1",   "sha256", "sha512",      "signature", "version",
};

/* What the members of an object that was entered say so far, for when one of them is an address. */
struct members {
    json_t *texts; /* by name; NULL: none yet */
    uint64_t line; /* of the address, or of the first */
};

struct cw_json_list {
    struct cw_entry_sink sink;
    struct cw_field_names names;
    struct cw_json_walk *walk;
    char path_text[PATH_MAX_BYTES];
    struct cw_span path[CW_JSON_LEVELS_MAX];
    size_t path_len; /* 0: no path was given */
    enum cw_json_outermost outermost;
    struct members members[CW_JSON_LEVELS_MAX + 1]; /* by the depth of their object */
    bool has_list;                                  /* something could be a list */
    bool has_other;                                 /* something was not, before that */
    char other[METADATA_NAME_MAX + 1];              /* its name */
};

/* ---- what stands where ---- */

static bool is_one_of(struct cw_span name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (cw_span_equal_nocase(name, cw_span_cstr(names[i]))) {
            return true;
        }
    }
    return false;
}

/* "0.0.1234567" of Hedera, "alice.near": short, plain, and never a word about the document. */
static bool is_short_address(struct cw_span text)
{
    uint64_t number = 0;
    return cw_span_ends_with(text, CW_SPAN(".near")) ||
           (cw_span_starts_with(text, CW_SPAN("0.0.")) &&
            cw_span_to_u64(cw_span_slice(text, 4, text.len), UINT64_MAX, &number) &&
            number > VERSION_MAX);
}

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
    return name.len > 0 && name.len <= METADATA_NAME_MAX && !is_short_address(name);
}

/* What an interface says when it has no list to give, however many addresses the complaint holds.
 */
static bool is_complaint_name(struct cw_span name)
{
    return is_one_of(name, COMPLAINTS, CW_COUNT(COMPLAINTS));
}

static bool is_container_name(struct cw_span name)
{
    return is_one_of(name, CONTAINERS, CW_COUNT(CONTAINERS));
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

static enum cw_json_step step_by_shape(const struct cw_json_list *json,
                                       const struct cw_json_place *place, enum cw_json_kind kind)
{
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
    if (json->outermost == CW_JSON_OUTERMOST_ANY && is_complaint_name(name)) {
        return CW_JSON_SKIP;
    }
    return kind == CW_JSON_SCALAR ? CW_JSON_PEEK : CW_JSON_ENTER;
}

static enum cw_json_step step_of(const struct cw_json_list *json, const struct cw_json_place *place,
                                 enum cw_json_kind kind)
{
    return json->path_len > 0 ? step_along_path(json, place) : step_by_shape(json, place, kind);
}

static enum cw_json_step on_begin(void *ctx, const struct cw_json_place *place,
                                  enum cw_json_kind kind)
{
    struct cw_json_list *json = ctx;
    const enum cw_json_step step = step_of(json, place, kind);
    const struct cw_span name = place->depth > 0 ? place->keys[place->depth - 1] : CW_SPAN("");
    const bool is_inside = kind != CW_JSON_SCALAR && step != CW_JSON_SKIP;
    const bool is_place = kind == CW_JSON_ARRAY || is_container_name(name) ||
                          (json->path_len > 0 && place->depth > 0);
    json->has_list |= step == CW_JSON_TAKE || (is_inside && is_place);
    if (!json->has_list && !json->has_other && place->depth > 0) {
        json->has_other = kind == CW_JSON_SCALAR || step == CW_JSON_SKIP;
        cw_text_escape_to(json->other, sizeof(json->other), name);
    }
    return step;
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

/* The innermost name around an entry that is a chain, else that may be the name of one. */
static struct cw_span tag_of(const struct cw_json_list *json, const struct cw_json_place *place,
                             size_t levels)
{
    const size_t first = json->outermost == CW_JSON_OUTERMOST_CASE ? 1 : 0;
    struct cw_span tag = CW_SPAN("");
    for (size_t i = levels; i > first; i--) {
        const struct cw_span name = place->keys[i - 1];
        const bool is_one =
            !place->in_array[i - 1] && is_metadata_name(name) && !is_container_name(name);
        if (is_one && cw_label_make(name).tags.count > 0) {
            return name;
        }
        tag = is_one && tag.len == 0 ? name : tag;
    }
    return tag;
}

static struct cw_json_context context_of(const struct cw_json_list *json,
                                         const struct cw_json_place *place, size_t tag_levels,
                                         const char *position)
{
    struct cw_json_context context = {.position = cw_span_cstr(position)};
    if (json->path_len == 0) {
        context.tag = tag_of(json, place, tag_levels);
    }
    if (json->outermost == CW_JSON_OUTERMOST_CASE && place->depth > 1) {
        context.entry_id = place->keys[0];
        context.entry_name = place->keys[0];
    }
    return context;
}

/* ---- texts that stand alone ---- */

/* Nothing but words of address shape. */
static bool holds_addresses(struct cw_span text)
{
    struct cw_span rest;
    return cw_address_words_leading(text, &rest) > 0 && rest.len == 0;
}

static bool is_hex_digit(char c)
{
    return cw_ascii_is_digit(c) || (cw_ascii_lower(c) >= 'a' && cw_ascii_lower(c) <= 'f');
}

static bool is_digest(struct cw_span name, struct cw_span text)
{
    size_t digits = 0;
    while (digits < text.len && is_hex_digit(text.data[digits])) {
        digits++;
    }
    return digits == text.len && digits >= DIGEST_HEX_MIN &&
           is_one_of(name, DIGESTS, CW_COUNT(DIGESTS));
}

static bool is_field_name(const struct cw_json_list *json, struct cw_span name,
                          enum cw_list_field field)
{
    return cw_field_rank(&json->names, field, name) < CW_FIELD_RANK_NONE;
}

static bool is_any_field_name(const struct cw_json_list *json, struct cw_span name)
{
    for (size_t field = 0; field < CW_LIST_FIELDS; field++) {
        if (is_field_name(json, name, (enum cw_list_field)field)) {
            return true;
        }
    }
    return false;
}

static enum cw_status deliver_value(struct cw_json_list *json, const struct cw_json_place *place,
                                    json_t *value, struct cw_error *err)
{
    char position[POSITION_BYTES];
    write_position(place, position, sizeof(position));
    const struct cw_json_context context = context_of(json, place, place->depth, position);
    json->has_list = true;
    return cw_json_entry_deliver(&json->names, &context, value, json->sink, err);
}

/* A text beside lists: about the document, unless it is an address. What names a field of an entry
 * waits until its object ends. */
static enum cw_status on_text(struct cw_json_list *json, const struct cw_json_place *place,
                              json_t *text, struct cw_error *err)
{
    const struct cw_span name = place->keys[place->depth - 1];
    const struct cw_span said = cw_span_make(json_string_value(text), json_string_length(text));
    struct members *members = &json->members[place->depth - 1];
    const bool is_address = is_field_name(json, name, CW_FIELD_ADDRESS);
    if (cw_span_trim(said).len == 0) {
        return CW_OK;
    }
    if (!is_any_field_name(json, name) ||
        json_object_getn(members->texts, name.data, name.len) != NULL) {
        const bool is_one = holds_addresses(said) || is_short_address(said);
        return is_one && !is_digest(name, said) ? deliver_value(json, place, text, err) : CW_OK;
    }
    if (members->texts == NULL) {
        members->texts = json_object();
        members->line = place->line;
    }
    members->line = is_address ? place->line : members->line;
    return json_object_setn(members->texts, name.data, name.len, text) == 0
               ? CW_OK
               : cw_error_set(err, CW_NOMEM, "out of memory for a JSON value");
}

/* Whether the texts of an object are those of an entry. An office, too, has an "address". */
static bool is_entry(const struct cw_json_list *json, const struct cw_json_place *place,
                     json_t *texts)
{
    for (void *at = json_object_iter(texts); at != NULL; at = json_object_iter_next(texts, at)) {
        const json_t *value = json_object_iter_value(at);
        const struct cw_span text =
            cw_span_trim(cw_span_make(json_string_value(value), json_string_length(value)));
        if (is_field_name(json, cw_span_cstr(json_object_iter_key(at)), CW_FIELD_ADDRESS)) {
            return (place->depth == 0 && !json->has_list) || holds_addresses(text) ||
                   cw_span_find(text, ' ', 0) == text.len;
        }
    }
    return false;
}

static enum cw_status deliver_members(struct cw_json_list *json, const struct cw_json_place *place,
                                      json_t *texts, struct cw_error *err)
{
    enum cw_status status = CW_OK;
    if (is_entry(json, place, texts)) {
        return deliver_value(json, place, texts, err);
    }
    for (void *at = json_object_iter(texts); at != NULL && status == CW_OK;
         at = json_object_iter_next(texts, at)) {
        const struct cw_span name = cw_span_cstr(json_object_iter_key(at));
        json_t *value = json_object_iter_value(at);
        const struct cw_span text =
            cw_span_make(json_string_value(value), json_string_length(value));
        const bool is_id = is_field_name(json, name, CW_FIELD_ENTRY_ID);
        if (!is_id && holds_addresses(text)) {
            status = deliver_value(json, place, value, err);
        }
    }
    return status;
}

static enum cw_status on_leave(void *ctx, const struct cw_json_place *place, struct cw_error *err)
{
    struct cw_json_list *json = ctx;
    struct members *members = &json->members[place->depth];
    if (members->texts == NULL) {
        return CW_OK;
    }
    struct cw_json_place at = *place;
    at.line = members->line;
    const enum cw_status status = deliver_members(json, &at, members->texts, err);
    json_decref(members->texts);
    members->texts = NULL;
    return status;
}

/* ---- values ---- */

static enum cw_status on_entry(const struct cw_json_list *json, const struct cw_json_place *place,
                               json_t *value, struct cw_error *err)
{
    char position[POSITION_BYTES];
    write_position(place, position, sizeof(position));
    const bool is_member = place->depth > 0 && !place->in_array[place->depth - 1];
    struct cw_json_context context =
        context_of(json, place, is_member ? place->depth - 1 : place->depth, position);
    if (json->path_len == 0 && is_member) {
        context.address = place->keys[place->depth - 1];
        if (context.address.len == 0) {
            return cw_json_entry_unusable(context.position, CW_SPAN(""), "the name is empty",
                                          json->sink, err);
        }
    }
    return cw_json_entry_deliver(&json->names, &context, value, json->sink, err);
}

static enum cw_status on_value(void *ctx, const struct cw_json_place *place, struct cw_span text,
                               struct cw_error *err)
{
    struct cw_json_list *json = ctx;
    char position[POSITION_BYTES];
    json_t *value = NULL;
    const bool is_peeked =
        text.data[0] == '"' && step_of(json, place, CW_JSON_SCALAR) == CW_JSON_PEEK;
    struct cw_error why = {0};
    enum cw_status status = cw_json_value_read(text, &value, &why);
    if (status == CW_UNTRUSTED && is_peeked) {
        return CW_OK; /* about the document, and as unread as any other such text */
    }
    if (status != CW_OK) {
        write_position(place, position, sizeof(position));
        return cw_error_set(err, status, "%s: %s", position, why.text);
    }
    if (place->depth == 0 && json->path_len == 0) {
        status = cw_error_set(err, CW_UNTRUSTED, "line %llu: neither an array nor an object",
                              (unsigned long long)place->line);
    } else {
        status = is_peeked ? on_text(json, place, value, err) : on_entry(json, place, value, err);
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
        for (size_t i = 0; i < CW_COUNT(json->members); i++) {
            json_decref(json->members[i].texts);
        }
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
    json->walk = cw_json_walk_new((struct cw_json_visitor){on_begin, on_value, on_leave, json});
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
    const enum cw_status status = cw_json_walk_feed(json->walk, bytes, is_last, err);
    if (status == CW_OK && is_last && json->has_other && !json->has_list) {
        return cw_error_set(err, CW_UNTRUSTED,
                            "not a list: neither an array nor an address, but \"%s\"", json->other);
    }
    return status;
}
