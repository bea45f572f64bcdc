#include "record.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- what a call did ---- */

static void done_open(struct run *run, const struct task *task, size_t first, uint64_t flags,
                      int fd)
{
    char path[PATH_MAX];
    resolve(run, task->pid, first == 0 ? AT_FDCWD : (int)task->args[0], task->args[first], path);
    if (path[0] == '\0') {
        return;
    }
    if ((flags & O_TMPFILE) == O_TMPFILE || (flags & O_DSYNC) != 0) {
        give_up(BUG, "a file opened in a way the journal does not know", path);
    }
    if ((flags & O_CREAT) != 0 && !task->was_there) {
        journal_made(&run->journal, "create", path);
    } else if ((flags & O_TRUNC) != 0) {
        const int copy = borrow(run, task->pid, fd);
        journal_size(&run->journal, copy);
        (void)close(copy);
    }
}

static void done_one_name(struct run *run, const struct task *task, const char *verb, size_t first)
{
    char path[PATH_MAX];
    resolve(run, task->pid, first == 0 ? AT_FDCWD : (int)task->args[0], task->args[first], path);
    if (path[0] == '\0') {
        return;
    }
    if (strcmp(verb, "mkdir") == 0) {
        journal_made(&run->journal, verb, path);
    } else if (strcmp(verb, "chmod") == 0) {
        struct stat info;
        if (stat(path, &info) == 0) {
            journal_mode(&run->journal, info.st_ino, info.st_mode);
        }
    } else {
        journal_names(&run->journal, verb, path, NULL);
    }
}

/* at: of the two paths among the arguments; the folder, when the call has one, stands before. */
static void done_two_names(struct run *run, const struct task *task, const char *verb, bool is_at)
{
    char from[PATH_MAX];
    char to[PATH_MAX];
    resolve(run, task->pid, is_at ? (int)task->args[0] : AT_FDCWD, task->args[is_at ? 1 : 0], from);
    resolve(run, task->pid, is_at ? (int)task->args[2] : AT_FDCWD, task->args[is_at ? 3 : 1], to);
    if ((from[0] == '\0') != (to[0] == '\0')) {
        give_up(BUG, "a file crosses the border of the folder", verb);
    }
    if (from[0] != '\0') {
        journal_names(&run->journal, verb, from, to);
    }
}

enum position { GIVEN, CURRENT };

static void done_write(struct run *run, const struct task *task, enum position position,
                       uint64_t result)
{
    const int fd = borrow(run, task->pid, (int)task->args[0]);
    if (fd < 0) {
        return;
    }
    const off_t offset =
        position == GIVEN ? (off_t)task->args[3] : lseek(fd, 0, SEEK_CUR) - (off_t)result;
    journal_write(&run->journal, fd, offset, (size_t)result);
    (void)close(fd);
}

static void done_sync(struct run *run, const struct task *task, const char *what)
{
    const int fd = borrow(run, task->pid, (int)task->args[0]);
    if (fd >= 0) {
        journal_sync(&run->journal, fd, what);
        (void)close(fd);
    }
}

static void done_size(struct run *run, const struct task *task)
{
    const int fd = borrow(run, task->pid, (int)task->args[0]);
    if (fd >= 0) {
        journal_size(&run->journal, fd);
        (void)close(fd);
    }
}

static void done_mode(struct run *run, const struct task *task)
{
    const int fd = borrow(run, task->pid, (int)task->args[0]);
    struct stat info;
    if (fd >= 0 && fstat(fd, &info) == 0) {
        journal_mode(&run->journal, info.st_ino, info.st_mode);
        (void)close(fd);
    }
}

static void done_map(struct run *run, const struct task *task)
{
    const bool is_shared = (task->args[3] & (MAP_SHARED | MAP_PRIVATE)) == MAP_SHARED;
    const bool is_written = (task->args[2] & PROT_WRITE) != 0;
    if (is_shared && is_written && (task->args[3] & MAP_ANONYMOUS) == 0) {
        const int fd = borrow(run, task->pid, (int)task->args[4]);
        if (fd >= 0) {
            journal_share(&run->journal, fd);
        }
    }
}

static void refuse_fd(struct run *run, const struct task *task, size_t at, const char *call)
{
    const int fd = borrow(run, task->pid, (int)task->args[at]);
    if (fd >= 0) {
        give_up(BUG, "a call that the journal does not know", call);
    }
}

static void refuse_path(const struct run *run, const struct task *task, int folder_fd, size_t at,
                        const char *call)
{
    char path[PATH_MAX];
    resolve(run, task->pid, folder_fd, task->args[at], path);
    if (path[0] != '\0') {
        give_up(BUG, "a call that the journal does not know", call);
    }
}

