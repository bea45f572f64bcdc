/* verify_report.h: what a verification is said to have found, for people and for machines. */
#ifndef CW_CLI_VERIFY_REPORT_H
#define CW_CLI_VERIFY_REPORT_H

#include "alert/alert.h"
#include "alert/receipt.h"
#include "alert/seal.h"
#include "cli/cli.h"
#include "log/prove.h"

/** One verified file; borrowed. */
struct cw_verified {
    const char *file;
    enum cw_status status; /* CW_OK valid, CW_UNTRUSTED invalid, else it could not be checked */
    const struct cw_verification *found;
    struct cw_span body;                  /* empty unless valid: nothing is shown before */
    const struct cw_alert_summary *alert; /* of the body; NULL unless it is a valid alert of a */
    const struct cw_receipt_summary *receipt; /* type that we know, or receipt */
    bool is_policy_checked;                   /* false: it is our own, or no policy was asked for */
    const struct cw_log_proven *proven;       /* NULL: no log proof was asked for */
    enum cw_status proof_status;              /* of that proof */
    const struct cw_error *err;               /* why it is not valid */
};

void cw_verified_print(const struct cw_cli *cli, const struct cw_verified *verified);
void cw_verified_print_json(const struct cw_verified *verified);

#endif
