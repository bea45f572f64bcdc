#include "alert/seal.h"
#include "base/text.h"
#include "cli/cli.h"

/* A whole signed test event: body, identifier and detached signature. */
struct event {
    struct cw_buf body;
    struct cw_buf jws;
    struct cw_buf detached;
    struct cw_alert_summary summary;
};

static enum cw_status make_event(const struct cw_cli *cli, const struct cw_home *home,
                                 struct event *event, struct cw_error *err)
{
    const int64_t now_s = cw_clock_now_s(&cli->clock);
    struct cw_alert_facts facts = {
        .type = CW_ALERT_TEST,
        .time_s = now_s,
        .scanner = {.source = home->config->source,
                    .version = CW_VERSION,
                    .instance = home->config->instance,
                    .config_sha256 = home->config->sha256},
        .severity = CW_INFO,
        .confidence = -1,
        .tlp = CW_TLP_CLEAR,
        .subject = "test",
        .languages = home->config->languages,
    };
    cw_random_fill(&cli->random, facts.nonce, sizeof(facts.nonce));
    enum cw_status status = cw_alert_build(&facts, &event->body, err);
    const struct cw_span body = cw_buf_as_span(&event->body);
    if (status == CW_OK) {
        status = cw_alert_summarise(body, &event->summary, err);
    }
    if (status == CW_OK) {
        status = cw_seal(home->alert_key, body, now_s, &event->jws, &event->detached, err);
    }
    return status;
}

static void print(const struct cw_cli *cli, const struct cw_receiver *receiver,
                  const struct cw_webhook_test *result)
{
    if (cli->is_json) {
        cw_cli_json(json_pack("{s:s, s:I, s:I, s:o, s:o}", "endpoint", receiver->id, "http_status",
                              (json_int_t)result->http_status, "elapsed_ms",
                              (json_int_t)result->elapsed_ms, "error",
                              cw_json_text(cw_span_cstr(result->error)), "answer",
                              cw_json_text(cw_span_cstr(result->answer))));
        return;
    }
    if (result->http_status == 0) {
        (void)printf("%s: no answer: %s\n", receiver->id, result->error);
        return;
    }
    (void)printf("%s: %llu in %llu ms%s%s\n", receiver->id, (unsigned long long)result->http_status,
                 (unsigned long long)result->elapsed_ms, result->answer[0] == '\0' ? "" : ": ",
                 result->answer);
}

static enum cw_status send_all(const struct cw_cli *cli, const struct cw_home *home,
                               const char *only, bool *ret_is_good, struct cw_error *err)
{
    struct event event;
    cw_buf_init(&event.body, CW_ALERT_BYTES_MAX);
    cw_buf_init(&event.jws, CW_JWS_BYTES_MAX);
    cw_buf_init(&event.detached, CW_JWS_BYTES_MAX);
    enum cw_status status = make_event(cli, home, &event, err);
    const struct cw_deliver_options options = {
        .net = {.program = home->programs.net,
                .is_unsealed = home->programs.is_unsealed,
                .allow_private_hosts = home->config->allow_private_hosts},
        .user_agent = "cryptowatch/" CW_VERSION,
        .clock = cli->clock,
        .random = cli->random,
        .deadline_ms = cw_clock_monotonic_ms(&cli->clock) + 2 * (uint64_t)CW_DELIVERY_TOTAL_MS,
    };
    const struct cw_delivery_event delivery = {
        .id = cw_span_cstr(event.summary.id),
        .body = cw_buf_as_span(&event.body),
        .detached = cw_buf_as_span(&event.detached),
    };
    size_t asked = 0;
    *ret_is_good = true;
    for (size_t i = 0; status == CW_OK && i < home->receivers_count; i++) {
        const struct cw_receiver *receiver = &home->receivers[i];
        if (only != NULL && strcmp(only, receiver->id) != 0) {
            continue;
        }
        struct cw_webhook_test result;
        status = cw_deliver_test(receiver, &delivery, &options, &result, err);
        if (status == CW_OK) {
            print(cli, receiver, &result);
            *ret_is_good &= result.http_status >= 200 && result.http_status < 300;
            asked++;
        }
    }
    if (status == CW_OK && asked == 0) {
        status = cw_error_set(err, CW_NOT_FOUND, "no enabled endpoint%s%s in the configuration",
                              only == NULL ? "" : " ", only == NULL ? "" : only);
    }
    cw_buf_clear(&event.body);
    cw_buf_clear(&event.jws);
    cw_buf_clear(&event.detached);
    return status;
}

