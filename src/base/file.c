#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_BYTES = 64 << 10, TEMPORARY_TRIES = 100, NAMES_FIRST = 16, WHY_BYTES = 128 };

enum cw_status cw_file_fail(struct cw_error *err, const char *path, const char *verb, int cause)
{
    char why[WHY_BYTES] = "";
    if (strerror_r(cause, why, sizeof(why)) != 0) {
        (void)snprintf(why, sizeof(why), "errno %d", cause);
    }
    enum cw_status code = CW_IO;
    if (cause == ENOENT || cause == ENOTDIR) {
        code = CW_NOT_FOUND;
    } else if (cause == EACCES || cause == EPERM) {
        code = CW_DENIED;
    } else if (cause == ENOMEM) {
        code = CW_NOMEM;
    } else if (cause == EISDIR) {
        code = CW_INVALID;
    }
    return cw_error_set(err, code, "%s: cannot %s: %s", path, verb, why);
}

/* ---- reading ---- */

static ssize_t read_retrying(int fd, char *to, size_t bytes)
{
    ssize_t got = 0;
    do {
        got = read(fd, to, bytes);
    } while (got < 0 && errno == EINTR);
    return got;
}

/* Reads up to one portion. At the cap one more byte is asked for, to tell "exactly full" from "too
 * large". */
static enum cw_status read_portion(int fd, struct cw_buf *ret, bool *ret_is_end,
                                   struct cw_error *err)
{
    char probe = 0;
    const size_t left = ret->max - ret->len;
    const size_t portion = left < READ_BYTES ? left : READ_BYTES;
    char *room = portion == 0 ? &probe : cw_buf_room(ret, portion);
    if (room == NULL) {
        return cw_buf_status(ret, err);
    }
    const ssize_t got = read_retrying(fd, room, portion == 0 ? 1 : portion);
    if (got < 0) {
        return cw_file_fail(err, "descriptor", "read", errno);
    }
    *ret_is_end = got == 0;
    if (got > 0 && portion == 0) {
        return cw_error_set(err, CW_LIMIT, "more than %zu bytes", ret->max);
    }
    if (got > 0) {
        cw_buf_advance(ret, (size_t)got);
    }
    return CW_OK;
}

enum cw_status cw_fd_read_all(int fd, struct cw_buf *ret, struct cw_error *err)
{
    const size_t before = ret->len;
    enum cw_status status = cw_buf_status(ret, err);
    bool is_end = false;
    while (status == CW_OK && !is_end) {
        status = read_portion(fd, ret, &is_end, err);
    }
    if (status != CW_OK && ret->data != NULL) {
        ret->len = before;
        ret->data[before] = '\0';
    }
    return status;
}

static enum cw_status read_regular(int fd, struct cw_buf *ret, struct cw_error *err)
{
    struct stat info;
    if (fstat(fd, &info) != 0) {
        return cw_file_fail(err, "file", "read", errno);
    }
    if (!S_ISREG(info.st_mode)) {
        return cw_error_set(err, CW_INVALID, "is not a regular file");
    }
    const size_t left = ret->max - ret->len;
    if (info.st_size > 0 && (uintmax_t)info.st_size > left) {
        return cw_error_set(err, CW_LIMIT, "%jd bytes; allowed are at most %zu",
                            (intmax_t)info.st_size, left);
    }
    /* Memory for all of it at once; a file that grows meanwhile is still held by the cap. */
    if (cw_buf_room(ret, (size_t)info.st_size) == NULL) {
        return cw_buf_status(ret, err);
    }
    return cw_fd_read_all(fd, ret, err);
}

enum cw_status cw_file_read(const char *path, struct cw_buf *ret, struct cw_error *err)
{
    CW_ASSERT(path != NULL);
    CW_ASSERT(ret != NULL);
    /* Non-blocking, so that a FIFO put in the place of a file cannot hold us up in open(). */
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) {
        return cw_file_fail(err, path, "open", errno);
    }
    struct cw_error cause = {0};
    const enum cw_status status = read_regular(fd, ret, &cause);
    (void)close(fd);
    return status == CW_OK ? CW_OK : cw_error_set(err, status, "%s: %s", path, cause.text);
}

/* ---- writing ---- */

enum cw_status cw_fd_write_all(int fd, struct cw_span data, struct cw_error *err)
{
    while (data.len > 0) {
        const ssize_t put = write(fd, data.data, data.len);
        if (put >= 0) {
            data = cw_span_slice(data, (size_t)put, data.len);
            continue;
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK) {
            struct pollfd ready = {.fd = fd, .events = POLLOUT};
            (void)poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            return cw_file_fail(err, "descriptor", "write", errno);
        }
    }
    return CW_OK;
}

#define TEMPORARY_PREFIX ".cw-"

/* A short name of its own: the target's name plus a suffix could exceed what the file system takes.
 */
