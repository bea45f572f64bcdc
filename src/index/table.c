#include "index/build.h"

/* Keys are gathered in 256 bins by the upper byte of their hash, each a chain of chunks. So the
 * whole needs no second copy to be sorted: one bin at a time is gathered into an array, sorted by
 * radix and written, and its chunks are given back. */

enum {
    BINS = 256,
    CHUNK_KEYS = 340, /* a chunk is a little under a page */
    DIGIT_BITS = 8,
    DIGITS = 1 << DIGIT_BITS,
    DIGIT_FIRST = 32, /* digits are bits 32 to 55: below the bin, above what is left to chance */
    DIGIT_LAST = 48,
    SMALL = 48, /* keys that insertion sorts faster */
};

struct key {
    uint64_t hash;
    uint32_t place;
};

/* 12 bytes, beside each other: a bin is somewhere else in memory every time. */
struct gathered {
    uint32_t upper;
    uint32_t lower;
    uint32_t place;
};

struct chunk {
    struct chunk *next;
    uint32_t count;
    struct gathered keys[CHUNK_KEYS];
};

struct bin {
    struct chunk *first;
    struct chunk *last;
    uint64_t count;
};

struct cw_index_keys {
    struct bin bins[BINS];
    uint64_t count;
};

struct cw_index_keys *cw_index_keys_new(void)
{
    return calloc(1, sizeof(struct cw_index_keys));
}

