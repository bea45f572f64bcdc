#include "check/check.h"

#include "address/reason.h"
#include "base/text.h"
#include "check/internal.h"

const char *cw_verdict_name(enum cw_verdict verdict)
{
    switch (verdict) {
    case CW_VERDICT_CLEAR:
        return "clear";
    case CW_VERDICT_RELATED:
        return "related";
    case CW_VERDICT_CANNOT_SAY:
        return "cannot-say";
    case CW_VERDICT_LISTED:
        return "listed";
    }
    return "cannot-say";
}

enum cw_status cw_check_open(const struct cw_home *home, const struct cw_clock *clock,
                             struct cw_check **ret, struct cw_error *err)
{
    CW_CLEANUP(cw_check_closep) struct cw_check *check = calloc(1, sizeof(*check));
    if (check == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory");
    }
    check->home = home;
    check->now_s = cw_clock_now_s(clock);
    struct cw_error why = {0};
    enum cw_status status =
        cw_store_open(home->config->state_dir, CW_STORE_READ, &check->store, &why);
    if (status == CW_NOT_FOUND) {
        status = CW_OK;
    } else if (status == CW_OK) {
        status = cw_store_run_last(check->store, &check->generation, &check->built_at_s, &why);
    }
    if (status != CW_OK) {
        return cw_error_set(err, status, "%s", why.text);
    }
    status = cw_check_load_data(check, err);
    if (status == CW_OK) {
        status = cw_book_new(home->rules, &check->book, err);
    }
    if (status != CW_OK) {
        return status;
    }
    *ret = check;
    check = NULL;
    return CW_OK;
}

void cw_check_close(struct cw_check *check)
{
    if (check == NULL) {
        return;
    }
    cw_store_close(check->store);
    cw_book_free(check->book);
    free(check->feeds);
    free(check->filter_memory);
    free(check);
}

void cw_check_closep(struct cw_check **check)
{
    cw_check_close(*check);
    *check = NULL;
}

uint64_t cw_check_generation(const struct cw_check *check)
{
    return check->generation;
}

int64_t cw_check_built_at_s(const struct cw_check *check)
{
    return check->built_at_s;
}

size_t cw_check_feeds(const struct cw_check *check)
{
    return check->feeds_count;
}

const struct cw_data_feed *cw_check_feed_at(const struct cw_check *check, size_t index)
{
    CW_ASSERT(index < check->feeds_count);
    return &check->feeds[index];
}

/* ---- matches ------------------------------------------------------------------------------- */

enum { OPAQUE_REASONS_MAX = 10 };

struct asking {
    struct cw_check *check;
    struct cw_answer *answer;
    const struct cw_address *asked;
    bool is_listed;  /* decided over all matches, also those that are not shown */
    bool is_related; /* any match at all */
    size_t opaque;   /* entries with this very text */
};

/* Counts a match for the verdict; the place to describe it, or NULL when enough are shown. */
static struct cw_check_match *add_match(struct asking *asking, enum cw_relation relation,
                                        bool is_active)
{
    const bool is_same_key = relation == CW_RELATION_EXACT || relation == CW_RELATION_ENCODING;
    asking->is_related = true;
    asking->is_listed |= is_same_key && is_active;
    return cw_answer_match(asking->answer, is_same_key && is_active);
}

static bool is_enabled_feed(const struct cw_check *check, const char *feed)
{
    for (size_t i = 0; i < check->feeds_count; i++) {
        if (strcmp(check->feeds[i].id, feed) == 0) {
            return true;
        }
    }
    return false; /* switched off by the operator: its old rows no longer speak */
}

/* A listing was decoded once. Should its text be refused today, the key that was read then still
 * speaks: a match must not vanish because a decoder became stricter. */
static enum cw_relation relation_to(const struct asking *asking, const struct cw_listing *listing)
{
    struct cw_address listed;
    if (cw_address_parse(listing->value, listing->tag, CW_ADDRESS_LIST, &listed) == CW_ADDRESS_OK) {
        return cw_address_relation(asking->asked, &listed, NULL);
    }
    const bool is_same_key = cw_span_is(listing->canonical, asking->answer->canonical);
    return is_same_key ? CW_RELATION_ENCODING : CW_RELATION_NONE;
}

static enum cw_status on_found(void *ctx, const struct cw_found *found, struct cw_error *err)
{
    (void)err;
    struct asking *asking = ctx;
    const struct cw_listing *listing = found->listing;
    if (!is_enabled_feed(asking->check, found->feed)) {
        return CW_OK;
    }
    const enum cw_relation relation = relation_to(asking, listing);
    if (relation == CW_RELATION_NONE) {
        return CW_OK;
    }
    struct cw_answer *answer = asking->answer;
    struct cw_check_match *match = add_match(asking, relation, found->is_active);
    if (match == NULL) {
        return CW_OK; /* counted; cw_answer_finish says so */
    }
    match->relation = relation;
    (void)snprintf(match->source_id, sizeof(match->source_id), "%s", found->feed);
    match->listed_value = cw_answer_keep(answer, listing->value);
    match->entry_id = cw_answer_keep(answer, listing->entry_id);
    match->entry_name = cw_answer_keep(answer, listing->entry_name);
    match->listed_on = cw_answer_keep(answer, listing->listed_on);
    match->programs = cw_answer_keep_array(answer, listing->programs, listing->programs_count);
    match->is_active = found->is_active;
    match->delisted_on_s = found->ended_s;
    return CW_OK;
}

static enum cw_status ask_lists(struct asking *asking, struct cw_error *err)
{
    if (asking->check->store == NULL) {
        return CW_OK;
    }
    return cw_store_find(asking->check->store, asking->asked, on_found, asking, err);
}

