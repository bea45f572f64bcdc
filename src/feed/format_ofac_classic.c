/* OFAC's classic SDN.XML (and CONSOLIDATED.XML): one sdnEntry a party, its addresses among its ids.
 *
 *   sdnList > sdnEntry > uid, lastName, firstName
 *                      > programList > program
 *                      > idList > id > uid, idType "Digital Currency Address - XBT", idNumber
 *
 * A party is delivered when it closes: the schema does not promise that names and programmes stand
 * before ids. Dates of listing are not in this file. */
#include "base/datetime.h"
#include "base/text.h"
#include "feed/format.h"
#include "feed/xml_reader.h"

enum node {
    SKIP,
    DOCUMENT,
    LIST,
    ISSUE,
    ISSUE_DATE,
    PARTY,
    PARTY_UID,
    LAST_NAME,
    FIRST_NAME,
    PROGRAMS,
    PROGRAM,
    IDS,
    ID,
    ID_UID,
    ID_TYPE,
    ID_NUMBER,
    NODES
};

static const struct {
    enum node parent;
    const char *name;
    enum node node;
} SHAPE[] = {
    {DOCUMENT, "sdnList", LIST},
    {LIST, "publshInformation", ISSUE}, /* as OFAC spells it */
    {ISSUE, "Publish_Date", ISSUE_DATE},
    {LIST, "sdnEntry", PARTY},
    {PARTY, "uid", PARTY_UID},
    {PARTY, "lastName", LAST_NAME},
    {PARTY, "firstName", FIRST_NAME},
    {PARTY, "programList", PROGRAMS},
    {PROGRAMS, "program", PROGRAM},
    {PARTY, "idList", IDS},
    {IDS, "id", ID},
    {ID, "uid", ID_UID},
    {ID, "idType", ID_TYPE},
    {ID, "idNumber", ID_NUMBER},
};

enum { PARTY_BYTES_MAX = 4 << 20, TEXT_MAX = CW_ENTRY_NAME_MAX };

struct text {
    char bytes[TEXT_MAX];
    size_t len;
};

struct classic {
    struct cw_entry_sink sink;
    struct cw_xml_reader *reader;
    enum node open[CW_XML_DEPTH_MAX + 1];
    size_t depth;
    bool has_currency; /* the document names a digital currency address anywhere */

    struct text party_uid;
    struct text last_name;
    struct text first_name;
    struct cw_buf programs; /* a NUL behind each */
    struct cw_buf ids; /* of the party's addresses: uid NUL tag NUL number NUL, again and again */
    struct text id_uid;
    struct text id_type;
    struct cw_buf id_number;
};

/* ---- small texts ---- */

static void set(struct text *text, struct cw_span value)
{
    const struct cw_span kept = cw_utf8_cut(cw_span_trim(value), TEXT_MAX);
    memcpy(text->bytes, kept.data != NULL ? kept.data : "", kept.len);
    text->len = kept.len;
}

static struct cw_span get(const struct text *text)
{
    return cw_span_make(text->bytes, text->len);
}

static struct cw_span cut(struct cw_span *rest)
{
    const size_t end = cw_span_find(*rest, '\0', 0);
    const struct cw_span part = cw_span_slice(*rest, 0, end);
    *rest = cw_span_slice(*rest, end + 1, rest->len);
    return part;
}

static void put(struct cw_buf *out, struct cw_span part)
{
    cw_buf_span(out, part);
    cw_buf_char(out, '\0');
}

/* ---- a party ---- */

static void reset_party(struct classic *classic)
{
    classic->party_uid.len = 0;
    classic->last_name.len = 0;
    classic->first_name.len = 0;
    cw_buf_reset(&classic->programs);
    cw_buf_reset(&classic->ids);
}

static void name_party(const struct classic *classic, struct cw_buf *name)
{
    cw_buf_span(name, get(&classic->last_name));
    if (classic->first_name.len > 0) {
        cw_buf_str(name, classic->last_name.len > 0 ? ", " : "");
        cw_buf_span(name, get(&classic->first_name));
    }
}

static void add_programs(const struct classic *classic, struct cw_entry *entry)
{
    struct cw_span rest = cw_buf_as_span(&classic->programs);
    while (rest.len > 0) {
        const struct cw_span program = cut(&rest);
        if (entry->programs_count == CW_ENTRY_PROGRAMS_MAX) {
            static_assert(CW_ENTRY_PROGRAMS_MAX == 32, "the text below names the limit");
            entry->error = CW_SPAN("the party names more than 32 programmes");
            return;
        }
        entry->programs[entry->programs_count++] = program;
    }
}

