/* Verification: every shape of the worked examples, and every way to tamper with one. */
#include "alert_world.h"

#include "alert_body_cases.h"
#include "key_set_cases.h"
#include "verify_cases.h"

/* ---- what is valid ---- */

static void accepts_each_shape(void)
{
    static const struct {
        const char *file;
        const char *body;     /* what comes out */
        const char *detached; /* what goes in beside the file */
        size_t signatures;
    } rows[] = {
        {"001-listed.jws.json", IN_001, NULL, 1},
        {"001-listed.jws.json", IN_001, IN_001, 1},
        {"001-listed.countersigned.jws.json", IN_001, NULL, 2},
        {"001-listed.detached.jws.json", IN_001, IN_001, 1},
        {"001-listed.compact.jws", IN_001, NULL, 1},
        {"001-listed.eddsa-compat.jws.json", IN_001, NULL, 1},
        {"002-changed.jws.json", IN_002, NULL, 1},
        {"003-delisted.jws.json", IN_003, NULL, 1},
        {"004-feed-failed.jws.json", IN_004, NULL, 1},
    };
    struct run run;
    run_begin(&run);
    trust(&run, "scanner.jwks.json", NULL, NULL);
    trust(&run, "partner.jwks.json", NULL, NULL);
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        struct cw_buf file;
        struct cw_buf body;
        const struct cw_span expected = fixture(rows[i].body, &body);
        const struct cw_span beside = rows[i].detached == NULL ? CW_SPAN("") : expected;
        const enum cw_status status =
            verify(&run, cw_span_trim(fixture(rows[i].file, &file)), beside);
        CW_CHECK(status == CW_OK, "%s: %s", rows[i].file, run.err.text);
        CU_ASSERT(cw_span_equal(cw_buf_as_span(&run.body), expected));
        CU_ASSERT_EQUAL(run.found.signatures_count, rows[i].signatures);
        CU_ASSERT_EQUAL(run.found.issuers, 1);
        for (size_t j = 0; j < run.found.signatures_count; j++) {
            CU_ASSERT_EQUAL(run.found.signatures[j].state, CW_SIGNATURE_GOOD);
        }
        cw_buf_clear(&file);
        cw_buf_clear(&body);
    }
    run_end(&run);
}

static void accepts_the_detached_compact_header(void)
{
    struct run run;
    struct cw_buf jws;
    struct cw_buf body;
    struct cw_buf detached;
    cw_buf_init(&detached, TEXT_MAX);
    run_begin(&run);
    trust(&run, "scanner.jwks.json", NULL, NULL);
    CU_ASSERT_EQUAL(cw_seal_detached(fixture("001-listed.jws.json", &jws), &detached, NULL), CW_OK);
    CU_ASSERT_EQUAL(verify(&run, cw_buf_as_span(&detached), fixture(IN_001, &body)), CW_OK);
    CU_ASSERT_EQUAL(verify(&run, cw_buf_as_span(&detached), CW_SPAN("")), CW_NOT_FOUND);
    CU_ASSERT_EQUAL(verify(&run, cw_buf_as_span(&detached), CW_SPAN("{}")), CW_UNTRUSTED);
    cw_buf_clear(&jws);
    cw_buf_clear(&body);
    cw_buf_clear(&detached);
    run_end(&run);
}

static void reports_what_it_found(void)
{
    struct run run;
    struct cw_buf file;
    run_begin(&run);
    trust(&run, "scanner.jwks.json", NULL, NULL);
    CU_ASSERT_EQUAL(verify(&run, fixture("001-listed.countersigned.jws.json", &file), CW_SPAN("")),
                    CW_OK);
    CU_ASSERT(run.found.has_body);
    CU_ASSERT_STRING_EQUAL(run.found.body_sha256,
                           "351b418d7c1b111b481aa4f93f5947af91ac5deaef66849fea16621232edaf7a");
    CU_ASSERT_STRING_EQUAL(run.found.signatures[0].kid, KID_ALERT);
    CU_ASSERT_STRING_EQUAL(run.found.signatures[0].purpose, "issue");
    CU_ASSERT_EQUAL(run.found.signatures[0].iat_s, IAT);
    CU_ASSERT(run.found.signatures[0].is_source_trusted);
    CU_ASSERT_STRING_EQUAL(run.found.signatures[1].purpose, "concur");
    CU_ASSERT_EQUAL(run.found.signatures[1].state, CW_SIGNATURE_UNKNOWN_KEY);
    CU_ASSERT_FALSE(run.found.signatures[1].is_source_trusted);
    cw_buf_clear(&file);
    run_end(&run);
}

