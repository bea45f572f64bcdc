/* Main's side of the parser program: hostile programs (tests/fixtures/parser), and the real one on
 * containers (tests/fixtures/unpack). */
#include <fcntl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "feed/parser.h"
#include "suite.h"

enum { DOCUMENT_MAX = 1 << 20 };

static const char PARSER[] = CW_BIN_DIR "/cryptowatch-parse";
static const char ADDRESS[] = "0x51E9d833Ecae4E8D9D8Be17300AEE6D3398C135D";

/* ---- running programs ---- */

struct heard {
    size_t infos;
    size_t entries;
    char first_value[128];
    char published[16];
    enum cw_status answer; /* of the sink, to every entry */
};

static enum cw_status hear_info(void *ctx, const struct cw_list_info *info, struct cw_error *err)
{
    struct heard *heard = ctx;
    (void)err;
    heard->infos++;
    (void)snprintf(heard->published, sizeof(heard->published), "%.*s",
                   CW_SPAN_ARG(info->published));
    return CW_OK;
}

static enum cw_status hear_entry(void *ctx, const struct cw_entry *entry, struct cw_error *err)
{
    struct heard *heard = ctx;
    if (heard->entries++ == 0) {
        (void)snprintf(heard->first_value, sizeof(heard->first_value), "%.*s",
                       CW_SPAN_ARG(entry->value));
    }
    return heard->answer == CW_OK ? CW_OK : cw_error_set(err, heard->answer, "sink says no");
}

struct outcome {
    enum cw_status status;
    struct cw_error err;
    struct heard heard;
    struct cw_parse_report report;
};

static struct outcome run_on(const struct cw_parser_options *options, const char *path)
{
    struct outcome outcome = {0};
    const struct cw_entry_sink sink = {hear_info, hear_entry, &outcome.heard};
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    CU_ASSERT_FATAL(fd >= 0);
    outcome.status = cw_parser_run(options, fd, sink, &outcome.report, &outcome.err);
    (void)close(fd);
    return outcome;
}

static struct outcome run_actor(const char *name, int64_t timeout_s)
{
    char program[512];
    (void)snprintf(program, sizeof(program), "%s/parser/%s", CW_FIXTURES, name);
    const struct cw_parser_options options = {
        .program = program, .format = "lines", .timeout_s = timeout_s};
    return run_on(&options, CW_FIXTURES "/unpack/valid/plain.txt");
}

static const struct {
    const char *actor;
    enum cw_status wanted;
    const char *text; /* part of the error */
} ACTORS[] = {
    {"behaves", CW_OK, ""},
    {"ends-empty", CW_OK, ""},
    {"dies-at-once", CW_UNTRUSTED, "before its opening bytes"},
    {"dies-after-magic", CW_UNTRUSTED, "stopped in the middle: ended with exit code 3"},
    {"dies-in-a-frame", CW_UNTRUSTED, "ended in a frame"},
    {"killed-after-entry", CW_UNTRUSTED, "stopped in the middle: was killed by signal 9"},
    {"no-end", CW_UNTRUSTED, "stopped in the middle: it left early"},
    {"end-but-bad-exit", CW_UNTRUSTED, "ended with exit code 1"},
    {"end-but-killed", CW_UNTRUSTED, "was killed by signal 9"},
    {"babbles-words", CW_UNTRUSTED, "does not begin with"},
    {"babbles-zeros", CW_UNTRUSTED, "a frame claims 0 bytes"},
    {"huge-frame", CW_UNTRUSTED, "a frame claims 2147483647 bytes"},
    {"frame-above-limit", CW_UNTRUSTED, "a frame claims 1048577 bytes"},
    {"unknown-kind", CW_UNTRUSTED, "kind 9 out of turn"},
    {"entry-after-end", CW_UNTRUSTED, "kind 2 out of turn"},
    {"end-twice", CW_UNTRUSTED, "kind 3 out of turn"},
    {"info-twice", CW_UNTRUSTED, "kind 1 out of turn"},
    {"info-after-entry", CW_UNTRUSTED, "kind 1 out of turn"},
    {"counts-too-many", CW_UNTRUSTED, "announced 2 entries and delivered 1"},
    {"counts-too-few", CW_UNTRUSTED, "announced 1 entries and delivered 2"},
    {"more-unusable-than-entries", CW_UNTRUSTED, "a malformed end"},
    {"bad-date", CW_UNTRUSTED, "a malformed date of issue"},
    {"bad-listing-date", CW_UNTRUSTED, "a malformed listing date"},
    {"not-utf-8", CW_UNTRUSTED, "a malformed value"},
    {"nul-in-value", CW_UNTRUSTED, "a malformed value"},
    {"trailing-field", CW_UNTRUSTED, "a malformed end"},
    {"program-count-lies", CW_UNTRUSTED, "a malformed programme"},
    {"too-many-programs", CW_UNTRUSTED, "a malformed number of programmes"},
    {"position-too-long", CW_UNTRUSTED, "a malformed position"},
    {"fails-untrusted", CW_UNTRUSTED, "line 7: not a list"},
    {"fails-limit", CW_LIMIT, "too long"},
    {"fails-with-escapes", CW_UNTRUSTED, "red \\x1b[31m \\u202e end"},
    {"fails-with-ok", CW_UNTRUSTED, "a malformed failure"},
    {"fails-with-strange-code", CW_UNTRUSTED, "a malformed failure"},
    {"fails-with-long-reason", CW_UNTRUSTED, "a malformed failure"},
};

