#include "feed/ofac_table.h"

#include "base/limits.h"

/* The whole real document needs half a megabyte; this is room for every list OFAC will ever write
 * and still a quarter of what the parser may use. Beyond it: CW_LIMIT, the list is refused. */
enum { MEMORY_MAX = 128 << 20, PROFILES_FIRST_CAP = 1024 };

static enum cw_status full(struct cw_error *err)
{
    return cw_error_set(err, CW_LIMIT, "the parties of this list need more than %d bytes",
                        MEMORY_MAX);
}

enum cw_status cw_ofac_table_init(struct cw_ofac_table *table, struct cw_error *err)
{
    *table = (struct cw_ofac_table){.arena = cw_arena_new(MEMORY_MAX)};
    return table->arena != NULL ? CW_OK : cw_error_set(err, CW_NOMEM, "out of memory");
}

void cw_ofac_table_clear(struct cw_ofac_table *table)
{
    cw_arena_free(table->arena);
    free(table->profiles);
    *table = (struct cw_ofac_table){0};
}

enum cw_status cw_ofac_table_begin(struct cw_ofac_table *table, uint64_t profile_id,
                                   uint64_t party_id, struct cw_error *err)
{
    CW_ASSERT(!table->is_sealed);
    if (table->profiles_count == CW_FEED_ENTRIES_MAX) {
        return cw_error_set(err, CW_LIMIT, "more than %u parties", CW_FEED_ENTRIES_MAX);
    }
    if (table->profiles_count == table->profiles_cap) {
        const size_t cap = table->profiles_cap == 0 ? PROFILES_FIRST_CAP : 2 * table->profiles_cap;
        struct cw_ofac_profile *profiles = realloc(table->profiles, cap * sizeof(*profiles));
        if (profiles == NULL) {
            return cw_error_set(err, CW_NOMEM, "out of memory for %zu parties", cap);
        }
        table->profiles = profiles;
        table->profiles_cap = cap;
    }
    table->profiles[table->profiles_count++] =
        (struct cw_ofac_profile){.id = profile_id, .party_id = party_id};
    return CW_OK;
}

struct cw_ofac_profile *cw_ofac_table_current(struct cw_ofac_table *table)
{
    CW_ASSERT(!table->is_sealed);
    CW_ASSERT(table->profiles_count > 0);
    return &table->profiles[table->profiles_count - 1];
}

enum cw_status cw_ofac_table_list(struct cw_ofac_table *table, struct cw_error *err)
{
    struct cw_ofac_profile *profile = cw_ofac_table_current(table);
    if (profile->listed == NULL) {
        profile->listed = cw_arena_alloc(table->arena, sizeof(*profile->listed));
    }
    return profile->listed != NULL ? CW_OK : full(err);
}

static bool copy_texts(struct cw_arena *arena, struct cw_ofac_feature *feature)
{
    struct cw_span *texts[] = {&feature->value, &feature->note, &feature->error, &feature->tag};
    for (size_t i = 0; i < CW_COUNT(texts); i++) {
        if (texts[i]->len == 0) {
            continue;
        }
        *texts[i] = cw_arena_copy(arena, *texts[i]);
        if (texts[i]->data == NULL) {
            return false;
        }
    }
    return true;
}

static void append(struct cw_ofac_feature **first, struct cw_ofac_feature **last,
                   struct cw_ofac_feature *feature)
{
    if (*last == NULL) {
        *first = feature;
    } else {
        (*last)->next = feature;
    }
    *last = feature;
}

enum cw_status cw_ofac_table_add(struct cw_ofac_table *table, const struct cw_ofac_feature *feature,
                                 struct cw_error *err)
{
    struct cw_ofac_feature *copy = cw_arena_alloc(table->arena, sizeof(*copy));
    if (copy == NULL) {
        return full(err);
    }
    *copy = *feature;
    copy->next = NULL;
    if (!copy_texts(table->arena, copy)) {
        return full(err);
    }
    if (copy->listed != NULL) {
        append(&table->features, &table->features_last, copy);
    } else {
        append(&table->complaints, &table->complaints_last, copy);
    }
    return CW_OK;
}

static int compare(const void *left, const void *right)
{
    const struct cw_ofac_profile *a = left;
    const struct cw_ofac_profile *b = right;
    return a->id == b->id ? 0 : a->id < b->id ? -1 : 1;
}

enum cw_status cw_ofac_table_seal(struct cw_ofac_table *table, struct cw_error *err)
{
    CW_ASSERT(!table->is_sealed);
    if (table->profiles_count > 0) {
        qsort(table->profiles, table->profiles_count, sizeof(*table->profiles), compare);
    }
    for (size_t i = 1; i < table->profiles_count; i++) {
        if (table->profiles[i - 1].id == table->profiles[i].id) {
            return cw_error_set(err, CW_UNTRUSTED, "profile %llu stands twice",
                                (unsigned long long)table->profiles[i].id);
        }
    }
    table->is_sealed = true;
    return CW_OK;
}

struct cw_ofac_profile *cw_ofac_table_find(const struct cw_ofac_table *table, uint64_t profile_id)
{
    CW_ASSERT(table->is_sealed);
    const struct cw_ofac_profile wanted = {.id = profile_id};
    if (table->profiles_count == 0) {
        return NULL;
    }
    return bsearch(&wanted, table->profiles, table->profiles_count, sizeof(*table->profiles),
                   compare);
}

enum cw_status cw_ofac_add_program(struct cw_ofac_table *table, struct cw_ofac_listed *listed,
                                   struct cw_span code, struct cw_error *err)
{
    struct cw_ofac_text **at = &listed->programs;
    for (; *at != NULL; at = &(*at)->next) {
        if (cw_span_equal((*at)->text, code)) {
            return CW_OK;
        }
    }
    /* One more than an entry holds is kept: enough to know that there are too many. */
    if (listed->programs_count > CW_ENTRY_PROGRAMS_MAX) {
        return CW_OK;
    }
    struct cw_ofac_text *program = cw_arena_alloc(table->arena, sizeof(*program));
    if (program == NULL) {
        return full(err);
    }
    program->text = cw_arena_copy(table->arena, code);
    if (program->text.data == NULL) {
        return full(err);
    }
    *at = program;
    listed->programs_count++;
    return CW_OK;
}

enum cw_status cw_ofac_add_relation(struct cw_ofac_table *table, struct cw_ofac_listed *listed,
                                    struct cw_span type, uint64_t party_id, struct cw_error *err)
{
    listed->relations_count++;
    if (listed->relations_count > CW_ENTRY_RELATED_MAX) {
        return CW_OK;
    }
    struct cw_ofac_relation **at = &listed->relations;
    while (*at != NULL) {
        at = &(*at)->next;
    }
    struct cw_ofac_relation *relation = cw_arena_alloc(table->arena, sizeof(*relation));
    if (relation == NULL) {
        return full(err);
    }
    relation->type = type;
    relation->party_id = party_id;
    *at = relation;
    return CW_OK;
}
