#include "feed/tagpack_part.h"

#include "base/text.h"
#include "feed/address_words.h"
#include "feed/json_entry.h"

static const struct {
    const char *name;
    enum cw_tagpack_member member;
} NAMES[] = {
    {"address", CW_TAGPACK_ADDRESS},   {"addresses", CW_TAGPACK_ADDRESS},
    {"currency", CW_TAGPACK_CURRENCY}, {"network", CW_TAGPACK_CURRENCY},
    {"label", CW_TAGPACK_LABEL},       {"source", CW_TAGPACK_SOURCE},
    {"category", CW_TAGPACK_CATEGORY}, {"abuse", CW_TAGPACK_ABUSE},
    {"concepts", CW_TAGPACK_CONCEPTS}, {"lastmod", CW_TAGPACK_LASTMOD},
};

void cw_tagpack_part_init(struct cw_tagpack_part *part, size_t addresses_bytes_max)
{
    cw_buf_init(&part->addresses, addresses_bytes_max);
    cw_tagpack_part_reset(part, 0);
}

void cw_tagpack_part_clear(struct cw_tagpack_part *part)
{
    cw_buf_clear(&part->addresses);
}

void cw_tagpack_part_reset(struct cw_tagpack_part *part, size_t line)
{
    part->line = line;
    part->names_address = false;
    part->names_concepts = false;
    part->addresses_count = 0;
    part->concepts_count = 0;
    cw_buf_reset(&part->addresses);
    for (size_t i = 0; i < CW_COUNT(part->texts); i++) {
        part->texts[i].len = 0; /* the bytes behind are never read, and there are many tags */
    }
}

/* ---- members ---- */

enum cw_tagpack_member cw_tagpack_member_named(struct cw_span name)
{
    for (size_t i = 0; i < CW_COUNT(NAMES); i++) {
        if (cw_span_is(name, NAMES[i].name)) {
            return NAMES[i].member;
        }
    }
    return CW_TAGPACK_OTHER;
}

void cw_tagpack_part_name(struct cw_tagpack_part *part, enum cw_tagpack_member member)
{
    if (member == CW_TAGPACK_ADDRESS) {
        part->names_address = true;
    }
    if (member == CW_TAGPACK_CONCEPTS) {
        part->names_concepts = true;
        part->concepts_count = 0;
    }
}

void cw_tagpack_part_keep(struct cw_tagpack_part *part, enum cw_tagpack_member member,
                          struct cw_span text)
{
    CW_ASSERT(member < CW_TAGPACK_TEXTS);
    const struct cw_span kept = cw_utf8_cut(text, CW_TAGPACK_TEXT_BYTES);
    if (kept.len > 0) {
        memcpy(part->texts[member].bytes, kept.data, kept.len);
    }
    part->texts[member].len = kept.len;
}

struct cw_span cw_tagpack_part_text(const struct cw_tagpack_part *part,
                                    enum cw_tagpack_member member)
{
    CW_ASSERT(member < CW_TAGPACK_TEXTS);
    return cw_span_trim(cw_span_make(part->texts[member].bytes, part->texts[member].len));
}

static struct cw_span concept_at(const struct cw_tagpack_part *part, size_t i)
{
    return cw_span_make(part->concepts[i].bytes, part->concepts[i].len);
}

void cw_tagpack_part_add_concept(struct cw_tagpack_part *part, struct cw_span concept)
{
    const struct cw_span kept = cw_span_trim(concept);
    if (kept.len == 0 || kept.len > CW_ENTRY_PROGRAM_MAX ||
        part->concepts_count == CW_ENTRY_PROGRAMS_MAX) {
        return;
    }
    for (size_t i = 0; i < part->concepts_count; i++) {
        if (cw_span_equal(concept_at(part, i), kept)) {
            return;
        }
    }
    memcpy(part->concepts[part->concepts_count].bytes, kept.data, kept.len);
    part->concepts[part->concepts_count++].len = kept.len;
}

/* ---- addresses ---- */

/* Cuts the first address off a list of them. */
static struct cw_span next_address(struct cw_span *rest)
{
    const size_t end = cw_span_find(*rest, '\0', 0);
    const struct cw_span address = cw_span_slice(*rest, 0, end);
    *rest = cw_span_slice(*rest, end + 1, rest->len);
    return address;
}

static bool has_address(const struct cw_tagpack_part *part)
{
    struct cw_span rest = cw_buf_as_span(&part->addresses);
    while (rest.len > 0) {
        if (cw_span_trim(next_address(&rest)).len > 0) {
            return true;
        }
    }
    return false;
}

enum cw_status cw_tagpack_part_add_address(struct cw_tagpack_part *tag, struct cw_span text,
                                           struct cw_error *err)
{
    cw_buf_span(&tag->addresses, text);
    cw_buf_char(&tag->addresses, '\0');
    return cw_buf_status(&tag->addresses, err);
}

