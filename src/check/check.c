#include "check/check.h"

#include "address/reason.h"
#include "base/text.h"
#include "check/internal.h"

/* ---- matches ------------------------------------------------------------------------------- */

enum { OPAQUE_REASONS_MAX = 10 };

struct asking {
    const struct cw_check *check;
    struct cw_answer *answer;
    const struct cw_address *asked;
    struct cw_verdict_facts facts; /* over all matches, also those that are not shown */
    size_t opaque;                 /* entries with this very text */
    bool is_text; /* a text that somebody asked about, not one found in a document */
};

/* Counts a match for the verdict; the place to describe it, or NULL when enough are shown. */
static struct cw_check_match *add_match(struct asking *asking, enum cw_relation relation,
                                        bool is_active)
{
    return cw_answer_match(asking->answer,
                           cw_verdict_add_match(&asking->facts, relation, is_active));
}

static struct cw_span own_id(const struct cw_index_item *item)
{
    return item->kind == CW_INDEX_RULE ? item->source_id : item->entry_id;
}

static void describe(const struct asking *asking, const struct cw_index_item *item,
                     struct cw_check_match *match)
{
    struct cw_answer *answer = asking->answer;
    const bool is_rule = item->kind == CW_INDEX_RULE;
    match->is_rule = is_rule;
    (void)snprintf(match->source_id, sizeof(match->source_id), "%.*s",
                   CW_SPAN_ARG(item->source_id));
    match->listed_value = cw_answer_keep(answer, item->value);
    match->entry_id = cw_answer_keep(answer, own_id(item));
    match->entry_name = cw_answer_keep(answer, is_rule ? item->title : item->entry_name);
    match->listed_on = cw_answer_keep(answer, item->listed_on);
    match->programs = cw_answer_keep_array(answer, item->programs, item->programs_count);
}

/* A case may spell one key twice: it is one match, by its strongest relation. Cases come first, and
 * each one's addresses together. */
static struct cw_check_match *known_match(struct asking *asking, const struct cw_index_item *item)
{
    struct cw_answer *answer = asking->answer;
    for (size_t i = answer->matches_count; item->kind == CW_INDEX_RULE && i-- > 0;) {
        struct cw_check_match *match = &answer->matches[i];
        if (!match->is_rule || !cw_span_is(item->source_id, match->source_id)) {
            break;
        }
        if (cw_span_is(item->canonical, match->canonical)) {
            return match;
        }
    }
    return NULL;
}

static enum cw_status on_found(void *ctx, const struct cw_index_item *item,
                               enum cw_relation relation, struct cw_error *err)
{
    (void)err;
    struct asking *asking = ctx;
    const struct cw_standing standing = cw_check_standing(asking->check, item);
    struct cw_check_match *match = known_match(asking, item);
    if (match != NULL) {
        const bool is_stronger = relation < match->relation;
        match->relation = is_stronger ? relation : match->relation;
        match->listed_value =
            is_stronger ? cw_answer_keep(asking->answer, item->value) : match->listed_value;
        asking->facts.is_listed |= is_stronger && cw_relation_is_same_key(relation);
        return CW_OK;
    }
    asking->answer->of_cases += item->kind == CW_INDEX_RULE ? 1 : 0;
    asking->answer->of_lists += item->kind == CW_INDEX_RULE ? 0 : 1;
    match = add_match(asking, relation, standing.is_active);
    if (match == NULL) {
        return CW_OK; /* counted; cw_answer_finish says so */
    }
    match->relation = relation;
    match->is_active = standing.is_active;
    match->delisted_on_s = standing.ended_s;
    match->canonical =
        item->kind == CW_INDEX_RULE ? cw_answer_keep(asking->answer, item->canonical) : "";
    describe(asking, item, match);
    cw_check_note_dates(asking->check, item, asking->answer);
    return CW_OK;
}

/* ---- the verdict ---------------------------------------------------------------------------- */

static void decide(const struct asking *asking)
{
    struct cw_answer *answer = asking->answer;
    struct cw_verdict_facts facts = asking->facts;
    facts.is_mistyped = cw_address_checksum(asking->asked) == CW_CHECKSUM_BAD;
    facts.is_unusable = asking->opaque > 0;
    facts.is_complete = true;
    if (facts.is_mistyped) {
        cw_answer_reason(answer, "the letter case of the address fails its checksum: a character "
                                 "may be mistyped");
    }
    if (facts.is_listed) { /* the age of the other lists changes nothing, and is not spoken of */
        cw_check_note_ages(asking->check, answer);
    } else {
        facts.is_complete = cw_check_data_is_complete(asking->check, answer);
    }
    answer->verdict = cw_verdict_of(&facts);
}

static enum cw_status on_opaque(void *ctx, const struct cw_index_item *item,
                                enum cw_relation relation, struct cw_error *err)
{
    (void)relation;
    (void)err;
    struct asking *asking = ctx;
    if (asking->opaque++ < OPAQUE_REASONS_MAX) {
        cw_answer_reason(
            asking->answer, "list %.*s holds this very text as an unusable entry (%.*s, %.*s)",
            CW_SPAN_ARG(item->source_id), CW_SPAN_ARG(item->position), CW_SPAN_ARG(item->error));
    }
    return CW_OK;
}

static enum cw_status ask_opaque(struct asking *asking, struct cw_span text, struct cw_error *err)
{
    const enum cw_status status =
        cw_index_find_opaque(asking->check->index, text, on_opaque, asking, err);
    if (asking->opaque > OPAQUE_REASONS_MAX) {
        cw_answer_reason(asking->answer, "%zu more entries hold it",
                         asking->opaque - OPAQUE_REASONS_MAX);
    }
    return status;
}