int cw_file_temporary(const char *folder, char **ret_path)
{
    for (int i = 0; i < TEMPORARY_TRIES; i++) {
        char name[64];
        (void)snprintf(name, sizeof(name), TEMPORARY_PREFIX "%ld-%d.tmp", (long)getpid(), i);
        char *path = cw_path_join(folder, name);
        if (path == NULL) {
            errno = ENOMEM;
            return -1;
        }
        const int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd >= 0) {
            *ret_path = path;
            return fd;
        }
        const int cause = errno;
        free(path);
        errno = cause;
        if (cause != EEXIST) {
            return -1;
        }
    }
    return -1;
}

static enum cw_status fill_and_close(int fd, struct cw_span data, mode_t mode, const char *path,
                                     struct cw_error *err)
{
    struct cw_error cause = {0};
    enum cw_status status = cw_fd_write_all(fd, data, &cause);
    if (status == CW_OK && (fchmod(fd, mode) != 0 || fsync(fd) != 0)) {
        status = cw_file_fail(&cause, "new file", "keep", errno);
    }
    if (close(fd) != 0 && status == CW_OK) {
        status = cw_file_fail(&cause, "new file", "close", errno);
    }
    return status == CW_OK ? CW_OK : cw_error_set(err, status, "%s: %s", path, cause.text);
}

enum presence { MAY_EXIST, MUST_NOT_EXIST };

/* link() refuses an existing name in the same step in which it makes ours; rename() would replace
 * it, and a test beforehand would be a race. */
static enum cw_status publish(const char *temporary, const char *path, enum presence presence,
                              struct cw_error *err)
{
    if (presence == MAY_EXIST) {
        return rename(temporary, path) == 0 ? CW_OK : cw_file_fail(err, path, "replace", errno);
    }
    if (link(temporary, path) != 0) {
        return errno == EEXIST ? cw_error_set(err, CW_INVALID, "%s: exists already", path)
                               : cw_file_fail(err, path, "make", errno);
    }
    (void)unlink(temporary);
    return CW_OK;
}

static enum cw_status write_in_folder(const char *path, const char *folder, struct cw_span data,
                                      mode_t mode, enum presence presence, struct cw_error *err)
{
    char *temporary = NULL;
    const int fd = cw_file_temporary(folder, &temporary);
    if (fd < 0) {
        return cw_file_fail(err, path, "make a file beside it", errno);
    }
    enum cw_status status = fill_and_close(fd, data, mode, path, err);
    if (status == CW_OK) {
        status = publish(temporary, path, presence, err);
    }
    if (status != CW_OK) {
        (void)unlink(temporary);
    }
    free(temporary);
    return status == CW_OK ? cw_dir_sync(folder, err) : status;
}

static enum cw_status write_file(const char *path, struct cw_span data, mode_t mode,
                                 enum presence presence, struct cw_error *err)
{
    CW_ASSERT(path != NULL);
    char *folder = cw_path_dirname(path);
    if (folder == NULL) {
        return cw_error_no_memory(err);
    }
    const enum cw_status status = write_in_folder(path, folder, data, mode, presence, err);
    free(folder);
    return status;
}

enum cw_status cw_file_write(const char *path, struct cw_span data, mode_t mode,
                             struct cw_error *err)
{
    return write_file(path, data, mode, MAY_EXIST, err);
}

enum cw_status cw_file_create(const char *path, struct cw_span data, mode_t mode,
                              struct cw_error *err)
{
    return write_file(path, data, mode, MUST_NOT_EXIST, err);
}

/* ---- folders ---- */

enum cw_status cw_dir_sync(const char *path, struct cw_error *err)
{
    const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return cw_file_fail(err, path, "open", errno);
    }
    /* EINVAL: a file system that keeps folders durable by itself and has nothing to sync. */
    const int cause = fsync(fd) == 0 || errno == EINVAL ? 0 : errno;
    (void)close(fd);
    return cause == 0 ? CW_OK : cw_file_fail(err, path, "sync", cause);
}

static enum cw_status make_one(const char *path, mode_t mode, struct cw_error *err)
{
    struct stat info;
    if (stat(path, &info) == 0) {
        return S_ISDIR(info.st_mode) ? CW_OK
                                     : cw_error_set(err, CW_IO, "%s: is not a folder", path);
    }
    if (mkdir(path, mode & 0700u) != 0) {
        /* Another process may have made it since; anything else is an error. */
        const int cause = errno;
        const bool is_there = cause == EEXIST && stat(path, &info) == 0 && S_ISDIR(info.st_mode);
        return is_there ? CW_OK : cw_file_fail(err, path, "make the folder", cause);
    }
    if (chmod(path, mode) != 0) {
        return cw_file_fail(err, path, "set the mode", errno);
    }
    char *parent = cw_path_dirname(path);
    const enum cw_status status =
        parent == NULL ? cw_error_no_memory(err) : cw_dir_sync(parent, err);
    free(parent);
    return status;
}

