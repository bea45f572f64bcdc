#include "deliver/preset.h"

#include "crypto/hash.h"

enum { TITLE_BYTES = 96, NAME_BYTES = 96, SHORT_BYTES_MAX = 512 };

/* What every note is made of. */
struct note {
    const struct cw_preset *preset;
    const struct cw_alert_summary *alert;
    char sha256[CW_SHA256_HEX_BYTES]; /* of B */
    char title[TITLE_BYTES];          /* "HIGH: address listed" */
    char tlp[16];                     /* "AMBER" */
    struct cw_buf *out;
};

static void to_upper(char *text)
{
    for (; *text != '\0'; text++) {
        *text = (char)(*text >= 'a' && *text <= 'z' ? *text - 'a' + 'A' : *text);
    }
}

/* "address listed": the type without what all types begin with. */
static void name_type(enum cw_alert_type type, char ret[static NAME_BYTES])
{
    const struct cw_span name = cw_span_cstr(cw_alert_type_name(type));
    const struct cw_span rest = cw_span_slice(name, cw_span_find(name, '.', 0) + 1, name.len);
    (void)snprintf(ret, NAME_BYTES, "%.*s", CW_SPAN_ARG(rest));
    for (char *at = ret; *at != '\0'; at++) {
        *at = (char)(*at == '.' ? ' ' : *at);
    }
}

/* "CryptowatchAddressListed" */
static void name_alert(enum cw_alert_type type, char ret[static NAME_BYTES])
{
    const char *from = cw_alert_type_name(type);
    size_t used = 0;
    bool is_start = true;
    for (; *from != '\0' && used + 1 < NAME_BYTES; from++) {
        if (*from == '.') {
            is_start = true;
            continue;
        }
        ret[used++] = (char)(is_start ? *from - 'a' + 'A' : *from);
        is_start = false;
    }
    ret[used] = '\0';
}

static void note_init(struct note *note, const struct cw_preset *preset,
                      const struct cw_alert_summary *alert, struct cw_span body)
{
    char severity[16];
    char type[NAME_BYTES];
    note->preset = preset;
    note->alert = alert;
    cw_sha256_hex(body, note->sha256);
    name_type(alert->type, type);
    (void)snprintf(severity, sizeof(severity), "%s", cw_severity_name(alert->severity));
    to_upper(severity);
    (void)snprintf(note->title, sizeof(note->title), "%s: %.60s", severity, type);
    (void)snprintf(note->tlp, sizeof(note->tlp), "%s", cw_tlp_name(alert->tlp));
    to_upper(note->tlp);
}

static void put(const struct note *note, const char *before, enum cw_preset_syntax syntax,
                const char *text, size_t bytes_max)
{
    cw_buf_str(note->out, before);
    cw_preset_text(note->out, syntax, cw_span_cstr(text), bytes_max);
}

/* A member that is left out when it has no value. */
static void put_some(const struct note *note, const char *before, const char *text)
{
    if (text[0] != '\0') {
        put(note, before, CW_SYNTAX_PLAIN, text, SHORT_BYTES_MAX);
    }
}

/* ---- Slack, Mattermost, Rocket.Chat ---- */

static void put_slack(const struct note *note)
{
    const struct cw_alert_summary *alert = note->alert;
    put(note, "{\"text\":", CW_SYNTAX_MRKDWN, alert->text_en, CW_PRESET_SLACK_TEXT_MAX);
    put(note, ",\"blocks\":[{\"type\":\"header\",\"text\":{\"type\":\"plain_text\",\"text\":",
        CW_SYNTAX_PLAIN, note->title, TITLE_BYTES);
    put(note, "}},{\"type\":\"section\",\"text\":{\"type\":\"mrkdwn\",\"text\":", CW_SYNTAX_MRKDWN,
        alert->text_en, CW_PRESET_SLACK_TEXT_MAX);
    cw_buf_printf(note->out,
                  "}},{\"type\":\"context\",\"elements\":[{\"type\":\"mrkdwn\",\"text\":"
                  "\"id %s | TLP:%s | sha256 %s\"}]}]}",
                  alert->id, note->tlp, note->sha256);
}

/* ---- Teams, through a workflow ---- */

static void put_fact(const struct note *note, const char *title, const char *value)
{
    cw_buf_printf(note->out, "{\"title\":\"%s\",\"value\":", title);
    put(note, "", CW_SYNTAX_CARD, value, SHORT_BYTES_MAX);
    cw_buf_str(note->out, "}");
}

