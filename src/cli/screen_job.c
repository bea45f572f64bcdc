#include "cli/screen_job.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/screen_parts.h"

/* Parts are numbered; part n waits in slot n modulo CW_SCREEN_PARTS until it is told.
 *
 *   slot:  empty ──taken by a worker──► busy ──► done ──told by the caller's thread──► empty
 *                                       busy ──► full ──told by the caller's thread──► busy
 *
 * Only what is told next may be full, so that somebody can always go on. */

static void fail(struct job *job, const struct cw_error *why)
{
    pthread_mutex_lock(&job->lock);
    if (!job->is_failed) {
        job->is_failed = true;
        job->why = *why;
    }
    pthread_cond_broadcast(&job->changed);
    pthread_mutex_unlock(&job->lock);
}

/* ---- a candidate ---- */

/* In a slot: line, length of what is told, and that. */
struct told_head {
    uint64_t line;
    uint64_t len;
};

/* Counts what waits, and while it is too much lets nobody add to it but the part that is told next,
 * which hands over what it has. */
static enum cw_status wait_for_room(struct worker *worker, size_t added, struct cw_error *err)
{
    struct job *job = worker->job;
    struct slot *slot = worker->slot;
    pthread_mutex_lock(&job->lock);
    job->waiting += added;
    while (!job->is_failed && job->waiting > CW_SCREEN_WAITING_MAX) {
        const bool is_next = job->told == worker->part;
        if (is_next && slot->told.len <= CW_SCREEN_HANDED_BYTES) {
            break;
        }
        if (is_next && !slot->is_full) {
            slot->is_full = true;
            pthread_cond_broadcast(&job->changed);
        }
        pthread_cond_wait(&job->changed, &job->lock);
    }
    const bool is_failed = job->is_failed;
    pthread_mutex_unlock(&job->lock);
    return is_failed ? cw_error_set(err, CW_INVALID, "stopped") : CW_OK;
}

static enum cw_status on_hit(void *ctx, const struct cw_screen_hit *hit, bool *ret_is_known,
                             struct cw_error *err)
{
    struct worker *worker = ctx;
    struct job *job = worker->job;
    struct cw_buf *told = &worker->slot->told;
    const size_t at = told->len;
    struct told_head head = {.line = hit->line};
    cw_buf_append(told, &head, sizeof(head));
    pthread_mutex_lock(&job->ask);
    enum cw_status status = job->options->ask(job->options->ctx, hit, told, ret_is_known, err);
    pthread_mutex_unlock(&job->ask);
    if (status == CW_OK) {
        status = cw_buf_status(told, err);
    }
    if (status != CW_OK || !*ret_is_known) {
        told->len = at;
        return status;
    }
    head.len = told->len - at - sizeof(head);
    memcpy(told->data + at, &head, sizeof(head));
    return wait_for_room(worker, told->len - at, err);
}

/* ---- a worker ---- */

/* Waits for a free slot and takes the next number; false when there is nothing more to do. */
static bool take_number(struct job *job, uint64_t *ret_part)
{
    pthread_mutex_lock(&job->lock);
    while (!job->is_failed && !job->is_ended && job->next - job->told == CW_SCREEN_PARTS) {
        pthread_cond_wait(&job->changed, &job->lock);
    }
    const bool is_mine = !job->is_failed && !job->is_ended;
    if (is_mine) {
        *ret_part = job->next++;
        if (job->is_file && job->next * CW_SCREEN_PART_BYTES >= job->size) {
            job->is_ended = true;
        }
    }
    pthread_mutex_unlock(&job->lock);
    return is_mine;
}

