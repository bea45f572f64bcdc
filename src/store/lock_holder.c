#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "store/health.h"

enum { LOCKS_BYTES_MAX = 1 << 20, STAT_BYTES_MAX = 64 << 10, START_FIELD = 22 };

/* What stands in /proc has no length, so that cw_file_read, which asks for it, is no help. */
static bool read_proc(const char *path, struct cw_buf *ret)
{
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return false;
    }
    for (;;) {
        char *room = cw_buf_room(ret, 4096);
        const size_t got = room == NULL ? 0 : fread(room, 1, 4096, file);
        if (got == 0) {
            break;
        }
        cw_buf_advance(ret, got);
    }
    const bool is_whole = feof(file) != 0;
    (void)fclose(file);
    return is_whole && cw_buf_status(ret, NULL) == CW_OK;
}

/* The n-th word from 1, split at blanks. */
static struct cw_span word_of(struct cw_span line, size_t number)
{
    size_t at = 0;
    struct cw_span word = {0};
    for (size_t i = 0; i < number; i++) {
        while (at < line.len && line.data[at] == ' ') {
            at++;
        }
        const size_t end = cw_span_find(line, ' ', at);
        word = cw_span_slice(line, at, end);
        at = end;
    }
    return word;
}

static struct cw_span next_line(struct cw_span text, size_t *at)
{
    const size_t end = cw_span_find(text, '\n', *at);
    const struct cw_span line = cw_span_slice(text, *at, end);
    *at = end + 1;
    return line;
}

/* The system's start, out of /proc/stat. */
static int64_t boot_time_s(void)
{
    uint64_t boot_s = 0;
    struct cw_buf text;
    cw_buf_init(&text, LOCKS_BYTES_MAX);
    if (read_proc("/proc/stat", &text)) {
        const struct cw_span all = cw_buf_as_span(&text);
        for (size_t at = 0; at < all.len;) {
            const struct cw_span line = next_line(all, &at);
            if (cw_span_starts_with(line, CW_SPAN("btime "))) {
                (void)cw_span_to_u64(word_of(line, 2), INT64_MAX, &boot_s);
            }
        }
    }
    cw_buf_clear(&text);
    return (int64_t)boot_s;
}

/* When a process began: its start in ticks since the system's, behind a name in parentheses that
 * may hold anything. */
static int64_t began_at_s(int64_t pid)
{
    char path[64];
    uint64_t ticks = 0;
    struct cw_buf text;
    const long ticks_a_second = sysconf(_SC_CLK_TCK);
    const int64_t boot_s = boot_time_s();
    cw_buf_init(&text, STAT_BYTES_MAX);
    (void)snprintf(path, sizeof(path), "/proc/%" PRId64 "/stat", pid);
    bool is_known = ticks_a_second > 0 && boot_s > 0 && read_proc(path, &text);
    if (is_known) {
        struct cw_span rest = cw_buf_as_span(&text);
        size_t close = 0;
        for (size_t i = 0; i < rest.len; i++) {
            close = rest.data[i] == ')' ? i + 1 : close;
        }
        rest = cw_span_slice(rest, close, rest.len);
        is_known = cw_span_to_u64(word_of(rest, START_FIELD - 2), INT64_MAX, &ticks);
    }
    cw_buf_clear(&text);
    return is_known ? boot_s + (int64_t)(ticks / (uint64_t)ticks_a_second) : 0;
}

/* "1: FLOCK  ADVISORY  WRITE 1234 08:01:5678 0 EOF": the fifth word is the process, the sixth ends
 * in the number of the file. Devices are not compared: some file systems have two names for one. */
static bool is_ours(struct cw_span line, uint64_t file)
{
    const struct cw_span where = word_of(line, 6);
    size_t colon = 0;
    uint64_t number = 0;
    for (size_t i = 0; i < where.len; i++) {
        colon = where.data[i] == ':' ? i + 1 : colon;
    }
    return cw_span_is(word_of(line, 2), "FLOCK") &&
           cw_span_to_u64(cw_span_slice(where, colon, where.len), UINT64_MAX, &number) &&
           number == file;
}

static void look_for(uint64_t file, struct cw_span locks, struct cw_lock_holder *ret)
{
    ret->state = CW_LOCK_FREE;
    for (size_t at = 0; at < locks.len;) {
        const struct cw_span line = next_line(locks, &at);
        uint64_t pid = 0;
        if (is_ours(line, file)) {
            ret->state = CW_LOCK_HELD;
            if (cw_span_to_u64(word_of(line, 5), INT32_MAX, &pid) && pid > 0) {
                ret->pid = (int64_t)pid;
                ret->since_s = began_at_s(ret->pid);
            }
        }
    }
}

struct cw_lock_holder cw_state_lock_holder(const char *state_dir)
{
    struct cw_lock_holder holder = {.state = CW_LOCK_UNKNOWN};
    struct stat info;
    struct cw_buf locks;
    char *path = cw_path_join(state_dir, "lock");
    cw_buf_init(&locks, LOCKS_BYTES_MAX);
    if (path != NULL && stat(path, &info) != 0) {
        holder.state = CW_LOCK_FREE; /* no run has been here */
    } else if (path != NULL && read_proc("/proc/locks", &locks)) {
        look_for((uint64_t)info.st_ino, cw_buf_as_span(&locks), &holder);
    }
    cw_buf_clear(&locks);
    free(path);
    return holder;
}
