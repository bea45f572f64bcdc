#include "scan/hold.h"

#include "address/reserved.h"
#include "base/stop.h"
#include "base/text.h"

/* An entry on an address that nobody holds says that the list is not what it was meant to be. */
static void count_suspicious(struct cw_scan_feed *entry, const struct cw_watchlist *list)
{
    size_t len = 0;
    for (size_t i = 0; i < cw_watchlist_count(list); i++) {
        const struct cw_listing *listing = cw_watchlist_at(list, i);
        const struct cw_reserved *reserved =
            listing->is_reserved ? cw_reserved_find(listing->canonical) : NULL;
        if (reserved == NULL) {
            continue;
        }
        char text[CW_ADDRESS_FIELD_MAX];
        char one[192];
        cw_text_escape_to(text, sizeof(text), listing->value);
        (void)snprintf(one, sizeof(one), "%s%.64s (%s)", entry->suspicious > 0 ? ", " : "", text,
                       reserved->what);
        entry->suspicious++;
        if (len + strlen(one) < sizeof(entry->suspicious_text)) {
            (void)snprintf(entry->suspicious_text + len, sizeof(entry->suspicious_text) - len, "%s",
                           one);
            len += strlen(one);
        }
    }
}

/* What the document says of itself; asked before anything of an older one is kept beside it. */
static void count_document(struct cw_work *work)
{
    struct cw_scan_feed *entry = work->intake->entry;
    struct cw_feed_state *state = &work->intake->state;
    entry->entries = cw_watchlist_entries(work->new_list);
    entry->invalid = cw_watchlist_opaque_count(work->new_list);
    entry->bytes = work->intake->fetched.bytes;
    count_suspicious(entry, work->new_list);
    state->entries = entry->entries;
    state->unusable = entry->invalid;
    const struct cw_span published = cw_watchlist_published(work->new_list);
    if (published.len < sizeof(state->published)) {
        (void)snprintf(state->published, sizeof(state->published), "%.*s", CW_SPAN_ARG(published));
    }
    cw_scan_copy(state->norm, sizeof(state->norm), CW_NORM);
}

/* What comes into force, and how it differs from what was. */
static void count_delta(struct cw_work *work)
{
    struct cw_scan_feed *entry = work->intake->entry;
    entry->added = work->delta.added_count;
    entry->removed = work->delta.removed_count;
    entry->changed = work->delta.changed_count;
    work->intake->state.listings = cw_watchlist_count(work->new_list);
}

/* What it adds counts, what it drops stays in force. */
static enum cw_status take_shrunk(struct cw_work *work, const struct cw_hold *hold,
                                  struct cw_error *err)
{
    struct cw_intake *intake = work->intake;
    count_document(work);
    enum cw_status status = cw_work_keep_removed(work, err);
    if (status != CW_OK) {
        return status;
    }
    count_delta(work);
    cw_scan_set_error(intake, hold->code, hold->text);
    intake->entry->status = CW_SCAN_HELD;
    intake->state.status = CW_FEED_HELD;
    intake->state.attempted_at_s = work->scan->now_s;
    cw_scan_copy(intake->state.held_sha256, sizeof(intake->state.held_sha256),
                 intake->fetched.sha256);
    return cw_work_commit(work, "held", err);
}

/* The rules changed since this list was matched: the same list, asked again. */
static enum cw_status match_again(struct cw_work *work, const char *outcome, struct cw_error *err)
{
    const enum cw_status status = cw_work_load_old(work, err);
    if (status != CW_OK || work->old_list == NULL) {
        return status;
    }
    work->new_list = work->old_list;
    return cw_work_commit(work, outcome, err);
}

static bool has_other_rules(const struct cw_scan *scan, const struct cw_intake *intake)
{
    return strcmp(intake->state.book_sha256, scan->home->rules_sha256) != 0;
}

/* After a document that is not believed: the list in force stays, and new rules ask it. */
static enum cw_status stay(struct cw_work *work, struct cw_error *err)
{
    struct cw_intake *intake = work->intake;
    if (!has_other_rules(work->scan, intake)) {
        return CW_OK;
    }
    cw_work_clear(work);
    *work = (struct cw_work){.scan = work->scan, .intake = intake};
    return match_again(work, NULL, err);
}

static enum cw_status refuse(struct cw_work *work, const char *text, struct cw_error *err)
{
    if (cw_stop_is_asked()) {
        cw_scan_stopped(work->intake); /* what ends us may have ended the parser */
        return CW_OK;
    }
    const enum cw_status status = cw_scan_failed(work->scan, work->intake, "parse", text, err);
    return status == CW_OK ? stay(work, err) : status;
}

