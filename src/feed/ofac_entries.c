#include "feed/ofac_entries.h"

enum { POSITION_BYTES = 96, NUMBER_BYTES = 21 };

/* Numbers as texts, for as long as an entry is being delivered. */
struct numbers {
    char party[NUMBER_BYTES];
    char related[CW_ENTRY_RELATED_MAX][NUMBER_BYTES];
    char position[POSITION_BYTES];
};

static struct cw_span print_number(char text[static NUMBER_BYTES], uint64_t number)
{
    const int len = snprintf(text, NUMBER_BYTES, "%llu", (unsigned long long)number);
    CW_ASSERT(len > 0 && len < NUMBER_BYTES);
    return cw_span_make(text, (size_t)len);
}

static void fill_from_party(struct cw_entry *entry, struct numbers *numbers,
                            const struct cw_ofac_listed *listed)
{
    entry->entry_name = listed->name;
    entry->listed_on = cw_span_cstr(listed->listed_on);
    for (const struct cw_ofac_text *at = listed->programs; at != NULL; at = at->next) {
        if (entry->programs_count == CW_ENTRY_PROGRAMS_MAX) {
            entry->error = CW_SPAN("the party has more than 32 programmes");
            static_assert(CW_ENTRY_PROGRAMS_MAX == 32, "the text above names the limit");
            break;
        }
        entry->programs[entry->programs_count++] = at->text;
    }
    for (const struct cw_ofac_relation *at = listed->relations; at != NULL; at = at->next) {
        const size_t i = entry->related_count++;
        CW_ASSERT(i < CW_ENTRY_RELATED_MAX);
        entry->related[i].type = at->type;
        entry->related[i].entry_id = print_number(numbers->related[i], at->party_id);
    }
}

static enum cw_status deliver(const struct cw_ofac_feature *feature, struct cw_entry_sink sink,
                              struct cw_error *err)
{
    struct numbers numbers;
    struct cw_entry entry = {
        .value = feature->value,
        .tag = feature->tag,
        .note = feature->note,
        .error = feature->error,
        .entry_id = print_number(numbers.party, feature->party_id),
    };
    const int len = snprintf(numbers.position, sizeof(numbers.position),
                             "party %s, %s %llu, line %llu", numbers.party, feature->what,
                             (unsigned long long)feature->id, (unsigned long long)feature->line);
    CW_ASSERT(len > 0 && (size_t)len < sizeof(numbers.position));
    entry.position = cw_span_make(numbers.position, (size_t)len);
    if (feature->listed != NULL) {
        fill_from_party(&entry, &numbers, feature->listed);
    }
    return sink.entry(sink.ctx, &entry, err);
}

enum cw_status cw_ofac_deliver(const struct cw_ofac_document *document, struct cw_entry_sink sink,
                               struct cw_error *err)
{
    const struct cw_list_info info = {.published = cw_span_cstr(document->published)};
    enum cw_status status = sink.info(sink.ctx, &info, err);
    const struct cw_ofac_feature *lists[] = {document->table.features, document->table.complaints};
    for (size_t i = 0; i < CW_COUNT(lists); i++) {
        for (const struct cw_ofac_feature *at = lists[i]; at != NULL && status == CW_OK;
             at = at->next) {
            status = deliver(at, sink, err);
        }
    }
    return status;
}
