/* rights.c: may this user do to the state what the next scan does to it?
 *
 * One command of another user, root's most often, leaves files that the scans of this one cannot
 * write; the folder around them looks well meanwhile.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "doctor/internal.h"
#include "tlog/tile.h"

/* A tile's folder: tile/LEVEL/x001/x234/067.p, three digits a step; CW_LOG_SIZE_MAX takes five. */
enum { LOG_STEPS_MAX = 8, NAME_BYTES = 256 };

/* ---- one path ------------------------------------------------------------------------------ */

const char *cw_doctor_give(struct cw_doctor *doctor, const char *path, const char *whole)
{
    struct stat info;
    if (stat(path, &info) != 0) {
        return "";
    }
    const bool is_folder = S_ISDIR(info.st_mode);
    const mode_t needed = is_folder ? S_IRWXU : S_IRUSR | S_IWUSR;
    const bool is_ours = info.st_uid == geteuid();
    const bool is_open = (info.st_mode & needed) == needed;
    const struct cw_quoted word = cw_shell_quote(path);
    const char *mode = is_folder ? "u+rwx" : "u+rw";
    if (is_ours && is_open) { /* an access list, or a flag of the file system */
        return cw_doctor_shell(doctor, "ls -ld %s", word.text);
    }
    if (is_ours) {
        return cw_doctor_shell(doctor, "chmod %s %s", mode, word.text);
    }
    const struct cw_quoted all = cw_shell_quote(whole != NULL ? whole : path);
    const char *deep = whole != NULL ? "-R " : "";
    const uintmax_t us = geteuid();
    return is_open ? cw_doctor_shell(doctor, "chown %s%ju %s", deep, us, all.text)
                   : cw_doctor_shell(doctor, "chown %s%ju %s && chmod %s %s", deep, us, all.text,
                                     mode, word.text);
}

/* A lock is not taken through a link (store/lock.c). */
static int look_up(const char *path, enum cw_doctor_use use, struct stat *ret)
{
    return use == CW_DOCTOR_LOCK ? lstat(path, ret) : stat(path, ret);
}

bool cw_doctor_may_use(struct cw_doctor *doctor, const char *check,
                       const struct cw_doctor_place *place)
{
    struct stat info;
    const char *path = place->path;
    const bool is_folder = place->use == CW_DOCTOR_FOLDER || place->use == CW_DOCTOR_READ_FOLDER;
    const int mode = place->use == CW_DOCTOR_READ_FOLDER ? R_OK | X_OK
                     : is_folder                         ? R_OK | W_OK | X_OK
                                                         : R_OK | W_OK;
    if (look_up(path, place->use, &info) != 0) {
        return true; /* a scan makes it; that it may not, is a matter of the folder around it */
    }
    if (is_folder ? !S_ISDIR(info.st_mode) : !S_ISREG(info.st_mode)) {
        const struct cw_quoted word = cw_shell_quote(path);
        cw_doctor_fail(
            doctor, check, CW_IO, cw_doctor_shell(doctor, "mv %s %s.away", word.text, word.text),
            "%s: is not a %s: %s", path, is_folder ? "folder" : "regular file", place->what);
        return false;
    }
    if (access(path, mode) == 0 || errno == EROFS) { /* a read-only disk is told by state.room */
        return true;
    }
    const bool is_ours = info.st_uid == geteuid();
    cw_doctor_fail(doctor, check, CW_DENIED, cw_doctor_give(doctor, path, place->whole),
                   "%s: belongs to user %ju, and this user, %ju, may not %s: %s%s", path,
                   (uintmax_t)info.st_uid, (uintmax_t)geteuid(),
                   is_folder ? "make files in it" : "read and write it", place->what,
                   is_ours ? "" : "; as root, give it to this one");
    return false;
}

bool cw_doctor_may_read_folder(struct cw_doctor *doctor, const char *check, const char *folder,
                               const char *what)
{
    const struct cw_doctor_place place = {
        .path = folder, .whole = folder, .use = CW_DOCTOR_READ_FOLDER, .what = what};
    return cw_doctor_may_use(doctor, check, &place);
}

/* ---- the log: its top levels, and of each level of tiles the folders that grow -------------- */

