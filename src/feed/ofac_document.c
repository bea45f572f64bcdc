#include "feed/ofac_internal.h"

#include "base/limits.h"

/* ---- sections ---- */

/* The schema fixes the order, and we depend on it: parties are read with the reference values at
 * hand, and everything behind them is joined to parties already known. */
static enum cw_status open_section(struct cw_ofac_opening *opening, struct cw_error *err)
{
    struct cw_ofac_document *document = opening->document;
    if (opening->node <= document->section) {
        return cw_error_set(err, CW_UNTRUSTED, "%s is out of order or stands twice",
                            cw_ofac_name(opening->node));
    }
    const bool needs_refs = opening->node > OFAC_REFS && !document->refs.is_sealed;
    const bool needs_parties = opening->node > OFAC_PARTIES && !document->table.is_sealed;
    if (needs_refs || needs_parties) {
        return cw_error_set(err, CW_UNTRUSTED, "%s without %s before it",
                            cw_ofac_name(opening->node),
                            cw_ofac_name(needs_refs ? OFAC_REFS : OFAC_PARTIES));
    }
    document->section = opening->node;
    return CW_OK;
}

static enum cw_status close_root(struct cw_ofac_document *document, struct cw_span text,
                                 struct cw_error *err)
{
    (void)text;
    if (document->section != OFAC_ENTRIES) {
        return cw_error_set(err, CW_UNTRUSTED, "the document has no SanctionsEntries");
    }
    return CW_OK;
}

static enum cw_status close_refs(struct cw_ofac_document *document, struct cw_span text,
                                 struct cw_error *err)
{
    (void)text;
    return cw_ofac_refs_seal(&document->refs, err);
}

static enum cw_status close_parties(struct cw_ofac_document *document, struct cw_span text,
                                    struct cw_error *err)
{
    (void)text;
    return cw_ofac_table_seal(&document->table, err);
}

/* ---- dates ---- */

static enum cw_status open_date(struct cw_ofac_opening *opening, struct cw_error *err)
{
    (void)err;
    opening->document->date = (struct cw_ofac_date){0};
    return CW_OK;
}

static enum cw_status close_year(struct cw_ofac_document *document, struct cw_span text,
                                 struct cw_error *err)
{
    (void)err;
    cw_ofac_date_part(&document->date.year, text);
    return CW_OK;
}

static enum cw_status close_month(struct cw_ofac_document *document, struct cw_span text,
                                  struct cw_error *err)
{
    (void)err;
    cw_ofac_date_part(&document->date.month, text);
    return CW_OK;
}

static enum cw_status close_day(struct cw_ofac_document *document, struct cw_span text,
                                struct cw_error *err)
{
    (void)err;
    cw_ofac_date_part(&document->date.day, text);
    return CW_OK;
}

static enum cw_status close_issue(struct cw_ofac_document *document, struct cw_span text,
                                  struct cw_error *err)
{
    (void)text;
    if (!cw_ofac_date_format(&document->date, document->published)) {
        return cw_error_set(err, CW_UNTRUSTED, "DateOfIssue is not a date");
    }
    return CW_OK;
}

/* A party listed under several programmes has an event for each; it is listed since the first. */
static enum cw_status close_date(struct cw_ofac_document *document, struct cw_span text,
                                 struct cw_error *err)
{
    (void)text;
    (void)err;
    CW_ASSERT(document->entry_of != NULL);
    char date[CW_DATE_TEXT_BYTES];
    char *listed_on = document->entry_of->listed_on;
    if (cw_ofac_date_format(&document->date, date) &&
        (listed_on[0] == '\0' || memcmp(date, listed_on, sizeof(date)) < 0)) {
        memcpy(listed_on, date, sizeof(date));
    }
    return CW_OK;
}

/* ---- reference values ---- */

static enum cw_status open_ref(struct cw_ofac_opening *opening, struct cw_error *err)
{
    struct cw_ofac_ref *ref = &opening->document->ref;
    *ref = (struct cw_ofac_ref){
        .kind = (enum cw_ofac_ref_kind)(opening->node - OFAC_FEATURE_TYPE),
        .is_symmetrical = cw_span_is(cw_ofac_attribute(opening, "Symmetrical"), "true"),
    };
    return cw_ofac_read_id(opening, "ID", &ref->id, err);
}

static enum cw_status close_ref(struct cw_ofac_document *document, struct cw_span text,
                                struct cw_error *err)
{
    document->ref.text = text;
    return cw_ofac_refs_add(&document->refs, document->table.arena, &document->ref, err);
}

