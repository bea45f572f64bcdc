#include <sys/stat.h>

#include "base/file.h"
#include "config/config.h"

static const char config_name[] = "cryptowatch/cryptowatch.json";

static bool is_given(const char *text)
{
    return text != NULL && text[0] != '\0';
}

static bool is_file(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

/* base + "/" + name, or NULL when the base is no use: relative bases are ignored. */
static char *under(const char *base, const char *name)
{
    return is_given(base) && base[0] == '/' ? cw_path_join(base, name) : NULL;
}

enum cw_status cw_config_find(const char *option, const char *env_config,
                              const char *xdg_config_home, const char *home, char **ret_path,
                              struct cw_error *err)
{
    CW_ASSERT(ret_path != NULL);
    char *path = NULL;
    if (is_given(option) || is_given(env_config)) {
        path = strdup(is_given(option) ? option : env_config);
        *ret_path = path != NULL ? path : *ret_path;
        return path != NULL ? CW_OK : cw_error_set(err, CW_NOMEM, "not enough memory");
    }
    char *own = under(xdg_config_home, config_name);
    if (own == NULL) {
        own = under(home, ".config/cryptowatch/cryptowatch.json");
    }
    char *shared = under("/etc", config_name);
    if (own != NULL && is_file(own)) {
        path = own;
    } else if (shared != NULL && is_file(shared)) {
        path = shared;
    }
    enum cw_status status = CW_OK;
    if (path != NULL) {
        *ret_path = path;
    } else {
        status = cw_error_set(err, CW_NOT_FOUND,
                              "no configuration: looked for %s%s/etc/%s; name one with --config, "
                              "or make one with `cryptowatch init`",
                              own == NULL ? "" : own, own == NULL ? "" : " and ", config_name);
    }
    if (path != own) {
        free(own);
    }
    if (path != shared) {
        free(shared);
    }
    return status;
}

void cw_config_fingerprint(const struct cw_config *config, struct cw_fingerprint *ret)
{
    cw_fingerprint_folder(ret, "feeds", config->feeds_dir);
    cw_fingerprint_folder(ret, "rules", config->rules_dir);
}
