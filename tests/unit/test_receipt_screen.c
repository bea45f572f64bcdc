/* Receipts of `screen`: what they say of files and hits, and what they refuse to say. */
#include "receipt_world.h"

static const struct cw_receipt_feed stale[] = {{"ofac", "stale", 1790000000, SHA_A, 761}};
static const struct cw_receipt_file clean_file = {
    .name = "transfers.csv", .sha256 = SHA_A, .bytes = 1 << 20, .lines = 9000, .error = ""};
static const struct cw_receipt_file cut_file = {
    .name = "cut.gz", .sha256 = "", .error = "gzip: cut"};
static const struct cw_receipt_hit listed_hit = {
    .line = 3,
    .offset = 53,
    .found = {"0xdead", 6},
    .canonical = "evm:account:dead",
    .verdict = "listed",
    .match = {"exact", "feed", "ofac", "0xDEAD", "27307", "EXAMPLE", "2022-04-14", true, 0},
    .matches_count = 1,
};

/* One document of a test, and its facts. */
struct screening {
    struct cw_receipt_file files[CW_RECEIPT_FILES_MAX + 1];
    struct cw_receipt_hit hits[2 * CW_RECEIPT_HITS_MAX + 1];
    struct cw_receipt_screened screened;
    struct cw_receipt_facts facts;
};

static void begin(struct screening *ret)
{
    *ret = (struct screening){
        .files = {clean_file},
        .screened = {.against = "all", .files_count = 1, .hits_sha256 = SHA_B, .verdict = "clear"},
        .facts = facts_of_data(),
    };
    ret->screened.files = ret->files;
    ret->screened.hits = ret->hits;
    ret->facts.screened = &ret->screened;
}

/* So many hits of a verdict in the first file, all of them shown. */
static void add_hits(struct screening *screening, const char *verdict, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct cw_receipt_hit *hit = &screening->hits[screening->screened.hits_count++];
        *hit = listed_hit;
        hit->verdict = verdict;
    }
    if (strcmp(verdict, "listed") == 0) {
        screening->files[0].listed += count;
    } else {
        screening->files[0].related += count;
    }
}

static enum cw_status build(const struct screening *screening, struct cw_buf *ret_body,
                            struct cw_error *err)
{
    cw_buf_init(ret_body, TEXT_MAX);
    return cw_receipt_build(&screening->facts, ret_body, err);
}

static bool builds(const struct screening *screening)
{
    struct cw_buf body;
    const enum cw_status status = build(screening, &body, NULL);
    CU_ASSERT(status == CW_OK || status == CW_INVALID);
    cw_buf_clear(&body);
    return status == CW_OK;
}

/* ---- what it says ---- */

static void states_files_hits_and_totals(void)
{
    static const char *const wanted[] = {
        "\"kind\":\"screen\"",
        "\"screened\":{\"against\":\"all\",\"bytes\":1048576,\"every_token\":false,\"files\":"
        "[{\"bytes\":1048576,\"lines\":9000,\"listed\":1,\"name\":\"transfers.csv\","
        "\"related\":0,\"sha256\":\"" SHA_A "\"},"
        "{\"error\":\"gzip: cut\",\"listed\":0,\"name\":\"cut.gz\",\"related\":0}]",
        "\"hits\":[{\"canonical\":\"evm:account:dead\",\"file\":0,\"found\":{\"bytes\":6,",
        "\"line\":3,\"match\":{\"active\":true,\"entry_id\":\"27307\",",
        "\"matches_count\":1,\"offset\":53,\"verdict\":\"listed\"}],\"hits_sha256\":\"" SHA_B
        "\",\"lines\":9000,\"listed\":1,\"related\":0,\"verdict\":\"listed\"}",
    };
    struct screening screening;
    struct cw_receipt_summary summary;
    struct cw_error err = {0};
    struct cw_buf body;
    begin(&screening);
    add_hits(&screening, "listed", 1);
    screening.files[screening.screened.files_count++] = cut_file;
    screening.screened.verdict = "listed";
    CW_CHECK(build(&screening, &body, &err) == CW_OK, "%s", err.text);
    for (size_t i = 0; i < CW_COUNT(wanted); i++) {
        CW_CHECK(holds(&body, wanted[i]), "%s", wanted[i]);
    }
    CU_ASSERT_EQUAL(cw_receipt_summarise(cw_buf_as_span(&body), &summary, NULL), CW_OK);
    CU_ASSERT_TRUE(summary.is_screen);
    CU_ASSERT_EQUAL(summary.answers, 0);
    CU_ASSERT_EQUAL(summary.files, 2);
    CU_ASSERT_EQUAL(summary.listed, 1);
    CU_ASSERT_STRING_EQUAL(summary.verdict, "listed");
    CU_ASSERT_STRING_EQUAL(summary.screened_sha256, ""); /* of two files neither is the one */
    cw_buf_clear(&body);
}

