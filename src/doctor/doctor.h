/* doctor.h: everything that can be wrong with an installation, each thing with what to type.
 *
 * Knows the checks, and which command mends what. Refuses to mend: it takes no lock, opens the
 * database for reading, publishes nothing, sends nothing and asks nobody on the network, so that it
 * may run beside a scan and on a disk that is full or read-only. (SQLite alone may make its
 * state.db-shm beside a database that has a log.)
 *
 * Every group of checks is done whatever the others found; one that cannot be done says so, as a
 * finding of its own: a check that is missing is never passed over (reliability.md, 31).
 *
 *   group      looks at
 *   config     configuration, feed files, rules, trusted keys: can they be read, who may write them
 *   keys       signing keys and secrets of endpoints: readable by us alone, published, in time
 *   state      the folder: owner, mode, room, may all of it be written, who holds the lock,
 *              what a killed run left
 *   database   opens, sound, of our version, every list the one that was written
 *   index      there, whole, of the state and of the files
 *   snapshots  every document that something refers to has its hash
 *   feeds      which list is failed, held, stale or never read, and what is in force meanwhile
 *   outbox     what waits, is overdue, dead, or has no endpoint any more
 *   log        signed, whole, and published
 *   clock      not before this program was made, not before what is stored
 *   programs   helper programs: there, of this version, sealed; every format read; TLS
 */
#ifndef CW_DOCTOR_DOCTOR_H
#define CW_DOCTOR_DOCTOR_H

#include "base/clock.h"
#include "home/home.h"

enum cw_finding_state {
    CW_FINDING_OK,
    CW_FINDING_WARNING, /* it works, but somebody should look at it */
    CW_FINDING_ERROR,   /* it does not do what it is for */
};
/** "ok", "warning", "error". */
const char *cw_finding_state_name(enum cw_finding_state state);

/** What one check found. Borrowed during the call; texts are printable (base/text.h). */
struct cw_finding {
    const char *check; /* "database.open": group, dot, what */
    enum cw_finding_state state;
    enum cw_status status; /* of an error: its kind, as other commands would end with it */
    const char *text;      /* one line: what */
    const char *command;   /* what to type in a shell; "" when nothing need or can be typed */
};
typedef void (*cw_finding_fn)(void *ctx, const struct cw_finding *finding);

struct cw_doctor_options {
    const char *config_path;   /* where the configuration was found; NULL: nowhere */
    const char *config_error;  /* then why */
    const char *config_option; /* what has to follow --config in a command; NULL: it is found */
    const char *version;       /* of this program */
    struct cw_programs programs;
    struct cw_clock clock;
    const char *const *only; /* names of groups, NULL-terminated; NULL or empty: all */
    cw_finding_fn found;
    void *ctx;
};

struct cw_doctor_report {
    size_t oks;
    size_t warnings;
    size_t errors;
    enum cw_status first_error; /* CW_OK: none */
};

/** Looks at everything, and tells what it found as it goes, in the order above. Never fails as a
 *  whole: that it could not look is a finding. */
void cw_doctor_run(const struct cw_doctor_options *options, struct cw_doctor_report *ret);

/** Names of the groups in their order, NULL-terminated. */
const char *const *cw_doctor_groups(void);

#endif
