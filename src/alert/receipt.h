/* receipt.h: a signed statement of what was asked, on which data, and what the answer was.
 *
 * Knows the form of a receipt and makes its bytes once, from plain values. Refuses to know where an
 * answer comes from, keys' places and the clock. So a "no" can be shown years later, and examined
 * again: the receipt names the SHA-256 of every snapshot and rule that the answer rests on.
 *
 * Bytes: canonical JSON under the limits of alerts.md section 2.1, schema
 * urn:cryptowatch:schema:receipt:1, sealed like an alert with typ cryptowatch-receipt+jws.
 * Strings are NUL-terminated UTF-8; foreign text in them is cleaned here (cw_alert_clean_text).
 */
#ifndef CW_ALERT_RECEIPT_H
#define CW_ALERT_RECEIPT_H

#include "alert/seal.h"

struct cw_receipt_match {
    const char *relation;
    const char *source_kind; /* "feed" or "rule" */
    const char *source_id;
    const char *listed_value; /* this and the next two: NULL when they would give it away */
    const char *entry_id;
    const char *entry_name;
    const char *listed_on; /* optional date */
    bool is_active;
    int64_t delisted_on_s; /* 0 while active */
};

enum cw_receipt_input {
    CW_RECEIPT_SHOWN,    /* text where it is printable, and its hash */
    CW_RECEIPT_HASHED,   /* hash and length only */
    CW_RECEIPT_WITHHELD, /* a secret key: neither text nor hash, which could be guessed from */
};

struct cw_receipt_answer {
    struct cw_span input; /* exactly what was asked */
    enum cw_receipt_input how;
    const char *canonical; /* optional */
    const char *verdict;   /* "listed", "related", "clear", "cannot-say" */
    const struct cw_receipt_match *matches;
    size_t matches_count; /* beyond CW_RECEIPT_MATCHES_MAX they are counted only */
    const char *const *reasons;
    size_t reasons_count;
};

/** One document that `screen` was given. */
struct cw_receipt_file {
    const char *name;   /* as given, "-" for standard input; NULL when it is not to be shown */
    const char *sha256; /* of the bytes as they are stored, before anything is unpacked */
    uint64_t bytes;     /* as stored */
    uint64_t lines;     /* newlines, of a packed file when it is unpacked */
    uint64_t listed;    /* hits by verdict */
    uint64_t related;
    const char *error; /* "", or why it was not read to its end: then hash and counts of bytes and
                          lines are left out */
};

/** One address that was found. */
struct cw_receipt_hit {
    size_t file; /* index of its document */
    uint64_t line;
    uint64_t offset;      /* in the document as it was screened: unpacked */
    struct cw_span found; /* as it stands there */
    enum cw_receipt_input how;
    const char *canonical;         /* optional */
    const char *verdict;           /* "listed" or "related" */
    struct cw_receipt_match match; /* the strongest */
    size_t matches_count;
};

/** What `screen` read and found. */
struct cw_receipt_screened {
    const char *against;                 /* "feeds", "rules" or "all" */
    bool is_every_token;                 /* else what the filter let through was decoded */
    const struct cw_receipt_file *files; /* in the order of asking */
    size_t files_count;
    const struct cw_receipt_hit *hits; /* in the order of the text: at most CW_RECEIPT_HITS_MAX of
                                          each verdict, and the first of each that there is */
    size_t hits_count;
    const char *hits_sha256; /* of all hits as `screen --json` prints them, in order */
    const char *verdict;
};

struct cw_receipt_feed {
    const char *id;
    const char *status;          /* "fresh", "stale", "never", "failed", "held" */
    int64_t retrieved_at_s;      /* 0: never */
    const char *snapshot_sha256; /* "" when never read */
    uint64_t entries;
};

struct cw_receipt_case {
    const char *id;
    const char *sha256; /* of the rule file */
};

struct cw_receipt_facts {
    const char *source; /* as in our alerts */
    const char *instance;
    const char *version;
    int64_t time_s;
    uint8_t nonce[16];
    uint64_t generation; /* of the index or state that was asked */
    int64_t built_at_s;  /* 0: never */
    const struct cw_receipt_feed *feeds;
    size_t feeds_count;
    const char *rules_sha256; /* digest over all rules */
    const struct cw_receipt_case *cases;
    size_t cases_count; /* beyond CW_RECEIPT_CASES_MAX the digest alone stands for them */
    const struct cw_receipt_answer *answers; /* `check`: one or more, in the order of asking */
    size_t answers_count;
    const struct cw_receipt_screened *screened; /* `screen`; else NULL */
};

/** Builds the body.
 *  In:      facts  either answers or screened
 *  Out:     ret_body  appended; at most CW_RECEIPT_BYTES_MAX
 *  Returns: CW_OK; CW_LIMIT when it is too long or has too many answers or files; CW_INVALID naming
 * a fact; CW_NOMEM. */
CW_NODISCARD enum cw_status cw_receipt_build(const struct cw_receipt_facts *facts,
                                             struct cw_buf *ret_body, struct cw_error *err);
/** Builds and signs: the file that `--receipt` writes.
 *  Out:     ret_jws  appended */
CW_NODISCARD enum cw_status cw_receipt_seal(const struct cw_signing_key *key,
                                            const struct cw_receipt_facts *facts,
                                            struct cw_buf *ret_jws, struct cw_error *err);

/** Checks bytes from anywhere: size, canonical form, the members, that shown text has the stated
 *  hash, that ages and sums fit, and that "clear" is not said beside a match, of a file that was
 *  not read to its end, or on data that is not whole.
 *  Returns: CW_OK; CW_UNTRUSTED with what is wrong; CW_NOMEM. */
CW_NODISCARD enum cw_status cw_receipt_check_body(struct cw_span body, struct cw_error *err);

/** What a person is told of a valid receipt. */
struct cw_receipt_summary {
    char source[513];
    char time[21];
    char verdict[16]; /* the gravest: listed, cannot-say, related, clear */
    size_t answers;   /* 0 for `screen` */
    size_t files;     /* 0 for `check` */
    uint64_t listed;  /* hits of `screen` */
    uint64_t related;
    size_t feeds;
    size_t feeds_fresh;
    uint64_t generation;
    bool is_screen;
    char screened_sha256[65]; /* of the only file of a `screen`; else "" */
};
CW_NODISCARD enum cw_status
cw_receipt_summarise(struct cw_span body, struct cw_receipt_summary *ret, struct cw_error *err);

#endif