static enum cw_status answer_undecoded(struct asking *asking, struct cw_span text,
                                       enum cw_address_error why, struct cw_error *err)
{
    struct cw_answer *answer = asking->answer;
    char reason[CW_ADDRESS_REASON_BYTES];
    cw_address_reason(text, CW_SPAN(""), why, reason);
    answer->verdict = CW_VERDICT_CANNOT_SAY;
    cw_answer_reason(answer, "%s: %s", cw_address_error_code(why), reason);
    if (why == CW_ADDRESS_SECRET || text.len > CW_ADDRESS_FIELD_MAX) {
        return CW_OK;
    }
    const enum cw_status status = ask_opaque(asking, text, err);
    return status == CW_OK ? cw_check_note_looks(asking->check, text, NULL, answer, err) : status;
}

/* Looks the key up and gives the verdict. */
static enum cw_status answer_key(struct asking *asking, struct cw_error *err)
{
    struct cw_answer *answer = asking->answer;
    char canonical[CW_CANONICAL_BYTES];
    cw_address_canonical(asking->asked, canonical);
    answer->canonical = cw_answer_keep(answer, cw_span_cstr(canonical));
    /* The index tells our own cases first: however often a list repeats a key, they are shown. */
    enum cw_status status =
        cw_index_find(asking->check->index, asking->asked, on_found, asking, err);
    if (status == CW_OK && asking->is_text && !asking->facts.is_related &&
        cw_index_is_asked_digits(asking->asked)) {
        status = ask_opaque(asking, cw_address_source(asking->asked), err);
    }
    if (status == CW_OK) {
        decide(asking);
    }
    return status;
}

static enum cw_status answer_decoded(struct asking *asking, struct cw_error *err)
{
    const enum cw_status status = answer_key(asking, err);
    return status != CW_OK || asking->facts.is_related
               ? status
               : cw_check_note_looks(asking->check, (struct cw_span){NULL, 0}, asking->asked,
                                     asking->answer, err);
}

enum cw_status cw_check_ask(struct cw_check *check, struct cw_span text, struct cw_answer *ret,
                            struct cw_error *err)
{
    enum cw_status status = cw_answer_begin(ret, err);
    if (status != CW_OK) {
        return status;
    }
    struct cw_address address;
    const enum cw_address_error why = cw_address_ask(text, &address);
    struct asking asking = {.check = check, .answer = ret, .asked = &address, .is_text = true};
    /* What is shown of a question is bounded; a secret is not shown at all. */
    const struct cw_span shown =
        why == CW_ADDRESS_SECRET ? CW_SPAN("") : cw_span_slice(text, 0, CW_ADDRESS_FIELD_MAX);
    ret->input = cw_answer_keep(ret, shown);
    ret->input_len = shown.len;
    ret->canonical = cw_answer_keep(ret, CW_SPAN(""));
    status = why == CW_ADDRESS_OK ? answer_decoded(&asking, err)
                                  : answer_undecoded(&asking, text, why, err);
    return status == CW_OK ? cw_answer_finish(ret, err) : cw_check_name_file(check, status, err);
}

enum cw_status cw_check_ask_decoded(const struct cw_check *check, struct cw_span text,
                                    const struct cw_address *address, struct cw_answer *ret,
                                    struct cw_error *err)
{
    enum cw_status status = cw_answer_begin(ret, err);
    if (status != CW_OK) {
        return status;
    }
    struct asking asking = {.check = check, .answer = ret, .asked = address};
    const struct cw_span shown = cw_span_slice(text, 0, CW_ADDRESS_FIELD_MAX);
    ret->input = cw_answer_keep(ret, shown);
    ret->input_len = shown.len;
    status = answer_key(&asking, err);
    return status == CW_OK ? cw_answer_finish(ret, err) : cw_check_name_file(check, status, err);
}

enum cw_status cw_check_ask_data(const struct cw_check *check, struct cw_answer *ret,
                                 struct cw_error *err)
{
    const enum cw_status status = cw_answer_begin(ret, err);
    if (status != CW_OK) {
        return status;
    }
    ret->input = cw_answer_keep(ret, CW_SPAN(""));
    ret->canonical = cw_answer_keep(ret, CW_SPAN(""));
    ret->verdict = cw_check_data_is_complete(check, ret) ? CW_VERDICT_CLEAR : CW_VERDICT_CANNOT_SAY;
    return cw_answer_finish(ret, err);
}

/* ---- the verdict alone ---------------------------------------------------------------------- */

struct judging {
    const struct cw_check *check;
    struct cw_check_against against;
    struct cw_verdict_facts facts;
};

static enum cw_status on_judged(void *ctx, const struct cw_index_item *item,
                                enum cw_relation relation, struct cw_error *err)
{
    struct judging *judging = ctx;
    if (item->kind == CW_INDEX_RULE ? judging->against.is_cases : judging->against.is_lists) {
        (void)cw_verdict_add_match(&judging->facts, relation,
                                   cw_check_standing(judging->check, item).is_active);
    }
    return judging->facts.is_listed ? cw_error_set(err, CW_INVALID, "certain") : CW_OK;
}

enum cw_status cw_check_judge(const struct cw_check *check, const struct cw_address *address,
                              struct cw_check_against against, enum cw_verdict *ret,
                              struct cw_error *err)
{
    struct judging judging = {.check = check, .against = against};
    const enum cw_status status = cw_index_find(check->index, address, on_judged, &judging, err);
    *ret = judging.facts.is_listed    ? CW_VERDICT_LISTED
           : judging.facts.is_related ? CW_VERDICT_RELATED
                                      : CW_VERDICT_CLEAR;
    return judging.facts.is_listed ? CW_OK : cw_check_name_file(check, status, err);
}
