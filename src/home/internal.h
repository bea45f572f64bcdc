/* internal.h: what the files of this folder share; for nobody else. */
#ifndef CW_HOME_INTERNAL_H
#define CW_HOME_INTERNAL_H

#include "home/home.h"

/** Wipes and frees cw_home.receiver_secrets; NULL is fine. */
void cw_home_free_secrets(void *receiver_secrets);

/** Two years: rotate in good time. */
#define CW_HOME_KEY_LIFE_S (2ll * 365 * 24 * 3600)

/** Sees to it that keys_dir/keys.jwks.json publishes the alert key for the configured source: an
 * alert that the set does not cover could be verified by nobody, ever. Adds what is missing,
 * removes nothing. Returns: CW_OK; CW_INVALID when the set is none, or the key is revoked or out of
 * its time; CW_IO, CW_DENIED, CW_NOMEM. */
CW_NODISCARD enum cw_status cw_home_publish(const struct cw_home *home, int64_t now_s,
                                            struct cw_error *err);

/** Adds a key and a source to a set, or makes one; what is there stays as it is. */
CW_NODISCARD enum cw_status cw_home_set_add(const char *path, const char *source,
                                            const struct cw_key_record *record,
                                            struct cw_error *err);
/** Writes `revoked` into a key of a set.
 *  Returns: CW_OK; CW_NOT_FOUND without such a key; CW_INVALID when it is revoked already. */
CW_NODISCARD enum cw_status cw_home_set_revoke(const char *path, const char *kid,
                                               const char *reason, int64_t at_s,
                                               struct cw_error *err);

/** A path inside a folder; free with free(). */
CW_NODISCARD enum cw_status cw_home_path(const char *folder, const char *name, char **ret_path,
                                         struct cw_error *err);

/** Copies the shipped feeds, bundled lists and rules from `data` into `folder`, byte for byte. */
CW_NODISCARD enum cw_status cw_home_copy_shipped(const char *data, const char *folder,
                                                 struct cw_error *err);
/** Finds out whether they are there, before anything is made.
 *  Returns: CW_OK; CW_NOT_FOUND when the installation is incomplete; CW_IO, CW_NOMEM. */
CW_NODISCARD enum cw_status cw_home_check_shipped(const char *data, struct cw_error *err);

#endif
