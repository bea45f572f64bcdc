#include "alert/internal.h"
#include "alert/receipt.h"
#include "alert/shape.h"
#include "alert/strict.h"
#include "base/datetime.h"
#include "base/limits.h"
#include "base/text.h"
#include "crypto/hash.h"

/* ---- forms ---- */

static bool is_schema(struct cw_span text)
{
    return cw_span_is(text, CW_RECEIPT_SCHEMA);
}

static bool is_kind(struct cw_span text)
{
    return cw_span_is(text, "check") || cw_span_is(text, "screen");
}

/* In the order of gravity. */
static const char *const verdicts[] = {"clear", "related", "cannot-say", "listed"};

static size_t gravity(struct cw_span verdict)
{
    size_t at = 0;
    while (at < CW_COUNT(verdicts) && !cw_span_is(verdict, verdicts[at])) {
        at++;
    }
    return at;
}

static bool is_hit_verdict(struct cw_span text)
{
    return cw_span_is(text, "listed") || cw_span_is(text, "related");
}

static bool is_against(struct cw_span text)
{
    return cw_span_is(text, "feeds") || cw_span_is(text, "rules") || cw_span_is(text, "all");
}

static bool is_verdict(struct cw_span text)
{
    return gravity(text) < CW_COUNT(verdicts);
}

#define MUST     .is_required = true
#define MAY      .is_required = false
#define OF(form) .is_good = is_##form
#define SHAPE(rows)                                                                                \
    {                                                                                              \
        (rows), CW_COUNT(rows)                                                                     \
    }

