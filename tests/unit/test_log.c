/* The log in a folder: the worked example, its tampered variants, and entries. */
#include "log_entry_cases.h"
#include "log_place.h"

/* ---- the worked example -------------------------------------------------------------------- */

static void file_has(const struct log_place *log, const char *name, const char *sha256)
{
    char path[1024];
    char found[CW_SHA256_HEX_BYTES];
    struct cw_buf bytes;
    cw_buf_init(&bytes, 1 << 20);
    log_file(log, name, path, sizeof(path));
    STORE_OK(cw_file_read(path, &bytes, &err));
    cw_sha256_hex(cw_buf_as_span(&bytes), found);
    CW_CHECK(strcmp(found, sha256) == 0, "%s: %s\n", name, found);
    cw_buf_clear(&bytes);
}

static void put_example(struct log_place *log, size_t from, size_t to)
{
    struct cw_span entries[EXAMPLE_ENTRIES];
    struct cw_buf text;
    example_entries(&text, entries);
    STORE_OK(cw_store_begin(log->store, &err));
    for (size_t i = from; i < to; i++) {
        entry_put(log, entries[i], "");
    }
    STORE_OK(cw_store_commit(log->store, &err));
    cw_buf_clear(&text);
}

static void checkpoint_is(const struct log_place *log, const char *wanted)
{
    char path[1024];
    struct cw_buf bytes;
    cw_buf_init(&bytes, CW_NOTE_BYTES_MAX);
    log_file(log, "checkpoint", path, sizeof(path));
    STORE_OK(cw_file_read(path, &bytes, &err));
    CW_CHECK(cw_span_is(cw_buf_as_span(&bytes), wanted), "%.*s\n",
             CW_SPAN_ARG(cw_buf_as_span(&bytes)));
    cw_buf_clear(&bytes);
}

static void writes_the_example_byte_for_byte(void)
{
    struct log_place log;
    log_open(&log);
    put_example(&log, 0, 4);
    log_publish_ok(&log);
    checkpoint_is(&log, CHECKPOINT_4);
    put_example(&log, 4, EXAMPLE_ENTRIES);
    log_publish_ok(&log);
    checkpoint_is(&log, BODY_12 "\n" LINE_LOG);
    file_has(&log, "tile/0/000.p/12", TILE_SHA256);
    file_has(&log, "tile/entries/000.p/12", BUNDLE_SHA256);
    log_audit_ok(&log, EXAMPLE_ENTRIES);
    log_close(&log);
}

/* The example as a partner has it: with the witness's line, and the older checkpoint at hand. */
static void verifies_the_example_with_its_witness(void)
{
    struct log_place log;
    char path[1024];
    char older[1024];
    log_open(&log);
    put_example(&log, 0, EXAMPLE_ENTRIES);
    log_publish_ok(&log);
    log_file(&log, "checkpoint", path, sizeof(path));
    log_file(&log, "../older", older, sizeof(older));
    write_text(path, CW_SPAN(CHECKPOINT_12));
    write_text(older, CW_SPAN(CHECKPOINT_4));
    const struct cw_log_audit audit = {
        .folder = log.folder, .keys = log.keys, .keys_count = 2, .against = older};
    struct cw_log_found found;
    STORE_OK(cw_log_audit_run(&audit, &found, &err));
    CU_ASSERT_EQUAL(found.signatures[0].state, CW_TLOG_GOOD);
    CU_ASSERT_EQUAL(found.signatures[1].state, CW_TLOG_GOOD);
    CU_ASSERT_EQUAL(found.signatures[1].time_s, 0x6b03d660);
    CU_ASSERT_EQUAL(found.older.tree.size, 4);
    CU_ASSERT_EQUAL(found.entries[CW_LOG_ALERT], 4);
    CU_ASSERT_EQUAL(found.entries[CW_LOG_RUN], 4);
    CU_ASSERT_EQUAL(found.entries[CW_LOG_SNAPSHOT], 3);
    CU_ASSERT_EQUAL(found.entries[CW_LOG_KEY], 1);
    put_example(&log, 0, 1); /* a cosigned checkpoint is still ours: the log goes on */
    log_publish_ok(&log);
    log_close(&log);
}

