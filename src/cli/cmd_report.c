#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/datetime.h"
#include "base/file.h"
#include "base/limits.h"
#include "cli/cli.h"
#include "crypto/hash.h"
#include "report/report.h"

/* Of a report: who may read the state may read it, and hands it on by himself. */
enum { PAGE_MODE = 0640, HEAD_BYTES = 4096 };
/** What is new, when there was no report before this one. */
#define SINCE_DEFAULT_S (INT64_C(7) * 86400)

struct request {
    const char *output;
    const char *since;
    const char *lang;
    const char *max_tlp;
    struct cw_report_order order; /* without what comes of the home */
};

static bool is_stdout(const struct request *request)
{
    return strcmp(request->output, "-") == 0;
}

/* ---- since when ----------------------------------------------------------------------------- */

/* The report that stands where ours will says when "last time" was. */
static bool read_last(const char *path, int64_t *ret_s)
{
    char head[HEAD_BYTES];
    size_t len = 0;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat info;
    if (fd < 0) {
        return false;
    }
    if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode)) {
        const ssize_t got = pread(fd, head, sizeof(head), 0);
        len = got > 0 ? (size_t)got : 0;
    }
    (void)close(fd);
    return cw_report_made_at(cw_span_make(head, len), ret_s);
}

/* Of a moment that has not come nothing can be newer: the page would say that nothing changed. */
static int parse_since(const struct cw_cli *cli, struct request *request)
{
    const struct cw_span text = cw_span_cstr(request->since);
    int64_t *since_s = &request->order.since_s;
    if (!cw_date_parse(text, since_s) && !cw_time_parse(text, since_s)) {
        return cw_cli_usage_error(cli, "--since %s: write 2026-11-20 or 2026-11-20T03:15:01Z",
                                  request->since);
    }
    if (*since_s > request->order.now_s) {
        return cw_cli_usage_error(cli, "--since %s: has not come yet (days and times are UTC)",
                                  request->since);
    }
    return -1;
}

static void find_since(const struct cw_cli *cli, struct request *request)
{
    struct cw_report_order *order = &request->order;
    int64_t last_s = 0;
    const bool has_last = !is_stdout(request) && read_last(request->output, &last_s);
    order->since_s = has_last ? last_s : order->now_s - SINCE_DEFAULT_S;
    if (has_last && last_s > order->now_s) {
        char last[CW_TIME_TEXT_BYTES];
        char since[CW_TIME_TEXT_BYTES];
        order->since_s = order->now_s - SINCE_DEFAULT_S;
        cw_time_format(last_s, last);
        cw_time_format(order->since_s, since);
        cw_cli_warn(cli,
                    "%s says that it was made at %s, which has not come yet: \"changed\" counts "
                    "from %s (is the clock right?)",
                    request->output, last, since);
    }
}

/* ---- writing -------------------------------------------------------------------------------- */

/* A device or a pipe that somebody names is written to, not replaced. */
static bool is_replaced(const char *path)
{
    struct stat info;
    return stat(path, &info) != 0 || S_ISREG(info.st_mode);
}

static enum cw_status write_into(const char *path, struct cw_span page, struct cw_error *err)
{
    struct cw_error cause = {0};
    const int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        return cw_file_fail(err, path, "open", errno);
    }
    enum cw_status status = cw_fd_write_all(fd, page, &cause);
    if (close(fd) != 0 && status == CW_OK) {
        return cw_file_fail(err, path, "close", errno);
    }
    return status == CW_OK ? CW_OK : cw_error_set(err, status, "%s: %s", path, cause.text);
}

static enum cw_status write_page(const struct request *request, struct cw_span page,
                                 struct cw_error *err)
{
    if (is_stdout(request)) {
        return cw_fd_write_all(STDOUT_FILENO, page, err);
    }
    return is_replaced(request->output) ? cw_file_write(request->output, page, PAGE_MODE, err)
                                        : write_into(request->output, page, err);
}

static void tell(const struct cw_cli *cli, const struct request *request, struct cw_span page,
                 const struct cw_report_counts *counts)
{
    char sha256[CW_SHA256_HEX_BYTES];
    cw_sha256_hex(page, sha256);
    if (cli->is_json && !is_stdout(request)) {
        cw_cli_json(json_pack(
            "{s:o, s:I, s:s, s:o, s:I, s:I, s:I, s:I}", "output",
            cw_json_text(cw_span_cstr(request->output)), "bytes", (json_int_t)page.len, "sha256",
            sha256, "since", cw_json_time(request->order.since_s), "alerts",
            (json_int_t)counts->alerts, "alerts_left_out", (json_int_t)counts->alerts_left_out,
            "feeds", (json_int_t)counts->feeds, "cases", (json_int_t)counts->cases));
        return;
    }
    if (!is_stdout(request)) {
        cw_cli_say(cli, "%s", request->output);
        cw_cli_say(cli, "  %zu alerts, %zu lists, %zu cases; %zu bytes", counts->alerts,
                   counts->feeds, counts->cases, page.len);
        cw_cli_say(cli, "  SHA-256 %s", sha256);
    }
    if (counts->alerts_left_out > 0) {
        cw_cli_say(cli, "%zu older alerts are not in it: `cryptowatch alert list`",
                   counts->alerts_left_out);
    }
}

/* ---- the command ---------------------------------------------------------------------------- */

/* The name of our log's key, for who verifies the checkpoint. A page has none when there is no key,
 * or none that this user may read. */
