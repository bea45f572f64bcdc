#include "home/role_keys.h"

#include <unistd.h>

#include "alert/key_set.h"
#include "base/file.h"
#include "home/internal.h"

/* ---- places ---- */

void cw_key_place_clear(struct cw_key_place *place)
{
    free(place->current);
    free(place->next);
    free(place->schedule);
    *place = (struct cw_key_place){.current = NULL};
}

static char *join(const char *folder, const char *stem, const char *suffix)
{
    char name[64];
    (void)snprintf(name, sizeof(name), "%s%s", stem, suffix);
    return cw_path_join(folder, name);
}

/* systemd is asked first: who configured a credential did so to have no key file. */
static bool is_credential_there(const char *folder, const char *role)
{
    char *path = folder == NULL ? NULL : join(folder, role, ".key");
    const bool is_there = path != NULL && access(path, F_OK) == 0;
    free(path);
    return is_there;
}

enum cw_status cw_key_place_of_role(const struct cw_home *home, enum cw_key_role role,
                                    struct cw_key_place *ret, struct cw_error *err)
{
    const char *name = cw_key_role_name(role);
    const char *credentials = home->programs.credentials;
    const char *keys = home->config->keys_dir;
    const bool is_credential = is_credential_there(credentials, name);
    *ret = (struct cw_key_place){
        .current = is_credential ? join(credentials, name, ".key") : join(keys, name, ".pem"),
        .next =
            is_credential ? join(credentials, name, ".next.key") : join(keys, name, ".next.pem"),
        .is_credential = is_credential,
    };
    if (ret->current == NULL || ret->next == NULL) {
        return cw_error_set(err, CW_NOMEM, "not enough memory for a path");
    }
    return cw_home_set_path(home->config, role, &ret->schedule, err);
}

static char *with_suffix(struct cw_span stem, const char *suffix)
{
    struct cw_buf path;
    char *text = NULL;
    size_t len = 0;
    cw_buf_init(&path, 8192);
    cw_buf_span(&path, stem);
    cw_buf_str(&path, suffix);
    if (cw_buf_take(&path, &text, &len, NULL) != CW_OK) {
        cw_buf_clear(&path);
        return NULL;
    }
    return text;
}

enum cw_status cw_key_place_of_file(const char *path, struct cw_key_place *ret,
                                    struct cw_error *err)
{
    const struct cw_span whole = cw_span_cstr(path);
    const struct cw_span pem = CW_SPAN(".pem");
    const struct cw_span stem =
        cw_span_ends_with(whole, pem) ? cw_span_slice(whole, 0, whole.len - pem.len) : whole;
    *ret = (struct cw_key_place){
        .current = strdup(path),
        .next = with_suffix(stem, ".next.pem"),
        .schedule = with_suffix(stem, ".jwks.json"),
    };
    return ret->current != NULL && ret->next != NULL && ret->schedule != NULL
               ? CW_OK
               : cw_error_set(err, CW_NOMEM, "not enough memory for a path");
}

/* ---- keys ---- */

void cw_role_keys_clear(struct cw_role_keys *keys)
{
    cw_signing_key_free(keys->current);
    cw_signing_key_free(keys->next);
    *keys = (struct cw_role_keys){.next_from_s = INT64_MAX};
}

static enum cw_status load(const struct cw_key_place *place, const char *path,
                           struct cw_signing_key **ret, struct cw_error *err)
{
    return place->is_credential ? cw_signing_key_load_credential(path, ret, err)
                                : cw_signing_key_load(path, ret, err);
}

enum cw_status cw_role_keys_start(const struct cw_key_place *place,
                                  const struct cw_signing_key *next, int64_t *ret_from_s,
                                  struct cw_error *err)
{
    *ret_from_s = INT64_MAX;
    CW_CLEANUP(cw_key_set_freep) struct cw_key_set *set = NULL;
    char kid[CW_KID_TEXT_BYTES];
    struct cw_error why = {0};
    const enum cw_status status = cw_home_read_set(place->schedule, &set, &why);
    if (status == CW_NOT_FOUND) {
        return CW_OK;
    }
    if (status != CW_OK) {
        return cw_error_set(err, status, "%s", why.text);
    }
    const struct cw_public_key public_key = cw_signing_key_public(next);
    cw_public_key_kid(&public_key, kid);
    const struct cw_key_entry *entry = cw_key_set_find(set, kid);
    if (entry != NULL && entry->revocation == CW_KEY_IN_FORCE) {
        *ret_from_s = entry->nbf_s;
    }
    return CW_OK;
}

enum cw_status cw_role_keys_load(const struct cw_key_place *place, struct cw_role_keys *ret,
                                 struct cw_error *err)
{
    struct cw_error why = {0};
    struct cw_error missing = {0};
    *ret = (struct cw_role_keys){.next_from_s = INT64_MAX};
    enum cw_status status = load(place, place->next, &ret->next, &why);
    if (status == CW_OK) {
        status = cw_role_keys_start(place, ret->next, &ret->next_from_s, &why);
    } else if (status == CW_NOT_FOUND) {
        status = CW_OK;
    }
    if (status != CW_OK) {
        return cw_error_set(err, status, "%s", why.text);
    }
    status = load(place, place->current, &ret->current, &missing);
    /* a rotation puts the old key aside before its successor takes the place: between the two there
     * is the successor alone */
    if (status == CW_NOT_FOUND && ret->next_from_s != INT64_MAX) {
        return CW_OK;
    }
    return status == CW_OK ? CW_OK : cw_error_set(err, status, "%s", missing.text);
}

struct cw_signing_key *cw_role_keys_take(struct cw_role_keys *keys, int64_t now_s)
{
    const bool is_next = keys->current == NULL || now_s >= keys->next_from_s;
    struct cw_signing_key *key = is_next ? keys->next : keys->current;
    if (is_next) {
        keys->next = NULL;
    } else {
        keys->current = NULL;
    }
    cw_role_keys_clear(keys);
    return key;
}
