#include "index/build.h"

/* Keys are gathered by the upper byte of their hash. Then one bin at a time is dealt out to its
 * buckets, each bucket is sorted, and the bin is written: two moves a key, and what is worked on
 * fits the processor's cache. */

enum { BIN_BITS = 8, SMALL = 48 /* entries that insertion sorts faster */, PUT_ENTRIES = 512 };
static_assert(1 << BIN_BITS == CW_GATHER_BINS, "a bin for each upper byte");

/* 12 bytes, beside each other: a bin is somewhere else in memory every time. */
struct key {
    uint32_t upper;
    uint32_t lower;
    uint32_t place;
};

struct cw_gather *cw_index_keys_new(void)
{
    return cw_gather_new(sizeof(struct key));
}

bool cw_index_keys_add(struct cw_gather *keys, uint64_t hash, uint32_t place)
{
    struct key *key = cw_gather_room(keys, (size_t)(hash >> (64 - BIN_BITS)));
    if (key == NULL) {
        return false;
    }
    *key = (struct key){
        .upper = (uint32_t)(hash >> 32), .lower = (uint32_t)(hash & UINT32_MAX), .place = place};
    return true;
}

/* ---- sorting: entries as numbers, the tail above the place ---- */

static void insert_sort(uint64_t *entries, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const uint64_t entry = entries[i];
        size_t at = i;
        while (at > 0 && entries[at - 1] > entry) {
            entries[at] = entries[at - 1];
            at--;
        }
        entries[at] = entry;
    }
}

/* The heap keeps its bound when the hashes do not behave: a bucket of one key a million times, or
 * what somebody made fall into it, however long. */
static void sift(uint64_t *entries, size_t root, size_t count)
{
    for (size_t child = 2 * root + 1; child < count; child = 2 * root + 1) {
        if (child + 1 < count && entries[child] < entries[child + 1]) {
            child++;
        }
        if (entries[root] >= entries[child]) {
            return;
        }
        const uint64_t moved = entries[root];
        entries[root] = entries[child];
        entries[child] = moved;
        root = child;
    }
}

static void heap_sort(uint64_t *entries, size_t count)
{
    for (size_t i = count / 2; i-- > 0;) {
        sift(entries, i, count);
    }
    for (size_t last = count; last-- > 1;) {
        const uint64_t moved = entries[0];
        entries[0] = entries[last];
        entries[last] = moved;
        sift(entries, 0, last);
    }
}

static bool is_sorted(const uint64_t *entries, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (entries[i - 1] > entries[i]) {
            return false;
        }
    }
    return true;
}

static void sort_bucket(uint64_t *entries, size_t count)
{
    if (count <= SMALL) {
        insert_sort(entries, count);
    } else if (!is_sorted(entries, count)) { /* one key over and over came in order of place */
        heap_sort(entries, count);
    }
}

/* ---- writing ---- */

/* Buckets of more bits than a bin has are told apart within it; of fewer, a bucket spans bins. */
struct writing {
    struct cw_index_output *out;
    unsigned bits;
    unsigned own_bits;   /* of a bucket's number, below those of its bin */
    uint32_t *ends;      /* while a bin is dealt out: where each of its buckets ends */
    uint32_t *directory; /* how many entries each bucket holds, then where they begin */
};

static size_t bucket_in_bin(const struct writing *writing, uint32_t upper)
{
    return (size_t)((uint64_t)(uint32_t)(upper << BIN_BITS) >> (32 - writing->own_bits));
}

/* Where each bucket of the bin begins; dealing out moves them on to their ends. */
static void find_starts(const struct writing *writing, const struct cw_gather_bin *bin)
{
    const size_t buckets = (size_t)1 << writing->own_bits;
    memset(writing->ends, 0, buckets * sizeof(uint32_t));
    for (const struct cw_gather_chunk *chunk = bin->first; chunk != NULL; chunk = chunk->next) {
        const struct key *keys = (const struct key *)(const void *)chunk->data;
        for (size_t i = 0; i < chunk->bytes / sizeof(*keys); i++) {
            writing->ends[bucket_in_bin(writing, keys[i].upper)]++;
        }
    }
    uint32_t sum = 0;
    for (size_t i = 0; i < buckets; i++) {
        const uint32_t count = writing->ends[i];
        writing->ends[i] = sum;
        sum += count;
    }
}

