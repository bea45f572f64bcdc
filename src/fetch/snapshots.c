#include "fetch/snapshots.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "fetch/fetch.h"

#define TEMPORARY_PREFIX "tmp."
enum { READ_BYTES = 64 << 10, TRIES_MAX = 1000, SNAPSHOT_MODE = 0440, WHY_BYTES = 128 };

static enum cw_status fail(struct cw_error *err, const char *path, const char *verb, int cause)
{
    char why[WHY_BYTES] = "";
    if (strerror_r(cause, why, sizeof(why)) != 0) {
        (void)snprintf(why, sizeof(why), "errno %d", cause);
    }
    return cw_error_set(err, cause == ENOENT ? CW_NOT_FOUND : CW_IO, "%s: cannot %s: %s", path,
                        verb, why);
}

static enum cw_status fail_memory(struct cw_error *err)
{
    return cw_error_set(err, CW_NOMEM, "memory is exhausted");
}

enum cw_status cw_snapshot_begin(const char *folder, struct cw_snapshot_tmp *ret,
                                 struct cw_error *err)
{
    for (int i = 0; i < TRIES_MAX; i++) {
        char name[64];
        (void)snprintf(name, sizeof(name), TEMPORARY_PREFIX "%ld-%d", (long)getpid(), i);
        char *path = cw_path_join(folder, name);
        if (path == NULL) {
            return fail_memory(err);
        }
        const int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd >= 0) {
            *ret = (struct cw_snapshot_tmp){fd, path};
            return CW_OK;
        }
        const int cause = errno;
        free(path);
        if (cause != EEXIST) {
            (void)fail(err, folder, "make a file in this folder", cause);
            return CW_IO;
        }
    }
    return cw_error_set(err, CW_IO, "%s: is full of old temporary files", folder);
}

void cw_snapshot_discard(struct cw_snapshot_tmp *tmp)
{
    if (tmp->fd >= 0) {
        (void)close(tmp->fd);
    }
    if (tmp->path != NULL) {
        (void)unlink(tmp->path);
    }
    free(tmp->path);
    *tmp = (struct cw_snapshot_tmp){.fd = -1};
}

/* Hashes from the first byte whatever the position; leaves the position alone. */
static enum cw_status hash_file(int fd, const char *path, uint64_t *ret_bytes,
                                char ret_sha256[static CW_SHA256_HEX_BYTES], struct cw_error *err)
{
    struct cw_sha256_stream stream;
    uint8_t hash[CW_SHA256_BYTES];
    uint64_t bytes = 0;
    char *block = malloc(READ_BYTES);
    if (block == NULL) {
        return fail_memory(err);
    }
    cw_sha256_begin(&stream);
    ssize_t got = 0;
    do {
        got = pread(fd, block, READ_BYTES, (off_t)bytes);
        if (got > 0) {
            cw_sha256_update(&stream, cw_span_make(block, (size_t)got));
            bytes += (uint64_t)got;
        }
    } while (got > 0 || (got < 0 && errno == EINTR));
    const int cause = errno;
    free(block);
    cw_sha256_end(&stream, hash);
    if (got < 0) {
        (void)fail(err, path, "read", cause);
        return CW_IO;
    }
    cw_hex_encode(hash, sizeof(hash), ret_sha256);
    *ret_bytes = bytes;
    return CW_OK;
}

enum cw_status cw_snapshot_size(const struct cw_snapshot_tmp *tmp, uint64_t *ret_bytes,
                                struct cw_error *err)
{
    struct stat file;
    CW_ASSERT(tmp->fd >= 0);
    if (fstat(tmp->fd, &file) != 0) {
        return fail(err, tmp->path, "read", errno);
    }
    *ret_bytes = (uint64_t)file.st_size;
    return CW_OK;
}

enum cw_status cw_snapshot_measure(const struct cw_snapshot_tmp *tmp, uint64_t *ret_bytes,
                                   char ret_sha256[static CW_SHA256_HEX_BYTES],
                                   struct cw_error *err)
{
    CW_ASSERT(tmp->fd >= 0);
    return hash_file(tmp->fd, tmp->path, ret_bytes, ret_sha256, err);
}

