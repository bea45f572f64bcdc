/* state.c: the folder of the state: ours, with room, held by whom, and what was left in it. */
#include <dirent.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "doctor/internal.h"

/* A scan holds documents, their records and a new index beside the old ones (reliability.md, 31).
 */
enum { ROOM_TIMES = 3, MIB = 1 << 20, ROOM_MIN = 16 * MIB };

static bool look_at_folder(struct cw_doctor *doctor)
{
    struct stat info;
    const char *path = doctor->home.config->state_dir;
    const struct cw_quoted quoted = cw_shell_quote(path);
    if (stat(path, &info) != 0) {
        cw_doctor_warn(doctor, "state.folder", cw_doctor_type(doctor, "scan"),
                       "%s: there is no state yet: no scan was ever run", path);
        return false;
    }
    if (!S_ISDIR(info.st_mode)) {
        cw_doctor_fail(doctor, "state.folder", CW_IO,
                       cw_doctor_shell(doctor, "mv %s %s.away", quoted.text, quoted.text),
                       "%s: is not a folder", path);
        return false;
    }
    if (info.st_uid != geteuid()) {
        cw_doctor_fail(
            doctor, "state.folder", CW_DENIED,
            cw_doctor_shell(doctor, "chown -R %ju %s", (uintmax_t)geteuid(), quoted.text),
            "%s: belongs to user %ju, and this is user %ju: run as that user, or give "
            "it to this one",
            path, (uintmax_t)info.st_uid, (uintmax_t)geteuid());
        return true;
    }
    if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        cw_doctor_warn(
            doctor, "state.folder", cw_doctor_shell(doctor, "chmod 700 %s", quoted.text),
            "%s: mode %04o lets others in, who may read our cases and alerts%s", path,
            (unsigned)(info.st_mode & 07777),
            (info.st_mode & (S_IWGRP | S_IWOTH)) != 0 ? ", and put files in place of ours" : "");
        return true;
    }
    cw_doctor_ok(doctor, "state.folder", "%s: ours alone", path);
    return true;
}

/* ---- room ---------------------------------------------------------------------------------- */

static void look_at_room(struct cw_doctor *doctor)
{
    struct statvfs info;
    const char *path = doctor->home.config->state_dir;
    const struct cw_quoted quoted = cw_shell_quote(path);
    if (statvfs(path, &info) != 0) {
        cw_doctor_warn(doctor, "state.room", cw_doctor_shell(doctor, "df -h %s", quoted.text),
                       "%s: the system does not say how much room there is", path);
        return;
    }
    const uint64_t room = (uint64_t)info.f_bavail * info.f_frsize;
    const uint64_t wanted = doctor->totals.snapshot_bytes * ROOM_TIMES + ROOM_MIN;
    if ((info.f_flag & ST_RDONLY) != 0) {
        cw_doctor_fail(doctor, "state.room", CW_IO,
                       cw_doctor_shell(doctor, "findmnt -T %s", quoted.text),
                       "%s: the file system is read-only: `check` and `screen` answer, no scan can "
                       "run; look in `dmesg` why, then mount it for writing again",
                       path);
    } else if (access(path, W_OK | X_OK) != 0) {
        cw_doctor_fail(doctor, "state.room", CW_DENIED, cw_doctor_give(doctor, path, path),
                       "%s: this user may not write there", path);
    } else if (room < wanted) {
        cw_doctor_fail(doctor, "state.room", CW_IO,
                       cw_doctor_shell(doctor, "df -h %s", quoted.text),
                       "%s: %" PRIu64 " MiB are free, a scan may need %" PRIu64
                       " (%d times the largest document, and %d): make room",
                       path, room / MIB, wanted / MIB, ROOM_TIMES, ROOM_MIN / MIB);
    } else if (info.f_files > 0 && info.f_favail == 0) {
        cw_doctor_fail(doctor, "state.room", CW_IO,
                       cw_doctor_shell(doctor, "df -i %s", quoted.text),
                       "%s: no file can be made any more (inodes): make room", path);
    } else {
        cw_doctor_ok(doctor, "state.room", "%" PRIu64 " MiB are free, a scan may need %" PRIu64,
                     room / MIB, wanted / MIB);
    }
}

