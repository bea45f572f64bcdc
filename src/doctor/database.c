/* database.c: does the truth open, is it sound, and is every list in it the one that was written?
 */
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/datetime.h"
#include "doctor/internal.h"

/* The -wal belongs to the file: left alone it would be played into the next one. */
static const char *set_aside(struct cw_doctor *doctor)
{
    char scan[CW_DOCTOR_COMMAND_BYTES];
    char name[64] = "damaged.";
    const char *state_dir = doctor->home.config->state_dir;
    const struct cw_quoted file = cw_shell_quote_in(state_dir, "state.db");
    (void)snprintf(scan, sizeof(scan), "%s", cw_doctor_type(doctor, "scan"));
    cw_time_format(doctor->now_s, name + strlen(name));
    const struct cw_quoted aside = cw_shell_quote_in(state_dir, name);
    return cw_doctor_shell(doctor, "mkdir -m 700 %s && mv %s* %s && %s", aside.text, file.text,
                           aside.text, scan);
}

#define OR_ELSE                                                                                    \
    "put back the newest backup of it; without one, set it aside and scan: lists are read anew, "  \
    "history and waiting alerts are lost"

/* A file that this user may read belongs to somebody else, or lies where the journal beside it
 * cannot be used; both are told by the sentence of the store. */
static const char *open_up(struct cw_doctor *doctor)
{
    struct stat info;
    char path[CW_DOCTOR_PATH_BYTES];
    (void)snprintf(path, sizeof(path), "%s/state.db", doctor->home.config->state_dir);
    const struct cw_quoted file = cw_shell_quote(path);
    const bool is_shut = access(path, R_OK) != 0;
    if (is_shut && stat(path, &info) == 0) {
        return info.st_uid == geteuid() ? cw_doctor_shell(doctor, "chmod 600 %s", file.text)
                                        : cw_doctor_give(doctor, path, NULL);
    }
    return cw_doctor_shell(doctor, "ls -ld %s %s", file.text,
                           cw_shell_quote(doctor->home.config->state_dir).text);
}

/* What the store says of a state that it refuses has the advice in it already. */
static void tell_refused(struct cw_doctor *doctor)
{
    const char *why = doctor->store_error.text;
    const bool is_newer = strstr(why, "newer cryptowatch") != NULL;
    const bool is_older = strstr(why, "older cryptowatch") != NULL ||
                          strstr(why, "reads addresses differently") != NULL;
    if (is_older) {
        cw_doctor_warn(doctor, "database.open", cw_doctor_type(doctor, "scan"), "%s", why);
    } else {
        cw_doctor_fail(doctor, "database.open", CW_STATE,
                       is_newer ? cw_doctor_shell(doctor, "cryptowatch --version")
                                : set_aside(doctor),
                       "%s", why);
    }
}

static void tell_unopened(struct cw_doctor *doctor)
{
    const char *why = doctor->store_error.text;
    if (doctor->store_status == CW_NOT_FOUND) {
        cw_doctor_warn(doctor, "database.open", cw_doctor_type(doctor, "scan"), "%s", why);
    } else if (doctor->store_status == CW_STATE) {
        tell_refused(doctor);
    } else {
        cw_doctor_fail(doctor, "database.open", doctor->store_status, open_up(doctor), "%s", why);
    }
}

/* SQLite writes several lines. */
static void on_fault(void *ctx, struct cw_span fault)
{
    struct cw_doctor *doctor = ctx;
    char text[256];
    (void)snprintf(text, sizeof(text), "%.*s", CW_SPAN_ARG(fault));
    for (size_t i = 0; text[i] != '\0'; i++) {
        if (text[i] == '\n') {
            text[i] = ' ';
        }
    }
    cw_doctor_fail(doctor, "database.sound", CW_STATE, set_aside(doctor), "state.db: %s: " OR_ELSE,
                   text);
}

static void look_inside(struct cw_doctor *doctor)
{
    size_t faults = 0;
    bool is_whole = false;
    struct cw_error err = {0};
    if (cw_store_self_check(doctor->store, on_fault, doctor, &faults, &is_whole, &err) != CW_OK) {
        if (faults == 0) {
            cw_doctor_fail(doctor, "database.sound", err.code, set_aside(doctor), "%s", err.text);
        }
    } else if (faults == 0) {
        cw_doctor_ok(doctor, "database.sound", "%s",
                     is_whole ? "pages, rows, indexes and references are sound"
                              : "pages, rows and references are sound (it is too large to compare "
                                "the indexes here: sqlite3 FILE 'PRAGMA integrity_check')");
    }
}

/* ---- lists --------------------------------------------------------------------------------- */

struct counted {
    struct cw_doctor *doctor;
    size_t good;
    size_t bad;
};

/* Of 150 bits turned over SQLite noticed 35, the digests of the lists 129 (reliability.md, 3). */
static enum cw_status on_list(void *ctx, const char *feed, struct cw_error *err)
{
    struct counted *counted = ctx;
    struct cw_doctor *doctor = counted->doctor;
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *list = NULL;
    struct cw_error why = {0};
    (void)err;
    if (cw_store_watchlist_load(doctor->store, feed, NULL, &list, &why) == CW_OK) {
        counted->good++;
        return CW_OK;
    }
    counted->bad++;
    cw_doctor_fail(doctor, "database.lists", why.code, set_aside(doctor), "list %s: %s", feed,
                   why.text);
    return CW_OK;
}

static void look_at_lists(struct cw_doctor *doctor)
{
    struct counted counted = {.doctor = doctor};
    struct cw_error err = {0};
    if (cw_store_each_list(doctor->store, on_list, &counted, &err) != CW_OK) {
        cw_doctor_fail(doctor, "database.lists", err.code, set_aside(doctor), "%s", err.text);
    } else if (counted.bad == 0) {
        cw_doctor_ok(doctor, "database.lists", "%zu lists are as they were written", counted.good);
    }
}

void cw_doctor_database(struct cw_doctor *doctor)
{
    if (doctor->store == NULL) {
        tell_unopened(doctor);
        return;
    }
    cw_doctor_ok(doctor, "database.open", "schema %" PRId64 ", %" PRIu64 " KiB, %" PRIu64 " alerts",
                 doctor->totals.schema, doctor->totals.bytes / 1024, doctor->totals.alerts);
    look_inside(doctor);
    look_at_lists(doctor);
}