/* ---- parties and their names ---- */

static enum cw_status open_party(struct cw_ofac_opening *opening, struct cw_error *err)
{
    return cw_ofac_read_id(opening, "FixedRef", &opening->document->party_id, err);
}

static enum cw_status open_profile(struct cw_ofac_opening *opening, struct cw_error *err)
{
    struct cw_ofac_document *document = opening->document;
    uint64_t id = 0;
    const enum cw_status status = cw_ofac_read_id(opening, "ID", &id, err);
    if (status != CW_OK) {
        return status;
    }
    cw_ofac_name_reset(&document->name);
    return cw_ofac_table_begin(&document->table, id, document->party_id, err);
}

/* Identities marked false or not primary, and aliases, are other names of the party. */
static enum cw_status open_identity(struct cw_ofac_opening *opening, struct cw_error *err)
{
    (void)err;
    opening->is_wanted = cw_span_is(cw_ofac_attribute(opening, "Primary"), "true");
    return CW_OK;
}

static bool is_primary_latin(const struct cw_ofac_opening *opening)
{
    uint64_t id = 0;
    if (!cw_span_to_u64(cw_ofac_attribute(opening, "DocNameStatusID"), UINT64_MAX, &id)) {
        return false;
    }
    const struct cw_ofac_ref *ref =
        cw_ofac_refs_find(&opening->document->refs, OFAC_REF_NAME_STATUS, id);
    return ref != NULL && ref->meaning == OFAC_PRIMARY_LATIN;
}

static enum cw_status open_name(struct cw_ofac_opening *opening, struct cw_error *err)
{
    (void)err;
    opening->is_wanted = cw_ofac_name_begin(&opening->document->name, is_primary_latin(opening));
    return CW_OK;
}

static enum cw_status open_name_value(struct cw_ofac_opening *opening, struct cw_error *err)
{
    return cw_ofac_read_id(opening, "NamePartGroupID", &opening->document->group_id, err);
}

static enum cw_status close_name_value(struct cw_ofac_document *document, struct cw_span text,
                                       struct cw_error *err)
{
    return cw_ofac_name_add(&document->name, document->group_id, text, err);
}

/* What kind of part each is stands behind the names, in the groups of the identity. */
static enum cw_status open_group(struct cw_ofac_opening *opening, struct cw_error *err)
{
    (void)err;
    struct cw_ofac_document *document = opening->document;
    uint64_t id = 0;
    uint64_t type = 0;
    if (!cw_span_to_u64(cw_ofac_attribute(opening, "ID"), UINT64_MAX, &id) ||
        !cw_span_to_u64(cw_ofac_attribute(opening, "NamePartTypeID"), UINT64_MAX, &type)) {
        return CW_OK;
    }
    const struct cw_ofac_ref *ref = cw_ofac_refs_find(&document->refs, OFAC_REF_NAME_PART, type);
    if (ref != NULL) {
        cw_ofac_name_group(&document->name, id, ref->meaning == OFAC_LAST_NAME);
    }
    return CW_OK;
}

static enum cw_status close_profile(struct cw_ofac_document *document, struct cw_span text,
                                    struct cw_error *err)
{
    (void)text;
    struct cw_ofac_listed *listed = cw_ofac_table_current(&document->table)->listed;
    if (listed == NULL) {
        return CW_OK;
    }
    return cw_ofac_name_join(&document->name, document->table.arena, &listed->name, err);
}

/* ---- relationships ---- */

struct relationship {
    uint64_t id;
    const struct cw_ofac_ref *type;
    uint64_t from;
    uint64_t to;
};

/* Said once: a case that picks by what a party is related to does not see the rest. */
static enum cw_status add_relation(struct cw_ofac_document *document,
                                   const struct relationship *relationship,
                                   const struct cw_ofac_profile *profile, uint64_t other_party,
                                   struct cw_error *err)
{
    const enum cw_status status = cw_ofac_add_relation(&document->table, profile->listed,
                                                       relationship->type->text, other_party, err);
    if (status != CW_OK || profile->listed->relations_count != CW_ENTRY_RELATED_MAX + 1) {
        return status;
    }
    static_assert(CW_ENTRY_RELATED_MAX == 64, "the text below names the limit");
    const struct cw_ofac_feature about = {
        .what = "relationship",
        .party_id = profile->party_id,
        .id = relationship->id,
        .line = document->line,
        .error =
            CW_SPAN("the party has more than 64 relations: this one and the rest are not read"),
    };
    return cw_ofac_table_add(&document->table, &about, err);
}

