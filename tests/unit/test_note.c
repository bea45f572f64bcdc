/* Notes, keys, checkpoints and proofs: the worked example, and each way to be none. */
#include "tlog_forest.h"
#include "tlog_text_cases.h"

/* ---- the worked example ---- */

static void reads_both_signatures_of_the_example(void)
{
    struct cw_tlog_note note;
    int64_t time_s = 0;
    CU_ASSERT_EQUAL_FATAL(cw_tlog_note_read(CW_SPAN(CHECKPOINT_12), &note, NULL), CW_OK);
    CU_ASSERT_EQUAL(note.count, 2);
    const struct cw_tlog_key log = vkey_of(VKEY_LOG);
    const struct cw_tlog_key witness = vkey_of(VKEY_WITNESS);
    CU_ASSERT_EQUAL(cw_tlog_note_check(&note, &log, &time_s), CW_TLOG_GOOD);
    CU_ASSERT_EQUAL(time_s, 0);
    CU_ASSERT_EQUAL(cw_tlog_note_check(&note, &witness, &time_s), CW_TLOG_GOOD);
    CU_ASSERT_EQUAL(time_s, 0x6b03d660);
    struct cw_tlog_key other = witness;
    other.id[0] ^= 1; /* another key of the same name: its line is not there */
    CU_ASSERT_EQUAL(cw_tlog_note_check(&note, &other, &time_s), CW_TLOG_ABSENT);
    other = witness;
    other.key.bytes[5] ^= 1; /* this very line, and not from this key */
    CU_ASSERT_EQUAL(cw_tlog_note_check(&note, &other, &time_s), CW_TLOG_BAD);
    CU_ASSERT_EQUAL(time_s, 0);
}

/* ---- notes, keys, checkpoints, proofs: each row one mistake ---- */

static void refuses_notes_that_are_none(void)
{
    for (size_t i = 0; i < CW_COUNT(note_cases); i++) {
        struct cw_tlog_note note;
        struct cw_error err = {0};
        const enum cw_status status =
            cw_tlog_note_read(cw_span_cstr(note_cases[i].text), &note, &err);
        CW_CHECK(status == (note_cases[i].why == NULL ? CW_OK : CW_UNTRUSTED), "%s: %s\n",
                 note_cases[i].what, err.text);
        CW_CHECK(note_cases[i].why == NULL || strstr(err.text, note_cases[i].why) != NULL,
                 "%s: says: %s\n", note_cases[i].what, err.text);
    }
}

static void note_with(struct cw_buf *out, size_t signatures, size_t padding)
{
    cw_buf_init(out, CW_NOTE_BYTES_MAX + 1024);
    for (size_t i = 0; i < padding; i++) {
        cw_buf_char(out, 'x');
    }
    cw_buf_str(out, "\n\n");
    for (size_t i = 0; i < signatures; i++) {
        cw_buf_str(out, DASH "a AAAAAAA=\n");
    }
}

static void bounds_notes(void)
{
    struct cw_tlog_note note;
    struct cw_buf text;
    note_with(&text, CW_NOTE_SIGNATURES_MAX, 8);
    CU_ASSERT_EQUAL(cw_tlog_note_read(cw_buf_as_span(&text), &note, NULL), CW_OK);
    CU_ASSERT_EQUAL(note.count, CW_NOTE_SIGNATURES_MAX);
    cw_buf_clear(&text);
    note_with(&text, CW_NOTE_SIGNATURES_MAX + 1, 8);
    CU_ASSERT_EQUAL(cw_tlog_note_read(cw_buf_as_span(&text), &note, NULL), CW_LIMIT);
    cw_buf_clear(&text);
    const size_t line = strlen("\n\n" DASH "a AAAAAAA=\n");
    note_with(&text, 1, CW_NOTE_BYTES_MAX - line);
    CU_ASSERT_EQUAL(text.len, CW_NOTE_BYTES_MAX);
    CU_ASSERT_EQUAL(cw_tlog_note_read(cw_buf_as_span(&text), &note, NULL), CW_OK);
    cw_buf_clear(&text);
    note_with(&text, 1, CW_NOTE_BYTES_MAX - line + 1);
    CU_ASSERT_EQUAL(cw_tlog_note_read(cw_buf_as_span(&text), &note, NULL), CW_LIMIT);
    cw_buf_clear(&text);
}

