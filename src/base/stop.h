/* stop.h: a person, or the service manager, asks the run to end (SIGTERM, SIGINT).
 *
 * Knows whether and when that was asked. Refuses to know what is to be done about it: whoever waits
 * or begins something new looks here. Holds the only object of the program that changes behind
 * everybody's back; what is made of it is a time limit like any other. A program that does not
 * listen is never asked, and ends by the signal as always.
 *
 * Once asked, transfers are abandoned and nothing new is sent; what was fetched is read and
 * committed, for CW_STOP_GRACE_MS. A second signal ends the program at once, as if nobody had
 * listened.
 *
 * Source: reliability.md 32.
 */
#ifndef CW_BASE_STOP_H
#define CW_BASE_STOP_H

#include <stdbool.h>
#include <stdint.h>

/** Longest wait between two looks: a signal that comes just before a wait does not end it. */
enum { CW_STOP_POLL_MS = 200 };

/** Begins to listen. Once, before the run that can be stopped. */
void cw_stop_listen(void);
bool cw_stop_is_asked(void);
/** The time limit as it is by now: the given one, or the end of the grace when that is earlier.
 *  In:      deadline_ms  of the machine's monotonic clock */
uint64_t cw_stop_limit(uint64_t deadline_ms);

#endif
