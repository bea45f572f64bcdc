#include "cli/screen_job.h"

#include <errno.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

/* Parts are numbered; part n waits in slot n modulo CW_SCREEN_PARTS until it is told.
 *
 *   slot:  empty ──taken by a worker──► busy ──► done ──told by the caller's thread──► empty */

struct slot {
    bool is_done;
    uint64_t lines; /* newlines in the part */
    struct cw_buf told;
};

struct job {
    const struct cw_screen_job *options;
    int fd;
    bool is_file;          /* its parts are read side by side */
    uint64_t size;         /* of a regular file, else 0 */
    pthread_mutex_t lock;  /* of everything below, but for what is in a busy slot */
    pthread_mutex_t ask;   /* one question at a time */
    pthread_mutex_t input; /* of the pipe: one reader at a time, who also takes the next number */
    pthread_cond_t changed;
    uint64_t next;  /* part to be taken */
    uint64_t told;  /* parts told */
    bool is_ended;  /* no part after `next` */
    bool is_failed; /* everybody stops */
    struct cw_error why;
    uint64_t piped;      /* offset of the first byte in `rest` that was no part's own */
    struct cw_buf *rest; /* of the pipe: margin, then bytes read ahead */
    size_t margin;       /* bytes of rest that parts before had */
    bool is_drained;
    struct slot slots[CW_SCREEN_PARTS];
};

struct worker {
    struct job *job;
    struct slot *slot;
    struct cw_screen *screen;
    struct cw_buf piece; /* of a pipe */
};

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
    return CW_OK;
}

/* ---- bytes ---- */

bool cw_screen_is_packed(struct cw_span head)
{
    static const struct cw_span magics[] = {
        {"\x1f\x8b\x08", 3}, {"\x28\xb5\x2f\xfd", 4}, {"\xfd\x37zXZ", 5},
        {"BZh91AY&SY", 10},  {"PK\x03\x04", 4},
    };
    for (size_t i = 0; i < CW_COUNT(magics); i++) {
        if (cw_span_starts_with(head, magics[i])) {
            return true;
        }
    }
    return false;
}

static enum cw_status io_error(struct cw_error *err)
{
    return cw_error_set(err, CW_IO, "reading failed: %s", strerror(errno));
}

/* What is missing was not looked at: no answer. A log that is copied and cut (logrotate's
 * copytruncate) is the common case. */
static enum cw_status became_shorter(struct cw_error *err)
{
    return cw_error_set(err, CW_IO, "became shorter while it was read");
}

static void count_bytes(const struct job *job, struct cw_span bytes)
{
    struct cw_screen_tally *tally = job->options->tally;
    if (tally->is_hashed) {
        tally->bytes += bytes.len;
        cw_sha256_update(&tally->sha256, bytes);
    }
}

/* Reads what a part and its surroundings need straight into the window. */
static enum cw_status screen_file_part(struct worker *worker, uint64_t part, struct cw_error *err)
{
    const struct job *job = worker->job;
    const uint64_t after = part * CW_SCREEN_PART_BYTES;
    const uint64_t rest = job->size - after;
    const bool is_last = rest <= CW_SCREEN_PART_BYTES;
    const uint64_t until = is_last ? job->size : after + CW_SCREEN_PART_BYTES;
    const uint64_t end =
        job->size - until < CW_SCREEN_CONTEXT ? job->size : until + CW_SCREEN_CONTEXT;
    uint64_t at = after < CW_SCREEN_MARGIN ? 0 : after - CW_SCREEN_MARGIN;
    cw_screen_begin(worker->screen, (struct cw_screen_range){at, after, until});
    while (at < end) {
        size_t room = 0;
        char *to = cw_screen_room(worker->screen, &room);
        const size_t wanted = end - at < room ? (size_t)(end - at) : room;
        const ssize_t got = pread(job->fd, to, wanted, (off_t)at);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return io_error(err);
        }
        if (got == 0) {
            return became_shorter(err);
        }
        at += (uint64_t)got;
        const enum cw_status status = cw_screen_commit(worker->screen, (size_t)got, err);
        if (status != CW_OK) {
            return status;
        }
    }
    return cw_screen_end(worker->screen, err);
}

static enum cw_status read_ahead(struct job *job, size_t wanted, struct cw_error *err)
{
    while (!job->is_drained && job->rest->len < wanted) {
        char *to = cw_buf_room(job->rest, wanted - job->rest->len);
        if (to == NULL) {
            return cw_buf_status(job->rest, err);
        }
        const ssize_t got = read(job->fd, to, wanted - job->rest->len);
        if (got < 0 && errno != EINTR) {
            return io_error(err);
        }
        if (got > 0) {
            count_bytes(job, cw_span_make(to, (size_t)got));
            cw_buf_advance(job->rest, (size_t)got);
        }
        job->is_drained = got == 0;
    }
    const uint64_t seen = job->piped + job->rest->len - job->margin;
    return job->is_drained && seen < job->size ? became_shorter(err) : CW_OK;
}

