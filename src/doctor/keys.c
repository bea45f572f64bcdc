/* keys.c: will the next alert be signed, will anybody be able to verify it, and for how long? */
#include <sys/stat.h>
#include <unistd.h>

#include "alert/key_set.h"
#include "base/datetime.h"
#include "base/file.h"
#include "crypto/sealed_key.h"
#include "doctor/internal.h"

const char *cw_doctor_close_secret(struct cw_doctor *doctor, const char *path)
{
    struct stat info;
    const struct cw_quoted file = cw_shell_quote(path);
    const char *command = "";
    char *folder = cw_path_dirname(path);
    if (lstat(path, &info) == 0 && S_ISREG(info.st_mode) && info.st_uid != geteuid()) {
        command = cw_doctor_shell(doctor, "chown %ju %s", (uintmax_t)geteuid(), file.text);
    } else if (lstat(path, &info) == 0 && S_ISREG(info.st_mode) &&
               (info.st_mode & 07777 & ~(mode_t)(S_IRUSR | S_IWUSR)) != 0) {
        command = cw_doctor_shell(doctor, "chmod 600 %s", file.text);
    } else if (folder != NULL && stat(folder, &info) == 0 &&
               (info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        command = cw_doctor_shell(doctor, "chmod go-w %s", cw_shell_quote(folder).text);
    }
    free(folder);
    return command;
}

/* ---- signing keys -------------------------------------------------------------------------- */

struct role {
    enum cw_key_role role;
    const char *check;
    const char *what; /* what does not happen without it */
};
static const struct role roles[] = {
    {CW_KEY_ALERT, "keys.alert", "no alert can be signed, a scan refuses to begin"},
    {CW_KEY_DELIVERY, "keys.delivery", "nothing can be delivered, a scan refuses to begin"},
    {CW_KEY_LOG, "keys.log", "nothing is published in the transparency log"},
};

/* Alerts do not wait for the log, and an endpoint may have a key of its own. */
static bool is_needed(const struct cw_doctor *doctor, enum cw_key_role role)
{
    const struct cw_config *config = doctor->home.config;
    bool is_asked = role == CW_KEY_ALERT;
    for (size_t i = 0; role == CW_KEY_DELIVERY && i < config->endpoints_count; i++) {
        is_asked |=
            config->endpoints[i].is_enabled && config->endpoints[i].delivery_key_file[0] == '\0';
    }
    return is_asked;
}

/* A key that waits for a passphrase is of no use to a run that nobody watches. */
static bool is_sealed(const char *path)
{
    struct cw_buf text;
    cw_buf_init(&text, 8192);
    const bool sealed =
        cw_file_read(path, &text, NULL) == CW_OK && cw_signing_key_is_sealed(cw_buf_as_span(&text));
    cw_buf_clear(&text);
    return sealed;
}

static bool is_there(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0;
}

static void tell(struct cw_doctor *doctor, const struct role *role, const struct cw_error *why,
                 const char *command, const char *text)
{
    if (is_needed(doctor, role->role)) {
        cw_doctor_fail(doctor, role->check, why->code, command, "%s: %s", text, role->what);
    } else {
        cw_doctor_warn(doctor, role->check, command, "%s: %s", text, role->what);
    }
}

/* What `key new --encrypt` and `key backup` write, where the key itself should be. */
static void tell_sealed(struct cw_doctor *doctor, const struct role *role,
                        const struct cw_error *why, const char *path, const char *sealed)
{
    char text[CW_DOCTOR_PATH_BYTES + 256];
    char restore[CW_DOCTOR_COMMAND_BYTES];
    const struct cw_quoted from = cw_shell_quote(path);
    const struct cw_quoted to = cw_shell_quote(sealed);
    const char *command = cw_doctor_type(doctor, "key restore %s", to.text);
    if (is_there(path)) {
        (void)snprintf(restore, sizeof(restore), "%s", command);
        command = cw_doctor_shell(doctor, "mv %s %s && %s", from.text, to.text, restore);
    }
    (void)snprintf(text, sizeof(text), "%s is under a passphrase, which no scheduled run can give",
                   is_there(path) ? path : sealed);
    tell(doctor, role, why, command, text);
}

static void tell_missing(struct cw_doctor *doctor, const struct role *role,
                         const struct cw_error *why, const char *path)
{
    char text[CW_DOCTOR_PATH_BYTES + 256];
    (void)snprintf(
        text, sizeof(text),
        "%s is missing (is there a backup? `cryptowatch key restore FILE`; without, make "
        "a new one and give it to your partners)",
        path);
    tell(doctor, role, why,
         cw_doctor_type(doctor, "key new --role %s", cw_key_role_name(role->role)), text);
}

/* There is something in its place that is no key. What is moved away is kept. */
static void tell_no_key(struct cw_doctor *doctor, const struct role *role,
                        const struct cw_error *why, const char *path, const char *sealed)
{
    char text[CW_ERROR_TEXT_BYTES + 256];
    char make[CW_DOCTOR_COMMAND_BYTES];
    const bool is_kept = is_sealed(sealed);
    const struct cw_quoted from = cw_shell_quote(path);
    const struct cw_quoted backup = cw_shell_quote(sealed);
    (void)snprintf(make, sizeof(make), "%s",
                   is_kept
                       ? cw_doctor_type(doctor, "key restore %s", backup.text)
                       : cw_doctor_type(doctor, "key new --role %s", cw_key_role_name(role->role)));
    (void)snprintf(text, sizeof(text), "%s%s", why->text,
                   is_kept ? ""
                           : " (is there a backup? `cryptowatch key restore FILE`; without, make a "
                             "new one and give it to your partners)");
    tell(doctor, role, why,
         cw_doctor_shell(doctor, "mv %s %s.damaged && %s", from.text, from.text, make), text);
}

static void tell_unreadable(struct cw_doctor *doctor, const struct role *role,
                            const struct cw_error *why)
{
    char path[CW_DOCTOR_PATH_BYTES];
    char sealed[CW_DOCTOR_PATH_BYTES];
    const char *folder = doctor->home.config->keys_dir;
    const char *word = cw_key_role_name(role->role);
    (void)snprintf(path, sizeof(path), "%s/%s.pem", folder, word);
    (void)snprintf(sealed, sizeof(sealed), "%s/%s.key.json", folder, word);
    if ((why->code == CW_INVALID && is_sealed(path)) ||
        (why->code == CW_NOT_FOUND && is_sealed(sealed))) {
        tell_sealed(doctor, role, why, path, sealed);
    } else if (why->code == CW_NOT_FOUND) {
        tell_missing(doctor, role, why, path);
    } else if ((why->code == CW_INVALID || why->code == CW_LIMIT) &&
               strncmp(why->text, path, strlen(path)) == 0) { /* and not of its successor */
        tell_no_key(doctor, role, why, path, sealed);
    } else {
        tell(doctor, role, why, cw_doctor_close_secret(doctor, path), why->text);
    }
}

static const struct cw_key_entry *entry_of(const struct cw_key_set *set,
                                           const struct cw_public_key *key)
{
    char kid[CW_KID_TEXT_BYTES];
    cw_public_key_kid(key, kid);
    return set == NULL ? NULL : cw_key_set_find(set, kid);
}

static void tell_times(struct cw_doctor *doctor, const struct role *role,
                       const struct cw_key_set *set, const struct cw_public_key *key)
{
    char kid[CW_KID_TEXT_BYTES];
    char next_kid[CW_KID_TEXT_BYTES];
    struct cw_public_key next;
    const struct cw_key_entry *entry = entry_of(set, key);
    const char *word = cw_key_role_name(role->role);
    const int64_t ends_s = entry == NULL ? INT64_MAX : entry->exp_s;
    cw_public_key_kid(key, kid);
    if (cw_home_successor(&doctor->home, role->role, key, &next)) {
        const struct cw_key_entry *coming = entry_of(set, &next);
        cw_public_key_kid(&next, next_kid);
        cw_doctor_ok(doctor, role->check, "%s signs; its successor %s from %s", kid, next_kid,
                     coming == NULL ? "a time that is not published"
                                    : cw_doctor_moment(doctor, coming->nbf_s).text);
    } else if (ends_s <= doctor->now_s) {
        cw_doctor_fail(doctor, role->check, CW_INVALID,
                       cw_doctor_type(doctor, "key rotate --role %s", word),
                       "%s ended on %s: nobody can verify what it signs since, and no successor is "
                       "prepared",
                       kid, cw_doctor_moment(doctor, ends_s).text);
    } else if (ends_s - CW_HOME_ENDING_S < doctor->now_s) {
        cw_doctor_warn(doctor, role->check, cw_doctor_type(doctor, "key rotate --role %s", word),
                       "%s signs until %s, and no successor is prepared", kid,
                       cw_doctor_moment(doctor, ends_s).text);
    } else {
        cw_doctor_ok(doctor, role->check, "%s signs", kid);
    }
}

static struct cw_key_set *published(const struct cw_doctor *doctor, enum cw_key_role role,
                                    struct cw_error *err)
{
    struct cw_key_set *set = NULL;
    char *path = NULL;
    if (cw_home_set_path(doctor->home.config, role, &path, err) == CW_OK) {
        const enum cw_status status = cw_home_read_set(path, &set, err);
        (void)status; /* err has it */
    }
    free(path);
    return set;
}

static void look_at_role(struct cw_doctor *doctor, const struct role *role)
{
    CW_CLEANUP(cw_signing_key_freep) struct cw_signing_key *key = NULL;
    CW_CLEANUP(cw_key_set_freep) struct cw_key_set *set = NULL;
    struct cw_error err = {0};
    if (cw_home_key(&doctor->home, role->role, doctor->now_s, &key, &err) != CW_OK) {
        tell_unreadable(doctor, role, &err);
        return;
    }
    const struct cw_public_key public_key = cw_signing_key_public(key);
    set = published(doctor, role->role, NULL);
    tell_times(doctor, role, set, &public_key);
}

/* An alert that the published set does not cover can be verified by nobody. */
static void look_at_published(struct cw_doctor *doctor)
{
    CW_CLEANUP(cw_signing_key_freep) struct cw_signing_key *key = NULL;
    CW_CLEANUP(cw_key_set_freep) struct cw_key_set *set = NULL;
    struct cw_error err = {0};
    char kid[CW_KID_TEXT_BYTES];
    const struct cw_config *config = doctor->home.config;
    if (cw_home_key(&doctor->home, CW_KEY_ALERT, doctor->now_s, &key, NULL) != CW_OK) {
        return; /* told */
    }
    const struct cw_public_key public_key = cw_signing_key_public(key);
    cw_public_key_kid(&public_key, kid);
    set = published(doctor, CW_KEY_ALERT, &err);
    const struct cw_key_entry *entry = set == NULL ? NULL : cw_key_set_find(set, kid);
    if (set == NULL && err.code != CW_NOT_FOUND) {
        const struct cw_quoted file = cw_shell_quote_in(config->keys_dir, "keys.jwks.json");
        char path[CW_DOCTOR_PATH_BYTES];
        (void)snprintf(path, sizeof(path), "%s/keys.jwks.json", config->keys_dir);
        const bool is_shut = err.code == CW_DENIED;
        cw_doctor_fail(doctor, "keys.published", err.code,
                       is_shut ? cw_doctor_give(doctor, path, NULL)
                               : cw_doctor_shell(doctor, "mv %s %s.damaged", file.text, file.text),
                       "%s: no alert is signed%s", err.text,
                       is_shut ? "" : "; the next scan makes a new set");
    } else if (entry != NULL && entry->revocation != CW_KEY_IN_FORCE) {
        char make[CW_DOCTOR_COMMAND_BYTES];
        const struct cw_quoted file = cw_shell_quote_in(config->keys_dir, "alert.pem");
        (void)snprintf(make, sizeof(make), "%s", cw_doctor_type(doctor, "key new --role alert"));
        cw_doctor_fail(
            doctor, "keys.published", CW_INVALID,
            cw_doctor_shell(doctor, "mv %s %s.revoked && %s", file.text, file.text, make),
            "the key that signs alerts, %s, is revoked in %s/keys.jwks.json: nobody can "
            "verify an alert of it",
            kid, config->keys_dir);
    } else if (set == NULL || cw_key_set_allows(set, kid, config->source, &err) != CW_OK) {
        cw_doctor_warn(doctor, "keys.published", cw_doctor_type(doctor, "scan"),
                       "%s/keys.jwks.json does not publish the key that signs alerts (%s): the "
                       "next scan adds it; give the file to your partners again",
                       config->keys_dir, set == NULL ? "it is missing" : err.text);
    } else {
        cw_doctor_ok(doctor, "keys.published", "%s/keys.jwks.json publishes it for %s",
                     config->keys_dir, config->source);
    }
}

/* ---- endpoints ----------------------------------------------------------------------------- */

static enum cw_status load_whsec(const char *path, struct cw_error *err)
{
    struct cw_webhook_secret *secret = NULL;
    const enum cw_status status = cw_webhook_secret_load(path, &secret, err);
    cw_webhook_secret_free(status == CW_OK ? secret : NULL);
    return status;
}

static enum cw_status load_key(const char *path, struct cw_error *err)
{
    CW_CLEANUP(cw_signing_key_freep) struct cw_signing_key *key = NULL;
    return cw_signing_key_load(path, &key, err);
}

static enum cw_status load_text(const char *path, struct cw_error *err)
{
    struct cw_buf text;
    cw_buf_init(&text, 8192);
    const enum cw_status status = cw_secret_text_load(path, &text, err);
    for (size_t i = 0; i < text.len; i++) {
        ((volatile char *)text.data)[i] = '\0';
    }
    cw_buf_clear(&text);
    return status;
}

static enum cw_status load_ca(const char *path, struct cw_error *err)
{
    struct cw_buf text;
    cw_buf_init(&text, CW_CA_FILE_MAX);
    const enum cw_status status = cw_file_read(path, &text, err);
    cw_buf_clear(&text);
    return status;
}

/* What is not there, the configuration should not name. */
static const char *open_named(struct cw_doctor *doctor, const char *path)
{
    const struct cw_quoted file = cw_shell_quote(doctor->home.config->path);
    return is_there(path) ? cw_doctor_close_secret(doctor, path)
                          : cw_doctor_shell(doctor, "${EDITOR:-vi} %s", file.text);
}

static bool look_at_endpoint(struct cw_doctor *doctor, const struct cw_endpoint *endpoint)
{
    const struct {
        const char *path;
        enum cw_status (*load)(const char *path, struct cw_error *err);
    } files[] = {
        {endpoint->whsec_file, load_whsec},          {endpoint->delivery_key_file, load_key},
        {endpoint->delivery_key_old_file, load_key}, {endpoint->routing_key_file, load_text},
        {endpoint->bearer_file, load_text},          {endpoint->ca_file, load_ca},
    };
    bool is_good = true;
    for (size_t i = 0; i < CW_COUNT(files); i++) {
        struct cw_error err = {0};
        if (files[i].path[0] != '\0' && files[i].load(files[i].path, &err) != CW_OK) {
            is_good = false;
            cw_doctor_fail(doctor, "keys.endpoints", err.code, open_named(doctor, files[i].path),
                           "endpoint %s: %s: a scan refuses to begin", endpoint->id, err.text);
        }
    }
    return is_good;
}

void cw_doctor_keys(struct cw_doctor *doctor)
{
    const struct cw_config *config = doctor->home.config;
    size_t enabled = 0;
    bool is_good = true;
    for (size_t i = 0; i < CW_COUNT(roles); i++) {
        look_at_role(doctor, &roles[i]);
    }
    look_at_published(doctor);
    for (size_t i = 0; i < config->endpoints_count; i++) {
        if (config->endpoints[i].is_enabled) {
            enabled++;
            is_good &= look_at_endpoint(doctor, &config->endpoints[i]);
        }
    }
    if (is_good && enabled == 0) {
        cw_doctor_ok(doctor, "keys.endpoints",
                     "no endpoint: alerts are kept, and sent to nobody (\"endpoints\" in %s)",
                     config->path);
    } else if (is_good) {
        cw_doctor_ok(doctor, "keys.endpoints", "the files of %zu endpoints can be read", enabled);
    }
}
