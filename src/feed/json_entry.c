#include "feed/json_entry.h"

#include "address/address.h"
#include "feed/address_words.h"
#include "feed/entry_date.h"
#include "feed/format.h"

enum {
    POSITION_BYTES = 256,
    LEVELS_MAX = 8, /* objects and arrays in one another where an address is expected */
};

static struct cw_span text_of(const json_t *value)
{
    return json_is_string(value) ? cw_span_make(json_string_value(value), json_string_length(value))
                                 : CW_SPAN("");
}

/* ---- several addresses in one text ---- */

enum cw_status cw_entry_deliver_words(struct cw_entry *entry, struct cw_span text,
                                      struct cw_entry_sink sink, struct cw_error *err)
{
    struct cw_span rest;
    const size_t count = cw_address_words_leading(text, &rest);
    entry->value = text;
    if (count < 2 || rest.len > 0) {
        return sink.entry(sink.ctx, entry, err);
    }
    const struct cw_span position = entry->position;
    enum cw_status status = CW_OK;
    for (size_t i = 1; i <= count && status == CW_OK; i++) {
        char words[POSITION_BYTES];
        (void)snprintf(words, sizeof(words), "%.*s, address %zu", CW_SPAN_ARG(position), i);
        entry->position = cw_span_cstr(words);
        entry->value = cw_address_word_next(&text);
        status = sink.entry(sink.ctx, entry, err);
    }
    entry->position = position;
    return status;
}

enum cw_status cw_json_entry_unusable(struct cw_span position, struct cw_span value,
                                      const char *why, struct cw_entry_sink sink,
                                      struct cw_error *err)
{
    const struct cw_entry entry = {
        .position = position, .value = value, .error = cw_span_cstr(why)};
    return sink.entry(sink.ctx, &entry, err);
}

/* ---- members ---- */

/* The member that fits a field best; NULL when none does. */
static const json_t *member_of(const struct cw_field_names *names, json_t *object,
                               enum cw_list_field field, size_t *ret_rank)
{
    const json_t *best = NULL;
    *ret_rank = CW_FIELD_RANK_NONE;
    for (void *at = json_object_iter(object); at != NULL; at = json_object_iter_next(object, at)) {
        const size_t rank = cw_field_rank(names, field, cw_span_cstr(json_object_iter_key(at)));
        if (rank < *ret_rank) {
            *ret_rank = rank;
            best = json_object_iter_value(at);
        }
    }
    return best;
}

static void add_program(struct cw_entry *entry, const json_t *value)
{
    const struct cw_span program = cw_span_trim(text_of(value));
    if (program.len == 0) {
        return;
    }
    if (entry->programs_count == CW_ENTRY_PROGRAMS_MAX) {
        static_assert(CW_ENTRY_PROGRAMS_MAX == 32, "the text below names the limit");
        entry->error = CW_SPAN("the entry names more than 32 programmes");
        return;
    }
    entry->programs[entry->programs_count++] = program;
}

static void add_programs(struct cw_entry *entry, const json_t *value)
{
    if (!json_is_array(value)) {
        add_program(entry, value);
    }
    for (size_t i = 0; i < json_array_size(value); i++) {
        add_program(entry, json_array_get(value, i));
    }
}

static struct cw_span or_else(struct cw_span text, struct cw_span otherwise)
{
    return text.len > 0 ? text : otherwise;
}

static struct cw_span text_in(const struct cw_field_names *names, json_t *object,
                              enum cw_list_field field, struct cw_span otherwise)
{
    size_t rank = CW_FIELD_RANK_NONE;
    return or_else(cw_span_trim(text_of(member_of(names, object, field, &rank))), otherwise);
}

/* A number may be seconds or milliseconds since some year: it is said, not guessed. */
static void take_date(const json_t *value, struct cw_entry *entry, struct cw_entry_date *room)
{
    char digits[32];
    struct cw_span text = text_of(value);
    if (json_is_integer(value)) {
        (void)snprintf(digits, sizeof(digits), "%lld", (long long)json_integer_value(value));
        text = cw_span_cstr(digits);
    }
    cw_entry_date_take(entry, text, room);
}