static enum cw_status do_part(struct worker *worker, bool *ret_is_more, struct cw_error *err)
{
    struct job *job = worker->job;
    struct cw_screen_range range = CW_SCREEN_ALL;
    enum cw_status status = CW_OK;
    if (!job->is_file) {
        pthread_mutex_lock(&job->input);
    }
    *ret_is_more = take_number(job, &worker->part);
    worker->slot = &job->slots[worker->part % CW_SCREEN_PARTS];
    if (*ret_is_more && !job->is_file) {
        status = cw_screen_take_piece(worker, &range, err);
    }
    if (!job->is_file) {
        pthread_mutex_unlock(&job->input);
    }
    if (status != CW_OK || !*ret_is_more) {
        return status;
    }
    cw_buf_reset(&worker->slot->told);
    status = job->is_file ? cw_screen_file_part(worker, err) : cw_screen_piece(worker, range, err);
    if (status == CW_OK) {
        worker->slot->lines = cw_screen_lines(worker->screen);
        pthread_mutex_lock(&job->lock);
        worker->slot->is_done = true;
        pthread_cond_broadcast(&job->changed);
        pthread_mutex_unlock(&job->lock);
    }
    return status;
}

static void *work(void *ctx)
{
    struct worker *worker = ctx;
    struct cw_error err = {0};
    bool is_more = true;
    while (is_more) {
        if (do_part(worker, &is_more, &err) != CW_OK) {
            fail(worker->job, &err);
            break;
        }
    }
    return NULL;
}

/* ---- the caller's thread ---- */

static enum cw_status tell_slot(const struct job *job, const struct slot *slot, uint64_t lines,
                                struct cw_error *err)
{
    struct cw_span rest = cw_buf_as_span(&slot->told);
    enum cw_status status = CW_OK;
    while (status == CW_OK && rest.len > 0) {
        struct told_head head;
        memcpy(&head, rest.data, sizeof(head));
        const size_t end = sizeof(head) + (size_t)head.len;
        status = job->options->tell(job->options->ctx, lines + head.line + 1,
                                    cw_span_slice(rest, sizeof(head), end), err);
        rest = cw_span_slice(rest, end, rest.len);
    }
    return status;
}

/* Waits until the next part is done; false at the end of all or after a failure. */
static bool wait_for_part(struct job *job)
{
    pthread_mutex_lock(&job->lock);
    const struct slot *slot = &job->slots[job->told % CW_SCREEN_PARTS];
    while (!job->is_failed && !slot->is_done && !slot->is_full &&
           !(job->is_ended && job->told == job->next)) {
        pthread_cond_wait(&job->changed, &job->lock);
    }
    const bool is_telling = !job->is_failed && (slot->is_done || slot->is_full);
    pthread_mutex_unlock(&job->lock);
    return is_telling;
}

/* What was told is forgotten: its worker goes on, or the slot is free for another part.
 *  Returns: whether the part is at its end */
static bool empty_slot(struct job *job, struct slot *slot)
{
    pthread_mutex_lock(&job->lock);
    const bool is_done = slot->is_done;
    job->waiting -= slot->told.len;
    if (slot->told.cap > CW_SCREEN_SLOT_KEPT) {
        cw_buf_clear(&slot->told);
    } else {
        cw_buf_reset(&slot->told);
    }
    slot->is_done = false;
    slot->is_full = false;
    job->told += is_done ? 1 : 0;
    pthread_cond_broadcast(&job->changed);
    pthread_mutex_unlock(&job->lock);
    return is_done;
}

static void tell_all(struct job *job)
{
    uint64_t lines = 0;
    struct cw_error err = {0};
    while (wait_for_part(job)) {
        struct slot *slot = &job->slots[job->told % CW_SCREEN_PARTS];
        if (tell_slot(job, slot, lines, &err) != CW_OK) {
            fail(job, &err);
            return;
        }
        const uint64_t part_lines = slot->lines;
        if (!empty_slot(job, slot)) {
            continue;
        }
        lines += part_lines;
        const uint64_t done = job->told * CW_SCREEN_PART_BYTES;
        job->options->tick(job->options->ctx, job->size > 0 && done > job->size ? job->size : done,
                           job->size);
    }
    job->options->tally->lines += lines;
}