static int test(struct cw_cli *cli, const char *only)
{
    struct cw_home home;
    int code = cw_cli_home(cli, CW_NEED_KEYS, &home);
    if (code < 0) {
        struct cw_error err = {0};
        bool is_good = false;
        if (send_all(cli, &home, only, &is_good, &err) == CW_OK) {
            code = is_good ? CW_EXIT_OK : CW_EXIT_PARTIAL;
        } else {
            code = cw_cli_fail(cli, &err, CW_EXIT_CONFIG);
        }
    }
    cw_home_clear(&home);
    return code;
}

/* ---- enable -------------------------------------------------------------------------------- */

static const struct cw_endpoint *find_endpoint(const struct cw_config *config, const char *id)
{
    for (size_t i = 0; i < config->endpoints_count; i++) {
        if (strcmp(config->endpoints[i].id, id) == 0) {
            return &config->endpoints[i];
        }
    }
    return NULL;
}

/* Under the lock of a run: a delivery under way would write its own verdict over ours. Whoever
 * enables it says that it listens again, so what its silence keeps is due. */
static enum cw_status clear_state(const struct cw_cli *cli, const struct cw_config *config,
                                  const char *id, struct cw_error *err)
{
    struct cw_writer writer;
    uint64_t rows = 0;
    enum cw_status status = cw_cli_writer_open(config, &writer, err);
    if (status == CW_OK) {
        status = cw_store_due_wake(writer.store, id, cw_clock_now_s(&cli->clock), &rows, err);
    }
    if (status == CW_OK) {
        status = cw_store_endpoint_put(writer.store, id, false, 0, "", err);
    }
    cw_cli_writer_close(&writer);
    return status;
}

static enum cw_status enable_endpoint(const struct cw_cli *cli, const struct cw_config *config,
                                      const char *id, struct cw_error *err)
{
    const struct cw_endpoint *endpoint = find_endpoint(config, id);
    if (endpoint == NULL) {
        return cw_error_set(err, CW_NOT_FOUND, "no endpoint %s in %s", id, config->path);
    }
    const enum cw_status status = clear_state(cli, config, endpoint->id, err);
    if (status != CW_OK) {
        return status;
    }
    if (cli->is_json) {
        cw_cli_json(json_pack("{s:s, s:b}", "endpoint", endpoint->id, "enabled",
                              (int)endpoint->is_enabled));
    }
    if (endpoint->is_enabled) {
        cw_cli_say(cli, "%s: enabled; what waits for it goes out with the next scan or deliver",
                   endpoint->id);
    } else {
        cw_cli_say(cli, "%s: cleared, but it stays off until %s enables it too", endpoint->id,
                   config->path);
    }
    return CW_OK;
}

static int enable(struct cw_cli *cli, const char *id)
{
    struct cw_home home;
    int code = cw_cli_home(cli, CW_NEED_CONFIG, &home);
    if (code < 0) {
        struct cw_error err = {0};
        const enum cw_status status = enable_endpoint(cli, home.config, id, &err);
        code = status == CW_OK ? CW_EXIT_OK : cw_cli_fail(cli, &err, CW_EXIT_CONFIG);
    }
    cw_home_clear(&home);
    return code;
}

static const struct cw_term verbs[] = {
    {"test [ENDPOINT]", "send one signed event of type cryptowatch.test to an endpoint, or to all, "
                        "and say what came back; nothing is stored"},
    {"enable ENDPOINT", "speak again to an endpoint that was disabled (it answered 410, or five "
                        "alerts in a row died) or asked us to wait"},
};

static const struct cw_usage usage = {
    .text = "The receivers of alerts, `endpoints` in cryptowatch.json.",
    .verbs = CW_TERMS(verbs),
    .examples = "cryptowatch webhook test\ncryptowatch webhook test soc\n"
                "cryptowatch webhook enable soc\n",
    .exits = "0 every endpoint took it, or it is enabled\n20 one did not take it\n64 usage\n"
             "75 a run holds the lock\n78 no such endpoint\n",
    .see = "cryptowatch-deliver(1), cryptowatch-alert(1), cryptowatch.json(5)",
};

int cw_cmd_webhook(struct cw_cli *cli, int argc, char **argv)
{
    int operands = 0;
    const int code = cw_cli_options(cli, &usage, argc, argv, &operands);
    if (code >= 0) {
        return code;
    }
    if (operands >= 1 && operands <= 2 && strcmp(argv[0], "test") == 0) {
        return test(cli, operands == 2 ? argv[1] : NULL);
    }
    if (operands == 2 && strcmp(argv[0], "enable") == 0) {
        return enable(cli, argv[1]);
    }
    return cw_cli_verb_error(cli, &usage, operands > 0 ? argv[0] : NULL);
}
