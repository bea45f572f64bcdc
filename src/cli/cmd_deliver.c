#include "cli/cli.h"
#include "scan/ended.h"

static void print(const struct cw_cli *cli, const struct cw_deliver_report *report)
{
    if (cli->is_json) {
        cw_cli_json(json_pack("{s:I, s:I, s:I, s:I, s:I}", "sent", (json_int_t)report->sent,
                              "failed", (json_int_t)report->failed, "pending",
                              (json_int_t)report->pending, "dead", (json_int_t)report->dead,
                              "disabled", (json_int_t)report->disabled));
    } else if (report->sent + report->failed + report->dead + report->disabled > 0) {
        cw_cli_say(cli, "%llu sent, %llu attempts failed, %llu waiting, %llu dead",
                   (unsigned long long)report->sent, (unsigned long long)report->failed,
                   (unsigned long long)report->pending, (unsigned long long)report->dead);
    }
}

static enum cw_status run(const struct cw_cli *cli, const struct cw_home *home,
                          struct cw_deliver_report *ret, struct cw_error *err)
{
    struct cw_writer writer;
    enum cw_status status = cw_cli_writer_open(home->config, &writer, err);
    if (status == CW_OK) {
        struct cw_ended ended = {.home = home,
                                 .store = writer.store,
                                 .version = CW_VERSION,
                                 .clock = cli->clock,
                                 .random = cli->random};
        const struct cw_deliver_options options = {
            .on_disabled = cw_tell_ended,
            .on_disabled_ctx = &ended,
            .net = {.program = home->programs.net,
                    .is_unsealed = home->programs.is_unsealed,
                    .allow_private_hosts = home->config->allow_private_hosts},
            .user_agent = "cryptowatch/" CW_VERSION,
            .clock = cli->clock,
            .random = cli->random,
            .deadline_ms =
                cw_clock_monotonic_ms(&cli->clock) + (uint64_t)home->config->run_deadline_s * 1000u,
        };
        status = cw_deliver_run(writer.store, home->receivers, home->receivers_count, &options, ret,
                                err);
    }
    cw_cli_writer_close(&writer);
    return status;
}

int cw_cmd_deliver(struct cw_cli *cli, int argc, char **argv)
{
    const struct cw_usage usage = {
        .synopsis = "[OPTIONS]",
        .text = "Sends what is due in the outbox, oldest first, and nothing else.",
        .examples = "  cryptowatch deliver\n  cryptowatch deliver --json\n",
        .exits = "  0 done   20 a delivery is dead or an endpoint disabled   75 a run holds the "
                 "lock\n",
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
        struct cw_deliver_report report = {0};
        struct cw_error err = {0};
        if (run(cli, &home, &report, &err) == CW_OK) {
            print(cli, &report);
            code = report.dead + report.disabled > 0 ? CW_EXIT_PARTIAL : CW_EXIT_OK;
        } else {
            code = cw_cli_fail(cli, &err, CW_EXIT_IO);
        }
    }
    cw_home_clear(&home);
    return code;
}