/* What the object says, over what was said around it. */
static void fill(const struct cw_field_names *names, json_t *object, struct cw_entry *entry,
                 struct cw_entry_date *room)
{
    size_t rank = CW_FIELD_RANK_NONE;
    entry->tag = text_in(names, object, CW_FIELD_TAG, entry->tag);
    entry->entry_id = text_in(names, object, CW_FIELD_ENTRY_ID, entry->entry_id);
    entry->entry_name = text_in(names, object, CW_FIELD_ENTRY_NAME, entry->entry_name);
    entry->note = text_in(names, object, CW_FIELD_NOTE, entry->note);
    take_date(member_of(names, object, CW_FIELD_LISTED_ON, &rank), entry, room);
    add_programs(entry, member_of(names, object, CW_FIELD_PROGRAMS, &rank));
}

/* ---- values ---- */

struct reading {
    const struct cw_field_names *names;
    struct cw_entry_sink sink;
    struct cw_error *err;
};

static enum cw_status deliver_object(const struct reading *reading, const struct cw_entry *around,
                                     json_t *object, unsigned levels);

static enum cw_status deliver_unusable(const struct reading *reading, const struct cw_entry *around,
                                       struct cw_span why)
{
    struct cw_entry entry = *around;
    entry.error = or_else(entry.error, why);
    entry.value = CW_SPAN("");
    return reading->sink.entry(reading->sink.ctx, &entry, reading->err);
}

static enum cw_status deliver_words(const struct reading *reading, const struct cw_entry *around,
                                    struct cw_span text)
{
    struct cw_entry entry = *around;
    if (cw_span_trim(text).len == 0) {
        entry.error = or_else(entry.error, CW_SPAN("the address is empty"));
    }
    return cw_entry_deliver_words(&entry, text, reading->sink, reading->err);
}

/* What stands in place of an address: a text, several of them, or more about one. */
static enum cw_status deliver_value(const struct reading *reading, const struct cw_entry *around,
                                    json_t *value, unsigned levels)
{
    if (json_is_string(value)) {
        return deliver_words(reading, around, text_of(value));
    }
    if (json_is_object(value)) {
        return deliver_object(reading, around, value, levels);
    }
    if (!json_is_array(value) || levels == 0) {
        return deliver_unusable(reading, around, CW_SPAN("the address is no text"));
    }
    if (json_array_size(value) == 0) {
        return deliver_unusable(reading, around, CW_SPAN("the array of addresses is empty"));
    }
    enum cw_status status = CW_OK;
    for (size_t i = 0; i < json_array_size(value) && status == CW_OK; i++) {
        status = deliver_value(reading, around, json_array_get(value, i), levels - 1);
    }
    return status;
}

static bool is_about_address(const struct cw_field_names *names, struct cw_span name)
{
    for (size_t field = CW_FIELD_ADDRESS + 1; field < CW_LIST_FIELDS; field++) {
        if (cw_field_rank(names, (enum cw_list_field)field, name) < CW_FIELD_RANK_NONE) {
            return true;
        }
    }
    return false;
}

/* An object in place of an address that names none: chains, or the addresses themselves, are the
 * names of its members. `around` says already what the object says of them. */
static enum cw_status deliver_map(const struct reading *reading, const struct cw_entry *around,
                                  json_t *object, unsigned levels)
{
    enum cw_status status = CW_OK;
    for (void *at = json_object_iter(object); at != NULL && status == CW_OK;
         at = json_object_iter_next(object, at)) {
        const struct cw_span name = cw_span_cstr(json_object_iter_key(at));
        json_t *value = json_object_iter_value(at);
        struct cw_entry entry = *around;
        if (cw_address_word_has_shape(name)) {
            entry.note = or_else(cw_span_trim(text_of(value)), entry.note);
            status = cw_entry_deliver_words(&entry, name, reading->sink, reading->err);
        } else if (!is_about_address(reading->names, name)) {
            entry.tag = cw_label_make(name).tags.count > 0 ? name : entry.tag;
            status = deliver_value(reading, &entry, value, levels - 1);
        }
    }
    return status;
}

