#include "cli/check_receipt.h"

enum cw_status cw_receipt_draft_add(struct cw_receipt_draft *draft, struct cw_span input,
                                    struct cw_answer *answer, struct cw_error *err)
{
    char *copy = malloc(input.len + 1);
    if (draft->items == NULL) {
        draft->items = calloc(CW_RECEIPT_ANSWERS_MAX, sizeof(*draft->items));
    }
    const bool is_full = draft->count == CW_RECEIPT_ANSWERS_MAX;
    if (copy == NULL || draft->items == NULL || is_full) {
        free(copy);
        cw_answer_clear(answer);
        return is_full ? cw_error_set(err, CW_LIMIT,
                                      "one receipt holds at most %u addresses: ask in smaller "
                                      "parts; nothing was signed",
                                      CW_RECEIPT_ANSWERS_MAX)
                       : cw_error_set(err, CW_NOMEM, "out of memory");
    }
    if (input.len > 0) {
        memcpy(copy, input.data, input.len);
    }
    draft->items[draft->count++] = (struct cw_asked){*answer, copy, input.len};
    *answer = (struct cw_answer){0};
    return CW_OK;
}

void cw_receipt_draft_clear(struct cw_receipt_draft *draft)
{
    for (size_t i = 0; i < draft->count; i++) {
        cw_answer_clear(&draft->items[i].answer);
        free(draft->items[i].input);
    }
    free(draft->items);
    draft->items = NULL;
    draft->count = 0;
}

/* ---- from what `check` knows to what a receipt says ---- */

/* Arrays for the facts; freed together. */
struct parts {
    struct cw_receipt_answer *answers;
    struct cw_receipt_match *matches;
};

static void parts_clear(struct parts *parts)
{
    free(parts->answers);
    free(parts->matches);
}

static size_t count_matches(const struct cw_receipt_draft *draft)
{
    size_t count = 0;
    for (size_t i = 0; i < draft->count; i++) {
        count += draft->items[i].answer.matches_count;
    }
    return count;
}

static bool parts_new(struct parts *parts, const struct cw_receipt_draft *draft)
{
    parts->answers = calloc(draft->count + 1, sizeof(*parts->answers));
    parts->matches = calloc(count_matches(draft) + 1, sizeof(*parts->matches));
    return parts->answers != NULL && parts->matches != NULL;
}

static struct cw_receipt_match match_of(const struct cw_receipt_draft *draft,
                                        const struct cw_check_match *match)
{
    const bool is_hashed = draft->is_hashed;
    return (struct cw_receipt_match){
        .relation = cw_relation_name(match->relation),
        .source_kind = match->is_rule ? "rule" : "feed",
        .source_id = match->source_id,
        .listed_value = is_hashed ? NULL : match->listed_value,
        .entry_id = is_hashed ? NULL : match->entry_id,
        .entry_name = is_hashed ? NULL : match->entry_name,
        .listed_on = match->listed_on,
        .is_active = match->is_active,
        .delisted_on_s = match->delisted_on_s,
    };
}

/* A secret key that somebody pasted comes back from `check` without its text. */
static enum cw_receipt_input how_to_show(const struct cw_receipt_draft *draft,
                                         const struct cw_asked *asked)
{
    if (asked->answer.input_len == 0 && asked->input_len > 0) {
        return CW_RECEIPT_WITHHELD;
    }
    return draft->is_hashed ? CW_RECEIPT_HASHED : CW_RECEIPT_SHOWN;
}

static void fill_answers(const struct cw_receipt_draft *draft, struct parts *parts)
{
    size_t next = 0;
    for (size_t i = 0; i < draft->count; i++) {
        const struct cw_asked *asked = &draft->items[i];
        const struct cw_answer *answer = &asked->answer;
        parts->answers[i] = (struct cw_receipt_answer){
            .input = {asked->input, asked->input_len},
            .how = how_to_show(draft, asked),
            .canonical = draft->is_hashed ? "" : answer->canonical,
            .verdict = cw_verdict_name(answer->verdict),
            .matches = &parts->matches[next],
            .matches_count = answer->matches_count,
            .reasons = (const char *const *)answer->reasons,
            .reasons_count = draft->is_hashed ? 0 : answer->reasons_count,
        };
        for (size_t k = 0; k < answer->matches_count; k++) {
            parts->matches[next++] = match_of(draft, &answer->matches[k]);
        }
    }
}

enum cw_status cw_receipt_draft_write(const struct cw_receipt_draft *draft,
                                      const struct cw_receipt_place *place, struct cw_error *err)
{
    struct parts parts = {0};
    if (!parts_new(&parts, draft)) {
        parts_clear(&parts);
        return cw_error_set(err, CW_NOMEM, "out of memory for a receipt");
    }
    fill_answers(draft, &parts);
    struct cw_receipt_facts facts = {.answers = parts.answers, .answers_count = draft->count};
    const enum cw_status status = cw_receipt_write(place, &facts, err);
    parts_clear(&parts);
    return status;
}
