#include "alert/internal.h"

static const char *const type_names[CW_ALERT_TYPES] = {
    [CW_ALERT_LISTED] = "cryptowatch.address.listed",
    [CW_ALERT_DELISTED] = "cryptowatch.address.delisted",
    [CW_ALERT_CHANGED] = "cryptowatch.address.changed",
    [CW_ALERT_RETRACTED] = "cryptowatch.alert.retracted",
    [CW_ALERT_FEED_FAILED] = "cryptowatch.feed.failed",
    [CW_ALERT_FEED_RECOVERED] = "cryptowatch.feed.recovered",
    [CW_ALERT_FEED_STALE] = "cryptowatch.feed.stale",
    [CW_ALERT_FEED_SUSPECT] = "cryptowatch.feed.suspect",
    [CW_ALERT_KEY_CHANGED] = "cryptowatch.key.changed",
    [CW_ALERT_ENDPOINT_DISABLED] = "cryptowatch.endpoint.disabled",
    [CW_ALERT_HEARTBEAT] = "cryptowatch.heartbeat",
    [CW_ALERT_TEST] = "cryptowatch.test",
};

/* CloudEvents severity extension: alerts.md section 2.2. */
static const struct {
    const char *name;
    const char *text;
    int number;
} severities[] = {
    [CW_INFO] = {"info", "INFO", 9},
    [CW_LOW] = {"low", "LOW", 10},
    [CW_MEDIUM] = {"medium", "MEDIUM", 13},
    [CW_HIGH] = {"high", "HIGH", 17},
    [CW_CRITICAL] = {"critical", "CRITICAL", 21},
};

static const char *const tlp_names[] = {
    [CW_TLP_CLEAR] = "clear", [CW_TLP_GREEN] = "green",
    [CW_TLP_AMBER] = "amber", [CW_TLP_AMBER_STRICT] = "amber+strict",
    [CW_TLP_RED] = "red",
};

const char *cw_alert_type_name(enum cw_alert_type type)
{
    CW_ASSERT((size_t)type < CW_COUNT(type_names));
    return type_names[type];
}

bool cw_alert_type_parse(struct cw_span name, enum cw_alert_type *ret)
{
    for (size_t i = 0; i < CW_COUNT(type_names); i++) {
        if (cw_span_is(name, type_names[i])) {
            *ret = (enum cw_alert_type)i;
            return true;
        }
    }
    return false;
}

const char *cw_severity_name(enum cw_severity severity)
{
    CW_ASSERT((size_t)severity < CW_COUNT(severities));
    return severities[severity].name;
}

bool cw_severity_parse(struct cw_span name, enum cw_severity *ret)
{
    for (size_t i = 0; i < CW_COUNT(severities); i++) {
        if (cw_span_is(name, severities[i].name)) {
            *ret = (enum cw_severity)i;
            return true;
        }
    }
    return false;
}

const char *cw_severity_text(enum cw_severity severity)
{
    CW_ASSERT((size_t)severity < CW_COUNT(severities));
    return severities[severity].text;
}

int cw_severity_number(enum cw_severity severity)
{
    CW_ASSERT((size_t)severity < CW_COUNT(severities));
    return severities[severity].number;
}

const char *cw_tlp_name(enum cw_tlp tlp)
{
    CW_ASSERT((size_t)tlp < CW_COUNT(tlp_names));
    return tlp_names[tlp];
}

bool cw_tlp_parse(struct cw_span name, enum cw_tlp *ret)
{
    for (size_t i = 0; i < CW_COUNT(tlp_names); i++) {
        if (cw_span_is(name, tlp_names[i])) {
            *ret = (enum cw_tlp)i;
            return true;
        }
    }
    return false;
}

enum cw_alert_family cw_alert_family_of(enum cw_alert_type type)
{
    switch (type) {
    case CW_ALERT_LISTED:
    case CW_ALERT_DELISTED:
    case CW_ALERT_CHANGED:
        return CW_FAMILY_ADDRESS;
    case CW_ALERT_RETRACTED:
        return CW_FAMILY_RETRACTION;
    case CW_ALERT_FEED_FAILED:
    case CW_ALERT_FEED_RECOVERED:
    case CW_ALERT_FEED_STALE:
    case CW_ALERT_FEED_SUSPECT:
        return CW_FAMILY_FEED;
    case CW_ALERT_KEY_CHANGED:
    case CW_ALERT_ENDPOINT_DISABLED:
    case CW_ALERT_HEARTBEAT:
    case CW_ALERT_TEST:
        break;
    }
    return CW_FAMILY_OTHER;
}
