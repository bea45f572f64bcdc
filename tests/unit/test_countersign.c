/* Countersignatures, the policy that counts them, and tampering member by member. */
#include "alert/policy.h"
#include "alert/receipt.h"
#include "alert_body_cases.h"
#include "verify_world.h"

/* ---- countersigning ---- */

static enum cw_status countersign(struct cw_span file, struct cw_span body, const char *seed,
                                  enum cw_countersign_purpose purpose, struct cw_buf *ret,
                                  struct cw_error *err)
{
    struct cw_signing_key *key = key_of(seed);
    const struct cw_countersigner who = {key, purpose, 1795165200};
    cw_buf_init(ret, TEXT_MAX);
    const enum cw_status status = cw_seal_countersign(file, body, &who, ret, err);
    cw_signing_key_free(key);
    return status;
}

static void reproduces_the_worked_example(void)
{
    struct cw_buf file;
    struct cw_buf wanted;
    struct cw_buf made;
    CU_ASSERT_EQUAL(countersign(fixture("001-listed.jws.json", &file), CW_SPAN(""), SEED_PARTNER,
                                CW_COUNTERSIGN_CONCUR, &made, NULL),
                    CW_OK);
    CU_ASSERT(cw_span_equal(cw_buf_as_span(&made),
                            fixture("001-listed.countersigned.jws.json", &wanted)));
    cw_buf_clear(&file);
    cw_buf_clear(&wanted);
    cw_buf_clear(&made);
}

static void countersigns_each_shape(void)
{
    static const struct {
        const char *file;
        bool has_payload; /* what comes out */
    } rows[] = {
        {"001-listed.jws.json", true},
        {"001-listed.compact.jws", true},
        {"001-listed.eddsa-compat.jws.json", true},
        {"001-listed.detached.jws.json", false},
    };
    struct run run;
    run_begin(&run);
    trust(&run, "scanner.jwks.json", NULL, NULL);
    trust(&run, "partner.jwks.json", NULL, NULL);
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        struct cw_buf file;
        struct cw_buf body;
        struct cw_buf made;
        const struct cw_span beside = fixture(IN_001, &body);
        const struct cw_span whole = cw_span_trim(fixture(rows[i].file, &file));
        CU_ASSERT_EQUAL(
            countersign(whole, beside, SEED_PARTNER, CW_COUNTERSIGN_VERIFIED, &made, &run.err),
            CW_OK);
        const bool has_payload =
            cw_span_starts_with(cw_buf_as_span(&made), CW_SPAN("{\"payload\":"));
        CW_CHECK(has_payload == rows[i].has_payload, "%s: payload", rows[i].file);
        CW_CHECK(verify(&run, cw_buf_as_span(&made), beside) == CW_OK, "%s: %s", rows[i].file,
                 run.err.text);
        CU_ASSERT_EQUAL(run.found.issuers, 1);
        CU_ASSERT_EQUAL(run.found.signers, 2);
        cw_buf_clear(&file);
        cw_buf_clear(&body);
        cw_buf_clear(&made);
    }
    run_end(&run);
}

static void refuses_what_needs_no_second_signature(void)
{
    struct cw_buf file;
    struct cw_buf made;
    struct cw_buf again;
    struct cw_error err = {0};
    const struct cw_span whole = fixture("001-listed.countersigned.jws.json", &file);
    CU_ASSERT_EQUAL(
        countersign(whole, CW_SPAN(""), SEED_PARTNER, CW_COUNTERSIGN_CONCUR, &made, &err),
        CW_INVALID);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "already"));
    CU_ASSERT_EQUAL(made.len, 0);
    CU_ASSERT_EQUAL(
        countersign(whole, CW_SPAN(""), SEED_PARTNER, CW_COUNTERSIGN_RECEIVED, &again, NULL),
        CW_OK);
    cw_buf_clear(&made);
    cw_buf_clear(&again);
    cw_buf_clear(&file);
    CU_ASSERT_EQUAL(countersign(fixture("001-listed.detached.jws.json", &file), CW_SPAN(""),
                                SEED_PARTNER, CW_COUNTERSIGN_CONCUR, &made, NULL),
                    CW_NOT_FOUND);
    CU_ASSERT_EQUAL(
        countersign(CW_SPAN("{}"), CW_SPAN(""), SEED_PARTNER, CW_COUNTERSIGN_CONCUR, &again, NULL),
        CW_UNTRUSTED);
    cw_buf_clear(&file);
    cw_buf_clear(&made);
    cw_buf_clear(&again);
}

