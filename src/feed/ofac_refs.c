#include "feed/ofac_refs.h"

enum { REFS_MAX = 65536, REFS_FIRST_CAP = 256 };

static const struct cw_span CURRENCY = {"Digital Currency Address", 24};

static const struct {
    enum cw_ofac_ref_kind kind;
    enum cw_ofac_meaning meaning;
    const char *text;
} MEANINGS[] = {
    {OFAC_REF_SANCTIONS, OFAC_PROGRAM, "Program"},
    {OFAC_REF_NAME_PART, OFAC_LAST_NAME, "Last Name"},
    {OFAC_REF_NAME_STATUS, OFAC_PRIMARY_LATIN, "Primary Latin"},
    {OFAC_REF_RELIABILITY, OFAC_FALSE, "False"},
    {OFAC_REF_RELIABILITY, OFAC_UNSAID, "Unknown"},
};

void cw_ofac_refs_clear(struct cw_ofac_refs *refs)
{
    free(refs->items);
    *refs = (struct cw_ofac_refs){0};
}

static bool reserve(struct cw_ofac_refs *refs)
{
    if (refs->count < refs->cap) {
        return true;
    }
    const size_t cap = refs->cap == 0 ? REFS_FIRST_CAP : 2 * refs->cap;
    struct cw_ofac_ref *items = realloc(refs->items, cap * sizeof(*items));
    if (items == NULL) {
        return false;
    }
    refs->items = items;
    refs->cap = cap;
    return true;
}

/* "Digital Currency Address - XBT": what follows the dash is the tag. */
static void read_meaning(struct cw_ofac_ref *ref)
{
    const struct cw_span head = cw_span_slice(ref->text, 0, CURRENCY.len);
    if (ref->kind == OFAC_REF_FEATURE && cw_span_equal_nocase(head, CURRENCY)) {
        const struct cw_span rest =
            cw_span_trim(cw_span_slice(ref->text, CURRENCY.len, ref->text.len));
        ref->meaning = OFAC_CURRENCY;
        ref->tag = cw_span_starts_with(rest, CW_SPAN("-"))
                       ? cw_span_trim(cw_span_slice(rest, 1, rest.len))
                       : rest;
    }
    for (size_t i = 0; i < CW_COUNT(MEANINGS); i++) {
        if (MEANINGS[i].kind == ref->kind &&
            cw_span_equal_nocase(ref->text, cw_span_cstr(MEANINGS[i].text))) {
            ref->meaning = MEANINGS[i].meaning;
        }
    }
}

enum cw_status cw_ofac_refs_add(struct cw_ofac_refs *refs, struct cw_arena *arena,
                                const struct cw_ofac_ref *ref, struct cw_error *err)
{
    CW_ASSERT(!refs->is_sealed);
    CW_ASSERT(ref->kind < OFAC_REF_KINDS);
    if (refs->count == REFS_MAX) {
        return cw_error_set(err, CW_LIMIT, "more than %d reference values", REFS_MAX);
    }
    struct cw_ofac_ref copy = *ref;
    copy.text = cw_arena_copy(arena, cw_span_trim(ref->text));
    if (copy.text.data == NULL && cw_arena_status(arena) == CW_LIMIT) {
        return cw_error_set(err, CW_LIMIT,
                            "the reference values of this list need too much memory");
    }
    if (copy.text.data == NULL || !reserve(refs)) {
        return cw_error_set(err, CW_NOMEM, "out of memory for reference values");
    }
    read_meaning(&copy);
    refs->items[refs->count++] = copy;
    return CW_OK;
}

static int compare(const void *left, const void *right)
{
    const struct cw_ofac_ref *a = left;
    const struct cw_ofac_ref *b = right;
    if (a->kind != b->kind) {
        return a->kind < b->kind ? -1 : 1;
    }
    return a->id == b->id ? 0 : a->id < b->id ? -1 : 1;
}

static bool has_meaning(const struct cw_ofac_refs *refs, enum cw_ofac_meaning meaning)
{
    for (size_t i = 0; i < refs->count; i++) {
        if (refs->items[i].meaning == meaning) {
            return true;
        }
    }
    return false;
}

enum cw_status cw_ofac_refs_seal(struct cw_ofac_refs *refs, struct cw_error *err)
{
    CW_ASSERT(!refs->is_sealed);
    if (refs->count > 0) {
        qsort(refs->items, refs->count, sizeof(*refs->items), compare);
    }
    for (size_t i = 1; i < refs->count; i++) {
        if (compare(&refs->items[i - 1], &refs->items[i]) == 0) {
            return cw_error_set(err, CW_UNTRUSTED, "reference value %llu is defined twice",
                                (unsigned long long)refs->items[i].id);
        }
    }
    if (!has_meaning(refs, OFAC_CURRENCY)) {
        return cw_error_set(err, CW_UNTRUSTED,
                            "no feature type \"Digital Currency Address\" among the reference "
                            "values: not the list it should be");
    }
    if (!has_meaning(refs, OFAC_PROGRAM)) {
        return cw_error_set(err, CW_UNTRUSTED,
                            "no sanctions type \"Program\" among the reference values");
    }
    refs->is_sealed = true;
    return CW_OK;
}

const struct cw_ofac_ref *cw_ofac_refs_find(const struct cw_ofac_refs *refs,
                                            enum cw_ofac_ref_kind kind, uint64_t id)
{
    CW_ASSERT(refs->is_sealed);
    const struct cw_ofac_ref wanted = {.id = id, .kind = kind};
    return bsearch(&wanted, refs->items, refs->count, sizeof(*refs->items), compare);
}
