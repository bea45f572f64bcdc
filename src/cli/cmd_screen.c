#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/check_open.h"
#include "cli/match.h"
#include "cli/screen_answers.h"
#include "cli/screen_packed.h"
#include "cli/screen_receipt.h"
#include "feed/packed.h"

enum { THREADS_DEFAULT = 2, PROGRESS_MS = 500 };

struct screening {
    struct cw_cli *cli;
    const struct cw_check *check;
    struct cw_screen_answers *answers;
    struct cw_hit_style style;
    bool is_count;
    const char *name;
    uint64_t hits; /* in this document */
    enum cw_verdict worst;
    struct cw_screen_draft draft;
    uint64_t started_ms;
    uint64_t shown_ms;
    bool is_shown;        /* a progress line stands on the terminal */
    struct cw_error said; /* by the unpacker of this document: shown, and in no receipt */
};

/* ---- one hit ---- */

static enum cw_status ask(void *ctx, const struct cw_screen_hit *hit, struct cw_buf *ret_told,
                          bool *ret_is_known, struct cw_error *err)
{
    struct screening *screening = ctx;
    const struct cw_hit_body *body = NULL;
    const enum cw_status status = cw_screen_answers_ask(screening->answers, hit, &body, err);
    *ret_is_known = status == CW_OK && body->verdict != CW_VERDICT_CLEAR;
    if (*ret_is_known) {
        cw_hit_put(&screening->style, hit, body, ret_told);
    }
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
    const struct cw_hit_told hit = cw_hit_take(told);
    const struct cw_hit_place place = {screening->name, line};
    enum cw_status status = CW_OK;
    screening->hits++;
    screening->worst = hit.verdict > screening->worst ? hit.verdict : screening->worst;
    if (screening->draft.is_wanted) {
        status = cw_screen_draft_hit(&screening->draft, &place, &hit, err);
    }
    if (status == CW_OK && !screening->style.is_silent) {
        wipe_progress(screening);
        status = cw_hit_print(&screening->style, &place, &hit, err);
    }
    return status;
}

static void tick(void *ctx, uint64_t bytes_done, uint64_t bytes_all)
{
    struct screening *screening = ctx;
    const uint64_t now_ms = cw_clock_monotonic_ms(&screening->cli->clock);
    if (!screening->cli->is_terminal || now_ms - screening->shown_ms < PROGRESS_MS) {
        return;
    }
    const double rate = 1000.0 * (double)bytes_done / (double)(now_ms - screening->started_ms);
    char shown[32]; /* so that the line is not wider than a terminal */
    const char *name = strrchr(screening->name, '/');
    screening->shown_ms = now_ms;
    screening->is_shown = true;
    name = name == NULL ? screening->name : name + 1;
    cw_text_escape_to(shown, sizeof(shown), cw_span_cstr(name));
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
    return cw_screen_packed_run(&screening->cli->programs, job, fd, &screening->said, err);
}

/* The helper reads a packed file for itself, so its bytes are hashed before and after: a file that
 * somebody changed meanwhile is not answered for. */
static enum cw_status screen_packed_twice_read(struct screening *screening,
                                               const struct cw_screen_job *job, int fd,
                                               struct cw_screen_read *ret, struct cw_error *err)
{
    struct cw_screen_read after = {.bytes = 0};
    enum cw_status status = cw_screen_read_file(fd, ret, err);
    if (status == CW_OK) {
        status = screen_packed(screening, job, fd, err);
    }
    if (status == CW_OK) {
        status = cw_screen_read_file(fd, &after, err);
    }
    if (status == CW_OK && strcmp(after.sha256, ret->sha256) != 0) {
        status = cw_error_set(err, CW_IO, "changed while it was read");
    }
    return status;
}