/* In the text of the example's checkpoint, the first `from` becomes `to`. */
static void refuses_every_altered_checkpoint(void)
{
    static const struct {
        const char *from;
        const char *to;
        enum cw_status code;
        const char *says;
    } rows[] = {
        {"\n12\n", "\n11\n", CW_UNTRUSTED, "the signature of " ORIGIN},
        {"IOo8", "IOo9", CW_UNTRUSTED, "the signature of " ORIGIN},
        {"zdC8", "zdC9", CW_UNTRUSTED, "the signature of " ORIGIN},
        {ORIGIN "\n12", "other.example/log\n12", CW_UNTRUSTED, "the signature of " ORIGIN},
        {"SGhptwAAAABrA9Zg", "SGhptwAAAABrA9Zh", CW_UNTRUSTED, "partner.agency.example/witness"},
        {LINE_LOG, "", CW_UNTRUSTED, "not signed by the log key"},
        {LINE_LOG LINE_WITNESS, "", CW_UNTRUSTED, "no empty line"},
        {"\n12\n", "\n012\n", CW_UNTRUSTED, "size"},
        {CHECKPOINT_12, "", CW_UNTRUSTED, "no empty line"},
        {BODY_12, "other.example/log\n12\n" ROOT_12, CW_NOT_FOUND, "no key of the log other"},
    };
    struct log_place log;
    char path[1024];
    log_open(&log);
    put_example(&log, 0, EXAMPLE_ENTRIES);
    log_publish_ok(&log);
    log_file(&log, "checkpoint", path, sizeof(path));
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        struct cw_log_found found;
        struct cw_error err = {0};
        struct cw_buf text;
        cw_buf_init(&text, CW_NOTE_BYTES_MAX);
        CU_ASSERT_FATAL(replace(&text, CW_SPAN(CHECKPOINT_12), rows[i].from, rows[i].to));
        if (rows[i].code == CW_NOT_FOUND) {
            cw_buf_reset(&text);
            cw_buf_str(&text, rows[i].to);
            cw_buf_str(&text, "\n" DASH "other.example/log AAAAAAA=\n");
        }
        write_text(path, cw_buf_as_span(&text));
        const struct cw_log_audit audit = {.folder = log.folder, .keys = log.keys, .keys_count = 2};
        const enum cw_status status = cw_log_audit_run(&audit, &found, &err);
        CW_CHECK(status == rows[i].code, "row %zu: status %d: %s\n", i, (int)status, err.text);
        CW_CHECK(strstr(err.text, rows[i].says) != NULL, "row %zu: says: %s\n", i, err.text);
        cw_buf_clear(&text);
    }
    log_close(&log);
}

/* ---- entries ------------------------------------------------------------------------------- */

static void writes_entries_as_the_example_has_them(void)
{
    struct cw_span entries[EXAMPLE_ENTRIES];
    struct cw_buf text;
    struct cw_buf out;
    example_entries(&text, entries);
    cw_buf_init(&out, CW_TLOG_ENTRY_MAX);
    struct cw_log_key key = {.role = "alert", .state = "active", .reason = ""};
    CU_ASSERT(cw_time_parse(CW_SPAN("2026-11-20T00:00:00Z"), &key.at_s));
    CW_CLEANUP(cw_signing_key_freep) struct cw_signing_key *secret = key_of(SEED_ALERT);
    key.key = cw_signing_key_public(secret);
    STORE_OK(cw_log_entry_key(&key, &out, &err));
    CU_ASSERT(cw_span_equal(cw_buf_as_span(&out), entries[0]));
    cw_buf_reset(&out);
    struct cw_log_snapshot snapshot = {
        .feed = "example-sanctions",
        .sha256 = "5cd3935d47f435c818b5a6add028f3dfd203da86b892e1d50b0e371d7f877638",
        .bytes = 178};
    CU_ASSERT(cw_time_parse(CW_SPAN("2026-11-20T03:15:01Z"), &snapshot.at_s));
    STORE_OK(cw_log_entry_snapshot(&snapshot, &out, &err));
    CU_ASSERT(cw_span_equal(cw_buf_as_span(&out), entries[1]));
    cw_buf_reset(&out);
    const struct cw_log_run_feed feed = {snapshot.feed, "ok", snapshot.sha256};
    struct cw_log_run run = {.rules_sha256 =
                                 "c1a176cf09a389e40bcdc26883762cc3e1bef1ed9efe82bf30ab5a86af9efd51",
                             .feeds = &feed,
                             .feeds_count = 1,
                             .alerts = 1};
    CU_ASSERT(cw_time_parse(CW_SPAN("2026-11-20T03:15:02Z"), &run.at_s));
    STORE_OK(cw_log_entry_run(&run, &out, &err));
    CU_ASSERT(cw_span_equal(cw_buf_as_span(&out), entries[3]));
    cw_buf_reset(&out);
    const struct cw_log_run_feed failed = {snapshot.feed, "failed", ""};
    run.feeds = &failed;
    CU_ASSERT(cw_time_parse(CW_SPAN("2026-11-23T05:15:21Z"), &run.at_s));
    STORE_OK(cw_log_entry_run(&run, &out, &err));
    CU_ASSERT(cw_span_equal(cw_buf_as_span(&out), entries[11]));
    cw_buf_clear(&out);
    cw_buf_clear(&text);
}

