/* entry.h: what stands in our log: canonical JSON with hashes only, so that all of it may be
 * published even when the alerts may not.
 *
 * Knows the entries of alerts.md section 8.2 and docs/schemas/log-entry-1.schema.json. Refuses to
 * know where they go. Writers append one entry without a newline; texts must be valid UTF-8.
 */
#ifndef CW_LOG_ENTRY_H
#define CW_LOG_ENTRY_H

#include "base/buf.h"
#include "crypto/hash.h"
#include "crypto/sign.h"
#include "tlog/checkpoint.h"

enum { CW_LOG_SIGNATURE_TEXT_BYTES = 87, CW_LOG_ID_BYTES = 37 };

/** "This alert was issued." */
struct cw_log_alert {
    char id[CW_LOG_ID_BYTES];
    char sha256[CW_SHA256_HEX_BYTES]; /* of B */
    char kid[CW_KID_TEXT_BYTES];
    char sig[CW_LOG_SIGNATURE_TEXT_BYTES]; /* the issuing signature, base64url */
};
/** Takes the facts out of a sealed alert.
 *  In:      id    its identifier; body  B; jws  as stored: the first issuing signature counts
 *  Returns: CW_OK; CW_UNTRUSTED when the JWS cannot be read or has no such signature; CW_NOMEM. */
CW_NODISCARD enum cw_status cw_log_alert_of(const char *id, struct cw_span body, struct cw_span jws,
                                            struct cw_log_alert *ret, struct cw_error *err);
CW_NODISCARD enum cw_status cw_log_entry_alert(const struct cw_log_alert *alert, struct cw_buf *out,
                                               struct cw_error *err);

/** "This is what the feed served then." */
struct cw_log_snapshot {
    const char *feed;
    int64_t at_s;
    const char *sha256;
    uint64_t bytes;
};
CW_NODISCARD enum cw_status cw_log_entry_snapshot(const struct cw_log_snapshot *snapshot,
                                                  struct cw_buf *out, struct cw_error *err);

/** "A scan ran and found this many": evidence of silence, too. */
struct cw_log_run_feed {
    const char *id;
    const char *status; /* "ok", "unchanged", "failed", "suspect" */
    const char *sha256; /* of the document in force; "" when there is none */
};
struct cw_log_run {
    int64_t at_s;
    const char *rules_sha256;
    const struct cw_log_run_feed *feeds; /* those that were asked in this run */
    size_t feeds_count;
    uint64_t alerts;
};
CW_NODISCARD enum cw_status cw_log_entry_run(const struct cw_log_run *run, struct cw_buf *out,
                                             struct cw_error *err);

/** "A key began or ended." */
struct cw_log_key {
    int64_t at_s;
    const char *role;
    struct cw_public_key key;
    const char *state;  /* "active", "retired", "revoked" */
    const char *reason; /* "superseded", "compromised", "unspecified", or "" */
};
CW_NODISCARD enum cw_status cw_log_entry_key(const struct cw_log_key *key, struct cw_buf *out,
                                             struct cw_error *err);

/** "This log follows another one, which ended here": the first entry of a new log. */
CW_NODISCARD enum cw_status cw_log_entry_log(int64_t at_s, const struct cw_tlog_checkpoint *old_log,
                                             struct cw_buf *out, struct cw_error *err);

enum cw_log_kind {
    CW_LOG_ALERT,
    CW_LOG_SNAPSHOT,
    CW_LOG_RUN,
    CW_LOG_KEY,
    CW_LOG_LOG,
    CW_LOG_OTHER, /* of a newer program: counted, not judged */
};
enum { CW_LOG_KINDS = CW_LOG_OTHER + 1 };
/** "alert" … "other". */
const char *cw_log_kind_name(enum cw_log_kind kind);

/** Reads an entry: canonical JSON of version 1, each member as the schema wants it.
 *  Out:     ret_alert  filled for CW_LOG_ALERT
 *  Returns: CW_OK; CW_UNTRUSTED with the reason; CW_NOMEM. */
CW_NODISCARD enum cw_status cw_log_entry_read(struct cw_span entry, enum cw_log_kind *ret_kind,
                                              struct cw_log_alert *ret_alert, struct cw_error *err);

#endif