/* Delivers every member that fits as well as the best one, and whatever others hold more than a
 * text: one object may say "address" and "wallets". */
static enum cw_status deliver_members(const struct reading *reading, const struct cw_entry *entry,
                                      json_t *object, size_t best, unsigned levels)
{
    enum cw_status status = CW_OK;
    for (void *at = json_object_iter(object); at != NULL && status == CW_OK;
         at = json_object_iter_next(object, at)) {
        json_t *value = json_object_iter_value(at);
        const size_t rank =
            cw_field_rank(reading->names, CW_FIELD_ADDRESS, cw_span_cstr(json_object_iter_key(at)));
        const bool has_more = json_array_size(value) > 0 || json_object_size(value) > 0;
        if (rank / 2 == best / 2 || (rank < CW_FIELD_RANK_NONE && has_more)) {
            status = deliver_value(reading, entry, value, levels - 1);
        }
    }
    return status;
}

static enum cw_status deliver_object(const struct reading *reading, const struct cw_entry *around,
                                     json_t *object, unsigned levels)
{
    struct cw_entry entry = *around;
    struct cw_entry_date room;
    size_t best = CW_FIELD_RANK_NONE;
    if (levels == 0) {
        return deliver_unusable(reading, around, CW_SPAN("the address is nested too deeply"));
    }
    (void)member_of(reading->names, object, CW_FIELD_ADDRESS, &best);
    fill(reading->names, object, &entry, &room);
    if (best == CW_FIELD_RANK_NONE && levels < LEVELS_MAX && json_object_size(object) > 0) {
        return deliver_map(reading, &entry, object, levels);
    }
    return best == CW_FIELD_RANK_NONE
               ? deliver_unusable(reading, &entry,
                                  CW_SPAN("no member with a known name for addresses"))
               : deliver_members(reading, &entry, object, best, levels);
}

static struct cw_entry about(const struct cw_json_context *context)
{
    return (struct cw_entry){
        .position = context->position,
        .tag = context->tag,
        .entry_id = context->entry_id,
        .entry_name = context->entry_name,
    };
}

static enum cw_status deliver_text(const struct cw_json_context *context, const json_t *value,
                                   struct cw_entry_sink sink, struct cw_error *err)
{
    const struct cw_span text = text_of(value);
    struct cw_entry entry = about(context);
    if (context->address.len > 0) { /* "address": "what is said about it" */
        entry.note = cw_span_trim(text);
        return cw_entry_deliver_words(&entry, context->address, sink, err);
    }
    if (cw_span_trim(text).len == 0) {
        entry.error = CW_SPAN("the text is empty");
    }
    return cw_entry_deliver_words(&entry, text, sink, err);
}

/* An object that an address is the name of. */
static enum cw_status deliver_keyed(const struct cw_field_names *names,
                                    const struct cw_json_context *context, json_t *object,
                                    struct cw_entry_sink sink, struct cw_error *err)
{
    struct cw_entry entry = about(context);
    struct cw_entry_date room;
    fill(names, object, &entry, &room);
    return cw_entry_deliver_words(&entry, context->address, sink, err);
}

enum cw_status cw_json_entry_deliver(const struct cw_field_names *names,
                                     const struct cw_json_context *context, json_t *value,
                                     struct cw_entry_sink sink, struct cw_error *err)
{
    if (json_is_object(value) && context->address.len > 0) {
        return deliver_keyed(names, context, value, sink, err);
    }
    if (json_is_object(value)) {
        const struct reading reading = {names, sink, err};
        const struct cw_entry around = about(context);
        return deliver_object(&reading, &around, value, LEVELS_MAX);
    }
    if (json_is_string(value)) {
        return deliver_text(context, value, sink, err);
    }
    if (context->address.len > 0) { /* keyed by address: whatever is said, the address is listed */
        struct cw_entry entry = about(context);
        return cw_entry_deliver_words(&entry, context->address, sink, err);
    }
    return cw_json_entry_unusable(context->position, CW_SPAN(""),
                                  "neither a text nor an object with an address", sink, err);
}

void cw_formats_open_early(void)
{
    json_object_seed(0);
}