/* A signature of `len` bytes behind its key id. */
static enum cw_status read_signature_of(size_t len)
{
    struct cw_tlog_note note;
    struct cw_buf text;
    char *bytes = calloc(1, len + CW_TLOG_KEY_ID_BYTES);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
    cw_buf_init(&text, CW_NOTE_BYTES_MAX);
    cw_buf_str(&text, "x\n\n" DASH "a ");
    cw_base64_encode(&text, CW_BASE64_STANDARD, cw_span_make(bytes, len + CW_TLOG_KEY_ID_BYTES));
    cw_buf_str(&text, "\n");
    const enum cw_status status = cw_tlog_note_read(cw_buf_as_span(&text), &note, NULL);
    cw_buf_clear(&text);
    free(bytes);
    return status;
}

static void bounds_signatures(void)
{
    CU_ASSERT_EQUAL(read_signature_of(CW_NOTE_SIGNATURE_MAX), CW_OK);
    CU_ASSERT_EQUAL(read_signature_of(CW_NOTE_SIGNATURE_MAX + 1), CW_UNTRUSTED);
}

static void refuses_vkeys_that_are_none(void)
{
    for (size_t i = 0; i < CW_COUNT(vkey_cases); i++) {
        struct cw_tlog_key key;
        struct cw_error err = {0};
        const enum cw_status status =
            cw_tlog_key_parse(cw_span_cstr(vkey_cases[i].text), &key, &err);
        CW_CHECK(status == (vkey_cases[i].why == NULL ? CW_OK : CW_INVALID), "%s: %s\n",
                 vkey_cases[i].what, err.text);
        CW_CHECK(vkey_cases[i].why == NULL || strstr(err.text, vkey_cases[i].why) != NULL,
                 "%s: says: %s\n", vkey_cases[i].what, err.text);
    }
    char name[CW_LOG_NAME_MAX + 2];
    memset(name, 'n', sizeof(name));
    CU_ASSERT(cw_tlog_name_is_valid(cw_span_make(name, CW_LOG_NAME_MAX)));
    CU_ASSERT_FALSE(cw_tlog_name_is_valid(cw_span_make(name, CW_LOG_NAME_MAX + 1)));
}

static void refuses_checkpoints_that_are_none(void)
{
    for (size_t i = 0; i < CW_COUNT(checkpoint_cases); i++) {
        struct cw_tlog_checkpoint checkpoint;
        struct cw_error err = {0};
        const enum cw_status status =
            cw_tlog_checkpoint_read(cw_span_cstr(checkpoint_cases[i].text), &checkpoint, &err);
        CW_CHECK((status == CW_OK) == (checkpoint_cases[i].why == NULL), "%s: %s\n",
                 checkpoint_cases[i].what, err.text);
        CW_CHECK(checkpoint_cases[i].why == NULL ||
                     strstr(err.text, checkpoint_cases[i].why) != NULL,
                 "%s: says: %s\n", checkpoint_cases[i].what, err.text);
    }
}

/* The proof of entry 2, as the example has it. */
static void example_proof(struct cw_buf *out)
{
    struct cw_span entries[EXAMPLE_ENTRIES];
    struct cw_buf text;
    example_entries(&text, entries);
    cw_buf_init(out, CW_TLOG_PROOF_BYTES_MAX);
    cw_buf_str(out, "c2sp.org/tlog-proof@v1\nextra ");
    cw_base64_encode(out, CW_BASE64_STANDARD, entries[2]);
    cw_buf_str(out, "\nindex 2\n" PATH_2 "\n" CHECKPOINT_12);
    cw_buf_clear(&text);
}