static enum cw_status relate(struct cw_ofac_document *document,
                             const struct relationship *relationship, struct cw_error *err)
{
    const struct cw_ofac_profile *from = cw_ofac_table_find(&document->table, relationship->from);
    const struct cw_ofac_profile *to = cw_ofac_table_find(&document->table, relationship->to);
    enum cw_status status = CW_OK;
    if (from != NULL && from->listed != NULL) {
        status = add_relation(document, relationship, from,
                              to != NULL ? to->party_id : relationship->to, err);
    }
    /* "A providing support to B" says nothing about B that could be put in the same words. */
    if (status == CW_OK && relationship->type->is_symmetrical && to != NULL && to->listed != NULL) {
        status = add_relation(document, relationship, to,
                              from != NULL ? from->party_id : relationship->from, err);
    }
    return status;
}

static enum cw_status open_relationship(struct cw_ofac_opening *opening, struct cw_error *err)
{
    struct cw_ofac_document *document = opening->document;
    struct cw_ofac_feature about = {.what = "relationship"};
    struct relationship relationship = {0};
    uint64_t type_id = 0;
    opening->is_wanted = false;
    if (cw_ofac_read_ids(opening, &relationship.id, "From-ProfileID", &relationship.from, err) !=
            CW_OK ||
        cw_ofac_read_id(opening, "To-ProfileID", &relationship.to, err) != CW_OK ||
        cw_ofac_read_id(opening, "RelationTypeID", &type_id, err) != CW_OK) {
        return CW_UNTRUSTED;
    }
    relationship.type = cw_ofac_refs_find(&document->refs, OFAC_REF_RELATION, type_id);
    if (relationship.type != NULL) {
        return cw_span_is(cw_ofac_attribute(opening, "Former"), "true")
                   ? CW_OK
                   : relate(document, &relationship, err);
    }
    const struct cw_ofac_profile *from = cw_ofac_table_find(&document->table, relationship.from);
    if (from == NULL || from->listed == NULL) {
        return CW_OK; /* nothing of ours */
    }
    about.id = relationship.id;
    about.party_id = from->party_id;
    return cw_ofac_complain(document, &about, "relation type", type_id, err);
}

/* ---- sanctions entries ---- */

static enum cw_status open_entry(struct cw_ofac_opening *opening, struct cw_error *err)
{
    struct cw_ofac_document *document = opening->document;
    struct cw_ofac_feature about = {.what = "sanctions entry"};
    uint64_t profile_id = 0;
    const enum cw_status status =
        cw_ofac_read_ids(opening, &about.id, "ProfileID", &profile_id, err);
    if (status != CW_OK) {
        return status;
    }
    const struct cw_ofac_profile *profile = cw_ofac_table_find(&document->table, profile_id);
    document->entry_of = profile != NULL ? profile->listed : NULL;
    document->party_id = profile != NULL ? profile->party_id : profile_id;
    opening->is_wanted = document->entry_of != NULL;
    about.party_id = profile_id;
    return profile != NULL ? CW_OK : cw_ofac_complain(document, &about, "profile", profile_id, err);
}

static enum cw_status open_measure(struct cw_ofac_opening *opening, struct cw_error *err)
{
    struct cw_ofac_document *document = opening->document;
    struct cw_ofac_feature about = {.what = "sanctions measure", .party_id = document->party_id};
    uint64_t type = 0;
    const enum cw_status status =
        cw_ofac_read_ids(opening, &about.id, "SanctionsTypeID", &type, err);
    if (status != CW_OK) {
        return status;
    }
    const struct cw_ofac_ref *ref = cw_ofac_refs_find(&document->refs, OFAC_REF_SANCTIONS, type);
    opening->is_wanted = ref != NULL && ref->meaning == OFAC_PROGRAM;
    return ref != NULL ? CW_OK : cw_ofac_complain(document, &about, "sanctions type", type, err);
}

static enum cw_status close_measure_comment(struct cw_ofac_document *document, struct cw_span text,
                                            struct cw_error *err)
{
    const struct cw_span code = cw_span_trim(text);
    CW_ASSERT(document->entry_of != NULL);
    return code.len == 0 ? CW_OK
                         : cw_ofac_add_program(&document->table, document->entry_of, code, err);
}

/* ---- the table of elements ---- */

