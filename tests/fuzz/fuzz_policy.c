/* Any bytes as trust.d/policy.json: values in range, or a mistake with its place. */
#include "alert/policy.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cw_mistakes mistakes;
    struct cw_policy policy = {.signers = -1, .witnesses = -1};
    cw_mistakes_init(&mistakes);
    const enum cw_status status =
        cw_policy_from(cw_span_make(data, size), "policy.json", &mistakes, &policy, NULL);
    CW_ASSERT(status == CW_OK);
    CW_ASSERT((mistakes.errors == 0) == (policy.signers != -1));
    CW_ASSERT(mistakes.errors > 0 ||
              (policy.signers >= 1 && policy.signers <= CW_POLICY_SIGNERS_MAX));
    CW_ASSERT(mistakes.errors > 0 ||
              (policy.witnesses >= 0 && policy.witnesses <= CW_POLICY_WITNESSES_MAX));
    if (mistakes.errors == 0) {
        fuzz_accept("input");
    }
    cw_mistakes_clear(&mistakes);
    return 0;
}