static void deal_out(const struct writing *writing, const struct cw_gather_bin *bin,
                     uint64_t *entries)
{
    find_starts(writing, bin);
    for (const struct cw_gather_chunk *chunk = bin->first; chunk != NULL; chunk = chunk->next) {
        const struct key *keys = (const struct key *)(const void *)chunk->data;
        for (size_t i = 0; i < chunk->bytes / sizeof(*keys); i++) {
            const uint64_t hash = (uint64_t)keys[i].upper << 32 | keys[i].lower;
            const uint64_t tail = hash << writing->bits >> 32;
            const size_t bucket = bucket_in_bin(writing, keys[i].upper);
            entries[writing->ends[bucket]++] = tail << 32 | keys[i].place;
        }
    }
}

static void sort_buckets(const struct writing *writing, size_t number, uint64_t *entries)
{
    const size_t buckets = (size_t)1 << writing->own_bits;
    const size_t first = writing->bits >= BIN_BITS ? number << writing->own_bits
                                                   : number >> (BIN_BITS - writing->bits);
    uint32_t start = 0;
    for (size_t i = 0; i < buckets; i++) {
        const uint32_t end = writing->ends[i];
        sort_bucket(entries + start, end - start);
        writing->directory[first + i + 1] += end - start;
        start = end;
    }
}

static enum cw_status put_entries(struct cw_index_output *out, const uint64_t *entries,
                                  size_t count, struct cw_error *err)
{
    CW_UNSET struct cw_index_entry put[PUT_ENTRIES];
    enum cw_status status = CW_OK;
    for (size_t at = 0; status == CW_OK && at < count; at += PUT_ENTRIES) {
        const size_t part = count - at < PUT_ENTRIES ? count - at : PUT_ENTRIES;
        for (size_t i = 0; i < part; i++) {
            put[i] = (struct cw_index_entry){.tail = (uint32_t)(entries[at + i] >> 32),
                                             .place = (uint32_t)(entries[at + i] & UINT32_MAX)};
        }
        status = cw_output_put(out, put, part * sizeof(put[0]), err);
    }
    return status;
}

static enum cw_status put_bin(const struct writing *writing, struct cw_gather *keys, size_t number,
                              struct cw_error *err)
{
    const size_t count = (size_t)keys->bins[number].count;
    if (count == 0) {
        return CW_OK;
    }
    uint64_t *entries = calloc(count, sizeof(*entries));
    if (entries == NULL) {
        return cw_error_no_memory(err);
    }
    deal_out(writing, &keys->bins[number], entries);
    cw_gather_empty(keys, number);
    sort_buckets(writing, number, entries);
    const enum cw_status status = put_entries(writing->out, entries, count, err);
    free(entries);
    return status;
}

static unsigned directory_bits(uint64_t count)
{
    unsigned bits = CW_INDEX_BITS_MIN;
    while (bits < CW_INDEX_BITS_MAX && 1ull << bits < count / CW_INDEX_BUCKET_ENTRIES) {
        bits++;
    }
    return bits;
}

static enum cw_status put_directory(const struct writing *writing, struct cw_error *err)
{
    const size_t buckets = (size_t)1 << writing->bits;
    for (size_t i = 1; i <= buckets; i++) {
        writing->directory[i] += writing->directory[i - 1];
    }
    return cw_output_put(writing->out, writing->directory, (buckets + 1) * sizeof(uint32_t), err);
}

static enum cw_status put_table(const struct writing *writing, struct cw_gather *keys,
                                struct cw_error *err)
{
    enum cw_status status = CW_OK;
    if (writing->directory == NULL || writing->ends == NULL) {
        return cw_error_no_memory(err);
    }
    for (size_t i = 0; status == CW_OK && i < CW_GATHER_BINS; i++) {
        status = put_bin(writing, keys, i, err);
    }
    return status == CW_OK ? put_directory(writing, err) : status;
}

enum cw_status cw_index_keys_write(struct cw_gather *keys, struct cw_index_output *out,
                                   struct cw_index_section *ret, struct cw_error *err)
{
    *ret = (struct cw_index_section){.at = cw_output_at(out), .count = keys->count};
    if (keys->count == 0) {
        return CW_OK;
    }
    if (keys->count > UINT32_MAX) {
        return cw_error_set(err, CW_LIMIT, "more than %u keys do not fit an index", UINT32_MAX);
    }
    struct writing writing = {.out = out, .bits = directory_bits(keys->count)};
    writing.own_bits = writing.bits > BIN_BITS ? writing.bits - BIN_BITS : 0;
    writing.directory = calloc(((size_t)1 << writing.bits) + 1, sizeof(uint32_t));
    writing.ends = malloc(sizeof(uint32_t) << writing.own_bits);
    const enum cw_status status = put_table(&writing, keys, err);
    free(writing.directory);
    free(writing.ends);
    ret->bits = writing.bits;
    ret->bytes = cw_output_at(out) - ret->at;
    return status == CW_OK ? cw_output_pad(out, err) : status;
}