/* ---- the lock ------------------------------------------------------------------------------ */

static void look_at_lock(struct cw_doctor *doctor)
{
    const struct cw_lock_holder *lock = &doctor->lock;
    const int64_t deadline_s = doctor->home.config->run_deadline_s;
    switch (lock->state) {
    case CW_LOCK_FREE:
        cw_doctor_ok(doctor, "state.lock", "no run is going on");
        return;
    case CW_LOCK_UNKNOWN:
        cw_doctor_ok(doctor, "state.lock", "this system does not say whether a run is going on");
        return;
    case CW_LOCK_HELD:
        break;
    }
    if (lock->since_s > 0 && doctor->now_s - lock->since_s > 2 * deadline_s) {
        cw_doctor_warn(doctor, "state.lock", cw_doctor_shell(doctor, "kill %" PRId64, lock->pid),
                       "process %" PRId64 " holds the lock since %s, longer than a run may take "
                       "(%" PRId64 " s): other runs end with 75; nothing is lost by ending it",
                       lock->pid, cw_doctor_moment(doctor, lock->since_s).text, deadline_s);
    } else if (lock->since_s > 0) {
        cw_doctor_ok(doctor, "state.lock", "a run is going on: process %" PRId64 ", since %s",
                     lock->pid, cw_doctor_moment(doctor, lock->since_s).text);
    } else {
        cw_doctor_ok(doctor, "state.lock", "a run is going on");
    }
}

/* ---- what was left ------------------------------------------------------------------------- */

/* Names under which a run writes before it renames: base/file.h, fetch/snapshots.h. */
static bool is_temporary(const char *name)
{
    return strncmp(name, "tmp.", 4) == 0 || strncmp(name, ".cw-", 4) == 0;
}

static size_t count_leftovers(const char *folder, char *ret_first, size_t bytes)
{
    size_t count = 0;
    DIR *dir = opendir(folder);
    if (dir == NULL) {
        return 0;
    }
    for (const struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        if (is_temporary(entry->d_name) && count++ == 0 && ret_first[0] == '\0') {
            (void)snprintf(ret_first, bytes, "%.1700s/%.255s", folder, entry->d_name);
        }
    }
    (void)closedir(dir);
    return count;
}

/* Of a run that is going on they are not leftovers. */
static void look_at_leftovers(struct cw_doctor *doctor)
{
    static const char *const names[] = {"/snapshots", "/index", "/log"};
    size_t count = 0;
    char first[CW_DOCTOR_PATH_BYTES] = "";
    for (size_t i = 0; i < CW_COUNT(names); i++) {
        char folder[CW_DOCTOR_PATH_BYTES];
        (void)snprintf(folder, sizeof(folder), "%s%s", doctor->home.config->state_dir, names[i]);
        count += count_leftovers(folder, first, sizeof(first));
    }
    if (doctor->lock.state == CW_LOCK_HELD) {
        return;
    }
    if (count > 0) {
        cw_doctor_warn(
            doctor, "state.leftovers", cw_doctor_type(doctor, "scan"),
            "%zu unfinished files of runs that were killed, such as %s: they do no harm, "
            "the next scan removes them",
            count, first);
    } else {
        cw_doctor_ok(doctor, "state.leftovers", "no unfinished files");
    }
}

void cw_doctor_state(struct cw_doctor *doctor)
{
    if (!look_at_folder(doctor)) {
        return;
    }
    look_at_room(doctor);
    cw_doctor_rights(doctor);
    look_at_lock(doctor);
    look_at_leftovers(doctor);
}
