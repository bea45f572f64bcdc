#include "watchlist/watchlist.h"

#include "address/reserved.h"
#include "watchlist/normalise.h"

struct cw_watchlist {
    struct cw_arena *arena;
    struct cw_listing *listings;
    size_t listings_count;
    size_t listings_cap;
    struct cw_opaque *opaque;
    size_t opaque_count;
    size_t opaque_cap;
    struct cw_span published;
    uint64_t entries;
    uint64_t undecodable;
    bool is_finished;
};

struct cw_watchlist *cw_watchlist_new(void)
{
    struct cw_watchlist *list = calloc(1, sizeof(*list));
    if (list == NULL) {
        return NULL;
    }
    list->arena = cw_arena_new(CW_FEED_MEMORY_MAX);
    if (list->arena == NULL) {
        free(list);
        return NULL;
    }
    return list;
}

void cw_watchlist_free(struct cw_watchlist *list)
{
    if (list == NULL) {
        return;
    }
    free(list->listings);
    free(list->opaque);
    cw_arena_free(list->arena);
    free(list);
}

void cw_watchlist_freep(struct cw_watchlist **list)
{
    cw_watchlist_free(*list);
    *list = NULL;
}

static enum cw_status too_large(struct cw_error *err)
{
    return cw_error_set(err, CW_LIMIT, "list needs more than %u bytes of memory",
                        CW_FEED_MEMORY_MAX);
}

/* Makes room for one more element; an array doubles, so adding n costs O(n). */
static enum cw_status grow(void **items, size_t count, size_t *cap, size_t size,
                           struct cw_error *err)
{
    if (count < *cap) {
        return CW_OK;
    }
    if (count >= CW_FEED_ENTRIES_MAX) {
        return cw_error_set(err, CW_LIMIT, "list has more than %u entries", CW_FEED_ENTRIES_MAX);
    }
    const size_t wanted = *cap == 0 ? 64 : *cap * 2;
    void *moved = realloc(*items, wanted * size);
    if (moved == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory for %zu entries", wanted);
    }
    *items = moved;
    *cap = wanted;
    return CW_OK;
}

/* Copies a span into the arena. The result of a full arena has no data; callers check once with
 * is_missing after a batch of copies. */
static struct cw_span keep(struct cw_arena *arena, struct cw_span text, bool *is_missing)
{
    const struct cw_span copy = cw_arena_copy(arena, text);
    if (copy.data == NULL) {
        *is_missing = true;
    }
    return copy;
}

static const struct cw_span *keep_array(struct cw_arena *arena, const struct cw_span *items,
                                        size_t count, bool *is_missing)
{
    struct cw_span *copies = cw_arena_array(arena, count == 0 ? 1 : count, sizeof(*copies));
    if (copies == NULL) {
        *is_missing = true;
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        copies[i] = keep(arena, items[i], is_missing);
    }
    return copies;
}

static const struct cw_entry_related *keep_related(struct cw_arena *arena,
                                                   const struct cw_entry_related *items,
                                                   size_t count, bool *is_missing)
{
    struct cw_entry_related *copies =
        cw_arena_array(arena, count == 0 ? 1 : count, sizeof(*copies));
    if (copies == NULL) {
        *is_missing = true;
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        copies[i].type = keep(arena, items[i].type, is_missing);
        copies[i].entry_id = keep(arena, items[i].entry_id, is_missing);
    }
    return copies;
}