static const struct cw_shape_row source_rows[] = {
    {"id", CW_SHAPE_TEXT, MUST, 1, 64},
    {"kind", CW_SHAPE_TEXT, MUST, 1, 16},
};
static const struct cw_shape source_shape = SHAPE(source_rows);
static const struct cw_shape_row match_rows[] = {
    {"active", CW_SHAPE_BOOL, MUST},
    {"relation", CW_SHAPE_TEXT, MUST, 1, 32},
    {"source", CW_SHAPE_OBJECT, MUST, .sub = &source_shape},
    {"listed_value", CW_SHAPE_TEXT, MAY, 0, 1024},
    {"entry_id", CW_SHAPE_TEXT, MAY, 1, 1024},
    {"entry_name", CW_SHAPE_TEXT, MAY, 1, 1024},
    {"listed_on", CW_SHAPE_TEXT, MAY, .is_good = cw_shape_is_date},
    {"delisted_on", CW_SHAPE_TEXT, MAY, .is_good = cw_shape_is_date},
};
static const struct cw_shape match_shape = SHAPE(match_rows);
static const struct cw_shape_row input_rows[] = {
    {"bytes", CW_SHAPE_INTEGER, MAY, 0, CW_ALERT_INTEGER_MAX},
    {"sha256", CW_SHAPE_TEXT, MAY, .is_good = cw_shape_is_sha256},
    {"text", CW_SHAPE_TEXT, MAY, 1, 1024},
    {"withheld", CW_SHAPE_BOOL, MAY},
};
static const struct cw_shape input_shape = SHAPE(input_rows);
static const struct cw_shape_row answer_rows[] = {
    {"canonical", CW_SHAPE_TEXT, MAY, 1, 1024},
    {"input", CW_SHAPE_OBJECT, MUST, .sub = &input_shape},
    {"matches", CW_SHAPE_OBJECTS, MUST, .sub = &match_shape},
    {"matches_count", CW_SHAPE_INTEGER, MUST, 0, CW_ALERT_INTEGER_MAX},
    {"verdict", CW_SHAPE_TEXT, MUST, OF(verdict)},
};
static const struct cw_shape answer_shape = SHAPE(answer_rows);
static const struct cw_shape_row file_rows[] = {
    {"bytes", CW_SHAPE_INTEGER, MAY, 0, CW_ALERT_INTEGER_MAX},
    {"error", CW_SHAPE_TEXT, MAY, 1, 1024},
    {"lines", CW_SHAPE_INTEGER, MAY, 0, CW_ALERT_INTEGER_MAX},
    {"listed", CW_SHAPE_INTEGER, MUST, 0, CW_ALERT_INTEGER_MAX},
    {"name", CW_SHAPE_TEXT, MAY, 0, 1024},
    {"related", CW_SHAPE_INTEGER, MUST, 0, CW_ALERT_INTEGER_MAX},
    {"sha256", CW_SHAPE_TEXT, MAY, .is_good = cw_shape_is_sha256},
};
static const struct cw_shape file_shape = SHAPE(file_rows);
static const struct cw_shape_row hit_rows[] = {
    {"canonical", CW_SHAPE_TEXT, MAY, 1, 1024},
    {"file", CW_SHAPE_INTEGER, MUST, 0, CW_RECEIPT_FILES_MAX - 1},
    {"found", CW_SHAPE_OBJECT, MUST, .sub = &input_shape},
    {"line", CW_SHAPE_INTEGER, MUST, 1, CW_ALERT_INTEGER_MAX},
    {"match", CW_SHAPE_OBJECT, MUST, .sub = &match_shape},
    {"matches_count", CW_SHAPE_INTEGER, MUST, 1, CW_ALERT_INTEGER_MAX},
    {"offset", CW_SHAPE_INTEGER, MUST, 0, CW_ALERT_INTEGER_MAX},
    {"verdict", CW_SHAPE_TEXT, MUST, OF(hit_verdict)},
};
static const struct cw_shape hit_shape = SHAPE(hit_rows);
static const struct cw_shape_row screened_rows[] = {
    {"against", CW_SHAPE_TEXT, MUST, OF(against)},
    {"bytes", CW_SHAPE_INTEGER, MUST, 0, CW_ALERT_INTEGER_MAX},
    {"every_token", CW_SHAPE_BOOL, MUST},
    {"files", CW_SHAPE_OBJECTS, MUST, .sub = &file_shape},
    {"hits", CW_SHAPE_OBJECTS, MUST, .sub = &hit_shape},
    {"hits_sha256", CW_SHAPE_TEXT, MUST, .is_good = cw_shape_is_sha256},
    {"lines", CW_SHAPE_INTEGER, MUST, 0, CW_ALERT_INTEGER_MAX},
    {"listed", CW_SHAPE_INTEGER, MUST, 0, CW_ALERT_INTEGER_MAX},
    {"related", CW_SHAPE_INTEGER, MUST, 0, CW_ALERT_INTEGER_MAX},
    {"verdict", CW_SHAPE_TEXT, MUST, OF(verdict)},
};
static const struct cw_shape screened_shape = SHAPE(screened_rows);
static const struct cw_shape_row feed_rows[] = {
    {"age_s", CW_SHAPE_INTEGER, MAY, -CW_ALERT_INTEGER_MAX, CW_ALERT_INTEGER_MAX},
    {"entries", CW_SHAPE_INTEGER, MUST, 0, CW_ALERT_INTEGER_MAX},
    {"id", CW_SHAPE_TEXT, MUST, 1, 64},
    {"retrieved_at", CW_SHAPE_TEXT, MAY, .is_good = cw_shape_is_time},
    {"snapshot_sha256", CW_SHAPE_TEXT, MAY, .is_good = cw_shape_is_sha256},
    {"status", CW_SHAPE_TEXT, MUST, 1, 16},
};
static const struct cw_shape feed_shape = SHAPE(feed_rows);
static const struct cw_shape_row data_rows[] = {
    {"built_at", CW_SHAPE_TEXT, MAY, .is_good = cw_shape_is_time},
    {"feeds", CW_SHAPE_OBJECTS, MUST, .sub = &feed_shape},
    {"generation", CW_SHAPE_INTEGER, MUST, 0, CW_ALERT_INTEGER_MAX},
};
static const struct cw_shape data_shape = SHAPE(data_rows);
static const struct cw_shape_row case_rows[] = {
    {"id", CW_SHAPE_TEXT, MUST, 1, 128},
    {"sha256", CW_SHAPE_TEXT, MUST, .is_good = cw_shape_is_sha256},
};
static const struct cw_shape case_shape = SHAPE(case_rows);
static const struct cw_shape_row rules_rows[] = {
    {"cases", CW_SHAPE_OBJECTS, MAY, .sub = &case_shape},
    {"count", CW_SHAPE_INTEGER, MUST, 0, CW_ALERT_INTEGER_MAX},
    {"sha256", CW_SHAPE_TEXT, MUST, .is_good = cw_shape_is_sha256},
};
static const struct cw_shape rules_shape = SHAPE(rules_rows);
static const struct cw_shape_row scanner_rows[] = {
    {"instance", CW_SHAPE_TEXT, MUST, 1, 64},
    {"name", CW_SHAPE_TEXT, MUST, 1, 64},
    {"version", CW_SHAPE_TEXT, MUST, 1, 64},
};
static const struct cw_shape scanner_shape = SHAPE(scanner_rows);
static const struct cw_shape_row receipt_rows[] = {
    {"answers", CW_SHAPE_OBJECTS, MAY, .sub = &answer_shape},
    {"data", CW_SHAPE_OBJECT, MUST, .sub = &data_shape},
    {"kind", CW_SHAPE_TEXT, MUST, OF(kind)},
    {"nonce", CW_SHAPE_TEXT, MUST, .is_good = cw_shape_is_nonce},
    {"rules", CW_SHAPE_OBJECT, MUST, .sub = &rules_shape},
    {"scanner", CW_SHAPE_OBJECT, MUST, .sub = &scanner_shape},
    {"schema", CW_SHAPE_TEXT, MUST, OF(schema)},
    {"screened", CW_SHAPE_OBJECT, MAY, .sub = &screened_shape},
    {"source", CW_SHAPE_TEXT, MUST, 1, 512},
    {"time", CW_SHAPE_TEXT, MUST, .is_good = cw_shape_is_time},
};
static const struct cw_shape receipt_shape = SHAPE(receipt_rows);

