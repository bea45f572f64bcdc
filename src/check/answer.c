#include <stdarg.h>

#include "base/arena.h"
#include "base/text.h"
#include "check/internal.h"

/* The memory behind an answer. Arrays grow by doubling, strings live in the arena. */
struct owned {
    struct cw_arena *arena;
    size_t matches_cap;
    size_t reasons_cap;
    size_t unshown; /* matches past CW_ANSWER_MATCHES_MAX */
    bool is_short;  /* something did not fit: the answer must not be used */
};

enum cw_status cw_answer_begin(struct cw_answer *answer, struct cw_error *err)
{
    *answer = (struct cw_answer){.verdict = CW_VERDICT_CANNOT_SAY};
    struct owned *owned = calloc(1, sizeof(*owned));
    if (owned != NULL) {
        owned->arena = cw_arena_new(CW_ANSWER_ARENA_BYTES);
    }
    if (owned == NULL || owned->arena == NULL) {
        free(owned);
        return cw_error_set(err, CW_NOMEM, "out of memory for an answer");
    }
    answer->owned = owned;
    return CW_OK;
}

void cw_answer_clear(struct cw_answer *answer)
{
    struct owned *owned = answer->owned;
    if (owned != NULL) {
        cw_arena_free(owned->arena);
        free(owned);
    }
    free(answer->matches);
    free(answer->reasons);
    *answer = (struct cw_answer){0};
}

const char *cw_answer_keep(struct cw_answer *answer, struct cw_span text)
{
    struct owned *owned = answer->owned;
    const struct cw_span kept = cw_arena_copy(owned->arena, text);
    if (kept.data == NULL) {
        owned->is_short = true;
        return "";
    }
    return kept.data;
}

const char *const *cw_answer_keep_array(struct cw_answer *answer, const struct cw_span *items,
                                        size_t count)
{
    static const char *const none[] = {NULL};
    struct owned *owned = answer->owned;
    const char **kept = cw_arena_array(owned->arena, count + 1, sizeof(*kept));
    if (kept == NULL) {
        owned->is_short = true;
        return none;
    }
    for (size_t i = 0; i < count; i++) {
        kept[i] = cw_answer_keep(answer, items[i]);
    }
    return kept;
}

/* Room for one more element and a NULL after it. */
static bool grow(void **items, size_t count, size_t *cap, size_t size)
{
    if (count + 1 < *cap) {
        return true;
    }
    const size_t wanted = *cap == 0 ? 8 : *cap * 2;
    void *moved = realloc(*items, wanted * size);
    if (moved == NULL) {
        return false;
    }
    *items = moved;
    *cap = wanted;
    return true;
}

void cw_answer_reason(struct cw_answer *answer, const char *fmt, ...)
{
    struct owned *owned = answer->owned;
    char text[512];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    char safe[512];
    cw_text_escape_to(safe, sizeof(safe), cw_span_cstr(text));
    const struct cw_span kept = cw_arena_copy(owned->arena, cw_span_cstr(safe));
    if (kept.data == NULL || !grow((void **)&answer->reasons, answer->reasons_count,
                                   &owned->reasons_cap, sizeof(*answer->reasons))) {
        owned->is_short = true;
        return;
    }
    char *reason = cw_arena_alloc(owned->arena, kept.len + 1);
    if (reason == NULL) {
        owned->is_short = true;
        return;
    }
    memcpy(reason, kept.data, kept.len);
    answer->reasons[answer->reasons_count++] = reason;
    answer->reasons[answer->reasons_count] = NULL;
}

struct cw_check_match *cw_answer_match(struct cw_answer *answer, bool is_telling)
{
    struct owned *owned = answer->owned;
    if (answer->matches_count >= CW_ANSWER_MATCHES_MAX) {
        owned->unshown++;
        if (!is_telling) {
            return NULL;
        }
        answer->matches_count--;
    }
    if (!grow((void **)&answer->matches, answer->matches_count, &owned->matches_cap,
              sizeof(*answer->matches))) {
        owned->is_short = true;
        return NULL;
    }
    struct cw_check_match *match = &answer->matches[answer->matches_count++];
    *match = (struct cw_check_match){
        .listed_value = "", .entry_id = "", .entry_name = "", .listed_on = "", .canonical = ""};
    return match;
}

static int compare_matches(const void *left, const void *right)
{
    const struct cw_check_match *a = left;
    const struct cw_check_match *b = right;
    if (a->relation != b->relation) {
        return a->relation < b->relation ? -1 : 1;
    }
    if (a->is_active != b->is_active) {
        return a->is_active ? -1 : 1;
    }
    const int by_source = strcmp(a->source_id, b->source_id);
    if (by_source != 0) {
        return by_source;
    }
    const int by_entry = strcmp(a->entry_id, b->entry_id);
    return by_entry != 0 ? by_entry : strcmp(a->listed_value, b->listed_value);
}

enum cw_status cw_answer_finish(struct cw_answer *answer, struct cw_error *err)
{
    const struct owned *owned = answer->owned;
    if (owned->unshown > 0) {
        cw_answer_reason(answer, "%zu more matches are not shown", owned->unshown);
    }
    if (owned->is_short) {
        return cw_error_set(err, CW_NOMEM, "out of memory for an answer");
    }
    if (answer->matches_count > 1) {
        qsort(answer->matches, answer->matches_count, sizeof(*answer->matches), compare_matches);
    }
    return CW_OK;
}
