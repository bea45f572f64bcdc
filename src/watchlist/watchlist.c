#include "watchlist/watchlist.h"

#include "address/reserved.h"
#include "watchlist/normalise.h"

struct cw_watchlist {
    struct cw_arena *arena; /* the texts; the arrays are charged to it */
    size_t bytes_max;
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
    return cw_watchlist_new_of(CW_FEED_MEMORY_MAX);
}

struct cw_watchlist *cw_watchlist_new_of(size_t bytes_max)
{
    struct cw_watchlist *list = calloc(1, sizeof(*list));
    if (list == NULL) {
        return NULL;
    }
    list->bytes_max = bytes_max;
    list->arena = cw_arena_new(bytes_max);
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

/* Why the arena gave nothing: the list's bound, or this machine's. */
static enum cw_status too_large(const struct cw_watchlist *list, struct cw_error *err)
{
    return cw_arena_status(list->arena) == CW_NOMEM
               ? cw_error_set(err, CW_NOMEM, "out of memory for %zu entries",
                              list->listings_count + list->opaque_count + 1)
               : cw_error_set(err, CW_LIMIT, "list needs more than %zu bytes of memory",
                              list->bytes_max);
}

/* Makes room for one more element. An array grows by a quarter, so adding n costs O(n) and little
 * of the list's memory is set aside for nothing. */
static enum cw_status grow(struct cw_watchlist *list, void **items, size_t count, size_t *cap,
                           size_t size, struct cw_error *err)
{
    if (count < *cap) {
        return CW_OK;
    }
    if (count >= CW_FEED_ENTRIES_MAX) {
        return cw_error_set(err, CW_LIMIT, "list has more than %u entries", CW_FEED_ENTRIES_MAX);
    }
    const size_t larger = *cap < 64 ? 64 : *cap + *cap / 4;
    const size_t wanted = larger < CW_FEED_ENTRIES_MAX ? larger : CW_FEED_ENTRIES_MAX;
    if (!cw_arena_charge(list->arena, (wanted - *cap) * size)) {
        return too_large(list, err);
    }
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
    if (text.len == 0) {
        return CW_SPAN("");
    }
    const struct cw_span copy = cw_arena_copy(arena, text);
    if (copy.data == NULL) {
        *is_missing = true;
    }
    return copy;
}

static const struct cw_span no_spans[1];
static const struct cw_entry_related no_related[1];

/* A text that is `kept` already, by its bytes, is not kept twice. */
static struct cw_span keep_unless(struct cw_arena *arena, struct cw_span text, struct cw_span kept,
                                  bool *is_missing)
{
    return cw_span_equal(text, kept) ? kept : keep(arena, text, is_missing);
}

/* `first` is what one of them often is, and is kept. */
static const struct cw_span *keep_array(struct cw_arena *arena, const struct cw_span *items,
                                        size_t count, struct cw_span first, bool *is_missing)
{
    if (count == 0) {
        return no_spans;
    }
    struct cw_span *copies = cw_arena_array(arena, count, sizeof(*copies));
    if (copies == NULL) {
        *is_missing = true;
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        copies[i] = keep_unless(arena, items[i], first, is_missing);
    }
    return copies;
}

static const struct cw_entry_related *keep_related(struct cw_arena *arena,
                                                   const struct cw_entry_related *items,
                                                   size_t count, bool *is_missing)
{
    if (count == 0) {
        return no_related;
    }
    struct cw_entry_related *copies = cw_arena_array(arena, count, sizeof(*copies));
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
    const enum cw_status status = grow(list, (void **)&list->listings, list->listings_count,
                                       &list->listings_cap, sizeof(*list->listings), err);
    if (status != CW_OK) {
        return status;
    }
    bool is_missing = false;
    struct cw_arena *arena = list->arena;
    struct cw_listing copy = *listing;
    copy.canonical = keep(arena, listing->canonical, &is_missing);
    copy.entry_id = keep_unless(arena, listing->entry_id, copy.canonical, &is_missing);
    copy.value = keep(arena, listing->value, &is_missing);
    copy.tag = keep(arena, listing->tag, &is_missing);
    copy.encoding = keep(arena, listing->encoding, &is_missing);
    copy.entry_name = keep(arena, listing->entry_name, &is_missing);
    copy.listed_on = keep(arena, listing->listed_on, &is_missing);
    copy.note = keep(arena, listing->note, &is_missing);
    copy.position = keep(arena, listing->position, &is_missing);
    copy.values =
        keep_array(arena, listing->values, listing->values_count, copy.value, &is_missing);
    copy.tags = keep_array(arena, listing->tags, listing->tags_count, copy.tag, &is_missing);
    copy.programs =
        keep_array(arena, listing->programs, listing->programs_count, CW_SPAN(""), &is_missing);
    copy.related = keep_related(arena, listing->related, listing->related_count, &is_missing);
    if (is_missing) {
        return too_large(list, err);
    }
    list->listings[list->listings_count++] = copy;
    return CW_OK;
}

static enum cw_status add_opaque(struct cw_watchlist *list, const struct cw_entry *entry,
                                 enum cw_address_error why, struct cw_error *err)
{
    const enum cw_status status = grow(list, (void **)&list->opaque, list->opaque_count,
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
        return too_large(list, err);
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
    return is_missing ? too_large(list, err) : CW_OK;
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
        if (!cw_listing_merge(list->arena, &list->listings[first], last - first, &merged)) {
            return too_large(list, err);
        }
        const enum cw_status status = cw_listing_hash(&merged, err);
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