static enum cw_status deliver_ids(const struct classic *classic, struct cw_entry *entry,
                                  struct cw_error *err)
{
    struct cw_span rest = cw_buf_as_span(&classic->ids);
    enum cw_status status = CW_OK;
    while (rest.len > 0 && status == CW_OK) {
        char position[2 * TEXT_MAX + 32];
        const struct cw_span uid = cut(&rest);
        (void)snprintf(position, sizeof(position), "party %.*s, id %.*s",
                       CW_SPAN_ARG(entry->entry_id), CW_SPAN_ARG(uid));
        entry->position = cw_span_cstr(position);
        entry->tag = cut(&rest);
        entry->value = cut(&rest);
        status = classic->sink.entry(classic->sink.ctx, entry, err);
    }
    return status;
}

static enum cw_status close_party(struct classic *classic, struct cw_error *err)
{
    if (classic->ids.len == 0) {
        return CW_OK;
    }
    if (classic->party_uid.len == 0) {
        return cw_error_set(err, CW_UNTRUSTED, "a sdnEntry without uid");
    }
    struct cw_buf name;
    cw_buf_init(&name, 2 * TEXT_MAX + 2);
    name_party(classic, &name);
    struct cw_entry entry = {.entry_id = get(&classic->party_uid),
                             .entry_name = cw_buf_as_span(&name)};
    add_programs(classic, &entry);
    enum cw_status status = cw_buf_status(&name, err);
    if (status == CW_OK) {
        status = deliver_ids(classic, &entry, err);
    }
    cw_buf_clear(&name);
    return status;
}

/* " - XBT"; without a dash what there is, as in the advanced list. */
static struct cw_span tag_behind(struct cw_span text)
{
    const struct cw_span rest = cw_span_trim(text);
    return cw_span_starts_with(rest, CW_SPAN("-")) ? cw_span_trim(cw_span_slice(rest, 1, rest.len))
                                                   : rest;
}

static enum cw_status close_id(struct classic *classic, struct cw_error *err)
{
    const struct cw_span currency = CW_SPAN("Digital Currency Address");
    const struct cw_span type = get(&classic->id_type);
    if (!cw_span_equal_nocase(cw_span_slice(type, 0, currency.len), currency)) {
        return CW_OK;
    }
    classic->has_currency = true;
    put(&classic->ids, get(&classic->id_uid));
    put(&classic->ids, tag_behind(cw_span_slice(type, currency.len, type.len)));
    put(&classic->ids, cw_buf_as_span(&classic->id_number));
    const enum cw_status status = cw_buf_status(&classic->ids, NULL);
    return status == CW_LIMIT
               ? cw_error_set(err, CW_LIMIT, "the addresses of a party need more than %d bytes",
                              PARTY_BYTES_MAX)
               : status;
}

/* "09/23/2026": month first. */
static enum cw_status close_issue_date(const struct classic *classic, struct cw_span text,
                                       struct cw_error *err)
{
    const struct cw_span date = cw_span_trim(text);
    char iso[CW_DATE_TEXT_BYTES] = "";
    if (date.len == 10 && date.data[2] == '/' && date.data[5] == '/') {
        (void)snprintf(iso, sizeof(iso), "%.4s-%.2s-%.2s", date.data + 6, date.data, date.data + 3);
    }
    if (!cw_date_parse(cw_span_cstr(iso), NULL)) {
        const struct cw_span shown = cw_span_slice(date, 0, 32);
        return cw_error_set(err, CW_UNTRUSTED, "Publish_Date \"%.*s\" is no date like 09/23/2026",
                            CW_SPAN_ARG(shown));
    }
    const struct cw_list_info info = {.published = cw_span_cstr(iso)};
    return classic->sink.info(classic->sink.ctx, &info, err);
}

/* ---- elements ---- */

static enum node child_of(enum node parent, const char *name)
{
    for (size_t i = 0; i < CW_COUNT(SHAPE); i++) {
        if (SHAPE[i].parent == parent && strcmp(SHAPE[i].name, name) == 0) {
            return SHAPE[i].node;
        }
    }
    return SKIP;
}

static bool is_leaf(enum node node)
{
    for (size_t i = 0; i < CW_COUNT(SHAPE); i++) {
        if (SHAPE[i].parent == node) {
            return false;
        }
    }
    return node != SKIP;
}