/* Entry 2 of the example, out of the alert and its signature file. */
static void takes_the_entry_of_an_alert_from_its_signature(void)
{
    struct cw_span entries[EXAMPLE_ENTRIES];
    struct cw_buf text;
    struct cw_buf body;
    struct cw_buf jws;
    struct cw_buf out;
    struct cw_log_alert alert;
    struct cw_log_alert read;
    enum cw_log_kind kind = CW_LOG_OTHER;
    example_entries(&text, entries);
    cw_buf_init(&out, CW_TLOG_ENTRY_MAX);
    const struct cw_span bytes = fixture("001-listed.json", &body);
    const struct cw_span file = fixture("001-listed.countersigned.jws.json", &jws);
    STORE_OK(cw_log_alert_of("8e10387d-6711-5268-a605-4c3ccd6f59d5", bytes, file, &alert, &err));
    STORE_OK(cw_log_entry_alert(&alert, &out, &err));
    CU_ASSERT(cw_span_equal(cw_buf_as_span(&out), entries[2]));
    STORE_OK(cw_log_entry_read(entries[2], &kind, &read, &err));
    CU_ASSERT_EQUAL(kind, CW_LOG_ALERT);
    CU_ASSERT_STRING_EQUAL(read.sig, alert.sig);
    CU_ASSERT_STRING_EQUAL(read.kid, alert.kid);
    CU_ASSERT_STRING_EQUAL(read.sha256, alert.sha256);
    STORE_FAILS(cw_log_alert_of("x", bytes, CW_SPAN("{}"), &alert, &err), CW_UNTRUSTED, "");
    cw_buf_clear(&out);
    cw_buf_clear(&jws);
    cw_buf_clear(&body);
    cw_buf_clear(&text);
}

static void reads_entries_and_refuses_what_is_none(void)
{
    for (size_t i = 0; i < CW_COUNT(entry_cases); i++) {
        enum cw_log_kind kind = CW_LOG_OTHER;
        struct cw_log_alert alert;
        struct cw_error err = {0};
        const enum cw_status status =
            cw_log_entry_read(cw_span_cstr(entry_cases[i].entry), &kind, &alert, &err);
        if (entry_cases[i].why == NULL) {
            CW_CHECK(status == CW_OK, "row %zu: %s\n", i, err.text);
            CW_CHECK(kind == entry_cases[i].kind, "row %zu: kind %d\n", i, (int)kind);
        } else {
            CW_CHECK(status == CW_UNTRUSTED, "row %zu: status %d\n", i, (int)status);
            CW_CHECK(strstr(err.text, entry_cases[i].why) != NULL, "row %zu: says: %s\n", i,
                     err.text);
        }
    }
}

static void keeps_the_longest_entry_and_refuses_a_longer(void)
{
    struct log_place log;
    log_open(&log);
    char *longest = calloc(1, CW_TLOG_ENTRY_MAX + 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(longest);
    memset(longest, 'x', CW_TLOG_ENTRY_MAX + 1);
    STORE_OK(cw_store_begin(log.store, &err));
    entry_put(&log, cw_span_make(longest, CW_TLOG_ENTRY_MAX), "");
    STORE_OK(cw_store_commit(log.store, &err));
    STORE_OK(cw_store_begin(log.store, &err));
    CU_ASSERT_NOT_EQUAL(
        cw_store_log_add(log.store, cw_span_make(longest, CW_TLOG_ENTRY_MAX + 1), "", NULL), CW_OK);
    cw_store_rollback(log.store);
    log_publish_ok(&log);
    struct cw_buf entry;
    cw_buf_init(&entry, CW_TLOG_ENTRY_MAX);
    STORE_OK(cw_log_entry_at(log.folder, 0, 1, &entry, &err));
    CU_ASSERT_EQUAL(entry.len, CW_TLOG_ENTRY_MAX);
    cw_buf_clear(&entry);
    free(longest);
    log_close(&log);
}

static const struct cw_test TESTS[] = {
    {"writes the worked example byte for byte", writes_the_example_byte_for_byte},
    {"verifies the example with its witness", verifies_the_example_with_its_witness},
    {"refuses every altered checkpoint", refuses_every_altered_checkpoint},
    {"writes entries as the example has them", writes_entries_as_the_example_has_them},
    {"takes an alert's entry from its signature", takes_the_entry_of_an_alert_from_its_signature},
    {"reads entries and refuses what is none", reads_entries_and_refuses_what_is_none},
    {"keeps the longest entry, refuses a longer", keeps_the_longest_entry_and_refuses_a_longer},
};

int main(void)
{
    return cw_run_suite("log", TESTS, CW_COUNT(TESTS));
}
