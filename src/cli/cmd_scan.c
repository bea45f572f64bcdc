#include "base/datetime.h"
#include "base/stop.h"
#include "cli/run_metrics.h"
#include "cli/tone.h"
#include "sandbox/sandbox.h"
#include "scan/scan.h"

/* One call at work. */
struct scanning {
    struct cw_cli *cli;
    const struct cw_home *home;
    int code; /* what a run that came to its end amounts to */
};

static void on_progress(void *ctx, const char *stage, const struct cw_scan_feed *feed)
{
    const struct cw_cli *cli = ((const struct scanning *)ctx)->cli;
    if (cli->is_quiet || !(cli->is_terminal || cli->is_verbose)) {
        return;
    }
    if (feed == NULL) {
        (void)fprintf(stderr, "%s ...\n", stage);
    } else {
        (void)fprintf(stderr, "  %-28s %s, %llu entries\n", feed->feed->id,
                      cw_scan_feed_status_name(feed->status), (unsigned long long)feed->entries);
    }
}

static void on_end(void *ctx, enum cw_status status, const struct cw_scan_report *report,
                   struct cw_store *store)
{
    struct scanning *scanning = ctx;
    const int ended = report->is_partial ? CW_EXIT_PARTIAL : CW_EXIT_OK;
    struct cw_metrics_run run = {
        .started_at_s = report->started_at_s,
        .exit_code = status == CW_OK ? ended : cw_cli_exit_of(status, CW_EXIT_USAGE),
        .sent = (int64_t)report->deliveries.sent,
        .failed = (int64_t)report->deliveries.failed,
    };
    for (size_t i = 0; i < report->alerts_count; i++) {
        run.alerts[report->alerts[i].summary.severity]++;
    }
    scanning->code =
        cw_cli_run_metrics(scanning->cli, scanning->home, store, CW_METRICS_SCAN, &run);
}

static json_t *feed_json(const struct cw_scan_feed *feed)
{
    json_t *out = json_pack(
        "{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "id", feed->feed->id, "status",
        cw_scan_feed_status_name(feed->status), "entries", (json_int_t)feed->entries, "added",
        (json_int_t)feed->added, "removed", (json_int_t)feed->removed, "changed",
        (json_int_t)feed->changed, "invalid", (json_int_t)feed->invalid, "bytes",
        (json_int_t)feed->bytes, "suspicious", (json_int_t)feed->suspicious, "suspicious_entries",
        cw_json_text(cw_span_cstr(feed->suspicious_text)));
    json_t *error = json_null();
    if (feed->error_text[0] != '\0') {
        error = json_pack("{s:s, s:o}", "code", feed->error_code, "text",
                          cw_json_text(cw_span_cstr(feed->error_text)));
    }
    (void)json_object_set_new(out, "error", error);
    if (feed->error_text[0] != '\0') {
        (void)json_object_set_new(out, "last_good_at", cw_json_time(feed->last_good_s));
    }
    return out;
}

static json_t *sandbox_json(const struct cw_cli *cli)
{
    const struct cw_sandbox_state state = cw_sandbox_expect(cli->programs.is_unsealed);
    return json_pack("{s:b, s:i, s:s?}", "seccomp", state.has_filter, "landlock", state.landlock,
                     "absent", state.absent);
}

/* --no-sandbox is said by every command. */
static void warn_of_half_a_sandbox(const struct cw_cli *cli)
{
    const struct cw_sandbox_state state = cw_sandbox_expect(cli->programs.is_unsealed);
    if (state.has_filter && state.landlock == 0) {
        cw_cli_say(cli,
                   "%swarning: this kernel has no Landlock: the network program can read what "
                   "this user can read",
                   cw_cli_level(cli, CW_LEVEL_WARNING));
    }
}

/* In time for a successor; and afterwards, for what is signed then helps no partner. */
static void warn_of_the_key_s_end(const struct cw_cli *cli, const struct cw_home *home)
{
    int64_t ends_s = 0;
    char when[CW_TIME_TEXT_BYTES];
    const int64_t now_s = cw_clock_now_s(&cli->clock);
    if (home->alert_key != NULL && cw_home_alert_key_is_ending(home, now_s, &ends_s)) {
        cw_time_format(ends_s, when);
        cw_cli_warn(cli,
                    "the key that signs alerts %s %s, and no successor is prepared: "
                    "`cryptowatch key rotate --role alert`",
                    ends_s <= now_s ? "can be verified by nobody since" : "signs until", when);
    }
}

