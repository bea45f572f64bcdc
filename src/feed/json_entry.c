#include "feed/json_entry.h"

#include "base/datetime.h"
#include "feed/address_words.h"
#include "feed/format.h"

enum { POSITION_BYTES = 256 };

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

/* The member that fits a field best; NULL when none does or two fit equally well by other cases. */
static const json_t *member_of(const struct cw_field_names *names, json_t *object,
                               enum cw_list_field field)
{
    const json_t *best = NULL;
    size_t best_rank = CW_FIELD_RANK_NONE;
    for (void *at = json_object_iter(object); at != NULL; at = json_object_iter_next(object, at)) {
        const size_t rank = cw_field_rank(names, field, cw_span_cstr(json_object_iter_key(at)));
        if (rank < best_rank) {
            best_rank = rank;
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

/* A time counts as its date. */
static struct cw_span date_of(const json_t *value)
{
    const struct cw_span day = cw_span_slice(text_of(value), 0, CW_DATE_TEXT_BYTES - 1);
    return cw_date_parse(day, NULL) ? day : CW_SPAN("");
}

static struct cw_span or_else(struct cw_span text, struct cw_span otherwise)
{
    return text.len > 0 ? text : otherwise;
}

static void fill(const struct cw_field_names *names, const struct cw_json_context *context,
                 json_t *object, struct cw_entry *entry)
{
    entry->tag =
        or_else(cw_span_trim(text_of(member_of(names, object, CW_FIELD_TAG))), context->tag);
    entry->entry_id = or_else(cw_span_trim(text_of(member_of(names, object, CW_FIELD_ENTRY_ID))),
                              context->entry_id);
    entry->entry_name = or_else(
        cw_span_trim(text_of(member_of(names, object, CW_FIELD_ENTRY_NAME))), context->entry_name);
    entry->note = cw_span_trim(text_of(member_of(names, object, CW_FIELD_NOTE)));
    entry->listed_on = date_of(member_of(names, object, CW_FIELD_LISTED_ON));
    add_programs(entry, member_of(names, object, CW_FIELD_PROGRAMS));
}

/* ---- values ---- */

static enum cw_status deliver_each(struct cw_entry *entry, const json_t *addresses,
                                   struct cw_entry_sink sink, struct cw_error *err)
{
    enum cw_status status = CW_OK;
    if (json_array_size(addresses) == 0) {
        entry->error = or_else(entry->error, CW_SPAN("the array of addresses is empty"));
        return sink.entry(sink.ctx, entry, err);
    }
    for (size_t i = 0; i < json_array_size(addresses) && status == CW_OK; i++) {
        const json_t *address = json_array_get(addresses, i);
        struct cw_entry one = *entry;
        if (!json_is_string(address)) {
            one.error = or_else(one.error, CW_SPAN("the address is no text"));
        }
        status = cw_entry_deliver_words(&one, text_of(address), sink, err);
    }
    return status;
}

static enum cw_status deliver_object(const struct cw_field_names *names,
                                     const struct cw_json_context *context, json_t *object,
                                     struct cw_entry_sink sink, struct cw_error *err)
{
    struct cw_entry entry = {.position = context->position};
    fill(names, context, object, &entry);
    if (context->address.len > 0) {
        return cw_entry_deliver_words(&entry, context->address, sink, err);
    }
    const json_t *address = member_of(names, object, CW_FIELD_ADDRESS);
    if (json_is_array(address)) {
        return deliver_each(&entry, address, sink, err);
    }
    if (address == NULL) {
        entry.error = or_else(entry.error, CW_SPAN("no member with a known name for addresses"));
    } else if (!json_is_string(address)) {
        entry.error = or_else(entry.error, CW_SPAN("the address is no text"));
    } else if (cw_span_trim(text_of(address)).len == 0) {
        entry.error = or_else(entry.error, CW_SPAN("the address is empty"));
    }
    return cw_entry_deliver_words(&entry, text_of(address), sink, err);
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

enum cw_status cw_json_entry_deliver(const struct cw_field_names *names,
                                     const struct cw_json_context *context, json_t *value,
                                     struct cw_entry_sink sink, struct cw_error *err)
{
    if (json_is_object(value)) {
        return deliver_object(names, context, value, sink, err);
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
