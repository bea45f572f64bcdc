/* record.h: one traced tree, and what is known of its processes.
 *
 * Knows which descriptor is which file, and what each call did to the files of the journal. Refuses
 * to know how processes are stopped and resumed: record.c does.
 */
#ifndef CW_FAULT_RECORD_H
#define CW_FAULT_RECORD_H

#include <limits.h>

#include "journal.h"

enum { USAGE = 64, UNAVAILABLE = 69, BUG = 70 };
enum { TASKS_MAX = 64, HANDED_MAX = 64 };

/* A descriptor that a program was started with: when it has sealed itself, nobody can ask any more
 * what is behind its descriptors. */
struct handed {
    pid_t pid;
    int theirs;
    int ours;
};

struct task {
    pid_t pid;
    bool is_inside; /* a call is under way, and its arguments are here */
    uint64_t number;
    uint64_t args[6];
    bool was_there; /* the file that open() may make */
};

struct run {
    struct journal journal;
    struct task tasks[TASKS_MAX];
    size_t tasks_count;
    struct handed handed[HANDED_MAX];
    size_t handed_count;
    pid_t main_pid;
    int main_status;
};

/** Remembers the files of the journal that a program was started with. */
void keep_handed(struct run *run, pid_t pid);
/** Forgets those from `from` to `to`, which the program has closed. */
void drop_handed(struct run *run, pid_t pid, int from, int to);
/** Ours for theirs, to be closed, when it is a file or folder of the journal; else -1. */
int borrow(struct run *run, pid_t pid, int fd);
/** Out: ret  absolute, or "" when it is not below the folder of the journal */
void resolve(const struct run *run, pid_t pid, int folder_fd, uint64_t address,
             char ret[static PATH_MAX]);

/** Before a call is made: what must be known then to say afterwards what it did. */
void record_entry(struct run *run, struct task *task);
/** After a call that did not fail. */
void record_call(struct run *run, const struct task *task, uint64_t result);

#endif