static void refuses_a_payload_that_is_no_base64url(void)
{
    static const char *const payloads[] = {".\"", ".\",\"signatures\":[],\"\":\"", ".\xd0"};
    struct cw_buf file;
    struct cw_buf broken;
    struct cw_buf made;
    const struct cw_span whole = fixture("001-listed.compact.jws", &file);
    cw_buf_init(&broken, TEXT_MAX);
    for (size_t i = 0; i < CW_COUNT(payloads); i++) {
        cw_buf_reset(&broken);
        CU_ASSERT(replace(&broken, cw_span_trim(whole), ".", payloads[i]));
        CU_ASSERT_EQUAL(countersign(cw_buf_as_span(&broken), CW_SPAN(""), SEED_PARTNER,
                                    CW_COUNTERSIGN_RECEIVED, &made, NULL),
                        CW_UNTRUSTED);
        cw_buf_clear(&made);
    }
    cw_buf_clear(&file);
    cw_buf_clear(&broken);
}

/* A file with `count` signatures of the issuer. */
static void make_crowded(size_t count, struct cw_buf *ret)
{
    struct signer signers[CW_JWS_SIGNATURES_MAX];
    struct cw_buf body;
    for (size_t i = 0; i < count; i++) {
        signers[i] = (struct signer){SEED_ALERT, ISSUE};
    }
    seal_with(ret, fixture(IN_001, &body), signers, count);
    cw_buf_clear(&body);
}

static void adds_a_64th_signature_and_no_65th(void)
{
    struct cw_buf file;
    struct cw_buf made;
    make_crowded(CW_JWS_SIGNATURES_MAX - 1, &file);
    CU_ASSERT_EQUAL(countersign(cw_buf_as_span(&file), CW_SPAN(""), SEED_PARTNER,
                                CW_COUNTERSIGN_CONCUR, &made, NULL),
                    CW_OK);
    cw_buf_clear(&file);
    cw_buf_clear(&made);
    make_crowded(CW_JWS_SIGNATURES_MAX, &file);
    CU_ASSERT_EQUAL(countersign(cw_buf_as_span(&file), CW_SPAN(""), SEED_PARTNER,
                                CW_COUNTERSIGN_CONCUR, &made, NULL),
                    CW_LIMIT);
    cw_buf_clear(&file);
    cw_buf_clear(&made);
}

/* ---- the policy ---- */

static const struct {
    const char *description;
    struct signer signers[3];
    size_t count;
    size_t expected;
} signer_rows[] = {
    {"an issuer alone", {{SEED_ALERT, ISSUE}}, 1, 1},
    {"two signatures of one key", {{SEED_ALERT, ISSUE}, {SEED_ALERT, ISSUE}}, 2, 1},
    {"a partner that concurs",
     {{SEED_ALERT, ISSUE}, {SEED_PARTNER, HEADER("concur", "1795165200")}},
     2,
     2},
    {"a partner that concurs twice",
     {{SEED_ALERT, ISSUE},
      {SEED_PARTNER, HEADER("concur", "1795165200")},
      {SEED_PARTNER, HEADER("verified", "1795165201")}},
     3,
     2},
    {"a receipt of it vouches for nothing",
     {{SEED_ALERT, ISSUE}, {SEED_PARTNER, HEADER("received", "1795165200")}},
     2,
     1},
    {"an unknown key counts for nothing",
     {{SEED_ALERT, ISSUE}, {SEED_ROGUE, HEADER("concur", "1795165200")}},
     2,
     1},
    {"a partner cannot issue for a source that is not its own",
     {{SEED_ALERT, ISSUE}, {SEED_PARTNER, HEADER("issue", "1795165200")}},
     2,
     1},
};

