/* listed.h: a small index in memory, made of the parts of the real one: addresses, their probes in
 * order, and the filter over their spelled hashes. What has a relation is known. */
#ifndef CW_TESTS_LISTED_H
#define CW_TESTS_LISTED_H

#include "index/text_filter.h"
#include "screen/screen.h"

struct listed_probe {
    struct cw_probe probe;
    uint32_t item;
};

struct listed {
    struct cw_address *items;
    size_t count;
    size_t room;
    struct listed_probe *probes;
    size_t probes_count;
    uint64_t *hashes;
    size_t hashes_count;
    void *memory; /* of the filter */
    struct cw_text_filter filter;
    bool is_nested_known; /* also `nested_segwit` from the side of the text */
};

static inline bool listed_add(struct listed *listed, struct cw_span text, struct cw_span tag)
{
    struct cw_address address;
    if (cw_address_parse(text, tag, CW_ADDRESS_LIST, &address) != CW_ADDRESS_OK) {
        return false;
    }
    if (listed->count == listed->room) {
        listed->room = listed->room * 2 + 64;
        listed->items = realloc(listed->items, listed->room * sizeof(*listed->items));
        CW_ASSERT(listed->items != NULL);
    }
    listed->items[listed->count++] = address;
    return true;
}

static inline int listed_compare(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct cw_probe));
}

/* After the last address. */
static inline void listed_build(struct listed *listed)
{
    listed->probes = malloc((listed->count * CW_LINKS_MAX + 1) * sizeof(*listed->probes));
    listed->hashes = malloc((listed->count * CW_SPELLED_MAX + 1) * sizeof(*listed->hashes));
    CW_ASSERT(listed->probes != NULL);
    CW_ASSERT(listed->hashes != NULL);
    for (size_t i = 0; i < listed->count; i++) {
        struct cw_probe probes[CW_LINKS_MAX];
        const size_t count = cw_address_probes(&listed->items[i], probes);
        for (size_t j = 0; j < count; j++) {
            listed->probes[listed->probes_count++] =
                (struct listed_probe){.probe = probes[j], .item = (uint32_t)i};
        }
        listed->hashes_count +=
            cw_spelled_hashes(&listed->items[i], listed->hashes + listed->hashes_count);
    }
    qsort(listed->probes, listed->probes_count, sizeof(*listed->probes), listed_compare);
    struct cw_text_filter_builder builder;
    const size_t bytes = cw_text_filter_bytes(listed->hashes_count);
    listed->memory = aligned_alloc(CW_TEXT_FILTER_LINE, bytes);
    CW_ASSERT(listed->memory != NULL);
    cw_text_filter_begin(&builder, listed->memory, bytes);
    for (size_t i = 0; i < listed->hashes_count; i++) {
        cw_text_filter_add(&builder, listed->hashes[i]);
    }
    cw_text_filter_finish(&builder);
    const enum cw_status status =
        cw_text_filter_open(cw_span_make(listed->memory, bytes), &listed->filter, NULL);
    CW_ASSERT(status == CW_OK);
}

static inline void listed_clear(struct listed *listed)
{
    free(listed->items);
    free(listed->probes);
    free(listed->hashes);
    free(listed->memory);
    *listed = (struct listed){0};
}

/* A listed script hash that only the text's own key hash leads to: what the filter cannot tell. */
static inline bool listed_is_nested(const struct cw_address *item,
                                    const struct cw_relation_reasons *reasons)
{
    for (size_t i = 0; i < reasons->count; i++) {
        if (strcmp(reasons->names[i], "nested_segwit") != 0) {
            return false;
        }
    }
    return strcmp(cw_address_kind(item), "p2sh") == 0 ||
           strcmp(cw_address_chain(item), "zcash") == 0;
}

static inline bool listed_knows(const struct listed *listed, const struct cw_address *asked)
{
    struct cw_probe probes[CW_LINKS_MAX];
    const size_t count = cw_address_probes(asked, probes);
    for (size_t i = 0; i < count; i++) {
        size_t low = 0;
        size_t high = listed->probes_count;
        while (low < high) {
            const size_t middle = low + (high - low) / 2;
            const int order = memcmp(&listed->probes[middle].probe, &probes[i], sizeof(probes[i]));
            low = order < 0 ? middle + 1 : low;
            high = order < 0 ? high : middle;
        }
        for (; low < listed->probes_count &&
               memcmp(&listed->probes[low].probe, &probes[i], sizeof(probes[i])) == 0;
             low++) {
            const struct cw_address *item = &listed->items[listed->probes[low].item];
            struct cw_relation_reasons reasons;
            if (cw_address_relation(asked, item, &reasons) != CW_RELATION_NONE &&
                (listed->is_nested_known || !listed_is_nested(item, &reasons))) {
                return true;
            }
        }
    }
    return false;
}

#endif