static void put_teams(const struct note *note)
{
    const struct cw_alert_summary *alert = note->alert;
    put(note,
        "{\"type\":\"message\",\"attachments\":[{\"contentType\":"
        "\"application/vnd.microsoft.card.adaptive\",\"contentUrl\":null,\"content\":{"
        "\"$schema\":\"http://adaptivecards.io/schemas/adaptive-card.json\","
        "\"type\":\"AdaptiveCard\",\"version\":\"1.4\",\"body\":["
        "{\"type\":\"TextBlock\",\"size\":\"Medium\",\"weight\":\"Bolder\",\"wrap\":true,\"text\":",
        CW_SYNTAX_CARD, note->title, TITLE_BYTES);
    put(note, "},{\"type\":\"TextBlock\",\"wrap\":true,\"text\":", CW_SYNTAX_CARD, alert->text_en,
        CW_PRESET_TEAMS_TEXT_MAX);
    cw_buf_str(note->out, "},{\"type\":\"FactSet\",\"facts\":[");
    if (alert->case_id[0] != '\0') {
        put_fact(note, "Case", alert->case_id);
        cw_buf_str(note->out, ",");
    }
    put_fact(note, "TLP", note->tlp);
    cw_buf_str(note->out, ",");
    put_fact(note, "Alert", alert->id);
    cw_buf_str(note->out, ",");
    put_fact(note, "SHA-256", note->sha256);
    cw_buf_str(note->out, "]}]}}]}");
}

/* ---- PagerDuty ---- */

static const char *pagerduty_severity(enum cw_severity severity)
{
    switch (severity) {
    case CW_CRITICAL:
        return "critical";
    case CW_HIGH:
        return "error";
    case CW_MEDIUM:
    case CW_LOW:
        return "warning";
    case CW_INFO:
        return "info";
    }
    return "info";
}

static void put_pagerduty(const struct note *note)
{
    const struct cw_alert_summary *alert = note->alert;
    const bool is_end = alert->closes[0] != '\0';
    CW_ASSERT(note->preset->routing_key != NULL);
    put(note, "{\"routing_key\":", CW_SYNTAX_PLAIN, note->preset->routing_key, SHORT_BYTES_MAX);
    cw_buf_printf(note->out, ",\"event_action\":\"%s\",\"dedup_key\":\"%s\"",
                  is_end ? "resolve" : "trigger", is_end ? alert->closes : alert->id);
    put(note, ",\"payload\":{\"summary\":", CW_SYNTAX_PLAIN, alert->text_en,
        CW_PRESET_PAGERDUTY_TEXT_MAX);
    put(note, ",\"source\":", CW_SYNTAX_PLAIN, alert->source, SHORT_BYTES_MAX);
    cw_buf_printf(note->out, ",\"severity\":\"%s\",\"timestamp\":\"%s\"",
                  pagerduty_severity(alert->severity), alert->time);
    put_some(note, ",\"component\":", alert->feed);
    put_some(note, ",\"group\":", alert->case_id);
    cw_buf_printf(note->out,
                  ",\"class\":\"%s\",\"custom_details\":{\"tlp\":\"%s\",\"sha256\":\"%s\"%s%s%s}}}",
                  cw_alert_type_name(alert->type), cw_tlp_name(alert->tlp), note->sha256,
                  is_end ? ",\"id\":\"" : "", is_end ? alert->id : "", is_end ? "\"" : "");
}

/* ---- Alertmanager ---- */

static const char *alertmanager_severity(enum cw_severity severity)
{
    switch (severity) {
    case CW_CRITICAL:
    case CW_HIGH:
        return "critical";
    case CW_MEDIUM:
    case CW_LOW:
        return "warning";
    case CW_INFO:
        return "info";
    }
    return "info";
}

static void put_alertmanager(const struct note *note)
{
    const struct cw_alert_summary *alert = note->alert;
    char name[NAME_BYTES];
    name_alert(alert->type, name);
    cw_buf_printf(note->out, "[{\"labels\":{\"alertname\":\"%s\",\"severity\":\"%s\"", name,
                  alertmanager_severity(alert->severity));
    put_some(note, ",\"case\":", alert->case_id);
    put_some(note, ",\"feed\":", alert->feed);
    cw_buf_printf(note->out, ",\"alert_id\":\"%s\"}", alert->id);
    put(note, ",\"annotations\":{\"summary\":", CW_SYNTAX_PLAIN, alert->text_en,
        CW_PRESET_PAGERDUTY_TEXT_MAX);
    cw_buf_printf(note->out, ",\"tlp\":\"%s\"},\"startsAt\":\"%s\"}]", cw_tlp_name(alert->tlp),
                  alert->time);
}

static void (*const writers[])(const struct note *) = {
    [CW_FORMAT_SLACK] = put_slack,
    [CW_FORMAT_TEAMS] = put_teams,
    [CW_FORMAT_PAGERDUTY] = put_pagerduty,
    [CW_FORMAT_ALERTMANAGER] = put_alertmanager,
};

enum cw_status cw_preset_body(const struct cw_preset *preset, const struct cw_alert_summary *alert,
                              struct cw_span body, struct cw_buf *out, struct cw_error *err)
{
    CW_ASSERT((size_t)preset->format < CW_COUNT(writers));
    CW_ASSERT(writers[preset->format] != NULL);
    struct note note = {.out = out};
    note_init(&note, preset, alert, body);
    writers[preset->format](&note);
    return cw_buf_status(out, err);
}
