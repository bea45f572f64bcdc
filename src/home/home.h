/* home.h: one installation as a whole: configuration, feeds, rules, keys and the helper programs.
 *
 * Knows where things are and loads them together, so that every mistake in every file is said at
 * once and nothing is changed before all of it is right. Refuses to fetch, match or deliver.
 */
#ifndef CW_HOME_HOME_H
#define CW_HOME_HOME_H

#include "alert/policy.h"
#include "config/config.h"
#include "deliver/deliver.h"
#include "feed/feed_file.h"
#include "match/rule.h"

/** Where this program's parts are; absolute paths, found by the command line. */
struct cw_programs {
    const char *net;         /* cryptowatch-net */
    const char *parse;       /* cryptowatch-parse */
    const char *data;        /* folder with the shipped feeds/ and rules/ */
    bool is_unsealed;        /* the first two run without their sandbox: --no-sandbox */
    const char *credentials; /* systemd's folder of secrets for this service; NULL: none */
};

/** An installation, read-only after loading. Borrowed pointers live as long as the home. */
struct cw_home {
    struct cw_programs programs;
    struct cw_config *config;
    struct cw_feeds *feeds;
    struct cw_rules *rules;
    char *snapshots_dir; /* state_dir/snapshots */
    char *log_dir;       /* state_dir/log */
    char rules_sha256[65];
    struct cw_fingerprint
        files; /* of configuration, feeds and rules, taken before they were read */
    struct cw_signing_key *alert_key; /* NULL until cw_home_load_keys */
    struct cw_signing_key *log_key;   /* NULL until cw_home_load_keys, and when there is none */
    struct cw_receiver *receivers;    /* NULL until cw_home_load_keys */
    size_t receivers_count;           /* enabled endpoints */
    void *receiver_secrets;           /* what receivers point to; private */
};

/** Loads the configuration alone, for what needs neither feeds nor rules: a slip in one of their
 *  files stops no alert on its way and hides no key. `feeds` and `rules` stay NULL.
 *  Out, Returns: as cw_home_load. */
CW_NODISCARD enum cw_status cw_home_load_config(const char *config_path,
                                                const struct cw_programs *programs,
                                                struct cw_mistakes *mistakes, struct cw_home *ret,
                                                struct cw_error *err);
/** Loads configuration, feeds and rules.
 *  Out:     mistakes  every mistake of every file
 *           ret       filled as far as it could be read; clear it in any case
 *  Returns: CW_OK without errors in any file; CW_INVALID with the first mistake and how many more;
 *           CW_NOT_FOUND, CW_IO, CW_NOMEM. */
CW_NODISCARD enum cw_status cw_home_load(const char *config_path,
                                         const struct cw_programs *programs,
                                         struct cw_mistakes *mistakes, struct cw_home *ret,
                                         struct cw_error *err);
void cw_home_clear(struct cw_home *home);

/** Loads the alert key that signs now (keys_dir/alert.pem or its successor; with systemd
 *  credentials, alert.key there), and sees to it that keys_dir/keys.jwks.json publishes it for the
 *  configured source, adding what is missing, and says of the key before it that it is superseded.
 *  Returns: CW_OK; CW_DENIED, CW_NOT_FOUND, CW_INVALID naming the file and what to type; CW_STATE
 *           when now_s is before CW_CLOCK_EARLIEST_S. */
CW_NODISCARD enum cw_status cw_home_load_alert_key(struct cw_home *home, int64_t now_s,
                                                   struct cw_error *err);
/** The same, and the log key (which may be missing: alerts do not wait for the log), and per
 * enabled endpoint its delivery keys (delivery_key_file, else keys_dir/delivery.pem; during an
 * overlap two of them, newest first), webhook secret and bearer token. */
CW_NODISCARD enum cw_status cw_home_load_keys(struct cw_home *home, int64_t now_s,
                                              struct cw_error *err);
/** The key of a role that signs at a time, whatever was published. Free it. */
CW_NODISCARD enum cw_status cw_home_key(const struct cw_home *home, enum cw_key_role role,
                                        int64_t now_s, struct cw_signing_key **ret,
                                        struct cw_error *err);

/** A key that follows the one that signs now.
 *  In:      now  the key that signs
 *  Returns: true with the successor in *ret; false when none is prepared, or it cannot be read. */
bool cw_home_successor(const struct cw_home *home, enum cw_key_role role,
                       const struct cw_public_key *now, struct cw_public_key *ret);
/** So long before a key ends it is said that it has no successor: a rotation takes two weeks at
 *  least, which leaves as much again to notice. */
#define CW_HOME_ENDING_S (30ll * 24 * 3600)
/** Whether the key that signs alerts has ended or ends soon, by keys_dir/keys.jwks.json, and no
 *  successor is prepared. Partners refuse what it signs after its end.
 *  In:      home        with its alert key
 *  Out:     ret_ends_s  when true */