/* ---- tampered files ---- */

static void refuses_tampered_files(void)
{
    struct run run;
    run_begin(&run);
    trust(&run, "scanner.jwks.json", NULL, NULL);
    trust(&run, "partner.jwks.json", NULL, NULL);
    for (size_t i = 0; i < CW_COUNT(tampered); i++) {
        struct cw_buf file;
        struct cw_buf changed;
        cw_buf_init(&changed, TEXT_MAX);
        CW_CHECK(replace(&changed, cw_span_trim(fixture(tampered[i].file, &file)), tampered[i].from,
                         tampered[i].to),
                 "%s is not in %s", tampered[i].from, tampered[i].file);
        const enum cw_status status = verify(&run, cw_buf_as_span(&changed), CW_SPAN(""));
        CW_CHECK(status == CW_UNTRUSTED, "%s: status %d", tampered[i].to, (int)status);
        CW_CHECK(strstr(run.err.text, tampered[i].why) != NULL, "%s: %s", tampered[i].to,
                 run.err.text);
        cw_buf_clear(&changed);
        cw_buf_clear(&file);
    }
    run_end(&run);
}

static void no_flipped_bit_and_no_cut_survives(void)
{
    struct run run;
    struct cw_buf file;
    run_begin(&run);
    trust(&run, "scanner.jwks.json", NULL, NULL);
    const struct cw_span whole = fixture("004-feed-failed.jws.json", &file);
    size_t survivors = 0;
    for (size_t i = 0; i < whole.len; i++) {
        file.data[i] ^= (char)(1u << (i % 7));
        survivors += verify(&run, whole, CW_SPAN("")) == CW_OK ? 1 : 0;
        file.data[i] ^= (char)(1u << (i % 7));
        survivors += verify(&run, cw_span_slice(whole, 0, i), CW_SPAN("")) == CW_OK ? 1 : 0;
    }
    CU_ASSERT_EQUAL(survivors, 0);
    CU_ASSERT_EQUAL(verify(&run, whole, CW_SPAN("")), CW_OK);
    cw_buf_clear(&file);
    run_end(&run);
}

static void refuses_what_is_no_signature_file(void)
{
    static const char *const rows[] = {
        "",
        " ",
        "{}",
        "[]",
        "null",
        "{\"signatures\":[]}",
        "{\"signatures\":{}}",
        "{\"payload\":1,\"signatures\":[{}]}",
        "..",
        "a.b",
        "a.b.c.d",
        "eyJ.e30.e30",
        ".",
        "eyJ",
    };
    struct run run;
    run_begin(&run);
    trust(&run, "scanner.jwks.json", NULL, NULL);
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        CW_CHECK(verify(&run, cw_span_cstr(rows[i]), CW_SPAN("")) == CW_UNTRUSTED, "%s", rows[i]);
    }
    run_end(&run);
}

static void the_body_beside_must_be_the_payload(void)
{
    struct run run;
    struct cw_buf file;
    struct cw_buf body;
    run_begin(&run);
    trust(&run, "scanner.jwks.json", NULL, NULL);
    CU_ASSERT_EQUAL(verify(&run, fixture("001-listed.jws.json", &file), fixture(IN_002, &body)),
                    CW_UNTRUSTED);
    CU_ASSERT_PTR_NOT_NULL(strstr(run.err.text, "beside the file"));
    cw_buf_clear(&file);
    CU_ASSERT_EQUAL(
        verify(&run, fixture("001-listed.detached.jws.json", &file), cw_buf_as_span(&body)),
        CW_UNTRUSTED);
    CU_ASSERT_EQUAL(run.found.signatures[0].state, CW_SIGNATURE_BAD);
    cw_buf_clear(&file);
    cw_buf_clear(&body);
    run_end(&run);
}