static const struct {
    enum cw_status (*open)(struct cw_ofac_opening *opening, struct cw_error *err);
    enum cw_status (*close)(struct cw_ofac_document *document, struct cw_span text,
                            struct cw_error *err);
    bool has_text;
} ACTIONS[OFAC_NODES] = {
    [OFAC_ROOT] = {NULL, close_root, false},
    [OFAC_ISSUE] = {open_section, close_issue, false},
    [OFAC_REFS] = {open_section, close_refs, false},
    [OFAC_PARTIES] = {open_section, close_parties, false},
    [OFAC_RELATIONSHIPS] = {open_section, NULL, false},
    [OFAC_ENTRIES] = {open_section, NULL, false},
    [OFAC_FEATURE_TYPE] = {open_ref, close_ref, true},
    [OFAC_SANCTIONS_TYPE] = {open_ref, close_ref, true},
    [OFAC_RELATION_TYPE] = {open_ref, close_ref, true},
    [OFAC_NAME_PART_TYPE] = {open_ref, close_ref, true},
    [OFAC_NAME_STATUS] = {open_ref, close_ref, true},
    [OFAC_RELIABILITY] = {open_ref, close_ref, true},
    [OFAC_PARTY] = {open_party, NULL, false},
    [OFAC_PROFILE] = {open_profile, close_profile, false},
    [OFAC_IDENTITY] = {open_identity, NULL, false},
    [OFAC_ALIAS] = {open_identity, NULL, false},
    [OFAC_NAME] = {open_name, NULL, false},
    [OFAC_NAME_VALUE] = {open_name_value, close_name_value, true},
    [OFAC_GROUP] = {open_group, NULL, false},
    [OFAC_FEATURE] = {cw_ofac_open_feature, cw_ofac_close_feature, false},
    [OFAC_FEATURE_COMMENT] = {NULL, cw_ofac_close_feature_comment, true},
    [OFAC_VERSION] = {cw_ofac_open_version, NULL, false},
    [OFAC_DETAIL] = {NULL, cw_ofac_close_detail, true},
    [OFAC_RELATIONSHIP] = {open_relationship, NULL, false},
    [OFAC_ENTRY] = {open_entry, NULL, false},
    [OFAC_DATE] = {open_date, close_date, false},
    [OFAC_MEASURE] = {open_measure, NULL, false},
    [OFAC_MEASURE_COMMENT] = {NULL, close_measure_comment, true},
    [OFAC_YEAR] = {NULL, close_year, true},
    [OFAC_MONTH] = {NULL, close_month, true},
    [OFAC_DAY] = {NULL, close_day, true},
};

enum cw_status cw_ofac_document_init(struct cw_ofac_document *document, struct cw_error *err)
{
    *document = (struct cw_ofac_document){0};
    cw_ofac_name_init(&document->name);
    cw_buf_init(&document->note, CW_XML_SILENT_MAX);
    return cw_ofac_table_init(&document->table, err);
}

void cw_ofac_document_clear(struct cw_ofac_document *document)
{
    cw_ofac_table_clear(&document->table);
    cw_ofac_refs_clear(&document->refs);
    cw_ofac_name_clear(&document->name);
    cw_buf_clear(&document->note);
}

enum cw_status cw_ofac_open(struct cw_ofac_document *document, enum cw_ofac_node node,
                            const char *const *attributes, bool *ret_is_wanted,
                            struct cw_error *err)
{
    CW_ASSERT(node > OFAC_DOCUMENT && node < OFAC_NODES);
    struct cw_ofac_opening opening = {document, node, attributes, true};
    if (cw_ofac_attribute(&opening, "DeltaAction").data != NULL) {
        return cw_error_set(err, CW_UNTRUSTED, "%s has a DeltaAction: changes, not a whole list",
                            cw_ofac_name(node));
    }
    const enum cw_status status =
        ACTIONS[node].open != NULL ? ACTIONS[node].open(&opening, err) : CW_OK;
    *ret_is_wanted = opening.is_wanted;
    return status;
}

enum cw_status cw_ofac_close(struct cw_ofac_document *document, enum cw_ofac_node node,
                             struct cw_span text, struct cw_error *err)
{
    CW_ASSERT(node > OFAC_DOCUMENT && node < OFAC_NODES);
    return ACTIONS[node].close != NULL ? ACTIONS[node].close(document, text, err) : CW_OK;
}

bool cw_ofac_has_text(enum cw_ofac_node node)
{
    return ACTIONS[node].has_text;
}