/* link() makes the name only if it is free, in one step. */
static enum cw_status publish(const char *folder, const struct cw_snapshot_tmp *tmp,
                              const char *path, const char *sha256, struct cw_error *err)
{
    if (link(tmp->path, path) == 0) {
        return CW_OK;
    }
    if (errno != EEXIST) {
        return fail(err, path, "make", errno);
    }
    int old = -1;
    const enum cw_status status = cw_snapshot_open(folder, sha256, &old, NULL);
    if (status == CW_OK) {
        (void)close(old);
        return CW_OK;
    }
    /* Under this name lie other bytes: a damaged disk or a crash. Ours are what the name says. */
    return rename(tmp->path, path) == 0 ? CW_OK : fail(err, path, "replace", errno);
}

enum cw_status cw_snapshot_keep(const char *folder, const struct cw_snapshot_tmp *tmp,
                                const char *sha256, struct cw_error *err)
{
    CW_ASSERT(cw_hex_is_lower(cw_span_cstr(sha256), CW_SHA256_HEX_BYTES - 1));
    if (fchmod(tmp->fd, SNAPSHOT_MODE) != 0 || fsync(tmp->fd) != 0) {
        return fail(err, tmp->path, "keep", errno);
    }
    char *path = cw_path_join(folder, sha256);
    if (path == NULL) {
        return fail_memory(err);
    }
    enum cw_status status = publish(folder, tmp, path, sha256, err);
    free(path);
    (void)unlink(tmp->path);
    return status == CW_OK ? cw_dir_sync(folder, err) : status;
}

void cw_snapshots_sweep(const char *folder)
{
    cw_dir_sweep(folder, TEMPORARY_PREFIX);
}

static enum cw_status remove_file(const char *folder, const char *sha256, const char *suffix,
                                  struct cw_error *err)
{
    char name[CW_SHA256_HEX_BYTES + 8];
    (void)snprintf(name, sizeof(name), "%s%s", sha256, suffix);
    char *path = cw_path_join(folder, name);
    if (path == NULL) {
        return fail_memory(err);
    }
    const bool is_gone = unlink(path) == 0 || errno == ENOENT;
    if (!is_gone) {
        (void)fail(err, path, "remove", errno);
    }
    free(path);
    return is_gone ? CW_OK : CW_IO;
}

enum cw_status cw_snapshot_remove(const char *folder, const char *sha256, struct cw_error *err)
{
    CW_ASSERT(cw_hex_is_lower(cw_span_cstr(sha256), CW_SHA256_HEX_BYTES - 1));
    const enum cw_status status = remove_file(folder, sha256, ".json", err);
    return status == CW_OK ? remove_file(folder, sha256, "", err) : status;
}

bool cw_snapshot_exists(const char *folder, const char *sha256)
{
    struct stat info;
    char *path = cw_path_join(folder, sha256);
    const bool exists = path != NULL && lstat(path, &info) == 0 && S_ISREG(info.st_mode);
    free(path);
    return exists;
}

static enum cw_status open_and_check(const char *path, const char *sha256, int *ret_fd,
                                     struct cw_error *err)
{
    char found[CW_SHA256_HEX_BYTES];
    uint64_t bytes = 0;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) {
        return fail(err, path, "open", errno);
    }
    enum cw_status status = hash_file(fd, path, &bytes, found, err);
    if (status == CW_OK && strcmp(found, sha256) != 0) {
        status = cw_error_set(err, CW_STATE, "%s: is damaged: its bytes have the SHA-256 %s", path,
                              found);
    }
    if (status != CW_OK) {
        (void)close(fd);
        return status;
    }
    *ret_fd = fd;
    return CW_OK;
}

enum cw_status cw_snapshot_open(const char *snapshots_dir, const char *sha256, int *ret_fd,
                                struct cw_error *err)
{
    CW_ASSERT(snapshots_dir != NULL);
    CW_ASSERT(sha256 != NULL);
    if (!cw_hex_is_lower(cw_span_cstr(sha256), CW_SHA256_HEX_BYTES - 1)) {
        return cw_error_set(err, CW_NOT_FOUND, "\"%s\" is not the name of a snapshot", sha256);
    }
    char *path = cw_path_join(snapshots_dir, sha256);
    if (path == NULL) {
        return fail_memory(err);
    }
    const enum cw_status status = open_and_check(path, sha256, ret_fd, err);
    free(path);
    return status;
}
