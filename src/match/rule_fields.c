#include "match/rule.h"

#include "base/file.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "match/rule_reading.h"
#include "json/json_names.h"
#include "json/json_url.h"

enum {
    TEXT_BYTES_MAX = 200,
    TITLE_BYTES_MAX = 300,
    SUMMARY_BYTES_MAX = 2000,
    PATH_BYTES_MAX = 4096,
    REPORTS_MAX = 64,
    PARTIES_MAX = 1000,
    RELATIONS_ALL = (1 << CW_RELATION_EXACT) | (1 << CW_RELATION_ENCODING) |
                    (1 << CW_RELATION_SAME_KEY_HASH) | (1 << CW_RELATION_CROSS_CHAIN) |
                    (1 << CW_RELATION_ENTITY),
};

/* What the tables of fields fill; what is not yet a field of struct cw_rule stands after it. */
struct draft {
    struct cw_rule rule;
    const char *addresses_file;
    const json_t *group;
    const json_t *reported;
    const json_t *addresses;
    const json_t *parties;
    const json_t *relations;
};

struct party_draft {
    const char *feed;
    const json_t *entry_ids;
    const json_t *programs;
    const json_t *names;
    const json_t *related_to;
};

#define AT(type, member) offsetof(struct type, member)
#define TEXT(n, most)    .name = (n), .type = CW_FIELD_STRING, .min = 1, .max = (most)

static const struct cw_field rule_fields[] = {
    {TEXT("id", 0), .is_required = true, .offset = AT(draft, rule.id)},
    {TEXT("title", TEXT_BYTES_MAX), .is_required = true, .offset = AT(draft, rule.title)},
    {TEXT("summary", SUMMARY_BYTES_MAX), .offset = AT(draft, rule.summary)},
    {"tlp", CW_FIELD_CHOICE, .choices = cw_grade_tlps, .offset = AT(draft, rule.tlp)},
    {"severity", CW_FIELD_CHOICE, .is_required = true, .choices = cw_grade_severities,
     .offset = AT(draft, rule.severity)},
    {"confidence", CW_FIELD_INTEGER, .max = 100, .offset = AT(draft, rule.confidence)},
    {"group", CW_FIELD_OBJECT, .offset = AT(draft, group)},
    {"reported", CW_FIELD_ARRAY, .is_required = true, .min = 1, .max = REPORTS_MAX,
     .offset = AT(draft, reported)},
    {"reviewed", CW_FIELD_DATE, .is_required = true, .offset = AT(draft, rule.reviewed)},
    {"addresses", CW_FIELD_ARRAY, .offset = AT(draft, addresses)},
    {TEXT("addresses_file", PATH_BYTES_MAX), .offset = AT(draft, addresses_file)},
    {"parties", CW_FIELD_ARRAY, .max = PARTIES_MAX, .offset = AT(draft, parties)},
    {"relations", CW_FIELD_ARRAY, .min = 1, .offset = AT(draft, relations)},
};

static const struct cw_field group_fields[] = {
    {TEXT("name", TEXT_BYTES_MAX), .is_required = true, .offset = AT(cw_rule, group_name)},
    {TEXT("attack_id", 0), .offset = AT(cw_rule, group_attack_id)},
};

static const struct cw_field report_fields[] = {
    {TEXT("id", 0), .offset = AT(cw_rule_report, id)},
    {TEXT("title", TITLE_BYTES_MAX), .is_required = true, .offset = AT(cw_rule_report, title)},
    {TEXT("url", CW_HTTP_URL_MAX), .is_required = true, .offset = AT(cw_rule_report, url)},
    {"published", CW_FIELD_DATE, .offset = AT(cw_rule_report, published)},
    {TEXT("publisher", TEXT_BYTES_MAX), .is_required = true,
     .offset = AT(cw_rule_report, publisher)},
};

static const struct cw_field party_fields[] = {
    {TEXT("feed", 0), .is_required = true, .offset = AT(party_draft, feed)},
    {"entry_ids", CW_FIELD_ARRAY, .offset = AT(party_draft, entry_ids)},
    {"programs", CW_FIELD_ARRAY, .offset = AT(party_draft, programs)},
    {"names", CW_FIELD_ARRAY, .offset = AT(party_draft, names)},
    {"related_to", CW_FIELD_ARRAY, .offset = AT(party_draft, related_to)},
};

static const struct draft defaults = {
    .rule = {.id = "",
             .title = "",
             .summary = "",
             .tlp = CW_GRADE_TLP_DEFAULT,
             .confidence = 50,
             .group_name = "",
             .group_attack_id = "",
             .reviewed = "",
             .relations = RELATIONS_ALL,
             .sha256 = "",
             .addresses_sha256 = "",
             .addresses_path = ""},
    .addresses_file = "",
};

static enum cw_status out_of_memory(const struct cw_rule_reading *reading, struct cw_error *err)
{
    return cw_error_set(err, CW_NOMEM, "%s: not enough memory", cw_json_file_path(reading->file));
}