enum cw_status cw_watchlist_add_listing(struct cw_watchlist *list, const struct cw_listing *listing,
                                        struct cw_error *err)
{
    CW_ASSERT(!list->is_finished);
    const enum cw_status status = grow((void **)&list->listings, list->listings_count,
                                       &list->listings_cap, sizeof(*list->listings), err);
    if (status != CW_OK) {
        return status;
    }
    bool is_missing = false;
    struct cw_arena *arena = list->arena;
    struct cw_listing copy = *listing;
    copy.entry_id = keep(arena, listing->entry_id, &is_missing);
    copy.canonical = keep(arena, listing->canonical, &is_missing);
    copy.value = keep(arena, listing->value, &is_missing);
    copy.tag = keep(arena, listing->tag, &is_missing);
    copy.encoding = keep(arena, listing->encoding, &is_missing);
    copy.entry_name = keep(arena, listing->entry_name, &is_missing);
    copy.listed_on = keep(arena, listing->listed_on, &is_missing);
    copy.note = keep(arena, listing->note, &is_missing);
    copy.position = keep(arena, listing->position, &is_missing);
    copy.values = keep_array(arena, listing->values, listing->values_count, &is_missing);
    copy.tags = keep_array(arena, listing->tags, listing->tags_count, &is_missing);
    copy.programs = keep_array(arena, listing->programs, listing->programs_count, &is_missing);
    copy.related = keep_related(arena, listing->related, listing->related_count, &is_missing);
    if (is_missing) {
        return too_large(err);
    }
    list->listings[list->listings_count++] = copy;
    return CW_OK;
}

static enum cw_status add_opaque(struct cw_watchlist *list, const struct cw_entry *entry,
                                 enum cw_address_error why, struct cw_error *err)
{
    const enum cw_status status = grow((void **)&list->opaque, list->opaque_count,
                                       &list->opaque_cap, sizeof(*list->opaque), err);
    if (status != CW_OK) {
        return status;
    }
    /* A text that is a secret key is reported by its place only: it must never be stored. */
    const struct cw_span value = why == CW_ADDRESS_SECRET ? CW_SPAN("") : entry->value;
    const struct cw_span error =
        entry->error.len > 0 ? entry->error : cw_span_cstr(cw_address_error_code(why));
    bool is_missing = false;
    const struct cw_opaque opaque = {
        .position = keep(list->arena, entry->position, &is_missing),
        .value = keep(list->arena, value, &is_missing),
        .tag = keep(list->arena, entry->tag, &is_missing),
        .entry_id = keep(list->arena, entry->entry_id, &is_missing),
        .entry_name = keep(list->arena, entry->entry_name, &is_missing),
        .error = keep(list->arena, error, &is_missing),
    };
    if (is_missing) {
        return too_large(err);
    }
    list->opaque[list->opaque_count++] = opaque;
    return CW_OK;
}

enum cw_status cw_watchlist_add_entry(struct cw_watchlist *list, const struct cw_entry *entry,
                                      struct cw_error *err)
{
    list->entries++;
    struct cw_address address;
    /* An entry that its format refused is decoded all the same: only so is a secret key found out.
     */
    const enum cw_address_error why =
        cw_address_parse(entry->value, entry->tag, CW_ADDRESS_LIST, &address);
    list->undecodable += why != CW_ADDRESS_OK ? 1u : 0u;
    if (why != CW_ADDRESS_OK || entry->error.len > 0) {
        return add_opaque(list, entry, why, err);
    }
    char canonical[CW_CANONICAL_BYTES];
    cw_address_canonical(&address, canonical);
    const struct cw_span key = cw_span_cstr(canonical);
    struct cw_span programs[CW_ENTRY_PROGRAMS_MAX];
    CW_ASSERT(entry->programs_count <= CW_ENTRY_PROGRAMS_MAX);
    if (entry->programs_count > 0) {
        memcpy(programs, entry->programs, entry->programs_count * sizeof(programs[0]));
    }
    const struct cw_listing listing = {
        .entry_id = entry->entry_id.len > 0 ? entry->entry_id : key,
        .canonical = key,
        .value = entry->value,
        .tag = entry->tag,
        .encoding = cw_span_cstr(cw_address_encoding(&address)),
        .entry_name = entry->entry_name,
        .listed_on = entry->listed_on,
        .note = entry->note,
        .position = entry->position,
        .values = &entry->value,
        .values_count = 1,
        .tags = &entry->tag,
        .tags_count = entry->tag.len > 0 ? 1 : 0,
        .programs = programs,
        .programs_count = cw_spans_sort_unique(programs, entry->programs_count),
        .related = entry->related,
        .related_count = entry->related_count,
        .is_reserved = cw_address_reserved(&address) != NULL,
    };
    return cw_watchlist_add_listing(list, &listing, err);
}

