/* GraphSense TagPacks, YAML: a header, and a sequence of tags that inherit what the header says.
 *
 *   currency: BTC            header: for every tag that does not say otherwise
 *   label: Example theft
 *   tags:
 *   - address: 1…            one entry each; a tag may hold `address`, `addresses` or both
 *     label: Example wallet
 *     concepts: [mixing_service]
 *
 * What stands under an address member, at any depth, is an address each; so is a key there that has
 * the shape of one, and a text that it names without having that shape is a note about it. Under
 * any other member only what TagPack defines is read: texts, and the list of concepts. A collection
 * anywhere else (`context` as a mapping) is data about something, and an address in it is not what
 * the tag is about: TagPack defines addresses at the level of the tag.
 *
 * libyaml is asked for events, never for documents, and reads by itself, so the pack is kept until
 * its end: it is capped, and read twice, since a header may stand behind its tags. Anchors,
 * aliases, merge keys and tags other than the core ones are refused. */
#include <yaml.h>

#include "base/buf.h"
#include "base/datetime.h"
#include "base/limits.h"
#include "feed/address_words.h"
#include "feed/format.h"
#include "feed/tagpack_part.h"
#include "feed/text_guard.h"

enum pass { HEADER, TAGS };
enum { ROOT_DEPTH = 1, TAG_DEPTH = 3, DEPTHS = CW_YAML_DEPTH_MAX + 1 };

/* Where the events are. Depth counts open collections: 1 the root mapping, 2 the sequence of tags,
 * 3 one tag, 4 and more what is inside a tag. The header is read in the first pass, the tags in the
 * second. */
struct tagpack {
    struct cw_entry_sink sink;
    struct cw_text_guard guard;
    struct cw_buf text;
    struct cw_tagpack_part header;
    struct cw_tagpack_part tag;
    enum pass pass;
    size_t depth;
    size_t documents;
    bool is_mapping[DEPTHS];
    bool is_at_key[DEPTHS];        /* in a mapping: a key comes next */
    bool is_named_address[DEPTHS]; /* in a mapping: its last key was an address */
    bool is_in_tags;               /* the sequence of tags is open */
    bool has_tags;                 /* there was one */
    bool has_heirs;                /* a tag takes its address from the header */
    enum cw_tagpack_member member; /* that the last key of the header or the tag named */
    bool is_tags_key;
};

static enum cw_status refuse(size_t line, const char *what, struct cw_error *err)
{
    return cw_error_set(err, CW_UNTRUSTED, "line %zu: %s", line, what);
}

/* ---- events ---- */

/* The depth of the mapping whose members are read: the root, or the tag. */
static size_t home_depth(const struct tagpack *pack)
{
    return pack->is_in_tags ? TAG_DEPTH : ROOT_DEPTH;
}

static struct cw_tagpack_part *part_of(struct tagpack *pack)
{
    return pack->is_in_tags ? &pack->tag : &pack->header;
}

/* In which pass what stands here is taken. */
static bool is_taken(const struct tagpack *pack)
{
    return pack->is_in_tags == (pack->pass == TAGS);
}

static enum cw_status on_key(struct tagpack *pack, struct cw_span name, size_t line,
                             struct cw_error *err)
{
    if (cw_span_is(name, "<<")) {
        return refuse(line, "a merge key: TagPacks have none", err);
    }
    pack->member = cw_tagpack_member_named(name);
    pack->is_tags_key = pack->depth == ROOT_DEPTH && cw_span_is(name, "tags");
    if (pack->is_in_tags || is_taken(pack)) { /* who inherits is known after the first pass */
        cw_tagpack_part_name(part_of(pack), pack->member);
    }
    return CW_OK;
}

static enum cw_status on_address(struct tagpack *pack, struct cw_span text, size_t line,
                                 struct cw_error *err)
{
    return pack->is_in_tags ? cw_tagpack_part_add_address(&pack->tag, text, err)
                            : cw_tagpack_header_add_address(&pack->header, text, line, err);
}

static enum cw_status on_value(struct tagpack *pack, struct cw_span text, size_t line,
                               struct cw_error *err)
{
    if (!is_taken(pack) || pack->member == CW_TAGPACK_OTHER) {
        return CW_OK;
    }
    if (pack->member == CW_TAGPACK_ADDRESS) {
        return on_address(pack, text, line, err);
    }
    if (pack->member == CW_TAGPACK_CONCEPTS) {
        cw_tagpack_part_add_concept(part_of(pack), text);
    } else {
        cw_tagpack_part_keep(part_of(pack), pack->member, text);
    }
    return CW_OK;
}

