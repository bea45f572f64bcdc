/* alert_retract.h: `alert retract`, apart from the verbs that only read. */
#ifndef CW_CLI_ALERT_RETRACT_H
#define CW_CLI_ALERT_RETRACT_H

#include "cli/cli.h"

/** Signs, stores and queues the retraction of a stored alert; prints its id. A second retraction of
 *  the same alert is refused: its identifier is the same. Returns an exit code. */
int cw_cli_alert_retract(struct cw_cli *cli, const char *id, const char *reason);

#endif