static void refuse(const struct cw_rule_reading *reading, const char *pointer, const char *why)
{
    cw_json_file_mistake(reading->file, reading->mistakes, CW_MISTAKE_ERROR, pointer, "%s", why);
}

static void read_group(const struct cw_rule_reading *reading, const json_t *group)
{
    struct cw_rule *rule = reading->rule;
    if (group == NULL) {
        return;
    }
    (void)cw_json_read_object(reading->file, group, "/group", CW_FIELDS(group_fields), rule,
                              reading->mistakes);
    const struct cw_span id = cw_span_cstr(rule->group_attack_id);
    bool is_good = id.len == 5 && id.data[0] == 'G';
    for (size_t i = 1; is_good && i < id.len; i++) {
        is_good = cw_ascii_is_digit(id.data[i]);
    }
    if (id.len > 0 && !is_good) {
        refuse(reading, "/group/attack_id", "must be G and four digits, such as \"G0032\"");
    }
}

static void check_report(const struct cw_rule_reading *reading,
                         const struct cw_rule_report *reports, size_t index)
{
    char pointer[64];
    const struct cw_rule_report *report = &reports[index];
    struct cw_json_url url = {.scheme = CW_JSON_URL_HTTPS};
    (void)snprintf(pointer, sizeof(pointer), "/reported/%zu/url", index);
    const char *why = NULL;
    if (report->url[0] != '\0') {
        why = cw_json_url_read(cw_span_cstr(report->url), &url);
    }
    if (why == NULL && url.scheme == CW_JSON_URL_FILE) {
        why = "must start with https:// or http://: a report is public";
    }
    if (why != NULL) {
        refuse(reading, pointer, why);
    }
    if (report->id[0] == '\0') {
        return;
    }
    (void)snprintf(pointer, sizeof(pointer), "/reported/%zu/id", index);
    (void)cw_json_check_id(reading->file, report->id, CW_JSON_ID_LOWER, pointer, reading->mistakes);
    for (size_t i = 0; i < index; i++) {
        if (strcmp(reports[i].id, report->id) == 0) {
            cw_json_file_mistake(reading->file, reading->mistakes, CW_MISTAKE_ERROR, pointer,
                                 "is the id of /reported/%zu already", i);
            return;
        }
    }
}

static enum cw_status read_reports(const struct cw_rule_reading *reading, const json_t *reported,
                                   struct cw_error *err)
{
    const size_t count = json_array_size(reported);
    struct cw_rule_report *reports = cw_arena_array(reading->arena, count, sizeof(*reports));
    if (reports == NULL) {
        return out_of_memory(reading, err);
    }
    for (size_t i = 0; i < count; i++) {
        char pointer[64];
        struct cw_rule_report *report = &reports[i];
        *report = (struct cw_rule_report){"", "", "", "", ""};
        (void)snprintf(pointer, sizeof(pointer), "/reported/%zu", i);
        (void)cw_json_read_object(reading->file, json_array_get(reported, i), pointer,
                                  CW_FIELDS(report_fields), report, reading->mistakes);
        check_report(reading, reports, i);
        if (!cw_rule_keep(reading->arena, &report->id) ||
            !cw_rule_keep(reading->arena, &report->title) ||
            !cw_rule_keep(reading->arena, &report->url) ||
            !cw_rule_keep(reading->arena, &report->published) ||
            !cw_rule_keep(reading->arena, &report->publisher)) {
            return out_of_memory(reading, err);
        }
    }
    reading->rule->reported = reports;
    reading->rule->reported_count = count;
    return CW_OK;
}

static enum cw_status read_selectors(const struct cw_rule_reading *reading, const char *base,
                                     const struct party_draft *draft, struct cw_rule_party *party,
                                     struct cw_error *err)
{
    const struct {
        const char *name;
        const json_t *array;
        size_t bytes_max;
        const char *const **ret;
    } rows[] = {
        {"entry_ids", draft->entry_ids, CW_ENTRY_ID_MAX, &party->entry_ids},
        {"programs", draft->programs, CW_ENTRY_PROGRAM_MAX, &party->programs},
        {"names", draft->names, CW_ENTRY_NAME_MAX, &party->names},
        {"related_to", draft->related_to, CW_ENTRY_ID_MAX, &party->related_to},
    };
    size_t selectors = 0;
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        char pointer[64];
        const char **list = NULL;
        (void)snprintf(pointer, sizeof(pointer), "%s/%s", base, rows[i].name);
        const struct cw_json_strings strings = {
            .array = rows[i].array, .pointer = pointer, .bytes_max = rows[i].bytes_max};
        const enum cw_status status = cw_json_read_strings(reading->file, &strings, reading->arena,
                                                           reading->mistakes, &list, err);
        if (status != CW_OK) {
            return status;
        }
        *rows[i].ret = list;
        selectors += json_array_size(rows[i].array);
    }
    if (selectors == 0) {
        refuse(reading, base,
               "picks nobody: give entry_ids, programs, names or related_to at least one element");
    }
    return CW_OK;
}

