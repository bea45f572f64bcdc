#include "match/book.h"

#include "base/checked.h"

enum { TEXTS_ARENA_BYTES = 256 << 20 };

/* One probe of one monitored address. The array is sorted by probe, so a question is a binary
 * search and a short run of candidates; a hash table would be faster and have a worst case to
 * defend. */
struct entry {
    struct cw_probe probe;
    uint32_t rule;
    uint32_t address;
};

struct cw_book {
    const struct cw_rules *rules;
    struct entry *entries;
    size_t count;
    size_t cap;
};

static int compare_entries(const void *left, const void *right)
{
    const struct entry *a = left;
    const struct entry *b = right;
    const int by_probe = memcmp(a->probe.bytes, b->probe.bytes, sizeof(a->probe.bytes));
    if (by_probe != 0) {
        return by_probe;
    }
    if (a->rule != b->rule) {
        return a->rule < b->rule ? -1 : 1;
    }
    return a->address < b->address ? -1 : (a->address > b->address ? 1 : 0);
}

static enum cw_status add_probes(struct cw_book *book, uint32_t rule, uint32_t index,
                                 const struct cw_rule_address *text, struct cw_error *err)
{
    struct cw_address address;
    const enum cw_address_error why = cw_rule_address_decode(text, &address);
    CW_ASSERT(why == CW_ADDRESS_OK); /* a loaded rule set holds only decoded addresses */
    struct cw_probe probes[CW_LINKS_MAX];
    const size_t count = cw_address_probes(&address, probes);
    if (book->count + count > book->cap) {
        size_t bytes = 0;
        const size_t cap = (book->cap + count) * 2;
        if (!cw_checked_mul(cap, sizeof(*book->entries), &bytes)) {
            return cw_error_set(err, CW_LIMIT, "too many monitored addresses");
        }
        struct entry *moved = realloc(book->entries, bytes);
        if (moved == NULL) {
            return cw_error_set(err, CW_NOMEM, "out of memory for monitored addresses");
        }
        book->entries = moved;
        book->cap = cap;
    }
    for (size_t i = 0; i < count; i++) {
        book->entries[book->count++] =
            (struct entry){.probe = probes[i], .rule = rule, .address = index};
    }
    return CW_OK;
}

static enum cw_status fill(struct cw_book *book, struct cw_error *err)
{
    enum cw_status status = CW_OK;
    for (size_t r = 0; status == CW_OK && r < cw_rules_count(book->rules); r++) {
        const struct cw_rule *rule = cw_rules_at(book->rules, r);
        for (size_t a = 0; status == CW_OK && a < rule->addresses_count; a++) {
            status = add_probes(book, (uint32_t)r, (uint32_t)a, &rule->addresses[a], err);
        }
    }
    if (status == CW_OK && book->count > 0) {
        qsort(book->entries, book->count, sizeof(*book->entries), compare_entries);
    }
    return status;
}

enum cw_status cw_book_new(const struct cw_rules *rules, struct cw_book **ret, struct cw_error *err)
{
    struct cw_book *book = calloc(1, sizeof(*book));
    if (book == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory for monitored addresses");
    }
    book->rules = rules;
    const enum cw_status status = fill(book, err);
    if (status != CW_OK) {
        cw_book_free(book);
        return status;
    }
    *ret = book;
    return CW_OK;
}

void cw_book_free(struct cw_book *book)
{
    if (book != NULL) {
        free(book->entries);
        free(book);
    }
}

void cw_book_freep(struct cw_book **book)
{
    cw_book_free(*book);
    *book = NULL;
}

void cw_hits_clear(struct cw_hits *hits)
{
    free(hits->items);
    cw_arena_free(hits->texts);
    *hits = (struct cw_hits){0};
}

/* A listing that spells out the asked key has the text already; a thousand rows on one address of
 * ours must not cost a thousand copies. */
static enum cw_status keep_canonical(struct cw_hits *hits, const struct cw_listing *listing,
                                     struct cw_span canonical, struct cw_span *ret,
                                     struct cw_error *err)
{
    if (listing != NULL && cw_span_equal(listing->canonical, canonical)) {
        *ret = listing->canonical;
        return CW_OK;
    }
    if (hits->texts == NULL) {
        hits->texts = cw_arena_new(TEXTS_ARENA_BYTES);
    }
    const struct cw_span copy =
        hits->texts == NULL ? (struct cw_span){NULL, 0} : cw_arena_copy(hits->texts, canonical);
    if (copy.data == NULL) {
        const bool is_full = hits->texts != NULL && cw_arena_status(hits->texts) == CW_LIMIT;
        return cw_error_set(
            err, is_full ? CW_LIMIT : CW_NOMEM, "%s for the addresses of %zu matches",
            is_full ? "more than 256 MiB are needed" : "out of memory", hits->count);
    }
    *ret = copy;
    return CW_OK;
}

