/* files.c: can everything that people write be read, and who else may write it? */
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "doctor/internal.h"

/* ---- mistakes ------------------------------------------------------------------------------ */

static bool is_in(const char *path, const char *folder)
{
    const size_t len = strlen(folder);
    return strncmp(path, folder, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

/* The warnings of the home name a rule's file without its folder. */
static const char *check_of(const struct cw_doctor *doctor, const char *file)
{
    const struct cw_config *config = doctor->home.config;
    if (config != NULL && is_in(file, config->feeds_dir)) {
        return "config.feeds";
    }
    if (config != NULL && (is_in(file, config->rules_dir) || file[0] != '/')) {
        return "config.rules";
    }
    return "config.file";
}

static const char *remedy(struct cw_doctor *doctor, const struct cw_mistake *mistake)
{
    struct stat info;
    const struct cw_quoted file = cw_shell_quote(mistake->file);
    if (mistake->file[0] != '/' || stat(mistake->file, &info) != 0) {
        return "";
    }
    if ((info.st_mode & S_IWOTH) != 0 && mistake->line == 0) {
        return cw_doctor_shell(doctor, "chmod o-w %s", file.text);
    }
    if (access(mistake->file, R_OK) != 0) {
        return cw_doctor_give(doctor, mistake->file, NULL);
    }
    return cw_doctor_shell(doctor, "${EDITOR:-vi} +%d %s", mistake->line > 0 ? mistake->line : 1,
                           file.text);
}

static void tell_mistakes(struct cw_doctor *doctor)
{
    const struct cw_mistakes *mistakes = &doctor->mistakes;
    for (size_t i = 0; i < mistakes->count; i++) {
        const struct cw_mistake *mistake = &mistakes->items[i];
        const char *check = check_of(doctor, mistake->file);
        char text[CW_DOCTOR_TEXT_BYTES];
        cw_mistake_format(mistake, text, sizeof(text));
        if (mistake->grade == CW_MISTAKE_WARNING) {
            cw_doctor_warn(doctor, check, remedy(doctor, mistake), "%s", text);
        } else {
            cw_doctor_fail(doctor, check, CW_INVALID, remedy(doctor, mistake), "%s", text);
        }
    }
    const size_t all = mistakes->errors + mistakes->warnings;
    if (all > mistakes->count) {
        cw_doctor_warn(doctor, "config.file", NULL, "and %zu more mistakes", all - mistakes->count);
    }
    if (doctor->home_status != CW_OK && mistakes->errors == 0) {
        cw_doctor_fail(doctor, "config.file", doctor->home_status, NULL, "%s",
                       doctor->home_error.text);
    }
}

/* ---- what there is ------------------------------------------------------------------------- */

static void tell_feeds(struct cw_doctor *doctor)
{
    const struct cw_feeds *feeds = doctor->home.feeds;
    size_t enabled = 0;
    for (size_t i = 0; i < cw_feeds_count(feeds); i++) {
        enabled += cw_feeds_at(feeds, i)->enabled ? 1 : 0;
    }
    if (enabled == 0) {
        cw_doctor_fail(
            doctor, "config.feeds", CW_INVALID, cw_doctor_type(doctor, "feed list"),
            "no list is enabled: nothing is watched, and every answer is \"cannot say\"; "
            "set \"enabled\": true in a feed file");
        return;
    }
    cw_doctor_ok(doctor, "config.feeds", "%zu lists, %zu of them enabled", cw_feeds_count(feeds),
                 enabled);
}

static void tell_rules(struct cw_doctor *doctor)
{
    const struct cw_rules *rules = doctor->home.rules;
    if (cw_rules_count(rules) == 0) {
        cw_doctor_warn(doctor, "config.rules", NULL,
                       "no case in %s: nothing that appears on a list will raise an alert",
                       doctor->home.config->rules_dir);
        return;
    }
    cw_doctor_ok(doctor, "config.rules", "%zu cases with %zu addresses", cw_rules_count(rules),
                 cw_rules_addresses(rules));
}

/* Who may not make it becomes its owner all the same when root types this. */
static const char *make_folder(struct cw_doctor *doctor, const char *folder, bool is_in_the_way)
{
    const uintmax_t us = geteuid();
    const struct cw_quoted word = cw_shell_quote(folder);
    return is_in_the_way
               ? cw_doctor_shell(doctor, "mv %s %s.away && mkdir %s && chown %ju %s", word.text,
                                 word.text, word.text, us, word.text)
               : cw_doctor_shell(doctor, "mkdir -p %s && chown %ju %s", word.text, us, word.text);
}

/* What a monitor reads is replaced in every run, by a file made beside it. */
static void look_at_metrics(struct cw_doctor *doctor)
{
    struct stat info;
    const char *path = doctor->home.config->metrics_file;
    char *folder = path[0] == '\0' ? NULL : cw_path_dirname(path);
    if (folder == NULL) {
        return;
    }
    const bool is_there = stat(folder, &info) == 0;
    if (!is_there || !S_ISDIR(info.st_mode)) {
        cw_doctor_fail(doctor, "config.metrics", is_there ? CW_INVALID : CW_NOT_FOUND,
                       make_folder(doctor, folder, is_there),
                       "metrics_file %s: its folder is %s: it is not written, and every run ends "
                       "with 20",
                       path, is_there ? "no folder" : "missing");
    } else if (lstat(path, &info) == 0 && !S_ISREG(info.st_mode)) {
        const struct cw_quoted file = cw_shell_quote(doctor->home.config->path);
        cw_doctor_fail(doctor, "config.metrics", CW_INVALID,
                       cw_doctor_shell(doctor, "${EDITOR:-vi} %s", file.text),
                       "metrics_file %s: is no regular file and is not replaced: every run ends "
                       "with 20",
                       path);
    } else if (access(folder, W_OK | X_OK) != 0) {
        cw_doctor_fail(doctor, "config.metrics", CW_DENIED, cw_doctor_give(doctor, folder, NULL),
                       "metrics_file %s: this user may not make files in its folder: it is not "
                       "written, and every run ends with 20",
                       path);
    } else {
        cw_doctor_ok(doctor, "config.metrics", "%s can be replaced", path);
    }
    free(folder);
}

/* What opens a file that a feed names; one that is not there, the feed file should not name. */
static const char *open_named(struct cw_doctor *doctor, const struct cw_feed *feed,
                              const char *path, bool is_secret)
{
    char name[CW_ID_MAX + sizeof(".json")];
    if (access(path, F_OK) == 0) {
        const struct cw_quoted file = cw_shell_quote(path);
        return is_secret                 ? cw_doctor_close_secret(doctor, path)
               : access(path, R_OK) != 0 ? cw_doctor_shell(doctor, "chmod a+r %s", file.text)
                                         : cw_doctor_shell(doctor, "${EDITOR:-vi} %s", file.text);
    }
    (void)snprintf(name, sizeof(name), "%s.json", feed->id);
    const struct cw_quoted file = cw_shell_quote_in(doctor->home.config->feeds_dir, name);
    return cw_doctor_shell(doctor, "${EDITOR:-vi} %s", file.text);
}

/* A feed's own secret and authority are read in every fetch. */
static void look_at_feed(struct cw_doctor *doctor, const struct cw_feed *feed)
{
    struct cw_error err = {0};
    struct cw_buf text;
    cw_buf_init(&text, CW_CONFIG_BYTES_MAX);
    if (feed->headers_file[0] != '\0' &&
        cw_secret_text_load(feed->headers_file, &text, &err) != CW_OK) {
        cw_doctor_fail(doctor, "config.feeds", err.code,
                       open_named(doctor, feed, feed->headers_file, true),
                       "feed %s: headers_file: %s", feed->id, err.text);
    }
    cw_error_clear(&err);
    cw_buf_reset(&text);
    if (feed->ca_file[0] != '\0' && cw_file_read(feed->ca_file, &text, &err) != CW_OK) {
        cw_doctor_fail(doctor, "config.feeds", err.code,
                       open_named(doctor, feed, feed->ca_file, false),
                       "feed %s: ca_file: %s: the list cannot be fetched", feed->id, err.text);
    }
    cw_buf_clear(&text);
}

/* ---- trust --------------------------------------------------------------------------------- */

static bool look_at_set(struct cw_doctor *doctor, const char *path)
{
    CW_CLEANUP(cw_key_set_freep) struct cw_key_set *set = NULL;
    struct cw_error err = {0};
    struct cw_mistakes mistakes;
    cw_mistakes_init(&mistakes);
    const struct cw_quoted file = cw_shell_quote(path);
    const bool is_ours = cw_json_check_mode(path, &mistakes);
    cw_mistakes_clear(&mistakes);
    if (!is_ours) {
        cw_doctor_fail(doctor, "config.trust", CW_DENIED,
                       cw_doctor_shell(doctor, "chmod o-w %s", file.text),
                       "%s: everybody on this machine may say here whom we trust", path);
    } else if (cw_home_read_set(path, &set, &err) != CW_OK) {
        cw_doctor_fail(doctor, "config.trust", err.code,
                       cw_doctor_shell(doctor, "${EDITOR:-vi} %s", file.text), "%s%s%s",
                       strstr(err.text, path) == NULL ? path : "",
                       strstr(err.text, path) == NULL ? ": " : "", err.text);
    } else {
        return true;
    }
    return false;
}

static void look_at_trust(struct cw_doctor *doctor)
{
    char **names = NULL;
    size_t count = 0;
    size_t good = 0;
    struct cw_error err = {0};
    struct cw_policy policy;
    const struct cw_config *config = doctor->home.config;
    const enum cw_status status =
        cw_dir_list(config->trust_dir, ".jwks.json", &names, &count, &err);
    if (status != CW_OK && status != CW_NOT_FOUND) {
        cw_doctor_fail(doctor, "config.trust", status, NULL, "%s", err.text);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        char *path = cw_path_join(config->trust_dir, names[i]);
        good += path != NULL && look_at_set(doctor, path) ? 1 : 0;
        free(path);
    }
    cw_names_free(names);
    cw_error_clear(&err);
    if (cw_home_load_policy(config, &policy, &err) != CW_OK) {
        const struct cw_quoted file = cw_shell_quote_in(config->trust_dir, "policy.json");
        cw_doctor_fail(doctor, "config.trust", err.code,
                       cw_doctor_shell(doctor, "${EDITOR:-vi} %s", file.text), "%s", err.text);
    } else if (good == count) {
        cw_doctor_ok(doctor, "config.trust", "%zu partners' key sets", good);
    }
}

/* ---- the group ----------------------------------------------------------------------------- */

void cw_doctor_config(struct cw_doctor *doctor)
{
    const struct cw_doctor_options *options = doctor->options;
    if (options->config_path == NULL) {
        cw_doctor_fail(doctor, "config.file", CW_INVALID,
                       cw_doctor_shell(doctor, "cryptowatch init \"${HOME:-.}/cryptowatch\""), "%s",
                       options->config_error);
        return;
    }
    tell_mistakes(doctor);
    if (doctor->home.config == NULL) {
        return;
    }
    if (doctor->mistakes.errors == 0 && doctor->home_status == CW_OK) {
        cw_doctor_ok(doctor, "config.file", "%s", options->config_path);
    }
    if (doctor->home.feeds != NULL) {
        tell_feeds(doctor);
    }
    for (size_t i = 0; doctor->home.feeds != NULL && i < cw_feeds_count(doctor->home.feeds); i++) {
        const struct cw_feed *feed = cw_feeds_at(doctor->home.feeds, i);
        if (feed->enabled) {
            look_at_feed(doctor, feed);
        }
    }
    if (doctor->home.rules != NULL) {
        tell_rules(doctor);
    }
    look_at_metrics(doctor);
    look_at_trust(doctor);
}