static enum cw_status start(struct worker *worker, pthread_t *ret, struct cw_error *err)
{
    const struct cw_screen_options options = {
        .filter = worker->job->options->filter,
        .sink = {on_hit, worker},
        .path = worker->job->options->path,
        .depth = worker->job->options->depth,
    };
    const enum cw_status status = cw_screen_new(&options, &worker->screen, err);
    if (status != CW_OK) {
        return status;
    }
    const int failed = pthread_create(ret, NULL, work, worker);
    return failed == 0 ? CW_OK
                       : cw_error_set(err, CW_NOMEM, "cannot start a thread: %s", strerror(failed));
}

static void run(struct job *job)
{
    struct worker workers[CW_SCREEN_THREADS_MAX] = {0};
    pthread_t threads[CW_SCREEN_THREADS_MAX];
    struct cw_error err = {0};
    unsigned wanted = job->options->threads;
    unsigned started = 0;
    if (job->size > 0 && job->size / CW_SCREEN_PART_BYTES + 1 < wanted) {
        wanted = (unsigned)(job->size / CW_SCREEN_PART_BYTES) + 1;
    }
    while (started < wanted) {
        workers[started].job = job;
        cw_buf_init(&workers[started].piece,
                    CW_SCREEN_MARGIN + CW_SCREEN_PART_BYTES + CW_SCREEN_CONTEXT);
        if (start(&workers[started], &threads[started], &err) != CW_OK) {
            cw_screen_free(workers[started].screen);
            break;
        }
        started++;
    }
    if (started == 0) {
        fail(job, &err);
    } else {
        tell_all(job);
    }
    for (unsigned i = 0; i < started; i++) {
        (void)pthread_join(threads[i], NULL);
        cw_screen_free(workers[i].screen);
        cw_buf_clear(&workers[i].piece);
    }
}

enum cw_status cw_screen_job_run(const struct cw_screen_job *options, int fd, struct cw_error *err)
{
    struct stat st;
    struct cw_buf rest;
    CW_ASSERT(options->threads >= 1);
    CW_ASSERT(options->threads <= CW_SCREEN_THREADS_MAX);
    if (fstat(fd, &st) != 0) {
        return cw_screen_io_error(err);
    }
    if (S_ISDIR(st.st_mode)) {
        return cw_error_set(err, CW_IO, "is a folder");
    }
    struct job *job = calloc(1, sizeof(*job));
    if (job == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory");
    }
    job->options = options;
    job->fd = fd;
    if (S_ISREG(st.st_mode)) {
        const off_t place = lseek(fd, 0, SEEK_CUR);
        job->start = place > 0 ? (uint64_t)place : 0;
        job->size = (uint64_t)st.st_size > job->start ? (uint64_t)st.st_size - job->start : 0;
    }
    job->is_file = job->size > 0 && !options->tally->is_hashed; /* files of /proc have no size */
    job->rest = &rest;
    cw_buf_init(&rest, CW_SCREEN_MARGIN + CW_SCREEN_PART_BYTES + CW_SCREEN_CONTEXT);
    for (size_t i = 0; i < CW_SCREEN_PARTS; i++) {
        cw_buf_init(&job->slots[i].told, CW_SCREEN_WAITING_MAX + (size_t)CW_SCREEN_HIT_MAX);
    }
    (void)pthread_mutex_init(&job->lock, NULL);
    (void)pthread_mutex_init(&job->ask, NULL);
    (void)pthread_mutex_init(&job->input, NULL);
    (void)pthread_cond_init(&job->changed, NULL);
    run(job);
    if (!job->is_failed && job->is_file) { /* whoever reads on from the descriptor goes on there */
        (void)lseek(fd, (off_t)(job->start + job->size), SEEK_SET);
    }
    const enum cw_status status =
        job->is_failed ? cw_error_set(err, job->why.code, "%s", job->why.text) : CW_OK;
    for (size_t i = 0; i < CW_SCREEN_PARTS; i++) {
        cw_buf_clear(&job->slots[i].told);
    }
    cw_buf_clear(&rest);
    (void)pthread_cond_destroy(&job->changed);
    (void)pthread_mutex_destroy(&job->input);
    (void)pthread_mutex_destroy(&job->ask);
    (void)pthread_mutex_destroy(&job->lock);
    free(job);
    return status;
}