static void counts_distinct_keys_that_vouch(void)
{
    struct run run;
    run_begin(&run);
    trust(&run, "scanner.jwks.json", NULL, NULL);
    trust(&run, "partner.jwks.json", NULL, NULL);
    for (size_t i = 0; i < CW_COUNT(signer_rows); i++) {
        struct cw_buf body;
        struct cw_buf file;
        seal_with(&file, fixture(IN_001, &body), signer_rows[i].signers, signer_rows[i].count);
        CU_ASSERT_EQUAL(verify(&run, cw_buf_as_span(&file), CW_SPAN("")), CW_OK);
        CW_CHECK(run.found.signers == signer_rows[i].expected, "%s: %zu signers",
                 signer_rows[i].description, run.found.signers);
        cw_buf_clear(&file);
        cw_buf_clear(&body);
    }
    run_end(&run);
}

static const struct {
    const char *description;
    struct cw_policy policy;
    size_t signers;
    int64_t witnesses;
    enum cw_status status;
} judgements[] = {
    {"one of one", {1, 0}, 1, -1, CW_OK},
    {"one of two", {2, 0}, 1, -1, CW_UNTRUSTED},
    {"two of two", {2, 0}, 2, -1, CW_OK},
    {"witnesses nobody looked for", {1, 1}, 1, -1, CW_NOT_FOUND},
    {"no witness of one", {1, 1}, 1, 0, CW_UNTRUSTED},
    {"one witness of one", {1, 1}, 1, 1, CW_OK},
    {"one witness of two", {1, 2}, 3, 1, CW_UNTRUSTED},
    {"too few signers before witnesses are asked", {2, 1}, 1, -1, CW_UNTRUSTED},
};

static void judges_by_the_policy(void)
{
    for (size_t i = 0; i < CW_COUNT(judgements); i++) {
        const struct cw_verification found = {.signers = judgements[i].signers};
        struct cw_error err = {0};
        const enum cw_status status =
            cw_policy_judge(&judgements[i].policy, &found, judgements[i].witnesses, &err);
        CW_CHECK(status == judgements[i].status, "%s: status %d, %s", judgements[i].description,
                 (int)status, err.text);
    }
}

static const struct {
    const char *text;
    const char *word; /* in the mistake; NULL: it is right */
    struct cw_policy policy;
} policies[] = {
    {"{}", NULL, {1, 0}},
    {"{\"signers\": 2}", NULL, {2, 0}},
    {"{\"witnesses\": 16, \"signers\": 64}", NULL, {64, 16}},
    {"{\"signers\": 0}", "signers", {0}},
    {"{\"signers\": 65}", "signers", {0}},
    {"{\"signers\": -1}", "signers", {0}},
    {"{\"signers\": 1.0}", "signers", {0}},
    {"{\"signers\": \"2\"}", "signers", {0}},
    {"{\"signers\": null}", "signers", {0}},
    {"{\"witnesses\": 17}", "witnesses", {0}},
    {"{\"witness\": 1}", "witness", {0}},
    {"{\"signers\": 2, \"signers\": 1}", "twice", {0}},
    {"[]", "", {0}},
    {"{\"signers\": 2", "", {0}},
    {"", "", {0}},
};

static void reads_a_policy_strictly(void)
{
    for (size_t i = 0; i < CW_COUNT(policies); i++) {
        struct cw_mistakes mistakes;
        struct cw_policy policy = {7, 7};
        cw_mistakes_init(&mistakes);
        CU_ASSERT_EQUAL(
            cw_policy_from(cw_span_cstr(policies[i].text), "policy.json", &mistakes, &policy, NULL),
            CW_OK);
        CW_CHECK((mistakes.errors == 0) == (policies[i].word == NULL), "%s", policies[i].text);
        if (policies[i].word == NULL) {
            CU_ASSERT_EQUAL(policy.signers, policies[i].policy.signers);
            CU_ASSERT_EQUAL(policy.witnesses, policies[i].policy.witnesses);
        } else {
            char text[512];
            cw_mistake_format(&mistakes.items[0], text, sizeof(text));
            CW_CHECK(strstr(text, policies[i].word) != NULL, "%s: %s", policies[i].text, text);
            CU_ASSERT_EQUAL(policy.signers, 7);
        }
        cw_mistakes_clear(&mistakes);
    }
}

/* ---- member by member ---- */

