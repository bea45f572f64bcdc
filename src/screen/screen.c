#include "screen/internal.h"

/* The window: bytes that were scanned and still stand around those to come, then new ones.
 *
 *   data:  [ margin: reported, kept for what begins in it ][ new ............ ][ context ]
 *          base                                             done               limit     len
 *
 * Whatever ends in (done, limit] is reported by one scan. A run of which the margin holds only a
 * part is longer than any token. */

enum { WINDOW = SCREEN_BYTES_MAX };

enum cw_status cw_screen_new(const struct cw_screen_options *options, struct cw_screen **ret,
                             struct cw_error *err)
{
    if (!cw_screen_path_works(options->path)) {
        return cw_error_set(err, CW_INVALID, "this processor cannot screen on path %d",
                            (int)options->path);
    }
    struct cw_screen *screen = calloc(1, sizeof(*screen));
    char *memory =
        screen == NULL ? NULL : calloc(1, SCREEN_PAD + (size_t)WINDOW + (size_t)2 * SCREEN_PAD);
    if (memory == NULL) {
        free(screen);
        return cw_error_set(err, CW_NOMEM, "out of memory for screening");
    }
    screen->options = *options;
    screen->path = cw_screen_path_get(options->path);
    screen->memory = memory;
    screen->data = memory + SCREEN_PAD;
    cw_screen_shapes_fill(screen);
    *ret = screen;
    return CW_OK;
}

void cw_screen_free(struct cw_screen *screen)
{
    if (screen != NULL) {
        free(screen->memory);
        free(screen);
    }
}

void cw_screen_begin(struct cw_screen *screen, struct cw_screen_range range)
{
    CW_ASSERT(range.from <= range.after);
    CW_ASSERT(range.after <= range.until);
    screen->base = range.from;
    screen->done = range.after;
    screen->until = range.until;
    screen->lines = 0;
    screen->len = 0;
    screen->status = CW_OK;
}

/* Forgets what no later token can need. */
static void slide(struct cw_screen *screen)
{
    if (screen->done <= screen->base + CW_SCREEN_MARGIN) {
        return;
    }
    const uint64_t gone = screen->done - screen->base - CW_SCREEN_MARGIN;
    const size_t drop = gone < screen->len ? (size_t)gone : screen->len;
    memmove(screen->data, screen->data + drop, screen->len - drop);
    screen->len -= drop;
    screen->base += drop;
}

static void scan_window(struct cw_screen *screen)
{
    const size_t words = (screen->len + 63) / 64;
    memset(screen->data + screen->len, 0, SCREEN_PAD);
    screen->path->classify(screen->data, words, screen->alnum, screen->wide);
    for (size_t i = words; i < words + SCREEN_WORDS_EMPTY; i++) {
        screen->alnum[i] = 0;
        screen->wide[i] = 0;
    }
    screen->path->scan(screen, screen->path->find_runs(screen->wide, words, screen->runs));
    cw_screen_flush(screen);
}

/* Reports what ends before the context, or everything at the end. */
static enum cw_status scan(struct cw_screen *screen, size_t context, struct cw_error *err)
{
    const uint64_t have = screen->base + screen->len;
    uint64_t limit = have > context ? have - context : 0;
    limit = limit < screen->until ? limit : screen->until;
    if (screen->status != CW_OK || limit <= screen->done) {
        return screen->status;
    }
    const size_t done = (size_t)(screen->done - screen->base);
    screen->limit = (size_t)(limit - screen->base);
    screen->line_at = done;
    screen->line_sum = 0;
    screen->last_end = 0;
    screen->err = err;
    scan_window(screen);
    screen->err = NULL;
    screen->lines += screen->path->count_newlines(screen->data + done, screen->limit - done);
    screen->done = limit;
    slide(screen);
    return screen->status;
}

char *cw_screen_room(struct cw_screen *screen, size_t *ret_bytes)
{
    CW_ASSERT(screen->len < WINDOW);
    *ret_bytes = WINDOW - screen->len;
    return screen->data + screen->len;
}

enum cw_status cw_screen_commit(struct cw_screen *screen, size_t bytes, struct cw_error *err)
{
    CW_ASSERT(bytes <= WINDOW - screen->len);
    screen->len += bytes;
    if (screen->len < WINDOW) {
        return screen->status;
    }
    const enum cw_status status = scan(screen, CW_SCREEN_CONTEXT, err);
    slide(screen);
    if (screen->len == WINDOW) { /* past `until`, or a failed sink: nothing is looked at any more */
        screen->base += screen->len;
        screen->len = 0;
    }
    return status;
}

enum cw_status cw_screen_feed(struct cw_screen *screen, struct cw_span bytes, struct cw_error *err)
{
    enum cw_status status = screen->status;
    while (status == CW_OK && bytes.len > 0) {
        size_t room = 0;
        char *to = cw_screen_room(screen, &room);
        const size_t count = bytes.len < room ? bytes.len : room;
        memcpy(to, bytes.data, count);
        status = cw_screen_commit(screen, count, err);
        bytes = cw_span_slice(bytes, count, bytes.len);
    }
    return status;
}

enum cw_status cw_screen_end(struct cw_screen *screen, struct cw_error *err)
{
    return scan(screen, 0, err);
}

uint64_t cw_screen_lines(const struct cw_screen *screen)
{
    return screen->lines;
}
