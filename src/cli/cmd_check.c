#include <unistd.h>

#include "base/datetime.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/check_open.h"
#include "cli/check_receipt.h"
#include "cli/explain.h"
#include "cli/match.h"

enum { STDIN_BYTES_MAX = 64 << 20, MATCH_INDENT = 16, MATCH_BYTES_MAX = 1 << 20 };

static json_t *data_json(const struct cw_check *check)
{
    json_t *feeds = json_array();
    for (size_t i = 0; i < cw_check_feeds(check); i++) {
        const struct cw_data_feed *feed = cw_check_feed_at(check, i);
        (void)json_array_append_new(
            feeds, json_pack("{s:s, s:s, s:o, s:s, s:I}", "id", feed->id, "status",
                             cw_data_status_name(feed->status), "retrieved_at",
                             cw_json_time(feed->retrieved_at_s), "snapshot_sha256",
                             feed->snapshot_sha256, "entries", (json_int_t)feed->entries));
    }
    return json_pack("{s:I, s:o, s:o}", "generation", (json_int_t)cw_check_generation(check),
                     "built_at", cw_json_time(cw_check_built_at_s(check)), "feeds", feeds);
}

static void print_json(const struct cw_cli *cli, const struct cw_check *check,
                       const struct cw_answer *answer)
{
    json_t *matches = json_array();
    json_t *reasons = json_array();
    for (size_t i = 0; i < answer->matches_count; i++) {
        (void)json_array_append_new(matches, cw_cli_match_json(&answer->matches[i]));
    }
    for (size_t i = 0; i < answer->reasons_count; i++) {
        (void)json_array_append_new(reasons, cw_json_text(cw_span_cstr(answer->reasons[i])));
    }
    json_t *out =
        json_pack("{s:o, s:o, s:s, s:o, s:o, s:o}", "input",
                  cw_json_text(cw_span_make(answer->input, answer->input_len)), "canonical",
                  answer->canonical[0] == '\0' ? json_null() : json_string(answer->canonical),
                  "verdict", cw_verdict_name(answer->verdict), "matches", matches, "data",
                  data_json(check), "reasons", reasons);
    cw_cli_explain_add(cli, out, cw_span_make(answer->input, answer->input_len));
    cw_cli_json(out);
}

/* "exact         list ofac: NAME [PROGRAM], listed 2022-04-14" */
static void write_match(const struct cw_check_match *match, struct cw_buf *out)
{
    cw_buf_printf(out, "  %-13s %s %s", cw_relation_name(match->relation),
                  match->is_rule ? "case" : "list", match->source_id);
    if (match->is_rule || match->entry_name[0] != '\0') {
        cw_buf_printf(out, ": %s", match->entry_name);
    }
    for (size_t i = 0; match->programs != NULL && match->programs[i] != NULL; i++) {
        cw_buf_printf(out, "%s%s%s", i == 0 ? " [" : " ", match->programs[i],
                      match->programs[i + 1] == NULL ? "]" : "");
    }
    if (match->listed_on[0] != '\0') {
        cw_buf_printf(out, ", listed %s", match->listed_on);
    }
    if (!match->is_active && match->delisted_on_s > 0) {
        char day[CW_DATE_TEXT_BYTES];
        cw_date_format(match->delisted_on_s, day);
        cw_buf_printf(out, ", delisted %s", day);
    }
}

static void print_match(const struct cw_cli *cli, const struct cw_check_match *match)
{
    const struct cw_line line = {0, MATCH_INDENT};
    struct cw_buf text;
    cw_buf_init(&text, MATCH_BYTES_MAX);
    write_match(match, &text);
    cw_cli_text(cli, line, &text);
    cw_cli_line(cli, line, "%*sas %s", MATCH_INDENT, "", match->listed_value);
    cw_buf_clear(&text);
}

