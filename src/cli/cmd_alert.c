#include "base/datetime.h"
#include "base/text.h"
#include "cli/alert_deliveries.h"
#include "cli/alert_retract.h"
#include "cli/log_part.h"
#include "cli/tone.h"

enum { SEVERITY_COLUMNS = 8, WIDE_COLUMNS = 160 };

struct listing {
    const struct cw_cli *cli;
    const char *log_dir;
    struct cw_store *store;
    size_t count;
};

static json_t *summary_json(const struct cw_alert_summary *summary)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "id", summary->id, "type",
                     cw_alert_type_name(summary->type), "time", summary->time, "severity",
                     cw_severity_name(summary->severity), "tlp", cw_tlp_name(summary->tlp), "case",
                     summary->case_id, "feed", summary->feed, "subject", summary->subject, "text",
                     cw_json_text(cw_span_cstr(summary->text_en)));
}

/* Several lines on a narrow terminal, so that neither the identifier nor the sentence is cut. */
static enum cw_status print_one(const struct listing *listing,
                                const struct cw_alert_summary *summary, struct cw_error *err)
{
    const struct cw_cli *cli = listing->cli;
    const bool is_narrow = cli->columns > 0 && cli->columns < WIDE_COLUMNS;
    (void)printf("%s  %s  ", summary->id, summary->time);
    cw_tone_print(cli, cw_tone_of_severity(summary->severity), cw_severity_name(summary->severity),
                  is_narrow ? 0 : SEVERITY_COLUMNS);
    if (is_narrow) {
        (void)printf("\n");
        cw_cli_line(cli, (struct cw_line){0, 4}, "    %s", summary->text_en);
        return cw_deliveries_print_short(listing->store, summary->id, "    [", "]\n", err);
    }
    (void)printf("  ");
    cw_cli_print(cw_span_cstr(summary->text_en));
    const enum cw_status status =
        cw_deliveries_print_short(listing->store, summary->id, "  [", "]", err);
    (void)printf("\n");
    return status;
}

static enum cw_status list_one(void *ctx, const struct cw_stored_alert *alert,
                               const struct cw_alert_summary *summary, struct cw_error *err)
{
    (void)alert;
    struct listing *listing = ctx;
    listing->count++;
    if (listing->cli->is_json) {
        json_t *deliveries = NULL;
        const enum cw_status status =
            cw_deliveries_json(listing->store, summary->id, &deliveries, err);
        if (status == CW_OK) {
            json_t *object = summary_json(summary);
            (void)json_object_set_new(object, "deliveries", deliveries);
            cw_cli_json(object);
        }
        return status;
    }
    return print_one(listing, summary, err);
}

static enum cw_status show_one(void *ctx, const struct cw_stored_alert *alert,
                               const struct cw_alert_summary *summary, struct cw_error *err)
{
    struct listing *listing = ctx;
    listing->count++;
    json_t *body = json_loadb(alert->body.data, alert->body.len, JSON_REJECT_DUPLICATES, NULL);
    if (body == NULL) {
        return cw_error_set(err, CW_STATE, "alert %s: the stored body is damaged", summary->id);
    }
    if (listing->cli->is_json) {
        cw_cli_json(body);
        return CW_OK;
    }
    char *text = json_dumps(body, JSON_INDENT(2) | JSON_SORT_KEYS);
    json_decref(body);
    struct cw_span rest = cw_span_cstr(text);
    struct cw_span line;
    while (cw_span_next_line(&rest, &line)) {
        cw_cli_print(line);
        (void)printf("\n");
    }
    free(text);
    return cw_deliveries_print(listing->store, summary->id, err);
}

/* The stored JWS, byte for byte: what a partner verifies. */
static enum cw_status export_one(void *ctx, const struct cw_stored_alert *alert,
                                 const struct cw_alert_summary *summary, struct cw_error *err)
{
    (void)summary;
    (void)err;
    struct listing *listing = ctx;
    listing->count++;
    (void)fwrite(alert->jws.data, 1, alert->jws.len, stdout);
    return CW_OK;
}

/* The proof that it stands in the log, for --proof. */
static enum cw_status prove_one(void *ctx, const struct cw_stored_alert *alert,
                                const struct cw_alert_summary *summary, struct cw_error *err)
{
    (void)alert;
    struct listing *listing = ctx;
    char origin[CW_LOG_NAME_MAX + 1] = "";
    uint64_t position = 0;
    bool is_there = false;
    listing->count++;
    enum cw_status status =
        cw_store_log_position(listing->store, summary->id, origin, &position, &is_there, err);
    if (status == CW_OK && !is_there) {
        status = cw_error_set(err, CW_TEMPORARY,
                              "alert %s waits for its place in the log: `cryptowatch scan` "
                              "publishes it, or says why not",
                              summary->id);
    }
    struct cw_buf proof;
    cw_buf_init(&proof, CW_TLOG_PROOF_BYTES_MAX);
    if (status == CW_OK) {
        status = cw_log_prove(listing->log_dir, origin, position, &proof, err);
    }
    if (status == CW_OK) {
        (void)fwrite(proof.data, 1, proof.len, stdout);
    }
    cw_buf_clear(&proof);
    return status;
}

