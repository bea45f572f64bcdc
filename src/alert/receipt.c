#include "alert/receipt.h"

#include "alert/internal.h"
#include "base/datetime.h"
#include "base/limits.h"
#include "crypto/base64.h"
#include "crypto/hash.h"
#include "json/json_file.h"

enum { TEXT_MAX = 1024, REASONS_MAX = 64, NONCE_DIGITS = 32 };

/* Every function below gives NULL when memory ran out, and takes NULL from the others: the first
 * failure empties the whole tree, and is said once, at the end. */

static json_t *clean(const char *text)
{
    struct cw_buf kept;
    cw_buf_init(&kept, TEXT_MAX + 1);
    cw_alert_clean_text(&kept, cw_span_cstr(text == NULL ? "" : text), TEXT_MAX);
    json_t *json = cw_buf_status(&kept, NULL) == CW_OK ? json_stringn(kept.data, kept.len) : NULL;
    if (kept.len == 0 && kept.failed == CW_OK) {
        json_decref(json);
        json = json_string("");
    }
    cw_buf_clear(&kept);
    return json;
}

static json_t *number(uint64_t value)
{
    return json_integer((json_int_t)(value > (uint64_t)CW_ALERT_INTEGER_MAX ? CW_ALERT_INTEGER_MAX
                                                                            : (int64_t)value));
}

static json_t *time_json(int64_t time_s)
{
    char text[CW_TIME_TEXT_BYTES];
    cw_time_format(time_s, text);
    return json_string(text);
}

static bool put(json_t *object, const char *name, json_t *value)
{
    return json_object_set_new(object, name, value) == 0;
}

static bool put_unless_empty(json_t *object, const char *name, const char *text)
{
    return text == NULL || text[0] == '\0' || put(object, name, clean(text));
}

/* What cannot be had whole is not had at all. */
static json_t *whole(json_t *object, bool is_whole)
{
    if (!is_whole) {
        json_decref(object);
        return NULL;
    }
    return object;
}

static json_t *match_json(const struct cw_receipt_match *match)
{
    char day[CW_DATE_TEXT_BYTES] = "";
    if (match->delisted_on_s > 0) {
        cw_date_format(match->delisted_on_s, day);
    }
    json_t *source = json_pack("{s:s, s:s}", "id", match->source_id, "kind", match->source_kind);
    json_t *object = json_pack("{s:b, s:s, s:o}", "active", match->is_active ? 1 : 0, "relation",
                               match->relation, "source", source);
    const bool is_shown = match->listed_value != NULL;
    return whole(object, (!is_shown || put(object, "listed_value", clean(match->listed_value))) &&
                             put_unless_empty(object, "entry_id", match->entry_id) &&
                             put_unless_empty(object, "entry_name", match->entry_name) &&
                             put_unless_empty(object, "listed_on", match->listed_on) &&
                             put_unless_empty(object, "delisted_on", day));
}

static json_t *input_json(struct cw_span input, enum cw_receipt_input how)
{
    char sha256[CW_SHA256_HEX_BYTES];
    if (how == CW_RECEIPT_WITHHELD) {
        return json_pack("{s:b}", "withheld", 1);
    }
    cw_sha256_hex(input, sha256);
    json_t *object = json_pack("{s:o, s:s}", "bytes", number(input.len), "sha256", sha256);
    const bool is_shown = how == CW_RECEIPT_SHOWN && input.len > 0 && input.len <= TEXT_MAX &&
                          cw_alert_text_fits(input);
    return whole(object, !is_shown || put(object, "text", json_stringn(input.data, input.len)));
}

static json_t *matches_json(const struct cw_receipt_answer *answer)
{
    json_t *array = json_array();
    bool is_whole = array != NULL;
    for (size_t i = 0; is_whole && i < answer->matches_count && i < CW_RECEIPT_MATCHES_MAX; i++) {
        is_whole = json_array_append_new(array, match_json(&answer->matches[i])) == 0;
    }
    return whole(array, is_whole);
}

static json_t *reasons_json(const struct cw_receipt_answer *answer)
{
    json_t *array = json_array();
    bool is_whole = array != NULL;
    for (size_t i = 0; is_whole && i < answer->reasons_count && i < REASONS_MAX; i++) {
        is_whole = json_array_append_new(array, clean(answer->reasons[i])) == 0;
    }
    return whole(array, is_whole);
}

static json_t *answer_json(const struct cw_receipt_answer *answer)
{
    json_t *object =
        json_pack("{s:o, s:o, s:o, s:o, s:s}", "input", input_json(answer->input, answer->how),
                  "matches", matches_json(answer), "matches_count", number(answer->matches_count),
                  "reasons", reasons_json(answer), "verdict", answer->verdict);
    return whole(object, put_unless_empty(object, "canonical", answer->canonical));
}