static void judges_what_programs_do(void)
{
    for (size_t i = 0; i < CW_COUNT(ACTORS); i++) {
        const struct outcome outcome = run_actor(ACTORS[i].actor, 20);
        CW_CHECK(outcome.status == ACTORS[i].wanted, "%s: status %d, \"%s\"", ACTORS[i].actor,
                 (int)outcome.status, outcome.err.text);
        CW_CHECK(strstr(outcome.err.text, ACTORS[i].text) != NULL, "%s: says \"%s\"",
                 ACTORS[i].actor, outcome.err.text);
        CW_CHECK((outcome.status == CW_OK) == (outcome.err.code == CW_OK), "%s: code and text",
                 ACTORS[i].actor);
    }
}

static void hears_what_a_good_program_says(void)
{
    const struct outcome outcome = run_actor("behaves", 20);
    CU_ASSERT(outcome.status == CW_OK);
    CU_ASSERT_EQUAL(outcome.heard.infos, 1);
    CU_ASSERT_EQUAL(outcome.heard.entries, 1);
    CU_ASSERT_STRING_EQUAL(outcome.heard.published, "2025-01-02");
    CU_ASSERT_STRING_EQUAL(outcome.heard.first_value, ADDRESS);
    CU_ASSERT_EQUAL(outcome.report.entries, 1);
    CU_ASSERT_EQUAL(outcome.report.unusable, 0);
    CU_ASSERT_EQUAL(outcome.report.bytes_in, 10);
}

static void kills_a_program_at_its_time_limit(void)
{
    static const char *const actors[] = {"hangs-at-once", "hangs-in-a-frame", "hangs-after-end"};
    const struct cw_clock clock = cw_clock_system();
    for (size_t i = 0; i < CW_COUNT(actors); i++) {
        const uint64_t before = cw_clock_monotonic_ms(&clock);
        const struct outcome outcome = run_actor(actors[i], 1);
        const uint64_t took = cw_clock_monotonic_ms(&clock) - before;
        CW_CHECK(outcome.status == CW_TEMPORARY, "%s: status %d", actors[i], (int)outcome.status);
        CW_CHECK(strstr(outcome.err.text, "time limit") != NULL, "%s: says \"%s\"", actors[i],
                 outcome.err.text);
        CW_CHECK(took >= 1000 && took < 10000, "%s: took %llu ms", actors[i],
                 (unsigned long long)took);
    }
}

static void says_when_there_is_no_program(void)
{
    const struct outcome outcome = run_actor("is-not-there", 20);
    CU_ASSERT(outcome.status == CW_NOT_FOUND);
    CU_ASSERT(strstr(outcome.err.text, "no such program") != NULL);
}

/* ---- the real program ---- */

static struct outcome run_real(const char *format, const char *path,
                               const struct cw_format_option *items, size_t count)
{
    const struct cw_parser_options options = {
        .program = PARSER, .format = format, .options = items, .options_count = count};
    return run_on(&options, path);
}

