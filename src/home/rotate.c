#include <errno.h>
#include <stdio.h>

#include "alert/key_set.h"
#include "base/file.h"
#include "home/internal.h"
#include "home/role_keys.h"

struct rotating {
    const struct cw_home *home;
    struct cw_key_place place;
    const struct cw_random *random;
    int64_t now_s;
    int64_t from_s; /* the successor's nbf, if it is made now */
    int64_t rest_s; /* so long after nbf the key is still needed */
};

static enum cw_status move(const char *from, const char *to, struct cw_error *err)
{
    return rename(from, to) == 0
               ? CW_OK
               : cw_error_set(err, CW_IO, "%s: cannot be renamed to %s: error %d", from, to, errno);
}

/* The old key is put aside, not deleted: whoever rotates because of a loss of memory wants it back.
 * The two renames may be torn apart by a crash; role_keys.h says why that does no harm. */
static enum cw_status promote(struct rotating *rotating, struct cw_role_keys *keys,
                              struct cw_error *err)
{
    enum cw_status status = CW_OK;
    if (keys->current != NULL) {
        char kid[CW_KID_TEXT_BYTES];
        char aside[4200];
        const struct cw_public_key former = cw_signing_key_public(keys->current);
        cw_public_key_kid(&former, kid);
        (void)snprintf(aside, sizeof(aside), "%s.%.8s.old", rotating->place.current, kid);
        status = move(rotating->place.current, aside, err);
    }
    if (status == CW_OK) {
        status = move(rotating->place.next, rotating->place.current, err);
    }
    if (status == CW_OK) {
        cw_signing_key_free(keys->current);
        *keys = (struct cw_role_keys){.current = keys->next, .next_from_s = INT64_MAX};
    }
    return status;
}

static enum cw_status make_next(struct rotating *rotating, struct cw_role_keys *keys,
                                struct cw_error *err)
{
    keys->next = cw_signing_key_generate(rotating->random);
    return keys->next == NULL ? cw_error_set(err, CW_NOMEM, "out of locked memory")
                              : cw_signing_key_save(keys->next, rotating->place.next, err);
}

/* The key itself goes into the schedule, too: a receiver wants to see both. */
static enum cw_status schedule(const struct rotating *rotating, const struct cw_role_keys *keys,
                               struct cw_error *err)
{
    const char *source = rotating->home->config->source;
    const struct cw_key_record current = {
        .key = cw_signing_key_public(keys->current),
        .iat_s = rotating->now_s,
        .nbf_s = rotating->now_s,
        .exp_s = rotating->now_s + CW_HOME_KEY_LIFE_S,
    };
    const struct cw_key_record next = {
        .key = cw_signing_key_public(keys->next),
        .iat_s = rotating->now_s,
        .nbf_s = rotating->from_s,
        .exp_s = rotating->from_s + CW_HOME_KEY_LIFE_S,
    };
    enum cw_status status = cw_home_set_add(rotating->place.schedule, source, &current, err);
    if (status == CW_OK) {
        status = cw_home_set_add(rotating->place.schedule, source, &next, err);
    }
    return status;
}

static enum cw_status rotate(struct rotating *rotating, struct cw_role_keys *keys,
                             struct cw_rotation *ret, struct cw_error *err)
{
    enum cw_status status = cw_role_keys_load(&rotating->place, keys, err);
    const bool is_over =
        keys->next_from_s != INT64_MAX && rotating->now_s - keys->next_from_s >= rotating->rest_s;
    if (status == CW_OK && is_over) {
        status = promote(rotating, keys, err);
    }
    const bool is_new = keys->next == NULL;
    if (status == CW_OK && is_new) {
        status = make_next(rotating, keys, err);
    }
    if (status == CW_OK && keys->next_from_s == INT64_MAX) {
        status = schedule(rotating, keys, err);
        if (status == CW_OK) {
            status = cw_role_keys_start(&rotating->place, keys->next, &keys->next_from_s, err);
        }
        if (status == CW_OK && keys->next_from_s == INT64_MAX) {
            status = cw_error_set(err, CW_INVALID, "%s: this key is revoked: put it aside",
                                  rotating->place.next);
        }
    }
    if (status == CW_OK) {
        *ret = (struct cw_rotation){
            .former = cw_signing_key_public(keys->current),
            .next = cw_signing_key_public(keys->next),
            .from_s = keys->next_from_s,
            .until_s = keys->next_from_s + rotating->rest_s,
            .is_new = is_new,
        };
    }
    return status;
}

enum cw_status cw_home_rotate(const struct cw_home *home, const struct cw_rotation_order *order,
                              struct cw_rotation *ret, struct cw_error *err)
{
    if (order->role == CW_KEY_LOG) {
        return cw_error_set(err, CW_INVALID,
                            "a log has one key for its life: another key begins another log");
    }
    if (order->after_s < CW_HOME_ROTATE_AFTER_MIN_S) {
        return cw_error_set(err, CW_INVALID,
                            "partners need at least 14 days to learn of the next key");
    }
    struct rotating rotating = {
        .home = home,
        .random = order->random,
        .now_s = order->now_s,
        .from_s = order->now_s + order->after_s,
        .rest_s = order->role == CW_KEY_DELIVERY ? CW_HOME_OVERLAP_S : 0,
    };
    struct cw_role_keys keys = {.next_from_s = INT64_MAX};
    enum cw_status status = cw_key_place_of_role(home, order->role, &rotating.place, err);
    if (status == CW_OK && rotating.place.is_credential) {
        status = cw_error_set(err, CW_INVALID,
                              "%s: is kept by systemd, where we cannot write: see docs/keys.md",
                              rotating.place.current);
    }
    if (status == CW_OK) {
        status = rotate(&rotating, &keys, ret, err);
    }
    cw_role_keys_clear(&keys);
    cw_key_place_clear(&rotating.place);
    return status;
}

enum cw_status cw_home_revoke(const struct cw_home *home, const char *kid, const char *reason,
                              int64_t now_s, struct cw_error *err)
{
    char *path = NULL;
    enum cw_status status = cw_home_set_path(home->config, CW_KEY_ALERT, &path, err);
    if (status == CW_OK) {
        status = cw_home_set_revoke(path, kid, reason, now_s, err);
    }
    free(path);
    return status;
}

enum cw_status cw_home_published_key(const struct cw_home *home, const char *kid,
                                     struct cw_public_key *ret, struct cw_error *err)
{
    CW_CLEANUP(cw_key_set_freep) struct cw_key_set *set = NULL;
    char *path = NULL;
    enum cw_status status = cw_home_set_path(home->config, CW_KEY_ALERT, &path, err);
    if (status == CW_OK) {
        status = cw_home_read_set(path, &set, err);
    }
    free(path);
    if (status != CW_OK) {
        return status;
    }
    const struct cw_key_entry *entry = cw_key_set_find(set, kid);
    if (entry == NULL) {
        return cw_error_set(err, CW_NOT_FOUND, "the key %.64s is not in the published set", kid);
    }
    *ret = entry->key;
    return CW_OK;
}
