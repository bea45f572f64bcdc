/* home.h: one installation as a whole: configuration, feeds, rules, keys and the helper programs.
 *
 * Knows where things are and loads them together, so that every mistake in every file is said at
 * once and nothing is changed before all of it is right. Refuses to fetch, match or deliver.
 */
#ifndef CW_HOME_HOME_H
#define CW_HOME_HOME_H

#include "alert/seal.h"
#include "config/config.h"
#include "deliver/deliver.h"
#include "feed/feed_file.h"
#include "match/rule.h"

/** Where this program's parts are; absolute paths, found by the command line. */
struct cw_programs {
    const char *net;   /* cryptowatch-net */
    const char *parse; /* cryptowatch-parse */
    const char *data;  /* folder with the shipped feeds/ and rules/ */
};

/** An installation, read-only after loading. Borrowed pointers live as long as the home. */
struct cw_home {
    struct cw_programs programs;
    struct cw_config *config;
    struct cw_feeds *feeds;
    struct cw_rules *rules;
    char *snapshots_dir; /* state_dir/snapshots */
    char rules_sha256[65];
    struct cw_fingerprint
        files; /* of configuration, feeds and rules, taken before they were read */
    struct cw_signing_key *alert_key; /* NULL until cw_home_load_keys */
    struct cw_receiver *receivers;    /* NULL until cw_home_load_keys */
    size_t receivers_count;           /* enabled endpoints */
    void *receiver_secrets;           /* what receivers point to; private */
};

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

/** Loads the alert key (keys_dir/alert.pem), sees to it that keys_dir/keys.jwks.json publishes it
 * for the configured source (adding what is missing), and loads, per enabled endpoint, its delivery
 * key (delivery_key_file, else keys_dir/delivery.pem), webhook secret and bearer token. Returns:
 * CW_OK; CW_DENIED, CW_NOT_FOUND, CW_INVALID naming the file and what to type. */
CW_NODISCARD enum cw_status cw_home_load_keys(struct cw_home *home, int64_t now_s,
                                              struct cw_error *err);

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
void cw_home_free_key_sets(struct cw_key_set **sets, size_t count);

#endif
