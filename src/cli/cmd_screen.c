#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "base/child.h"
#include "base/text.h"
#include "cli/check_open.h"
#include "cli/match.h"
#include "cli/screen_job.h"

enum { THREADS_DEFAULT = 2, PROGRESS_MS = 500 };

enum against { AGAINST_ALL, AGAINST_FEEDS, AGAINST_RULES };

struct screening {
    struct cw_cli *cli;
    const struct cw_check *check;
    enum against against;
    bool is_count;
    bool is_line; /* --context line */
    const char *name;
    uint64_t hits; /* in this document */
    enum cw_verdict worst;
    uint64_t started_ms;
    uint64_t shown_ms;
    bool is_shown; /* a progress line stands on the terminal */
};

/* ---- one hit ---- */

static bool is_asked_for(const struct screening *screening, const struct cw_check_match *match)
{
    return screening->against == AGAINST_ALL ||
           match->is_rule == (screening->against == AGAINST_RULES);
}

static enum cw_verdict verdict_of(const struct screening *screening, const struct cw_answer *answer)
{
    enum cw_verdict verdict = CW_VERDICT_CLEAR;
    for (size_t i = 0; i < answer->matches_count; i++) {
        const struct cw_check_match *match = &answer->matches[i];
        if (is_asked_for(screening, match)) {
            const enum cw_verdict now = cw_match_is_listing(match->relation, match->is_active)
                                            ? CW_VERDICT_LISTED
                                            : CW_VERDICT_RELATED;
            verdict = now > verdict ? now : verdict;
        }
    }
    return verdict;
}

/* What is printed behind the line number, which is known only when all parts before are done. */
static void put_json(const struct screening *screening, const struct cw_screen_hit *hit,
                     const struct cw_answer *answer, struct cw_buf *out)
{
    json_t *matches = json_array();
    for (size_t i = 0; i < answer->matches_count; i++) {
        if (is_asked_for(screening, &answer->matches[i])) {
            (void)json_array_append_new(matches, cw_cli_match_json(&answer->matches[i]));
        }
    }
    json_t *object =
        json_pack("{s:I, s:o, s:o, s:s, s:o}", "offset", (json_int_t)hit->offset, "value",
                  cw_json_text(hit->text), "canonical",
                  answer->canonical[0] == '\0' ? json_null() : json_string(answer->canonical),
                  "verdict", cw_verdict_name(verdict_of(screening, answer)), "matches", matches);
    if (screening->is_line && object != NULL) {
        struct cw_buf line;
        cw_buf_init(&line, CW_ADDRESS_FIELD_MAX);
        cw_buf_span(&line, hit->before);
        cw_buf_span(&line, hit->text);
        cw_buf_span(&line, hit->behind);
        (void)json_object_set_new(object, "context", cw_json_text(cw_buf_as_span(&line)));
        cw_buf_clear(&line);
    }
    char *text = object == NULL ? NULL : json_dumps(object, JSON_COMPACT);
    cw_buf_str(out, text == NULL ? "" : text);
    free(text);
    json_decref(object);
}

static void put_text(const struct screening *screening, const struct cw_screen_hit *hit,
                     const struct cw_answer *answer, struct cw_buf *out)
{
    size_t shown = 0;
    cw_buf_printf(out, "%llu: %s ", (unsigned long long)hit->offset,
                  cw_verdict_name(verdict_of(screening, answer)));
    cw_text_escape(out, hit->text);
    for (size_t i = 0; i < answer->matches_count; i++) {
        const struct cw_check_match *match = &answer->matches[i];
        if (!is_asked_for(screening, match)) {
            continue;
        }
        if (shown++ == 0) { /* the strongest comes first */
            cw_buf_printf(out, " (%s, %s %s: ", cw_relation_name(match->relation),
                          match->is_rule ? "case" : "list", match->source_id);
            cw_text_escape(out, cw_span_cstr(match->entry_name));
        }
    }
    if (shown > 1) {
        cw_buf_printf(out, ", and %zu more", shown - 1);
    }
    cw_buf_str(out, ")");
    if (screening->is_line) {
        cw_buf_str(out, ": ");
        cw_text_escape(out, hit->before);
        cw_text_escape(out, hit->text);
        cw_text_escape(out, hit->behind);
    }
}