static enum cw_status screen_hashed(const struct cw_screen_job *job, int fd,
                                    struct cw_screen_read *ret, struct cw_error *err)
{
    job->tally->is_hashed = true;
    cw_sha256_begin(&job->tally->sha256);
    const enum cw_status status = cw_screen_job_run(job, fd, err);
    cw_sha256_end_hex(&job->tally->sha256, ret->sha256);
    ret->bytes = job->tally->bytes;
    return status;
}

static enum cw_status screen_fd(struct screening *screening, const struct cw_screen_job *options,
                                int fd, struct cw_screen_read *ret, struct cw_error *err)
{
    char head[16];
    struct cw_screen_tally tally = {.lines = 0};
    struct cw_screen_job job = *options;
    job.tally = &tally;
    screening->hits = 0;
    screening->started_ms = cw_clock_monotonic_ms(&screening->cli->clock);
    screening->shown_ms = screening->started_ms;
    const off_t place = lseek(fd, 0, SEEK_CUR); /* a pipe answers with an error */
    const ssize_t got = place < 0 ? 0 : pread(fd, head, sizeof(head), place);
    if (got < 0) { /* a packed file must not be read as a plain one */
        return cw_error_set(err, CW_IO, "reading failed: %s", strerror(errno));
    }
    const bool is_packed = got > 0 && cw_is_packed(cw_span_make(head, (size_t)got));
    enum cw_status status = CW_OK;
    if (is_packed && place > 0) {
        status = cw_error_set(err, CW_UNTRUSTED,
                              "is packed and begins within a file: unpack it in front of us");
    } else if (!screening->draft.is_wanted) {
        status =
            is_packed ? screen_packed(screening, &job, fd, err) : cw_screen_job_run(&job, fd, err);
    } else if (is_packed) {
        status = screen_packed_twice_read(screening, &job, fd, ret, err);
    } else {
        status = screen_hashed(&job, fd, ret, err);
    }
    ret->lines = tally.lines;
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
static enum cw_status screen_path(struct screening *screening, const struct cw_screen_job *job,
                                  const char *path, struct cw_screen_read *ret,
                                  struct cw_error *err)
{
    const bool is_stdin = strcmp(path, "-") == 0;
    const int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        return cw_error_set(err, CW_IO, "cannot be opened: %s", strerror(errno));
    }
    const enum cw_status status = screen_fd(screening, job, fd, ret, err);
    if (!is_stdin) {
        (void)close(fd);
    }
    return status;
}

/* Out: ret_is_read  false: it was named on stderr, and the next one follows
 * Returns: CW_OK; what keeps a receipt from being made */
static enum cw_status screen_document(struct screening *screening, const struct cw_screen_job *job,
                                      const char *path, bool *ret_is_read, struct cw_error *err)
{
    struct cw_error why = {0};
    struct cw_screen_read read = {.bytes = 0};
    struct cw_screen_draft *draft = &screening->draft;
    screening->name = strcmp(path, "-") == 0 ? "(standard input)" : path;
    enum cw_status status = draft->is_wanted ? cw_screen_draft_begin(draft, path, err) : CW_OK;
    if (status != CW_OK) {
        return status;
    }
    cw_error_clear(&screening->said);
    *ret_is_read = screen_path(screening, job, path, &read, &why) == CW_OK;
    if (!*ret_is_read) {
        char shown[256];
        cw_text_escape_to(shown, sizeof(shown), cw_span_cstr(screening->name));
        const bool is_said = screening->said.code != CW_OK;
        (void)fprintf(stderr, "cryptowatch screen: %s: %s%s\n", shown,
                      is_said ? "cannot be unpacked: " : "",
                      is_said ? screening->said.text : why.text);
    }
    if (draft->is_wanted) {
        status = cw_screen_draft_end(draft, *ret_is_read ? &read : NULL, why.text, err);
    }
    return status;
}

/* ---- the command ---- */

/* One invocation. */
struct asked {
    int count;
    char **paths;
    const char *receipt; /* NULL: none is wanted */
};

