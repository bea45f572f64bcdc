#include "base/file.h"
#include "home/internal.h"

enum cw_status cw_home_path(const char *folder, const char *name, char **ret_path,
                            struct cw_error *err)
{
    char *path = cw_path_join(folder, name);
    if (path == NULL) {
        return cw_error_set(err, CW_NOMEM, "not enough memory for a path");
    }
    *ret_path = path;
    return CW_OK;
}

/* A folder that the configuration names. */
struct named_folder {
    const char *path;
    const char *field;
};

/* A missing folder is one mistake among others, so that all of them can be said at once. */
static enum cw_status note_missing(enum cw_status status, struct named_folder folder,
                                   const struct cw_config *config, struct cw_mistakes *mistakes,
                                   const struct cw_error *cause, struct cw_error *err)
{
    if (status == CW_OK) {
        return CW_OK;
    }
    if (status != CW_NOT_FOUND) {
        return cw_error_set(err, status, "%s", cause->text);
    }
    const struct cw_mistake_place place = {.file = config->path, .field = folder.field};
    cw_mistakes_add(mistakes, CW_MISTAKE_ERROR, place,
                    "there is no folder %s: make it, or name another", folder.path);
    return CW_OK;
}

static enum cw_status load_feeds(struct cw_home *home, struct cw_mistakes *mistakes,
                                 struct cw_error *err)
{
    struct cw_error cause = {0};
    const struct cw_config *config = home->config;
    const struct named_folder folder = {config->feeds_dir, "/feeds_dir"};
    const enum cw_status status =
        cw_feeds_load(folder.path, config->allow_private_hosts, mistakes, &home->feeds, &cause);
    return note_missing(status, folder, config, mistakes, &cause, err);
}

static enum cw_status load_rules(struct cw_home *home, struct cw_mistakes *mistakes,
                                 struct cw_error *err)
{
    struct cw_error cause = {0};
    const struct cw_config *config = home->config;
    const struct named_folder folder = {config->rules_dir, "/rules_dir"};
    enum cw_status status = cw_rules_load(folder.path, mistakes, &home->rules, &cause);
    status = note_missing(status, folder, config, mistakes, &cause, err);
    if (status == CW_OK && home->rules != NULL) {
        cw_rules_sha256(home->rules, home->rules_sha256);
    }
    return status;
}

/* A party that names a feed we do not have can never raise an alert. The feed may be on its way, so
 * this is a warning; but silence would look like "nothing new". */
static void check_parties(const struct cw_home *home, const struct cw_rule *rule,
                          struct cw_mistakes *mistakes)
{
    for (size_t i = 0; i < rule->parties_count; i++) {
        const char *feed = rule->parties[i].feed;
        if (cw_feeds_find(home->feeds, cw_span_cstr(feed)) == NULL) {
            char field[64];
            char file[128];
            (void)snprintf(field, sizeof(field), "/parties/%zu/feed", i);
            (void)snprintf(file, sizeof(file), "%s.json", rule->id);
            cw_mistakes_add(mistakes, CW_MISTAKE_WARNING,
                            (struct cw_mistake_place){.file = file, .field = field},
                            "there is no feed \"%s\": this party can never raise an alert", feed);
        }
    }
}

static enum cw_status load_files(struct cw_home *home, struct cw_mistakes *mistakes,
                                 struct cw_error *err)
{
    /* both, whatever becomes of the first: a person wants to hear of all that is wrong */
    enum cw_status status = load_feeds(home, mistakes, err);
    const enum cw_status rules_status = load_rules(home, mistakes, err);
    status = status == CW_OK ? rules_status : status;
    if (status != CW_OK || home->feeds == NULL || home->rules == NULL) {
        return status;
    }
    for (size_t i = 0; i < cw_rules_count(home->rules); i++) {
        check_parties(home, cw_rules_at(home->rules, i), mistakes);
    }
    return CW_OK;
}

/* The configuration, which may hold mistakes, and what follows from it. */
static enum cw_status load_config(const char *config_path, const struct cw_programs *programs,
                                  struct cw_mistakes *mistakes, struct cw_home *ret,
                                  struct cw_error *err)
{
    CW_ASSERT(config_path != NULL);
    CW_ASSERT(mistakes != NULL);
    *ret = (struct cw_home){.programs = *programs};
    cw_fingerprint_file(&ret->files, "config", config_path);
    enum cw_status status = cw_config_load(config_path, mistakes, &ret->config, err);
    if (status != CW_OK || ret->config == NULL) {
        return status;
    }
    cw_config_fingerprint(ret->config, &ret->files);
    status = cw_home_path(ret->config->state_dir, "snapshots", &ret->snapshots_dir, err);
    return status == CW_OK ? cw_home_path(ret->config->state_dir, "log", &ret->log_dir, err)
                           : status;
}

enum cw_status cw_home_load_config(const char *config_path, const struct cw_programs *programs,
                                   struct cw_mistakes *mistakes, struct cw_home *ret,
                                   struct cw_error *err)
{
    const enum cw_status status = load_config(config_path, programs, mistakes, ret, err);
    return status == CW_OK ? cw_mistakes_status(mistakes, err) : status;
}

enum cw_status cw_home_load(const char *config_path, const struct cw_programs *programs,
                            struct cw_mistakes *mistakes, struct cw_home *ret, struct cw_error *err)
{
    enum cw_status status = load_config(config_path, programs, mistakes, ret, err);
    if (status == CW_OK && ret->config != NULL) {
        status = load_files(ret, mistakes, err);
    }
    return status == CW_OK ? cw_mistakes_status(mistakes, err) : status;
}

void cw_home_clear(struct cw_home *home)
{
    cw_home_free_secrets(home->receiver_secrets);
    free(home->receivers);
    cw_signing_key_free(home->alert_key);
    cw_signing_key_free(home->log_key);
    free(home->log_dir);
    free(home->snapshots_dir);
    cw_rules_free(home->rules);
    cw_feeds_free(home->feeds);
    cw_config_free(home->config);
    *home = (struct cw_home){0};
}