enum cw_status cw_dir_make(const char *path, mode_t mode, struct cw_error *err)
{
    CW_ASSERT(path != NULL);
    const size_t len = strlen(path);
    if (len == 0) {
        return cw_error_set(err, CW_INVALID, "the name of a folder is empty");
    }
    char *part = malloc(len + 1);
    if (part == NULL) {
        return cw_error_no_memory(err);
    }
    memcpy(part, path, len + 1);
    enum cw_status status = CW_OK;
    for (size_t i = 1; i <= len && status == CW_OK; i++) {
        if (path[i] == '/' || path[i] == '\0') {
            part[i] = '\0';
            status = make_one(part, mode, err);
            part[i] = path[i];
        }
    }
    free(part);
    return status;
}

struct names {
    char **items; /* NULL-terminated when not NULL */
    size_t count;
    size_t cap;
};

static bool names_add(struct names *names, const char *name)
{
    if (names->count + 1 >= names->cap) {
        const size_t cap = names->cap == 0 ? NAMES_FIRST : names->cap * 2;
        char **items = realloc(names->items, cap * sizeof(*items));
        if (items == NULL) {
            return false;
        }
        names->items = items;
        names->cap = cap;
        names->items[names->count] = NULL;
    }
    if (name == NULL) {
        return true;
    }
    names->items[names->count] = strdup(name);
    if (names->items[names->count] == NULL) {
        return false;
    }
    names->count++;
    names->items[names->count] = NULL;
    return true;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static enum cw_status collect(DIR *dir, const char *path, const char *suffix, struct names *names,
                              struct cw_error *err)
{
    if (!names_add(names, NULL)) {
        return cw_error_no_memory(err);
    }
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(dir);
        if (entry == NULL) {
            return errno == 0 ? CW_OK : cw_file_fail(err, path, "list", errno);
        }
        const struct cw_span name = cw_span_cstr(entry->d_name);
        if (name.data[0] == '.' || !cw_span_ends_with(name, cw_span_cstr(suffix))) {
            continue;
        }
        if (!names_add(names, entry->d_name)) {
            return cw_error_no_memory(err);
        }
    }
}

enum cw_status cw_dir_list(const char *path, const char *suffix, char ***ret_names,
                           size_t *ret_count, struct cw_error *err)
{
    CW_ASSERT(path != NULL);
    CW_ASSERT(suffix != NULL);
    DIR *dir = opendir(path);
    if (dir == NULL) {
        return cw_file_fail(err, path, "list", errno);
    }
    struct names names = {0};
    const enum cw_status status = collect(dir, path, suffix, &names, err);
    (void)closedir(dir);
    if (status != CW_OK) {
        cw_names_free(names.items);
        return status;
    }
    CW_ASSERT(names.items != NULL); /* its terminating NULL is always there */
    qsort(names.items, names.count, sizeof(*names.items), compare_names);
    *ret_names = names.items;
    *ret_count = names.count;
    return CW_OK;
}

void cw_names_free(char **names)
{
    for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
        free(names[i]);
    }
    free(names);
}

void cw_dir_sweep(const char *path, const char *also)
{
    DIR *dir = opendir(path);
    if (dir == NULL) {
        return;
    }
    for (const struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        const struct cw_span name = cw_span_cstr(entry->d_name);
        if (cw_span_starts_with(name, cw_span_cstr(TEMPORARY_PREFIX)) ||
            (also != NULL && cw_span_starts_with(name, cw_span_cstr(also)))) {
            (void)unlinkat(dirfd(dir), entry->d_name, 0);
        }
    }
    (void)closedir(dir);
}

/* ---- paths ---- */

char *cw_path_join(const char *base, const char *name)
{
    const size_t base_len = name[0] == '/' ? 0 : strlen(base);
    const size_t name_len = strlen(name);
    const size_t slash_len = base_len > 0 && base[base_len - 1] != '/' ? 1 : 0;
    char *path = malloc(base_len + slash_len + name_len + 1);
    if (path == NULL) {
        return NULL;
    }
    memcpy(path, base, base_len);
    if (slash_len > 0) {
        path[base_len] = '/';
    }
    memcpy(path + base_len + slash_len, name, name_len);
    path[base_len + slash_len + name_len] = '\0';
    return path;
}

char *cw_path_dirname(const char *path)
{
    size_t len = strlen(path);
    while (len > 1 && path[len - 1] == '/') {
        len--;
    }
    while (len > 0 && path[len - 1] != '/') {
        len--;
    }
    while (len > 1 && path[len - 1] == '/') {
        len--;
    }
    const char *folder = len == 0 ? "." : path;
    len = len == 0 ? 1 : len;
    char *ret = malloc(len + 1);
    if (ret != NULL) {
        memcpy(ret, folder, len);
        ret[len] = '\0';
    }
    return ret;
}