/* Out: ret_failed  documents that could not be read to their end */
static enum cw_status screen_documents(struct screening *screening, const struct cw_screen_job *job,
                                       const struct asked *asked, int *ret_failed,
                                       struct cw_error *err)
{
    enum cw_status status = CW_OK;
    *ret_failed = 0;
    for (int i = 0; status == CW_OK && i < asked->count; i++) {
        bool is_read = false;
        status = screen_document(screening, job, asked->paths[i], &is_read, err);
        *ret_failed += is_read ? 0 : 1;
        if (is_read && screening->is_count) {
            print_count(screening, asked->count > 1);
        }
        screening->name = ""; /* it was borrowed from the caller */
    }
    return status;
}

/* Says what keeps the lists from saying "clear". The cases are ours and complete whatever became of
 * the lists. */
static enum cw_status ask_data(struct screening *screening, bool *ret_is_told, struct cw_error *err)
{
    struct cw_answer data = {0};
    const bool is_feeds = screening->style.against != CW_AGAINST_RULES;
    const enum cw_status status = cw_check_ask_data(screening->check, &data, err);
    for (size_t i = 0; status == CW_OK && is_feeds && i < data.reasons_count; i++) {
        cw_cli_say(screening->cli, "cryptowatch screen: %s", data.reasons[i]);
    }
    *ret_is_told = !is_feeds || data.verdict == CW_VERDICT_CLEAR;
    cw_answer_clear(&data);
    return status;
}

static enum cw_status write_receipt(struct screening *screening, const struct cw_screen_job *job,
                                    const struct cw_receipt_place *place, enum cw_verdict verdict,
                                    struct cw_error *err)
{
    const struct cw_screen_result result = {screening->style.against, job->depth == CW_SCREEN_EVERY,
                                            verdict};
    return cw_screen_draft_write(&screening->draft, &result, place, err);
}