static enum cw_status hold_whole(struct cw_work *work, const struct cw_hold *hold,
                                 struct cw_error *err)
{
    cw_scan_set_error(work->intake, hold->code, hold->text);
    const enum cw_status status = cw_scan_held(work->scan, work->intake, err);
    return status == CW_OK ? stay(work, err) : status;
}

static enum cw_status believe(struct cw_work *work, struct cw_error *err)
{
    struct cw_intake *intake = work->intake;
    count_document(work);
    if (work->scan->options->is_offline) { /* old bytes cannot let go of anything */
        const enum cw_status status = cw_work_keep_removed(work, err);
        if (status != CW_OK) {
            return status;
        }
    }
    count_delta(work);
    cw_scan_copy(intake->state.issued, sizeof(intake->state.issued), intake->state.published);
    const size_t changes =
        work->delta.added_count + work->delta.removed_count + work->delta.changed_count;
    const bool is_offline = work->scan->options->is_offline;
    intake->entry->status = is_offline && changes == 0 ? CW_SCAN_UNCHANGED : CW_SCAN_UPDATED;
    if (!is_offline) {
        cw_scan_good(work->scan, intake); /* reading old bytes again says nothing about today */
    }
    return cw_work_commit(work, "new", err);
}

static enum cw_status judge(struct cw_work *work, struct cw_error *err)
{
    struct cw_hold hold;
    const enum cw_status status = cw_hold_weigh(work, &hold, err);
    if (status != CW_OK) {
        return status;
    }
    if (hold.verdict == CW_LIST_PLAUSIBLE) {
        return believe(work, err);
    }
    return hold.verdict == CW_LIST_SHRUNK ? take_shrunk(work, &hold, err)
                                          : hold_whole(work, &hold, err);
}

/* A document that was read, beside what is in force. */
static enum cw_status compare(struct cw_work *work, struct cw_error *err)
{
    enum cw_status status = cw_work_load_old(work, err);
    if (status == CW_OK) {
        status = cw_work_compare(work, err);
    }
    work->is_new_document = status == CW_OK;
    return status;
}

static enum cw_status take_document(struct cw_work *work, struct cw_error *err)
{
    struct cw_error why = {0};
    enum cw_status status = cw_work_parse(work, &why);
    if (status == CW_NOMEM || status == CW_IO) {
        return cw_error_set(err, status, "%s", why.text); /* nothing that the list says is bad */
    }
    if (status != CW_OK) {
        return refuse(work, why.text, err);
    }
    status = compare(work, err);
    return status == CW_OK ? judge(work, err) : status;
}

/* No new document, and yet something may be new: the rules. */
static enum cw_status look_again(struct cw_work *work, const char *outcome, bool *ret_is_done,
                                 struct cw_error *err)
{
    *ret_is_done = has_other_rules(work->scan, work->intake);
    return *ret_is_done ? match_again(work, outcome, err) : CW_OK;
}

/* The accepted bytes are served again while another document was held: what that one added and we
 * put in force has to leave again, so the accepted snapshot is read once more. */
static bool is_back(const struct cw_intake *intake)
{
    return intake->fetched.outcome == CW_FETCH_UNCHANGED && intake->state.held_sha256[0] != '\0';
}

/* 304, the same bytes, or nobody asked. What kept a feed in trouble in an earlier run is still true
 * while we wait, and is said again. */
static enum cw_status take_unchanged(struct cw_work *work, struct cw_error *err)
{
    struct cw_scan *scan = work->scan;
    struct cw_intake *intake = work->intake;
    const char *outcome = NULL;
    if (intake->is_due) {
        outcome = "unchanged";
        intake->entry->status = CW_SCAN_UNCHANGED;
        intake->entry->bytes = intake->fetched.bytes;
        cw_scan_good(scan, intake);
    } else {
        cw_scan_copy(intake->entry->error_code, sizeof(intake->entry->error_code),
                     intake->state.error_code);
        cw_scan_copy(intake->entry->error_text, sizeof(intake->entry->error_text),
                     intake->state.error_text);
    }
    intake->entry->entries = intake->state.entries;
    intake->entry->invalid = intake->state.unusable;
    bool is_done = false;
    const enum cw_status status = look_again(work, outcome, &is_done, err);
    if (status != CW_OK || is_done) {
        return status;
    }
    return intake->is_due ? cw_scan_save(scan, intake, outcome, err)
                          : cw_scan_tell_waiting(scan, intake, err);
}

