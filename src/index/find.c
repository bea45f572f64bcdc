#include "crypto/siphash.h"
#include "index/internal.h"

/* Entries of a table that one hash leads to, sorted by place. */
struct run {
    uint64_t from;
    uint64_t to;
};

enum { RUNS_MAX = CW_LINKS_MAX + 1, SCANNED_MAX = 32 };

struct runs {
    const struct cw_index *index;
    enum cw_index_section_id table;
    struct run items[RUNS_MAX];
    size_t count;
};

/* ---- tables ---- */

static enum cw_status read_entry(const struct cw_index *index, enum cw_index_section_id table,
                                 uint64_t at, struct cw_index_entry *ret, struct cw_error *err)
{
    const uint8_t *bytes = NULL;
    const enum cw_status status =
        cw_index_touch(index, table, at * sizeof(*ret), sizeof(*ret), &bytes, err);
    if (status == CW_OK) {
        memcpy(ret, bytes, sizeof(*ret));
    }
    return status;
}

/* First entry of [from, to) whose tail is not below `tail`. */
static enum cw_status lower_bound(const struct cw_index *index, enum cw_index_section_id table,
                                  uint32_t tail, struct run *run, struct cw_error *err)
{
    uint64_t to = run->to;
    while (run->from < to) {
        const uint64_t middle = run->from + (to - run->from) / 2;
        struct cw_index_entry entry;
        const enum cw_status status = read_entry(index, table, middle, &entry, err);
        if (status != CW_OK) {
            return status;
        }
        if (entry.tail < tail) {
            run->from = middle + 1;
        } else {
            to = middle;
        }
    }
    return CW_OK;
}

static enum cw_status find_bucket(const struct cw_index *index, enum cw_index_section_id table,
                                  uint64_t hash, struct run *ret, struct cw_error *err)
{
    const struct cw_index_section *section = &index->header.sections[table];
    const uint8_t *bytes = NULL;
    const uint64_t bucket = hash >> (64 - section->bits);
    const uint64_t at = cw_index_directory_at(section->count) + bucket * sizeof(uint32_t);
    const enum cw_status status =
        cw_index_touch(index, table, at, 2 * sizeof(uint32_t), &bytes, err);
    if (status != CW_OK) {
        return status;
    }
    ret->from = cw_load32(bytes);
    ret->to = cw_load32(bytes + sizeof(uint32_t));
    if (ret->from > ret->to || ret->to > section->count) {
        return cw_index_damaged(err, "a bucket", bucket);
    }
    return CW_OK;
}

/* A bucket of the usual size is looked through where it lies. */
static enum cw_status scan_bucket(const struct cw_index *index, enum cw_index_section_id table,
                                  uint32_t tail, struct run *run, struct cw_error *err)
{
    const uint8_t *bytes = NULL;
    const uint64_t bytes_len = (run->to - run->from) * sizeof(struct cw_index_entry);
    const enum cw_status status = cw_index_touch(
        index, table, run->from * sizeof(struct cw_index_entry), bytes_len, &bytes, err);
    if (status != CW_OK) {
        return status;
    }
    const uint64_t first = run->from;
    while (run->from < run->to && cw_load32(bytes + (run->from - first) * 8) < tail) {
        run->from++;
    }
    uint64_t to = run->from;
    while (to < run->to && cw_load32(bytes + (to - first) * 8) == tail) {
        to++;
    }
    run->to = to;
    return CW_OK;
}

/* A key that a list repeats a million times makes a long run; it is found by its two ends. */
static enum cw_status search_bucket(const struct cw_index *index, enum cw_index_section_id table,
                                    uint32_t tail, struct run *run, struct cw_error *err)
{
    enum cw_status status = lower_bound(index, table, tail, run, err);
    if (status == CW_OK && tail < UINT32_MAX) {
        struct run above = *run;
        status = lower_bound(index, table, tail + 1, &above, err);
        run->to = above.from;
    }
    return status;
}

/* The entries of one hash. */
static enum cw_status find_run(const struct cw_index *index, enum cw_index_section_id table,
                               uint64_t hash, struct run *ret, struct cw_error *err)
{
    const struct cw_index_section *section = &index->header.sections[table];
    *ret = (struct run){0, 0};
    if (section->count == 0) {
        return CW_OK;
    }
    const uint32_t tail = (uint32_t)(hash << section->bits >> 32);
    const enum cw_status status = find_bucket(index, table, hash, ret, err);
    if (status != CW_OK) {
        return status;
    }
    return ret->to - ret->from <= SCANNED_MAX ? scan_bucket(index, table, tail, ret, err)
                                              : search_bucket(index, table, tail, ret, err);
}

/* Asks for the memory of several buckets at once: waiting for them one by one is most of the time
 * that a question takes. */