static enum cw_status ask_cases(struct asking *asking, struct cw_error *err)
{
    struct cw_hits hits = {0};
    const enum cw_status status = cw_book_ask(asking->check->book, asking->asked, &hits, err);
    for (size_t i = 0; status == CW_OK && i < hits.count; i++) {
        const struct cw_hit *hit = &hits.items[i];
        struct cw_check_match *match = add_match(asking, hit->relation, true);
        if (match == NULL) {
            continue; /* counted; cw_answer_finish says so */
        }
        match->relation = hit->relation;
        match->is_rule = true;
        (void)snprintf(match->source_id, sizeof(match->source_id), "%s", hit->rule->id);
        match->listed_value = cw_answer_keep(asking->answer, hit->address_value);
        match->entry_id = cw_answer_keep(asking->answer, cw_span_cstr(hit->rule->id));
        match->entry_name = cw_answer_keep(asking->answer, cw_span_cstr(hit->rule->title));
        match->programs = cw_answer_keep_array(asking->answer, NULL, 0);
        match->is_active = true;
    }
    cw_hits_clear(&hits);
    return status;
}

/* ---- the verdict ---------------------------------------------------------------------------- */

/* Spoken in this order: a match is a fact whatever the age of the rest; without one, `clear` needs
 * complete and fresh data and letters that nobody mistyped. */
static void decide(const struct asking *asking)
{
    struct cw_answer *answer = asking->answer;
    const bool is_mistyped = cw_address_checksum(asking->asked) == CW_CHECKSUM_BAD;
    if (is_mistyped) {
        cw_answer_reason(answer, "the letter case of the address fails its checksum: a character "
                                 "may be mistyped");
    }
    if (asking->is_listed) {
        answer->verdict = CW_VERDICT_LISTED;
        return;
    }
    const bool is_complete = cw_check_data_is_complete(asking->check, answer);
    if (is_mistyped) {
        answer->verdict = CW_VERDICT_CANNOT_SAY;
        return;
    }
    if (!is_complete) {
        answer->verdict = CW_VERDICT_CANNOT_SAY; /* a missing list might say "listed" */
        return;
    }
    answer->verdict = asking->is_related ? CW_VERDICT_RELATED : CW_VERDICT_CLEAR;
}

static enum cw_status on_opaque(void *ctx, const char *feed, const struct cw_opaque *opaque,
                                struct cw_error *err)
{
    (void)err;
    struct asking *asking = ctx;
    if (!is_enabled_feed(asking->check, feed)) {
        return CW_OK;
    }
    if (asking->opaque++ < OPAQUE_REASONS_MAX) {
        cw_answer_reason(asking->answer,
                         "list %s holds this very text as an unusable entry (%.*s, "
                         "%.*s)",
                         feed, CW_SPAN_ARG(opaque->position), CW_SPAN_ARG(opaque->error));
    }
    return CW_OK;
}

static enum cw_status answer_undecoded(struct asking *asking, struct cw_span text,
                                       enum cw_address_error why, struct cw_error *err)
{
    struct cw_answer *answer = asking->answer;
    char reason[CW_ADDRESS_REASON_BYTES];
    cw_address_reason(text, CW_SPAN(""), why, reason);
    answer->verdict = CW_VERDICT_CANNOT_SAY;
    cw_answer_reason(answer, "%s: %s", cw_address_error_code(why), reason);
    if (why == CW_ADDRESS_SECRET || asking->check->store == NULL ||
        text.len > CW_ADDRESS_FIELD_MAX) {
        return CW_OK;
    }
    const enum cw_status status =
        cw_store_find_opaque(asking->check->store, text, on_opaque, asking, err);
    if (asking->opaque > OPAQUE_REASONS_MAX) {
        cw_answer_reason(answer, "%zu more entries hold it", asking->opaque - OPAQUE_REASONS_MAX);
    }
    return status;
}

static enum cw_status answer_decoded(struct asking *asking, struct cw_error *err)
{
    struct cw_answer *answer = asking->answer;
    char canonical[CW_CANONICAL_BYTES];
    cw_address_canonical(asking->asked, canonical);
    answer->canonical = cw_answer_keep(answer, cw_span_cstr(canonical));
    /* Our own cases first: however often a list repeats a key, they are shown. */
    enum cw_status status = ask_cases(asking, err);
    if (status == CW_OK) {
        status = ask_lists(asking, err);
    }
    if (status == CW_OK) {
        decide(asking);
    }
    return status;
}

enum cw_status cw_check_ask(struct cw_check *check, struct cw_span text, struct cw_answer *ret,
                            struct cw_error *err)
{
    enum cw_status status = cw_answer_begin(ret, err);
    if (status != CW_OK) {
        return status;
    }
    struct cw_address address;
    const enum cw_address_error why =
        cw_address_parse(text, CW_SPAN(""), CW_ADDRESS_LIST, &address);
    struct asking asking = {.check = check, .answer = ret, .asked = &address};
    /* What is shown of a question is bounded; a secret is not shown at all. */
    const struct cw_span shown =
        why == CW_ADDRESS_SECRET ? CW_SPAN("") : cw_span_slice(text, 0, CW_ADDRESS_FIELD_MAX);
    ret->input = cw_answer_keep(ret, shown);
    ret->input_len = shown.len;
    ret->canonical = cw_answer_keep(ret, CW_SPAN(""));
    status = why == CW_ADDRESS_OK ? answer_decoded(&asking, err)
                                  : answer_undecoded(&asking, text, why, err);
    return status == CW_OK ? cw_answer_finish(ret, err) : status;
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