static bool is_address_row(struct cw_span text)
{
    struct cw_span rest;
    return cw_address_words_leading(text, &rest) > 0 && rest.len == 0;
}

/* A text in a collection that is, or is within, the value of a member. */
static enum cw_status on_inner(struct tagpack *pack, struct cw_span text, bool is_key, size_t line,
                               struct cw_error *err)
{
    const size_t depth = pack->depth;
    if (!is_taken(pack)) {
        return CW_OK;
    }
    if (pack->member == CW_TAGPACK_CONCEPTS && depth == home_depth(pack) + 1 &&
        !pack->is_mapping[depth]) {
        cw_tagpack_part_add_concept(part_of(pack), text);
    }
    if (pack->member != CW_TAGPACK_ADDRESS) {
        return CW_OK;
    }
    if (is_key) {
        pack->is_named_address[depth] = is_address_row(text);
        return pack->is_named_address[depth] ? on_address(pack, text, line, err) : CW_OK;
    }
    const bool is_note =
        pack->is_mapping[depth] && pack->is_named_address[depth] && !is_address_row(text);
    return is_note ? CW_OK : on_address(pack, text, line, err);
}

static enum cw_status on_scalar(struct tagpack *pack, const yaml_event_t *event,
                                struct cw_error *err)
{
    const size_t line = event->start_mark.line + 1;
    const struct cw_span text = cw_span_make(event->data.scalar.value, event->data.scalar.length);
    if (text.len > CW_YAML_SCALAR_MAX) {
        return cw_error_set(err, CW_LIMIT, "line %zu: a text is longer than %u bytes", line,
                            CW_YAML_SCALAR_MAX);
    }
    if (cw_span_find(text, '\0', 0) < text.len) {
        return refuse(line, "a NUL byte in a text", err);
    }
    if (pack->depth == 0) {
        return refuse(line, "not a TagPack: the document is a bare text", err);
    }
    if (pack->depth == 2 && pack->is_in_tags) {
        return refuse(line, "not a TagPack: a tag is a bare text", err);
    }
    const bool is_key = pack->is_mapping[pack->depth] && pack->is_at_key[pack->depth];
    pack->is_at_key[pack->depth] = !is_key;
    if (pack->depth > home_depth(pack)) {
        return on_inner(pack, text, is_key, line, err);
    }
    return is_key ? on_key(pack, text, line, err) : on_value(pack, text, line, err);
}

static enum cw_status open_collection(struct tagpack *pack, const yaml_event_t *event,
                                      bool is_mapping, struct cw_error *err)
{
    const size_t line = event->start_mark.line + 1;
    if (pack->depth == CW_YAML_DEPTH_MAX) {
        return cw_error_set(err, CW_LIMIT, "line %zu: nested deeper than %u", line,
                            CW_YAML_DEPTH_MAX);
    }
    if (pack->depth >= 1 && pack->depth <= 3 && pack->is_mapping[pack->depth] &&
        pack->is_at_key[pack->depth]) {
        return refuse(line, "a key that is no text", err);
    }
    if (pack->is_at_key[pack->depth]) { /* deeper down a key may be a collection */
        pack->is_named_address[pack->depth] = false;
    }
    pack->depth++;
    if (pack->depth == 1 && !is_mapping) {
        return refuse(line, "not a TagPack: the document is a list", err);
    }
    if (pack->depth == 2 && pack->is_tags_key) {
        if (is_mapping || pack->has_tags) {
            return refuse(
                line, is_mapping ? "not a TagPack: \"tags\" is no list" : "\"tags\" stands twice",
                err);
        }
        pack->is_in_tags = true;
        pack->has_tags = true;
    }
    if (pack->depth == 3 && pack->is_in_tags) {
        if (!is_mapping) {
            return refuse(line, "not a TagPack: a tag is a list", err);
        }
        cw_tagpack_part_reset(&pack->tag, line);
        pack->member = CW_TAGPACK_OTHER;
    }
    pack->is_mapping[pack->depth] = is_mapping;
    pack->is_at_key[pack->depth] = true;
    pack->is_named_address[pack->depth] = false;
    return CW_OK;
}

/* A tag is delivered when it ends, since its address may stand before what is said about it. */
static enum cw_status end_tag(struct tagpack *pack, struct cw_error *err)
{
    if (pack->pass == TAGS) {
        return cw_tagpack_deliver(&pack->tag, &pack->header, pack->sink, err);
    }
    pack->has_heirs = pack->has_heirs || !pack->tag.names_address;
    return CW_OK;
}