static void prefetch(const struct cw_index *index, enum cw_index_section_id table,
                     const uint64_t *hashes, size_t count)
{
    const struct cw_index_section *section = &index->header.sections[table];
    if (section->count == 0) {
        return;
    }
    const uint8_t *directory = index->bytes + section->at + cw_index_directory_at(section->count);
    for (size_t i = 0; i < count; i++) {
        __builtin_prefetch(directory + (hashes[i] >> (64 - section->bits)) * sizeof(uint32_t));
    }
    for (size_t i = 0; i < count; i++) {
        /* Not checked yet, and a prefetch of any place is harmless. */
        const uint64_t entry =
            cw_load32(directory + (hashes[i] >> (64 - section->bits)) * sizeof(uint32_t));
        __builtin_prefetch(index->bytes + section->at + entry * sizeof(struct cw_index_entry));
    }
}

static enum cw_status add_hash(struct runs *runs, uint64_t hash, struct cw_error *err)
{
    CW_ASSERT(runs->count < RUNS_MAX);
    struct run *run = &runs->items[runs->count];
    const enum cw_status status = find_run(runs->index, runs->table, hash, run, err);
    if (status == CW_OK && run->from < run->to) {
        runs->count++;
    }
    return status;
}

/* The next place of all runs together, each once: several keys of one address lead to one record.
 */
static enum cw_status next_place(struct runs *runs, uint64_t *ret_place, bool *ret_is_end,
                                 struct cw_error *err)
{
    uint32_t places[RUNS_MAX];
    uint32_t least = UINT32_MAX;
    bool is_any = false;
    for (size_t i = 0; i < runs->count; i++) {
        struct cw_index_entry entry;
        places[i] = UINT32_MAX;
        if (runs->items[i].from == runs->items[i].to) {
            continue;
        }
        const enum cw_status status =
            read_entry(runs->index, runs->table, runs->items[i].from, &entry, err);
        if (status != CW_OK) {
            return status;
        }
        places[i] = entry.place;
        least = entry.place < least ? entry.place : least;
        is_any = true;
    }
    for (size_t i = 0; is_any && i < runs->count; i++) {
        if (runs->items[i].from < runs->items[i].to && places[i] == least) {
            runs->items[i].from++;
        }
    }
    *ret_place = (uint64_t)least * CW_INDEX_UNIT;
    *ret_is_end = !is_any;
    return CW_OK;
}

/* ---- looking up ---- */

/* One question on its way through the candidates; `judge` decides and tells. */
struct question {
    const struct cw_address *asked;
    struct cw_span text; /* of a question that is no address */
    char canonical[CW_CANONICAL_BYTES];
    cw_index_fn fn;
    void *ctx;
};
typedef enum cw_status (*judge_fn)(const struct question *question,
                                   const struct cw_index_item *item, struct cw_error *err);

static enum cw_status tell_all(struct runs *runs, const struct question *question, judge_fn judge,
                               struct cw_error *err)
{
    for (;;) {
        struct cw_index_item item;
        uint64_t place = 0;
        bool is_end = false;
        enum cw_status status = next_place(runs, &place, &is_end, err);
        if (status != CW_OK || is_end) {
            return status;
        }
        status = cw_index_record_item(runs->index, place, &item, err);
        if (status == CW_OK) {
            status = judge(question, &item, err);
        }
        if (status != CW_OK) {
            return status;
        }
    }
}

/* A listing was decoded once. Should its text be refused today, the key that was read then still
 * speaks: a match must not vanish because a decoder became stricter. */
static enum cw_relation relation_to(const struct question *question,
                                    const struct cw_index_item *item)
{
    struct cw_address listed;
    if (cw_index_item_decode(item, &listed) == CW_ADDRESS_OK) {
        return cw_address_relation(question->asked, &listed, NULL);
    }
    return cw_span_is(item->canonical, question->canonical) ? CW_RELATION_ENCODING
                                                            : CW_RELATION_NONE;
}

static enum cw_status judge_address(const struct question *question,
                                    const struct cw_index_item *item, struct cw_error *err)
{
    if (item->is_opaque) {
        return CW_OK;
    }
    const enum cw_relation relation = relation_to(question, item);
    if (relation == CW_RELATION_NONE || (item->relations & 1u << (unsigned)relation) == 0) {
        return CW_OK;
    }
    return question->fn(question->ctx, item, relation, err);
}

static enum cw_status gather(struct runs *runs, const struct cw_address *asked,
                             const char *canonical, struct cw_error *err)
{
    const struct cw_index *index = runs->index;
    uint64_t hashes[CW_LINKS_MAX];
    const size_t count = cw_address_probe_hashes(asked, index->header.key, hashes);
    enum cw_status status = CW_OK;
    prefetch(index, runs->table, hashes, count);
    for (size_t i = 0; status == CW_OK && i < count; i++) {
        status = add_hash(runs, hashes[i], err);
    }
    if (status == CW_OK && index->header.undecoded > 0) {
        status = add_hash(runs, cw_index_canonical_hash(index->header.key, cw_span_cstr(canonical)),
                          err);
    }
    return status;
}