static void print_text(const struct cw_cli *cli, const struct cw_answer *answer)
{
    char shown[256];
    cw_text_escape_to(shown, sizeof(shown), cw_span_make(answer->input, answer->input_len));
    cw_tone_print(cli, cw_cli_verdict_tone(answer->verdict), cw_verdict_name(answer->verdict), 0);
    (void)printf(" %s\n", shown[0] == '\0' ? "(nothing shown)" : shown);
    for (size_t i = 0; i < answer->matches_count; i++) {
        print_match(cli, &answer->matches[i]);
    }
    const size_t notes_from = answer->reasons_count - answer->notes_count;
    for (size_t i = 0; i < answer->reasons_count; i++) {
        cw_cli_line(cli, (struct cw_line){0, 4}, "  %s %s",
                    i < notes_from ? "because" : "note:", answer->reasons[i]);
    }
    cw_cli_explain_print(cli, cw_span_make(answer->input, answer->input_len));
}

/* One run of questions. */
struct asking {
    const struct cw_cli *cli;
    struct cw_check *check;
    enum cw_verdict worst;
    struct cw_receipt_draft draft;
};

static enum cw_status ask(struct asking *asking, struct cw_span text, struct cw_error *err)
{
    struct cw_answer answer = {0};
    enum cw_status status = cw_check_ask(asking->check, text, &answer, err);
    if (status == CW_OK) {
        if (asking->cli->is_json) {
            print_json(asking->cli, asking->check, &answer);
        } else if (!asking->cli->is_quiet) {
            print_text(asking->cli, &answer);
        }
        asking->worst = answer.verdict > asking->worst ? answer.verdict : asking->worst;
    }
    if (status == CW_OK && asking->draft.is_wanted) {
        status = cw_receipt_draft_add(&asking->draft, text, &answer, err);
    }
    cw_answer_clear(&answer);
    return status;
}

static enum cw_status ask_stdin(struct asking *asking, struct cw_error *err)
{
    struct cw_buf text;
    cw_buf_init(&text, STDIN_BYTES_MAX);
    enum cw_status status = cw_fd_read_all(STDIN_FILENO, &text, err);
    struct cw_span rest = cw_buf_as_span(&text);
    struct cw_span line;
    bool is_asked = false;
    while (status == CW_OK && cw_span_next_line(&rest, &line)) {
        if (cw_span_trim(line).len > 0) {
            is_asked = true;
            status = ask(asking, line, err);
        }
    }
    if (status == CW_OK && !is_asked) { /* a pipe that broke before us must not read as "clear" */
        status = cw_error_set(err, CW_NOT_FOUND, "standard input holds no address");
    }
    cw_buf_clear(&text);
    return status;
}

/* In: place  of the receipt; NULL when none is wanted */
static int ask_all(struct asking *asking, const struct cw_receipt_place *place, int count,
                   char **texts)
{
    struct cw_error err = {0};
    enum cw_status status = place == NULL ? CW_OK : cw_receipt_try(place, &err);
    if (status != CW_OK) {
        return cw_cli_fail(asking->cli, &err, CW_EXIT_CREATE);
    }
    for (int i = 0; status == CW_OK && i < count; i++) {
        status = strcmp(texts[i], "-") == 0 ? ask_stdin(asking, &err)
                                            : ask(asking, cw_span_cstr(texts[i]), &err);
    }
    /* An error never reads as an answer: not as 0, and not as what was found before it. */
    if (status != CW_OK) {
        return cw_cli_fail(asking->cli, &err, CW_EXIT_PARTIAL);
    }
    if (place != NULL) {
        status = cw_receipt_draft_write(&asking->draft, place, &err);
    }
    return status == CW_OK ? cw_cli_verdict_exit(asking->worst)
                           : cw_cli_fail(asking->cli, &err, CW_EXIT_CREATE);
}

/* One invocation as it was asked for. */
struct asked {
    int count;
    char **texts;
    const char *receipt;
    int64_t day_s; /* negative: now */
};

static int run(struct asking *asking, struct cw_answering *answering, const struct asked *asked)
{
    struct cw_error err = {0};
    asking->check = answering->check;
    asking->draft.is_wanted = asked->receipt != NULL;
    if (asked->day_s >= 0 && cw_check_ask_about_day(asking->check, answering->config->state_dir,
                                                    asked->day_s, &err) != CW_OK) {
        return err.code == CW_INVALID ? cw_cli_usage_error(asking->cli, "--on: %s", err.text)
                                      : cw_cli_fail(asking->cli, &err, CW_EXIT_PARTIAL);
    }
    const struct cw_receipt_place place = {asking->cli, &answering->home, asking->check,
                                           asked->receipt};
    return ask_all(asking, asked->receipt == NULL ? NULL : &place, asked->count, asked->texts);
}

