#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SECTOR = 512, BUG = 70 };

static void begin(struct journal *journal, const char *verb)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    (void)fprintf(journal->to, "%lld%09ld %s ", (long long)now.tv_sec, now.tv_nsec, verb);
}

static struct stat look_at(int fd)
{
    struct stat info;
    if (fstat(fd, &info) != 0) {
        give_up(BUG, "cannot look at a file", strerror(errno));
    }
    return info;
}

static void put_write(struct journal *journal, ino_t ino, off_t offset, const uint8_t *data,
                      size_t len)
{
    begin(journal, "write");
    (void)fprintf(journal->to, "%llu %lld %zu\n", (unsigned long long)ino, (long long)offset, len);
    (void)fwrite(data, 1, len, journal->to);
    (void)fputc('\n', journal->to);
}

const char *journal_name(const struct journal *journal, const char *path)
{
    const size_t len = strlen(journal->under);
    return strncmp(path, journal->under, len) == 0 && path[len] == '/' ? path + len + 1 : NULL;
}

/* From the file and not from the writer's memory: a sealed program does not let itself be read. */
static uint8_t *read_back(int fd, off_t offset, size_t len)
{
    char link[64];
    (void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    const int readable = open(link, O_RDONLY | O_CLOEXEC); /* theirs may be for writing only */
    uint8_t *data = malloc(len + 1);
    size_t have = 0;
    while (data != NULL && have < len) {
        const ssize_t got = pread(readable, data + have, len - have, offset + (off_t)have);
        if (got <= 0) {
            give_up(BUG, "cannot read back what was written", strerror(errno));
        }
        have += (size_t)got;
    }
    if (data == NULL) {
        give_up(BUG, "memory is exhausted", "");
    }
    (void)close(readable);
    return data;
}

/* ---- mapped files ---- */

static void compare(struct journal *journal, struct shared *shared, const uint8_t *now, size_t len)
{
    for (size_t at = 0; at < len; at += SECTOR) {
        const size_t part = len - at < SECTOR ? len - at : SECTOR;
        const bool is_new = at + part > shared->known_len;
        if (is_new || memcmp(shared->known + at, now + at, part) != 0) {
            put_write(journal, shared->ino, (off_t)at, now + at, part);
        }
    }
}

void journal_catch_up(struct journal *journal)
{
    for (size_t i = 0; i < journal->shared_count; i++) {
        struct shared *shared = &journal->shared[i];
        const size_t len = (size_t)look_at(shared->fd).st_size;
        uint8_t *now = read_back(shared->fd, 0, len);
        compare(journal, shared, now, len);
        free(shared->known);
        shared->known = now;
        shared->known_len = len;
    }
}

void journal_end(struct journal *journal)
{
    journal_catch_up(journal);
    for (size_t i = 0; i < journal->shared_count; i++) {
        free(journal->shared[i].known);
        (void)close(journal->shared[i].fd);
    }
    journal->shared_count = 0;
    if (fclose(journal->to) != 0) {
        give_up(BUG, "cannot write the journal", strerror(errno));
    }
}

void journal_share(struct journal *journal, int fd)
{
    const ino_t ino = look_at(fd).st_ino;
    for (size_t i = 0; i < journal->shared_count; i++) {
        if (journal->shared[i].ino == ino) {
            (void)close(fd);
            return;
        }
    }
    if (journal->shared_count == SHARED_MAX) {
        give_up(BUG, "more mapped files than expected", "");
    }
    journal->shared[journal->shared_count++] = (struct shared){.fd = fd, .ino = ino};
}

/* ---- entries ---- */

void journal_made(struct journal *journal, const char *verb, const char *path)
{
    struct stat info;
    if (lstat(path, &info) != 0) {
        give_up(BUG, "a new file is gone", path);
    }
    begin(journal, verb);
    (void)fprintf(journal->to, "%llu %o %s\n", (unsigned long long)info.st_ino,
                  (unsigned)info.st_mode & 07777, journal_name(journal, path));
}

void journal_write(struct journal *journal, int fd, off_t offset, size_t len)
{
    uint8_t *data = read_back(fd, offset, len);
    put_write(journal, look_at(fd).st_ino, offset, data, len);
    free(data);
}

void journal_size(struct journal *journal, int fd)
{
    const struct stat info = look_at(fd);
    begin(journal, "size");
    (void)fprintf(journal->to, "%llu %lld\n", (unsigned long long)info.st_ino,
                  (long long)info.st_size);
}

void journal_mode(struct journal *journal, ino_t ino, mode_t mode)
{
    begin(journal, "mode");
    (void)fprintf(journal->to, "%llu %o\n", (unsigned long long)ino, (unsigned)mode & 07777);
}

void journal_sync(struct journal *journal, int fd, const char *what)
{
    begin(journal, "sync");
    (void)fprintf(journal->to, "%llu %s\n", (unsigned long long)look_at(fd).st_ino, what);
}

void journal_names(struct journal *journal, const char *verb, const char *path, const char *other)
{
    begin(journal, verb);
    (void)fprintf(journal->to, "%s%s%s\n", journal_name(journal, path), other != NULL ? " " : "",
                  other != NULL ? journal_name(journal, other) : "");
}
