/* Receipts: what they say, what they refuse to say, and how they are told from alerts. */
#include "receipt_world.h"

static const struct cw_receipt_feed half[] = {{"fbi", "never", 0, "", 0},
                                              {"ofac", "stale", 1790000000, SHA_A, 761}};
static const struct cw_receipt_match listed_match = {
    "encoding", "feed", "ofac", "0xabc\nd", "27307", "EXAMPLE", "2022-04-14", true, 0};
static const char *const reasons[] = {"list ofac is stale: last seen 59 days ago"};

/* A receipt of one "clear". The caller points `answer` elsewhere. */
static struct cw_receipt_facts facts_of(const struct cw_receipt_answer *answers, size_t count)
{
    struct cw_receipt_facts facts = facts_of_data();
    facts.built_at_s = 1795144001;
    facts.answers = answers;
    facts.answers_count = count;
    return facts;
}

static const struct cw_receipt_answer clear_answer = {
    .input = {"0xdead", 6}, .how = CW_RECEIPT_SHOWN, .canonical = "evm:dead", .verdict = "clear"};

static void says_what_was_asked_and_on_which_data(void)
{
    const struct cw_receipt_facts facts = facts_of(&clear_answer, 1);
    struct cw_buf body;
    struct cw_error err = {0};
    cw_buf_init(&body, TEXT_MAX);
    CW_CHECK(cw_receipt_build(&facts, &body, &err) == CW_OK, "%s", err.text);
    CU_ASSERT(holds(
        &body, "{\"answers\":[{\"canonical\":\"evm:dead\",\"input\":{\"bytes\":6,"
               "\"sha256\":\"508f91ad2786055f50cad6921708e0e673a9be117028c121fa134dd060ebe89b\","
               "\"text\""));
    CU_ASSERT(holds(&body, "\"data\":{\"built_at\":\"2026-11-20T03:06:41Z\",\"feeds\":[{\"age_s\":"
                           "502,\"entries\":761,\"id\":\"ofac\",\"retrieved_at\":"
                           "\"2026-11-20T03:06:40Z\",\"snapshot_sha256\":\"" SHA_A
                           "\",\"status\":\"fresh\"}],\"generation\":12}"));
    CU_ASSERT(holds(&body, "\"kind\":\"check\""));
    CU_ASSERT(holds(&body, "\"rules\":{\"cases\":[{\"id\":\"ronin-2022\",\"sha256\":\"" SHA_B
                           "\"}],\"count\":1,\"sha256\":\"" SHA_B "\"}"));
    CU_ASSERT(holds(&body, "\"text\":\"0xdead\"},\"matches\":[],\"matches_count\":0,\"reasons\":[],"
                           "\"verdict\":\"clear\"}]"));
    CU_ASSERT(holds(&body, "\"time\":\"2026-11-20T03:15:02Z\"}"));
    cw_buf_clear(&body);
}

static void hides_what_must_not_be_shown(void)
{
    static const struct {
        struct cw_span input;
        enum cw_receipt_input how;
        const char *there;
        const char *not_there;
    } rows[] = {
        {{"0xdead", 6}, CW_RECEIPT_SHOWN, "\"text\":\"0xdead\"", "withheld"},
        {{"0xdead", 6}, CW_RECEIPT_HASHED, "\"sha256\"", "0xdead"},
        {{"5Kb8", 4}, CW_RECEIPT_WITHHELD, "\"input\":{\"withheld\":true}", "5Kb8"},
        {{"a\nb", 3}, CW_RECEIPT_SHOWN, "\"bytes\":3", "\"text\""},
        {{"a\0b", 3}, CW_RECEIPT_SHOWN, "\"bytes\":3", "\"text\""},
        {{"\xff", 1}, CW_RECEIPT_SHOWN, "\"bytes\":1", "\"text\""},
        {{"", 0}, CW_RECEIPT_SHOWN, "\"bytes\":0", "\"text\""},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        struct cw_receipt_answer answer = clear_answer;
        answer.input = rows[i].input;
        answer.how = rows[i].how;
        const struct cw_receipt_facts facts = facts_of(&answer, 1);
        struct cw_buf body;
        struct cw_error err = {0};
        cw_buf_init(&body, TEXT_MAX);
        CW_CHECK(cw_receipt_build(&facts, &body, &err) == CW_OK, "row %zu: %s", i, err.text);
        CW_CHECK(holds(&body, rows[i].there), "row %zu: %.*s", i,
                 CW_SPAN_ARG(cw_buf_as_span(&body)));
        CW_CHECK(!holds(&body, rows[i].not_there), "row %zu", i);
        cw_buf_clear(&body);
    }
}