enum cw_status cw_tagpack_header_add_address(struct cw_tagpack_part *header, struct cw_span text,
                                             size_t line, struct cw_error *err)
{
    struct cw_span kept = cw_buf_as_span(&header->addresses);
    while (kept.len > 0) {
        if (cw_span_equal(next_address(&kept), text)) {
            return CW_OK;
        }
    }
    struct cw_span rest;
    const size_t words = cw_address_words_leading(text, &rest);
    header->line = header->line == 0 ? line : header->line;
    header->addresses_count += words > 0 && rest.len == 0 ? words : 1;
    const enum cw_status status = cw_tagpack_part_add_address(header, text, NULL);
    if (status == CW_LIMIT || header->addresses_count > CW_TAGPACK_HEADER_ADDRESSES_MAX) {
        return cw_error_set(err, CW_LIMIT,
                            "line %zu: more than %u addresses, or %zu bytes of them, in the header",
                            line, CW_TAGPACK_HEADER_ADDRESSES_MAX, header->addresses.max);
    }
    return status == CW_OK ? CW_OK : cw_error_set(err, status, "out of memory for YAML");
}

/* ---- entries ---- */

static struct cw_span inherited(const struct cw_tagpack_part *tag,
                                const struct cw_tagpack_part *header, enum cw_tagpack_member member)
{
    const struct cw_span own = cw_tagpack_part_text(tag, member);
    return own.len > 0 ? own : cw_tagpack_part_text(header, member);
}

static void add_program(struct cw_entry *entry, struct cw_span program)
{
    if (program.len == 0 || entry->programs_count == CW_ENTRY_PROGRAMS_MAX) {
        return;
    }
    for (size_t i = 0; i < entry->programs_count; i++) {
        if (cw_span_equal(entry->programs[i], program)) {
            return;
        }
    }
    entry->programs[entry->programs_count++] = program;
}

static void fill(struct cw_entry *entry, const struct cw_tagpack_part *tag,
                 const struct cw_tagpack_part *header)
{
    const struct cw_tagpack_part *conceived = tag->names_concepts ? tag : header;
    entry->tag = inherited(tag, header, CW_TAGPACK_CURRENCY);
    entry->entry_name = inherited(tag, header, CW_TAGPACK_LABEL);
    entry->note = inherited(tag, header, CW_TAGPACK_SOURCE);
    add_program(entry, inherited(tag, header, CW_TAGPACK_ABUSE));
    add_program(entry, inherited(tag, header, CW_TAGPACK_CATEGORY));
    for (size_t i = 0; i < conceived->concepts_count; i++) {
        add_program(entry, concept_at(conceived, i));
    }
}

/* The addresses of `from`, with the entry's other fields; as published, since a space behind one is
 * for main to see and to say. */
static enum cw_status deliver_addresses(struct cw_entry *entry, const struct cw_tagpack_part *from,
                                        struct cw_entry_sink sink, struct cw_error *err)
{
    const struct cw_span why = entry->error;
    struct cw_span rest = cw_buf_as_span(&from->addresses);
    enum cw_status status = CW_OK;
    while (rest.len > 0 && status == CW_OK) {
        const struct cw_span address = next_address(&rest);
        const bool is_empty = cw_span_trim(address).len == 0;
        entry->error = is_empty && why.len == 0 ? CW_SPAN("the address is empty") : why;
        status = cw_entry_deliver_words(entry, address, sink, err);
    }
    return status;
}

enum cw_status cw_tagpack_deliver(const struct cw_tagpack_part *tag,
                                  const struct cw_tagpack_part *header, struct cw_entry_sink sink,
                                  struct cw_error *err)
{
    char position[64];
    (void)snprintf(position, sizeof(position), "line %zu", tag->line);
    struct cw_entry entry = {.position = cw_span_cstr(position)};
    fill(&entry, tag, header);
    /* By the name alone: what a tag says of its address is never replaced by what the header says,
     * however little can be made of it. */
    const struct cw_tagpack_part *from = tag->names_address ? tag : header;
    if (!has_address(from)) {
        entry.error = CW_SPAN("the tag holds no address");
        return sink.entry(sink.ctx, &entry, err);
    }
    return deliver_addresses(&entry, from, sink, err);
}

enum cw_status cw_tagpack_deliver_unclaimed(const struct cw_tagpack_part *header,
                                            struct cw_entry_sink sink, struct cw_error *err)
{
    char position[64];
    (void)snprintf(position, sizeof(position), "line %zu", header->line);
    struct cw_entry entry = {
        .position = cw_span_cstr(position),
        .error = CW_SPAN("an address in the header, and no tag without one of its own"),
    };
    fill(&entry, header, header);
    return has_address(header) ? deliver_addresses(&entry, header, sink, err) : CW_OK;
}