/* ---- what must agree ---- */

static json_int_t integer_of(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static enum cw_status check_input(const json_t *input, struct cw_error *err)
{
    const json_t *text = json_object_get(input, "text");
    const bool is_hashed = json_object_get(input, "sha256") != NULL;
    char sha256[CW_SHA256_HEX_BYTES];
    if (json_is_true(json_object_get(input, "withheld")) == is_hashed ||
        is_hashed != (json_object_get(input, "bytes") != NULL)) {
        return cw_error_set(err, CW_UNTRUSTED, "input: neither hashed nor withheld");
    }
    if (text == NULL) {
        return CW_OK;
    }
    const struct cw_span shown = cw_body_text(input, NULL, "text");
    cw_sha256_hex(shown, sha256);
    if (!cw_span_is(cw_body_text(input, NULL, "sha256"), sha256) ||
        integer_of(input, "bytes") != (json_int_t)shown.len) {
        return cw_error_set(err, CW_UNTRUSTED, "input: the hash is not that of the text");
    }
    return CW_OK;
}

static size_t count_fresh(const json_t *feeds)
{
    size_t fresh = 0;
    for (size_t i = 0; i < json_array_size(feeds); i++) {
        fresh += cw_span_is(cw_body_text(json_array_get(feeds, i), NULL, "status"), "fresh");
    }
    return fresh;
}

static bool is_whole(const json_t *receipt)
{
    const json_t *feeds = json_object_get(json_object_get(receipt, "data"), "feeds");
    return json_array_size(feeds) > 0 && count_fresh(feeds) == json_array_size(feeds);
}

/* A "clear" is the one answer on which money moves. */
static enum cw_status check_verdict(const json_t *receipt, struct cw_span verdict, json_int_t hits,
                                    struct cw_error *err)
{
    const bool is_clear = cw_span_is(verdict, "clear");
    if (is_clear && (hits > 0 || !is_whole(receipt))) {
        return cw_error_set(err, CW_UNTRUSTED,
                            "verdict: \"clear\" beside a match, or on data that is not whole and "
                            "fresh");
    }
    if ((cw_span_is(verdict, "listed") || cw_span_is(verdict, "related")) && hits == 0) {
        return cw_error_set(err, CW_UNTRUSTED, "verdict: a hit is said and none is named");
    }
    return CW_OK;
}

static enum cw_status check_answers(const json_t *receipt, const json_t *answers,
                                    struct cw_error *err)
{
    const size_t count = json_array_size(answers);
    if (count == 0 || count > CW_RECEIPT_ANSWERS_MAX) {
        return cw_error_set(err, CW_UNTRUSTED, "answers: 1 to %u are possible",
                            CW_RECEIPT_ANSWERS_MAX);
    }
    for (size_t i = 0; i < count; i++) {
        const json_t *answer = json_array_get(answers, i);
        const size_t shown = json_array_size(json_object_get(answer, "matches"));
        const json_int_t hits = integer_of(answer, "matches_count");
        const json_int_t expected =
            hits < (json_int_t)CW_RECEIPT_MATCHES_MAX ? hits : (json_int_t)CW_RECEIPT_MATCHES_MAX;
        if ((json_int_t)shown != expected) {
            return cw_error_set(err, CW_UNTRUSTED, "answers[%zu].matches_count: does not fit", i);
        }
        enum cw_status status = check_input(json_object_get(answer, "input"), err);
        if (status == CW_OK) {
            status = check_verdict(receipt, cw_body_text(answer, NULL, "verdict"), hits, err);
        }
        if (status != CW_OK) {
            return status;
        }
    }
    return CW_OK;
}

/* ---- what was screened ---- */

/* Of one list of hits or files. */
struct sums {
    json_int_t bytes;
    json_int_t lines;
    json_int_t listed;
    json_int_t related;
    bool is_read; /* every file to its end */
};

static enum cw_status add_files(const json_t *files, struct sums *ret, struct cw_error *err)
{
    const size_t count = json_array_size(files);
    *ret = (struct sums){.is_read = true};
    if (count == 0 || count > CW_RECEIPT_FILES_MAX) {
        return cw_error_set(err, CW_UNTRUSTED, "screened.files: 1 to %u are possible",
                            CW_RECEIPT_FILES_MAX);
    }
    for (size_t i = 0; i < count; i++) {
        const json_t *file = json_array_get(files, i);
        const bool is_read = json_object_get(file, "error") == NULL;
        if ((json_object_get(file, "sha256") != NULL) != is_read ||
            (json_object_get(file, "bytes") != NULL) != is_read ||
            (json_object_get(file, "lines") != NULL) != is_read) {
            return cw_error_set(err, CW_UNTRUSTED,
                                "screened.files[%zu]: neither read to its end nor failed", i);
        }
        ret->is_read = ret->is_read && is_read;
        ret->bytes += integer_of(file, "bytes");
        ret->lines += integer_of(file, "lines");
        ret->listed += integer_of(file, "listed");
        ret->related += integer_of(file, "related");
    }
    return CW_OK;
}

/* Of many hits the first are shown; of none that was counted, nothing would be. */
static bool is_shown_well(json_int_t shown, json_int_t counted)
{
    return shown <= counted && shown <= (json_int_t)CW_RECEIPT_HITS_MAX &&
           (shown > 0) == (counted > 0);
}

static enum cw_status check_hits(const json_t *screened, const struct sums *sums,
                                 struct cw_error *err)
{
    const json_t *hits = json_object_get(screened, "hits");
    const size_t files = json_array_size(json_object_get(screened, "files"));
    json_int_t listed = 0;
    json_int_t related = 0;
    for (size_t i = 0; i < json_array_size(hits); i++) {
        const json_t *hit = json_array_get(hits, i);
        if (integer_of(hit, "file") >= (json_int_t)files) {
            return cw_error_set(err, CW_UNTRUSTED, "screened.hits[%zu].file: there is none", i);
        }
        const enum cw_status status = check_input(json_object_get(hit, "found"), err);
        if (status != CW_OK) {
            return status;
        }
        const bool is_listed = cw_span_is(cw_body_text(hit, NULL, "verdict"), "listed");
        listed += is_listed ? 1 : 0;
        related += is_listed ? 0 : 1;
    }
    return is_shown_well(listed, sums->listed) && is_shown_well(related, sums->related)
               ? CW_OK
               : cw_error_set(err, CW_UNTRUSTED, "screened.hits: do not fit their number");
}

/* The cases are ours, and complete whatever became of the lists. */
static const char *verdict_of(const json_t *receipt, const json_t *screened,
                              const struct sums *sums)
{
    const bool is_told =
        is_whole(receipt) || cw_span_is(cw_body_text(screened, NULL, "against"), "rules");
    if (sums->listed > 0) {
        return "listed";
    }
    if (!is_told || !sums->is_read) {
        return "cannot-say";
    }
    return sums->related > 0 ? "related" : "clear";
}

static enum cw_status check_screened(const json_t *receipt, const json_t *screened,
                                     struct cw_error *err)
{
    struct sums sums;
    enum cw_status status = add_files(json_object_get(screened, "files"), &sums, err);
    if (status == CW_OK) {
        status = check_hits(screened, &sums, err);
    }
    if (status != CW_OK) {
        return status;
    }
    if (integer_of(screened, "bytes") != sums.bytes ||
        integer_of(screened, "lines") != sums.lines ||
        integer_of(screened, "listed") != sums.listed ||
        integer_of(screened, "related") != sums.related) {
        return cw_error_set(err, CW_UNTRUSTED, "screened: a total is not the sum of the files");
    }
    return cw_span_is(cw_body_text(screened, NULL, "verdict"), verdict_of(receipt, screened, &sums))
               ? CW_OK
               : cw_error_set(err, CW_UNTRUSTED,
                              "screened.verdict: not what follows from hits, files and lists");
}

/* ---- the whole ---- */

static enum cw_status check_ages(const json_t *receipt, struct cw_error *err)
{
    const json_t *feeds = json_object_get(json_object_get(receipt, "data"), "feeds");
    int64_t now_s = 0;
    (void)cw_time_parse(cw_body_text(receipt, NULL, "time"), &now_s);
    for (size_t i = 0; i < json_array_size(feeds); i++) {
        const json_t *feed = json_array_get(feeds, i);
        const struct cw_span retrieved = cw_body_text(feed, NULL, "retrieved_at");
        int64_t retrieved_s = 0;
        const bool is_read = cw_time_parse(retrieved, &retrieved_s);
        const bool is_named = json_object_get(feed, "snapshot_sha256") != NULL;
        if (is_read != (json_object_get(feed, "age_s") != NULL) ||
            (is_read && integer_of(feed, "age_s") != now_s - retrieved_s)) {
            return cw_error_set(err, CW_UNTRUSTED, "data.feeds[%zu].age_s: does not fit the times",
                                i);
        }
        if (!is_named && cw_span_is(cw_body_text(feed, NULL, "status"), "fresh")) {
            return cw_error_set(err, CW_UNTRUSTED, "data.feeds[%zu]: fresh without a snapshot", i);
        }
    }
    return CW_OK;
}

static enum cw_status check_receipt(const json_t *receipt, struct cw_span body,
                                    struct cw_error *err)
{
    enum cw_status status = cw_strict_canonical(receipt, body, err);
    if (status == CW_OK) {
        status = cw_shape_check(receipt, &receipt_shape, "", err);
    }
    if (status == CW_OK) {
        status = check_ages(receipt, err);
    }
    if (status != CW_OK) {
        return status;
    }
    const json_t *answers = json_object_get(receipt, "answers");
    const json_t *screened = json_object_get(receipt, "screened");
    const bool is_screen = cw_span_is(cw_body_text(receipt, NULL, "kind"), "screen");
    if (is_screen != (screened != NULL) || is_screen != (answers == NULL)) {
        return cw_error_set(err, CW_UNTRUSTED, "kind: does not fit what it states");
    }
    return is_screen ? check_screened(receipt, screened, err)
                     : check_answers(receipt, answers, err);
}

/* Out: ret  a receipt that is one, to be given back; NULL when it is none */
static enum cw_status read_receipt(struct cw_span body, json_t **ret, struct cw_error *err)
{
    json_t *receipt = NULL;
    struct cw_error why = {0};
    enum cw_status status = cw_strict_object(body, CW_RECEIPT_BYTES_MAX, &receipt, &why);
    if (status == CW_OK) {
        status = check_receipt(receipt, body, &why);
    }
    if (status != CW_OK) {
        json_decref(receipt);
        *ret = NULL;
        return cw_error_set(err, status, "%s", why.text);
    }
    *ret = receipt;
    return CW_OK;
}

enum cw_status cw_receipt_check_body(struct cw_span body, struct cw_error *err)
{
    json_t *receipt = NULL;
    const enum cw_status status = read_receipt(body, &receipt, err);
    json_decref(receipt);
    return status;
}

/* ---- for people ---- */

static size_t gravest(const json_t *receipt)
{
    const json_t *answers = json_object_get(receipt, "answers");
    size_t most = gravity(cw_body_text(receipt, "screened", "verdict"));
    most = most < CW_COUNT(verdicts) ? most : 0;
    for (size_t i = 0; i < json_array_size(answers); i++) {
        const size_t one = gravity(cw_body_text(json_array_get(answers, i), NULL, "verdict"));
        most = one > most ? one : most;
    }
    return most;
}

enum cw_status cw_receipt_summarise(struct cw_span body, struct cw_receipt_summary *ret,
                                    struct cw_error *err)
{
    json_t *receipt = NULL;
    const enum cw_status status = read_receipt(body, &receipt, err);
    if (status != CW_OK) {
        return status;
    }
    const json_t *data = json_object_get(receipt, "data");
    const json_t *feeds = json_object_get(data, "feeds");
    const json_t *screened = json_object_get(receipt, "screened");
    const json_t *files = json_object_get(screened, "files");
    *ret = (struct cw_receipt_summary){
        .answers = json_array_size(json_object_get(receipt, "answers")),
        .files = json_array_size(files),
        .listed = (uint64_t)integer_of(screened, "listed"),
        .related = (uint64_t)integer_of(screened, "related"),
        .feeds = json_array_size(feeds),
        .feeds_fresh = count_fresh(feeds),
        .generation = (uint64_t)integer_of(data, "generation"),
        .is_screen = screened != NULL,
    };
    (void)snprintf(ret->source, sizeof(ret->source), "%.*s",
                   CW_SPAN_ARG(cw_body_text(receipt, NULL, "source")));
    (void)snprintf(ret->time, sizeof(ret->time), "%.*s",
                   CW_SPAN_ARG(cw_body_text(receipt, NULL, "time")));
    (void)snprintf(ret->verdict, sizeof(ret->verdict), "%s", verdicts[gravest(receipt)]);
    if (json_array_size(files) == 1) {
        (void)snprintf(ret->screened_sha256, sizeof(ret->screened_sha256), "%.*s",
                       CW_SPAN_ARG(cw_body_text(json_array_get(files, 0), NULL, "sha256")));
    }
    json_decref(receipt);
    return CW_OK;
}