static enum cw_status redeliver(const struct cw_cli *cli, const struct cw_home *home,
                                const char *id, struct cw_error *err)
{
    CW_ASSERT(id != NULL);
    struct cw_writer writer;
    uint64_t rows = 0;
    enum cw_status status = cw_cli_writer_open(home->config, &writer, err);
    if (status == CW_OK) {
        status = cw_store_redeliver(writer.store, strcmp(id, "--dead") == 0 ? NULL : id,
                                    cw_clock_now_s(&cli->clock), &rows, err);
    }
    cw_cli_writer_close(&writer);
    if (status == CW_OK && rows == 0) {
        return cw_error_set(err, CW_NOT_FOUND, "no %s delivery is in the outbox",
                            strcmp(id, "--dead") == 0 ? "dead" : id);
    }
    if (status == CW_OK) {
        cw_cli_say(cli, "%llu deliveries are due again; send them: `cryptowatch deliver`",
                   (unsigned long long)rows);
    }
    return status;
}

struct request {
    const char *verb;
    const char *id;
    bool is_proof; /* export --proof */
    struct cw_alert_filter filter;
};

static int run(struct cw_cli *cli, const struct cw_home *home, const struct request *request)
{
    struct cw_error err = {0};
    if (strcmp(request->verb, "redeliver") == 0) {
        const enum cw_status status = redeliver(cli, home, request->id, &err);
        return status == CW_OK ? CW_EXIT_OK : cw_cli_fail(cli, &err, CW_EXIT_DATA);
    }
    CW_CLEANUP(cw_store_closep) struct cw_store *store = NULL;
    enum cw_status status = cw_store_open(home->config->state_dir, CW_STORE_READ, &store, &err);
    if (status == CW_NOT_FOUND) {
        cw_cli_say(cli, "no scan was ever run here: `cryptowatch scan`");
        return request->id == NULL ? CW_EXIT_OK : CW_EXIT_DATA;
    }
    struct listing listing = {.cli = cli, .log_dir = home->log_dir, .store = store};
    const cw_alert_fn fn = strcmp(request->verb, "show") == 0     ? show_one
                           : request->is_proof                    ? prove_one
                           : strcmp(request->verb, "export") == 0 ? export_one
                                                                  : list_one;
    if (status == CW_OK) {
        status = cw_store_alerts(store, &request->filter, fn, &listing, &err);
    }
    if (status == CW_OK && request->id != NULL && listing.count == 0) {
        status = cw_error_set(&err, CW_NOT_FOUND, "no alert %s: see `cryptowatch alert list`",
                              request->id);
    }
    return status == CW_OK ? CW_EXIT_OK : cw_cli_fail(cli, &err, CW_EXIT_DATA);
}

static bool parse_since(const char *text, int64_t *ret_s)
{
    return text == NULL || cw_date_parse(cw_span_cstr(text), ret_s) ||
           cw_time_parse(cw_span_cstr(text), ret_s);
}

/* -1 when the filter can be used. */
static int check_filter(const struct cw_cli *cli, const char *since, struct cw_alert_filter *filter)
{
    enum cw_alert_type type;
    if (filter->type != NULL && !cw_alert_type_parse(cw_span_cstr(filter->type), &type)) {
        return cw_cli_usage_error(cli,
                                  "--type %s: write cryptowatch.address.listed, .delisted, "
                                  ".changed …",
                                  filter->type);
    }
    if (!parse_since(since, &filter->since_s)) {
        return cw_cli_usage_error(cli, "--since %s: write 2026-11-20 or 2026-11-20T03:15:01Z",
                                  since);
    }
    return -1;
}

/* -1 when they go with the verb. */
static int check_switches(const struct cw_cli *cli, const struct request *request, bool is_dead)
{
    if (request->is_proof && strcmp(request->verb, "export") != 0) {
        return cw_cli_usage_error(cli, "--proof goes with `alert export`");
    }
    if (is_dead && strcmp(request->verb, "redeliver") != 0) {
        return cw_cli_usage_error(cli, "--dead goes with `alert redeliver`");
    }
    return -1;
}