static void makes_the_proof_of_the_example(void)
{
    struct cw_span entries[EXAMPLE_ENTRIES];
    struct cw_buf text;
    struct cw_buf wanted;
    struct cw_buf out;
    struct forest forest = {.count = 0};
    example_entries(&text, entries);
    example_proof(&wanted);
    for (; forest.count < EXAMPLE_ENTRIES; forest.count++) {
        forest.leaves[forest.count] = cw_tlog_leaf(entries[forest.count]);
    }
    const struct cw_tlog_nodes nodes = {read_node, &forest};
    struct cw_tlog_proof proof = {
        .has_extra = true, .index = 2, .checkpoint = CW_SPAN(CHECKPOINT_12)};
    cw_buf_init(&proof.extra, 1 << 16);
    cw_buf_span(&proof.extra, entries[2]);
    cw_buf_init(&out, CW_TLOG_PROOF_BYTES_MAX);
    CU_ASSERT_EQUAL(cw_tlog_prove_inclusion(&nodes, 2, EXAMPLE_ENTRIES, &proof.path, NULL), CW_OK);
    cw_tlog_proof_write(&proof, &out);
    CU_ASSERT(cw_span_equal(cw_buf_as_span(&out), cw_buf_as_span(&wanted)));
    cw_tlog_proof_clear(&proof);
    CU_ASSERT_EQUAL(cw_tlog_proof_read(cw_buf_as_span(&out), &proof, NULL), CW_OK);
    CU_ASSERT_EQUAL(proof.index, 2);
    CU_ASSERT_EQUAL(proof.path.count, 4);
    CU_ASSERT(cw_span_equal(cw_buf_as_span(&proof.extra), entries[2]));
    CU_ASSERT(cw_span_is(proof.checkpoint, CHECKPOINT_12));
    cw_tlog_proof_clear(&proof);
    cw_buf_clear(&out);
    cw_buf_clear(&wanted);
    cw_buf_clear(&text);
}

static void refuses_proofs_that_are_none(void)
{
    for (size_t i = 0; i < CW_COUNT(proof_cases); i++) {
        struct cw_tlog_proof proof;
        struct cw_error err = {0};
        const enum cw_status status =
            cw_tlog_proof_read(cw_span_cstr(proof_cases[i].text), &proof, &err);
        cw_tlog_proof_clear(&proof);
        CW_CHECK((status == CW_OK) == (proof_cases[i].why == NULL), "%s: %s\n", proof_cases[i].what,
                 err.text);
        CW_CHECK(proof_cases[i].why == NULL || strstr(err.text, proof_cases[i].why) != NULL,
                 "%s: says: %s\n", proof_cases[i].what, err.text);
    }
}

static enum cw_status read_proof_of(size_t hashes, size_t padding)
{
    struct cw_tlog_proof proof;
    struct cw_buf text;
    cw_buf_init(&text, CW_TLOG_PROOF_BYTES_MAX + 1024);
    cw_buf_str(&text, "c2sp.org/tlog-proof@v1\nindex 0\n");
    for (size_t i = 0; i < hashes; i++) {
        cw_buf_str(&text, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
    }
    cw_buf_str(&text, "\n");
    while (text.len < padding) {
        cw_buf_char(&text, 'x');
    }
    const enum cw_status status = cw_tlog_proof_read(cw_buf_as_span(&text), &proof, NULL);
    cw_tlog_proof_clear(&proof);
    cw_buf_clear(&text);
    return status;
}

static void bounds_proofs(void)
{
    CU_ASSERT_EQUAL(read_proof_of(CW_TLOG_PROOF_MAX, 0), CW_OK);
    CU_ASSERT_EQUAL(read_proof_of(CW_TLOG_PROOF_MAX + 1, 0), CW_LIMIT);
    CU_ASSERT_EQUAL(read_proof_of(1, CW_TLOG_PROOF_BYTES_MAX), CW_OK);
    CU_ASSERT_EQUAL(read_proof_of(1, CW_TLOG_PROOF_BYTES_MAX + 1), CW_LIMIT);
}

static const struct cw_test TESTS[] = {
    {"reads both signatures of the example", reads_both_signatures_of_the_example},
    {"refuses notes that are none", refuses_notes_that_are_none},
    {"bounds notes", bounds_notes},
    {"bounds signatures", bounds_signatures},
    {"refuses vkeys that are none", refuses_vkeys_that_are_none},
    {"refuses checkpoints that are none", refuses_checkpoints_that_are_none},
    {"makes the proof of the example byte for byte", makes_the_proof_of_the_example},
    {"refuses proofs that are none", refuses_proofs_that_are_none},
    {"bounds proofs", bounds_proofs},
};

int main(void)
{
    return cw_run_suite("note", TESTS, CW_COUNT(TESTS));
}