static enum cw_status find_vkey(const struct cw_home *home, struct cw_buf *ret,
                                struct cw_error *err)
{
    struct cw_error cause = {0};
    CW_CLEANUP(cw_signing_key_freep) struct cw_signing_key *key = NULL;
    const struct cw_span name = cw_span_cstr(home->config->log_origin);
    if (name.len == 0) {
        return CW_OK;
    }
    const enum cw_status status = cw_home_key(home, CW_KEY_LOG, 0, &key, &cause);
    if (status == CW_NOT_FOUND || status == CW_DENIED || status == CW_INVALID) {
        return CW_OK;
    }
    if (status != CW_OK) {
        return cw_error_set(err, status, "%s", cause.text);
    }
    const struct cw_public_key public_key = cw_signing_key_public(key);
    cw_public_key_format(ret, &public_key, CW_KEY_VKEY, name);
    return cw_buf_status(ret, err);
}

static enum cw_status make(const struct cw_cli *cli, const struct cw_home *home,
                           const struct request *request, struct cw_error *err)
{
    struct cw_report_order order = request->order;
    struct cw_report_counts counts = {.alerts = 0};
    struct cw_buf page;
    CW_CLEANUP(cw_store_closep) struct cw_store *store = NULL;
    enum cw_status status = cw_store_open(home->config->state_dir, CW_STORE_READ, &store, err);
    if (status == CW_NOT_FOUND) { /* no scan was ever run here, and that is what the page says */
        cw_error_clear(err);
        status = CW_OK;
    }
    struct cw_buf vkey;
    cw_buf_init(&vkey, CW_NOTE_BYTES_MAX);
    cw_buf_init(&page, CW_REPORT_BYTES_MAX);
    if (status == CW_OK) {
        status = find_vkey(home, &vkey, err);
    }
    order.home = home;
    order.store = store;
    order.log_vkey = vkey.len == 0 ? "" : vkey.data;
    if (status == CW_OK) {
        status = cw_report_make(&order, &page, &counts, err);
    }
    if (status == CW_OK) {
        status = write_page(request, cw_buf_as_span(&page), err);
    }
    if (status == CW_OK) {
        tell(cli, request, cw_buf_as_span(&page), &counts);
    }
    cw_buf_clear(&page);
    cw_buf_clear(&vkey);
    return status;
}

static int run(struct cw_cli *cli, const struct request *request)
{
    struct cw_home home;
    struct cw_error err = {0};
    int code = cw_cli_home(cli, CW_NEED_FILES, &home);
    if (code < 0) {
        code = make(cli, &home, request, &err) == CW_OK ? CW_EXIT_OK
                                                        : cw_cli_fail(cli, &err, CW_EXIT_CREATE);
    }
    cw_home_clear(&home);
    return code;
}

static const struct cw_term values[] = {
    {"lang", "en fr ko"},
    {"max-tlp", "clear green amber amber+strict red"},
};

static const struct cw_usage base_usage = {
    .synopsis = "--output FILE [OPTIONS]",
    .text = "Writes one page of HTML that can be handed on: what changed, cases and where their "
            "addresses are listed, lists with their past, deliveries, the log, and the newest 500 "
            "alerts with their signatures, which the reader's browser verifies. It loads nothing "
            "and needs no network. \"Changed\" counts from the report that FILE held before.",
    .values = CW_TERMS(values),
    .examples = "cryptowatch report --output report.html\n"
                "cryptowatch report --output - --lang fr --max-tlp green > partner.html\n",
    .exits = "0 done\n"
             "64 usage\n"
             "71 out of memory\n"
             "73 FILE cannot be made\n"
             "74 input or output\n"
             "77 denied\n"
             "78 configuration\n",
    .see = "cryptowatch-alert(1), cryptowatch-verify(1), cryptowatch-doctor(1)",
};

int cw_cmd_report(struct cw_cli *cli, int argc, char **argv)
{
    struct request request = {.output = NULL,
                              .order = {.version = CW_VERSION, .max_tlp = CW_TLP_RED}};
    const struct cw_option options[] = {
        {.name = "output",
         .argument = "FILE",
         .help = "replace this file; - is the standard output",
         .value = &request.output},
        {.name = "since",
         .argument = "DATE",
         .help = "what is newer than this day or time counts as changed",
         .value = &request.since},
        {.name = "lang",
         .argument = "LANG",
         .help = "begin in en, fr or ko; the reader can choose another",
         .value = &request.lang},
        {.name = "max-tlp",
         .argument = "TLP",
         .help = "leave out cases and alerts marked higher: clear, green, amber …",
         .value = &request.max_tlp},
    };
    const struct cw_usage usage = cw_usage_with(&base_usage, options, CW_COUNT(options));
    int operands = 0;
    const int code = cw_cli_options(cli, &usage, argc, argv, &operands);
    if (code >= 0) {
        return code;
    }
    if (operands > 0 || request.output == NULL || request.output[0] == '\0') {
        return cw_cli_usage_error(cli, "write: report --output FILE");
    }
    if (request.lang != NULL &&
        !cw_report_lang_parse(cw_span_cstr(request.lang), &request.order.lang)) {
        return cw_cli_usage_error(cli, "--lang %s: write en, fr or ko", request.lang);
    }
    if (request.max_tlp != NULL &&
        !cw_tlp_parse(cw_span_cstr(request.max_tlp), &request.order.max_tlp)) {
        return cw_cli_usage_error(
            cli, "--max-tlp %s: write clear, green, amber, amber+strict or red", request.max_tlp);
    }
    request.order.now_s = cw_clock_now_s(&cli->clock);
    if (request.since == NULL) {
        find_since(cli, &request);
        return run(cli, &request);
    }
    const int wrong = parse_since(cli, &request);
    return wrong >= 0 ? wrong : run(cli, &request);
}