static void print_json(const struct cw_cli *cli, const struct cw_scan_report *report)
{
    json_t *feeds = json_array();
    json_t *alerts = json_array();
    for (size_t i = 0; i < report->feeds_count; i++) {
        (void)json_array_append_new(feeds, feed_json(&report->feeds[i]));
    }
    for (size_t i = 0; i < report->alerts_count; i++) {
        const struct cw_alert_summary *summary = &report->alerts[i].summary;
        (void)json_array_append_new(
            alerts, json_pack("{s:s, s:s, s:s, s:s, s:s}", "id", summary->id, "type",
                              cw_alert_type_name(summary->type), "case", summary->case_id, "feed",
                              summary->feed, "subject", summary->subject));
    }
    const struct cw_deliver_report *sent = &report->deliveries;
    json_t *log = json_pack("{s:I, s:o}", "size", (json_int_t)report->log.size, "error",
                            report->log.error_text[0] == '\0'
                                ? json_null()
                                : cw_json_text(cw_span_cstr(report->log.error_text)));
    json_t *index = json_pack("{s:o}", "mended",
                              report->index_damage.code == CW_OK
                                  ? json_null()
                                  : cw_json_text(cw_span_cstr(report->index_damage.text)));
    cw_cli_json(json_pack("{s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:{s:I, s:I, s:I}}", "sandbox",
                          sandbox_json(cli), "log", log, "index", index, "stopped",
                          report->is_stopped, "started_at", cw_json_time(report->started_at_s),
                          "finished_at", cw_json_time(report->finished_at_s), "feeds", feeds,
                          "alerts", alerts, "deliveries", "sent", (json_int_t)sent->sent, "pending",
                          (json_int_t)sent->pending, "dead", (json_int_t)sent->dead));
}

/* News on stdout, one line an alert; trouble on stderr. Neither: nothing is printed, as cron wants.
 */
/* What is wrong, and what is answered meanwhile. */
static void print_trouble(const struct cw_cli *cli, const struct cw_scan_feed *feed)
{
    char since[CW_TIME_TEXT_BYTES] = "";
    cw_time_format(feed->last_good_s, since);
    cw_cli_warn(cli, "feed %s %s: %s; %s%s", feed->feed->id, cw_scan_feed_status_name(feed->status),
                feed->error_text,
                feed->last_good_s > 0 ? "in force is what was seen on "
                                      : "nothing of it is in force",
                feed->last_good_s > 0 ? since : "");
}

static void print_text(const struct cw_cli *cli, const struct cw_scan_report *report, bool is_dry)
{
    for (size_t i = 0; i < report->alerts_count; i++) {
        const struct cw_alert_summary *summary = &report->alerts[i].summary;
        const int column = printf("%s%s%s ", cw_cli_data_level(cli, CW_LEVEL_NOTICE),
                                  is_dry ? "would alert: " : "", summary->id);
        const char *severity = cw_severity_name(summary->severity);
        cw_tone_print(cli, cw_tone_of_severity(summary->severity), severity, 0);
        cw_cli_line(cli, (struct cw_line){(size_t)column + strlen(severity), 4}, " %s",
                    summary->text_en);
    }
    /* Where both streams are one, as in the journal, a full buffer would end within a line, and the
     * next line of stderr in that line. That it cannot be written is said by main. */
    (void)fflush(stdout);
    for (size_t i = 0; i < report->feeds_count; i++) {
        const struct cw_scan_feed *feed = &report->feeds[i];
        if (feed->error_text[0] != '\0') {
            print_trouble(cli, feed);
        }
        if (feed->suspicious > 0 && (cli->is_verbose || cli->is_terminal)) {
            (void)fprintf(stderr, "%sfeed %s: %llu entries are on addresses nobody holds: %s\n",
                          cw_cli_level(cli, CW_LEVEL_WARNING), feed->feed->id,
                          (unsigned long long)feed->suspicious, feed->suspicious_text);
        }
    }
    if (report->log.error_text[0] != '\0') {
        cw_cli_warn(cli, "%s", report->log.error_text);
    }
    if (report->index_damage.code != CW_OK) {
        cw_cli_warn(cli, "index: what was published is damaged and was built anew: %s",
                    report->index_damage.text);
    }
    const struct cw_deliver_report *sent = &report->deliveries;
    if (sent->failed > 0 || sent->dead > 0 || sent->disabled > 0) {
        (void)fprintf(stderr,
                      "%sdeliveries: %llu sent, %llu attempts failed, %llu waiting, %llu dead, "
                      "%llu endpoints disabled\n",
                      cw_cli_level(cli, CW_LEVEL_WARNING), (unsigned long long)sent->sent,
                      (unsigned long long)sent->failed, (unsigned long long)sent->pending,
                      (unsigned long long)sent->dead, (unsigned long long)sent->disabled);
    }
    warn_of_half_a_sandbox(cli);
    if (cli->is_verbose || cli->is_terminal) {
        cw_cli_say(cli, "%zu feeds, %zu alerts, %llu deliveries sent", report->feeds_count,
                   report->alerts_count, (unsigned long long)sent->sent);
    }
}

