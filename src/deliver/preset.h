/* preset.h: an alert as a note for people who watch a channel (alerts.md section 12).
 *
 * Knows the bodies that Slack (also Mattermost and Rocket.Chat), Teams workflows, PagerDuty Events
 * v2 and Alertmanager take, and how hostile text is made harmless in each. Refuses to know routing,
 * signatures and HTTP. Pure: the same alert gives the same bytes, so every attempt sends the same.
 *
 * A note is no evidence. It names the id and the SHA-256 of B, so that the signed alert is found.
 */
#ifndef CW_DELIVER_PRESET_H
#define CW_DELIVER_PRESET_H

#include "alert/alert.h"
#include "base/limits.h"

/** What is posted; the order is that of the words in cryptowatch.json. */
enum cw_delivery_format {
    CW_FORMAT_CLOUDEVENTS, /* B itself: no preset */
    CW_FORMAT_SLACK,
    CW_FORMAT_TEAMS,
    CW_FORMAT_PAGERDUTY,
    CW_FORMAT_ALERTMANAGER,
};

struct cw_preset {
    enum cw_delivery_format format; /* not CW_FORMAT_CLOUDEVENTS */
    const char *routing_key;        /* PagerDuty's integration key; else NULL */
};

/** Writes the note about an alert.
 *  In:      alert   summarised from `body`, so that `closes` is known
 *           body    B, for its hash
 *  Out:     out     appended: JSON, at most CW_PRESET_BYTES_MAX
 *  Returns: CW_OK, CW_LIMIT, CW_NOMEM */
CW_NODISCARD enum cw_status cw_preset_body(const struct cw_preset *preset,
                                           const struct cw_alert_summary *alert,
                                           struct cw_span body, struct cw_buf *out,
                                           struct cw_error *err);

/** Who reads a text; each has its own characters that do something. */
enum cw_preset_syntax {
    CW_SYNTAX_PLAIN,  /* PagerDuty, Alertmanager, Slack's plain_text */
    CW_SYNTAX_MRKDWN, /* Slack and its relatives */
    CW_SYNTAX_CARD,   /* the Markdown of Adaptive Cards */
};

/** Appends a JSON string, quotes included, in which the text can do nothing: no control and no
 *  bidirectional character, no mention, no link, no formatting.
 *  Limits:  at most bytes_max bytes between the quotes before JSON's own escapes; a longer text
 *           ends with an ellipsis */
void cw_preset_text(struct cw_buf *out, enum cw_preset_syntax syntax, struct cw_span text,
                    size_t bytes_max);

#endif
