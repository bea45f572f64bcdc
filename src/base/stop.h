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
#include <stddef.h>

#include "base/clock.h"
#include "base/error.h"

/** Longest wait between two looks: a signal that comes just before a wait does not end it. */
enum { CW_STOP_POLL_MS = 200 };
/** Parts of a long work between two looks: a hundredth of a second of the slowest of them. */
enum { CW_STOP_PARTS = 1024 };

/** Begins to listen. Once, before the run that can be stopped. */
void cw_stop_listen(void);
bool cw_stop_is_asked(void);
/** The time limit as it is by now: the given one, or the end of the grace when that is earlier.
 *  In:      deadline_ms  of the machine's monotonic clock */
uint64_t cw_stop_limit(uint64_t deadline_ms);
/** Says between the parts of a long work whether it goes on; looks every CW_STOP_PARTS of them.
 *  In:      clock       NULL: nobody may stop it
 *           parts_done  counted from 0
 *  Returns: CW_OK; CW_TEMPORARY when the grace is over: take back what was begun */
CW_NODISCARD enum cw_status cw_stop_between(const struct cw_clock *clock, size_t parts_done,
                                            struct cw_error *err);

#endif
