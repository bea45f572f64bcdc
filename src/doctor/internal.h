/* internal.h: what the groups of checks share. Private to src/doctor/.
 *
 * A finding is made in one line: its check, what to type (or NULL), and a sentence:
 *
 *   cw_doctor_warn(doctor, "feeds.ofac", cw_doctor_type(doctor, "scan --feed ofac"), "…");
 *
 * A command of ours that the sentence names stands between backticks: it is completed for this home
 * when it is told.
 */
#ifndef CW_DOCTOR_INTERNAL_H
#define CW_DOCTOR_INTERNAL_H

#include "base/shell.h"
#include "doctor/doctor.h"
#include "store/health.h"

enum {
    CW_DOCTOR_NAMES_BYTES = 512, /* of many lists, told in one line */
    CW_DOCTOR_PATH_BYTES = CW_SHELL_PATH_BYTES,
    CW_DOCTOR_COMMAND_BYTES = 2 * CW_SHELL_WORD_BYTES,
    CW_DOCTOR_TEXT_BYTES = 2 * CW_SHELL_PATH_BYTES, /* of a sentence, before its commands are
                                                       completed */
    CW_DOCTOR_TOLD_BYTES = 1 << 20,                 /* and then, with all escaped */
};

struct cw_doctor {
    const struct cw_doctor_options *options;
    struct cw_doctor_report *report;
    int64_t now_s;
    struct cw_home home;         /* as far as it could be read; config NULL: not at all */
    struct cw_mistakes mistakes; /* of its files */
    enum cw_status home_status;
    struct cw_error home_error;
    struct cw_store *store; /* NULL: see store_status */
    enum cw_status store_status;
    struct cw_error store_error;
    struct cw_store_totals totals; /* with a store */
    struct cw_lock_holder lock;
    char command[CW_DOCTOR_COMMAND_BYTES]; /* being typed */
};

void cw_doctor_ok(struct cw_doctor *doctor, const char *check, const char *fmt, ...)
    CW_PRINTF(3, 4);
/** In: command  may be NULL or "": nothing need be typed */
void cw_doctor_warn(struct cw_doctor *doctor, const char *check, const char *command,
                    const char *fmt, ...) CW_PRINTF(4, 5);
/** In: status  what kind of error; not CW_OK */
void cw_doctor_fail(struct cw_doctor *doctor, const char *check, enum cw_status status,
                    const char *command, const char *fmt, ...) CW_PRINTF(5, 6);

/** "cryptowatch " and the rest, and --config when this home is not found without. Borrowed until
 *  the next call of this or cw_doctor_shell. */
const char *cw_doctor_type(struct cw_doctor *doctor, const char *fmt, ...) CW_PRINTF(2, 3);
/** Any other command; paths through cw_shell_quote. "" when it does not fit: half a command is
 * worse than none. */
const char *cw_doctor_shell(struct cw_doctor *doctor, const char *fmt, ...) CW_PRINTF(2, 3);
/** "2026-11-26T03:00:00Z, 3 hours ago" or ", in 3 hours". */
struct cw_moment {
    char text[80];
};
struct cw_moment cw_doctor_moment(const struct cw_doctor *doctor, int64_t at_s);

/** What opens a file or folder to this user: chown, chmod, or a look when neither is it. Borrowed
 *  as above.
 *  In:      whole  a folder that is given to this user with all in it; NULL: the path alone */
const char *cw_doctor_give(struct cw_doctor *doctor, const char *path, const char *whole);

enum cw_doctor_use {
    CW_DOCTOR_FILE,        /* read and written */
    CW_DOCTOR_LOCK,        /* the same, and no link */
    CW_DOCTOR_FOLDER,      /* files are made in it */
    CW_DOCTOR_READ_FOLDER, /* files in it are read */
};
/** Something in the state, and how it is used. */
struct cw_doctor_place {
    const char *path;
    const char *whole; /* as for cw_doctor_give */
    enum cw_doctor_use use;
    const char *what; /* what does not happen without it */
};
/** Whether this user may use it so; what is not there, a scan makes. Tells what is in the way, as
 *  an error, with what mends it (rights.c). */
bool cw_doctor_may_use(struct cw_doctor *doctor, const char *check,
                       const struct cw_doctor_place *place);
/** The same of a folder whose files are to be read; all in it is given to this user. */
bool cw_doctor_may_read_folder(struct cw_doctor *doctor, const char *check, const char *folder,
                               const char *what);

/** What makes a secret file, or the folder it is in, ours alone; "" when its modes are not what is
 *  wrong. */
const char *cw_doctor_close_secret(struct cw_doctor *doctor, const char *path);

/* The groups, a file each. Those without a configuration or a database are not called. */
void cw_doctor_config(struct cw_doctor *doctor);
void cw_doctor_keys(struct cw_doctor *doctor);
void cw_doctor_state(struct cw_doctor *doctor);
void cw_doctor_database(struct cw_doctor *doctor);
void cw_doctor_index(struct cw_doctor *doctor);
void cw_doctor_snapshots(struct cw_doctor *doctor);
void cw_doctor_feeds(struct cw_doctor *doctor);
void cw_doctor_outbox(struct cw_doctor *doctor);
void cw_doctor_log(struct cw_doctor *doctor);
void cw_doctor_clock(struct cw_doctor *doctor);
void cw_doctor_programs(struct cw_doctor *doctor);

/** Part of state: every file and folder that a scan writes (rights.c). */
void cw_doctor_rights(struct cw_doctor *doctor);
/** Part of programs: every format and container through the parser (selftest.c). */
void cw_doctor_formats(struct cw_doctor *doctor);

#endif
