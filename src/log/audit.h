/* audit.h: a whole log verified: every entry, every tile, the root, the signatures, and that it
 * still begins with what was seen before.
 *
 * Knows the order in which things can be believed. Refuses to trust a file because of another: all
 * hashes are made anew from the entries. Names the first entry or file that is wrong.
 */
#ifndef CW_LOG_AUDIT_H
#define CW_LOG_AUDIT_H

#include "log/entry.h"
#include "log/folder.h"

/** One key, and what the checkpoint holds of it. */
struct cw_log_witness {
    const struct cw_tlog_key *key; /* borrowed from the options */
    enum cw_tlog_signature state;
    int64_t time_s; /* of a cosignature */
};

struct cw_log_audit {
    const char *folder;
    const struct cw_tlog_key *keys; /* the log's (type 1, named as the origin), and witnesses' */
    size_t keys_count;              /* at most CW_LOG_VKEYS_MAX */
    const char *against; /* file with an older checkpoint to compare with; NULL for none */
    /* one that the asker vouches for: what the database signed last; NULL for none */
    const struct cw_tlog_checkpoint *known;
};

/** What was found, as far as the audit came. */
struct cw_log_found {
    bool has_checkpoint; /* the next two are set */
    struct cw_tlog_checkpoint checkpoint;
    struct cw_log_witness signatures[CW_LOG_VKEYS_MAX];
    size_t signatures_count;
    uint64_t entries[CW_LOG_KINDS]; /* read and right, by kind */
    bool has_older;
    struct cw_tlog_checkpoint older;
};

/** Verifies a log.
 *  Out:     ret  set in any case
 *  Returns: CW_OK valid; CW_UNTRUSTED invalid, with the first reason; CW_NOT_FOUND could not check
 *           (no log, no key for it, a file that may not be read); CW_NOMEM.
 *  Limits:  memory for one bundle and one tile a level; time grows with the log. */
CW_NODISCARD enum cw_status cw_log_audit_run(const struct cw_log_audit *audit,
                                             struct cw_log_found *ret, struct cw_error *err);

/** Checks the signatures of a head: the log's must be there and good, no other may be bad.
 *  Out:     ret  set in any case: ret[i] for keys[i]
 *  Returns: CW_OK; CW_UNTRUSTED; CW_NOT_FOUND when no key is the log's. */
CW_NODISCARD enum cw_status cw_log_check_signatures(const struct cw_log_head *head,
                                                    const struct cw_tlog_key *keys,
                                                    size_t keys_count, struct cw_log_witness *ret,
                                                    struct cw_error *err);

#endif