static enum cw_status close_collection(struct tagpack *pack, struct cw_error *err)
{
    CW_ASSERT(pack->depth > 0);
    const size_t closed = pack->depth--;
    enum cw_status status = CW_OK;
    if (closed == TAG_DEPTH && pack->is_in_tags) {
        status = end_tag(pack, err);
    }
    if (closed == 2) {
        pack->is_in_tags = false;
    }
    /* What was closed was the value of a key, or deep inside a key itself. */
    pack->is_at_key[pack->depth] = !pack->is_at_key[pack->depth];
    pack->is_tags_key = false;
    return status;
}

/* Of the core schema (YAML 1.2.2 section 10.3), and the dates of 1.1: "!!python/object" shares
 * their prefix. */
static bool is_core_tag(const yaml_char_t *tag)
{
    static const char prefix[] = "tag:yaml.org,2002:";
    static const char *const names[] = {"str",  "int", "float", "bool",
                                        "null", "seq", "map",   "timestamp"};
    const char *text = (const char *)tag;
    if (tag == NULL || strcmp(text, "!") == 0) {
        return true;
    }
    if (strncmp(text, prefix, sizeof(prefix) - 1) != 0) {
        return false;
    }
    for (size_t i = 0; i < CW_COUNT(names); i++) {
        if (strcmp(text + sizeof(prefix) - 1, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

static enum cw_status refuse_special(const yaml_event_t *event, const yaml_char_t *anchor,
                                     const yaml_char_t *tag, struct cw_error *err)
{
    const size_t line = event->start_mark.line + 1;
    if (anchor != NULL) {
        return refuse(line, "an anchor: TagPacks have none", err);
    }
    return is_core_tag(tag) ? CW_OK : refuse(line, "a YAML tag that is not of the core", err);
}

static enum cw_status on_event(struct tagpack *pack, const yaml_event_t *event,
                               struct cw_error *err)
{
    enum cw_status status = CW_OK;
    switch (event->type) {
    case YAML_ALIAS_EVENT:
        return refuse(event->start_mark.line + 1, "an alias: TagPacks have none", err);
    case YAML_DOCUMENT_START_EVENT:
        return ++pack->documents == 1
                   ? CW_OK
                   : refuse(event->start_mark.line + 1, "a second document", err);
    case YAML_SCALAR_EVENT:
        status = refuse_special(event, event->data.scalar.anchor, event->data.scalar.tag, err);
        return status == CW_OK ? on_scalar(pack, event, err) : status;
    case YAML_SEQUENCE_START_EVENT:
        status = refuse_special(event, event->data.sequence_start.anchor,
                                event->data.sequence_start.tag, err);
        return status == CW_OK ? open_collection(pack, event, false, err) : status;
    case YAML_MAPPING_START_EVENT:
        status = refuse_special(event, event->data.mapping_start.anchor,
                                event->data.mapping_start.tag, err);
        return status == CW_OK ? open_collection(pack, event, true, err) : status;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return close_collection(pack, err);
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        break;
    }
    return CW_OK;
}

/* ---- a pass over the text ---- */

static enum cw_status refuse_syntax(const yaml_parser_t *parser, struct cw_error *err)
{
    if (parser->error == YAML_MEMORY_ERROR) {
        return cw_error_set(err, CW_NOMEM, "out of memory for YAML");
    }
    return cw_error_set(err, CW_UNTRUSTED, "line %zu: not YAML: %s", parser->problem_mark.line + 1,
                        parser->problem != NULL ? parser->problem : "cannot be read");
}

static enum cw_status run_events(struct tagpack *pack, yaml_parser_t *parser, struct cw_error *err)
{
    enum cw_status status = CW_OK;
    bool is_over = false;
    while (status == CW_OK && !is_over) {
        yaml_event_t event;
        if (yaml_parser_parse(parser, &event) == 0) {
            return refuse_syntax(parser, err);
        }
        is_over = event.type == YAML_STREAM_END_EVENT;
        status = on_event(pack, &event, err);
        yaml_event_delete(&event);
    }
    return status;
}

static enum cw_status run_pass(struct tagpack *pack, enum pass pass, struct cw_error *err)
{
    yaml_parser_t parser;
    if (yaml_parser_initialize(&parser) == 0) {
        return cw_error_set(err, CW_NOMEM, "out of memory for YAML");
    }
    pack->pass = pass;
    pack->depth = 0;
    pack->documents = 0;
    pack->is_in_tags = false;
    pack->has_tags = false;
    pack->is_tags_key = false;
    pack->member = CW_TAGPACK_OTHER;
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    const struct cw_span mark = CW_SPAN("\xef\xbb\xbf");
    struct cw_span text = cw_buf_as_span(&pack->text);
    text = cw_span_starts_with(text, mark) ? cw_span_slice(text, mark.len, text.len) : text;
    yaml_parser_set_input_string(&parser, (const unsigned char *)text.data, text.len);
    const enum cw_status status = run_events(pack, &parser, err);
    yaml_parser_delete(&parser);
    return status;
}

/* Whether what is in front of a byte ends a line, to libyaml: it takes YAML 1.1's breaks too. */
static bool is_at_line(struct cw_span text, size_t at)
{
    static const char *const breaks[] = {"\n", "\r", "\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9"};
    const struct cw_span before = cw_span_slice(text, 0, at);
    for (size_t i = 0; i < CW_COUNT(breaks); i++) {
        if (cw_span_ends_with(before, cw_span_cstr(breaks[i]))) {
            return true;
        }
    }
    return at == 0 || cw_span_is(before, "\xef\xbb\xbf");
}

/* libyaml takes any number of directives, and a time that grows with their square. */
static enum cw_status count_directives(struct cw_span text, struct cw_error *err)
{
    size_t count = 0;
    for (size_t at = cw_span_find(text, '%', 0); at < text.len;
         at = cw_span_find(text, '%', at + 1)) {
        count += is_at_line(text, at);
        if (count > CW_YAML_DIRECTIVES_MAX) {
            return cw_error_set(err, CW_LIMIT, "more than %u YAML directives",
                                CW_YAML_DIRECTIVES_MAX);
        }
    }
    return CW_OK;
}

static enum cw_status finish(struct tagpack *pack, struct cw_error *err)
{
    if (pack->text.len == 0) {
        return refuse(1, "not a TagPack: the document is empty", err);
    }
    enum cw_status status = count_directives(cw_buf_as_span(&pack->text), err);
    status = status == CW_OK ? run_pass(pack, HEADER, err) : status;
    if (status == CW_OK && !pack->has_tags) {
        return refuse(1, "not a TagPack: there is no \"tags\"", err);
    }
    const struct cw_list_info info = {.published =
                                          cw_tagpack_part_text(&pack->header, CW_TAGPACK_LASTMOD)};
    if (status == CW_OK && cw_date_parse(info.published, NULL)) {
        status = pack->sink.info(pack->sink.ctx, &info, err);
    }
    if (status == CW_OK && !pack->has_heirs) {
        status = cw_tagpack_deliver_unclaimed(&pack->header, pack->sink, err);
    }
    return status == CW_OK ? run_pass(pack, TAGS, err) : status;
}

/* ---- the format ---- */

static enum cw_status tagpack_open(const struct cw_format_options *options,
                                   struct cw_entry_sink sink, void **ret_state,
                                   struct cw_error *err)
{
    CW_ASSERT(options->count == 0);
    struct tagpack *pack = calloc(1, sizeof(*pack));
    if (pack == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory");
    }
    pack->sink = sink;
    cw_buf_init(&pack->text, CW_YAML_BYTES_MAX);
    cw_tagpack_part_init(&pack->header, CW_ENTRY_VALUE_MAX);
    cw_tagpack_part_init(&pack->tag, CW_YAML_BYTES_MAX);
    *ret_state = pack;
    return CW_OK;
}

static enum cw_status tagpack_feed(void *state, struct cw_span bytes, bool is_last,
                                   struct cw_error *err)
{
    struct tagpack *pack = state;
    struct cw_error fault = {0};
    const bool is_end = cw_text_guard_feed(&pack->guard, &bytes, is_last, &fault);
    cw_buf_span(&pack->text, bytes);
    enum cw_status status = cw_buf_status(&pack->text, NULL);
    if (status != CW_OK) {
        return status == CW_LIMIT
                   ? cw_error_set(err, CW_LIMIT, "longer than %u bytes of YAML", CW_YAML_BYTES_MAX)
                   : cw_error_set(err, status, "out of memory for YAML");
    }
    status = cw_text_guard_end(&fault, status, err);
    return status == CW_OK && is_end ? finish(pack, err) : status;
}

static void tagpack_close(void *state)
{
    struct tagpack *pack = state;
    if (pack != NULL) {
        cw_buf_clear(&pack->text);
        cw_tagpack_part_clear(&pack->header);
        cw_tagpack_part_clear(&pack->tag);
        free(pack);
    }
}

static const char *const NO_OPTIONS[] = {NULL};

const struct cw_format cw_format_tagpack = {
    .name = "tagpack",
    .title = "GraphSense TagPack, YAML",
    .options = NO_OPTIONS,
    .open = tagpack_open,
    .feed = tagpack_feed,
    .close = tagpack_close,
};
