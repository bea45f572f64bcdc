/* journal.h: the journal of what a tree of processes does to the files below one folder.
 *
 * Knows files by inode and the descriptors through which they are changed, and copies what was
 * written out of the file itself. Refuses to know who traces whom: record.c tells it of each call.
 *
 *   TIME create INO MODE PATH     a file that was not there
 *   TIME mkdir INO MODE PATH
 *   TIME write INO OFFSET LENGTH  and then so many bytes, then a newline
 *   TIME size INO LENGTH
 *   TIME mode INO MODE
 *   TIME sync INO all|data        of a file or a folder
 *   TIME rename|link OLD NEW      paths are below the folder and hold no blank
 *   TIME unlink|rmdir PATH
 * TIME is CLOCK_MONOTONIC in nanoseconds, after the call; MODE is octal.
 */
#ifndef CW_FAULT_JOURNAL_H
#define CW_FAULT_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

enum { SHARED_MAX = 8 };

/* A file that is mapped for writing by all who have it: what is stored there passes no call. */
struct shared {
    int fd;
    ino_t ino;
    uint8_t *known; /* what it held when it was last looked at */
    size_t known_len;
};

struct journal {
    FILE *to;
    const char *under; /* absolute, no slash at its end */
    struct shared shared[SHARED_MAX];
    size_t shared_count;
};

/** Below the folder, as what follows its slash; else NULL. Borrowed from `path`. */
const char *journal_name(const struct journal *journal, const char *path);

/** Writes down what was stored into mapped files since the last time. Before every entry. */
void journal_catch_up(struct journal *journal);
/** The same when the last process has ended, and ends the journal: nothing may follow. */
void journal_end(struct journal *journal);
/** Watches a file from now on; takes `fd`. */
void journal_share(struct journal *journal, int fd);

/** `path` absolute. Each ends the program when it cannot do its work. */
void journal_made(struct journal *journal, const char *verb, const char *path);
void journal_write(struct journal *journal, int fd, off_t offset, size_t len);
void journal_size(struct journal *journal, int fd);
void journal_mode(struct journal *journal, ino_t ino, mode_t mode);
void journal_sync(struct journal *journal, int fd, const char *what);
void journal_names(struct journal *journal, const char *verb, const char *path, const char *other);

/** Ends the program with one line on stderr. */
_Noreturn void give_up(int code, const char *what, const char *which);

#endif