static int refuse(const struct asking *asking, struct asked *asked, const char *day)
{
    if (asked->count == 0) {
        return cw_cli_usage_error(asking->cli, "which address? `-` reads them from standard input");
    }
    if (day != NULL && !cw_date_parse(cw_span_cstr(day), &asked->day_s)) {
        return cw_cli_usage_error(asking->cli, "--on: %s is no date like 2026-11-20", day);
    }
    if (day != NULL && asked->receipt != NULL) {
        return cw_cli_usage_error(asking->cli, "a receipt says what is known now: not with --on");
    }
    if (asking->draft.is_hashed && asked->receipt == NULL) {
        return cw_cli_usage_error(asking->cli, "--hashed goes with --receipt");
    }
    return -1;
}

static int answer(struct cw_cli *cli, struct asking *asking, const struct asked *asked)
{
    struct cw_answering answering;
    const struct cw_answering_want want = {
        asked->receipt == NULL ? CW_ANSWERING_FAST : CW_ANSWERING_HOME, CW_CHECK_ADDRESSES};
    int code = cw_cli_answering_open(cli, want, &answering);
    if (code < 0) {
        code = run(asking, &answering, asked);
    }
    cw_receipt_draft_clear(&asking->draft);
    cw_cli_answering_close(&answering);
    return code;
}

static const struct cw_term groups[] = {{"for receipts", "receipt hashed"}};

static const struct cw_usage base_usage = {
    .synopsis = "[OPTIONS] ADDRESS...\n[OPTIONS] -",
    .text =
        "Says whether an address is listed, related, clear, or whether that cannot be said, "
        "from what the last scan left in force. `-` reads one address a line from standard input. "
        "Takes what people paste: links, spaces, other spellings. No network.\n\n"
        "With `--quiet` the exit code is the whole answer. With `--on` it says what was on the "
        "lists at any time of that day, as far as they had been read by its end; the cases are "
        "those of now. Of several addresses the gravest of 10, 20, 11 and 0 is the exit code.",
    .groups = CW_TERMS(groups),
    .examples = "cryptowatch check 0x098B716B8Aaf21512996dC57EB0615e2383E2f96\n"
                "cryptowatch check --explain bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4\n"
                "cryptowatch check --json - < addresses.txt\n"
                "cryptowatch check --receipt no.jws.json \\\n"
                "    bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4\n",
    .exits = "0 clear, on data that is complete and fresh\n10 listed\n11 only related\n"
             "20 cannot say\n64 usage\n73 the receipt cannot be made\n"
             "74 the data cannot be read or is damaged\n77 a key is too open\n78 configuration\n",
    .see = "cryptowatch-screen(1), cryptowatch-address(1), cryptowatch-verify(1)",
};

int cw_cmd_check(struct cw_cli *cli, int argc, char **argv)
{
    struct asked asked = {.texts = argv, .day_s = -1};
    struct asking asking = {.cli = cli, .worst = CW_VERDICT_CLEAR};
    const char *day = NULL;
    const struct cw_option options[] = {
        {.name = "explain",
         .help = "every way to write the key, and what each relation proves",
         .flag = &cli->is_explain},
        {.name = "on",
         .argument = "DATE",
         .help = "ask about a day in the past, like 2026-11-20 (UTC)",
         .value = &day},
        {.name = "receipt",
         .argument = "FILE",
         .help = "write a signed receipt of the answers",
         .value = &asked.receipt},
        {.name = "hashed",
         .help = "the receipt names the SHA-256 of what was asked",
         .flag = &asking.draft.is_hashed},
    };
    const struct cw_usage usage = cw_usage_with(&base_usage, options, CW_COUNT(options));
    int code = cw_cli_options(cli, &usage, argc, argv, &asked.count);
    if (code < 0) {
        code = refuse(&asking, &asked, day);
    }
    return code < 0 ? answer(cli, &asking, &asked) : code;
}