/* The gravest of 10, 20, 11, 0; 74 when nothing at all could be read. */
static int screen_all(struct screening *screening, const struct cw_screen_job *job,
                      const struct asked *asked, const struct cw_receipt_place *place)
{
    struct cw_error err = {0};
    bool is_told = false;
    int failed = 0;
    if (place != NULL && cw_receipt_try(place, &err) != CW_OK) {
        return cw_cli_fail(screening->cli, &err, CW_EXIT_CREATE);
    }
    enum cw_status status = screen_documents(screening, job, asked, &failed, &err);
    if (status == CW_OK) {
        status = ask_data(screening, &is_told, &err);
    }
    if (status != CW_OK) {
        return cw_cli_fail(screening->cli, &err, CW_EXIT_PARTIAL);
    }
    enum cw_verdict verdict = screening->worst;
    if (verdict != CW_VERDICT_LISTED && failed == asked->count) {
        return CW_EXIT_IO;
    }
    if (verdict != CW_VERDICT_LISTED && (!is_told || failed > 0)) {
        verdict = CW_VERDICT_CANNOT_SAY;
    }
    if (place != NULL && write_receipt(screening, job, place, verdict, &err) != CW_OK) {
        return cw_cli_fail(screening->cli, &err, CW_EXIT_CREATE);
    }
    return cw_cli_verdict_exit(verdict);
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
    screening->style.is_line = words->context != NULL && strcmp(words->context, "line") == 0;
    if (words->against != NULL && strcmp(words->against, "feeds") == 0) {
        screening->style.against = CW_AGAINST_FEEDS;
    } else if (words->against != NULL && strcmp(words->against, "rules") == 0) {
        screening->style.against = CW_AGAINST_RULES;
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

static int refuse(const struct screening *screening, const struct asked *asked)
{
    if (screening->draft.is_hashed && asked->receipt == NULL) {
        return cw_cli_usage_error(screening->cli, "--hashed goes with --receipt");
    }
    if (asked->receipt != NULL && asked->count > (int)CW_RECEIPT_FILES_MAX) {
        return cw_cli_usage_error(screening->cli, "one receipt holds at most %u files",
                                  CW_RECEIPT_FILES_MAX);
    }
    return -1;
}

static int screen_answering(struct screening *screening, struct cw_screen_job *job,
                            const struct asked *asked)
{
    struct cw_screen_answers answers = {.check = NULL};
    struct cw_answering answering;
    const struct cw_answering_want want = {
        asked->receipt == NULL ? CW_ANSWERING_FAST : CW_ANSWERING_HOME, CW_CHECK_TEXTS};
    int code = cw_cli_answering_open(screening->cli, want, &answering);
    if (code < 0) {
        const struct cw_receipt_place place = {screening->cli, &answering.home, answering.check,
                                               asked->receipt};
        answers.check = answering.check;
        answers.style = &screening->style;
        screening->check = answering.check;
        screening->answers = &answers;
        job->filter = *cw_check_filter(answering.check);
        code = screen_all(screening, job, asked, asked->receipt == NULL ? NULL : &place);
    }
    screening->answers = NULL;
    cw_screen_answers_clear(&answers);
    cw_screen_draft_clear(&screening->draft);
    cw_cli_answering_close(&answering);
    return code;
}

/* How hits are told follows from the options. */
static void choose_style(struct screening *screening, const struct asked *asked)
{
    const struct cw_cli *cli = screening->cli;
    screening->style.cli = cli;
    screening->style.is_silent = screening->is_count || (cli->is_quiet && !cli->is_json);
    screening->style.is_kept = asked->receipt != NULL;
    screening->draft.is_wanted = asked->receipt != NULL;
}

static const struct cw_term groups[] = {{"for what is found", "against nested every-token"},
                                        {"for receipts", "receipt hashed"}};
static const struct cw_term values[] = {{"against", "feeds rules all"},
                                        {"context", "address line"}};

static const struct cw_usage base_usage = {
    .synopsis = "[OPTIONS] [FILE...]",
    .text = "Finds every listed or related address in text of any kind: lines, CSV, JSON, logs. "
            "Reads standard input when no file is named; unpacks gzip, zstd, xz, bzip2 and ZIP. "
            "Each hit is FILE:LINE:OFFSET and what is known, in the order of the text.",
    .groups = CW_TERMS(groups),
    .values = CW_TERMS(values),
    .examples = "zcat old/*.gz | cryptowatch screen --count --against rules\n"
                "cryptowatch screen --receipt screened.jws.json transfers.csv\n",
    .exits =
        "0 no hit, on data that is complete and fresh\n10 listed\n11 only related\n"
        "20 cannot say: data incomplete, or a file could not be read\n64 usage\n"
        "73 no receipt can be made\n74 no file could be read\n77 key too open\n78 configuration\n",
    .see = "cryptowatch-check(1), cryptowatch-verify(1)",
};

int cw_cmd_screen(struct cw_cli *cli, int argc, char **argv)
{
    char standard_input[] = "-";
    char *only[] = {standard_input};
    struct words words = {0};
    struct asked asked = {.paths = argv};
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
        {.name = "receipt",
         .argument = "FILE",
         .help = "write a signed receipt of what was screened",
         .value = &asked.receipt},
        {.name = "hashed",
         .help = "the receipt names no file and shows no address",
         .flag = &screening.draft.is_hashed},
    };
    const struct cw_usage usage = cw_usage_with(&base_usage, options, CW_COUNT(options));
    int code = cw_cli_options(cli, &usage, argc, argv, &asked.count);
    if (code < 0) {
        code = read_words(&screening, &words, &job);
    }
    if (code < 0) {
        code = refuse(&screening, &asked);
    }
    if (code >= 0) {
        return code;
    }
    if (asked.count == 0) {
        asked.count = 1;
        asked.paths = only;
    }
    choose_style(&screening, &asked);
    (void)signal(SIGPIPE, SIG_DFL); /* `| head` ends us without a word, as it ends grep */
    return screen_answering(&screening, &job, &asked);
}
