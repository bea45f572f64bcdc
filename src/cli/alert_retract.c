#include "cli/alert_retract.h"

#include "scan/announce.h"

/* What a retraction takes over from the alert that it withdraws. */
struct withdrawn {
    struct cw_alert_summary summary;
    bool is_found;
};

static enum cw_status take(void *ctx, const struct cw_stored_alert *alert,
                           const struct cw_alert_summary *summary, struct cw_error *err)
{
    struct withdrawn *withdrawn = ctx;
    (void)alert;
    (void)err;
    withdrawn->summary = *summary;
    withdrawn->is_found = true;
    return CW_OK;
}

static enum cw_status find(struct cw_store *store, const char *id, struct withdrawn *ret,
                           struct cw_error *err)
{
    const struct cw_alert_filter filter = {.id = id};
    const enum cw_status status = cw_store_alerts(store, &filter, take, ret, err);
    if (status != CW_OK) {
        return status;
    }
    if (!ret->is_found) {
        return cw_error_set(err, CW_NOT_FOUND, "no alert %.64s: see `cryptowatch alert list`", id);
    }
    if (ret->summary.type == CW_ALERT_RETRACTED) {
        return cw_error_set(err, CW_INVALID,
                            "%s is itself a retraction: what it withdrew cannot be brought back",
                            ret->summary.id);
    }
    return CW_OK;
}

/* Severity and TLP are those of the alert: whoever was sent the one must be sent the other, and
 * nobody else. */
static enum cw_status announce(const struct cw_cli *cli, const struct cw_announcer *to,
                               const struct withdrawn *withdrawn, const char *reason,
                               struct cw_error *err)
{
    struct cw_alert_facts facts = cw_announce_facts(to->home, CW_VERSION, &cli->random);
    struct cw_alert_summary summary;
    bool is_new = false;
    facts.type = CW_ALERT_RETRACTED;
    facts.time_s = to->now_s;
    facts.severity = withdrawn->summary.severity;
    facts.tlp = withdrawn->summary.tlp;
    facts.subject = withdrawn->summary.subject;
    facts.retracts = withdrawn->summary.id;
    facts.reason = reason;
    const enum cw_status status = cw_announce(to, &facts, &summary, &is_new, err);
    if (status == CW_OK && !is_new) {
        return cw_error_set(err, CW_INVALID, "%s was withdrawn before, by %s",
                            withdrawn->summary.id, summary.id);
    }
    if (status == CW_OK && cli->is_json) {
        cw_cli_json(json_pack("{s:s, s:s}", "id", summary.id, "retracts", withdrawn->summary.id));
    } else if (status == CW_OK) {
        (void)printf("%s\n", summary.id);
        cw_cli_say(cli, "withdrawn and queued; send it: `cryptowatch deliver`");
    }
    return status;
}

int cw_cli_alert_retract(struct cw_cli *cli, const char *id, const char *reason)
{
    struct cw_home home;
    struct cw_writer writer = {.lock = -1};
    struct cw_error err = {0};
    struct withdrawn withdrawn = {.is_found = false};
    const int code = cw_cli_home(cli, CW_NEED_KEYS, &home);
    if (code >= 0) {
        cw_home_clear(&home);
        return code;
    }
    enum cw_status status = cw_cli_writer_open(home.config, &writer, &err);
    if (status == CW_OK) {
        status = find(writer.store, id, &withdrawn, &err);
    }
    if (status == CW_OK) {
        const struct cw_announcer to = {&home, writer.store, cw_clock_now_s(&cli->clock)};
        status = announce(cli, &to, &withdrawn, reason, &err);
    }
    cw_cli_writer_close(&writer);
    cw_home_clear(&home);
    return status == CW_OK ? CW_EXIT_OK : cw_cli_fail(cli, &err, CW_EXIT_DATA);
}
