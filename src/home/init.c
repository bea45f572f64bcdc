#include <errno.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/text.h"
#include "home/internal.h"
#include "json/json_url.h"

enum {
    PRIVATE_MODE = 0700,
    PUBLIC_MODE = 0755, /* inside the private folder; for those who move it */
    FILE_MODE = 0644,
    CONFIG_MODE = 0600, /* may come to name hosts and files that are nobody's business */
    SOURCE_BYTES_MAX = 2048,
};
/* The folders of a home, in the order in which they are made. */
static const struct {
    const char *name;
    mode_t mode;
} folders[] = {
    {"keys", PRIVATE_MODE}, {"state", PRIVATE_MODE},        {"trust.d", PUBLIC_MODE},
    {"feeds", PUBLIC_MODE}, {"feeds/bundled", PUBLIC_MODE}, {"rules", PUBLIC_MODE},
};

struct making {
    const char *folder;
    const char *source;
    const struct cw_programs *programs;
    const struct cw_random *random;
    int64_t now_s;
    bool had_folder; /* it was there before us */
};

/* ---- before anything is made ---- */

static enum cw_status refuse_existing(const char *folder, const char *name, struct cw_error *err)
{
    char *path = NULL;
    struct stat info;
    enum cw_status status = cw_home_path(folder, name, &path, err);
    if (status != CW_OK) {
        return status;
    }
    if (lstat(path, &info) == 0) {
        status =
            cw_error_set(err, CW_INVALID,
                         "%s: is there already; nothing was changed: name another folder", path);
    } else if (errno != ENOENT && errno != ENOTDIR) {
        status = cw_error_set(err, CW_DENIED, "%s: cannot be looked at", path);
    }
    free(path);
    return status;
}

static enum cw_status check_before(struct making *making, struct cw_error *err)
{
    const struct cw_span source = cw_span_cstr(making->source);
    struct stat info;
    if (!cw_json_uri_is_absolute(source) || source.len > SOURCE_BYTES_MAX) {
        return cw_error_set(err, CW_INVALID,
                            "source: \"%.200s\" must be an absolute URI such as "
                            "https://scanner.example/cryptowatch",
                            making->source);
    }
    making->had_folder = lstat(making->folder, &info) == 0;
    if (stat(making->folder, &info) == 0 && !S_ISDIR(info.st_mode)) {
        return cw_error_set(err, CW_INVALID, "%s: is not a folder: name another", making->folder);
    }
    enum cw_status status = refuse_existing(making->folder, "cryptowatch.json", err);
    for (size_t i = 0; status == CW_OK && i < CW_COUNT(folders); i++) {
        status = refuse_existing(making->folder, folders[i].name, err);
    }
    return status == CW_OK ? cw_home_check_shipped(making->programs->data, err) : status;
}

/* ---- making ---- */

static enum cw_status make_folders(const struct making *making, struct cw_error *err)
{
    enum cw_status status = cw_dir_make(making->folder, PRIVATE_MODE, err);
    for (size_t i = 0; status == CW_OK && i < CW_COUNT(folders); i++) {
        char *path = NULL;
        status = cw_home_path(making->folder, folders[i].name, &path, err);
        if (status == CW_OK) {
            status = cw_dir_make(path, folders[i].mode, err);
        }
        free(path);
    }
    return status;
}

static enum cw_status make_file(const struct making *making, const char *name,
                                const struct cw_buf *text, mode_t mode, struct cw_error *err)
{
    char *path = NULL;
    enum cw_status status = cw_buf_status(text, err);
    if (status == CW_OK) {
        status = cw_home_path(making->folder, name, &path, err);
    }
    if (status == CW_OK) {
        status = cw_file_create(path, cw_buf_as_span(text), mode, err);
    }
    free(path);
    return status;
}

static enum cw_status make_key(const struct making *making, enum cw_key_role role,
                               struct cw_public_key *ret_public, struct cw_error *err)
{
    char name[32];
    char *path = NULL;
    CW_CLEANUP(cw_signing_key_freep)
    struct cw_signing_key *key = cw_signing_key_generate(making->random);
    if (key == NULL) {
        return cw_error_set(err, CW_NOMEM, "locked memory is exhausted (see ulimit -l)");
    }
    (void)snprintf(name, sizeof(name), "keys/%s.pem", cw_key_role_name(role));
    enum cw_status status = cw_home_path(making->folder, name, &path, err);
    if (status == CW_OK) {
        status = cw_signing_key_save(key, path, err);
    }
    free(path);
    *ret_public = cw_signing_key_public(key);
    return status;
}

/* What partners get: the alert key only. Deliveries are checked with the delivery key by the one
 * receiver, who gets it from `key show`. */