/* ---- headers, honestly signed ---- */

static void refuses_headers_even_if_signed(void)
{
    struct run run;
    run_begin(&run);
    trust(&run, "scanner.jwks.json", NULL, NULL);
    for (size_t i = 0; i < CW_COUNT(headers); i++) {
        const struct signer signer = {SEED_ALERT, headers[i].header};
        const enum cw_status status = verify_signed(&run, &signer, 1);
        CW_CHECK(status == (headers[i].why == NULL ? CW_OK : CW_UNTRUSTED), "%s: status %d %s",
                 headers[i].header, (int)status, run.err.text);
        CW_CHECK(headers[i].why == NULL || strstr(run.err.text, headers[i].why) != NULL, "%s: %s",
                 headers[i].header, run.err.text);
    }
    run_end(&run);
}

/* ---- bodies, honestly signed ---- */

static void refuse_bodies(struct run *run, const struct body_case *rows, size_t count)
{
    const struct signer signer = {SEED_ALERT, ISSUE};
    for (size_t i = 0; i < count; i++) {
        struct cw_buf example;
        struct cw_buf body;
        struct cw_buf file;
        cw_buf_init(&body, TEXT_MAX);
        CU_ASSERT(replace(&body, fixture(rows[i].example, &example), rows[i].from, rows[i].to));
        seal_with(&file, cw_buf_as_span(&body), &signer, 1);
        CW_CHECK(verify(run, cw_buf_as_span(&file), CW_SPAN("")) == CW_UNTRUSTED, "%s", rows[i].to);
        CW_CHECK(strstr(run->err.text, rows[i].why) != NULL, "%s: %s", rows[i].to, run->err.text);
        CU_ASSERT_EQUAL(run->found.signatures[0].state, CW_SIGNATURE_GOOD);
        cw_buf_clear(&file);
        cw_buf_clear(&body);
        cw_buf_clear(&example);
    }
}

static void refuses_bodies_even_if_signed(void)
{
    struct run run;
    run_begin(&run);
    trust(&run, "scanner.jwks.json", NULL, NULL);
    refuse_bodies(&run, form_cases, CW_COUNT(form_cases));
    refuse_bodies(&run, shape_cases, CW_COUNT(shape_cases));
    refuse_bodies(&run, id_cases, CW_COUNT(id_cases));
    run_end(&run);
}

static void refuses_a_signed_body_above_the_limit(void)
{
    static char text[CW_ALERT_BYTES_MAX + 1];
    const struct signer signer = {SEED_ALERT, ISSUE};
    struct run run;
    run_begin(&run);
    trust(&run, "scanner.jwks.json", NULL, NULL);
    memset(text, ' ', sizeof(text));
    for (size_t bytes = CW_ALERT_BYTES_MAX; bytes <= sizeof(text); bytes++) {
        struct cw_buf file;
        seal_with(&file, cw_span_make(text, bytes), &signer, 1);
        CU_ASSERT_EQUAL(verify(&run, cw_buf_as_span(&file), CW_SPAN("")), CW_UNTRUSTED);
        const bool is_too_long = strstr(run.err.text, "payload: longer") != NULL;
        CW_CHECK(is_too_long == (bytes > CW_ALERT_BYTES_MAX), "%zu: %s", bytes, run.err.text);
        cw_buf_clear(&file);
    }
    run_end(&run);
}

/* ---- who signed, and when ---- */

static void an_issuer_must_be_known_trusted_and_in_force(void)
{
    struct run run;
    run_begin(&run);
    trust(&run, "scanner.jwks.json", NULL, NULL);
    trust(&run, "partner.jwks.json", NULL, NULL);
    for (size_t i = 0; i < CW_COUNT(trust_rows); i++) {
        const struct trust_row *row = &trust_rows[i];
        const enum cw_status status = verify_signed(&run, row->signers, row->count);
        CW_CHECK(status == row->status, "%s: status %d %s", row->name, (int)status, run.err.text);
        CW_CHECK(strstr(run.err.text, row->why) != NULL, "%s: %s", row->name, run.err.text);
        CW_CHECK(run.found.issuers == row->issuers, "%s: %zu issuers", row->name,
                 run.found.issuers);
    }
    run_end(&run);
}

