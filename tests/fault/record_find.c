#include "record.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* ---- descriptors ---- */

static bool is_below(const struct run *run, pid_t pid, int fd)
{
    char link[64];
    char path[PATH_MAX];
    (void)snprintf(link, sizeof(link), "/proc/%d/fd/%d", (int)pid, fd);
    const ssize_t len = readlink(link, path, sizeof(path) - 1);
    path[len > 0 ? len : 0] = '\0';
    return journal_name(&run->journal, path) != NULL || strcmp(path, run->journal.under) == 0;
}

static int copy_of(pid_t pid, int fd)
{
    const int of = (int)syscall(SYS_pidfd_open, pid, 0);
    const int copy = of < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, of, fd, 0);
    if (copy < 0) {
        give_up(BUG, "cannot copy a descriptor", strerror(errno));
    }
    (void)close(of);
    return copy;
}

void drop_handed(struct run *run, pid_t pid, int from, int to)
{
    for (size_t i = run->handed_count; i-- > 0;) {
        struct handed *handed = &run->handed[i];
        if (handed->pid == pid && handed->theirs >= from && handed->theirs <= to) {
            (void)close(handed->ours);
            *handed = run->handed[--run->handed_count];
        }
    }
}

void keep_handed(struct run *run, pid_t pid)
{
    char folder[64];
    (void)snprintf(folder, sizeof(folder), "/proc/%d/fd", (int)pid);
    DIR *dir = opendir(folder);
    if (dir == NULL) {
        give_up(BUG, "cannot list descriptors", strerror(errno));
    }
    drop_handed(run, pid, 0, INT_MAX);
    for (const struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        const int fd = (int)strtol(entry->d_name, NULL, 10);
        if (entry->d_name[0] == '.' || !is_below(run, pid, fd)) {
            continue;
        }
        if (run->handed_count == HANDED_MAX) {
            give_up(BUG, "more descriptors handed on than expected", "");
        }
        run->handed[run->handed_count++] = (struct handed){pid, fd, copy_of(pid, fd)};
    }
    (void)closedir(dir);
}

int borrow(struct run *run, pid_t pid, int fd)
{
    for (size_t i = 0; i < run->handed_count; i++) {
        if (run->handed[i].pid == pid && run->handed[i].theirs == fd) {
            return fcntl(run->handed[i].ours, F_DUPFD_CLOEXEC, 0);
        }
    }
    return is_below(run, pid, fd) ? copy_of(pid, fd) : -1;
}

/* ---- paths ---- */

static void read_path(pid_t pid, uint64_t address, char *ret, size_t bytes)
{
    struct iovec here = {ret, bytes - 1};
    struct iovec there = {(void *)(uintptr_t)address, // NOLINT(performance-no-int-to-ptr)
                          bytes - 1};
    ssize_t got = -1;
    /* What lies behind the end of a short name may not be readable. */
    while ((got = process_vm_readv(pid, &here, 1, &there, 1, 0)) < 0 && there.iov_len > 1) {
        there.iov_len /= 2;
        here.iov_len = there.iov_len;
    }
    ret[got > 0 ? got : 0] = '\0';
}

void resolve(const struct run *run, pid_t pid, int folder_fd, uint64_t address,
             char ret[static PATH_MAX])
{
    char name[PATH_MAX / 2];
    read_path(pid, address, name, sizeof(name));
    char base[PATH_MAX / 4] = "";
    const bool is_relative = name[0] != '/';
    if (is_relative) {
        char link[64];
        if (folder_fd == AT_FDCWD) {
            (void)snprintf(link, sizeof(link), "/proc/%d/cwd", (int)pid);
        } else {
            (void)snprintf(link, sizeof(link), "/proc/%d/fd/%d", (int)pid, folder_fd);
        }
        const ssize_t len = readlink(link, base, sizeof(base) - 1);
        base[len > 0 ? len : 0] = '\0';
    }
    (void)snprintf(ret, PATH_MAX, "%s%s%s", base, is_relative ? "/" : "", name);
    if (journal_name(&run->journal, ret) == NULL) {
        ret[0] = '\0';
    } else if (strstr(ret, "/..") != NULL || strstr(ret, "//") != NULL ||
               strpbrk(ret, " \n") != NULL) {
        give_up(BUG, "a path that the journal cannot hold", ret);
    }
}
