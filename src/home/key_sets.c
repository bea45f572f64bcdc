#include "base/file.h"
#include "home/internal.h"

/* The sets read so far, and room for the rest. */
struct sets {
    struct cw_key_set **items;
    size_t count;
};

/* Who may write to a file of trusted keys decides whom we trust. */
static enum cw_status check_mode(const char *path, struct cw_error *err)
{
    struct cw_mistakes mistakes;
    cw_mistakes_init(&mistakes);
    (void)cw_json_check_mode(path, &mistakes);
    const enum cw_status status = cw_mistakes_status(&mistakes, err);
    cw_mistakes_clear(&mistakes);
    return status;
}

static enum cw_status read_set(const char *path, struct sets *sets, struct cw_error *err)
{
    struct cw_error cause = {0};
    struct cw_buf text;
    cw_buf_init(&text, CW_CONFIG_BYTES_MAX);
    enum cw_status status = cw_file_read(path, &text, err);
    if (status == CW_OK) {
        status = check_mode(path, err);
    }
    if (status == CW_OK) {
        status = cw_key_set_parse(cw_buf_as_span(&text), path, &sets->items[sets->count], &cause);
        if (status == CW_OK) {
            sets->count++;
        } else {
            status = cw_error_set(err, status, "%s", cause.text);
        }
    }
    cw_buf_clear(&text);
    return status;
}

enum cw_status cw_home_set_path(const struct cw_config *config, enum cw_key_role role,
                                char **ret_path, struct cw_error *err)
{
    char name[64];
    (void)snprintf(name, sizeof(name), "%s.jwks.json",
                   role == CW_KEY_ALERT ? "keys" : cw_key_role_name(role));
    return cw_home_path(config->keys_dir, name, ret_path, err);
}

/* A home that only verifies has no keys of its own. */
static enum cw_status read_own(const struct cw_config *config, struct sets *sets,
                               struct cw_error *err)
{
    char *path = NULL;
    struct cw_error cause = {0};
    enum cw_status status = cw_home_set_path(config, CW_KEY_ALERT, &path, err);
    if (status != CW_OK) {
        return status;
    }
    status = read_set(path, sets, &cause);
    free(path);
    if (status == CW_OK || status == CW_NOT_FOUND) {
        return CW_OK;
    }
    return cw_error_set(err, status, "%s", cause.text);
}

static enum cw_status read_trusted(const struct cw_config *config, char *const *names,
                                   struct sets *sets, struct cw_error *err)
{
    enum cw_status status = CW_OK;
    for (size_t i = 0; status == CW_OK && names[i] != NULL; i++) {
        char *path = NULL;
        status = cw_home_path(config->trust_dir, names[i], &path, err);
        if (status == CW_OK) {
            status = read_set(path, sets, err);
        }
        free(path);
    }
    return status;
}

/* No folder of trusted keys means that no partner is trusted. */
static enum cw_status list_trusted(const struct cw_config *config, char ***ret_names,
                                   size_t *ret_count, struct cw_error *err)
{
    struct cw_error cause = {0};
    const enum cw_status status =
        cw_dir_list(config->trust_dir, ".jwks.json", ret_names, ret_count, &cause);
    if (status == CW_OK || status == CW_NOT_FOUND) {
        return CW_OK;
    }
    return cw_error_set(err, status, "%s", cause.text);
}

enum cw_status cw_home_load_key_sets(const struct cw_config *config, struct cw_key_set ***ret_sets,
                                     size_t *ret_count, struct cw_error *err)
{
    static char *const none[] = {NULL};
    char **names = NULL;
    size_t names_count = 0;
    struct sets sets = {0};
    enum cw_status status = list_trusted(config, &names, &names_count, err);
    if (status != CW_OK) {
        return status;
    }
    sets.items = calloc(names_count + 1, sizeof(struct cw_key_set *));
    if (sets.items == NULL) {
        status = cw_error_set(err, CW_NOMEM, "not enough memory for %zu key sets", names_count);
    }
    if (status == CW_OK) {
        status = read_own(config, &sets, err);
    }
    if (status == CW_OK) {
        status = read_trusted(config, names != NULL ? names : none, &sets, err);
    }
    cw_names_free(names);
    if (status != CW_OK) {
        cw_home_free_key_sets(sets.items, sets.count);
        return status;
    }
    *ret_sets = sets.items;
    *ret_count = sets.count;
    return CW_OK;
}

void cw_home_free_key_sets(struct cw_key_set **sets, size_t count)
{
    for (size_t i = 0; sets != NULL && i < count; i++) {
        cw_key_set_free(sets[i]);
    }
    free(sets);
}