static enum cw_status make_key_set(const struct making *making,
                                   const struct cw_public_key *alert_key, struct cw_error *err)
{
    const struct cw_key_record record = {
        .key = *alert_key,
        .iat_s = making->now_s,
        .nbf_s = making->now_s,
        .exp_s = making->now_s + CW_HOME_KEY_LIFE_S,
    };
    const char *const sources[] = {making->source, NULL};
    struct cw_buf text;
    cw_buf_init(&text, CW_CONFIG_BYTES_MAX);
    enum cw_status status = cw_key_set_write(&record, 1, sources, &text, err);
    if (status == CW_OK) {
        status = make_file(making, "keys/keys.jwks.json", &text, FILE_MODE, err);
    }
    cw_buf_clear(&text);
    return status;
}

static enum cw_status make_keys(const struct making *making, struct cw_error *err)
{
    static const enum cw_key_role roles[] = {CW_KEY_ALERT, CW_KEY_DELIVERY, CW_KEY_LOG};
    struct cw_public_key keys[CW_COUNT(roles)];
    enum cw_status status = CW_OK;
    for (size_t i = 0; status == CW_OK && i < CW_COUNT(roles); i++) {
        status = make_key(making, roles[i], &keys[i], err);
    }
    return status == CW_OK ? make_key_set(making, &keys[0], err) : status;
}

/* The defaults are written out: who opens the file sees what can be changed. */
static enum cw_status make_config(const struct making *making, struct cw_error *err)
{
    struct cw_buf text;
    cw_buf_init(&text, CW_CONFIG_BYTES_MAX);
    cw_buf_str(&text, "{\n  \"source\": ");
    cw_json_string(&text, cw_span_cstr(making->source));
    cw_buf_str(&text, ",\n"
                      "  \"instance\": \"scanner-1\",\n"
                      "  \"state_dir\": \"state\",\n"
                      "  \"feeds_dir\": \"feeds\",\n"
                      "  \"rules_dir\": \"rules\",\n"
                      "  \"keys_dir\": \"keys\",\n"
                      "  \"trust_dir\": \"trust.d\",\n"
                      "  \"endpoints\": []\n"
                      "}\n");
    const enum cw_status status = make_file(making, "cryptowatch.json", &text, CONFIG_MODE, err);
    cw_buf_clear(&text);
    return status;
}

/* The configuration comes last: a home that has one is whole. */
static enum cw_status make_all(const struct making *making, struct cw_error *err)
{
    enum cw_status status = make_folders(making, err);
    if (status == CW_OK) {
        status = make_keys(making, err);
    }
    if (status == CW_OK) {
        status = cw_home_copy_shipped(making->programs->data, making->folder, err);
    }
    if (status == CW_OK) {
        status = make_config(making, err);
    }
    return status == CW_OK ? cw_dir_sync(making->folder, err) : status;
}

/* ---- when it fails half way ---- */

static void list_made(const struct making *making, struct cw_buf *made)
{
    static const char *const names[] = {"keys",  "state", "trust.d",
                                        "feeds", "rules", "cryptowatch.json"};
    for (size_t i = 0; i < CW_COUNT(names); i++) {
        struct stat info;
        char *path = cw_path_join(making->folder, names[i]);
        if (path != NULL && lstat(path, &info) == 0) {
            cw_buf_str(made, made->len == 0 ? "" : " ");
            cw_buf_str(made, names[i]);
        }
        free(path);
    }
}

/* Nothing is taken away by us: a program that deletes keys on an error would be worse than a folder
 * too many. All of these names were free before, so all that is there now is ours. */
static enum cw_status say_what_is_left(const struct making *making, enum cw_status status,
                                       const struct cw_error *cause, struct cw_error *err)
{
    struct cw_buf made;
    cw_buf_init(&made, 256);
    list_made(making, &made);
    if (made.len == 0) {
        status = cw_error_set(err, status, "%s; nothing was made", cause->text);
    } else if (making->had_folder) {
        status = cw_error_set(err, status, "%s; made so far in %s: %s: remove these and try again",
                              cause->text, making->folder, made.data);
    } else {
        status =
            cw_error_set(err, status, "%s; made so far in %s: %s: this folder can be removed whole",
                         cause->text, making->folder, made.data);
    }
    cw_buf_clear(&made);
    return status;
}

enum cw_status cw_home_init(const char *folder, const char *source,
                            const struct cw_programs *programs, const struct cw_random *random,
                            int64_t now_s, struct cw_error *err)
{
    struct making making = {
        .folder = folder,
        .source = source,
        .programs = programs,
        .random = random,
        .now_s = now_s,
    };
    enum cw_status status = check_before(&making, err);
    if (status != CW_OK) {
        return status;
    }
    struct cw_error cause = {0};
    status = make_all(&making, &cause);
    return status == CW_OK ? CW_OK : say_what_is_left(&making, status, &cause, err);
}