static void clear_bin(struct bin *bin)
{
    for (struct chunk *chunk = bin->first; chunk != NULL;) {
        struct chunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
    *bin = (struct bin){0};
}

void cw_index_keys_free(struct cw_index_keys *keys)
{
    for (size_t i = 0; keys != NULL && i < BINS; i++) {
        clear_bin(&keys->bins[i]);
    }
    free(keys);
}

static struct chunk *room_in(struct bin *bin)
{
    if (bin->last != NULL && bin->last->count < CHUNK_KEYS) {
        return bin->last;
    }
    struct chunk *chunk = malloc(sizeof(*chunk));
    if (chunk == NULL) {
        return NULL;
    }
    chunk->next = NULL;
    chunk->count = 0;
    if (bin->last == NULL) {
        bin->first = chunk;
    } else {
        bin->last->next = chunk;
    }
    bin->last = chunk;
    return chunk;
}

bool cw_index_keys_add(struct cw_index_keys *keys, uint64_t hash, uint32_t place)
{
    struct bin *bin = &keys->bins[hash >> 56];
    struct chunk *chunk = room_in(bin);
    if (chunk == NULL) {
        return false;
    }
    chunk->keys[chunk->count++] = (struct gathered){
        .upper = (uint32_t)(hash >> 32), .lower = (uint32_t)(hash & UINT32_MAX), .place = place};
    bin->count++;
    keys->count++;
    return true;
}

/* ---- sorting ---- */

/* What a table is sorted by: bucket and tail are the upper bits of the hash, the rest of it is not
 * kept. */
static int compare_keys(const struct key *a, const struct key *b, unsigned dropped)
{
    const uint64_t x = a->hash >> dropped;
    const uint64_t y = b->hash >> dropped;
    if (x != y) {
        return x < y ? -1 : 1;
    }
    return a->place < b->place ? -1 : (a->place > b->place ? 1 : 0);
}

static void insert_sort(struct key *keys, size_t count, unsigned dropped)
{
    for (size_t i = 1; i < count; i++) {
        const struct key key = keys[i];
        size_t at = i;
        while (at > 0 && compare_keys(&keys[at - 1], &key, dropped) > 0) {
            keys[at] = keys[at - 1];
            at--;
        }
        keys[at] = key;
    }
}

/* Moves keys by one digit of their hash; equal digits keep their order. */
static void move_by_digit(const struct key *from, struct key *to, size_t count, unsigned shift)
{
    size_t starts[DIGITS + 1] = {0};
    for (size_t i = 0; i < count; i++) {
        starts[(from[i].hash >> shift & (DIGITS - 1)) + 1]++;
    }
    for (size_t i = 1; i < DIGITS; i++) {
        starts[i] += starts[i - 1];
    }
    for (size_t i = 0; i < count; i++) {
        to[starts[from[i].hash >> shift & (DIGITS - 1)]++] = from[i];
    }
}

/* The heap keeps its bound when the hashes do not behave: a run whose upper halves are equal and
 * whose lower halves are not, however long. */
static void sift(struct key *keys, size_t root, size_t count, unsigned dropped)
{
    for (size_t child = 2 * root + 1; child < count; child = 2 * root + 1) {
        if (child + 1 < count && compare_keys(&keys[child], &keys[child + 1], dropped) < 0) {
            child++;
        }
        if (compare_keys(&keys[root], &keys[child], dropped) >= 0) {
            return;
        }
        const struct key moved = keys[root];
        keys[root] = keys[child];
        keys[child] = moved;
        root = child;
    }
}

static void heap_sort(struct key *keys, size_t count, unsigned dropped)
{
    for (size_t i = count / 2; i-- > 0;) {
        sift(keys, i, count, dropped);
    }
    for (size_t last = count; last-- > 1;) {
        const struct key moved = keys[0];
        keys[0] = keys[last];
        keys[last] = moved;
        sift(keys, 0, last, dropped);
    }
}

static bool is_sorted(const struct key *keys, size_t count, unsigned dropped)
{
    for (size_t i = 1; i < count; i++) {
        if (compare_keys(&keys[i - 1], &keys[i], dropped) > 0) {
            return false;
        }
    }
    return true;
}

/* The digits have sorted by the upper 32 bits; what they share is short, or one key over and over,
 * which came in order of place. */
static void sort_ties(struct key *keys, size_t count, unsigned dropped)
{
    for (size_t from = 0; from < count;) {
        size_t to = from + 1;
        while (to < count && keys[to].hash >> DIGIT_FIRST == keys[from].hash >> DIGIT_FIRST) {
            to++;
        }
        if (to - from <= SMALL) {
            insert_sort(keys + from, to - from, dropped);
        } else if (!is_sorted(keys + from, to - from, dropped)) {
            heap_sort(keys + from, to - from, dropped);
        }
        from = to;
    }
}

/* Three moves: the keys end in `spare`. Returns where they are. */
static struct key *sort_keys(struct key *keys, struct key *spare, size_t count, unsigned dropped)
{
    if (count <= SMALL) {
        insert_sort(keys, count, dropped);
        return keys;
    }
    for (unsigned shift = DIGIT_FIRST; shift <= DIGIT_LAST; shift += DIGIT_BITS) {
        move_by_digit(keys, spare, count, shift);
        struct key *moved = keys;
        keys = spare;
        spare = moved;
    }
    sort_ties(keys, count, dropped);
    return keys;
}

/* ---- writing ---- */

struct writing {
    struct cw_index_output *out;
    unsigned bits;
    uint32_t *directory; /* how many entries each bucket holds, then where they begin */
};

static void empty_bin(struct bin *bin, struct key *ret)
{
    size_t at = 0;
    for (const struct chunk *chunk = bin->first; chunk != NULL; chunk = chunk->next) {
        for (uint32_t i = 0; i < chunk->count; i++) {
            const struct gathered *key = &chunk->keys[i];
            ret[at].hash = (uint64_t)key->upper << 32 | key->lower;
            ret[at++].place = key->place;
        }
    }
    CW_ASSERT(at == bin->count);
    clear_bin(bin);
}

static enum cw_status put_keys(struct writing *writing, const struct key *keys, size_t count,
                               struct cw_error *err)
{
    enum cw_status status = CW_OK;
    for (size_t i = 0; status == CW_OK && i < count; i++) {
        const struct cw_index_entry entry = {
            .tail = (uint32_t)(keys[i].hash << writing->bits >> 32), .place = keys[i].place};
        writing->directory[(keys[i].hash >> (64 - writing->bits)) + 1]++;
        status = cw_output_put(writing->out, &entry, sizeof(entry), err);
    }
    return status;
}

static enum cw_status put_bin(struct writing *writing, struct bin *bin, struct cw_error *err)
{
    const size_t count = (size_t)bin->count;
    if (count == 0) {
        return CW_OK;
    }
    struct key *keys = malloc(2 * count * sizeof(*keys));
    if (keys == NULL) {
        return cw_error_set(err, CW_NOMEM, "memory is exhausted");
    }
    empty_bin(bin, keys);
    const struct key *sorted = sort_keys(keys, keys + count, count, 32 - writing->bits);
    const enum cw_status status = put_keys(writing, sorted, count, err);
    free(keys);
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

static enum cw_status put_directory(struct writing *writing, struct cw_error *err)
{
    const size_t buckets = (size_t)1 << writing->bits;
    for (size_t i = 1; i <= buckets; i++) {
        writing->directory[i] += writing->directory[i - 1];
    }
    return cw_output_put(writing->out, writing->directory, (buckets + 1) * sizeof(uint32_t), err);
}

enum cw_status cw_index_keys_write(struct cw_index_keys *keys, struct cw_index_output *out,
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
    writing.directory = calloc(((size_t)1 << writing.bits) + 1, sizeof(uint32_t));
    if (writing.directory == NULL) {
        return cw_error_set(err, CW_NOMEM, "memory is exhausted");
    }
    enum cw_status status = CW_OK;
    for (size_t i = 0; status == CW_OK && i < BINS; i++) {
        status = put_bin(&writing, &keys->bins[i], err);
    }
    if (status == CW_OK) {
        status = put_directory(&writing, err);
    }
    free(writing.directory);
    ret->bits = writing.bits;
    ret->bytes = cw_output_at(out) - ret->at;
    return status == CW_OK ? cw_output_pad(out, err) : status;
}
