/* receipt_write.h: what the receipts of `check` and `screen` have in common: on which data they
 * rest, who signs, and the file.
 *
 * Knows the home, the index that was asked and the file that must not be there yet. Refuses to know
 * what was asked. Without a receipt there is no answer: whatever fails here ends a command with the
 * code of that failure, and leaves no file, whole or half.
 */
#ifndef CW_CLI_RECEIPT_WRITE_H
#define CW_CLI_RECEIPT_WRITE_H

#include "alert/receipt.h"
#include "check/check.h"
#include "cli/cli.h"

struct cw_receipt_place {
    const struct cw_cli *cli;
    struct cw_home *home;         /* its alert key is loaded for the signature, and not before */
    const struct cw_check *check; /* what gave the answers */
    const char *path;
};

/** Finds out, before anything is asked, what would keep a receipt from being written.
 *  Returns: CW_OK; CW_INVALID when the file is there; CW_NOT_FOUND, CW_DENIED for its folder; as
 *           cw_home_load_alert_key. The key is not kept: it and foreign bytes stay apart. */
CW_NODISCARD enum cw_status cw_receipt_try(const struct cw_receipt_place *place,
                                           struct cw_error *err);

/** Adds on which data, by whom and when to what was asked, signs it, and makes the file.
 *  In:      facts  with answers or screened; all else is filled in here
 *  Returns: CW_OK; CW_INVALID when the file is there; CW_LIMIT when the receipt is too long; CW_IO
 *           when the answers themselves cannot be written on stdout; as cw_home_load_alert_key and
 *           cw_file_create. */
CW_NODISCARD enum cw_status cw_receipt_write(const struct cw_receipt_place *place,
                                             struct cw_receipt_facts *facts, struct cw_error *err);

#endif