static void names_nothing_when_it_shall_not(void)
{
    struct screening screening;
    struct cw_buf body;
    begin(&screening);
    add_hits(&screening, "listed", 1);
    screening.screened.verdict = "listed";
    screening.files[0].name = NULL;
    screening.hits[0].how = CW_RECEIPT_HASHED;
    screening.hits[0].canonical = "";
    screening.hits[0].match.listed_value = NULL;
    screening.hits[0].match.entry_id = NULL;
    screening.hits[0].match.entry_name = NULL;
    CU_ASSERT_EQUAL(build(&screening, &body, NULL), CW_OK);
    static const char *const secrets[] = {"transfers", "0xdead", "0xDEAD",
                                          "evm",       "27307",  "EXAMPLE"};
    for (size_t i = 0; i < CW_COUNT(secrets); i++) {
        struct cw_buf out;
        cw_buf_init(&out, TEXT_MAX);
        CW_CHECK(!replace(&out, cw_buf_as_span(&body), secrets[i], ""), "%s is in it", secrets[i]);
        cw_buf_clear(&out);
    }
    cw_buf_clear(&body);
}

/* ---- which verdict may be said ---- */

static const struct {
    const char *description;
    size_t listed;
    size_t related;
    bool is_stale;
    bool is_cut;
    const char *against;
    const char *verdict; /* the only one that may be said */
} verdict_rows[] = {
    {"nothing on whole data", 0, 0, false, false, "all", "clear"},
    {"a listing", 1, 0, false, false, "all", "listed"},
    {"a listing on old data", 1, 0, true, false, "all", "listed"},
    {"a listing beside a cut file", 1, 1, true, true, "all", "listed"},
    {"a relation", 0, 1, false, false, "all", "related"},
    {"a relation on old data", 0, 1, true, false, "all", "cannot-say"},
    {"a relation beside a cut file", 0, 1, false, true, "all", "cannot-say"},
    {"nothing on old data", 0, 0, true, false, "all", "cannot-say"},
    {"nothing on old lists", 0, 0, true, false, "feeds", "cannot-say"},
    {"nothing in our cases, with old lists", 0, 0, true, false, "rules", "clear"},
    {"a relation in our cases, with old lists", 0, 1, true, false, "rules", "related"},
    {"nothing in a cut file", 0, 0, false, true, "rules", "cannot-say"},
};

static void says_no_other_verdict_than_follows(void)
{
    static const char *const verdicts[] = {"clear", "related", "cannot-say", "listed", "maybe"};
    for (size_t i = 0; i < CW_COUNT(verdict_rows); i++) {
        struct screening screening;
        begin(&screening);
        add_hits(&screening, "listed", verdict_rows[i].listed);
        add_hits(&screening, "related", verdict_rows[i].related);
        screening.screened.against = verdict_rows[i].against;
        screening.facts.feeds = verdict_rows[i].is_stale ? stale : fresh;
        if (verdict_rows[i].is_cut) {
            screening.files[screening.screened.files_count++] = cut_file;
        }
        for (size_t k = 0; k < CW_COUNT(verdicts); k++) {
            screening.screened.verdict = verdicts[k];
            CW_CHECK(builds(&screening) == (strcmp(verdicts[k], verdict_rows[i].verdict) == 0),
                     "%s: %s", verdict_rows[i].description, verdicts[k]);
        }
    }
}

/* In the receipt of a listed hit, the first `from` becomes `to`. */
static const struct tampering tampered_receipts[] = {
    {"\"bytes\":1048576,\"every", "\"bytes\":1048575,\"every"},
    {"\"lines\":9000,\"listed\":1,\"name", "\"lines\":9001,\"listed\":1,\"name"},
    {"\"listed\":1,\"name", "\"listed\":2,\"name"},
    {"\"listed\":1,\"name", "\"listed\":0,\"name"},
    {"\"related\":0,\"sha256", "\"related\":1,\"sha256"},
    {"\"related\":0,\"verdict", "\"related\":1,\"verdict"},
    {"\"sha256\":\"" SHA_A "\"}]", "\"sha25\":\"" SHA_A "\"}]"},
    {"\"name\":\"transfers.csv\",", "\"name\":0,"},
    {"\"against\":\"all\"", "\"against\":\"none\""},
    {"\"every_token\":false", "\"every_token\":0"},
    {"\"file\":0", "\"file\":1"},
    {"\"file\":0", "\"file\":-1"},
    {"\"line\":3", "\"line\":0"},
    {"\"text\":\"0xdead\"", "\"text\":\"0xdeaf\""},
    {"\"offset\":53,\"verdict\":\"listed\"", "\"offset\":53,\"verdict\":\"related\""},
    {"\"offset\":53,\"verdict\":\"listed\"", "\"offset\":53,\"verdict\":\"clear\""},
    {"\"related\":0,\"verdict\":\"listed\"", "\"related\":0,\"verdict\":\"clear\""},
    {"\"related\":0,\"verdict\":\"listed\"", "\"related\":0,\"verdict\":\"cannot-say\""},
    {"\"hits_sha256\"", "\"hits_sha257\""},
    {"\"kind\":\"screen\"", "\"kind\":\"check\""},
    {"\"screened\"", "\"answers\":[],\"screened\""},
};

