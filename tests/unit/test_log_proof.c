/* The proof of the worked example, made from a log in a folder, and every way to forge one. */
#include "log_place.h"

#include "log/prove.h"

#define ALERT_ID "8e10387d-6711-5268-a605-4c3ccd6f59d5"

/* The alert of the example and its proof, as somebody else has them. */
struct proof_world {
    struct cw_buf body;
    struct cw_buf jws;
    struct cw_buf proof;
    struct cw_tlog_key keys[2];
};

/* The log of the example, in a folder, with the checkpoint that the witness cosigned. */
static void make_log(struct log_place *log)
{
    struct cw_span entries[EXAMPLE_ENTRIES];
    struct cw_buf text;
    char path[1024];
    log_open(log);
    example_entries(&text, entries);
    STORE_OK(cw_store_begin(log->store, &err));
    for (size_t i = 0; i < EXAMPLE_ENTRIES; i++) {
        entry_put(log, entries[i], i == 2 ? ALERT_ID : "");
    }
    STORE_OK(cw_store_commit(log->store, &err));
    log_publish_ok(log);
    log_file(log, "checkpoint", path, sizeof(path));
    write_text(path, CW_SPAN(CHECKPOINT_12));
    cw_buf_clear(&text);
}

static void proof_open(struct proof_world *world)
{
    struct log_place log;
    make_log(&log);
    cw_buf_init(&world->proof, CW_TLOG_PROOF_BYTES_MAX);
    STORE_OK(cw_log_prove(log.folder, ORIGIN, 2, &world->proof, &err));
    log_close(&log);
    (void)fixture("001-listed.json", &world->body);
    (void)fixture("001-listed.jws.json", &world->jws);
    world->keys[0] = vkey_of(VKEY_LOG);
    world->keys[1] = vkey_of(VKEY_WITNESS);
}

static void proof_close(struct proof_world *world)
{
    cw_buf_clear(&world->body);
    cw_buf_clear(&world->jws);
    cw_buf_clear(&world->proof);
}

static struct cw_log_proving proving_of(const struct proof_world *world)
{
    return (struct cw_log_proving){.proof = cw_buf_as_span(&world->proof),
                                   .jws = cw_buf_as_span(&world->jws),
                                   .body = cw_buf_as_span(&world->body),
                                   .alert_id = ALERT_ID,
                                   .keys = world->keys,
                                   .keys_count = 2};
}

static void makes_the_proof_of_the_example(void)
{
    struct proof_world world;
    struct cw_span entries[EXAMPLE_ENTRIES];
    struct cw_buf text;
    struct cw_buf wanted;
    proof_open(&world);
    example_entries(&text, entries);
    cw_buf_init(&wanted, CW_TLOG_PROOF_BYTES_MAX);
    cw_buf_str(&wanted, "c2sp.org/tlog-proof@v1\nextra ");
    cw_base64_encode(&wanted, CW_BASE64_STANDARD, entries[2]);
    cw_buf_str(&wanted, "\nindex 2\n" PATH_2 "\n" CHECKPOINT_12);
    CU_ASSERT(cw_span_equal(cw_buf_as_span(&world.proof), cw_buf_as_span(&wanted)));
    struct cw_log_proven proven;
    const struct cw_log_proving proving = proving_of(&world);
    STORE_OK(cw_log_proof_check(&proving, &proven, &err));
    CU_ASSERT_EQUAL(proven.index, 2);
    CU_ASSERT_EQUAL(proven.checkpoint.tree.size, 12);
    CU_ASSERT_EQUAL(proven.signatures[1].state, CW_TLOG_GOOD);
    CU_ASSERT_EQUAL(proven.signatures[1].time_s, 0x6b03d660);
    cw_buf_clear(&wanted);
    cw_buf_clear(&text);
    proof_close(&world);
}

/* In the proof, the first `from` becomes `to`. */
static void refuses_every_altered_proof(void)
{
    static const struct {
        const char *from;
        const char *to;
        const char *says;
    } rows[] = {
        {"c2sp.org", "c2sp.net", "does not begin with"},
        {"index 2", "index 3", "do not lead from the entry to the root"},
        {"index 2", "index 12", "do not lead from the entry to the root"},
        {"ifXm", "ifXn", "do not lead from the entry to the root"},
        {"Je2Z", "Je2a", "do not lead from the entry to the root"},
        {"IVbo7vFDzupn5hnL8/DgIbT5JEjv+ge6SE2sYvbIuyI=\n", "", "do not lead from the entry"},
        {"bur+h1p7", "bur+h1p7A", "hash 3 is not one"},
        {"extra eyJp", "extra eyJq", "entry"},
        {"extra ", "other ", "no index"},
        {"\n12\n", "\n13\n", "the signature of " ORIGIN}, /* the path is the same in 13 */
        {"IOo8", "IOo9", "do not lead from the entry to the root"},
        {LINE_LOG, "", "not signed by the log key"},
        {"zdC8", "zdC9", "the signature of " ORIGIN},
        {"SGhptwAAAABrA9Zg", "SGhptwAAAABrA9Zh", "partner.agency.example/witness"},
        {LINE_LOG LINE_WITNESS, "", "no empty line"},
    };
    struct proof_world world;
    proof_open(&world);
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        struct cw_buf altered;
        struct cw_log_proven proven;
        struct cw_error err = {0};
        cw_buf_init(&altered, CW_TLOG_PROOF_BYTES_MAX);
        struct cw_log_proving proving = proving_of(&world);
        CU_ASSERT_FATAL(replace(&altered, cw_buf_as_span(&world.proof), rows[i].from, rows[i].to));
        proving.proof = cw_buf_as_span(&altered);
        const enum cw_status status = cw_log_proof_check(&proving, &proven, &err);
        CW_CHECK(status == CW_UNTRUSTED, "row %zu: status %d\n", i, (int)status);
        CW_CHECK(strstr(err.text, rows[i].says) != NULL, "row %zu: says: %s\n", i, err.text);
        cw_buf_clear(&altered);
    }
    proof_close(&world);
}