bool cw_home_alert_key_is_ending(const struct cw_home *home, int64_t now_s, int64_t *ret_ends_s);

/** A successor is published so long before it signs (alerts.md section 5.3). */
#define CW_HOME_ROTATE_AFTER_MIN_S (14ll * 24 * 3600)
/** So long both delivery keys sign. */
#define CW_HOME_OVERLAP_S (7ll * 24 * 3600)

/** What a rotation came to. */
struct cw_rotation {
    struct cw_public_key former; /* the key that signs until then */
    struct cw_public_key next;   /* the successor */
    int64_t from_s;              /* it signs from then on */
    int64_t until_s;             /* the former signs no longer than that */
    bool is_new;                 /* made now; else it was prepared before */
};
struct cw_rotation_order {
    enum cw_key_role role; /* alert or delivery: a log has one key for its life */
    const struct cw_random *random;
    int64_t now_s;
    int64_t after_s; /* at least CW_HOME_ROTATE_AFTER_MIN_S */
};
/** Prepares the successor of a role's key: makes it, publishes it, and puts aside a key whose own
 *  successor has taken over. Repeating it is fine: what is prepared already is told again.
 *  Returns: CW_OK; CW_INVALID (role, time, keys held by systemd); CW_NOT_FOUND without a key;
 *           CW_DENIED, CW_IO, CW_NOMEM. */
CW_NODISCARD enum cw_status cw_home_rotate(const struct cw_home *home,
                                           const struct cw_rotation_order *order,
                                           struct cw_rotation *ret, struct cw_error *err);
/** Where the public set of a role is: keys_dir/keys.jwks.json of alerts, else <role>.jwks.json.
 *  Out:     ret_path  free with free() */
CW_NODISCARD enum cw_status cw_home_set_path(const struct cw_config *config, enum cw_key_role role,
                                             char **ret_path, struct cw_error *err);
/** The alert key of this kid in keys_dir/keys.jwks.json.
 *  Returns: CW_OK; CW_NOT_FOUND; CW_INVALID, CW_IO, CW_DENIED, CW_NOMEM. */
CW_NODISCARD enum cw_status cw_home_published_key(const struct cw_home *home, const char *kid,
                                                  struct cw_public_key *ret, struct cw_error *err);
/** Marks a key of keys_dir/keys.jwks.json as revoked.
 *  In:      reason  "compromised", "superseded" or another word: see alert/key_set.h
 *  Returns: CW_OK; CW_NOT_FOUND when it is not in the set; CW_INVALID when it is revoked already;
 *           CW_IO, CW_DENIED, CW_NOMEM. */
CW_NODISCARD enum cw_status cw_home_revoke(const struct cw_home *home, const char *kid,
                                           const char *reason, int64_t now_s, struct cw_error *err);

/** Makes an installation in a folder: cryptowatch.json, keys (0600), a public key set, the shipped
 *  feeds and rules, state/ and trust.d/. Refuses to overwrite anything that is there.
 *  In:      source  URI that goes into the configuration
 *           now_s   creation time of the keys
 *  Returns: CW_OK; CW_INVALID when something of that name is there already; CW_IO; CW_DENIED. */
CW_NODISCARD enum cw_status cw_home_init(const char *folder, const char *source,
                                         const struct cw_programs *programs,
                                         const struct cw_random *random, int64_t now_s,
                                         struct cw_error *err);

/** The keys somebody may verify our alerts and our partners' with: keys_dir/keys.jwks.json and
 *  every trust_dir/NAME.jwks.json.
 *  Out:     ret_sets  array of ret_count sets, free with cw_home_free_key_sets */
CW_NODISCARD enum cw_status cw_home_load_key_sets(const struct cw_config *config,
                                                  struct cw_key_set ***ret_sets, size_t *ret_count,
                                                  struct cw_error *err);
/** trust_dir/policy.json; the default when there is no such file.
 *  Returns: CW_OK; CW_INVALID with the mistakes; CW_IO, CW_DENIED, CW_NOMEM. */
CW_NODISCARD enum cw_status cw_home_load_policy(const struct cw_config *config,
                                                struct cw_policy *ret, struct cw_error *err);
/** Reads a policy from a file. Its mistakes are told in one line: a policy is three lines long.
 *  In:      is_ours  a file of the home: one that everybody may write to is a mistake
 *  Returns: as above; CW_NOT_FOUND. */
CW_NODISCARD enum cw_status cw_home_read_policy(const char *path, bool is_ours,
                                                struct cw_policy *ret, struct cw_error *err);
/** Reads a published key set. CW_NOT_FOUND when there is none. */
CW_NODISCARD enum cw_status cw_home_read_set(const char *path, struct cw_key_set **ret,
                                             struct cw_error *err);
void cw_home_free_key_sets(struct cw_key_set **sets, size_t count);

#endif
