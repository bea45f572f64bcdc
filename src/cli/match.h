/* match.h: what `check` and `screen` say of a match in the same words. */
#ifndef CW_CLI_MATCH_H
#define CW_CLI_MATCH_H

#include "check/check.h"
#include "cli/tone.h"

/** The match object of design.md section 2. New reference. */
json_t *cw_cli_match_json(const struct cw_check_match *match);
/** 10 listed, 11 related, 20 cannot say, 0 clear. */
int cw_cli_verdict_exit(enum cw_verdict verdict);
enum cw_tone cw_cli_verdict_tone(enum cw_verdict verdict);

#endif
