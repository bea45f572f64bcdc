/* GraphSense TagPacks, YAML: a header, and a sequence of tags that inherit what the header says.
 *
 *   currency: BTC            header: for every tag that does not say otherwise
 *   label: Example theft
 *   tags:
 *   - address: 1…            one entry each; a tag may hold `address` or `addresses`
 *     label: Example wallet
 *
 * libyaml is asked for events, never for documents, and reads by itself, so the pack is kept until
 * its end: it is capped, and read twice, since a header may stand behind its tags. Anchors, aliases
 * and tags other than the core ones are refused. */
#include <yaml.h>

#include "base/buf.h"
#include "base/datetime.h"
#include "base/limits.h"
#include "base/text.h"
#include "feed/json_entry.h"
#include "feed/text_guard.h"

enum member { ADDRESS, CURRENCY, LABEL, SOURCE, CATEGORY, ABUSE, LASTMOD, NOT_A_MEMBER };
enum { MEMBERS = NOT_A_MEMBER, MEMBER_BYTES = CW_ENTRY_NOTE_MAX };

static const struct {
    const char *name;
    enum member member;
} NAMES[] = {
    {"address", ADDRESS},   {"addresses", ADDRESS}, {"currency", CURRENCY},
    {"network", CURRENCY},  {"label", LABEL},       {"source", SOURCE},
    {"category", CATEGORY}, {"abuse", ABUSE},       {"lastmod", LASTMOD},
};

/* What a mapping says, cut at the sizes that main keeps. */
struct values {
    char text[MEMBERS][MEMBER_BYTES];
    size_t len[MEMBERS];
};

enum pass { HEADER, TAGS };

/* Where the events are. Depth counts open collections: 1 the root mapping, 2 the sequence of tags,
 * 3 one tag, 4 what is inside a tag. */
struct tagpack {
    struct cw_entry_sink sink;
    struct cw_text_guard guard;
    struct cw_buf text;
    struct values header;
    struct values tag;
    enum pass pass;
    size_t depth;
    size_t documents;
    bool is_mapping[4];      /* of depths 1 to 3 */
    bool is_at_key[4];       /* in a mapping: a key comes next */
    bool is_in_tags;         /* the sequence of tags is open */
    bool has_tags;           /* there was one */
    struct cw_buf addresses; /* of this tag when it has a list of them, a NUL behind each */
    enum member member;      /* that the last key named, at depth 1 or 3 */
    bool is_tags_key;
    size_t tag_line;
};

static enum cw_status refuse(size_t line, const char *what, struct cw_error *err)
{
    return cw_error_set(err, CW_UNTRUSTED, "line %zu: %s", line, what);
}

static struct cw_span value_of(const struct values *values, enum member member)
{
    return cw_span_trim(cw_span_make(values->text[member], values->len[member]));
}

static struct cw_span inherited(const struct tagpack *pack, enum member member)
{
    const struct cw_span own = value_of(&pack->tag, member);
    return own.len > 0 ? own : value_of(&pack->header, member);
}

static void keep(struct values *values, enum member member, struct cw_span text)
{
    const struct cw_span kept = cw_utf8_cut(text, MEMBER_BYTES);
    memcpy(values->text[member], kept.data, kept.len);
    values->len[member] = kept.len;
}

static enum member member_named(struct cw_span name)
{
    for (size_t i = 0; i < CW_COUNT(NAMES); i++) {
        if (cw_span_is(name, NAMES[i].name)) {
            return NAMES[i].member;
        }
    }
    return NOT_A_MEMBER;
}

/* ---- entries ---- */

/* A tag is delivered when it ends, since its address may stand before what is said about it. */
static enum cw_status deliver(struct tagpack *pack, struct cw_error *err)
{
    char position[64];
    (void)snprintf(position, sizeof(position), "line %zu", pack->tag_line);
    struct cw_entry entry = {
        .position = cw_span_cstr(position),
        .tag = inherited(pack, CURRENCY),
        .entry_name = inherited(pack, LABEL),
        .note = inherited(pack, SOURCE),
    };
    const enum member programs[] = {ABUSE, CATEGORY};
    for (size_t i = 0; i < CW_COUNT(programs); i++) {
        const struct cw_span program = inherited(pack, programs[i]);
        if (program.len > 0) {
            entry.programs[entry.programs_count++] = program;
        }
    }
    /* As published: a space behind an address is for main to see and to say. */
    const struct cw_span address = cw_span_make(pack->tag.text[ADDRESS], pack->tag.len[ADDRESS]);
    if (cw_span_trim(address).len == 0 && pack->addresses.len == 0) {
        entry.error = CW_SPAN("the tag holds no address");
    }
    enum cw_status status = CW_OK;
    if (address.len > 0 || entry.error.len > 0) {
        status = cw_entry_deliver_words(&entry, address, pack->sink, err);
    }
    struct cw_span rest = cw_buf_as_span(&pack->addresses);
    while (rest.len > 0 && status == CW_OK) {
        const size_t end = cw_span_find(rest, '\0', 0);
        status = cw_entry_deliver_words(&entry, cw_span_slice(rest, 0, end), pack->sink, err);
        rest = cw_span_slice(rest, end + 1, rest.len);
    }
    return status;
}