static void refuses_tampered_receipts(void)
{
    struct screening screening;
    struct cw_buf body;
    begin(&screening);
    add_hits(&screening, "listed", 1);
    screening.screened.verdict = "listed";
    CU_ASSERT_EQUAL_FATAL(build(&screening, &body, NULL), CW_OK);
    refuses_each(&body, tampered_receipts, CW_COUNT(tampered_receipts));
    cw_buf_clear(&body);
}

/* ---- limits ---- */

static void holds_no_more_hits_and_files_than_it_may(void)
{
    struct screening screening;
    struct cw_buf body;
    begin(&screening);
    add_hits(&screening, "listed", CW_RECEIPT_HITS_MAX);
    add_hits(&screening, "related", CW_RECEIPT_HITS_MAX);
    screening.screened.verdict = "listed";
    CU_ASSERT_TRUE(builds(&screening));
    add_hits(&screening, "related", 1);
    CU_ASSERT_FALSE(builds(&screening));
    screening.screened.hits_count--; /* counted, and not shown */
    CU_ASSERT_TRUE(builds(&screening));
    screening.screened.hits_count = CW_RECEIPT_HITS_MAX; /* none of those that are related */
    CU_ASSERT_FALSE(builds(&screening));
    begin(&screening);
    for (size_t i = 0; i < CW_RECEIPT_FILES_MAX; i++) {
        screening.files[i] = clean_file;
    }
    screening.screened.files_count = CW_RECEIPT_FILES_MAX;
    CU_ASSERT_TRUE(builds(&screening));
    screening.files[CW_RECEIPT_FILES_MAX] = clean_file;
    screening.screened.files_count = CW_RECEIPT_FILES_MAX + 1;
    CU_ASSERT_EQUAL(build(&screening, &body, NULL), CW_LIMIT);
    cw_buf_clear(&body);
    screening.screened.files_count = 0;
    CU_ASSERT_FALSE(builds(&screening));
}

static void a_sealed_one_verifies(void)
{
    struct screening screening;
    struct cw_receipt_summary summary;
    struct run run;
    struct cw_buf jws;
    begin(&screening);
    run_begin(&run);
    trust(&run, "scanner.jwks.json", NULL, NULL);
    struct cw_signing_key *key = key_of(SEED_ALERT);
    cw_buf_init(&jws, TEXT_MAX);
    CU_ASSERT_EQUAL(cw_receipt_seal(key, &screening.facts, &jws, NULL), CW_OK);
    cw_signing_key_free(key);
    CU_ASSERT_EQUAL(verify(&run, cw_buf_as_span(&jws), CW_SPAN("")), CW_OK);
    CU_ASSERT_EQUAL(cw_receipt_summarise(cw_buf_as_span(&run.body), &summary, NULL), CW_OK);
    CU_ASSERT_TRUE(summary.is_screen);
    CU_ASSERT_STRING_EQUAL(summary.screened_sha256, SHA_A);
    cw_buf_clear(&jws);
    run_end(&run);
}

static const struct cw_test tests[] = {
    {"states files, hits and totals", states_files_hits_and_totals},
    {"names nothing when it shall not", names_nothing_when_it_shall_not},
    {"says no other verdict than follows", says_no_other_verdict_than_follows},
    {"refuses tampered receipts of a screening", refuses_tampered_receipts},
    {"holds no more hits and files than it may", holds_no_more_hits_and_files_than_it_may},
    {"a sealed one verifies", a_sealed_one_verifies},
};

int main(void)
{
    struct cw_error err = {0};
    if (cw_hash_selftest(&err) != CW_OK) {
        return 1;
    }
    return cw_run_suite("receipt_screen", tests, CW_COUNT(tests));
}