enum cw_status cw_index_find(const struct cw_index *index, const struct cw_address *asked,
                             cw_index_fn fn, void *ctx, struct cw_error *err)
{
    struct question question = {.asked = asked, .fn = fn, .ctx = ctx};
    struct runs runs = {.index = index, .table = CW_SECTION_PROBES};
    cw_address_canonical(asked, question.canonical);
    const enum cw_status status = gather(&runs, asked, question.canonical, err);
    return status == CW_OK ? tell_all(&runs, &question, judge_address, err) : status;
}

bool cw_index_may_hold(const struct cw_index *index, const struct cw_address *asked)
{
    uint64_t hashes[CW_LINKS_MAX];
    const size_t count = cw_address_probe_hashes(asked, index->header.key, hashes);
    if (index->header.undecoded > 0) {
        return true; /* a handful at most; not worth a second spelling of every question */
    }
    prefetch(index, CW_SECTION_PROBES, hashes, count);
    for (size_t i = 0; i < count; i++) {
        struct run run;
        const enum cw_status status = find_run(index, CW_SECTION_PROBES, hashes[i], &run, NULL);
        if (status != CW_OK || run.from < run.to) {
            return true;
        }
    }
    return false;
}

/* ---- texts that are no address ---- */

bool cw_index_is_hex(struct cw_span text)
{
    const bool is_marked =
        text.len > 2 && text.data[0] == '0' && (text.data[1] == 'x' || text.data[1] == 'X');
    for (size_t i = is_marked ? 2 : 0; i < text.len; i++) {
        const char c = cw_ascii_lower(text.data[i]);
        if (!cw_ascii_is_digit(c) && (c < 'a' || c > 'f')) {
            return false;
        }
    }
    return text.len > 0;
}

static uint64_t hash_named(const uint8_t key[static 16], char name, struct cw_span text)
{
    char data[1 + CW_ADDRESS_FIELD_MAX];
    const bool is_hex = cw_index_is_hex(text);
    CW_ASSERT(text.len < sizeof(data));
    data[0] = name;
    for (size_t i = 0; i < text.len; i++) {
        data[i + 1] = text.data[i];
        if (is_hex) {
            data[i + 1] = cw_ascii_lower(text.data[i]);
        }
    }
    return cw_siphash(key, cw_span_make(data, text.len + 1));
}

uint64_t cw_index_opaque_hash(const uint8_t key[static 16], struct cw_span text)
{
    return hash_named(key, 'o', text);
}

uint64_t cw_index_canonical_hash(const uint8_t key[static 16], struct cw_span canonical)
{
    return hash_named(key, 'c', canonical);
}

static enum cw_status judge_text(const struct question *question, const struct cw_index_item *item,
                                 struct cw_error *err)
{
    const bool is_same = cw_index_is_hex(question->text)
                             ? cw_span_equal_nocase(question->text, item->value)
                             : cw_span_equal(question->text, item->value);
    return is_same && item->is_opaque ? question->fn(question->ctx, item, CW_RELATION_NONE, err)
                                      : CW_OK;
}

enum cw_status cw_index_find_opaque(const struct cw_index *index, struct cw_span text,
                                    cw_index_fn fn, void *ctx, struct cw_error *err)
{
    const struct question question = {.text = text, .fn = fn, .ctx = ctx};
    struct runs runs = {.index = index, .table = CW_SECTION_OPAQUES};
    if (text.len == 0 || text.len > CW_ADDRESS_FIELD_MAX) {
        return CW_OK; /* secret keys are kept as "", and longer texts are not kept */
    }
    const enum cw_status status =
        add_hash(&runs, cw_index_opaque_hash(index->header.key, text), err);
    return status == CW_OK ? tell_all(&runs, &question, judge_text, err) : status;
}

bool cw_index_is_asked_digits(const struct cw_address *asked)
{
    return cw_address_is_digits(cw_address_source(asked));
}

/* ---- looks ---- */

uint64_t cw_index_look_hash(const uint8_t key[static 16], uint64_t hash)
{
    return cw_siphash(key, cw_span_make(&hash, sizeof(hash)));
}

static enum cw_status judge_nothing(const struct question *question,
                                    const struct cw_index_item *item, struct cw_error *err)
{
    return question->fn(question->ctx, item, CW_RELATION_NONE, err);
}

enum cw_status cw_index_find_lookalikes(const struct cw_index *index, const uint64_t *hashes,
                                        size_t count, cw_index_fn fn, void *ctx,
                                        struct cw_error *err)
{
    const struct question question = {.fn = fn, .ctx = ctx};
    struct runs runs = {.index = index, .table = CW_SECTION_LOOKALIKES};
    enum cw_status status = CW_OK;
    CW_ASSERT(count <= RUNS_MAX);
    for (size_t i = 0; status == CW_OK && i < count; i++) {
        status = add_hash(&runs, cw_index_look_hash(index->header.key, hashes[i]), err);
    }
    return status == CW_OK ? tell_all(&runs, &question, judge_nothing, err) : status;
}