enum cw_status cw_watchlist_set_published(struct cw_watchlist *list, struct cw_span date,
                                          struct cw_error *err)
{
    bool is_missing = false;
    list->published = keep(list->arena, date, &is_missing);
    return is_missing ? too_large(err) : CW_OK;
}

/* The total order of the sort: within one key the value decides, then its tag, so that the merged
 * listing is the same whatever the order of the document. The position only makes it total. */
static int compare_listings(const void *left, const void *right)
{
    const struct cw_listing *a = left;
    const struct cw_listing *b = right;
    const int by_key = cw_listing_compare_keys(a, b);
    if (by_key != 0) {
        return by_key;
    }
    const int by_value = cw_span_compare(a->value, b->value);
    if (by_value != 0) {
        return by_value;
    }
    const int by_tag = cw_span_compare(a->tag, b->tag);
    return by_tag != 0 ? by_tag : cw_span_compare(a->position, b->position);
}

/* Which array of a listing is united, and how it is reached. */
enum united { UNITE_VALUES, UNITE_TAGS, UNITE_PROGRAMS };

static const struct cw_span *array_of(const struct cw_listing *from, enum united which,
                                      size_t *ret_count)
{
    switch (which) {
    case UNITE_VALUES:
        *ret_count = from->values_count;
        return from->values;
    case UNITE_TAGS:
        *ret_count = from->tags_count;
        return from->tags;
    case UNITE_PROGRAMS:
        break;
    }
    *ret_count = from->programs_count;
    return from->programs;
}

/* Union of one array over the listings of one key; NULL when the arena is full. */
static const struct cw_span *unite(struct cw_arena *arena, const struct cw_listing *run,
                                   size_t run_count, enum united which, size_t *ret_count)
{
    size_t total = 0;
    size_t count = 0;
    for (size_t i = 0; i < run_count; i++) {
        (void)array_of(&run[i], which, &count);
        total += count;
    }
    struct cw_span *all = cw_arena_array(arena, total == 0 ? 1 : total, sizeof(*all));
    size_t at = 0;
    for (size_t i = 0; all != NULL && i < run_count; i++) {
        const struct cw_span *items = array_of(&run[i], which, &count);
        for (size_t k = 0; k < count; k++) {
            all[at++] = items[k];
        }
    }
    *ret_count = all == NULL ? 0 : cw_spans_sort_unique(all, total);
    return all;
}

static int compare_related(const void *left, const void *right)
{
    const struct cw_entry_related *a = left;
    const struct cw_entry_related *b = right;
    const int by_entry = cw_span_compare(a->entry_id, b->entry_id);
    return by_entry != 0 ? by_entry : cw_span_compare(a->type, b->type);
}

/* The same for related parties; those of a single listing stay as published. */
static const struct cw_entry_related *unite_related(struct cw_arena *arena,
                                                    const struct cw_listing *run, size_t run_count,
                                                    size_t *ret_count)
{
    size_t total = 0;
    for (size_t i = 0; i < run_count; i++) {
        total += run[i].related_count;
    }
    *ret_count = total;
    if (run_count == 1 || total == 0) {
        return run[0].related;
    }
    struct cw_entry_related *all = cw_arena_array(arena, total, sizeof(*all));
    if (all == NULL) {
        return NULL;
    }
    size_t at = 0;
    for (size_t i = 0; i < run_count; i++) {
        for (size_t k = 0; k < run[i].related_count; k++) {
            all[at++] = run[i].related[k];
        }
    }
    qsort(all, total, sizeof(*all), compare_related);
    size_t kept = 1;
    for (size_t i = 1; i < total; i++) {
        if (compare_related(&all[kept - 1], &all[i]) != 0) {
            all[kept++] = all[i];
        }
    }
    *ret_count = kept;
    return all;
}

static void keep_least(struct cw_span *kept, struct cw_span other)
{
    if (kept->len == 0 || (other.len > 0 && cw_span_compare(other, *kept) < 0)) {
        *kept = other;
    }
}

/* One listing out of first..last, which have the same key: spellings, tags, programmes and related
 * parties are united; of names, dates and notes the least non-empty one stays. Neither the order of
 * the rows nor the letters a row is spelled in may decide what the content is, or a list that
 * re-orders itself would look changed. */
