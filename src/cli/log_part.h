/* log_part.h: what `log`, `verify` and `alert` say about the transparency log. */
#ifndef CW_CLI_LOG_PART_H
#define CW_CLI_LOG_PART_H

#include "cli/cli.h"
#include "log/audit.h"
#include "log/prove.h"

/** The keys of one call. */
struct cw_cli_vkeys {
    const char *texts[CW_LOG_VKEYS_MAX]; /* --vkey, in its order */
    size_t texts_count;
    struct cw_tlog_key keys[CW_LOG_VKEYS_MAX];
    size_t count;
};
/** The row of --vkey in a table of options. */
struct cw_option cw_cli_vkey_option(struct cw_cli_vkeys *vkeys);
/** Reads the texts. Returns -1 to go on, else the exit code (usage). */
int cw_cli_vkeys_parse(const struct cw_cli *cli, struct cw_cli_vkeys *vkeys);
/** Adds the key of our own log, from keys_dir/log.pem under log.origin, when none was given.
 *  Returns: CW_OK; CW_NOT_FOUND, CW_DENIED, CW_INVALID with the reason. */
CW_NODISCARD enum cw_status cw_cli_vkeys_own(const struct cw_home *home, struct cw_cli_vkeys *vkeys,
                                             struct cw_error *err);

/** "valid", "invalid" (CW_UNTRUSTED) or "unchecked": what a verification came to. */
const char *cw_cli_result_name(enum cw_status status);
/** The same on stdout, in its colour. */
void cw_cli_result_print(const struct cw_cli *cli, enum cw_status status);

/** A folder can only be a log. */
bool cw_cli_is_log(const char *path);
bool cw_cli_are_logs(char **paths, int count);
/** Verifies a folder for `verify`: CW_OK, CW_UNTRUSTED, or CW_NOT_FOUND. */
CW_NODISCARD enum cw_status cw_cli_log_check(const struct cw_cli *cli, const char *folder,
                                             const struct cw_cli_vkeys *vkeys);

/** Verifies the log of a folder and says what was found.
 *  Returns: CW_EXIT_OK, CW_EXIT_INVALID, CW_EXIT_UNCHECKED. */
int cw_cli_log_verify(const struct cw_cli *cli, const struct cw_log_audit *audit);

/** Checks the proof file of a verified alert: its signature file and its body B.
 *  Returns: as cw_log_proof_check; CW_NOT_FOUND when the file cannot be read. */
CW_NODISCARD enum cw_status cw_cli_proof_verify(const char *path, struct cw_span jws,
                                                struct cw_span body,
                                                const struct cw_cli_vkeys *vkeys,
                                                struct cw_log_proven *ret, struct cw_error *err);
/** Says on stdout what a proof showed; as a JSON value for the JSON of `verify`. */
void cw_cli_proof_print(const struct cw_log_proven *proven);
json_t *cw_cli_proof_json(enum cw_status status, const struct cw_log_proven *proven,
                          const struct cw_error *err);

#endif