static void stops_when_the_sink_refuses(void)
{
    struct heard heard = {.answer = CW_BUSY};
    const struct cw_entry_sink sink = {hear_info, hear_entry, &heard};
    const struct cw_parser_options options = {.program = PARSER, .format = "lines"};
    struct cw_parse_report report;
    struct cw_error err = {0};
    const int fd = open(CW_FIXTURES "/unpack/valid/plain.txt", O_RDONLY | O_CLOEXEC);
    CU_ASSERT_FATAL(fd >= 0);
    CU_ASSERT(cw_parser_run(&options, fd, sink, &report, &err) == CW_BUSY);
    CU_ASSERT_STRING_EQUAL(err.text, "sink says no");
    CU_ASSERT_EQUAL(heard.entries, 1);
    (void)close(fd);
}

static void counts_entries_up_to_the_limit_given(void)
{
    for (uint64_t max = 1; max <= 3; max++) {
        const struct cw_parser_options options = {
            .program = PARSER, .format = "lines", .entries_max = max};
        const struct outcome outcome = run_on(&options, CW_FIXTURES "/unpack/valid/plain.txt");
        CW_CHECK(outcome.status == (max < 2 ? CW_LIMIT : CW_OK), "limit %d: %s", (int)max,
                 outcome.err.text);
    }
}

static void reads_a_document_from_its_start_whatever_was_read_before(void)
{
    struct heard heard = {0};
    const struct cw_entry_sink sink = {hear_info, hear_entry, &heard};
    const struct cw_parser_options options = {.program = PARSER, .format = "lines"};
    struct cw_parse_report report = {0};
    const int fd = open(CW_FIXTURES "/unpack/valid/plain.txt", O_RDONLY | O_CLOEXEC);
    CU_ASSERT_FATAL(fd >= 0);
    CU_ASSERT(lseek(fd, 20, SEEK_SET) == 20);
    CU_ASSERT(cw_parser_run(&options, fd, sink, &report, NULL) == CW_OK);
    CU_ASSERT_EQUAL(report.entries, 2);
    (void)close(fd);
}

static void refuses_formats_and_options_it_does_not_know(void)
{
    static const struct {
        const char *format;
        struct cw_format_option option;
        enum cw_status wanted;
        const char *text;
    } rows[] = {
        {"stix2", {{NULL, 0}, {NULL, 0}}, CW_NOT_FOUND, "no list format is called \"stix2\""},
        {"", {{NULL, 0}, {NULL, 0}}, CW_NOT_FOUND, "no list format"},
        {"lines", {{"a", 1}, {"b", 1}}, CW_INVALID, "has no option \"a\""},
        {"csv", {{"column", 6}, {"b", 1}}, CW_INVALID, "has no option \"column\""},
        {"csv", {{"note_column", 11}, {"", 0}}, CW_INVALID, "the name of a column or member"},
        {"csv", {{"note_column", 11}, {"a\0b", 3}}, CW_INVALID, "NUL byte"},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        const struct outcome outcome =
            run_real(rows[i].format, CW_FIXTURES "/unpack/valid/plain.txt", &rows[i].option,
                     rows[i].option.name.len > 0 ? 1 : 0);
        CW_CHECK(outcome.status == rows[i].wanted, "row %zu: status %d", i, (int)outcome.status);
        CW_CHECK(strstr(outcome.err.text, rows[i].text) != NULL, "row %zu: says \"%s\"", i,
                 outcome.err.text);
    }
}

static void hands_options_to_the_format(void)
{
    const struct cw_format_option options[] = {
        {CW_SPAN("address_column"), CW_SPAN("spot")},
        {CW_SPAN("note_column"), CW_SPAN("Remark")},
    };
    const char *path = CW_FIXTURES "/feed/csv/valid/all-columns/input";
    const struct outcome outcome = run_real("csv", path, options, CW_COUNT(options));
    CW_CHECK(outcome.status == CW_OK, "%s", outcome.err.text);
    CU_ASSERT_STRING_EQUAL(outcome.heard.first_value, ADDRESS);
    const struct outcome without = run_real("csv", path, NULL, 0);
    CU_ASSERT(without.status == CW_UNTRUSTED);
}

/* ---- containers ---- */

static size_t for_each_file(const char *folder, void (*judge)(const char *path))
{
    char **names = NULL;
    size_t count = 0;
    CU_ASSERT_FATAL(cw_dir_list(folder, "", &names, &count, NULL) == CW_OK);
    for (size_t i = 0; i < count; i++) {
        char *path = cw_path_join(folder, names[i]);
        CU_ASSERT_FATAL(path != NULL);
        judge(path);
        free(path);
    }
    cw_names_free(names);
    return count;
}