/* End of the JSON value that starts at `at`, in canonical text. */
static size_t end_of_value(struct cw_span text, size_t at)
{
    size_t depth = 0;
    bool is_text = false;
    for (; at < text.len; at++) {
        const char c = text.data[at];
        if (is_text) {
            at += c == '\\' ? 1 : 0;
            is_text = c != '"';
        } else if (c == '"') {
            is_text = true;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if (depth > 0 && (c == '}' || c == ']')) {
            depth--;
        } else if (depth == 0 && (c == ',' || c == '}' || c == ']')) {
            return at;
        }
    }
    return at;
}

enum change { REMOVED, DOUBLED, LAST, CHANGES };

/* B with the member [from, to) of the object that starts at `open` changed. */
static void change_member(struct cw_buf *out, struct cw_span body, size_t open, size_t from,
                          size_t to, enum change change)
{
    const size_t close = end_of_value(body, open) - 1;
    const bool is_last = to == close;
    const struct cw_span member = cw_span_slice(body, from, to);
    const struct cw_span before =
        cw_span_slice(body, 0, is_last && from > open + 1 && change == REMOVED ? from - 1 : from);
    const struct cw_span after = cw_span_slice(body, is_last ? to : to + 1, close);
    cw_buf_reset(out);
    cw_buf_span(out, before);
    if (change == DOUBLED) {
        cw_buf_span(out, member);
        cw_buf_char(out, ',');
        cw_buf_span(out, member);
        cw_buf_str(out, is_last ? "" : ",");
    }
    cw_buf_span(out, after);
    if (change == LAST) {
        cw_buf_str(out, is_last ? "" : ",");
        cw_buf_span(out, member);
    }
    cw_buf_span(out, cw_span_slice(body, close, body.len));
}

struct tampering {
    struct run run;
    struct cw_span body;
    struct cw_span jws;  /* detached, over the untouched body */
    struct cw_buf other; /* the changed body */
    size_t tried;
};

static void try_member(struct tampering *t, size_t open, size_t from, size_t to)
{
    for (int change = 0; change < CHANGES; change++) {
        struct cw_buf file;
        const struct signer issuer = {SEED_ALERT, ISSUE};
        change_member(&t->other, t->body, open, from, to, (enum change)change);
        const struct cw_span other = cw_buf_as_span(&t->other);
        if (cw_span_equal(other, t->body)) {
            continue; /* it was the last member already */
        }
        t->tried++;
        CW_CHECK(verify(&t->run, t->jws, other) == CW_UNTRUSTED, "%.*s: change %d survives",
                 CW_SPAN_ARG(cw_span_slice(t->body, from, to)), change);
        if (change == REMOVED) {
            continue; /* what is optional may be left out, by its issuer */
        }
        seal_with(&file, other, &issuer, 1);
        CW_CHECK(verify(&t->run, cw_buf_as_span(&file), CW_SPAN("")) == CW_UNTRUSTED,
                 "%.*s: change %d, signed, survives", CW_SPAN_ARG(cw_span_slice(t->body, from, to)),
                 change);
        cw_buf_clear(&file);
    }
}

/* Every object of the body, at any depth: an opening brace outside of a string. */
static void try_every_member(struct tampering *t)
{
    bool is_text = false;
    for (size_t at = 0; at < t->body.len; at++) {
        const char c = t->body.data[at];
        if (is_text) {
            at += c == '\\' ? 1 : 0;
            is_text = c != '"';
            continue;
        }
        is_text = c == '"';
        if (c != '{') {
            continue;
        }
        for (size_t from = at + 1; t->body.data[from] == '"';) {
            const size_t colon = cw_span_find(t->body, ':', from);
            const size_t to = end_of_value(t->body, colon + 1);
            try_member(t, at, from, to);
            if (t->body.data[to] != ',') {
                break;
            }
            from = to + 1;
        }
    }
}

static void no_member_can_be_removed_doubled_or_moved(void)
{
    static const char *const bodies[] = {IN_001, IN_002, IN_003, IN_004};
    for (size_t i = 0; i < CW_COUNT(bodies); i++) {
        struct tampering t = {.tried = 0};
        struct cw_buf body;
        struct cw_buf file;
        const struct signer issuer = {SEED_ALERT, ISSUE};
        run_begin(&t.run);
        trust(&t.run, "scanner.jwks.json", NULL, NULL);
        cw_buf_init(&t.other, TEXT_MAX);
        t.body = fixture(bodies[i], &body);
        seal_with(&file, t.body, &issuer, 1);
        struct cw_buf detached;
        cw_buf_init(&detached, TEXT_MAX);
        CU_ASSERT_EQUAL(cw_seal_detached(cw_buf_as_span(&file), &detached, NULL), CW_OK);
        t.jws = cw_buf_as_span(&detached);
        CU_ASSERT_EQUAL(verify(&t.run, t.jws, t.body), CW_OK);
        try_every_member(&t);
        CW_CHECK(t.tried > 80, "%s: only %zu changes were tried", bodies[i], t.tried);
        cw_buf_clear(&detached);
        cw_buf_clear(&t.other);
        cw_buf_clear(&file);
        cw_buf_clear(&body);
        run_end(&t.run);
    }
}

/* ---- byte by byte, in every shape ---- */

/* One bit of each byte, a different one in turn. A flip inside the kid of a countersignature makes
 * its key an unknown one, which is ignored and reported (alerts.md section 14): then nobody may
 * take it for the same statement of as many. */
static size_t survivors_of(struct run *run, struct cw_buf *changed, struct cw_span file,
                           struct cw_span body)
{
    size_t survivors = 0;
    const size_t signers = run->found.signers;
    for (size_t i = 0; i < changed->len; i++) {
        const char bit = (char)(1 << i % 8);
        changed->data[i] = (char)(changed->data[i] ^ bit);
        survivors += verify(run, file, body) == CW_OK && run->found.signers >= signers ? 1 : 0;
        changed->data[i] = (char)(changed->data[i] ^ bit);
    }
    return survivors;
}

static void no_flipped_bit_survives_in_any_shape(void)
{
    static const struct {
        const char *file;
        const char *body; /* NULL: it is in the file */
    } rows[] = {
        {"001-listed.compact.jws", NULL},
        {"001-listed.countersigned.jws.json", NULL},
        {"001-listed.detached.jws.json", IN_001},
        {"001-listed.eddsa-compat.jws.json", NULL},
        {"001-listed.jws.json", NULL},
        {"002-changed.jws.json", NULL},
        {"003-delisted.jws.json", NULL},
        {"004-feed-failed.jws.json", NULL},
    };
    struct run run;
    run_begin(&run);
    trust(&run, "scanner.jwks.json", NULL, NULL);
    trust(&run, "partner.jwks.json", NULL, NULL);
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        struct cw_buf file;
        struct cw_buf body;
        cw_buf_init(&body, TEXT_MAX);
        (void)fixture(rows[i].file, &file);
        if (rows[i].body != NULL) {
            (void)fixture(rows[i].body, &body);
        }
        const struct cw_span whole = cw_span_trim(cw_buf_as_span(&file));
        file.len = whole.len;
        CU_ASSERT_EQUAL(verify(&run, whole, cw_buf_as_span(&body)), CW_OK);
        CW_CHECK(survivors_of(&run, &file, whole, cw_buf_as_span(&body)) == 0, "%s: file",
                 rows[i].file);
        CU_ASSERT_EQUAL(verify(&run, whole, cw_buf_as_span(&body)), CW_OK);
        CW_CHECK(survivors_of(&run, &body, whole, cw_buf_as_span(&body)) == 0, "%s: body",
                 rows[i].file);
        cw_buf_clear(&file);
        cw_buf_clear(&body);
    }
    run_end(&run);
}

static const struct cw_test tests[] = {
    {"reproduces the worked example byte for byte", reproduces_the_worked_example},
    {"countersigns each shape", countersigns_each_shape},
    {"refuses what needs no second signature", refuses_what_needs_no_second_signature},
    {"refuses a payload that is no base64url", refuses_a_payload_that_is_no_base64url},
    {"adds a 64th signature and no 65th", adds_a_64th_signature_and_no_65th},
    {"counts distinct keys that vouch", counts_distinct_keys_that_vouch},
    {"judges by the policy", judges_by_the_policy},
    {"reads a policy strictly", reads_a_policy_strictly},
    {"no flipped bit survives in any shape", no_flipped_bit_survives_in_any_shape},
    {"no member can be removed, doubled or moved", no_member_can_be_removed_doubled_or_moved},
};

int main(void)
{
    struct cw_error err = {0};
    if (cw_hash_selftest(&err) != CW_OK) {
        return 1;
    }
    return cw_run_suite("countersign", tests, CW_COUNT(tests));
}
