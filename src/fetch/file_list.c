#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "feed/misp_folder.h"
#include "fetch/fetching.h"

enum { COPY_BYTES = 64 << 10, WHY_BYTES = 128 };

static void fail_system(struct cw_fetching *fetching, const char *verb, int cause)
{
    char why[WHY_BYTES] = "";
    if (strerror_r(cause, why, sizeof(why)) != 0) {
        (void)snprintf(why, sizeof(why), "errno %d", cause);
    }
    cw_fetching_fail(fetching, "file", "%s: cannot %s: %s", fetching->job->feed->path, verb, why);
}

static bool copy_block(struct cw_fetching *fetching, struct cw_span block)
{
    struct cw_error err = {0};
    const uint64_t bytes_max = (uint64_t)fetching->job->feed->bytes_max;
    if (block.len > bytes_max - fetching->claimed_bytes) {
        cw_fetching_fail(fetching, cw_net_failure_name(CW_NET_TOO_LARGE),
                         "%s: is longer than %llu bytes", fetching->job->feed->path,
                         (unsigned long long)bytes_max);
        return false;
    }
    if (cw_fd_write_all(fetching->tmp.fd, block, &err) != CW_OK) {
        cw_fetching_fail(fetching, "disk", "%s", err.text);
        return false;
    }
    fetching->claimed_bytes += block.len;
    return true;
}

static void copy_bytes(struct cw_fetching *fetching, int fd, char *block)
{
    for (;;) {
        const ssize_t got = read(fd, block, COPY_BYTES);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            fail_system(fetching, "read", errno);
        }
        if (got <= 0 || !copy_block(fetching, cw_span_make(block, (size_t)got))) {
            return;
        }
    }
}

/* Half the old and half the new list is no list: a file that changes while it is read is left for
 * the next run. */
static bool is_unchanged(const struct stat *before, int fd)
{
    struct stat after;
    return fstat(fd, &after) == 0 && after.st_size == before->st_size &&
           after.st_mtim.tv_sec == before->st_mtim.tv_sec &&
           after.st_mtim.tv_nsec == before->st_mtim.tv_nsec;
}

static void copy_file(struct cw_fetching *fetching, int fd)
{
    struct stat before;
    if (fstat(fd, &before) != 0) {
        fail_system(fetching, "read", errno);
        return;
    }
    if (!S_ISREG(before.st_mode)) {
        cw_fetching_fail(fetching, "file", "%s: is not a regular file", fetching->job->feed->path);
        return;
    }
    char *block = malloc(COPY_BYTES);
    if (block == NULL) {
        cw_fetching_fail(fetching, "file", "memory is exhausted");
        return;
    }
    copy_bytes(fetching, fd, block);
    free(block);
    if (!is_unchanged(&before, fd)) {
        cw_fetching_fail(fetching, "file", "%s: changed while it was read",
                         fetching->job->feed->path);
    }
}

static void copy_plain(struct cw_fetching *fetching)
{
    /* Non-blocking: a FIFO in the place of a file must not hold us up. */
    const int fd = open(fetching->job->feed->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) {
        fail_system(fetching, "open", errno);
        return;
    }
    copy_file(fetching, fd);
    (void)close(fd);
}

static void copy_folder(struct cw_fetching *fetching, const char *folder)
{
    struct cw_error err = {0};
    if (cw_misp_folder_write(folder, (uint64_t)fetching->job->feed->bytes_max, fetching->tmp.fd,
                             &fetching->claimed_bytes, &err) != CW_OK) {
        cw_fetching_fail(fetching, "file", "%s", err.text);
    }
}

void cw_fetching_read_file(struct cw_fetching *fetching)
{
    struct cw_fetch_result *result = fetching->result;
    const struct cw_feed *feed = fetching->job->feed;
    char *folder = strcmp(feed->format, "misp") == 0 ? cw_misp_folder_of(feed->path) : NULL;
    if (folder != NULL) {
        copy_folder(fetching, folder);
    } else {
        copy_plain(fetching);
    }
    free(folder);
    result->retrieved_at_s = cw_clock_now_s(&fetching->options->clock);
    if (!fetching->is_ended) {
        result->http_status = 200;
        cw_fetching_copy(result->final_url, sizeof(result->final_url), cw_span_cstr(result->url));
    }
    cw_fetching_finish(fetching);
}
