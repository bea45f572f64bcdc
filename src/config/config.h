/* config.h: cryptowatch.json, the one file that says who we are, where things are and whom to tell.
 *
 * Knows the fields, their defaults, what makes a configuration wrong, and where it is looked for.
 * Refuses to open anything it names: keys, secrets and folders are for those who use them.
 */
#ifndef CW_CONFIG_CONFIG_H
#define CW_CONFIG_CONFIG_H

#include "index/fingerprint.h"
#include "match/grade.h"
#include "json/json_file.h"

/** A webhook endpoint (alerts.md section 6). Strings are never NULL; paths are absolute or "". */
struct cw_endpoint {
    const char *id;
    const char *url;
    const char *const *types; /* full event types, NULL-terminated; empty means all */
    int min_severity;         /* enum cw_severity, default info */
    int max_tlp;              /* enum cw_tlp, default amber, of presets green */
    int format;               /* enum cw_endpoint_format */
    const char *whsec_file;
    const char *delivery_key_file;     /* "" for the key in keys_dir */
    const char *delivery_key_old_file; /* signs as well while keys change; "" for none */
    const char *routing_key_file;      /* PagerDuty's integration key; "" with other formats */
    const char *bearer_file;
    const char *ca_file;
    bool is_enabled; /* default true */
};

/** What is posted: the alert, or a note for people (alerts.md section 12). */
enum cw_endpoint_format {
    CW_ENDPOINT_CLOUDEVENTS,
    CW_ENDPOINT_SLACK,
    CW_ENDPOINT_TEAMS,
    CW_ENDPOINT_PAGERDUTY,
    CW_ENDPOINT_ALERTMANAGER,
};

/** A whole configuration. Strings are never NULL ("" when absent), borrowed until cw_config_free.
 *  Paths are absolute: relative ones in the file are taken from the file's folder. */
struct cw_config {
    const char *path;      /* of the file itself, as given */
    const char *source;    /* absolute URI of the organisation's scanner */
    const char *instance;  /* default "default" */
    const char *state_dir; /* defaults: state, feeds, rules, keys, trust.d */
    const char *feeds_dir;
    const char *rules_dir;
    const char *keys_dir;
    const char *trust_dir;
    int64_t run_deadline_s; /* default CW_RUN_DEADLINE_S */
    const struct cw_endpoint *endpoints;
    size_t endpoints_count;
    const char *const *allow_private_hosts; /* NULL-terminated */
    const char *metrics_file;               /* "" for none */
    const char *log_origin;    /* name of the transparency log; default: made of `source`, "" when
                                  that cannot name one */
    int64_t heartbeat_every_s; /* a sign of life so often; 0 (default): none */
    int baseline_severity;     /* enum cw_severity: most that a listing from before us is worth */
    const char *const *languages; /* NULL-terminated; default en, fr, ko; "en" is always in it */
    const char *sha256;           /* of the file's exact bytes, hex */
};

/** Where the configuration is: `option` (--config), then `env_config` ($CRYPTOWATCH_CONFIG), then
 *  cryptowatch/cryptowatch.json under `xdg_config_home` or else under home/.config, then
 *  /etc/cryptowatch/cryptowatch.json. The first two are taken as given; the others must exist.
 *  In:      each may be NULL or ""; a relative xdg_config_home or home is ignored, as the XDG Base
 *           Directory Specification asks. Nothing is looked for in the current directory
 *  Out:     ret_path  free with free()
 *  Returns: CW_OK; CW_NOT_FOUND naming the places that were looked at; CW_NOMEM */
CW_NODISCARD enum cw_status cw_config_find(const char *option, const char *env_config,
                                           const char *xdg_config_home, const char *home,
                                           char **ret_path, struct cw_error *err);

/** Reads a configuration; every problem, also a missing file, becomes a mistake.
 *  Out:     ret  NULL when the file could not be read or parsed at all
 *  Returns: CW_OK (look at mistakes->errors), CW_NOMEM */
CW_NODISCARD enum cw_status cw_config_load(const char *path, struct cw_mistakes *mistakes,
                                           struct cw_config **ret, struct cw_error *err);
/** The same over bytes in memory; `path` stands for the file. For tests and fuzzing. */
CW_NODISCARD enum cw_status cw_config_from(struct cw_span text, const char *path,
                                           struct cw_mistakes *mistakes, struct cw_config **ret,
                                           struct cw_error *err);
/** Adds what lies in the folders of feeds and rules, which people edit as they do the
 * configuration. Who has read them before this may have read something older. */
void cw_config_fingerprint(const struct cw_config *config, struct cw_fingerprint *ret);
void cw_config_free(struct cw_config *config);
void cw_config_freep(struct cw_config **config);

#endif
