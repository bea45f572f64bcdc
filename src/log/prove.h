/* prove.h: the proof that one alert stands in a log: made from the folder, checked without it.
 *
 * Knows alerts.md section 8.4: a tlog-proof whose extra data is the entry. Refuses to trust the
 * database or the tiles: what it makes it has checked against the checkpoint.
 */
#ifndef CW_LOG_PROVE_H
#define CW_LOG_PROVE_H

#include "log/audit.h"
#include "tlog/proof.h"

/** Appends the proof file of entry `index` against the folder's checkpoint.
 *  In:      origin  the log that it must be
 *  Returns: CW_OK; CW_NOT_FOUND when the checkpoint does not cover that entry or is of another log;
 *           CW_UNTRUSTED when the folder is damaged, naming the file; CW_DENIED, CW_IO, CW_NOMEM.
 *  Limits:  reads one bundle and at most one tile a level. */
CW_NODISCARD enum cw_status cw_log_prove(const char *folder, const char *origin, uint64_t index,
                                         struct cw_buf *out, struct cw_error *err);

/** What is checked, and by which keys. */
struct cw_log_proving {
    struct cw_span proof; /* the file */
    struct cw_span jws;   /* the alert's signature file */
    struct cw_span body;  /* B */
    const char *alert_id;
    const struct cw_tlog_key *keys;
    size_t keys_count; /* at most CW_LOG_VKEYS_MAX */
};

/** What a check of a proof found. */
struct cw_log_proven {
    uint64_t index;
    uint8_t signature[CW_ED25519_SIGNATURE_BYTES]; /* of the issuer, that the entry names */
    struct cw_tlog_checkpoint checkpoint;
    struct cw_log_witness signatures[CW_LOG_VKEYS_MAX];
    size_t signatures_count;
};

/** Checks a proof: the entry names this alert, these bytes and one of these issuing signatures; it
 *  is at its place in the tree of the checkpoint; the log's key signed that (alerts.md section 14).
 *  Out:     ret  set in any case, as far as the check came
 *  Returns: CW_OK; CW_UNTRUSTED with the reason; CW_NOT_FOUND when no key is the log's; CW_NOMEM.
 */
CW_NODISCARD enum cw_status cw_log_proof_check(const struct cw_log_proving *proving,
                                               struct cw_log_proven *ret, struct cw_error *err);

/** How many distinct witnesses were found good in it. The log itself is none, and a key that was
 *  given twice is one. */
size_t cw_log_proven_witnesses(const struct cw_log_proven *proven);
/** When the first of them saw the checkpoint, by its own signed time; INT64_MAX: there is none. */
int64_t cw_log_proven_seen_at_s(const struct cw_log_proven *proven);

#endif