static void cleans_foreign_text(void)
{
    struct cw_receipt_answer answer = clear_answer;
    answer.verdict = "listed";
    answer.matches = &listed_match;
    answer.matches_count = 1;
    const struct cw_receipt_facts facts = facts_of(&answer, 1);
    struct cw_buf body;
    cw_buf_init(&body, TEXT_MAX);
    CU_ASSERT_EQUAL(cw_receipt_build(&facts, &body, NULL), CW_OK);
    CU_ASSERT(holds(&body, "\"listed_value\":\"0xabc\xef\xbf\xbd"
                           "d\""));
    cw_buf_clear(&body);
}

/* ---- what is never said ---- */

static const struct {
    const char *description;
    const char *verdict;
    bool has_match;
    bool is_whole;
    enum cw_status status;
} verdict_rows[] = {
    {"clear on whole data", "clear", false, true, CW_OK},
    {"clear beside a match", "clear", true, true, CW_INVALID},
    {"clear on half the data", "clear", false, false, CW_INVALID},
    {"cannot say on half the data", "cannot-say", false, false, CW_OK},
    {"listed", "listed", true, true, CW_OK},
    {"listed on half the data", "listed", true, false, CW_OK},
    {"listed without a match", "listed", false, true, CW_INVALID},
    {"related without a match", "related", false, true, CW_INVALID},
    {"no such verdict", "maybe", false, true, CW_INVALID},
};

static void says_clear_only_when_it_may(void)
{
    for (size_t i = 0; i < CW_COUNT(verdict_rows); i++) {
        struct cw_receipt_answer answer = clear_answer;
        answer.verdict = verdict_rows[i].verdict;
        answer.matches = &listed_match;
        answer.matches_count = verdict_rows[i].has_match ? 1 : 0;
        answer.reasons = reasons;
        answer.reasons_count = 1;
        struct cw_receipt_facts facts = facts_of(&answer, 1);
        if (!verdict_rows[i].is_whole) {
            facts.feeds = half;
            facts.feeds_count = 2;
        }
        struct cw_buf body;
        struct cw_error err = {0};
        cw_buf_init(&body, TEXT_MAX);
        const enum cw_status status = cw_receipt_build(&facts, &body, &err);
        CW_CHECK(status == verdict_rows[i].status, "%s: status %d, %s", verdict_rows[i].description,
                 (int)status, err.text);
        CU_ASSERT_EQUAL(status == CW_OK, body.len > 0);
        cw_buf_clear(&body);
    }
    struct cw_receipt_facts none = facts_of(&clear_answer, 1);
    none.feeds_count = 0;
    struct cw_buf body;
    cw_buf_init(&body, TEXT_MAX);
    CU_ASSERT_EQUAL(cw_receipt_build(&none, &body, NULL), CW_INVALID);
    cw_buf_clear(&body);
}

/* In the receipt of a clear answer, the first `from` becomes `to`. */
static const struct tampering tampered_receipts[] = {
    {"{\"answers\"", "{ \"answers\""},
    {"\"text\":\"0xdead\"", "\"text\":\"0xdeaf\""},
    {"\"bytes\":6", "\"bytes\":7"},
    {"\"age_s\":502", "\"age_s\":501"},
    {"\"status\":\"fresh\"", "\"status\":\"stale\""},
    {"\"kind\":\"check\"", "\"kind\":\"screen\""},
    {"\"kind\":\"check\"", "\"kind\":\"other\""},
    {"\"matches_count\":0", "\"matches_count\":1"},
    {"\"verdict\":\"clear\"", "\"verdict\":\"listed\""},
    {"receipt:1", "receipt:2"},
    {"\"generation\":12", "\"generation\":-1"},
    {"\"generation\":12", "\"generation\":12.0"},
    {"T03:15:02Z\"}", "T03:15:03Z\"}"},
    {"T03:15:02Z\"}", "T03:15:62Z\"}"},
    {"\"source\":\"", "\"source\":null,\"sourc\":\""},
    {"\"rules\":{\"cases\"", "\"rules\":{\"cases\":[],\"cases\""},
    {"\"snapshot_sha256\":\"" SHA_A "\",", ""},
    {"\"input\":{", "\"input\":{\"withheld\":true,"},
};

