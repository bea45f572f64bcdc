/* days.c: rows of a day, a case and a list, each found again in constant time: a first scan tells
 * of all cases on all lists in one day. */
#include "crypto/siphash.h"
#include "report/facts.h"
#include "store/review.h"

#define DAY_S INT64_C(86400)
enum { ROWS_FIRST = 256, SLOTS_PER_ROW = 2 };

/* Rows take what the arena may take, too: past that the report is too large. */
enum { ROWS_MAX = CW_REPORT_MEMORY_MAX / sizeof(struct cw_report_day) };

/* No secret is in it: the ids are those of the operator's own files, and the same state has to give
 * the same page. */
static size_t hash(const struct cw_report_day *row)
{
    uint8_t key[CW_SIPHASH_KEY_BYTES] = {0};
    memcpy(key, &row->day_s, sizeof(row->day_s));
    const uint64_t first = cw_siphash(key, row->case_id);
    memcpy(key + sizeof(row->day_s), &first, sizeof(first));
    return (size_t)cw_siphash(key, row->feed);
}

static bool is_same(const struct cw_report_day *a, const struct cw_report_day *b)
{
    return a->day_s == b->day_s && cw_span_equal(a->case_id, b->case_id) &&
           cw_span_equal(a->feed, b->feed);
}

/* The slot that holds the row, or the free one where it belongs. A slot is 0, or a row's place and
 * one; half of them are free. */
static uint32_t *find_slot(const struct cw_report_facts *facts, const struct cw_report_day *row)
{
    const size_t mask = facts->days_cap * SLOTS_PER_ROW - 1;
    size_t at = hash(row) & mask;
    while (facts->days_slots[at] != 0 && !is_same(&facts->days[facts->days_slots[at] - 1], row)) {
        at = (at + 1) & mask;
    }
    return &facts->days_slots[at];
}

static bool grow(struct cw_report_facts *facts)
{
    const size_t cap = facts->days_cap == 0 ? ROWS_FIRST : facts->days_cap * 2;
    if (cap > ROWS_MAX) {
        cw_arena_fail(facts->arena, CW_LIMIT);
        return false;
    }
    uint32_t *slots = calloc(cap * SLOTS_PER_ROW, sizeof(*slots));
    struct cw_report_day *rows =
        slots == NULL ? NULL : realloc(facts->days, cap * sizeof(*facts->days));
    if (rows == NULL) {
        free(slots);
        return false;
    }
    free(facts->days_slots);
    facts->days = rows;
    facts->days_slots = slots;
    facts->days_cap = cap;
    for (size_t i = 0; i < facts->days_count; i++) {
        *find_slot(facts, &facts->days[i]) = (uint32_t)(i + 1);
    }
    return true;
}

struct cw_report_day *cw_report_day_of(struct cw_report_facts *facts,
                                       const struct cw_alert_mark *mark)
{
    struct cw_report_day row = {.day_s = mark->created_at_s - mark->created_at_s % DAY_S,
                                .case_id = mark->case_id,
                                .feed = mark->feed};
    if (facts->days_cap > 0) {
        const uint32_t slot = *find_slot(facts, &row);
        if (slot != 0) {
            return &facts->days[slot - 1];
        }
    }
    if ((facts->days_count == facts->days_cap && !grow(facts)) ||
        !cw_report_keep(facts, mark->case_id, &row.case_id) ||
        !cw_report_keep(facts, mark->feed, &row.feed)) {
        return NULL;
    }
    CW_ASSERT(facts->days_count < facts->days_cap);
    facts->days[facts->days_count++] = row;
    *find_slot(facts, &row) = (uint32_t)facts->days_count;
    return &facts->days[facts->days_count - 1];
}

void cw_report_days_clear(struct cw_report_facts *facts)
{
    free(facts->days);
    free(facts->days_slots);
}