static void refuses_the_proof_of_another_alert(void)
{
    struct proof_world world;
    struct cw_buf other;
    struct cw_log_proven proven;
    proof_open(&world);
    struct cw_log_proving proving = proving_of(&world);
    proving.alert_id = "4e1b767b-141f-5f53-ac45-0b7e6b99904d";
    STORE_FAILS(cw_log_proof_check(&proving, &proven, &err), CW_UNTRUSTED, "another alert");
    proving = proving_of(&world);
    proving.body = fixture("002-changed.json", &other);
    STORE_FAILS(cw_log_proof_check(&proving, &proven, &err), CW_UNTRUSTED, "another alert");
    cw_buf_clear(&other);
    proving = proving_of(&world);
    proving.jws = fixture("002-changed.jws.json", &other);
    STORE_FAILS(cw_log_proof_check(&proving, &proven, &err), CW_UNTRUSTED,
                "another issuing signature");
    cw_buf_clear(&other);
    proving = proving_of(&world);
    proving.jws = fixture("001-listed.countersigned.jws.json", &other);
    STORE_OK(cw_log_proof_check(&proving, &proven, &err)); /* more signatures, and the same one */
    cw_buf_clear(&other);
    proof_close(&world);
}

static void says_when_no_key_is_the_logs(void)
{
    struct proof_world world;
    struct cw_log_proven proven;
    proof_open(&world);
    struct cw_log_proving proving = proving_of(&world);
    proving.keys = &world.keys[1];
    proving.keys_count = 1;
    STORE_FAILS(cw_log_proof_check(&proving, &proven, &err), CW_NOT_FOUND, "--vkey");
    proving.keys_count = 0;
    STORE_FAILS(cw_log_proof_check(&proving, &proven, &err), CW_NOT_FOUND, "--vkey");
    proof_close(&world);
}

static void refuses_an_entry_that_is_none(void)
{
    struct proof_world world;
    struct cw_log_proven proven;
    struct cw_buf text;
    proof_open(&world);
    struct cw_log_proving proving = proving_of(&world);
    cw_buf_init(&text, CW_TLOG_PROOF_BYTES_MAX);
    cw_buf_str(&text, "c2sp.org/tlog-proof@v1\nindex 2\n" PATH_2 "\n" CHECKPOINT_12);
    proving.proof = cw_buf_as_span(&text);
    STORE_FAILS(cw_log_proof_check(&proving, &proven, &err), CW_UNTRUSTED, "extra data");
    cw_buf_reset(&text);
    cw_buf_str(&text, "c2sp.org/tlog-proof@v1\nextra ");
    cw_base64_encode(&text, CW_BASE64_STANDARD, CW_SPAN("{\"t\":\"later\",\"v\":1}"));
    cw_buf_str(&text, "\nindex 2\n" PATH_2 "\n" CHECKPOINT_12);
    proving.proof = cw_buf_as_span(&text);
    STORE_FAILS(cw_log_proof_check(&proving, &proven, &err), CW_UNTRUSTED, "not that of an alert");
    cw_buf_clear(&text);
    proof_close(&world);
}

static void makes_no_proof_from_a_damaged_log(void)
{
    struct log_place log;
    struct cw_buf out;
    cw_buf_init(&out, CW_TLOG_PROOF_BYTES_MAX);
    make_log(&log);
    STORE_FAILS(cw_log_prove(log.folder, ORIGIN, 12, &out, &err), CW_NOT_FOUND, "12 entries");
    STORE_FAILS(cw_log_prove(log.folder, ORIGIN_2, 2, &out, &err), CW_NOT_FOUND, ORIGIN_2);
    flip(&log, "tile/0/000.p/12", 0);
    STORE_FAILS(cw_log_prove(log.folder, ORIGIN, 2, &out, &err), CW_UNTRUSTED, "damaged");
    flip(&log, "tile/0/000.p/12", 0);
    flip(&log, "tile/entries/000.p/12", 500);
    STORE_FAILS(cw_log_prove(log.folder, ORIGIN, 2, &out, &err), CW_UNTRUSTED, "damaged");
    cut(&log, "tile/entries/000.p/12", 1);
    STORE_FAILS(cw_log_prove(log.folder, ORIGIN, 2, &out, &err), CW_UNTRUSTED,
                "tile/entries/000.p/12");
    CU_ASSERT_EQUAL(out.len, 0);
    cw_buf_clear(&out);
    log_close(&log);
}

static const struct cw_test TESTS[] = {
    {"makes the proof of the example byte for byte", makes_the_proof_of_the_example},
    {"refuses every altered proof", refuses_every_altered_proof},
    {"refuses the proof of another alert", refuses_the_proof_of_another_alert},
    {"says when no key is the log's", says_when_no_key_is_the_logs},
    {"refuses an entry that is none", refuses_an_entry_that_is_none},
    {"makes no proof from a damaged log", makes_no_proof_from_a_damaged_log},
};

int main(void)
{
    return cw_run_suite("log_proof", TESTS, CW_COUNT(TESTS));
}