/* A list that cannot be read today is still in force: new rules ask it all the same. */
static enum cw_status take_failed(struct cw_work *work, struct cw_error *err)
{
    struct cw_intake *intake = work->intake;
    bool is_done = false;
    if (strcmp(intake->fetched.error_code, CW_FETCH_STOPPED) == 0) {
        cw_scan_stopped(intake);
        return CW_OK;
    }
    const enum cw_status status = cw_scan_failed(work->scan, intake, intake->fetched.error_code,
                                                 intake->fetched.error_text, err);
    return status == CW_OK ? look_again(work, NULL, &is_done, err) : status;
}

/* What of this feed cannot be done now. A feed that was asked fails as if its document were bad;
 * when its outcome is told already, or nobody asked, only the report says so. */
static enum cw_status fail(struct cw_scan *scan, struct cw_intake *intake, const char *code,
                           const char *text, struct cw_error *err)
{
    intake->state = intake->stored;
    if (!intake->is_recorded && cw_stop_is_asked()) {
        cw_scan_stopped(intake);
        return CW_OK;
    }
    if (intake->is_due && !intake->is_recorded) {
        return cw_scan_failed(scan, intake, code, text, err);
    }
    intake->entry->status = CW_SCAN_FAILED;
    cw_scan_copy(intake->entry->error_code, sizeof(intake->entry->error_code), code);
    cw_scan_copy(intake->entry->error_text, sizeof(intake->entry->error_text), text);
    return CW_OK;
}

/* Lists that take their time leave none for what comes behind them; a run that never ends would
 * keep out all those that follow. What was fetched in vain is fetched again. */
static enum cw_status leave(struct cw_work *work, struct cw_error *err)
{
    char text[CW_FETCH_TEXT_BYTES];
    if (cw_stop_is_asked()) {
        cw_scan_stopped(work->intake);
        return CW_OK;
    }
    (void)snprintf(text, sizeof(text),
                   "the time of this run (run_deadline, %lld seconds) was over before the list was "
                   "read",
                   (long long)work->scan->home->config->run_deadline_s);
    const enum cw_status status = cw_scan_failed(work->scan, work->intake, "deadline", text, err);
    return status == CW_OK ? stay(work, err) : status;
}

static enum cw_status take(struct cw_work *work, struct cw_error *err)
{
    struct cw_intake *intake = work->intake;
    if (intake->is_due && intake->fetched.outcome == CW_FETCH_FAILED) {
        return take_failed(work, err);
    }
    if (work->scan->options->is_offline && intake->state.held_sha256[0] != '\0') {
        intake->is_due = false; /* two documents are in force, and neither can be read alone */
    }
    if (intake->is_due && (intake->fetched.outcome == CW_FETCH_NEW || is_back(intake))) {
        return cw_scan_is_late(work->scan) ? leave(work, err) : take_document(work, err);
    }
    return take_unchanged(work, err);
}

/* Memory that one list wants and does not get is free again for those behind it. */
static enum cw_status fail_for_memory(struct cw_scan *scan, struct cw_intake *intake,
                                      const char *what, struct cw_error *err)
{
    struct cw_error why = {0};
    (void)cw_error_set(&why, CW_NOMEM, "%s: this machine has too little memory for this list",
                       what);
    return fail(scan, intake, "memory", why.text, err);
}

/* What one list asks of us beyond our limits, or beyond this machine's memory, fails that list,
 * loudly, and no other. */
enum cw_status cw_scan_take(struct cw_scan *scan, struct cw_intake *intake, struct cw_error *err)
{
    struct cw_work work = {.scan = scan, .intake = intake};
    struct cw_error why = {0};
    const char *code = "renew";
    bool is_done = false;
    enum cw_status status = cw_scan_renew(scan, intake, &is_done, &why);
    if (status == CW_OK && is_done) {
        return CW_OK;
    }
    if (status == CW_OK) {
        code = "limit";
        status = take(&work, &why);
        cw_work_clear(&work);
    }
    const bool is_of_the_list = status == CW_LIMIT || status == CW_INVALID ||
                                status == CW_TEMPORARY || status == CW_UNTRUSTED;
    if (is_of_the_list) {
        return fail(scan, intake, code, why.text, err);
    }
    if (status == CW_NOMEM) {
        return fail_for_memory(scan, intake, why.text, err);
    }
    return status == CW_OK ? CW_OK : cw_error_set(err, status, "%s", why.text);
}