static bool merge_run(struct cw_watchlist *list, size_t first, size_t last, struct cw_listing *ret)
{
    struct cw_listing merged = list->listings[first];
    for (size_t i = first + 1; i < last; i++) {
        const struct cw_listing *other = &list->listings[i];
        keep_least(&merged.entry_name, other->entry_name);
        keep_least(&merged.listed_on, other->listed_on);
        keep_least(&merged.note, other->note);
    }
    const struct cw_listing *run = &list->listings[first];
    const size_t count = last - first;
    merged.values = unite(list->arena, run, count, UNITE_VALUES, &merged.values_count);
    merged.tags = unite(list->arena, run, count, UNITE_TAGS, &merged.tags_count);
    merged.programs = unite(list->arena, run, count, UNITE_PROGRAMS, &merged.programs_count);
    merged.related = unite_related(list->arena, run, count, &merged.related_count);
    if (merged.values == NULL || merged.tags == NULL || merged.programs == NULL ||
        merged.related == NULL) {
        return false;
    }
    *ret = merged;
    return true;
}

enum cw_status cw_watchlist_finish(struct cw_watchlist *list, struct cw_error *err)
{
    CW_ASSERT(!list->is_finished);
    if (list->listings_count > 0) {
        qsort(list->listings, list->listings_count, sizeof(*list->listings), compare_listings);
    }
    size_t kept = 0;
    for (size_t first = 0; first < list->listings_count;) {
        size_t last = first + 1;
        while (last < list->listings_count &&
               cw_listing_compare_keys(&list->listings[first], &list->listings[last]) == 0) {
            last++;
        }
        struct cw_listing merged;
        if (!merge_run(list, first, last, &merged)) {
            return too_large(err);
        }
        const enum cw_status status = cw_listing_hash(&merged, list->arena, err);
        if (status != CW_OK) {
            return status;
        }
        list->listings[kept++] = merged;
        first = last;
    }
    list->listings_count = kept;
    list->is_finished = true;
    return CW_OK;
}

size_t cw_watchlist_count(const struct cw_watchlist *list)
{
    return list->listings_count;
}

const struct cw_listing *cw_watchlist_at(const struct cw_watchlist *list, size_t index)
{
    CW_ASSERT(index < list->listings_count);
    return &list->listings[index];
}

struct cw_listing *cw_watchlist_edit(struct cw_watchlist *list, size_t index)
{
    CW_ASSERT(index < list->listings_count);
    return &list->listings[index];
}

const struct cw_listing *cw_watchlist_find(const struct cw_watchlist *list, struct cw_span entry_id,
                                           struct cw_span canonical)
{
    CW_ASSERT(list->is_finished);
    const struct cw_listing wanted = {.entry_id = entry_id, .canonical = canonical};
    size_t low = 0;
    size_t high = list->listings_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = cw_listing_compare_keys(&list->listings[middle], &wanted);
        if (order == 0) {
            return &list->listings[middle];
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

size_t cw_watchlist_opaque_count(const struct cw_watchlist *list)
{
    return list->opaque_count;
}

const struct cw_opaque *cw_watchlist_opaque_at(const struct cw_watchlist *list, size_t index)
{
    CW_ASSERT(index < list->opaque_count);
    return &list->opaque[index];
}

struct cw_span cw_watchlist_published(const struct cw_watchlist *list)
{
    return list->published;
}

uint64_t cw_watchlist_undecodable(const struct cw_watchlist *list)
{
    return list->undecodable;
}

uint64_t cw_watchlist_entries(const struct cw_watchlist *list)
{
    return list->entries;
}

static enum cw_status sink_info(void *ctx, const struct cw_list_info *info, struct cw_error *err)
{
    return cw_watchlist_set_published(ctx, info->published, err);
}

static enum cw_status sink_entry(void *ctx, const struct cw_entry *entry, struct cw_error *err)
{
    return cw_watchlist_add_entry(ctx, entry, err);
}

struct cw_entry_sink cw_watchlist_sink(struct cw_watchlist *list)
{
    return (struct cw_entry_sink){.info = sink_info, .entry = sink_entry, .ctx = list};
}
