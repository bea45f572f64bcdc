#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"
#include "store/store.h"

/* flock and not fcntl: an fcntl lock is lost when any descriptor of the file is closed anywhere in
 * the process, and does not keep out a second run inside it. The file stays: removing it would let
 * a run lock a name that the next one no longer finds. */
enum cw_status cw_state_lock(const char *state_dir, int *ret_fd, struct cw_error *err)
{
    char *path = cw_path_join(state_dir, "lock");
    if (path == NULL) {
        return cw_error_set(err, CW_IO, "%s: out of memory for the lock", state_dir);
    }
    enum cw_status status = CW_OK;
    const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    int rc = -1;
    if (fd >= 0) {
        do {
            rc = flock(fd, LOCK_EX | LOCK_NB);
        } while (rc != 0 && errno == EINTR);
    }
    if (rc == 0) {
        *ret_fd = fd;
    } else if (fd >= 0 && errno == EWOULDBLOCK) {
        status = cw_error_set(err, CW_BUSY, "%s: another run holds the lock", path);
    } else {
        char why[128] = "";
        (void)strerror_r(errno, why, sizeof(why));
        status = cw_error_set(err, CW_IO, "%s: cannot lock: %s", path, why);
    }
    if (status != CW_OK && fd >= 0) {
        (void)close(fd);
    }
    free(path);
    return status;
}

void cw_state_unlock(int fd)
{
    if (fd >= 0) {
        (void)close(fd);
    }
}