/* ---- events ---- */

static enum cw_status on_key(struct tagpack *pack, struct cw_span name)
{
    pack->member = member_named(name);
    pack->is_tags_key = pack->depth == 1 && cw_span_is(name, "tags");
    return CW_OK;
}

static enum cw_status on_value(struct tagpack *pack, struct cw_span text)
{
    if (pack->member == NOT_A_MEMBER) {
        return CW_OK;
    }
    if (pack->depth == 1 && pack->pass == HEADER) {
        keep(&pack->header, pack->member, text);
    } else if (pack->depth == 3 && pack->is_in_tags) {
        keep(&pack->tag, pack->member, text);
    }
    return CW_OK;
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
    if (pack->depth == 4 && pack->is_in_tags && pack->member == ADDRESS &&
        !pack->is_at_key[3]) { /* one of several addresses of a tag */
        cw_buf_span(&pack->addresses, text);
        cw_buf_char(&pack->addresses, '\0');
        return cw_buf_status(&pack->addresses, err);
    }
    if (pack->depth > 3 || !pack->is_mapping[pack->depth]) {
        return CW_OK;
    }
    pack->is_at_key[pack->depth] = !pack->is_at_key[pack->depth];
    return pack->is_at_key[pack->depth] ? on_value(pack, text) : on_key(pack, text);
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
        memset(&pack->tag, 0, sizeof(pack->tag));
        cw_buf_reset(&pack->addresses);
        pack->tag_line = line;
        pack->member = NOT_A_MEMBER;
    }
    if (pack->depth <= 3) {
        pack->is_mapping[pack->depth] = is_mapping;
        pack->is_at_key[pack->depth] = true;
    }
    return CW_OK;
}

static enum cw_status close_collection(struct tagpack *pack, struct cw_error *err)
{
    CW_ASSERT(pack->depth > 0);
    const size_t closed = pack->depth--;
    enum cw_status status = CW_OK;
    if (closed == 3 && pack->is_in_tags && pack->pass == TAGS) {
        status = deliver(pack, err);
    }
    if (closed == 2) {
        pack->is_in_tags = false;
    }
    if (pack->depth >= 1 && pack->depth <= 3 && pack->is_mapping[pack->depth]) {
        pack->is_at_key[pack->depth] = true; /* what was closed was the value of a key */
        pack->is_tags_key = false;
    }
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
    pack->member = NOT_A_MEMBER;
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    const struct cw_span mark = CW_SPAN("\xef\xbb\xbf");
    struct cw_span text = cw_buf_as_span(&pack->text);
    text = cw_span_starts_with(text, mark) ? cw_span_slice(text, mark.len, text.len) : text;
    yaml_parser_set_input_string(&parser, (const unsigned char *)text.data, text.len);
    const enum cw_status status = run_events(pack, &parser, err);
    yaml_parser_delete(&parser);
    return status;
}

static enum cw_status finish(struct tagpack *pack, struct cw_error *err)
{
    if (pack->text.len == 0) {
        return refuse(1, "not a TagPack: the document is empty", err);
    }
    enum cw_status status = run_pass(pack, HEADER, err);
    if (status == CW_OK && !pack->has_tags) {
        return refuse(1, "not a TagPack: there is no \"tags\"", err);
    }
    const struct cw_list_info info = {.published = value_of(&pack->header, LASTMOD)};
    if (status == CW_OK && cw_date_parse(info.published, NULL)) {
        status = pack->sink.info(pack->sink.ctx, &info, err);
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
    cw_buf_init(&pack->addresses, CW_YAML_BYTES_MAX);
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
        cw_buf_clear(&pack->addresses);
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