static json_t *answers_json(const struct cw_receipt_facts *facts)
{
    json_t *array = json_array();
    bool is_whole = array != NULL;
    for (size_t i = 0; is_whole && i < facts->answers_count; i++) {
        is_whole = json_array_append_new(array, answer_json(&facts->answers[i])) == 0;
    }
    return whole(array, is_whole);
}

static json_t *file_json(const struct cw_receipt_file *file)
{
    const bool is_read = file->error[0] == '\0';
    json_t *object =
        json_pack("{s:o, s:o}", "listed", number(file->listed), "related", number(file->related));
    const bool is_whole = (file->name == NULL || put(object, "name", clean(file->name))) &&
                          (is_read ? put(object, "bytes", number(file->bytes)) &&
                                         put(object, "lines", number(file->lines)) &&
                                         put(object, "sha256", json_string(file->sha256))
                                   : put(object, "error", clean(file->error)));
    return whole(object, is_whole);
}

static json_t *hit_json(const struct cw_receipt_hit *hit)
{
    json_t *object =
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:s}", "file", number(hit->file), "found",
                  input_json(hit->found, hit->how), "line", number(hit->line), "match",
                  match_json(&hit->match), "matches_count", number(hit->matches_count), "offset",
                  number(hit->offset), "verdict", hit->verdict);
    return whole(object, put_unless_empty(object, "canonical", hit->canonical));
}

static json_t *files_json(const struct cw_receipt_screened *screened)
{
    json_t *array = json_array();
    bool is_whole = array != NULL;
    for (size_t i = 0; is_whole && i < screened->files_count; i++) {
        is_whole = json_array_append_new(array, file_json(&screened->files[i])) == 0;
    }
    return whole(array, is_whole);
}

static json_t *hits_json(const struct cw_receipt_screened *screened)
{
    json_t *array = json_array();
    bool is_whole = array != NULL;
    for (size_t i = 0; is_whole && i < screened->hits_count; i++) {
        is_whole = json_array_append_new(array, hit_json(&screened->hits[i])) == 0;
    }
    return whole(array, is_whole);
}

static json_t *screened_json(const struct cw_receipt_screened *screened)
{
    struct cw_receipt_file all = {.bytes = 0};
    for (size_t i = 0; i < screened->files_count; i++) {
        const struct cw_receipt_file *file = &screened->files[i];
        const bool is_read = file->error[0] == '\0';
        all.bytes += is_read ? file->bytes : 0;
        all.lines += is_read ? file->lines : 0;
        all.listed += file->listed;
        all.related += file->related;
    }
    return json_pack("{s:s, s:o, s:b, s:o, s:o, s:s, s:o, s:o, s:o, s:s}", "against",
                     screened->against, "bytes", number(all.bytes), "every_token",
                     screened->is_every_token ? 1 : 0, "files", files_json(screened), "hits",
                     hits_json(screened), "hits_sha256", screened->hits_sha256, "lines",
                     number(all.lines), "listed", number(all.listed), "related",
                     number(all.related), "verdict", screened->verdict);
}

static json_t *feed_json(const struct cw_receipt_feed *feed, int64_t now_s)
{
    json_t *object = json_pack("{s:o, s:s, s:s}", "entries", number(feed->entries), "id", feed->id,
                               "status", feed->status);
    bool is_whole =
        object != NULL && put_unless_empty(object, "snapshot_sha256", feed->snapshot_sha256);
    if (is_whole && feed->retrieved_at_s > 0) {
        is_whole = put(object, "retrieved_at", time_json(feed->retrieved_at_s)) &&
                   put(object, "age_s", json_integer(now_s - feed->retrieved_at_s));
    }
    return whole(object, is_whole);
}

static json_t *data_json(const struct cw_receipt_facts *facts)
{
    json_t *feeds = json_array();
    bool is_whole = feeds != NULL;
    for (size_t i = 0; is_whole && i < facts->feeds_count; i++) {
        is_whole = json_array_append_new(feeds, feed_json(&facts->feeds[i], facts->time_s)) == 0;
    }
    json_t *object = json_pack("{s:o, s:o}", "feeds", whole(feeds, is_whole), "generation",
                               number(facts->generation));
    return whole(object,
                 facts->built_at_s <= 0 || put(object, "built_at", time_json(facts->built_at_s)));
}