static bool is_folder_in(DIR *dir, const char *name)
{
    struct stat info;
    return fstatat(dirfd(dir), name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(info.st_mode);
}

/* The names of tiles are in the order of their numbers. */
static bool step_to_newest(char *path, size_t bytes)
{
    char newest[NAME_BYTES] = "";
    DIR *dir = opendir(path);
    if (dir == NULL) {
        return false;
    }
    for (const struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        if (entry->d_name[0] != '.' && strcmp(entry->d_name, newest) > 0 &&
            is_folder_in(dir, entry->d_name)) {
            (void)snprintf(newest, sizeof(newest), "%.255s", entry->d_name);
        }
    }
    (void)closedir(dir);
    const size_t len = strlen(path);
    const int more = snprintf(path + len, bytes - len, "/%s", newest);
    return newest[0] != '\0' && more > 0 && (size_t)more < bytes - len;
}

static bool may_use_log_folder(struct cw_doctor *doctor, const char *path)
{
    const struct cw_doctor_place place = {
        .path = path,
        .whole = doctor->home.log_dir,
        .use = CW_DOCTOR_FOLDER,
        .what = "alerts go out, but the log is not continued",
    };
    return cw_doctor_may_use(doctor, "state.access", &place);
}

static bool may_use_level(struct cw_doctor *doctor, const char *level)
{
    char path[CW_DOCTOR_PATH_BYTES];
    const int len = snprintf(path, sizeof(path), "%s/tile/%s", doctor->home.log_dir, level);
    bool is_good = len > 0 && (size_t)len < sizeof(path);
    for (int i = 0; is_good && i < LOG_STEPS_MAX; i++) {
        is_good = may_use_log_folder(doctor, path);
        if (is_good && !step_to_newest(path, sizeof(path))) {
            break;
        }
    }
    return is_good;
}

/* The first folder that is not ours is told: the command mends all of them. */
static bool may_use_log(struct cw_doctor *doctor)
{
    char tile[CW_DOCTOR_PATH_BYTES];
    (void)snprintf(tile, sizeof(tile), "%s/tile", doctor->home.log_dir);
    bool is_good =
        may_use_log_folder(doctor, doctor->home.log_dir) && may_use_log_folder(doctor, tile);
    is_good = is_good && may_use_level(doctor, "entries");
    for (int i = 0; is_good && i < CW_TLOG_TILE_LEVELS; i++) {
        char level[16];
        (void)snprintf(level, sizeof(level), "%d", i);
        is_good = may_use_level(doctor, level);
    }
    return is_good;
}

/* ---- all of it ----------------------------------------------------------------------------- */

static const struct {
    const char *name;
    enum cw_doctor_use use;
    const char *what;
} places[] = {
    {"lock", CW_DOCTOR_LOCK, "no run can begin"},
    {"state.db", CW_DOCTOR_FILE, "no run can begin"},
    {"state.db-wal", CW_DOCTOR_FILE, "no run can begin"},
    {"state.db-shm", CW_DOCTOR_FILE, "no run can begin"},
    {"snapshots", CW_DOCTOR_FOLDER, "no list can be fetched"},
    {"index", CW_DOCTOR_FOLDER, "no index can be written, a scan fails"},
};

void cw_doctor_rights(struct cw_doctor *doctor)
{
    struct stat info;
    const char *state_dir = doctor->home.config->state_dir;
    bool is_good = true;
    if (stat(state_dir, &info) != 0 || info.st_uid != geteuid()) {
        return; /* state.folder gives all of it to this user */
    }
    for (size_t i = 0; i < CW_COUNT(places); i++) {
        char path[CW_DOCTOR_PATH_BYTES];
        (void)snprintf(path, sizeof(path), "%s/%s", state_dir, places[i].name);
        const struct cw_doctor_place place = {
            .path = path,
            .whole = places[i].use == CW_DOCTOR_FOLDER ? path : NULL,
            .use = places[i].use,
            .what = places[i].what,
        };
        is_good &= cw_doctor_may_use(doctor, "state.access", &place);
    }
    is_good &= may_use_log(doctor);
    if (is_good) {
        cw_doctor_ok(doctor, "state.access", "this user may write all that a scan writes");
    }
}