static void a_superseded_key_ends_before_its_exp(void)
{
    const struct signer at = {SEED_ALERT_OLD, HEADER("issue", "1790000000")};
    const struct signer before = {SEED_ALERT_OLD, HEADER("issue", "1789999999")};
    struct run run;
    run_begin(&run);
    trust(&run, "scanner.jwks.json", "\"revoked_at\": 1792022400", "\"revoked_at\": 1790000000");
    CU_ASSERT_EQUAL(verify_signed(&run, &before, 1), CW_OK);
    CU_ASSERT_EQUAL(verify_signed(&run, &at, 1), CW_UNTRUSTED);
    CU_ASSERT_EQUAL(run.found.signatures[0].state, CW_SIGNATURE_OUT_OF_TIME);
    run_end(&run);
}

static void a_compromised_key_is_never_good_by_itself(void)
{
    static const char *const reasons[] = {
        "\"reason\": \"compromised\"", "\"reason\": \"unspecified\"", "\"reason\": \"Superseded\""};
    const struct signer long_before = {SEED_ALERT_OLD, HEADER("issue", "1760000000")};
    for (size_t i = 0; i < CW_COUNT(reasons); i++) {
        struct run run;
        run_begin(&run);
        trust(&run, "scanner.jwks.json", "\"reason\": \"superseded\"", reasons[i]);
        CU_ASSERT_EQUAL(verify_signed(&run, &long_before, 1), CW_UNTRUSTED);
        CU_ASSERT_EQUAL(run.found.signatures[0].state, CW_SIGNATURE_COMPROMISED);
        CU_ASSERT_PTR_NOT_NULL(strstr(run.err.text, "compromised"));
        run_end(&run);
    }
}

static void a_revocation_in_one_set_counts_in_all(void)
{
    const struct signer signer = {SEED_ALERT_OLD, HEADER("issue", "1760000000")};
    for (int order = 0; order < 2; order++) {
        struct run run;
        run_begin(&run);
        if (order == 0) {
            trust(&run, "scanner.jwks.json", NULL, NULL);
        }
        trust(&run, "scanner.jwks.json", "\"superseded\"", "\"compromised\"");
        if (order == 1) {
            trust(&run, "scanner.jwks.json", NULL, NULL);
        }
        CU_ASSERT_EQUAL(verify_signed(&run, &signer, 1), CW_UNTRUSTED);
        CU_ASSERT_EQUAL(run.found.signatures[0].state, CW_SIGNATURE_COMPROMISED);
        run_end(&run);
    }
}

static void without_trusted_sets_nothing_can_be_checked(void)
{
    struct run run;
    struct cw_buf file;
    run_begin(&run);
    CU_ASSERT_EQUAL(verify(&run, fixture("001-listed.jws.json", &file), CW_SPAN("")), CW_NOT_FOUND);
    CU_ASSERT_EQUAL(run.found.signatures_count, 1);
    CU_ASSERT_EQUAL(run.found.signatures[0].state, CW_SIGNATURE_UNKNOWN_KEY);
    cw_buf_clear(&file);
    run_end(&run);
}

static void a_set_without_the_source_is_not_enough(void)
{
    struct run run;
    struct cw_buf file;
    run_begin(&run);
    trust(&run, "scanner.jwks.json", "example/cryptowatch\"", "example/cryptowatch/\"");
    CU_ASSERT_EQUAL(verify(&run, fixture("001-listed.jws.json", &file), CW_SPAN("")), CW_UNTRUSTED);
    CU_ASSERT_FALSE(run.found.signatures[0].is_source_trusted);
    cw_buf_clear(&file);
    run_end(&run);
}

