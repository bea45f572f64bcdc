/* The files of the reference as they are: a log, an older checkpoint, two proofs. Needs the shared
 * data folder beside the source tree; without it the test is skipped. */
#include "log_place.h"

#include "log/prove.h"

#define EXAMPLES CW_SHARED_DIR "/reference/examples"

static void accepts_the_log_of_the_reference(void)
{
    const struct cw_tlog_key keys[] = {vkey_of(VKEY_LOG), vkey_of(VKEY_WITNESS)};
    const struct cw_log_audit audit = {.folder = EXAMPLES "/log",
                                       .keys = keys,
                                       .keys_count = 2,
                                       .against = EXAMPLES "/proofs/checkpoint-4"};
    struct cw_log_found found;
    STORE_OK(cw_log_audit_run(&audit, &found, &err));
    CU_ASSERT_EQUAL(found.checkpoint.tree.size, EXAMPLE_ENTRIES);
    CU_ASSERT_EQUAL(found.older.tree.size, 4);
    CU_ASSERT_EQUAL(found.signatures[1].state, CW_TLOG_GOOD);
}

/* What we publish for these entries is what stands there, byte for byte but for the witness. */
static void writes_the_log_of_the_reference(void)
{
    static const char *const names[] = {"tile/0/000.p/12", "tile/entries/000.p/12"};
    struct log_place log;
    struct cw_span entries[EXAMPLE_ENTRIES];
    struct cw_buf text;
    log_open(&log);
    example_entries(&text, entries);
    STORE_OK(cw_store_begin(log.store, &err));
    for (size_t i = 0; i < EXAMPLE_ENTRIES; i++) {
        entry_put(&log, entries[i], "");
    }
    STORE_OK(cw_store_commit(log.store, &err));
    log_publish_ok(&log);
    for (size_t i = 0; i < CW_COUNT(names); i++) {
        char path[1024];
        struct cw_buf ours;
        struct cw_buf theirs;
        cw_buf_init(&ours, 1 << 20);
        cw_buf_init(&theirs, 1 << 20);
        log_file(&log, names[i], path, sizeof(path));
        STORE_OK(cw_file_read(path, &ours, &err));
        (void)snprintf(path, sizeof(path), "%s/log/%s", EXAMPLES, names[i]);
        STORE_OK(cw_file_read(path, &theirs, &err));
        CU_ASSERT(cw_span_equal(cw_buf_as_span(&ours), cw_buf_as_span(&theirs)));
        cw_buf_clear(&ours);
        cw_buf_clear(&theirs);
    }
    cw_buf_clear(&text);
    log_close(&log);
}

static void accepts_the_proofs_of_the_reference(void)
{
    static const struct {
        const char *proof;
        const char *jws;
        const char *body;
    } rows[] = {
        {EXAMPLES "/proofs/001-listed.tlog-proof", EXAMPLES "/alerts/001-listed.jws.json",
         EXAMPLES "/alerts/001-listed.json"},
        {EXAMPLES "/bundle/alert.tlog-proof", EXAMPLES "/bundle/alert.jws.json",
         EXAMPLES "/bundle/alert.json"},
    };
    const struct cw_tlog_key keys[] = {vkey_of(VKEY_LOG), vkey_of(VKEY_WITNESS)};
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        struct cw_buf proof;
        struct cw_buf jws;
        struct cw_buf body;
        struct cw_log_proven proven;
        cw_buf_init(&proof, CW_TLOG_PROOF_BYTES_MAX);
        cw_buf_init(&jws, CW_JWS_BYTES_MAX);
        cw_buf_init(&body, CW_ALERT_BYTES_MAX);
        STORE_OK(cw_file_read(rows[i].proof, &proof, &err));
        STORE_OK(cw_file_read(rows[i].jws, &jws, &err));
        STORE_OK(cw_file_read(rows[i].body, &body, &err));
        const struct cw_log_proving proving = {.proof = cw_buf_as_span(&proof),
                                               .jws = cw_span_trim(cw_buf_as_span(&jws)),
                                               .body = cw_buf_as_span(&body),
                                               .alert_id = "8e10387d-6711-5268-a605-4c3ccd6f59d5",
                                               .keys = keys,
                                               .keys_count = 2};
        STORE_OK(cw_log_proof_check(&proving, &proven, &err));
        CU_ASSERT_EQUAL(proven.index, 2);
        cw_buf_clear(&proof);
        cw_buf_clear(&jws);
        cw_buf_clear(&body);
    }
}

static const struct cw_test TESTS[] = {
    {"accepts the log of the reference", accepts_the_log_of_the_reference},
    {"writes the log of the reference", writes_the_log_of_the_reference},
    {"accepts the proofs of the reference", accepts_the_proofs_of_the_reference},
};

int main(void)
{
    if (access(EXAMPLES "/log/checkpoint", R_OK) != 0) {
        (void)printf("skipped: no %s\n", EXAMPLES);
        return 77; /* CTest: skipped */
    }
    return cw_run_suite("log_reference", TESTS, CW_COUNT(TESTS));
}