static void judge_container(const char *path)
{
    const struct outcome outcome = run_real("lines", path, NULL, 0);
    CW_CHECK(outcome.status == CW_OK, "%s: %s", path, outcome.err.text);
    CW_CHECK(outcome.report.entries == 2, "%s: %d entries", path, (int)outcome.report.entries);
    CW_CHECK(outcome.report.bytes_decoded == 78, "%s: bytes", path);
    CW_CHECK(strcmp(outcome.heard.first_value, ADDRESS) == 0, "%s: %s", path,
             outcome.heard.first_value);
}

static void unpacks_every_container(void)
{
    CU_ASSERT(for_each_file(CW_FIXTURES "/unpack/valid", judge_container) >= 9);
}

static void judge_bad_container(const char *path)
{
    const struct outcome outcome = run_real("lines", path, NULL, 0);
    const bool is_bomb = strstr(path, "bomb") != NULL;
    CW_CHECK(outcome.status == (is_bomb ? CW_LIMIT : CW_UNTRUSTED), "%s: status %d, %s", path,
             (int)outcome.status, outcome.err.text);
    CW_CHECK(strlen(outcome.err.text) > 0, "%s: no reason", path);
}

static void refuses_damaged_and_hostile_containers(void)
{
    CU_ASSERT(for_each_file(CW_FIXTURES "/unpack/invalid", judge_bad_container) >= 26);
}

enum { CUTS_AT_THE_END = 12, CUT_STEP = 17, SHORTEST_CUT = 8 };

/* Few cuts, because each costs a process: all at the end, where a checksum or a directory stands,
 * and some before it. */
static size_t next_cut(size_t len, size_t whole)
{
    const size_t step = len + CUTS_AT_THE_END > whole ? 1 : CUT_STEP;
    return len > step ? len - step : 0;
}

static void judge_cut_container(const char *path)
{
    struct cw_buf whole;
    char cut_path[] = "/tmp/cryptowatch-test-XXXXXX";
    if (strstr(path, "plain") != NULL) {
        return;
    }
    cw_buf_init(&whole, DOCUMENT_MAX);
    CU_ASSERT_FATAL(cw_file_read(path, &whole, NULL) == CW_OK);
    const int fd = mkstemp(cut_path);
    CU_ASSERT_FATAL(fd >= 0);
    CU_ASSERT(cw_fd_write_all(fd, cw_buf_as_span(&whole), NULL) == CW_OK);
    for (size_t len = whole.len - 1; len >= SHORTEST_CUT; len = next_cut(len, whole.len)) {
        CU_ASSERT_FATAL(ftruncate(fd, (off_t)len) == 0);
        const struct outcome outcome = run_real("lines", cut_path, NULL, 0);
        CW_CHECK(outcome.status == CW_UNTRUSTED, "%s: cut to %zu bytes: status %d", path, len,
                 (int)outcome.status);
    }
    (void)close(fd);
    (void)unlink(cut_path);
    cw_buf_clear(&whole);
}

static void refuses_cut_containers(void)
{
    CU_ASSERT(for_each_file(CW_FIXTURES "/unpack/valid", judge_cut_container) >= 9);
}

static const struct cw_test TESTS[] = {
    {"judges what programs do", judges_what_programs_do},
    {"hears what a good program says", hears_what_a_good_program_says},
    {"kills a program at its time limit", kills_a_program_at_its_time_limit},
    {"says when there is no program", says_when_there_is_no_program},
    {"stops when the sink refuses", stops_when_the_sink_refuses},
    {"counts entries up to the limit given", counts_entries_up_to_the_limit_given},
    {"reads a document from its start", reads_a_document_from_its_start_whatever_was_read_before},
    {"refuses formats and options it does not know", refuses_formats_and_options_it_does_not_know},
    {"hands options to the format", hands_options_to_the_format},
    {"unpacks every container", unpacks_every_container},
    {"refuses damaged and hostile containers", refuses_damaged_and_hostile_containers},
    {"refuses cut containers", refuses_cut_containers},
};

int main(void)
{
    return cw_run_suite("parser", TESTS, CW_COUNT(TESTS));
}
