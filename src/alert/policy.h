/* policy.h: trust.d/policy.json, how much agreement an imported alert needs.
 *
 * Knows the file and the counting. Refuses to know which alerts are imported and who is trusted.
 */
#ifndef CW_ALERT_POLICY_H
#define CW_ALERT_POLICY_H

#include "alert/seal.h"
#include "json/json_file.h"

enum { CW_POLICY_SIGNERS_MAX = 64, CW_POLICY_WITNESSES_MAX = 16 };

struct cw_policy {
    int64_t signers;   /* distinct trusted keys that issued, verified or concur; at least 1 */
    int64_t witnesses; /* distinct cosignatures of a log checkpoint that holds the alert; 0: none */
};

/** One signer, no witness: what holds without a file. */
extern const struct cw_policy cw_policy_default;

/** Reads a policy; unknown members and values out of range become mistakes with their place.
 *  Out:     ret  set only when the file is without mistakes
 *  Returns: CW_OK (look at mistakes->errors); CW_NOMEM. */
CW_NODISCARD enum cw_status cw_policy_from(struct cw_span text, const char *name,
                                           struct cw_mistakes *mistakes, struct cw_policy *ret,
                                           struct cw_error *err);

/** Judges a valid alert.
 *  In:      witnesses  how many trusted witnesses were seen; -1: no proof was looked at
 *  Returns: CW_OK; CW_UNTRUSTED when too few agree, with both counts; CW_NOT_FOUND when witnesses
 *           are asked for and none could be counted. */
CW_NODISCARD enum cw_status cw_policy_judge(const struct cw_policy *policy,
                                            const struct cw_verification *found, int64_t witnesses,
                                            struct cw_error *err);

#endif
