#include "base/stop.h"
#include "cli/run_metrics.h"
#include "scan/ended.h"
#include "scan/ledger.h"

/* What became of one call. */
struct outcome {
    struct cw_deliver_report sent;
    bool is_published; /* entries waited for the log: the next two say what became of them */
    uint64_t log_size;
    struct cw_error log_error; /* "" when all is well */
};

static json_t *log_json(const struct outcome *outcome)
{
    const char *error = outcome->log_error.text;
    return outcome->is_published
               ? json_pack("{s:I, s:o}", "size", (json_int_t)outcome->log_size, "error",
                           error[0] == '\0' ? json_null() : cw_json_text(cw_span_cstr(error)))
               : json_null();
}

static void print(const struct cw_cli *cli, const struct outcome *outcome)
{
    const struct cw_deliver_report *report = &outcome->sent;
    if (outcome->log_error.text[0] != '\0') {
        (void)fprintf(stderr, "%s%s\n", cw_cli_level(cli, CW_LEVEL_WARNING),
                      outcome->log_error.text);
    }
    if (cli->is_json) {
        cw_cli_json(json_pack("{s:I, s:I, s:I, s:I, s:I, s:o}", "sent", (json_int_t)report->sent,
                              "failed", (json_int_t)report->failed, "pending",
                              (json_int_t)report->pending, "dead", (json_int_t)report->dead,
                              "disabled", (json_int_t)report->disabled, "log", log_json(outcome)));
    } else if (report->sent + report->failed + report->dead + report->disabled > 0) {
        cw_cli_say(cli, "%llu sent, %llu attempts failed, %llu waiting, %llu dead",
                   (unsigned long long)report->sent, (unsigned long long)report->failed,
                   (unsigned long long)report->pending, (unsigned long long)report->dead);
    }
}

/* One call at work. */
struct delivering {
    const struct cw_cli *cli;
    const struct cw_home *home;
    struct cw_store *store;
    struct outcome *outcome;
};

/* What is wrong with the log keeps no alert from its receiver. */
static void publish(void *ctx)
{
    const struct delivering *delivering = ctx;
    struct outcome *outcome = delivering->outcome;
    const struct cw_ledger ledger = {delivering->home, delivering->store,
                                     cw_clock_now_s(&delivering->cli->clock)};
    struct cw_tlog_tree tree;
    outcome->is_published = true;
    cw_error_clear(&outcome->log_error);
    if (cw_ledger_publish(&ledger, &tree, &outcome->log_error) != CW_OK) {
        CW_ASSERT(outcome->log_error.text[0] != '\0');
    }
    outcome->log_size = tree.size;
}

/* A scan that was killed leaves entries for the log. */
static enum cw_status publish_what_waits(struct delivering *delivering, struct cw_error *err)
{
    uint64_t waiting = 0;
    const enum cw_status status = cw_store_log_pending(delivering->store, &waiting, err);
    if (status == CW_OK && waiting > 0) {
        publish(delivering);
    }
    return status;
}

static enum cw_status deliver(struct delivering *delivering, struct cw_error *err)
{
    const struct cw_cli *cli = delivering->cli;
    const struct cw_home *home = delivering->home;
    struct cw_ended ended = {.home = home,
                             .store = delivering->store,
                             .version = CW_VERSION,
                             .clock = cli->clock,
                             .random = cli->random};
    const struct cw_deliver_options options = {
        .on_disabled = cw_tell_ended,
        .on_disabled_ctx = &ended,
        .after_disabled = publish,
        .after_disabled_ctx = delivering,
        .net = {.program = home->programs.net,
                .is_unsealed = home->programs.is_unsealed,
                .allow_private_hosts = home->config->allow_private_hosts},
        .user_agent = "cryptowatch/" CW_VERSION,
        .clock = cli->clock,
        .random = cli->random,
        .deadline_ms =
            cw_clock_monotonic_ms(&cli->clock) + (uint64_t)home->config->run_deadline_s * 1000u,
    };
    return cw_deliver_run(delivering->store, home->receivers, home->receivers_count, &options,
                          &delivering->outcome->sent, err);
}

static int exit_of(enum cw_status status, const struct outcome *outcome)
{
    if (status != CW_OK) {
        return cw_cli_exit_of(status, CW_EXIT_IO);
    }
    const bool is_log_well = outcome->log_error.text[0] == '\0';
    const bool is_well = is_log_well && outcome->sent.dead + outcome->sent.disabled == 0;
    return is_well && !cw_stop_is_asked() ? CW_EXIT_OK : CW_EXIT_PARTIAL;
}

static int run(const struct cw_cli *cli, const struct cw_home *home)
{
    struct outcome outcome = {0};
    struct cw_error err = {0};
    struct cw_writer writer;
    struct cw_metrics_run told = {.started_at_s = cw_clock_now_s(&cli->clock)};
    cw_stop_listen();
    enum cw_status status = cw_cli_writer_open(home->config, &writer, &err);
    struct delivering delivering = {cli, home, writer.store, &outcome};
    if (status == CW_OK) {
        status = publish_what_waits(&delivering, &err);
    }
    if (status == CW_OK) {
        status = deliver(&delivering, &err);
    }
    int code = exit_of(status, &outcome);
    if (writer.lock >= 0) {
        told.exit_code = code;
        told.sent = (int64_t)outcome.sent.sent;
        told.failed = (int64_t)outcome.sent.failed;
        code = cw_cli_run_metrics(cli, home, writer.store, CW_METRICS_DELIVER, &told);
    }
    cw_cli_writer_close(&writer);
    if (status == CW_OK) {
        cw_cli_tell_stop(cli, "what is not delivered waits for the next one");
        print(cli, &outcome);
        return code;
    }
    return cw_cli_fail(cli, &err, CW_EXIT_IO);
}

int cw_cmd_deliver(struct cw_cli *cli, int argc, char **argv)
{
    const struct cw_usage usage = {
        .synopsis = "[OPTIONS]",
        .text =
            "Sends what is due in the outbox, oldest first. What a run that was cut short left\n"
            "for the transparency log is published before.",
        .examples = "cryptowatch deliver\ncryptowatch deliver --json\n",
        .exits = "0 done\n"
                 "20 stopped by a signal, a delivery is dead, an endpoint disabled, the log not "
                 "continued, or the "
                 "metrics file cannot be written\n"
                 "64 usage\n75 a run holds the lock\n77 a key is too open\n78 configuration\n",
        .see = "cryptowatch-scan(1), cryptowatch-alert(1), cryptowatch-webhook(1), "
               "cryptowatch.json(5)",
    };
    int operands = 0;
    int code = cw_cli_options(cli, &usage, argc, argv, &operands);
    if (code >= 0) {
        return code;
    }
    if (operands > 0) {
        return cw_cli_usage_error(cli, "no operand is expected: %s", argv[0]);
    }
    struct cw_home home;
    code = cw_cli_home(cli, CW_NEED_KEYS, &home);
    if (code < 0) {
        code = run(cli, &home);
    } else {
        code = cw_cli_no_run_metrics(cli, &home, CW_METRICS_DELIVER, code);
    }
    cw_home_clear(&home);
    return code;
}