static const struct cw_term verbs[] = {
    {"list [--since DATE] [--case ID] [--feed ID] [--type TYPE]",
     "one line an alert, oldest first; what is done without a subcommand"},
    {"show ID", "the signed content, and what became of its deliveries"},
    {"export [--proof] ID", "the signature file (.jws.json) as stored, or the proof (.tlog-proof) "
                            "that it stands in the log"},
    {"redeliver ID | --dead", "start its deliveries anew, or all dead ones"},
    {"retract ID --reason TEXT",
     "withdraw an alert: sign, store and queue one that says so and why"},
};
static const struct cw_term groups[] = {{"list", "since case feed type"},
                                        {"export", "proof"},
                                        {"redeliver", "dead"},
                                        {"retract", "reason"}};
static const struct cw_term values[] = {
    {"type", "cryptowatch.address.listed cryptowatch.address.delisted cryptowatch.address.changed "
             "cryptowatch.alert.retracted cryptowatch.feed.failed cryptowatch.feed.recovered "
             "cryptowatch.feed.stale cryptowatch.feed.suspect cryptowatch.key.changed "
             "cryptowatch.endpoint.disabled cryptowatch.heartbeat"}};

static const struct cw_usage base_usage = {
    .text = "The history of what was signed. An alert is stored before it is sent, and kept.",
    .verbs = CW_TERMS(verbs),
    .groups = CW_TERMS(groups),
    .values = CW_TERMS(values),
    .examples = "cryptowatch alert list --since 2026-11-01 --case ronin-2022\n"
                "cryptowatch alert export 8e10387d-6711-5268-a605-4c3ccd6f59d5 > a.jws.json\n"
                "cryptowatch alert export 8e10387d-6711-5268-a605-4c3ccd6f59d5 --proof\n"
                "cryptowatch alert retract 8e10387d-6711-5268-a605-4c3ccd6f59d5 \\\n"
                "    --reason 'the rule named a wrong address'\n",
    .exits = "0 done\n20 not in the log yet\n64 usage\n65 no such alert\n"
             "75 a run holds the lock\n78 configuration\n",
    .see = "cryptowatch-verify(1), cryptowatch-deliver(1), cryptowatch-log(1)",
};

int cw_cmd_alert(struct cw_cli *cli, int argc, char **argv)
{
    const char *since = NULL;
    const char *reason = NULL;
    bool is_dead = false;
    struct request request = {0};
    const struct cw_option options[] = {
        {.name = "since",
         .argument = "DATE",
         .help = "made on or after this day or time",
         .value = &since},
        {.name = "case",
         .argument = "ID",
         .help = "of this case",
         .value = &request.filter.case_id},
        {.name = "feed", .argument = "ID", .help = "from this list", .value = &request.filter.feed},
        {.name = "type",
         .argument = "TYPE",
         .help = "cryptowatch.address.listed …",
         .value = &request.filter.type},
        {.name = "reason",
         .argument = "TEXT",
         .help = "why, for those who got the alert",
         .value = &reason},
        {.name = "dead", .help = "every dead delivery", .flag = &is_dead},
        {.name = "proof", .help = "the proof of its place in the log", .flag = &request.is_proof},
    };
    const struct cw_usage usage = cw_usage_with(&base_usage, options, CW_COUNT(options));
    int operands = 0;
    int code = cw_cli_options(cli, &usage, argc, argv, &operands);
    if (code >= 0) {
        return code;
    }
    request.verb = operands > 0 ? argv[0] : "list";
    const bool is_retract = strcmp(request.verb, "retract") == 0;
    if (is_retract != (reason != NULL) || (is_retract && (operands != 2 || reason[0] == '\0'))) {
        return cw_cli_verb_error(cli, &usage, "retract");
    }
    if (is_retract) {
        return cw_cli_alert_retract(cli, argv[1], reason);
    }
    const bool is_list = strcmp(request.verb, "list") == 0;
    const bool is_redeliver = strcmp(request.verb, "redeliver") == 0;
    if (!is_list && !is_redeliver && strcmp(request.verb, "show") != 0 &&
        strcmp(request.verb, "export") != 0) {
        return cw_cli_verb_error(cli, &usage, request.verb);
    }
    const int wanted = is_list ? 1 : (is_dead && is_redeliver ? 1 : 2);
    if (operands > wanted || (operands < wanted && !is_list)) {
        return cw_cli_verb_error(cli, &usage, request.verb);
    }
    code = check_filter(cli, since, &request.filter);
    if (code < 0) {
        code = check_switches(cli, &request, is_dead);
    }
    if (code >= 0) {
        return code;
    }
    request.id = is_list ? NULL : (is_dead ? "--dead" : argv[1]);
    request.filter.id = is_list || is_redeliver ? NULL : request.id;
    struct cw_home home;
    code = cw_cli_home(cli, CW_NEED_CONFIG, &home);
    if (code < 0) {
        code = run(cli, &home, &request);
    }
    cw_home_clear(&home);
    return code;
}
