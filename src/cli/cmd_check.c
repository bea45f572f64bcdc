#include <unistd.h>

#include "base/datetime.h"
#include "base/file.h"
#include "base/text.h"
#include "check/check.h"
#include "cli/cli.h"
#include "cli/explain.h"

enum { STDIN_BYTES_MAX = 64 << 20 };

static json_t *match_json(const struct cw_check_match *match)
{
    json_t *programs = json_array();
    for (size_t i = 0; match->programs != NULL && match->programs[i] != NULL; i++) {
        (void)json_array_append_new(programs, cw_json_text(cw_span_cstr(match->programs[i])));
    }
    json_t *listed_on = match->listed_on[0] == '\0' ? json_null() : json_string(match->listed_on);
    char day[CW_DATE_TEXT_BYTES] = "";
    if (match->delisted_on_s > 0) {
        cw_date_format(match->delisted_on_s, day);
    }
    return json_pack("{s:s, s:{s:s, s:s}, s:o, s:o, s:o, s:o, s:o, s:b, s:o}", "relation",
                     cw_relation_name(match->relation), "source", "kind",
                     match->is_rule ? "rule" : "feed", "id", match->source_id, "listed_value",
                     cw_json_text(cw_span_cstr(match->listed_value)), "entry_id",
                     cw_json_text(cw_span_cstr(match->entry_id)), "entry_name",
                     cw_json_text(cw_span_cstr(match->entry_name)), "programs", programs,
                     "listed_on", listed_on, "active", match->is_active ? 1 : 0, "delisted_on",
                     day[0] == '\0' ? json_null() : json_string(day));
}

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
        (void)json_array_append_new(matches, match_json(&answer->matches[i]));
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
    if (!match->is_active && match->delisted_on_s > 0) {
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
    const size_t notes_from = answer->reasons_count - answer->notes_count;
    for (size_t i = 0; i < answer->reasons_count; i++) {
        (void)printf("  %s %s\n", i < notes_from ? "because" : "note:", answer->reasons[i]);
    }
    cw_cli_explain_print(cli, cw_span_make(answer->input, answer->input_len));
}

/* The gravest of several answers decides: listed, cannot say, related, clear. */
static int exit_code(enum cw_verdict verdict)
{
    switch (verdict) {
    case CW_VERDICT_LISTED:
        return CW_EXIT_LISTED;
    case CW_VERDICT_RELATED:
        return CW_EXIT_RELATED;
    case CW_VERDICT_CANNOT_SAY:
        return CW_EXIT_PARTIAL;
    case CW_VERDICT_CLEAR:
        return CW_EXIT_OK;
    }
    return CW_EXIT_BUG;
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
    return status == CW_OK ? exit_code(worst) : cw_cli_fail(cli, &err, CW_EXIT_PARTIAL);
}

/* ---- what answers --------------------------------------------------------------------------- */

/* What the last scan published: the configuration says where it is, and no other file is read.
 * Every way in which that cannot be (a mistake in the configuration too) leads to the longer one,
 * which says what is wrong. */
static enum cw_status open_published(const struct cw_cli *cli, struct cw_config **ret_config,
                                     struct cw_check **ret, struct cw_error *err)
{
    char *path = NULL;
    struct cw_mistakes mistakes;
    cw_mistakes_init(&mistakes);
    enum cw_status status = cw_config_find(cli->config_path, cli->env_config,
                                           cli->env_xdg_config_home, cli->env_home, &path, err);
    if (status == CW_OK) {
        status = cw_config_load(path, &mistakes, ret_config, err);
    }
    if (status == CW_OK && (mistakes.errors > 0 || *ret_config == NULL)) {
        status = CW_INVALID;
    }
    if (status == CW_OK) {
        status = cw_check_open_published(*ret_config, &cli->clock, ret, err);
    }
    cw_mistakes_clear(&mistakes);
    free(path);
    return status;
}

/* Damage is said to everybody, an index that is merely behind to who wants to know. */
static void say_slow(const struct cw_cli *cli, enum cw_status status, const struct cw_error *why)
{
    if (status == CW_STATE || status == CW_IO || status == CW_DENIED) {
        cw_cli_say(cli, "answering without the index: %s", why->text);
    } else if (cli->is_verbose && why->text[0] != '\0') {
        cw_cli_say(cli, "answering without the index (%s); `cryptowatch scan` makes it fast",
                   why->text);
    }
}

struct asked {
    int count;
    char **texts;
    int64_t day_s; /* negative: now */
};

static int ask_check(struct cw_cli *cli, const struct asked *asked, const struct cw_config *config,
                     struct cw_check *check)
{
    struct cw_error err = {0};
    if (asked->day_s >= 0 &&
        cw_check_ask_about_day(check, config->state_dir, asked->day_s, &err) != CW_OK) {
        return err.code == CW_INVALID ? cw_cli_usage_error(cli, "--on: %s", err.text)
                                      : cw_cli_fail(cli, &err, CW_EXIT_PARTIAL);
    }
    return ask_all(cli, check, asked->count, asked->texts);
}

static int ask_in_memory(struct cw_cli *cli, const struct asked *asked)
{
    struct cw_home home;
    int code = cw_cli_home(cli, CW_NEED_FILES, &home);
    if (code < 0) {
        struct cw_check *check = NULL;
        struct cw_error err = {0};
        if (cw_check_open(&home, &cli->clock, &check, &err) == CW_OK) {
            code = ask_check(cli, asked, home.config, check);
        } else {
            code = cw_cli_fail(cli, &err, CW_EXIT_PARTIAL);
        }
        cw_check_close(check);
    }
    cw_home_clear(&home);
    return code;
}

static int ask_whatever_is_there(struct cw_cli *cli, const struct asked *asked)
{
    struct cw_config *config = NULL;
    struct cw_check *check = NULL;
    struct cw_error why = {0};
    int code = 0;
    const enum cw_status status = open_published(cli, &config, &check, &why);
    if (status == CW_OK) {
        code = ask_check(cli, asked, config, check);
    } else {
        say_slow(cli, status, &why);
        code = ask_in_memory(cli, asked);
    }
    cw_check_close(check);
    cw_config_free(config);
    return code;
}

int cw_cmd_check(struct cw_cli *cli, int argc, char **argv)
{
    const char *day = NULL;
    const struct cw_option options[] = {
        {.name = "explain",
         .help = "every way to write the key, and what each relation proves",
         .flag = &cli->is_explain},
        {.name = "on",
         .argument = "DATE",
         .help = "ask about a day in the past, like 2026-11-20 (UTC)",
         .value = &day},
    };
    const struct cw_usage usage = {
        .synopsis = "[OPTIONS] ADDRESS... | -",
        .options = options,
        .options_count = CW_COUNT(options),
        .text = "Says whether an address is listed, related, clear, or whether that cannot be "
                "said,\nfrom what the last scan left in force. `-` reads one address a line from "
                "standard input.\nTakes what people paste: links, spaces, other spellings. No "
                "network.\nWith --quiet the exit code is the whole answer.\nWith --on it says what "
                "was on the lists at any time of that day, as far as they\nhad been read by its "
                "end; the cases are those of now.",
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
    struct asked asked = {.count = operands, .texts = argv, .day_s = -1};
    if (day != NULL && !cw_date_parse(cw_span_cstr(day), &asked.day_s)) {
        return cw_cli_usage_error(cli, "--on: %s is no date like 2026-11-20", day);
    }
    return ask_whatever_is_there(cli, &asked);
}
