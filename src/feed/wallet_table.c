#include "feed/wallet_table.h"

#include <assert.h>

#include "base/limits.h"
#include "base/text.h"
#include "crypto/hash.h"

/* A full OpenSanctions export of 2024 has some 500,000 sanctions (46 bytes each here) and fewer
 * than 100,000 names of sanctioned or criminal parties. */
enum { WALLETS_BYTES_MAX = 48 << 20, FIRST_CAP = 1024, PROGRAMS_MAX = 4096 };

enum cw_status cw_wallets_init(struct cw_wallets *table, struct cw_error *err)
{
    *table = (struct cw_wallets){.arena = cw_arena_new(WALLETS_BYTES_MAX)};
    return table->arena != NULL ? CW_OK : cw_error_set(err, CW_NOMEM, "out of memory");
}

void cw_wallets_clear(struct cw_wallets *table)
{
    cw_arena_free(table->arena);
    free(table->sanctions);
    free(table->names);
    free(table->programs);
    *table = (struct cw_wallets){0};
}

struct cw_wallet_key cw_wallet_key_of(struct cw_span id)
{
    struct cw_wallet_key key;
    cw_blake2b(id, NULL, key.bytes, sizeof(key.bytes));
    return key;
}

static enum cw_status full(struct cw_error *err)
{
    return cw_error_set(err, CW_LIMIT,
                        "wallets, holders and sanctions need more than %d bytes of memory",
                        WALLETS_BYTES_MAX);
}

/* Makes room for one more item of an array; what was there moves. Counted against the same bound as
 * the arena. */
static enum cw_status grow(void **items, size_t size, size_t count, size_t *cap,
                           struct cw_error *err)
{
    if (count < *cap) {
        return CW_OK;
    }
    const size_t wanted = *cap == 0 ? FIRST_CAP : 2 * *cap;
    if (wanted > WALLETS_BYTES_MAX / size) {
        return full(err);
    }
    void *moved = realloc(*items, wanted * size);
    if (moved == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory");
    }
    *items = moved;
    *cap = wanted;
    return CW_OK;
}

static bool copy(struct cw_wallets *table, struct cw_span *text)
{
    *text = cw_arena_copy(table->arena, *text);
    return text->data != NULL;
}

/* As much of a note as main keeps; one that many wallets share is there once. */
static bool copy_note(struct cw_wallets *table, struct cw_span *note)
{
    const struct cw_span kept = cw_utf8_cut(*note, CW_ENTRY_NOTE_MAX);
    if (table->last != NULL && kept.len > 0 && cw_span_equal(table->last->note, kept)) {
        *note = table->last->note;
        return true;
    }
    *note = kept;
    return copy(table, note);
}

enum cw_status cw_wallet_add(struct cw_wallets *table, const struct cw_wallet *wallet,
                             struct cw_error *err)
{
    struct cw_wallet *added = cw_arena_alloc(table->arena, sizeof(*added));
    if (added == NULL) {
        return full(err);
    }
    *added = *wallet;
    added->next = NULL;
    if (!copy(table, &added->id) || !copy(table, &added->holder) || !copy(table, &added->value) ||
        !copy(table, &added->tag) || !copy_note(table, &added->note) ||
        !copy(table, &added->version) || !copy(table, &added->error)) {
        return full(err);
    }
    if (table->last != NULL) {
        table->last->next = added;
    } else {
        table->wallets = added;
    }
    table->last = added;
    return CW_OK;
}

enum cw_status cw_wallet_add_name(struct cw_wallets *table, struct cw_span id, struct cw_span text,
                                  struct cw_error *err)
{
    void *items = table->names;
    const enum cw_status status =
        grow(&items, sizeof(*table->names), table->names_count, &table->names_cap, err);
    table->names = items;
    if (status != CW_OK) {
        return status;
    }
    struct cw_wallet_name *name = &table->names[table->names_count];
    *name = (struct cw_wallet_name){.of = cw_wallet_key_of(id), .text = text};
    if (!copy(table, &name->text)) {
        return full(err);
    }
    table->names_count++;
    return CW_OK;
}

