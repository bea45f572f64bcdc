/* A key that was revoked as compromised, and what a witness saw of it before (alerts.md 5.3). */
#include "alert/jws.h"
#include "alert_body_cases.h"
#include "verify_world.h"

/* A log proof as the caller would have checked it. */
struct fake_proof {
    struct cw_witnessed shows;
    enum cw_status status;
    int asked;
};

static enum cw_status prove(void *ctx, struct cw_span body, struct cw_witnessed *ret,
                            struct cw_error *err)
{
    struct fake_proof *proof = ctx;
    CU_ASSERT(body.len > 0);
    proof->asked++;
    *ret = proof->shows;
    return proof->status == CW_OK ? CW_OK : cw_error_set(err, proof->status, "the proof's reason");
}

/* The old alert key is compromised at REVOKED in one set, and not known to be in the other. */
enum { REVOKED = 1792022400 };

static const struct {
    const char *description;
    const char *purpose_and_time;
    int64_t witnessed_at_s;
    bool is_other_signature;
    enum cw_status proof;
    enum cw_status status;
    enum cw_signature_state state;
} saved_rows[] = {
    {"seen a second before", HEADER("issue", "1760000000"), REVOKED - 1, false, CW_OK, CW_OK,
     CW_SIGNATURE_GOOD},
    {"seen in that second", HEADER("issue", "1760000000"), REVOKED, false, CW_OK, CW_UNTRUSTED,
     CW_SIGNATURE_COMPROMISED},
    {"seen by nobody", HEADER("issue", "1760000000"), INT64_MAX, false, CW_OK, CW_UNTRUSTED,
     CW_SIGNATURE_COMPROMISED},
    {"another signature was seen", HEADER("issue", "1760000000"), REVOKED - 1, true, CW_OK,
     CW_UNTRUSTED, CW_SIGNATURE_COMPROMISED},
    {"seen, and made before the key began", HEADER("issue", "1759275000"), REVOKED - 1, false,
     CW_OK, CW_UNTRUSTED, CW_SIGNATURE_OUT_OF_TIME},
    {"seen, and made after the key ended", HEADER("issue", "1792022400"), REVOKED - 1, false, CW_OK,
     CW_UNTRUSTED, CW_SIGNATURE_OUT_OF_TIME},
    {"a proof that does not hold", HEADER("issue", "1760000000"), REVOKED - 1, false, CW_UNTRUSTED,
     CW_UNTRUSTED, CW_SIGNATURE_COMPROMISED},
    {"a proof that could not be checked", HEADER("issue", "1760000000"), REVOKED - 1, false,
     CW_NOT_FOUND, CW_NOT_FOUND, CW_SIGNATURE_COMPROMISED},
    {"not an issuer's", HEADER("concur", "1760000000"), REVOKED - 1, false, CW_OK, CW_UNTRUSTED,
     CW_SIGNATURE_COMPROMISED},
};

/* The signature of the first element, as its 64 bytes. */
static void signature_of(struct cw_span file, uint8_t ret[static CW_ED25519_SIGNATURE_BYTES])
{
    struct cw_jws jws;
    CU_ASSERT_EQUAL_FATAL(cw_jws_read(file, &jws, NULL), CW_OK);
    memcpy(ret, jws.elements[0].signature, CW_ED25519_SIGNATURE_BYTES);
    cw_jws_clear(&jws);
}

static void only_what_a_witness_saw_before_is_saved(void)
{
    for (size_t i = 0; i < CW_COUNT(saved_rows); i++) {
        const struct signer signer = {SEED_ALERT_OLD, saved_rows[i].purpose_and_time};
        const bool is_issue = strstr(signer.header, "\"issue\"") != NULL;
        struct fake_proof proof = {.shows = {.at_s = saved_rows[i].witnessed_at_s},
                                   .status = saved_rows[i].proof};
        struct run run;
        struct cw_buf body;
        struct cw_buf file;
        run_begin(&run);
        trust(&run, "scanner.jwks.json", NULL, NULL);
        trust(&run, "scanner.jwks.json", "\"superseded\"", "\"compromised\"");
        seal_with(&file, fixture(IN_001, &body), &signer, 1);
        signature_of(cw_buf_as_span(&file), proof.shows.signature);
        proof.shows.signature[7] ^= saved_rows[i].is_other_signature ? 1 : 0;
        const struct cw_key_set *sets[] = {run.sets[0], run.sets[1]};
        const struct cw_trust trusted = {.sets = sets, .count = 2, .prove = prove, .ctx = &proof};
        const enum cw_status status = cw_seal_verify(cw_buf_as_span(&file), CW_SPAN(""), &trusted,
                                                     &run.found, &run.body, &run.err);
        CW_CHECK(status == saved_rows[i].status, "%s: status %d, %s", saved_rows[i].description,
                 (int)status, run.err.text);
        CW_CHECK(run.found.signatures[0].state == saved_rows[i].state, "%s: state %d",
                 saved_rows[i].description, (int)run.found.signatures[0].state);
        CU_ASSERT_EQUAL(run.found.signatures[0].is_saved, status == CW_OK);
        CU_ASSERT_EQUAL(run.found.signatures_count, 1);
        CU_ASSERT_EQUAL(proof.asked, is_issue ? 1 : 0);
        cw_buf_clear(&file);
        cw_buf_clear(&body);
        run_end(&run);
    }
}

/* The proof is nothing but a last resort: a good issuer needs none, and a bad signature has none.
 */
static void no_proof_is_asked_for_what_keys_decide(void)
{
    static const struct signer both[] = {{SEED_ALERT_OLD, HEADER("issue", "1760000000")},
                                         {SEED_ALERT, ISSUE}};
    struct fake_proof proof = {.status = CW_OK};
    struct run run;
    struct cw_buf body;
    struct cw_buf file;
    run_begin(&run);
    trust(&run, "scanner.jwks.json", "\"superseded\"", "\"compromised\"");
    seal_with(&file, fixture(IN_001, &body), both, 2);
    const struct cw_key_set *sets[] = {run.sets[0]};
    const struct cw_trust trusted = {.sets = sets, .count = 1, .prove = prove, .ctx = &proof};
    CU_ASSERT_EQUAL(cw_seal_verify(cw_buf_as_span(&file), CW_SPAN(""), &trusted, &run.found,
                                   &run.body, &run.err),
                    CW_OK);
    CU_ASSERT_EQUAL(run.found.signatures[0].state, CW_SIGNATURE_COMPROMISED);
    CU_ASSERT_EQUAL(run.found.issuers, 1);
    CU_ASSERT_EQUAL(proof.asked, 0);
    cw_buf_clear(&file);
    cw_buf_clear(&body);
    run_end(&run);
}

static const struct cw_test tests[] = {
    {"only what a witness saw before is saved", only_what_a_witness_saw_before_is_saved},
    {"no proof is asked for what keys decide", no_proof_is_asked_for_what_keys_decide},
};

int main(void)
{
    struct cw_error err = {0};
    if (cw_hash_selftest(&err) != CW_OK) {
        return 1;
    }
    return cw_run_suite("witnessed", tests, CW_COUNT(tests));
}
