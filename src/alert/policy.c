#include "alert/policy.h"

const struct cw_policy cw_policy_default = {.signers = 1, .witnesses = 0};

static const struct cw_field fields[] = {
    {"signers", CW_FIELD_INTEGER, .min = 1, .max = CW_POLICY_SIGNERS_MAX,
     .offset = offsetof(struct cw_policy, signers)},
    {"witnesses", CW_FIELD_INTEGER, .min = 0, .max = CW_POLICY_WITNESSES_MAX,
     .offset = offsetof(struct cw_policy, witnesses)},
};

enum cw_status cw_policy_from(struct cw_span text, const char *name, struct cw_mistakes *mistakes,
                              struct cw_policy *ret, struct cw_error *err)
{
    CW_CLEANUP(cw_json_file_freep) struct cw_json_file *file = NULL;
    struct cw_policy policy = cw_policy_default;
    const enum cw_status status = cw_json_file_from(text, name, mistakes, &file, err);
    if (status != CW_OK || file == NULL) {
        return status;
    }
    if (cw_json_read_object(file, cw_json_file_root(file), "", CW_FIELDS(fields), &policy,
                            mistakes) &&
        mistakes->errors == 0) {
        *ret = policy;
    }
    return CW_OK;
}

enum cw_status cw_policy_judge(const struct cw_policy *policy, const struct cw_verification *found,
                               int64_t witnesses, struct cw_error *err)
{
    if ((int64_t)found->signers < policy->signers) {
        return cw_error_set(err, CW_UNTRUSTED,
                            "the policy wants %lld signers that we trust, and %zu signed it",
                            (long long)policy->signers, found->signers);
    }
    if (policy->witnesses > 0 && witnesses < 0) {
        return cw_error_set(err, CW_NOT_FOUND,
                            "the policy wants %lld witnesses: a log proof is needed to count them",
                            (long long)policy->witnesses);
    }
    if (witnesses < policy->witnesses && policy->witnesses > 0) {
        return cw_error_set(err, CW_UNTRUSTED, "the policy wants %lld witnesses, and %lld signed",
                            (long long)policy->witnesses, (long long)witnesses);
    }
    return CW_OK;
}