static enum cw_status add_hit(const struct cw_book *book, struct cw_hits *hits,
                              const struct cw_hit *hit, struct cw_error *err)
{
    if (hits->count >= cw_rules_addresses(book->rules) + CW_HITS_MAX) {
        return cw_error_set(err, CW_LIMIT,
                            "the cases match it more than %u times beyond once for each of their "
                            "addresses",
                            CW_HITS_MAX);
    }
    if (hits->count == hits->cap) {
        const size_t cap = hits->cap == 0 ? 16 : hits->cap * 2;
        struct cw_hit *moved = realloc(hits->items, cap * sizeof(*moved));
        if (moved == NULL) {
            return cw_error_set(err, CW_NOMEM, "out of memory for %zu matches", cap);
        }
        hits->items = moved;
        hits->cap = cap;
    }
    hits->items[hits->count++] = *hit;
    return CW_OK;
}

/* First entry that is not below the asked probe and, within it, the asked rule. */
static size_t lower_bound(const struct cw_book *book, const struct cw_probe *probe, uint32_t rule)
{
    const struct entry wanted = {.probe = *probe, .rule = rule};
    size_t low = 0;
    size_t high = book->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (compare_entries(&book->entries[middle], &wanted) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* One question on its way through the book. */
struct question {
    const struct cw_book *book;
    const struct cw_address *asked;
    const struct cw_listing *listing; /* NULL when a person asks */
    struct cw_hits *hits;
    size_t first; /* hits of this question begin here */
};

/* Adds the hit of one candidate, or strengthens the hit this key of this rule has already: several
 * probes lead to the same address, and a rule may spell one key twice. */
static enum cw_status judge(const struct question *question, const struct cw_rule *rule,
                            const struct cw_rule_address *candidate, struct cw_error *err)
{
    struct cw_hits *hits = question->hits;
    struct cw_address mine;
    const enum cw_address_error why = cw_rule_address_decode(candidate, &mine);
    CW_ASSERT(why == CW_ADDRESS_OK);
    const enum cw_relation relation = cw_address_relation(&mine, question->asked, NULL);
    if (relation == CW_RELATION_NONE || !cw_rule_has_relation(rule, relation)) {
        return CW_OK;
    }
    struct cw_hit hit = {
        .rule = rule,
        .listing = question->listing,
        .relation = relation,
        .address_value = candidate->value,
    };
    char canonical[CW_CANONICAL_BYTES];
    cw_address_canonical(&mine, canonical);
    for (size_t i = question->first; i < hits->count; i++) {
        struct cw_hit *known = &hits->items[i];
        if (known->rule == rule && cw_span_is(known->address_canonical, canonical)) {
            if (relation < known->relation) {
                known->relation = relation;
                known->address_value = candidate->value;
            }
            return CW_OK;
        }
    }
    const enum cw_status status =
        keep_canonical(hits, hit.listing, cw_span_cstr(canonical), &hit.address_canonical, err);
    return status == CW_OK ? add_hit(question->book, hits, &hit, err) : status;
}

static enum cw_status ask(const struct cw_book *book, const struct cw_address *asked,
                          const struct cw_listing *listing, struct cw_hits *hits,
                          struct cw_error *err)
{
    struct cw_probe probes[CW_LINKS_MAX];
    const size_t count = cw_address_probes(asked, probes);
    const struct question question = {
        .book = book, .asked = asked, .listing = listing, .hits = hits, .first = hits->count};
    for (size_t p = 0; p < count; p++) {
        for (size_t i = lower_bound(book, &probes[p], 0);
             i < book->count &&
             memcmp(book->entries[i].probe.bytes, probes[p].bytes, sizeof(probes[p].bytes)) == 0;
             i++) {
            const struct cw_rule *rule = cw_rules_at(book->rules, book->entries[i].rule);
            const struct cw_rule_address *candidate = &rule->addresses[book->entries[i].address];
            const enum cw_status status = judge(&question, rule, candidate, err);
            if (status != CW_OK) {
                return status;
            }
        }
    }
    return CW_OK;
}

static bool holds_text(const char *const *texts, struct cw_span wanted)
{
    for (size_t i = 0; texts[i] != NULL; i++) {
        if (cw_span_is(wanted, texts[i])) {
            return true;
        }
    }
    return false;
}

static bool selects(const struct cw_rule_party *party, struct cw_span feed,
                    const struct cw_listing *listing)
{
    if (!cw_span_is(feed, party->feed)) {
        return false;
    }
    if (holds_text(party->entry_ids, listing->entry_id) ||
        holds_text(party->names, listing->entry_name)) {
        return true;
    }
    for (size_t i = 0; i < listing->programs_count; i++) {
        if (holds_text(party->programs, listing->programs[i])) {
            return true;
        }
    }
    for (size_t i = 0; i < listing->related_count; i++) {
        if (holds_text(party->related_to, listing->related[i].entry_id)) {
            return true;
        }
    }
    return false;
}

static bool is_same_key(const struct cw_rule_address *own, const struct cw_address *listed)
{
    struct cw_address mine;
    char my_key[CW_CANONICAL_BYTES];
    char listed_key[CW_CANONICAL_BYTES];
    const enum cw_address_error why = cw_rule_address_decode(own, &mine);
    CW_ASSERT(why == CW_ADDRESS_OK);
    const enum cw_relation relation = cw_address_relation(&mine, listed, NULL);
    if (relation == CW_RELATION_EXACT || relation == CW_RELATION_ENCODING) {
        return true;
    }
    /* one account under two destination tags is one key, though the relation is a weaker one */
    cw_address_canonical(&mine, my_key);
    cw_address_canonical(listed, listed_key);
    return strcmp(my_key, listed_key) == 0;
}

/* True when the rule watches this very key already, whether or not it alerts on that relation: then
 * the party says nothing more. Hits cannot answer this, the rule's filter has been over them. */
static bool has_own_key(const struct cw_book *book, uint32_t rule, const struct cw_address *listed)
{
    struct cw_probe probes[CW_LINKS_MAX];
    const size_t count = cw_address_probes(listed, probes);
    const struct cw_rule_address *own = cw_rules_at(book->rules, rule)->addresses;
    for (size_t p = 0; p < count; p++) {
        for (size_t i = lower_bound(book, &probes[p], rule);
             i < book->count && book->entries[i].rule == rule &&
             memcmp(book->entries[i].probe.bytes, probes[p].bytes, sizeof(probes[p].bytes)) == 0;
             i++) {
            if (is_same_key(&own[book->entries[i].address], listed)) {
                return true;
            }
        }
    }
    return false;
}

/* `listed` is NULL when the listing's text does not decode any more. */
static enum cw_status match_parties(const struct cw_book *book, struct cw_span feed,
                                    const struct cw_listing *listing,
                                    const struct cw_address *listed, struct cw_hits *hits,
                                    struct cw_error *err)
{
    for (size_t r = 0; r < cw_rules_count(book->rules); r++) {
        const struct cw_rule *rule = cw_rules_at(book->rules, r);
        bool is_selected = false;
        for (size_t p = 0; p < rule->parties_count && !is_selected; p++) {
            is_selected = selects(&rule->parties[p], feed, listing);
        }
        if (!is_selected || !cw_rule_has_relation(rule, CW_RELATION_ENTITY) ||
            (listed != NULL && has_own_key(book, (uint32_t)r, listed))) {
            continue;
        }
        const struct cw_hit hit = {
            .rule = rule,
            .listing = listing,
            .relation = CW_RELATION_ENTITY,
            .address_value = listing->value,
            .address_canonical = listing->canonical,
        };
        const enum cw_status status = add_hit(book, hits, &hit, err);
        if (status != CW_OK) {
            return status;
        }
    }
    return CW_OK;
}

static int compare_hits(const void *left, const void *right)
{
    const struct cw_hit *a = left;
    const struct cw_hit *b = right;
    const int by_rule = strcmp(a->rule->id, b->rule->id);
    return by_rule != 0 ? by_rule : cw_span_compare(a->address_canonical, b->address_canonical);
}

enum cw_status cw_book_match(const struct cw_book *book, struct cw_span feed,
                             const struct cw_listing *listing, struct cw_hits *hits,
                             struct cw_error *err)
{
    if (listing->is_reserved) {
        return CW_OK;
    }
    const size_t first = hits->count;
    struct cw_address address;
    const enum cw_address_error why =
        cw_address_parse(listing->value, listing->tag, CW_ADDRESS_LIST, &address);
    /* A listing was decoded once; a newer decoder may refuse what an older one took. Its party can
     * still be followed. */
    if (why == CW_ADDRESS_OK) {
        const enum cw_status status = ask(book, &address, listing, hits, err);
        if (status != CW_OK) {
            return status;
        }
    }
    const enum cw_status status =
        match_parties(book, feed, listing, why == CW_ADDRESS_OK ? &address : NULL, hits, err);
    if (status == CW_OK && hits->count - first > 1) {
        qsort(hits->items + first, hits->count - first, sizeof(*hits->items), compare_hits);
    }
    return status;
}

enum cw_status cw_book_ask(const struct cw_book *book, const struct cw_address *asked,
                           struct cw_hits *hits, struct cw_error *err)
{
    const size_t first = hits->count;
    const enum cw_status status = ask(book, asked, NULL, hits, err);
    if (status == CW_OK && hits->count - first > 1) {
        qsort(hits->items + first, hits->count - first, sizeof(*hits->items), compare_hits);
    }
    return status;
}