static void refuses_tampered_receipts(void)
{
    const struct cw_receipt_facts facts = facts_of(&clear_answer, 1);
    struct cw_buf body;
    cw_buf_init(&body, TEXT_MAX);
    CU_ASSERT_EQUAL_FATAL(cw_receipt_build(&facts, &body, NULL), CW_OK);
    CU_ASSERT_EQUAL(cw_receipt_check_body(cw_buf_as_span(&body), NULL), CW_OK);
    refuses_each(&body, tampered_receipts, CW_COUNT(tampered_receipts));
    cw_buf_clear(&body);
}

/* ---- limits ---- */

static enum cw_status build_many(size_t answers, size_t matches, size_t rules, size_t *ret_len)
{
    static struct cw_receipt_match all_matches[64];
    struct cw_receipt_answer *all = calloc(answers, sizeof(*all));
    struct cw_receipt_case *named = calloc(rules + 1, sizeof(*named));
    CU_ASSERT_PTR_NOT_NULL_FATAL(all);
    CU_ASSERT_PTR_NOT_NULL_FATAL(named);
    for (size_t i = 0; i < CW_COUNT(all_matches); i++) {
        all_matches[i] = listed_match;
    }
    for (size_t i = 0; i < answers; i++) {
        all[i] = clear_answer;
        all[i].verdict = matches > 0 ? "listed" : "clear";
        all[i].matches = all_matches;
        all[i].matches_count = matches;
    }
    for (size_t i = 0; i < rules; i++) {
        named[i] = cases[0];
    }
    struct cw_receipt_facts facts = facts_of(all, answers);
    facts.cases = named;
    facts.cases_count = rules;
    struct cw_buf body;
    cw_buf_init(&body, TEXT_MAX);
    const enum cw_status status = cw_receipt_build(&facts, &body, NULL);
    *ret_len = body.len;
    cw_buf_clear(&body);
    free(all);
    free(named);
    return status;
}

static void keeps_its_limits_at_n_and_n_plus_1(void)
{
    size_t len = 0;
    size_t longer = 0;
    CU_ASSERT_EQUAL(build_many(CW_RECEIPT_ANSWERS_MAX, 0, 1, &len), CW_OK);
    CU_ASSERT_EQUAL(build_many(CW_RECEIPT_ANSWERS_MAX + 1, 0, 1, &len), CW_LIMIT);
    CU_ASSERT_EQUAL(build_many(1, CW_RECEIPT_MATCHES_MAX, 1, &len), CW_OK);
    CU_ASSERT_EQUAL(build_many(1, CW_RECEIPT_MATCHES_MAX + 1, 1, &longer), CW_OK);
    CU_ASSERT_EQUAL(longer, len); /* counted, and no longer shown */
    CU_ASSERT_EQUAL(build_many(1, 0, CW_RECEIPT_CASES_MAX, &len), CW_OK);
    CU_ASSERT_EQUAL(build_many(1, 0, CW_RECEIPT_CASES_MAX + 1, &longer), CW_OK);
    CU_ASSERT(longer < len); /* the digest alone */
    CU_ASSERT_EQUAL(build_many(CW_RECEIPT_ANSWERS_MAX, CW_RECEIPT_MATCHES_MAX, 1, &len), CW_LIMIT);
}

/* ---- sealed ---- */

static enum cw_status seal_and_verify(struct run *run, const struct cw_receipt_facts *facts,
                                      struct cw_buf *ret_jws)
{
    struct cw_signing_key *key = key_of(SEED_ALERT);
    cw_buf_init(ret_jws, TEXT_MAX);
    CU_ASSERT_EQUAL_FATAL(cw_receipt_seal(key, facts, ret_jws, NULL), CW_OK);
    cw_signing_key_free(key);
    return verify(run, cw_buf_as_span(ret_jws), CW_SPAN(""));
}

