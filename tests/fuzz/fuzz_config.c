/* Any bytes as a configuration: no crash, no leak, and every path in it is absolute. */
#include "base/limits.h"
#include "config/config.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cw_mistakes mistakes;
    struct cw_config *config = NULL;
    struct cw_error err = {0};
    cw_mistakes_init(&mistakes);
    const enum cw_status status = cw_config_from(
        cw_span_make(data, size), "/nonexistent/cryptowatch.json", &mistakes, &config, &err);
    CW_ASSERT(status == CW_OK);
    CW_ASSERT(config != NULL || mistakes.errors > 0);
    if (config != NULL) {
        CW_ASSERT(config->state_dir[0] == '/');
        CW_ASSERT(config->rules_dir[0] == '/');
        CW_ASSERT(config->endpoints_count <= CW_ENDPOINTS_MAX);
        CW_ASSERT(config->languages != NULL);
        for (size_t i = 0; i < config->endpoints_count; i++) {
            CW_ASSERT(config->endpoints[i].types != NULL);
        }
        fuzz_accept("input");
    }
    cw_config_free(config);
    cw_mistakes_clear(&mistakes);
    return 0;
}
