/* key_set.h: what verification asks of a key set; the rest of the folder does not see inside. */
#ifndef CW_ALERT_KEY_SET_H
#define CW_ALERT_KEY_SET_H

#include "alert/seal.h"

/* A key that is revoked for any reason but "superseded" counts as compromised: of an unknown reason
 * the worst is assumed. */
enum cw_key_revocation { CW_KEY_IN_FORCE, CW_KEY_SUPERSEDED, CW_KEY_COMPROMISED };

struct cw_key_entry {
    struct cw_public_key key;
    char kid[CW_KID_TEXT_BYTES];
    int64_t nbf_s; /* INT64_MIN: no beginning */
    int64_t exp_s; /* INT64_MAX: no end */
    enum cw_key_revocation revocation;
    int64_t revoked_at_s; /* unless CW_KEY_IN_FORCE */
};

/** The key of this kid, borrowed; NULL when the set does not hold it. */
const struct cw_key_entry *cw_key_set_find(const struct cw_key_set *set, const char *kid);
/** True when the keys of this set may issue for an event source. */
bool cw_key_set_speaks_for(const struct cw_key_set *set, struct cw_span source);
/** What the times of a key say about a signature of iat_s: CW_SIGNATURE_GOOD, _OUT_OF_TIME or
 *  _COMPROMISED (alerts.md section 5.3). */
enum cw_signature_state cw_key_entry_judge(const struct cw_key_entry *entry, int64_t iat_s);
/** The same had nobody revoked it: CW_SIGNATURE_GOOD or _OUT_OF_TIME. */
enum cw_signature_state cw_key_entry_judge_times(const struct cw_key_entry *entry, int64_t iat_s);

#endif
