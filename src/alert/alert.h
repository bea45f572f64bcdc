/* alert.h: an alert as facts, and the canonical bytes B made from them exactly once.
 *
 * Knows the form of alerts.md sections 2 and 3: CloudEvents members, identifiers, sentences.
 * Refuses to know keys, time sources and storage: nonce and time come in. Building is pure: the
 * same facts give the same bytes. It states what a list says, never a finding of our own.
 *
 * Strings are NUL-terminated UTF-8 and may be NULL or "" where the comment says "optional"; an
 * absent member is left out, never null. Control characters in a fact are refused with CW_INVALID
 * (they cannot stand in B), so callers sanitise foreign text first with cw_alert_clean_text.
 */
#ifndef CW_ALERT_ALERT_H
#define CW_ALERT_ALERT_H

#include "base/buf.h"
#include "crypto/uuid.h"

enum cw_alert_type {
    CW_ALERT_LISTED,
    CW_ALERT_DELISTED,
    CW_ALERT_CHANGED,
    CW_ALERT_RETRACTED,
    CW_ALERT_FEED_FAILED,
    CW_ALERT_FEED_RECOVERED,
    CW_ALERT_FEED_STALE,
    CW_ALERT_FEED_SUSPECT,
    CW_ALERT_KEY_CHANGED,
    CW_ALERT_ENDPOINT_DISABLED,
    CW_ALERT_HEARTBEAT,
    CW_ALERT_TEST,
};
enum { CW_ALERT_TYPES = 12 };
/** "cryptowatch.address.listed" … */
const char *cw_alert_type_name(enum cw_alert_type type);
bool cw_alert_type_parse(struct cw_span name, enum cw_alert_type *ret);

enum cw_severity { CW_INFO, CW_LOW, CW_MEDIUM, CW_HIGH, CW_CRITICAL };
/** "info" … and back. */
const char *cw_severity_name(enum cw_severity severity);
bool cw_severity_parse(struct cw_span name, enum cw_severity *ret);

enum cw_tlp { CW_TLP_CLEAR, CW_TLP_GREEN, CW_TLP_AMBER, CW_TLP_AMBER_STRICT, CW_TLP_RED };
/** "amber+strict" … and back. */
const char *cw_tlp_name(enum cw_tlp tlp);
bool cw_tlp_parse(struct cw_span name, enum cw_tlp *ret);

/** Who speaks. */
struct cw_alert_scanner {
    const char *source;  /* CloudEvents source: absolute URI */
    const char *version; /* program version */
    const char *instance;
    const char *config_sha256; /* optional */
};

struct cw_alert_report { /* data.case.reported */
    const char *title;
    const char *url;
    const char *published; /* optional date */
};

struct cw_alert_change {   /* data.listing.changes */
    const char *path;      /* JSON Pointer into the normalised entry */
    const char *from_json; /* optional: JSON text of the old value */
    const char *to_json;   /* optional */
};

/** data.case, .address, .match, .listing of an address alert. */
struct cw_alert_address {
    const char *case_id;
    const char *case_title;
    const char *rule_sha256;
    const struct cw_alert_report *reported;
    size_t reported_count;

    const char *chain;
    const char *value; /* as written in the rule */
    const char *canonical;
    const char *caip10; /* optional */

    const char *relation;
    const char *listed_value;
    const char *listed_canonical;
    const char *listed_encoding; /* optional */

    const char *entry_id;
    const char *entry_name;      /* optional */
    const char *const *programs; /* sorted, unique */
    size_t programs_count;
    const char *listed_on;             /* optional date */
    const char *entry_sha256;          /* listed, changed */
    const char *previous_entry_sha256; /* delisted, changed */
    uint64_t episode;
    uint64_t revision;                     /* changed: >= 1; else 0 */
    const struct cw_alert_change *changes; /* changed */
    size_t changes_count;
    bool is_baseline;
};

