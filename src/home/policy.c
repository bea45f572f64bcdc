#include "base/file.h"
#include "home/home.h"

enum cw_status cw_home_read_policy(const char *path, bool is_ours, struct cw_policy *ret,
                                   struct cw_error *err)
{
    struct cw_mistakes mistakes;
    struct cw_buf text;
    cw_buf_init(&text, CW_CONFIG_BYTES_MAX);
    cw_mistakes_init(&mistakes);
    enum cw_status status = cw_file_read(path, &text, err);
    if (status == CW_OK) {
        if (is_ours) {
            (void)cw_json_check_mode(path, &mistakes);
        }
        status = cw_policy_from(cw_buf_as_span(&text), path, &mistakes, ret, err);
    }
    if (status == CW_OK) {
        status = cw_mistakes_status(&mistakes, err);
    }
    cw_mistakes_clear(&mistakes);
    cw_buf_clear(&text);
    return status;
}

enum cw_status cw_home_load_policy(const struct cw_config *config, struct cw_policy *ret,
                                   struct cw_error *err)
{
    struct cw_error cause = {0};
    char *path = cw_path_join(config->trust_dir, "policy.json");
    if (path == NULL) {
        return cw_error_set(err, CW_NOMEM, "not enough memory for a path");
    }
    *ret = cw_policy_default;
    const enum cw_status status = cw_home_read_policy(path, true, ret, &cause);
    free(path);
    return status == CW_OK || status == CW_NOT_FOUND ? CW_OK
                                                     : cw_error_set(err, status, "%s", cause.text);
}
