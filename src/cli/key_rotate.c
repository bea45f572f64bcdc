#include "base/datetime.h"
#include "cli/key_verbs.h"
#include "scan/announce.h"

/* ---- the alert that tells of it ---- */

struct search {
    const char *subject;
    bool is_found;
};

static enum cw_status compare(void *ctx, const struct cw_stored_alert *alert,
                              const struct cw_alert_summary *summary, struct cw_error *err)
{
    struct search *search = ctx;
    (void)alert;
    (void)err;
    search->is_found |= strcmp(summary->subject, search->subject) == 0;
    return CW_OK;
}

static enum cw_status was_told(struct cw_store *store, const char *subject, bool *ret_was_told,
                               struct cw_error *err)
{
    const struct cw_alert_filter filter = {.type = cw_alert_type_name(CW_ALERT_KEY_CHANGED)};
    struct search search = {.subject = subject};
    const enum cw_status status = cw_store_alerts(store, &filter, compare, &search, err);
    *ret_was_told = search.is_found;
    return status;
}

/* Signed by the key that signs now: whoever trusts that one learns from it of the next. */
static enum cw_status tell(const struct cw_cli *cli, const struct cw_announcer *to,
                           const struct cw_rotation *rotation, struct cw_error *err)
{
    char kid[CW_KID_TEXT_BYTES];
    char subject[CW_KID_TEXT_BYTES + 8];
    struct cw_alert_summary summary;
    bool is_known = false;
    cw_public_key_kid(&rotation->next, kid);
    (void)snprintf(subject, sizeof(subject), "key:%s", kid);
    enum cw_status status = was_told(to->store, subject, &is_known, err);
    if (status != CW_OK || is_known) {
        return status;
    }
    struct cw_alert_facts facts = cw_announce_facts(to->home, CW_VERSION, &cli->random);
    facts.type = CW_ALERT_KEY_CHANGED;
    facts.time_s = to->now_s;
    facts.severity = CW_MEDIUM;
    facts.tlp = CW_TLP_CLEAR;
    facts.subject = subject;
    return cw_announce(to, &facts, &summary, &is_known, err);
}

/* ---- rotating ---- */

static enum cw_status rotate(const struct cw_cli *cli, struct cw_home *home,
                             const struct cw_key_request *request, int64_t after_s,
                             struct cw_rotation *ret, struct cw_error *err)
{
    struct cw_writer writer;
    const int64_t now_s = cw_clock_now_s(&cli->clock);
    enum cw_status status = cw_cli_writer_open(home->config, &writer, err);
    if (status == CW_OK) {
        status = cw_home_load_keys(home, now_s, err);
    }
    if (status == CW_OK) {
        const struct cw_rotation_order order = {request->role, &cli->random, now_s, after_s};
        status = cw_home_rotate(home, &order, ret, err);
    }
    if (status == CW_OK) {
        const struct cw_announcer to = {home, writer.store, now_s};
        status = tell(cli, &to, ret, err);
    }
    cw_cli_writer_close(&writer);
    return status;
}

int cw_key_rotate(const struct cw_cli *cli, struct cw_home *home,
                  const struct cw_key_request *request)
{
    int64_t after_s = CW_HOME_ROTATE_AFTER_MIN_S;
    struct cw_rotation rotation;
    struct cw_error err = {0};
    char kid[CW_KID_TEXT_BYTES];
    char from[CW_TIME_TEXT_BYTES];
    if (request->after != NULL && !cw_duration_parse(cw_span_cstr(request->after), &after_s)) {
        return cw_cli_usage_error(cli, "--after %s: write 14d or more", request->after);
    }
    const enum cw_status status = rotate(cli, home, request, after_s, &rotation, &err);
    if (status != CW_OK) {
        return cw_cli_fail(cli, &err, CW_EXIT_CREATE);
    }
    cw_public_key_kid(&rotation.next, kid);
    cw_time_format(rotation.from_s, from);
    if (cli->is_json) {
        cw_cli_json(json_pack("{s:s, s:s, s:s, s:b}", "role", cw_key_role_name(request->role),
                              "kid", kid, "from", from, "is_new", rotation.is_new ? 1 : 0));
        return CW_EXIT_OK;
    }
    (void)printf("%s\n", kid);
    cw_cli_say(cli, "%s: this %s key signs from %s; give partners %s today",
               rotation.is_new ? "made" : "prepared before", cw_key_role_name(request->role), from,
               request->role == CW_KEY_ALERT ? "keys.jwks.json" : "its public key");
    return CW_EXIT_OK;
}

int cw_key_revoke(const struct cw_cli *cli, const struct cw_home *home,
                  const struct cw_key_request *request)
{
    struct cw_error err = {0};
    const enum cw_status status =
        cw_home_revoke(home, request->operand, request->reason, cw_clock_now_s(&cli->clock), &err);
    if (status != CW_OK) {
        return cw_cli_fail(cli, &err, CW_EXIT_DATA);
    }
    cw_cli_say(cli, "revoked as %s; give partners keys.jwks.json now, they cannot know otherwise",
               request->reason);
    return CW_EXIT_OK;
}