/** data.provenance, and the snapshot in data.evidence. */
struct cw_alert_provenance {
    const char *feed;
    const char *publisher;
    const char *url;
    const char *final_url; /* optional */
    int64_t retrieved_at_s;
    uint64_t http_status;
    const char *etag;          /* optional */
    const char *last_modified; /* optional */
    const char *published;     /* optional */
    const char *media_type;    /* optional */
    const char *snapshot_sha256;
    uint64_t snapshot_bytes;
};

/** error_code of the one feed.suspect that is no hold: the document is believed, and lists none of
 *  the monitored addresses that the one before it listed. */
#define CW_ALERT_ALL_GONE "all-gone"

/** data.feed and data.error of a feed alert. */
struct cw_alert_feed {
    const char *id;
    const char *url;
    uint64_t failures;
    int64_t since_s;
    int64_t last_good_at_s;   /* 0: never */
    const char *error_code;   /* optional */
    const char *error_detail; /* optional */
    uint64_t http_status;     /* 0: none */
};

struct cw_alert_facts {
    enum cw_alert_type type;
    int64_t time_s;
    uint8_t nonce[16];
    struct cw_alert_scanner scanner;
    enum cw_severity severity;
    int confidence;        /* 0..100, -1: left out */
    const char *admiralty; /* optional, "B2" */
    enum cw_tlp tlp;
    const struct cw_alert_address *address;       /* address alerts */
    const struct cw_alert_provenance *provenance; /* address alerts */
    const struct cw_alert_feed *feed;             /* feed alerts */
    const char *retracts;                         /* retraction: the withdrawn id */
    const char *reason;                           /* retraction */
    const char *subject; /* other types: "key:<kid>" …; address and feed alerts derive it */
    const char *const *languages; /* NULL-terminated, "en" first */
};

/** The deterministic identifier of the facts (alerts.md section 3).
 *  Returns: CW_OK; CW_INVALID when a part is missing or holds a control character. */
CW_NODISCARD enum cw_status cw_alert_id(const struct cw_alert_facts *facts,
                                        char ret_id[static CW_UUID_TEXT_BYTES],
                                        struct cw_error *err);

/** Builds B.
 *  Out:     ret_body  appended; at most CW_ALERT_BYTES_MAX
 *  Returns: CW_OK; CW_INVALID naming the fact; CW_LIMIT when B is too long; CW_NOMEM. */
CW_NODISCARD enum cw_status cw_alert_build(const struct cw_alert_facts *facts,
                                           struct cw_buf *ret_body, struct cw_error *err);

/** Checks the rules of section 2.1 on bytes from anywhere: size, UTF-8, canonical form (sorted,
 *  compact, integers only, no null, no control characters, printable ASCII names), the members
 * every alert has, the equalities between attributes and data, and the identifier where it can be
 *  derived.
 *  Returns: CW_OK; CW_UNTRUSTED with what is wrong. */
CW_NODISCARD enum cw_status cw_alert_check_body(struct cw_span body, struct cw_error *err);

/** Foreign text made fit for B: control characters and bad UTF-8 become U+FFFD, cut at bytes_max.
 */
void cw_alert_clean_text(struct cw_buf *out, struct cw_span text, size_t bytes_max);

/** Members of a body that routing and lists need; spans borrowed from `body`'s decoded copy are
 *  avoided: plain arrays. CW_UNTRUSTED when the body is no alert. */
struct cw_alert_summary {
    char id[CW_UUID_TEXT_BYTES];
    enum cw_alert_type type;
    enum cw_severity severity;
    enum cw_tlp tlp;
    char time[21];
    char subject[513];
    char source[513];
    char case_id[129]; /* "" when none */
    char feed[65];     /* "" when none */
    char text_en[1025];
    /* The alert that this one ends: the listing of a delisting, what a retraction withdraws; else
     * "". Known from a body only: a store that gives summaries leaves it empty. */
    char closes[CW_UUID_TEXT_BYTES];
};
CW_NODISCARD enum cw_status cw_alert_summarise(struct cw_span body, struct cw_alert_summary *ret,
                                               struct cw_error *err);

#endif
