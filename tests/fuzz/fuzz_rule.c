/* Any bytes as a rule file: no crash, no leak, and what is kept is what the header promises. */
#include "fuzz.h"
#include "match/rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cw_mistakes mistakes;
    struct cw_rules *rules = NULL;
    struct cw_error err = {0};
    cw_mistakes_init(&mistakes);
    const enum cw_status status =
        cw_rules_from(cw_span_make(data, size), "/nonexistent/case.json", &mistakes, &rules, &err);
    CW_ASSERT((status == CW_OK) == (rules != NULL));
    for (size_t i = 0; rules != NULL && i < cw_rules_count(rules); i++) {
        const struct cw_rule *rule = cw_rules_at(rules, i);
        CW_ASSERT(mistakes.errors > 0 || rule->reported_count > 0);
        for (size_t j = 0; j < rule->addresses_count; j++) {
            struct cw_address decoded;
            CW_ASSERT(cw_rule_address_decode(&rule->addresses[j], &decoded) == CW_ADDRESS_OK);
            CW_ASSERT(rule->addresses[j].reported < (int32_t)rule->reported_count);
        }
    }
    for (size_t i = 0; i < mistakes.count; i++) {
        CW_ASSERT(mistakes.items[i].text[0] != '\0');
    }
    if (mistakes.errors == 0 && cw_rules_count(rules) > 0) {
        fuzz_accept("input");
    }
    cw_rules_free(rules);
    cw_mistakes_clear(&mistakes);
    return 0;
}