static void a_sealed_receipt_verifies_and_no_flipped_bit_does(void)
{
    struct run run;
    struct cw_buf jws;
    struct cw_receipt_summary summary;
    const struct cw_receipt_facts facts = facts_of(&clear_answer, 1);
    run_begin(&run);
    trust(&run, "scanner.jwks.json", NULL, NULL);
    CU_ASSERT_EQUAL(seal_and_verify(&run, &facts, &jws), CW_OK);
    CU_ASSERT_EQUAL(run.found.kind, CW_SEAL_RECEIPT);
    CU_ASSERT_EQUAL(run.found.issuers, 1);
    CU_ASSERT_EQUAL(cw_receipt_summarise(cw_buf_as_span(&run.body), &summary, NULL), CW_OK);
    CU_ASSERT_STRING_EQUAL(summary.verdict, "clear");
    CU_ASSERT_STRING_EQUAL(summary.source, URI);
    CU_ASSERT_EQUAL(summary.answers, 1);
    CU_ASSERT_EQUAL(summary.feeds, 1);
    CU_ASSERT_EQUAL(summary.feeds_fresh, 1);
    CU_ASSERT_EQUAL(summary.generation, 12);
    size_t survivors = 0;
    for (size_t i = 0; i < jws.len; i++) {
        for (int bit = 0; bit < 8; bit++) {
            jws.data[i] = (char)(jws.data[i] ^ (1 << bit));
            survivors += verify(&run, cw_buf_as_span(&jws), CW_SPAN("")) == CW_OK ? 1 : 0;
            jws.data[i] = (char)(jws.data[i] ^ (1 << bit));
        }
    }
    CU_ASSERT_EQUAL(survivors, 0);
    cw_buf_clear(&jws);
    run_end(&run);
}

#define RECEIPT_HEADER                                                                             \
    "{\"alg\":\"Ed25519\",\"cty\":\"json\",\"cw_purpose\":\"issue\",\"iat\":1795144502,"           \
    "\"kid\":\"%s\",\"typ\":\"cryptowatch-receipt+jws\"}"

/* An alert under a receipt's header, a receipt under an alert's, and both kinds in one file. */
static void a_receipt_is_no_alert_and_an_alert_no_receipt(void)
{
    static const struct signer as_alert = {SEED_ALERT, ISSUE};
    static const struct signer as_receipt = {SEED_ALERT, RECEIPT_HEADER};
    static const struct signer as_both[] = {{SEED_ALERT, ISSUE}, {SEED_ALERT, RECEIPT_HEADER}};
    const struct cw_receipt_facts facts = facts_of(&clear_answer, 1);
    struct run run;
    struct cw_buf alert;
    struct cw_buf receipt;
    struct cw_buf file;
    run_begin(&run);
    trust(&run, "scanner.jwks.json", NULL, NULL);
    cw_buf_init(&receipt, TEXT_MAX);
    CU_ASSERT_EQUAL_FATAL(cw_receipt_build(&facts, &receipt, NULL), CW_OK);
    const struct cw_span alert_body = fixture(IN_001, &alert);
    const struct {
        struct cw_span body;
        const struct signer *signers;
        size_t count;
        enum cw_status status;
    } rows[] = {
        {alert_body, &as_alert, 1, CW_OK},
        {cw_buf_as_span(&receipt), &as_receipt, 1, CW_OK},
        {alert_body, &as_receipt, 1, CW_UNTRUSTED},
        {cw_buf_as_span(&receipt), &as_alert, 1, CW_UNTRUSTED},
        {alert_body, as_both, 2, CW_UNTRUSTED},
        {cw_buf_as_span(&receipt), as_both, 2, CW_UNTRUSTED},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        seal_with(&file, rows[i].body, rows[i].signers, rows[i].count);
        const enum cw_status status = verify(&run, cw_buf_as_span(&file), CW_SPAN(""));
        CW_CHECK(status == rows[i].status, "row %zu: status %d, %s", i, (int)status, run.err.text);
        cw_buf_clear(&file);
    }
    cw_buf_clear(&alert);
    cw_buf_clear(&receipt);
    run_end(&run);
}

static const struct cw_test tests[] = {
    {"says what was asked and on which data", says_what_was_asked_and_on_which_data},
    {"hides what must not be shown", hides_what_must_not_be_shown},
    {"cleans foreign text", cleans_foreign_text},
    {"says clear only when it may", says_clear_only_when_it_may},
    {"refuses tampered receipts", refuses_tampered_receipts},
    {"keeps its limits at N and N+1", keeps_its_limits_at_n_and_n_plus_1},
    {"a sealed receipt verifies, no flipped bit does",
     a_sealed_receipt_verifies_and_no_flipped_bit_does},
    {"a receipt is no alert, an alert no receipt", a_receipt_is_no_alert_and_an_alert_no_receipt},
};

int main(void)
{
    struct cw_error err = {0};
    if (cw_hash_selftest(&err) != CW_OK) {
        return 1;
    }
    return cw_run_suite("receipt", tests, CW_COUNT(tests));
}