static json_t *rules_json(const struct cw_receipt_facts *facts)
{
    json_t *object =
        json_pack("{s:o, s:s}", "count", number(facts->cases_count), "sha256", facts->rules_sha256);
    if (facts->cases_count > CW_RECEIPT_CASES_MAX) {
        return object;
    }
    json_t *cases = json_array();
    bool is_whole = cases != NULL;
    for (size_t i = 0; is_whole && i < facts->cases_count; i++) {
        is_whole = json_array_append_new(cases, json_pack("{s:s, s:s}", "id", facts->cases[i].id,
                                                          "sha256", facts->cases[i].sha256)) == 0;
    }
    return whole(object, put(object, "cases", whole(cases, is_whole)));
}

static json_t *nonce_json(const struct cw_receipt_facts *facts)
{
    struct cw_buf text;
    cw_buf_init(&text, NONCE_DIGITS);
    cw_base64_encode(&text, CW_BASE64_URL, cw_span_make(facts->nonce, sizeof(facts->nonce)));
    json_t *json = cw_buf_status(&text, NULL) == CW_OK ? json_string(text.data) : NULL;
    cw_buf_clear(&text);
    return json;
}

static json_t *receipt_json(const struct cw_receipt_facts *facts)
{
    json_t *scanner = json_pack("{s:s, s:s, s:s}", "instance", facts->instance, "name",
                                CW_ALERT_SCANNER_NAME, "version", facts->version);
    json_t *object =
        json_pack("{s:o, s:s, s:o, s:o, s:o, s:s, s:s, s:o}", "data", data_json(facts), "kind",
                  facts->screened != NULL ? "screen" : "check", "nonce", nonce_json(facts), "rules",
                  rules_json(facts), "scanner", scanner, "schema", CW_RECEIPT_SCHEMA, "source",
                  facts->source, "time", time_json(facts->time_s));
    return whole(object, facts->screened != NULL
                             ? put(object, "screened", screened_json(facts->screened))
                             : put(object, "answers", answers_json(facts)));
}

/* Bytes, then the check that a reader makes: what we build and what we accept cannot drift apart.
 */
static enum cw_status finish(const json_t *receipt, struct cw_buf *ret_body, struct cw_error *err)
{
    struct cw_buf body;
    struct cw_error why = {0};
    cw_buf_init(&body, CW_RECEIPT_BYTES_MAX);
    enum cw_status status = cw_json_canonical(receipt, &body, &why);
    if (status == CW_LIMIT) {
        status =
            cw_error_set(err, CW_LIMIT, "the receipt is longer than %u bytes: ask in smaller parts",
                         CW_RECEIPT_BYTES_MAX);
    }
    if (status == CW_OK) {
        status = cw_receipt_check_body(cw_buf_as_span(&body), &why);
        status = status == CW_UNTRUSTED ? CW_INVALID : status;
    }
    if (status == CW_OK) {
        cw_buf_span(ret_body, cw_buf_as_span(&body));
        status = cw_buf_status(ret_body, &why);
    }
    cw_buf_clear(&body);
    return status == CW_OK ? CW_OK : cw_error_set(err, status, "receipt: %s", why.text);
}

enum cw_status cw_receipt_build(const struct cw_receipt_facts *facts, struct cw_buf *ret_body,
                                struct cw_error *err)
{
    CW_ASSERT((facts->screened != NULL) == (facts->answers_count == 0));
    if (facts->answers_count > CW_RECEIPT_ANSWERS_MAX) {
        return cw_error_set(err, CW_LIMIT,
                            "one receipt holds at most %u addresses: ask in smaller parts",
                            CW_RECEIPT_ANSWERS_MAX);
    }
    if (facts->screened != NULL && facts->screened->files_count > CW_RECEIPT_FILES_MAX) {
        return cw_error_set(err, CW_LIMIT,
                            "one receipt holds at most %u files: screen in smaller parts",
                            CW_RECEIPT_FILES_MAX);
    }
    json_t *receipt = receipt_json(facts);
    const enum cw_status status = receipt == NULL
                                      ? cw_error_set(err, CW_INVALID,
                                                     "receipt: a fact is no text, or memory is "
                                                     "exhausted")
                                      : finish(receipt, ret_body, err);
    json_decref(receipt);
    return status;
}

enum cw_status cw_receipt_seal(const struct cw_signing_key *key,
                               const struct cw_receipt_facts *facts, struct cw_buf *ret_jws,
                               struct cw_error *err)
{
    struct cw_buf body;
    cw_buf_init(&body, CW_RECEIPT_BYTES_MAX);
    enum cw_status status = cw_receipt_build(facts, &body, err);
    if (status == CW_OK) {
        const struct cw_sealing what = {cw_buf_as_span(&body), facts->time_s};
        status = cw_seal_as(CW_SEAL_RECEIPT, key, &what, ret_jws, NULL, err);
    }
    cw_buf_clear(&body);
    return status;
}