static enum cw_status ask(void *ctx, const struct cw_screen_hit *hit, struct cw_buf *ret_told,
                          bool *ret_is_known, struct cw_error *err)
{
    struct screening *screening = ctx;
    struct cw_answer answer = {0};
    const enum cw_status status =
        cw_check_ask_decoded(screening->check, hit->text, hit->address, &answer, err);
    const enum cw_verdict verdict =
        status == CW_OK ? verdict_of(screening, &answer) : CW_VERDICT_CLEAR;
    *ret_is_known = verdict != CW_VERDICT_CLEAR;
    if (*ret_is_known) {
        screening->worst = verdict > screening->worst ? verdict : screening->worst;
        if (screening->is_count || (screening->cli->is_quiet && !screening->cli->is_json)) {
            cw_buf_char(ret_told, '.');
        } else if (screening->cli->is_json) {
            put_json(screening, hit, &answer, ret_told);
        } else {
            put_text(screening, hit, &answer, ret_told);
        }
    }
    cw_answer_clear(&answer);
    return status;
}

static void wipe_progress(struct screening *screening)
{
    if (screening->is_shown) {
        (void)fprintf(stderr, "\r\x1b[K");
        screening->is_shown = false;
    }
}

/* The file's name and the line stand in front of what `ask` wrote. */
static enum cw_status tell(void *ctx, uint64_t line, struct cw_span told, struct cw_error *err)
{
    struct screening *screening = ctx;
    screening->hits++;
    if (screening->is_count || (screening->cli->is_quiet && !screening->cli->is_json)) {
        return CW_OK;
    }
    wipe_progress(screening);
    if (screening->cli->is_json) {
        struct cw_buf name;
        cw_buf_init(&name, 64u << 10);
        cw_json_string(&name, cw_span_cstr(screening->name));
        (void)printf("{\"file\":%.*s,\"line\":%llu,", (int)name.len, name.data,
                     (unsigned long long)line);
        told = cw_span_slice(told, 1, told.len);
        cw_buf_clear(&name);
    } else {
        cw_cli_print(cw_span_cstr(screening->name));
        (void)printf(":%llu:", (unsigned long long)line);
    }
    (void)fwrite(told.data, 1, told.len, stdout);
    (void)putchar('\n');
    return ferror(stdout) == 0
               ? CW_OK
               : cw_error_set(err, CW_IO, "standard output cannot be written: disk full?");
}

static void tick(void *ctx, uint64_t bytes_done, uint64_t bytes_all)
{
    struct screening *screening = ctx;
    const uint64_t now_ms = cw_clock_monotonic_ms(&screening->cli->clock);
    if (!screening->cli->is_terminal || screening->cli->is_quiet ||
        now_ms - screening->shown_ms < PROGRESS_MS) {
        return;
    }
    const double seconds = (double)(now_ms - screening->started_ms) / 1000.0;
    const double rate = (double)bytes_done / seconds;
    char shown[64];
    screening->shown_ms = now_ms;
    screening->is_shown = true;
    cw_text_escape_to(shown, sizeof(shown), cw_span_cstr(screening->name));
    (void)fprintf(stderr, "\r%s: %.2f GB at %.2f GB/s", shown, (double)bytes_done / 1e9,
                  rate / 1e9);
    if (bytes_all > 0) {
        (void)fprintf(stderr, ", %.0f%%, %.0f s left",
                      100.0 * (double)bytes_done / (double)bytes_all,
                      (double)(bytes_all - bytes_done) / rate);
    }
    (void)fprintf(stderr, "\x1b[K");
}

/* ---- one document ---- */

static enum cw_status screen_packed(struct screening *screening, const struct cw_screen_job *job,
                                    int fd, struct cw_error *err)
{
    const char *const argv[] = {"cryptowatch-parse", "--copy", NULL};
    int ends[2];
    pid_t pid = -1;
    enum cw_status status = cw_pipe(ends, err);
    if (status != CW_OK) {
        return status;
    }
    const struct cw_child_fd fds[] = {{fd, STDIN_FILENO}, {ends[1], STDOUT_FILENO}};
    const struct cw_child_options child = {.path = screening->cli->programs.parse,
                                           .argv = argv,
                                           .fds = fds,
                                           .fds_count = CW_COUNT(fds)};
    status = cw_child_start(&child, &pid, err);
    (void)close(ends[1]);
    if (status == CW_OK) {
        status = cw_screen_job_run(job, ends[0], err);
        if (status == CW_OK) {
            status = cw_child_wait(pid, err);
        } else {
            cw_child_kill(pid);
        }
    }
    (void)close(ends[0]);
    return status;
}