static enum cw_status read_parties(const struct cw_rule_reading *reading, const json_t *array,
                                   struct cw_error *err)
{
    const size_t count = json_array_size(array);
    struct cw_rule_party *parties = cw_arena_array(reading->arena, count, sizeof(*parties));
    if (parties == NULL) {
        return out_of_memory(reading, err);
    }
    for (size_t i = 0; i < count; i++) {
        char base[40];
        char pointer[64];
        struct party_draft draft = {.feed = ""};
        (void)snprintf(base, sizeof(base), "/parties/%zu", i);
        (void)snprintf(pointer, sizeof(pointer), "%s/feed", base);
        (void)cw_json_read_object(reading->file, json_array_get(array, i), base,
                                  CW_FIELDS(party_fields), &draft, reading->mistakes);
        if (draft.feed[0] != '\0') {
            (void)cw_json_check_id(reading->file, draft.feed, CW_JSON_ID_LOWER, pointer,
                                   reading->mistakes);
        }
        parties[i].feed = draft.feed;
        if (!cw_rule_keep(reading->arena, &parties[i].feed)) {
            return out_of_memory(reading, err);
        }
        const enum cw_status status = read_selectors(reading, base, &draft, &parties[i], err);
        if (status != CW_OK) {
            return status;
        }
    }
    reading->rule->parties = parties;
    reading->rule->parties_count = count;
    return CW_OK;
}

static bool is_relation(struct cw_span text)
{
    enum cw_relation relation = CW_RELATION_NONE;
    return cw_relation_parse(text, &relation) && relation != CW_RELATION_NONE;
}

static enum cw_status read_relations(const struct cw_rule_reading *reading, const json_t *array,
                                     struct cw_error *err)
{
    const char **names = NULL;
    const struct cw_json_strings strings = {
        .array = array,
        .pointer = "/relations",
        .bytes_max = 64,
        .is_good = is_relation,
        .expected = "one of exact, encoding, same-key-hash, cross-chain, entity",
    };
    if (array == NULL) {
        return CW_OK;
    }
    const enum cw_status status = cw_json_read_strings(reading->file, &strings, reading->arena,
                                                       reading->mistakes, &names, err);
    if (status != CW_OK) {
        return status;
    }
    reading->rule->relations = 0;
    for (size_t i = 0; names[i] != NULL; i++) {
        enum cw_relation relation = CW_RELATION_NONE;
        CW_ASSERT(cw_relation_parse(cw_span_cstr(names[i]), &relation));
        reading->rule->relations |= 1u << (unsigned)relation;
    }
    return CW_OK;
}

static bool keep_texts(const struct cw_rule_reading *reading)
{
    struct cw_rule *rule = reading->rule;
    struct cw_arena *arena = reading->arena;
    rule->sha256 = cw_json_file_sha256(reading->file);
    return cw_rule_keep(arena, &rule->id) && cw_rule_keep(arena, &rule->title) &&
           cw_rule_keep(arena, &rule->summary) && cw_rule_keep(arena, &rule->reviewed) &&
           cw_rule_keep(arena, &rule->group_name) && cw_rule_keep(arena, &rule->group_attack_id) &&
           cw_rule_keep(arena, &rule->sha256);
}

/* Reports come before addresses, whose `source` points into them. */
static enum cw_status read_parts(const struct cw_rule_reading *reading, const struct draft *draft,
                                 struct cw_error *err)
{
    read_group(reading, draft->group);
    enum cw_status status = read_reports(reading, draft->reported, err);
    if (status == CW_OK) {
        status = cw_rule_read_addresses(reading, draft->addresses, draft->addresses_file, err);
    }
    if (status == CW_OK) {
        status = read_parties(reading, draft->parties, err);
    }
    if (status == CW_OK) {
        status = read_relations(reading, draft->relations, err);
    }
    if (status == CW_OK && !keep_texts(reading)) {
        status = out_of_memory(reading, err);
    }
    if (status == CW_OK && json_array_size(draft->addresses) == 0 &&
        draft->addresses_file[0] == '\0' && json_array_size(draft->parties) == 0) {
        cw_json_file_mistake(reading->file, reading->mistakes, CW_MISTAKE_WARNING, "",
                             "watches nothing: give it addresses, addresses_file or parties");
    }
    return status;
}

enum cw_status cw_rule_read(const struct cw_rule_reading *reading, bool *ret_is_listed,
                            struct cw_error *err)
{
    struct draft draft = defaults;
    struct cw_rule_reading inner = *reading;
    inner.rule = &draft.rule;
    (void)cw_json_read_object(reading->file, cw_json_file_root(reading->file), "",
                              CW_FIELDS(rule_fields), &draft, reading->mistakes);
    const bool is_listed =
        draft.rule.id[0] != '\0' &&
        cw_json_check_file_id(reading->file, draft.rule.id, CW_JSON_ID_CASE, reading->mistakes);
    const enum cw_status status = read_parts(&inner, &draft, err);
    if (status == CW_OK) {
        *reading->rule = draft.rule;
        *ret_is_listed = is_listed;
    }
    return status;
}