static void takes_64_signatures_and_no_more(void)
{
    static struct signer signers[CW_JWS_SIGNATURES_MAX + 1];
    struct run run;
    run_begin(&run);
    trust(&run, "scanner.jwks.json", NULL, NULL);
    for (size_t i = 0; i < CW_COUNT(signers); i++) {
        signers[i] = (struct signer){SEED_ALERT, ISSUE};
    }
    CU_ASSERT_EQUAL(verify_signed(&run, signers, CW_JWS_SIGNATURES_MAX), CW_OK);
    CU_ASSERT_EQUAL(run.found.signatures_count, CW_JWS_SIGNATURES_MAX);
    CU_ASSERT_EQUAL(run.found.issuers, 1);
    CU_ASSERT_EQUAL(verify_signed(&run, signers, CW_JWS_SIGNATURES_MAX + 1), CW_UNTRUSTED);
    CU_ASSERT_PTR_NOT_NULL(strstr(run.err.text, "65 signatures"));
    run_end(&run);
}

static void refuses_a_file_above_the_limit(void)
{
    struct run run;
    struct cw_buf text;
    struct cw_buf file;
    run_begin(&run);
    trust(&run, "scanner.jwks.json", NULL, NULL);
    cw_buf_init(&text, TEXT_MAX);
    cw_buf_span(&text, fixture("001-listed.jws.json", &file));
    while (text.len < CW_JWS_BYTES_MAX) {
        cw_buf_char(&text, ' ');
    }
    CU_ASSERT_EQUAL(verify(&run, cw_buf_as_span(&text), CW_SPAN("")), CW_OK);
    cw_buf_char(&text, ' ');
    CU_ASSERT_EQUAL(verify(&run, cw_buf_as_span(&text), CW_SPAN("")), CW_UNTRUSTED);
    CU_ASSERT_PTR_NOT_NULL(strstr(run.err.text, "longer than 262144 bytes"));
    memset(text.data, 'a', text.len);
    CU_ASSERT_EQUAL(verify(&run, cw_buf_as_span(&text), CW_SPAN("")), CW_UNTRUSTED);
    CU_ASSERT_PTR_NOT_NULL(strstr(run.err.text, "longer than 262144 bytes"));
    text.len--;
    CU_ASSERT_EQUAL(verify(&run, cw_buf_as_span(&text), CW_SPAN("")), CW_UNTRUSTED);
    CU_ASSERT_PTR_NOT_NULL(strstr(run.err.text, "three parts"));
    cw_buf_clear(&text);
    cw_buf_clear(&file);
    run_end(&run);
}

static void what_is_sealed_verifies(void)
{
    struct run run;
    struct cw_signing_key *key = key_of(SEED_ALERT);
    run_begin(&run);
    trust(&run, "scanner.jwks.json", NULL, NULL);
    for (int i = 0; i < 20; i++) {
        struct world world;
        struct cw_buf body;
        struct cw_buf jws;
        cw_buf_init(&body, CW_ALERT_BYTES_MAX);
        cw_buf_init(&jws, CW_JWS_BYTES_MAX);
        world_001(&world);
        world.address.episode = (uint64_t)i * 7919;
        world.facts.nonce[0] = (uint8_t)i;
        CU_ASSERT_EQUAL(cw_alert_build(&world.facts, &body, NULL), CW_OK);
        CU_ASSERT_EQUAL(cw_seal(key, cw_buf_as_span(&body), IAT, &jws, NULL, NULL), CW_OK);
        CU_ASSERT_EQUAL(verify(&run, cw_buf_as_span(&jws), CW_SPAN("")), CW_OK);
        CU_ASSERT(cw_span_equal(cw_buf_as_span(&run.body), cw_buf_as_span(&body)));
        cw_buf_clear(&body);
        cw_buf_clear(&jws);
    }
    cw_signing_key_free(key);
    run_end(&run);
}

static void signs_nothing_that_is_too_long(void)
{
    static char text[CW_ALERT_BYTES_MAX + 1];
    struct cw_signing_key *key = key_of(SEED_ALERT);
    struct cw_buf jws;
    cw_buf_init(&jws, CW_JWS_BYTES_MAX);
    memset(text, 'a', sizeof(text));
    CU_ASSERT_EQUAL(cw_seal(key, cw_span_make(text, sizeof(text)), 1, &jws, NULL, NULL), CW_LIMIT);
    CU_ASSERT_EQUAL(cw_seal(key, CW_SPAN(""), 1, &jws, NULL, NULL), CW_LIMIT);
    CU_ASSERT_EQUAL(jws.len, 0);
    CU_ASSERT_EQUAL(cw_seal(key, cw_span_make(text, sizeof(text) - 1), 1, &jws, NULL, NULL), CW_OK);
    cw_buf_clear(&jws);
    cw_signing_key_free(key);
}