static enum cw_status screen_fd(struct screening *screening, const struct cw_screen_job *job,
                                int fd, struct cw_error *err)
{
    char head[16];
    screening->hits = 0;
    screening->started_ms = cw_clock_monotonic_ms(&screening->cli->clock);
    screening->shown_ms = screening->started_ms;
    const ssize_t got = pread(fd, head, sizeof(head), 0); /* a pipe answers with an error */
    const bool is_packed = got > 0 && cw_screen_is_packed(cw_span_make(head, (size_t)got));
    const enum cw_status status =
        is_packed ? screen_packed(screening, job, fd, err) : cw_screen_job_run(job, fd, err);
    wipe_progress(screening);
    return status;
}

static void print_count(const struct screening *screening, bool is_named)
{
    if (screening->cli->is_json) {
        cw_cli_json(json_pack("{s:o, s:I}", "file", cw_json_text(cw_span_cstr(screening->name)),
                              "count", (json_int_t)screening->hits));
        return;
    }
    if (is_named) {
        cw_cli_print(cw_span_cstr(screening->name));
        (void)printf(":");
    }
    (void)printf("%llu\n", (unsigned long long)screening->hits);
}

/* Every document that can be read is read; what cannot be is named. */
static bool screen_document(struct screening *screening, const struct cw_screen_job *job,
                            const char *path, bool is_named)
{
    struct cw_error err = {0};
    const bool is_stdin = strcmp(path, "-") == 0;
    const int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    enum cw_status status = CW_OK;
    screening->name = is_stdin ? "(standard input)" : path;
    if (fd < 0) {
        status = cw_error_set(&err, CW_IO, "cannot be opened: %s", strerror(errno));
    } else {
        status = screen_fd(screening, job, fd, &err);
    }
    if (fd >= 0 && !is_stdin) {
        (void)close(fd);
    }
    if (status != CW_OK) {
        char shown[256];
        cw_text_escape_to(shown, sizeof(shown), cw_span_cstr(screening->name));
        (void)fprintf(stderr, "cryptowatch screen: %s: %s\n", shown, err.text);
    } else if (screening->is_count) {
        print_count(screening, is_named);
    }
    screening->name = ""; /* it was borrowed from the caller */
    return status == CW_OK;
}

/* ---- the command ---- */

/* The gravest of 10, 20, 11, 0; 74 when nothing at all could be read. */
static int screen_all(struct screening *screening, const struct cw_screen_job *job, int count,
                      char **paths)
{
    char standard_input[] = "-";
    char *only[] = {standard_input};
    struct cw_answer data = {0};
    struct cw_error err = {0};
    int failed = 0;
    char **all = count == 0 ? only : paths;
    const int documents = count == 0 ? 1 : count;
    if (cw_check_ask_data(screening->check, &data, &err) != CW_OK) {
        cw_answer_clear(&data);
        return cw_cli_fail(screening->cli, &err, CW_EXIT_PARTIAL);
    }
    for (int i = 0; i < documents; i++) {
        failed += screen_document(screening, job, all[i], documents > 1) ? 0 : 1;
    }
    for (size_t i = 0; screening->against != AGAINST_RULES && i < data.reasons_count; i++) {
        cw_cli_say(screening->cli, "cryptowatch screen: %s", data.reasons[i]);
    }
    /* The cases are ours and complete whatever became of the lists. */
    const bool is_told = screening->against == AGAINST_RULES || data.verdict == CW_VERDICT_CLEAR;
    const bool is_sure = is_told && failed == 0;
    cw_answer_clear(&data);
    if (screening->worst == CW_VERDICT_LISTED) {
        return CW_EXIT_LISTED;
    }
    if (failed == documents) {
        return CW_EXIT_IO;
    }
    return is_sure ? cw_cli_verdict_exit(screening->worst) : CW_EXIT_PARTIAL;
}

struct words {
    const char *threads;
    const char *context;
    const char *against;
    bool is_nested;
    bool is_every;
};