static enum cw_status on_open(void *ctx, const struct cw_xml_element *element,
                              enum cw_xml_step *ret_step, struct cw_error *err)
{
    struct classic *classic = ctx;
    const enum node parent = classic->open[classic->depth];
    const enum node node = child_of(parent, element->name);
    const struct cw_span shown = cw_span_slice(cw_span_cstr(element->name), 0, 64);
    if (parent == DOCUMENT && node != LIST) {
        return cw_error_set(err, CW_UNTRUSTED, "the root element is \"%.*s\", not sdnList",
                            CW_SPAN_ARG(shown));
    }
    if (is_leaf(parent)) {
        return cw_error_set(err, CW_UNTRUSTED, "\"%.*s\" stands where only text may",
                            CW_SPAN_ARG(shown));
    }
    if (node == SKIP) {
        return CW_OK;
    }
    if (node == PARTY) {
        reset_party(classic);
    } else if (node == ID) {
        classic->id_uid.len = 0;
        classic->id_type.len = 0;
        cw_buf_reset(&classic->id_number);
    }
    classic->open[++classic->depth] = node;
    *ret_step = is_leaf(node) ? CW_XML_READ : CW_XML_ENTER;
    return CW_OK;
}

static enum cw_status on_close(void *ctx, struct cw_span text, struct cw_error *err)
{
    struct classic *classic = ctx;
    CW_ASSERT(classic->depth > 0);
    switch (classic->open[classic->depth--]) {
    case ISSUE_DATE:
        return close_issue_date(classic, text, err);
    case PARTY:
        return close_party(classic, err);
    case PARTY_UID:
        set(&classic->party_uid, text);
        return CW_OK;
    case LAST_NAME:
        set(&classic->last_name, text);
        return CW_OK;
    case FIRST_NAME:
        set(&classic->first_name, text);
        return CW_OK;
    case PROGRAM:
        put(&classic->programs, cw_span_slice(cw_span_trim(text), 0, TEXT_MAX));
        return cw_buf_status(&classic->programs, err);
    case ID:
        return close_id(classic, err);
    case ID_UID:
        set(&classic->id_uid, text);
        return CW_OK;
    case ID_TYPE:
        set(&classic->id_type, text);
        return CW_OK;
    case ID_NUMBER: /* as published: a space in it is for main to see */
        cw_buf_reset(&classic->id_number);
        cw_buf_span(&classic->id_number, text);
        return cw_buf_status(&classic->id_number, err);
    case SKIP:
    case DOCUMENT:
    case LIST:
    case ISSUE:
    case PROGRAMS:
    case IDS:
    case NODES:
        break;
    }
    return CW_OK;
}

/* ---- the format ---- */

static enum cw_status classic_feed(void *state, struct cw_span bytes, bool is_last,
                                   struct cw_error *err)
{
    struct classic *classic = state;
    const enum cw_status status = cw_xml_reader_feed(classic->reader, bytes, is_last, err);
    if (status == CW_OK && is_last && !classic->has_currency) {
        return cw_error_set(err, CW_UNTRUSTED,
                            "no id of the type \"Digital Currency Address\" in the whole list");
    }
    return status;
}

static void classic_close(void *state)
{
    struct classic *classic = state;
    if (classic != NULL) {
        cw_xml_reader_free(classic->reader);
        cw_buf_clear(&classic->programs);
        cw_buf_clear(&classic->ids);
        cw_buf_clear(&classic->id_number);
        free(classic);
    }
}

static enum cw_status classic_open(const struct cw_format_options *options,
                                   struct cw_entry_sink sink, void **ret_state,
                                   struct cw_error *err)
{
    CW_ASSERT(options->count == 0);
    struct classic *classic = calloc(1, sizeof(*classic));
    if (classic == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory");
    }
    classic->sink = sink;
    classic->open[0] = DOCUMENT;
    cw_buf_init(&classic->programs, PARTY_BYTES_MAX);
    cw_buf_init(&classic->ids, PARTY_BYTES_MAX);
    cw_buf_init(&classic->id_number, CW_XML_TEXT_MAX);
    classic->reader = cw_xml_reader_new((struct cw_xml_visitor){on_open, on_close, classic});
    if (classic->reader == NULL) {
        classic_close(classic);
        return cw_error_set(err, CW_NOMEM, "out of memory");
    }
    *ret_state = classic;
    return CW_OK;
}

static const char *const NO_OPTIONS[] = {NULL};

const struct cw_format cw_format_ofac_classic = {
    .name = "ofac-classic",
    .title = "OFAC classic XML (SDN.XML)",
    .options = NO_OPTIONS,
    .open = classic_open,
    .feed = classic_feed,
    .close = classic_close,
};