/* Cuts the next part, with margin and context, off the pipe. */
static enum cw_status take_piece(struct worker *worker, struct cw_screen_range *ret,
                                 struct cw_error *err)
{
    struct job *job = worker->job;
    const size_t wanted = job->margin + CW_SCREEN_PART_BYTES + CW_SCREEN_CONTEXT;
    enum cw_status status = read_ahead(job, wanted, err);
    if (status == CW_OK && job->piped == 0 && cw_screen_is_packed(cw_buf_as_span(job->rest))) {
        status = cw_error_set(err, CW_UNTRUSTED,
                              "is packed, and a pipe cannot be unpacked here: "
                              "give the file, or unpack it in front of us");
    }
    if (status != CW_OK) {
        return status;
    }
    const size_t own =
        job->rest->len < wanted ? job->rest->len - job->margin : CW_SCREEN_PART_BYTES;
    const size_t keep_from =
        job->margin + own < CW_SCREEN_MARGIN ? 0 : job->margin + own - CW_SCREEN_MARGIN;
    *ret = (struct cw_screen_range){job->piped - job->margin, job->piped, job->piped + own};
    cw_buf_reset(&worker->piece);
    cw_buf_span(&worker->piece, cw_buf_as_span(job->rest));
    status = cw_buf_status(&worker->piece, err);
    if (status != CW_OK) {
        return status;
    }
    job->margin = job->margin + own - keep_from;
    job->piped += own;
    job->rest->len -= keep_from;
    memmove(job->rest->data, job->rest->data + keep_from, job->rest->len);
    if (job->is_drained && job->rest->len == job->margin) {
        pthread_mutex_lock(&job->lock);
        job->is_ended = true;
        pthread_cond_broadcast(&job->changed);
        pthread_mutex_unlock(&job->lock);
    }
    return CW_OK;
}

static enum cw_status screen_piece(struct worker *worker, struct cw_screen_range range,
                                   struct cw_error *err)
{
    cw_screen_begin(worker->screen, range);
    const enum cw_status status =
        cw_screen_feed(worker->screen, cw_buf_as_span(&worker->piece), err);
    return status == CW_OK ? cw_screen_end(worker->screen, err) : status;
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
    uint64_t part = 0;
    if (!job->is_file) {
        pthread_mutex_lock(&job->input);
    }
    *ret_is_more = take_number(job, &part);
    worker->slot = &job->slots[part % CW_SCREEN_PARTS];
    if (*ret_is_more && !job->is_file) {
        status = take_piece(worker, &range, err);
    }
    if (!job->is_file) {
        pthread_mutex_unlock(&job->input);
    }
    if (status != CW_OK || !*ret_is_more) {
        return status;
    }
    cw_buf_reset(&worker->slot->told);
    status = job->is_file ? screen_file_part(worker, part, err) : screen_piece(worker, range, err);
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
    while (!job->is_failed && !slot->is_done && !(job->is_ended && job->told == job->next)) {
        pthread_cond_wait(&job->changed, &job->lock);
    }
    const bool is_done = !job->is_failed && slot->is_done;
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
        lines += slot->lines;
        cw_buf_reset(&slot->told);
        pthread_mutex_lock(&job->lock);
        slot->is_done = false;
        job->told++;
        pthread_cond_broadcast(&job->changed);
        pthread_mutex_unlock(&job->lock);
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
        return io_error(err);
    }
    if (S_ISDIR(st.st_mode)) {
        return cw_error_set(err, CW_IO, "is a folder");
    }
    if (options->tally->is_hashed && S_ISREG(st.st_mode) && lseek(fd, 0, SEEK_SET) != 0) {
        return io_error(err);
    }
    struct job *job = calloc(1, sizeof(*job));
    if (job == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory");
    }
    job->options = options;
    job->fd = fd;
    job->size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
    job->is_file = job->size > 0 && !options->tally->is_hashed; /* files of /proc have no size */
    job->rest = &rest;
    cw_buf_init(&rest, CW_SCREEN_MARGIN + CW_SCREEN_PART_BYTES + CW_SCREEN_CONTEXT);
    for (size_t i = 0; i < CW_SCREEN_PARTS; i++) {
        cw_buf_init(&job->slots[i].told, CW_SCREEN_TOLD_MAX);
    }
    (void)pthread_mutex_init(&job->lock, NULL);
    (void)pthread_mutex_init(&job->ask, NULL);
    (void)pthread_mutex_init(&job->input, NULL);
    (void)pthread_cond_init(&job->changed, NULL);
    run(job);
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
