#include "base/datetime.h"
#include "cli/key_verbs.h"
#include "log/queue.h"
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

/* ---- what the log is told ---- */

/* Before the alert that tells of it: a key stands in the log before the first thing it signs. */
static enum cw_status log_rotation(const struct cw_announcer *to, enum cw_key_role role,
                                   const struct cw_rotation *rotation, struct cw_error *err)
{
    const struct cw_public_key signer = cw_signing_key_public(to->home->alert_key);
    const struct cw_log_rotation entry = {.role = role,
                                          .former = rotation->former,
                                          .next = rotation->next,
                                          .now_s = to->now_s,
                                          .from_s = rotation->from_s,
                                          .until_s = rotation->until_s};
    enum cw_status status = cw_store_begin(to->store, err);
    if (status == CW_OK) {
        status = cw_log_queue_key_once(to->store, CW_KEY_ALERT, &signer, to->now_s, err);
    }
    if (status == CW_OK) {
        status = cw_log_queue_rotation(to->store, &entry, err);
    }
    return cw_store_end(to->store, status, err);
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
        status = log_rotation(&to, request->role, ret, err);
        if (status == CW_OK) {
            status = tell(cli, &to, ret, err);
        }
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

/* ---- revoking ---- */

static bool is_key(const struct cw_home *home, int64_t at_s, const struct cw_public_key *key)
{
    CW_CLEANUP(cw_signing_key_freep) struct cw_signing_key *found = NULL;
    if (cw_home_key(home, CW_KEY_ALERT, at_s, &found, NULL) != CW_OK) {
        return false;
    }
    const struct cw_public_key one = cw_signing_key_public(found);
    return memcmp(one.bytes, key->bytes, sizeof(one.bytes)) == 0;
}

/* When a successor is revoked before it began, the key that the log saw retire goes on signing. */
static enum cw_status log_return(struct cw_store *store, const struct cw_home *home, int64_t now_s,
                                 struct cw_error *err)
{
    CW_CLEANUP(cw_signing_key_freep) struct cw_signing_key *key = NULL;
    const enum cw_status status = cw_home_key(home, CW_KEY_ALERT, now_s, &key, err);
    if (status != CW_OK) {
        return status;
    }
    const struct cw_log_key active = {.at_s = now_s,
                                      .role = cw_key_role_name(CW_KEY_ALERT),
                                      .key = cw_signing_key_public(key),
                                      .state = "active",
                                      .reason = ""};
    return cw_log_queue_key(store, &active, err);
}

/* The set is written before the entry is sure: what partners must not trust has to be said first.
 */
static enum cw_status revoke_and_log(struct cw_store *store, const struct cw_home *home,
                                     const struct cw_key_request *request, int64_t now_s,
                                     int64_t since_s, struct cw_error *err)
{
    struct cw_log_key revoked = {.at_s = since_s,
                                 .role = cw_key_role_name(CW_KEY_ALERT),
                                 .state = "revoked",
                                 .reason = request->reason};
    enum cw_status status = cw_home_published_key(home, request->operand, &revoked.key, err);
    const bool is_successor = status == CW_OK && is_key(home, INT64_MAX - 1, &revoked.key) &&
                              !is_key(home, now_s, &revoked.key);
    if (status == CW_OK) {
        status = cw_home_revoke(home, request->operand, request->reason, since_s, err);
    }
    if (status == CW_OK) {
        status = cw_log_queue_key(store, &revoked, err);
    }
    return status == CW_OK && is_successor ? log_return(store, home, now_s, err) : status;
}

static enum cw_status revoke(const struct cw_cli *cli, const struct cw_home *home,
                             const struct cw_key_request *request, int64_t since_s,
                             struct cw_error *err)
{
    const int64_t now_s = cw_clock_now_s(&cli->clock);
    struct cw_writer writer;
    enum cw_status status = cw_cli_writer_open(home->config, &writer, err);
    if (status == CW_OK) {
        status = cw_store_begin(writer.store, err);
        if (status == CW_OK) {
            status = revoke_and_log(writer.store, home, request, now_s, since_s, err);
        }
        status = cw_store_end(writer.store, status, err);
    }
    cw_cli_writer_close(&writer);
    return status;
}

int cw_key_revoke(const struct cw_cli *cli, const struct cw_home *home,
                  const struct cw_key_request *request)
{
    struct cw_error err = {0};
    const int64_t now_s = cw_clock_now_s(&cli->clock);
    int64_t since_s = now_s;
    if (request->since != NULL &&
        (!cw_time_parse(cw_span_cstr(request->since), &since_s) || since_s > now_s)) {
        return cw_cli_usage_error(cli, "--since %s: a time gone by, like 2026-11-20T03:15:01Z",
                                  request->since);
    }
    const enum cw_status status = revoke(cli, home, request, since_s, &err);
    if (status != CW_OK) {
        return cw_cli_fail(cli, &err, CW_EXIT_DATA);
    }
    cw_cli_say(cli, "revoked as %s; give partners keys.jwks.json now, they cannot know otherwise",
               request->reason);
    return CW_EXIT_OK;
}
