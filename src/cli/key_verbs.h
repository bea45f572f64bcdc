/* key_verbs.h: what the verbs of `cryptowatch key` share. */
#ifndef CW_CLI_KEY_VERBS_H
#define CW_CLI_KEY_VERBS_H

#include "cli/cli.h"
#include "crypto/sealed_key.h"

/** What was asked; strings are borrowed and may be NULL. */
struct cw_key_request {
    const char *operand; /* FILE or KID */
    enum cw_key_role role;
    const char *format;
    const char *key_file;
    const char *after;
    const char *reason;
    const char *since;
    const char *passphrase_fd;
    bool is_encrypted;
    bool is_next;
};

/** A passphrase from --passphrase-fd, or else from the terminal, without echo.
 *  In:      twice  ask again, so that a slip of a finger does not lock a key away
 *  Returns: CW_OK; CW_INVALID for a bad descriptor, no terminal, or two that differ; as
 *           cw_passphrase_read. */
enum cw_ask { CW_ASK_ONCE, CW_ASK_TWICE };
CW_NODISCARD enum cw_status cw_cli_passphrase(const struct cw_key_request *request, enum cw_ask how,
                                              struct cw_passphrase **ret, struct cw_error *err);
/** Loads a key file in any form; asks for a passphrase when it is under one. */
CW_NODISCARD enum cw_status cw_cli_key_file(const struct cw_key_request *request, const char *path,
                                            enum cw_key_role *ret_role,
                                            struct cw_signing_key **ret_key, struct cw_error *err);

/* Each gives an exit code. */
int cw_key_show(const struct cw_cli *cli, const struct cw_home *home,
                const struct cw_key_request *request);
int cw_key_new(const struct cw_cli *cli, const struct cw_home *home,
               const struct cw_key_request *request);
int cw_key_backup(const struct cw_cli *cli, const struct cw_home *home,
                  const struct cw_key_request *request);
int cw_key_restore(const struct cw_cli *cli, const struct cw_home *home,
                   const struct cw_key_request *request);
int cw_key_rotate(const struct cw_cli *cli, struct cw_home *home,
                  const struct cw_key_request *request);
int cw_key_revoke(const struct cw_cli *cli, const struct cw_home *home,
                  const struct cw_key_request *request);

#endif
