#include "cli/screen_answers.h"

#include "base/mix.h"

static void forget(struct cw_answers_row *row)
{
    cw_hit_body_clear(&row->body);
    row->len = 0;
}

/* Where only the verdict matters, nothing is put together that nobody reads. */
static enum cw_status make(const struct cw_screen_answers *answers, const struct cw_screen_hit *hit,
                           struct cw_hit_body *ret, struct cw_error *err)
{
    const struct cw_hit_style *style = answers->style;
    struct cw_answer answer = {0};
    if (style->is_silent && !style->is_kept) {
        return cw_check_judge(answers->check, hit->address, cw_hit_against(style), &ret->verdict,
                              err);
    }
    enum cw_status status =
        cw_check_ask_decoded(answers->check, hit->text, hit->address, &answer, err);
    if (status == CW_OK) {
        status = cw_hit_body_make(style, hit->text, &answer, ret, err);
    }
    cw_answer_clear(&answer);
    return status;
}

enum cw_status cw_screen_answers_ask(struct cw_screen_answers *answers,
                                     const struct cw_screen_hit *hit,
                                     const struct cw_hit_body **ret, struct cw_error *err)
{
    struct cw_answers_row *row = &answers->rows[cw_mix(0, hit->text) % CW_ANSWERS_KEPT];
    *ret = &row->body;
    if (row->len > 0 && cw_span_equal(hit->text, cw_span_make(row->text, row->len))) {
        return CW_OK;
    }
    forget(row);
    const enum cw_status status = make(answers, hit, &row->body, err);
    const bool is_kept = status == CW_OK && hit->text.len <= sizeof(row->text) &&
                         row->body.json.len + row->body.shown.len <= CW_ANSWERS_BYTES_MAX;
    if (is_kept) {
        memcpy(row->text, hit->text.data, hit->text.len);
        row->len = hit->text.len;
    }
    return status;
}

void cw_screen_answers_clear(struct cw_screen_answers *answers)
{
    for (size_t i = 0; i < CW_ANSWERS_KEPT; i++) {
        forget(&answers->rows[i]);
    }
}