/* Where a programme stands among those in order, or would. */
static size_t program_place(const struct cw_wallets *table, struct cw_span program)
{
    size_t low = 0;
    size_t high = table->programs_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (cw_span_compare(table->programs[table->programs_order[middle]], program) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static enum cw_status add_program(struct cw_wallets *table, struct cw_span program, size_t place,
                                  struct cw_error *err)
{
    if (table->programs_count == PROGRAMS_MAX) {
        return cw_error_set(err, CW_LIMIT, "more than %d different programmes", PROGRAMS_MAX);
    }
    if (table->programs_order == NULL) {
        table->programs_order =
            cw_arena_array(table->arena, PROGRAMS_MAX, sizeof(*table->programs_order));
    }
    void *items = table->programs;
    const enum cw_status status =
        grow(&items, sizeof(*table->programs), table->programs_count, &table->programs_cap, err);
    table->programs = items;
    if (status != CW_OK || table->programs_order == NULL || !copy(table, &program)) {
        return status != CW_OK ? status : full(err);
    }
    static_assert(PROGRAMS_MAX <= UINT16_MAX, "an index of a programme has 16 bits");
    uint16_t *order = &table->programs_order[place];
    memmove(order + 1, order, (table->programs_count - place) * sizeof(*order));
    *order = (uint16_t)table->programs_count;
    table->programs[table->programs_count++] = program;
    return CW_OK;
}

static enum cw_status find_program(struct cw_wallets *table, struct cw_span program, uint32_t *ret,
                                   struct cw_error *err)
{
    *ret = UINT32_MAX;
    if (program.len == 0) {
        return CW_OK;
    }
    const size_t place = program_place(table, program);
    if (place == table->programs_count ||
        !cw_span_equal(table->programs[table->programs_order[place]], program)) {
        const enum cw_status status = add_program(table, program, place, err);
        if (status != CW_OK) {
            return status;
        }
    }
    *ret = table->programs_order[place];
    return CW_OK;
}

enum cw_status cw_wallet_add_sanction(struct cw_wallets *table,
                                      const struct cw_wallet_sanction *sanction,
                                      struct cw_span program, struct cw_error *err)
{
    uint32_t index = 0;
    void *items = table->sanctions;
    enum cw_status status = find_program(table, program, &index, err);
    if (status == CW_OK) {
        status = grow(&items, sizeof(*table->sanctions), table->sanctions_count,
                      &table->sanctions_cap, err);
        table->sanctions = items;
    }
    if (status != CW_OK) {
        return status;
    }
    table->sanctions[table->sanctions_count] = *sanction;
    table->sanctions[table->sanctions_count++].program = index;
    return CW_OK;
}

static int compare_sanctions(const void *a, const void *b)
{
    const struct cw_wallet_sanction *x = a;
    const struct cw_wallet_sanction *y = b;
    const int by_key = memcmp(&x->of, &y->of, sizeof(x->of));
    const int by_date = by_key != 0 ? by_key : strcmp(x->from, y->from);
    const int by_end = by_date != 0 ? by_date : strcmp(x->until, y->until);
    return by_end != 0 ? by_end : (x->program > y->program) - (x->program < y->program);
}

static int compare_names(const void *a, const void *b)
{
    const struct cw_wallet_name *x = a;
    const struct cw_wallet_name *y = b;
    const int by_key = memcmp(&x->of, &y->of, sizeof(x->of));
    return by_key != 0 ? by_key : cw_span_compare(x->text, y->text);
}

void cw_wallets_seal(struct cw_wallets *table)
{
    if (table->sanctions_count > 0) {
        qsort(table->sanctions, table->sanctions_count, sizeof(*table->sanctions),
              compare_sanctions);
    }
    if (table->names_count > 0) {
        qsort(table->names, table->names_count, sizeof(*table->names), compare_names);
    }
}

enum side { AT, BEHIND };

/* First item whose leading key is not below the wanted one, or the first behind those that have it:
 * an entity may have as many as a list has lines. */
static size_t bound(const void *items, size_t size, size_t count, const struct cw_wallet_key *key,
                    enum side side)
{
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = memcmp((const char *)items + middle * size, key, sizeof(*key));
        if (order < 0 || (order == 0 && side == BEHIND)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The items of a key. */
struct range {
    size_t from;
    size_t to;
};

static struct range names_of(const struct cw_wallets *table, struct cw_span id)
{
    const struct cw_wallet_key key = cw_wallet_key_of(id);
    const struct cw_wallet_name *names = table->names;
    return (struct range){bound(names, sizeof(*names), table->names_count, &key, AT),
                          bound(names, sizeof(*names), table->names_count, &key, BEHIND)};
}

struct cw_span cw_wallet_find_name(const struct cw_wallets *table, struct cw_span id)
{
    const struct range found = names_of(table, id);
    return found.from < found.to ? table->names[found.from].text : CW_SPAN("");
}

struct cw_span cw_wallet_find_last_name(const struct cw_wallets *table, struct cw_span id)
{
    const struct range found = names_of(table, id);
    return found.from < found.to ? table->names[found.to - 1].text : CW_SPAN("");
}

const struct cw_wallet_sanction *cw_wallet_find_sanctions(const struct cw_wallets *table,
                                                          struct cw_span id, size_t *ret_count)
{
    const struct cw_wallet_key key = cw_wallet_key_of(id);
    const struct cw_wallet_sanction *sanctions = table->sanctions;
    const size_t from = bound(sanctions, sizeof(*sanctions), table->sanctions_count, &key, AT);
    const size_t to = bound(sanctions, sizeof(*sanctions), table->sanctions_count, &key, BEHIND);
    *ret_count = to - from;
    return to > from ? &sanctions[from] : NULL;
}