static void the_detached_form_is_that_of_the_issuer(void)
{
    const struct signer both[] = {{SEED_PARTNER, HEADER("concur", "1795165200")},
                                  {SEED_ALERT, ISSUE}};
    struct cw_buf body;
    struct cw_buf file;
    struct cw_buf detached;
    cw_buf_init(&detached, TEXT_MAX);
    seal_with(&file, fixture(IN_001, &body), both, 2);
    CU_ASSERT_EQUAL(cw_seal_detached(cw_buf_as_span(&file), &detached, NULL), CW_OK);
    CU_ASSERT(cw_span_ends_with(cw_buf_as_span(&detached),
                                CW_SPAN("..T9rYqcl6WqVkY7FZUUJDhgttU0kXFE48iG44awd7kx_rkKJ8QkpLyE4n"
                                        "OFgkf59h74YvqW-GoKjABfCaVXRpBw")));
    cw_buf_clear(&file);
    seal_with(&file, cw_buf_as_span(&body), both, 1);
    cw_buf_reset(&detached);
    CU_ASSERT_EQUAL(cw_seal_detached(cw_buf_as_span(&file), &detached, NULL), CW_UNTRUSTED);
    CU_ASSERT_EQUAL(cw_seal_detached(CW_SPAN("{}"), &detached, NULL), CW_UNTRUSTED);
    CU_ASSERT_EQUAL(detached.len, 0);
    cw_buf_clear(&file);
    cw_buf_clear(&body);
    cw_buf_clear(&detached);
}

static const struct cw_test tests[] = {
    {"accepts each shape of the worked examples", accepts_each_shape},
    {"accepts the detached compact header with its body", accepts_the_detached_compact_header},
    {"reports what it found", reports_what_it_found},
    {"refuses tampered files", refuses_tampered_files},
    {"no flipped bit and no cut survives", no_flipped_bit_and_no_cut_survives},
    {"refuses what is no signature file", refuses_what_is_no_signature_file},
    {"the body beside a file must be its payload", the_body_beside_must_be_the_payload},
    {"refuses headers even if signed", refuses_headers_even_if_signed},
    {"refuses bodies even if signed", refuses_bodies_even_if_signed},
    {"refuses a signed body above the limit", refuses_a_signed_body_above_the_limit},
    {"an issuer must be known, trusted and in force", an_issuer_must_be_known_trusted_and_in_force},
    {"a superseded key ends before its exp", a_superseded_key_ends_before_its_exp},
    {"a compromised key is never good by itself", a_compromised_key_is_never_good_by_itself},
    {"a revocation in one set counts in all", a_revocation_in_one_set_counts_in_all},
    {"without trusted sets nothing can be checked", without_trusted_sets_nothing_can_be_checked},
    {"a set without the source is not enough", a_set_without_the_source_is_not_enough},
    {"takes 64 signatures and no more", takes_64_signatures_and_no_more},
    {"refuses a file above the limit at N+1", refuses_a_file_above_the_limit},
    {"what is sealed verifies", what_is_sealed_verifies},
    {"signs nothing that is too long", signs_nothing_that_is_too_long},
    {"the detached form is that of the issuer", the_detached_form_is_that_of_the_issuer},
    {"a key set refuses what is none", key_set_refuses_what_is_none},
    {"a key set refuses empty and double ones", key_set_refuses_empty_and_double_ones},
    {"a key set is written as published", key_set_is_written_as_published},
    {"an unreadable key set is not written", key_set_that_we_could_not_read_is_not_written},
    {"a key set keeps its limits at N and N+1", key_set_keeps_its_limits},
};

int main(void)
{
    struct cw_error err = {0};
    if (cw_hash_selftest(&err) != CW_OK) {
        return 1;
    }
    return cw_run_suite("verify", tests, CW_COUNT(tests));
}
