#include "cli/screen_parts.h"

#include <errno.h>
#include <unistd.h>

#include "feed/packed.h"

enum cw_status cw_screen_io_error(struct cw_error *err)
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
enum cw_status cw_screen_file_part(struct worker *worker, struct cw_error *err)
{
    const struct job *job = worker->job;
    const uint64_t after = worker->part * CW_SCREEN_PART_BYTES;
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
        const ssize_t got = pread(job->fd, to, wanted, (off_t)(job->start + at));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return cw_screen_io_error(err);
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
            return cw_screen_io_error(err);
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
enum cw_status cw_screen_take_piece(struct worker *worker, struct cw_screen_range *ret,
                                    struct cw_error *err)
{
    struct job *job = worker->job;
    const size_t wanted = job->margin + CW_SCREEN_PART_BYTES + CW_SCREEN_CONTEXT;
    enum cw_status status = read_ahead(job, wanted, err);
    if (status == CW_OK && job->piped == 0 && cw_is_packed(cw_buf_as_span(job->rest))) {
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

enum cw_status cw_screen_piece(struct worker *worker, struct cw_screen_range range,
                               struct cw_error *err)
{
    cw_screen_begin(worker->screen, range);
    const enum cw_status status =
        cw_screen_feed(worker->screen, cw_buf_as_span(&worker->piece), err);
    return status == CW_OK ? cw_screen_end(worker->screen, err) : status;
}