/* Calls by descriptor. False: none of them. */
static bool done_by_fd(struct run *run, const struct task *task, uint64_t result)
{
    switch (task->number) {
    case SYS_write:
    case SYS_writev:
        done_write(run, task, CURRENT, result);
        return true;
    case SYS_pwrite64:
    case SYS_pwritev:
        done_write(run, task, GIVEN, result);
        return true;
    case SYS_fsync:
        done_sync(run, task, "all");
        return true;
    case SYS_fdatasync:
        done_sync(run, task, "data");
        return true;
    case SYS_ftruncate:
    case SYS_fallocate: /* it grows a file; a hole made by it is found by the test of the journal */
        done_size(run, task);
        return true;
    case SYS_fchmod:
        done_mode(run, task);
        return true;
    case SYS_mmap:
        done_map(run, task);
        return true;
    case SYS_close:
        drop_handed(run, task->pid, (int)task->args[0], (int)task->args[0]);
        return true;
    case SYS_close_range:
        drop_handed(run, task->pid, (int)task->args[0],
                    task->args[1] > INT_MAX ? INT_MAX : (int)task->args[1]);
        return true;
    case SYS_dup3:
        drop_handed(run, task->pid, (int)task->args[1], (int)task->args[1]);
        return true;
    case SYS_pwritev2:
        if (task->args[5] != 0) {
            refuse_fd(run, task, 0, "pwritev2 with flags");
        }
        done_write(run, task, GIVEN, result);
        return true;
    case SYS_sendfile:
        refuse_fd(run, task, 0, "sendfile");
        return true;
    case SYS_copy_file_range:
    case SYS_splice:
        refuse_fd(run, task, 2, "copy_file_range or splice");
        return true;
    case SYS_syncfs:
        refuse_fd(run, task, 0, "syncfs");
        return true;
    default:
        return false;
    }
}

static bool done_by_path_at(struct run *run, const struct task *task, uint64_t result)
{
    switch (task->number) {
    case SYS_openat:
        done_open(run, task, 1, task->args[2], (int)result);
        return true;
    case SYS_mkdirat:
        done_one_name(run, task, "mkdir", 1);
        return true;
    case SYS_unlinkat:
        done_one_name(run, task, (task->args[2] & AT_REMOVEDIR) != 0 ? "rmdir" : "unlink", 1);
        return true;
    case SYS_fchmodat:
        done_one_name(run, task, "chmod", 1);
        return true;
    case SYS_renameat2:
        if (task->args[4] != 0) {
            refuse_path(run, task, (int)task->args[0], 1, "renameat2 with flags");
        }
        done_two_names(run, task, "rename", true);
        return true;
    case SYS_linkat:
        done_two_names(run, task, "link", true);
        return true;
    case SYS_openat2:
        refuse_path(run, task, (int)task->args[0], 1, "openat2");
        return true;
    case SYS_symlinkat:
        refuse_path(run, task, (int)task->args[1], 2, "symlinkat");
        return true;
    case SYS_mknodat:
        refuse_path(run, task, (int)task->args[0], 1, "mknodat");
        return true;
    case SYS_truncate:
        refuse_path(run, task, AT_FDCWD, 0, "truncate");
        return true;
    case SYS_io_uring_setup:
        give_up(BUG, "a call that the journal does not know", "io_uring_setup");
    default:
        return false;
    }
}

/* The calls of older machines. */
static void done_by_path(struct run *run, const struct task *task, uint64_t result)
{
#ifdef SYS_open
    switch (task->number) {
    case SYS_open:
        done_open(run, task, 0, task->args[1], (int)result);
        break;
    case SYS_creat:
        refuse_path(run, task, AT_FDCWD, 0, "creat");
        break;
    case SYS_mkdir:
        done_one_name(run, task, "mkdir", 0);
        break;
    case SYS_rmdir:
        done_one_name(run, task, "rmdir", 0);
        break;
    case SYS_unlink:
        done_one_name(run, task, "unlink", 0);
        break;
    case SYS_chmod:
        done_one_name(run, task, "chmod", 0);
        break;
    case SYS_rename:
        done_two_names(run, task, "rename", false);
        break;
    case SYS_renameat:
        done_two_names(run, task, "rename", true);
        break;
    case SYS_link:
        done_two_names(run, task, "link", false);
        break;
    case SYS_symlink:
        refuse_path(run, task, AT_FDCWD, 1, "symlink");
        break;
    case SYS_mknod:
        refuse_path(run, task, AT_FDCWD, 0, "mknod");
        break;
    case SYS_dup2:
        drop_handed(run, task->pid, (int)task->args[1], (int)task->args[1]);
        break;
    default:
        break;
    }
#else
    (void)run;
    (void)task;
    (void)result;
#endif
}

void record_entry(struct run *run, struct task *task)
{
    bool is_open = task->number == SYS_openat;
    size_t at = 1;
#ifdef SYS_open
    if (task->number == SYS_open) {
        is_open = true;
        at = 0;
    }
#endif
    if (is_open && (task->args[at + 1] & O_CREAT) != 0) {
        char path[PATH_MAX];
        struct stat unused;
        resolve(run, task->pid, at == 0 ? AT_FDCWD : (int)task->args[0], task->args[at], path);
        task->was_there = path[0] != '\0' && lstat(path, &unused) == 0;
    }
}

void record_call(struct run *run, const struct task *task, uint64_t result)
{
    if (!done_by_fd(run, task, result) && !done_by_path_at(run, task, result)) {
        done_by_path(run, task, result);
    }
}
