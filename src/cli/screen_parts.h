/* screen_parts.h: the parts of a document on their way, and their bytes. Private to screen_job.c
 * and screen_parts.c.
 *
 * Knows how a regular file and a pipe are cut into parts with what stands around them. Refuses to
 * know who waits for whom.
 */
#ifndef CW_CLI_SCREEN_PARTS_H
#define CW_CLI_SCREEN_PARTS_H

#include <pthread.h>

#include "cli/screen_job.h"

struct slot {
    bool is_done;
    bool is_full;   /* its worker waits until what it holds was told, and then goes on */
    uint64_t lines; /* newlines in the part */
    struct cw_buf told;
};

struct job {
    const struct cw_screen_job *options;
    int fd;
    bool is_file;          /* its parts are read side by side */
    uint64_t start;        /* of a regular file: where the document begins in it */
    uint64_t size;         /* from there to its end; else 0 */
    pthread_mutex_t lock;  /* of everything below, but for what is in a busy slot */
    pthread_mutex_t ask;   /* one question at a time */
    pthread_mutex_t input; /* of the pipe: one reader at a time, who also takes the next number */
    pthread_cond_t changed;
    uint64_t next;    /* part to be taken */
    uint64_t told;    /* parts told */
    uint64_t waiting; /* bytes of hits in all slots */
    bool is_ended;    /* no part after `next` */
    bool is_failed;   /* everybody stops */
    struct cw_error why;
    uint64_t piped;      /* offset of the first byte in `rest` that was no part's own */
    struct cw_buf *rest; /* of the pipe: margin, then bytes read ahead */
    size_t margin;       /* bytes of rest that parts before had */
    bool is_drained;
    struct slot slots[CW_SCREEN_PARTS];
};

struct worker {
    struct job *job;
    uint64_t part;
    struct slot *slot;
    struct cw_screen *screen;
    struct cw_buf piece; /* of a pipe */
};

/** Screens a part of a regular file, which it reads for itself. */
CW_NODISCARD enum cw_status cw_screen_file_part(struct worker *worker, struct cw_error *err);
/** Cuts the next part of a pipe, with margin and context, off it: one worker at a time. */
CW_NODISCARD enum cw_status cw_screen_take_piece(struct worker *worker, struct cw_screen_range *ret,
                                                 struct cw_error *err);
/** Screens what was cut off. */
CW_NODISCARD enum cw_status cw_screen_piece(struct worker *worker, struct cw_screen_range range,
                                            struct cw_error *err);
CW_NODISCARD enum cw_status cw_screen_io_error(struct cw_error *err);

#endif
