/* alert_deliveries.h: what became of an alert's deliveries, as `alert list` and `alert show` say
 * it.
 *
 * Everything that a receiver answered is foreign text: escaped on a terminal, valid UTF-8 in JSON.
 */
#ifndef CW_CLI_ALERT_DELIVERIES_H
#define CW_CLI_ALERT_DELIVERIES_H

#include "cli/cli.h"

/** Prints one line a delivery, and below it what was answered. */
CW_NODISCARD enum cw_status cw_deliveries_print(struct cw_store *store, const char *alert_id,
                                                struct cw_error *err);
/** Prints "soc delivered, pager dead" between `begin` and `end`, or nothing when there is no
 *  delivery. */
CW_NODISCARD enum cw_status cw_deliveries_print_short(struct cw_store *store, const char *alert_id,
                                                      const char *begin, const char *end,
                                                      struct cw_error *err);
/** The same as an array of objects; the caller's on CW_OK. */
CW_NODISCARD enum cw_status cw_deliveries_json(struct cw_store *store, const char *alert_id,
                                               json_t **ret, struct cw_error *err);

#endif
