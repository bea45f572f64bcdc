/* role_keys.h: a signing key, the key that follows it, and which of them signs when.
 *
 *   <name>.pem        the key                      keys/alert.pem
 *   <name>.next.pem   its successor, if any        keys/alert.next.pem
 *   the schedule      a JWK set with their times   keys/keys.jwks.json, else keys/<name>.jwks.json
 *
 *   before nbf of the successor    the key signs
 *   from nbf on                    the successor signs; for deliveries both, for seven days
 *   later, at the next rotation    the key is put aside, its successor takes its place
 *
 * A successor that is in no schedule signs nothing: a rotation that was killed half way changes
 * nothing until it is repeated. A folder of systemd credentials may hold <role>.key and
 * <role>.next.key in the place of the first two. Private to src/home/.
 */
#ifndef CW_HOME_ROLE_KEYS_H
#define CW_HOME_ROLE_KEYS_H

#include "home/home.h"

struct cw_key_place {
    char *current;
    char *next;
    char *schedule;
    bool is_credential; /* current and next are in a folder of systemd's */
};

/** The place of a role's keys; clear it in any case. */
CW_NODISCARD enum cw_status cw_key_place_of_role(const struct cw_home *home, enum cw_key_role role,
                                                 struct cw_key_place *ret, struct cw_error *err);
/** The place of a key that the configuration names, such as an endpoint's. */
CW_NODISCARD enum cw_status cw_key_place_of_file(const char *path, struct cw_key_place *ret,
                                                 struct cw_error *err);
void cw_key_place_clear(struct cw_key_place *place);

struct cw_role_keys {
    struct cw_signing_key *current; /* NULL: put aside, or missing beside a successor in force */
    struct cw_signing_key *next;    /* NULL: none */
    int64_t next_from_s;            /* INT64_MAX: none, or in no schedule */
};
/** Loads both keys and the schedule.
 *  Returns: CW_OK; CW_NOT_FOUND when there is no key at all; CW_DENIED, CW_INVALID, CW_IO,
 *           CW_NOMEM. Clear *ret in any case. */
CW_NODISCARD enum cw_status cw_role_keys_load(const struct cw_key_place *place,
                                              struct cw_role_keys *ret, struct cw_error *err);
/** When the successor begins, by the schedule; INT64_MAX when it is not in it, or revoked. */
CW_NODISCARD enum cw_status cw_role_keys_start(const struct cw_key_place *place,
                                               const struct cw_signing_key *next,
                                               int64_t *ret_from_s, struct cw_error *err);
void cw_role_keys_clear(struct cw_role_keys *keys);
/** Takes out the key that signs at this time; the other one is freed. */
struct cw_signing_key *cw_role_keys_take(struct cw_role_keys *keys, int64_t now_s);

#endif
