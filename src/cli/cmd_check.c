#include <unistd.h>

#include "base/datetime.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/explain.h"
#include "cli/match.h"

enum { STDIN_BYTES_MAX = 64 << 20 };

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

static const char *colour(const struct cw_cli *cli, enum cw_verdict verdict)
{
    if (!cli->is_colour) {
        return "";
    }
    switch (verdict) {
    case CW_VERDICT_LISTED:
        return "\x1b[1;31m";
    case CW_VERDICT_RELATED:
        return "\x1b[1;33m";
    case CW_VERDICT_CANNOT_SAY:
        return "\x1b[1;35m";
    case CW_VERDICT_CLEAR:
        return "\x1b[1;32m";
    }
    return "";
}

static void print_match(const struct cw_check_match *match)
{
    (void)printf("  %-13s %s %s", cw_relation_name(match->relation),
                 match->is_rule ? "case" : "list", match->source_id);
    if (!match->is_rule && match->entry_name[0] != '\0') {
        (void)printf(": ");
        cw_cli_print(cw_span_cstr(match->entry_name));
    }
    if (match->is_rule) {
        (void)printf(": ");
        cw_cli_print(cw_span_cstr(match->entry_name));
    }
    for (size_t i = 0; match->programs != NULL && match->programs[i] != NULL; i++) {
        (void)printf("%s", i == 0 ? " [" : " ");
        cw_cli_print(cw_span_cstr(match->programs[i]));
        (void)printf("%s", match->programs[i + 1] == NULL ? "]" : "");
    }
    if (match->listed_on[0] != '\0') {
        (void)printf(", listed %s", match->listed_on);
    }
    if (!match->is_active) {
        char day[CW_DATE_TEXT_BYTES];
        cw_date_format(match->delisted_on_s, day);
        (void)printf(", delisted %s", day);
    }
    (void)printf("\n                as ");
    cw_cli_print(cw_span_cstr(match->listed_value));
    (void)printf("\n");
}

static void print_text(const struct cw_cli *cli, const struct cw_answer *answer)
{
    char shown[256];
    cw_text_escape_to(shown, sizeof(shown), cw_span_make(answer->input, answer->input_len));
    (void)printf("%s%s%s %s\n", colour(cli, answer->verdict), cw_verdict_name(answer->verdict),
                 cli->is_colour ? "\x1b[0m" : "", shown[0] == '\0' ? "(nothing shown)" : shown);
    for (size_t i = 0; i < answer->matches_count; i++) {
        print_match(&answer->matches[i]);
    }
    for (size_t i = 0; i < answer->reasons_count; i++) {
        (void)printf("  because %s\n", answer->reasons[i]);
    }
    cw_cli_explain_print(cli, cw_span_make(answer->input, answer->input_len));
}

static enum cw_status ask(const struct cw_cli *cli, struct cw_check *check, struct cw_span text,
                          enum cw_verdict *worst, struct cw_error *err)
{
    struct cw_answer answer = {0};
    const enum cw_status status = cw_check_ask(check, text, &answer, err);
    if (status == CW_OK) {
        if (cli->is_json) {
            print_json(cli, check, &answer);
        } else if (!cli->is_quiet) {
            print_text(cli, &answer);
        }
        *worst = answer.verdict > *worst ? answer.verdict : *worst;
    }
    cw_answer_clear(&answer);
    return status;
}

static enum cw_status ask_stdin(const struct cw_cli *cli, struct cw_check *check,
                                enum cw_verdict *worst, struct cw_error *err)
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
            status = ask(cli, check, line, worst, err);
        }
    }
    if (status == CW_OK && !is_asked) { /* a pipe that broke before us must not read as "clear" */
        status = cw_error_set(err, CW_NOT_FOUND, "standard input holds no address");
    }
    cw_buf_clear(&text);
    return status;
}

static int ask_all(struct cw_cli *cli, struct cw_check *check, int count, char **texts)
{
    enum cw_verdict worst = CW_VERDICT_CLEAR;
    struct cw_error err = {0};
    enum cw_status status = CW_OK;
    for (int i = 0; status == CW_OK && i < count; i++) {
        status = strcmp(texts[i], "-") == 0 ? ask_stdin(cli, check, &worst, &err)
                                            : ask(cli, check, cw_span_cstr(texts[i]), &worst, &err);
    }
    /* An error never reads as an answer: not as 0, and not as what was found before it. */
    return status == CW_OK ? cw_cli_verdict_exit(worst) : cw_cli_fail(cli, &err, CW_EXIT_PARTIAL);
}

int cw_cmd_check(struct cw_cli *cli, int argc, char **argv)
{
    const struct cw_option options[] = {
        {.name = "explain",
         .help = "every way to write the key, and what each relation proves",
         .flag = &cli->is_explain},
    };
    const struct cw_usage usage = {
        .synopsis = "[OPTIONS] ADDRESS... | -",
        .options = options,
        .options_count = CW_COUNT(options),
        .text = "Says whether an address is listed, related, clear, or whether that cannot be "
                "said,\nfrom what the last scan left in force. `-` reads one address a line from "
                "standard input.\nTakes what people paste: links, spaces, other spellings. No "
                "network.\nWith --quiet the exit code is the whole answer.",
        .examples = "  cryptowatch check 0x098B716B8Aaf21512996dC57EB0615e2383E2f96\n"
                    "  cryptowatch check --explain bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4\n"
                    "  cryptowatch check --json - < addresses.txt\n",
        .exits = "  0 clear, on data that is complete and fresh   10 listed   11 only related\n"
                 "  20 cannot say   64 usage   78 configuration\n"
                 "  several addresses: the gravest of 10, 20, 11, 0\n",
    };
    int operands = 0;
    int code = cw_cli_options(cli, &usage, argc, argv, &operands);
    if (code >= 0) {
        return code;
    }
    if (operands == 0) {
        return cw_cli_usage_error(cli, "which address? `-` reads them from standard input");
    }
    struct cw_home home;
    code = cw_cli_home(cli, CW_NEED_FILES, &home);
    if (code < 0) {
        struct cw_check *check = NULL;
        struct cw_error err = {0};
        if (cw_check_open(&home, &cli->clock, &check, &err) == CW_OK) {
            code = ask_all(cli, check, operands, argv);
        } else {
            code = cw_cli_fail(cli, &err, CW_EXIT_PARTIAL);
        }
        cw_check_close(check);
    }
    cw_home_clear(&home);
    return code;
}