static int run(struct cw_cli *cli, const struct cw_home *home, struct cw_scan_options options)
{
    struct scanning scanning = {.cli = cli, .home = home};
    options.clock = cli->clock;
    options.random = cli->random;
    options.version = CW_VERSION;
    options.progress = on_progress;
    options.at_end = on_end;
    options.ctx = &scanning;
    struct cw_scan_report report;
    struct cw_error err = {0};
    int code = CW_EXIT_OK;
    cw_stop_listen();
    if (cw_scan_run(home, &options, &report, &err) != CW_OK) {
        code = cw_cli_fail(cli, &err, CW_EXIT_USAGE);
    } else {
        const bool is_dry = options.mode == CW_SCAN_DRY;
        code = is_dry && report.is_partial ? CW_EXIT_PARTIAL : scanning.code;
        cw_cli_tell_stop(cli, "what was read is kept, and the next scan does the rest");
        warn_of_the_key_s_end(cli, home);
        if (cli->is_json) {
            print_json(cli, &report);
        } else {
            print_text(cli, &report, is_dry);
        }
    }
    cw_scan_report_clear(&report);
    return code;
}

int cw_cmd_scan(struct cw_cli *cli, int argc, char **argv)
{
    const char *feed = NULL;
    bool is_forced = false;
    bool is_offline = false;
    bool is_dry = false;
    bool is_undelivered = false;
    const struct cw_option options[] = {
        {.name = "feed", .argument = "ID", .help = "only this feed", .value = &feed},
        {.name = "force", .help = "fetch also what is not due yet", .flag = &is_forced},
        {.name = "offline", .help = "read the stored snapshots again", .flag = &is_offline},
        {.name = "dry-run",
         .help = "say what would be alerted; write and send nothing",
         .flag = &is_dry},
        {.name = "no-deliver", .help = "queue alerts, send none", .flag = &is_undelivered},
    };
    const struct cw_usage usage = {
        .synopsis = "[OPTIONS]",
        .text = "Fetches every enabled list that is due, compares it with what was in force,\n"
                "matches it against the cases, signs and stores an alert for each piece of news,\n"
                "and delivers what is due. A second scan at the same time ends with 75.",
        .options = options,
        .options_count = CW_COUNT(options),
        .examples = "cryptowatch scan\ncryptowatch scan --feed ofac-sdn-advanced --force\n",
        .exits = "0 done\n"
                 "20 done, but stopped by a signal, a list failed or is held, a delivery is dead, "
                 "the log is not "
                 "continued, or the metrics file cannot be written\n"
                 "64 usage\n75 another run holds the lock\n77 a key is too open\n"
                 "78 configuration\n",
        .see = "cryptowatch-deliver(1), cryptowatch-feed(1), cryptowatch-alert(1), "
               "cryptowatch-feeds(5), cryptowatch-rules(5)",
    };
    int operands = 0;
    int code = cw_cli_options(cli, &usage, argc, argv, &operands);
    if (code >= 0) {
        return code;
    }
    if (operands > 0) {
        return cw_cli_usage_error(cli, "no operand is expected: %s", argv[0]);
    }
    const struct cw_scan_options scan = {
        .mode = is_dry ? CW_SCAN_DRY : CW_SCAN_NORMAL,
        .is_forced = is_forced,
        .is_offline = is_offline,
        .is_undelivered = is_undelivered,
        .only_feed = feed,
    };
    struct cw_home home;
    code = cw_cli_home(cli, is_dry ? CW_NEED_FILES : CW_NEED_FILES_AND_KEYS, &home);
    if (code < 0) {
        code = run(cli, &home, scan);
    } else if (!is_dry) {
        code = cw_cli_no_run_metrics(cli, &home, CW_METRICS_SCAN, code);
    }
    cw_home_clear(&home);
    return code;
}