static int read_words(struct screening *screening, const struct words *words,
                      struct cw_screen_job *job)
{
    uint64_t threads = 0;
    if (words->context != NULL && strcmp(words->context, "line") != 0 &&
        strcmp(words->context, "address") != 0) {
        return cw_cli_usage_error(screening->cli, "--context is line or address");
    }
    screening->is_line = words->context != NULL && strcmp(words->context, "line") == 0;
    if (words->against != NULL && strcmp(words->against, "feeds") == 0) {
        screening->against = AGAINST_FEEDS;
    } else if (words->against != NULL && strcmp(words->against, "rules") == 0) {
        screening->against = AGAINST_RULES;
    } else if (words->against != NULL && strcmp(words->against, "all") != 0) {
        return cw_cli_usage_error(screening->cli, "--against is feeds, rules or all");
    }
    if (words->threads != NULL) {
        if (!cw_span_to_u64(cw_span_cstr(words->threads), CW_SCREEN_THREADS_MAX, &threads) ||
            threads == 0) {
            return cw_cli_usage_error(screening->cli, "--threads is a number from 1 to %d",
                                      CW_SCREEN_THREADS_MAX);
        }
        job->threads = (unsigned)threads;
    }
    job->depth = words->is_every    ? CW_SCREEN_EVERY
                 : words->is_nested ? CW_SCREEN_NESTED
                                    : CW_SCREEN_FILTERED;
    return -1;
}

static unsigned default_threads(void)
{
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 && online < THREADS_DEFAULT ? (unsigned)online : THREADS_DEFAULT;
}

static int screen_answering(struct screening *screening, struct cw_screen_job *job, int count,
                            char **paths)
{
    struct cw_answering answering;
    const struct cw_answering_want want = {CW_ANSWERING_FAST, CW_CHECK_TEXTS};
    int code = cw_cli_answering_open(screening->cli, want, &answering);
    if (code < 0) {
        screening->check = answering.check;
        job->filter = *cw_check_filter(answering.check);
        code = screen_all(screening, job, count, paths);
    }
    cw_cli_answering_close(&answering);
    return code;
}

int cw_cmd_screen(struct cw_cli *cli, int argc, char **argv)
{
    struct words words = {0};
    struct screening screening = {.cli = cli};
    struct cw_screen_job job = {
        .threads = default_threads(), .ask = ask, .tell = tell, .tick = tick, .ctx = &screening};
    const struct cw_option options[] = {
        {.name = "count", .help = "only how many hits each file has", .flag = &screening.is_count},
        {.name = "context",
         .argument = "WHAT",
         .help = "address (default), or line: show it too",
         .value = &words.context},
        {.name = "against",
         .argument = "SET",
         .help = "feeds, rules or all (default)",
         .value = &words.against},
        {.name = "threads",
         .argument = "N",
         .help = "default 2, or 1 on a single processor",
         .value = &words.threads},
        {.name = "nested",
         .help = "also keys whose nested script is listed, at several times the time",
         .flag = &words.is_nested},
        {.name = "every-token",
         .help = "decode all, slowly; finds nothing that --nested does not",
         .flag = &words.is_every},
    };
    const struct cw_usage usage = {
        .synopsis = "[OPTIONS] [FILE...]",
        .text = "Finds every listed or related address in text of any kind: one a line, CSV, JSON, "
                "logs.\nReads standard input when no file is named; unpacks gzip, zstd, xz, bzip2 "
                "and ZIP files.\nEach hit is FILE:LINE:OFFSET and what is known, in the order of "
                "the text. No network.",
        .options = options,
        .options_count = CW_COUNT(options),
        .examples = "  cryptowatch screen transfers.csv\n"
                    "  cryptowatch screen --json --against rules node.log.zst\n"
                    "  zcat old/*.gz | cryptowatch screen --count\n",
        .exits = "  0 no hit, on data that is complete and fresh   10 listed   11 only related\n"
                 "  20 cannot say: data incomplete, or a file could not be read   64 usage\n"
                 "  74 no file could be read   78 configuration\n",
    };
    int operands = 0;
    int code = cw_cli_options(cli, &usage, argc, argv, &operands);
    if (code < 0) {
        code = read_words(&screening, &words, &job);
    }
    if (code >= 0) {
        return code;
    }
    (void)signal(SIGPIPE, SIG_DFL); /* `| head` ends us without a word, as it ends grep */
    return screen_answering(&screening, &job, operands, argv);
}
